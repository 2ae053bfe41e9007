"""The 360° card of a customer as HTML: who it is, what there is permission for, value, requests, purchases, holes.

Who entered a value is said in words and by the shape of the mark, not by colour alone. What the role may not see is
named, so that nobody takes an empty place for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from crm_toolkit.schema.store import CONTACT_KINDS, PROFILE_FIELDS
from crm_toolkit.store.card import CardField, ValueTerm
from crm_toolkit.store.card.identity import CONSENT_STATES
from crm_toolkit.store.card.standing import AGES
from crm_toolkit.texts import format_date, format_money, format_number, format_percent, say, say_count
from crm_toolkit.widgets.card_reading import OPEN, CardView
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.request_help import request_title
from crm_toolkit.widgets.store_style import chip, facts, grid
from crm_toolkit.widgets.store_words import capital, moment_text, profile_label, profile_text, word

MOST_ORDERS = 8
MOST_SHOWN = 40
_HEADS = frozenset({"full_name", "phone", "email"})
_TERMS = ("orders", "revenue", "margin", "cost_to_serve", "profit", "churn_risk", "clv")


def person_name(view: CardView) -> str:
    """The name as far as the role sees it, else the number."""
    name = view.value("full_name")
    return str(name) if name else say("Customer {number}", number=view.customer_id)


def head_html(view: CardView, level: str = "") -> Html:
    """Name, ways to reach the customer, consents; ``level`` is a line above, such as whose eyes see it."""
    head = view.card.head
    chips = [chip(word("kind", head["kind"]))] if head.get("kind") else []
    chips.append(chip(say("No. {number}", number=view.customer_id)))
    if head.get("acquired_at") is not None:
        chips.append(chip(say("customer since {date}", date=format_date(head["acquired_at"].date()))))
    responsible = view.names.get(head.get("responsible_id") or 0)
    if responsible:
        chips.append(chip(say("looked after by {name}", name=responsible)))
    if head.get("erased_at") is not None:
        chips.append(chip(say("person erased"), "crm-late"))
    ways = [
        tag("span", found.value, " ", _mask(found), entered_chip(found.entered_kind))
        for found in (view.card.field(name) for name in ("phone", "email"))
        if found is not None and found.value is not None
    ]
    name = view.card.field("full_name")
    parts = [
        tag("p", level, class_="crm-quiet") if level else None,
        tag("h3", person_name(view), " ", _mask(name), entered_chip(name.entered_kind if name else None),
            class_="crm-name"),
        tag("p", joined(chips)),
        tag("p", joined(ways, " · ")) if ways else None,
        _consent_line(view),
        tag("p", tag("b", say("Remark"), ": "), head["note"]) if head.get("note") else None,
    ]  # fmt: skip
    return tag("div", joined(parts), class_="crm-card")


def body_html(view: CardView) -> Html:
    """Profile and value, requests, purchases, what is not known, what the role does not see."""
    parts: list[object] = [tag("div", _profile(view), tag("div", _value(view), _standing(view)), class_="crm-columns")]
    if view.requests is not None and len(view.requests):
        parts.append(requests_table(view.requests))
    if view.orders is not None and len(view.orders):
        parts.append(orders_table(view.orders, view.currency))
    parts.append(_gaps(view))
    parts += [tag("p", sentence, class_="crm-quiet") for sentence in view.card.withheld.values()]
    return tag("div", joined(parts), class_="crm-card")


def entered_chip(kind: str | None) -> Html | None:
    """Who entered it, as a mark; a value from a file or of the program has none."""
    if kind == "customer":
        return chip("✎ " + word("entered_kind", kind), "crm-by-customer")
    return chip(word("entered_kind", kind)) if kind == "employee" else None


def _mask(found: CardField | None) -> Html | None:
    return chip(say("masked"), "crm-mask") if found is not None and found.rule == "masked" and found.value else None


def _consent_line(view: CardView) -> Html | None:
    if not view.consents:
        return None
    groups: list[object] = []
    for state, title in CONSENT_STATES.items():
        names = [word("purpose", one.purpose) for one in view.consents.values() if one.state == state]
        if names and state == "given":
            groups.append(joined([say(title), ": ", *(chip("✓ " + name) for name in names)]))
        elif names:
            groups.append(f"{say(title)}: {', '.join(names)}")
    return tag("p", tag("span", say("Consents"), " – ", class_="crm-quiet"), joined(groups, " · "))


def _profile(view: CardView) -> Html:
    rows = []
    for one in view.card.fields:
        if one.name in _HEADS:
            continue
        text = profile_text(one.name, one.value, view.currency)
        seen: list[object] = [text or tag("span", "–", class_="crm-quiet"), " ", _mask(one)]
        if text and one.entered_kind in ("customer", "employee"):
            seen += [entered_chip(one.entered_kind), tag("span", moment_text(one.entered_at), class_="crm-hint")]
        rows.append((profile_label(one.name), joined(seen)))
    filled = sum(1 for one in view.card.fields if one.value is not None)
    caption = say("Profile: {filled} of {all} fields filled in", filled=filled, all=len(view.card.fields))
    return facts(caption, rows)


def _value(view: CardView) -> Html:
    strip = view.card.value
    if strip is None or not strip.terms:
        return Html("")
    rows = [(say(one.title), term_text(one, view.currency)) for one in strip.terms if one.name in _TERMS]
    return facts(say("What the customer is worth"), rows)


def term_text(term: ValueTerm, currency: str) -> str:
    """A number of the value strip as people read it, an estimate with its 95 % interval."""

    def one(value: float) -> str:
        if term.name == "orders":
            return format_number(int(value))
        return format_percent(value, 0) if term.name == "churn_risk" else format_money(value, currency, 0)

    if term.amount is None:
        return say("can't be told")
    if term.low is None or term.high is None:
        return one(term.amount)
    return say(
        "{value} (95 % interval {low} to {high})", value=one(term.amount), low=one(term.low), high=one(term.high)
    )


def _standing(view: CardView) -> Html:
    card = view.card
    rows: list[tuple[object, object]] = []
    if card.debts is not None:
        rows.append((say("Still owed"), format_money(card.debts.outstanding, view.currency)))
        rows += [
            (say(AGES[name]), format_money(owed, view.currency)) for name, owed in card.debts.by_age.items() if owed
        ]
    if card.points is not None and card.points.member_since is not None:
        points = format_number(card.points.balance)
        if card.points.expiring and card.points.expires_on is not None:
            points += " " + say("({number} expire on {date})", number=format_number(card.points.expiring),
                                date=format_date(card.points.expires_on))  # fmt: skip
        rows.append((say("Points"), points))
    if view.requests is not None:
        rows.append((say("Open requests"), format_number(int(view.requests["status"].isin(OPEN).sum()))))
        rows.append((say("Complaints in all"), format_number(int((view.requests["kind"] == "complaint").sum()))))
    if card.household:
        names = ", ".join(str(name) if name else str(number) for number, name in card.household)
        rows.append((say("Lives together with"), names))
    return facts(say("How things stand"), rows) if rows else Html("")


def _gaps(view: CardView) -> Html | None:
    gaps = view.card.gaps
    rows: list[tuple[object, object]] = []
    if gaps.missing:
        rows.append((say("Empty fields"), ", ".join(profile_label(name) for name in gaps.missing)))
    if gaps.stale:
        rows.append((say("Older than a year"), ", ".join(profile_label(name) for name in gaps.stale)))
    if gaps.never_asked and view.card.consents is not None:
        names = ", ".join(word("purpose", purpose) for purpose in gaps.never_asked)
        rows.append((say("Consent never asked for"), names))
    if gaps.unrecorded:
        rows.append((say("Touchpoints not recorded"), ", ".join(word("channel", name) for name in gaps.unrecorded)))
    if gaps.no_survey_answer:
        rows.append((say("Surveys"), say("never answered")))
    return facts(say("What we do not know"), rows) if rows else None


def requests_table(requests: pd.DataFrame, *, most: int = 6) -> Html:
    """Requests with their state, the open ones first."""
    ordered = requests.assign(settled=~requests["status"].isin(OPEN)).sort_values("settled", kind="stable").head(most)
    rows = [
        (
            tag("span", request_title(one, capital(word("kind", one["kind"]))), " ",
                entered_chip(str(one["entered_kind"]))),
            word("status", one["status"]),
            moment_text(one["opened_at"]),
        )
        for one in ordered.to_dict("records")
    ]  # fmt: skip
    caption = say_count("{count} request", "{count} requests", len(requests))
    return grid(_shown(caption, len(requests), most), (say("Request"), say("State of the request"), say("Made")), rows)


def orders_table(orders: pd.DataFrame, currency: str, *, most: int = MOST_ORDERS) -> Html:
    """The last purchases: when, what, for how much."""
    rows = [
        (moment_text(one["ordered_at"]), one["items"] or "–", word("channel", one.get("channel")),
         format_money(one["amount"], currency) if isinstance(one.get("amount"), float) else one.get("amount", "–"))
        for one in orders.head(most).to_dict("records")
    ]  # fmt: skip
    caption = say_count("{count} purchase", "{count} purchases", len(orders))
    heads = (say("When"), say("What was bought"), say("Channel"), say("Amount"))
    return grid(_shown(caption, len(orders), most), heads, rows, (3,))


def bills_table(bills: pd.DataFrame, currency: str) -> Html:
    """What is not paid yet."""
    if not len(bills):
        return tag("p", say("Everything is paid."))
    rows = [
        (format_date(one["due_on"].date()), word("method", one.get("method")),
         format_money(one["due_amount"], currency), format_money(one["due_amount"] - one["paid_amount"], currency))
        for one in bills.to_dict("records")
    ]  # fmt: skip
    heads = (say("Due on"), say("Way of paying"), say("Bill"), say("Still owed"))
    return grid(say("Still owed"), heads, rows, (2, 3))


def _shown(caption: str, count: int, most: int) -> str:
    return caption if count <= most else caption + " " + say("(the last {shown} are shown)", shown=most)


def contact_kinds(contacts: pd.DataFrame) -> list[tuple[str, str]]:
    """Kinds of contact to choose from, each with how many there are; everything first."""
    counts = contacts["kind"].value_counts()
    kinds = [(f"{capital(word('kind', kind))} ({counts[kind]})", kind) for kind in CONTACT_KINDS if kind in counts]
    return [(say("Everything ({count})", count=len(contacts)), ""), *kinds]


def timeline_html(contacts: pd.DataFrame, *, kind: str = "", names: Mapping[int, str] | None = None) -> Html:
    """The course of contacts, the latest first."""
    chosen = contacts[contacts["kind"] == kind] if kind else contacts
    items = [_contact(one, names or {}) for one in chosen.head(MOST_SHOWN).to_dict("records")]
    if not items:
        return tag("p", say("Nothing yet."), class_="crm-quiet")
    more = len(chosen) - len(items)
    rest = tag("p", say_count("and {count} more", "and {count} more", more), class_="crm-quiet") if more > 0 else None
    return tag("div", tag("ul", joined(items), class_="crm-course"), rest, class_="crm-scroll-y", tabindex="0",
               role="group", aria_label=say("Course of contacts"))  # fmt: skip


def _contact(one: Mapping[Any, Any], names: Mapping[int, str]) -> Html:
    about = [moment_text(one["opened_at"]), word("channel", one.get("channel"))]
    if one.get("direction") == "out":
        about.append(word("direction", "out"))
    number = one.get("employee_id")
    if number is not None and not pd.isna(number) and int(number) in names:
        about.append(names[int(number)])
    body = one.get("body")
    head = tag("b", request_title(one, capital(word("kind", one["kind"]))))
    return tag("li", head, " ", entered_chip(str(one["entered_kind"])), f"\n{body}" if _is_text(body) else "", "\n",
               tag("span", " · ".join(filter(None, about)), class_="crm-hint"))  # fmt: skip


def course_html(events: pd.DataFrame, *, own: str = "") -> Html:
    """What happened to a request, event by event; ``own`` is the label of the person who reads."""
    items = []
    for one in events.to_dict("records"):
        text = one.get("text") if _is_text(one.get("text")) else ""
        about = " · ".join(filter(None, (moment_text(one["happened_at"]), _who(str(one["actor"] or ""), own))))
        items.append(tag("li", tag("b", capital(word("happened", one["event"]))), f": {text}" if text else "", "\n",
                         tag("span", about, class_="crm-hint")))  # fmt: skip
    return tag("ul", joined(items), class_="crm-course")


def masked_words(view: CardView) -> str:
    """Which fields of the profile are masked or hidden, in words; empty where none is."""
    masked: Iterable[str] = (one.name for one in view.card.fields if one.rule == "masked")
    hidden: Iterable[str] = (name for name in PROFILE_FIELDS if view.card.field(name) is None)
    said = []
    for text, names in ((say("Masked: {names}."), masked), (say("Not shown: {names}."), hidden)):
        listed = ", ".join(profile_label(name) for name in names)
        if listed:
            said.append(text.format(names=listed))
    return " ".join(said)


def _who(actor: str, own: str) -> str:
    if actor and actor == own:
        return say("you")
    return say("the customer") if actor.startswith("customer ") else ("" if actor == "system" else say("an employee"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
