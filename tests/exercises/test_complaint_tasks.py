"""Tasks of lesson 11: their truth is that of the package; their variants hold the reversals that they teach."""

import math

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis
from crm_toolkit.analysis.surveys.nps_change import nps_change
from crm_toolkit.behaviour.exit_voice import complaint_policy_table
from crm_toolkit.exercises import exercise

STUDENTS = [f"S-{number}" for number in range(8)]
every_student = pytest.mark.parametrize("student", STUDENTS)


def right(task, student):
    own = exercise(task, student=student)
    return own.data, own.case.right


@pytest.mark.parametrize("student", STUDENTS[:3])
def test_kappa_is_that_of_the_package(student):
    data, answer = right("keaveney_kappa", student)
    codes = data["codes"].melt(id_vars="incident_id", var_name="coder", value_name="reason")
    assert answer[""][""] == pytest.approx(analysis.coder_agreement(codes, replications=100).kappa)


@every_student
def test_waves_of_nps_are_those_of_the_package_and_their_change_is_not_shown(student):
    data, answer = right("nps_two_waves", student)
    waves = {
        wave: pd.DataFrame({"nps": np.repeat(rows["answer"], rows["people"])})
        for wave, rows in data["answers"].groupby("wave")
    }
    change = nps_change(waves["first"], waves["second"])
    assert answer["nps"]["change"] == pytest.approx(change.difference)
    assert answer["nps"]["first"] == pytest.approx(change.before)
    # the package widens a little for small counts and takes a z of more digits
    assert answer["margin"]["change"] == pytest.approx((change.high - change.low) / 2, rel=2e-3)
    assert change.verdict == "not_shown"
    assert answer["nps"]["change"] >= 2


@every_student
def test_shares_of_the_unhappy_are_those_of_the_policy_table(student):
    data, answer = right("exit_voice_shares", student)
    table = data["policies"].set_index("policy")
    found = complaint_policy_table({name: row.to_dict() for name, row in table.iterrows()}, failures=1)
    for row in found.to_dict("records"):
        mine = answer[row["policy"]]
        assert [mine["voice"], mine["exit"], mine["word_of_mouth"], mine["stay"]] == pytest.approx(
            [row[name] for name in ("complaints", "exits", "told_others", "silent")]
        )
    assert answer["easier"]["voice"] > answer["now"]["voice"]
    assert answer["easier"]["exit"] < answer["now"]["exit"]


@every_student
def test_no_whole_budget_brings_more_than_the_answer(student):
    data, answer = right("best_recovery", student)
    budget, gain = answer[""][""], data["return_best"] - data["return_nothing"]

    def profit(spent):
        return data["margin"] * gain * (1 - math.exp(-data["speed"] * spent)) - spent

    assert profit(budget) >= max(map(profit, range(600)))
    assert 0 < budget < 600


@every_student
def test_failing_on_purpose_never_pays_although_satisfaction_is_higher(student):
    data, answer = right("failure_on_purpose", student)
    assert data["satisfaction_recovered"] > data["satisfaction_without"]
    assert data["return_recovered"] < data["return_without"]
    assert answer[""][""] < 0


@pytest.mark.parametrize("student", STUDENTS[:2])
def test_the_branch_with_the_fewest_complaints_has_the_most_dissatisfied(student):
    data, answer = right("complaint_rate", student)
    rate, dissatisfied = answer["rate"], answer["dissatisfied"]
    assert min(rate, key=rate.get) == max(dissatisfied, key=dissatisfied.get)
    table = data["branches"].set_index("branch")
    for branch, row in table.iterrows():
        opened = pd.DataFrame({"opened_at": pd.Timestamp("2025-03-01"), "row": range(int(row["complaints"]))})
        orders = pd.DataFrame({"ordered_at": pd.Timestamp("2025-02-01"), "row": range(int(row["orders"]))})
        found = analysis.complaint_rates(opened, orders, per="order", as_of="2025-12-31").table["rate"].iloc[0]
        assert rate[branch] == pytest.approx(1_000 * found)


def test_misconceptions_of_the_course_meet_their_diagnosis():
    """7: NPS +3 is progress; 8, 9: satisfied is loyal, and the paradox; 22: no complaints, no problems."""
    for task, code, said in (
        ("nps_two_waves", "LUCK_FORGOTTEN", "with nothing changed at all"),
        ("failure_on_purpose", "SATISFIED_IS_LOYAL", "The paradox was found in satisfaction and not in returning"),
        ("failure_on_purpose", "SILENT_IS_FINE", "No complaint, no problem?"),
        ("complaint_rate", "NO_COMPLAINTS_NO_PROBLEMS", "Complaints are taken for problems"),
    ):
        own = exercise(task, student="A-1")
        slip = next(one for one in own.task.misconceptions if one.code == code)
        values = slip.value(own.case.data)
        whole = {**own.case.right, **values}
        given = whole[""][""] if "" in whole else pd.DataFrame(whole).rename_axis(own.task.key)
        verdict = own.check(given)
        assert code in verdict.codes
        assert said in verdict.message
        assert verdict.score < 1
