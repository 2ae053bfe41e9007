"""Qini, AUUC, uplift at k, policy value and profit: scikit-uplift's numbers, the truth recovered, laws and refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crm_toolkit.analysis.experiments.means import compare_means
from crm_toolkit.analysis.experiments.rates import compare_rate_counts
from crm_toolkit.analysis.uplift.metrics import qini_curve, uplift_at_k, uplift_by_decile, uplift_curve
from crm_toolkit.analysis.uplift.policy import policy_value, targeting_profit
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

# scikit-uplift 0.5.1 on the customers of `drawn`: seed, qini_auc_score, uplift_auc_score, uplift_at_k(k=0.3) overall
# and by_group, heights of qini_curve at its first eight points after 0. Odd seeds have many equal scores.
SCIKIT_UPLIFT = [
    (0, -0.0909661569, -0.0656076101, [-0.0416666667, -0.0128205128], [0.0, -1.0, -2.0, -3.0, -3.0, -3.0, -4.0, -5.0]),
    (
        1,
        0.0370490318,
        0.0515762279,
        [],
        [0.25, -0.5, 2.04761905, 4.07692308, 4.09090909, 4.625, -1.28301887, -2.14285714],
    ),
    (2, 0.0310954177, 0.0072026329, [-0.0882352941, -0.1034482759], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
    (
        3,
        -0.024569289,
        -0.0420386129,
        [],
        [0.5, -1.86666667, -0.95, -0.70588235, -0.81395349, 0.375, -1.09090909, -3.03225806],
    ),
]


def drawn(seed, n=200):
    luck = np.random.default_rng(seed)
    treated, outcome = luck.integers(0, 2, n), (luck.random(n) < (0.3, 0.5, 0.1, 0.8)[seed]).astype(int)
    score = luck.integers(0, 12, n) if seed % 2 else np.round(luck.random(n), 6)
    return pd.DataFrame({"uplift": score, "treated": treated, "outcome": outcome})


def moved(n=1000, luck=None, seed=1, money=False):
    """Scores are uniform ranks; the effect falls from 0.3 at the highest to −0.1 at the lowest: τ(q) = 0.3 − 0.4·q."""
    luck = luck or np.random.default_rng(seed)
    score, treated = luck.random(n), luck.integers(0, 2, n)
    effect = 0.3 - 0.4 * (1 - score)
    outcome = (luck.random(n) < 0.3 + effect * treated).astype(int)
    table = pd.DataFrame({"uplift": score, "treated": treated, "outcome": outcome, "effect": effect})
    return table.assign(outcome=outcome * 10.0 + luck.normal(size=n)) if money else table


# ---- reference


@pytest.mark.parametrize("expected", SCIKIT_UPLIFT, ids=lambda row: f"seed {row[0]}")
def test_the_numbers_are_those_of_scikit_uplift(expected):
    seed, qini, auuc, at_k, heights = expected
    table = drawn(seed)
    curve = qini_curve(table, draws=0)
    assert curve.coefficient == pytest.approx(qini, abs=1e-9)
    assert uplift_curve(table, draws=0).coefficient == pytest.approx(auuc, abs=1e-9)
    assert curve.points["gain"].tolist()[1:9] == pytest.approx(heights, abs=1e-7)
    for strategy, value in zip(("overall", "by_group"), at_k, strict=False):
        assert uplift_at_k(table, strategy=strategy, draws=0).estimate == pytest.approx(value, abs=1e-9)


def test_a_perfect_ranking_has_the_coefficient_one():
    table = drawn(0)
    y, t = table["outcome"], table["treated"]
    assert qini_curve(table.assign(uplift=y * t - y * (1 - t)), draws=0).coefficient == pytest.approx(1)


def test_the_end_of_a_curve_is_the_effect_of_all_and_deciles_are_comparisons():
    table = moved(money=True)
    effect = compare_means(table, "outcome", "treated")
    assert uplift_curve(table, draws=0).total == pytest.approx(effect.estimate * len(table))
    assert qini_curve(table, draws=0).total == pytest.approx(effect.estimate * effect.treated_n)
    assert uplift_at_k(table, k=1, draws=0).estimate == pytest.approx(effect.estimate)
    groups = uplift_by_decile(table, groups=4)
    first = table[table["uplift"] >= table["uplift"].nlargest(250).min()]
    alone = compare_means(first, "outcome", "treated")
    assert groups.iloc[0][["uplift", "low", "high"]].tolist() == pytest.approx([alone.estimate, alone.low, alone.high])
    binary = uplift_by_decile(moved(), groups=4).iloc[-1]
    counts = [round(binary["treated_value"] * binary["treated_n"]), int(binary["treated_n"]),
              round(binary["control_value"] * binary["control_n"]), int(binary["control_n"])]  # fmt: skip
    rate = compare_rate_counts(*counts)
    assert [binary["low"], binary["high"]] == pytest.approx([rate.low, rate.high])


def test_profit_is_margin_times_gain_less_costs_and_breaks_even_where_the_course_says():
    """DOMAIN.md 5.1: an offer of 500 to all that 30 % take, and a contact of 30, pay from a saved share of 4.5 %."""
    saved = (30 + 500 * 0.3) / 4000
    assert saved == pytest.approx(0.045)
    treated = pd.DataFrame({"uplift": 1.0, "treated": 1, "outcome": [1] * 300 + [0] * 700})
    control = pd.DataFrame({"uplift": 1.0, "treated": 0, "outcome": [1] * 255 + [0] * 745})
    profit = targeting_profit(pd.concat([treated, control]), margin=4000, contact_cost=30, response_cost=500, draws=0)
    assert profit.profit_everybody == pytest.approx(0, abs=1e-6)
    table = moved()
    curve = uplift_curve(table, draws=0).band
    profit = targeting_profit(table, margin=100, contact_cost=7, draws=0)
    assert profit.table["profit"].tolist() == pytest.approx((100 * curve["gain"] - 7 * curve["targeted"]).tolist())
    assert profit.best_profit == profit.table["profit"].max()


def test_if_treating_never_pays_nobody_is_treated():
    profit = targeting_profit(moved(), margin=1, contact_cost=10, draws=20)
    assert (profit.best_share, profit.best_profit) == (0, 0)
    assert "nobody is best" in profit.reading()


# ---- recovery


@pytest.mark.parametrize("seeds", [25, pytest.param(300, marks=pytest.mark.slow)])
def test_bootstrap_intervals_cover_the_truth_at_the_nominal_rate(seeds):
    """τ(q) = 0.3 − 0.4·q: the share q gains 0.3·q − 0.2·q², so the area over the line, 0.2·(q − q²), is 1/30; among the
    first 30 % the mean effect is 0.24. Percentile intervals of 100 draws are a little short: 2 % are allowed.
    """
    luck = np.random.default_rng(5)
    covered = dict.fromkeys(("area", "at_k", "half"), 0)
    for seed in range(seeds):
        table = moved(luck=luck)
        curve = uplift_curve(table, draws=100, seed=seed)
        covered["area"] += curve.area_low <= 1 / 30 <= curve.area_high
        middle = curve.band.iloc[50]
        covered["half"] += middle["low"] <= (0.3 * 0.5 - 0.2 * 0.25) * 1000 <= middle["high"]
        top = uplift_at_k(table, draws=100, seed=seed)
        covered["at_k"] += top.low <= 0.24 <= top.high
    low, high = stats.binom.ppf([1e-4, 1 - 1e-4], seeds, 0.95)
    assert all(low - 0.02 * seeds <= count <= high for count in covered.values()), covered


def test_random_groups_of_many_customers_give_the_interval_of_all_of_them():
    """20,000 customers in 1,000 groups an arm: as wide as Welch's within 15 % (400 draws know a width to 4 %)."""
    table = moved(20_000)
    top, welch = uplift_at_k(table, k=1, draws=400), compare_means(table, "outcome", "treated")
    assert (top.high - top.low) / (welch.high - welch.low) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("seeds", [60, pytest.param(400, marks=pytest.mark.slow)])
