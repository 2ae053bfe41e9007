"""Who will leave: features of a day, a classifier that is kept from the answer, and whom to contact.

features     what was known on a day, and who left after it
model        the classifier, and the guard against leaks
evaluation   AUC, calibration, lift, with intervals
importance   what the classifier leans on
profit       whom to contact, by what it costs and brings
targeting    by risk or by effect: whom each rule chooses
"""

from crm_toolkit.analysis.churn.evaluation import (
    ChurnPerformance,
    churn_calibration_table,
    churn_lift_table,
    churn_performance,
)
from crm_toolkit.analysis.churn.features import ChurnSplit, churn_features, churn_split, contract_churn_labels
from crm_toolkit.analysis.churn.importance import churn_importance_table
from crm_toolkit.analysis.churn.model import ChurnModel, fit_churn, leakage_table
from crm_toolkit.analysis.churn.profit import ChurnProfitCurve, break_even_saved_share, churn_profit_curve
from crm_toolkit.analysis.churn.targeting import ChurnTargeting, churn_targeting_table

__all__ = [
    "ChurnModel",
    "ChurnPerformance",
    "ChurnProfitCurve",
    "ChurnSplit",
    "ChurnTargeting",
    "break_even_saved_share",
    "churn_calibration_table",
    "churn_features",
    "churn_importance_table",
    "churn_lift_table",
    "churn_performance",
    "churn_profit_curve",
    "churn_split",
    "churn_targeting_table",
    "contract_churn_labels",
    "fit_churn",
    "leakage_table",
]
