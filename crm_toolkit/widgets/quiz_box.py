"""A quiz of single choices: every choice, right or wrong, answers with its own diagnosis."""

from __future__ import annotations

from functools import partial
from typing import Any

from crm_toolkit import texts
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import bank, progress
from crm_toolkit.exercises.quiz import Quiz, QuizItem
from crm_toolkit.exercises.verdict import make_verdict
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say, say_count
from crm_toolkit.widgets import pieces


class QuizBox:
    """A quiz with controls; made by `quiz`.

    Attributes
    ----------
    first_choices : dict
        Item → number of the choice that was checked first.
    """

    def __init__(self, declared: Quiz):
        self.quiz = declared
        self.first_choices: dict[str, int] = {}
        self._language = str(texts.language())
        self._radios: dict[str, Any] = {}
        self._answers: dict[str, Any] = {}
        self._box = None if pieces.static_wanted() else self._build(pieces.toolbox())

    def __repr__(self) -> str:
        return f"QuizBox({self.quiz.id!r}, {self.right_at_first} of {len(self.quiz.items)} right at first)"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        with texts.language(self._language):
            return pieces.bundle(self._box, _static(self.quiz), **options)

    @property
    def right_at_first(self) -> int:
        """How many items were right at the first check."""
        return sum(item.choices[self.first_choices[item.id]].right for item in self._tried())

    def _tried(self) -> list[QuizItem]:
        return [item for item in self.quiz.items if item.id in self.first_choices]

    def _build(self, tools: Any) -> Any:
        rows = [tools.HTML(f"{pieces.STYLE}<p><strong>{say(self.quiz.title)}</strong></p>")]
        for number, item in enumerate(self.quiz.items, start=1):
            question = tools.HTML(pieces.html_of(f"**{number}.** {say(item.question)}"))
            radios = tools.RadioButtons(options=[say(choice.text) for choice in item.choices], value=None)
            radios.add_class("crm-choices")
            check = tools.Button(description=say("Check"), tooltip=say("Check question {number}", number=number))
            check.on_click(partial(self._clicked, item))
            self._radios[item.id], self._answers[item.id] = radios, tools.HTML()
            rows.append(tools.VBox([question, radios, check, self._answers[item.id]]))
        self._summary = tools.HTML()
        box = tools.VBox([*rows, self._summary])
        box.add_class("crm-box")
        return box

    def _clicked(self, item: QuizItem, _button: Any) -> None:
        self.check(item.id, self._radios[item.id].index)

    def check(self, item_id: str, choice: int | None) -> str:
        """Check one choice of an item (counted from 0) and return its diagnosis."""
        item = next(one for one in self.quiz.items if one.id == item_id)
        with texts.language(self._language):
            if choice is None:
                verdict = make_verdict("not_attempted", 0, "NOT_ATTEMPTED", say("Choose one of the answers first."))
            else:
                chosen = item.choices[choice]
                self.first_choices.setdefault(item_id, choice)
                status, code = ("right", "RIGHT") if chosen.right else ("wrong", f"{item.id}_{choice}".upper())
                verdict = make_verdict(status, float(chosen.right), code, say(chosen.diagnosis))
                progress.note("quiz", self.quiz.lesson, f"{self.quiz.id}:{item.id}", status, code)
            if self._box is not None:
                self._answers[item_id].value = pieces.live(verdict._repr_html_())
                if len(self.first_choices) == len(self.quiz.items):
                    self._summary.value = pieces.live(pieces.html_of(self._said_summary()))
        return verdict.message

    def _said_summary(self) -> str:
        return say_count(
            "**{count} of {all} was right at the first try.**",
            "**{count} of {all} were right at the first try.**",
            self.right_at_first,
            all=len(self.quiz.items),
        )


def _static(declared: Quiz) -> str:
    lines = [f"### {say(declared.title)}"]
    for number, item in enumerate(declared.items, start=1):
        lines.append(f"**{number}.** {say(item.question)}")
        lines.append("\n".join(f"- {say(choice.text)}" for choice in item.choices))
    return "\n\n".join(lines)


def quiz(quiz_id: str) -> QuizBox:
    """Test yourself: which wrong idea hides behind a wrong choice?

    Parameters
    ----------
    quiz_id : str
        The name of a quiz of the bank, such as ``"start"`` or ``"ranking"``.

    Returns
    -------
    QuizBox
        Shown by a notebook. With ``CRM_STATIC=1`` questions and choices are shown without controls.

    Raises
    ------
    InputError
        If there is no such quiz.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> test = quiz("ranking")
    >>> print(test.check("ties", 2))
    Yes. Equal customers share a score, even if a class stays empty: equal sizes are only a wish.
    """
    known = bank.every_quiz()
    if quiz_id not in known:
        close = near_misses(str(quiz_id), known)
        problem = Problem(
            "unknown_quiz",
            say("There is no quiz “{id}”.", id=quiz_id),
            found=say("Available: {names}.", names=join_names(known, most=30)),
            advice=say("Did you mean “{close}”?", close=close[0]) if close else "",
        )
        raise InputError(say("The quiz can't be opened."), [problem])
    return QuizBox(known[quiz_id])
