"""The door: who may come in, what is shown, and that every slip is a letter."""

import datetime as dt
import shutil

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import database
from crm_toolkit.store.layout import INFO


def _codes(refusal):
    return [problem.code for problem in refusal.value.problems]


def test_a_store_is_made_once(template):
    with pytest.raises(InputError) as refusal:
        crm.Store.create(template)
    assert _codes(refusal) == ["not_empty"]


@pytest.mark.parametrize("name", ["", ":memory:", "missing.db", "."])
def test_what_is_no_store_is_not_opened(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        crm.Store.open(name)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_somebody_else_is_not_opened(tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE cats (name TEXT)")
    with pytest.raises(InputError) as refusal:
        crm.Store.open(tmp_path / "other.db")
    assert _codes(refusal) == ["no_store"]


def test_a_store_of_a_newer_program_is_left_alone(store):
    with database.writing(store.engine) as connection:
        connection.execute(sa.update(INFO).where(INFO.c.name == "schema_version").values(value="999"))
    with pytest.raises(InputError) as refusal:
        crm.Store.open(store.url)
    assert _codes(refusal) == ["newer_store"]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ({"role": "managr"}, "unknown_role"),
        ({"role": "customer"}, "no_person"),
        ({"role": "customer", "customer": 999_999}, "no_person"),
        ({"role": "sales", "employee": 999_999}, "no_person"),
        ({"role": "sales", "customer": 1}, "wrong_person"),
        ({"role": "customer", "customer": 1, "employee": 101}, "wrong_person"),
        ({"role": "customer", "customer": "somebody"}, "not_whole"),
        ({"role": "sales", "employee": 2**70}, "not_whole"),
    ],
)
def test_only_people_who_are_there_come_in(store, who, code):
    with pytest.raises(InputError) as refusal:
        store.as_role(**who)
    assert _codes(refusal) == [code]
    with pytest.raises(InputError):
        crm.Store.open(store.url, **who)


def test_numbers_from_frames_are_numbers_everywhere(store, people):
    customer = np.int64(people.customer)
    assert store.row("customers", customer)["customer_id"] == people.customer
    own = store.as_role("customer", customer=customer)
    assert own.count("customers") == 1
    version = np.int64(store.row("customers", customer)["version"])
    done = store.submit("profile", {"city": "Tula"}, row=customer, expected_version=version)
    assert type(done.version) is int
    assert all(type(value) is not np.int64 for value in store.row("customers", customer).values())


def test_nobody_opens_the_account_of_an_erased_person(store, people):
    with database.writing(store.engine) as connection:
        connection.execute(sa.text("UPDATE customers SET erased_at = '2025-01-01 00:00:00' WHERE customer_id = :one"),
                           {"one": people.customer})  # fmt: skip
    with pytest.raises(InputError) as refusal:
        store.as_role("customer", customer=people.customer)
    assert _codes(refusal) == ["closed"]


def test_conditions_mean_what_stands_in_a_frame(store):
    orders = store.tables("orders")
    one = orders.iloc[7]
    at, day = one["ordered_at"], one["ordered_at"].date()
    same_day = (orders["ordered_at"].dt.date == day).sum()
    chosen = (orders["channel"].isin(["web", "app"]) & (orders["branch_id"] == 1)).sum()
    for where, wanted in (
        ({"amount": one["amount"]}, (orders["amount"] == one["amount"]).sum()),
        ({"amount": str(one["amount"])}, (orders["amount"] == one["amount"]).sum()),
        ({"ordered_at": at}, (orders["ordered_at"] == at).sum()),
        ({"ordered_at": at.to_pydatetime()}, (orders["ordered_at"] == at).sum()),
        ({"ordered_at": at.to_numpy()}, (orders["ordered_at"] == at).sum()),
        ({"ordered_at": day}, same_day),
        ({"ordered_at": str(day)}, same_day),
        ({"campaign_id": None}, orders["campaign_id"].isna().sum()),
        ({"campaign_id": float("nan")}, orders["campaign_id"].isna().sum()),
        ({"campaign_id": pd.NA}, orders["campaign_id"].isna().sum()),
        ({"campaign_id": [None, 1]}, (orders["campaign_id"].isna() | (orders["campaign_id"] == 1)).sum()),
        ({"order_id": orders["order_id"].head(3)}, 3),
        ({"order_id": []}, 0),
        ({"channel": {"web", "app"}, "branch_id": 1}, chosen),
        ({"amount": 0.001}, 0),
    ):  # fmt: skip
        assert store.count("orders", where=where) == wanted == len(store.list("orders", where=where, limit=None)), where
    assert (orders["campaign_id"].isna()).any()
    assert not (orders["campaign_id"].isna()).all()


