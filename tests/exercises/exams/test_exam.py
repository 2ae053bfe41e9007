"""An exam: only the key draws and signs, a paper tells no answer, and the grader says what is odd about a work."""

import csv
import io
import json
import re
import stat
import sys
import zipfile

import pandas as pd
import pytest

from crm_toolkit.cli import main
from crm_toolkit.errors import InputError
from crm_toolkit.exercises import bank, exercise
from crm_toolkit.exercises.exams import open_paper, prepare_exam, read_keys
from crm_toolkit.exercises.exams.keys import FRESH, Exam, Keys
from crm_toolkit.exercises.exams.paper import facts_of, task_of
from crm_toolkit.exercises.exams.paper_data import as_json, from_json
from crm_toolkit.exercises.exams.roster import read_roster
from crm_toolkit.exercises.grading import grade, submit
from crm_toolkit.exercises.grading.isolation import Isolation

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="walls are there under Linux only")
TASKS = ("retention_rate", "retention_over_periods")
KEY = bytes(range(32))
FIRST = 'answer = (data["end"] - data["new"]) / data["start"]'
EMPTY = {"first": "answer = ...", "second": "answer = ..."}
SECOND = 'answer = np.prod(data["rates"])'


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    """An exam of two tasks for four students, prepared once."""
    root = tmp_path_factory.mktemp("экзамен 1")
    roster = root / "class.csv"
    roster.write_text("id;email;language\nИВТ-21;x@example.org;ru\nA-1;;\nB-2;;\nC-3;;\n", encoding="utf-8")
    made = prepare_exam(TASKS, roster=roster, key=root / "key.json", out=root / "papers", name="june",
                        deadline="2099-06-20T12:00+10:00", salt="maple")  # fmt: skip
    return {"root": root, "roster": roster, "key": root / "key.json", "made": made, "papers": root / "papers"}


def unpacked(exam, student, folder):
    with zipfile.ZipFile(exam["papers"] / f"{student}_exam-june_paper.zip") as archive:
        archive.extractall(folder)
    return folder / "exam-june.ipynb"


def done(exam, student, folder, *, first=FIRST, second=SECOND, into="in", change=None, as_student=None):
    """A student fills in the paper and hands it in."""
    path = unpacked(exam, student, folder / student)
    book = json.loads(path.read_text(encoding="utf-8"))
    gaps = [cell for cell in book["cells"] if "solution" in cell["metadata"].get("tags", ())]
    for cell, answer in zip(gaps, (first, second), strict=True):
        cell["source"] = re.sub(r"(?m)^answer = .*$", lambda _: answer, cell["source"])  # noqa: B023
    if change:
        change(book["metadata"]["crm_toolkit"])
    path.write_text(json.dumps(book), encoding="utf-8")
    return submit(path, student=as_student or student, folder=folder / into)


def graded(exam, folder, **named):
    found = grade(folder / "in", out=folder / "out", key=exam["key"], workers=1, trusted=True, **named)
    return {one.student: one for one in found.results}


def test_a_paper_for_each_student_and_a_key_for_its_owner_only(exam):
    assert [path.name for path in exam["made"].papers] == [
        f"{student}_exam-june_paper.zip" for student in ("ИВТ-21", "A-1", "B-2", "C-3")
    ]
    assert exam["made"].new_key
    if sys.platform != "win32":
        assert stat.S_IMODE(exam["key"].stat().st_mode) == 0o600


def test_nothing_of_the_key_and_no_answer_lies_in_a_paper(exam):
    keys = read_keys(exam["key"])
    for path in exam["made"].papers:
        with zipfile.ZipFile(path) as archive:
            text = "".join(archive.read(name).decode() for name in archive.namelist())
        student = path.name.split("_")[0]
        secrets = [keys.secret.hex(), "maple", *(keys.own_salt(keys.exams["june"], student, task) for task in TASKS)]
        answers = [exercise(task, student=student, salt=salt).expected
                   for task, salt in zip(TASKS, secrets[2:], strict=True)]  # fmt: skip
        assert not any(secret in text for secret in secrets)
        assert not any(f"{answer:.6g}" in text for answer in answers)


def test_the_package_without_the_key_draws_other_numbers(exam, tmp_path):
    unpacked(exam, "A-1", tmp_path)
    task = open_paper(tmp_path / "data").task("retention_rate")
    for salt in ("", "maple", "june"):
        assert exercise("retention_rate", student="A-1", salt=salt).data != task.data


