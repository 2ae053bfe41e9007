"""Where a table lives: kinds kept, limits obeyed, nothing left behind, nobody else's connection touched."""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import narwhals as nw
import numpy as np
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


def kept_names():
    """Databases of the instance that this process keeps, besides its own."""
    count(pd.DataFrame({"id": [1]}))
    found = engines._KEPT[os.getpid()].execute("select database_name from duckdb_databases() where not internal")
    return {name for (name,) in found.fetchall()} - {"memory"}


def settled_twice(size, *, fail=False):
    """Rows counted over a step that is kept half-way, and a second question inside the first."""
    table = pd.DataFrame({"id": np.arange(size) % 3})
    with engines.laid_out(table, ["id"], asked_by="count") as desk:
        step = desk.settle(desk.lines.group_by("id").agg(nw.len().alias("count")))
        inner = count(pd.DataFrame({"id": [7]}))
        if fail:
            raise KeyError("of the caller's own")
        assert list(inner["id"]) == [7]
        return desk.hand_back(step.sort("id"))


@pytest.mark.parametrize("size", [9, 1_000], ids=["small", "large"])
def test_a_question_leaves_nothing_in_the_instance_that_is_kept(size, monkeypatch):
    monkeypatch.setattr(engines, "SMALL_BYTES", 800)
    answer = settled_twice(size)
    assert answer["count"].sum() == size
    assert kept_names() == set()
    with pytest.raises(KeyError):
        settled_twice(size, fail=True)
    assert kept_names() == set()


def test_only_small_tables_without_limits_are_asked_in_the_instance_that_is_kept(monkeypatch, tmp_path):
    opened = []
    real = engines._opened
    monkeypatch.setattr(engines, "SMALL_BYTES", 800)
    count(pd.DataFrame({"id": [1]}))
    monkeypatch.setattr(engines, "_opened", lambda *args: opened.append(args) or real(*args))
    small, large = pd.DataFrame({"id": [1]}), pd.DataFrame({"id": np.arange(101)})
    small.to_parquet(tmp_path / "small.parquet")
    for table in (small, pa.Table.from_pandas(small), tmp_path / "small.parquet"):
        count(table)
    assert opened == []
    count(large)
    assert len(opened) == 1
    with engines.limits(threads=1):
        count(small)
    assert len(opened) == 2
    monkeypatch.setenv("CRM_THREADS", "1")
    count(small)
    assert len(opened) == 3


def test_questions_of_many_threads_do_not_meet():
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda size: settled_twice(size)["count"].sum(), range(10, 50)))
    assert answers == list(range(10, 50))
    assert kept_names() == set()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_keeps_an_instance_of_its_own():
    code = (
        "import os, pandas as pd\n"
        "from crm_toolkit import engines\n"
        "def ask():\n"
        "    with engines.laid_out(pd.DataFrame({'id': [1, 2]}), ['id'], asked_by='ask') as desk:\n"
        "        return len(desk.hand_back(desk.lines))\n"
        "ask()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(ask())\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), ask())\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["2", "2"], done.stderr


def test_a_relation_is_worked_on_in_its_own_connection():
    connection = duckdb.connect()
    connection.sql("create table lines as select range % 3 as id from range(9)")
    answer = count(connection.table("lines"))
    assert answer.fetchall() == [(0, 3), (1, 3), (2, 3)]
    assert connection.sql("show tables").fetchall() == [("lines",)]


def test_pyarrow_and_an_empty_frame_are_tables_too():
    assert count(pa.table({"id": [2, 1, 1]})).to_pydict() == {"id": [1, 2], "n": [2, 1]}
    assert len(count(pd.DataFrame({"id": pd.Series([], dtype="int64")}))) == 0
