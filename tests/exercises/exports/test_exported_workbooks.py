"""Workbooks for nbgrader and otter: students find what our workbooks have, and the solution is ours."""

import ast
import csv
import io
import json
import re
from functools import cache

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.exercises import exercise
from crm_toolkit.exercises.editions import Derived
from crm_toolkit.exercises.exports import checks, export_moodle, export_nbgrader, export_otter
from crm_toolkit.exercises.exports.lesson_parts import workbook_parts
from crm_toolkit.exercises.exports.nbgrader import nbgrader_notebook
from crm_toolkit.exercises.exports.otter import otter_notebook
from crm_toolkit.exercises.grading.lesson_plan import COURSE, lesson_plan
from crm_toolkit.exercises.grading.results import SubmissionResult, report_json
from crm_toolkit.exercises.lessons import LESSONS
from crm_toolkit.exercises.sources import read_source

TAKEN_OUT = ("four_groups", "own_role")


@cache
def book(lesson):
    """Of a lesson: its parts, and the workbook as a student gets it and solved, cell by cell."""
    source = COURSE / "notebooks" / "source" / f"{lesson}.py"
    derived = Derived(source, "en", "workbook", source, tuple(read_source(source)))
    blank, solved = ({cell.id: cell.source for cell in derived.make(solved=way).cells} for way in (False, True))
    return workbook_parts(lesson, code="en"), blank, solved


QUICK = ("03_access_knowledge_speed", "07_forecast")
LESSON_NAMES = [pytest.param(one.file, marks=[] if one.file in QUICK else pytest.mark.slow) for one in LESSONS]


@pytest.mark.parametrize("lesson", LESSON_NAMES)
def test_every_task_that_counts_is_handed_in_and_no_other(lesson):
    tasks = [part.task for part in book(lesson)[0] if part.task]
    assert tasks == [task.id for task in lesson_plan(lesson).tasks if task.id not in TAKEN_OUT]


@pytest.mark.parametrize("lesson", LESSON_NAMES)
def test_blanks_and_solutions_are_those_of_the_workbook(lesson):
    parts, blank, solved = book(lesson)
    for part in parts:
        if part.pieces:
            assert "\n".join(line for piece in part.pieces for line in piece.blank) == blank[part.id]
            assert "\n".join(line for piece in part.pieces for line in piece.solution) == solved[part.id]


@pytest.mark.parametrize("lesson", LESSON_NAMES)
def test_nbgraders_mark_clears_the_solution_and_keeps_the_blanks(lesson):
    parts, blank, _ = book(lesson)
    for cell in nbgrader_notebook(parts).cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            ast.parse(cell.source)
            cleared = re.sub(r"(?ms)^( *)### BEGIN SOLUTION\n.*?### END SOLUTION$", r"\1...", cell.source)
            ast.parse(cleared)
            left = [line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line
                    for line in cleared.splitlines() if line.strip() != "..."]  # fmt: skip
            assert left == [line for line in blank[cell.id].splitlines() if line.strip() != "..."]


@pytest.mark.parametrize("lesson", LESSON_NAMES)
def test_otters_prompt_leaves_what_the_workbook_has(lesson):
    parts, blank, _ = book(lesson)
    cells = {cell.id: cell for cell in otter_notebook(parts, lesson).cells}
    for part in parts:
        if part.pieces:
            ast.parse(cells[part.id].source)
            left = re.sub(r"(?ms)^ *# BEGIN SOLUTION NO PROMPT\n.*?# END SOLUTION(\n|\Z)", "", cells[part.id].source)
            lines = [line for line in left.splitlines() if not line.endswith(("# BEGIN PROMPT", "# END PROMPT"))]
            assert lines == blank[part.id].splitlines()


def test_a_blank_that_would_spoil_the_solution_is_a_remark():
    source = "\n".join(cell.source for cell in nbgrader_notebook(book("07_forecast")[0]).cells)
    assert "\n    # share = ...\n    answer[month] = ...\n    ### BEGIN SOLUTION\n    share = share * " in source


