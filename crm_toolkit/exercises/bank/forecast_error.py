"""Forecasts judged by hand: errors beside the seasonal naive forecast, value added, intervals, probabilities.

The truth is that of `crm_toolkit.analysis.backtest` and `churn_performance`: the same definitions on small tables.
"""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.bank.small_tables import small_table
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_number, format_percent, mark

_TWO = mark("half a unit of the second decimal")
_THREE = mark("half a unit of the third decimal")
_SEASON = (1.25, 0.85, 0.8, 1.1)


def _draw_quarters(luck: random.Random) -> Data:
    level, growth = luck.randrange(180, 420), luck.uniform(1.06, 1.16)
    values = [
        round(level * growth ** (place / 4) * _SEASON[place % 4] * luck.uniform(0.95, 1.05)) for place in range(12)
    ]
    foretold = [round(value * luck.uniform(0.9, 1.07)) for value in values[8:]]
    quarters = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
    return {"history": pd.DataFrame({"quarter": quarters[:8], "visits": values[:8]}),
            "trial": pd.DataFrame({"quarter": quarters[8:], "forecast": foretold, "visits": values[8:]})}  # fmt: skip


def _mae(data: Data) -> float:
    trial = data["trial"]
    return float((trial["forecast"] - trial["visits"]).abs().mean())


def _scale(data: Data, lag: int = 4) -> float:
    visits = data["history"]["visits"]
    return float((visits - visits.shift(lag)).abs().mean())


def _mase(data: Data) -> Values:
    return one_number(_mae(data) / _scale(data))


def _root(data: Data) -> Values:
    trial = data["trial"]
    return one_number(float(((trial["forecast"] - trial["visits"]) ** 2).mean() ** 0.5) / _scale(data))


def _signed(data: Data) -> Values:
    trial = data["trial"]
    return one_number(abs(float((trial["forecast"] - trial["visits"]).mean())) / _scale(data))


def _quarter_words(data: Data) -> dict[str, Any]:
    return {"mae": format_number(_mae(data), 2), "scale": format_number(_scale(data), 2),
            "answer": format_number(_mase(data)[""][""], 2)}  # fmt: skip


MASE_BY_HAND = Task(
    id="mase_by_hand",
    lesson="07",
    topic="forecast",
    title=mark("The error beside “as a year ago”"),
    statement=mark(
        "Visits of a car service by quarter (`history`) and a forecast for the four quarters after them with what came "
        "(`trial`).\n\n"
        "What is the MASE: the mean absolute error of the forecast, divided by the mean absolute error that “the same "
        "quarter a year ago” made **within the history**? Give a number with two decimals."
    ),
    generate=_draw_quarters,
    answer=_mase,
    misconceptions=(
        Misconception("NOT_SEASONAL", lambda data: one_number(_mae(data) / _scale(data, 1)),
                      mark("Divided by the error of “as last quarter”. Visits have a season: the fair opponent is the "
                           "same quarter a year ago."), credit=0.5),
        Misconception("NOT_SCALED", lambda data: one_number(_mae(data)),
                      mark("This is the mean absolute error, in visits. Divide it by that of the seasonal naive "
                           "forecast."), credit=0.25),
        Misconception("ROOT_MEAN_SQUARE", _root,
                      mark("Errors were squared, averaged and rooted. Asked are absolute errors."), credit=0.5),
        Misconception("SIGNED", _signed,
                      mark("Errors above and below cancelled out: that is the bias. Take absolute values first."),
                      credit=0.25),
    ),
    words=_quarter_words,
    hints=(
        mark("Two mean absolute errors: of the forecast on the trial, of “a year ago” within the history."),
        mark("The second one needs a year before each quarter, so it has four terms."),
        mark("`mae = (trial[\"forecast\"] - trial[\"visits\"]).abs().mean()`"),
    ),
    solution=mark("Mean absolute error {mae}; that of “a year ago” within the history {scale}. {mae} / {scale} = "
                  "**{answer}**. Below 1 is better than looking a year back."),
    tolerance=0.0051,
    tolerance_reason=_TWO,
)  # fmt: skip


def _draw_weeks(luck: random.Random) -> Data:
    level = luck.randrange(60, 140)
    came = [level]
    for _ in range(6):
        came.append(max(20, came[-1] + luck.randrange(-18, 19)))
    foretold = [round(value + luck.randrange(-7, 8)) for value in came[1:]]
    weeks = pd.DataFrame({"week": range(1, 8), "orders": came, "forecast": [None, *foretold]})
    return {"weeks": weeks}


