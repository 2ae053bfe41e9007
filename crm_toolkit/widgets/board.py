"""The seminar board as a page of its own: a class check by check, without names; with names behind a switch.

Served by Voilà (``python course.py app board --folder FOLDER``). It looks into the folder again by itself and grades
what has arrived when the instructor says so. What it shows is what the static page of `grade` shows.
"""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.exercises.grading import grade
from crm_toolkit.exercises.grading.board_folder import BoardFolder, read_board, signature
from crm_toolkit.exercises.grading.board_page import STYLE as BOARD_STYLE
from crm_toolkit.exercises.grading.board_page import board_html
from crm_toolkit.exercises.grading.pages import students_html
from crm_toolkit.texts import NO_FORMULAS, language, say, say_count
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.explorer import Sentence
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.store_style import STYLE, button, column, html_area, in_language, letter, line, own_language

VARIABLE, SALT, KEY = "CRM_BOARD", "CRM_BOARD_SALT", "CRM_BOARD_KEY"
EVERY_SECONDS = 5.0
_STYLE = """<style>
.crm-box.crm-board-app { max-width: none; }
.crm-board-app .crm-head .widget-checkbox { width: auto; }
.crm-students table { border-collapse: collapse; width: 100%; font-size: 15px; }
.crm-students th, .crm-students td { text-align: left; vertical-align: top; padding: .35em .7em; line-height: 1.45;
  border-bottom: 1px solid #c9d1d8; font-weight: 400; }
.crm-students th { font-weight: 650; } .crm-students .quiet { color: #55606a; }
.crm-names { border: 3px solid #8c1d12; padding: .4em .9em; color: #8c1d12; font-weight: 650; font-size: 16px;
  background: #fff; margin: .5em 0; }
</style>"""


