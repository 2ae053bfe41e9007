"""The estimators find what was planted, as often as their intervals promise."""

import numpy as np
import pandas as pd
import pytest

import crm_toolkit as crm
from crm_toolkit import analysis
from crm_toolkit.streams import Stream


def bgnbd_customers(seed, customers, *, r, alpha, a, b, T, k=1, at_first=False):
    """Customers of (M)BG/CNBD-k, each observed for a time of their own."""
    who = np.arange(customers)
    rate = Stream(seed, "rate").gamma(r, alpha, who)
    dropout = Stream(seed, "dropout").beta(a, b, who)
    age = T * (0.6 + 0.4 * Stream(seed, "age").uniform(who))
    most = 60 * k
    stages = Stream(seed, "gap").exponential(1 / rate[:, None], who[:, None], 0, np.arange(most)).cumsum(axis=1)
    moments = stages[:, k - 1 :: k]
    purchases = Stream(seed, "lives").geometric(dropout, who) - int(at_first)
    made = (np.arange(moments.shape[1]) < purchases[:, None]) & (moments <= age[:, None])
    return histories(moments, made, age)


def pareto_customers(seed, customers, *, r, alpha, s, beta, T):
    """Customers of Pareto/NBD."""
    who = np.arange(customers)
    rate = Stream(seed, "rate").gamma(r, alpha, who)
    leaving = Stream(seed, "leaving").gamma(s, beta, who)
    end = Stream(seed, "end").exponential(1 / leaving, who)
    age = T * (0.6 + 0.4 * Stream(seed, "age").uniform(who))
    moments = Stream(seed, "gap").exponential(1 / rate[:, None], who[:, None], 0, np.arange(60)).cumsum(axis=1)
    return histories(moments, moments <= np.minimum(age, end)[:, None], age)


def histories(moments, made, age):
    return pd.DataFrame(
        {"frequency": made.sum(axis=1), "recency": np.where(made, moments, 0).max(axis=1, initial=0.0), "T": age}
    )


def spending_customers(seed, customers, *, p, q, gamma):
    who = np.arange(customers)
    rate = Stream(seed, "money").gamma(q, gamma, who)
    x = Stream(seed, "count").poisson(2.5, who)
    mean = Stream(seed, "mean").gamma(p * np.maximum(x, 1), rate * np.maximum(x, 1), who)
    return pd.DataFrame({"frequency": x, "monetary": np.where(x > 0, mean, 0.0)})


def renewing_customers(seed, customers, *, alpha, beta, renewals=8):
    who = np.arange(customers)
    stays = Stream(seed, "stays").geometric(Stream(seed, "chance").beta(alpha, beta, who), who) - 1
    return [(stays >= number).sum() for number in range(renewals + 1)]


PLANTED = {
    "bgnbd": (bgnbd_customers, analysis.fit_bgnbd, {"r": 0.9, "alpha": 4.0, "a": 0.8, "b": 2.5}, {"T": 50}),
    "mbgnbd": (
        lambda *args, **kw: bgnbd_customers(*args, at_first=True, **kw),
        analysis.fit_mbgnbd,
        {"r": 0.9, "alpha": 4.0, "a": 0.8, "b": 2.5},
        {"T": 50},
    ),
    "mbgcnbd_2": (
        lambda *args, **kw: bgnbd_customers(*args, k=2, at_first=True, **kw),
        lambda table: analysis.fit_bgcnbd(table, regularity=2, leaves_at_first=True),
        {"r": 1.2, "alpha": 3.0, "a": 0.8, "b": 2.5},
        {"T": 50},
    ),
    "pareto_nbd": (
        pareto_customers,
        analysis.fit_pareto_nbd,
        {"r": 0.9, "alpha": 8.0, "s": 0.8, "beta": 20.0},
        {"T": 60},
    ),
    "gamma_gamma": (spending_customers, analysis.fit_gamma_gamma, {"p": 5.0, "q": 4.0, "gamma": 15.0}, {}),
    "shifted_beta_geometric": (
        renewing_customers,
        analysis.fit_shifted_beta_geometric,
        {"alpha": 0.7, "beta": 2.0},
        {},
    ),
}


def coverage(name, seeds, customers):
    make, fit, planted, more = PLANTED[name]
    truth = np.array(list(planted.values()))
    hits = []
    for seed in seeds:
        interval = fit(make(seed, customers, **planted, **more)).interval(0.9)
        hits.append((interval["low"].to_numpy() <= truth) & (truth <= interval["high"].to_numpy()))
    return np.array(hits)


@pytest.mark.parametrize("name", PLANTED)
def test_intervals_of_90_percent_hold_the_truth_in_most_of_20_worlds(name):
    hits = coverage(name, range(20), 1_500)
    assert hits.sum(axis=0).min() >= 14  # 20 draws at .9: fewer than 14 in 0.2 % of cases


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_intervals_of_90_percent_hold_the_truth_in_90_of_100_worlds(name):
    hits = coverage(name, range(1000, 1100), 3_000)
    assert hits.sum(axis=0).min() >= 81  # three standard errors below 90
    assert hits.mean() <= 0.97


@pytest.mark.parametrize(("name", "fit"), [("bgnbd", analysis.fit_bgnbd), ("pareto_nbd", analysis.fit_pareto_nbd)])
def test_the_world_of_a_preset_is_recognised(name, fit):
    world = crm.simulate(name, customers=3_000, weeks=52, seed=5)
    lines = world.tables["purchases"]
    model = fit(analysis.purchase_summary(lines, as_of=lines["ordered_at"].max()))
    names = {"bgnbd": ("r", "alpha", "a", "b"), "pareto_nbd": ("r", "alpha", "s", "beta")}[name]
    published = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    if name == "pareto_nbd":
        published = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
    interval = model.interval(0.999)
    for parameter in names:
        low, high = interval.loc[parameter, ["low", "high"]]
        assert low <= published[parameter] <= high, parameter
