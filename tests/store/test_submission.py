"""Both doors: what is handed in is whole, allowed, versioned and logged, or nothing of it is there."""

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.store import FORMS, READY, ConflictError, checked_role, database
from crm_toolkit.store.layout import TABLES


def _codes(refusal):
    return [problem.code for problem in refusal.value.problems]


def _refused(door, form, values, **more):
    with pytest.raises(InputError) as refusal:
        door.submit(form, values, **more)
    return _codes(refusal)[0]


def _everything(store):
    """Every row of every table: to see that nothing changed."""
    with database.reading(store.engine) as connection:
        return {name: connection.execute(sa.select(table)).all() for name, table in TABLES.items()}


def _desk(**fields):
    """A role of one's own that changes customers and sees so much of them."""
    rows = dict.fromkeys(("customers", "profile_values"), "all")
    return checked_role("desk", rows=rows, fields=fields, actions={"customers": ("edit",)})


def _version(store, customer):
    return store.row("customers", customer)["version"]


@pytest.fixture
def desk(store, people):
    return store.as_role("service", employee=people["service"])


@pytest.fixture
def sales(store, people):
    return store.as_role("sales", employee=people["sales"])


@pytest.fixture
def account(store, people):
    return store.as_role("customer", customer=people.customer)


# ------------------------------------------------------------------------------------------- who may hand in what


@pytest.mark.parametrize("role", list(READY))
def test_a_role_hands_in_only_the_forms_of_its_actions(store, people, role):
    door = store.as_role("customer", customer=people.customer) if role == "customer" else store.as_role(role)
    for form in FORMS.values():
        allowed = READY[role].may(form.action, form.entity) if not form.right else form.right in READY[role].rights
        lies_here = door.actor.kind in form.doors
        if not (allowed and lies_here):
            assert _refused(door, form.name, {}, row=1, expected_version=1) in ("not_allowed", "unknown_form")


def test_an_unknown_form_is_a_letter_with_the_likely_name(store, account):
    with pytest.raises(InputError, match="request"):
        store.submit("requst", {})
    assert _refused(account, "purchase", {}) == "unknown_form"
    assert _refused(store, None, {}) == "unknown_form"


@pytest.mark.parametrize("row", ["first", 1.5, True, -1, 2**70, b"1"])
def test_a_row_is_a_whole_number(store, row):
    assert _refused(store, "profile", {"city": "Tula"}, row=row, expected_version=1) == "not_whole"


def test_customers_reach_nobody_else_s_rows(store, account, people):
    before = _everything(store)
    assert _refused(account, "profile", {"city": "Tula"}, row=people.other, expected_version=1) == "no_such_row"
    assert _refused(account, "profile", {"city": "Tula", "customer_id": people.other}) == "unknown_field"
    request = {"kind": "complaint", "subject": "x"}
    assert _refused(account, "request", {**request, "order_id": people.others_order}) == "no_such_row"
    assert _refused(account, "request", {**request, "customer_id": people.other}) == "unknown_field"
    assert _refused(account, "request", {**request, "priority": "urgent"}) == "unknown_field"
    theirs = store.list("requests", limit=None)
    theirs = theirs.loc[theirs["customer_id"] != people.customer, "request_id"].iloc[0]
    assert _refused(account, "request_reply", {"text": "let me in"}, row=theirs) == "no_such_row"
    assert _refused(account, "request_reply", {"text": "let me in"}) == "no_such_row"
    consent = {"purpose": "email", "agreed": False, "text_version": "1"}
    assert _refused(account, "consent", {**consent, "customer_id": people.other}) == "unknown_field"
    assert _everything(store) == before


