"""`grade`: honest work gets its points, the files say so, and grading twice changes nothing."""

import csv
import io
import json
import os
import random
import re
import sys
import zipfile

import nbformat
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.exercises import exercise
from crm_toolkit.exercises.bank.definitions import DEFINITIONS
from crm_toolkit.exercises.editions import derived_notebooks
from crm_toolkit.exercises.grading import grade, one_submission, submit
from crm_toolkit.exercises.grading.isolation import Isolation, strongest_isolation
from crm_toolkit.exercises.grading.lesson_plan import lesson_plan
from crm_toolkit.exercises.grading.results import defused
from crm_toolkit.exercises.lessons import LESSONS

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="walls are there under Linux only")


def bytes_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, small_course, hand):
    """One class, graded once, and graded again."""
    root = tmp_path_factory.mktemp("класс 1")
    seen = []
    book = hand.notebook()
    russian = hand.notebook("answer = 0.1", "share = sum(u.data['rates']) / 4")
    russian["metadata"]["crm_toolkit"]["language"] = "ru"
    hand.put(root / "in", "A-1", hand.notebook("answer = 0", "share = 0"))
    hand.put(root / "in", "a-1", book, attempt=2)
    hand.put(root / "in", "ИВТ-21", russian)
    hand.put(root / "in", "B-2", hand.notebook("1 / 0", "share = ..."))
    hand.put(root / "in", "C-3", hand.notebook(), variants={"retention_rate": "XXXX-XXXX"})
    gone = hand.notebook()
    gone["cells"] = [cell for cell in gone["cells"] if cell["id"] != "gap-1"] + [gone["cells"][5]]
    hand.put(root / "in", "D-4", gone)
    (root / "in" / "E-5_00_start.zip").write_bytes(b"PK no archive")
    (root / "in" / "essay.docx").write_bytes(b"")

    def again(**changes):
        named = {"out": root / "out", "course": small_course, "workers": 2}
        return grade(root / "in", **(named | changes))

    first = again(on_progress=lambda *told: seen.append(told))
    before = bytes_of(root / "out")
    second = again()
    return {"root": root, "first": first, "second": second, "before": before, "seen": seen, "again": again}


def result(graded, student):
    return next(one for one in graded["first"].results if one.student == student)


def task(graded, student, place=0):
    return result(graded, student).tasks[place]


def test_honest_work_gets_full_marks_and_the_newest_attempt_counts(graded):
    one = result(graded, "a-1")
    assert (one.total, one.possible, one.attempt, one.end) == (2.0, 2, 2, "done")
    assert graded["first"].older == ("A-1_00_start.zip",)


def test_the_numbers_are_those_of_the_id_in_the_files_name(graded):
    own = exercise("retention_rate", student="C-3")
    assert result(graded, "C-3").total == 2
    assert result(graded, "C-3").notes == ("OTHER_VARIANT",)
    assert own.expected != exercise("retention_rate", student="demo-01").expected


def test_a_slip_gets_its_code_and_its_diagnosis_in_the_students_language(graded):
    found = task(graded, "ИВТ-21", 1)
    assert (found.code, found.status) == ("MEAN", "misconception")
    page = (graded["root"] / "out" / "feedback" / "ИВТ-21_00_start.html").read_text(encoding="utf-8")
    assert '<html lang="ru">' in page
    assert "из 2</b>" in page
    assert "four rates" not in page


def test_a_cell_that_stops_is_told_and_stops_nothing_else(graded):
    one, other = result(graded, "B-2").tasks
    assert (one.code, other.code) == ("NOT_ATTEMPTED", "NOT_ATTEMPTED")
    assert (one.note, one.error) == ("stopped", "ZeroDivisionError: division by zero")
    assert (other.note, other.error) == ("", "")


def test_gone_and_doubled_cells_are_not_attempted_with_the_reason(graded):
    one, other = result(graded, "D-4").tasks
    assert (one.code, other.code) == ("NOT_ATTEMPTED", "NOT_ATTEMPTED")
    assert (one.note, other.note) == ("gone", "twice")


def test_an_archive_that_is_none_has_no_total_and_costs_nobody_else_anything(graded):
    assert result(graded, "E-5").refused == "BROKEN_ARCHIVE"
    assert [row["total"] for row in rows(graded) if row["student_id"] == "E-5"] == [""]
    assert graded["first"].unread == ("essay.docx",)


