"""Day and month in dates of three numbers: the order is decided from the whole column, or asked."""

from __future__ import annotations

import datetime as dt

import numpy as np

from crm_toolkit.intake import limits
from crm_toolkit.intake.days import Day, as_date
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.grid import Cells
from crm_toolkit.texts import format_date, say


def settle_order(
    looked: list[Day],
    days: list[str],
    codes: np.ndarray,
    blank: np.ndarray,
    exact: np.ndarray,
    cells: Cells,
    findings: Findings,
    rows: np.ndarray,
    day_first: bool | None,
    birth: bool,
) -> bool:
    """Give every date with three numbers its order, each form by its whole column; False if that must be asked."""
    used = set(np.unique(codes[~blank]).tolist())
    settled = True
    for form in ("slashed", "dotted"):
        group = [code for code in used if looked[code].form == form and looked[code].parts]
        if not group:
            continue
        if form == "slashed" and exact.any() and day_first is None:
            at = np.isin(codes, group)
            findings.problem(
                "mixed_dates",
                say(
                    "“{column}” mixes real dates of Excel with texts such as {example} ({where}): Excel may have "
                    "exchanged day and month in the real ones.",
                    column=shown(cells.header),
                    example=shown(days[group[0]]),
                    where=findings.where(rows[at]),
                ),
                advice=say("Take the column again from its source, as text in the form 2024-06-19."),
                rows=rows[at],
                column=cells.header,
            )
            settled = False
            continue
        orders = _orders(looked, group, form, day_first)
        whole, group = group, _possible(looked, group, orders, birth)
        for code in set(whole) - set(group):
            looked[code].wrong = "impossible"
        if not group:
            continue
        fits = {
            order: sum(as_date(looked[c].parts, order, looked[c].short_year, birth) is not None for c in group)  # type: ignore[arg-type]
            for order in orders
        }
        full = [order for order in orders if fits[order] == len(group)]
        if form == "dotted" and "dmy" in full and day_first is None:
            full = ["dmy"]
        if len(full) > 1 and all(
            len({as_date(looked[c].parts, order, looked[c].short_year, birth) for order in full}) == 1  # type: ignore[arg-type]
            for c in group
        ):
            full = full[:1]
        if len(full) > 1:
            _ask(looked, days, group, full, cells, findings, birth)
            settled = False
            continue
        order = full[0] if full else _best_order(fits, form, day_first)
        if not order:
            _contradiction(looked, days, codes, group, cells, findings, rows)
            settled = False
            continue
        for code in group:
            day = looked[code]
            assert day.parts
            day.date = as_date(day.parts, order, day.short_year, birth)
            day.form = f"{form}_{order}"
            if day.date is None:
                day.wrong = "impossible"
            elif not limits.FIRST_YEAR <= day.date.year <= limits.LAST_YEAR:
                day.wrong = "out_of_range"
    return settled


def _possible(looked: list[Day], group: list[int], orders: list[str], birth: bool) -> list[int]:
    """The dates that are days of the calendar in some order; 29.02.2023 is none and decides nothing."""
    return [
        code
        for code in group
        if any(as_date(looked[code].parts, order, looked[code].short_year, birth) for order in orders)  # type: ignore[arg-type]
    ]


def _orders(looked: list[Day], group: list[int], form: str, day_first: bool | None) -> list[str]:
    if day_first is not None:
        return ["dmy"] if day_first else ["mdy"]
    short = all(looked[code].short_year for code in group)
    return ["dmy", "mdy", "ymd"] if short else ["dmy", "mdy"]


def _best_order(fits: dict[str, int], form: str, day_first: bool | None) -> str:
    """The order under which all but a few impossible dates (29.02.2023) fit; "" if both sides have proofs."""
    ranked = sorted(fits, key=lambda order: -fits[order])
    if len(ranked) == 1:
        return ranked[0]
    best, second = fits[ranked[0]], fits[ranked[1]]
    if form == "dotted" and ranked[0] == "dmy" and best > 0 and best >= 10 * (best - second) * 0 + second:
        return "dmy"
    return ranked[0] if best > second else ""


def _ask(
    looked: list[Day],
    days: list[str],
    group: list[int],
    orders: list[str],
    cells: Cells,
    findings: Findings,
    birth: bool,
) -> None:
    def readings(code: int) -> list[dt.date | None]:
        day = looked[code]
        assert day.parts
        return [as_date(day.parts, order, day.short_year, birth) for order in orders]

    code = max(group, key=lambda c: len(set(readings(c))))
    both = dict.fromkeys(format_date(day, "long") for day in readings(code) if day)
    if "ymd" in orders:
        advice = say("Write the years with four digits, or say the order of day and month: day_first=True or False.")
    else:
        advice = say("Say which: day_first=True for day/month/year, day_first=False for month/day/year.")
    findings.problem(
        "ambiguous_date",
        say(
            "Ambiguous dates in “{column}”: is {example} {readings}?",
            column=shown(cells.header),
            example=shown(days[code]),
            readings=say(" or ").join(both),
        ),
        found=say("No date in the whole column decides: every one fits both orders of day and month."),
        advice=advice,
        column=cells.header,
    )


def _contradiction(
    looked: list[Day],
    days: list[str],
    codes: np.ndarray,
    group: list[int],
    cells: Cells,
    findings: Findings,
    rows: np.ndarray,
) -> None:
    day_first = next((c for c in group if looked[c].parts and looked[c].parts[0] > 12), group[0])  # type: ignore[index]
    month_first = [c for c in group if looked[c].parts and looked[c].parts[1] > 12]  # type: ignore[index]
    at = np.isin(codes, month_first)
    findings.problem(
        "contradictory_dates",
        say(
            "The dates in “{column}” contradict each other: {one} can only be day-first, {two} only month-first "
            "({where}).",
            column=shown(cells.header),
            one=shown(days[day_first]),
            two=shown(days[month_first[0]]) if month_first else "?",
            where=findings.where(rows[at]),
        ),
        advice=say("Mend the file, or say the order: day_first=True or day_first=False."),
        rows=rows[at],
        column=cells.header,
    )
