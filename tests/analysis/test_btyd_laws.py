"""What must hold for any customers: exact gradients, order does not matter, sums are one, models contain each other."""

import warnings

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad

from crm_toolkit import analysis
from crm_toolkit.analysis import BGBB, BGNBD, NBD, GammaGamma, ParetoNBD, PurchaseSummary
from crm_toolkit.analysis.btyd import count_dropout, fitting, gamma_gamma, pareto_nbd, shifted_beta_geometric
from crm_toolkit.analysis.btyd.count_dropout import Family
from crm_toolkit.analysis.btyd.reading import compressed, read_histories
from crm_toolkit.analysis.btyd.special import departure_nodes

positive = st.floats(0.05, 20.0)
quartet = st.tuples(positive, positive, positive, positive)


def customers(seed=3, size=400, T=40.0, *, at_any_moment=False):
    """Customers who buy and leave, with whole weeks so that histories repeat."""
    luck = np.random.default_rng(seed)
    rate, dropout = luck.gamma(0.8, 0.25, (size, 1)), luck.beta(0.8, 2.5, (size, 1))
    moments = luck.exponential(1 / rate, (size, 200)).cumsum(axis=1)
    age = np.ceil(T * luck.uniform(0.6, 1, size))
    made = (moments <= age[:, None]) & (np.arange(200) < luck.geometric(dropout))
    if at_any_moment:
        end = luck.exponential(1 / luck.gamma(0.8, 1 / 15, size))
        made = moments <= np.minimum(end, age)[:, None]
    recency = np.minimum(np.ceil((moments * made).max(axis=1)), age)
    money = np.where(made.sum(axis=1) > 0, luck.gamma(6, 1, size) * 15 / luck.gamma(4, 1, size), 0.0)
    table = {"customer_id": np.arange(size), "frequency": made.sum(axis=1), "recency": recency, "T": age}
    return pd.DataFrame(table | {"monetary": money})


HISTORIES = read_histories(customers(size=60), asked_by="fit", least_repeat=0)
WEIGHT = HISTORIES.weight


def assert_gradient(height, values, gradient):
    for place, value in enumerate(values):
        step = 1e-5 * value
        up, down = list(values), list(values)
        up[place], down[place] = value + step, value - step
        slope = (height(up) - height(down)) / (2 * step)
        assert gradient[place] == pytest.approx(slope, rel=2e-5, abs=2e-4 * (1 + abs(height(values))) / (1 + value))


