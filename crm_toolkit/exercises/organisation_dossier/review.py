"""What a dossier still lacks and where it contradicts itself, step by step; opinions are never judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from crm_toolkit.exercises.dated_sources import named, source_findings
from crm_toolkit.exercises.organisation_dossier.cards import STAGES
from crm_toolkit.exercises.organisation_dossier.work import RUBRIC, STEP_OF, Dossier
from crm_toolkit.exercises.organisation_dossier.worked import WorkedDossier, work_out_dossier
from crm_toolkit.exercises.self_grade import grade_findings, grades_asked
from crm_toolkit.exercises.step_review import Finding, StepReview
from crm_toolkit.texts import format_number, join_names, say

LEAST_FACTS, LEAST_SEGMENTS, LEAST_STEPS, LEAST_ROWS = 3, 2, 4, 4
FEW = 30


@dataclass(frozen=True)
class DossierReview(StepReview):
    """How far the dossier is, what to look at again, and what follows from it.

    Parameters
    ----------
    worked : WorkedDossier
    """

    worked: WorkedDossier


def review_dossier(dossier: Dossier, *, today: dt.date | None = None) -> DossierReview:
    """Look through a dossier for gaps and contradictions.

    Parameters
    ----------
    dossier : Dossier
        As it stands.
    today : date, optional
        Days after it are asked about, and days long past; without it they are not.

    Returns
    -------
    DossierReview

    Examples
    --------
    >>> print(review_dossier(Dossier()).text)
    0 of 9 steps are complete; 0 of 51 answers are there.
    """
    worked = work_out_dossier(dossier)
    asked = _asked(dossier, worked)
    by_step = {step: (sum(map(bool, checks)), len(checks)) for step, checks in asked.items()}
    full = {step: done == all_ for step, (done, all_) in by_step.items()}
    complete = {"description": full[1], "technologies": full[2] and full[3] and full[4],
                "measures": full[5] and all(_sure(dossier, stage) for stage in STAGES), "diagnosis": full[7],
                "recommendation": full[8]}  # fmt: skip
    stages = [one for stage in STAGES for one in _stage(dossier, stage)]
    found = [*source_findings(1, dossier.sources, dossier.sources_used, today), *_organisation(dossier), *stages,
             *_funnel(dossier, worked), *_blueprint(dossier), *_diagnosis(dossier, worked), *_advice(dossier),
             *grade_findings(9, RUBRIC, dossier.grades, complete)]  # fmt: skip
    return DossierReview(by_step, tuple(sorted(found, key=lambda one: one.step)), worked)


def _sure(dossier: Dossier, stage: str) -> bool:
    return any(one.sure and one.definition.strip() for one in dossier.measures_of(stage))


def _asked(dossier: Dossier, worked: WorkedDossier) -> dict[int, list[object]]:
    about, sources = dossier.organisation, named(dossier.sources)
    facts = [one for one in dossier.facts if one.words.strip()]
    segments = [one for one in dossier.segments if one.who.strip()]
    one, advice = dossier.diagnosis, dossier.recommendation
    asked: dict[int, list[object]] = {
        1: [about.name.strip(), about.service.strip(), about.size.strip(), sources,
            sources and all(source.read_on for source in sources.values()), len(facts) >= LEAST_FACTS,
            facts and all(fact.source in sources for fact in facts), len(segments) >= LEAST_SEGMENTS,
            segments and all(part.need.strip() for part in segments)],
    }  # fmt: skip
    for stage, step in STEP_OF.items():
        used = dossier.technologies_of(stage)
        asked[step] = [used, used and all(tool.works.strip() for tool in used),
                       used and all(tool.source in sources for tool in used), dossier.measures_of(stage),
                       _sure(dossier, stage)]  # fmt: skip
    steps = dossier.steps
    rows = [row for row in dossier.blueprint if row.name.strip()]
    asked[5] = [dossier.frame.period.strip(), len(steps) >= LEAST_STEPS,
                steps and all(step.definition.strip() for step in steps.values()),
                steps and all(step.source in sources for step in steps.values()), worked.widest]  # fmt: skip
    asked[6] = [len(rows) >= LEAST_ROWS, rows and all(row.client.strip() and row.front.strip() for row in rows),
                any(row.back.strip() for row in rows), any(row.support.strip() for row in rows),
                any(row.fails and row.failure.strip() for row in rows)]  # fmt: skip
    asked[7] = [one.leak.strip(), one.evidence.strip(), one.counterfactual.strip(), one.test.strip(), worked.plan]
    asked[8] = [advice.what.strip(), advice.cost.strip(), advice.risk.strip(), advice.ethics.strip(),
                advice.data.strip(), advice.stop.strip()]  # fmt: skip
    asked[9] = list(grades_asked(RUBRIC, dossier.grades)) or [False]
    return asked


def _gap(step: int, code: str, text: str, advice: str) -> Finding:
    return Finding(step, "gap", code, text, advice)


def _question(step: int, code: str, text: str, advice: str) -> Finding:
    return Finding(step, "question", code, text, advice)


def _organisation(dossier: Dossier) -> Iterator[Finding]:
    about = dossier.organisation
    if not about.name.strip() or not about.service.strip():
        yield _gap(1, "organisation", say("The organisation or its service is not named."),
                   say("A concrete organisation that you can visit, and what it does for its clients."))  # fmt: skip
    facts = [one for one in dossier.facts if one.words.strip()]
    if len(facts) < LEAST_FACTS:
        yield _gap(1, "few_facts", say("Fewer than three facts are given."),
                   say("How many clients, employees, places, prices, since when: what you need later."))  # fmt: skip
    bare = [number for number, one in enumerate(dossier.facts, start=1) if one.words.strip() and not one.source]
    if bare:
        yield _gap(1, "no_source", say("Facts without a source: {numbers}.", numbers=join_names(map(str, bare))),
                   say("Where does it stand? Without a source it is a rumour."))  # fmt: skip
    if sum(bool(one.who.strip()) for one in dossier.segments) < LEAST_SEGMENTS:
        yield _gap(1, "few_segments", say("Fewer than two segments are described."),
                   say("Who comes, what for, and what sets them apart in what they need?"))  # fmt: skip
    total = sum(one.share or 0 for one in dossier.segments)
    if total > 1.005:
        yield _question(1, "more_than_all", say("The shares of the segments add up to more than 1: {total}.",
                                                total=format_number(round(total, 2))),
                        say("Can a client belong to two of them?"))  # fmt: skip


def _stage(dossier: Dossier, stage: str) -> Iterator[Finding]:
    step = STEP_OF[stage]
    used, numbers = dossier.technologies_of(stage), dossier.measures_of(stage)
    if not used:
        yield _gap(step, "no_technology", say("No technology of this stage is described."),
                   say("Choose a card and say what this organisation does; “nothing” is a finding too."))  # fmt: skip
    if any(not one.works.strip() for one in used):
        yield _gap(step, "no_mechanism", say("It is not said why a technology should work."),
                   say("Through what does it change the behaviour of a client, and of which client?"))  # fmt: skip
    if any(one.card and not one.how.strip() for one in used):
        yield _gap(step, "no_how", say("It is not said how a technology is done here."),
                   say("What exactly happens, who does it, when?"))  # fmt: skip
    if not numbers:
        yield _gap(step, "no_number", say("No number of this stage is given."),
                   say("Count it yourself if nobody tells: an hour at the counter is a sample."))  # fmt: skip
    vague = [one.name.strip() for one in numbers if not one.definition.strip()]
    if vague:
        yield _gap(step, "no_definition", say("Without a definition: {names}.", names=join_names(vague)),
                   say("What is counted, of what, in which time?"))  # fmt: skip
    unsure = [one.name.strip() for one in numbers if not one.sure]
    if unsure:
        yield _gap(step, "no_uncertainty", say("It is not said how sure this is: {names}.", names=join_names(unsure)),
                   say("Give the counts, or a lowest and a highest value that you think possible."))  # fmt: skip
    few = [one.name.strip() for one in numbers if one.counted and (one.of or 0) < FEW]
    if few:
        yield _question(step, "few", say("Fewer than 30 were counted: {names}.", names=join_names(few)),
                        say("Look at the interval: what can be said with it?"))  # fmt: skip
    wrong = [one.name.strip() for one in numbers if one.counted and (one.hits or 0) > (one.of or 0)]
    turned = [one.name.strip() for one in numbers if one.low is not None and one.high is not None and (
        one.low > one.high or (one.value is not None and not one.low <= one.value <= one.high))]  # fmt: skip
    if wrong or turned:
        yield _question(step, "not_possible", say("These numbers can't be: {names}.", names=join_names(wrong + turned)),
                        say("Not more than all, and the value between the lowest and the highest."))  # fmt: skip


def _funnel(dossier: Dossier, worked: WorkedDossier) -> Iterator[Finding]:
    steps = dossier.steps
    if len(steps) < LEAST_STEPS:
        yield _gap(5, "few_steps", say("The funnel has fewer than four steps with counts."),
                   say("From the first contact to a client who is still there: contact, enquiry, visit, second visit.")
        )  # fmt: skip
    if not dossier.frame.period.strip():
        yield _gap(5, "no_period", say("It is not said of which time the counts are."),
                   say("The same time for all steps, or the same people followed through them?"))  # fmt: skip
    if worked.rising:
        yield _question(5, "rising", say("More came to a step than to the one before: {names}.",
                                         names=join_names(worked.rising)),
                        say("Are these other people, or is a way in missing?"))  # fmt: skip
    if steps and not dossier.frame.same_people.strip():
        yield _gap(5, "same_people", say("It is not said whether the steps hold the same people."),
                   say("Counts of one month compare this month's enquiries with last year's clients."))  # fmt: skip
    if dossier.frame.spend is not None:
        yield _question(5, "average", say("Spend for each client is an average."),
                        say("One more client usually costs more than that; how much would the next 10% of spend bring?")
        )  # fmt: skip


def _blueprint(dossier: Dossier) -> Iterator[Finding]:
    rows = [one for one in dossier.blueprint if one.name.strip()]
    if len(rows) < LEAST_ROWS:
        yield _gap(6, "few_rows", say("The blueprint has fewer than four steps."),
                   say("Walk the way as a client: before, arrival, service, payment, after."))  # fmt: skip
    if rows and not any(one.fails for one in rows):
        yield _gap(6, "no_fail_point", say("No step is marked as one at which it fails."),
                   say("Where do clients wait, ask again, or have to be sent back?"))  # fmt: skip
    mute = [one.name.strip() for one in rows if one.fails and not one.failure.strip()]
    if mute:
        yield _gap(6, "no_failure", say("It is not said what fails: {names}.", names=join_names(mute)),
                   say("What goes wrong, how often, and who notices it first?"))  # fmt: skip


def _diagnosis(dossier: Dossier, worked: WorkedDossier) -> Iterator[Finding]:
    one = dossier.diagnosis
    if not one.leak.strip() or not one.evidence.strip():
        yield _gap(7, "no_leak", say("It is not said where value leaks, and by what that is seen."),
                   say("Point at a number of step 5 or at a row of step 6."))  # fmt: skip
    if not one.counterfactual.strip() or not one.test.strip():
        yield _gap(7, "no_test", say("A comparison or a test is missing."),
                   say("Compared with what: other days, other branches, a lottery?"))  # fmt: skip
    if worked.plan is None:
        yield _gap(7, "no_size", say("The size of a test is not worked out."), worked.missing)
    if worked.plan is not None and one.clients and worked.plan.customers > one.clients:
        yield _question(7, "few_clients", say("The test needs {needed} clients, and there are {clients}.",
                                              needed=format_number(round(worked.plan.customers)),
                                              clients=format_number(one.clients)),
                        say("What can be seen with those that there are stands below."))  # fmt: skip
    if worked.widest is not None and one.step and one.step != worked.widest.number:
        yield _question(7, "other_step", say("The largest share is lost on the way to “{step}”, and you chose another.",
                                             step=worked.widest.step.name.strip()),
                        say("The largest loss need not be the one that can be mended: say why."))  # fmt: skip


def _advice(dossier: Dossier) -> Iterator[Finding]:
    one = dossier.recommendation
    if not one.what.strip() or not one.cost.strip():
        yield _gap(8, "no_advice", say("The recommendation or its cost is missing."),
                   say("One thing to do, in money and in hours of whom."))  # fmt: skip
    if not one.risk.strip() or not one.stop.strip():
        yield _gap(8, "no_risk", say("Risk, or the result at which to stop, is missing."),
                   say("What can go wrong, and which number would make you give it up?"))  # fmt: skip
    if not one.ethics.strip() or not one.data.strip():
        yield _gap(8, "no_ethics", say("Fairness or personal data are not discussed."),
                   say("Whom could it harm? Which data, on which ground, seen by whom, kept how long?"))  # fmt: skip
