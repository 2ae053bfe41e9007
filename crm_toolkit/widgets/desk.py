"""The employee's desk: requests that wait, customers, changes to check; beside them the card with all that can be done.

Everything that is shown comes through the store's own methods, so what the role may not see never reaches the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.store import Store
from crm_toolkit.store.roles import READY, Role
from crm_toolkit.texts import format_number, language, say, say_count
from crm_toolkit.widgets import finding, pieces
from crm_toolkit.widgets.card_reading import customer_names, employee_names, waiting_requests
from crm_toolkit.widgets.desk_customer import CustomerPane
from crm_toolkit.widgets.explorer import Sentence
from crm_toolkit.widgets.forms import StoreForm, allowed, store_form
from crm_toolkit.widgets.html import tag
from crm_toolkit.widgets.request_help import clock_text, clocks, request_title
from crm_toolkit.widgets.store_style import (
    STYLE,
    button,
    column,
    html_area,
    in_language,
    letter,
    line,
    own_language,
    switched,
)
from crm_toolkit.widgets.store_words import age_text, capital, profile_label, profile_text, word
from crm_toolkit.widgets.traces import export_link
from crm_toolkit.widgets.watching import Watch

PAGE = 9
_LISTS = ("requests", "customers", "checks", "found")


class Desk:
    """The employee's desk; made by `employee_desk`.

    Attributes
    ----------
    store : Store
        The employee's own.
    pane : CustomerPane
        The customer that is open, with forms and requests.
    shown : {"requests", "customers", "checks", "found"}
        Which list stands on the left.
    box : widget or None
        The desk; ``None`` with ``CRM_STATIC=1``.
    """

    def __init__(self, store: Store, *, watched: bool = True, more: Sequence[Any] = ()):
        self._language = str(language())
        self.store = store
        self.eyes: Store | None = None
        self.shown = self._first_list()
        self.page = 0
        self.box: Any = None
        self.new_customer: StoreForm | None = None
        self._found: list[finding.Found] = []
        self._items: list[finding.Found] = []
        self.watch: Watch | None = None
        self.changed_elsewhere: Callable[[], Any] | None = None
        if not pieces.static_wanted():
            self._build(pieces.toolbox(), more)
            self.watch = Watch(store, in_language(self.refresh)) if watched else None

    @own_language
    def refresh(self) -> None:
        """Read lists and card again; what is typed in forms stays."""
        self._show_lists()
        self.pane.refresh()

    @own_language
    def save_list(self) -> None:
        """Make a file of the customers, as far as the role may take them along."""
        self._file.value = export_link(self._source)

    @own_language
    def look_as(self, role: str | None, *, beside: bool = False) -> None:
        """See lists and card through another role's eyes, or one's own again."""
        self.eyes = self.store.as_role(role) if role and role != self.store.role.name else None
        self.page, self._file.value = 0, ""
        self._keep_to_rights()
        self.pane.look_as(self.eyes, beside)
        self._search_again()
        self._show_lists()

    @own_language
    def find(self, text: str) -> None:
        """Search, and show what was found on the left."""
        self._search.value = text
        self._search_again()
        self.choose("found" if text.strip() else self._first_list())

    @own_language
    def choose(self, name: str) -> None:
        """Show a list on the left: requests, customers, checks or found."""
        self.shown, self.page, self._file.value = name, 0, ""
        self._keep_to_rights()
        self._show_lists()

    @own_language
    def turn(self, pages: int) -> None:
        """Turn the pages of the list."""
        self.page = max(0, self.page + pages)
        self._show_lists()
        ways = (self._earlier, self._later) if pages < 0 else (self._later, self._earlier)
        pieces.hand_on(*ways)

    @own_language
    def open(self, customer: int, request: int | None = None) -> None:
        """Open a customer's card, and one of their requests."""
        self.pane.show(customer, request)
        self._mark_open()

    @property
    def _source(self) -> Store:
        return self.eyes or self.store

    def _first_list(self) -> str:
        return "requests" if self._source.role.scope("requests") != "none" else "customers"

    def _keep_to_rights(self) -> None:
        """Leave the list of requests, or of changes to check, if these eyes have no right to it."""
        role = self._source.role
        barred = {"requests": role.scope("requests") == "none", "checks": not _checks(role)}
        if barred.get(self.shown, False):
            self.shown = self._first_list()

    def _build(self, tools: Any, more: Sequence[Any]) -> None:
        self.pane = CustomerPane(self.store, self._changed, tools)
        self._search = tools.Text(description=say("Search"), placeholder=say("name, telephone, words, number"))
        self._search.add_class("crm-stack")
        pieces.on_enter(self._search, in_language(lambda: self.find(self._search.value)))
        go = button(say("Find"), lambda: self.find(self._search.value))
        self._tabs = {name: button("", partial(self.choose, name)) for name in _LISTS}
        self._buttons = [button("", partial(self._open_item, place), "crm-item") for place in range(PAGE)]
        self._list = column([], "crm-list")
        self._empty = html_area()
        self._earlier, self._later = button("‹", lambda: self.turn(-1)), button("›", lambda: self.turn(1))
        self._earlier.tooltip, self._later.tooltip = say("Earlier page"), say("Next page")
        self._where = html_area()
        self._new = column([])
        self._add = button(say("New customer"), self._open_new)
        self._save, self._file = button(say("Save the list"), self.save_list), html_area()
        pager = line([self._earlier, self._where, self._later])
        side = column(
            [line([self._search, go], "crm-search"), line(self._tabs.values()), line([self._add, self._save]),
             self._file, self._new, self._empty, self._list, pager],
            "crm-side",
        )  # fmt: skip
        self._add.layout.display = "" if allowed(self.store, "customer") else "none"
        right = line([*self._mirror(tools), button(say("Refresh"), self.refresh), *more])
        head = line([html_area(_title(self.store)), right], "crm-head")
        self.box = column([html_area(pieces.STYLE + STYLE), head, line([side, self.pane.box], "crm-panes")],
                          "crm-box", "crm-widget", "crm-door", "crm-desk")  # fmt: skip
        self._show_lists()

    def _mirror(self, tools: Any) -> list[Any]:
        """The choice of another role's eyes, where the person may give roles."""
        if "accounts" not in self.store.role.rights:
            return []
        roles = [(say("my own"), self.store.role.name)]
        roles += [
            (say(role.title), name) for name, role in READY.items() if name not in (self.store.role.name, "customer")
        ]
        self._role = tools.Dropdown(description=say("Through the eyes of"), options=roles)
        self._side = tools.Checkbox(description=say("beside my own"), indent=False)
        chosen = in_language(lambda _: self.look_as(self._role.value, beside=self._side.value))
        for control in (self._role, self._side):
            control.observe(chosen, names="value")
        self._role.style.description_width = "initial"
        return [self._role, self._side]

    def _changed(self) -> None:
        """Something was saved here: look again at once, and whoever stands beside too."""
        look = self.watch.look if self.watch is not None else self.changed_elsewhere
        if look is None or not look():
            self.refresh()

    def _open_new(self) -> None:
        if self.new_customer is not None:
            self._close_new()
            return

        def done(submitted: Any) -> None:
            self._close_new()
            self._changed()
            self.open(submitted.key)

        self.new_customer = store_form(self.store, "customer", done=done, cancel=self._close_new)
        self._new.children = [self.new_customer.box]

    def _close_new(self) -> None:
        self.new_customer = None
        self._new.children = ()

    def _search_again(self) -> None:
        text = self._search.value.strip()
        self._found = finding.find(self._source, text) if text else []

    def _show_lists(self) -> None:
        store = self._source
        counts = self._counts(store)
        names = {"requests": say("Requests"), "customers": say("Customers"), "checks": say("To check"),
                 "found": say("Found")}  # fmt: skip
        for name, tab in self._tabs.items():
            tab.description = f"{names[name]} {format_number(counts.get(name, 0))}"
            tab.layout.display = "" if name in counts else "none"
            switched(tab, name == self.shown)
        try:
            shown = getattr(self, f"_list_{self.shown}")(store)
        except CRMError as refusal:
            self._empty.value = letter(str(refusal))
            shown = []
        else:
            self._empty.value = tag("p", say("Nothing here."), class_="crm-quiet") if not shown else ""
        self._items = list(shown)
        for place, one in enumerate(self._items):
            self._buttons[place].description = one.text
        self._list.children = self._buttons[: len(self._items)]
        self._list.layout.display = "" if shown else "none"
        may_save = self.shown == "customers" and "export" in store.role.rights
        self._save.layout.display = "" if may_save else "none"
        self._show_pager(counts.get(self.shown, 0))
        self._mark_open()

    def _counts(self, store: Store) -> dict[str, int]:
        counts: dict[str, int] = {}
        if store.role.scope("requests") != "none":
            self._waiting = waiting_requests(store)
            counts["requests"] = len(self._waiting)
        if store.role.scope("customers") != "none":
            counts["customers"] = store.count("customers")
        if _checks(store.role):
            counts["checks"] = store.count("profile_values", where={"status": "pending"})
        if self._search.value.strip():
            counts["found"] = len(self._found)
        return counts

    def _show_pager(self, count: int) -> None:
        last = max(0, -(-count // PAGE) - 1)
        self._earlier.disabled, self._later.disabled = self.page == 0, self.page >= last
        first = self.page * PAGE + 1
        text = say("{first}–{last} of {all}", first=first, last=min(first + PAGE - 1, count), all=format_number(count))
        self._where.value = tag("span", text if count else "", class_="crm-quiet")
        for part in (self._earlier, self._later):
            part.layout.display = "" if count > PAGE else "none"

    def _mark_open(self) -> None:
        view = self.pane.view
        opened = (view.customer_id, self.pane.request) if view is not None else None
        for place, one in enumerate(self._items):
            same = opened is not None and opened[0] == one.customer and one.request in (None, opened[1])
            switched(self._buttons[place], same)

    def _open_item(self, place: int) -> None:
        one = self._items[place]
        if one.article is not None:
            self.pane.read_article(one.article)
        elif one.customer is not None:
            self.open(one.customer, one.request)

    def _list_requests(self, store: Store) -> list[finding.Found]:
        waiting = self._waiting.iloc[self.page * PAGE :][:PAGE]
        states, now = clocks(store, waiting), store.now()
        page = waiting.to_dict("records")
        names = customer_names(store, [int(one["customer_id"]) for one in page])
        made: list[finding.Found] = []
        for one in page:
            customer, key = int(one["customer_id"]), int(one["request_id"])
            about = [names.get(customer, say("Customer {number}", number=customer)), age_text(one["opened_at"], now)]
            status = states.get(key)
            late = ("!\N{NO-BREAK SPACE}" if status is not None and status.state == "failed" else "") + clock_text(
                status
            )
            state = [say("priority: {priority}", priority=word("priority", one["priority"])), late]
            lines = [request_title(one, capital(word("kind", one["kind"]))), " · ".join(about),
                     " · ".join(filter(None, state))]  # fmt: skip
            if one["entered_kind"] == "customer":
                lines.append("✎ " + word("entered_kind", "customer"))
            made.append(finding.Found("\n".join(lines), customer, key))
        return made

    def _list_customers(self, store: Store) -> list[finding.Found]:
        found = store.list("customers", order="customer_id", limit=PAGE, offset=self.page * PAGE)
        return [finding.Found(finding.customer_line(one), int(one["customer_id"])) for one in found.to_dict("records")]

    def _list_checks(self, store: Store) -> list[finding.Found]:
        found = store.list("profile_values", where={"status": "pending"}, order="entered_at", limit=PAGE,
                           offset=self.page * PAGE)  # fmt: skip
        names = customer_names(store, [int(number) for number in found["customer_id"]])
        made: list[finding.Found] = []
        for one in found.to_dict("records"):
            customer = int(one["customer_id"])
            value = profile_text(one["field"], one["value"], store.info.get("currency", ""))
            text = f"{names.get(customer, customer)}\n{profile_label(one['field'])} → {value}"
            made.append(finding.Found(f"{text}\n✎ {word('entered_kind', 'customer')}", customer))
        return made

    def _list_found(self, store: Store) -> list[finding.Found]:
        return self._found[self.page * PAGE :][:PAGE]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box if self.box is not None else Sentence(static_words(self.store)))


def employee_desk(store: Store) -> Desk:
    """Work as an employee: requests, customers, search, the 360° card, quick actions, changes to check.

    Parameters
    ----------
    store : Store
        Opened for an employee in a role (`Store.open`). A manager can look through other roles' eyes.

    Returns
    -------
    Desk
        A notebook or Voilà shows it; it looks again by itself when somebody changes something, and what is typed in
        forms stays. With ``CRM_STATIC=1`` a sentence stands in its place.

    Raises
    ------
    InputError
        If the store is opened for a customer: theirs is `customer_account`.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> world = crm.simulate("barbershop", customers=20, weeks=10, seed=7)
    >>> number = int(world.tables["customers"]["customer_id"].iloc[0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
    ...     desk = employee_desk(store)
    ...     desk.open(number)
    ...     desk.pane.open("request")
    ...     desk.pane.form.fill({"kind": "complaint", "subject": "Waited an hour"})
    ...     desk.pane.form.submit()
    ...     store.close()
    >>> desk.pane.view.requests["subject"].iloc[0]
    'Waited an hour'
    """
    if store.actor.kind == "customer":
        what = say("The desk is an employee's; for a customer there is `customer_account`.")
        raise InputError(say("The desk can't be opened."), [Problem("wrong_door", what, column="store")])
    return Desk(store)


def static_words(store: Store) -> str:
    """What stands in the place of a door where there is no kernel."""
    customers = store.count("customers")
    return say_count(
        "A page over a store of {count} customer; it needs a running kernel.",
        "A page over a store of {count} customers; it needs a running kernel.",
        customers,
    )


def _checks(role: Role) -> bool:
    return role.scope("profile_values") != "none" and "moderate" in role.rights


def _title(store: Store) -> str:
    names = employee_names(store)
    person = names.get(store.actor.employee_id or 0)
    who = say(store.role.title) + (f", {person}" if person else "")
    return tag("h2", say("Employee's desk")) + tag("p", say("You are here as: {who}", who=who), class_="crm-quiet")
