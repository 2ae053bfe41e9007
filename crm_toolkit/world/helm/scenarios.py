"""Scenarios of the game: numbers that differ, the standing decision, and a course of circumstances by quarter.

A scenario is a TOML file. Its events stand from their quarter on (a leak: in that quarter only), and each tells its
origin. The words of its title, its story and its news stand here, where they can be translated.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say
from crm_toolkit.world.helm.levers import Decision
from crm_toolkit.world.helm.parameters import CIRCUMSTANCES, FOR_ONE_QUARTER, KNOBS, QUARTERS

if TYPE_CHECKING:
    import pandas as pd

TITLES: dict[str, str] = {
    "growth": mark("Growth with a bottleneck"),
    "price_war": mark("Price war"),
    "data_leak": mark("Data leak"),
    "burnout": mark("Staff burnout"),
    "aggregator": mark("A new aggregator"),
    "law": mark("A change of law"),
    "rival_programme": mark("A competitor's programme"),
    "honest_end": mark("An honest end of the own programme"),
}
STORIES: dict[str, str] = {
    "growth": mark("The town grows and new people ask for you. Your staff is already at its limit."),
    "price_war": mark("A competitor prepares to buy the market with low prices."),
    "data_leak": mark("Everybody in the house sees everything about every client. So far nothing has happened."),
    "burnout": mark("The team is small, tired and loyal. Other employers have begun to call."),
    "aggregator": mark("A platform wants to bring you clients, for a commission, and owns them."),
    "law": mark("A stricter law on personal data is being discussed. Nobody knows from when on."),
    "rival_programme": mark("The competitor prints cards. Your board asks for a programme as well."),
    "honest_end": mark("Your programme gives back a tenth of every purchase. It costs more than it brings."),
}
NEWS: dict[str, str] = {
    "growth_1": mark("New housing: more people than ever look for a service like yours."),
    "growth_2": mark("The building of housing slows down; fewer people move in."),
    "war_1": mark("The competitor cuts prices by 12 per cent."),
    "war_2": mark(
        "The competitor goes down to three quarters of the usual price. “Until they give up”, says its owner."
    ),
    "war_3": mark("The competitor raises its prices again; its lender has lost patience."),
    "leak_1": mark("Client data of a supplier stand on the net. Among them are records of its customers."),
    "burn_1": mark("Employers in the region are looking for people; wages rise by a tenth."),
    "burn_2": mark("The labour market calms down."),
    "agg_1": mark("The aggregator “All at once” opens in town; a third of those who search do it there."),
    "agg_2": mark("“All at once” raises its commission."),
    "law_1": mark("The law on personal data is passed and comes into force in two quarters."),
    "law_2": mark("The law is in force: wide access and points that expire within half a year are fined."),
    "prog_1": mark("The competitor starts a programme with points."),
    "prog_2": mark("The competitor doubles its points."),
    "prog_3": mark("The competitor halves the value of the points that were saved. Its clients are angry."),
    "quiet": mark("Nothing of note on the market."),
}


@dataclass(frozen=True)
class Event:
    """A turn of events.

    Parameters
    ----------
    quarter : int
        From 1.
    news : str
        One of `NEWS`.
    circumstances : mapping of str to float
        What it changes, by names of `parameters.CIRCUMSTANCES`.
    origin : str
        Kind of origin; reasons stand in the file.
    """

    quarter: int
    news: str
    circumstances: Mapping[str, float]
    origin: str


@dataclass(frozen=True)
class HelmScenario:
    """A scenario, ready to be played; made by `helm_scenario`.

    Parameters
    ----------
    name : str
    numbers : mapping of str to float
        A value for every name in `parameters.KNOBS`.
    origins : mapping of str to tuple
        Kind and reason for each number.
    start : Decision
        How the levers stand when the player comes.
    beginning : mapping of str to float
        ``cash``, ``skill``, ``fatigue``, ``trust``, ``points`` (mean balance of a client), ``data`` (share recorded).
    events : tuple of Event

    Examples
    --------
    >>> told = helm_scenario("price_war")
    >>> told.circumstances(1)["rival_price"], told.circumstances(5)["rival_price"]
    (1.0, 0.76)
    """

    name: str
    numbers: Mapping[str, float]
    origins: Mapping[str, tuple[str, str]]
    start: Decision
    beginning: Mapping[str, float]
    events: tuple[Event, ...] = field(default=())

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return say(TITLES[self.name])

    @property
    def story(self) -> str:
        """How it begins, in the reader's language."""
        return say(STORIES[self.name])

    def circumstances(self, quarter: int) -> dict[str, float]:
        """What stands around the organisation in a quarter, from 1."""
        now = {name: float(knob.default) for name, knob in CIRCUMSTANCES.items()}
        for event in self.events:
            for name, value in event.circumstances.items():
                if event.quarter == quarter or (event.quarter < quarter and name not in FOR_ONE_QUARTER):
                    now[name] = value
        return now

    def news(self, quarter: int) -> tuple[str, ...]:
        """What the papers say in a quarter, in the reader's language."""
        told = tuple(say(NEWS[event.news]) for event in self.events if event.quarter == quarter)
        return told or (say(NEWS["quiet"]),)

    def table(self) -> pd.DataFrame:
        """Every number with label, unit and origin, in the reader's language.

        Returns
        -------
        DataFrame
            ``name``, ``label``, ``value``, ``unit``, ``origin``, ``reference``.
        """
        import pandas as pd

        rows = [
            {"name": name, "label": say(knob.label), "value": self.numbers[name],
             "unit": say(knob.unit) if knob.unit else "", "origin": self.origins[name][0],
             "reference": self.origins[name][1]}
            for name, knob in KNOBS.items()
        ]  # fmt: skip
        return pd.DataFrame(rows)


