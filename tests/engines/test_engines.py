"""Where a table lives: kinds kept, limits obeyed, nothing left behind, nobody else's connection touched."""

import tempfile
from pathlib import Path

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest

from crm_toolkit import engines
from crm_toolkit.errors import InputError


def count(table, column="id"):
    with engines.laid_out(table, [column], asked_by="count") as desk:
        return desk.hand_back(desk.lines.group_by(column).agg(n=nw.len()).sort(column))


def setting(name: str) -> str:
    """A setting of the connection that works on a pandas frame."""
    with engines.laid_out(pd.DataFrame({"id": [1]}), ["id"], asked_by="test") as desk:
        answer = desk.lines.to_native().query("t", f"select current_setting('{name}') as value")
        return str(answer.fetchall()[0][0])


@pytest.mark.parametrize(
    "ids",
    [
        pd.Series([3, 1, 1], dtype="int32"),
        pd.Series([3, None, 1], dtype="Int64"),
        pd.Series([3.0, float("nan"), 1.0]),
        pd.Series(["b", "a", "a"], dtype=object),
        pd.Series(["b", None, "a"], dtype="string"),
        pd.Series(["b", "a", "a"], dtype="category"),
        pd.Series([2, 1, 2], dtype="category"),
        pd.Series([True, False, True]),
        pd.Series(pd.to_datetime(["2024-01-02", "2024-01-01", None])),
    ],
    ids=lambda ids: f"{ids.dtype}",
)
def test_a_column_of_pandas_comes_back_in_its_own_kind(ids):
    answer = count(pd.DataFrame({"id": ids}))
    assert answer["id"].dtype == ids.dtype
    assert answer["n"].sum() == len(ids)


def test_only_the_columns_that_are_needed_are_read():
    class Unreadable:
        def __str__(self):
            raise AssertionError("nobody asked for this column")

    frame = pd.DataFrame({"id": [1, 1], "other": [Unreadable(), 3]})
    assert count(frame)["n"].tolist() == [2]


def test_values_of_different_kinds_are_refused_by_name():
    with pytest.raises(InputError) as refusal:
        count(pd.DataFrame({"id": [1, "a"]}))
    assert refusal.value.problems[0].column == "id"
    assert "mixes values of different kinds" in str(refusal.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"нет\.parquet"):
        count(tmp_path / "нет.parquet")
    with pytest.raises(InputError, match="no file"):
        count(str(tmp_path / "*.parquet"))
    with pytest.raises(InputError, match="no file"):
        count(tmp_path)


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    file = tmp_path / "sales.parquet"
    file.write_text("id;amount", encoding="utf-8")
    with pytest.raises(InputError, match="can't be read as Parquet"):
        count(file)


def test_limits_hold_inside_their_block_only():
    plain = setting("memory_limit"), setting("threads")
    with engines.limits(memory_gb=2, threads=1):
        assert (setting("memory_limit"), setting("threads")) == ("1.8 GiB", "1")
        with engines.limits(threads=2):
            assert (setting("memory_limit"), setting("threads")) == (plain[0], "2")
        assert setting("threads") == "1"
    assert (setting("memory_limit"), setting("threads")) == plain


def test_environment_speaks_where_no_block_does(monkeypatch):
    monkeypatch.setenv("CRM_MEMORY_LIMIT", "1GiB")
    monkeypatch.setenv("CRM_THREADS", "1")
    assert (setting("memory_limit"), setting("threads")) == ("1.0 GiB", "1")
    with engines.limits(memory_gb=2):
        assert (setting("memory_limit"), setting("threads")) == ("1.8 GiB", "1")
    monkeypatch.setenv("CRM_MEMORY_LIMIT", "much")
    with pytest.raises(InputError, match="CRM_MEMORY_LIMIT"):
        setting("threads")
    monkeypatch.setenv("CRM_MEMORY_LIMIT", "1GiB")
    monkeypatch.setenv("CRM_THREADS", "zero")
    with pytest.raises(InputError, match="CRM_THREADS"):
        setting("threads")


@pytest.mark.parametrize("wrong", [{"memory_gb": 0}, {"memory_gb": -1}, {"threads": 0}, {"threads": 1.5}])
def test_limits_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InputError), engines.limits(**wrong):
        pass


def test_nothing_is_left_behind_and_the_default_connection_is_untouched():
    before = set(Path(tempfile.gettempdir()).glob("crm_toolkit-*"))
    with engines.limits(memory_gb=0.4, threads=1):
        answer = count(pd.DataFrame({"id": range(1_500_000)}))
    assert len(answer) == 1_500_000
    assert set(Path(tempfile.gettempdir()).glob("crm_toolkit-*")) <= before
    assert duckdb.sql("show tables").fetchall() == []


def test_too_little_memory_is_said_and_leaves_nothing_behind():
    before = set(Path(tempfile.gettempdir()).glob("crm_toolkit-*"))
    with (
        engines.limits(memory_gb=0.008, threads=1),
        pytest.raises(InputError, match=r"does not fit into the memory.*\n.*\n.*memory_gb"),
    ):
        count(pd.DataFrame({"id": range(1_000_000)}))
    assert set(Path(tempfile.gettempdir()).glob("crm_toolkit-*")) <= before


def test_a_relation_is_worked_on_in_its_own_connection():
    connection = duckdb.connect()
    connection.sql("create table lines as select range % 3 as id from range(9)")
    answer = count(connection.table("lines"))
    assert answer.fetchall() == [(0, 3), (1, 3), (2, 3)]
    assert connection.sql("show tables").fetchall() == [("lines",)]


def test_pyarrow_and_an_empty_frame_are_tables_too():
    assert count(pa.table({"id": [2, 1, 1]})).to_pydict() == {"id": [1, 2], "n": [2, 1]}
    assert len(count(pd.DataFrame({"id": pd.Series([], dtype="int64")}))) == 0
