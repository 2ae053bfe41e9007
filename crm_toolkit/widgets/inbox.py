"""A day at the inbox: read, choose what to do and how long, watch the clock; in the evening, others beside you.

The widget holds moves and nothing else; what they come to is `exercises.inbox`.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from crm_toolkit.errors import CRMError
from crm_toolkit.exercises import inbox
from crm_toolkit.exercises.inbox import ANSWERS, KINDS, TASKS, URGENCIES, Event, InboxResult, Move, clock_of
from crm_toolkit.exercises.inbox.play import WAIT
from crm_toolkit.texts import format_number, language, mark, say, say_count
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.explorer import STYLE as TABLE_STYLE
from crm_toolkit.widgets.explorer import Sentence
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.inbox_evening import evening, evening_html
from crm_toolkit.widgets.store_style import STYLE, button, chip, column, html_area, letter, line, own_language, told
from crm_toolkit.widgets.tables import Table

_LOOK = """<style>
.crm-box.crm-inbox .crm-list { max-height: 34em; overflow-y: auto; flex-wrap: nowrap; }
.crm-inbox .crm-list > .crm-item { flex: none; }
.crm-inbox blockquote { font-size: 1.12em; margin: 0.4em 0 0.8em; padding: 0.1em 0 0.1em 0.9em;
  border-left: 4px solid var(--crm-blue); }
.crm-inbox .widget-inline-hbox { width: auto; max-width: 100%; height: auto; align-items: center; margin: 0; }
.crm-inbox .widget-inline-hbox .widget-label { width: auto; max-width: none; height: auto; font-size: 14px;
  color: var(--crm-ink); }
