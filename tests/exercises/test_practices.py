"""Practical tasks look at the learner's own work, name everything that is missing, and never raise."""

import pandas as pd
import pytest

from crm_toolkit import datasets
from crm_toolkit.exercises import bank, exercise
from crm_toolkit.exercises.bank.own_role import WORKS
from crm_toolkit.store import READY, checked_role
from crm_toolkit.texts import language

PRACTICES = bank.every_practice()
every_practice = pytest.mark.parametrize("task", PRACTICES.values(), ids=PRACTICES)


@pytest.fixture
def store(tmp_path):
    with language("en"):
        opened = datasets.make_store(tmp_path / "crm.db")
    yield opened
    opened.close()


def done(store, data):
    """Everything that the task of lesson 02 asks for; the key of the customer."""
    person = {name: data[name] for name in ("phone", "birth_date", "children", "income_month")}
    key = store.submit("customer", person | {"full_name": "Some One", "profession": "cook", "city": "Salem"}).key
    for kind in ("service_request", "information_request", "complaint"):
        store.submit("request", {"customer_id": key, "kind": kind, "subject": "something"})
    bill = {"customer_id": key, "product_id": 1, "quantity": 1, "unit_price": data["bill"], "method": "invoice"}
    store.submit("purchase", bill | {"due_on": "2026-12-31"})
    metric = {"month": data["month"], "metric": "utilisation", "value": data["utilisation"]}
    store.submit("organisation_metric", metric)
    customer = store.as_role("customer", customer=key)
    customer.submit("profile", {"city": "Boston"}, expected_version=customer.row("customers", key)["version"])
    customer.submit("consent", {"purpose": "service", "agreed": True, "text_version": "2026-01"})
    return key


@every_practice
@pytest.mark.parametrize("code", ["en", "ru"])
def test_texts_are_there_in_both_languages(task, code):
    own = exercise(task.id, student="ИВТ-21-05", language=code)
    shown = [own.title, own.statement, own.solution(), *own.wanted, *(own.hint(level) for level in (1, 2, 3))]
    assert all(shown)
    assert not any("{" in text.replace("{{", "") and "}" in text and "`" not in text for text in shown)


@every_practice
@pytest.mark.parametrize("work", [None, ..., "", 5, "a text", [], pd.DataFrame({"x": [1]}), object()])
def test_anything_that_is_handed_in_gets_a_verdict(task, work):
    verdict = exercise(task.id, student="A-1").check(work)
    assert verdict.status in ("not_attempted", "unreadable", "wrong")


def test_an_untouched_database_is_not_attempted_and_not_wrong(store):
    verdict = exercise("four_groups", student="A-1").check(store)
    assert (verdict.status, verdict.score) == ("not_attempted", 0)


def test_the_finished_database_passes(store):
    own = exercise("four_groups", student="A-1")
    done(store, own.data)
    assert own.check(store).right


def test_another_students_work_does_not_pass(store):
    done(store, exercise("four_groups", student="A-1").data)
    assert not exercise("four_groups", student="A-2").check(store).right


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda store, key: store.submit(
            "profile", {"profession": None}, row=key, expected_version=store.row("customers", key)["version"]
        ), "PROFILE_INCOMPLETE"),
        (lambda store, key: store.as_role("customer", customer=key).submit(
            "consent", {"purpose": "service", "agreed": False, "text_version": "2026-01"}), "NO_CONSENT"),
        (lambda store, key: store.submit(
            "payment", {"received": 1}, row=int(store.list("payments", where={"customer_id": key})["payment_id"][0])
        ), "NO_BILL"),
    ],
)  # fmt: skip
def test_what_is_spoilt_is_named(store, spoil, code):
    own = exercise("four_groups", student="A-1")
    key = done(store, own.data)
    spoil(store, key)
    verdict = own.check(store)
    assert verdict.code == code
    assert [one for one in verdict.codes if one != "RIGHT"] == [code]


def pairs(own, how):
    """Pairs by the last ten digits of the telephone, or everybody with everybody."""
    sales, service = own.data["sales"], own.data["service"]
    left = sales.assign(key=sales["phone"].str.replace(r"\D", "", regex=True).str[-10:] if how == "phone" else "all")
    right = service.assign(key=service["tel"].str.replace(r"\D", "", regex=True).str[-10:] if how == "phone" else "all")
    joined = left[left["key"] != ""].merge(right[right["key"] != ""], on="key")
    return pd.DataFrame({"sales_record": joined["record_id_x"], "service_record": joined["record_id_y"]})


