"""Frames, bytes and open files are read like files; hints settle what was asked; reports are data too."""

from __future__ import annotations

import io
import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crm_toolkit.datasets import read_customers, read_purchases
from crm_toolkit.errors import InputError
from crm_toolkit.schema import PURCHASES
from crm_toolkit.texts import language

TEXT = (
    b"order_id,customer_id,ordered_at,item,quantity,unit_price\n"
    b"1,007,2024-03-15 10:00,tea,2,10.50\n2,,2024-03-16,tea,-1,10.50\n"
)
FRAME = pd.DataFrame(
    {
        "order_id": [1, 2],
        "customer_id": [7, 8],
        "ordered_at": pd.to_datetime(["2024-03-15 10:00", "2024-03-16 00:00"]),
        "item": ["tea", None],
        "quantity": [2, -1],
        "unit_price": [10.5, 10.5],
    }
)


@pytest.mark.parametrize("form", ["path", "text_path", "bytes", "bytearray", "memory", "open_file", "text_file"])
def test_a_table_is_read_from_anything_that_holds_it(form, tmp_path):
    path = tmp_path / "sales.csv"
    path.write_bytes(TEXT)
    if form == "open_file":
        with path.open("rb") as source:
            frame, report = read_purchases(source)
    else:
        source = {
            "path": path,
            "text_path": str(path),
            "bytes": TEXT,
            "bytearray": bytearray(TEXT),
            "memory": io.BytesIO(TEXT),
            "text_file": io.StringIO(TEXT.decode()),
        }[form]
        frame, report = read_purchases(source)
    assert frame["customer_id"].iloc[0] == "007"
    assert pd.isna(frame["customer_id"].iloc[1])
    assert report.counts["missing_customers"] == 1
    assert report.name == ("sales.csv" if form in ("path", "text_path", "open_file") else "the upload")


def test_a_name_without_folders_stands_in_the_letter():
    with pytest.raises(InputError, match=r"“up\.csv”"):
        read_purchases(b"x", name="/secret/place/up.csv")


@pytest.mark.parametrize("kind", ["pandas", "polars", "polars_lazy", "arrow", "duckdb"])
def test_every_kind_of_frame_gives_the_same_table_and_keeps_whole_numbers(kind):
    frame = FRAME
    if kind.startswith("polars"):
        pl = pytest.importorskip("polars")
        frame = pl.from_pandas(FRAME)
        frame = frame.lazy() if kind == "polars_lazy" else frame
    elif kind == "arrow":
        frame = pa.Table.from_pandas(FRAME, preserve_index=False)
    elif kind == "duckdb":
        import duckdb

        frame = duckdb.from_df(FRAME)
    purchases, report = read_purchases(frame)
    assert list(purchases.columns) == list(PURCHASES.column_names)
    assert purchases["customer_id"].tolist() == [7, 8]
    assert purchases["customer_id"].dtype.kind == "i"
    assert purchases["amount"].tolist() == [21.0, -10.5]
    assert purchases["ordered_at"].tolist() == FRAME["ordered_at"].tolist()
    assert report.rows_read == 2


def test_a_frame_is_never_changed():
    before = FRAME.copy(deep=True)
    read_purchases(FRAME)
    pd.testing.assert_frame_equal(FRAME, before)


def test_ids_that_pandas_turned_into_floats_become_whole_again():
    frame = FRAME.assign(customer_id=[17850.0, np.nan])
    purchases, report = read_purchases(frame)
    assert purchases["customer_id"].iloc[0] == 17850
    assert pd.isna(purchases["customer_id"].iloc[1])
    assert report.counts["missing_customers"] == 1


def test_a_column_of_mixed_objects_is_read_cell_by_cell():
    frame = FRAME.assign(ordered_at=[pd.Timestamp("2024-03-15"), "2024-03-16"], customer_id=["A", 5]).astype(
        {"ordered_at": object, "customer_id": object}
    )
    purchases, _ = read_purchases(frame)
    assert purchases["customer_id"].tolist() == ["A", "5"]
    assert purchases["ordered_at"].tolist() == [pd.Timestamp("2024-03-15"), pd.Timestamp("2024-03-16")]


