"""Staged decisions, hierarchies of effects, Howard and Sheth's paths: closed forms, laws, letters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.funnel.chain import absorbing_chain
from crm_toolkit.behaviour.effects_hierarchy import AIDA, LAVIDGE_STEINER, hierarchy_transitions
from crm_toolkit.behaviour.howard_sheth import LEVELS, PathSystem, draw_paths, howard_sheth_system
from crm_toolkit.behaviour.staged_decision import STAGES, StagedDecision, draw_journeys
from crm_toolkit.errors import InputError

RATE = st.floats(0.05, 3)


def decision(**changes):
    options = {
        "onward": {"need": 1.0, "search": 0.5, "evaluation": 0.8, "purchase": 2.0, "consumption": 0.3,
                   "post_evaluation": 0.6},
        "given_up": {"search": 0.25, "evaluation": 0.1},
        "effects": {"search": {"involvement": -0.5}},
    }  # fmt: skip
    return StagedDecision(**{**options, **changes})


@given(rates=st.lists(RATE, min_size=3, max_size=3), quits=st.floats(0, 1), time=st.floats(0.01, 20))
@settings(max_examples=25, deadline=None)
def test_shares_add_up_and_end_where_the_chances_say(rates, quits, time):
    names = ("a", "b", "c", "d")
    model = StagedDecision(dict(zip(names, rates, strict=False)), {"b": quits}, stages=names)
    shares = model.shares([0.0, time, 2000.0])
    whole = shares.drop(columns="time").to_numpy()
    assert np.allclose(whole.sum(axis=1), 1)
    assert whole[0].tolist() == [1, 0, 0, 0, 0]
    assert whole[1, 0] == pytest.approx(np.exp(-rates[0] * time), abs=1e-9)
    assert whole[2, 3] == pytest.approx(model.table()["reached"].iloc[-1], abs=1e-6)


def test_covariates_change_the_rate_by_their_exponential_and_only_where_they_act():
    plain, involved = decision().table(), decision().table(involvement=2.0)
    assert involved["rate"][1] == pytest.approx(plain["rate"][1] * np.exp(-1.0))
    assert involved["rate"].drop(1).tolist() == plain["rate"].drop(1).tolist()
    assert involved["mean_time"][1] > plain["mean_time"][1]
    assert plain["stage"].tolist() == list(STAGES)


def test_drawn_journeys_stay_as_long_and_reach_as_far_as_the_closed_form():
    model = decision(effects={})
    stays = draw_journeys(model, 6000, until=60.0, rng=np.random.default_rng(1))
    table = model.table().set_index("stage")
    ended = stays[stays["next"].notna()]
    means = ended.groupby("stage")["duration"].mean()
    for stage in ("need", "search", "evaluation"):
        many = int((ended["stage"] == stage).sum())
        assert means[stage] == pytest.approx(
            table.loc[stage, "mean_time"], abs=4 * table.loc[stage, "mean_time"] / many**0.5
        )
    bought = (ended["next"] == "purchase").sum() / 6000
    assert bought == pytest.approx(table.loc["purchase", "reached"], abs=4 * 0.5 / 6000**0.5)
    assert (stays["entered"] + stays["duration"] <= 60.0 + 1e-9).all()
    short = draw_journeys(model, 500, until=3.0, rng=np.random.default_rng(1))
    assert (short["entered"] + short["duration"] <= 3.0 + 1e-9).all()
    assert np.allclose((short["entered"] + short["duration"])[short["next"].isna()], 3.0)
    one = stays[stays["person_id"] == stays["person_id"].iloc[0]]
    assert np.allclose(one["entered"].iloc[1:], (one["entered"] + one["duration"]).iloc[:-1])


def test_wrong_decisions_are_told_at_once():
    with pytest.raises(InputError) as letter:
        StagedDecision({"serach": 1.0, "need": -1.0}, {"search": -0.1}, {"evaluation": {"x": np.inf}})
    said = str(letter.value)
    assert "Did you mean `search`?" in said
    assert "no rate: search, evaluation" in said
    assert len(letter.value.problems) == 5
    with pytest.raises(InputError, match="need the covariates: involvement"):
        draw_journeys(decision(), 5, until=1.0, rng=np.random.default_rng(0))
    with pytest.raises(InputError, match="unknown name: 'involvement'"):
        draw_journeys(decision(), pd.DataFrame({"involvment": [1.0]}), until=1.0, rng=np.random.default_rng(0))
    with pytest.raises(InputError, match="unknown name: 'mood'"):
        decision().table(mood=1.0)


@given(chances=st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3), stay=st.floats(0, 0.5))
@settings(max_examples=25, deadline=None)
def test_rows_of_b_are_1_and_aida_multiplies_its_losses(chances, stay):
    """N = (I − Q)⁻¹ and B = NR are `absorbing_chain`'s: confirmed form, laws of ours."""
    onward = dict(zip(AIDA[:-1], chances, strict=True))
    plain = absorbing_chain(hierarchy_transitions(onward))
    assert np.allclose(plain.absorption.sum(axis=1), 1)
    assert plain.absorption.loc["attention", "action"] == pytest.approx(np.prod(chances))
    waiting = {name: stay * (1 - chance) for name, chance in onward.items()}
    slow = absorbing_chain(hierarchy_transitions(onward, stay=waiting))
    won = np.prod([chance / (1 - waiting[name]) for name, chance in onward.items()])
    assert slow.absorption.loc["attention", "action"] == pytest.approx(won)


