"""Nicosia's fields as a dynamic system: message → attitude → purchase → experience → attitude (Nicosia 1966).

Four fields: the firm's message meets the consumer's attributes and becomes an attitude; search and evaluation make it a
motivation; decision makes it a purchase; consumption is the feedback. In the linear form of the model

dB/dt = b (mA − βB)             purchases follow the motivation mA, at the speed b, and wear off
dA/dt = a (B − αA) + cC         the attitude is fed by experience B, wears off, and hears the message C

with all six coefficients above 0. At rest A* = cC / (a (α − m/β)), B* = mA*/β. The rest is stable if m < αβ: otherwise
attitude and purchase feed each other without end, which no market does. Both eigenvalues are real, so nothing swings.

The linear form is from memory of Nicosia's book, not checked against it; steady state and path agree with each other.
Limits: no market obeys these equations; nobody has measured the coefficients; levels have no unit but that of the scale
that one chooses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crm_toolkit.behaviour.checks import Floats, Given
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import format_number, mark, say

LIMITS = mark(
    "Nicosia's model shows how the fields feed each other; nobody has measured its coefficients, so it foresees "
    "nothing."
)
_FIXTURE = "an example of ours; steady state and integration agree"
KNOBS = {
    one.name: one
    for one in (
        Knob("message", 1.0, 0.0, 5.0, 0.1, mark("Message, C"), origin="assumption", reference=_FIXTURE),
        Knob("message_effect", 0.8, 0.05, 3.0, 0.05, mark("Effect of the message on the attitude, c"),
             origin="assumption", reference=_FIXTURE),
        Knob("attitude_speed", 0.4, 0.05, 3.0, 0.05, mark("Speed of the attitude, a"), origin="assumption",
             reference=_FIXTURE),
        Knob("attitude_decay", 0.9, 0.05, 3.0, 0.05, mark("Wearing off of the attitude, α"), origin="assumption",
             reference=_FIXTURE),
        Knob("purchase_speed", 0.6, 0.05, 3.0, 0.05, mark("Speed of purchases, b"), origin="assumption",
             reference=_FIXTURE),
        Knob("purchase_decay", 1.2, 0.05, 3.0, 0.05, mark("Wearing off of purchases, β"), origin="assumption",
             reference=_FIXTURE),
        Knob("motivation", 0.5, 0.0, 3.0, 0.05, mark("Motivation from the attitude, m"), origin="assumption",
             reference=_FIXTURE),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Nicosia:
    """The coefficients of the system.

    Parameters
    ----------
    message : float
        C, from 0; constant while it runs.
    message_effect, attitude_speed, attitude_decay : float
        c, a and α of the attitude; above 0 (c from 0), a per unit of time.
    purchase_speed, purchase_decay, motivation : float
        b, β and m of purchases; above 0 (m from 0), b per unit of time.

    Raises
    ------
    InputError
        If a number lies outside its range; all of them at once.

    Examples
    --------
    >>> fields = Nicosia()
    >>> rest = fields.steady_state
    >>> round(rest.attitude, 4), round(rest.purchases, 4), fields.stable
    (4.1379, 1.7241, True)
    """

    message: float = KNOBS["message"].default
    message_effect: float = KNOBS["message_effect"].default
    attitude_speed: float = KNOBS["attitude_speed"].default
    attitude_decay: float = KNOBS["attitude_decay"].default
    purchase_speed: float = KNOBS["purchase_speed"].default
    purchase_decay: float = KNOBS["purchase_decay"].default
    motivation: float = KNOBS["motivation"].default

    def __post_init__(self) -> None:
        given = Given("Nicosia")
        for one in fields(self):
            from_zero = one.name in ("message", "message_effect", "motivation")
            value = getattr(self, one.name)
            number = given.number(one.name, value, **({"low": 0.0} if from_zero else {"above": 0.0}))
            object.__setattr__(self, one.name, number)
        given.refuse_if_wrong()

    @property
    def stable(self) -> bool:
        """Whether the system comes to rest: m < αβ."""
        return self.motivation < self.attitude_decay * self.purchase_decay

    @property
    def steady_state(self) -> SteadyState:
        """Where attitude and purchases come to rest.

        Raises
        ------
        InputError
            If the system does not come to rest.
        """
        if not self.stable:
            what = say("Attitude and purchases feed each other without end: m is {m}, αβ is {product}.",
                       m=format_number(self.motivation),
                       product=format_number(self.attitude_decay * self.purchase_decay))  # fmt: skip
            raise InputError(
                say("There is no steady state."),
                [Problem("unstable", what, advice=say("It comes to rest only if m < αβ."), column="motivation")],
            )
        held = self.attitude_decay - self.motivation / self.purchase_decay
        attitude = self.message_effect * self.message / (self.attitude_speed * held)
        return SteadyState(attitude, self.motivation * attitude / self.purchase_decay, self.half_life)

    @property
    def matrix(self) -> Floats:
        """The system's matrix, rows and columns attitude and purchases."""
        a, b = self.attitude_speed, self.purchase_speed
        return np.array([[-a * self.attitude_decay, a], [b * self.motivation, -b * self.purchase_decay]])

    @property
    def eigenvalues(self) -> tuple[float, float]:
        """Rates of the slow and the fast movement, both real; the first is below 0 if the system is stable."""
        (here, across), (back, there) = self.matrix
        middle, reach = (here + there) / 2, math.hypot((here - there) / 2, math.sqrt(across * back))
        return middle + reach, middle - reach

    @property
    def half_life(self) -> float:
        """Time in which the slow movement halves its distance to rest; infinite if it does not come to rest."""
        return math.log(2) / -self.eigenvalues[0] if self.stable else math.inf