def rows(graded):
    text = graded["before"]["grades.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_of_grades_has_a_row_a_student_with_score_and_code_of_every_task(graded):
    assert graded["before"]["grades.csv"].startswith(b"\xef\xbb\xbf")
    by_student = {row["student_id"]: row for row in rows(graded)}
    assert by_student["a-1"]["total"] == "2"
    assert by_student["ИВТ-21"]["retention_over_periods_code"] == "MEAN"
    assert by_student["C-3"]["note"] == "OTHER_VARIANT"


@pytest.mark.parametrize("sign", "=+-@\t\r\n'")
def test_no_cell_of_the_table_is_a_formula(sign):
    assert defused(f"{sign}1+1") == f"'{sign}1+1"


def test_the_board_for_the_projector_has_counts_and_slips_and_no_names(graded):
    board = graded["before"]["board.html"].decode()
    assert "MEAN" in board
    assert not any(one.student in board for one in graded["first"].results)
    students = graded["before"]["board_students.html"].decode()
    assert all(one.student in students for one in graded["first"].results)


def test_the_walls_are_named(graded):
    walls = strongest_isolation()
    assert graded["first"].isolation == walls.level
    assert json.loads(graded["before"]["report.json"])["isolation"].split(":")[0].split(" ")[0] == walls.level
    assert str(walls) in graded["before"]["board_students.html"].decode()


def test_grading_again_runs_nothing_and_writes_the_same_bytes(graded):
    assert graded["first"].run == 5
    assert graded["second"].run == 0
    assert bytes_of(graded["root"] / "out") == graded["before"]


def test_progress_tells_every_submission_once(graded):
    assert [done for done, _, _ in graded["seen"]] == list(range(1, 7))
    assert {everyone for _, everyone, _ in graded["seen"]} == {6}


def test_another_salt_is_another_exam(graded, tmp_path, hand, small_course):
    hand.put(tmp_path / "in", "A-1", hand.notebook(f"answer = {exercise('retention_rate', student='A-1').expected!r}"))
    named = {"out": tmp_path / "out", "course": small_course, "workers": 1}
    assert grade(tmp_path / "in", **named).results[0].tasks[0].code == "RIGHT"
    salted = grade(tmp_path / "in", salt="June", **named)
    assert salted.run == 1
    assert [one.code for one in salted.results[0].tasks] == ["WRONG", "RIGHT"]
    assert "June" not in "".join(map(str, bytes_of(tmp_path / "out").values()))


def test_a_child_that_cannot_begin_is_told_and_is_tried_again(tmp_path, hand, small_course):
    broken = Isolation("limits", False, lambda folder, modules: [sys.executable, "-c", "raise OSError('no room')"])
    hand.put(tmp_path / "in", "A-1", hand.notebook())
    named = {"out": tmp_path / "out", "course": small_course}
    found = grade(tmp_path / "in", isolation=broken, **named).results[0]
    assert (found.end, found.tasks[0].note, found.tasks[0].error) == ("not_started", "not_started", "OSError: no room")
    assert grade(tmp_path / "in", **named).results[0].total == 2


def test_a_changed_grader_grades_anew(graded, monkeypatch):
    monkeypatch.setattr(one_submission, "course_digest", lambda: "another grader")
    assert graded["again"]().run == 5


def test_digests_of_answers_are_the_same_on_every_computer(graded):
    assert [one.digest for one in result(graded, "C-3").tasks] == ["de9fdded188e444b", "ab320a89b27bc22f"]


def test_two_files_that_claim_one_attempt_are_told(tmp_path, hand, small_course):
    hand.put(tmp_path / "in", "A-1", b"")
    hand.put(tmp_path / "in", "а-1", b"")
    found = grade(tmp_path / "in", out=tmp_path / "out", course=small_course)
    assert [one.notes for one in found.results] == [("SEVERAL_FILES",)]
    assert "SEVERAL_FILES" not in (tmp_path / "out" / "board.html").read_text(encoding="utf-8")


def test_what_cannot_be_graded_at_all_gets_a_letter(tmp_path, small_course):
    with pytest.raises(InputError) as trouble:
        grade(tmp_path / "nowhere", out=tmp_path, workers=0)
    assert [one.code for one in trouble.value.problems] == ["no_folder", "bad_workers"]
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match="written"):
        grade(tmp_path / "in", out=tmp_path / "file" / "out", course=small_course)


