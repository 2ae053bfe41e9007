"""The dossier of a real organisation, the practical task P1: how it attracts, serves and keeps its clients.

cards   technologies of the three stages, with lever, metric and typical misconception
work    the nine steps as one frozen value, empty until something is said
worked  shares with intervals, the funnel, the size of a test
review  gaps and contradictions step by step
files   one readable JSON file on this computer

The toolkit knows no organisation: every fact is the author's, with its source and day.
"""

from crm_toolkit.exercises.organisation_dossier.cards import BY_CODE, CARDS, GROUPS, OWN, STAGES, Card, cards_of
from crm_toolkit.exercises.organisation_dossier.files import load_dossier, save_dossier
from crm_toolkit.exercises.organisation_dossier.review import DossierReview, review_dossier
from crm_toolkit.exercises.organisation_dossier.work import (
    CHOICES,
    MOST_FACTS,
    MOST_OF_STAGE,
    MOST_ROWS,
    MOST_SEGMENTS,
    MOST_STEPS,
    RUBRIC,
    STEP_OF,
    STEPS,
    BlueprintStep,
    Diagnosis,
    Dossier,
    Fact,
    FunnelFrame,
    FunnelStep,
    Measure,
    Organisation,
    Recommendation,
    Segment,
    Technology,
)
from crm_toolkit.exercises.organisation_dossier.worked import (
    Passage,
    Share,
    WorkedDossier,
    share_of,
    work_out_dossier,
)

__all__ = [
    "BY_CODE",
    "CARDS",
    "CHOICES",
    "GROUPS",
    "MOST_FACTS",
    "MOST_OF_STAGE",
    "MOST_ROWS",
    "MOST_SEGMENTS",
    "MOST_STEPS",
    "OWN",
    "RUBRIC",
    "STAGES",
    "STEPS",
    "STEP_OF",
    "BlueprintStep",
    "Card",
    "Diagnosis",
    "Dossier",
    "DossierReview",
    "Fact",
    "FunnelFrame",
    "FunnelStep",
    "Measure",
    "Organisation",
    "Passage",
    "Recommendation",
    "Segment",
    "Share",
    "Technology",
    "WorkedDossier",
    "cards_of",
    "load_dossier",
    "review_dossier",
    "save_dossier",
    "share_of",
    "work_out_dossier",
]
