"""Right of access: everything about one person and nothing about anybody else."""

import json
import zipfile

import pandas as pd
import pytest
import sqlalchemy as sa

from crm_toolkit.errors import InputError
from crm_toolkit.store import database
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import language


def test_every_row_about_a_person_is_there_and_no_other(store, people):
    found = store.person_data(people.customer)
    with database.reading(store.engine) as connection:
        for name, table in TABLES.items():
            if "customer_id" in table.c:
                wanted = sa.select(sa.func.count()).select_from(table).where(table.c.customer_id == people.customer)
                assert len(found.frames.get(name, ())) == connection.execute(wanted).scalar(), name
    for name, frame in found.frames.items():
        if "customer_id" in frame:
            assert set(frame["customer_id"]) == {people.customer}, name
    assert found.withheld == ()
    assert found.frames["customers"]["phone"][0] == store.row("customers", people.customer)["phone"]


def test_records_that_went_into_a_persons_are_the_persons(store, people):
    name = store.row("customers", people.other)["full_name"]
    store.merge(people.customer, people.other)
    for key in (people.customer, people.other):
        found = store.person_data(key)
        assert found.customer_id == people.customer
        assert set(found.frames["customers"]["customer_id"]) == {people.customer, people.other}
        assert name in set(found.frames["profile_values"]["value"])


def test_in_the_account_it_is_ones_own_and_what_is_hidden_is_named(store, people):
    store.submit("contact", {"customer_id": people.customer, "kind": "note", "subject": "for us only"})
    mine = store.as_role("customer", customer=people.customer)
    found = mine.person_data()
    assert set(found.frames["orders"]["customer_id"]) == {people.customer}
    assert "for us only" not in str(found.frames["contacts"].to_dict())
    assert "customers.note" in found.withheld
    assert "audit" in found.withheld
    assert "customers.note" in str(found)
    with pytest.raises(InputError):
        mine.person_data(people.other)


def test_employees_need_the_right_to_erase(store, people):
    for role in ("sales", "service", "marketing", "analyst"):
        with pytest.raises(InputError):
            store.as_role(role).person_data(people.customer)
    for key in (None, 10**8):
        with pytest.raises(InputError):
            store.person_data(key)


def test_the_archive_has_tables_in_words_for_people_and_one_file_for_programs(store, people, tmp_path):
    values = {"full_name": "=Ada Кинг"}
    version = store.row("customers", people.customer)["version"]
    store.submit("profile", values, row=people.customer, expected_version=version)
    before = store.count("exports")
    with language("ru"):
        path = store.export_person_data(tmp_path / "person.zip", people.customer)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        program = json.loads(archive.read("data.json"))
        table = pd.read_csv(archive.open("customers.csv"), dtype=str)
        contents = archive.read("contents.txt").decode()
    assert {"customers.csv", "orders.csv", "data.json", "contents.txt"} <= set(names)
    assert program["customers"][0]["full_name"] == "=Ada Кинг"
    assert "номер телефона" in " ".join(table.columns).lower()
    assert "phone" not in table.columns
    assert "'=Ada Кинг" in set(table.iloc[0])  # no spreadsheet takes it for a formula
    assert "customers.csv" in contents
    assert {name: len(rows) for name, rows in program.items()} == {
        name: len(frame) for name, frame in store.person_data(people.customer).frames.items() if name != "audit"
    } | {"audit": len(program["audit"])}  # fmt: skip
    assert store.count("exports") == before + 1
    with pytest.raises(InputError):
        store.export_person_data(path, people.customer)
    with pytest.raises(InputError):
        store.export_person_data(tmp_path / "nowhere" / "person.zip", people.customer)
    assert store.count("exports") == before + 1
