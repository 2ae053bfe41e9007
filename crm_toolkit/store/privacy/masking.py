"""Masks: what a screen shows to those who may not see the whole value.

A mask keeps what is needed to recognise one's own customer (initials, the last two digits, the year) and hides the
rest behind bullets. Masks know no roles; they are idempotent, so a value that passes two views is masked once.
A mask protects a screen and not a table: who may query can still count, sort and compare.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from crm_toolkit.intake.normal_forms import plain

BULLET = "•"
_HIDDEN = BULLET * 3
_SHOWN_DIGITS = 2
_LEAST_PHONE = 7
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_DIGIT = rf"[\d{BULLET}]"
_MAIL = re.compile(
    rf"(?<![\w.!#$%&'*+/=?^`{{|}}~{BULLET}-])[\w.!#$%&'*+/=?^`{{|}}~{BULLET}-]+@[\w.{BULLET}-]*[\w{BULLET}]"
)
_MOMENT = (
    rf"(?<!{_DIGIT})(?:(?:1[89]|20)\d\d-\d\d-\d\d|\d\d?[./]\d\d?[./](?:1[89]|20)\d\d)"
    rf"(?:[ T]\d\d?:\d\d(?::\d\d)?)?(?!{_DIGIT})"
)
_RUN = rf"\+?\(?{_DIGIT}(?:[ \N{{NO-BREAK SPACE}}().\-‐‑–/]{{0,3}}{_DIGIT}){{{_LEAST_PHONE - 1},}}"
_PHONE = re.compile(rf"(?P<moment>{_MOMENT})|{_RUN}")


def mask_name(value: Any) -> str:
    """The initials of a name, in its order; empty stays empty.

    >>> mask_name("Иванова Анна-Мария Петровна"), mask_name("O’Neil, Jane"), mask_name("И. А. П.")
    ('И. А. П.', 'O. J.', 'И. А. П.')
    """
    words = re.split(r"[\s.,;]+", plain(value))
    initials = (next((sign for sign in word if sign.isalnum() or sign == BULLET), "") for word in words)
    return " ".join(f"{_upper(sign)}." for sign in initials if sign)


def _upper(sign: str) -> str:
    upper = sign.upper()
    return upper if len(upper) == 1 else sign


def mask_phone(value: Any) -> str:
    """A telephone with bullets for all but its last two digits; a short one is hidden whole.

    >>> mask_phone("+7 900 123-45-67"), mask_phone("112"), mask_phone("+• ••• •••-••-67")
    ('+• ••• •••-••-67', '•••', '+• ••• •••-••-67')
    """
    signs = list(plain(value))
    places = [place for place, sign in enumerate(signs) if sign.isalnum() or sign == BULLET]
    shown = _SHOWN_DIGITS if len(places) >= _LEAST_PHONE else 0
    for place in places[: len(places) - shown]:
        signs[place] = BULLET
    return "".join(signs)


def mask_email(value: Any) -> str:
    """The first letters of mailbox and domain, and the ending of the domain.

    >>> mask_email("anna.petrova@example.org"), mask_email("no address"), mask_email("a•••@e•••.org")
    ('a•••@e•••.org', '•••', 'a•••@e•••.org')
    """
    text = plain(value)
    if not text:
        return ""
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        return _HIDDEN
    name, dot, ending = domain.rpartition(".")
    if not dot or not name:
        return f"{local[0]}{_HIDDEN}@{_HIDDEN}"
    return f"{local[0]}{_HIDDEN}@{name[0]}{_HIDDEN}.{ending}"


def mask_birth_date(value: Any) -> str:
    """Only the year of a date; of a text, too.

    >>> mask_birth_date(dt.date(1987, 5, 13)), mask_birth_date("13.05.1987"), mask_birth_date("13.05.87")
    ('1987-••-••', '1987-••-••', '•••')
    >>> mask_birth_date(mask_birth_date("1987-05-13"))
    '1987-••-••'
    """
    text = plain(f"{value.year:04d}" if isinstance(value, dt.date) and value == value else value)
    if not text:
        return ""
    years = _YEAR.findall(text)
    return f"{years[0]}-••-••" if len(years) == 1 else _HIDDEN


def mask_text(value: Any) -> str:
    """A free text with the e-mail addresses and telephones in it masked; dates and short numbers stay.

    What looks like a telephone is masked: seven digits or more, parted by blanks, dots, dashes or brackets. Names are
    not found: a free text is never safe by its mask alone.

    >>> mask_text("Звонил 13.05.2024 с 8 (900) 111-22-33, писал с anna@example.org, заказ 4711")
    'Звонил 13.05.2024 с • (•••) •••-••-33, писал с a•••@e•••.org, заказ 4711'
    """
    text = "" if value is None or value != value else str(value)
    for _ in range(text.count("@") + 1):  # a mask may stand so that it makes an address of what is before it
        before, text = text, _MAIL.sub(lambda found: mask_email(found[0]), text)
        if text == before:
            break
    return _PHONE.sub(_masked_run, text)


def _masked_run(found: re.Match[str]) -> str:
    """A run of digits masked; a date or a moment stays."""
    run = found[0]
    if found["moment"]:
        return run
    signs = list(run)
    places = [place for place, sign in enumerate(signs) if re.match(_DIGIT, sign)]
    for place in places[:-_SHOWN_DIGITS]:
        signs[place] = BULLET
    return "".join(signs)


MASKS = {"name": mask_name, "phone": mask_phone, "email": mask_email, "birth_date": mask_birth_date, "text": mask_text}
"""Kind of field → its mask."""
