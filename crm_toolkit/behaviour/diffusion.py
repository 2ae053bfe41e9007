"""Who comes when: the Bass model (Bass 1969).

Of those who have not come yet, a share p comes by itself in a unit of time, and a share q·F because of the share
F who are there already: word of mouth.

f/(1 − F) = p + qF                                          the hazard of coming
F(t) = (1 − e^{−(p+q)t}) / (1 + (q/p) e^{−(p+q)t})         share of all m who have come
T* = ln(q/p)/(p + q),  S(T*) = m(p + q)²/4q                 peak, if q > p

Time counts in periods of the data (years, weeks): p and q belong to that period. Limits: one purchase each, one
potential m that never changes, no price, no rivals, no shortage of supply.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.behaviour.checks import Given
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import format_number, mark, say

if TYPE_CHECKING:
    import pandas as pd  # half a second that worlds can spare

Floats = NDArray[np.float64]


@with_kinds_told
def bass_share(time: ArrayLike, *, p: float, q: float) -> Floats:
    """Share of all who have come by a time: F(t) = (1 − e^{−(p+q)t}) / (1 + (q/p) e^{−(p+q)t}).

    >>> bass_share([0, 8.1], p=0.017206, q=0.35688).round(3)
    array([0.   , 0.475])
    """
    fallen = np.exp(-(p + q) * np.asarray(time, dtype=np.float64))
    return (1 - fallen) / (1 + q / p * fallen)


@with_kinds_told
def bass_time(share: ArrayLike, *, p: float, q: float) -> Floats:
    """The time by which a share has come: the inverse of `bass_share`.

    >>> bass_time(bass_share(8.1, p=0.017206, q=0.35688), p=0.017206, q=0.35688).round(6)
    np.float64(8.1)
    """
    come = np.asarray(share, dtype=np.float64)
    return np.log((1 + q / p * come) / (1 - come)) / (p + q)


@with_kinds_told
def word_of_mouth_share(share: ArrayLike, *, p: float, q: float) -> Floats:
    """Of those who come when F have come: the share that was told, qF / (p + qF).

    >>> word_of_mouth_share([0.0, 0.5], p=0.02, q=0.04)
    array([0. , 0.5])
    """
    told = q * np.asarray(share, dtype=np.float64)
    return told / (p + told)


LIMITS = mark(
    "The Bass model knows no price, no rival and no shortage, and everybody buys once; fitted before the peak it is "
    "unstable."
)
INNOVATION = Knob(
    "p", 0.017206, 0.0005, 0.3, 0.0005, mark("Innovation, p"), mark("share per period"), origin="source",
    reference="clothes dryers, Bass 1969, table 3 (from memory; peak and p, q agree when recomputed)",
)  # fmt: skip
IMITATION = Knob(
    "q", 0.35688, 0.0, 1.5, 0.01, mark("Imitation (word of mouth), q"), mark("share per period"), origin="source",
    reference="clothes dryers, Bass 1969, table 3 (from memory; peak and p, q agree when recomputed)",
)  # fmt: skip
POTENTIAL = Knob(
    "potential", 15_092, 100, 10_000_000, 100, mark("All who will ever come, m"), mark("customers"), origin="source",
    reference="clothes dryers, Bass 1969, table 3, in thousand units (from memory)",
)  # fmt: skip
KNOBS = {one.name: one for one in (INNOVATION, IMITATION, POTENTIAL)}
PUBLISHED = {
    "clothes_dryer": (0.017206, 0.35688),
    "room_air_conditioner": (0.010399, 0.41861),
    "black_and_white_television": (0.027877, 0.25105),
    "cable_television": (0.02116, 0.2698),
    "cell_phone": (0.00471, 0.506),
    "cd_player": (0.0017, 0.3991),
}
"""p and q per year of product categories: the first three Bass 1969, table 3 (from memory), the others averages of a
published compilation (Van den Bulte)."""
CATEGORIES = {
    "clothes_dryer": mark("clothes dryers"),
    "room_air_conditioner": mark("room air conditioners"),
    "black_and_white_television": mark("black-and-white television"),
    "cable_television": mark("cable television"),
    "cell_phone": mark("mobile telephones"),
    "cd_player": mark("compact disc players"),
}
FORMS = ("continuous", "discrete")


@dataclass(frozen=True)
class BassPeak:
    """Where a Bass curve is highest.

    Parameters
    ----------
    time : float
        T* = ln(q/p)/(p + q), in periods; 0 where the curve falls from the start (q ≤ p).
    adopters : float
        Height there, adopters per period: m(p + q)²/4q, or mp where the curve falls from the start.
    share : float
        F(T*) = 1/2 − p/2q, the share that has come by then; 0 where the curve falls from the start.
    inside : bool
        Whether there is a peak after the start: q > p.
    """

    time: float
    adopters: float
    share: float
    inside: bool


@with_kinds_told
def bass_rate(time: ArrayLike, *, p: float, q: float) -> Floats:
    """Share of all who come in a unit of time: f(t) = (p + qF)(1 − F), the slope of `bass_share`.

    >>> bass_rate([0.0, 8.1], p=0.017206, q=0.35688).round(4)
    array([0.0172, 0.098 ])
    """
    come = bass_share(time, p=p, q=q)
    return (p + q * come) * (1 - come)


@with_kinds_told
def bass_peak(*, p: float, q: float, potential: float = 1.0) -> BassPeak:
    """When most come at once, and how many.

    Parameters
    ----------
    p, q : float
        Innovation above 0 and imitation from 0, shares per period.
    potential : float
        m, all who will ever come, above 0.

    Returns
    -------
    BassPeak

    Raises
    ------
    InputError
        If a number lies outside its range.

    References
    ----------
    Bass, F. M. (1969). A New Product Growth for Model Consumer Durables. Management Science 15 (5), 215–227.

    Examples
    --------
    >>> peak = bass_peak(p=0.017206, q=0.35688, potential=15.092)
    >>> round(peak.time, 1), round(peak.adopters, 2), peak.inside
    (8.1, 1.48, True)
    """
    innovation, imitation, m = _checked("bass_peak", p, q, potential)
    if imitation <= innovation:
        return BassPeak(0.0, m * innovation, 0.0, False)
    total = innovation + imitation
    return BassPeak(
        time=math.log(imitation / innovation) / total,
        adopters=m * total**2 / (4 * imitation),
        share=0.5 - innovation / (2 * imitation),
        inside=True,
    )


@with_kinds_told
def bass_adopters(periods: int, *, p: float, q: float, potential: float = 1.0, form: str = "continuous") -> Floats:
    """How many come in each period 1, 2, …

    Parameters
    ----------
    periods : int
        How many periods, 1 to 10,000.
    p, q : float
        Innovation above 0 and imitation from 0, shares per period.
    potential : float
        m, above 0.
    form : {"continuous", "discrete"}
        ``"continuous"``: word of mouth works within a period too, S_t = m(F(t) − F(t − 1)). ``"discrete"``: a period
        hears only of the ones before, S_t = (p + qY/m)(m − Y) with Y all who came before it; it runs behind the other.
        The discrete form needs p + q of at most 1: beyond that it would jump over the potential.

    Returns
    -------
    array
        Adopters of every period, in the unit of the potential.

    Raises
    ------
    InputError
        If a number lies outside its range or the form is unknown.

    Examples
    --------
    >>> bass_adopters(5, p=0.017206, q=0.35688, potential=15.092, form="discrete").round(3)
    array([0.26 , 0.346, 0.457, 0.594, 0.758])
    >>> bass_adopters(5, p=0.017206, q=0.35688, potential=15.092).round(3)
    array([0.308, 0.427, 0.578, 0.762, 0.968])
    """
    given = Given("bass_adopters")
    count = given.whole("periods", periods, low=1, high=10_000)
    kind = given.choice("form", form, FORMS)
    innovation, imitation, m = _checked("bass_adopters", p, q, potential, given)
    if kind == "continuous":
        return m * np.diff(bass_share(np.arange(count + 1), p=innovation, q=imitation))
    if innovation + imitation > 1:
        what = say("p + q is {value}: one period would bring more than there are left.",
                   value=format_number(innovation + imitation))  # fmt: skip
        given.add("too_fast", what, advice=say("Take a shorter period, or the continuous form."), column="q")
        given.refuse_if_wrong()
    came, adopters = 0.0, np.empty(count)
    for place in range(count):
        adopters[place] = (innovation + imitation * came / m) * (m - came)
        came += adopters[place]
    return adopters


@with_kinds_told
def bass_table(periods: int, *, p: float, q: float, potential: float = 1.0, form: str = "continuous") -> pd.DataFrame:
    """A Bass curve period by period, with those who came by themselves apart from those who were told.

    Parameters
    ----------
    periods, p, q, potential, form
        As for `bass_adopters`.

    Returns
    -------
    pandas.DataFrame
        ``period`` (from 1), ``adopters``, ``innovators`` (by themselves), ``imitators`` (by word of mouth),
        ``cumulative``, ``share`` (of the potential). A period is divided by the share of `word_of_mouth_share` where it
        begins (discrete) or by the integral of p(1 − F) over it (continuous).

    Raises
    ------
    InputError
        As `bass_adopters`.

    Examples
    --------
    >>> table = bass_table(2, p=0.03, q=0.4, potential=1000, form="discrete")
    >>> print(table[["period", "innovators", "imitators", "cumulative"]].round(1).to_string(index=False))
     period  innovators  imitators  cumulative
          1        30.0        0.0        30.0
          2        29.1       11.6        70.7
    """
    import pandas as pd

    adopters = bass_adopters(periods, p=p, q=q, potential=potential, form=form)
    came = np.cumsum(adopters)
    if form == "discrete":
        alone = p * (potential - np.r_[0.0, came[:-1]])
    else:
        ends = np.arange(len(adopters) + 1)
        # ∫ p(1 − F) dt = (p/q) log((p + qF(t₁))/(p + qF(t₀))), since dF = (p + qF)(1 − F) dt
        run = p / q * np.diff(np.log1p(q / p * bass_share(ends, p=p, q=q))) if q > 1e-12 else adopters / potential
        alone = potential * run
    return pd.DataFrame(
        {
            "period": np.arange(1, len(adopters) + 1),
            "adopters": adopters,
            "innovators": alone,
            "imitators": np.maximum(adopters - alone, 0.0),
            "cumulative": came,
            "share": came / potential,
        }
    )


@with_kinds_told
def draw_bass_adopters(
    periods: int, *, p: float, q: float, potential: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw a history: each of m people comes in the period that their own luck says, by the continuous form.

    Parameters
    ----------
    periods : int
        How many periods are seen.
    p, q : float
        As for `bass_adopters`.
    potential : int
        m, a whole number of people.
    rng : numpy.random.Generator
        The luck.

    Returns
    -------
    array of int
        Adopters of every period; who comes later is not in it.

    Raises
    ------
    InputError
        If a number lies outside its range.

    Examples
    --------
    >>> draw_bass_adopters(4, p=0.03, q=0.4, potential=1000, rng=np.random.default_rng(1)).tolist()
    [31, 54, 79, 72]
    """
    given = Given("draw_bass_adopters")
    people = given.whole("potential", potential, low=1, high=2**53)
    given.refuse_if_wrong()
    shares = bass_adopters(periods, p=p, q=q)
    return rng.multinomial(people, np.r_[shares, max(1.0 - float(shares.sum()), 0.0)])[:-1]


def _checked(asked_by: str, p: float, q: float, potential: float, given: Given | None = None) -> list[float]:
    given = given or Given(asked_by)
    numbers = [given.number("p", p, above=0, high=10), given.number("q", q, low=0, high=10),
               given.number("potential", potential, above=0)]  # fmt: skip
    given.refuse_if_wrong()
    return numbers
