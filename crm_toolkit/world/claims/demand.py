"""Demand: who comes when, to which department, with what cause and what luck. It knows nothing of the organisation.

Every draw is addressed by (seed, purpose, contact, replication), so both arms of an experiment meet the same demand,
and a draw moves in one direction when its number moves: a customer who uses several departments at a share of 0.3 does
so at 0.5 too. Time runs in working minutes from the first morning on; nobody comes when nobody works.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.streams import Stream
from crm_toolkit.world.claims.questions import DEPARTMENTS, SUBJECTS, subject_weights
from crm_toolkit.world.claims.setting import ClaimsSetting

ATTEMPTS = 3  # a matter is tried three times at most
MOST_CONTACTS = 5
_PLACES = 8  # addresses for the contacts of a case
LUCK = ("solve", "search", "wrong", "notice", "use", "find", "write", "fail", "return", "short")
_WAITS = ("solve", "search", "return", "short")  # exponential with mean 1; all other luck is uniform


@dataclass(frozen=True, eq=False)
class Demand:
    """The demand of one replication, in the order of time; every list has an entry for each contact.

    Parameters
    ----------
    at : list of float
        Working minutes since the start.
    case, department, cause, subject, relation : list of int
    to : list of int
        The other department that has what is lacking here.
    tag, contradiction, duplicate : list of float
        Uniform luck of the contact.
    luck : dict of str to list of list of float
        For every attempt at the matter (first index), by purpose (`LUCK`).
    """

    at: list[float]
    case: list[int]
    department: list[int]
    cause: list[int]
    subject: list[int]
    relation: list[int]
    to: list[int]
    tag: list[float]
    contradiction: list[float]
    duplicate: list[float]
    luck: dict[str, list[list[float]]]


def make_demand(setting: ClaimsSetting, replications: int, seed: int) -> list[Demand]:
    """The demand of several replications.

    Parameters
    ----------
    setting : ClaimsSetting
        Only its numbers matter, never its switches.
    replications, seed : int
        How many, and whose luck; a replication is the same whatever their number.

    Examples
    --------
    >>> from crm_toolkit.world.claims.setting import claims_setting
    >>> one = make_demand(claims_setting(base="one"), 2, seed=7)[1]
    >>> one.at == make_demand(claims_setting(), 5, seed=7)[1].at
    True
    """

    def stream(purpose: str) -> Stream:
        return Stream(seed, f"claims/{purpose}")

    horizon = setting["days"] * setting["day_minutes"]
    cases = stream("cases").poisson(setting["cases_per_day"] * setting["days"], np.arange(replications))
    run = np.repeat(np.arange(replications), cases)
    number = np.arange(len(run)) - np.repeat(np.cumsum(cases) - cases, cases)
    contacts = np.minimum(stream("contacts").geometric(1 / setting["contacts_per_case"], number, run), MOST_CONTACTS)
    several = stream("several").happens(setting["multi_share"], number, run)
    home = (stream("home").uniform(number, run) * len(DEPARTMENTS)).astype(np.int64)

    place = np.arange(MOST_CONTACTS)
    gaps = stream("gap").exponential(setting["gap_days"] * setting["day_minutes"], number[:, None], run[:, None], place)
    gaps[:, 0] = stream("arrival").uniform(number, run) * horizon
    at = np.cumsum(gaps, axis=1)
    which, where = np.nonzero((at < horizon) & (place < contacts[:, None]))
    at, run, case = at[which, where], run[which], number[which]
    order = np.lexsort((case, at, run))
    which, where, at, run, case = which[order], where[order], at[order], run[order], case[order]
    who = case * _PLACES + where

    asked = (stream("department").uniform(who, run) * len(DEPARTMENTS)).astype(np.int64)
    department = np.where(several[which], asked, home[which])
    other = (stream("other").uniform(who, run) * (len(DEPARTMENTS) - 1)).astype(np.int64)
    causes = int(setting["causes"])
    luck = {}
    for purpose in LUCK:
        drawn = stream(purpose).uniform(who, run, np.arange(ATTEMPTS)[:, None])
        luck[purpose] = -np.log1p(-drawn) if purpose in _WAITS else drawn
    columns: dict[str, NDArray] = {
        "at": at,
        "case": case,
        "department": department,
        "cause": stream("cause").choose(1 / np.arange(1, causes + 1), who, run),
        "subject": _subjects(stream("subject").uniform(who, run), department),
        "relation": _relations(setting, stream("relation").uniform(who, run)),
        "to": (department + 1 + other) % len(DEPARTMENTS),
        "tag": stream("tag").uniform(who, run),
        "contradiction": stream("contradiction").uniform(who, run),
        "duplicate": stream("duplicate").uniform(who, run),
    }
    ends = np.searchsorted(run, np.arange(replications + 1))
    made = []
    for begin, end in pairwise(ends):
        lists = {name: values[begin:end].tolist() for name, values in columns.items()}
        made.append(Demand(**lists, luck={name: values[:, begin:end].tolist() for name, values in luck.items()}))
    return made


def _subjects(luck: NDArray, department: NDArray) -> NDArray:
    subjects = np.zeros(len(luck), dtype=np.int64)
    for number, name in enumerate(DEPARTMENTS):
        shares = np.cumsum(subject_weights(name)) / sum(subject_weights(name))
        mine = department == number
        subjects[mine] = np.minimum(np.searchsorted(shares, luck[mine], side="right"), len(SUBJECTS) - 1)
    return subjects


def _relations(setting: ClaimsSetting, luck: NDArray) -> NDArray:
    own = setting["own_share"]
    return np.searchsorted([own, own + (1 - own) * setting["team_share"]], luck, side="right")
