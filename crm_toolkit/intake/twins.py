"""Identifiers that look alike: Cyrillic and Latin letters, upper and lower case, blanks inside. Named, not merged."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.grid import Cells
from crm_toolkit.texts import say_count

_CYRILLIC_TWINS = dict(zip("АВЕКМНОРСТУХаеорсухіІјЈѕЅ", "ABEKMHOPCTYXaeopcyxiIjJsS", strict=True))
_TWINS = str.maketrans(_CYRILLIC_TWINS)


def skeleton(text: str) -> str:
    """An identifier with Cyrillic letters turned into the Latin ones that look the same, without case.

    >>> skeleton("С002") == skeleton("C002")
    True
    """
    return text.translate(_TWINS).casefold()


def note_twins(text: pa.ChunkedArray, cells: Cells, findings: Findings) -> None:
    """Say that identifiers look alike."""
    _note_blank_twins(text, cells, findings)
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


def _note_blank_twins(text: pa.ChunkedArray, cells: Cells, findings: Findings) -> None:
    spaced = text.filter(pc.fill_null(pc.match_substring_regex(text, r"\s"), False)).unique().to_pylist()
    if not spaced:
        return
    known: dict[str, str] = {}
    pairs = []
    for word in text.unique().drop_null().to_pylist():
        other = known.setdefault(re.sub(r"\s+", "", word), word)
        if other != word:
            pairs.append((other, word))
    if pairs:
        findings.warn(
            "blank_twins",
            say_count(
                "{count} pair of values of “{column}” differs only in blanks, such as “{one}” and “{two}”; they are "
                "kept as different.",
                "{count} pairs of values of “{column}” differ only in blanks, such as “{one}” and “{two}”; they are "
                "kept as different.",
                len(pairs),
                column=shown(cells.header),
                one=shown(pairs[0][0]),
                two=shown(pairs[0][1]),
            ),
            column=cells.header,
        )
