"""Who has agreed to what: coverage of every purpose, and whom a purpose allows to reach on a day.

A consent is a record with a purpose, a version of the text, a moment, and perhaps an end. It holds from the moment it
was given until it was withdrawn or ended by itself. Of several to one purpose the latest speaks. The short flags in a
customer's row are for a first look; what counts is told here.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.store import PURPOSES
from crm_toolkit.store import database
from crm_toolkit.store.card.reading import ISO
from crm_toolkit.store.layout import TABLES
from crm_toolkit.store.rights import Rights
from crm_toolkit.texts import join_names, say

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store

STATES = ("given", "withdrawn", "expired", "never")


def coverage(store: Store, *, at: dt.datetime | None = None) -> pd.DataFrame:
    """How many customers have agreed to each purpose; see `Store.consent_coverage`."""
    moment = (at or store.now()).strftime(ISO)
    with database.reading(store.engine) as connection:
        people = int(connection.execute(
            sa.select(sa.func.count()).select_from(_people(store.rights).subquery())
        ).scalar_one())  # fmt: skip
        latest = _latest(store.rights, moment, moment)
        counted = connection.execute(
            sa.select(latest.c.purpose, latest.c.state, sa.func.count()).group_by(latest.c.purpose, latest.c.state)
        ).all()  # fmt: skip
    found = {(str(purpose), str(state)): int(count) for purpose, state, count in counted}
    rows = []
    for purpose in PURPOSES:
        counts = [found.get((purpose, state), 0) for state in STATES[:-1]]
        rows.append((purpose, people, *counts, people - sum(counts), counts[0] / people if people else 0.0))
    return pd.DataFrame(rows, columns=["purpose", "customers", *STATES, "share"])


def allowed(store: Store, purpose: str, *, on: dt.date | None = None) -> list[int]:
    """Customers who may be reached for a purpose on a day; see `Store.may_contact`."""
    if purpose not in PURPOSES:
        close = near_misses(str(purpose), PURPOSES)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else say(
            "Allowed: {names}.", names=join_names(f"`{one}`" for one in PURPOSES))  # fmt: skip
        what = say("There is no purpose `{name}`.", name=purpose)
        raise InputError(
            say("Nothing can be shown."), [Problem("unknown_purpose", what, advice=advice, column="purpose")]
        )
    day = on or store.now().date()
    end = f"{day:%Y-%m-%d} 23:59:59"
    with database.reading(store.engine) as connection:
        latest = _latest(store.rights, end, end)
        wanted = sa.select(latest.c.customer_id).where(latest.c.purpose == purpose, latest.c.state == "given")
        return [int(key) for key in connection.execute(wanted.order_by(latest.c.customer_id)).scalars()]


def _people(rights: Rights) -> sa.Select:
    """Customers whom the person at the door sees and who are still there."""
    table = TABLES["customers"].c
    rights.require_rows("customers")
    return sa.select(table.customer_id).where(
        rights.rows("customers"), table.merged_into.is_(None), table.erased_at.is_(None)
    )


def _latest(rights: Rights, given_by: str, ended_by: str) -> sa.Subquery:
    """The latest consent of every customer to every purpose, with its state."""
    rights.require_rows("consents")
    table = TABLES["consents"]
    place = sa.func.row_number().over(
        partition_by=(table.c.customer_id, table.c.purpose),
        order_by=(table.c.given_at.desc(), table.c.consent_id.desc()),
    )
    state = sa.case(
        (table.c.withdrawn_at <= ended_by, "withdrawn"), (table.c.expires_at <= ended_by, "expired"), else_="given"
    )
    asked = (rights.rows("consents"), table.c.given_at <= given_by, table.c.customer_id.in_(_people(rights)))
    columns = (table.c.customer_id, table.c.purpose, state.label("state"), place.label("place"))
    ranked = sa.select(*columns).where(*asked).subquery()
    return sa.select(ranked).where(ranked.c.place == 1).subquery()
