"""Importance of drivers: published shares, all orders of entering, coverage, refusals."""

import io
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.surveys.drivers import (
    driver_importance,
    importance_performance_table,
    relative_weights,
    shapley_shares,
)
from crm_toolkit.errors import InputError
from tests.analysis.reference_surveys import ATTITUDE, SWISS


def r_squared(frame, drivers, outcome):
    if not drivers:
        return 0.0
    x = np.column_stack([np.ones(len(frame)), frame[list(drivers)].to_numpy(dtype=float)])
    y = frame[outcome].to_numpy(dtype=float)
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return 1 - (left**2).sum() / ((y - y.mean()) ** 2).sum()


def test_lmg_of_the_swiss_data_is_that_of_the_package_relaimpo():
    """Grömping's documentation of relaimpo: R² .706735 and these shares of it."""
    swiss = pd.read_csv(io.StringIO(SWISS))
    drivers = [name for name in swiss if name != "Fertility"]
    found = driver_importance(swiss, drivers, outcome="Fertility", replications=100)
    assert found.r_squared == pytest.approx(0.706735, abs=5e-7)
    published = {"Agriculture": 0.05709122, "Examination": 0.17117303, "Education": 0.26013468, "Catholic": 0.10557015,
                 "InfantMortality": 0.11276592}  # fmt: skip
    assert found.table.set_index("driver")["lmg"].to_dict() == pytest.approx(published, abs=5e-8)


def test_lmg_is_the_mean_gain_over_all_orders_of_entering():
    attitude = pd.read_csv(io.StringIO(ATTITUDE))
    drivers = ["complaints", "privileges", "learning", "raises"]
    gains = dict.fromkeys(drivers, 0.0)
    for order in permutations(drivers):
        for place, name in enumerate(order):
            before = r_squared(attitude, order[:place], "rating")
            gains[name] += (r_squared(attitude, order[: place + 1], "rating") - before) / 24
    found = driver_importance(attitude, drivers, outcome="rating", replications=100)
    assert found.table.set_index("driver")["lmg"].to_dict() == pytest.approx(gains)
    x = (attitude[drivers] - attitude[drivers].mean()) / attitude[drivers].std()
    y = (attitude["rating"] - attitude["rating"].mean()) / attitude["rating"].std()
    beta = dict(zip(drivers, np.linalg.lstsq(x, y, rcond=None)[0], strict=True))
    assert found.table.set_index("driver")["coefficient"].to_dict() == pytest.approx(beta)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7))
def test_shares_add_up_to_r_squared_and_do_not_depend_on_the_order(seed, size):
    luck = np.random.default_rng(seed)
    values = luck.normal(size=(40, size + 1)) + luck.normal(size=(40, 1))
    correlation = np.corrcoef(values, rowvar=False)[None]
    total = correlation[0, :-1, -1] @ np.linalg.solve(correlation[0, :-1, :-1], correlation[0, :-1, -1])
    lmg, weights = shapley_shares(correlation)[0], relative_weights(correlation)[0]
    assert lmg.sum() == pytest.approx(total)
    assert weights.sum() == pytest.approx(total)
    assert (lmg > -1e-12).all()
    order = [*luck.permutation(size), size]
    assert shapley_shares(correlation[:, order][:, :, order])[0] == pytest.approx(lmg[order[:-1]])
    if size == 2:
        assert weights == pytest.approx(lmg)  # the two measures agree for two drivers


def test_drivers_that_do_not_move_together_have_their_squared_correlations():
    correlation = np.eye(4)
    correlation[3, :3] = correlation[:3, 3] = [0.5, 0.3, 0.1]
    for measure in (shapley_shares, relative_weights):
        assert measure(correlation[None])[0] == pytest.approx([0.25, 0.09, 0.01])


