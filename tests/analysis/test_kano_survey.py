"""Kano's categories from a survey: counts, modes that hide splits, intervals that cover, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.kano import kano_table
from crm_toolkit.errors import InputError

PAIRS = {"A": (1, 3), "O": (1, 5), "M": (3, 5), "I": (3, 3), "R": (5, 1), "Q": (1, 1)}


def answers(counts, feature="sauna", **more):
    """Answers that fall into these categories so many times."""
    rows = [PAIRS[letter] for letter, number in counts.items() for _ in range(number)]
    return pd.DataFrame(rows, columns=["functional", "dysfunctional"]).assign(feature=feature, **more)


def test_thirty_twenty_five_thirty_five_ten_recomputed():
    row = kano_table(answers({"A": 30, "O": 25, "M": 35, "I": 10})).table.iloc[0]
    assert (row["better"], row["worse"]) == pytest.approx((0.55, -0.60))
    assert row["better_low"] == pytest.approx(0.55 - 1.96 * np.sqrt(0.55 * 0.45 / 100), abs=0.015)
    assert (row["category"], row["runner_up"], row["people"]) == ("M", "A", 100)
    assert row["split"]
    assert 0.5 < row["mode_sure"] < 0.95


def test_a_mode_hides_two_groups_that_want_different_things():
    both = pd.concat([answers({"A": 45, "M": 5}, group="new"), answers({"M": 50}, group="old")])
    whole = kano_table(both).table.iloc[0]
    assert (whole["category"], whole["split"]) == ("M", True)
    apart = kano_table(both, by="group").table
    assert apart["category"].tolist() == ["A", "M"]
    assert not apart["split"].any()


def test_ties_are_named_and_never_broken():
    found = kano_table(answers({"A": 20, "M": 20, "I": 5}))
    row = found.table.iloc[0]
    assert (row["category"], row["runner_up"], row["mode_sure"], row["split"]) == ("A/M", "I", 0.0, True)
    assert "attractive/must-be" in str(found)


def test_better_is_missing_where_nobody_can_be_pleased_or_annoyed():
    found = kano_table(answers({"R": 40, "Q": 3}))
    row = found.table.iloc[0]
    assert np.isnan(row["better"])
    assert np.isnan(row["worse_high"])
    assert row["category"] == "R"
    assert "reverse (93%)" in str(found)


@settings(max_examples=15, deadline=None)
@given(counts=st.fixed_dictionaries({letter: st.integers(0, 40) for letter in PAIRS}))
def test_counts_are_kept_and_intervals_hold_their_value(counts):
    if not sum(counts.values()):
        return
    row = kano_table(answers(counts), replications=100).table.iloc[0]
    assert {letter: row[letter] for letter in PAIRS} == counts
    if not np.isnan(row["better"]):
        assert 0 <= row["better_low"] <= row["better"] <= row["better_high"] <= 1
        assert -1 <= row["worse_low"] <= row["worse"] <= row["worse_high"] <= 0


def test_intervals_of_better_cover_the_truth():
    rng = np.random.default_rng(5)
    drawn = rng.multinomial(80, [0.3, 0.25, 0.35, 0.1], size=60)
    tables = pd.concat(
        [answers(dict(zip("AOMI", map(int, row), strict=True)), feature=k) for k, row in enumerate(drawn)]
    )
    found = kano_table(tables, replications=300).table
    assert len(found) == 60
    held = ((found["better_low"] <= 0.55) & (found["better_high"] >= 0.55)).mean()
    assert held >= 0.86  # 60 intervals of level 0.95, bootstrap of shares: a little short


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        (lambda t: t.assign(functional=6), "no whole numbers from 1 to 5"),
        (lambda t: t.assign(dysfunctional=2.5), "`dysfunctional`"),
        (lambda t: t.assign(functional=np.nan), "none of them whole"),
        (lambda t: t.rename(columns={"feature": "features"}), "Did you mean `features`"),
    ],
)
def test_answers_outside_the_scale_are_refused_with_a_letter(change, letter):
    with pytest.raises(InputError) as refusal:
        kano_table(change(answers({"A": 5, "M": 5})))
    assert letter in str(refusal.value)


def test_rows_with_a_hole_are_counted_and_few_answers_announced():
    frame = answers({"A": 6, "M": 3})
    found = kano_table(frame.assign(functional=frame["functional"].where(frame.index != 0)))
    assert (found.left_out, found.table["people"].iloc[0]) == (1, 8)
    assert "Too few answers to tell: 30 are needed." in str(found)
