"""The organisation's own tables, added up once more from the facts: key figures, budgets, weekly load."""

from __future__ import annotations

from crm_toolkit.texts import mark
from crm_toolkit.world.checking.rules import FREE_PRICE, Rule, as_count, as_money, as_share, same

_BRANCH = "join customers using (customer_id)"


def _kpi(column: str, test: str, tables: tuple[str, ...], expected: str) -> Rule:
    return same("months", column, mark("`{table}`: `{column}` is what the facts add up to"), ("kpi_months", *tables),
                "month, branch_id", expected, {column: test}, table="kpi_months", column=column)  # fmt: skip


def _by_month(value: str, source: str, when: str, branch: str = "branch_id") -> str:
    return f"select month_of({when}) as month, {branch} as branch_id, {value} from {source} group by 1, 2"


_MATERIALS = f"""
select month_of(ordered_at) as month, orders.branch_id, sum(case
    when {FREE_PRICE}
    then round_even(cents(unit_price) * unit_cost / list_price, 0) * quantity
    else cents(unit_cost) * quantity end)::bigint as actual
from order_lines join orders using (order_id) join products using (product_id) group by 1, 2"""
_REVENUE = _by_month("sum(cents(amount))::bigint as revenue", "orders", "ordered_at")
_ORDERS = _by_month("count(*) as orders", "orders", "ordered_at")
_COMPLAINTS = _by_month("count(*) as complaints", f"complaints {_BRANCH}", "opened_at")
_ANSWERS = f"(select * from surveys {_BRANCH} where answered_at is not null)"
_REQUESTS = "(select * from contacts where kind in ('service_request', 'information_request'))"
_LATE = "overdue_30, overdue_60, overdue_90, overdue_older"
_COSTS = f"(select * from touches {_BRANCH} where purpose = '{{purpose}}')"

_BUDGETED = {
    "materials": (("order_lines", "orders", "products"), _MATERIALS),
    "advertising": (
        ("touches", "customers"),
        _by_month("sum(cents(cost))::bigint as actual", _COSTS.format(purpose="acquisition"), "touched_at"),
    ),
    "campaigns": (
        ("touches", "customers"),
        _by_month("sum(cents(cost))::bigint as actual", _COSTS.format(purpose="campaign"), "touched_at"),
    ),
    "remedies": (
        ("complaints", "customers"),
        _by_month("sum(cents(remedy_amount))::bigint as actual",
                  f"(select * from complaints {_BRANCH} where resolved_at is not null)", "resolved_at"),
    ),
}  # fmt: skip

MONTHS = (
    _kpi("orders", as_count("orders"), ("orders",), _ORDERS),
    _kpi("revenue", as_money("revenue"), ("orders",), _REVENUE),
    _kpi("margin", as_money("margin"), ("orders", "order_lines", "products"),
         "select month, branch_id, revenue - coalesce(actual, 0) as margin "
         f"from ({_REVENUE}) left join ({_MATERIALS}) using (month, branch_id)"),
    _kpi("refunds", as_money("refunds"), ("payments", "customers"),
         _by_month("-sum(cents(paid_amount))::bigint as refunds",
                   f"(select * from payments {_BRANCH} where kind = 'refund')", "paid_at")),
    _kpi("active_customers", as_count("active_customers"), ("orders",),
         _by_month("count(distinct customer_id) as active_customers", "orders", "ordered_at")),
    _kpi("new_customers", as_count("new_customers"), ("customers",),
         _by_month("count(*) as new_customers", "customers", "acquired_at")),
    _kpi("complaints", as_count("complaints"), ("complaints", "customers"), _COMPLAINTS),
    _kpi("complaints_per_1000", as_share("complaints_per_1000"), ("complaints", "orders", "customers"),
         "select month, branch_id, 1000 * coalesce(complaints, 0) / orders as complaints_per_1000 "
         f"from ({_ORDERS}) left join ({_COMPLAINTS}) using (month, branch_id)"),
    _kpi("first_contact_resolution", as_share("first_contact_resolution"), ("contacts",),
         _by_month("avg(resolved_first_contact::int) as first_contact_resolution", _REQUESTS, "opened_at")),
    _kpi("survey_answers", as_count("survey_answers"), ("surveys", "customers"),
         _by_month("count(*) as survey_answers", _ANSWERS, "answered_at")),
    _kpi("nps", as_share("nps"), ("surveys", "customers"),
         _by_month("avg((nps >= 9)::int - (nps <= 6)::int) as nps", _ANSWERS, "answered_at")),
    _kpi("acquisition_cost", as_money("acquisition_cost"), ("touches", "customers"),
         _by_month("sum(cents(cost))::bigint as acquisition_cost", _COSTS.format(purpose="acquisition"), "touched_at")),
    _kpi("overdue", as_money("overdue"), ("receivables", "customers"),
         _by_month("sum(" + " + ".join(f"cents({name})" for name in _LATE.split(", ")) + ")::bigint as overdue",
                   f"receivables {_BRANCH}", "month")),
    *(
        same("months", f"actual_{line}", mark("`{table}`: `{column}` is what the facts add up to"),
             ("budgets", *tables), "month, branch_id, line", f"select *, '{line}' as line from ({expected})",
             {"actual": f"found.line is not distinct from '{line}' and {as_money('actual')} or found.line is null"},
             table="budgets", column=line)
        for line, (tables, expected) in _BUDGETED.items()
    ),
    same("months", "contacts", mark("the load of a department is the number of its contacts"),
         ("capacity", "contacts"), "week_start, branch_id, department_id",
         "select date_trunc('week', opened_at)::date as week_start, branch_id, department_id, count(*) as contacts "
         "from contacts group by all",
         {"contacts": as_count("contacts")}),
    Rule("months", "capacity.utilisation", mark("utilisation is contacts over capacity"), ("capacity",),
         "select * from capacity where abs(utilisation - contacts / nullif(capacity, 0)) > 0.00006"),
)  # fmt: skip
