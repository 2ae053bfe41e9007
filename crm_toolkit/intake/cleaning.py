"""Rows that are no data: blank ones, the header again, totals, remarks. They are left out and counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.forms import Form
from crm_toolkit.intake.grid import Cells, Grid, plain_text
from crm_toolkit.intake.headers import Header
from crm_toolkit.texts import say_count

_TOTAL = re.compile(
    r"\s*(итого|итог|всего|общий итог|промежуточный итог|подытог|total|grand total|sub-?total|sum total)\b",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*(#|--|\*|©|//)")
_LOOKED_AT = 20_000


@dataclass(frozen=True)
class Layout:
    """Where the header is, and how to read a whole row again (by its number among all rows)."""

    header: Header
    form: Form
    row: Callable[[int], list[str]]


def clean(grid: Grid, roles: Mapping[str, int], layout: Layout, begin: int, findings: Findings) -> np.ndarray:
    """Which rows are data; the others are noted with their reason."""
    by_place = {cells.position - 1: cells for cells in grid.columns}
    empty = np.ones(len(grid), bool)
    repeated = np.ones(len(grid), bool)
    for place, cells in by_place.items():
        text = plain_text(cells)
        empty &= _mask(pc.equal(text, ""))
        name = layout.header.names[place].strip()
        if repeated.any():
            repeated &= _mask(pc.equal(pc.utf8_lower(text), name.lower())) if name else False
    if not any(layout.header.names):
        repeated &= False
    blank = np.zeros(len(grid), bool)
    for index in np.flatnonzero(empty):
        blank[index] = not any(str(cell).strip() for cell in layout.row(int(index) + begin))
    key = "ordered_at" if "ordered_at" in roles else "customer_id"
    suspects = _suspects(by_place[roles[key]], by_place, blank | repeated)
    total = np.zeros(len(grid), bool)
    remark = np.zeros(len(grid), bool)
    words: list[str] = []
    after_data = _last_full_row(by_place[roles[key]], blank) if len(suspects) else 0
    for index in suspects[:_LOOKED_AT]:
        row = [str(cell).strip() for cell in layout.row(int(index) + begin)]
        filled = [cell for cell in row if cell]
        at_key = row[roles[key]] if roles[key] < len(row) else ""
        if (not at_key or _TOTAL.match(at_key)) and any(_TOTAL.match(cell) for cell in filled[:2]):
            total[index] = True
        elif len(filled) == 1 and (
            _REMARK.match(filled[0]) or (index > after_data and re.search(r"\w\s+\w", filled[0]))
        ):
            remark[index] = True
            words.append(filled[0])
    _note(findings, grid.rows, blank, repeated, total, remark, words)
    return ~(blank | repeated | total | remark)


def _is_remark(text: str, *, at_end: bool) -> bool:
    """Whether a lonely cell is a remark: marked as one, or some words below the last row of data."""
    return bool(_REMARK.match(text) or (at_end and re.search(r"\w\s+\w", text)))


def _suspects(key: Cells, by_place: Mapping[int, Cells], known: np.ndarray) -> np.ndarray:
    """Rows without the key cell, or that begin like a remark or a total."""
    text = plain_text(key)
    first = plain_text(by_place[min(by_place)])
    pattern = r"(?i)^(#|--|//|итог|всего|общий итог|total|grand total|sub-?total)"
    odd = _mask(pc.equal(text, ""))
    for column in (text, first):
        odd |= _mask(pc.match_substring_regex(column, pattern))
    return np.flatnonzero(odd & ~known)


def _last_full_row(key: Cells, blank: np.ndarray) -> int:
    full = np.flatnonzero(_mask(pc.not_equal(plain_text(key), "")) & ~blank)
    return int(full[-1]) if len(full) else -1


def _mask(value: object) -> np.ndarray:
    return pc.fill_null(value, False).to_numpy(zero_copy_only=False).astype(bool)  # type: ignore[call-overload]


def _note(
    findings: Findings,
    rows: np.ndarray,
    blank: np.ndarray,
    repeated: np.ndarray,
    total: np.ndarray,
    remark: np.ndarray,
    words: list[str],
) -> None:
    if blank.any():
        findings.drop("blank", say_count("{count} blank row", "{count} blank rows", int(blank.sum())), rows[blank])
    if repeated.any():
        findings.drop(
            "repeated_header",
            say_count("the header again, {count} time", "the header again, {count} times", int(repeated.sum())),
            rows[repeated],
        )
    if total.any():
        findings.drop(
            "total", say_count("{count} row of totals", "{count} rows of totals", int(total.sum())), rows[total]
        )
    if remark.any():
        findings.drop(
            "remark",
            say_count(
                "{count} remark: “{text}”", "{count} remarks, such as “{text}”", int(remark.sum()), text=shown(words[0])
            ),
            rows[remark],
        )
