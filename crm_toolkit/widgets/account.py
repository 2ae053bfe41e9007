"""The customer's account: the other door to the same database. One's own data, requests, purchases, points, consents.

What a customer enters is marked as the customer's; where the form says so it waits for an employee, and says that here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.schema.store import PURPOSES
from crm_toolkit.store import Store
from crm_toolkit.texts import format_date, format_number, language, mark, say
from crm_toolkit.widgets import customer_card, own_data, pieces
from crm_toolkit.widgets.card_reading import OPEN, CardView, order_options, read_card
from crm_toolkit.widgets.explorer import Sentence
from crm_toolkit.widgets.forms import StoreForm, store_form
from crm_toolkit.widgets.html import joined, tag
from crm_toolkit.widgets.request_help import request_title
from crm_toolkit.widgets.store_style import (
    CONSENT_VERSION,
    STYLE,
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
from crm_toolkit.widgets.store_words import capital, moment_text, profile_label, profile_text, word
from crm_toolkit.widgets.watching import Watch

SECTIONS = {
    "profile": mark("My profile"),
    "requests": mark("My requests"),
    "purchases": mark("Purchases and points"),
    "consents": mark("Consents"),
    "data": mark("My data"),
}
# what a customer agrees to; each one is a record of its own
CONSENT_TEXTS = {
    "service": mark("I agree that my data are used to serve me: to make appointments, carry out orders and answer me."),
    "email": mark("I agree to receive news and offers by e-mail."),
    "sms": mark("I agree to receive news and offers by text message."),
    "phone": mark("I agree to be called about news and offers."),
    "profiling": mark("I agree that offers are chosen for me from what I bought."),
    "analytics": mark("I agree that my data are used for statistics."),
}


class Account:
    """A customer's account; made by `customer_account`.

    Attributes
    ----------
    store : Store
        Opened for the customer.
    view : CardView
        What is shown.
    shown : str
        The section: one of `SECTIONS`.
    profile, new_request, reply : StoreForm or None
        The forms.
    agree : dict of str to widget
        Purpose → the box that agrees to it; they are empty to begin with.
    box : widget or None
    """

    def __init__(self, store: Store, *, watched: bool = True, more: Sequence[Any] = ()):
        self._language = str(language())
        self.store = store
        self.shown = "profile"
        self.request: int | None = None
        self.profile: StoreForm | None = None
        self.new_request: StoreForm | None = None
        self.reply: StoreForm | None = None
        self.agree: dict[str, Any] = {}
        self.box: Any = None
        self.view = self._read()
        self.watch: Watch | None = None
        self.changed_elsewhere: Callable[[], Any] | None = None
        if not pieces.static_wanted():
            self._build(pieces.toolbox(), more)
            self.watch = Watch(store, in_language(self.refresh)) if watched else None

    @own_language
    def refresh(self) -> None:
        """Read everything again; what is typed in forms stays."""
        try:
            self.view = self._read()
        except CRMError as refusal:
            self._said.value = letter(str(refusal))
            return
        self._show()

    @own_language
    def choose(self, name: str) -> None:
        """Show a section."""
        self.shown = name
        self._said.value = ""
        self._show()

    @own_language
    def open(self, request: int) -> None:
        """Show one request with its course, to be answered; again, to close it."""
        self.request, self.reply = (None if request == self.request else request), None
        self._show()

    @own_language
    def give(self) -> None:
        """Give the consents whose boxes are ticked, each as a record of its own."""
        chosen = [purpose for purpose, tick in self.agree.items() if tick.value]
        if not chosen:
            self._said.value = letter(say("No box is ticked."))
            return
        given = [purpose for purpose in chosen if self._consent(purpose, True)]
        self._changed()
        if given:
            names = ", ".join(word("purpose", purpose) for purpose in given)
            self._said.value = told(say("Consent given: {names}.", names=names))

    @own_language
    def withdraw(self, purpose: str) -> None:
        """Withdraw a consent, with one press."""
        if self._consent(purpose, False):
            self._changed()
            self._said.value = told(say("Consent withdrawn: {names}.", names=word("purpose", purpose)))

    def _read(self) -> CardView:
        return read_card(self.store, int(self.store.actor.customer_id or 0))

    def _changed(self) -> None:
        """Something was saved here: look again at once, and whoever stands beside too."""
        look = self.watch.look if self.watch is not None else self.changed_elsewhere
        if look is None or not look():
            self.refresh()

    def _consent(self, purpose: str, agreed: bool) -> bool:
        values = {"purpose": purpose, "agreed": agreed, "text_version": CONSENT_VERSION}
        try:
            self.store.submit("consent", values)
        except CRMError as refusal:
            self._said.value = letter(str(refusal))
            return False
        return True

    def _build(self, tools: Any, more: Sequence[Any]) -> None:
        self._tools = tools
        self._head, self._said = html_area(), html_area()
        self._tabs = {name: button("", partial(self.choose, name)) for name in SECTIONS}
        self._place = column([], "crm-main")
        self._parts: dict[str, Callable[[], list[Any]]] = {
            "profile": self._profile_part, "requests": self._requests_part, "purchases": self._purchases_part,
            "consents": self._consents_part, "data": self._data_part,
        }  # fmt: skip
        self._waiting, self._list, self._course = html_area(), column([], "crm-list"), html_area()
        self._opened, self._buttons = column([], "crm-card"), dict[int, Any]()
        self._reply_place = column([])
        self._bought, self._consents = html_area(), column([], "crm-form")
        self._own = own_data.OwnData(self.store, self._said, self._changed)
        head = line([self._head, line([button(say("Refresh"), self.refresh), *more])], "crm-head")
        self.box = column(
            [html_area(pieces.STYLE + STYLE), head, line(self._tabs.values()), self._said, self._place],
            "crm-box", "crm-widget", "crm-door", "crm-account",
        )  # fmt: skip
        self._show()

    def _show(self) -> None:
        name = customer_card.person_name(self.view)
        self._head.value = tag("h2", say("Your account")) + tag("p", name, class_="crm-quiet")
        requests = self.view.requests
        waiting = int(requests["status"].isin(OPEN).sum()) if requests is not None else 0
        for section, tab in self._tabs.items():
            more = f" {format_number(waiting)}" if section == "requests" and waiting else ""
            tab.description = say(SECTIONS[section]) + more
            switched(tab, section == self.shown)
        self._place.children = self._parts[self.shown]()

    def _profile_part(self) -> list[Any]:
        if self.profile is None:
            self.profile = store_form(self.store, "profile", row=self.view.customer_id, done=lambda _: self._changed())
        rows = [
            tag("p", chip(say("waits for an employee"), "crm-waits"), " ", profile_label(one.name), ": ",
                profile_text(one.name, one.pending, self.view.currency) or "–")
            for one in self.view.pending
        ]  # fmt: skip
        self._waiting.value = joined(rows)
        words = say("A change of name, date of birth or sex is looked at by an employee before it is in force.")
        return [self._waiting, self.profile.box, html_area(tag("p", words, class_="crm-hint"))]

    def _requests_part(self) -> list[Any]:
        if self.new_request is None:
            self.new_request = store_form(
                self.store, "request", options={"order_id": order_options(self.view.orders)},
                labels={"order_id": say("About the purchase")}, save=say("Send"), done=lambda _: self._changed(),
            )  # fmt: skip
        requests = self.view.requests
        shown = requests.head(12).to_dict("records") if requests is not None else []
        rows = {int(one["request_id"]): one for one in shown}
        keys = list(rows)
        if self.request in self._buttons:  # an answer may be being written: what is there stays where it is
            keys = [key for key in self._buttons if key in rows] + [key for key in rows if key not in self._buttons]
        self._buttons = {key: self._buttons.get(key) or button("", partial(self.open, key), "crm-item") for key in keys}
        made = []
        for key, item in self._buttons.items():
            one = rows[key]
            title = request_title(one, capital(word("kind", one["kind"])))
            item.description = f"{title}\n{word('status', one['status'])} · {moment_text(one['opened_at'])}"
            switched(item, key == self.request)
            made += [item, self._request_course(one)] if key == self.request else [item]
        self._list.children = made
        return [self.new_request.box, *([self._list] if made else [html_area(tag("p", say("Nothing yet.")))])]

    def _request_course(self, one: dict[Any, Any]) -> Any:
        key = int(one["request_id"])
        events = self.store.list("request_events", where={"request_id": key}, order=["happened_at", "event_id"])
        body = tag("pre", one["body"]) if isinstance(one["body"], str) else None
        self._course.value = tag("div", body, customer_card.course_html(events, own=self.store.actor.label))
        if self.reply is None or self.reply.row != key:
            self.reply = store_form(self.store, "request_reply", row=key, save=say("Send"),
                                    done=lambda _: self._changed())  # fmt: skip
            self._opened.children = [self._course, self.reply.box]
        return self._opened

    def _purchases_part(self) -> list[Any]:
        view = self.view
        parts = []
        if view.card.points is not None and view.card.points.member_since is not None:
            parts.append(tag("p", tag("b", say("Points"), ": "), format_number(view.card.points.balance)))
        if view.bills is not None:
            parts.append(customer_card.bills_table(view.bills, view.currency))
        if view.orders is not None and len(view.orders):
            parts.append(customer_card.orders_table(view.orders, view.currency, most=20))
        else:
            parts.append(tag("p", say("Nothing yet."), class_="crm-quiet"))
        self._bought.value = tag("div", joined(parts), class_="crm-card")
        return [self._bought]

    def _consents_part(self) -> list[Any]:
        """Boxes for what is not agreed to, unticked; a button to withdraw each that is."""
        ticked = {purpose for purpose, tick in self.agree.items() if tick.value}
        standing, self.agree = [], {}
        for purpose in PURPOSES:
            given = self.view.consents.get(purpose)
            if given is None or given.state != "given":
                tick = self._tools.Checkbox(description=say(CONSENT_TEXTS[purpose]), indent=False,
                                            value=purpose in ticked)  # fmt: skip
                self.agree[purpose] = tick
                continue
            since = say("given on {date}, version {version} of the text", version=given.text_version or "–",
                        date=format_date(given.since.date()) if given.since else "–")  # fmt: skip
            text = tag("p", say(CONSENT_TEXTS[purpose]), " ", tag("span", since, class_="crm-hint"))
            label = say("Withdraw: {purpose}", purpose=word("purpose", purpose))
            standing.append(html_area(text))
            standing.append(button(label, partial(self.withdraw, purpose)))
        parts: list[Any] = []
        if standing:
            parts += [html_area(tag("h3", say("You have agreed"))), *standing]
        if self.agree:
            parts.append(html_area(tag("h3", say("You have not agreed"))))
            parts += [*self.agree.values(), button(say("Agree to what is ticked"), self.give, primary=True)]
        self._consents.children = parts
        words = say("Each purpose is agreed to on its own. Service does not depend on agreeing to offers.")
        return [html_area(tag("p", words, class_="crm-hint")), self._consents]

    def _data_part(self) -> list[Any]:
        return self._own.parts(self.view)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        still = say("A customer's account; it needs a running kernel.")
        display(self.box if self.box is not None else Sentence(still))


def customer_account(store: Store) -> Account:
    """Be the customer: change one's data, write and follow requests, see purchases, points and consents.

    Parameters
    ----------
    store : Store
        Opened for a customer: ``Store.open(url, role="customer", customer=17)``.

    Returns
    -------
    Account
        A notebook or Voilà shows it; it looks again by itself when somebody changes something. With ``CRM_STATIC=1`` a
        sentence stands in its place.

    Raises
    ------
    InputError
        If the store is opened for an employee: theirs is `employee_desk`.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> world = crm.simulate("barbershop", customers=20, weeks=10, seed=7)
    >>> number = int(world.tables["customers"]["customer_id"].iloc[0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
    ...     account = customer_account(store.as_role("customer", customer=number))
    ...     account.profile.fill({"full_name": "Ada King", "children": "2"})
    ...     account.profile.submit()
    ...     account.refresh()
    ...     store.close()
    >>> account.view.value("children"), [one.pending for one in account.view.pending]
    (2, ['Ada King'])
    """
    if store.actor.kind != "customer":
        what = say("The account is a customer's; for an employee there is `employee_desk`.")
        raise InputError(say("The account can't be opened."), [Problem("wrong_door", what, column="store")])
    return Account(store)
