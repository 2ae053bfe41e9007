"""Forecasts are honest: naive beside, checked on the past, refused on three points, covered as promised."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.forecast.backtest import Backtest, backtest, conformal_factor
from crm_toolkit.analysis.forecast.forecasting import _verdict, forecast_series
from crm_toolkit.analysis.forecast.intermittent import fit_croston
from crm_toolkit.analysis.forecast.repeat import forecast_repeat_purchases
from crm_toolkit.analysis.forecast.retention import forecast_retention
from crm_toolkit.analysis.forecast.series import demand_series
from crm_toolkit.analysis.forecast.smoothing import fit_holt_winters, fit_ses
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # no shrinking: a series takes long to shrink
LIGHT = {"methods": ["mean", "ses", "holt"], "origins": 8}


def seasonal(luck, years=5, noise=3.0):
    time = np.arange(12 * years)
    return 100 + time + 20 * np.sin(2 * np.pi * time / 12) + noise * luck.standard_normal(len(time))


def coverage(make, seeds, horizon=4, **asked):
    held, won = [], 0
    for seed in range(seeds):
        values = make(np.random.default_rng(seed))
        ahead = forecast_series(values[:-horizon], horizon=horizon, **asked)
        table, later = ahead.table, values[-horizon:]
        held.append(((later >= table["low"]) & (later <= table["high"])).mean())
        won += ahead.beat_benchmark
    return float(np.mean(held)), won / seeds


def test_a_season_with_a_trend_beats_naive_and_says_so():
    values = seasonal(np.random.default_rng(1))
    ahead = forecast_series(values[:-6], horizon=6, season_length=12, origins=6)
    assert ahead.beat_benchmark
    assert ahead.method in ("additive", "multiplicative")
    assert np.abs(ahead.table["forecast"] - values[-6:]).mean() < 6
    said = ahead.reading()
    assert "less" in said
    assert "No method beat" not in said
    with language("ru"):
        assert "Превзойти" not in ahead.reading()


def test_a_random_walk_is_not_beaten_and_the_reading_says_it_plainly():
    walks = [100 + np.cumsum(np.random.default_rng(seed).standard_normal(44)) for seed in range(5)]
    found = [forecast_series(walk, horizon=4, season_length=1, **LIGHT) for walk in walks]
    beaten = [ahead.beat_benchmark for ahead in found]
    assert sum(beaten) <= 2  # about one in ten; more than 2 of 5 in 1 % of draws
    honest = found[beaten.index(False)]
    assert honest.method == honest.benchmark == "naive"
    assert honest.table["forecast"].tolist() == honest.table["naive"].tolist()
    assert "No method beat the naive forecast" in honest.reading()
    with language("ru"):
        assert "Превзойти наивный прогноз не удалось" in honest.reading()


def test_intervals_cover_what_they_promise():
    """80 % intervals, 4 steps, 12 seeds: a standard error of about 8 points; widened ones may cover more."""
    covered, _ = coverage(lambda luck: 100 + np.cumsum(luck.standard_normal(44)), 12, season_length=1, methods=["ses"],
                          origins=6)  # fmt: skip
    assert 0.62 <= covered <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "season", "won_low", "won_high"),
    [
        (lambda luck: 100 + np.cumsum(luck.standard_normal(54)), 1, 0.0, 0.15),
        (lambda luck: 100 + 5 * luck.standard_normal(54), 1, 0.6, 1.0),
        (seasonal, 12, 0.9, 1.0),
    ],
)
def test_intervals_cover_and_winners_win_over_a_hundred_seeds(make, season, won_low, won_high):
    covered, won = coverage(make, 100, horizon=6, season_length=season)
    assert 0.75 <= covered <= 0.93
    assert won_low <= won <= won_high


def test_counts_are_never_negative_and_zeros_get_their_methods():
    values = np.random.default_rng(3).poisson(0.4, 60).astype(float)
    ahead = forecast_series(values, horizon=6)
    assert (ahead.table[["forecast", "low", "high", "naive"]] >= 0).all().all()
    assert {"croston", "sba", "tsb"} <= set(ahead.backtest.scores["method"])
    assert (ahead.backtest.trials[["forecast", "low"]] >= 0).all().all()
    falling = forecast_series(np.arange(30.0)[::-1], horizon=8, methods=["holt"])
    assert falling.method == "holt"
    assert falling.table["forecast"].min() == 0
    free = forecast_series(np.arange(30.0)[::-1], horizon=8, methods=["holt"], counts=False)
    assert free.table["forecast"].iloc[-1] == pytest.approx(-8, abs=1e-6)


def test_sba_takes_most_of_crostons_bias_away():
    """Demand 1 with chance 0.25: Croston's mean over 300 series is too high, SBA's within three errors of 0.25."""
    luck = np.random.default_rng(5)
    rates = {"croston": [], "sba": []}
    for _ in range(300):
        values = (luck.random(120) < 0.25).astype(float)
        for variant, found in rates.items():
            found.append(fit_croston(values, variant=variant, alpha=0.2).rate)
    error = np.std(rates["sba"]) / np.sqrt(300)
    assert np.mean(rates["croston"]) - 0.25 > 4 * error
    assert abs(np.mean(rates["sba"]) - 0.25) < 3 * error


def test_three_points_are_refused_and_below_two_seasons_only_simple_methods_speak():
    with pytest.raises(InputError, match="At least 8 periods") as letter:
        forecast_series([5, 8, 6], horizon=2)
    assert "3 periods were given" in str(letter.value)
    values = seasonal(np.random.default_rng(2))[:20]
    short = forecast_series(values, horizon=3, season_length=12)
    assert short.method in ("naive", "mean", "ses", "seasonal_naive")
    assert "short" in short.notes
    assert "Fewer than two seasons" in short.reading()
    wide = forecast_series(values, horizon=3, season_length=1, methods=[short.method, "mean", "ses"])
    assert (short.table["high"] - short.table["low"] >= (wide.table["high"] - wide.table["low"]) * 0.9).all()
    tiny = forecast_series(values[:9], horizon=2, season_length=12)
    assert "no_seasonal_naive" in tiny.notes
    assert "seasonal_naive" not in tiny.table


@pytest.mark.parametrize("season", [None, 1])
def test_plain_numbers_are_tried_without_the_methods_for_seasons(season):
    values = np.arange(30.0) + np.random.default_rng(3).normal(size=30)
    test = backtest(values, horizon=2, season_length=season, origins=6)
    assert set(test.scores["method"]) == {"naive", "ses", "holt"}
    assert set(backtest(values, horizon=2, season_length=4, origins=6).scores["method"]) == {
        *("naive", "seasonal_naive", "ses", "holt", "additive")
    }


def test_a_constant_series_says_that_nothing_can_be_learned():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ahead = forecast_series([7.0] * 30, horizon=3, season_length=12)
    assert "constant" in ahead.notes
    assert (ahead.table[["forecast", "low", "high"]] == 7.0).all().all()
    assert ahead.backtest.scores["mase"].isna().all()


def test_the_naive_forecasts_stand_beside_always():
    values = seasonal(np.random.default_rng(4))
    ahead = forecast_series(values, horizon=14, season_length=12, methods=["ses"], origins=3)
    assert ahead.table["naive"].tolist() == [values[-1]] * 14
    assert ahead.table["seasonal_naive"].tolist() == [*values[-12:], *values[-12:-10]]
    assert {"naive", "seasonal_naive", "ses"} == set(ahead.backtest.scores["method"])


def test_nothing_later_is_seen_in_a_trial():
    """Values after an origin are replaced by nonsense: the trial's forecasts must not move."""
    values = seasonal(np.random.default_rng(6))
    whole = backtest(values, horizon=3, season_length=12, methods=["additive", "ses"], origins=5)
    origin = int(whole.trials["origin"].min())
    spoilt = values.copy()
    spoilt[origin:] = 10_000
    again = backtest(spoilt, horizon=3, season_length=12, methods=["additive", "ses"], origins=5)
    for test in (whole, again):
        assert test.trials["origin"].min() == origin
    first = [test.trials[test.trials["origin"] == origin][["forecast", "low", "high"]] for test in (whole, again)]
    np.testing.assert_array_equal(*[table.to_numpy() for table in first])


