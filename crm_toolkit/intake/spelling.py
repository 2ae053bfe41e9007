"""One number as people write it: currency signs, groups of thousands, minus signs of every kind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

CURRENCIES = {
    "RUB": ("₽", "руб", "руб.", "р", "р.", "рублей", "рубля", "рубль", "rub", "rub.", "rur"),
    "USD": ("$", "usd", "us$", "долл", "долл."),
    "EUR": ("€", "eur", "евро"),
    "GBP": ("£", "gbp"),
    "UAH": ("₴", "uah", "грн", "грн."),
    "KZT": ("₸", "kzt", "тенге", "тг", "тг."),
    "BYN": ("byn", "бел. руб.", "br"),
    "CNY": ("¥", "cny", "rmb"),
    "INR": ("₹", "inr"),
    "TRY": ("₺", "try"),
    "CHF": ("chf", "fr."),
    "PLN": ("zł", "pln"),
    "AMD": ("֏", "amd"),
    "GEL": ("₾", "gel"),
}
_SIGN_OF = {sign: code for code, signs in CURRENCIES.items() for sign in signs}
_MONEY = re.compile(
    r"^(?P<before>[^\d.,+\-(]*)(?P<core>[+-]?[\d.,](?:[\d.,' ]*[\d.,])?(?:e[+-]?\d+)?)(?P<after>[^\d]*)$",
    re.IGNORECASE,
)
_LONGEST = 60
_SIGN = re.compile(r"(?<!\de)[+-]", re.IGNORECASE)
_MINUS = re.compile(r"(?<!\de)-", re.IGNORECASE)
_PRICE_WITH_DASH = re.compile(r"[.,]-$")
_SCIENCE = re.compile(r"^[+-]?\d+(?:[.,]\d+)?e[+-]?\d+$", re.IGNORECASE)


def currency_code(sign: str) -> str:
    """The ISO 4217 code of a currency's sign or name; empty if it is none.

    >>> currency_code("₽"), currency_code("руб."), currency_code("USD"), currency_code("kg")
    ('RUB', 'RUB', 'USD', '')
    """
    return _SIGN_OF.get(sign.strip().casefold(), "")


@dataclass(frozen=True)
class Written:
    """One number as written: its digits without decorations, and what its separators prove.

    ``proves`` is the decimal sign that this value proves, or ""; ``open`` says that its one separator may
    be a decimal or a thousands sign; ``wrong`` names why it is no number.
    """

    core: str = ""
    negative: bool = False
    currency: str = ""
    proves: str = ""
    open: bool = False
    wrong: str = ""


def written(text: str) -> Written:
    """Look at one number, without deciding what its separator means.

    A number has one sign at most: ``(5)``, ``-5``, ``- 5`` and ``5-`` are minus five; ``(-5)`` and ``--5`` are no
    numbers, and neither is ``5.-``, which is a price to some and a negative number to others.

    >>> written("1 411,91 ₽")
    Written(core='1411,91', negative=False, currency='RUB', proves=',', open=False, wrong='')
    >>> written("1.234").open
    True
    """
    text = _ascii_digits(text)
    if "%" in text:
        return Written(wrong="percent")
    in_brackets = text.startswith("(") and text.endswith(")")
    if in_brackets:
        text = text[1:-1].strip()
    minus = _MINUS.search(text) is not None
    if len(text) > _LONGEST or in_brackets + len(_SIGN.findall(text)) > 1 or _PRICE_WITH_DASH.search(text):
        return Written(wrong="not_a_number")
    if text.startswith("-"):
        text = text[1:].lstrip()
    elif text.endswith("-"):
        text = text[:-1].rstrip()
    negative = in_brackets or minus
    found = _MONEY.match(text)
    if not found:
        return Written(wrong="not_a_number")
    currency = ""
    for part in (found["before"].strip(), found["after"].strip()):
        if part:
            code = currency_code(part)
            if not code or currency:
                return Written(wrong="not_a_number")
            currency = code
    core = found["core"]
    if core[0] in "+-":
        core = core[1:]
    return _separators(core, negative, currency)


def _separators(core: str, negative: bool, currency: str) -> Written:
    if _SCIENCE.match(core):
        proves = "," if "," in core else "." if "." in core else ""
        return Written(core, negative, currency, proves)
    if re.search(r"[' ]", core):
        if not re.match(r"^\d{1,3}(?:([' ])\d{3})(?:\1\d{3})*(?:[.,]\d*)?$", core):
            return Written(wrong="bad_groups")
        core = re.sub(r"[' ]", "", core)
        return Written(core, negative, currency, "," if "," in core else "." if "." in core else "")
    points, commas = core.count("."), core.count(",")
    if points and commas:
        decimal = "." if core.rindex(".") > core.rindex(",") else ","
        group = "," if decimal == "." else "."
        if core.count(decimal) > 1 or not re.match(rf"^\d{{1,3}}(?:\{group}\d{{3}})+\{decimal}\d*$", core):
            return Written(wrong="bad_groups")
        return Written(core.replace(group, ""), negative, currency, decimal)
    if points + commas > 1:
        group = "." if points else ","
        if not re.match(rf"^\d{{1,3}}(?:\{group}\d{{3}})+$", core):
            return Written(wrong="bad_groups")
        return Written(core.replace(group, ""), negative, currency, "," if points else ".")
    if points + commas == 0:
        return Written(core, negative, currency)
    sign = "." if points else ","
    whole, fraction = core.split(sign)
    if not whole and not fraction:
        return Written(wrong="not_a_number")
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        return Written(core, negative, currency, open=True)
    return Written(core, negative, currency, sign)


_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-"})
_MARKS = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "٫": ".", "٬": "'", "．": ".", "，": ",", "（": "(", "）": ")"}
)


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text.strip()
    signs = text.translate(_MARKS).translate(_DASHES)
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else " " if sign.isspace() else sign for sign in signs
    ).strip()
