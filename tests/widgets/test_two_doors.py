"""Both doors over one database: what is entered at one is seen at the other, and the profile's quality follows."""

import pytest

from crm_toolkit import widgets
from crm_toolkit.widgets.both_doors import profile_quality
from crm_toolkit.widgets.card_reading import read_card


@pytest.fixture
def doors(store, customer):
    """A manager's desk beside the account of a customer."""
    return widgets.two_doors(store, customer=customer)


def test_a_complaint_of_the_desk_is_seen_in_the_account(doors):
    doors.desk.pane.open("request")
    doors.desk.pane.form.fill({"kind": "complaint", "subject": "Waited an hour"})
    doors.desk.pane.form.submit()
    assert doors.account.view.requests["subject"].iloc[0] == "Waited an hour"


def test_a_change_of_the_account_is_seen_at_the_desk_marked_as_the_customers(doors, html_of):
    before = doors.quality
    doors.account.profile.fill({"children": "9", "full_name": "Ada King"})
    doors.account.profile.submit()
    children = doors.desk.pane.view.card.field("children")
    assert (children.value, children.entered_kind) == (9, "customer")
    assert [one.pending for one in doors.desk.pane.view.pending] == ["Ada King"]
    assert html_of(doors.desk.box).count("✎ entered by the customer") >= 2
    after = doors.quality
    assert (after.by_customer, after.pending) == (before.by_customer + 1, 1)
    assert f"entered by the customer {after.by_customer}" in doors._score.value


def test_the_quality_rises_with_fields_that_are_filled_and_falls_with_age(store, customer):
    row = store.row("customers", customer)
    version = store.submit("profile", {"city": None}, row=customer, expected_version=row["version"]).version
    empty = profile_quality(read_card(store, customer))
    store.submit("profile", {"city": "Newtown"}, row=customer, expected_version=version)
    full = profile_quality(read_card(store, customer))
    assert full.filled == empty.filled + 1
    assert full.score == pytest.approx(empty.score + 1 / full.fields)


def test_it_looks_again_by_itself_until_it_is_told_not_to(doors, store, customer):
    assert not doors.watch.look()
    store.submit("request", {"customer_id": customer, "kind": "complaint", "subject": "From elsewhere"})
    assert doors.watch.look()
    assert doors.account.view.requests["subject"].iloc[0] == "From elsewhere"
    doors._itself.value = False
    assert not doors.watch.on


def test_the_customer_who_bought_last_is_taken(store, customer):
    assert widgets.two_doors(store).customer == customer
