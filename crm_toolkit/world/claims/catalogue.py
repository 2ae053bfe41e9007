"""The claims: what is said of a customer base, by which switch it is tested, and where it fails."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_toolkit.texts import format_number, mark

PER_100 = mark("per 100 contacts")


@dataclass(frozen=True)
class Outcome:
    """Something that is measured in both arms.

    Parameters
    ----------
    code : str
        Column of the results.
    label, unit : str
        English, marked for the catalogue.
    decimals : int
        Digits worth showing.
    """

    code: str
    label: str
    unit: str
    decimals: int = 1

    def signed(self, value: float, half_width: float = 0.0) -> str:
        """A difference with its sign, in as many digits as the half width of its interval deserves.

        >>> OUTCOMES["handling_minutes"].signed(-1.2345), OUTCOMES["handling_minutes"].signed(1.2345, 0.05)
        ('-1.2', '+1.23')
        """
        fine = math.ceil(-math.log10(half_width)) if half_width > 1e-9 else 0
        rounded = round(float(value), max(self.decimals, min(fine, 3))) + 0.0
        text = format_number(rounded, max(self.decimals, min(fine, 3)))
        return f"+{text}" if rounded > 0 else text


OUTCOMES: dict[str, Outcome] = {
    one.code: one
    for one in (
        Outcome("handling_minutes", mark("Work for one contact"), mark("minutes")),
        Outcome("answer_minutes", mark("Time until the answer"), mark("minutes")),
        Outcome("repeated_questions", mark("Repeated questions"), PER_100),
        Outcome("duplicate_contacts", mark("Duplicate contacts"), PER_100),
        Outcome("contradictory_answers", mark("Contradictory answers"), PER_100),
        Outcome("repeat_failures", mark("Matters that come back"), PER_100),
        Outcome("article_uses", mark("Articles used"), PER_100),
        Outcome("search_seconds", mark("Search for a record"), mark("seconds")),
        Outcome("wrong_answers", mark("Wrong answers"), PER_100),
        Outcome("handovers", mark("Handovers"), PER_100),
        Outcome("records_exposed", mark("Open to one employee"), mark("records of customers"), 0),
        Outcome("fields_exposed", mark("Seen in a record"), mark("personal fields")),
        Outcome("incident_cost", mark("Expected damage by incidents"), mark("currency units a year"), 0),
        Outcome("cost", mark("All costs of a contact"), mark("currency units"), 2),
    )
}


@dataclass(frozen=True)
class Claim:
    """One claim.

    Parameters
    ----------
    code : str
    title : str
        A few words for a list of choices.
    statement : str
        The claim in a sentence.
    trap : str
        What a test of it teaches.
    without, with_it : mapping of str
        The organisation's switches in both arms.
    claimed : tuple of str
        Outcomes that fall, as the claim says.
    aside : tuple of str
        Outcomes that the claim is silent about.
    drivers : tuple of str
        Numbers on which the effect depends most.
    fails_at : mapping of str to float
        A setting in which the claim does not hold.
    """

    code: str
    title: str
    statement: str
    trap: str
    without: Mapping[str, Any]
    with_it: Mapping[str, Any]
    claimed: tuple[str, ...]
    aside: tuple[str, ...]
    drivers: tuple[str, ...]
    fails_at: Mapping[str, float]

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All outcomes, those of the claim first."""
        return tuple(OUTCOMES[code] for code in (*self.claimed, *self.aside))


CLAIMS: dict[str, Claim] = {
    one.code: one
    for one in (
        Claim(
            "single_base",
            mark("One base instead of three"),
            mark("One base for all departments saves working time and spares customers repeated questions, duplicate "
                 "contacts and contradictory answers."),
            mark("One base costs time and money itself; it pays only where customers use several departments."),
            {"base": "silos"}, {"base": "one"},
            ("handling_minutes", "repeated_questions", "duplicate_contacts", "contradictory_answers"),
            ("answer_minutes", "cost"),
            ("multi_share", "sync_lag_days", "entry_minutes"),
            {"multi_share": 0.05, "entry_minutes": 3.0},
        ),
        Claim(
            "kept_knowledge",
            mark("A knowledge base"),
            mark("Solutions that are written down keep mistakes from being repeated and save work."),
            mark("An article helps only if it is searched for and found; writing it costs time in any case."),
            {"knowledge_base": False}, {"knowledge_base": True},
            ("repeat_failures", "handling_minutes"),
            ("article_uses", "answer_minutes", "cost"),
            ("use_share", "findability", "write_minutes"),
            {"use_share": 0.0},
        ),
        Claim(
            "search_index",
            mark("An index for searching"),
            mark("Searching by an index shortens the search and makes answers better."),
            mark("Garbage in, garbage out: a badly tagged record is found wrong, only faster."),
            {"index": False}, {"index": True},
            ("search_seconds", "wrong_answers"),
            ("handling_minutes", "answer_minutes", "cost"),
            ("tagging", "notice_share", "index_seconds"),
            {"tagging": 0.5},
        ),
        Claim(
            "open_access",
            mark("Access to everything for everybody"),
            mark("If all employees have access to all data, answers come faster and the organisation saves money."),
            mark("More access costs too, in personal data at risk: the optimum lies between the ends."),
            {"row_scope": "own", "field_width": "narrow"}, {"row_scope": "all", "field_width": "wide"},
            ("answer_minutes", "cost"),
            ("handovers", "records_exposed", "fields_exposed", "incident_cost"),
            ("handover_minutes", "incident_rate", "field_cost"),
            {"incident_rate": 0.1},
        ),
    )
}  # fmt: skip
