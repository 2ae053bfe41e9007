"""Practice of lesson 03: a role of one's own that can do its work and leaks nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from crm_toolkit.exercises.practice import Practice, Requirement, Words
from crm_toolkit.exercises.tasks import Data
from crm_toolkit.schema.store import SENSITIVITY, STORE_TABLES
from crm_toolkit.texts import join_names, mark, say


@dataclass(frozen=True)
class Work:
    """What people of one kind of work need, and what is none of their business."""

    title: str
    reads: tuple[str, ...]
    """Classes of sensitivity that have to be read in full."""
    hidden: tuple[str, ...]
    """Classes that may be masked at most."""
    tables: tuple[str, ...]
    closed: tuple[str, ...]
    does: tuple[tuple[str, str], ...]
    """Actions: (action, table)."""
    rows: str
    """The widest scope of customers that the work needs."""


WORKS: dict[str, Work] = {
    "reception": Work(
        mark("the reception of one branch"), ("name", "contact"), ("birth", "income", "salary", "cost"),
        ("customers", "contacts", "requests"), ("receivables", "budgets"), (("create", "requests"),), "team",
    ),
    "call_centre": Work(
        mark("the call centre of the whole organisation"), ("name", "contact", "note"),
        ("income", "salary", "cost", "birth"), ("customers", "contacts", "requests", "articles"),
        ("receivables", "surveys"), (("create", "requests"), ("edit", "requests")), "all",
    ),
    "collection": Work(
        mark("the collection of debts"), ("name", "contact", "money"), ("birth", "income", "opinion", "note"),
        ("customers", "payments", "receivables"), ("surveys", "requests"), (("edit", "payments"),), "all",
    ),
    "newsletter": Work(
        mark("the newsletter"), ("residence", "profile"), ("name", "contact", "birth", "note", "salary"),
        ("customers", "orders", "touches"), ("payments", "requests"), (("create", "campaigns"),), "all",
    ),
}  # fmt: skip
_WIDTH = {"none": 0, "self": 0, "own": 1, "team": 2, "all": 3}
_PATHS = {
    "list": mark("the list"), "row": mark("a single row"), "history": mark("the history"),
    "count": mark("a count by value"),
}  # fmt: skip


def _draw(luck: random.Random) -> Data:
    return {"work": luck.choice(tuple(WORKS))}


def _words(data: Data) -> Words:
    work = WORKS[data["work"]]
    return {
        "work": say(work.title),
        "reads": join_names(say(SENSITIVITY[kind]) for kind in work.reads),
        "hidden": join_names(say(SENSITIVITY[kind]) for kind in work.hidden),
        "tables": join_names(f"`{name}`" for name in work.tables),
        "closed": join_names(f"`{name}`" for name in work.closed),
        "does": join_names(f"`{action} {table}`" for action, table in work.does),
        "rows": work.rows,
    }  # fmt: skip


def _cannot_read(role: Any, data: Data) -> Words | None:
    work = WORKS[data["work"]]
    lacking = [say(SENSITIVITY[kind]) for kind in work.reads if role.class_rule(kind) != "read"]
    return {"classes": join_names(lacking)} if lacking else None


def _no_rows(role: Any, data: Data) -> Words | None:
    work = WORKS[data["work"]]
    closed = [f"`{name}`" for name in work.tables if role.scope(name) == "none"]
    return {"tables": join_names(closed)} if closed else None


def _too_wide(role: Any, data: Data) -> Words | None:
    work = WORKS[data["work"]]
    open_ = [f"`{name}`" for name in work.closed if role.scope(name) != "none"]
    if _WIDTH[role.scope("customers")] > _WIDTH[work.rows]:
        open_.append(f"`customers: {role.scope('customers')}`")
    return {"tables": join_names(open_)} if open_ else None


def _leaks(role: Any, data: Data) -> Words | None:
    """Whether a hidden value appears on any path of a store that is made for this question."""
    from crm_toolkit.exercises.canaries import leaks_of

    found = leaks_of(role, WORKS[data["work"]].hidden)
    if not found:
        return None
    where = join_names(f"`{column}` ({say(_PATHS[path])})" for column, path in found)
    return {"where": where}


def _cannot_do(role: Any, data: Data) -> Words | None:
    work = WORKS[data["work"]]
    lacking = [f"`{action} {table}`" for action, table in work.does if not role.may(action, table)]
    return {"actions": join_names(lacking)} if lacking else None


def _too_much(role: Any, data: Data) -> Words | None:
    """Rights that the work does not ask for: changing tables beyond it, export, erasure …"""
    work = WORKS[data["work"]]
    allowed = {table for _, table in work.does} | {"contacts", "request_events", "article_uses"}
    more = [f"`{table}`" for table in STORE_TABLES if role.actions.get(table) and table not in allowed]
    more += [f"`{right}`" for right in sorted(role.rights)]
    return {"rights": join_names(more, most=6)} if more else None


OWN_ROLE = Practice(
    id="own_role",
    lesson="03",
    topic="store",
    title=mark("A role that can work and leaks nothing"),
    statement=mark(
        "Write the role for **{work}** with `store.checked_role` and hand it in.\n\n"
        "- It has to read in full: {reads}; in the tables {tables}.\n"
        "- It may see a trace at most of: {hidden}.\n"
        "- Closed to it: {closed}. Of customers it needs no more rows than `{rows}`.\n"
        "- It has to be able to do: {does}, and nothing that its work does not ask for.\n\n"
        "The check opens a database with your role and looks for hidden values on every path: list, row, "
        "history, counts."
    ),
    works_on="Role",
    generate=_draw,
    words=_words,
    requirements=(
        Requirement("CANNOT_READ", mark("reads in full what the work needs"),
                    mark("It can't do its work: it does not read {classes}."), _cannot_read),
        Requirement("NO_ROWS", mark("sees rows of the tables of its work"),
                    mark("It sees no rows of {tables}."), _no_rows),
        Requirement("LEAK", mark("no hidden value appears on any path"),
                    mark("Hidden values appear: {where}."), _leaks),
        Requirement("TOO_WIDE", mark("no tables and rows beyond the work"),
                    mark("It reaches further than its work: {tables}."), _too_wide),
        Requirement("CANNOT_DO", mark("can do what the work asks for"),
                    mark("It may not do: {actions}."), _cannot_do),
        Requirement("TOO_MUCH", mark("may do nothing beyond the work"),
                    mark("It may do more than its work asks for: {rights}."), _too_much),
    ),
    hints=(
        mark("Begin with nothing: what a role does not name is refused. Then add what the work needs, one by one."),
        mark("Three questions: which rows (`rows`), what of each (`fields`), what may be done (`actions`)."),
        mark('`role = store.checked_role("mine", rows={{"customers": "{rows}"}}, fields={{"name": "read"}})`'),
    ),
    solution=mark(
        "Rows of {tables} as wide as `{rows}`; read in full: {reads}; nothing is said of {hidden}, so it is refused; "
        "actions: {does}; no further rights."
    ),
)  # fmt: skip

PRACTICES = (OWN_ROLE,)
