"""Every value by the rules of the forms: what may not be typed may not be imported either.

Forms are declared once (`store.declared`); a column of a file is read by the reader of its field. A value that stands
in many rows is read once, and texts in which there is nothing to tidy are recognised by the column and never touched
one by one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.errors import InputError
from crm_toolkit.store.forms import MASK, MOST_LETTERS, MOST_TEXT, Form, FormField, checked
from crm_toolkit.store.imports.words import code_of

Found = list[tuple[int, str, Any, str, str]]
_TIDY = {"line": r"\A[^\s\p{C}]+( [^\s\p{C}]+)*\z", "text": r"\A[^\s\p{C}]+([ \n\t][^\s\p{C}]+)*\z"}


def read_column(
    field: FormField,
    values: pd.Series,
    rows: np.ndarray,
    problems: Found,
    *,
    now: str = "",
    words: Mapping[str, str] | None = None,
) -> np.ndarray:
    """A column as the database keeps it, missing where it is empty or wrong.

    Parameters
    ----------
    field : FormField
        The field of the form.
    values : Series
        As `intake` read them.
    rows : ndarray
        Number of the row of each value, as the user's program counts.
    problems : list
        Takes ``(row, column, value, rule, what)`` for every value that is refused.
    now : str
        The store's time, ISO.
    words : mapping of str to str, optional
        What words of the file mean, for choices.

    Examples
    --------
    >>> found: Found = []
    >>> read_column(FormField("phone", "Telephone", "phone"), pd.Series(["8 900 111-22-33", None, "12"]),
    ...             np.array([2, 3, 4]), found).tolist()
    ['+7 900 111-22-33', None, None]
    >>> found[0][:4]
    (4, 'phone', '12', 'not_a_phone')
    """  # fmt: skip
    form = Form("import", field.label, "customers", "edit", (field,))
    made = np.full(len(values), None, dtype=object)
    there = values.notna().to_numpy()
    if field.kind in _TIDY and there.any():
        tidy = _tidy(values, field)
        made[tidy] = values.to_numpy(dtype=object)[tidy]
        there = there & ~tidy
    codes, uniques = pd.factorize(values[there])
    read = np.full(len(uniques), None, dtype=object)
    wrong: dict[int, tuple[str, str]] = {}
    for place, value in enumerate(uniques):
        given = code_of(field.name, value, words) if field.kind == "choice" and isinstance(value, str) else value
        if isinstance(given, pd.Timestamp):
            given = given.to_pydatetime()
        try:
            read[place] = checked(form, {field.name: given}, now=now)[field.name]
        except InputError as refused:
            problem = refused.problems[0]
            wrong[place] = (problem.code, problem.what + (f" {problem.advice}" if problem.advice else ""))
    made[there] = read[codes] if len(uniques) else None
    if wrong:
        at = np.flatnonzero(there)
        for row, code in zip(at.tolist(), codes.tolist(), strict=True):
            if code in wrong:
                problems.append((int(rows[row]), field.name, str(values.iloc[row])[:60], *wrong[code]))
    return made


def _tidy(values: pd.Series, field: FormField) -> np.ndarray:
    """Which texts are already as the form would keep them."""
    try:
        texts = pa.array(values, from_pandas=True).cast(pa.large_string())
    except (pa.ArrowException, TypeError, ValueError):
        return np.zeros(len(values), bool)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    most = MOST_LETTERS if field.kind == "line" else MOST_TEXT
    good = pc.and_(pc.match_substring_regex(texts, _TIDY[field.kind]), pc.less_equal(pc.utf8_length(texts), most))
    good = pc.and_(good, pc.invert(pc.match_substring(texts, MASK)))
    found = pc.fill_null(good, False).to_numpy(zero_copy_only=False)
    for place in np.flatnonzero(found & ~pc.fill_null(pc.string_is_ascii(texts), True).to_numpy(zero_copy_only=False)):
        text = values.iloc[place]
        if not unicodedata.is_normalized("NFC", text) or not all(sign.isprintable() or sign in "\n\t" for sign in text):
            found[place] = False
    return found


def read_moments(
    field: FormField, values: pd.Series, rows: np.ndarray, problems: Found, *, now: str = ""
) -> np.ndarray:
    """A column of moments as the database keeps them; only odd ones are looked at one by one.

    >>> read_moments(FormField("opened_at", "When", "moment"), pd.Series(pd.to_datetime(["2024-05-01 10:00"])),
    ...              np.array([2]), []).tolist()
    ['2024-05-01 10:00:00']
    """  # fmt: skip
    stamps = pd.to_datetime(values).to_numpy().astype("datetime64[s]")
    made = pa.array(stamps).cast(pa.string()).to_numpy(zero_copy_only=False).astype(object)
    end = np.datetime64(now or "2200-12-31T23:59:59", "s")
    odd = ~np.isnat(stamps) & ((stamps < np.datetime64("1900-01-01", "s")) | (stamps > end))
    if odd.any():
        made[odd] = read_column(field, values[odd].reset_index(drop=True), rows[odd], problems, now=now)
    return made
