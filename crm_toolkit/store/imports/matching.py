"""Which customer of the store a row is about: by the file's own number, by telephone, by e-mail, in a declared order.

A number that the file's program gave is remembered with the customer (`outside_keys`), so that next month's file, and
files of contacts and purchases, find the same person. A telephone or address finds a person only if it is one person's
here, and if the two names, where both are known, have a word in common: families share telephones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import sqlalchemy as sa

from crm_toolkit.intake.normal_forms import normal_email, normal_name, normal_phone
from crm_toolkit.store.layout import OUTSIDE_KEYS, TABLES
from crm_toolkit.store.rights import Rights
from crm_toolkit.texts import say

WAYS = ("key", "phone", "email")


@dataclass
class People:
    """The customers of the store as a file can name them.

    Parameters
    ----------
    open : dict of int to dict
        Customer → row, of those that can be changed by the person at the door.
    closed : dict of int to str
        Customer → why nothing can be entered.
    by_key : dict of str to int
        Number in the file → customer.
    """

    open: dict[int, dict[str, Any]]
    closed: dict[int, str] = field(default_factory=dict)
    by_key: dict[str, int] = field(default_factory=dict)


def outside_keys(connection: sa.Connection, system: str, entity: str) -> dict[str, int]:
    """Number in the file's program → key here."""
    wanted = sa.select(OUTSIDE_KEYS.c.outside_key, OUTSIDE_KEYS.c.row_key).where(
        OUTSIDE_KEYS.c.system == system, OUTSIDE_KEYS.c.entity == entity
    )
    return {str(outside): int(key) for outside, key in connection.execute(wanted)}


def people(connection: sa.Connection, rights: Rights, key: str, system: str, columns: Sequence[str] = ()) -> People:
    """Everybody whom a row may be about.

    Parameters
    ----------
    connection : Connection
        A transaction.
    rights : Rights
        Of the person who imports: whom they do not see can't be named.
    key : {"outside", "store"}
        Whose numbers the file has.
    system : str
        Program whose numbers the file uses.
    columns : sequence of str
        Columns of the database that are wanted beside the key.
    """
    table = TABLES["customers"].c
    wanted = [table.customer_id, table.merged_into, table.erased_at, *(table[name] for name in columns)]
    rows = {int(row["customer_id"]): dict(row) for row in
            connection.execute(sa.select(*wanted).where(rights.rows("customers"))).mappings()}  # fmt: skip
    found = People({one: row for one, row in rows.items() if row["merged_into"] is None and row["erased_at"] is None})

    def standing(one: int) -> int:
        while one in rows and rows[one]["merged_into"] is not None:
            one = int(rows[one]["merged_into"])
        return one

    if key == "store":
        found.by_key = {str(one): standing(one) for one in rows}
    else:
        found.by_key = {name: standing(one) for name, one in outside_keys(connection, system, "customers").items()}
    for one, row in rows.items():
        if row["erased_at"] is not None:
            found.closed[one] = say("The data of customer {customer} were erased.", customer=one)
    return found


def matched(
    frame: pd.DataFrame, found: People, match: Sequence[str], readable: Iterable[str]
) -> tuple[list[int | None], list[tuple[int, str, str, str]]]:
    """The customer of each row, None for somebody new; and rows of which it can't be said.

    Parameters
    ----------
    frame : DataFrame
        ``customer_id`` and, as far as the file has them, ``phone, email, full_name``.
    found : People
        As `people` found them.
    match : sequence of {"key", "phone", "email"}
        In which order.
    readable : iterable of str
        Columns that the person at the door reads; nobody is found by a value behind a mask.

    Returns
    -------
    (list, list of (place, column, rule, what))
    """
    seen = set(readable)
    normals = {"phone": normal_phone, "email": normal_email}
    books: dict[str, dict[str, list[int]]] = {}
    for way in match:
        if way in normals and way in seen and way in frame:
            book: dict[str, list[int]] = {}
            for customer, row in found.open.items():
                word = normals[way](row.get(way))
                if word:
                    book.setdefault(word, []).append(customer)
            books[way] = book
    keys: list[int | None] = []
    troubles: list[tuple[int, str, str, str]] = []
    taken: dict[int, int] = {}
    columns = {name: frame[name].tolist() for name in ("customer_id", "full_name", *books) if name in frame}
    for place in range(len(frame)):
        one: int | None = None
        for way in match:
            if way == "key":
                one = found.by_key.get(_word(columns["customer_id"][place]))
            elif way in books:
                one = _by_contact(
                    books[way].get(normals[way](columns[way][place]), ()), columns, place, found,
                    "full_name" in seen, troubles, way,
                )  # fmt: skip
            if one is not None:
                break
        if one is not None and one not in found.open:
            what = found.closed.get(one) or say("There is no such customer whom you can see.")
            troubles.append((place, "customer_id", "closed", what))
        elif one is not None and one in taken:
            what = say("This is customer {customer} again, as in an earlier row.", customer=one)
            troubles.append((place, "customer_id", "same_customer", what))
        if one is not None:
            taken.setdefault(one, place)
        keys.append(one)
    return keys, troubles


def _by_contact(
    candidates: Sequence[int], columns: Mapping[str, list[Any]], place: int, found: People, named: bool,
    troubles: list[tuple[int, str, str, str]], way: str,
) -> int | None:  # fmt: skip
    """The one customer with that telephone or address whose name does not speak against it."""
    name = set(normal_name(columns["full_name"][place]).split()) if "full_name" in columns else set()
    fit = []
    for one in candidates:
        known = set(normal_name(found.open[one].get("full_name")).split()) if named else set()
        if not name or not known or name & known:
            fit.append(one)
    if len(fit) > 1:
        what = say("Several customers have this value; it is not clear who is meant.")
        troubles.append((place, way, "ambiguous", what))
    return fit[0] if fit else None


def _word(value: Any) -> str:
    """A number of the file as text.

    >>> _word(17), _word("K1"), _word(17.0)
    ('17', 'K1', '17')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def words(values: pd.Series) -> list[str]:
    """Numbers of a file as text; empty where one is missing."""
    return ["" if pd.isna(value) else _word(value) for value in values.tolist()]
