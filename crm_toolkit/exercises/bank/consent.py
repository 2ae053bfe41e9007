"""Coverage of consent: what share of customers may be written to on a given day."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.texts import format_date, format_number, format_percent, mark


def _draw(luck: random.Random) -> Data:
    as_of = pd.Timestamp(2025, luck.randrange(2, 13), luck.randrange(1, 29))
    customers = luck.randrange(60, 160)
    ids = luck.sample(range(1, customers + 1), luck.randrange(28, 50))
    rows = []
    for customer in sorted(ids):
        place = luck.randrange(1000)
        given = as_of - pd.Timedelta(days=luck.randrange(20, 600))
        withdrawn = given + pd.Timedelta(days=luck.randrange(1, 19)) if place % 5 == 1 else pd.NaT
        expires = as_of - pd.Timedelta(days=luck.randrange(1, 15)) if place % 7 == 3 else pd.NaT
        purpose = "sms" if place % 4 == 2 else "email"
        rows.append((f"C-{customer}", purpose, given, expires, withdrawn, 1))
        if place % 7 == 0:  # a second consent of the same customer to the same purpose: a newer wording
            rows.append((f"C-{customer}", purpose, given + pd.Timedelta(days=10), expires, withdrawn, 2))
    columns = ["customer_id", "purpose", "given_at", "expires_at", "withdrawn_at", "wording"]
    return {"consents": pd.DataFrame(rows, columns=columns), "customers": customers, "as_of": as_of}


def _share(
    data: Data, *, purpose: bool = True, withdrawn: bool = True, expired: bool = True, people: bool = True,
    base: str = "customers",
) -> Values:  # fmt: skip
    consents, as_of = data["consents"], data["as_of"]
    there = consents["given_at"] <= as_of
    if purpose:
        there &= consents["purpose"] == "email"
    if withdrawn:
        there &= ~(consents["withdrawn_at"] <= as_of)
    if expired:
        there &= ~(consents["expires_at"] <= as_of)
    kept = consents[there]
    count = kept["customer_id"].nunique() if people else len(kept)
    of = data["customers"] if base == "customers" else consents["customer_id"].nunique()
    return one_number(count / of)


def _words(data: Data) -> dict[str, Any]:
    share = _share(data)[""][""]
    return {
        "as_of": format_date(data["as_of"].date(), "long"), "customers": data["customers"],
        "count": format_number(round(share * data["customers"])), "share": format_percent(share, 1),
    }  # fmt: skip


CONSENT_COVERAGE = Task(
    id="consent_coverage",
    lesson="02",
    topic="store",
    title=mark("Who may be written to"),
    statement=mark(
        "An organisation has **{customers}** customers. In `consents` stands every consent that was ever given: one "
        "row for one "
        "consent of one customer to one purpose. To what share of all customers may the organisation send an "
        "**e-mail** on "
        "**{as_of}** (`as_of`)? Hand in a fraction."
    ),
    generate=_draw,
    answer=_share,
    misconceptions=(
        Misconception("OTHER_PURPOSE", lambda data: _share(data, purpose=False),
                      mark("It looks as if consents to text messages were counted too. A consent holds for its own "
                           "purpose."),
                      credit=0.25),
        Misconception("WITHDRAWN_COUNTED", lambda data: _share(data, withdrawn=False),
                      mark("It looks as if withdrawn consents were counted. A withdrawn consent permits "
                           "nothing."), credit=0.25),
        Misconception("EXPIRED_COUNTED", lambda data: _share(data, expired=False),
                      mark("It looks as if expired consents were counted. Some consents end by themselves."),
                      credit=0.25),
        Misconception("ROWS_NOT_PEOPLE", lambda data: _share(data, people=False),
                      mark("It looks as if rows were counted. A customer who agreed to two wordings is still one "
                           "customer."),
                      credit=0.25),
        Misconception("ONLY_THOSE_WHO_ANSWERED", lambda data: _share(data, base="answered"),
                      mark("It looks as if the base were those who ever agreed to something. Who was never asked "
                           "may not be "
                           "written to either, and belongs to the base."), credit=0.25),
    ),
    words=_words,
    hints=(
        mark("A consent counts on a day if it was given by then, has not ended, and was not withdrawn."),
        mark("Filter the rows, count different customers, divide by all {customers}."),
        mark('`valid = consents[consents["purpose"] == "email"]`'),
    ),
    solution=mark("Consents to e-mails that are in force belong to {count} customers: {count} of {customers}, "
                  "**{share}**."),
    tolerance=0.0006,
    tolerance_reason=mark("a fraction with three decimals"),
    unit="fraction",
)  # fmt: skip

TASKS = (CONSENT_COVERAGE,)
