"""What was concluded, and what became of it: metrics today, insights that no longer hold, decisions due for review.

metric_values      every metric of the register as its query gives it to this person now
insights_now       every insight with its evidence asked again: the same as when it was found, or changed
due_reviews        decisions whose day of review has come
scorecard          what each employee handled, with a guard for small numbers
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.store import REQUEST_KINDS
from crm_toolkit.store import database
from crm_toolkit.store.card.reading import ISO
from crm_toolkit.store.entering.conclusions import digest, evidence, metric_value
from crm_toolkit.store.layout import TABLES
from crm_toolkit.store.shares import jeffreys
from crm_toolkit.texts import mark, say

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.store.door import Store

FEWEST = 10  # convention: below it a share says more of chance than of the person
STATES: dict[str, str] = {
    "holds": mark("the evidence is the same"),
    "changed": mark("the evidence has changed since"),
    "differs": mark("the evidence differs; it was found by another role, which may see other rows"),
    "unknown": mark("the evidence can't be asked again"),
}


def metric_values(store: Store) -> pd.DataFrame:
    """Every metric now, as its query gives it to this person.

    Parameters
    ----------
    store : Store
        Opened for the person.

    Returns
    -------
    DataFrame
        ``metric_id``, ``metric``, ``value``, ``unit``, ``definition``, ``problem``: why there is no value, else "".
    """
    import pandas as pd

    rows = []
    for row in store.list("metrics", order="metric_id", limit=None).to_dict("records"):
        value, problem = float("nan"), ""
        try:
            store.rights.require("query")
            value = metric_value(store.engine, store.rights, str(row["query"]))
        except InputError as letter:
            problem = str(letter.problems[0].what) if letter.problems else letter.heading
        unit = row["unit"] if isinstance(row["unit"], str) else ""
        rows.append((row["metric_id"], row["metric"], value, unit, row["definition"], problem))
    return pd.DataFrame(rows, columns=["metric_id", "metric", "value", "unit", "definition", "problem"])


def insights_now(store: Store) -> pd.DataFrame:
    """Every insight, with its evidence asked again as this person.

    Parameters
    ----------
    store : Store
        Opened for the person.

    Returns
    -------
    DataFrame
        ``insight_id``, ``claim``, ``created_at``, ``actor``, ``state``: one of `STATES`, ``problem``.
    """
    import pandas as pd

    rows = []
    for row in store.list("insights", order="insight_id", limit=None).to_dict("records"):
        problem = ""
        try:
            store.rights.require("query")
            same = digest(evidence(store.engine, store.rights, str(row["query"]))) == row["result_digest"]
            ours = str(row["actor"]).split(" ")[0] == store.role.name
            state = "holds" if same else "changed" if ours else "differs"
        except InputError as letter:
            state, problem = "unknown", str(letter.problems[0].what) if letter.problems else letter.heading
        rows.append((row["insight_id"], row["claim"], row["created_at"], row["actor"], state, problem))
    return pd.DataFrame(rows, columns=["insight_id", "claim", "created_at", "actor", "state", "problem"])


def due_reviews(store: Store, *, on: dt.date | None = None) -> pd.DataFrame:
    """Decisions whose day of review has come and that nobody has looked at again.

    Parameters
    ----------
    store : Store
        Opened for the person.
    on : date, optional
        The store's day by default.

    Returns
    -------
    DataFrame
        The rows of `decisions`, the longest overdue first, with ``days_overdue``.
    """
    import pandas as pd

    day = pd.Timestamp(on or store.now().date())
    found = store.list("decisions", order="review_on", limit=None)
    due = found[found["reviewed_at"].isna() & (pd.to_datetime(found["review_on"]) <= day)].reset_index(drop=True)
    return due.assign(days_overdue=(day - pd.to_datetime(due["review_on"])).dt.days)


def scorecard(store: Store, *, since: dt.date | None = None, until: dt.date | None = None) -> pd.DataFrame:
    """What each employee handled.

    Parameters
    ----------
    store : Store
        Opened for a role that reads salaries (whoever answers for people); others see their own line only.
    since, until : date, optional
        First day, and first day after; everything by default.

    Returns
    -------
    DataFrame
        ``employee_id``, ``department_id``, ``contacts`` handled, ``resolved`` requests, ``response_minutes`` (median
        minutes to the first response, by the clock on the wall), and ``first_contact`` (share of requests that needed
        no second contact) with its 95 % interval ``low``, ``high`` (Jeffreys). A median or share of fewer than ten
        requests is left out: ``suppressed`` says so. Differences of cases, shifts and luck are not taken out: a
        scorecard begins a talk, it does not judge.

    Raises
    ------
    InputError
        If the role sees no contacts, requests or employees, or may see only itself and is nobody.
    """
    import pandas as pd

    rights = store.rights
    for entity in ("employees", "contacts", "requests"):
        rights.require_rows(entity)
    first, last = (since or dt.date(1900, 1, 1)).isoformat(), (until or dt.date(9999, 1, 1)).isoformat()
    employees, contacts, requests = TABLES["employees"], TABLES["contacts"], TABLES["requests"]
    own = rights.role.rule("employees", "salary_month") != "read"
    if own and store.actor.employee_id is None:
        what = say("The role “{role}” sees only its own line of the scorecard: say who it is, employee=….",
                   role=say(store.role.title))  # fmt: skip
        raise InputError(say("Nothing can be shown."), [Problem("no_person", what, column="employee")])
    who = employees.c.employee_id == store.actor.employee_id if own else sa.true()
    asked = contacts.c.kind.in_(REQUEST_KINDS) & contacts.c.resolved_first_contact.is_not(None)
    with database.reading(store.engine) as connection:
        people = connection.execute(
            sa.select(employees.c.employee_id, employees.c.department_id).where(rights.rows("employees"), who)
            .order_by(employees.c.employee_id)
        ).all()  # fmt: skip
        handled = {row[0]: row[1:] for row in connection.execute(
            sa.select(contacts.c.employee_id, sa.func.count(), sa.func.sum(sa.case((asked, 1), else_=0)),
                      sa.func.sum(sa.case((asked, contacts.c.resolved_first_contact), else_=0)))
            .where(rights.rows("contacts"), contacts.c.opened_at >= first, contacts.c.opened_at < last)
            .group_by(contacts.c.employee_id)
        )}  # fmt: skip
        known = connection.execute(
            sa.select(requests.c.employee_id, requests.c.opened_at, requests.c.first_response_at, requests.c.status)
            .where(rights.rows("requests"), requests.c.opened_at >= first, requests.c.opened_at < last)
        ).all()  # fmt: skip
    waits: dict[int, list[float]] = {}
    resolved: dict[int, int] = {}
    for employee, opened, response, status in known:
        resolved[employee] = resolved.get(employee, 0) + (status == "resolved")
        if response is not None:
            waits.setdefault(employee, []).append(_minutes(opened, response))
    rows = []
    for employee, department in people:
        number, cases, hits = (int(one or 0) for one in handled.get(employee, (0, 0, 0)))
        waited = waits.get(employee, [])
        share: tuple[Any, ...] = (hits / cases, *jeffreys(hits, cases)) if cases >= FEWEST else (float("nan"),) * 3
        median = float(np.median(waited)) if len(waited) >= FEWEST else float("nan")
        few = 0 < cases < FEWEST or 0 < len(waited) < FEWEST
        rows.append((employee, department, number, resolved.get(employee, 0), median, *share, few))
    return pd.DataFrame(rows, columns=[
        "employee_id", "department_id", "contacts", "resolved", "response_minutes", "first_contact", "low", "high",
        "suppressed",
    ])  # fmt: skip


def _minutes(begin: str, end: str) -> float:
    return (dt.datetime.strptime(end, ISO) - dt.datetime.strptime(begin, ISO)).total_seconds() / 60
