"""A canvas of influences on one real purchase: for each construct the evidence, its direction, confidence and date.

Nothing on it is judged: evidence is the person's own. A construct may stay empty if a reason is given why it did not
manifest itself. The canvas is a value: changing it makes a new one, and it reads and writes one JSON text that a person
can read too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from crm_toolkit.behaviour.decision_rules.kinds import kind_problem
from crm_toolkit.behaviour.decision_rules.parameters import finite
from crm_toolkit.behaviour.influences.constructs import CONSTRUCTS
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say

LOWEST, HIGHEST = -3, 3
LONGEST = 4000
PRIVACY = {
    "local": mark("stays on this computer"),
    "redacted": mark("shared without the words of the evidence"),
    "share": mark("shared as it is"),
}


@dataclass(frozen=True)
class Influence:
    """What one construct did to the purchase, or why it did nothing.

    Parameters
    ----------
    construct : str
        A code of `CONSTRUCTS`.
    evidence : str
        What happened, was said, seen or felt; empty where the construct did not manifest itself.
    direction : int
        From -3 (strongly against the purchase) to 3 (strongly for it); 0 took part without pushing.
    confidence : float
        How sure the person is, from 0 to 1.
    date : datetime.date or None
        When it was noticed.
    not_manifest : str
        Why there is nothing to tell; then there is no evidence and the direction is 0.

    Raises
    ------
    InputError
        If something does not fit; all problems at once.

    Examples
    --------
    >>> Influence("family", "My sister paid half of it.", 2, 0.9).direction
    2
    """

    construct: str
    evidence: str = ""
    direction: int = 0
    confidence: float = 0.5
    date: dt.date | None = None
    not_manifest: str = ""

    def __post_init__(self) -> None:
        problems = influence_problems(self)
        if problems:
            raise InputError(say("This is no influence."), problems)

    @property
    def filled(self) -> bool:
        """Whether there is evidence."""
        return bool(self.evidence.strip())

    @property
    def answered(self) -> bool:
        """Whether there is evidence or a reason why there is none."""
        return self.filled or bool(self.not_manifest.strip())


@dataclass(frozen=True)
class Canvas:
    """Influences on one purchase.

    Parameters
    ----------
    purchase : str
        What was bought, in the person's own words.
    influences : tuple of Influence
        At most one for each construct; kept in the order of the model.
    privacy : {"local", "redacted", "share"}
        What may leave the computer.

    Examples
    --------
    >>> canvas = Canvas("a year at the gym")
    >>> canvas = canvas.with_influence(Influence("reference_groups", "Two colleagues go there.", 2, 0.8))
    >>> canvas.filled, len(canvas.empty)
    (('reference_groups',), 19)
    """

    purchase: str
    influences: tuple[Influence, ...] = ()
    privacy: str = "local"

    def __post_init__(self) -> None:
        problems = text_problems("purchase", self.purchase)
        wrong = kind_problem("influences", self.influences, "list")
        if wrong:
            raise InputError(say("This is no canvas of influences."), [*problems, wrong])
        if not isinstance(self.privacy, str) or self.privacy not in PRIVACY:
            problems.append(unknown_word("privacy", self.privacy, PRIVACY))
        object.__setattr__(self, "influences", tuple(self.influences))
        strange = [type(one).__name__ for one in self.influences if not isinstance(one, Influence)]
        if strange:
            what = say("`influences` must hold values of `Influence`.")
            problems.append(Problem("no_influence", what, say("Found: {value}.", value=join_names(strange))))
        else:
            codes = [one.construct for one in self.influences]
            twice = sorted({code for code in codes if codes.count(code) > 1})
            if twice:
                what = say("A construct stands on the canvas once; twice: {names}.", names=join_names(twice))
                problems.append(Problem("name_twice", what))
        if problems:
            raise InputError(say("This is no canvas of influences."), problems)
        place = list(CONSTRUCTS).index
        object.__setattr__(self, "influences", tuple(sorted(self.influences, key=lambda one: place(one.construct))))

    def of(self, construct: str) -> Influence | None:
        """What stands there for a construct."""
        return next((one for one in self.influences if one.construct == construct), None)

    def with_influence(self, influence: Influence) -> Canvas:
        """A canvas on which this influence replaces what stood there for its construct."""
        return replace(self, influences=(*self.without(influence.construct).influences, influence))

    def without(self, construct: str) -> Canvas:
        """A canvas on which nothing stands for the construct."""
        return replace(self, influences=tuple(one for one in self.influences if one.construct != construct))

    @property
    def filled(self) -> tuple[str, ...]:
        """Constructs with evidence."""
        return tuple(one.construct for one in self.influences if one.filled)

    @property
    def not_manifest(self) -> tuple[str, ...]:
        """Constructs that are said not to have manifested themselves."""
        return tuple(one.construct for one in self.influences if not one.filled and one.answered)

    @property
    def empty(self) -> tuple[str, ...]:
        """Constructs about which nothing is said yet."""
        answered = {one.construct for one in self.influences if one.answered}
        return tuple(code for code in CONSTRUCTS if code not in answered)

    def redacted(self) -> Canvas:
        """The canvas without any words of the person: directions, confidence and the places of gaps stay, dates go."""
        hidden = say("(withheld)")
        bare = tuple(
            replace(one, evidence=hidden if one.filled else "", date=None,
                    not_manifest=hidden if one.not_manifest.strip() else "")
            for one in self.influences
        )  # fmt: skip
        return Canvas(hidden, bare, "redacted")


def influence_problems(one: Influence) -> list[Problem]:
    """What does not fit in an influence."""
    problems = []
    if not isinstance(one.construct, str) or one.construct not in CONSTRUCTS:
        problems.append(unknown_word("construct", one.construct, CONSTRUCTS))
    texts = text_problems("evidence", one.evidence) + text_problems("not_manifest", one.not_manifest)
    problems += texts
    whole = isinstance(one.direction, int) and not isinstance(one.direction, bool)
    if not whole or not LOWEST <= one.direction <= HIGHEST:
        what = say("`direction` must be a whole number from {low} to {high}.", low=LOWEST, high=HIGHEST)
        found = say("Found: {value}.", value=repr(one.direction))
        problems.append(Problem("outside_range", what, found, column="direction"))
        whole = False
    if not finite(one.confidence) or not 0 <= one.confidence <= 1:
        what = say("`confidence` must lie between 0 and 1.")
        found = say("Found: {value}.", value=repr(one.confidence))
        problems.append(Problem("outside_range", what, found, column="confidence"))
    if one.date is not None and (not isinstance(one.date, dt.date) or isinstance(one.date, dt.datetime)):
        problems.append(Problem("no_date", say("`date` must be a calendar day."), column="date"))
    if not texts and one.not_manifest.strip() and (one.evidence.strip() or (whole and one.direction)):
        what = say("A construct that did not manifest itself has neither evidence nor a direction.")
        problems.append(Problem("contradiction", what, column="not_manifest"))
    return problems


def text_problems(name: str, text: object) -> list[Problem]:
    """What is wrong with a text: no text, or longer than a canvas takes."""
    if not isinstance(text, str):
        return [Problem("no_text", say("`{name}` must be a text.", name=name), column=name)]
    if len(text) > LONGEST:
        what = say("`{name}` may have {most} signs at most.", name=name, most=LONGEST)
        return [Problem("too_long", what, column=name)]
    return []


def unknown_word(name: str, word: object, known: Iterable[str]) -> Problem:
    """A code that is none of the known ones, with the likely slip."""
    listed = list(known)
    close = near_misses(word, listed) if isinstance(word, str) else []
    advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
    return Problem("unknown_option", say("`{name}` can't be {value}.", name=name, value=repr(word)),
                   say("Possible: {names}.", names=join_names(listed, most=20)), advice, column=name)  # fmt: skip
