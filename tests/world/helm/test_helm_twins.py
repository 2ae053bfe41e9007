"""Twins, attribution, luck and score: differences on the same luck."""

import numpy as np
import pytest

from crm_toolkit.analysis.loyalty.ablation import shapley_of_switches
from crm_toolkit.errors import InputError
from crm_toolkit.world.helm import WEIGHTS, Decision, attribution, luck_index, new_game, score_of, twins
from crm_toolkit.world.helm.score import PER_INCIDENT, Score
from crm_toolkit.world.helm.twins import FAMILIES, result_of, value_of_groups

SMALL = 250


@pytest.fixture(scope="module")
def game():
    """Three quarters with decisions in three groups."""
    one = new_game("growth", seed=6, people=SMALL)
    one = one.decide(one.standing.with_(staff=12))
    for _ in range(2):
        one = one.decide(one.standing.with_(recovery=40, price=1.05))
    return one


def test_who_changes_nothing_is_their_own_twin():
    idle = new_game("burnout", seed=2, people=SMALL).decide().decide()
    assert twins(idle).effect("score") == twins(idle).effect("cash") == twins(idle).effect("equity") == 0
    assert attribution(idle).table.empty
    assert attribution(idle).total == 0


def test_twins_are_what_replaying_them_gives(game):
    found = twins(game)
    assert list(found.table["who"]) == ["you", "nothing", "reference"]
    idle = result_of(game, [game.scenario.start] * 3, "cash")
    assert found.effect("cash") == game.truth["cash"].iloc[-1] - idle
    assert len(found.quarterly) == 9


def test_attribution_switches_one_group_back(game):
    found = attribution(game, measure="cash")
    assert set(found.table["group"]) == {"staff", "recovery", "price"}
    without = result_of(game, [one.group_as(game.scenario.start, "recovery") for one in game.decisions], "cash")
    row = found.table.set_index("group").loc["recovery"]
    assert row["lost_without"] == pytest.approx(game.truth["cash"].iloc[-1] - without, abs=1e-9)
    assert row["quarters"] == 2
    later = attribution(game, measure="cash", from_quarter=2)
    assert set(later.table["group"]) == {"recovery", "price"}


def test_shares_of_shapley_add_up_where_switching_off_need_not(game):
    table = shapley_of_switches(value_of_groups(game), list(FAMILIES))
    whole = result_of(game, game.decisions) - result_of(game, [game.scenario.start] * 3)
    assert table["shapley"].sum() == pytest.approx(whole, abs=1e-9)


def test_the_luck_index_is_a_percentile_among_worlds_with_other_seeds(game):
    told = []
    found = luck_index(game, worlds=4, progress=lambda done, count: told.append((done, count)))
    assert told[-1] == (4, 4)
    assert len(set(found.others)) > 1
    assert found.percentile == np.mean([value < found.own for value in found.others])
    assert found == luck_index(game, worlds=4)


def test_weights_add_up_and_every_incident_costs(game):
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert all(value > 0 for value in PER_INCIDENT.values())
    one = score_of(game.passages, people=SMALL)
    assert one.total == pytest.approx(sum(WEIGHTS[name] * getattr(one, name) for name in WEIGHTS))
    assert Score(0, 0, 0, 0).total == 0
    assert Score(100, 100, 100, 100).total == 100


def test_questions_without_a_game_are_refused():
    empty = new_game(people=SMALL)
    for ask in (twins, attribution, luck_index):
        with pytest.raises(InputError):
            ask(empty)
    with pytest.raises(InputError, match="measure"):
        attribution(empty.decide(), measure="happiness")
    with pytest.raises(InputError, match="2 worlds"):
        luck_index(empty.decide(), worlds=1)


def test_a_game_ends_after_twelve_quarters(game):
    while not game.over:
        game = game.decide()
    with pytest.raises(InputError, match="12 quarters"):
        game.decide(Decision())


@pytest.mark.slow
def test_choices_matter_in_the_shipped_scenarios():
    """The simple rule beats doing nothing on average; random play is spread; no single lever is always best."""
    import random

    from crm_toolkit.world.helm import LEVERS, helm_scenario, helm_scenario_names, reference_decision
    from crm_toolkit.world.helm.voyage import sail, sail_by

    best = {}
    for name in helm_scenario_names():
        told, gains, random_scores = helm_scenario(name), [], []
        for seed in (21, 22, 23):
            idle = score_of(sail(told, [told.start] * 12, seed=seed)).total
            rule = sail_by(told, lambda before, told=told: reference_decision(told, before), seed=seed, people=2000,
                           quarters=12)  # fmt: skip
            gains.append(score_of(rule).total - idle)
        assert np.mean(gains) > 1, (name, gains)
        luck = random.Random(name)
        for _ in range(12):
            played = []
            for _quarter in range(12):
                positions = {}
                for lever, one in LEVERS.items():
                    knob, at = one.knob, getattr(told.start, lever)
                    if luck.random() < 0.3:
                        span = (knob.high - knob.low) * 0.2
                        drawn = min(max(at + luck.uniform(-span, span), knob.low), knob.high)
                        positions[lever] = round(drawn) if knob.whole else round(drawn, 2)
                played.append(told.start.with_(**positions))
            random_scores.append(score_of(sail(told, played, seed=21)).total)
        assert np.std(random_scores) > 1
        tried = {"price": 1.08, "staff": told.start.staff + 2, "training": 20, "recovery": 40, "self_service": 4000,
                 "search": 8000, "access": 1, "reward": 0.03}  # fmt: skip
        alone = {lever: score_of(sail(told, [told.start.with_(**{lever: value})] * 12, seed=21)).total
                 for lever, value in tried.items()}  # fmt: skip
        best[name] = max(alone, key=alone.get)
    assert len(set(best.values())) >= 3, best
