"""Frames into columns of the database: every kind exactly, everything that does not fit in one letter."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import database, loading
from crm_toolkit.store.layout import TABLES
from crm_toolkit.store.loading import columns_as_stored
from crm_toolkit.texts import language


def _stored(name, **columns):
    table, problems = columns_as_stored(name, pd.DataFrame(columns))
    return table.to_pydict(), [problem.code for problem in problems]


@given(st.lists(st.none() | st.integers(-(10**11), 10**11), min_size=1))
def test_money_is_exact_to_the_minor_unit(minors):
    units = [None if minor is None else minor / 100 for minor in minors]
    made, _ = _stored("prices", product_id=range(len(minors)), price=pd.Series(units, dtype="float64"))
    assert made["price_minor"] == minors


MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2199, 12, 31))


@given(st.lists(st.none() | MOMENTS, min_size=1))
def test_moments_are_text_that_sorts_as_time(moments):
    frame = {"customer_id": range(len(moments)), "enrolled_at": pd.to_datetime(pd.Series(moments, dtype=object))}
    made, _ = _stored("loyalty_members", **frame)
    assert made["enrolled_at"] == [one and one.strftime("%Y-%m-%d %H:%M:%S") for one in moments]


@pytest.mark.parametrize(("values", "kept"), [
    ([1, 2], [1, 2]), ([1.0, np.nan], [1, None]), (pd.array([3, None], dtype="Int64"), [3, None]),
    ([True, False], [1, 0]), (pd.array([True, None], dtype="boolean"), [1, None]), ([1.5, 2.0], None),
    (["x", "1"], None), ([2.0**64, 1.0], None),
])  # fmt: skip
def test_whole_numbers_stay_whole_and_halves_are_refused(values, kept):
    made, codes = _stored("loyalty_ledger", entry_id=[1, 2], points=values)
    assert made.get("points") == kept
    assert ("bad_value" in codes) == (kept is None)


@pytest.mark.parametrize("values", [["a", None, 'q"\n'], pd.Series(["a", None, 'q"\n'], dtype="category"),
                                    np.array(["a", None, 'q"\n'], dtype=object)])  # fmt: skip
def test_texts_of_every_make_are_kept_as_they_are(values):
    made, _ = _stored("products", product_id=[1, 2, 3], item=values)
    assert made["item"] == ["a", None, 'q"\n']


def test_everything_that_does_not_fit_comes_in_one_letter_in_both_languages(tables, tmp_path):
    contacts = tables["contacts"].copy()
    contacts.loc[3, "kind"] = "chat"
    contacts.loc[4, "customer_id"] = 999_999
    orders = tables["orders"].copy()
    orders["amount"] = orders["amount"].astype(object)
    orders.loc[2, "amount"] = "much"
    orders.loc[6, "order_id"] = orders.loc[5, "order_id"]
    for spoken in ("en", "ru"):
        with language(spoken), pytest.raises(InputError) as letter:
            crm.Store.create(tmp_path / "crm.db", {**tables, "contacts": contacts, "orders": orders})
        codes = [problem.code for problem in letter.value.problems]
        assert {"unknown_word", "points_nowhere", "bad_value", "double_key"} <= set(codes)
        assert [word for word in ("chat", "much", "4") if word not in str(letter.value)] == []
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(
    st.none() | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8),
    st.none() | st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([None, "x", "'", '"', "\\N", ""]),
), min_size=1, max_size=12))  # fmt: skip
def test_both_databases_keep_what_was_loaded(any_store, rows):
    someone = int(any_store.list("customers", limit=1)["customer_id"][0])
    frame = pd.DataFrame({
        "merge_id": range(1, len(rows) + 1), "customer_id": someone, "merged_id": someone,
        "score": pd.Series([part for _, part, _ in rows], dtype="float64"),
        "kept": pd.Series([text for text, _, _ in rows], dtype=object),
        "actor": pd.Series([unit for _, _, unit in rows], dtype=object),
        "merged_at": pd.Timestamp("2025-01-02 03:04:05"),
    })  # fmt: skip
    table, problems = columns_as_stored("merges", frame)
    assert problems == []
    target = TABLES["merges"]
    with database.writing(any_store.engine) as connection:
        connection.execute(sa.delete(target))
        loading.load(connection, "merges", table)
        kept = connection.execute(sa.select(target.c.kept, target.c.score, target.c.actor).order_by(target.c.merge_id))
        assert [tuple(row) for row in kept] == [tuple(row) for row in rows]


def test_a_store_filled_in_bulk_is_whole_and_has_what_the_database_would_have_refused(any_store):
    from crm_toolkit.store.integrity import faults

    assert faults(any_store) == []
    with database.reading(any_store.engine) as connection:
        inspected = sa.inspect(connection)
        for name, table in TABLES.items():
            assert len(inspected.get_foreign_keys(name)) == len(table.foreign_key_constraints)
            assert {index["name"] for index in inspected.get_indexes(name)} == {one.name for one in table.indexes}
    with pytest.raises(sa.exc.IntegrityError), database.writing(any_store.engine) as connection:
        connection.execute(sa.insert(TABLES["contracts"]).values(contract_id=1, customer_id=999_999, started_on="2025"))
    with pytest.raises(sa.exc.IntegrityError), database.writing(any_store.engine) as connection:
        connection.execute(sa.update(TABLES["contacts"]).values(kind="chat"))


def test_faults_of_a_store_are_named(store):
    from crm_toolkit.store.integrity import faults

    with database.writing(store.engine) as connection:
        connection.exec_driver_sql("UPDATE orders SET amount_minor = amount_minor + 1 WHERE order_id IN "
                                   "(SELECT order_id FROM orders LIMIT 2)")  # fmt: skip
        connection.exec_driver_sql("DELETE FROM search_customers")
    assert {problem.code for problem in faults(store)} == {"wrong_sum", "index_differs"}


def test_contracts_and_tables_agree_for_every_table_of_the_world(tables):
    for name, frame in tables.items():
        if name in STORE_TABLES:
            table, problems = columns_as_stored(name, frame.assign(kind="client", version=1, entered_kind="import")
                                                if name == "customers" else frame)  # fmt: skip
            assert problems == [], name
            assert table.num_rows == len(frame)
