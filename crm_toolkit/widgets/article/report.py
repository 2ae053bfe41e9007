"""What goes into the skeleton of a report on an article."""

from __future__ import annotations

from crm_toolkit.exercises.article import STEPS, ArticleWork, review_article
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.article.map import argument_map
from crm_toolkit.widgets.article.told import follows, said
from crm_toolkit.widgets.skeleton import Chapter, Skeleton

TO_WRITE = {
    1: mark("What does the article ask, for whom, and how is it built? Two or three sentences."),
    2: mark("Which claims carry the article? Which one wears the clothes of another type?"),
    3: mark("Follow the argument from its ground to its conclusion: where is the weakest step?"),
    4: mark("What do other studies say, for and against? How far do they speak of the same thing?"),
    5: mark("What does the article leave without support, and which of its parts did you leave out?"),
    6: mark("Could the study have shown the opposite? What can be said of its age?"),
    7: mark("What do you hold, how sure are you, and what would change your mind?"),
}


def article_report(work: ArticleWork) -> Skeleton:
    """The skeleton of a report on an article, in the reader's language.

    Parameters
    ----------
    work : ArticleWork
        As it stands.

    Returns
    -------
    Skeleton
        ``.html``, ``.docx``, ``.save("report.html")``; a PDF is printed by a browser of this computer.

    Examples
    --------
    >>> len(article_report(ArticleWork()).chapters)
    7
    """
    review = review_article(work)
    chapters = tuple(Chapter(f"{step}. {say(label)}", said(step, work), follows(step, work, review.lamps),
                             say(TO_WRITE[step])) for step, label in STEPS.items())  # fmt: skip
    title = say("Analysis of an article: {title}", title=work.reference.title.strip() or say("an article"))
    findings = tuple(f"{one.step}. {one.text} {one.advice}".strip() for one in review.findings)
    return Skeleton(title, chapters, say("Argument map"), argument_map(work), findings)
