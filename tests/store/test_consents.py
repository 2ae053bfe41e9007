"""Consent: a record with an end; coverage adds up; nobody is reached who has not agreed."""

import datetime as dt

import pandas as pd
import pytest
import sqlalchemy as sa

from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import PURPOSES
from crm_toolkit.store import database
from crm_toolkit.store.layout import TABLES


def agree(store, who, purpose="phone", **more):
    return store.submit("consent", {"customer_id": who, "purpose": purpose, "agreed": True, "text_version": "1"} | more)


def moved(store, key, **moments):
    """The consent as if it had been given, withdrawn or ended at other moments."""
    table = TABLES["consents"]
    with database.writing(store.engine) as connection:
        connection.execute(sa.update(table).where(table.c.consent_id == key).values(**moments))


def test_coverage_adds_up_to_everybody_for_every_purpose(store, people):
    agree(store, people.other, "phone")
    table = store.consent_coverage()
    assert table["purpose"].tolist() == list(PURPOSES)
    everybody = store.count("customers")
    assert (table[["given", "withdrawn", "expired", "never"]].sum(axis=1) == everybody).all()
    assert table.set_index("purpose").loc["phone", ["given", "never"]].tolist() == [1, everybody - 1]
    given = store.tables("customers")["consent_email"].sum()
    assert table.set_index("purpose").loc["email", "given"] == given


def test_the_latest_word_speaks(store, people):
    agree(store, people.other)
    store.submit("consent", {"customer_id": people.other, "purpose": "phone", "agreed": False})
    assert store.consent_coverage().set_index("purpose").loc["phone", ["given", "withdrawn"]].tolist() == [0, 1]
    key = agree(store, people.other).key
    assert store.may_contact("phone") == [people.other]
    moved(store, key, given_at="2024-01-01 09:00:00")  # before the one that was withdrawn
    assert store.may_contact("phone") == []


@pytest.mark.parametrize(
    ("moments", "allowed"),
    [
        ({}, ["2024-05-10", "2024-05-11", "2024-05-12", "2030-01-01"]),
        ({"withdrawn_at": "2024-05-12 18:00:00"}, ["2024-05-10", "2024-05-11"]),
        ({"expires_at": "2024-05-12 00:00:00"}, ["2024-05-10", "2024-05-11"]),
        ({"withdrawn_at": "2024-05-10 11:00:00"}, []),
    ],
)
def test_a_day_is_allowed_from_the_consent_until_the_day_before_its_end(store, people, moments, allowed):
    key = agree(store, people.other).key
    moved(store, key, given_at="2024-05-10 10:00:00", **moments)
    days = [dt.date(2024, 5, 9), *(dt.date(2024, 5, day) for day in (10, 11, 12)), dt.date(2030, 1, 1)]
    found = [day.isoformat() for day in days if store.may_contact("phone", on=day) == [people.other]]
    assert found == allowed


def test_a_consent_may_end_by_itself_and_there_is_nothing_to_withdraw_then(store, people):
    tomorrow = store.now() + dt.timedelta(days=1)
    with pytest.raises(InputError) as early:
        agree(store, people.other, expires_at=store.now() - dt.timedelta(days=1))
    assert early.value.problems[0].code == "too_early"
    key = agree(store, people.other, expires_at=tomorrow).key
    assert store.may_contact("phone") == ([people.other] if tomorrow.date() > store.now().date() else [])
    assert store.may_contact("phone", on=tomorrow.date() + dt.timedelta(days=1)) == []
    moved(store, key, given_at="2024-01-01 00:00:00", expires_at="2024-02-01 00:00:00")
    assert store.consent_coverage().set_index("purpose").loc["phone", "expired"] == 1
    with pytest.raises(InputError) as nothing:
        store.submit("consent", {"customer_id": people.other, "purpose": "phone", "agreed": False})
    assert nothing.value.problems[0].code == "no_consent"
    agree(store, people.other)
    assert pd.isna(store.row("consents", key)["withdrawn_at"]) or store.row("consents", key)["withdrawn_at"] is None
    assert store.may_contact("phone") == [people.other]


def test_whoever_was_erased_or_merged_is_not_reached(store, people):
    agree(store, people.other)
    agree(store, people.stranger)
    store.merge(people.customer, people.other)
    assert store.may_contact("phone") == sorted([people.customer, people.stranger])
    store.erase(people.stranger)
    assert store.may_contact("phone") == [people.customer]


def test_a_team_sees_its_own_coverage_and_who_sees_no_consents_nothing(store, people):
    agree(store, people.other)
    agree(store, people.stranger)
    desk = store.as_role("service", employee=people["service"])
    assert desk.may_contact("phone") == [people.other]
    assert desk.consent_coverage()["customers"][0] == desk.count("customers")
    with pytest.raises(InputError):
        store.as_role("finance").consent_coverage()
    with pytest.raises(InputError) as unknown:
        store.may_contact("fone")
    assert "phone" in str(unknown.value)
