"""History: who changed what and when, with values only where they may be read."""

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.store import Role


def _changed(store, people, **values):
    version = store.row("customers", people.customer)["version"]
    store.submit("profile", values, row=people.customer, expected_version=version)


def test_a_change_is_told_with_the_value_before_and_after(store, people):
    before = store.row("customers", people.customer)["city"]
    _changed(store, people, city="Tula")
    _changed(store, people, city="Orel")
    told = store.history("customers", people.customer)
    mine = told[(told["field"] == "city")]
    assert mine[["action", "before", "after"]].values.tolist() == [
        ["import", None, before], ["enter", before, "Tula"], ["enter", "Tula", "Orel"],
    ]  # fmt: skip
    assert mine["actor"].tolist()[1:] == ["manager", "manager"]


def test_a_customers_proposal_and_its_rejection_are_told(store, people):
    account = store.as_role("customer", customer=people.customer)
    version = store.row("customers", people.customer)["version"]
    account.submit("profile", {"full_name": "Ada King"}, expected_version=version)
    assert store.history("customers", people.customer)["action"].tolist()[-1] == "propose"
    store.submit("moderation", {"verdict": "reject"}, row=store.card(people.customer).field("full_name").pending_id)
    told = store.history("customers", people.customer)
    assert "reject" in told["action"].tolist()
    assert told[told["after"] == "Ada King"]["actor"].tolist() == [account.actor.label]


def test_history_names_no_field_and_shows_no_value_that_the_role_may_not_see(store, people):
    _changed(store, people, income_month=123456, phone="+7 000 999-88-77")
    watcher = Role(
        "watcher", "Watcher", {"customers": "all", "audit": "all", "profile_values": "all"},
        {"name": "read", "contact": "masked"},
    )  # fmt: skip
    told = store.as_role(watcher).history("customers", people.customer)
    assert "income_month" not in set(told["field"])
    assert "123456" not in told.to_csv()
    assert "999-88-77" not in told.to_csv()
    assert "•••77" in set(told["after"].dropna())


def test_without_the_log_the_values_of_a_profile_still_tell_their_own_history(store, people):
    _changed(store, people, city="Tula")
    told = store.as_role("sales", employee=people["sales"]).history("customers", people.customer)
    assert told.iloc[-1][["field", "after"]].tolist() == ["city", "Tula"]


def test_the_course_of_a_request_is_told_to_whoever_handles_it(store, people):
    desk = store.as_role("service", employee=people["service"])
    made = desk.submit("request", {"customer_id": people.customer, "kind": "complaint", "subject": "Cut wrong"})
    desk.submit("request_step", {"event": "responded", "text": "Come by"}, row=made.key, expected_version=1)
    told = desk.history("requests", made.key)
    assert told["action"].tolist() == ["opened", "responded"]
    assert told["after"].tolist()[-1] == "Come by"
    logged = store.history("requests", made.key)
    assert {"create", "edit"} <= set(logged["action"])
    assert logged[logged["field"] == "status"]["after"].tolist()[-1] == "assigned"


def test_what_cant_be_seen_has_no_history(store, people):
    with pytest.raises(InputError) as letter:
        store.as_role("sales", employee=people["sales"]).history("customers", people.stranger)
    assert letter.value.problems[0].code == "no_such_row"
    with pytest.raises(InputError) as letter:
        store.as_role("marketing").history("customers", people.customer)
    assert letter.value.problems[0].code == "not_allowed"
