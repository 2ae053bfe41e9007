"""Uplift learners: they find whom a treatment moves, in made data and in a simulated organisation."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from crm_toolkit.analysis.experiments.arms import sample_ratio_check
from crm_toolkit.analysis.experiments.means import compare_means
from crm_toolkit.analysis.experiments.weighting import overlap_table, weighted_effect
from crm_toolkit.analysis.uplift.learners import LEARNERS, fit_uplift, uplift_scores
from crm_toolkit.analysis.uplift.metrics import qini_curve
from crm_toolkit.errors import InputError
from crm_toolkit.firm import Campaign, Policy
from crm_toolkit.world.setting import scenario
from crm_toolkit.world.simulation import simulate


def customers(n=2000, seed=1, money=False, confounded=False):
    """The effect is 0.3·x (x uniform, of money 10·x); the response without treatment falls with x."""
    luck = np.random.default_rng(seed)
    x, noise = luck.random(n), luck.random(n)
    hidden = luck.random(n)
    e = 0.2 + 0.6 * hidden if confounded else np.full(n, 0.5)
    treated = (luck.random(n) < e).astype(int)
    chance = 0.5 - 0.3 * x + 0.3 * x * treated
    outcome = (luck.random(n) < chance).astype(int)
    if money:
        outcome = 20 - 8 * x + 10 * x * treated + luck.normal(size=n) + 20 * hidden * confounded
    return pd.DataFrame({"customer_id": luck.permutation(n), "x": x, "noise": noise, "treated": treated,
                         "outcome": outcome, "effect": 10 * x if money else 0.3 * x, "e": e})  # fmt: skip


FEATURES = ["x", "noise"]


@pytest.mark.parametrize("learner", LEARNERS)
def test_every_learner_finds_whom_the_treatment_moves(learner):
    """Cross-fitted scores follow the true effect, and rank better than the response does (which is the wrong way)."""
    table = customers(4000)
    model = None if learner == "s" else LogisticRegression()
    scores = uplift_scores(table, FEATURES, learner=learner, model=model, effect_model=LinearRegression(), folds=2)
    assert np.corrcoef(scores["uplift"], table["effect"])[0, 1] > (0.6 if learner == "s" else 0.8)
    risk = scores.assign(uplift=-table["x"])
    assert qini_curve(scores, draws=0).area > 0.01 > 0 > qini_curve(risk, draws=0).area
    assert scores["customer_id"].tolist() == table["customer_id"].tolist()


@pytest.mark.parametrize("learner", ["t", "x"])
def test_amounts_are_learned_by_regressors_exactly_where_the_world_is_linear(learner):
    table = customers(2000, money=True)
    model = fit_uplift(table, FEATURES, learner=learner, model=LinearRegression(), effect_model=LinearRegression())
    found = model.predict(pd.DataFrame({"x": [0.0, 1.0], "noise": 0.5}))
    assert found == pytest.approx([0, 10], abs=0.4)


def test_weights_undo_a_choice_that_looked_at_something_outside_the_features():
    """Without the propensity every effect is too high by what the chosen buy anyhow: 20·(E[h|treated] − E[h|not])."""
    table = customers(6000, money=True, confounded=True)
    naive, weighted = (
        fit_uplift(table, FEATURES, model=LinearRegression(), propensity=e).predict(table).mean() - 5
        for e in (None, "e")
    )
    assert naive > 3
    assert abs(weighted) < 0.8
    with pytest.raises(InputError, match="KNeighborsClassifier takes no weights"):
        fit_uplift(customers(confounded=True), FEATURES, model=KNeighborsClassifier(), propensity="e")


def test_scores_do_not_depend_on_the_order_of_rows_and_repeat():
    table = customers(400)
    one = uplift_scores(table, FEATURES, model=LogisticRegression(), seed=3)
    other = uplift_scores(table.sample(frac=1, random_state=2), FEATURES, model=LogisticRegression(), seed=3)
    merged = one.merge(other, on="customer_id")
    assert merged["uplift_x"].to_numpy() == pytest.approx(merged["uplift_y"].to_numpy())
    assert not np.allclose(one["uplift"], uplift_scores(table, FEATURES, model=LogisticRegression(), seed=4)["uplift"])


def test_a_customer_s_own_outcome_has_no_say_in_the_score():
    """Cross-fitting: pure noise is learned by heart by one tree of everybody, and has no Qini when cross-fitted."""
    from sklearn.tree import DecisionTreeClassifier

    luck = np.random.default_rng(0)
    n = 2000
    table = pd.DataFrame({"customer_id": range(n), "x": luck.random(n), "treated": luck.integers(0, 2, n),
                          "outcome": luck.integers(0, 2, n)})  # fmt: skip
    memory = fit_uplift(table, ["x"], model=DecisionTreeClassifier(random_state=0)).predict(table)
    honest = uplift_scores(table, ["x"], model=DecisionTreeClassifier(random_state=0))
    assert qini_curve(table.assign(uplift=memory), draws=0).coefficient > 0.3
    assert abs(qini_curve(honest, draws=0).coefficient) < 0.05


def test_words_become_features_and_new_words_are_none_of_them():
    table = customers(600).assign(kind=lambda t: np.where(t["x"] > 0.5, "up", "down"))
    model = fit_uplift(table, ["kind"], model=LogisticRegression())
    up, down, new = model.predict(pd.DataFrame({"kind": ["up", "down", "sideways"]}))
    assert up > down
    assert np.isfinite(new)
    assert model.levels == {"kind": ("down", "up")}


def test_an_arm_in_which_nothing_happens_is_learned_as_such():
    table = customers(300)
    table.loc[table["treated"] == 0, "outcome"] = 0
    for learner in ("t", "x", "class_transformation"):
        assert np.isfinite(fit_uplift(table, FEATURES, learner=learner).predict(table)).all()


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: fit_uplift(customers().assign(treated=1), FEATURES), "The control group is empty"),
        (lambda: fit_uplift(customers(30), FEATURES), "a model needs 20 in each arm"),
        (lambda: fit_uplift(customers(), []), "one or more features"),
        (lambda: fit_uplift(customers(), ["x", "outcome"]), "`outcome` can't be a feature"),
        (lambda: fit_uplift(customers(money=True), FEATURES, learner="class_transformation"), "outcome of 0 and 1"),
        (lambda: fit_uplift(customers(money=True), FEATURES, model=LogisticRegression()), "Give a regressor"),
        (lambda: fit_uplift(customers(), FEATURES, model=LinearRegression(), learner="class_transformation"),
         "needs a classifier"),
        (lambda: fit_uplift(customers(), FEATURES, model="trees"), "`model` can't be 'trees'"),
        (lambda: fit_uplift(customers(), FEATURES, learner="r"), "Allowed: 's', 't', 'x'"),
        (lambda: fit_uplift(customers().assign(x=np.inf), FEATURES), "2,000 values of `x` are missing or infinite"),
        (lambda: fit_uplift(customers().assign(x=np.nan), FEATURES, model=LogisticRegression()),
         "LogisticRegression refuses these values"),
        (lambda: fit_uplift(customers().assign(x=lambda t: t["x"].astype(str)), FEATURES), "2,000 different words"),
        (lambda: fit_uplift(customers().assign(x=pd.Timestamp("2024-01-01")), FEATURES), "holds dates"),
        (lambda: fit_uplift(customers(60), FEATURES).predict(pd.DataFrame({"x": [1]})), "`noise` is missing"),
        (lambda: uplift_scores(customers().assign(customer_id=None), FEATURES), "2,000 lines have no customer"),
    ],
)  # fmt: skip
def test_what_can_not_be_learned_is_refused(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()


# ---- a simulated organisation: a campaign by lottery, then one that aims

SHOP = scenario(
    "barbershop", locale="en_US", profile_matters=False, acquisition_weeks=8, response=0.3, response_sd=0.4,
    open_share=0.9,
)  # fmt: skip
LOTTERY = Campaign("trial", start_week=12, weeks=6, discount=0.0, holdout_share=0.5)
AIMED = replace(LOTTERY, name="aimed", design="targeted", aim=1.5)


def lived(campaign, seed, customers=1200):
    """Who was eligible: arm, propensity, orders before and in the campaign's weeks as recorded, and the truth."""
    world = simulate(SHOP, Policy(campaigns=(campaign,)), customers=customers, weeks=18, seed=seed)
    plan, orders = world.tables["campaigns"].iloc[0], world.tables["orders"]
    day = orders["ordered_at"].dt.normalize()
    table = world.tables["assignments"].set_index("customer_id")
    for name, mask in (
        ("orders", day.between(plan["starts_on"], plan["ends_on"])),
        ("before", day < plan["starts_on"]),
    ):
        table[name] = orders[mask].groupby("customer_id").size().reindex(table.index, fill_value=0)
    truth = world.truth["potential_outcomes"].set_index("customer_id")
    return table.assign(effect=truth["orders_treated"] - truth["orders_untreated"]).reset_index()


