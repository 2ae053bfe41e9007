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
ranking_stability  whether a ranking would be the same again, and by another measure
cohorts         who comes back, by the period of the first purchase
churn_rules     who has left, by contract or by a pause that is too long
simpson         a difference that turns round in every group
value_formulas  margin multiple, Berger and Nasr, payback; `budgets`, `spending`, `equity` and `migration` go on
portfolio       customers by how long they stay and what they bring; `win_back` whom to ask back
brand_switching  why customers change brands, and what better service is worth: a logit over a survey
survival        how long customers stay: Kaplan and Meier, Cox, hazards by the period
churn           who will leave: a classifier kept from the answer, and whom to contact
clusters        segments by likeness: whether there are any, how many, whether they pay
personalisation cost to serve before and after, and the number of versions that pays
baskets         what is bought together
funnel          from stage to stage: shares, times, chances
attribution     conversions credited to channels, beside what an experiment measured
experiments     A/B: means, shares, ratios, several arms; looking early, power, weighting
uplift          whom a treatment moves: learners, Qini, profit of targeting
loyalty         whether a programme can pay, points in the accounts, what a programme did by every method
surveys         recommendation, satisfaction and effort with intervals; scales, reliability, drivers
complaints      how often, of what, and how many of the dissatisfied complain at all; `rates` compares counts of events
service         how long answers take, what is kept and solved at once, how many people it needs
forecast        what is to come, tried on the past beside the naive forecast
choice          which parts of an offer decide: multinomial logit and ratings (`conjoint`), `willingness_to_pay`
kano            must-be, one-dimensional and attractive features from a survey
incidents       why customers leave, coded by two people, and how far these agree
diffusion       Bass fitted to first purchases, with a forecast
planned_behaviour, disconfirmation, recursive_paths, stage_rates  models of behaviour fitted to surveys and logs
service_stages  what of a service's stages a log covers; `service_profit` from employees to profit

