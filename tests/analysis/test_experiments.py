"""Experiments: published numbers, laws, refusals, and the same answer from every kind of table."""

from importlib.util import find_spec

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crm_toolkit.analysis.experiments.arms import compare_arms, holm, sample_ratio_check
from crm_toolkit.analysis.experiments.groups import effect_by_group
from crm_toolkit.analysis.experiments.means import compare_means
from crm_toolkit.analysis.experiments.rates import compare_rate_counts, compare_rates, rate_effect
from crm_toolkit.analysis.experiments.ratios import compare_ranks, compare_ratios
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

EXTRA = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0, 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
SLEEP = pd.DataFrame({"drug": [1] * 10 + [2] * 10, "extra": EXTRA})  # Student 1908, `sleep` of R
NEWCOMBE = {  # Newcombe (1998), Statistics in Medicine 17, 873–890, table II, method 10
    (56, 70, 48, 80): (0.0524, 0.3339),
    (9, 10, 3, 10): (0.1705, 0.8090),
    (6, 7, 2, 7): (0.0582, 0.8062),
    (5, 56, 0, 29): (-0.0381, 0.1926),
    (0, 10, 0, 20): (-0.1611, 0.2775),
    (0, 10, 0, 10): (-0.2775, 0.2775),
    (10, 10, 0, 20): (0.6791, 1.0000),
    (10, 10, 0, 10): (0.6075, 1.0000),
}


def customers(n=400, seed=1):
    luck = np.random.default_rng(seed)
    before = luck.gamma(2, 20, n)
    arm = luck.choice(["control", "mail"], n)
    spend = np.round(0.7 * before + luck.gamma(2, 10, n) + 5.0 * (arm == "mail"), 2)
    orders = 1 + luck.integers(0, 4, n)
    table = pd.DataFrame({"customer_id": np.arange(n), "arm": arm, "before": before, "spend": spend, "orders": orders})
    return table.assign(bought=(luck.random(n) < 0.2).astype(int), group=luck.choice(["new", "old"], n))


# ---- reference


def test_welch_matches_r_on_the_sleep_data():
    """R: t.test(extra ~ group, data = sleep): t −1.8608, df 17.776, p 0.07939, interval −3.3654832 to 0.2054832."""
    effect = compare_means(SLEEP, "extra", "drug", control=2)
    assert (effect.statistic, effect.df, effect.p_value) == pytest.approx((-1.860813, 17.77647, 0.07939414), rel=1e-6)
    assert (effect.low, effect.high) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)


def test_rank_sum_matches_r_on_the_sleep_data():
    """R: wilcox.test(extra ~ group, data = sleep, exact = FALSE): W 25.5, p 0.06933."""
    effect = compare_ranks(SLEEP, "extra", "drug", control=2)
    assert effect.statistic == 25.5
    assert effect.p_value == pytest.approx(0.06932758, abs=5e-9)


def test_prop_test_matches_r():
    """R: prop.test(c(15, 25), c(50, 50)): X² 3.375, p 0.0662, interval −0.408 to 0.008; both counts as in the table."""
    effect = compare_rate_counts(15, 50, 25, 50, method="prop_test")
    assert effect.statistic == pytest.approx(3.375, abs=1e-12)
    assert effect.p_value == pytest.approx(0.0662, abs=5e-5)
    assert (effect.low, effect.high) == pytest.approx((-0.408, 0.008), abs=5e-4)
    plain = compare_rate_counts(15, 50, 25, 50, method="wald")
    assert plain.statistic == pytest.approx(25 / 6, abs=1e-12)  # 100·(15·25−25·35)²/(40·60·50·50)


@pytest.mark.parametrize("counts", NEWCOMBE)
def test_newcombe_s_interval_matches_his_table(counts):
    effect = compare_rate_counts(*counts)
    assert (effect.low, effect.high) == pytest.approx(NEWCOMBE[counts], abs=5e-5)


def test_holm_matches_r():
    """R: p.adjust(c(.01, .02, .03, .04, .05), "holm"), and in another order."""
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])
    assert holm([0.03, 0.01]) == pytest.approx([0.03, 0.02])
    assert list(holm([0.9, 0.8])) == [1.0, 1.0]


