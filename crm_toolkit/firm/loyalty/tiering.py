"""Who has which tier when: upgrades with the order that reaches a threshold, downgrades at reviews.

A review is held at the beginning of every calendar year, of the year before; with a rolling window at the beginning of
every month, of the days before. A level that is not supported then is lost, by the rule, after the days of grace,
unless its threshold is reached again meanwhile. A level that was earned in a calendar year so lasts to the end of the
next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.loyalty import clock, lanes
from crm_toolkit.firm.loyalty.earning import qualifying
from crm_toolkit.firm.loyalty.extras import Tiers
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

Integers = NDArray[np.int64]


def tier_history(programme: LoyaltyProgramme, orders: pd.DataFrame, *, until: str | None = None) -> pd.DataFrame:
    """Every change of a tier.

    Parameters
    ----------
    programme : LoyaltyProgramme
        With a part `tiers`.
    orders : DataFrame
        As for `earn_events`.
    until : date, optional
        Reviews are held up to this moment; up to the last order by default.

    Returns
    -------
    DataFrame
        ``member_id``, ``at``, ``tier``, ``level`` (0 is the lowest), ``reason`` ("start", "upgrade", "downgrade"), in
        the order of time.

    Raises
    ------
    InputError
        If the programme has no tiers, or a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.firm.loyalty import load_programme
    >>> days = pd.to_datetime(["2025-02-01", "2025-03-01", "2025-04-01", "2027-03-01"])
    >>> orders = pd.DataFrame(
    ...     {"order_id": range(4), "member_id": 7, "ordered_at": days, "amount_minor": 1, "tax_minor": 0}
    ... )
    >>> history = tier_history(load_programme("hotel_n"), orders)
    >>> history[["at", "tier", "reason"]].astype(str).values.tolist()
    [['2025-02-01', 'guest', 'start'], ['2025-04-01', 'silver', 'upgrade'], ['2027-01-15', 'guest', 'downgrade']]
    """
    import pandas as pd

    rule = programme.tiers
    if rule is None:
        problem = Problem("no_tiers", say("The programme “{name}” has no part `tiers`.", name=programme.name))
        raise InputError(say("Tiers can't be told."), [problem])
    require_frame(orders, ["order_id", "member_id", "ordered_at", "amount_minor"], asked_by="tier_history")
    lines = orders.sort_values(["ordered_at", "order_id"], kind="stable", ignore_index=True)
    first = ~lines["order_id"].duplicated().to_numpy()
    gathered = first.astype(np.int64) if rule.measure == "visits" else qualifying(programme, lines, rule.measure)
    whole = {"visits": 1, "spend": 100, "points": 100_000_000}[rule.measure]
    codes, labels = pd.factorize(lines["member_id"])
    order, start = lanes.by_member(codes.astype(np.int64), len(labels))
    at = lines["ordered_at"].to_numpy().astype("datetime64[us]").astype(np.int64)[order]
    walk = _Walk(rule, codes[order].astype(np.int64), at, np.cumsum(gathered[order]), whole, start)
    end = int(at.max()) if until is None else int(pd.Timestamp(until).value // 1000)
    walk.through(end)
    rows = pd.DataFrame(walk.rows(), columns=["member", "at", "level", "reason"])
    rows = rows.sort_values(["at", "member"], kind="stable", ignore_index=True)
    return pd.DataFrame({
        "member_id": labels[rows["member"].to_numpy(dtype=np.int64)],
        "at": rows["at"].to_numpy(dtype=np.int64).astype("datetime64[us]"),
        "tier": np.array(rule.names, dtype=object)[rows["level"].to_numpy(dtype=np.int64)],
        "level": rows["level"].to_numpy(dtype=np.int64), "reason": rows["reason"].to_numpy(),
    })  # fmt: skip


class _Walk:
    """All members through the periods between reviews."""

    def __init__(self, rule: Tiers, member: Integers, at: Integers, sums: Integers, whole: int, start: Integers):
        self.rule, self.member, self.at, self.sums, self.whole, self.start = rule, member, at, sums, whole, start
        self.level = np.zeros(len(start) - 1, dtype=np.int64)
        begins = start[:-1]
        self.changes: list[tuple[Integers, Integers, Integers, str]] = [
            (np.arange(len(begins)), at[begins], self.level.copy(), "start")
        ]
        self.period = "year" if rule.window == "calendar" else "month"
        since = self._window_start(at)
        before = np.maximum(lanes.placed(at, member, since - 1, member, side="right"), start[member])
        self.supported = rule.level((sums - self._before(before)) / whole)

    def _window_start(self, at: Integers) -> Integers:
        if self.rule.window == "calendar":
            return clock.period_start(clock.period_number(at, "year"), "year")
        return at - self.rule.window_days * clock.DAY + 1

    def _before(self, place: Integers) -> Integers:
        return np.where(place > 0, self.sums[np.maximum(place - 1, 0)], 0)

    def through(self, end: int) -> None:
        """Period by period: a review, the days of grace, the rest."""
        first, last = clock.period_number(np.array([int(self.at.min()), end]), self.period).tolist()
        period = clock.period_number(self.at, self.period)
        grace = self.rule.grace_days * clock.DAY
        for number in range(first, last + 1):
            begin = int(clock.period_start(np.array([number]), self.period)[0])
            inside = period == number
            early = inside & (self.at < begin + grace)
            falls = self._review(begin) if number > first else self.level
            before = self.level.copy()
            regained = np.zeros(len(self.level), dtype=bool)
            again = early & (self.supported >= before[self.member])
            regained[self.member[again]] = True
            self._rise(np.flatnonzero(early))
            falling = np.flatnonzero((falls < before) & ~regained & (self.level == before))
            if begin + grace <= end and len(falling):
                self.level[falling] = falls[falling]
                self.changes.append((falling, np.full(len(falling), begin + grace), falls[falling], "downgrade"))
            self._rise(np.flatnonzero(inside & ~early))

    def _review(self, begin: int) -> Integers:
        """Level to which every member falls, if it is lower than the present one."""
        if self.rule.downgrade == "never":
            return self.level
        everybody = np.arange(len(self.level))
        if self.rule.window == "calendar":
            since = int(clock.period_start(clock.period_number(np.array([begin - 1]), "year"), "year")[0])
        else:
            since = begin - self.rule.window_days * clock.DAY
        places = [np.maximum(lanes.placed(self.at, self.member, np.full(len(everybody), moment - 1), everybody,
                                           side="right"), self.start[:-1]) for moment in (since, begin)]  # fmt: skip
        supported = self.rule.level((self._before(places[1]) - self._before(places[0])) / self.whole)
        return np.maximum(supported, self.level - 1) if self.rule.downgrade == "one_down" else supported

    def _rise(self, which: Integers) -> None:
        """Upgrades with these orders."""
        higher = which[self.supported[which] > self.level[self.member[which]]]
        if not len(higher):
            return
        member, level = self.member[higher], self.supported[higher]
        high = len(self.rule.steps)
        running = np.maximum.accumulate(level + member * high) - member * high
        new = np.concatenate([[True], (running[1:] > running[:-1]) | (member[1:] != member[:-1])])
        self.changes.append((member[new], self.at[higher[new]], level[new], "upgrade"))
        np.maximum.at(self.level, member, level)

    def rows(self) -> dict[str, list]:
        """All changes as columns."""
        columns: list[Any] = [np.concatenate([change[place] for change in self.changes]) for place in range(3)]
        reasons = np.concatenate([np.full(len(change[0]), change[3], dtype=object) for change in self.changes])
        return dict(zip(("member", "at", "level", "reason"), [*columns, reasons], strict=True))
