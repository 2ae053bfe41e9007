"""Two records of one person become one, nothing is lost, and undoing it puts everything back."""

import json

import pandas as pd
import pytest
import sqlalchemy as sa

from crm_toolkit.errors import InputError
from crm_toolkit.store import database, integrity, search
from crm_toolkit.store.duplicates import Survivorship
from crm_toolkit.store.layout import OUTSIDE_KEYS, TABLES, metadata

_GROWS = {"version"}  # versions only grow, so that nobody who saw the merged record can overwrite the parted ones


def whole(store, *, without=("audit", "merges")):
    """Every row of every table, but the log and the merges themselves; versions left out."""
    found = {}
    with database.reading(store.engine) as connection:
        for name, table in metadata.tables.items():
            if name not in without:
                kept = [column for column in table.c if column.name not in _GROWS]
                found[name] = sorted(map(repr, connection.execute(sa.select(*kept))))
        for entity in ("customers", "contacts", "requests"):
            found[f"search_{entity}"] = sorted(map(repr, connection.exec_driver_sql(
                f"SELECT rowid, * FROM search_{entity}")))  # fmt: skip
    return found


def write(store, statement, *rows):
    with database.writing(store.engine) as connection:
        connection.execute(statement, *rows)


@pytest.fixture
def twins(store, people):
    """Two customers with orders, contacts and requests, made alike in everything that can collide."""
    one, two = people.customer, people.other
    member = [
        {"customer_id": one, "enrolled_at": "2024-03-01 00:00:00"},
        {"customer_id": two, "enrolled_at": "2024-01-01 00:00:00"},
    ]
    write(store, sa.delete(TABLES["loyalty_members"]).where(TABLES["loyalty_members"].c.customer_id.in_((one, two))))
    write(store, sa.insert(TABLES["loyalty_members"]), member)
    entry = {"kind": "earn", "balance": 10, "points": 10}
    write(store, sa.insert(TABLES["loyalty_ledger"]), [
        entry | {"entry_id": 10**9 + number, "customer_id": whose, "booked_at": f"2024-05-0{number} 10:00:00"}
        for number, whose in ((1, one), (2, two))
    ])  # fmt: skip
    money = [column.name for column in TABLES["receivables"].c if column.name.endswith("_minor")]
    debt = {"month": "2024-05-01", **dict.fromkeys(money, 100)}
    write(store, sa.delete(TABLES["receivables"]).where(TABLES["receivables"].c.customer_id.in_((one, two))))
    write(store, sa.insert(TABLES["receivables"]), [debt | {"customer_id": one}, debt | {"customer_id": two}])
    store.submit("profile", {"note": "likes tea"}, row=one, expected_version=store.row("customers", one)["version"])
    store.submit("profile", {"note": "likes cake"}, row=two, expected_version=store.row("customers", two)["version"])
    write(store, sa.update(TABLES["customers"]).where(TABLES["customers"].c.customer_id == one).values(email=None))
    write(store, sa.update(TABLES["profile_values"]).where(
        TABLES["profile_values"].c.customer_id == one, TABLES["profile_values"].c.field == "email"
    ).values(status="superseded"))  # fmt: skip
    write(store, sa.update(TABLES["customers"]).where(TABLES["customers"].c.customer_id == people.stranger)
          .values(referrer_id=two))  # fmt: skip
    store.submit("request", {"customer_id": two, "kind": "complaint", "subject": "Cold tea"})
    with database.writing(store.engine) as connection:
        search.refresh(connection, [("customers", one)])
    return one, two


def counts(store, *keys):
    """Rows that hang on customers, together."""
    with database.reading(store.engine) as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).where(table.c.customer_id.in_(keys))).scalar()
            for name, table in TABLES.items()
            if "customer_id" in table.c and name not in ("customers", "audit", "merges")
        }  # fmt: skip


