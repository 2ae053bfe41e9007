"""The score of a game: what was built up, not profit alone. Weights and yardsticks are assumptions, and are shown.

equity   expected margin of today's clients, discounted, less the points they hold; 50 at the yardstick, never full
cash     money at the end; 50 at the yardstick
staff    skill and freshness of those who work at the end, less those who left
trust    trust of the clients at the end, less points for every leak, fine and dark pattern on the way
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import tanh

from crm_toolkit.texts import mark
from crm_toolkit.world.helm.parameters import MARKET
from crm_toolkit.world.helm.voyage import Passage

WEIGHTS: dict[str, float] = {"equity": 0.35, "cash": 0.25, "staff": 0.15, "trust": 0.25}
PARTS: dict[str, str] = {
    "equity": mark("Customer equity"),
    "cash": mark("Cash"),
    "staff": mark("State of the staff"),
    "trust": mark("Trust of the clients"),
}
INCIDENTS: dict[str, str] = {
    "leak": mark("client data leaked"),
    "hidden_expiry": mark("points expired within half a year: a hidden expiry"),
    "points_cancelled": mark("points that were promised were cancelled"),
    "price_jump": mark("the price rose by more than a tenth at once"),
    "nuisance": mark("more than 40 % of the clients on file were written to"),
    "fine_expiry": mark("a fine for points that expire too soon"),
    "fine_access": mark("a fine for access that is too wide"),
}
PAR_EQUITY, PAR_CASH, CASH_SPREAD = 900_000.0, 150_000.0, 200_000.0  # units of money in the standard market
PER_INCIDENT: dict[str, float] = {"leak": 4.0, "points_cancelled": 10.0, "hidden_expiry": 2.5, "price_jump": 2.5,
                                  "nuisance": 1.5, "fine_expiry": 1.5, "fine_access": 1.5}  # fmt: skip


@dataclass(frozen=True)
class Score:
    """A score and its parts, each 0 to 100.

    Parameters
    ----------
    equity, cash, staff, trust : float
    """

    equity: float
    cash: float
    staff: float
    trust: float

    @property
    def total(self) -> float:
        """Weighted by `WEIGHTS`.

        >>> round(Score(50, 50, 80, 60).total, 2)
        57.0
        """
        return sum(weight * getattr(self, name) for name, weight in WEIGHTS.items())


def score_of(passages: Sequence[Passage], *, people: int = MARKET) -> Score:
    """Score what was reached after some quarters.

    Parameters
    ----------
    passages : sequence of Passage
        `Game.passages`, at least one.
    people : int
        Size of the market: yardsticks grow with it.

    Returns
    -------
    Score

    Examples
    --------
    >>> from crm_toolkit.world.helm.game import new_game
    >>> game = new_game(people=300).decide()
    >>> 0 < score_of(game.passages, people=300).total < 100
    True
    """
    last, scale = passages[-1], people / MARKET
    truth = last.truth
    equity = max(truth["equity"], 0.0)
    skill = min(max((truth["skill"] - 0.7) / 0.6, 0.0), 1.0)
    left = sum(one.truth["staff_left"] for one in passages) / max(truth["staff"], 1.0) / len(passages) * 4
    staff = 100 * (0.5 * skill + 0.5 * (1 - truth["fatigue"])) * (1 - min(0.6 * left, 0.6))
    taken = sum(PER_INCIDENT[code] for one in passages for code in one.incidents)
    return Score(
        equity=100 * equity / (equity + PAR_EQUITY * scale),
        cash=50 + 50 * tanh((last.books.closing / 100 - PAR_CASH * scale) / (CASH_SPREAD * scale)),
        staff=staff,
        trust=min(max(100 * truth["trust"] - taken, 0.0), 100.0),
    )
