"""What a dossier says and what follows from it, in words and small tables: for the page and for the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from crm_toolkit.exercises import organisation_dossier as room
from crm_toolkit.exercises.dated_sources import source_line
from crm_toolkit.texts import format_number, format_percent, join_names, say
from crm_toolkit.widgets.dated_sources import sources_table
from crm_toolkit.widgets.self_grade import grades_told
from crm_toolkit.widgets.skeleton import Block, Words
from crm_toolkit.widgets.tables import Table


def said(step: int, dossier: room.Dossier) -> list[Block]:
    """The author's answers of a step."""
    told = _SAID[step](dossier) if step in _SAID else ()
    return [block for block in told if not isinstance(block, Words) or block.text.strip()]


def follows(step: int, dossier: room.Dossier, worked: room.WorkedDossier) -> list[Block]:
    """What is worked out at a step."""
    return list(_FOLLOWS[step](dossier, worked)) if step in _FOLLOWS else []


def cards_table(stage: str) -> Table:
    """The cards of a stage."""
    rows = tuple(
        (say(card.name), say(room.GROUPS[card.group].name), say(room.GROUPS[card.group].lever), say(card.metric),
         say(room.GROUPS[card.group].mistake))
        for card in room.cards_of(stage)
    )  # fmt: skip
    heads = (say("Technology"), say("Group"), say("What is moved"), say("Looked at by"), say("Often wrong"))
    note = say("A card is a reminder, no proof that it works here.")
    return Table(say("Cards of technologies"), heads, rows, note)


def interval(share: room.Share | None) -> str:
    """A share with its interval in words; a dash where there is none."""
    if share is None:
        return "–"
    return say("{share} (from {low} to {high})", share=format_percent(share.value), low=format_percent(share.low),
               high=format_percent(share.high))  # fmt: skip


def _plain(value: float | None) -> str:
    return "–" if value is None else format_number(round(value, 4))


def _organisation(dossier: room.Dossier) -> Iterator[Block]:
    about = dossier.organisation
    yield Words(say("Organisation"), about.name)
    yield Words(say("Its service"), about.service)
    yield Words(say("Size"), about.size)
    if any(one.what.strip() for one in dossier.sources):
        yield sources_table(dossier.sources)
    facts = tuple((one.words.strip(), source_line(dossier.sources, one.source))
                  for one in dossier.facts if one.words.strip())  # fmt: skip
    if facts:
        yield Table(say("Facts"), (say("Fact"), say("Source")), facts)
    segments = tuple((one.who.strip(), one.need.strip() or "–", format_percent(one.share, 0) if one.share is not None
                      else "–", source_line(dossier.sources, one.source))
                     for one in dossier.segments if one.who.strip())  # fmt: skip
    if segments:
        heads = (say("Segment"), say("What they come for"), say("Share"), say("Source"))
        yield Table(say("Segments of clients"), heads, segments)


def _stage(stage: str, dossier: room.Dossier) -> Iterator[Block]:
    used = dossier.technologies_of(stage)
    if used:
        rows = tuple((say(room.CHOICES[one.card]) if one.card else "–", one.how.strip() or "–",
                      one.works.strip() or "–", source_line(dossier.sources, one.source)) for one in used)  # fmt: skip
        heads = (say("Technology"), say("What exactly is done here"), say("Why it should work"), say("Source"))
        yield Table(say("Technologies"), heads, rows)


def _numbers(stage: str, dossier: room.Dossier, worked: room.WorkedDossier) -> Iterator[Block]:
    numbers = dossier.measures_of(stage)
    if numbers:
        rows = tuple((one.name.strip() or "–", one.definition.strip() or "–", _shown(one),
                      source_line(dossier.sources, one.source)) for one in numbers)  # fmt: skip
        heads = (say("Key figure"), say("Definition"), say("Value and how sure it is"), say("Source"))
        note = say("Intervals of shares are Wilson's at 95%; ranges are the author's own.")
        yield Table(say("Key figures of this stage"), heads, rows, note)
    cards = [room.BY_CODE[one.card] for one in dossier.technologies_of(stage) if one.card in room.BY_CODE]
    for card in dict.fromkeys(cards):
        group = room.GROUPS[card.group]
        yield say("{name}: look at {metric}. Often wrong here: {mistake}.", name=_capital(say(card.name)),
                  metric=say(card.metric), mistake=say(group.mistake))  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(one: room.Measure) -> str:
    if one.counted:
        share = room.share_of(one.hits or 0, one.of or 0)
        counts = say("{hits} of {all}", hits=format_number(one.hits or 0), all=format_number(one.of or 0))
        return f"{counts}: {interval(share)}" if share else counts
    if one.low is not None and one.high is not None:
        return say("{share} (from {low} to {high})", share=_plain(one.value), low=_plain(one.low),
                   high=_plain(one.high))  # fmt: skip
    return _plain(one.value)


