"""What the work on an article still lacks and where it contradicts itself: step by step; opinions are never judged.

Every finding is either ``"gap"`` (something is not said yet) or ``"question"`` (two things do not go together, or one
may have been overlooked). Whether a claim is true, and whether the reader's own position is right, is nobody's business
here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from crm_toolkit.exercises.article.evidence import entry
from crm_toolkit.exercises.article.lamps import Lamps, light
from crm_toolkit.exercises.article.work import OWN, TYPES, ArticleWork
from crm_toolkit.exercises.step_review import Finding, StepReview
from crm_toolkit.texts import join_names, say

LEAST_CLAIMS = 5
LEAST_SOURCES = 2
LEAST_LINKS = 3


@dataclass(frozen=True)
class ArticleReview(StepReview):
    """How far the work is, what to look at again, and the lamps.

    Parameters
    ----------
    lamps : Lamps
        By which the findings were made.
    """

    lamps: Lamps


def review_article(work: ArticleWork, *, this_year: int | None = None) -> ArticleReview:
    """Look through the work for gaps and contradictions.

    Parameters
    ----------
    work : ArticleWork
        As it stands.
    this_year : int, optional
        Years after it are asked about; without it they are not.

    Returns
    -------
    ArticleReview

    Examples
    --------
    >>> review = review_article(ArticleWork())
    >>> print(review.text)
    0 of 7 steps are complete; 0 of 33 answers are there.
    >>> review.findings[0].advice
    'Author, year, title and journal: as a reader needs them to find it.'
    """
    lamps = light(work)
    asked = _asked(work, lamps)
    by_step = {step: (sum(map(bool, checks)), len(checks)) for step, checks in asked.items()}
    found = [*_reference(work, this_year), *_claims(work), *_map(work), *_evidence(work, lamps), *_lamps(work, lamps),
             *_method(work), *_position(work)]  # fmt: skip
    return ArticleReview(by_step, tuple(sorted(found, key=lambda one: one.step)), lamps)


def _asked(work: ArticleWork, lamps: Lamps) -> dict[int, list[object]]:
    reference, stated, method = work.reference, list(work.stated.values()), work.method
    empirical = [one for one in stated if one.type == "empirical"]
    stances = {one.stance for one in work.whole_evidence}
    enough = len(stated) >= LEAST_CLAIMS
    return {
        1: [reference.authors.strip(), reference.year, reference.title.strip(), reference.journal.strip(),
            reference.first_page and reference.last_page, reference.copy, reference.read_on,
            reference.question.strip(), lamps.sections],
        2: [enough, enough and all(one.page or one.tacit for one in stated), enough and all(one.type for one in stated),
            len({one.type for one in stated} - {""}) == len(TYPES),
            bool(empirical) and all(one.support.strip() for one in empirical)],
        3: [len(work.whole_links) >= LEAST_LINKS, any(one.relation == "assumes" for one in work.whole_links)],
        4: [len(lamps.sources) >= LEAST_SOURCES, "for" in stances, stances & {"against", "limits"},
            bool(work.whole_evidence) and all(one.why.strip() for one in work.whole_evidence)],
        5: [bool(lamps.sections) and all(lamps.sections.values()), bool(stated) and not lamps.unsupported],
        6: [method.kind, method.sample.strip(), method.measure.strip(), method.design.strip(), method.analysis.strip(),
            method.limits.strip(), method.age.strip()],
        7: [work.position.stand.strip(), work.position.test.strip(), work.position.stand.strip() and lamps.sources,
            work.position.test.strip() and stated],
    }  # fmt: skip


def _gap(step: int, code: str, text: str, advice: str) -> Finding:
    return Finding(step, "gap", code, text, advice)


def _question(step: int, code: str, text: str, advice: str) -> Finding:
    return Finding(step, "question", code, text, advice)


def _listed(numbers: list[int] | tuple[int, ...]) -> str:
    return join_names([str(one) for one in numbers], most=30)


def _reference(work: ArticleWork, this_year: int | None) -> Iterator[Finding]:
    one = work.reference
    if not (one.authors.strip() and one.year and one.title.strip() and one.journal.strip()):
        yield _gap(1, "reference", say("The reference is not complete."),
                   say("Author, year, title and journal: as a reader needs them to find it."))  # fmt: skip
    if not (one.first_page and one.last_page):
        yield _gap(1, "pages", say("The pages of the article are missing."), say("Copy them from your own copy."))
    elif one.last_page < one.first_page:
        yield _question(1, "pages_turned", say("The last page stands before the first."), say("Change them round."))
    if not one.copy or one.read_on is None:
        yield _gap(1, "copy", say("It is not said where your copy is from and when you read it."),
                   say("Work from an own copy; a retelling of the article is another text."))  # fmt: skip
    if not one.question.strip():
        yield _gap(1, "question", say("The question of the article is missing."),
                   say("What does it want to find out or to convince of? One sentence."))  # fmt: skip
    if not any(part.name.strip() for part in work.sections):
        yield _gap(1, "sections", say("The parts of the article are not named."),
                   say("Name them with their pages: only then it can be seen which ones you left out."))  # fmt: skip
    if this_year is not None and one.year and one.year > this_year:
        yield _question(1, "future", say("The article is of a year that has not come."), say("Look at the year again."))
    if one.read_on and one.year and one.read_on.year < one.year:
        yield _question(1, "read_before", say("You read it before it appeared."), say("Look at both dates again."))


def _claims(work: ArticleWork) -> Iterator[Finding]:
    stated, reference = work.stated, work.reference
    if len(stated) < LEAST_CLAIMS:
        yield _gap(2, "few_claims", say("Fewer than five claims are taken out."),
                   say("Take from every part what it asserts, also what it takes for granted."))  # fmt: skip
    without = [number for number, one in stated.items() if not one.page and not one.tacit]
    if without:
        yield _gap(2, "no_page", say("No page is given for: {claims}.", claims=_listed(without)),
                   say("Without a page nobody can look it up."))  # fmt: skip
    untyped = [number for number, one in stated.items() if not one.type]
    if untyped:
        yield _gap(2, "no_type", say("No type is given for: {claims}.", claims=_listed(untyped)),
                   say("Does it fix a word, say how things are, or how they should be?"))  # fmt: skip
    untested = [number for number, one in stated.items() if one.type == "empirical" and not one.support.strip()]
    if untested:
        yield _gap(2, "no_support", say("It is not said what would support: {claims}.", claims=_listed(untested)),
                   say("Which observation would you expect if it holds, and which if not?"))  # fmt: skip
    first, last = reference.first_page, reference.last_page
    outside = [number for number, one in stated.items()
               if one.page and first and last and not first <= one.page <= last]  # fmt: skip
    if outside:
        yield _question(2, "outside", say("The page lies outside the article: {claims}.", claims=_listed(outside)),
                        say("Look at the page, or at the pages of the article."))  # fmt: skip
    both = [number for number, one in stated.items() if one.tacit and (one.quoted or one.page)]
    if both:
        yield _question(2, "quoted_tacit",
                        say("Tacit, and yet quoted or with a page: {claims}.", claims=_listed(both)),
                        say("Does the article say it or not?"))  # fmt: skip
    words = Counter(one.words.strip().casefold() for one in stated.values())
    twice = [number for number, one in stated.items() if words[one.words.strip().casefold()] > 1]
    if twice:
        yield _question(2, "twice", say("The same claim stands there twice: {claims}.", claims=_listed(twice)),
                        say("Is it really said twice? Then one row with both pages is enough."))  # fmt: skip
    missing = [say(label) for code, label in TYPES.items() if code not in {one.type for one in stated.values()}]
    if len(stated) >= LEAST_CLAIMS and missing and not untyped:
        yield _question(2, "one_sided", say("Not one claim of this type: {types}.", types=join_names(missing)),
                        say("Is there really none? Look for words such as “is called” and “should”."))  # fmt: skip


def _map(work: ArticleWork) -> Iterator[Finding]:
    links, known = work.whole_links, work.stated
    if len(links) < LEAST_LINKS:
        yield _gap(3, "few_links", say("The map has fewer than three links."),
                   say("Ask of each claim: what does the article give for it, and what does it lean on?"))  # fmt: skip
    if not any(one.relation == "assumes" for one in links):
        yield _gap(3, "no_assumption", say("No assumption is in the map."),
                   say("What must be granted in silence, so that the step from one claim to the other holds? "
                       "Enter it as a claim and mark it as tacit."))  # fmt: skip
    lost = sorted({place for one in work.links for place in (one.one, one.other) if place and place not in known})
    if lost:
        yield _question(3, "lost", say("The map names claims that have no words: {claims}.", claims=_listed(lost)),
                        say("Enter the claim, or mend the number."))  # fmt: skip
    for one in links:
        if one.one == one.other:
            yield _question(3, "itself", say("Claim {number} is linked with itself.", number=one.one),
                            say("A claim is no reason for itself."))  # fmt: skip
    ring = _ring([(one.one, one.other) for one in links if one.relation == "supports" and one.one != one.other])
    if ring:
        yield _question(3, "circle", say("Claims support each other in a circle: {claims}.", claims=_listed(ring)),
                        say("Is this a circle of the article, or of the map?"))  # fmt: skip
    by_pair: dict[tuple[int | None, int | None], set[str]] = {}
    for one in links:
        by_pair.setdefault((one.one, one.other), set()).add(one.relation)
    for (left, right), relations in by_pair.items():
        if {"supports", "attacks"} <= relations:
            told = say("Claim {one} both supports and attacks claim {other}.", one=left, other=right)
            yield _question(3, "both_ways", told, say("Split the claim, or take one link away."))


def _ring(pairs: list[tuple[int | None, int | None]]) -> list[int]:
    """The claims of a circle of support, in order; empty where there is none."""
    after: dict[int, list[int]] = {}
    for left, right in pairs:
        if left is not None and right is not None:
            after.setdefault(left, []).append(right)

    def walk(number: int, way: list[int]) -> list[int]:
        if number in way:
            return way[way.index(number) :]
        if number in clean:
            return []
        for following in after.get(number, []):
            found = walk(following, [*way, number])
            if found:
                return found
        clean.add(number)
        return []

    clean: set[int] = set()
    return next((sorted(found) for number in after if (found := walk(number, []))), [])


def _evidence(work: ArticleWork, lamps: Lamps) -> Iterator[Finding]:
    whole, stated = work.whole_evidence, work.stated
    if len(lamps.sources) < LEAST_SOURCES:
        yield _gap(4, "few_sources", say("Fewer than two sources stand beside the article."),
                   say("Take them from the bank or bring your own."))  # fmt: skip
    stances = {one.stance for one in whole}
    if whole and not stances & {"against", "limits"}:
        yield _gap(4, "no_counter", say("Nothing speaks against any claim."),
                   say("Search for it on purpose: what would a critic cite?"))  # fmt: skip
    if whole and "for" not in stances:
        yield _gap(4, "no_for", say("Nothing speaks for any claim."), say("Be as fair as you are strict."))
    mute = [one for one in whole if not one.why.strip()]
    if mute:
        claims = sorted({one.claim for one in mute if one.claim})
        yield _gap(4, "no_why", say("It is not said why the evidence bears on: {claims}.", claims=_listed(claims)),
                   say("Same people, same service, same measure? One sentence."))  # fmt: skip
    lost = sorted({one.claim for one in work.evidence if one.claim and one.claim not in stated})
    if lost:
        told = say("Evidence names claims that have no words: {claims}.", claims=_listed(lost))
        yield _question(4, "lost_claim", told, say("Enter the claim, or mend the number."))
    if any(one.entry == OWN and not one.source.strip() for one in work.evidence):
        yield _question(4, "no_source", say("An own source is not named."),
                        say("Author, year, where: a source that can't be found is none."))  # fmt: skip
    seen: dict[tuple[int | None, str, str], set[str]] = {}
    for one in whole:
        seen.setdefault((one.claim, one.entry, one.source.strip()), set()).add(one.stance)
    for (claim, _, _), stands in seen.items():
        if {"for", "against"} <= stands:
            yield _question(4, "two_stances", say("One source speaks both for and against claim {number}.",
                                                  number=claim), say("Which part of it does which?"))  # fmt: skip
    named = {(one.claim, one.entry) for one in whole}
    for one in whole:
        if one.entry == OWN or one.stance != "for":
            continue
        left = [code for code in entry(one.entry).against if (one.claim, code) not in named]
        if left:
            yield _question(4, "counter_left_out",
                            say("For claim {number} you cite {source}; the bank has what speaks against it: {others}.",
                                number=one.claim, source=entry(one.entry).source,
                                others=join_names([entry(code).source for code in left])),
                            say("Name it too, or say why it does not bear on this claim."))  # fmt: skip
    norms = sorted({one.claim for one in whole if one.claim and stated[one.claim].type == "normative"})
    if norms:
        yield _question(4, "fact_for_norm",
                        say("Findings stand beside a normative claim: {claims}.", claims=_listed(norms)),
                        say("Which goal links them? A finding alone does not say what should be done."))  # fmt: skip
    words = sorted({one.claim for one in whole
                    if one.claim and one.stance != "limits" and stated[one.claim].type == "definition"})  # fmt: skip
    if words:
        told = say("Findings stand for or against a definition: {claims}.", claims=_listed(words))
        advice = say("A definition is useful or not; is there a claim about facts hidden in it?")
        yield _question(4, "fact_for_term", told, advice)
    if lamps.unchecked:
        yield _question(4, "from_memory", say("The bank has this from memory only: {sources}.",
                                              sources=join_names(lamps.unchecked)),
                        say("Look it up before you quote it."))  # fmt: skip


def _lamps(work: ArticleWork, lamps: Lamps) -> Iterator[Finding]:
    empty = [name for name, claims in lamps.sections.items() if not claims]
    if empty:
        yield _gap(5, "bare_sections", say("No claim is taken from: {sections}.", sections=join_names(empty)),
                   say("Does this part assert nothing? Then say so in the notes."))  # fmt: skip
    if lamps.unsupported:
        told = say("Nothing supports these claims: {claims}.", claims=_listed(lamps.unsupported))
        advice = say("Link what the article gives for it, look for evidence, or name it in your report.")
        yield _gap(5, "unsupported", told, advice)


def _method(work: ArticleWork) -> Iterator[Finding]:
    method = work.method
    told = [method.sample, method.measure, method.design, method.analysis, method.limits]
    if not method.kind:
        yield _gap(6, "no_kind", say("It is not said what kind of article it is."),
                   say("Own data, a review, or a discussion: each is asked other questions."))  # fmt: skip
    if not all(one.strip() for one in told):
        yield _gap(6, "method", say("Sample, measure, design, analysis and limits are not all answered."),
                   say("“The article does not say” is an answer, and a finding."))  # fmt: skip
    if not method.age.strip():
        advice = say("What has changed since its year for these services: prices, phones, law, competitors?")
        yield _gap(6, "no_age", say("The age of the article is not discussed."), advice)
    if method.kind == "conceptual" and any(one.type == "empirical" for one in work.stated.values()):
        yield _question(6, "claims_without_data",
                        say("The article has no own data, and yet makes empirical claims."),
                        say("On whose data do they rest? Look for its sources."))  # fmt: skip


def _position(work: ArticleWork) -> Iterator[Finding]:
    if not work.position.stand.strip():
        yield _gap(7, "no_stand", say("Your own position is missing."),
                   say("Which claim would you rely on, and which not?"))  # fmt: skip
    if not work.position.test.strip():
        yield _gap(7, "no_test", say("It is not said what would change your mind."),
                   say("Which study, with which result?"))  # fmt: skip
