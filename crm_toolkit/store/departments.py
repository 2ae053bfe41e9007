"""Different departments, different knowledge: views made from the questions that a department decides.

A *question* brings what is needed to decide it: a table with columns, a filter and an order, and metrics, each one
number with its definition and its query. A *view* is a department's choice of questions, with the words in which it
speaks. Every view is shown through the role of whoever opens it: columns that the role may not see are absent and
named, and so are metrics.

    questions_of("sales")                      what the department decides
    make_view("sales", questions=(...))        a view of one's own
    READY_VIEWS["sales"]                       the one that comes with the course
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import sql
from crm_toolkit.store.declared_questions import QUESTIONS, WORDS, Metric, Panel
from crm_toolkit.texts import join_names, mark, say

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.store.door import Store

DEPARTMENTS: dict[str, str] = {
    "marketing": mark("Marketing"), "sales": mark("Sales"), "service": mark("Service"), "finance": mark("Finance"),
    "management": mark("Management"),
}  # fmt: skip


@dataclass(frozen=True)
class View:
    """What one department looks at.

    Parameters
    ----------
    name, title : str
        Code, and title (of a ready view marked English).
    department : str
        One of `DEPARTMENTS`.
    panels : tuple of Panel
        One for each question.
    words : mapping of str to str
        Column → how the department calls it.
    """

    name: str
    title: str
    department: str
    panels: tuple[Panel, ...]
    words: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> str:
        """The view as text, to give to somebody else."""
        panels = [[one.code, list(one.columns)] for one in self.panels]
        return json.dumps({"name": self.name, "title": self.title, "department": self.department, "panels": panels,
                           "words": dict(self.words)}, ensure_ascii=False, sort_keys=True)  # fmt: skip

    @classmethod
    def from_json(cls, text: str) -> View:
        """The view that somebody gave as text; checked like one's own."""
        try:
            told = json.loads(text)
            panels = {str(code): tuple(map(str, columns)) for code, columns in told["panels"]}
            words = {str(name): str(word) for name, word in told["words"].items()}
            about = {name: str(told[name]) for name in ("department", "name", "title")}
        except (ValueError, TypeError, KeyError, AttributeError):
            what = say("The text is no view: it was not made by `View.as_json`, or was changed since.")
            raise InputError(say("The view can't be made."), [Problem("no_view", what)]) from None
        return make_view(about.pop("department"), questions=tuple(panels), columns=panels, words=words, **about)


@dataclass(frozen=True)
class ShownMetric:
    """A metric as a role sees it: its value, or why there is none."""

    metric: Metric
    value: float | None
    withheld: str = ""


@dataclass(frozen=True)
class ShownPanel:
    """A question's panel as a role sees it.

    Parameters
    ----------
    panel : Panel
    frame : DataFrame or None
        The rows; None if the role does not see the table.
    hidden, masked : tuple of str
        Columns that the role may not see, and those of which it sees a trace.
    metrics : tuple of ShownMetric
    withheld : str
        The sentence in place of the rows, else "".
    """

    panel: Panel
    frame: Any
    hidden: tuple[str, ...]
    masked: tuple[str, ...]
    metrics: tuple[ShownMetric, ...]
    withheld: str = ""


@dataclass(frozen=True)
class ShownView:
    """A view as a role sees it; made by `Store.view`."""

    view: View
    role: str
    panels: tuple[ShownPanel, ...]


def questions_of(department: str) -> dict[str, str]:
    """What a department decides: code of the question → its text in the reader's language.

    Raises
    ------
    InputError
        If there is no such department.
    """
    _require_department(department)
    return {one.code: say(one.question) for one in QUESTIONS if one.department == department}


def make_view(
    department: str,
    *,
    questions: Iterable[str] = (),
    columns: Mapping[str, Iterable[str]] | None = None,
    words: Mapping[str, str] | None = None,
    name: str = "",
    title: str = "",
) -> View:
    """A view of one's own: a department, its questions, and if wanted other columns and words.

    Parameters
    ----------
    department : str
        One of `DEPARTMENTS`.
    questions : iterable of str
        Codes of `questions_of`, any department's; all of the department by default.
    columns : mapping of str to iterable of str, optional
        Question → columns in place of the ready ones.
    words : mapping of str to str, optional
        Column → how the department calls it, in place of the ready words.
    name, title : str
        The department's by default.

    Raises
    ------
    InputError
        With every unknown department, question and column at once.

    Examples
    --------
    >>> view = make_view("sales", questions=["deals"], columns={"deals": ["deal_id", "stage"]})
    >>> view.panels[0].columns
    ('deal_id', 'stage')
    """
    _require_department(department)
    known = {one.code: one for one in QUESTIONS}
    wanted = tuple(questions) or tuple(one.code for one in QUESTIONS if one.department == department)
    problems = [_unknown(code, say("There is no question `{name}`.", name=code), known)
                for code in wanted if code not in known]  # fmt: skip
    panels = []
    for code in (code for code in wanted if code in known):
        panel = known[code]
        if columns and code in columns:
            names = STORE_TABLES[panel.entity].table.column_names
            chosen = tuple(columns[code])
            problems += [
                _unknown(one, say("The table `{table}` has no column `{name}`.", table=panel.entity, name=one), names)
                for one in chosen if one not in names
            ]  # fmt: skip
            panel = replace(panel, columns=chosen)
        panels.append(panel)
    if problems:
        raise InputError(say("The view can't be made."), problems)
    return View(name or department, title or DEPARTMENTS[department], department, tuple(panels),
                dict(WORDS.get(department, {})) | dict(words or {}))  # fmt: skip