def test_aware_times_become_local_times_of_the_organisation():
    frame = FRAME.assign(ordered_at=FRAME["ordered_at"].dt.tz_localize("UTC"))
    purchases, _ = read_purchases(frame, timezone="Europe/Moscow")
    assert purchases["ordered_at"].tolist() == [time + pd.Timedelta(hours=3) for time in FRAME["ordered_at"]]
    kept, report = read_purchases(frame)
    assert kept["ordered_at"].tolist() == FRAME["ordered_at"].tolist()
    assert any(warning.code == "offset_kept" for warning in report.warnings)


def test_parquet_is_read_whatever_its_name(tmp_path):
    path = tmp_path / "sales.csv"
    FRAME.to_parquet(path, index=False)
    purchases, report = read_purchases(path)
    assert purchases["amount"].sum() == 10.5
    assert ("Kind", "Parquet") in report.recognised


@pytest.mark.parametrize(
    ("text", "hints", "amount", "day"),
    [
        ("c;d;m\nK;05.04.2024;1,000\n", {"decimal": ","}, 1.0, "2024-04-05"),
        ("c;d;m\nK;05.04.2024;1,000\n", {"decimal": "."}, 1000.0, "2024-04-05"),
        ("c;d;m\nK;05/04/2024;1,00\n", {"day_first": True}, 1.0, "2024-04-05"),
        ("c;d;m\nK;05/04/2024;1,00\n", {"day_first": False}, 1.0, "2024-05-04"),
        ("c;d;m\nK;2024-04-05T23:30Z;1,00\n", {"timezone": "Asia/Tokyo"}, 1.0, "2024-04-06"),
    ],
)
def test_a_hint_answers_the_question(text, hints, amount, day):
    columns = {"customer_id": "c", "ordered_at": "d", "amount": "m"}
    purchases, _ = read_purchases(text.encode(), **columns, **hints)
    assert purchases["amount"].tolist() == [amount]
    assert str(purchases["ordered_at"].iloc[0].date()) == day


@pytest.mark.parametrize(
    ("hints", "code"),
    [
        ({"encoding": "klingon"}, "unknown_encoding"),
        ({"delimiter": "ab"}, "bad_delimiter"),
        ({"decimal": "x"}, "bad_decimal"),
        ({"timezone": "Moscow City"}, "unknown_timezone"),
        ({"amount": "nowhere"}, "unknown_hint"),
        ({"amount": 77}, "unknown_hint"),
        ({"header_row": 999}, "bad_header_row"),
    ],
)
def test_a_wrong_hint_is_refused_by_name(hints, code):
    with pytest.raises(InputError) as refusal:
        read_purchases(TEXT, **hints)
    assert code in [problem.code for problem in refusal.value.problems]


def test_a_wrong_sheet_is_refused_with_the_names_of_the_others(tmp_path):
    path = tmp_path / "sales.xlsx"
    FRAME.to_excel(path, index=False, sheet_name="May")
    assert len(read_purchases(path, sheet=1)[0]) == 2
    with pytest.raises(InputError, match="June") as refusal:
        read_purchases(path, sheet="June")
    assert "May" in str(refusal.value)


