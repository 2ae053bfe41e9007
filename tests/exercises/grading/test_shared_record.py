"""A record of progress goes along only when the student says so, holds little, and never touches a grade."""

import io
import json
import sys
import warnings
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.exercises import exercise
from crm_toolkit.exercises.grading import grade, submit
from crm_toolkit.exercises.grading.notebook_bytes import Refusal
from crm_toolkit.exercises.grading.parcel import read_parcel
from crm_toolkit.exercises.grading.results import SubmissionResult
from crm_toolkit.exercises.grading.shared_record import LARGEST_RECORD, MOST_LINES, Tried, known_codes, read_record
from crm_toolkit.exercises.progress import VARIABLE
from crm_toolkit.texts import language


def line(kind="task", name="retention_rate", status="right", code="RIGHT", **more):
    return json.dumps({"kind": kind, "id": name, "status": status, "code": code} | more).encode() + b"\n"


@pytest.fixture
def worked(tmp_path, monkeypatch):
    """A record of somebody who tried, opened a hint and got it right; and of others on the same computer."""
    place = tmp_path / "my_work" / "progress.jsonl"
    monkeypatch.setenv(VARIABLE, str(place))
    own, other = exercise("retention_rate", student="A-1"), exercise("retention_rate", student="B-2")
    own.check(0.1)
    own.hint(2)
    other.check(other.expected)
    own.check(own.expected)
    exercise("rfm_by_hand", student="A-1").check(1)  # another lesson
    return place


@pytest.fixture
def handed_in(tmp_path, hand, small_course):
    """Hand in the small workbook; the archive's members."""

    def submitted(**options):
        path = tmp_path / "00_start.ipynb"
        book = hand.notebook(setup='import crm_toolkit as crm\nstudent = "A-1"')
        path.write_text(json.dumps(book), encoding="utf-8")
        made = submit(path, student="A-1", folder=tmp_path / "in", course=small_course, **options)
        with zipfile.ZipFile(made) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    return submitted


def test_without_the_students_word_nothing_of_the_record_goes_along(worked, handed_in):
    assert set(handed_in()) == {"notebook.ipynb", "submission.json"}


def test_what_is_shared_has_no_time_no_answer_no_other_lesson_and_no_other_person(worked, handed_in):
    with pytest.warns(UserWarning, match="3 lines of your record"):
        lines = handed_in(share_progress=True)["progress.jsonl"].splitlines()
    facts = [json.loads(one) for one in lines]
    assert [(one["kind"], one["status"]) for one in facts] == [("task", "wrong"), ("hint", "opened"), ("task", "right")]
    assert {name for one in facts for name in one} == {"kind", "id", "status", "code"}
    assert {one["id"] for one in facts} == {"retention_rate"}


def test_an_exams_word_in_the_notebook_finds_the_exams_lines(tmp_path, monkeypatch, hand, small_course):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "progress.jsonl"))
    exercise("retention_rate", student="A-1", salt="june").check(0.1)
    path = tmp_path / "00_start.ipynb"
    opened = 't = crm.exercise("retention_rate", student=student, salt="june")'
    book = hand.notebook(setup='import crm_toolkit as crm\nstudent = "A-1"', **{"open-1": opened})
    path.write_text(json.dumps(book), encoding="utf-8")
    with pytest.warns(UserWarning, match="1 line of your record"):
        submit(path, student="A-1", folder=tmp_path / "in", course=small_course, share_progress=True)


@pytest.mark.parametrize("code", ["en", "ru"])
def test_a_student_without_a_record_is_told_and_hands_in_all_the_same(tmp_path, monkeypatch, handed_in, code):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere.jsonl"))
    said = {"en": "Nothing is shared", "ru": "Ничего не приложено"}[code]
    with language(code), pytest.warns(UserWarning, match=said):
        assert "progress.jsonl" not in handed_in(share_progress=True)


def test_tries_first_success_slips_and_hints_are_counted_in_the_order_of_the_lines():
    data = (
        line(status="misconception", code="CHURN") + line("hint", status="opened", code="1") + line()
        + line("hint", status="opened", code="1") + line(status="wrong", code="WRONG") + line(name="rfm_by_hand")
    )  # fmt: skip
    tried, strange = read_record(data)
    assert tried == (
        Tried("task", "retention_rate", 3, 2, (("CHURN", 1), ("WRONG", 1)), (1,)),
        Tried("task", "rfm_by_hand", 1, 1),
    )
    assert strange == 0


