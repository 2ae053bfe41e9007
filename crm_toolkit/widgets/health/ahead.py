"""What is to come: revenue and repeat purchases, each with its trial on the past."""

from __future__ import annotations

from crm_toolkit.analysis.forecast.forecasting import forecast_series
from crm_toolkit.analysis.forecast.repeat import forecast_repeat_purchases
from crm_toolkit.errors import InputError
from crm_toolkit.plots.forecast import forecast_chart
from crm_toolkit.texts import format_number, format_percent, say
from crm_toolkit.widgets.health.data import ReportData
from crm_toolkit.widgets.health.overview import money_column
from crm_toolkit.widgets.health.section import method, picture, says, table, together
from crm_toolkit.widgets.html import Html

_AHEAD = {"month": 3, "week": 4, "day": 7}
_REPEAT_WEEKS = 13


def forecast_body(data: ReportData) -> tuple[Html, str]:
    """Revenue of the next periods, and repeat purchases of today's customers."""
    ahead = forecast_series(data.series("revenue"), horizon=_AHEAD[data.unit])
    names = ("forecast", "low", "high", "naive")
    written = money_column(ahead.table[list(names)].to_numpy().ravel(), data.currency)
    rows = [
        (str(period), *written[len(names) * place : len(names) * (place + 1)])
        for place, period in enumerate(ahead.table["period"])
    ]
    level = format_percent(ahead.level, 0)
    heads = (say("Period"), say("Forecast"), say("From"), say("To"), say("Naive"))
    caption = say("Revenue to come, with an interval of {level}", level=level)
    numbers = {
        "period": ahead.table["period"].iloc[0],
        "value": written[0],
        "low": written[1],
        "high": written[2],
    }
    brief = (
        say("Revenue expected in {period}: {value} (from {low} to {high}).", **numbers)
        if ahead.beat_benchmark
        else say(
            "Revenue expected in {period}: {value} (from {low} to {high}); no method beat the naive forecast.",
            **numbers,
        )
    )
    how = say("Every method was put back to earlier dates, saw nothing later and was compared with what came; naive is "
              "“as last time”. Intervals are widened until they would have held their level in the trials. A forecast "
              "continues the past and knows of no plans.")  # fmt: skip
    return together(says(ahead.reading()), picture(forecast_chart(ahead, currency=data.currency)),
                    table(caption, heads, rows), _repeat(data), method(how)), brief  # fmt: skip


def _repeat(data: ReportData) -> Html:
    """Repeat purchases of the customers known today, or why they can't be told."""
    try:
        ahead = forecast_repeat_purchases(data.purchases, as_of=data.as_of, horizon=_REPEAT_WEEKS)
    except InputError as letter:
        reason = " ".join(problem.what for problem in letter.problems)
        return says(say("Repeat purchases of today's customers can't be forecast: {reason}", reason=reason))
    told = say(
        "Repeat purchases of today's customers in the next {weeks} weeks: {total} (from {low} to {high}).",
        weeks=_REPEAT_WEEKS,
        total=format_number(round(ahead.total)),
        low=format_number(round(ahead.low)),
        high=format_number(round(ahead.high)),
    )
    return says(f"{told} {ahead.reading()}")
