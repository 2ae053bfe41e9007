"""Tables are saved whole or not at all, without a formula in them."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pandas as pd
import pytest

from crm_toolkit.datasets import read_customers, read_purchases, write_table
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

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


def _half(values):
    return pd.DataFrame({"a": pd.Series(values, dtype=object)})


_TWINS = pd.DataFrame([[1, 2]], columns=["a", "a"])
_MIXED = _half([1, "x", None])
UNWRITABLE = {
    "no path": (pd.DataFrame({"a": [1]}), None, "not_a_path"),
    "a number for a path": (pd.DataFrame({"a": [1]}), 5, "not_a_path"),
    "a NUL in the name": (pd.DataFrame({"a": [1]}), "a\0.csv", "bad_name"),
    "half a character in the name": (pd.DataFrame({"a": [1]}), "\ud800.csv", "bad_name"),
    "no table": (None, "a.csv", "not_a_table"),
    "a Series": (pd.Series([1]), "a.csv", "not_a_table"),
    "a dict": ({"a": [1]}, "a.xlsx", "not_a_table"),
    "half a character in CSV": (_half(["\ud800"]), "a.csv", "half_characters"),
    "half a character in Excel": (_half(["\ud800"]), "a.xlsx", "half_characters"),
    "half a character in Parquet": (_half(["\ud800"]), "a.parquet", "half_characters"),
    "repeated names in Parquet": (_TWINS, "a.parquet", "duplicate_columns"),
    "mixed types in Parquet": (_MIXED, "a.parquet", "mixed_types"),
}


@pytest.mark.parametrize("spoken", ["en", "ru"])
@pytest.mark.parametrize("what", UNWRITABLE)
def test_what_cant_be_written_is_refused_with_a_letter(what, spoken, tmp_path, monkeypatch):
    table, path, code = UNWRITABLE[what]
    monkeypatch.chdir(tmp_path)
    with language(spoken), pytest.raises(InputError) as letter:
        write_table(table, path)
    assert [problem.code for problem in letter.value.problems] == [code]
    assert list(tmp_path.iterdir()) == []
    if spoken == "ru":
        assert re.search("[а-я]", letter.value.problems[0].what)


def test_a_name_too_long_for_the_disk_is_refused_with_a_letter(tmp_path):
    with pytest.raises(InputError):
        write_table(pd.DataFrame({"a": [1]}), tmp_path / ("я" * 300 + ".csv"))


def test_repeated_names_and_mixed_values_are_no_trouble_for_text(tmp_path):
    assert write_table(_TWINS, tmp_path / "a.csv", bom=False).read_text(encoding="utf-8") == "a,a\n1,2\n"
    assert "x" in write_table(_MIXED, tmp_path / "b.csv").read_text(encoding="utf-8")
    assert "[1, 2]" in write_table(_half([[1, 2], [3, 4]]), tmp_path / "c.csv").read_text(encoding="utf-8")