def test_numbers_are_the_same_for_the_same_key_on_every_computer():
    keys, one = Keys(None, KEY), Exam("june", TASKS, "maple")
    assert keys.own_salt(one, "A-1", "retention_rate") == keys.own_salt(one, " а-1", "retention_rate")
    assert [keys.own_code(one, "A-1", task) for task in TASKS] == ["Q9MT-J3T4", "2PBY-ZT08"]
    own = exercise("retention_rate", student="A-1", salt=keys.own_salt(one, "A-1", "retention_rate"))
    assert {name: own.data[name] for name in ("start", "end", "new")} == {"start": 201, "end": 240, "new": 60}
    assert keys.signature({"exam": "june", "student": "A-1"})[:16] == "7058105e5be81ee7"


@pytest.mark.parametrize("change", [{"name": "july"}, {"salt": "oak"}])
def test_another_exam_word_purpose_or_key_gives_other_numbers(change):
    one = Exam("june", TASKS, "maple")
    other = Exam(**{"name": "june", "tasks": TASKS, "salt": "maple"} | change)
    keys = Keys(None, KEY)
    salts = {keys.own_salt(which, "A-1", "retention_rate", purpose) for which in (one, other)
             for purpose in ("paper", FRESH)}  # fmt: skip
    salts.add(Keys(None, KEY[::-1]).own_salt(one, "A-1", "retention_rate"))
    assert len(salts) == 5


def test_preparing_again_gives_the_same_bytes(exam, tmp_path):
    again = prepare_exam(TASKS, roster=exam["roster"], key=exam["key"], out=tmp_path, name="june",
                         deadline="2099-06-20T12:00+10:00", salt="maple")  # fmt: skip
    assert not again.new_key
    assert [path.read_bytes() for path in again.papers] == [path.read_bytes() for path in exam["made"].papers]


def test_a_paper_speaks_the_students_language(exam, tmp_path):
    book = unpacked(exam, "ИВТ-21", tmp_path).read_text(encoding="utf-8")
    assert 'crm.language(\\"ru\\")' in book
    assert "удержани" in (tmp_path / "data" / "retention_rate.json").read_text(encoding="utf-8").casefold()
    assert 'crm.language(\\"en\\")' in unpacked(exam, "A-1", tmp_path / "a").read_text(encoding="utf-8")


def test_a_check_tells_how_an_answer_is_read_and_not_whether_it_is_right(exam, tmp_path):
    unpacked(exam, "A-1", tmp_path)
    paper = open_paper(tmp_path / "data")
    task = paper.task("retention_rate")
    keys = read_keys(exam["key"])
    right = exercise("retention_rate", student="A-1", salt=keys.own_salt(keys.exams["june"], "A-1", task.id)).expected
    told = [re.sub(r"[\d.]+", "0", str(task.check(answer))) for answer in (right, 0.123)]
    assert told[0] == told[1]
    assert "number is wanted" in task.check("no idea")
    assert task.check(...) == task.check(None) == "Nothing to hand in yet."
    assert "no hints" in task.hint(1)
    for name in ("nothing", "../key"):
        with pytest.raises(InputError, match="no task"):
            paper.task(name)
    (tmp_path / "data" / "retention_rate.json").write_text("{}")
    with pytest.raises(InputError, match="Unpack"):
        paper.task("retention_rate")
    with pytest.raises(InputError, match="folder"):
        open_paper(tmp_path / "nowhere")


QUICK = ("rfm_by_hand", "fifo_expiry", "adjusted_rand_index", "five_rules", "multiple_conventions")


@pytest.mark.parametrize(
    "name",
    [pytest.param(task.id, marks=[] if task.id in QUICK else pytest.mark.slow)
     for task in bank.every_task().values() if task.own_numbers],
)  # fmt: skip
def test_every_task_comes_back_from_a_paper_as_it_was(name):
    own = exercise(name, student="A-1", salt="x")
    facts = json.loads(json.dumps(facts_of(own)))
    task = task_of(facts)
    assert (task.columns, task.customers, task.variant_code) == (own.columns, own.customers, own.variant_code)
    same(task.data, own.data)
    assert not any(hidden in facts["data"] for hidden in own.case.data if hidden.startswith("_"))


def same(one, other):
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert list(one) == list(other)
        for name in one:
            same(one[name], other[name])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            same(a, b)
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    else:
        assert one == other


def test_odd_data_come_back_too():
    told = {"a": (1, float("inf")), "b": pd.Series([1.5, None], index=["x", "y"], name="s"), "c": pd.NA, 3: [None]}
    back = from_json(json.loads(json.dumps(as_json(told))))
    assert (back["a"], back["c"], back[3]) == ((1, float("inf")), pd.NA, [None])
    pd.testing.assert_series_equal(back["b"], told["b"])
    with pytest.raises(TypeError):
        as_json(object())


