"""Loyalty programmes: whether they can pay, what points are in the accounts, what a programme did.

economics     reward cost rate, break-even lift, value with retention
effects       published effects, with how far they can be trusted
sensitivity   tornado, two numbers at once, Monte Carlo over what is not known
deferral      a price shared out between goods and points, revenue from points (IFRS 15)
lots          movements of points by lot; which lot was used
breakage      points that are never redeemed, in three ways; `chain_ladder`
liability     the liability month by month
gifts         rewards for what would have been done anyhow
returns       return on the cost of a programme, with its interval
panel         customers before and after the start of a programme
changes       difference in differences; `selection` matches and weights, `holdout` has a lottery
methods       all of them side by side
ablation      what each mechanism contributed
"""

from crm_toolkit.analysis.loyalty.ablation import shapley_of_switches
from crm_toolkit.analysis.loyalty.breakage import (
    RedemptionCurve,
    RedemptionTriangle,
    breakage_table,
    redemption_curve,
    redemption_triangle,
)
from crm_toolkit.analysis.loyalty.chain_ladder import ChainLadder, chain_ladder
from crm_toolkit.analysis.loyalty.changes import DifferenceInDifferences, difference_in_differences
from crm_toolkit.analysis.loyalty.deferral import PriceAllocation, points_revenue, price_allocation
from crm_toolkit.analysis.loyalty.economics import ProgrammeEconomics, break_even_lift, reward_cost_rate
from crm_toolkit.analysis.loyalty.effects import Effect, effect_library
from crm_toolkit.analysis.loyalty.gifts import GiftEstimate, GiftSplit, gift_estimate, gift_split
from crm_toolkit.analysis.loyalty.holdout import HoldoutEffect, holdout_effect
from crm_toolkit.analysis.loyalty.liability import liability_rollforward
from crm_toolkit.analysis.loyalty.lots import movements_by_fifo
from crm_toolkit.analysis.loyalty.methods import ProgrammeEvaluation, evaluate_programme
from crm_toolkit.analysis.loyalty.panel import programme_panel
from crm_toolkit.analysis.loyalty.returns import ProgrammeReturn, programme_return
from crm_toolkit.analysis.loyalty.selection import SelectionEffect, selection_effect
from crm_toolkit.analysis.loyalty.sensitivity import (
    EconomicsMonteCarlo,
    economics_monte_carlo,
    sensitivity_grid,
    tornado_table,
)

__all__ = [
    "ChainLadder",
    "DifferenceInDifferences",
    "EconomicsMonteCarlo",
    "Effect",
    "GiftEstimate",
    "GiftSplit",
    "HoldoutEffect",
    "PriceAllocation",
    "ProgrammeEconomics",
    "ProgrammeEvaluation",
    "ProgrammeReturn",
    "RedemptionCurve",
    "RedemptionTriangle",
    "SelectionEffect",
    "break_even_lift",
    "breakage_table",
    "chain_ladder",
    "difference_in_differences",
    "economics_monte_carlo",
    "effect_library",
    "evaluate_programme",
    "gift_estimate",
    "gift_split",
    "holdout_effect",
    "liability_rollforward",
    "movements_by_fifo",
    "points_revenue",
    "price_allocation",
    "programme_panel",
    "programme_return",
    "redemption_curve",
    "redemption_triangle",
    "reward_cost_rate",
    "selection_effect",
    "sensitivity_grid",
    "shapley_of_switches",
    "tornado_table",
]
