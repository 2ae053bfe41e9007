"""How a phrase is found in a text: clauses, words, stems, and the negation before it.

A text is cut into clauses at its signs and at "but"; a phrase must stand within one clause, its words in any order with
up to two others between them. Words are compared by Snowball's stems of Russian and English (Porter 2001), or by their
beginning. A negation up to two words before a phrase («не», «без», "not", "never" …), or «нет» behind it, turns it off,
unless the phrase has a negation of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crm_toolkit.analysis.complaints.tag_dictionary import ComplaintTag
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

GAP = 2  # other words that may stand between the words of a phrase; an assumption
REACH = 2  # words before a phrase among which a negation is looked for; an assumption
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_CLAUSE = re.compile(r"[.,;:!?()\[\]«»“”\"…\n]+|\s[-–—]\s|\b(?:но|однако|зато|but|however|although)\b", re.IGNORECASE)
_SHORT_FORMS = re.compile(r"n['’ʼ]t\b", re.IGNORECASE)
_NEGATIONS = frozenset(["не", "нет", "ни", "без", "not", "no", "never", "without", "nobody", "cannot", "nor", "никто"])
_NOT_ONLY = frozenset(["только", "просто", "лишь", "only", "just"])


@dataclass(frozen=True)
class Phrase:
    tag: str
    written: str
    words: tuple[tuple[tuple[str, bool], ...], ...]  # alternatives of each word: form, whether it is a beginning only
    negates: bool


def phrase_index(tags: Sequence[ComplaintTag]) -> dict[str, list[Phrase]]:
    """First letters of a word → phrases that may begin to be found by it, so that few are tried."""
    problems: list[Problem] = []
    index: dict[str, list[Phrase]] = {}
    names: Counter[Any] = Counter(tag.name for tag in tags if isinstance(tag, ComplaintTag))
    for tag in tags:
        if not isinstance(tag, ComplaintTag):
            what = say("A tag must be a `ComplaintTag`, not {value}.", value=repr(tag))
            problems.append(Problem("no_tag", what, column="tags"))
            continue
        if "," in tag.name or names[tag.name] > 1 or not tag.phrases:
            what = say("The tag `{name}` is named twice, has a comma in its name or no phrases.", name=tag.name)
            problems.append(Problem("bad_tag", what, column="tags"))
            continue
        for written in tag.phrases:
            words = tuple(
                alternatives
                for part in str(written).split()
                if (alternatives := tuple(_pattern(one) for one in part.split("/") if _folded(one)))
            )
            if not words:
                what = say("The phrase “{phrase}” of `{name}` has no word.", phrase=written, name=tag.name)
                problems.append(Problem("empty_phrase", what, column="tags"))
                continue
            negates = any(form in _NEGATIONS for word in words for form, _ in word)
            phrase = Phrase(tag.name, str(written), words, negates)
            longest = max(words, key=lambda word: min(len(form) for form, _ in word))
            for form in dict.fromkeys(form[:2] for form, _ in longest):
                index.setdefault(form, []).append(phrase)
    if not problems and not index:
        problems.append(Problem("empty", say("No tag is given."), column="tags"))
    if problems:
        raise InputError(say("These tags can't be used."), problems)
    return index


def _pattern(word: str) -> tuple[str, bool]:
    return (_folded(word), True) if word.endswith("*") else (_stem(_folded(word)), False)


def matches_in(text: str, index: Mapping[str, list[Phrase]]) -> Iterator[tuple[str, str, str, bool]]:
    """Tag, phrase, words as written and whether negated, in the order of the text."""
    said = unicodedata.normalize("NFC", _SHORT_FORMS.sub(" not", text))
    for clause in _CLAUSE.split(said):
        shown = _WORD.findall(clause)
        words = [_folded(word) for word in shown]
        stems = [_stem(word) for word in words]
        tried: dict[Phrase, None] = {}
        for word in words:
            tried.update(dict.fromkeys(index.get(word[:2], ())))
        hits = [
            (min(places), max(places), phrase)
            for phrase in tried
            if (places := _places(phrase, words, stems)) is not None
        ]
        for first, last, phrase in sorted(hits, key=lambda hit: (hit[0], hit[1], hit[2].tag, hit[2].written)):
            yield phrase.tag, phrase.written, " ".join(shown[first : last + 1]), _negated(phrase, words, first, last)


def _places(phrase: Phrase, words: list[str], stems: list[str]) -> list[int] | None:
    """Where the words of a phrase stand, nearest together; None if they don't."""
    fits = [
        [
            place
            for place in range(len(words))
            if any(words[place].startswith(form) if begins else stems[place] == form for form, begins in alternatives)
        ]
        for alternatives in phrase.words
    ]
    if not all(fits):
        return None
    if len(fits) == 1:
        return fits[0][:1]
    span = len(fits) + GAP
    for start in range(len(words)):
        chosen: list[int] = []
        for places in fits:
            inside = [place for place in places if start <= place < start + span and place not in chosen]
            if not inside:
                break
            chosen.append(inside[0])
        else:
            return chosen
    return None


def _negated(phrase: Phrase, words: list[str], first: int, last: int) -> bool:
    if phrase.negates:
        return False
    before = range(max(first - REACH, 0), first)
    if any(words[place] in _NEGATIONS and words[place + 1] not in _NOT_ONLY for place in before):
        return True
    return "нет" in words[last + 1 : last + 1 + REACH] or words[last + 1 : last + 3] == ["не", "было"]


def words_of(text: str) -> Iterator[str]:
    """The words of a text in small letters, ё as е."""
    yield from map(_folded, _WORD.findall(unicodedata.normalize("NFC", text)))


@lru_cache(maxsize=100_000)
def _folded(word: str) -> str:
    """A word in small letters, ё as е, without signs."""
    plain = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    return "".join(_WORD.findall(plain))


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    if word.isdigit() or not word:
        return word
    import snowballstemmer

    kind = "russian" if _CYRILLIC.search(word) else "english"
    return snowballstemmer.stemmer(kind).stemWord(word)
