"""Part-worths from ratings: exact where nothing is noise, planted ones found, refusals that help."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.conjoint import fit_ratings_conjoint
from crm_toolkit.behaviour.part_worths import profile_utilities
from crm_toolkit.errors import InputError

WORTHS = {"hall": {"small": -0.9, "large": 0.9}, "price": {20: 1.0, 30: 0.2, 40: -1.2}}
PROFILES = pd.DataFrame(list(itertools.product(WORTHS["hall"], WORTHS["price"])), columns=list(WORTHS))


def ratings(seed, people=40, noise=1.0):
    """Everybody rates all profiles, each from an own height."""
    rng = np.random.default_rng(seed)
    frame = pd.concat([PROFILES.assign(person_id=k) for k in range(people)], ignore_index=True)
    height = np.repeat(rng.normal(6, 2, people), len(PROFILES))
    return frame.assign(rating=height + profile_utilities(frame, WORTHS) + noise * rng.normal(size=len(frame)))


def test_without_noise_the_part_worths_are_the_planted_ones_and_add_up_to_nought():
    fit = fit_ratings_conjoint(ratings(1, noise=0.0), ["hall", "price"], person="person_id")
    for name, levels in WORTHS.items():
        assert fit.worths[name] == pytest.approx(levels)
    assert fit.importance["importance"].tolist() == pytest.approx([1.8 / 4.0, 2.2 / 4.0])
    assert fit.r_squared == pytest.approx(1)
    assert fit.part_worths.groupby("attribute")["part_worth"].sum().to_numpy() == pytest.approx(0, abs=1e-9)


def test_the_fit_is_least_squares_on_dummies():
    frame = ratings(2, people=1)
    dummies = pd.get_dummies(frame[["hall", "price"]].astype(str), drop_first=True).astype("float64")
    X = np.column_stack([np.ones(len(frame)), dummies])
    beta, *_ = np.linalg.lstsq(X, frame["rating"], rcond=None)
    fit = fit_ratings_conjoint(frame, ["hall", "price"])
    assert fit.intercept + profile_utilities(frame, fit.worths) == pytest.approx(X @ beta)


def test_planted_part_worths_are_covered_at_their_level():
    inside = []
    for seed in range(16):
        table = fit_ratings_conjoint(ratings(seed, people=30), ["hall", "price"], person="person_id", level=0.9)
        table = table.part_worths.set_index(["attribute", "level"])
        inside += [
            table.loc[(name, level), "low"] <= worth <= table.loc[(name, level), "high"]
            for name, levels in WORTHS.items()
            for level, worth in levels.items()
        ]
    assert np.mean(inside) >= 0.78  # 80 intervals, five to a survey: standard error 0.03 to 0.07


@settings(max_examples=6, deadline=None)
@given(factor=st.floats(0.1, 20), shift=st.floats(-50, 50))
def test_the_scale_of_ratings_stretches_part_worths_and_leaves_importance(factor, shift):
    frame = ratings(3, people=8)
    one = fit_ratings_conjoint(frame, ["hall", "price"])
    two = fit_ratings_conjoint(frame.assign(rating=frame["rating"] * factor + shift), ["hall", "price"])
    assert two.importance["importance"].tolist() == pytest.approx(one.importance["importance"].tolist())
    assert two.part_worths["part_worth"].to_numpy() == pytest.approx(factor * one.part_worths["part_worth"].to_numpy())


def test_an_attribute_that_does_nothing_has_some_importance_and_an_interval_that_says_so():
    frame = ratings(4, people=30).assign(colour=lambda t: np.where(t.index % 5 < 2, "red", "blue"))
    table = fit_ratings_conjoint(frame, ["hall", "price", "colour"], person="person_id").importance
    colour = table.set_index("attribute").loc["colour"]
    assert colour["importance"] > 0
    assert colour["low"] < 0.02 < colour["high"] < 0.2


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        (lambda t: t.assign(hall="large"), "a single level: hall"),
        (lambda t: t.assign(hall=np.where(t["price"] == 20, "small", "large")), "can't be told apart by the profiles"),
        (lambda t: t.iloc[[0, 1, 2, 3]], "no more ratings than part-worths"),
        (lambda t: t.assign(rating=np.nan), "none of them whole"),
        (lambda t: t.assign(rating="good"), "must hold numbers"),
    ],
)
def test_ratings_that_tell_nothing_are_refused_with_a_letter(change, letter):
    with pytest.raises(InputError) as refusal:
        fit_ratings_conjoint(change(ratings(5, people=1)), ["hall", "price"])
    assert letter in str(refusal.value)


def test_names_given_twice_and_none_at_all_are_refused():
    for names, letter in ((["hall", "hall"], "named twice: hall"), ([], "Name one attribute")):
        with pytest.raises(InputError, match=letter):
            fit_ratings_conjoint(ratings(1, people=1), names)
