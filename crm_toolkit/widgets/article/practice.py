"""A practice text with its claims numbered: type each of them, commit, and only then see the key."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crm_toolkit.analysis import coder_agreement
from crm_toolkit.exercises.article import FLAWS, TYPES, PracticeText, practice_text
from crm_toolkit.texts import format_number, language, say, say_count
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.case_canvas.fields import Entry, word_options
from crm_toolkit.widgets.case_canvas.style import STYLE
from crm_toolkit.widgets.html import Html, tag
from crm_toolkit.widgets.store_style import STYLE as DOOR_STYLE
from crm_toolkit.widgets.store_style import button, column, html_area, letter, own_language
from crm_toolkit.widgets.tables import Table

NOT_YET = "not_yet"


class PracticeArticle:
    """A practice text to be typed; made by `practice_article`.

    Attributes
    ----------
    text : PracticeText
    types, flaws : dict of int to str
        What was chosen by the number of the claim; flaws of claims that nothing was chosen for are missing.
    committed : bool
        Whether the types are fixed and the key is shown.
    box : widget or None
    """

    def __init__(self, text: PracticeText):
        self._language = str(language())
        self.text, self.committed = text, False
        self.types: dict[int, str] = {}
        self.flaws: dict[int, str] = {}
        self.box: Any = None
        if not pieces.static_wanted():
            self._build()

    def __repr__(self) -> str:
        return f"PracticeArticle({self.text.id!r}, committed={self.committed})"

    @own_language
    def _repr_mimebundle_(self, **options: Any) -> Any:
        return pieces.bundle(self.box, self.text.to_markdown(), **options)

    @own_language
    def choose(self, number: int, type_: str, flaw: str | None = None) -> None:
        """Choose the type of a claim, and perhaps its flaw (``""`` for none); after committing nothing changes."""
        if self.committed:
            return
        if number not in range(1, len(self.text.claims) + 1) or type_ not in TYPES:
            raise ValueError(f"no claim {number!r} with type {type_!r}")
        self.types[number] = type_
        if flaw is not None:
            self.flaws[number] = flaw

    @own_language
    def commit(self) -> str:
        """Fix the types and show the key; until every claim has a type, say which ones have none."""
        missing = [str(number) for number in range(1, len(self.text.claims) + 1) if number not in self.types]
        if missing:
            said = say("The key waits. No type is chosen yet for: {claims}.", claims=", ".join(missing))
            self._tell(letter(said))
            return said
        self.committed = True
        for entry in self._entries if self.box is not None else ():
            entry.control.disabled = True
        said = self.verdict()
        self._tell(tag("div", tag("p", said), Html(self.key_table().html), role="status"))
        return said

    @own_language
    def verdict(self) -> str:
        """How far the types and flaws agree with the key.

        Raises
        ------
        ValueError
            Before committing.
        """
        if not self.committed:
            raise ValueError("commit first")
        right = [self.types[number] == one.type for number, one in enumerate(self.text.claims, start=1)]
        said = say_count("{count} type of {all} agrees with the key; Cohen's κ = {kappa}.",
                         "{count} types of {all} agree with the key; Cohen's κ = {kappa}.", sum(right), all=len(right),
                         kappa=format_number(self.kappa(), 2))  # fmt: skip
        planted = {number: one.flaw for number, one in enumerate(self.text.claims, start=1) if one.flaw}
        found = sum(bool(self.flaws.get(number)) for number in planted)
        named = sum(self.flaws.get(number) == flaw for number, flaw in planted.items())
        return f"{said} " + say("Of {all} planted flaws you marked {found} and named {named} as the key does.",
                                all=len(planted), found=found, named=named)  # fmt: skip

    def kappa(self) -> float:
        """Cohen's κ of the own types with the key; 1 where both use one type only and agree."""
        pairs = [(self.types[number], one.type) for number, one in enumerate(self.text.claims, start=1)]
        if len({name for pair in pairs for name in pair}) == 1:
            return 1.0
        rows = [
            (place, coder, code) for place, pair in enumerate(pairs) for coder, code in zip("ab", pair, strict=True)
        ]
        frame = pd.DataFrame(rows, columns=["incident_id", "coder", "code"])
        return float(coder_agreement(frame, incident="incident_id", coder="coder", code="code").kappa)

    @own_language
    def key_table(self) -> Table:
        """The key beside the own choices; only after committing."""
        if not self.committed:
            raise ValueError("commit first")
        code = self._language
        rows = []
        for number, one in enumerate(self.text.claims, start=1):
            own, flaw = self.types[number], self.flaws.get(number)
            chosen = say(TYPES[own]) + ("" if flaw is None else f"; {say(FLAWS[flaw])}")
            key = f"{say(TYPES[one.type])}; {say(FLAWS[one.flaw])}"
            rows.append((str(number), one.words[code], chosen, key, one.why[code]))
        heads = (say("No."), say("Claim"), say("Yours"), say("Key"), say("Why"))
        note = say("The key is one careful reading. Where you differ, say why: that is worth more than the points.")
        return Table(say("Key of the planted claims"), heads, tuple(rows), note)

    def _build(self) -> None:
        self._entries: list[Entry] = []
        rows = []
        for number, one in enumerate(self.text.claims, start=1):
            kind = Entry(say("Type of claim {number}", number=number), "word", word_options(TYPES))
            flaws = [("–", NOT_YET), *((say(label), code) for code, label in FLAWS.items())]
            flaw = Entry(say("Flaw of claim {number}", number=number), "word", flaws)
            for entry in (kind, flaw):
                entry.control.observe(lambda _, n=number, k=kind, f=flaw: self._chosen(n, k, f), names="value")
            self._entries += [kind, flaw]
            fields = column([kind.box, flaw.box], "crm-fields")
            words = html_area(tag("p", tag("b", f"[{number}] "), one.words[self._language]))
            rows.append(column([words, fields], "crm-row"))
        self._said = html_area()
        head = html_area(pieces.STYLE + DOOR_STYLE + STYLE)
        article = html_area(tag("div", Html(pieces.html_of(self.text.to_markdown())), class_="crm-card"))
        commit = button(say("Commit and see the key"), self.commit, primary=True)
        form = column([html_area(tag("h3", say("Type the claims"))), *rows, commit], "crm-form")
        self.box = column([head, article, form, self._said], "crm-box", "crm-widget", "crm-door", "crm-case")

    def _chosen(self, number: int, kind: Entry, flaw: Entry) -> None:
        if kind.control.value:
            chosen = flaw.control.value
            self.choose(number, kind.control.value, None if chosen == NOT_YET else chosen)
        else:
            self.types.pop(number, None)

    def _tell(self, html: str) -> None:
        if self.box is not None:
            self._said.value = html


def practice_article(text_id: str) -> PracticeArticle:
    """Read a text written for practice, type its claims, and compare with the key.

    Parameters
    ----------
    text_id : {"waiting", "risk"}
        Which text.

    Returns
    -------
    PracticeArticle
        Shown by a notebook; ``.types`` holds what was chosen. With ``CRM_STATIC=1`` the text without its key.

    Raises
    ------
    InputError
        If there is no such text.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> sheet = practice_article("risk")
    >>> sheet.choose(1, "definition")
    >>> sheet.commit()
    'The key waits. No type is chosen yet for: 2, 3, 4, 5, 6, 7, 8, 9, 10.'
    """
    return PracticeArticle(practice_text(text_id))
