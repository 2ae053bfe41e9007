"""Roles: what is not mentioned is refused, and no column that tells something of a person is forgotten."""

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import PROFILE_FIELDS, SENSITIVITY, STORE_TABLES
from crm_toolkit.store import READY, Role, checked_role
from crm_toolkit.store.layout import ACCOUNTS, INFO, ROLES, SESSIONS, SIGN_INS
from crm_toolkit.store.roles import RIGHTS, ROWS, RULES

# text columns that may be read wherever their table may, with the reason: a new one needs a class, or a line here
_CODES = "code of a closed or short list, not about one person's life"
_OURS = "the organisation's own words, written for everybody who sees the table"
_WHO = "role and number, never a name"
OPEN = {
    "branches": {"city": _OURS, "region": _OURS},
    "departments": {"department": _OURS, "stage": _CODES},
    "employees": {"full_name": "colleagues are known by name; the table lies at no customer's door"},
    "products": {"item": _OURS, "category": _OURS, "kind": _CODES},
    "campaigns": {"campaign": _OURS, "design": _CODES, "channel": _CODES},
    "customers": {"acquisition_channel": _CODES, "kind": _CODES},
    "assignments": {"arm": _CODES, "stratum": _CODES},
    "touches": {"channel": _CODES, "purpose": _CODES},
    "orders": {"channel": _CODES},
    "payments": {"kind": _CODES, "method": _CODES},
    "contacts": {"kind": _CODES, "channel": _CODES, "direction": _CODES, "entered_kind": _CODES},
    "loyalty_ledger": {"kind": _CODES},
    "survey_items": {"dimension": _CODES},
    "budgets": {"line": _OURS},
    "touchpoints": {"stage": _CODES, "channel": _CODES, "touchpoint": _OURS},
    "profile_values": {
        "field": _CODES, "value": "ruled by the class of its field, see `rights`", "source": "name of a form or file",
        "entered_kind": _CODES, "actor": _WHO, "basis": _CODES, "status": _CODES,
    },
    "consents": {"purpose": _CODES, "basis": _CODES, "source": _CODES, "text_version": _CODES, "actor": _WHO},
    "causes": {"cause": _CODES, "title": _OURS},
    "requests": {"kind": _CODES, "priority": _CODES, "status": _CODES, "remedy": _CODES, "entered_kind": _CODES},
    "request_events": {"event": _CODES, "actor": _WHO},
    "articles": {"language": _CODES, "title": _OURS, "body": _OURS, "status": _CODES, "actor": _WHO},
    "article_versions": {"title": _OURS, "body": _OURS, "status": _CODES, "actor": _WHO},
    "article_uses": {"actor": _WHO},
    "leads": {"source": _CODES, "status": _CODES},
    "pipeline_stages": {"pipeline": _OURS, "stage": _OURS, "outcome": _CODES},
    "deals": {"pipeline": _CODES, "stage": _CODES},
    "stage_moves": {"from_stage": _CODES, "to_stage": _CODES, "actor": _WHO},
    "organisation_metrics": {"metric": _OURS, "unit": _OURS, "actor": _WHO},
    "metrics": {"metric": _OURS, "definition": _OURS, "query": _OURS, "unit": _OURS, "actor": _WHO},
    "insights": {"claim": _OURS, "query": _OURS, "result_digest": "a digest", "actor": _WHO},
    "decisions": {"action": _OURS, "expected": _OURS, "owner": _OURS, "actual": _OURS},
    "import_batches": {"entity": _CODES, "source": _OURS, "report": "counts and columns, no values", "actor": _WHO},
    "merges": {"actor": _WHO},
    "erasures": {"mode": _CODES, "report": "counts of what was removed, no values", "actor": _WHO},
    "audit": {"actor": _WHO, "entity": _CODES, "action": _CODES, "field": _CODES},
    "exports": {"actor": _WHO, "entity": _CODES, "columns": "names of columns"},
}  # fmt: skip


@pytest.mark.parametrize("entity", STORE_TABLES.values(), ids=STORE_TABLES)
def test_every_text_has_a_class_of_sensitivity_or_a_reason(entity):
    texts = {column.name for column in entity.table.columns if column.kind == "text"}
    without = texts - set(entity.classes)
    assert without == set(OPEN.get(entity.name, {})), f"give these a class, or a reason: {entity.name}"


