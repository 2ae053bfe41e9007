"""Two records of one person become one in the database, and two again if that was a mistake.

The record that stays takes in the others. Their values go by the rules of survivorship (`merging`), everything that
hangs on them moves to it, and they themselves stay as they were, marked with where they went; lists, search and cards
show one person. What two tables can hold only once is put together: debts of a month are added up, the earlier
membership counts, an assignment to the same campaign stays as the surviving record had it. A withdrawn consent ends
every consent to the same purpose that was given before it.

Every record that was taken in is one row of `merges`, with what was changed, before and after, so that it can be undone
(`parting`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.store import PROFILE_FIELDS, STORE_TABLES
from crm_toolkit.store import audit, database, search
from crm_toolkit.store.duplicates.merging import Survivorship, merge_records
from crm_toolkit.store.duplicates.moving import Row, balances, consents_end, flags_of, move, referred
from crm_toolkit.store.duplicates.scoring import LARGEST_BLOCK, THRESHOLD, Matches, find_duplicates
from crm_toolkit.store.entering.generic import insert, no_such_row, require_open
from crm_toolkit.store.forms import MOST_TEXT
from crm_toolkit.store.layout import MINOR, TABLES, stored_name
from crm_toolkit.texts import join_names, say

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store
    from crm_toolkit.store.duplicates.rule import LinkageRule

_NAME_PARTS = ("last_name", "first_name", "middle_name")
_KNOWN_ONCE = ("household_id", "referrer_id", "responsible_id", "acquisition_channel")


@dataclass(frozen=True)
class Joined:
    """What came of a merge, or of undoing one.

    Parameters
    ----------
    survivor : int
        The record that stays.
    taken : tuple of int
        The records that were taken in, or that stand by themselves again.
    merge_ids : tuple of int
        Their rows in `merges`.
    fields : mapping of str to int
        Field of the surviving record that changed → the record that its value came from.
    moved : mapping of str to int
        Table → rows that moved.
    notes : tuple of str
        What the reader has to know: what was put together, or could not be put back.
    """

    survivor: int
    taken: tuple[int, ...]
    merge_ids: tuple[int, ...]
    fields: Mapping[str, int] = field(default_factory=dict)
    moved: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [say("Customer {survivor}: {others}.", survivor=self.survivor,
                     others=join_names(str(one) for one in self.taken))]  # fmt: skip
        lines += [f"  {name} ← {record}" for name, record in self.fields.items()]
        lines += [f"  {table}: {count}" for table, count in self.moved.items()]
        return "\n".join([*lines, *self.notes])


def duplicates_of(
    store: Store,
    *,
    threshold: float = THRESHOLD.default,
    rule: LinkageRule | None = None,
    largest_block: int = int(LARGEST_BLOCK.default),
) -> Matches:
    """Records that may be one person among those that the person at the door sees; see `Store.find_duplicates`."""
    store.rights.require("merge")
    people = store.tables("customers")
    if "erased_at" in people:
        people = people[people["erased_at"].isna()]
    kept = [name for name in ("customer_id", "full_name", *_NAME_PARTS, "phone", "email", "birth_date", "city")
            if name in people and store.role.rule("customers", name) == "read"]  # fmt: skip
    chosen = {} if rule is None else {"rule": rule}
    return find_duplicates(people[kept], threshold=threshold, largest_block=largest_block, **chosen)


def survivor_of(connection: sa.Connection, customer_id: int) -> int:
    """The record that stands for a customer: the customer's own, or the one that took it in.

    A number that nobody has stands for itself.
    """
    table, found, seen = TABLES["customers"].c, customer_id, set()
    while found not in seen:
        seen.add(found)
        into = connection.execute(sa.select(table.merged_into).where(table.customer_id == found)).scalar()
        found = found if into is None else int(into)
    return found


def family_of(connection: sa.Connection, survivor: int) -> list[int]:
    """A record and all those that went into it, directly or by way of others."""
    table, family = TABLES["customers"].c, [survivor]
    for one in family:
        into = connection.execute(sa.select(table.customer_id).where(table.merged_into == one)).scalars()
        family += [int(key) for key in into if key not in family]
    return family


def merge(
    store: Store,
    survivor: int,
    others: int | Iterable[int],
    *,
    rules: Survivorship | None = None,
    score: float | None = None,
) -> Joined:
    """Take records of one person into one; see `Store.merge`."""
    store.rights.require("merge")
    keys = [int(one) for one in others] if isinstance(others, Iterable) else [int(others)]
    keys = list(dict.fromkeys(keys))
    if not keys or int(survivor) in keys:
        what = say("A record can't be merged with itself: name at least one other one.")
        raise InputError(say("The records can't be merged."), [Problem("same_record", what, column="others")])
    return database.written(
        store.engine, lambda connection: _merged(connection, store, int(survivor), keys, rules, score)
    )


def _merged(
    connection: sa.Connection,
    store: Store,
    survivor: int,
    others: list[int],
    rules: Survivorship | None,
    score: float | None,
) -> Joined:
    rows = {key: open_record(connection, store, key) for key in (survivor, *others)}
    winners = _winners(connection, rows, survivor, others, rules)
    values = _values(rows, survivor, winners)
    kept = {key: _nothing_yet() for key in others}
    _profile(connection, store, rows, survivor, winners, kept)
    moved: dict[str, int] = {}
    notes: list[str] = []
    touched: list[tuple[str, int]] = [("customers", survivor), *(("customers", one) for one in others)]
    for other in others:
        move(connection, survivor, other, kept[other], moved, touched, notes)
    consents_end(connection, survivor, kept[others[0]])
    balances(connection, survivor, kept[others[0]])
    flags = flags_of(connection, survivor, store.now_iso()) if "consents" in moved else {}
    values |= {name: (int(held), others[0]) for name, held in flags.items() if rows[survivor][name] is not None or held}
    changes: dict[str, tuple[Any, Any]] = {}
    fields: dict[str, int] = {}
    for name, (value, record) in values.items():
        before = rows[survivor][name]
        if before == value:
            continue
        fields[name.removesuffix(MINOR)] = record
        changes[name] = (before, value)
        kept[record if record in kept else others[0]]["fields"][name] = [before, value]
    joined = Joined(survivor, tuple(others), (), fields, moved, tuple(dict.fromkeys(notes)))
    return _recorded(connection, store, others, score, kept, changes, winners, joined, touched)


def _recorded(
    connection: sa.Connection, store: Store, others: list[int], score: float | None, kept: Mapping[int, Row],
    changes: Mapping[str, tuple[Any, Any]], winners: Mapping[str, int], joined: Joined, touched: list[tuple[str, int]],
) -> Joined:  # fmt: skip
    """Write the surviving record, the marks, the rows of `merges` and the log."""
    customers, at, survivor = TABLES["customers"], store.now_iso(), joined.survivor
    connection.execute(
        sa.update(customers).where(customers.c.customer_id == survivor)
        .values(**{name: after for name, (_, after) in changes.items()}, version=customers.c.version + 1)
    )  # fmt: skip
    if changes:
        audit.record(connection, store.actor, at, "merge", "customers", survivor, customer_id=survivor, key=store.key,
                     changes={name.removesuffix(MINOR): pair for name, pair in changes.items()})  # fmt: skip
    ids = []
    for other in others:
        connection.execute(
            sa.update(customers).where(customers.c.customer_id == other)
            .values(merged_into=survivor, version=customers.c.version + 1)
        )  # fmt: skip
        kept[other]["referred"] = referred(connection, other, survivor)
        kept[other]["decided"] = dict(winners)
        ids.append(insert(connection, "merges", {
            "customer_id": survivor, "merged_id": other, "score": score, "actor": store.actor.label, "merged_at": at,
            "kept": json.dumps(kept[other], ensure_ascii=False),
        }))  # fmt: skip
        audit.record(connection, store.actor, at, "merge", "merges", ids[-1], customer_id=other, key=store.key)
    search.refresh(connection, touched)
    return replace(joined, merge_ids=tuple(ids))


def _nothing_yet() -> Row:
    return {"fields": {}, "moved": {}, "removed": {}, "replaced": [], "states": [], "made": [], "consents": [],
            "balances": []}  # fmt: skip


def open_record(connection: sa.Connection, store: Store, key: int) -> Row:
    """A customer's row, locked, if the person at the door sees it and it is open."""
    table = TABLES["customers"]
    found = connection.execute(
        sa.select(table).where(table.c.customer_id == key, store.rights.rows("customers")).with_for_update()
    ).mappings().first()  # fmt: skip
    if found is None:
        raise no_such_row("customers", key)
    require_open(connection, key)
    return dict(found)


