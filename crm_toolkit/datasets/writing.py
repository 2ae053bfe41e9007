"""Tables saved for other programs: no cell becomes a formula, no half-written file is ever seen.

Text that begins with one of ``= + - @``, tab, line end or an apostrophe gets an apostrophe in front, which
spreadsheets show as text and `read_purchases` and `read_customers` take off again. Numbers stay numbers. The
file is written beside its final place and moved there when it is complete.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake.ids import guarded
from crm_toolkit.texts import join_names, say

_SUFFIXES = (".csv", ".tsv", ".xlsx", ".parquet")


def write_table(frame: Any, path: str | os.PathLike[str], *, bom: bool = True) -> Path:
    r"""Save a table as CSV, TSV, Excel (.xlsx) or Parquet, by the ending of the name.

    Parameters
    ----------
    frame : pandas.DataFrame or another frame that Narwhals takes
        The index is not written.
    path : path
        Where to save it; an older file there is replaced.
    bom : bool
        Begin CSV and TSV with a byte-order mark, by which Excel recognises UTF-8.

    Returns
    -------
    pathlib.Path
        Where the table is now.

    Raises
    ------
    InputError
        If the ending is unknown or the place can't be written; what stood there before is unharmed.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> path = write_table(pd.DataFrame({"name": ["=1+1"], "sum": [-2]}), folder / "t.csv", bom=False)
    >>> path.read_text()
    "name,sum\n'=1+1,-2\n"
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _SUFFIXES:
        raise InputError(
            say("“{name}” can't be written.", name=target.name),
            [Problem("unknown_ending", say("The name must end in one of: {names}.", names=join_names(_SUFFIXES)))],
        )
    table = _as_pandas(frame)
    if suffix == ".xlsx":
        from crm_toolkit.datasets.workbook_writing import workbook_bytes

        content = workbook_bytes(table)
        return _replace(target, lambda temporary: temporary.write_bytes(content))
    if suffix == ".parquet":
        return _replace(target, lambda temporary: table.to_parquet(temporary, index=False))
    safe = safe_for_spreadsheets(table)
    options: dict[str, Any] = {
        "index": False,
        "sep": "\t" if suffix == ".tsv" else ",",
        "encoding": "utf-8-sig" if bom else "utf-8",
        "lineterminator": "\r\n",
    }
    return _replace(target, lambda temporary: safe.to_csv(temporary, **options))


def safe_for_spreadsheets(table: pd.DataFrame) -> pd.DataFrame:
    """A copy in which no text, header included, is taken for a formula.

    >>> safe_for_spreadsheets(pd.DataFrame({"name": ["@SUM(1)", "tea"], "sum": [-1, 2]})).values.tolist()
    [["'@SUM(1)", -1], ['tea', 2]]
    """
    safe = table.copy()
    for place in range(safe.shape[1]):
        column = safe.iloc[:, place]
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(object)
        if column.dtype == object or pd.api.types.is_string_dtype(column.dtype):
            texts = [guarded(value) if isinstance(value, str) else value for value in column]
            safe.isetitem(place, np.array(texts, dtype=object))
    safe.columns = pd.Index([guarded(str(name)) for name in table.columns])
    return safe


def _as_pandas(frame: Any) -> pd.DataFrame:
    if isinstance(frame, pd.DataFrame):
        return frame
    import narwhals.stable.v2 as nw

    table = nw.from_native(frame)
    return (table.collect() if isinstance(table, nw.LazyFrame) else table).to_pandas()


def _replace(target: Path, write: Callable[[Path], object]) -> Path:
    """Write beside the target and move it there whole."""
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.stem[:40]}.", suffix=target.suffix, dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        write(temporary)
        if os.name == "posix":
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
        os.replace(temporary, target)
    except OSError as trouble:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise InputError(say("“{name}” can't be written.", name=target.name), [_reason(trouble, target)]) from None
    except BaseException:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise
    return target


def _reason(trouble: OSError, target: Path) -> Problem:
    if not target.parent.is_dir():
        return Problem("no_such_folder", say("There is no such folder: {path}", path=target.parent))
    if target.is_dir():
        return Problem("folder", say("It is a folder; the name of a file is needed."))
    if isinstance(trouble, PermissionError) or trouble.errno == errno.EROFS:
        return Problem(
            "no_permission",
            say("The folder may not be written, or another program holds the file."),
            advice=say("Close it in Excel and try again, or choose another folder."),
        )
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Problem("disk_full", say("There is no room left on the disk."), advice=say("Free some and try again."))
    return Problem("unwritable", say("The system says: {reason}.", reason=trouble.strerror or str(trouble)))
