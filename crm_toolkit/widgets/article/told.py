"""What the work on an article says and what follows from it, in words and small tables: for the page and the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crm_toolkit.exercises.article import (
    COPIES,
    KINDS,
    OWN,
    RELATIONS,
    SEEN,
    SIGNS,
    STANCES,
    STATES,
    TOPICS,
    TYPES,
    ArticleWork,
    EvidenceLink,
    Lamps,
    entry,
    evidence_bank,
)
from crm_toolkit.texts import format_date, join_names, mark, say, say_count
from crm_toolkit.widgets.skeleton import Block, Words
from crm_toolkit.widgets.tables import Table

LIMITS = mark("The lamps count links. A claim without support may be true, one with support may be false.")


def said(step: int, work: ArticleWork) -> list[Block]:
    """The author's answers of a step."""
    told = _SAID[step](work) if step in _SAID else ()
    return [block for block in told if not isinstance(block, Words) or block.text.strip()]


def follows(step: int, work: ArticleWork, lamps: Lamps) -> list[Block]:
    """What is counted from a step."""
    return list(_FOLLOWS[step](work, lamps)) if step in _FOLLOWS else []


def bank_table() -> Table:
    """The evidence bank as a table."""
    rows = tuple(
        (one.source, say(TOPICS[one.topic]), one.text, say(SEEN[one.seen]),
         join_names([entry(code).source for code in one.against]) if one.against else "–")
        for one in evidence_bank()
    )  # fmt: skip
    heads = (say("Source"), say("Topic"), say("What it reports"), say("How it was seen"), say("Against it"))
    note = say("Nothing here is about your article. What is from memory has to be looked up before it is quoted.")
    return Table(say("Evidence bank"), heads, rows, note)


def reference_line(work: ArticleWork) -> str:
    """The reference in one line, as far as it is there."""
    one = work.reference
    pages = _pages(one.first_page, one.last_page) if one.first_page and one.last_page else ""
    where = ", ".join(part for part in (one.journal.strip(), one.issue.strip(), pages) if part)
    head = " ".join(part for part in (one.authors.strip(), f"({one.year})" if one.year else "") if part)
    return ". ".join(part for part in (head, one.title.strip(), where) if part)


def _reference(work: ArticleWork) -> Iterator[Block]:
    one = work.reference
    yield Words(say("Reference"), reference_line(work))
    if one.copy:
        day = format_date(one.read_on) if one.read_on else "–"
        yield say("Own copy: {copy}; read on {day}.", copy=say(COPIES[one.copy]), day=day)
    yield Words(say("Question of the article"), one.question)
    named = [part for part in work.sections if part.name.strip()]
    if named:
        rows = tuple((part.name.strip(), _pages(part.first_page, part.last_page)) for part in named)
        yield Table(say("Parts of the article"), (say("Part"), say("Pages")), rows)


def _pages(first: int | None, last: int | None) -> str:
    return str(first) if first and first == last else f"{first or '–'}–{last or '–'}"


def _claims(work: ArticleWork) -> Iterator[Block]:
    if work.stated:
        rows = tuple(
            (str(number), say("“{text}”", text=one.words.strip()) if one.quoted else one.words.strip(),
             say("tacit") if one.tacit else str(one.page or "–"), say(TYPES[one.type]) if one.type else "–",
             one.support.strip() or "–")
            for number, one in work.stated.items()
        )  # fmt: skip
        heads = (say("No."), say("Claim"), say("Page"), say("Type"), say("What would support it"))
        yield Table(say("Claims of the article"), heads, rows)


def _links(work: ArticleWork) -> Iterator[Block]:
    if work.whole_links:
        rows = tuple((str(one.one), say(RELATIONS[one.relation]), str(one.other)) for one in work.whole_links)
        yield Table(say("Links of the argument"), (say("Claim"), say("Relation"), say("Claim")), rows)


def _evidence(work: ArticleWork) -> Iterator[Block]:
    if work.whole_evidence:
        rows = tuple(
            (str(one.claim), say(STANCES[one.stance]), _source(one), _reported(one), _seen(one), one.why.strip() or "–")
            for one in work.whole_evidence
        )
        heads = (say("Claim"), say("Stance"), say("Source"), say("What it reports"), say("How it was seen"), say("Why"))
        yield Table(say("Evidence from elsewhere"), heads, rows)


def _source(one: EvidenceLink) -> str:
    return one.source.strip() if one.entry == OWN else entry(one.entry).source


def _reported(one: EvidenceLink) -> str:
    return "–" if one.entry == OWN else entry(one.entry).text


def _seen(one: EvidenceLink) -> str:
    return say("by the student") if one.entry == OWN else say(SEEN[entry(one.entry).seen])


def _method(work: ArticleWork) -> Iterator[Block]:
    one = work.method
    if one.kind:
        yield say("Kind of article: {kind}.", kind=say(KINDS[one.kind]))
    answers = {say("Sample"): one.sample, say("Measure"): one.measure, say("Design of the study"): one.design,
               say("Analysis"): one.analysis, say("Limits"): one.limits, say("Age"): one.age}  # fmt: skip
    yield from (Words(heading, text) for heading, text in answers.items())


def _position(work: ArticleWork) -> Iterator[Block]:
    yield Words(say("Own position"), work.position.stand)
    yield Words(say("What would change it"), work.position.test)
    yield Words(say("Notes"), work.position.notes)


def _typed(work: ArticleWork, lamps: Lamps) -> Iterator[Block]:
    counted = [(say(label), sum(one.type == code for one in work.stated.values())) for code, label in TYPES.items()]
    if work.stated:
        total = say_count("{count} claim", "{count} claims", len(work.stated))
        listed = "; ".join(f"{label} {count}" for label, count in counted)
        yield say("{total}: {list}.", total=total, list=listed)


def _bank(work: ArticleWork, lamps: Lamps) -> Iterator[Block]:
    count = len(lamps.sources)
    yield say_count("{count} source besides the article.", "{count} sources besides the article.", count)


def _lamps(work: ArticleWork, lamps: Lamps) -> Iterator[Block]:
    if not lamps.claims:
        yield say("No claim is entered yet.")
        return
    rows = tuple(
        (f"{one.number}. {_brief(work.stated[one.number].words)}", f"{SIGNS[one.state]} {say(STATES[one.state])}",
         str(one.speaks_for), str(one.speaks_against), str(one.limits))
        for one in lamps.claims
    )  # fmt: skip
    heads = (say("Claim"), say("Lamp"), say("For"), say("Against"), say("Limits"))
    yield Table(say("Which claims have evidence"), heads, rows, say(LIMITS))
    if lamps.sections:
        parts = tuple((name, join_names([str(one) for one in claims], most=30) if claims else f"○ {say('none')}")
                      for name, claims in lamps.sections.items())  # fmt: skip
        yield Table(say("Which parts are covered"), (say("Part"), say("Claims")), parts)
    if lamps.bare_pages:
        pages = join_names([str(one) for one in lamps.bare_pages], most=20)
        yield say("Pages without a claim: {pages}.", pages=pages)


def _brief(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 90 else plain[:89] + "…"


_SAID: dict[int, Callable[[ArticleWork], Iterator[Block]]] = {
    1: _reference, 2: _claims, 3: _links, 4: _evidence, 6: _method, 7: _position,
}  # fmt: skip
_FOLLOWS: dict[int, Callable[[ArticleWork, Lamps], Iterator[Block]]] = {2: _typed, 4: _bank, 5: _lamps}
