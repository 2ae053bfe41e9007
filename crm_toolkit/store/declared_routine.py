"""Sixty routine questions: code, text, what the answer needs, and whether it is about the whole organisation.

The list is a convention of this course: ten questions each that front desk, sales, service, marketing, finance and
management meet on an ordinary day. "common" marks the five that customers ask most often.
"""

from __future__ import annotations

from crm_toolkit.texts import mark

_REQUEST = "requests.status requests.opened_at"
_BILL = "payments.due_amount payments.paid_amount payments.due_on"

ROUTINE: tuple[tuple[str, ...], ...] = (
    # front desk
    ("who_calls", mark("Who is calling from this number?"), "customers.phone customers.full_name"),
    ("last_visit", mark("When was the customer here last?"), "orders.ordered_at", "common"),
    ("what_bought", mark("What did the customer buy last time?"), "order_lines.product_id products.item", "common"),
    ("price_today", mark("What does it cost today?"), "prices.price products.item", "common"),
    ("points_balance", mark("How many points does the customer have?"), "loyalty_ledger.balance", "common"),
    ("request_state", mark("What has become of my request?"), _REQUEST, "common"),
    ("call_back", mark("On which number do we call back?"), "customers.full_name customers.phone"),
    ("same_household", mark("Who else of the family comes to us?"), "customers.household_id customers.full_name"),
    ("which_branch", mark("Which branch serves the customer?"), "customers.branch_id branches.city"),
    ("who_cares", mark("Who looks after this customer?"), "customers.responsible_id employees.full_name"),
    # sales
    ("deal_stage", mark("At which stage is the deal?"), "deals.stage pipeline_stages.position"),
    ("deal_value", mark("How much money is in the deal?"), "deals.value"),
    ("why_lost", mark("Why was the last deal lost?"), "deals.lost_reason stage_moves.to_stage"),
    ("open_leads", mark("Which leads wait for a call?"), "leads.full_name leads.phone leads.status"),
    ("lead_source", mark("Where do this month's leads come from?"), "leads.source leads.created_at", "whole"),
    ("spent_so_far", mark("How much has the customer spent so far?"), "orders.amount"),
    ("usual_choice", mark("What does the customer usually take?"), "order_lines.quantity products.item"),
    ("profession", mark("What does the customer do for a living?"), "customers.profession"),
    ("discount_given", mark("Which discount did the customer get last time?"), "orders.discount"),
    ("write_offer", mark("To which address does the offer go?"), "customers.email consents.purpose"),
    # service
    ("open_requests", mark("Which requests wait for an answer?"), "requests.status requests.priority"),
    ("what_said", mark("What did the customer write last time?"), "contacts.subject contacts.body"),
    ("what_answered", mark("What did we answer?"), "request_events.event request_events.text"),
    ("same_fault", mark("Did this customer have the same trouble before?"), "requests.cause_id causes.title"),
    ("known_remedy", mark("Which article removes this cause?"), "articles.title articles.body causes.title"),
    ("did_it_help", mark("Did the article help last time?"), "article_uses.helpful"),
    ("remedy_given", mark("What did we give for the complaint?"), "requests.remedy requests.remedy_amount"),
    ("satisfied", mark("How satisfied was the customer in the last survey?"), "surveys.csat"),
    ("promised_when", mark("By when did we promise an answer?"), "requests.priority requests.opened_at"),
    ("waiting_longest", mark("Who has been waiting longest?"), "requests.opened_at customers.full_name"),
    # marketing
    ("may_write", mark("May we write an e-mail to this customer?"), "consents.purpose consents.withdrawn_at"),
    ("reach_size", mark("How many customers may we write to?"), "customers.consent_email", "whole"),
    ("best_channel", mark("Which channel brings the most new customers?"), "customers.acquisition_channel", "whole"),
    ("campaign_cost", mark("What did the campaign cost?"), "touches.cost campaigns.campaign", "whole"),
    ("campaign_effect", mark("Did the treated buy more than the holdout?"), "assignments.arm orders.amount", "whole"),
    ("who_lapsed", mark("How many customers have not come for 90 days?"), "orders.ordered_at orders.customer_id",
     "whole"),
    ("where_live", mark("In which places do our customers live?"), "customers.city customers.region", "whole"),
    ("age_groups", mark("How old are our customers?"), "customers.birth_date", "whole"),
    ("incomes", mark("In which income groups are our customers?"), "customers.income_month", "whole"),
    ("recommend", mark("How many would recommend us?"), "surveys.nps", "whole"),
    # finance
    ("bill_paid", mark("Has this bill been paid?"), _BILL),
    ("who_owes", mark("Who owes us money, and since when?"), f"{_BILL} customers.full_name", "whole"),
    ("remind", mark("Whom do we remind, and on which number?"), f"{_BILL} customers.full_name customers.phone"),
    ("debt_ages", mark("How old are our debts?"), "receivables.outstanding receivables.overdue_older", "whole"),
    ("how_paid", mark("How do customers pay?"), "payments.method payments.paid_amount", "whole"),
    ("month_margin", mark("Which margin did the month bring?"), "kpi_months.margin kpi_months.revenue", "whole"),
    ("unit_cost", mark("What does one piece cost us?"), "products.unit_cost products.item", "whole"),
    ("budget_left", mark("How much of the budget is left?"), "budgets.planned budgets.actual", "whole"),
    ("refunds", mark("How much did we give back?"), "payments.kind payments.paid_amount", "whole"),
    ("wages", mark("What are the wages of the branch?"), "employees.salary_month employees.branch_id", "whole"),
    # management
    ("revenue_month", mark("What is the revenue of the month?"), "orders.amount orders.ordered_at", "whole"),
    ("best_customers", mark("Who are our most profitable customers?"),
     "order_lines.amount products.unit_cost customers.full_name", "whole"),
    ("busy_weeks", mark("In which weeks were we overloaded?"), "capacity.utilisation", "whole"),
    ("waiting_time", mark("How long do customers wait?"), "contacts.wait_minutes", "whole"),
    ("complaint_share", mark("How many complaints come on a thousand orders?"), "requests.kind orders", "whole"),
    ("top_causes", mark("What goes wrong most often?"), "requests.cause_id causes.title", "whole"),
    ("who_overworked", mark("Who handles the most contacts?"), "contacts.employee_id employees.full_name", "whole"),
    ("pipeline_worth", mark("What is the pipeline worth?"), "deals.value pipeline_stages.probability", "whole"),
    ("due_decisions", mark("Which decisions do we look at again?"), "decisions.review_on decisions.actual", "whole"),
    ("stale_insights", mark("Which of our conclusions no longer hold?"), "insights.query insights.result_digest",
     "whole"),
)  # fmt: skip
