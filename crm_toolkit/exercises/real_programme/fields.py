"""The fields of a real programme in words, and typed text as the value that a field takes.

Every field of `firm.loyalty.programme_form` has a name, a kind and, where it is a choice, names for its options. A text
that does not fit is told beside its field. Shares may be typed as ``5%``; a list has one entry a line, its parts set
apart by semicolons.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from crm_toolkit.firm.loyalty import form_fields
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme
from crm_toolkit.texts import format_number, join_names, mark, say

PARTS = {
    "earning": mark("Earning"), "burning": mark("Redemption"), "life": mark("Validity"), "returns": mark("Returns"),
    "account": mark("Account"), "tiers": mark("Tiers"), "ladder": mark("Discount ladder"),
    "punch_card": mark("Punch card"), "coalition": mark("Coalition"), "membership": mark("Paid membership"),
    "family": mark("Family account"), "privileges": mark("Privileges"), "referral": mark("Bring a friend"),
    "currency": mark("Currency"),
}  # fmt: skip
LABELS = {
    "earning.per_unit": mark("Points for one currency unit"),
    "earning.per_visit": mark("Points for a visit"),
    "earning.base": mark("What counts"),
    "earning.tax": mark("Tax counts"),
    "earning.delivery": mark("Delivery counts"),
    "earning.paid_with_points": mark("The part paid with points counts"),
    "earning.rounding": mark("Parts of a point"),
    "earning.combine": mark("Several multipliers"),
    "earning.multipliers": mark("Multipliers"),
    "earning.events": mark("Points for other things than buying"),
    "earning.cap_day": mark("Cap of points in a day"),
    "earning.cap_week": mark("Cap of points in a week"),
    "earning.cap_month": mark("Cap of points in a month"),
    "burning.point_value": mark("Value of a point, currency units"),
    "burning.mode": mark("How points are used"),
    "burning.threshold": mark("Points that a reward takes"),
    "burning.minimum": mark("Fewest points of one redemption"),
    "burning.max_share": mark("Largest share of an order paid with points"),
    "life.pending": mark("When points can be used"),
    "life.pending_days": mark("Days until points are active"),
    "life.validity": mark("How long points live"),
    "life.validity_days": mark("Days that points are valid"),
    "life.more_periods": mark("Further periods"),
    "life.period": mark("Period"),
    "life.rounding": mark("End of a validity in days"),
    "returns.spent": mark("Order paid back, its points used already"),
    "returns.redeemed": mark("Points that paid for an order that is paid back"),
    "account.welcome_points": mark("Points for enrolment"),
    "account.on_leave": mark("Points of who leaves"),
    "account.transfers": mark("Members may give points to each other"),
    "tiers.steps": mark("Steps of the tiers"),
    "tiers.measure": mark("What a tier is measured by"),
    "tiers.window": mark("Window"),
    "tiers.window_days": mark("Length of the window, days"),
    "tiers.downgrade": mark("Falling back"),
    "tiers.grace_days": mark("Days of grace"),
    "ladder.steps": mark("Steps of the discount"),
    "punch_card.stamps": mark("Stamps on a full card"),
    "punch_card.head_start": mark("Stamps at the start"),
    "punch_card.reward": mark("Value of a reward, currency units"),
    "coalition.partners": mark("Partners"),
    "coalition.settlement_price": mark("Settlement price of a point"),
    "membership.fee": mark("Fee for a period, currency units"),
    "membership.period_months": mark("Months that a fee lasts"),
    "membership.trial_days": mark("Days of trial"),
    "membership.multiplier": mark("Points of paying members times"),
    "family.most_members": mark("Most members of a family"),
    "family.bonus_from": mark("Members from whom points are multiplied"),
    "family.bonus_factor": mark("Points of a family times"),
    "privileges": mark("Privileges for members"),
    "referral.referrer_points": mark("Points for who brings"),
    "referral.friend_points": mark("Points for who is brought"),
    "referral.cap_year": mark("Cap of rewarded friends in a year"),
    "referral.on": mark("Points for a friend are given at"),
    "currency": mark("Currency, ISO code such as EUR"),
}
OPTIONS = {
    "earning.base": {"net": mark("the price after discounts"), "gross": mark("the list price")},
    "earning.rounding": {"down": mark("are cut off"), "nearest": mark("are rounded to the nearest"),
                         "up": mark("are rounded up")},
    "earning.combine": {"product": mark("are multiplied"), "highest": mark("the highest one holds")},
    "burning.mode": {"continuous": mark("any number of points"), "threshold": mark("whole rewards only")},
    "life.pending": {"none": mark("at once"), "days": mark("some days later"), "action": mark("after an event")},
    "life.validity": {"unlimited": mark("forever"), "days": mark("a number of days"),
                      "period_end": mark("to the end of a calendar period")},
    "life.period": {"day": mark("a day"), "week": mark("a week"), "month": mark("a month"),
                    "quarter": mark("a quarter"), "year": mark("a year")},
    "life.rounding": {"exact": mark("to the day"), "period_end": mark("at the end of the period")},
    "returns.spent": {"negative": mark("the balance may fall below zero"), "debt": mark("the member owes money"),
                      "forgive": mark("they are let go")},
    "returns.redeemed": {"new_lot": mark("come back"), "lost": mark("are lost")},
    "account.on_leave": {"forfeit": mark("are lost at once"), "keep": mark("wait for a return")},
    "tiers.measure": {"spend": mark("by spend"), "visits": mark("by visits"), "points": mark("by points")},
    "tiers.window": {"calendar": mark("the calendar year"), "rolling": mark("the last days")},
    "tiers.downgrade": {"one_down": mark("one level at a review"), "by_balance": mark("to what the window supports"),
                        "never": mark("never")},
    "referral.on": {"registration": mark("registration"), "first_order": mark("the first order")},
}  # fmt: skip
_NO_CAP = mark("0 is no cap")
HINTS = {
    **dict.fromkeys(("earning.cap_day", "earning.cap_week", "earning.cap_month", "referral.cap_year"), _NO_CAP),
    "earning.per_unit": mark("0.05 points for one unit, if a point is worth one unit, is 5% back"),
    "earning.multipliers": mark("a line each: factor; category; weekday, 0 is Monday; first day; last day"),
    "earning.events": mark("a line each: event; points"),
    "tiers.steps": mark("a line each, from 0 on: name; what it takes; points times"),
    "ladder.steps": mark("a line each: spend since joining; discount such as 5%"),
    "coalition.partners": mark("a line each: name; points for one unit; yes or no, takes points"),
    "privileges": mark("a line each: name; cost for a member and year; worth to the member; tier"),
}
DEPENDS = {
    "earning.combine": ("earning.multipliers", ()),
    "burning.threshold": ("burning.mode", ("threshold",)),
    "life.pending_days": ("life.pending", ("days",)),
    "life.validity_days": ("life.validity", ("days",)),
    "life.rounding": ("life.validity", ("days",)),
    "life.more_periods": ("life.validity", ("period_end",)),
    "life.period": ("life.validity", ("days", "period_end")),
    "tiers.window_days": ("tiers.window", ("rolling",)),
    "family.bonus_factor": ("family.bonus_from", ()),
}  # a field that has a meaning only where another one has one of these values; without values: where it has any
YES, NO = "yes", "no"
YES_NO = {YES: mark("yes"), NO: mark("no")}
Typed = tuple[Any, str]


def part_of(path: str) -> str:
    """The part to which a field belongs."""
    return path.split(".", 1)[0]


def paths_of(part: str) -> tuple[str, ...]:
    """The fields of a part.

    >>> paths_of("returns")
    ('returns.spent', 'returns.redeemed')
    """
    return tuple(path for path in form_fields() if part_of(path) == part)


def kind_of(path: str) -> str:
    """How a field is typed: ``"choice"``, ``"yes_no"``, ``"number"``, ``"list"`` or ``"text"``.

    >>> kind_of("earning.base"), kind_of("tiers.steps"), kind_of("life.validity_days")
    ('choice', 'list', 'number')
    """
    if path in OPTIONS:
        return "choice"
    hint = _hint(path)
    if get_origin(hint) is tuple:
        return "list"
    return {bool: "yes_no", int: "number", float: "number"}.get(hint, "text")


def value_of(path: str, text: str) -> Typed:
    r"""The value that a text means, and what is wrong with it; nothing for an empty text.

    >>> value_of("burning.max_share", "30 %"), value_of("ladder.steps", "0; 2%\n5000; 5%")
    ((0.3, ''), ([{'spend': 0.0, 'discount': 0.02}, {'spend': 5000.0, 'discount': 0.05}], ''))
    >>> value_of("life.validity_days", "half a year")
    (None, '“half a year” is no number')
    """
    typed, hint = text.strip(), _hint(path)
    if not typed:
        return None, ""
    kind = kind_of(path)
    if kind == "list":
        return _rows(get_args(hint)[0], typed)
    if kind == "choice":
        known = OPTIONS[path]
        wrong = "" if typed in known else say("needs one of: {names}", names=join_names(known, most=30))
        return (typed, "") if not wrong else (None, wrong)
    return _cell(hint, typed)


def default_of(path: str) -> str:
    """What the definition takes where nothing is stated, as a reader sees it; a dash for nothing.

    >>> default_of("life.validity"), default_of("earning.cap_day"), default_of("tiers.steps")
    ('forever', '0', '–')
    """
    part, _, name = path.partition(".")
    owner = _hint(part)
    declared = {one.name: one for one in fields(owner)} if is_dataclass(owner) else {}
    value = declared[name].default if name in declared else MISSING
    if value is MISSING or value in ((), ""):
        return "–"
    if isinstance(value, bool):
        return say(YES_NO[YES if value else NO])
    return told_value(path, value) if isinstance(value, str) else format_number(value)


def has_meaning(path: str, values: Mapping[str, str]) -> bool:
    """Whether a field means something beside the values of the others.

    >>> has_meaning("life.validity_days", {"life.validity": "unlimited"}), has_meaning("life.validity_days", {})
    (False, False)
    """
    if path not in DEPENDS:
        return True
    other, wanted = DEPENDS[path]
    value = values.get(other, "").strip()
    return value in wanted if wanted else bool(value)


def told_value(path: str, text: str) -> str:
    """A typed value as a reader sees it.

    >>> told_value("life.validity", "days")
    'a number of days'
    """
    named = OPTIONS.get(path) or (YES_NO if kind_of(path) == "yes_no" else {})
    return say(named[text.strip()]) if text.strip() in named else text.strip()


@cache
def _hint(path: str) -> Any:
    owner: Any = LoyaltyProgramme
    hint: Any = None
    for name in path.split("."):
        hint = get_type_hints(owner)[name]
        if isinstance(hint, types.UnionType):
            hint = next(one for one in get_args(hint) if one is not types.NoneType)
        owner = hint
    return hint


def _rows(cls: Any, text: str) -> Typed:
    assert is_dataclass(cls)
    hints, declared = get_type_hints(cls), fields(cls)
    rows, wrong = [], []
    for number, words in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
        cells = [cell.strip() for cell in words.split(";")]
        row = {}
        if len(cells) > len(declared):
            wrong.append(say("line {number} has too many parts", number=number))
        for one, cell in zip(declared, cells, strict=False):
            hint = hints[one.name]
            if isinstance(hint, types.UnionType):
                hint = next(kind for kind in get_args(hint) if kind is not types.NoneType)
            value, told = _cell(hint, cell) if cell else (None, "")
            if told:
                wrong.append(say("line {number}: {problem}", number=number, problem=told))
            elif value is not None:
                row[one.name] = value
        lacking = [one.name for one in declared if one.default is MISSING and one.name not in row]
        if lacking and not wrong:
            wrong.append(say("line {number} lacks: {names}", number=number, names=join_names(lacking)))
        rows.append(row)
    return (None, "; ".join(wrong)) if wrong else (rows, "")


def _cell(hint: Any, text: str) -> Typed:
    if hint is bool:
        known = {YES: True, NO: False, say("yes"): True, say("no"): False}
        answer = known.get(text.lower())
        return answer, "" if answer is not None else say("needs yes or no")
    if hint is dt.date:
        try:
            day = dt.datetime.strptime(text, "%d.%m.%Y").date() if "." in text else dt.date.fromisoformat(text)
        except ValueError:
            return None, say("“{text}” is no day", text=text)
        return day, ""
    if hint in (int, float):
        try:
            number = number_of(text)
        except ValueError:
            return None, say("“{text}” is no number", text=text)
        if hint is int and not number.is_integer():
            return None, say("“{text}” is no whole number", text=text)
        return (int(number) if hint is int else number), ""
    return text, ""


def number_of(text: str) -> float:
    """A number as people type it: ``5%`` is 0.05, a comma is a point.

    >>> number_of("1 500,5"), number_of("5 %")
    (1500.5, 0.05)
    """
    plain = text.replace("\u00a0", "").replace(" ", "").replace("−", "-").replace(",", ".")
    value = float(plain.removesuffix("%"))
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return round(value / 100, 12) if plain.endswith("%") else value
