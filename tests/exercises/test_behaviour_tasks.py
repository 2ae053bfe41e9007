"""Tasks of lesson 06: their truth is that of published numbers; their variants hold what textbooks are silent about."""

import pandas as pd
import pytest

from crm_toolkit.behaviour.decision_rules import (
    LAPTOP_ATTRIBUTES,
    LAPTOP_MARKS,
    LAPTOP_MINIMUMS,
    LAPTOP_WEIGHTS,
    laptops,
)
from crm_toolkit.exercises import bank, exercise
from crm_toolkit.texts import language

TASKS = bank.every_task()
STUDENTS = [f"S-{number}" for number in range(12)]


def picked(values):
    return {rule: [name for name, cell in cells.items() if cell] for rule, cells in values.items()}


def test_five_rules_give_the_textbook_table_of_laptops():
    table = laptops()
    criteria = list(LAPTOP_ATTRIBUTES)
    ranked = sorted(criteria, key=lambda one: -LAPTOP_WEIGHTS[one])
    rules = pd.DataFrame(
        {
            "criterion": criteria,
            "importance": [ranked.index(one) + 1 for one in criteria],
            "weight": [LAPTOP_WEIGHTS[one] for one in criteria],
            "minimum": [LAPTOP_MINIMUMS[one] for one in criteria],
            "cutoff": [{"display": 4}.get(one, LAPTOP_MINIMUMS[one]) for one in criteria],
            "excellent": pd.array([LAPTOP_MARKS.get(one) for one in criteria], dtype="Int64"),
        }
    )
    alternatives = pd.DataFrame(table.matrix, columns=criteria)
    alternatives.insert(0, "alternative", table.alternatives)
    assert picked(TASKS["five_rules"].answer({"alternatives": alternatives, "criteria": rules})) == {
        "conjunctive": ["HP", "Compaq"],
        "disjunctive": ["Gateway/Acer", "Compaq", "Dell"],
        "elimination": ["Dell"],
        "lexicographic": ["Gateway/Acer"],
        "compensatory": ["Dell"],
    }


@pytest.mark.parametrize("student", STUDENTS)
def test_every_table_of_rules_holds_a_tie_and_a_step_that_would_eliminate_all(student):
    own = exercise("five_rules", student=student)
    marks = own.data["alternatives"].set_index("alternative")
    criteria = own.data["criteria"].set_index("criterion").sort_values("importance")
    top = marks[criteria.index[0]]
    assert (top == top.max()).sum() > 1
    left, emptied = marks, False
    for name, cutoff in criteria["cutoff"].items():
        kept = left[left[name] >= cutoff]
        emptied |= kept.empty
        left = left if kept.empty else kept
        if len(left) == 1:
            break
    assert emptied
    assert picked(own.case.right)["elimination"] == list(left.index)
    assert criteria["weight"].sum() == 100
    assert criteria["weight"].is_monotonic_decreasing


def test_elimination_chances_are_those_of_tversky_1972():
    aspects = pd.DataFrame(
        [("suite", 1.0, 1, 0, 0), ("symphony", 1.0, 0, 1, 1), ("hall", 1e-9, 0, 1, 0), ("studio", 1e-9, 0, 0, 1)],
        columns=["aspect", "weight", "A", "B", "C"],
    )
    found = TASKS["eba_chances"].answer({"aspects": aspects, "asked": "B"})
    assert found[""][""] == pytest.approx(0.25, abs=1e-6)


def test_weighted_gap_is_that_of_the_published_example():
    perception = [5.35, 4.90, 5.17, 5.30, 4.99]
    table = pd.DataFrame({"expectation": 6.0, "perception": perception, "points": [11, 32, 22, 19, 16]})
    assert TASKS["servqual_weighted"].answer({"dimensions": table})[""][""] == pytest.approx(-0.9007)


def test_kano_coefficients_are_those_of_thirty_twenty_five_thirty_five_ten():
    rows = [("x", 1, 3, 30), ("x", 1, 5, 25), ("x", 3, 5, 35), ("x", 3, 3, 10), ("x", 5, 1, 40)]
    table = pd.DataFrame(rows, columns=["feature", "functional", "dysfunctional", "people"])
    found = TASKS["kano_better_worse"].answer({"answers": table})
    assert found == {"better": {"x": pytest.approx(0.55)}, "worse": {"x": pytest.approx(-0.60)}}


def test_attitudes_are_those_of_three_luxury_cars():
    beliefs = pd.DataFrame(
        {
            "evaluation": [3, 3, -1, 3, 1],
            "A": [3, 2, 3, 1, -1],
            "B": [3, 3, 3, 3, -2],
            "C": [2, 2, 2, 2, 2],
        }
    )
    found = TASKS["fishbein_attitude"].answer({"beliefs": beliefs})
    assert found == {"attitude": {"A": 14, "B": 22, "C": 18}, "rank": {"A": 3, "B": 1, "C": 2}}


def test_logit_shares_are_those_of_one_a_half_and_zero():
    offers = pd.DataFrame({"visits": [2, 1, 0], "trainer": 0, "price": 0})
    data = {"offers": offers, "coefficients": {"visits": 0.5, "trainer": 0.0, "price": -0.1}}
    shares = [TASKS["mnl_shares"].answer(data | {"asked": one})[""][""] for one in "ABC"]
    assert shares == pytest.approx([0.5065, 0.3072, 0.1863], abs=5e-5)


def test_rows_that_are_no_customers_are_named_as_rows():
    own = exercise("fishbein_attitude", student="A-1")
    right = own.expected
    assert list(right.columns) == ["service", "attitude", "rank"]
    assert own.check(right.rename(columns={"service": "Service"})).right
    assert "Z" in own.check(right.replace("A", "Z")).message
    assert own.check(right.replace("A", "Z")).code == "UNKNOWN_ROWS"
    assert "stands in the table twice" in own.check(pd.concat([right, right.assign(attitude=99.0)])).message
    assert "`service`" in own.check("a text").message
    with language("ru"):
        wrong = own.check(right.assign(attitude=99.0))
        assert "3 строки из 3" in wrong.message
        assert "клиент" not in wrong.message
