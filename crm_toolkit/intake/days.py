"""One calendar day as people write it: certain by its form, or three numbers whose order is still open."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from crm_toolkit.intake import limits

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
_ISO = re.compile(r"^(\d{4})([-./ ])(\d{1,2})\2(\d{1,2})$")
_PARTS = re.compile(r"^(\d{1,2})([-./ ])(\d{1,2})\2(\d{4}|\d{2})(?:\s*г\.?)?$")
_NAMED = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th|-?го|-?е)?[\s\-./]*(?:of\s+)?([^\W\d_]+)\.?[\s\-./,]*(\d{4}|\d{2})(?:\s*(?:г|года?)\.?)?$"
)
_NAMED_FIRST = re.compile(r"^([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
_NAMED_ISO = re.compile(r"^(\d{4})[\s\-]([^\W\d_]+)\.?[\s\-](\d{1,2})$")
_LONGEST = 60
_NUMBER = re.compile(r"^\d+(?:[.,]\d+)?$")


@dataclass
class Day:
    """One day as written: a certain date, or three numbers whose order is open."""

    date: dt.date | None = None
    form: str = ""
    parts: tuple[int, int, int] | None = None
    short_year: bool = False
    wrong: str = ""


def look_at_day(text: str) -> Day:
    """Read one day as far as it can be read alone.

    >>> look_at_day("2024-06-19").date, look_at_day("19 июня 2024 г.").date, look_at_day("03/04/2024").parts
    (datetime.date(2024, 6, 19), datetime.date(2024, 6, 19), (3, 4, 2024))
    """
    text = _WEEKDAY.sub("", text.strip().lower()).strip(" ,")
    if not text or len(text) > _LONGEST:
        return Day(wrong="not_a_date")
    found = _ISO.match(text)
    if found:
        return _certain(int(found[1]), int(found[3]), int(found[4]), "iso")
    found = _PARTS.match(text)
    if found:
        first, second, third = int(found[1]), int(found[3]), int(found[4])
        return Day(
            form="dotted" if found[2] == "." else "slashed",
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


def as_date(parts: tuple[int, int, int], order: str, short: bool, birth: bool) -> dt.date | None:
    named = dict(zip(order, parts, strict=True))
    year = named["y"]
    if short or year < 100:
        year = _century(year, birth)
    try:
        return dt.date(year, named["m"], named["d"])
    except ValueError:
        return None
