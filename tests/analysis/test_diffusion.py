"""The Bass fit: recovery and coverage, scipy's optimum beside ours, and clear answers where data do not tell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import curve_fit

from crm_toolkit.analysis.bass_climb import adopters_of, slopes_of
from crm_toolkit.analysis.diffusion import METHODS, fit_bass
from crm_toolkit.behaviour.diffusion import bass_adopters, bass_peak, bass_share, draw_bass_adopters
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

TRUE = {"p": 0.02, "q": 0.4, "potential": 5000}


def drawn(periods=15, seed=1, **changes):
    return draw_bass_adopters(periods, **{**TRUE, **changes}, rng=np.random.default_rng(seed))


@pytest.mark.parametrize(("method", "form"), [("mle", "continuous"), ("nls", "continuous"), ("ols", "discrete")])
def test_dryers_of_bass_1969_are_found_again_to_the_last_digit(method, form):
    """p, q, m from memory and recomputed; a series without luck has one answer."""
    p, q, m = 0.017206, 0.35688, 15.092
    found = fit_bass(bass_adopters(14, p=p, q=q, potential=m, form=form), method=method)
    assert (found.p, found.q, found.potential) == pytest.approx((p, q, m), rel=1e-6)
    assert round(found.peak.time, 1) == 8.1
    assert found.stage == "after_peak"
    assert found.r_squared == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_least_squares_end_where_scipy_s_curve_fit_ends_with_its_errors(seed):
    luck = np.random.default_rng(seed)
    seen = np.maximum(bass_adopters(16, p=0.015, q=0.45, potential=800) + luck.normal(0, 6, 16), 0)

    def curve(t, p, q, m):
        return m * (bass_share(t, p=p, q=q) - bass_share(t - 1, p=p, q=q))

    theirs, spread = curve_fit(curve, np.arange(1, 17.0), seen, p0=(0.01, 0.3, 900), xtol=1e-12, ftol=1e-12)
    ours = fit_bass(seen, method="nls")
    assert (ours.p, ours.q, ours.potential) == pytest.approx(theirs, rel=1e-5)
    assert ours.parameters["standard_error"].to_numpy() == pytest.approx(np.sqrt(np.diag(spread)), rel=1e-3)


def test_no_other_values_make_the_counts_likelier():
    seen = drawn()
    found = fit_bass(seen)
    luck = np.random.default_rng(2)
    for factor in np.exp(luck.normal(0, 0.02, (60, 3))):
        theta = np.array([found.p, found.q, found.potential]) * factor
        expected = adopters_of(theta, 15, "continuous")
        away = (seen * np.log(expected) - expected).sum()
        here = (seen * np.log(found.history["expected"]) - found.history["expected"]).sum()
        assert away <= here + 1e-9
    assert found.history["expected"].sum() == pytest.approx(seen.sum())  # of counts the best m balances


@given(
    p=st.floats(1e-3, 0.2),
    q=st.floats(1e-3, 0.7),
    m=st.floats(10, 1e5),
    form=st.sampled_from(["continuous", "discrete"]),
)
@settings(max_examples=25, deadline=None)
def test_slopes_are_those_of_small_steps(p, q, m, form):
    theta, found = np.array([p, q, m]), slopes_of((p, q, m), 9, form)
    for place in range(3):
        step = np.zeros(3)
        step[place] = 1e-6 * theta[place]
        across = (adopters_of(theta + step, 9, form) - adopters_of(theta - step, 9, form)) / (2 * step[place])
        assert found[:, place] == pytest.approx(across, rel=1e-4, abs=1e-5 * np.abs(across).max())


def hits(method, truth, periods, seeds, noise=None, ahead=3):
    """Shares of intervals that hold the truth: p, q, m, the peak's time and height, and coming periods."""
    rows, peak = [], bass_peak(**truth)
    for seed in seeds:
        if noise is None:
            seen = draw_bass_adopters(periods + ahead, **truth, rng=np.random.default_rng(seed))
        else:
            luck = np.random.default_rng(seed).normal(0, noise, periods + ahead)
            seen = np.maximum(bass_adopters(periods + ahead, **truth) + luck, 0)
        fit = fit_bass(seen[:periods], method=method)
        table, coming = fit.parameters, fit.forecast(ahead)
        held = (table["low"] <= list(truth.values())) & (table["high"] >= list(truth.values()))
        rows.append([
            *held, fit.peak_time_low <= peak.time <= fit.peak_time_high, fit.peak_low <= peak.adopters <= fit.peak_high,
            ((coming["low"] <= seen[periods:]) & (coming["high"] >= seen[periods:])).mean(),
        ])  # fmt: skip
    return np.mean(rows, axis=0)


