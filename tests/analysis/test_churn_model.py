"""Churn learned: nothing of the future in the features, probabilities that hold, risk told from effect."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crm_toolkit as crm
from crm_toolkit.analysis.churn.evaluation import (
    churn_calibration_table,
    churn_lift_table,
    churn_performance,
    gains,
)
from crm_toolkit.analysis.churn.features import FEATURES, churn_features, churn_split, contract_churn_labels
from crm_toolkit.analysis.churn.importance import churn_importance_table
from crm_toolkit.analysis.churn.model import auc_of, fit_churn, leakage_table
from crm_toolkit.analysis.churn.profit import break_even_saved_share, churn_profit_curve
from crm_toolkit.analysis.churn.targeting import churn_targeting_table
from crm_toolkit.errors import InputError

OFFER = {"value": 4_000.0, "contact_cost": 30.0, "incentive": 500.0, "accept_probability": 0.3}


def visits(days_of, amount=5.0):
    day = pd.Timestamp("2024-01-01")
    rows = [(name, day + pd.Timedelta(days=d, hours=9), amount) for name, days in days_of.items() for d in days]
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])


def test_features_by_hand():
    lines = pd.concat(
        [visits({"a": [0, 0, 20, 80], "b": [89], "c": [10, 30, 130]}), visits({"a": [81], "d": [3]}, -2.0)]
    )
    table = churn_features(lines, as_of="2024-03-31", horizon_days=40, recent_days=30).set_index("customer_id")
    assert list(table.index) == ["a", "b", "c"]  # d has a return only
    expected = {
        "purchase_days": [3, 1, 2], "recency_days": [10, 1, 60], "tenure_days": [90, 1, 80], "gap_days": [40, 1, 20],
        "pause_ratio": [0.25, 1, 3], "purchase_days_recent": [1, 1, 0], "amount": [18, 5, 10],
        "amount_mean": [6, 5, 5], "amount_recent": [3, 5, 0], "returns": [1, 0, 0], "churned": [True, True, False],
    }  # fmt: skip
    assert {name: table[name].tolist() for name in table} == expected
    active = churn_features(lines, as_of="2024-03-31", active_within_days=30)
    assert active["customer_id"].tolist() == ["a", "b"]
    assert "churned" not in active


days_ = st.dictionaries(st.integers(0, 8), st.sets(st.integers(0, 150), min_size=1, max_size=8), min_size=2, max_size=8)


@settings(max_examples=4, deadline=None)
@given(days_, st.randoms(use_true_random=False))
def test_features_know_nothing_of_the_future_and_the_label_nothing_of_the_past(days_of, luck):
    """Whatever happens after the day changes no feature; whatever happened up to it changes no label."""
    lines, day = visits(days_of), pd.Timestamp("2024-03-31")
    if not any(min(days) <= 90 for days in days_of.values()):
        return
    ask = {"as_of": day, "horizon_days": 30, "observed_until": "2024-06-30"}
    table = churn_features(lines, **ask)
    late = lines["ordered_at"] >= day + pd.Timedelta(days=1)
    future = churn_features(lines[~late | (lines["ordered_at"].dt.day % 2 == 0)], **ask)
    pd.testing.assert_frame_equal(table[list(FEATURES)], future[list(FEATURES)])
    past = lines.assign(amount=lines["amount"].where(late, 99.0))
    assert churn_features(past, **ask)["churned"].tolist() == table["churned"].tolist()
    left = [not any(90 < d <= 120 for d in days_of[name]) for name in table["customer_id"]]
    assert table["churned"].tolist() == left


def test_a_label_that_is_not_known_yet_is_refused():
    with pytest.raises(InputError) as refusal:
        churn_features(visits({1: [0, 80]}), as_of="2024-03-01", horizon_days=60)
    assert "40 days before the horizon does" in str(refusal.value)
    contracts = pd.DataFrame({"customer_id": [1], "started_on": pd.to_datetime(["2024-01-01"]), "ended_on": pd.NaT})
    with pytest.raises(InputError, match="not known yet"):
        contract_churn_labels(contracts, as_of="2024-02-01", horizon_days=30)
    ask = {"horizon_days": 30, "observed_until": "2024-06-30"}
    assert contract_churn_labels(contracts, as_of="2024-02-01", **ask)["churned"].tolist() == [False]
    with pytest.raises(InputError, match="No contract ran on"):
        contract_churn_labels(contracts, as_of="2023-12-01", **ask)


def test_the_three_days_of_a_split_do_not_overlap():
    lines = visits({name: range(name, 300, 7 + name) for name in range(9)})
    split = churn_split(lines, as_of="2024-10-20", horizon_days=60)
    assert (split.as_of - split.test_as_of).days == (split.test_as_of - split.train_as_of).days == 60
    again = churn_split(lines[lines["ordered_at"] <= "2024-08-22"], as_of="2024-08-21", horizon_days=60)
    assert again.test_as_of == split.train_as_of
    pd.testing.assert_frame_equal(again.test, split.train)


def customers(seed, many=800, slope=1.1):
    luck = np.random.default_rng(seed)
    table = pd.DataFrame({"customer_id": range(many), "pause_ratio": luck.gamma(1.2, 1, many)})
    table["purchase_days"] = luck.poisson(6, many)
    table["shoe_size"] = luck.integers(36, 46, many)
    x = -1.5 + slope * np.log1p(table["pause_ratio"]) - 0.4 * (np.log1p(table["purchase_days"]) - 1.9)
    table["truth"] = 1 / (1 + np.exp(-x))
    return table.assign(churned=luck.random(many) < table["truth"])


NAMES = ["pause_ratio", "purchase_days", "shoe_size"]


def test_columns_that_know_the_answer_are_named_and_may_be_allowed():
    table = customers(1).assign(last_invoice=lambda t: t["churned"] * 5.0 + t["shoe_size"] / 100)
    table["goodbye_letter"] = pd.Timestamp("2024-02-01") + pd.to_timedelta(table["shoe_size"], unit="D")
    with pytest.raises(InputError) as refusal:
        fit_churn(table.drop(columns="truth"), as_of="2024-03-01")
    assert [(problem.code, problem.column) for problem in refusal.value.problems] == [
        ("almost_perfect", "last_invoice"), ("after_as_of", "goodbye_letter"),
    ]  # fmt: skip
    allowed = fit_churn(table, [*NAMES, "last_invoice"], allow=["last_invoice"])
    assert "last_invoice" in allowed.features
    found = leakage_table(table.assign(one=1), as_of="2024-03-01").set_index("column")["verdict"]
    assert found[["last_invoice", "goodbye_letter", "one", "shoe_size"]].tolist() == [
        "almost_perfect", "after_as_of", "constant", "usable",
    ]  # fmt: skip
    assert leakage_table(table)["verdict"].tolist()[-1] == "a_date"


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        (lambda t: t.assign(shoe_size=np.where(t.index == 3, np.nan, 40)), "1 value of `shoe_size` is missing"),
        (lambda t: t.assign(churned=t.index < 5), "Of 800 customers 5 left"),
        (lambda t: t.assign(churned=2), "800 values of `churned` are neither 0 nor 1"),
        (lambda t: t[["customer_id", "churned"]], "no column of numbers"),
    ],
)
def test_customers_from_whom_nothing_can_be_learned(change, letter):
    with pytest.raises(InputError) as refusal:
        fit_churn(change(customers(2).drop(columns="truth")))
    assert letter in str(refusal.value)


def test_an_estimator_must_be_one():
    with pytest.raises(InputError, match="'logistic'"):
        fit_churn(customers(2), NAMES, estimator="forest")
    with pytest.raises(InputError, match="predict_proba"):
        fit_churn(customers(2), NAMES, estimator=object())
    with pytest.raises(InputError, match="shall be foretold"):
        fit_churn(customers(2), ["churned"])


def test_the_classifier_finds_the_planted_probabilities():
    """Two samples of 3,000: the planted logit is of the model's kind."""
    for seed in range(2):
        table = customers(seed, 3_000)
        p = fit_churn(table, NAMES).probabilities(table)
        assert np.abs(p - table["truth"]).mean() < 0.02
        assert abs(p.mean() - table["churned"].mean()) < 1e-6  # with a free intercept the two means agree


