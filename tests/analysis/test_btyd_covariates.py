"""Covariates: planted effects are found, units of a covariate do not matter, plain models come out of it."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from crm_toolkit import analysis
from crm_toolkit.analysis import BGNBD, ParetoNBD
from crm_toolkit.errors import InputError

FITS = {"pareto_nbd": analysis.fit_pareto_nbd_covariates, "bgnbd": analysis.fit_bgnbd_covariates}


def customers(kind, size=4_000, seed=2):
    """Half of the customers came by an app: they buy 1.65 times as often and leave sooner."""
    luck = np.random.default_rng(seed)
    app = luck.integers(0, 2, size).astype(float)
    rate = luck.gamma(0.9, 1 / (5.0 * np.exp(-0.5 * app)))
    moments = luck.exponential(1 / rate[:, None], (size, 150)).cumsum(axis=1)
    age = luck.integers(30, 50, size).astype(float)
    if kind == "pareto_nbd":
        end = luck.exponential(1 / luck.gamma(0.9, 1 / (20.0 * np.exp(-0.8 * app))))
        made = moments <= np.minimum(end, age)[:, None]
    else:
        lives = luck.geometric(luck.beta(0.8 * np.exp(0.6 * app), 2.5))
        made = (moments <= age[:, None]) & (np.arange(150) < lives[:, None])
    table = {"frequency": made.sum(axis=1), "recency": (moments * made).max(axis=1), "T": age}
    return pd.DataFrame(table | {"app": app})


TABLES = {kind: customers(kind) for kind in FITS}


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("pareto_nbd", {"r": 0.9, "alpha": 5, "s": 0.9, "beta": 20, "buying_app": 0.5, "leaving_app": 0.8}),
        ("bgnbd", {"r": 0.9, "alpha": 5, "a": 0.8, "b": 2.5, "buying_app": 0.5, "a_app": 0.6, "b_app": 0.0}),
    ],
)
def test_planted_effects_lie_within_the_intervals(kind, planted):
    model = FITS[kind](TABLES[kind], ["app"])
    interval = model.interval(0.99)
    assert list(interval.index) == list(planted)
    for name, truth in planted.items():
        assert interval.loc[name, "low"] <= truth <= interval.loc[name, "high"], name
    assert interval.loc["buying_app", "low"] > 0
    plain = {"pareto_nbd": analysis.fit_pareto_nbd, "bgnbd": analysis.fit_bgnbd}[kind](TABLES[kind])
    assert model.log_likelihood > plain.log_likelihood + 10


@pytest.mark.parametrize("kind", FITS)
def test_units_and_origin_of_a_covariate_do_not_matter(kind):
    table = TABLES[kind]
    other = FITS[kind](table.assign(app=1000 + 20 * table["app"]), ["app"])
    first = FITS[kind](table, ["app"])
    assert other.log_likelihood == pytest.approx(first.log_likelihood, abs=1e-5)
    for name, value in first.coefficients.items():
        assert 20 * other.coefficients[name] == pytest.approx(value, abs=2e-4)
        assert 20 * other.standard_errors[name] == pytest.approx(first.standard_errors[name], rel=1e-3)
    for one, two in ((0, 1000), (1, 1020)):
        here, there = first.model_for(app=one).parameters, other.model_for(app=two).parameters
        assert_allclose(list(here.values()), list(there.values()), rtol=1e-3)


@pytest.mark.parametrize("kind", FITS)
def test_a_model_for_one_kind_is_close_to_the_fit_on_that_kind(kind):
    table = TABLES[kind]
    model = FITS[kind](table, ["app"])
    fit = {"pareto_nbd": analysis.fit_pareto_nbd, "bgnbd": analysis.fit_bgnbd}[kind]
    for value in (0, 1):
        alone = fit(table[table["app"] == value])
        together = model.model_for(app=value)
        assert isinstance(together, ParetoNBD | BGNBD)
        assert_allclose(together.expected_purchases([10, 40]), alone.expected_purchases([10, 40]), rtol=0.03)


@pytest.mark.parametrize("kind", FITS)
def test_unusable_covariates_are_refused(kind):
    table = TABLES[kind]
    for frame, names, code in (
        (table.assign(app=1.0), ["app"], "constant"),
        (table.assign(app=table["app"].where(table["app"] > 0)), ["app"], "bad_number"),
        (table, ["ap"], "missing_column"),
        (table, [], "empty"),
        (table.assign(twin=table["app"]), ["app", "twin"], "no_maximum"),
    ):
        with pytest.raises(InputError) as letter:
            FITS[kind](frame, names)
        assert letter.value.problems[0].code == code
    for values in ({}, {"web": 1}, {"app": np.nan}, {"app": 1, "web": 1}):
        with pytest.raises(InputError):
            FITS[kind](table, ["app"]).model_for(**values)
