"""Replaying plain histories by cumulative sums: no event is looked at by itself.

Lay a member's points end to end in the order of issue. Let C_i be the end of lot i on this line, R(t) what was used up
to t, and L(t) what has left the account, used or expired. Used first is what was issued first, so L(t) is a place on
the line, and

    a use of r points moves it to L + r,
    the expiry of lot i at e_i moves it to max(L, C_i).

With M_i for what has expired in all after the expiry of lot i, this recurrence has the closed form

    M_i = max(0, max_{j ≤ i} (C_j − R(e_j))),

a running maximum. What expires of lot i is M_i − M_{i−1}; a use may happen if R + M is not beyond the end of the active
lots; what a use draws from is where its interval [L, L + r) overlaps the lots. A refund of an order whose points are
still there is a lot that was smaller from the beginning.

It holds where lots become active and expire in the order of issue, and every use is covered. Members of whom that is
not true (`Lanes.left_over`) are replayed by `waves`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.firm.loyalty import clock
from crm_toolkit.firm.loyalty.clock import NEVER
from crm_toolkit.firm.loyalty.events import CODE, NOT_GIVEN, Log
from crm_toolkit.firm.loyalty.pieces import LotPieces, MovementPieces, pro_rata
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

PLAIN = ("enrol", "earn", "redeem", "adjust", "refund", "tier")
_LARGEST = 2**62
_SECOND = 1_000_000


@dataclass
class Lanes:
    """Plain histories after the replay. Events and lots stand member by member, in the order of time.

    Parameters
    ----------
    log : Log
        The whole log, in the order of time.
    place : array
        Positions in it of the events that stand here.
    member, at, kind, points : array
        Of these events.
    start : array
        Where each member's events begin, and the end of the last.
    lot : array
        Positions of the events that issued a lot.
    issued, reversed, ends, active, expires : array
        By lot; ``ends`` is C on the line of all members, after reversals.
    uses, used_end, gone : array
        Positions of uses, R on the line of all members after each, what had expired of the member's before it.
    expired, left : array
        By lot: what expired, what remains.
    wrong : array
        By member: whether the closed form does not hold.
    """

    log: Log = field(repr=False)
    place: Integers
    member: Integers
    at: Integers
    kind: NDArray[np.int8]
    points: Integers
    start: Integers
    lot: Integers
    issued: Integers
    reversed: Integers
    ends: Integers
    active: Integers
    expires: Integers
    uses: Integers
    used_end: Integers
    gone: Integers
    expired: Integers
    left: Integers
    wrong: Booleans
    refunds: tuple[Integers, Integers, Integers]


def by_member(member: Integers, members: int) -> tuple[Integers, Integers]:
    """A stable order of events by member, and where each member begins.

    >>> by_member(np.array([1, 0, 1]), 2)[0].tolist()
    [1, 0, 2]
    """
    count = len(member)
    start = np.concatenate([[0], np.cumsum(np.bincount(member, minlength=members))])
    if (member[1:] >= member[:-1]).all():
        return np.arange(count), start
    from scipy import sparse

    rows = sparse.coo_matrix((np.ones(count, dtype=np.int8), (member, np.arange(count))), shape=(members, count))
    return rows.tocsr().indices, start  # counting sort: one pass, in the order of the log within a member


def run(log: Log, place: Integers | None, programme: LoyaltyProgramme, as_of: int) -> Lanes:
    """Replay plain histories of which every event is known to be allowed, if the balance is.

    Parameters
    ----------
    log : Log
        In the order of time.
    place : array or None
        Positions of the events to look at: kinds `PLAIN`, statically refused ones left out. None: all.
    programme : LoyaltyProgramme
        Its rules of life and returns.
    as_of : int
        Microseconds; nothing is later.
    """
    members = len(log.member_labels)
    if place is not None and not len(place):
        return _none(log, members)
    order, start = by_member(log.member if place is None else log.member[place], members)
    place = order if place is None else place[order]
    at, kind, points = log.at[place], log.kind[place], log.points[place]
    member = np.repeat(np.arange(members), np.diff(start))
    wrong = np.zeros(members, dtype=bool)
    late = np.flatnonzero(kind == CODE["enrol"])
    wrong[member[late[late != start[member[late]]]]] = True

    gives = (kind == CODE["earn"]) | ((kind == CODE["adjust"]) & (points > 0))
    lot = np.flatnonzero(gives & (points > 0))
    issued, owner, born = points[lot], member[lot], at[lot]
    own = (
        None if log.active is None else log.active[place[lot]],
        None if log.expires is None else log.expires[place[lot]],
    )
    active, expires = clock.lot_life(programme.life, born, *own)
    same = owner[1:] == owner[:-1]
    disorder = same & ((active[1:] < active[:-1]) | (expires[1:] < expires[:-1]))
    wrong[owner[1:][disorder]] = True

    refunds = _refunds(log, place, kind, points, member, lot, programme, wrong)
    taken_back = np.zeros(len(lot), dtype=np.int64)
    np.add.at(taken_back, refunds[1], refunds[2])
    ends = np.cumsum(issued - taken_back)

    uses = np.flatnonzero((kind == CODE["redeem"]) | ((kind == CODE["adjust"]) & (points < 0)))
    user = member[uses]
    used_end = np.cumsum(np.abs(points[uses]))
    lot_start, use_start = np.searchsorted(lot, start), np.searchsorted(uses, start)
    line, used_line = _before(ends, lot_start[:-1]), _before(used_end, use_start[:-1])

    ticks = np.flatnonzero(expires <= as_of)
    passed = placed(at[uses], user, expires[ticks], owner[ticks], side="left")
    standing = ends[ticks] - line[owner[ticks]] - (_before(used_end, passed) - used_line[owner[ticks]])
    most = _running_maximum(np.maximum(standing, 0), owner[ticks])
    expired = np.zeros(len(lot), dtype=np.int64)
    expired[ticks] = np.diff(most, prepend=0)
    first = np.flatnonzero(np.diff(owner[ticks], prepend=-1))
    expired[ticks[first]] = most[first]

    ticked = np.cumsum(np.bincount(passed, minlength=len(uses) + 1))[: len(uses)]
    tick_start = np.searchsorted(owner[ticks], np.arange(members + 1))
    gone = np.where(ticked > tick_start[user], most[np.maximum(ticked - 1, 0)] if len(most) else 0, 0)
    usable = np.minimum(np.searchsorted(lot, uses), placed(active, owner, at[uses], user, side="right"))
    reach = _before(ends, np.maximum(usable, lot_start[user])) - line[user]
    wrong[user[used_end - used_line[user] + gone > reach]] = True

    total = _before(used_end, use_start[1:]) - used_line
    finally_gone = np.zeros(members, dtype=np.int64)
    finally_gone[owner[ticks]] = most
    departed = (total + finally_gone)[owner]
    size = issued - taken_back
    begins = ends - size - line[owner]
    left = size - np.clip(departed - begins, 0, size)

    lanes = Lanes(log, place, member, at, kind, points, start, lot, issued, taken_back, ends, active,
                  expires, uses, used_end, gone, expired,
                  left, wrong, refunds)  # fmt: skip
    _check_refunds(lanes, line, used_line, ticks, most)
    return lanes


def _none(log: Log, members: int) -> Lanes:
    """Nobody has a plain history."""
    names = ("place", "member", "at", "points", "lot", "issued", "reversed", "ends", "active", "expires", "uses",
             "used_end", "gone", "expired", "left")  # fmt: skip
    nothing = np.zeros(0, dtype=np.int64)
    return Lanes(
        log=log, kind=np.zeros(0, dtype=np.int8), start=np.zeros(members + 1, dtype=np.int64),
        wrong=np.zeros(members, dtype=bool), refunds=(nothing, nothing, nothing), **dict.fromkeys(names, nothing),
    )  # fmt: skip


def _before(sums: Integers, place: Integers) -> Integers:
    """Cumulative sum of everything before a place."""
    if not len(sums):
        return np.zeros(len(place), dtype=np.int64)
    return np.where(place > 0, sums[np.maximum(place - 1, 0)], 0)


def _running_maximum(values: Integers, group: Integers) -> Integers:
    """Running maximum within groups of values not below 0; groups stand together, in rising order."""
    if not len(values):
        return values
    high = int(values.max()) + 1
    number = np.cumsum(np.diff(group, prepend=group[0]) != 0)
    if high * (int(number[-1]) + 1) < _LARGEST:
        offset = number * high
        return np.maximum.accumulate(values + offset) - offset
    middle = int(np.searchsorted(number, number[-1] // 2, side="right"))  # sums too large for one go
    if middle == len(values):
        return np.maximum.accumulate(values)
    return np.concatenate([_running_maximum(values[:middle], group[:middle]),
                           _running_maximum(values[middle:], group[middle:])])  # fmt: skip


def placed(
    keys: Integers, groups: Integers, wanted: Integers, of: Integers, *, side: Literal["left", "right"]
) -> Integers:
    """Where values belong within their groups, all groups at once.

    Group and time are packed into one number; if that does not fit, the groups are done half by half.
    """
    if not len(wanted) or not len(keys):
        return np.zeros(len(wanted), dtype=np.int64)
    unit = 1 if (wanted % _SECOND).any() or (keys[keys != NEVER] % _SECOND).any() else _SECOND
    low = min(int(keys.min()), int(wanted.min())) // unit
    high = int(wanted.max()) // unit + 2
    span = high - low + 1
    first, last = int(min(groups[0], of[0])), int(max(groups[-1], of[-1]))
    if span * (last - first + 1) < _LARGEST:
        packed = (groups - first) * span + (np.minimum(keys // unit, high) - low)
        return np.searchsorted(packed, (of - first) * span + (wanted // unit - low), side=side)
    middle = (first + last) // 2 + 1
    cut, wanted_cut = int(np.searchsorted(groups, middle)), int(np.searchsorted(of, middle))
    earlier = placed(keys[:cut], groups[:cut], wanted[:wanted_cut], of[:wanted_cut], side=side)
    later = placed(keys[cut:], groups[cut:], wanted[wanted_cut:], of[wanted_cut:], side=side)
    return np.concatenate([earlier, later + cut])


def _refunds(
    log: Log, place: Integers, kind: NDArray[np.int8], points_of: Integers, member: Integers, lot: Integers,
    programme: LoyaltyProgramme, wrong: Booleans,
) -> tuple[Integers, Integers, Integers]:  # fmt: skip
    """Refunds of orders with one lot: their positions, the places of these lots, and the points reversed."""
    none = np.zeros(0, dtype=np.int64)
    refunds = np.flatnonzero(kind == CODE["refund"])
    if not len(refunds):
        return none, none, none
    orders = len(log.order_labels)
    concerned = np.zeros(orders, dtype=bool)
    concerned[log.order[place[refunds]]] = True
    earns = np.flatnonzero(kind == CODE["earn"])
    earns = earns[log.order[place[earns]] != NOT_GIVEN]
    earns = earns[concerned[log.order[place[earns]]]]
    number = np.bincount(log.order[place[earns]], minlength=orders)
    source = np.full(orders, -1)
    source[log.order[place[earns]]] = earns
    event = source[log.order[place[refunds]]]
    odd = (event < 0) | (number[log.order[place[refunds]]] != 1) | (event > refunds)
    if programme.returns.redeemed == "new_lot":
        redeems = np.flatnonzero(kind == CODE["redeem"])
        redeems = redeems[log.order[place[redeems]] != NOT_GIVEN]
        paid = np.zeros(orders, dtype=bool)
        paid[log.order[place[redeems]]] = True
        odd |= paid[log.order[place[refunds]]]
    wrong[member[refunds[odd]]] = True
    refunds, event = refunds[~odd], event[~odd]
    order = np.argsort(event, kind="stable")
    refunds, event = refunds[order], event[order]
    money = np.cumsum(log.amount[place[refunds]])
    first = np.flatnonzero(np.diff(event, prepend=-1))
    base = np.repeat(_before(money, first), np.diff(np.append(first, len(event))))
    so_far, whole = money - base, log.amount[place[event]]
    wrong[member[refunds[so_far > whole]]] = True
    so_far, whole = np.minimum(so_far, whole), np.maximum(whole, 1)
    target = pro_rata(points_of[event], so_far, whole)
    points = target - pro_rata(points_of[event], np.maximum(so_far - log.amount[place[refunds]], 0), whole)
    has_lot = points_of[event] > 0
    refunds, event, points = refunds[has_lot], event[has_lot], points[has_lot]
    return refunds, np.searchsorted(lot, event), points


def _check_refunds(lanes: Lanes, line: Integers, used_line: Integers, ticks: Integers, most: Integers) -> None:
    """A refund fits if its lot has not expired and nothing of what it reverses was used before."""
    refunds, which, _ = lanes.refunds
    if not len(refunds):
        return
    owner = lanes.member[refunds]
    order = np.lexsort([lanes.at[refunds], owner])
    refunds, which, owner = refunds[order], which[order], owner[order]
    at = lanes.at[refunds]
    earlier = np.searchsorted(lanes.uses, refunds)
    tick_owner = lanes.member[lanes.lot[ticks]]
    ticked = placed(lanes.expires[ticks], tick_owner, at, owner, side="right")
    ticked = np.maximum(ticked, np.searchsorted(tick_owner, owner))
    has = ticked > np.searchsorted(tick_owner, owner)
    gone = np.where(has, most[np.maximum(ticked - 1, 0)] if len(most) else 0, 0)
    departed = _before(lanes.used_end, earlier) - used_line[owner] + gone
    bad = (departed > lanes.ends[which] - line[owner]) | (lanes.expires[which] <= at)
    lanes.wrong[owner[bad]] = True


def lots_of(lanes: Lanes) -> LotPieces:
    """The lots of members for whom the closed form holds."""
    log, lot = lanes.log, lanes.lot
    keep = ~lanes.wrong[lanes.member[lot]]
    down = np.zeros(len(lot), dtype=np.int64)
    if (lanes.points[lanes.uses] < 0).any():
        use, which, number = draws(lanes)
        by_hand = lanes.kind[use] == CODE["adjust"]
        np.add.at(down, which[by_hand], number[by_hand])
    lot, issued, left, expired = lot[keep], lanes.issued[keep], lanes.left[keep], lanes.expired[keep]
    back, down = lanes.reversed[keep], down[keep]
    nothing = np.zeros(len(lot), dtype=np.int64)
    earned = lanes.kind[lot] == CODE["earn"]
    return LotPieces(
        event=lanes.place[lot], member=lanes.member[lot], kind=np.where(earned, 0, 1).astype(np.int8),
        order=np.where(earned, log.order[lanes.place[lot]], NOT_GIVEN), issued_at=lanes.at[lot],
        active_from=lanes.active[keep],
        expires_at=lanes.expires[keep], issued=issued, remaining=left, reserved=nothing,
        redeemed=issued - back - left - expired - down, expired=expired, reversed=back + down, transferred=nothing,
    )  # fmt: skip


def draws(lanes: Lanes) -> tuple[Integers, Integers, Integers]:
    """Which use drew how much from which lot: overlaps of the intervals of uses with those of lots."""
    use = np.flatnonzero(~lanes.wrong[lanes.member[lanes.uses]])
    user = lanes.member[lanes.uses[use]]
    number = np.abs(lanes.points[lanes.uses[use]])
    lot_start = np.searchsorted(lanes.lot, lanes.start)
    use_start = np.searchsorted(lanes.uses, lanes.start)
    line = _before(lanes.ends, lot_start[:-1])
    end = lanes.used_end[use] - _before(lanes.used_end, use_start[:-1])[user] + lanes.gone[use] + line[user]
    begin = end - number
    first = np.searchsorted(lanes.ends, begin, side="right")
    last = np.searchsorted(lanes.ends, end, side="left")
    count = last - first + 1
    which = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    size = lanes.issued - lanes.reversed
    lower = np.maximum(np.repeat(begin, count), (lanes.ends - size)[which])
    drawn = np.minimum(np.repeat(end, count), lanes.ends[which]) - lower
    some = drawn > 0
    return lanes.uses[np.repeat(use, count)[some]], which[some], drawn[some]


def movements_of(lanes: Lanes, as_of: int) -> MovementPieces:
    """Every change of every lot of members for whom the closed form holds."""
    lot = lanes.lot
    fine = ~lanes.wrong[lanes.member[lot]]
    use, which, drawn = draws(lanes)
    refunds, back, points = lanes.refunds
    some = (points > 0) & fine[back]
    refunds, back, points = refunds[some], back[some], points[some]
    waits = lanes.active > lanes.at[lot]
    early = np.zeros(len(lot), dtype=np.int64)
    before = lanes.at[refunds] < lanes.active[back]
    np.add.at(early, back[before], points[before])
    wakes = np.flatnonzero(fine & waits & (lanes.active <= as_of) & (lanes.issued > early))
    born, dies = np.flatnonzero(fine), np.flatnonzero(fine & (lanes.expired > 0))
    pieces = MovementPieces()
    pieces.add("earn", lanes.place[lot[born]], lanes.place[lot[born]], lanes.member[lot[born]], lanes.at[lot[born]],
               lanes.issued[born], np.where(waits[born], 0, lanes.issued[born]),
               kinds=np.where(lanes.kind[lot[born]] == CODE["earn"], "earn", "adjust"))  # fmt: skip
    pieces.add("activate", None, lanes.place[lot[wakes]], lanes.member[lot[wakes]], lanes.active[wakes],
               0 * wakes, (lanes.issued - early)[wakes])  # fmt: skip
    pieces.add("redeem", lanes.place[use], lanes.place[lot[which]], lanes.member[use], lanes.at[use], -drawn, -drawn,
               kinds=np.where(lanes.kind[use] == CODE["redeem"], "redeem", "adjust"))  # fmt: skip
    pieces.add("refund", lanes.place[refunds], lanes.place[lot[back]], lanes.member[refunds], lanes.at[refunds],
               -points,
               np.where(before, 0, -points))  # fmt: skip
    pieces.add("expire", None, lanes.place[lot[dies]], lanes.member[lot[dies]], lanes.expires[dies],
               -lanes.expired[dies], -lanes.expired[dies])  # fmt: skip
    return pieces
