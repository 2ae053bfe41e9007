"""What a workbook says beside its values: formats, hidden rows, the count of days; and cells that no Excel has."""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from crm_toolkit.datasets import read_customers, read_purchases, write_table
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language


def _workbooks():
    spec = importlib.util.spec_from_file_location(
        "_intake_corpus_workbooks", Path(__file__).with_name("corpus_workbooks.py")
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


workbooks = _workbooks()
HEADER = ["customer", "date", "amount"]
ROWS = [HEADER, ["C1", dt.datetime(2024, 1, 13), 5], ["C2", dt.datetime(2024, 1, 14), 6]]


def one(rows=ROWS, *, change=lambda xml: xml, formats=(), properties="", more=None):
    """A workbook of one sheet; ``formats`` are number formats for the styles 2, 3 …"""
    codes = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{164 + n}" applyNumberFormat="1"/>' for n in range(len(formats)))
    part = (
        f'{workbooks.HEAD}<styleSheet {workbooks.MAIN}><numFmts count="{len(formats)}">{codes}</numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="9"><xf/><xf numFmtId="22"/>'
        f"{styles}</cellXfs></styleSheet>"
    )
    extra = ({"xl/styles.xml": part} if formats else {}) | (more or {})
    return workbooks.book({"Sheet1": change(workbooks.sheet(rows))}, properties=properties, more=extra)


def styled(value, style):
    return workbooks.Raw(f'<c r="@" s="{style}"><v>{value}</v></c>')


def swapped(old, new):
    return lambda xml: xml.replace(old, new)


REFUSED = {
    "a column of four letters": (one(change=swapped('r="A3"', 'r="ZZZZ3"')), "impossible_cell", "ZZZZ3"),
    "a column of eight letters": (one(change=swapped('r="A3"', 'r="ABCDEFGH3"')), "impossible_cell", "ABCDEFGH3"),
    "the column after the last": (one(change=swapped('r="C3"', 'r="XFE3"')), "impossible_cell", "XFE3"),
    "the row after the last": (one(change=swapped('r="A3"', 'r="A1048577"')), "impossible_cell", "1048577"),
    "a cell far away": (
        one(change=swapped("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')),
        "vast_sheet",
        "XFD1048576",
    ),
    "a row that stands twice": (
        one(change=lambda xml: xml.replace('<row r="3"', '<row r="2"')),
        "repeated_rows",
        r"(row|строка) 2",
    ),
    "a date for a customer": (
        one([HEADER, [dt.datetime(2024, 5, 1), dt.datetime(2024, 1, 13), 5], ROWS[2]]),
        "date_ids",
        r"(row|строка) 2",
    ),
    "two currencies in formats": (
        one(
            [HEADER, ["C1", ROWS[1][1], styled(5, 2)], ["C2", ROWS[2][1], styled(6, 3)]],
            formats=("[$$-409]#,##0", "#,##0.00 [$€-407]"),
        ),
        "mixed_currencies",
        "EUR, USD|EUR и USD|EUR and USD",
    ),
    "a sheet that is no XML": (one(change=lambda xml: xml[: len(xml) // 2]), "broken_workbook", "(?i)excel"),
    "styles that are no XML": (one(more={"xl/styles.xml": "<x"}), "broken_workbook", "(?i)excel"),
}


@pytest.mark.parametrize("spoken", ["en", "ru"])
@pytest.mark.parametrize("what", REFUSED)
def test_a_trap_is_refused_at_once_with_its_place(what, spoken):
    content, code, says = REFUSED[what]
    began = time.perf_counter()
    with language(spoken), pytest.raises(InputError) as letter:
        read_purchases(content, name="trap.xlsx")
    assert time.perf_counter() - began < 2
    assert code in [problem.code for problem in letter.value.problems], str(letter.value)
    assert re.search(says, str(letter.value)), str(letter.value)


def test_the_last_cell_that_excel_has_is_no_trap():
    rows = [[*HEADER, *[""] * 3], *ROWS[1:]]
    assert len(read_purchases(one(rows, change=swapped("</row>", "</row>")))[0]) == 2


def test_days_counted_from_1904_are_read_and_said():
    content = one([HEADER, ["C1", 43842, 5], ["C2", 43843, 6]], properties='<workbookPr date1904="1"/>')
    frame, report = read_purchases(content)
    assert frame["ordered_at"].tolist() == [pd.Timestamp(2024, 1, 13), pd.Timestamp(2024, 1, 14)]
    assert "since_1904" in [warning.code for warning in report.warnings]
    content = one(
        [["client_id", "birth_date"], ["C1", 31000], ["C2", 31001]], properties='<workbookPr date1904="true"/>'
    )
    assert read_customers(content)[0]["birth_date"].tolist() == [pd.Timestamp(1988, 11, 15), pd.Timestamp(1988, 11, 16)]


def test_days_counted_from_1900_are_not_moved():
    frame, report = read_purchases(one([HEADER, ["C1", 45304, 5], ["C2", 45305, 6]]))
    assert frame["ordered_at"].tolist() == [pd.Timestamp(2024, 1, 13), pd.Timestamp(2024, 1, 14)]
    assert "since_1904" not in [warning.code for warning in report.warnings]


def test_one_currency_in_formats_is_no_trouble_and_a_word_of_the_user_settles_two():
    rows = [HEADER, ["C1", ROWS[1][1], styled(5, 2)], ["C2", ROWS[2][1], styled(6, 3)]]
    assert len(read_purchases(one(rows, formats=("#,##0 [$₽-419]", "#,##0")))[0]) == 2
    assert len(read_purchases(one(rows, formats=("[$$-409]#,##0", "#,##0 [$€-407]")), currency="USD")[0]) == 2


def test_zeros_that_a_format_shows_belong_to_the_identifier():
    rows = [HEADER, [styled(17, 2), ROWS[1][1], 5], [styled(12345, 2), ROWS[2][1], 6]]
    assert read_purchases(one(rows, formats=("00000",)))[0]["customer_id"].tolist() == ["00017", "12345"]


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_rows_hidden_by_a_filter_are_read_and_said(spoken):
    with language(spoken):
        frame, report = read_purchases(one(change=swapped('<row r="3"', '<row r="3" hidden="1"')))
    assert len(frame) == 2
    assert [warning.rows for warning in report.warnings if warning.code == "hidden_rows"] == [(3,)]


def test_the_last_moment_of_a_day_stays_in_its_day(tmp_path):
    late = pd.Timestamp(2024, 1, 13, 23, 59, 59, 999_999)
    table = pd.DataFrame(
        {"customer_id": ["C1", "C2"], "ordered_at": [late, pd.Timestamp(2024, 1, 14)], "amount": [1, 2]}
    )
    frame, _ = read_purchases(write_table(table, tmp_path / "t.xlsx"))
    assert [moment.day for moment in frame["ordered_at"]] == [13, 14]


def test_an_apostrophe_in_parquet_is_the_text_itself(tmp_path):
    table = pd.DataFrame(
        {"customer_id": ["'=1", "=1", "'a"], "ordered_at": pd.to_datetime(["2024-01-13"] * 3), "amount": [1, 2, 3]}
    )
    for ending in ("parquet", "csv", "xlsx"):
        frame, _ = read_purchases(write_table(table, tmp_path / f"t.{ending}"))
        assert frame["customer_id"].tolist() == ["'=1", "=1", "'a"], ending
