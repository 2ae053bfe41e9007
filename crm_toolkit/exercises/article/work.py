# ruff: noqa: RUF009 - the calls in `shape` return dataclass fields
"""The work on an article that a person has read: what it claims, on what it rests, how it was found out.

1  the article: reference, question, parts      5  lamps: what is covered, what is without support
2  claims, typed, with their page               6  method and age
3  argument map                                 7  own position, and the report
4  evidence from elsewhere

The work is a value: it holds what its author said and computes nothing. `lamps` counts, `review_work` asks about gaps,
`files` keeps it in one local JSON file. Claims are numbered by their place: the third one is 3, and stays 3.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crm_toolkit.exercises import shape
from crm_toolkit.exercises.article.evidence import evidence_bank
from crm_toolkit.texts import mark

STEPS = {
    1: mark("The article"),
    2: mark("Claims"),
    3: mark("Argument map"),
    4: mark("Evidence for and against"),
    5: mark("Lamps"),
    6: mark("Method and age"),
    7: mark("Position and report"),
}
TYPES = {
    "definition": mark("definition"),
    "empirical": mark("empirical claim"),
    "normative": mark("normative claim"),
}
RELATIONS = {
    "supports": mark("supports"),
    "attacks": mark("attacks"),
    "assumes": mark("assumes"),
}
STANCES = {
    "for": mark("speaks for it"),
    "against": mark("speaks against it"),
    "limits": mark("limits it"),
}
COPIES = {
    "library": mark("from a library"),
    "publisher": mark("from the journal or the publisher"),
    "teacher": mark("from the teacher"),
    "practice": mark("a practice text of the course"),
    "other": mark("from elsewhere"),
}
KINDS = {
    "empirical": mark("an own study with data"),
    "review": mark("a review of other studies"),
    "conceptual": mark("a discussion without own data"),
}
MOST_CLAIMS = 30
MOST_LINKS = 60
MOST_SECTIONS = 20
LAST_PAGE = 99_999
OWN = "own"


ENTRIES = {OWN: mark("a source of my own"), **{one.code: one.code for one in evidence_bank()}}


@dataclass(frozen=True)
class Reference:
    """Step 1: which article it is, where one's own copy is from, and what it asks."""

    authors: str = shape.text()
    year: int | None = shape.number(1500, 2200, whole=True)
    title: str = shape.text()
    journal: str = shape.text()
    issue: str = shape.text()
    first_page: int | None = shape.number(1, LAST_PAGE, whole=True)
    last_page: int | None = shape.number(1, LAST_PAGE, whole=True)
    copy: str = shape.word(COPIES)
    read_on: dt.date | None = shape.day()
    question: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Section:
    """Step 1: a part of the article by its pages."""

    name: str = shape.text()
    first_page: int | None = shape.number(1, LAST_PAGE, whole=True)
    last_page: int | None = shape.number(1, LAST_PAGE, whole=True)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Claim:
    """Step 2: a claim, quoted or in own words, its page, its type, and what would support it.

    ``tacit`` marks an assumption that the article does not say and the reader has put into words; it has no page.
    """

    words: str = shape.text()
    quoted: bool = shape.flag()
    page: int | None = shape.number(1, LAST_PAGE, whole=True)
    type: str = shape.word(TYPES)
    support: str = shape.text()
    tacit: bool = shape.flag()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Link:
    """Step 3: one claim supports or attacks another, or assumes it."""

    one: int | None = shape.number(1, MOST_CLAIMS, whole=True)
    relation: str = shape.word(RELATIONS)
    other: int | None = shape.number(1, MOST_CLAIMS, whole=True)

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class EvidenceLink:
    """Step 4: an entry of the bank, or a source of one's own (``entry="own"``), beside a claim."""

    claim: int | None = shape.number(1, MOST_CLAIMS, whole=True)
    stance: str = shape.word(STANCES)
    entry: str = shape.word(ENTRIES)
    source: str = shape.text()
    why: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Method:
    """Step 6: how the article found out what it says; “the article does not say” is an answer."""

    kind: str = shape.word(KINDS)
    sample: str = shape.text()
    measure: str = shape.text()
    design: str = shape.text()
    analysis: str = shape.text()
    limits: str = shape.text()
    age: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class Position:
    """Step 7: what the reader thinks, what test would change that, anything else."""

    stand: str = shape.text()
    test: str = shape.text()
    notes: str = shape.text()

    def __post_init__(self) -> None:
        shape.require(self)


@dataclass(frozen=True)
class ArticleWork:
    """The work on one article; empty until something is said.

    Parameters
    ----------
    reference : Reference
    sections : tuple of Section
    claims : tuple of Claim
        Numbered from 1 by their place.
    links : tuple of Link
    evidence : tuple of EvidenceLink
    method : Method
    position : Position

    Raises
    ------
    InputError
        If something does not fit; all problems at once.

    Examples
    --------
    >>> work = ArticleWork(claims=(Claim(), Claim("Guests who wait less come back more often.", page=3)))
    >>> list(work.stated)
    [2]
    """

    reference: Reference = shape.one(Reference)
    sections: tuple[Section, ...] = shape.many(Section, MOST_SECTIONS)
    claims: tuple[Claim, ...] = shape.many(Claim, MOST_CLAIMS)
    links: tuple[Link, ...] = shape.many(Link, MOST_LINKS)
    evidence: tuple[EvidenceLink, ...] = shape.many(EvidenceLink, MOST_LINKS)
    method: Method = shape.one(Method)
    position: Position = shape.one(Position)

    def __post_init__(self) -> None:
        shape.require(self)

    @property
    def stated(self) -> dict[int, Claim]:
        """The claims that have words, by their number."""
        return {number: one for number, one in enumerate(self.claims, start=1) if one.words.strip()}

    @property
    def whole_links(self) -> tuple[Link, ...]:
        """The links between two stated claims that say how they hang together."""
        known = self.stated
        return tuple(one for one in self.links if one.relation and one.one in known and one.other in known)

    @property
    def whole_evidence(self) -> tuple[EvidenceLink, ...]:
        """The evidence that names a stated claim, a stance and a source."""
        known = self.stated
        return tuple(one for one in self.evidence if one.claim in known and one.stance and one.entry
                     and (one.entry != OWN or one.source.strip()))  # fmt: skip
