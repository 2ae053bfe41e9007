"""Dates and times as people write them, the order of day and month decided from the whole column.

A date is split into its day and its time of day; both have few different values, so each is read once.
Forms that can be read in one way only (ISO, month names, a day above 12 somewhere in the column, the dotted
form that is day-first by convention) are read; what is left open is a question with both readings.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake import limits
from crm_toolkit.intake.findings import Findings, in_quotes, shown
from crm_toolkit.intake.grid import Cells, plain_text
from crm_toolkit.texts import format_date, join_names, say, say_count

_SPLIT = (
    r"^(?P<day>.*?)(?:(?:[\sT,]|\x{00a0}|\x{202f})+(?:в\s+|at\s+)?"
    r"(?P<time>\d{1,2}[:.h]\d{2}(?:[^\d].*)?|\d{1,2}\s?[AaPp]\.?[Mm]\.?|T?\d{6}Z?))?$"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan январь января янв",
            "february feb февраль февраля фев февр",
            "march mar март марта мар",
            "april apr апрель апреля апр",
            "may май мая",
            "june jun июнь июня июн",
            "july jul июль июля июл",
            "august aug август августа авг",
            "september sep sept сентябрь сентября сен сент",
            "october oct октябрь октября окт",
            "november nov ноябрь ноября ноя нояб",
            "december dec декабрь декабря дек",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAY = re.compile(
    r"^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)\.?,?\s+",
    re.IGNORECASE,
)
_ISO = re.compile(r"^(\d{4})([-./])(\d{1,2})\2(\d{1,2})$")
_PARTS = re.compile(r"^(\d{1,2})([-./ ])(\d{1,2})\2(\d{4}|\d{2})(?:\s*г\.?)?$")
_NAMED = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th|-?го|-?е)?[\s\-./]*(?:of\s+)?([^\W\d_]+)\.?[\s\-./,]*(\d{4}|\d{2})(?:\s*(?:г|года?)\.?)?$"
)
_NAMED_FIRST = re.compile(r"^([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
_NAMED_ISO = re.compile(r"^(\d{4})[\s\-]([^\W\d_]+)\.?[\s\-](\d{1,2})$")
_TIME = re.compile(
    r"^(?P<h>\d{1,2})(?:[:.h](?P<m>\d{2}))?(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?\s*(?P<ap>[ap]\.?m\.?)?"
    r"\s*(?P<zone>z|utc|gmt|msk|мск|[+\-−]\d{2}:?\d{2}|(?:utc|gmt)\s?[+\-−]\d{1,2}(?::?\d{2})?|[+\-−]\d{2})?"
    r"(?:\s*\(?[a-z]{2,5}\)?)?$",
    re.IGNORECASE,
)
_COMPACT_TIME = re.compile(r"^T?(\d{2})(\d{2})(\d{2})(Z?)$")
_NUMBER = re.compile(r"^\d+(?:[.,]\d+)?$")


@dataclass
class Day:
    """One day as written: a certain date, or three numbers whose order is open."""

    date: dt.date | None = None
    form: str = ""
    parts: tuple[int, int, int] | None = None
    short_year: bool = False
    wrong: str = ""


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
    zone = _zone(timezone, findings)
    if timezone and zone is None:
        return None
    if cells.native is not None and not _is_text(cells.native.type):
        return _native(cells, findings, rows, zone)
    text = plain_text(cells)
    blank = pc.equal(text, "").to_numpy(zero_copy_only=False)
    if blank.all():
        return Moments(np.full(len(text), np.datetime64("NaT"), "datetime64[us]"), blank)
    days, day_codes, times, time_codes = _halves(text)
    looked = [look_at_day(day) for day in days]
    exact = _exact_codes(cells, day_codes, len(days))
    number_form = _numbers(days, looked, day_codes[~blank], findings, rows, cells, day_codes, birth)
    if number_form is None:
        return None
    if not _settle_order(looked, days, day_codes, blank, exact, cells, findings, rows, day_first, birth):
        return None
    clock = [_time(time) for time in times]
    base = np.array(
        [np.datetime64(day.date, "us") if day.date and not day.wrong else np.datetime64("NaT", "us") for day in looked]
    )
    if isinstance(number_form, _Numbers):
        base = number_form.values
    _name_wrong(np.isnat(base), looked, days, day_codes, clock, times, time_codes, blank, cells, findings, rows)
    offsets = np.array([moment.microseconds if moment else 0 for moment in clock], "timedelta64[us]")
    values = base[day_codes] + offsets[time_codes]
    values = _to_local(values, clock, time_codes, blank, zone, cells, findings, rows, number_form)
    if values is None:
        return None
    forms = Counter(day.form for day in looked if day.form)
    _say_form(forms, number_form, looked, cells, findings, birth)
    has_times = any(times[code] for code in np.unique(time_codes[~blank]))
    if isinstance(number_form, _Numbers):
        has_times = has_times or number_form.fractions
    return Moments(values, blank, has_times, forms)


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _zone(name: str, findings: Findings) -> ZoneInfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.problem(
            "unknown_timezone",
            say("The time zone “{name}” is not known.", name=shown(name)),
            advice=say("Zones are named like Europe/Moscow or America/New_York."),
        )
        return None


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


def look_at_day(text: str) -> Day:
    """Read one day as far as it can be read alone.

    >>> look_at_day("2024-06-19").date, look_at_day("19 июня 2024 г.").date, look_at_day("03/04/2024").parts
    (datetime.date(2024, 6, 19), datetime.date(2024, 6, 19), (3, 4, 2024))
    """
    text = _WEEKDAY.sub("", text.strip().lower()).strip(" ,")
    if not text:
        return Day(wrong="not_a_date")
    found = _ISO.match(text)
    if found:
        return _certain(int(found[1]), int(found[3]), int(found[4]), "iso")
    found = _PARTS.match(text)
    if found:
        first, second, third = int(found[1]), int(found[3]), int(found[4])
        return Day(
            form="dotted" if found[2] in ". " else "slashed",
            parts=(first, second, third),
            short_year=len(found[4]) == 2,
        )
    for pattern, order in ((_NAMED, (3, 2, 1)), (_NAMED_FIRST, (3, 1, 2)), (_NAMED_ISO, (1, 2, 3))):
        found = pattern.match(text)
        if found and found[order[1]] in _MONTHS:
            year = found[order[0]]
            return _certain(
                _century(int(year)) if len(year) == 2 else int(year),
                _MONTHS[found[order[1]]],
                int(found[order[2]]),
                "named",
            )
    if re.fullmatch(r"(?:19|20|21)\d{6}", text):
        return _certain(int(text[:4]), int(text[4:6]), int(text[6:]), "compact")
    if _NUMBER.match(text):
        return Day(form="number")
    return Day(wrong="not_a_date")


def _certain(year: int, month: int, day: int, form: str) -> Day:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return Day(form=form, wrong="impossible")
    if not limits.FIRST_YEAR <= year <= limits.LAST_YEAR:
        return Day(form=form, wrong="out_of_range")
    return Day(date, form)


def _century(short: int, birth: bool = False) -> int:
    latest = dt.date.today().year % 100
    return 2000 + short if short <= latest + (0 if birth else 1) else 1900 + short


@dataclass
class _Clock:
    microseconds: int
    zone: int | None = None


def _time(text: str | None) -> _Clock | None:
    """The time of day and the offset from UTC in minutes, or None where it can't be read."""
    if not text:
        return _Clock(0)
    compact = _COMPACT_TIME.match(text)
    if compact:
        hour, minute, second = int(compact[1]), int(compact[2]), int(compact[3])
        return _clock(hour, minute, second, 0, 0 if compact[4] else None)
    found = _TIME.match(text.strip())
    if not found or (found["m"] is None and not found["ap"]):
        return None
    hour, minute, second = int(found["h"]), int(found["m"] or 0), int(found["s"] or 0)
    if found["ap"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["ap"].lower().startswith("p") else 0)
    micro = int((found["f"] or "0").ljust(6, "0")[:6])
    return _clock(hour, minute, second, micro, _offset(found["zone"]))


