"""Code incidents of switching one by one, then see how far the coding agrees with a key and with another coder."""

from __future__ import annotations

from functools import partial
from typing import Any

from crm_toolkit import plots
from crm_toolkit.analysis.complaints import ready_complaint_tags
from crm_toolkit.analysis.incidents import REASONS, CoderAgreement
from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.exercises.incident_coding import (
    DEFINITIONS,
    LEAST,
    CodingResult,
    check_coding,
    incidents_of,
)
from crm_toolkit.plots.switching import coder_confusion_chart
from crm_toolkit.texts import format_number, format_percent, language, mark, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.explorer import STYLE as TABLE_STYLE
from crm_toolkit.widgets.explorer import Sentence
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.store_style import STYLE, button, column, html_area, letter, line, own_language
from crm_toolkit.widgets.tables import Table

RULE = mark(
    "For each incident choose the one kind that decided it: without it they would have stayed. What is mentioned "
    "besides does not count."
)
_LOOK = """<style>
.crm-coding blockquote { font-size: 1.12em; margin: 0.3em 0 0.6em; padding: 0.1em 0 0.1em 0.9em;
  border-left: 4px solid var(--crm-blue); min-height: 4.5em; }
.crm-coding .crm-kinds { display: grid; gap: 0.4em;
  grid-template-columns: repeat(auto-fill, minmax(min(25em, 100%), 1fr)); }
.crm-door.crm-coding .crm-kinds .jupyter-button { text-align: left; width: 100%; }
.crm-box.crm-coding, .crm-coding > * { flex: none; }
.crm-coding .crm-table th, .crm-coding .crm-table td { text-align: left; overflow-wrap: normal; }
</style>"""
_SHOWN = 8


class IncidentCoding:
    """Incidents and the codes given so far; made by `code_incidents`.

    Attributes
    ----------
    made : datasets.switching_incidents.SwitchingIncidents
        The incidents, with their key.
    codes : dict of int to str
        Incident → kind, for those coded.
    place : int
        The incident that is shown, from 1.
    result : CodingResult or None
        The comparison, when it was asked for last.
    box : widget or None
    """

    def __init__(self, student: object, count: int, salt: str):
        self._language = str(language())
        self.made = incidents_of(student, count=count, salt=salt)
        self.codes: dict[int, str] = {}
        self.place = 1
        self.result: CodingResult | None = None
        self.box: Any = None
        if not pieces.static_wanted():
            self._build()

    def __repr__(self) -> str:
        return f"IncidentCoding({len(self.codes)} of {len(self.made.texts)} coded)"

    @own_language
    def code(self, incident: int, reason: str) -> None:
        """Give an incident its kind, and go on to the next one that has none."""
        self.codes[int(incident)] = reason
        numbers = self.made.texts["incident_id"].tolist()
        later = [*numbers[numbers.index(int(incident)) + 1 :], *numbers]
        self.place = next((one for one in later if one not in self.codes), int(incident))
        self.result = None
        self._show()

    @own_language
    def go(self, step: int) -> None:
        """Turn over to the incident before or after."""
        self.place = min(max(self.place + step, 1), len(self.made.texts))
        self._show()

    @own_language
    def compare(self) -> CodingResult | None:
        """Compare with the key and with the second coder; a letter if too little is coded."""
        try:
            self.result = check_coding(self.codes, self.made)
        except CRMError as refusal:
            if self.box is None:
                raise
            self._told.value = letter(str(refusal))
            return None
        self._show()
        return self.result

    def _build(self) -> None:
        self._text, self._told = html_area(), html_area()
        kinds = {code: button(_kind_text(code), partial(self._press, code)) for code in REASONS}
        self._kinds = kinds
        grid = column(kinds.values(), "crm-kinds")
        row = line([
            button(say("Previous incident"), partial(self.go, -1)), button(say("Next incident"), partial(self.go, 1)),
            button(say("Compare"), self.compare, primary=True),
        ])  # fmt: skip
        head = html_area(tag("h2", say("Why did they leave?")) + tag("p", say(RULE)))
        style = html_area(pieces.STYLE + TABLE_STYLE + STYLE + _LOOK)
        self.box = column([style, head, self._text, grid, row, self._told], "crm-box", "crm-widget", "crm-door",
                          "crm-coding")  # fmt: skip
        self._show()

    def _press(self, code: str) -> None:
        self.code(self.place, code)

    def _show(self) -> None:
        if self.box is None:
            return
        text = self.made.texts["text"].iloc[self.place - 1]
        count = say("Incident {place} of {all}; coded: {coded}", place=self.place, all=len(self.made.texts),
                    coded=len(self.codes))  # fmt: skip
        self._text.value = tag("div", tag("p", tag("b", count)), tag("blockquote", text), role="status")
        for code, one in self._kinds.items():
            (one.add_class if self.codes.get(self.place) == code else one.remove_class)("crm-on")
        parts = comparison(self.result) if self.result is not None else []
        self._told.value = tag("div", joined(Html(part.html) for part in parts), role="status") if parts else ""

    @own_language
    def _ipython_display_(self) -> None:
        from IPython.display import display

        if self.box is not None:
            display(self.box)
            return
        for part in self.static_parts():
            display(part)

    @own_language
    def static_parts(self) -> list[Any]:
        """The static copy: the rule, the kinds, the first incidents; the comparison if there is one."""
        kinds = tuple((say(name), say(DEFINITIONS[code])) for code, name in REASONS.items())
        rows = tuple((str(row["incident_id"]), row["text"])
                     for row in self.made.texts.head(_SHOWN).to_dict("records"))  # fmt: skip
        parts: list[Any] = [
            Sentence(say("Why did they leave?"), strong=True), Sentence(say(RULE)),
            Table(say("Eight kinds of reasons"), (say("Kind"), say("What belongs to it")), kinds),
            Table(say("The first incidents"), (say("Number"), say("Text")), rows),
        ]  # fmt: skip
        return parts + (comparison(self.result) if self.result is not None else [])


