"""The workbook of a dossier: its steps, form, review, drawing and report, for the page of the steps."""

from __future__ import annotations

import datetime as dt
import os

from crm_toolkit.exercises.organisation_dossier import STEPS, Dossier, DossierReview, review_dossier
from crm_toolkit.exercises.organisation_dossier.files import KEPT
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.dossier_workbook.drawing import funnel_drawing
from crm_toolkit.widgets.dossier_workbook.forms import INTRODUCTIONS, DossierForm
from crm_toolkit.widgets.dossier_workbook.report import dossier_report
from crm_toolkit.widgets.dossier_workbook.told import follows
from crm_toolkit.widgets.models.model_diagram import Diagram
from crm_toolkit.widgets.step_book import StepBook, Workbook

WITH_FUNNEL = (5, 7, 9)


def _funnel(step: int, _dossier: Dossier, review: DossierReview) -> tuple[str, Diagram] | None:
    if step not in WITH_FUNNEL or not review.worked.passages:
        return None
    return say("Funnel to retention"), funnel_drawing(review.worked)


DOSSIER = Workbook(
    KEPT,
    "organisation_dossier.json",
    mark("Dossier of an organisation"),
    STEPS,
    INTRODUCTIONS,
    DossierForm,
    lambda dossier: review_dossier(dossier, today=dt.date.today()),
    lambda step, dossier, review: follows(step, dossier, review.worked),
    dossier_report,
    _funnel,
)


def organisation_dossier(path: str | os.PathLike[str] | None = None) -> StepBook:
    """Find out how a real organisation attracts, serves and keeps its clients, and where value leaks.

    Parameters
    ----------
    path : path, optional
        The file in which the work is kept, by default ``organisation_dossier.json`` in the working folder. If it is
        there, it is opened. It stays on this computer and is never sent anywhere.

    Returns
    -------
    StepBook
        Shown by a notebook; ``.work`` is the dossier for code, ``.review.worked`` what follows from it. With
        ``CRM_STATIC=1`` how far it is, and the funnel.

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
    ...     book = organisation_dossier(folder + "/organisation_dossier.json")
    >>> book.review.answered
    0
    """
    return StepBook(DOSSIER, path)