def test_a_test_cell_ends_with_the_points_and_says_our_message(capsys):
    right = exercise("retention_rate", student="A-1").expected
    assert checks.points("retention_rate", right, student="A-1") == 1
    assert checks.points("retention_rate", 100 * right, student="A-1") == 0.5
    assert "per cent" in capsys.readouterr().out
    checks.told("retention_rate", right, student="A-1")
    assert capsys.readouterr().out == ""
    steps = [checks.earned("retention_rate", 100 * right, student="A-1", step=step) for step in range(1, 9)]
    assert steps == 4 * [True] + 4 * [False]


def test_while_nbgrader_grades_the_id_is_that_of_the_folder(tmp_path, monkeypatch):
    place = tmp_path / "ИВТ-21" / "04_ranking"
    place.mkdir(parents=True)
    monkeypatch.chdir(place)
    assert checks.whose("A-1") == "A-1"
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert checks.whose("A-1") == "ИВТ-21"


def test_what_is_written_and_a_configuration_is_left_alone(tmp_path):
    made = export_nbgrader("00_start", out=tmp_path, code="ru")
    assert [path.relative_to(tmp_path).as_posix() for path in made] == [
        "source/00_start/00_start.ipynb", "nbgrader_config.py",
    ]  # fmt: skip
    made[1].write_text("mine")
    assert made[1] not in export_nbgrader("00_start", out=tmp_path, code="ru")
    assert made[1].read_text() == "mine"
    assert 'crm.language(\\"ru\\")' in made[0].read_text(encoding="utf-8")
    assert export_otter("00_start", out=tmp_path / "o") == tmp_path / "o" / "00_start.ipynb"


def test_an_unknown_lesson_gets_a_letter(tmp_path):
    for export in (export_nbgrader, export_otter):
        with pytest.raises(InputError, match="04_ranking"):
            export("04_rank", out=tmp_path)


@pytest.fixture
def results(tmp_path):
    """A graded class, as `grade` leaves it."""
    task = {"id": "retention_rate", "title": "Удержание", "status": "misconception", "score": 0.5, "code": "PERCENT",
            "message": "Это проценты.", "note": "", "error": "", "counts": True, "digest": ""}  # fmt: skip
    facts = {"lesson": "00_start", "attempt": 1, "end": "done", "notes": []}
    made = [
        SubmissionResult.of_dict(facts | {"student": "ИВТ-21", "language": "ru", "refused": "", "tasks": [task]}),
        SubmissionResult.of_dict(facts | {"student": "B-2", "language": "en", "refused": "NO_JSON", "tasks": []}),
        SubmissionResult.of_dict(facts | {"student": "B-2", "lesson": "04_ranking", "language": "en", "refused": "",
                                          "tasks": [task | {"message": "=1+1\nx", "score": 1.0}]}),
    ]  # fmt: skip
    report = report_json(made, isolation="", package="", unread=(), older=())
    (tmp_path / "report.json").write_bytes(report)
    return tmp_path


def test_moodle_gets_a_row_a_student_with_points_and_feedback(results, tmp_path):
    path = export_moodle(results, out=tmp_path / "moodle", emails={"B-2": "b@example.org"})
    head, first, second = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    assert head == ["ID number", "Email address", "00_start", "00_start (feedback)", "04_ranking",
                    "04_ranking (feedback)"]  # fmt: skip
    assert first[:3] == ["ИВТ-21", "", "0.5"]
    assert "Это проценты." in first[3]
    assert first[4:] == ["", ""]
    assert (second[1], second[2], second[4]) == ("b@example.org", "", "1")
    assert second[3].startswith("This submission could not be graded.")
    only = export_moodle(results, out=tmp_path / "one", lesson="00_start").read_text(encoding="utf-8")
    assert only.splitlines()[0] == "ID number,00_start,00_start (feedback)"


def test_without_results_there_is_a_letter(results, tmp_path):
    with pytest.raises(InputError, match="Grade first"):
        export_moodle(tmp_path / "nowhere", out=tmp_path)
    with pytest.raises(InputError, match="09_loyalty"):
        export_moodle(results, out=tmp_path, lesson="09_loyalty")
    (results / "report.json").write_text(json.dumps([1]))
    with pytest.raises(InputError, match="Grade first"):
        export_moodle(results, out=tmp_path)
