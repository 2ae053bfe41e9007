"""Prices and messages: constant elasticity, fatigue, and the four kinds of customers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.behaviour.response import RESPONSE_TYPES, message_effect, price_multiplier, response_type

ELASTICITY = np.array([0.0, 0.4, 1.0, 2.5])


@given(price=st.floats(0.2, 5.0), other=st.floats(0.2, 5.0))
def test_elasticity_is_the_slope_of_logarithms_and_prices_multiply(price, other):
    slope = np.log(price_multiplier(price * 1.01, ELASTICITY) / price_multiplier(price, ELASTICITY)) / np.log(1.01)
    assert np.allclose(slope, -ELASTICITY, atol=1e-10)
    both = price_multiplier(price, ELASTICITY) * price_multiplier(other, ELASTICITY)
    assert np.allclose(price_multiplier(price * other, ELASTICITY), both, rtol=1e-12)


def test_the_usual_price_changes_nothing_and_a_dearer_one_moves_the_sensitive_most():
    assert (price_multiplier(1.0, ELASTICITY) == 1.0).all()
    assert (np.diff(price_multiplier(1.3, ELASTICITY)) < 0).all()
    assert (np.diff(price_multiplier(0.7, ELASTICITY)) > 0).all()


@given(fatigue=st.floats(0, 20), more=st.floats(0, 20), weight=st.floats(0, 3), strength=st.floats(0, 5))
def test_fatigue_weakens_a_message_and_never_turns_it(fatigue, more, weight, strength):
    response = np.array([0.6, -0.3, 0.0])
    opened = np.ones(3, dtype=bool)
    fresh = message_effect(response, opened, np.full(3, fatigue), strength=strength, by_fatigue=weight)
    tired = message_effect(response, opened, np.full(3, fatigue + more), strength=strength, by_fatigue=weight)
    assert (np.abs(tired) <= np.abs(fresh)).all()
    assert (np.abs(fresh) <= np.abs(response * strength)).all()
    assert (tired * response >= 0).all()


def test_a_message_that_is_not_opened_or_has_no_strength_does_nothing():
    response, fatigue = np.array([0.6, -0.3]), np.zeros(2)
    assert (message_effect(response, np.zeros(2, dtype=bool), fatigue, strength=1.0, by_fatigue=0.3) == 0).all()
    assert (message_effect(response, np.ones(2, dtype=bool), fatigue, strength=0.0, by_fatigue=0.3) == 0).all()


@given(response=st.floats(-3, 3), rate=st.floats(0.001, 3))
def test_everybody_is_exactly_one_of_the_four_kinds(response, rate):
    kind = RESPONSE_TYPES[response_type(np.array([response]), np.array([rate]), 0.5)[0]]
    if abs(response) > 0.1:
        assert kind == ("persuadable" if response > 0 else "sleeping_dog")
    else:
        assert kind == ("sure_thing" if rate >= 0.5 else "lost_cause")


@pytest.mark.parametrize(("edge", "kind"), [(0.1, "lost_cause"), (-0.1, "lost_cause"), (0.1000001, "persuadable")])
def test_the_edge_of_the_noticeable_belongs_to_the_unmoved(edge, kind):
    assert RESPONSE_TYPES[response_type(np.array([edge]), np.array([0.1]), 0.5)[0]] == kind
