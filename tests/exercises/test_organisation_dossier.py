"""A dossier: shares have intervals, the funnel knows where most are lost, the review asks for sources and certainty."""

import datetime as dt
from dataclasses import replace

import pytest

from crm_toolkit.exercises import organisation_dossier as room
from crm_toolkit.exercises.dated_sources import DatedSource, source_line
from crm_toolkit.exercises.organisation_dossier.cards import GROUPS
from crm_toolkit.exercises.rubrics import load_rubric
from crm_toolkit.exercises.self_grade import Grade
from crm_toolkit.texts import language, say

DAY = dt.date(2026, 3, 3)
WORK = room.Dossier(
    room.Organisation("Bike repair B", "repairing bicycles", "about 900 orders a year"),
    (DatedSource("journal of orders", "data", DAY), DatedSource("an hour at the counter", "seen", DAY)),
    (room.Fact("Two mechanics.", 2), room.Fact("900 orders in 2025.", 1), room.Fact("Open since 2019.", 2)),
    (room.Segment("couriers", "back on the road today", 0.3, 1), room.Segment("riders", "a safe bicycle", 0.7, 1)),
    (room.Technology("attraction", "reviews", "every review is answered", "trust of strangers", 1),
     room.Technology("service", "queue", "a number is drawn", "waiting is seen", 2),
     room.Technology("retention", "reminder", "a message in March", "the season begins", 1)),
    (room.Measure("attraction", "orders of calls", "orders in a week of calls in April", 120, 400, source=1),
     room.Measure("service", "waiting", "median minutes at the counter", value=12.0, low=5.0, high=30.0, source=2),
     room.Measure("retention", "came again", "second order within a year", 30, 120, source=1)),
    room.FunnelFrame("2025", "the same people, by telephone", None),
    tuple(room.FunnelStep(name, "by the journal", count, 1) for name, count in
          (("calls", 400), ("orders", 120), ("second orders", 30), ("still there", 20))),
    tuple(room.BlueprintStep(name, "does something", "answers", "looks it up", "telephone", name == "call",
                             "nobody answers") for name in ("call", "hand in", "pay", "collect")),
    room.Diagnosis("After the first order.", "Step 3.", "The other mechanic.", "Every second order.", 3, 0.05, 300),
    room.Recommendation("A card.", "15 hours.", "Pressure.", "Nobody.", "None.", "No more than without."),
)  # fmt: skip


def codes(work, today=None):
    return [one.code for one in room.review_dossier(work, today=today).findings]


def test_every_stage_has_cards_and_every_card_its_group():
    assert all(len(room.cards_of(stage)) >= 5 for stage in room.STAGES)
    assert {card.group for card in room.CARDS} == set(GROUPS)
    assert len({card.code for card in room.CARDS}) == len(room.CARDS)
    with language("ru"):
        for card in room.CARDS:
            assert say(card.name) != card.name
            assert say(card.metric) != card.metric


def test_shares_come_with_wilsons_interval():
    share = room.share_of(120, 400)
    z2 = 1.959963984540054**2
    middle, half = (120 + z2 / 2) / (400 + z2), (z2 * (120 * 280 / 400 + z2 / 4)) ** 0.5 / (400 + z2)
    assert (share.low, share.high) == (pytest.approx(middle - half), pytest.approx(middle + half))
    assert room.share_of(0, 50).low == 0
    assert room.share_of(51, 50) is None


def test_the_funnel_says_where_the_largest_share_is_lost():
    found = room.work_out_dossier(WORK)
    assert [one.of_previous.value for one in found.passages[1:]] == [0.3, 0.25, pytest.approx(2 / 3)]
    assert found.passages[3].of_first.value == 0.05
    assert found.widest.step.name == "second orders"
    paid = room.work_out_dossier(replace(WORK, frame=replace(WORK.frame, spend=40_000)))
    assert paid.passages[1].cost == pytest.approx(40_000 / 120)


def test_more_at_a_later_step_is_no_share_and_is_asked_about():
    steps = (*WORK.funnel[:2], replace(WORK.funnel[2], count=150), WORK.funnel[3])
    found = room.work_out_dossier(replace(WORK, funnel=steps))
    assert found.passages[2].of_previous is None
    assert found.rising == ("second orders",)
    assert "rising" in codes(replace(WORK, funnel=steps))


