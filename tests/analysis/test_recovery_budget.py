"""The budget for recovery: an exact optimum, a paradox that comes and goes, refusals that name every fault."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from crm_toolkit.analysis.recovery_budget import KNOBS, MOST, recovery_budget
from crm_toolkit.behaviour.exit_voice import exit_voice_chances
from crm_toolkit.behaviour.service_recovery import equal_recoveries, recovery_path
from crm_toolkit.errors import InputError


@pytest.fixture(scope="module")
def found():
    return recovery_budget(60)


def by_hand(budget, **changes):
    """Profit of one failure as the module's head writes it, with the models called one budget at a time."""
    at = {name: knob.default for name, knob in KNOBS.items()} | changes
    reached = budget * (1 - at["paperwork"] * (1 - at["empowerment"]))
    hours = at["hours"] * (1 - at["quicker"] * at["empowerment"])
    recovery = at["worst"] + at["span"] * (1 - np.exp(-reached / at["reach"])) - at["delay"] * np.log(1 + hours / 8)
    chances = exit_voice_chances(success_chance=norm.cdf(recovery))
    helped = recovery_path([recovery])["return_chance"].iloc[1]
    unheard = recovery_path([-2.0])["return_chance"].iloc[1]
    voice, told, silent = (float(part[0]) for part in (chances.voice, chances.word_of_mouth, chances.stay))
    returns = voice * helped + (told + silent) * unheard
    cost = voice * (budget * (1 + at["generosity"] * at["empowerment"]) + at["handling"])
    return at["margin"] * returns - cost - told * at["harm"]


@pytest.mark.parametrize("budget", [0, 20, 38, 117, 200])
def test_profit_is_that_of_the_formula(found, budget):
    assert found.row(budget)["profit"] == pytest.approx(by_hand(budget), abs=1e-9)


def test_the_best_budget_is_the_best_of_all_whole_units(found):
    assert found.table["budget"].tolist() == list(range(MOST + 1))
    tried = [*range(0, MOST + 1, 10), *range(found.best - 2, found.best + 3)]
    assert max(tried, key=by_hand) == found.best
    assert found.table["profit"].max() == pytest.approx(by_hand(found.best))


def test_the_paradox_appears_after_one_failure_and_is_gone_after_the_second(found):
    table = found.table
    assert (table["satisfaction_one"] > 0).idxmax() == found.paradox_from
    assert found.paradox_twice_from is None
    assert found.row(60)["satisfaction_one"] > 0 > found.row(60)["satisfaction_two"]
    assert recovery_budget(60, blame=1.0).paradox_twice_from is not None


def test_no_recovery_brings_back_what_a_failure_took(found):
    assert found.table["profit"].max() < found.without_failure
    assert found.table["returns_complained"].max() < 0.7
    assert found.best < found.paradox_from


def test_satisfaction_is_that_of_a_customer_followed_failure_by_failure(found):
    row = found.row(60)
    path = recovery_path([row["recovery"], row["recovery"]])
    assert path["satisfaction"].tolist()[1:] == pytest.approx([row["satisfaction_one"], row["satisfaction_two"]])
    again = equal_recoveries([0.0, row["recovery"]], failures=2).iloc[1]
    assert again[["satisfaction", "return_chance"]].tolist() == pytest.approx(
        path[["satisfaction", "return_chance"]].iloc[2].tolist()
    )


@settings(max_examples=25, deadline=None)
@given(
    hours=st.floats(0, 240), empowerment=st.floats(0, 1), margin=st.floats(10, 2_000), effort=st.floats(0, 6),
    severity=st.floats(0, 3),
)  # fmt: skip
def test_shares_add_up_and_money_never_makes_a_recovery_worse(hours, empowerment, margin, effort, severity):
    table = recovery_budget(hours=hours, empowerment=empowerment, margin=margin, effort=effort, severity=severity).table
    parts = table[["voice", "exit", "told_others", "silent"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(1.0)
    for name in ("recovery", "voice", "satisfaction_one", "returns_complained"):
        assert (table[name].diff().dropna() >= -1e-12).all(), name
    assert (table["exit"].diff().dropna() <= 1e-12).all()


def test_faster_and_freer_never_hurts_the_customer_and_effort_silences():
    now, fast = recovery_budget(), recovery_budget(hours=4)
    assert (fast.table["recovery"] > now.table["recovery"]).all()
    assert (recovery_budget(empowerment=1.0).table["recovery"] >= now.table["recovery"]).all()
    assert (recovery_budget(effort=4.0).table["voice"] < now.table["voice"]).all()


def test_a_customer_who_is_worth_more_gets_a_larger_budget():
    best = [recovery_budget(margin=margin).best for margin in (20, 150, 600)]
    assert best == sorted(best)
    assert best[0] == 0


def test_every_fault_is_told_and_unknown_names_get_the_near_one():
    with pytest.raises(InputError) as caught:
        recovery_budget(999, empowerment=-1)
    assert [problem.column for problem in caught.value.problems] == ["budget", "empowerment"]
    with pytest.raises(InputError, match="Did you mean `empowerment`"):
        recovery_budget(empowermnet=0.5)
    with pytest.raises(InputError, match="no `success_chance` in this model"):
        recovery_budget(success_chance=0.5)
    with pytest.raises(InputError, match="`severity`"):
        recovery_budget(severity=9)
