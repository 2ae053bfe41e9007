"""A fingerprint of a table that knows its rows and not their order.

Every cell becomes 64 bits, mixed with its column's name; a row's cells are added and mixed again into two lanes of
64 bits; the lanes of all rows are added modulo 2**64. So the digest depends on which values stand together in a
row, and neither on the order of rows and columns, nor on chunks, dictionaries, partitions or workers; digests of
parts add up to the digest of the whole (a multiset hash: Clarke et al. 2003, "Incremental multiset hash
functions", section on addition modulo n). It finds accidents, not forgers.

Money counts in hundredths and other numbers in ten-thousandths, both rounded, so that the last bits of a float,
which differ between machines, do not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crm_toolkit.schema import TRUTH_TABLES, WORLD_TABLES

Words = NDArray[np.uint64]

EMPTY = f"{0:032x}-0"
_BATCH_ROWS = 1 << 20
_SLICE = 1 << 14  # rows mixed at a time: three such vectors stay in the processor's cache
_FEW = 4096  # different values that lie close together are looked up
_SCALE = {"money": 100.0, "number": 10_000.0, "integer": 1.0, "id": 1.0}
_LARGEST = 9e18

_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_STEP, _OTHER_LANE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)
_MISSING = np.uint64(0x5BF0_3635_DEB8_11A7)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


def kinds_of(name: str) -> dict[str, str]:
    """The kind of every column of a world's table; a table of truth is named ``truth.…``.

    >>> kinds_of("order_lines")["amount"]
    'money'
    """
    table = TRUTH_TABLES[name.removeprefix("truth.")] if name.startswith("truth.") else WORLD_TABLES[name]
    return {column.name: column.kind for column in table.columns}


def table_digest(table: pa.Table, kinds: Mapping[str, str] | None = None) -> str:
    """The digest of a table, whatever the order of its rows.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of integers, floats, flags, dates, timestamps or text, also as dictionaries; values may be missing
        (NaN counts as missing).
    kinds : mapping of str to str, optional
        The schema's kind of a column (`kinds_of`): ``money`` is rounded to hundredths, ``number`` to
        ten-thousandths, ``id`` and ``integer`` to whole numbers, ``date`` to days. Without it a float counts as a
        number, and everything else as what Arrow says.

    Returns
    -------
    str
        128 bits in hexadecimal, a hyphen and the number of rows.

    Raises
    ------
    TypeError
        If a column is of another type, such as a list.

    Examples
    --------
    >>> table = pa.table({"customer_id": [1, 2, 3], "amount": [0.1, 0.2, None]})
    >>> kinds = {"customer_id": "id", "amount": "money"}
    >>> table_digest(table, kinds) == table_digest(table.take([2, 0, 1]), kinds)
    True
    >>> combine([table_digest(table[:1], kinds), table_digest(table[1:], kinds)]) == table_digest(table, kinds)
    True
    """
    known = kinds or {}
    first = second = 0
    for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
        rows = np.zeros(batch.num_rows, dtype=np.uint64)
        for name, array in zip(batch.schema.names, batch.columns, strict=True):
            _add_column(rows, array, known.get(name), name)
        for start in range(0, len(rows), _SLICE):
            part = rows[start : start + _SLICE]
            second += int(np.add.reduce(_mixed(part ^ _OTHER_LANE), dtype=np.uint64))
            first += int(np.add.reduce(_mixed(part), dtype=np.uint64))
    return _written(first, second, table.num_rows)


def combine(digests: Iterable[str]) -> str:
    """The digest of a table from the digests of its parts, in any order.

    >>> combine([]) == EMPTY == table_digest(pa.table({"customer_id": []}))
    True
    """
    first = second = rows = 0
    for digest in digests:
        lanes, count = digest.split("-")
        first, second, rows = first + int(lanes[:16], 16), second + int(lanes[16:], 16), rows + int(count)
    return _written(first, second, rows)


def _written(first: int, second: int, rows: int) -> str:
    return f"{first % 2**64:016x}{second % 2**64:016x}-{rows}"


def _key(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


def _mixed(words: Words, scratch: Words | None = None) -> Words:
    """SplitMix64's finaliser (Steele, Lea, Flood 2014), in place."""
    other = np.empty_like(words) if scratch is None else scratch
    words ^= np.right_shift(words, _30, out=other)
    words *= _FIRST
    words ^= np.right_shift(words, _27, out=other)
    words *= _SECOND
    words ^= np.right_shift(words, _31, out=other)
    return words


def _add_column(rows: Words, array: pa.Array, kind: str | None, name: str) -> None:
    """Add the mixed cells of one column to the rows; where few values come again and again, each is mixed once."""
    key = _key(name)
    words_of_few = pa.types.is_dictionary(array.type) and _is_text(array.type.value_type)
    if words_of_few and not array.null_count and len(array.dictionary) < len(array):
        rows += _cells(_text_words(array.dictionary), key).take(_values(array.indices))
        return
    words = _words(array, kind, name)
    numbers = words.view(np.int64)
    lowest, highest = (int(numbers.min()), int(numbers.max())) if len(words) else (0, 0)
    if highest - lowest >= min(_FEW, len(words)):
        _mix_into(rows, words, key)
    elif highest == lowest:
        rows += _cells(words[:1], key)
    else:
        cells = _cells(np.arange(lowest, highest + 1, dtype=np.int64).view(np.uint64), key)
        rows += cells.take(numbers - lowest if lowest else numbers)


