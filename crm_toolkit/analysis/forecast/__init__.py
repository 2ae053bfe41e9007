"""What is to come, tried on the past beside the naive forecast.

series          what happened in every period, zeros included
forecasting     the methods tried on the past, the best one, and whether it beat the naive one
methods         the methods by name
smoothing       exponential smoothing: level, trend, season
intermittent    demand with many empty periods: Croston and kin
backtest        forecasts made in the past, and what came
repeat          repeat purchases ahead
retention       customers who will still be there
series_values   a series read and checked
"""

from crm_toolkit.analysis.forecast.backtest import Backtest, backtest
from crm_toolkit.analysis.forecast.forecasting import Forecast, forecast_series
from crm_toolkit.analysis.forecast.intermittent import IntermittentDemand, fit_croston
from crm_toolkit.analysis.forecast.repeat import RepeatForecast, forecast_repeat_purchases
from crm_toolkit.analysis.forecast.retention import RetentionForecast, forecast_retention
from crm_toolkit.analysis.forecast.series import PeriodSeries, demand_series, event_series
from crm_toolkit.analysis.forecast.smoothing import ExponentialSmoothing, fit_holt, fit_holt_winters, fit_ses

__all__ = [
    "Backtest",
    "ExponentialSmoothing",
    "Forecast",
    "IntermittentDemand",
    "PeriodSeries",
    "RepeatForecast",
    "RetentionForecast",
    "backtest",
    "demand_series",
    "event_series",
    "fit_croston",
    "fit_holt",
    "fit_holt_winters",
    "fit_ses",
    "forecast_repeat_purchases",
    "forecast_retention",
    "forecast_series",
]
