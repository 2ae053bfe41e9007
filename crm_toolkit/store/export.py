"""A table saved to a file: only by a role with the right, only what it sees, logged, and safe for spreadsheets.

The file holds the rows and columns that the person would see on the screen, masked where they are masked there. No
cell becomes a formula (`intake.writing`). Who took what is written to `exports` and to the log before the file
appears in its place.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake.writing import write_table
from crm_toolkit.store import audit, database
from crm_toolkit.store.entering.generic import insert
from crm_toolkit.texts import say

if TYPE_CHECKING:
    from crm_toolkit.store.departments import Panel
    from crm_toolkit.store.door import Store


@dataclass(frozen=True)
class Exported:
    """What was taken out.

    Parameters
    ----------
    path : Path
        Where the file is.
    rows : int
        Number of rows.
    columns : tuple of str
        Names of the columns.
    export_id : int
        Key in `exports`.
    """

    path: Path
    rows: int
    columns: tuple[str, ...]
    export_id: int


def export(
    store: Store,
    what: str | Panel,
    path: str | os.PathLike[str],
    *,
    where: Mapping[str, Any] | None = None,
    order: str | Sequence[str] = (),
    limit: int | None = None,
    replace: bool = False,
) -> Exported:
    """Save a table; see `Store.export`."""
    store.rights.require("export")
    target = Path(path)
    if target.exists() and not replace:
        advice = say("Choose another name, or say replace=True.")
        raise InputError(say("“{name}” can't be written.", name=target.name),
                         [Problem("exists", say("There is a file of that name."), advice=advice)])  # fmt: skip
    if isinstance(what, str):
        entity, frame = what, store.list(what, where=where, order=order, limit=limit)
    else:
        entity, frame = what.entity, what.rows(store)
    columns = tuple(str(name) for name in frame.columns)

    def log(connection: sa.Connection) -> int:
        at = store.now_iso()
        key = insert(connection, "exports", {
            "exported_at": at, "actor": store.actor.label, "entity": entity, "rows": len(frame),
            "columns": ", ".join(columns),
        })  # fmt: skip
        audit.record(connection, store.actor, at, "export", entity, None, key=store.key)
        return key

    # the file is written whole beside its place first: a refusal leaves neither a file nor an entry
    folder = target.parent if target.parent.is_dir() else None
    if folder is None:
        write_table(frame, target)  # says what is wrong with the place
    with TemporaryDirectory(prefix=".export", dir=folder) as beside:
        made = write_table(frame, Path(beside) / target.name)
        key = database.written(store.engine, log)
        os.replace(made, target)
    return Exported(target, len(frame), columns, key)