def test_a_hierarchy_that_can_t_be_is_refused():
    steps = dict.fromkeys(LAVIDGE_STEINER[:-1], 0.5)
    assert hierarchy_transitions(steps, stages=LAVIDGE_STEINER).shape == (5, 7)
    with pytest.raises(InputError) as letter:
        hierarchy_transitions({"attention": 0.8, "intrest": 0.5, "desire": 1.5}, stay={"attention": 0.4})
    said = str(letter.value)
    for word in (
        "Did you mean `interest`?",
        "no chance of going on: interest",
        "`desire` can't be 1.5",
        "more than 1 together",
    ):
        assert word in said
    with pytest.raises(InputError, match="never left"):
        hierarchy_transitions({"a": 0.0}, stages=("a", "b"), stay={"a": 1.0})
    with pytest.raises(InputError, match="two stages or more"):
        hierarchy_transitions({"a": 0.5}, stages=("a", "a"))


@pytest.mark.parametrize("level", LEVELS)
def test_total_effects_are_what_a_unit_of_a_cause_changes(level):
    system = howard_sheth_system(level, noise=0.0)
    effects = system.total_effects()
    for cause in system.inputs:
        values = np.zeros(len(system.inputs) + len(system.outputs))
        values[system.inputs.index(cause)] = 1.0
        for row, weights in enumerate(system.matrix):
            values[len(system.inputs) + row] = weights @ values
        mine = effects[effects["cause"] == cause].set_index("effect")["total"]
        assert np.allclose(mine.loc[list(system.outputs)], values[len(system.inputs) :])
    assert np.allclose(effects["direct"] + effects["indirect"], effects["total"])


def test_routine_listens_less_and_loops_are_refused():
    def heard(level):
        table = howard_sheth_system(level).total_effects().set_index(["cause", "effect"])["total"]
        return table["symbolic", "purchase"]

    assert heard("extensive") > heard("limited") > heard("routinised")
    drawn = draw_paths(howard_sheth_system(noise=0.0), 50, rng=np.random.default_rng(1))
    assert np.allclose(drawn["attention"], 0.3 * drawn[["significative", "symbolic", "social"]].sum(axis=1))
    with pytest.raises(InputError) as letter:
        PathSystem(("x",), ("a", "b", "b"), {"a": {"b": 1.0, "z": 1.0}, "c": {}, "b": {"x": np.nan}}, noise=-1)
    assert {problem.code for problem in letter.value.problems} == {
        "repeated_name", "unknown_name", "outside_range", "not_recursive"
    }  # fmt: skip
    with pytest.raises(InputError, match="Did you mean `extensive`"):
        howard_sheth_system("extensiv")
