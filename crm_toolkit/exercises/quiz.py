"""Quizzes and predictions as they are declared in the bank: questions whose wrong choices have a diagnosis.

A `Quiz` never only says "wrong": every `Choice` carries what to say to the person who took it. A `Prediction`
is a question that is answered before anything is computed, so that the truth has a guess to meet.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One choice of a question, and what is said to the person who takes it (marked English texts)."""

    text: str
    diagnosis: str
    right: bool = False


@dataclass(frozen=True)
class QuizItem:
    """A question with one right choice.

    Parameters
    ----------
    id : str
        Its name inside the quiz, for the teacher's statistics.
    question : str
        Marked English text.
    choices : tuple of Choice
        Exactly one of them is right.
    """

    id: str
    question: str
    choices: tuple[Choice, ...]

    def __post_init__(self) -> None:
        if sum(choice.right for choice in self.choices) != 1:
            raise ValueError(f"quiz item {self.id!r} needs exactly one right choice")


@dataclass(frozen=True)
class Quiz:
    """Four to six questions at the end of a lesson."""

    id: str
    lesson: str
    title: str
    items: tuple[QuizItem, ...]


@dataclass(frozen=True)
class Prediction:
    """A question to commit to before the truth is computed.

    Parameters
    ----------
    id, lesson : str
        Its name and its lesson.
    question : str
        Marked English text.
    kind : {"number", "choice"}
        What is committed.
    unit : {"", "%"}
        ``"%"``: the guess and the truth are per cent, from 0 to 100.
    choices : tuple of str
        For ``"choice"``: marked English texts.
    """

    id: str
    lesson: str
    question: str
    kind: str = "number"
    unit: str = ""
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in ("number", "choice") or (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"prediction {self.id!r}: kind {self.kind!r} does not fit its choices")
