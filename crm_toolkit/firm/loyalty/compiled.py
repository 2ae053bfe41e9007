"""Replaying plain histories event by event, in a loop that numba translates to machine code.

The rules are those of `lanes`, and so are the numbers: every account has a queue of lots, the clock makes the first of
them expire, a use takes from the first. Nothing is sorted. Events in the order of time are dealt out to blocks of
accounts that fit into a processor's cache, and each block is replayed in that order:

1. `_counted` runs over the log: sums by month, sizes of blocks;
2. `_dealt` brings the events of a block together;
3. `_played` replays block by block, on all cores.

Accounts for which something else happens (a refund, a balance that is too small) are left to `lanes` and `waves`; so
are logs with points that wait for an action or have times of their own. Without numba (the extra ``fast``) the loops
are plain Python: right, and slower than everything else, so that `replay` does not choose them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.firm.loyalty import clock
from crm_toolkit.firm.loyalty.clock import DAY, NEVER, SECOND
from crm_toolkit.firm.loyalty.events import CODE, KINDS, Log, kinds_there
from crm_toolkit.firm.loyalty.parts import Life

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

PLAIN = ("enrol", "earn", "redeem", "adjust", "tier")
FLOWS = ("issued", "redeemed", "expired", "reversed")
_ENROL, _EARN, _REDEEM, _ADJUST = (CODE[name] for name in ("enrol", "earn", "redeem", "adjust"))
_BLOCK = 16_384  # events of a block, as a mean
_MOST_BLOCKS = 1_024
_BITS = 16  # of an account's number within a block, at most; the points stand above them
_HALF = 1 << 31
_APART, _SEEN, _BEGUN, _WRONG = 1, 2, 4, 8  # what is known of an account


@dataclass
class Accounts:
    """What became of accounts with plain histories.

    Parameters
    ----------
    done, failed : arrays of bool
        By member: replayed here; turned out not to be plain. The other columns hold only of the first.
    seen : array of bool
        By member: stands in the log.
    balance, pending, expired : arrays
        By member, in points.
    flows : dict of arrays
        By month: ``issued, redeemed, expired, reversed``.
    """

    done: Booleans
    failed: Booleans
    seen: Booleans
    balance: Integers
    pending: Integers
    expired: Integers
    flows: dict[str, Integers]


def takes(log: Log, life: Life) -> bool:
    """Whether this way of replaying knows the lives of these lots."""
    return len(log) > 0 and life.pending != "action" and log.active is None and log.expires is None


def machine_code(loop: Callable[..., Any]) -> Callable[..., Any]:
    """A loop translated with its first call; the translation is kept on disk. Threads run it side by side."""
    try:
        from numba import njit
    except ImportError:
        return loop
    return njit(cache=True, nogil=True)(loop)


def run(log: Log, apart: Booleans, refused: Booleans | None, life: Life, as_of: int, borders: Integers) -> Accounts:
    """Replay the accounts that are not set apart.

    Parameters
    ----------
    log : Log
        In the order of time; other kinds than `PLAIN` only of accounts that are set apart.
    apart : array of bool
        By member: not to be replayed here.
    refused : array of bool, optional
        By event: did not happen.
    life : Life
        For which `takes` holds.
    as_of : int
        Microseconds; nothing is later.
    borders : array
        Beginnings of months from that of the first event to the one after ``as_of``.
    """
    members, months = len(log.member_labels), len(borders) - 1
    blocks = min(max(len(log) // _BLOCK, 1), _MOST_BLOCKS)
    shift = min(max(int(np.ceil(np.log2(max(members / blocks, 1)))), 0), _BITS)
    blocks = ((members - 1) >> shift) + 1 if members else 0
    columns = tuple(_kept(column) for column in (log.member, log.kind, log.points, log.at))
    left_out = _kept(np.zeros(0, dtype=bool) if refused is None else refused)
    state, sizes = apart.astype(np.uint8) * _APART, np.zeros(blocks, dtype=np.int64)
    sums = np.zeros((len(FLOWS), months), dtype=np.int64)
    looked_at = bool(refused is not None or apart.any() or kinds_there(log.kind)[_ENROL])  # not everything takes part
    largest, parts = _counted(*columns, left_out, _kept(borders), shift, looked_at, state, sizes, sums)
    start = np.concatenate([[0], np.cumsum(sizes)])
    total, began = int(start[-1]), int(log.at[0])
    # memory costs more than sums here: whole seconds and few points are kept in half of it
    unit = SECOND if parts == 0 and int(log.at[-1]) - began < SECOND * (_HALF - 1) else 1
    when = np.empty(total, dtype=np.int64 if unit == 1 else np.int32)
    what = np.empty(total, dtype=np.int32 if largest < _HALF >> shift else np.int64)  # and with whom
    sign = np.array([-1 if name == "redeem" else int(name in ("earn", "adjust")) for name in KINDS])
    _dealt(*columns, left_out, shift, looked_at, sign, state, start[:-1].copy(), began, unit, when, what)

    ends, first_end, offset = _ends(life, log, as_of)
    month_of = np.searchsorted(borders, np.arange(borders[0], borders[-1] + DAY, DAY), side="right") - 1
    balance, pending, expired = (np.zeros(members, dtype=np.int64) for _ in range(3))
    dies = np.zeros((blocks, months), dtype=np.int64)

    def play(begin: int, end: int) -> None:
        _played(begin, end, start, when, what, began, unit, shift, as_of, life.pending_days * DAY, offset, first_end,
                ends, int(borders[0]), month_of, state, balance, pending, expired, dies)  # fmt: skip

    cores = min(cpu_count() or 1, blocks) if total > 4 * _BLOCK else 1
    cuts = np.searchsorted(start, np.linspace(0, total, cores + 1)[1:-1]).tolist()
    parts = list(zip([0, *cuts], [*cuts, blocks], strict=True))
    if cores == 1:
        play(0, blocks)
    else:
        with ThreadPoolExecutor(cores) as pool:
            list(pool.map(lambda part: play(*part), parts))
    sums[FLOWS.index("expired")] = dies.sum(axis=0)
    failed = state & (_WRONG | _APART) == _WRONG
    if failed.any():
        _taken_out(log, failed, refused, borders, sums)
    seen = state & _SEEN > 0
    done = seen & (state & (_WRONG | _APART) == 0)
    return Accounts(done, failed, seen, balance, pending, expired, dict(zip(FLOWS, sums, strict=True)))


def _kept(values: NDArray[Any]) -> NDArray[Any]:
    """The same numbers, in a row and not to be written: one kind of array, one translation."""
    view = np.ascontiguousarray(values).view()
    view.flags.writeable = False
    return view


def _ends(life: Life, log: Log, as_of: int) -> tuple[Integers, int, int]:
    """When lots expire: a table by the day of issue moved by ``offset``, and its first day; empty: no table."""
    none = np.zeros(0, dtype=np.int64)
    wait, days = life.pending_days * DAY, life.validity_days * DAY
    if life.validity == "unlimited":
        return none, 0, NEVER
    by_table = life.validity == "period_end" or life.rounding == "period_end"
    if not by_table or not len(log):
        return none, 0, wait + days
    offset = wait if life.validity == "period_end" else wait + days - 1
    more = life.more_periods if life.validity == "period_end" else 0
    first, last = (int(log.at[0]) + offset) // DAY, (max(int(log.at[-1]), as_of) + offset) // DAY
    number = clock.period_number(np.arange(first, last + 1) * DAY, life.period)
    return clock.period_start(number + 1 + more, life.period), first * DAY, offset


def _taken_out(log: Log, failed: Booleans, refused: Booleans | None, borders: Integers, sums: Integers) -> None:
    """Sums by month without the accounts that turned out to be no plain ones."""
    which = failed[log.member] if refused is None else failed[log.member] & ~refused
    at, kind, points = log.at[which], log.kind[which], log.points[which]
    month = np.searchsorted(borders, at, side="right") - 1
    for name, those in (
        ("issued", (kind == _EARN) | ((kind == _ADJUST) & (points > 0))),
        ("redeemed", kind == _REDEEM),
        ("reversed", (kind == _ADJUST) & (points < 0)),
    ):
        np.subtract.at(sums[FLOWS.index(name)], month[those], np.abs(points[those]))


@machine_code
def _counted(
    member: Any, kind: Any, points: Any, at: Any, left_out: Any, borders: Any, shift: int, looked_at: bool, state: Any,
    sizes: Any, sums: Any,
) -> tuple[int, int]:  # fmt: skip
    """The largest number of points, and 0 if all times are whole seconds from the first on."""
    month, border, some, largest, parts, began = 0, borders[1], len(left_out) > 0, 0, 0, at[0]
    for i in range(len(member)):
        t = at[i]
        while t >= border:
            month += 1
            border = borders[month + 1]
        m, k, p = member[i], kind[i], points[i]
        largest = max(largest, abs(p))
        parts |= (t - began) % SECOND
        if looked_at:
            known = state[m]
            if known & _APART or (some and left_out[i]):
                state[m] = known | _SEEN
                continue
            if k == _ENROL and known & _BEGUN:  # joins after something else happened
                known |= _WRONG
            state[m] = known | _BEGUN
        if k == _EARN:
            sums[0, month] += p
        elif k == _REDEEM:
            sums[1, month] += p
        elif k == _ADJUST:
            if p > 0:
                sums[0, month] += p
            else:
                sums[3, month] -= p
        sizes[m >> shift] += 1
    return largest, parts


@machine_code
def _dealt(
    member: Any, kind: Any, points: Any, at: Any, left_out: Any, shift: int, looked_at: bool, sign: Any, state: Any,
    place: Any, began: int, unit: int, when: Any, what: Any,
) -> None:  # fmt: skip
    some, mask, one = len(left_out) > 0, (1 << shift) - 1, np.uint64(1)
    for i in range(len(member)):
        m = member[i]
        if looked_at and (state[m] & _APART or (some and left_out[i])):
            continue
        block = np.uint64(m >> shift)
        j = np.uint64(place[block])
        place[block] = j + one
        when[j] = at[i] - began if unit == 1 else (at[i] - began) // SECOND
        what[j] = ((points[i] * sign[kind[i]]) << shift) | (m & mask)


@machine_code
def _played(
    begin: int, end: int, start: Any, when: Any, what: Any, began: int, unit: int, shift: int, as_of: int, wait: int,
    offset: int, first_end: int, ends: Any, first_month: int, month_of: Any, state: Any, balance: Any, pending: Any,
    expired: Any, dies: Any,
) -> None:  # fmt: skip
    most, width = 0, 1 << shift
    for block in range(begin, end):
        most = max(most, start[block + 1] - start[block])
    expires, left, following = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int32)
    born = np.empty(most if wait > 0 else 0, np.int64)
    head, tail, asleep = np.empty(width, np.int32), np.empty(width, np.int32), np.empty(width, np.int32)
    usable, gone = np.empty(width, np.int64), np.empty(width, np.int64)
    never, mask = offset == NEVER, width - 1
    for block in range(begin, end):
        base = block << shift
        count = min(width, len(state) - base)
        again = True
        while again:  # a second time without the accounts that failed
            again = False
            head[:count], asleep[:count], usable[:count], gone[:count] = -1, -1, 0, 0
            dies[block] = 0
            lots = 0
            for i in range(start[block], start[block + 1] + count):
                closing = i >= start[block + 1]  # at the end every account once, for the clock
                if closing:
                    m, t, p = i - start[block + 1], np.int64(as_of), np.int64(0)
                else:
                    m, t, p = what[i] & mask, began + np.int64(when[i]) * unit, np.int64(what[i] >> shift)
                known = state[base + m]
                if not closing:
                    known |= _SEEN
                    state[base + m] = known
                if known & _WRONG:
                    continue
                if wait > 0:
                    lot = asleep[m]
                    while lot >= 0 and born[lot] + wait <= t:
                        usable[m] += left[lot]
                        lot = following[lot]
                    asleep[m] = lot
                lot = head[m]
                while lot >= 0 and expires[lot] <= t:
                    points = left[lot]
                    if points > 0:
                        usable[m] -= points
                        gone[m] += points
                        dies[block, month_of[(expires[lot] - first_month) // DAY]] += points
                    lot = following[lot]
                if p < 0:
                    p = -p
                    if p > usable[m]:
                        state[base + m] |= _WRONG
                        again = True
                        continue
                    usable[m] -= p
                    while p > 0:
                        points = left[lot]
                        if points > p:
                            left[lot] = points - p
                            p = np.int64(0)
                        else:
                            p -= points
                            left[lot] = 0
                            lot = following[lot]
                elif p > 0:
                    left[lots] = p
                    following[lots] = -1
                    if never:
                        expires[lots] = NEVER
                    elif len(ends) > 0:
                        expires[lots] = ends[(t + offset - first_end) // DAY]
                    else:
                        expires[lots] = t + offset
                    if lot >= 0:
                        following[tail[m]] = lots
                    else:
                        lot = lots
                    if wait > 0:
                        born[lots] = t
                        if asleep[m] < 0:
                            asleep[m] = lots
                    else:
                        usable[m] += p
                    tail[m] = lots
                    lots += 1
                head[m] = lot
                if closing:
                    balance[base + m], expired[base + m] = usable[m], gone[m]
                    if wait > 0:
                        lot, points = asleep[m], 0
                        while lot >= 0:
                            points += left[lot]
                            lot = following[lot]
                        pending[base + m] = points
