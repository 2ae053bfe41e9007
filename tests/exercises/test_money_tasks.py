"""Tasks of lessons 07 and 08: their truth is that of the package, and what is told of the data always holds."""

import re

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis
from crm_toolkit.exercises import exercise, load_rubric

STUDENTS = [f"S-{number}" for number in range(4)]
every_student = pytest.mark.parametrize("student", STUDENTS)


def curves(data):
    return {
        "acquisition": analysis.ResponseCurve(data["acquisition_ceiling"], data["acquisition_speed"]),
        "retention": analysis.ResponseCurve(data["retention_ceiling"], data["retention_speed"]),
        "margin": data["margin"],
        "discount": data["discount"],
    }


@every_student
def test_the_optimum_has_three_equal_numbers(student):
    own = exercise("optimal_spending", student=student)
    steps = own.case.right["value"]
    assert steps["customer_value"] == pytest.approx(steps["next_acquired"]) == pytest.approx(steps["next_retained"])
    assert min(steps.values()) > 0


@every_student
def test_acquisition_wins_though_retention_is_cheaper_on_average(student):
    own = exercise("next_coin", student=student)
    data, gain = own.data, own.case.right["gain"]
    here = analysis.judge_spending(data["acquisition_spend"], data["retention_spend"], **curves(data))
    assert here.retention_average < here.acquisition_average
    assert gain["acquisition"] > gain["retention"]
    assert here.next_coin == "acquisition"


def test_the_faded_spending_is_that_of_the_package():
    own = exercise("spending_faded", student="A")
    here = analysis.judge_spending(own.data["acquisition_spend"], own.data["retention_spend"], **curves(own.data))
    steps = own.case.right["value"]
    assert (steps["equity"], steps["customer_value"]) == pytest.approx((here.equity, here.value))
    assert steps["next_client"] == pytest.approx(here.acquisition_marginal)


@every_student
def test_credits_of_both_methods_share_out_all_conversions(student):
    own = exercise("attribution_credits", student=student)
    table = analysis.attribution_table(analysis.paths_from_table(own.data["paths"]), ["markov", "shapley"]).credits
    assert own.check(table).right
    total = own.data["paths"]["conversions"].sum()
    assert table[["markov", "shapley"]].sum().tolist() == pytest.approx([total, total])
    unscaled = own.case.slips[2]["markov"]
    markov = table.set_index("channel")["markov"]
    assert unscaled["card"] / unscaled["search"] == pytest.approx(markov["card"] / markov["search"])


@every_student
def test_the_riskiest_are_never_the_best_two_groups(student):
    own = exercise("contact_choice", student=student)
    groups = own.data["groups"]
    gain = (groups["leave_without"] - groups["leave_with"]) * groups["value"]
    table = groups.assign(gain=gain, risk=groups["leave_without"])
    found = analysis.targeting_rules(table, ["gain", "risk"], contact_cost=own.data["contact_cost"]).at(0.4)
    profit = 100 * found.set_index("rule")["profit"]
    assert own.check(profit["gain"]).right
    assert own.check(profit["risk"]).code == "HIGHEST_RISK"
    assert (gain < 0).any()


@every_student
def test_a_significant_difference_is_always_a_loss_here(student):
    own = exercise("significant_loss", student=student)
    steps = own.case.right["value"]
    assert steps["z"] > 1.96
    assert steps["profit_of_1000"] < 0


@every_student
def test_break_even_and_winning_back_are_those_of_the_package(student):
    own = exercise("break_even_saved", student=student)
    data = own.data
    share = analysis.break_even_saved_share(
        value=data["revenue"] * data["margin_rate"], contact_cost=data["contact_cost"], incentive=data["discount"],
        accept_probability=data["accept_share"],
    )  # fmt: skip
    assert own.check(share).right
    back = exercise("win_back_profit", student=student)
    asked = analysis.win_back_table(back.data["lapsed"], group="reason")
    assert back.check(asked["profit"].clip(lower=0).sum()).right
    assert not asked["ask"].all()


@every_student
def test_hazards_and_survival_are_those_of_the_package(student):
    own = exercise("hazard_table", student=student)
    months = own.data["months"]
    lives = [(row.month, 1) for row in months.itertuples() for _ in range(row.left)]
    lives += [(row.month, 0) for row in months.itertuples() for _ in range(row.still_running)]
    rest = own.data["start"] - len(lives)
    frame = pd.DataFrame([*lives, *[(99, 0)] * rest], columns=["duration", "event"])
    curve = analysis.kaplan_meier(frame).table
    curve = curve[curve["events"] > 0]
    hazard = {str(round(row.time)): 100 * row.events / row.at_risk for row in curve.itertuples()}
    assert own.check({"hazard_percent": hazard}).right


@every_student
def test_a_strong_column_may_be_honest_and_a_leak_weak(student):
    own = exercise("leakage_spotted", student=student)
    columns, right = own.data["columns"].set_index("column"), own.case.right["leaks"]
    strong = columns["auc_alone"] >= 0.9
    leaks = columns.index.map(right).to_numpy() == 1
    assert (strong & ~leaks).any()
    assert (~strong & leaks).any()


def test_an_error_by_hand_is_that_of_the_back_test():
    """The seasonal naive forecast of the task's trial year, scored by hand and by the package."""
    own = exercise("mase_by_hand", student="A")
    history, came = own.data["history"]["visits"].to_numpy(float), own.data["trial"]["visits"].to_numpy(float)
    test = analysis.backtest([*history, *came], horizon=4, season_length=4, methods=["seasonal_naive"], origins=4)
    first = test.trials[(test.trials["method"] == "seasonal_naive") & (test.trials["origin"] == 8)]
    by_hand = np.abs(history[-4:][: len(first)] - came[: len(first)]).mean()
    assert (first["forecast"] - first["actual"]).abs().mean() == pytest.approx(by_hand)


def test_the_rubric_of_a_forecast_memo_describes_four_levels_in_both_languages():
    rubric = load_rubric("forecast_memo")
    names = ["question", "data", "trial", "uncertainty", "use", "form"]
    assert [criterion.id for criterion in rubric.criteria] == names
    for criterion in rubric.criteria:
        assert len({level["en"] for level in criterion.levels}) == 4
        for texts in (criterion.name, *criterion.levels):
            assert re.search("[а-яё]", texts["ru"])
            assert not re.search("[а-яё]", texts["en"])
