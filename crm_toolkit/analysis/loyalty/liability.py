"""The liability for points month by month: opening + deferred − recognised = closing, to the minor unit.

Points that were given in one month are one group of sales. What is deferred for the group is its points times what was
deferred for a point (`price_allocation`), points that were taken back deducted. Revenue to date follows IFRS 15:

    deferred · redeemed to date / expected,   expected = share u of the points given, but never fewer than have been
    redeemed, nor more than have been redeemed or are outstanding.

So what is left is recognised when the last point of a group has expired. Change u by month and the month gets the
catch-up of all groups. A month's revenue is split into what its redemptions brought at the expectation of the month
before, and the rest: revised expectations and expired points.

Every group is rounded to the minor unit by itself, so that the liability of all groups is the sum of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.lines import MINOR_DIGITS, as_day
from crm_toolkit.analysis.loyalty.lots import EXPIRED, GIVEN, REDEEMED, REVERSED, read_movements
from crm_toolkit.analysis.periods import first_day
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say


def liability_rollforward(
    movements: Any,
    *,
    as_of: Any,
    per_point: float,
    redeemed_share: float | Mapping[str, float],
    minor_digits: int = int(MINOR_DIGITS.default),
) -> pd.DataFrame:
    """Roll the liability for points forward month by month.

    Parameters
    ----------
    movements : frame, relation or path
        Movements of points by lot: ``lot_id``, ``at`` (datetime), ``kind``, ``points`` (signed), as
        `firm.loyalty.replay` or `movements_by_fifo` returns them.
    as_of : date, datetime or str
        Last day that takes part.
    per_point : float
        Deferred for one point, currency units: `price_allocation(…).per_point`, or simply its value.
    redeemed_share : float or mapping of str to float
        Share of the points that is expected to be redeemed (u), 0 to 1; or the share from a month on, such as
        ``{"2025-01": 0.95, "2025-07": 0.97}``, which begins no later than the first points.
    minor_digits : int
        Digits of the currency's minor unit.

    Returns
    -------
    pandas.DataFrame
        One row per month from the first points on: ``month`` (first day), points ``points_opening``, ``given``,
        ``redeemed``, ``expired``, ``reversed``, ``points_closing``; minor units ``opening_minor``, ``deferred_minor``
        (of points given, less that of points taken back), ``recognised_minor``, ``closing_minor``; and of what was
        recognised ``for_redemption_minor`` and ``revised_minor``. Every row's opening plus deferred less recognised is
        its closing, exactly.

    Raises
    ------
    InputError
        If a column is missing or wrong, a lot gives out more than it had, or a share or a month is not allowed.

    Examples
    --------
    >>> at = pd.to_datetime(["2025-01-10", "2025-02-01", "2025-03-05", "2025-02-20"])
    >>> moves = pd.DataFrame({"lot_id": [1, 1, 1, 2], "at": at, "kind": ["earn", "redeem", "expire", "earn"]})
    >>> moves["points"] = [100, -50, -50, 40]
    >>> roll = liability_rollforward(moves, as_of="2025-03-31", per_point=0.1, redeemed_share=0.8)
    >>> print(roll[["opening_minor", "deferred_minor", "recognised_minor", "closing_minor"]].to_string(index=False))
    opening_minor  deferred_minor  recognised_minor  closing_minor
                0            1000                 0           1000
             1000             400               625            775
              775               0               375            400
    """
    asked_by = "liability_rollforward"
    digits = int(MINOR_DIGITS.check(minor_digits))
    (each,) = require_numbers(asked_by, per_point=(per_point, 0, 1e9))
    read = read_movements(movements, as_day(as_of, "as_of"), asked_by=asked_by)
    days = (read.born.astype("datetime64[D]"), read.day.astype("datetime64[D]"))
    born, moved = (day.astype("datetime64[M]").astype("int64") for day in days)
    first, last = int(born.min()), (read.as_of.year - 1970) * 12 + read.as_of.month - 1
    size = last - first + 1
    share = _shares(redeemed_share, first, size, asked_by)
    place = (born - first) * size + moved - first
    flow = {
        what: np.bincount(place[read.what == what], read.points[read.what == what], size * size).astype("int64")
        .reshape(size, size) for what in (GIVEN, REDEEMED, EXPIRED, REVERSED)
    }  # fmt: skip
    sums = {what: values.cumsum(axis=1) for what, values in flow.items()}
    given = sums[GIVEN] - sums[REVERSED]
    redeemed, outstanding = sums[REDEEMED], given - sums[REDEEMED] - sums[EXPIRED]
    deferred = _rounded(given * each * 10**digits)
    expected = np.clip(given * share[None, :], redeemed, redeemed + outstanding)
    done = np.where(outstanding == 0, deferred, _rounded(deferred * _ratio(redeemed, expected)))
    past = np.zeros((size, 1), dtype="int64")
    before = np.hstack([past, redeemed[:, :-1]])
    earlier = np.hstack([past + 1.0, expected[:, :-1]])
    earlier = np.where(np.hstack([past, given[:, :-1]]) > 0, earlier, given * share[None, :])
    at_old = _rounded(deferred * np.minimum(_ratio(redeemed - before, earlier), 1.0)).sum(axis=0)
    liability = (deferred - done).sum(axis=0)
    added = np.diff(deferred, axis=1, prepend=0).sum(axis=0)
    recognised = np.diff(done, axis=1, prepend=0).sum(axis=0)
    opening, points = np.append(0, liability[:-1]), outstanding.sum(axis=0)
    if not np.array_equal(opening + added - recognised, liability):
        raise AssertionError("the liability does not roll forward")
    month = pd.DatetimeIndex([first_day(first + 1970 * 12 + k, "month") for k in range(size)])
    total = {what: values.sum(axis=0) for what, values in flow.items()}
    return pd.DataFrame(
        {
            "month": month, "points_opening": np.append(0, points[:-1]), "given": total[GIVEN],
            "redeemed": total[REDEEMED], "expired": total[EXPIRED], "reversed": total[REVERSED],
            "points_closing": points, "opening_minor": opening, "deferred_minor": added,
            "recognised_minor": recognised, "closing_minor": liability, "for_redemption_minor": at_old,
            "revised_minor": recognised - at_old,
        }
    )  # fmt: skip


def _rounded(values: np.ndarray) -> np.ndarray:
    """Whole minor units, half a unit upwards; a millionth of a unit is a slip of floats."""
    return np.floor(np.round(values, 6) + 0.5).astype("int64")


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / np.maximum(whole, 1e-9), 0.0)


def _shares(given: Any, first: int, size: int, asked_by: str) -> np.ndarray:
    """The expected share in every month."""
    if not isinstance(given, Mapping):
        return np.full(size, require_numbers(asked_by, redeemed_share=(given, 0, 1))[0])
    problems: list[Problem] = []
    starts: dict[int, float] = {}
    for name, value in given.items():
        try:
            month = int(np.datetime64(str(name)[:7], "M").astype("int64"))
            starts[month] = require_numbers(asked_by, **{str(name): (value, 0, 1)})[0]
        except InputError as letter:
            problems += letter.problems
        except ValueError:
            what = say("“{name}” is no month; write it as 2025-01.", name=name)
            problems.append(Problem("not_a_date", what, column="redeemed_share"))
    if not problems and (not starts or min(starts) > first):
        what = say("No share is named for {month}, when the first points were given.",
                   month=str(np.datetime64(first, "M")))  # fmt: skip
        problems.append(Problem("missing", what, column="redeemed_share"))
    if problems:
        raise InputError(say("`{function}` can't use these numbers.", function=asked_by), problems)
    months = np.array(sorted(starts))
    values = np.array([starts[month] for month in months])
    shares: np.ndarray = values[np.searchsorted(months, np.arange(first, first + size), side="right") - 1]
    return shares
