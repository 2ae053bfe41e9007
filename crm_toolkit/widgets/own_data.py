"""One's own data at the account: look at what is kept, take all of it along as a file, ask to be erased."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm_toolkit.errors import CRMError
from crm_toolkit.store import Store
from crm_toolkit.texts import format_date, format_number, language, mark, say
from crm_toolkit.widgets.card_reading import CardView
from crm_toolkit.widgets.forms import StoreForm, allowed, store_form
from crm_toolkit.widgets.html import joined, tag
from crm_toolkit.widgets.store_style import button, chip, column, facts, html_area, letter, line, own_language
from crm_toolkit.widgets.traces import file_link

_FILE = "my-data.zip"
# table → what it holds of a person
KEPT = {
    "profile_values": mark("values of the profile, with who entered them"),
    "contacts": mark("contacts"),
    "requests": mark("requests and complaints"),
    "orders": mark("purchases"),
    "payments": mark("payments and bills"),
    "loyalty_ledger": mark("entries of points"),
    "consents": mark("consents, withdrawn ones too"),
    "surveys": mark("answers to surveys"),
}


class OwnData:
    """The part of the account that speaks of the data themselves.

    Attributes
    ----------
    erasure : StoreForm or None
        The form that asks for erasure, where the store has one.
    """

    def __init__(self, store: Store, said: Any, changed: Callable[[], Any]):
        self._language = str(language())
        self.store, self._said, self._changed = store, said, changed
        self.erasure: StoreForm | None = None
        self._what, self._file, self._asked = html_area(), html_area(), html_area()
        self._take = line([button(say("Make a file of my data"), self.take)])

    def parts(self, view: CardView) -> list[Any]:
        """The widgets, filled with what is kept now."""
        rows = [
            (say(title), format_number(self.store.count(name)))
            for name, title in KEPT.items()
            if self.store.role.scope(name) != "none"
        ]
        self._what.value = tag("div", facts(say("What is kept about you: number of entries"), rows), class_="crm-card")
        asked = self.store.list("erasures", order="-requested_at") if self._sees("erasures") else None
        lines = [
            tag("p", chip(say("erasure asked for"), "crm-waits"), " ",
                say("due by {date}", date=format_date(one["due_on"].date())))
            for one in (asked.to_dict("records") if asked is not None else []) if one["done_at"] != one["done_at"]
        ]  # fmt: skip
        self._asked.value = joined(lines)
        parts = [self._what, self._take, self._file, self._asked]
        if allowed(self.store, "erasure"):
            if self.erasure is None:
                self.erasure = store_form(self.store, "erasure", save=say("Ask for erasure"),
                                          done=lambda _: self._changed())  # fmt: skip
            parts.append(column([self.erasure.box]))
        return parts

    @own_language
    def take(self) -> None:
        """Make a file of everything that is kept about the customer and that they may see."""
        try:
            with tempfile.TemporaryDirectory() as folder:
                content = self.store.export_person_data(Path(folder) / _FILE).read_bytes()
        except CRMError as refusal:
            self._file.value = letter(str(refusal))
            return
        self._file.value = file_link(content, _FILE, "application/zip", _FILE)

    def _sees(self, name: str) -> bool:
        return self.store.role.scope(name) != "none"
