"""The order of work: what is it, how is it written, which column is which, what do the values say.

Each step knows only the one before it; whatever is wrong is collected on the way and refused once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from crm_toolkit.errors import InputError
from crm_toolkit.intake import container, forms
from crm_toolkit.intake.contacts import build_contacts
from crm_toolkit.intake.customers import build_customers
from crm_toolkit.intake.delimited import text_grid
from crm_toolkit.intake.encoding import decode
from crm_toolkit.intake.findings import Findings
from crm_toolkit.intake.frame import frame_grid, is_frame, parquet_grid
from crm_toolkit.intake.grid import Cells, Grid
from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.options import checked, note_unused
from crm_toolkit.intake.purchases import build_purchases
from crm_toolkit.intake.report import Report
from crm_toolkit.intake.workbook import workbook_grid
from crm_toolkit.texts import say

Progress = Callable[[float, str], object]


def purchases_from(
    source: Any,
    *,
    columns: Mapping[str, object],
    hints: Hints,
    layout: Mapping[str, Any],
    name: str = "",
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, Report]:
    """Read purchases from anything that holds them."""
    grid, fields, hints, findings = _grid_of(source, forms.PURCHASES, columns, hints, layout, name, progress)
    _tick(progress, 0.6, say("reading values"))
    result = build_purchases(grid, fields, hints, findings)
    _tick(progress, 1.0, say("done"))
    return result


def customers_from(
    source: Any,
    *,
    columns: Mapping[str, object],
    hints: Hints,
    layout: Mapping[str, Any],
    name: str = "",
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, Report]:
    """Read a list of customers from anything that holds one."""
    grid, fields, hints, findings = _grid_of(source, forms.CUSTOMERS, columns, hints, layout, name, progress)
    _tick(progress, 0.6, say("reading values"))
    result = build_customers(grid, fields, hints, findings)
    _tick(progress, 1.0, say("done"))
    return result


def contacts_from(
    source: Any,
    *,
    columns: Mapping[str, object],
    hints: Hints,
    layout: Mapping[str, Any],
    kinds: Mapping[str, str] | None = None,
    name: str = "",
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, Report]:
    """Read a history of contacts from anything that holds one."""
    grid, fields, hints, findings = _grid_of(source, forms.CONTACTS, columns, hints, layout, name, progress)
    _tick(progress, 0.6, say("reading values"))
    result = build_contacts(grid, fields, hints, findings, kinds)
    _tick(progress, 1.0, say("done"))
    return result


def _grid_of(
    source: Any,
    form: forms.Form,
    columns: Mapping[str, object],
    hints: Hints,
    layout: Mapping[str, Any],
    name: str,
    progress: Progress | None,
    watch: list[Findings] | None = None,
) -> tuple[Grid, dict[str, Cells], Hints, Findings]:
    """The columns that the form knows; ``watch`` receives the findings, also where the source is refused."""
    if _could_be_frame(source):
        findings = Findings(str(name or say("the table")), "row")
        if watch is not None:
            watch.append(findings)
        hints = checked(hints, layout, findings)
        note_unused("frame", layout, findings)
        findings.fact(say("Kind"), type(source).__module__.split(".")[0] + "." + type(source).__name__)
        grid, fields = frame_grid(source, form, columns, findings)
        return grid, fields, hints, findings
    findings = Findings(container.name_of(source, name), "row")
    if watch is not None:
        watch.append(findings)
    hints = checked(hints, layout, findings)
    _tick(progress, 0.0, say("opening the file"))
    content = container.load(source, findings)
    note_unused(content.kind, layout, findings)
    _tick(progress, 0.1, say("looking at the file"))
    if content.kind == "parquet":
        findings.facts.insert(0, (say("Kind"), "Parquet"))
        grid, fields = parquet_grid(content.data, form, columns, findings)
    elif content.kind in ("xlsx", "xls"):
        findings.facts.insert(0, (say("Kind"), say("Excel workbook (.{kind})", kind=content.kind)))
        grid, fields = workbook_grid(
            content,
            form,
            columns,
            findings,
            sheet=layout.get("sheet"),
            header_row=layout.get("header_row"),
            currency=hints.currency,
            tick=lambda part: _tick(progress, 0.1 + 0.5 * part, say("reading the workbook")),
        )
    else:
        findings.places = "line"
        findings.facts.insert(0, (say("Kind"), say("delimited text")))
        utf8 = decode(content.data, findings, layout.get("encoding") or "")
        grid, fields = text_grid(
            utf8,
            form,
            columns,
            findings,
            delimiter=layout.get("delimiter") or "",
            header_row=layout.get("header_row"),
            tick=lambda part: _tick(progress, 0.2 + 0.4 * part, say("cutting lines")),
        )
    return grid, fields, hints, findings


grid_of = _grid_of  # for `preview`, which looks at the findings


def _could_be_frame(source: Any) -> bool:
    import os

    if isinstance(source, (str, bytes, bytearray, memoryview, os.PathLike)) or (
        hasattr(source, "read") and not hasattr(source, "columns")
    ):
        return False
    return is_frame(source)


def _tick(progress: Progress | None, fraction: float, word: str) -> None:
    if progress is not None:
        progress(round(min(max(fraction, 0.0), 1.0), 3), word)


__all__ = ["InputError", "contacts_from", "customers_from", "purchases_from"]
