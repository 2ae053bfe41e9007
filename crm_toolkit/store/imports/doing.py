"""The order of work: read the file, plan, and write everything in one transaction, or say what would happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake import Preview, preview
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.store import LAWFUL_BASES
from crm_toolkit.store import audit, database, search
from crm_toolkit.store.entering.generic import insert
from crm_toolkit.store.filling import TEXT_VERSION
from crm_toolkit.store.imports import contacts, customers, purchases, reading
from crm_toolkit.store.imports.job import Job, Plan
from crm_toolkit.store.imports.matching import WAYS
from crm_toolkit.store.imports.report import ImportReport, problems_frame, refusal
from crm_toolkit.texts import join_names, say
from crm_toolkit.texts import language as spoken

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store

_PLANS = {"customers": customers.plan, "contacts": contacts.plan, "purchases": purchases.plan}
_KEYS = ("outside", "store")
_OWN = ("name", "kinds", "system", "words", "basis", "text_version", "add_customers")


def preview_import(store: Store, source: Any, entity: str, **hints: Any) -> Preview:
    """Look at a file; see `Store.preview_import`."""
    store.rights.require("import")
    columns = hints.pop("columns", None)
    layout, values, own = reading.split_hints(hints, _OWN)
    return preview(source, entity, columns=columns, hints=values, layout=layout, kinds=own.get("kinds"),
                   name=own.get("name", ""))  # fmt: skip


def import_file(
    store: Store,
    source: Any,
    entity: str,
    *,
    columns: Mapping[str, str | int] | None,
    key: str,
    match: Sequence[str],
    dry_run: bool,
    skip_problems: bool,
    **hints: Any,
) -> ImportReport:
    """Bring in a file; see `Store.import_file`."""
    store.rights.require("import")
    match = (match,) if isinstance(match, str) else tuple(match)
    layout, values, own = reading.split_hints(hints, _OWN)
    _refuse_unknown(entity, key, match, own)
    found = reading.read(source, entity, columns or {}, layout, values, own.get("kinds"), own.get("name", ""))

    def work(connection: sa.Connection) -> ImportReport:
        job = Job(
            store, connection, found, found.report.name, key, str(own.get("system", "")), match,
            own.get("words") or {}, own.get("basis", "contract"), own.get("text_version", TEXT_VERSION),
            bool(own.get("add_customers", False)), store.now_iso(),
            notes=[problem.what for problem in found.report.warnings],
        )  # fmt: skip
        plan = _PLANS[entity](job)
        problems = problems_frame(job.problems)
        if len(problems) and not dry_run and not skip_problems:
            raise refusal(job.name, problems)
        batch = None if dry_run else _written(job, plan, entity, problems)
        return ImportReport(
            job.name, entity, dry_run, found.report.rows_read, plan.added, plan.changed, plan.unchanged, plan.skipped,
            problems, plan.changes, tuple(job.notes), str(found.report), plan.also, batch,
        )  # fmt: skip

    with spoken(str(spoken())):  # asked once, not for every value
        if dry_run:
            with database.reading(store.engine) as connection:
                return work(connection)
        return database.written(store.engine, work)


def _written(job: Job, plan: Plan, entity: str, problems: Any) -> int:
    """Everything that the plan brings, with the row of `import_batches` and the log; values stand in neither."""
    touched = plan.write()
    search.refresh(job.connection, touched)
    rules = problems["rule"].value_counts().sort_index()
    said = [
        f"unchanged {plan.unchanged}, skipped {plan.skipped}",
        *(f"{rule}: {count}" for rule, count in rules.items()),
    ]
    batch = insert(job.connection, "import_batches", {
        "entity": entity, "source": job.name, "rows_read": job.source.report.rows_read, "rows_added": plan.added,
        "rows_changed": plan.changed, "report": "; ".join(said), "actor": job.store.actor.label, "imported_at": job.at,
    })  # fmt: skip
    audit.record(job.connection, job.store.actor, job.at, "import", "import_batches", batch, key=job.store.key)
    return batch


def _refuse_unknown(entity: str, key: str, match: Sequence[str], own: Mapping[str, Any]) -> None:
    problems = []
    for name, given, allowed in (
        ("entity", [entity], tuple(_PLANS)), ("key", [key], _KEYS), ("match", match, WAYS),
        ("basis", [own.get("basis", "contract")], LAWFUL_BASES),
    ):  # fmt: skip
        for word in given:
            if word not in allowed:
                close = near_misses(str(word), allowed)
                advice = say("Did you mean `{close}`?", close=close[0]) if close else say(
                    "Allowed: {names}.", names=join_names(f"`{one}`" for one in allowed))  # fmt: skip
                what = say("`{name}` can't be `{word}`.", name=name, word=str(word)[:40])
                problems.append(Problem("unknown_word", what, advice=advice, column=name))
    if problems:
        raise InputError(say("The file can't be imported."), problems)
