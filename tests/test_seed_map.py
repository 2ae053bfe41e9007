"""The map of the chapter: nothing left out, every place is there, the page is fresh."""

import re

import pytest

from crm_toolkit.exercises import seed_map

ROWS = seed_map.read_seed_map()


@pytest.fixture(scope="module")
def lessons():
    return seed_map.Lessons()


def test_the_map_leaves_no_element_question_or_task_out():
    numbers = [(row.id[0], int(re.match(r"\d+", row.id[1:])[0])) for row in ROWS]
    wanted = [(part, number) for part, count in seed_map.PARTS.items() for number in range(1, count + 1)]
    assert list(dict.fromkeys(numbers)) == wanted
    parts = [row.id for row in ROWS if row.id[-1].isalpha()]
    assert parts == ["S12a", "S12b", "S12c", "S12d", "S15a", "S15b", "S15c", "S15d", "S15e"]
    assert len({row.id for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_has_places_where_a_learner_does_it(row, lessons):
    assert row.places
    assert all(len(words) > 10 for words in row.words.values())
    for place in row.places:
        if not place.planned:
            assert place.checks, "nothing says whether a learner can do it"
            assert seed_map.what_is_missing(place, lessons) == []


def test_what_is_marked_as_planned_is_not_there_yet(lessons):
    """A planned place names what it waits for; once it is there, the mark has to go."""
    planned = [(row.id, place) for row in ROWS for place in row.places if place.planned]
    there = [
        (row, place.lesson) for row, place in planned if place.heading and not seed_map.what_is_missing(place, lessons)
    ]
    assert there == [], "take `planned = true` off"
    if planned:
        pytest.xfail("planned: " + ", ".join(f"{row} in {place.lesson}" for row, place in planned))


@pytest.mark.parametrize("code", ["en", "ru"])
def test_the_page_is_fresh(code, lessons):
    page = seed_map.page_path(code).read_text(encoding="utf-8")
    assert page == seed_map.seed_map_page(code, ROWS, lessons), "run: python -m crm_toolkit.exercises.seed_map"


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"lesson": "04_nothing"}, "lesson"),
        ({"heading": "No such heading"}, "heading"),
        ({"calls": ("widgets._hidden",)}, "call"),
        ({"calls": ("analysis.no_such_name",)}, "call"),
        ({"checks": ("no_such_task",)}, "check"),
        ({"checks": ("quiz:ranking/no_such_item",)}, "check"),
        ({"checks": ("rubric:no_such_rubric",)}, "check"),
        ({"checks": ("predict:no_such_guess",)}, "check"),
        ({"checks": ("programme_effect",)}, "check programme_effect in lesson"),
    ],
)
def test_a_place_that_is_not_there_is_named(change, missing, lessons):
    good = {"lesson": "04_ranking", "heading": "Explore", "calls": (), "checks": ("rfm_by_hand",), "planned": False}
    assert seed_map.what_is_missing(seed_map.Place(**good), lessons) == []
    (found,) = seed_map.what_is_missing(seed_map.Place(**(good | change)), lessons)
    assert found.startswith(missing)
