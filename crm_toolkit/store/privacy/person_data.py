"""Right of access: everything that the store holds about one person, to look at and to take along.

A customer in their own account gets what the rules of that account show; whoever has the right "erase" gets what their
role reads, also of records that went into the person's. What stays hidden is named, so that a copy never looks more
complete than it is. Both ways every row comes through `rights`.

The archive holds a table a file for people (headings in words, safe for spreadsheets), one file for programs
(``data.json``: column names of the contract), and a list of contents.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake.writing import write_table
from crm_toolkit.schema import Column
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import audit, database, frames
from crm_toolkit.store.duplicates.joining import family_of, survivor_of
from crm_toolkit.store.entering.generic import insert, no_such_row
from crm_toolkit.store.layout import ACCOUNTS, OUTSIDE_KEYS, TABLES, stored_name
from crm_toolkit.store.rights import masked
from crm_toolkit.texts import join_names, mark, say, say_count

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store


@dataclass(frozen=True)
class PersonData:
    """What is held about one person.

    Parameters
    ----------
    customer_id : int
        The person's number.
    frames : mapping of str to DataFrame
        Table → the person's rows; tables without any are left out. ``accounts`` are the person's ways to sign in
        (without passwords), ``outside_keys`` what other systems call the person.
    withheld : tuple of str
        Tables, and columns as ``table.column``, that the person at the door may not see, or sees only a trace of.
    """

    customer_id: int
    frames: Mapping[str, pd.DataFrame] = field(repr=False)
    withheld: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [say("What is held about customer {number}:", number=self.customer_id)]
        lines += [
            f"  {name}: " + say_count("{count} row", "{count} rows", len(frame)) for name, frame in self.frames.items()
        ]
        if self.withheld:
            lines.append(say("Not shown here: {names}. Ask the organisation.",
                             names=join_names(f"`{name}`" for name in self.withheld)))  # fmt: skip
        return "\n".join(lines)


def person_data(store: Store, customer_id: int | None = None) -> PersonData:
    """Everything about a person; see `Store.person_data`."""
    own = store.actor.customer_id
    if own is None:
        store.rights.require("erase")
        if customer_id is None:
            what = say("Say which customer is meant: customer_id=….")
            raise InputError(say("Nothing can be shown."), [Problem("no_person", what, column="customer_id")])
    elif customer_id not in (None, own):
        raise no_such_row("customers", customer_id)
    with database.reading(store.engine) as connection:
        key = int(customer_id if own is None else own)  # type: ignore[arg-type]
        survivor = survivor_of(connection, key)
        family = family_of(connection, survivor)
        table = TABLES["customers"].c
        if connection.execute(
            sa.select(table.customer_id).where(table.customer_id == survivor, store.rights.rows("customers"))
        ).first() is None:  # fmt: skip
            raise no_such_row("customers", key)
        held: dict[str, pd.DataFrame] = {}
        withheld: list[str] = []
        for name in STORE_TABLES:
            whose = _whose(name, family)
            if whose is None:
                continue
            if store.role.scope(name) == "none":
                if connection.execute(sa.select(1).select_from(TABLES[name]).where(whose).limit(1)).first():
                    withheld.append(name)
                continue
            frame = _frame(store, connection, name, whose)
            if len(frame):
                held[name] = frame
                rules = {column.name: store.role.rule(name, column.name) for column in STORE_TABLES[name].table.columns}
                withheld += [f"{name}.{column}" for column, rule in rules.items() if rule != "read"]
        held |= _beside(connection, family)
    return PersonData(survivor, held, tuple(withheld))


def _whose(name: str, family: list[int]) -> sa.ColumnElement[bool] | None:
    """The condition on the rows of a table that are about a person; None if the table is about nobody."""
    columns = TABLES[name].c
    if name == "merges":
        return sa.or_(columns.customer_id.in_(family), columns.merged_id.in_(family))
    return columns.customer_id.in_(family) if "customer_id" in columns else None


def _frame(store: Store, connection: sa.Connection, name: str, whose: sa.ColumnElement[bool]) -> pd.DataFrame:
    """The rows as the role reads them; unlike `Rights.readable` with records that went into the person's."""
    rights = store.rights
    if name != "customers":
        wanted = rights.readable(name).where(whose)
    else:
        shown = [
            (TABLES[name].c[stored_name(column)] if rule == "read" else masked(name, column)).label(stored_name(column))
            for column, rule in rights.columns(name)
        ]
        seen = sa.true() if store.actor.customer_id is not None else rights.rows(name)
        wanted = sa.select(*shown).where(whose, seen)
    return frames.frame(frames.arrow(connection, wanted, rights.columns(name), few=True))


