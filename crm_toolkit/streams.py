"""Luck with an address: the same customer has the same luck in every world, block and order.

A draw is never "the next number". It is a function of its address (seed, purpose, customer, step, k), so a
customer is the same person in a world of a thousand and of a million, blocks can be made anywhere in any
order, and two policies share their luck, which makes an individual effect visible (common random numbers).

A 64-bit hash of the address, the finaliser of SplitMix64 (Steele, Lea, Flood 2014) applied once for every
coordinate, becomes a uniform number; every distribution is its inverse distribution function, so a draw moves
in one direction only when its parameter moves. Logarithms may differ in the last bit between machines:
whoever publishes or hashes a draw rounds it first.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_ONE, _HALF, _LOW_HALF = np.uint64(1), np.array(32, dtype=np.uint64), np.array(0xFFFFFFFF, dtype=np.uint64)
_SHIFTS = tuple(np.array(shift, dtype=np.uint64) for shift in (30, 27, 31))  # arrays: numpy takes them up quicker
_FACTORS = np.array(0xBF58476D1CE4E5B9, dtype=np.uint64), np.array(0x94D049BB133111EB, dtype=np.uint64)
_PLACES = (np.arange(64, dtype=np.uint64) * _GAMMA + np.uint64(2))[:, None]
_STEPS = np.arange(64, dtype=np.uint64) * _GAMMA + _ONE
_CHUNK = 16_384
_LARGEST_MEAN = 1e6
_SUMMED_MEAN = 20.0
_MOST_SUMMED = 400


def _mix(words: Words) -> Words:
    """SplitMix64's finaliser: every input bit moves every output bit. Changes ``words`` in place."""
    shifted = np.right_shift(words, _SHIFTS[0])
    np.bitwise_xor(words, shifted, out=words)
    np.multiply(words, _FACTORS[0], out=words)
    np.bitwise_xor(words, np.right_shift(words, _SHIFTS[1], out=shifted), out=words)
    np.multiply(words, _FACTORS[1], out=words)
    np.bitwise_xor(words, np.right_shift(words, _SHIFTS[2], out=shifted), out=words)
    return words


def _coordinate(values: ArrayLike) -> NDArray[np.uint64]:
    return np.asarray(values, dtype=np.int64).astype(np.uint64) * _GAMMA


