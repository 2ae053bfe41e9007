"""Whatever is handed over as a file or table: it is read, or refused with a letter; nothing else ever escapes."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crm_toolkit.datasets import read_purchases
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

CSV = b"customer,date,amount\nC1,2024-01-13,10\n"
SHOP = pd.DataFrame(
    {
        "customer": ["C1", "C2", "C3"],
        "date": pd.to_datetime(["2024-01-13", "2024-01-14", "2024-02-01"]),
        "amount": [1.5, 2.0, 3.0],
    }
)


class Broken:
    """An open file that fails when it is read."""

    def read(self, size=-1):
        raise RuntimeError("the wire is cut")


def closed():
    file = io.BytesIO(CSV)
    file.close()
    return file


def arrow(names):
    values = {"customer": "a", "date": "2024-01-13", "amount": 1, "note": 2}
    return pa.table([pa.array([values[name]]) for name in names], names=names)


def lazy(bad):
    frame = pl.LazyFrame({"customer": ["a"], "date": ["2024-01-13"], "amount": ["q"]})
    return frame.with_columns(pl.col("amount").cast(pl.Int64)) if bad == "value" else frame.select("nobody")


REFUSED = {
    "None": (None, "not_a_source", "NoneType"),
    "a number": (5, "not_a_source", "int"),
    "nan": (float("nan"), "not_a_source", "float"),
    "a list": ([1], "not_a_source", "list"),
    "a dict": ({"customer": ["C1"]}, "not_a_source", "dict"),
    "an array": (SHOP.to_numpy(), "not_a_source", "ndarray"),
    "a Series": (SHOP["amount"], "not_a_source", "Series"),
    "groups": (SHOP.groupby("customer"), "not_a_source", "GroupBy"),
    "the text of a table": (CSV.decode(), "text_for_path", r"encode\(\)"),
    "a closed file": (closed(), "unreadable", "open"),
    "a file that fails": (Broken(), "unreadable", "the wire is cut"),
    "repeated names of the field": (pd.concat([SHOP, SHOP[["amount"]]], axis=1), "two_columns", "amount=3"),
    "repeated names in Arrow": (arrow(["customer", "date", "amount", "amount"]), "two_columns", "amount=3"),
    "a lazy frame that fails": (lazy("value"), "broken_frame", "collect"),
    "a lazy frame without its column": (lazy("column"), "broken_frame", "nobody"),
    "intervals": (SHOP.assign(customer=pd.interval_range(0, 3)), "no_ids", "customer"),
    "bytes": (SHOP.assign(customer=[b"a\xff", b"b", b"c"]), "no_ids", "UTF-8"),
    "bytes in polars": (pl.from_pandas(SHOP).with_columns(customer=pl.lit(b"a\xff")), "no_ids", "UTF-8"),
    "lists": (SHOP.assign(customer=[["a"], ["b"], "c"]), "no_ids", "1, 2"),
    "half characters": (
        SHOP.assign(customer=pd.Series(["\ud800", "a", "b"], dtype=object)),
        "no_ids",
        r"surrogates|суррогаты",
    ),
    "periods": (SHOP.assign(date=SHOP["date"].dt.to_period("D")), "odd_values", r"to_timestamp\(\)"),
    "durations": (SHOP.assign(amount=pd.to_timedelta([1, 2, 3])), "odd_values", "amount"),
    "endless integers": (SHOP.assign(amount=pd.Series([10**400, 1, 2], dtype=object)), "odd_values", "amount"),
    "customers with a fraction": (SHOP.assign(customer=[1.5, 2.0, 3.0]), "no_ids", r"1[.]5"),
    "customers past 2**53": (SHOP.assign(customer=[9.1e16, 1.0, 2.0]), "no_ids", "9[.]1e"),
    "the customer in the index": (SHOP.set_index("customer"), "index_not_read", r"reset_index\(\)"),
    "names of two levels": (
        SHOP.set_axis(pd.MultiIndex.from_tuples([("a", "customer"), ("a", "date"), ("b", "amount")]), axis=1),
        "column_levels",
        r"get_level_values\(-1\)",
    ),
}


@pytest.mark.parametrize("spoken", ["en", "ru"])
@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_table_is_refused_with_a_letter(what, spoken):
    source, code, says = REFUSED[what]
    with language(spoken), pytest.raises(InputError) as letter:
        read_purchases(source)
    assert code in [problem.code for problem in letter.value.problems]
    assert re.search(says, str(letter.value)), str(letter.value)


def test_repeated_names_that_nobody_needs_do_no_harm():
    extra = pd.concat([SHOP, pd.DataFrame([[1, 2]] * 3, columns=["note", "note"])], axis=1)
    assert read_purchases(extra)[0]["amount"].tolist() == [1.5, 2.0, 3.0]
    assert read_purchases(arrow(["note", "customer", "note", "date", "amount"]))[0]["amount"].tolist() == [1.0]


def test_of_repeated_names_the_number_chooses(tmp_path):
    table = arrow(["customer", "date", "amount", "note"]).rename_columns(["customer", "date", "amount", "amount"])
    pq.write_table(table, tmp_path / "t.parquet")
    for source in (table, table.to_pandas(), tmp_path / "t.parquet"):
        assert read_purchases(source, amount=4)[0]["amount"].tolist() == [2.0]


def test_text_kept_as_bytes_is_text():
    assert read_purchases(SHOP.assign(customer=[b"a", "б".encode(), b"c"]))[0]["customer_id"].tolist() == [
        "a",
        "б",
        "c",
    ]


def test_whole_floats_and_long_integers_stay_identifiers():
    assert read_purchases(SHOP.assign(customer=[1.0, np.nan, 2.0]))[0]["customer_id"].tolist()[::2] == [1, 2]
    long = SHOP.assign(customer=pd.Series([12345678901234567, "b", "c"], dtype=object))
    assert read_purchases(long)[0]["customer_id"].tolist() == ["12345678901234567", "b", "c"]


@pytest.mark.parametrize("spoken", ["en", "ru"])
@pytest.mark.parametrize(
    "option",
    [
        {"currency": "zzzz"},
        {"currency": 5},
        {"day_first": "yes"},
        {"delimiter": 5},
        {"timezone": 5},
        {"decimal": 5},
        {"encoding": 5},
        {"encoding": "unicode_escape"},
        {"header_row": "1"},
        {"header_row": True},
        {"header_row": -1},
        {"sheet": 1.5},
    ],
    ids=str,
)
def test_an_option_that_cant_be_meant_is_refused(option, spoken):
    with language(spoken), pytest.raises(InputError) as letter:
        read_purchases(CSV, **option)
    assert str(next(iter(option.values()))) in str(letter.value)


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_all_bad_options_stand_in_one_letter(spoken):
    with language(spoken), pytest.raises(InputError) as letter:
        read_purchases(SHOP, currency="zzzz", day_first="yes", header_row=-1)
    assert [problem.code for problem in letter.value.problems] == ["bad_option"] * 3


def test_an_option_without_use_is_said_and_a_currency_may_be_small():
    _, report = read_purchases(CSV, sheet="May", currency="rub")
    assert [warning.code for warning in report.warnings if "May" in str(warning)] == ["option_not_used"]
    assert report.currency == "RUB"


@pytest.mark.parametrize("name", [5, None, b"x"])
def test_any_name_will_do(name, tmp_path):
    (tmp_path / "t.csv").write_bytes(CSV)
    assert len(read_purchases(tmp_path / "t.csv", name=name)[0]) == 1
    assert len(read_purchases(SHOP, name=name)[0]) == 3