def _winners(
    connection: sa.Connection, rows: Mapping[int, Row], survivor: int, others: list[int], rules: Survivorship | None
) -> dict[str, int]:
    """Field of the profile → the record whose value survives."""
    entries, entered = TABLES["profile_values"], {}
    for key in rows:
        latest = connection.execute(
            sa.select(entries.c.entered_at, entries.c.source)
            .where(entries.c.customer_id == key, entries.c.status == "current")
            .order_by(entries.c.entered_at.desc(), entries.c.value_id.desc()).limit(1)
        ).first()  # fmt: skip
        entered[key] = (latest[0], latest[1]) if latest else (rows[key]["acquired_at"], None)
    order = (survivor, *others)
    rules = rules or Survivorship(default="declared", order=order)
    rules = replace(
        rules, order=tuple(rules.order) or order, key="customer_id", updated_at="updated_at", source="source"
    )
    frame = pd.DataFrame(
        [{"customer_id": key, "updated_at": entered[key][0], "source": entered[key][1],
          **{name: rows[key][_column(name)] for name in PROFILE_FIELDS}} for key in order],
        dtype=object,
    )  # fmt: skip
    chosen = merge_records(frame, rules).provenance
    return {name: int(record) for name, record in zip(chosen["field"], chosen["record"], strict=True)
            if name in PROFILE_FIELDS}  # fmt: skip


