"""Rules become SQL: rows, masks and gaps are made inside the database, for every role and every table."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import PROFILE_FIELDS, STORE_TABLES
from crm_toolkit.store import READY, checked_role, database
from crm_toolkit.store.actors import Actor
from crm_toolkit.store.layout import TABLES, stored_name
from crm_toolkit.store.rights import Rights


def _rows(store, rights, entity):
    with database.reading(store.engine) as connection:
        return connection.execute(rights.readable(entity)).mappings().all()


def _rights(role, **who):
    return Rights(READY[role], Actor(role, **who))


def _role(scope, entity="customers", **fields):
    return checked_role("own", rows={entity: scope}, fields=fields)


@pytest.mark.parametrize("name", list(READY))
def test_no_role_gets_a_column_or_a_table_that_is_not_its_own(read_only, people, name):
    who = {"customer_id": people.customer} if name == "customer" else {"employee_id": people[name], "branch_id": 1}
    rights = _rights(name, **who)
    for entity in STORE_TABLES:
        check_what_a_role_gets(read_only, READY[name], rights, entity)


def check_what_a_role_gets(read_only, role, rights, entity):
    if role.scope(entity) == "none":
        with pytest.raises(InputError) as refusal:
            rights.readable(entity)
        assert refusal.value.problems[0].code == "not_allowed"
        return
    allowed = [
        stored_name(column) for column in STORE_TABLES[entity].table.columns if role.rule(entity, column.name) != "none"
    ]
    assert list(rights.readable(entity).selected_columns.keys()) == allowed, entity
    for row in _rows(read_only, rights, entity)[:50]:
        for column in STORE_TABLES[entity].table.columns:
            if role.rule(entity, column.name) == "masked":
                value = row[stored_name(column)]
                assert value is None or "•••" in value or (column.name == "birth_date" and len(value) == 4)


@pytest.mark.parametrize("entity", [name for name, scope in READY["customer"].rows.items() if scope == "self"])
def test_customers_get_their_own_rows_and_no_other(read_only, people, entity):
    mine = _rows(read_only, _rights("customer", customer_id=people.customer), entity)
    assert {row["customer_id"] for row in mine} <= {people.customer}
    everything = read_only.count(entity, where={"customer_id": people.customer})
    assert len(mine) == everything


@pytest.mark.parametrize("entity", [name for name, scope in READY["sales"].rows.items() if scope == "team"])
def test_a_team_gets_the_rows_of_its_branch(read_only, entity):
    teams = [
        {tuple(row[key.name] for key in TABLES[entity].primary_key) for row in _rows(read_only, _rights(
            "sales", employee_id=101, branch_id=branch), entity)}
        for branch in (1, 2)
    ]  # fmt: skip
    whole = Rights(replace(READY["sales"], rows={entity: "all"}), Actor("sales"))
    assert not teams[0] & teams[1]
    assert len(teams[0]) + len(teams[1]) == len(_rows(read_only, whole, entity))
    if entity in ("customers", "orders", "order_lines", "payments", "contacts", "requests", "consents"):
        assert all(teams)


def test_one_s_own_rows_are_those_one_answers_for(read_only, people):
    employee = read_only.tables("customers")["responsible_id"].mode()[0]
    cared_for = set(read_only.list("customers", where={"responsible_id": employee}, limit=None)["customer_id"])
    own = Rights(_role("own"), Actor("own", employee_id=int(employee), branch_id=1))
    assert {row["customer_id"] for row in _rows(read_only, own, "customers")} == cared_for
    assert 0 < len(cared_for) < read_only.count("customers")
    payments = Rights(_role("own", "payments"), Actor("own", employee_id=int(employee)))
    assert {row["customer_id"] for row in _rows(read_only, payments, "payments")} <= cared_for
    assert _rows(read_only, payments, "payments")
    contacts = Rights(_role("own", "contacts"), Actor("own", employee_id=int(employee)))
    assert {row["employee_id"] for row in _rows(read_only, contacts, "contacts")} == {employee}


@pytest.mark.parametrize("scope", ["own", "team", "self"])
def test_without_a_person_no_row_is_anybody_s_own(read_only, scope):
    """Also where a table has nothing to tell whose a row is: then it is nobody's."""
    for entity in STORE_TABLES:
        rights = Rights(_role(scope, entity), Actor("own"))
        assert _rows(read_only, rights, entity) == [], entity


@pytest.mark.parametrize("entity", ["branches", "products", "causes", "campaigns", "metrics"])
@pytest.mark.parametrize("scope", ["own", "self"])
def test_a_table_that_is_nobody_s_stays_closed_to_who_sees_only_their_own(read_only, people, entity, scope):
    rights = Rights(_role(scope, entity), Actor("own", employee_id=101, customer_id=people.customer, branch_id=1))
    assert _rows(read_only, rights, entity) == []