@pytest.fixture
def over(exam, tmp_path):
    """The same exam with another key and a deadline long ago."""
    words = {"roster": exam["roster"], "key": tmp_path / "k.json", "out": tmp_path / "papers", "salt": "maple"}
    prepare_exam(TASKS, name="june", deadline="2020-01-01T00:00+00:00", **words)
    return {"papers": tmp_path / "papers", "key": tmp_path / "k.json"}


@linux
def test_late_work_is_graded_in_full_and_reported_and_a_typed_number_is_noticed(over, tmp_path):
    keys = read_keys(over["key"])
    right = exercise("retention_rate", student="B-2", salt=keys.own_salt(keys.exams["june"], "B-2", TASKS[0])).expected
    done(over, "B-2", tmp_path, first=f"answer = {right!r}")
    one = graded(over, tmp_path)["B-2"]
    assert (one.total, one.notes, one.typed_in) == (2, ("LATE",), ("retention_rate",))
    students = (tmp_path / "out" / "board_students.html").read_text(encoding="utf-8")
    assert all(word in students for word in ("typed in?", "after the deadline", "Exam “june”"))
    feedback = (tmp_path / "out" / "feedback" / "B-2_exam-june.html").read_text(encoding="utf-8")
    assert "typed" not in feedback
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert keys.secret.hex().encode() not in everything
    assert b"maple" not in everything


@linux
def test_late_work_gets_less_only_when_asked(over, tmp_path):
    done(over, "A-1", tmp_path, first=f"{FIRST} * 100", second="answer = ...")  # half a point
    assert graded(over, tmp_path, late_credit=0.25)["A-1"].total == 0.125
    page = (tmp_path / "out" / "feedback" / "A-1_exam-june.html").read_text(encoding="utf-8")
    assert "25 % of the points" in page
    with pytest.raises(InputError, match="share"):
        graded(over, tmp_path, late_credit=2)


@linux
def test_altered_swapped_and_unsigned_papers_are_refused(exam, tmp_path):
    done(exam, "A-1", tmp_path, change=lambda facts: facts["exam"].update(deadline="2199-01-01T00:00:00+00:00"))
    done(exam, "B-2", tmp_path, **EMPTY, change=lambda facts: facts["exam"].pop("signature"))
    done(exam, "C-3", tmp_path).rename(tmp_path / "in" / "ИВТ-21_exam-june.zip")
    assert {student: one.refused for student, one in graded(exam, tmp_path).items()} == {
        "A-1": "ALTERED", "B-2": "UNSIGNED", "ИВТ-21": "SWAPPED",
    }  # fmt: skip
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as table:
        assert {row["student_id"]: (row["total"], row["note"]) for row in csv.DictReader(table)}["A-1"] == (
            "",
            "ALTERED",
        )
    accepted = graded(exam, tmp_path, accept_unsigned=True)
    assert (accepted["B-2"].end, accepted["B-2"].notes, accepted["A-1"].refused) == ("done", ("UNSIGNED",), "ALTERED")


@linux
def test_another_key_signs_nothing_and_without_a_key_an_exam_is_not_graded(exam, tmp_path):
    done(exam, "A-1", tmp_path)
    other = Keys(tmp_path / "other.json", KEY).with_exam(Exam("june", TASKS, "maple"))
    other.write()
    named = {"out": tmp_path / "out", "workers": 1, "trusted": True}
    assert grade(tmp_path / "in", key=other.path, **named).results[0].refused == "ALTERED"
    assert grade(tmp_path / "in", **named).results[0].refused == "NO_KEY"


def test_the_paper_of_another_is_noticed_before_it_is_handed_in(exam, tmp_path):
    with pytest.raises(InputError, match="another student"):
        done(exam, "A-1", tmp_path, as_student="B-2")


def test_what_cannot_be_set_in_an_exam_gets_a_letter(exam, tmp_path):
    def problems(tasks, **named):
        words = {"roster": exam["roster"], "key": tmp_path / "key.json", "out": tmp_path / "papers"} | named
        with pytest.raises(InputError) as trouble:
            prepare_exam(tasks, **words)
        assert not (tmp_path / "papers").exists()
        return [one.code for one in trouble.value.problems]

    assert problems(["rfm_faded", "four_groups", "retention_rat"]) == ["no_exam_task", "no_exam_task", "unknown_task"]
    assert problems(["retention_rate"] * 2) == ["tasks_twice"]
    assert problems(TASKS, deadline="tomorrow") == ["bad_deadline"]
    assert problems(TASKS, name="June exam") == ["bad_name"]
    assert problems(TASKS, name="june", salt="oak", key=exam["key"]) == ["other_exam"]
    assert problems(TASKS, key=tmp_path / "papers" / "key.json") == ["key_among_papers"]
    (tmp_path / "key.json").write_text("{}")
    assert problems(TASKS) == ["no_key_file"]


