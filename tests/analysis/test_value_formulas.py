"""What a customer is worth: published tables, and the equalities that hold at an optimum."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit import analysis
from crm_toolkit.errors import InputError

OWN = {
    "acquisition": analysis.ResponseCurve(0.5, 0.35),
    "retention": analysis.ResponseCurve(0.7, 0.15),
    "margin": 50.0,
    "discount": 0.2,
}


def test_margin_multiple_matches_the_table_of_gupta_and_lehmann():
    table = [[round(analysis.margin_multiple(r, i), 2) for i in (0.10, 0.12, 0.14, 0.16)] for r in (0.6, 0.7, 0.8, 0.9)]
    assert table == [
        [1.20, 1.15, 1.11, 1.07],
        [1.75, 1.67, 1.59, 1.52],
        [2.67, 2.50, 2.35, 2.22],
        [4.50, 4.09, 3.75, 3.46],
    ]


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 0.99), st.floats(0.01, 1), st.floats(-0.5, 0.005))
def test_the_three_conventions_differ_by_the_factors_that_are_told(r, i, g):
    uncertain, certain, immediate = (
        analysis.margin_multiple(r, i, growth=g, first_margin=name) for name in ("uncertain", "certain", "immediate")
    )
    assert certain * r == pytest.approx(uncertain)
    assert certain * (1 + i) == pytest.approx(immediate)
    by_hand = sum((r * (1 + g) / (1 + i)) ** t for t in range(7))
    assert analysis.margin_multiple(r, i, growth=g, first_margin="immediate", periods=7) == pytest.approx(by_hand)


def test_immediate_first_margin_adds_exactly_one_margin():
    assert analysis.margin_multiple(0.8, 0.1, first_margin="immediate") == pytest.approx(
        1 + analysis.margin_multiple(0.8, 0.1)
    )


def test_a_sum_without_end_is_refused_and_a_horizon_makes_it_finite():
    with pytest.raises(InputError, match="no end"):
        analysis.margin_multiple(1.0, 0.0)
    assert analysis.margin_multiple(1.0, 0.0, periods=12) == 12


def test_all_wrong_numbers_are_told_at_once():
    with pytest.raises(InputError) as refusal:
        analysis.margin_multiple(1.2, math.nan)
    assert [problem.column for problem in refusal.value.problems] == ["retention", "discount"]


def test_berger_and_nasr_case_1_is_568_78():
    value = analysis.berger_nasr_value(260, 50, retention=0.75, discount=0.2, periods=10)
    assert round(value, 2) == 568.78


def test_acquisition_cost_is_dearer_when_fully_loaded_and_nobody_is_refused():
    cost = analysis.acquisition_cost(9000, 120, labour=2400, discounts=300, onboarding=300)
    assert (cost.paid, cost.loaded) == (75.0, 100.0)
    with pytest.raises(InputError, match="Nobody came"):
        analysis.acquisition_cost(9000, 0)


@settings(max_examples=20, deadline=None)
@given(st.floats(1, 500), st.floats(0.5, 100), st.floats(0.01, 0.999))
def test_at_payback_the_margin_so_far_equals_the_cost(cost, margin, stay):
    months = analysis.unit_economics(cost, margin, monthly_retention=stay, annual_discount_rate=0.1).payback_months
    if months is None:
        assert margin / (1 - stay) <= cost * (1 + 1e-9)
        return
    whole = math.floor(months)
    earned = sum(margin * stay**k for k in range(whole)) + (months - whole) * margin * stay**whole
    assert earned == pytest.approx(cost, rel=1e-6)


def test_a_customer_who_never_pays_back_is_told_so_and_not_infinite():
    economics = analysis.unit_economics(1000, 20, monthly_retention=0.9, annual_discount_rate=0.1)
    assert economics.payback_months is None
    assert economics.ratio < 1
    assert analysis.unit_economics(0, 20, monthly_retention=0.9, annual_discount_rate=0.1).ratio is None
    assert analysis.unit_economics(60, 20, monthly_retention=1, annual_discount_rate=0.1).payback_months == 3


def test_the_optimum_of_blattberg_and_deighton_is_the_fixture():
    best = analysis.optimal_budgets(**OWN)
    found = [best.acquisition_spend, best.retention_spend, best.acquisition_rate, best.retention_rate, best.equity]
    assert np.round(found, 3).tolist() == [7.487, 14.065, 0.464, 0.615, 28.924]
    costs = [best.acquisition_marginal_cost, best.retention_marginal_cost, best.value]
    assert np.round(costs, 3).tolist() == [78.536] * 3


@settings(max_examples=20, deadline=None)
@given(
    st.floats(0.05, 0.95), st.floats(0.01, 2), st.floats(0.05, 0.95), st.floats(0.01, 2), st.floats(1, 300),
    st.floats(0.02, 0.6),
)  # fmt: skip
def test_no_other_spending_is_better_than_the_optimum(ca, ka, cr, kr, margin, discount):
    curves = {"acquisition": analysis.ResponseCurve(ca, ka), "retention": analysis.ResponseCurve(cr, kr)}
    best = analysis.optimal_budgets(**curves, margin=margin, discount=discount)
    for share_a, share_r in [(0.9, 1), (1.1, 1), (1, 0.9), (1, 1.1), (0, 1), (1, 0), (0.5, 1.5), (3, 3)]:
        other = analysis.prospect_equity(
            best.acquisition_spend * share_a + (0.01 if share_a == 3 else 0),
            best.retention_spend * share_r + (0.01 if share_r == 3 else 0),
            **curves, margin=margin, discount=discount,
        )  # fmt: skip
        assert other <= best.equity + 1e-9 * max(1.0, abs(best.equity))


def test_the_marginal_customer_costs_more_than_the_average_one_everywhere():
    curve = analysis.ResponseCurve(0.5, 0.35)
    for rate in np.linspace(0.01, 0.49, 20):
        assert curve.marginal_cost(rate) > curve.average_cost(rate)
        assert curve.rate(curve.spend(rate)) == pytest.approx(rate)
    with pytest.raises(InputError, match="ceiling"):
        curve.spend(0.5)


def test_where_nobody_is_worth_acquiring_nothing_is_spent():
    best = analysis.optimal_budgets(**{**OWN, "margin": 1.0})
    assert (best.acquisition_spend, best.retention_spend, best.equity) == (0.0, 0.0, 0.0)


def test_the_surface_agrees_with_the_formula():
    best = analysis.optimal_budgets(**OWN)
    row = best.surface(11).iloc[37]
    formula = analysis.prospect_equity(row.acquisition_spend, row.retention_spend, **OWN)
    assert row.equity == pytest.approx(formula)


def test_pfeifer_and_carraway_with_and_without_a_horizon():
    p = [0.30, 0.20, 0.15, 0.05]
    for_ever = analysis.migration_value(40, 4, p, discount=0.2)
    assert for_ever["value"].round(3).tolist() == [52.320, 5.554, 1.251, -1.820]
    assert for_ever["worth_contacting"].tolist() == [True, True, True, False]
    four = analysis.migration_value(40, 4, p, discount=0.2, periods=4)
    assert four["value"].round(3).tolist() == [50.115, 4.220, 0.592, -1.980]
    far = analysis.migration_value(40, 4, p, discount=0.2, periods=400)
    assert far["value"].tolist() == pytest.approx(for_ever["value"].tolist())


def test_stopping_where_the_value_is_negative_makes_every_state_worth_more():
    for_ever = analysis.migration_value(40, 4, [0.30, 0.20, 0.15, 0.05], discount=0.2)["value"]
    stopped = analysis.migration_value(40, 4, [0.30, 0.20, 0.15], discount=0.2)["value"]
    assert (stopped.to_numpy() > for_ever.to_numpy()[:3]).all()


def test_rust_lemon_and_zeithaml_fixture():
    matrix = pd.DataFrame([[0.8, 0.2], [0.3, 0.7]], columns=["ours", "theirs"])
    value = analysis.brand_switching_value(matrix, purchases_per_year=2, annual_discount_rate=0.1, years=3)
    assert value.round(4).to_dict() == {"ours": 3.4172, "theirs": 1.6779}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=4, max_size=4), st.integers(1, 12), st.floats(0, 1))
def test_what_brands_get_together_is_what_the_customer_spends(cells, frequency, discount):
    matrix = np.array(cells).reshape(2, 2)
    matrix = matrix / matrix.sum(axis=1, keepdims=True)
    value = analysis.brand_switching_value(
        matrix, purchases_per_year=frequency, annual_discount_rate=discount, years=2, contribution=3.0
    )
    spent = sum(3.0 * (1 + discount) ** (-t / frequency) for t in range(1, 2 * frequency + 1))
    assert value.sum() == pytest.approx(spent)


def test_rows_that_are_no_probabilities_are_named():
    with pytest.raises(InputError, match="Row 2"):
        analysis.brand_switching_value(
            [[0.8, 0.2], [0.3, 0.3]], purchases_per_year=2, annual_discount_rate=0.1, years=3
        )
    with pytest.raises(InputError, match="square"):
        analysis.brand_switching_value([[1.0, 0.0]], purchases_per_year=2, annual_discount_rate=0.1, years=3)


def test_elasticities_are_ordered_as_gupta_lehmann_and_stuart_found():
    equity = analysis.customer_equity(
        customers=1000, new_customers=200, margin=100, retention=0.88, discount=0.10, acquisition_cost=60
    )
    found = equity.elasticities().set_index("lever")["elasticity"]
    assert found["retention"] == pytest.approx(5, abs=0.75)
    assert found["margin"] == pytest.approx(1, abs=0.15)
    assert found["acquisition_cost"] == pytest.approx(0.1, abs=0.06)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 0.9), st.floats(0.02, 0.5), st.floats(0.1, 50))
def test_equity_is_measured_in_money_and_elasticities_are_not(retention, discount, scale):
    given_ = {"customers": 10, "new_customers": 3, "retention": retention, "discount": discount}
    one = analysis.customer_equity(**given_, margin=100, acquisition_cost=20)
    two = analysis.customer_equity(**given_, margin=100 * scale, acquisition_cost=20 * scale)
    assert two.total == pytest.approx(scale * one.total)
    assert two.elasticities()["elasticity"].tolist() == pytest.approx(
        one.elasticities()["elasticity"].tolist(), abs=1e-6
    )


def test_equity_without_value_has_no_elasticity():
    equity = analysis.customer_equity(
        customers=0, new_customers=5, margin=1, retention=0.5, discount=0.1, acquisition_cost=1000
    )
    with pytest.raises(InputError, match="not defined"):
        equity.elasticities()
    with pytest.raises(InputError, match="retention"):
        equity.changed(retention=0.999, acquisition_cost=0).elasticities()
