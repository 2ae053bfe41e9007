"""Tables that are read well: a caption, headings that belong to their rows and columns, everything escaped."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from crm_toolkit.texts import NO_FORMULAS


@dataclass(frozen=True)
class Table:
    """A small table for people: texts, already in the reader's language.

    Parameters
    ----------
    caption : str
        What the table shows.
    heads : tuple of str
        Headings of the columns; the first column holds the headings of the rows.
    rows : tuple of tuple of str
    note : str
        A sentence under the table.

    Examples
    --------
    >>> table = Table("Segments", ("Segment", "Customers"), (("Loyal", "12"),))
    >>> print(table.text)
    Segments
    Segment  Customers
    Loyal           12
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    @property
    def html(self) -> str:
        """A table element with caption and scopes, in a box that scrolls by keyboard where it is too wide."""
        head = "".join(f'<th scope="col">{escape(text)}</th>' for text in self.heads)
        body = "".join(
            f'<tr><th scope="row">{escape(first)}</th>'
            + "".join(f"<td>{escape(text)}</td>" for text in others)
            + "</tr>"
            for first, *others in self.rows
        )
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return (
            f'<div class="crm-scroll" role="group" tabindex="0" aria-label="{escape(self.caption)}">'
            f'<table class="crm-table"><caption>{escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{note}"
        )

    @property
    def markdown(self) -> str:
        """The table in Markdown, for exports that take no HTML."""
        lines = [_row(self.heads), "|:--" + "|--:" * (len(self.heads) - 1) + "|", *map(_row, self.rows)]
        parts = [f"**{_plain(self.caption)}**", "\n".join(lines), _plain(self.note)]
        return "\n\n".join(part for part in parts if part)

    @property
    def text(self) -> str:
        """The table in plain signs."""
        widths = [max(map(len, column)) for column in zip(self.heads, *self.rows, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in (self.heads, *self.rows)
        ]
        return "\n".join([self.caption, *lines, *filter(None, [self.note])])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        html = f'<div class="{NO_FORMULAS}">{self.html}</div>'
        return {"text/html": html, "text/markdown": self.markdown, "text/plain": self.text}


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(map(_plain, cells)) + " |"


def _plain(text: str) -> str:
    for sign in "\\`*_[]<>|":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())
