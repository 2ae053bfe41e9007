"""Practice of lesson 02: the four groups of inputs, both doors and consent, in the learner's own database."""

from __future__ import annotations

import random
from typing import Any

from crm_toolkit.exercises.practice import Practice, Requirement, Words
from crm_toolkit.exercises.tasks import Data
from crm_toolkit.texts import format_date, join_names, mark, say

_PROFILE = {
    "birth_date": mark("date of birth"), "income_month": mark("income"), "children": mark("children"),
    "profession": mark("profession"), "city": mark("place of residence"),
}  # fmt: skip
_KINDS = {
    "purchase": mark("a purchase"), "service_request": mark("a request for service"),
    "information_request": mark("a request for information"), "complaint": mark("a complaint"),
}  # fmt: skip


def _draw(luck: random.Random) -> Data:
    month = luck.randrange(1, 13)
    return {
        "phone": f"+7 000 {luck.randrange(100, 1000)}-{luck.randrange(10, 100)}-{luck.randrange(10, 100)}",
        "birth_date": f"{luck.randrange(1960, 2005)}-{luck.randrange(1, 13):02}-{luck.randrange(1, 28):02}",
        "children": luck.randrange(0, 4),
        "income_month": 100 * luck.randrange(200, 1500),
        "bill": 10 * luck.randrange(80, 900) + 5,
        "month": f"2025-{month:02}-01",
        "utilisation": round(luck.randrange(45, 96) / 100, 2),
    }


def _words(data: Data) -> Words:
    import datetime as dt

    return {
        "phone": data["phone"],
        "birth_date": format_date(dt.date.fromisoformat(data["birth_date"]), "long"),
        "birth_iso": data["birth_date"],
        "children": data["children"],
        "income": int(data["income_month"]),
        "bill": data["bill"],
        "month": data["month"],
        "utilisation": data["utilisation"],
    }


def _customer(store: Any, data: Data) -> dict[str, Any] | None:
    found = store.list("customers", where={"phone": data["phone"]}, limit=1)
    return found.iloc[0].to_dict() if len(found) else None


def _rows(store: Any, data: Data, entity: str, **where: Any) -> Any:
    customer = _customer(store, data)
    wanted = {"customer_id": -1 if customer is None else int(customer["customer_id"])} | where
    return store.list(entity, where=wanted, limit=None)


def _no_customer(store: Any, data: Data) -> Words | None:
    return None if _customer(store, data) else {"none": True}


def _no_profile(store: Any, data: Data) -> Words | None:
    import pandas as pd

    row = _customer(store, data)
    if row is None:
        return {"fields": join_names(say(word) for word in _PROFILE.values()), "none": True}
    wrong = [say(word) for name, word in _PROFILE.items() if pd.isna(row[name]) or row[name] == ""]
    for name in ("children", "income_month"):
        if not pd.isna(row[name]) and float(row[name]) != float(data[name]):
            wrong.append(say(_PROFILE[name]))
    if not pd.isna(row["birth_date"]) and str(row["birth_date"])[:10] != data["birth_date"]:
        wrong.append(say(_PROFILE["birth_date"]))
    return {"fields": join_names(wrong)} if wrong else None


def _no_kinds(store: Any, data: Data) -> Words | None:
    there = set(_rows(store, data, "contacts")["kind"])
    missing = [say(word) for kind, word in _KINDS.items() if kind not in there]
    return {"kinds": join_names(missing), "none": len(missing) == len(_KINDS)} if missing else None


def _no_bill(store: Any, data: Data) -> Words | None:
    bills = _rows(store, data, "payments")
    owed = bills["due_amount"] - bills["paid_amount"]
    if len(bills) and ((owed - data["bill"]).abs() < 0.005).any():
        return None
    return {"owed": round(float(owed.sum()), 2) if len(bills) else 0, "none": not len(bills)}


