"""A world's tables and the store filled from them say the same, to the minor unit; and what is made of them fits."""

import pandas as pd
import pytest
import sqlalchemy as sa

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import POINTS_TO, STORE_TABLES
from crm_toolkit.store import database
from crm_toolkit.store.layout import TABLES, cell, stored_name
from crm_toolkit.world.setting import scenario_names

COPIED = [name for name in STORE_TABLES if name != "causes"]


def _rows(store, wanted):
    with database.reading(store.engine) as connection:
        return connection.execute(wanted).all()


def test_every_table_of_the_record_has_as_many_rows_as_it_had(read_only, tables):
    counts = {name: read_only.count(name) for name in tables if name in STORE_TABLES}
    assert counts == {name: len(tables[name]) for name in counts}
    assert len(counts) > 18


def test_every_sum_of_money_is_the_same_to_the_minor_unit(read_only, tables):
    compared = 0
    for name, frame in tables.items():
        if name not in STORE_TABLES:
            continue
        for column in STORE_TABLES[name].table.columns:
            if column.kind != "money" or column.name not in frame or not len(frame):
                continue
            stored = _rows(read_only, sa.select(sa.func.sum(cell(name, column.name))))[0][0]
            assert stored == round(frame[column.name].sum() * 100), (name, column.name)
            compared += 1
    assert compared > 15


def test_lines_make_orders_and_payments_pay_them(read_only):
    lines, orders, payments = (TABLES[name].c for name in ("order_lines", "orders", "payments"))
    paid = sa.select(payments.order_id, sa.func.sum(payments.due_amount_minor)).where(payments.kind == "payment")
    of_lines, of_orders, due = (
        dict(map(tuple, _rows(read_only, wanted)))
        for wanted in (
            sa.select(lines.order_id, sa.func.sum(lines.amount_minor)).group_by(lines.order_id),
            sa.select(orders.order_id, orders.amount_minor),
            paid.group_by(payments.order_id),
        )
    )
    assert of_lines == of_orders == due


def test_what_is_handed_over_is_what_went_in(read_only, tables):
    for name in ("customers", "orders", "loyalty_ledger", "surveys"):
        given, taken = tables[name], read_only.tables(name)
        key = list(STORE_TABLES[name].table.key)
        given, taken = given.sort_values(key), taken[list(given.columns)].sort_values(key)
        for column in given:
            left, right = given[column].tolist(), taken[column].tolist()
            assert [pd.isna(value) for value in left] == [pd.isna(value) for value in right], (name, column)
            assert [value for value in left if not pd.isna(value)] == [value for value in right if not pd.isna(value)]


def test_purchases_are_those_of_the_world(read_only, tables):
    ours, theirs = read_only.tables("purchases"), tables["purchases"]
    order = ["order_id", "item", "amount"]
    pd.testing.assert_frame_equal(
        ours[theirs.columns].sort_values(order, ignore_index=True),
        theirs.sort_values(order, ignore_index=True),
        check_dtype=False,
    )


@pytest.mark.parametrize("entity", list(STORE_TABLES))
def test_every_reference_holds(read_only, entity):
    table = TABLES[entity]
    for column in table.c:
        target, key = POINTS_TO.get(column.name, ("", ""))
        if not target or (target == entity and column.primary_key):
            continue
        other = TABLES[target].alias()
        lost = sa.select(sa.func.count()).select_from(table.outerjoin(other, column == other.c[key]))
        assert _rows(read_only, lost.where(column.is_not(None), other.c[key].is_(None)))[0][0] == 0, column


def test_each_question_and_complaint_is_a_request_with_its_contact(read_only, tables):
    contacts, requests = tables["contacts"], read_only.tables("requests")
    asked = contacts[contacts["kind"].isin(["service_request", "information_request", "complaint"])]
    assert set(requests["contact_id"]) == set(asked["contact_id"])
    assert requests["kind"].value_counts().to_dict() == asked["kind"].value_counts().to_dict()
    settled = tables["complaints"].set_index("contact_id")["resolved_at"]
    ours = requests[requests["kind"] == "complaint"].set_index("contact_id")["resolved_at"]
    assert ours.isna().sum() == settled.isna().sum()
    assert (ours.dropna() == settled[ours.dropna().index]).all()


