"""Twelve quarters at the helm of a service organisation: a compact weekly engine, its decisions and its twins.

levers        what can be decided in a quarter: each lever with unit, cost, delay and side effect
parameters    the numbers of the engine, each with its origin
scenarios     eight courses of events, told in TOML
people        who lives in the market: traits that no decision changes
staff         employees one by one: skill, fatigue, turnover
voyage        the weeks: needs, visits, load, failures, voice and exit, leaving, coming
rounds        offers with an experiment, win-back, the survey: once in a quarter
tally         what a quarter comes to: what is noted, the truth, customer equity
books         the money, in minor units, line by line
sight         what the organisation has recorded of it, and what it can't see
game          a game: scenario, seed, decisions so far → reports and, apart from them, the truth
twins         the same luck with other decisions: no change, a simple rule, without one group, other worlds
score         equity, cash, staff and trust, with weights that are shown
"""

from crm_toolkit.world.helm.game import Game, Quarter, new_game
from crm_toolkit.world.helm.levers import GROUPS, LEVERS, Decision, Lever, decision_problems
from crm_toolkit.world.helm.scenarios import HelmScenario, helm_scenario, helm_scenario_names
from crm_toolkit.world.helm.score import WEIGHTS, Score, score_of
from crm_toolkit.world.helm.twins import (
    Attribution,
    LuckIndex,
    Twins,
    attribution,
    luck_index,
    reference_decision,
    twins,
)

__all__ = [
    "GROUPS", "LEVERS", "WEIGHTS", "Attribution", "Decision", "Game", "HelmScenario", "Lever", "LuckIndex", "Quarter",
    "Score", "Twins", "attribution", "decision_problems", "helm_scenario", "helm_scenario_names", "luck_index",
    "new_game", "reference_decision", "score_of", "twins",
]  # fmt: skip
