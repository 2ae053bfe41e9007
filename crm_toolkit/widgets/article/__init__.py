"""The article workshop of the practical task P4: an article of one's own taken apart, kept in one local file.

forms     the fields of the seven steps: widgets in, the work out
map       the argument map as a drawing and in words
told      answers and lamps in words and tables
report    what goes into the skeleton of the report
book      what the page of the steps is made of
practice  a practice text to be typed, its key after committing
"""

from crm_toolkit.widgets.article.book import article_workshop
from crm_toolkit.widgets.article.map import argument_map
from crm_toolkit.widgets.article.practice import PracticeArticle, practice_article
from crm_toolkit.widgets.article.report import article_report

__all__ = ["PracticeArticle", "argument_map", "article_report", "article_workshop", "practice_article"]
