"""Conversions credited to channels: bookkeeping by rule, chain or game, beside what an experiment measured.

paths        touches before a conversion
rules        first, last, linear, decay, position
markov       removal effects of a Markov chain, exact
shapley      Shapley values, exact or sampled
table        methods side by side, with intervals
experiment   credits beside the increments of a holdout
"""

from crm_toolkit.analysis.attribution.experiment import (
    AttributionCheck,
    HoldoutIncrements,
    attribution_against_experiment,
    holdout_increments,
)
from crm_toolkit.analysis.attribution.markov import markov_attribution
from crm_toolkit.analysis.attribution.paths import LOOKBACK, PathCoverage, TouchPaths, paths_from_table, touch_paths
from crm_toolkit.analysis.attribution.rules import Attribution, rule_attribution
from crm_toolkit.analysis.attribution.shapley import shapley_attribution, shapley_positions, shapley_values
from crm_toolkit.analysis.attribution.table import AttributionTable, attribution_intervals, attribution_table

__all__ = [
    "LOOKBACK",
    "Attribution",
    "AttributionCheck",
    "AttributionTable",
    "HoldoutIncrements",
    "PathCoverage",
    "TouchPaths",
    "attribution_against_experiment",
    "attribution_intervals",
    "attribution_table",
    "holdout_increments",
    "markov_attribution",
    "paths_from_table",
    "rule_attribution",
    "shapley_attribution",
    "shapley_positions",
    "shapley_values",
    "touch_paths",
]
