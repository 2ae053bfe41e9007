"""The work on an article as one JSON file on this computer; `kept_files` holds how work is kept."""

from __future__ import annotations

from pathlib import Path

from crm_toolkit.errors import Problem
from crm_toolkit.exercises.article.work import ArticleWork
from crm_toolkit.exercises.kept_files import KeptWork, Place
from crm_toolkit.texts import mark

KEPT = KeptWork(
    "crm_toolkit.article",
    1,
    ArticleWork,
    mark("The work on an article can't be read."),
    mark("“{path}” can't be read as work on an article."),
    mark("The work on the article was not saved."),
)


def article_to_json(work: ArticleWork) -> str:
    """Write the work as a text.

    Examples
    --------
    >>> print(article_to_json(ArticleWork())[:54])
    {
      "layout": "crm_toolkit.article",
      "version": 1,
    """
    return KEPT.to_json(work)


def article_from_json(text: str) -> ArticleWork:
    """Read the work from a text.

    Raises
    ------
    InputError
        With all problems.

    Examples
    --------
    >>> article_from_json(article_to_json(ArticleWork())) == ArticleWork()
    True
    """
    return KEPT.from_json(text)


def load_article(path: Place) -> ArticleWork:
    """Open a file of work on an article.

    Raises
    ------
    InputError
        If there is no such file, or something in it does not fit: all problems at once. The file stays as it is.
    """
    return KEPT.load(path)


def rescue_article(path: Place) -> tuple[ArticleWork, tuple[Problem, ...]]:
    """What can be read of a damaged file, and what can't; the file stays as it is.

    Raises
    ------
    InputError
        If there is no such file or nothing in it is work on an article.
    """
    return KEPT.rescue(path)


def save_article(work: ArticleWork, path: Place, *, replacing: ArticleWork | None = None) -> Path:
    """Write the work to a file, whole or not at all; never over a file that holds something else than ``replacing``.

    Raises
    ------
    InputError
        If the file holds something else, can't be read, or can't be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load_article(save_article(ArticleWork(), folder + "/article.json")) == ArticleWork()
    True
    """
    return KEPT.save(work, path, replacing=replacing)
