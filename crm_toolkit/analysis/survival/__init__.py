"""How long customers stay, and what goes with leaving sooner; who is still there counts as far as followed.

lives                  durations from contracts or from pauses between purchases
kaplan_meier           the curve of Kaplan and Meier, medians
log_rank               groups compared; restricted mean
cox                    the proportional hazards of Cox
cox_likelihood         its likelihood with ties by Efron
proportional_hazards   whether hazards are proportional
concordance            how often who leaves sooner was told so
person_periods         one row for every period of a customer
discrete_hazards       hazards by the period; retention forecast
hazard_scoring         their likelihood, maximised
reading                lives read from any table
"""

from crm_toolkit.analysis.survival.concordance import concordance_index
from crm_toolkit.analysis.survival.cox import CoxModel, fit_cox
from crm_toolkit.analysis.survival.discrete_hazards import DiscreteHazard, fit_discrete_hazard
from crm_toolkit.analysis.survival.kaplan_meier import KaplanMeier, kaplan_meier
from crm_toolkit.analysis.survival.lives import durations, lapse_durations
from crm_toolkit.analysis.survival.log_rank import LogRank, log_rank, restricted_mean
from crm_toolkit.analysis.survival.person_periods import person_period_table
from crm_toolkit.analysis.survival.proportional_hazards import proportional_hazards_table

__all__ = [
    "CoxModel",
    "DiscreteHazard",
    "KaplanMeier",
    "LogRank",
    "concordance_index",
    "durations",
    "fit_cox",
    "fit_discrete_hazard",
    "kaplan_meier",
    "lapse_durations",
    "log_rank",
    "person_period_table",
    "proportional_hazards_table",
    "restricted_mean",
]
