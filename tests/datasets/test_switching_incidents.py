"""Incidents of switching: the same in both languages and for ever, varied, with a key apart from the texts."""

import re

import pytest

from crm_toolkit.analysis.incidents import REASONS
from crm_toolkit.datasets import make_switching_incidents
from crm_toolkit.datasets.switching_incidents import MIX, SECTIONS, _parts
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language


@pytest.fixture(scope="module")
def made():
    return make_switching_incidents(400, seed=2)


def pieces(value):
    if isinstance(value, dict) and "en" in value:
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from pieces(one)


def test_every_part_stands_in_both_languages():
    found = list(pieces(_parts()))
    assert len(found) > 120
    for one in found:
        assert not re.search("[а-яё]", one["en"], re.IGNORECASE), one
        assert re.search("[а-яё]", one["ru"], re.IGNORECASE), one
        assert one["en"][-1] in ".”", one
        assert one["ru"][-1] in ".»", one
    for code in ("en", "ru"):
        texts = [one[code] for one in found]
        assert len(set(texts)) == len(texts)


def test_russian_tells_nobodys_sex():
    first_person = r"\b(?:я|меня|мне)\b"
    for one in pieces(_parts()):
        assert not re.search(first_person, one["ru"], re.IGNORECASE), one


def test_every_kind_has_eight_causes_for_every_service_at_least_three():
    parts = _parts()
    services = set(parts["openings"])
    assert set(MIX) == set(SECTIONS) == set(REASONS)
    for reason, section in SECTIONS.items():
        if reason == "core_service_failure":
            assert set(parts[section]) == services
            assert all(len(one["causes"]) >= 4 for one in parts[section].values())
            continue
        causes = parts[section]["causes"]
        assert len(causes) >= 8, reason
        for service in services:
            assert sum(service not in one.get("not_for", ()) for one in causes) >= 3, (reason, service)
        assert set().union(*(one.get("not_for", ()) for one in causes)) <= services


def test_several_hundred_incidents_differ_and_hold_all_kinds(made):
    assert made.texts["text"].nunique() > 350
    assert set(made.key["reason"]) == set(REASONS)
    assert made.key["also"].notna().mean() == pytest.approx(0.4, abs=0.1)  # four standard errors
    assert (made.key["also"] != made.key["reason"]).all()
    assert list(made.texts.columns) == ["incident_id", "service", "text"]


def test_the_key_is_what_stands_in_the_text(made):
    parts = _parts()
    for text, service, reason in zip(made.texts["text"], made.texts["service"], made.key["reason"], strict=True):
        section = parts[SECTIONS[reason]]
        causes = section[service]["causes"] if reason == "core_service_failure" else section["causes"]
        assert sum(one["en"] in text for one in causes) == 1


def test_the_same_number_tells_the_same_story_in_both_languages(made):
    with language("ru"):
        russian = make_switching_incidents(400, seed=2)
    assert russian.key.equals(made.key)
    assert russian.texts["service"].equals(made.texts["service"])
    assert not any(re.search("[а-яё]", text) for text in made.texts["text"])
    assert not any(re.search("[a-z]", text) for text in russian.texts["text"])


def test_incidents_are_the_same_for_ever(made):
    """Change this together with the luck of the incidents, and nothing else with it: students would code other ones."""
    assert made.key["reason"].head(5).tolist() == [
        "ethical_problem",
        "failed_encounter",
        "pricing",
        "ethical_problem",
        "failed_encounter",
    ]
    assert made.key["also"].notna().sum() == 153


def test_more_incidents_leave_the_first_ones_as_they_are(made):
    assert make_switching_incidents(40, seed=2).texts.equals(made.texts.head(40))
    assert not make_switching_incidents(40, seed=3).texts["text"].equals(made.texts["text"].head(40))


def test_refusals():
    with pytest.raises(InputError, match="`count` can't be 3"):
        make_switching_incidents(3)
    with pytest.raises(InputError, match="`seed` can't be '1'"):
        make_switching_incidents(20, seed="1")
    with pytest.raises(InputError, match="`mixed`"):
        make_switching_incidents(20, mixed=2)