def test_sample_ratio_is_the_chi_square_of_counts():
    table = pd.DataFrame({"arm": ["t"] * 900 + ["h"] * 140 + [None] * 3})
    check = sample_ratio_check(table, planned={"t": 0.9, "h": 0.1})
    chi2, p = stats.chisquare([900, 140], [936, 104])
    assert (check.statistic, check.p_value) == pytest.approx((chi2, p))
    assert check.mismatch
    assert check.left_out == 3
    assert "contradict" in check.reading()


# ---- methods


def test_cuped_is_the_comparison_of_residuals_and_its_gain_is_the_squared_correlation():
    table = customers()
    effect = compare_means(table, "spend", covariate="before")
    theta = np.cov(table["spend"], table["before"])[0, 1] / table["before"].var()
    again = compare_means(table.assign(y=table["spend"] - theta * (table["before"] - table["before"].mean())), "y")
    assert effect.theta == pytest.approx(theta)
    assert (effect.estimate, effect.standard_error) == pytest.approx((again.estimate, again.standard_error))
    assert effect.variance_reduction == pytest.approx(table[["spend", "before"]].corr().iloc[0, 1] ** 2)
    assert effect.standard_error < 0.65 * compare_means(table, "spend").standard_error
    assert "CUPED" in effect.reading()


def test_winsorising_caps_both_arms_at_one_quantile_and_says_so():
    table = customers()
    table.loc[0, "spend"] = 1e6
    effect = compare_means(table, "spend", winsorise=0.99)
    cap = np.quantile(table["spend"], 0.99)
    again = compare_means(table.assign(spend=table["spend"].clip(upper=cap)), "spend")
    assert (effect.estimate, effect.cap_high, effect.capped) == pytest.approx((again.estimate, cap, 4))
    assert effect.cap_low is None
    assert "4 values were capped" in effect.reading()


def test_a_ratio_with_a_denominator_of_one_is_a_mean():
    table = customers()
    ratio, mean = compare_ratios(table.assign(one=1), "spend", "one"), compare_means(table, "spend")
    assert (ratio.estimate, ratio.standard_error) == pytest.approx((mean.estimate, mean.standard_error))


def test_orders_are_added_up_by_customer_before_they_are_compared():
    """Copies of a customer's rows with split amounts change nothing: the customer is the unit."""
    table = customers()
    halves = pd.concat([table.assign(spend=table["spend"] / 2, orders=table["orders"] / 2)] * 2)
    one, two = compare_ratios(table, "spend", "orders"), compare_ratios(halves, "spend", "orders")
    assert (one.estimate, one.standard_error, one.treated_n) == pytest.approx(
        (two.estimate, two.standard_error, two.treated_n)
    )


def test_several_arms_are_each_compared_with_control_and_joint_intervals_are_wider():
    luck = np.random.default_rng(3)
    table = pd.DataFrame({"arm": luck.choice(["control", "a", "b", "c"], 2000), "y": luck.normal(size=2000)})
    table.loc[table["arm"] == "c", "y"] += 0.5
    found = compare_arms(table, "y")
    assert found.table.loc[found.table["differs"], "arm"].tolist() == ["c"]
    for row, effect in zip(found.table.itertuples(), found.effects, strict=True):
        alone = compare_means(table[table["arm"].isin(["control", row.arm])], "y")
        assert (effect.estimate, effect.p_value) == pytest.approx((alone.estimate, alone.p_value))
        assert row.low_joint < row.low < row.high < row.high_joint
        assert row.p_holm >= row.p_value
    assert "c" in found.reading()


def test_groups_that_differ_are_told_from_groups_that_differ_by_chance():
    luck = np.random.default_rng(6)
    table = pd.DataFrame({"arm": luck.integers(0, 2, 4000), "group": luck.choice(list("abcd"), 4000)})
    flat = table.assign(y=luck.normal(size=4000) + 0.3 * table["arm"])
    steep = flat.assign(y=flat["y"] + table["arm"] * (table["group"] == "a"))
    assert effect_by_group(flat, "y", "group").p_heterogeneity > 0.05
    found = effect_by_group(steep, "y", "group")
    assert found.p_heterogeneity < 1e-6
    assert found.i_squared > 0.8
    w = 1 / np.array([compare_means(steep[steep["group"] == g], "y").standard_error ** 2 for g in "abcd"])
    e = found.table["estimate"].to_numpy()
    assert found.q == pytest.approx((w * (e - (w * e).sum() / w.sum()) ** 2).sum())


