"""How regularly customers buy: planted k comes back, BTYDplus' numbers are reproduced, too little data is refused."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from crm_toolkit import analysis
from crm_toolkit.analysis.btyd.regularity import METHODS, purchase_regularity, regularity_profile
from crm_toolkit.errors import InputError

END = "2150-12-31"


def purchases(seed=1, k=2.0, people=300, most=8):
    """Lives that end long before the observation does; times are so long that whole days hardly round them."""
    luck = np.random.default_rng(seed)
    gaps = np.maximum(np.round(luck.gamma(k, 1.0, (people, most)) / luck.gamma(3.0, 0.001, (people, 1))), 1)
    days = np.column_stack([np.zeros(people), gaps.cumsum(axis=1)])
    made = np.arange(most + 1) < 1 + luck.geometric(luck.beta(1.0, 4.0, (people, 1)))
    moments = pd.Timestamp("2015-01-01") + pd.to_timedelta(days[made], unit="D")
    table = pd.DataFrame({"customer_id": np.nonzero(made)[0], "ordered_at": moments, "amount": 1.0})
    return table[table["ordered_at"] <= END]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("k", [1.0, 2.0, 3.5])
def test_the_planted_regularity_is_covered_at_about_the_nominal_rate(method, k):
    found = [purchase_regularity(purchases(seed, k), as_of=END, method=method, level=0.9) for seed in range(8)]
    covered = sum(one.low < k < one.high for one in found)
    assert covered >= 5  # of 8 at 90 %: fewer in 5 of 1,000 samples
    assert abs(np.mean([one.estimate for one in found]) / k - 1) < 0.12


def test_the_likelihood_uses_more_times_and_is_sharper():
    rough, sharp = (purchase_regularity(purchases(), as_of=END, method=method) for method in METHODS)
    assert sharp.intervals > rough.intervals == 2 * rough.customers
    assert sharp.high - sharp.low < rough.high - rough.low


def test_the_order_of_lines_and_lines_of_one_day_do_not_matter():
    table = purchases()
    again = pd.concat([table, table.iloc[::3]]).sample(frac=1, random_state=1)
    for method in METHODS:
        one, two = (purchase_regularity(each, as_of=END, method=method) for each in (table, again))
        assert one.estimate == pytest.approx(two.estimate, rel=1e-12)


def groceries():
    """The log of 1,525 buyers that BTYDplus ships, as a table of ``cust`` and ``date`` (days since 1970)."""
    path = Path(os.environ.get("CRM_REFERENCE_DATA", "")) / "groceryElog.csv"
    if not path.is_file():
        pytest.skip(
            "CRM_REFERENCE_DATA must name a folder with groceryElog.csv, made of BTYDplus' data/groceryElog.rda"
        )
    log = pd.read_csv(path)
    return pd.DataFrame(
        {"customer_id": log["cust"], "ordered_at": pd.to_datetime(log["date"], unit="D"), "amount": 1.0}
    )


def test_groceries_are_as_regular_as_btydplus_says():
    found = purchase_regularity(groceries(), as_of="2007-12-30")
    assert found.estimate == pytest.approx(1.824, abs=0.05)  # BTYDplus draws one of the two times by lot
    assert found.whole == 2


def test_the_profile_of_groceries_has_the_parameters_of_btydplus():
    profile = regularity_profile(groceries(), as_of="2006-12-31", most=3, leaves_at_first=True)
    assert profile["regularity"][profile["below_best"].idxmin()] == 2
    assert_allclose(profile.loc[1, ["r", "alpha", "a", "b"]].astype(float), [1.3292, 2.8126, 0.4247, 0.7900], rtol=2e-4)


def test_the_profile_of_k_1_is_bg_nbd_itself():
    table = purchases(k=1.0, most=30)
    profile = regularity_profile(table, as_of=END, most=1)
    model = analysis.fit_bgnbd(analysis.purchase_summary(table, as_of=END))
    assert_allclose(profile.loc[0, ["r", "alpha", "a", "b"]].astype(float), list(model.parameters.values()), rtol=1e-6)
    assert profile["log_likelihood"][0] == pytest.approx(model.log_likelihood)


def test_too_few_and_clockwork_are_refused():
    with pytest.raises(InputError) as few:
        purchase_regularity(purchases(people=30), as_of=END)
    assert few.value.problems[0].code == "too_few_repeats"
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.tile([0, 7, 14], 40), unit="D")
    clock = pd.DataFrame({"customer_id": np.repeat(np.arange(40), 3), "ordered_at": days, "amount": 1.0})
    for method in METHODS:
        with pytest.raises(InputError) as refusal:
            purchase_regularity(clock, as_of=END, method=method)
        assert refusal.value.problems[0].code == "no_maximum"
    with pytest.raises(InputError):
        purchase_regularity(clock, as_of=END, method="luck")