def test_the_calendar_divides_by_days_and_multiplies_again():
    days = pd.date_range("2021-01-01", "2024-05-31", freq="D")
    lines = pd.DataFrame({"order_id": range(len(days)), "customer_id": 1, "ordered_at": days, "amount": 10.0})
    series = demand_series(lines, as_of="2024-05-31")
    even = forecast_series(series, horizon=4, calendar="days", **LIGHT)
    assert even.table["forecast"].tolist() == pytest.approx([300, 310, 310, 300])
    assert even.backtest.score("naive")["mae"] == pytest.approx(0, abs=1e-9)
    work = lines[[day.weekday() < 5 for day in days]]
    busy = forecast_series(demand_series(work, as_of="2024-05-31", since="2021-01-01"), horizon=2,
                           calendar="working_days", **LIGHT)  # fmt: skip
    assert busy.table["forecast"].tolist() == pytest.approx([200, 230])  # June and July 2024: 20 and 23 working days
    less = forecast_series(demand_series(work, as_of="2024-05-31", since="2021-01-01"), horizon=1,
                           calendar="working_days", holidays=["2024-06-12"], **LIGHT)  # fmt: skip
    assert less.table["forecast"].tolist() == pytest.approx([190])


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda: forecast_series([1.0, np.nan] * 8, horizon=2), "not_finite"),
        (lambda: forecast_series([[1, 2], [3, 4]], horizon=2), "wrong_kind"),
        (lambda: forecast_series("текст", horizon=2), "wrong_kind"),
        (lambda: forecast_series(range(20), horizon=0), "outside_range"),
        (lambda: forecast_series(range(20), horizon=1.5), "not_whole"),
        (lambda: forecast_series(range(20), horizon=2, level=0.2), "outside_range"),
        (lambda: forecast_series(range(20), horizon=2, methods=["prophet"]), "unknown_method"),
        (lambda: forecast_series(range(20), horizon=2, methods=["additive"]), "no_season"),
        (lambda: backtest(range(20), horizon=2, methods="seasonal_naive", season_length=1), "no_season"),
        (lambda: forecast_series(range(20), horizon=2, calendar="days"), "no_calendar"),
        (lambda: forecast_series(range(20), horizon=2, season_length=2.5), "not_whole"),
        (lambda: backtest([1, 2, 3], horizon=1), "too_few"),
        (lambda: fit_ses([1, 2, np.inf]), "not_finite"),
        (lambda: fit_ses([1, 2]), "too_few"),
        (lambda: fit_ses([1, 2, 3], alpha=1.5), "outside_range"),
        (lambda: fit_holt_winters([1, 2, 3, 4, 5], season_length=4), "too_few"),
        (lambda: fit_holt_winters([0, 2, 3, 4, 5], season_length=2, seasonal="multiplicative"), "not_positive"),
        (lambda: fit_croston([1, -2, 3]), "negative"),
        (lambda: fit_croston([1, 2, 3], variant="SBA"), "unknown_option"),
        (lambda: forecast_retention([100, 90], horizon=2), "too_few_renewals"),
        (lambda: forecast_retention([1000, 869, 743, 653], horizon=2, held_back=2), "too_few_renewals"),
    ],
)
def test_what_can_not_be_forecast_is_refused_with_a_reason(ask, code):
    with pytest.raises(InputError) as letter:
        ask()
    assert code in [problem.code for problem in letter.value.problems]
    with language("ru"), pytest.raises(InputError) as russian:
        ask()
    assert str(russian.value) != str(letter.value)


