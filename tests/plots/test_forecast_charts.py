"""Forecast charts say what the tables say, in both languages, and nothing in them overlaps."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis.forecast.forecasting import forecast_series
from crm_toolkit.analysis.forecast.repeat import RepeatForecast, forecast_repeat_purchases
from crm_toolkit.analysis.forecast.retention import forecast_retention
from crm_toolkit.analysis.forecast.series import demand_series, event_series
from crm_toolkit.errors import InputError
from crm_toolkit.plots import alt_text
from crm_toolkit.plots.forecast import backtest_chart, forecast_chart, repeat_forecast_chart, retention_forecast_chart
from crm_toolkit.texts import language
from tests.analysis.contracts.forecast import leaving
from tests.plots.readable import assert_readable


@cache
def months():
    return forecast_series(demand_series(lines(), as_of="2024-03-31"), horizon=6, origins=4)


@cache
def repeat():
    return forecast_repeat_purchases(leaving(), as_of="2024-01-31", horizon=6)


def lines():
    luck = np.random.default_rng(3)
    days = pd.Timestamp("2021-01-01") + pd.to_timedelta(np.sort(luck.integers(0, 1200, 4000)), unit="D")
    return pd.DataFrame({"order_id": range(4000), "customer_id": range(4000), "ordered_at": days, "amount": 1250.5})


def every_chart():
    yield "months", forecast_chart(months(), currency="RUB")
    events = event_series(lines(), as_of="2022-09-10", time="ordered_at")
    yield "weeks", forecast_chart(forecast_series(events, horizon=8, origins=3, methods=["ses"]))
    plain = forecast_series(range(30), horizon=3, origins=3, methods=["holt", "damped_trend"])
    yield "plain", forecast_chart(plain)
    yield "trials", backtest_chart(months().backtest)
    left = forecast_retention([1000, 869, 743, 653, 593, 551, 517, 491], horizon=5)
    yield "retention", retention_forecast_chart(left)
    yield "repeat", repeat_forecast_chart(repeat())


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart():
            assert_readable(name, ax, known={"RUB"})


def test_the_lines_are_the_table():
    ax = forecast_chart(months())
    drawn = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    np.testing.assert_array_equal(drawn["what happened"], months().history["value"])
    np.testing.assert_array_equal(drawn["forecast"][1:], months().table["forecast"])
    bars = backtest_chart(months().backtest)
    assert [bar.get_width() for bar in bars.patches] == months().backtest.scores["mae"].tolist()
    assert str(months().table["period"].iloc[-1]) in alt_text(ax)


def test_an_empty_forecast_can_not_be_drawn():
    empty = RepeatForecast(repeat().table.iloc[:0], 0.0, 0.0, 0.0, 0.0, repeat().model, 0, 0.8, None, None, None, None)
    with pytest.raises(InputError, match="nothing to draw"):
        repeat_forecast_chart(empty)
