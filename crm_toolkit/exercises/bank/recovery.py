"""What to spend on putting a failure right, and why nobody should fail on purpose: two tasks in money."""

from __future__ import annotations

import math
import random
from typing import Any

from crm_toolkit.exercises.tasks import Data, Misconception, Task, one_number
from crm_toolkit.texts import format_number, format_percent, mark


def _draw_spending(luck: random.Random) -> Data:
    nothing = luck.randrange(20, 36) / 100
    best = nothing + luck.randrange(34, 46) / 100
    margin = luck.randrange(240, 641, 10)
    return {
        "margin": margin, "revenue": round(margin / luck.uniform(0.3, 0.5) / 10) * 10, "return_nothing": nothing,
        "return_best": round(best, 2), "return_usual": round(best - luck.randrange(2, 7) / 100, 2),
        "speed": luck.randrange(18, 51) / 1_000,
    }  # fmt: skip


def _gain(data: Data) -> float:
    return data["return_best"] - data["return_nothing"]


def _optimum(data: Data, worth: float) -> float:
    """Where the last unit of money brings exactly itself: worth · speed · e^(−speed · budget) = 1."""
    return math.log(max(worth * data["speed"], 1e-9)) / data["speed"]


def _break_even(data: Data) -> float:
    """The larger budget at which all that was gained is spent again, by halving."""
    top = data["margin"] * _gain(data)
    low, high = _optimum(data, top), top
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if top * (1 - math.exp(-data["speed"] * middle)) > middle else (low, middle)
    return high


def _made_good(data: Data) -> float:
    return -math.log(1 - (data["return_usual"] - data["return_nothing"]) / _gain(data)) / data["speed"]


def _right_budget(data: Data) -> float:
    return _optimum(data, data["margin"] * _gain(data))


def _spending_words(data: Data) -> dict[str, Any]:
    return {
        "margin": format_number(data["margin"]), "revenue": format_number(data["revenue"]),
        "nothing": format_percent(data["return_nothing"], 0), "best": format_percent(data["return_best"], 0),
        "usual": format_percent(data["return_usual"], 0), "speed": format_number(data["speed"], 3),
        "nothing_share": format_number(data["return_nothing"], 2), "gain": format_number(_gain(data), 2),
        "answer": format_number(_right_budget(data), 1),
    }  # fmt: skip


BEST_RECOVERY = Task(
    id="best_recovery",
    lesson="11",
    topic="recovery_budget",
    title=mark("The best budget for putting a failure right"),
    statement=mark(
        "After a failure {nothing} of the customers return if nothing is done. Money for putting it right has "
        "diminishing returns: with a budget of B for each complaint\n\n"
        "`{nothing_share} + {gain} · (1 − exp(−{speed} · B))`\n\n"
        "of them return, {best} at most. Without a failure {usual} would return. A customer who returns brings a "
        "revenue of {revenue} and a margin of {margin} (`margin`, `revenue`, `return_nothing`, `return_best`, "
        "`return_usual`, `speed`).\n\n"
        "Which budget for one complaint brings the most profit? Hand in one number in units of money."
    ),
    generate=_draw_spending,
    answer=lambda data: one_number(_right_budget(data)),
    misconceptions=(
        Misconception("AVERAGE_FOR_MARGINAL", lambda data: one_number(_break_even(data)),
                      mark("Here everything that was gained is spent again. The best budget is where the last unit of "
                           "money just brings itself, not where the whole sum does."), credit=0.25),
        Misconception("REVENUE_FOR_MARGIN", lambda data: one_number(_optimum(data, data["revenue"] * _gain(data))),
                      mark("It looks as if revenue was counted. A customer who returns has to be served, and that "
                           "costs."), credit=0.5),
        Misconception("WHOLE_CUSTOMER", lambda data: one_number(_optimum(data, data["margin"] * data["return_best"])),
                      mark("It looks as if all who return were counted as won. Some would have returned without any "
                           "budget."), credit=0.5),
        Misconception("AS_IF_NOTHING_HAPPENED", lambda data: one_number(_made_good(data)),
                      mark("With this budget as many return as without a failure. That is a fine aim and nobody has "
                           "asked yet what it costs."), credit=0.25),
        Misconception("NEARLY_ALL", lambda data: one_number(math.log(20) / data["speed"]),
                      mark("With this budget 95 per cent of the effect is bought. The last part of it is dear: "
                           "compare it with a customer's margin.")),
    ),
    words=_spending_words,
    hints=(
        mark("Profit is margin times the share that returns, less the budget. At its highest point one unit more "
             "brings just one unit."),
        mark("Set margin · gain · speed · exp(−speed · B) = 1 and solve it for B; the gain is from nothing to the "
             "best."),
        mark("`worth = margin * (return_best - return_nothing) * speed`"),
    ),
    solution=mark("B = ln({margin} · {gain} · {speed}) / {speed} = **{answer}**. On the whole curve, with voice and "
                  "exit: `analysis.recovery_budget.recovery_budget`."),
    tolerance=0.51,
    tolerance_reason=mark("budgets are whole units of money"),
)  # fmt: skip

_CUSTOMERS = 1_000


