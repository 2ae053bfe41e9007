"""Kano's model: what delights, what is taken for granted, and what nobody cares about.

Of every feature two questions are asked: how do you feel if it is there (functional), and if it is not
(dysfunctional)? Five answers each: 1 I like it, 2 I expect it, 3 I don't mind, 4 I can live with it, 5 I dislike it.
The evaluation table turns the pair into a category:

A   attractive       its presence pleases, its absence is no loss
O   one-dimensional  the more the better
M   must-be          taken for granted; its absence annoys
I   indifferent
R   reverse          people would rather not have it
Q   questionable     liked both with and without: a slip, or the question was not understood

    better = (A + O) / (A + O + M + I)        worse = −(O + M) / (A + O + M + I)

Both are shares of people: how many a feature can please, and how many its absence annoys. The category that most people
fall into hides splits: half of them delighted and half taking it for granted are no "mostly attractive".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.behaviour.inputs import Floats, given_array, given_number, given_word, settle
from crm_toolkit.errors import Problem
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import mark, say

CATEGORIES = {
    "A": mark("attractive"),
    "O": mark("one-dimensional"),
    "M": mark("must-be"),
    "I": mark("indifferent"),
    "R": mark("reverse"),
    "Q": mark("questionable"),
}
ANSWERS = {
    1: mark("I like it"),
    2: mark("I expect it"),
    3: mark("I don't mind"),
    4: mark("I can live with it"),
    5: mark("I dislike it"),
}
EVALUATION_TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
"""Rows: the answer to "if it is there"; columns: the answer to "if it is not"."""
LIMITS = mark("A category is a label of answers, not a force: what delights today is taken for granted in some years.")
_TABLE = np.array([list(row) for row in EVALUATION_TABLE])


@dataclass(frozen=True)
class BetterWorse:
    """How far a feature pleases by being there and annoys by being absent.

    Parameters
    ----------
    better : float
        Share of people whom it can please, 0 to 1.
    worse : float
        Minus the share of people whom its absence annoys, −1 to 0.
    counted : float
        A + O + M + I: reverse and questionable answers take no part.
    """

    better: float
    worse: float
    counted: float


@with_kinds_told
def kano_category(functional: ArrayLike, dysfunctional: ArrayLike) -> NDArray:
    """The category of every pair of answers.

    Parameters
    ----------
    functional, dysfunctional : arrays of whole numbers 1 to 5
        Answers to "if it is there" and "if it is not", as `ANSWERS` numbers them.

    Returns
    -------
    numpy.ndarray
        Letters, as `CATEGORIES` names them.

    Raises
    ------
    InputError
        If an answer is missing or no whole number from 1 to 5, or the arrays differ in length.

    References
    ----------
    Kano, N. et al. (1984). Attractive Quality and Must-be Quality. The table as secondary sources print it.

    Examples
    --------
    >>> kano_category([1, 1, 3, 5, 1], [5, 3, 5, 1, 1])
    array(['O', 'A', 'M', 'R', 'Q'], dtype='<U1')
    """
    problems: list[Problem] = []
    one = given_array(problems, "functional", functional, low=1, high=5)
    two = given_array(problems, "dysfunctional", dysfunctional, low=1, high=5)
    for name, values in (("functional", one), ("dysfunctional", two)):
        if (values != np.floor(values)).any():
            what = say("`{name}` must hold whole numbers.", name=name)
            problems.append(Problem("wrong_kind", what, column=name))
    if not problems and len(one) != len(two):
        what = say("There are {one} answers to one question and {two} to the other.", one=len(one), two=len(two))
        problems.append(Problem("wrong_shape", what, column="dysfunctional"))
    settle(problems, "kano_category")
    return _TABLE[one.astype(int) - 1, two.astype(int) - 1]


@with_kinds_told
def better_worse(counts: Mapping[str, float]) -> BetterWorse:
    """The two coefficients from numbers of people by category.

    Parameters
    ----------
    counts : mapping
        Letter of a category → people, 0 or more; letters that are absent count 0.

    Raises
    ------
    InputError
        If a letter is unknown, a number can't be used, or nobody is in A, O, M or I.

    References
    ----------
    Berger, C. et al. (1993). Kano's Methods for Understanding Customer-defined Quality. Center for Quality of
    Management Journal 2(4). After memory, not checked against the source.

    Examples
    --------
    >>> better_worse({"A": 30, "O": 25, "M": 35, "I": 10})
    BetterWorse(better=0.55, worse=-0.6, counted=100.0)
    """
    problems: list[Problem] = []
    for letter in counts:
        given_word(problems, "counts", letter, CATEGORIES)
    found = {name: given_number(problems, str(name), number, 0.0) for name, number in counts.items()}
    a, o, m, i = (found.get(letter, 0.0) for letter in "AOMI")
    if not problems and not a + o + m + i:
        problems.append(Problem("empty", say("Nobody is in A, O, M or I."), column="counts"))
    settle(problems, "better_worse")
    whole = a + o + m + i
    return BetterWorse((a + o) / whole, -(o + m) / whole, whole)


@with_kinds_told
def kano_curve(category: str, performance: ArrayLike) -> Floats:
    """Satisfaction as Kano's drawing has it: a shape, not a measurement.

    Parameters
    ----------
    category : {"A", "O", "M", "I", "R"}
        As `CATEGORIES` names them.
    performance : array
        How well the feature is carried out, −1 (not at all) to 1 (fully).

    Returns
    -------
    numpy.ndarray
        Satisfaction on a scale without a unit. The exponentials are an assumption; the drawing has no formula.

    Raises
    ------
    InputError
        If the category is unknown or a performance out of range.

    Examples
    --------
    >>> kano_curve("A", [-1, 0, 1]).round(2), kano_curve("M", [-1, 0, 1]).round(2)
    (array([0.02, 0.14, 1.  ]), array([-1.  , -0.14, -0.02]))
    """
    problems: list[Problem] = []
    given_word(problems, "category", category, "AOMIR")
    level = np.atleast_1d(given_array(problems, "performance", performance, dimensions=(0, 1), low=-1, high=1))
    settle(problems, "kano_curve")
    if category == "A":
        return np.exp(2 * (level - 1))
    if category == "M":
        return -np.exp(-2 * (level + 1))
    return {"O": level, "R": -level, "I": np.zeros_like(level)}[category]
