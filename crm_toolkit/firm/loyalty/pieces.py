"""What both ways of replaying hand over: lots and movements as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

LOT_KINDS = ("earn", "adjust", "transfer", "restore")
MOVEMENTS = ("earn", "adjust", "transfer", "restore", "activate", "redeem", "reserve", "release", "refund", "expire",
             "forfeit", "merge", "cover", "debt", "forgive", "void")  # fmt: skip
MOVEMENT_CODE = {kind: code for code, kind in enumerate(MOVEMENTS)}


@dataclass
class LotPieces:
    """Lots, one row for each; ``event`` is the position in the log of the event that made it."""

    event: Integers
    member: Integers
    kind: NDArray[np.int8]
    order: Integers
    issued_at: Integers
    active_from: Integers
    expires_at: Integers
    issued: Integers
    remaining: Integers
    reserved: Integers
    redeemed: Integers
    expired: Integers
    reversed: Integers
    transferred: Integers

    @classmethod
    def joined(cls, parts: list[LotPieces]) -> LotPieces:
        """All lots, in the order of the log."""
        columns = {one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(cls)}
        order = np.argsort(columns["event"], kind="stable")
        return cls(**{name: column[order] for name, column in columns.items()})


@dataclass
class MovementPieces:
    """Movements, gathered piece by piece; -1 is no event, no lot."""

    rows: list[tuple[Integers, ...]] = field(default_factory=list)

    def add(
        self, kind: str, event: Integers | None, lot: Integers | None, member: Integers, at: Integers,
        points: Any, available: Any, unmoved: Any = None, kinds: Any = None,
    ) -> None:  # fmt: skip
        """Add movements of one kind, or of several named one by one."""
        count = len(member)
        if not count:
            return
        none = np.full(count, -1)
        code = (np.full(count, MOVEMENT_CODE[kind]) if kinds is None
                else np.select([kinds == name for name in np.unique(kinds)],
                               [MOVEMENT_CODE[str(name)] for name in np.unique(kinds)]))  # fmt: skip
        self.rows.append((
            none if event is None else event, none if lot is None else lot, member, at, code, points, available,
            np.zeros(count, dtype=np.int64) if unmoved is None else unmoved,
        ))  # fmt: skip

    def columns(self) -> list[Integers]:
        """event, lot, member, at, kind, points, available, unmoved, in the order of time."""
        if not self.rows:
            return [np.zeros(0, dtype=np.int64)] * 8
        joined = [np.concatenate([np.asarray(row[place], dtype=np.int64) for row in self.rows]) for place in range(8)]
        order = np.lexsort([joined[1], joined[0], joined[3]])
        return [column[order] for column in joined]


def pro_rata(points: Integers, part: Integers, whole: Integers) -> Integers:
    """Points · part / whole, cut off to whole points, without overflow.

    >>> pro_rata(np.array([10]), np.array([1]), np.array([3])).tolist()
    [3]
    """
    if len(points) and float(np.abs(points).max()) * float(part.max()) >= 2.0**62:
        return np.array([one * share // total for one, share, total in
                         zip(points.tolist(), part.tolist(), whole.tolist(), strict=True)], dtype=np.int64)  # fmt: skip
    return points * part // whole