def test_another_estimator_and_its_luck_repeat():
    table = customers(3, 200)
    one, two = (fit_churn(t, NAMES, estimator="gradient_boosting", seed=1) for t in (table, table.iloc[::-1]))
    np.testing.assert_array_equal(one.probabilities(table), two.probabilities(table))
    from sklearn.naive_bayes import GaussianNB

    model = fit_churn(table, NAMES, estimator=GaussianNB())
    assert (model.name, len(model.coefficients)) == ("GaussianNB", 0)
    assert model.score(table).columns.tolist() == ["customer_id", "probability", "churned"]


def test_the_planted_cause_is_important_and_the_shoe_size_is_not():
    table = customers(5, 1_500, slope=2.0)
    found = churn_importance_table(fit_churn(table, NAMES), customers(6, 1_500, slope=2.0), repeats=8)
    assert found["feature"].iloc[0] == "pause_ratio"
    shoes = found.set_index("feature").loc["shoe_size"]
    assert shoes["low"] - 0.005 <= 0 <= shoes["high"] + 0.005
    assert found["importance"].iloc[0] > 10 * abs(shoes["importance"])
    assert (found["spread"] > 0).all()


@pytest.fixture(scope="module")
def club():
    """A fitness club with people who leave: purchases and contracts of two years."""
    return crm.simulate(crm.scenario("fitness_club"), customers=1_000, weeks=104, seed=3).tables