def helm_scenario_names() -> list[str]:
    """The names of all scenarios of the game, the default first.

    >>> len(helm_scenario_names())
    8
    """
    return list(TITLES)


def helm_scenario(name: str = "growth", /) -> HelmScenario:
    """Open a scenario of the game.

    Parameters
    ----------
    name : str
        One of `helm_scenario_names`.

    Returns
    -------
    HelmScenario

    Raises
    ------
    InputError
        If there is no such scenario.

    Examples
    --------
    >>> helm_scenario("burnout").start.staff < helm_scenario().start.staff + 5
    True
    """
    if name not in TITLES:
        close = near_misses(str(name), list(TITLES))
        advice = (say("Did you mean `{close}`?", close=close[0]) if close
                  else say("Possible: {names}.", names=join_names(TITLES)))  # fmt: skip
        what = say("There is no scenario “{name}”.", name=name)
        raise InputError(say("The game can't begin."), [Problem("unknown_name", what, advice=advice)])
    return _opened(name)


@cache
def _opened(name: str) -> HelmScenario:
    """The scenario of a file. A mistake in a file is ours, so it is a plain ValueError."""
    file = resources.files("crm_toolkit.world.helm") / "scenarios" / f"{name}.toml"
    told: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    numbers = {key: float(knob.default) for key, knob in KNOBS.items()}
    origins = {key: (knob.origin, knob.reference) for key, knob in KNOBS.items()}
    for key, given in told.get("numbers", {}).items():
        numbers[key] = float(KNOBS[key].check(given["value"]))
        origins[key] = (given["origin"], given["reference"])
    beginning = {"cash": 30_000.0, "skill": 1.0, "fatigue": 0.2, "trust": 0.8, "points": 0.0, "data": 0.35}
    for key, given in told.get("beginning", {}).items():
        if key not in beginning:
            raise ValueError(f"scenario {name!r}: unknown beginning {key!r}")
        beginning[key] = float(given["value"])
    events = []
    for one in told.get("events", ()):
        changed = {key: float(CIRCUMSTANCES[key].check(value)) for key, value in one["circumstances"].items()}
        if one["news"] not in NEWS or not 1 <= one["quarter"] <= QUARTERS:
            raise ValueError(f"scenario {name!r}: event {one}")
        events.append(Event(one["quarter"], one["news"], changed, one["origin"]))
    start = Decision().with_(**told.get("start", {}))
    return HelmScenario(name, numbers, origins, start, beginning, tuple(events))
