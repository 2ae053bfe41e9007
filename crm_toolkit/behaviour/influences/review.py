"""What a canvas still lacks and where it contradicts itself; opinions are never judged.

Completeness asks for evidence or a reason at every construct. Consistency compares the canvas with itself only: a
strong direction of which the person is hardly sure, evidence without a day, the same words twice, directions that all
point one way. Such findings are questions to the author.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crm_toolkit.behaviour.influences.canvas import Canvas
from crm_toolkit.behaviour.influences.constructs import BLOCKS, CONSTRUCTS, constructs_of
from crm_toolkit.texts import format_date, join_names, say, say_count

SHORT_EVIDENCE = 15
UNSURE = 0.3


@dataclass(frozen=True)
class Finding:
    """One remark on a canvas.

    Parameters
    ----------
    kind : {"empty", "thin", "undated", "unsure", "future", "one_sided", "repeated"}
        What was found: a stable word.
    constructs : tuple of str
        Codes concerned.
    text : str
        The remark in the reader's language.
    """

    kind: str
    constructs: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Review:
    """How far a canvas is filled in, and what to look at again.

    Parameters
    ----------
    answered, total : int
        Constructs with evidence or a reason, and all.
    by_block : dict of str to (int, int)
        The same by block of the model.
    findings : tuple of Finding
    """

    answered: int
    total: int
    by_block: dict[str, tuple[int, int]]
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether every construct is answered."""
        return self.answered == self.total

    @property
    def text(self) -> str:
        """How far it is, as a sentence."""
        return say("{answered} of {total} constructs are answered: with evidence, or with a reason why there is none.",
                   answered=self.answered, total=self.total)  # fmt: skip


def review_canvas(canvas: Canvas, *, today: dt.date | None = None) -> Review:
    """Look through a canvas for gaps and contradictions.

    Parameters
    ----------
    canvas : Canvas
        As it stands.
    today : datetime.date, optional
        Evidence dated later is asked about; without it dates are not compared.

    Returns
    -------
    Review

    Examples
    --------
    >>> from crm_toolkit.behaviour.influences import Influence
    >>> canvas = Canvas("a haircut", (Influence("memory", "The name came first of all.", 3, 0.1),))
    >>> review = review_canvas(canvas)
    >>> print(review.text)
    1 of 20 constructs are answered: with evidence, or with a reason why there is none.
    >>> [finding.kind for finding in review.findings]
    ['empty', 'undated', 'unsure']
    """
    there = [one for one in canvas.influences if one.filled]
    findings = []
    if canvas.empty:
        told = say_count(
            "{count} construct without an answer: {names}. Give evidence, or say why it did not manifest itself.",
            "{count} constructs without an answer: {names}. Give evidence, or say why they didn't manifest themselves.",
            len(canvas.empty), names=_names(canvas.empty))  # fmt: skip
        findings.append(Finding("empty", canvas.empty, told))
    thin = tuple(one.construct for one in there if len(one.evidence.strip()) < SHORT_EVIDENCE)
    if thin:
        told = say("A word is hardly evidence: what exactly happened, when, who said so? {names}", names=_names(thin))
        findings.append(Finding("thin", thin, told))
    undated = tuple(one.construct for one in there if one.date is None)
    if undated:
        findings.append(Finding("undated", undated, say("Evidence without a date: {names}.", names=_names(undated))))
    unsure = tuple(one.construct for one in there if abs(one.direction) >= 2 and one.confidence <= UNSURE)
    if unsure:
        told = say("A strong direction, and yet hardly sure of it: {names}. Which of the two is meant?",
                   names=_names(unsure))  # fmt: skip
        findings.append(Finding("unsure", unsure, told))
    later = tuple(one.construct for one in there if today is not None and one.date is not None and one.date > today)
    if later:
        told = say("Dated later than {day}: {names}.", day=format_date(today or dt.date.max), names=_names(later))
        findings.append(Finding("future", later, told))
    words: dict[str, list[str]] = {}
    for one in there:
        words.setdefault(" ".join(one.evidence.lower().split()), []).append(one.construct)
    for codes in words.values():
        if len(codes) > 1:
            told = say("The same words as evidence for several constructs: {names}. Does it speak for each of them?",
                       names=_names(codes))  # fmt: skip
            findings.append(Finding("repeated", tuple(codes), told))
    pushing = [one for one in there if one.direction]
    if len(pushing) >= 5 and len({one.direction > 0 for one in pushing}) == 1:
        every = tuple(one.construct for one in pushing)
        told = say("All influences push one way. Was there nothing on the other side, or is it only forgotten?")
        findings.append(Finding("one_sided", every, told))
    answered = set(CONSTRUCTS) - set(canvas.empty)
    by_block = {block: (sum(one.code in answered for one in constructs_of(block)), len(constructs_of(block)))
                for block in BLOCKS}  # fmt: skip
    return Review(len(answered), len(CONSTRUCTS), by_block, tuple(findings))


def _names(codes: tuple[str, ...] | list[str]) -> str:
    return join_names((say(CONSTRUCTS[code].label) for code in codes), most=20)
