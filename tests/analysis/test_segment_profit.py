"""Whether segmenting pays: no gain out of noise, the planted gain found, plans by hand."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis.clusters.plan import segment_plan
from crm_toolkit.analysis.clusters.profit import segment_policy
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

SEGMENTS, WAYS = np.array(["asleep", "loyal", "new"]), np.array(["call", "nothing", "points"])


def trial(seed: int, n: int = 900, planted: float = 0.0) -> pd.DataFrame:
    """Customers of three segments under three treatments; ``planted``: each segment has a favourite."""
    luck = np.random.default_rng([71, seed])
    segment, way = luck.choice(3, n, p=[0.6, 0.25, 0.15]), luck.integers(0, 3, n)
    outcome = luck.normal(10, 6, n) + 5 * segment + planted * (segment == way)
    return pd.DataFrame({"segment": SEGMENTS[segment], "treatment": WAYS[way], "outcome": outcome})


def test_noise_promises_a_gain_and_other_customers_take_it_back():
    found = [segment_policy(trial(seed), seed=seed) for seed in range(30)]
    naive, honest = (np.array([getattr(one, name) for one in found]) for name in ("naive_gain", "gain"))
    assert (naive >= 0).all()
    assert naive.mean() > 0.2  # about 6/√100 · 0.5: what the best of three noisy means is too good by
    assert honest.mean() < 0.1
    assert sum(one.decision == "segment" for one in found) <= 4  # 1 is expected
    assert sum(one.interaction_p <= 0.05 for one in found) <= 6  # 2 are expected


def test_the_planted_gain_is_found_with_its_interval():
    truth = 6.0 - 6.0 * 0.6  # every segment gets its favourite; one for all serves the 60 % that are asleep
    found = [segment_policy(trial(seed, 2000, planted=6.0), seed=seed) for seed in range(25)]
    assert all((one.policy["treatment"] == WAYS).all() for one in found)
    assert all(one.for_all == "call" for one in found)
    held = sum(one.gain_low <= truth <= one.gain_high for one in found)
    assert held >= 20  # 24 expected, three standard errors below
    assert abs(np.mean([one.gain for one in found]) - truth) < 0.2
    assert all(one.interaction_p < 0.05 for one in found)


def test_a_cost_above_the_gain_turns_the_decision():
    table = trial(1, n=3000, planted=4.0)
    cheap, dear = (segment_policy(table, fixed_cost=cost) for cost in (300, 30_000))
    assert (cheap.decision, dear.decision) == ("segment", "one_treatment")
    assert cheap.net_gain == pytest.approx(cheap.gain * 3000 - 300)
    assert cheap.break_even_customers == int(np.ceil(300 / cheap.gain))
    with language("ru"):
        assert dear.verdict.startswith("Лучше одно предложение для всех")


def test_where_all_segments_want_the_same_there_is_no_gain_and_no_doubt():
    luck = np.random.default_rng(3)
    table = trial(2)
    table["outcome"] = luck.normal(0, 1, len(table)) + 20 * (table["treatment"] == "points")
    found = segment_policy(table)
    assert (found.gain, found.gain_low, found.gain_high, found.naive_gain) == (0, 0, 0, 0)
    assert (found.decision, found.break_even_customers) == ("one_treatment", None)


def test_the_order_of_rows_does_not_matter_and_cells_are_plain_means():
    table = trial(4, planted=2.0)
    first, other = segment_policy(table, seed=1), segment_policy(table.sample(frac=1, random_state=2), seed=1)
    assert first.gain == pytest.approx(other.gain, abs=1e-12)
    pd.testing.assert_frame_equal(first.cells, other.cells)
    means = table.groupby(["segment", "treatment"])["outcome"].mean()
    assert first.cells.set_index(["segment", "treatment"])["mean"].to_dict() == pytest.approx(means.to_dict())


@pytest.mark.parametrize(
    ("table", "letter"),
    [
        (trial(1).assign(outcome=np.nan), "900 values of `outcome` are missing or infinite"),
        (trial(1).assign(segment=None), "900 rows have no segment"),
        (trial(1).assign(treatment=None), "900 rows have no treatment"),
        (trial(1).assign(treatment="call"), "`treatment` has 1 value; two or more are needed"),
        (trial(1).assign(outcome="good"), "`outcome` must hold numbers"),
        (trial(1, n=60), "At least 10 customers of each segment"),
        (trial(1).rename(columns={"outcome": "outcmoe"}), "Did you mean `outcmoe`?"),
    ],
)
def test_what_can_not_be_compared_is_refused(table, letter):
    with pytest.raises(InputError, match=letter):
        segment_policy(table)


EFFECTS = pd.DataFrame({"segment": ["a", "b", "c"], "customers": [10, 20, 30], "x": [1.0, 5, 2], "y": [3.0, 4, 2]})


def test_a_plan_is_the_best_of_each_segment_against_the_best_for_all():
    plan = segment_plan(EFFECTS, ["x", "y"], fixed_cost=5)
    assert plan.for_all == "x"  # 10·1 + 20·5 + 30·2 = 170 = 10·3 + 20·4 + 30·2: equal, the first named
    assert (plan.profit, plan.profit_for_all, plan.gain, plan.net_gain) == (190, 170, 20, 15)
    assert plan.table["treatment"].tolist() == ["y", "x", "x"]
    assert plan.table["gain"].tolist() == [20, 0, 0]


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        ({"segment": "a"}, "2 rows repeat a segment"),
        ({"customers": [-1, 2, 3]}, "1 value of `customers` is negative"),
        ({"x": np.inf}, "3 values of `x` are missing or infinite"),
        ({"y": "much"}, "`y` must hold numbers"),
    ],
)
def test_a_plan_without_numbers_is_refused(change, letter):
    with pytest.raises(InputError, match=letter):
        segment_plan(EFFECTS.assign(**change), ["x", "y"])
    with pytest.raises(InputError, match="Two or more treatments"):
        segment_plan(EFFECTS, ["x"])


def false_decisions(seeds) -> np.ndarray:
    found = [segment_policy(trial(seed), seed=seed) for seed in seeds]
    return np.array([(one.decision == "segment", one.gain_high < 0, one.interaction_p <= 0.05) for one in found])


@pytest.mark.slow
def test_without_differences_the_interval_lies_above_0_in_one_of_forty_samples():
    above, below, unequal = false_decisions(range(600)).mean(axis=0)
    assert above <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / 600)
    assert below <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / 600)
    assert abs(unequal - 0.05) <= 3 * np.sqrt(0.05 * 0.95 / 600) + 0.01