@pytest.mark.parametrize("confounded", [False, True])
def test_the_value_of_a_rule_is_covered_at_the_nominal_rate(confounded, seeds):
    """Treat the better half: 0.3 + ½·0.2 − 0.05·½; 0.075 more than nobody; everybody 0.3 + 0.1 − 0.05."""
    luck, covered = np.random.default_rng(6), np.zeros(3)
    for _ in range(seeds):
        n = 1000
        score = luck.random(n)
        e = 0.2 + 0.6 * score if confounded else np.full(n, 0.5)
        treated = (luck.random(n) < e).astype(int)
        outcome = (luck.random(n) < 0.3 + (0.3 - 0.4 * (1 - score)) * treated).astype(int)
        table = pd.DataFrame({"policy": (score > 0.5).astype(int), "treated": treated, "outcome": outcome, "e": e})
        value = policy_value(table, propensity="e" if confounded else None, cost=0.05)
        covered += [
            value.low <= 0.375 <= value.high,
            value.against_nobody_low <= 0.075 <= value.against_nobody_high,
            value.against_everybody_low <= 0.025 <= value.against_everybody_high,
        ]
    low, high = stats.binom.ppf([1e-4, 1 - 1e-4], seeds, 0.95)
    assert (covered >= low).all(), covered
    assert (covered[1:] <= high).all(), covered


