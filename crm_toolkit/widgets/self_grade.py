"""The rubric as the last step of a workbook: a level for each criterion, and what in the work shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crm_toolkit.errors import Problem
from crm_toolkit.exercises.rubrics import LEVELS, Criterion, samples_heading
from crm_toolkit.exercises.self_grade import Grade, criteria_of, graded
from crm_toolkit.texts import NO_FORMULAS, language, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.case_canvas.fields import Entry, PartForm
from crm_toolkit.widgets.html import tag
from crm_toolkit.widgets.skeleton import Block
from crm_toolkit.widgets.store_style import column, html_area
from crm_toolkit.widgets.tables import Table


class LevelEntry(Entry):
    """The four levels of a criterion, each in its own words; none is chosen at first."""

    def __init__(self, criterion: Criterion):
        code = str(language())
        super().__init__(criterion.name[code], "number")
        words = [criterion.levels[level][code].replace("`", "") for level in LEVELS]
        options = [(f"{level}. {said}", level) for level, said in zip(LEVELS, words, strict=True)]
        self.control = pieces.toolbox().RadioButtons(options=options, value=None, description=self.label)
        for name in ("crm-choices", "crm-hidden-label"):
            self.control.add_class(name)
        self.box = column([html_area(tag("h4", self.label)), self.control, self.note], "crm-field", "crm-wide")

    def read(self) -> tuple[Any, str]:
        """The level, or nothing."""
        return self.control.value, ""

    def show(self, value: Any) -> None:
        """Choose a level."""
        self.control.value = value


class GradesForm:
    """All criteria of a rubric.

    Parameters
    ----------
    rubric_id : str
    changed : callable
        Called when a level or a reason was given.
    """

    def __init__(self, rubric_id: str, changed: Callable[[], Any]):
        self.criteria = criteria_of(rubric_id)
        self.rows: dict[str, PartForm] = {}
        self._others: list[Grade] = []
        boxes = []
        for one in self.criteria:
            shows = say("{criterion}: what in the work shows it", criterion=one.name[str(language())])
            self.rows[one.id] = PartForm(Grade, {"level": LevelEntry(one), "why": Entry(shows, "words")}, changed)
            boxes += [self.rows[one.id].box, *([html_area(_samples(one))] if one.samples else [])]
        lacking = say("The folder of the rubrics is not here: open the workbook from the folder of the course.")
        self.box = column(boxes or [html_area(tag("p", lacking))], "crm-form")

    def collect(self, where: str, problems: list[Problem]) -> tuple[Grade, ...]:
        """The grades as chosen; criteria without a word are left out, those not known here are kept."""
        given = [self.rows[one.id].collect(where, problems) for one in self.criteria]
        named = [Grade(one.id, grade.level, grade.why) for one, grade in zip(self.criteria, given, strict=True)]
        return (*(grade for grade in named if grade.level is not None or grade.why.strip()), *self._others)

    def show(self, grades: Sequence[Grade]) -> None:
        """Put grades into the fields."""
        known = {one.criterion: one for one in grades}
        self._others = [one for one in grades if one.criterion not in self.rows]
        for name, row in self.rows.items():
            row.show(known.get(name, Grade(name)))


def _samples(criterion: Criterion) -> str:
    code = str(language())
    shown = [tag("p", tag("b", say("Level {level}", level=one.level)), ": ", one.text[code])
             for one in criterion.samples]  # fmt: skip
    return tag("details", tag("summary", samples_heading()), *shown, class_=NO_FORMULAS)


def grades_told(rubric_id: str, grades: Sequence[Grade]) -> list[Block]:
    """The self-grades as a table and their sum; nothing where there are none."""
    given, code = graded(grades), str(language())
    criteria = [one for one in criteria_of(rubric_id) if one.id in given]
    if not criteria:
        return []
    rows = tuple((one.name[code], str(given[one.id].level), one.levels[given[one.id].level or 0][code],
                  given[one.id].why.strip() or "–") for one in criteria)  # fmt: skip
    heads = (say("Criterion"), say("Level"), say("What the level means"), say("What in the work shows it"))
    total = say("Together {points} of {most}.", points=sum(one.level or 0 for one in given.values()),
                most=LEVELS[-1] * len(criteria_of(rubric_id)))  # fmt: skip
    return [Table(say("Self-grade by the rubric"), heads, rows, total)]