def _errors(data: Data) -> tuple[float, float]:
    weeks = data["weeks"].iloc[1:]
    before = data["weeks"]["orders"].iloc[:-1].to_numpy()
    own = (weeks["forecast"].astype(float) - weeks["orders"]).abs().mean()
    return float(own), float(abs(before - weeks["orders"].to_numpy()).mean())


def _added(data: Data) -> Values:
    own, naive = _errors(data)
    return one_number(1 - own / naive)


def _against_mean(data: Data) -> Values:
    orders = data["weeks"]["orders"].iloc[1:]
    return one_number(1 - _errors(data)[0] / float((orders - orders.mean()).abs().mean()))


def _added_words(data: Data) -> dict[str, Any]:
    own, naive = _errors(data)
    return {"own": format_number(own, 2), "naive": format_number(naive, 2),
            "answer": format_number(_added(data)[""][""], 3)}  # fmt: skip


VALUE_ADDED = Task(
    id="forecast_value_added",
    lesson="07",
    topic="forecast",
    title=mark("What does the forecast add?"),
    statement=mark(
        "Orders of seven weeks and the forecast that was made for each of the last six (`weeks`). The naive forecast "
        "says: "
        "as many as in the week before.\n\n"
        "What is the forecast value added: 1 − mean absolute error of the forecast / that of the naive one, both "
        "over the "
        "same six weeks? Give a fraction with three decimals."
    ),
    generate=_draw_weeks,
    answer=_added,
    misconceptions=(
        Misconception("RATIO", lambda data: one_number(_errors(data)[0] / _errors(data)[1]),
                      mark("This is the share of the naive error that is left. How much was taken away?"), credit=0.5),
        Misconception("AGAINST_THE_MEAN", _against_mean,
                      mark("Compared with the mean of the six weeks, which nobody knew beforehand. The opponent is "
                           "last "
                           "week."), credit=0.25),
        Misconception("UPSIDE_DOWN", lambda data: one_number(1 - _errors(data)[1] / _errors(data)[0]),
                      mark("The two errors changed places: what is divided by the naive one is the forecast's."),
                      credit=0.25),
    ),
    words=_added_words,
    hints=(
        mark("Both forecasts stand before the same judge: the same weeks, the same measure."),
        mark("Naive error of a week: |orders of the week before − orders|. Average six of them."),
        mark("`naive = weeks[\"orders\"].shift(1)`"),
    ),
    solution=mark("Forecast {own}, naive {naive}. 1 − {own} / {naive} = **{answer}**."),
    tolerance=0.0005,
    tolerance_reason=_THREE,
    unit="fraction",
)  # fmt: skip


def _draw_intervals(luck: random.Random) -> Data:
    rows = []
    missed = luck.sample(range(14), luck.randrange(3, 7))
    for place in range(14):
        centre, half = luck.randrange(300, 500), luck.randrange(20, 60)
        low, high = centre - half, centre + luck.randrange(20, 60)
        if place in missed:
            came = high + luck.randrange(3, 40) if luck.random() < 0.6 else low - luck.randrange(3, 40)
        else:
            came = luck.choice((low, high, luck.randrange(low, high), luck.randrange(low, high)))
        rows.append((f"2025-{place + 1:02}" if place < 12 else f"2026-{place - 11:02}", low, centre, high, came))
    return {"trials": pd.DataFrame(rows, columns=["month", "low", "forecast", "high", "came"]), "level": 0.8}


def _held(data: Data, *, strict: bool = False, one_side: bool = False) -> float:
    trials = data["trials"]
    low, high, came = trials["low"], trials["high"], trials["came"]
    inside = ((came > low) & (came < high)) if strict else (came >= low) & (came <= high)
    return float((came <= high).mean() if one_side else inside.mean())


def _kept(data: Data, share: float | None = None, *, half: bool = False) -> Values:
    trials = data["trials"]
    width = trials["forecast"] - trials["low"] if half else trials["high"] - trials["low"]
    held = _held(data) if share is None else share
    return {"value": {"held_of_100": 100 * held, "mean_width": float(width.mean())}}


