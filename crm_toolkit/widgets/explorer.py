"""The common frame of what-if widgets: controls → a function → areas, a sentence with the conclusion, a static copy.

The function is an ordinary one: it takes the values of the controls and returns a `View`. The frame calls it when a
control has come to rest, shows a refusal as a letter and never as a traceback, and stays in the language in which
it was made.

What a notebook shows is the box and, under it, a static copy, drawn once. The copy is hidden while the box lives beside
it; an export, which drops the box, keeps it. With ``CRM_STATIC=1`` there is only the copy.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from crm_toolkit.errors import CRMError
from crm_toolkit.plots import Picture
from crm_toolkit.texts import NO_FORMULAS, language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.tables import Table

REST_SECONDS = 0.15

STYLE = """<style>
.crm-box.crm-live { max-width: 90em; }
.crm-live > .widget-html, .crm-live .crm-row > .widget-html { margin: 0; height: auto; min-width: 0; flex: 0 1 auto; }
.crm-live .crm-row > .crm-area-table { flex: 1 1 44em; }
.crm-live .crm-row > .crm-area-picture { flex: 0 1 auto; }
.crm-live .crm-beside { flex-flow: row wrap; gap: 0.6em 1.6em; align-items: flex-start; overflow: visible; }
.crm-live .crm-beside > .crm-beside-left { flex: 0 1 23em; min-width: 18em; gap: 0.25em; overflow: visible; }
.crm-live .crm-beside-left .widget-inline-hbox { width: 23em; max-width: 100%; height: auto; align-items: center; }
.crm-live .crm-beside-left .widget-label { flex: 1 1 auto; width: auto; max-width: none; height: auto;
  white-space: normal; line-height: 1.3; text-align: left; }