def test_a_team_reaches_no_row_of_another_branch(store, desk, sales, people):
    before = _everything(store)
    assert _refused(sales, "profile", {"city": "Tula"}, row=people.stranger, expected_version=1) == "no_such_row"
    purchase = {"customer_id": people.stranger, "product_id": 1, "quantity": 1, "method": "card"}
    assert _refused(sales, "purchase", purchase) == "no_such_row"
    request = {"customer_id": people.customer, "kind": "complaint", "subject": "x"}
    assert _refused(desk, "request", {**request, "customer_id": people.stranger}) == "no_such_row"
    assert _refused(desk, "request", {**request, "order_id": people.strangers_order}) == "no_such_row"
    assert _refused(desk, "request", {**request, "order_id": people.others_order}) == "wrong_order"
    consent = {"customer_id": people.stranger, "purpose": "email", "agreed": True, "text_version": "1"}
    assert _refused(sales, "consent", consent) == "no_such_row"
    assert _everything(store) == before


def test_a_change_of_another_branch_s_customer_is_not_theirs_to_accept(store, desk, people):
    own = store.as_role("customer", customer=people.stranger)
    own.submit("profile", {"full_name": "Somebody Else"}, expected_version=_version(store, people.stranger))
    entry = store.list("profile_values", where={"status": "pending"})["value_id"].item()
    assert _refused(desk, "moderation", {"verdict": "accept"}, row=entry) == "no_such_row"
    there = store.as_role("service", employee=people.elsewhere)
    assert there.submit("moderation", {"verdict": "accept"}, row=entry)
    assert store.row("customers", people.stranger)["full_name"] == "Somebody Else"


def test_missing_and_hidden_rows_are_refused_in_the_same_words(store, desk, sales, people):
    letters = []
    for customer in (people.stranger, 987_654_321):
        for door, form, values, more in (
            (sales, "profile", {"city": "Tula"}, {"row": customer, "expected_version": 1}),
            (sales, "purchase", {"customer_id": customer, "product_id": 1, "quantity": 1, "method": "card"}, {}),
            (desk, "request", {"customer_id": customer, "kind": "complaint", "subject": "x"}, {}),
        ):
            with pytest.raises(InputError) as refusal:
                door.submit(form, values, **more)
            letters.append(str(refusal.value).replace(str(customer), "…"))
    assert letters[:3] == letters[3:]


def test_what_a_role_may_not_see_at_all_it_does_not_change_unseen(store, sales, people):
    assert READY["sales"].rule("customers", "income_month") == "none"
    version = _version(store, people.customer)
    code = _refused(sales, "profile", {"income_month": 1}, row=people.customer, expected_version=version)
    assert code == "unknown_field"
    made = sales.submit("customer", {"full_name": "Ada King", "income_month": "5000"})
    assert store.row("customers", made.key)["income_month"] == 5000


def test_a_mask_that_was_left_in_the_field_is_not_saved(store, people):
    role = _desk(name="masked", contact="masked")
    desk, row = store.as_role(role), store.row("customers", people.customer)
    shown = desk.row("customers", people.customer)
    for field in ("full_name", "phone", "email"):
        code = _refused(desk, "profile", {field: shown[field]}, row=people.customer, expected_version=row["version"])
        assert code == "masked"
    assert store.row("customers", people.customer) == row


# ------------------------------------------------------------------------------------------- profiles and versions


def test_a_new_customer_is_a_prospect_with_an_entry_for_every_value(store, sales, people):
    done = sales.submit(
        "customer", {"full_name": " Ada  King ", "phone": "8 000 123-45-67", "income_month": "1 500,50"}
    )
    row = store.row("customers", done.key)
    assert (row["kind"], row["full_name"], row["phone"]) == ("prospect", "Ada King", "+7 000 123-45-67")
    assert row["income_month"] == 1500.50
    assert (row["responsible_id"], row["branch_id"], row["version"]) == (people["sales"], 1, 1)
    entries = store.list("profile_values", where={"customer_id": done.key}).set_index("field")
    assert entries["value"].to_dict() == {
        "full_name": "Ada King",
        "phone": "+7 000 123-45-67",
        "income_month": "1500.50",
    }
    assert set(entries["entered_kind"]) == {"employee"}
    assert set(entries["actor"]) == {f"sales {people['sales']}"}
    assert set(entries["basis"]) == {"contract"}