def assert_hessian(sums, values, rel=2e-5):
    """Hessians equal differences of gradients; both stand beside a value."""
    _, gradient, hessian = sums(values)
    for place, value in enumerate(values):
        step = 1e-5 * value
        up, down = list(values), list(values)
        up[place], down[place] = value + step, value - step
        slope = (sums(up)[1] - sums(down)[1]) / (2 * step)
        assert_allclose(hessian[place], slope, rtol=rel, atol=2e-4 * (1 + np.abs(gradient).max()) / (1 + value))
    assert_allclose(hessian, hessian.T, rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(quartet, st.integers(1, 4), st.integers(0, 1))
def test_gradient_and_hessian_of_bgnbd_and_kin_equal_differences(values, k, z):
    def sums(at):
        return count_dropout.log_likelihood_sums(HISTORIES, *at, Family(k, z))

    value, gradient, _ = sums(values)
    rows, slopes = count_dropout.log_likelihood_rows(HISTORIES, *values, Family(k, z))
    assert value == pytest.approx((WEIGHT * rows).sum(), rel=1e-12)
    of_rows = [(WEIGHT * slopes[name]).sum() for name in ("r", "alpha", "a", "b")]
    assert_allclose(gradient, of_rows, rtol=1e-9, atol=1e-9 * np.abs(gradient).max())
    assert_gradient(lambda at: sums(at)[0], values, gradient)
    assert_hessian(sums, values)


@settings(max_examples=25, deadline=None)
@given(quartet)
def test_gradient_and_hessian_of_pareto_nbd_equal_differences(values):
    def sums(at):
        return pareto_nbd.log_likelihood_sums(HISTORIES, *at)

    value, gradient, _ = sums(values)
    rows, slopes = pareto_nbd.log_likelihood_rows(HISTORIES, *values)
    assert value == pytest.approx((WEIGHT * rows).sum(), rel=1e-12)
    of_rows = [(WEIGHT * slopes[name]).sum() for name in ("r", "alpha", "s", "beta")]
    assert_allclose(gradient, of_rows, rtol=1e-9, atol=1e-9 * np.abs(gradient).max())
    assert_gradient(lambda at: sums(at)[0], values, gradient)
    assert_hessian(sums, values)


@settings(max_examples=25, deadline=None)
@given(st.tuples(positive, positive, positive))
def test_gradients_of_spend_and_renewal_equal_differences(values):
    facts = gamma_gamma._Facts.of(np.array([1.0, 2, 5]), np.array([3.0, 8.5, 4]), np.array([2.0, 1, 3]))

    def spend(at):
        return gamma_gamma._likelihood(np.array(at), facts)

    assert_gradient(lambda at: spend(at)[0], values, spend(values)[1])
    assert_hessian(spend, values)
    values = values[0], values[1], min(values[2], 2.0)

    def renewal(at):
        return shifted_beta_geometric._likelihood(np.array([30.0, 20, 9]), 41.0, *at)

    assert_gradient(lambda at: renewal(at)[0], values, renewal(values)[1])


def test_equal_climbs_end_at_the_same_place_by_newton_and_by_bfgs(monkeypatch):
    table = customers(at_any_moment=True)
    fits = {"bgnbd": analysis.fit_bgnbd, "pareto_nbd": analysis.fit_pareto_nbd, "nbd": analysis.fit_nbd}
    quick = {name: fit(table) for name, fit in fits.items()}
    monkeypatch.setattr(fitting, "_newton", lambda *_: None)
    for name, fit in fits.items():
        slow = fit(table)
        assert_allclose(list(quick[name].parameters.values()), list(slow.parameters.values()), rtol=2e-6)
        assert quick[name].log_likelihood == pytest.approx(slow.log_likelihood, abs=1e-8)
        assert_allclose(list(quick[name].standard_errors.values()), list(slow.standard_errors.values()), rtol=2e-4)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(0.05, 8), st.floats(0.05, 60), st.floats(0.05, 8), st.floats(0.05, 60)),
    st.integers(0, 300),
    st.floats(0.3, 500),
    st.floats(0.05, 1),
)
def test_quadrature_of_pareto_nbd_is_right_to_nine_digits(values, x, T, part):
    (r, alpha, s, beta), tx = values, T * part if x else 0.0

    def logs(y):
        return -(r + x) * np.log(alpha + y) - (s + 1) * np.log(beta + y)

    width = 1 / ((r + x) / (alpha + tx) + (s + 1) / (beta + tx))
    breaks = [tx + width * factor for factor in (1, 3, 10, 30, 100, 1000) if tx + width * factor < T]
    exact = sum(
        quad(lambda y: np.exp(logs(y) - logs(tx)), low, high, epsrel=1e-12)[0]
        for low, high in zip([tx, *breaks], [*breaks, T], strict=True)
    )
    found = departure_nodes(np.array([tx]), np.array([T]), np.array([r + x]), alpha, s, beta)[0][0] - logs(tx)
    if exact > 0:
        assert found == pytest.approx(np.log(exact), abs=1e-9)


FITS = {
    "bgnbd": analysis.fit_bgnbd,
    "mbgnbd": analysis.fit_mbgnbd,
    "pareto_nbd": analysis.fit_pareto_nbd,
    "nbd": analysis.fit_nbd,
    "gamma_gamma": analysis.fit_gamma_gamma,
    "bgcnbd": lambda table: analysis.fit_bgcnbd(table, regularity=2, leaves_at_first=True),
}


def customers_for(name):
    return customers(size=900, at_any_moment=name == "pareto_nbd")


@pytest.mark.parametrize("name", FITS)
def test_fits_ignore_the_order_of_rows_and_the_kind_of_table(name):
    table, fit = customers_for(name), FITS[name]
    first = fit(table)
    shuffled = table.sample(frac=1, random_state=1)
    assert fit(shuffled) == first
    relation = duckdb.from_arrow(pl.from_pandas(table).to_arrow())
    for other in (pl.from_pandas(table), pl.from_pandas(table).lazy(), pl.from_pandas(table).to_arrow(), relation):
        assert_allclose(list(fit(other).parameters.values()), list(first.parameters.values()), rtol=1e-9)


