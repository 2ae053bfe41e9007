"""Luck with an address: independent of order and block, of good quality, monotone in its parameters."""

import hashlib
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crm_toolkit.streams import Stream

CUSTOMERS = np.arange(40_000)
STREAM = Stream(2026, "test")


@settings(max_examples=5, deadline=None)
@given(
    block=st.integers(1, 3000),
    shuffle=st.integers(0, 2**32),
    seed=st.integers(-(2**70), 2**70) | st.text(max_size=5),
)
def test_same_numbers_for_any_block_size_and_order(block, shuffle, seed):
    order = random.Random(shuffle)
    stream = Stream(seed, "visit")
    customers = np.arange(4000)
    whole = stream.uniform(customers[:, None], np.arange(3))
    starts = list(range(0, len(customers), block))
    order.shuffle(starts)
    for start in starts:
        part = customers[start : start + block].tolist()
        order.shuffle(part)
        for step in (2, 0, 1):
            assert np.array_equal(stream.uniform(part, step), whole[part, step])


def test_one_customer_alone_is_the_same_person():
    assert STREAM.uniform(17) == STREAM.uniform(CUSTOMERS)[17]
    assert STREAM.uniform(17).shape == ()
    assert STREAM.poisson(2.5, 17) == STREAM.poisson(2.5, CUSTOMERS)[17]


def test_golden_values_do_not_move():
    """Data sets made earlier must come out the same: a change here is a new version of the generator."""
    draws = Stream(7, "visit").words(np.arange(5), step=3, k=1)
    assert [int(word) for word in draws] == GOLDEN_WORDS
    many = Stream("seminar", "ticket").words(np.arange(1000)[:, None], np.arange(10))
    assert hashlib.sha256(many.astype("<u8").tobytes()).hexdigest()[:16] == GOLDEN_DIGEST


GOLDEN_WORDS = [
    17817270223056787593,
    5685940035050927483,
    11257205327309162892,
    16786339527121671406,
    15656268154273986004,
]
GOLDEN_DIGEST = "367c2f14aa2791f4"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (STREAM.uniform(CUSTOMERS), STREAM.uniform(CUSTOMERS + 1)),
        (STREAM.uniform(CUSTOMERS), STREAM.uniform(CUSTOMERS, step=1)),
        (STREAM.uniform(CUSTOMERS), STREAM.uniform(CUSTOMERS, k=1)),
        (STREAM.uniform(CUSTOMERS, step=1), STREAM.uniform(CUSTOMERS, k=1)),
        (STREAM.uniform(CUSTOMERS), Stream(2026, "test2").uniform(CUSTOMERS)),
        (STREAM.uniform(CUSTOMERS), Stream(2027, "test").uniform(CUSTOMERS)),
        (STREAM.uniform(CUSTOMERS), Stream("2026", "test").uniform(CUSTOMERS)),
        (STREAM.uniform(0, CUSTOMERS), STREAM.uniform(CUSTOMERS, 0)),
    ],
)
def test_neighbouring_addresses_are_independent(one, other):
    """|r| of 40,000 independent pairs exceeds 5 / sqrt(n) = .025 once in two million; the seeds are fixed."""
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.025
    table = np.histogram2d(one, other, bins=8)[0]
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_every_bit_of_a_word_is_fair_and_moves_with_every_bit_of_the_address():
    for flipped in (1, 1 << 7, 1 << 31, 1 << 45):
        customers = np.arange(80_000)
        customers = customers[(customers & flipped) == 0][: len(CUSTOMERS)]
        changed = STREAM.words(customers ^ flipped) ^ STREAM.words(customers)
        bits = (changed[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        assert np.abs(bits.mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(len(CUSTOMERS))


@pytest.mark.parametrize(
    ("draws", "law"),
    [
        (STREAM.uniform(CUSTOMERS), stats.uniform()),
        (STREAM.normal(10, 3, CUSTOMERS), stats.norm(10, 3)),
        (STREAM.exponential(4, CUSTOMERS), stats.expon(scale=4)),
        (STREAM.gamma(0.243, 4.414, CUSTOMERS), stats.gamma(0.243, scale=1 / 4.414)),
        (STREAM.beta(0.793, 2.426, CUSTOMERS), stats.beta(0.793, 2.426)),
    ],
)
def test_continuous_draws_follow_their_law(draws, law):
    assert stats.kstest(draws, law.cdf).pvalue > 1e-3


@pytest.mark.parametrize("mean", [0.01, 0.7, 3.0, 40.0, 5000.0])
def test_poisson_is_the_exact_inverse(mean):
    """The smallest n with F(n) >= u: checked against scipy's own quantile function draw by draw."""
    counts = STREAM.poisson(mean, CUSTOMERS)
    luck = STREAM.uniform(CUSTOMERS)
    assert np.array_equal(counts, stats.poisson.ppf(luck, mean).astype(int))


def test_poisson_of_nothing_is_zero_and_a_wrong_mean_is_refused():
    assert STREAM.poisson(0.0, CUSTOMERS).sum() == 0
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="Poisson mean"):
            STREAM.poisson(wrong, CUSTOMERS)


def test_geometric_counts_trials_up_to_the_first_success():
    drawn = STREAM.geometric(0.3, CUSTOMERS)
    expected = stats.geom(0.3).pmf(np.arange(1, 9)) * len(drawn)
    observed = np.array([(drawn == n).sum() for n in range(1, 9)])
    assert (
        stats.chisquare(
            np.append(observed, len(drawn) - observed.sum()), np.append(expected, len(drawn) - expected.sum())
        ).pvalue
        > 1e-3
    )
    assert STREAM.geometric(1.0, CUSTOMERS).max() == 1


@settings(max_examples=25, deadline=None)
@given(low=st.floats(0.001, 20), more=st.floats(0, 20))
def test_draws_are_monotone_in_their_parameter(low, more):
    customers = np.arange(500)
    assert (STREAM.poisson(low + more, customers) >= STREAM.poisson(low, customers)).all()
    assert (STREAM.exponential(low + more, customers) >= STREAM.exponential(low, customers)).all()
    assert (STREAM.gamma(low + more, 1.0, customers) >= STREAM.gamma(low, 1.0, customers) * (1 - 1e-9)).all()
    weak, strong = low / 41, (low + more) / 41
    assert (STREAM.happens(strong, customers) >= STREAM.happens(weak, customers)).all()


def test_choose_follows_the_weights_and_never_a_weight_of_zero():
    drawn = STREAM.choose([2, 0, 5, 3], CUSTOMERS)
    counts = np.bincount(drawn, minlength=4)
    assert counts[1] == 0
    assert stats.chisquare(counts[[0, 2, 3]], np.array([0.2, 0.5, 0.3]) * len(drawn)).pvalue > 1e-3
