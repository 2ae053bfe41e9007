"""Explore forecasts: a method, how far ahead, how sure; and what it was worth on the past beside the naive ones."""

from __future__ import annotations

from functools import cache
from typing import Any

from crm_toolkit import plots
from crm_toolkit.analysis.forecast.backtest import LEVEL, ORIGINS, Backtest, backtest
from crm_toolkit.analysis.forecast.methods import BENCHMARKS, FOR_SEASONS, METHODS
from crm_toolkit.analysis.forecast.series import PeriodSeries, demand_series
from crm_toolkit.analysis.forecast.series_values import read_series
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import format_number, format_percent, mark, say
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table
from crm_toolkit.world.setting import scenario
from crm_toolkit.world.simulation import simulate

COMPETING = ("mean", "ses", "holt", "damped_trend", "additive", "multiplicative")
"""Methods to choose from, the simple ones first; both naive ones always stand beside."""
HORIZON = Knob("horizon", 3, 1, 12, 1, mark("Periods ahead"), origin="convention")
HISTORY = Knob("history", 47, 12, 120, 1, mark("Periods of history"), origin="convention",
               reference="four years of months")  # fmt: skip
_SEED = 7
_ROWS = (("method", "horizon"), ("history", "level"), ("conclusion",), ("picture",), ("scores",))


@cache
def barbershop_orders() -> PeriodSeries:
    """Orders of four years in the simulated barbershop, month by month; made once.

    >>> len(barbershop_orders().values)
    47
    """
    shop = simulate(scenario("barbershop", locale="en_US"), customers=3000, weeks=208, seed=_SEED)
    bought = shop.tables["purchases"]
    return demand_series(bought, as_of=bought["ordered_at"].max(), unit="month", measure="orders")


def explore_forecast(
    series: Any = None, *, season_length: int | None = None, method: str = "multiplicative", horizon: int | None = None
) -> Explorer:
    """Choose a method and how far ahead it looks, and see its errors on the past beside the naive ones.

    Parameters
    ----------
    series : analysis.PeriodSeries or sequence of float, optional
        At least 12 periods; by default `barbershop_orders`.
    season_length : int, optional
        Periods in a season; by default that of the series' unit, and 1 for plain numbers.
    method : str
        Where the method starts, one of `COMPETING`.
    horizon : int, optional
        Where the periods ahead start.

    Returns
    -------
    Explorer
        A notebook shows controls, the error by how far ahead, forecasts beside what came, and the scores of all
        methods. ``.result`` is an `analysis.Backtest`. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If the series is too short, or a starting value is not allowed.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_forecast([20, 35, 12, 28, 23, 38, 15, 31, 26, 41, 18, 34, 29, 44, 21, 37], season_length=4)
    >>> explorer.result.season_length, explorer.result.horizon
    (4, 3)
    """
    told = barbershop_orders() if series is None else series
    count = len(read_series(told, season_length, asked_by="explore_forecast")[0])
    ahead = HORIZON.check(HORIZON.default if horizon is None else horizon)
    start: dict[str, Any] = {"method": method, "horizon": ahead,
             "history": min(int(HISTORY.high), max(count, int(HISTORY.low))), "level": LEVEL.default}  # fmt: skip

    def controls() -> dict[str, Any]:
        options = [(say(METHODS[name]), name) for name in COMPETING]
        return {"method": choice_control(say("Method"), options, value=method),
                "horizon": number_control(HORIZON, value=start["horizon"]),
                "history": number_control(HISTORY, value=start["history"]),
                "level": number_control(LEVEL, value=start["level"])}  # fmt: skip

    def look(*, method: str, horizon: int, history: int, level: float) -> View:
        values = told.values if isinstance(told, PeriodSeries) else list(told)
        season = season_length or (told.season_length if isinstance(told, PeriodSeries) else 1)
        return _look(_cut(told, history), method, int(horizon), level, season, min(int(history), len(values)))

    return Explorer(look, controls=controls, start=start, rows=_ROWS)


def _cut(series: Any, history: int) -> Any:
    """The last so many periods."""
    if not isinstance(series, PeriodSeries):
        return list(series)[-history:]
    from dataclasses import replace

    return replace(series, table=series.finished.tail(history).reset_index(drop=True))


def _look(series: Any, method: str, horizon: int, level: float, season: int, history: int) -> View:
    names = [name for name in (*BENCHMARKS, *COMPETING) if season > 1 or name not in FOR_SEASONS]
    found = backtest(series, horizon=horizon, methods=names, season_length=season, origins=int(ORIGINS.default),
                     level=level)  # fmt: skip
    able = set(found.scores["method"])
    shown = method if method in able else "ses"
    beside = [name for name in ("naive", "seasonal_naive") if name in able]
    page = plots.forecast_trials_page(_only(found, [shown, *beside]), shown)
    picture = plots.show(page)
    own: Any = found.score(shown)
    naive: Any = found.score("naive")
    told = ""
    if method not in names:
        told = say("“{method}” needs a season, and this series has none.", method=say(METHODS[method])) + " "
    elif shown != method:
        told = say("“{method}” needs more history than {count} periods.", method=say(METHODS[method]),
                   count=format_number(history)) + " "  # fmt: skip
    if own["mae"] < naive["mae"]:
        told += say("“{method}” is off by {own} on average, the naive forecast by {naive}: it adds {share}.",
                    method=say(METHODS[shown]), own=format_number(own["mae"], 1),
                    naive=format_number(naive["mae"], 1), share=format_percent(own["value_added"], 0))  # fmt: skip
    else:
        told += say("“{method}” did not beat the naive forecast: off by {own} on average, against {naive}.",
                    method=say(METHODS[shown]), own=format_number(own["mae"], 1),
                    naive=format_number(naive["mae"], 1))  # fmt: skip
    told += " " + say("Its intervals were meant to hold {level} and held {coverage}.",
                      level=format_percent(level, 0), coverage=format_percent(own["coverage"], 0))  # fmt: skip
    if own["coverage"] > level + 0.12:
        told += " " + say("Too wide is a fault as well: who orders by the upper end orders too much.")
    elif own["coverage"] < level - 0.12:
        told += " " + say("They promise more than they keep.")
    notes = (say("{count} trials: the history ends earlier, the method sees nothing later, the error is what it would "
                 "have been. A method that is best here by little may be best by chance.",
                 count=format_number(found.origins)),)  # fmt: skip
    return View(told, {"picture": picture, "scores": _scores(found)}, found, notes)


def _only(found: Backtest, names: list[str]) -> Backtest:
    from dataclasses import replace

    return replace(found, trials=found.trials[found.trials["method"].isin(names)],
                   scores=found.scores[found.scores["method"].isin(names)])  # fmt: skip


def _scores(found: Backtest) -> Table:
    heads = (say("Method"), say("Mean absolute error"), say("MASE"), say("Bias"), say("Value added"),
             say("Held by the intervals"))  # fmt: skip
    rows = tuple(
        (say(METHODS[row["method"]]), format_number(row["mae"], 1), format_number(row["mase"], 2),
         format_number(row["bias"], 1), format_percent(row["value_added"], 0), format_percent(row["coverage"], 0))
        for row in found.scores.to_dict("records")
    )  # fmt: skip
    note = say("MASE compares with the seasonal naive forecast within the history; below 1 is better. Value added "
               "compares with the naive one; below 0 the method does harm.")  # fmt: skip
    return Table(say("All methods, the best first"), heads, rows, note)
