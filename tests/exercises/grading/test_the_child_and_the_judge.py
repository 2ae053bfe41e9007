"""The child runs cells one by one whatever they do; the judge believes it nothing but answers."""

import json

import pytest

from crm_toolkit.exercises.grading import child
from crm_toolkit.exercises.grading.judging import judge
from crm_toolkit.exercises.grading.lesson_plan import Plan, PlannedTask, lesson_plan
from crm_toolkit.exercises.grading.notebook_bytes import Notebook
from crm_toolkit.exercises.grading.running import Run


def run(source, names=None, forget=()):
    names = {} if names is None else names
    cell = {"id": "gap", "source": source, "gap": False, "forget": forget}
    return child._run(cell, names, lambda on: None), names


def judged(*lines, task="retention_rate", end="done"):
    plan = Plan("", (), (PlannedTask(task, ("gap",), "check"),), frozenset(), "")
    said = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    (found,) = judge(
        plan, Notebook({"gap": ("",)}, frozenset()), Run(said, end), student="A-1", salts=lambda task: "", code="en"
    )
    return found


def test_a_gap_that_is_gone_leaves_no_answer_of_the_task_before():
    trouble, names = run(None, {"answer": 5, "data": 6}, forget=("answer",))
    assert trouble == "missing"
    assert names == {"data": 6}


@pytest.mark.parametrize("lesson", ["04_ranking", "09_loyalty", "11_complaints"])
def test_every_gap_of_a_workbook_binds_its_answer_anew(lesson):
    plan = lesson_plan(lesson)
    forget = {cell.id: cell.forget for cell in plan.cells if cell.gap}
    assert all(any(forget[gap] for gap in task.gaps) for task in plan.tasks)


def test_lines_for_the_notebook_itself_are_left_out():
    trouble, names = run("%time\n!ls\nanswer = 5\nif answer:\n    %matplotlib inline\nprint?")
    assert trouble == ""
    assert names["answer"] == 5


@pytest.mark.parametrize(
    ("source", "told"),
    [("1 / 0", "ZeroDivisionError: division by zero"), ("raise SystemExit(3)", "SystemExit: 3"), ("x =", "SyntaxError"),
     ("class E(Exception):\n    def __str__(self): return 1 / 0\nraise E", "error")],
)  # fmt: skip
def test_whatever_stops_a_cell_is_one_line(source, told):
    assert run(source)[0].startswith(told)


def test_the_last_answer_counts():
    lines = [{"kind": "answer", "task": "retention_rate", "answer": number} for number in (0.1, None, 0.2)]
    assert judged(*lines).code == "WRONG"
    assert judged(*lines[:2]).code == "NOT_ATTEMPTED"


@pytest.mark.parametrize("task", ["four_groups", "own_role"])
def test_what_only_the_child_saw_never_counts(task):
    seen = {"kind": "seen", "task": task, "status": "right", "code": "RIGHT", "message": "all there", "score": 1000}
    found = judged(seen, task=task)
    assert (found.status, found.score, found.counts) == ("right", 0.0, False)
    odd = judged(seen | {"status": "perfect", "code": "<b>", "message": ["x"]}, task=task)
    assert (odd.status, odd.code) == ("not_attempted", "NOT_ATTEMPTED")


def test_an_answer_for_another_task_is_no_answer():
    assert judged({"kind": "answer", "task": "retention_over_periods", "answer": 5}).code == "NOT_ATTEMPTED"
    assert judged({"kind": "answer", "task": ["retention_rate"], "answer": 5}).code == "NOT_ATTEMPTED"


@pytest.mark.parametrize("end", ["time", "too_much", "died"])
def test_an_answer_before_the_end_counts_and_none_has_its_reason(end):
    assert judged({"kind": "answer", "task": "retention_rate", "answer": 0.2}, end=end).code == "WRONG"
    assert judged(end=end).note == end