def test_days_and_flags_are_conditions_too(store):
    customers = store.tables("customers")
    born = customers["birth_date"].iloc[0]
    for day in (born, born.date(), str(born.date()), born.to_numpy()):
        assert store.count("customers", where={"birth_date": day}) == (customers["birth_date"] == born).sum()
    for yes in (True, np.True_, 1):
        assert store.count("customers", where={"consent_sms": yes}) == customers["consent_sms"].sum()


def test_every_slip_of_a_question_is_in_one_letter(store):
    with pytest.raises(InputError) as refusal:
        store.list(
            "orders",
            where={"amuont": 1, "order_id": "first", "ordered_at": "yesterday", "amount": "much", "branch_id": 10**30},
            order=["-ordered", "channel"], limit=-1, offset=1.5,
        )  # fmt: skip
    assert sorted(problem.column for problem in refusal.value.problems) == [
        "amount", "amuont", "branch_id", "limit", "offset", "order_id", "ordered", "ordered_at"
    ]  # fmt: skip
    assert "Did you mean `amount`?" in str(refusal.value)


def test_pages_hold_every_row_once(store):
    whole = store.list("customers", order="city", limit=None)["customer_id"].tolist()
    pages = [store.list("customers", order="city", limit=10, offset=start) for start in range(0, len(whole), 10)]
    assert [key for page in pages for key in page["customer_id"]] == whole
    assert sorted(whole) == sorted(set(whole))
    assert store.list("customers", limit=5)["customer_id"].tolist() == sorted(whole)[:5]


def test_what_is_empty_comes_last_in_any_order(store):
    for order in ("answered_at", "-answered_at"):
        gaps = store.list("surveys", order=order, limit=None)["answered_at"].isna()
        assert gaps.any()
        assert gaps.is_monotonic_increasing


def test_a_row_needs_a_key_of_its_own(store, people):
    for entity in ("order_lines", "receivables", "prices"):
        with pytest.raises(InputError) as refusal:
            store.row(entity, people.order)
        assert _codes(refusal) == ["no_single_key"]


def test_a_missing_row_and_a_hidden_row_are_told_in_the_same_words(store, people):
    desk = store.as_role("sales", employee=people["sales"])
    own = store.as_role("customer", customer=people.customer)
    for door in (desk, own):
        for entity, hidden in (("customers", people.stranger), ("orders", people.strangers_order)):
            assert store.row(entity, hidden)
            with pytest.raises(InputError) as forbidden:
                door.row(entity, hidden)
            with pytest.raises(InputError) as missing:
                door.row(entity, 987_654_321)
            assert str(forbidden.value).replace(str(hidden), "987654321") == str(missing.value)


def test_an_unknown_table_is_a_letter_with_the_likely_name(store):
    for ask in (store.list, store.count, store.tables, store.arrow):
        with pytest.raises(InputError, match="customers"):
            ask("custmers")
    with pytest.raises(InputError):
        store.row("custmers", 1)
    for secret in ("accounts", "sessions", "store_info", "roles", "sqlite_master"):
        with pytest.raises(InputError):
            store.list(secret)


def test_the_clock_goes_on_where_the_record_ends(store, tables):
    end = max(tables["contacts"]["opened_at"].max(), tables["orders"]["ordered_at"].max())
    assert end <= store.now() <= end + dt.timedelta(days=400)
    again = crm.Store.open(store.url)
    assert abs(again.now() - store.now()) < dt.timedelta(seconds=5)
    again.close()


def test_kinds_at_hand_over_are_those_of_the_contract(store):
    kinds = {"id": "iI", "integer": "iI", "number": "f", "money": "f", "flag": "b", "datetime": "M", "date": "M"}
    for entity in ("customers", "orders", "payments", "contacts", "requests", "surveys", "touches"):
        frame = store.tables(entity)
        assert list(frame.columns) == list(STORE_TABLES[entity].table.column_names)
        for column in STORE_TABLES[entity].table.columns:
            if column.kind != "text":
                assert frame[column.name].dtype.kind in kinds[column.kind], (entity, column.name)


def test_what_is_masked_is_text_and_a_gap_stays_a_gap(store):
    masked = store.as_role("marketing").tables("customers")
    assert masked["birth_date"].str.fullmatch(r"\d{4}").all()
    assert masked["phone"].str.startswith("•••").all()
    key = store.submit("customer", {"full_name": "Ada King"}).key
    row = store.as_role("marketing").row("customers", key)
    assert row["phone"] is None
    assert row["full_name"] == "A•••"


def test_a_door_of_one_role_does_not_change_that_of_another(store):
    marketing = store.as_role("marketing")
    assert marketing.rights.role.name == "marketing"
    assert store.rights.role.name == "manager"
    assert marketing.as_role("manager").rights.role.name == "manager"


def test_two_copies_of_a_file_are_two_stores(store, tmp_path):
    store.close()
    other = crm.Store.open(shutil.copyfile(store.url, tmp_path / "copy.db"))
    other.submit("customer", {"full_name": "Ada King"})
    assert other.count("customers") == store.count("customers") + 1
    other.close()