def test_the_level_of_a_world_s_churn_is_foretold_and_its_order_better_than_chance(club):
    last = club["purchases"]["ordered_at"].max()
    split = churn_split(club["purchases"], as_of=last, horizon_days=60, active_within_days=60)
    scored = fit_churn(split.train, as_of=split.train_as_of).score(split.test)
    found = churn_performance(scored)
    assert found.auc_low > 0.6
    assert found.mean_probability == pytest.approx(found.churn_rate, abs=0.03)
    assert found.brier_skill > 0
    top = churn_calibration_table(scored, bins=5).iloc[-1]
    assert top["low"] - 0.03 <= top["probability"] <= top["high"] + 0.03


def test_contracts_of_a_world_are_labelled_as_they_ended(club):
    contracts = club["contracts"]
    labels = contract_churn_labels(contracts, as_of="2025-06-30", horizon_days=90)
    ended = contracts.set_index("customer_id")["ended_on"][labels["customer_id"]]
    left = (ended <= pd.Timestamp("2025-09-28")).to_numpy()
    assert labels["churned"].tolist() == left.tolist()
    assert 0.02 < labels["churned"].mean() < 0.2


def scored_by(luck, many, spread=0.2):
    p = luck.beta(0.25 / spread, 0.75 / spread, many)
    return pd.DataFrame({"probability": p, "churned": luck.random(many) < p})


def test_auc_and_its_interval_by_delong_s_definition():
    luck = np.random.default_rng(8)
    table = scored_by(luck, 80).round({"probability": 1})
    left = table["churned"].to_numpy()
    one, two = table["probability"].to_numpy()[left], table["probability"].to_numpy()[~left]
    wins = (one[:, None] > two[None, :]) + (one[:, None] == two[None, :]) / 2
    auc = wins.mean()
    error = np.sqrt(wins.mean(axis=1).var(ddof=1) / len(one) + wins.mean(axis=0).var(ddof=1) / len(two))
    reach = 1.959964 * error / (auc * (1 - auc))
    found = churn_performance(table)
    assert found.auc == pytest.approx(auc) == pytest.approx(auc_of(left, table["probability"].to_numpy()))
    assert found.auc_low == pytest.approx(1 / (1 + np.exp(-np.log(auc / (1 - auc)) + reach)), abs=1e-6)
    assert found.brier == pytest.approx(((table["probability"] - left) ** 2).mean())


def test_perfect_order_has_an_interval_too():
    found = churn_performance(pd.DataFrame({"churned": [0, 0, 0, 1, 1], "probability": [0, 0, 0.1, 0.9, 1]}))
    assert (found.auc, found.auc_low, found.auc_high) == (1, pytest.approx(0.025**0.5), 1)
    assert found.calibration_slope is None


