"""Which works are alike beyond what the class shares: shown to the teacher, never judged, never on a student's page.

A work becomes sequences of five signs of code. Names of variables, numbers, texts, remarks and spacing are ignored;
words of the language and names after a dot stay. What the workbook came with is taken away, and so is what more than
a few of the class have: the usual way to solve a task says nothing. What is left is rare; pairs that share much of it
are listed (after the idea of Schleimer, Wilkerson and Aiken 2003, with all sequences instead of a sample).
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

LENGTH = 5
SMALLEST_CLASS = 8
FEWEST_SHARED, LEAST_SHARE, MOST_PAIRS = 10, 0.5, 30
_SPACING = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}

Piece = tuple[str, ...]


@dataclass(frozen=True)
class Alike:
    """Two works that share rare pieces.

    Parameters
    ----------
    lesson, first, second : str
    shared : int
        Rare pieces in both.
    share : float
        Their share of the rare pieces of the work that has fewer, from 0 to 1.
    """

    lesson: str
    first: str
    second: str
    shared: int
    share: float


def signs(source: str) -> list[str]:
    """The signs of code, without names of variables, numbers, texts, remarks and spacing.

    >>> signs("a = b.sum() + 1  # total")
    ['n', '=', 'n', '.', 'sum', '(', ')', '+', '0']
    """
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in _SPACING:
                found.append(_sign(token, found[-1:] == ["."]))
    except Exception:  # hostile or broken: what came before counts
        return found
    return found


def _sign(token: tokenize.TokenInfo, after_dot: bool) -> str:
    if token.type == tokenize.NAME:
        return token.string if after_dot or keyword.iskeyword(token.string) else "n"
    return {tokenize.NUMBER: "0", tokenize.STRING: "s"}.get(token.type, token.string)


def pieces_of(sources: Iterable[str]) -> frozenset[Piece]:
    """All sequences of five signs in some cells; none goes over the border of two cells."""
    found: set[Piece] = set()
    for source in sources:
        every = signs(source)
        found.update(tuple(every[at : at + LENGTH]) for at in range(len(every) - LENGTH + 1))
    return frozenset(found)


def alike(lesson: str, works: Mapping[str, Iterable[str]], starting: Iterable[str]) -> tuple[Alike, ...]:
    """Pairs of a class that share rare pieces, most alike first.

    Parameters
    ----------
    lesson : str
        Its name, for the pairs.
    works : mapping of str to sources
        Of each student the cells that were filled in.
    starting : sources
        The cells as the workbook has them.

    Returns
    -------
    tuple of Alike
        Empty for fewer than 8 works: in so small a class everything is rare.
    """
    if len(works) < SMALLEST_CLASS:
        return ()
    given = pieces_of(starting)
    own = {student: pieces_of(sources) - given for student, sources in works.items()}
    spread = Counter(piece for pieces in own.values() for piece in pieces)
    most = max(2, len(works) // 20)
    rare = {student: {piece for piece in pieces if spread[piece] <= most} for student, pieces in own.items()}
    found = []
    for first, second in combinations(sorted(rare), 2):
        shared = len(rare[first] & rare[second])
        if shared >= FEWEST_SHARED:
            share = shared / min(len(rare[first]), len(rare[second]))
            if share >= LEAST_SHARE:
                found.append(Alike(lesson, first, second, shared, round(share, 4)))
    return tuple(sorted(found, key=lambda one: (-one.share, -one.shared, one.first, one.second))[:MOST_PAIRS])