def test_events_of_a_request_agree_with_its_times_and_stand_in_their_order(read_only):
    requests, events = read_only.tables("requests", "request_events")
    times = events.pivot_table(index="request_id", columns="event", values="happened_at", aggfunc="first")
    requests = requests.set_index("request_id")
    for event, column in (("opened", "opened_at"), ("responded", "first_response_at"), ("resolved", "resolved_at")):
        known = requests[column].dropna()
        assert (times[event].dropna().sort_index() == known.sort_index()).all(), event
    assert (requests["opened_at"] < requests["first_response_at"]).all()
    done = requests["resolved_at"].notna()
    assert (requests.loc[done, "first_response_at"] <= requests.loc[done, "resolved_at"]).all()
    assert set(requests.loc[done, "status"]) == {"resolved"}
    assert set(requests.loc[~done, "status"]) <= {"assigned"}


def test_every_value_of_a_profile_has_a_current_entry_that_says_the_same(read_only):
    customers, entries = read_only.tables("customers", "profile_values")
    wide = entries.pivot_table(index="customer_id", columns="field", values="value", aggfunc="first")
    customers = customers.set_index("customer_id").loc[wide.index]
    assert set(entries["status"]) == {"current"}
    assert not entries.duplicated(["customer_id", "field"]).any()
    assert (wide["full_name"] == customers["full_name"]).all()
    assert (wide["children"].astype(int) == customers["children"]).all()
    assert (wide["income_month"].astype(float) == customers["income_month"]).all()
    assert (pd.to_datetime(wide["birth_date"]) == customers["birth_date"]).all()


def test_consents_are_the_flags_of_the_customers(read_only, tables):
    consents, customers = read_only.tables("consents"), tables["customers"]
    for purpose, flag in (("service", "consent"), ("email", "consent_email"), ("sms", "consent_sms")):
        agreed = set(customers.loc[customers[flag], "customer_id"])
        assert set(consents.loc[consents["purpose"] == purpose, "customer_id"]) == agreed


def test_the_clock_starts_where_the_record_ends_and_nothing_lies_after_it(read_only):
    for name, entity in STORE_TABLES.items():
        for column in entity.table.columns:
            if column.kind == "datetime" and column.name not in ("expires_at",):
                last = _rows(read_only, sa.select(sa.func.max(TABLES[name].c[column.name])))[0][0]
                assert last is None or last <= read_only.now_iso(), (name, column.name)


@pytest.mark.parametrize("name", scenario_names())
def test_every_failure_of_every_organisation_is_a_cause_with_words(name, tables):
    """A cause that is not in the list would lose its complaints from every count by cause."""
    from crm_toolkit.store.filling import CAUSES, FURTHER_CAUSES

    failures = set(crm.scenario(name).lists["failures"])
    assert failures <= set(CAUSES) | set(FURTHER_CAUSES)


def test_an_unknown_failure_becomes_a_cause_of_its_own(tables, tmp_path):
    complaints = tables["complaints"].assign(failure="lost_luggage")
    store = crm.Store.create(tmp_path / "a.db", {**tables, "complaints": complaints})
    causes, requests = store.tables("causes", "requests")
    number = causes.loc[causes["cause"] == "lost_luggage", "cause_id"].item()
    assert (requests.loc[requests["kind"] == "complaint", "cause_id"] == number).all()
    assert causes.loc[causes["cause"] == "lost_luggage", "title"].item() == "Lost luggage"
    store.close()


def test_a_store_without_tables_is_empty_and_works(tmp_path):
    store = crm.Store.create(tmp_path / "a.db", language="en")
    assert store.count("customers") == 0
    assert list(store.list("orders").columns) == list(STORE_TABLES["orders"].table.column_names)
    assert store.tables("purchases").empty
    key = store.submit("customer", {"full_name": "Ada King"}).key
    assert store.row("customers", key)["kind"] == "prospect"
    assert store.query("select count(*) as n from customers")["n"].item() == 1
    store.close()