def test_intervals_of_order_and_level_hold_the_truth_in_most_samples():
    luck = np.random.default_rng(2)
    whole = scored_by(luck, 100_000)
    truth = churn_performance(whole)
    hits = []
    for _ in range(40):
        found = churn_performance(scored_by(luck, 300))
        hits.append([found.auc_low <= truth.auc <= found.auc_high, found.brier_low <= truth.brier <= found.brier_high,
                     found.slope_low <= 1 <= found.slope_high])  # fmt: skip
    assert np.sum(hits, axis=0).min() >= 34  # 40 draws at .95: fewer than 34 in 0.3 % of cases; the seed is fixed


def test_honest_probabilities_calibrate_and_halved_ones_do_not():
    table = scored_by(np.random.default_rng(4), 20_000)
    honest = churn_calibration_table(table)
    assert honest["within"].sum() >= 8
    assert honest["customers"].tolist() == [2_000] * 10
    assert churn_calibration_table(table.assign(probability=table["probability"] / 2))["within"].sum() <= 2
    assert churn_performance(table).calibration_slope == pytest.approx(1, abs=0.05)


scores_ = st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.3, 0.8]), st.booleans()), min_size=2, max_size=30)


@settings(max_examples=15, deadline=None)
@given(scores_, st.integers(2, 12), st.randoms(use_true_random=False))
def test_lift_shares_out_equal_probabilities_and_misses_nobody(rows, parts, luck):
    table = pd.DataFrame(rows, columns=["probability", "churned"])
    if not table["churned"].any():
        with pytest.raises(InputError, match="nobody left"):
            churn_lift_table(table)
        return
    found = churn_lift_table(table, parts=parts)
    assert found["churned"].sum() == pytest.approx(table["churned"].sum())
    assert found["gain"].iloc[-1] == pytest.approx(1)
    assert (np.diff(np.r_[0, found["gain"]]) >= -1e-12).all()
    order = list(range(len(rows)))
    luck.shuffle(order)
    pd.testing.assert_frame_equal(churn_lift_table(table.iloc[order], parts=parts), found)
    ends, reached = gains(table["churned"].to_numpy(float), table["probability"].to_numpy())
    assert ends[-1] == len(rows)
    assert reached[-1] == table["churned"].sum()


def test_a_blanket_offer_breaks_even_at_four_and_a_half_per_cent():
    """The fixture of the course: 30 + 500 · 0.3 over 4,000."""
    assert break_even_saved_share(**OFFER) == pytest.approx(0.045)
    everybody = pd.DataFrame({"churned": [1] * 9 + [0] * 91, "probability": 0.09})
    curve = churn_profit_curve(everybody, saved_share=0.5, **OFFER)  # half of nine in a hundred are 4.5
    assert curve.everybody == pytest.approx(0.0, abs=1e-9)
    assert curve.break_even_loss == pytest.approx(360)


def test_profit_by_hand_and_the_rule_at_the_break_even():
    table = pd.DataFrame({"churned": [1, 0, 1, 0], "probability": [0.9, 0.6, 0.5, 0.1], "worth": [100, 300, 50, 10]})
    curve = churn_profit_curve(table, value="worth", saved_share=0.5, contact_cost=20)
    # expected losses 90, 180, 25, 1: the second customer comes first
    assert curve.table["profit"].tolist() == pytest.approx([0, -20, 10, 15, -5])
    assert curve.table["profit_expected"].tolist() == pytest.approx([0, 70, 95, 87.5, 68])
    assert int(curve.best["customers"]) == 3
    assert (curve.break_even_loss, int(curve.at_break_even["customers"])) == (40, 2)
    nothing = churn_profit_curve(table, value=100, saved_share=0, contact_cost=20)
    assert (nothing.break_even_loss, int(nothing.at_break_even["customers"]), nothing.best["profit"]) == (None, 0, 0)


