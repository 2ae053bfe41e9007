"""Forms: what a person may enter, declared once, and used by the desk, the account, imports and checks.

A form names the table that it fills, whether it makes a row or changes one, at which doors it lies, and its fields
with their rules. `checked` reads what was typed and gives values ready to be stored, or a letter with every problem.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from numbers import Number
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, language, say

MOST_LETTERS = 200
MOST_TEXT = 10_000
MOST_MONEY = 10**12  # far below the 2**53 minor units that a frame still tells apart
MASK = "•••"
_DOORS = ("employee", "customer")


@dataclass(frozen=True)
class FormField:
    """One field of a form.

    Parameters
    ----------
    name : str
        Column of the form's table, or a word that the form's handler knows.
    label : str
        Marked English label.
    kind : {"line", "text", "whole", "number", "money", "date", "moment", "flag", "choice", "phone", "email", "key"}
        How it is typed and read; "key" is the number of another row.
    required : bool
        Whether it may stay empty.
    choices : tuple of str
        Allowed words of a choice.
    low, high : float
        Range of a number.
    moderated : bool
        Whether a customer's change waits for an employee.
    doors : tuple of str
        At which doors it is seen: "employee", "customer".
    hint : str
        Marked English hint.
    past : bool
        Whether a date or moment after now is refused.
    """

    name: str
    label: str
    kind: str = "line"
    required: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    moderated: bool = False
    doors: tuple[str, ...] = _DOORS
    hint: str = ""
    past: bool = False


@dataclass(frozen=True)
class Form:
    """A form: a table, an action, and fields.

    Parameters
    ----------
    name, title : str
        Code, and marked English title.
    entity : str
        Table that it fills.
    action : {"create", "edit"}
        Whether it makes a row or changes one.
    fields : tuple of FormField
        In the order in which they are asked.
    doors : tuple of str
        Where it lies: "employee", "customer".
    right : str
        The right that it asks for, if not that to make or change rows of the table.
    """

    name: str
    title: str
    entity: str
    action: str
    fields: tuple[FormField, ...]
    doors: tuple[str, ...] = ("employee",)
    right: str = ""

    def at(self, door: str) -> tuple[FormField, ...]:
        """The fields that are seen at a door."""
        return tuple(one for one in self.fields if door in one.doors)


def checked(form: Form, values: Mapping[str, Any], *, door: str = "employee", now: str = "") -> dict[str, Any]:
    """What was typed, as values to store.

    Parameters
    ----------
    form : Form
        The form.
    values : mapping of str to object
        Field → what was typed, or a value of the right kind. Money in currency units. For a form that changes a
        row, fields that are not given stay as they are.
    door : {"employee", "customer"}
        Who hands it in.
    now : str
        The store's time, ISO; without it nothing is too late.

    Returns
    -------
    dict
        Field → value as the database keeps it: text trimmed, money in minor units, times and dates ISO.

    Raises
    ------
    InputError
        With one problem for every field that can't be stored, ``column`` naming the field.

    Examples
    --------
    >>> lead = Form(
    ...     "lead",
    ...     "Lead",
    ...     "leads",
    ...     "create",
    ...     (
    ...         FormField("full_name", "Name", required=True),
    ...         FormField("phone", "Telephone", "phone"),
    ...         FormField("value", "Value", "money"),
    ...     ),
    ... )
    >>> checked(lead, {"full_name": " Ada  King ", "phone": "+7 (000) 123-45-67", "value": "1 500,50"})
    {'full_name': 'Ada King', 'phone': '+7 000 123-45-67', 'value': 150050}
    >>> checked(lead, {"phone": "12"})
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: The form “Lead” can't be saved yet.
    <BLANKLINE>
    1. “Name” is empty.
       Fill it in.
    2. “Telephone”: “12” is no telephone number.
       Write it with its code, such as +7 000 123-45-67.
    """
    heading = say("The form “{title}” can't be saved yet.", title=say(form.title))
    if not isinstance(values, Mapping):
        what = say("The values of a form are a dictionary: field → value.")
        raise InputError(heading, [Problem("no_values", what)])
    fields = {one.name: one for one in form.at(door)}
    problems: list[Problem] = []
    read: dict[str, Any] = {}
    for name in values:
        if name not in fields:
            close = near_misses(str(name)[:60], fields)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else say(
                "The fields are {names}.", names=join_names(f"`{one}`" for one in fields))  # fmt: skip
            problems.append(Problem("unknown_field", say("The form has no field `{name}`.", name=_shown(name)),
                                    advice=advice, column=str(name)))  # fmt: skip
    for name, one in fields.items():
        if name not in values and form.action == "edit" and not one.required:
            continue
        given = values.get(name)
        label = say(one.label)
        try:
            kept = None if _empty(given) else _READERS[one.kind](given, one)
            if one.past and now and kept is not None and kept > now[: len(kept)]:
                raise _WrongError("in_future", say("“{value}” is still to come.", value=kept))
        except _WrongError as wrong:
            what = say("“{label}”: {what}", label=label, what=wrong.what)
            problems.append(Problem(wrong.code, what, advice=wrong.advice, column=name))
            continue
        if kept in (None, ""):
            if one.required:
                what = say("“{label}” is empty.", label=label)
                problems.append(Problem("empty", what, advice=say("Fill it in."), column=name))
            elif name in values:
                read[name] = None
            continue
        read[name] = kept
    if problems:
        raise InputError(heading, problems)
    return read


class _WrongError(Exception):
    """A value that can't be stored: code, what is wrong, what to try."""

    def __init__(self, code: str, what: str, advice: str = ""):
        super().__init__(what)
        self.code, self.what, self.advice = code, what, advice


