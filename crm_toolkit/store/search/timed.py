"""A search timed twice on the learner's own machine: reading every text, and asking the index.

Without an index the database reads all texts that the person may read and compares each with the words as they are
written (LIKE). It finds other rows too: parts of words that only look alike are among them, other forms of the word
are not. So both counts are given beside the seconds, and neither is the truth.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm_toolkit.store import database
from crm_toolkit.store.rights import Rights
from crm_toolkit.store.search.asking import Term, terms
from crm_toolkit.store.search.finding import KINDS, checked_kinds, matching, readable_fields
from crm_toolkit.store.search.index import key_of
from crm_toolkit.store.search.words import digits_of

if TYPE_CHECKING:
    from crm_toolkit.store.door import Store

_EVERYTHING = 10**9


@dataclass(frozen=True)
class TimedSearch:
    """The same question asked in two ways.

    Parameters
    ----------
    text : str
        The question.
    scan_seconds, index_seconds : float
        Wall-clock time of the quickest of the tries; depends on the machine and on what it does besides.
    scan_found, index_found : int
        Rows found in either way.
    only_scan, only_index : int
        Rows that only one of the ways found.
    """

    text: str
    scan_seconds: float
    index_seconds: float
    scan_found: int
    index_found: int
    only_scan: int
    only_index: int


def timed_search(store: Store, text: str, *, kinds: Collection[str] = KINDS, tries: int = 3) -> TimedSearch:
    """Ask the same question without an index and with it.

    Parameters
    ----------
    store : Store
        Its role's rules hold for both ways.
    text : str
        The question; every word counts as finished.
    kinds : collection of str
        Tables that are searched.
    tries : int
        How often either way is timed; the quickest time counts.

    Returns
    -------
    TimedSearch

    Raises
    ------
    InputError
        If a kind is not known.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> from crm_toolkit.store.search.timed import timed_search
    >>> world = crm.simulate("barbershop", customers=50, weeks=20, seed=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables, language="en")
    ...     both = timed_search(store, "questions", kinds=["contacts"])
    ...     store.close()
    >>> both.scan_found, both.index_found > 0, both.index_seconds > 0
    (0, True, True)
    """
    kinds = checked_kinds(kinds, 1)
    asked = terms(text + " ")
    by_scan: set[tuple[str, int]] = set()
    by_index: set[tuple[str, int]] = set()
    scan = index = float("inf")
    with database.reading(store.engine) as connection:
        for _ in range(max(1, tries)):
            begun = time.perf_counter()
            by_index = {(kind, key) for kind in kinds for key in
                        matching(connection, store.rights, kind, asked, most=_EVERYTHING)
                        if readable_fields(store.rights, kind)}  # fmt: skip
            index = min(index, time.perf_counter() - begun)
            begun = time.perf_counter()
            by_scan = {(kind, key) for kind in kinds for key in _scanned(connection, store.rights, kind, asked)}
            scan = min(scan, time.perf_counter() - begun)
    return TimedSearch(
        text, scan, index, len(by_scan), len(by_index), len(by_scan - by_index), len(by_index - by_scan)
    )  # fmt: skip


def _scanned(connection: sa.Connection, rights: Rights, entity: str, asked: tuple[Term, ...]) -> list[int]:
    """Keys of the rows whose readable texts have the words as they are written, found by reading all of them."""
    fields = readable_fields(rights, entity)
    if not fields or not any(not term.minus for term in asked):
        return []
    base = rights.readable(entity).subquery(entity)
    wanted = sa.select(base.c[key_of(entity).name])
    for term in asked:
        somewhere = sa.or_(*(_has(base.c[name], kind, term) for name, kind in fields.items()))
        wanted = wanted.where(sa.not_(somewhere) if term.minus else somewhere)
    return [int(key) for key in connection.execute(wanted).scalars()]


def _has(column: sa.ColumnElement, kind: str, term: Term) -> sa.ColumnElement[bool]:
    """LIKE in small letters, with a capital, and in capitals: SQLite knows the case of Latin letters only."""
    written = " ".join(word.whole for word in term.words)
    ways = dict.fromkeys((written, written.capitalize(), written.title(), written.upper()))
    text = sa.func.coalesce(column, "")
    found = [text.contains(way, autoescape=True) for way in ways if way]
    if kind == "phone" and term.digits:
        bare: sa.ColumnElement = text
        for sign in " ()-+.":
            bare = sa.func.replace(bare, sign, "")
        found.append(bare.contains(digits_of(term.digits)[-10:]))
    return sa.or_(*found) if found else sa.false()