def test_no_file_and_a_folder_and_a_locked_file_are_said(tmp_path):
    (tmp_path / "other.csv").write_bytes(TEXT)
    with pytest.raises(InputError) as missing:
        read_purchases(tmp_path / "sales.csv")
    assert "other.csv" in str(missing.value)
    with pytest.raises(InputError) as folder:
        read_purchases(tmp_path)
    assert [problem.code for problem in folder.value.problems] == ["folder"]
    with pytest.raises(InputError):
        read_purchases("a\x00b.csv")


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root opens everything")
def test_a_file_without_permission_is_said(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_bytes(TEXT)
    path.chmod(0)
    with pytest.raises(InputError) as refusal:
        read_purchases(path)
    assert [problem.code for problem in refusal.value.problems] == ["locked"]


def test_progress_runs_from_zero_to_one_with_a_word():
    told = []
    read_purchases(TEXT, progress=lambda fraction, word: told.append((fraction, word)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert all(word for _, word in told)


def test_the_report_holds_counts_totals_and_reasons_as_data():
    text = TEXT + TEXT.split(b"\n")[1] + b"\n\n" + "Итого,,,,3,99\n".encode()
    purchases, report = read_purchases(text, name="sales.csv")
    assert (report.rows_read, report.rows_kept, len(purchases)) == (5, 3, 3)
    assert report.rows_dropped == {"blank": 1, "total": 1}
    assert {drop.code: drop.rows for drop in report.dropped} == {"blank": (5,), "total": (6,)}
    assert (report.counts["returns"], report.counts["duplicates"], report.counts["zero_lines"]) == (1, 1, 0)
    assert report.totals["amount"] == 31.5
    assert report.totals["customers"] == 1
    assert str(report.totals["last"]) == "2024-03-16"
    assert {warning.code for warning in report.problems} >= {"missing_customers", "returns", "duplicates"}
    returned = next(warning for warning in report.warnings if warning.code == "returns")
    assert returned.rows == (3,)


def test_the_report_speaks_the_readers_language():
    with language("ru"):
        _, report = read_purchases(TEXT, name="sales.csv")
        letter = str(report)
    assert "прочитано 2 строки" in letter or "прочитаны 2 строки" in letter
    assert "1 строка без клиента" in letter


def test_the_reports_html_runs_nothing_from_the_file():
    evil = "<img src=x onerror=alert(1)>"
    text = TEXT.decode().replace("unit_price", "Цена").replace("customer_id", "client_id").replace("tea", evil)
    _, report = read_purchases(f"{evil};;\n".encode() + text.replace(",", ";").encode(), name=f"{evil}.csv")
    assert "<img" not in report._repr_html_()
    assert "&lt;img" in report._repr_html_()


def test_all_problems_of_all_columns_come_in_one_letter():
    text = b"customer_id,ordered_at,quantity,unit_price\nK,never,x,1\nK,2024-03-15,1,y\n"
    with pytest.raises(InputError) as refusal:
        read_purchases(text)
    assert {problem.column for problem in refusal.value.problems} == {"ordered_at", "quantity", "unit_price"}


def test_customers_come_from_frames_too():
    customers, _ = read_customers(pd.DataFrame({"client_id": [1, 2], "name": ["a", "b"], "consent": [True, False]}))
    assert customers["customer_id"].tolist() == [1, 2]
    assert customers["consent"].tolist() == [True, False]


@pytest.mark.slow
def test_a_million_lines_are_read_in_seconds_and_to_the_cent():
    import time

    lines = 1_000_000
    body = "".join(
        f"{n // 3},C{n % 200_000:06d},2024-03-{n % 28 + 1:02d} 10:00:00,tea,{n % 9 + 1},{n % 977}.{n % 90 + 10}\n"
        for n in range(lines)
    )
    began = time.perf_counter()
    purchases, report = read_purchases(b"order_id,customer_id,ordered_at,item,quantity,unit_price\n" + body.encode())
    assert time.perf_counter() - began < 20  # a slow machine may need twice the ten seconds that are the goal
    cents = sum((n % 9 + 1) * (n % 977 * 100 + n % 90 + 10) for n in range(lines))
    assert len(purchases) == lines
    assert round(report.totals["amount"] * 100) == cents


def test_amounts_are_rounded_half_to_even_and_the_rounding_is_said():
    text = b"customer_id,date,quantity,price\nK,2024-03-15,1.5,1.15\nK,2024-03-15,1.5,1.17\nK,2024-03-15,3,0.335\n"
    purchases, report = read_purchases(text)
    assert purchases["amount"].tolist() == [1.72, 1.76, 1.0]  # 1.725, 1.755, 1.005
    assert purchases["unit_price"].tolist() == [1.15, 1.17, 0.335]
    rounded = next(warning for warning in report.warnings if warning.code == "rounded")
    assert "4.485" in rounded.what