def test_two_who_change_one_row_do_not_overwrite_each_other(store, sales, people):
    version = _version(store, people.customer)
    sales.submit("profile", {"city": "Tula"}, row=people.customer, expected_version=version)
    with pytest.raises(ConflictError) as conflict:
        store.submit("profile", {"city": "Oryol", "income_month": 7000}, row=people.customer, expected_version=version)
    assert conflict.value.values == {"city": "Oryol", "income_month": 7000.0}
    assert conflict.value.current["city"] == "Tula"
    assert conflict.value.current["income_month"] == store.row("customers", people.customer)["income_month"]
    assert store.row("customers", people.customer)["city"] == "Tula"
    assert _refused(store, "profile", {"city": "Oryol"}, row=people.customer) == "no_version"


def test_a_conflict_shows_nothing_that_the_person_may_not_read(store, people):
    role = _desk(name="read", birth="masked")
    version = _version(store, people.customer)
    store.submit("profile", {"birth_date": "1990-05-05"}, row=people.customer, expected_version=version)
    with pytest.raises(ConflictError) as conflict:
        store.as_role(role).submit("profile", {"birth_date": "1991-01-01", "full_name": "A B"}, row=people.customer,
                                   expected_version=version)  # fmt: skip
    assert set(conflict.value.current) == {"full_name"}
    assert "1990" not in str(conflict.value)


def test_saving_what_stands_there_already_changes_nothing(store, people):
    row = store.row("customers", people.customer)
    done = store.submit("profile", {"city": row["city"]}, row=people.customer, expected_version=row["version"])
    assert done.version == row["version"]
    assert store.row("customers", people.customer) == row


def test_a_new_value_takes_the_place_of_the_old_one_in_the_entries(store, people):
    store.submit("profile", {"city": "Tula"}, row=people.customer, expected_version=_version(store, people.customer))
    entries = store.list("profile_values", where={"customer_id": people.customer, "field": "city"}, order="value_id")
    assert entries["status"].tolist() == ["superseded", "current"]
    assert entries["value"].iloc[-1] == store.row("customers", people.customer)["city"] == "Tula"


def test_a_name_can_t_be_taken_away(store, account, people):
    for door in (store, account):
        version = _version(store, people.customer)
        assert _refused(door, "profile", {"full_name": ""}, row=people.customer, expected_version=version) == "empty"


def test_what_a_customer_changes_is_marked_and_its_weighty_part_waits(store, account, desk, people):
    before = store.row("customers", people.customer)
    done = account.submit(
        "profile", {"full_name": "New Name", "phone": "+7 000 111-22-33"}, expected_version=before["version"]
    )
    assert done.pending == ("full_name",)
    row = store.row("customers", people.customer)
    assert row["full_name"] == before["full_name"]
    assert row["phone"] == "+7 000 111-22-33"
    entries = store.list("profile_values", where={"customer_id": people.customer, "entered_kind": "customer"})
    assert entries.set_index("field")["status"].to_dict() == {"full_name": "pending", "phone": "current"}
    waiting = entries.loc[entries["status"] == "pending", "value_id"].item()
    desk.submit("moderation", {"verdict": "accept"}, row=waiting)
    row = store.row("customers", people.customer)
    assert (row["full_name"], row["last_name"], row["version"]) == ("New Name", None, before["version"] + 2)
    assert _refused(desk, "moderation", {"verdict": "reject"}, row=waiting) == "settled"
    current = store.list(
        "profile_values", where={"customer_id": people.customer, "field": "full_name", "status": "current"}
    )
    assert current["value"].tolist() == ["New Name"]


def test_a_rejected_change_leaves_the_profile_as_it_was(store, account, desk, people):
    before = store.row("customers", people.customer)
    account.submit("profile", {"birth_date": "2000-01-01"}, expected_version=before["version"])
    account.submit("profile", {"birth_date": "2001-01-01"}, expected_version=before["version"])
    entries = store.list(
        "profile_values", where={"customer_id": people.customer, "field": "birth_date"}, order="value_id"
    )
    assert entries["status"].tolist() == ["current", "superseded", "pending"]
    desk.submit("moderation", {"verdict": "reject"}, row=entries["value_id"].iloc[-1])
    assert store.row("customers", people.customer) == before


