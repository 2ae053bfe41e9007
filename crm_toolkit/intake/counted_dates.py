"""Dates that are counts: serial numbers of Excel, seconds or milliseconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crm_toolkit.intake import limits
from crm_toolkit.intake.days import Day
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.grid import Cells
from crm_toolkit.texts import say


@dataclass
class Counted:
    form: str
    values: np.ndarray
    fractions: bool = False


_SCALES = (("epoch_s", 5e8, 4.2e9, 1_000_000), ("epoch_ms", 5e11, 4.2e12, 1_000), ("epoch_us", 5e14, 4.2e15, 1))
_SERIAL = (366, 109_575)


def read_counts(
    days: list[str],
    looked: list[Day],
    used: np.ndarray,
    findings: Findings,
    rows: np.ndarray,
    cells: Cells,
    codes: np.ndarray,
    birth: bool,
) -> Counted | bool | None:
    """Serial numbers of Excel or seconds since 1970, if the column is made of numbers; False if it is not."""
    counted = set(np.unique(used).tolist())
    numeric = {code for code in counted if looked[code].form == "number"}
    if not numeric:
        return False
    if len(numeric) < len(counted):
        at = np.isin(codes, list(numeric))
        findings.problem(
            "mixed_dates",
            say(
                "“{column}” mixes dates with bare numbers, such as {example} ({where}): Excel may have turned some "
                "dates into other dates.",
                column=shown(cells.header),
                example=shown(days[min(numeric)]),
                where=findings.where(rows[at]),
            ),
            advice=say("Take the column again from its source, as text in the form 2024-06-19."),
            rows=rows[at],
            column=cells.header,
        )
        return None
    field = "birth_date" if birth else "ordered_at"
    numbers = {code: float(days[code].replace(",", ".")) for code in counted}
    low, high = min(numbers.values()), max(numbers.values())
    if low >= limits.FIRST_YEAR and high <= limits.LAST_YEAR and all(number % 1 == 0 for number in numbers.values()):
        findings.problem(
            "only_years",
            say(
                "“{column}” holds only years, such as {example}, not dates.",
                column=shown(cells.header),
                example=shown(days[min(counted)]),
            ),
            advice=say("Day, month and year are needed; say which column has them: {field}='its name'.", field=field),
            column=cells.header,
        )
        return None
    values = np.full(len(days), np.datetime64("NaT", "us"), "datetime64[us]")
    if low >= _SERIAL[0] and high <= _SERIAL[1]:
        for code, number in numbers.items():
            seconds = round(number * 86_400)
            values[code] = np.datetime64("1899-12-30", "us") + np.timedelta64(seconds, "s")
        return Counted("serial", values, any(number % 1 for number in numbers.values()))
    for form, first, last, scale in _SCALES:
        if low >= first and high <= last:
            for code, number in numbers.items():
                values[code] = np.datetime64(round(number * scale), "us")
            return Counted(form, values, True)
    findings.problem(
        "not_a_date",
        say(
            "“{column}” holds numbers such as {example}, which are no dates in any known count.",
            column=shown(cells.header),
            example=shown(days[min(counted)]),
        ),
        rows=rows[:1],
        column=cells.header,
    )
    return None
