"""The ledger to be read: one event after another, one lot after another, in plain Python.

Points live in *lots*: what one event issued. A lot is pending, then active; its points are reserved, redeemed, expired,
reversed or transferred, and what was issued is always the sum of these and of what remains. The rules:

1. The clock acts first: what becomes active or expires up to the moment of an event does so before it.
2. Used first is what expires first; of equal expiry, the older lot.
3. Points for use are the active ones less what is owed. A use beyond them is refused, whatever the document.
4. A refund reverses what the order earned, pro rata of its money, parts of a point down: from the lots of the order,
   active or pending. What was used of them meanwhile follows `Returns.spent`; what had expired is void. Points that
   paid for the order come back as a new lot, pro rata, if `Returns.redeemed` says so.
5. Held points lie in one pool of the account: used from it is what expires first, released what expires last. They
   don't expire while held, and do at their release if their time is over.
6. What is owed is filled by the next points issued.
7. A transfer makes one lot at the receiver, which expires when the first of those given would have.
8. After a merge everything, and later events of the account that went, belongs to the account that stays.
9. Erasure: points are forfeited, what is owed is let go, the name goes; sums stay. No event follows.
10. Who leaves forfeits points, or keeps them by the programme's rule; who comes back goes on with what is there.

`replay` gives the same results for millions of events; this is what it is tested against.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.loyalty import clock
from crm_toolkit.firm.loyalty.clock import NEVER
from crm_toolkit.firm.loyalty.events import REFUSALS
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme
from crm_toolkit.firm.moments import MISSING, as_datetime
from crm_toolkit.texts import format_number, say

_EPOCH, _TICK = dt.datetime(1970, 1, 1), dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Event:
    """One event of the log; the fields are the columns of `events`."""

    event_id: Any
    member_id: Any
    at: dt.datetime
    kind: str
    points: int = 0
    amount_minor: int = 0
    order_id: Any = None
    other_id: Any = None
    active_from: dt.datetime | None = None
    expires_at: dt.datetime | None = None


@dataclass
class Lot:
    """Points that one event issued, and where they are."""

    lot_id: Any
    member_id: Any
    kind: str
    order_id: Any
    issued_at: int
    active_from: int
    expires_at: int
    issued: int
    remaining: int
    activated: bool
    number: int
    reserved: int = 0
    redeemed: int = 0
    expired: int = 0
    reversed: int = 0
    transferred: int = 0


@dataclass(frozen=True)
class Movement:
    """A change of one lot, or of what is owed: ``points`` outstanding and ``available`` for use, both signed."""

    event_id: Any
    lot_id: Any
    member_id: Any
    at: int
    kind: str
    points: int
    available: int
    unmoved: int = 0


@dataclass
class _Account:
    status: str = "none"
    owed: int = 0
    debt: int = 0
    forgiven: int = 0
    lots: list[Lot] = field(default_factory=list)
    held: dict[Any, int] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        """Points for use."""
        return sum(lot.remaining for lot in self.lots if lot.activated) - self.owed


@dataclass
class _Order:
    member_id: Any
    lots: list[Lot] = field(default_factory=list)
    earned: int = 0
    amount: int = 0
    refunded: int = 0
    reversed: int = 0
    drawn: int = 0
    charged: int = 0
    redeemed: int = 0
    restored: int = 0


class Ledger:
    """The accounts of a programme, event by event.

    Parameters
    ----------
    programme : LoyaltyProgramme
        Its rules of life, burning, returns and accounts hold; how many points an order gives, the events say.

    Examples
    --------
    A balance of 59, of which 50 are redeemed before 56 are earned, is 65.

    >>> from datetime import datetime
    >>> from crm_toolkit.firm.loyalty import Burning, Earning
    >>> ledger = Ledger(LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning()))
    >>> for number, (kind, points) in enumerate([("earn", 59), ("redeem", 50), ("earn", 56)]):
    ...     _ = ledger.post(Event(number, "ann", datetime(2026, 3, 1 + number), kind, points))
    >>> ledger.balance("ann"), ledger.balance("ann", datetime(2026, 3, 2, 12))
    (65, 9)
    """

    def __init__(self, programme: LoyaltyProgramme):
        self.programme = programme
        self.now = int(np.iinfo(np.int64).min)
        self.movements: list[Movement] = []
        self.lots: list[Lot] = []
        self.accounts: dict[Any, _Account] = {}
        self.refused: list[tuple[Event, str]] = []
        self._orders: dict[Any, _Order] = {}
        self._aliases: dict[Any, Any] = {}
        self._seen: dict[Any, Event] = {}

    def post(self, event: Event) -> tuple[Movement, ...]:
        """Book an event; the same event again changes nothing.

        Returns
        -------
        tuple of Movement
            What changed, with what the clock did to the account before.

        Raises
        ------
        InputError
            If the rules refuse it, or it lies before the last one.
        """
        before = len(self.movements)
        reason = self.take(event)
        if reason:
            what = say(REFUSALS[reason])
            found = say("Balance: {balance}, points: {points}.", balance=format_number(self.balance(event.member_id)),
                        points=format_number(event.points))  # fmt: skip
            raise InputError(say("Event {id} is refused.", id=event.event_id), [Problem(reason, what, found)])
        return tuple(self.movements[before:])

    def take(self, event: Event) -> str:
        """Book an event, or remember why it is refused; gives the reason's code, empty if it is booked."""
        known = self._seen.get(event.event_id)
        if known is not None:
            if known != event:
                what = say("Events have the same id and different content: {names}.", names=event.event_id)
                raise InputError(say("The event can't be booked."), [Problem("id_twice", what)])
            return ""
        at = _micros(event.at)
        if at < self.now:
            what = say("It lies before the last event, {at}.", at=as_datetime(self.now))
            advice = say("Replay the whole log: `replay` puts it in order.")
            raise InputError(say("The event can't be booked."), [Problem("out_of_order", what, advice=advice)])
        self.now, self._seen[event.event_id] = at, event
        account, other = self._account(event.member_id), None
        self._clock(account, at)
        if event.other_id is not None:
            other = self._account(event.other_id)
            self._clock(other, at)
        reason = self._refusal(event, account, other)
        if reason:
            self.refused.append((event, reason))
        else:
            getattr(self, f"_{event.kind}")(event, at, account, other)
        return reason

    def close(self, as_of: dt.datetime) -> None:
        """Let the clock run to a moment."""
        self.now = max(self.now, _micros(as_of))
        for account in self.accounts.values():
            self._clock(account, self.now)

    def balance(self, member_id: Any, at: dt.datetime | None = None) -> int:
        """Points for use, now or at any moment before.

        The balance of a moment includes what happened in it; that of the past is the sum of movements. `close` lets the
        clock run on.
        """
        account = self._account(member_id)
        self._clock(account, self.now)
        if at is None:
            return account.balance
        moment = _micros(at)
        if moment > self.now:
            what = say("The log was replayed up to {at} only.", at=as_datetime(self.now))
            raise InputError(say("These balances can't be told."), [Problem("too_late", what)])
        return sum(one.available for one in self.movements if one.member_id == member_id and one.at <= moment)

    # ------------------------------------------------------------------ what may happen

    def _refusal(self, event: Event, account: _Account, other: _Account | None) -> str:
        """Why the rules refuse an event; empty if they don't."""
        kind, burning = event.kind, self.programme.burning
        if account.status == "erased" or (other is not None and other.status == "erased"):
            return "erased"
        order = self._orders.get(event.order_id) if event.order_id is not None and kind != "adjust" else None
        if order is not None and self._resolved(order.member_id) != self._resolved(event.member_id):
            return "order_of_another"
        if kind in ("enrol", "re_enrol"):
            return "already_member" if account.status == "member" else ""
        if kind == "leave":
            return "" if account.status == "member" else "not_a_member"
        if kind in ("transfer", "merge") and account is other:
            return "same_account"
        if kind == "transfer" and not self.programme.account.transfers:
            return "no_transfers"
        if kind in ("redeem", "reserve"):
            if burning is None:
                return "no_burning"
            if event.points < burning.minimum:
                return "below_minimum"
            if event.points % burning.step:
                return "not_whole_rewards"
            if event.amount_minor and not _within_share(self.programme, event.points, event.amount_minor):
                return "above_share"
        receives = kind == "earn" or (kind == "adjust" and event.points > 0)
        if receives and account.status == "left":
            return "not_a_member"
        if kind in ("redeem", "reserve", "transfer") or (kind == "adjust" and event.points < 0):
            if account.status != "member" or (other is not None and other.status == "left"):
                return "not_a_member"
            held = account.held.get(event.order_id, 0) if kind == "redeem" and event.order_id is not None else 0
            need = max(abs(event.points) - held, 0)
            return "balance_too_small" if need and need > account.balance else ""
        if kind == "release":
            held = account.held.get(event.order_id, 0)
            return "" if held and event.points <= held else "no_reservation"
        if kind == "activate":
            waits = any(not lot.activated and lot.active_from == NEVER and lot.remaining
                        for lot in (order.lots if order else ()))  # fmt: skip
            return "" if waits else "nothing_pending"
        if kind == "refund":
            if order is None or order.amount == 0:
                return "unknown_order"
            return "refund_exceeds_order" if order.refunded + event.amount_minor > order.amount else ""
        return ""

    # ------------------------------------------------------------------ what happens

    def _enrol(self, event: Event, at: int, account: _Account, other: Any) -> None:
        account.status = "member"

    _re_enrol = _enrol

    def _tier(self, event: Event, at: int, account: _Account, other: Any) -> None:
        """A note; it moves no points."""

    def _leave(self, event: Event, at: int, account: _Account, other: Any) -> None:
        account.status = "left"
        if self.programme.account.on_leave == "forfeit":
            self._forfeit(event, at, account)

    def _erase(self, event: Event, at: int, account: _Account, other: Any) -> None:
        account.status = "erased"
        self._forfeit(event, at, account)
        if account.owed:
            self._move(event, None, at, "forgive", account.owed, account.owed)
            account.forgiven += account.owed
            account.owed = 0

    def _forfeit(self, event: Event, at: int, account: _Account) -> None:
        for lot in account.lots:
            gone = lot.remaining + lot.reserved
            if gone:
                self._move(event, lot, at, "forfeit", -gone, -lot.remaining if lot.activated else 0)
                lot.expired, lot.remaining, lot.reserved = lot.expired + gone, 0, 0
        account.held.clear()

    def _earn(self, event: Event, at: int, account: _Account, other: Any) -> None:
        account.status = "member"
        order = self._order(event)
        lot = self._issue(event, at, account, event.points, "earn")
        if order is not None:
            order.earned, order.amount = order.earned + event.points, order.amount + event.amount_minor
            order.lots += [lot] if lot else []

    def _adjust(self, event: Event, at: int, account: _Account, other: Any) -> None:
        if event.points > 0:
            account.status = "member"
            self._issue(event, at, account, event.points, "adjust")
            return
        for lot, taken in _draw([lot for lot in account.lots if lot.activated], -event.points):
            lot.reversed += taken
            self._move(event, lot, at, "adjust", -taken, -taken)

    def _activate(self, event: Event, at: int, account: _Account, other: Any) -> None:
        for lot in self._orders[event.order_id].lots:
            if not lot.activated and lot.active_from == NEVER and lot.remaining:
                lot.active_from, lot.activated = at, True
                own = event.expires_at and _micros(event.expires_at)
                lot.expires_at = own or int(clock.expires_at(self.programme.life, np.array([at]))[0])
                self._move(event, lot, at, "activate", 0, lot.remaining)

    def _redeem(self, event: Event, at: int, account: _Account, other: Any) -> None:
        order = self._order(event)
        held = min(event.points, account.held.get(event.order_id, 0)) if event.order_id is not None else 0
        for lot, taken in _draw(account.lots, held, pool="reserved"):
            lot.redeemed += taken
            self._move(event, lot, at, "redeem", -taken, 0)
        if held:
            account.held[event.order_id] -= held
        for lot, taken in _draw([lot for lot in account.lots if lot.activated], event.points - held):
            lot.redeemed += taken
            self._move(event, lot, at, "redeem", -taken, -taken)
        if order is not None:
            order.redeemed += event.points

    def _reserve(self, event: Event, at: int, account: _Account, other: Any) -> None:
        self._order(event)
        account.held[event.order_id] = account.held.get(event.order_id, 0) + event.points
        for lot, taken in _draw([lot for lot in account.lots if lot.activated], event.points):
            lot.reserved += taken
            self._move(event, lot, at, "reserve", 0, -taken)

    def _release(self, event: Event, at: int, account: _Account, other: Any) -> None:
        number = event.points or account.held[event.order_id]
        account.held[event.order_id] -= number
        for lot, taken in _draw(account.lots, number, pool="reserved", last_first=True):
            self._move(event, lot, at, "release", 0, taken)
            if lot.expires_at <= at:
                lot.expired += taken
                self._move(event, lot, at, "expire", -taken, -taken)
            else:
                lot.remaining += taken

    def _refund(self, event: Event, at: int, account: _Account, other: Any) -> None:
        order, returns = self._orders[event.order_id], self.programme.returns
        order.refunded += event.amount_minor
        need = max(order.earned * order.refunded // order.amount - order.reversed, 0)
        order.reversed += need
        for lot, taken in _draw(order.lots, need):
            lot.reversed += taken
            order.drawn += taken
            need -= taken
            self._move(event, lot, at, "refund", -taken, -taken if lot.activated else 0)
        used = sum(lot.issued - lot.remaining - lot.expired for lot in order.lots) - order.drawn - order.charged
        short = min(need, max(used, 0))
        order.charged += short
        if need > short:
            self._move(event, None, at, "void", 0, 0, need - short)
        if short and returns.spent == "negative":
            for lot, taken in _draw([lot for lot in account.lots if lot.activated], short):
                lot.reversed += taken
                short -= taken
                self._move(event, lot, at, "refund", -taken, -taken)
            if short:
                account.owed += short
                self._move(event, None, at, "refund", -short, -short)
        elif short and returns.spent == "debt":
            account.debt += short
            self._move(event, None, at, "debt", 0, 0, short)
        elif short:
            account.forgiven += short
            self._move(event, None, at, "forgive", 0, 0, short)
        if returns.redeemed == "new_lot":
            back = order.redeemed * order.refunded // order.amount - order.restored
            if back > 0:
                order.restored += back
                self._issue(event, at, account, back, "restore")

    def _transfer(self, event: Event, at: int, account: _Account, other: _Account) -> None:
        other.status = "member"
        ends = NEVER
        for lot, taken in _draw([lot for lot in account.lots if lot.activated], event.points):
            lot.transferred += taken
            ends = min(ends, lot.expires_at)
            self._move(event, lot, at, "transfer", -taken, -taken)
        self._issue(event, at, other, event.points, "transfer", life=(at, ends))

    def _merge(self, event: Event, at: int, account: _Account, other: _Account) -> None:
        gone, stays = self._resolved(event.member_id), self._resolved(event.other_id)
        for lot in account.lots:
            points, available = lot.remaining + lot.reserved, lot.remaining if lot.activated else 0
            if points:
                self._move(event, lot, at, "merge", -points, -available)
            lot.member_id = stays
            if points:
                self._move(event, lot, at, "merge", points, available)
        if account.owed:
            self._move(event, None, at, "merge", account.owed, account.owed, member=gone)
            self._move(event, None, at, "merge", -account.owed, -account.owed, member=stays)
        other.lots = sorted([*other.lots, *account.lots], key=lambda lot: lot.number)
        other.owed, other.debt = other.owed + account.owed, other.debt + account.debt
        other.forgiven += account.forgiven
        for order_id, number in account.held.items():
            other.held[order_id] = other.held.get(order_id, 0) + number
        if account.status == "member" and other.status == "none":
            other.status = "member"
        self._aliases[gone] = stays
        del self.accounts[gone]

    # ------------------------------------------------------------------ what they have in common

    def _issue(
        self, event: Event, at: int, account: _Account, points: int, kind: str, life: tuple[int, int] | None = None
    ) -> Lot | None:
        """A new lot; what is owed is filled from it first."""
        if not points:
            return None
        moment = np.array([at])
        if kind == "restore":
            life = (at, int(clock.expires_at(self.programme.life, moment)[0]))
        elif life is None:
            own = [
                np.array([MISSING if one is None else _micros(one)]) for one in (event.active_from, event.expires_at)
            ]
            active, ends = clock.lot_life(self.programme.life, moment, *own)
            life = (int(active[0]), int(ends[0]))
        holder = self._resolved(event.other_id if kind == "transfer" else event.member_id)
        order_id = event.order_id if kind in ("earn", "restore") else None
        lot = Lot(event.event_id, holder, kind, order_id, at, *life, points, points, life[0] <= at, len(self.lots))
        self.lots.append(lot)
        account.lots.append(lot)
        self._move(event, lot, at, kind, points, points if lot.activated else 0)
        filled = min(points, account.owed)
        if filled:
            lot.remaining, lot.reversed = lot.remaining - filled, filled
            account.owed -= filled
            self._move(event, lot, at, "cover", -filled, -filled if lot.activated else 0)
            self._move(event, None, at, "cover", filled, filled, member=holder)
        return lot

    def _clock(self, account: _Account, now: int) -> None:
        """Points that became active or expired up to now."""
        for lot in account.lots:
            if not lot.activated and lot.active_from <= now:
                lot.activated = True
                if lot.remaining:
                    self._move(None, lot, lot.active_from, "activate", 0, lot.remaining)
            if lot.remaining and lot.expires_at <= now:
                self._move(None, lot, lot.expires_at, "expire", -lot.remaining, -lot.remaining)
                lot.expired, lot.remaining = lot.expired + lot.remaining, 0

    def _move(
        self, event: Event | None, lot: Lot | None, at: int, kind: str, points: int, available: int, unmoved: int = 0,
        member: Any = None,
    ) -> None:  # fmt: skip
        if member is None:
            member = lot.member_id if lot is not None else self._resolved(event.member_id if event else None)
        self.movements.append(Movement(event.event_id if event else None, lot.lot_id if lot else None, member, at,
                                       kind, points, available, unmoved))  # fmt: skip

    def _resolved(self, member_id: Any) -> Any:
        while member_id in self._aliases:
            member_id = self._aliases[member_id]
        return member_id

    def _account(self, member_id: Any) -> _Account:
        return self.accounts.setdefault(self._resolved(member_id), _Account())

    def _order(self, event: Event) -> _Order | None:
        if event.order_id is None:
            return None
        return self._orders.setdefault(event.order_id, _Order(event.member_id))


def _draw(lots: list[Lot], need: int, pool: str = "remaining", last_first: bool = False) -> list[tuple[Lot, int]]:
    """Take points out of lots in the order of their expiry."""
    drawn = []
    for lot in sorted(lots, key=lambda lot: (lot.expires_at, lot.number), reverse=last_first):
        taken = min(getattr(lot, pool), need)
        if taken > 0:
            setattr(lot, pool, getattr(lot, pool) - taken)
            drawn.append((lot, taken))
            need -= taken
    return drawn


def _within_share(programme: LoyaltyProgramme, points: int, amount: int) -> bool:
    share = round((programme.burning.max_share if programme.burning else 0) * 1_000_000)
    return int(programme.points_minor([points])[0]) * 1_000_000 <= share * amount


def _micros(at: dt.datetime) -> int:
    return (at - _EPOCH) // _TICK