def test_a_value_behind_a_mask_can_t_be_asked_for(read_only, people):
    marketing = read_only.as_role("marketing")
    phone, name = (read_only.row("customers", people.customer)[field] for field in ("phone", "full_name"))
    assert marketing.count("customers", where={"phone": phone}) == 0
    assert marketing.count("customers", where={"full_name": name}) == 0
    assert marketing.count("customers", where={"full_name": name[0] + "•••"}) > 0
    assert marketing.query(f"select count(*) as n from customers where full_name = '{name}'")["n"].item() == 0
    shown = marketing.list("customers", order="birth_date", limit=None)
    assert shown["birth_date"].is_monotonic_increasing
    assert shown.groupby("birth_date")["customer_id"].is_monotonic_increasing.all(), "in a year, no order by the day"


def test_a_column_that_may_not_be_seen_can_t_be_asked_for_either(read_only):
    analyst = read_only.as_role("analyst")
    for ask in (analyst.list, analyst.count):
        for column in ("full_name", "phone", "email"):
            with pytest.raises(InputError) as refusal:
                ask("customers", where={column: "x"})
            assert refusal.value.problems[0].code == "unknown_column"
    with pytest.raises(InputError):
        analyst.list("customers", order="full_name")


@pytest.mark.parametrize("field", list(PROFILE_FIELDS))
def test_entries_of_a_profile_are_ruled_like_the_column_they_fill(read_only, field):
    kind = PROFILE_FIELDS[field]
    for fields in ({kind: "none"}, {kind: "read", f"customers.{field}": "none"}):
        rights = Rights(checked_role("x", rows={"profile_values": "all"}, fields=fields), Actor("x"))
        assert all(row["field"] != field for row in _rows(read_only, rights, "profile_values"))
    for fields in ({kind: "masked"}, {kind: "read", f"customers.{field}": "masked"}):
        rights = Rights(checked_role("x", rows={"profile_values": "all"}, fields=fields), Actor("x"))
        values = [row["value"] for row in _rows(read_only, rights, "profile_values") if row["field"] == field]
        assert values
        assert all("•••" in value or (kind == "birth" and len(value) == 4) for value in values)
    rights = Rights(checked_role("x", rows={"profile_values": "all"}, fields={kind: "read"}), Actor("x"))
    assert all("•••" not in row["value"] for row in _rows(read_only, rights, "profile_values") if row["field"] == field)


def test_customers_read_published_articles_only_and_no_note_about_themselves(store, people):
    store.submit("contact", {"customer_id": people.customer, "kind": "note", "subject": "difficult"})
    store.submit("contact", {"customer_id": people.customer, "kind": "call", "subject": "about Friday"})
    own = store.as_role("customer", customer=people.customer)
    subjects = own.list("contacts", limit=None)["subject"].tolist()
    assert "about Friday" in subjects
    assert "difficult" not in subjects
    assert set(own.list("articles", limit=None)["status"]) <= {"published"}


@pytest.mark.parametrize("role", list(READY))
def test_the_refusal_of_a_table_tells_nothing_of_what_is_in_it(role):
    rights = _rights(role, employee_id=101, branch_id=1)
    closed = [name for name in STORE_TABLES if READY[role].scope(name) == "none"]
    letters = set()
    for entity in closed:
        with pytest.raises(InputError) as refusal:
            rights.require_rows(entity)
        letters.add(str(refusal.value).replace(entity, "…"))
    assert len(letters) <= 1


def test_rules_are_one_sql_for_both_databases(read_only):
    from sqlalchemy.dialects import postgresql, sqlite

    for name in READY:
        rights = _rights(name, employee_id=101, customer_id=1 if name == "customer" else None, branch_id=1)
        for entity in STORE_TABLES:
            if READY[name].scope(entity) != "none":
                for dialect in (postgresql.dialect(), sqlite.dialect()):
                    assert str(rights.readable(entity).compile(dialect=dialect)).startswith("SELECT")


def test_a_mask_never_shows_a_whole_short_value(store):
    for value in ("A", "12345", "a@b.ru", "+7 000"):
        key = store.submit("customer", {"full_name": "Al", "note": value}).key
        with database.writing(store.engine) as connection:
            connection.execute(sa.update(TABLES["customers"]).where(TABLES["customers"].c.customer_id == key)
                               .values(phone=value, email=value))  # fmt: skip
        row = store.as_role("marketing").row("customers", key)
        assert value not in row["phone"]
        assert value not in row["email"]
