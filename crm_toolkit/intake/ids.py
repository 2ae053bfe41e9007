"""Identifiers and texts: kept as they stand, with the harm that other programs do to them undone or named.

Leading zeros, 17 digits and customers called ``NA`` or ``null`` are kept. Blanks around an identifier go,
``17850.0`` becomes ``17850`` again, and ``9.00720E+16`` is refused, because many customers became one there.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.grid import Cells, as_text
from crm_toolkit.texts import say, say_count

DANGEROUS = "=+-@\t\r\n'"
"""A cell that begins with one of these gets an apostrophe on export, which goes again on import."""

_GUARDED = r"^'[=+\-@\t\r\n']"
_RUINED = r"^\d[.,]\d+[eE]\+?\d{2}$"
_WHOLE_FLOAT = r"^\d+\.0+$"
_DIGITS = r"^\d+$"
_CYRILLIC_TWINS = dict(zip("АВЕКМНОРСТУХаеорсухіІјЈѕЅ", "ABEKMHOPCTYXaeopcyxiIjJsS", strict=True))
_TWINS = str.maketrans(_CYRILLIC_TWINS)


def texts(cells: Cells) -> pa.ChunkedArray:
    """A column of texts as it stands: null for an empty cell, one guarding apostrophe taken off."""
    text = cells.text if cells.text is not None else as_text(cells.native)
    text = pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), pa.scalar(None, pa.large_string()), text)
    return unguarded(text)


def unguarded(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take off the one apostrophe that the export put before a dangerous sign."""
    guarded = pc.fill_null(pc.match_substring_regex(text, _GUARDED), False)
    if not pc.any(guarded, min_count=0).as_py():
        return text
    return pc.if_else(guarded, pc.utf8_slice_codeunits(text, start=1), text)


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("tea")
    ("'=1+1", 'tea')
    """
    return "'" + text if text[:1] in tuple(DANGEROUS) and text else text


def read_ids(cells: Cells, field: str, findings: Findings, rows: np.ndarray) -> pa.ChunkedArray:
    """A column of identifiers: integers of a typed column stay integers, all else is text; null where empty."""
    if cells.native is not None and pa.types.is_integer(cells.native.type):
        return cells.native
    if cells.native is not None and pa.types.is_floating(cells.native.type):
        whole = _whole_numbers(cells)
        if whole is not None:
            return whole
    raw = texts(cells)
    text = pc.utf8_trim_whitespace(raw)
    changed = pc.fill_null(pc.not_equal(raw, text), False).to_numpy(zero_copy_only=False)
    if changed.any():
        findings.warn(
            "trimmed",
            say_count(
                "Spaces around {count} value of “{column}” were trimmed ({where}).",
                "Spaces around {count} values of “{column}” were trimmed ({where}).",
                int(changed.sum()),
                column=shown(cells.header),
                where=findings.where(rows[changed]),
            ),
            rows=rows[changed],
            column=cells.header,
        )
    text = _without_point_zero(text, cells, findings)
    _refuse_ruined(text, cells, findings, rows)
    if field in ("customer_id", "order_id"):
        _note_twins(text, cells, findings)
    return text


def _whole_numbers(cells: Cells) -> pa.ChunkedArray | None:
    assert cells.native is not None
    values = cells.native.to_numpy()
    known = values[~np.isnan(values)]
    if not len(known) or (known != np.floor(known)).any() or (np.abs(known) > 2**53).any():
        return None
    whole = np.where(np.isnan(values), 0, values).astype(np.int64)
    return pa.chunked_array([pa.array(whole, mask=np.isnan(values))])


def _without_point_zero(text: pa.ChunkedArray, cells: Cells, findings: Findings) -> pa.ChunkedArray:
    filled = text.drop_null()
    floats = pc.match_substring_regex(filled, _WHOLE_FLOAT)
    if not pc.any(floats, min_count=0).as_py():
        return text
    if not pc.all(pc.or_(floats, pc.match_substring_regex(filled, _DIGITS)), min_count=0).as_py():
        return text
    findings.warn(
        "point_zero",
        say(
            "Values of “{column}” such as {example} were written as numbers; the “.0” was taken off.",
            column=shown(cells.header),
            example=shown(filled.filter(floats)[0].as_py()),
        ),
        column=cells.header,
    )
    return pc.replace_substring_regex(text, r"\.0+$", "")


def _refuse_ruined(text: pa.ChunkedArray, cells: Cells, findings: Findings, rows: np.ndarray) -> None:
    ruined = pc.fill_null(pc.match_substring_regex(text, _RUINED), False)
    if cells.exact is not None and cells.exact.any():
        long = pc.fill_null(pc.match_substring_regex(text, r"^\d{16,}$"), False)
        ruined = pc.or_(ruined, pc.and_(long, pa.chunked_array([pa.array(cells.exact)])))
    at = ruined.to_numpy(zero_copy_only=False)
    if at.any():
        findings.problem(
            "ruined_ids",
            say_count(
                "{count} value of “{column}” was ruined by Excel: {example} is a number in scientific notation "
                "(E+16), and its last digits are lost ({where}).",
                "{count} values of “{column}” were ruined by Excel: {example} is a number in scientific notation "
                "(E+16), and their last digits are lost ({where}).",
                int(at.sum()),
                column=shown(cells.header),
                example=shown(text.filter(pa.array(at))[0].as_py()),
                where=findings.where(rows[at]),
            ),
            advice=say("Export the file again and don't open it in Excel before, or format the column as text first."),
            rows=rows[at],
            column=cells.header,
        )


def skeleton(text: str) -> str:
    """An identifier with Cyrillic letters turned into the Latin ones that look the same, without case.

    >>> skeleton("С002") == skeleton("C002")
    True
    """
    return text.translate(_TWINS).casefold()


def _note_twins(text: pa.ChunkedArray, cells: Cells, findings: Findings) -> None:
    """Say that identifiers look alike: Cyrillic and Latin letters, or upper and lower case."""
    lettered = text.filter(pc.match_substring_regex(text, r"[\p{L}]")).drop_null()
    if not len(lettered):
        return
    has_cyrillic = pc.any(pc.match_substring_regex(lettered, r"\p{Cyrillic}")).as_py()
    different = lettered.unique().to_pylist()
    if has_cyrillic:
        cyrillic = [word for word in different if re.search(r"[А-яЁё]", word)]
        latin = [word for word in different if re.search(r"[A-Za-z]", word)]
        lookalike = [w for w in cyrillic if all(s in _CYRILLIC_TWINS for s in w if "\u0400" <= s <= "\u04ff")]
        if lookalike and latin and not all(" " in word for word in lookalike):
            findings.warn(
                "lookalikes",
                say_count(
                    "{count} value of “{column}” has Cyrillic letters that look like Latin ones, such as “{example}”, "
                    "beside others in Latin; they are kept as different.",
                    "{count} values of “{column}” have Cyrillic letters that look like Latin ones, such as "
                    "“{example}”, beside others in Latin; they are kept as different.",
                    len(lookalike),
                    column=shown(cells.header),
                    example=shown(lookalike[0]),
                ),
                column=cells.header,
            )
    folded: dict[str, str] = {}
    pairs = []
    for word in different:
        other = folded.setdefault(word.casefold(), word)
        if other != word:
            pairs.append((other, word))
    if pairs:
        findings.warn(
            "case_twins",
            say_count(
                "{count} pair of values of “{column}” differs only in upper and lower case, such as “{one}” and "
                "“{two}”; they are kept as different.",
                "{count} pairs of values of “{column}” differ only in upper and lower case, such as “{one}” and "
                "“{two}”; they are kept as different.",
                len(pairs),
                column=shown(cells.header),
                one=shown(pairs[0][0]),
                two=shown(pairs[0][1]),
            ),
            column=cells.header,
        )
