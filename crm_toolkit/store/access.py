"""The price of access: how much of the day's work a role can do alone, and what it sees of people on the way.

Sixty routine questions of a service organisation, each with the tables and columns that its answer needs. A role
answers a question *alone* if it sees the rows (of one customer: any of its rows; of the whole organisation: all) and
reads every needed column unmasked. Whoever opens a table sees all that the role shows of it: the personal columns read
in the opened tables are *exposed*, those that the question did not need are *surplus*. Narrow roles send people to ask
others; wide ones expose people. The meter shows both, the choice is the learner's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store.declared_routine import ROUTINE
from crm_toolkit.store.roles import READY, Role
from crm_toolkit.texts import join_names, say

if TYPE_CHECKING:
    import pandas as pd

PERSONAL = ("name", "contact", "birth", "income", "profile", "residence", "note", "opinion")


@dataclass(frozen=True)
class RoutineQuestion:
    """A question that somebody asks on an ordinary day.

    Parameters
    ----------
    code, text : str
        Code, and marked English text.
    needs : tuple of str
        ``"table.column"`` that the answer needs; ``"table"`` where only its rows are counted.
    whole : bool
        Whether it is about the whole organisation, not one customer.
    common : bool
        Whether it is one of the five that customers ask most often.
    """

    code: str
    text: str
    needs: tuple[str, ...]
    whole: bool = False
    common: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that have to be opened."""
        return tuple(dict.fromkeys(need.partition(".")[0] for need in self.needs))

    def lacking(self, role: Role) -> tuple[str, ...]:
        """What of the needed a role lacks; nothing if it answers alone."""
        scopes = ("all",) if self.whole else ("own", "team", "all", "self")
        return tuple(
            need for need in self.needs
            if role.scope(need.partition(".")[0]) not in scopes
            or ("." in need and role.rule(*need.split(".", 1)) != "read")
        )  # fmt: skip

    def exposed(self, role: Role) -> dict[str, str]:
        """``"table.column"`` → class of every personal column that the role reads in the tables it opens."""
        return {
            f"{table}.{column}": kind
            for table in self.tables if role.scope(table) != "none"
            for column, kind in STORE_TABLES[table].classes.items()
            if kind in PERSONAL and role.rule(table, column) == "read"
        }  # fmt: skip


def routine_questions() -> tuple[RoutineQuestion, ...]:
    """The sixty routine questions.

    >>> len(routine_questions()), sum(one.common for one in routine_questions())
    (60, 5)
    """
    return tuple(
        RoutineQuestion(code, text, tuple(needs.split()), whole="whole" in about, common="common" in about)
        for code, text, needs, *about in ROUTINE
    )


def access_answers(role: str | Role) -> pd.DataFrame:
    """Question by question: does the role answer it alone, and what does it see of people on the way?

    Parameters
    ----------
    role : str or Role
        Name of a ready role, or one of your own (`checked_role`).

    Returns
    -------
    DataFrame
        ``code``, ``question``, ``alone``, ``lacks`` (what is missing, in words), ``needed`` (personal columns that the
        answer needs), ``exposed`` (personal columns that the role reads in the opened tables), ``surplus`` (exposed
        without need).
    """
    import pandas as pd

    rules = _role(role)
    rows = []
    for one in routine_questions():
        lacks, seen = one.lacking(rules), one.exposed(rules)
        needed = {need for need in one.needs if _class(need) in PERSONAL}
        rows.append((one.code, say(one.text), not lacks, join_names(lacks), len(needed), len(seen),
                     len(set(seen) - needed)))  # fmt: skip
    return pd.DataFrame(rows, columns=["code", "question", "alone", "lacks", "needed", "exposed", "surplus"])


def access_meter(roles: str | Role | Iterable[str | Role]) -> pd.DataFrame:
    """The meter: one line for each role.

    Parameters
    ----------
    roles : str, Role, or iterable of them
        Names of ready roles, or roles of your own.

    Returns
    -------
    DataFrame
        Indexed by role: ``alone`` (share of the questions that it answers alone, 0 to 1), ``exposed`` and ``surplus``
        (mean number of personal columns exposed for a question, and without need), and one column for each class of
        sensitivity: mean number of its columns exposed for a question.

    Examples
    --------
    >>> access_meter(["service", "manager"])["alone"].round(2).to_dict()
    {'service': 0.47, 'manager': 1.0}
    """
    import pandas as pd

    questions = routine_questions()
    chosen = [roles] if isinstance(roles, (str, Role)) else list(roles)
    rows = {}
    for rules in map(_role, chosen):
        seen = [one.exposed(rules) for one in questions]
        surplus = [len(set(found) - set(one.needs)) for one, found in zip(questions, seen, strict=True)]
        by_class = {kind: sum(list(found.values()).count(kind) for found in seen) / len(questions) for kind in PERSONAL}
        rows[rules.name] = {
            "alone": sum(not one.lacking(rules) for one in questions) / len(questions),
            "exposed": sum(map(len, seen)) / len(questions), "surplus": sum(surplus) / len(questions), **by_class,
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("role")


def common_coverage(staff: Mapping[str | Role, int] | Iterable[tuple[str | Role, int]]) -> float:
    """Share of the staff who answer the five questions that customers ask most often alone.

    Parameters
    ----------
    staff : mapping or pairs of role and int
        Role (name, or one of your own) and the number of people who work in it.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    InputError
        If there is nobody, or a number is negative.

    Examples
    --------
    >>> common_coverage({"sales": 2, "marketing": 2})
    0.5
    """
    pairs = list(staff.items()) if isinstance(staff, Mapping) else list(staff)
    total = sum(number for _, number in pairs)
    if total <= 0 or any(number < 0 for _, number in pairs):
        what = say("There must be at least one person, and no negative number.")
        raise InputError(say("The coverage can't be computed."), [Problem("no_staff", what, column="staff")])
    common = [one for one in routine_questions() if one.common]
    able = sum(number for role, number in pairs if not any(one.lacking(_role(role)) for one in common))
    return able / total


def _role(role: str | Role) -> Role:
    if isinstance(role, Role):
        return role
    if role not in READY:
        what = say("There is no role `{role}`.", role=role)
        advice = say("The roles are {names}.", names=join_names(f"`{name}`" for name in READY))
        raise InputError(say("The access can't be measured."), [Problem("unknown_role", what, advice=advice)])
    return READY[role]


def _class(need: str) -> str:
    table, _, column = need.partition(".")
    return STORE_TABLES[table].classes.get(column, "")
