"""Lifetime value by a named convention, models beside what happened, the bridge to pymc-marketing."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.special import hyperu

from crm_toolkit import analysis
from crm_toolkit.analysis import BGBB, BGNBD, NBD, GammaGamma, ParetoNBD, PurchaseSummary
from crm_toolkit.errors import InputError

BG = BGNBD(0.243, 4.414, 0.793, 2.426, unit="week")
PARETO = ParetoNBD(0.553, 10.578, 0.606, 11.669, unit="week")
STEADY = NBD(0.385, 12.07, unit="week")
SPEND = GammaGamma(6.25, 3.74, 15.44)
TABLE = pd.DataFrame(
    {
        "customer_id": ["d", "a", "c", "b"],
        "frequency": [2, 0, 7, 0],
        "recency": [30.43, 0, 29.43, 0],
        "T": [38.86, 38.86, 38.86, 20.0],
        "monetary": [22.35, 0, 73.74, 0],
    }
)
SUMMARY = PurchaseSummary(TABLE, "week")
every_model = pytest.mark.parametrize("model", [BG, PARETO, STEADY], ids=["bgnbd", "pareto_nbd", "nbd"])


def value(model=BG, summary=SUMMARY, **options):
    return analysis.customer_lifetime_value(model, SPEND, summary, **({"margin": 0.3} | options))


def codes(ask, *args, **options):
    with pytest.raises(InputError) as letter:
        ask(*args, **options)
    return {problem.code for problem in letter.value.problems}


@every_model
def test_forecast_keeps_the_order_and_equals_the_formulas(model):
    found = analysis.customer_forecast(model, SUMMARY, horizon=39)
    history = TABLE["frequency"], TABLE["recency"], TABLE["T"]
    assert found["customer_id"].tolist() == ["d", "a", "c", "b"]
    assert_allclose(found["probability_alive"], model.probability_alive(*history))
    assert_allclose(found["expected_purchases"], model.conditional_expected_purchases(39, *history))


def test_forecast_takes_any_kind_of_table():
    from_polars = analysis.customer_forecast(BG, pl.from_pandas(TABLE), horizon=39)
    pd.testing.assert_frame_equal(
        from_polars, analysis.customer_forecast(BG, TABLE, horizon=39), check_dtype=False, rtol=1e-12
    )


@every_model
def test_without_discount_value_is_margin_times_spend_times_purchases(model):
    found = value(model, annual_discount_rate=0.0)
    assert_allclose(found["discounted_purchases"], found["expected_purchases"], rtol=1e-10)
    assert_allclose(found["clv"], 0.3 * found["expected_average_spend"] * found["expected_purchases"], rtol=1e-10)


@every_model
def test_every_moment_is_discounted_from_itself(model):
    found = value(model, horizon_months=24)
    horizon, force = 24 * 30.4375 / 7, np.log(1.15) * 7 / 365.25
    for row in range(4):
        history = TABLE.loc[row, ["frequency", "recency", "T"]].tolist()

        def bought(t, history=history):
            return float(model.conditional_expected_purchases(t, *history))

        by_parts = bought(horizon) * np.exp(-force * horizon)
        by_parts += quad(lambda t, bought=bought: force * np.exp(-force * t) * bought(t), 0, horizon)[0]
        assert found.loc[row, "discounted_purchases"] == pytest.approx(by_parts, rel=1e-7)


@every_model
def test_conventions_stand_in_their_order_and_close_together(model):
    sums = {timing: value(model, timing=timing)["clv"].sum() for timing in analysis.btyd.value.TIMING}
    assert sums["month_start"] > sums["moment"] > sums["month_end"]
    assert sums["month_middle"] == pytest.approx(sums["moment"], rel=1e-3)
    assert sums["month_start"] / sums["month_end"] == pytest.approx(1.15 ** (1 / 12), rel=1e-9)


def test_month_end_is_what_lifetimes_does():
    found = value(timing="month_end", horizon_months=3)
    months = BG.conditional_expected_purchases(np.array([[0.0], [1], [2], [3]]) * 30.4375 / 7, 2, 30.43, 38.86)
    flow = np.diff(months[:, 0]) / 1.15 ** (np.arange(1, 4) / 12)
    assert found.loc[0, "clv"] == pytest.approx(0.3 * flow.sum() * SPEND.expected_average_spend(2, 22.35), rel=1e-9)


@every_model
def test_an_endless_horizon_is_the_limit_of_long_ones(model):
    endless, long = value(model, horizon_months=None), value(model, horizon_months=1200)
    assert_allclose(endless["clv"], long["clv"], rtol=2e-5)
    assert "expected_purchases" not in endless


def test_residual_transactions_of_pareto_nbd_equal_the_closed_form():
    x, tx, T, rate = 26, 30.86, 31.0, 0.0027
    ahead = (PARETO.beta + T) * hyperu(1, 2 - PARETO.s, rate * (PARETO.beta + T))
    closed = (PARETO.r + x) / (PARETO.alpha + T) * PARETO.probability_alive(x, tx, T) * ahead
    found = analysis.discounted_expected_residual_transactions(PARETO, x, tx, T, discount_rate=rate)
    assert found == pytest.approx(closed, rel=1e-9)


def test_the_convention_stands_beside_the_result():
    expected = {"margin": 0.3, "horizon_months": 12.0, "annual_discount_rate": 0.15, "timing": "moment"}
    assert value().attrs["convention"] == expected


@every_model
def test_units_do_not_change_the_money(model):
    days = TABLE.assign(recency=TABLE["recency"] * 7, T=TABLE["T"] * 7)
    named = {name: number * 7 if name in ("alpha", "beta") else number for name, number in model.parameters.items()}
    if isinstance(model, BGNBD):
        named |= {"a": model.a, "b": model.b}
    in_days = value(type(model)(**named, unit="day"), PurchaseSummary(days, "day"))
    assert_allclose(in_days["clv"], value(model)["clv"], rtol=1e-9)


def test_unusable_questions_of_value_are_refused_together():
    wrong = {"margin": 30, "horizon_months": -1, "annual_discount_rate": -0.1, "timing": "sometimes"}
    assert codes(value, **wrong) == {"outside_range", "unknown_option"}
    assert codes(value, BGNBD(0.243, 4.414, 0.793, 2.426)) == {"unknown_unit"}
    assert codes(value, BGNBD(0.243, 4.414, 0.793, 2.426, unit="day")) == {"other_unit"}
    assert codes(value, BGBB(1, 1, 1, 1, unit="week")) == {"unknown_kind"}
    assert codes(value, horizon_months=None, annual_discount_rate=0) == {"outside_range"}
    assert codes(value, horizon_months=None, timing="month_end") == {"unknown_option"}
    assert codes(value, horizon_months=1.5, timing="month_end") == {"outside_range"}
    assert codes(value, summary=TABLE.assign(recency=99.0)) == {"recency_above_T", "recency_without_repeat"}
    assert codes(analysis.customer_forecast, SPEND, SUMMARY, horizon=3) == {"unknown_kind"}
    assert codes(analysis.customer_forecast, BG, SUMMARY, horizon=-3) == {"outside_range"}


def test_missing_columns_and_tables_of_no_kind_are_refused():
    for ask in (
        lambda table: analysis.customer_forecast(BG, table, horizon=3),
        lambda table: value(summary=table),
        lambda table: analysis.frequency_histogram_table(BG, table),
        lambda table: analysis.conditional_expectation_table(BG, table),
        analysis.to_pymc_marketing,
    ):
        assert codes(ask, [1, 2]) == {"unknown_kind"}
        assert "missing_column" in codes(ask, TABLE.rename(columns={"frequency": "frequencyx"}))


WEEKS = 40


@pytest.fixture(scope="module")
def lines():
    """Purchases of a BG/NBD world on days; the amounts are all 10."""
    luck = np.random.default_rng(11)
    size = 1_500
    rate, dropout = luck.gamma(0.9, 1 / 4, (size, 1)), luck.beta(0.8, 2.5, (size, 1))
    gaps = luck.exponential(7 / rate, (size, 120)).cumsum(axis=1)
    alive = np.arange(120) < luck.geometric(dropout)
    first = luck.integers(0, 70, size)
    day = np.floor(first[:, None] + np.hstack([np.zeros((size, 1)), np.where(alive, gaps, np.inf)]))
    who, turn = np.nonzero(day < 7 * WEEKS)
    moments = pd.Timestamp("2024-01-01") + pd.to_timedelta(day[who, turn], unit="D")
    return pd.DataFrame({"customer_id": who, "ordered_at": moments, "amount": 10.0})


@pytest.fixture(scope="module")
def calibrated(lines):
    summary = analysis.purchase_summary(lines, as_of="2024-10-06", calibration_end="2024-05-19")
    return summary, analysis.fit_bgnbd(summary)


def test_the_histogram_counts_everybody_and_fits_its_own_world(calibrated):
    summary, model = calibrated
    table = analysis.frequency_histogram_table(model, summary)
    assert table["customers"].sum() == len(summary.table)
    assert table["customers_expected"].sum() == pytest.approx(len(summary.table))
    misfit = (table["customers"] - table["customers_expected"]) ** 2 / table["customers_expected"]
    assert misfit.sum() < 20  # chi-square with some 4 to 8 degrees of freedom; same-day purchases merge


def test_tracking_follows_purchases_on_paper():
    days = ["2024-01-01", "2024-01-03", "2024-01-08", "2024-01-08", "2024-01-14", "2024-01-20"]
    frame = pd.DataFrame({"customer_id": list("aaabba"), "ordered_at": pd.to_datetime(days), "amount": 5.0})
    table = analysis.tracking_table(STEADY, frame, as_of="2024-01-22", calibration_end="2024-01-14")
    assert table["purchases"].tolist() == [2, 1, 1]
    assert table["cumulative"].tolist() == [2, 3, 4]
    assert table["in_holdout"].tolist() == [False, True, True]
    rate = 0.385 / 12.07
    assert_allclose(table["cumulative_expected"], [rate, 3 * rate, 5 * rate])


def test_tracking_and_conditional_expectation_agree_with_the_world(lines, calibrated):
    summary, model = calibrated
    table = analysis.tracking_table(model, lines, as_of="2024-10-06", calibration_end="2024-05-19")
    assert len(table) == WEEKS - 1  # the last day of the 40th week is not a whole week after the first day
    last = table.iloc[-1]
    assert last["cumulative_expected"] == pytest.approx(last["cumulative"], rel=0.05)
    known = summary.table["frequency"].sum()
    assert table.loc[~table["in_holdout"], "cumulative"].iloc[-1] <= known
    by_past = analysis.conditional_expectation_table(model, summary)
    assert by_past["customers"].sum() == len(summary.table)
    bought = (by_past["customers"] * by_past["purchases"]).sum()
    assert bought == pytest.approx(summary.table["holdout_frequency"].sum())
    assert (by_past["customers"] * by_past["purchases_expected"]).sum() == pytest.approx(bought, rel=0.08)


def test_tracking_refuses_what_it_cannot_follow(lines):
    ask = analysis.tracking_table
    assert codes(ask, NBD(1, 1), lines, as_of="2024-10-06", period="year") == {"unknown_unit", "unknown_option"}
    assert codes(ask, STEADY, lines, as_of="2024-02-06", calibration_end="2024-05-19") == {"wrong_order"}
    assert codes(ask, STEADY, lines, as_of="2024-01-03") == {"too_short"}
    assert "missing_column" in codes(ask, STEADY, lines.drop(columns="amount"), as_of="2024-01-31")


def test_a_matrix_of_histories_holds_the_formulas_and_no_impossible_history():
    table = analysis.history_matrix(BG, T=40, most_frequency=5, steps=4, value="expected_purchases", horizon=10)
    assert table.shape == (5, 6)
    assert table.iloc[0].notna().tolist() == [True] + [False] * 5
    assert table.iloc[1:, 0].isna().all()
    assert table.loc[30.0, 2] == pytest.approx(float(BG.conditional_expected_purchases(10, 2, 30, 40)))
    assert codes(analysis.history_matrix, BG, T=0, value="luck") == {"outside_range", "unknown_option"}


def test_the_bridge_there_and_back_changes_names_only():
    there = analysis.to_pymc_marketing(SUMMARY)
    assert list(there) == ["customer_id", "frequency", "recency", "T", "monetary_value"]
    back = analysis.from_pymc_marketing(there, unit="week")
    pd.testing.assert_frame_equal(back.table, TABLE)
    assert back.unit == "week"


def test_parameters_cross_the_bridge_under_their_letters():
    assert set(analysis.pymc_marketing_parameters(BG)) == {"r", "alpha", "a", "b"}
    assert analysis.pymc_marketing_parameters(SPEND) == {"p": 6.25, "q": 3.74, "v": 15.44}
    assert codes(analysis.pymc_marketing_parameters, STEADY) == {"no_counterpart"}
