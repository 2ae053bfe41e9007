"""How the desk and the account look, and small pieces that both are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

from crm_toolkit.texts import language
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.html import Html, joined, tag

Spoken = TypeVar("Spoken", bound=Callable[..., Any])
CONSENT_VERSION = "2025-09"  # of the texts that a customer agrees to in `account`

STYLE = """<style>
.crm-box.crm-door { max-width: 82em; padding: 0.6em 1em; font-size: 14px; overflow: visible;
  --crm-line: #c9ced6; --crm-soft: #f4f6f9; --crm-ink: #1d2733; --crm-quiet: #55606e; --crm-blue: #1d5b99;
  color: var(--crm-ink); background: #fff; }
.crm-door .crm-name { font-size: 1.3em; margin: 0 0 0.2em; }
.crm-door h2 { font-size: 1.45em; margin: 0; font-weight: 650; color: var(--crm-ink); }
.crm-door h3 { font-size: 1.12em; margin: 0.9em 0 0.35em; font-weight: 650; color: var(--crm-ink); }
.crm-door p { margin: 0.25em 0; }
.crm-door .widget-html, .crm-door .widget-html-content { height: auto; margin: 0; min-width: 0; line-height: 1.45;
  font-size: 14px; overflow-wrap: anywhere; color: var(--crm-ink); }
.crm-door .widget-box, .crm-door .widget-vbox, .crm-door .widget-hbox { overflow: visible; }
.crm-quiet { color: var(--crm-quiet); }
.crm-row-wrap { flex-flow: row wrap; gap: 0.35em 0.5em; align-items: center; }
.crm-door .jupyter-button { width: auto; height: auto; min-height: 2em; line-height: 1.35; margin: 0;
  padding: 0.3em 0.8em; border: 1px solid var(--crm-line); border-radius: 5px; background: #fff;
  color: var(--crm-ink); font-size: 14px; white-space: normal; overflow: visible; text-align: center; }
.crm-door .jupyter-button:hover { background: var(--crm-soft); }
.crm-door .jupyter-button:focus-visible, .crm-door input:focus-visible, .crm-door select:focus-visible,
.crm-door textarea:focus-visible { outline: 2px solid var(--crm-blue); outline-offset: 1px; }
.crm-door .jupyter-button.mod-primary { background: var(--crm-blue); border-color: var(--crm-blue); color: #fff; }
.crm-door .jupyter-button.mod-primary:hover { background: #164a7e; }
.crm-door .jupyter-button.crm-on { border-color: var(--crm-blue); box-shadow: inset 0 -3px 0 var(--crm-blue);
  font-weight: 600; }
.crm-door .jupyter-button.crm-item { width: 100%; text-align: left; white-space: pre-line; padding: 0.45em 0.7em;
  border-width: 0 0 1px 4px; border-left-color: transparent; border-radius: 0; }
.crm-door .jupyter-button.crm-item.crm-on { background: #e9f1fa; border-left-color: var(--crm-blue);
  box-shadow: none; font-weight: 400; }
.crm-door .jupyter-button:disabled { opacity: 1; color: #6a7482; background: var(--crm-soft); }
.crm-panes { flex-flow: row nowrap; gap: 1.4em; align-items: flex-start; margin-top: 0.7em; }
.crm-panes > .crm-side { flex: 0 0 20em; min-width: 0; gap: 0.5em; }
.crm-panes > .crm-main { flex: 1 1 30em; min-width: 0; gap: 0.5em; }
.crm-door .crm-main, .crm-account { gap: 0.6em; }
.crm-head { flex-flow: row wrap; gap: 0.4em 1.2em; align-items: center; justify-content: space-between; }
.crm-head > .crm-row-wrap { gap: 0.4em 0.9em; }
.crm-search { flex-flow: row nowrap; gap: 0.4em; align-items: flex-end; }
.crm-search > .widget-text { flex: 1 1 auto; min-width: 0; }
.crm-door .widget-dropdown:not(.crm-stack) { width: auto; height: auto; margin: 0; }
.crm-door .widget-dropdown:not(.crm-stack) select { width: auto; }
.crm-door .crm-form > .jupyter-button, .crm-side > .jupyter-button { align-self: flex-start; }
.crm-doorway { padding: 0; }
.crm-two > .crm-half { flex: 1 1 26em; min-width: 0; border: 1px solid var(--crm-line); border-radius: 8px; }
.crm-two { flex-flow: row wrap; gap: 1em; align-items: flex-start; margin-top: 0.6em; }
.crm-list { border: 1px solid var(--crm-line); border-radius: 6px; gap: 0; }
.crm-card { border: 1px solid var(--crm-line); border-radius: 6px; padding: 0.7em 0.9em; background: #fff; }
.widget-box.crm-columns, .crm-columns { display: grid; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(19em, 100%), 1fr)); gap: 0 1.6em; }
.crm-chip { display: inline-block; border: 1px solid var(--crm-line); border-radius: 1em; padding: 0 0.6em;
  margin: 0.1em 0.3em 0.1em 0; font-size: 0.9em; background: #fff; color: var(--crm-ink); }
.crm-chip.crm-by-customer { border: 1px dashed #7a3e9d; color: #5d2a7d; }
.crm-chip.crm-late { border: 2px solid #a32a1d; color: #8c1d12; font-weight: 600; }
.crm-chip.crm-waits { border: 1px dashed #8a5a00; color: #6d4700; }
.crm-chip.crm-mask { border-style: dotted; color: var(--crm-quiet); }
.crm-facts { border-collapse: collapse; width: 100%; font-size: 14px; }
.crm-facts caption { text-align: left; font-weight: 650; font-size: 1.05em; padding: 0.5em 0 0.25em; }
.crm-door .crm-facts th, .crm-door .crm-facts td { text-align: left; vertical-align: top;
  padding: 0.22em 0.7em 0.22em 0; border-bottom: 1px solid #e4e7ec; font-weight: 400; overflow-wrap: break-word; }
.crm-door .crm-facts tbody th { color: var(--crm-quiet); width: 38%; overflow-wrap: normal; }
.crm-door .crm-facts thead th { color: var(--crm-quiet); font-size: 0.92em; }
.crm-door .crm-facts .crm-number { text-align: right; white-space: nowrap; }
.crm-door .crm-facts.crm-grid tbody th { width: auto; color: inherit; }
.crm-course { list-style: none; margin: 0; padding: 0; }
.crm-course > li { border-left: 3px solid var(--crm-line); padding: 0.1em 0 0.45em 0.7em; white-space: pre-line; }
.crm-scroll-y { max-height: 24em; overflow-y: auto; }
.crm-form { border: 1px solid var(--crm-line); border-radius: 6px; padding: 0.7em 0.9em; background: var(--crm-soft);
  gap: 0.4em; }
.crm-form h3 { margin: 0 0 0.2em; }
.crm-form .crm-fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17em, 100%), 1fr));
  gap: 0.5em 1em; align-items: start; }
.crm-form .crm-wide { grid-column: 1 / -1; }
.crm-form .crm-field { min-width: 0; }
.crm-field > .widget-text, .crm-field > .widget-textarea, .crm-field > .widget-dropdown, .crm-stack.widget-text,
.crm-stack.widget-dropdown { flex-direction: column; align-items: stretch; width: 100%; height: auto; margin: 0; }
.crm-field .widget-label, .crm-stack .widget-label { width: auto; max-width: none; text-align: left; height: auto;
  white-space: normal; line-height: 1.35; margin: 0 0 0.15em; font-size: 14px; color: var(--crm-ink); }
.crm-door .widget-text input[type="text"], .crm-door .widget-text input[type="password"],
.crm-door .widget-textarea textarea, .crm-door .widget-dropdown select { width: 100%; min-width: 0; font-size: 14px;
  height: 2.2em; border: 1px solid #8e97a3; border-radius: 4px; color: var(--crm-ink); background-color: #fff;
  padding: 0.2em 0.5em; flex: 0 0 auto; }
.crm-door .widget-textarea textarea { height: 6em; resize: vertical; line-height: 1.4; }
.crm-door input:disabled, .crm-door select:disabled { background: #eceff3; color: #55606e; opacity: 1; }
.crm-door .widget-checkbox { width: auto; height: auto; margin: 0; }
.crm-door .widget-checkbox label { white-space: normal; line-height: 1.4; height: auto; width: auto; max-width: none;
  font-size: 14px; color: var(--crm-ink); }
.crm-field.crm-wrong input, .crm-field.crm-wrong textarea, .crm-field.crm-wrong select {
  border: 2px solid #a32a1d; }
.crm-problem { color: #8c1d12; }
.crm-problem::before { content: "▲ "; }
.crm-hint { color: var(--crm-quiet); font-size: 0.92em; }
.crm-letter { border-left: 4px solid #a32a1d; padding: 0.2em 0.8em; white-space: pre-wrap; margin: 0.3em 0;
  background: #fff; }
.crm-done { border-left: 4px solid #2f6f4f; padding: 0.2em 0.8em; margin: 0.3em 0; background: #fff; }
.crm-door pre { white-space: pre-wrap; font-family: inherit; margin: 0.2em 0; }
.crm-door .widget-vbox:empty, .crm-door .widget-hbox:empty { display: none; }
.crm-card { overflow-x: auto; }
.crm-card + .crm-card, .crm-card + .crm-hint, .crm-hint + .crm-card { margin-top: 0.5em; }
.crm-desk { container-type: inline-size; width: 100%; }
.crm-box.crm-doors { max-width: 110em; }
.crm-doors .crm-desk { flex-grow: 1.5; }
@container (max-width: 52em) {
  .crm-panes { flex-flow: row wrap; }
  .crm-panes > .crm-side, .crm-panes > .crm-main { flex: 1 1 100%; }
  .crm-panes .crm-list { max-height: 19em; overflow-y: auto; flex-wrap: nowrap; }
  .crm-panes .crm-list > .crm-item { flex: none; }
}
</style>"""


def html_area(content: str = "", *names: str) -> Any:
    """A widget that shows HTML."""
    area = pieces.toolbox().HTML(content)
    for name in names:
        area.add_class(name)
    return area


def button(text: str, press: Callable[[], Any], *names: str, primary: bool = False) -> Any:
    """A button that speaks the language in which it was made."""
    made = pieces.toolbox().Button(description=text, button_style="primary" if primary else "")
    for name in names:
        made.add_class(name)
    pressed = in_language(press)
    made.on_click(lambda _: pressed())
    return made


def line(children: Iterable[Any], *names: str) -> Any:
    """Widgets beside each other, wrapped where they don't fit."""
    made = pieces.toolbox().HBox(list(children))
    for name in names or ("crm-row-wrap",):
        made.add_class(name)
    return made


def column(children: Iterable[Any], *names: str) -> Any:
    """Widgets under each other."""
    made = pieces.toolbox().VBox(list(children))
    for name in names:
        made.add_class(name)
    return made


def in_language(call: Callable[..., Any]) -> Callable[..., Any]:
    """The call, made in the language that is spoken now whoever calls it later."""
    code = str(language())

    def spoken(*arguments: Any, **options: Any) -> Any:
        with language(code):
            return call(*arguments, **options)

    return spoken


def own_language(method: Spoken) -> Spoken:
    """A method that speaks the language in which its object was made (``_language``), whoever calls it."""

    @wraps(method)
    def spoken(self: Any, *arguments: Any, **options: Any) -> Any:
        with language(self._language):
            return method(self, *arguments, **options)

    return cast(Spoken, spoken)


def switched(widget: Any, on: bool) -> None:
    """Show whether a button is the one chosen."""
    (widget.add_class if on else widget.remove_class)("crm-on")


def chip(text: object, *names: str) -> Html:
    """A short mark with words in it."""
    return tag("span", text, class_=" ".join(("crm-chip", *names)))


def facts(caption: str, rows: Iterable[tuple[object, object]]) -> Html:
    """A table of names and values."""
    body = joined(tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in rows)
    return tag("table", tag("caption", caption), tag("tbody", body), class_="crm-facts")


def grid(caption: str, heads: Iterable[str], rows: Iterable[Iterable[object]], numbers: Iterable[int] = ()) -> Html:
    """A table with headings; the columns whose places are in ``numbers`` stand to the right."""
    right = set(numbers)

    def one(name: str, place: int, value: object, **more: object) -> Html:
        return tag(name, value, class_="crm-number" if place in right else None, **more)

    head = joined(one("th", place, text, scope="col") for place, text in enumerate(heads))
    body = joined(
        tag("tr", joined(one("td" if place else "th", place, value, scope=None if place else "row")
                         for place, value in enumerate(row)))
        for row in rows
    )  # fmt: skip
    return tag("table", tag("caption", caption), tag("thead", tag("tr", head)), tag("tbody", body),
               class_="crm-facts crm-grid")  # fmt: skip


def letter(text: str) -> Html:
    """A refusal, read aloud at once."""
    return tag("div", text, class_="crm-letter", role="alert")


def told(text: object) -> Html:
    """What was done, read aloud when there is time."""
    return tag("div", text, class_="crm-done", role="status")