def test_true_effects_rank_better_than_risk_and_risk_can_be_worse_than_chance():
    """Those who buy anyhow are moved least: the ranking by risk is the wrong way round."""
    luck = np.random.default_rng(9)
    n = 20_000
    risk, treated = luck.random(n), luck.integers(0, 2, n)
    effect = 0.3 * (1 - risk)
    table = pd.DataFrame({"effect": effect, "risk": risk, "treated": treated})
    table["outcome"] = (luck.random(n) < 0.6 * risk + effect * treated).astype(int)
    best, worst = (qini_curve(table, column, draws=100) for column in ("effect", "risk"))
    assert best.area_low > 0 > worst.area_high
    assert "better than a random" in best.reading()
    assert "worse than a random" in worst.reading()


def test_weights_straighten_the_curve_of_a_confounded_assignment():
    """Good customers were treated more often: without propensities the end of the curve is far too high."""
    luck = np.random.default_rng(4)
    n = 40_000
    score = luck.random(n)
    e = 0.1 + 0.8 * score
    table = pd.DataFrame({"uplift": score, "e": e, "treated": (luck.random(n) < e).astype(int)})
    table["outcome"] = (luck.random(n) < 0.5 * score + 0.1 * table["treated"]).astype(int)
    assert uplift_curve(table, draws=0).total / n > 0.2
    curve = uplift_curve(table, propensity="e", draws=50)
    assert curve.total / n == pytest.approx(0.1, abs=0.02)
    assert curve.coefficient is None
    assert uplift_at_k(table, propensity="e", draws=0).estimate == pytest.approx(0.1, abs=0.03)


# ---- laws


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_only_the_order_of_scores_counts_and_equal_scores_are_targeted_together(seed, levels):
    luck = np.random.default_rng(seed)
    table = pd.DataFrame({"uplift": luck.integers(0, levels, 60), "treated": np.tile([0, 1], 30)})
    table["outcome"] = luck.integers(0, 2, 60)
    for curve_of in (qini_curve, uplift_curve):
        one = curve_of(table, draws=10, seed=3)
        other = curve_of(
            table.assign(uplift=np.exp(table["uplift"] / 2)).sample(frac=1, random_state=1), draws=10, seed=3
        )
        assert one.points.equals(other.points)
        assert (one.area, one.area_low) == pytest.approx((other.area, other.area_low))
        assert len(one.points) == table["uplift"].nunique() + 1
    flat = qini_curve(table.assign(uplift=1), draws=0)
    assert flat.area == pytest.approx(0)


def test_the_curve_of_many_customers_keeps_its_area_on_the_coarse_grid():
    table = moved(30_000, seed=2)
    curve = qini_curve(table, draws=20)
    assert len(curve.band) == 101
    assert len(curve.points) == 30_001
    assert curve.area_low < curve.area < curve.area_high


# ---- refusals


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: qini_curve(moved().assign(treated=1)), "The control group is empty: nobody has 0 in `treated`"),
        (lambda: uplift_curve(moved().assign(treated=0)), "The treated group is empty"),
        (lambda: qini_curve(moved().assign(uplift=np.nan)), "1,000 values of `uplift` are missing"),
        (lambda: qini_curve(moved().head(0)), "The table has no rows"),
        (lambda: uplift_at_k(moved().assign(uplift=moved()["treated"] * 1.0), k=0.1), "Nobody of the arm “untreated”"),
        (lambda: uplift_at_k(moved(), k=30), "`k` can't be 30"),
        (lambda: policy_value(moved().assign(policy=moved()["treated"])), "In the arm “untreated” there is nobody of"),
        (lambda: targeting_profit(moved(), contact_cost=-1), "`contact_cost` can't be -1"),
        (lambda: qini_curve(moved().assign(customer_id=1)), "999 rows repeat a customer"),
    ],
)
def test_what_can_not_be_measured_is_refused(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()


def test_an_outcome_that_never_happens_has_no_coefficient_and_no_area():
    curve = qini_curve(moved().assign(outcome=0), draws=20)
    assert (curve.area, curve.coefficient, curve.area_low) == (0, None, 0)


def test_readings_are_in_the_reader_s_language():
    table = moved().assign(policy=lambda t: (t["uplift"] > 0.5).astype(int))
    results = [qini_curve(table), policy_value(table), targeting_profit(table, margin=10, contact_cost=1)]
    with language("ru"):
        said = [result.reading() for result in results]
    assert "лучше случайного" in said[0]
    assert "чем без воздействия" in said[1]
    assert "Прибыль наибольшая" in said[2]
