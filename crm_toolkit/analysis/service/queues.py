"""How long customers wait for a free employee, and how many employees are needed: Erlang's formulas.

λ   arrivals in an hour        s   minutes that an employee needs for one        c   employees (agents)
a = λ·s/60   offered load, erlangs: employees who would be busy if nobody waited        ρ = a/c   utilisation

Erlang C (M/M/c: random arrivals, exponential service, nobody gives up):

    P(wait) = C(c, a),   mean wait = C·s / (c − a),   P(wait ≤ T) = 1 − C·exp(−(c − a)·T/s).

With ρ at 1 or above the queue grows without end and there is no answer. Close to 1 waiting explodes: from 80 % to 90 %
it more than doubles. Erlang A lets customers give up after an exponential patience, and then even an overloaded
service has a steady state: the others wait less, because some have left.

Real arrivals come in waves and service times vary otherwise, so take the formulas for a half-hour and not for a day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.service import waiting_share
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count

TARGET_SECONDS = Knob(
    "target_seconds", 20.0, 0.0, 1e7, 5.0, mark("Waiting time that is promised"), unit=mark("seconds"),
    origin="convention", reference="80 % within 20 seconds is a custom of call centres, not an optimum",
)  # fmt: skip
SERVICE_LEVEL = Knob(
    "service_level", 0.8, 0.01, 0.9999, 0.01, mark("Share that is served within the promised waiting time"),
    origin="convention", reference="80 % within 20 seconds is a custom of call centres, not an optimum",
)  # fmt: skip
MOST_AGENTS = 20_000
_MOST_STATES = 5_000_000


@dataclass(frozen=True)
class Waiting:
    """A service in its steady state.

    Parameters
    ----------
    agents : int
    load : float
        Offered load, erlangs.
    utilisation : float
        Share of an agent's time that is taken up; without patience 1 or more means that there is no steady state.
    stable : bool
        Whether there is a steady state. If not, the following values are ``None``.
    wait_probability : float or None
        Share of customers who have to wait.
    mean_wait_minutes, mean_wait_of_waiting_minutes : float or None
        Over all customers, and over those who wait.
    queue_length : float or None
        Customers waiting, on average.
    service_level : float or None
        Share served within ``target_seconds``; with patience ``None``: the formula is another one.
    target_seconds : float
    abandoned : float or None
        Share that gives up; 0 without patience.
    """

    agents: int
    load: float
    utilisation: float
    stable: bool
    wait_probability: float | None
    mean_wait_minutes: float | None
    mean_wait_of_waiting_minutes: float | None
    queue_length: float | None
    service_level: float | None
    target_seconds: float
    abandoned: float | None

    def __str__(self) -> str:
        busy = format_percent(self.utilisation)
        if not self.stable:
            return say_count(
                "{count} agent: utilisation {busy}, the queue grows without end.",
                "{count} agents: utilisation {busy}, the queue grows without end.",
                self.agents,
                busy=busy,
            )
        return say_count(
            "{count} agent: utilisation {busy}, {waiting} wait, on average {minutes} minutes over all.",
            "{count} agents: utilisation {busy}, {waiting} wait, on average {minutes} minutes over all.",
            self.agents,
            busy=busy,
            waiting=format_percent(self.wait_probability or 0.0),
            minutes=format_number(self.mean_wait_minutes or 0.0, 2),
        )


def erlang_c(
    arrivals_per_hour: float,
    service_minutes: float,
    agents: int,
    *,
    target_seconds: float = TARGET_SECONDS.default,
) -> Waiting:
    """Waiting in a service where nobody gives up (M/M/c).

    Parameters
    ----------
    arrivals_per_hour : float
        Customers in an hour, above 0.
    service_minutes : float
        Mean time of an agent for one customer, minutes, above 0.
    agents : int
        1 to 20,000.
    target_seconds : float
        Waiting time within which a customer is to be served, seconds.

    Returns
    -------
    Waiting

    Raises
    ------
    InputError
        If a number lies outside its range.

    References
    ----------
    Erlang, A. K. (1917). Solution of some Problems in the Theory of Probabilities of Significance in Automatic
    Telephone Exchanges. Elektroteknikeren 13.

    Examples
    --------
    >>> waiting = erlang_c(200, 3, 14)
    >>> print(waiting)
    14 agents: utilisation 71.4%, 17.4% wait, on average 0.13 minutes over all.
    >>> round(waiting.service_level, 3)
    0.888
    >>> print(erlang_c(200, 3, 10))
    10 agents: utilisation 100.0%, the queue grows without end.
    """
    rate, minutes, seconds = _checked("erlang_c", arrivals_per_hour, service_minutes, target_seconds)
    count = _whole("erlang_c", agents)
    return _erlang_c(rate * minutes / 60, minutes, count, seconds, rate)


def _erlang_c(load: float, minutes: float, count: int, seconds: float, rate: float) -> Waiting:
    busy = load / count
    if busy >= 1 - 1e-12:
        return Waiting(count, load, busy, False, None, None, None, None, None, seconds, 0.0)
    chance = float(waiting_share(count, busy))
    of_waiting = minutes / (count - load)
    level = 1 - chance * math.exp(-(count - load) * seconds / 60 / minutes)
    return Waiting(count, load, busy, True, chance, chance * of_waiting, of_waiting, rate / 60 * chance * of_waiting,
                   level, seconds, 0.0)  # fmt: skip


def erlang_a(arrivals_per_hour: float, service_minutes: float, agents: int, *, patience_minutes: float) -> Waiting:
    """Waiting in a service where customers give up (M/M/c+M).

    Parameters
    ----------
    arrivals_per_hour, service_minutes, agents
        As of `erlang_c`.
    patience_minutes : float
        Mean time after which a waiting customer gives up, minutes, above 0.

    Returns
    -------
    Waiting
        ``abandoned`` is the share that gives up; waits are those of all customers, until they are served or give up.

    Raises
    ------
    InputError
        If a number lies outside its range.

    References
    ----------
    Palm, C. (1957). Research on Telephone Traffic Carried by Full Availability Groups. Tele 1. Garnett, O., Mandelbaum,
    A., Reiman, M. (2002). Designing a Call Center with Impatient Customers. Manufacturing & Service Operations
    Management 4, 208–227.

    Examples
    --------
    >>> waiting = erlang_a(200, 3, 10, patience_minutes=2)
    >>> round(waiting.abandoned, 3), round(waiting.mean_wait_minutes, 3), round(waiting.utilisation, 3)
    (0.137, 0.275, 0.863)
    """
    rate, minutes, patience = _checked(
        "erlang_a", arrivals_per_hour, service_minutes, patience_minutes, third="patience_minutes"
    )
    count = _whole("erlang_a", agents)
    if not patience > 0:
        what = say("`{name}` can't be {value}.", name="patience_minutes", value=format_number(patience))
        problem = Problem("outside_range", what, say("It must lie above 0."), column="patience_minutes")
        raise InputError(say("`{function}` can't use these numbers.", function="erlang_a"), [problem])
    load, each, leaving = rate * minutes / 60, 60 / minutes, 60 / patience
    longest = count + int(max(rate / leaving * 4, 50) + 20 * math.sqrt(rate / leaving + load))
    if longest > _MOST_STATES:
        what = say("With so many arrivals and so much patience the queue is too long to be worked out.")
        advice = say("Check the units: arrivals are per hour, patience is in minutes.")
        raise InputError(say("`{function}` can't use these numbers.", function="erlang_a"),
                         [Problem("too_many", what, advice=advice, column="arrivals_per_hour")])  # fmt: skip
    state = np.arange(1, longest + 1, dtype="float64")
    deaths = np.minimum(state, count) * each + np.maximum(state - count, 0) * leaving
    log = np.concatenate([[0.0], np.cumsum(np.log(rate) - np.log(deaths))])
    chance = np.exp(log - log.max())
    chance /= chance.sum()
    waiting = float(chance[count:].sum())
    queue = float((np.arange(len(chance) - count) * chance[count:]).sum())
    abandoned = leaving * queue / rate
    mean = queue / rate * 60
    return Waiting(count, load, load * (1 - abandoned) / count, True, waiting, mean, mean / waiting if waiting else 0.0,
                   queue, None, 0.0, abandoned)  # fmt: skip


def agents_required(
    arrivals_per_hour: float,
    service_minutes: float,
    *,
    service_level: float = SERVICE_LEVEL.default,
    target_seconds: float = TARGET_SECONDS.default,
    most_utilisation: float = 1.0,
) -> Waiting:
    """The smallest number of agents that keeps a promise, and what waiting is then.

    Parameters
    ----------
    arrivals_per_hour, service_minutes, target_seconds
        As of `erlang_c`.
    service_level : float
        Share of customers served within ``target_seconds``, 0.01 to 0.9999.
    most_utilisation : float
        Utilisation that is not to be exceeded, above 0; people can't be busy all the time.

    Returns
    -------
    Waiting

    Raises
    ------
    InputError
        If a number lies outside its range, or more than 20,000 agents would be needed.

    Examples
    --------
    >>> agents_required(200, 3).agents, agents_required(200, 3, most_utilisation=0.65).agents
    (14, 16)
    """
    rate, minutes, seconds = _checked("agents_required", arrivals_per_hour, service_minutes, target_seconds)
    level = SERVICE_LEVEL.check(service_level)
    (busiest,) = require_numbers("agents_required", most_utilisation=(most_utilisation, 0.01, 1.0))
    load = rate * minutes / 60
    low = max(math.floor(load) + 1, math.ceil(load / busiest - 1e-9))
    if low <= MOST_AGENTS:
        step = 1
        while low + step <= MOST_AGENTS and not _keeps(load, minutes, low + step, seconds, rate, level):
            step *= 2
        high = min(low + step, MOST_AGENTS)
        if _keeps(load, minutes, high, seconds, rate, level):
            while low < high:
                middle = (low + high) // 2
                if _keeps(load, minutes, middle, seconds, rate, level):
                    high = middle
                else:
                    low = middle + 1
            return _erlang_c(load, minutes, high, seconds, rate)
    what = say("More than {most} agents would be needed.", most=format_number(MOST_AGENTS))
    found = say("The offered load is {load} erlangs.", load=format_number(load, 1))
    advice = say("Check the units: arrivals are per hour, service is in minutes.")
    raise InputError(say("`{function}` found no number of agents.", function="agents_required"),
                     [Problem("too_many", what, found, advice, column="arrivals_per_hour")])  # fmt: skip


def _keeps(load: float, minutes: float, agents: int, seconds: float, rate: float, level: float) -> bool:
    found = _erlang_c(load, minutes, agents, seconds, rate)
    return found.service_level is not None and found.service_level >= level


def waiting_table(
    arrivals_per_hour: float,
    service_minutes: float,
    agents: Iterable[int] | None = None,
    *,
    target_seconds: float = TARGET_SECONDS.default,
) -> pd.DataFrame:
    """Waiting by the number of agents: what one more of them brings.

    Parameters
    ----------
    arrivals_per_hour, service_minutes, target_seconds
        As of `erlang_c`.
    agents : iterable of int, optional
        By default the ten numbers from the smallest that is not overrun.

    Returns
    -------
    pandas.DataFrame
        ``agents``, ``utilisation`` (fraction), ``stable`` (flag), ``wait_probability``, ``mean_wait_minutes``,
        ``service_level`` (fraction within the target), ``queue_length``; the latter four are missing where the queue
        grows without end.

    Raises
    ------
    InputError
        If a number lies outside its range.

    Examples
    --------
    >>> table = waiting_table(200, 3, [10, 12, 14])
    >>> print(table[["agents", "utilisation", "mean_wait_minutes", "service_level"]].round(3).to_string(index=False))
     agents  utilisation  mean_wait_minutes  service_level
         10        1.000                NaN            NaN
         12        0.833              0.674          0.640
         14        0.714              0.131          0.888
    """
    rate, minutes, seconds = _checked("waiting_table", arrivals_per_hour, service_minutes, target_seconds)
    load = rate * minutes / 60
    start = math.floor(load) + 1
    chosen: list[Any]
    if agents is None:
        chosen = list(range(start, start + 10))
    else:
        chosen = list(agents) if isinstance(agents, Iterable) else [agents]
    counts = [_whole("waiting_table", one) for one in chosen]
    if not counts:
        raise InputError(say("`{function}` can't use these numbers.", function="waiting_table"),
                         [Problem("empty", say("No number of agents is given."), column="agents")])  # fmt: skip
    found = [_erlang_c(load, minutes, one, seconds, rate) for one in counts]
    names = ["agents", "utilisation", "stable", "wait_probability", "mean_wait_minutes", "service_level",
             "queue_length"]  # fmt: skip
    table = pd.DataFrame({name: [getattr(one, name) for one in found] for name in names})
    return table.astype(dict.fromkeys(names[3:], "float64"))


def _checked(asked_by: str, rate: Any, minutes: Any, last: Any, *, third: str = "target_seconds") -> list[float]:
    numbers = require_numbers(
        asked_by, arrivals_per_hour=(rate, 1e-9, 1e9), service_minutes=(minutes, 1e-9, 1e6), **{third: (last, 0.0, 1e7)}
    )
    return numbers


def _whole(asked_by: str, agents: Any) -> int:
    (number,) = require_numbers(asked_by, agents=(agents, 1, MOST_AGENTS))
    if number != int(number):
        what = say("`{name}` must be a whole number, not {value}.", name="agents", value=agents)
        raise InputError(say("`{function}` can't use these numbers.", function=asked_by),
                         [Problem("outside_range", what, column="agents")])  # fmt: skip
    return int(number)
