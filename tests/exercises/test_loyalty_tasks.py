"""Tasks of lesson 09: their truth is that of the package, and a naive answer is told what it is."""

import datetime as dt
import re

import numpy as np
import pytest

from crm_toolkit import analysis
from crm_toolkit.exercises import exercise, load_rubric
from crm_toolkit.firm.loyalty import Burning, Earning, Event, Ledger, Life, LoyaltyProgramme

STUDENTS = [f"S-{number}" for number in range(6)]
every_student = pytest.mark.parametrize("student", STUDENTS)


def ledger(**life):
    return Ledger(LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(), life=Life(**life)))


def noon(day):
    return dt.datetime.combine(day, dt.time(12))


@every_student
def test_refunds_are_those_of_the_ledger(student):
    own = exercise("refund_points", student=student)
    for row in own.data["orders"].itertuples():
        book, day = ledger(), dt.datetime(2026, 3, 1)
        book.post(Event(1, row.member, day, "earn", row.earned, 100 * row.paid, order_id="a"))
        if row.redeemed:
            book.post(Event(2, row.member, day, "redeem", row.redeemed))
        book.post(Event(3, row.member, day, "refund", 0, 100 * row.paid_back, order_id="a"))
        assert own.case.right["balance"][row.member] == book.balance(row.member)
    assert own.case.right["balance"]["spent"] < 0


@every_student
def test_expiry_is_that_of_the_ledger(student):
    own = exercise("fifo_expiry", student=student)
    book = ledger(validity="days", validity_days=own.data["valid_days"])
    for number, row in enumerate(own.data["log"].itertuples()):
        at = dt.datetime.combine(row.day, dt.time(0 if row.kind == "earn" else 12))
        book.post(Event(number, "ann", at, row.kind, row.points))
    for day, balance in own.case.right["balance"].items():
        book.close(noon(dt.date.fromisoformat(day)))
        assert book.balance("ann") == balance


@every_student
def test_a_merge_draws_as_the_ledger_does(student):
    own = exercise("merge_accounts", student=student)
    book = ledger()
    lots = own.data["lots"].sort_values("given", kind="stable")
    for row in lots.itertuples():
        book.post(Event(row.lot, row.account, noon(row.given), "earn", row.points, expires_at=noon(row.expires)))
    day = noon(max(lots["given"]))
    book.post(Event("merge", "goes", day, "merge", other_id="stays"))
    book.post(Event("use", "stays", day, "redeem", own.data["redeemed"]))
    assert {lot.lot_id: lot.remaining for lot in book.lots} == own.case.right["left"]


@every_student
def test_money_is_that_of_the_package(student):
    told = exercise("break_even_lift", student=student)
    programme = analysis.ProgrammeEconomics(**told.data)
    assert told.check(programme.break_even_lift).right
    sale = exercise("ifrs_split", student=student)
    assert sale.check(analysis.price_allocation(**sale.data).points).right
    books = exercise("liability_rollforward", student=student)
    rolled = analysis.points_revenue(books.data["quarters"], books.data["deferred"])
    assert books.check(dict(zip(("Q1", "Q2", "Q3"), rolled["liability"], strict=True))).right


def test_the_faded_example_is_the_break_even_of_the_package():
    own = exercise("break_even_faded", student="A-1")
    lift = analysis.ProgrammeEconomics(**own.data).break_even_lift
    assert own.case.right["value"]["more_spend"] / own.data["spend"] == pytest.approx(lift)


@every_student
def test_triangles_end_as_the_chain_ladder_says(student):
    own = exercise("chain_ladder", student=student)
    ladder = analysis.chain_ladder(own.data["triangle"].set_index("quarter").drop(columns="issued"))
    assert own.check(dict(zip(ladder.table["cohort"], ladder.table["ultimate"], strict=True))).right
    share = exercise("points_breakage", student=student)
    triangle = share.data["triangle"].set_index("quarter")
    total = analysis.chain_ladder(triangle.drop(columns="issued")).total
    assert share.check(1 - total / triangle["issued"].sum()).right
    assert 0.1 < share.expected < 0.45


@every_student
def test_sample_sizes_of_the_usual_formulas_pass(student):
    own = exercise("customers_per_arm", student=student)
    p0, p1 = own.data["retention"], own.data["hoped_for"]
    assert own.check(analysis.plan_rates(p0, treated_rate=p1, power=0.8).per_arm).right
    unpooled = (1.959964 + 0.841621) ** 2 * (p0 * (1 - p0) + p1 * (1 - p1)) / (p1 - p0) ** 2
    assert own.check(unpooled).right


@every_student
def test_the_lottery_finds_what_was_planted_and_the_naive_answer_is_told_what_it_is(student):
    own = exercise("programme_effect", student=student)
    panel = own.data["panel"]
    assert own.check(analysis.holdout_effect(panel, "after").late).right
    members = panel["member"] == 1
    invited = panel["arm"] == "invited"
    naive = panel.loc[members, "after"].mean() - panel.loc[invited & ~members, "after"].mean()
    verdict = own.check(naive)
    assert (verdict.code, verdict.score) == ("SELF_SELECTION", 0.0)
    assert naive > 2.5 * own.expected
    assert own.check(own.expected + 4.0).code != "ROUNDING"
    assert np.isclose(panel.groupby("arm")["before"].mean().pct_change().iloc[-1], 0, atol=0.02)


def test_the_rubric_of_a_programme_follows_the_course_with_samples_in_both_languages():
    rubric = load_rubric("programme")
    names = ["description", "execution", "economics", "evaluation", "critique", "form"]
    assert [criterion.id for criterion in rubric.criteria] == names
    for criterion in rubric.criteria:
        assert len({level["en"] for level in criterion.levels}) == 4
        assert [one.level for one in criterion.samples] == [1, 3]
        texts = [criterion.name, *criterion.levels, *(one.text for one in criterion.samples)]
        for text in texts:
            assert re.search("[а-яё]", text["ru"])
            assert not re.search("[а-яё]", text["en"])


def test_the_numbers_of_the_samples_are_right():
    cost = analysis.reward_cost_rate(0.05, redeemed_share=0.7, unit_cost=0.5)
    assert round(analysis.break_even_lift(0.4, cost), 3) == 0.046
    assert round(analysis.break_even_lift(0.4, 0.05 * 0.5), 3) == 0.067
    assert round(analysis.break_even_lift(0.25, cost), 3) == 0.075
    assert int(analysis.plan_rates(0.8, treated_rate=0.85, power=0.8).per_arm) + 1 == 906
    assert 17 * 30 == 510
