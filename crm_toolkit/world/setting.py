"""Scenarios: a service organisation and its customers, told in numbers that each have an origin.

A scenario is a file of `scenarios/`, laid over what all of them share, in one locale, with whatever a person
changes. Nothing is drawn here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm import Campaign, Policy, WeeklyPoints
from crm_toolkit.knobs import ORIGINS
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import join_names, language, say
from crm_toolkit.world.parameters import KNOBS, MECHANISMS
from crm_toolkit.world.people.population import Demographics

if TYPE_CHECKING:
    import pandas as pd

LOCALES = {"en": "en_US", "ru": "ru_RU"}
GENERATOR_VERSION = "1"
_IN_MONEY = ("ticket_gamma", "fee", "advertising_cost", "wage", "rent")
_PEOPLE = tuple(field.name for field in fields(Demographics) if field.name not in ("locale", "income_median"))


@dataclass(frozen=True)
class Origin:
    """Where a number comes from: the kind of origin, and the source or the reason in English."""

    kind: str
    reference: str = ""


@dataclass(frozen=True)
class Scenario:
    """A scenario, ready to be simulated; made by `scenario`.

    Parameters
    ----------
    name, locale, currency : str
    start : date
        First day, a Monday.
    contractual : bool
        Whether customers sign a membership and pay a fee every four weeks.
    ticket : {"basket", "gamma_gamma"}
        Where the money of an order comes from.
    numbers : mapping of str to float
        A value for every name in `parameters.KNOBS`; money in currency units of the locale.
    mechanisms : mapping of str to bool
        Which mechanisms are switched on, by the names in `parameters.MECHANISMS`.
    lists : mapping
        Products, shares of channels, months and the like.
    demographics : Demographics
        Who the people are.
    policy : Policy
        What the organisation does in this scenario.
    origins : mapping of str to Origin
        Where each number and list comes from.

    Examples
    --------
    >>> shop = scenario("barbershop", locale="en_US")
    >>> shop["r"], shop.origin("r").kind
    (1.7, 'calibrated')
    """

    name: str
    locale: str
    currency: str
    start: dt.date
    time_zone: str
    contractual: bool
    ticket: str
    numbers: Mapping[str, float]
    mechanisms: Mapping[str, bool]
    lists: Mapping[str, Any]
    demographics: Demographics
    policy: Policy
    origins: Mapping[str, Origin]
    version: str = GENERATOR_VERSION

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]

    def on(self, mechanism: str) -> bool:
        """Whether a mechanism is switched on."""
        return self.mechanisms[mechanism]

    def origin(self, name: str) -> Origin:
        """Where a number or a list comes from."""
        return self.origins[name]

    def fingerprint(self) -> str:
        """A digest of everything that can change what the scenario makes, origins and words left out.

        >>> scenario("barbershop").fingerprint() == scenario("barbershop", r=3).fingerprint()
        False
        """
        everything = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "origins"}
        everything["demographics"], everything["policy"] = asdict(self.demographics), asdict(self.policy)
        text = json.dumps(everything, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def table(self) -> pd.DataFrame:
        """Every number with label, unit and origin, in the reader's language: what a learner may believe and why.

        Returns
        -------
        DataFrame
            ``name``, ``label``, ``value``, ``unit``, ``origin``, ``reference``.
        """
        import pandas as pd

        rows = [
            {
                "name": name,
                "label": say(knob.label),
                "value": self.numbers[name],
                "unit": say(knob.unit) if knob.unit else "",
                "origin": self.origins[name].kind,
                "reference": self.origins[name].reference,
            }
            for name, knob in KNOBS.items()
        ]
        return pd.DataFrame(rows)


def scenario_names() -> list[str]:
    """The names of all scenarios.

    >>> "hotel" in scenario_names()
    True
    """
    folder = resources.files("crm_toolkit.world") / "scenarios"
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir()
                  if file.name.endswith(".toml") and not file.name.startswith("_"))  # fmt: skip


@with_kinds_told
def scenario(name: str = "fitness_club", /, *, locale: str | None = None, **changes: Any) -> Scenario:
    """Open a scenario, with any of its numbers and mechanisms changed.

    Parameters
    ----------
    name : str
        One of `scenario_names`.
    locale : {"en_US", "ru_RU"}, optional
        Whose names, places and money; by default those of the reader's language.
    **changes
        A number by its name in `parameters.KNOBS` (``failure_share=0.1``), or a mechanism by its name in
        `parameters.MECHANISMS` (``season=False``).

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        All problems at once: unknown scenario, locale or name, a value outside its range; with what is allowed.

    Examples
    --------
    >>> scenario("hotel", price_level=1.1, season=False)["price_level"]
    1.1
    >>> scenario("hotel", price_levle=1.1)
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: The scenario can't be made.
    <BLANKLINE>
    1. There is no number or mechanism `price_levle`.
       Did you mean `price_level`?
    """
    problems: list[Problem] = []
    known = scenario_names()
    if name not in known:
        problems.append(_unknown(say("There is no scenario “{name}”.", name=name), name, known))
    chosen = LOCALES[str(language())] if locale is None else locale
    if chosen not in LOCALES.values():
        what = say("There is no locale “{name}”.", name=chosen)
        problems.append(Problem("unknown_locale", what, advice=_allowed(LOCALES.values()), column="locale"))
    numbers, mechanisms = _checked(changes, problems)
    if problems:
        raise InputError(say("The scenario can't be made."), problems)
    plain = _opened(name, chosen)
    origins = {**plain.origins, **dict.fromkeys((*numbers, *mechanisms), Origin("assumption", "changed by the user"))}
    return replace(
        plain,
        numbers={**plain.numbers, **numbers},
        mechanisms={**plain.mechanisms, **mechanisms},
        origins=origins,
    )


def _checked(changes: Mapping[str, Any], problems: list[Problem]) -> tuple[dict[str, float], dict[str, bool]]:
    numbers: dict[str, float] = {}
    mechanisms: dict[str, bool] = {}
    for name, value in changes.items():
        if name in KNOBS:
            try:
                numbers[name] = KNOBS[name].check(value)
            except InputError as letter:
                problems += [Problem(one.code, f"{letter.heading} {one.what}", column=name) for one in letter.problems]
        elif name in MECHANISMS:
            if isinstance(value, bool):
                mechanisms[name] = value
            else:
                what = say("The mechanism `{name}` is switched by True or False, not by {value}.", name=name,
                           value=repr(value))  # fmt: skip
                problems.append(Problem("not_a_switch", what, column=name))
        else:
            what = say("There is no number or mechanism `{name}`.", name=name)
            problems.append(_unknown(what, name, [*KNOBS, *MECHANISMS]))
    return numbers, mechanisms


def _unknown(what: str, name: str, known: list[str]) -> Problem:
    close = near_misses(name, known)
    advice = say("Did you mean `{close}`?", close=close[0]) if close else _allowed(known, most=200)
    return Problem("unknown_name", what, advice=advice, column=name)


def _allowed(names: Any, most: int = 20) -> str:
    return say("Possible: {names}.", names=join_names(names, most=most))


def _read(name: str) -> dict[str, Any]:
    file = resources.files("crm_toolkit.world") / "scenarios" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def _opened(name: str, locale: str) -> Scenario:
    """The scenario of a file, unchanged. A mistake in a file is ours, so it is a plain ValueError."""
    common, own = _read("_common"), _read(name)
    told = {**common, **{key: value for key, value in own.items() if not isinstance(value, dict)}}
    names = ("lists", "people", "numbers", "mechanisms")
    sections = {key: {**common.get(key, {}), **own.get(key, {})} for key in names}
    origins: dict[str, Origin] = {knob.name: Origin(knob.origin) for knob in KNOBS.values()}
    money = {**common["locales"][locale], **own.get("locales", {}).get(locale, {})}
    unit = _value(money["price_unit"], "price_unit", origins)
    numbers = {name_: float(knob.default) for name_, knob in KNOBS.items()}
    for key, entry in sections["numbers"].items():
        numbers[key] = float(KNOBS[key].check(_value(entry, key, origins)))
    for key in _IN_MONEY:
        numbers[key] = round(numbers[key] * unit, 6)
    lists = {key: _value(entry, key, origins) for key, entry in sections["lists"].items()}
    lists["products"] = tuple((*row[:3], round(row[3] * unit, 2), *row[4:]) for row in lists["products"])
    people = {key: _value(entry, key, origins) for key, entry in sections["people"].items() if key in _PEOPLE}
    income = float(_value(money["income_median"], "income_median", origins))
    people["residence"] = tuple(people["residence"])
    mechanisms = {**dict.fromkeys(MECHANISMS, True), "crowding": False, **sections["mechanisms"]}
    if unknown := set(mechanisms) - set(MECHANISMS):
        raise ValueError(f"{name}.toml: no mechanisms {sorted(unknown)}")
    return Scenario(
        name=name, locale=locale, currency=money["currency"], start=told["start"], time_zone=told["time_zone"],
        contractual=told["contractual"], ticket=told["ticket"], numbers=numbers, mechanisms=mechanisms, lists=lists,
        demographics=Demographics(locale=locale, income_median=income, **people),
        policy=_policy(own, unit, origins), origins=origins,
    )  # fmt: skip


def _value(entry: Any, name: str, origins: dict[str, Origin]) -> Any:
    if not isinstance(entry, dict) or set(entry) != {"value", "origin", "reference"} or entry["origin"] not in ORIGINS:
        raise ValueError(f"{name}: a number is written {{ value = …, origin = …, reference = … }}")
    origins[name] = Origin(entry["origin"], entry["reference"])
    return entry["value"]


def _policy(own: dict[str, Any], unit: float, origins: dict[str, Origin]) -> Policy:
    campaigns = []
    for entry in own.get("campaigns", []):
        values = dict(entry)
        origins[f"campaign {entry['name']}"] = Origin(values.pop("origin"), values.pop("reference", ""))
        campaigns.append(Campaign(**{**values, "contact_cost": round(values.get("contact_cost", 0.05) * unit, 2)}))
    loyalty = None
    if "loyalty" in own:
        values = dict(own["loyalty"])
        origins["loyalty"] = Origin(values.pop("origin"), values.pop("reference", ""))
        values["points_per_unit"] = round(values["points_per_unit"] / unit, 9)
        loyalty = WeeklyPoints(**{**values, "reward": values["reward"] * unit})
    return Policy(campaigns=tuple(campaigns), loyalty=loyalty)
