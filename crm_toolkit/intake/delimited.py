"""A delimited text as a grid: recognised, cut, its columns found; what does not fit is named by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
import pyarrow as pa

from crm_toolkit.intake import limits, signatures
from crm_toolkit.intake.cleaning import Layout, clean
from crm_toolkit.intake.dialect import Dialect, recognise
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.forms import Form
from crm_toolkit.intake.grid import Cells, Grid
from crm_toolkit.intake.headers import Header, assign, find_header, match, missing_fields
from crm_toolkit.intake.split import BrokenQuoteError, Records, cut_records
from crm_toolkit.texts import join_names, say, say_count


def text_grid(
    data: bytes,
    form: Form,
    columns: Mapping[str, object],
    findings: Findings,
    *,
    delimiter: str = "",
    header_row: int | None = None,
    tick: Callable[[float], None] | None = None,
) -> tuple[Grid, dict[str, Cells]]:
    """Cut the text and hand out one column for each field that was found."""
    kind = signatures.not_a_text_table(data[:8192].decode("utf-8", errors="ignore"))
    if kind:
        raise findings.stop(
            "not_a_table",
            say("It is not a table: it is {kind}.", kind=say(kind)),
            advice=say("Open it in Excel and save it as a workbook (.xlsx) or as CSV."),
        )
    dialect = recognise(data, form, columns, findings, delimiter)
    blocks = _cut(data, dialect, findings, tick)
    first = blocks[0]
    top = [first.row(index) for index in range(min(len(first), limits.HEADER_SEARCH))]
    findings.top = [[cell or "" for cell in row] for row in top]
    header = locate_header(top, [int(line) for line in first.lines[: len(top)]], form, columns, findings, header_row)
    layout = Layout(header, form, _row_reader(blocks))
    roles = assign(header, form, columns, findings)
    missing_fields(roles, header, form, findings)
    findings.stop_if_wrong()
    begin = header.row + header.height
    positions = sorted(set(roles.values()))
    pieces: dict[int, list[pa.Array]] = {place: [] for place in positions}
    for number, block in enumerate(blocks):
        keep = np.ones(len(block), bool)
        if number == 0:
            keep[:begin] = False
        for place in positions:
            pieces[place].append(block.column(place, keep))
    lines = np.concatenate([block.lines for block in blocks])[begin:]
    widths = np.concatenate([block.widths for block in blocks])[begin:]
    grid = Grid(
        tuple(
            Cells(
                header.names[place] or say("column {number}", number=place + 1),
                place + 1,
                pa.chunked_array(pieces[place]),
            )
            for place in positions
        ),
        lines,
    )
    kept = clean(grid, roles, layout, begin, findings)
    _refuse_ragged(widths, kept, lines, layout, begin, dialect, findings)
    findings.stop_if_wrong()
    findings.counts["rows_read"] = len(grid)
    grid = grid.keep(kept) if not kept.all() else grid
    by_place = {cells.position - 1: cells for cells in grid.columns}
    return grid, {role: by_place[place] for role, place in roles.items()}


def _cut(data: bytes, dialect: Dialect, findings: Findings, tick: Callable[[float], None] | None) -> list[Records]:
    body = data[dialect.skip :]
    plain: list[int] = []
    try:
        blocks = list(cut_records(body, dialect.delimiter, dialect.quote, tick=tick, plain=plain))
    except BrokenQuoteError as broken:
        line = broken.line + bool(dialect.skip)
        what = (
            say(
                "A quote does not fit: the field goes on after its closing quote ({where}).",
                where=findings.where([line]),
            )
            if broken.closed
            else say("A quote is opened and never closed ({where}).", where=findings.where([line]))
        )
        raise findings.stop(
            "quote", what, advice=say("Double the quotes inside a quoted field, or delete the odd one."), rows=(line,)
        ) from None
    if not blocks:
        raise findings.stop("empty", say("The file is empty: it has no lines."))
    if dialect.skip:
        for block in blocks:
            block.lines[:] += 1
    if plain:
        lines = [line + bool(dialect.skip) for line in plain]
        findings.warn(
            "plain_quotes",
            say_count(
                "{count} field begins with a quoted word and goes on after it; its quotes are kept as text ({where}).",
                "{count} fields begin with a quoted word and go on after it; their quotes are kept as text ({where}).",
                len(lines),
                where=findings.where(lines),
            ),
            rows=lines,
        )
    return blocks


def _row_reader(blocks: list[Records]) -> Callable[[int], list[str]]:
    ends = np.cumsum([len(block) for block in blocks])

    def row(index: int) -> list[str]:
        number = int(np.searchsorted(ends, index, side="right"))
        before = int(ends[number - 1]) if number else 0
        return [cell or "" for cell in blocks[number].row(index - before)]

    return row


def locate_header(
    top: list[list[str]],
    lines: list[int],
    form: Form,
    columns: Mapping[str, object],
    findings: Findings,
    header_row: int | None,
) -> Header:
    """The header by the user's word or by its names; a refusal that shows the first line otherwise."""
    if header_row == 0:
        width = max(len(row) for row in top)
        names = tuple("" for _ in range(width))
        return Header(-1, 1, names, match(names, form, columns))
    if header_row is not None:
        if header_row not in lines:
            raise findings.stop(
                "bad_header_row",
                say(
                    "There is no header in row {row}: the search covers rows {first} to {last}.",
                    row=header_row,
                    first=lines[0],
                    last=lines[-1],
                ),
            )
        index = lines.index(header_row)
        names = tuple(top[index])
        return Header(index, 1, names, match(names, form, columns))
    header = find_header(top, form, columns)
    if header is None:
        start = next((row for row in top if any(cell.strip() for cell in row)), [])
        raise findings.stop(
            "no_header",
            say(
                "No header was found: no line among the first {number} names columns that are known.",
                number=limits.HEADER_SEARCH,
            ),
            found=say("The first line is: {cells}.", cells=join_names((shown(cell, 30) for cell in start), 10)),
            advice=say(
                "Name the columns: {example}; if there is no header, number them and say header_row=0: {numbers}.",
                example=", ".join(f"{name}='…'" for name in _asked(form)),
                numbers=", ".join(f"{name}={number}" for number, name in enumerate(_asked(form), start=1)),
            ),
        )
    place = lines[header.row]
    if header.row > 0 and any(cell.strip() for row in top[: header.row] for cell in row):
        titles = [cell.strip() for row in top[: header.row] for cell in row if cell.strip()]
        findings.fact(
            say("Header"),
            say(
                "{where}; above it stands a title: {title}",
                where=findings.where([place]),
                title=join_names((shown(title, 60) for title in titles), 3),
            ),
        )
    else:
        findings.fact(say("Header"), findings.where([place, place + 1] if header.height == 2 else [place]))
    return header


