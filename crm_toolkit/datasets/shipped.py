"""The small tables in ``datasets/``: made by code, kept in the repository, rebuilt and compared by a test.

Each folder holds the table as UTF-8 CSV, the same as Russian Excel saves it (cp1251, semicolons, decimal
commas, dd.mm.yyyy), a data dictionary in both languages and a manifest with digests.
``crm-toolkit data`` writes them anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from crm_toolkit.datasets.generated import make_purchases
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import PURCHASES, Table
from crm_toolkit.texts import join_names, language, say

FOLDER = Path(__file__).resolve().parent.parent.parent / "datasets"
_SEED, _CUSTOMERS, _WEEKS = 2026, 300, 52
_RUSSIAN_HEADERS = ("Номер заказа", "Код клиента", "Дата заказа", "Услуга", "Количество", "Цена", "Сумма")
_RUSSIAN_ITEMS = {
    "haircut": "Стрижка",
    "beard_trim": "Стрижка бороды",
    "colouring": "Окрашивание",
    "hair_care_goods": "Средства для волос",
}


def load_barbershop() -> pd.DataFrame:
    """The purchases of a barbershop in one year: 300 customers, generated; the table of ``datasets/barbershop``.

    Returns
    -------
    DataFrame
        `schema.PURCHASES`, amounts in roubles or any other currency you like: the barbershop is invented.

    Examples
    --------
    >>> load_barbershop().customer_id.nunique()
    300
    """
    return make_purchases(_CUSTOMERS, weeks=_WEEKS, seed=_SEED)


def barbershop_files() -> dict[str, bytes]:
    """Every file of ``datasets/barbershop`` by name, as bytes."""
    purchases = load_barbershop()
    plain = purchases.to_csv(index=False, date_format="%Y-%m-%d %H:%M", lineterminator="\n").encode()
    files = {
        "purchases.csv": plain,
        "purchases_excel_ru.csv": _as_russian_excel(purchases),
        "dictionary.en.csv": _dictionary(PURCHASES, "en"),
        "dictionary.ru.csv": _dictionary(PURCHASES, "ru"),
    }
    manifest = {
        "name": "barbershop",
        "made_by": "crm_toolkit.datasets.make_purchases",
        "parameters": {"customers": _CUSTOMERS, "weeks": _WEEKS, "seed": _SEED},
        "origin": "generated; the people and the barbershop are invented",
        "currency": "",
        "rows": len(purchases),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return files | {"manifest.json": (json.dumps(manifest, indent=2) + "\n").encode()}


def _as_russian_excel(purchases: pd.DataFrame) -> bytes:
    table = purchases.assign(
        ordered_at=purchases["ordered_at"].dt.strftime("%d.%m.%Y %H:%M"), item=purchases["item"].map(_RUSSIAN_ITEMS)
    ).set_axis(list(_RUSSIAN_HEADERS), axis=1)
    return table.to_csv(index=False, sep=";", decimal=",", float_format="%.2f", lineterminator="\r\n").encode("cp1251")


def _dictionary(table: Table, code: str) -> bytes:
    with language(code):
        heads = [say("column"), say("kind"), say("unit"), say("may be missing"), say("meaning")]
        rows = [
            [column.name, column.kind, say(column.unit) if column.unit else "",
             say("yes") if column.nullable else say("no"), say(column.meaning)]
            for column in table.columns
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=heads).to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


MAKERS: dict[str, Callable[[], dict[str, bytes]]] = {"barbershop": barbershop_files}


def write_shipped(name: str, folder: str | Path = FOLDER) -> list[Path]:
    """Write a shipped data set into ``folder/name``; files that are the same already are left alone.

    Raises
    ------
    InputError
        If there is no such data set, or the folder can't be written to.
    """
    if name not in MAKERS:
        raise InputError(
            say("There is no data set “{name}”.", name=name),
            [Problem("unknown_data_set", say("Available: {names}.", names=join_names(MAKERS)))],
        )
    target = Path(folder) / name
    written = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file, content in MAKERS[name]().items():
            path = target / file
            if not path.exists() or path.read_bytes() != content:
                partial = path.with_name(path.name + ".partial")
                partial.write_bytes(content)
                partial.replace(path)
                written.append(path)
    except OSError as error:
        what = say("The folder “{path}” can't be written to: {reason}.", path=target, reason=error.strerror or error)
        raise InputError(say("The data were not written."), [Problem("not_writable", what)]) from error
    return written
