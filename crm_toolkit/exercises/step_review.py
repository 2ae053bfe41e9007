"""What a review of work in steps says: remarks, and how far the work is. Opinions are never judged."""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.texts import say


@dataclass(frozen=True)
class Finding:
    """One remark.

    Parameters
    ----------
    step : int
        From 1 on.
    kind : {"gap", "question"}
        Something is not said yet, or two things do not go together.
    code : str
        What was found: a stable word.
    text, advice : str
        The remark and what to do, in the reader's language.
    """

    step: int
    kind: str
    code: str
    text: str
    advice: str


@dataclass(frozen=True)
class StepReview:
    """How far the work is, and what to look at again.

    Parameters
    ----------
    by_step : dict of int to (int, int)
        What is answered, and what is asked.
    findings : tuple of Finding
        In the order of the steps.
    """

    by_step: dict[int, tuple[int, int]]
    findings: tuple[Finding, ...]

    @property
    def answered(self) -> int:
        """Everything that is answered."""
        return sum(done for done, _ in self.by_step.values())

    @property
    def asked(self) -> int:
        """Everything that is asked."""
        return sum(all_ for _, all_ in self.by_step.values())

    @property
    def complete(self) -> bool:
        """Whether nothing that is asked is left open."""
        return self.answered == self.asked

    @property
    def text(self) -> str:
        """How far it is, as a sentence."""
        ready = sum(done == all_ for done, all_ in self.by_step.values())
        return say("{ready} of {steps} steps are complete; {answered} of {asked} answers are there.", ready=ready,
                   steps=len(self.by_step), answered=self.answered, asked=self.asked)  # fmt: skip
