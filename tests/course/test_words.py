"""What course.py says: the same in both languages, to an old Python too."""

import ast
import re
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest

import course

SCRIPT = Path(course.__file__).resolve()
SOURCE = SCRIPT.read_text(encoding="utf-8")
every_word = pytest.mark.parametrize("key", course.WORDS)


def blanks(text):
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


@every_word
def test_both_languages_have_the_same_blanks_and_lines(key):
    english, russian = course.WORDS[key]
    assert blanks(english) == blanks(russian)
    assert english.count("\n") == russian.count("\n")


@every_word
def test_each_language_is_itself(key):
    english, russian = course.WORDS[key]
    assert not re.search("[А-Яа-яЁё]", english)
    assert re.search("[А-Яа-яЁё]", russian) or key == "step_spark"


@every_word
def test_nothing_is_said_by_nobody(key):
    name = key.removeprefix("step_")
    assert len(re.findall(f"""["']{name}["']""", SOURCE)) >= (2 if name == key else 1)


def test_everything_said_is_there():
    asked = re.findall(r"""\bsay\(\s*["'](\w+)["']""", SOURCE)
    assert len(asked) > 40
    assert {key for key in asked if key != "step_"} <= set(course.WORDS)


def test_every_command_stands_in_the_help_of_both_languages():
    for text in course.WORDS["help"]:
        assert re.findall(r"course\.py (\w+)", text) == [*course.COMMANDS]


@pytest.mark.parametrize(
    ("variables", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "CRM_LANGUAGE": "ru"}, "ru"),
        ({"LC_MESSAGES": "ru_RU", "LANG": "de_DE"}, "ru"),
    ],
)
def test_language_is_the_computers_and_the_packages_own(monkeypatch, variables, spoken):
    from crm_toolkit import texts

    for name in ("CRM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if sys.platform != "win32" or variables:
        assert course.language_of_system() == spoken == texts.language_of_system()


def run_script(*words, python=sys.executable, **settings):
    variables = {**course.environment(), "CRM_LANGUAGE": "en", "PYTHONIOENCODING": "utf-8", **settings}
    run = subprocess.run([python, str(SCRIPT), *words], capture_output=True, env=variables, timeout=120)
    return run.returncode, (run.stdout + run.stderr).decode("utf-8")


def test_language_option_overrides_the_computers():
    assert "Весь курс одной командой" in run_script("--help", "--language", "ru")[1]
    assert "The course in one command" in run_script("--help", "--language=en", CRM_LANGUAGE="ru")[1]
    assert run_script("lab", "--language", "de")[0] == 1


def test_wrong_command_is_answered_with_the_possible_ones():
    code, said = run_script("labb")
    assert code == 2
    assert "There is no command “labb”. Possible: lab, test," in said


def test_console_without_unicode_gets_question_marks_and_no_traceback():
    code, said = run_script("--help", CRM_LANGUAGE="ru", PYTHONIOENCODING="ascii")
    assert code == 0
    assert "Traceback" not in said


def test_grammar_is_readable_by_old_pythons():
    ast.parse(SOURCE, feature_version=(3, 7))


@pytest.mark.parametrize(
    ("words", "letter"), [((), "too old: found"), (("--language", "ru"), "слишком старый: найден")]
)
def test_old_python_is_told_what_was_found_and_where_to_get_a_newer(words, letter):
    program = "import runpy, sys; sys.version_info = (3, 8, 18, 'final', 0); runpy.run_path(sys.argv[0])"
    code = program.replace("sys.argv[0]", repr(str(SCRIPT)))
    run = subprocess.run(
        [sys.executable, "-c", code, "lab", *words], capture_output=True, env={**course.environment(), "LC_ALL": "C"}
    )
    said = run.stderr.decode("utf-8" if sys.platform != "win32" else "mbcs")
    assert run.returncode == 1
    assert letter in said
    assert "3.11" in said
    assert "python.org" in said


@pytest.mark.parametrize("name", ["python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10"])
def test_real_old_python_says_that_it_is_too_old(name):
    python = shutil.which(name)
    if not python or subprocess.run([python, "--version"], capture_output=True).returncode:
        pytest.skip(f"there is no {name} on this computer")
    code, said = run_script("lab", python=python)
    assert code == 1
    assert "too old" in said
    assert "3.11" in said