def test_customers_can_t_moderate_themselves(store, account, people):
    account.submit("profile", {"full_name": "New Name"}, expected_version=_version(store, people.customer))
    entry = store.list("profile_values", where={"status": "pending"})["value_id"].item()
    assert _refused(account, "moderation", {"verdict": "accept"}, row=entry) == "unknown_form"


@pytest.mark.parametrize("column", ["erased_at", "merged_into"])
def test_nothing_is_entered_for_a_closed_record(store, desk, sales, account, people, column):
    value = people.other if column == "merged_into" else "2025-01-01 00:00:00"
    account.submit("profile", {"full_name": "New Name"}, expected_version=_version(store, people.customer))
    entry = store.list("profile_values", where={"status": "pending"})["value_id"].item()
    version, customer = _version(store, people.customer), people.customer
    with database.writing(store.engine) as connection:
        table = TABLES["customers"]
        connection.execute(sa.update(table).where(table.c.customer_id == customer).values({column: value}))
    before = _everything(store)
    for door, form, values, more in (
        (sales, "profile", {"city": "Tula"}, {"row": customer, "expected_version": version}),
        (account, "profile", {"city": "Tula"}, {"expected_version": version}),
        (account, "request", {"kind": "complaint", "subject": "x"}, {}),
        (account, "request_reply", {"text": "hello"}, {"row": people.complaint}),
        (account, "consent", {"purpose": "email", "agreed": True, "text_version": "1"}, {}),
        (desk, "moderation", {"verdict": "accept"}, {"row": entry}),
        (sales, "purchase", {"customer_id": customer, "product_id": 1, "quantity": 1, "method": "card"}, {}),
        (desk, "contact", {"customer_id": customer, "kind": "call", "subject": "x"}, {}),
        (desk, "request_step", {"event": "message", "text": "x"}, {"row": people.complaint, "expected_version": 1}),
    ):
        assert _refused(door, form, values, **more) == "closed", form
    assert _everything(store) == before


# ------------------------------------------------------------------------------------------- requests


def test_a_request_from_either_door_has_a_contact_and_a_first_event(store, account, desk, people):
    for door, values, kind in (
        (account, {}, "customer"),
        (desk, {"customer_id": people.customer, "priority": "urgent"}, "employee"),
    ):
        done = door.submit("request", {"kind": "complaint", "subject": "cold", "order_id": people.order, **values})
        row = store.row("requests", done.key)
        assert (row["status"], row["entered_kind"], row["customer_id"]) == ("new", kind, people.customer)
        assert row["priority"] == values.get("priority", "high")
        contact = store.row("contacts", row["contact_id"])
        assert (contact["kind"], contact["subject"], contact["order_id"]) == ("complaint", "cold", people.order)
        events = store.list("request_events", where={"request_id": done.key})
        assert events["event"].tolist() == ["opened"]
        assert row["branch_id"] == contact["branch_id"] == 1


_PATH = (
    ("responded", "assigned"), ("paused", "waiting"), ("resumed", "assigned"), ("resolved", "resolved"),
    ("reopened", "reopened"), ("assigned", "assigned"), ("message", "assigned"), ("rejected", "rejected"),
    ("reopened", "reopened"), ("resolved", "resolved"),
)  # fmt: skip


def test_a_request_goes_from_state_to_state_and_every_step_is_an_event(store, account, desk, people):
    key = account.submit("request", {"kind": "service_request", "subject": "x"}).key
    for event, state in _PATH:
        row = store.row("requests", key)
        done = desk.submit("request_step", {"event": event, "text": "so"}, row=key, expected_version=row["version"])
        after = store.row("requests", key)
        assert after["status"] == state, event
        assert after["version"] == done.version == row["version"] + 1
    events = store.list("request_events", where={"request_id": key}, order="event_id")["event"].tolist()
    assert events == ["opened", *(event for event, _ in _PATH)]
    row = store.row("requests", key)
    assert row["reopened"] == 2
    assert row["employee_id"] == people["service"]
    assert row["opened_at"] <= row["first_response_at"] <= row["resolved_at"]


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((), "resumed"), ((), "reopened"), (("resolved",), "resolved"), (("resolved",), "paused"),
        (("paused",), "assigned"), (("rejected",), "responded"), (("paused",), "paused"),
    ],
)  # fmt: skip
def test_a_step_out_of_place_is_refused_with_what_is_possible(store, account, desk, steps, wrong):
    key = account.submit("request", {"kind": "service_request", "subject": "x"}).key
    version = 1
    for step in steps:
        version = desk.submit("request_step", {"event": step, "text": "so"}, row=key, expected_version=version).version
    before = _everything(store)
    with pytest.raises(InputError) as refusal:
        desk.submit("request_step", {"event": wrong, "text": "so"}, row=key, expected_version=version)
    assert _codes(refusal) == ["wrong_step"]
    assert refusal.value.problems[0].advice
    assert _everything(store) == before


