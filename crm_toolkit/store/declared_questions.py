"""The questions that departments decide, each with the table, columns, filter, order and metrics that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_toolkit.texts import mark

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.store.door import Store


@dataclass(frozen=True)
class Metric:
    """One number with its definition and the query that gives it.

    Parameters
    ----------
    name, title, definition : str
        Code; marked English title and definition.
    query : str
        One SELECT with one number, in DuckDB's SQL; ``:today`` is the store's day.
    needs : tuple of str
        ``"table"`` or ``"table.column"`` that the role must read for it.
    unit : str
        Marked English unit; "" for a pure number.
    """

    name: str
    title: str
    definition: str
    query: str
    needs: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True)
class Panel:
    """One question of a department, with what is looked at to decide it.

    Parameters
    ----------
    code, department, question : str
        Code, department, marked English question.
    entity : str
        Table.
    columns : tuple of str
        Columns that are shown, as far as the role sees them.
    where : mapping of str to object
        Column → value, or several, that it must equal; None for "is empty".
    order : tuple of str
        Columns to order by; with a minus from the last.
    limit : int
        Most rows.
    metrics : tuple of Metric
    """

    code: str
    department: str
    question: str
    entity: str
    columns: tuple[str, ...]
    where: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    limit: int = 100
    metrics: tuple[Metric, ...] = ()

    def rows(self, store: Store) -> pd.DataFrame:
        """The rows as this person sees them; a filter or an order by a column that is not seen in full is left out."""
        read = {column.name for column, rule in store.rights.columns(self.entity) if rule == "read"}
        seen = [column.name for column, _ in store.rights.columns(self.entity)]
        where = {name: value for name, value in self.where.items() if name in read}
        order = [one for one in self.order if one.removeprefix("-") in read]
        found = store.list(self.entity, where=where, order=order, limit=self.limit)
        return found[[name for name in self.columns if name in seen]]


_MONEY, _SHARE = mark("currency units"), mark("fraction")
_OPEN = ("new", "assigned", "waiting", "reopened")
_RESOLVED = (
    "SELECT avg(resolved_first_contact::INT) FROM contacts WHERE kind IN ('service_request', 'information_request')"
)
_OWED = Metric(
    "outstanding", mark("Outstanding"), mark("money of bills that are not wholly paid"),
    "SELECT coalesce(sum(due_amount - paid_amount), 0) FROM payments "
    "WHERE kind = 'payment' AND due_amount > paid_amount",
    ("payments.due_amount", "payments.paid_amount"), _MONEY,
)  # fmt: skip

QUESTIONS: tuple[Panel, ...] = (
    Panel(
        "invite", "marketing", mark("Whom may we invite to the next campaign?"), "customers",
        ("customer_id", "full_name", "email", "city", "acquisition_channel", "consent_email", "consent_sms"),
        {"consent_email": True}, ("-acquired_at",), metrics=(
            Metric("reachable", mark("Reachable by e-mail"), mark("share of customers who agreed to e-mails"),
                   "SELECT avg(consent_email::INT) FROM customers", ("customers",), _SHARE),
        ),
    ),
    Panel(
        "acquire", "marketing", mark("Which channels bring customers, and what does one cost?"), "touches",
        ("touched_at", "channel", "purpose", "delivered", "clicked", "cost"),
        {"purpose": "acquisition"}, ("-touched_at",), metrics=(
            Metric("acquisition_cost", mark("Cost of a new customer"),
                   mark("cost of advertising for acquisition ÷ customers who bought for the first time"),
                   "SELECT (SELECT sum(cost) FROM touches WHERE purpose = 'acquisition') / count(*) FROM customers "
                   "WHERE acquired_at IS NOT NULL", ("touches.cost", "customers"), _MONEY),
        ),
    ),
    Panel(
        "campaigns", "marketing", mark("Did the campaigns work?"), "campaigns",
        ("campaign", "design", "channel", "starts_on", "ends_on", "discount", "holdout_share", "contact_cost"),
        {}, ("-starts_on",), metrics=(
            Metric("campaign_effect", mark("Effect of the randomised campaigns"),
                   mark("mean money of orders while the offer held: treated less holdout"),
                   "SELECT avg(CASE WHEN arm = 'treated' THEN spent END) - "
                   "avg(CASE WHEN arm = 'holdout' THEN spent END) "
                   "FROM (SELECT a.arm, a.customer_id, c.campaign_id, coalesce(sum(o.amount), 0) AS spent "
                   "FROM assignments a JOIN campaigns c ON a.campaign_id = c.campaign_id "
                   "LEFT JOIN orders o ON o.customer_id = a.customer_id AND o.ordered_at >= c.starts_on "
                   "AND o.ordered_at < c.ends_on + INTERVAL 1 DAY WHERE c.design = 'randomised' "
                   "GROUP BY a.arm, a.customer_id, c.campaign_id)",
                   ("assignments", "campaigns", "orders.amount"), _MONEY),
        ),
    ),
    Panel(
        "deals", "sales", mark("Which deals do we move today?"), "deals",
        ("deal_id", "customer_id", "pipeline", "stage", "title", "value", "opened_at", "employee_id"),
        {"closed_at": None}, ("opened_at",), metrics=(
            Metric("weighted_pipeline", mark("Expected money of open deals"),
                   mark("value of open deals × chance of winning from their stage"),
                   "SELECT coalesce(sum(d.value * s.probability), 0) FROM deals d JOIN pipeline_stages s "
                   "ON d.pipeline = s.pipeline AND d.stage = s.stage WHERE s.outcome = 'open'",
                   ("deals.value", "pipeline_stages"), _MONEY),
        ),
    ),
    Panel(
        "leads", "sales", mark("Which leads wait for a first call?"), "leads",
        ("lead_id", "full_name", "phone", "source", "created_at"), {"status": "new"}, ("created_at",), metrics=(
            Metric("leads_waiting", mark("Leads that wait"), mark("leads to whom nobody has spoken yet"),
                   "SELECT count(*) FROM leads WHERE status = 'new'", ("leads",)),
        ),
    ),
    Panel(
        "customers", "sales", mark("Whom have we not seen for long?"), "customers",
        ("customer_id", "full_name", "phone", "city", "responsible_id", "note"), {"kind": "client"},
        ("customer_id",), metrics=(
            Metric("not_seen", mark("Not seen for 90 days"), mark("customers whose last order is older than 90 days"),
                   "SELECT count(*) FROM (SELECT customer_id, max(ordered_at) AS last_at FROM orders GROUP BY 1) "
                   "WHERE last_at < :today - INTERVAL 90 DAY", ("orders",)),
        ),
    ),
    Panel(
        "requests", "service", mark("What waits for an answer?"), "requests",
        ("request_id", "customer_id", "kind", "subject", "priority", "status", "opened_at", "employee_id"),
        {"status": _OPEN}, ("opened_at",), metrics=(
            Metric("open_requests", mark("Open requests"), mark("requests and complaints that are not settled"),
                   "SELECT count(*) FROM requests WHERE status IN ('new', 'assigned', 'waiting', 'reopened')",
                   ("requests",)),
            Metric("first_response", mark("Time to the first response"),
                   mark("median minutes from the request to the first answer, of the last 90 days"),
                   "SELECT median(date_diff('second', opened_at, first_response_at) / 60.0) FROM requests "
                   "WHERE opened_at >= :today - INTERVAL 90 DAY", ("requests",), mark("minutes")),
        ),
    ),
    Panel(
        "complaints", "service", mark("What goes wrong, and do we settle it?"), "requests",
        ("request_id", "opened_at", "cause_id", "severity", "remedy", "remedy_amount", "resolved_at", "reopened"),
        {"kind": "complaint"}, ("-opened_at",), metrics=(
            Metric("complaints_per_1000", mark("Complaints per 1,000 orders"),
                   mark("number of complaints ÷ number of orders × 1,000"),
                   "SELECT 1000.0 * (SELECT count(*) FROM requests WHERE kind = 'complaint') / nullif(count(*), 0) "
                   "FROM orders", ("requests", "orders")),
            Metric("first_contact_resolution", mark("First contact resolution"),
                   mark("share of requests that needed no second contact"), _RESOLVED, ("contacts",), _SHARE),
        ),
    ),
    Panel(
        "articles", "service", mark("Which knowledge do we have, and does it help?"), "articles",
        ("article_id", "title", "language", "status", "cause_id", "valid_to"), {}, ("-article_id",), metrics=(
            Metric("articles_helped", mark("Articles that helped"), mark("share of the uses of articles that helped"),
                   "SELECT avg(helpful::INT) FROM article_uses", ("article_uses",), _SHARE),
        ),
    ),
    Panel(
        "debts", "finance", mark("Who owes us money, and how long?"), "payments",
        ("payment_id", "customer_id", "order_id", "method", "due_on", "due_amount", "paid_amount"),
        {"paid_at": None}, ("due_on",), metrics=(
            _OWED,
            Metric("overdue_share", mark("Share overdue"), mark("overdue part of the outstanding money"),
                   "SELECT sum(CASE WHEN due_on < :today THEN due_amount - paid_amount ELSE 0 END) / "
                   "nullif(sum(due_amount - paid_amount), 0) FROM payments "
                   "WHERE kind = 'payment' AND due_amount > paid_amount",
                   ("payments.due_amount", "payments.paid_amount"), _SHARE),
        ),
    ),
    Panel(
        "margin", "finance", mark("What stays of the revenue?"), "kpi_months",
        ("month", "branch_id", "revenue", "margin", "refunds", "acquisition_cost", "overdue"), {}, ("-month",),
        metrics=(
            Metric("margin_share", mark("Margin as a share of revenue"),
                   mark("revenue less variable cost, ÷ revenue, of all months"),
                   "SELECT sum(margin) / nullif(sum(revenue), 0) FROM kpi_months",
                   ("kpi_months.margin", "kpi_months.revenue"), _SHARE),
        ),
    ),
    Panel(
        "budgets", "finance", mark("Do we keep to the budget?"), "budgets",
        ("month", "branch_id", "line", "planned", "actual"), {}, ("-month", "branch_id"), metrics=(
            Metric("budget_used", mark("Budget used"), mark("money spent ÷ money planned, of all months"),
                   "SELECT sum(actual) / nullif(sum(planned), 0) FROM budgets", ("budgets.planned", "budgets.actual"),
                   _SHARE),
        ),
    ),
    Panel(
        "months", "management", mark("How does the business develop?"), "kpi_months",
        ("month", "branch_id", "orders", "revenue", "margin", "active_customers", "new_customers", "complaints",
         "first_contact_resolution", "nps"), {}, ("-month",), metrics=(
            Metric("revenue_year", mark("Revenue of a year"), mark("money of the orders of the last 365 days"),
                   "SELECT sum(amount) FROM orders WHERE ordered_at >= :today - INTERVAL 365 DAY", ("orders.amount",),
                   _MONEY),
            Metric("best_tenth", mark("Share of the best tenth"),
                   mark("share of revenue that comes from the tenth of the customers who spend most"),
                   "SELECT sum(CASE WHEN place < 0.1 THEN spent END) / sum(spent) FROM (SELECT spent, percent_rank() "
                   "OVER (ORDER BY spent DESC) AS place FROM (SELECT customer_id, sum(amount) AS spent FROM orders "
                   "GROUP BY customer_id))", ("orders.amount",), _SHARE),
        ),
    ),
    Panel(
        "load", "management", mark("Where are there too many or too few people?"), "capacity",
        ("week_start", "branch_id", "department_id", "capacity", "contacts", "utilisation"), {}, ("-utilisation",),
        metrics=(
            Metric("overloaded", mark("Overloaded weeks"),
                   mark("share of weeks of departments with more contacts than can be handled"),
                   "SELECT avg((utilisation > 1)::INT) FROM capacity", ("capacity",), _SHARE),
        ),
    ),
    Panel(
        "decisions", "management", mark("What became of our decisions?"), "decisions",
        ("decision_id", "action", "expected", "owner", "review_on", "actual", "reviewed_at"), {}, ("review_on",),
        metrics=(
            Metric("reviews_due", mark("Reviews due"), mark("decisions whose day of review has come"),
                   "SELECT count(*) FROM decisions WHERE reviewed_at IS NULL AND review_on <= :today", ("decisions",)),
        ),
    ),
)  # fmt: skip

# department → column → how it calls it
WORDS: dict[str, dict[str, str]] = {
    "marketing": {"customer_id": mark("contact"), "acquisition_channel": mark("came through"),
                  "holdout_share": mark("control group")},
    "sales": {"customer_id": mark("client"), "value": mark("expected money"),
              "responsible_id": mark("manager of the client"), "source": mark("came from")},
    "service": {"customer_id": mark("caller"), "opened_at": mark("waits since"), "cause_id": mark("root cause")},
    "finance": {"customer_id": mark("debtor"), "due_on": mark("due"), "method": mark("way of paying")},
    "management": {"nps": mark("recommendation (NPS)"), "utilisation": mark("load")},
}  # fmt: skip