def _clock(hour: int, minute: int, second: int, micro: int, zone: int | None) -> _Clock | None:
    if hour > 23 or minute > 59 or second > 59:
        return None
    return _Clock(((hour * 60 + minute) * 60 + second) * 1_000_000 + micro, zone)


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    zone = zone.lower().replace("−", "-").replace(" ", "")
    if zone in ("z", "utc", "gmt"):
        return 0
    if zone in ("msk", "мск"):
        return 180
    zone = zone.replace("utc", "").replace("gmt", "")
    digits = zone[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return (-1 if zone[0] == "-" else 1) * (hours * 60 + minutes)


def _exact_codes(cells: Cells, codes: np.ndarray, count: int) -> np.ndarray:
    exact = np.zeros(count, bool)
    if cells.exact is not None:
        exact[np.unique(codes[cells.exact])] = True
    return exact


@dataclass
class _Numbers:
    form: str
    values: np.ndarray
    fractions: bool = False


_SCALES = (("epoch_s", 5e8, 4.2e9, 1_000_000), ("epoch_ms", 5e11, 4.2e12, 1_000), ("epoch_us", 5e14, 4.2e15, 1))
_SERIAL = (366, 109_575)


def _numbers(
    days: list[str],
    looked: list[Day],
    used: np.ndarray,
    findings: Findings,
    rows: np.ndarray,
    cells: Cells,
    codes: np.ndarray,
    birth: bool,
) -> _Numbers | bool | None:
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
    numbers = {code: float(days[code].replace(",", ".")) for code in counted}
    low, high = min(numbers.values()), max(numbers.values())
    values = np.full(len(days), np.datetime64("NaT"), "datetime64[us]")
    if low >= _SERIAL[0] and high <= _SERIAL[1]:
        for code, number in numbers.items():
            seconds = round(number * 86_400)
            values[code] = np.datetime64("1899-12-30", "us") + np.timedelta64(seconds, "s")
        return _Numbers("serial", values, any(number % 1 for number in numbers.values()))
    for form, first, last, scale in _SCALES:
        if low >= first and high <= last:
            for code, number in numbers.items():
                values[code] = np.datetime64(round(number * scale), "us")
            return _Numbers(form, values, True)
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


def _possible(parts: tuple[int, int, int], order: str, short: bool, birth: bool) -> dt.date | None:
    named = dict(zip(order, parts, strict=True))
    year = named["y"]
    if short or year < 100:
        year = _century(year, birth)
    try:
        return dt.date(year, named["m"], named["d"])
    except ValueError:
        return None


def _settle_order(
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
        fits = {
            order: sum(_possible(looked[c].parts, order, looked[c].short_year, birth) is not None for c in group)  # type: ignore[arg-type]
            for order in orders
        }
        full = [order for order in orders if fits[order] == len(group)]
        if form == "dotted" and "dmy" in full and day_first is None:
            full = ["dmy"]
        if len(full) > 1 and all(
            len({_possible(looked[c].parts, order, looked[c].short_year, birth) for order in full}) == 1  # type: ignore[arg-type]
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
            day.date = _possible(day.parts, order, day.short_year, birth)
            day.form = f"{form}_{order}"
            if day.date is None:
                day.wrong = "impossible"
            elif not limits.FIRST_YEAR <= day.date.year <= limits.LAST_YEAR:
                day.wrong = "out_of_range"
    return settled


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
        return [_possible(day.parts, order, day.short_year, birth) for order in orders]

    code = next(c for c in group if len(set(readings(c))) > 1)
    both = [format_date(day, "long") for day in readings(code) if day]
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


def _name_wrong(
    wrong_day: np.ndarray,
    looked: list[Day],
    days: list[str],
    day_codes: np.ndarray,
    clock: list[_Clock | None],
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
    advice = ""
    if "out_of_range" in reasons:
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


def _to_local(
    values: np.ndarray,
    clock: list[_Clock | None],
    time_codes: np.ndarray,
    blank: np.ndarray,
    zone: ZoneInfo | None,
    cells: Cells,
    findings: Findings,
    rows: np.ndarray,
    number_form: _Numbers | bool,
) -> np.ndarray | None:
    """Local time of the organisation from whatever offsets stand in the file."""
    if isinstance(number_form, _Numbers) and number_form.form.startswith("epoch"):
        if zone:
            return _shift(values, zone)
        findings.warn(
            "utc",
            say("Seconds since 1970 are counted in UTC, so the times are UTC; timezone=… turns them into local time."),
            column=cells.header,
        )
        return values
    used = np.unique(time_codes[~blank]).tolist()
    offsets = {moment.zone for code in used if (moment := clock[code])}
    if offsets <= {None}:
        return values
    minutes = np.array([moment.zone if moment and moment.zone is not None else 0 for moment in clock])
    if zone:
        aware = np.array([moment is not None and moment.zone is not None for moment in clock])[time_codes]
        utc = values - minutes[time_codes].astype("timedelta64[m]")
        return np.where(aware, _shift(utc, zone), values)
    if len(offsets) > 1:
        findings.problem(
            "mixed_offsets",
            say(
                "“{column}” holds times of several time zones: {zones}.",
                column=shown(cells.header),
                zones=join_names(offset_name(offset) for offset in sorted(offsets, key=lambda o: (o is None, o or 0))),
            ),
            advice=say("Say where the organisation lives, and all times become local: timezone='Europe/Moscow'."),
            column=cells.header,
        )
        return None
    offset = next(iter(offsets))
    findings.warn(
        "offset_kept",
        say(
            "Times carry the offset {offset} and are kept as that local time; timezone=… turns them into another.",
            offset=offset_name(offset),
        ),
        column=cells.header,
    )
    return values


def offset_name(minutes: int | None) -> str:
    """An offset from UTC as people write it.

    >>> offset_name(180), offset_name(-330), offset_name(0)
    ('UTC+03:00', 'UTC-05:30', 'UTC')
    """
    if minutes is None:
        return say("no time zone")
    if minutes == 0:
        return "UTC"
    return f"UTC{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _shift(utc: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    import pandas as pd

    local = pd.DatetimeIndex(utc.astype("datetime64[us]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return local.to_numpy().astype("datetime64[us]")


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
            values = _shift(utc, target)
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
    number_form: _Numbers | bool,
    looked: list[Day],
    cells: Cells,
    findings: Findings,
    birth: bool,
) -> None:
    if isinstance(number_form, _Numbers):
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
            say("Two-digit years in “{column}” were completed: 24 is 2024.", column=shown(cells.header)),
            column=cells.header,
        )
