"""Large results: column by column and row by row give the same, to the last bit, on both databases."""

import json
import string

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crm_toolkit as crm
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import bulk, database, frames, sql
from crm_toolkit.store.bulk import taken_apart
from crm_toolkit.store.layout import TABLES

KINDS = {"whole": pa.int64(), "part": pa.float64(), "words": pa.string()}
WHOLE = st.none() | st.integers(-(2**63), 2**63 - 1)
PART = st.none() | st.floats(allow_nan=False)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)
WORDS = (
    st.none() | ANY_TEXT | st.sampled_from(['"', '""', ",", '","', "null", "\\", '\\"', "\n", "[", "]", "", "ё", "🦊"])
)
ROWS = st.lists(st.tuples(WHOLE, PART, WORDS), max_size=30)


def _table(engine):
    table = sa.Table(
        "anything", sa.MetaData(), sa.Column("place", sa.BigInteger, primary_key=True),
        sa.Column("whole", sa.BigInteger), sa.Column("part", sa.Double), sa.Column("words", sa.Text),
    )  # fmt: skip
    with database.writing(engine) as connection:
        table.create(connection, checkfirst=True)
    return table


def _both_ways(engine, table, rows):
    with database.writing(engine) as connection:
        connection.execute(sa.delete(table))
        if rows:
            connection.execute(sa.insert(table), [
                {"place": place, "whole": whole, "part": part, "words": words}
                for place, (whole, part, words) in enumerate(rows)
            ])  # fmt: skip
    wanted = sa.select(table.c.whole, table.c.part, table.c.words).order_by(table.c.place)
    with database.reading(engine) as connection:
        made = bulk.columns(connection, wanted, list(KINDS.values()))
        slow = frames._row_by_row(connection, wanted, list(KINDS.values()))
    fast = [one.combine_chunks() if isinstance(one, pa.ChunkedArray) else one for one in made]
    return fast, [one.combine_chunks() for one in slow]


@pytest.fixture(scope="module")
def sqlite_engine(tmp_path_factory):
    engine = database.engine_for(tmp_path_factory.mktemp("bulk") / "bulk.db", create=True)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def postgres_engine(postgres):
    url = postgres.new()
    engine = database.engine_for(url)
    yield engine
    engine.dispose()
    postgres.drop(url)


def _same(fast, slow, rows):
    assert [one.to_pylist() for one in fast] == [one.to_pylist() for one in slow]
    assert [one.type for one in fast] == list(KINDS.values())
    expected = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    assert [tuple(one.to_pylist()) for one in fast] == [tuple(one) for one in expected]
    assert _bits(fast[1].to_pylist()) == _bits(expected[1])


def _bits(numbers):
    """The bits of every number; SQLite keeps no sign of a nought."""
    return [np.float64(number or 0.0).tobytes() for number in numbers if number is not None]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_sqlite_columns_equal_rows_whatever_is_in_them(sqlite_engine, rows):
    _same(*_both_ways(sqlite_engine, _table(sqlite_engine), rows), rows)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_postgresql_columns_equal_rows_whatever_is_in_them(postgres_engine, rows):
    _same(*_both_ways(postgres_engine, _table(postgres_engine), rows), rows)


@given(st.lists(st.none() | st.text(string.printable.replace('"', "").replace("\\", "") + "жё€🦊", max_size=8)))
def test_a_list_of_texts_is_taken_apart_as_json_means_it(texts):
    plain = [None if one is None else "".join(c for c in one if c.isprintable() or c == " ") for one in texts]
    written = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    assert taken_apart(written, len(plain), pa.string()).to_pylist() == plain


@pytest.mark.parametrize(
    "texts", [["2026-01-01"] * 3, ["ab", None, "cd"], [None, None], [None, "a"], ["a", None], ["", ""]]
)
def test_texts_of_one_length_and_gaps_at_the_ends_stay_in_their_places(texts):
    written = json.dumps(texts, separators=(",", ":")).encode()
    assert taken_apart(written, len(texts), pa.string()).to_pylist() == texts


@pytest.mark.parametrize("role", ["manager", "marketing", "analyst"])
def test_every_table_is_the_same_column_by_column_and_row_by_row(any_store, role):
    desk = any_store.as_role(role)
    with database.reading(desk.engine) as connection:
        for name in STORE_TABLES:
            if desk.role.scope(name) == "none":
                continue
            keys = [TABLES[name].c[one].name for one in STORE_TABLES[name].table.key]
            wanted, columns = desk.rights.readable(name).order_by(*keys), desk.rights.columns(name)
            fast = frames.arrow(connection, wanted, columns).combine_chunks()
            assert fast.equals(frames.arrow(connection, wanted, columns, few=True).combine_chunks()), name
        wanted, columns = sql.purchases(desk.rights)
        fast = frames.arrow(connection, wanted, columns).combine_chunks()
        assert fast.num_rows
        assert fast.equals(frames.arrow(connection, wanted, columns, few=True).combine_chunks())


def test_what_sqlite_can_not_put_together_is_read_row_by_row(store, monkeypatch):
    before = store.arrow("orders")
    tried = []

    def too_big(connection, wanted, kinds):
        tried.append(len(kinds))
        return None

    monkeypatch.setattr(frames.bulk, "columns", too_big)
    assert store.arrow("orders").equals(before)
    assert tried


def test_a_column_larger_than_sqlite_allows_is_noticed(store):
    with database.reading(store.engine) as connection:
        raw = connection.connection.driver_connection
        limit = raw.setlimit(0, 2_000)  # SQLITE_LIMIT_LENGTH
        wanted = store.rights.readable("orders")
        try:
            assert bulk.columns(connection, wanted, [pa.int64()] * len(wanted.selected_columns)) is None
        finally:
            raw.setlimit(0, limit)


def test_whole_tables_and_long_lists_are_equal_to_short_ones(any_store):
    few = any_store.list("contacts", order="contact_id", limit=frames.FEW)
    everything = any_store.list("contacts", order="contact_id", limit=None)
    pd.testing.assert_frame_equal(few, everything.head(len(few)))
    assert isinstance(any_store, crm.Store)
