"""The workbook on a real programme: its steps, form, review, picture and report, for the page of the steps."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from crm_toolkit.exercises.real_programme import STEPS, ProgrammeWork, review_programme
from crm_toolkit.exercises.real_programme.files import KEPT
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.models.model_diagram import Diagram
from crm_toolkit.widgets.programme_workbook.forms import INTRODUCTIONS, RealProgrammeForm
from crm_toolkit.widgets.programme_workbook.report import programme_card, real_programme_report, year_picture
from crm_toolkit.widgets.programme_workbook.told import follows
from crm_toolkit.widgets.step_book import StepBook, Workbook


def _year(step: int, work: ProgrammeWork, _review: Any) -> tuple[str, Diagram] | None:
    if step != 3:
        return None
    drawn = year_picture(work)
    return (say("The sample member's year"), drawn) if drawn.svg else None


PROGRAMME = Workbook(
    KEPT,
    "real_programme.json",
    mark("The programme of a real organisation"),
    STEPS,
    INTRODUCTIONS,
    RealProgrammeForm,
    lambda work: review_programme(work, today=dt.date.today()),
    lambda step, work, review: follows(step, work, review.worked),
    real_programme_report,
    _year,
    ((mark("Write the card of the programme (TOML)"), "card.toml", programme_card),),
)


def real_programme(path: str | os.PathLike[str] | None = None) -> StepBook:
    """Describe the loyalty programme of a real organisation, run it, count, plan a test, judge.

    Parameters
    ----------
    path : path, optional
        The file in which the work is kept, by default ``real_programme.json`` in the working folder. If it is there,
        it is opened. It stays on this computer and is never sent anywhere.

    Returns
    -------
    StepBook
        Shown by a notebook; ``.work`` is the work for code, ``.review.worked`` what follows from it. With
        ``CRM_STATIC=1`` how far it is.

    Raises
    ------
    InputError
        With ``CRM_STATIC=1``, if the file is damaged.
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book = real_programme(folder + "/real_programme.json")
    >>> book.review.answered
    0
    """
    return StepBook(PROGRAMME, path)
