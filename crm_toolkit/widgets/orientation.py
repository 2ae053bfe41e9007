"""Orientation at hand: turn staff and clients, see gap and alpha; and say what invented organisations turn around."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from crm_toolkit import plots
from crm_toolkit.analysis import orientation
from crm_toolkit.analysis.orientation import DIMENSIONS, ELEMENTS, RELIABLE, SCALES, OrientationProfile
from crm_toolkit.datasets.orientation_survey import KNOBS, make_orientation_survey
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.orientation_vignettes import CONFUSIONS, KINDS, Vignette, vignettes_of
from crm_toolkit.plots.orientation import orientation_chart
from crm_toolkit.texts import format_number, language, say, say_count
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, Sentence, View
from crm_toolkit.widgets.html import tag
from crm_toolkit.widgets.store_style import STYLE, button, column, html_area, line, own_language
from crm_toolkit.widgets.tables import Table

_ROWS = (("staff_level", "client_level", "consistency"), ("staff_count", "client_count", "turn"), ("element",),
         ("conclusion",), ("picture",), ("reliability",), ("proof",))  # fmt: skip


def orientation_profile(staff: pd.DataFrame | None = None, clients: pd.DataFrame | None = None) -> Explorer:
    """Turn what staff and clients answer, and see the gap, the reliability and what would prove an element.

    Parameters
    ----------
    staff, clients : pandas.DataFrame, optional
        Answers of your own, as for `analysis.orientation.orientation_profile`; by default respondents are simulated.

    Returns
    -------
    Explorer
        ``.result`` is an `analysis.orientation.OrientationProfile`. With ``CRM_STATIC=1`` there is only the static
        copy.

    Raises
    ------
    InputError
        If one table is given without the other, or answers can't be used.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = orientation_profile()
    >>> bool(explorer.result.reliability["enough"].iloc[0])
    True
    >>> explorer.controls["turn"].value = False
    >>> bool(explorer.result.reliability["enough"].iloc[0])
    False
    """
    if (staff is None) != (clients is None):
        what = say("Answers of staff and of clients are needed together.")
        raise InputError(say("This profile can't be drawn."), [Problem("one_side", what)])

    def look(*, turn: bool, element: str, **numbers: Any) -> View:
        if staff is not None and clients is not None:
            profile = orientation.orientation_profile(staff, clients, turn=turn)
        else:
            made = make_orientation_survey(**numbers)
            profile = orientation.orientation_profile(made.staff, made.clients, turn=turn)
        areas: dict[str, Any] = {"picture": plots.show(orientation_chart(profile)),
                                 "reliability": _reliability(profile), "proof": _proof(element)}  # fmt: skip
        notes = (say("Items of the course, not validated anywhere. A gap shows that both sides see it differently, and "
                     "not who is right."),)  # fmt: skip
        return View(_conclusion(profile), areas, profile, notes)

    start = {"turn": True, "element": "culture"}
    numbers = {} if staff is not None else {name: knob.default for name, knob in KNOBS.items()}

    def controls() -> dict[str, Any]:
        return {
            **{name: number_control(KNOBS[name]) for name in numbers},
            "turn": choice_control(say("Reversed items"), [(say("turned"), True), (say("not turned"), False)],
                                   value=True),
            "element": choice_control(say("Element"), [(say(told[0]), code) for code, told in ELEMENTS.items()],
                                      value="culture"),
        }  # fmt: skip

    rows = [tuple(name for name in row if name in numbers or name not in KNOBS) for row in _ROWS]
    return Explorer(look, controls=controls, start=start | numbers, rows=[row for row in rows if row])


def _conclusion(profile: OrientationProfile) -> str:
    weak = int((~profile.reliability["enough"]).sum())
    far = profile.largest_gap
    told = say("The largest gap: “{dimension}”, staff {staff}, clients {clients}.",
               dimension=say(DIMENSIONS[far["dimension"]]), staff=format_number(far["staff"], 1),
               clients=format_number(far["clients"], 1))  # fmt: skip
    if not profile.turned:
        return say("Reversed items are not turned: means and α are wrong.")
    if weak:
        told += " " + say_count("Warning: {count} of the α lies under {least}.",
                                "Warning: {count} of the α lie under {least}.", weak,
                                least=format_number(RELIABLE.default, 1))  # fmt: skip
    return told


def _reliability(profile: OrientationProfile) -> Table:
    heads = (say("Scale"), say("Who"), say("Cronbach's α"), say("Interval"), say("Respondents"), say("Verdict"))
    who = {"staff": say("staff"), "clients": say("clients")}
    rows = [
        (say(SCALES[row["scale"]]), who[row["who"]], format_number(row["alpha"], 2),
         say("{low} to {high}", low=format_number(row["low"], 2), high=format_number(row["high"], 2)),
         format_number(row["respondents"]), say("enough") if row["enough"] else say("under 0.7: do not add up"))
        for row in profile.reliability.to_dict("records")
    ]  # fmt: skip
    return Table(say("How far the items of a scale agree"), heads, tuple(rows))


def _proof(element: str) -> Table:
    rows = tuple((say(name), say(proof), say(passes)) for code, (name, proof, passes) in ELEMENTS.items()
                 if code == element)  # fmt: skip
    heads = (say("Element"), say("What would prove that it is there"), say("What often passes for it"))
    return Table(say("The element, and its proof"), heads, rows)


def element_table() -> Table:
    """All elements of a client-oriented organisation with what would prove them.

    >>> len(element_table().rows)
    6
    """
    heads = (say("Element"), say("What would prove that it is there"), say("What often passes for it"))
    rows = tuple((say(name), say(proof), say(passes)) for name, proof, passes in ELEMENTS.values())
    return Table(say("Elements of a client-oriented organisation"), heads, rows)


class VignetteSorting:
    """Vignettes and the kinds chosen so far; made by `sort_orientations`.

    Attributes
    ----------
    vignettes : tuple of Vignette
    chosen : dict of str to str
        Code of the vignette → the kind chosen *first*, which counts.
    place : int
        The vignette that is shown, from 0.
    box : widget or None
    """

    def __init__(self, student: object):
        self._language = str(language())
        self.vignettes: tuple[Vignette, ...] = vignettes_of(student)
        self.chosen: dict[str, str] = {}
        self.place = 0
        self.box: Any = None
        if not pieces.static_wanted():
            self._build()

    def __repr__(self) -> str:
        return f"VignetteSorting({len(self.chosen)} of {len(self.vignettes)} sorted)"

    @property
    def right(self) -> int:
        """How many first choices are right."""
        kinds = {one.code: one.kind for one in self.vignettes}
        return sum(kinds[code] == kind for code, kind in self.chosen.items())

    @own_language
    def choose(self, kind: str) -> str:
        """Choose a kind for the vignette that is shown; returns what is said about it."""
        shown = self.vignettes[self.place]
        self.chosen.setdefault(shown.code, kind)
        if kind == shown.kind:
            said = say("Yes: {kind}.", kind=say(KINDS[kind]))
        else:
            said = say("Not {kind}. {confusion}", kind=say(KINDS[kind]), confusion=say(CONFUSIONS[kind, shown.kind]))
        self._show(said)
        return said

    @own_language
    def go(self, step: int) -> None:
        """Turn over to the vignette before or after."""
        self.place = min(max(self.place + step, 0), len(self.vignettes) - 1)
        self._show("")

    def _build(self) -> None:
        self._text, self._told = html_area(), html_area()
        kinds = [button(say(text).capitalize(), partial(self.choose, kind)) for kind, text in KINDS.items()]
        row = line([button(say("Back"), partial(self.go, -1)), button(say("Next"), partial(self.go, 1), primary=True)])
        head = html_area(tag("h2", say("What does this organisation revolve around?")))
        self.box = column([html_area(pieces.STYLE + STYLE), head, self._text, line(kinds), self._told, row], "crm-box",
                          "crm-widget", "crm-door")  # fmt: skip
        self._show("")

    def _show(self, said: str) -> None:
        if self.box is None:
            return
        count = say("Vignette {place} of {all}; right at first try: {right} of {done}", place=self.place + 1,
                    all=len(self.vignettes), right=self.right, done=len(self.chosen))  # fmt: skip
        text = say(self.vignettes[self.place].text)
        self._text.value = tag("div", tag("p", tag("b", count)), tag("blockquote", text), role="status")
        self._told.value = tag("p", said, role="alert") if said else ""

    @own_language
    def _ipython_display_(self) -> None:
        from IPython.display import display

        for part in [self.box] if self.box is not None else self.static_parts():
            display(part)

    @own_language
    def static_parts(self) -> list[Any]:
        """The static copy: the kinds and all vignettes."""
        rows = tuple((str(number), say(one.text)) for number, one in enumerate(self.vignettes, start=1))
        kinds = "; ".join(say(text) for text in KINDS.values())
        title = Sentence(say("What does this organisation revolve around?"), strong=True)
        return [title, Sentence(kinds), Table(say("Vignettes"), (say("Number"), say("Text")), rows)]


def sort_orientations(student: str) -> VignetteSorting:
    """Say of twelve invented organisations what they turn around; every wrong answer names the confusion.

    Parameters
    ----------
    student : str
        Your id: it gives you vignettes of your own.

    Returns
    -------
    VignetteSorting
        ``.choose(kind)`` and ``.go(1)`` do the same from code. With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> sorting = sort_orientations("A-1")
    >>> sorting.choose(sorting.vignettes[0].kind)[:4], sorting.right
    ('Yes:', 1)
    """
    return VignetteSorting(student)
