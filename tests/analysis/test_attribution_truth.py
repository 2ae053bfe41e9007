"""Attribution beside an experiment whose truth is known: the holdout finds it, no rule of attribution does."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis.attribution.experiment import attribution_against_experiment, holdout_increments
from crm_toolkit.analysis.attribution.paths import touch_paths
from crm_toolkit.analysis.attribution.table import attribution_table
from crm_toolkit.errors import InputError
from crm_toolkit.firm import Campaign, Policy
from crm_toolkit.world.setting import scenario
from crm_toolkit.world.simulation import simulate
from tests.analysis.test_funnel import quick

SHOP = scenario(
    "barbershop", locale="en_US", profile_matters=False, acquisition_weeks=8, response=0.3, response_sd=0.4,
    open_share=0.9,
)  # fmt: skip
RULES = ["first", "last", "linear", "position", "markov", "shapley"]
DATA = Path(__file__).parents[2] / "datasets" / "fitness_club"


def policy(design):
    return Policy(
        campaigns=(Campaign("trial", start_week=12, weeks=6, discount=0.0, holdout_share=0.5, design=design, aim=1.5),)
    )


def judged(seed, design="randomised", *, customers=500, methods=("last",), **options):
    """A small world: true incremental orders of the treated, the experiment's answer, and the credits."""
    world = simulate(SHOP, policy(design), customers=customers, weeks=19, seed=seed)
    assigned, orders, touches = (world.tables[name] for name in ("assignments", "orders", "touches"))
    end = world.tables["campaigns"]["ends_on"].iloc[0]
    truth = world.truth["potential_outcomes"]
    truth = truth[truth["treated"]]
    orders = quick(orders[["customer_id", "ordered_at"]])
    measured = holdout_increments(quick(assigned), orders, days=42, as_of=end, **options)
    paths = touch_paths(quick(touches[["customer_id", "touched_at", "campaign_id"]]), orders, as_of=end,
                        lookback_days=42, channel="campaign_id", unfinished="keep")  # fmt: skip
    credits = attribution_table(paths, list(methods))
    return float((truth["orders_treated"] - truth["orders_untreated"]).sum()), measured.table.iloc[0], (
        attribution_against_experiment(credits, measured))  # fmt: skip


@pytest.mark.parametrize("seeds", [6, pytest.param(120, marks=pytest.mark.slow)])
def test_the_holdout_finds_what_the_campaign_caused_and_attribution_credits_more(seeds):
    """Mean error of the holdout within 3 of its own errors of 0; credits above the truth in every world."""
    apart, covered, excess = [], 0, []
    for seed in range(seeds):
        truth, row, check = judged(seed, methods=RULES if seed == 0 else ("last",))
        apart.append((row["incremental"] - truth) / row["standard_error"])
        covered += row["low"] <= truth <= row["high"]
        excess.append(check.table["credited"].min() / max(truth, 1.0))
        assert "bookkeeping, not cause" in check.statement
    assert abs(np.mean(apart)) < 3 / np.sqrt(seeds)
    assert covered >= 0.95 * seeds - 3 * np.sqrt(0.05 * 0.95 * seeds)
    assert np.mean(excess) > 1.5
    assert np.min(excess) > 1


@pytest.mark.parametrize("seeds", [4, pytest.param(120, marks=pytest.mark.slow)])
def test_a_targeted_campaign_is_measured_with_its_propensities_only(seeds):
    """Recent buyers are preferred, so the plain difference is far too high; the weighted one is not.

    Few of the holdout carry most of the weight here, so intervals are too short; the docstring says how much.
    """
    weighted, plain, covered = [], [], 0
    for seed in range(seeds):
        truth, row, _ = judged(seed, "targeted", customers=1500)
        weighted.append(row["incremental"] - truth)
        covered += row["low"] <= truth <= row["high"]
        assert row["holdout_effective"] < 0.6 * row["holdout"]
        _, row, _ = judged(seed, "targeted", customers=1500, propensity=None)
        plain.append((row["incremental"] - truth) / row["standard_error"])
    assert abs(np.mean(weighted)) < 3 * np.std(weighted, ddof=1) / np.sqrt(seeds)
    assert covered >= 0.84 * seeds - 3 * np.sqrt(0.84 * 0.16 * seeds)
    assert np.mean(plain) > 2


