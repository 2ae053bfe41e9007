"""Buy till you die: how often customers will buy, whether they are still there, what they are worth.

reading                  equal histories in one row with their number
fitting                  maximum likelihood and posterior mode, standard errors, intervals
bgnbd                    BG/NBD, MBG/NBD, (M)BG/CNBD-k: leave after a purchase; `count_dropout` has the formulas
pareto_nbd               Pareto/NBD: leave at any moment; `special` has its integral
covariates               Pareto/NBD and BG/NBD whose parameters depend on facts about the customer
nbd                      NBD: nobody leaves
bgbb                     BG/BB: purchases at set occasions
gamma_gamma              money of a purchase
shifted_beta_geometric   renewal of contracts, also with chances that change in time
value                    forecast and lifetime value of every customer
holdout                  what a model expects beside what happened
regularity               how regularly customers buy: the k of BG/CNBD-k
bridge                   to pymc-marketing and back
"""

# ruff: noqa: F401
from typing import TYPE_CHECKING

from crm_toolkit._rooms import on_first_use
from crm_toolkit.schema.arguments import with_kinds_told

if TYPE_CHECKING:
    from crm_toolkit.analysis.btyd.bgbb import BGBB, fit_bgbb
    from crm_toolkit.analysis.btyd.bgnbd import BGNBD, fit_bgcnbd, fit_bgnbd, fit_mbgnbd
    from crm_toolkit.analysis.btyd.bridge import from_pymc_marketing, pymc_marketing_parameters, to_pymc_marketing
    from crm_toolkit.analysis.btyd.covariates import CovariateModel, fit_bgnbd_covariates, fit_pareto_nbd_covariates
    from crm_toolkit.analysis.btyd.fitting import Estimation, LogPrior
    from crm_toolkit.analysis.btyd.gamma_gamma import GammaGamma, fit_gamma_gamma
    from crm_toolkit.analysis.btyd.holdout import (
        conditional_expectation_table,
        frequency_histogram_table,
        history_matrix,
        tracking_table,
    )
    from crm_toolkit.analysis.btyd.nbd import NBD, fit_nbd
    from crm_toolkit.analysis.btyd.pareto_nbd import ParetoNBD, fit_pareto_nbd
    from crm_toolkit.analysis.btyd.regularity import PurchaseRegularity, purchase_regularity, regularity_profile
    from crm_toolkit.analysis.btyd.shifted_beta_geometric import (
        BetaDiscreteWeibull,
        ShiftedBetaGeometric,
        fit_beta_discrete_weibull,
        fit_shifted_beta_geometric,
    )
    from crm_toolkit.analysis.btyd.value import (
        customer_forecast,
        customer_lifetime_value,
        discounted_expected_residual_transactions,
    )

_TOPICS = {
    "bgbb": "BGBB fit_bgbb",
    "bgnbd": "BGNBD fit_bgcnbd fit_bgnbd fit_mbgnbd",
    "bridge": "from_pymc_marketing pymc_marketing_parameters to_pymc_marketing",
    "covariates": "CovariateModel fit_bgnbd_covariates fit_pareto_nbd_covariates",
    "fitting": "Estimation LogPrior",
    "gamma_gamma": "GammaGamma fit_gamma_gamma",
    "holdout": "conditional_expectation_table frequency_histogram_table history_matrix tracking_table",
    "nbd": "NBD fit_nbd",
    "pareto_nbd": "ParetoNBD fit_pareto_nbd",
    "regularity": "PurchaseRegularity purchase_regularity regularity_profile",
    "shifted_beta_geometric": (
        "BetaDiscreteWeibull ShiftedBetaGeometric fit_beta_discrete_weibull fit_shifted_beta_geometric"
    ),
    "value": "customer_forecast customer_lifetime_value discounted_expected_residual_transactions",
}

__all__ = on_first_use(__name__, _TOPICS, with_kinds_told)
