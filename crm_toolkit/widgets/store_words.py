"""What the codes of the store are called when people read them at the desk and in the account.

Words of the worlds' tables come from `datasets.code_words`; here stand those that only the store knows, and values of
any kind as people read them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from crm_toolkit.datasets.code_words import code_word
from crm_toolkit.store.declared import FORMS
from crm_toolkit.texts import format_date, format_money, format_number, language, mark, say

# fmt: off
_STATUS = {
    "new": mark("not yet taken up"), "assigned": mark("in progress"), "waiting": mark("waiting for the customer"),
    "resolved": mark("settled"), "reopened": mark("opened again"), "rejected": mark("declined"),
    "current": mark("in force"), "pending": mark("waits for a check"), "superseded": mark("replaced"),
    "draft": mark("draft"), "review": mark("under review"), "published": mark("published"),
    "archived": mark("in the archive"), "working": mark("being worked on"), "qualified": mark("qualified"),
    "lost": mark("lost"), "won": mark("won"),
}
_WORDS: dict[str, dict[str, str]] = {
    "status": _STATUS,
    "event": {
        "opened": mark("request made"), "assigned": mark("take up"), "responded": mark("answer"),
        "message": mark("add a remark"), "paused": mark("wait for the customer"), "resumed": mark("go on"),
        "resolved": mark("settle"), "reopened": mark("open again"), "rejected": mark("decline"),
    },
    "happened": {
        "opened": mark("request made"), "assigned": mark("taken up"), "responded": mark("answered"),
        "message": mark("message"), "paused": mark("waiting for the customer"), "resumed": mark("work goes on"),
        "resolved": mark("settled"), "reopened": mark("opened again"), "rejected": mark("declined"),
    },
    "priority": {"low": mark("low"), "normal": mark("normal"), "high": mark("high"), "urgent": mark("urgent")},
    "kind": {
        "purchase": mark("purchase"), "call": mark("call"), "message": mark("message"),
        "campaign": mark("campaign"), "feedback": mark("feedback"), "note": mark("remark"),
        "client": mark("client"), "prospect": mark("prospect"), "payment": mark("payment"), "refund": mark("refund"),
    },
    "direction": {"in": mark("from the customer"), "out": mark("to the customer")},
    "channel": {"account": mark("customer's account")},
    "entered_kind": {
        "employee": mark("entered by an employee"), "customer": mark("entered by the customer"),
        "system": mark("entered by the program"), "import": mark("from a file"),
    },
    "basis": {
        "consent": mark("consent"), "contract": mark("contract"), "legal_obligation": mark("legal obligation"),
        "vital_interest": mark("vital interest"), "public_interest": mark("public interest"),
        "legitimate_interest": mark("legitimate interest"),
    },
    "purpose": {
        "service": mark("serving you"), "email": mark("letters by e-mail"), "sms": mark("text messages"),
        "phone": mark("telephone calls"), "profiling": mark("offers made for you"),
        "analytics": mark("statistics"),
    },
    "method": {"transfer": mark("bank transfer"), "online": mark("online")},
    "education": {
        "secondary": mark("general secondary"), "doctorate": mark("doctorate"),
        "incomplete_higher": mark("incomplete higher"),
    },
    "outcome": {"open": mark("still open"), "won": mark("won"), "lost": mark("lost")},
    "mode": {"anonymise": mark("without a way back"), "pseudonymise": mark("with a pseudonym")},
    "verdict": {"accept": mark("accept"), "reject": mark("reject")},
    "stage": {"acquisition": mark("acquisition")},
    "action": {
        "create": mark("entered"), "edit": mark("changed"), "propose": mark("proposed"), "accept": mark("accepted"),
        "reject": mark("rejected"), "withdraw": mark("withdrawn"), "import": mark("taken from a file"),
        "reopened": mark("opened again"), "resumed": mark("work goes on"), "message": mark("message"),
        "assigned": mark("taken up"), "responded": mark("answered"), "paused": mark("waiting for the customer"),
        "resolved": mark("settled"), "rejected": mark("declined"), "replace": mark("replaced"),
        "merge": mark("merged"), "erase": mark("erased"), "export": mark("exported"),
    },
}
_MORE_FIELDS = {"residence_type": mark("Kind of place"), "acquired_at": mark("Customer since")}
# fmt: on

PROFILE_LABELS: dict[str, str] = {one.name: one.label for one in FORMS["profile"].fields}


def word(column: str, code: object) -> str:
    """What a code of a column is called, in the reader's language; an unknown one stays as it is.

    >>> word("status", "resolved"), word("kind", "complaint"), word("channel", "web"), word("status", None)
    ('settled', 'complaint', 'website', '')
    """
    if code is None or code != code:
        return ""
    english = _WORDS.get(column, {}).get(str(code))
    return say(english) if english else code_word(column, str(code))


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def profile_label(name: str) -> str:
    """What a field of the profile is called."""
    label = PROFILE_LABELS.get(name) or _MORE_FIELDS.get(name)
    return say(label) if label else name


def profile_text(name: str, value: Any, currency: str) -> str:
    """A value of the profile as people read it; a masked one stays the mask that it is.

    >>> import datetime as dt
    >>> profile_text("birth_date", dt.datetime(1984, 8, 22), "USD"), profile_text("income_month", 2700.0, "USD")
    ('Aug 22, 1984', '$2,700')
    >>> profile_text("income_month", "•••", "USD"), profile_text("education", "bachelor", "USD")
    ('•••', "bachelor's degree")
    """
    if value is None or value != value:
        return ""
    if isinstance(value, dt.datetime):
        return format_date(value.date())
    if name == "income_month" and isinstance(value, str) and value.replace(".", "", 1).isdigit():
        value = float(value)
    if name == "birth_date" and isinstance(value, str) and len(value) == len("1984-08-22"):
        return format_date(value)
    if isinstance(value, str):
        coded = ("sex", "marital_status", "education", "profession", "residence_type")
        return word(name, value) if name in coded else value
    return format_money(value, currency, 0) if name == "income_month" else format_number(value)


def moment_text(at: Any) -> str:
    """A moment as people read it: the date, and the time of the day.

    >>> import datetime as dt
    >>> moment_text(dt.datetime(2025, 3, 1, 9, 30)), moment_text(None)
    ('Mar 1, 2025, 09:30', '')
    """
    if at is None or at != at:
        return ""
    return f"{format_date(at.date())}, {at.hour:02}:{at.minute:02}"


def age_text(at: dt.datetime, now: dt.datetime) -> str:
    """How long ago that was, in the largest unit that fits.

    >>> import datetime as dt
    >>> (
    ...     age_text(dt.datetime(2025, 3, 1), dt.datetime(2025, 3, 3, 5)),
    ...     age_text(dt.datetime(2025, 3, 1), dt.datetime(2025, 3, 1)),
    ... )
    ('2 days ago', '0 minutes ago')
    """
    from crm_toolkit.texts import say_count

    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 60:
        return say_count("{count} minute ago", "{count} minutes ago", minutes)
    if minutes < 60 * 48:
        return say_count("{count} hour ago", "{count} hours ago", minutes // 60)
    return say_count("{count} day ago", "{count} days ago", minutes // (60 * 24))


def plain_number(value: float, decimals: int) -> str:
    """A number as one types it into a field: no separators, the reader's decimal sign.

    >>> plain_number(1500.5, 2)
    '1500.50'
    """
    text = f"{value:.{decimals}f}"
    return text.replace(".", ",") if str(language()) == "ru" else text
