"""Fishbein, planned behaviour, Oliver, prospect value: fixtures, laws, letters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crm_toolkit.behaviour.attitudes import behaviour_chance, expectancy_value, fishbein_attitudes, planned_intention
from crm_toolkit.behaviour.expectations import expectation_path, identified_weights, oliver_satisfaction
from crm_toolkit.behaviour.prospect import compensating_gain, prospect_value
from crm_toolkit.behaviour.satisfaction import disconfirmed
from crm_toolkit.errors import InputError

CARS = pd.DataFrame(
    [[3, 2, 3, 1, -1], [3, 3, 3, 3, -2], [2, 2, 2, 2, 2]], index=["first", "second", "third"], columns=list("abcde")
)
VALUES = [3, 3, -1, 3, 1]
SMALL = st.floats(-3, 3)


def test_luxury_cars_recomputed_and_the_one_belief_product():
    found = fishbein_attitudes(CARS, VALUES)
    assert found.table["attitude"].tolist() == [14, 22, 18]
    assert found.table["rank"].tolist() == [3, 1, 2]
    assert found.best == ("second",)
    assert found.contributions.groupby("object")["contribution"].sum().tolist() == [14, 22, 18]
    assert expectancy_value([4], [6]) == 24


@given(
    beliefs=arrays(np.float64, (3, 4), elements=SMALL),
    values=arrays(np.float64, 4, elements=SMALL),
    k=st.floats(0.1, 9),
)
@settings(max_examples=25, deadline=None)
def test_the_order_of_attributes_and_the_unit_of_evaluations_change_no_ranking(beliefs, values, k):
    found = fishbein_attitudes(beliefs, values)
    turned = fishbein_attitudes(beliefs[:, ::-1], values[::-1])
    assert np.allclose(found.table["attitude"], turned.table["attitude"])
    assert np.allclose(
        fishbein_attitudes(beliefs, values * k).table["attitude"], found.table["attitude"] * k, atol=1e-9
    )
    assert np.allclose(expectancy_value(beliefs, values), found.table["attitude"])


def test_equal_attitudes_are_told_and_share_a_rank():
    found = fishbein_attitudes([[1, 2], [2, 1], [0, 0]], [1, 1], objects=["x", "y", "z"])
    assert found.table["rank"].tolist() == [1, 1, 3]
    assert found.table["tied"].tolist() == [True, True, False]
    assert found.best == ("x", "y")


def test_tables_that_do_not_fit_are_refused_with_all_their_faults():
    with pytest.raises(InputError, match="as many evaluations as attributes: 2 and 5 were given"):
        fishbein_attitudes(CARS, [1, 2])
    with pytest.raises(InputError) as letter:
        fishbein_attitudes([[1, np.nan], [2, 3]], [1, "good"], objects=["a", "a"], attributes=["x"])
    assert {problem.column for problem in letter.value.problems} == {"beliefs", "evaluations", "objects", "attributes"}
    with pytest.raises(InputError, match="must hold numbers"):
        expectancy_value("abc", [1])


def test_intention_is_the_weighted_sum_and_behaviour_its_logit():
    intended = planned_intention([1.0, 0.0], [0.0, 1.0], [0.0, 0.0], weights=[0.5, 0.2, 0.3], intercept=1.0)
    assert intended.tolist() == [1.5, 1.2]
    chance = behaviour_chance(intended, [0.0, 0.0], intercept=0, by_intention=1, by_control=0)
    assert np.log(chance / (1 - chance)) == pytest.approx(intended)
    with pytest.raises(InputError, match="same shape"):
        planned_intention([1.0, 2.0], [1.0], [1.0], weights=[1, 1, 1])
    with pytest.raises(InputError, match="Three weights"):
        planned_intention([1.0], [1.0], [1.0], weights=[1, 1, 1, 1])


@given(e=SMALL, p=SMALL, b=st.tuples(SMALL, SMALL, SMALL), shift=SMALL)
@settings(max_examples=25, deadline=None)
def test_only_two_sums_of_oliver_s_three_weights_can_be_seen(e, p, b, shift):
    """β₁ + k, β₂ − k, β₃ + k is the same equation for every k."""
    other = (b[0] + shift, b[1] - shift, b[2] + shift)
    names = ("by_expectation", "by_performance", "by_disconfirmation")
    one = oliver_satisfaction([e], [p], **dict(zip(names, b, strict=True)))
    same = oliver_satisfaction([e], [p], **dict(zip(names, other, strict=True)))
    assert one == pytest.approx(same, abs=1e-9)
    seen, again = identified_weights(*b), identified_weights(*other)
    assert (seen.expectation, seen.performance) == pytest.approx((again.expectation, again.performance), abs=1e-9)
    assert one[0] == pytest.approx(seen.expectation * e + seen.performance * p, abs=1e-9)


def test_expectation_learns_and_a_disappointment_weighs_more():
    path = expectation_path([2.0, 2.0, -2.0], learning=0.25, by_expectation=0, by_performance=0, by_disconfirmation=0.5,
                            loss_weight=2.0)  # fmt: skip
    assert path["expectation"].tolist() == [0.0, 0.5, 0.875]
    assert path["satisfaction"].tolist() == pytest.approx([1.0, 0.75, 0.5 * 2 * -2.875])
    zero = np.zeros(1)
    moved, expected, _ = disconfirmed(zero, zero, zero + 2, gain=0.5, loss_weight=2.0, learning=0.25)  # the world's own
    assert (moved[0], expected[0]) == (path["satisfaction"][0], path["expectation"][1])
    with pytest.raises(InputError, match=r"`learning` can't be 1\.5"):
        expectation_path([1.0], learning=1.5)
    with pytest.raises(InputError, match=r"`loss_weight` can't be 0\.5"):
        oliver_satisfaction([1.0], [1.0], loss_weight=0.5)


def test_a_loss_weighs_as_much_as_the_medians_from_memory_say():
    """α = β = .88 and λ = 2.25, from memory: values recomputed."""
    assert prospect_value([1.0, -1.0]).tolist() == [1.0, -2.25]
    assert prospect_value([100.0])[0] == pytest.approx(100**0.88)


@given(x=st.floats(0.01, 1e6), alpha=st.floats(0.3, 1), beta=st.floats(0.3, 1), lam=st.floats(0.5, 5))
@settings(max_examples=25, deadline=None)
def test_value_rises_bends_and_has_its_kink_at_zero(x, alpha, beta, lam):
    shape = {"alpha": alpha, "beta": beta, "loss_aversion": lam}
    low, mid, high = prospect_value([-x, 0.0, x], **shape)
    assert low < mid == 0 < high
    assert prospect_value(2 * x, **shape) <= 2 * high * (1 + 1e-12)
    assert prospect_value(-2 * x, **shape) >= 2 * low * (1 + 1e-12)
    gain = compensating_gain(x, **shape)
    assert prospect_value(gain, **shape) == pytest.approx(-low, rel=1e-9)


def test_a_value_without_number_or_range_is_refused():
    with pytest.raises(InputError) as letter:
        prospect_value([np.nan], alpha=0, beta=2, loss_aversion=100)
    assert [problem.column for problem in letter.value.problems] == ["change", "alpha", "beta", "loss_aversion"]
    with pytest.raises(InputError, match="`loss` has 1 number outside"):
        compensating_gain(-1)