@settings(max_examples=15, deadline=None, phases=QUICK)
@given(
    st.lists(st.floats(0, 1e6), min_size=8, max_size=40),
    st.integers(1, 5),
    st.sampled_from([1, 4]),
)
def test_any_series_gets_finite_ordered_numbers(values, horizon, season):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ahead = forecast_series(values, horizon=horizon, season_length=season, origins=3)
        assert ahead.reading()
    table = ahead.table
    assert len(table) == horizon
    assert np.isfinite(table[["forecast", "low", "high", "naive"]].to_numpy()).all()
    assert (table["low"] <= table["forecast"]).all()
    assert (table["forecast"] <= table["high"]).all()


@settings(max_examples=25, deadline=None, phases=QUICK)
@given(st.lists(st.floats(1, 1e4), min_size=9, max_size=30), st.floats(0.1, 100))
def test_another_unit_of_money_changes_nothing_but_the_unit(values, factor):
    for fit in (fit_ses, lambda x, **k: fit_holt_winters(x, season_length=4, seasonal="additive", **k)):
        one = fit(values, alpha=0.3) if fit is fit_ses else fit(values, alpha=0.3, beta=0.1, gamma=0.2)
        scaled = [value * factor for value in values]
        two = fit(scaled, alpha=0.3) if fit is fit_ses else fit(scaled, alpha=0.3, beta=0.1, gamma=0.2)
        assert two.forecast(3) == pytest.approx(one.forecast(3) * factor, rel=1e-9, abs=1e-6 * factor)


def test_the_conformal_factor_is_the_declared_order_statistic():
    assert conformal_factor([0.5] * 7, 0.8) == 1.0  # too few
    ratios = [0.1 * number for number in range(1, 20)]
    assert conformal_factor(ratios, 0.8) == pytest.approx(1.6)  # the 16th of 19: ⌈20 · 0.8⌉
    assert conformal_factor([0.2] * 20, 0.8) == 1.0  # never narrower


