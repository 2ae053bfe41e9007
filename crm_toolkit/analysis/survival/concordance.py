"""Does the model put customers in the right order? Harrell's concordance index.

Of two customers, one of whom was seen to leave while the other was still under observation, the model is right if it
gave the first the higher risk; equal risks count half. The index is the share of such pairs: 1/2 is chance.

Pairs are counted in one pass for every bit of the rank of the risk: rows stand in the order of time, are parted
steadily by that bit within those who agree in all higher ones, and the later rows on the lower side are counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.analysis.survival.reading import Floats, read_lives
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

Places = NDArray[np.int64]


def concordance_index(
    lives: Any, *, risk: str, duration: str = "duration", event: str = "event", entry: str | None = None
) -> float:
    """How often the customer with the higher risk leaves first.

    Parameters
    ----------
    lives : frame, relation or path
        One row per customer, best those that the model has not seen.
    risk : str
        Column of numbers, higher for those who are said to leave sooner.
    duration, event, entry : str
        Columns as in `kaplan_meier`.

    Returns
    -------
    float
        Share of comparable pairs in the right order, 0 to 1.

    Raises
    ------
    InputError
        As `kaplan_meier`, or if no pair can be compared.

    References
    ----------
    Harrell, F. E., Lee, K. L. and Mark, D. B. (1996). Multivariable Prognostic Models. Statistics in Medicine 15,
    361–387.

    Examples
    --------
    >>> import pandas as pd
    >>> lives = pd.DataFrame({"duration": [1, 2, 3, 4], "event": [1, 1, 0, 1], "risk": [0.9, 0.2, 0.4, 0.1]})
    >>> concordance_index(lives, risk="risk")
    0.8
    """
    read = read_lives(lives, duration=duration, event=event, entry=entry, covariates=(risk,),
                      asked_by="concordance_index")  # fmt: skip
    found = concordance_of(read.duration, read.event, read.entry, read.covariates[:, 0])
    if found is None:
        what = say("No customer was seen to leave while another was still under observation.")
        heading = say("`{function}` can't use these lives.", function="concordance_index")
        raise InputError(heading, [Problem("no_pairs", what)])
    return found


def concordance_of(duration: Floats, event: NDArray[np.bool_], entry: Floats | None, risk: Floats) -> float | None:
    """Concordance of arrays; ``None`` where no pair can be compared."""
    order = np.lexsort((risk, ~event, duration))  # events first; those of one time by ascending risk
    rank = np.unique(risk, return_inverse=True)[1].reshape(-1)
    rank, happened, times = rank[order].astype(np.int64), event[order], duration[order]
    everybody = np.ones(len(order), dtype=bool)
    lower, equal = _later(rank, happened, everybody)
    after = len(order) - 1 - np.arange(len(order))
    pairs = int(after[happened].sum())
    for keys, counted in ((times[happened], "time"), (np.stack([times[happened], rank[happened]]), "both")):
        many = _sizes(keys)
        within = int((many * (many - 1) // 2).sum())  # two who leave together are no pair
        if counted == "time":
            pairs -= within
        else:
            equal -= within
    if entry is not None:
        began = entry[order]
        out = began > 0
        moment = np.concatenate([times[happened], began[out]])
        both = np.concatenate([rank[happened], rank[out]])
        asks = np.concatenate([np.ones(happened.sum(), dtype=bool), np.zeros(out.sum(), dtype=bool)])
        place = np.lexsort((~asks, moment))  # a row that enters at the moment of an event was not at risk
        unseen_lower, unseen_equal = _later(both[place], asks[place], ~asks[place])
        lower, equal = lower - unseen_lower, equal - unseen_equal
        pairs -= int((out.sum() - np.searchsorted(np.sort(began[out]), times[happened], side="left")).sum())
    return (lower + equal / 2) / pairs if pairs > 0 else None


def _sizes(keys: Any) -> NDArray[np.int64]:
    """How many entries are alike; they stand beside each other."""
    rows = np.atleast_2d(keys)
    if not rows.shape[1]:
        return np.zeros(0, dtype=np.int64)
    fresh = np.flatnonzero(np.concatenate([[True], (rows[:, 1:] != rows[:, :-1]).any(axis=0)]))
    return np.diff(np.append(fresh, rows.shape[1]))


def _later(rank: Places, asks: NDArray[np.bool_], counts: NDArray[np.bool_]) -> tuple[int, int]:
    """Pairs of a row that asks and a later row that counts, with lower and with equal rank."""
    lower, highest = 0, int(rank.max(initial=0))
    starts = np.concatenate([[0], np.cumsum(np.bincount(rank, minlength=highest + 1))])
    for bit in range(highest.bit_length() - 1, -1, -1):
        group = rank >> (bit + 1)
        begin = starts[np.minimum(group << (bit + 1), highest + 1)]
        end = starts[np.minimum((group + 1) << (bit + 1), highest + 1)]
        up = (rank >> bit & 1).astype(bool)
        below = np.concatenate([[0], np.cumsum(~up & counts)])
        asking = up & asks
        lower += int((below[end[asking]] - below[np.flatnonzero(asking) + 1]).sum())
        ones = np.concatenate([[0], np.cumsum(up)])
        here = np.arange(len(rank))
        ones_before = ones[here] - ones[begin]
        zeros_before = here - begin - ones_before
        zeros = end - begin - (ones[end] - ones[begin])
        place = begin + np.where(up, zeros + ones_before, zeros_before)
        moved = np.empty_like(rank)
        moved[place] = rank
        new_asks, new_counts = np.empty_like(asks), np.empty_like(counts)
        new_asks[place], new_counts[place] = asks, counts
        rank, asks, counts = moved, new_asks, new_counts
    counted = np.concatenate([[0], np.cumsum(counts)])
    places = np.flatnonzero(asks)
    equal = int((counted[starts[rank[places] + 1]] - counted[places + 1]).sum())
    return lower, equal
