"""Kano's table as it is printed, better and worse, and the drawing's shapes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.behaviour.kano import better_worse, kano_category, kano_curve
from crm_toolkit.errors import InputError

FEW = settings(max_examples=25, deadline=None)


def test_the_evaluation_table_confirmed():
    pairs = [(one, two) for one in range(1, 6) for two in range(1, 6)]
    found = "".join(kano_category([one for one, _ in pairs], [two for _, two in pairs]))
    assert found == "QAAAO" + "RIIIM" * 3 + "RRRRQ"


def test_better_and_worse_of_30_25_35_10_recomputed():
    found = better_worse({"A": 30, "O": 25, "M": 35, "I": 10})
    assert (found.better, found.worse) == pytest.approx((0.55, -0.60))


@FEW
@given(counts=st.fixed_dictionaries({letter: st.integers(0, 50) for letter in "AOMIRQ"}), factor=st.integers(2, 9))
def test_better_and_worse_stay_in_range_and_see_neither_size_nor_reverse_answers(counts, factor):
    if not sum(counts[letter] for letter in "AOMI"):
        with pytest.raises(InputError, match="Nobody is in A, O, M or I"):
            better_worse(counts)
        return
    found = better_worse(counts)
    assert 0 <= found.better <= 1
    assert -1 <= found.worse <= 0
    other = {name: number * factor for name, number in counts.items()} | {"R": 7, "Q": 3}
    again = better_worse(other)
    assert (again.better, again.worse) == pytest.approx((found.better, found.worse))


def test_the_drawing_says_who_pleases_and_who_annoys():
    level = np.linspace(-1, 1, 21)
    attractive, basic, linear = (kano_curve(letter, level) for letter in "AMO")
    assert (attractive > 0).all()
    assert (basic < 0).all()
    assert (np.diff(attractive) > 0).all()
    assert (np.diff(basic) > 0).all()
    assert linear.tolist() == level.tolist()
    assert kano_curve("R", level).tolist() == (-level).tolist()
    assert not kano_curve("I", level).any()


@pytest.mark.parametrize(
    ("call", "letter"),
    [
        (lambda: kano_category([1, 6], [1, 1]), "out of range"),
        (lambda: kano_category([1.5], [1]), "whole numbers"),
        (lambda: kano_category([1, 2], [1]), "2 answers to one question and 1"),
        (lambda: kano_category([np.nan], [1]), "missing or infinite"),
        (lambda: better_worse({"A": -1}), "A value from 0 upwards"),
        (lambda: better_worse({"X": 1}), "can't be 'X'"),
        (lambda: kano_curve("Q", 0), "can't be 'Q'"),
        (lambda: kano_curve("A", 2), "out of range"),
    ],
)
def test_bad_answers_are_refused_with_a_letter(call, letter):
    with pytest.raises(InputError) as refusal:
        call()
    assert letter in str(refusal.value)
