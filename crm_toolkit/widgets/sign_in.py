"""Who is at the door: by login and password where the store has accounts, by a choice where one person tries it.

A file that a person holds in their hands can be read past any page, so the choice is an exercise, no lock; in a
classroom the database stands on a server and everybody has an account.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_toolkit.errors import CRMError
from crm_toolkit.store import Store
from crm_toolkit.store.roles import READY
from crm_toolkit.texts import language, say
from crm_toolkit.widgets import door_accounts, pieces, room_limits
from crm_toolkit.widgets.account import Account
from crm_toolkit.widgets.demonstration import chosen_store
from crm_toolkit.widgets.desk import Desk
from crm_toolkit.widgets.explorer import Sentence
from crm_toolkit.widgets.finding import customer_line
from crm_toolkit.widgets.html import tag
from crm_toolkit.widgets.store_style import STYLE, button, column, html_area, in_language, letter, line, own_language

MOST_NAMES = 200


class Doorway:
    """The page before a door; made by `desk_app` and `account_app`.

    Attributes
    ----------
    door : {"employee", "customer"}
    inside : Desk, Account or None
        What stands behind it, once somebody has come in.
    box : widget or None
        The page; ``None`` with ``CRM_STATIC=1``.
    """

    def __init__(self, door: str, url: str | None = None):
        self.door = door
        self.inside: Any = None
        self.box: Any = None
        self._language = str(language())
        self._session: Any = None
        self._presence: room_limits.Presence | None = None
        if not pieces.static_wanted():
            self._build(pieces.toolbox(), url)
            room_limits.hold_memory()

    @own_language
    def enter(self) -> None:
        """Come in as what is chosen, or as whom login and password say."""
        self._said.value = ""
        try:
            self._open(self._opened())
        except CRMError as refusal:
            self._said.value = letter(str(refusal))

    @own_language
    def leave(self) -> None:
        """Go out; somebody else may come in."""
        watch = getattr(self.inside, "watch", None)
        if watch is not None:
            watch.stop()
        if self._presence is not None:
            self._presence.stop()
            self._presence = None
        if self._session is not None:
            door_accounts.sign_out(self._manager, self._session)
        self.inside = self._session = None
        self._place.children = [self._choice]

    @own_language
    def put_out(self, why: str) -> None:
        """Sign out somebody who is not there any more, or may not be."""
        self.leave()
        said = {
            "idle": say("Nobody was at this page for a long time, so it has signed you out. What was saved is saved."),
            "over": say("The session is over. Sign in again."),
        }
        self._said.value = letter(said[why])

    def _build(self, tools: Any, url: str | None) -> None:
        self._said = html_area()
        self._place = column([])
        style = html_area(pieces.STYLE + STYLE)
        self.box = column([style, self._said, self._place], "crm-box", "crm-widget", "crm-door", "crm-doorway")
        try:
            address, shown = (url, False) if url else chosen_store()
            self._manager = Store.open(str(address), role="manager")
        except CRMError as refusal:
            self._said.value = letter(str(refusal))
            return
        self._address = str(address)
        title = say("Employee's desk") if self.door == "employee" else say("Customer's account")
        head = [tag("h2", title)]
        if shown:
            where = say(
                "Demonstration: a barbershop that was made up. Its data are in the file {file}; both doors open the "
                "same file. Delete it to begin anew.",
                file=self._address,
            )
            head.append(tag("p", where, class_="crm-quiet"))
        self._controls = self._password(tools) if self._by_account() else self._choices(tools)
        come = button(say("Come in"), self.enter, primary=True)
        self._choice = column([html_area("".join(head)), column(self._controls.values(), "crm-fields"), line([come])],
                              "crm-form")  # fmt: skip
        self._place.children = [self._choice]

    def _by_account(self) -> bool:
        return door_accounts.wanted(self._manager)

    def _password(self, tools: Any) -> dict[str, Any]:
        login = tools.Text(description=say("Login"))
        password = tools.Password(description=say("Password"))
        sent = in_language(self.enter)
        for control in (login, password):
            control.add_class("crm-stack")
            pieces.on_enter(control, sent)
        return {"login": login, "password": password}

    def _choices(self, tools: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if self.door == "employee":
            roles = [(say(role.title), name) for name, role in READY.items() if name != "customer"]
            made["role"] = tools.Dropdown(description=say("Role"), options=roles, value="manager")
            people = self._manager.list("employees", order="employee_id", limit=MOST_NAMES)
            names = [(say("nobody in particular"), 0)]
            names += [(str(one["full_name"]), int(one["employee_id"])) for one in people.to_dict("records")]
            made["employee"] = tools.Dropdown(
                description=say("Person"), options=[(say("nobody in particular"), 0), *names]
            )
        else:
            people = self._manager.list("customers", order="customer_id", limit=MOST_NAMES)
            names = [
                (", ".join(customer_line(one).split("\n")), int(one["customer_id"]))
                for one in people.to_dict("records")
            ]
            made["customer"] = tools.Dropdown(description=say("Customer"), options=names)
        for control in made.values():
            control.add_class("crm-stack")
        return made

    def _opened(self) -> Store:
        if self._by_account():
            password = self._controls["password"].value
            self._controls["password"].value = ""
            login = self._controls["login"].value
            store, self._session = door_accounts.signed_in(self._manager, login, password, door=self.door)
            return store
        if self.door == "employee":
            employee = self._controls["employee"].value or None
            return self._manager.as_role(self._controls["role"].value, employee=employee)
        return self._manager.as_role("customer", customer=self._controls["customer"].value)

    def _open(self, store: Store) -> None:
        make: Callable[..., Any] = Desk if self.door == "employee" else Account
        self.inside = make(store, more=[button(say("Leave"), self.leave)])
        self._place.children = [self.inside.box]
        token, manager = self._session, self._manager
        if token is not None or room_limits.idle_seconds():
            self._presence = room_limits.Presence(
                self.put_out, lambda: token is None or door_accounts.holds(manager, token)
            )

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box if self.box is not None else Sentence(say("This page needs a running kernel.")))


def desk_app(url: str | None = None) -> Doorway:
    """The employee's desk as a page of its own: who is there, then the desk.

    Parameters
    ----------
    url : str, optional
        Address of the store; by default the one that ``CRM_STORE`` names, else a demonstration that is made on first
        use.

    Returns
    -------
    Doorway
        A notebook or Voilà shows it. What goes wrong is a letter on the page.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> world = crm.simulate("barbershop", customers=20, weeks=10, seed=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
    ...     page = desk_app(f"{folder}/crm.db")
    ...     page.enter()
    ...     role = page.inside.store.role.name
    ...     page.leave()
    ...     store.close()
    >>> role
    'manager'
    """
    return Doorway("employee", url)


def account_app(url: str | None = None) -> Doorway:
    """The customer's account as a page of its own: who is there, then the account.

    Parameters
    ----------
    url : str, optional
        As for `desk_app`; both may be open over one store at the same time.

    Returns
    -------
    Doorway
    """
    return Doorway("customer", url)
