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
from crm_toolkit.analysis.surveys.nps_change import NPSChange, nps_change, nps_noise, nps_sample_size, same_score_table
from crm_toolkit.analysis.surveys.omega import OneFactor, mcdonald_omega
from crm_toolkit.analysis.surveys.quality_prediction import QualityPrediction, servqual_against_servperf
from crm_toolkit.analysis.surveys.raking import RakedWeights, raking_weights
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
    "NPSChange",
    "OneFactor",
    "QualityPrediction",
    "RakedWeights",
    "Reliability",
    "ServiceQuality",
    "SurveyScore",
    "compare_survey_groups",
    "cronbach_alpha",
    "customer_effort_score",
    "customer_satisfaction_score",
    "driver_importance",
    "importance_performance_table",
    "mcdonald_omega",
    "net_promoter_score",
    "nps_change",
    "nps_noise",
    "nps_sample_size",
    "raking_weights",
    "response_rate",
    "same_score_table",
    "servqual_against_servperf",
    "servqual_table",
]
