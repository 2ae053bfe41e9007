"""The tables of the single customer database: four groups that go in, three that come out, and the keeping of order.

What a world records keeps its names and columns here; the store adds who entered a value and on which lawful
basis, requests with their events, knowledge, pipeline, consents, and the log of actions. Money stands in whole minor
units in the database (``amount_minor``) and in currency units in every frame that is handed out (``amount``).

Every column that tells something about a person has a **class of sensitivity**; a role's rules are written for
classes, so that a new column can't be forgotten: a column without a class tells nothing personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crm_toolkit.schema.contract import Column, Table
from crm_toolkit.schema.world import WORLD_TABLES
from crm_toolkit.texts import mark

# class → what it covers, for the page of a role
SENSITIVITY: dict[str, str] = {
    "name": mark("names"),
    "contact": mark("telephone numbers and e-mail addresses"),
    "birth": mark("dates of birth"),
    "income": mark("income"),
    "profile": mark("family, education, profession"),
    "residence": mark("place of residence"),
    "note": mark("free text about a person"),
    "money": mark("money of orders, payments and debts"),
    "cost": mark("costs and margins"),
    "salary": mark("salaries"),
    "opinion": mark("answers to surveys"),
    "token": mark("tokens in the log of actions"),
}
ENTERED_BY = ("employee", "customer", "system", "import")
LAWFUL_BASES = ("consent", "contract", "legal_obligation", "vital_interest", "public_interest", "legitimate_interest")
PURPOSES = ("service", "email", "sms", "phone", "profiling", "analytics")
CONTACT_KINDS = (
    "purchase", "visit", "service_request", "information_request", "complaint",
    "call", "message", "campaign", "feedback", "note",
)  # fmt: skip
REQUEST_KINDS = ("service_request", "information_request", "complaint")
REQUEST_STATES = ("new", "assigned", "waiting", "resolved", "reopened", "rejected")
REQUEST_EVENTS = ("opened", "assigned", "responded", "message", "paused", "resumed", "resolved", "reopened", "rejected")
PRIORITIES = ("low", "normal", "high", "urgent")
STAGES = ("acquisition", "deal", "service")
CHANNELS = ("branch", "phone", "web", "app", "messenger", "email", "account")
ARTICLE_STATES = ("draft", "review", "published", "archived")

# field of the profile → class; every one has a value with source, author, time and lawful basis
PROFILE_FIELDS: dict[str, str] = {
    "full_name": "name", "phone": "contact", "email": "contact", "birth_date": "birth", "sex": "profile",
    "marital_status": "profile", "children": "profile", "education": "profile", "profession": "profile",
    "income_month": "income", "city": "residence", "region": "residence",
}  # fmt: skip


@dataclass(frozen=True)
class Entity:
    """A table of the store, with what each column tells about people.

    Parameters
    ----------
    table : Table
        Columns, kinds, key.
    classes : mapping of str to str
        Column → class of sensitivity; the others tell nothing personal.
    codes : mapping of str to tuple of str
        Column → the words that may stand in it.
    """

    table: Table
    classes: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name


def _id(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "id", meaning, nullable=nullable)


def _text(name: str, meaning: str, *, nullable: bool = True) -> Column:
    return Column(name, "text", meaning, nullable=nullable)


def _at(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "datetime", meaning, nullable=nullable)


def _day(name: str, meaning: str, *, nullable: bool = True) -> Column:
    return Column(name, "date", meaning, nullable=nullable)


def _count(name: str, meaning: str, *, nullable: bool = True) -> Column:
    return Column(name, "integer", meaning, nullable=nullable)


def _money(name: str, meaning: str) -> Column:
    return Column(name, "money", meaning, mark("currency units"), nullable=True)


def _flag(name: str, meaning: str) -> Column:
    return Column(name, "flag", meaning, nullable=True)


_CUSTOMER = _id("customer_id", mark("the customer"))
_ACTOR = _text("actor", mark("who did it: role and number of the employee or customer"))
_VERSION = _count("version", mark("how often the row was changed; guards against lost edits"), nullable=False)

# table of the record → columns that the store adds
_ADDED: dict[str, tuple[Column, ...]] = {
    "customers": (
        _text("kind", mark("client, or prospect before the first purchase"), nullable=False),
        _id("responsible_id", mark("the employee who looks after the customer"), nullable=True),
        _text("note", mark("remark about the customer")),
        _id("merged_into", mark("the customer's record that took this one in"), nullable=True),
        _at("erased_at", mark("when the person was erased; the row stays for the statistics"), nullable=True),
        _VERSION,
    ),
    "contacts": (
        _text("direction", mark("in from the customer, out from the organisation")),
        _text("subject", mark("what it is about, one line")),
        _text("body", mark("what was said or written")),
        _text("entered_kind", mark("who entered it: employee, customer, system or import"), nullable=False),
        _id("touchpoint_id", mark("the touchpoint of the register"), nullable=True),
    ),
}
_CLASSES: dict[str, dict[str, str]] = {
    "customers": {
        **PROFILE_FIELDS, "last_name": "name", "first_name": "name", "middle_name": "name",
        "residence_type": "residence", "note": "note",
    },
    "contacts": {"subject": "note", "body": "note"},
    "employees": {"salary_month": "salary"},
    "products": {"unit_cost": "cost"},
    "campaigns": {"contact_cost": "cost"},
    "touches": {"cost": "cost"},
    "budgets": {"planned": "cost", "actual": "cost"},
    "kpi_months": {
        "revenue": "money", "refunds": "money", "overdue": "money", "margin": "cost", "acquisition_cost": "cost",
    },
    "contracts": {"fee": "money"},
    "orders": dict.fromkeys(("gross", "discount", "points_value", "amount"), "money"),
    "order_lines": dict.fromkeys(("unit_price", "discount", "amount"), "money"),
    "payments": dict.fromkeys(("due_amount", "paid_amount"), "money"),
    "receivables": dict.fromkeys(
        ("outstanding", "not_due", "overdue_30", "overdue_60", "overdue_90", "overdue_older", "written_off"), "money"
    ),
    "surveys": dict.fromkeys(("nps", "csat", "ces"), "opinion"),
    "survey_items": dict.fromkeys(("expectation", "perception"), "opinion"),
}  # fmt: skip
_CODES: dict[str, dict[str, tuple[str, ...]]] = {
    "contacts": {"kind": CONTACT_KINDS, "direction": ("in", "out"), "entered_kind": ENTERED_BY},
    "customers": {"kind": ("client", "prospect")},
}
# a form or a file may know less than a world does: everything but these may be missing
_NEVER_MISSING = {
    "customers": {"customer_id", "kind", "version"},
    "contacts": {"contact_id", "customer_id", "opened_at", "kind", "entered_kind"},
    "orders": {"order_id", "customer_id", "ordered_at", "amount"},
    "order_lines": {"order_id", "line_no", "customer_id", "quantity", "amount"},
    "payments": {"payment_id", "order_id", "customer_id", "kind", "due_on", "due_amount", "paid_amount"},
}


def _of_world(table: Table) -> Entity:
    columns = table.columns + _ADDED.get(table.name, ())
    if table.name in _NEVER_MISSING:
        needed = _NEVER_MISSING[table.name]
        columns = tuple(replace(column, nullable=column.name not in needed) for column in columns)
    grown = Table(table.name, table.one_row_is, columns, table.key)
    return Entity(grown, _CLASSES.get(table.name, {}), _CODES.get(table.name, {}))


_OWN = (
    Entity(Table("touchpoints", mark("one occasion on which customers meet the organisation"), (
        _id("touchpoint_id", mark("the touchpoint")),
        _text("stage", mark("stage of the relationship: acquisition, deal or service"), nullable=False),
        _text("channel", mark("channel"), nullable=False),
        _id("department_id", mark("the department that answers for it"), nullable=True),
        _text("touchpoint", mark("name of the touchpoint"), nullable=False),
        _flag("recorded", mark("whether what happens there is recorded")),
    ), ("touchpoint_id",)), codes={"stage": STAGES}),
    Entity(Table("profile_values", mark("one value that a field of a profile has or had"), (
        _id("value_id", mark("the entry")),
        _CUSTOMER,
        _text("field", mark("field of the profile"), nullable=False),
        _text("value", mark("the value as text")),
        _text("source", mark("where it comes from")),
        _text("entered_kind", mark("who entered it: employee, customer, system or import"), nullable=False),
        _ACTOR,
        _at("entered_at", mark("when it was entered")),
        _text("basis", mark("lawful basis of keeping it"), nullable=False),
        _text("status", mark("current, pending, rejected or superseded"), nullable=False),
    ), ("value_id",)), codes={
        "entered_kind": ENTERED_BY, "basis": LAWFUL_BASES, "field": tuple(PROFILE_FIELDS),
        "status": ("current", "pending", "rejected", "superseded"),
    }),
    Entity(Table("consents", mark("one consent of a customer to one purpose"), (
        _id("consent_id", mark("the consent")),
        _CUSTOMER,
        _text("purpose", mark("what the data may be used for"), nullable=False),
        _text("basis", mark("lawful basis"), nullable=False),
        _text("source", mark("how it was given")),
        _at("given_at", mark("when it was given")),
        _text("text_version", mark("version of the text that was agreed to"), nullable=False),
        _at("expires_at", mark("when it ends by itself"), nullable=True),
        _at("withdrawn_at", mark("when it was withdrawn"), nullable=True),
        _ACTOR,
    ), ("consent_id",)), codes={"purpose": PURPOSES, "basis": LAWFUL_BASES}),
    Entity(Table("causes", mark("one root cause of requests and complaints"), (
        _id("cause_id", mark("the cause")),
        _text("cause", mark("code of the cause"), nullable=False),
        _text("title", mark("the cause in words"), nullable=False),
    ), ("cause_id",))),
    Entity(Table("requests", mark("one request or complaint with its course"), (
        _id("request_id", mark("the request")),
        _CUSTOMER,
        _id("contact_id", mark("the contact in which it was made"), nullable=True),
        _id("order_id", mark("the order it is about"), nullable=True),
        _text("kind", mark("service_request, information_request or complaint"), nullable=False),
        _text("subject", mark("what it is about, one line")),
        _text("body", mark("what the customer wrote or said")),
        _text("priority", mark("low, normal, high or urgent"), nullable=False),
        _text("status", mark("new, assigned, waiting, resolved, reopened or rejected"), nullable=False),
        _id("branch_id", mark("the branch"), nullable=True),
        _id("department_id", mark("the department that handles it"), nullable=True),
        _id("employee_id", mark("the employee who handles it"), nullable=True),
        _at("opened_at", mark("when it was made")),
        _at("first_response_at", mark("when it was first answered"), nullable=True),
        _at("resolved_at", mark("when it was settled"), nullable=True),
        _id("cause_id", mark("the root cause, once it is known"), nullable=True),
        _count("severity", mark("severity from 1 to 3")),
        _text("remedy", mark("what was given: none, apology, voucher or refund")),
        _money("remedy_amount", mark("money value of the remedy")),
        _count("reopened", mark("how often it was opened again"), nullable=False),
        _text("entered_kind", mark("who entered it: employee, customer, system or import"), nullable=False),
        _VERSION,
    ), ("request_id",)), {"subject": "note", "body": "note", "remedy_amount": "money"}, {
        "kind": REQUEST_KINDS, "priority": PRIORITIES, "status": REQUEST_STATES, "entered_kind": ENTERED_BY,
    }),
    Entity(Table("request_events", mark("one event in the course of a request: what the SLA clock counts"), (
        _id("event_id", mark("the event")),
        _id("request_id", mark("the request")),
        _CUSTOMER,
        _at("happened_at", mark("when")),
        _text("event", mark("opened, assigned, responded, message, paused, resumed, resolved, reopened or rejected"),
              nullable=False),
        _text("text", mark("the answer or remark")),
        _ACTOR,
    ), ("event_id",)), {"text": "note"}, {"event": REQUEST_EVENTS}),
    Entity(Table("articles", mark("one article of the knowledge base"), (
        _id("article_id", mark("the article")),
        _text("language", mark("language of the article"), nullable=False),
        _text("title", mark("title"), nullable=False),
        _text("body", mark("what to do, in words"), nullable=False),
        _id("cause_id", mark("the root cause that it removes"), nullable=True),
        _text("status", mark("draft, review, published or archived"), nullable=False),
        _day("valid_from", mark("first day on which it holds")),
        _day("valid_to", mark("last day on which it holds; empty without an end")),
        _ACTOR,
        _VERSION,
    ), ("article_id",)), codes={"status": ARTICLE_STATES, "language": ("en", "ru")}),
    Entity(Table("article_versions", mark("one earlier wording of an article"), (
        _id("article_id", mark("the article")),
        _count("version", mark("number of the wording"), nullable=False),
        _text("title", mark("title"), nullable=False),
        _text("body", mark("what to do, in words"), nullable=False),
        _text("status", mark("draft, review, published or archived"), nullable=False),
        _at("written_at", mark("when it was written")),
        _ACTOR,
    ), ("article_id", "version"))),
    Entity(Table("article_uses", mark("one use of an article for a request"), (
        _id("use_id", mark("the use")),
        _id("article_id", mark("the article")),
        _id("request_id", mark("the request"), nullable=True),
        _at("used_at", mark("when")),
        _flag("helpful", mark("whether it helped")),
        _ACTOR,
    ), ("use_id",))),
    Entity(Table("leads", mark("one person who showed interest and has not bought yet"), (
        _id("lead_id", mark("the lead")),
        _text("full_name", mark("name"), nullable=False),
        _text("phone", mark("telephone number")),
        _text("email", mark("e-mail address")),
        _text("source", mark("where the lead comes from")),
        _text("status", mark("new, working, qualified, lost or won"), nullable=False),
        _id("branch_id", mark("the branch"), nullable=True),
        _id("employee_id", mark("the employee who works on it"), nullable=True),
        _id("customer_id", mark("the customer that it became"), nullable=True),
        _at("created_at", mark("when it was entered")),
        _VERSION,
    ), ("lead_id",)), {"full_name": "name", "phone": "contact", "email": "contact"}, {
        "status": ("new", "working", "qualified", "lost", "won"),
    }),
    Entity(Table("pipeline_stages", mark("one stage of one pipeline"), (
        _text("pipeline", mark("the pipeline"), nullable=False),
        _text("stage", mark("stage of the pipeline"), nullable=False),
        _count("position", mark("order of the stage"), nullable=False),
        Column("probability", "number", mark("chance of winning from here"), mark("fraction")),
        _text("outcome", mark("open, won or lost"), nullable=False),
    ), ("pipeline", "stage")), codes={"outcome": ("open", "won", "lost")}),
    Entity(Table("deals", mark("one deal in a pipeline"), (
        _id("deal_id", mark("the deal")),
        _CUSTOMER,
        _text("pipeline", mark("the pipeline"), nullable=False),
        _text("stage", mark("stage of the pipeline"), nullable=False),
        _text("title", mark("what it is about")),
        _money("value", mark("expected money")),
        _id("branch_id", mark("the branch"), nullable=True),
        _id("employee_id", mark("the employee who leads it"), nullable=True),
        _at("opened_at", mark("when it was opened")),
        _at("closed_at", mark("when it was won or lost"), nullable=True),
        _text("lost_reason", mark("why it was lost")),
        _VERSION,
    ), ("deal_id",)), {"value": "money", "title": "note", "lost_reason": "note"}),
    Entity(Table("stage_moves", mark("one move of a deal from stage to stage"), (
        _id("move_id", mark("the move")),
        _id("deal_id", mark("the deal")),
        _CUSTOMER,
        _text("from_stage", mark("stage before")),
        _text("to_stage", mark("stage after"), nullable=False),
        _at("moved_at", mark("when")),
        _ACTOR,
    ), ("move_id",))),
    Entity(Table("organisation_metrics", mark("one number about the organisation that somebody entered"), (
        _id("entry_id", mark("the entry")),
        _day("month", mark("first day of the month"), nullable=False),
        _id("branch_id", mark("the branch"), nullable=True),
        _text("metric", mark("what is measured"), nullable=False),
        Column("value", "number", mark("the value")),
        _text("unit", mark("unit of the value")),
        _ACTOR,
        _at("entered_at", mark("when it was entered")),
    ), ("entry_id",))),
    Entity(Table("metrics", mark("one metric with its definition"), (
        _id("metric_id", mark("the metric")),
        _text("metric", mark("name of the metric"), nullable=False),
        _text("definition", mark("what it means, in words"), nullable=False),
        _text("query", mark("the query that computes it"), nullable=False),
        _text("unit", mark("unit of the value")),
        _ACTOR,
        _at("created_at", mark("when it was defined")),
        _VERSION,
    ), ("metric_id",))),
    Entity(Table("insights", mark("one conclusion with the query that proves it"), (
        _id("insight_id", mark("the insight")),
        _text("claim", mark("what was found, a sentence"), nullable=False),
        _text("query", mark("the query that gives the evidence"), nullable=False),
        _text("result_digest", mark("digest of the query's result on that day"), nullable=False),
        _text("result", mark("the result on that day, as text")),
        _ACTOR,
        _at("created_at", mark("when it was found")),
    ), ("insight_id",)), {"result": "cost"}),
    Entity(Table("decisions", mark("one decision, from an insight to what came of it"), (
        _id("decision_id", mark("the decision")),
        _id("insight_id", mark("the insight that it rests on")),
        _text("action", mark("what is done"), nullable=False),
        _text("expected", mark("what is expected of it"), nullable=False),
        _text("owner", mark("who answers for it"), nullable=False),
        _at("decided_at", mark("when it was decided")),
        _day("review_on", mark("day on which it is looked at again"), nullable=False),
        _text("actual", mark("what came of it")),
        _at("reviewed_at", mark("when it was looked at again"), nullable=True),
        _VERSION,
    ), ("decision_id",))),
    Entity(Table("import_batches", mark("one import of a file"), (
        _id("batch_id", mark("the import")),
        _text("entity", mark("what was imported"), nullable=False),
        _text("source", mark("name of the file"), nullable=False),
        _count("rows_read", mark("rows of the file"), nullable=False),
        _count("rows_added", mark("rows that were new"), nullable=False),
        _count("rows_changed", mark("rows that changed what was there"), nullable=False),
        _text("report", mark("what was found in the file")),
        _ACTOR,
        _at("imported_at", mark("when")),
    ), ("batch_id",))),
    Entity(Table("merges", mark("one merge of two records of one person"), (
        _id("merge_id", mark("the merge")),
        _id("customer_id", mark("the record that stays")),
        _id("merged_id", mark("the record that was taken in")),
        Column("score", "number", mark("how sure the match was"), nullable=True),
        _text("kept", mark("which value was kept from which record, and what to put back")),
        _ACTOR,
        _at("merged_at", mark("when")),
        _at("undone_at", mark("when it was undone"), nullable=True),
    ), ("merge_id",)), {"kept": "note"}),
    Entity(Table("erasures", mark("one request of a person to be erased"), (
        _id("erasure_id", mark("the request")),
        _CUSTOMER,
        _at("requested_at", mark("when it was asked for")),
        _day("due_on", mark("day by which it is due"), nullable=False),
        _text("mode", mark("anonymise or pseudonymise"), nullable=False),
        _at("done_at", mark("when it was done"), nullable=True),
        _text("report", mark("what was removed and what stays")),
        _ACTOR,
    ), ("erasure_id",)), codes={"mode": ("anonymise", "pseudonymise")}),
    Entity(Table("audit", mark("one action on one row"), (
        _id("audit_id", mark("the entry")),
        _at("happened_at", mark("when")),
        Column("actor", "text", mark("who did it: role and number of the employee or customer")),
        _text("entity", mark("table of the row"), nullable=False),
        _id("entity_id", mark("key of the row"), nullable=True),
        _id("customer_id", mark("the customer whom it concerns"), nullable=True),
        _text("action", mark("what was done"), nullable=False),
        _text("field", mark("field that was changed")),
        _text("before_token", mark("keyed token of the value before; never the value")),
        _text("after_token", mark("keyed token of the value after; never the value")),
    ), ("audit_id",)), {"before_token": "token", "after_token": "token"}),
    Entity(Table("exports", mark("one export of data"), (
        _id("export_id", mark("the export")),
        _at("exported_at", mark("when")),
        _ACTOR,
        _text("entity", mark("what was exported"), nullable=False),
        _count("rows", mark("number of rows"), nullable=False),
        _text("columns", mark("which columns")),
    ), ("export_id",))),
)  # fmt: skip

_REPLACED = {"complaints"}  # by requests, which have the same columns and more

STORE_TABLES: dict[str, Entity] = {
    **{name: _of_world(table) for name, table in WORLD_TABLES.items() if name not in _REPLACED},
    **{entity.name: entity for entity in _OWN},
}

# column → table and key that it points to; a column of its own table's key points nowhere
POINTS_TO: dict[str, tuple[str, str]] = {
    "customer_id": ("customers", "customer_id"), "referrer_id": ("customers", "customer_id"),
    "merged_into": ("customers", "customer_id"), "merged_id": ("customers", "customer_id"),
    "branch_id": ("branches", "branch_id"), "department_id": ("departments", "department_id"),
    "employee_id": ("employees", "employee_id"), "responsible_id": ("employees", "employee_id"),
    "product_id": ("products", "product_id"), "campaign_id": ("campaigns", "campaign_id"),
    "order_id": ("orders", "order_id"), "survey_id": ("surveys", "survey_id"),
    "contact_id": ("contacts", "contact_id"), "touchpoint_id": ("touchpoints", "touchpoint_id"),
    "request_id": ("requests", "request_id"), "article_id": ("articles", "article_id"),
    "cause_id": ("causes", "cause_id"), "deal_id": ("deals", "deal_id"), "insight_id": ("insights", "insight_id"),
}  # fmt: skip