def test_rows_without_a_name_or_a_count_leave_the_numbers_of_the_others():
    steps = (WORK.funnel[0], room.FunnelStep("letters"), *WORK.funnel[1:])
    found = room.work_out_dossier(replace(WORK, funnel=steps, diagnosis=replace(WORK.diagnosis, step=4)))
    assert [one.number for one in found.passages] == [1, 3, 4, 5]
    assert found.plan.control_value == 0.25


def test_the_size_of_the_test_is_that_of_the_step_that_was_chosen():
    found = room.work_out_dossier(WORK)
    assert found.plan.treated_n == 1251
    assert found.least.treated_value == pytest.approx(0.401, abs=5e-4)
    first = replace(WORK, diagnosis=replace(WORK.diagnosis, step=1))
    assert room.work_out_dossier(first).plan is None
    assert "choose another" in room.work_out_dossier(first).missing
    too_high = replace(WORK, diagnosis=replace(WORK.diagnosis, rise=0.9))
    assert room.work_out_dossier(too_high).plan is None


def test_a_full_dossier_is_complete_but_for_the_grades():
    review = room.review_dossier(WORK)
    assert [step for step, (done, asked) in review.by_step.items() if done < asked] == [9]
    grades = tuple(Grade(one.id, 1, "step 1") for one in load_rubric(room.RUBRIC).criteria)
    assert room.review_dossier(replace(WORK, grades=grades)).complete


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sources": ()}, "no_sources"),
        ({"facts": (room.Fact("Two mechanics."),)}, "no_source"),
        ({"segments": (replace(WORK.segments[0], share=0.8), WORK.segments[1])}, "more_than_all"),
        ({"technologies": WORK.technologies[1:]}, "no_technology"),
        ({"technologies": (replace(WORK.technologies[0], works=""),)}, "no_mechanism"),
        ({"measures": (replace(WORK.measures[1], low=None),)}, "no_uncertainty"),
        ({"measures": (replace(WORK.measures[0], definition=""),)}, "no_definition"),
        ({"measures": (replace(WORK.measures[0], hits=6, of=20),)}, "few"),
        ({"measures": (replace(WORK.measures[0], hits=500),)}, "not_possible"),
        ({"measures": (replace(WORK.measures[1], value=40.0),)}, "not_possible"),
        ({"frame": room.FunnelFrame()}, "same_people"),
        ({"frame": room.FunnelFrame("2025", "yes", 10.0)}, "average"),
        ({"blueprint": tuple(replace(one, fails=False) for one in WORK.blueprint)}, "no_fail_point"),
        ({"diagnosis": replace(WORK.diagnosis, step=2)}, "other_step"),
        ({"recommendation": replace(WORK.recommendation, data="")}, "no_ethics"),
        ({"facts": (*WORK.facts, room.Fact("x", 9))}, "lost_source"),
    ],
)
def test_what_is_missing_or_does_not_go_together_is_asked_about(changes, code):
    assert code not in codes(WORK)
    assert code in codes(replace(WORK, **changes))


def test_only_few_clients_are_asked_about_in_a_full_dossier():
    assert set(codes(WORK, dt.date(2026, 4, 1))) == {"few_clients", "ungraded"}
    assert "old" in codes(WORK, dt.date(2027, 6, 1))


def test_a_source_is_named_with_its_kind_and_day():
    assert source_line(WORK.sources, 1) == "[1] journal of orders (data of the organisation; Mar 3, 2026)"
    assert source_line(WORK.sources, None) == "–"


def test_the_dossier_survives_its_file_word_for_word(tmp_path):
    assert room.load_dossier(room.save_dossier(WORK, tmp_path / "d.json")) == WORK


def test_the_rubric_shows_samples_of_every_level_where_numbers_and_causes_are_judged():
    rubric = load_rubric(room.RUBRIC)
    levels = {one.id: [sample.level for sample in one.samples] for one in rubric.criteria}
    assert list(levels) == ["description", "technologies", "measures", "diagnosis", "recommendation", "form"]
    assert levels["measures"] == levels["diagnosis"] == [0, 1, 2, 3]
    assert all({1, 3} <= set(one) for one in levels.values())
