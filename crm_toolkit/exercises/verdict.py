"""What a check answers: a score, a code for the teacher, a message for the student. Never a traceback.

A verdict is advice. It is computed on the student's own computer by an open package, so an answer can be
found without solving; what counts for a grade is recomputed by the instructor.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from crm_toolkit.texts import NO_FORMULAS, mark, say

STATUSES = ("right", "misconception", "wrong", "not_attempted", "unreadable")
_HEADINGS = {
    "right": mark("Right."),
    "misconception": mark("Not yet: this looks like a known slip."),
    "wrong": mark("Not yet."),
    "not_attempted": mark("Not attempted yet."),
    "unreadable": mark("This answer can't be read."),
}
_INCOMPLETE = mark("Not complete yet.")
_SIGNS = {"right": "✓", "misconception": "≈", "wrong": "✗", "not_attempted": "…", "unreadable": "?"}
_COLOURS = {
    "right": "#1b7f4d",
    "misconception": "#b26a00",
    "wrong": "#b3261e",
    "not_attempted": "#5f6b76",
    "unreadable": "#5f6b76",
}


@dataclass(frozen=True, repr=False)
class Verdict:
    """The answer of a check.

    Parameters
    ----------
    status : {"right", "misconception", "wrong", "not_attempted", "unreadable"}
        An answer that was not given or can't be read is not a wrong one.
    score : float
        From 0 to 1.
    code : str
        A stable word for programs and for the teacher's statistics: ``"RIGHT"``, ``"WRONG"``,
        ``"NOT_ATTEMPTED"``, ``"INCOMPLETE"``, ``"UNREADABLE"``, or the misconception's own code.
    message : str
        In the reader's language: the likely thinking and where to look, never the answer.
    heading : str
        The status in the reader's words.
    codes : tuple of str
        All codes found, where an answer has several columns.

    Examples
    --------
    >>> print(Verdict("right", 1.0, "RIGHT", "0.786 it is.", "Right."))
    ✓ Right. 0.786 it is.
    """

    status: str
    score: float
    code: str
    message: str
    heading: str
    codes: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether everything asked for is answered rightly."""
        return self.status == "right"

    @property
    def sign(self) -> str:
        """A sign for the status, so that colour is never the only bearer of meaning."""
        return _SIGNS[self.status]

    def __str__(self) -> str:
        return f"{self.sign} {self.heading} {self.message}".rstrip()

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return f"**{self.sign} {self.heading}** {self.message}".rstrip()

    def _repr_html_(self) -> str:
        lines = "<br>".join(escape(line, quote=False) for line in self.message.split("\n"))
        heading, colour = escape(self.heading, quote=False), _COLOURS[self.status]
        return (
            f'<div class="crm-verdict crm-{self.status} {NO_FORMULAS}" style="border-left: 0.3em solid {colour}; '
            f'padding: 0.3em 0.8em; margin: 0.3em 0;"><b>{self.sign} {heading}</b> {lines}</div>'
        )


def make_verdict(status: str, score: float, code: str, message: str, codes: tuple[str, ...] = ()) -> Verdict:
    """A verdict with the heading that belongs to its status, in the reader's language.

    >>> make_verdict("not_attempted", 0, "NOT_ATTEMPTED", "").heading
    'Not attempted yet.'
    """
    heading = _INCOMPLETE if code == "INCOMPLETE" else _HEADINGS[status]
    return Verdict(status, round(float(score), 4), code, message, say(heading), codes or (code,))