def test_everything_moves_to_the_surviving_record(store, twins):
    one, two = twins
    before, money = counts(store, one, two), store.tables("orders", "payments")
    joined = store.merge(one, two, score=17.5)
    after = counts(store, one)
    assert counts(store, two) == dict.fromkeys(after, 0)
    once = {"loyalty_members", "receivables"}
    assert {name: count for name, count in after.items() if name not in once and count != before[name]} == {}
    assert (after["loyalty_members"], after["receivables"]) == (1, 1)
    assert store.list("receivables", where={"customer_id": one})["outstanding"].tolist() == [2.0]
    assert str(store.list("loyalty_members", where={"customer_id": one})["enrolled_at"][0])[:10] == "2024-01-01"
    ledger = store.list("loyalty_ledger", where={"customer_id": one}, order=["booked_at", "entry_id"], limit=None)
    assert ledger["balance"].tolist() == ledger["points"].cumsum().tolist()
    orders, payments = store.tables("orders", "payments")
    assert orders["amount"].sum() == pytest.approx(money[0]["amount"].sum())
    assert payments["paid_amount"].sum() == pytest.approx(money[1]["paid_amount"].sum())
    row = store.list("merges").iloc[0]
    assert (row["customer_id"], row["merged_id"], row["score"]) == (one, two, 17.5)
    assert joined.moved["orders"] > 0
    assert any("receivables" in note for note in joined.notes)
    assert integrity.faults(store) == []


def test_the_surviving_record_keeps_its_values_and_gets_what_it_lacked(store, twins):
    one, two = twins
    kept, gave = store.row("customers", one), store.row("customers", two)
    joined = store.merge(one, two)
    now = store.row("customers", one)
    assert (now["full_name"], now["phone"], now["email"]) == (kept["full_name"], kept["phone"], gave["email"])
    assert joined.fields["email"] == two
    assert now["note"] == "likes tea\nlikes cake"
    assert now["acquired_at"] == min(kept["acquired_at"], gave["acquired_at"])
    current = store.list("profile_values", where={"customer_id": one, "status": "current"}, limit=None)
    assert not current["field"].duplicated().any()
    by_field = current.set_index("field")["value"]
    assert by_field["email"] == gave["email"]
    assert by_field["full_name"] == kept["full_name"]
    history = store.list("profile_values", where={"customer_id": one, "field": "full_name"})
    assert gave["full_name"] in set(history["value"])  # the value that lost is still there, with its origin


def test_rules_of_survivorship_decide(store, twins):
    one, two = twins
    name = store.row("customers", two)
    joined = store.merge(one, two, rules=Survivorship(fields={"full_name": "declared"}, order=[two, one]))
    row = store.row("customers", one)
    assert (row["full_name"], row["last_name"]) == (name["full_name"], name["last_name"])
    assert joined.fields["full_name"] == two


def test_undoing_a_merge_puts_back_every_row(store, twins):
    before = whole(store)
    joined = store.merge(*twins)
    assert whole(store) != before
    undone = store.undo_merge(joined.merge_ids[0])
    assert undone.notes == ()
    after = whole(store)
    for name in before:
        assert after[name] == before[name], name
    assert integrity.faults(store) == []


def test_several_records_are_taken_in_and_put_back_one_by_one_in_any_order(store, twins, people):
    before = whole(store)
    joined = store.merge(twins[0], [twins[1], people.stranger])
    assert store.count("customers", where={"customer_id": [*twins, people.stranger]}) == 1
    for merge_id in joined.merge_ids:
        store.undo_merge(merge_id)
    after = whole(store)
    assert [name for name in before if after[name] != before[name]] == []
    assert store.count("customers", where={"customer_id": [*twins, people.stranger]}) == 3


def test_what_was_changed_since_stays_and_is_named(store, twins):
    one, two = twins
    joined = store.merge(one, two)
    values = {"email": "newer@example.com"}
    store.submit("profile", values, row=one, expected_version=store.row("customers", one)["version"])
    request = store.submit("request", {"customer_id": one, "kind": "complaint", "subject": "Since then"}).key
    undone = store.undo_merge(joined.merge_ids[0])
    assert store.row("customers", one)["email"] == "newer@example.com"
    assert any("email" in note for note in undone.notes)
    assert store.row("requests", request)["customer_id"] == one
    for key in (one, two):
        current = store.list("profile_values", where={"customer_id": key, "status": "current"}, limit=None)
        assert not current["field"].duplicated().any(), key
    assert integrity.faults(store) == []


