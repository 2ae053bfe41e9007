"""The right to be forgotten: not one byte of the person is left, and not one sum has changed."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import PROFILE_FIELDS
from crm_toolkit.store import accounts, database, integrity
from crm_toolkit.store.layout import ACCOUNTS, OUTSIDE_KEYS, TABLES
from crm_toolkit.store.privacy import erasure, new_key, plain_hash

CANARIES = {
    "full_name": "Zephyrine Quixotova", "phone": "+7 012 345-67-89", "email": "zephyrine.q@example.com",
    "birth_date": "1931-02-27", "profession": "Cartographeress", "city": "Qwghlm", "note": "Ringbearer of old",
}  # fmt: skip
OLD = {"full_name": "Zephyrine Maidenova", "phone": "+7 098 765-43-21"}
TEXTS = ("Subjectcanary", "Bodycanary", "Replycanary", "Contactcanary", "Dealcanary", "Loginacanary", "OUTSIDE-CANARY")


@pytest.fixture
def person(store, people):
    """A customer with orders and requests who left traces everywhere, one record merged into another among them."""
    who = people.customer
    for values in (OLD, CANARIES):
        store.submit("profile", values, row=who, expected_version=store.row("customers", who)["version"])
    twin = store.submit("customer", {"full_name": OLD["full_name"], "note": "Twincanary"}).key
    store.merge(who, twin)
    request = store.submit(
        "request", {"customer_id": who, "kind": "complaint", "subject": "Subjectcanary", "body": "Bodycanary"}
    )
    store.as_role("customer", customer=who).submit("request_reply", {"text": "Replycanary"}, row=request.key)
    store.submit("contact", {"customer_id": who, "kind": "call", "subject": "Contactcanary"})
    store.submit("deal", {"customer_id": who, "title": "Dealcanary", "pipeline": "sales"})
    with database.writing(store.engine) as connection:
        connection.execute(sa.insert(OUTSIDE_KEYS).values(
            system="", entity="customers", outside_key="OUTSIDE-CANARY", row_key=who, customer_id=who))  # fmt: skip
    accounts.add(store, "loginacanary", "a long enough password", role="customer", customer=who)
    store.submit("consent", {"customer_id": who, "purpose": "phone", "agreed": True, "text_version": "1"})
    return who


def left_in_files(store):
    """Canaries whose bytes are in any of the files of the database, in whatever capitals."""
    path = Path(store.url)
    data = b"".join(one.read_bytes() for one in path.parent.iterdir() if one.name.startswith(path.name)).lower()
    words = {*CANARIES.values(), *OLD.values(), *TEXTS, "Twincanary", "zephyrine", "79", "quixotova"} - {"79"}
    digits = {"70123456789", "70987654321"}
    return sorted(word for word in words | digits if word.lower().encode() in data)


def sums(store):
    """What must not change: money, points, answers, and how many of everything."""
    with database.reading(store.engine) as connection:
        found = {}
        for name in ("orders", "order_lines", "payments", "receivables", "loyalty_ledger", "surveys", "survey_items",
                     "contacts", "requests", "touches", "assignments", "kpi_months"):  # fmt: skip
            table = TABLES[name]
            numbers = [column for column in table.c if isinstance(column.type, (sa.Integer, sa.BigInteger, sa.Double))
                       and column.name != "version"]  # fmt: skip
            row = connection.execute(
                sa.select(sa.func.count(), *(sa.func.sum(one) for one in numbers)).select_from(table)
            )
            found[name] = tuple(round(value, 6) if isinstance(value, float) else value for value in row.one())
    return found


def test_no_byte_of_the_person_is_left_in_the_files(store, person):
    assert len(left_in_files(store)) >= 12  # the test can see what it looks for
    erased = store.erase(person)
    assert erased.clean
    assert left_in_files(store) == []
    store.close()
    assert left_in_files(store) == []


def test_no_sum_changes(store, person):
    before = sums(store)
    coverage = store.consent_coverage()["customers"][0]
    store.erase(person)
    assert sums(store) == before
    assert store.consent_coverage()["customers"][0] == coverage - 1
    assert integrity.faults(store) == []


def test_the_row_stays_without_saying_who_it_was(store, person):
    erased = store.erase(person)
    row = store.row("customers", person)
    assert [row[name] for name in PROFILE_FIELDS] == [None] * len(PROFILE_FIELDS)
    assert row["note"] is None
    assert row["last_name"] is None
    assert row["household_id"] is None
    assert row["erased_at"] is not None
    assert not row["consent"]
    assert store.count("profile_values", where={"customer_id": person}) == 0
    assert store.list("merges", where={"customer_id": person})["kept"].isna().all()
    assert store.search("zephyrine").hits == ()
    assert store.search("subjectcanary").hits == ()
    assert erased.removed["contacts"] > 1
    assert erased.stays["orders"] > 0
    assert str(person) in str(erased)
    assert CANARIES["full_name"] not in str(erased)
    assert store.card(person).head["erased_at"] is not None
    with database.reading(store.engine) as connection:
        assert connection.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.customer_id == person)).all() == []


def test_the_log_keeps_who_did_what_when_but_no_token(store, person):
    before = store.list("audit", where={"customer_id": person}, limit=None)
    assert before["after_token"].notna().any()
    store.erase(person)
    after = store.list("audit", where={"customer_id": person}, limit=None)
    assert after["before_token"].isna().all()
    assert after["after_token"].isna().all()
    kept = ["audit_id", "happened_at", "actor", "entity", "entity_id", "action", "field"]
    pd.testing.assert_frame_equal(after[kept].head(len(before)), before[kept])
    last = after.iloc[-1]
    assert (last["action"], last["actor"], last["entity_id"]) == ("erase", "manager", person)
    others = store.list("audit", where={"entity": "customers"}, limit=None)
    assert set(others.loc[others["after_token"].notna(), "customer_id"]).isdisjoint({person})


def test_records_merged_into_the_persons_are_erased_too_whichever_is_named(store, person):
    twin = int(store.list("merges")["merged_id"].iloc[-1])
    assert store.erase(twin).customer_id == person
    with database.reading(store.engine) as connection:
        table = TABLES["customers"].c
        row = connection.execute(sa.select(table.full_name, table.note).where(table.customer_id == twin)).one()
    assert tuple(row) == (None, None)
    with pytest.raises(InputError) as again:
        store.erase(person)
    assert again.value.problems[0].code == "closed"
    with pytest.raises(InputError):
        store.undo_merge(int(store.list("merges")["merge_id"].iloc[-1]))


def test_texts_of_others_that_name_the_person_are_pointed_at(store, person, people):
    text = f"Her friend {CANARIES['full_name']} told her"
    key = store.submit("contact", {"customer_id": people.other, "kind": "call", "subject": text}).key
    erased = store.erase(person)
    assert erased.traces == (("contacts", key),)
    assert str(key) in erased.report


def test_pseudonymising_keeps_what_is_no_identity_and_a_token_for_the_key(store, person):
    key = new_key()
    store.erase(person, mode="pseudonymise", key=key)
    row = store.row("customers", person)
    assert [row[name] for name in ("full_name", "phone", "email", "birth_date", "note")] == [None] * 5
    assert row["profession"] == CANARIES["profession"]
    assert row["sex"]
    assert left_in_files(store) == sorted(["Cartographeress", "Qwghlm"])
    for known in ({"phone": "8 (012) 345 67 89"}, {"phone": OLD["phone"]}, {"email": "ZEPHYRINE.Q@example.com"},
                  {"full_name": "quixotova ZEPHYRINE".title().swapcase() and CANARIES["full_name"].upper(),
                   "birth_date": CANARIES["birth_date"]}):  # fmt: skip
        assert store.recognise(key=key, **known) == (person,), known
    assert store.recognise(key=new_key(), phone=CANARIES["phone"]) == ()
    assert store.recognise(key=key, phone="+7 000 000-00-00") == ()
    data = Path(store.url).read_bytes()
    assert plain_hash(CANARIES["phone"], kind="phone").encode() not in data
    assert key not in data
    assert key.hex().encode() not in data
    for wrong in ({"mode": "pseudonymise"}, {"mode": "pseudonymise", "key": b"short"}, {"mode": "forget"},
                  {"mode": "anonymise", "key": key}):  # fmt: skip
        with pytest.raises(InputError):
            store.erase(store.list("customers")["customer_id"][0], **wrong)


def test_a_request_is_due_in_a_month_and_settled_by_the_erasure(store, person, people):
    mine = store.as_role("customer", customer=person)
    made = mine.request_erasure()
    row = mine.row("erasures", made.key)
    assert row["due_on"] == pd.Timestamp(store.now().date() + dt.timedelta(days=30))
    assert row["mode"] == "anonymise"
    assert row["done_at"] is None
    with pytest.raises(InputError) as twice:
        mine.request_erasure()
    assert twice.value.problems[0].code == "asked_already"
    erased = store.erase(person)
    row = store.row("erasures", erased.erasure_id)
    assert erased.erasure_id == made.key
    assert row["done_at"] is not None
    assert row["report"].startswith(str(erased)[:20])
    with pytest.raises(InputError):
        store.as_role("customer", customer=person)
    written = store.request_erasure(people.other, mode="pseudonymise")
    assert store.row("erasures", written.key)["mode"] == "pseudonymise"


def test_only_the_right_to_erase_erases(store, people):
    for role in ("sales", "service", "finance", "customer"):
        desk = store.as_role(role, customer=people.customer) if role == "customer" else store.as_role(role)
        with pytest.raises(InputError):
            desk.erase(people.customer)
        with pytest.raises(InputError):
            desk.recognise(key=new_key(), phone="1")
    assert store.row("customers", people.customer)["full_name"]


def test_a_reader_keeps_the_files_from_being_written_anew_and_the_report_says_so(store, person, monkeypatch):
    monkeypatch.setattr(erasure, "_PATIENCE_MS", 50)
    other = crm.Store.open(store.url)
    with other.engine.connect() as reading, reading.begin():
        reading.execute(sa.select(sa.func.count()).select_from(TABLES["audit"])).scalar()
        erased = store.erase(person)
    other.close()
    assert not erased.clean
    assert "compact" in erased.report
    assert store.compact()
    assert left_in_files(store) == []


def test_postgresql_forgets_in_every_table(postgres_store, people):
    who = people.customer
    values = {name: CANARIES[name] for name in ("full_name", "email", "note")}
    postgres_store.submit("profile", values, row=who, expected_version=postgres_store.row("customers", who)["version"])
    before = sums(postgres_store)
    postgres_store.erase(who)
    assert sums(postgres_store) == before
    with database.reading(postgres_store.engine) as connection:
        for table in TABLES.values():
            assert CANARIES["full_name"] not in repr(connection.execute(sa.select(table)).all()), table.name
        assert "zephyrine" not in repr(connection.exec_driver_sql("SELECT words FROM search_customers").all())
