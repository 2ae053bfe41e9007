"""The way of customers through stages: who moves on, how long it takes, where it ends.

conversion   shares of every stage, with intervals
comparison   two groups or periods side by side
times        time in a stage, open ones censored
chain        an absorbing chain: chances, steps, errors
moves        moves of a table read, whatever its engine
"""

from crm_toolkit.analysis.funnel.chain import AbsorbingChain, absorbing_chain, funnel_chain
from crm_toolkit.analysis.funnel.comparison import FunnelComparison, funnel_comparison
from crm_toolkit.analysis.funnel.conversion import Funnel, funnel_table
from crm_toolkit.analysis.funnel.times import StageTimes, stage_times

__all__ = [
    "AbsorbingChain",
    "Funnel",
    "FunnelComparison",
    "StageTimes",
    "absorbing_chain",
    "funnel_chain",
    "funnel_comparison",
    "funnel_table",
    "stage_times",
]