def _asked(form: Form) -> list[str]:
    return [group[0][-1] for group in form.required]


_DECIMALS = re.compile(r"\d{1,2}")


def _refuse_ragged(
    widths: np.ndarray,
    kept: np.ndarray,
    lines: np.ndarray,
    layout: Layout,
    begin: int,
    dialect: Dialect,
    findings: Findings,
) -> None:
    """Name the lines with too few or too many fields; empty fields at the end do no harm."""
    names = layout.header.names
    width = len(names)
    needed = max((place + 1 for place, name in enumerate(names) if name.strip()), default=width)
    long = [
        i
        for i in np.flatnonzero(kept & (widths > width)).tolist()
        if any(map(str.strip, layout.row(i + begin)[width:]))
    ]
    short = np.flatnonzero(kept & (widths < needed))
    if long:
        example = layout.row(long[0] + begin)
        halves = [
            pair
            for pair in pairwise(example)
            if dialect.delimiter == "," and pair[0].strip("-+ ").isdigit() and _DECIMALS.fullmatch(pair[1])
        ]
        findings.problem(
            "too_many_fields",
            say_count(
                "{count} line has more fields than the header's {width}: {where}.",
                "{count} lines have more fields than the header's {width}: {where}.",
                len(long),
                width=width,
                where=findings.where(lines[long]),
            ),
            found=say("Such as: {cells}", cells=shown(dialect.delimiter.join(example), 160)),
            advice=say(
                "It looks like a decimal comma in a comma-separated file: “{one},{two}” may be one number or two "
                "fields. Save the file with semicolons, or put such numbers in quotes.",
                one=halves[-1][0],
                two=halves[-1][1],
            )
            if halves
            else say("Put a field that holds the delimiter in quotes, or delete what is too much."),
            rows=lines[long],
        )
    if len(short):
        lost = sorted({place for index in short[:100] for place in range(int(widths[index]), needed)})
        findings.problem(
            "too_few_fields",
            say_count(
                "{count} line has fewer fields than the header's {width}: {where}; these columns are missing there: "
                "{names}.",
                "{count} lines have fewer fields than the header's {width}: {where}; these columns are missing there: "
                "{names}.",
                len(short),
                width=width,
                where=findings.where(lines[short]),
                names=join_names((shown(names[place], 30) for place in lost), 8),
            ),
            found=say("Such as: {cells}", cells=shown(dialect.delimiter.join(layout.row(int(short[0]) + begin)), 160)),
            advice=say("Complete these lines or delete them."),
            rows=lines[short],
        )
