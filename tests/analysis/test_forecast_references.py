"""Smoothing equals R's HoltWinters on its own classics, and the methods for zeros equal their formulas on paper."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis.forecast.backtest import backtest
from crm_toolkit.analysis.forecast.intermittent import fit_croston
from crm_toolkit.analysis.forecast.retention import forecast_retention
from crm_toolkit.analysis.forecast.smoothing import fit_holt, fit_holt_winters, fit_ses

AIR_PASSENGERS = [
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158,
    133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218,
    230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235,
    227, 234, 264, 302, 293, 259, 229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
    284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404,
    347, 305, 336, 340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472,
    548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
]  # fmt: skip
NILE = [
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958,
    1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020,
    1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796,
    1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874,
    848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718,
    714, 740,
]  # fmt: skip


def test_holt_winters_equals_r_on_air_passengers():
    """R: α .2755925, β .03269295, γ .8707292, SSE 16570.78; the optimisers stop at most 2e-5 apart."""
    model = fit_holt_winters(AIR_PASSENGERS, season_length=12, seasonal="multiplicative")
    assert [model.alpha, model.beta, model.gamma] == pytest.approx([0.2755925, 0.03269295, 0.8707292], abs=1e-4)
    assert model.sse == pytest.approx(16570.78, abs=0.005)
    at_r = fit_holt_winters(AIR_PASSENGERS, season_length=12, seasonal="multiplicative", alpha=0.2755925,
                            beta=0.03269295, gamma=0.8707292)  # fmt: skip
    assert at_r.forecast(6) == pytest.approx([447.056, 419.712, 464.867, 496.084, 507.533, 575.451], abs=6e-4)
    assert model.sse <= at_r.sse


def test_simple_smoothing_equals_r_on_the_nile():
    model = fit_ses(NILE)
    assert (model.alpha, model.sse, model.level) == pytest.approx((0.2465579, 2038872, 805.0389), rel=3e-6)
    assert model.forecast(3).tolist() == [model.level] * 3


def test_additive_holt_winters_equals_r_on_co2():
    """R: α .5126484, β .009497669, γ .4728868, SSE 43.12986, on the monthly series of 468 values."""
    folder = os.environ.get("CRM_REFERENCE_DATA")
    if not folder or not (Path(folder) / "co2.csv").exists():
        pytest.skip("set CRM_REFERENCE_DATA to a folder with co2.csv of R's datasets (columns time, co2)")
    values = pd.read_csv(Path(folder) / "co2.csv")["co2"]
    model = fit_holt_winters(values, season_length=12)
    assert (model.alpha, model.beta, model.gamma) == pytest.approx((0.5126484, 0.009497669, 0.4728868), abs=2e-3)
    assert model.sse == pytest.approx(43.12986, abs=5e-4)


def test_the_starting_values_are_those_of_r_by_hand():
    """Two seasons of 4 and a value: averages 2.5 … 4.5 rise by 1 a step only if the series does."""
    values = [3.0, 1.0, 2.0, 6.0, 7.0, 5.0, 6.0, 10.0, 11.0]  # 1 a period plus the season 2, -1, -1, 2 less 2
    model = fit_holt_winters(values, season_length=4, alpha=0.0, beta=0.0, gamma=0.0)
    averages = [(3 / 2 + 1 + 2 + 6 + 7 / 2) / 4, (1 / 2 + 2 + 6 + 7 + 5 / 2) / 4, (2 / 2 + 6 + 7 + 5 + 6 / 2) / 4,
                (6 / 2 + 7 + 5 + 6 + 10 / 2) / 4]  # fmt: skip
    slope, intercept = np.polyfit([1, 2, 3, 4], averages, 1)
    away = np.array([7 - averages[2], 5 - averages[3], 2 - averages[0], 6 - averages[1]])
    season = away - away.mean()
    assert model.fitted == pytest.approx(intercept + slope * np.arange(1, 6) + np.r_[season, season[0]])


def test_holt_begins_with_the_second_value_and_the_first_difference():
    model = fit_holt([10.0, 12.0, 13.0, 17.0], alpha=0.5, beta=0.5)
    # level 12, trend 2: expects 14, error -1: level 13.5, trend 1.75: expects 15.25, error 1.75: 16.125, 2.1875
    assert model.fitted.tolist() == [14.0, 15.25]
    assert (model.level, model.trend) == (16.125, 2.1875)
    assert model.forecast(2).tolist() == [18.3125, 20.5]
    damped = fit_holt([10.0, 12.0, 13.0, 17.0], alpha=0.5, beta=0.5, damping=0.5)
    # expects 12 + 1 = 13, error 0: trend 1: expects 13.5, error 3.5: level 15.25, trend 0.5 + 0.25 * 3.5
    assert (damped.level, damped.trend) == (15.25, 1.375)
    assert damped.forecast(2).tolist() == [15.25 + 0.6875, 15.25 + 0.6875 + 0.34375]


def test_croston_and_its_kin_by_hand():
    values = [0, 0, 6, 0, 3, 0, 0, 0, 9]  # sizes 6, 3, 9; intervals 3, 2, 4
    croston = fit_croston(values, variant="croston", alpha=0.2)
    size, interval = 0.2 * 9 + 0.8 * (0.2 * 3 + 0.8 * 6), 0.2 * 4 + 0.8 * (0.2 * 2 + 0.8 * 3)
    assert (croston.size, croston.interval, croston.rate) == pytest.approx((size, interval, size / interval))
    assert fit_croston(values, variant="sba", alpha=0.2).rate == pytest.approx(0.9 * size / interval)
    chance = 1 / 3
    for there in (0, 1, 0, 0, 0, 1):
        chance = 0.1 * there + 0.9 * chance
    tsb = fit_croston(values, variant="tsb", alpha=0.2, beta=0.1)
    assert (tsb.probability, tsb.rate) == pytest.approx((chance, chance * size))


def test_only_tsb_forgets_a_product_that_died():
    alive, dead = [0, 4, 0, 4, 0, 4], [0, 4, 0, 4, 0, 4] + [0] * 24
    for variant in ("croston", "sba"):
        assert fit_croston(dead, variant=variant).rate == fit_croston(alive, variant=variant).rate
    assert fit_croston(dead, variant="tsb").rate == pytest.approx(fit_croston(alive, variant="tsb").rate * 0.9**24)


def test_scores_equal_their_formulas_by_hand():
    """Naive with season 1: at origins 7, 8, 9 one step ahead, so errors are the last three differences."""
    values = [4.0, 6, 5, 7, 6, 9, 8, 12, 11, 15]
    test = backtest(values, horizon=1, methods=["naive"], origins=3)
    away = np.array([8 - 12, 12 - 11, 11 - 15.0])
    steps = np.abs(np.diff(values))
    scales = [steps[:6].mean(), steps[:7].mean(), steps[:8].mean()]
    score = test.score("naive")
    assert test.origins == 3
    assert score["mae"] == pytest.approx(np.abs(away).mean())
    assert score["bias"] == pytest.approx(away.mean())
    assert score["mase"] == pytest.approx(np.mean(np.abs(away) / scales))
    trials = test.trials
    loss = 0.0
    for quantile, name in ((0.1, "low"), (0.5, "forecast"), (0.9, "high")):
        over = trials["actual"] - trials[name]
        loss += np.where(over > 0, quantile * over, (quantile - 1) * over).mean() / 3
    assert score["pinball"] == pytest.approx(loss)
    held = (trials["actual"] >= trials["low"]) & (trials["actual"] <= trials["high"])
    assert score["coverage"] == held.mean()
    assert score["value_added"] == 0


def test_the_projection_equals_fader_and_hardie_2007():
    """Their two cohorts: seven renewals are seen, years 8 to 12 are known."""
    cohorts = {
        (1000, 869, 743, 653, 593, 551, 517, 491): [46.8, 44.5, 42.7, 40.9, 39.4],
        (1000, 631, 468, 382, 326, 289, 262, 241): [22.3, 20.7, 19.4, 18.3, 17.3],
    }
    for seen, later in cohorts.items():
        ahead = forecast_retention(seen, horizon=5, level=0.95)
        table = ahead.table[ahead.table["renewal"] > 7]
        share = ahead.model.survival(table["renewal"]) / ahead.model.survival(7) * seen[-1]
        assert table["forecast"].tolist() == pytest.approx(share.tolist())
        assert np.abs(table["forecast"] / 10 - later).max() < 1.6  # points of per cent: the model's miss in the paper
        assert np.abs(table["naive"] / 10 - later).max() < 2.0


@pytest.mark.parametrize("damping", [1.0, 0.8])
def test_paths_without_shocks_are_the_forecast_and_shocks_are_learned(damping):
    model = fit_holt([3, 5, 6, 9, 11, 12, 15], damping=damping)
    still = np.zeros((1, 4))
    assert model.paths(still)[0] == pytest.approx(model.forecast(4))
    moved = model.paths(np.array([[2.0, 0, 0, 0]]))[0] - model.forecast(4)
    carried = [2.0]
    trend = model.beta * model.alpha * 2.0
    for step in range(3):
        trend *= damping
        carried.append((model.alpha * 2.0 if step == 0 else carried[-1]) + trend)
    assert moved == pytest.approx(carried)
