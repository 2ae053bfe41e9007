"""Rows for dated sources, and the choice of one beside a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from crm_toolkit.exercises.dated_sources import MOST_SOURCES, SOURCE_KINDS, DatedSource, named
from crm_toolkit.texts import format_date, say
from crm_toolkit.widgets.case_canvas.fields import Entry, PartForm, RowsForm, word_options
from crm_toolkit.widgets.numbered import brief, offer, row_name
from crm_toolkit.widgets.tables import Table


def source_rows(changed: Callable[[], Any]) -> RowsForm:
    """Rows in which sources are typed."""

    def one(place: int) -> PartForm:
        return PartForm(DatedSource, {
            "what": Entry(row_name(say("Source"), place)),
            "kind": Entry(row_name(say("Source"), place, say("kind")), "word", word_options(SOURCE_KINDS)),
            "read_on": Entry(row_name(say("Source"), place, say("read on")), "day"),
        }, changed)  # fmt: skip

    return RowsForm(DatedSource, one, MOST_SOURCES, 2, say("Add a source"))


def offer_sources(controls: Iterable[Any], sources: Sequence[DatedSource]) -> None:
    """Offer the sources that were typed wherever one is chosen."""
    offered = [("–", ""), *((f"[{number}] {brief(one.what, 40)}", number) for number, one in named(sources).items())]
    for control in controls:
        offer(control, offered)


def sources_table(sources: Sequence[DatedSource]) -> Table:
    """The sources with their numbers."""
    rows = tuple(
        (f"[{number}]", one.what.strip(), say(SOURCE_KINDS[one.kind]) if one.kind else "–",
         format_date(one.read_on) if one.read_on else "–")
        for number, one in named(sources).items()
    )  # fmt: skip
    return Table(say("Sources"), (say("No."), say("Source"), say("Kind"), say("Read on")), rows)
