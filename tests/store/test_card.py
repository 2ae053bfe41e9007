"""The 360° card: what it tells, what it withholds, and that its numbers are those of the tables."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import PROFILE_FIELDS, PURPOSES, SENSITIVITY, STORE_TABLES
from crm_toolkit.store import Role, checked_role
from crm_toolkit.store.card import card_of
from crm_toolkit.store.card.base_rates import BaseRates, base_rates, class_of, clustered
from crm_toolkit.store.card.standing import age_of
from crm_toolkit.store.card.value import WORK_MINUTES_MONTH
from crm_toolkit.store.shares import jeffreys


@pytest.fixture
def card(read_only, people):
    return read_only.card(people.customer)


def _said(card):
    """Everything that stands on a card, as one text."""
    return repr(dataclasses.asdict(card))


def test_every_field_has_its_value_its_rule_and_where_it_comes_from(card, tables, people):
    row = tables["customers"].set_index("customer_id").loc[people.customer]
    assert [one.name for one in card.fields] == list(PROFILE_FIELDS)
    phone = card.field("phone")
    assert (phone.value, phone.rule, phone.source, phone.basis) == (row["phone"], "read", "import", "contract")
    assert card.field("income_month").value == row["income_month"]
    assert phone.entered_at == row["acquired_at"].to_pydatetime().replace(microsecond=0)


def test_a_customers_change_that_waits_stands_beside_the_value(store, people):
    account = store.as_role("customer", customer=people.customer)
    account.submit(
        "profile", {"full_name": "Ada King"}, expected_version=store.row("customers", people.customer)["version"]
    )
    field = store.card(people.customer).field("full_name")
    assert field.pending == "Ada King"
    assert field.value != "Ada King"
    store.submit("moderation", {"verdict": "accept"}, row=field.pending_id)
    field = store.card(people.customer).field("full_name")
    assert (field.value, field.entered_kind, field.pending) == ("Ada King", "customer", None)


def test_what_a_role_may_not_see_stands_nowhere_on_its_card(read_only, people, tables):
    row = tables["customers"].set_index("customer_id").loc[people.customer]
    for role, hidden in {
        "marketing": ("full_name", "last_name", "phone", "email"), "finance": ("phone", "email", "city"),
        "analyst": ("full_name", "phone", "email"),
    }.items():  # fmt: skip
        said = _said(read_only.as_role(role).card(people.customer))
        for name in hidden:
            assert str(row[name]) not in said, (role, name)


def test_sections_of_forbidden_tables_say_that_they_are_not_for_the_role(read_only, people):
    card = read_only.as_role("marketing").card(people.customer)
    assert (card.requests, card.debts) == (None, None)
    assert card.withheld["requests"] == "“Open requests” is not for the role “Marketing”."
    nothing = Role("trainee", "Trainee", {"customers": "all"}, {"name": "read"})
    card = card_of(read_only.as_role(nothing), people.customer)
    assert set(card.withheld) == {"provenance", "consents", "value", "requests", "debts", "points"}
    assert card.timeline.events == ()
    assert [one.name for one in card.fields] == ["full_name"]


_TOLD = ("customers", "profile_values", "consents", "orders", "order_lines", "products", "payments", "contacts",
         "requests", "request_events", "surveys", "loyalty_members", "loyalty_ledger", "touches", "touchpoints",
         "employees", "departments", "campaigns", "receivables")  # fmt: skip
_COLUMNS = sorted(
    f"{table}.{column}" for table in _TOLD for column in STORE_TABLES[table].table.column_names
    if (table, column) != ("customers", "customer_id")
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hidden=st.sets(st.sampled_from(_TOLD[1:]), max_size=6),
    classes=st.dictionaries(st.sampled_from(sorted(SENSITIVITY)), st.sampled_from(["read", "masked", "none"])),
    own=st.dictionaries(st.sampled_from(_COLUMNS), st.sampled_from(["masked", "none"]), max_size=12),
)  # fmt: skip
def test_any_role_gets_a_card_that_holds_no_value_which_it_may_not_read(
    read_only, people, tables, hidden, classes, own
):
    role = Role("any", "Any", {table: "all" for table in _TOLD if table not in hidden}, {**classes, **own})
    card = read_only.as_role(role).card(people.customer)
    row = tables["customers"].set_index("customer_id").loc[people.customer]
    said = _said(card)
    for name in ("full_name", "phone", "email", "profession"):
        if role.rule("customers", name) != "read":
            assert card.field(name) is None or card.field(name).rule == "masked"
            assert str(row[name]) not in said
    if role.rule("orders", "amount") != "read":
        assert card.value is None or card.value.term("revenue") is None
    if role.rule("products", "unit_cost") != "read":
        assert card.value is None or card.value.term("margin") is None


def test_a_customer_of_another_branch_has_no_card_for_the_team(read_only, people):
    desk = read_only.as_role("sales", employee=people["sales"])
    assert desk.card(people.customer).customer_id == people.customer
    with pytest.raises(InputError) as forbidden:
        desk.card(people.stranger)
    with pytest.raises(InputError) as absent:
        desk.card(10**6)
    assert forbidden.value.problems[0].code == absent.value.problems[0].code == "no_such_row"


def test_a_customer_is_not_told_how_the_organisation_judges_customers(read_only, people):
    card = read_only.as_role("customer", customer=people.customer).card(people.customer)
    assert [term.name for term in card.value.terms] == ["orders", "revenue"]


def test_the_timeline_tells_every_order_and_request_once_and_the_newest_first(card, read_only, tables, people):
    counts = card.timeline.counts
    mine = {name: tables[name][tables[name]["customer_id"] == people.customer] for name in ("orders", "contacts")}
    kinds = mine["contacts"]["kind"].value_counts()
    asked = sum(kinds.get(one, 0) for one in ("service_request", "information_request", "complaint"))
    assert counts["orders"] == len(mine["orders"])
    assert counts["requests"] == asked
    assert counts["contacts"] == len(mine["contacts"]) - asked - kinds.get("purchase", 0)
    page = read_only.timeline(people.customer, limit=1000)
    times = [event.at for event in page.events]
    assert times == sorted(times, reverse=True)
    assert len(page.events) == sum(counts.values())


def test_pages_of_the_timeline_put_together_are_the_whole(read_only, people):
    whole = read_only.timeline(people.customer, limit=1000)
    pieces, offset = [], 0
    while True:
        page = read_only.timeline(people.customer, limit=4, offset=offset)
        pieces += page.events
        offset += 4
        if not page.more:
            break
    assert tuple(pieces) == whole.events
    orders = read_only.timeline(people.customer, lane="orders", limit=1000)
    assert orders.events == tuple(event for event in whole.events if event.lane == "orders")
    with pytest.raises(InputError, match="no lane"):
        read_only.timeline(people.customer, lane="order")


def test_events_stand_in_the_lane_of_their_department_and_as_a_table(card):
    lanes = card.timeline.by_department()
    assert sum(map(len, lanes.values())) == len(card.timeline.events)
    assert {event.department_id for event in lanes["service"]} == {3}
    assert list(card.timeline.frame()["key"]) == [event.key for event in card.timeline.events]


def test_a_card_as_of_a_day_knows_nothing_of_later(read_only, people, tables):
    orders = tables["orders"][tables["orders"]["customer_id"] == people.customer].sort_values("ordered_at")
    at = orders["ordered_at"].iloc[0].to_pydatetime()
    card = read_only.card(people.customer, as_of=at)
    assert max(event.at for event in card.timeline.events) <= at
    assert card.value.term("orders").amount == 1
    assert card.value.term("revenue").amount == pytest.approx(orders["amount"].iloc[0])


def test_money_of_the_strip_is_that_of_the_tables(card, tables, people):
    mine = {
        name: frame[frame["customer_id"] == people.customer] for name, frame in tables.items() if "customer_id" in frame
    }
    revenue = mine["orders"]["amount"].sum()
    lines = mine["order_lines"].merge(tables["products"], on="product_id")
    margin = (lines["amount"] - lines["quantity"] * lines["unit_cost"]).sum()
    worked = mine["contacts"].merge(tables["employees"], on="employee_id")
    labour = (worked["handle_minutes"] * worked["salary_month"]).sum() / WORK_MINUTES_MONTH.default
    told = {term.name: term.amount for term in card.value.terms}
    assert told["revenue"] == pytest.approx(revenue)
    assert told["margin"] == pytest.approx(margin)
    assert told["labour"] == pytest.approx(labour)
    assert told["cost_to_serve"] == pytest.approx(told["labour"] + told["remedies"] + told["touches"])
    assert told["profit"] == pytest.approx(margin - told["cost_to_serve"])


@pytest.mark.parametrize(("role", "absent"), [
    ("marketing", {"labour", "cost_to_serve"}), ("finance", {"labour", "touches", "cost_to_serve"}),
    ("sales", {"margin", "labour", "touches", "clv"}), ("analyst", {"labour", "cost_to_serve"}),
])  # fmt: skip
def test_costs_are_told_only_to_roles_that_read_them(read_only, people, role, absent):
    terms = {term.name for term in read_only.as_role(role).card(people.customer).value.terms}
    assert "revenue" in terms
    assert not terms & absent


def test_churn_risk_is_the_share_of_comparable_pauses_that_did_not_end(read_only, tables):
    """Against a slow count, order by order, over the whole base."""
    rates = base_rates(read_only)
    day, period = pd.Timestamp(rates.day), rates.period_days
    found = {}
    for _, orders in tables["orders"].groupby("customer_id"):
        days = sorted(set(orders["ordered_at"].dt.normalize()))
        for number, (begun, after) in enumerate(zip(days, [*days[1:], None], strict=True), start=1):
            length = ((after or day) - begun).days
            age = (day - begun).days
            found.setdefault(class_of(number), []).append((length, age))
    for orders, pause in ((1, 30), (2, 20), (5, 10)):
        risk = rates.churn(orders, pause)
        assert risk is not None
        judged = [length for length, age in found[class_of(orders)] if length >= pause and age >= pause + period]
        assert risk.pause_days == pause
        assert risk.cases == len(judged)
        assert risk.share == pytest.approx(np.mean([length >= pause + period for length in judged]))
        assert 0 <= risk.low <= risk.share <= risk.high <= 1


def test_a_longer_pause_than_can_be_judged_is_compared_with_the_longest_that_can(read_only):
    rates = base_rates(read_only)
    risk = rates.churn(1, 10_000)
    assert risk is not None
    assert risk.pause_days < 10_000
    assert risk.customers >= 20


def test_expected_value_follows_its_formula_and_its_interval_holds_it(read_only, people):
    strip = read_only.card(people.customer).value
    clv, told = strip.term("clv"), strip.parameters
    assert clv.amount == pytest.approx(told["q"] * told["m"] / (1 + told["d"] - told["r"]))
    assert clv.low < clv.amount < clv.high
    assert told["q"] == pytest.approx(1 - strip.comparable.share)


def test_the_margin_line_is_the_least_squares_line_over_those_who_bought_lately(read_only, tables):
    rates = base_rates(read_only)
    cut = pd.Timestamp(rates.day) - pd.Timedelta(days=rates.period_days)
    lines = tables["order_lines"].merge(tables["products"], on="product_id")
    lines = lines.merge(tables["orders"][["order_id", "ordered_at"]], on="order_id")
    lines["margin"] = lines["amount"] - lines["quantity"] * lines["unit_cost"]
    day = lines["ordered_at"].dt.normalize()
    late, before = day > cut, (day <= cut) & (day > cut - pd.Timedelta(days=rates.period_days))
    now = lines[late].groupby("customer_id")["margin"].sum()
    then = lines[before].groupby("customer_id")["margin"].sum().reindex(now.index).fillna(0)
    slope, level = np.polyfit(then, now, 1)
    assert rates.margin.customers == len(now)
    assert rates.margin.slope == pytest.approx(slope)
    for margin in (0.0, 2000.0):
        assert rates.margin.expected(margin)[0] == pytest.approx(max(level + slope * margin, 0))


def test_too_short_a_record_gives_no_rates_and_no_wrong_number(read_only, people, tables):
    early = tables["orders"]["ordered_at"].min().to_pydatetime() + dt.timedelta(days=20)
    rates = base_rates(read_only, early)
    assert (rates.period_days, rates.retention, rates.margin) == (0, None, None)
    assert BaseRates(rates.day, 0, None, None).churn(1, 5) is None


def test_rates_are_kept_for_the_day_and_are_those_of_the_persons_own_view(read_only, people):
    assert base_rates(read_only) is base_rates(read_only)
    team = read_only.as_role("sales", employee=people["sales"])
    assert base_rates(team).margin is None
    assert base_rates(team) is not base_rates(read_only)


def test_one_customers_many_pauses_are_no_many_witnesses():
    alone = clustered(np.repeat([1, 2], 50), np.repeat([True, False], 50))
    many = clustered(np.arange(100), np.arange(100) % 2 == 0)
    assert alone.share == many.share == 0.5
    assert alone.high - alone.low > 2 * (many.high - many.low)


@given(cases=st.integers(1, 60), data=st.data())
def test_jeffreys_interval_mirrors_itself_and_holds_the_share(cases, data):
    hits = data.draw(st.integers(0, cases))
    low, high = jeffreys(hits, cases)
    assert low <= hits / cases <= high
    other = jeffreys(cases - hits, cases)
    assert (low, high) == pytest.approx((1 - other[1], 1 - other[0]), abs=1e-9)


def test_debts_by_age_are_the_worlds_own_at_the_end_of_every_month(tmp_path):
    """The world computes its receivables by itself; the store from single bills."""
    import crm_toolkit as crm

    rng = np.random.default_rng(3)
    bills = pd.DataFrame(
        {"due_on": pd.date_range("2025-01-01", periods=60, freq="5D"), "due_amount": rng.integers(1, 90, 60) * 10.0}
    )
    bills["paid_at"] = [day + pd.Timedelta(days=int(late)) if late < 100 else pd.NaT
                        for day, late in zip(bills["due_on"], rng.integers(0, 160, 60), strict=True)]  # fmt: skip
    orders = pd.DataFrame({
        "order_id": range(1, 61), "customer_id": 1, "ordered_at": bills["due_on"] - pd.Timedelta(days=10),
        "channel": "web", "gross": bills["due_amount"], "discount": 0.0, "points_value": 0.0,
        "amount": bills["due_amount"],
    })  # fmt: skip
    payments = bills.assign(payment_id=range(1, 61), order_id=range(1, 61), customer_id=1, kind="payment",
                            method="invoice",
                            paid_amount=bills["due_amount"].where(bills["paid_at"].notna(), 0.0))  # fmt: skip
    customers = pd.DataFrame({"customer_id": [1], "full_name": ["Ada King"]})
    store = crm.Store.create(tmp_path / "debts.db", {"customers": customers, "orders": orders, "payments": payments})
    for at in pd.date_range("2025-02-28 23:59:59", "2026-01-31 23:59:59", freq="ME"):
        debts = store.card(1, as_of=at.to_pydatetime()).debts
        unpaid = bills[(bills["paid_at"].isna() | (bills["paid_at"] > at)) & (orders["ordered_at"] <= at)]
        late = (at.normalize() - unpaid["due_on"]).dt.days
        expected = unpaid["due_amount"].groupby(late.map(age_of)).sum()
        assert debts.outstanding == pytest.approx(unpaid["due_amount"].sum())
        assert {name: owed for name, owed in debts.by_age.items() if owed} == pytest.approx(expected.to_dict())
        assert debts.oldest_due_on == (unpaid["due_on"].min().date() if len(unpaid) else None)
    store.close()


def test_points_are_the_ledgers_balance_and_the_next_to_expire(read_only, tables):
    ledger = tables["loyalty_ledger"].sort_values(["booked_at", "entry_id"])
    at = read_only.now()
    for customer in ledger["customer_id"].unique()[:15]:
        mine = ledger[ledger["customer_id"] == customer]
        points = read_only.card(int(customer)).points
        assert points.balance == mine["balance"].iloc[-1]
        assert 0 <= points.expiring <= points.balance
        assert points.expires_on is None or points.expires_on >= at.date()


def test_open_requests_carry_the_state_of_their_clock(store, people):
    desk = store.as_role("service", employee=people["service"])
    made = desk.submit("request", {"customer_id": people.customer, "kind": "complaint", "subject": "Cut wrong"})
    open_one = next(one for one in desk.card(people.customer).requests if one.request_id == made.key)
    assert (open_one.priority, open_one.status, open_one.sla.state) == ("high", "new", "first_response_due")
    desk.submit("request_step", {"event": "resolved"}, row=made.key, expected_version=1)
    assert made.key not in {one.request_id for one in desk.card(people.customer).requests}


def test_consents_say_given_withdrawn_expired_or_never(store, people):
    states = {one.purpose: one.state for one in store.card(people.customer).consents}
    assert list(states) == list(PURPOSES)
    assert (states["email"], states["phone"]) == ("given", "never")
    store.submit("consent", {"customer_id": people.customer, "purpose": "email", "agreed": False, "text_version": "1"})
    assert {one.purpose: one.state for one in store.card(people.customer).consents}["email"] == "withdrawn"


def test_gaps_name_what_is_missing_stale_unasked_and_unrecorded(store, people):
    version = store.row("customers", people.customer)["version"]
    store.submit("profile", {"phone": ""}, row=people.customer, expected_version=version)
    store.submit("touchpoint", {"stage": "deal", "channel": "branch", "touchpoint": "talk in the street",
                                "recorded": False})  # fmt: skip
    gaps = store.card(people.customer).gaps
    assert gaps.missing == ("phone",)
    assert gaps.completeness == pytest.approx(11 / 12)
    assert gaps.unrecorded == ("talk in the street",)
    assert 0 < gaps.coverage < 1
    assert set(gaps.never_asked) == {"phone", "profiling", "analytics"}
    later = store.card(people.customer, as_of=store.now() + dt.timedelta(days=800)).gaps
    assert "email" in later.stale
    assert "birth_date" not in later.stale


def test_the_household_is_seen_as_far_as_the_role_sees_its_people(read_only, tables, people):
    shared = tables["customers"].groupby("household_id").filter(lambda group: len(group) > 1)
    if not len(shared):
        pytest.skip("nobody lives together in this small world")
    one = int(shared["customer_id"].iloc[0])
    others = set(shared[shared["household_id"] == shared["household_id"].iloc[0]]["customer_id"]) - {one}
    assert {number for number, _ in read_only.card(one).household} == others
    assert all("•" in name for _, name in read_only.as_role("marketing").card(one).household)


def test_a_card_is_the_same_on_postgresql(postgres_store, read_only, people):
    for role in ("manager", "sales", "marketing", "analyst"):
        at = dt.datetime(2024, 12, 1, 12)
        here, there = (one.as_role(role).card(people.customer, as_of=at) for one in (read_only, postgres_store))
        assert here.timeline == there.timeline
        assert (here.fields, here.consents, here.debts, here.points) == (
            there.fields,
            there.consents,
            there.debts,
            there.points,
        )
        assert [(term.name, pytest.approx(term.amount)) for term in here.value.terms] == [
            (term.name, term.amount) for term in there.value.terms
        ]


def test_a_masked_moment_is_no_moment(read_only, people):
    rows, fields = {"customers": "all"}, {"customers.acquired_at": "masked"}
    card = read_only.as_role(checked_role("trainee", rows=rows, fields=fields)).card(people.customer)
    assert card.head["acquired_at"] is None
