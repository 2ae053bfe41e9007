"""Nicosia's fields: the closed form against integration, where they come to rest, and what never does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from crm_toolkit.behaviour.nicosia import Nicosia, nicosia_path
from crm_toolkit.errors import InputError

SIZE = st.floats(0.05, 2.0)
MODELS = st.builds(
    Nicosia, message=st.floats(0, 2), message_effect=SIZE, attitude_speed=SIZE, attitude_decay=SIZE,
    purchase_speed=SIZE, purchase_decay=SIZE, motivation=st.floats(0, 2),
)  # fmt: skip


def integrated(model, times, start, until=np.inf):
    """The two equations as DOMAIN writes them, integrated."""

    def slope(t, state):
        attitude, purchases = state
        said = model.message if t < until else 0.0
        return [
            model.attitude_speed * (purchases - model.attitude_decay * attitude) + model.message_effect * said,
            model.purchase_speed * (model.motivation * attitude - model.purchase_decay * purchases),
        ]

    return solve_ivp(slope, (0, max(times)), start, t_eval=times, rtol=1e-9, atol=1e-10, max_step=0.5).y.T


def test_the_steady_state_recomputed_closed_form_against_integration():
    model = Nicosia(message=1, message_effect=0.8, attitude_speed=0.4, attitude_decay=0.9, purchase_speed=0.6,
                    purchase_decay=1.2, motivation=0.5)  # fmt: skip
    rest = model.steady_state
    assert (round(rest.attitude, 4), round(rest.purchases, 4)) == (4.1379, 1.7241)
    assert integrated(model, [200.0], [0, 0])[0] == pytest.approx([rest.attitude, rest.purchases], rel=1e-6)
    path = nicosia_path(model, [200.0])
    assert path[["attitude", "purchases"]].to_numpy()[0] == pytest.approx([rest.attitude, rest.purchases], rel=1e-8)


def test_the_path_is_that_of_integration_also_when_the_message_stops():
    model, times = Nicosia(), [0.0, 1.0, 3.0, 7.0, 12.0]
    found = nicosia_path(model, times, attitude=2.0, purchases=-1.0, message_until=5.0)
    expected = integrated(model, times, [2.0, -1.0], until=5.0)
    # the integrator steps over the end of the message once, by half a unit of time at most
    assert found[["attitude", "purchases"]].to_numpy() == pytest.approx(expected, abs=2e-3)
    assert found["message"].tolist() == [1, 1, 1, 0, 0]


@given(model=MODELS, time=st.floats(0, 8))
@settings(max_examples=25, deadline=None)
def test_the_path_is_the_matrix_exponential(model, time):
    whole = np.zeros((3, 3))
    whole[:2, :2], whole[0, 2] = model.matrix, model.message_effect * model.message
    expected = expm(whole * time) @ [0.7, 0.2, 1.0]
    found = nicosia_path(model, [time], attitude=0.7, purchases=0.2).iloc[0]
    assert [found["attitude"], found["purchases"]] == pytest.approx(expected[:2], rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("motivation", [0.0, 1e-17, 1e-12])
def test_equal_speeds_are_no_trouble(motivation):
    model = Nicosia(attitude_speed=1, attitude_decay=1, purchase_speed=1, purchase_decay=1, motivation=motivation)
    found = nicosia_path(model, [2.0], purchases=1.0).iloc[0]
    whole = np.array([[-1, 1, 0.8], [motivation, -1, 0], [0, 0, 0]])
    assert [found["attitude"], found["purchases"]] == pytest.approx((expm(whole * 2) @ [0, 1, 1])[:2], rel=1e-6)


@given(model=MODELS)
@settings(max_examples=25, deadline=None)
def test_it_comes_to_rest_exactly_if_motivation_is_below_the_two_decays(model):
    slow, fast = model.eigenvalues
    assert (slow < 0) == model.stable or abs(slow) < 1e-12
    assert fast < 0
    assert np.sort(np.linalg.eigvals(model.matrix).real) == pytest.approx([fast, slow], abs=1e-9)
    if model.stable:
        rest = model.steady_state
        push = np.array([model.message_effect * model.message, 0.0])
        assert model.matrix @ [rest.attitude, rest.purchases] + push == pytest.approx(
            [0, 0], abs=1e-6 * (1 + rest.attitude)
        )


def test_what_can_t_rest_or_be_is_refused():
    with pytest.raises(InputError, match="feed each other without end: m is 2, αβ is 1"):
        _ = Nicosia(motivation=2, attitude_decay=1, purchase_decay=1).steady_state
    with pytest.raises(InputError) as letter:
        Nicosia(message=-1, attitude_speed=0, purchase_decay=None)
    assert [problem.column for problem in letter.value.problems] == ["message", "attitude_speed", "purchase_decay"]
    with pytest.raises(InputError, match="shorter time"):
        nicosia_path(Nicosia(motivation=3, attitude_decay=0.1, purchase_decay=0.1), [1e6])
    with pytest.raises(InputError, match="1 number outside its range"):
        nicosia_path(Nicosia(), [1.0, -1.0])
