"""A prediction: commit to a guess before the truth is computed, then see both side by side."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from crm_toolkit import texts
from crm_toolkit.exercises import bank, progress
from crm_toolkit.exercises.answers import read_number
from crm_toolkit.exercises.quiz import Prediction
from crm_toolkit.texts import format_number, format_percent, say
from crm_toolkit.widgets import pieces


@dataclass(frozen=True)
class Revealed:
    """A guess and the truth; a notebook shows them as two bars with their numbers."""

    guess: float | str | None
    truth: float | str
    unit: str
    language: str

    def __str__(self) -> str:
        with texts.language(self.language):
            truth = say("Truth: {truth}.", truth=_said(self.truth, self.unit))
            return f"{self._said_guess()} {truth}{self._difference()}"

    def _repr_html_(self) -> str:
        with texts.language(self.language):
            bars = self._bar(say("Truth"), self.truth, "#1f5fa8")
            if self.guess is not None:
                bars = self._bar(say("Your guess"), self.guess, "#8a5a00") + bars
        return f'<div class="crm-reveal {texts.NO_FORMULAS}">{bars}<p>{escape(str(self), quote=False)}</p></div>'

    def _said_guess(self) -> str:
        if self.guess is None:
            return say("No guess was committed.")
        return say("Your guess: {guess}.", guess=_said(self.guess, self.unit))

    def _difference(self) -> str:
        if self.guess is None:
            return ""
        if isinstance(self.guess, str) or isinstance(self.truth, str):
            return " " + (say("They agree.") if self.guess == self.truth else say("They differ: why?"))
        difference = format_number(round(abs(self.guess - self.truth), 1))
        if self.unit == "%":
            return " " + say("Difference: {difference} percentage points.", difference=difference)
        return " " + say("Difference: {difference}.", difference=difference)

    def _bar(self, name: str, value: float | str, colour: str) -> str:
        said = escape(_said(value, self.unit))
        if isinstance(value, str):
            return f"<p>{escape(name)}: <strong>{said}</strong></p>"
        numbers = [abs(one) for one in (self.guess, self.truth) if not isinstance(one, str) and one is not None]
        whole = 100.0 if self.unit == "%" else max([*numbers, 1e-12])
        width = min(100.0, 100.0 * abs(value) / whole)
        return (
            f'<div style="display: flex; gap: 0.6em; align-items: center; margin: 0.2em 0;">'
            f'<span style="width: 8em;">{escape(name)}</span>'
            f'<span style="flex: 0 1 24em; border: 1px solid currentColor;">'
            f'<span style="display: block; height: 0.9em; width: {width:.1f}%; background: {colour};"></span></span>'
            f"<strong>{said}</strong></div>"
        )


def _said(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return value
    return format_percent(value / 100) if unit == "%" else format_number(value)


class PredictionBox:
    """A prediction with controls; made by `predict`.

    Attributes
    ----------
    value : float, str or None
        The guess once it is committed; a share is in per cent.
    locked : bool
        Whether a guess is committed; after that it can't be changed.
    """

    def __init__(self, declared: Prediction):
        self.prediction = declared
        self.value: float | str | None = None
        self._language = str(texts.language())
        self._box = None if pieces.static_wanted() else self._build(pieces.toolbox())

    def __repr__(self) -> str:
        return f"PredictionBox({self.prediction.id!r}, value={self.value!r}, locked={self.locked})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        with texts.language(self._language):
            choices = "\n".join(f"- {say(choice)}" for choice in self.prediction.choices)
            return pieces.bundle(self._box, f"{self._asked()}\n\n{choices}".strip(), **options)

    def _asked(self) -> str:
        word, question = say("Predict:"), say(self.prediction.question)
        return f"**{word}** {question}"

    @property
    def locked(self) -> bool:
        """Whether a guess is committed."""
        return self.value is not None

    def _build(self, tools: Any) -> Any:
        asked = self.prediction
        question = tools.HTML(pieces.STYLE + pieces.html_of(self._asked()))
        if asked.kind == "choice":
            self._field = tools.RadioButtons(options=[say(choice) for choice in asked.choices], value=None)
            self._field.add_class("crm-choices")
        else:
            name = say("Guess, %:") if asked.unit == "%" else say("Guess:")
            self._field = tools.Text(
                description=name,
                tooltip=say(asked.question),
                layout=tools.Layout(width="18em"),
                style={"description_width": "initial"},
            )
            pieces.on_enter(self._field, self.commit)
        self._button = tools.Button(
            description=say("Commit"), button_style="primary", tooltip=say("Commit the guess; it can't be changed then")
        )
        self._button.on_click(lambda _: self.commit())
        self._said = tools.HTML()
        box = tools.VBox([question, self._field, self._button, self._said])
        box.add_class("crm-box")
        return box

    def commit(self, guess: object = None) -> str:
        """Commit a guess: what stands in the field, or ``guess``. Returns what is said about it."""
        with texts.language(self._language):
            if not self.locked:
                given = self._field.value if guess is None and self._box is not None else guess
                value, trouble = self._read(given)
                if value is None:
                    return self._say(trouble)
                self.value = value
                progress.note("prediction", self.prediction.lesson, self.prediction.id, "committed")
                if self._box is not None:
                    self._field.value = str(given)
                    self._lock()
            return self._say(say("Committed: {guess}.", guess=_said(self.value or 0.0, self.prediction.unit)))

    def _lock(self) -> None:
        """Hold the field at what was committed. It is not disabled: that would take the keyboard's place away."""
        kept = self._field.value
        self._field.observe(lambda _: setattr(self._field, "value", kept), names="value")
        self._field.add_class("crm-locked")
        self._button.button_style = ""
        self._button.tooltip = say("The guess is committed; it can't be changed now")

    def _read(self, given: object) -> tuple[float | str | None, str]:
        asked = self.prediction
        if asked.kind == "choice":
            choices = [say(choice) for choice in asked.choices]
            chosen = str(given) if given is not None else ""
            return (chosen, "") if chosen in choices else (None, say("Choose one of the answers first."))
        number = read_number(given)
        if not number.values:
            return None, number.trouble or say("Write a number first.")
        value = number.values[0]
        if asked.unit == "%":
            value *= 100 if "%" in str(given) else 1
            if not 0 <= value <= 100:
                return None, say("A number from 0 to 100 is wanted.")
            if 0 < value < 1 and "%" not in str(given):
                return None, say("Per cent are wanted: 40 and not 0.4. For less than one per cent add the sign %.")
        return value, ""

    def _say(self, text: str) -> str:
        if self._box is not None:
            self._said.value = pieces.live(pieces.html_of(text))
        return text

    def reveal(self, truth: float | str) -> Revealed:
        """The guess and the truth side by side; ``truth`` is in the unit of the guess."""
        plain = truth if isinstance(truth, str) else float(truth)
        return Revealed(self.value, plain, self.prediction.unit, self._language)


def predict(question: str, *, kind: str = "number", unit: str = "", choices: tuple[str, ...] = ()) -> PredictionBox:
    """Commit to a guess before you look.

    Parameters
    ----------
    question : str
        The name of a prediction of the bank, such as ``"top_fifth"``, or a question of your own.
    kind : {"number", "choice"}
        For a question of your own: what is guessed.
    unit : {"", "%"}
        For a number: ``"%"`` takes 0 to 100.
    choices : tuple of str
        For a choice: what may be chosen.

    Returns
    -------
    PredictionBox
        ``.value``, ``.locked``, ``.reveal(truth)``. With ``CRM_STATIC=1`` the question alone is shown.

    Raises
    ------
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> guess = predict("top_fifth")
    >>> print(guess.reveal(57.0))
    No guess was committed. Truth: 57.0%.
    >>> guess.commit("40")
    'Committed: 40.0%.'
    >>> print(guess.reveal(57.0))
    Your guess: 40.0%. Truth: 57.0%. Difference: 17 percentage points.
    """
    declared = bank.every_prediction().get(question)
    return PredictionBox(declared or Prediction("own", "", question, kind=kind, unit=unit, choices=tuple(choices)))
