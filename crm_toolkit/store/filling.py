"""A world's tables into the database: what was recorded, with where every value of a profile comes from.

The tables of the contract go in as they are. From them come what only a CRM has: requests with their events out of
contacts and complaints, the entry of every value of a profile, consents by purpose, the register of touchpoints, the
list of causes, and who looks after whom: the employee of a customer's latest contact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from crm_toolkit.engines import with_named_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.store import PROFILE_FIELDS, STORE_TABLES
from crm_toolkit.store import loading
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import join_names, mark, say

IMPORTED = "import"
TEXT_VERSION = "2025-09"
_MADE_HERE = {"customers": ("kind", "version"), "contacts": ("entered_kind",)}
_REMINDED = {"complaint": "high", "service_request": "normal", "information_request": "low"}
# what may go wrong anywhere; below what goes wrong in one kind of organisation, entered where it happened
CAUSES: dict[str, str] = {
    "late_start": mark("The service began late"),
    "poor_result": mark("The result was not as agreed"),
    "wrong_bill": mark("The bill was wrong"),
    "rude_staff": mark("The staff were impolite"),
    "damage": mark("Something was damaged"),
    "not_available": mark("What was asked for was not available"),
    "unclear_information": mark("Information was missing or unclear"),
}
FURTHER_CAUSES: dict[str, str] = {
    "late_ready": mark("It was not ready in time"),
    "repair_again": mark("The repair had to be done again"),
    "long_queue": mark("The queue was long"),
    "lost_results": mark("Results were lost"),
    "broken_equipment": mark("Equipment was broken"),
    "crowded": mark("It was too crowded"),
    "dirty_room": mark("The room was dirty"),
    "room_not_ready": mark("The room was not ready"),
    "noise": mark("It was noisy"),
    "out_of_stock": mark("The goods were out of stock"),
    "wrong_price": mark("The price was wrong"),
    "spoiled_goods": mark("The goods were spoiled"),
    "cancelled_lesson": mark("A lesson was cancelled"),
    "teacher_changed": mark("The teacher was changed"),
    "wrong_level": mark("The level did not fit"),
}


def fill(connection: sa.Connection, tables: Mapping[str, Any]) -> str:
    """Write tables of a world into an empty store; the last moment recorded in them is returned.

    Parameters
    ----------
    connection : Connection
        A writing transaction.
    tables : mapping of str to DataFrame
        Tables of `schema.WORLD_TABLES`; those that are missing stay empty. ``purchases`` is left out: it repeats
        the lines of orders.

    Raises
    ------
    InputError
        If a table is not of the contract, or a column that can't be missing is.
    """
    frames = _checked(tables)
    keys: dict[str, Any] = {}
    problems: list[Problem] = []
    complete = _complete(frames)
    for name, frame in complete.items():
        table, wrong = loading.columns_as_stored(name, frame)
        key = STORE_TABLES[name].table.key[0]
        keys[name] = table.column(key) if key in table.column_names else None
        problems += wrong + loading.pointing_nowhere(name, table, keys)
        if not problems:
            loading.load(connection, name, table)
    if problems:
        raise InputError(say("The store can't be filled with these tables."), problems)
    return _last_moment(complete)


def _checked(tables: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The given tables by the contract, or a letter with everything that does not fit."""
    problems = []
    frames: dict[str, pd.DataFrame] = {}
    for name in tables:
        if name == "purchases":
            continue
        if name not in STORE_TABLES and name != "complaints":
            close = near_misses(name, STORE_TABLES)
            problems.append(Problem(
                "unknown_table", say("There is no table `{name}`.", name=name), column=name,
                advice=say("Did you mean `{close}`?", close=close[0]) if close else "",
            ))  # fmt: skip
            continue
        frames[name] = with_named_columns(pd.DataFrame(tables[name]))
        problems += [
            Problem("repeated_column", say("The table `{table}` has the column `{name}` several times.", table=name,
                                           name=column), column=column)
            for column in frames[name].columns[frames[name].columns.duplicated()].unique()
        ]  # fmt: skip
        if name == "complaints":
            continue
        made_here = _MADE_HERE.get(name, ())
        missing = [
            column.name
            for column in STORE_TABLES[name].table.columns
            if not column.nullable and column.name not in frames[name] and column.name not in made_here
        ]
        if missing:
            names = join_names(f"`{one}`" for one in missing)
            what = say("The table `{table}` lacks the columns {names}.", table=name, names=names)
            problems.append(Problem("missing_column", what, column=missing[0]))
    if len(frames.get("complaints", ())) and "contact_id" not in frames["complaints"]:
        what = say("The table `{table}` lacks the columns {names}.", table="complaints", names="`contact_id`")
        problems.append(Problem("missing_column", what, column="contact_id"))
    if len(frames.get("complaints", ())) and "contacts" not in frames:
        what = say("Complaints need the contacts in which they were made: the table `contacts`.")
        problems.append(Problem("missing_table", what, column="contacts"))
    if "customers" not in frames:
        problems.append(Problem("missing_table", say("There is no table `customers`."), column="customers"))
    for name in ("customers", "contacts"):  # what is made of these needs values that can be read
        if name in frames and not problems:
            problems += [one for one in loading.columns_as_stored(name, frames[name])[1] if one.code == "bad_value"]
    if problems:
        raise InputError(say("The store can't be filled with these tables."), problems)
    return frames


