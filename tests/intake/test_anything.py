"""Whatever comes in, the table is right or the letter is clear: files made by hypothesis.

``CRM_FUZZ=20`` tries twenty times as many.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import os
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crm_toolkit.datasets import read_customers, read_purchases, write_table
from crm_toolkit.errors import InputError

TIMES = int(os.environ.get("CRM_FUZZ", "1"))


def tries(count):
    return settings(
        max_examples=max(1, count * TIMES // 4),
        deadline=None,
        derandomize=TIMES == 1,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    )


TEXT = (
    b"order_id,customer_id,ordered_at,item,quantity,unit_price\n"
    b"1,C1,2024-03-05 10:00,tea,2,10.50\n2,C2,2024-03-06 11:30,coffee,1,20.00\n3,C1,2024-04-17 12:00,tea,-1,10.50\n"
)


def _workbook() -> bytes:
    import tempfile
    from pathlib import Path

    frame = pd.read_csv(io.BytesIO(TEXT), parse_dates=["ordered_at"])
    with tempfile.TemporaryDirectory() as folder:
        return write_table(frame, Path(folder) / "t.xlsx").read_bytes()


def _parquet() -> bytes:
    out = io.BytesIO()
    pd.read_csv(io.BytesIO(TEXT), parse_dates=["ordered_at"]).to_parquet(out, index=False)
    return out.getvalue()


BASES = {
    "text": TEXT,
    "wide": TEXT.decode().encode("utf-16"),
    "gzip": gzip.compress(TEXT, mtime=0),
    "workbook": _workbook(),
    "parquet": _parquet(),
}


def read_or_letter(data: bytes) -> pd.DataFrame | None:
    """The table, or None for a refusal that can be read; anything else is a failure."""
    try:
        frame, report = read_purchases(data, name="odd")
    except InputError as letter:
        refusal = letter
    else:
        refusal = None
    if refusal is not None:
        assert refusal.problems
        assert str(refusal)
        return None
    assert str(report)
    assert frame["amount"].notna().all()
    assert frame["ordered_at"].notna().all()
    assert frame["order_id"].notna().all()
    return frame


@tries(150)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))),
    st.sampled_from(
        [
            b"",
            b"PK\x03\x04",
            b"\x1f\x8b\x08",
            b"PAR1",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xd0\xcf\x11\xe0",
            TEXT[:57],
            b"sep=;\n",
            TEXT,
        ]
    ),
)
def test_any_bytes_are_read_or_refused(body, start):
    read_or_letter(start + body)


@tries(200)
@given(st.sampled_from(sorted(BASES)), st.data())
def test_a_damaged_file_is_read_or_refused(name, data):
    damaged = bytearray(BASES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "insert", "end"]))
        if kind == "flip":
            damaged[place] ^= data.draw(st.integers(1, 255))
        elif kind == "cut":
            del damaged[place : place + data.draw(st.integers(1, 20))]
        elif kind == "insert":
            damaged[place:place] = data.draw(st.binary(min_size=1, max_size=12))
        else:
            del damaged[max(place, 1) :]
        if not damaged:
            break
    read_or_letter(bytes(damaged))


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            " ",
            "1,234",
            "1.234",
            "0",
            "-5",
            "1e5",
            "NaN",
            "32/13/2024",
            "2024-02-30",
            "13:99",
            "'=1",
            "Итого",
            "5 %",
            "$ 5 €",
            "45000",
            "1700000000",
            "9" * 40,
            "12.5.2024",
            "٣",
            "²",
            "½",
            "1_000",
            "Ⅷ",
        ]
    ),
    st.from_regex(r"[0-9.,' ()+\-$€руб]{1,10}", fullmatch=True),
    st.from_regex(r"[0-9]{1,4}[-./ ][0-9]{1,2}[-./ ][0-9]{1,4}( [0-9]{1,2}:[0-9]{2})?", fullmatch=True),
)


@tries(250)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5), CELLS), min_size=1, max_size=4))
@example([(1, 4, "²")])
@example([(2, 2, "0001-01-01")])
@example([(1, 2, ",")])
def test_any_cell_is_read_or_refused_and_leaves_the_others_alone(edits):
    import csv

    rows = list(csv.reader(io.StringIO(TEXT.decode())))
    for row, column, value in edits:
        rows[row][column] = value.replace("\x00", "")
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    frame = read_or_letter(out.getvalue().encode("utf-8", "replace"))
    touched = {(row, column) for row, column, _ in edits}
    if frame is not None and len(frame) == 3:
        for number, (quantity, price) in enumerate([(2, 10.5), (1, 20.0), (-1, 10.5)], start=1):
            if not touched & {(r, c) for r in (1, 2, 3) for c in (4, 5)}:
                assert frame["amount"].iloc[number - 1] == quantity * price
            if not touched & {(number, 1)} and not any(column == 1 for _, column in touched):
                assert frame["customer_id"].iloc[number - 1] == ("C1", "C2", "C1")[number - 1]


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=15).filter(
    lambda text: text.strip() and not text.startswith("'") and "\ufffd" not in text and "?" not in text
)
RUSSIAN = st.lists(st.sampled_from("роза тюльпан ваза Ёлка букет полевой лента".split()), min_size=1, max_size=3)  # noqa: SIM905
LINES = st.lists(
    st.tuples(
        st.integers(1, 10**6),
        st.integers(1, 999),
        st.datetimes(dt.datetime(2001, 1, 1), dt.datetime(2023, 12, 31)),
        WORDS,
        RUSSIAN.map(" ".join),
        st.integers(-30, 30),
        st.integers(1, 10**8),
    ),
    min_size=1,
    max_size=10,
)
STYLES = {
    "iso": "%Y-%m-%d %H:%M:%S",
    "t": "%Y-%m-%dT%H:%M",
    "dots": "%d.%m.%Y %H:%M",
    "slashes": "%d/%m/%Y %H:%M",
    "american": "%m/%d/%Y %I:%M %p",
    "named": "%d %b %Y, %H:%M",
    "compact": "%Y%m%d",
}


@tries(250)
@given(
    LINES,
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "utf-32"]),
    st.sampled_from(sorted(STYLES)),
    st.sampled_from([(".", ""), (",", ""), (",", " "), (".", ","), (",", "."), (".", "'"), (",", "\u00a0")]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.integers(0, 3),
)
def test_a_table_written_in_any_usual_way_comes_back(lines, delimiter, encoding, style, signs, eol, always, titles):
    decimal, group = signs
    wide = encoding.startswith("utf")
    group = " " if group == "\u00a0" and encoding == "koi8-r" else group

    def money(cents):
        text = f"{Decimal(cents) / 100:,.2f}"
        return text.replace(",", "\0").replace(".", decimal).replace("\0", group)

    def cell(text):
        return '"' + text.replace('"', '""') + '"' if always or any(s in text for s in ',;\t|"\r\n') else text

    header = ["Номер заказа", "Клиент", "Дата", "Товар", "Количество", "Цена"]
    rows = [
        [
            f"A{order}",
            f"K{customer}",
            at.strftime(STYLES[style]),
            word if wide else russian,
            str(quantity),
            money(price),
        ]
        for order, customer, at, word, russian, quantity, price in lines
    ]
    text = "".join(eol if n % 2 else f"Отчёт{eol}" for n in range(titles))
    text += eol.join(delimiter.join(map(cell, row)) for row in [header, *rows]) + eol
    days = [line[2] for line in lines]
    try:
        frame, report = read_purchases(text.encode(encoding), name="t.csv")
    except InputError as letter:
        asked = {problem.code for problem in letter.problems}
    else:
        asked = set()
    if asked:
        assert asked == {"ambiguous_date"}
        assert style in ("slashes", "american")
        assert all(day.day <= 12 for day in days)
        return
    assert report.rows_kept == len(lines)
    assert frame["order_id"].tolist() == [row[0] for row in rows]
    assert frame["customer_id"].tolist() == [row[1] for row in rows]
    precise = {"iso": "s", "compact": "D"}.get(style, "min")
    assert frame["ordered_at"].tolist() == [pd.Timestamp(day).floor(precise) for day in days]
    assert frame["item"].tolist() == [row[3] for row in rows]
    assert frame["quantity"].tolist() == [line[5] for line in lines]
    assert frame["unit_price"].tolist() == [line[6] / 100 for line in lines]
    cents = sum(line[5] * line[6] for line in lines)
    assert round(frame["amount"].sum() * 100) == cents


ANY_TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), min_size=1, max_size=20)


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx"])
@tries(80)
@given(st.lists(ANY_TEXT.filter(lambda text: text.strip()), min_size=1, max_size=8))
@example(["=1+1", "'=1", "''", "+7 900 111-22-33", "-2", "@a", "\t=1", "\n=1", "a\r\nb", '"', "'", "''''x"])
def test_export_then_import_gives_the_same_texts_and_no_formula(ending, tmp_path, names):
    ending_controls = [name for name in names if ending != "xlsx" or name.isprintable()]
    if not ending_controls:
        return
    frame = pd.DataFrame({"client_id": [f"K{n}" for n in range(len(ending_controls))], "full_name": ending_controls})
    path = write_table(frame, tmp_path / f"people.{ending}")
    try:
        back, _ = read_customers(path)
    except InputError as letter:
        refused = [problem.code for problem in letter.problems]
    else:
        refused = []
    if refused:
        assert refused == ["binary"]
        return
    assert back["full_name"].tolist() == ending_controls
    if ending != "xlsx":
        import csv

        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.reader(lines, delimiter="\t" if ending == "tsv" else ","):
                assert not any(cell[:1] in tuple("=+-@\t\r\n") for cell in row if cell)
