"""The twenty-four misconceptions of the course, and where each of them is met and answered.

Each is known by its number. A trigger is a place in the bank where somebody who thinks so gives himself away and hears
a diagnosis: an item of a quiz, or a misconception or requirement of a task with its code.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.texts import mark


@dataclass(frozen=True)
class Trigger:
    """Where a misconception is met.

    Parameters
    ----------
    lesson : str
        Number of the lesson, such as ``"04"``.
    kind : {"quiz", "task", "practice"}
    id : str
        Of the quiz, the task or the practice.
    code : str
        The item of the quiz, the misconception of the task, the requirement of the practice.
    """

    lesson: str
    kind: str
    id: str
    code: str


@dataclass(frozen=True)
class KnownMisconception:
    """One of the twenty-four.

    Parameters
    ----------
    number : int
    name : str
        Marked English: what people think.
    triggers : tuple of Trigger
        At least one.
    """

    number: int
    name: str
    triggers: tuple[Trigger, ...]


def _quiz(lesson: str, name: str, item: str) -> Trigger:
    return Trigger(lesson, "quiz", name, item)


def _task(lesson: str, name: str, code: str) -> Trigger:
    return Trigger(lesson, "task", name, code)


MISCONCEPTIONS: dict[int, KnownMisconception] = {
    one.number: one
    for one in (
        KnownMisconception(1, mark("Members spend more, so the programme works."),
                           (_quiz("09", "loyalty", "members_spend_more"), _quiz("04", "ranking", "champions"))),
        KnownMisconception(2, mark("Points that never come back are profit."),
                           (_quiz("09", "loyalty", "breakage_profit"),
                            _task("09", "ifrs_split", "BREAKAGE_IS_PROFIT"))),
        KnownMisconception(3, mark("Keeping customers is always cheaper."),
                           (_quiz("08", "money", "retention_cheaper"), _quiz("12", "helm", "cheap_retention"))),
        KnownMisconception(4, mark("The average cost of a customer is that of the next one."),
                           (_quiz("08", "money", "average_marginal"),)),
        KnownMisconception(5, mark("Who is most likely to leave is the best target."),
                           (_quiz("08", "money", "risk_target"),)),
        KnownMisconception(6, mark("What is credited to a channel is its effect."),
                           (_quiz("08", "money", "attribution_effect"),)),
        KnownMisconception(7, mark("Three points of NPS more are progress."), (_quiz("11", "complaints", "nps"),)),
        KnownMisconception(8, mark("Satisfied is loyal."),
                           (_quiz("06", "behaviour", "satisfied"), _quiz("11", "complaints", "satisfied"))),
        KnownMisconception(9, mark("A failure well put right beats no failure."),
                           (_quiz("11", "complaints", "paradox"),)),
        KnownMisconception(10, mark("There are always clusters."),
                           (_task("05", "null_data", "CLUSTERS_ALWAYS_EXIST"),
                            _quiz("05", "segments", "clusters_exist"))),
        KnownMisconception(11, mark("More data and more access are better."),
                           (_quiz("03", "access", "everybody"), _quiz("00", "start", "access"))),
        KnownMisconception(12, mark("Anonymous means without names."), (_quiz("03", "access", "anonymous"),)),
        KnownMisconception(13, mark("Points are loyalty."), (_quiz("09", "loyalty", "points_loyalty"),)),
        KnownMisconception(14, mark("Taking a status away costs nothing."), (_quiz("09", "loyalty", "demotion"),)),
        KnownMisconception(15, mark("A customer's lifetime value is a fact."),
                           (_quiz("04", "ranking", "value"), _quiz("08", "money", "value_fact"))),
        KnownMisconception(16, mark("Last year's pattern is a forecast."), (_quiz("07", "forecast", "last_year"),)),
        KnownMisconception(17, mark("Services are always riskier and harder to judge."),
                           (_quiz("06", "behaviour", "services"), _quiz("10", "article", "classic"))),
        KnownMisconception(18, mark("The model of Hawkins, Best and Coney predicts behaviour."),
                           (_quiz("06", "behaviour", "model"), _quiz("10", "article", "fits"))),
        KnownMisconception(19, mark("Customer-oriented means doing what customers ask for."),
                           (_quiz("00", "start", "orientation"),)),
        KnownMisconception(20, mark("CRM is a program."),
                           (_quiz("00", "start", "program"),
                            Trigger("02", "practice", "definition_workbench", "CRM_IS_PROGRAM"))),
        KnownMisconception(21, mark("What is true of the whole is true of its groups."),
                           (_task("04", "simpson_calls", "AGGREGATE_FOR_GROUPS"), _quiz("04", "ranking", "mix"),
                            _quiz("04", "value", "group_after"))),
        KnownMisconception(22, mark("No complaints are no problems."),
                           (_quiz("00", "start", "silence"), _quiz("02", "single_base", "no_complaints"),
                            _quiz("11", "complaints", "fewer"))),
        KnownMisconception(23, mark("Significant means important."),
                           (_quiz("04", "ranking", "significance"), _quiz("10", "article", "significant"),
                            _quiz("05", "segments", "significant"))),
        KnownMisconception(24, mark("A model's number needs no convention."),
                           (_task("04", "multiple_conventions", "NO_CONVENTION"),
                            _quiz("04", "value", "conventions"))),
    )
}  # fmt: skip
"""Number → what people think, and where it is met."""