def test_without_walls_only_trusted_submissions_are_run(monkeypatch):
    for system in ("win32", "darwin"):
        monkeypatch.setattr(sys, "platform", system)
        with pytest.raises(InputError, match="trusted"):
            strongest_isolation()
        assert strongest_isolation(trusted=True).level == "trusted"


@pytest.mark.parametrize("lesson", [lesson.file for lesson in LESSONS])
def test_every_task_of_every_workbook_has_a_cell_to_fill_in(lesson):
    plan = lesson_plan(lesson)
    assert plan.tasks
    assert all(task.gaps for task in plan.tasks)
    assert sum(cell.gap for cell in plan.cells) == sum(len(task.gaps) for task in plan.tasks)


@pytest.mark.parametrize("count", [60, pytest.param(500, marks=pytest.mark.slow)])
def test_broken_archives_cost_the_honest_student_nothing(tmp_path, hand, small_course, count):
    luck, whole = random.Random(7), hand.packed(hand.notebook())
    folder = tmp_path / "in"
    hand.put(folder, "A-1", hand.notebook())
    for number in range(count):
        data = bytearray(whole)
        start = data.index(b"PK\x01\x02") if number % 3 else 0
        for _ in range(luck.randrange(1, 9)):
            data[luck.randrange(start, len(data))] = luck.randrange(256)
        data = data[: luck.randrange(len(data))] if number % 2 else data
        (folder / f"x{number}_00_start.zip").write_bytes(bytes(data) if number % 10 else os.urandom(50))
    found = grade(folder, out=tmp_path / "out", course=small_course, isolation=strongest_isolation())
    assert len(found.results) == count + 1
    assert {one.refused for one in found.results if one.student != "A-1"} <= {
        "", "BROKEN_ARCHIVE", "NO_NOTEBOOK", "NO_JSON", "BAD_MEMBER", "TOO_LARGE", "TOO_MANY_FILES", "TOO_DEEP"
    }  # fmt: skip
    assert [one.total for one in found.results if one.student == "A-1"] == [2]


@pytest.mark.slow
@pytest.mark.parametrize("code", ["en", "ru"])
def test_solved_workbooks_of_the_course_get_full_marks_and_blank_ones_none(tmp_path, code):
    for derived in derived_notebooks():
        if derived.kind == "workbook" and derived.code == code:
            for solved in (True, False):
                book = derived.make(solved=solved)
                student = "S-1" if solved else "U-1"
                opened = dict(
                    re.findall(r'(\w+) = crm\.exercise\("(\w+)"', "\n".join(cell.source for cell in book.cells))
                )
                for cell in book.cells:
                    cell.source = cell.source.replace('student = "demo-01"', f'student = "{student}"')
                    for name in re.findall(r"(\w+)\.expected", cell.source):  # a submission can't ask for the answer
                        expected = exercise(opened[name], student=student).expected.to_dict("list")
                        cell.source = f"answer = pd.DataFrame({expected!r})"
                    if "bank.definitions" in cell.source:  # and can't look into the bank
                        order = exercise("definition_workbench", student=student).details["_order"]
                        views = {number: DEFINITIONS[place][0] for number, place in enumerate(order, 1)}
                        cell.source = re.sub(r"(?m)^views = .*$", f"views = {views!r}", cell.source.partition("\n")[2])
                path = tmp_path / f"{derived.source.stem}.ipynb"
                nbformat.write(book, path)
                submit(path, student=student, folder=tmp_path / "in")
    found = grade(tmp_path / "in", out=tmp_path / "out")
    for one in found.results:
        assert one.end == "done", one
        if one.student == "S-1":
            assert one.total == one.possible, [(task.id, task.code, task.note, task.error) for task in one.tasks]
        else:
            assert all(task.status == "not_attempted" and not task.note for task in one.tasks), one
    tasks = [task for one in found.results if one.student == "S-1" for task in one.tasks]
    practices = {task.id: task.status for task in tasks if not task.counts}
    assert practices == {"four_groups": "right", "own_role": "right"}


def test_a_submission_made_by_submit_is_graded(tmp_path, hand, small_course):
    path = tmp_path / "00_start.ipynb"
    path.write_text(json.dumps(hand.notebook(setup='import crm_toolkit as crm\nstudent = "A-1"')), encoding="utf-8")
    made = submit(path, student="A-1", folder=tmp_path / "in", course=small_course)
    assert zipfile.is_zipfile(made)
    found = grade(tmp_path / "in", out=tmp_path / "out", course=small_course)
    assert (found.results[0].total, found.results[0].notes) == (2, ())
