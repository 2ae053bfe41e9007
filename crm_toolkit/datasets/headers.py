"""Short headers of a world's columns for files that people open in a spreadsheet: ``order_id`` is «Номер заказа».

In one table no two columns have the same header. The Russian headers stand in ``texts/ru/words.po``.
"""

from __future__ import annotations

from crm_toolkit.texts import mark, say

# fmt: off
_HEADERS = {
    "branch_id": mark("Branch code"), "city": mark("City or town"), "region": mark("Region"),
    "department_id": mark("Department code"), "department": mark("Department"), "stage": mark("Stage"),
    "employee_id": mark("Employee code"), "full_name": mark("Full name"), "hired_on": mark("Hired on"),
    "salary_month": mark("Salary a month"),
    "product_id": mark("Product code"), "item": mark("Item"), "category": mark("Category"), "kind": mark("Kind"),
    "list_price": mark("List price"), "unit_cost": mark("Unit cost"),
    "campaign_id": mark("Campaign code"), "campaign": mark("Campaign"), "design": mark("Design"),
    "channel": mark("Channel"), "starts_on": mark("Starts on"), "ends_on": mark("Ends on"),
    "discount": mark("Discount"), "holdout_share": mark("Holdout share"), "contact_cost": mark("Cost of a message"),
    "customer_id": mark("Customer code"), "household_id": mark("Household code"), "sex": mark("Sex"),
    "last_name": mark("Surname"), "first_name": mark("Given name"), "middle_name": mark("Patronymic"),
    "birth_date": mark("Date of birth"), "marital_status": mark("Marital status"), "children": mark("Children"),
    "education": mark("Education"), "profession": mark("Profession"), "income_month": mark("Income a month"),
    "residence_type": mark("Kind of place"), "email": mark("E-mail"), "phone": mark("Telephone"),
    "consent": mark("Consent to the use of data"), "consent_email": mark("Consent to e-mails"),
    "consent_sms": mark("Consent to text messages"), "acquired_at": mark("First purchase"),
    "acquisition_channel": mark("Acquisition channel"), "referrer_id": mark("Recommended by"),
    "valid_from": mark("Valid from"), "price": mark("Price"),
    "contract_id": mark("Contract number"), "started_on": mark("Contract from"), "ended_on": mark("Contract until"),
    "fee": mark("Fee of a period"),
    "assigned_on": mark("Assigned on"), "arm": mark("Arm"), "stratum": mark("Stratum"),
    "propensity": mark("Propensity"),
    "touch_id": mark("Touch number"), "touched_at": mark("Touched at"), "purpose": mark("Purpose"),
    "delivered": mark("Delivered"), "opened": mark("Opened"), "clicked": mark("Clicked"),
    "unsubscribed": mark("Unsubscribed"), "cost": mark("Cost"),
    "order_id": mark("Order number"), "ordered_at": mark("Order date"), "gross": mark("Sum at list price"),
    "points_value": mark("Paid with points"), "amount": mark("Amount"), "line_no": mark("Line number"),
    "quantity": mark("Quantity"), "unit_price": mark("Price"),
    "payment_id": mark("Payment number"), "method": mark("Way of paying"), "due_on": mark("Due on"),
    "due_amount": mark("Amount due"), "paid_at": mark("Paid at"), "paid_amount": mark("Amount paid"),
    "month": mark("Month"), "outstanding": mark("Outstanding"), "not_due": mark("Not yet due"),
    "overdue_30": mark("Overdue 1–30 days"), "overdue_60": mark("Overdue 31–60 days"),
    "overdue_90": mark("Overdue 61–90 days"), "overdue_older": mark("Overdue more than 90 days"),
    "written_off": mark("Written off"),
    "contact_id": mark("Contact number"), "opened_at": mark("Opened at"), "wait_minutes": mark("Waiting, min"),
    "handle_minutes": mark("Handling, min"), "transfers": mark("Transfers"),
    "resolved_first_contact": mark("Resolved at first contact"),
    "failure": mark("What failed"), "severity": mark("Severity"), "resolved_at": mark("Resolved at"),
    "remedy": mark("Remedy"), "remedy_amount": mark("Cost of the remedy"), "repeated": mark("Repeated failure"),
    "enrolled_at": mark("Enrolled at"), "entry_id": mark("Entry number"), "booked_at": mark("Booked at"),
    "points": mark("Points"), "balance": mark("Balance of points"), "expires_on": mark("Points expire on"),
    "survey_id": mark("Survey number"), "sent_at": mark("Sent at"), "answered_at": mark("Answered at"),
    "nps": mark("NPS answer"), "csat": mark("CSAT answer"), "ces": mark("CES answer"),
    "dimension": mark("Dimension of quality"), "expectation": mark("Expectation"), "perception": mark("Perception"),
    "week_start": mark("First day of the week"), "capacity": mark("Capacity"), "contacts": mark("Contacts"),
    "utilisation": mark("Utilisation"), "line": mark("Budget line"), "planned": mark("Planned"),
    "actual": mark("Actual"),
    "orders": mark("Number of orders"), "revenue": mark("Revenue"), "margin": mark("Margin"),
    "refunds": mark("Refunds"), "active_customers": mark("Active customers"),
    "new_customers": mark("Customers gained"), "complaints": mark("Number of complaints"),
    "complaints_per_1000": mark("Complaints per 1000 orders"),
    "first_contact_resolution": mark("First contact resolution"), "survey_answers": mark("Survey answers"),
    "acquisition_cost": mark("Acquisition cost"), "overdue": mark("Overdue"),
    "need_rate": mark("Need rate, per week"), "dropout_probability": mark("Chance of leaving after an order"),
    "base_hazard": mark("Rate of leaving, per week"), "spend_level": mark("Spending level"),
    "price_sensitivity": mark("Price sensitivity"), "complaint_propensity": mark("Readiness to complain"),
    "channel_taste": mark("Favourite channel"), "payment_discipline": mark("Payment discipline"),
    "treatment_response": mark("Response to a message"), "response_type": mark("Kind of response"),
    "survey_bias": mark("Leaning in surveys"), "acquired_week": mark("Week of the first order"),
    "left_week": mark("Week of leaving"), "left_because": mark("Reason for leaving"),
    "week": mark("Week"), "need": mark("Need"), "satisfaction": mark("Satisfaction"), "loyalty": mark("Habit"),
    "fatigue": mark("Fatigue"), "alive": mark("Still a customer"), "performance": mark("Performance"),
    "disconfirmation": mark("Disconfirmation"), "failed": mark("Failed"),
    "reaction": mark("Reaction to the failure"), "repaired": mark("Settled well"), "skill": mark("Skill"),
    "treated": mark("Treated"), "orders_untreated": mark("Orders without the campaign"),
    "orders_treated": mark("Orders with the campaign"), "amount_untreated": mark("Money without the campaign"),
    "amount_treated": mark("Money with the campaign"), "effect": mark("Effect of the campaign"),
    "record_id": mark("Record code"), "client": mark("Client"), "first_order": mark("First order"),
    "given_name": mark("Given name"), "patronymic": mark("Patronymic"), "surname": mark("Surname"),
    "tel": mark("Tel."), "born": mark("Born"), "mail": mark("Mail"), "name": mark("Given name"), "age": mark("Age"),
    "income": mark("Income"), "town": mark("Town"), "source": mark("Source"),
    "sales_record_id": mark("Record of sales"), "service_record_id": mark("Record of service"),
    "marketing_record_id": mark("Record of marketing"), "entered_at": mark("Entered at"),
    "amount_text": mark("Amount as text"),
    "silo": mark("List"), "is_duplicate": mark("Duplicate record"), "table": mark("Table"),
    "key": mark("Key of the row"), "column": mark("Column"), "clean": mark("As it should be"),
    "observed": mark("As recorded"),
}
# columns that need another header in one table
_IN_TABLE = {
    ("survey_items", "item"): mark("Number of the item"), ("branches", "city"): mark("City"),
    ("kpi_months", "nps"): mark("NPS"), ("campaigns", "discount"): mark("Discount, fraction"),
    ("contacts", "kind"): mark("Kind of contact"), ("payments", "kind"): mark("Kind of entry"),
    ("loyalty_ledger", "kind"): mark("Kind of entry"), ("contacts", "opened_at"): mark("Date of the contact"),
    ("slips", "kind"): mark("Kind of slip"),
}
# fmt: on


def header(table: str, column: str) -> str:
    """The header of a column in the reader's language; of an unknown column, its name.

    >>> header("orders", "order_id"), header("survey_items", "item"), header("orders", "x")
    ('Order number', 'Number of the item', 'x')
    """
    english = _IN_TABLE.get((table, column)) or _HEADERS.get(column)
    return say(english) if english else column
