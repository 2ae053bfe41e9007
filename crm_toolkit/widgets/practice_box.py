"""A practical task with a button: statement, what has to be there, three hints, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_toolkit import texts
from crm_toolkit.exercises import PracticeExercise, Verdict
from crm_toolkit.texts import say
from crm_toolkit.widgets import pieces

_HINTS = 3


class PracticeBox:
    """A practical task with controls; made by `practice`.

    Attributes
    ----------
    exercise : PracticeExercise
    verdict : Verdict or None
        The last one.
    attempts : list of str
        The codes of all checks, in order.
    hints_used : int
        How many hints were opened, 0 to 3.
    """

    def __init__(self, exercise: PracticeExercise, work: Any):
        self.exercise = exercise
        self.verdict: Verdict | None = None
        self.attempts: list[str] = []
        self.hints_used = 0
        self._work = work
        self._language = str(exercise.language or texts.language())
        with texts.language(self._language):
            self._box = None if pieces.static_wanted() else self._build(pieces.toolbox())

    def __repr__(self) -> str:
        return f"PracticeBox({self.exercise!r})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return pieces.bundle(self._box, self._statement(), **options)

    def _statement(self) -> str:
        with texts.language(self._language):
            wanted = "\n".join(f"- {sentence}" for sentence in self.exercise.wanted)
            return f"{self.exercise._repr_markdown_()}\n\n{say('The check looks for:')}\n\n{wanted}"

    def _build(self, tools: Any) -> Any:
        statement = tools.HTML(pieces.STYLE + pieces.html_of(self._statement()))
        check = tools.Button(
            description=say("Look at my work"), button_style="primary",
            tooltip=say("Check the work: {title}", title=self.exercise.title),
            layout=tools.Layout(width="auto"),
        )  # fmt: skip
        self._hint_button = tools.Button(
            description=self._hint_label(), tooltip=say("Show the next hint: {title}", title=self.exercise.title)
        )
        check.on_click(lambda _: self.check())
        self._hint_button.on_click(lambda _: self.hint())
        self._hint_button.on_click(lambda _: pieces.hand_on(self._hint_button, check))
        self._hints, self._verdict = tools.HTML(), tools.HTML()
        box = tools.VBox([statement, tools.HBox([check, self._hint_button]), self._hints, self._verdict])
        box.add_class("crm-box")
        return box

    def _hint_label(self) -> str:
        return say("Hint ({used} of {all})", used=self.hints_used, all=_HINTS)

    def check(self) -> Verdict:
        """Look at the work as it is now and show the verdict."""
        work = self._work() if isinstance(self._work, Callable) else self._work  # type: ignore[arg-type]
        self.verdict = self.exercise.check(work)
        if self.verdict.code != "NOT_ATTEMPTED":
            self.attempts.append(self.verdict.code)
        if self._box is not None:
            with texts.language(self._language):
                number = say("Attempt {number}", number=len(self.attempts)) if self.attempts else ""
            self._verdict.value = pieces.live(f"{self.verdict._repr_html_()}<small>{number}</small>")
        return self.verdict

    def hint(self) -> str:
        """Open the next hint and return it; past the third one the third is returned."""
        self.hints_used = min(self.hints_used + 1, _HINTS)
        with texts.language(self._language):
            hints = [self.exercise.hint(level) for level in range(1, self.hints_used + 1)]
            if self._box is not None:
                self._hint_button.description = self._hint_label()
                self._hint_button.disabled = self.hints_used == _HINTS
                names = [say("Hint {number}.", number=number) for number in range(1, _HINTS + 1)]
                said = "".join(pieces.html_of(f"**{name}** {hint}") for name, hint in zip(names, hints, strict=False))
                self._hints.value = pieces.live(said)
        return hints[-1]


def practice(exercise: PracticeExercise, work: Any) -> PracticeBox:
    """Check a practical task with a button.

    Parameters
    ----------
    exercise : PracticeExercise
        Made by `crm_toolkit.exercise`.
    work : object or callable
        What is looked at: a store, a role, a table; or a function without arguments that gives it.

    Returns
    -------
    PracticeBox
        Shown by a notebook. With ``CRM_STATIC=1`` the statement alone is shown.

    Raises
    ------
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> from crm_toolkit.exercises import exercise
    >>> practice(exercise("own_role", student="A-1"), None).check().status
    'not_attempted'
    """
    return PracticeBox(exercise, work)
