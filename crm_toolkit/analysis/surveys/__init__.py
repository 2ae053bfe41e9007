"""What customers answer: scores with intervals, scales, what drives them.

scores        recommendation, satisfaction, effort
weights       who answered; weights against non-response
groups        groups compared
counts        answers counted on any engine
intervals     intervals for means, shares and their differences
scales        service quality by dimensions: gaps
reliability   whether items measure one thing
drivers       what moves satisfaction, and by how much
"""

from crm_toolkit.analysis.surveys.drivers import DriverImportance, driver_importance, importance_performance_table
from crm_toolkit.analysis.surveys.groups import compare_survey_groups
from crm_toolkit.analysis.surveys.reliability import Reliability, cronbach_alpha
from crm_toolkit.analysis.surveys.scales import ServiceQuality, servqual_table
from crm_toolkit.analysis.surveys.scores import (
    SurveyScore,
    customer_effort_score,
    customer_satisfaction_score,
    net_promoter_score,
)
from crm_toolkit.analysis.surveys.weights import response_rate

__all__ = [
    "DriverImportance",
    "Reliability",
    "ServiceQuality",
    "SurveyScore",
    "compare_survey_groups",
    "cronbach_alpha",
    "customer_effort_score",
    "customer_satisfaction_score",
    "driver_importance",
    "importance_performance_table",
    "net_promoter_score",
    "response_rate",
    "servqual_table",
]
