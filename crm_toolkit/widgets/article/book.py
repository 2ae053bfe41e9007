"""The article workshop: seven steps with their fields, the argument map, the lamps, and the file."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from crm_toolkit.exercises.article import STEPS, ArticleWork, review_article
from crm_toolkit.exercises.article.files import KEPT
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.article.forms import INTRODUCTIONS, ArticleForm
from crm_toolkit.widgets.article.map import argument_map
from crm_toolkit.widgets.article.report import article_report
from crm_toolkit.widgets.article.told import follows
from crm_toolkit.widgets.models.model_diagram import Diagram
from crm_toolkit.widgets.step_book import StepBook, Workbook

WITH_MAP = (2, 3, 4, 5, 7)


def _map(step: int, work: ArticleWork, _review: Any) -> tuple[str, Diagram] | None:
    return (say("Argument map"), argument_map(work)) if work.stated and step in WITH_MAP else None


ARTICLE = Workbook(
    KEPT,
    "article.json",
    mark("Article workshop"),
    STEPS,
    INTRODUCTIONS,
    ArticleForm,
    lambda work: review_article(work, this_year=dt.date.today().year),
    lambda step, work, review: follows(step, work, review.lamps),
    article_report,
    _map,
)


def article_workshop(path: str | os.PathLike[str] | None = None) -> StepBook:
    """Take an article apart that you have read: claims, argument, evidence, method, own position.

    Parameters
    ----------
    path : path, optional
        The file in which the work is kept, by default ``article.json`` in the working folder. If it is there, it is
        opened. It stays on this computer and is never sent anywhere.

    Returns
    -------
    StepBook
        Shown by a notebook; ``.work`` is the work for code. With ``CRM_STATIC=1`` how far it is, and the map.

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
    ...     book = article_workshop(folder + "/article.json")
    >>> book.review.answered
    0
    """
    return StepBook(ARTICLE, path)
