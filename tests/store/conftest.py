"""A small world in a store: made once for the session, copied for every test.

The barbershop has one branch; half of its customers are moved to a second one here, so that "the team's rows" and
"all rows" differ in every test.
"""

import importlib.util
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import crm_toolkit as crm
from crm_toolkit.texts import language

HERE, ELSEWHERE = 1, 2
ROLES = ("marketing", "sales", "service", "finance", "manager", "analyst")


@dataclass(frozen=True)
class People:
    """Who is who in the small world.

    ``people["service"]`` is the number of an employee of the first branch who works in that role.

    Attributes
    ----------
    employees : mapping of str to int
        Role → employee of the first branch.
    elsewhere : int
        An employee of the second branch.
    customer : int
        A customer of the first branch with orders, a complaint and consents to all three purposes.
    other, stranger : int
        Another customer of the first branch, and one of the second; both with orders.
    complaint : int
        The request of ``customer``'s complaint.
    order, others_order, strangers_order : int
        An order of each.
    """

    employees: Mapping[str, int]
    elsewhere: int
    customer: int
    other: int
    stranger: int
    complaint: int
    order: int
    others_order: int
    strangers_order: int

    def __getitem__(self, role: str) -> int:
        return self.employees[role]


def two_branches(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with every second customer, and one employee of each department who has a colleague, in branch 2.

    Whoever complained stays in the first branch and has agreed to everything.
    """
    made = {name: frame.copy() for name, frame in tables.items()}
    customers, employees = made["customers"], made["employees"]
    complained = customers["customer_id"].isin(made["complaints"]["customer_id"])
    customers.loc[complained, ["consent", "consent_email", "consent_sms"]] = True
    away = set(customers.loc[~complained, "customer_id"][1::2])
    movable = employees[employees.duplicated("department_id", keep="last")]
    moved = movable.groupby("department_id")["employee_id"].first()
    made["branches"] = pd.concat(
        [made["branches"], made["branches"].assign(branch_id=ELSEWHERE)], ignore_index=True
    )  # fmt: skip
    employees.loc[employees["employee_id"].isin(moved), "branch_id"] = ELSEWHERE
    at_home = employees[employees["branch_id"] == HERE].groupby("department_id")["employee_id"].first()
    for name in ("customers", "orders", "contacts"):
        frame = made[name]
        gone = frame["customer_id"].isin(away)
        frame.loc[gone, "branch_id"] = ELSEWHERE
        if "employee_id" in frame:
            there = frame["department_id"].map(moved).fillna(moved.iloc[0]).astype("int64")
            here = frame["department_id"].map(at_home).astype("int64")
            frame["employee_id"] = there.where(gone, here)
    return made


def _world(spoken: str) -> dict[str, pd.DataFrame]:
    with language(spoken):
        scenario = crm.scenario("barbershop", locale="ru_RU") if spoken == "ru" else crm.scenario("barbershop")
        return two_branches(crm.simulate(scenario, customers=150, weeks=52, seed=7).tables)


def _template(folder, tables: Mapping[str, pd.DataFrame], spoken: str) -> str:
    path = str(folder / f"{spoken}.db")
    with language(spoken):
        crm.Store.create(path, tables, language=spoken, currency="RUB" if spoken == "ru" else "USD").close()
    return path


@pytest.fixture(scope="session")
def tables():
    """Tables of the small world, in two branches; do not change them."""
    return _world("en")


@pytest.fixture(scope="session")
def tables_ru():
    """The same world in Russian."""
    return _world("ru")


@pytest.fixture(scope="session")
def template(tmp_path_factory, tables):
    """Path of a store filled from `tables`; copy it, do not write into it."""
    return _template(tmp_path_factory.mktemp("store"), tables, "en")


@pytest.fixture(scope="session")
def template_ru(tmp_path_factory, tables_ru):
    """Path of a store filled from `tables_ru`."""
    return _template(tmp_path_factory.mktemp("store_ru"), tables_ru, "ru")


@pytest.fixture
def store(template, tmp_path):
    """A fresh store of the small world, open for a manager."""
    opened = crm.Store.open(shutil.copyfile(template, tmp_path / "crm.db"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def read_only(template):
    """One store of the small world for all tests that change nothing, open for a manager."""
    opened = crm.Store.open(template)
    yield opened
    opened.close()


@pytest.fixture
def store_ru(template_ru, tmp_path):
    """A fresh store of the Russian world, open for a manager."""
    opened = crm.Store.open(shutil.copyfile(template_ru, tmp_path / "crm_ru.db"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def people(tables):
    """Who is who in `store` (and in `store_ru`: the numbers are the same)."""
    customers, orders, complaints = tables["customers"], tables["orders"], tables["complaints"]
    employees = tables["employees"].merge(tables["departments"], on="department_id")
    here = employees[employees["branch_id"] == HERE]
    by_department = here.groupby("department")["employee_id"].first()
    anybody = here["employee_id"].tolist()
    staff = {
        role: int(by_department.get(role, anybody[place % len(anybody)])) for place, role in enumerate(ROLES)
    }  # fmt: skip
    bought = customers[customers["customer_id"].isin(orders["customer_id"])]
    ours, theirs = bought[bought["branch_id"] == HERE], bought[bought["branch_id"] == ELSEWHERE]
    customer = int(ours.loc[ours["customer_id"].isin(complaints["customer_id"]), "customer_id"].iloc[0])
    other = int(ours.loc[ours["customer_id"] != customer, "customer_id"].iloc[0])
    stranger = int(theirs["customer_id"].iloc[0])
    first = orders.groupby("customer_id")["order_id"].first()
    return People(
        staff,
        int(employees.loc[employees["branch_id"] == ELSEWHERE, "employee_id"].iloc[0]),
        customer, other, stranger,
        int(complaints.loc[complaints["customer_id"] == customer, "contact_id"].iloc[0]),
        int(first[customer]), int(first[other]), int(first[stranger]),
    )  # fmt: skip


@pytest.fixture(scope="session")
def postgres():
    """A private server of PostgreSQL (`postgres.Server`); without PostgreSQL the test is skipped with a message."""
    name = "_store_postgres"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("postgres.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    with module.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres, tables):
    """Name of a database of PostgreSQL filled from `tables`, to be copied."""
    url = postgres.new()
    crm.Store.create(url, tables, language="en", currency="USD").close()
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture
def postgres_store(postgres, postgres_template):
    """A fresh store on PostgreSQL, the same as `store`, open for a manager."""
    url = postgres.new(postgres_template)
    opened = crm.Store.open(url)
    yield opened
    opened.close()
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request):
    """A fresh store of the small world on each of the two databases."""
    return request.getfixturevalue("store" if request.param == "sqlite" else "postgres_store")
