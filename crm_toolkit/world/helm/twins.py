"""Twins: the same people and the same luck under other decisions, and the same decisions in other worlds.

The difference to a twin is the effect of the decisions, not luck. Switching one group of levers back tells what it
contributed; such differences need not add up, since decisions help or hinder each other (`value_of_groups` gives what
a Shapley value needs). The luck index asks the other way round: how good is this result among worlds with other luck?
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import mark, say
from crm_toolkit.world.helm.game import Game
from crm_toolkit.world.helm.levers import GROUPS, Decision
from crm_toolkit.world.helm.scenarios import HelmScenario
from crm_toolkit.world.helm.score import score_of
from crm_toolkit.world.helm.voyage import Passage, sail, sail_by

if TYPE_CHECKING:
    import pandas as pd

TWINS: dict[str, str] = {
    "you": mark("you"),
    "nothing": mark("nothing is changed"),
    "reference": mark("a simple rule"),
}
FAMILIES: dict[str, tuple[str, ...]] = {
    "market": ("price", "acquisition"),
    "service": ("staff", "standard", "self_service"),
    "relationship": ("recovery", "loyalty", "retention", "win_back"),
    "information": ("data", "access", "experiment"),
}
FAMILY_NAMES: dict[str, str] = {
    "market": mark("Prices and acquisition"),
    "service": mark("Staff, standard, self-service"),
    "relationship": mark("Recovery, loyalty, retention, win-back"),
    "information": mark("Data, access, experiments"),
}
MEASURES = ("score", "equity", "cash")
IDLE, BUSY, FULL = 0.62, 0.84, 0.95  # loads at which the simple rule takes one employee away, adds one, adds two
WORLDS = 200


@dataclass(frozen=True)
class Twins:
    """A game beside its twins; made by `twins`.

    Parameters
    ----------
    table : DataFrame
        ``who`` (by `TWINS`), ``score``, its parts ``equity_points``, ``cash_points``, ``staff_points``,
        ``trust_points``, and ``equity``, ``cash``, ``clients``.
    quarterly : DataFrame
        ``who``, ``quarter``, ``cash``, ``equity``, ``clients``.
    """

    table: pd.DataFrame
    quarterly: pd.DataFrame = field(repr=False)

    def effect(self, measure: str = "score", *, against: str = "nothing") -> float:
        """What the decisions changed against a twin."""
        values = self.table.set_index("who")[measure].astype("float64")
        return float(values["you"]) - float(values[against])


@dataclass(frozen=True)
class Attribution:
    """What each group of levers contributed; made by `attribution`.

    Parameters
    ----------
    table : DataFrame
        ``group``, ``quarters`` (in how many it stood elsewhere than at the start), ``lost_without`` (result less the
        result without it), the largest first.
    total : float
        Result less that of the twin that changes nothing.
    measure : str
    """

    table: pd.DataFrame
    total: float
    measure: str


@dataclass(frozen=True)
class LuckIndex:
    """A result among worlds with other luck; made by `luck_index`.

    Parameters
    ----------
    own : float
    others : tuple of float
        The same decisions in other worlds.
    percentile : float
        Share of the other worlds with a lower result, ties half; 0 to 1. 0.5 is usual luck.
    """

    own: float
    others: tuple[float, ...] = field(repr=False)
    percentile: float


def reference_decision(scenario: HelmScenario, before: Sequence[Passage]) -> Decision:
    """What the simple rule does: staff by last quarter's load, money into service and data, no programme, no offers.

    It reads only what any organisation sees: its own load and its cash.

    Examples
    --------
    >>> from crm_toolkit.world.helm.scenarios import helm_scenario
    >>> reference_decision(helm_scenario(), []).staff
    10
    """
    start = scenario.start
    standing = before[-1].decision if before else start
    load = float(before[-1].noted["load"]) if before else 0.9
    step = 2 if load > FULL else 1 if load > BUSY else -1 if load < IDLE else 0
    staff = min(max(standing.staff + step, 4), 24)
    busy = load > FULL
    return start.with_(
        staff=staff, training=16, recovery=30, data=3000, access=1, self_service=2500, validity=max(start.validity, 52),
        search=3000 if busy else 5000, social=1500 if busy else 3500, reward=min(start.reward, 0.03),
    )  # fmt: skip


def twins(game: Game) -> Twins:
    """Let the same people with the same luck live under no change and under a simple rule.

    Parameters
    ----------
    game : Game
        With at least one decision.

    Returns
    -------
    Twins

    Raises
    ------
    InputError
        If nothing was decided yet.

    Examples
    --------
    >>> from crm_toolkit.world.helm.game import new_game
    >>> idle = new_game(people=300).decide().decide()
    >>> twins(idle).effect("equity"), twins(idle).effect("score")
    (0.0, 0.0)
    """
    import pandas as pd

    _played(game)
    told, count = game.scenario, len(game.decisions)
    runs = {
        "you": game.passages,
        "nothing": sail(told, [told.start] * count, seed=game.seed, people=game.people),
        "reference": sail_by(told, lambda before: reference_decision(told, before), seed=game.seed, people=game.people,
                             quarters=count),
    }  # fmt: skip
    rows, quarters = [], []
    for who, passages in runs.items():
        score = score_of(passages, people=game.people)
        last = passages[-1]
        rows.append({
            "who": who, "score": score.total,
            **{f"{name}_points": getattr(score, name) for name in ("equity", "cash", "staff", "trust")},
            "equity": last.truth["equity"], "cash": last.books.closing / 100, "clients": int(last.truth["clients"]),
        })  # fmt: skip
        quarters += [{"who": who, "quarter": one.quarter, "cash": one.books.closing / 100,
                      "equity": one.truth["equity"], "clients": int(one.truth["clients"])}
                     for one in passages]  # fmt: skip
    return Twins(pd.DataFrame(rows), pd.DataFrame(quarters))


def result_of(game: Game, decisions: Sequence[Decision], measure: str = "score") -> float:
    """The result of other decisions in the world of a game."""
    passages = sail(game.scenario, decisions, seed=game.seed, people=game.people)
    if measure == "score":
        return score_of(passages, people=game.people).total
    return passages[-1].truth["equity"] if measure == "equity" else passages[-1].books.closing / 100


def attribution(game: Game, *, measure: str = "score", from_quarter: int = 1) -> Attribution:
    """What each group of levers contributed: the result less that of the same game with this group left as it was.

    Parameters
    ----------
    game : Game
        With at least one decision.
    measure : {"score", "equity", "cash"}
        Whose difference.
    from_quarter : int
        Switch a group back only from this quarter on, to where it stood before it.

    Returns
    -------
    Attribution
        Its differences need not add up to ``total``: decisions help or hinder each other.

    Raises
    ------
    InputError
        If nothing was decided yet, or the measure is unknown.
    """
    import pandas as pd

    _played(game, measure)
    given = game.decisions
    first = max(from_quarter, 1) - 1
    base = given[first - 1] if 0 < first <= len(given) else game.scenario.start
    own, rows = result_of(game, given, measure), []
    for group in GROUPS:
        moved = [group in one.groups_changed(base) for one in given[first:]]
        if any(moved):
            without = [*given[:first], *(one.group_as(base, group) for one in given[first:])]
            rows.append({"group": group, "quarters": sum(moved),
                         "lost_without": own - result_of(game, without, measure)})  # fmt: skip
    table = pd.DataFrame(rows, columns=["group", "quarters", "lost_without"])
    table = table.sort_values("lost_without", ascending=False, kind="stable", ignore_index=True)
    idle = [*given[:first], *[base] * (len(given) - first)]
    return Attribution(table, own - result_of(game, idle, measure), measure)


def value_of_groups(
    game: Game, families: Mapping[str, tuple[str, ...]] = FAMILIES, *, measure: str = "score"
) -> Callable[[frozenset[str]], float]:
    """The result when only some families of levers are as decided, for `analysis.shapley_of_switches`."""
    _played(game, measure)

    def value(on: frozenset[str]) -> float:
        off = [group for name, groups in families.items() if name not in on for group in groups]
        return result_of(game, [one.group_as(game.scenario.start, *off) for one in game.decisions], measure)

    return value


def luck_index(game: Game, *, worlds: int = WORLDS, progress: Callable[[int, int], object] | None = None) -> LuckIndex:
    """The percentile of the own score among other worlds with the same decisions.

    Parameters
    ----------
    game : Game
        With at least one decision.
    worlds : int
        How many, 2 or more.
    progress : callable, optional
        Called with the number done and the number of all.

    Returns
    -------
    LuckIndex

    Raises
    ------
    InputError
        If nothing was decided yet, or there are too few worlds.

    Examples
    --------
    >>> from crm_toolkit.world.helm.game import new_game
    >>> 0 <= luck_index(new_game(people=300).decide(), worlds=4).percentile <= 1
    True
    """
    _played(game)
    if worlds < 2:
        what = say("At least 2 worlds are needed.")
        raise InputError(say("There is nothing to compare with."), [Problem("outside_range", what, column="worlds")])
    own = score_of(game.passages, people=game.people).total
    others: list[float] = []
    seed = 1_000_000
    while len(others) < worlds:
        if seed != game.seed:
            passages = sail(game.scenario, game.decisions, seed=seed, people=game.people)
            others.append(score_of(passages, people=game.people).total)
            if progress is not None:
                progress(len(others), worlds)
        seed += 1
    below = sum(1.0 if value < own else 0.5 if value == own else 0.0 for value in others)
    return LuckIndex(own, tuple(others), below / worlds)


def _played(game: Game, measure: str = "score") -> None:
    problems = []
    if not game.decisions:
        problems.append(Problem("empty", say("No quarter was played yet.")))
    if measure not in MEASURES:
        problems.append(Problem("unknown_name", say("There is no measure “{name}”.", name=measure)))
    if problems:
        raise InputError(say("There is nothing to compare with."), problems)
