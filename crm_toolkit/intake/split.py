"""Delimited text cut into fields, by whole arrays of bytes (RFC 4180, and what people write instead of it).

A quoted field opens right after a delimiter or a line's beginning and closes right before one; inside it,
delimiters and line ends are text and a doubled quote is a quote. A quote in the middle of a plain field is a
plain sign (``5" pipe``). What fits neither rule is refused with its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

BLOCK = 16 * 1024 * 1024
_CR, _LF, _SPACE, _BACKSLASH = 13, 10, 32, 92


class BrokenQuoteError(Exception):
    """A quote that does not fit: ``line`` is where its field begins, ``closed`` whether it ever closed."""

    def __init__(self, line: int, closed: bool):
        super().__init__(line)
        self.line, self.closed = line, closed


@dataclass(frozen=True)
class Records:
    """Fields of one block, row after row.

    Parameters
    ----------
    fields : pyarrow array of text
    starts : array of int
        Index of each record's first field.
    widths : array of int
        How many fields each record has.
    lines : array of int
        The physical line, from 1, on which each record begins.
    blank : array of bool
        Whether all fields of the record are empty.
    """

    fields: pa.Array
    starts: np.ndarray
    widths: np.ndarray
    lines: np.ndarray
    blank: np.ndarray

    def row(self, index: int) -> list[str]:
        """The fields of one record."""
        start = int(self.starts[index])
        return self.fields.slice(start, int(self.widths[index])).to_pylist()

    def column(self, position: int, keep: np.ndarray | None = None) -> pa.Array:
        """One column as text; null where a record is too short."""
        index, there = self.starts + position, self.widths > position
        if keep is not None:
            index, there = index[keep], there[keep]
        return self.fields.take(pa.array(index, mask=~there))

    def __len__(self) -> int:
        return len(self.starts)


def cut_records(
    data: bytes,
    delimiter: str,
    quote: str = '"',
    *,
    tick: Callable[[float], None] | None = None,
    plain: list[int] | None = None,
) -> Iterator[Records]:
    """Cut UTF-8 text into records, block after block; ``plain`` collects lines where a quote is part of the text.

    Raises
    ------
    BrokenQuoteError
        If a quoted field is never closed, or goes on after its closing quote.
    """
    whole = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(whole == ord(quote)) if quote and quote.encode() in data else np.empty(0, np.int64)
    plain = [] if plain is None else plain
    opens, closes, dropped = _structure(whole, quotes, ord(delimiter), plain)
    if plain:
        plain[:] = (np.searchsorted(np.flatnonzero(whole == _LF), plain) + 1).tolist()
    begin, line = 0, 1
    while begin < len(whole):
        end = _block_end(whole, begin, opens, closes)
        block, lines_in_block = _cut(whole[begin:end], begin, ord(delimiter), opens, closes, dropped, line)
        line += lines_in_block
        begin = end
        if tick:
            tick(end / len(whole))
        yield block


def _block_end(whole: np.ndarray, begin: int, opens: np.ndarray, closes: np.ndarray) -> int:
    end = begin + BLOCK
    while end < len(whole):
        newlines = np.flatnonzero(whole[end : end + 65536] == _LF) + end
        inside = np.searchsorted(opens, newlines) > np.searchsorted(closes, newlines)
        free = newlines[~inside]
        if len(free):
            return int(free[0]) + 1
        end += 65536
    return len(whole)


def _structure(
    whole: np.ndarray, quotes: np.ndarray, delimiter: int, plain: list[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places where quoted fields open and close, and of the quotes that are not text."""
    if not len(quotes):
        return quotes, quotes, quotes
    last = len(whole) - 1
    before = np.where(quotes > 0, whole[np.maximum(quotes - 1, 0)], _LF)
    after = np.where(quotes < last, whole[np.minimum(quotes + 1, last)], _LF)
    edge_before = (before == delimiter) | (before == _LF) | (before == _CR)
    edge_after = (after == delimiter) | (after == _LF) | (after == _CR)
    if len(quotes) % 2 == 0:
        doubled = np.zeros(len(quotes), bool)
        doubled[2::2] = quotes[2::2] == quotes[1:-1:2] + 1
        followed = np.zeros(len(quotes), bool)
        followed[1:-1:2] = doubled[2::2]
        if (edge_before | doubled)[0::2].all() and (edge_after | followed)[1::2].all():
            dropped = quotes[~doubled]
            opens, closes = quotes[0::2][~doubled[0::2]], quotes[1::2][~followed[1::2]]
            return opens, closes, dropped
    return _structure_one_by_one(whole, quotes, edge_before, edge_after, delimiter, plain)