Every function takes a pandas, polars or PySpark frame, a pyarrow table, a DuckDB relation or the path of Parquet
files with the columns of `crm_toolkit.schema.PURCHASES`, and leaves it untouched.
"""

# ruff: noqa: F401
from typing import TYPE_CHECKING

from crm_toolkit._rooms import on_first_use
from crm_toolkit.schema.arguments import with_kinds_told

if TYPE_CHECKING:
    from crm_toolkit.analysis.abc_xyz import abc_classes, abc_xyz_classes, abc_xyz_table
    from crm_toolkit.analysis.attribution import (
        LOOKBACK,
        Attribution,
        AttributionCheck,
        AttributionTable,
        HoldoutIncrements,
        PathCoverage,
        TouchPaths,
        attribution_against_experiment,
        attribution_intervals,
        attribution_table,
        holdout_increments,
        markov_attribution,
        paths_from_table,
        rule_attribution,
        shapley_attribution,
        shapley_positions,
        shapley_values,
        touch_paths,
    )
    from crm_toolkit.analysis.baskets import (
        BasketCoverage,
        FrequentItemsets,
        ItemPairs,
        association_rules,
        cross_sell_table,
        frequent_itemsets,
        item_pairs,
        lift_table,
    )
    from crm_toolkit.analysis.bass_model import BassFit
    from crm_toolkit.analysis.brand_switching import (
        BrandSwitching,
        brand_equity,
        driver_elasticities,
        fit_brand_switching,
    )
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
        PurchaseRegularity,
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
        purchase_regularity,
        pymc_marketing_parameters,
        regularity_profile,
        to_pymc_marketing,
        tracking_table,
    )
    from crm_toolkit.analysis.budgets import OptimalBudgets, ResponseCurve, optimal_budgets, prospect_equity
    from crm_toolkit.analysis.choice import MNLFit, fit_mnl
    from crm_toolkit.analysis.churn import (
        ChurnModel,
        ChurnPerformance,
        ChurnProfitCurve,
        ChurnSplit,
        ChurnTargeting,
        break_even_saved_share,
        churn_calibration_table,
        churn_features,
        churn_importance_table,
        churn_lift_table,
        churn_performance,
        churn_profit_curve,
        churn_split,
        churn_targeting_table,
        contract_churn_labels,
        fit_churn,
        leakage_table,
    )
    from crm_toolkit.analysis.churn_rules import PauseChurn, PauseTest, contract_churn, pause_churn
    from crm_toolkit.analysis.clusters import (
        ClusterChoice,
        Clusters,
        FeatureScaling,
        SegmentPlan,
        SegmentPolicy,
        SegmentProfiles,
        StructureTest,
        adjusted_rand,
        choose_clusters,
        fit_clusters,
        segment_plan,
        segment_policy,
        segment_profiles,
        structure_test,
    )
    from crm_toolkit.analysis.cohorts import CohortTable, retention_curve, retention_table
    from crm_toolkit.analysis.complaints import (
        ComplaintRates,
        ComplaintTag,
        TaggedComplaints,
        compare_complaint_rates,
        complaint_rates,
        read_complaint_tags,
        ready_complaint_tags,
        tag_agreement,
        tag_complaints,
        voiced_share,
    )
    from crm_toolkit.analysis.concentration import SpendConcentration, spend_concentration
    from crm_toolkit.analysis.conjoint import ConjointFit, fit_ratings_conjoint
    from crm_toolkit.analysis.coverage import PurchaseCoverage, purchase_coverage
    from crm_toolkit.analysis.deciles import decile_table
    from crm_toolkit.analysis.diffusion import fit_bass
    from crm_toolkit.analysis.disconfirmation import Disconfirmation, fit_disconfirmation
    from crm_toolkit.analysis.equity import CustomerEquity, customer_equity
    from crm_toolkit.analysis.experiments import (
        ArmComparison,
        EffectEstimate,
        ExperimentPlan,
        GroupEffects,
        PeekingSimulation,
        SampleRatio,
        SequentialTest,
        WeightedEffect,
        always_valid_means,
        always_valid_rates,
        balance_table,
        compare_arms,
        compare_means,
        compare_ranks,
        compare_rate_counts,
        compare_rates,
        compare_ratios,
        effect_by_group,
        holm,
        overlap_table,
        peeking_simulation,
        plan_means,
        plan_rates,
        power_table,
        sample_ratio_check,
        weighted_effect,
    )
    from crm_toolkit.analysis.forecast import (
        Backtest,
        ExponentialSmoothing,
        Forecast,
        IntermittentDemand,
        PeriodSeries,
        RepeatForecast,
        RetentionForecast,
        backtest,
        demand_series,
        event_series,
        fit_croston,
        fit_holt,
        fit_holt_winters,
        fit_ses,
        forecast_repeat_purchases,
        forecast_retention,
        forecast_series,
    )
    from crm_toolkit.analysis.funnel import (
        AbsorbingChain,
        Funnel,
        FunnelComparison,
        StageTimes,
        absorbing_chain,
        funnel_chain,
        funnel_comparison,
        funnel_table,
        stage_times,
    )
    from crm_toolkit.analysis.incidents import CoderAgreement, coder_agreement, incident_reasons
    from crm_toolkit.analysis.kano import KanoSurvey, kano_table
    from crm_toolkit.analysis.lines import MINOR_DIGITS
    from crm_toolkit.analysis.loyalty import (
        ChainLadder,
        DifferenceInDifferences,
        EconomicsMonteCarlo,
        Effect,
        GiftEstimate,
        GiftSplit,
        HoldoutEffect,
        PriceAllocation,
        ProgrammeEconomics,
        ProgrammeEvaluation,
        ProgrammeReturn,
        RedemptionCurve,
        RedemptionTriangle,
        SelectionEffect,
        break_even_lift,
        breakage_table,
        chain_ladder,
        difference_in_differences,
        economics_monte_carlo,
        effect_library,
        evaluate_programme,
        gift_estimate,
        gift_split,
        holdout_effect,
        liability_rollforward,
        movements_by_fifo,
        points_revenue,
        price_allocation,
        programme_panel,
        programme_return,
        redemption_curve,
        redemption_triangle,
        reward_cost_rate,
        selection_effect,
        sensitivity_grid,
        shapley_of_switches,
        tornado_table,
    )
    from crm_toolkit.analysis.migration import brand_switching_value, migration_value
    from crm_toolkit.analysis.personalisation import (
        ContentVersions,
        PersonalisationCost,
        content_versions,
        personalisation_cost,
    )
    from crm_toolkit.analysis.planned_behaviour import PlannedBehaviour, fit_planned_behaviour
    from crm_toolkit.analysis.portfolio import Portfolio, portfolio_matrix
    from crm_toolkit.analysis.profit import cost_to_serve_table, customer_profit
    from crm_toolkit.analysis.purchases import PurchaseSummary, purchase_summary
    from crm_toolkit.analysis.ranking_stability import RankChanges, RankStability, rank_changes, rank_stability
    from crm_toolkit.analysis.rates import RateComparison, compare_event_rates, poisson_interval
    from crm_toolkit.analysis.recursive_paths import PathModel, fit_recursive_paths
    from crm_toolkit.analysis.rfm import BINS, rfm_scores
    from crm_toolkit.analysis.rfm_tables import quantile_cuts, rfm_heatmap_table, score_ranges
    from crm_toolkit.analysis.segment_grid import DEFAULT_GRID, Segment, SegmentGrid
    from crm_toolkit.analysis.segments import rfm_segments, segment_label, segment_table
    from crm_toolkit.analysis.service import (
        RecoveryEffect,
        ServiceTimes,
        Waiting,
        agents_required,
        erlang_a,
        erlang_c,
        first_contact_resolution,
        recovery_cases,
        recovery_effect,
        reopen_rate,
        requests_from_events,
        service_times,
        sla_kept,
        sla_kept_judged,
        waiting_table,
    )
    from crm_toolkit.analysis.service_profit import ServiceProfitPath, service_profit_path
    from crm_toolkit.analysis.service_stages import StageCoverage, stage_coverage
    from crm_toolkit.analysis.simpson import SimpsonReversal, simpson_reversal, simpson_table
    from crm_toolkit.analysis.spending import Spending, judge_spending
    from crm_toolkit.analysis.stage_rates import StageRates, fit_stage_rates, stage_stays
    from crm_toolkit.analysis.surveys import (
        DriverImportance,
        NPSChange,
        OneFactor,
        QualityPrediction,
        RakedWeights,
        Reliability,
        ServiceQuality,
        SurveyScore,
        compare_survey_groups,
        cronbach_alpha,
        customer_effort_score,
        customer_satisfaction_score,
        driver_importance,
        importance_performance_table,
        mcdonald_omega,
        net_promoter_score,
        nps_change,
        nps_noise,
        nps_sample_size,
        raking_weights,
        response_rate,
        same_score_table,
        servqual_against_servperf,
        servqual_table,
    )
    from crm_toolkit.analysis.survival import (
        CoxModel,
        DiscreteHazard,
        KaplanMeier,
        LogRank,
        concordance_index,
        durations,
        fit_cox,
        fit_discrete_hazard,
        kaplan_meier,
        lapse_durations,
        log_rank,
        person_period_table,
        proportional_hazards_table,
        restricted_mean,
    )
    from crm_toolkit.analysis.uplift import (
        LEARNERS,
        PolicyValue,
        TargetingProfit,
        TargetingRules,
        UpliftAtK,
        UpliftCurve,
        UpliftModel,
        fit_uplift,
        policy_value,
        qini_curve,
        targeting_profit,
        targeting_rules,
        uplift_at_k,
        uplift_by_decile,
        uplift_curve,
        uplift_scores,
    )
    from crm_toolkit.analysis.value_formulas import (
        AcquisitionCost,
        UnitEconomics,
        acquisition_cost,
        berger_nasr_value,
        margin_multiple,
        unit_economics,
    )
    from crm_toolkit.analysis.whale import WhaleCurve, whale_curve
    from crm_toolkit.analysis.willingness_to_pay import willingness_to_pay_table
    from crm_toolkit.analysis.win_back import win_back_table

_TOPICS = {
    "abc_xyz": "abc_classes abc_xyz_classes abc_xyz_table",
    "attribution": (
        "Attribution AttributionCheck AttributionTable HoldoutIncrements LOOKBACK PathCoverage TouchPaths "
        "attribution_against_experiment attribution_intervals attribution_table holdout_increments markov_attribution "
        "paths_from_table rule_attribution shapley_attribution shapley_positions shapley_values touch_paths"
    ),
    "baskets": (
        "BasketCoverage FrequentItemsets ItemPairs association_rules cross_sell_table frequent_itemsets item_pairs "
        "lift_table"
    ),
    "bass_model": "BassFit",
    "brand_switching": "BrandSwitching brand_equity driver_elasticities fit_brand_switching",
    "btyd": (
        "BGBB BGNBD BetaDiscreteWeibull CovariateModel Estimation GammaGamma LogPrior NBD ParetoNBD "
        "PurchaseRegularity ShiftedBetaGeometric conditional_expectation_table customer_forecast "
        "customer_lifetime_value discounted_expected_residual_transactions fit_beta_discrete_weibull fit_bgbb "
        "fit_bgcnbd fit_bgnbd fit_bgnbd_covariates fit_gamma_gamma fit_mbgnbd fit_nbd fit_pareto_nbd "
        "fit_pareto_nbd_covariates fit_shifted_beta_geometric frequency_histogram_table from_pymc_marketing "
        "history_matrix purchase_regularity pymc_marketing_parameters regularity_profile to_pymc_marketing "
        "tracking_table"
    ),
    "budgets": "OptimalBudgets ResponseCurve optimal_budgets prospect_equity",
    "choice": "MNLFit fit_mnl",
    "churn": (
        "ChurnModel ChurnPerformance ChurnProfitCurve ChurnSplit ChurnTargeting break_even_saved_share "
        "churn_calibration_table churn_features churn_importance_table churn_lift_table churn_performance "
        "churn_profit_curve churn_split churn_targeting_table contract_churn_labels fit_churn leakage_table"
    ),
    "churn_rules": "PauseChurn PauseTest contract_churn pause_churn",
    "clusters": (
        "ClusterChoice Clusters FeatureScaling SegmentPlan SegmentPolicy SegmentProfiles StructureTest adjusted_rand "
        "choose_clusters fit_clusters segment_plan segment_policy segment_profiles structure_test"
    ),
    "cohorts": "CohortTable retention_curve retention_table",
    "complaints": (
        "ComplaintRates ComplaintTag TaggedComplaints compare_complaint_rates complaint_rates read_complaint_tags "
        "ready_complaint_tags tag_agreement tag_complaints voiced_share"
    ),
    "concentration": "SpendConcentration spend_concentration",
    "conjoint": "ConjointFit fit_ratings_conjoint",
    "coverage": "PurchaseCoverage purchase_coverage",
    "deciles": "decile_table",
    "diffusion": "fit_bass",
    "disconfirmation": "Disconfirmation fit_disconfirmation",
    "equity": "CustomerEquity customer_equity",
    "experiments": (
        "ArmComparison EffectEstimate ExperimentPlan GroupEffects PeekingSimulation SampleRatio SequentialTest "
        "WeightedEffect always_valid_means always_valid_rates balance_table compare_arms compare_means compare_ranks "
        "compare_rate_counts compare_rates compare_ratios effect_by_group holm overlap_table peeking_simulation "
        "plan_means plan_rates power_table sample_ratio_check weighted_effect"
    ),
    "forecast": (
        "Backtest ExponentialSmoothing Forecast IntermittentDemand PeriodSeries RepeatForecast RetentionForecast "
        "backtest demand_series event_series fit_croston fit_holt fit_holt_winters fit_ses forecast_repeat_purchases "
        "forecast_retention forecast_series"
    ),
    "funnel": (
        "AbsorbingChain Funnel FunnelComparison StageTimes absorbing_chain funnel_chain funnel_comparison "
        "funnel_table stage_times"
    ),
    "incidents": "CoderAgreement coder_agreement incident_reasons",
    "kano": "KanoSurvey kano_table",
    "lines": "MINOR_DIGITS",
    "loyalty": (
        "ChainLadder DifferenceInDifferences EconomicsMonteCarlo Effect GiftEstimate GiftSplit HoldoutEffect "
        "PriceAllocation ProgrammeEconomics ProgrammeEvaluation ProgrammeReturn RedemptionCurve RedemptionTriangle "
        "SelectionEffect break_even_lift breakage_table chain_ladder difference_in_differences economics_monte_carlo "
        "effect_library evaluate_programme gift_estimate gift_split holdout_effect liability_rollforward "
        "movements_by_fifo points_revenue price_allocation programme_panel programme_return redemption_curve "
        "redemption_triangle reward_cost_rate selection_effect sensitivity_grid shapley_of_switches tornado_table"
    ),
    "migration": "brand_switching_value migration_value",
    "personalisation": "ContentVersions PersonalisationCost content_versions personalisation_cost",
    "planned_behaviour": "PlannedBehaviour fit_planned_behaviour",
    "portfolio": "Portfolio portfolio_matrix",
    "profit": "cost_to_serve_table customer_profit",
    "purchases": "PurchaseSummary purchase_summary",
    "ranking_stability": "RankChanges RankStability rank_changes rank_stability",
    "rates": "RateComparison compare_event_rates poisson_interval",
    "recursive_paths": "PathModel fit_recursive_paths",
    "rfm": "BINS rfm_scores",
    "rfm_tables": "quantile_cuts rfm_heatmap_table score_ranges",
    "segment_grid": "DEFAULT_GRID Segment SegmentGrid",
    "segments": "rfm_segments segment_label segment_table",
    "service": (
        "RecoveryEffect ServiceTimes Waiting agents_required erlang_a erlang_c first_contact_resolution "
        "recovery_cases recovery_effect reopen_rate requests_from_events service_times sla_kept sla_kept_judged "
        "waiting_table"
    ),
    "service_profit": "ServiceProfitPath service_profit_path",
    "service_stages": "StageCoverage stage_coverage",
    "simpson": "SimpsonReversal simpson_reversal simpson_table",
    "spending": "Spending judge_spending",
    "stage_rates": "StageRates fit_stage_rates stage_stays",
    "surveys": (
        "DriverImportance NPSChange OneFactor QualityPrediction RakedWeights Reliability ServiceQuality SurveyScore "
        "compare_survey_groups cronbach_alpha customer_effort_score customer_satisfaction_score driver_importance "
        "importance_performance_table mcdonald_omega net_promoter_score nps_change nps_noise nps_sample_size "
        "raking_weights response_rate same_score_table servqual_against_servperf servqual_table"
    ),
    "survival": (
        "CoxModel DiscreteHazard KaplanMeier LogRank concordance_index durations fit_cox fit_discrete_hazard "
        "kaplan_meier lapse_durations log_rank person_period_table proportional_hazards_table restricted_mean"
    ),
    "uplift": (
        "LEARNERS PolicyValue TargetingProfit TargetingRules UpliftAtK UpliftCurve UpliftModel fit_uplift "
        "policy_value qini_curve targeting_profit targeting_rules uplift_at_k uplift_by_decile uplift_curve "
        "uplift_scores"
    ),
    "value_formulas": "AcquisitionCost UnitEconomics acquisition_cost berger_nasr_value margin_multiple unit_economics",
    "whale": "WhaleCurve whale_curve",
    "willingness_to_pay": "willingness_to_pay_table",
    "win_back": "win_back_table",
}

__all__ = on_first_use(__name__, _TOPICS, with_kinds_told)
