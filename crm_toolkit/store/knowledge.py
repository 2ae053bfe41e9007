"""The knowledge base in use: from a case to its root cause to the article that removes it.

What an organisation has learnt helps only if it is found and used. So a request gets suggestions: the articles of its
cause first, then those that share words with it; only what is published and holds today, in the reader's language
first. Every use is counted, and whether it helped. And the failure itself is watched: does it come back less often
since the article holds?
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store.entering.generic import no_such_row
from crm_toolkit.store.rights import Rights
from crm_toolkit.store.search.asking import Term, any_word
from crm_toolkit.store.search.finding import MOST_RANKED, matching, readable_fields, scores, seen
from crm_toolkit.store.search.words import plain, stem
from crm_toolkit.texts import LANGUAGES, language, say

if TYPE_CHECKING:
    import pandas as pd

_ISO = "%Y-%m-%d %H:%M:%S"
_SHARED = 2  # words that a request and an article must share, where the request has as many
_SUBJECTS = ("Request for service", "Question", "Complaint")  # subjects of `filling`, which say nothing of the case


@dataclass(frozen=True)
class Article:
    """One article as it stands now.

    Parameters
    ----------
    article_id, language, title, body, cause_id, status, valid_from, valid_to, version
        As in the table ``articles``; the days are ISO text, None without a limit.
    uses : int or None
        How often it was used; None if the person may not see uses.
    rated, helpful : int or None
        How many of the uses say whether it helped, and how many say that it did.
    """

    article_id: int
    language: str
    title: str
    body: str
    cause_id: int | None
    status: str
    valid_from: str | None
    valid_to: str | None
    version: int
    uses: int | None = None
    rated: int | None = None
    helpful: int | None = None


@dataclass(frozen=True)
class Suggestion:
    """An article that may help with a request.

    Parameters
    ----------
    article_id, language, title
        The article.
    why : {"cause", "words"}
        It removes the request's root cause, or it shares words with the request.
    score : float
        Rank among those found by words; 0 for those found by their cause.
    """

    article_id: int
    language: str
    title: str
    why: str
    score: float


@dataclass(frozen=True)
class RepeatFailures:
    """How often a failure came back to the same customer, before an article held and since.

    A request counts as repeated if the same customer made another one with the same root cause within `within_days`
    days after it. Before: requests whose whole follow-up ended before the article held. Since: requests made while
    it held and whose follow-up is over. A comparison in time, no proof: other things change too.

    Parameters
    ----------
    article_id, cause_id : int
    held_from : str
        The day from which the article held, ISO.
    within_days : int
        Length of the follow-up, in days.
    before, before_repeated, since, since_repeated : int
        Requests, and how many of them were repeated.
    """

    article_id: int
    cause_id: int
    held_from: str
    within_days: int
    before: int
    before_repeated: int
    since: int
    since_repeated: int

    @property
    def before_rate(self) -> float | None:
        """Share of requests repeated before, a fraction; None without requests."""
        return self.before_repeated / self.before if self.before else None

    @property
    def since_rate(self) -> float | None:
        """Share of requests repeated since, a fraction; None without requests."""
        return self.since_repeated / self.since if self.since else None


def article(connection: sa.Connection, rights: Rights, number: int) -> Article:
    """One article; see `Store.article`."""
    row = seen(connection, rights, "articles", [number]).get(number)
    if row is None:
        raise no_such_row("articles", number)
    counts: dict[str, Any] = {}
    if rights.role.scope("article_uses") != "none":
        used = rights.readable("article_uses").subquery()
        found = connection.execute(
            sa.select(sa.func.count(), sa.func.count(used.c.helpful), sa.func.coalesce(sa.func.sum(used.c.helpful), 0))
            .where(used.c.article_id == number)
        ).one()  # fmt: skip
        counts = dict(zip(("uses", "rated", "helpful"), map(int, found), strict=True))
    shown = ("article_id", "language", "title", "body", "cause_id", "status", "valid_from", "valid_to", "version")
    return Article(**{name: row[name] for name in shown}, **counts)


def suggestions(
    connection: sa.Connection, rights: Rights, request: int, *, today: str, limit: int = 3
) -> tuple[Suggestion, ...]:
    """Articles for a request; see `Store.suggest`."""
    case = seen(connection, rights, "requests", [request]).get(request)
    if case is None:
        raise no_such_row("requests", request)
    spoken = str(language())
    base = rights.readable("articles").subquery()
    holds = sa.select(base).where(
        base.c.status == "published",
        sa.or_(base.c.valid_from.is_(None), base.c.valid_from <= today),
        sa.or_(base.c.valid_to.is_(None), base.c.valid_to >= today),
    )
    found: list[tuple[Mapping[str, Any], str, float]] = []
    if case["cause_id"] is not None:
        rows = connection.execute(holds.where(base.c.cause_id == case["cause_id"])).mappings().all()
        found += [(dict(row), "cause", 0.0) for row in rows]
    found += _by_words(connection, rights, holds, base, case)
    found.sort(key=lambda one: (one[1] != "cause", one[0]["language"] != spoken, -one[2], one[0]["article_id"]))
    chosen: list[Suggestion] = []
    told: dict[int, str] = {}  # cause → language in which an article of it was suggested already
    numbers: set[int] = set()
    for row, why, score in found:
        same_in_another = row["cause_id"] is not None and told.get(row["cause_id"], row["language"]) != row["language"]
        if row["article_id"] in numbers or same_in_another:
            continue
        numbers.add(row["article_id"])
        told.setdefault(row["cause_id"], row["language"])
        chosen.append(Suggestion(row["article_id"], row["language"], row["title"], why, score))
    return tuple(chosen[:limit])


def _by_words(
    connection: sa.Connection, rights: Rights, holds: sa.Select, base: sa.Subquery, case: Mapping[str, Any]
) -> list[tuple[Mapping[str, Any], str, float]]:
    """Articles that share telling words with what the person may read of the request.

    A word that stands in more than a third of what was found tells nothing; two others must be shared.
    """
    text = " ".join(case[name] or "" for name in readable_fields(rights, "requests"))
    asked = any_word(text, without=_empty_words())
    keys = matching(connection, rights, "articles", asked, most=MOST_RANKED, every=False)
    ranks = scores(connection, rights, "articles", asked, keys, every=False)
    rows = connection.execute(holds.where(base.c.article_id.in_(keys))).mappings().all() if keys else []
    shared = [_shared(asked, f"{row['title']} {row['body']}") for row in rows]
    common = {one for one in set().union(*shared) if sum(one in its for its in shared) > max(_SHARED, len(rows) / 3)}
    needed = min(_SHARED, len(asked))
    return [
        (dict(row), "words", ranks[row["article_id"]])
        for row, its in zip(rows, shared, strict=True)
        if len(its - common) >= needed
    ]


def _shared(asked: Sequence[Term], text: str) -> set[str]:
    """The words of the request that stand in a text, as stems."""
    stems = {stem(word) for word in plain(text)}
    return {
        term.words[0].stem
        for term in asked
        if any(one.startswith(term.words[0].stem) if term.unfinished else one == term.words[0].stem for one in stems)
    }


def _empty_words() -> frozenset[str]:
    texts = list(_SUBJECTS)
    for code in LANGUAGES:
        with language(code):
            texts += [say(subject) for subject in _SUBJECTS]
    return frozenset(stem(word) for text in texts for word in plain(text))


def statistics(connection: sa.Connection, rights: Rights) -> pd.DataFrame:
    """Use of every article; see `Store.article_statistics`."""
    import pandas as pd

    articles = pd.DataFrame(connection.execute(rights.readable("articles")).mappings().all(), columns=[
        "article_id", "title", "language", "status", "cause_id"])  # fmt: skip
    uses = pd.DataFrame(connection.execute(rights.readable("article_uses")).mappings().all(), columns=[
        "article_id", "request_id", "helpful", "used_at"])  # fmt: skip
    articles["cause_id"] = articles["cause_id"].astype("Int64")
    counted = (
        uses.astype({"helpful": "Float64", "request_id": "Int64"})
        .groupby("article_id")
        .agg(uses=("used_at", "size"), requests=("request_id", "nunique"), rated=("helpful", "count"),
             helpful=("helpful", "sum"), last_used_at=("used_at", "max"))
    )  # fmt: skip
    whole = articles.merge(counted, how="left", left_on="article_id", right_index=True)
    for name in ("uses", "requests", "rated", "helpful"):
        whole[name] = whole[name].fillna(0).astype("int64")
    whole["helpful_share"] = whole["helpful"].where(whole["rated"] > 0) / whole["rated"].where(whole["rated"] > 0)
    whole["last_used_at"] = pd.to_datetime(whole["last_used_at"]).astype("datetime64[s]")
    ordered = whole.sort_values(["uses", "article_id"], ascending=[False, True], ignore_index=True)
    return ordered[["article_id", "title", "language", "status", "cause_id", "uses", "requests", "rated", "helpful",
                    "helpful_share", "last_used_at"]]  # fmt: skip


def repeat_failures(
    connection: sa.Connection, rights: Rights, number: int, *, now: dt.datetime, within_days: int = 90
) -> RepeatFailures:
    """The same failure of the same customer before and since; see `Store.repeat_failures`."""
    found = article(connection, rights, number)
    problems = []
    if found.cause_id is None:
        what = say("Article {number} has no root cause.", number=number)
        advice = say("Say in the article which cause it removes.")
        problems.append(Problem("no_cause", what, advice=advice, column="cause_id"))
    if found.valid_from is None:
        what = say("It is not known from which day on article {number} holds.", number=number)
        problems.append(Problem("no_begin", what, column="valid_from"))
    if isinstance(within_days, bool) or not isinstance(within_days, int) or within_days < 1:
        what = say("“{value}” is no number of days.", value=within_days)
        problems.append(Problem("bad_days", what, column="within_days"))
    if problems:
        raise InputError(say("Before and since can't be compared."), problems)
    base = rights.readable("requests").subquery()
    rows = connection.execute(
        sa.select(base.c.customer_id, base.c.opened_at)
        .where(base.c.cause_id == found.cause_id)
        .order_by(base.c.customer_id, base.c.opened_at)
    ).all()  # fmt: skip
    held = str(found.valid_from)
    end = min(now, _end_of(found.valid_to)) if found.valid_to else now
    groups = _groups([(int(who), str(at)) for who, at in rows], held, end, dt.timedelta(days=within_days))
    return RepeatFailures(number, int(found.cause_id or 0), held, within_days, *groups)


def _end_of(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(day) + dt.timedelta(days=1)


def _groups(
    rows: Sequence[tuple[int, str]], held: str, end: dt.datetime, within: dt.timedelta
) -> tuple[int, int, int, int]:  # fmt: skip
    """Requests before, repeated; requests since, repeated.

    >>> at = "2026-0{} 10:00:00".format
    >>> rows = [(1, at("1-01")), (1, at("1-20")), (2, at("1-05")), (1, at("5-02")), (3, at("5-03"))]
    >>> _groups(rows, "2026-05-01", dt.datetime(2026, 8, 1), dt.timedelta(days=30))
    (3, 1, 2, 0)
    """
    begin = dt.datetime.fromisoformat(held)
    counts = [0, 0, 0, 0]
    times = [(who, dt.datetime.strptime(at, _ISO)) for who, at in rows]
    for place, (who, at) in enumerate(times):
        if at + within <= begin:
            group = 0
        elif begin <= at and at + within <= end:
            group = 2
        else:
            continue
        after = times[place + 1] if place + 1 < len(times) else (None, at)
        counts[group] += 1
        counts[group + 1] += int(after[0] == who and after[1] <= at + within)
    return counts[0], counts[1], counts[2], counts[3]