def _complete(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """All tables in the order in which they point to each other, those made here among them."""
    customers = _tidy(frames["customers"], "customers")
    contacts = _tidy(frames.get("contacts", pd.DataFrame()), "contacts")
    customers["kind"] = "client"
    customers["version"] = 1
    customers["responsible_id"] = _responsible(customers, contacts)
    made: dict[str, pd.DataFrame] = frames | {"customers": customers}
    complaints = frames.get("complaints", pd.DataFrame(columns=["contact_id", "failure"]))
    complaints = complaints.drop_duplicates("contact_id")
    unknown = pd.Timestamp(_last_moment(frames | {"customers": customers}) or pd.Timestamp.now().floor("s"))
    titles = _cause_titles(complaints)
    causes = pd.DataFrame(
        {"cause_id": range(1, len(titles) + 1), "cause": list(titles), "title": list(titles.values())}
    )
    if len(contacts):
        contacts["direction"] = "in"
        contacts["entered_kind"] = IMPORTED
        contacts["subject"] = _subjects(contacts, complaints, titles)
        made["contacts"] = contacts
        made["requests"] = _requests(contacts, complaints, causes)
        made["request_events"] = _events(made["requests"], contacts)
        made["touchpoints"] = _touchpoints(contacts, frames.get("departments"))
    made["causes"] = causes
    made["profile_values"] = _profile_values(customers, unknown)
    made["consents"] = _consents(customers, unknown)
    made["pipeline_stages"] = PIPELINE
    order = _by_reference(made)
    return {name: made[name] for name in order}


def _tidy(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """A copy that has every column of the contract, empty where it was not given, with times as times."""
    made = frame.copy()
    for column in STORE_TABLES[name].table.columns:
        if column.name not in made:
            made[column.name] = pd.NaT if column.kind in ("date", "datetime") else None
        if column.kind in ("date", "datetime"):
            made[column.name] = pd.to_datetime(made[column.name])
    return made


def _by_reference(made: Mapping[str, Any]) -> list[str]:
    """Names so that a table comes after those that it points to."""
    return [table.name for table in sa.schema.sort_tables([TABLES[name] for name in made if name in TABLES])]


def _responsible(customers: pd.DataFrame, contacts: pd.DataFrame) -> pd.Series:
    """The employee of the latest contact; nobody for who has none."""
    if not len(contacts):
        return pd.Series(pd.array([None] * len(customers), dtype="Int64"), index=customers.index)
    latest = contacts.sort_values(["opened_at", "contact_id"]).groupby("customer_id")["employee_id"].last()
    return customers["customer_id"].map(latest).astype("Int64")


def _cause_titles(complaints: pd.DataFrame) -> dict[str, str]:
    """Code → words of the causes: those of every organisation, and whatever went wrong in this one."""
    said = {code: say(title) for code, title in (CAUSES | FURTHER_CAUSES).items()}
    found = complaints["failure"].dropna().unique() if "failure" in complaints else ()
    wanted = [*CAUSES, *sorted({str(code) for code in found} - set(CAUSES))]
    return {code: said.get(code, code.replace("_", " ").capitalize()) for code in wanted}


def _subjects(contacts: pd.DataFrame, complaints: pd.DataFrame, titles: Mapping[str, str]) -> pd.Series:
    """One line about a request or complaint; other contacts speak by their kind."""
    words = {
        "service_request": say("Request for service"), "information_request": say("Question"),
        "complaint": say("Complaint"),
    }  # fmt: skip
    subject = contacts["kind"].map(words)
    if "failure" not in complaints:
        return subject
    why = contacts["contact_id"].map(complaints.set_index("contact_id")["failure"]).map(dict(titles))
    return subject.where(why.isna(), subject + ": " + why.fillna("").str.lower())


def _requests(contacts: pd.DataFrame, complaints: pd.DataFrame, causes: pd.DataFrame) -> pd.DataFrame:
    asked = contacts[contacts["kind"].isin(list(_REMINDED))]
    known = complaints.set_index("contact_id").reindex(asked["contact_id"]).reset_index(drop=True)
    asked = asked.reset_index(drop=True)
    complaint = (asked["kind"] == "complaint").to_numpy()
    first = asked["opened_at"] + pd.to_timedelta(asked["wait_minutes"].fillna(0).clip(lower=1), unit="min")
    at_once = first + pd.to_timedelta(asked["handle_minutes"].fillna(5).clip(lower=1), unit="min")
    settled = pd.to_datetime(known["resolved_at"]) if "resolved_at" in known else pd.Series(pd.NaT, index=asked.index)
    resolved = settled.where(complaint, at_once)
    first = first.where(resolved.isna() | (first <= resolved), resolved)
    return pd.DataFrame(
        {
            "request_id": asked["contact_id"], "customer_id": asked["customer_id"], "contact_id": asked["contact_id"],
            "order_id": asked["order_id"], "kind": asked["kind"], "subject": asked["subject"], "body": None,
            "priority": asked["kind"].map(_REMINDED), "status": np.where(resolved.isna(), "assigned", "resolved"),
            "branch_id": asked["branch_id"], "department_id": asked["department_id"],
            "employee_id": asked["employee_id"], "opened_at": asked["opened_at"], "first_response_at": first,
            "resolved_at": resolved,
            "cause_id": known["failure"].map(causes.set_index("cause")["cause_id"]).astype("Int64")
            if "failure" in known else None,
            "severity": known.get("severity"), "remedy": known.get("remedy"),
            "remedy_amount": known.get("remedy_amount"), "reopened": 0, "entered_kind": IMPORTED, "version": 1,
        }
    )  # fmt: skip


def _events(requests: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Opened, responded, resolved, as far as each went, in the order of time."""
    pieces = []
    for event, column in (("opened", "opened_at"), ("responded", "first_response_at"), ("resolved", "resolved_at")):
        there = requests[requests[column].notna()]
        by = ("service " + there["employee_id"].astype("Int64").astype("string")).fillna("system")
        actor = "system" if event == "opened" else by
        pieces.append(pd.DataFrame({
            "request_id": there["request_id"], "customer_id": there["customer_id"], "happened_at": there[column],
            "event": event, "text": None, "actor": actor,
        }))  # fmt: skip
    events = pd.concat(pieces).sort_values(["happened_at", "request_id"], kind="stable", ignore_index=True)
    return events.assign(event_id=np.arange(1, len(events) + 1))


def _touchpoints(contacts: pd.DataFrame, departments: pd.DataFrame | None) -> pd.DataFrame:
    """The places where contacts were recorded: one for every channel and department, at the department's stage."""
    found = contacts[["channel", "department_id"]].dropna(subset="channel").drop_duplicates()
    found = found.sort_values(["department_id", "channel"], ignore_index=True)
    stages = departments.set_index("department_id")["stage"] if departments is not None else pd.Series(dtype=object)
    stage = found["department_id"].map(stages).fillna("service")
    return pd.DataFrame({
        "touchpoint_id": np.arange(1, len(found) + 1), "stage": stage, "channel": found["channel"],
        "department_id": found["department_id"], "touchpoint": found["channel"], "recorded": True,
    })  # fmt: skip


def _profile_values(customers: pd.DataFrame, unknown: pd.Timestamp) -> pd.DataFrame:
    """One entry for every value that is there, as it was imported; from the end of the record if nobody knows when."""
    pieces = []
    for name in PROFILE_FIELDS:
        if name not in customers:
            continue
        values = customers[name]
        there = values.notna()
        if not there.any():
            continue
        shown = _as_text(values[there], name)
        pieces.append(pd.DataFrame({
            "customer_id": customers.loc[there, "customer_id"], "field": name, "value": shown,
            "entered_at": customers.loc[there, "acquired_at"],
        }))  # fmt: skip
    if not pieces:
        return pd.DataFrame()
    entries = pd.concat(pieces, ignore_index=True)
    return entries.assign(
        value_id=np.arange(1, len(entries) + 1), source=IMPORTED, entered_kind=IMPORTED, actor="system",
        basis="contract", status="current",
        entered_at=entries["entered_at"].fillna(unknown),
    )  # fmt: skip


def _as_text(values: pd.Series, name: str) -> pd.Series:
    if name == "birth_date":
        return pd.to_datetime(values).dt.strftime("%Y-%m-%d")
    if name == "income_month":
        return values.map("{:.2f}".format)
    if name == "children":
        return values.astype("int64").astype("string")
    return values.astype("string")


def _consents(customers: pd.DataFrame, unknown: pd.Timestamp) -> pd.DataFrame:
    """One consent a purpose for everybody who agreed."""
    pieces = []
    for purpose, column in (("service", "consent"), ("email", "consent_email"), ("sms", "consent_sms")):
        if column in customers:
            agreed = customers[customers[column].fillna(False).astype(bool)]
            pieces.append(pd.DataFrame({
                "customer_id": agreed["customer_id"], "purpose": purpose,
                "given_at": agreed["acquired_at"],
            }))  # fmt: skip
    if not pieces:
        return pd.DataFrame()
    consents = pd.concat(pieces, ignore_index=True).sort_values(["customer_id", "purpose"], ignore_index=True)
    return consents.assign(
        consent_id=np.arange(1, len(consents) + 1), basis="consent", source=IMPORTED, text_version=TEXT_VERSION,
        actor="system", given_at=consents["given_at"].fillna(unknown),
    )  # fmt: skip


# chances of winning: assumption, in the usual order of magnitude; an organisation puts in its own
PIPELINE = pd.DataFrame(
    [("sales", "new", 1, 0.1, "open"), ("sales", "offer", 2, 0.4, "open"), ("sales", "agreed", 3, 0.8, "open"),
     ("sales", "won", 4, 1.0, "won"), ("sales", "lost", 5, 0.0, "lost")],
    columns=["pipeline", "stage", "position", "probability", "outcome"],
)  # fmt: skip


_HAPPENED = (
    ("contacts", "opened_at"), ("orders", "ordered_at"), ("payments", "paid_at"), ("request_events", "happened_at"),
    ("surveys", "sent_at"), ("surveys", "answered_at"), ("touches", "touched_at"), ("loyalty_ledger", "booked_at"),
    ("customers", "acquired_at"),
)  # fmt: skip


def _last_moment(frames: Mapping[str, pd.DataFrame]) -> str:
    """The latest moment of anything that happened, ISO; empty without one: nothing recorded lies in the future."""
    latest = [
        pd.to_datetime(frames[table][column]).max()
        for table, column in _HAPPENED
        if table in frames and column in frames[table] and len(frames[table])
    ]
    known = [one for one in latest if not pd.isna(one)]
    return max(known).strftime("%Y-%m-%d %H:%M:%S") if known else ""


def set_sequences(connection: sa.Connection) -> None:
    """Let PostgreSQL count on from the largest key; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for name, table in TABLES.items():
        keys = list(table.primary_key.columns)
        if len(keys) == 1 and keys[0].autoincrement is True:
            largest = connection.execute(sa.select(sa.func.max(keys[0]))).scalar() or 0
            if largest:
                sequence = sa.func.pg_get_serial_sequence(f'"{name}"', keys[0].name)
                connection.execute(sa.select(sa.func.setval(sequence, int(largest))))