def _values(rows: Mapping[int, Row], survivor: int, winners: Mapping[str, int]) -> dict[str, tuple[Any, int]]:
    """What the surviving record holds afterwards: stored column → value and the record that it came from."""
    values = {_column(name): (rows[record][_column(name)], record) for name, record in winners.items()}
    for name, follows in [(part, "full_name") for part in _NAME_PARTS] + [("residence_type", "city")]:
        record = winners.get(follows, survivor)
        values[name] = (rows[record][name], record)
    acquired = [(row["acquired_at"], key) for key, row in rows.items() if row["acquired_at"]]
    if acquired:
        first = min(acquired)
        values["acquired_at"] = first
        if rows[first[1]]["acquisition_channel"]:
            values["acquisition_channel"] = (rows[first[1]]["acquisition_channel"], first[1])
    for name in _KNOWN_ONCE:
        if name not in values and rows[survivor][name] is None:
            known = [(row[name], key) for key, row in rows.items() if row[name] is not None and row[name] not in rows]
            values |= {name: known[0]} if known else {}
    clients = [key for key, row in rows.items() if row["kind"] == "client"]
    values["kind"] = ("client", clients[0]) if clients else ("prospect", survivor)
    if rows[survivor]["referrer_id"] in rows:  # nobody recommends to oneself
        values["referrer_id"] = (None, int(rows[survivor]["referrer_id"]))
    remarks = list(dict.fromkeys(row["note"] for row in rows.values() if row["note"]))
    if remarks:
        author = next(key for key, row in rows.items() if row["note"] == remarks[-1])
        values["note"] = ("\n".join(remarks)[:MOST_TEXT], author)
    return values


def _profile(
    connection: sa.Connection, store: Store, rows: Mapping[int, Row], survivor: int, winners: Mapping[str, int],
    kept: Mapping[int, Row],
) -> None:  # fmt: skip
    """One value in force for every field: entries of records that lost become superseded."""
    entries = TABLES["profile_values"]
    found = connection.execute(
        sa.select(entries.c.value_id, entries.c.customer_id, entries.c.field, entries.c.status)
        .where(entries.c.customer_id.in_(list(rows)), entries.c.status.in_(("current", "pending")))
        .order_by(entries.c.value_id)
    ).all()  # fmt: skip
    first_other = next(iter(kept))
    waiting: dict[str, int] = {}
    for entry in found:
        if entry.status == "pending":  # the latest proposal waits on
            waiting[entry.field] = max(waiting.get(entry.field, 0), entry.value_id)
    for entry in found:
        wins = entry.customer_id == winners.get(entry.field, survivor)
        stays = wins if entry.status == "current" else waiting[entry.field] == entry.value_id
        if stays:
            continue
        other = winners.get(entry.field, first_other) if entry.customer_id == survivor else entry.customer_id
        kept[other if other in kept else first_other]["states"].append(
            [entry.value_id, entry.field, entry.status, "superseded"]
        )
        connection.execute(
            sa.update(entries).where(entries.c.value_id == entry.value_id).values(status="superseded")
        )  # fmt: skip
    there = {(entry.customer_id, entry.field) for entry in found if entry.status == "current"}
    for name, record in winners.items():
        value = rows[record][_column(name)]
        if record == survivor or value is None or (record, name) in there:
            continue
        kept[record]["made"].append(insert(connection, "profile_values", {
            "customer_id": survivor, "field": name,
            "value": f"{value / 100:.2f}" if _column(name) != name else str(value), "source": "merge",
             "entered_kind": "system", "actor": store.actor.label, "entered_at": store.now_iso(),
            "basis": "contract", "status": "current",
        }))  # fmt: skip


def _column(name: str) -> str:
    return stored_name(STORE_TABLES["customers"].table.column(name))
