"""Digests know rows, columns and values, and nothing of order, chunks, dictionaries and partitions."""

import itertools
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.world.digest import EMPTY, combine, kinds_of, table_digest

KINDS = {"id": "id", "money": "money", "share": "number", "note": "text", "at": "datetime", "on": "date", "yes": "flag"}


def some_rows(rows=500, seed=3):
    luck = np.random.default_rng(seed)
    missing = luck.random(rows) < 0.1
    notes = np.array(["", "tea", "чай", "a longer note, beyond sixteen bytes", "李"], dtype=object)
    return pa.table({
        "id": luck.integers(0, 10**12, rows),
        "money": pa.array(np.round(luck.normal(0, 100, rows), 2), mask=missing),
        "share": luck.random(rows).round(4),
        "note": pa.array(notes[luck.integers(0, 5, rows)], mask=luck.random(rows) < 0.1),
        "at": pa.array(luck.integers(0, 2**31, rows).astype("datetime64[s]")),
        "on": pa.array(luck.integers(0, 20_000, rows).astype(np.int32)).cast(pa.date32()),
        "yes": luck.random(rows) < 0.5,
    })  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return some_rows()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**20), cuts=st.lists(st.integers(0, 500), max_size=6))
def test_neither_order_nor_chunks_nor_parts_matter(seed, cuts):
    table = some_rows()
    whole = table_digest(table, KINDS)
    shuffled = table.take(np.random.default_rng(seed).permutation(500))
    edges = [0, *sorted(cuts), 500]
    parts = [shuffled[a:b] for a, b in itertools.pairwise(edges)]
    assert table_digest(shuffled, KINDS) == whole
    assert table_digest(pa.concat_tables(parts), KINDS) == whole
    assert combine(table_digest(part, KINDS) for part in parts) == whole
    assert table_digest(table.select(KINDS.keys()), KINDS) == whole


def test_a_dictionary_is_the_text_it_stands_for(table):
    whole = table_digest(table, KINDS)
    encoded = table.set_column(3, "note", table["note"].dictionary_encode())
    assert table_digest(encoded, KINDS) == whole
    numbers = table.set_column(0, "id", table["id"].dictionary_encode())
    assert table_digest(numbers, KINDS) == whole
    assert table_digest(encoded[100:], KINDS) == table_digest(table[100:], KINDS)


def test_a_missing_entry_of_a_dictionary_is_a_missing_value():
    inside = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["tea", None]))
    outside = pa.DictionaryArray.from_arrays(pa.array([0, None]), pa.array(["tea"]))
    plain = pa.array(["tea", None])
    assert len({table_digest(pa.table({"note": array})) for array in (inside, outside, plain)}) == 1


def test_pandas_and_arrow_kinds_of_the_same_values_agree(table):
    frame = table.to_pandas()
    frame["at"] = frame["at"].astype("datetime64[ns]")
    frame["on"] = pd.to_datetime(frame["on"])
    frame["id"] = frame["id"].astype("float64")
    assert table_digest(pa.Table.from_pandas(frame, preserve_index=False), KINDS) == table_digest(table, KINDS)


@pytest.mark.parametrize("name", list(KINDS))
def test_one_changed_value_changes_the_digest(table, name):
    values = table[name].to_pylist()
    other = next(value for value in values if value is not None and value != values[0])
    changed = table.set_column(
        table.schema.get_field_index(name), name, pa.array([other, *values[1:]], table[name].type)
    )
    assert table_digest(changed, KINDS) != table_digest(table, KINDS)


def test_values_that_change_places_between_rows_or_columns_change_the_digest():
    honest = pa.table({"a": [1, 2], "b": [3, 4]})
    for other in ({"a": [2, 1], "b": [3, 4]}, {"a": [3, 4], "b": [1, 2]}, {"a": [1, 2], "c": [3, 4]}):
        assert table_digest(pa.table(other)) != table_digest(honest)


def test_repeated_and_lost_rows_change_the_digest(table):
    twice = pa.concat_tables([table, table])
    digests = {table_digest(one, KINDS) for one in (table, twice, pa.concat_tables([twice, table[:1]]), table[1:])}
    assert len(digests) == 4


def test_texts_that_differ_anywhere_differ():
    texts = ["", "\0", "\0\0", "a", "a\0", "abcdefgh", "abcdefgh\0", "abcdefghi", "abcdefgi", "hgfedcba", "a" * 5000]
    texts += [f"user{number}@example.org" for number in range(20_000)]
    assert len({table_digest(pa.table({"t": [text]})) for text in texts[:3000]}) == 3000
    everything = table_digest(pa.table({"t": texts}))
    assert everything == combine(table_digest(pa.table({"t": texts[part::7]})) for part in range(7))


def test_the_last_bit_of_money_does_not_matter_and_a_cent_does():
    price = np.array([0.1 + 0.2, -0.0, 1e9 + 0.01])
    near = np.array([0.3, 0.0, np.nextafter(1e9 + 0.01, 2e9)])
    kinds = {"x": "money"}
    assert table_digest(pa.table({"x": price}), kinds) == table_digest(pa.table({"x": near}), kinds)
    assert table_digest(pa.table({"x": price + 0.01}), kinds) != table_digest(pa.table({"x": price}), kinds)


def test_odd_numbers_have_digests_of_their_own():
    values = [np.inf, -np.inf, 1e300, -1e300, 0.0, 1.0]
    assert len({table_digest(pa.table({"x": [value]})) for value in values}) == len(values)
    nan, none = pa.table({"x": [np.nan]}), pa.table({"x": pa.array([None], pa.float64())})
    assert table_digest(nan) == table_digest(none)


def test_nothing_has_the_digest_of_nothing():
    assert table_digest(pa.table({"id": pa.array([], pa.int64())})) == EMPTY == combine([])


def test_a_list_has_no_digest():
    with pytest.raises(TypeError, match="tags"):
        table_digest(pa.table({"tags": [[1], [2]]}))


def test_the_digest_stays_the_same_from_version_to_version(table):
    assert table_digest(table, KINDS) == "6d9604436e18f7cdd4a1fbcae9255fe0-500"


def test_kinds_come_from_the_schema():
    assert kinds_of("orders")["amount"] == "money"
    assert kinds_of("truth.orders")["performance"] == "number"


def test_a_table_of_eight_columns_is_read_at_millions_of_rows_a_second():
    luck = np.random.default_rng(1)
    rows = 500_000
    table = pa.table({f"c{place}": luck.integers(0, 10**9, rows) for place in range(8)})
    began = time.perf_counter()
    table_digest(table)
    assert rows / (time.perf_counter() - began) > 1e6  # some 10 M alone; other programs run beside the tests