def test_a_merged_record_is_nobody_in_lists_search_queries_and_counts(store, twins):
    one, two = twins
    store.submit("profile", {"full_name": "Zebulon Qwertz"}, row=two,
                 expected_version=store.row("customers", two)["version"])  # fmt: skip
    people_before = store.count("customers")
    store.merge(one, two)
    assert store.count("customers") == people_before - 1
    assert two not in set(store.tables("customers")["customer_id"])
    assert two not in set(store.query("SELECT customer_id FROM customers")["customer_id"])
    assert [hit.key for hit in store.search("zebulon", kinds=["customers"]).hits] == []
    assert store.card(two).customer_id == one
    assert store.timeline(two).frame().equals(store.timeline(one).frame())
    with pytest.raises(InputError) as refused:
        store.submit("request", {"customer_id": two, "kind": "complaint", "subject": "x"})
    assert refused.value.problems[0].code == "closed"
    with pytest.raises(InputError):
        store.as_role("customer", customer=two)


def test_a_card_of_a_record_that_went_to_another_branch_stays_closed(store, people):
    store.merge(people.stranger, people.other)
    desk = store.as_role("service", employee=people["service"])
    with pytest.raises(InputError) as refused:
        desk.card(people.other)
    assert str(people.stranger) not in str(refused.value)


def test_a_withdrawal_in_one_record_ends_the_consent_of_the_other(store, twins):
    one, two = twins
    for key in twins:
        store.submit("consent", {"customer_id": key, "purpose": "email", "agreed": True, "text_version": "1"})
    store.submit("consent", {"customer_id": two, "purpose": "email", "agreed": False})
    assert one in store.may_contact("email")
    joined = store.merge(one, two)
    assert one not in store.may_contact("email")
    assert not store.row("customers", one)["consent_email"]
    store.undo_merge(joined.merge_ids[0])
    assert one in store.may_contact("email")


def test_merges_are_refused_for_reasons_that_are_said(store, twins, people):
    one, two = twins
    for survivor, others in ((one, one), (one, []), (one, 10**8)):
        with pytest.raises(InputError):
            store.merge(survivor, others)
    with pytest.raises(InputError):
        store.as_role("service", employee=people["service"]).merge(one, two)
    joined = store.merge(one, two)
    with pytest.raises(InputError):
        store.merge(people.stranger, two)
    later = store.merge(people.stranger, one)
    with pytest.raises(InputError) as refused:
        store.undo_merge(joined.merge_ids[0])
    assert refused.value.problems[0].code == "closed"
    assert store.card(two).customer_id == people.stranger
    store.undo_merge(later.merge_ids[0])
    store.undo_merge(joined.merge_ids[0])
    with pytest.raises(InputError) as again:
        store.undo_merge(joined.merge_ids[0])
    assert again.value.problems[0].code == "settled"


def test_after_undoing_no_value_stays_in_the_row_of_the_merge(store, twins):
    email = store.row("customers", twins[1])["email"]
    joined = store.merge(*twins)
    kept = store.row("merges", joined.merge_ids[0])["kept"]
    assert email in kept
    store.undo_merge(joined.merge_ids[0])
    assert set(json.loads(store.row("merges", joined.merge_ids[0])["kept"])) == {"decided"}


def test_a_number_of_another_system_finds_the_surviving_record(store, twins):
    one, two = twins
    write(store, sa.insert(OUTSIDE_KEYS).values(
        system="", entity="customers", outside_key="K7", row_key=two, customer_id=two))  # fmt: skip
    store.merge(one, two)
    name = store.row("customers", one)["full_name"]
    table = pd.DataFrame({"customer_id": ["K7"], "full_name": [name], "email": ["k7@example.com"]})
    assert store.import_file(table, "customers").changed == 1
    assert store.row("customers", one)["email"] == "k7@example.com"


def test_duplicates_are_found_among_readable_customers_only(store, people):
    row = store.row("customers", people.other)
    store.submit("customer", {"full_name": row["full_name"], "phone": row["phone"], "email": row["email"]})
    found = store.find_duplicates(threshold=5)
    assert people.other in set(found.pairs[["left_id", "right_id"]].to_numpy().ravel())
    with pytest.raises(InputError):
        store.as_role("marketing").find_duplicates()


def test_the_same_merge_works_on_postgresql(postgres_store, people):
    before = dict(_tables(postgres_store).items())
    joined = postgres_store.merge(people.customer, people.other)
    assert postgres_store.card(people.other).customer_id == people.customer
    postgres_store.undo_merge(joined.merge_ids[0])
    assert _tables(postgres_store) == before


def _tables(store):
    with database.reading(store.engine) as connection:
        return {
            name: sorted(map(repr, connection.execute(sa.select(*(c for c in table.c if c.name != "version")))))
            for name, table in TABLES.items() if name not in ("audit", "merges")
        }  # fmt: skip
