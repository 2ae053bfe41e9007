"""``crm-toolkit store``: make a customer database, give people access to it, check that it is whole."""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, language, say, say_count

_WEEKS, _SEED = 104, 7
_CURRENCIES = {"en": "USD", "ru": "RUB"}
_CLASS_COLUMNS = ("login", "role", "employee", "customer")


def add_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    about = say("make a customer database, give access to it, check it")
    store = commands.add_parser("store", parents=[common], help=about, description=about)
    actions = store.add_subparsers(title=say("commands"), metavar="COMMAND", required=True)
    _declare_create(actions, common)
    _declare_accounts(actions, common)
    about = say("check that a database is whole; exit code 1 if not so")
    check = actions.add_parser("check", parents=[common], help=about, description=about)
    _url(check)
    check.set_defaults(run=_check)


def _url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="DATABASE", help=say("a file such as crm.db, or postgresql://user@host/base"))


def _declare_create(actions: Any, common: argparse.ArgumentParser) -> None:
    about = say("make a database and fill it with a world")
    create = actions.add_parser("create", parents=[common], help=about, description=about)
    _url(create)
    create.add_argument("--scenario", metavar="SCENARIO", default="barbershop",
                        help=say("the organisation; barbershop without it"))  # fmt: skip
    create.add_argument("--empty", action="store_true", help=say("leave it empty"))
    create.add_argument("--customers", type=int, metavar="N",
                        help=say("a new world of that many customers; the shipped one without it"))  # fmt: skip
    for name, default, words in (
        ("weeks", _WEEKS, say("number of weeks; {number} without it", number=_WEEKS)),
        ("seed", _SEED, say("another seed is another world; {number} without it", number=_SEED)),
    ):
        create.add_argument(f"--{name}", type=int, default=default, metavar="N", help=words)
    create.set_defaults(run=_create)


def _declare_accounts(actions: Any, common: argparse.ArgumentParser) -> None:
    about = say("give people access, or take it away; passwords are made here and shown once")
    accounts = actions.add_parser("accounts", parents=[common], help=about, description=about)
    _url(accounts)
    what = accounts.add_mutually_exclusive_group(required=True)
    what.add_argument("--add", metavar="LOGIN", help=say("a new account"))
    of_file = say("accounts for everybody in a CSV file with the columns login, role, employee, customer")
    what.add_argument("--class", dest="people", metavar="FILE", type=Path, help=of_file)
    what.add_argument("--new-password", metavar="LOGIN", help=say("a new password for somebody who lost theirs"))
    what.add_argument("--disable", metavar="LOGIN", help=say("take access away"))
    accounts.add_argument(
        "--role", default="service", metavar="ROLE", help=say("with --add: the role; service without it")
    )
    for name in ("employee", "customer"):
        accounts.add_argument(f"--{name}", type=int, metavar="N", help=say("with --add: number of the person"))
    accounts.set_defaults(run=_accounts)


def _create(asked: argparse.Namespace) -> int:
    """Make a store and say what is in it."""
    from crm_toolkit.store import Store

    began = time.perf_counter()
    tables = None if asked.empty else _tables(asked)
    store = Store.create(asked.url, tables, currency=_CURRENCIES[str(language())])
    customers = store.count("customers")
    store.close()
    seconds = format_number(time.perf_counter() - began, 1)
    print(say_count("{count} customer in {url}, {seconds} s.", "{count} customers in {url}, {seconds} s.", customers,
                    url=asked.url, seconds=seconds))  # fmt: skip
    return 0


def _tables(asked: argparse.Namespace) -> Any:
    if asked.customers is None:
        from crm_toolkit.datasets import load_world

        return load_world(asked.scenario)
    from crm_toolkit.world.simulation import simulate

    return simulate(asked.scenario, customers=asked.customers, weeks=asked.weeks, seed=asked.seed).tables


def _accounts(asked: argparse.Namespace) -> int:
    """Do one thing to accounts and print the passwords that were made."""
    from crm_toolkit.store import Store, accounts

    store = Store.open(asked.url, role="manager")
    try:
        if asked.disable:
            accounts.disable(store, asked.disable)
            print(say("“{login}” has no access any more.", login=asked.disable))
            return 0
        if asked.new_password:
            password = accounts.made_password()
            accounts.set_password(store, asked.new_password, password)
            print(f"{asked.new_password}\t{password}")
            return 0
        one = {"login": asked.add, "role": asked.role, "employee": asked.employee, "customer": asked.customer}
        issued = accounts.add_class(store, _people(asked.people) if asked.people else [one])
    finally:
        store.close()
    print(say("login") + "\t" + say("password") + "\t" + say("role"))
    for person in issued:
        print(f"{person.login}\t{person.password}\t{person.role}")
    return 0


def _people(path: Path) -> list[dict[str, Any]]:
    """The people of a file, or a letter with every line that can't be read."""
    heading = say("“{path}” can't be read.", path=path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            start = file.read(4_096)
            file.seek(0)
            rows = list(csv.DictReader(file, delimiter=";" if start.count(";") > start.count(",") else ","))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(heading, [Problem("unreadable", str(error))]) from None
    found = set(rows[0]) if rows else set()
    if not {"login", "role"} <= found:
        what = say("The file needs the columns login and role; employee and customer where a role is a person's.")
        raise InputError(heading, [Problem("missing_column", what)])
    people, problems = [], []
    for line, row in enumerate(rows, start=2):
        person: dict[str, Any] = {name: (row.get(name) or "").strip() for name in _CLASS_COLUMNS}
        for name in ("employee", "customer"):
            if person[name] and not person[name].isdecimal():
                what = say("Line {line}: “{value}” is no number of a person.", line=line, value=person[name][:40])
                problems.append(Problem("not_a_number", what, rows=(line,), column=name))
                continue
            person[name] = int(person[name]) if person[name] else None
        people.append(person)
    if problems:
        raise InputError(heading, problems)
    return people


def _check(asked: argparse.Namespace) -> int:
    """Say whether a store is whole."""
    from crm_toolkit.store import Store, integrity

    store = Store.open(asked.url, role="manager")
    try:
        faults = integrity.faults(store)
    finally:
        store.close()
    if faults:
        raise InputError(say("The database is not whole."), faults)
    print(say("The database is whole."))
    return 0
