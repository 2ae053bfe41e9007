"""What the organisation can see of a quarter: the till, what was recorded, and what was bought; gaps say so.

Money in the till and at the bank is always known. Clients, their staying and their complaints are known only as far as
visits are recorded, and below `BLIND` not at all. Truth has no way into this module but through what was noted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_toolkit.texts import mark, say
from crm_toolkit.world.helm.books import Books

BLIND, PARTIAL = 0.15, 0.6  # shares of visits recorded; conventions of the game
FIGURES: dict[str, tuple[str, str]] = {
    "revenue": (mark("Revenue"), "money"),
    "profit": (mark("Profit"), "money"),
    "cash": (mark("Cash"), "money"),
    "till_visits": (mark("Visits paid at the till"), "count"),
    "recorded": (mark("Share of visits recorded"), "share"),
    "clients": (mark("Clients seen in the quarter"), "count"),
    "known": (mark("Clients on file"), "count"),
    "stayed": (mark("Came again, of those seen a quarter before"), "share"),
    "complaints": (mark("Complaints recorded"), "count"),
    "load": (mark("Load, share of what staff can do"), "share"),
    "turned": (mark("Visits turned away"), "count"),
    "staff": (mark("Employees at the end"), "count"),
    "staff_left": (mark("Employees who left"), "count"),
    "points": (mark("Points owed to clients"), "money"),
    "survey": (mark("Satisfaction in the survey, 1 to 5"), "number"),
    "experiment": (mark("Effect of the offer: visits more for each asked"), "number"),
    "rival_price": (mark("Price level of the competitor"), "number"),
    "market_share": (mark("Share of the market who are clients"), "share"),
    "left_price": (mark("Left for the price or the competitor"), "count"),
    "left_service": (mark("Left for a failure or out of disappointment"), "count"),
}
UNRECORDED = mark("not recorded: too few visits are written down")
NOT_BOUGHT = mark("not bought")
NO_LOTTERY = mark("no experiment with people held out")
TOO_FEW = mark("too few answers")
LOWER = mark("counted from what is recorded; the true number is higher")
SELECTED = mark("of those who answered")


@dataclass(frozen=True)
class Figure:
    """A figure of a report.

    Parameters
    ----------
    name : str
        One of `FIGURES`.
    value : float or None
        ``None`` where the organisation does not know it.
    margin : float or None
        Half the width of the 95 % interval, where there is one.
    note : str
        Why it is missing or how far it can be trusted, in the reader's language; may be empty.
    """

    name: str
    value: float | None
    margin: float | None = None
    note: str = ""

    @property
    def label(self) -> str:
        """What it is, in the reader's language."""
        return say(FIGURES[self.name][0])

    @property
    def kind(self) -> str:
        """``money``, ``count``, ``share`` or ``number``."""
        return FIGURES[self.name][1]


def dashboard(noted: dict[str, Any], books: Books) -> tuple[Figure, ...]:
    """The figures of a quarter, in the order of `FIGURES`."""
    share = noted["data"]
    known: dict[str, Figure] = {
        "revenue": Figure("revenue", books.lines.get("revenue", 0) / 100),
        "profit": Figure("profit", books.profit / 100),
        "cash": Figure("cash", books.closing / 100),
        "points": Figure("points", noted["points"] / 100),
    }
    for name in ("till_visits", "load", "staff", "staff_left"):
        known[name] = Figure(name, float(noted[name]))
    if share < BLIND:
        for name in ("recorded", "clients", "known", "stayed", "complaints", "turned"):
            known[name] = Figure(name, None, note=say(UNRECORDED))
    else:
        till = max(noted["till_visits"], 1)
        known["recorded"] = Figure("recorded", noted["visits"] / till)
        note = say(LOWER) if share < PARTIAL else ""
        for name in ("clients", "known", "stayed", "complaints", "turned"):
            known[name] = Figure(name, float(noted[name]), note=note if name != "turned" else "")
    known["survey"] = _surveyed(noted.get("survey"))
    found = noted.get("round") or {}
    known["experiment"] = (
        Figure("experiment", found["effect"], 1.96 * found["error"]) if "effect" in found
        else Figure("experiment", None, note=say(NO_LOTTERY))
    )  # fmt: skip
    market = noted.get("market")
    if market is None:
        for name in ("rival_price", "market_share", "left_price", "left_service"):
            known[name] = Figure(name, None, note=say(NOT_BOUGHT))
    else:
        known["rival_price"] = Figure("rival_price", market["rival_price"])
        known["market_share"] = Figure("market_share", market["share"])
        known["left_price"] = Figure("left_price", market["price"])
        known["left_service"] = Figure("left_service", market["failure"] + market["disappointed"])
    return tuple(known[name] for name in FIGURES)


def _surveyed(found: tuple[int, float, float] | None) -> Figure:
    if found is None:
        return Figure("survey", None, note=say(NOT_BOUGHT))
    _answers, mean, error = found
    if mean != mean:
        return Figure("survey", None, note=say(TOO_FEW))
    return Figure("survey", mean, 1.96 * error, say(SELECTED))
