"""The work on an article, the practical task P4: claims, argument map, evidence, method, own position.

work      the seven steps as one frozen value, empty until something is said
evidence  findings on consumers of services with their source, how far it was seen, and what speaks against
lamps     which parts of the article are covered, which claims stand without support
review    gaps and contradictions step by step, never opinions
files     one readable JSON file on this computer
practice  two texts written for practice, with claims that were planted, and a key for afterwards

Nothing is said here about the article that a learner brings.
"""

from crm_toolkit.exercises.article.evidence import SEEN, TOPICS, Evidence, entry, evidence_bank
from crm_toolkit.exercises.article.files import (
    article_from_json,
    article_to_json,
    load_article,
    rescue_article,
    save_article,
)
from crm_toolkit.exercises.article.lamps import SIGNS, STATES, ClaimLamp, Lamps, light
from crm_toolkit.exercises.article.practice import FLAWS, PlantedClaim, PracticeText, practice_text
from crm_toolkit.exercises.article.review import ArticleReview, review_article
from crm_toolkit.exercises.article.work import (
    COPIES,
    ENTRIES,
    KINDS,
    OWN,
    RELATIONS,
    STANCES,
    STEPS,
    TYPES,
    ArticleWork,
    Claim,
    EvidenceLink,
    Link,
    Method,
    Position,
    Reference,
    Section,
)

__all__ = [
    "COPIES",
    "ENTRIES",
    "FLAWS",
    "KINDS",
    "OWN",
    "RELATIONS",
    "SEEN",
    "SIGNS",
    "STANCES",
    "STATES",
    "STEPS",
    "TOPICS",
    "TYPES",
    "ArticleReview",
    "ArticleWork",
    "Claim",
    "ClaimLamp",
    "Evidence",
    "EvidenceLink",
    "Lamps",
    "Link",
    "Method",
    "PlantedClaim",
    "Position",
    "PracticeText",
    "Reference",
    "Section",
    "article_from_json",
    "article_to_json",
    "entry",
    "evidence_bank",
    "light",
    "load_article",
    "practice_text",
    "rescue_article",
    "review_article",
    "save_article",
]
