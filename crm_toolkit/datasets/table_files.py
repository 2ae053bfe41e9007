"""A world's tables as files for two kinds of readers, with a data dictionary.

===========  ==============================  ======================================================
             programs (``en_US``)            Russian Excel by double click (``ru_RU``)
===========  ==============================  ======================================================
encoding     UTF-8                           cp1251
separator    comma, decimal point            semicolon, decimal comma
times        2024-01-31 18:05                31.01.2024 18:05
headers      ``customer_id``                 «Код клиента» (`headers.header`)
codes        ``beard_trim``, True            «Стрижка бороды», «да» (`code_words.code_word`)
===========  ==============================  ======================================================

Nothing is lost on the way: both forms read back to the same values. Money has two decimals, other numbers as many
as they need.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from crm_toolkit.datasets.code_words import FREE_TEXT, code_word, has_word
from crm_toolkit.datasets.headers import header
from crm_toolkit.schema import Column, Table
from crm_toolkit.texts import language, mark, say

_KINDS = {
    "id": mark("key"),
    "text": mark("text"),
    "integer": mark("whole number"),
    "number": mark("number"),
    "money": mark("money"),
    "datetime": mark("date and time"),
    "date": mark("date"),
    "flag": mark("yes or no"),
}
_TIMES = {
    ("en_US", "datetime"): "%Y-%m-%d %H:%M",
    ("en_US", "date"): "%Y-%m-%d",
    ("ru_RU", "datetime"): "%d.%m.%Y %H:%M",
    ("ru_RU", "date"): "%d.%m.%Y",
}
_MOST_VALUES = 45


def is_coded(column: Column) -> bool:
    """Whether a column holds codes that have words, not names and addresses.

    >>> is_coded(Column("channel", "text", "channel")), is_coded(Column("city", "text", "city"))
    (True, False)
    """
    return column.kind == "text" and column.name not in FREE_TEXT


def in_words(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """A copy with words of the reader's language in place of codes; a text that is no code stays.

    >>> table = Table("products", "one product", (Column("item", "text", "name of the product"),))
    >>> in_words(pd.DataFrame({"item": ["beard_trim", "a gift"]}), table)["item"].tolist()
    ['Beard trim', 'a gift']
    """
    copy = frame.copy()
    for column in table.columns:
        if is_coded(column) and column.name in copy:
            names = copy[column.name].dropna().unique()
            words = {name: code_word(column.name, name) if has_word(column.name, name) else name for name in names}
            copy[column.name] = copy[column.name].map(words)
    return copy


def csv_bytes(frame: pd.DataFrame, table: Table, *, locale: str) -> bytes:
    r"""A table as the bytes of a CSV file, for programs or for Russian Excel.

    Parameters
    ----------
    frame : DataFrame
        The columns of ``table``; for ``ru_RU`` with words in place of codes (`in_words`).
    table : Table
        What the columns are.
    locale : {"en_US", "ru_RU"}
        The form of the file.

    Raises
    ------
    UnicodeEncodeError
        If a text for Russian Excel holds a sign that cp1251 doesn't have.

    Examples
    --------
    >>> table = Table("orders", "one order", (Column("order_id", "id", "order"), Column("amount", "money", "money")))
    >>> frame = pd.DataFrame({"order_id": [1], "amount": [1234.5]})
    >>> csv_bytes(frame, table, locale="en_US")
    b'order_id,amount\n1,1234.50\n'
    >>> print(csv_bytes(frame, table, locale="ru_RU").decode("cp1251"), end="")
    Номер заказа;Сумма
    1;1234,50
    """
    russian = locale == "ru_RU"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if russian else ",", lineterminator="\r\n" if russian else "\n")
    with language(locale):
        writer.writerow([header(table.name, name) if russian else name for name in table.column_names])
        columns = [_cells(frame[column.name], column.kind, locale) for column in table.columns]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("cp1251" if russian else "utf-8")


def _cells(values: pd.Series, kind: str, locale: str) -> list[str]:
    """The values as texts, empty where they are missing."""
    russian = locale == "ru_RU"
    missing = values.isna().to_numpy()
    if kind in ("datetime", "date"):
        texts = values.dt.strftime(_TIMES[locale, kind]).tolist()
    elif kind == "flag":
        yes, no = (say("yes"), say("no")) if russian else ("True", "False")
        texts = [yes if value else no for value in values.tolist()]
    elif pd.api.types.is_float_dtype(values.dtype):
        plain = values.to_numpy(dtype=np.float64, na_value=np.nan)
        texts = [f"{value:.2f}" if kind == "money" else np.format_float_positional(value, trim="-") for value in plain]
        texts = [text.replace(".", ",") for text in texts] if russian else texts
    else:
        texts = [str(value) for value in values.to_numpy(dtype=object).tolist()]
    return ["" if gone else text for text, gone in zip(texts, missing, strict=True)]


def kind_words(kind: str) -> str:
    """The kind of a column in the reader's language.

    >>> kind_words("money")
    'money'
    """
    return say(_KINDS[kind])


def dictionary_bytes(tables: Iterable[tuple[Table, pd.DataFrame]], *, locale: str) -> bytes:
    """The data dictionary of several tables in the language of a locale, as UTF-8 with a byte-order mark.

    Parameters
    ----------
    tables : iterable of (Table, DataFrame)
        What the tables are, and the tables with their English codes; columns that aren't there have no codes.
    locale : {"en_US", "ru_RU"}
        The language. The Russian dictionary has the headers of the Russian files too.

    Returns
    -------
    bytes
        One row a column: table, column, kind, unit, whether values may be missing, meaning, the codes in use.
    """
    russian = locale == "ru_RU"
    with language(locale):
        heads = [say("table"), say("column"), *([say("header in the file")] if russian else []), say("kind"),
                 say("unit"), say("may be missing"), say("meaning"), say("codes")]  # fmt: skip
        rows = [
            [
                table.name,
                column.name,
                *([header(table.name, column.name)] if russian else []),
                kind_words(column.kind),
                say(column.unit) if column.unit else "",
                say("yes") if column.nullable else say("no"),
                say(column.meaning),
                _codes(frame[column.name], column, russian) if is_coded(column) and column.name in frame else "",
            ]
            for table, frame in tables
            for column in table.columns
        ]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if russian else ",", lineterminator="\r\n" if russian else "\n")
    writer.writerows([heads, *rows])
    return out.getvalue().encode("utf-8-sig")


def _codes(values: pd.Series, column: Column, russian: bool) -> str:
    """The codes in a column, in Russian each with its word; none where the column holds other text."""
    codes = sorted(set(values.dropna()))
    if not codes or len(codes) > _MOST_VALUES or not all(has_word(column.name, code) for code in codes):
        return ""
    return ", ".join(f"{code} — {code_word(column.name, code)}" if russian else code for code in codes)


def files_of(
    frames: Mapping[str, pd.DataFrame], tables: Mapping[str, Table], *, locale: str, folder: str = ""
) -> dict[str, bytes]:
    """The files of all tables that have rows, by path.

    Parameters
    ----------
    frames, tables : mapping
        The tables with their English codes, and what they are, by name.
    locale : {"en_US", "ru_RU"}
        The form of the files.
    folder : str
        In front of each name, such as ``"ru/"``.
    """
    made = {}
    for name, table in tables.items():
        if name in frames and len(frames[name]):
            frame = frames[name]
            if locale == "ru_RU":
                with language(locale):
                    frame = in_words(frame, table)
            made[f"{folder}{name}.csv"] = csv_bytes(frame, table, locale=locale)
    return made
