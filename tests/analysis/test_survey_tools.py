"""Survey tools: omega, raked weights, NPS that changes or does not, gaps against perceptions, stages covered."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.service_stages import STEPS, stage_coverage
from crm_toolkit.analysis.surveys.nps_change import nps_change, nps_noise, nps_sample_size, same_score_table
from crm_toolkit.analysis.surveys.omega import mcdonald_omega, one_factor
from crm_toolkit.analysis.surveys.quality_prediction import servqual_against_servperf
from crm_toolkit.analysis.surveys.raking import raking_weights
from crm_toolkit.analysis.surveys.scores import net_promoter_score
from crm_toolkit.errors import InputError

FEW = settings(max_examples=6, deadline=None)
LOADINGS = np.array([0.9, 0.7, 0.6, 0.4])


def scale(seed, people=400, second=0.0):
    """Four items on one factor; with ``second`` the last two share another."""
    rng = np.random.default_rng(seed)
    common, other = rng.normal(size=(people, 1)), rng.normal(size=(people, 1))
    values = common * LOADINGS + second * other * [0, 0, 1, 1] + rng.normal(size=(people, 4)) * np.sqrt(1 - LOADINGS**2)
    return pd.DataFrame(values, columns=list("abcd"))


@pytest.mark.slow
def test_one_factor_is_scikit_learn_s_factor_analysis():
    from sklearn.decomposition import FactorAnalysis

    frame = scale(1)
    loading, own = one_factor(np.cov(frame.to_numpy(), rowvar=False, bias=True)[None])
    other = FactorAnalysis(1, tol=1e-10, max_iter=5000).fit(frame)
    assert np.abs(other.components_[0]) == pytest.approx(loading[0], abs=1e-4)
    assert other.noise_variance_ == pytest.approx(own[0], abs=1e-4)


def test_omega_of_exact_covariances_is_the_formula_and_alpha_lies_below():
    rng = np.random.default_rng(2)
    raw = rng.normal(size=(200, 4))
    raw = (raw - raw.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    wanted = np.outer(LOADINGS, LOADINGS) + np.diag(1 - LOADINGS**2)
    frame = pd.DataFrame(raw @ np.linalg.cholesky(wanted).T, columns=list("abcd"))
    found = mcdonald_omega(frame, list("abcd"), replications=100)
    total = LOADINGS.sum() ** 2
    assert found.omega == pytest.approx(total / (total + (1 - LOADINGS**2).sum()), abs=1e-6)
    assert found.items["loading"].to_numpy() == pytest.approx(LOADINGS, abs=1e-5)
    assert found.alpha < found.omega
    assert found.one_factor


def test_a_factor_of_exact_covariances_is_found_for_many_at_once():
    loadings = np.random.default_rng(5).uniform(0.3, 0.9, (50, 4))
    covariances = loadings[:, :, None] * loadings[:, None, :]
    covariances[:, range(4), range(4)] = 1.0
    found, own = one_factor(covariances)
    assert found == pytest.approx(loadings, abs=1e-4)
    assert own == pytest.approx(1 - loadings**2, abs=1e-4)


def test_intervals_of_omega_cover_the_truth():
    true = LOADINGS.sum() ** 2 / (LOADINGS.sum() ** 2 + (1 - LOADINGS**2).sum())
    found = [mcdonald_omega(scale(seed, 150), list("abcd"), replications=100) for seed in range(8)]
    assert np.mean([one.low <= true <= one.high for one in found]) >= 0.75


def test_two_factors_are_announced():
    found = mcdonald_omega(scale(3, second=0.9), list("abcd"), replications=100)
    assert not found.one_factor
    assert "One factor is not enough here" in str(found)


def test_a_turned_item_turned_back_changes_nothing_but_its_flag():
    frame = scale(4).clip(-3, 3)
    few = {"replications": 100}
    one = mcdonald_omega(frame, list("abcd"), **few)
    two = mcdonald_omega(frame.assign(d=-frame["d"]), list("abcd"), reversed_items=["d"], scale=(-3, 3), **few)
    assert two.omega == pytest.approx(one.omega)
    assert two.low == pytest.approx(one.low, abs=0.02)  # other rows are drawn again
    assert two.items["reversed"].tolist() == [False, False, False, True]
    turned = mcdonald_omega(frame.assign(d=-frame["d"]), list("abcd"), **few)
    assert turned.items["loading"].iloc[3] < 0


@pytest.mark.parametrize(
    ("change", "items", "letter"),
    [
        (lambda t: t, ["a", "b"], "three items or more"),
        (lambda t: t.head(9), list("abcd"), "9 people answered all items; ten"),
        (lambda t: t.assign(a=1.0), list("abcd"), "Everybody gave one answer to `a`"),
        (lambda t: t.drop(columns="a"), list("abcd"), "The column `a` is missing"),
    ],
)
def test_scales_that_can_t_be_measured_are_refused(change, items, letter):
    with pytest.raises(InputError) as refusal:
        mcdonald_omega(change(scale(1, 30)), items)
    assert letter in str(refusal.value)


def test_raking_one_margin_is_post_stratification():
    rng = np.random.default_rng(3)
    people = pd.DataFrame({"branch": rng.choice(["a", "b"], 300, p=[0.8, 0.2]), "nps": rng.integers(0, 11, 300)})
    people.loc[people["branch"] == "b", "nps"] = 10
    found = raking_weights(people, {"branch": {"a": 0.5, "b": 0.5}})
    promoter = 100.0 * (people["nps"] >= 9) - 100.0 * (people["nps"] <= 6)
    mean, low, high = found.mean(promoter)
    row = net_promoter_score(people, strata="branch", shares={"a": 0.5, "b": 0.5}).table.iloc[0]
    assert mean == pytest.approx(row["score"])
    assert (low, high) == pytest.approx((row["low"], row["high"]), abs=0.3)  # n/(n−1) by stratum or in all


@FEW
@given(seed=st.integers(0, 10_000), young=st.floats(0.1, 0.9), few=st.floats(0.1, 0.9))
def test_raked_weights_fit_every_margin_and_cost_something(seed, young, few):
    rng = np.random.default_rng(seed)
    people = pd.DataFrame({"age": rng.choice(["young", "old"], 80), "visits": rng.choice(["few", "many"], 80)})
    found = raking_weights(people, {"age": {"young": young, "old": 1 - young}, "visits": {"few": few, "many": 1 - few}})
    assert found.margins["weighted"].to_numpy() == pytest.approx(found.margins["wanted"].to_numpy(), abs=1e-8)
    assert found.weights.mean() == pytest.approx(1)
    assert 1 <= found.effective <= 80 + 1e-6
    assert found.design_effect == pytest.approx(80 / found.effective)


def test_margins_that_fit_already_leave_all_weights_alike():
    people = pd.DataFrame({"age": ["young", "old"] * 10, "visits": ["few"] * 10 + ["many"] * 10})
    found = raking_weights(people, {"age": {"young": 1, "old": 1}, "visits": {"few": 3, "many": 3}})
    assert found.weights == pytest.approx(np.ones(20))
    assert found.effective == pytest.approx(20)


def test_weights_repair_uneven_groups_and_not_the_annoyed_within_them():
    inside, plain = [], []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        young = rng.random(4000) < 0.5
        pleased = rng.normal(size=4000) + np.where(young, 1.0, -1.0)
        answers = rng.random(4000) < np.where(young, 0.02, 0.08)
        people = pd.DataFrame({"age": np.where(young, "young", "old"), "pleased": pleased})[answers]
        _, low, high = raking_weights(people, {"age": {"young": 1, "old": 1}}).mean(people["pleased"])
        inside.append(low <= 0 <= high)
        plain.append(people["pleased"].mean())
    assert np.mean(inside) >= 0.85
    assert np.mean(plain) < -0.4


@pytest.mark.parametrize(
    ("margins", "letters"),
    [
        ({"age": {"young": 1}}, ["the share of 'old' is not given"]),
        ({"age": {"young": 1, "old": -1, "child": 1}}, ["can't be -1", "Nobody of 'child'"]),
        ({"age": {"young": 1, "old": 0}}, ["is 0, and yet somebody answered"]),
        ({"age": {"young": 0.9, "old": 0.1}, "visits": {"few": 0.1, "many": 0.9}}, ["can't be met together"]),
        ({}, ["must name columns"]),
        ({"agee": {"young": 1}}, ["The column `agee` is missing"]),
    ],
)
def test_margins_that_can_t_be_are_refused_with_a_letter(margins, letters):
    people = pd.DataFrame({"age": ["young", "old"] * 5, "visits": ["few", "many"] * 5})
    with pytest.raises(InputError) as refusal:
        raking_weights(people, margins)
    assert all(letter in str(refusal.value) for letter in letters)


def test_people_without_a_margin_have_no_weight():
    people = pd.DataFrame({"age": ["young", "old", None], "y": [1.0, 3.0, 100.0]})
    found = raking_weights(people, {"age": {"young": 1, "old": 1}})
    assert (found.weights[2], found.left_out, found.mean(people["y"])[0]) == (0, 1, 2.0)
    for wrong, letter in ((["a", "b", "c"], "must hold numbers"), ([1.0], "for each of the 3 rows"),
                          ([np.nan] * 3, "Fewer than two")):  # fmt: skip
        with pytest.raises(InputError, match=letter):
            found.mean(wrong)


def answers(promoters, passives, detractors):
    return pd.DataFrame({"nps": [10] * promoters + [8] * passives + [2] * detractors})


@pytest.mark.parametrize(("size", "half"), [(200, 10.8), (1000, 4.8)])
def test_the_margin_of_nps_recomputed(size, half):
    row = net_promoter_score(answers(size // 2, 3 * size // 10, size // 5)).table.iloc[0]
    assert (row["high"] - row["low"]) / 2 == pytest.approx(half, abs=0.05)


def test_three_points_more_are_noise_and_thirty_are_not():
    small = nps_change(answers(100, 60, 40), answers(104, 58, 38))
    assert small.verdict == "not_shown"
    assert small.luck > 0.5
    assert small.needed > 5_000
    assert "answers are needed in each survey" in str(small)
    large = nps_change(answers(100, 60, 40), answers(140, 40, 20))
    assert (large.verdict, large.difference) == ("higher", 30)
    assert nps_change(answers(140, 40, 20), answers(100, 60, 40)).verdict == "lower"
    same = nps_change(answers(9, 9, 9), answers(9, 9, 9))
    assert (same.luck, same.needed, same.verdict) == (1.0, 0, "not_shown")


def test_surveys_between_which_nothing_happens_are_called_different_as_rarely_as_said():
    truth = {"promoters": 0.5, "detractors": 0.2}
    noise = nps_noise(**truth, answers=200, surveys=1000, seed=3)
    assert noise["nps"].mean() == pytest.approx(30, abs=0.7)  # four standard errors
    assert ((noise["low"] <= 30) & (noise["high"] >= 30)).mean() == pytest.approx(0.95, abs=0.03)
    moved = noise["change"].abs() >= 3
    said = nps_change(answers(100, 60, 40), answers(104, 58, 38)).luck
    assert moved[1:].mean() == pytest.approx(said, abs=0.06)


def test_as_many_answers_as_planned_find_the_change_in_four_of_five_cases():
    size = nps_sample_size(15, promoters=0.5, detractors=0.2)
    rng = np.random.default_rng(4)
    one = rng.multinomial(size, [0.5, 0.2, 0.3], size=2000)
    two = rng.multinomial(size, [0.575, 0.125, 0.3], size=2000)
    difference = ((two[:, 0] - two[:, 1]) - (one[:, 0] - one[:, 1])) / size
    variance = sum((x[:, 0] + x[:, 1]) / size - ((x[:, 0] - x[:, 1]) / size) ** 2 for x in (one, two)) / size
    assert (difference > 1.96 * np.sqrt(variance)).mean() == pytest.approx(0.8, abs=0.05)


@FEW
@given(score=st.floats(-100, 100), steps=st.integers(2, 9))
def test_one_score_hides_many_distributions(score, steps):
    table = same_score_table(score, steps=steps)
    assert 100 * (table["promoters"] - table["detractors"]).to_numpy() == pytest.approx(np.full(steps, score))
    assert table[["promoters", "passives", "detractors"]].sum(axis=1).to_numpy() == pytest.approx(np.ones(steps))
    assert (table[["promoters", "passives", "detractors"]].to_numpy() >= -1e-12).all()


@pytest.mark.parametrize(
    ("call", "letter"),
    [
        (lambda: nps_sample_size(0, promoters=0.5, detractors=0.2), "`difference`"),
        (lambda: nps_sample_size(3, promoters=0.9, detractors=0.2), "together are 1.1"),
        (lambda: nps_sample_size(3, promoters=1.0, detractors=0.0), "All answer alike"),
        (lambda: nps_noise(promoters=0.5, detractors=0.2, answers=1), "`answers`"),
        (lambda: nps_change(answers(5, 5, 5), answers(5, 5, 5), power=2), "`power`"),
        (lambda: nps_change(answers(5, 5, 5), pd.DataFrame({"nps": [11]})), "no whole number from 0 to 10"),
        (lambda: same_score_table(101), "`score`"),
    ],
)
def test_numbers_that_can_t_be_are_refused_with_a_letter(call, letter):
    with pytest.raises(InputError) as refusal:
        call()
    assert letter in str(refusal.value)


def questionnaire(seed, expectation_spread):
    rng = np.random.default_rng(seed)
    seen = rng.normal(5, 1, 250)
    items = pd.DataFrame({"survey_id": np.arange(250), "perception": seen})
    items["expectation"] = rng.normal(6.5, expectation_spread, 250)
    return items.assign(satisfaction=seen + rng.normal(size=250))


def test_perception_alone_wins_where_expectations_are_noise_and_ties_where_they_are_all_alike():
    found = servqual_against_servperf(questionnaire(1, 0.8))
    assert found.low > 0
    assert found.servperf == pytest.approx(np.sqrt(0.5), abs=0.1)
    same = servqual_against_servperf(questionnaire(1, 1e-6))
    assert same.difference == pytest.approx(0, abs=1e-4)
    assert same.expectation_spread < same.perception_spread


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        (lambda t: t.head(9), "9 people with whole rows; ten"),
        (lambda t: t.assign(satisfaction=4.0), "`satisfaction` is the same for everybody"),
        (lambda t: pd.concat([t, t.assign(satisfaction=0.0)]), "250 people have several values"),
    ],
)
def test_questionnaires_that_tell_nothing_are_refused(change, letter):
    with pytest.raises(InputError) as refusal:
        servqual_against_servperf(change(questionnaire(1, 0.5)))
    assert letter in str(refusal.value)


def test_stages_are_counted_and_blind_steps_named():
    events = pd.DataFrame(
        {
            "customer_id": [1, 1, 1, 2, 2, 3, 3, None],
            "kind": ["order", "visit", "survey", "order", "visit", "site_visit", "teleport", "visit"],
        }
    )
    found = stage_coverage(events)
    assert found.stages["customers"].tolist() == [3, 2, 1]
    assert found.whole_share == pytest.approx(1 / 3)
    assert found.unknown == {"teleport": 1}
    assert (found.customers, found.left_out) == (3, 1)
    assert set(found.blind_steps) == set(STEPS) - {"search", "commitment", "delivery", "judgement"}
    assert "No trace of: a need is felt" in str(found)


@FEW
@given(kinds=st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["order", "visit", "survey", "odd"])), min_size=1))
def test_every_event_is_counted_once_or_told_as_unknown(kinds):
    found = stage_coverage(pd.DataFrame(kinds, columns=["customer_id", "kind"]))
    assert found.steps["events"].sum() + sum(found.unknown.values()) == len(kinds)
    assert found.stages["events"].sum() == found.steps["events"].sum()
    assert 0 <= found.whole_share <= found.stages["share"].min() + 1e-12


def test_a_step_that_does_not_exist_is_named_with_the_likely_slip():
    with pytest.raises(InputError, match="Did you mean `delivery`"):
        stage_coverage(pd.DataFrame({"customer_id": [1], "kind": ["x"]}), kinds={"x": "delivary"})