@pytest.mark.parametrize("entity", STORE_TABLES.values(), ids=STORE_TABLES)
def test_every_sum_of_money_about_a_customer_has_a_class(entity):
    money = {column.name for column in entity.table.columns if column.kind == "money"}
    whole_firm = {"products": {"list_price"}, "prices": {"price"}}
    assert money - set(entity.classes) <= whole_firm.get(entity.name, set())


def test_classes_are_known_and_name_columns_that_are_there():
    for entity in STORE_TABLES.values():
        assert set(entity.classes) <= set(entity.table.column_names), entity.name
        assert set(entity.classes.values()) <= set(SENSITIVITY), entity.name
        assert set(entity.codes) <= set(entity.table.column_names), entity.name
    assert set(PROFILE_FIELDS) <= set(STORE_TABLES["customers"].table.column_names)


@pytest.mark.parametrize("role", READY.values(), ids=READY)
def test_a_ready_role_is_sound_and_survives_its_text(role):
    again = Role.from_json(role.name, role.as_json())
    assert again == checked_role(
        role.name, title=role.title, rows=role.rows, fields=role.fields, actions=role.actions, rights=role.rights
    )
    for entity in STORE_TABLES.values():
        assert again.scope(entity.name) == role.scope(entity.name) in ROWS
        for column in entity.table.column_names:
            assert again.rule(entity.name, column) == role.rule(entity.name, column) in RULES


@pytest.mark.parametrize("role", READY.values(), ids=READY)
def test_nobody_makes_or_changes_rows_that_they_can_t_see(role):
    assert all(role.scope(entity) != "none" for entity in role.actions)


def test_a_role_that_says_nothing_may_nothing():
    empty = checked_role("nobody", rows={}, fields={})
    for entity in STORE_TABLES.values():
        assert empty.scope(entity.name) == "none"
        assert not empty.may("create", entity.name)
        assert not empty.may("edit", entity.name)
        for column, kind in entity.classes.items():
            assert empty.rule(entity.name, column) == "none", (entity.name, column, kind)
    assert not empty.rights


def test_a_rule_for_a_column_goes_before_that_for_its_class():
    role = checked_role("desk", rows={}, fields={"contact": "read", "customers.phone": "masked", "name": "masked"})
    assert role.rule("customers", "phone") == "masked"
    assert role.rule("customers", "email") == "read"
    assert role.rule("leads", "phone") == "read"
    assert role.rule("customers", "branch_id") == "read"


def test_the_customer_sees_one_s_own_and_no_colleague_of_ours():
    role = READY["customer"]
    assert set(role.rows.values()) == {"all", "self"}
    open_to_all = {entity for entity, scope in role.rows.items() if scope == "all"}
    assert open_to_all == {"branches", "departments", "products", "prices", "articles"}
    assert role.rule("products", "unit_cost") == "none"
    assert role.rule("customers", "note") == "none"
    assert not role.rights


def test_only_the_manager_reads_the_tables_of_the_store_s_own_keeping():
    for entity in ("audit", "exports", "merges", "import_batches"):
        assert [name for name, role in READY.items() if role.scope(entity) != "none"] == ["manager"]


def test_analysts_see_no_name_and_no_way_to_reach_anybody():
    role = READY["analyst"]
    for entity in STORE_TABLES.values():
        for column, kind in entity.classes.items():
            if kind in ("name", "contact", "note", "salary", "token"):
                assert role.rule(entity.name, column) == "none", (entity.name, column)


def test_all_problems_of_a_role_are_in_one_letter():
    with pytest.raises(InputError) as refusal:
        checked_role(
            "x", rows={"custmers": "own", "orders": "mine"}, fields={"nam": "read", "name": "hide", "orders.x": "read"},
            actions={"order": ["create"], "orders": ["delete"]}, rights=["exprt", "query"],
        )  # fmt: skip
    assert sorted(problem.column for problem in refusal.value.problems) == [
        "custmers", "delete", "exprt", "hide", "mine", "nam", "order", "orders.x"
    ]  # fmt: skip
    assert "Allowed: ." not in str(refusal.value)


def test_what_the_store_keeps_for_itself_is_no_table_of_any_role():
    for table in (INFO, ACCOUNTS, SESSIONS, SIGN_INS, ROLES):
        assert table.name not in STORE_TABLES
    assert set(RIGHTS) == READY["manager"].rights
