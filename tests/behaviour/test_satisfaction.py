"""Performance against expectation: losses loom larger, expectation learns, nothing leaves its bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.behaviour.satisfaction import HIGHEST, LOWEST, disconfirmed, return_multiplier

STATE, SURPRISE = st.floats(LOWEST, HIGHEST), st.floats(0.0, 3.0)
WEIGHTS = {"gain": 0.35, "loss_weight": 2.0, "learning": 0.15}


def felt(satisfaction, expectation, performance, **weights):
    state = (np.array([one]) for one in (satisfaction, expectation, performance))
    return [float(one[0]) for one in disconfirmed(*state, **{**WEIGHTS, **weights})]


@given(surprise=SURPRISE)
def test_a_disappointment_weighs_as_many_times_more_as_declared(surprise):
    pleased, annoyed = felt(0.0, 0.0, surprise)[0], felt(0.0, 0.0, -surprise)[0]
    assert annoyed == pytest.approx(max(-2.0 * pleased, LOWEST), abs=1e-300)


@given(satisfaction=STATE, expectation=STATE, performance=STATE, better=SURPRISE)
def test_better_performance_never_makes_less_satisfied_and_states_stay_within_bounds(
    satisfaction, expectation, performance, better
):
    worse, best = felt(satisfaction, expectation, performance), felt(satisfaction, expectation, performance + better)
    assert LOWEST <= worse[0] <= best[0] <= HIGHEST
    assert worse[1] <= best[1]


@given(satisfaction=STATE, expectation=STATE, performance=STATE, learning=st.floats(0, 1))
def test_expectation_moves_towards_the_experience_and_never_past_it(satisfaction, expectation, performance, learning):
    _, after, difference = felt(satisfaction, expectation, performance, learning=learning)
    assert difference == performance - expectation
    low, high = sorted([expectation, performance])
    assert low - 1e-9 <= after <= high + 1e-9


def test_the_expected_moves_nobody_and_repetition_becomes_the_expected():
    assert felt(0.7, 0.2, 0.2)[0] == 0.7
    expectation = 0.0
    for _ in range(60):
        expectation = felt(0.0, expectation, 1.0)[1]
    assert abs(expectation - 1) < 0.85**60 * 1.001  # what is left of the surprise after 60 lessons of 15 %


@given(low=STATE, more=SURPRISE, habit=st.floats(0, 1))
def test_coming_back_grows_faster_than_satisfaction(low, more, habit):
    """Increasing returns: the second step of the same size brings more than the first."""
    steps = low + more * np.arange(3)
    back = return_multiplier(steps, np.full(3, habit), by_satisfaction=0.25, by_habit=0.2)
    first, second = np.diff(back)
    assert second >= first - 1e-14 >= -2e-14  # the difference of numbers below 4 loses 1e-15
    assert return_multiplier(np.zeros(1), np.zeros(1), by_satisfaction=0.25, by_habit=0.2) == 1.0
    leaving = return_multiplier(steps, np.full(3, habit), by_satisfaction=-0.5, by_habit=-0.8)
    assert (np.diff(leaving) <= 0).all()
