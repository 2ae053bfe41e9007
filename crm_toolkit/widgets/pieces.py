"""Pieces that several widgets share: the static copy, prose and tables as HTML, areas that are read aloud.

Every control has an accessible name, every answer appears in a live region, and nothing needs a mouse. With the
environment variable ``CRM_STATIC=1`` a widget shows its static copy, so that exports hold something to read.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from html import escape
from types import ModuleType
from typing import Any

import pandas as pd

from crm_toolkit.errors import MissingExtraError
from crm_toolkit.texts import NO_FORMULAS, say

STYLE = """<style>
.crm-hidden-label > .widget-label { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; min-width: 0; margin: 0; padding: 0; }
.crm-choices, .crm-choices .widget-radio-box { width: auto; height: auto; max-width: 60em; }
.crm-choices .widget-radio-box label { height: auto; line-height: 1.35; white-space: normal; display: flex;
  flex-direction: row-reverse; justify-content: flex-end; align-items: flex-start; gap: 0.5em;
  margin: 0.15em 0; width: auto; }
.crm-choices .widget-radio-box input { flex: none; margin: 0; position: static; }
.crm-box.crm-box :focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2) !important; outline-offset: 1px; }
@media (forced-colors: active) {
  .crm-box.crm-box .jupyter-button { border: 1px solid ButtonText !important; }
  .crm-box.crm-box select { appearance: auto !important; }
}
.crm-locked input { border-style: dashed !important; }
.crm-box { padding: 0.4em 0.6em; max-width: 70em; }
.crm-box .widget-html-content { line-height: 1.45; }
.crm-table { border-collapse: collapse; font-size: 0.92em; }
.crm-table th, .crm-table td { padding: 0.15em 0.6em; text-align: right; }
</style>"""


def static_wanted() -> bool:
    """Whether a static copy is to be shown instead of controls."""
    return os.environ.get("CRM_STATIC", "") == "1"


def toolbox() -> ModuleType:
    """The package ipywidgets, or one sentence on how to get it."""
    try:
        import ipywidgets
    except ImportError as absent:
        sentence = say("Controls need the package ipywidgets: {command}", command='pip install "crm-toolkit[course]"')
        raise MissingExtraError(sentence) from absent
    return ipywidgets


def bundle(box: Any, static: str, **options: Any) -> Any:
    """What a notebook shows of an object: its controls, or the static copy where there are none."""
    if box is None:
        html = f'<div class="{NO_FORMULAS}">{html_of(static)}</div>'
        return {"text/html": html, "text/markdown": static, "text/plain": static}
    return box._repr_mimebundle_(**options)


def whole(field: Any) -> Any:
    """A text field whose text reaches the kernel whole, when it is left or Enter is pressed, and before any button.

    Sent letter by letter, the last letters wait in the browser while the kernel is busy, and a button that is pressed
    meanwhile would find half of the text.
    """
    field.continuous_update = False
    return field


def on_enter(field: Any, call: Callable[[], Any], *, wait: float = 0.3) -> None:
    """Call when Enter is pressed in a text field and its text has come.

    The browser tells of the key first and then sends the text, unless it has not changed; so the call is made when the
    text comes, or after ``wait`` seconds.
    """
    due: list[asyncio.TimerHandle] = []

    def go() -> None:
        while due:
            due.pop().cancel()
        call()

    def pressed(_widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        if content.get("event") != "submit" or due:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no page is being served, so nothing more will come
            go()
        else:
            due.append(loop.call_later(wait, go))

    whole(field).on_msg(pressed)
    field.observe(lambda _: go() if due else None, names="value")


def hand_on(pressed: Any, *others: Any) -> None:
    """Give the keyboard's place to the first of the others that can hold it, if what was pressed cannot any longer.

    A control that is switched off or hidden loses it, and the next Tab would begin at the top of the page.
    """
    if not _holds(pressed):
        next((one for one in others if _holds(one)), pressed).focus()


def _holds(control: Any) -> bool:
    return not control.disabled and control.layout.display != "none"


def live(html: str) -> str:
    """A text that screen readers announce when it appears; empty text makes an empty area."""
    return f'<div role="alert" aria-live="polite">{html}</div>' if html else ""


def html_of(markdown: str) -> str:
    """The little Markdown of our own texts as HTML: paragraphs, lists, tables, bold, italics, code.

    >>> html_of("Give **one** number, `x`.")
    '<p>Give <strong>one</strong> number, <code>x</code>.</p>'
    """
    blocks = re.split(r"\n\s*\n", markdown.strip())
    return "".join(_block(block.split("\n")) for block in blocks)


def _block(lines: list[str]) -> str:
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "</ul>"
    if all(line.startswith("|") for line in lines) and len(lines) > 2:
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        head = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in rows[0])
        body = "".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows[2:])
        return f'<table class="crm-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    if lines[0].startswith("### "):
        rest = _block(lines[1:]) if lines[1:] else ""
        return f"<p><strong>{_inline(lines[0][4:])}</strong></p>{rest}"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _inline(text: str) -> str:
    pieces = re.split(r"(`[^`]*`)", text)
    said = []
    for piece in pieces:
        if len(piece) > 1 and piece.startswith("`"):
            said.append(f"<code>{escape(piece[1:-1], quote=False)}</code>")
        else:
            plain = escape(piece, quote=False)
            plain = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", plain)
            said.append(re.sub(r"(?<!\w)\*([^*\s][^*]*)\*(?!\w)", r"<em>\1</em>", plain))
    return "".join(said)


def table_html(name: str, frame: pd.DataFrame) -> str:
    """A table that unfolds and scrolls, reachable by keyboard."""
    shown = frame.copy()
    for column in shown.columns:
        if pd.api.types.is_datetime64_any_dtype(shown[column]):
            shown[column] = shown[column].dt.strftime("%Y-%m-%d")
        if shown[column].isna().any() and not pd.api.types.is_float_dtype(shown[column].dtype):
            shown[column] = shown[column].astype(object).where(shown[column].notna(), "–")
    table = shown.to_html(index=False, border=0, classes="crm-table", na_rep="–")
    summary = escape(say("Table {name}", name=name))
    return (
        f'<details open><summary>{summary}</summary><div tabindex="0" role="group" aria-label="{summary}" '
        f'style="max-height: 18em; overflow: auto; width: 0; min-width: 100%;">{table}</div></details>'
    )