def test_only_what_is_needed_has_to_be_given(tables, tmp_path):
    customers = tables["customers"][["customer_id"]]
    contacts = tables["contacts"][["contact_id", "customer_id", "opened_at", "kind"]]
    store = crm.Store.create(tmp_path / "a.db", {"customers": customers, "contacts": contacts}, language="en")
    assert store.count("customers") == len(customers)
    assert store.count("requests") > 0
    assert store.count("requests", where={"first_response_at": None}) == 0
    store.close()


def test_customers_who_never_came_are_taken_too(tables, tmp_path):
    store = crm.Store.create(tmp_path / "a.db", {"customers": tables["customers"].drop(columns="branch_id")})
    assert store.list("customers")["responsible_id"].isna().all()
    store.close()


def test_a_gap_in_whole_numbers_leaves_them_whole(tables, tmp_path):
    customers = tables["customers"].drop(columns="branch_id")
    customers["children"] = customers["children"].astype(float)
    customers.loc[customers.index[0], "children"] = None
    customers["nonsense"] = "extra columns are left out"
    store = crm.Store.create(tmp_path / "a.db", {"customers": customers})
    entries = store.list("profile_values", where={"field": "children"}, limit=None)
    assert entries["value"].str.fullmatch(r"\d+").all()
    assert len(entries) == len(customers) - 1
    assert str(store.tables("customers")["children"].dtype) == "Int64"
    store.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda made: made.pop("customers"), "missing_table"),
        (lambda made: made.update(custmers=made["customers"]), "unknown_table"),
        (lambda made: made.update(orders=made["orders"].drop(columns="amount")), "missing_column"),
        (lambda made: made.update(payments=made["payments"].drop(columns="kind")), "missing_column"),
        (lambda made: made.update(contacts=made["contacts"].drop(columns="kind")), "missing_column"),
        (
            lambda made: made.update(orders=made["orders"].set_axis(range(made["orders"].shape[1]), axis=1)),
            "missing_column",
        ),
        (
            lambda made: made.update(orders=pd.concat([made["orders"], made["orders"][["amount"]]], axis=1)),
            "repeated_column",
        ),
        (lambda made: made.pop("contacts"), "missing_table"),
        (lambda made: made.update(customers=made["customers"].assign(birth_date="never")), "bad_value"),
        (lambda made: made.update(orders=made["orders"].assign(amount="a lot")), "bad_value"),
        (lambda made: made.update(customers=pd.concat([made["customers"]] * 2)), "double_key"),
        (lambda made: made.update(orders=made["orders"].assign(customer_id=987_654)), "points_nowhere"),
        (lambda made: made.update(orders=made["orders"].assign(ordered_at=pd.NaT)), "empty"),
    ],
)
def test_tables_that_do_not_fit_are_refused_in_a_letter_and_leave_nothing(tables, tmp_path, change, code):
    made = dict(tables)
    change(made)
    with pytest.raises(InputError) as refusal:
        crm.Store.create(tmp_path / "a.db", made)
    assert code in {problem.code for problem in refusal.value.problems}
    assert list(tmp_path.iterdir()) == []


def test_the_tables_that_were_given_stay_as_they_were(tables, tmp_path):
    before = {name: frame.copy() for name, frame in tables.items()}
    crm.Store.create(tmp_path / "a.db", tables).close()
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_money_is_named_minor_in_the_database_and_in_units_outside(read_only, people):
    row = read_only.row("orders", people.order)
    stored = _rows(
        read_only, sa.select(TABLES["orders"].c.amount_minor).where(TABLES["orders"].c.order_id == people.order)
    )
    assert isinstance(stored[0][0], int)
    assert row["amount"] == stored[0][0] / 100
    assert stored_name(STORE_TABLES["orders"].table.column("amount")) == "amount_minor"
