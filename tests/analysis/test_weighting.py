"""Inverse propensity weights: exact cases, the effect found where the plain difference is wrong, and the refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crm_toolkit.analysis.experiments.weighting import balance_table, overlap_table, weighted_effect
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language


def chosen(n=600, seed=1, luck=None):
    """Customers with a high x buy more, are chosen more often and are moved more: effect 1 + x, mean 1."""
    luck = luck or np.random.default_rng(seed)
    x = luck.normal(size=n)
    e = np.clip(1 / (1 + np.exp(-1.2 * x)), 0.05, 0.95)
    t = (luck.random(n) < e).astype(int)
    y = 3 * x + (1 + x) * t + luck.normal(size=n)
    return pd.DataFrame({"x": x, "propensity": e, "treated": t, "y": y})


def test_with_equal_propensities_all_estimators_are_the_plain_difference():
    table = chosen().assign(propensity=0.5)
    table["propensity"] = table["treated"].mean()
    plain = table.groupby("treated")["y"].mean().diff().iloc[-1]
    for estimator in ("hajek", "horvitz_thompson"):
        for estimand in ("all", "treated"):
            effect = weighted_effect(table, "y", estimator=estimator, estimand=estimand)
            assert (effect.estimate, effect.naive) == pytest.approx((plain, plain))
    assert effect.treated_effective == pytest.approx(effect.treated_n)


def test_horvitz_and_thompson_by_hand():
    table = pd.DataFrame({"treated": [1, 0, 1, 0], "propensity": [0.5, 0.5, 0.25, 0.2], "y": [4.0, 2.0, 1.0, 8.0]})
    effect = weighted_effect(table, "y", estimator="horvitz_thompson")
    assert effect.estimate == pytest.approx((4 / 0.5 + 1 / 0.25 - 2 / 0.5 - 8 / 0.8) / 4)
    effect = weighted_effect(table, "y")
    assert effect.estimate == pytest.approx((8 + 4) / (2 + 4) - (4 + 10) / (2 + 1.25))
    effect = weighted_effect(table, "y", estimand="treated")
    assert effect.estimate == pytest.approx(2.5 - (2 * 1 + 8 * 0.25) / 1.25)


@pytest.mark.parametrize("seeds", [50, pytest.param(400, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("estimator", "estimand"), [("hajek", "all"), ("horvitz_thompson", "all"), ("hajek", "treated")]
)
def test_weights_find_the_effect_at_the_nominal_rate_and_the_plain_difference_does_not(estimator, estimand, seeds):
    """Of all: mean effect 1. Of the treated: that of the treated drawn, 1 + E[x|treated], by a large sample."""
    luck = np.random.default_rng(3)
    big = chosen(200_000, luck=luck)
    truth = 1.0 if estimand == "all" else 1 + big.loc[big["treated"] == 1, "x"].mean()
    covered = naive = 0
    for _ in range(seeds):
        effect = weighted_effect(chosen(800, luck=luck), "y", estimator=estimator, estimand=estimand)
        covered += effect.low <= truth <= effect.high
        naive += abs(effect.naive - truth) < 1.96 * effect.standard_error
    low, high = stats.binom.ppf([1e-4, 1 - 1e-4], seeds, 0.95)
    assert low - 0.02 * seeds <= covered <= high  # influence functions are a little short with heavy weights: ≤ 2 %
    assert naive < 0.1 * seeds


def test_weights_balance_what_the_choice_looked_at():
    table = balance_table(chosen(40_000), ["x"], propensity="propensity").iloc[0]
    assert abs(table["difference"]) > 0.8
    assert abs(table["weighted_difference"]) < 0.1
    assert not table["imbalanced"]
    assert balance_table(chosen(5000), "x").iloc[0]["imbalanced"]


def test_classes_of_propensity_show_overlap_and_a_wrong_propensity():
    table = chosen(4000)
    right, wrong = overlap_table(table), overlap_table(table.assign(propensity=1 - table["propensity"]))
    assert right["customers"].sum() == 4000
    assert right["z"].abs().max() < 4 < wrong["z"].abs().max()
    assert (right["treated"] + right["untreated"] == right["customers"]).all()


def test_trimming_changes_whom_the_effect_is_about_and_says_so():
    table = chosen()
    effect = weighted_effect(table, "y", trim=(0.2, 0.8))
    assert effect.trimmed == int((~table["propensity"].between(0.2, 0.8)).sum()) > 0
    assert (effect.propensity_low, effect.propensity_high) >= (0.2, 0.2)
    assert "effect is that of the others" in effect.reading()
    with language("ru"):
        assert "вне общей области" in effect.reading()


def test_an_arm_by_name_is_as_good_as_a_flag():
    table = chosen()
    named = table.assign(arm=np.where(table["treated"] == 1, "treated", "holdout"))
    assert weighted_effect(named, "y", "arm").estimate == weighted_effect(table, "y").estimate


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (
            lambda: weighted_effect(chosen().assign(propensity=1.0), "y"),
            "600 propensities in `propensity` are not betw",
        ),
        (lambda: weighted_effect(chosen().assign(treated=1), "y"), "control group is empty: nobody has 0 in `treated`"),
        (lambda: weighted_effect(chosen().assign(treated=0), "y"), "The treated group is empty"),
        (lambda: weighted_effect(chosen().assign(treated=2), "y"), "neither 0 nor 1"),
        (lambda: weighted_effect(chosen().assign(y=3.0), "y"), "equal within both arms"),
        (lambda: weighted_effect(chosen(), "y", trim=(0.9, 0.1)), "`trim` must be two numbers"),
        (lambda: weighted_effect(chosen(), "y", trim=(0.0499, 0.05001)), "a variance needs two"),
        (lambda: weighted_effect(chosen(), "y", estimator="match"), "Allowed: 'hajek'"),
        (lambda: overlap_table(chosen().head(0)), "The table has no rows"),
        (lambda: balance_table(chosen(), []), "one or more covariates"),
    ],
)
def test_what_can_not_be_weighted_is_refused(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()