def _structure_one_by_one(
    whole: np.ndarray,
    quotes: np.ndarray,
    edge_before: np.ndarray,
    edge_after: np.ndarray,
    delimiter: int,
    plain: list[int],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    opens: list[int] = []
    closes: list[int] = []
    dropped: list[int] = []
    inside = False
    skip = -1
    for place, starts, ends in zip(quotes.tolist(), edge_before.tolist(), edge_after.tolist(), strict=True):
        if place == skip:
            continue
        if not inside:
            blanks = 0 if starts else _blanks_before(whole, place, delimiter)
            if starts or blanks:
                inside = True
                opens.append(place)
                dropped.extend(range(place - blanks, place + 1))
        elif ends:
            inside = False
            closes.append(place)
            dropped.append(place)
        elif place + 1 < len(whole) and whole[place + 1] == whole[place]:
            skip = place + 1
            dropped.append(place)
        elif whole[place - 1] == _BACKSLASH:
            dropped.append(place - 1)
        elif dropped[-1] == opens[-1] and whole[place + 1] == _SPACE and _is_plain(whole, opens[-1], place, delimiter):
            inside = False
            plain.append(opens.pop())
            dropped.pop()
        else:
            raise BrokenQuoteError(_line(whole, opens[-1]), closed=True)
    if inside:
        raise BrokenQuoteError(_line(whole, opens[-1]), closed=False)
    return np.array(opens, np.int64), np.array(closes, np.int64), np.array(dropped, np.int64)


def _is_plain(whole: np.ndarray, begin: int, end: int, delimiter: int) -> bool:
    """Whether quotes stand around a word of the text, as in ``"Rose" Ltd``: no delimiter and no line end inside."""
    inside = whole[begin:end].tobytes()
    return delimiter not in inside and _LF not in inside and _CR not in inside


def _blanks_before(whole: np.ndarray, place: int, delimiter: int) -> int:
    count = 0
    while place - count - 1 >= 0 and whole[place - count - 1] == _SPACE:
        count += 1
    edge = place - count - 1
    return count if count and (edge < 0 or whole[edge] in (delimiter, _LF, _CR)) else 0


def _line(whole: np.ndarray, place: int) -> int:
    return int(np.count_nonzero(whole[:place] == _LF)) + 1


def _cut(
    block: np.ndarray,
    offset: int,
    delimiter: int,
    opens: np.ndarray,
    closes: np.ndarray,
    dropped: np.ndarray,
    first_line: int,
) -> tuple[Records, int]:
    newline = (block == _LF) | (block == _CR)
    ends = np.flatnonzero(newline | (block == delimiter))
    if len(opens):
        ends = ends[np.searchsorted(opens, ends + offset) <= np.searchsorted(closes, ends + offset)]
    sign = block[ends]
    pair = np.zeros(len(ends), bool)
    pair[:-1] = (sign[:-1] == _CR) & (sign[1:] == _LF) & (ends[1:] == ends[:-1] + 1)
    second = np.zeros(len(ends), bool)
    second[1:] = pair[:-1]
    keep = np.ones(len(block), bool)
    keep[ends] = False
    inner = dropped[(dropped >= offset) & (dropped < offset + len(block))] - offset
    keep[inner] = False
    ends, sign, pair = ends[~second], sign[~second], pair[~second]
    starts = np.concatenate(([0], ends + 1 + pair))
    is_last = np.concatenate((sign != delimiter, [True]))
    ends = np.concatenate((ends, [len(block)]))
    if starts[-1] >= len(block) and is_last[-2:-1].all() and len(ends) > 1:
        starts, ends, is_last = starts[:-1], ends[:-1], is_last[:-1]
    lengths = ends - starts - (np.searchsorted(inner, ends) - np.searchsorted(inner, starts))
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    fields = pa.LargeStringArray.from_buffers(
        len(lengths), pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(block[keep].tobytes())
    )
    record_ends = np.flatnonzero(is_last)
    firsts = np.concatenate(([0], record_ends[:-1] + 1))
    breaks = np.flatnonzero(block == _LF)
    if not len(breaks):
        breaks = np.flatnonzero(block == _CR)
    lines = first_line + np.searchsorted(breaks, starts[firsts])
    blank = offsets[record_ends + 1] == offsets[firsts]
    return Records(fields, firsts, record_ends - firsts + 1, lines, blank), len(breaks)
