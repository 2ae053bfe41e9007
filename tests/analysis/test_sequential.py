"""Always-valid intervals: the formula by hand, the promise over every look, and what peeking does."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crm_toolkit.analysis.experiments.means import compare_means
from crm_toolkit.analysis.experiments.peeking import peeking_simulation
from crm_toolkit.analysis.experiments.sequential import (
    always_valid_half_width,
    always_valid_means,
    always_valid_p,
    always_valid_rates,
    mixture_factor,
)
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language


def arriving(n=1000, effect=0.0, seed=1, days=50):
    luck = np.random.default_rng(seed)
    table = pd.DataFrame({"day": np.repeat(np.arange(days), n // days), "arm": luck.integers(0, 2, n)})
    return table.assign(y=luck.normal(5, 2, n) + effect * table["arm"], bought=(luck.random(n) < 0.1).astype(int))


def test_the_interval_is_where_the_mixture_ratio_reaches_one_over_alpha():
    """Λ integrates the likelihood ratio over effects N(0, τ²): checked by numerical integration, not by the formula."""
    variance, information, level = 0.04, 0.3, 0.95
    half = float(always_valid_half_width(variance, information, level))
    tau = np.sqrt(mixture_factor(level) * information * variance)
    effects = np.linspace(-10 * tau, 10 * tau, 200_001)
    ratio = np.exp(effects * half / variance - effects**2 / (2 * variance))
    mixed = np.trapezoid(ratio * stats.norm.pdf(effects, 0, tau), effects)
    assert mixed == pytest.approx(1 / 0.05, rel=1e-6)
    p = always_valid_p(np.array([half]), np.array([variance]), np.array([information]), level)
    assert p[0] == pytest.approx(0.05)


def test_the_interval_is_narrowest_at_the_planned_size():
    """In units of one customer's deviation the width at the planned size is the least that any factor gives there."""
    eta = mixture_factor(0.95)
    widths = [(1 + 1 / e) * (-2 * np.log(0.05) + np.log1p(e)) for e in (0.5 * eta, 0.9 * eta, eta, 1.1 * eta, 2 * eta)]
    assert np.argmin(widths) == 2


def test_every_look_is_the_comparison_of_the_customers_so_far():
    table = arriving(effect=0.4)
    test = always_valid_means(table, "y", "day", burn_in=20)
    for look in (0, 7, len(test.path) - 1):
        row = test.path.iloc[look]
        so_far = compare_means(table[table["day"] <= row["upto"]], "y")
        assert (row["treated_n"], row["estimate"]) == pytest.approx((so_far.treated_n, so_far.estimate))
        assert (row["high"] - row["low"]) / 2 > 1.4 * so_far.standard_error * 1.96
        share = so_far.treated_n * so_far.control_n / (so_far.treated_n + so_far.control_n)
        last = test.path.iloc[-1]
        whole = last["treated_n"] * last["control_n"] / 1000
        half = always_valid_half_width(so_far.standard_error**2, share / whole, 0.95)
        assert row["high"] - row["estimate"] == pytest.approx(float(half))


def test_the_first_finding_is_named_and_the_p_value_never_grows():
    test = always_valid_means(arriving(effect=0.6), "y", "day", burn_in=20)
    path = test.path
    first = path[(path["low"] > 0) | (path["high"] < 0)].iloc[0]
    assert test.stopped == first["look"]
    assert first["p_always"] <= 0.05
    assert (path["p_always"].diff().dropna() <= 0).all()
    assert "may stop there" in test.reading()
    with language("ru"):
        assert "можно остановиться" in test.reading()


def test_looks_are_spread_evenly_and_rows_without_a_moment_are_left_out():
    table = arriving().assign(day=lambda t: pd.Timestamp("2024-01-01") + pd.to_timedelta(t["day"], unit="D"))
    table.loc[:4, "day"] = pd.NaT
    test = always_valid_means(table, "y", "day", looks=4, burn_in=20)
    assert test.left_out == 5
    sizes = test.path["treated_n"] + test.path["control_n"]
    assert sizes.tolist() == pytest.approx([249, 498, 746, 995], abs=20)


# ---- the promise


@pytest.mark.parametrize("kind", ["normal", "skewed"])
def test_a_thousand_looks_at_a_thousand_experiments_keep_five_per_cent(kind):
    """The bound of 1,000 experiments is what binomial chance lets once in 10,000; peeking breaks it tenfold."""
    found = peeking_simulation(
        customers=10_000 if kind == "normal" else 6_000, looks=1000, runs=1000, kind=kind, seed=4
    )
    last = found.table.iloc[-1]
    assert last["always_valid"] <= stats.binom.ppf(1 - 1e-4, 1000, 0.05) / 1000
    assert last["always_valid"] > 0.002  # an interval that never errs would be a wrong one
    assert last["peeking"] > 0.45
    assert abs(last["single_look"] - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 1000)


def test_an_effect_is_found_by_fewer_customers_than_planned_on_average():
    found = peeking_simulation(customers=4000, looks=50, effect=0.2, runs=300, seed=2)
    assert found.table["always_valid"].iloc[-1] > 0.95
    assert found.mean_customers < 2600


@pytest.mark.parametrize("runs", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_shares_looked_at_after_every_twenty_customers_keep_five_per_cent(runs):
    """The public function itself, a rare outcome of 4 % and 75 looks."""
    luck, alarms, peeked = np.random.default_rng(7), 0, 0
    day, arm = np.repeat(np.arange(75), 20), np.tile([0, 1], 750)
    for _ in range(runs):
        table = pd.DataFrame({"day": day, "arm": arm, "bought": (luck.random(1500) < 0.04).astype(int)})
        test = always_valid_rates(table, "bought", "day")
        alarms += test.stopped is not None
        peeked += test.fixed_stopped is not None
    assert alarms <= stats.binom.ppf(1 - 1e-4, runs, 0.05)
    assert peeked > stats.binom.ppf(1 - 1e-4, runs, 0.05)


# ---- refusals


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: always_valid_means(arriving(), "y", "day", burn_in=600), "No look has 600 customers"),
        (lambda: always_valid_means(arriving().assign(y=1.0), "y", "day"), "equal within both arms"),
        (lambda: always_valid_means(arriving().assign(arm=1), "y", "day"), "The control group is empty"),
        (lambda: always_valid_means(arriving().assign(day="soon"), "y", "day"), "dates or numbers"),
        (lambda: always_valid_rates(arriving(), "y", "day"), "neither 0 nor 1"),
        (lambda: always_valid_means(arriving().head(0), "y", "day"), "No row has an arm"),
        (lambda: peeking_simulation(customers=100, looks=60), "two new customers"),
        (lambda: peeking_simulation(effect=float("nan")), "`effect` can't be nan"),
        (lambda: peeking_simulation(customers=100_000, looks=5000, runs=10_000), "are more than 20,000,000"),
        (lambda: peeking_simulation(kind="money"), "Allowed: 'normal', 'skewed'"),
    ],
)  # fmt: skip
def test_what_can_not_be_followed_is_refused(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()


def test_a_simulation_repeats_with_its_seed_and_speaks_the_reader_s_language():
    one, other = (peeking_simulation(customers=400, looks=10, runs=50, seed=9) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table)
    with language("ru"):
        assert "Эффекта нет" in one.reading()