def _beside(connection: sa.Connection, family: list[int]) -> dict[str, pd.DataFrame]:
    made = {}
    for name, table, columns in (
        ("accounts", ACCOUNTS, ("login", "role", "created_at", "disabled_at")),
        ("outside_keys", OUTSIDE_KEYS, ("system", "entity", "outside_key")),
    ):
        rows = connection.execute(
            sa.select(*(table.c[one] for one in columns)).where(table.c.customer_id.in_(family))
        ).all()  # fmt: skip
        if rows:
            made[name] = pd.DataFrame([tuple(row) for row in rows], columns=list(columns))
    return made


def export_person_data(
    store: Store, path: str | os.PathLike[str], customer_id: int | None = None, *, replace: bool = False
) -> Path:
    """Save everything about a person; see `Store.export_person_data`."""
    target = Path(path)
    heading = say("“{name}” can't be written.", name=target.name)
    if target.exists() and not replace:
        advice = say("Choose another name, or say replace=True.")
        raise InputError(heading, [Problem("exists", say("There is a file of that name."), advice=advice)])
    if not target.parent.is_dir():
        what = say("There is no such folder: {path}", path=target.parent)
        raise InputError(heading, [Problem("no_such_folder", what)])
    found = person_data(store, customer_id)

    def log(connection: sa.Connection) -> None:
        at, rows = store.now_iso(), sum(map(len, found.frames.values()))
        insert(connection, "exports", {
            "exported_at": at, "actor": store.actor.label, "entity": "person_data", "rows": rows,
            "columns": ", ".join(found.frames),
        })  # fmt: skip
        audit.record(connection, store.actor, at, "export", "customers", found.customer_id,
                     customer_id=found.customer_id, key=store.key)  # fmt: skip

    with TemporaryDirectory(prefix=".person", dir=target.parent) as beside:
        made = Path(beside) / target.name
        _archive(found, made, Path(beside))
        database.written(store.engine, log)
        os.replace(made, target)
    return target


def _archive(found: PersonData, target: Path, folder: Path) -> None:
    contents = [str(found), ""]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, frame in found.frames.items():
            headings = _headings(name, frame)
            table = write_table(frame.set_axis(headings, axis=1), folder / f"{name}.csv")
            archive.write(table, f"{name}.csv")
            about = say(STORE_TABLES[name].table.one_row_is) if name in STORE_TABLES else say(_BESIDE[name])
            contents.append(say("{file}: one row is {what}.", file=f"{name}.csv", what=about))
        archive.writestr("contents.txt", "\n".join(contents) + "\n")
        archive.writestr("data.json", json.dumps(
            {name: json.loads(frame.to_json(orient="records", date_format="iso", date_unit="s"))
             for name, frame in found.frames.items()}, ensure_ascii=False, indent=1,
        ))  # fmt: skip


def _headings(name: str, frame: pd.DataFrame) -> list[str]:
    """Columns in words; where two have the same words, with the column's name."""
    known: dict[str, Column] = {}
    if name in STORE_TABLES:
        known = {column.name: column for column in STORE_TABLES[name].table.columns}
    words = [say(known[one].meaning) if one in known else one for one in map(str, frame.columns)]
    return [f"{word} ({column})" if words.count(word) > 1 else word
            for word, column in zip(words, map(str, frame.columns), strict=True)]  # fmt: skip


_BESIDE = {
    "accounts": mark("one way to sign in"), "outside_keys": mark("one name that another system has for the person"),
}  # fmt: skip
