"""Dates and times as people write them, decided from the whole column.

A date is split into its day and its time of day; both have few different values, so each is read once.
Forms that can be read in one way only (ISO, month names, a day above 12 somewhere in the column, the dotted
form that is day-first by convention) are read; what is left open is a question with both readings.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake import limits
from crm_toolkit.intake.clock import Clock, look_at_time
from crm_toolkit.intake.counted_dates import Counted, read_counts
from crm_toolkit.intake.day_order import settle_order
from crm_toolkit.intake.days import Day, look_at_day
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, is_text, plain_text
from crm_toolkit.intake.time_zones import shifted, to_local, zone_of
from crm_toolkit.texts import say, say_count

_SPLIT = (
    r"^(?P<day>.*?)(?:(?:[\sT,]|\x{00a0}|\x{202f})+(?:в\s+|at\s+)?"
    r"(?P<time>\d{1,2}[:.h]\d{2}(?:[^\d].*)?|\d{1,2}\s?[AaPp]\.?[Mm]\.?|T?\d{6}Z?))?$"
)


@dataclass
class Moments:
    """A date column that was read: moments in local time, and which cells were blank."""

    values: np.ndarray
    blank: np.ndarray
    has_times: bool = False
    forms: Counter = field(default_factory=Counter)


def read_dates(
    cells: Cells,
    findings: Findings,
    rows: np.ndarray,
    *,
    day_first: bool | None = None,
    timezone: str = "",
    birth: bool = False,
) -> Moments | None:
    """Read a column of dates; None (and a problem) where that is impossible."""
    zone = zone_of(timezone, findings)
    if timezone and zone is None:
        return None
    if cells.native is not None and not is_text(cells.native.type):
        return _native(cells, findings, rows, zone)
    text = plain_text(cells)
    blank = pc.equal(text, "").to_numpy(zero_copy_only=False)
    if blank.all():
        return Moments(np.full(len(text), np.datetime64("NaT", "us"), "datetime64[us]"), blank)
    days, day_codes, times, time_codes = _halves(text)
    looked = [look_at_day(day) for day in days]
    exact = _exact_codes(cells, day_codes, len(days))
    number_form = read_counts(days, looked, day_codes[~blank], findings, rows, cells, day_codes, birth)
    if number_form is None:
        return None
    if not settle_order(looked, days, day_codes, blank, exact, cells, findings, rows, day_first, birth):
        return None
    clock = [look_at_time(time) for time in times]
    base = np.array(
        [np.datetime64(day.date, "us") if day.date and not day.wrong else np.datetime64("NaT", "us") for day in looked]
    )
    if isinstance(number_form, Counted):
        base = number_form.values
    _name_wrong(np.isnat(base), looked, days, day_codes, clock, times, time_codes, blank, cells, findings, rows)
    offsets = np.array([moment.microseconds if moment else 0 for moment in clock], "timedelta64[us]")
    values = base[day_codes] + offsets[time_codes]
    values = to_local(values, clock, time_codes, blank, zone, cells, findings, rows, number_form)
    if values is None:
        return None
    forms = Counter(day.form for day in looked if day.form)
    _say_form(forms, number_form, looked, cells, findings, birth)
    has_times = any(times[code] for code in np.unique(time_codes[~blank]))
    if isinstance(number_form, Counted):
        has_times = has_times or number_form.fractions
    return Moments(values, blank, has_times, forms)


def _halves(text: pa.ChunkedArray) -> tuple[list[str], np.ndarray, list[str], np.ndarray]:
    """Different days and times of day with the code of each row."""
    halves = pc.extract_regex(text, _SPLIT).combine_chunks()
    if isinstance(halves, pa.ChunkedArray):
        halves = pa.concat_arrays(halves.chunks)
    result = []
    for name in ("day", "time"):
        part = halves.field(name).dictionary_encode()
        result += [[word.strip() for word in part.dictionary.to_pylist()], part.indices.to_numpy()]
    return tuple(result)  # type: ignore[return-value]


def _exact_codes(cells: Cells, codes: np.ndarray, count: int) -> np.ndarray:
    exact = np.zeros(count, bool)
    if cells.exact is not None:
        exact[np.unique(codes[cells.exact])] = True
    return exact


def _name_wrong(
    wrong_day: np.ndarray,
    looked: list[Day],
    days: list[str],
    day_codes: np.ndarray,
    clock: list[Clock | None],
    times: list[str],
    time_codes: np.ndarray,
    blank: np.ndarray,
    cells: Cells,
    findings: Findings,
    rows: np.ndarray,
) -> None:
    wrong_time = np.array([moment is None for moment in clock])
    bad = (wrong_day[day_codes] | wrong_time[time_codes]) & ~blank
    if not bad.any():
        return
    at = np.flatnonzero(bad)
    words = list(dict.fromkeys(f"{days[day_codes[i]]} {times[time_codes[i]] or ''}".strip() for i in at[:1000]))
    reasons = {looked[day_codes[i]].wrong for i in at[:1000]}
    advice = say("Write dates in the form 2024-06-19, times in the form 14:05.")
    if any(set(word) == {"#"} for word in words):
        advice = say("Excel writes ##### where a column is too narrow; make it wider and save again.")
    elif "out_of_range" in reasons:
        advice = say("Years from {first} to {last} are allowed.", first=limits.FIRST_YEAR, last=limits.LAST_YEAR)
    elif "impossible" in reasons:
        advice = say("There is no such day in the calendar.")
    findings.problem(
        "not_a_date",
        say_count(
            "{count} value of “{column}” is not a date: {examples} ({where}).",
            "{count} values of “{column}” are not dates: {examples} ({where}).",
            int(bad.sum()),
            column=shown(cells.header),
            examples=", ".join(in_quotes(word, 30) for word in words[:3]),
            where=findings.where(rows[bad]),
        ),
        advice=advice,
        rows=rows[bad],
        column=cells.header,
    )


def _native(cells: Cells, findings: Findings, rows: np.ndarray, zone: ZoneInfo | None) -> Moments | None:
    assert cells.native is not None
    kind = cells.native.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        from dataclasses import replace

        from crm_toolkit.intake.grid import as_text

        as_texts = replace(cells, native=None, text=as_text(cells.native))
        return read_dates(as_texts, findings, rows, timezone=str(zone) if zone else "")
    if not (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        findings.problem(
            "not_a_date",
            say("“{column}” holds {kind}, not dates.", column=shown(cells.header), kind=str(kind)),
            column=cells.header,
        )
        return None
    blank = pc.is_null(cells.native).to_numpy(zero_copy_only=False)
    source = cells.native.cast(pa.timestamp("us", tz=getattr(kind, "tz", None)), safe=False)
    tz = getattr(kind, "tz", None)
    if tz:
        target = zone or ZoneInfo("UTC" if tz.upper() in ("UTC", "Z") else tz) if not re.match(r"[+-]", tz) else zone
        utc = source.cast(pa.timestamp("us")).to_numpy().astype("datetime64[us]")
        if target is None:
            sign, hours, minutes = tz[0], int(tz[1:3]), int(tz[-2:])
            values = utc + np.timedelta64((hours * 60 + minutes) * (-1 if sign == "-" else 1), "m")
        else:
            values = shifted(utc, target)
        if not zone:
            findings.warn(
                "offset_kept", say("Times are kept in the file's own time zone, {zone}.", zone=tz), column=cells.header
            )
    else:
        values = source.to_numpy().astype("datetime64[us]")
    years = values.astype("datetime64[Y]").astype(int) + 1970
    bad = ~blank & ((years < limits.FIRST_YEAR) | (years > limits.LAST_YEAR))
    if bad.any():
        findings.problem(
            "not_a_date",
            say_count(
                "{count} value of “{column}” is not a date: {examples} ({where}).",
                "{count} values of “{column}” are not dates: {examples} ({where}).",
                int(bad.sum()),
                column=shown(cells.header),
                examples=str(values[bad][0])[:10],
                where=findings.where(rows[bad]),
            ),
            advice=say("Years from {first} to {last} are allowed.", first=limits.FIRST_YEAR, last=limits.LAST_YEAR),
            rows=rows[bad],
            column=cells.header,
        )
    return Moments(values, blank, pa.types.is_timestamp(kind))


def _say_form(
    forms: Counter,
    number_form: Counted | bool,
    looked: list[Day],
    cells: Cells,
    findings: Findings,
    birth: bool,
) -> None:
    if isinstance(number_form, Counted):
        words = {
            "serial": say("serial numbers of Excel (45292 is 2024-01-01)"),
            "epoch_s": say("seconds since 1970"),
            "epoch_ms": say("milliseconds since 1970"),
            "epoch_us": say("microseconds since 1970"),
        }
        findings.fact(say("Dates"), words[number_form.form])
        return
    words = {
        "iso": say("year-month-day"),
        "compact": say("year, month and day without separators"),
        "named": say("with the name of the month"),
        "dotted_dmy": say("day.month.year (the dotted form is day-first by convention)"),
        "dotted_mdy": say("month.day.year (proved by days above 12)"),
        "dotted_ymd": say("year.month.day with two-digit years"),
        "slashed_dmy": say("day/month/year (proved by days above 12, or as you said)"),
        "slashed_mdy": say("month/day/year (proved by days above 12, or as you said)"),
        "slashed_ymd": say("year/month/day with two-digit years"),
    }
    named = [words[form] for form in forms if form in words]
    if named:
        findings.fact(say("Dates of birth") if birth else say("Dates"), "; ".join(named))
    if len(named) > 1:
        findings.warn(
            "several_forms",
            say(
                "Dates in “{column}” are written in several forms: {forms}.",
                column=shown(cells.header),
                forms="; ".join(named),
            ),
            column=cells.header,
        )
    if any(day.short_year for day in looked):
        findings.warn(
            "two_digit_years",
            say(
                "Two-digit years in “{column}” were completed so that no birth lies in the future.",
                column=shown(cells.header),
            )
            if birth
            else say("Two-digit years in “{column}” were completed: 24 is 2024.", column=shown(cells.header)),
            column=cells.header,
        )