class BoardApp:
    """The board over a folder; made by `board_app`.

    Attributes
    ----------
    found : BoardFolder or None
        What the folder held when it was looked into last.
    names : bool
        Whether the instructor's view is on; off at every start.
    box : widget or None
        The page; ``None`` with ``CRM_STATIC=1``.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        salt: str | None = None,
        key: str | os.PathLike[str] | None = None,
    ):
        named, self._key = _path(folder, VARIABLE), _path(key, KEY)
        self._salt = os.environ.get(SALT, "") if salt is None else salt
        self.folder = named
        self.found: BoardFolder | None = None
        self.names = False
        self.box: Any = None
        self._language = str(language())
        self._timer: asyncio.TimerHandle | None = None
        if not pieces.static_wanted():
            self._build(pieces.toolbox())

    @own_language
    def refresh(self) -> None:
        """Look into the folder and show what is there."""
        self._said.value = ""
        try:
            if self.folder is None:
                what = say("No folder is named: python course.py app board --folder FOLDER.")
                raise InputError(say("There is no board."), [Problem("no_folder", what)])
            self.found = read_board(self.folder, with_key=self._key is not None)
        except CRMError as refusal:
            self.found = None
            self._said.value = letter(str(refusal))
        self._show()

    @own_language
    def look(self) -> bool:
        """Show anew if something in the folder has changed; whether it had."""
        if self.folder is None or (self.found is not None and signature(self.folder) == self.found.signature):
            return False
        self.refresh()
        return True

    @own_language
    def show_names(self, on: bool) -> None:
        """Turn the instructor's view on or off."""
        self.names = on
        self._switch.value = on
        self._show()

    @own_language
    def grade_waiting(self) -> None:
        """Run what waits, behind the walls that this computer has; the results stay in the folder."""
        if self.found is None or not self.found.has_submissions:
            return
        self._grade.disabled = True

        def tell(done: int, everyone: int, _name: str) -> None:
            self._said.value = tag("p", say("Grading {done} of {all}", done=done, all=everyone), role="status")

        try:
            grade(self.found.folder, out=self.found.out, salt=self._salt, key=self._key, on_progress=tell)
        except CRMError as refusal:
            self._said.value = letter(str(refusal))
        else:
            self.refresh()
        finally:
            self._grade.disabled = False
            self._grade.focus()
            pieces.hand_on(self._grade, self._again)

    def _build(self, tools: Any) -> None:
        self._said, self._told, self._shown = html_area(), html_area(), html_area()
        self._grade = button("", self.grade_waiting, primary=True)
        self._again = button(say("Look again"), self.refresh)
        self._itself = tools.Checkbox(value=True, description=say("look again by itself"), indent=False)
        self._itself.observe(in_language(lambda change: self._start() if change["new"] else self.stop()), names="value")
        self._switch = tools.Checkbox(
            description=say("Instructor's view: with names, not for the projector"), indent=False
        )
        self._switch.observe(in_language(lambda change: self.show_names(change["new"])), names="value")
        title = html_area(
            f"{pieces.STYLE}{STYLE}{_STYLE}<style>{BOARD_STYLE}</style>" + tag("h1", say("Seminar board"))
        )
        head = line([title, line([self._grade, self._again, self._itself, self._switch])], "crm-head")
        parts = [head, self._told, self._said, self._shown]
        self.box = column(parts, "crm-box", "crm-widget", "crm-door", "crm-board-app")
        self.refresh()
        self._start()

    def _show(self) -> None:
        found = self.found
        waiting = len(found.waiting) if found else 0
        self._grade.layout.display = "" if found is not None and waiting else "none"
        self._grade.description = say_count("Grade the one that waits", "Grade the {count} that wait", waiting)
        if found is None:
            self._told.value = self._shown.value = ""
            return
        self._told.value = tag("p", self._counts(found), class_="crm-quiet", role="status")
        self._shown.value = self._with_names(found) if self.names else board_html(found.results)

    def _counts(self, found: BoardFolder) -> str:
        refused = sum(bool(one.refused) for one in found.results)
        graded = len(found.results) - refused
        said = [say_count("{count} submission graded", "{count} submissions graded", graded)]
        if refused:
            said.append(say_count("{count} could not be graded", "{count} could not be graded", refused))
        if found.waiting:
            said.append(say_count("{count} waits", "{count} wait", len(found.waiting)))
        if found.unread:
            said.append(say_count("{count} file is no submission", "{count} files are no submissions",
                                  len(found.unread)))  # fmt: skip
        said.append(say("looked at {time}", time=f"{datetime.now():%H:%M:%S}"))
        return " · ".join(said)

    def _with_names(self, found: BoardFolder) -> str:
        band = tag("p", say("Names are visible. Not for the projector."), class_="crm-names", role="alert")
        listed = Html(students_html(found.results, unread=found.unread))
        waits = [tag("li", name) for name in found.waiting]
        more = tag("div", tag("p", say("Not graded yet:")), tag("ul", *waits)) if waits else None
        return joined([band, tag("div", listed, more, class_=f"crm-students {NO_FORMULAS}")])

    def stop(self) -> None:
        """Look no more by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self) -> None:
        self.stop()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no page is being served: a script or a test looks when it wants to
            return
        self._timer = loop.call_later(EVERY_SECONDS, self._asked)

    def _asked(self) -> None:
        if self._itself.value:
            self.look()
            self._start()

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box if self.box is not None else Sentence(say("This page needs a running kernel.")))


def _path(given: str | os.PathLike[str] | None, variable: str) -> Path | None:
    named = os.environ.get(variable, "").strip() if given is None else os.fspath(given)
    return Path(named) if named else None


def board_app(
    folder: str | os.PathLike[str] | None = None,
    *,
    salt: str | None = None,
    key: str | os.PathLike[str] | None = None,
) -> BoardApp:
    """The seminar board as a page of its own: what a class has tried, where it slips, which hints it needed.

    Parameters
    ----------
    folder : str or path, optional
        A folder of results that `grade` has written, or of submissions; by default the one that ``CRM_BOARD`` names.
    salt, key : str, optional
        The word and the key file with which the button grades, as in `grade`; by default what ``CRM_BOARD_SALT`` and
        ``CRM_BOARD_KEY`` say. Neither is shown on the page.

    Returns
    -------
    BoardApp
        A notebook or Voilà shows it: without names, until the instructor's view is switched on. What goes wrong is a
        letter on the page.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = board_app(folder)
    ...     page.found.results, page.names
    ((), False)
    """
    return BoardApp(folder, salt=salt, key=key)
