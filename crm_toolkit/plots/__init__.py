"""Results as pictures: every chart takes a result of `analysis` or `world`, computes nothing, and returns Axes.

rfm             heat map of recency and frequency, distribution of money, the two on one page with segments
segments        segments side by side: customers and money
concentration   the Lorenz curve
calibration     a world beside published figures
claims          a claim put to the test; what access answers and exposes
world           policies against each other: their weeks, what one brings more, and to whom
cohorts         who comes back: the heat map of cohorts, curves of retention
ranking         the whale curve, ABC and XYZ, customers who change place
value_formulas  the optimum of acquisition and retention spending; `spending` what the next customer costs
portfolio       customers by how long they stay and what they bring
attribution     methods of attribution side by side, beside the truth of an experiment
baskets         what to offer with what; rules of association
churn           how good a forecast of leaving is, and whom to contact
churn_rules     who has left by contract, or by a pause that is too long
clusters        how many segments, what they are like, whether they pay; `personalisation` versions of content
experiments     effects with intervals, looking early, power, balance
forecast        a series, its forecast, and how well the past was foretold; `forecast_trials` error by distance
report          the months of an organisation on the page of the report
funnel          stages, with intervals; time in a stage
helm            twelve quarters at the helm: figures with gaps, twins, attribution, luck
service         waiting by staff, percentiles of times, complaints, recovery
simpson         a difference that turns round in every group
critique        bars on an axis that is cut off, beside the same bars from zero
surveys         scores with intervals, gaps of service quality, drivers
survival        curves with numbers at risk, hazard ratios
uplift          Qini curve, uplift by decile, profit of targeting; `targeting_rules` rules against the truth
loyalty         break-even, tornado, two numbers at once; `loyalty_gifts` whom rewards went to; `loyalty_accounts`
                liability, triangle, what becomes of points; `loyalty_methods` methods beside the truth, mechanisms;
                `loyalty_member` one member's account; `loyalty_effects` what published effects would bring
btyd            models of purchases beside what happened, and what they say of a history
decision_rules  rules of choice side by side, what flips them; `decision_weights`, `decision_process`
diffusion       Bass: innovators and imitators, a fit and what is to come
attitudes       Fishbein, planned behaviour, Nicosia, prospect value; `disconfirmation`, `journeys`
choice          part-worths, shares of offers, the copied offer
kano            features of a survey, curves of satisfaction
service_models  gaps of quality, recovery, what can be judged before; `switching`, `nps`, `recovery_budget`
orientation     staff and clients beside each other
code_words      what columns and codes of the lessons are called, for ``labels``
picture         a picture with an alternative text: `show`, `alt_text`
style           colours, sizes and number formats; nothing of it leaks into your own charts

Labels are in the reader's language at the moment of drawing. Axes stand on figures of their own, outside
pyplot, so that no window and no memory stays behind; pass ``ax=`` to draw into a figure of yours.
"""

# ruff: noqa: F401
from typing import TYPE_CHECKING

from crm_toolkit._rooms import on_first_use
from crm_toolkit.schema.arguments import with_kinds_told

