"""The Bass curve: the fixtures of the literature, the differential equation behind it, and laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.behaviour.diffusion import bass_share, bass_time, word_of_mouth_share

# product, p, q, potential in millions, time of the peak in years as printed (Bass 1969, table 3)
PUBLISHED = [
    ("clothes dryers", 0.017206, 0.35688, 15.092, 8.1),
    ("room air conditioners", 0.010399, 0.41861, 16.895, 8.6),
    ("black-and-white television", 0.027877, 0.25105, 96.717, 7.9),
]
SHARES = st.floats(0.0, 0.999)
INNOVATION, IMITATION = st.floats(1e-4, 0.5), st.floats(0.0, 1.0)


@pytest.mark.parametrize(("product", "p", "q", "potential", "peak"), PUBLISHED)
def test_sales_peak_when_bass_1969_says(product, p, q, potential, peak):
    """Printed to a tenth of a year. At the peak ln(q/p)/(p+q), sales are m(p+q)²/4q and F is 1/2 − p/2q."""
    years = np.linspace(0, 30, 300_001)
    share = bass_share(years, p=p, q=q)
    sales = potential * np.gradient(share, years)
    at = int(sales.argmax())
    assert round(years[at], 1) == peak, product
    assert years[at] == pytest.approx(np.log(q / p) / (p + q), abs=2e-4)  # two steps of the grid
    assert sales[at] == pytest.approx(potential * (p + q) ** 2 / (4 * q), rel=1e-8)  # second-order differences
    assert share[at] == pytest.approx(0.5 - p / (2 * q), abs=1e-4)


def test_the_smooth_curve_of_dryers_runs_ahead_of_the_discrete_fixture_by_less_than_a_year():
    """S_t = (p + qY/m)(m − Y) gives .260, .346, .457 … million dryers: its year hears of last year's sales only."""
    p, q, m = PUBLISHED[0][1:4]
    fixture = [0.260, 0.346, 0.457, 0.594, 0.758, 0.942, 1.133, 1.308, 1.434, 1.479, 1.424]
    sold, discrete = 0.0, []
    for _ in fixture:
        discrete.append((p + q * sold / m) * (m - sold))
        sold += discrete[-1]
    assert np.allclose(discrete, fixture, atol=6e-4)  # printed to three digits
    years = np.arange(1, len(fixture) + 1)
    came = m * bass_share(years, p=p, q=q)
    assert (np.cumsum(fixture) < came).all()
    assert (np.cumsum(fixture)[1:] > came[:-1]).all()


@given(p=INNOVATION, q=IMITATION, time=st.floats(0.01, 50))
def test_the_rate_among_those_who_have_not_come_is_p_plus_q_times_the_share(p, q, time):
    step = 1e-4
    before, share, after = bass_share([time - step, time, time + step], p=p, q=q)
    rate = (after - before) / (2 * step)
    # differences of numbers near 1 lose 1e-16 / step; the curve's third derivative stays below (p + q)³
    assert rate == pytest.approx((p + q * share) * (1 - share), abs=1e-11 / step + (p + q) ** 3 * step**2)


@given(p=INNOVATION, q=IMITATION, share=SHARES)
def test_time_is_the_inverse_of_share(p, q, share):
    assert bass_share(bass_time(share, p=p, q=q), p=p, q=q) == pytest.approx(share, abs=1e-10)


@given(p=INNOVATION, q=IMITATION, early=SHARES, later=SHARES)
def test_more_come_with_time_with_innovation_and_with_imitation(p, q, early, later):
    first, second = sorted([early, later])
    assert bass_time(first, p=p, q=q) <= bass_time(second, p=p, q=q)
    assert bass_time(second, p=p * 1.5, q=q) <= bass_time(second, p=p, q=q)
    assert bass_time(second, p=p, q=q + 0.1) <= bass_time(second, p=p, q=q) + 1e-9


def test_nobody_is_told_without_imitation_and_most_are_late_with_it():
    assert (word_of_mouth_share(np.linspace(0, 1, 5), p=0.02, q=0.0) == 0).all()
    told = word_of_mouth_share(np.linspace(0, 1, 50), p=0.02, q=0.4)
    assert told[0] == 0
    assert (np.diff(told) > 0).all()
    assert told[-1] == pytest.approx(0.4 / 0.42)
    # where as many are told as come by themselves: qF = p
    assert word_of_mouth_share(0.05, p=0.02, q=0.4) == pytest.approx(0.5)
