"""A real programme: typed text becomes rules, the year goes through the ledger, numbers say where they come from."""

import datetime as dt
from dataclasses import replace

import pytest

from crm_toolkit.analysis.loyalty import break_even_lift, reward_cost_rate
from crm_toolkit.errors import InputError
from crm_toolkit.exercises import real_programme as room
from crm_toolkit.exercises.dated_sources import DatedSource
from crm_toolkit.exercises.real_programme.fields import HINTS, OPTIONS, kind_of, told_value, value_of
from crm_toolkit.exercises.real_programme.review import open_fields
from crm_toolkit.exercises.self_grade import Grade
from crm_toolkit.firm.loyalty import form_fields, load_programme
from crm_toolkit.texts import language

DAY = dt.date(2026, 3, 3)
STATED = {"earning.per_unit": "5%", "burning.point_value": "1", "burning.mode": "threshold", "burning.threshold": "500",
          "life.validity": "days", "life.validity_days": "365"}  # fmt: skip
WORK = room.ProgrammeWork(
    room.About("Car wash K", "washing cars", "Card", "Occasional clients come back."),
    (DatedSource("rules on paper, page 1", "rules", DAY), DatedSource("the sign above the till", "sign", DAY)),
    tuple(room.FieldStated(path, text, source=1) for path, text in STATED.items()),
    room.Assumed("Points that were used make the balance negative."),
    room.SampleMember("One who washes every three weeks.", DAY, 21, 18, 600.0, "soon", None, "A wash is paid back."),
    tuple(room.Figure(name, value, "assumption", "a guess of the example") for name, value in
          {"members": 2000, "margin_rate": 0.4, "redeemed_share": 0.7, "unit_cost": 0.5}.items()),
    room.EvaluationPlan("spend", 1100, 0.5, 52, None, 4000.0, 500.0, 0.8, "sure", "Half and half.", "A longer time."),
)  # fmt: skip


def worked(**changes):
    return room.work_out_programme(replace(WORK, **changes))


def codes(work, today=None):
    return [one.code for one in room.review_programme(work, today=today).findings]


def test_every_field_of_the_form_has_a_name_and_every_choice_its_options():
    assert tuple(room.LABELS) == form_fields()
    assert all(kind_of(path) == "choice" for path in OPTIONS)
    assert all(path in HINTS for path in form_fields() if kind_of(path) == "list")


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("earning.per_unit", "5 %", 0.05),
        ("burning.threshold", "1 500", 1500),
        ("earning.tax", "yes", True),
        ("tiers.steps", "base; 0\nsilver; 5 000,5; 1.5",
         [{"name": "base", "threshold": 0.0}, {"name": "silver", "threshold": 5000.5, "multiplier": 1.5}]),
        ("earning.multipliers", "2; ; 1; 2026-03-01", [{"factor": 2.0, "weekday": 1, "start": dt.date(2026, 3, 1)}]),
        ("currency", "EUR", "EUR"),
    ],
)  # fmt: skip
def test_typed_text_becomes_the_value_that_the_form_takes(path, text, value):
    assert value_of(path, text) == (value, "")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("burning.threshold", "1.5"),
        ("burning.threshold", "many"),
        ("earning.tax", "perhaps"),
        ("burning.mode", "sometimes"),
        ("tiers.steps", "base; low"),
        ("ladder.steps", "1; 2; 3"),
        ("ladder.steps", "5%"),
        ("earning.multipliers", "2; ; ; 1 March"),
        ("earning.per_unit", "nan"),
    ],
)
def test_text_that_does_not_fit_is_told_and_gives_no_value(path, text):
    value, wrong = value_of(path, text)
    assert value is None
    assert wrong


def test_choices_are_shown_in_words_of_the_reader():
    with language("ru"):
        assert told_value("life.validity", "unlimited") != "unlimited"
        assert told_value("currency", "EUR") == "EUR"


def test_the_rules_of_the_form_run_and_keep_their_dated_sources():
    found = worked()
    assert found.problems == ()
    assert found.programme.burning.threshold == 500
    assert found.form.entries["earning.per_unit"].read_on == DAY
    assert found.form.entries["earning.per_unit"].source == "rules on paper, page 1"


def test_what_stands_in_the_way_of_the_rules_is_told_all_at_once():
    wrong = (
        room.FieldStated("earning.per_unit", "five"),
        room.FieldStated("burning.threshold", "1.5"),
        room.FieldStated("life.validity", "days"),
    )
    found = worked(fields=wrong, about=room.About())
    assert [one.column for one in found.problems] == ["organisation", "earning.per_unit", "burning.threshold"]
    lacking = worked(fields=(room.FieldStated("earning.per_unit", "5%"),))
    assert lacking.programme is None
    assert any("give nothing" in one.what for one in lacking.problems)


def test_nothing_is_taken_for_what_the_organisation_does_not_state():
    silent = (*WORK.fields, room.FieldStated("returns.spent", not_stated=True, source=1))
    assert worked(fields=silent).form.entries["returns.spent"].not_stated
    assert worked(fields=silent).programme == worked().programme
    assert "returns.spent" in open_fields(WORK)
    assert "returns.spent" not in open_fields(replace(WORK, fields=silent))


def test_fields_without_a_meaning_here_are_not_asked_for():
    assert "life.pending_days" not in open_fields(WORK)
    assert "life.more_periods" not in open_fields(WORK)
    assert "life.rounding" in open_fields(WORK)


