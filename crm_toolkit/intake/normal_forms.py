"""One form for one thing: telephones, e-mail addresses and names without the accidents of writing.

Two records can only be compared, or turned into equal pseudonyms, when «8 (900) 111-22-33» and «+79001112233» have
become one text. Nothing is corrected here: a wrong digit stays wrong.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.contract import near_misses
from crm_toolkit.texts import join_names, say

_EXTENSION = re.compile(r"(?:\b(?:доб|ext|extension|вн)\b\.?|[#;]|(?<=\d)\s*x).*$", re.IGNORECASE | re.DOTALL)
_APOSTROPHES = re.compile(r"['’ʼ`´‘]")
NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "н/д", "нет", "none", "null", "nan", "unknown", "неизвестно"})


def plain(value: Any) -> str:
    r"""A value as text in one Unicode form, without invisible signs; empty where it is missing.

    >>> plain("  Зоя\u200b "), plain(None), plain(float("nan"))
    ('Зоя', '', '')
    """
    if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    text = unicodedata.normalize("NFKC", str(value))
    if not text.isascii():
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return text.strip()


def normal_phone(value: Any, *, country: str = "") -> str:
    """A telephone as digits with its country code; empty where there is none.

    The Russian trunk code 8 of an eleven-digit number becomes the country code 7; an extension is left out.

    Parameters
    ----------
    value : object
        A telephone as people write it.
    country : str
        Code of the country, digits, that a number of ten digits belongs to; without it such a number stays as it is.

    Returns
    -------
    str

    Examples
    --------
    >>> normal_phone("8 (900) 111-22-33"), normal_phone("+7 900 111 22 33 доб. 5")
    ('79001112233', '79001112233')
    >>> normal_phone("(394) 555-0123", country="1"), normal_phone("n/a")
    ('13945550123', '')
    """
    text = plain(value)
    if text.casefold() in NOTHING:
        return ""
    text = _EXTENSION.sub("", text)
    digits = "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())
    if text.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    if len(digits) == 11 and digits.startswith("8"):
        return "7" + digits[1:]
    if len(digits) == 10 and country:
        return country + digits
    return digits


def normal_email(value: Any) -> str:
    """An e-mail address in small letters and without blanks; empty where there is none.

    >>> normal_email(" Anna.Petrova@Example.ORG "), normal_email("mailto:a@example.org"), normal_email("-")
    ('anna.petrova@example.org', 'a@example.org', '')
    """
    text = "".join(plain(value).casefold().split()).removeprefix("mailto:").strip("<>,;")
    return "" if text in NOTHING else text


def normal_name(value: Any) -> str:
    """A name in small letters, ё as е, words parted by one blank; empty where there is none.

    >>> normal_name("  СЕМЁНОВА  Анна-Мария "), normal_name("O’Neil, J."), normal_name("н/д")
    ('семенова анна мария', 'oneil j', '')
    """
    text = plain(value).casefold()
    if text in NOTHING:
        return ""
    text = _APOSTROPHES.sub("", text.replace("ё", "е"))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text).split())


KINDS = {"phone": normal_phone, "email": normal_email, "name": normal_name, "text": plain}


def normal(value: Any, kind: str) -> str:
    """A value in the one form of its kind.

    Parameters
    ----------
    value : object
        As it was written.
    kind : {"phone", "email", "name", "text"}
        What it is.

    Raises
    ------
    InputError
        If there is no such kind.

    Examples
    --------
    >>> normal("8 900 111-22-33", "phone")
    '79001112233'
    """
    if kind not in KINDS:
        close = near_misses(kind, KINDS)
        what = say("There is no kind of value “{name}”.", name=kind)
        advice = (
            say("Did you mean “{close}”?", close=close[0])
            if close
            else say("Available: {names}.", names=join_names(KINDS))
        )
        raise InputError(
            say("The value can't be brought to one form."),
            [Problem("unknown_kind", what, advice=advice, column="kind")],
        )
    return KINDS[kind](value)
