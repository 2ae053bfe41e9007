"""Files as Moodle names them are known by the id in their own name; works that are alike are shown and never judged."""

import random
import re

import pytest

from crm_toolkit.exercises.grading import batch, one_submission, pages
from crm_toolkit.exercises.grading.attempts import sorted_out
from crm_toolkit.exercises.grading.file_names import read_name
from crm_toolkit.exercises.grading.one_submission import Plans
from crm_toolkit.exercises.grading.similarity import alike, signs

MOODLE = "Иванов Иван_12345_assignsubmission_file_"


@pytest.mark.parametrize("name", ["A-1_04_ranking.zip", "а-1_04_ranking_3.zip", "ИВТ-21_exam-june.zip",
                                  "A-1_04_ranking (1).zip"])  # fmt: skip
def test_a_name_from_moodle_means_the_id_in_the_files_own_name(name):
    plain, sent = read_name(name), read_name(MOODLE + name)
    assert (sent.key, sent.lesson, sent.attempt, sent.copy) == (plain.key, plain.lesson, plain.attempt, plain.copy)
    assert (plain.sender, sent.sender) == ("", MOODLE.rstrip("_"))


@pytest.mark.parametrize("name", [f"{MOODLE}essay.docx", f"{MOODLE}04_ranking.zip", "A_assignsubmission_file_x.zip",
                                  "A-1_exam-June.zip", "A-1_exam-.zip"])  # fmt: skip
def test_what_names_no_id_is_no_submission(name):
    assert read_name(name) is None


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return sorted_out(folder)


def test_folders_that_moodle_made_are_looked_into_and_no_others(tmp_path):
    newest, older, unread = put(
        tmp_path,
        "Ann Lee_12345_assignsubmission_file/A-1_04_ranking.zip",
        "Bo Ek_12346_assignsubmission_file_/B-2_04_ranking_2.zip",
        "Bo Ek_12346_assignsubmission_file_/B-2_04_ranking.zip",
        "Bo Ek_12346_assignsubmission_file_/essay.docx",
        "drafts/C-3_04_ranking.zip",
    )
    assert [(name.student, name.sender.split("_")[0], notes) for name, _, notes in newest] == [
        ("A-1", "Ann Lee", ()), ("B-2", "Bo Ek", ()),
    ]  # fmt: skip
    assert (older, unread) == (["B-2_04_ranking.zip"], ["essay.docx"])


def test_an_id_that_two_senders_use_is_told(tmp_path):
    newest, _, _ = put(tmp_path, "A B_1_assignsubmission_file_A-1_04_ranking.zip",
                       "C D_2_assignsubmission_file_A-1_04_ranking_9.zip")  # fmt: skip
    assert [notes for _, _, notes in newest] == [("SEVERAL_FILES",)]


USUAL = "answer = (data['end'] - data['new']) / data['start']\n"
START = "data = task.data\nanswer = ...\n"


def odd(luck):
    """A roundabout way of one's own, many signs long."""
    words = [f"way{number}" for number in range(40)]
    lines = [f"{luck.choice('abcdef')} = x.{'.'.join(luck.sample(words, 4))}[{luck.randrange(9)}]" for _ in range(9)]
    return "\n".join(lines) + "\n"


def test_a_copy_with_other_names_numbers_and_spacing_is_found_and_the_usual_way_is_not():
    luck = random.Random(3)
    works = {f"S-{number:02}": [START + USUAL + odd(luck)] for number in range(20)}
    renamed = works["S-05"][0].replace("x.", "table . ").replace("a =", "result=")
    works["S-19"] = ["# mine\n" + re.sub(r"\[\d\]", "[17]", renamed).replace("'end'", "'END'")]
    found = alike("04_ranking", works, [START])
    assert [(one.first, one.second) for one in found] == [("S-05", "S-19")]
    assert found[0].share > 0.9
    plain = {f"S-{number:02}": [START + USUAL] for number in range(20)}
    assert alike("04_ranking", plain, [START]) == ()


def test_in_a_small_class_everything_is_rare_and_nothing_is_said():
    luck = random.Random(3)
    copied = odd(luck)
    assert alike("x", {student: [copied] for student in "ABCDEFG"}, []) == ()


def test_broken_code_counts_up_to_where_it_breaks():
    assert signs("a = (1") == ["n", "=", "(", "0"]
    assert signs("a = 1\n\0") is not None


def test_alike_works_stand_on_the_teachers_page_only(hand, tmp_path, small_course):
    luck = random.Random(5)
    for number in range(8):
        mine = f"answer = ...\n{odd(luck)}"
        hand.put(tmp_path / "in", f"S-{number}", hand.notebook(mine, "share = ..."))
    hand.put(tmp_path / "in", "S-8", hand.notebook(mine.replace("x.", "y."), "share = ..."))
    newest, _, _ = sorted_out(tmp_path / "in")
    found = batch._alike(newest, Plans(None, small_course))
    assert [(one.first, one.second) for one in found] == [("S-7", "S-8")]
    page = pages.students_page([], isolation="", unread=(), alike=found)
    assert "S-7, S-8" in page
    assert "before you judge" in page


@pytest.mark.parametrize("name", ["analysis/deep/rule.py", "exercises/bank/task.py", "texts/ru/a.po", "world/a.toml"])
def test_what_was_graded_before_is_graded_anew_when_anything_it_came_of_has_changed(tmp_path, monkeypatch, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("one")
    monkeypatch.setattr(one_submission, "PACKAGE", tmp_path)
    digest = one_submission.course_digest.__wrapped__
    before = digest()
    assert digest() == before
    path.write_text("two")
    assert digest() != before
