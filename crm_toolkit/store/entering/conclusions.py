"""Metrics, insights, decisions and their review: a conclusion can be kept only with the query that proves it.

The query is run as the person who hands the form in, before anything is written: a metric must give one number, an
insight at least one row. The evidence of an insight speaks of groups, not of persons: names, ways to reach them, dates
of birth, remarks and salaries are not there for its query, since others read the result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import sql
from crm_toolkit.store.entering.generic import Submission, Submitted, created, edited, seen_row
from crm_toolkit.store.forms import Form, FormField
from crm_toolkit.store.rights import Rights
from crm_toolkit.texts import mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.store.door import Store

NOT_IN_EVIDENCE = ("name", "contact", "birth", "note", "salary", "token")
MOST_ROWS = 200  # convention: what can still be read
_DIGITS = 10

_METRIC = (
    FormField("metric", mark("Name of the metric"), required=True),
    FormField("definition", mark("What it means"), "text", required=True),
    FormField("query", mark("Query that gives the number"), "text", required=True),
    FormField("unit", mark("Unit")),
)
FORMS: tuple[Form, ...] = (
    Form("metric", mark("New metric"), "metrics", "create", _METRIC),
    Form("metric_wording", mark("New wording of a metric"), "metrics", "edit", tuple(
        replace(one, required=False) for one in _METRIC
    )),
    Form("insight", mark("New insight"), "insights", "create", (
        FormField("claim", mark("What was found"), "text", required=True),
        FormField("query", mark("Query that gives the evidence"), "text", required=True),
    )),
    Form("decision", mark("New decision"), "decisions", "create", (
        FormField("insight_id", mark("Insight that it rests on"), "key", required=True, low=1),
        FormField("action", mark("What is done"), "text", required=True),
        FormField("expected", mark("What is expected of it"), "text", required=True),
        FormField("owner", mark("Who answers for it"), required=True),
        FormField("review_on", mark("Looked at again on"), "date", required=True),
    )),
    Form("review", mark("Review of a decision"), "decisions", "edit", (
        FormField("actual", mark("What came of it"), "text", required=True),
    )),
)  # fmt: skip


def metric_value(engine: sa.Engine, rights: Rights, query: str) -> float:
    """The one number that a metric's query gives to this person.

    Raises
    ------
    InputError
        If it fails, or gives anything but one number.
    """
    found = sql.asked(engine, rights, query)
    heading = say("The query of the metric does not do.")
    if found.shape != (1, 1):
        what = say("It gives {rows} × {columns} values.", rows=found.shape[0], columns=found.shape[1])
        advice = say("A metric is one number: one row with one column.")
        raise InputError(heading, [Problem("not_one_number", what, advice=advice, column="query")])
    value: Any = found.iloc[0, 0]
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if number != number or number in (float("inf"), float("-inf")):
        what = say("It gives {value}, which is no number.", value=value)
        raise InputError(heading, [Problem("not_one_number", what, column="query")])
    return number


def evidence(engine: sa.Engine, rights: Rights, query: str) -> pd.DataFrame:
    """What an insight's query gives to this person, without what identifies people.

    Raises
    ------
    InputError
        If it fails, gives nothing, or more rows than can be read.
    """
    role = rights.role
    kept = {
        name: rule for name, rule in role.fields.items()
        if ("." not in name and name not in NOT_IN_EVIDENCE) or rule == "none"
    }  # fmt: skip
    found = sql.asked(engine, Rights(replace(role, fields=kept), rights.actor), query)
    heading = say("The query does not prove anything.")
    if not len(found):
        raise InputError(heading, [Problem("no_evidence", say("It gives no row."), column="query")])
    if len(found) > MOST_ROWS:
        what = say_count("It gives {count} row; at most {most}.", "It gives {count} rows; at most {most}.", len(found),
                         most=MOST_ROWS)  # fmt: skip
        advice = say("Evidence is a summary: group the rows, count them, take a mean.")
        raise InputError(heading, [Problem("too_many_rows", what, advice=advice, column="query")])
    return found


def as_text(found: pd.DataFrame) -> str:
    """A result as text, a line a row; fractions to ten digits, so that the last bit changes nothing.

    >>> import pandas as pd
    >>> print(as_text(pd.DataFrame({"city": ["Oryol"], "share": [1 / 3]})))
    city,share
    Oryol,0.3333333333
    """
    return found.to_csv(index=False, float_format=f"%.{_DIGITS}g", lineterminator="\n").rstrip("\n")


def digest(found: pd.DataFrame) -> str:
    """A digest of a result that does not depend on the order of its rows.

    >>> import pandas as pd
    >>> digest(pd.DataFrame({"x": [1, 2]})) == digest(pd.DataFrame({"x": [2, 1]}))
    True
    """
    head, *lines = as_text(found).split("\n")
    return hashlib.sha256("\n".join([head, *sorted(lines)]).encode()).hexdigest()


def _metric_checked(store: Store, values: Mapping[str, Any]) -> dict[str, Any]:
    if values.get("query"):
        store.rights.require("query")
        metric_value(store.engine, store.rights, values["query"])
    return dict(values)


def _insight_checked(store: Store, values: Mapping[str, Any]) -> dict[str, Any]:
    store.rights.require("query")
    found = evidence(store.engine, store.rights, values["query"])
    return dict(values) | {"result": as_text(found), "result_digest": digest(found)}


def decision(one: Submission) -> Submitted:
    """A decision on an insight, with the day on which it is looked at again."""
    if one.values["review_on"] <= one.at[:10]:
        what = say("“{label}” lies not after today.", label=say("Looked at again on"))
        advice = say("Give the decision time to work.")
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("too_early", what, advice=advice, column="review_on")])  # fmt: skip
    return created(one)


def review(one: Submission) -> Submitted:
    """What came of a decision; said once."""
    if seen_row(one)["reviewed_at"] is not None:
        what = say("This decision was reviewed already.")
        raise InputError(say("This can't be done."), [Problem("settled", what, column="actual")])
    return edited(one, reviewed_at=one.at)


HANDLERS = {"decision": decision, "review": review}
# form → what is done with its values before the transaction that writes begins: queries take their time
PREPARATIONS = {"metric": _metric_checked, "metric_wording": _metric_checked, "insight": _insight_checked}
