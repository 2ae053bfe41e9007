"""Leads and deals: entered, converted, moved from stage to stage; every move stays as history.

Pipelines are data: the rows of `pipeline_stages`, several side by side. A lead becomes a customer and a deal in one
step; whoever takes it must be allowed to make both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.store import LAWFUL_BASES
from crm_toolkit.store import audit
from crm_toolkit.store.entering import profiles
from crm_toolkit.store.entering.generic import (
    Submission,
    Submitted,
    created,
    edited,
    insert,
    references_seen,
    seen_row,
    update,
)
from crm_toolkit.store.forms import Form, FormField
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import join_names, mark, say

FIRST_PIPELINE = "sales"
_PIPELINE = FormField("pipeline", mark("Pipeline"), hint=mark("empty: sales"))
_VALUE = FormField("value", mark("Expected money"), "money", low=0)

FORMS: tuple[Form, ...] = (
    Form("lead", mark("New lead"), "leads", "create", (
        FormField("full_name", mark("Name"), required=True),
        FormField("phone", mark("Telephone"), "phone"),
        FormField("email", mark("E-mail"), "email"),
        FormField("source", mark("Where the lead comes from")),
    )),
    Form("lead_step", mark("Work on a lead"), "leads", "edit", (
        FormField("status", mark("State of the lead"), "choice", required=True,
                  choices=("working", "qualified", "lost")),
    )),
    Form("lead_convert", mark("Lead becomes customer"), "leads", "edit", (
        FormField("customer_id", mark("Customer's number"), "key", low=1, hint=mark("empty: a new customer")),
        _PIPELINE,
        FormField("title", mark("What the deal is about")),
        _VALUE,
        FormField("basis", mark("Lawful basis"), "choice", choices=LAWFUL_BASES),
    )),
    Form("deal", mark("New deal"), "deals", "create", (
        FormField("customer_id", mark("Customer's number"), "key", required=True, low=1),
        _PIPELINE,
        FormField("stage", mark("Stage of the deal"), hint=mark("empty: the first")),
        FormField("title", mark("What the deal is about"), required=True),
        _VALUE,
    )),
    Form("deal_move", mark("Move of a deal"), "deals", "edit", (
        FormField("stage", mark("To the stage"), required=True),
        FormField("lost_reason", mark("Why it was lost")),
        _VALUE,
    )),
    Form("pipeline_stage", mark("Stage of a pipeline"), "pipeline_stages", "create", (
        FormField("pipeline", mark("Pipeline"), required=True),
        FormField("stage", mark("Name of the stage"), required=True),
        FormField("position", mark("Order of the stage"), "whole", required=True, low=1, high=100),
        FormField("probability", mark("Chance of winning from here"), "number", required=True, low=0, high=1),
        FormField("outcome", mark("Outcome"), "choice", required=True, choices=("open", "won", "lost")),
    )),
)  # fmt: skip


def lead(one: Submission) -> Submitted:
    """A new lead."""
    return created(one, status="new")


def lead_step(one: Submission) -> Submitted:
    """The next state of a lead that is not closed."""
    _still_open(one, seen_row(one)["status"])
    return edited(one)


def lead_convert(one: Submission) -> Submitted:
    """The lead becomes a prospect, or joins a customer who is there already, with a deal in the pipeline."""
    one.rights.require_action("create", "deals")
    before = seen_row(one)
    _still_open(one, before["status"])
    values = dict(one.values)
    customer, basis = values.pop("customer_id", None), values.pop("basis", None)
    touched: tuple[tuple[str, int], ...] = ()
    if customer is None:
        one.rights.require_action("create", "customers")
        told = {name: before[name] for name in ("full_name", "phone", "email") if before[name] is not None}
        form = replace(one.form, entity="customers", action="create")
        made = profiles.new_customer(replace(one, form=form, row=None, values=told | {"basis": basis}))
        customer, touched = made.key, made.touched
    else:
        references_seen(one, {"customer_id": customer})
    title = values.pop("title", None) or before["source"] or before["full_name"]
    form = replace(one.form, entity="deals", action="create")
    opened = deal(replace(one, form=form, row=None, values=values | {"customer_id": customer, "title": title}))
    version = update(one, before, {"status": "won", "customer_id": customer})
    audit.record(one.connection, one.actor, one.at, "convert", "leads", one.row, customer_id=customer, key=one.key,
                 changes={"status": (before["status"], "won")})  # fmt: skip
    return Submitted("leads", int(one.row or 0), version,
                     touched=(("leads", int(one.row or 0)), *touched, *opened.touched))  # fmt: skip


def deal(one: Submission) -> Submitted:
    """A new deal, at the first stage of its pipeline or where the form says, with the first entry of its history."""
    values = dict(one.values)
    pipeline = values["pipeline"] = values.get("pipeline") or FIRST_PIPELINE
    stages = stages_of(one, pipeline)
    stage = values["stage"] = values.get("stage") or next(iter(stages))
    _known(one, stage, stages, "stage")
    if stages[stage] != "open":
        what = say("A new deal can't begin at the stage `{stage}`, where it ends.", stage=stage)
        raise _refused(one, Problem("closed_stage", what, column="stage"))
    done = created(replace(one, values=values))
    _moved(one, done.key, int(values["customer_id"]), None, stage)
    return done


def deal_move(one: Submission) -> Submitted:
    """A deal to another stage of its pipeline: won and lost close it, a stage before them opens it again."""
    before = seen_row(one)
    values = {name: value for name, value in one.values.items() if value is not None}
    stage, reason = values["stage"], values.pop("lost_reason", None)
    stages = stages_of(one, before["pipeline"])
    _known(one, stage, stages, "stage")
    if stage == before["stage"]:
        what = say("The deal is at the stage `{stage}` already.", stage=stage)
        raise _refused(one, Problem("same_stage", what, column="stage"))
    outcome = stages[stage]
    if outcome == "lost" and not reason:
        what = say("“{label}” is empty.", label=say("Why it was lost"))
        advice = say("Write why: from the reasons one learns what to change.")
        raise _refused(one, Problem("empty", what, advice=advice, column="lost_reason"))
    more: dict[str, Any] = {"closed_at": None if outcome == "open" else one.at}
    more["lost_reason"] = reason if outcome == "lost" else None
    done = edited(replace(one, values=values), **more)
    _moved(one, done.key, int(before["customer_id"]), before["stage"], stage)
    return done


def pipeline_stage(one: Submission) -> Submitted:
    """A stage of a pipeline, new or in place of the one of that name."""
    table, values = TABLES["pipeline_stages"], dict(one.values)
    here = sa.and_(table.c.pipeline == values["pipeline"], table.c.stage == values["stage"])
    taken = one.connection.execute(
        sa.select(table.c.stage).where(
            table.c.pipeline == values["pipeline"], table.c.position == values["position"], sa.not_(here)
        )
    ).scalar()
    if taken is not None:
        what = say("The stage `{stage}` stands at that place already.", stage=taken)
        raise _refused(one, Problem("place_taken", what, column="position"))
    before = one.connection.execute(sa.select(table).where(here).with_for_update()).mappings().first()
    if before is None:
        one.connection.execute(sa.insert(table).values(**values))
    else:
        one.connection.execute(sa.update(table).where(here).values(**values))
    audit.record(one.connection, one.actor, one.at, "edit" if before else "create", "pipeline_stages", None,
                 key=one.key, changes=audit.changed(dict(before or {}), values))  # fmt: skip
    return Submitted("pipeline_stages", int(values["position"]))


def stages_of(one: Submission, pipeline: str) -> dict[str, str]:
    """Stage → outcome, in order, of a pipeline that there is."""
    table = TABLES["pipeline_stages"]
    found = one.connection.execute(
        sa.select(table.c.stage, table.c.outcome).where(table.c.pipeline == pipeline).order_by(table.c.position)
    ).all()  # fmt: skip
    if not found:
        known = one.connection.execute(sa.select(table.c.pipeline).distinct().order_by(table.c.pipeline)).scalars()
        _known(one, pipeline, dict.fromkeys(known, ""), "pipeline")
    return dict(found)


def _known(one: Submission, word: str, known: dict[str, str], column: str) -> None:
    if word in known:
        return
    close = near_misses(word, known)
    names = join_names(f"`{name}`" for name in known)
    advice = say("Did you mean `{close}`?", close=close[0]) if close else say("Allowed: {names}.", names=names)
    what = (say("There is no pipeline `{name}`.", name=word) if column == "pipeline"
            else say("The pipeline has no stage `{name}`.", name=word))  # fmt: skip
    raise _refused(one, Problem("unknown_choice", what, advice=advice, column=column))


def _still_open(one: Submission, status: str) -> None:
    if status in ("won", "lost"):
        what = say("The lead is closed: `{status}`.", status=status)
        raise _refused(one, Problem("closed", what, column="status"))


def _refused(one: Submission, problem: Problem) -> InputError:
    return InputError(say("The form “{title}” can't be saved yet.", title=say(one.form.title)), [problem])


def _moved(one: Submission, deal_id: int, customer: int, before: str | None, after: str) -> None:
    insert(one.connection, "stage_moves", {
        "deal_id": deal_id, "customer_id": customer, "from_stage": before, "to_stage": after, "moved_at": one.at,
        "actor": one.actor.label,
    })  # fmt: skip


HANDLERS = {
    "lead": lead, "lead_step": lead_step, "lead_convert": lead_convert, "deal": deal, "deal_move": deal_move,
    "pipeline_stage": pipeline_stage,
}  # fmt: skip
