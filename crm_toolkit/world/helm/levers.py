"""What can be decided in a quarter: twelve groups of levers, each lever with unit, cost, delay and side effect.

Money is in units of the game for its standard market (`parameters.MARKET` people); a larger market scales budgets and
staff with it, so that a decision means the same in both. Ranges are conventions of the game; what a lever does follows
from `parameters`, where every number tells its origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say

MONEY, QUARTER = mark("units of money"), mark("units of money in a quarter")
GROUPS: dict[str, str] = {
    "price": mark("Prices and discount"),
    "acquisition": mark("Acquisition by channel"),
    "staff": mark("Staff and training"),
    "standard": mark("Service standard"),
    "recovery": mark("Recovery of failures"),
    "self_service": mark("Self-service and knowledge base"),
    "data": mark("Client data and reports"),
    "access": mark("Access to client data"),
    "loyalty": mark("Loyalty programme"),
    "retention": mark("Retention offers"),
    "win_back": mark("Win-back"),
    "experiment": mark("Experiment"),
}


@dataclass(frozen=True)
class Lever:
    """A lever: its number and what pulling it costs, when it acts, what it does besides.

    Parameters
    ----------
    knob : Knob
        Name, range, unit, label, origin.
    group : str
        One of `GROUPS`.
    cost, delay, side_effect : str
        Marked sentences.
    words : tuple of str
        For a lever with named positions 0, 1, 2 …: their marked names.
    """

    knob: Knob
    group: str
    cost: str
    delay: str
    side_effect: str
    words: tuple[str, ...] = ()


def _lever(name: str, group: str, default: float, low: float, high: float, step: float, label: str, unit: str,
           cost: str, delay: str, side_effect: str, words: tuple[str, ...] = ()) -> Lever:  # fmt: skip
    knob = Knob(name, default, low, high, step, label, unit, "convention", "position and range of the game")
    return Lever(knob, group, cost, delay, side_effect, words)


_AT_ONCE, _NEXT = mark("acts at once"), mark("builds up over two to three quarters")
_DECLARED = (
    _lever("price", "price", 1.0, 0.7, 1.4, 0.01, mark("Price level"), mark("of the usual"),
           mark("margin of every visit"), _AT_ONCE,
           mark("dearer than the competitor: fewer visits, more exits; a rise of more than 10 % in one quarter costs "
                "trust")),
    _lever("discount", "price", 0.0, 0.0, 0.4, 0.01, mark("Discount for everybody"), mark("of the price"),
           mark("the same share of all revenue"), _AT_ONCE,
           mark("clients get used to it: when it ends, the usual price feels dear")),
    _lever("search", "acquisition", 4000, 0, 30000, 100, mark("Search advertising"), QUARTER, mark("the budget"),
           mark("acts within weeks, fades in a month"),
           mark("each further unit reaches fewer new people; more clients mean more load")),
    _lever("social", "acquisition", 2000, 0, 30000, 100, mark("Social networks"), QUARTER, mark("the budget"),
           mark("builds up and fades slowly, over a quarter"), mark("brings more price-sensitive people")),
    _lever("referral", "acquisition", 0, 0, 60, 1, mark("Bonus for a referral"),
           mark("units of money for a new client"), mark("the bonus, once for each"), _AT_ONCE,
           mark("works only while clients are content; some would have come anyhow")),
    _lever("staff", "staff", 10, 2, 30, 1, mark("Employees"), mark("people"), mark("wages; 900 to hire one, 1,500 to "
                                                                                  "dismiss one"),
           mark("a new employee works fully after half a year"), mark("too few: waiting, failures, fatigue; too many: "
                                                                    "idle wages; dismissals tire the others")),
    _lever("training", "staff", 4, 0, 40, 1, mark("Training"), mark("hours for an employee in a quarter"),
           mark("12 units an hour, and the hour is not worked"), _NEXT, mark("less capacity in this quarter")),
    _lever("standard", "standard", 1.0, 0.7, 1.5, 0.05, mark("Time for a visit"), mark("of the usual"),
           mark("minutes of staff"), _AT_ONCE, mark("longer is better and fills the capacity; expectations grow "
                                                    "with it")),
    _lever("recovery", "recovery", 10, 0, 120, 1, mark("Budget for a complaint"), mark("units of money for each"),
           mark("the budget, for each complaint"), _AT_ONCE, mark("more people complain where it helps; a second "
                                                                  "failure is not made good by it")),
    _lever("self_service", "self_service", 1000, 0, 20000, 100, mark("Self-service and knowledge base"), QUARTER,
           mark("the budget"), _NEXT, mark("takes load off staff; those who want a person are annoyed")),
    _lever("data", "data", 1500, 0, 12000, 100, mark("Recording of client data"), QUARTER,
           mark("the budget, and minutes of staff for every record"), _NEXT,
           mark("without it the dashboard is blind; what is recorded can leak")),
    _lever("survey", "data", 0, 0, 1, 1, mark("Satisfaction survey"), "", mark("1,200 units"),
           mark("report at the end of the quarter"), mark("only some answer, the content more often"),
           (mark("not bought"), mark("bought"))),
    _lever("market", "data", 0, 0, 1, 1, mark("Market report"), "", mark("2,000 units"),
           mark("report at the end of the quarter"), mark("none"), (mark("not bought"), mark("bought"))),
    _lever("access", "access", 1, 0, 2, 1, mark("Who may see client data"), "", mark("none in money"), _AT_ONCE,
           mark("narrow: more minutes for a visit; wide: more leaks, and larger ones"),
           (mark("own clients only"), mark("the team's clients"), mark("everybody sees all"))),
    _lever("reward", "loyalty", 0.0, 0.0, 0.2, 0.01, mark("Points for a purchase"), mark("of what was paid"),
           mark("what is redeemed; 600 units a quarter to run it"), mark("members join visit by visit"),
           mark("mostly rewards those who come anyhow; points are a debt")),
    _lever("validity", "loyalty", 52, 4, 104, 1, mark("Points are valid for"), mark("weeks"), mark("none in money"),
           _AT_ONCE, mark("short: less to redeem, angry members; under 26 weeks it is a hidden expiry and costs "
                          "trust")),
    _lever("ending", "loyalty", 0, 0, 1, 1, mark("When the programme ends, points are"), "",
           mark("honoured points are redeemed for a year"), mark("acts when points for a purchase fall to 0"),
           mark("cancelled: a saving today, a broken promise"), (mark("honoured"), mark("cancelled"))),
    _lever("rule", "retention", 0, 0, 3, 1, mark("Who gets a retention offer"), "",
           mark("10 units for each who takes it, 0.5 for each letter"), mark("one round in a quarter"),
           mark("some would rather be left alone: a letter reminds them to leave"),
           (mark("nobody"), mark("those who have been away longest"), mark("those who spent most"),
            mark("those whom the experiments so far point to"))),
    _lever("contacted", "retention", 0.2, 0.0, 1.0, 0.05, mark("Share of known clients contacted"), mark("fraction"),
           mark("letters and offers"), _AT_ONCE, mark("only clients on file can be contacted; above 40 % it is "
                                                      "felt as a nuisance")),
    _lever("win_back", "win_back", 0, 0, 80, 1, mark("Offer to clients who left"),
           mark("units of money for each who returns"), mark("the offer for each who returns, 0.5 for each letter"),
           mark("one round in a quarter"),
           mark("who left for a failure seldom returns; who leaves learns that leaving pays")),
    _lever("holdout", "experiment", 0.0, 0.0, 0.5, 0.05, mark("Held out of the retention offers"), mark("fraction"),
           mark("the effect on those held out is forgone; 500 units to evaluate it"),
           mark("measured at the end of the quarter"), mark("shows what the offer does, and sharpens the rule of the "
                                                            "experiments")),
)  # fmt: skip

LEVERS: dict[str, Lever] = {lever.knob.name: lever for lever in _DECLARED}
LIMITS = mark("A game with assumed strengths: it teaches on what an effect depends, and foresees no real organisation.")


@dataclass(frozen=True)
class Decision:
    """The positions of all levers in one quarter; names and ranges as in `LEVERS`.

    Raises
    ------
    InputError
        If positions are outside their ranges; all at once.

    Examples
    --------
    >>> Decision(staff=12).changed(Decision())
    ('staff',)
    >>> Decision(price=9, staff=11.5)
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: This decision can't be carried out.
    <BLANKLINE>
    1. `price` can't be 9. A value from 0.7 to 1.4 is allowed.
    2. `staff` can't be 11.5. A whole number from 2 to 30 is allowed.
    """

    price: float = 1.0
    discount: float = 0.0
    search: int = 4000
    social: int = 2000
    referral: int = 0
    staff: int = 10
    training: int = 4
    standard: float = 1.0
    recovery: int = 10
    self_service: int = 1000
    data: int = 1500
    survey: int = 0
    market: int = 0
    access: int = 1
    reward: float = 0.0
    validity: int = 52
    ending: int = 0
    rule: int = 0
    contacted: float = 0.2
    win_back: int = 0
    holdout: float = 0.0

    def __post_init__(self) -> None:
        problems = decision_problems(asdict(self))
        if problems:
            raise InputError(say("This decision can't be carried out."), problems)
        for item in fields(self):
            object.__setattr__(self, item.name, LEVERS[item.name].knob.check(getattr(self, item.name)))

    def with_(self, **changes: Any) -> Decision:
        """Another decision; unknown names are told with the likely ones.

        >>> Decision().with_(stafff=3)
        Traceback (most recent call last):
            ...
        crm_toolkit.errors.InputError: This decision can't be carried out.
        <BLANKLINE>
        1. There is no lever `stafff`.
           Did you mean `staff`?
        """
        problems = decision_problems({**asdict(self), **changes})
        if problems:
            raise InputError(say("This decision can't be carried out."), problems)
        return replace(self, **changes)

    def changed(self, before: Decision) -> tuple[str, ...]:
        """Names of the levers that stand elsewhere than before."""
        return tuple(name for name in LEVERS if getattr(self, name) != getattr(before, name))

    def groups_changed(self, before: Decision) -> tuple[str, ...]:
        """Groups with a lever that stands elsewhere than before.

        >>> Decision(price=1.1, discount=0.1).groups_changed(Decision())
        ('price',)
        """
        return tuple(dict.fromkeys(LEVERS[name].group for name in self.changed(before)))

    def group_as(self, other: Decision, *groups: str) -> Decision:
        """The same decision with some groups as in another one."""
        taken = {name: getattr(other, name) for name, lever in LEVERS.items() if lever.group in groups}
        return replace(self, **taken)


def decision_problems(positions: Mapping[str, object]) -> list[Problem]:
    """Everything that is wrong with the positions of some levers; an empty list if nothing is.

    >>> [problem.column for problem in decision_problems({"price": "dear", "stafff": 3})]
    ['price', 'stafff']
    """
    problems = []
    for name, value in positions.items():
        if name not in LEVERS:
            close = near_misses(name, list(LEVERS))
            advice = (say("Did you mean `{close}`?", close=close[0]) if close
                      else say("Possible: {names}.", names=join_names(LEVERS, most=30)))  # fmt: skip
            what = say("There is no lever `{name}`.", name=name)
            problems.append(Problem("unknown_name", what, advice=advice, column=name))
            continue
        try:
            LEVERS[name].knob.check(value)
        except InputError as letter:
            problems += [Problem(one.code, f"{letter.heading} {one.what}", column=name) for one in letter.problems]
    return problems
