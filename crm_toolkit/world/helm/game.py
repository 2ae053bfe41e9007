"""A game: a scenario, a seed and the decisions so far; everything else follows from them, bit for bit.

`Quarter` holds what the organisation sees. What only the game knows stands in `Game.truth` and is shown at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, say
from crm_toolkit.world.helm.books import Books
from crm_toolkit.world.helm.levers import Decision
from crm_toolkit.world.helm.parameters import MARKET, QUARTERS
from crm_toolkit.world.helm.scenarios import HelmScenario, helm_scenario
from crm_toolkit.world.helm.sight import Figure, dashboard
from crm_toolkit.world.helm.voyage import Passage, sail

if TYPE_CHECKING:
    import pandas as pd

VERSION = "1"  # of the engine: another version may give other numbers for the same decisions
FEWEST, MOST = 200, 50_000


@dataclass(frozen=True)
class Quarter:
    """What the organisation sees of a quarter.

    Parameters
    ----------
    number : int
        From 1.
    decision : Decision
    figures : tuple of Figure
        The dashboard; missing figures have no value and say why.
    books : Books
        Money line by line.
    news : tuple of str
        What the papers said in it, in the reader's language.
    incidents : tuple of str
        Leaks, fines, dark patterns: codes of `score.INCIDENTS`.
    """

    number: int
    decision: Decision
    figures: tuple[Figure, ...] = field(repr=False)
    books: Books = field(repr=False)
    news: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()

    def figure(self, name: str) -> Figure:
        """One figure by its name."""
        return next(one for one in self.figures if one.name == name)


@dataclass(frozen=True)
class Game:
    """A game as far as it has come; made by `new_game`.

    Parameters
    ----------
    scenario : HelmScenario
    seed : int
    people : int
        Size of the market.
    decisions : tuple of Decision
        One for each quarter that was played.

    Examples
    --------
    >>> game = new_game("growth", seed=3, people=300)
    >>> later = game.decide(game.standing.with_(staff=11)).decide()
    >>> [quarter.number for quarter in later.quarters], later.over
    ([1, 2], False)
    """

    scenario: HelmScenario
    seed: int
    people: int = MARKET
    decisions: tuple[Decision, ...] = ()

    @property
    def standing(self) -> Decision:
        """How the levers stand now."""
        return self.decisions[-1] if self.decisions else self.scenario.start

    @property
    def over(self) -> bool:
        """Whether all quarters are played."""
        return len(self.decisions) >= QUARTERS

    def decide(self, decision: Decision | None = None) -> Game:
        """Play the next quarter.

        Parameters
        ----------
        decision : Decision, optional
            By default the levers stay where they are.

        Returns
        -------
        Game

        Raises
        ------
        InputError
            If the game is over.
        """
        if self.over:
            what = say("All {count} quarters are played.", count=QUARTERS)
            raise InputError(say("No decision can be taken."), [Problem("over", what)])
        return replace(self, decisions=(*self.decisions, self.standing if decision is None else decision))

    @cached_property
    def passages(self) -> list[Passage]:
        """What happened, with the truth."""
        return sail(self.scenario, self.decisions, seed=self.seed, people=self.people)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """What the organisation saw, quarter by quarter."""
        return tuple(seen(self.scenario, passage) for passage in self.passages)

    @property
    def news(self) -> tuple[str, ...]:
        """What the papers say as the next decision is taken; after the last quarter nothing."""
        return () if self.over else self.scenario.news(len(self.decisions) + 1)

    @cached_property
    def truth(self) -> pd.DataFrame:
        """What only the game knows, a row for a quarter: to be looked at last.

        Returns
        -------
        DataFrame
            ``quarter``, ``cash``, ``profit`` (currency units), ``clients``, ``new``, ``left`` and by reason or channel,
            ``retention`` (share of the clients before who are still clients), ``visits``, ``turned``, ``failures``,
            ``complaints``, ``load``, ``wait``, ``satisfaction``, ``skill``, ``fatigue``, ``staff``, ``staff_left``,
            ``staff_hired``, ``trust``, ``data``, ``leaked``, ``points_owed``, ``points_given``, ``points_expired``,
            ``equity``.
        """
        import pandas as pd

        return pd.DataFrame([
            {"quarter": one.quarter, "cash": one.books.closing / 100, "profit": one.books.profit / 100, **one.truth}
            for one in self.passages
        ])  # fmt: skip


def seen(scenario: HelmScenario, passage: Passage) -> Quarter:
    """The part of a passage that the organisation sees."""
    return Quarter(passage.quarter, passage.decision, dashboard(passage.noted, passage.books), passage.books,
                   scenario.news(passage.quarter), passage.incidents)  # fmt: skip


def new_game(scenario: str | HelmScenario = "growth", *, seed: int = 1, people: int = MARKET) -> Game:
    """Begin a game.

    Parameters
    ----------
    scenario : str or HelmScenario
        A name of `helm_scenario_names`.
    seed : int
        Whose luck, 0 to 2³¹.
    people : int
        Size of the market, 200 to 50,000; budgets and staff grow with it.

    Returns
    -------
    Game

    Raises
    ------
    InputError
        All problems at once.

    Examples
    --------
    >>> new_game("price_war", seed=5).news
    ('Nothing of note on the market.',)
    >>> new_game("price_wart", people=7)
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: The game can't begin.
    <BLANKLINE>
    1. There is no scenario “price_wart”.
       Did you mean `price_war`?
    2. The market has from 200 to 50,000 people.
       Found: 7.
    """
    problems: list[Problem] = []
    told = scenario
    if isinstance(told, str):
        try:
            told = helm_scenario(told)
        except InputError as letter:
            problems += letter.problems
    found = say("Found: {value}.", value=repr(people))
    if isinstance(people, bool) or not isinstance(people, int) or not FEWEST <= people <= MOST:
        what = say("The market has from {low} to {high} people.", low=format_number(FEWEST), high=format_number(MOST))
        problems.append(Problem("outside_range", what, found, column="people"))
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= 2**31:
        what = say("The seed is a whole number from 0 to 2147483648.")
        problems.append(Problem("outside_range", what, say("Found: {value}.", value=repr(seed)), column="seed"))
    if problems:
        raise InputError(say("The game can't begin."), problems)
    assert isinstance(told, HelmScenario)
    return Game(told, seed, people)


__all__ = ["VERSION", "Books", "Game", "Quarter", "new_game", "seen"]