def test_survivors_are_covered_and_the_trial_is_a_true_one():
    """40 cohorts of 800 whose chances are beta(1.2, 4): 80 % intervals; three errors of 6 points."""
    luck, held = np.random.default_rng(9), []
    for _ in range(40):
        chance = luck.beta(1.2, 4.0, 800)
        leaves = luck.geometric(chance)
        left = [(leaves > renewal).sum() for renewal in range(12)]
        ahead = forecast_retention(left[:8], horizon=4, level=0.8)
        table = ahead.table[ahead.table["renewal"] >= 8]
        held.append((table["low"].iloc[-1] <= left[-1]) and (left[-1] <= table["high"].iloc[-1]))
        assert (table["low"] <= table["forecast"]).all()
    assert abs(np.mean(held) - 0.8) < 0.18
    assert ahead.held_back == 2
    assert ahead.reading().startswith("The last 2 renewals")
    none = forecast_retention([100, 80, 70], horizon=1)
    assert none.beat_naive is None
    assert "too few renewals" in none.reading()


def bought(seed, customers=1500, days=420):
    """Purchases of BG/NBD customers: r 1, α 5 weeks, a 1, b 3, first seen within the first 200 days."""
    luck = np.random.default_rng(seed)
    gaps = luck.exponential(1 / luck.gamma(1.0, 1 / 35.0, (customers, 1)), (customers, 60))
    stays = np.arange(60) < luck.geometric(luck.beta(1.0, 3.0, (customers, 1)))
    day = luck.integers(0, 200, (customers, 1)) + np.concatenate([np.zeros((customers, 1)), np.cumsum(gaps, 1)], 1)
    stays = np.concatenate([np.ones((customers, 1), bool), stays], 1)
    who, which = np.nonzero(stays & (day < days))
    when = pd.Timestamp("2023-01-01") + pd.to_timedelta(day[who, which], unit="D")
    return pd.DataFrame({"customer_id": who, "ordered_at": when, "amount": 10.0})


def test_repeat_purchases_are_forecast_nearer_than_as_many_as_lately():
    split = "2023-12-01"
    inside, nearer = 0, 0
    for seed in range(3):
        lines = bought(seed)
        ahead = forecast_repeat_purchases(lines[lines["ordered_at"] < "2023-12-02"], as_of=split, horizon=8)
        later = lines[(lines["ordered_at"] >= "2023-12-02") & (lines["ordered_at"] < "2024-01-27")]
        days = later.assign(day=later["ordered_at"].dt.normalize()).drop_duplicates(["customer_id", "day"])
        inside += ahead.low <= len(days) <= ahead.high
        nearer += abs(ahead.total - len(days)) < abs(ahead.naive - len(days))
        assert ahead.table["forecast"].sum() == pytest.approx(ahead.total)
    assert inside >= 1  # 80 % intervals: none of 3 in 0.8 % of draws
    assert nearer >= 2
    assert ahead.tried_on is not None
    assert ahead.beat_naive in (True, False)
    short = forecast_repeat_purchases(lines[lines["ordered_at"] < "2023-08-01"], as_of="2023-07-31", horizon=40)
    assert short.beat_naive is None
    assert "too short" in short.reading()


def test_too_few_who_came_back_are_refused():
    lines = pd.DataFrame({"customer_id": range(50), "ordered_at": pd.Timestamp("2024-01-05"), "amount": 1.0})
    with pytest.raises(InputError, match="0 of 50 customers came back"):
        forecast_repeat_purchases(lines, as_of="2024-06-30", horizon=4)


@pytest.mark.parametrize(
    ("errors", "won"),
    [([9.0] * 8, True), ([0.0, 19.0] * 4, False), ([10.0] * 8, False), ([11.0] * 8, False), ([8.0, 9.5] * 4, True)],
)
def test_a_method_wins_only_beyond_two_standard_errors_of_its_gain(errors, won):
    """Naive misses by 10 in each of 8 trials; 0 and 19 by turns gain half a unit, and that is chance."""
    rows = [("naive", origin, 1, 10.0) for origin in range(8)]
    rows += [("ses", origin, 1, error) for origin, error in enumerate(errors)]
    trials = pd.DataFrame(rows, columns=["method", "origin", "step", "forecast"]).assign(actual=0.0)
    scores = trials.groupby("method")["forecast"].mean().rename("mae").reset_index().sort_values("mae", kind="stable")
    assert _verdict(Backtest(trials, scores, 1, 8, 1, 0.8)) == ("naive", "ses", won)
