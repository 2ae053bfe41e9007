"""Both doors to one database beside each other: what is entered at one appears at the other, marked with who did it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_toolkit.store import Store
from crm_toolkit.texts import format_number, format_percent, language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.account import Account
from crm_toolkit.widgets.card_reading import CardView, read_card
from crm_toolkit.widgets.desk import Desk, static_words
from crm_toolkit.widgets.explorer import Sentence
from crm_toolkit.widgets.html import Html, tag
from crm_toolkit.widgets.store_style import STYLE, column, html_area, in_language, line, own_language
from crm_toolkit.widgets.watching import Watch


@dataclass(frozen=True)
class Quality:
    """How good a customer's profile is, from the card's own measures.

    Parameters
    ----------
    filled, fields : int
        Fields of the profile that have a value, of all.
    stale : int
        Values older than a year, of the kind that changes.
    by_customer, by_employee, from_file : int
        Who entered the values in force.
    pending : int
        Changes that wait for an employee.

    Examples
    --------
    >>> Quality(9, 12, 3, 2, 1, 6, 0).score
    0.5
    """

    filled: int
    fields: int
    stale: int
    by_customer: int
    by_employee: int
    from_file: int
    pending: int

    @property
    def score(self) -> float:
        """Share of the fields that are filled in with a value that is not too old, 0 to 1."""
        return (self.filled - self.stale) / self.fields if self.fields else 0.0


def profile_quality(view: CardView) -> Quality:
    """Completeness, freshness and provenance of the profile on a card."""
    filled = [one for one in view.card.fields if one.value is not None]
    kinds = [one.entered_kind for one in filled]
    return Quality(
        len(filled), len(view.card.fields), len(view.card.gaps.stale), kinds.count("customer"), kinds.count("employee"),
        kinds.count("import"), len(view.pending),
    )  # fmt: skip


class TwoDoors:
    """Desk and account side by side; made by `two_doors`.

    Attributes
    ----------
    desk : Desk
    account : Account
    quality : Quality
        Of the customer's profile now.
    box : widget or None
    """

    def __init__(self, store: Store, customer: int):
        self._language = str(language())
        self.store, self.customer = store, customer
        self.desk = Desk(store, watched=False)
        self.account = Account(store.as_role("customer", customer=customer), watched=False)
        self.box: Any = None
        self._built = False
        if not pieces.static_wanted():
            self._build(pieces.toolbox())

    @property
    def quality(self) -> Quality:
        """Completeness, freshness and provenance of the customer's profile now."""
        return profile_quality(read_card(self.store, self.customer))

    @own_language
    def refresh(self) -> None:
        """Read both doors again; what is typed stays."""
        self.desk.refresh()
        self.account.refresh()
        self._show_quality()

    def _build(self, tools: Any) -> None:
        self._score = html_area()
        self._itself = tools.Checkbox(value=True, description=say("look again by itself"), indent=False)
        self.watch = Watch(self.store, in_language(self.refresh))
        self.desk.changed_elsewhere = self.account.changed_elsewhere = self.watch.look
        self._itself.observe(in_language(self._switch), names="value")
        self.desk.open(self.customer)
        halves = []
        for one in (self.desk, self.account):
            one.box.add_class("crm-half")
            halves.append(one.box)
        head = line([self._score, self._itself], "crm-row-wrap")
        self.box = column([html_area(pieces.STYLE + STYLE), head, line(halves, "crm-two")],
                          "crm-box", "crm-widget", "crm-door", "crm-doors")  # fmt: skip
        self._show_quality()

    def _switch(self, change: Any) -> None:
        self.watch.stop()
        if change["new"]:
            self.watch = Watch(self.store, in_language(self.refresh))
            self.desk.changed_elsewhere = self.account.changed_elsewhere = self.watch.look
            self.refresh()

    def _show_quality(self) -> None:
        self._score.value = quality_html(self.quality)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box if self.box is not None else Sentence(static_words(self.store)))


def quality_html(quality: Quality) -> Html:
    """The score with what it is made of."""
    parts = say(
        "filled in {filled} of {fields}, older than a year {stale}; entered by the customer {customer}, by an employee "
        "{employee}, from a file {file}; waiting for a check {waiting}",
        filled=format_number(quality.filled), fields=format_number(quality.fields), stale=format_number(quality.stale),
        customer=format_number(quality.by_customer), employee=format_number(quality.by_employee),
        file=format_number(quality.from_file), waiting=format_number(quality.pending),
    )  # fmt: skip
    score = say("Quality of the profile: {score}", score=format_percent(quality.score, 0))
    return tag("p", tag("b", score), " – ", parts, role="status")


def two_doors(store: Store, *, customer: int | None = None) -> TwoDoors:
    """Enter something as a customer and see it as an employee, and the other way round.

    Parameters
    ----------
    store : Store
        Opened for an employee; the account is opened over the same database.
    customer : int, optional
        Whose account; by default the customer who bought last.

    Returns
    -------
    TwoDoors
        A notebook shows desk and account beside each other, with a score of the profile's quality.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> world = crm.simulate("barbershop", customers=20, weeks=10, seed=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
    ...     doors = two_doors(store)
    ...     doors.account.profile.fill({"children": "3"})
    ...     doors.account.profile.submit()
    ...     store.close()
    >>> seen = doors.desk.pane.view.card.field("children")
    >>> seen.value, seen.entered_kind
    (3, 'customer')
    """
    if customer is None:
        last = store.list("orders", order="-ordered_at", limit=1)
        found = last if len(last) else store.list("customers", limit=1)
        customer = int(found["customer_id"].iloc[0])
    return TwoDoors(store, customer)
