"""Rows that are known by their number: what they are called, how one is chosen, rows that are empty at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_toolkit.widgets.case_canvas.fields import Entry
from crm_toolkit.widgets.html import tag
from crm_toolkit.widgets.store_style import html_area


class Chosen(Entry):
    """A choice among numbered rows that were typed elsewhere; empty is none."""

    def __init__(self, label: str):
        super().__init__(label, "word", [("–", "")])

    def read(self) -> tuple[Any, str]:
        """The number, or nothing."""
        return self.control.value or None, ""

    def show(self, value: Any) -> None:
        """Choose a number; one that is not offered yet is offered as it is."""
        wanted = value or ""
        if wanted and wanted not in [code for _, code in self.control.options]:
            self.control.options = [*self.control.options, (f"{wanted}.", wanted)]
        self.control.value = wanted


def offer(control: Any, offered: Sequence[tuple[str, Any]]) -> None:
    """Offer rows; what is chosen stays, even if it is no longer among them."""
    chosen = control.value
    listed = list(offered)
    if chosen and chosen not in [code for _, code in listed]:
        listed.append((f"{chosen}.", chosen))
    if list(control.options) != listed:
        control.options = listed
        control.value = chosen


def brief(text: str, most: int = 60) -> str:
    """The beginning of a text, on one line."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def row_name(name: str, place: int, field: str = "") -> str:
    """What a field of a row is called: the row, its number, and the field where the row has several."""
    return f"{name} {place + 1}: {field}" if field else f"{name} {place + 1}"


def heading(text: str) -> Any:
    """A heading between fields."""
    return html_area(tag("h4", text))


def without_empty_end(rows: Any, empty: Any) -> tuple[Any, ...]:
    """The rows without those at the end that are wholly empty."""
    kept = list(rows)
    while kept and kept[-1] == empty:
        kept.pop()
    return tuple(kept)
