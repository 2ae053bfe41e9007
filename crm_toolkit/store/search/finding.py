"""Finding: a question put to the index, only to fields and rows that the person may read, ranked, with excerpts.

The role's rules are part of the question, not a filter over its answer. Fields that are masked or forbidden are not
asked, so nobody finds a person by a telephone number behind a mask; rows are counted and ranked only after
`Rights.rows`; titles and excerpts come from `Rights.readable`.

All words must be there. Rank is Okapi BM25 (Robertson and others 1994) with the counts of a word weighted by field:
names count double, titles and subjects one and a half times; a word's rarity is left out, since every hit has all
words. On PostgreSQL it is ``ts_rank`` with the same weights. Of more than five hundred hits of one kind the
newest five hundred are ranked.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.store.layout import TABLES
from crm_toolkit.store.rights import Rights
from crm_toolkit.store.search.asking import Term, for_postgresql, for_sqlite, forms, terms
from crm_toolkit.store.search.index import LETTERS, SEARCHED, WHOSE, fields_of, key_of, table_of, whose
from crm_toolkit.store.search.pieces import Piece, best_field, excerpt
from crm_toolkit.texts import join_names, say

KINDS = tuple(SEARCHED)
MOST_RANKED = 500
_MOST_SHOWN = 1_000
_WEIGHTS = {"full_name": 2.0, "title": 1.5, "subject": 1.5}  # convention
_PUBLISHED = 1.25  # convention: an article that holds goes before a draft of the same words
_K1, _B = 1.2, 0.75  # the usual constants of BM25


@dataclass(frozen=True)
class Hit:
    """A row that was found.

    Parameters
    ----------
    entity, key
        Table and key of the row.
    customer_id : int or None
        The customer whom it concerns.
    title : str
        Name, subject or title, as the person may see it.
    field : str
        The field of the excerpt.
    pieces : tuple of Piece
        The excerpt.
    score : float
        The larger, the better; comparable within one result only.
    """

    entity: str
    key: int
    customer_id: int | None
    title: str
    field: str
    pieces: tuple[Piece, ...]
    score: float


@dataclass(frozen=True)
class SearchResult:
    """What was found.

    Parameters
    ----------
    text : str
        The question.
    hits : tuple of Hit
        The best, in order.
    found : mapping of str to int
        Kind → how many rows were found, counted up to 500.
    more : frozenset of str
        Kinds of which there are more than that.
    closed : tuple of str
        Kinds in which the role may search nothing.
    """

    text: str
    hits: tuple[Hit, ...]
    found: Mapping[str, int] = field(default_factory=dict)
    more: frozenset[str] = frozenset()
    closed: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.hits)


def find(
    connection: sa.Connection, rights: Rights, text: str, *, kinds: Collection[str] = KINDS, limit: int = 20
) -> SearchResult:
    """Search for the person at the door; see `Store.search`."""
    kinds = checked_kinds(kinds, limit)
    asked = terms(text)
    closed = tuple(kind for kind in kinds if not readable_fields(rights, kind))
    open_kinds = [kind for kind in kinds if kind not in closed]
    ranked: list[tuple[float, str, int]] = []
    found: dict[str, int] = {}
    more = set()
    for kind in open_kinds:
        keys = matching(connection, rights, kind, asked, most=MOST_RANKED + 1)
        if len(keys) > MOST_RANKED:
            more.add(kind)
            keys = keys[:MOST_RANKED]
        found[kind] = len(keys)
        ranked += [(score, kind, key) for key, score in scores(connection, rights, kind, asked, keys).items()]
    ranked.sort(key=lambda one: (-one[0], kinds.index(one[1]), -one[2]))
    best = ranked[:limit]
    rows = {
        kind: seen(connection, rights, kind, [key for _, its, key in best if its == kind]) for kind in open_kinds
    }  # fmt: skip
    hits = tuple(_hit(rights, kind, rows[kind][key], score, asked) for score, kind, key in best)
    return SearchResult(text, hits, found, frozenset(more), closed)


def checked_kinds(kinds: Collection[str], limit: int) -> tuple[str, ...]:
    kinds = (kinds,) if isinstance(kinds, str) else tuple(dict.fromkeys(kinds))
    problems = []
    for kind in kinds:
        if kind not in SEARCHED:
            close = near_misses(kind, KINDS)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else say(
                "Allowed: {names}.", names=join_names(f"`{one}`" for one in KINDS))  # fmt: skip
            problems.append(Problem("unknown_kind", say("There is no search in `{name}`.", name=kind), advice=advice,
                                    column="kinds"))  # fmt: skip
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= _MOST_SHOWN:
        what = say("A search shows from 1 to {most} rows; asked for were {limit}.", most=_MOST_SHOWN, limit=limit)
        problems.append(Problem("bad_limit", what, column="limit"))
    if problems:
        raise InputError(say("The search can't be made."), problems)
    return kinds


def readable_fields(rights: Rights, entity: str) -> dict[str, str]:
    """The fields of a table that the person may search, with how each is read; none where no row is seen."""
    if rights.role.scope(entity) == "none":
        return {}
    return fields_of(entity, [column.name for column, rule in rights.columns(entity) if rule == "read"])


def matching(
    connection: sa.Connection,
    rights: Rights,
    entity: str,
    asked: Sequence[Term],
    *,
    most: int | None,
    every: bool = True,
) -> list[int]:
    """Keys of the rows that have all terms (or some), among those that the person sees; the newest first."""
    fields = readable_fields(rights, entity)
    key = key_of(entity)
    allowed = sa.select(sa.literal(1)).select_from(key.table).where(rights.rows(entity))
    if connection.dialect.name == "sqlite":
        question = for_sqlite(asked, fields, every=every)
        if rights.role.scope(entity) == "self" and question:
            question = f'({{{WHOSE}}} : "{whose(rights.actor.customer_id)}") AND ({question})'
        index = sa.table(table_of(entity), sa.column("rowid"))
        number, meets = index.c.rowid, sa.literal_column(table_of(entity)).op("MATCH")(question)
    else:
        question = for_postgresql(asked, _lettered(entity, fields), every=every)
        index = sa.table(table_of(entity), sa.column("key"), sa.column("words"))
        number, meets = index.c.key, index.c.words.op("@@")(sa.cast(question, _Tsquery()))
    if not question:
        return []
    here = allowed.where(key == number).correlate(index).exists()
    wanted = sa.select(number).select_from(index).where(meets, here).order_by(number.desc()).limit(most)
    return [int(one) for one in connection.execute(wanted).scalars().all()]


def _lettered(entity: str, fields: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    letters = dict(zip(SEARCHED[entity], LETTERS, strict=False))
    return {name: (kind, letters[name]) for name, kind in fields.items()}


class _Tsquery(sa.types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "tsquery"


def scores(
    connection: sa.Connection,
    rights: Rights,
    entity: str,
    asked: Sequence[Term],
    keys: Sequence[int],
    *,
    every: bool = True,
) -> dict[int, float]:
    """The rank of rows that were found, by the fields that the person reads only."""
    if not keys:
        return {}
    fields = readable_fields(rights, entity)
    if connection.dialect.name == "sqlite":
        made = _by_counts(connection, entity, fields, asked, keys, every)
    else:
        made = _by_server(connection, entity, fields, asked, keys, every)
    if entity == "articles":
        table = TABLES["articles"]
        holds = sa.select(table.c.article_id).where(table.c.article_id.in_(keys), table.c.status == "published")
        for key in connection.execute(holds).scalars():
            made[key] *= _PUBLISHED
    return made


def _by_counts(
    connection: sa.Connection,
    entity: str,
    fields: Mapping[str, str],
    asked: Sequence[Term],
    keys: Sequence[int],
    every: bool,
) -> dict[int, float]:
    index = sa.table(table_of(entity), sa.column("rowid"), *(sa.column(name) for name in fields))
    wanted = [term for term in asked if not term.minus]
    sought = [
        [(place, weight, f" {' '.join(one)}" + ("" if goes_on else " "))
         for place, (name, kind) in enumerate(fields.items()) for weight in (_WEIGHTS.get(name, 1.0),)
         for one, goes_on in forms(term, kind)]
        for term in wanted
    ]  # fmt: skip
    counts: dict[int, list[float]] = {}
    sizes: dict[int, int] = {}
    for key, *texts in connection.execute(sa.select(index).where(index.c.rowid.in_(keys))).all():
        padded = [f" {text or ''} " for text in texts]
        counts[key] = [sum(weight * padded[place].count(one) for place, weight, one in term) for term in sought]
        sizes[key] = sum(text.count(" ") for text in padded)
    usual = max(sum(sizes.values()) / len(sizes), 1.0)
    rarity = [1.0] * len(wanted)
    if not every:
        having = [sum(1 for one in counts.values() if one[place]) for place in range(len(wanted))]
        rarity = [math.log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for n in having]
    return {
        key: sum(
            rare * n * (_K1 + 1) / (n + _K1 * (1 - _B + _B * sizes[key] / usual))
            for rare, n in zip(rarity, its, strict=True)
        )
        for key, its in counts.items()
    }


def _by_server(
    connection: sa.Connection,
    entity: str,
    fields: Mapping[str, str],
    asked: Sequence[Term],
    keys: Sequence[int],
    every: bool,
) -> dict[int, float]:
    index = sa.table(table_of(entity), sa.column("key"), sa.column("words"))
    lettered = _lettered(entity, fields)
    by_letter = {letter: _WEIGHTS.get(name, 1.0) / 2 for name, (_, letter) in lettered.items()}
    weights = [by_letter.get(letter, 0.0) for letter in reversed(LETTERS)]
    question = sa.cast(for_postgresql(asked, lettered, every=every), _Tsquery())
    rank = sa.func.ts_rank(sa.cast(weights, sa.ARRAY(sa.REAL)), index.c.words, question)
    return {int(key): float(score) for key, score in
            connection.execute(sa.select(index.c.key, rank).where(index.c.key.in_(keys)))}  # fmt: skip


def seen(connection: sa.Connection, rights: Rights, entity: str, keys: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Rows by their keys, as the person may see them."""
    if not keys:
        return {}
    base = rights.readable(entity).subquery(entity)
    name = key_of(entity).name
    rows = connection.execute(sa.select(base).where(base.c[name].in_(keys))).mappings()
    return {int(row[name]): dict(row) for row in rows}


def _hit(rights: Rights, entity: str, row: Mapping[str, Any], score: float, asked: Sequence[Term]) -> Hit:
    kinds = readable_fields(rights, entity)
    name = best_field({name: row[name] for name in kinds}, kinds, asked)
    title = next((row[one] for one in ("full_name", "title", "subject") if row.get(one)), row.get("kind") or "")
    pieces = excerpt(row[name], kinds[name], asked) if name else ()
    return Hit(entity, int(row[key_of(entity).name]), row.get("customer_id"), title, name, pieces, score)