def comparison(found: CodingResult) -> list[Any]:
    """What a coding is worth, in parts: sentence, picture, pairs that were mixed up, tags beside it."""
    parts: list[Any] = [Sentence(_conclusion(found), strong=True), Sentence(say(
        "Above 0.8 codings are usually called reliable, from 0.67 on good enough for careful conclusions: a convention "
        "(Krippendorff), no law. Where both coders make the same mistake they agree all the same."
    ))]  # fmt: skip
    parts.append(plots.show(coder_confusion_chart(found.with_key.confusion, rows=say("You"), columns=say("Key"))))
    if len(found.mixed_up):
        rows = tuple((say(REASONS[row["own"]]), say(REASONS[row["key"]]), str(row["incidents"]))
                     for row in found.mixed_up.head(_SHOWN).to_dict("records"))  # fmt: skip
        parts.append(Table(say("Mixed up"), (say("Your kind"), say("Kind of the key"), say("Incidents")), rows))
    tagged = found.tags[found.tags["tags"] != ""].head(_SHOWN)
    titles = {tag.name: tag.title for tag in ready_complaint_tags()}
    rows = tuple((str(row["incident_id"]), ", ".join(titles[one] for one in row["tags"].split(", ")),
                  say(REASONS[row["key"]])) for row in tagged.to_dict("records"))  # fmt: skip
    heads = (say("Number"), say("Tags from words"), say("Kind of the key"))
    note = say("The list of words finds something in {share} of the texts. It names what went wrong and can't tell "
               "what decided.", share=format_percent(found.tagged, 0))  # fmt: skip
    parts.append(Table(say("What a list of words finds in the same texts"), heads, rows, note))
    return parts


def _conclusion(found: CodingResult) -> str:
    def told(one: CoderAgreement) -> dict[str, str]:
        if one.kappa != one.kappa:  # everybody used one and the same kind
            return {"kappa": "–", "low": "–", "high": "–", "same": format_percent(one.agreed, 0)}
        return {"kappa": format_number(one.kappa, 2), "low": format_number(one.kappa_low, 2),
                "high": format_number(one.kappa_high, 2), "same": format_percent(one.agreed, 0)}  # fmt: skip

    key = say("With the key: {same} alike, κ {kappa} (from {low} to {high}).", **told(found.with_key))
    second = say("With a simulated second coder: {same} alike, κ {kappa} (from {low} to {high}).",
                 **told(found.with_second))  # fmt: skip
    return f"{key} {second}"


def _kind_text(code: str) -> str:
    return say("{kind}: {definition}", kind=say(REASONS[code]).capitalize(), definition=say(DEFINITIONS[code]))


def code_incidents(student: str, *, count: int = 24, salt: str = "") -> IncidentCoding:
    """Code incidents by the eight kinds of Keaveney, and see κ with a key and with a second coder.

    Parameters
    ----------
    student : str
        Your id: it gives you incidents of your own.
    count : int
        How many, 20 or more.
    salt : str
        An instructor's word that gives everybody others.

    Returns
    -------
    IncidentCoding
        A notebook shows the incidents one by one, then the comparison. ``.code(incident, reason)`` and ``.compare()``
        do the same from code. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    InputError
        If there are fewer than 20 incidents.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> coding = code_incidents("A-1")
    >>> for incident, reason in coding.made.key[["incident_id", "reason"]].values:
    ...     coding.code(incident, reason)
    >>> round(coding.compare().with_key.kappa, 2)
    1.0
    """
    if isinstance(count, bool) or not isinstance(count, int) or not LEAST <= count <= 500:
        what = say("`{name}` can't be {value}.", name="count", value=repr(count))
        allowed = say("A whole number from {low} to {high} is allowed.", low=LEAST, high=500)
        heading = say("`{function}` can't use these numbers.", function="code_incidents")
        raise InputError(heading, [Problem("outside_range", what, advice=allowed, column="count")])
    return IncidentCoding(student, count, salt)