def _empty(value: object) -> bool:
    """Nothing at all: also what a frame has where a value is missing."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, Number) and value != value


def _text(value: object, limit: int) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, Number, dt.date)):
        raise _WrongError("not_text", say("“{value}” is no text.", value=_shown(value)))
    plain = unicodedata.normalize("NFC", str(value).replace("\r\n", "\n"))
    spaced = (letter if letter in "\n\t" else " " if letter.isspace() else letter for letter in plain)
    kept = "".join(letter for letter in spaced if letter in "\n\t" or letter.isprintable())
    if len(kept) > limit:
        raise _WrongError(
            "too_long", say("{count} letters are too many; at most {limit}.", count=len(kept), limit=limit)
        )
    return kept


def _line(value: object, one: FormField) -> str:
    if MASK in str(value):
        what = say("“{value}” is only a trace of the value, which you may not see.", value=_shown(value))
        raise _WrongError("masked", what, say("Write the whole value, or leave the field as it is."))
    return " ".join(_text(value, MOST_LETTERS).split())


def _long(value: object, one: FormField) -> str:
    return _text(value, MOST_TEXT).strip()


def _number(value: object) -> Decimal:
    if isinstance(value, bool):
        raise _WrongError("not_a_number", say("“{value}” is no number.", value=value))
    text = re.sub(r"[\s\u00a0\u202f]", "", str(value)).replace("−", "-")
    if str(language()) == "en" and re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text):
        whole, part = text.split(",")
        raise _WrongError("ambiguous", say("“{value}” can be read in two ways.", value=_shown(value)),
                     say("Write {one} or {other}.", one=whole + part, other=f"{whole}.{part}"))  # fmt: skip
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    if len(text) > 40 or not text.isascii() or "_" in text:
        raise _WrongError("not_a_number", say("“{value}” is no number.", value=_shown(value)))
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _WrongError("not_a_number", say("“{value}” is no number.", value=_shown(value))) from None
    if not number.is_finite():
        raise _WrongError("not_a_number", say("“{value}” is no number.", value=_shown(value)))
    return number


def _in_range(number: Decimal, one: FormField) -> Decimal:
    low, high = one.low, one.high
    if (low is not None and number < Decimal(str(low))) or (high is not None and number > Decimal(str(high))):
        if low is not None and high is not None:
            raise _WrongError("outside_range", say("A value from {low} to {high} is allowed.", low=low, high=high))
        if low is not None:
            raise _WrongError("outside_range", say("A value from {low} on is allowed.", low=low))
        raise _WrongError("outside_range", say("A value up to {high} is allowed.", high=high))
    if abs(number) > 10**13:
        raise _WrongError("outside_range", say("The number is too large."))
    return number


def _whole(value: object, one: FormField) -> int:
    number = _in_range(_number(value), one)
    if number != number.to_integral_value():
        raise _WrongError("not_whole", say("“{value}” is no whole number.", value=_shown(value)))
    return int(number)


def _fraction(value: object, one: FormField) -> float:
    return float(_in_range(_number(value), one))


def _money(value: object, one: FormField) -> int:
    given = _in_range(_number(value), one)
    if abs(given) > MOST_MONEY:
        raise _WrongError("outside_range", say("The number is too large."))
    minor = (round(given, 6) if isinstance(value, float) else given) * 100
    if minor != minor.to_integral_value():
        raise _WrongError("too_fine", say("Money has at most two decimals."))
    return int(minor)


# no “03/04/2026”: it is the third of April here and the fourth of March there
_DAY_FORMS = ("%Y-%m-%d", "%d.%m.%Y")
_MOMENT_FORMS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M", *_DAY_FORMS,
)  # fmt: skip


def _moment_of(value: object, forms: tuple[str, ...]) -> dt.datetime:
    if type(value).__name__ == "datetime64":
        value = value.astype("datetime64[s]").item()  # type: ignore[attr-defined]
    found = None
    if isinstance(value, dt.datetime):
        found = value.replace(tzinfo=None, microsecond=0)
    elif isinstance(value, dt.date):
        found = dt.datetime.combine(value, dt.time())
    for form in forms if found is None else ():
        try:
            found = dt.datetime.strptime(str(value).strip(), form)
        except ValueError:
            continue
        break
    if found is not None and 1900 <= found.year <= 2200:
        return found
    raise _WrongError("not_a_date", say("“{value}” is no date.", value=_shown(value)),
                 say("Write it as 2026-03-31 or 31.03.2026."))  # fmt: skip


def _date(value: object, one: FormField) -> str:
    return _moment_of(value, _DAY_FORMS).strftime("%Y-%m-%d")


def _moment(value: object, one: FormField) -> str:
    return _moment_of(value, _MOMENT_FORMS).strftime("%Y-%m-%d %H:%M:%S")


def _flag(value: object, one: FormField) -> int:
    if isinstance(value, bool) or type(value).__name__ == "bool" or (isinstance(value, Number) and value in (0, 1)):
        return int(bool(value))
    raise _WrongError("not_a_flag", say("“{value}” is neither yes nor no.", value=_shown(value)))


def _choice(value: object, one: FormField) -> str:
    word = str(value).strip()
    if word not in one.choices:
        close = near_misses(word[:60], one.choices)
        names = join_names(f"`{choice}`" for choice in one.choices)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else say("Allowed: {names}.", names=names)
        raise _WrongError("unknown_choice", say("“{value}” is no choice here.", value=_shown(value)), advice)
    return word


def _phone(value: object, one: FormField) -> str:
    text = _line(value, one)
    digits = re.sub(r"[^0-9]", "", text)
    if not 7 <= len(digits) <= 15 or re.search(r"[^0-9\s()+\-–.]", text):
        raise _WrongError("not_a_phone", say("“{value}” is no telephone number.", value=_shown(value)),
                     say("Write it with its code, such as +7 000 123-45-67."))  # fmt: skip
    if len(digits) == 11 and (digits[0] == "7" or (digits[0] == "8" and "+" not in text)):  # 8 is dialled for +7
        return f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}"
    return text


def _email(value: object, one: FormField) -> str:
    text = _line(value, one)
    if not re.fullmatch(r"[^@\s<>\"]+@([^@\s.<>\"]+\.)+[^@\s.<>\"]{2,}", text):
        raise _WrongError("not_an_email", say("“{value}” is no e-mail address.", value=_shown(value)),
                     say("It looks like name@example.com."))  # fmt: skip
    return text


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


_READERS: dict[str, Callable[[Any, FormField], Any]] = {
    "line": _line, "text": _long, "whole": _whole, "key": _whole, "number": _fraction, "money": _money, "date": _date,
    "moment": _moment, "flag": _flag, "choice": _choice, "phone": _phone, "email": _email,
}  # fmt: skip

__all__ = ["Form", "FormField", "checked"]
