"""The knowledge base at the desk: articles from draft to archive, their wordings and use, and the causes they remove.

An article is written as a draft, read by a second pair of eyes (review), published, and at last archived. Every
wording is kept. Words of a published article that change go to review again, so what is suggested is always what
somebody checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.store import ARTICLE_STATES
from crm_toolkit.store.entering.generic import Submission, Submitted, created, edited, insert, seen_row
from crm_toolkit.store.forms import Form, FormField
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import join_names, mark, say

# state → states that may follow
STATES_AFTER: dict[str, tuple[str, ...]] = {
    "draft": ("review", "archived"),
    "review": ("published", "draft", "archived"),
    "published": ("review", "archived"),
    "archived": ("draft",),
}

_WORDING = (
    FormField("title", mark("Title"), required=True),
    FormField("body", mark("What to do"), "text", required=True),
    FormField("cause_id", mark("Root cause"), "key", low=1),
    FormField("valid_from", mark("Holds from"), "date", hint=mark("empty: from the beginning")),
    FormField("valid_to", mark("Holds until"), "date", hint=mark("empty: without an end")),
)
FORMS: tuple[Form, ...] = (
    Form("article", mark("New article"), "articles", "create", (
        *_WORDING, FormField("language", mark("Language"), "choice", required=True, choices=("en", "ru")),
    )),
    Form("article_wording", mark("New wording of an article"), "articles", "edit", tuple(
        replace(one, required=False) for one in _WORDING
    )),
    Form("article_state", mark("State of an article"), "articles", "edit", (
        FormField("status", mark("State"), "choice", required=True, choices=ARTICLE_STATES),
    )),
    Form("article_use", mark("Use of an article"), "article_uses", "create", (
        FormField("article_id", mark("Article"), "key", required=True, low=1),
        FormField("request_id", mark("Request"), "key", low=1),
        FormField("helpful", mark("It helped"), "flag"),
    )),
    Form("cause", mark("New root cause"), "causes", "create", (
        FormField("cause", mark("Code"), required=True, hint=mark("one English word, such as late_start")),
        FormField("title", mark("The cause in words"), required=True),
    )),
)  # fmt: skip


def article(one: Submission) -> Submitted:
    """A new article, as a draft."""
    _period(one, one.values)
    done = created(one, status="draft")
    _keep_wording(one, done.key)
    return done


def article_wording(one: Submission) -> Submitted:
    """Another wording; one of a published article goes to review."""
    before = seen_row(one)
    _period(one, before | dict(one.values))
    empty = [name for name in ("title", "body") if name in one.values and one.values[name] is None]
    if empty:
        labels = {field.name: say(field.label) for field in one.form.fields}
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)), [
            Problem("empty", say("“{label}” is empty.", label=labels[name]), advice=say("Fill it in."), column=name)
            for name in empty
        ])  # fmt: skip
    reworded = any(one.values.get(name) not in (None, before[name]) for name in ("title", "body"))
    more: dict[str, Any] = {}
    if reworded:
        more = {"actor": one.actor.label}
        if before["status"] == "published":
            more["status"] = "review"
    done = edited(one, **more)
    if done.version != before["version"]:
        _keep_wording(one, done.key)
    return done


def article_state(one: Submission) -> Submitted:
    """The next state of an article."""
    before = seen_row(one)
    after = one.values["status"]
    if after != before["status"] and after not in STATES_AFTER[before["status"]]:
        what = say("An article that is `{state}` can't become `{after}`.", state=before["status"], after=after)
        names = join_names(f"`{state}`" for state in STATES_AFTER[before["status"]])
        raise InputError(say("This can't be done."), [
            Problem("wrong_step", what, advice=say("Possible now: {steps}.", steps=names), column="status")
        ])  # fmt: skip
    done = edited(one)
    if done.version != before["version"]:
        _keep_wording(one, done.key)
    return done


def article_use(one: Submission) -> Submitted:
    """An article was used for a request; only a published one can be."""
    table = TABLES["articles"]
    status = one.connection.execute(
        sa.select(table.c.status).where(table.c.article_id == one.values["article_id"])
    ).scalar()
    if status is not None and status != "published":
        what = say("Article {number} is `{state}`, not published.", number=one.values["article_id"], state=status)
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("not_published", what, column="article_id")])  # fmt: skip
    return created(one)


def cause(one: Submission) -> Submitted:
    """A new root cause, with a code of its own."""
    table = TABLES["causes"]
    if one.connection.execute(sa.select(table.c.cause_id).where(table.c.cause == one.values["cause"])).first():
        what = say("There is a cause with the code `{code}` already.", code=one.values["cause"])
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("known_code", what, column="cause")])  # fmt: skip
    return created(one)


def _period(one: Submission, values: Mapping[str, Any]) -> None:
    begin, end = values.get("valid_from"), values.get("valid_to")
    if begin and end and end < begin:
        what = say("The article would end ({end}) before it begins ({begin}).", begin=begin, end=end)
        raise InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)),
                         [Problem("wrong_order", what, column="valid_to")])  # fmt: skip


def _keep_wording(one: Submission, key: int) -> None:
    """The wording as it stands now, under its version."""
    table = TABLES["articles"]
    row = one.connection.execute(sa.select(table).where(table.c.article_id == key)).mappings().one()
    insert(one.connection, "article_versions", {
        **{name: row[name] for name in ("article_id", "version", "title", "body", "status")},
        "written_at": one.at, "actor": one.actor.label,
    })  # fmt: skip


HANDLERS: dict[str, Callable[[Submission], Submitted]] = {
    "article": article,
    "article_wording": article_wording,
    "article_state": article_state,
    "article_use": article_use,
    "cause": cause,
}
