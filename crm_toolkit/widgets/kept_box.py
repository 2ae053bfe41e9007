"""The line with the file of a work: its name, Save, Open, and what was said; nothing is lost without being asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.kept_files import KeptWork
from crm_toolkit.texts import language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.store_style import button, html_area, letter, line, own_language, told


class KeptBox:
    """Where a work is kept, and whether what is on the page is in the file.

    Parameters
    ----------
    kept : KeptWork
        The kind of work.
    place : path
        The file that is named first.
    current : callable
        What is on the page as it was collected last: the work, and problems of what can't be used.
    collect : callable
        Collect anew.
    take : callable
        Put a work into the fields and show it.
    show : callable
        Show the page again.

    Attributes
    ----------
    saved : object or None
        What stands in the file, as it was opened or saved last.
    path, said, rescue_button, line : widgets
    """

    def __init__(
        self,
        kept: KeptWork[Any],
        place: Path,
        *,
        current: Callable[[], tuple[Any, Sequence[Problem]]],
        collect: Callable[[], Any],
        take: Callable[[Any], Any],
        show: Callable[[], Any],
    ):
        self._language = str(language())
        self._kept, self._default = kept, place.name
        self._current, self._collect, self._take, self._show = current, collect, take, show
        self.saved: Any = None
        self._warned = False
        self.path = pieces.whole(pieces.toolbox().Text(description=say("File on this computer"), value=str(place)))
        self.path.add_class("crm-stack")
        self.said = html_area()
        self.rescue_button = button(say("Open what can be read"), self.rescue)
        self.rescue_button.layout.display = "none"
        self.line = line([self.path, button(say("Save"), self.save, primary=True), button(say("Open"), self.open),
                          self.rescue_button], "crm-row-wrap", "crm-files")  # fmt: skip

    @property
    def place(self) -> Path:
        """The file that is named now."""
        return Path(self.path.value.strip() or self._default)

    @property
    def unsaved(self) -> bool:
        """Whether something on the page is not in the file."""
        work, problems = self._current()
        return bool(problems) or work != (self.saved or self._kept.cls())

    def changed(self) -> None:
        """Something was typed: a warning that was given holds no longer."""
        self._warned = False

    def put(self, work: Any, saved: Any) -> None:
        """Show another work; ``saved`` is what stands in its file."""
        self.saved, self._warned = saved, False
        self.rescue_button.layout.display = "none"
        self._take(work)

    @own_language
    def open(self) -> None:
        """Open the file that is named; what is on the page and not saved is given up only when asked twice."""
        if self.unsaved and not self._warned:
            self._warned = True
            self.said.value = letter(say("What is on the page is not saved. Press “Open” again to give it up."))
            return
        place = self.place
        try:
            work = self._kept.load(place)
        except InputError as refusal:
            self.said.value = letter(str(refusal))
            self.rescue_button.layout.display = None if self._can_be_rescued(place) else "none"
            self._show()
            return
        self.put(work, work)
        self.said.value = told(say("Opened: “{path}”.", path=place))

    @own_language
    def rescue(self) -> None:
        """Take what can be read from a damaged file; the file stays, saving asks for another name."""
        place = self.place
        try:
            work, problems = self._kept.rescue(place)
        except InputError as refusal:
            self.said.value = letter(str(refusal))
            return
        self.put(work, None)
        self.path.value = str(place.with_name(f"{place.stem}-2{place.suffix}"))
        heading = say("This could not be read; the damaged file stays as it is. Save under the new name.")
        self.said.value = letter(str(InputError(heading, problems))) if problems else told(say("All could be read."))

    @own_language
    def save(self) -> None:
        """Save to the file that is named; refuses while something typed can't be used."""
        self._collect()
        work, problems = self._current()
        try:
            if problems:
                raise InputError(say(self._kept.not_saved), problems)
            place = self._kept.save(work, self.place, replacing=self.saved)
        except InputError as refusal:
            self.said.value = letter(str(refusal))
            return
        self.saved, self._warned = work, False
        self.said.value = told(say("Saved on this computer: “{path}”. It was sent nowhere.", path=place))
        self._show()

    def _can_be_rescued(self, place: Path) -> bool:
        try:
            self._kept.rescue(place)
        except InputError:
            return False
        return True