@pytest.mark.parametrize(
    "data",
    [
        b"rubbish\n", b"[1]\n", b"{}\n", line(code="ANNA"), line(status="wrong", code="RIGHT"), line(name="no_task"),
        line(status="misconception", code="<script>"), line("hint", status="opened", code="4"), line("rubric"),
        line(status="committed"), line(name=["x"]), line(junk="x" * 400), b"[" * 5000 + b"\n", b'{"kind": 1e999}\n',
        line("quiz", "start:inputs", "wrong", "NO_CHOICE_99"),
    ],
)  # fmt: skip
def test_a_line_with_a_word_that_is_not_known_is_left_out_and_counted(data):
    assert read_record(data + line()) == ((Tried("task", "retention_rate", 1, 1),), 1)


@given(
    st.binary(max_size=300) | st.lists(st.sampled_from([line(), b"{", b"\x00", b"\n", line(code="X")])).map(b"".join)
)
def test_whatever_bytes_come_only_known_words_leave(data):
    tried, _ = read_record(data)
    for one in tried:
        assert {code for code, _ in one.slips} <= known_codes()[one.kind, one.id]
        assert 0 <= one.right_at <= one.tries


@pytest.mark.parametrize("data", [b"x" * (LARGEST_RECORD + 1), b"\n" * (MOST_LINES + 2)])
def test_a_record_that_is_too_large_is_not_read(data):
    with pytest.raises(Refusal, match="RECORD_TOO_LARGE"):
        read_record(data)


def packed(hand, *records):
    room = io.BytesIO(hand.packed(hand.notebook()))
    with warnings.catch_warnings(), zipfile.ZipFile(room, "a", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # two members of one name
        for data in records:
            archive.writestr("progress.jsonl", data)
    return room.getvalue()


def test_a_bad_record_is_noted_and_refuses_nothing(hand):
    assert read_parcel(packed(hand)).record is None
    assert read_parcel(packed(hand, line())).notes == ()
    assert read_parcel(packed(hand, line() + b"?\n")).notes == ("RECORD_PARTLY",)
    for records in ([b"0" * 50_000_000], [line(), line()]):
        parcel = read_parcel(packed(hand, *records))
        assert (parcel.record, parcel.notes) == (None, ("RECORD_UNREADABLE",))
    whole = packed(hand, line() * 50)
    broken = whole.replace(whole[whole.index(b"progress.jsonl") + 14 :][:12], b"\xff" * 12, 1)
    assert read_parcel(broken).notes == ("RECORD_UNREADABLE",)


def test_a_result_with_a_record_comes_back_from_json():
    one = SubmissionResult(
        "A-1", "04_ranking", 1, "en", record=(Tried("task", "retention_rate", 2, 1, (("NO_CAC", 1),), (1, 3)),)
    )
    again = SubmissionResult.of_dict(json.loads(json.dumps(one.as_dict())))
    assert again == one
    assert (
        SubmissionResult.of_dict({name: value for name, value in one.as_dict().items() if name != "record"}).record
        is None
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="walls are there under Linux only")
def test_a_record_never_touches_a_grade(tmp_path, hand, small_course):
    boast = line() * 5 + line(name="retention_over_periods")
    for student, records in (("A-1", []), ("B-2", [boast]), ("C-3", [b"\xff" * 100])):
        path = hand.put(tmp_path / "in", student, hand.notebook("answer = 0.001", "share = ..."))
        with zipfile.ZipFile(path, "a") as archive:
            for data in records:
                archive.writestr("progress.jsonl", data)
    found = grade(tmp_path / "in", out=tmp_path / "out", course=small_course, workers=1)
    marks = [[(task.id, task.score, task.code) for task in one.tasks] for one in found.results]
    assert marks[0] == marks[1] == marks[2]
    assert [one.total for one in found.results] == [0, 0, 0]
    assert [one.record is not None for one in found.results] == [False, True, True]
    assert found.results[2].notes == ("RECORD_PARTLY",)
    assert grade(tmp_path / "in", out=tmp_path / "out", course=small_course).results == found.results