@pytest.mark.parametrize(("method", "noise"), [("mle", None), ("nls", 25.0)])
def test_intervals_hold_the_planted_values(method, noise):
    """24 seeds: a share of 0.95 falls below 19 of them once in several thousand times."""
    assert (hits(method, TRUE, 15, range(24), noise) >= 19 / 24).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "truth", "periods", "noise"),
    [
        ("mle", TRUE, 15, None),
        ("mle", TRUE, 9, None),
        ("mle", {"p": 0.003, "q": 0.5, "potential": 50_000}, 8, None),  # two periods before the peak
        ("nls", TRUE, 15, 25.0),
    ],
)
def test_intervals_have_their_level_over_many_seeds(method, truth, periods, noise):
    """300 seeds: the error of a share of 0.95 is 0.0126; three of them, and two hundredths for the small samples."""
    found = hits(method, truth, periods, range(300), noise)
    assert (found >= 0.89).all(), found
    assert (found <= 0.99).all(), found


def test_the_interval_of_a_forecast_is_the_delta_method_s_with_chance_added():
    """Slopes by differences; the people of m who have come do not come again, which adds up to Poisson's error of m."""
    fit = fit_bass(drawn(12))
    theta, ends = np.array([fit.p, fit.q, fit.potential]), np.arange(12, 17)

    def coming(values):
        return values[2] * np.diff(bass_share(ends, p=values[0], q=values[1]))

    steps = np.diag(1e-6 * theta)
    slope = np.array([(coming(theta + one) - coming(theta - one)) / (2 * one.max()) for one in steps]).T
    known = fit.covariance.to_numpy() + np.diag([0, 0, fit.dispersion * fit.potential])
    table, reach = fit.forecast(4), stats.t.ppf(0.975, 9)
    summed = np.cumsum(slope, axis=0)
    for slopes, middle, chance, high in (
        (slope, coming(theta), coming(theta), table["high"]),
        (summed, table["cumulative"].to_numpy(), np.cumsum(coming(theta)), table["cumulative_high"]),
    ):
        error = np.sqrt(np.einsum("ij,jk,ik->i", slopes, known, slopes) + fit.dispersion * chance)
        assert high.to_numpy() == pytest.approx(middle + reach * error, rel=1e-5)
    assert table["cumulative"].to_numpy() == pytest.approx(drawn(12).sum() + np.cumsum(coming(theta)))


def test_the_potential_is_nearly_known_when_nearly_all_have_come():
    """Of a fixed number of people those who come late are unknown, not Poisson's √m of all."""
    fit = fit_bass(drawn(30))
    assert fit.share_come > 0.999
    assert fit.parameters["standard_error"][2] < 0.1 * np.sqrt(fit.dispersion * fit.potential)


def test_a_series_before_its_peak_is_answered_with_a_warning():
    found = fit_bass(drawn(10, p=0.003, q=0.5, potential=200_000))
    assert found.stage == "before_peak"
    assert found.peak.time > 10
    assert "The data end before the peak" in found.warnings[0]
    assert found.parameters["standard_error"][2] > fit_bass(drawn(16, p=0.003, q=0.5, potential=200_000)).parameters[
        "standard_error"][2]  # fmt: skip