def test_the_tables_of_a_shipped_world_can_be_fed_in_as_they_are():
    touches = pd.read_csv(DATA / "touches.csv", parse_dates=["touched_at"])
    orders = pd.read_csv(DATA / "orders.csv", parse_dates=["ordered_at"])
    assigned = pd.read_csv(DATA / "assignments.csv", parse_dates=["assigned_on"])
    end = orders["ordered_at"].max()
    paths = touch_paths(touches, orders, as_of=end, lookback_days=60, value="amount")
    table = attribution_table(paths)
    assert set(paths.channels) == set(touches["channel"])
    assert table.conversions == paths.coverage.conversions - paths.coverage.conversions_without_touch > 0
    campaigns = touch_paths(touches, orders, as_of=end, lookback_days=42, channel="campaign_id")
    assert campaigns.channels == ("1", "2")
    assert campaigns.coverage.touches_without_channel == touches["campaign_id"].isna().sum()
    measured = holdout_increments(assigned, orders, days=42, as_of=end, value="amount")
    assert measured.weighted
    assert measured.table["channel"].tolist() == ["1", "2"]
    check = attribution_against_experiment(attribution_table(campaigns, ["last"]), measured)
    np.testing.assert_allclose(check.table["difference"], check.table["credited"] - check.table["incremental"])


def small(**changes):
    frame = pd.DataFrame({"campaign_id": 1, "customer_id": range(8), "assigned_on": pd.Timestamp("2024-03-04"),
                          "arm": ["treated", "holdout"] * 4})  # fmt: skip
    return frame.assign(**changes)


ORDERS = pd.DataFrame(
    {
        "customer_id": [0, 0, 2, 1, 5],
        "ordered_at": [pd.Timestamp(f"2024-03-{moment}")
                       for moment in ("04 00:00", "09 23:59", "11 00:00", "03 23:59", "05 12:00")],
        "amount": [5.0, 7, 9, 3, 4],
    }
)  # fmt: skip


def test_days_are_counted_from_the_assigned_day_on():
    found = holdout_increments(small(), ORDERS, days=7, as_of="2024-03-31", value="amount").table.iloc[0]
    assert (found["treated_mean"], found["holdout_mean"], found["incremental"]) == (0.5, 0.25, 1.0)
    assert found["incremental_value"] == pytest.approx(12 - 4)
    later = small(assigned_on=pd.to_datetime(["2024-03-04"] * 6 + ["2024-03-28"] * 2))
    recent = holdout_increments(later, ORDERS, days=7, as_of="2024-03-31")
    assert (recent.too_recent, recent.table["treated"].tolist()) == (2, [3])


def test_nobody_converted_means_no_interval_and_the_reading_says_unknown():
    measured = holdout_increments(small(), ORDERS.head(0), days=7, as_of="2024-03-31")
    row = measured.table.iloc[0]
    assert row["incremental"] == 0
    assert row[["standard_error", "low", "high"]].isna().all()
    touches = small().rename(columns={"assigned_on": "touched_at"})
    paths = touch_paths(touches, ORDERS.head(0), as_of="2024-03-31", lookback_days=7, channel="campaign_id")
    check = attribution_against_experiment(attribution_table(paths, ["last"]), measured)
    assert check.table["reading"].tolist() == ["unknown"]


@pytest.mark.parametrize(
    ("table", "letter"),
    [
        (small(arm="treated"), "the arm “holdout” has 0 customers"),
        (small(arm=["treated", "control"] * 4), "4 rows of `arm` have another arm: 'control'"),
        (small(propensity=1.0), "8 values of `propensity` are missing or not between 0 and 1"),
        (small(propensity="half"), "`propensity` must hold numbers"),
        (small(assigned_on=pd.Timestamp("2024-03-30")), "8 were left out because their days are not over"),
    ],
)
def test_experiments_that_can_not_be_measured_are_refused(table, letter):
    with pytest.raises(InputError, match=letter):
        holdout_increments(quick(table), quick(ORDERS), days=7, as_of="2024-03-31")


def test_results_that_do_not_belong_together_are_refused():
    measured = holdout_increments(small(), ORDERS, days=7, as_of="2024-03-31")
    touches = small(channel="email").rename(columns={"assigned_on": "touched_at"})
    credits = attribution_table(touch_paths(touches, ORDERS, as_of="2024-03-31"), ["last"])
    with pytest.raises(InputError, match="No channel has both"):
        attribution_against_experiment(credits, measured)
    with pytest.raises(InputError, match="Give what `attribution_table` returns"):
        attribution_against_experiment(measured, credits)
