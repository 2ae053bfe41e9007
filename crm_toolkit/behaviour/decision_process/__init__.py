"""The consumer's decision process after Hawkins, Best and Coney: stages that can be computed, with their assumptions.

recognition   desired against actual state, importance, threshold; what opened the gap
sets          awareness, evoked, inept and inert set
search        when another look no longer pays: reservation values, the search rule, a sample fixed beforehand
involvement   nominal, limited and extended decisions
situations    Belk's five situations as moves of weights, cutoffs and attention
outlets       what and where: three sequences
after         dissonance; experiences fed back to beliefs and expectations

Evaluation of alternatives has a room of its own: `decision_rules`.

Limits: the model puts in order what may matter in a purchase; it can't foresee a particular one. Every number here is
the learner's own or a declared assumption, not a measurement.
"""

from crm_toolkit.behaviour.decision_process.after import LEARNING, Feedback, choice_difficulty, dissonance, feed_back
from crm_toolkit.behaviour.decision_process.involvement import (
    DECISION_TYPES,
    EXTENDED_FROM,
    FEATURES,
    LIMITED_FROM,
    STAGES,
    decision_type,
    nominal_kind,
)
from crm_toolkit.behaviour.decision_process.outlets import SEQUENCES, Purchase, choose_purchase
from crm_toolkit.behaviour.decision_process.recognition import THRESHOLD, Recognition, gap_movers, recognise_problem
from crm_toolkit.behaviour.decision_process.search import (
    SearchPath,
    fixed_sample_size,
    gain_of_another_look,
    reservation_value,
    reservation_value_of,
    search_path,
)
from crm_toolkit.behaviour.decision_process.sets import STANDINGS, SearchSets
from crm_toolkit.behaviour.decision_process.situations import KINDS as SITUATION_KINDS
from crm_toolkit.behaviour.decision_process.situations import Situation, in_situation
from crm_toolkit.texts import mark

LIMITS = mark(
    "The Hawkins–Best–Coney model puts in order what may matter in a purchase; it can't foresee a particular purchase."
)

__all__ = [
    "DECISION_TYPES",
    "EXTENDED_FROM",
    "FEATURES",
    "LEARNING",
    "LIMITED_FROM",
    "LIMITS",
    "SEQUENCES",
    "SITUATION_KINDS",
    "STAGES",
    "STANDINGS",
    "THRESHOLD",
    "Feedback",
    "Purchase",
    "Recognition",
    "SearchPath",
    "SearchSets",
    "Situation",
    "choice_difficulty",
    "choose_purchase",
    "decision_type",
    "dissonance",
    "feed_back",
    "fixed_sample_size",
    "gain_of_another_look",
    "gap_movers",
    "in_situation",
    "nominal_kind",
    "recognise_problem",
    "reservation_value",
    "reservation_value_of",
    "search_path",
]