def test_a_key_is_not_used_where_a_notebook_could_read_it(exam, tmp_path):
    weak = Isolation("limits", False, lambda folder, modules: [])
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match="read the key file"):
        grade(tmp_path / "in", out=tmp_path / "out", key=exam["key"], isolation=weak)


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are others there")
def test_a_key_that_others_may_read_is_not_taken(tmp_path):
    Keys(tmp_path / "key.json", KEY).write()
    assert read_keys(tmp_path / "key.json").secret == KEY
    (tmp_path / "key.json").chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        read_keys(tmp_path / "key.json")


def test_a_key_shows_nothing_of_itself():
    assert KEY.hex() not in repr(Keys(None, KEY)) + Keys(None, KEY).fingerprint
    assert str(KEY) not in repr(Keys(None, KEY))


def test_a_class_list_names_every_row_that_is_wrong(tmp_path):
    path = tmp_path / "class.csv"
    path.write_bytes("ID number,Email address\nИВТ-21,a@example.org\n,x\nивт 21,y\n../..,z\n".encode("cp1251"))
    with pytest.raises(InputError) as trouble:
        read_roster(path)
    assert [one.code for one in trouble.value.problems] == ["bad_id", "twice", "bad_id"]
    path.write_text("\ufeffID number;Email address\nИВТ-21;a@example.org\n", encoding="utf-8")
    assert [(one.student, one.email) for one in read_roster(path)] == [("ИВТ-21", "a@example.org")]
    for text, code in (("name\nx\n", "no_column"), ("id\n", "empty"), ("", "no_column")):
        path.write_text(text)
        with pytest.raises(InputError) as trouble:
            read_roster(path)
        assert [one.code for one in trouble.value.problems] == [code]


@pytest.mark.parametrize(("code", "said"), [("en", "papers of the exam"), ("ru", "экзамен")])
def test_an_exam_is_prepared_from_the_command_line(tmp_path, capsys, exam, code, said):
    words = ["exam", "prepare", *TASKS, "--roster", str(exam["roster"]), "--key", str(tmp_path / "key.json"),
             "--out", str(tmp_path / "papers"), "--language", code]  # fmt: skip
    assert main(words) == 0
    assert said in capsys.readouterr().out
    assert len(list((tmp_path / "papers").glob("*.zip"))) == 4
    assert main([*words[:2], "no_task", *words[4:]]) == 1
    assert "no_task" in capsys.readouterr().err


@pytest.mark.slow
@linux
def test_solved_papers_of_every_task_get_full_marks(tmp_path):
    from crm_toolkit.exercises.exports.lesson_parts import workbook_parts
    from crm_toolkit.exercises.lessons import LESSONS

    solved = {}
    for lesson in LESSONS:
        for part in workbook_parts(lesson.file):
            if part.pieces:
                solved[part.id] = "\n".join(line for piece in part.pieces for line in piece.solution)
    every = [task.id for task in bank.every_task().values() if task.own_numbers]
    roster = tmp_path / "class.csv"
    roster.write_text("id\nA-1\n")
    prepare_exam(every, roster=roster, key=tmp_path / "key.json", out=tmp_path / "papers", name="all")
    keys = read_keys(tmp_path / "key.json")
    with zipfile.ZipFile(tmp_path / "papers" / "A-1_exam-all_paper.zip") as archive:
        book = json.load(io.BytesIO(archive.read("exam-all.ipynb")))
    current, by_hand = "", []
    for cell in book["cells"]:
        opened = re.search(r'paper\.task\("(\w+)"', cell["source"])
        current = opened[1] if opened else current
        if "solution" in cell["metadata"].get("tags", ()):
            text = solved.get(cell["id"], ".expected")
            if ".expected" in text:  # judged by reading: what is right is typed in
                own = exercise(current, student="A-1", salt=keys.own_salt(keys.exams["all"], "A-1", current))
                value = own.expected
                value = value.to_dict("list") if isinstance(value, pd.DataFrame) else value
                text = f"answer = pd.DataFrame({value!r})" if isinstance(value, dict) else f"answer = {value!r}"
                by_hand.append(current)
            cell["source"] = text
    path = tmp_path / "exam-all.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    submit(path, student="A-1", folder=tmp_path / "in")
    words = {"key": tmp_path / "key.json", "wall_seconds": 300, "trusted": True}
    one = grade(tmp_path / "in", out=tmp_path / "out", **words).results[0]
    assert [(task.id, task.code, task.note, task.error) for task in one.tasks if task.status != "right"] == []
    assert set(one.typed_in) <= set(by_hand)
    assert len(one.tasks) == len(every)
