"""One table while slips are planted in it: what stands in it, what ought to, and a note of every slip.

Whether a cell suffers a slip, and which one, is a function of (seed, table and column and kind of slip, key of the
row): the same row has the same slips whatever other rows there are, and a greater share only adds to them. A slip
that applies to the clean text is noted even where another one hides it, as an empty field hides a typing error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.streams import Integers, Stream
from crm_toolkit.world.observed.slips import Slip, one_of

CHANGE_COLUMNS = ("table", "key", "column", "kind", "clean", "observed")


@dataclass
class Sheet:
    """A table under the pen.

    Parameters
    ----------
    name : str
        Name of the table.
    seed : int or str
        The world's seed.
    twin : DataFrame
        The table without a slip; it stays as it is.
    key : str
        The column that names a row.
    who, copy : array of int
        The address of a row's luck: the true key and the number of the copy.
    """

    name: str
    seed: int | str
    twin: pd.DataFrame
    key: str
    who: Integers
    copy: Integers
    cells: dict[str, NDArray[Any]] = field(default_factory=dict)
    planted: list[tuple[str, str, Integers]] = field(default_factory=list)
    _right: dict[str, NDArray[Any]] = field(default_factory=dict, repr=False)

    def clean(self, column: str) -> NDArray[Any]:
        """The column as it ought to be; texts as objects."""
        if column not in self._right:
            values = self.twin[column]
            plain = isinstance(values.dtype, np.dtype) and values.dtype.kind in "iufbM"
            self._right[column] = values.to_numpy() if plain else values.to_numpy(dtype=object)
        return self._right[column]

    def now(self, column: str) -> NDArray[Any]:
        """The column as it stands now, to be written into."""
        if column not in self.cells:
            self.cells[column] = self.clean(column).copy()
        return self.cells[column]

    def luck(self, column: str, kind: str) -> Stream:
        """The luck of one kind of slip in one column."""
        return Stream(self.seed, f"observe {self.name} {column} {kind}")

    def struck(self, column: str, kind: str, share: float | NDArray[Any]) -> Integers:
        """Positions of the rows that suffer the slip."""
        if np.ndim(share) == 0 and share == 0:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.luck(column, kind).happens(share, self.who, self.copy))

    def note(self, column: str, kind: str, rows: Integers) -> None:
        """Note a slip that was planted in these rows."""
        if len(rows):
            self.planted.append((column, kind, rows))

    def put(self, column: str, kind: str, rows: Integers, values: Any) -> None:
        """Write values into a column and note it."""
        self.now(column)[rows] = values
        self.note(column, kind, rows)

    def write(self, column: str, kind: str, share: float | NDArray[Any], slip: Slip) -> None:
        """Plant one kind of slip in a text column, wherever it applies to the clean text."""
        right, now = self.clean(column), self.now(column)
        rows = self.struck(column, kind, share)
        rows = rows[[slip.applies(text) for text in right[rows]]] if len(rows) else rows
        words = self.luck(column, kind).words(self.who[rows], self.copy[rows], 1).tolist()
        for row, luck in zip(rows.tolist(), words, strict=True):
            if slip.applies(now[row]):
                now[row] = slip.write(now[row], luck)
        self.note(column, kind, rows)

    def leave_empty(self, columns: tuple[str, ...], share: float, words: tuple[str, ...]) -> None:
        """Lose fields of text: nothing, a dash or “n/a” stands there."""
        for column in columns:
            self.write(column, "missing", share, Slip(lambda text: text not in words, one_of(words)))

    def observed(self) -> pd.DataFrame:
        """The table with its slips."""
        return self.twin.assign(**self.cells)

    def changes(self) -> dict[str, NDArray[np.object_]]:
        """The slips as columns, without the few that leave the clean value behind."""
        keys = self.twin[self.key].astype(str).to_numpy(dtype=object)
        parts: list[list[NDArray[Any]]] = [[] for _ in CHANGE_COLUMNS]
        for column, kind, rows in self.planted:
            values = (_objects(self.clean(column)[rows]), _objects(self.now(column)[rows]))
            names = (np.full(len(rows), name, dtype=object) for name in (self.name, column, kind))
            table, *where = names
            differ = values[0] != values[1]
            for part, one in zip(parts, (table, keys[rows], *where, *values), strict=True):
                part.append(one[differ])
        return {
            name: np.concatenate(part) if part else np.empty(0, dtype=object)
            for name, part in zip(CHANGE_COLUMNS, parts, strict=True)
        }


def _objects(values: NDArray[Any]) -> NDArray[np.object_]:
    """Values as objects; moments as `pandas.Timestamp`."""
    return values.astype(object) if values.dtype.kind != "M" else np.array(list(pd.DatetimeIndex(values)), dtype=object)


def changes_of(sheets: Iterable[Sheet]) -> pd.DataFrame:
    """The slips of several tables: table, key, column, kind, clean and observed value, one row for each slip."""
    parts = [sheet.changes() for sheet in sheets]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in CHANGE_COLUMNS}
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
