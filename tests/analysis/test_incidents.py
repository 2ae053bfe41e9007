"""Reasons of switching and the agreement of coders: published numbers, laws, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.incidents import PUBLISHED, REASONS, coder_agreement, incident_reasons
from crm_toolkit.errors import InputError

# Krippendorff's own example of four observers with gaps, nominal alpha 0.743 (from memory, not checked at the source)
FOUR = {"A": "123321412...", "B": "1233224125.3", "C": ".3332342251.", "D": "12332441251."}


def long(coders):
    """One row for each coder and incident; a dot is a gap."""
    rows = [(k, who, code) for who, codes in coders.items() for k, code in enumerate(codes) if code != "."]
    return pd.DataFrame(rows, columns=["incident_id", "coder", "reason"])


def test_krippendorff_s_example_from_memory():
    found = coder_agreement(long(FOUR))
    assert found.alpha == pytest.approx(0.743, abs=5e-4)
    assert (found.coders, found.incidents, found.left_out) == (4, 11, 1)
    assert np.isnan(found.kappa)


@pytest.mark.slow
def test_kappa_is_that_of_scikit_learn():
    from sklearn.metrics import cohen_kappa_score

    one, two, found = eight_codes()
    assert found.kappa == pytest.approx(cohen_kappa_score(one, two))


def eight_codes():
    rng = np.random.default_rng(1)
    one = rng.choice(list(REASONS), 150)
    two = np.where(rng.random(150) < 0.6, one, rng.choice(list(REASONS), 150))
    return one, two, coder_agreement(long({"ann": one, "bob": two}))


def test_kappa_is_agreement_beyond_chance_and_the_table_counts_pairs():
    one, two, found = eight_codes()
    chance = sum((one == code).mean() * (two == code).mean() for code in REASONS)
    assert found.kappa == pytest.approx(((one == two).mean() - chance) / (1 - chance))
    assert found.agreed == pytest.approx((one == two).mean())
    assert found.confusion.to_numpy().sum() == 150
    assert found.confusion.loc["pricing", "pricing"] == ((one == "pricing") & (two == "pricing")).sum()
    assert found.kappa_low < found.kappa < found.kappa_high


def test_coders_who_nearly_always_say_the_same_word_agree_by_chance():
    found = coder_agreement(long({"ann": "a" * 95 + "b" * 5, "bob": "b" * 5 + "a" * 95}))
    assert found.agreed == 0.9
    assert found.kappa < 0
    assert found.alpha < 0


@settings(max_examples=10, deadline=None)
@given(codes=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=3, max_size=40))
def test_agreement_sees_neither_the_order_of_coders_nor_the_names_of_codes(codes):
    one, two = ("".join(part) for part in zip(*codes, strict=True))
    found = coder_agreement(long({"x": one, "y": two}), replications=100)
    other = coder_agreement(long({"x": two.translate(str.maketrans("abc", "qrp")),
                                  "y": one.translate(str.maketrans("abc", "qrp"))}), replications=100)  # fmt: skip
    assert other.agreed == found.agreed == pytest.approx(np.mean([a == b for a, b in codes]))
    assert other.kappa == pytest.approx(found.kappa, nan_ok=True)
    assert other.alpha == pytest.approx(found.alpha, nan_ok=True)
    if one == two and len(set(one)) > 1:
        assert (found.kappa, found.alpha) == pytest.approx((1, 1))


def test_intervals_of_kappa_cover_the_truth():
    held = []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        one = rng.integers(0, 3, 100).astype(str)
        two = np.where(rng.random(100) < 0.6, one, rng.integers(0, 3, 100).astype(str))
        found = coder_agreement(long({"x": one, "y": two}), replications=200)
        held.append(found.kappa_low <= 0.6 <= found.kappa_high)  # equal thirds: kappa is the share of copied codes
    assert np.mean(held) >= 0.8


def test_reasons_are_shares_of_incidents_and_may_add_up_to_more_than_one():
    told = pd.DataFrame(
        {"incident_id": [1, 1, 2, 3, 3, 3, 4], "reason": ["pricing", "competition", "pricing", "pricing", "pricing",
                                                          "ethical_problem", "involuntary"]}
    )  # fmt: skip
    found = incident_reasons(told).set_index("reason")
    assert found.loc["pricing", ["incidents", "share", "alone"]].tolist() == [3, 0.75, pytest.approx(1 / 3)]
    assert found["share"].sum() > 1
    assert found.index[0] == "pricing"


def test_the_eight_published_shares_are_kept_from_memory():
    assert set(PUBLISHED) == set(REASONS)
    assert (PUBLISHED["core_service_failure"], PUBLISHED["pricing"], PUBLISHED["involuntary"]) == (0.44, 0.30, 0.06)


@pytest.mark.parametrize(
    ("table", "letter"),
    [
        (long({"ann": "abab"}), "coded by two people or more"),
        (long({"ann": "ab..", "bob": "..ab"}), "coded by two people or more"),
        (pd.concat([long({"ann": "ab", "bob": "ab"})] * 2), "had coded the incident already"),
        (long({"ann": "ab"}).iloc[:0], "coded by two people or more"),
    ],
)
def test_codes_that_can_t_be_compared_are_refused_with_a_letter(table, letter):
    with pytest.raises(InputError) as refusal:
        coder_agreement(table)
    assert letter in str(refusal.value)


def test_other_refusals():
    with pytest.raises(InputError, match="none of them whole"):
        incident_reasons(pd.DataFrame({"incident_id": [1], "reason": [None]}))
    with pytest.raises(InputError, match="`replications`"):
        coder_agreement(long(FOUR), replications=5)
    assert np.isnan(coder_agreement(long({"ann": "aaa", "bob": "aaa"})).kappa)
