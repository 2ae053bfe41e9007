"""What was asked, taken apart: words, phrases in quotation marks, words with a minus; nothing else is an order.

``AND``, ``*``, brackets and the like are words or signs as in any text, never commands to the database: every word that
reaches it is made of letters and digits only, quoted, and bound. The last word may be unfinished, as long as it is
being typed; a blank after it says that it is whole.

>>> [
...     (term.minus, term.unfinished, [word.stem for word in term.words])
...     for term in terms('"опоздал мастер" -возврат жал')
... ]
[(False, False, ['опозда', 'мастер']), (True, False, ['возврат']), (False, True, ['жал'])]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crm_toolkit.store.search.words import STEM_OF_NAME, digits_of, folded, number_forms, plain, stem

MOST_SIGNS = 300
MOST_TERMS = 16
_MARKS = str.maketrans(dict.fromkeys("«»“”„‟", '"'))
_PIECE = re.compile(r'(?P<minus>(?<!\S)[-−]+(?=\S))?(?:"(?P<phrase>[^"]*)"?|(?P<chunk>[^\s",;]+))')
_DIGITS = re.compile(r"[+(]*\d[\d()\-–.]*\Z")
_GOES_ON = 5  # letters of a stem from which on it is a beginning as good as any
_SHORTEST_START = 3  # letters that an unfinished word must have


@dataclass(frozen=True)
class Word:
    """One word of a question: folded, and its stem."""

    whole: str
    stem: str


@dataclass(frozen=True)
class Term:
    """One thing that must be there, or must not.

    Parameters
    ----------
    words : tuple of Word
        Words that follow each other.
    minus : bool
        Whether it must not be there.
    unfinished : bool
        Whether the last word may go on.
    digits : str
        The digits, if it may be a telephone number or a part of one.
    """

    words: tuple[Word, ...]
    minus: bool = False
    unfinished: bool = False
    digits: str = ""


def terms(text: str) -> tuple[Term, ...]:
    """The terms of a question, at most sixteen; of a text of whatever kind, never an error."""
    text = unicodedata.normalize("NFKC", str(text)[:MOST_SIGNS]).translate(_MARKS)
    pieces = [
        (bool(found["minus"]), found["phrase"] is not None, found["phrase"] or found["chunk"] or "")
        for found in _PIECE.finditer(text)
    ]
    made = [term for term in _made(pieces) if term.words or term.digits][:MOST_TERMS]
    if made and not text[-1:].isspace() and not text.endswith('"') and not made[-1].minus and made[-1].words:
        last = made[-1]
        if len(last.words[-1].whole) >= _SHORTEST_START:
            made[-1] = Term(last.words, unfinished=True, digits=last.digits)
    return tuple(made)


def _made(pieces: Sequence[tuple[bool, bool, str]]) -> Iterator[Term]:
    place = 0
    while place < len(pieces):
        minus, quoted, piece = pieces[place]
        end = place + 1
        if not quoted and _DIGITS.match(piece):
            while end < len(pieces) and not any(pieces[end][:2]) and _DIGITS.match(pieces[end][2]):
                end += 1
            together = "".join(one[2] for one in pieces[place:end])
            if end - place > 1 and 7 <= len(digits_of(together)) <= 12:  # a telephone number with blanks in it
                yield Term(_words(" ".join(one[2] for one in pieces[place:end])), minus, digits=digits_of(together))
                place = end
                continue
        digits = digits_of(piece) if not quoted and _DIGITS.match(piece) else ""
        yield Term(_words(piece), minus, digits=digits if len(digits) >= 4 else "")
        place += 1


def _words(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, stem(word)) for word in plain(text))


def any_word(text: str, *, without: frozenset[str] = frozenset()) -> tuple[Term, ...]:
    """The words of a text that say something, each a term of its own, to find texts that share some of them.

    Words of up to three letters and those whose stems are left out say nothing. Longer stems may go on, so that
    ``опоздал`` meets ``опоздание``.
    """
    stems = dict.fromkeys(stem(word) for word in plain(text) if len(word) > 3)
    kept = [one for one in stems if one not in without][: 2 * MOST_TERMS]
    return tuple(Term((Word(one, one),), unfinished=len(one) >= _GOES_ON) for one in kept)


def forms(term: Term, kind: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The sequences of index words that a term may be in a field of a kind, each with whether its last may go on."""
    if kind == "phone":
        yield from (((digits,), True) for digits in _beginnings(term.digits))
        return
    whole = tuple(word.whole for word in term.words)
    stems = tuple(word.stem for word in term.words)
    if whole and kind in ("name", "email"):
        yield whole, term.unfinished
    if whole and kind == "name" and len(whole) == 1:
        yield (stems[0] + STEM_OF_NAME,), False
    if whole and kind == "text":
        yield stems, False
        if term.unfinished:
            yield (*stems[:-1], whole[-1]), True
        if len(term.digits) >= 7:
            yield (number_forms(term.digits)[0],), False


