"""One small ready world for each scenario: the tables of ``datasets/<scenario>``, and the code that makes them.

In the folder stand the tables of the world with American names and dollars for programs, in ``ru/`` those of the
same seed with Russian names and roubles for Russian Excel, a data dictionary in both languages and a manifest.
The truth behind a world isn't in the folder; `load_world` gives it to whoever asks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crm_toolkit.datasets.table_files import dictionary_bytes, files_of
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import PURCHASES, TRUTH_TABLES, WORLD_TABLES, Table, near_misses
from crm_toolkit.texts import join_names, say
from crm_toolkit.world.setting import scenario
from crm_toolkit.world.simulation import World, simulate

SEED = 2026
TABLES: dict[str, Table] = {"purchases": PURCHASES, **WORLD_TABLES}
ORIGIN = "generated; the people and the organisation are invented"
_FOLDERS = {"en_US": "", "ru_RU": "ru/"}


@dataclass(frozen=True)
class Size:
    """How many customers a shipped world has, and for how many weeks."""

    customers: int
    weeks: int


# so that both campaigns of a scenario fall into its weeks and no folder is larger than 3 MB
SIZES: dict[str, Size] = {
    "barbershop": Size(200, 78),
    "bgnbd": Size(300, 78),
    "car_service": Size(200, 104),
    "clinic": Size(200, 104),
    "fitness_club": Size(100, 78),
    "grocery": Size(20, 44),
    "hotel": Size(200, 104),
    "language_school": Size(80, 78),
    "pareto_nbd": Size(300, 78),
}


def load_world(name: str, *, locale: str | None = None, truth: bool = False) -> dict[str, pd.DataFrame]:
    """Open the small world that is shipped for a scenario.

    Parameters
    ----------
    name : str
        A scenario, such as ``"barbershop"``.
    locale : {"en_US", "ru_RU"}, optional
        Names, places and money; by default those of the reader's language.
    truth : bool
        Whether the tables of truth (``"truth.customers"`` …) are wanted as well; an analyst has none.

    Returns
    -------
    dict of str to DataFrame
        ``purchases`` and the tables of `schema.WORLD_TABLES`, with the same values as the files in ``datasets/``;
        a table of which a scenario has no rows is there and empty.

    Raises
    ------
    InputError
        If there is no such world or no such locale.

    Examples
    --------
    >>> world = load_world("hotel", locale="en_US")
    >>> world["purchases"]["amount"].sum().round(2) == world["order_lines"]["amount"].sum().round(2)
    np.True_
    """
    world = shipped_world(name, locale=locale)
    frames = {table: world.tables[table].copy() for table in world.tables}
    if truth:
        frames |= {f"truth.{table}": world.truth[table].copy() for table in TRUTH_TABLES}
    return frames


def shipped_world(name: str, *, locale: str | None = None) -> World:
    """The shipped world itself; see `load_world`."""
    if name not in SIZES:
        close = near_misses(name, SIZES)
        advice = say("Did you mean “{close}”?", close=close[0]) if close else ""
        problem = Problem("unknown_world", say("Available: {names}.", names=join_names(SIZES, most=20)), advice=advice)
        raise InputError(say("There is no data set “{name}”.", name=name), [problem])
    size = SIZES[name]
    return simulate(scenario(name, locale=locale), customers=size.customers, weeks=size.weeks, seed=SEED)


def world_files(name: str) -> dict[str, bytes]:
    """Every file of ``datasets/<name>`` by its path there, as bytes."""
    worlds = {locale: shipped_world(name, locale=locale) for locale in _FOLDERS}
    files: dict[str, bytes] = {}
    rows: dict[str, int] = {}
    for locale, folder in _FOLDERS.items():
        frames = worlds[locale].tables
        files |= files_of(frames, TABLES, locale=locale, folder=folder)
        rows |= {f"{folder}{table}.csv": len(frames[table]) for table in TABLES}
        dictionary = f"dictionary.{locale[:2]}.csv"
        present = [(TABLES[table], frames[table]) for table in TABLES if len(frames[table])]
        files[dictionary] = dictionary_bytes(present, locale=locale)
        rows[dictionary] = sum(len(table.columns) for table, _ in present)
    return dict(sorted(files.items())) | {"manifest.json": _manifest(name, worlds, files, rows)}


def _manifest(name: str, worlds: Mapping[str, World], files: Mapping[str, bytes], rows: Mapping[str, int]) -> bytes:
    size, told = SIZES[name], worlds["en_US"].spec.scenario
    manifest = {
        "scenario": name,
        "seed": SEED,
        "customers": size.customers,
        "weeks": size.weeks,
        "start": told.start.isoformat(),
        "time_zone": told.time_zone,
        "generator_version": told.version,
        "made_by": f'crm_toolkit.datasets.load_world("{name}")',
        "origin": ORIGIN,
        "editions": {
            locale: {
                "folder": _FOLDERS[locale] or "./",
                "currency": world.spec.scenario.currency,
                "scenario_fingerprint": world.spec.scenario.fingerprint(),
            }
            for locale, world in worlds.items()
        },
        "files": file_records(files, rows),
    }
    return json_bytes(manifest)


def file_records(files: Mapping[str, bytes], rows: Mapping[str, int]) -> dict[str, dict[str, object]]:
    """Rows and digest of each file, as a manifest tells them."""
    return {name: {"rows": rows.get(name), "sha256": hashlib.sha256(files[name]).hexdigest()} for name in sorted(files)}


def json_bytes(value: object) -> bytes:
    """A manifest as it stands in its file."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
