"""Full-text search over customers, contacts, requests and articles.

words      how two spellings of one word meet
asking     what a question means: words, "phrases", -words
index      the index's tables, kept with every change: `refresh`, `forget`, `rebuild`
finding    the question under a role's rules: `find`
pieces     excerpts as pieces of text
timed      the same question with the index and without
"""

from crm_toolkit.store.search.finding import KINDS, Hit, SearchResult, find
from crm_toolkit.store.search.index import SEARCHED, build, forget, rebuild, refresh
from crm_toolkit.store.search.pieces import Piece

__all__ = ["KINDS", "SEARCHED", "Hit", "Piece", "SearchResult", "build", "find", "forget", "rebuild", "refresh"]
