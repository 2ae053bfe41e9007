"""Whom a treatment moves: scores, how good they are, what a rule of targeting is worth.

learners   S, T, X and class transformation over any estimator
metrics    Qini, AUUC, uplift at k, by decile
policy     value of a rule, profit of targeting
targeting_rules  rules of contacting side by side, against the gain that is known in a simulated world
areas      arithmetic of the curves and their bootstrap
"""

from crm_toolkit.analysis.uplift.learners import LEARNERS, UpliftModel, fit_uplift, uplift_scores
from crm_toolkit.analysis.uplift.metrics import (
    UpliftAtK,
    UpliftCurve,
    qini_curve,
    uplift_at_k,
    uplift_by_decile,
    uplift_curve,
)
from crm_toolkit.analysis.uplift.policy import PolicyValue, TargetingProfit, policy_value, targeting_profit
from crm_toolkit.analysis.uplift.targeting_rules import TargetingRules, targeting_rules

__all__ = [
    "LEARNERS",
    "PolicyValue",
    "TargetingProfit",
    "TargetingRules",
    "UpliftAtK",
    "UpliftCurve",
    "UpliftModel",
    "fit_uplift",
    "policy_value",
    "qini_curve",
    "targeting_profit",
    "targeting_rules",
    "uplift_at_k",
    "uplift_by_decile",
    "uplift_curve",
    "uplift_scores",
]