.crm-live .crm-beside-left input[type="number"], .crm-live .crm-beside-left select { flex: 0 0 auto; width: 6.5em; }
.crm-live .crm-beside-left select { width: 11em; }
.crm-live .crm-beside > .crm-beside-right { flex: 1 1 30em; min-width: 0; margin: 0; height: auto; }
.crm-live .crm-beside-left > .crm-row { gap: 0.25em 1em; }
.crm-live .crm-table tbody th { white-space: nowrap; }
.crm-live .crm-row { flex-flow: row wrap; gap: 0.4em 1.5em; align-items: flex-start; overflow: visible; }
.crm-live .widget-html-content p { margin: 0.4em 0; }
.crm-live .crm-conclusion p:first-child { font-size: 1.08em; font-weight: 600; }
.crm-live.crm-busy { opacity: 0.6; cursor: progress; }
.crm-letter { border-left: 4px solid #b3261e; padding: 0.2em 0.8em; white-space: pre-wrap; margin: 0.4em 0; }
.crm-scroll { overflow-x: auto; max-width: 100%; }
.crm-table caption { caption-side: top; text-align: left; font-weight: 600; padding: 0.3em 0; white-space: nowrap; }
.crm-table th { font-weight: 600; text-align: right; }
.crm-table th:first-child { text-align: left; }
.crm-table tbody th { font-weight: 400; }
.crm-table thead tr { border-bottom: 1px solid currentColor; }
.jp-OutputArea:has(.crm-live) .crm-static { display: none; }
</style>"""


@dataclass(frozen=True)
class View:
    """What a function shows for one setting of the controls.

    Parameters
    ----------
    conclusion : str
        The main thing, a sentence or two in plain text.
    areas : mapping of str to Picture or Table
        What is shown, by the area's name.
    result : object
        The frames behind it, for code.
    notes : tuple of str
        Remarks, such as what was left out.
    """

    conclusion: str
    areas: Mapping[str, Picture | Table]
    result: Any = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """Plain text of a static copy, as a notebook shows it."""

    text: str
    strong: bool = False

    @property
    def html(self) -> str:
        """The text as a paragraph."""
        said = escape(self.text, quote=False)
        return f"<p><strong>{said}</strong></p>" if self.strong else f"<p>{said}</p>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        html = f'<div class="{NO_FORMULAS}">{self.html}</div>'
        return {"text/html": html, "text/markdown": self.text, "text/plain": self.text}


class Explorer:
    """Controls over a function.

    Parameters
    ----------
    look : callable
        Takes the values of the controls by name and returns a `View`.
    controls : callable
        Makes the controls, by name; called only if they are going to be shown.
    start : mapping
        The values that the controls start with.
    rows : sequence of sequence of str
        Where names of controls and areas stand; the area ``"conclusion"`` stands where it is named.
    beside : str
        The area that stands at the right of all controls, before the other rows; empty if none does.

    Attributes
    ----------
    view : View or None
        What is shown now; ``None`` while the controls ask for something that can't be done.
    controls : dict
        The controls by name; empty with ``CRM_STATIC=1``.
    """

    def __init__(
        self,
        look: Callable[..., View],
        *,
        controls: Callable[[], Mapping[str, Any]],
        start: Mapping[str, Any],
        rows: Sequence[Sequence[str]],
        beside: str = "",
    ):
        self._look, self._rows, self._beside = look, rows, beside
        self._language = str(language())
        self._pending: asyncio.TimerHandle | None = None
        self.view: View | None = None
        self.first = look(**start)
        self.view = self.first
        self.controls: dict[str, Any] = {}
        self.box: Any = None
        if not pieces.static_wanted():
            self.controls = dict(controls())
            self._build()

    @property
    def result(self) -> Any:
        """The frames behind what is shown now; ``None`` while nothing can be shown."""
        return self.view.result if self.view else None

    def refresh(self) -> None:
        """Call the function with what the controls say now, and show what it returns or why it refused."""
        self._pending = None
        spoken: Any = language(self._language)
        with spoken:
            self.box.add_class("crm-busy")
            try:
                self.view = self._look(**{name: control.value for name, control in self.controls.items()})
                self._show(self.view)
            except CRMError as letter:
                self._refuse(str(letter))
            except Exception as error:
                self._refuse(say("This can't be shown: {kind}: {reason}", kind=type(error).__name__, reason=error))
            finally:
                self.box.remove_class("crm-busy")

    def _build(self) -> None:
        tools = pieces.toolbox()
        self._areas = {name: tools.HTML() for row in self._rows for name in row if name not in self.controls}
        self._areas["conclusion"].add_class("crm-conclusion")
        for name, part in self.first.areas.items():
            self._areas[name].add_class("crm-area-table" if isinstance(part, Table) else "crm-area-picture")
        parts = {**self._areas, **self.controls}
        lines: list[Any] = []
        left: list[Any] = []
        for row in self._rows:
            held = [parts[name] for name in row if name != self._beside]
            if not held:
                continue
            line = tools.HBox(held)
            line.add_class("crm-row")
            (left if self._beside and set(row) <= set(self.controls) else lines).append(line)
        if self._beside:
            lines.insert(0, self._bench(tools, left))
        self.box = tools.VBox([tools.HTML(pieces.STYLE + STYLE), *lines])
        for name in ("crm-box", "crm-widget", "crm-live"):
            self.box.add_class(name)
        self._show(self.first)
        for control in self.controls.values():
            control.observe(self._changed, names="value")

    def _bench(self, tools: Any, lines: Sequence[Any]) -> Any:
        """The controls at the left of the picture, where there is room."""
        left, right = tools.VBox(list(lines)), self._areas[self._beside]
        bench = tools.HBox([left, right])
        for part, name in ((left, "crm-beside-left"), (right, "crm-beside-right"), (bench, "crm-beside")):
            part.add_class(name)
        return bench

    def _changed(self, _change: Any) -> None:
        """Wait until the control rests, then refresh; at once where no loop runs."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.refresh()
            return
        if self._pending is not None:
            self._pending.cancel()
        self._pending = loop.call_later(REST_SECONDS, self.refresh)

    def _show(self, view: View) -> None:
        said = "".join(Sentence(text).html for text in (view.conclusion, *view.notes))
        self._areas["conclusion"].value = f'<div role="status">{said}</div>'
        for name, part in view.areas.items():
            self._areas[name].value = part.html

    def _refuse(self, letter: str) -> None:
        self.view = None
        self._areas["conclusion"].value = f'<div role="alert" class="crm-letter">{escape(letter, quote=False)}</div>'
        for name, area in self._areas.items():
            if name != "conclusion":
                area.value = ""

    def static_parts(self) -> list[Any]:
        """The static copy in parts, each of which a notebook can show: sentences, pictures, tables."""
        sentences = [Sentence(self.first.conclusion, strong=True), *map(Sentence, self.first.notes)]
        return [*sentences, *self.first.areas.values()]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if self.box is None:
            for part in self.static_parts():
                display(part)
            return
        display(self.box)
        display(_together(self.static_parts()), raw=True)


def _together(parts: Sequence[Any]) -> dict[str, str]:
    """A static copy as one output, which the living box can hide."""
    html = "".join(part.html for part in parts)
    markdown = [_markdown(part) for part in parts]
    text = [part.alt if isinstance(part, Picture) else getattr(part, "text", "") for part in parts]
    return {
        "text/html": f'<div class="crm-static {NO_FORMULAS}">{html}</div>',
        "text/markdown": "\n\n".join(markdown),
        "text/plain": "\n\n".join(text),
    }


def _markdown(part: Any) -> str:
    if isinstance(part, Picture):
        alt = part.alt.replace("[", "(").replace("]", ")")
        return f"![{alt}](data:image/png;base64,{base64.b64encode(part.png).decode('ascii')})"
    return part.markdown if isinstance(part, Table) else part.text
