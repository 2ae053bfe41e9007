"""Tasks of lessons 01 and 05: their truth is that of the package; vignettes are complete."""

import itertools

import numpy as np
import pytest

from crm_toolkit import analysis
from crm_toolkit.exercises import exercise, load_rubric
from crm_toolkit.exercises.orientation_vignettes import CONFUSIONS, KINDS, VIGNETTES, vignettes_of
from crm_toolkit.texts import language, say

every_student = pytest.mark.parametrize("student", [f"S-{number}" for number in range(2)])


@every_student
def test_agreement_of_divisions_is_that_of_the_package(student):
    own = exercise("adjusted_rand_index", student=student)
    counts = own.data["counts"].to_numpy()
    first, second = (np.repeat(np.indices(counts.shape)[side], counts.ravel()) for side in (0, 1))
    assert own.expected == pytest.approx(analysis.adjusted_rand(first, second))


@every_student
def test_gain_by_segments_is_that_of_the_package(student):
    own = exercise("segment_policy_gain", student=student)
    plan = analysis.segment_plan(own.data["segments"], ["none", "call", "points"], fixed_cost=own.data["fixed_cost"])
    assert own.expected == pytest.approx(plan.net_gain)


@every_student
def test_the_break_even_is_the_first_number_that_pays(student):
    own = exercise("segment_break_even", student=student)
    n = own.data
    year = n["messages"] * (n["response"] * n["order_value"] * n["margin_rate"] - n["message_cost"])
    assert own.expected * year >= n["content_cost"] > (own.expected - 1) * year


@every_student
def test_some_bases_have_structure_and_some_have_none(student):
    own = exercise("null_data", student=student)
    structure = own.expected["structure"].tolist()
    assert 2 <= sum(structure) <= 3
    said = own.check({"structure": dict.fromkeys("ABCDE", 1)})
    assert said.code == "CLUSTERS_ALWAYS_EXIST"


@every_student
def test_a_rule_reaches_whom_it_may(student):
    own = exercise("rule_reach", student=student)
    assert sorted(own.expected["rule"]) == [0, 0, 0, 1, 1, 2, 3]
    agreed = own.data["customers"].set_index("customer_id")["consent"]
    assert (own.expected.set_index("customer_id")["rule"][agreed == 0] == 0).all()


@every_student
def test_the_reversed_item_is_the_one_that_the_package_marks(student):
    own = exercise("reversed_item", student=student)
    items = analysis.cronbach_alpha(own.data["answers"], list(own.data["answers"])).items
    marked = items[items["against"]]
    assert len(marked) == 1
    assert own.expected == pytest.approx(marked["item_rest_correlation"].iloc[0])
    assert own.expected < 0


@every_student
def test_granting_every_wish_is_the_nineteenth_misconception(student):
    own = exercise("client_wishes", student=student)
    wishes = own.data["wishes"]
    worth = wishes["stay_more"] * own.data["margin"] - wishes["cost"]
    assert own.check(worth.sum()).code == "DO_WHAT_THEY_ASK"
    best = max(worth[list(some)].sum() for count in range(6) for some in itertools.combinations(range(5), count))
    assert own.expected == pytest.approx(best)


def test_every_confusion_of_two_kinds_is_named_in_both_languages():
    assert set(CONFUSIONS) == set(itertools.permutations(KINDS, 2))
    assert len(set(CONFUSIONS.values())) == 12
    assert len(VIGNETTES) >= 12
    for student in ("a", "b", "c"):
        mine = vignettes_of(student)
        assert len(set(mine)) == 12
        assert min(sum(one.kind == kind for one in mine) for kind in KINDS) >= 2
    with language("ru"):
        assert all("ымышлен" in say(one.text) for one in VIGNETTES)
    assert all("invented" in one.text for one in VIGNETTES)


@pytest.mark.parametrize(("name", "rows"), [("orientation_audit", 5), ("personalisation_plan", 6)])
def test_rubrics_are_whole(name, rows):
    assert len(load_rubric(name).criteria) == rows