def _draw_purpose(luck: random.Random) -> Data:
    usual = luck.randrange(66, 80) / 100
    before = luck.randrange(41, 45) / 10
    return {
        "satisfaction_without": before, "satisfaction_recovered": round(before + luck.randrange(2, 5) / 10, 1),
        "return_without": usual, "return_recovered": round(usual - luck.randrange(2, 7) / 100, 2),
        "return_silent": round(usual - luck.randrange(20, 36) / 100, 2), "heard_share": luck.randrange(20, 46) / 100,
        "recovery_cost": luck.randrange(20, 61, 5), "margin": luck.randrange(120, 401, 10),
    }  # fmt: skip


def _purpose(data: Data, *, recovered: float | None = None, silent: float | None = None, heard: float | None = None,
             paid: float | None = None) -> float:  # fmt: skip
    back = data["return_recovered"] if recovered is None else recovered
    quiet = data["return_silent"] if silent is None else silent
    speak = data["heard_share"] if heard is None else heard
    cost = data["recovery_cost"] * (speak if paid is None else paid)
    returns = speak * back + (1 - speak) * quiet
    return _CUSTOMERS * (data["margin"] * (returns - data["return_without"]) - cost)


def _as_satisfied(data: Data) -> float:
    ratio = data["satisfaction_recovered"] / data["satisfaction_without"]
    return _purpose(data, recovered=data["return_without"] * ratio, heard=1.0)


def _purpose_words(data: Data) -> dict[str, Any]:
    speak = data["heard_share"]
    returns = speak * data["return_recovered"] + (1 - speak) * data["return_silent"]
    return {
        "number": format_number(_CUSTOMERS), "recovered": format_number(data["return_recovered"], 2),
        "silent": format_number(data["return_silent"], 2), "usual": format_number(data["return_without"], 2),
        "better": format_number(data["satisfaction_recovered"], 1),
        "before": format_number(data["satisfaction_without"], 1), "heard": format_number(speak, 2),
        "quiet": format_number(1 - speak, 2), "returns": format_number(returns, 4),
        "margin": format_number(data["margin"]), "cost": format_number(data["recovery_cost"]),
        "answer": format_number(_purpose(data), 1),
    }  # fmt: skip


FAILURE_ON_PURPOSE = Task(
    id="failure_on_purpose",
    lesson="11",
    topic="service_recovery",
    title=mark("Fail, and then shine?"),
    statement=mark(
        "A survey found the paradox: customers whose failure was put right are satisfied with {better} of 5, those "
        "without a failure with {before}. A manager proposes to fail {number} customers on purpose and to put it right "
        "excellently.\n\n"
        "Known: of those who complain and are put right a share of {recovered} returns (`return_recovered`), of those "
        "who say nothing {silent} (`return_silent`), without a failure {usual} (`return_without`). Only {heard} of the "
        "failed complain (`heard_share`); only for them are {cost} each paid (`recovery_cost`). Who returns brings "
        "{margin} (`margin`).\n\n"
        "By how much does the profit from these {number} customers change? Hand in one number in units of money, "
        "with its sign."
    ),
    generate=_draw_purpose,
    answer=lambda data: one_number(_purpose(data)),
    misconceptions=(
        Misconception("SATISFIED_IS_LOYAL", lambda data: one_number(_as_satisfied(data)),
                      mark("It looks as if returning rose with satisfaction. Satisfied is not loyal: the shares that "
                           "return are given, and after a failure they are lower. The paradox was found in "
                           "satisfaction and not in returning."), credit=0.25),
        Misconception("EVERYBODY_COMPLAINS", lambda data: one_number(_purpose(data, heard=1.0)),
                      mark("It looks as if all who were failed complained. Whoever says nothing can't be put right."),
                      credit=0.25),
        Misconception("SILENT_IS_FINE", lambda data: one_number(_purpose(data, silent=data["return_without"])),
                      mark("No complaint, no problem? Those who say nothing return less often than those without a "
                           "failure."), credit=0.25),
        Misconception("COST_FORGOTTEN", lambda data: one_number(_purpose(data, paid=0.0)),
                      mark("Putting it right costs money, for everybody who complains."), credit=0.5),
        Misconception("COST_FOR_ALL", lambda data: one_number(_purpose(data, paid=1.0)),
                      mark("The cost was paid for everybody. Only those who complain are put right."), credit=0.5),
    ),
    words=_purpose_words,
    hints=(
        mark("Satisfaction is not in the till. Who returns, and what does it cost?"),
        mark("Returns = heard · recovered + (1 − heard) · silent. Change = number · (margin · (returns − usual) − "
             "heard · cost)."),
        mark("`returns = heard_share * return_recovered + (1 - heard_share) * return_silent`"),
    ),
    solution=mark("Of all {heard} · {recovered} + {quiet} · {silent} = {returns} return. {number} · ({margin} · "
                  "({returns} − {usual}) − {heard} · {cost}) = **{answer}**. A good recovery limits a loss; it is no "
                  "reason to make one."),
    tolerance=0.51,
    tolerance_reason=mark("half a unit of money"),
)  # fmt: skip

TASKS = (BEST_RECOVERY, FAILURE_ON_PURPOSE)
