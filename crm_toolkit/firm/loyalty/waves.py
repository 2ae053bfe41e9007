"""Replaying any history: the first events of all accounts at once, then the second ones, and so on.

Accounts that never touch each other can be replayed side by side. Accounts joined by transfers, merges or a common
order make one *unit*; a wave is the k-th event of every unit. Units lie in the rows of arrays, their lots, accounts and
orders in the columns, and each step of the rules of `ledger` is one operation over all rows. So the number of steps is
that of the longest history, not that of all events, and no rule is left out: debts, holds, refunds of what was used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.firm.loyalty import clock
from crm_toolkit.firm.loyalty.clock import NEVER
from crm_toolkit.firm.loyalty.events import CODE, KINDS, NOT_GIVEN, REFUSALS, Log
from crm_toolkit.firm.loyalty.pieces import LOT_KINDS, LotPieces, MovementPieces, pro_rata
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme
from crm_toolkit.firm.moments import MISSING

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

REASON = {reason: code for code, reason in enumerate(REFUSALS, start=1)}  # 0: not refused
_NONE, _MEMBER, _LEFT, _ERASED = range(4)
_CELLS = 2_000_000  # of a block: units times lots


def units_of(log: Log) -> Integers:
    """Number of the unit of every account: those joined by transfers, merges and common orders have the same."""
    from scipy import sparse

    members = len(log.member_labels)
    linked = np.flatnonzero(log.other != NOT_GIVEN)
    pairs = [(log.member[linked], log.other[linked])]
    with_order = np.flatnonzero((log.order != NOT_GIVEN) & (log.kind != CODE["adjust"]))
    orders, owners = log.order[with_order], log.member[with_order]
    order = np.argsort(orders, kind="stable")
    orders, owners = orders[order], owners[order]
    common = (orders[1:] == orders[:-1]) & (owners[1:] != owners[:-1])
    pairs.append((owners[1:][common], owners[:-1][common]))
    one, other = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    links = sparse.coo_matrix((np.ones(len(one), dtype=np.int8), (one, other)), shape=(members, members))
    return sparse.csgraph.connected_components(links, directed=False)[1].astype(np.int64)


def run(
    log: Log, place: Integers, programme: LoyaltyProgramme, static: Integers, as_of: int
) -> tuple[LotPieces, MovementPieces, dict[str, Integers], tuple[Integers, Integers]]:
    """Replay histories of any kind.

    Parameters
    ----------
    log : Log
        In the order of time.
    place : array
        Positions of its events in the whole log.
    programme : LoyaltyProgramme
        Its rules.
    static : array
        Refusals that don't depend on the account, as codes of `REASON`.
    as_of : int
        Microseconds; the clock runs up to it.

    Returns
    -------
    lots, movements
    accounts : dict of arrays
        ``member``, ``balance``, ``pending``, ``reserved``, ``owed``, ``debt``, ``forgiven``, ``erased``; and
        ``holder``, the account that every member of the log ended in, with ``of`` whom.
    refused : pair of arrays
        Positions in the whole log, codes.
    """
    movements, lots, accounts, refused = MovementPieces(), [], [], []
    for events, row, length in _blocks(log):
        work = _Block(events, row, length, place, static, log, programme, movements)
        for wave in range(int(work.length[0]) if len(work.length) else 0):
            work.step(wave)
        work.sweep(len(work.length), np.full(len(work.length), as_of), np.full(len(work.length), -1))
        lots.append(work.lot_pieces())
        accounts.append(work.account_rows())
        refused += work.refused
    if not lots:
        return _no_lots(), movements, _no_accounts(), (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    found = {name: np.concatenate([one[name] for one in accounts]) for name in accounts[0]}
    codes = tuple(np.concatenate([one[side] for one in refused]) if refused else np.zeros(0, dtype=np.int64)
                  for side in (0, 1))  # fmt: skip
    return LotPieces.joined(lots), movements, found, codes  # type: ignore[return-value]


def _blocks(log: Log) -> Iterator[tuple[Integers, Integers, Integers]]:
    """Units of similar length together, so many that the arrays stay small."""
    unit = units_of(log)[log.member]
    count = np.bincount(unit)
    longest_first = np.argsort(-count, kind="stable")
    longest_first = longest_first[count[longest_first] > 0]
    rank_of_unit = np.zeros(len(count), dtype=np.int64)
    rank_of_unit[longest_first] = np.arange(len(longest_first))
    rank = rank_of_unit[unit]
    order = np.argsort(rank, kind="stable")
    starts = np.concatenate([[0], np.cumsum(count[longest_first])])
    first = 0
    while first < len(longest_first):
        size = max(1, _CELLS // int(count[longest_first[first]]))
        last = min(first + size, len(longest_first))
        events = order[starts[first] : starts[last]]
        yield events, rank[events] - first, np.diff(starts[first : last + 1])
        first = last


def _local(group: Integers, value: Integers, groups: int) -> tuple[Integers, Integers, Integers, int]:
    """Number values from 0 within groups: their numbers; group and value of every one; the largest count."""
    span = int(value.max()) + 1 if len(value) else 1
    packed, number = np.unique(group * span + value, return_inverse=True)
    owner, values = packed // span, packed % span
    begin = np.searchsorted(owner, np.arange(groups))
    inside = np.arange(len(packed)) - begin[owner]
    return inside[number], owner, values, int(inside.max()) + 1 if len(inside) else 1


class _Block:
    """Some units, side by side."""

    def __init__(
        self, events: Integers, row: Integers, length: Integers, place: Integers, static: Integers, log: Log,
        programme: LoyaltyProgramme, movements: MovementPieces,
    ):  # fmt: skip
        self.programme, self.movements, self.length = programme, movements, length
        self.log, self.place, self.static = log.take(events), place[events], static[events]
        self.begin = np.cumsum(length) - length
        self.refused: list[tuple[Integers, Integers]] = []
        log, units = self.log, len(length)
        has_other = log.other != NOT_GIVEN
        both, rows = np.concatenate([log.member, log.other[has_other]]), np.concatenate([row, row[has_other]])
        local, self.account_row, self.account_member, width = _local(rows, both, units)
        self.member, self.other = local[: len(events)], np.full(len(events), NOT_GIVEN)
        self.other[has_other] = local[len(events) :]
        self.account_column = _column(self.account_row)
        self.members = np.full((units, width), NOT_GIVEN)
        self.members[self.account_row, self.account_column] = self.account_member
        has_order = log.order != NOT_GIVEN
        self.order = np.full(len(events), NOT_GIVEN)
        self.order[has_order], _, _, orders = _local(row[has_order], log.order[has_order], units)
        self.status, self.owed, self.debt, self.forgiven = (np.zeros((units, width), dtype=np.int64) for _ in range(4))
        self.alias = np.tile(np.arange(width), (units, 1))
        self.orders = {name: np.zeros((units, orders), dtype=np.int64) for name in
                       ("earned", "amount", "refunded", "reversed", "drawn", "charged", "redeemed", "restored",
                        "held")}  # fmt: skip
        self.order_member = np.full((units, orders), NOT_GIVEN)
        makes = np.isin(log.kind, [CODE["earn"], CODE["adjust"], CODE["transfer"], CODE["refund"]])
        width = max(int(np.bincount(row[makes], minlength=units).max()), 1) if units else 1
        self.made = np.zeros(units, dtype=np.int64)
        self.lots = {name: np.zeros((units, width), dtype=np.int64) for name in
                     ("remaining", "reserved", "issued", "redeemed", "expired", "reversed", "transferred", "issued_at",
                      "active", "kind")}  # fmt: skip
        self.lots["expires"] = np.full((units, width), NEVER)
        self.lots["event"], self.lots["order"], self.lots["owner"] = (np.full((units, width), NOT_GIVEN) for _ in "abc")
        self.activated = np.zeros((units, width), dtype=bool)

    # ------------------------------------------------------------------ one wave

    def step(self, wave: int) -> None:
        """The events number ``wave`` of all units that have so many."""
        rows = int(np.searchsorted(-self.length, -wave, side="left"))
        row, event = np.arange(rows), self.begin[:rows] + wave
        log = self.log
        at, kind, points = log.at[event], log.kind[event], log.points[event]
        mine = self.alias[row, self.member[event]]
        theirs = np.where(self.other[event] == NOT_GIVEN, NOT_GIVEN, self.alias[row, self.other[event]])
        order = self.order[event]
        self.sweep(rows, at, event)
        reason = self._refusals(row, event, kind, points, mine, theirs, order)
        bad = np.flatnonzero(reason)
        if len(bad):
            self.refused.append((self.place[event[bad]], reason[bad]))
        for code, name in enumerate(KINDS):
            which = np.flatnonzero((kind == code) & (reason == 0))
            if len(which):
                getattr(self, f"_{name}")(row[which], event[which], at[which], points[which], mine[which],
                                          theirs[which], order[which])  # fmt: skip

    def sweep(self, rows: int, now: Integers, _event: Integers) -> None:
        """What the clock did up to now in the first rows."""
        width = int(self.made[:rows].max()) if rows else 0
        if not width:
            return
        remaining, active = self.lots["remaining"][:rows, :width], self.lots["active"][:rows, :width]
        expires, activated = self.lots["expires"][:rows, :width], self.activated[:rows, :width]
        there = np.arange(width) < self.made[:rows, None]
        wakes = there & ~activated & (active <= now[:, None])
        if wakes.any():
            activated |= wakes
            row, lot = np.nonzero(wakes & (remaining > 0))
            self._move("activate", None, row, lot, active[row, lot], 0 * row, remaining[row, lot])
        dies = (remaining > 0) & (expires <= now[:, None])
        if dies.any():
            row, lot = np.nonzero(dies)
            gone = remaining[row, lot]
            self._move("expire", None, row, lot, expires[row, lot], -gone, -gone)
            self.lots["expired"][row, lot] += gone
            remaining[row, lot] = 0

    def _refusals(
        self, row: Integers, event: Integers, kind: Integers, points: Integers, mine: Integers, theirs: Integers,
        order: Integers,
    ) -> Integers:  # fmt: skip
        """Codes of refusals, in the order in which the ledger looks."""
        is_kind = {name: kind == CODE[name] for name in KINDS}
        status = self.status[row, mine]
        other_status = np.where(theirs == NOT_GIVEN, _NONE, self.status[row, theirs])
        of_order = {name: np.where(order == NOT_GIVEN, 0, table[row, order]) for name, table in self.orders.items()}
        owner = np.where(order == NOT_GIVEN, NOT_GIVEN, self.order_member[row, order])
        known = (owner != NOT_GIVEN) & ~is_kind["adjust"]
        foreign = known & (self.alias[row, np.maximum(owner, 0)] != mine)
        down = is_kind["adjust"] & (points < 0)
        uses = is_kind["redeem"] | is_kind["reserve"] | is_kind["transfer"] | down
        receives = is_kind["earn"] | (is_kind["adjust"] & (points > 0))
        need = np.abs(points) - np.where(is_kind["redeem"], np.minimum(of_order["held"], points), 0)
        balance = np.zeros(len(row), dtype=np.int64)
        some = np.flatnonzero(uses)
        if len(some):
            balance[some] = self._balance(row[some], mine[some])
        waits = np.zeros(len(row), dtype=bool)
        some = np.flatnonzero(is_kind["activate"] & known)
        if len(some):
            waits[some] = self._waiting(row[some], order[some]).any(axis=1)
        amount, refunded = of_order["amount"], of_order["refunded"]
        asked = refunded + self.log.amount[event]
        reserve_missing = (of_order["held"] == 0) | (points > of_order["held"])
        conditions = [
            ("erased", (status == _ERASED) | (other_status == _ERASED)),
            ("order_of_another", foreign),
            ("already_member", (is_kind["enrol"] | is_kind["re_enrol"]) & (status == _MEMBER)),
            ("not_a_member", is_kind["leave"] & (status != _MEMBER)),
            ("same_account", (is_kind["transfer"] | is_kind["merge"]) & (mine == theirs)),
        ]
        reason = np.select([wrong for _, wrong in conditions], [REASON[name] for name, _ in conditions], 0)
        static = self.static[event]
        reason = np.where((reason == 0) & (static > 0), static, reason)
        later = [
            ("not_a_member", receives & (status == _LEFT)),
            ("not_a_member", uses & ((status != _MEMBER) | ((theirs != NOT_GIVEN) & (other_status == _LEFT)))),
            ("balance_too_small", uses & (need > 0) & (need > balance)),
            ("no_reservation", is_kind["release"] & reserve_missing),
            ("nothing_pending", is_kind["activate"] & ~waits),
            ("unknown_order", is_kind["refund"] & (amount == 0)),
            ("refund_exceeds_order", is_kind["refund"] & (asked > amount)),
        ]
        more = np.select([wrong for _, wrong in later], [REASON[name] for name, _ in later], 0)
        return np.where(reason == 0, more, reason)

    def _balance(self, row: Integers, account: Integers) -> Integers:
        usable = self.activated[row] & (self.lots["owner"][row] == account[:, None])
        return np.where(usable, self.lots["remaining"][row], 0).sum(axis=1) - self.owed[row, account]

    def _waiting(self, row: Integers, order: Integers) -> Booleans:
        ours = self._of_order(row, order)
        return ours & ~self.activated[row] & (self.lots["active"][row] == NEVER) & (self.lots["remaining"][row] > 0)

    def _of_order(self, row: Integers, order: Integers) -> Booleans:
        earned = self.lots["kind"][row] == LOT_KINDS.index("earn")
        return (self.lots["order"][row] == order[:, None]) & earned & (self.lots["event"][row] != NOT_GIVEN)

    # ------------------------------------------------------------------ what happens, by kind

    def _enrol(self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, *_: Any) -> None:
        self.status[row, mine] = _MEMBER

    _re_enrol = _enrol

    def _tier(self, *_: Any) -> None:
        """A note; it moves no points."""

    def _leave(self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, *_: Any) -> None:
        self.status[row, mine] = _LEFT
        if self.programme.account.on_leave == "forfeit":
            self._forfeit(row, event, at, mine)

    def _erase(self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, *_: Any) -> None:
        self.status[row, mine] = _ERASED
        self._forfeit(row, event, at, mine)
        owed = self.owed[row, mine]
        self._told("forgive", row, event, at, mine, owed, owed)
        self.forgiven[row, mine] += owed
        self.owed[row, mine] = 0

    def _forfeit(self, row: Integers, event: Integers, at: Integers, mine: Integers) -> None:
        remaining, reserved = self.lots["remaining"][row], self.lots["reserved"][row]
        place, lot = np.nonzero((self.lots["owner"][row] == mine[:, None]) & (remaining + reserved > 0))
        gone, usable = (remaining + reserved)[place, lot], self.activated[row[place], lot]
        self._move("forfeit", event[place], row[place], lot, at[place], -gone,
                   np.where(usable, -remaining[place, lot], 0))  # fmt: skip
        self.lots["expired"][row[place], lot] += gone
        self.lots["remaining"][row[place], lot] = 0
        self.lots["reserved"][row[place], lot] = 0
        owner = self.order_member[row]
        belongs = (owner != NOT_GIVEN) & (np.take_along_axis(self.alias[row], np.maximum(owner, 0), 1) == mine[:, None])
        self.orders["held"][row] = np.where(belongs, 0, self.orders["held"][row])

    def _earn(
        self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, theirs: Integers,
        order: Integers,
    ) -> None:  # fmt: skip
        self.status[row, mine] = _MEMBER
        self._claim(row, order, mine)
        self._issue("earn", row, event, at, points, mine, order)
        has = order != NOT_GIVEN
        self.orders["earned"][row[has], order[has]] += points[has]
        self.orders["amount"][row[has], order[has]] += self.log.amount[event[has]]

    def _adjust(self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, *_: Any) -> None:
        up = points > 0
        self.status[row[up], mine[up]] = _MEMBER
        self._issue("adjust", row[up], event[up], at[up], points[up], mine[up], np.full(int(up.sum()), NOT_GIVEN))
        down = ~up
        self._use("adjust", "reversed", row[down], event[down], at[down], -points[down], mine[down])

    def _activate(
        self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, theirs: Integers,
        order: Integers,
    ) -> None:  # fmt: skip
        place, lot = np.nonzero(self._waiting(row, order))
        rows, when = row[place], at[place]
        ends = clock.expires_at(self.programme.life, when)
        if self.log.expires is not None:
            own = self.log.expires[event[place]]
            ends = np.where(own == MISSING, ends, own)
        self.lots["active"][rows, lot], self.lots["expires"][rows, lot] = when, ends
        self.activated[rows, lot] = True
        self._move("activate", event[place], rows, lot, when, 0 * when, self.lots["remaining"][rows, lot])

    def _redeem(
        self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, theirs: Integers,
        order: Integers,
    ) -> None:  # fmt: skip
        self._claim(row, order, mine)
        has = order != NOT_GIVEN
        held = np.where(has, np.minimum(self.orders["held"][row, order], points), 0)
        some = np.flatnonzero(held)
        if len(some):
            place, lot, taken = self._draw("reserved", row[some], held[some], self._own(row[some], mine[some]))
            self._move("redeem", event[some][place], row[some][place], lot, at[some][place], -taken, 0 * taken)
            self.lots["redeemed"][row[some][place], lot] += taken
            self.orders["held"][row[some], order[some]] -= held[some]
        self._use("redeem", "redeemed", row, event, at, points - held, mine)
        self.orders["redeemed"][row[has], order[has]] += points[has]

    def _reserve(
        self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, theirs: Integers,
        order: Integers,
    ) -> None:  # fmt: skip
        self._claim(row, order, mine)
        self.orders["held"][row, order] += points
        place, lot, taken = self._draw("remaining", row, points, self._own(row, mine) & self.activated[row])
        self.lots["reserved"][row[place], lot] += taken
        self._move("reserve", event[place], row[place], lot, at[place], 0 * taken, -taken)

    def _release(
        self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, theirs: Integers,
        order: Integers,
    ) -> None:  # fmt: skip
        points = np.where(points == 0, self.orders["held"][row, order], points)
        self.orders["held"][row, order] -= points
        place, lot, taken = self._draw("reserved", row, points, self._own(row, mine), last_first=True)
        rows = row[place]
        self._move("release", event[place], rows, lot, at[place], 0 * taken, taken)
        over = self.lots["expires"][rows, lot] <= at[place]
        self.lots["remaining"][rows, lot] += np.where(over, 0, taken)
        self.lots["expired"][rows, lot] += np.where(over, taken, 0)
        self._move("expire", event[place][over], rows[over], lot[over], at[place][over], -taken[over], -taken[over])

    def _refund(
        self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, theirs: Integers,
        order: Integers,
    ) -> None:  # fmt: skip
        of, returns = self.orders, self.programme.returns
        of["refunded"][row, order] += self.log.amount[event]
        earned, whole, part = of["earned"][row, order], of["amount"][row, order], of["refunded"][row, order]
        need = np.maximum(pro_rata(earned, part, whole) - of["reversed"][row, order], 0)
        of["reversed"][row, order] += need
        ours = self._of_order(row, order)
        place, lot, taken = self._draw("remaining", row, need, ours)
        self.lots["reversed"][row[place], lot] += taken
        usable = self.activated[row[place], lot]
        self._move("refund", event[place], row[place], lot, at[place], -taken, np.where(usable, -taken, 0))
        drawn = np.bincount(place, weights=taken, minlength=len(row)).astype(np.int64)
        of["drawn"][row, order] += drawn
        need = need - drawn
        lots = self.lots
        used = np.where(ours, lots["issued"][row] - lots["remaining"][row] - lots["expired"][row], 0).sum(axis=1)
        used = used - of["drawn"][row, order] - of["charged"][row, order]
        short = np.minimum(need, np.maximum(used, 0))
        of["charged"][row, order] += short
        nothing = np.zeros(len(row), dtype=np.int64)
        self._told("void", row, event, at, mine, nothing, nothing, need - short)
        if returns.spent == "negative":
            some = np.flatnonzero(short)
            left = short.copy()
            if len(some):
                left[some] -= self._use("refund", "reversed", row[some], event[some], at[some], short[some], mine[some])
            self.owed[row, mine] += left
            self._told("refund", row, event, at, mine, -left, -left)
        elif returns.spent == "debt":
            self.debt[row, mine] += short
            self._told("debt", row, event, at, mine, nothing, nothing, short)
        else:
            self.forgiven[row, mine] += short
            self._told("forgive", row, event, at, mine, nothing, nothing, short)
        if returns.redeemed == "new_lot":
            back = pro_rata(of["redeemed"][row, order], part, whole) - of["restored"][row, order]
            some = np.flatnonzero(back > 0)
            of["restored"][row[some], order[some]] += back[some]
            self._issue("restore", row[some], event[some], at[some], back[some], mine[some], order[some])

    def _transfer(
        self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, theirs: Integers,
        order: Integers,
    ) -> None:  # fmt: skip
        self.status[row, theirs] = _MEMBER
        place, lot, taken = self._draw("remaining", row, points, self._own(row, mine) & self.activated[row])
        self.lots["transferred"][row[place], lot] += taken
        self._move("transfer", event[place], row[place], lot, at[place], -taken, -taken)
        ends = np.full(len(row), NEVER)
        np.minimum.at(ends, place, self.lots["expires"][row[place], lot])
        self._issue("transfer", row, event, at, points, theirs, np.full(len(row), NOT_GIVEN), ends)

    def _merge(
        self, row: Integers, event: Integers, at: Integers, points: Integers, mine: Integers, theirs: Integers,
        order: Integers,
    ) -> None:  # fmt: skip
        place, lot = np.nonzero(self._own(row, mine))
        rows = row[place]
        total = self.lots["remaining"][rows, lot] + self.lots["reserved"][rows, lot]
        usable = np.where(self.activated[rows, lot], self.lots["remaining"][rows, lot], 0)
        some = np.flatnonzero(total)
        self._move("merge", event[place][some], rows[some], lot[some], at[place][some], -total[some], -usable[some])
        self.lots["owner"][rows, lot] = theirs[place]
        self._move("merge", event[place][some], rows[some], lot[some], at[place][some], total[some], usable[some])
        owed = self.owed[row, mine]
        self._told("merge", row, event, at, mine, owed, owed)
        self._told("merge", row, event, at, theirs, -owed, -owed)
        for table in (self.owed, self.debt, self.forgiven):
            table[row, theirs] += table[row, mine]
            table[row, mine] = 0
        joins = (self.status[row, mine] == _MEMBER) & (self.status[row, theirs] == _NONE)
        self.status[row[joins], theirs[joins]] = _MEMBER
        self.alias[row] = np.where(self.alias[row] == mine[:, None], theirs[:, None], self.alias[row])

    # ------------------------------------------------------------------ what they have in common

    def _own(self, row: Integers, account: Integers) -> Booleans:
        return (self.lots["owner"][row] == account[:, None]) & (self.lots["event"][row] != NOT_GIVEN)

    def _claim(self, row: Integers, order: Integers, mine: Integers) -> None:
        """An order belongs to the account that names it first."""
        has = order != NOT_GIVEN
        row, order, mine = row[has], order[has], mine[has]
        free = self.order_member[row, order] == NOT_GIVEN
        self.order_member[row[free], order[free]] = mine[free]

    def _draw(
        self, pool: str, row: Integers, need: Integers, among: Booleans, *, last_first: bool = False
    ) -> tuple[Integers, Integers, Integers]:
        """Take points out of lots in the order of their expiry: which row, which lot, how much."""
        width = max(int(self.made[row].max()), 1) if len(row) else 1
        there = np.where(among[:, :width], self.lots[pool][row, :width], 0)
        order = np.argsort(self.lots["expires"][row, :width], axis=1, kind="stable")
        order = order[:, ::-1] if last_first else order
        there = np.take_along_axis(there, order, axis=1)
        taken = np.clip(need[:, None] - (np.cumsum(there, axis=1) - there), 0, there)
        place, column = np.nonzero(taken)
        lot, number = order[place, column], taken[place, column]
        self.lots[pool][row[place], lot] -= number
        return place, lot, number

    def _use(
        self, kind: str, bucket: str, row: Integers, event: Integers, at: Integers, need: Integers, mine: Integers
    ) -> Integers:
        """Use active points, as far as they last; how many were used."""
        if not need.any():
            return np.zeros(len(row), dtype=np.int64)
        place, lot, taken = self._draw("remaining", row, need, self._own(row, mine) & self.activated[row])
        self.lots[bucket][row[place], lot] += taken
        self._move(kind, event[place], row[place], lot, at[place], -taken, -taken)
        return np.bincount(place, weights=taken, minlength=len(row)).astype(np.int64)

    def _issue(
        self, kind: str, row: Integers, event: Integers, at: Integers, points: Integers, holder: Integers,
        order: Integers, ends: Integers | None = None,
    ) -> None:  # fmt: skip
        """New lots; what is owed is filled from them first."""
        some = np.flatnonzero(points > 0)
        row, event, at, points, holder, order = (one[some] for one in (row, event, at, points, holder, order))
        active, life, log = at, self.programme.life, self.log
        if kind == "restore":
            ends = clock.expires_at(life, at)
        elif ends is None:
            own = (
                None if log.active is None else log.active[event],
                None if log.expires is None else log.expires[event],
            )
            active, ends = clock.lot_life(life, at, *own)
        else:
            ends = ends[some]
        slot = self.made[row]
        self.made[row] += 1
        filled = np.minimum(points, self.owed[row, holder])
        values = {"remaining": points - filled, "issued": points, "reversed": filled, "issued_at": at,
                  "active": active, "expires": ends, "event": event, "order": order, "owner": holder,
                  "kind": np.full(len(row), LOT_KINDS.index(kind))}  # fmt: skip
        for name, value in values.items():
            self.lots[name][row, slot] = value
        usable = active <= at
        self.activated[row, slot] = usable
        self._move(kind, event, row, slot, at, points, np.where(usable, points, 0))
        some = np.flatnonzero(filled)
        if len(some):
            row, event, at, slot, holder, filled = (one[some] for one in (row, event, at, slot, holder, filled))
            self.owed[row, holder] -= filled
            self._move("cover", event, row, slot, at, -filled, np.where(usable[some], -filled, 0))
            self._told("cover", row, event, at, holder, filled, filled)

    def _move(
        self, kind: str, event: Integers | None, row: Integers, lot: Integers, at: Integers, points: Integers,
        available: Integers,
    ) -> None:  # fmt: skip
        """Movements of lots, of which the owner is still, or already, the right one."""
        if len(row):
            self.movements.add(kind, None if event is None else self.place[event],
                               self.place[self.lots["event"][row, lot]],
                               self.members[row, self.lots["owner"][row, lot]], at, points, available)  # fmt: skip

    def _told(
        self, kind: str, row: Integers, event: Integers, at: Integers, account: Integers, points: Integers,
        available: Integers, unmoved: Integers | None = None,
    ) -> None:  # fmt: skip
        """Movements of what is owed, where there is any, and points that are told but don't move."""
        some = np.flatnonzero(points if unmoved is None else unmoved)
        if len(some):
            self.movements.add(kind, self.place[event[some]], None, self.members[row[some], account[some]], at[some],
                               points[some], available[some], None if unmoved is None else unmoved[some])  # fmt: skip

    # ------------------------------------------------------------------ the end

    def lot_pieces(self) -> LotPieces:
        """All lots of the block."""
        row, slot = np.nonzero(self.lots["event"] != NOT_GIVEN)
        lots = {name: table[row, slot] for name, table in self.lots.items()}
        event = lots["event"]
        order = np.where(lots["order"] == NOT_GIVEN, NOT_GIVEN, self.log.order[event])
        return LotPieces(self.place[event], self.members[row, lots["owner"]], lots["kind"].astype(np.int8), order,
                         lots["issued_at"], lots["active"], lots["expires"], lots["issued"], lots["remaining"],
                         lots["reserved"], lots["redeemed"], lots["expired"], lots["reversed"],
                         lots["transferred"])  # fmt: skip

    def account_rows(self) -> dict[str, Integers]:
        """Sums of every account, and where every member of the block ended."""
        units, width = self.members.shape
        sums = {}
        for name, table in (
            ("active", np.where(self.activated, self.lots["remaining"], 0)),
            ("pending", np.where(self.activated, 0, self.lots["remaining"])),
            ("reserved", self.lots["reserved"]),
        ):
            row, slot = np.nonzero(table)
            sums[name] = np.zeros((units, width), dtype=np.int64)
            np.add.at(sums[name], (row, self.lots["owner"][row, slot]), table[row, slot])
        row, column = self.account_row, self.account_column
        holder = self.alias[row, column]
        return {
            "of": self.account_member, "holder": self.members[row, holder],
            "erased": (self.status[row, holder] == _ERASED).astype(np.int64),
            "balance": (sums["active"] - self.owed)[row, column], "pending": sums["pending"][row, column],
            "reserved": sums["reserved"][row, column], "owed": self.owed[row, column],
            "debt": self.debt[row, column], "forgiven": self.forgiven[row, column],
        }  # fmt: skip


def _column(group: Integers) -> Integers:
    """Place within its group of every value; groups stand together."""
    begin = np.flatnonzero(np.diff(group, prepend=-1))
    return np.arange(len(group)) - np.repeat(begin, np.diff(np.append(begin, len(group))))


def _no_lots() -> LotPieces:
    nothing = np.zeros(0, dtype=np.int64)
    columns: dict[str, Any] = {one.name: nothing for one in fields(LotPieces)}
    return LotPieces(**columns | {"kind": nothing.astype(np.int8)})


def _no_accounts() -> dict[str, Integers]:
    names = ("of", "holder", "erased", "balance", "pending", "reserved", "owed", "debt", "forgiven")
    return {name: np.zeros(0, dtype=np.int64) for name in names}
