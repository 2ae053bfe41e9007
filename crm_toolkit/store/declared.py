"""The ready forms of the two doors: the employee's desk and the customer's account."""

from __future__ import annotations

from crm_toolkit.schema.store import CHANNELS, LAWFUL_BASES, PRIORITIES, PURPOSES, REQUEST_EVENTS, REQUEST_KINDS, STAGES
from crm_toolkit.store.entering import conclusions, erasures, knowledge, pipeline
from crm_toolkit.store.forms import Form, FormField
from crm_toolkit.texts import mark

_EMPLOYEE = ("employee",)
_CUSTOMER = FormField("customer_id", mark("Customer's number"), "key", required=True, low=1, doors=_EMPLOYEE)
_SUBJECT = FormField("subject", mark("Subject"), required=True)
_BODY = FormField("body", mark("In words"), "text")
PAYMENT_METHODS = ("cash", "card", "transfer", "invoice", "instalment", "online", "wallet")

_PROFILE = (
    FormField("full_name", mark("Name"), moderated=True),
    FormField("phone", mark("Telephone"), "phone"),
    FormField("email", mark("E-mail"), "email"),
    FormField("birth_date", mark("Date of birth"), "date", moderated=True, past=True),
    FormField("sex", mark("Sex"), "choice", choices=("female", "male"), moderated=True),
    FormField("marital_status", mark("Marital status"), "choice",
              choices=("single", "married", "divorced", "widowed")),
    FormField("children", mark("Children"), "whole", low=0, high=20),
    FormField("education", mark("Education"), "choice",
              choices=("school", "secondary", "vocational", "bachelor", "master", "doctorate", "incomplete_higher")),
    FormField("profession", mark("Profession")),
    FormField("income_month", mark("Income of a month"), "money", low=0),
    FormField("city", mark("Place of residence")),
    FormField("region", mark("Region")),
)  # fmt: skip

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form("customer", mark("New customer"), "customers", "create", (
            FormField("full_name", mark("Name"), required=True),
            *_PROFILE[1:],
            FormField("kind", mark("Client or prospect"), "choice", choices=("client", "prospect")),
            FormField("basis", mark("Lawful basis"), "choice", choices=LAWFUL_BASES),
            FormField("note", mark("Remark"), "text"),
        )),
        Form("profile", mark("Profile"), "customers", "edit", (
            *_PROFILE,
            FormField("basis", mark("Lawful basis"), "choice", choices=LAWFUL_BASES, doors=_EMPLOYEE),
            FormField("note", mark("Remark"), "text", doors=_EMPLOYEE),
        ), ("employee", "customer")),
        Form("moderation", mark("Check of a customer's change"), "profile_values", "edit", (
            FormField("verdict", mark("Verdict"), "choice", required=True, choices=("accept", "reject")),
        ), right="moderate"),
        Form("contact", mark("Contact"), "contacts", "create", (
            _CUSTOMER,
            FormField("kind", mark("Kind"), "choice", required=True,
                      choices=("visit", "call", "message", "feedback", "note")),
            FormField("channel", mark("Channel"), "choice", choices=CHANNELS),
            FormField("direction", mark("Direction"), "choice", choices=("in", "out")),
            _SUBJECT, _BODY,
            FormField("opened_at", mark("When"), "moment", hint=mark("empty: now"), past=True),
            FormField("handle_minutes", mark("Minutes of work"), "number", low=0, high=10_000),
        )),
        Form("request", mark("Request or complaint"), "requests", "create", (
            _CUSTOMER,
            FormField("kind", mark("Kind"), "choice", required=True, choices=REQUEST_KINDS),
            _SUBJECT, _BODY,
            FormField("priority", mark("Priority"), "choice", choices=PRIORITIES, doors=_EMPLOYEE),
            FormField("channel", mark("Channel"), "choice", choices=CHANNELS, doors=_EMPLOYEE),
            FormField("order_id", mark("Number of the order"), "key", low=1),
        ), ("employee", "customer")),
        Form("request_step", mark("Next step of a request"), "requests", "edit", (
            FormField("event", mark("Step"), "choice", required=True,
                      choices=tuple(one for one in REQUEST_EVENTS if one != "opened")),
            FormField("text", mark("Answer or remark"), "text", hint=mark("the customer can read it")),
            FormField("employee_id", mark("Employee who takes it on"), "key", low=1, hint=mark("empty: you")),
            FormField("cause_id", mark("Root cause"), "key", low=1),
            FormField("remedy", mark("Remedy"), "choice", choices=("none", "apology", "voucher", "refund")),
            FormField("remedy_amount", mark("Value of the remedy"), "money", low=0),
            FormField("priority", mark("Priority"), "choice", choices=PRIORITIES),
        )),
        Form("request_reply", mark("Reply"), "request_events", "create", (
            FormField("text", mark("Your message"), "text", required=True),
        ), ("customer",)),
        Form("purchase", mark("Purchase"), "orders", "create", (
            _CUSTOMER,
            FormField("product_id", mark("Product"), "key", required=True, low=1),
            FormField("quantity", mark("Quantity"), "whole", required=True, low=1, high=10_000),
            FormField("unit_price", mark("Price of one piece"), "money", low=0, hint=mark("empty: today's price")),
            FormField("method", mark("Way of paying"), "choice", required=True, choices=PAYMENT_METHODS),
            FormField("due_on", mark("Due on"), "date", hint=mark("empty: paid at once")),
            FormField("channel", mark("Channel"), "choice", choices=CHANNELS),
        )),
        Form("payment", mark("Money received"), "payments", "edit", (
            FormField("received", mark("Money received"), "money", required=True, low=0.01),
            FormField("paid_at", mark("When"), "moment", hint=mark("empty: now"), past=True),
        )),
        Form("consent", mark("Consent"), "consents", "create", (
            _CUSTOMER,
            FormField("purpose", mark("Purpose"), "choice", required=True, choices=PURPOSES),
            FormField("agreed", mark("Agreed"), "flag", required=True),
            FormField("text_version", mark("Version of the text"),
                      hint=mark("may be empty when a consent is withdrawn")),
            FormField("source", mark("How it was given"), doors=_EMPLOYEE),
            FormField("expires_at", mark("Holds until"), "moment", doors=_EMPLOYEE,
                      hint=mark("empty: until it is withdrawn")),
        ), ("employee", "customer")),
        Form("touchpoint", mark("Touchpoint"), "touchpoints", "create", (
            FormField("stage", mark("Stage"), "choice", required=True, choices=STAGES),
            FormField("channel", mark("Channel"), required=True),
            FormField("touchpoint", mark("Name of the touchpoint"), required=True),
            FormField("department_id", mark("Department"), "key", low=1),
            FormField("recorded", mark("What happens there is recorded"), "flag"),
        )),
        Form("organisation_metric", mark("Number about the organisation"), "organisation_metrics", "create", (
            FormField("month", mark("Month"), "date", required=True),
            FormField("metric", mark("What is measured"), required=True),
            FormField("value", mark("Value"), "number", required=True),
            FormField("unit", mark("Unit")),
            FormField("branch_id", mark("Branch"), "key", low=1, hint=mark("empty: the whole organisation")),
        )),
        *knowledge.FORMS,
        *pipeline.FORMS,
        *conclusions.FORMS,
        *erasures.FORMS,
    )
}  # fmt: skip
