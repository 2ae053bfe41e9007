"""``crm-toolkit store``: a database, people's access to it, and whether it is whole, from the command line."""

import pytest

import crm_toolkit as crm
from crm_toolkit.cli import main
from crm_toolkit.store import database
from crm_toolkit.store.accounts import Gate

pytest.importorskip("argon2", reason="argon2-cffi is not installed; it comes with JupyterLab")


@pytest.fixture
def base(tmp_path, capsys):
    """A database made by the command."""
    path = tmp_path / "crm.db"
    assert main(["store", "create", str(path), "--customers", "40", "--weeks", "52", "--language", "en"]) == 0
    assert "customers in" in capsys.readouterr().out
    return path


def test_a_database_is_made_opened_and_found_whole(base, capsys):
    assert main(["store", "check", str(base), "--language", "en"]) == 0
    assert "whole" in capsys.readouterr().out
    store = crm.Store.open(base)
    assert 10 < store.count("customers") <= 40  # those who came within the year
    assert store.count("orders")
    store.close()


def test_accounts_are_made_one_by_one_and_for_a_class_and_taken_away(base, tmp_path, capsys):
    assert main(["store", "accounts", str(base), "--add", "anna", "--role", "sales", "--language", "en"]) == 0
    password = capsys.readouterr().out.splitlines()[1].split("\t")[1]
    people = tmp_path / "class.csv"
    store = crm.Store.open(base)
    somebody = store.list("customers", limit=1)["customer_id"][0]
    store.close()
    people.write_text(f"\ufefflogin;role;customer\noleg;service;\nguest;customer;{somebody}\n", encoding="utf-8")
    assert main(["store", "accounts", str(base), "--class", str(people), "--language", "ru"]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [(login, role) for login, _, role in lines[1:]] == [("oleg", "service"), ("guest", "customer")]
    gate = Gate.open(base)
    assert gate.sign_in("anna", password).role == "sales"
    assert gate.sign_in("guest", lines[2][1]).role == "customer"
    assert main(["store", "accounts", str(base), "--new-password", "anna", "--language", "en"]) == 0
    assert gate.sign_in("anna", capsys.readouterr().out.split()[1]).role == "sales"
    assert main(["store", "accounts", str(base), "--disable", "oleg", "--language", "en"]) == 0
    with pytest.raises(crm.errors.InputError):
        gate.sign_in("oleg", lines[1][1])
    gate.close()


@pytest.mark.parametrize(("words", "said"), [
    (["create"], "tables already"), (["accounts", "--add", "x", "--role", "boss"], "no role"),
    (["accounts", "--disable", "nobody"], "no account"),
])  # fmt: skip
def test_what_can_not_be_done_is_a_letter_and_exit_code_one(base, capsys, words, said):
    assert main(["store", words[0], str(base), *words[1:], "--language", "en"]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("content", "said"), [
    ("name\nanna\n", "login and role"), ("login,role,employee\nanna,sales,abc\n", "Line 2"), ("", "login and role"),
])  # fmt: skip
def test_a_class_that_can_not_be_read_is_a_letter_and_nobody_gets_in(base, tmp_path, capsys, content, said):
    people = tmp_path / "class.csv"
    people.write_text(content)
    assert main(["store", "accounts", str(base), "--class", str(people), "--language", "en"]) == 1
    assert said in capsys.readouterr().err


def test_a_database_that_is_not_whole_is_exit_code_one_with_what_is_wrong(base, capsys):
    store = crm.Store.open(base)
    with database.writing(store.engine) as connection:
        connection.exec_driver_sql(
            "UPDATE orders SET amount_minor = 7 WHERE order_id = (SELECT min(order_id) FROM orders)"
        )
    store.close()
    assert main(["store", "check", str(base), "--language", "en"]) == 1
    assert "1 order is not the sum" in capsys.readouterr().err
