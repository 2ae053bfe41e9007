"""A whole log replayed at once: lots, movements, balances and liability, from millions of events.

The rules are those of `ledger`, and the results are the same. Histories in which only what is plain happens go through
`lanes` (cumulative sums), all others through `waves` (event by event, but all accounts side by side). Tables are made
when they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, MissingExtraError, Problem
from crm_toolkit.firm.loyalty import clock, lanes, waves
from crm_toolkit.firm.loyalty.events import (
    CODE,
    KINDS,
    NOT_GIVEN,
    REFUSALS,
    Log,
    any_of,
    as_times,
    kinds_there,
    read_log,
)
from crm_toolkit.firm.loyalty.pieces import LOT_KINDS, MOVEMENT_CODE, MOVEMENTS, LotPieces, MovementPieces
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme
from crm_toolkit.firm.moments import moments
from crm_toolkit.texts import join_names, say

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.firm.loyalty.compiled import Accounts

Integers = NDArray[np.int64]

ENGINES = ("numba", "numpy")
_WORTH_LOADING = 1_000_000  # events; numba takes about a second to load

STATES = ("pending", "active", "reserved", "redeemed", "expired", "reversed", "transferred")
_BUCKETS = ("redeemed", "expired", "reversed", "transferred")
_FLOWS = ("issued", "redeemed", "expired", "reversed")
_FLOW_OF = {"earn": "issued", "restore": "issued", "redeem": "redeemed", "expire": "expired", "forfeit": "expired",
            "refund": "reversed", "forgive": "reversed"}  # fmt: skip


def replay(
    events: pd.DataFrame, programme: LoyaltyProgramme, *, as_of: Any = None, engine: str | None = None
) -> Replay:
    """Replay a log of events by the rules of a programme.

    Parameters
    ----------
    events : DataFrame
        The log, in any order: ``event_id``, ``member_id``, ``at`` (naive local time), ``kind`` and ``points`` (whole),
        and where kinds need them ``amount_minor`` (minor units), ``order_id``, ``other_id``, ``active_from``,
        ``expires_at``. The same event twice counts once.
    programme : LoyaltyProgramme
        Its rules.
    as_of : datetime, date or str, optional
        Nothing later is looked at, and the clock runs up to it; the last event by default.
    engine : {"numba", "numpy"}, optional
        What plain histories are replayed with: a loop that numba translates to machine code (the extra ``fast``), or
        sums of numpy. By default numba where it is installed and there are a million events or more, for loading it
        takes longer than a smaller log. The answers are the same.

    Returns
    -------
    Replay
        Its tables: ``balances``, ``lots``, ``movements``, ``refused``, ``months()``.

    Raises
    ------
    InputError
        All problems of the log at once, with rows. What the rules refuse is no problem of the log: it stands in
        ``refused``, with the reason. Also for an unknown engine.
    MissingExtraError
        For ``engine="numba"`` without numba.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit.firm.loyalty import Burning, Earning, Life
    >>> rules = LoyaltyProgramme(
    ...     name="n", earning=Earning(per_unit=1), burning=Burning(), life=Life(validity="days", validity_days=30)
    ... )
    >>> log = pd.DataFrame(
    ...     {
    ...         "event_id": [1, 2, 3],
    ...         "member_id": ["ann", "ann", "ann"],
    ...         "at": pd.to_datetime(["2026-03-01", "2026-03-11", "2026-03-21"]),
    ...         "kind": ["earn", "redeem", "earn"],
    ...         "points": [59, 50, 56],
    ...     }
    ... )
    >>> done = replay(log, rules, as_of="2026-04-01")
    >>> done.balances[["member_id", "balance"]].values.tolist()
    [['ann', 56]]
    >>> done.lots[["lot_id", "redeemed", "expired", "remaining", "state"]].values.tolist()
    [[1, 50, 9, 0, 'redeemed'], [3, 0, 0, 56, 'active']]
    >>> done.months()[["opening", "issued", "redeemed", "expired", "closing"]].values.tolist()
    [[0, 115, 50, 9, 56], [56, 0, 0, 0, 56]]
    """
    _require_engine(engine)
    whole = read_log(events, asked_by="replay")
    until = int(whole.at[-1]) if len(whole) and as_of is None else _moment(as_of)
    log = whole.take(slice(0, int(np.searchsorted(whole.at, until, side="right"))))
    static = static_refusals(log, programme)
    odd = _odd_members(log)
    some = any_of(static)
    fast = None
    if _is_fast(engine, len(log)):
        fast = _compiled(log, programme, until, odd, static > 0 if some else None)
    if fast is not None:
        place: Integers | None = _events_of(log, fast.seen & ~(odd | fast.done | fast.failed), static)
    elif some or odd.any():
        place = _events_of(log, ~odd, static)
    else:
        place = None
    lane = lanes.run(log, place, programme, until)
    rest = odd | lane.wrong if fast is None else odd | lane.wrong | fast.failed
    lane.wrong = rest
    others = np.flatnonzero(rest[log.member]) if rest.any() else np.zeros(0, dtype=np.int64)
    wave = waves.run(log.take(others), others, programme, static[others], until)
    in_lanes = np.flatnonzero((static > 0) & ~rest[log.member]) if some else np.zeros(0, dtype=np.int64)
    refused = [(in_lanes, static[in_lanes]), wave[3]]
    codes = tuple(np.concatenate([one[side] for one in refused]) for side in (0, 1))
    return Replay(programme, until, log, lane, fast, wave[0], wave[1], wave[2], codes, rest)


def _require_engine(engine: str | None) -> None:
    if engine not in (None, *ENGINES):
        heading = say("`{name}` can't be {value}.", name="engine", value=repr(engine))
        options = say("Allowed: {names}.", names=join_names(repr(name) for name in ENGINES))
        raise InputError(heading, [Problem("unknown_option", options, column="engine")])
    if engine == "numba" and find_spec("numba") is None:
        raise MissingExtraError(
            say("The compiled replay needs numba: {command}", command='pip install "crm-toolkit[fast]"')
        )  # fmt: skip


def _is_fast(engine: str | None, events: int) -> bool:
    """Whether the compiled way is asked for, or worth it and there."""
    return engine == "numba" or (engine is None and events >= _WORTH_LOADING and find_spec("numba") is not None)


def _compiled(
    log: Log, programme: LoyaltyProgramme, until: int, odd: NDArray[np.bool_], refused: NDArray[np.bool_] | None
) -> Accounts | None:
    """Plain histories without refunds, replayed event by event, if the lives of the lots are known there."""
    from crm_toolkit.firm.loyalty import compiled

    if not compiled.takes(log, programme.life):
        return None
    apart = odd
    refunds = np.flatnonzero(log.kind == CODE["refund"])
    if len(refunds):
        apart = odd.copy()
        apart[log.member[refunds]] = True
    return compiled.run(log, apart, refused, programme.life, until, _borders(log, until))


def _events_of(log: Log, members: NDArray[np.bool_], static: Integers) -> Integers:
    """Positions of the events of these members that the rules do not refuse whatever the account holds."""
    if not members.any():
        return np.zeros(0, dtype=np.int64)
    which = members[log.member]
    return np.flatnonzero(which & (static == 0) if any_of(static) else which)


def _borders(log: Log, until: int) -> Integers:
    """Beginnings of the months from that of the first event to the one after the last moment."""
    first = int(log.at[0]) if len(log) else until
    begin, end = clock.period_number(np.array([first, until]), "month").tolist()
    return clock.period_start(np.arange(begin, end + 2), "month")


def static_refusals(log: Log, programme: LoyaltyProgramme) -> Integers:
    """Refusals that don't depend on the account: the rules of burning and of transfers."""
    burning, kept = programme.burning, programme.account.transfers or not (log.kind == CODE["transfer"]).any()
    if kept and burning is not None and burning.minimum <= 1 and burning.step <= 1 and not any_of(log.amount):
        return np.broadcast_to(np.int64(0), (len(log),))
    found = np.zeros(len(log), dtype=np.int64)
    uses = np.flatnonzero((log.kind == CODE["redeem"]) | (log.kind == CODE["reserve"]))
    if burning is None:
        found[uses] = waves.REASON["no_burning"]
    elif len(uses) and (burning.minimum > 1 or burning.step > 1 or log.amount[uses].any()):
        points, amount = log.points[uses], log.amount[uses]
        share = round(burning.max_share * 1_000_000)
        whole, part = np.divmod(amount, 1_000_000)  # share · amount / 1,000,000, without overflow
        too_much = (amount > 0) & (programme.points_minor(points) > share * whole + share * part // 1_000_000)
        reasons = [("below_minimum", points < burning.minimum), ("not_whole_rewards", points % burning.step != 0),
                   ("above_share", too_much)]  # fmt: skip
        found[uses] = np.select([wrong for _, wrong in reasons], [waves.REASON[name] for name, _ in reasons], 0)
    if not programme.account.transfers:
        found[log.kind == CODE["transfer"]] = waves.REASON["no_transfers"]
    return found


def _odd_members(log: Log) -> NDArray[np.bool_]:
    """Members whose history holds more than what is plain, or shares an order with somebody else."""
    odd = np.zeros(len(log.member_labels), dtype=bool)
    there = kinds_there(log.kind)
    more = [code for name, code in CODE.items() if there[code] and name not in lanes.PLAIN]
    if more:
        which = np.flatnonzero(np.isin(log.kind, more))
        odd[log.member[which]] = True
        odd[log.other[which[log.other[which] != NOT_GIVEN]]] = True
    if len(log.order_labels):
        concerned = (log.order != NOT_GIVEN) & (log.kind != CODE["adjust"])
        order, member = (log.order, log.member) if concerned.all() else (log.order[concerned], log.member[concerned])
        owner = np.zeros(len(log.order_labels), dtype=np.int64)
        owner[order] = member
        foreign = owner[order] != member
        if foreign.any():
            shared = np.zeros(len(log.order_labels), dtype=bool)
            shared[order[foreign]] = True
            odd[member[shared[order]]] = True
    return odd


@dataclass
class Replay:
    """A replayed log; tables are made on demand. See `replay`.

    Attributes
    ----------
    balances : DataFrame
        One row for an account: ``member_id`` (missing after erasure), ``balance`` (points for use; below zero where a
        refund took used points back), ``pending``, ``reserved``, ``owed``, ``debt``, ``forgiven``.
    lots : DataFrame
        ``lot_id, member_id, kind, order_id, issued_at, active_from, expires_at, issued, remaining, reserved, redeemed,
        expired, reversed, transferred, state``; issued is the sum of the six after it. An empty lot is called after
        what became of most of its points.
    movements : DataFrame
        ``event_id, lot_id, member_id, at, kind, points, available, unmoved``: the sum of ``points`` up to a moment is
        what was outstanding then, that of ``available`` the balance.
    refused : DataFrame
        ``event_id, member_id, at, kind, points, reason``.
    """

    programme: LoyaltyProgramme
    as_of: int
    log: Log = field(repr=False)
    _lane: lanes.Lanes = field(repr=False)
    _fast: Accounts | None = field(repr=False)
    _wave_lots: LotPieces = field(repr=False)
    _wave_movements: MovementPieces = field(repr=False)
    _wave_accounts: dict[str, Integers] = field(repr=False)
    _refused: tuple[Integers, ...] = field(repr=False)
    _in_waves: NDArray[np.bool_] = field(repr=False)

    @cached_property
    def balances(self) -> pd.DataFrame:
        """One row for every account."""
        import pandas as pd

        log, lane, wave, fast = self.log, self._lane, self._wave_accounts, self._fast
        there = fast.seen if fast else np.bincount(log.member, minlength=len(log.member_labels)) > 0
        names = ("balance", "pending", "reserved", "owed", "debt", "forgiven")
        sums = {name: np.zeros(len(there), dtype=np.int64) for name in names}
        begin = np.searchsorted(lane.lot, lane.start)
        total = np.concatenate([[0], np.cumsum(lane.left)])[begin]
        waits = lane.active > self.as_of
        asleep = np.zeros(len(begin), dtype=np.int64)
        if waits.any():
            asleep = np.concatenate([[0], np.cumsum(np.where(waits, lane.left, 0))])[begin]
        sums["pending"] = np.diff(asleep)
        sums["balance"] = np.diff(total) - sums["pending"]
        if fast:
            sums["balance"] = np.where(fast.done, fast.balance, sums["balance"])
            sums["pending"] = np.where(fast.done, fast.pending, sums["pending"])
        there[wave["of"]] = wave["of"] == wave["holder"]
        for name in names:
            sums[name][wave["of"]] = wave[name]
        which = np.flatnonzero(there)
        return pd.DataFrame({"member_id": self._members(which), **{name: sums[name][which] for name in names}})

    @cached_property
    def expired(self) -> pd.Series:
        """Points of every account that expired or were forfeited, by ``member_id``."""
        import pandas as pd

        lane, wave = self._lane, self._wave_lots
        begin = np.searchsorted(lane.lot, lane.start)
        sums = np.diff(np.concatenate([[0], np.cumsum(lane.expired)])[begin])
        sums[self._in_waves] = 0
        if self._fast:
            sums = np.where(self._fast.done, self._fast.expired, sums)
        np.add.at(sums, wave.member, wave.expired)
        which = np.flatnonzero(sums)
        return pd.Series(sums[which], index=pd.Index(self._members(which), name="member_id"), name="expired")

    @cached_property
    def lots(self) -> pd.DataFrame:
        """One row for every lot."""
        import pandas as pd

        lot = LotPieces.joined([lanes.lots_of(self._all_lanes), self._wave_lots])
        buckets = np.stack([getattr(lot, name) for name in _BUCKETS])
        most = np.argmax(buckets, axis=0) + 3 if len(lot.event) else np.zeros(0, dtype=np.int64)
        state = np.select(
            [lot.remaining > 0, lot.reserved > 0], [np.where(lot.active_from > self.as_of, 0, 1), 2], most
        )
        return pd.DataFrame({
            "lot_id": self.log.event_ids[lot.event], "member_id": self._members(lot.member),
            "kind": _words(LOT_KINDS, lot.kind), "order_id": self._orders(lot.order, lot.member),
            "issued_at": as_times(lot.issued_at), "active_from": as_times(lot.active_from),
            "expires_at": as_times(lot.expires_at),
            **{name: getattr(lot, name) for name in ("issued", "remaining", "reserved", *_BUCKETS)},
            "state": _words(STATES, state),
        })  # fmt: skip

    @cached_property
    def movements(self) -> pd.DataFrame:
        """One row for every change of a lot or of what is owed, in the order of time."""
        import pandas as pd

        pieces = MovementPieces([*lanes.movements_of(self._all_lanes, self.as_of).rows, *self._wave_movements.rows])
        event, lot, member, at, kind, points, available, unmoved = pieces.columns()
        return pd.DataFrame({
            "event_id": _picked(self.log.event_ids, event), "lot_id": _picked(self.log.event_ids, lot),
            "member_id": self._members(member), "at": as_times(at), "kind": _words(MOVEMENTS, kind),
            "points": points, "available": available, "unmoved": unmoved,
        })  # fmt: skip

    @cached_property
    def refused(self) -> pd.DataFrame:
        """Events that the rules refuse, with the reason's code."""
        import pandas as pd

        place, code = self._refused
        order = np.argsort(place, kind="stable")
        place, code = place[order], code[order]
        return pd.DataFrame({
            "event_id": self.log.event_ids[place], "member_id": self._members(self.log.member[place]),
            "at": as_times(self.log.at[place]), "kind": _words(tuple(KINDS), self.log.kind[place]),
            "points": self.log.points[place], "reason": _words(tuple(REFUSALS), code - 1),
        })  # fmt: skip

    def balances_at(self, moment: Any) -> pd.DataFrame:
        """What every account had at a moment of the past, the moment included: ``member_id, outstanding, balance``.

        >>> import pandas as pd
        >>> from crm_toolkit.firm.loyalty import Burning, Earning
        >>> rules = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning())
        >>> log = pd.DataFrame(
        ...     {
        ...         "event_id": [1, 2],
        ...         "member_id": [7, 7],
        ...         "kind": ["earn", "redeem"],
        ...         "at": pd.to_datetime(["2026-03-01", "2026-03-11"]),
        ...         "points": [59, 50],
        ...     }
        ... )
        >>> replay(log, rules).balances_at("2026-03-10").values.tolist()
        [[7, 59, 59]]
        """
        until = _moment(moment)
        if until > self.as_of:
            what = say("The log was replayed up to {at} only.", at=as_times(np.array([self.as_of]))[0])
            advice = say("Replay it with a later `as_of`.")
            raise InputError(say("These balances can't be told."), [Problem("too_late", what, advice=advice)])
        rows = self.movements[self.movements["at"] <= as_times(np.array([until]))[0]]
        found = rows.groupby("member_id", sort=True, observed=True)[["points", "available"]].sum().reset_index()
        return found.rename(columns={"points": "outstanding", "available": "balance"})

    def months(self) -> pd.DataFrame:
        """Outstanding points rolled forward by month: opening + issued − redeemed − expired − reversed = closing.

        Returns
        -------
        DataFrame
            ``month`` (its first day), ``opening``, ``issued``, ``redeemed``, ``expired``, ``reversed``, ``closing``, in
            points; and ``closing_minor``, their value at the programme's price of a point, in minor units. Transfers
            and merges move nothing in sum. What is owed counts below zero.

        Raises
        ------
        ArithmeticError
            If the closing of the last month is not the sum of the lots; the books would be wrong.
        """
        import pandas as pd

        borders = _borders(self.log, self.as_of)
        flows = self._plain_flows(borders)
        for name, column in self._wave_flows(borders).items():
            flows[name] = flows[name] + column
        change = flows["issued"] - flows["redeemed"] - flows["expired"] - flows["reversed"]
        closing = np.cumsum(change)
        lane, wave = self._lane, self._wave_lots
        keep = ~self._in_waves[lane.member[lane.lot]] if self._in_waves.any() else slice(None)
        accounts = self._wave_accounts
        standing = int(lane.left[keep].sum() + wave.remaining.sum() + wave.reserved.sum() - accounts["owed"].sum())
        if self._fast:
            standing += int((self._fast.balance + self._fast.pending)[self._fast.done].sum())
        if int(closing[-1]) != standing:
            raise ArithmeticError(f"the months close at {closing[-1]} points, the lots hold {standing}")
        return pd.DataFrame({
            "month": borders[:-1].astype("datetime64[us]"), "opening": closing - change, **flows, "closing": closing,
            "closing_minor": self.programme.points_minor(closing),
        })  # fmt: skip

    def _plain_flows(self, borders: Integers) -> dict[str, Integers]:
        lane = self._lane
        some = self._in_waves.any()
        if self._fast:  # the lanes hold the few others
            whole = self.log.take(np.sort(lane.place))
            counts = ~self._in_waves[whole.member]
        else:
            whole = self.log
            counts = ~self._in_waves[whole.member] if some else np.ones(len(whole), dtype=bool)
            if len(self._refused[0]):
                counts[self._refused[0]] = False
        points = whole.points
        edges = np.searchsorted(whole.at, borders)
        adjusts = whole.kind == CODE["adjust"]
        by_hand = bool(adjusts.any())

        def summed(which: NDArray[np.bool_]) -> Integers:
            return np.diff(np.concatenate([[0], np.cumsum(np.where(which, points, 0))])[edges])

        issued = summed((whole.kind == CODE["earn"]) & counts)
        reversed_ = np.zeros(len(issued), dtype=np.int64)
        if by_hand:
            issued = issued + summed(adjusts & (points > 0) & counts)
            reversed_ = reversed_ - summed(adjusts & (points < 0) & counts)
        refunds, _, back = lane.refunds
        fine = ~lane.wrong[lane.member[refunds]]
        reversed_ = reversed_ + _by_month(lane.at[refunds[fine]], back[fine], borders)
        dies = np.flatnonzero(lane.expired > 0)
        dies = dies[~lane.wrong[lane.member[lane.lot[dies]]]] if some else dies
        flows = {"issued": issued, "redeemed": summed((whole.kind == CODE["redeem"]) & counts),
                 "expired": _by_month(lane.expires[dies], lane.expired[dies], borders),
                 "reversed": reversed_}  # fmt: skip
        return {name: flows[name] + self._fast.flows[name] for name in flows} if self._fast else flows

    def _wave_flows(self, borders: Integers) -> dict[str, Integers]:
        _, _, _, at, kind, points, _, _ = self._wave_movements.columns()
        found = dict.fromkeys(_FLOWS, np.zeros(len(borders) - 1, dtype=np.int64))
        groups = {code: _FLOW_OF[name] for name, code in MOVEMENT_CODE.items() if name in _FLOW_OF}
        for code, name in groups.items():
            which = kind == code
            sign = 1 if name == "issued" else -1
            found[name] = found[name] + sign * _by_month(at[which], points[which], borders)
        which = kind == MOVEMENT_CODE["adjust"]
        up, down = which & (points > 0), which & (points < 0)
        found["issued"] = found["issued"] + _by_month(at[up], points[up], borders)
        found["reversed"] = found["reversed"] - _by_month(at[down], points[down], borders)
        return found

    @cached_property
    def _all_lanes(self) -> lanes.Lanes:
        """Every lot of plain histories; after a compiled replay it is made when lots or movements are asked for."""
        if self._fast is None:
            return self._lane
        static = static_refusals(self.log, self.programme)
        lane = lanes.run(self.log, _events_of(self.log, ~self._in_waves, static), self.programme, self.as_of)
        lane.wrong = self._in_waves
        return lane

    def _members(self, member: Integers) -> Any:
        import pandas as pd

        labels = self.log.member_labels
        if not self._erased.any():
            return labels[member]
        names = pd.Series(labels).convert_dtypes() if len(labels) else pd.Series(labels)
        return names.mask(self._erased).iloc[member].array

    @cached_property
    def _erased(self) -> NDArray[np.bool_]:
        wave = self._wave_accounts
        gone = np.zeros(len(self.log.member_labels), dtype=bool)
        gone[wave["of"]] = wave["erased"] > 0
        return gone

    def _orders(self, order: Integers, member: Integers) -> Any:
        return _picked(self.log.order_labels, np.where(self._erased[member], NOT_GIVEN, order))


def _by_month(at: Integers, points: Integers, borders: Integers) -> Integers:
    """Sums of points by month, exact."""
    month = np.searchsorted(borders, at, side="right") - 1
    found = np.zeros(len(borders) - 1, dtype=np.int64)
    if len(points) and float(np.abs(points).sum(dtype=np.float64)) < 2.0**52:
        return np.bincount(month, weights=points, minlength=len(found)).astype(np.int64)
    np.add.at(found, month, points)
    return found


def _picked(labels: Any, place: Integers) -> Any:
    """Labels by their place; missing where it is -1."""
    import pandas as pd

    if not len(place) or (place >= 0).all():
        return labels[place] if len(labels) else pd.array([pd.NA] * len(place), dtype="Int64")
    if not len(labels):
        return pd.array([pd.NA] * len(place), dtype="Int64")
    found = pd.Series(labels).convert_dtypes().iloc[np.maximum(place, 0)].array.copy()
    found[place < 0] = pd.NA
    return found


def _words(names: tuple[str, ...], codes: Any) -> Any:
    import pandas as pd

    return pd.Categorical.from_codes(np.asarray(codes, dtype=np.int8), categories=pd.Index(list(names)))


def _moment(value: Any) -> int:
    problems: list[Problem] = []
    if hasattr(value, "year") and not hasattr(value, "hour"):
        value = str(value)
    found, _ = moments(value, "as_of", problems)
    if problems:
        raise InputError(say("`{function}` can't be done.", function="replay"), problems)
    return int(found[0])
