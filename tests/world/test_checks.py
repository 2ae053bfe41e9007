"""A world of the engine holds together, and every single promise is seen to be broken when it is."""

import shutil
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.schema import WORLD_TABLES
from crm_toolkit.texts import language
from crm_toolkit.world import checks
from crm_toolkit.world.block import WorldSpec, block_tables, shared_tables
from crm_toolkit.world.checking.rules import known_tables, rules_for
from crm_toolkit.world.checks import check_folder, check_tables
from crm_toolkit.world.setting import scenario
from crm_toolkit.world.writing import write_world


def specification(customers=3_000, weeks=60):
    """A fitness club with everything: memberships, bills, instalments, campaigns, points."""
    club = scenario("fitness_club", locale="en_US")
    methods = {"card": 0.4, "invoice": 0.4, "instalment": 0.2}
    club = replace(club, lists={**club.lists, "methods": methods})
    return WorldSpec(club, club.policy, customers=customers, weeks=weeks, seed=7)


@pytest.fixture(scope="module")
def world():
    """Two blocks and the shared tables, with the truth."""
    spec = specification()
    parts = [block_tables(spec, block, block_size=2_048, truth=True) for block in (0, 1)]
    return {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]} | shared_tables(spec)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A written world."""
    place = tmp_path_factory.mktemp("world")
    write_world(specification(2_500, 30), place, block_size=2_048, truth=True)
    return place


@pytest.fixture(scope="module")
def desk(world):
    """The world in DuckDB, to be broken and mended by rollback."""
    with checks.own_duckdb() as connection:
        for name, table in world.items():
            connection.from_arrow(table).create_view("given", replace=True)
            connection.execute(f'create table "{name}" as select * from given')
        for macro in checks._MACROS:
            connection.execute(macro)
        yield connection


def test_a_world_holds_together(world):
    report = check_tables(world)
    assert report.ok, str(report)
    assert len(report.checks) > 180
    assert not report.missing
    for name in WORLD_TABLES:
        assert world[name].num_rows, name


@pytest.mark.parametrize("preset", ["bgnbd", "pareto_nbd"])
def test_presets_hold_together_too(preset):
    chosen = scenario(preset, locale="en_US")
    spec = WorldSpec(chosen, chosen.policy, customers=1_500, weeks=40, seed=3)
    report = check_tables(block_tables(spec, 0, truth=True) | shared_tables(spec))
    assert report.ok, str(report)


def test_pandas_frames_are_checked_like_arrow_tables(world):
    names = ("customers", "branches", "orders", "order_lines", "payments", "receivables", "surveys", "kpi_months")
    report = check_tables({name: world[name].to_pandas() for name in names})
    assert report.ok, str(report)
    assert "loyalty_ledger" in report.missing


ONE_ORDER = "(select order_id from orders where amount > 0 order by order_id limit 1)"
BROKEN = {  # promise → what breaks it
    "orders.amount": "update orders set discount = discount + 0.01 where order_id = {order}",
    "orders.signs": "update orders set gross = -5, amount = -5 where order_id = {order}",
    "order_lines.amount": "update order_lines set quantity = quantity + 1 where order_id = {order}",
    "order_lines.price": "update prices set price = price + 0.01",
    "order_lines.customer_of_order": "update order_lines set customer_id = customer_id + 1 where order_id = {order}",
    "payments.customer_of_order": "update payments set customer_id = customer_id + 1 where order_id = {order}",
    "contacts.customer_of_order": "update contacts set customer_id = customer_id + 1 where order_id = {order}",
    "complaints.customer_of_order": "update complaints set customer_id = customer_id + 1",
    "surveys.customer_of_order": "update surveys set customer_id = customer_id + 1",
    "loyalty_ledger.customer_of_order": "update loyalty_ledger set customer_id = customer_id + 1",
    "orders.branch_of_customer": "update orders set branch_id = branch_id + 1 where order_id = {order}",
    "contacts.branch_of_customer": "update contacts set branch_id = branch_id + 1 where order_id = {order}",
    "orders.place_of_employee": "update orders set department_id = department_id + 1 where order_id = {order}",
    "contacts.place_of_employee": "update contacts set branch_id = branch_id + 1 where order_id = {order}",
    "orders.since_acquired": "update customers set acquired_at = acquired_at + interval 1 minute",
    "customers.referrer": "update customers set referrer_id = customer_id",
    "contracts.days": "update contracts set ended_on = started_on - 1",
    "payments.paid": "update payments set paid_amount = paid_amount - 0.01 where order_id = {order}",
    "payments.kind": "update payments set kind = 'refund' where order_id = {order}",
    "payments.after_order": "update payments set due_on = due_on - 400 where order_id = {order}",
    "receivables.ages": "update receivables set not_due = not_due + 0.01",
    "contacts.after_order": "update contacts set opened_at = opened_at - interval 1 year where order_id = {order}",
    "complaints.contact": "delete from complaints where contact_id = (select min(contact_id) from complaints)",
    "complaints.after_order": "update complaints set opened_at = opened_at - interval 2 year",
    "complaints.settled": "update complaints set resolved_at = opened_at - interval 1 minute",
    "complaints.remedy": "update complaints set remedy_amount = 0",
    "surveys.after_order": "update surveys set sent_at = sent_at - interval 2 day",
    "surveys.answers": "update surveys set csat = null where answered_at is not null",
    "survey_items.answered": "update survey_items set perception = 8",
    "touches.steps": "update touches set opened = false where clicked",
    "touches.campaign": "update touches set purpose = 'acquisition'",
    "assignments.arm": "update assignments set propensity = 1.1",
    "touches.assigned": "update assignments set arm = 'holdout'",
    "loyalty_ledger.signs": "update loyalty_ledger set points = -points",
    "loyalty_ledger.member": "update loyalty_members set enrolled_at = enrolled_at + interval 1 minute",
    "orders.lines": "update order_lines set amount = amount + 0.01 where order_id = {order}",
    "orders.payments": "update payments set due_amount = due_amount + 0.01 where order_id = {order}",
    "complaints.refunds": "delete from payments where kind = 'refund'",
    "receivables.outstanding": "update receivables set outstanding = outstanding + 0.01",
    "receivables.by_age": "update receivables set overdue_30 = overdue_60, overdue_60 = overdue_30",
    "loyalty_ledger.balance": "update loyalty_ledger set balance = balance + 1 where kind = 'redeem'",
    "loyalty_ledger.totals": "delete from loyalty_ledger where kind = 'earn' and balance = points",
    "kpi_months.orders": "update kpi_months set orders = orders + 1",
    "kpi_months.revenue": "update kpi_months set revenue = revenue + 0.01",
    "kpi_months.margin": "update products set unit_cost = unit_cost + 0.01",
    "kpi_months.refunds": "delete from payments where kind = 'refund'",
    "kpi_months.active_customers": "update kpi_months set active_customers = orders + 1",
    "kpi_months.new_customers": "delete from customers where customer_id = 7",
    "kpi_months.complaints": "delete from complaints where severity = 1",
    "kpi_months.complaints_per_1000": "update kpi_months set complaints_per_1000 = complaints_per_1000 + 0.001",
    "kpi_months.first_contact_resolution": "update contacts set resolved_first_contact = true",
    "kpi_months.survey_answers": "update kpi_months set survey_answers = 0",
    "kpi_months.nps": "update surveys set nps = 10 where nps = 9 or nps = 8",
    "kpi_months.acquisition_cost": "update touches set cost = cost + 0.01",
    "kpi_months.overdue": "update receivables set overdue_90 = overdue_90 + 0.01",
    "budgets.actual_materials": "update products set unit_cost = unit_cost + 0.01",
    "budgets.actual_advertising": "update touches set cost = cost + 0.01",
    "budgets.actual_campaigns": "update touches set cost = cost + 0.01",
    "budgets.actual_remedies": "update complaints set remedy_amount = remedy_amount + 1",
    "capacity.contacts": "delete from contacts where contact_id = (select min(contact_id) from contacts)",
    "capacity.utilisation": "update capacity set capacity = capacity + 5",
}


def outcome(desk, rule, change):
    """How many rows break a rule after a change, which is then taken back."""
    desk.execute("begin")
    try:
        desk.execute(change.format(order=ONE_ORDER))
        return checks._ask(desk, rule, dict.fromkeys(known_tables(), 0))
    finally:
        desk.execute("rollback")


def rules(families, world_tables=None):
    present = set(world_tables or known_tables())
    return {rule.name: rule for rule in rules_for(present) if rule.family in families}


def test_every_promise_about_facts_and_sums_has_its_breach():
    assert set(BROKEN) == set(rules(("facts", "sums", "months")))


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_is_seen(name, desk):
    check = outcome(desk, rules(("facts", "sums", "months"))[name], BROKEN[name])
    assert not check.ok
    assert check.examples
    assert "=" in check.examples[0]


def test_every_key_reference_and_missing_value_is_seen(desk, world):
    for name, rule in rules(("keys", "references", "columns"), world).items():
        table, what = name.rsplit(".", 1)
        schema = known_tables()[table]
        whole = {
            "key": f'insert into "{table}" select * from "{table}" limit 1',
            "missing": f'update "{table}" set {next(one.name for one in schema.columns if not one.nullable)} = null',
            "money": f'update "{table}" set {next((c.name for c in schema.columns if c.kind == "money"), "")} = 0.001',
        }
        check = outcome(desk, rule, whole.get(what, f'update "{table}" set {what} = -5'))
        assert not check.ok, name


@pytest.mark.parametrize("code", ["en", "ru"])
def test_the_report_says_what_is_wrong_in_both_languages(code, world):
    orders = world["orders"].to_pandas()
    orders.loc[0, "amount"] += 0.01
    orders = orders.drop(columns="gross").assign(colour="red")
    lines = world["order_lines"].to_pandas()
    lines.loc[[0, 3], "discount"] += 0.01
    with language(code):
        report = check_tables({"orders": orders, "order_lines": lines})
        said = str(report)
    assert not report.ok
    assert [check.name for check in report.failed] == ["orders.columns", "order_lines.amount"]
    expected = (
        ["6 checks, not passed: 2.", "a line's amount is quantity times price less discount: broken 2 times"]
        if code == "en"
        else ["6 проверок, не пройдено: 2.", "минус скидка: нарушено 2 раза", "нет в схеме"]
    )
    assert all(part in said for part in [*expected, "gross", "colour", "customers"]), said


def test_a_column_of_another_kind_is_named():
    frame = pd.DataFrame({"branch_id": ["one"], "city": ["A"], "region": [5]})
    (failed,) = check_tables({"branches": frame}).failed
    assert failed.examples == ("branch_id: VARCHAR", "region: BIGINT")


def test_a_table_that_the_schema_does_not_know_is_refused():
    with pytest.raises(InputError, match="Did you mean `orders`"):
        check_tables({"order": pd.DataFrame()})


def test_a_written_world_holds_together_with_its_digests(folder):
    told = []
    report = check_folder(folder, digests=True, progress=lambda fraction, word: told.append(fraction))
    assert report.ok, str(report)
    assert {check.name for check in report.checks} >= {"files.bytes", "files.digests", "orders.amount"}
    assert told[-1] == 1.0


def test_a_file_that_is_lost_or_changed_is_seen(folder, tmp_path):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    part = tmp_path / "orders" / "part-000001.parquet"
    content = part.read_bytes()
    part.unlink()
    assert [check.name for check in check_folder(tmp_path).failed] == ["files.bytes"]
    part.write_bytes(b"x" * len(content))
    with pytest.raises(InputError, match="Remove the file"):
        check_folder(tmp_path)


def test_rows_that_differ_from_the_manifest_are_seen_by_their_digest(folder, tmp_path, monkeypatch):
    honest = pq.read_table

    def bent(file, **options):
        table = honest(file, **options)
        if "orders" not in str(file) or "truth" in str(file):
            return table
        place = table.column_names.index("amount")
        raised = pa.array(table["amount"].to_numpy() + 0.01)
        return table.set_column(place, "amount", raised)

    monkeypatch.setattr(checks.pq, "read_table", bent)
    (failed,) = check_folder(folder, digests=True).failed
    assert failed.name == "files.digests"
    assert failed.examples[0].startswith("orders: ")


def test_an_unfinished_world_is_no_world_yet(tmp_path):
    with pytest.raises(InputError, match="no finished world"):
        check_folder(tmp_path)