.crm-inbox input[type="number"] { width: 5.5em; flex: 0 0 auto; }
.crm-box.crm-inbox, .crm-inbox > * { flex: none; }
.crm-inbox .crm-table th, .crm-inbox .crm-table td { text-align: left; overflow-wrap: normal; vertical-align: top; }
</style>"""
SHORT = 64
TASK = mark(
    "Forty things come in on this day, and there are minutes for about two thirds of them. The label was given by a "
    "sorter that reads single words; the text is yours to read. Take what you think should be next, say what it is, "
    "choose what to do and how long."
)


class ServiceInbox:
    """A day of the client relations department; made by `service_inbox`.

    Attributes
    ----------
    day : exercises.inbox.InboxDay
    moves : list of Move
        What was done so far.
    chosen : str or None
        The event that is open on the desk.
    ended : bool
        Whether the day was ended.
    box : widget or None
    """

    def __init__(self, student: object, salt: str = ""):
        self._language = str(language())
        self.day = inbox.draw_day(student, salt=salt)
        self.moves: list[Move] = []
        self.chosen: str | None = None
        self.ended = False
        self.box: Any = None
        if not pieces.static_wanted():
            self._build(pieces.toolbox())

    def __repr__(self) -> str:
        return f"ServiceInbox({self.day.organisation!r}, moves={len(self.moves)}, ended={self.ended})"

    @property
    def standing(self) -> inbox.Standing:
        """The clock, what was done, what is open."""
        return inbox.play(self.day, self.moves)

    @property
    def result(self) -> InboxResult | None:
        """What the day was worth; ``None`` until it is ended."""
        return inbox.result_of(self.day, self.moves) if self.ended else None

    @own_language
    def do(self, event: str, answer: str, minutes: int | None = None, task: str = "") -> None:
        """Do one event; without minutes, as long as this answer usually takes."""
        usual = ANSWERS[answer].minutes if answer in ANSWERS else 0
        self._move(Move(event, answer, usual if minutes is None else minutes, task))

    @own_language
    def wait(self) -> None:
        """Wait for the next event."""
        self._move(Move(WAIT))

    @cached_property
    def rules(self) -> dict[str, InboxResult]:
        """What each rule makes of this day."""
        return {name: inbox.result_of(self.day, inbox.moves_of(self.day, name)) for name in inbox.POLICIES}

    def _evening_parts(self) -> list[Any]:
        return evening(self.day, self.result, self.rules)

    def _move(self, move: Move) -> None:
        said = ""
        try:
            if not self.ended:
                inbox.play(self.day, [*self.moves, move])
                self.moves.append(move)
                self.chosen = None
                said = self._done(move)
        except CRMError as refusal:
            said = letter(str(refusal))
            if self.box is None:
                raise
        self._show(said)

    @own_language
    def undo(self) -> None:
        """Take back the last move; the clock goes back with it."""
        if self.moves:
            self.moves.pop()
        self.ended, self.chosen = False, None
        self._show()

    @own_language
    def end(self) -> None:
        """Go home: see what the day was worth."""
        self.ended, self.chosen = True, None
        self._show()

    @own_language
    def open(self, event: str) -> None:
        """Put an event on the desk."""
        self.chosen = event
        self._show()

    def _build(self, tools: Any) -> None:
        self._head, self._said, self._evening = html_area(), html_area(), html_area()
        self._list, self._text = column([], "crm-list"), html_area()
        empty = [(say("not said"), "")]
        self._task = tools.Dropdown(options=empty + [(say(text), code) for code, text in TASKS.items()],
                                    description=say("Task of the department"))  # fmt: skip
        self._answer = tools.Dropdown(
            options=[(say("choose"), ""), *((_answer_text(code), code) for code in ANSWERS)],
            description=say("What to do"),
        )
        self._minutes = tools.BoundedIntText(value=5, min=1, max=120, description=say("Minutes"))
        self._minutes.style.description_width = "initial"
        for one in (self._task, self._answer):
            one.add_class("crm-stack")
        self._answer.observe(self._usual, names="value")
        go = button(say("Do it"), self._go, primary=True)
        self._form = column([self._text, self._task, self._answer, self._minutes, go], "crm-form")
        self._form.layout.display = "none"
        tools_row = line([
            button(say("Wait for the next one"), self.wait), button(say("Undo the last move"), self.undo),
            button(say("End the day"), self.end),
        ])  # fmt: skip
        side, main = column([self._list], "crm-side"), column([self._form, self._said], "crm-main")
        self._panes = line([side, main], "crm-panes")
        style = html_area(pieces.STYLE + TABLE_STYLE + STYLE + _LOOK)
        parts = [style, self._head, tools_row, self._panes, self._evening]
        self.box = column(parts, "crm-box", "crm-widget", "crm-door", "crm-desk", "crm-inbox")
        self._show()

    def _usual(self, change: Any) -> None:
        if change["new"]:
            self._minutes.value = ANSWERS[change["new"]].minutes

    def _go(self) -> None:
        if self.chosen:
            self._move(Move(self.chosen, self._answer.value, self._minutes.value, self._task.value))

    def _done(self, move: Move) -> Html:
        if move.event == WAIT:
            return told(say("You waited until {clock}.", clock=_clock(self.standing.minute)))
        return told(say("Done by {clock}: {what}.", clock=_clock(self.standing.minute),
                        what=say(ANSWERS[move.answer].title)))  # fmt: skip

    def _show(self, said: str = "") -> None:
        if self.box is None:
            return
        standing = self.standing
        self._head.value = self._head_html(standing)
        self._said.value = said if said or self.chosen or self.ended else tag("p", say("Open one at the left."))
        self._list.children = [] if self.ended else [self._item(self.day[name], standing) for name in standing.open]
        self._panes.layout.display = "none" if self.ended else ""
        self._form.layout.display = "" if self.chosen else "none"
        if self.chosen:
            one = self.day[self.chosen]
            self._text.value = joined([tag("h3", say(KINDS[one.kind]).capitalize()), tag("blockquote", one.text),
                                       tag("p", *_chips(one, standing.minute))])  # fmt: skip
            self._answer.value, self._task.value = "", ""
        self._evening.value = evening_html(self._evening_parts()) if self.ended else ""

    def _head_html(self, standing: inbox.Standing) -> Html:
        title = say("Client relations department: {name}", name=self.day.names[self._language])
        if self.ended:
            return tag("h2", title)
        told_so = say("{clock}, {left} working minutes left; open: {open}, done: {done}.",
                      clock=_clock(standing.minute), left=format_number(standing.left),
                      open=format_number(len(standing.open)), done=format_number(len(standing.done)))  # fmt: skip
        return joined(
            [tag("h2", title), tag("p", say(TASK), class_="crm-quiet"), tag("p", tag("b", told_so), role="status")]
        )

    def _item(self, one: Event, standing: inbox.Standing) -> Any:
        text = one.text if len(one.text) <= SHORT else one.text[: SHORT - 1].rstrip() + "…"
        facts = "; ".join([say(KINDS[one.kind]), _due(one, standing.minute), *_margin(one)])
        names = ("crm-item", "crm-on") if one.id == self.chosen else ("crm-item",)
        return button(f"{text}\n{facts}", partial(self.open, one.id), *names)

    @own_language
    def _ipython_display_(self) -> None:
        from IPython.display import display

        if self.box is not None:
            display(self.box)
            return
        for part in self.static_parts():
            display(part)

    @own_language
    def static_parts(self) -> list[Any]:
        """The static copy: what the task is, what lies in the inbox in the morning, what the rules come to."""
        morning = inbox.play(self.day, []).open
        rows = []
        for one in map(self.day.__getitem__, morning):
            rows.append(
                (one.text, say(KINDS[one.kind]), _due(one, 0), format_number(one.margin) if one.margin else "–")
            )
        heads = (say("Text"), say("Label"), say("Deadline by the label"), say("Margin of a year"))
        title = say("Client relations department: {name}", name=self.day.names[self._language])
        caption = say_count("In the inbox at 9:00 ({count} event)", "In the inbox at 9:00 ({count} events)", len(rows))
        return [Sentence(title, strong=True), Sentence(say(TASK)), Table(caption, heads, tuple(rows)),
                *self._evening_parts()]  # fmt: skip


def _answer_text(code: str) -> str:
    return say("{title} ({minutes} min)", title=say(ANSWERS[code].title), minutes=ANSWERS[code].minutes)


def _clock(minute: int) -> str:
    return clock_of(minute).strftime("%H:%M")


def _due(one: Event, minute: int) -> str:
    if one.label_due < minute:
        return say("overdue by the label")
    moment, today = clock_of(one.label_due), clock_of(0)
    if moment.date() == today.date():
        return say("by {clock}", clock=moment.strftime("%H:%M"))
    return say("not today")


def _margin(one: Event) -> list[str]:
    return [say("brings {margin} a year", margin=format_number(one.margin))] if one.margin else []


def _chips(one: Event, minute: int) -> list[Html]:
    late = one.label_due < minute
    came = say("came at {clock}", clock=_clock(one.arrives))
    label = say("label: {urgency}", urgency=say(URGENCIES[one.label]))
    return [chip(came), chip(label), chip(_due(one, minute), *(["crm-late"] if late else [])), *map(chip, _margin(one))]


def service_inbox(student: str, *, salt: str = "") -> ServiceInbox:
    """Work through a day of the client relations department, and compare yourself with rules that work otherwise.

    Parameters
    ----------
    student : str
        Your id: it gives you an organisation and a day of your own.
    salt : str
        An instructor's word that gives everybody another day.

    Returns
    -------
    ServiceInbox
        A notebook shows the inbox, the clock and, when the day is ended, what it was worth. ``.do(event, answer,
        minutes)``, ``.wait()``, ``.undo()``, ``.end()`` play it from code. With ``CRM_STATIC=1`` there is only the
        static copy.

    Raises
    ------
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> day = service_inbox("A-1")
    >>> day.do(day.standing.open[0], "reply")
    >>> day.standing.minute, len(day.standing.done), day.result is None
    (12, 1, True)
    >>> day.end()
    >>> 0 < day.result.kept < 1
    True
    """
    return ServiceInbox(student, salt)
