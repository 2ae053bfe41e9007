"""Old and new shapes of the database: a newer one is refused, an older one brought up whole or left as it was."""

import pytest
import sqlalchemy as sa

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.store import database, versions
from crm_toolkit.store.layout import INFO
from crm_toolkit.texts import language


@pytest.fixture
def newer(monkeypatch):
    """The program as it will be: two versions on, each with a step."""

    def column(connection):
        connection.exec_driver_sql("ALTER TABLE branches ADD COLUMN shop_window TEXT")

    def table(connection):
        connection.exec_driver_sql("CREATE TABLE later (later_id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("UPDATE branches SET shop_window = 'wide'")

    first = versions.SCHEMA_VERSION
    monkeypatch.setattr(versions, "STEPS", {**versions.STEPS, first: column, first + 1: table})
    monkeypatch.setattr(versions, "SCHEMA_VERSION", first + 2)
    return first


def _all_of(store):
    with database.reading(store.engine) as connection:
        return {
            table: sorted(map(str, connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()))
            for table in sa.inspect(connection).get_table_names()
        }


def _version(store):
    with database.reading(store.engine) as connection:
        return int(versions.info(connection)["schema_version"])


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_a_store_of_a_newer_program_is_refused_and_stays_as_it_is(any_store, spoken):
    with database.writing(any_store.engine) as connection:
        connection.execute(sa.update(INFO).where(INFO.c.name == "schema_version").values(value="999"))
    before = _all_of(any_store)
    with language(spoken), pytest.raises(InputError) as letter:
        crm.Store.open(any_store.url)
    assert [problem.code for problem in letter.value.problems] == ["newer_store"]
    assert "999" in str(letter.value)
    assert _all_of(any_store) == before


def test_an_older_store_is_brought_up_step_by_step_and_keeps_everything(any_store, newer):
    before = _all_of(any_store)
    opened = crm.Store.open(any_store.url)
    after = _all_of(opened)
    assert _version(opened) == newer + 2
    assert after.pop("later") == []
    assert all("'wide'" in row for row in after.pop("branches"))
    before.pop("branches")
    assert {name: rows for name, rows in after.items() if name != "store_info"} == {
        name: rows for name, rows in before.items() if name != "store_info"
    }
    opened.close()
    crm.Store.open(any_store.url).close()  # a second time there is nothing to do


def test_a_step_that_fails_leaves_the_store_as_it_was(any_store, newer, monkeypatch):
    def fails(connection):
        connection.exec_driver_sql("CREATE TABLE half (half_id INTEGER PRIMARY KEY)")
        raise InputError("The step can't be taken.", [])

    monkeypatch.setitem(versions.STEPS, newer + 1, fails)
    before = _all_of(any_store)
    with pytest.raises(InputError, match="can't be taken"):
        crm.Store.open(any_store.url)
    assert _all_of(any_store) == before
    assert _version(any_store) == newer


def test_what_is_no_store_is_said_to_be_none(tmp_path, store):
    import sqlite3

    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE films (title TEXT)")
    for path, code in (("other.db", "no_store"), ("missing.db", "no_file")):
        with pytest.raises(InputError) as letter:
            crm.Store.open(tmp_path / path)
        assert [problem.code for problem in letter.value.problems] == [code]
    assert not (tmp_path / "missing.db").exists()


def test_several_people_who_open_an_older_store_at_once_bring_it_up_once(any_store, newer):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: crm.Store.open(any_store.url), range(6)))
    assert {_version(one) for one in opened} == {newer + 2}
    for one in opened:
        one.close()
