"""The page behind `python course.py app inbox`: say who you are, play your day, code your incidents."""

from __future__ import annotations

from crm_toolkit.exercises.variants import normalise_id
from crm_toolkit.texts import language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.inbox import ServiceInbox, service_inbox
from crm_toolkit.widgets.incidents import IncidentCoding, code_incidents
from crm_toolkit.widgets.store_style import STYLE, button, column, html_area, letter, line, own_language

_LOOK = """<style>
.crm-inbox-page, .crm-inbox-page > .widget-vbox { overflow: visible; height: auto; }
.crm-inbox-page > * { flex: none; }
</style>"""


class InboxPage:
    """A field for the student's number and, under it, the inbox and the incidents; made by `inbox_app`.

    Attributes
    ----------
    inbox : ServiceInbox or None
        The day; ``None`` until somebody has said who they are.
    coding : IncidentCoding or None
        The incidents; likewise.
    box : widget
    """

    def __init__(self) -> None:
        self._language = str(language())
        self.inbox: ServiceInbox | None = None
        self.coding: IncidentCoding | None = None
        tools = pieces.toolbox()
        self._who = tools.Text(description=say("Your student number"))
        self._who.add_class("crm-stack")
        self._said, self._place = html_area(), column([])
        pieces.on_enter(self._who, self._open)
        row = line([self._who, button(say("Begin"), self._open, primary=True)])
        head = column([html_area(pieces.STYLE + STYLE + _LOOK), row, self._said], "crm-box", "crm-widget", "crm-door")
        self.box = column([head, self._place], "crm-inbox-page")

    def _open(self) -> None:
        self.begin(self._who.value)

    @own_language
    def begin(self, student: str) -> None:
        """Open the day and the incidents of a student."""
        if not normalise_id(student):
            self._said.value = letter(say("Write your student number: your day depends on it."))
            return
        self._said.value = ""
        self.inbox, self.coding = service_inbox(student), code_incidents(student)
        self._place.children = [self.inbox.box, self.coding.box]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box)


def inbox_app() -> InboxPage:
    """A page of its own (Voilà) with the inbox and the incidents of a student.

    Raises
    ------
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> page = inbox_app()
    >>> page.begin("A-1")
    >>> len(page.inbox.day.events), len(page.coding.made.texts)
    (40, 24)
    """
    return InboxPage()