def test_a_group_that_can_not_be_compared_is_named():
    table = customers().assign(group=lambda t: np.where(t["customer_id"] == 7, "alone", t["group"]))
    found = effect_by_group(table, "spend", "group")
    assert found.skipped == ("alone",)
    assert found.table.set_index("group")["estimate"].isna().to_dict() == {"alone": True, "new": False, "old": False}


# ---- the interval keeps its promise


def exact_coverage(n1, n0, p1, p0, **asked):
    """Over all outcomes of two binomials: how often the interval holds the truth; no luck in it."""
    x1, x0 = np.arange(n1 + 1), np.arange(n0 + 1)
    chance = np.outer(stats.binom.pmf(x1, n1, p1), stats.binom.pmf(x0, n0, p0))
    truth = p1 / p0 if asked.get("scale") == "ratio" else p1 - p0
    covered = 0.0
    for (i, j), weight in np.ndenumerate(chance):
        if weight < 1e-7 or (asked.get("scale") == "ratio" and j == 0):
            covered += weight  # nothing is claimed there
            continue
        effect = rate_effect(i, n1, j, n0, metric="x", treated=1, control=0, level=0.95, asked_by="x", **asked)
        covered += weight * (effect.low <= truth <= effect.high)
    return covered


@pytest.mark.parametrize(("p1", "p0"), [(0.1, 0.1), (0.5, 0.3), (0.05, 0.2)])
def test_newcombe_s_interval_covers_at_the_nominal_rate_also_of_small_groups(p1, p0):
    """Newcombe reports mean coverage 0.95 and minima above 0.93 for such groups; Wald falls to 0.90 and below."""
    assert 0.935 < exact_coverage(20, 20, p1, p0) < 0.985
    assert 0.93 < exact_coverage(24, 20, p1, p0, scale="ratio") < 0.99


MANY = [40, pytest.param(400, marks=pytest.mark.slow)]


@pytest.mark.parametrize("seeds", MANY)
@pytest.mark.parametrize("name", ["means", "skewed", "cuped", "ratios", "ranks"])
def test_intervals_cover_the_effect_at_the_nominal_rate(name, seeds):
    """As many coverings as binomial chance of 95 % lets 9,998 times in 10,000."""
    luck, n = np.random.default_rng(8), 160
    covered = 0
    arm = np.repeat([0, 1], n // 2)
    for _ in range(seeds):
        x = luck.normal(size=n)
        table = pd.DataFrame({"customer_id": range(n), "arm": arm, "x": x, "one": luck.poisson(3, n) + 1.0})
        if name == "means":
            effect, truth = compare_means(table.assign(y=luck.normal(size=n) * (1 + 2 * arm) + 0.3 * arm), "y"), 0.3
        elif name == "skewed":
            effect, truth = compare_means(table.assign(y=luck.exponential(1 + 0.5 * arm, n)), "y"), 0.5
        elif name == "cuped":
            effect, truth = compare_means(table.assign(y=2 * x + luck.normal(size=n) + arm), "y", covariate="x"), 1.0
        elif name == "ratios":  # money per order rises from 10 to 12, orders of a customer hang together
            size = 10 + 2 * arm + luck.normal(size=n) * 2
            effect, truth = compare_ratios(table.assign(y=size * table["one"]), "y", "one"), 2.0
        else:
            effect = compare_ranks(table.assign(y=luck.normal(size=n) + 0.5 * arm), "y")
            truth = stats.norm.cdf(0.5 / np.sqrt(2))
        covered += effect.low <= truth <= effect.high
    low, high = stats.binom.ppf([1e-4, 1 - 1e-4], seeds, 0.95)
    assert low <= covered <= high


@pytest.mark.parametrize("seeds", MANY)
def test_false_alarms_of_many_arms_stay_at_five_per_cent_with_holm_and_not_without(seeds):
    luck = np.random.default_rng(2)
    alarms = plain = 0
    for _ in range(seeds):
        table = pd.DataFrame({"arm": np.tile(["control", *"abcdef"], 60), "y": luck.normal(size=420)})
        found = compare_arms(table, "y").table
        alarms += found["differs"].any()
        plain += (found["p_value"] < 0.05).any()
    assert alarms <= stats.binom.ppf(1 - 1e-4, seeds, 0.05)
    assert plain > max(2 * alarms, 0.12 * seeds)


# ---- laws


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 100), st.floats(-50, 50))
def test_means_follow_unit_and_zero_and_swapping_the_arms_turns_the_sign(seed, unit, zero):
    luck = np.random.default_rng(seed)
    table = pd.DataFrame({"arm": np.tile([0, 1], 20), "y": luck.normal(size=40)})
    one = compare_means(table, "y")
    moved = compare_means(table.assign(y=table["y"] * unit + zero), "y")
    assert [moved.estimate, moved.low, moved.high] == pytest.approx([one.estimate * unit, one.low * unit,
                                                                     one.high * unit], abs=1e-9)  # fmt: skip
    assert moved.p_value == pytest.approx(one.p_value, rel=1e-6)
    back = compare_means(table, "y", control=1)
    assert [back.estimate, back.low, back.high] == pytest.approx([-one.estimate, -one.high, -one.low])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_rates_stay_in_their_bounds_and_hold_the_estimate(n1, n0, data):
    x1, x0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    for method in ("newcombe", "wald", "prop_test"):
        effect = compare_rate_counts(x1, n1, x0, n0, method=method)
        assert -1 <= effect.low <= effect.estimate <= effect.high <= 1 + 1e-12
        assert 0 <= effect.p_value <= 1
        assert effect.reading()
    if x0:
        ratio = compare_rate_counts(x1, n1, x0, n0, scale="ratio")
        assert 0 <= ratio.low <= ratio.estimate + 1e-9
        assert ratio.estimate <= ratio.high + 1e-9
        assert np.isfinite(ratio.high)


