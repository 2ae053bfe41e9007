"""RFM of a file that you bring, as a page of its own: file → report or letter → the explorer.

Served by Voilà (``python course.py app rfm``) or shown in a notebook. The file stays in the memory of this computer.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from crm_toolkit import datasets
from crm_toolkit.datasets.generated import make_purchases
from crm_toolkit.errors import CRMError
from crm_toolkit.texts import language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.explorer import STYLE, Explorer, Sentence
from crm_toolkit.widgets.rfm import explore_rfm

_KINDS = ".csv,.tsv,.txt,.xlsx,.xls,.parquet,.gz,.zip"
_STYLE = """<style>
.crm-app pre.crm-report { white-space: pre-wrap; font-family: inherit; margin: 0.4em 0; line-height: 1.45; }
.crm-box.crm-app { max-width: 90em; }
.crm-app .jupyter-button { width: auto; }
</style>"""


class RfmApp:
    """A page that takes a file of purchases; made by `rfm_app`.

    Attributes
    ----------
    explorer : Explorer or None
        What is shown of the last file that could be read.
    box : widget or None
        The page; ``None`` with ``CRM_STATIC=1``.
    """

    def __init__(self) -> None:
        self.explorer: Explorer | None = None
        self.box: Any = None
        self._language = str(language())
        if not pieces.static_wanted():
            self._build(pieces.toolbox())

    def _build(self, tools: Any) -> None:
        wide = tools.Layout(width="auto")
        self._upload = tools.FileUpload(accept=_KINDS, multiple=False, description=say("Choose a file"), layout=wide)
        journey = tools.Button(description=say("Groceries: Complete Journey"), layout=wide)
        barber = tools.Button(description=say("Barbershop: a generated table"), layout=wide)
        self._upload.observe(self._uploaded, names="value")
        journey.on_click(
            lambda _: self._take(lambda: (datasets.fetch_complete_journey().purchases, "Complete Journey"))
        )
        barber.on_click(lambda _: self._take(lambda: (make_purchases(600, weeks=51, seed=2026), say("Barbershop"))))
        title = say("Who are our customers?")
        head = tools.HTML(f"{pieces.STYLE}{STYLE}{_STYLE}<h1>{escape(title)}</h1>{_words()}")
        buttons = tools.HBox([self._upload, journey, barber], layout=tools.Layout(flex_flow="row wrap"))
        self._said, self._place = tools.HTML(), tools.VBox()
        self.box = tools.VBox([head, buttons, self._said, self._place])
        for name in ("crm-box", "crm-widget", "crm-app"):
            self.box.add_class(name)

    def _uploaded(self, change: Any) -> None:
        for file in change["new"]:
            self.read(bytes(file["content"]), str(file["name"]))

    def read(self, content: bytes, name: str) -> None:
        """Read a file and show its report and the explorer, or the letter that says what is wrong."""

        def reading() -> tuple[Any, str]:
            purchases, report = datasets.read_purchases(content, name=name)
            return purchases, str(report)

        self._take(reading)

    def _take(self, source: Callable[[], tuple[Any, str]]) -> None:
        spoken: Any = language(self._language)
        with spoken:
            self._tell(say("Reading…"))
            self._place.children = ()
            self.explorer = None
            try:
                purchases, report = source()
                self.explorer = explore_rfm(purchases)
            except CRMError as letter:
                self._refuse(str(letter))
                return
            except Exception as error:
                self._refuse(say("This can't be shown: {kind}: {reason}", kind=type(error).__name__, reason=error))
                return
            self._tell(report)
            self._place.children = (self.explorer.box,)

    def _refuse(self, letter: str) -> None:
        self._said.value = f'<div role="alert" class="crm-letter">{escape(letter, quote=False)}</div>'

    def _tell(self, text: str) -> None:
        self._said.value = f'<div role="status"><pre class="crm-report">{escape(text, quote=False)}</pre></div>'

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box if self.box is not None else Sentence(say("This page needs a running kernel.")))


def rfm_app() -> RfmApp:
    r"""Show a page that ranks the customers of a file: upload, report, explorer.

    Returns
    -------
    RfmApp
        A notebook or Voilà shows it; ``.explorer.result`` has the frames.

    Raises
    ------
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> page = rfm_app()
    >>> page.read(b"Customer;Date;Amount\nC1;2024-04-03;12\nC2;2024-04-05;30\n", "shop.csv")
    >>> len(page.explorer.result.scores)
    2
    """
    return RfmApp()


def _words() -> str:
    said = (
        say("Bring a table of purchases: who bought, when, for how much. CSV, Excel or Parquet, as it is."),
        say("The file is read on this computer and goes nowhere."),
        say("Or look at a table that is here already:"),
    )
    return "".join(Sentence(text).html for text in said)