def test_the_year_of_the_sample_member_goes_through_the_ledger():
    year = worked().year
    assert (year.visits, year.earned, year.redeemed, year.closing) == (
        18,
        515,
        500,
        15,
    )  # the last order is paid with points but for 100
    assert year.first_reward == DAY + dt.timedelta(days=17 * 21)
    assert year.given_back == 500.0
    back = worked(member=replace(WORK.member, paid_back=17)).year
    assert (back.redeemed, back.closing) == (0, 510)  # at the last visit there are 480
    short = tuple(replace(one, value="180") if one.path == "life.validity_days" else one for one in WORK.fields)
    assert worked(fields=short).year.redeemed == 0
    assert worked(fields=short).year.expired == 270


def test_a_year_without_points_counts_discounts_and_full_cards():
    ladder = worked(fields=(room.FieldStated("ladder.steps", "0; 0%\n6000; 10%", source=1),)).year
    assert ladder.discounts == pytest.approx(8 * 60)
    card = (room.FieldStated("punch_card.stamps", "6"), room.FieldStated("punch_card.reward", "600"))
    assert worked(fields=card).year.full_cards == 3
    assert worked(fields=card).year.given_back == 1800


@pytest.mark.parametrize("name", ["barbershop_b", "clinic_k", "hotel_n", "fitness_club_f", "language_school_l"])
def test_every_shipped_programme_has_a_year(name):
    year = room.member_year(load_programme(name), replace(WORK.member, paid_back=3))
    moved = year.bookings.groupby("what")["points"].sum()
    assert moved.sum() == year.closing + year.waiting
    assert year.visits == 18


def test_cost_and_break_even_are_those_of_the_analysis():
    money = worked().money
    rate = reward_cost_rate(0.05, redeemed_share=0.7, unit_cost=0.5)
    assert money.economics.spend == 18 * 600
    assert money.economics.break_even_lift == pytest.approx(break_even_lift(0.4, rate))
    assert money.reward_cost == pytest.approx(rate * 18 * 600 * 2000)
    assert money.rollforward["closing_minor"].iloc[-1] / 100 * 2000 == pytest.approx(money.liability)
    origins = {one.name: one.origin for one in money.used}
    assert origins["members"] == "assumption"
    assert origins["face_rate"] == "rules"
    assert origins["spend"] == "year"
    assert origins["retention"] == "course"


def test_without_the_needed_numbers_no_result_is_made_up():
    found = worked(figures=WORK.figures[:2])
    assert found.money is None
    assert "redeemed" in found.missing["money"]


def test_the_size_of_the_test_belongs_to_the_outcome():
    assert worked().plan.treated_n == 1006
    assert worked().least.customers == 1100
    share = replace(WORK.plan, outcome="retention", base=0.8, smallest=0.05)
    assert worked(plan=share).plan.treated_n == 906  # DOMAIN 3.4: .80 to .85
    assert worked(plan=replace(share, smallest=0.3)).plan is None
    assert "few_clients" in codes(WORK)
    assert "few_clients" not in codes(replace(WORK, plan=replace(WORK.plan, clients=3000)))


def test_rules_that_deserve_a_second_look_are_named_with_a_reason():
    short = [replace(one, value="180") if one.path == "life.validity_days" else one for one in WORK.fields]
    silent = [room.FieldStated("returns.spent", not_stated=True), room.FieldStated("returns.redeemed", "lost")]
    flags = {one.code for one in worked(fields=(*short, *silent)).flags}
    assert flags == {"returns_hidden", "lost_points", "expires_first", "no_reward"}
    assert worked().flags == ()


def test_the_review_asks_about_sources_and_assumptions_and_never_about_opinions():
    assert {"open", "winners", "ungraded"} <= set(codes(WORK))
    assert "lift_assumed" not in codes(WORK)
    lift = room.Figure("lift", 0.1, "assumption", "hope")
    assert "lift_assumed" in codes(replace(WORK, figures=(*WORK.figures, lift)))
    assert "no_source" in codes(replace(WORK, fields=(replace(WORK.fields[0], source=None),)))
    assert "lost_source" in codes(replace(WORK, fields=(replace(WORK.fields[0], source=7),)))
    assert "future" in codes(WORK, dt.date(2026, 1, 1))
    assert "old" in codes(WORK, dt.date(2027, 6, 1))


def test_a_self_grade_above_what_is_there_is_asked_about():
    grades = (Grade("critique", 3, "It is good."), Grade("evaluation", 2, "Step 5."))
    asked = [one for one in room.review_programme(replace(WORK, grades=grades)).findings if one.code == "too_high"]
    assert "Critique" in asked[0].text
    assert "Plan of evaluation" not in asked[0].text


def test_the_work_survives_its_file_word_for_word(tmp_path):
    place = room.save_programme_work(replace(WORK, grades=(Grade("form", 1, "So."),)), tmp_path / "p.json")
    assert room.load_programme_work(place).grades == (Grade("form", 1, "So."),)
    assert room.load_programme_work(place).fields == WORK.fields
    place.write_text(place.read_text(encoding="utf-8").replace('"earning.per_unit"', '"earning.per_unti"'))
    with pytest.raises(InputError, match=r"did you mean `earning\.per_unit`"):
        room.load_programme_work(place)