def test_a_late_step_is_a_conflict_before_anything_else(store, account, desk):
    key = account.submit("request", {"kind": "service_request", "subject": "x"}).key
    desk.submit("request_step", {"event": "resolved"}, row=key, expected_version=1)
    with pytest.raises(ConflictError):
        desk.submit("request_step", {"event": "resolved"}, row=key, expected_version=1)


@pytest.mark.parametrize("event", ["responded", "message", "rejected"])
def test_what_is_said_to_a_customer_has_words(store, account, desk, event):
    key = account.submit("request", {"kind": "service_request", "subject": "x"}).key
    assert _refused(desk, "request_step", {"event": event}, row=key, expected_version=1) == "empty"


def test_a_request_can_be_given_to_a_colleague_and_stays_with_them(store, account, desk, people):
    key = account.submit("request", {"kind": "service_request", "subject": "x"}).key
    desk.submit("request_step", {"event": "assigned", "employee_id": people["manager"]}, row=key, expected_version=1)
    desk.submit("request_step", {"event": "responded", "text": "soon"}, row=key, expected_version=2)
    assert store.row("requests", key)["employee_id"] == people["manager"]
    assert (
        _refused(desk, "request_step", {"event": "assigned", "employee_id": 999}, row=key, expected_version=3)
        == "no_such_row"
    )


def test_a_customer_s_reply_wakes_what_waits_and_opens_what_was_settled(store, account, desk):
    key = account.submit("request", {"kind": "service_request", "subject": "x"}).key
    for step, after in (("paused", "assigned"), ("resolved", "reopened")):
        version = store.row("requests", key)["version"]
        desk.submit("request_step", {"event": step}, row=key, expected_version=version)
        account.submit("request_reply", {"text": "here I am"}, row=key)
        assert store.row("requests", key)["status"] == after
    assert store.row("requests", key)["reopened"] == 1
    assert store.row("requests", key)["resolved_at"] is None
    mine = account.list("request_events", where={"request_id": key}, limit=None)
    assert mine["text"].dropna().tolist() == ["here I am", "here I am"]


def test_a_remedy_is_kept_and_later_steps_leave_it(store, desk, people):
    version = store.row("requests", people.complaint)["version"]
    done = desk.submit(
        "request_step", {"event": "reopened", "remedy": "refund", "remedy_amount": "12,50", "cause_id": 2},
        row=people.complaint, expected_version=version,
    )  # fmt: skip
    desk.submit("request_step", {"event": "resolved"}, row=people.complaint, expected_version=done.version)
    row = store.row("requests", people.complaint)
    assert (row["remedy"], row["remedy_amount"], row["cause_id"]) == ("refund", 12.5, 2)
    assert _refused(desk, "request_step", {"event": "reopened", "cause_id": 999}, row=people.complaint,
                    expected_version=row["version"]) == "no_such_row"  # fmt: skip


# ------------------------------------------------------------------------------------------- purchases


def _of_order(store, order):
    lines, payments = store.tables("order_lines", "payments")
    return lines[lines["order_id"] == order], payments[payments["order_id"] == order]


