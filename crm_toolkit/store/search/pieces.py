"""Where in a text the words were found: pieces of text, each with whether it is a hit. Never markup.

>>> from crm_toolkit.store.search.asking import terms
>>> [(piece.text, piece.is_hit) for piece in excerpt("Мастер опоздал на час.", "text", terms("опоздать "))]
[('Мастер ', False), ('опоздал', True), (' на час.', False)]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crm_toolkit.store.search.asking import Term, forms
from crm_toolkit.store.search.words import STEM_OF_NAME, digits_of, number_forms, numbers, shown, stem, words

MOST_SIGNS = 180
_BEFORE = 50  # signs shown before the first hit
_GAP = "…"


@dataclass(frozen=True)
class Piece:
    """A piece of a text, and whether it is what was looked for."""

    text: str
    is_hit: bool


def best_field(texts: Mapping[str, str | None], kinds: Mapping[str, str], asked: Sequence[Term]) -> str:
    """The field in which most hits are; the first that has a text if none has; empty without any text."""
    counts = {name: len(hits(shown(text), kinds[name], asked)) for name, text in texts.items() if text}
    return max(counts, key=lambda name: counts[name]) if counts else ""


def excerpt(text: str, kind: str, asked: Sequence[Term]) -> tuple[Piece, ...]:
    """A part of a text around its first hit, at most 180 signs, as pieces.

    Parameters
    ----------
    text : str
        What stands in a field that the reader may read.
    kind : str
        How the field is read (`words.indexed`).
    asked : sequence of Term
        What was looked for.
    """
    text = shown(text)
    found = hits(text, kind, asked)
    begin = 0
    if len(text) > MOST_SIGNS and found:
        begin = max(0, found[0][0] - _BEFORE)
        begin = text.find(" ", begin, found[0][0]) + 1 or begin if begin else 0
    end = min(len(text), max(begin + MOST_SIGNS, found[0][1] if found else 0))
    pieces = [Piece(_GAP, False)] if begin else []
    place = begin
    for first, last in found:
        if last > end:
            break
        pieces += [Piece(text[place:first], False), Piece(text[first:last], True)]
        place = last
    pieces.append(Piece(text[place:end] + (_GAP if end < len(text) else ""), False))
    return tuple(piece for piece in pieces if piece.text)


def hits(text: str, kind: str, asked: Sequence[Term]) -> list[tuple[int, int]]:
    """Begin and end of every hit in a text as `words.shown` gives it, in order, without overlaps."""
    sought = [term for term in asked if not term.minus]
    if kind == "phone":
        known = number_forms(digits_of(text))
        found = any(form.startswith(one) for term in sought for (one,), _ in forms(term, kind) for form in known)
        return [(0, len(text))] if found else []
    there = list(words(text))
    cut = [stem(word) for _, _, word in there]
    whole = cut if kind == "text" else [word for _, _, word in there]
    places = set()
    for term in sought:
        for sequence, goes_on in forms(term, kind):
            if sequence[0].endswith(STEM_OF_NAME):
                starts = [at for at, one in enumerate(cut) if one + STEM_OF_NAME == sequence[0]]
            else:
                starts = list(_starts(whole, sequence, goes_on))
            places |= {(there[at][0], there[at + len(sequence) - 1][1]) for at in starts}
        if kind == "text" and len(term.digits) >= 7:
            same = number_forms(term.digits)[0]
            places |= {(begin, end) for begin, end, digits in numbers(text) if number_forms(digits)[0] == same}
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(places):
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _starts(found: Sequence[str], sequence: Sequence[str], goes_on: bool) -> Iterator[int]:
    """Where in the words of a text a sequence of words begins."""
    *before, last = sequence
    for at in range(len(found) - len(before)):
        word = found[at + len(before)]
        if (word.startswith(last) if goes_on else word == last) and list(found[at : at + len(before)]) == before:
            yield at
