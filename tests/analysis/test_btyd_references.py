"""The models give the numbers of their papers, and of the programs that others use."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from crm_toolkit import analysis
from crm_toolkit.analysis import BGBB, BGNBD, GammaGamma, ParetoNBD, PurchaseSummary, ShiftedBetaGeometric

BG = BGNBD(0.24259, 4.41353, 0.79289, 2.42575)  # CDNOW, Fader, Hardie and Lee 2005, five digits
PARETO = ParetoNBD(0.55340, 10.58020, 0.60606, 11.65622)  # CDNOW, as R's BTYD estimates it
DONATIONS = [  # frequency, recency, donors of 6 occasions: Fader, Hardie and Shang 2010, table 1
    (0, 0, 3464), (1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119), (1, 6, 129), (2, 2, 613),
    (2, 3, 255), (2, 4, 155), (2, 5, 173), (2, 6, 234), (3, 3, 322), (3, 4, 181), (3, 5, 225), (3, 6, 357),
    (4, 4, 240), (4, 5, 284), (4, 6, 512), (5, 5, 335), (5, 6, 728), (6, 6, 1203),
]  # fmt: skip
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]  # Fader and Hardie 2007, table 1, seven renewals
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


def test_bgnbd_answers_as_in_the_paper():
    assert_allclose(BG.conditional_expected_purchases(39, 2, 30.43, 38.86), 1.226, atol=5e-4)
    assert_allclose(BG.expected_purchases([0.1429, 1, 3]), [0.0078, 0.0532, 0.1506], atol=3e-4)
    assert_allclose(BG.expected_purchases([31.8571, 32, 78]), [1.0405, 1.0437, 1.8576], rtol=2e-3)
    assert_allclose(BGNBD(0.243, 4.414, 0.793, 2.426).count_probability(0, 39), 0.5737864, atol=5e-8)
    assert_allclose(BGNBD(0.243, 4.414, 0.793, 2.426).count_probability(10, 2), 1.07869e-07, rtol=1e-5)


def test_pareto_nbd_answers_as_btyd_does():
    assert_allclose(PARETO.probability_alive(26, 30.86, 31), 0.9979179, atol=1e-7)
    assert_allclose(PARETO.conditional_expected_purchases(52, 26, 30.86, 31), 25.45532, atol=1e-3)
    dert = analysis.discounted_expected_residual_transactions(PARETO, 26, 30.86, 31, discount_rate=0.0027)
    assert_allclose(dert, 86.03502, atol=1e-3)


def test_pareto_nbd_expects_of_a_new_customer_what_the_manual_of_btyd_does():
    expected = [0, 0.05078, 0.09916, 0.14543, 0.18980, 0.23247, 0.27361, 0.31335, 0.35181, 0.38909]
    found = ParetoNBD(0.55, 10.56, 0.61, 11.64).expected_purchases(np.arange(10))  # parameters of the manual
    assert_allclose(found, expected, atol=6e-6)


def test_pareto_nbd_does_not_underflow_with_132_purchases():
    model = ParetoNBD(0.55, 10.58, 0.61, 11.67)
    found = model.conditional_expected_purchases(10, [132, 133], 200, 200)
    assert_allclose(found, [6.2060517889632418, 6.2528722475748113], rtol=1e-12)


@pytest.mark.parametrize("x", [500, 5_000, 100_000])
def test_busy_customers_get_numbers_too(x):
    for model in (BG, BGNBD(0.5, 6, 0.9, 1.6, leaves_at_first=True), PARETO):
        alive = model.probability_alive([x, x], [300, 30], [300, 300])
        assert 0.9 < alive[0] <= 1
        assert 0 <= alive[1] < 1e-9
        assert 0 < model.conditional_expected_purchases(1, x, 300, 300) < 1.01 * x / 300


def test_gamma_gamma_answers_as_lifetimes_does():
    model = GammaGamma(6.2488, 3.7446, 15.4478)
    found = model.expected_average_spend([2, 1, 0, 7, 1, 2], [22.35, 11.77, 0, 73.74, 11.77, 25.55])
    assert_allclose(found, [24.65, 18.91, 35.17, 71.46, 18.91, 27.28], atol=0.012)


def test_bgbb_matches_fader_hardie_shang_2010():
    rows = pd.DataFrame(DONATIONS, columns=["frequency", "recency", "donors"])
    everybody = rows.loc[rows.index.repeat(rows["donors"]), ["frequency", "recency"]].assign(T=6)
    model = analysis.fit_bgbb(everybody)
    assert_allclose(list(model.parameters.values()), [1.204, 0.750, 0.657, 2.783], atol=5e-4)
    assert model.log_likelihood == pytest.approx(-33225.6, abs=0.05)
    in_sample = len(everybody) * model.count_probability(np.arange(7), 6)
    assert_allclose(in_sample[[0, 6]], [3454.9, 1253.1], atol=0.05)
    coming = model.conditional_expected_purchases(5, rows["frequency"], rows["recency"], 6)
    assert (rows["donors"] * coming).sum() == pytest.approx(12884.2, abs=0.1)
    assert_allclose(model.probability_alive([0, 2, 6], [0, 4, 6], 6), [0.11, 0.59, 0.93], atol=5e-3)
    assert_allclose(BGBB(1.204, 0.750, 0.657, 2.783).expected_purchases(6), model.expected_purchases(6), rtol=1e-3)


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "height"),
    [(HIGH_END, 0.668, 3.806, -1611.158), (REGULAR, 0.704, 1.182, -1680.265)],
)
def test_shifted_beta_geometric_matches_fader_hardie_2007(survivors, alpha, beta, height):
    model = analysis.fit_shifted_beta_geometric(survivors)
    assert_allclose([model.alpha, model.beta], [alpha, beta], atol=5e-4)
    assert model.log_likelihood == pytest.approx(height, abs=5e-4)


def test_shifted_beta_geometric_looks_five_years_ahead():
    model = analysis.fit_shifted_beta_geometric(HIGH_END)
    assert_allclose(model.survival(np.arange(8, 13)), [0.460, 0.436, 0.414, 0.395, 0.378], atol=5e-4)


def test_residual_lifetime_differs_by_convention_and_says_which():
    ask = ShiftedBetaGeometric(0.668, 3.806).discounted_expected_residual_lifetime
    assert ask(7, discount_rate=0.1) == pytest.approx(7.530, abs=5e-4)
    assert ask(6, discount_rate=0.1) == pytest.approx(7.345, abs=5e-4)
    assert ask(7, discount_rate=0.1, timing="today") == pytest.approx(7.845, abs=5e-4)
    assert ask(7, discount_rate=0.1, timing="after_renewal") == pytest.approx(6.845, abs=5e-4)
    model = ShiftedBetaGeometric(0.668, 3.806)
    far = np.arange(1, 3000)
    assert ask(7, discount_rate=0.1) == pytest.approx(
        (model.survival(7 + far) / model.survival(7) / 1.1 ** (far - 1)).sum(), rel=1e-9
    )


def test_beta_discrete_weibull_matches_retenmod():
    model = analysis.fit_beta_discrete_weibull([100, 86.9, 74.3, 65.3, 59.3])
    assert_allclose([model.gamma, model.delta, model.c], [0.25936956, 1.72276277, 1.58428486], rtol=3e-4)
    assert -model.log_likelihood == pytest.approx(122.27493, abs=2e-5)
    projected = [86.9146, 74.1928, 65.4782, 59.2929, 54.6604, 51.0361, 48.1035]
    assert_allclose(100 * model.survival(np.arange(1, 8)), projected, atol=2e-3)


@pytest.fixture(scope="module")
def cdnow():
    """The lines of the CDNOW sample, from the file `CDNOW_sample.txt` that the package lifetimes ships."""
    path = os.environ.get("CRM_CDNOW", "")
    if not Path(path).is_file():
        pytest.skip("CRM_CDNOW must name the file CDNOW_sample.txt")
    names = ["master", "customer_id", "day", "discs", "amount"]
    raw = pd.read_csv(path, sep=r"\s+", header=None, names=names, dtype={"day": str})
    return raw.assign(ordered_at=pd.to_datetime(raw["day"], format="%Y%m%d"))


@pytest.fixture(scope="module")
def published(cdnow):
    """The summary as it was published: weeks with two decimals."""
    table = analysis.purchase_summary(cdnow, as_of="1998-06-30", calibration_end="1997-09-30").table
    return PurchaseSummary.from_frame(table.assign(recency=table["recency"].round(2), T=table["T"].round(2)))


@pytest.mark.parametrize(
    ("fit", "parameters", "height"),
    [
        (analysis.fit_bgnbd, [0.24259, 4.41353, 0.79289, 2.42575], -9582.4256),
        (analysis.fit_pareto_nbd, [0.5533, 10.5776, 0.6062, 11.6679], -9594.9739),
        (analysis.fit_mbgnbd, [0.525, 6.183, 0.891, 1.614], -9582.13),
        (analysis.fit_nbd, [0.38477, 12.072, None, None], -9763.66),
    ],
)
def test_fits_of_cdnow_match_the_papers(published, fit, parameters, height):
    model = fit(published)
    expected = [value for value in parameters if value is not None]
    assert_allclose(list(model.parameters.values()), expected, rtol=6e-4)
    assert model.log_likelihood == pytest.approx(height, abs=6e-3)


def test_gamma_gamma_of_cdnow_matches_hardie(cdnow):
    summary = analysis.purchase_summary(cdnow, as_of="1998-06-30", calibration_end="1997-09-30")
    model = analysis.fit_gamma_gamma(summary)
    assert_allclose(list(model.parameters.values()), [6.24935, 3.74426, 15.44431], rtol=2e-4)
    assert model.log_likelihood == pytest.approx(-4055.918, abs=1e-3)
    assert model.estimation.customers_repeat == 946


def test_fits_and_standard_errors_of_cdnow_match_clvtools(cdnow):
    summary = analysis.purchase_summary(cdnow, as_of="1998-06-30", calibration_end="1997-10-01")
    bg = analysis.fit_bgnbd(summary)
    assert_allclose(list(bg.parameters.values()), [0.24192, 4.40181, 0.80308, 2.46185], rtol=5e-5)
    assert_allclose(list(bg.standard_errors.values()), [0.0125, 0.3769, 0.1884, 0.7169], atol=6e-5)
    assert bg.log_likelihood == pytest.approx(-9602.861, abs=1e-3)
    pareto = analysis.fit_pareto_nbd(summary)
    assert_allclose(list(pareto.parameters.values()), [0.55109, 10.55477, 0.62492, 12.24444], rtol=2e-4)
    assert pareto.log_likelihood == pytest.approx(-9615.242, abs=1e-3)
    spend = analysis.fit_gamma_gamma(summary)
    assert_allclose(list(spend.parameters.values()), [6.23789, 3.74550, 15.47769], rtol=2e-5)
    assert spend.log_likelihood == pytest.approx(-4055.796, abs=1e-3)