@dataclass(frozen=True)
class SteadyState:
    """Where a system of Nicosia's comes to rest.

    Parameters
    ----------
    attitude, purchases : float
        A* and B*.
    half_life : float
        Time in which the slow movement halves its distance to rest.
    """

    attitude: float
    purchases: float
    half_life: float


@with_kinds_told
def nicosia_path(
    model: Nicosia,
    times: ArrayLike,
    *,
    attitude: float = 0.0,
    purchases: float = 0.0,
    message_until: float | None = None,
) -> pd.DataFrame:
    """Follow attitude and purchases through time, exactly (by the matrix exponential).

    Parameters
    ----------
    model : Nicosia
        Coefficients; it need not be stable.
    times : array
        Moments from 0, in units of time of the speeds; in any order.
    attitude, purchases : float
        Where they stand at time 0.
    message_until : float, optional
        When the message stops, from 0; by default it never does.

    Returns
    -------
    pandas.DataFrame
        ``time``, ``attitude``, ``purchases``, ``message`` (what is said at that moment).

    Raises
    ------
    InputError
        If a number lies outside its range, or an unstable system has grown beyond all numbers.

    Examples
    --------
    >>> path = nicosia_path(Nicosia(), [0, 5, 100], message_until=60)
    >>> print(path.round(3).to_string(index=False))
     time  attitude  purchases  message
        0     0.000      0.000      1.0
        5     2.287      0.755      1.0
      100     0.010      0.005      0.0
    """
    given = Given("nicosia_path")
    moments = given.array("times", times, dimensions=1, low=0.0, high=1e9)
    start = np.array([given.number("attitude", attitude), given.number("purchases", purchases)])
    stop = math.inf if message_until is None else given.number("message_until", message_until, low=0.0)
    given.refuse_if_wrong()
    talking = _moved(model, start, np.minimum(moments, stop), model.message)
    silent = moments >= stop
    if silent.any():
        left = _moved(model, start, np.array([stop]), model.message)[0]
        talking[silent] = _moved(model, left, moments[silent] - stop, 0.0)
    if not np.isfinite(talking).all():
        what = say("Attitude and purchases feed each other without end: m is {m}, αβ is {product}.",
                   m=format_number(model.motivation),
                   product=format_number(model.attitude_decay * model.purchase_decay))  # fmt: skip
        raise InputError(
            say("`{function}` can't use these numbers.", function="nicosia_path"),
            [Problem("unstable", what, advice=say("Look at a shorter time."), column="times")],
        )
    return pd.DataFrame(
        {
            "time": np.asarray(times),
            "attitude": talking[:, 0],
            "purchases": talking[:, 1],
            "message": np.where(silent, 0.0, model.message),
        }
    )


def _moved(model: Nicosia, start: Floats, times: Floats, message: float) -> Floats:
    """States at times: e^{Mt} x₀ + ∫₀ᵗ e^{Ms} ds u, from the two real eigenvalues (Sylvester's formula)."""
    slow, fast = model.eigenvalues
    matrix, push = model.matrix, np.array([model.message_effect * message, 0.0])
    if slow - fast <= 1e-7 * abs(fast):
        return _repeated(matrix, (slow + fast) / 2, start, push, times)
    fast_part = (matrix - slow * np.eye(2)) / (fast - slow)
    moved = np.zeros((len(times), 2))
    with np.errstate(over="ignore", invalid="ignore"):
        for rate, part in ((slow, np.eye(2) - fast_part), (fast, fast_part)):
            grown = np.exp(rate * times)[:, None]
            lasted = (np.expm1(rate * times) / rate if abs(rate) > 1e-12 else times)[:, None]
            moved += grown * (part @ start) + lasted * (part @ push)
    return moved


def _repeated(matrix: Floats, rate: float, start: Floats, push: Floats, times: Floats) -> Floats:
    """The same where both eigenvalues agree, below 0 then: e^{Mt} = e^{rt}(I + (M − rI)t)."""
    rest = matrix - rate * np.eye(2)
    grown, t = np.exp(rate * times)[:, None], times[:, None]
    lasted = np.expm1(rate * times)[:, None] / rate
    weighed = (t * grown - lasted) / rate
    return grown * (start + t * (rest @ start)) + lasted * push + weighed * (rest @ push)
