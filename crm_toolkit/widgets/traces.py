"""Who changed what in a customer's record, and a list taken along as a file; both as far as the role may see."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Any

from crm_toolkit.errors import CRMError
from crm_toolkit.store import Store
from crm_toolkit.store.roles import READY
from crm_toolkit.texts import say, say_count
from crm_toolkit.widgets.html import Html, tag
from crm_toolkit.widgets.store_style import grid, letter
from crm_toolkit.widgets.store_words import capital, moment_text, profile_label, profile_text, word

MOST_ROWS = 5_000
MOST_CHANGES = 40


def history_html(store: Store, customer: int) -> Html:
    """The changes of a customer's record, the latest first, or the letter that says why they are not shown."""
    try:
        changes = store.history("customers", customer)
    except CRMError as refusal:
        return letter(str(refusal))
    currency = store.info.get("currency", "")
    rows = [
        (moment_text(one["at"]), actor_text(str(one["actor"] or "")), capital(word("action", one["action"])),
         profile_label(one["field"]) if isinstance(one["field"], str) else "",
         _shown(one["field"], one["before"], currency), _shown(one["field"], one["after"], currency))
        for one in changes.iloc[::-1].head(MOST_CHANGES).to_dict("records")
    ]  # fmt: skip
    heads = (say("When"), say("Who"), say("What was done"), say("Field"), say("Before"), say("After"))
    return tag("div", grid(say("Who changed what"), heads, rows), class_="crm-card")


def actor_text(actor: str) -> str:
    """How the log names a person, in words: the role and the number, never a name.

    >>> actor_text("service 103"), actor_text("customer 17"), actor_text("system")
    ('Service 103', 'Customer 17', 'the program')
    """
    name, _, number = actor.partition(" ")
    if name == "system":
        return say("the program")
    title = say(READY[name].title) if name in READY else name
    return f"{title} {number}".strip()


def export_link(store: Store, entity: str = "customers") -> Html:
    """A table as the person sees it as a file to be kept by the browser, or the letter that says why not.

    The export is entered in the list of exports, as every one is.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = store.export(entity, Path(folder) / f"{entity}.csv", limit=MOST_ROWS)
            content = done.path.read_bytes()
    except CRMError as refusal:
        return letter(str(refusal))
    text = say_count("{name}.csv, {count} row", "{name}.csv, {count} rows", done.rows, name=entity)
    return file_link(content, f"{entity}.csv", "text/csv", text)


def file_link(content: bytes, name: str, kind: str, text: str) -> Html:
    """A file that lies in the page itself, to be kept by the browser."""
    data = base64.b64encode(content).decode("ascii")
    return tag("p", tag("a", say("Keep the file: {name}", name=text), download=name, href=f"data:{kind};base64,{data}"))


def _shown(name: Any, value: Any, currency: str) -> str:
    if value is None or value != value:
        return ""
    return profile_text(str(name), value, currency) if isinstance(name, str) else str(value)
