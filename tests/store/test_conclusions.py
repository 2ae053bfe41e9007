"""Metrics, insights and decisions: no conclusion without evidence, no decision without review, no verdict on few."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.store import conclusions
from crm_toolkit.store.entering.conclusions import NOT_IN_EVIDENCE, digest
from crm_toolkit.store.roles import READY

KINDS = "SELECT kind, count(*) AS n FROM contacts GROUP BY kind"


@pytest.fixture
def analyst(store):
    return store.as_role("analyst")


def _codes(desk, form, values):
    with pytest.raises(InputError) as letter:
        desk.submit(form, values)
    return [one.code for one in letter.value.problems]


def test_a_metric_must_give_one_number(store, analyst):
    told = {"metric": "customers", "definition": "how many customers there are"}
    analyst.submit("metric", {**told, "query": "SELECT count(*) FROM customers"})
    for query in ("SELECT kind FROM contacts", "SELECT 1, 2", "SELECT 'many'", "SELECT 1 WHERE false", "SELECT NULL"):
        assert _codes(analyst, "metric", {**told, "query": query}) == ["not_one_number"], query
    assert _codes(analyst, "metric", told) == ["empty"]
    assert _codes(analyst, "metric", {**told, "query": "SELECT count( FROM customers"}) == ["bad_query"]
    values = conclusions.metric_values(store)
    assert values[["metric", "value", "problem"]].values.tolist() == [["customers", store.count("customers"), ""]]


def test_a_metric_is_computed_with_the_rights_of_who_looks(store, analyst, people):
    analyst.submit("metric", {"metric": "n", "definition": "n", "query": "SELECT count(*) FROM customers"})
    store.submit("metric", {"metric": "wages", "definition": "w", "query": "SELECT sum(salary_month) FROM employees"})
    team = conclusions.metric_values(store.as_role("sales", employee=people["sales"])).set_index("metric")
    assert 0 < team.loc["n", "value"] < store.count("customers")
    assert pd.isna(team.loc["wages", "value"])
    assert team.loc["wages", "problem"]


def test_an_insight_without_evidence_cant_be_saved(store, analyst):
    assert _codes(analyst, "insight", {"claim": "Customers are loyal"}) == ["empty"]
    assert _codes(analyst, "insight", {"claim": "x", "query": "SELECT 1 WHERE false"}) == ["no_evidence"]
    assert _codes(analyst, "insight", {"claim": "x", "query": "SELECT customer_id FROM contacts"}) == ["too_many_rows"]
    assert _codes(analyst, "insight", {"claim": "x", "query": "DELETE FROM contacts"}) == ["not_a_select"]
    assert store.count("insights") == 0


def test_evidence_names_no_person_even_for_a_manager(store, people):
    for query in ("SELECT full_name FROM customers LIMIT 3", "SELECT phone FROM customers LIMIT 3",
                  "SELECT birth_date FROM customers LIMIT 3", "SELECT body FROM contacts LIMIT 3",
                  "SELECT salary_month FROM employees LIMIT 3"):  # fmt: skip
        assert _codes(store, "insight", {"claim": "x", "query": query}) == ["bad_query"], query
    store.submit("insight", {"claim": "everything", "query": "SELECT * FROM customers LIMIT 5"})
    kept = store.list("insights")["result"][0]
    for row in store.list("customers", limit=5).to_dict("records"):
        assert row["phone"] not in kept
        assert row["last_name"] not in kept
    assert set(NOT_IN_EVIDENCE) >= {"name", "contact", "birth", "note"}


def test_a_kept_result_is_read_only_by_roles_that_read_costs(store, analyst):
    analyst.submit("insight", {"claim": "x", "query": "SELECT sum(unit_cost) FROM products"})
    for role in READY:
        if role != "customer":
            seen = "result" in store.as_role(role).list("insights")
            assert seen == (READY[role].class_rule("cost") == "read")


def test_an_insight_knows_when_its_evidence_has_changed(store, analyst, people):
    analyst.submit("insight", {"claim": "What customers come for", "query": KINDS})
    assert conclusions.insights_now(analyst)["state"].tolist() == ["holds"]
    assert conclusions.insights_now(store)["state"].tolist() == ["holds"]
    store.submit("contact", {"customer_id": people.customer, "kind": "call", "subject": "Question"})
    assert conclusions.insights_now(analyst)["state"].tolist() == ["changed"]
    assert conclusions.insights_now(store)["state"].tolist() == ["differs"]
    assert conclusions.insights_now(store.as_role("finance"))["state"].tolist() == ["unknown"]


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 9), st.text("abc", max_size=3)), min_size=1, max_size=8), data=st.data())
def test_the_order_of_rows_is_no_change_but_a_value_is(rows, data):
    found = pd.DataFrame(rows, columns=["n", "word"])
    shuffled = pd.DataFrame(data.draw(st.permutations(rows)), columns=["n", "word"])
    assert digest(found) == digest(shuffled)
    assert digest(found) != digest(found.assign(n=found["n"] + 1))


def test_a_decision_rests_on_an_insight_and_comes_back_on_its_day(store, analyst):
    insight = analyst.submit("insight", {"claim": "x", "query": KINDS})
    told = {"insight_id": insight.key, "action": "Call back", "expected": "Fewer calls", "owner": "service 103"}
    today = store.now().date()
    assert _codes(store, "decision", {**told, "review_on": today}) == ["too_early"]
    assert _codes(store, "decision", {**told, "insight_id": 99, "review_on": today + dt.timedelta(9)}) == [
        "no_such_row"
    ]
    made = store.submit("decision", {**told, "review_on": today + dt.timedelta(days=9)})
    assert len(conclusions.due_reviews(store)) == 0
    due = conclusions.due_reviews(store, on=today + dt.timedelta(days=11))
    assert due[["decision_id", "days_overdue"]].values.tolist() == [[made.key, 2]]
    store.submit("review", {"actual": "A tenth fewer calls"}, row=made.key, expected_version=1)
    assert len(conclusions.due_reviews(store, on=today + dt.timedelta(days=11))) == 0
    with pytest.raises(InputError, match="already"):
        store.submit("review", {"actual": "again"}, row=made.key, expected_version=2)


def test_the_scorecard_counts_what_the_tables_hold(read_only, tables):
    card = conclusions.scorecard(read_only).set_index("employee_id")
    contacts = tables["contacts"]
    asked = contacts[contacts["kind"].isin(["service_request", "information_request", "complaint"])]
    for employee, row in card.iterrows():
        mine = asked[(asked["employee_id"] == employee) & asked["resolved_first_contact"].notna()]
        assert row["contacts"] == (contacts["employee_id"] == employee).sum()
        if len(mine) >= conclusions.FEWEST:
            assert row["first_contact"] == pytest.approx(mine["resolved_first_contact"].astype(float).mean())
            assert row["low"] < row["first_contact"] < row["high"]


def test_few_cases_give_no_share_and_no_median(read_only, tables):
    day = tables["contacts"]["opened_at"].min().date()
    card = conclusions.scorecard(read_only, since=day, until=day + dt.timedelta(days=3))
    few = card[card["suppressed"]]
    assert len(few)
    assert few["first_contact"].isna().all()


def test_people_see_only_their_own_line_unless_they_answer_for_people(read_only, people):
    own = conclusions.scorecard(read_only.as_role("service", employee=people["service"]))
    assert own["employee_id"].tolist() == [people["service"]]
    with pytest.raises(InputError, match="own line"):
        conclusions.scorecard(read_only.as_role("service"))
    with pytest.raises(InputError):
        conclusions.scorecard(read_only.as_role("marketing"))