def _no_metric(store: Any, data: Data) -> Words | None:
    found = store.list("organisation_metrics", limit=None)
    month = found[found["month"].astype(str).str[:10] == data["month"]]
    if len(month) and ((month["value"] - data["utilisation"]).abs() < 0.0005).any():
        return None
    return {"none": not len(found)}


def _no_second_door(store: Any, data: Data) -> Words | None:
    values = _rows(store, data, "profile_values")
    doors = set(values["entered_kind"])
    if {"employee", "customer"} <= doors:
        return None
    return {"none": not doors}


def _no_consent(store: Any, data: Data) -> Words | None:
    consents = _rows(store, data, "consents")
    standing = consents[consents["withdrawn_at"].isna()]
    if "service" in set(standing["purpose"]):
        return None
    return {"none": not len(consents)}


FOUR_GROUPS = Practice(
    id="four_groups",
    lesson="02",
    topic="store",
    title=mark("Four groups of inputs, two doors"),
    statement=mark(
        "Your own database stands before you (`datasets.make_store()`). Bring in one new customer and everything "
        "that a CRM "
        "system takes in about a customer:\n\n"
        "- a **profile** with a name of your choice, the telephone number **{phone}**, date of birth {birth_date} "
        "(`{birth_iso}`), "
        "{children} children, an income of {income} a month, a profession and a place of residence;\n"
        "- **contacts** of all four kinds: a purchase, a request for service, a request for information, a complaint;\n"
        "- **money**: a purchase on a bill of **{bill}** that is not paid yet;\n"
        "- the **organisation**: its utilisation of **{utilisation}** in the month `{month}`.\n\n"
        "The employee's door is not enough: let the customer change at least one field of the profile in the account. "
        "And ask for consent to the purpose `service`."
    ),
    works_on="Store",
    generate=_draw,
    words=_words,
    requirements=(
        Requirement("NO_CUSTOMER", mark("a customer with the telephone number {phone}"),
                    mark("There is no customer with the telephone number {phone}."), _no_customer),
        Requirement("PROFILE_INCOMPLETE", mark("a profile with all five fields"),
                    mark("The profile lacks, or has other values for: {fields}."), _no_profile),
        Requirement("CONTACT_KINDS", mark("contacts of all four kinds"),
                    mark("In the customer's history these are missing: {kinds}."), _no_kinds),
        Requirement("NO_BILL", mark("a purchase on a bill of {bill} that is not paid"),
                    mark("No unpaid bill of {bill} is found; the customer owes {owed}. Paid at once leaves no debt: "
                         "a bill needs the day on which it is due."), _no_bill),
        Requirement("NO_ORGANISATION", mark("the utilisation of {month}"),
                    mark("Among the numbers about the organisation {utilisation} for {month} is not found."),
                    _no_metric),
        Requirement("ONE_DOOR", mark("values from both doors, the employee's and the customer's"),
                    mark("All values of the profile came through one door: compare the column `entered_kind`."),
                    _no_second_door),
        Requirement("NO_CONSENT", mark("a consent to the purpose `service` that is in force"),
                    mark("No consent to the purpose `service` is in force. A ticked box in another form is no "
                         "consent: it is a "
                         "record of its own."), _no_consent),
    ),
    hints=(
        mark("Each group has a form of its own: `store.submit(form, values)`; `store.FORMS` lists forms and fields."),
        mark("First the form `customer`; its answer has the key. Then `request`, `purchase`, `organisation_metric`. "
             "The customer's "
             'door is `store.as_role("customer", customer=key)`, with the forms `profile` and `consent`.'),
        mark('`new = store.submit("customer", {{"full_name": "…", "phone": "{phone}", "children": {children}}})`'),
    ),
    solution=mark(
        "An employee enters the customer, three requests, the purchase with the day on which it is due, and the "
        "metric; the "
        "customer changes a field of the profile and agrees to the purpose `service`. Every value now tells who "
        "entered it, "
        "when, and on which lawful basis."
    ),
)  # fmt: skip

PRACTICES = (FOUR_GROUPS,)
