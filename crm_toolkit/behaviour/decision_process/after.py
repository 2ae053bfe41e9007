"""After the purchase: dissonance, and experience that is fed back to beliefs and expectations.

dissonance     doubt whether the other would have been better. It needs an important, hard-to-undo choice between near
               equals. Index = importance·irrevocability·difficulty·proneness, each from 0 to 1; difficulty = 1 − the
               lead of the chosen over the second. Index and product form are assumptions of the course; the four
               conditions are the textbook's (from memory)
feedback       b′ = b + η·(P − b): a belief moves towards what was experienced by the share η; so does an expectation,
               E′ = E + η·(P − E). After n equal experiences (P − b) has shrunk to (1 − η)ⁿ of itself
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_toolkit.behaviour.decision_process.numbers import Floats, checked_numbers
from crm_toolkit.behaviour.decision_rules.choice import Choice
from crm_toolkit.behaviour.decision_rules.kinds import takes
from crm_toolkit.behaviour.decision_rules.parameters import finite
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, mark, say

LEARNING = Knob("learning", 0.3, 0.0, 1.0, 0.05, mark("Learning rate: share of the surprise that moves a belief"),
                origin="assumption", reference=mark("a few experiences settle a belief"))  # fmt: skip

MOST_TIMES = 10_000


@takes(choice="choice", chosen="text")
def choice_difficulty(choice: Choice, chosen: str) -> float:
    """How near the best rival came in a rule that scores: 1 a tie (or a better rival), 0 as far behind as the last.

    Parameters
    ----------
    choice : Choice
        Of a rule with scores in which more is better (weighted, equal weights).
    chosen : str
        What was really taken.

    Returns
    -------
    float
        1 − (chosen − best other) / (best − worst of all), between 0 and 1; 0 where there is no other.

    Raises
    ------
    InputError
        If the rule gives no such scores, or does not know the chosen.

    Examples
    --------
    >>> from crm_toolkit.behaviour.decision_rules import LAPTOP_WEIGHTS, Weighted, laptops
    >>> round(choice_difficulty(Weighted(LAPTOP_WEIGHTS).choose(laptops()), "Dell"), 3)
    0.833
    """
    scores = choice.scores
    if scores is None or choice.rule == "ideal_point" or chosen not in scores:
        what = say("A rule with sums of scores is needed, and an alternative from its table.")
        raise InputError(say("The difficulty of a choice can't be told."), [Problem("no_scores", what)])
    others = [value for name, value in scores.items() if name != chosen]
    spread = max(scores.values()) - min(scores.values())
    if not others:
        return 0.0
    if spread == 0:
        return 1.0
    return float(np.clip(1 - (scores[chosen] - max(others)) / spread, 0.0, 1.0))


def dissonance(importance: Any, irrevocability: Any, difficulty: Any, proneness: Any = 1.0) -> Floats:
    """Readiness for post-purchase dissonance, from 0 to 1.

    Parameters
    ----------
    importance, irrevocability, difficulty : float or array
        From 0 to 1: how much it matters, how hard it is to undo, how near the rivals came (`choice_difficulty`).
    proneness : float or array
        The person's readiness to doubt, from 0 to 1.

    Examples
    --------
    >>> dissonance([0.9, 0.9, 0.1], [1.0, 0.0, 1.0], 0.8).round(3).tolist()
    [0.72, 0.0, 0.08]
    """
    given = {"importance": importance, "irrevocability": irrevocability, "difficulty": difficulty,
             "proneness": proneness}  # fmt: skip
    heading = say("Dissonance can't be worked out.")
    numbers = checked_numbers(given, dict.fromkeys(given, (0.0, 1.0)), heading, together=tuple(given))
    return numbers["importance"] * numbers["irrevocability"] * numbers["difficulty"] * numbers["proneness"]


@dataclass(frozen=True)
class Feedback:
    """Beliefs or expectations before and after an experience.

    Parameters
    ----------
    before, experienced, after : mapping of str to float
        By attribute or construct, on one scale each; ``experienced`` holds only what was experienced.
    learning : float
        Share of the surprise that moved them.
    """

    before: Mapping[str, float]
    experienced: Mapping[str, float]
    after: Mapping[str, float]
    learning: float

    @property
    def changes(self) -> dict[str, float]:
        """By how much each one moved, the largest move first."""
        moved = {name: self.after[name] - value for name, value in self.before.items()}
        return dict(sorted(moved.items(), key=lambda pair: -abs(pair[1])))

    @property
    def text(self) -> str:
        """The largest move as a sentence."""
        name, change = next(iter(self.changes.items()))
        if abs(change) < 1e-12:
            return say("Nothing moves: it was as expected, or nothing is learned.")
        return say("The largest move: {name} from {before} to {after}.", name=name,
                   before=format_number(self.before[name], 1), after=format_number(self.after[name], 1))  # fmt: skip


@takes(beliefs="numbers", experienced="numbers")
def feed_back(
    beliefs: Mapping[str, float],
    experienced: Mapping[str, float],
    *,
    learning: float = LEARNING.default,
    times: int = 1,
) -> Feedback:
    """Move beliefs or expectations towards what was experienced.

    Parameters
    ----------
    beliefs : mapping of str to float
        What was believed or expected, by attribute or construct.
    experienced : mapping of str to float
        What was experienced on the same scales; what is not named stays as it was.
    learning : float
        η from 0 (learns nothing) to 1 (believes only the last experience).
    times : int
        How often the same was experienced, 0 or more.

    Returns
    -------
    Feedback

    Raises
    ------
    InputError
        If a number is missing, a name is not among the beliefs, or learning or times can't be used.

    Examples
    --------
    >>> moved = feed_back({"speed": 4.0, "care": 3.0}, {"speed": 2.0}, learning=0.25)
    >>> moved.after
    {'speed': 3.5, 'care': 3.0}
    """
    heading = say("The experience can't be fed back.")
    problems = []
    for label, numbers in (("beliefs", beliefs), ("experienced", experienced)):
        for name, value in numbers.items():
            if not finite(value):
                what = say("`{name}`: {attribute} must have a finite number.", name=label, attribute=name)
                problems.append(Problem("no_number", what, say("Found: {value}.", value=repr(value)), column=str(name)))
    strange = [name for name in experienced if name not in beliefs]
    problems += [Problem("unknown_name", say("{name} was experienced, but there is no belief about it.", name=name),
                         column=str(name)) for name in strange]  # fmt: skip
    if not beliefs:
        problems.append(Problem("empty", say("There is no belief.")))
    if not finite(learning) or not 0 <= learning <= 1:
        problems.append(Problem("outside_range", say("`learning` must lie between 0 and 1."), column="learning"))
    if isinstance(times, bool) or not isinstance(times, int) or not 0 <= times <= MOST_TIMES:
        what = say("`times` must be a whole number from 0 to {most}.", most=MOST_TIMES)
        problems.append(Problem("outside_range", what, column="times"))
    if problems:
        raise InputError(heading, problems)
    share = 1 - (1 - float(learning)) ** times
    after = {name: float(value + share * (experienced.get(name, value) - value)) for name, value in beliefs.items()}
    return Feedback({name: float(value) for name, value in beliefs.items()},
                    {name: float(value) for name, value in experienced.items()}, after, float(learning))  # fmt: skip