def test_a_curve_that_falls_from_the_start_has_no_peak():
    found = fit_bass(bass_adopters(12, p=0.2, q=0.05, potential=1000))
    assert (found.stage, found.peak_time_low, found.peak.inside) == ("no_peak", None, False)
    assert found.conclusion.startswith("No peak")
    assert any("there is no peak to forecast" in said for said in found.warnings)
    pure = fit_bass(1000 * 0.8 ** np.arange(10))  # no word of mouth at all: the edge q = 0
    assert pure.q == pytest.approx(0, abs=1e-6)
    assert pure.p == pytest.approx(-np.log(0.8), rel=1e-4)
    assert np.isfinite(pure.parameters[["low", "high"]].to_numpy()).all()


@pytest.mark.parametrize("series", [50 * 1.3 ** np.arange(10), np.full(12, 40.0)], ids=["growth", "constant"])
@pytest.mark.parametrize("method", METHODS)
def test_a_series_that_has_not_bent_is_refused_unless_the_potential_is_known(series, method):
    with pytest.raises(InputError, match="The series has not bent yet"):
        fit_bass(series, method=method)
    if method != "ols":
        found = fit_bass(series, method=method, potential=1e5)
        assert found.potential == 1e5
        assert found.parameters["given"].tolist() == [False, False, True]
        assert found.parameters["standard_error"][2] == 0


def test_what_is_no_history_is_refused_with_all_its_faults():
    with pytest.raises(InputError, match="At least 6 periods are needed"):
        fit_bass([1, 2, 3])
    with pytest.raises(InputError, match="1 value is missing or infinite"):
        fit_bass([1, 2, np.nan, 3, 2, 1, 1])
    with pytest.raises(InputError) as letter:
        fit_bass([5, 4, -1, 3, 2, 1, 1], method="ols", potential=10)
    assert [problem.code for problem in letter.value.problems] == ["negative", "unknown_option"]
    with pytest.raises(InputError, match="too few periods: 1; at least 3"):
        fit_bass([0, 0, 0, 7, 0, 0, 0])
    with pytest.raises(InputError, match="27 have come already"):
        fit_bass([1, 3, 6, 8, 6, 3], potential=20)
    with pytest.raises(InputError, match="Nearly everybody comes within one period"):
        fit_bass([0, 0, 1, 5000, 1, 0, 0, 0], method="nls")
    with pytest.raises(InputError, match="A whole number is needed"):
        fit_bass(drawn()).forecast(1.5)


@given(series=st.lists(st.integers(0, 500), min_size=6, max_size=20), method=st.sampled_from(METHODS))
@settings(max_examples=25, deadline=None)
def test_any_history_is_answered_with_finite_numbers_or_a_letter(series, method):
    try:
        found = fit_bass(series, method=method)
    except InputError:
        return
    assert np.isfinite(found.parameters[["estimate", "standard_error", "low", "high"]].to_numpy()).all()
    assert np.isfinite(found.forecast(3).to_numpy()).all()
    assert found.potential >= max(series)
    assert found.conclusion


def test_waves_widen_the_intervals_and_are_told():
    calm = bass_adopters(20, **TRUE)
    wavy = calm * (1 + 0.4 * np.sin(2 * np.pi * np.arange(20) / 4))
    found = fit_bass(wavy)
    assert found.dispersion > 3
    assert any("something moves sales that the model does not know" in said for said in found.warnings)
    assert found.parameters["standard_error"][1] > 3 * fit_bass(drawn(20)).parameters["standard_error"][1]


def test_the_unit_of_the_counts_changes_the_unit_of_m_alone():
    seen = drawn().astype(float)
    one, thousand = fit_bass(seen), fit_bass(seen / 1000)
    assert (thousand.p, thousand.q, thousand.potential) == pytest.approx((one.p, one.q, one.potential / 1000), rel=1e-6)
    assert thousand.parameters["standard_error"][0] == pytest.approx(one.parameters["standard_error"][0], rel=1e-5)


def test_the_conclusion_is_russian_too():
    with language("ru"):
        assert "Пик приходится на период" in fit_bass(drawn()).conclusion