@dataclass(frozen=True)
class Stream:
    """The luck of one purpose in one world.

    Parameters
    ----------
    seed : int or str
        The world's seed.
    purpose : str
        What the luck decides, such as ``"visit"`` or ``"ticket"``. Another purpose is independent luck.

    Notes
    -----
    Every draw takes ``customer`` (integer numbers), ``step`` (time, 0 without it) and ``k`` (which of several
    draws of that step). The three broadcast against each other, so ``customers[:, None]`` with
    ``np.arange(52)`` makes a year of every customer in one call.

    Examples
    --------
    >>> visits = Stream(7, "visit")
    >>> all_at_once = visits.uniform(np.arange(1000))
    >>> bool(visits.uniform(17)[()] == all_at_once[17])
    True
    """

    seed: int | str
    purpose: str
    _key: np.uint64 = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = f"{type(self.seed).__name__}\x1f{self.seed}\x1f{self.purpose}"
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        object.__setattr__(self, "_key", np.uint64(int.from_bytes(digest, "little")))

    def words(self, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0) -> NDArray[np.uint64]:
        """64 random bits for every address, the ground of all other draws."""
        with np.errstate(over="ignore"):
            words = _mix(np.atleast_1d(_coordinate(customer) + self._key))
            words = _mix(words ^ (_coordinate(step) + np.uint64(1)))
            words = _mix(words ^ (_coordinate(k) + np.uint64(2)))
        shape = np.broadcast_shapes(np.shape(customer), np.shape(step), np.shape(k))
        return words.reshape(shape)

    def uniform(self, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0) -> Floats:
        """Uniform numbers strictly between 0 and 1, on a grid of 2**-52.

        >>> u = Stream(7, "example").uniform(np.arange(100_000))
        >>> bool(0 < u.min() < 0.001 and 0.999 < u.max() < 1)
        True
        """
        return ((self.words(customer, step, k) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52

    def many(self, count: int, customer: ArrayLike, step: ArrayLike = 0) -> Floats:
        """Several coarse uniform numbers for every address at once, on a grid of 2**-32; quick.

        Parameters
        ----------
        count : int
            How many for each address.
        customer, step : arrays of one shape
            The addresses; ``step`` may be one number for all.

        Returns
        -------
        array (count, addresses)
            Row j is the same whatever ``count`` is.

        Examples
        --------
        >>> luck = Stream(7, "example")
        >>> bool((luck.many(4, np.arange(9))[1] == luck.many(2, np.arange(9))[1]).all())
        True
        """
        who = np.atleast_1d(np.asarray(customer, dtype=np.int64))
        if len(who) <= _CHUNK:
            return self.prepared(who).many(count, step)
        drawn, steps = np.empty((count, len(who))), np.broadcast_to(np.asarray(step, dtype=np.int64), who.shape)
        for begin in range(0, len(who), _CHUNK):  # pieces that stay in the processor's cache
            piece = slice(begin, begin + _CHUNK)
            drawn[:, piece] = self.prepared(who[piece]).many(count, steps[piece])
        return drawn

    def prepared(self, customer: ArrayLike) -> Prepared:
        """The same draws as `many` for customers who are asked again and again; a third of the work is done once."""
        return Prepared(_mix(_coordinate(np.atleast_1d(customer)) + self._key))

    def happens(self, probability: ArrayLike, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0) -> NDArray:
        """True with the given probability; a higher probability never turns a yes into a no."""
        return self.uniform(customer, step, k) < np.asarray(probability)

    def normal(
        self, mean: ArrayLike, sd: ArrayLike, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0
    ) -> Floats:
        """Normal draws with that mean and standard deviation."""
        from scipy.special import ndtri

        return np.asarray(mean) + np.asarray(sd) * ndtri(self.uniform(customer, step, k))

    def exponential(self, mean: ArrayLike, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0) -> Floats:
        """Exponential waiting times with that mean."""
        return np.asarray(mean) * -np.log1p(-self.uniform(customer, step, k))

    def gamma(
        self, shape: ArrayLike, rate: ArrayLike, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0
    ) -> Floats:
        """Gamma draws with that shape and rate (mean = shape / rate)."""
        from scipy.special import gammaincinv

        return gammaincinv(np.asarray(shape), self.uniform(customer, step, k)) / np.asarray(rate)

    def beta(self, a: ArrayLike, b: ArrayLike, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0) -> Floats:
        """Beta draws with mean a / (a + b)."""
        from scipy.special import betaincinv

        return betaincinv(np.asarray(a), np.asarray(b), self.uniform(customer, step, k))

    def geometric(self, probability: ArrayLike, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0) -> Integers:
        """Trials up to and with the first success: 1, 2, 3 …; ``probability`` lies in (0, 1]."""
        chance = np.clip(np.asarray(probability, dtype=np.float64), 1e-300, 1.0)
        with np.errstate(divide="ignore"):
            trials = np.log1p(-self.uniform(customer, step, k)) / np.log1p(-chance)
        return np.minimum(np.floor(trials), 2**62).astype(np.int64) + 1

    def poisson(self, mean: ArrayLike, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0) -> Integers:
        """Poisson counts, the smallest n whose distribution function reaches the draw.

        Raises
        ------
        ValueError
            If a mean is negative, not finite, or above a million.
        """
        luck = self.uniform(customer, step, k)
        means, luck = np.broadcast_arrays(np.asarray(mean, dtype=np.float64), luck)
        if not np.all((means >= 0) & (means <= _LARGEST_MEAN)):
            raise ValueError(f"a Poisson mean lies between 0 and {_LARGEST_MEAN:g}")
        counts = np.zeros(luck.shape, dtype=np.int64)
        small = means <= _SUMMED_MEAN
        counts[small] = _poisson_by_sum(luck[small], means[small])
        counts[~small] = _poisson_by_root(luck[~small], means[~small])
        return counts

    def choose(self, weights: ArrayLike, customer: ArrayLike, step: ArrayLike = 0, k: ArrayLike = 0) -> Integers:
        """The index of one of several things, drawn by their weights.

        >>> drawn = Stream(7, "example").choose([1, 3], np.arange(100_000))
        >>> bool(0.74 < drawn.mean() < 0.76)
        True
        """
        shares = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.searchsorted(shares / shares[-1], self.uniform(customer, step, k), side="right").astype(np.int64)


@dataclass(frozen=True)
class Prepared:
    """Luck of some customers, prepared by `Stream.prepared`."""

    mixed: NDArray[np.uint64]

    def many(self, count: int, step: ArrayLike = 0, who: NDArray[np.int64] | None = None) -> Floats:
        """As `Stream.many`, for all customers or those at the indexes ``who``.

        >>> luck = Stream(7, "example")
        >>> ready = luck.prepared(np.arange(9))
        >>> bool((ready.many(2, 5, np.array([3]))[:, 0] == luck.many(2, [3], [5])[:, 0]).all())
        True
        """
        return all_of_many(self.addresses(step, who), count)

    def addresses(self, step: ArrayLike = 0, who: NDArray[np.int64] | None = None) -> Words:
        """One word for every address, from which `all_of_many` and `one_of_many` draw the rows of `many`.

        >>> ready = Stream(7, "example").prepared(np.arange(9))
        >>> bool((one_of_many(ready.addresses(5), 3) == ready.many(4, 5)[3]).all())
        True
        """
        start = self.mixed if who is None else self.mixed.take(who)
        stepped = np.multiply(np.asarray(step, dtype=np.int64).view(np.uint64), _GAMMA)
        stepped += _ONE
        return _mix(start ^ stepped)

    def runs(self, step: Integers, count: int, who: NDArray[np.int64]) -> Words:
        """The addresses of so many steps one after another, from a first one on: (customers, steps).

        >>> ready = Stream(7, "example").prepared(np.arange(9))
        >>> bool((ready.runs(np.array([5]), 8, np.array([3]))[0, 2] == ready.addresses(7)[3]).all())
        True
        """
        stepped = np.multiply(step.view(np.uint64), _GAMMA)[:, None] + _STEPS[:count]
        stepped ^= self.mixed.take(who)[:, None]
        return _mix(stepped)


def all_of_many(addresses: Words, count: int) -> Floats:
    """The rows of `Prepared.many` for the addresses that `Prepared.addresses` gave."""
    words = _mix(addresses ^ _PLACES[: (count + 1) // 2])
    halves = np.empty((2 * len(words), words.shape[1]))
    np.multiply(words >> _HALF, 2.0**-32, out=halves[0::2])
    np.multiply(words & _LOW_HALF, 2.0**-32, out=halves[1::2])
    halves += 2.0**-33
    return halves[:count]


def one_of_many(addresses: Words, row: int) -> Floats:
    """Row ``row`` of `Prepared.many` for the addresses that `Prepared.addresses` gave."""
    return coarse_luck(_mix(addresses ^ _PLACES[row // 2, 0]), row)


def words_of_many(addresses: Words, halves: list[int]) -> Words:
    """The words out of which the rows 2h and 2h + 1 of `Prepared.many` come, for some h.

    >>> addresses = Stream(7, "example").prepared(np.arange(9)).addresses(5)
    >>> bool((coarse_luck(words_of_many(addresses, [1, 4])[1], 9) == one_of_many(addresses, 9)).all())
    True
    """
    return _mix(addresses ^ _PLACES[halves])


def coarse_luck(words: Words, row: int) -> Floats:
    """Uniform numbers on a grid of 2**-32: from the upper half of words for an even row, from the lower for an odd."""
    halves = np.bitwise_and(words, _LOW_HALF) if row % 2 else np.right_shift(words, _HALF)
    drawn = halves.view(np.int64).astype(np.float64)  # quicker than from unsigned numbers
    drawn *= 2.0**-32
    drawn += 2.0**-33
    return drawn


def _poisson_by_sum(luck: Floats, means: Floats) -> Integers:
    """Add up probabilities until they reach the draw; only the draws that go on are looked at again."""
    counts = np.zeros(luck.shape, dtype=np.int64)
    term = np.exp(-means)
    reached = term.copy()
    going = np.flatnonzero(luck > reached)
    n = 0
    while going.size and n < _MOST_SUMMED:
        n += 1
        counts[going] = n
        term[going] *= means[going] / n
        reached[going] += term[going]
        going = going[luck[going] > reached[going]]
    return counts


def _poisson_by_root(luck: Floats, means: Floats) -> Integers:
    """Solve the distribution function for the draw and correct the root by one where it was rounded."""
    from scipy.special import pdtr, pdtrik

    guess = np.maximum(np.ceil(pdtrik(luck, means)), 0.0)
    guess = np.where((guess > 0) & (pdtr(guess - 1, means) >= luck), guess - 1, guess)
    guess = np.where(pdtr(guess, means) < luck, guess + 1, guess)
    return guess.astype(np.int64)
