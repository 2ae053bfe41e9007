"""A day at the inbox: the same for ever, judged by the clock of the service level, in favour of nobody's shortcut."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.exercises.inbox import (
    ANSWERS,
    LEVELS,
    POLICIES,
    TASKS,
    Move,
    clock_of,
    draw_day,
    moves_of,
    needed,
    play,
    result_of,
)
from crm_toolkit.exercises.inbox.events import EVENTS, _parts
from crm_toolkit.exercises.inbox.taxonomy import CARRIED, DAY_MINUTES, HOURS, LATE, SETTLES
from crm_toolkit.firm.working_time import working_minutes
from crm_toolkit.texts import language

STUDENTS = [f"S-{number}" for number in range(6)]


@pytest.fixture(scope="module")
def day():
    return draw_day("A-1")


@pytest.fixture(scope="module")
def by_rules():
    days = {student: draw_day(student) for student in STUDENTS}
    return {student: {name: result_of(one, moves_of(one, name)) for name in POLICIES} for student, one in days.items()}


def test_every_event_is_told_in_both_languages_and_belongs_to_the_taxonomy():
    parts = _parts()
    slots = {code: set(one) for code, one in parts["organisations"].items()}
    assert len(set(map(frozenset, slots.values()))) == 1
    for name, told in parts["events"].items():
        assert told["task"] in TASKS, name
        assert told["need"] in ANSWERS, name
        assert {told["label"], told["due"]} <= set(LEVELS), name
        found = [set(re.findall(r"\{(\w+)\}", told["text"][code])) for code in ("en", "ru")]
        assert found[0] == found[1] <= next(iter(slots.values())), name
        assert not re.search("[а-яё]", told["text"]["en"], re.IGNORECASE)
        assert re.search("[а-яё]", told["text"]["ru"], re.IGNORECASE) or name == "question_own"
        assert "eased_by" not in told or told["eased_by"] in parts["events"]
    assert {told["task"] for told in parts["events"].values() if told.get("always")} == set(TASKS)


def test_a_day_has_forty_events_that_do_not_fit_into_it():
    for student in STUDENTS:
        one = draw_day(student)
        assert len(one.events) == len({event.id for event in one.events}) == EVENTS
        assert sum(event.minutes for event in one.events) > 1.2 * DAY_MINUTES
        assert sum(event.hidden for event in one.events) >= 5
        assert all(0 <= event.arrives < DAY_MINUTES for event in one.events)
        assert {code for event in one.events for code in event.texts} == {"en", "ru"}
        assert not any("{" in text for event in one.events for text in event.texts.values())


def test_a_students_day_is_the_same_for_ever():
    one = draw_day("ИВТ-21-05")
    assert one.organisation == "barbershop"
    assert [event.id for event in one.events[:3]] == ["chatty", "complaint_rude", "hidden_third_time"]
    assert round(one.stakes) == 35_084
    assert draw_day(" ивт–21 05 ") == one
    assert draw_day("ИВТ-21-05", salt="exam") != one


def test_the_clock_runs_in_working_minutes_around_the_break():
    assert [str(clock_of(minute))[11:16] for minute in (0, 239, 240, 241, 480)] == [
        "09:00", "12:59", "13:00", "14:01", "18:00",
    ]  # fmt: skip
    assert [working_minutes(HOURS, clock_of(0), clock_of(minute)) for minute in (10, 300, 480)] == [10, 300, 480]


def test_deadlines_are_those_of_the_service_level(day):
    result = result_of(day, moves_of(day, "first_come"))
    due = dict(zip(result.clock["request_id"], result.clock["resolution_due_at"], strict=True))
    for event in day.events:
        assert due[event.id] == clock_of(event.real_due), event.id
    met = dict(zip(result.clock["request_id"], result.clock["resolution_met"], strict=True))
    taken = result.events[result.events["answer"] != ""]
    for row in taken.to_dict("records"):
        assert bool(met[row["event"]]) == (row["ended"] <= row["due"]) == row["in_time"]


def test_what_is_kept_follows_the_declared_parts(day):
    first = play(day, []).open[0]
    today = min((event for event in day.events if event.arrives == 0), key=lambda event: event.real_due)
    nothing = result_of(day, []).events.set_index("event")
    for event in day.events:
        left = CARRIED.default if event.real_due > DAY_MINUTES else 0.0
        assert nothing.loc[event.id, "kept"] == pytest.approx(left * event.stake)
    answer, minutes = needed(day, today.id)
    done = result_of(day, [Move(today.id, answer, minutes)]).events.set_index("event").loc[today.id]
    assert done["kept"] == pytest.approx(today.stake)
    half = result_of(day, [Move(today.id, answer, minutes // 2)]).events.set_index("event").loc[today.id]
    assert half["kept"] == pytest.approx(today.stake * (minutes // 2) / minutes)
    small = result_of(day, [Move(today.id, "record", 3)]).events.set_index("event").loc[today.id]
    assert small["kept"] == pytest.approx(today.stake * SETTLES[answer]["record"])
    assert first in nothing.index


def test_a_late_answer_keeps_a_part(day):
    urgent = day["report"]
    busy = [one for one in day.events if one.arrives == 0 and one.id != urgent.id][:3]
    moves = [Move(one.id, "call", 100) for one in busy]
    answer, minutes = needed(day, urgent.id)
    found = result_of(day, [*moves, Move(urgent.id, answer, minutes)]).events.set_index("event").loc["report"]
    assert found["in_time"] is False or not found["in_time"]
    assert found["kept"] == pytest.approx(LATE.default * urgent.stake)


def test_a_written_article_eases_the_questions_of_its_theme(day):
    article = day["write_article"]

    def until(event, moves=()):
        found = list(moves)
        while event not in play(day, found).open:
            found.append(Move("wait"))
        return found

    before = until("write_article")
    assert needed(day, "refund_1", ["write_article"]) == ("article", ANSWERS["article"].minutes)
    badly = [*before, Move("write_article", "record", 3)]
    well = [*before, Move("write_article", "work", article.minutes)]
    for written, settled in ((badly, SETTLES["reply"]["article"]), (well, 1.0)):
        done = play(day, [*until("refund_1", written), Move("refund_1", "article", 5)]).done[-1]
        assert done.settled == settled


def test_judgement_beats_the_three_simple_rules(by_rules):
    for student, found in by_rules.items():
        kept = {name: one.kept for name, one in found.items()}
        assert max(kept, key=kept.get) == "judgement", (student, kept)
        assert all(one.answered_rightly == 1.0 for one in found.values())
        assert all(0 <= one.kept <= 1 for one in found.values())
        assert found["judgement"].hidden_in_time > found["by_label"].hidden_in_time


def test_a_rule_never_works_longer_than_the_day_and_takes_nothing_twice():
    for student in STUDENTS:
        one = draw_day(student)
        for name in POLICIES:
            moves = [move for move in moves_of(one, name) if move.event != "wait"]
            assert len({move.event for move in moves}) == len(moves)
            assert play(one, moves_of(one, name)).minute <= DAY_MINUTES


def test_minutes_by_task_add_up_to_what_was_given(by_rules):
    for found in by_rules.values():
        for one in found.values():
            assert list(one.minutes.index) == list(TASKS)
            assert one.minutes.sum() == one.events["minutes"].sum()


@settings(max_examples=15, deadline=None)
@given(
    choices=st.lists(st.tuples(st.integers(0, 20), st.sampled_from(sorted(ANSWERS)), st.integers(1, 40)), max_size=12)
)
def test_any_day_can_be_played_and_the_clock_only_goes_on(choices):
    one, moves, before = draw_day("A-1"), [], 0
    for place, answer, minutes in choices:
        standing = play(one, moves)
        if not standing.open or minutes > standing.left:
            break
        moves.append(Move(standing.open[place % len(standing.open)], answer, minutes))
        after = play(one, moves)
        assert after.minute == before + minutes
        assert len(after.open) + len(after.done) + after.to_come == EVENTS
        before = after.minute
    assert 0 <= result_of(one, moves).kept <= 1


def test_a_move_that_can_not_be_made_gets_a_letter_with_all_its_faults(day):
    first = play(day, []).open[0]
    late = max(day.events, key=lambda event: event.arrives)
    with pytest.raises(InputError) as caught:
        play(day, [Move(first, "shout", 0, "party")])
    assert {problem.code for problem in caught.value.problems} == {"no_answer", "no_minutes", "unknown_task"}
    for moves, code in (
        ([Move("reprot", "work", 5)], "unknown_event"),
        ([Move(late.id, "call", 5)], "not_there"),
        ([Move(first, "reply", 5), Move(first, "reply", 5)], "taken"),
        ([Move(one, "call", 120) for one in play(day, []).open[:5]], "too_late"),
    ):
        with pytest.raises(InputError) as caught:
            play(day, moves)
        assert [problem.code for problem in caught.value.problems] == [code]
    with pytest.raises(InputError, match="Did you mean `report`"):
        play(day, [Move("reprot", "work", 5)])


def test_tasks_that_were_named_are_counted_and_judged(day):
    first, second = play(day, []).open[:2]
    right = Move(first, "reply", 5, day[first].task)
    wrong = replace(Move(second, "reply", 5), task=next(task for task in TASKS if task != day[second].task))
    found = result_of(day, [right, wrong])
    assert (found.named, found.named_rightly) == (2, 1)


def test_event_texts_follow_the_language(day):
    with language("ru"):
        assert re.search("[а-яё]", day.events[0].text, re.IGNORECASE)
    assert not re.search("[а-яё]", day.events[0].text, re.IGNORECASE)
