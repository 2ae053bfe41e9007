"""Experiments: what a treatment did, how sure that is, how many customers it takes.

means        means of two arms: Welch, CUPED, declared winsorising
rates        shares of two arms
ratios       ratios of sums by the delta method; rank sums
arms         several arms against a control; sample ratio
groups       effects by group
sequential   intervals that stay valid however often one looks
peeking      what looking does to an ordinary test, by simulation
power        customers, power or effect, the third from two
weighting    an effect where the chances of treatment differ but are known
trial        the table of an experiment read and checked
"""

from crm_toolkit.analysis.experiments.arms import ArmComparison, SampleRatio, compare_arms, holm, sample_ratio_check
from crm_toolkit.analysis.experiments.groups import GroupEffects, effect_by_group
from crm_toolkit.analysis.experiments.means import EffectEstimate, compare_means
from crm_toolkit.analysis.experiments.peeking import PeekingSimulation, peeking_simulation
from crm_toolkit.analysis.experiments.power import ExperimentPlan, plan_means, plan_rates, power_table
from crm_toolkit.analysis.experiments.rates import compare_rate_counts, compare_rates
from crm_toolkit.analysis.experiments.ratios import compare_ranks, compare_ratios
from crm_toolkit.analysis.experiments.sequential import SequentialTest, always_valid_means, always_valid_rates
from crm_toolkit.analysis.experiments.weighting import WeightedEffect, balance_table, overlap_table, weighted_effect

__all__ = [
    "ArmComparison",
    "EffectEstimate",
    "ExperimentPlan",
    "GroupEffects",
    "PeekingSimulation",
    "SampleRatio",
    "SequentialTest",
    "WeightedEffect",
    "always_valid_means",
    "always_valid_rates",
    "balance_table",
    "compare_arms",
    "compare_means",
    "compare_ranks",
    "compare_rate_counts",
    "compare_rates",
    "compare_ratios",
    "effect_by_group",
    "holm",
    "overlap_table",
    "peeking_simulation",
    "plan_means",
    "plan_rates",
    "power_table",
    "sample_ratio_check",
    "weighted_effect",
]
