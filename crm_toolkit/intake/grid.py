"""A table as it came: columns of cells, each with its header and the row numbers its owner sees."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Cells:
    """One column as it came.

    Parameters
    ----------
    header : str
        The header as it stands in the file.
    position : int
        Which column of the file it is, from 1.
    text : pyarrow chunked array of text, or None
        What the cells say; null and "" both stand for an empty cell.
    exact : array of bool, or None
        Cells whose text was made here from a typed number or date of a workbook, so that no
        separator in it is in doubt.
    native : pyarrow chunked array, or None
        A typed column of a Parquet file or frame.
    """

    header: str
    position: int
    text: pa.ChunkedArray | None = None
    exact: np.ndarray | None = None
    native: pa.ChunkedArray | None = None

    def keep(self, rows: np.ndarray) -> Cells:
        """The same column with only these rows (a mask)."""
        mask = pa.array(rows)
        return replace(
            self,
            text=self.text.filter(mask) if self.text is not None else None,
            exact=self.exact[rows] if self.exact is not None else None,
            native=self.native.filter(mask) if self.native is not None else None,
        )


@dataclass(frozen=True)
class Grid:
    """Columns of equal length; ``rows`` holds the number of each row in the user's own program.

    ``errors`` names the cells that hold an error value of Excel: (row, column position) → (cell, value).
    """

    columns: tuple[Cells, ...]
    rows: np.ndarray
    errors: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)

    def keep(self, mask: np.ndarray) -> Grid:
        """Only the rows of the mask."""
        return replace(self, columns=tuple(column.keep(mask) for column in self.columns), rows=self.rows[mask])

    def __len__(self) -> int:
        return len(self.rows)


def plain_text(cells: Cells) -> pa.ChunkedArray:
    """The column as text, trimmed, with "" for what is empty."""
    text = cells.text if cells.text is not None else as_text(cells.native)
    return pc.utf8_trim_whitespace(pc.fill_null(text, ""))


def as_text(native: pa.ChunkedArray | None) -> pa.ChunkedArray:
    """A typed column as text; whole numbers without a point."""
    assert native is not None
    if pa.types.is_dictionary(native.type):
        native = native.cast(native.type.value_type)
    if pa.types.is_floating(native.type):
        whole = native.to_pandas()
        texts = ["" if value != value else f"{value:.0f}" if value == value // 1 else repr(value) for value in whole]
        return pa.chunked_array([pa.array(texts, pa.large_string())])
    return native.cast(pa.large_string())


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type is text, kept as it is or in a dictionary."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
