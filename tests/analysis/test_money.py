"""Money on clients: the next coin goes where customer equity rises most, and rules of targeting add up to the truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis import (
    ResponseCurve,
    judge_spending,
    portfolio_matrix,
    prospect_equity,
    targeting_rules,
    win_back_table,
)
from crm_toolkit.errors import InputError

PAPER = {"acquisition": ResponseCurve(0.5, 0.35), "retention": ResponseCurve(0.7, 0.15), "margin": 50, "discount": 0.2}


def test_at_the_optimum_no_coin_is_better_moved_and_three_numbers_are_equal():
    best = judge_spending(1, 1, **PAPER).best
    here = judge_spending(best.acquisition_spend, best.retention_spend, **PAPER)
    assert (best.acquisition_spend, best.retention_spend) == pytest.approx((7.487, 14.065), abs=5e-4)
    assert here.equity == pytest.approx(28.924, abs=5e-4)
    costs = here.acquisition_marginal, here.retention_marginal, here.value
    assert costs == pytest.approx((78.536,) * 3, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(
    spend=st.tuples(st.floats(0.1, 20), st.floats(0.1, 40)),
    ceilings=st.tuples(st.floats(0.1, 1), st.floats(0.2, 0.95)),
    speeds=st.tuples(st.floats(0.05, 0.6), st.floats(0.02, 0.3)),
    margin=st.floats(20, 300),
)
def test_the_next_coin_raises_equity_as_the_derivatives_say(spend, ceilings, speeds, margin):
    A, R = spend
    curves = {"acquisition": ResponseCurve(ceilings[0], speeds[0]), "retention": ResponseCurve(ceilings[1], speeds[1]),
              "margin": margin, "discount": 0.15}  # fmt: skip
    here, step = judge_spending(A, R, **curves), 1e-5
    by_A = (prospect_equity(A + step, R, **curves) - here.equity) / step
    by_R = (prospect_equity(A, R + step, **curves) - here.equity) / step
    assert by_A == pytest.approx(here.value / here.acquisition_marginal - 1, abs=2e-3 * (1 + margin))
    slope = (here.value / here.retention_marginal - 1) / (1.15 - here.retention_rate)
    assert by_R == pytest.approx(here.acquisition_rate * slope, abs=2e-3 * (1 + margin))
    assert here.acquisition_marginal >= here.acquisition_average * (1 - 1e-9)
    assert here.retention_marginal >= here.retention_average * (1 - 1e-9)
    assert here.equity <= here.best.equity + 1e-6


def test_the_averages_may_send_the_coin_to_the_wrong_side():
    here = judge_spending(4.0, 14.0, acquisition=ResponseCurve(0.35, 0.2), retention=ResponseCurve(0.85, 0.23),
                          margin=65, discount=0.17)  # fmt: skip
    assert (here.averages_say, here.next_coin) == ("retention", "acquisition")
    assert "belongs to acquisition" in here.reading()
    assert "No further coin pays" in judge_spending(50, 60, **PAPER).reading()
    assert "beyond all bounds" in judge_spending(50, 5_000, **PAPER).reading()
    assert "belongs to retention" in judge_spending(9, 5, **PAPER).reading()


def test_a_rule_that_contacts_everybody_is_any_rule():
    luck = np.random.default_rng(1)
    table = pd.DataFrame({"a": luck.random(57), "b": luck.integers(0, 3, 57), "gain": luck.normal(1, 4, 57)})
    found = targeting_rules(table, ["a", "b", "gain"], contact_cost=0.5)
    last = found.at(1.0)["profit"]
    assert last.to_numpy() == pytest.approx(np.full(3, table["gain"].sum() - 57 * 0.5))
    assert found.at(0.0)["profit"].tolist() == [0, 0, 0]
    by_truth = found.curves[found.curves["rule"] == "gain"]["profit"].to_numpy()
    for rule in ("a", "b"):
        assert (found.curves[found.curves["rule"] == rule]["profit"].to_numpy() <= by_truth + 1e-9).all()


def test_equal_scores_share_a_border_so_that_the_order_of_rows_says_nothing():
    table = pd.DataFrame({"score": [1, 1, 1, 1], "gain": [8.0, 0, 0, 0]})
    assert targeting_rules(table, ["score"], contact_cost=1).at(0.5)["profit"].tolist() == [2.0]
    assert targeting_rules(table[::-1], ["score"], contact_cost=1).at(0.5)["profit"].tolist() == [2.0]
    with pytest.raises(InputError, match="No rule is named"):
        targeting_rules(table, [], contact_cost=1)


def test_winning_back_pays_exactly_from_the_break_even_on():
    row = {"group": "a", "customers": 100, "regain_ratio": 0.2, "by_themselves": 0.05, "second_value": 120,
           "contact_cost": 4, "offer_cost": 30}  # fmt: skip
    needed = win_back_table(pd.DataFrame([row]))["break_even"].iloc[0]
    at = pd.DataFrame([row | {"regain_ratio": 0.05 + needed + shift} for shift in (-0.001, 0, 0.001)])
    found = win_back_table(at)
    assert found["profit"].iloc[1] == pytest.approx(0, abs=1e-9)
    assert found["ask"].tolist()[::2] == [False, True]
    assert (found["naive_profit"] > found["profit"]).all()
    worthless = win_back_table(pd.DataFrame([row | {"second_value": 20}]))
    assert np.isinf(worthless["break_even"].iloc[0])
    assert not worthless["ask"].iloc[0]
    with pytest.raises(InputError, match="each from 0 to 1"):
        win_back_table(pd.DataFrame([row | {"regain_ratio": 1.2}]))


def test_every_customer_stands_in_one_corner_and_the_profits_add_up():
    luck = np.random.default_rng(2)
    table = pd.DataFrame({"customer_id": range(200), "longevity": luck.integers(1, 50, 200)})
    table["profit"] = luck.normal(5, 30, 200) + table["longevity"]
    found = portfolio_matrix(table, longevity_border=20, profit_border=10)
    assert found.corners["customers"].sum() == 200
    assert found.corners["profit"].sum() == pytest.approx(table["profit"].sum())
    friends = table[(table["longevity"] >= 20) & (table["profit"] > 10)]
    assert found.corners.set_index("corner").loc["true_friends", "customers"] == len(friends)
    assert found.correlation == pytest.approx(table["longevity"].corr(table["profit"], method="spearman"))
    assert "200 customers" in found.reading()
    alike = portfolio_matrix(table.assign(longevity=3))
    assert np.isnan(alike.correlation)
    assert "Rank correlation" not in alike.reading()
    with pytest.raises(InputError, match="`profit_border` can't be"):
        portfolio_matrix(table, profit_border=np.nan)


def test_the_best_is_kept_with_the_spending():
    here = judge_spending(3, 20, **PAPER)
    assert replace(here, equity=0.0).best == here.best
    assert here.best.surface(5, reach=(40.0, 3.0))["acquisition_spend"].max() == 40.0
    assert here.best.surface(5, reach=(1.0, 1.0))["retention_spend"].max() == pytest.approx(2 * 14.065, abs=1e-2)
