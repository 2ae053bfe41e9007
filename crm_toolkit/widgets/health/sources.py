"""Where the data of a report come from: a file of purchases, a folder of tables, a store through the eyes of a role."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from crm_toolkit import datasets
from crm_toolkit.datasets.code_words import scenario_title
from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.texts import language, say

OTHERS = ("contacts", "requests", "complaints", "surveys", "contracts")
_STORE_ENDINGS = (".db", ".sqlite", ".sqlite3")
_SQLITE = b"SQLite format 3\x00"
_IDLE = ("no_items", "no_quantity", "no_price")  # nothing of these stands on the page
_TIMES = ("opened_at", "answered_at", "sent_at", "resolved_at", "first_response_at", "started_on", "ended_on")


@dataclass(frozen=True, eq=False)
class Source:
    """Purchases and what else is there.

    Parameters
    ----------
    name : str
        For the title.
    purchases : pandas.DataFrame
    currency : str
    tables : mapping of str to DataFrame
    noticed : tuple of str
        What the reading noticed.
    letter : str
        How a file was read, for the terminal; may be empty.
    call : str
        The Python call that opens the same data, for the notebook.
    place : str
        Where the data lie, as it was named.
    """

    name: str
    purchases: pd.DataFrame
    currency: str = ""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    noticed: tuple[str, ...] = ()
    letter: str = ""
    call: str = ""
    place: str = ""


def open_source(
    what: str,
    *,
    role: str = "analyst",
    currency: str = "",
    hints: Mapping[str, Any] | None = None,
    progress: Callable[[float, str], object] | None = None,
) -> Source:
    """Open a file, a folder of tables or a store.

    Parameters
    ----------
    what : str
        A path or a URL of PostgreSQL. A folder is a folder of tables with ``purchases.csv`` or ``.parquet`` in it; a
        database is a store; anything else is a file of purchases.
    role : str
        Through whose eyes a store is read.
    currency : str
        For display, where the source names none.
    hints : mapping, optional
        Options of `datasets.read_purchases`, for a file.
    progress : callable, optional
        Called with a fraction from 0 to 1 and a word.

    Raises
    ------
    InputError
        If the source can't be read.
    """
    path = Path(what)
    if "://" in what or _is_store(path):
        return _store(what, role, currency)
    if path.is_dir():
        return _folder(path, currency)
    purchases, report = datasets.read_purchases(what, currency=currency, progress=progress, **dict(hints or {}))
    noticed = [f"{warning.what} {warning.found}".strip() for warning in report.warnings if warning.code not in _IDLE]
    given = "".join(f", {name}={value!r}" for name, value in {**dict(hints or {})}.items())
    call = f"purchases, letter = datasets.read_purchases({str(what)!r}{given})"
    return Source(path.name, purchases, report.currency or currency, {}, tuple(noticed), str(report), call, what)


def demo_source() -> Source:
    """Complete Journey: real receipts of a grocery chain."""
    purchases = datasets.fetch_complete_journey().purchases
    return Source("Complete Journey", purchases, "USD", call="purchases = datasets.fetch_complete_journey().purchases")


def _is_store(path: Path) -> bool:
    if path.suffix.lower() in _STORE_ENDINGS and not path.exists():
        return True
    if not path.is_file():
        return False
    with path.open("rb") as opened:
        return opened.read(len(_SQLITE)) == _SQLITE


def _store(url: str, role: str, currency: str) -> Source:
    """The tables of a store, as far as the role sees them."""
    from crm_toolkit.store import Store

    store = Store.open(url, role=role)
    try:
        purchases = store.tables("purchases")
        seen = say("Read as the role “{role}”: only what this role may see takes part.", role=role)
        tables, noticed = {}, [seen]
        for name in OTHERS:
            try:
                tables[name] = store.tables(name)
            except (CRMError, KeyError):
                continue  # the store has no such table, or this role does not see it
        if purchases["amount"].isna().all() and len(purchases):
            noticed.append(say("The role “{role}” does not see amounts.", role=role))
        money = str(store.info.get("currency", "")) or currency
        place = re.sub(r"(://[^:/@]+):[^@]*@", r"\1@", url)  # a password stays out of the notebook
        call = f"store = crm.Store.open({place!r}, role={role!r})\npurchases = store.tables('purchases')"
        return Source(Path(url).stem if "://" not in url else url.rsplit("/", 1)[-1], purchases, money, tables,
                      tuple(noticed), "", call, place)  # fmt: skip
    finally:
        store.close()


def _folder(folder: Path, currency: str) -> Source:
    """The tables of a folder such as ``datasets/barbershop`` or one written by ``crm-toolkit generate``."""
    edition = folder / "ru" if str(language()) == "ru" and (folder / "ru" / "purchases.csv").exists() else folder
    manifest = _manifest(folder)
    purchases, call = _purchases(edition, folder)
    tables = {name: found for name in OTHERS if (found := _table(folder, name)) is not None}  # with codes, not words
    money = _currency(manifest, "" if edition == folder else edition.name) or currency
    name = scenario_title(str(manifest.get("scenario") or folder.resolve().name))
    return Source(name, purchases, money, tables, (), "", call, str(folder))


def _purchases(edition: Path, folder: Path) -> tuple[pd.DataFrame, str]:
    """The purchases of a folder, from their own table or from orders and their lines, and the call that opens them."""
    files = _files(edition, "purchases")
    if files and (found := _table(edition, "purchases")) is not None:
        return found, f"purchases, letter = datasets.read_purchases({str(files[0])!r})"
    orders, lines = _table(edition, "orders"), _table(edition, "order_lines")
    of_order, of_line = ["order_id", "customer_id", "ordered_at"], ["order_id", "amount"]
    if orders is not None and lines is not None and {*of_order} <= {*orders} and {*of_line} <= {*lines}:
        call = "from crm_toolkit.widgets.health.sources import open_source\n\n"
        call += f"purchases = open_source({str(folder)!r}).purchases"
        return lines[of_line].merge(orders[of_order], on="order_id", how="left"), call
    what = say("There is no table of purchases in “{path}”.", path=folder)
    advice = say("A folder of tables has `purchases.csv` or `purchases.parquet`; a file is named itself.")
    raise InputError(say("The report can't be made."), [Problem("no_purchases", what, advice=advice)])


def _currency(manifest: dict[str, Any], subfolder: str) -> str:
    """Currency of an edition as the manifest names it; empty if it does not."""
    editions = manifest.get("editions")
    facts = [one for one in editions.values() if isinstance(one, dict)] if isinstance(editions, dict) else []
    own = [one.get("currency") for one in facts if str(one.get("folder", "")).strip("./") == subfolder]
    return str(next(filter(None, [*own, manifest.get("currency")]), ""))


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _files(folder: Path, name: str) -> list[Path]:
    return [
        *sorted(folder.glob(f"{name}.parquet")),
        *sorted(folder.glob(f"{name}/*.parquet")),
        *sorted(folder.glob(f"{name}.csv")),
    ]


def _table(folder: Path, name: str) -> pd.DataFrame | None:
    """A table of a folder; one that can't be read is as if it were not there, except the purchases."""
    files = _files(folder, name)
    if not files:
        return None
    if name == "purchases" and files[0].suffix == ".csv":
        return datasets.read_purchases(files[0])[0]
    try:
        if files[0].suffix == ".parquet":
            return pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
        return _read_csv(files[0])
    except (OSError, ValueError):
        if name == "purchases":
            raise
        return None


def _read_csv(file: Path) -> pd.DataFrame:
    """A CSV table of a world: American or Russian form, by its header line."""
    head = file.read_text(encoding="utf-8-sig", errors="replace").split("\n", 1)[0]
    russian = head.count(";") > head.count(",")
    frame = pd.read_csv(file, sep=";" if russian else ",", decimal="," if russian else ".", encoding="utf-8-sig")
    for column in frame.columns.intersection(list(_TIMES)):
        frame[column] = pd.to_datetime(frame[column], format="mixed", dayfirst=russian, errors="coerce")
    return frame