def field_experiment(seed, many=4_000):
    """As in two published field experiments: the riskiest are not those whom a contact keeps."""
    luck = np.random.default_rng(seed)
    p = luck.beta(1.5, 3.5, many)
    effect = np.minimum(0.25 * (1 - p) * luck.random(many) - 0.35 * p * (luck.random(many) < 0.3), p)
    treated = luck.random(many) < 0.5
    left = luck.random(many) < np.clip(p - effect * treated, 0, 1)
    return pd.DataFrame(
        {"customer_id": range(many), "probability": p, "effect": effect, "treated": treated, "churned": left}
    )


def test_contacting_by_effect_pays_where_contacting_by_risk_loses():
    table = field_experiment(1)
    found = churn_targeting_table(table, contacts=0.2, treated="treated", **OFFER)
    rows = found.policies.set_index("policy")
    assert rows.loc["risk", "shared_with_risk"] == 1
    assert rows.loc["effect", "shared_with_risk"] < 0.2
    assert rows.loc["effect", "profit_expected"] > 0 > rows.loc["risk", "profit_expected"]
    assert rows.loc["gain", "profit_expected"] >= rows["profit_expected"].max()
    assert rows.loc["nobody", ["customers", "profit_expected", "profit_measured"]].tolist() == [0, 0, 0]
    assert rows.loc[["risk", "effect"], "customers"].tolist() == [800, 800]
    assert found.customers["risk"].sum() == found.contacts == 800
    chosen = found.customers["effect"].to_numpy() > 0
    by_hand = table["effect"][chosen].sum() * 4_000 - chosen.sum() * 180
    assert rows.loc["effect", "profit_expected"] == pytest.approx(by_hand)


def test_the_experiment_measures_the_planted_profit():
    hits = []
    for seed in range(25):
        table = field_experiment(seed, 1_500)
        rows = churn_targeting_table(table, contacts=0.3, treated="treated", **OFFER).policies.set_index("policy")
        part = rows.loc[["risk", "effect", "everybody"]]
        truth = part["profit_expected"]
        hits.append((part["low"] <= truth) & (truth <= part["high"]))
    assert np.sum(hits, axis=0).min() >= 20  # 25 draws at .95: fewer than 20 in 0.2 % of cases; the seeds are fixed


def test_customers_of_equal_risk_share_the_last_contacts():
    table = pd.DataFrame({"customer_id": range(4), "probability": [0.9, 0.5, 0.5, 0.5], "effect": 0.1})
    found = churn_targeting_table(table, contacts=0.5, value=100, contact_cost=1)
    assert found.customers["risk"].tolist() == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3])


@pytest.mark.parametrize(
    ("change", "options", "letter"),
    [
        ({}, {"effect": None}, "Neither effects nor an experiment"),
        ({"treated": 1}, {"treated": "treated"}, "The control group is empty."),
        ({"treated": 0}, {"treated": "treated"}, "The treated group is empty."),
        ({"effect": 2.0}, {}, "differences of probabilities"),
        ({"probability": 1.5}, {}, "must hold probabilities"),
        ({}, {"value": 0.0}, "`value` can't be 0.0"),
        ({}, {"contacts": 1.5}, "`contacts` can't be 1.5"),
    ],
)
def test_policies_that_can_not_be_compared(change, options, letter):
    with pytest.raises(InputError) as refusal:
        churn_targeting_table(field_experiment(1, 50).assign(**change), **({"contacts": 0.2} | OFFER | options))
    assert letter in str(refusal.value)


@pytest.mark.parametrize("ask", [churn_performance, churn_calibration_table, churn_lift_table])
def test_what_is_no_probability_is_refused(ask):
    table = pd.DataFrame({"churned": [0, 1, 1], "probability": [0.2, 1.2, 0.5]})
    with pytest.raises(InputError, match="1 value of `probability` is no probability"):
        ask(table)


def test_order_needs_leavers_and_stayers():
    with pytest.raises(InputError, match="Of 2 customers 0 left"):
        churn_performance(pd.DataFrame({"churned": [0, 0], "probability": [0.2, 0.5]}))
    with pytest.raises(InputError, match="needs a `ChurnModel`"):
        churn_importance_table("model", customers(1))
