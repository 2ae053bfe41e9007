"""Closed forms of BG/NBD and Pareto/NBD beside the integrals that they stand for, and beside printed values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import betaln, gammaln

from crm_toolkit.behaviour import repeat_purchase as rp

BG = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}  # Fader, Hardie, Lee 2005, CDNOW
PARETO = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
OTHER_PARETO = {"r": 2.2, "alpha": 4.5, "s": 1.4, "beta": 45.0}  # beta above alpha and below
HISTORIES = [(0, 0.0, 39.0), (1, 3.5, 39.0), (2, 30.43, 38.86), (7, 29.43, 38.86), (20, 38.0, 39.0), (12, 10.0, 39.0)]
CLOSE = 1e-8  # the trapezoid rule on the logarithm of a rate converges faster than any power; what is left is rounding


def over_gamma(shape, rate, lowest=-160.0):
    """Rates and weights of a gamma distribution: the trapezoid rule in the logarithm of the rate."""
    logs = np.arange(lowest, 8.0, 0.02)
    values = np.exp(logs)
    weights = np.exp(shape * np.log(rate) - gammaln(shape) + shape * logs - rate * values) * 0.02
    return values, weights


def over_beta(a, b):
    """Chances and weights of a beta distribution: the trapezoid rule in the logit."""
    logits = np.arange(-60.0, 60.0, 0.02)
    log_p, log_rest = -np.logaddexp(0, -logits), -np.logaddexp(0, logits)
    return np.exp(log_p), np.exp(log_rest), np.exp(a * log_p + b * log_rest - betaln(a, b)) * 0.02


def test_the_integrals_of_this_file_are_integrals():
    assert over_gamma(0.243, 4.414)[1].sum() == pytest.approx(1, abs=1e-12)
    assert over_beta(0.793, 2.426)[2].sum() == pytest.approx(1, abs=1e-12)


# ---- BG/NBD


@pytest.mark.parametrize("weeks", [1.0, 12.0, 39.0, 104.0])
def test_bgnbd_counts_sum_to_one_and_to_the_expectation(weeks):
    """Beyond 4,000 purchases lies less than e^-150 of the chance."""
    counts = np.arange(4000 if weeks > 50 else 1500)
    chance = rp.bgnbd_count_probability(counts, weeks, **BG)
    assert chance.sum() == pytest.approx(1, abs=1e-9)
    assert (chance >= 0).all()
    assert (counts * chance).sum() == pytest.approx(float(rp.bgnbd_expected_purchases(weeks, **BG)), rel=1e-8)


def test_bgnbd_counts_are_those_of_the_process_integrated_over_customers():
    rate, rate_weight = over_gamma(BG["r"], BG["alpha"])
    drop, stay, drop_weight = over_beta(BG["a"], BG["b"])
    for count in (0, 1, 2, 5, 30):
        exactly = (rate_weight * stats.poisson.pmf(count, rate * 39)).sum()
        value = (drop_weight * stay**count).sum() * exactly
        if count:
            at_least = (rate_weight * stats.poisson.sf(count - 1, rate * 39)).sum()
            value += (drop_weight * drop * stay ** (count - 1)).sum() * at_least
        assert rp.bgnbd_count_probability(count, 39, **BG) == pytest.approx(value, rel=CLOSE)


def test_bgnbd_expectation_is_that_of_the_process_integrated_over_customers():
    """Of one customer: (1 − e^{−λpt}) / p."""
    rate, rate_weight = over_gamma(BG["r"], BG["alpha"], -60)
    drop, _, drop_weight = (one[::3] for one in over_beta(BG["a"], BG["b"]))
    for weeks in (5.0, 39.0):
        each = -np.expm1(-np.outer(rate, drop) * weeks) / drop
        value = 3 * rate_weight @ each @ drop_weight
        assert rp.bgnbd_expected_purchases(weeks, **BG) == pytest.approx(value, rel=1e-6)  # e^{-60 r} is left out


@pytest.mark.parametrize("history", HISTORIES)
def test_bgnbd_alive_is_the_integral_over_customers(history):
    x, last, age = history
    rate, rate_weight = over_gamma(BG["r"], BG["alpha"])
    drop, stay, drop_weight = over_beta(BG["a"], BG["b"])
    alive = (drop_weight * stay**x).sum() * (rate_weight * rate**x * np.exp(-rate * age)).sum()
    gone = 0.0
    if x:
        gone = (drop_weight * drop * stay ** (x - 1)).sum() * (rate_weight * rate**x * np.exp(-rate * last)).sum()
    assert rp.bgnbd_alive_probability(x, last, age, **BG) == pytest.approx(alive / (alive + gone), rel=CLOSE)


# ---- Pareto/NBD


@pytest.mark.parametrize("model", [PARETO, OTHER_PARETO, {**PARETO, "alpha": 11.669}])
@pytest.mark.parametrize("history", HISTORIES)
def test_pareto_nbd_alive_is_the_integral_over_customers(history, model):
    """Alive: λ^x e^{−(λ+μ)T}; gone at τ: λ^x μ e^{−(λ+μ)τ}, over τ from the last purchase to T in closed form."""
    x, last, age = history
    rate, rate_weight = (one[::3, None] for one in over_gamma(model["r"], model["alpha"], -70))
    leaving, leaving_weight = (one[None, ::3] for one in over_gamma(model["s"], model["beta"], -70))
    both = rate + leaving
    alive = (rate_weight * rate**x * np.exp(-both * age) * leaving_weight).sum()
    fallen = np.exp(-both * last) * -np.expm1(-both * (age - last))
    gone = (rate_weight * rate**x * leaving / both * fallen * leaving_weight).sum()
    assert rp.pareto_nbd_alive_probability(x, last, age, **model) == pytest.approx(alive / (alive + gone), rel=CLOSE)


@pytest.mark.parametrize("weeks", [1.0, 39.0, 520.0])
def test_pareto_nbd_survival_and_expectation_are_integrals_over_customers(weeks):
    leaving, weight = over_gamma(PARETO["s"], PARETO["beta"])
    assert rp.pareto_nbd_alive_share(weeks, s=PARETO["s"], beta=PARETO["beta"]) == pytest.approx(
        (weight * np.exp(-leaving * weeks)).sum(), rel=CLOSE
    )
    time = (weight * -np.expm1(-leaving * weeks) / leaving).sum()
    expected = PARETO["r"] / PARETO["alpha"] * time
    assert rp.pareto_nbd_expected_purchases(weeks, **PARETO) == pytest.approx(expected, rel=CLOSE)


def test_pareto_nbd_alive_at_once_is_the_survival_of_those_who_did_not_buy():
    """Averaged over all histories P(alive) is the survival; with hardly any purchases it is that itself."""
    rare = {**PARETO, "r": 0.553, "alpha": 1e9}
    survival = rp.pareto_nbd_alive_share(39.0, s=PARETO["s"], beta=PARETO["beta"])
    assert rp.pareto_nbd_alive_probability(0, 0.0, 39.0, **rare) == pytest.approx(survival, rel=1e-6)  # of 39 / 1e9


# ---- laws of both

SOME = st.floats(0.1, 5.0)


@settings(max_examples=60, deadline=None)
@given(r=SOME, alpha=st.floats(0.5, 50), one=SOME, other=st.floats(0.5, 50), weeks=st.floats(0.5, 200))
def test_expectations_lie_between_nothing_and_nobody_leaving(r, alpha, one, other, weeks):
    most = r / alpha * weeks
    for expected in (
        rp.bgnbd_expected_purchases([weeks / 2, weeks], r=r, alpha=alpha, a=one, b=other),
        rp.pareto_nbd_expected_purchases([weeks / 2, weeks], r=r, alpha=alpha, s=one, beta=other),
    ):
        assert 0 < expected[0] < expected[1] <= most * (1 + 1e-9)


def test_expectations_hold_where_their_formulas_are_nothing_by_nothing():
    """At a = 1, a + b = 1 and s = 1 the limits are ordinary numbers, between those on both sides."""
    for weeks in (5.0, 39.0):
        for middle, b in ((1.0, BG["b"]), (0.6, 0.4)):
            sides = (middle - 0.001, middle, middle + 0.001)
            near = [rp.bgnbd_expected_purchases(weeks, **{**BG, "a": a, "b": b}) for a in sides]
            assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-5)  # curvature times 0.001²
        near = [rp.pareto_nbd_expected_purchases(weeks, **{**PARETO, "s": s}) for s in (0.999, 1.0, 1.001)]
        assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 60), last=st.floats(0.0, 1.0), age=st.floats(1.0, 150.0), later=st.floats(0.0, 40.0))
def test_silence_makes_life_less_likely_and_a_late_purchase_more(count, last, age, later):
    recency = last * age if count else 0.0
    for alive, model in ((rp.bgnbd_alive_probability, BG), (rp.pareto_nbd_alive_probability, PARETO)):
        now, longer = alive(count, recency, [age, age + later], **model)
        fresh = alive(count, min(recency + later, age), age, **model)
        assert 0 <= longer <= now * (1 + 1e-9) <= fresh * (1 + 2e-9) <= 1 + 3e-9


def test_whole_columns_come_out_as_one_by_one():
    x, last, age = (np.array(values) for values in zip(*HISTORIES, strict=True))
    for alive, model in ((rp.bgnbd_alive_probability, BG), (rp.pareto_nbd_alive_probability, PARETO)):
        one_by_one = [float(alive(*one, **model)) for one in HISTORIES]  # numpy's powers of columns may round otherwise
        assert alive(x, last, age, **model) == pytest.approx(one_by_one, rel=1e-13)
    counts = rp.bgnbd_count_probability(np.arange(6).reshape(2, 3), 39, **BG)
    assert counts.shape == (2, 3)
    assert counts[1, 2] == pytest.approx(rp.bgnbd_count_probability(5, 39, **BG), rel=1e-13)
