"""Incidents after which people left a service, told in a few sentences, with the reason that was planted.

An incident is put together from parts of our own (`switching_incidents.toml`): how it was, in some of them a grievance
that would have been borne, what decided it, how it ended. What decided it belongs to one of the eight kinds of
Keaveney (1995), and that kind is the key. The same number tells the same story in both languages.

The mix of kinds is an assumption: even enough that a learner meets all of them. It estimates nothing about real
services; what people really told is `analysis.incidents.PUBLISHED`.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from crm_toolkit.analysis.incidents import REASONS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import language, mark, say

_PARTS = Path(__file__).with_name("switching_incidents.toml")
SECTIONS = {
    "pricing": "pricing",
    "inconvenience": "inconvenience",
    "core_service_failure": "core",
    "failed_encounter": "encounter",
    "response_to_failure": "response",
    "competition": "competition",
    "ethical_problem": "ethical",
    "involuntary": "involuntary",
}
"""Reason → its section of the file of parts."""
MIX = {
    "pricing": 5, "inconvenience": 4, "core_service_failure": 7, "failed_encounter": 6, "response_to_failure": 5,
    "competition": 4, "ethical_problem": 3, "involuntary": 3,
}  # fmt: skip
"""Weights of the reasons; an assumption of the course: the order of the published shares, levelled."""
COUNT = Knob(
    "count", 300, 8, 5_000, 1, mark("Incidents"), origin="convention", reference="a seminar's worth of codings"
)
MIXED = Knob(
    "mixed", 0.4, 0.0, 1.0, 0.05, mark("Share of incidents with a second, smaller grievance"), origin="assumption",
    reference="people told Keaveney of more than one reason in many incidents",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class SwitchingIncidents:
    """Incidents and, apart from them, their key.

    Parameters
    ----------
    texts : pandas.DataFrame
        ``incident_id`` (from 1), ``service`` (code), ``text`` (in one language): what a coder sees.
    key : pandas.DataFrame
        ``incident_id``, ``reason`` (what decided it), ``also`` (the smaller grievance; missing where there is none).
    """

    texts: pd.DataFrame
    key: pd.DataFrame


def make_switching_incidents(
    count: int = int(COUNT.default), *, seed: int = 1, mixed: float = MIXED.default
) -> SwitchingIncidents:
    """Make incidents of switching to be coded, in the language spoken now, with their key.

    Parameters
    ----------
    count : int
        How many, 8 to 5,000; the first ones are the same whatever the number.
    seed : int
        Of the luck.
    mixed : float
        Share of incidents that tell of a second, smaller grievance too, a fraction.

    Returns
    -------
    SwitchingIncidents

    Raises
    ------
    InputError
        If a number is out of range.

    References
    ----------
    Keaveney, S. M. (1995). Customer Switching Behavior in Service Industries: An Exploratory Study. Journal of
    Marketing 59(2), 71–82. The kinds are hers; every text is ours.

    Examples
    --------
    >>> made = make_switching_incidents(20, seed=3)
    >>> print(made.texts["text"].iloc[3][44:])
    Every visit began with forty minutes in the queue. That was our last visit.
    >>> made.key["reason"].head(2).tolist()
    ['competition', 'inconvenience']
    """
    number, share = int(COUNT.check(count)), MIXED.check(mixed)
    if isinstance(seed, bool) or not isinstance(seed, int):
        what = say("`{name}` can't be {value}.", name="seed", value=repr(seed))
        raise InputError(say("`{function}` can't use these numbers.", function="make_switching_incidents"),
                         [Problem("outside_range", what, column="seed")])  # fmt: skip
    code, parts = str(language()), _parts()
    texts, key = [], []
    for place in range(1, number + 1):
        service, told, reason, also = _incident(random.Random(f"incident|{seed}|{place}"), parts, share)
        texts.append((place, service, " ".join(part[code] for part in told)))
        key.append((place, reason, also))
    return SwitchingIncidents(
        pd.DataFrame(texts, columns=["incident_id", "service", "text"]),
        pd.DataFrame(key, columns=["incident_id", "reason", "also"]),
    )


def _incident(
    luck: random.Random, parts: Mapping[str, Any], mixed: float
) -> tuple[str, list[dict[str, str]], str, str | None]:
    service = luck.choice(sorted(parts["openings"]))
    reason = luck.choices(list(MIX), weights=list(MIX.values()))[0]
    opening, ending = luck.choice(parts["openings"][service]), luck.choice(parts["endings"])
    section = parts[SECTIONS[reason]]
    causes = section[service]["causes"] if reason == "core_service_failure" else section["causes"]
    cause = luck.choice([one for one in causes if service not in one.get("not_for", ())])
    smaller = luck.choice([one for one in REASONS if one not in (reason, "core_service_failure")])
    grievance, bridge = luck.choice(parts[SECTIONS[smaller]]["small"]), luck.choice(parts["bridges"])
    if luck.random() < mixed:
        return service, [opening, grievance, bridge, cause, ending], reason, smaller
    return service, [opening, cause, ending], reason, None


@lru_cache(maxsize=1)
def _parts() -> dict[str, Any]:
    return tomllib.loads(_PARTS.read_text(encoding="utf-8"))
