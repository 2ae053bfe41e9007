"""Forecast charts say what the tables say, in both languages, and nothing in them overlaps."""

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

LUCK = np.random.default_rng(3)
DAYS = pd.Timestamp("2021-01-01") + pd.to_timedelta(np.sort(LUCK.integers(0, 1200, 4000)), unit="D")
LINES = pd.DataFrame({"order_id": range(4000), "customer_id": range(4000), "ordered_at": DAYS, "amount": 1250.5})
MONTHS = forecast_series(demand_series(LINES, as_of="2024-03-31"), horizon=6, origins=4)
WEEKS = forecast_series(
    event_series(LINES, as_of="2022-09-10", time="ordered_at"), horizon=8, origins=3, methods=["ses"]
)

PLAIN = forecast_series(range(30), horizon=3, origins=3, methods=["holt", "damped_trend"])
RETENTION = forecast_retention([1000, 869, 743, 653, 593, 551, 517, 491], horizon=5)
REPEAT = forecast_repeat_purchases(leaving(), as_of="2024-01-31", horizon=6)


def every_chart():
    yield "months", forecast_chart(MONTHS, currency="RUB")
    yield "weeks", forecast_chart(WEEKS)
    yield "plain", forecast_chart(PLAIN)
    yield "trials", backtest_chart(MONTHS.backtest)
    yield "retention", retention_forecast_chart(RETENTION)
    yield "repeat", repeat_forecast_chart(REPEAT)


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart():
            assert_readable(name, ax, known={"RUB"})


def test_the_lines_are_the_table():
    ax = forecast_chart(MONTHS)
    drawn = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    np.testing.assert_array_equal(drawn["what happened"], MONTHS.history["value"])
    np.testing.assert_array_equal(drawn["forecast"][1:], MONTHS.table["forecast"])
    bars = backtest_chart(MONTHS.backtest)
    assert [bar.get_width() for bar in bars.patches] == MONTHS.backtest.scores["mae"].tolist()
    assert str(MONTHS.table["period"].iloc[-1]) in alt_text(ax)


def test_an_empty_forecast_can_not_be_drawn():
    empty = RepeatForecast(REPEAT.table.iloc[:0], 0.0, 0.0, 0.0, 0.0, REPEAT.model, 0, 0.8, None, None, None, None)
    with pytest.raises(InputError, match="nothing to draw"):
        repeat_forecast_chart(empty)