if TYPE_CHECKING:
    from crm_toolkit.plots.attitudes import fishbein_chart, nicosia_chart, planned_behaviour_chart, prospect_chart
    from crm_toolkit.plots.attribution import attribution_chart
    from crm_toolkit.plots.baskets import association_rules_chart, cross_sell_chart
    from crm_toolkit.plots.btyd import (
        conditional_expectation_chart,
        frequency_histogram_chart,
        history_matrix_chart,
        tracking_chart,
    )
    from crm_toolkit.plots.calibration import calibration_chart
    from crm_toolkit.plots.choice import copied_offer_chart, mnl_chart, offer_shares_chart, part_worths_chart
    from crm_toolkit.plots.churn import (
        churn_calibration_chart,
        churn_importance_chart,
        churn_lift_chart,
        churn_profit_chart,
        churn_targeting_chart,
    )
    from crm_toolkit.plots.churn_rules import contract_churn_chart, pause_churn_chart
    from crm_toolkit.plots.claims import access_frontier_chart, claim_chart
    from crm_toolkit.plots.clusters import (
        cluster_choice_chart,
        segment_policy_chart,
        segment_profile_chart,
        structure_chart,
    )
    from crm_toolkit.plots.code_words import words
    from crm_toolkit.plots.cohorts import retention_chart, retention_curve_chart
    from crm_toolkit.plots.concentration import lorenz_chart
    from crm_toolkit.plots.critique import cut_axis_page
    from crm_toolkit.plots.decision_process import feedback_chart, influences_chart, search_chart
    from crm_toolkit.plots.decision_rules import decision_rules_chart, flips_chart
    from crm_toolkit.plots.decision_weights import chances_chart, weights_chart
    from crm_toolkit.plots.diffusion import bass_chart, bass_fit_chart
    from crm_toolkit.plots.disconfirmation import expectation_chart, response_surface_chart, surprise_chart
    from crm_toolkit.plots.experiments import balance_chart, effect_chart, peeking_chart, power_chart, sequential_chart
    from crm_toolkit.plots.forecast import (
        backtest_chart,
        forecast_chart,
        repeat_forecast_chart,
        retention_forecast_chart,
    )
    from crm_toolkit.plots.forecast_trials import error_by_step_chart, forecast_trials_page, trials_chart
    from crm_toolkit.plots.funnel import funnel_chart, funnel_comparison_chart, stage_times_chart
    from crm_toolkit.plots.helm import helm_attribution_chart, helm_twins_chart, luck_chart, quarters_chart
    from crm_toolkit.plots.journeys import path_effects_chart, stage_shares_chart
    from crm_toolkit.plots.kano import kano_chart, kano_curves_chart
    from crm_toolkit.plots.loyalty import break_even_chart, sensitivity_chart, tornado_chart
    from crm_toolkit.plots.loyalty_accounts import chain_ladder_chart, liability_chart, redemption_chart
    from crm_toolkit.plots.loyalty_effects import effect_draws_chart
    from crm_toolkit.plots.loyalty_gifts import gift_chart
    from crm_toolkit.plots.loyalty_member import member_account_chart
    from crm_toolkit.plots.loyalty_methods import mechanisms_chart, methods_over_worlds_chart, programme_methods_chart
    from crm_toolkit.plots.nps import nps_noise_chart
    from crm_toolkit.plots.orientation import orientation_chart
    from crm_toolkit.plots.personalisation import content_versions_chart
    from crm_toolkit.plots.picture import Picture, alt_text, show
    from crm_toolkit.plots.portfolio import portfolio_chart
    from crm_toolkit.plots.ranking import abc_xyz_chart, decile_chart, rank_change_chart, whale_chart
    from crm_toolkit.plots.recovery_budget import recovery_budget_page
    from crm_toolkit.plots.report import revenue_customers_page
    from crm_toolkit.plots.rfm import monetary_chart, rfm_heatmap_chart, rfm_page
    from crm_toolkit.plots.segments import segment_chart
    from crm_toolkit.plots.service import complaint_rate_chart, recovery_chart, service_times_chart, waiting_chart
    from crm_toolkit.plots.service_models import (
        evaluation_chart,
        five_gaps_chart,
        quality_gaps_chart,
        recovery_path_chart,
    )
    from crm_toolkit.plots.simpson import simpson_chart
    from crm_toolkit.plots.spending import marginal_cost_chart, spending_page
    from crm_toolkit.plots.surveys import driver_chart, driver_matrix_chart, servqual_chart, survey_score_chart
    from crm_toolkit.plots.survival import hazard_ratio_chart, survival_chart
    from crm_toolkit.plots.switching import coder_confusion_chart, exit_voice_chart, incident_reasons_chart
    from crm_toolkit.plots.targeting_rules import targeting_rules_chart
    from crm_toolkit.plots.uplift import qini_chart, targeting_profit_chart, uplift_decile_chart
    from crm_toolkit.plots.value_formulas import budget_page, elasticity_chart, equity_contour_chart, response_chart
    from crm_toolkit.plots.world import (
        policy_course_chart,
        policy_effect_chart,
        policy_gain_chart,
        policy_page,
        policy_summary_chart,
    )

