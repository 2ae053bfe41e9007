"""Tasks of lesson 10: their truth is that of the package and of the practice texts."""

import pandas as pd
import pytest

from crm_toolkit.analysis import coder_agreement
from crm_toolkit.exercises import bank, exercise
from crm_toolkit.exercises.article import practice_text
from crm_toolkit.texts import language

TASKS = bank.every_task()
STUDENTS = [f"S-{number}" for number in range(8)]


@pytest.mark.parametrize("task_id", ["claim_kappa", "kappa_faded"])
def test_kappa_is_that_of_the_package(task_id):
    for student in STUDENTS[:3]:
        own = exercise(task_id, student=student)
        codes = own.data["codes"].melt("claim", var_name="coder", value_name="type").astype(str)
        found = coder_agreement(codes, incident="claim", coder="coder", code="type", replications=100)
        assert own.case.right["value"]["kappa"] == pytest.approx(found.kappa)
        assert own.case.right["value"]["observed"] == pytest.approx(found.agreed)


def test_the_table_of_the_practice_text_shows_the_slip_of_its_article():
    guests, returned = [160, 140, 100], [96, 63, 31]
    table = pd.DataFrame({"wait": ("up_to_10", "10_to_20", "over_20"), "guests": guests, "returned": returned})
    right = TASKS["article_recount"].answer({"table": table})["share"]
    assert right == {"up_to_10": 0.6, "10_to_20": 0.45, "over_20": 0.31, "all": 0.475}
    assert TASKS["article_recount"].words({"table": table})["quoted"] == "52.5%"


def test_the_difference_of_the_practice_text_is_significant_and_tiny():
    data = {"services": 3.42, "goods": 3.36, "spread": 1.5, "answers_each": 6000}
    found = TASKS["significant_important"].answer(data)["value"]
    assert found["difference"] == pytest.approx(0.06)
    assert found["z"] == pytest.approx(2.1909, abs=1e-4)
    assert found["effect"] == pytest.approx(0.04)


@pytest.mark.parametrize("student", STUDENTS)
def test_every_student_types_dressed_and_plain_claims_of_all_three_types(student):
    own = exercise("claim_types", student=student)
    planted = {one.id: one for text in ("waiting", "risk") for one in practice_text(text).claims}
    claims = [planted[name] for name in own.case.data["_ids"].values()]
    assert len({one.id for one in claims}) == 9
    assert {one.type for one in claims} == {"definition", "empirical", "normative"}
    assert {"normative_as_empirical", "definition_as_finding"} <= {one.flaw for one in claims}
    assert any(one.type == "empirical" and not one.flaw for one in claims)
    for code in ("en", "ru"):
        with language(code):
            statement = own.statement
        assert all(one.words[code][1:] in statement for one in claims)


@pytest.mark.parametrize("student", STUDENTS)
def test_every_claim_has_exactly_one_test_and_two_are_left(student):
    own = exercise("claim_tests", student=student)
    chosen = list(own.case.right["test"].values())
    assert len(chosen) == len(set(chosen)) == 5
    assert set(chosen) < set(range(1, 8))