def compare_views(mine: View, other: View) -> pd.DataFrame:
    """What two views have in common, and what only one of them has.

    Parameters
    ----------
    mine, other : View
        Such as one's own and a fellow student's.

    Returns
    -------
    DataFrame
        ``what`` ("question", "column", "metric", "word"), ``name``, ``mine``, ``other`` (yes or no).
    """
    import pandas as pd

    ours, theirs = _contents(mine), _contents(other)
    every = [*ours, *(one for one in theirs if one not in ours)]
    return pd.DataFrame([(*one, one in ours, one in theirs) for one in every],
                        columns=["what", "name", "mine", "other"])  # fmt: skip


def show(store: Store, view: View | str) -> ShownView:
    """A view as this person sees it; see `Store.view`."""
    view = view_of(view)
    return ShownView(view, store.role.name, tuple(_shown(store, panel) for panel in view.panels))


def view_of(view: View | str) -> View:
    """The view itself, or the ready one of that name."""
    if isinstance(view, View):
        return view
    if view not in READY_VIEWS:
        what = say("There is no view `{name}`.", name=view)
        raise InputError(say("Nothing can be shown."), [_unknown(view, what, READY_VIEWS)])
    return READY_VIEWS[view]


def _shown(store: Store, panel: Panel) -> ShownPanel:
    role = store.role
    metrics = tuple(_measured(store, metric) for metric in panel.metrics)
    if role.scope(panel.entity) == "none":
        what = say("The role “{role}” may not see `{name}`.", role=say(role.title), name=panel.entity)
        return ShownPanel(panel, None, panel.columns, (), metrics, what)
    rules = {name: role.rule(panel.entity, name) for name in panel.columns}
    return ShownPanel(
        panel, panel.rows(store), tuple(name for name, rule in rules.items() if rule == "none"),
        tuple(name for name, rule in rules.items() if rule == "masked"), metrics,
    )  # fmt: skip


def _measured(store: Store, metric: Metric) -> ShownMetric:
    """The metric's number for this person. Masked columns are text, on which a query can't compute: it is withheld."""
    withheld = say("“{section}” is not for the role “{role}”.", section=say(metric.title), role=say(store.role.title))
    hidden = [need for need in metric.needs if not _reads(store, need)]
    if hidden or "query" not in store.role.rights:
        return ShownMetric(metric, None, withheld)
    today = f"DATE '{store.now():%Y-%m-%d}'"
    found: Any = sql.asked(store.engine, store.rights, metric.query.replace(":today", today)).iloc[0, 0]
    return ShownMetric(metric, None if found is None or found != found else float(found))


def _reads(store: Store, need: str) -> bool:
    table, _, column = need.partition(".")
    return store.role.scope(table) != "none" and (not column or store.role.rule(table, column) == "read")


def _contents(view: View) -> list[tuple[str, str]]:
    made = []
    for panel in view.panels:
        made.append(("question", panel.code))
        made += [("column", f"{panel.entity}.{name}") for name in panel.columns]
        made += [("metric", metric.name) for metric in panel.metrics]
    made += [("word", f"{name}: {word}") for name, word in view.words.items()]
    return list(dict.fromkeys(made))


def _require_department(department: str) -> None:
    if department not in DEPARTMENTS:
        what = say("There is no department `{name}`.", name=department)
        raise InputError(say("The view can't be made."), [_unknown(department, what, DEPARTMENTS)])


def _unknown(word: str, what: str, known: Iterable[str]) -> Problem:
    close = near_misses(str(word), list(known))
    names = join_names(f"`{name}`" for name in known)
    advice = say("Did you mean `{close}`?", close=close[0]) if close else say("Allowed: {names}.", names=names)
    return Problem("unknown_word", what, advice=advice, column=str(word))


READY_VIEWS: dict[str, View] = {name: make_view(name) for name in DEPARTMENTS}