def _cells(words: Words, key: np.uint64) -> Words:
    return _mixed(words * _STEP + key)


def _mix_into(rows: Words, words: Words, key: np.uint64) -> None:
    """Add the mixed cells of one column to the rows, a slice at a time."""
    mine, scratch = np.empty(_SLICE, dtype=np.uint64), np.empty(_SLICE, dtype=np.uint64)
    for start in range(0, len(rows), _SLICE):
        part = words[start : start + _SLICE]
        size = len(part)
        cells = mine[:size]
        np.multiply(part, _STEP, out=cells)
        cells += key
        rows[start : start + _SLICE] += _mixed(cells, scratch[:size])


def _words(array: pa.Array, kind: str | None, name: str) -> Words:
    """One 64-bit word for every value of a column; equal values get equal words."""
    if pa.types.is_dictionary(array.type):
        if not _is_text(array.type.value_type):
            return _words(array.dictionary_decode(), kind, name)
        if not len(array.dictionary):
            return np.full(len(array), _MISSING)
        words = _text_words(array.dictionary).take(_values(array.indices))
    elif _is_text(array.type):
        words = _text_words(array)
    elif pa.types.is_null(array.type):
        return np.full(len(array), _MISSING)
    elif pa.types.is_floating(array.type) or pa.types.is_decimal(array.type):
        floats = array if pa.types.is_float64(array.type) else array.cast(pa.float64())
        words = _rounded(_values(floats), _SCALE.get(kind or "number", 1.0))
    elif pa.types.is_timestamp(array.type):
        whole = pa.date32() if kind == "date" else pa.timestamp("us", array.type.tz)
        words = _integers(array.cast(whole, safe=False))
    elif pa.types.is_date(array.type):
        words = _integers(array.cast(pa.timestamp("us") if kind == "datetime" else pa.date32()))
    elif pa.types.is_integer(array.type) or pa.types.is_boolean(array.type):
        scale = int(_SCALE.get(kind or "", 1.0))
        words = _integers(array) if scale == 1 else _integers(array) * np.uint64(scale)
    else:
        raise TypeError(f"column {name!r} of type {array.type} has no digest")
    if array.null_count:
        words = np.where(array.is_null().to_numpy(zero_copy_only=False), _MISSING, words)
    return words


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _values(array: pa.Array) -> NDArray:
    """The values as numpy sees them; where one is missing, anything."""
    filled = array if not array.null_count else pc.fill_null(array, pa.scalar(0).cast(array.type))
    return filled.to_numpy(zero_copy_only=False)


def _integers(array: pa.Array) -> Words:
    if pa.types.is_uint64(array.type):
        return _values(array)
    if pa.types.is_date32(array.type):
        array = array.view(pa.int32())
    elif pa.types.is_timestamp(array.type):
        array = array.view(pa.int64())
    if pa.types.is_boolean(array.type):
        return _values(array).astype(np.uint64)
    return _values(array if pa.types.is_int64(array.type) else array.cast(pa.int64())).view(np.uint64)


def _rounded(values: NDArray[np.float64], scale: float) -> Words:
    scaled = values if scale == 1.0 else values * scale
    if not len(scaled) or (scaled.max() < _LARGEST and scaled.min() > -_LARGEST):
        return np.rint(scaled).astype(np.int64).view(np.uint64)
    usual = np.abs(scaled) < _LARGEST
    words = np.rint(np.where(usual, scaled, 0.0)).astype(np.int64).view(np.uint64)
    words = np.where(usual, words, np.ascontiguousarray(scaled).view(np.uint64))
    return np.where(np.isnan(values), _MISSING, words)


def _text_words(array: pa.Array) -> Words:
    """Words of texts: eight bytes of UTF-8 at a time are added and mixed, all texts at once, the longest go on."""
    array = array.cast(pa.large_string())
    _, offsets_buffer, bytes_buffer = array.buffers()
    if offsets_buffer is None or not len(array):
        return np.zeros(len(array), dtype=np.uint64)
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    padded = np.zeros(last - first + 8, dtype=np.uint8)
    if last > first:
        padded[: last - first] = np.frombuffer(bytes_buffer, dtype=np.uint8)[first:last]
    eights = np.lib.stride_tricks.as_strided(padded[:8].view("<u8"), shape=(last - first + 1,), strides=(1,))
    starts, lengths = offsets[:-1] - first, np.diff(offsets)
    words = lengths.astype(np.uint64) * _STEP
    going = np.flatnonzero(lengths > 0)
    read = 0
    while going.size:
        left = np.minimum(lengths[going] - read, 8).astype(np.uint64)
        kept = np.uint64(0xFFFF_FFFF_FFFF_FFFF) >> (np.uint64(64) - left * np.uint64(8))
        piece = eights[starts[going] + read].astype(np.uint64) & kept
        words[going] = _mixed(words[going] + piece)
        read += 8
        going = going[lengths[going] > read]
    if array.null_count:
        words[array.is_null().to_numpy(zero_copy_only=False)] = _MISSING
    return words
