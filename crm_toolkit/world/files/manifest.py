"""What a written world is: the facts that define it, and rows, digest and bytes of its tables.

The manifest says nothing about when, where or with how many hands it was written, so two folders of the same
world have the same manifest, byte by byte.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from crm_toolkit import __version__
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import TRUTH_TABLES, WORLD_TABLES
from crm_toolkit.texts import say
from crm_toolkit.world.digest import combine

FILE = "manifest.json"


@dataclass(frozen=True)
class TableRecord:
    """One written table: how many rows, which digest (`digest.table_digest`), how many bytes of Parquet."""

    rows: int
    digest: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """A written world.

    Parameters
    ----------
    generator, schema : str
        Version of the package; fingerprint of the tables' columns and kinds.
    scenario, scenario_version, scenario_fingerprint, policy : str
        What happens in the world, and what the organisation does; the policy as Python writes it.
    seed, customers, weeks, block_size : int
    start : str
        First day, YYYY-MM-DD.
    currency, locale, time_zone : str
        Money and times of the tables; an empty time zone is "local, not named".
    truth : bool
        Whether the tables of truth were written as well.
    only : list of str or None
        The tables that were asked for; ``None`` is all.
    tables : dict of str to TableRecord
        The tables by name; a table of truth is named ``truth.…``.
    """

    generator: str
    schema: str
    scenario: str
    scenario_version: str
    scenario_fingerprint: str
    policy: str
    seed: int
    customers: int
    weeks: int
    block_size: int
    start: str
    currency: str
    locale: str
    time_zone: str
    truth: bool
    only: list[str] | None
    tables: dict[str, TableRecord]

    def text(self) -> str:
        """The manifest as it stands in the file."""
        return written(asdict(self))

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> Manifest:
        """The manifest of a folder.

        Raises
        ------
        InputError
            If the folder has no manifest (the world is not written to its end) or it can't be understood.
        """
        path = Path(folder) / FILE
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            tables = {name: TableRecord(**record) for name, record in found.pop("tables").items()}
            return cls(**found, tables=tables)
        except FileNotFoundError:
            what = say("There is no finished world in “{folder}”: `{file}` is missing.", folder=folder, file=FILE)
            advice = say("Check the folder, or run the command that writes the world again; it goes on where it ended.")
            problem = Problem("no_manifest", what, advice=advice)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            what = say("“{path}” can't be understood.", path=path)
            problem = Problem("bad_manifest", what, found=f"{type(error).__name__}: {error}")
        raise InputError(say("This world can't be read."), [problem])


def identity(spec: Any, *, block_size: int, truth: bool, only: Iterable[str] | None) -> dict[str, Any]:
    """All that defines the files of a world; equal identities have equal files."""
    scenario = spec.scenario
    told = {name: dict(getattr(scenario, name, {})) for name in ("numbers", "mechanisms")}
    return {
        "generator": __version__,
        "schema": schema_fingerprint(),
        "scenario": scenario.name,
        "scenario_version": str(scenario.version),
        "scenario_fingerprint": scenario.fingerprint(),
        "policy": repr(spec.policy),
        "seed": int(spec.seed),
        "customers": int(spec.customers),
        "weeks": int(spec.weeks),
        "block_size": int(block_size),
        "start": scenario.start.isoformat()[:10],
        "currency": scenario.currency,
        "locale": scenario.locale,
        "time_zone": getattr(scenario, "time_zone", ""),
        "truth": bool(truth),
        "only": None if only is None else sorted(only),
        **told,
    }


def manifest_of(facts: Mapping[str, Any], reports: Iterable[Mapping[str, Any]]) -> Manifest:
    """Add the reports of all blocks up."""
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for report in reports:
        for name, record in report["tables"].items():
            parts.setdefault(name, []).append(record)
    tables = {
        name: TableRecord(
            sum(record["rows"] for record in records),
            combine(record["digest"] for record in records),
            sum(record["bytes"] for record in records),
        )
        for name, records in sorted(parts.items())
    }
    known = {field.name for field in fields(Manifest)}
    return Manifest(**{name: value for name, value in facts.items() if name in known}, tables=tables)


def schema_fingerprint() -> str:
    """Sixteen signs that change when a column of a world's table is added, removed, renamed or of another kind.

    >>> len(schema_fingerprint())
    16
    """
    columns = [
        (room, table.name, column.name, column.kind, column.nullable)
        for room, tables in (("world", WORLD_TABLES), ("truth", TRUTH_TABLES))
        for table in tables.values()
        for column in table.columns
    ]
    return hashlib.sha256(repr(columns).encode()).hexdigest()[:16]


def written(value: object) -> str:
    """JSON that is the same for the same value.

    >>> print(written({"b": 1, "a": "я"}), end="")
    {
     "a": "я",
     "b": 1
    }
    """
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