def _beginnings(digits: str) -> tuple[str, ...]:
    """What a number of an index may begin with, when these digits are asked for."""
    if not digits:
        return ()
    if len(digits) >= 11:
        return number_forms(digits)[:1]
    return (digits, "7" + digits[1:]) if digits[0] == "8" and len(digits) > 4 else (digits,)


def for_sqlite(asked: Sequence[Term], fields: Mapping[str, str], *, every: bool = True) -> str:
    """The terms in the words of FTS5, over those fields (name → kind) only; empty if nothing can be asked.

    >>> for_sqlite(terms("жалобы "), {"subject": "text"})
    '{subject} : ("жалоб")'
    """
    wanted = [one for term in asked if not term.minus for one in [_sqlite_term(term, fields)]]
    against = [one for term in asked if term.minus for one in [_sqlite_term(term, fields)] if one]
    if not wanted or not fields or (every and not all(wanted)) or not any(wanted):
        return ""
    text = (" AND " if every else " OR ").join(f"({one})" for one in wanted if one) if len(wanted) > 1 else wanted[0]
    return f"({text}) NOT ({' OR '.join(against)})" if against else text


def _sqlite_term(term: Term, fields: Mapping[str, str]) -> str:
    pieces = []
    for kind in dict.fromkeys(fields.values()):
        names = " ".join(name for name, its in fields.items() if its == kind)
        found = " OR ".join(f'"{" ".join(one)}"{" *" if goes_on else ""}' for one, goes_on in forms(term, kind))
        if found:
            pieces.append(f"{{{names}}} : ({found})")
    return " OR ".join(pieces)


def for_postgresql(asked: Sequence[Term], fields: Mapping[str, tuple[str, str]], *, every: bool = True) -> str:
    """The terms as a tsquery, over those fields (name → kind, letter of the weight) only; empty if there is nothing.

    >>> for_postgresql(terms("жалобы "), {"subject": ("text", "A")})
    "('жалоб':A)"
    """
    wanted = [one for term in asked if not term.minus for one in [_postgresql_term(term, fields)]]
    against = [one for term in asked if term.minus for one in [_postgresql_term(term, fields)] if one]
    if not wanted or (every and not all(wanted)) or not any(wanted):
        return ""
    text = (" & " if every else " | ").join(one for one in wanted if one)
    return f"({text}) & !({' | '.join(against)})" if against else text


def _postgresql_term(term: Term, fields: Mapping[str, tuple[str, str]]) -> str:
    pieces = []
    for kind in dict.fromkeys(its for its, _ in fields.values()):
        letters = "".join(letter for its, letter in fields.values() if its == kind)
        for one, goes_on in forms(term, kind):
            last = len(one) - 1
            pieces.append("(" + " <-> ".join(
                f"'{word}':{'*' if goes_on and place == last else ''}{letters}" for place, word in enumerate(one)
            ) + ")")  # fmt: skip
    return f"({' | '.join(pieces)})" if len(pieces) > 1 else "".join(pieces)


__all__ = ["Term", "Word", "any_word", "folded", "for_postgresql", "for_sqlite", "forms", "terms"]