@pytest.mark.parametrize("seeds", [6, pytest.param(150, marks=pytest.mark.slow)])
def test_worlds_campaigns_are_measured_at_the_nominal_rate(seeds):
    """By lottery: Welch and CUPED. Aimed: weights, while the plain difference is wrong. The truth is the mean effect on
    those who were eligible in this very world, so Neyman's intervals cover it at least as often as they say.
    """
    covered = dict.fromkeys(("welch", "cuped", "hajek", "naive"), 0)
    narrower = []
    for seed in range(seeds):
        fair = lived(LOTTERY, seed)
        truth = fair["effect"].mean()
        plain, adjusted = compare_means(fair, "orders"), compare_means(fair, "orders", covariate="before")
        covered["welch"] += plain.low <= truth <= plain.high
        covered["cuped"] += adjusted.low <= truth <= adjusted.high
        narrower.append(adjusted.standard_error / plain.standard_error)
        aimed = lived(AIMED, 10_000 + seed)
        weighted, truth = weighted_effect(aimed, "orders", "arm"), aimed["effect"].mean()
        covered["hajek"] += weighted.low <= truth <= weighted.high
        covered["naive"] += abs(weighted.naive - truth) <= 1.96 * weighted.standard_error
    least = stats.binom.ppf(1e-4, seeds, 0.95)
    assert min(covered["welch"], covered["cuped"], covered["hajek"]) >= least, covered
    assert covered["naive"] < least, covered
    assert np.mean(narrower) < 0.97


def test_in_a_world_true_effects_rank_better_than_activity_and_the_lottery_was_fair():
    fair, aimed = lived(LOTTERY, 3, customers=4000), lived(AIMED, 4, customers=4000)
    assert not sample_ratio_check(fair).mismatch
    assert overlap_table(aimed, "arm")["z"].abs().max() < 4
    best, active = (qini_curve(fair, score, "orders", "arm", draws=60) for score in ("effect", "before"))
    assert best.area_low > 0
    assert best.area > active.area_high
