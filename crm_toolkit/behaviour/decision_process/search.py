"""When to stop searching: look on while what another look may bring is more than it costs.

reservation value   z solves  cost = E[max(X − z, 0)]:  an alternative of unknown worth X is worth looking at exactly as
                    long as the best one found so far is below z (Weitzman 1979; from memory, not checked)
search rule         open in the order of falling z; stop when the best found is at least the next z; take the best
fixed sample        decide beforehand to look at n: the n that makes E[max of n] − n·cost largest (Stigler 1961; after
                    memory)

Worth and cost share one unit: points of worth, or money. Alternatives that were seen stay available. Worth that is not
known yet is normal, or one of a few values; people do not compute this, it is a yardstick for how much search pays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_toolkit.behaviour.decision_process.numbers import Floats, checked_numbers
from crm_toolkit.behaviour.decision_rules.kinds import takes
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, join_names, say

MOST_LOOKS = 1000


def gain_of_another_look(best: Any, mean: Any, sd: Any) -> Floats:
    """What one more look at an alternative of normal worth adds to the best so far: E[max(X − best, 0)].

    Parameters
    ----------
    best, mean, sd : float or array
        Best worth so far; mean and standard deviation of the unknown worth.

    Examples
    --------
    >>> gain_of_another_look([50, 60], 50, 10).round(3).tolist()
    [3.989, 0.833]
    """
    given = {"best": best, "mean": mean, "sd": sd}
    anything = (-np.inf, np.inf)
    numbers = checked_numbers(given, {"best": anything, "mean": anything, "sd": (0.0, np.inf)},
                              say("The gain of a look can't be worked out."), together=tuple(given))  # fmt: skip
    return _gain(numbers["best"], numbers["mean"], numbers["sd"])


def reservation_value(mean: Any, sd: Any, cost: Any) -> Floats:
    """The best worth so far from which another look at a normal alternative no longer pays.

    Parameters
    ----------
    mean, sd : float or array
        Of the unknown worth; ``sd`` 0 or more.
    cost : float or array
        Of one look, above 0, in the unit of the worth.

    Returns
    -------
    array
        z with E[max(X − z, 0)] = cost, to rounding. Below ``mean − cost`` looking is sure to pay.

    Raises
    ------
    InputError
        If a number is missing or outside its range.

    Examples
    --------
    >>> z = reservation_value(50, 10, [1, 3.989422804, 8])
    >>> z.round(3).tolist()
    [59.023, 50.0, 43.573]
    """
    given = {"mean": mean, "sd": sd, "cost": cost}
    ranges = {"mean": (-np.inf, np.inf), "sd": (0.0, np.inf), "cost": (np.nextafter(0, 1), np.inf)}
    numbers = checked_numbers(given, ranges, say("The reservation value can't be worked out."), together=tuple(given))
    centre, spread, price = np.broadcast_arrays(numbers["mean"], numbers["sd"], numbers["cost"])
    low, high = centre - price, centre + 45 * spread  # the gain falls with z, and is nothing 45 deviations up
    for _ in range(100):
        middle = (low + high) / 2
        pays = _gain(middle, centre, spread) > price
        low, high = np.where(pays, middle, low), np.where(pays, high, middle)
    return np.where(spread > 0, (low + high) / 2, centre - price)


@takes(values="list", probabilities="list")
def reservation_value_of(values: Sequence[float], cost: float, probabilities: Sequence[float] | None = None) -> float:
    """The same for an alternative whose worth is one of a few values, in closed form.

    Examples
    --------
    A look costs 20 and finds 240 one time in five, else nothing:

    >>> reservation_value_of([240, 0], 20, [0.2, 0.8])
    140.0
    """
    heading = say("The reservation value can't be worked out.")
    chances = [1 / max(len(values), 1)] * len(values) if probabilities is None else list(probabilities)
    given: dict[str, Any] = {"values": list(values), "probabilities": chances, "cost": cost}
    ranges = {"values": (-np.inf, np.inf), "probabilities": (0.0, 1.0), "cost": (np.nextafter(0, 1), np.inf)}
    numbers = checked_numbers(given, ranges, heading, together=("values", "probabilities"))
    worth, share = numbers["values"], numbers["probabilities"]
    if not len(worth) or abs(float(share.sum()) - 1) > 1e-9:
        what = say("The probabilities must add up to 1.") if len(worth) else say("There are no values.")
        raise InputError(heading, [Problem("bad_probabilities", what)])
    order = np.argsort(-worth, kind="stable")
    worth, share = worth[order], share[order]
    taken, sums = np.cumsum(share), np.cumsum(share * worth)
    price = float(numbers["cost"])
    lower = np.append(worth[1:], -np.inf)  # the top k values lie above z, the others below
    z = (sums - price) / np.where(taken > 0, taken, np.nan)
    fits = (taken > 0) & (z >= lower - 1e-12 * np.abs(np.where(np.isinf(lower), 0, lower)))
    return float(z[np.argmax(fits)])


@dataclass(frozen=True)
class SearchPath:
    """What was looked at in which order, and where it stopped.

    Parameters
    ----------
    order : tuple of str
        All alternatives by falling reservation value; equal ones in the order given.
    reservation : mapping of str to float
    inspected : tuple of str
        Those looked at, in this order; empty where even the first look does not pay.
    chosen : tuple of str
        The best found; several if they tie; empty where nothing was looked at.
    best : float
        Worth of the chosen, or of what one has without search.
    spent : float
        Cost of all looks.
    """

    order: tuple[str, ...]
    reservation: Mapping[str, float]
    inspected: tuple[str, ...]
    chosen: tuple[str, ...]
    best: float
    spent: float

    @property
    def text(self) -> str:
        """The search as a sentence."""
        if not self.inspected:
            return say("No look pays: nothing promises more than it costs.")
        following = next((name for name in self.order if name not in self.inspected), None)
        seen = join_names(self.inspected)
        if following is None:
            return say("All are looked at: {seen}; best: {best}.", seen=seen, best=join_names(self.chosen) or "–")
        return say("Looked at: {seen}. {next} is not: the best found, {best}, is at least its reservation value, {z}.",
                   seen=seen, next=following, best=format_number(self.best),
                   z=format_number(self.reservation[following], 2))  # fmt: skip


@takes(reservation="numbers", found="numbers", costs="numbers")
def search_path(reservation: Mapping[str, float], found: Mapping[str, float], costs: Mapping[str, float],
                *, have: float | None = None) -> SearchPath:  # fmt: skip
    """Follow the search rule with what would really be found.

    Parameters
    ----------
    reservation : mapping of str to float
        Reservation value by alternative (`reservation_value`).
    found : mapping of str to float
        Worth that a look would show.
    costs : mapping of str to float
        Cost of a look, 0 or more.
    have : float, optional
        Worth of what one has without any search; by default there is nothing to fall back on.

    Returns
    -------
    SearchPath

    Raises
    ------
    InputError
        If a number is missing or the three name different alternatives.

    Examples
    --------
    >>> z = {"near": 70.0, "far": 140.0}
    >>> path = search_path(z, {"near": 55, "far": 0}, {"near": 15, "far": 20})
    >>> path.inspected, path.chosen, path.spent
    (('far', 'near'), ('near',), 35.0)
    """
    heading = say("The search can't be followed.")
    names = list(reservation)
    problems = []
    for label, one in (("found", found), ("costs", costs)):
        if set(one) != set(names):
            what = say("`{name}` must name the same alternatives as `reservation`.", name=label)
            problems.append(Problem("different_names", what, column=label))
    if not names:
        problems.append(Problem("empty", say("There is no alternative.")))
    if problems:
        raise InputError(heading, problems)
    for label, numbers, least in (
        ("reservation", reservation, -np.inf),
        ("found", found, -np.inf),
        ("costs", costs, 0.0),
    ):
        checked_numbers({label: list(numbers.values())}, {label: (least, np.inf)}, heading, together=(label,))
    if have is not None:
        checked_numbers({"have": have}, {"have": (-np.inf, np.inf)}, heading)
    order = tuple(sorted(names, key=lambda name: -reservation[name]))
    best, seen, spent = -np.inf if have is None else float(have), [], 0.0
    for name in order:
        if best >= reservation[name]:
            break
        seen.append(name)
        spent += float(costs[name])
        best = max(best, float(found[name]))
    chosen = tuple(name for name in seen if found[name] >= best)
    return SearchPath(order, {name: float(reservation[name]) for name in order}, tuple(seen), chosen, best, spent)


def fixed_sample_size(sd: float, cost: float, *, most: int = 100) -> tuple[int, Floats]:
    """How many equally promising normal alternatives to look at if that is decided beforehand.

    Parameters
    ----------
    sd : float
        Standard deviation of worth among them, 0 or more.
    cost : float
        Of one look, above 0.
    most : int
        How many there are, at most `MOST_LOOKS`.

    Returns
    -------
    int
        The n with the largest E[max of n] − n·cost, the smallest such n; at least 1.
    array
        Net gain over an average alternative for n = 1 … ``most``.

    Examples
    --------
    >>> count, net = fixed_sample_size(10, 1.5)
    >>> count, net[:4].round(2).tolist()
    (4, [-1.5, 2.64, 3.96, 4.29])
    """
    ranges = {"sd": (0.0, np.inf), "cost": (np.nextafter(0, 1), np.inf), "most": (1, MOST_LOOKS)}
    heading = say("The size of a sample can't be worked out.")
    numbers = checked_numbers({"sd": sd, "cost": cost, "most": most}, ranges, heading)
    looks = np.arange(1.0, int(numbers["most"]) + 1)
    net = float(numbers["sd"]) * _expected_best(looks) - looks * float(numbers["cost"])
    return int(np.argmax(net >= net.max() - 1e-12)) + 1, net


def _gain(best: Floats, mean: Floats, sd: Floats) -> Floats:
    from scipy.special import ndtr

    spread = np.where(sd > 0, sd, 1.0)
    z = (mean - best) / spread
    smooth = spread * (z * ndtr(z) + np.exp(-z * z / 2) / np.sqrt(2 * np.pi))
    return np.where(sd > 0, np.maximum(smooth, 0.0), np.maximum(mean - best, 0.0))


def _expected_best(looks: Floats) -> Floats:
    """Expected largest of n standard normal numbers: ∫₀ (1 − Φⁿ) − ∫₋₀ Φⁿ; good to about six digits."""
    from scipy.special import log_ndtr

    right = np.linspace(0.0, 9.0, 1001)
    above, below = (np.exp(looks[:, None] * log_ndtr(sign * right)[None, :]) for sign in (1.0, -1.0))
    height = 1 - above - below
    return (height.sum(axis=1) - (height[:, 0] + height[:, -1]) / 2) * (right[1] - right[0])