_TOPICS = {
    "attitudes": "fishbein_chart nicosia_chart planned_behaviour_chart prospect_chart",
    "attribution": "attribution_chart",
    "baskets": "association_rules_chart cross_sell_chart",
    "btyd": "conditional_expectation_chart frequency_histogram_chart history_matrix_chart tracking_chart",
    "calibration": "calibration_chart",
    "choice": "copied_offer_chart mnl_chart offer_shares_chart part_worths_chart",
    "churn": "churn_calibration_chart churn_importance_chart churn_lift_chart churn_profit_chart churn_targeting_chart",
    "churn_rules": "contract_churn_chart pause_churn_chart",
    "claims": "access_frontier_chart claim_chart",
    "clusters": "cluster_choice_chart segment_policy_chart segment_profile_chart structure_chart",
    "code_words": "words",
    "cohorts": "retention_chart retention_curve_chart",
    "concentration": "lorenz_chart",
    "critique": "cut_axis_page",
    "decision_process": "feedback_chart influences_chart search_chart",
    "decision_rules": "decision_rules_chart flips_chart",
    "decision_weights": "chances_chart weights_chart",
    "diffusion": "bass_chart bass_fit_chart",
    "disconfirmation": "expectation_chart response_surface_chart surprise_chart",
    "experiments": "balance_chart effect_chart peeking_chart power_chart sequential_chart",
    "forecast": "backtest_chart forecast_chart repeat_forecast_chart retention_forecast_chart",
    "forecast_trials": "error_by_step_chart forecast_trials_page trials_chart",
    "funnel": "funnel_chart funnel_comparison_chart stage_times_chart",
    "helm": "helm_attribution_chart helm_twins_chart luck_chart quarters_chart",
    "journeys": "path_effects_chart stage_shares_chart",
    "kano": "kano_chart kano_curves_chart",
    "loyalty": "break_even_chart sensitivity_chart tornado_chart",
    "loyalty_accounts": "chain_ladder_chart liability_chart redemption_chart",
    "loyalty_effects": "effect_draws_chart",
    "loyalty_gifts": "gift_chart",
    "loyalty_member": "member_account_chart",
    "loyalty_methods": "mechanisms_chart methods_over_worlds_chart programme_methods_chart",
    "nps": "nps_noise_chart",
    "orientation": "orientation_chart",
    "personalisation": "content_versions_chart",
    "picture": "Picture alt_text show",
    "portfolio": "portfolio_chart",
    "ranking": "abc_xyz_chart decile_chart rank_change_chart whale_chart",
    "recovery_budget": "recovery_budget_page",
    "report": "revenue_customers_page",
    "rfm": "monetary_chart rfm_heatmap_chart rfm_page",
    "segments": "segment_chart",
    "service": "complaint_rate_chart recovery_chart service_times_chart waiting_chart",
    "service_models": "evaluation_chart five_gaps_chart quality_gaps_chart recovery_path_chart",
    "simpson": "simpson_chart",
    "spending": "marginal_cost_chart spending_page",
    "surveys": "driver_chart driver_matrix_chart servqual_chart survey_score_chart",
    "survival": "hazard_ratio_chart survival_chart",
    "switching": "coder_confusion_chart exit_voice_chart incident_reasons_chart",
    "targeting_rules": "targeting_rules_chart",
    "uplift": "qini_chart targeting_profit_chart uplift_decile_chart",
    "value_formulas": "budget_page elasticity_chart equity_contour_chart response_chart",
    "world": "policy_course_chart policy_effect_chart policy_gain_chart policy_page policy_summary_chart",
}

__all__ = on_first_use(__name__, _TOPICS, with_kinds_told)