def _frame(dossier: room.Dossier) -> Iterator[Block]:
    yield Words(say("Time of the counts"), dossier.frame.period)
    yield Words(say("The same people or others"), dossier.frame.same_people)
    rows = tuple((f"{number}. {one.name.strip()}", one.definition.strip() or "–", format_number(one.count or 0),
                  source_line(dossier.sources, one.source)) for number, one in dossier.steps.items())  # fmt: skip
    if rows:
        heads = (say("Step"), say("Counts as having come"), say("Count"), say("Source"))
        yield Table(say("The funnel as counted"), heads, rows)


def _funnel(dossier: room.Dossier, worked: room.WorkedDossier) -> Iterator[Block]:
    if not worked.passages:
        yield say("No step has a name and a count yet.")
        return
    spend = dossier.frame.spend is not None
    rows = tuple(
        (f"{one.number}. {one.step.name.strip()}", format_number(one.step.count or 0), interval(one.of_previous),
         interval(one.of_first), *((_plain(round(one.cost, 2)) if one.cost is not None else "–",) if spend else ()))
        for one in worked.passages
    )  # fmt: skip
    heads = (say("Step"), say("Count"), say("Of the step before"), say("Of the first step"),
             *((say("Spend for each, on average"),) if spend else ()))  # fmt: skip
    note = say("Wilson's intervals at 95%: they take clients as independent and alike.")
    yield Table(say("Funnel to retention"), heads, rows, note)
    if worked.widest is not None and worked.widest.of_previous is not None:
        yield say("The largest share is lost on the way to “{step}”: {lost} of those before.",
                  step=worked.widest.step.name.strip(),
                  lost=format_percent(1 - worked.widest.of_previous.value))  # fmt: skip
    if worked.rising:
        yield say("No share is worked out where more came than before: {names}.", names=join_names(worked.rising))


def _blueprint(dossier: room.Dossier) -> Iterator[Block]:
    named = [one for one in dossier.blueprint if one.name.strip()]
    if named:
        rows = tuple(
            (one.name.strip(), *(text.strip() or "–" for text in (one.client, one.front, one.back, one.support)),
             f"⚠ {one.failure.strip() or say('fail point')}" if one.fails else one.failure.strip() or "–")
            for one in named
        )  # fmt: skip
        heads = (
            say("Step"),
            say("Client"),
            say("Front office"),
            say("Back office"),
            say("Support"),
            say("Fail points"),
        )
        note = say("What stands left of the back office is seen by the client.")
        yield Table(say("Service blueprint"), heads, rows, note)


def _diagnosis(dossier: room.Dossier) -> Iterator[Block]:
    one = dossier.diagnosis
    answers = {say("Where value leaks"): one.leak, say("By what it is seen"): one.evidence,
               say("Compared with what"): one.counterfactual, say("The test"): one.test}  # fmt: skip
    yield from (Words(heading, text) for heading, text in answers.items())


def _sized(dossier: room.Dossier, worked: room.WorkedDossier) -> Iterator[Block]:
    yield worked.plan.reading() if worked.plan is not None else worked.missing
    if worked.least is not None:
        yield worked.least.reading()


def _advice(dossier: room.Dossier) -> Iterator[Block]:
    one = dossier.recommendation
    answers = {say("Recommendation"): one.what, say("Cost"): one.cost, say("Risk"): one.risk,
               say("Fairness"): one.ethics, say("Personal data"): one.data, say("When to stop"): one.stop}  # fmt: skip
    yield from (Words(heading, text) for heading, text in answers.items())


def _grades(dossier: room.Dossier) -> Iterator[Block]:
    yield from grades_told(room.RUBRIC, dossier.grades)


_SAID: dict[int, Callable[[room.Dossier], Iterator[Block]]] = {
    1: _organisation, **{step: partial(_stage, stage) for stage, step in room.STEP_OF.items()}, 5: _frame,
    6: _blueprint, 7: _diagnosis, 8: _advice, 9: _grades,
}  # fmt: skip
_FOLLOWS: dict[int, Callable[[room.Dossier, room.WorkedDossier], Any]] = {
    **{step: partial(_numbers, stage) for stage, step in room.STEP_OF.items()}, 5: _funnel,
    6: lambda dossier, _worked: _blueprint(dossier), 7: _sized,
}  # fmt: skip
