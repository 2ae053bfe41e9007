"""The article workshop: seven steps with their fields, the argument map, the lamps, and the file."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from crm_toolkit.errors import CRMError, Problem
from crm_toolkit.exercises.article import STEPS, ArticleWork, load_article, review_article
from crm_toolkit.exercises.article.files import KEPT
from crm_toolkit.texts import NO_FORMULAS, language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.article.forms import INTRODUCTIONS, ArticleForm
from crm_toolkit.widgets.article.map import argument_map
from crm_toolkit.widgets.article.report import article_report
from crm_toolkit.widgets.article.told import bank_table, follows
from crm_toolkit.widgets.case_canvas.style import STYLE
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.kept_box import KeptBox
from crm_toolkit.widgets.skeleton import FORMATS, block_html
from crm_toolkit.widgets.store_style import STYLE as DOOR_STYLE
from crm_toolkit.widgets.store_style import button, column, html_area, letter, line, own_language, switched, told

DEFAULT_NAME = "article.json"
WITH_MAP = (2, 3, 4, 5, 7)


class ArticleBook:
    """The workshop; made by `article_workshop`.

    Attributes
    ----------
    work : ArticleWork
        As it is typed now, as far as it can be used.
    review : what it lacks, with the lamps
    problems : tuple of Problem
        What was typed and can't be used.
    step : int
        The step that is shown, 1 to 7.
    box : widget or None
    """

    def __init__(self, path: str | os.PathLike[str] | None):
        self._language = str(language())
        self.work, self.step = ArticleWork(), 1
        self.problems: tuple[Problem, ...] = ()
        self.box: Any = None
        place = Path(path if path is not None else DEFAULT_NAME)
        if pieces.static_wanted():
            if place.exists():
                self.work = load_article(place)
            self.review = review_article(self.work)
            return
        self._build(place)
        if place.exists():
            self.open()
        else:
            self._show()

    def __repr__(self) -> str:
        return f"ArticleBook(step={self.step}, claims={len(self.work.stated)})"

    @own_language
    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self.box is not None:
            return self.box._repr_mimebundle_(**options)
        drawn, title = argument_map(self.work), say("Article workshop")
        steps = tag("ol", *(tag("li", tag("b", say(STEPS[step])), ": ", say(INTRODUCTIONS[step])) for step in STEPS))
        picture = Html(drawn.html) if self.work.stated else None
        html = tag("div", tag("h3", title), tag("p", self.review.text), steps, picture, class_=NO_FORMULAS)
        listed = "\n".join(f"{step}. {say(STEPS[step])}: {say(INTRODUCTIONS[step])}" for step in STEPS)
        text = f"{title}\n\n{self.review.text}\n\n{listed}\n\n{drawn.text}"
        return {"text/html": html, "text/markdown": text, "text/plain": text}

    @property
    def unsaved(self) -> bool:
        """Whether something on the page is not in the file."""
        return self.box is not None and self._file.unsaved

    @own_language
    def choose(self, step: int) -> None:
        """Show a step."""
        self.step = step
        self._file.said.value = ""
        self._show()

    def open(self) -> None:
        """Open the file that is named; what is on the page and not saved is given up only when asked twice."""
        self._file.open()

    def save(self) -> None:
        """Save to the file that is named; refuses while something typed can't be used."""
        self._file.save()

    @own_language
    def export(self) -> None:
        """Write the skeleton of the report beside the file."""
        self._collect()
        place = self._file.place
        place = place.with_name(f"{place.stem}-{say('report')}.{self._format.value}")
        try:
            made = article_report(self.work).save(place)
        except CRMError as refusal:
            self._file.said.value = letter(str(refusal))
            return
        self._file.said.value = told(say("The report is here: “{path}”.", path=made))

    def _collect(self) -> None:
        self.work, problems = self.form.collect()
        self.problems = tuple(problems)

    def _take(self, work: ArticleWork) -> None:
        self.form.show(work)
        self._show()

    @own_language
    def _changed(self) -> None:
        self._file.changed()
        self._update()

    def _build(self, place: Path) -> None:
        tools = pieces.toolbox()
        self.form = ArticleForm(self._changed)
        self._file = KeptBox(KEPT, place, current=lambda: (self.work, self.problems), collect=self._collect,
                             take=self._take, show=self._show)  # fmt: skip
        self._state, self._intro, self._follows, self._findings, self._map, self._bank = (
            html_area() for _ in range(6)
        )  # fmt: skip
        self.tabs = {step: button(f"{step}. {say(label)}", partial(self.choose, step)) for step, label in STEPS.items()}
        self._back = button("← " + say("Back"), self._turn(-1))
        self._next = button(say("Next") + " →", self._turn(1), primary=True)
        self._place = column([], "crm-step")
        self._format = tools.Dropdown(description=say("Report as"), value="html",
                                      options=[(say(label), code) for code, label in FORMATS.items()])  # fmt: skip
        self._format.add_class("crm-stack")
        export = button(say("Export the report"), self.export, primary=True)
        self._export = column([html_area(tag("h4", say("Report"))), self._format, export], "crm-form")
        self._bank.value = tag("details", tag("summary", say("Evidence bank")), Html(bank_table().html))
        steps = line(self.tabs.values(), "crm-row-wrap", "crm-steps")
        head = html_area(pieces.STYLE + DOOR_STYLE + STYLE + tag("h2", say("Article workshop")))
        self.box = column(
            [head, self._file.line, self._file.said, self._state, steps, self._intro, self._place, self._follows,
             self._findings, line([self._back, self._next]), self._map],
            "crm-box", "crm-widget", "crm-door", "crm-case",
        )  # fmt: skip

    def _turn(self, by: int) -> Callable[[], None]:
        return lambda: self.choose(min(max(self.step + by, 1), len(STEPS)))

    def _show(self) -> None:
        for step, tab in self.tabs.items():
            switched(tab, step == self.step)
        self._back.disabled, self._next.disabled = self.step == 1, self.step == len(STEPS)
        self._intro.value = tag("h3", f"{self.step}. {say(STEPS[self.step])}") + tag("p", say(INTRODUCTIONS[self.step]))
        more = [self._export] if self.step == len(STEPS) else [self._bank] if self.step == 4 else []
        self._place.children = [*self.form.places[self.step], *more]
        self._update()

    def _update(self) -> None:
        self._collect()
        self.review = review_article(self.work, this_year=dt.date.today().year)
        self.form.follow(self.work)
        for step, tab in self.tabs.items():
            done, asked = self.review.by_step[step]
            tab.description = f"{step}. {say(STEPS[step])}" + (" ✓" if done == asked else f" {done}/{asked}")
        self._state.value = self._bar()
        lines = [block_html(block) for block in follows(self.step, self.work, self.review.lamps)]
        heading = tag("h4", say("What follows from it"))
        self._follows.value = tag("div", heading, joined(lines), class_="crm-card", aria_live="polite") if lines else ""
        last = self.step == len(STEPS)
        self._findings.value = _findings_html([one for one in self.review.findings if last or one.step == self.step])
        drawn = argument_map(self.work).html if self.work.stated and self.step in WITH_MAP else ""
        self._map.value = tag("h3", say("Argument map")) + drawn if drawn else ""

    def _bar(self) -> str:
        done, asked = self.review.answered, self.review.asked
        bar = tag("progress", value=done, max=asked, aria_label=say("Completeness of the work"))
        saved = say("not saved yet") if self.unsaved else say("saved")
        return tag("div", bar, " ", self.review.text, " ", tag("span", f"({saved})", class_="crm-quiet"))


def _findings_html(findings: list[Any]) -> str:
    if not findings:
        return ""
    kinds = {"gap": say("to fill in"), "question": say("a question to you")}
    items = [tag("li", tag("b", f"{one.step}. {kinds[one.kind]}: "), one.text, " ", one.advice) for one in findings]
    return tag("div", tag("h4", say("What is open")), tag("ul", *items), class_="crm-findings")


def article_workshop(path: str | os.PathLike[str] | None = None) -> ArticleBook:
    """Take an article apart that you have read: claims, argument, evidence, method, own position.

    Parameters
    ----------
    path : path, optional
        The file in which the work is kept, by default ``article.json`` in the working folder. If it is there, it is
        opened. It stays on this computer and is never sent anywhere.

    Returns
    -------
    ArticleBook
        Shown by a notebook; ``.work`` is the work for code. With ``CRM_STATIC=1`` how far it is, and the map.

    Raises
    ------
    InputError
        With ``CRM_STATIC=1``, if the file is damaged.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book = article_workshop(folder + "/article.json")
    >>> book.review.answered
    0
    """
    return ArticleBook(path)
