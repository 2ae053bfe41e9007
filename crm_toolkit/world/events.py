"""What happened in a block: the encounters, and the few other events that the clock itself decides.

Columns of equal length, in the order in which they happened; `Log` collects pieces and joins them at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

# column → type; one encounter of a customer with the organisation
ENCOUNTER = {
    "person": np.int32,  # index in the block
    "number": np.int32,  # of the customer's encounters, from 0
    "time": np.float64,  # weeks from the start
    "bought": np.bool_,
    "basket": np.int16,
    "gross": np.int64,  # minor units
    "discount": np.int64,
    "points_value": np.int64,
    "amount": np.int64,
    "campaign": np.int8,  # whose offer was used; -1 none
    "earned": np.int32,
    "redeemed": np.int32,
    "method": np.int8,
    "delay": np.int16,  # days after the due day; -1 never paid; -2 paid at once
    "employee": np.int8,  # number within the department of service
    "wait": np.float32,  # minutes
    "performance": np.float32,
    "disconfirmation": np.float32,
    "satisfaction": np.float32,
    "failed": np.bool_,
    "severity": np.int8,
    "reaction": np.int8,
    "repaired": np.bool_,
    "repeated": np.bool_,
}
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


@dataclass
class Log:
    """Pieces of columns, joined by `columns`."""

    kinds: dict[str, Any]
    pieces: list[Columns] = field(default_factory=list)

    def add(self, **columns: NDArray[Any]) -> None:
        """Keep one piece; all columns have one length."""
        self.pieces.append(columns)

    def columns(self) -> Columns:
        """All pieces joined, in the declared types."""
        if not self.pieces:
            return {name: np.empty(0, dtype=kind) for name, kind in self.kinds.items()}
        return {
            name: np.concatenate([piece[name] for piece in self.pieces]).astype(kind, copy=False)
            for name, kind in self.kinds.items()
        }


@dataclass(frozen=True)
class Happened:
    """Everything that the clock leaves behind for one block.

    Parameters
    ----------
    encounters, assignments, expiries : dict of arrays
        Columns as in `ENCOUNTER`, `ASSIGNMENT`, `EXPIRY`.
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

    encounters: Columns
    assignments: Columns
    expiries: Columns
    left: NDArray[np.float64]
    left_because: NDArray[np.int8]
    enrolled: NDArray[np.float64]
    satisfaction: NDArray[np.float64]
    states: dict[str, NDArray[np.float32]]


LEFT_BECAUSE = ("", "churn", "after_order", "failure")
