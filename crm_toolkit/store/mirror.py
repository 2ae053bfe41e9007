"""The same screen through another role's eyes: what each role sees of one customer or one view, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import PROFILE_FIELDS
from crm_toolkit.store.card.card import SECTIONS, Card, card_of
from crm_toolkit.store.card.timeline import LANES
from crm_toolkit.store.card.value import TERMS
from crm_toolkit.store.departments import View, show, view_of
from crm_toolkit.store.roles import READY, Role
from crm_toolkit.texts import format_number, say

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.store.door import Store

ABSENT = "–"


def mirror(store: Store, what: int | Card | View | str, *, roles: Iterable[str | Role] = ()) -> pd.DataFrame:
    """What each role sees; see `Store.mirror`."""
    import pandas as pd

    store.rights.require("accounts")
    about = what.customer_id if isinstance(what, Card) else what
    chosen = list(roles) or [name for name in READY if name != "customer" or isinstance(about, int)]
    seen: dict[str, dict[str, str]] = {}
    for role in chosen:
        name = role if isinstance(role, str) else role.name
        seen[name] = _of_card(store, role, int(about)) if isinstance(about, int) else _of_view(store, role, about)
    lines = list(dict.fromkeys(line for column in seen.values() for line in column))
    if isinstance(about, int):
        lines.sort(key=_ORDER.index)
    made = pd.DataFrame(
        {name: [column.get(line, ABSENT) for line in lines] for name, column in seen.items()},
        index=pd.Index(lines, name="what"), dtype=object,
    )  # fmt: skip
    return made.assign(differs=made.nunique(axis=1) > 1)


_ORDER = [*PROFILE_FIELDS, *(f"value.{name}" for name in TERMS), *(f"timeline.{lane}" for lane in LANES), *SECTIONS,
          "household", "customer"]  # fmt: skip


def _opened(store: Store, role: str | Role, customer: int | None) -> Store:
    """The store in that role; a role of customers looks as the customer whom the card is about."""
    own = role == "customer" or (isinstance(role, Role) and "self" in role.rows.values())
    return store.as_role(role, customer=customer if own else None)


def _of_card(store: Store, role: str | Role, customer: int) -> dict[str, str]:
    """Line → what the role sees of the card; a customer whom it does not see gives the letter's reason."""
    try:
        card = card_of(_opened(store, role, customer), customer)
    except InputError as letter:
        return {"customer": letter.problems[0].what}
    lines = {one.name: _text(one.value) for one in card.fields}
    if card.value is not None:
        lines |= {f"value.{term.name}": _text(term.amount) for term in card.value.terms}
    lines |= {f"timeline.{lane}": _text(count) for lane, count in card.timeline.counts.items()}
    lines |= {
        section: say("seen") for section in SECTIONS if section not in card.withheld and section != "value"
    }  # fmt: skip
    return lines | {"household": _text(len(card.household))}


def _of_view(store: Store, role: str | Role, view: View | str) -> dict[str, str]:
    lines = {}
    for shown in show(_opened(store, role, None), view_of(view)).panels:
        code = shown.panel.code
        for name in shown.panel.columns:
            hidden = shown.frame is None or name in shown.hidden
            rule = say("masked") if name in shown.masked else say("seen")
            lines[f"{code}.{name}"] = ABSENT if hidden else rule
        lines[f"{code}.rows"] = ABSENT if shown.frame is None else _text(len(shown.frame))
        for measured in shown.metrics:
            lines[f"{code}.{measured.metric.name}"] = ABSENT if measured.withheld else _text(measured.value)
    return lines


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return format_number(round(float(value), 4))
    return str(value)
