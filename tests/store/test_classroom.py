"""A class in one database: everybody enters, searches and corrects at once, and nothing is lost; the door holds."""

import threading

import pytest

import crm_toolkit as crm
from benchmarks.classroom import at_work
from crm_toolkit.errors import InputError
from crm_toolkit.store import accounts, database
from crm_toolkit.texts import language

WORST_WAIT = 60  # seconds, on a loaded machine


@pytest.mark.parametrize(
    ("people", "rounds"), [(4, 1), pytest.param(30, 10, marks=pytest.mark.slow)]
)  # fmt: skip
def test_a_class_on_postgresql_loses_no_edit_and_meets_no_deadlock(postgres_store, people, rounds):
    found = at_work(postgres_store.url, people=people, rounds=rounds)
    assert found["trouble"] == []
    assert found["lost"] == []
    assert found["deadlocks"] == 0
    assert (found["saved"], found["raised"]) == (people * rounds, people * rounds)
    assert found["connections"] <= 2 * people + 2
    assert max(max(seconds) for seconds in found["seconds"].values()) < WORST_WAIT


@pytest.mark.slow
def test_a_class_on_one_file_of_sqlite_loses_no_edit(store):
    found = at_work(store.url, people=12, rounds=3)
    assert (found["trouble"], found["lost"]) == ([], [])


def test_the_count_would_notice_a_lost_edit(store, monkeypatch):
    real = crm.Store.submit

    def forgetful(self, form, values, **options):
        if form == "profile":
            return None
        return real(self, form, values, **options)

    monkeypatch.setattr(crm.Store, "submit", forgetful)
    assert at_work(store.url, people=1, rounds=1)["lost"] == ["customer 1: 1 corrections"]


def test_a_page_keeps_one_connection_and_a_program_has_few(postgres_store):
    pool = postgres_store.engine.pool
    assert (pool.size(), pool._max_overflow) == (database.KEPT_CONNECTIONS, database.MOST_CONNECTIONS - 1)
    assert 30 * database.KEPT_CONNECTIONS < 100


@pytest.mark.parametrize("code", ["en", "ru"])
def test_a_server_or_a_program_without_a_free_place_is_a_letter(postgres_store, monkeypatch, code):
    monkeypatch.setattr(postgres_store.engine.pool, "_timeout", 0.1)
    held = [postgres_store.engine.connect() for _ in range(database.MOST_CONNECTIONS)]
    with language(code):
        for ask in (lambda: postgres_store.count("customers"), lambda: database.written(postgres_store.engine, bool)):
            with pytest.raises(InputError) as letter:
                ask()
            assert letter.value.problems[0].code == "crowded"
    for one in held:
        one.close()
    assert postgres_store.count("customers") > 0


@pytest.mark.parametrize("text", ["FATAL: sorry, too many clients already",
                                  "FATAL: remaining connection slots are reserved"])  # fmt: skip
def test_a_server_that_is_full_says_so_and_not_that_it_is_gone(text):
    error = database.OperationalError(None, None, Exception(f"connection to server on socket failed: {text}"))
    with pytest.raises(InputError) as letter, database.refusals("No."):
        raise error
    assert letter.value.problems[0].code == "crowded"


def test_asking_whether_a_session_holds_is_no_sign_of_life_and_sees_who_was_put_out(any_store, monkeypatch):
    accounts.add(any_store, "anna", "Long-enough-1", role="manager")
    gate = accounts.Gate(any_store)
    token = gate.sign_in("anna", "Long-enough-1").token
    assert gate.is_open(token)
    assert not gate.is_open("no such token")
    begun = accounts._now()
    monkeypatch.setattr(accounts, "_now", lambda: begun + accounts.IDLE_SECONDS - 10)
    assert gate.is_open(token)
    monkeypatch.setattr(accounts, "_now", lambda: begun + accounts.IDLE_SECONDS + 10)
    assert not gate.is_open(token)
    monkeypatch.setattr(accounts, "_now", lambda: begun)
    accounts.disable(any_store, "anna")
    assert not gate.is_open(token)


def test_thirty_threads_of_one_program_wait_for_each_other(postgres_store):
    counts = []
    people = [threading.Thread(target=lambda: counts.append(postgres_store.count("customers"))) for _ in range(30)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert len(counts) == 30
    assert len(set(counts)) == 1
