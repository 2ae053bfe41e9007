"""Questions of a CRM analyst: tables in, tables out.

rfm             scores of recency, frequency and money; `rfm_tables` shows them at a glance
segments        names for scores, and segments compared
concentration   how much of the money comes from how few customers
purchases       frequency, recency, T and monetary value for the models of customer lifetime
btyd            models "buy till you die": how often customers will buy, whether they are still there, their value
coverage        what of the purchases takes part and what was left out; `lines` says which lines count
abc_xyz         classes by share of the money and by evenness
deciles         what groups of customers bring, from the best to the worst
profit          revenue, cost of goods and cost to serve of every customer; `whale` adds the profits up
rank_stability  whether a ranking would be the same again, and by another measure
cohorts         who comes back, by the period of the first purchase
churn_rules     who has left, by contract or by a pause that is too long
simpson         a difference that turns round in every group
value_formulas  margin multiple, Berger and Nasr, payback; `budgets`, `equity` and `migration` go on

Every function takes a pandas, polars or PySpark frame, a pyarrow table, a DuckDB relation or the path of Parquet
files with the columns of `crm_toolkit.schema.PURCHASES`, and leaves it untouched.
"""

from crm_toolkit.analysis.abc_xyz import abc_classes, abc_xyz_classes, abc_xyz_table
from crm_toolkit.analysis.btyd import (
    BGBB,
    BGNBD,
    NBD,
    BetaDiscreteWeibull,
    CovariateModel,
    Estimation,
    GammaGamma,
    LogPrior,
    ParetoNBD,
    ShiftedBetaGeometric,
    conditional_expectation_table,
    customer_forecast,
    customer_lifetime_value,
    discounted_expected_residual_transactions,
    fit_beta_discrete_weibull,
    fit_bgbb,
    fit_bgcnbd,
    fit_bgnbd,
    fit_bgnbd_covariates,
    fit_gamma_gamma,
    fit_mbgnbd,
    fit_nbd,
    fit_pareto_nbd,
    fit_pareto_nbd_covariates,
    fit_shifted_beta_geometric,
    frequency_histogram_table,
    from_pymc_marketing,
    history_matrix,
    pymc_marketing_parameters,
    to_pymc_marketing,
    tracking_table,
)
from crm_toolkit.analysis.budgets import OptimalBudgets, ResponseCurve, optimal_budgets, prospect_equity
from crm_toolkit.analysis.churn_rules import PauseChurn, PauseTest, contract_churn, pause_churn
from crm_toolkit.analysis.cohorts import CohortTable, retention_curve, retention_table
from crm_toolkit.analysis.concentration import SpendConcentration, spend_concentration
from crm_toolkit.analysis.coverage import PurchaseCoverage, purchase_coverage
from crm_toolkit.analysis.deciles import decile_table
from crm_toolkit.analysis.equity import CustomerEquity, customer_equity
from crm_toolkit.analysis.lines import MINOR_DIGITS
from crm_toolkit.analysis.migration import brand_switching_value, migration_value
from crm_toolkit.analysis.profit import cost_to_serve_table, customer_profit
from crm_toolkit.analysis.purchases import PurchaseSummary, purchase_summary
from crm_toolkit.analysis.rank_stability import RankChanges, RankStability, rank_changes, rank_stability
from crm_toolkit.analysis.rfm import BINS, rfm_scores
from crm_toolkit.analysis.rfm_tables import quantile_cuts, rfm_heatmap_table, score_ranges
from crm_toolkit.analysis.segment_grid import DEFAULT_GRID, Segment, SegmentGrid
from crm_toolkit.analysis.segments import rfm_segments, segment_label, segment_table
from crm_toolkit.analysis.simpson import SimpsonReversal, simpson_reversal, simpson_table
from crm_toolkit.analysis.value_formulas import (
    AcquisitionCost,
    UnitEconomics,
    acquisition_cost,
    berger_nasr_value,
    margin_multiple,
    unit_economics,
)
from crm_toolkit.analysis.whale import WhaleCurve, whale_curve

__all__ = [
    "BGBB",
    "BGNBD",
    "BINS",
    "DEFAULT_GRID",
    "MINOR_DIGITS",
    "NBD",
    "AcquisitionCost",
    "BetaDiscreteWeibull",
    "CohortTable",
    "CovariateModel",
    "CustomerEquity",
    "Estimation",
    "GammaGamma",
    "LogPrior",
    "OptimalBudgets",
    "ParetoNBD",
    "PauseChurn",
    "PauseTest",
    "PurchaseCoverage",
    "PurchaseSummary",
    "RankChanges",
    "RankStability",
    "ResponseCurve",
    "Segment",
    "SegmentGrid",
    "ShiftedBetaGeometric",
    "SimpsonReversal",
    "SpendConcentration",
    "UnitEconomics",
    "WhaleCurve",
    "abc_classes",
    "abc_xyz_classes",
    "abc_xyz_table",
    "acquisition_cost",
    "berger_nasr_value",
    "brand_switching_value",
    "conditional_expectation_table",
    "contract_churn",
    "cost_to_serve_table",
    "customer_equity",
    "customer_forecast",
    "customer_lifetime_value",
    "customer_profit",
    "decile_table",
    "discounted_expected_residual_transactions",
    "fit_beta_discrete_weibull",
    "fit_bgbb",
    "fit_bgcnbd",
    "fit_bgnbd",
    "fit_bgnbd_covariates",
    "fit_gamma_gamma",
    "fit_mbgnbd",
    "fit_nbd",
    "fit_pareto_nbd",
    "fit_pareto_nbd_covariates",
    "fit_shifted_beta_geometric",
    "frequency_histogram_table",
    "from_pymc_marketing",
    "history_matrix",
    "margin_multiple",
    "migration_value",
    "optimal_budgets",
    "pause_churn",
    "prospect_equity",
    "purchase_coverage",
    "purchase_summary",
    "pymc_marketing_parameters",
    "quantile_cuts",
    "rank_changes",
    "rank_stability",
    "retention_curve",
    "retention_table",
    "rfm_heatmap_table",
    "rfm_scores",
    "rfm_segments",
    "score_ranges",
    "segment_label",
    "segment_table",
    "simpson_reversal",
    "simpson_table",
    "spend_concentration",
    "to_pymc_marketing",
    "tracking_table",
    "unit_economics",
    "whale_curve",
]