@pytest.mark.parametrize("code", ["en", "ru"])
def test_joining_everybody_with_everybody_is_told_from_finding(code):
    own = exercise("one_person", student="A-1", language=code)
    everybody = own.check(pairs(own, "all"))
    assert everybody.code == "FALSE_PAIRS"
    true = pd.DataFrame(sorted(own.details["_pairs"]), columns=["sales_record", "service_record"])
    assert own.check(true).right
    assert own.check(true.head(len(true) // 2)).code == "MISSED"
    assert own.check(true.assign(sales_record="S-nobody")).code == "UNKNOWN_RECORDS"


def fitting(work):
    """A role for exactly this work."""
    actions = {}
    for action, table in work.does:
        actions.setdefault(table, []).append(action)
    rows = dict.fromkeys(work.tables, "all") | {"customers": work.rows}
    return rows, dict.fromkeys(work.reads, "read"), actions


@pytest.mark.parametrize("name", WORKS)
def test_a_role_that_fits_its_work_passes_and_each_slip_is_named(name):
    own = next(one for one in (exercise("own_role", student=f"S-{n}") for n in range(99)) if one.data["work"] == name)
    work = WORKS[name]
    rows, fields, actions = fitting(work)
    assert own.check(checked_role("mine", rows=rows, fields=fields, actions=actions)).right
    lacking = dict(list(fields.items())[1:])
    assert own.check(checked_role("mine", rows=rows, fields=lacking, actions=actions)).code == "CANNOT_READ"
    too_wide = checked_role("mine", rows=rows | {work.closed[0]: "all"}, fields=fields, actions=actions)
    assert own.check(too_wide).code == "TOO_WIDE"
    assert own.check(checked_role("mine", rows=rows, fields=fields)).code == "CANNOT_DO"
    exporting = checked_role("mine", rows=rows, fields=fields, actions=actions, rights=["export"])
    assert own.check(exporting).code == "TOO_MUCH"
    on_customers = [kind for kind in work.hidden if kind in ("birth", "income", "note", "name")]
    leaking = checked_role("mine", rows=rows, fields=fields | {on_customers[0]: "read"}, actions=actions)
    assert own.check(leaking).code == "LEAK"


def test_a_mask_is_no_leak_and_the_manager_leaks_everywhere():
    from crm_toolkit.exercises.canaries import leaks_of

    masked = checked_role("m", rows={"customers": "all", "profile_values": "all"}, fields={"income": "masked"})
    assert leaks_of(masked, ("income", "name", "contact")) == []
    places = leaks_of(READY["manager"], ("contact",))
    assert {path for _, path in places} == {"list", "row", "history", "count"}


def coding(own):
    from crm_toolkit.exercises.bank.definitions import _key

    text = "We choose the customers with whom we live for years, and organise our work so that both sides gain."
    facets = {"strategy": "choose the customers", "time": "for years", "goal": "both sides gain"}
    return {"views": _key(own.details), "own": text, "facets": facets}


def test_a_definition_on_three_legs_and_a_coding_like_the_key_pass():
    own = exercise("definition_workbench", student="A-1", language="en")
    assert own.check(coding(own)).right


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda work: work["views"].pop(3), "NOT_ALL_CODED"),
        (lambda work: work.update(views=dict.fromkeys(work["views"], "strategy")), "LOW_KAPPA"),
        (lambda work: work["facets"].update(goal="words that stand nowhere"), "FEW_FACETS"),
        (lambda work: work.update(own="A program for customers, for years, so that both sides gain.", facets={
            "technology": "a program", "time": "for years", "goal": "both sides gain"}), "CRM_IS_PROGRAM"),
    ],
)  # fmt: skip
def test_what_a_coding_or_a_definition_lacks_is_named(spoil, code):
    own = exercise("definition_workbench", student="A-1", language="en")
    work = coding(own)
    spoil(work)
    verdict = own.check(work)
    assert verdict.code == code
    assert not verdict.right