def test_twelve_drivers_are_worked_out_exactly_and_more_by_relative_weights():
    luck, names = np.random.default_rng(1), [f"d{k:02}" for k in range(13)]
    frame = pd.DataFrame(luck.normal(size=(200, 13)) + luck.normal(size=(200, 1)), columns=names)
    frame["y"] = frame.sum(axis=1) + luck.normal(size=200)
    twelve = driver_importance(frame, names[:12], outcome="y", replications=100)
    assert twelve.measure == "lmg"
    assert twelve.table["lmg"].sum() == pytest.approx(twelve.r_squared)
    more = driver_importance(frame, names, outcome="y", replications=100)
    assert more.measure == "relative_weight"
    assert more.table["importance"].sum() == pytest.approx(1)


@pytest.mark.parametrize("samples", [25, pytest.param(200, marks=pytest.mark.slow)])
def test_intervals_hold_the_planted_share(samples):
    """Two drivers with true shares .8 and .2; nominal 95 % within four standard errors."""
    luck, held = np.random.default_rng(3), 0
    for seed in range(samples):
        values = luck.normal(size=(150, 2))
        frame = pd.DataFrame(values, columns=["a", "b"])
        frame["y"] = 2 * frame["a"] + frame["b"] + luck.normal(size=150)
        found = driver_importance(frame, ["a", "b"], outcome="y", replications=100, seed=seed)
        row = found.table.set_index("driver").loc["a"]
        held += row["low"] <= 0.8 <= row["high"]
    assert held / samples > 0.94 - 4 * (0.95 * 0.05 / samples) ** 0.5


def test_drivers_that_move_together_are_warned_of():
    luck = np.random.default_rng(4)
    frame = pd.DataFrame({"a": luck.normal(size=80), "c": luck.normal(size=80)})
    frame["b"] = frame["a"] + 0.2 * luck.normal(size=80)
    frame["y"] = frame["a"] + frame["c"] + luck.normal(size=80)
    found = driver_importance(frame, ["a", "b", "c"], outcome="y", replications=100)
    assert set(found.table.loc[found.table["collinear"], "driver"]) == {"a", "b"}
    assert "These drivers move together" in found.warnings[0]
    assert (
        "fewer than ten for each"
        in driver_importance(frame.head(20), ["a", "b", "c"], outcome="y", replications=100).warnings[-1]
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.assign(b=3.0), "constant"),
        (lambda t: t.assign(y=1.0), "constant"),
        (lambda t: t.assign(b=2 * t["a"] + 1), "collinear"),
        (lambda t: t.head(4), "too_few"),
    ],
)
def test_what_can_t_be_told_apart_is_refused(change, code):
    luck = np.random.default_rng(5)
    frame = pd.DataFrame(luck.normal(size=(30, 3)), columns=["a", "b", "y"])
    with pytest.raises(InputError) as refusal:
        driver_importance(change(frame), ["a", "b"], outcome="y")
    assert refusal.value.problems[0].code == code


@pytest.mark.parametrize(
    ("drivers", "outcome", "code"), [(["a"], "y", "too_few_drivers"), (["a", "y"], "y", "outcome_drives")]
)
def test_names_that_make_no_sense_are_refused(drivers, outcome, code):
    with pytest.raises(InputError) as refusal:
        driver_importance(pd.DataFrame({"a": [1.0], "y": [1.0]}), drivers, outcome=outcome)
    assert refusal.value.problems[0].code == code


def test_quadrants_follow_importance_and_performance():
    luck = np.random.default_rng(6)
    a, b, c, d = luck.normal(size=(4, 300))
    frame = pd.DataFrame({"bad": 3 + a, "good": 6 + b, "weak_bad": 3 + c, "weak_good": 6 + d})
    frame["y"] = 2 * a + 2 * b + 0.1 * c + 0.1 * d + luck.normal(size=300)
    found = driver_importance(frame, ["bad", "good", "weak_bad", "weak_good"], outcome="y", replications=200)
    table = importance_performance_table(found).set_index("driver")
    assert table["quadrant"].to_dict() == {
        "bad": "fix_first", "good": "keep_up", "weak_bad": "low_priority", "weak_good": "possible_excess"
    }  # fmt: skip
    assert table["sure"].all()
