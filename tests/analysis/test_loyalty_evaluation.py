"""What a programme did: methods find the effect that was planted where their assumption holds, and fail where not."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis
from crm_toolkit.errors import InputError

EFFECT = 3.0


def customers(seed, *, n=1200, joins_by="usual", effect=EFFECT, drift=0.0):
    """Customers of a programme with a lottery: who spends much joins readily.

    ``joins_by`` is ``"usual"`` (a hidden, lasting level: trends are parallel) or ``"before_1"`` (recorded; members fall
    back afterwards); ``drift`` lets those who join grow by themselves.
    """
    luck = np.random.default_rng(seed)
    usual = luck.gamma(4, 5, n)
    table = pd.DataFrame({"arm": np.where(luck.random(n) < 0.7, "invited", "holdout")})
    table["before_2"], table["before_1"] = usual + luck.normal(0, 4, n), usual + luck.normal(0, 4, n)
    leaning = usual if joins_by == "usual" else table["before_1"]
    keen = luck.random(n) < 1 / (1 + np.exp(-(leaning - 20) / (12 if joins_by == "usual" else 20)))
    table["member"] = (keen & (table["arm"] == "invited")).astype(int)
    base = usual if joins_by == "usual" else 5 + 0.8 * table["before_1"]
    table["after"] = base + luck.normal(0, 4, n) + (effect + luck.normal(0, 1, n)) * table["member"]
    table["after"] += drift * keen
    table["before_1"] += drift / 2 * keen
    return table


def told(seeds, **world):
    """Estimates, and whether their intervals hold the truth, by method."""
    rows = []
    for seed in seeds:
        table = customers(seed, **world)
        joined = table.loc[table["arm"] == "invited", "member"].mean()
        for row in analysis.evaluate_programme(table, arm="arm").table.to_dict("records"):
            truth = world.get("effect", EFFECT) * (1 if row["about"] == "member" else joined)
            rows.append((row["method"], row["estimate"], row["low"] <= truth <= row["high"]))
    return pd.DataFrame(rows, columns=["method", "estimate", "held"]).groupby("method").mean()


def test_with_parallel_trends_changes_and_the_lottery_find_the_effect_and_the_naive_comparison_does_not():
    found = told(range(5))
    assert found.loc["changes", "estimate"] == pytest.approx(EFFECT, abs=0.35)
    assert found.loc["late", "estimate"] == pytest.approx(EFFECT, abs=1.2)
    assert found.loc["naive", "estimate"] > 2.5 * EFFECT
    assert found.loc["naive", "held"] == 0
    assert found.loc[["changes", "itt", "late", "cuped"], "held"].min() >= 0.75


def test_with_selection_on_what_is_recorded_weights_and_matches_find_the_effect():
    found = told(range(6), joins_by="before_1")
    assert found.loc[["matching", "weighting"], "estimate"].tolist() == pytest.approx([EFFECT, EFFECT], abs=0.4)
    assert found.loc[["matching", "weighting"], "held"].min() >= 0.75
    assert found.loc["changes", "estimate"] < 0.75 * EFFECT  # members fall back to their usual level


@pytest.mark.slow
@pytest.mark.parametrize(
    ("joins_by", "methods"),
    [("usual", ["changes", "late", "itt", "cuped"]), ("before_1", ["matching", "weighting", "late", "itt", "cuped"])],
)
def test_intervals_hold_the_truth_at_the_nominal_rate(joins_by, methods):
    """Over 200 worlds 95 % intervals hold it 89 to 99 times in a hundred (binomial, three in a thousand)."""
    held = told(range(1000, 1200), joins_by=joins_by).loc[methods, "held"]
    assert held.between(0.895, 0.99).all(), held


def test_a_programme_that_does_nothing_is_found_to_do_nothing_by_the_lottery():
    found = told(range(20, 24), effect=0.0)
    assert abs(found.loc["cuped", "estimate"]) < 0.35
    assert found.loc["naive", "estimate"] > 4


def test_different_trends_before_are_seen():
    table = customers(5, drift=3.0)
    found = analysis.evaluate_programme(table, arm="arm")
    assert found.changes.parallel is False
    assert "trends" in found.table.set_index("method").loc["changes", "caution"]
    assert analysis.evaluate_programme(customers(5), arm="arm").changes.parallel is True


def test_late_is_the_effect_of_inviting_over_the_share_that_joined():
    table = customers(3)
    found = analysis.holdout_effect(table, "after")
    assert found.late * found.take_up == pytest.approx(found.itt.estimate)
    assert found.holdout_take_up == 0
    assert found.late_low < found.late < found.late_high


def test_late_counts_those_who_joined_without_an_invitation():
    table = pd.DataFrame(
        {"arm": ["invited"] * 50 + ["holdout"] * 50, "member": ([1] * 40 + [0] * 10) + [1] * 10 + [0] * 40}
    )
    table["after"] = 10.0 + 2 * table["member"] + [0.1, -0.1] * 50
    assert analysis.holdout_effect(table, "after").late == pytest.approx(2.0)


def test_late_has_no_interval_where_hardly_anybody_joined():
    table = customers(4, n=60)
    table["member"] = 0
    table.loc[table.index[table["arm"] == "invited"][:1], "member"] = 1
    assert analysis.holdout_effect(table, "after").late_low is None


def test_the_weighting_that_knows_the_propensity_agrees_with_the_one_that_estimates_it():
    table = customers(6, joins_by="before_1").query("arm == 'invited'")
    found = analysis.selection_effect(table, "after", ["before_1"])
    known = table.assign(propensity=found.propensity)
    other = analysis.weighted_effect(known, "after", "member", estimand="treated")
    assert found.estimate == pytest.approx(other.estimate)
    assert found.standard_error < other.standard_error * 1.5


def test_matching_by_hand_on_five_customers():
    table = pd.DataFrame({"member": [1, 1, 0, 0, 0], "before": [10, 20, 10, 19, 2], "after": [15.0, 26, 12, 20, 1]})
    found = analysis.selection_effect(table, "after", ["before"], method="matching", caliper=5)
    assert found.estimate == pytest.approx(((15 - 12) + (26 - 20)) / 2)
    assert found.effective_others == pytest.approx(2)


def test_weights_bring_covariates_into_balance():
    table = customers(7, joins_by="before_1").query("arm == 'invited'")
    balance = analysis.selection_effect(table, "after", ["before_2", "before_1"]).balance
    assert balance["difference"].abs().min() > 0.3
    assert balance["adjusted_difference"].abs().max() < 0.1


@pytest.mark.parametrize("method", ["weighting", "matching"])
def test_members_who_are_like_nobody_else_are_refused(method):
    table = pd.DataFrame({"member": [1] * 20 + [0] * 20, "before": [9.0] * 20 + [1.0] * 20})
    table["after"] = np.arange(40.0)
    with pytest.raises(InputError, match="nobody is left to compare with"):
        analysis.selection_effect(table, "after", ["before"], method=method)


def test_dependent_covariates_are_named():
    table = customers(8).assign(sum=lambda t: t["before_1"] + t["before_2"]).query("arm == 'invited'")
    with pytest.raises(InputError, match="follow from each other"):
        analysis.selection_effect(table, "after", ["before_1", "before_2", "sum"])


def test_a_landmark_takes_immortal_time_away():
    """A programme that does nothing, joined at the next purchase: joined at any time looks like an effect."""
    luck = np.random.default_rng(1)
    n, begin = 1500, pd.Timestamp("2025-01-01")
    gaps = luck.exponential(70, (n, 60))
    when = begin - pd.Timedelta(days=400) + pd.to_timedelta(gaps.cumsum(axis=1).ravel(), unit="D")
    lines = pd.DataFrame({"customer_id": np.repeat(np.arange(n), 60), "ordered_at": when, "amount": 10.0})
    keen = lines[(lines["ordered_at"] >= begin) & (lines["customer_id"] % 2 == 0)]
    members = keen.groupby("customer_id", as_index=False)["ordered_at"].min()
    members = members.rename(columns={"ordered_at": "enrolled_at"})
    naive = {}
    for late, column in ((0, "joined"), (8, "member")):
        panel = analysis.programme_panel(lines, members, start=begin, join_weeks=late)
        naive[late] = analysis.compare_means(panel, "after", column)
    assert naive[0].low > 0
    assert naive[8].low < 0 < naive[8].high


def test_the_panel_counts_every_amount_in_one_period():
    when = pd.to_datetime(["2023-12-31", "2024-01-03", "2024-07-03", "2024-12-31", "2025-01-01", "2025-02-26",
                           "2025-08-27"])  # fmt: skip
    lines = pd.DataFrame({"customer_id": 1, "ordered_at": when, "amount": [1.0, 2, 4, 8, 16, 32, 64]})
    members = pd.DataFrame({"customer_id": [1], "enrolled_at": pd.to_datetime(["2025-03-01"])})
    row = analysis.programme_panel(lines, members, start="2025-01-01").iloc[0]
    assert (row["before_2"], row["before_1"], row["after"]) == (2, 12, 32)
    assert (row["member"], row["joined"]) == (0, 1)
    assert row["orders_before"] == 3


def test_the_return_is_the_margin_over_the_cost_and_its_interval_holds_the_truth():
    held = []
    for seed in range(25):
        luck = np.random.default_rng(seed)
        invited = luck.random(800) < 0.5
        cost = np.where(invited, luck.gamma(2, 1, 800), 0.0)
        table = pd.DataFrame({"arm": np.where(invited, "invited", "holdout"), "programme_cost": cost})
        table["margin"] = luck.gamma(2, 5, 800) + 3.0 * invited
        found = analysis.programme_return(table)
        held.append(found.roi_low <= 0.5 <= found.roi_high)
    assert np.mean(held) >= 0.86
    assert found.net == pytest.approx(found.margin - found.cost)
    one, other = (table.loc[table["arm"] == arm, ["margin", "programme_cost"]] for arm in ("invited", "holdout"))
    gap = [(part["margin"] - (1 + found.roi) * part["programme_cost"]).var() / len(part) for part in (one, other)]
    assert (found.roi_high - found.roi_low) / 2 == pytest.approx(1.96 * np.sqrt(sum(gap)) / found.cost, rel=0.02)


def test_a_fixed_cost_lowers_the_return_and_a_free_programme_has_none():
    table = pd.DataFrame({"arm": ["invited", "holdout"] * 20, "margin": np.arange(40.0) % 7})
    table["programme_cost"] = [1, 0] * 20
    plain, dearer = (analysis.programme_return(table, fixed_cost=cost) for cost in (0, 2))
    assert dearer.cost == plain.cost + 2
    assert dearer.net == pytest.approx(plain.net - 2)
    with pytest.raises(InputError, match="cost nothing more"):
        analysis.programme_return(table.assign(programme_cost=0))


def test_a_gift_is_what_would_have_been_bought_anyhow():
    twins = pd.DataFrame({"reward_cost": [6.0, 3, 1], "with": [10, 12, 0], "without": [10, 8, 5]})
    split = analysis.gift_split(twins)
    assert split.table.set_index("group")["cost"].to_dict() == {"more": 3, "same": 6, "less": 1}
    assert split.customer_share == pytest.approx(0.7)
    assert split.purchase_share == pytest.approx((6 + 3 * 8 / 12 + 1) / 10)
    wide = analysis.gift_split(twins, tolerance=4).table.set_index("group")
    assert wide["members"].to_dict() == {"more": 0, "same": 2, "less": 1}
    none = analysis.gift_split(twins.assign(reward_cost=0))
    assert np.isnan(none.customer_share)
    assert none.reading() == "No rewards were paid."


def test_shapley_adds_up_and_is_the_mean_over_all_orders():
    from itertools import permutations

    worth = {frozenset(): 4.0, frozenset("a"): 10, frozenset("b"): 7, frozenset("c"): 4, frozenset("ab"): 20,
             frozenset("ac"): 10, frozenset("bc"): 9, frozenset("abc"): 25}  # fmt: skip
    table = analysis.shapley_of_switches(worth.__getitem__, "abc").set_index("switch")
    orders = list(permutations("abc"))
    for name in "abc":
        gains = [worth[frozenset(order[: order.index(name) + 1])] - worth[frozenset(order[: order.index(name)])]
                 for order in orders]  # fmt: skip
        assert table.loc[name, "shapley"] == pytest.approx(np.mean(gains))
    assert table["shapley"].sum() == pytest.approx(25 - 4)
    assert table["lost_without"].to_dict() == {"a": 16, "b": 15, "c": 5}


def test_monte_carlo_says_that_published_effects_disagree():
    found = analysis.economics_monte_carlo(analysis.ProgrammeEconomics(), draws=200, seed=3)
    again = analysis.economics_monte_carlo(analysis.ProgrammeEconomics(), draws=200, seed=3)
    pd.testing.assert_frame_equal(found.table, again.table)
    loses = found.by_effect.set_index("effect")["loses"]
    assert loses["salon_value"] < 0.1
    assert loses["coalition_sales"] == 1
    nobody = analysis.economics_monte_carlo(analysis.ProgrammeEconomics(), draws=100, no_effect=1.0)
    assert nobody.loses == 1
    assert set(nobody.table["effect"]) == {"none"}


def test_the_tornado_and_the_grid_agree_with_the_programme_itself():
    programme = analysis.ProgrammeEconomics(lift=0.06, retention_gain=0.01)
    table = analysis.tornado_table(programme)
    assert table["swing"].is_monotonic_decreasing
    row = table.set_index("number").loc["margin_rate"]
    assert row["at_low"] == pytest.approx(programme.changed(margin_rate=row["low"]).value_change)
    grid = analysis.sensitivity_grid(programme, "lift", [0.0, 0.06], "retention_gain", [0.0, 0.01])
    assert grid.loc[0.01, 0.06] == pytest.approx(programme.value_change)
    assert np.isnan(analysis.sensitivity_grid(programme, "lift", [0.0], "face_rate", [1.0], measure="break_even_lift")
                    .loc[1.0, 0.0])  # fmt: skip
