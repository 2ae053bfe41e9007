"""Choices among offers: published shares, what the logit can't do, ties, and what parts are worth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.behaviour.choice import copied_offer_shares, logit_shares, market_shares, nested_logit_shares
from crm_toolkit.behaviour.part_worths import attribute_importance, profile_utilities, willingness_to_pay
from crm_toolkit.errors import InputError

FEW = settings(max_examples=25, deadline=None)
UTILITIES = st.lists(st.floats(-30, 30), min_size=2, max_size=6)


def test_logit_shares_of_one_half_nought_recomputed():
    assert logit_shares([1, 0.5, 0]).round(4).tolist() == [0.5065, 0.3072, 0.1863]


def test_importance_of_ranges_confirmed():
    found = attribute_importance({"a": 0.78, "b": 0.46, "c": 0.14})
    assert (100 * found["importance"]).round().tolist() == [57, 33, 10]


def test_a_red_bus_takes_from_the_car_in_the_logit_and_from_the_blue_bus_in_nests():
    found = copied_offer_shares({"car": 0.0, "red bus": 0.0}, "red bus", dissimilarity=0.01, copy="blue bus")
    assert found["logit"].tolist() == pytest.approx([1 / 3] * 3)
    assert found["nested"].tolist() == pytest.approx([0.5, 0.25, 0.25], abs=0.01)


@FEW
@given(utilities=UTILITIES, shift=st.floats(-50, 50), order=st.randoms(use_true_random=False))
def test_shares_add_up_to_one_whatever_the_level_and_the_order(utilities, shift, order):
    shares = logit_shares(utilities)
    assert shares.sum() == pytest.approx(1)
    assert logit_shares(np.array(utilities) + shift) == pytest.approx(shares)
    places = list(range(len(utilities)))
    order.shuffle(places)
    assert logit_shares([utilities[k] for k in places]) == pytest.approx(shares[places])


@FEW
@given(utilities=st.lists(st.floats(-8, 8), min_size=2, max_size=6), more=st.floats(0.01, 5))
def test_a_better_offer_gains_and_the_odds_of_the_others_stay(utilities, more):
    before = logit_shares(utilities)
    after = logit_shares([utilities[0] + more, *utilities[1:]])
    assert after[0] > before[0]
    assert after[1:] / after[-1] == pytest.approx(before[1:] / before[-1])


@FEW
@given(utilities=st.lists(st.floats(-8, 8), min_size=2, max_size=5), strength=st.floats(0.05, 1))
def test_nests_of_one_offer_or_of_all_alike_are_the_logit(utilities, strength):
    logit = logit_shares(utilities)
    assert nested_logit_shares(utilities, list(range(len(utilities))), strength) == pytest.approx(logit)
    assert nested_logit_shares(utilities, list(range(len(utilities))), 1.0) == pytest.approx(logit)
    assert nested_logit_shares(utilities, ["one"] * len(utilities), strength).sum() == pytest.approx(1)
    assert nested_logit_shares(utilities, ["one"] * len(utilities), 1.0) == pytest.approx(logit)


@FEW
@given(utilities=st.lists(st.floats(-5, 5), min_size=2, max_size=4), strength=st.floats(0.05, 0.95))
def test_under_the_logit_a_copy_takes_the_same_fraction_of_all_under_nests_most_from_its_twin(utilities, strength):
    found = copied_offer_shares({f"o{k}": one for k, one in enumerate(utilities)}, "o0", dissimilarity=strength)
    kept = found["logit_kept"].dropna().to_numpy()
    assert kept == pytest.approx(np.full(len(kept), kept[0]))
    nested = found["nested_kept"].dropna().to_numpy()
    assert nested[1:] == pytest.approx(np.full(len(nested) - 1, nested[1]))
    assert nested[0] < nested[1]


def test_first_choice_reports_ties_and_splits_or_refuses_them():
    likes = [[1.0, 1.0, 0.0], [0.0, 0.0, 2.0]]
    found = market_shares(likes, rule="first_choice")
    assert (found.shares.tolist(), found.tied, found.people) == ([0.25, 0.25, 0.5], 1, 2)
    with pytest.raises(InputError, match="1 of 2 people have more than one best offer"):
        market_shares(likes, rule="first_choice", ties="refuse")
    assert market_shares(likes, ties="refuse").shares.sum() == pytest.approx(1)


def test_first_choice_is_the_share_of_preference_of_very_decided_people():
    likes = np.random.default_rng(1).normal(size=(200, 4))
    decided = logit_shares(likes, scale=900).mean(axis=0)
    assert market_shares(likes, rule="first_choice").shares == pytest.approx(decided, abs=0.02)


def test_willingness_to_pay_is_minus_the_ratio_and_needs_a_price_that_repels():
    assert willingness_to_pay([0.9, 0.3], -0.003).tolist() == pytest.approx([300, 100])
    for price in (0, 0.1):
        with pytest.raises(InputError, match="a higher price would repel nobody"):
            willingness_to_pay([1.0], price)


@FEW
@given(worths=st.dictionaries(st.sampled_from("abcd"), st.lists(st.floats(-9, 9), min_size=2, max_size=4), min_size=1),
       factor=st.floats(0.1, 10))  # fmt: skip
def test_importance_adds_up_to_one_and_does_not_see_the_unit(worths, factor):
    if not any(np.ptp(values) * 0.1 > 1e-200 for values in worths.values()):
        with pytest.raises(InputError, match="makes a difference"):
            attribute_importance({name: [0.0, 0.0] for name in worths})
        return
    found = attribute_importance(worths)["importance"]
    assert found.sum() == pytest.approx(1)
    scaled = {name: [factor * one for one in values] for name, values in worths.items()}
    assert attribute_importance(scaled)["importance"].tolist() == pytest.approx(found.tolist())


def test_profiles_add_levels_and_numbers_and_name_an_unknown_level():
    offers = pd.DataFrame({"hall": ["small", "large"], "price": [2.0, 3.0]})
    worths = {"hall": {"small": 0.0, "large": 1.5}, "price": -0.5}
    assert profile_utilities(offers, worths).tolist() == [-1.0, 0.0]
    with pytest.raises(InputError, match="Did you mean `large`"):
        profile_utilities(offers.replace("large", "larg"), worths)
    with pytest.raises(InputError, match="The column `price` is missing"):
        profile_utilities(offers[["hall"]], worths)


@pytest.mark.parametrize(
    ("call", "letter"),
    [
        (lambda: logit_shares([1, np.nan]), "missing or infinite"),
        (lambda: logit_shares(["a", "b"]), "must hold numbers"),
        (lambda: logit_shares([[[1.0]]]), "has the shape"),
        (lambda: logit_shares([1, 2], scale=-1), "A value from 0 to 1,000 is allowed"),
        (lambda: market_shares([1, 2], rule="first_chioce", ties="x"), "Did you mean `first_choice`"),
        (lambda: nested_logit_shares([1, 2], ["a"], 0.5), "1 nests for 2 offers"),
        (lambda: nested_logit_shares([1, 2], ["a", "b"], 0), "0.01 to 1"),
        (lambda: copied_offer_shares({"a": 1.0}, "a"), "Two offers or more"),
        (lambda: copied_offer_shares({"a": 1.0, "b": 0.0}, "a", copy="b"), "already"),
        (lambda: copied_offer_shares({"alpha": 1.0, "beta": 0.0}, "alphaa"), "Did you mean `alpha`"),
        (lambda: attribute_importance({}), "must name one attribute"),
        (lambda: willingness_to_pay([np.inf], -1), "missing or infinite"),
    ],
)
def test_bad_numbers_are_refused_with_a_letter(call, letter):
    with pytest.raises(InputError) as refusal:
        call()
    assert letter in str(refusal.value)


def test_all_problems_come_at_once():
    with pytest.raises(InputError) as refusal:
        market_shares([np.nan, 1], rule="x", ties="y")
    assert len(refusal.value.problems) == 3
