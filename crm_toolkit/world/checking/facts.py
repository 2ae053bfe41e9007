"""Promises within a row, and between a row and the order, customer or employee that it names."""

from __future__ import annotations

from crm_toolkit.texts import mark
from crm_toolkit.world.checking.rules import FREE_PRICE, Rule


def _row(table: str, name: str, about: str, shown: str, broken: str) -> Rule:
    """A promise within one row."""
    return Rule("facts", f"{table}.{name}", about, (table,), f'select {shown} from "{table}" where {broken}')


def _pair(table: str, other: str, key: str, name: str, about: str, shown: str, broken: str) -> Rule:
    """A promise between a row ``one`` and the row ``other`` that it names by a key; the promise may say ``{table}``."""
    query = f'select {shown} from "{table}" one join "{other}" other on one.{key} = other.{key} where {broken}'
    return Rule("facts", f"{table}.{name}", about, (table, other), query, {"table": table})


_OF_ORDERS = ("order_lines", "payments", "contacts", "complaints", "surveys", "loyalty_ledger")
_BY_BRANCH = ("orders", "contacts")

FACTS = (
    _row("orders", "amount", mark("an order's amount is gross less discount less points"),
         "order_id, gross, discount, points_value, amount",
         "cents(amount) <> cents(gross) - cents(discount) - cents(points_value)"),
    _row("orders", "signs", mark("no part of an order's money is below zero"),
         "order_id, gross, discount, points_value, amount", "least(gross, discount, points_value, amount) < 0"),
    _row("order_lines", "amount", mark("a line's amount is quantity times price less discount"),
         "order_id, line_no, quantity, unit_price, discount, amount",
         "cents(amount) <> quantity * cents(unit_price) - cents(discount)"),
    Rule("facts", "order_lines.price", mark("a line's price is that of the price list on its day"),
         ("order_lines", "orders", "products", "prices"),
         f"with asked as (select order_id, line_no, product_id, unit_price, cast(ordered_at as date) as day "
         f"from order_lines join orders using (order_id) join products using (product_id) where not ({FREE_PRICE})) "
         "select order_id, line_no, asked.product_id, day, unit_price, price from asked asof left join prices "
         "on asked.product_id = prices.product_id and asked.day >= prices.valid_from "
         "where price is null or cents(unit_price) <> cents(price)"),
    *(
        _pair(table, "orders", "order_id", "customer_of_order", mark("`{table}`: the order is the same customer's"),
              "one.order_id, one.customer_id, other.customer_id as customer_of_order",
              "one.customer_id <> other.customer_id")
        for table in _OF_ORDERS
    ),
    *(
        _pair(table, "customers", "customer_id", "branch_of_customer", mark("`{table}`: the branch is the customer's"),
              "one.customer_id, one.branch_id, other.branch_id as branch_of_customer",
              "one.branch_id <> other.branch_id")
        for table in _BY_BRANCH
    ),
    *(
        _pair(table, "employees", "employee_id", "place_of_employee",
              mark("`{table}`: the employee works in that branch and department"),
              "one.employee_id, one.branch_id, other.branch_id as branch_of_employee",
              "(one.branch_id, one.department_id) <> (other.branch_id, other.department_id)")
        for table in _BY_BRANCH
    ),
    _pair("orders", "customers", "customer_id", "since_acquired", mark("nobody orders before being a customer"),
          "one.order_id, one.ordered_at, other.acquired_at", "one.ordered_at < other.acquired_at"),
    Rule("facts", "customers.referrer", mark("who recommends was a customer before"), ("customers",),
         "select one.customer_id, one.acquired_at, one.referrer_id, other.acquired_at as acquired_before "
         "from customers one join customers other on one.referrer_id = other.customer_id "
         "where one.acquired_at < other.acquired_at or one.customer_id = other.customer_id"),
    _row("contracts", "days", mark("a contract ends after its beginning"),
         "contract_id, started_on, ended_on", "ended_on < started_on"),
    _row("payments", "paid", mark("what is paid has a date, and is paid in full"),
         "payment_id, due_amount, paid_at, paid_amount",
         "case when paid_at is null then cents(paid_amount) <> 0 else cents(paid_amount) <> cents(due_amount) end"),
    _row("payments", "kind", mark("a payment is above zero, a refund below"),
         "payment_id, kind, due_amount",
         "kind not in ('payment', 'refund') or (kind = 'refund') <> (due_amount < 0)"),
    _pair("payments", "orders", "order_id", "after_order", mark("nothing is due or paid before its order"),
          "one.payment_id, other.ordered_at, one.due_on, one.paid_at",
          "one.due_on < cast(other.ordered_at as date) or one.paid_at < other.ordered_at"),
    _row("receivables", "ages", mark("the ages of a debt add up to it"),
         "customer_id, month, outstanding, not_due, overdue_30, overdue_60, overdue_90, overdue_older",
         "cents(outstanding) <> cents(not_due) + cents(overdue_30) + cents(overdue_60) + cents(overdue_90) "
         "+ cents(overdue_older) "
         "or least(not_due, overdue_30, overdue_60, overdue_90, overdue_older, written_off) < 0"),
    _pair("contacts", "orders", "order_id", "after_order",
          mark("a contact about an order comes after it, unless it is a question"),
          "one.contact_id, one.kind, one.opened_at, other.ordered_at",
          "one.kind <> 'information_request' and one.opened_at < other.ordered_at"),
    Rule("facts", "complaints.contact", mark("a complaint and its contact tell the same"), ("complaints", "contacts"),
         "select contact_id, one.opened_at, other.opened_at as opened_at_of_contact, other.kind "
         "from complaints one full join (select * from contacts where kind = 'complaint') other using (contact_id) "
         "where one.opened_at is distinct from other.opened_at or one.customer_id is distinct from other.customer_id "
         "or one.order_id is distinct from other.order_id"),
    _pair("complaints", "orders", "order_id", "after_order", mark("a complaint comes after its order"),
          "one.contact_id, one.opened_at, other.ordered_at", "one.opened_at < other.ordered_at"),
    _row("complaints", "settled", mark("a complaint is settled after it was opened"),
         "contact_id, opened_at, resolved_at", "resolved_at < opened_at"),
    _row("complaints", "remedy", mark("vouchers and refunds have an amount, other remedies have none"),
         "contact_id, remedy, remedy_amount, severity",
         "remedy not in ('none', 'apology', 'voucher', 'refund') or severity not between 1 and 3 "
         "or (remedy in ('voucher', 'refund')) <> (remedy_amount > 0)"),
    _pair("surveys", "orders", "order_id", "after_order", mark("a survey is sent after its order"),
          "one.survey_id, one.sent_at, other.ordered_at", "one.sent_at < other.ordered_at"),
    _row("surveys", "answers", mark("an answered survey has all three scores within their scales"),
         "survey_id, sent_at, answered_at, nps, csat, ces",
         "answered_at < sent_at or (answered_at is null) <> (nps is null) or (nps is null) <> (csat is null) "
         "or (nps is null) <> (ces is null) or nps not between 0 and 10 or csat not between 1 and 5 "
         "or ces not between 1 and 7"),
    _pair("survey_items", "surveys", "survey_id", "answered", mark("items belong to answered surveys, from 1 to 7"),
          "one.survey_id, one.item, one.expectation, one.perception",
          "other.answered_at is null or one.customer_id <> other.customer_id "
          "or one.expectation not between 1 and 7 or one.perception not between 1 and 7"),
    _row("touches", "steps", mark("who clicks has opened, and what is opened was delivered"),
         "touch_id, delivered, opened, clicked, unsubscribed",
         "(clicked and not opened) or (unsubscribed and not opened) or (opened and not delivered)"),
    _row("touches", "campaign", mark("a touch of a campaign names it, and no other does"),
         "touch_id, purpose, campaign_id", "(purpose = 'campaign') <> (campaign_id is not null)"),
    _row("assignments", "arm", mark("an assignment has an arm and a probability"),
         "campaign_id, customer_id, arm, propensity",
         "arm not in ('treated', 'holdout') or propensity not between 0 and 1"),
    Rule("facts", "touches.assigned", mark("who gets a campaign was assigned to it"), ("touches", "assignments"),
         "select touch_id, campaign_id, customer_id from touches one where purpose = 'campaign' and not exists "
         "(select 1 from assignments other where other.arm = 'treated' and other.campaign_id = one.campaign_id "
         "and other.customer_id = one.customer_id)"),
    _row("loyalty_ledger", "signs", mark("points are earned above zero, and leave below"),
         "entry_id, kind, points",
         "kind not in ('earn', 'redeem', 'expire') or points = 0 or (kind = 'earn') <> (points > 0)"),
    _pair("loyalty_ledger", "loyalty_members", "customer_id", "member", mark("points are booked after enrolment"),
          "one.entry_id, one.booked_at, other.enrolled_at", "one.booked_at < other.enrolled_at"),
)  # fmt: skip
