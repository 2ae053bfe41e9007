"""A box to answer an exercise in: statement, field or small table of fields, Check, three hints, verdict."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from crm_toolkit import texts
from crm_toolkit.exercises import Exercise, Verdict
from crm_toolkit.texts import say
from crm_toolkit.widgets import pieces

_HINTS = 3


class AnswerBox:
    """An exercise with controls; made by `answer`.

    Attributes
    ----------
    exercise : Exercise
    verdict : Verdict or None
        The last one.
    attempts : list of str
        The codes of all checks that were not empty, in order.
    hints_used : int
        How many hints were opened, 0 to 3.
    """

    def __init__(self, exercise: Exercise):
        self.exercise = exercise
        self.verdict: Verdict | None = None
        self.attempts: list[str] = []
        self.hints_used = 0
        self._language = str(exercise.language or texts.language())
        self._fields: dict[tuple[str, str], Any] = {}
        with self._speaking():
            self._box = None if pieces.static_wanted() else self._build(pieces.toolbox())

    def __repr__(self) -> str:
        return f"AnswerBox({self.exercise!r})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return pieces.bundle(self._box, self.exercise._repr_markdown_(), **options)

    def _speaking(self) -> Any:
        return texts.language(self._language)

    def _build(self, tools: Any) -> Any:
        own = self.exercise
        tables = "".join(
            pieces.table_html(name, value) for name, value in own.data.items() if isinstance(value, pd.DataFrame)
        )
        statement = tools.HTML(pieces.STYLE + pieces.html_of(own._repr_markdown_()) + tables)
        check = tools.Button(
            description=say("Check"), button_style="primary", tooltip=say("Check the answer: {title}", title=own.title)
        )
        self._hint_button = tools.Button(
            description=self._hint_label(), tooltip=say("Show the next hint: {title}", title=own.title)
        )
        check.on_click(lambda _: self.check())
        self._hint_button.on_click(lambda _: self.hint())
        self._hint_button.on_click(lambda _: pieces.hand_on(self._hint_button, check))
        self._hints = tools.HTML()
        self._verdict = tools.HTML()
        fields = self._build_table(tools) if own.columns else self._build_field(tools)
        box = tools.VBox([statement, fields, tools.HBox([check, self._hint_button]), self._hints, self._verdict])
        box.add_class("crm-box")
        return box

    def _field(self, tools: Any, column: str, customer: str, name: str, **layout: Any) -> Any:
        field = tools.Text(
            description=name, tooltip=name, layout=tools.Layout(**layout), style={"description_width": "initial"}
        )
        pieces.on_enter(field, self.check)
        self._fields[column, customer] = field
        return field

    def _build_field(self, tools: Any) -> Any:
        field = self._field(tools, "", "", say("Answer:"), width="22em")
        field.placeholder = say("a number, such as 0.5 or 50%")
        return field

    def _build_table(self, tools: Any) -> Any:
        own = self.exercise
        first = _width(own.task.key, *own.customers)
        heads = [_cell(tools, name, _width(name)) for name in own.columns]
        rows = [tools.HBox([_cell(tools, own.task.key, first), *heads])]
        for customer in own.customers:
            fields = [
                self._field(tools, name, customer, f"{customer}, {name}", width=_width(name), flex="0 0 auto")
                for name in own.columns
            ]
            for field in fields:
                field.add_class("crm-hidden-label")
            named = _cell(tools, customer, first)
            rows.append(tools.HBox([named, *fields], layout=tools.Layout(align_items="center")))
        return tools.VBox(rows)

    def _hint_label(self) -> str:
        return say("Hint ({used} of {all})", used=self.hints_used, all=_HINTS)

    def _given(self) -> Any:
        if not self.exercise.columns:
            return self._fields["", ""].value
        table: dict[str, dict[str, str]] = {name: {} for name in self.exercise.columns}
        for (column, customer), field in self._fields.items():
            table[column][customer] = field.value
        return table

    def check(self, given: object = None) -> Verdict:
        """Check what stands in the fields, or ``given``, and show the verdict."""
        verdict = self.exercise.check(self._given() if given is None and self._box is not None else given)
        self.verdict = verdict
        if verdict.code != "NOT_ATTEMPTED":
            self.attempts.append(verdict.code)
        if self._box is not None:
            with self._speaking():
                number = say("Attempt {number}", number=len(self.attempts)) if self.attempts else ""
            self._verdict.value = pieces.live(f"{verdict._repr_html_()}<small>{number}</small>")
        return verdict

    def hint(self) -> str:
        """Open the next hint and return it; past the third one the third is returned."""
        self.hints_used = min(self.hints_used + 1, _HINTS)
        with self._speaking():
            hints = [self.exercise.hint(level) for level in range(1, self.hints_used + 1)]
            if self._box is not None:
                self._hint_button.description = self._hint_label()
                self._hint_button.disabled = self.hints_used == _HINTS
                names = [say("Hint {number}.", number=number) for number in range(1, _HINTS + 1)]
                said = "".join(pieces.html_of(f"**{name}** {hint}") for name, hint in zip(names, hints, strict=False))
                self._hints.value = pieces.live(said)
        return hints[-1]


def _width(*names: str) -> str:
    """Wide enough for names in letters of one width, and for a number."""
    return f"{max(8.0, 0.65 * max(map(len, names)) + 1):g}em"


def _cell(tools: Any, text: str, width: str) -> Any:
    return tools.HTML(f"<code>{escape(text)}</code>", layout=tools.Layout(width=width, flex="0 0 auto"))


def answer(exercise: Exercise) -> AnswerBox:
    """Answer an exercise in a box instead of in code.

    Parameters
    ----------
    exercise : Exercise
        Made by `crm_toolkit.exercise`.

    Returns
    -------
    AnswerBox
        Shown by a notebook; Enter in a field and the button both check. With ``CRM_STATIC=1`` the statement
        alone is shown. ``.verdict .attempts .hints_used`` tell what has happened.

    Raises
    ------
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> from crm_toolkit.exercises import exercise
    >>> box = answer(exercise("retention_rate", student="A-1"))
    >>> box.check().status
    'not_attempted'
    """
    return AnswerBox(exercise)
