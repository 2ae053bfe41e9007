"""What we do not know of the customer: holes that a card usually hides."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from crm_toolkit.store.card.identity import CardField, ConsentState
from crm_toolkit.store.card.reading import AT, CUSTOMER, Reading
from crm_toolkit.store.layout import TABLES
from crm_toolkit.texts import mark

# measure → definition
MEASURES: dict[str, str] = {
    "completeness": mark("share of the fields of the profile that the role sees and that have a value"),
    "freshness": mark("share of the known fields whose value is not older than a year, or does not change"),
    "coverage": mark("share of the touchpoints of the register that are recorded"),
}


@dataclass(frozen=True)
class Gaps:
    """What is missing, and three measures of how much is there.

    Parameters
    ----------
    missing, stale : tuple of str
        Fields of the profile without a value; with one older than a year that may have changed.
    never_asked : tuple of str
        Purposes for which consent was never asked.
    unrecorded : tuple of str
        Touchpoints of the register at which nothing is recorded: what happens there is missing on the timeline.
    no_survey_answer : bool or None
        Whether no survey was ever answered; None if the role does not see surveys.
    completeness, freshness, coverage : float or None
        Shares as `MEASURES` define them; None where there is nothing to count.
    """

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    never_asked: tuple[str, ...]
    unrecorded: tuple[str, ...]
    no_survey_answer: bool | None
    completeness: float | None
    freshness: float | None
    coverage: float | None


def gaps_of(reading: Reading, fields: tuple[CardField, ...], consents: tuple[ConsentState, ...]) -> Gaps:
    """What is not known, from the sections of the card that are already read."""
    missing = tuple(one.name for one in fields if one.value is None)
    stale = tuple(one.name for one in fields if one.stale)
    known = len(fields) - len(missing)
    touchpoints = []
    if reading.reads("touchpoints", "touchpoint", "recorded"):
        table = TABLES["touchpoints"]
        touchpoints = list(reading.ask("touchpoints", lambda: sa.select(table.c.touchpoint, table.c.recorded).where(
            reading.rights.rows("touchpoints")).order_by(table.c.touchpoint_id)))  # fmt: skip
    unrecorded = tuple(str(name) for name, recorded in touchpoints if not recorded)
    return Gaps(
        missing, stale, tuple(one.purpose for one in consents if one.state == "never"), unrecorded, _no_answer(reading),
        completeness=known / len(fields) if fields else None,
        freshness=1 - len(stale) / known if known else None,
        coverage=1 - len(unrecorded) / len(touchpoints) if touchpoints else None,
    )  # fmt: skip


def _no_answer(reading: Reading) -> bool | None:
    if not reading.reads("surveys", "answered_at"):
        return None
    table = TABLES["surveys"]
    return reading.ask("answered", lambda: sa.select(table.c.survey_id).where(
        reading.rights.rows("surveys"), table.c.customer_id == CUSTOMER, table.c.answered_at <= AT
    ).limit(1)).first() is None  # fmt: skip