@pytest.mark.parametrize(("price", "quantity"), [("19,99", 3), (None, 2), ("0.01", 1), (0, 1), (10**8, 10_000)])
def test_a_purchase_adds_up(store, sales, people, price, quantity):
    values = {
        "customer_id": people.customer,
        "product_id": 1,
        "quantity": quantity,
        "method": "card",
        "unit_price": price,
    }
    done = sales.submit("purchase", values)
    order = store.row("orders", done.key)
    lines, payments = _of_order(store, done.key)
    assert order["amount"] == order["gross"] == lines["amount"].sum() == payments["due_amount"].sum()
    assert payments["paid_amount"].sum() == order["amount"]
    assert lines["quantity"].item() * round(lines["unit_price"].item() * 100) == round(order["amount"] * 100)
    contact = store.list("contacts", where={"order_id": done.key})
    assert contact["kind"].tolist() == ["purchase"]
    assert order["ordered_at"] == contact["opened_at"].item()
    if price is None:
        assert (
            lines["unit_price"].item()
            == store.list("prices", where={"product_id": 1}, order="-valid_from")["price"].iloc[0]
        )


def test_a_bill_is_paid_in_parts_and_what_is_due_for_the_order_stays(store, sales, people):
    finance = store.as_role("finance")
    order = sales.submit("purchase", {
        "customer_id": people.customer, "product_id": 1, "quantity": 1, "unit_price": 100, "method": "invoice",
        "due_on": store.now().date() + dt.timedelta(days=14),
    }).key  # fmt: skip
    bill = _of_order(store, order)[1]["payment_id"].item()
    assert store.row("payments", bill)["paid_at"] is None
    for part in ("30", "20.50"):
        finance.submit("payment", {"received": part}, row=bill)
    payments = _of_order(store, order)[1]
    assert payments["due_amount"].sum() == 100
    assert payments["paid_amount"].sum() == 50.5
    assert (payments["paid_at"].isna() == (payments["paid_amount"] == 0)).all()
    assert _refused(finance, "payment", {"received": "49.51"}, row=bill) == "too_much"
    finance.submit("payment", {"received": "49.50"}, row=bill)
    payments = _of_order(store, order)[1]
    assert payments["due_amount"].sum() == payments["paid_amount"].sum() == 100
    assert payments["paid_at"].notna().all()
    assert _refused(finance, "payment", {"received": "0.01"}, row=bill) == "too_much"
    tomorrow = store.now() + dt.timedelta(days=1)
    assert _refused(finance, "payment", {"received": 1, "paid_at": tomorrow}, row=bill) == "in_future"


def test_more_money_than_a_frame_can_tell_apart_is_refused(sales, people):
    values = {"customer_id": people.customer, "product_id": 1, "method": "card", "unit_price": 10**12}
    assert _refused(sales, "purchase", {**values, "quantity": 10_000}) == "outside_range"
    assert _refused(sales, "purchase", {**values, "quantity": 1, "unit_price": 10**12 + 1}) == "outside_range"
    assert sales.submit("purchase", {**values, "quantity": 1})


def test_the_first_purchase_makes_a_prospect_a_client(store, sales):
    customer = sales.submit("customer", {"full_name": "Ada King"}).key
    sales.submit("purchase", {"customer_id": customer, "product_id": 1, "quantity": 1, "method": "cash"})
    row = store.row("customers", customer)
    assert row["kind"] == "client"
    assert row["acquired_at"] == store.list("orders", where={"customer_id": customer})["ordered_at"].item()
    assert row["version"] == 2


def test_a_product_that_is_not_there_is_refused_and_nothing_is_half_bought(store, sales, people):
    before = _everything(store)
    purchase = {"customer_id": people.customer, "product_id": 999, "quantity": 1, "method": "card"}
    assert _refused(sales, "purchase", purchase) == "no_such_row"
    assert _everything(store) == before


def test_a_failure_in_the_middle_leaves_nothing(store, sales, people, monkeypatch):
    from crm_toolkit.store.entering import purchases

    def broken(*_args, **_more):
        raise RuntimeError("the power went out")

    before = _everything(store)
    monkeypatch.setattr(purchases, "insert", broken)
    with pytest.raises(RuntimeError):
        sales.submit("purchase", {"customer_id": people.customer, "product_id": 1, "quantity": 1, "method": "card"})
    assert _everything(store) == before


