"""A part of the page: a heading, what it says, pictures and tables; or the reason why it is missing."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_toolkit import plots
from crm_toolkit.errors import InputError
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.tables import Table


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Parameters
    ----------
    name : str
        Code, also the anchor on the page.
    title : str
        In the reader's language.
    body : Html
        Empty if the part is missing.
    brief : str
        What a manager must know of it, a sentence for the head of the page; may be empty.
    missing : str
        Why the part is missing; empty if it is there.
    """

    name: str
    title: str
    body: Html = field(default_factory=lambda: Html(""))
    brief: str = ""
    missing: str = ""


def told(name: str, title: str, make: Callable[[], tuple[Html, str]]) -> Section:
    """Make a part; what can't be computed says why instead of failing the page."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # what a reader must know stands among the cautions
            body, brief = make()
    except InputError as letter:
        reasons = [f"{problem.what} {problem.found}".strip() for problem in letter.problems]
        return Section(name, title, missing=" ".join(reasons) or letter.heading)
    return Section(name, title, body, brief)


def picture(chart: Any) -> Html:
    """A chart as an image with an alternative text."""
    return tag("figure", Html(plots.show(chart).html), class_="chart")


def says(text: str) -> Html:
    """What the section says, in words."""
    return tag("p", text, class_="says")


def method(text: str) -> Html:
    """How it was computed."""
    return tag("p", text, class_="method")


def table(caption: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], note: str = "") -> Html:
    """A small table with caption and scopes."""
    return Html(Table(caption, heads, tuple(rows), note).html)


def together(*parts: Html | None) -> Html:
    """Parts one after the other."""
    return joined(part for part in parts if part is not None)
