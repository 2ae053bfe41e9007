"""What happened in a block: the encounters, and the few other events that the clock itself decides.

Columns of equal length, in the order in which they happened; a `Log` grows while the clock runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from crm_toolkit.world.takings import Takings
    from crm_toolkit.world.waits import Waits

# column → type; one encounter of a customer with the organisation
VISIT = {
    "person": np.int32,  # index in the block
    "number": np.int32,  # of the customer's encounters, from 0
    "week": np.int16,
    "time": np.float64,  # weeks from the start
    "employee": np.int8,  # number within the department of service
    "performance": np.float32,
    "disconfirmation": np.float32,
    "satisfaction": np.float32,
    "failed": np.bool_,
    "severity": np.int8,
    "reaction": np.int8,
    "repaired": np.bool_,
    "repeated": np.bool_,
}
# what the clock keeps of those at which something is bought; sums are in minor units
PURCHASE = {
    "basket": np.int16,
    "offer": np.int8,  # of which campaign, from 1; 0 none
    "redeemed": np.int32,  # points
    "points_value": np.int64,
}
# what follows from it (`takings.Takings`)
TAKINGS = ("bought", "campaign", "gross", "discount", "amount", "earned", "method", "delay")
WAIT = "wait"  # minutes, as float32, of every encounter (`waits.Waits`)
AT_ONCE, NEVER_PAID = -2, -1  # words among the days of a delay
_BLANK = {"campaign": -1, "delay": AT_ONCE}  # where nothing is bought; otherwise there stands 0
ASSIGNMENT = {
    "campaign": np.int8,
    "person": np.int32,
    "treated": np.bool_,
    "stratum": np.int8,
    "propensity": np.float64,
    "opened": np.bool_,
    "clicked": np.bool_,
    "unsubscribed": np.bool_,
}
EXPIRY = {"person": np.int32, "week": np.int32, "points": np.int64}

Columns = dict[str, NDArray[Any]]


class Log:
    """Columns that grow row by row, kept in the declared types.

    Parameters
    ----------
    kinds : dict
        Column → type.
    room : int
        Rows to make room for at once; more can come. Room that is not used costs nothing: a large array of zeros
        takes up memory only where it is written to. All columns lie in one such array, which numpy asks the system
        for in large pages: half of the time went into getting memory piece by piece.
    """

    def __init__(self, kinds: dict[str, Any], room: int = 1024):
        self._kinds = {name: np.dtype(kind) for name, kind in kinds.items()}
        self._room, self.rows = max(room, 1024), 0
        self._held = self._made()

    def _made(self) -> Columns:
        """Empty columns in one piece of memory."""
        begin, room = 0, -(-self._room // 8) * 8  # so that all columns are aligned
        memory = np.zeros(room * sum(kind.itemsize for kind in self._kinds.values()), dtype=np.uint8)
        columns: Columns = {}
        for name, kind in self._kinds.items():
            end = begin + room * kind.itemsize
            columns[name], begin = memory[begin:end].view(kind), end
        return columns

    def add(self, **columns: NDArray[Any] | int | bool) -> None:
        """Keep some rows. The first column is an array, others may be one value for all; what is left out is 0."""
        begin = self.rows
        self.rows += len(next(iter(columns.values())))  # type: ignore[arg-type]
        if self.rows > self._room:
            self._room = self.rows + self.rows // 2
            before, self._held = self._held, self._made()
            for name, values in before.items():
                self._held[name][:begin] = values[:begin]
        for name, given in columns.items():
            self._held[name][begin : self.rows] = given

    def put(self, rows: NDArray[np.int64] | slice, **columns: NDArray[Any] | int | bool) -> None:
        """Say more of rows that are there."""
        for name, values in columns.items():
            self._held[name][rows] = values

    def take_back(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Forget some rows: the last ones move into their places. Gives where these came from and where they are now.

        >>> log = Log({"person": np.int32})
        >>> log.add(person=np.arange(5))
        >>> moved = log.take_back(np.array([1, 4]))
        >>> log.columns()["person"].tolist()
        [0, 3, 2]
        """
        self.rows -= len(rows)
        last = np.ones(len(rows), dtype=bool)
        last[rows[rows >= self.rows] - self.rows] = False
        source, target = np.flatnonzero(last) + self.rows, rows[rows < self.rows]
        for values in self._held.values():
            values[target] = values[source]
        return source, target

    def columns(self) -> Columns:
        """All rows."""
        return {name: values[: self.rows] for name, values in self._held.items()}


class Encounters(Mapping[str, NDArray[Any]]):
    """The columns of `VISIT`, `WAIT`, `PURCHASE` and `TAKINGS`, one value for each encounter; made when asked for.

    Parameters
    ----------
    visits : dict of arrays
        What the clock has kept of every encounter.
    takings : Takings
        The purchases.
    rows : array or None
        Which encounters these are; None for all of them.
    waits : Waits
        How long customers waited.
    """

    def __init__(self, visits: Columns, takings: Takings, rows: NDArray[np.int64] | None, waits: Waits):
        self._visits, self._takings, self._rows, self._waits = visits, takings, rows, waits

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name in self._visits:
            return self._visits[name]
        if name == WAIT:
            return self._waits.minutes
        if name not in PURCHASE and name not in TAKINGS:
            raise KeyError(name)
        bought = self._takings.column(name)
        if self._rows is None:
            return bought
        spread = np.full(len(self._visits["time"]), _BLANK.get(name, 0), dtype=bought.dtype)
        spread[self._rows] = bought
        return spread

    def __iter__(self) -> Iterator[str]:
        return iter((*VISIT, WAIT, *PURCHASE, *TAKINGS))

    def __len__(self) -> int:
        return len(VISIT) + 1 + len(PURCHASE) + len(TAKINGS)


@dataclass(frozen=True)
class Happened:
    """Everything that the clock leaves behind for one block.

    Parameters
    ----------
    encounters, assignments, expiries : mapping of str to array
        Columns as in `VISIT`, `WAIT`, `PURCHASE` and `TAKINGS`, in `ASSIGNMENT`, in `EXPIRY`.
    left : array
        Weeks from the start to leaving for good; infinite for those who stay.
    left_because : array of int8
        0 stays, 1 churn, 2 after an order, 3 after a failure.
    enrolled : array
        Weeks from the start to joining the programme; infinite for the others.
    satisfaction : array
        At the end.
    states : dict of arrays (weeks, customers)
        Weekly states, if they were asked for.
    """

    encounters: Encounters
    assignments: Columns
    expiries: Columns
    left: NDArray[np.float64]
    left_because: NDArray[np.int8]
    enrolled: NDArray[np.float64]
    satisfaction: NDArray[np.float64]
    states: dict[str, NDArray[np.float32]]


LEFT_BECAUSE = ("", "churn", "after_order", "failure")