# ------------------------------------------------------------------------------------------- consents


def test_a_consent_is_one_a_purpose_and_the_flag_says_the_same(store, account, people):
    def standing(purpose):
        consents = store.list("consents", where={"customer_id": people.customer, "purpose": purpose}, limit=None)
        return int(consents["withdrawn_at"].isna().sum()), len(consents)

    assert standing("email") == (1, 1)
    account.submit("consent", {"purpose": "email", "agreed": True, "text_version": "2026-01"})
    assert standing("email") == (1, 2)
    account.submit("consent", {"purpose": "email", "agreed": False})
    assert standing("email") == (0, 2)
    assert store.row("customers", people.customer)["consent_email"] is False
    assert _refused(account, "consent", {"purpose": "email", "agreed": False}) == "no_consent"
    assert _refused(account, "consent", {"purpose": "email", "agreed": True}) == "empty"
    account.submit("consent", {"purpose": "email", "agreed": True, "text_version": "2026-01"})
    assert standing("email") == (1, 3)
    assert store.row("customers", people.customer)["consent_email"] is True
    last = store.list("consents", where={"customer_id": people.customer, "purpose": "email", "withdrawn_at": None})
    assert (last["source"].item(), last["basis"].item(), last["actor"].item()) == (
        "account", "consent", f"customer {people.customer}"
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- other tables, any input


def test_a_number_without_a_branch_is_the_whole_organisation_s(store):
    finance = store.as_role("finance")
    values = {"month": "2025-01-01", "metric": "rent", "value": "1500,5"}
    whole = finance.submit("organisation_metric", values).key
    one = finance.submit("organisation_metric", {**values, "branch_id": 2}).key
    assert store.row("organisation_metrics", whole)["branch_id"] is None
    assert store.row("organisation_metrics", one)["branch_id"] == 2
    assert store.row("organisation_metrics", one)["value"] == 1500.5


def test_a_contact_that_is_still_to_come_is_refused(store, desk, people):
    call = {"customer_id": people.customer, "kind": "call", "subject": "x"}
    later = store.now() + dt.timedelta(hours=1)
    assert _refused(desk, "contact", {**call, "opened_at": later}) == "in_future"
    key = desk.submit("contact", {**call, "opened_at": "2024-05-05 10:00"}).key
    assert str(store.row("contacts", key)["opened_at"]) == "2024-05-05 10:00:00"


def test_letters_of_any_kind_come_back_as_they_were(store, desk, people):
    text = "«Ёж» 'quoted' \"double\" ; DROP TABLE customers; -- 🙂 %s :name \\ ${x}"
    key = desk.submit("contact", {"customer_id": people.customer, "kind": "note", "subject": text, "body": text}).key
    row = store.row("contacts", key)
    assert (row["subject"], row["body"]) == (text, text)
    assert store.count("contacts", where={"subject": text}) == 1


_VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.integers(), st.floats(), st.text(max_size=30), st.dates(),
    st.sampled_from(["card", "complaint", "resolved", "responded", "email", "accept", "call", "1", "2025-01-01"]),
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_handed_in_at_either_door_is_saved_or_a_letter(store, people, data):
    role = data.draw(st.sampled_from(["sales", "service", "finance", "manager", "customer"]))
    who = {"customer": people.customer} if role == "customer" else {"employee": people[role]}
    form = FORMS[data.draw(st.sampled_from(sorted(FORMS)))]
    values = {}
    for field in form.fields:
        if field.required or data.draw(st.booleans()):
            likely = (
                st.sampled_from(field.choices) if field.choices else st.sampled_from([1, people.customer, "x", True])
            )
            values[field.name] = data.draw(likely | _VALUE)
    row = data.draw(st.sampled_from([None, 1, people.complaint, people.customer, 10**9]))
    try:
        done = store.as_role(role, **who).submit(form.name, values, row=row, expected_version=data.draw(
            st.sampled_from([None, 1, 2])))  # fmt: skip
    except InputError:
        pass
    else:
        assert isinstance(done, crm.store.Submitted)
        assert done.key > 0
