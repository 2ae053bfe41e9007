"""What the unhappy do: speak up, leave, tell others, or stay and say nothing (Hirschman 1970; Singh 1990).

    U_voice = chance of success · benefit − effort + loyalty      complain to the firm
    U_exit  = pull of the alternative − switching cost − loyalty  go elsewhere
    U_told  = anger                                               negative word of mouth
    U_stay  = 0                                                   stay and say nothing

The chances are those of a multinomial logit. Loyalty shifts two of them: it holds from leaving and feeds voice. So a
policy that makes complaining easy and answers complaints turns exits into complaints; counting fewer complaints after
making them harder is no progress. Complaints that are heard are not the failures that happen: `heard_share`.

Form after Hirschman; that utilities add up and what they weigh is an assumption. Singh found that such factors explain
36 to 50 per cent of the variance of complaint styles in three services; in Solvang's study word of mouth was commonest
and exit rarest. `switching.reaction_chances` is the form that the simulated world uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crm_toolkit.behaviour.inputs import Floats, given_array, settle
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import join_names, mark, say

LIMITS = mark(
    "The weights are assumptions: read directions, not sizes, until they are fitted to a survey of the unhappy."
)
REACTIONS = {
    "voice": mark("complain to the firm"),
    "exit": mark("leave"),
    "word_of_mouth": mark("tell others"),
    "stay": mark("stay and say nothing"),
}
_UTILITY = mark("units of utility")
KNOBS = {
    "success_chance": Knob("success_chance", 0.4, 0.0, 1.0, 0.05, mark("Chance that a complaint helps")),
    "benefit": Knob("benefit", 3.0, 0.0, 10.0, 0.25, mark("What a settled complaint is worth"), unit=_UTILITY),
    "effort": Knob("effort", 1.5, 0.0, 10.0, 0.25, mark("Effort of complaining"), unit=_UTILITY),
    "alternative": Knob("alternative", 0.5, -5.0, 10.0, 0.25, mark("Pull of the best alternative"), unit=_UTILITY),
    "switching_cost": Knob("switching_cost", 1.0, 0.0, 10.0, 0.25, mark("Cost of switching"), unit=_UTILITY),
    "anger": Knob("anger", 0.5, -5.0, 10.0, 0.25, mark("Anger that wants to be told"), unit=_UTILITY),
    "loyalty": Knob("loyalty", 0.5, -3.0, 5.0, 0.25, mark("Loyalty"), unit=_UTILITY),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class ReactionChances:
    """Chances of the four reactions of the unhappy; at each place they add up to 1."""

    voice: Floats
    exit: Floats
    word_of_mouth: Floats
    stay: Floats

    @property
    def heard_share(self) -> Floats:
        """The share of failures that the firm hears of: those who complain to it."""
        return self.voice


@with_kinds_told
def exit_voice_chances(
    *,
    success_chance: ArrayLike = KNOBS["success_chance"].default,
    benefit: ArrayLike = KNOBS["benefit"].default,
    effort: ArrayLike = KNOBS["effort"].default,
    alternative: ArrayLike = KNOBS["alternative"].default,
    switching_cost: ArrayLike = KNOBS["switching_cost"].default,
    anger: ArrayLike = KNOBS["anger"].default,
    loyalty: ArrayLike = KNOBS["loyalty"].default,
) -> ReactionChances:
    """Chances of complaining, leaving, telling others and staying after a failure.

    Parameters
    ----------
    success_chance : number or array
        Chance that a complaint helps, as the customer sees it, 0 to 1.
    benefit, effort : number or array
        What a settled complaint is worth, what complaining costs; units of utility, 0 to 10.
    alternative, switching_cost : number or array
        Pull of the best alternative, cost of going there.
    anger : number or array
        Utility of telling others.
    loyalty : number or array
        Added to voice, taken from exit. Arrays must be of one length.

    Raises
    ------
    InputError
        If a number lies outside its range (`KNOBS`) or the lengths differ.

    References
    ----------
    Hirschman, A. O. (1970). Exit, Voice, and Loyalty. Singh, J. (1990). Voice, Exit, and Negative Word-of-Mouth
    Behaviors. Journal of the Academy of Marketing Science 18, 1–15.

    Examples
    --------
    >>> chances = exit_voice_chances(loyalty=[0.0, 2.0])
    >>> chances.voice.round(3), chances.exit.round(3)
    (array([0.185, 0.667]), array([0.152, 0.01 ]))
    """
    given = {"success_chance": success_chance, "benefit": benefit, "effort": effort, "alternative": alternative,
             "switching_cost": switching_cost, "anger": anger, "loyalty": loyalty}  # fmt: skip
    problems: list[Problem] = []
    found = {
        name: np.atleast_1d(given_array(problems, name, value, dimensions=(0, 1), low=KNOBS[name].low,
                                        high=KNOBS[name].high))
        for name, value in given.items()
    }  # fmt: skip
    lengths = {len(values) for values in found.values() if len(values) > 1}
    if not problems and len(lengths) > 1:
        what = say("The arrays are of different lengths: {names}.", names=join_names(sorted(lengths)))
        problems.append(Problem("wrong_shape", what))
    settle(problems, "exit_voice_chances")
    voice = found["success_chance"] * found["benefit"] - found["effort"] + found["loyalty"]
    leave = found["alternative"] - found["switching_cost"] - found["loyalty"]
    size = max(lengths, default=1)
    utility = np.stack([np.broadcast_to(one, size) for one in (voice, leave, found["anger"], np.zeros(1))])
    weight = np.exp(utility - utility.max(axis=0))
    return ReactionChances(*(weight / weight.sum(axis=0)))


@with_kinds_told
def complaint_policy_table(policies: Mapping[str, Mapping[str, float]], *, failures: float = 1_000) -> pd.DataFrame:
    """What complaint policies do to complaints heard and customers lost, per so many failures.

    Parameters
    ----------
    policies : mapping
        Name → what it changes, such as ``{"hotline": {"effort": 0.5, "success_chance": 0.7}}``; all else stays at rest.
    failures : float
        Failures that happen, above 0.

    Returns
    -------
    pandas.DataFrame
        ``policy``, ``complaints``, ``exits``, ``told_others``, ``silent`` (expected numbers).

    Raises
    ------
    InputError
        If a policy changes something unknown or a number is out of range.

    Examples
    --------
    >>> table = complaint_policy_table({"as now": {}, "easy": {"effort": 0.5}, "hidden form": {"effort": 3}})
    >>> print(
    ...     table.round(0)
    ...     .astype({"complaints": int, "exits": int})[["policy", "complaints", "exits"]]
    ...     .to_string(index=False)
    ... )
         policy  complaints  exits
         as now         288     87
           easy         524     58
    hidden form          83    112
    """
    problems: list[Problem] = []
    for name, changes in policies.items():
        for word in changes:
            if word not in KNOBS:
                what = say("The policy “{name}” changes `{word}`, which is unknown.", name=name, word=word)
                close = near_misses(str(word), KNOBS)
                advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
                found = say("Known: {names}.", names=join_names(KNOBS))
                problems.append(Problem("unknown_option", what, found, advice, column=str(word)))
    if not failures > 0:
        problems.append(Problem("outside_range", say("`{name}` can't be {value}.", name="failures", value=failures)))
    settle(problems, "complaint_policy_table")
    rows = []
    for name, changes in policies.items():
        try:
            one = exit_voice_chances(**changes)
        except InputError as refused:
            problems += refused.problems
            continue
        rows.append((name, *(failures * float(part[0]) for part in (one.voice, one.exit, one.word_of_mouth, one.stay))))
    settle(problems, "complaint_policy_table")
    return pd.DataFrame(rows, columns=["policy", "complaints", "exits", "told_others", "silent"])