INTERVAL_COVERAGE = Task(
    id="interval_coverage",
    lesson="07",
    topic="forecast",
    key="step",
    title=mark("Do the intervals keep what they promise?"),
    statement=mark(
        "Fourteen monthly forecasts with intervals that were meant to hold {level} of the values (`trials`: `low`, "
        "`forecast`, `high`, and what `came`; `level`). A value on an end counts as held.\n\n"
        "Hand in a table with `step` and `value`, two decimals: `held_of_100`, how many of 100 such months they hold; "
        "`mean_width`, how wide they are on average."
    ),
    generate=_draw_intervals,
    answer=_kept,
    misconceptions=(
        Misconception("ENDS_OUTSIDE", lambda data: _kept(data, _held(data, strict=True)),
                      mark("Values on an end of the interval were counted as missed."), credit=0.5),
        Misconception("ONE_SIDE", lambda data: _kept(data, _held(data, one_side=True)),
                      mark("Only the upper end was looked at. Values below the lower end were missed too."),
                      credit=0.5),
        Misconception("MISSED", lambda data: _kept(data, 1 - _held(data)),
                      mark("In the first step stands the share that fell outside."), credit=0.5),
        Misconception("PROMISE", lambda data: _kept(data, data["level"]),
                      mark("In the first step stands what was promised. Count what was kept."), credit=0.25),
        Misconception("HALF_WIDTH", lambda data: _kept(data, half=True),
                      mark("In the second step the way from the lower end to the forecast was measured: that is one "
                           "half "
                           "only."), credit=0.5),
    ),
    words=lambda data: {"level": format_percent(data["level"], 0), "inside": format_number(round(14 * _held(data))),
                        "table": small_table("step", "value", _kept(data)["value"])},
    hints=(
        mark("Count, month by month; then measure from end to end."),
        mark("Held: low ≤ came ≤ high. Divide by the number of months; width is high − low."),
        mark("`held = trials[\"came\"].between(trials[\"low\"], trials[\"high\"])`"),
    ),
    solution=mark("{inside} of 14 were held. With so few months a miss or two may be chance; of two methods that "
                  "keep the "
                  "promise the narrower one is better.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_TWO,
)  # fmt: skip


def _draw_probabilities(luck: random.Random) -> Data:
    levels = sorted(luck.sample((0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7), 4))
    rows = []
    for place, level in enumerate(levels):
        members = luck.randrange(20, 60)
        drift = luck.choice((-0.12, -0.06, 0.05, 0.1))
        left = min(max(round(members * (level + drift)), 1), members - 1)
        rows.append((place + 1, level, members, left))
    return {"groups": pd.DataFrame(rows, columns=["group", "probability", "members", "left"])}


def _brier(data: Data) -> float:
    groups = data["groups"]
    p = groups["probability"]
    loss = groups["left"] * (1 - p) ** 2 + (groups["members"] - groups["left"]) * p**2
    return float(loss.sum() / groups["members"].sum())


def _rate(data: Data) -> float:
    return float(data["groups"]["left"].sum() / data["groups"]["members"].sum())


def _judged(data: Data, **other: float) -> Values:
    groups = data["groups"]
    foretold = float((groups["probability"] * groups["members"]).sum())
    base = _rate(data) * (1 - _rate(data))
    steps = {"expected_leavers": foretold, "brier_of_100": 100 * _brier(data), "naive_of_100": 100 * base}
    return {"value": {**steps, **other}}


def _absolute(data: Data) -> Values:
    groups = data["groups"]
    p = groups["probability"]
    loss = groups["left"] * (1 - p) + (groups["members"] - groups["left"]) * p
    return _judged(data, brier_of_100=100 * float(loss.sum() / groups["members"].sum()))


def _of_groups(data: Data) -> Values:
    groups = data["groups"]
    gap = (groups["probability"] - groups["left"] / groups["members"]) ** 2
    return _judged(data, brier_of_100=100 * float((gap * groups["members"]).sum() / groups["members"].sum()))


def _mean_probability(data: Data) -> Values:
    return _judged(data, expected_leavers=float(data["groups"]["probability"].mean() * data["groups"]["members"].sum()))


BRIER_BY_HAND = Task(
    id="brier_by_hand",
    lesson="07",
    topic="churn",
    key="step",
    title=mark("Foretold probabilities on trial"),
    statement=mark(
        "A model put the members of a club into four groups by the probability of leaving (`groups`: `probability`, "
        "number "
        "of `members`, how many really `left`). Hand in a table with `step` and `value`, two decimals:\n\n"
        "- `expected_leavers`: how many leavers the probabilities foretold in all;\n"
        "- `brier_of_100`: 100 times the Brier score, the mean over all members of (probability − 1)² for those who "
        "left "
        "and probability² for those who stayed;\n"
        "- `naive_of_100`: 100 times the Brier score of giving everybody the share that left in all, q·(1 − q)."
    ),
    generate=_draw_probabilities,
    answer=_judged,
    misconceptions=(
        Misconception("ABSOLUTE_ERROR", _absolute,
                      mark("The second step holds absolute distances. They reward a model that says 0 or 1 too boldly; "
                           "squares do not."), credit=0.5),
        Misconception("GROUPS_FOR_MEMBERS", _of_groups,
                      mark("The second step compares the share of each group: that is its calibration. The score is "
                           "a mean "
                           "over members, each of whom left or stayed."), credit=0.5),
        Misconception("AVERAGE_OF_AVERAGES", _mean_probability,
                      mark("In the first step a group with few members has as much say as one with many."), credit=0.5),
    ),
    words=lambda data: {"table": small_table("step", "value", _judged(data)["value"])},
    hints=(
        mark("Every member counts once: who left is missed by 1 − probability, who stayed by the probability."),
        mark("For each group: left·(1 − p)² + (members − left)·p². Add the groups, divide by all members."),
        mark("`p = groups[\"probability\"]`"),
    ),
    solution=mark("A model is worth something if its score lies below the naive one; leavers foretold and leavers "
                  "counted "
                  "should agree.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_TWO,
)  # fmt: skip

_MONTHS = pd.DataFrame(
    {
        "month": ["2026-05", "2026-06", "2026-07", "2026-08"],
        "last_seen": [240, 240, 240, 240],
        "year_ago": [262, 251, 230, 244],
        "forecast": [236, 229, 212, 220],
        "low": [216, 207, 186, 190],
        "high": [256, 251, 238, 250],
        "came": [228, 233, 182, 226],
    }
)


def _trial_steps(data: Data, *, signed: bool = False, against: str = "last_seen", one_side: bool = False) -> Values:
    months = data["months"]
    errors = {}
    for name in ("last_seen", "year_ago", "forecast"):
        gap = months[name] - months["came"]
        errors[name] = float(abs(gap.mean()) if signed else gap.abs().mean())
    held = months["came"] <= months["high"]
    held = held if one_side else held & (months["came"] >= months["low"])
    steps = {"naive_error": errors["last_seen"], "year_ago_error": errors["year_ago"],
             "forecast_error": errors["forecast"],
             "value_added_percent": 100 * (1 - errors["forecast"] / errors[against]),
             "held_of_100": 100 * float(held.mean())}  # fmt: skip
    return {"value": steps}


FORECAST_FADED = Task(
    id="forecast_faded",
    lesson="07",
    topic="forecast",
    key="step",
    title=mark("A trial in five steps"),
    statement=mark(
        "Bookings of a clinic on four months that were hidden (`months`): the last month that was seen "
        "(`last_seen`), the "
        "same month a year ago (`year_ago`), the `forecast` with its interval (`low`, `high`), and what `came`. Hand "
        "in a "
        "table with `step` and `value`, two decimals:\n\n"
        "- `naive_error`, `year_ago_error`, `forecast_error`: mean absolute errors;\n"
        "- `value_added_percent`: by how many per cent the forecast's error is smaller than the naive one;\n"
        "- `held_of_100`: how many of 100 such months the intervals hold."
    ),
    generate=lambda luck: {"months": _MONTHS.copy()},
    answer=_trial_steps,
    misconceptions=(
        Misconception("SIGNED", lambda data: _trial_steps(data, signed=True),
                      mark("In the first steps errors upwards and downwards cancel out: take absolute values before "
                           "the "
                           "mean."), credit=0.5),
        Misconception("AGAINST_YEAR_AGO", lambda data: _trial_steps(data, against="year_ago"),
                      mark("In the fourth step the forecast was compared with “a year ago”. The naive forecast is "
                           "the last "
                           "month that was seen."), credit=0.5),
        Misconception("ONE_SIDE", lambda data: _trial_steps(data, one_side=True),
                      mark("In the last step only the upper end was looked at. A value below the lower end was missed "
                           "too."), credit=0.5),
    ),
    words=lambda data: {"table": small_table("step", "value", _trial_steps(data)["value"])},
    hints=(
        mark("Three times the same: what was said, less what came, without the sign."),
        mark("Value added in per cent: 100·(1 − error of the forecast / error of the naive one)."),
        mark("`naive_error = (months[\"last_seen\"] - months[\"came\"]).abs().mean()`"),
    ),
    solution=mark("The plan “as a year ago” is the worst here: bookings become fewer.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_TWO,
    own_numbers=False,
)  # fmt: skip

TASKS = (MASE_BY_HAND, VALUE_ADDED, INTERVAL_COVERAGE, BRIER_BY_HAND, FORECAST_FADED)