# ---- refusals


def arms(control, treated, **more):
    return pd.DataFrame({"arm": ["control"] * control + ["treated"] * treated, **more})


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: compare_means(arms(0, 5, y=[1.0] * 5), "y"), "The control group is empty: every row of `arm` is"),
        (lambda: compare_means(arms(5, 0, y=[1.0] * 5), "y"), "The treated group is empty"),
        (lambda: compare_rates(arms(0, 5, y=[1] * 5), "y"), "The control group is empty"),
        (lambda: compare_means(arms(1, 2, y=[1.0, 2, 3]), "y"), "“control” has 1 customer; a variance needs two"),
        (lambda: compare_means(arms(3, 3, y=[1.0] * 3 + [2.0] * 3), "y"), "both arms.*\n.*difference is 1"),
        (lambda: compare_ranks(arms(3, 3, y=[1.0] * 6), "y"), "All values of `y` are equal"),
        (lambda: compare_means(arms(2, 2, y=[1.0, np.nan, 2, 3]), "y"), "1 value of `y` is missing.*\n.*0 for"),
        (lambda: compare_rates(arms(2, 2, y=[0, 1, 2, 3]), "y"), "2 values of `y` are neither 0 nor 1"),
        (lambda: compare_rates(arms(2, 2, y=[0, 0, 1, 1]), "y", scale="ratio"), "ratio to 0 does not exist"),
        (lambda: compare_means(arms(2, 2, y=[1.0, 2, 3, 4], customer_id=[1, 1, 2, 3]), "y"), "1 row repeats"),
        (lambda: compare_means(arms(2, 2, y=[1.0, 2, 3, 4], x=1.0), "y", covariate="x"), "same for everybody"),
        (lambda: compare_means(pd.DataFrame({"arm": list("aabb"), "y": range(4)}), "y"), "not clear which arm"),
        (lambda: compare_means(pd.DataFrame({"arm": [0, 0, 1, 2], "y": range(4)}), "y"), "compare_arms"),
        (lambda: compare_means(arms(2, 2, y=range(4)), "y", control="holdout"), "no arm 'holdout': the control"),
        (lambda: compare_means(arms(2, 2, y=range(4)), "y", level=95), "`level` can't be 95"),
        (lambda: compare_rates(arms(2, 2, y=[0, 1, 0, 1]), "y", method="exact"), "Allowed: 'newcombe'"),
        (lambda: compare_rate_counts(3, 2, 0, 0), "larger than its group"),
        (lambda: compare_ratios(arms(2, 2, y=range(4), d=[1, -1, 1, 1], customer_id=[1, 2, 3, 4]), "y", "d"), "below"),
        (lambda: compare_ratios(arms(2, 2, y=range(4), d=1, customer_id=[1, 2, 1, 4]), "y", "d"), "in both arms"),
        (lambda: compare_ratios(arms(2, 2, y=range(4), d=[0, 0, 1, 1], customer_id=range(4)), "y", "d"), "`d` is 0"),
        (lambda: sample_ratio_check(arms(2, 2), planned={"control": 1, "mail": 1}), "not planned: 'treated'"),
        (lambda: sample_ratio_check(arms(2, 0)), "two are compared"),
        (lambda: compare_arms(arms(3, 0, y=range(3)), "y"), "The treated group is empty"),
        (lambda: holm([0.1, 2]), "from 0 to 1"),
    ],
)  # fmt: skip
def test_what_can_not_be_compared_is_refused_by_name(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()


def test_all_problems_come_in_one_letter():
    with pytest.raises(InputError) as refusal:
        compare_means(arms(0, 3, y=[1.0, np.inf, 2], x=list("abc")), "y", covariate="x")
    assert [problem.code for problem in refusal.value.problems] == ["unsound_number", "wrong_kind", "empty_control"]


def test_nobody_did_it_is_an_answer_with_an_interval_and_without_a_finding():
    effect = compare_rate_counts(0, 50, 0, 50)
    assert (effect.estimate, effect.p_value) == (0.0, 1.0)
    assert effect.high == pytest.approx(-effect.low)
    assert effect.high > 0.05


def test_rows_without_an_arm_are_left_out_and_counted_and_a_moved_covariate_is_told():
    table = customers()
    table.loc[:9, "arm"] = None
    assert compare_means(table, "spend").left_out == 10
    table["before"] += 50 * (table["arm"] == "mail")
    assert compare_means(table, "spend", covariate="before").cautions == ("covariate_differs",)


def test_readings_are_in_the_reader_s_language():
    table = customers()
    effects = [compare_means(table, "spend", covariate="before", winsorise=0.9), compare_rates(table, "bought"),
               compare_ratios(table, "spend", "orders"), compare_ranks(table, "spend"),
               compare_arms(table, "spend"), effect_by_group(table, "spend", "group"),
               sample_ratio_check(table)]  # fmt: skip
    english = [effect.reading() for effect in effects]
    with language("ru"):
        for said, effect in zip(english, effects, strict=True):
            assert any("а" <= letter <= "я" for letter in effect.reading())
            assert effect.reading() != said
            assert "{" not in effect.reading() + said


# ---- any engine


def other_kinds(frame, folder):
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    file = folder / "table.parquet"
    frame.to_parquet(file, index=False)
    kinds = {"pyarrow": arrow, "DuckDB": duckdb.connect().from_arrow(arrow), "Parquet": file}
    if find_spec("polars"):
        import polars

        kinds["polars"] = polars.from_arrow(arrow)
        kinds["lazy"] = kinds["polars"].lazy()
    return kinds


def test_every_kind_of_table_gives_the_same_numbers(tmp_path):
    table = customers()
    for kind in other_kinds(table, tmp_path).values():
        for ask in (lambda t: compare_means(t, "spend", covariate="before"), lambda t: compare_rates(t, "bought"),
                    lambda t: compare_ratios(t, "spend", "orders")):  # fmt: skip
            one, other = ask(table), ask(kind)
            assert [other.estimate, other.low, other.p_value] == pytest.approx([one.estimate, one.low, one.p_value])
        assert sample_ratio_check(kind).statistic == sample_ratio_check(table).statistic


def test_decimals_of_a_database_are_numbers():
    rows = duckdb.connect().sql("select range % 2 as arm, cast(range / 7.0 as decimal(12, 2)) as amount from range(40)")
    assert compare_means(rows, "amount").treated_n == 20
