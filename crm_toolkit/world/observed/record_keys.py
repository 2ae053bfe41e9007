"""Keys that say nothing: the numbers under which departments file the same customer, order or contact.

A clean key tells too much: order 1700003 is the third order of customer 17. Here a number is mapped one-to-one
onto another one by a keyed Feistel network (Luby, Rackoff 1988), so that keys stay unique without a counter, and a
customer's keys are the same whatever other customers there are. It keeps students honest, it is no cipher.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.streams import Integers, Stream
from crm_toolkit.texts import say

MOST_COPIES = 4
_RECORD_BITS, _EVENT_BITS = 30, 46
_ROUNDS = 4
_SIGNS = np.array(list("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))  # Crockford's 32: no I, L, O, U


def shuffled_key(ids: ArrayLike, *, seed: int | str, purpose: str, bits: int = _EVENT_BITS) -> Integers:
    """Map numbers below ``2**bits`` one-to-one onto such numbers.

    Parameters
    ----------
    ids : array of int
        Numbers from 0 to ``2**bits - 1``.
    seed : int or str
        The world's seed.
    purpose : str
        Which key, such as ``"order_id"``: another purpose is another map.
    bits : int
        Even.

    Raises
    ------
    InputError
        If a number lies outside the range.

    Examples
    --------
    >>> keys = shuffled_key(np.arange(1024), seed=7, purpose="example", bits=10)
    >>> sorted(keys.tolist()) == list(range(1024))
    True
    """
    numbers = np.asarray(ids, dtype=np.int64)
    outside = (numbers < 0) | (numbers >= 1 << bits)
    if outside.any():
        found = int(numbers[outside][0])
        what = say("Keys lie between 0 and {largest}; found: {found}.", largest=(1 << bits) - 1, found=found)
        raise InputError(say("`observe` can't give new keys for `{purpose}`.", purpose=purpose),
                         [Problem("key_outside_range", what, column=purpose)])  # fmt: skip
    half = bits // 2
    mask = np.int64((1 << half) - 1)
    stream = Stream(seed, f"observe key {purpose}")
    left, right = numbers >> half, numbers & mask
    for turn in range(_ROUNDS):
        left, right = right, left ^ (stream.words(right, turn).astype(np.int64) & mask)
    return (left << half) | right


def record_ids(silo: str, customer: ArrayLike, copy: ArrayLike, *, seed: int | str) -> np.ndarray:
    """The record ids of customers in a department's list, in the department's own format.

    >>> record_ids("sales_customers", [17], [0], seed=7)
    array(['S-...'], dtype=object)
    """
    whole = np.asarray(customer, dtype=np.int64) * MOST_COPIES + np.asarray(copy)
    numbers = shuffled_key(whole, seed=seed, purpose=silo, bits=_RECORD_BITS)
    if silo == "service_customers":
        return (numbers + 1_000_000_000).astype(str).astype(object)
    signs = _SIGNS[(numbers[:, None] >> np.arange(_RECORD_BITS - 5, -1, -5)) & 31]
    texts = np.ascontiguousarray(signs).view(f"U{_RECORD_BITS // 5}")[:, 0]
    if silo == "sales_customers":
        return np.char.add("S-", texts).astype(object)
    return np.char.add("mc", np.char.lower(texts)).astype(object)
