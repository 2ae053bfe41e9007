"""Two lamps over an article: which of its parts have claims, and which claims have evidence for or against them.

A lamp counts and does not judge: a claim without evidence may be true, one with evidence may be false. A definition
needs a source and no proof; a normative claim needs a goal that is said, besides facts.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.exercises.article.evidence import entry
from crm_toolkit.exercises.article.work import OWN, ArticleWork
from crm_toolkit.texts import mark

STATES = {
    "unsupported": mark("without support"),
    "inside": mark("supported inside the article only"),
    "for": mark("evidence for it only"),
    "against": mark("evidence against it only"),
    "contested": mark("evidence for and against it"),
    "limited": mark("evidence that limits it only"),
    "term": mark("a definition: it needs a source, not a proof"),
}
SIGNS = {
    "unsupported": "○",
    "inside": "◔",
    "for": "+",
    "against": "−",
    "contested": "±",
    "limited": "~",
    "term": "≡",
}


@dataclass(frozen=True)
class ClaimLamp:
    """How a claim stands: pieces of evidence by stance, claims that support or attack it, and the state."""

    number: int
    state: str
    speaks_for: int
    speaks_against: int
    limits: int
    supported_by: tuple[int, ...]
    attacked_by: tuple[int, ...]

    @property
    def lit(self) -> bool:
        """Whether the lamp asks for attention: nothing from outside the article stands beside the claim."""
        return self.state in ("unsupported", "inside")


@dataclass(frozen=True)
class Lamps:
    """Both lamps.

    Parameters
    ----------
    claims : tuple of ClaimLamp
        One for every stated claim.
    sections : dict of str to tuple of int
        Part of the article → numbers of its claims.
    bare_pages : tuple of int
        Pages of the article on which no claim stands.
    pages : int
        Pages of the article, 0 where they are not given.
    sources : tuple of str
        Sources other than the article.
    unchecked : tuple of str
        Those of them that the bank has from memory only.
    """

    claims: tuple[ClaimLamp, ...]
    sections: dict[str, tuple[int, ...]]
    bare_pages: tuple[int, ...]
    pages: int
    sources: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def unsupported(self) -> tuple[int, ...]:
        """Claims that neither evidence nor another claim supports."""
        return tuple(one.number for one in self.claims if one.state == "unsupported")

    def of(self, number: int) -> ClaimLamp:
        """The lamp of a claim."""
        return next(one for one in self.claims if one.number == number)


def light(work: ArticleWork) -> Lamps:
    """Count what covers the article and what stands beside its claims.

    Parameters
    ----------
    work : ArticleWork
        As it stands.

    Returns
    -------
    Lamps

    Examples
    --------
    >>> from crm_toolkit.exercises.article import Claim, EvidenceLink
    >>> work = ArticleWork(
    ...     claims=(Claim("Services are riskier.", page=2, type="empirical"), Claim("Risk is a loss.", page=1)),
    ...     evidence=(EvidenceLink(1, "against", "perez_cabanero_2007"),),
    ... )
    >>> [(one.number, one.state) for one in light(work).claims]
    [(1, 'against'), (2, 'unsupported')]
    """
    stated = work.stated
    lamps = tuple(_lamp(work, number) for number in stated)
    first, last = work.reference.first_page, work.reference.last_page
    span = range(first, last + 1) if first and last and last >= first else range(0)
    there = {one.page for one in stated.values()}
    used = work.whole_evidence
    sources = tuple(dict.fromkeys(one.source.strip() if one.entry == OWN else entry(one.entry).source for one in used))
    unchecked = tuple(dict.fromkeys(entry(one.entry).source for one in used
                                    if one.entry != OWN and entry(one.entry).seen == "memory"))  # fmt: skip
    sections = {}
    for one in work.sections:
        if one.name.strip() and one.first_page and one.last_page:
            pages = range(one.first_page, one.last_page + 1)
            sections[one.name.strip()] = tuple(number for number, claim in stated.items() if claim.page in pages)
    return Lamps(lamps, sections, tuple(page for page in span if page not in there), len(span), sources, unchecked)


def _lamp(work: ArticleWork, number: int) -> ClaimLamp:
    stances = [one.stance for one in work.whole_evidence if one.claim == number]
    links = work.whole_links
    supported = tuple(one.one for one in links if one.relation == "supports" and one.other == number and one.one)
    attacked = tuple(one.one for one in links if one.relation == "attacks" and one.other == number and one.one)
    yes, no, limits = (stances.count(one) for one in ("for", "against", "limits"))
    if yes and no:
        state = "contested"
    elif yes or no:
        state = "for" if yes else "against"
    elif limits:
        state = "limited"
    elif work.claims[number - 1].type == "definition":
        state = "term"
    else:
        state = "inside" if supported else "unsupported"
    return ClaimLamp(number, state, yes, no, limits, supported, attacked)
