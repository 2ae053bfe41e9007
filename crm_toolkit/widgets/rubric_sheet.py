"""A rubric to read before the work and to grade oneself by after it."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

from crm_toolkit import texts
from crm_toolkit.exercises import progress
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.exercises.rubrics import LEVELS, Criterion, Rubric, load_rubric, samples_heading
from crm_toolkit.texts import NO_FORMULAS, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.html import Html, tag


class RubricSheet:
    """A rubric with a choice of level for each criterion; made by `rubric`.

    Attributes
    ----------
    rubric : Rubric
    grades : dict
        Criterion → level 0 to 3, for those chosen.
    """

    def __init__(self, declared: Rubric):
        self.rubric = declared
        self.grades: dict[str, int] = {}
        self._language = str(texts.language())
        self._box = None if pieces.static_wanted() else self._build(pieces.toolbox())

    def __repr__(self) -> str:
        return f"RubricSheet({self.rubric.id!r}, grades={self.grades})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        with texts.language(self._language):
            if self._box is not None:
                return self._box._repr_mimebundle_(**options)
            return self._static()

    def _static(self) -> dict[str, str]:
        table, samples = self.rubric.to_markdown(), self.rubric.samples_to_markdown()
        if not samples:
            return pieces.bundle(None, table)
        folded = tag("details", tag("summary", samples_heading()), Html(pieces.html_of(samples)))
        whole = f"{table}\n\n### {samples_heading()}\n\n{samples}"
        html = tag("div", Html(pieces.html_of(table)), folded, class_=NO_FORMULAS)
        return {"text/html": html, "text/markdown": whole, "text/plain": whole}

    def _build(self, tools: Any) -> Any:
        code = self._language
        rows = [tools.HTML(f"{pieces.STYLE}<p><strong>{escape(self.rubric.title[code])}</strong></p>")]
        for criterion in self.rubric.criteria:
            name = tools.HTML(f"<p><strong>{escape(criterion.name[code])}</strong></p>")
            words = [criterion.levels[level][code].replace("`", "") for level in LEVELS]  # a choice is plain text
            options = [(f"{level}. {said}", level) for level, said in zip(LEVELS, words, strict=True)]
            radios = tools.RadioButtons(options=options, value=None)
            radios.add_class("crm-choices")
            radios.observe(partial(self._chosen, criterion.id), names="value")
            samples = [tools.HTML(self._samples(criterion))] if criterion.samples else []
            rows.append(tools.VBox([name, radios, *samples]))
        self._summary = tools.HTML(pieces.html_of(self.summary()))
        box = tools.VBox([*rows, self._summary])
        box.add_class("crm-box")
        return box

    def _samples(self, criterion: Criterion) -> str:
        """The samples of a criterion, folded away until they are asked for."""
        shown = [
            tag("p", tag("b", say("Level {level}", level=one.level)), ": ", one.text[self._language])
            for one in criterion.samples
        ]
        return tag("details", tag("summary", samples_heading()), *shown, class_=NO_FORMULAS)

    def _chosen(self, criterion_id: str, change: Any) -> None:
        self.grade(criterion_id, change["new"])

    def grade(self, criterion_id: str, level: int) -> str:
        """Choose the level of a criterion; returns the summary."""
        if criterion_id not in {one.id for one in self.rubric.criteria} or level not in LEVELS:
            raise ValueError(f"no criterion {criterion_id!r} with level {level!r}")
        self.grades[criterion_id] = level
        self._note()
        said = self.summary()
        if self._box is not None:
            self._summary.value = pieces.live(pieces.html_of(said))
        return said

    def _note(self) -> None:
        """Write down that the whole work was graded; a rubric that is no lesson's is not the course's concern."""
        lesson = next((one.number for one in LESSONS if self.rubric.id in one.rubrics), "")
        if lesson and len(self.grades) == len(self.rubric.criteria):
            progress.note("rubric", lesson, self.rubric.id, "graded", str(sum(self.grades.values())))

    def summary(self) -> str:
        """How far the work is, and what the next step of its weakest criterion looks like."""
        with texts.language(self._language):
            criteria = self.rubric.criteria
            said = say("Graded: {done} of {all} criteria.", done=len(self.grades), all=len(criteria))
            if len(self.grades) < len(criteria):
                return said
            total = say("Together {points} of {most}.", points=sum(self.grades.values()), most=3 * len(criteria))
            weakest = min(criteria, key=lambda one: self.grades[one.id])
            level = self.grades[weakest.id]
            if level == LEVELS[-1]:
                return f"{said} {total}"
            name, text = weakest.name[self._language], weakest.levels[level + 1][self._language]
            step = say("Next step, {criterion}: {level}", criterion=name, level=text)
            return f"{said} {total}\n\n{step}"


def rubric(rubric_id: str) -> RubricSheet:
    """What is looked for in an open task, and where does my work stand?

    Parameters
    ----------
    rubric_id : str
        The name of a rubric of the course, such as ``"insight_card"``.

    Returns
    -------
    RubricSheet
        Shown by a notebook; ``.grades`` holds what was chosen. With ``CRM_STATIC=1`` a table is shown.

    Raises
    ------
    InputError
        If there is no such rubric.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> sheet = rubric("insight_card")
    >>> sheet.grade("claim", 2)
    'Graded: 1 of 6 criteria.'
    """
    return RubricSheet(load_rubric(rubric_id))
