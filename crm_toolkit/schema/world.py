"""The tables of a simulated service organisation: what a CRM records, and the truth that it never sees.

The tables of record carry everything that a CRM takes in: who the customer is, every contact, every purchase
with its payment and debt, and the organisation itself. The tables of truth stand apart and are never joined
into an analyst's view. Keys are whole numbers; a child's key is made from its customer's, so that no counter is
shared: ``order_id`` 1700003 is the third order of customer 17.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.schema.contract import Column, Table
from crm_toolkit.texts import mark

MONEY = mark("currency units")
MINUTES = mark("minutes")
WEEKS = mark("weeks")
SD = mark("standard deviations")


@dataclass(frozen=True)
class Reference:
    """A foreign key: ``column`` of one table names a row of another one."""

    column: str
    table: str
    key: str


def _key(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "id", meaning, nullable=nullable)


_CUSTOMER = _key("customer_id", mark("the customer"))
_BRANCH = _key("branch_id", mark("the branch that serves the customer"))
_DEPARTMENT = _key("department_id", mark("the department that did it"))
_EMPLOYEE = _key("employee_id", mark("the employee who did it"))
_ORDER = _key("order_id", mark("the order it belongs to"))
_MONTH = Column("month", "date", mark("first day of the month"))


def _share(name: str, meaning: str) -> Column:
    return Column(name, "number", meaning, mark("fraction"), nullable=True)


def _count(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "integer", meaning, nullable=nullable)


def _money(name: str, meaning: str) -> Column:
    return Column(name, "money", meaning, MONEY)


def _flag(name: str, meaning: str) -> Column:
    return Column(name, "flag", meaning)


def _code(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "text", meaning, nullable=nullable)


_TABLES = (
    Table("branches", mark("one branch of the organisation"), (
        _key("branch_id", mark("the branch")),
        _code("city", mark("city of the branch")),
        _code("region", mark("region of the branch")),
    ), ("branch_id",)),
    Table("departments", mark("one department, the same in every branch"), (
        _key("department_id", mark("the department")),
        _code("department", mark("name of the department")),
        _code("stage", mark("stage of the relationship that it serves: acquisition, deal or service")),
    ), ("department_id",)),
    Table("employees", mark("one employee"), (
        _key("employee_id", mark("the employee")),
        _key("branch_id", mark("the branch where the employee works")),
        _key("department_id", mark("the department where the employee works")),
        _code("full_name", mark("name of the employee")),
        Column("hired_on", "date", mark("day of hiring")),
        _money("salary_month", mark("salary of a month")),
    ), ("employee_id",)),
    Table("products", mark("one thing that is sold"), (
        _key("product_id", mark("the product")),
        _code("item", mark("name of the product, the same word as in purchases")),
        _code("category", mark("category of the product")),
        _code("kind", mark("service or goods")),
        _money("list_price", mark("price in the list at the start")),
        _money("unit_cost", mark("variable cost of one piece")),
    ), ("product_id",)),
    Table("prices", mark("one price of one product, from a day on"), (
        _key("product_id", mark("the product")),
        Column("valid_from", "date", mark("first day of the price")),
        _money("price", mark("price of one piece")),
    ), ("product_id", "valid_from")),
    Table("campaigns", mark("one campaign"), (
        _key("campaign_id", mark("the campaign")),
        _code("campaign", mark("name of the campaign")),
        _code("design", mark("how it was decided who gets it: randomised or targeted")),
        _code("channel", mark("channel of the message")),
        Column("starts_on", "date", mark("day of the message")),
        Column("ends_on", "date", mark("last day of the offer")),
        Column("discount", "number", mark("discount on orders made with the offer"), mark("fraction")),
        Column("holdout_share", "number", mark("share of the eligible that was kept out on purpose"), mark("fraction")),
        _money("contact_cost", mark("cost of one message")),
    ), ("campaign_id",)),
    Table("customers", mark("one customer"), (
        _key("customer_id", mark("the customer")),
        _key("household_id", mark("the household; equal for those who live together")),
        _BRANCH,
        _code("sex", mark("sex")),
        _code("full_name", mark("name as the customer gave it")),
        _code("last_name", mark("surname")),
        _code("first_name", mark("given name")),
        _code("middle_name", mark("patronymic; empty where it is not used"), nullable=True),
        Column("birth_date", "date", mark("date of birth")),
        _code("marital_status", mark("marital status")),
        _count("children", mark("number of children")),
        _code("education", mark("education")),
        _code("profession", mark("profession or occupation")),
        _money("income_month", mark("income of a month as stated, rounded")),
        _code("city", mark("place of residence")),
        _code("region", mark("region of residence")),
        _code("residence_type", mark("kind of place: metropolis, city, town or village")),
        _code("email", mark("e-mail address")),
        _code("phone", mark("telephone number")),
        _flag("consent", mark("whether the customer agreed to the use of the data")),
        _flag("consent_email", mark("whether the customer agreed to e-mails")),
        _flag("consent_sms", mark("whether the customer agreed to text messages")),
        Column("acquired_at", "datetime", mark("when the customer first bought, in local time")),
        _code("acquisition_channel", mark("channel that brought the customer")),
        _key("referrer_id", mark("the customer who recommended the organisation"), nullable=True),
    ), ("customer_id",)),
    Table("contracts", mark("one membership contract, where customers pay by the period"), (
        _key("contract_id", mark("the contract")),
        _CUSTOMER,
        Column("started_on", "date", mark("first day of the contract")),
        Column("ended_on", "date", mark("day on which it was not renewed; empty while it runs"), nullable=True),
        _money("fee", mark("fee of one period of four weeks")),
    ), ("contract_id",)),
    Table("assignments", mark("one customer who was eligible for a campaign"), (
        _key("campaign_id", mark("the campaign")),
        _CUSTOMER,
        Column("assigned_on", "date", mark("day of the assignment")),
        _code("arm", mark("treated or holdout")),
        _code("stratum", mark("class by earlier orders at the time of assignment")),
        Column("propensity", "number", mark("probability of being treated, given what was recorded"), mark("fraction")),
    ), ("campaign_id", "customer_id")),
    Table("touches", mark("one message or advertisement that reached for a customer"), (
        _key("touch_id", mark("the touch")),
        _CUSTOMER,
        Column("touched_at", "datetime", mark("when, in local time")),
        _code("channel", mark("channel")),
        _code("purpose", mark("acquisition or campaign")),
        _key("campaign_id", mark("the campaign, if it was one"), nullable=True),
        _flag("delivered", mark("whether it arrived")),
        _flag("opened", mark("whether it was seen or opened")),
        _flag("clicked", mark("whether it was clicked")),
        _flag("unsubscribed", mark("whether the customer unsubscribed")),
        _money("cost", mark("cost of the touch")),
    ), ("touch_id",)),
    Table("orders", mark("one order"), (
        _key("order_id", mark("the order")),
        _CUSTOMER,
        Column("ordered_at", "datetime", mark("when the order was placed, in local time")),
        _code("channel", mark("channel of the order")),
        _BRANCH,
        _DEPARTMENT,
        _EMPLOYEE,
        _key("campaign_id", mark("the campaign whose offer was used"), nullable=True),
        _money("gross", mark("sum of the lines at list price")),
        _money("discount", mark("discounts")),
        _money("points_value", mark("part that was paid with points")),
        _money("amount", mark("money to be paid: gross less discount less points")),
    ), ("order_id",)),
    Table("order_lines", mark("one line of an order"), (
        _ORDER,
        _count("line_no", mark("number of the line within its order")),
        _CUSTOMER,
        _key("product_id", mark("what was bought")),
        _count("quantity", mark("how many")),
        _money("unit_price", mark("price of one piece at the time")),
        _money("discount", mark("discount and points on the line")),
        _money("amount", mark("money of the line")),
    ), ("order_id", "line_no")),
    Table("payments", mark("one payment, refund or unpaid bill of an order"), (
        _key("payment_id", mark("the payment")),
        _ORDER,
        _CUSTOMER,
        _code("kind", mark("payment or refund")),
        _code("method", mark("way of paying")),
        Column("due_on", "date", mark("day on which it is due")),
        _money("due_amount", mark("money due; negative on a refund")),
        Column("paid_at", "datetime", mark("when it was paid; empty while it is not"), nullable=True),
        _money("paid_amount", mark("money paid; negative on a refund")),
    ), ("payment_id",)),
    Table("receivables", mark("the debt of one customer at the end of a month, where there is any"), (
        _CUSTOMER,
        _MONTH,
        _money("outstanding", mark("money owed at the end of the month")),
        _money("not_due", mark("of it not yet due")),
        _money("overdue_30", mark("of it overdue by 1 to 30 days")),
        _money("overdue_60", mark("of it overdue by 31 to 60 days")),
        _money("overdue_90", mark("of it overdue by 61 to 90 days")),
        _money("overdue_older", mark("of it overdue by more than 90 days")),
        _money("written_off", mark("money written off in the month")),
    ), ("customer_id", "month")),
    Table("contacts", mark("one contact of a customer with the organisation"), (
        _key("contact_id", mark("the contact")),
        _CUSTOMER,
        Column("opened_at", "datetime", mark("when it began, in local time")),
        _code("kind", mark("purchase, visit, service_request, information_request or complaint")),
        _code("channel", mark("channel")),
        _BRANCH,
        _DEPARTMENT,
        _EMPLOYEE,
        _key("order_id", mark("the order it is about"), nullable=True),
        Column("wait_minutes", "number", mark("waiting time"), MINUTES),
        Column("handle_minutes", "number", mark("time of an employee"), MINUTES),
        _count("transfers", mark("how often the customer was passed on")),
        _flag("resolved_first_contact", mark("whether no second contact was needed")),
    ), ("contact_id",)),
    Table("complaints", mark("one complaint, with what was done about it"), (
        _key("contact_id", mark("the contact in which the customer complained")),
        _CUSTOMER,
        _key("order_id", mark("the order, if it was one"), nullable=True),
        Column("opened_at", "datetime", mark("when, in local time")),
        _code("failure", mark("what had gone wrong")),
        _count("severity", mark("severity from 1 to 3")),
        Column("resolved_at", "datetime", mark("when it was settled; empty if never"), nullable=True),
        _code("remedy", mark("what was given: none, apology, voucher or refund")),
        _money("remedy_amount", mark("money value of the remedy")),
        _flag("repeated", mark("whether the customer had met another failure shortly before")),
    ), ("contact_id",)),
    Table("loyalty_members", mark("one member of the loyalty programme"), (
        _CUSTOMER,
        Column("enrolled_at", "datetime", mark("when the customer joined, in local time")),
    ), ("customer_id",)),
    Table("loyalty_ledger", mark("one entry of a member's account of points"), (
        _key("entry_id", mark("the entry")),
        _CUSTOMER,
        Column("booked_at", "datetime", mark("when, in local time")),
        _code("kind", mark("earn, redeem or expire")),
        _count("points", mark("points; negative when they leave the account")),
        _key("order_id", mark("the order, if it was one"), nullable=True),
        _count("balance", mark("points on the account after the entry")),
        Column("expires_on", "date", mark("day on which earned points expire if unused"), nullable=True),
    ), ("entry_id",)),
    Table("surveys", mark("one invitation to a survey after an order"), (
        _key("survey_id", mark("the survey")),
        _CUSTOMER,
        _ORDER,
        Column("sent_at", "datetime", mark("when it was sent, in local time")),
        Column("answered_at", "datetime", mark("when it was answered; empty if never"), nullable=True),
        _count("nps", mark("how likely to recommend, 0 to 10"), nullable=True),
        _count("csat", mark("how satisfied, 1 to 5"), nullable=True),
        _count("ces", mark("how easy it was, 1 to 7, 7 is easiest"), nullable=True),
    ), ("survey_id",)),
    Table("survey_items", mark("one item on service quality in an answered survey"), (
        _key("survey_id", mark("the survey")),
        _CUSTOMER,
        _code("dimension", mark("dimension of service quality")),
        _count("item", mark("number of the item")),
        _count("expectation", mark("what excellent service would have, 1 to 7")),
        _count("perception", mark("what this service had, 1 to 7")),
    ), ("survey_id", "item")),
    Table("capacity", mark("one week of one department in one branch"), (
        Column("week_start", "date", mark("first day of the week")),
        _key("branch_id", mark("the branch")),
        _key("department_id", mark("the department")),
        _count("capacity", mark("contacts that the staff can handle")),
        _count("contacts", mark("contacts that there were")),
        Column("utilisation", "number", mark("contacts as a share of the capacity"), mark("fraction")),
    ), ("week_start", "branch_id", "department_id")),
    Table("budgets", mark("one line of the budget of one branch in one month"), (
        _MONTH,
        _key("branch_id", mark("the branch")),
        _code("line", mark("what the money is for")),
        _money("planned", mark("planned money")),
        _money("actual", mark("money spent")),
    ), ("month", "branch_id", "line")),
    Table("kpi_months", mark("one branch in one month, aggregated from the other tables"), (
        _MONTH,
        _key("branch_id", mark("the branch")),
        _count("orders", mark("number of orders")),
        _money("revenue", mark("money of all orders")),
        _money("margin", mark("revenue less variable cost of what was sold")),
        _money("refunds", mark("money given back")),
        _count("active_customers", mark("customers with at least one order in the month")),
        _count("new_customers", mark("customers whose first order fell into the month")),
        _count("complaints", mark("number of complaints")),
        Column("complaints_per_1000", "number", mark("complaints for every thousand orders"), nullable=True),
        _share("first_contact_resolution", mark("share of requests that needed no second contact")),
        _count("survey_answers", mark("number of answered surveys")),
        _share("nps", mark("share of promoters less share of detractors")),
        _money("acquisition_cost", mark("cost of acquisition touches")),
        _money("overdue", mark("money overdue at the end of the month")),
    ), ("month", "branch_id")),
)  # fmt: skip

_TRUTH = (
    Table("customers", mark("one customer's hidden traits and fate"), (
        _CUSTOMER,
        Column("need_rate", "number", mark("orders of an undisturbed customer in the usual mood"), mark("per week")),
        Column("dropout_probability", "number", mark("chance of leaving for good after an order"), mark("fraction")),
        Column("base_hazard", "number", mark("rate of leaving of a customer in the usual mood"), mark("per week")),
        Column("spend_level", "number", mark("standing among customers by the size of orders"), SD),
        Column("price_sensitivity", "number", mark("price elasticity of the purchase rate, as a positive number")),
        Column("complaint_propensity", "number", mark("readiness to complain"), SD),
        _code("channel_taste", mark("channel that the customer likes best")),
        Column("payment_discipline", "number", mark("readiness to pay on time"), SD),
        Column("treatment_response", "number", mark("change of the log purchase rate by an opened message")),
        _code("response_type", mark("persuadable, sure_thing, lost_cause or sleeping_dog")),
        Column("survey_bias", "number", mark("leaning towards high answers"), SD),
        Column("acquired_week", "number", mark("time of the first order since the start"), WEEKS),
        Column("left_week", "number", mark("time of leaving for good; empty while there"), WEEKS, nullable=True),
        _code("left_because", mark("why the customer left: churn, after_order or failure"), nullable=True),
    ), ("customer_id",)),
    Table("states", mark("one customer in one week, at its end"), (
        _CUSTOMER,
        _count("week", mark("number of the week, from 0")),
        Column("need", "number", mark("how far the need has filled up, 1 brings an order"), mark("fraction")),
        Column("satisfaction", "number", mark("satisfaction; 0 is the customer's usual"), SD),
        Column("expectation", "number", mark("expected performance"), SD),
        Column("loyalty", "number", mark("habit, from 0 to 1")),
        Column("fatigue", "number", mark("weight of recent messages")),
        _flag("alive", mark("whether the customer has not left")),
    ), ("customer_id", "week")),
    Table("orders", mark("one order, with what the organisation does not see"), (
        _ORDER,
        _CUSTOMER,
        Column("performance", "number", mark("how good the service was"), SD),
        Column("disconfirmation", "number", mark("performance less expectation"), SD),
        Column("satisfaction", "number", mark("satisfaction after the order"), SD),
        _flag("failed", mark("whether the service failed")),
        _code("reaction", mark("what the customer did about a failure: none, voice, exit or word_of_mouth")),
        _flag("repaired", mark("whether the complaint was settled well")),
    ), ("order_id",)),
    Table("employees", mark("one employee's hidden skill"), (
        _key("employee_id", mark("the employee")),
        Column("skill", "number", mark("skill"), SD),
    ), ("employee_id",)),
    Table("potential_outcomes", mark("one customer who was eligible for a campaign, in both worlds"), (
        _key("campaign_id", mark("the campaign")),
        _CUSTOMER,
        _flag("treated", mark("whether the customer really was treated")),
        _count("orders_untreated", mark("orders in the campaign's window without it")),
        _count("orders_treated", mark("orders in the campaign's window with it")),
        _money("amount_untreated", mark("money in the window without it")),
        _money("amount_treated", mark("money in the window with it")),
        _money("effect", mark("what the campaign does to the customer's money")),
    ), ("campaign_id", "customer_id")),
)  # fmt: skip

WORLD_TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
TRUTH_TABLES: dict[str, Table] = {table.name: table for table in _TRUTH}

# table → what its columns point to; a column that may be missing points nowhere when it is
REFERENCES: dict[str, tuple[Reference, ...]] = {
    table.name: tuple(
        Reference(column.name, target, key)
        for column in table.columns
        for name, target, key in (
            ("customer_id", "customers", "customer_id"),
            ("referrer_id", "customers", "customer_id"),
            ("branch_id", "branches", "branch_id"),
            ("department_id", "departments", "department_id"),
            ("employee_id", "employees", "employee_id"),
            ("product_id", "products", "product_id"),
            ("campaign_id", "campaigns", "campaign_id"),
            ("order_id", "orders", "order_id"),
            ("survey_id", "surveys", "survey_id"),
            ("contact_id", "contacts", "contact_id"),
        )
        if column.name == name and target != table.name
    )
    + ((Reference("referrer_id", "customers", "customer_id"),) if table.name == "customers" else ())
    for table in _TABLES
}
