"""Numbers, money and dates as the reader's language writes them (Babel, CLDR)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal

from crm_toolkit.texts.catalogues import language, say

_LOCALES = {"en": "en_US", "ru": "ru_RU"}


def _locale() -> str:
    return _LOCALES[str(language())]


def format_number(value: float, decimals: int | None = None) -> str:
    """A number with the reader's separators; ``decimals`` fixes the digits after the point.

    >>> format_number(1469307)
    '1,469,307'
    >>> format_number(2.5, decimals=2)
    '2.50'
    """
    from babel.numbers import format_decimal

    pattern = "#,##0.###" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(_plain(value), format=pattern, locale=_locale())


def format_money(amount: float, currency: str = "", decimals: int = 2) -> str:
    """An amount of money; ``currency`` is an ISO 4217 code, or empty where the file names none.

    >>> format_money(1234.5, "USD")
    '$1,234.50'
    >>> format_money(1234.5)
    '1,234.50'
    """
    if not currency:
        return format_number(amount, decimals)
    from babel.numbers import format_currency

    digits = "0" * decimals
    pattern = {"en": "¤#,##0", "ru": "#,##0"}[str(language())] + ("." + digits if digits else "")
    pattern += "\N{NO-BREAK SPACE}¤" if str(language()) == "ru" else ""
    return format_currency(_plain(amount), currency, format=pattern, locale=_locale(), currency_digits=False)


def format_percent(fraction: float, decimals: int = 1) -> str:
    """A fraction shown as per cent.

    >>> format_percent(0.4573)
    '45.7%'
    """
    from babel.numbers import format_percent as babel_percent

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    pattern += "%" if str(language()) == "en" else "\N{NO-BREAK SPACE}%"
    return babel_percent(_plain(fraction), format=pattern, locale=_locale())


def format_date(day: datetime.date | str, length: str = "medium") -> str:
    """A calendar date; ``length`` is Babel's "short", "medium", "long" or "full".

    >>> format_date(datetime.date(2024, 4, 3))
    'Apr 3, 2024'
    """
    from babel.dates import format_date as babel_date

    if isinstance(day, str):
        day = datetime.date.fromisoformat(day[:10])
    return babel_date(day, format=length, locale=_locale())


def join_names(names: Iterable[object], most: int = 8) -> str:
    """Names in a row for a sentence; past ``most`` of them only the count of the others is said.

    >>> join_names(["r", "f", "m"], most=2)
    'r, f and 1 more'
    """
    every = [str(name) for name in names]
    shown = ", ".join(every[:most])
    return (
        shown
        if len(every) <= most
        else say("{names} and {number} more", names=shown, number=format_number(len(every) - most))
    )


def _plain(value: float) -> Decimal | int:
    if isinstance(value, bool) or not isinstance(value, int):
        return Decimal(str(round(float(value), 10)))
    return value
