"""Brand switching from a survey: planted coefficients come back, equity is that of the known matrix."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from crm_toolkit.analysis.brand_switching import BrandSwitching, brand_equity, driver_elasticities, fit_brand_switching
from crm_toolkit.analysis.migration import brand_switching_value
from crm_toolkit.errors import InputError

DRIVERS = ("price", "image", "service")
TRUTH = np.array([1.2, 0.8, 0.4, 0.0])
MARKET = {"purchases_per_year": 2, "annual_discount_rate": 0.1, "years": 3, "customers": 1000}


def answers(seed=1, people=400, brands=3, truth=TRUTH, *, shares=False):
    luck = np.random.default_rng(seed)
    ratings, last = luck.normal(3.5, 1, (people, brands, len(DRIVERS))), luck.integers(0, brands, people)
    utility = (ratings * truth[1:]).sum(axis=2) + truth[0] * np.eye(brands)[last]
    chances = np.exp(utility) / np.exp(utility).sum(axis=1, keepdims=True)
    picked = np.eye(brands)[(utility + luck.gumbel(size=utility.shape)).argmax(axis=1)]
    table = {"customer_id": np.repeat(np.arange(people), brands), "brand": np.tile(list("abc")[:brands], people)}
    table |= {"last": np.eye(brands)[last].ravel(), "chosen": (chances if shares else picked).ravel()}
    return pd.DataFrame(table | {name: ratings[:, :, place].ravel() for place, name in enumerate(DRIVERS)})


def codes(ask, *args, **more):
    with pytest.raises(InputError) as letter:
        ask(*args, **more)
    return {problem.code for problem in letter.value.problems}


def test_planted_coefficients_are_covered_at_the_nominal_rate():
    covered = []
    for seed in range(40):
        found = fit_brand_switching(answers(seed, people=250), DRIVERS).coefficients
        covered.append((found["low"] < TRUTH) & (found["high"] > TRUTH))
    assert 0.90 < np.mean(covered) < 0.99  # 160 intervals of 95 %: 0.95 ± 0.052 at three standard errors


def test_stated_chances_give_the_coefficients_back_exactly():
    found = fit_brand_switching(answers(shares=True), DRIVERS)
    assert_allclose(found.coefficients["estimate"], TRUTH, atol=1e-8)
    assert found.log_likelihood > found.log_likelihood_null


def test_the_mean_matrix_predicts_what_was_chosen():
    table = answers(people=2_000)
    model = fit_brand_switching(table, DRIVERS)
    last = table[table["last"] == 1].set_index("customer_id")["brand"]
    matrix = model.matrix()
    assert_allclose(matrix.sum(axis=1), 1)
    picked = table[table["chosen"] == 1].set_index("customer_id")["brand"]
    observed = pd.crosstab(last, picked, normalize="index")
    assert np.abs(matrix.to_numpy() - observed.to_numpy()).max() < 0.06


def known_model():
    """Everybody switches by [[.8, .2], [.3, .7]] and bought brand one last: the fixture of the course."""
    first, second = np.log(0.8 / 0.2), np.log(0.3 / 0.7)  # ±inertia + rating
    inertia, rating = (first - second) / 2, (first + second) / 2
    table = pd.DataFrame({"driver": ["inertia", "rating"], "estimate": [inertia, 1.0]})
    ratings = np.tile(np.array([[rating], [0.0]]), (5, 1, 1))
    return BrandSwitching(table, -1.0, -2.0, ("one", "two"), ("rating",), 5, np.zeros(5, dtype=int), ratings)


def test_equity_of_a_known_matrix_is_that_of_rust_lemon_zeithaml():
    model = known_model()
    assert_allclose(model.matrix().to_numpy(), [[0.8, 0.2], [0.3, 0.7]], atol=1e-12)
    table = brand_equity(model, **MARKET)
    assert_allclose(table["value"], [3.4172, 1.6779], atol=5e-5)
    alone = brand_switching_value(model.matrix(), purchases_per_year=2, annual_discount_rate=0.1, years=3)
    assert_allclose(table["value"], alone, rtol=1e-12)
    assert_allclose(table["customer_equity"], 1000 * table["value"])
    assert table["share"].sum() == pytest.approx(1)


def test_a_better_rating_wins_equity_from_the_others_in_the_order_of_the_coefficients():
    model = fit_brand_switching(answers(people=1_000), DRIVERS)
    table = driver_elasticities(model, "b", **MARKET)
    assert table["driver"].tolist()[:2] == ["price", "image"]
    assert table["gain"].iloc[0] > 0
    before = brand_equity(model, **MARKET)
    after = brand_equity(model, **MARKET, improve={("b", "price"): 0.1})
    change = (after["customer_equity"] - before["customer_equity"]).tolist()
    assert change[1] == pytest.approx(table["gain"].iloc[0])
    assert change[0] < 0
    assert change[2] < 0
    assert sum(change) == pytest.approx(0, abs=1e-8)  # a market of one size: what one wins the others lose


def test_answers_that_do_not_add_up_are_refused_all_at_once():
    table = answers()
    table.loc[:2, "last"] = 0
    table.loc[5, "chosen"] = 0.5
    with pytest.raises(InputError) as letter:
        fit_brand_switching(table, DRIVERS)
    assert [problem.column for problem in letter.value.problems] == ["last", "chosen"]
    assert codes(fit_brand_switching, answers().iloc[1:], DRIVERS) == {"not_square"}
    assert codes(fit_brand_switching, answers(people=29), DRIVERS) == {"too_few"}


def test_drivers_that_say_nothing_or_everything_are_named():
    assert codes(fit_brand_switching, answers().assign(price=4.0), DRIVERS) == {"constant"}
    assert codes(fit_brand_switching, answers().assign(image=lambda t: 2 * t["price"]), DRIVERS) == {"collinear"}
    with pytest.raises(InputError) as letter:
        fit_brand_switching(answers().assign(service=lambda t: t["chosen"]), DRIVERS)
    assert letter.value.problems[0].code == "separation"
    assert letter.value.problems[0].column == "service"
    assert codes(fit_brand_switching, answers(), []) == {"empty"}


def test_unknown_brands_and_drivers_are_refused():
    model = known_model()
    assert codes(model.matrix, {("three", "rating"): 1.0}) == {"unknown_option"}
    assert codes(model.matrix, {("one", "rating"): np.inf}) == {"outside_range"}
    assert codes(driver_elasticities, model, "three", **MARKET) == {"unknown_option"}
    assert codes(brand_equity, model, **MARKET | {"years": -1}) == {"outside_range"}
