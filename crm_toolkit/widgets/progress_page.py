"""How far am I? The learner's own record as a page: what is done, what comes next, which slips come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from crm_toolkit import texts
from crm_toolkit.errors import InputError
from crm_toolkit.exercises import progress
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.exercises.progress import Progress
from crm_toolkit.texts import NO_FORMULAS, format_date, join_names, mark, say, say_count
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.html import Html, joined, tag

KINDS: Mapping[str, str] = {
    "task": mark("task"),
    "practice": mark("practical task"),
    "quiz": mark("question"),
    "prediction": mark("prediction"),
    "rubric": mark("self-grade"),
}
_MOST_SLIPS = 5


class ProgressBox:
    """The record of a learner as a table with two buttons; made by `my_progress`.

    Attributes
    ----------
    progress : Progress
        As it was read last.
    """

    def __init__(self) -> None:
        self._language = str(texts.language())
        self._sure = False
        self.progress = progress.read_progress()
        self._box = None if pieces.static_wanted() else self._build(pieces.toolbox())

    def __repr__(self) -> str:
        with texts.language(self._language):
            return f"ProgressBox({str(self.progress)!r})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        with texts.language(self._language):
            if self._box is not None:
                return self._box._repr_mimebundle_(**options)
            html, plain = tag("div", self._page(), class_=NO_FORMULAS), str(self.progress)
            return {"text/html": html, "text/plain": plain}

    def _build(self, tools: Any) -> Any:
        self._shown, self._said = tools.HTML(), tools.HTML()
        again = tools.Button(description=say("Look again"), tooltip=say("Read the record again"))
        again.on_click(lambda _: self.refresh())
        self._delete = tools.Button(description=say("Delete the record"), tooltip=say("Delete the record of progress"))
        self._delete.on_click(lambda _: self.delete())
        box = tools.VBox([self._shown, tools.HBox([again, self._delete]), self._said])
        box.add_class("crm-box")
        self._show()
        return box

    def _show(self) -> None:
        self._shown.value = f"{pieces.STYLE}{self._page()}"

    def refresh(self) -> Progress:
        """Read the record again and show it."""
        with texts.language(self._language):
            self._sure = False
            try:
                self.progress, said = progress.read_progress(), str(progress.read_progress())
            except InputError as refusal:
                said = str(refusal)
            if self._box is not None:
                self._show()
                self._said.value = pieces.live(pieces.html_of(said))
            return self.progress

    def delete(self) -> str:
        """Delete the record; asked once more before it is done. Returns what is said."""
        with texts.language(self._language):
            if not self._sure:
                self._sure = True
                said = say("The record of your progress will be gone for good. Press again to delete it.")
            else:
                self._sure = False
                try:
                    gone = progress.delete_progress()
                    said = say("The record is deleted.") if gone else say("There is no record.")
                    self.progress = progress.read_progress()
                except InputError as refusal:
                    said = str(refusal)
            if self._box is not None:
                self._show()
                self._said.value = pieces.live(pieces.html_of(said))
            return said

    def _page(self) -> Html:
        return joined([self._next(), self._table(), self._slips(), self._where()])

    def _next(self) -> Html:
        if not self.progress.next:
            return tag("p", tag("b", say("Everything in the course is done.")))
        number = self.progress.next[0].lesson
        lesson = next(one for one in LESSONS if one.number == number)
        link = tag("a", f"{number} {say(lesson.title)}", href=f"{lesson.file}.ipynb")
        steps = [
            tag("li", f"{say(KINDS[one.kind])}: ", Html(pieces.html_of(one.title)[3:-4])) for one in self.progress.next
        ]
        return joined([tag("p", tag("b", say("What to do next:")), " ", link), tag("ul", *steps)])

    def _table(self) -> Html:
        names = [say("lesson"), say("checks done"), "", say("right at first"), say("hints"), say("last time")]
        head = tag("tr", *(tag("th", name, scope="col") for name in names))
        rows = [self._row(row) for row in self.progress.lessons.to_dict("records")]
        caption = tag("caption", say("Your progress, lesson by lesson"), style="text-align: left;")
        return tag("table", caption, tag("thead", head), tag("tbody", *rows), class_="crm-table")

    def _row(self, row: dict[Any, Any]) -> Html:
        link = tag("a", f"{row['lesson']} {row['title']}", href=f"{row['file']}.ipynb")
        share = 100 * row["done"] / max(row["checks"], 1)
        bar = tag(
            "span",
            tag("span", style=f"display: block; height: 0.8em; width: {share:.0f}%; background: #1f5fa8;"),
            style="display: block; width: 8em; border: 1px solid currentColor;",
            aria_hidden="true",
        )
        first = say("{count} of {all}", count=row["right_at_first"], all=row["tried"]) if row["tried"] else "–"
        last = format_date(row["last"].date()) if row["last"] == row["last"] else "–"
        done = say("{count} of {all}", count=row["done"], all=row["checks"])
        cells = [done, bar, first, str(row["hints"]), last]
        return tag("tr", tag("th", link, scope="row", style="text-align: left;"), *(tag("td", one) for one in cells))

    def _slips(self) -> Html | None:
        events = [one.id for one in self.progress.events if one.status == "misconception"]
        often = [name for name, count in Counter(events).most_common(_MOST_SLIPS) if count > 1]
        titles = {one.id: one.title for one in progress.course_checks()}
        shown = [say("“{title}” ({count})", title=titles.get(name, name), count=events.count(name)) for name in often]
        return (
            tag("p", say("Worth another look, since slips came back: {names}.", names=join_names(shown)))
            if shown
            else None
        )

    def _where(self) -> Html:
        place, said = progress.kept_in(), []
        if place is None:
            said.append(
                say("Nothing is recorded here: that is done only under `python course.py lab`.").replace("`", "")
            )
        else:
            said.append(say("The record is yours: it lies in “{path}” and is sent nowhere.", path=place))
        if progress.trouble():
            said.append(say("The last check could not be written down: {reason}.", reason=progress.trouble()))
        if self.progress.unreadable:
            said.append(say_count("{count} line of the record can't be read and was left alone.",
                                  "{count} lines of the record can't be read and were left alone.",
                                  self.progress.unreadable))  # fmt: skip
        return tag("p", tag("small", " ".join(said)))


def my_progress() -> ProgressBox:
    """How far am I in the course, and what comes next?

    Returns
    -------
    ProgressBox
        Shown by a notebook: lessons with what is done, what to do next, slips that came back; buttons to look again
        and to delete the record. With ``CRM_STATIC=1`` the table alone.

    Raises
    ------
    InputError
        If the record is there and can't be read.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> my_progress().progress.next[0].lesson
    '00'
    """
    return ProgressBox()
