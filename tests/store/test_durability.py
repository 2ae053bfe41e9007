"""What was acknowledged stays, whatever happens: killed writers, many at once, full disks, damaged files.

The light versions run always. The long ones (`-m slow`): 300 trials of killing, 30 writers, 300 damaged files.
"""

import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.store import ConflictError, database
from crm_toolkit.texts import language

pytestmark = pytest.mark.skipif(os.name != "posix", reason="killing and forking are done on Linux and macOS")
PROGRAM = Path(__file__).with_name("crash.py")
WORST_WAIT = 20  # seconds, on a loaded machine; a quiet one stays under one


def _run(*words):
    done = subprocess.run(
        [sys.executable, PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=1_800,
        env={**os.environ, "PYTHONPATH": str(Path(crm.__file__).parent.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()[-words.count("+") - 1 :]]


KILL, EDIT, FAULTS = (3, 4, 1), (8, 5), (6, 3)


@pytest.fixture(scope="module")
def light(template, tmp_path_factory):
    """What the light versions on SQLite found, by their jobs: one program, which imports the toolkit once."""
    folder = tmp_path_factory.mktemp("crash")
    copies = [shutil.copyfile(template, folder / f"{job}.db") for job in ("kill", "edit")]
    found = _run("kill", copies[0], *KILL, "+", "edit", copies[1], *EDIT, "+", "faults", template, *FAULTS)
    return dict(zip(("kill", "edit", "faults"), found, strict=True))


def _on(database_, request, tmp_path):
    """Address of a fresh store on one of the two databases, with nobody connected."""
    if database_ == "sqlite":
        return str(shutil.copyfile(request.getfixturevalue("template"), tmp_path / "crm.db"))
    return request.getfixturevalue("postgres_store").url


@pytest.mark.parametrize(("database_", "trials"), [
    ("sqlite", KILL[0]), pytest.param("postgresql", 1, marks=pytest.mark.slow),
    pytest.param("sqlite", 300, marks=pytest.mark.slow), pytest.param("postgresql", 100, marks=pytest.mark.slow),
])  # fmt: skip
def test_killed_writers_lose_nothing_that_was_acknowledged_and_leave_no_half(database_, trials, request, tmp_path):
    light = request.getfixturevalue("light") if (database_, trials) == ("sqlite", KILL[0]) else {}
    found = light.get("kill") or _run("kill", _on(database_, request, tmp_path), trials, *KILL[1:])[0]
    assert found["problems"] == []
    assert found["trials"] == trials
    assert found["acknowledged"] >= trials


def test_the_check_after_a_crash_would_notice_a_loss_and_a_half(store, people, tmp_path):
    values = {"customer_id": people.customer, "product_id": 1, "quantity": 1, "method": "card", "unit_price": 5}
    done = store.submit("purchase", values)
    with database.writing(store.engine) as connection:
        connection.exec_driver_sql(f"DELETE FROM order_lines WHERE order_id = {done.key}")
        connection.exec_driver_sql(
            "DELETE FROM search_customers WHERE rowid = (SELECT min(rowid) FROM search_customers)"
        )
    (tmp_path / "0").write_text(f"purchase {done.key} 1 m\npurchase 999999999 1 m\n")
    spec = importlib.util.spec_from_file_location("_store_crash", PROGRAM)
    crash = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(crash)
    problems = crash.checked(store.url, str(tmp_path))["problems"]
    assert {"lost: purchase 999999999", f"half: order without line {done.key}"} <= set(problems)
    assert any(problem.startswith("index of customers") for problem in problems)


@pytest.mark.parametrize(("writers", "edits"), [EDIT, pytest.param(8, 100, marks=pytest.mark.slow)])
def test_eight_processes_on_one_sqlite_file_lose_no_update_and_nobody_is_refused(
    writers, edits, light, template, tmp_path
):
    found = light["edit"]
    if (writers, edits) != EDIT:
        (found,) = _run("edit", shutil.copyfile(template, tmp_path / "crm.db"), writers, edits)
    assert found["refused"] == []
    assert (found["writers"], found["raised"], found["lost"]) == (writers, writers * edits, 0)
    assert found["longest"] < WORST_WAIT


@pytest.mark.parametrize(("users", "edits"), [(10, 2), pytest.param(30, 30, marks=pytest.mark.slow)])
def test_many_people_on_postgresql_lose_no_update_and_nobody_is_refused(users, edits, postgres_store):
    customers = postgres_store.list("customers", limit=3)["customer_id"].tolist()
    before = [postgres_store.row("customers", one)["income_month"] or 0 for one in customers]
    refused, raised = [], []

    def work(number):
        desk = crm.Store.open(postgres_store.url, role="manager")
        for edit in range(edits):
            customer = customers[(number + edit) % 3]
            while True:
                try:
                    row = desk.row("customers", customer)
                    income = float(row["income_month"] or 0) + 1
                    desk.submit("profile", {"income_month": income}, row=customer, expected_version=int(row["version"]))
                except ConflictError:
                    continue
                except Exception as error:
                    refused.append(repr(error))
                else:
                    raised.append(customer)
                break
        desk.close()

    people = [threading.Thread(target=work, args=(number,)) for number in range(users)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    after = [postgres_store.row("customers", one)["income_month"] for one in customers]
    assert refused == []
    assert len(raised) == users * edits
    assert [round(now - then) for now, then in zip(after, before, strict=True)] == [
        raised.count(one) for one in customers
    ]


@pytest.fixture(scope="module")
def faults(light):
    """What each fault came to."""
    return light["faults"]


@pytest.mark.parametrize(("fault", "codes"), [
    ("disk full", {"disk_full", "disk_refuses"}), ("file write-protected", {"read_only"}),
    ("folder write-protected", {"read_only", "unreachable"}), ("locked", {"busy"}), ("text", {"bad_file"}),
    ("zip", {"bad_file"}), ("cut in half", {"damaged"}),
])  # fmt: skip
def test_each_fault_has_its_letter(faults, fault, codes):
    assert set(faults[fault]["codes"]) <= codes
    assert faults[fault]["codes"]
    assert "Traceback" not in faults[fault]["letter"]
    assert "sqlite3" not in faults[fault]["letter"]


def test_on_a_full_disk_what_was_saved_stays_and_work_goes_on_when_there_is_room(faults):
    after = faults["disk full"]["after"]
    assert faults["disk full"]["saved"] > 0
    assert (after["integrity"], after["filled"]) == ("ok", faults["disk full"]["saved"])
    assert after["goes_on"] > 0


def test_write_protected_and_locked_stores_stay_as_they_were(faults):
    assert faults["untouched"]["same"]
    assert faults["locked"]["after"]["integrity"] == "ok"


def test_a_damaged_file_is_said_to_be_damaged_and_never_a_crash(faults):
    assert [one for one in faults["byte flips"] if not set(one["codes"]) <= {"damaged", "bad_file"}] == []


@pytest.mark.slow
def test_three_hundred_damaged_files_are_letters_or_still_good(template):
    found = _run("faults", template, 300, 17)[0]["byte flips"]
    bad = [one for one in found if not set(one["codes"]) <= {"damaged", "bad_file", "disk_refuses"}]
    assert bad == []
    assert sum(bool(one["codes"]) for one in found) > 50


def test_a_store_that_is_refused_leaves_nothing_and_a_name_that_is_taken_stays(tables, tmp_path):
    with pytest.raises(InputError):
        crm.Store.create(tmp_path / "crm.db", {**tables, "orders": tables["orders"].assign(amount=None)})
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "crm.db").write_bytes(b"")  # an empty file is no store yet
    crm.Store.create(tmp_path / "crm.db", {"customers": tables["customers"].drop(columns="branch_id")}).close()
    before = (tmp_path / "crm.db").read_bytes()
    with pytest.raises(InputError, match="tables already"):
        crm.Store.create(tmp_path / "crm.db", tables)
    assert (tmp_path / "crm.db").read_bytes() == before


def test_letters_of_the_database_are_russian_for_a_russian(template, tmp_path):
    path = shutil.copyfile(template, tmp_path / "crm.db")
    path.write_bytes(path.read_bytes()[:40_000])
    with language("ru"), pytest.raises(InputError) as letter:
        crm.Store.open(path).tables("contacts")
    assert letter.value.problems[0].code == "damaged"
    assert not any(sign in str(letter.value) for sign in ("sqlite", "malformed"))


@pytest.mark.parametrize("said", ["vtable constructor failed: search_contacts", "JSON cannot hold BLOB values"])
def test_a_search_index_that_can_t_be_opened_and_a_cell_that_turned_are_a_damaged_file(said):
    with pytest.raises(InputError) as letter, database.refusals("The database does not answer."):
        raise sqlite3.DatabaseError(said)
    assert letter.value.problems[0].code == "damaged"
    assert said not in str(letter.value)
