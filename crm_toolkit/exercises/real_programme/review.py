"""What the work on a real programme still lacks and where it contradicts itself, step by step; never opinions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from crm_toolkit.exercises.dated_sources import named, source_findings
from crm_toolkit.exercises.real_programme.fields import LABELS, PARTS, has_meaning, part_of, paths_of
from crm_toolkit.exercises.real_programme.work import FIGURES, NEEDED, RUBRIC, ProgrammeWork
from crm_toolkit.exercises.real_programme.worked import Worked, needed_lift, work_out_programme
from crm_toolkit.exercises.self_grade import grade_findings, grades_asked
from crm_toolkit.exercises.step_review import Finding, StepReview
from crm_toolkit.texts import format_number, format_percent, join_names, say

ALWAYS = ("returns", "account")  # every programme with points has these parts
WORDS_OF_A_REASON = 4


@dataclass(frozen=True)
class ProgrammeReview(StepReview):
    """How far the work is, what to look at again, and what follows from it.

    Parameters
    ----------
    worked : Worked
    """

    worked: Worked


def review_programme(work: ProgrammeWork, *, today: dt.date | None = None) -> ProgrammeReview:
    """Look through the work for gaps and contradictions.

    Parameters
    ----------
    work : ProgrammeWork
        As it stands.
    today : date, optional
        Days after it are asked about, and days long past; without it they are not.

    Returns
    -------
    ProgrammeReview

    Examples
    --------
    >>> print(review_programme(ProgrammeWork()).text)
    0 of 7 steps are complete; 0 of 44 answers are there.
    """
    worked = work_out_programme(work)
    asked = _asked(work, worked)
    by_step = {step: (sum(map(bool, checks)), len(checks)) for step, checks in asked.items()}
    used = [one.source for one in work.stated.values()]
    complete = {"description": _full(by_step[1]), "execution": _full(by_step[3]), "economics": _full(by_step[4]),
                "evaluation": _full(by_step[5]), "critique": _full(by_step[6])}  # fmt: skip
    found = [*source_findings(1, work.sources, used, today), *_description(work), *_rules(work, worked),
             *_member(work, worked), *_economics(work, worked), *_plan(work, worked), *_critique(work, worked),
             *grade_findings(7, RUBRIC, work.grades, complete)]  # fmt: skip
    return ProgrammeReview(by_step, tuple(sorted(found, key=lambda one: one.step)), worked)


def _full(step: tuple[int, int]) -> bool:
    return step[0] == step[1]


def begun_parts(work: ProgrammeWork) -> tuple[str, ...]:
    """The parts of which something is said, and those that every programme with points has."""
    begun = {part_of(path) for path in work.stated}
    if {"earning", "burning"} & begun:
        begun |= {"earning", "burning", "life", *ALWAYS}
    return tuple(part for part in PARTS if part in begun)


def open_fields(work: ProgrammeWork) -> tuple[str, ...]:
    """Fields of the parts that were begun which have neither a value nor “not stated”."""
    given = work.stated
    values = {path: one.value for path, one in given.items()}
    return tuple(path for part in begun_parts(work) for path in paths_of(part)
                 if has_meaning(path, values) and (path not in given or not given[path].answered))  # fmt: skip


def parts_answered(work: ProgrammeWork) -> dict[str, tuple[int, int]]:
    """By part that was begun how many of its fields are answered, and how many have a meaning."""
    values, left = {path: one.value for path, one in work.stated.items()}, open_fields(work)
    found = {}
    for part in begun_parts(work):
        asked = [path for path in paths_of(part) if has_meaning(path, values)]
        found[part] = (sum(path not in left for path in asked), len(asked))
    return found


def _asked(work: ProgrammeWork, worked: Worked) -> dict[int, list[object]]:
    about, member, plan, critique = work.about, work.member, work.plan, work.critique
    stated, sources = work.stated, named(work.sources)
    valued = [one for one in stated.values() if not one.not_stated]
    figures = [work.numbers.get(name) for name in NEEDED]
    return {
        1: [about.organisation.strip(), about.service.strip(), about.purpose.strip(), sources,
            sources and all(one.read_on for one in sources.values()), valued,
            valued and all(one.source in sources for one in valued), stated and not open_fields(work)],
        2: [worked.programme, work.assumed.words.strip()],
        3: [member.who.strip(), member.first_day, member.every_days, member.visits, member.amount, member.uses,
            worked.year, member.edge.strip()],
        4: [*(one is not None for one in figures), worked.money,
            worked.money and all(one.origin and one.why.strip() for one in work.numbers.values())],
        5: [plan.outcome, plan.clients, plan.holdout, plan.weeks, worked.plan, plan.rule, plan.why.strip(),
            plan.too_small.strip()],
        6: [critique.winners.strip(), critique.fairness.strip(), critique.flags.strip(), critique.proposal.strip(),
            critique.cost.strip(), critique.instead.strip()],
        7: grades_asked(RUBRIC, work.grades) or [False],
    }  # fmt: skip


def _gap(step: int, code: str, text: str, advice: str) -> Finding:
    return Finding(step, "gap", code, text, advice)


def _question(step: int, code: str, text: str, advice: str) -> Finding:
    return Finding(step, "question", code, text, advice)


def _labels(paths: list[str] | tuple[str, ...], most: int = 12) -> str:
    return join_names([say("“{name}”", name=say(LABELS[path])) for path in paths], most=most)


def _description(work: ProgrammeWork) -> Iterator[Finding]:
    if not work.about.organisation.strip() or not work.about.service.strip():
        yield _gap(1, "organisation", say("The organisation or its service is not named."),
                   say("A concrete organisation that you can visit, and what it does for its clients."))  # fmt: skip
    if not work.about.purpose.strip():
        yield _gap(1, "purpose", say("It is not said what the programme is for."),
                   say("Which behaviour of which clients should it change? If the organisation is silent, say so.")
        )  # fmt: skip
    stated = work.stated
    both = [path for path, one in stated.items() if one.value.strip() and one.not_stated]
    if both:
        yield _question(1, "both", say("Stated, and yet marked as not stated: {names}.", names=_labels(both)),
                        say("Take the value away, or the mark."))  # fmt: skip
    bare = [path for path, one in stated.items() if one.answered and not one.not_stated and not one.source]
    if bare:
        yield _gap(1, "no_source", say("Without a source: {names}.", names=_labels(bare)),
                   say("Where does it stand? Without a source it is a rumour."))  # fmt: skip
    left = open_fields(work)
    if left:
        yield _gap(1, "open", say("Neither stated nor marked: {names}.", names=_labels(left)),
                   say("Give the value with its source, or mark it as not stated by the organisation."))  # fmt: skip
    if len({one.source for one in stated.values() if one.source}) == 1 and len(named(work.sources)) == 1 and stated:
        yield _question(1, "one_source", say("Everything comes from one source."),
                        say("Is there a sign, a receipt, an employee who says something else?"))  # fmt: skip


def _rules(work: ProgrammeWork, worked: Worked) -> Iterator[Finding]:
    if worked.programme is None and work.stated:
        yield _gap(2, "no_rules", say("The rules do not run yet."), say("Below it stands what they lack, all at once."))
    if worked.programme is not None and not work.assumed.words.strip():
        yield _gap(2, "assumed", say("It is not said what had to be assumed."),
                   say("Which defaults stand in for what the organisation does not say? Would another one matter?")
        )  # fmt: skip


def _member(work: ProgrammeWork, worked: Worked) -> Iterator[Finding]:
    member, year = work.member, worked.year
    if not member.who.strip():
        yield _gap(3, "who", say("It is not said who the sample member is."),
                   say("An invented person: how often does such a client come, and why this rhythm?"))  # fmt: skip
    if year is None and worked.programme is not None:
        yield _gap(3, "no_year", say("The year does not run yet."), worked.missing.get("year", ""))
    if not member.edge.strip():
        yield _gap(3, "edge", say("No edge case is told."),
                   say("Let an order be paid back after its points were used, or look at the last day of a point.")
        )  # fmt: skip
    if member.paid_back and member.visits and member.paid_back > member.visits:
        yield _question(3, "no_such_visit", say("Visit {number} is paid back, and there are only {visits}.",
                                                number=member.paid_back, visits=member.visits),
                        say("Choose one of the visits."))  # fmt: skip
    if year is not None and member.visits and year.visits < member.visits:
        yield _question(3, "beyond", say("{left} of {visits} visits lie after the end of the year and are left out.",
                                         left=member.visits - year.visits, visits=member.visits),
                        say("Fewer visits, or a shorter rhythm?"))  # fmt: skip


def _economics(work: ProgrammeWork, worked: Worked) -> Iterator[Finding]:
    numbers, money = work.numbers, worked.money
    lacks = [say(FIGURES[name]) for name in NEEDED if name not in numbers]
    if lacks:
        yield _gap(4, "numbers", say("Numbers are missing: {names}.", names=join_names(lacks)),
                   say("If nobody tells, assume: a number with the mark “own assumption” and your reason.")
        )  # fmt: skip
    bare = [say(FIGURES[name]) for name, one in numbers.items() if not one.origin or not one.why.strip()]
    if bare:
        yield _gap(4, "no_origin", say("It is not said where these numbers come from: {names}.",
                                       names=join_names(bare)),
                   say("Stated by a source, or your own assumption? And why this one and not twice as much?")
        )  # fmt: skip
    if numbers and all(one.origin == "source" for one in numbers.values()) and len(numbers) >= len(NEEDED):
        yield _question(4, "all_sources", say("Every number is marked as stated by a source."),
                        say("Does the organisation really publish its margin?"))  # fmt: skip
    if "redeemed_share" in numbers and numbers["redeemed_share"].value == 1:
        yield _question(4, "no_breakage", say("Every point is redeemed."), say(
            "Cautious, and rarely so. What would a share of 70% change? Points that are not redeemed are no gain "
            "if members learn that points are worthless."))  # fmt: skip
    if money is not None and money.economics.lift > 0 and numbers.get("lift"):
        least = money.economics.break_even_lift
        if least is not None and money.economics.lift >= least:
            yield _question(4, "lift_assumed", say(
                "The programme pays because a lift of {lift} is assumed; it needs {least}.",
                lift=format_percent(money.economics.lift), least=format_percent(least)), say(
                "An assumed effect proves nothing: which test at step 5 would show it?"))  # fmt: skip


def _plan(work: ProgrammeWork, worked: Worked) -> Iterator[Finding]:
    plan = work.plan
    if worked.plan is None:
        yield _gap(5, "no_size", say("The size of the test can't be worked out yet."), worked.missing.get("plan", ""))
    if not plan.rule:
        yield _gap(5, "no_rule", say("No rule of the decision is fixed."),
                   say("Before the data come: at which result is the answer go?"))  # fmt: skip
    if not plan.holdout or not plan.weeks:
        yield _gap(5, "no_holdout", say("Holdout or length of the test is missing."),
                   say("Who gets no card, by lottery, and for how many weeks is it counted?"))  # fmt: skip
    if not plan.too_small.strip():
        yield _gap(5, "too_small", say("It is not said what is done if there are too few clients."),
                   say("Whole branches by lot, a longer time, another outcome, or an honest “this can't be seen”?")
        )  # fmt: skip
    if plan.rule == "positive":
        yield _question(5, "above_zero", say("An effect above zero may still cost more than it brings."),
                        say("Compare with what the programme costs."))  # fmt: skip
    if worked.plan is not None and plan.clients and worked.plan.customers > plan.clients:
        yield _question(5, "few_clients", say("The test needs {needed} clients, and there are {clients}.",
                                              needed=format_number(round(worked.plan.customers)),
                                              clients=format_number(plan.clients)),
                        say("What can be seen with those that there are stands below."))  # fmt: skip
    least = needed_lift(work, worked.money)
    if least is not None and plan.smallest and plan.smallest > 1.5 * least:
        yield _question(5, "blind_to_break_even", say(
            "The test looks for {smallest}, and the programme would pay from {least} on.",
            smallest=format_number(round(plan.smallest, 2)), least=format_number(round(least, 2))), say(
            "An effect that pays could stay unseen."))  # fmt: skip


def _critique(work: ProgrammeWork, worked: Worked) -> Iterator[Finding]:
    one = work.critique
    if not one.winners.strip() or not one.fairness.strip():
        yield _gap(6, "winners", say("It is not said who wins, who pays, and what is unfair."),
                   say("Look at the sample member, at a heavy and at a rare client, at who has no card."))  # fmt: skip
    if worked.flags and not one.flags.strip():
        yield _gap(6, "flags", say("The remarks on the rules are not answered."),
                   say("Is it meant so, is it clumsy, or is it a dark pattern? A reason for each."))  # fmt: skip
    elif not one.flags.strip():
        yield _gap(6, "flags", say("Nothing is said about rules that deceive."),
                   say("If you found none, say where you looked: expiry, returns, small print, the way out.")
        )  # fmt: skip
    if not one.proposal.strip() or not one.cost.strip():
        yield _gap(6, "proposal", say("The proposal or its cost is missing."),
                   say("One change, what it costs, and whom among the present members it harms."))  # fmt: skip
    if not one.instead.strip():
        yield _gap(6, "instead", say("Putting the same money into service is not considered."),
                   say("What would it buy: minutes of waiting, a shift, a repair at once?"))  # fmt: skip
