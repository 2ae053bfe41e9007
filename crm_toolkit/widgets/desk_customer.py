"""The right side of the desk: a customer's card, what can be done for them, and one of their requests at work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from crm_toolkit.errors import CRMError
from crm_toolkit.store import Store
from crm_toolkit.store.entering.requests import possible_steps
from crm_toolkit.texts import language, mark, say
from crm_toolkit.widgets import customer_card
from crm_toolkit.widgets.card_reading import OPEN, CardView, order_options, product_options, read_card
from crm_toolkit.widgets.forms import StoreForm, allowed, bill_options, store_form
from crm_toolkit.widgets.html import joined, tag
from crm_toolkit.widgets.request_help import Articles, clock_chip, clocks, request_title
from crm_toolkit.widgets.store_style import (
    CONSENT_VERSION,
    button,
    chip,
    column,
    html_area,
    in_language,
    letter,
    line,
    own_language,
    switched,
    told,
)
from crm_toolkit.widgets.store_words import capital, profile_label, profile_text, word
from crm_toolkit.widgets.traces import history_html

# form → what its button says
ACTIONS = {
    "contact": mark("Contact"),
    "request": mark("Request or complaint"),
    "purchase": mark("Purchase"),
    "payment": mark("Payment"),
    "profile": mark("Change the profile"),
    "consent": mark("Consent"),
}


class CustomerPane:
    """One customer on the desk.

    Attributes
    ----------
    view : CardView or None
        What is shown.
    request : int or None
        The request at work.
    form : StoreForm or None
        The open form; it stays as it is while the rest is read again.
    step : StoreForm or None
        The next step of the request at work.
    articles : Articles
        What the knowledge base suggests for it.
    """

    def __init__(self, store: Store, changed: Callable[[], Any], tools: Any):
        self._language = str(language())
        self.store, self._changed = store, changed
        self.view: CardView | None = None
        self.request: int | None = None
        self.form: StoreForm | None = None
        self.step: StoreForm | None = None
        self.articles = Articles(store, changed)
        self._eyes: Store | None = None
        self._beside = False
        self._form_of = ""
        self._said, self._head, self._body, self._other = html_area(), html_area(), html_area(), html_area()
        self._cards = line([self._body], "crm-columns")
        self._actions, self._requests, self._work_card = line([]), line([]), html_area()
        self._form_place, self._checks, self._work = column([]), column([]), column([], "crm-main")
        self._kind = tools.Dropdown(description=say("Course of contacts"), options=[("–", "")])
        self._kind.add_class("crm-stack")
        self._kind.observe(in_language(lambda _: self._show_course()), names="value")
        self._course, self._history = html_area(), html_area()
        self._told = False
        self._trace = button(say("Who changed what"), self.tell_history)
        self._own = column([self._actions, self._form_place, self._checks], "crm-main")
        self.box = column(
            [self._said, self._head, self._own, self._requests, self._work, self._cards, self._kind, self._course,
             line([self._trace]), self._history],
            "crm-main",
        )  # fmt: skip
        self.clear()

    @own_language
    def clear(self) -> None:
        """Show no customer."""
        self.view = self.request = self.form = self.step = None
        self._form_of = ""
        self._said.value = tag("p", say("Choose a request or a customer on the left."), class_="crm-quiet")
        self._empty()
        self._form_place.children = ()

    @own_language
    def show(self, customer: int, request: int | None = None) -> None:
        """Show a customer, and a request of theirs at work."""
        if self.view is None or self.view.customer_id != customer:
            self.clear()
        if request is not None and request != self.request:
            self.request, self.step = request, None
        self.refresh(customer)

    @own_language
    def refresh(self, customer: int | None = None) -> None:
        """Read everything again; open forms and what is typed in them stay."""
        number = customer if customer is not None else (self.view.customer_id if self.view else None)
        if number is None:
            return
        try:
            self.view = read_card(self._eyes or self.store, number)
        except CRMError as refusal:
            self._empty()
            self._said.value = letter(str(refusal))
            return
        self._said.value = ""
        self._show_cards()
        self._show_contacts()
        self._show_history()
        if self._eyes is None:
            self._show_actions()
            self._show_checks()
        self._show_requests()

    @own_language
    def look_as(self, eyes: Store | None, beside: bool) -> None:
        """See the card through another role's eyes, alone or beside one's own."""
        self._eyes, self._beside = eyes, beside
        own = (self._actions, self._form_place, self._checks)
        self._own.children = (
            () if eyes is not None else own
        )  # nothing of one's own view stays on the page, not hidden either
        self.refresh()

    @own_language
    def open(self, name: str) -> None:
        """Open a form for the customer, or close it if it is open."""
        if self.view is None or self._form_of == name:
            self.close()
            return
        self._said.value = ""
        bills = bill_options(self.view.bills, self.view.currency) if name == "payment" else []
        if name == "payment" and not bills:
            self._said.value = told(say("Everything is paid."))
            return
        number = self.view.customer_id
        begin: dict[str, dict[str, Any]] = {"purchase": {"quantity": 1}, "consent": {"text_version": CONSENT_VERSION}}
        self.form = store_form(
            self.store, name,
            row={"profile": number, "payment": bills[0][1] if bills else None}.get(name),
            values=begin.get(name, {}),
            fixed={} if name in ("profile", "payment") else {"customer_id": number},
            options=self._options(name), labels={"order_id": say("About the purchase")},
            done=lambda _: self._changed(), cancel=self.close,
        )  # fmt: skip
        self._form_of = name
        choice = [self._bill_choice(bills)] if len(bills) > 1 else []
        self._form_place.children = [*choice, self.form.box]

    @own_language
    def read_article(self, number: int) -> None:
        """Show an article of the knowledge base above the customer."""
        try:
            found = (self._eyes or self.store).article(number)
        except CRMError as refusal:
            self._said.value = letter(str(refusal))
            return
        self._said.value = tag("div", tag("h3", found.title), tag("pre", found.body), class_="crm-card")

    @own_language
    def tell_history(self) -> None:
        """Show who changed what in the customer's record, or hide it."""
        self._told = not self._told
        self._show_history()

    def close(self) -> None:
        """Close the open form."""
        self.form, self._form_of = None, ""
        self._form_place.children = ()

    def _options(self, name: str) -> dict[str, Any]:
        assert self.view is not None
        if name == "purchase":
            return {"product_id": product_options(self.store)}
        return {"order_id": order_options(self.view.orders)} if name == "request" else {}

    def _bill_choice(self, bills: list[tuple[str, Any]]) -> Any:
        from crm_toolkit.widgets import pieces

        choice = pieces.toolbox().Dropdown(description=say("Bill"), options=bills)
        choice.add_class("crm-stack")

        def chosen(change: Any) -> None:
            if self.form is not None:
                self.form.row = int(change["new"])

        choice.observe(chosen, names="value")
        return choice

    def _empty(self) -> None:
        for area in (self._head, self._body, self._other, self._course, self._history):
            area.value = ""
        self._told = False
        self._trace.layout.display = "none"
        for box in (self._actions, self._checks, self._requests, self._work):
            box.children = ()
        self._kind.layout.display = "none"

    def _show_cards(self) -> None:
        assert self.view is not None
        eyes = self._eyes
        if eyes is None:
            self._head.value, self._body.value = customer_card.head_html(self.view), customer_card.body_html(self.view)
            self._cards.children = (self._body,)
            return
        self._head.value = ""
        self._body.value = self._seen_by(eyes, self.view)
        self._cards.children = (self._body,)
        if self._beside:
            self._other.value = self._seen_by(self.store, read_card(self.store, self.view.customer_id))
            self._cards.children = (self._other, self._body)

    def _seen_by(self, store: Store, view: CardView) -> str:
        level = say("Seen by the role “{role}”", role=say(store.role.title))
        words = customer_card.masked_words(view)
        return joined([customer_card.head_html(view, level), tag("p", words, class_="crm-hint") if words else None,
                       customer_card.body_html(view)])  # fmt: skip

    def _show_actions(self) -> None:
        names = [name for name in ACTIONS if allowed(self.store, name)]
        if self.view is not None and self.view.bills is None:
            names = [name for name in names if name != "payment"]
        if len(self._actions.children) != len(names):
            self._actions.children = [button(say(ACTIONS[name]), partial(self.open, name)) for name in names]

    def _show_checks(self) -> None:
        """What the customer changed and an employee has to look at."""
        assert self.view is not None
        if not self.view.pending:
            self._checks.children = ()
            return
        boxes = [html_area(tag("h3", say("Changed by the customer, to be checked")))]
        for one in self.view.pending:
            now = profile_text(one.name, one.value, self.view.currency) or "–"
            new = profile_text(one.name, one.pending, self.view.currency) or "–"
            boxes.append(html_area(tag(
                "p", tag("b", profile_label(one.name)), ": ", tag("del", now), " → ", tag("ins", new), " ",
                chip("✎ " + word("entered_kind", "customer"), "crm-by-customer"),
            )))  # fmt: skip
            key = int(one.pending_id or 0)
            if allowed(self.store, "moderation"):
                boxes.append(line([
                    button(say("Accept: {what}", what=new), partial(self._judge, key, "accept")),
                    button(say("Reject: {what}", what=new), partial(self._judge, key, "reject")),
                ]))  # fmt: skip
        self._checks.children = [column(boxes, "crm-form")]

    def _judge(self, key: int, verdict: str) -> None:
        try:
            self.store.submit("moderation", {"verdict": verdict}, row=key)
        except CRMError as refusal:
            self._said.value = letter(str(refusal))
            return
        self._changed()
        self._said.value = told(say("Saved."))

    def _show_requests(self) -> None:
        """The open requests as buttons, and the one at work."""
        assert self.view is not None
        requests = self.view.requests
        if requests is None or not len(requests):
            self._requests.children, self._work.children = (), ()
            return
        number = self.view.customer_id
        shown = requests[requests["status"].isin(OPEN) | (requests["request_id"] == self.request)]
        self._requests.children = [
            button(request_title(one, capital(word("kind", one["kind"]))),
                   partial(self.show, number, int(one["request_id"])),
                   *(["crm-on"] if one["request_id"] == self.request else []))
            for one in shown.head(8).to_dict("records")
        ]  # fmt: skip
        found = requests[requests["request_id"] == self.request]
        if len(found):
            status = clocks(self._eyes or self.store, found).get(int(self.request or 0))
            self._show_work({str(name): value for name, value in found.iloc[0].items()}, clock_chip(status))
        else:
            self._work.children = ()

    def _show_work(self, one: dict[str, Any], clock: Any) -> None:
        store = self._eyes or self.store
        key = int(one["request_id"])
        chips = [chip(word("status", one["status"])),
                 chip(say("priority: {priority}", priority=word("priority", one["priority"]))), clock,
                 entered_chip_of(one)]  # fmt: skip
        card = [
            tag("h3", request_title(one, capital(word("kind", one["kind"])))),
            tag("p", joined(chips)),
            tag("pre", one["body"]) if isinstance(one.get("body"), str) else None,
        ]
        if store.role.scope("request_events") != "none":
            events = store.list("request_events", where={"request_id": key}, order=["happened_at", "event_id"],
                                limit=500)  # fmt: skip
            card.append(customer_card.course_html(events, own=store.actor.label))
        self.articles.show(store, key)
        self._work_card.value = tag("div", joined(card), class_="crm-card")
        parts = [self._work_card, self.articles.box]  # always the same widgets again: what is being typed below stays
        if self._eyes is None and allowed(self.store, "request_step"):
            if self.step is None or self.step.row != key:
                self.step = store_form(self.store, "request_step", row=key, options=self._step_options(one),
                                       done=lambda _: self._stepped())  # fmt: skip
            parts.append(self.step.box)
        self._work.children = parts

    def _step_options(self, one: dict[str, Any]) -> dict[str, Any]:
        steps = [(capital(word("event", step)), step) for step in possible_steps(str(one["status"]))]
        causes = self.store.list("causes", order="title", limit=500)
        names = self.view.names if self.view is not None else {}
        people = {"employee_id": [(name, number) for number, name in names.items()]} if names else {}
        return {
            "event": steps,
            **people,
            "cause_id": [(cause["title"], int(cause["cause_id"])) for cause in causes.to_dict("records")],
        }

    def _stepped(self) -> None:
        self.step = None
        self._changed()
        self._said.value = told(say("Saved."))

    def _show_contacts(self) -> None:
        assert self.view is not None
        contacts = self.view.contacts
        self._kind.layout.display = "none" if contacts is None else ""
        if contacts is None:
            self._course.value = ""
            return
        chosen = self._kind.value
        options = customer_card.contact_kinds(contacts)
        if tuple(options) != tuple(self._kind.options):
            self._kind.options = options
            if chosen in [code for _, code in options]:
                self._kind.value = chosen
        self._show_course()

    def _show_history(self) -> None:
        self._trace.layout.display = ""
        switched(self._trace, self._told)
        told_of = self.view.customer_id if self._told and self.view is not None else None
        self._history.value = history_html(self._eyes or self.store, told_of) if told_of is not None else ""

    def _show_course(self) -> None:
        if self.view is not None and self.view.contacts is not None:
            self._course.value = customer_card.timeline_html(
                self.view.contacts, kind=self._kind.value or "", names=self.view.names
            )


def entered_chip_of(one: dict[str, Any]) -> Any:
    """Who entered a row, as a mark."""
    return customer_card.entered_chip(str(one.get("entered_kind")))
