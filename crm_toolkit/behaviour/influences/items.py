"""Items of our own: involvement with a purchase, and a small open typology of how people buy services.

Neither is a published instrument. The typology is *not* VALS, whose questions and algorithm are proprietary; it has two
axes of our own and four types. The involvement items were written for this course, not taken from Zaichkowsky's PII.
Both were never validated: they are for seeing how a scale works (reversed items, midpoints, reliability), and for
nothing else. For a group's reliability see `analysis.cronbach_alpha`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_toolkit.behaviour.decision_rules.kinds import takes
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say

INVOLVEMENT_SCALE = (1, 7)
TYPOLOGY_SCALE = (1, 5)
MISSING = ("refuse", "leave_out")
BETWEEN = 0.1


@dataclass(frozen=True)
class Item:
    """A statement to agree or disagree with.

    Parameters
    ----------
    code : str
        Column name of its answers.
    text : str
        English statement, marked for the catalogue.
    turned : bool
        Whether agreement means less of what is measured.
    axis : str
        What it measures.
    """

    code: str
    text: str
    turned: bool = False
    axis: str = "involvement"


INVOLVEMENT_ITEMS = (
    Item("matters", mark("It matters to me which of the providers I choose.")),
    Item("indifferent", mark("I could take any of them without giving it a thought."), True),
    Item("regret", mark("A wrong choice here would annoy me for a long time.")),
    Item("time", mark("I gladly spend an evening on comparing.")),
    Item("routine", mark("For me this is a purchase like buying bread."), True),
    Item("says_of_me", mark("What I choose here says something about me.")),
    Item("dull", mark("Talking about such services bores me."), True),
    Item("delegate", mark("I would leave this choice to somebody else."), True),
)
TYPOLOGY_ITEMS = (
    Item("calendar", mark("I book services well in advance."), False, "planning"),
    Item("list", mark("Before I pay I want to know exactly what is included."), False, "planning"),
    Item("passing", mark("I like to walk in somewhere because the door was open."), True, "planning"),
    Item("decide_there", mark("What I take I decide on the spot."), True, "planning"),
    Item("company", mark("A service is twice as good in company."), False, "together"),
    Item("tell", mark("I soon tell others how it was."), False, "together"),
    Item("alone", mark("While I am being served I would rather not talk."), True, "together"),
    Item("own_business", mark("Where I go is nobody's business."), True, "together"),
)
AXES = {"planning": mark("planning ahead"), "together": mark("together with others")}
TYPES = {
    "organiser": mark("organiser: plans, and for others too"),
    "strategist": mark("strategist: plans, for themselves"),
    "companion": mark("companion: on the spot, with others"),
    "explorer": mark("explorer: on the spot, by themselves"),
    "between": mark("between the types"),
}
NOT_VALS = mark(
    "A small typology of this course, not VALS and not validated: a way to talk about differences, no diagnosis."
)
_BY_SIDES = {
    (True, True): "organiser",
    (True, False): "strategist",
    (False, True): "companion",
    (False, False): "explorer",
}


@dataclass(frozen=True)
class ItemScore:
    """Where a person stands on one axis.

    Parameters
    ----------
    value : float
        From 0 to 1; 0.5 is the middle of the scale.
    answered, items : int
        Items answered, and all.
    straight : bool
        Whether all answers are the same although half of the items are reversed: probably not read.
    """

    value: float
    answered: int
    items: int
    straight: bool


@takes(answers="numbers", missing="text")
def involvement_score(answers: Mapping[str, int | None], *, missing: str = "refuse") -> ItemScore:
    """Involvement with a purchase from the answers to `INVOLVEMENT_ITEMS`, 1 (not at all) to 7 (fully).

    Parameters
    ----------
    answers : mapping of str to int
        By code of the item.
    missing : {"refuse", "leave_out"}
        What to do about items without an answer; with ``"leave_out"`` the mean is that of the others, of which at least
        half must be there.

    Returns
    -------
    ItemScore
        The mean, reversed items turned, on a scale from 0 to 1.

    Raises
    ------
    InputError
        If an answer is missing, unknown, or off the scale; all problems at once.

    Examples
    --------
    >>> answers = dict.fromkeys([item.code for item in INVOLVEMENT_ITEMS], 7)
    >>> score = involvement_score(answers)
    >>> score.value, score.straight
    (0.5, True)
    """
    return _score(INVOLVEMENT_ITEMS, answers, INVOLVEMENT_SCALE, missing, say("Involvement can't be scored."))


@takes(answers="numbers", missing="text")
def typology_scores(answers: Mapping[str, int | None], *, missing: str = "refuse") -> dict[str, ItemScore]:
    """Where a person stands on the axes of the small typology; answers from 1 (not at all) to 5 (fully)."""
    heading = say("The typology can't be scored.")
    known = {item.code for item in TYPOLOGY_ITEMS}
    strange = _strange(answers, sorted(known))
    scores, problems = {}, strange
    for axis in AXES:
        items = [item for item in TYPOLOGY_ITEMS if item.axis == axis]
        own = {item.code: answers[item.code] for item in items if item.code in answers}
        try:
            scores[axis] = _score(items, own, TYPOLOGY_SCALE, missing, heading)
        except InputError as letter:
            problems += [problem for problem in letter.problems if problem not in problems]
    if problems:
        raise InputError(heading, problems)
    return scores


def person_type(scores: Mapping[str, ItemScore]) -> str:
    """The type by the sides of both axes; nearer to a midpoint than `BETWEEN` is between the types.

    >>> answers = {item.code: 1 if item.turned else 5 for item in TYPOLOGY_ITEMS}
    >>> person_type(typology_scores(answers))
    'organiser'
    """
    values = [scores[axis].value - 0.5 for axis in AXES]
    if any(abs(value) < BETWEEN for value in values):
        return "between"
    return _BY_SIDES[values[0] > 0, values[1] > 0]


def _score(
    items: Sequence[Item], answers: Mapping[str, int | None], scale: tuple[int, int], missing: str, heading: str
) -> ItemScore:
    low, high = scale
    if missing not in MISSING:
        told = say("`{name}` can't be {value}.", name="missing", value=repr(missing))
        possible = say("Possible: {names}.", names=", ".join(MISSING))
        raise InputError(heading, [Problem("unknown_option", told, possible)])
    problems = _strange(answers, [item.code for item in items])
    given = {item.code: answers[item.code] for item in items if answers.get(item.code) is not None}
    for code, answer in given.items():
        if isinstance(answer, bool) or not isinstance(answer, int) or not low <= answer <= high:
            what = say("The answer to `{code}` must be a whole number from {low} to {high}.", code=code, low=low,
                       high=high)  # fmt: skip
            problems.append(Problem("outside_range", what, say("Found: {value}.", value=repr(answer)), column=code))
    lacking = [item.code for item in items if item.code not in given]
    if lacking and (missing == "refuse" or 2 * len(given) < len(items)):
        what = say("There is no answer to: {names}.", names=join_names(lacking))
        problems.append(Problem("missing_answer", what))
    if problems:
        raise InputError(heading, problems)
    turned = [(high + low - (given[item.code] or 0)) if item.turned else (given[item.code] or 0)
              for item in items if item.code in given]  # fmt: skip
    value = (sum(turned) / len(turned) - low) / (high - low)
    both_ways = len({item.turned for item in items if item.code in given}) == 2
    straight = both_ways and len(given) > 2 and len(set(given.values())) == 1
    return ItemScore(value, len(given), len(items), straight)


def _strange(answers: Mapping[str, int | None], known: Sequence[str]) -> list[Problem]:
    problems = []
    for code in answers:
        if code not in known:
            close = near_misses(str(code), known)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            what = say("There is no item `{code}`.", code=code)
            problems.append(Problem("unknown_name", what, advice=advice, column=str(code)))
    return problems
