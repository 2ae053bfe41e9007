"""An answer that went through the wall is judged as it was on the student's own computer."""

import json
import pickle
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.exercises import bank, checking, exercise
from crm_toolkit.exercises.grading.child import plain
from crm_toolkit.exercises.grading.handed_in import Foreign, answer_of, said_lines
from crm_toolkit.exercises.grading.judging import hand_over
from crm_toolkit.exercises.grading.lesson_plan import Plan, PlannedTask
from crm_toolkit.exercises.grading.notebook_bytes import Notebook

BEHIND = ["retention_rate", "rfm_by_hand", "fifo_expiry"]
OTHERS = [pytest.param(name, marks=pytest.mark.slow) for name in bank.every_task() if name not in BEHIND]
EVERY_TASK = [*BEHIND, *OTHERS]


def over_the_wall(answer):
    line = json.dumps(plain(answer)).encode()
    assert b"\n" not in line
    return answer_of(json.loads(line))


def same_verdict(own, answer):
    here = checking.diagnose(own.task, own.case, answer)
    there = checking.diagnose(own.task, own.case, over_the_wall(answer))
    assert (here.status, here.code, here.score, here.codes) == (there.status, there.code, there.score, there.codes)


@pytest.mark.parametrize("task", EVERY_TASK)
def test_right_answers_and_slips_get_the_same_verdict_over_the_wall(task):
    own = exercise(task, student="A-1")
    same_verdict(own, own.expected)
    for values in own.case.slips:
        same_verdict(own, values if own.columns else values[""][""])


class Odd:
    """An object that says it is everything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


ODD = [
    None,
    ...,
    "",
    "0,786",
    "78.6 %",
    "1,234",
    True,
    np.bool_(True),
    5,
    10**400,
    10**5000,
    float("nan"),
    float("inf"),
    1j,
    Decimal("0.5"),
    Decimal("NaN"),
    np.float32(0.5),
    np.int64(3),
    np.array([0.5]),
    np.array([]),
    np.array([[1, 2], [3, 4]]),
    pd.Series([0.5]),
    pd.Series([1, 2]),
    pd.DataFrame({"x": [0.5]}),
    pd.DataFrame(),
    pd.NA,
    pd.NaT,
    pd.Timestamp("2025-01-01"),
    date(2025, 1, 1),
    b"5",
    len,
    Odd(),
    object(),
    [],
    [0.5],
    [[[[[[5]]]]]],
    {},
    {"a": 1},
    set(),
    {5},
    range(3),
    "\ud800",
]


@pytest.mark.parametrize("task", BEHIND)
def test_odd_things_get_the_same_verdict_over_the_wall(task):
    own = exercise(task, student="A-1")
    for answer in ODD:
        same_verdict(own, answer)


def test_every_form_of_a_table_gets_the_same_verdict_over_the_wall():
    own = exercise("rfm_by_hand", student="A-1")
    right = own.expected
    by_key = right.set_index("customer_id")
    forms = [
        by_key,
        by_key.sample(frac=1, random_state=1),
        by_key.to_dict(),
        by_key.T.to_dict(),
        right.astype(object),
        right.rename(columns=str.upper),
        right.head(3),
        pd.concat([right, right]),
        right.drop(columns="monetary"),
        by_key.round(2).astype(str),
        by_key.rename_axis(None),
        right.to_dict("records"),
        right.set_axis(range(5, 13)),
        by_key["monetary"],
        {name: by_key[name] for name in by_key},
        by_key.reset_index(drop=True),
    ]
    for answer in forms:
        same_verdict(own, answer)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    )
)
def test_whatever_is_said_over_the_wall_becomes_something_that_can_be_judged(said):
    own = exercise("retention_rate", student="A-1")
    for answer in (answer_of(said), answer_of({"table": said}), answer_of({"series": said, "index": said})):
        assert checking.diagnose(own.task, own.case, answer).score <= 1


@pytest.mark.parametrize("keys", [int, np.int64, str])
def test_a_practical_task_judged_here_gets_the_same_verdict_over_the_wall(keys):
    own = exercise("definition_workbench", student="A-1", language="en")
    views = {keys(number): ("technology", "process", "strategy")[number % 3] for number in range(1, 13)}
    for work in ({"views": views}, {"views": views, "own": "process and people", "facets": {"process": "process"}}, {}):
        here, there = own.check(work), own.check(over_the_wall(work))
        assert (here.status, here.code, here.score, here.codes) == (there.status, there.code, there.score, there.codes)


def test_an_answer_larger_than_any_table_is_not_carried():
    huge = {f"C-{number}": number for number in range(30_000)}
    assert isinstance(answer_of(plain(huge)), Foreign)
    assert isinstance(answer_of({"table": [["x", []]] * 500}), Foreign)


def test_lines_that_are_no_json_objects_count_for_nothing():
    said = b'{"kind": "answer"}\n' + b"[" * 100_000 + b'\n{"n": ' + b"9" * 5000 + b"}\n\xff\n5\n"
    assert list(said_lines(said)) == [{"kind": "answer"}]


@pytest.mark.parametrize(
    "task", [*EVERY_TASK, "definition_workbench", pytest.param("one_person", marks=pytest.mark.slow)]
)
def test_the_data_that_are_handed_over_hold_no_answer(task):
    plan = Plan("", (), (PlannedTask(task, (), ""),), frozenset(), "")
    (given,) = hand_over(plan, Notebook({}, frozenset()), student="A-1", salts=lambda task: "", code="en")["tasks"]
    assert given["module"] == ""
    assert b"crm_toolkit" not in given["data"]
    assert not any(word.startswith("_") for word in pickle.loads(given["data"]))
