"""Rules of choice, exact, with every convention as an option: what each picks from one table, and what would change it.

table          alternatives × criteria, more is better; turned columns, ranges, missing cells as a declared option
screening      conjunctive, disjunctive, elimination by aspects (deterministic)
lexicographic  lexicographic rule and semi-order; where its pairwise choices go in a circle
compensatory   weighted sum, equal weights, additive difference, ideal point
aspects        elimination by aspects as chance (Tversky 1972), beside Luce's rule
together       several rules at once; which of them foresees a real choice; the textbook's laptops
flips          the smallest change of one weight, cutoff or place that changes the choice
inferred       weights that a few choices between two allow, beside those that were stated

Limits: a rule describes a choice, it does not prove how the person decided; different rules often pick the same.
"""

from crm_toolkit.behaviour.decision_rules.aspects import (
    EliminationChances,
    aspects_of,
    elimination_chances,
    elimination_chances_of,
    luce_chances,
)
from crm_toolkit.behaviour.decision_rules.choice import Choice, Step
from crm_toolkit.behaviour.decision_rules.compensatory import AdditiveDifference, EqualWeights, IdealPoint, Weighted
from crm_toolkit.behaviour.decision_rules.flips import Flip, importance_order, nearest_flips, smallest_flip
from crm_toolkit.behaviour.decision_rules.inferred import (
    InferredWeights,
    compare_weights,
    infer_weights,
    most_telling_pair,
)
from crm_toolkit.behaviour.decision_rules.lexicographic import Lexicographic, circles
from crm_toolkit.behaviour.decision_rules.screening import Conjunctive, Disjunctive, EliminationByAspects
from crm_toolkit.behaviour.decision_rules.table import DecisionTable
from crm_toolkit.behaviour.decision_rules.together import (
    LAPTOP_ATTRIBUTES,
    LAPTOP_MARKS,
    LAPTOP_MINIMUMS,
    LAPTOP_WEIGHTS,
    RULE_LIMITS,
    Rule,
    apply_rules,
    laptops,
    which_rule_predicts,
)

__all__ = [
    "LAPTOP_ATTRIBUTES",
    "LAPTOP_MARKS",
    "LAPTOP_MINIMUMS",
    "LAPTOP_WEIGHTS",
    "RULE_LIMITS",
    "AdditiveDifference",
    "Choice",
    "Conjunctive",
    "DecisionTable",
    "Disjunctive",
    "EliminationByAspects",
    "EliminationChances",
    "EqualWeights",
    "Flip",
    "IdealPoint",
    "InferredWeights",
    "Lexicographic",
    "Rule",
    "Step",
    "Weighted",
    "apply_rules",
    "aspects_of",
    "circles",
    "compare_weights",
    "elimination_chances",
    "elimination_chances_of",
    "importance_order",
    "infer_weights",
    "laptops",
    "luce_chances",
    "most_telling_pair",
    "nearest_flips",
    "smallest_flip",
    "which_rule_predicts",
]
