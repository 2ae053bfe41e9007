"""What stands beside a request at the desk: the clock of its service level, and articles that may help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from crm_toolkit.errors import CRMError, InputError
from crm_toolkit.firm import SLAStatus, sla_status
from crm_toolkit.store import Store
from crm_toolkit.store.card.standing import SERVICE_LEVELS
from crm_toolkit.texts import language, say
from crm_toolkit.widgets.forms import allowed
from crm_toolkit.widgets.html import Html, tag
from crm_toolkit.widgets.store_style import button, chip, column, html_area, letter, line, own_language, told
from crm_toolkit.widgets.store_words import moment_text

# event of a request → what it is to the clock; the others don't move it
_CLOCK = {"responded": "responded", "paused": "paused", "resumed": "resumed", "resolved": "resolved",
          "rejected": "resolved", "reopened": "reopened"}  # fmt: skip


def clocks(store: Store, requests: pd.DataFrame) -> dict[int, SLAStatus]:
    """Where requests stand against the service levels of their priorities; none for a role that sees no events."""
    if not len(requests) or store.role.scope("request_events") == "none":
        return {}
    numbers = [int(number) for number in requests["request_id"]]
    events = store.list("request_events", where={"request_id": numbers, "event": list(_CLOCK)},
                        order=["happened_at", "event_id"], limit=None)  # fmt: skip
    histories: dict[int, list[tuple[Any, str]]] = {number: [] for number in numbers}
    for one in events.to_dict("records"):
        histories[int(one["request_id"])].append((one["happened_at"], _CLOCK[str(one["event"])]))
    found: dict[int, SLAStatus] = {}
    now = store.now()
    for row in requests.to_dict("records"):
        level, key = SERVICE_LEVELS.get(str(row["priority"])), int(row["request_id"])
        if level is None:
            continue
        try:
            found[key] = sla_status(level, row["opened_at"], histories[key], now)
        except InputError:
            continue
    return found


def clock_text(status: SLAStatus | None) -> str:
    """The state of the clock in words."""
    if status is None:
        return ""
    if status.state == "failed":
        return say("overdue: answer promised late") if status.response_met is False else say("overdue")
    if status.state == "first_response_due":
        return say("answer by {moment}", moment=moment_text(status.response_due_at))
    if status.state == "resolution_due":
        return say("settle by {moment}", moment=moment_text(status.resolution_due_at))
    return say("clock stopped") if status.state == "paused" else say("in time")


def clock_chip(status: SLAStatus | None) -> Html | None:
    """The state of the clock as a mark."""
    text = clock_text(status)
    if not text or status is None:
        return None
    return chip("! " + text, "crm-late") if status.state == "failed" else chip(text)


class Articles:
    """Articles suggested for a request: read one, say whether it helped; made for the desk.

    Parameters
    ----------
    store : Store
    changed : callable
        Called after a use was entered.
    """

    def __init__(self, store: Store, changed: Callable[[], Any]):
        self._language = str(language())
        self.store, self._changed = store, changed
        self.request: int | None = None
        self.article: int | None = None
        self._text, self._said = html_area(), html_area()
        self._buttons, self._verdict = line([]), line([])
        self.box = column([])

    @own_language
    def show(self, store: Store, request: int) -> None:
        """Show what is suggested for a request, read through that store."""
        if request != self.request:
            self.request, self.article = request, None
            self._said.value = ""
        try:
            found = store.suggest(request) if store.role.scope("articles") != "none" else ()
        except CRMError:
            found = ()
        if not found:
            self.box.children = ()
            return
        reasons = {"cause": say("same root cause"), "words": say("similar words")}
        self._buttons.children = [
            button(f"{one.title} ({reasons[one.why]})", partial(self.read, store, one.article_id),
                   *(["crm-on"] if one.article_id == self.article else []))
            for one in found
        ]  # fmt: skip
        if self.article is None:
            self._text.value = ""
            self._verdict.children = ()
        head = html_area(tag("p", tag("b", say("The knowledge base suggests"))))
        self.box.children = [head, self._buttons, self._text, self._verdict, self._said]

    @own_language
    def read(self, store: Store, number: int) -> None:
        """Read an article, or close it."""
        self.article = None if number == self.article else number
        self._said.value = ""
        if self.article is not None:
            found = store.article(number)
            self._text.value = tag("div", tag("b", found.title), tag("pre", found.body), class_="crm-card")
            if allowed(self.store, "article_use") and store is self.store:
                self._verdict.children = [
                    button(say("It helped"), lambda: self.use(True)),
                    button(say("It did not help"), lambda: self.use(False)),
                ]
        self.show(store, int(self.request or 0))

    @own_language
    def use(self, helpful: bool) -> None:
        """Enter that the article was used for the request, and whether it helped."""
        values = {"article_id": self.article, "request_id": self.request, "helpful": helpful}
        try:
            self.store.submit("article_use", values)
        except CRMError as refusal:
            self._said.value = letter(str(refusal))
            return
        self._changed()
        self._said.value = told(say("Saved."))


def request_title(one: Mapping[Any, Any], kind: str) -> str:
    """A request's subject, after its kind unless the subject begins with it.

    >>> request_title({"subject": "Complaint: late"}, "Complaint"), request_title({"subject": "Late"}, "Complaint")
    ('Complaint: late', 'Complaint: Late')
    """
    subject = one.get("subject")
    if not isinstance(subject, str) or not subject:
        return kind
    return subject if subject.lower().startswith(kind.lower()) else f"{kind}: {subject}"
