"""The log: every change is in it with who, what and when; no value is."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.store import audit, database
from crm_toolkit.store.layout import TABLES


def _log(store, since):
    with database.reading(store.engine) as connection:
        table = TABLES["audit"]
        return (
            connection.execute(sa.select(table).where(table.c.audit_id > since).order_by(table.c.audit_id))
            .mappings()
            .all()
        )


def _last(store):
    return store.last_change()


@given(st.one_of(st.integers(), st.text(), st.floats(allow_nan=False)))
def test_a_token_tells_that_values_are_equal_and_not_what_they_are(value):
    key, other = b"k" * 32, b"o" * 32
    assert audit.token(key, value) == audit.token(key, value)
    assert audit.token(key, value) != audit.token(other, value)
    assert audit.token(key, value) != audit.token(key, str(value) + "x")
    assert len(audit.token(key, value)) == 24


def test_nothing_has_no_token():
    assert audit.token(b"k", None) is None


def test_every_change_is_logged_with_field_and_person_and_without_its_value(store, people):
    before, since = store.row("customers", people.customer), _last(store)
    desk = store.as_role("sales", employee=people["sales"])
    desk.submit(
        "profile",
        {"city": "Oryol", "note": "prefers mornings"},
        row=people.customer,
        expected_version=before["version"],
    )
    entries = _log(store, since)
    assert {(entry["action"], entry["field"], entry["actor"]) for entry in entries} == {
        ("edit", "city", f"sales {people['sales']}"), ("edit", "note", f"sales {people['sales']}"),
    }  # fmt: skip
    for entry in entries:
        assert entry["customer_id"] == people.customer
        assert (entry["entity"], entry["entity_id"]) == ("customers", people.customer)
        assert "Oryol" not in str(dict(entry))
        assert "mornings" not in str(dict(entry))
    city = next(entry for entry in entries if entry["field"] == "city")
    assert city["before_token"] == audit.token(store.key, before["city"])
    assert city["after_token"] == audit.token(store.key, "Oryol")


def test_the_same_value_has_the_same_token_whichever_way_it_came(store, people):
    """Money too: a form gives minor units, an entry of the profile keeps text."""
    since = _last(store)
    store.submit("profile", {"income_month": 5000}, row=people.customer, expected_version=1)
    own = store.as_role("customer", customer=people.customer)
    own.submit("profile", {"full_name": "New Name"}, expected_version=2)
    entry = store.list("profile_values", where={"status": "pending"})["value_id"].item()
    store.submit("moderation", {"verdict": "accept"}, row=entry)
    log = _log(store, since)
    assert [(one["action"], one["field"]) for one in log if one["field"]] == [
        ("edit", "income_month"), ("propose", "full_name"), ("accept", "full_name"),
    ]  # fmt: skip
    proposed, accepted = log[-2], log[-1]
    assert proposed["after_token"] == accepted["after_token"]
    assert proposed["before_token"] == accepted["before_token"]


@pytest.mark.parametrize(
    ("form", "values", "actions"),
    [
        ("customer", {"full_name": "Ada King", "income_month": 100}, {"create"}),
        ("contact", {"kind": "call", "subject": "x"}, {"create"}),
        ("request", {"kind": "complaint", "subject": "x"}, {"create"}),
        ("purchase", {"product_id": 1, "quantity": 1, "method": "card"}, {"create"}),
        ("consent", {"purpose": "email", "agreed": False}, {"withdraw"}),
        ("consent", {"purpose": "email", "agreed": True, "text_version": "2"}, {"replace", "create"}),
        ("request_step", {"event": "message", "text": "x"}, {"message"}),
        ("request_step", {"event": "reopened"}, {"reopened", "edit"}),
    ],
)
def test_whatever_is_handed_in_leaves_its_entry(store, people, form, values, actions):
    since = _last(store)
    more = {"row": people.complaint, "expected_version": 1} if form == "request_step" else {}
    asks_customer = form not in ("customer", "request_step")
    done = store.submit(form, {**values, **({"customer_id": people.customer} if asks_customer else {})}, **more)
    log = _log(store, since)
    assert {entry["action"] for entry in log} == actions
    assert any(entry["entity"] == done.entity for entry in log)
    whose = done.key if form == "customer" else people.customer
    assert {entry["customer_id"] for entry in log} == {whose}
    assert {entry["field"] for entry in log} <= {
        None,
        "status",
        "resolved_at",
        "reopened",
        "kind",
        "priority",
        "customer_id",
        *values,
    }


def test_what_was_refused_leaves_no_entry(store, people):
    since = _last(store)
    for values, version in (({"city": "x" * 300}, 1), ({"city": "Oryol"}, 99)):
        with pytest.raises(InputError):
            store.submit("profile", values, row=people.customer, expected_version=version)
    assert _log(store, since) == []


def test_only_the_manager_reads_the_log_and_nobody_writes_into_it(store):
    from crm_toolkit.store import FORMS

    store.submit("customer", {"full_name": "Ada King"})
    assert store.count("audit") > 0
    for role in ("marketing", "sales", "service", "finance", "analyst"):
        with pytest.raises(InputError):
            store.as_role(role).list("audit")
    assert all(form.entity != "audit" for form in FORMS.values())


def test_the_log_names_a_person_by_role_and_number(store, people):
    own = store.as_role("customer", customer=people.customer)
    own.submit("request", {"kind": "complaint", "subject": "x"})
    assert store.list("audit", order="-audit_id", limit=1)["actor"].item() == f"customer {people.customer}"
