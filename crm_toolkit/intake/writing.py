"""Tables saved for other programs: no cell becomes a formula, no half-written file is ever seen.

Text that begins with one of ``= + - @``, tab, line end or an apostrophe gets an apostrophe in front, which
spreadsheets show as text and `read_purchases` and `read_customers` take off again. Numbers stay numbers. The
file is written beside its final place and moved there when it is complete.
"""

from __future__ import annotations

import errno
import io
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake.findings import shown
from crm_toolkit.intake.ids import guarded
from crm_toolkit.texts import join_names, say

_HALF = re.compile("[\ud800-\udfff]")
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
    target = _target(path)
    suffix = target.suffix.lower()
    if suffix not in _SUFFIXES:
        raise _refusal(
            target, "unknown_ending", say("The name must end in one of: {names}.", names=join_names(_SUFFIXES))
        )
    table = _as_pandas(frame, target)
    _refuse_half_characters(table, target)
    if suffix == ".xlsx":
        from crm_toolkit.intake.workbook_writing import workbook_bytes

        content = workbook_bytes(table)
        return _replace(target, lambda temporary: temporary.write_bytes(content))
    if suffix == ".parquet":
        content = _parquet(table, target)
        return _replace(target, lambda temporary: temporary.write_bytes(content))
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
            texts = np.empty(len(column), dtype=object)
            for row, value in enumerate(column):
                texts[row] = guarded(value) if isinstance(value, str) else value
            safe.isetitem(place, texts)
    safe.columns = pd.Index([guarded(str(name)) for name in table.columns])
    return safe


def _refusal(target: Path | str, code: str, what: str, advice: str = "") -> InputError:
    name = target.name if isinstance(target, Path) else target
    return InputError(say("“{name}” can't be written.", name=shown(name, 80)), [Problem(code, what, advice=advice)])


def _target(path: Any) -> Path:
    if not isinstance(path, (str, os.PathLike)) or isinstance(path, bytes):
        raise _refusal(
            str(path),
            "not_a_path",
            say("The path of a file is needed; this is an object of the type {kind}.", kind=type(path).__name__),
        )
    target = Path(path)
    try:
        usable = "\0" not in str(target) and bool(os.fsencode(target))
    except UnicodeEncodeError:
        usable = False
    if not usable:
        raise _refusal(target, "bad_name", say("The name holds a sign that no file name can hold."))
    return target


def _as_pandas(frame: Any, target: Path) -> pd.DataFrame:
    if isinstance(frame, pd.DataFrame):
        return frame
    import narwhals.stable.v2 as nw

    try:
        table = nw.from_native(frame)
    except (TypeError, ValueError):
        raise _refusal(
            target,
            "not_a_table",
            say("A table is needed; this is an object of the type {kind}.", kind=type(frame).__name__),
            say("Make one: pd.DataFrame(…); of a Series with .to_frame()."),
        ) from None
    try:
        return (table.collect() if isinstance(table, nw.LazyFrame) else table).to_pandas()
    except MemoryError:
        raise
    except Exception as trouble:
        reason = (str(trouble).strip() or type(trouble).__name__).splitlines()[0].rstrip(".")
        raise _refusal(
            target,
            "broken_frame",
            say("The table can't be computed: {reason}.", reason=shown(reason, 160)),
            say("Compute it yourself first, for example with frame.collect(), and mend what fails there."),
        ) from None


def _refuse_half_characters(table: pd.DataFrame, target: Path) -> None:
    """No file can hold half a character (a lone surrogate); say in which column it stands."""
    for place, name in enumerate(table.columns):
        column = table.iloc[:, place]
        texts = [str(name)]
        if column.dtype == object or isinstance(column.dtype, (pd.CategoricalDtype, pd.StringDtype)):
            texts += [value for value in column if isinstance(value, str) and not value.isascii()]
        if any(_HALF.search(text) for text in texts):
            raise _refusal(
                target,
                "half_characters",
                say("“{column}” holds broken text with half characters (lone surrogates).", column=shown(name)),
                say("Mend it where the text was read: it was decoded wrongly."),
            )


def _parquet(table: pd.DataFrame, target: Path) -> bytes:
    """The table as a Parquet file, where every column has one name and one type."""
    names = [str(name) for name in table.columns]
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise _refusal(
            target,
            "duplicate_columns",
            say(
                "Several columns have one name: {names}; Parquet needs different ones.",
                names=join_names(map(shown, twins)),
            ),
            say("Rename them, or save the table as CSV."),
        )
    out = io.BytesIO()
    try:
        table.set_axis(names, axis=1).to_parquet(out, index=False)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as trouble:
        mixed = [name for place, name in enumerate(names) if not _has_one_type(table.iloc[:, place])]
        raise _refusal(
            target,
            "mixed_types",
            say(
                "Parquet needs one type in each column, and these mix types: {names}.",
                names=join_names(map(shown, mixed or names)),
            ),
            say("Turn the column into text or numbers, or save the table as CSV."),
        ) from trouble
    return out.getvalue()


def _has_one_type(column: pd.Series) -> bool:
    try:
        pa.Array.from_pandas(column)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return False
    return not isinstance(column.dtype, np.dtype) or column.dtype.kind != "c"


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
    if trouble.errno == errno.ENAMETOOLONG:
        return Problem("bad_name", say("The name is too long for this disk."), advice=say("Choose a shorter one."))
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
