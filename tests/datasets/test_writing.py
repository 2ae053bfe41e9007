"""Tables are saved whole or not at all, without a formula in them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pandas as pd
import pytest

from crm_toolkit.datasets import read_customers, read_purchases, write_table
from crm_toolkit.errors import InputError

FRAME = pd.DataFrame(
    {
        "customer_id": ["007", "=1+1", "Анна"],
        "amount": [-1.5, 2.0, 3.25],
        "ordered_at": pd.to_datetime(["2024-03-15 10:00", "2024-03-16 00:00", "2024-03-17 00:00"]),
    }
)


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "parquet"])
def test_what_was_written_reads_back_equal(ending, tmp_path):
    path = write_table(FRAME, tmp_path / f"t.{ending}")
    back, _ = read_purchases(path)
    for name in FRAME:
        assert back[name].tolist() == FRAME[name].tolist()
    assert [entry.name for entry in tmp_path.iterdir()] == [f"t.{ending}"]


def test_numbers_stay_numbers_and_text_is_guarded(tmp_path):
    text = write_table(FRAME, tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    assert "\n'=1+1,2.0," in text
    assert "\n007,-1.5," in text


def test_excel_recognises_the_alphabet_by_the_mark(tmp_path):
    assert write_table(FRAME, tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not write_table(FRAME, tmp_path / "t.csv", bom=False).read_bytes().startswith(b"\xef\xbb\xbf")


def test_headers_and_categories_are_guarded_too(tmp_path):
    frame = pd.DataFrame({"@id": pd.Categorical(["=a", "b"])})
    assert write_table(frame, tmp_path / "t.csv", bom=False).read_text(encoding="utf-8").split() == ["'@id", "'=a", "b"]


def test_a_workbook_holds_types_and_no_formula(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    frame = pd.DataFrame(
        {
            "a": ["=1+1", "'x", "тест & <b>"],
            "b": [1, 2, 10**17],
            "c": [True, False, True],
            "d": [None, 1.5, float("inf")],
            "e": pd.to_datetime(["2024-03-15", "1850-01-01", None]),
        }
    )
    sheet = openpyxl.load_workbook(write_table(frame, tmp_path / "t.xlsx")).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in cells] == ["=1+1", "'x", "тест & <b>"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert [row[1] for row in cells] == [1, 2, str(10**17)]
    assert [row[2] for row in cells] == [True, False, True]
    assert [row[3] for row in cells] == [None, 1.5, "inf"]
    assert cells[0][4] == pd.Timestamp("2024-03-15")
    assert cells[1][4] == "1850-01-01 00:00:00"


def test_an_older_file_survives_a_failure(tmp_path, monkeypatch):
    path = write_table(FRAME, tmp_path / "t.csv")
    before = path.read_bytes()

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(InputError) as refusal:
        write_table(FRAME, path)
    assert [problem.code for problem in refusal.value.problems] == ["disk_full"]
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_held_by_another_program_is_said(tmp_path, monkeypatch):
    def held(*_args):
        raise PermissionError(errno.EACCES, "held")

    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(InputError) as refusal:
        write_table(FRAME, tmp_path / "t.csv")
    assert [problem.code for problem in refusal.value.problems] == ["no_permission"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "code"), [("no/such/t.csv", "no_such_folder"), ("t.docx", "unknown_ending"), ("t", "unknown_ending")]
)
def test_a_place_that_can_not_be_written_is_said(place, code, tmp_path):
    with pytest.raises(InputError) as refusal:
        write_table(FRAME, tmp_path / place)
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_a_folder_of_that_name_is_said(tmp_path):
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(InputError) as refusal:
        write_table(FRAME, tmp_path / "t.csv")
    assert [problem.code for problem in refusal.value.problems] == ["folder"]


def test_other_frames_are_written_too(tmp_path):
    pl = pytest.importorskip("polars")
    path = write_table(pl.DataFrame({"client_id": ["1"], "name": ["-x"]}).lazy(), tmp_path / "t.csv")
    customers, _ = read_customers(path)
    assert customers["full_name"].tolist() == ["-x"]
    assert isinstance(path, Path)
