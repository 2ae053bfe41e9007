"""Sums that must reconcile: lines with orders, payments with debts, points with balances, in whole minor units."""

from __future__ import annotations

from crm_toolkit.texts import mark
from crm_toolkit.world.checking.rules import Rule, as_money, same
from crm_toolkit.world.record.money import WRITTEN_OFF_DAYS

# a bill is open from the month of its order to the month before it is paid; one that was written off before is never
# paid by this account: it stays due, and the write-off stands against it
_OPEN = f"""
last as (
    select greatest(max(month), (select max(month_of(ordered_at)) from orders)) as month from receivables
), bills as (
    select one.customer_id, cents(due_amount) as due, due_on, month_of(ordered_at) as since,
        case when paid_at is null or month_of(due_on + {WRITTEN_OFF_DAYS}) < month_of(paid_at)
            then (select month from last) else month_of(paid_at) - interval 1 month end::date as until
    from payments one join orders using (order_id) where kind = 'payment' and due_amount <> 0
), opened as (
    select customer_id, due, due_on,
        unnest(generate_series(since::timestamp, until::timestamp, interval 1 month))::date as month
    from bills where since <= until
)"""
_OWED = """
owed as (
    select customer_id, month, sum(due)::bigint as due from opened group by all
), beside as (
    select customer_id, month, coalesce(due, 0) as due, cents(outstanding) as outstanding, cents(written_off) as off
    from owed full join receivables using (customer_id, month)
), running as (
    select *, sum(off) over (partition by customer_id order by month) as off_so_far from beside
)"""
_AGED = f"""
aged as (
    select *, (month + interval 1 month)::date - 1 - due_on as late, due_on + {WRITTEN_OFF_DAYS} as lost_on from opened
    where month < (select month from last)
)"""
_AGES = {
    "not_due": "late <= 0",
    "overdue_30": "late between 1 and 30",
    "overdue_60": "late between 31 and 60",
    "overdue_90": "late between 61 and 90",
    "overdue_older": "late > 90",
}
_BY_AGE = (
    f"with {_OPEN}, {_AGED}, made as (select customer_id, month, "
    + ", ".join(
        f"sum(case when {test} and month_of(lost_on) > month then due else 0 end)::bigint as {column}"
        for column, test in _AGES.items()
    )
    + ", sum(case when month_of(lost_on) = month then due else 0 end)::bigint as written_off from aged group by all), "
    "found as (select * from receivables where month < (select month from last)) "
    "select customer_id, month from found full join made using (customer_id, month) where "
    + " or ".join(f"cents(found.{column}) <> coalesce(made.{column}, 0)" for column in (*_AGES, "written_off"))
)

SUMS = (
    same("sums", "lines", mark("the lines of an order add up to it"), ("orders", "order_lines"), "order_id",
          "select order_id, sum(cents(amount))::bigint as amount, sum(quantity * cents(unit_price))::bigint as gross "
          "from order_lines group by order_id",
          {"amount": as_money("amount"), "gross": as_money("gross")}),
    same("sums", "payments", mark("what is due for an order is its amount"), ("orders", "payments"), "order_id",
          "select order_id, sum(cents(due_amount))::bigint as amount from payments where kind = 'payment' "
          "group by order_id",
          {"amount": as_money("amount")}),
    Rule("sums", "complaints.refunds", mark("refunds paid are the refunds that complaints were given"),
         ("complaints", "payments"),
         "with given as (select order_id, sum(cents(remedy_amount))::bigint as given from complaints "
         "where remedy = 'refund' group by order_id), paid as (select order_id, -sum(cents(due_amount))::bigint "
         "as paid from payments where kind = 'refund' group by order_id) "
         "select order_id, given, paid from given full join paid using (order_id) where given is distinct from paid"),
    Rule("sums", "receivables.outstanding",
         mark("debts are what was due less what was paid and what was written off, at the end of every month"),
         ("receivables", "payments", "orders"),
         f"with {_OPEN}, {_OWED} select customer_id, month, due, off_so_far, outstanding from running "
         "where outstanding <> due - off_so_far"),
    Rule("sums", "receivables.by_age",
         mark("the ages of debts and what is written off follow from the bills' due days"),
         ("receivables", "payments", "orders"), _BY_AGE),
    Rule("sums", "loyalty_ledger.balance", mark("a balance of points is the sum so far, and never below zero"),
         ("loyalty_ledger",),
         "with running as (select entry_id, customer_id, points, balance, "
         "sum(points) over (partition by customer_id order by booked_at, entry_id) as made from loyalty_ledger) "
         "select * from running where made <> balance or balance < 0"),
    Rule("sums", "loyalty_ledger.totals", mark("points earned, redeemed and expired add up to the closing balances"),
         ("loyalty_ledger",),
         "with closing as (select sum(balance) as balance from (select last(balance order by booked_at, entry_id) "
         "as balance from loyalty_ledger group by customer_id)), total as (select sum(points) as points "
         "from loyalty_ledger) select * from closing, total where balance is distinct from points"),
)  # fmt: skip