@pytest.mark.parametrize("name", FITS)
def test_the_input_stays_and_nothing_is_warned_of(name):
    table = customers_for(name)
    table.index = [5] * len(table)
    before = table.copy(deep=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = FITS[name](table)
        model.interval()
    pd.testing.assert_frame_equal(table, before)
    assert all(np.isfinite(value) for value in model.parameters.values())


@pytest.mark.parametrize("name", FITS)
def test_the_maximum_is_one(name):
    table = customers_for(name)
    model = FITS[name](table)
    assert (model.interval()["standard_error"] > 0).all()
    twice = pd.concat([table, table])
    again = FITS[name](twice)
    assert_allclose(list(again.parameters.values()), list(model.parameters.values()), rtol=1e-5)
    assert_allclose(list(again.standard_errors.values()), np.array(list(model.standard_errors.values())) / 2**0.5,
                    rtol=1e-4)  # fmt: skip


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_compression_loses_nobody(kinds, seed):
    luck = np.random.default_rng(seed)
    table = [luck.integers(0, kinds, 200).astype(float) for _ in range(3)]
    *rows, weight = compressed(table, np.ones(200))
    expected = pd.DataFrame(dict(zip("abc", table, strict=True))).value_counts().sort_index()
    found = pd.Series(weight, index=pd.MultiIndex.from_arrays(rows)).sort_index()
    assert_allclose(found.to_numpy(), expected.to_numpy())
    assert [tuple(row) for row in found.index] == [tuple(row) for row in expected.index]


MODELS = [
    BGNBD(0.243, 4.414, 0.793, 2.426),
    BGNBD(0.525, 6.183, 0.891, 1.614, leaves_at_first=True),
    BGNBD(1.3, 2.8, 0.42, 0.79, leaves_at_first=True, regularity=2),
    BGNBD(0.9, 3.0, 1.0, 2.0),
    BGNBD(0.9, 3.0, 0.4, 0.6),
    BGNBD(0.9, 3.0, 2.4, 1.6, regularity=3),
    ParetoNBD(0.553, 10.578, 0.606, 11.669),
    ParetoNBD(2.0, 3.0, 1.0, 11.669),
    NBD(0.385, 12.07),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_chances_of_counts_add_up_to_one_and_to_the_expectation(model):
    counts = np.arange(1500)
    chances = model.count_probability(counts, 20.0)
    assert chances.sum() == pytest.approx(1, abs=1e-9)
    assert (counts * chances).sum() == pytest.approx(float(model.expected_purchases(20.0)), rel=1e-7)


@pytest.mark.parametrize("model", MODELS[:-1], ids=repr)
def test_expectations_of_histories_average_to_that_of_a_new_customer(model):
    """The tower rule over a Poisson-like grid is exact for two looks in a row: E(s + t) = E(s) + E[E(t | history)]."""
    luck = np.random.default_rng(7)
    size, s, t = 20_000, 20.0, 15.0
    p = model.parameters
    k = getattr(model, "regularity", 1)
    rate = luck.gamma(p["r"], 1 / p["alpha"], (size, 1))
    moments = luck.exponential(1 / rate, (size, 80 * k)).cumsum(axis=1)[:, k - 1 :: k]
    if isinstance(model, ParetoNBD):
        end = luck.exponential(1 / luck.gamma(p["s"], 1 / p["beta"], size))
        made = moments <= np.minimum(end, s)[:, None]
    else:
        lives = luck.geometric(luck.beta(p["a"], p["b"], size)) - int(model.leaves_at_first)
        made = (moments <= s) & (np.arange(moments.shape[1]) < lives[:, None])
    x, tx = made.sum(axis=1), (moments * made).max(axis=1)
    ahead = model.conditional_expected_purchases(t, x, tx, np.full(size, s))
    expected = float(model.expected_purchases(s + t) - model.expected_purchases(s))
    assert ahead.mean() == pytest.approx(expected, abs=5 * ahead.std() / size**0.5)


def test_the_form_by_stages_equals_the_closed_form():
    x, tx = np.array([0.0, 2, 30]), np.array([0, 30.43, 38])
    for z in (0, 1):
        named = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "family": Family(1, z)}
        by_stages = count_dropout._purchases_by_stages(np.array(39.0), x, tx, np.full(3, 38.86), **named)
        assert_allclose(by_stages, count_dropout.purchases_if_alive(39.0, x, tx, 38.86, **named), rtol=1e-10)


def test_regularity_one_is_the_plain_model():
    table = customers()
    plain, regular = analysis.fit_bgnbd(table), analysis.fit_bgcnbd(table, regularity=1)
    assert plain.parameters == regular.parameters


@given(st.integers(1, 6))
def test_bgbb_counts_add_up(occasions):
    model = BGBB(1.204, 0.750, 0.657, 2.783)
    chances = model.count_probability(np.arange(occasions + 1), occasions)
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    expected = float(model.expected_purchases(occasions))
    assert (np.arange(occasions + 1) * chances).sum() == pytest.approx(expected, rel=1e-10)


def test_a_prior_that_knows_wins_and_one_that_knows_nothing_changes_nothing():
    table = customers()
    free = analysis.fit_bgnbd(table)
    sure = analysis.fit_bgnbd(table, priors={"a": analysis.LogPrior(3.0, 1e-3)})
    vague = analysis.fit_bgnbd(table, priors={name: analysis.LogPrior(1.0, 1e4) for name in free.parameters})
    assert sure.a == pytest.approx(3.0, rel=0.01)
    assert_allclose(list(vague.parameters.values()), list(free.parameters.values()), rtol=1e-4)
    assert sure.estimation.priors == (("a", analysis.LogPrior(3.0, 1e-3)),)


def test_weak_priors_answer_for_a_handful_and_say_that_the_prior_decides():
    few = customers(size=25)
    model = analysis.fit_bgnbd(few, priors="weak")
    assert model.estimation.prior_driven
    assert all(0.01 < value < 1000 for value in model.parameters.values())
    assert not analysis.fit_bgnbd(customers(), priors="weak").estimation.prior_driven


def test_customers_seen_for_no_time_are_counted_and_say_nothing():
    table = customers()
    late = pd.DataFrame({"customer_id": [-1, -2], "frequency": 0, "recency": 0.0, "T": 0.0, "monetary": 0.0})
    with_late = analysis.fit_bgnbd(pd.concat([table, late]))
    assert with_late.estimation.customers_unobserved == 2
    assert_allclose(list(with_late.parameters.values()), list(analysis.fit_bgnbd(table).parameters.values()), rtol=1e-6)


def test_customers_observed_equally_long_are_no_obstacle():
    table = customers(size=1500)
    table = table[table["recency"] <= 24].assign(T=24.0)
    for fit in (analysis.fit_bgnbd, analysis.fit_nbd):
        assert all(np.isfinite(value) for value in fit(table).parameters.values())


def test_the_unit_goes_with_the_model():
    model = analysis.fit_bgnbd(PurchaseSummary.from_frame(customers(), unit="week"))
    days = customers()
    days[["recency", "T"]] *= 7
    other = analysis.fit_bgnbd(PurchaseSummary.from_frame(days, unit="day"))
    assert (model.unit, other.unit) == ("week", "day")
    assert other.alpha == pytest.approx(7 * model.alpha, rel=1e-5)
    assert other.b == pytest.approx(model.b, rel=1e-5)


def test_average_spend_lies_between_the_customer_and_all():
    model = GammaGamma(6.25, 3.74, 15.44)
    found = model.expected_average_spend([1, 5, 50, 50_000], 60.0)
    assert (np.diff(found) > 0).all()
    assert model.mean_spend < found[0]
    assert found[-1] == pytest.approx(60, rel=1e-3)


@settings(max_examples=50, deadline=None)
@given(
    st.tuples(st.floats(0.05, 20), st.floats(0.3, 40), st.floats(0.05, 20) | st.just(1.0), st.floats(0.05, 20)),
    st.integers(0, 120),
    st.floats(0.5, 200),
    st.floats(0.1, 100),
    st.integers(0, 1),
)
def test_the_closed_form_is_right_for_any_parameters(values, x, T, ahead, z):
    r, alpha, a, b = values
    if (r + x) * ahead / (alpha + T) < 500:  # the sum by stages would be long
        history = {"x": np.array(float(x)), "tx": np.array(T / 2 if x else 0.0), "T": np.array(T)}
        named = {"r": r, "alpha": alpha, "a": a, "b": b, "family": Family(1, z)} | history
        by_stages = count_dropout._purchases_by_stages(np.array(ahead), **named)
        assert_allclose(count_dropout.purchases_if_alive(np.array(ahead), **named), by_stages, rtol=1e-7)
