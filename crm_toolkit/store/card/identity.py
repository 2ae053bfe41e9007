"""Who the customer is: every field of the profile with its rule and where its value comes from; and consents.

Nothing is shown without the role: a field that it may not see is absent, a masked one shows a trace. Where a value
comes from (source, who entered it, when, on which lawful basis) is told to roles that see `profile_values`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from crm_toolkit.schema.store import PROFILE_FIELDS, PURPOSES, STORE_TABLES
from crm_toolkit.store.card.reading import AT, ISO, Reading, money
from crm_toolkit.store.layout import MINOR
from crm_toolkit.store.rights import DOTS
from crm_toolkit.texts import mark

STALE_DAYS = 365  # convention: a year
# what does not change by itself needs no second look
_LASTING = frozenset({"full_name", "birth_date", "sex"})
CONSENT_STATES: dict[str, str] = {
    "given": mark("given"),
    "withdrawn": mark("withdrawn"),
    "expired": mark("expired"),
    "never": mark("never asked"),
}


@dataclass(frozen=True)
class CardField:
    """One field of a profile as a role sees it.

    Parameters
    ----------
    name : str
        Field; its meaning is that of the column of `customers`.
    value : object
        The value, a trace of it where ``rule`` is "masked", or None.
    rule : {"read", "masked"}
    source, entered_kind, actor, basis : str or None
        Where it comes from, who entered it (employee, customer, system, import; and by number), lawful basis. None
        where nothing is recorded or the role does not see it.
    entered_at : datetime or None
    pending : str or None
        A value that the customer proposed and that waits for an employee.
    pending_id : int or None
        Key of that proposal in `profile_values`, for the form "moderation".
    stale : bool
        Whether the value is older than a year and of a kind that changes.
    """

    name: str
    value: Any
    rule: str
    source: str | None = None
    entered_kind: str | None = None
    actor: str | None = None
    entered_at: dt.datetime | None = None
    basis: str | None = None
    pending: str | None = None
    pending_id: int | None = None
    stale: bool = False

    @property
    def meaning(self) -> str:
        """What the value says, in English; `texts.say` translates it."""
        return STORE_TABLES["customers"].table.column(self.name).meaning


@dataclass(frozen=True)
class ConsentState:
    """Where the customer's consent to one purpose stands.

    Parameters
    ----------
    purpose : str
    state : {"given", "withdrawn", "expired", "never"}
        "never" if it was never asked for, as far as recorded.
    since : datetime or None
        When it came to this state.
    source, text_version : str or None
        How it was given, and to which text.
    """

    purpose: str
    state: str
    since: dt.datetime | None = None
    source: str | None = None
    text_version: str | None = None


def fields_of(reading: Reading, row: dict[str, Any]) -> tuple[CardField, ...]:
    """The fields of the profile that the role sees, in the order of the contract."""
    role = reading.rights.role
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    if reading.reads("profile_values", "field", "status"):
        found = reading.rows(
            "profile", "profile_values", lambda c: (c.status.in_(("current", "pending")),), order=("value_id",)
        )
        entries = {(entry["field"], entry["status"]): entry for entry in found}
    made = []
    for name in PROFILE_FIELDS:
        rule = role.rule("customers", name)
        if rule == "none":
            continue
        now, waiting = entries.get((name, "current"), {}), entries.get((name, "pending"), {})
        entered = moment(now.get("entered_at"))
        value = _value(row, name)
        age = (dt.datetime.strptime(reading.at, ISO) - entered).days if entered else 0
        made.append(CardField(
            name, value, rule, now.get("source"), now.get("entered_kind"), now.get("actor"), entered, now.get("basis"),
            waiting.get("value"), waiting.get("value_id"),
            stale=value is not None and name not in _LASTING and age > STALE_DAYS,
        ))  # fmt: skip
    return tuple(made)


def consents_of(reading: Reading) -> tuple[ConsentState, ...]:
    """The state of consent for every purpose, as of the card's moment."""
    found = reading.rows("consents", "consents", lambda c: (c.given_at <= AT,), order=("given_at", "consent_id"))
    latest = {consent["purpose"]: consent for consent in found}
    return tuple(_state(purpose, latest.get(purpose), reading.at) for purpose in PURPOSES)


def _state(purpose: str, consent: dict[str, Any] | None, at: str) -> ConsentState:
    if consent is None:
        return ConsentState(purpose, "never")
    state, since = "given", consent["given_at"]
    if consent["expires_at"] and consent["expires_at"] <= at:
        state, since = "expired", consent["expires_at"]
    if consent["withdrawn_at"] and consent["withdrawn_at"] <= at:
        state, since = "withdrawn", consent["withdrawn_at"]
    return ConsentState(purpose, state, moment(since), consent["source"], consent["text_version"])


def _value(row: dict[str, Any], name: str) -> Any:
    return row.get(name) if name in row else (
        money(row[name + MINOR]) if isinstance(row.get(name + MINOR), int) else row.get(name + MINOR)
    )  # fmt: skip


def moment(text: object) -> dt.datetime | None:
    """A stored time or date as a time; nothing where there is none, or only a mask of it.

    >>> moment("2026-03-01 09:30:00"), moment("2026-03-01"), moment(None)
    (datetime.datetime(2026, 3, 1, 9, 30), datetime.datetime(2026, 3, 1, 0, 0), None)
    """
    return dt.datetime.fromisoformat(text) if isinstance(text, str) and text not in ("", DOTS) else None
