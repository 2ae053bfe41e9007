"""What a reader reports: recognised, left out, to know; as a letter, as data, and as HTML for a notebook."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_toolkit.errors import Problem
from crm_toolkit.intake.findings import Dropped, Findings, where
from crm_toolkit.intake.grid import Cells
from crm_toolkit.schema import CONTACTS, CUSTOMERS, PURCHASES
from crm_toolkit.texts import NO_FORMULAS, format_date, format_money, say, say_count


@dataclass(frozen=True)
class Report:
    """How a file was read; ``str()`` of it is a letter, the attributes are data.

    Parameters
    ----------
    name : str
        How the input is called.
    recognised : tuple of (str, str)
        What was recognised, in the reader's language: encoding, delimiter, dates, columns …
    columns : dict
        Field of the result → header in the file.
    rows_read : int
        Data rows in the file, those left out included.
    rows_kept : int
        Rows of the result.
    dropped : tuple of Dropped
        What was left out, with reason and row numbers.
    warnings : tuple of Problem
        What the user should know; the table is right all the same.
    counts : dict
        ``missing_customers``, ``returns``, ``zero_lines``, ``duplicates``, ``cancelled`` and others.
    totals : dict
        ``amount``, ``customers``, ``orders``, ``contacts``, ``first``, ``last``, where they apply.
    currency : str
        ISO 4217 code, empty where the file names none.
    places : {"line", "row"}
        What the row numbers count.
    """

    name: str
    recognised: tuple[tuple[str, str], ...]
    columns: Mapping[str, str]
    rows_read: int
    rows_kept: int
    dropped: tuple[Dropped, ...] = ()
    warnings: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, object] = field(default_factory=dict)
    currency: str = ""
    places: str = "row"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The same as ``warnings``: a table that was read has no other problems."""
        return self.warnings

    @property
    def rows_dropped(self) -> dict[str, int]:
        """How many rows were left out, by the code of the reason."""
        found: dict[str, int] = {}
        for drop in self.dropped:
            found[drop.code] = found.get(drop.code, 0) + len(drop.rows)
        return found

    def __str__(self) -> str:
        lines = [say("“{name}” was read.", name=self.name), ""]
        for title, rows in self._sections():
            lines += [title, *(f"  {row}" for row in rows), ""]
        return "\n".join(lines).rstrip() + "\n"

    def _sections(self) -> list[tuple[str, list[str]]]:
        found = [(say("Recognised"), [f"{label}: {value}" for label, value in self.recognised])]
        if self.columns:
            names = [f"{field} ← {header}" for field, header in self.columns.items()]
            found.append((say("Columns"), names))
        found.append((say("Rows"), self._rows()))
        if self.totals:
            found.append((say("Totals"), self._totals()))
        if self.warnings:
            found.append((say("To know"), [f"• {warning}".replace("\n", "\n  ") for warning in self.warnings]))
        return found

    def _rows(self) -> list[str]:
        rows = [
            say_count("{count} row read", "{count} rows read", self.rows_read),
            say_count("{count} row kept", "{count} rows kept", self.rows_kept),
        ]
        for drop in self.dropped:
            rows.append(say("left out: {reason} ({where})", reason=drop.reason, where=where(drop.rows, self.places)))
        return rows

    def _totals(self) -> list[str]:
        rows = []
        if "amount" in self.totals:
            rows.append(say("amount: {money}", money=format_money(float(self.totals["amount"]), self.currency)))  # type: ignore[arg-type]
        for key in ("customers", "orders", "contacts"):
            if key in self.totals:
                count = int(self.totals[key])  # type: ignore[call-overload]
                rows.append(_counted(key, count))
        first, last = self.totals.get("first"), self.totals.get("last")
        if isinstance(first, dt.date) and isinstance(last, dt.date):
            rows.append(say("from {first} to {last}", first=format_date(first, "long"), last=format_date(last, "long")))
        return rows

    def _repr_html_(self) -> str:
        parts = [f"<p><strong>{html.escape(say('“{name}” was read.', name=self.name))}</strong></p>"]
        for title, rows in self._sections():
            items = "".join(f"<li>{html.escape(row)}</li>" for row in rows)
            parts.append(f"<p>{html.escape(title)}</p><ul>{items}</ul>")
        return f'<div class="{NO_FORMULAS}">{"".join(parts)}</div>'


def _counted(key: str, count: int) -> str:
    if key == "customers":
        return say_count("{count} customer", "{count} customers", count)
    if key == "contacts":
        return say_count("{count} contact", "{count} contacts", count)
    return say_count("{count} order", "{count} orders", count)


def report_of(
    findings: Findings, fields: Mapping[str, Cells], kept: int, totals: Mapping[str, object], currency: str = ""
) -> Report:
    """Close the findings into a report."""
    read = findings.counts.pop("rows_read", kept)
    order = [column.name for table in (PURCHASES, CUSTOMERS, CONTACTS) for column in table.columns]
    columns = {
        name: fields[name].header or say("column {number}", number=fields[name].position)
        for name in sorted(fields, key=lambda name: order.index(name) if name in order else len(order))
    }
    return Report(
        findings.name,
        tuple(findings.facts),
        columns,
        read,
        kept,
        tuple(findings.dropped),
        tuple(findings.warnings),
        dict(findings.counts),
        dict(totals),
        currency,
        findings.places,
    )
