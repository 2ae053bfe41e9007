"""The history of a request: events in the order of time, turned into the stretches in which its clock stands still."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crm_toolkit.errors import Problem
from crm_toolkit.firm.moments import as_datetime, moments
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say

KINDS = ("opened", "assigned", "responded", "paused", "resumed", "resolved", "reopened")


@dataclass(frozen=True)
class Spans:
    """A request's history as stretches, in microseconds."""

    opened: int
    present: int
    pauses: list[tuple[int, int]]
    stops: list[tuple[int, int]]  # pauses, and between a resolution and a reopening
    responded: int | None
    resolved: int | None
    paused: bool


def read_history(events: Any, problems: list[Problem]) -> list[tuple[int, str]]:
    """Pairs of a time and a kind, the times in microseconds; what is no pair goes to ``problems``."""
    history = []
    for number, event in enumerate(events, start=1):
        pair = tuple(event) if isinstance(event, Iterable) and not isinstance(event, str) else (event,)
        if len(pair) != 2:
            what = say("Event {number} is no pair of a time and a kind.", number=number)
            problems.append(Problem("no_event", what, found=say("Found: {value}.", value=repr(event))))
            continue
        at, _ = moments(pair[0], f"events[{number - 1}]", problems)
        history.append((int(at[0]), pair[1]))
    return history


def spans_of(opened: int, history: list[tuple[int, str]], present: int, problems: list[Problem]) -> Spans | None:
    """Walk through the history once; what is wrong with it goes to ``problems``."""
    pauses: list[tuple[int, int]] = []
    stops: list[tuple[int, int]] = []
    responded = resolved = paused = None
    last = opened

    def wrong(code: str, number: int, what: str, advice: str = "") -> None:
        said = say("event {number}, {at}: {what}", number=number, at=as_datetime(at), what=what)
        problems.append(Problem(code, said[:1].upper() + said[1:], advice=advice, rows=(number,)))

    for number, (at, kind) in enumerate(history, start=1):
        if kind not in KINDS:
            close = near_misses(str(kind), KINDS)
            advice = (say("Did you mean `{close}`?", close=close[0]) if close
                      else say("Possible: {names}.", names=join_names(KINDS)))  # fmt: skip
            wrong("unknown_kind", number, say("There is no kind of event “{kind}”.", kind=kind), advice)
            continue
        if at < last:
            what = (say("It lies before the request was opened, {at}.", at=as_datetime(opened)) if at < opened
                    else say("It lies before the event above it."))  # fmt: skip
            wrong("out_of_order", number, what, say("Sort the events by time."))
        if at > present:
            wrong("after_now", number, say("It lies after the moment of judgement, {at}.", at=as_datetime(present)))
        last = max(last, at)
        if kind == "opened" and (number > 1 or at != opened):
            what = say("The request was opened already, {at}.", at=as_datetime(opened))
            wrong("opened_twice", number, what, say("A request that comes back is `reopened`."))
        elif kind == "responded":
            responded = at if responded is None else responded
        elif kind == "paused":
            if paused is not None:
                wrong("pause_without_end", number, say("A pause begins, but the pause before it has no end."),
                      say("`resumed` is missing between them."))  # fmt: skip
            elif resolved is not None:
                wrong("pause_of_resolved", number, say("A resolved request can't be paused."))
            else:
                paused = at
        elif kind == "resumed":
            if paused is None:
                wrong("resume_without_pause", number, say("The request is resumed, but it was not paused."))
            else:
                pauses.append((paused, at))
                stops.append((paused, at))
                paused = None
        elif kind == "resolved":
            if paused is not None:
                wrong("pause_without_end", number, say("The request is resolved, but its pause has no end."),
                      say("`resumed` is missing before it."))  # fmt: skip
                paused = None
            if resolved is not None:
                wrong("resolved_twice", number, say("The request was resolved already."),
                      say("`reopened` is missing between them."))  # fmt: skip
            resolved = at
            responded = at if responded is None else responded
        elif kind == "reopened":
            if resolved is None:
                wrong("reopen_without_resolution", number, say("The request is reopened, but it was not resolved."))
            else:
                stops.append((resolved, at))
                resolved = None
    if present < opened:
        what = say("The moment of judgement, {now}, lies before the request was opened, {at}.",
                   now=as_datetime(present), at=as_datetime(opened))  # fmt: skip
        problems.append(Problem("now_before_opening", what))
    if problems:
        return None
    if paused is not None:
        pauses.append((paused, present))
        stops.append((paused, present))
    return Spans(opened, present, pauses, stops, responded, resolved, paused is not None)
