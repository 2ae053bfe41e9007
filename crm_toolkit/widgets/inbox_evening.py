"""The evening of a day at the inbox: the own result beside four rules, the split of time, what was missed and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from crm_toolkit import plots
from crm_toolkit.exercises.inbox import ANSWERS, POLICIES, TASKS, InboxDay, InboxResult, clock_of
from crm_toolkit.plots.inbox import time_split_chart
from crm_toolkit.texts import format_number, format_percent, say
from crm_toolkit.widgets.explorer import Sentence
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.tables import Table

REFERENCE = "judgement"
_SHOWN = 6


def evening(day: InboxDay, own: InboxResult | None, rules: Mapping[str, InboxResult]) -> list[Any]:
    """What is shown when a day is over, in parts: sentences, tables, the picture; without an own day, the rules alone.

    Parameters
    ----------
    day : InboxDay
        The day.
    own : InboxResult or None
        What the player made of it.
    rules : mapping of str to InboxResult
        What each of `exercises.inbox.POLICIES` makes of the same day.
    """
    best = rules[REFERENCE]
    parts: list[Any] = []
    if own is not None:
        parts.append(Sentence(_conclusion(own, best), strong=True))
    parts += [_outcomes(own, rules), Sentence(say(
        "The rules give every event the answer that it needs and spend no minute on reading; they differ in what "
        "they take first. What is at stake, and what a late answer still saves, is assumed."
    ))]  # fmt: skip
    if own is not None:
        parts.append(_split(own, best))
        parts += [table for table in (_missed(day, own),) if table.rows]
    return parts


def evening_html(parts: list[Any]) -> Html:
    """The parts one under the other."""
    return tag("div", joined(Html(part.html) for part in parts), role="status")


def _conclusion(own: InboxResult, best: InboxResult) -> str:
    told = say("You kept {own} of what was at stake; judgement keeps {best} on this day.",
               own=format_percent(own.kept, 0), best=format_percent(best.kept, 0))  # fmt: skip
    told += " " + say("Of {hidden} events that were more urgent than their label, {found} were settled in time.",
                      hidden=format_number(own.hidden), found=format_number(own.hidden_in_time))  # fmt: skip
    if own.named:
        told += " " + say("You named the task of {named} events, of {right} rightly.", named=format_number(own.named),
                          right=format_number(own.named_rightly))  # fmt: skip
    return told


def _outcomes(own: InboxResult | None, rules: Mapping[str, InboxResult]) -> Table:
    heads = (say("Who"), say("Kept of what was at stake"), say("Due today, settled in time"),
             say("Urgent under a calm label, in time"), say("Events done"), say("Right answer"))  # fmt: skip
    rows = [(say("you"), own)] if own is not None else []
    rows += [(say(POLICIES[name]), found) for name, found in rules.items()]
    cells = tuple(
        (who, format_percent(one.kept, 0), format_percent(one.in_time, 0),
         say("{found} of {all}", found=one.hidden_in_time, all=one.hidden),
         format_number(int((one.events["answer"] != "").sum())),
         format_percent(one.answered_rightly, 0) if one.answered_rightly == one.answered_rightly else "–")
        for who, one in rows
    )  # fmt: skip
    return Table(say("The same day by others"), heads, cells)


def _split(own: InboxResult, best: InboxResult) -> plots.Picture:
    names = [say(text) for text in TASKS.values()]
    table = pd.DataFrame({say("you"): own.minutes.to_list(), say("by judgement"): best.minutes.to_list()}, index=names)
    return plots.show(time_split_chart(table))


def _missed(day: InboxDay, own: InboxResult) -> Table:
    """Where most was lost, and what it was."""
    lost = own.events.assign(lost=own.events["stake"] - own.events["kept"]).sort_values("lost", ascending=False)
    rows = []
    for row in lost[lost["lost"] >= 1].head(_SHOWN).to_dict("records"):
        one = day[row["event"]]
        rows.append((one.text, _why(row), say(TASKS[one.task]), say(ANSWERS[one.need].title), _clock(one.real_due),
                     format_number(round(row["lost"]))))  # fmt: skip
    heads = (say("Text"), say("What happened"), say("Task"), say("Needed"), say("Real deadline"), say("Lost"))
    return Table(say("Where most was lost"), heads, tuple(rows))


def _why(row: Mapping[Any, Any]) -> str:
    if not row["answer"]:
        return say("left until tomorrow")
    if row["settled"] < 0.999:
        return say("answered too little: {what}", what=say(ANSWERS[row["answer"]].title))
    return say("settled too late")


def _clock(minute: int) -> str:
    moment = clock_of(minute)
    return moment.strftime("%H:%M") if moment.date() == clock_of(0).date() else say("not today")
