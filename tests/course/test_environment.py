"""The environment: made once, brought up to date when a lock changes, never left half made, never somebody else's."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import course

from .conftest import bare_venv, lend_pip, stamp_of

SCRIPT = Path(course.__file__).resolve()


def test_first_run_installs_the_lock_and_the_course_and_stamps_last(home, asked_of_pip):
    course.ensure([course.BASE])
    (install, itself) = asked_of_pip
    assert install[:2] == ("install", "--no-compile")
    assert install[-2:] == ("-r", str(home / course.BASE))
    assert itself[-1] == str(home)
    assert {"--no-index", "--no-deps", "--no-build-isolation", "-e"} <= set(itself)
    assert set(stamp_of(home)["digests"]) == {course.BASE, "pyproject.toml"}
    assert not (home / ".venv" / "course-unfinished").exists()


def test_second_run_does_nothing(home, asked_of_pip):
    course.ensure([course.BASE])
    del asked_of_pip[:]
    course.ensure([course.BASE])
    assert asked_of_pip == []


@pytest.mark.parametrize("changed", [course.BASE, "pyproject.toml"])
def test_changed_lock_or_project_brings_it_up_to_date_in_place(home, asked_of_pip, changed):
    course.ensure([course.BASE])
    (home / ".venv" / "kept").touch()
    (home / changed).write_text("six==1.16.0\n", encoding="utf-8")
    assert not course.is_ready([course.BASE])
    course.ensure([course.BASE])
    assert len(asked_of_pip) == 4
    assert course.is_ready([course.BASE])
    assert (home / ".venv" / "kept").exists()


def test_tests_need_more_than_lessons_and_lessons_stay_ready(home, asked_of_pip):
    course.ensure([course.BASE])
    assert not course.is_ready([course.BASE, course.DEV])
    course.ensure([course.BASE, course.DEV])
    assert asked_of_pip[2][-4:] == ("-r", str(home / course.BASE), "-r", str(home / course.DEV))
    assert course.is_ready([course.BASE])
    assert course.is_ready([course.BASE, course.DEV])


def test_moved_course_gets_a_new_environment(home, asked_of_pip, monkeypatch):
    course.ensure([course.BASE])
    (home / ".venv" / "old").touch()
    moved = home.with_name("Другая папка")
    home.rename(moved)
    monkeypatch.setattr(course, "ROOT", moved)
    monkeypatch.setattr(course, "create_venv", lambda: bare_venv(moved))
    course.ensure([course.BASE])
    assert not (moved / ".venv" / "old").exists()
    assert stamp_of(moved)["root"] == str(moved)


def test_environment_whose_python_is_gone_is_made_anew(home, asked_of_pip):
    course.ensure([course.BASE])
    Path(course.program("python")).unlink()
    assert not course.is_ready([course.BASE])
    course.ensure([course.BASE])
    assert course.is_ready([course.BASE])


@pytest.mark.parametrize("failure", [KeyboardInterrupt, course.CourseError, SystemExit])
def test_failed_first_install_leaves_nothing(home, asked_of_pip, monkeypatch, failure, capsys):
    def fail(*words):
        raise failure("the wire is cut")

    monkeypatch.setattr(course, "pip", fail)
    with pytest.raises(failure):
        course.ensure([course.BASE])
    assert [path.name for path in home.glob(".venv*")] == [".venv.lock"]
    assert "Nothing half-made is left" in capsys.readouterr().err


def test_failed_update_keeps_the_environment_but_not_its_stamp(home, asked_of_pip, monkeypatch):
    course.ensure([course.BASE])
    (home / course.BASE).write_text("six==1.16.0\n", encoding="utf-8")

    def fail(*words):
        raise course.CourseError("the wire is cut")

    with monkeypatch.context() as patch:
        patch.setattr(course, "pip", fail)
        with pytest.raises(course.CourseError):
            course.ensure([course.BASE])
    assert Path(course.program("python")).exists()
    assert not course.is_ready([course.BASE])


def test_unfinished_environment_of_a_killed_run_is_made_anew(home, asked_of_pip):
    bare_venv(home)
    (home / ".venv" / "course-unfinished").touch()
    (home / ".venv" / "half").touch()
    (home / ".venv.trash-1").mkdir()
    course.ensure([course.BASE])
    assert not (home / ".venv" / "half").exists()
    assert not (home / ".venv.trash-1").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to catch")
def test_terminated_run_leaves_nothing(home):
    program = (
        "import sys, time; from pathlib import Path\n"
        f"sys.path.insert(0, {str(SCRIPT.parent)!r})\n"
        "import course\n"
        f"course.ROOT = Path({str(home)!r})\n"
        "course.create_venv = lambda: course.venv_path('pyvenv.cfg').touch()\n"
        "course.pip = lambda *words: (print('here', flush=True), time.sleep(60))\n"
        "sys.exit(course.main(['setup']))\n"
    )
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert any("here" in line for line in run.stdout)
    assert (home / ".venv" / "course-unfinished").exists()
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=30)
    assert run.returncode == 128 + signal.SIGTERM
    assert [path.name for path in home.glob(".venv*")] == [".venv.lock"]


def test_folder_of_somebody_else_is_refused_and_left_alone(home, asked_of_pip):
    (home / ".venv").mkdir()
    (home / ".venv" / "thesis.docx").touch()
    with pytest.raises(course.CourseError, match="not an environment"):
        course.ensure([course.BASE])
    assert (home / ".venv" / "thesis.docx").exists()
    assert asked_of_pip == []


def test_file_named_like_the_environment_is_refused(home, asked_of_pip):
    (home / ".venv").touch()
    with pytest.raises(course.CourseError, match="not an environment"):
        course.ensure([course.BASE])
    assert (home / ".venv").is_file()


def test_environment_made_by_another_program_is_used_when_it_suits_and_refused_when_not(home, asked_of_pip):
    bare_venv(home)
    with pytest.raises(course.CourseError, match="it has no pip"):
        course.ensure([course.BASE])
    lend_pip(home)
    (home / ".venv" / "kept").touch()
    course.ensure([course.BASE])
    assert (home / ".venv" / "kept").exists()
    (home / ".venv" / "course-stamp.json").unlink()
    Path(course.program("python")).unlink()
    with pytest.raises(course.CourseError, match="does not start"):
        course.ensure([course.BASE])
    assert (home / ".venv" / "kept").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_unwritable_folder_is_said_with_what_to_do(home, asked_of_pip):
    home.chmod(0o500)
    try:
        with pytest.raises(course.CourseError, match=r"can't be written to.*\n.*\nCopy the whole course"):
            course.ensure([course.BASE])
    finally:
        home.chmod(0o700)


def test_folder_that_cannot_be_opened_is_said_with_what_to_do(home, asked_of_pip):
    (home / ".venv.lock").mkdir()
    with pytest.raises(course.CourseError, match="can't be written to"):
        course.ensure([course.BASE])


def test_two_runs_at_once_make_one_environment(home, asked_of_pip, monkeypatch, capsys):
    slow = threading.Event()
    monkeypatch.setattr(course, "pip", lambda *words: (asked_of_pip.append(words), slow.wait(20)))
    runs = [threading.Thread(target=course.ensure, args=([course.BASE],)) for _ in range(2)]
    for run in runs:
        run.start()
    said = ""
    deadline = time.monotonic() + 20
    while "waiting for it" not in said and time.monotonic() < deadline:
        said += capsys.readouterr().out
        time.sleep(0.05)
    slow.set()
    for run in runs:
        run.join()
    assert "waiting for it" in said
    assert len(asked_of_pip) == 2  # the lock and the course, once


def test_path_with_cyrillic_is_written_so_that_any_encoding_reads_it(home):
    bare_venv(home)
    course.make_path_readable()
    (line,) = [path.read_bytes() for path in (home / ".venv").rglob("crm_toolkit.pth")]
    assert line.isascii()
    code = "import crm_toolkit; print(ascii(crm_toolkit.__file__))"
    words = [course.program("python"), "-c", code]
    found = subprocess.run(words, capture_output=True, text=True, cwd=home.parent, check=True, env=course.environment())
    assert found.stdout.strip() == ascii(str(home / "crm_toolkit" / "__init__.py"))


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ("WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'", "no connection"),
        ("ERROR: Could not find a version: [Errno -3] Temporary failure in name resolution", "no connection"),
        ("socket.gaierror: [Errno 11001] getaddrinfo failed", "no connection"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "PIP_CERT"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("PermissionError: [WinError 5] Отказано в доступе: 'zmq.pyd'", "Close JupyterLab"),
        ("ERROR: No matching distribution found for six==99", "(?s)last lines of pip.*six==99"),
    ],
)
def test_what_pip_says_becomes_a_letter_with_advice(home, said, letter):
    with pytest.raises(course.CourseError, match=letter):
        course.refuse_install(f"some noise\n{said}\n")


def test_real_pip_without_a_network_ends_in_the_letter(home, monkeypatch):
    bare_venv(home)
    lend_pip(home)
    settings = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull}
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(course.CourseError, match="no connection to the package index"):
        course.pip("install", "crm-toolkit-no-such-package")


@pytest.mark.parametrize(
    ("attribute", "value", "letter"),
    [("maxsize", 2**31 - 1, "32-bit Python"), ("platform", "win32", "too long for Windows")],
)
def test_unsuitable_computer_is_refused_before_installing(home, asked_of_pip, monkeypatch, attribute, value, letter):
    monkeypatch.setattr(sys, attribute, value)
    monkeypatch.setattr(course, "LONGEST_INSIDE", 259)
    monkeypatch.setattr(course, "long_paths_work", lambda: False)
    with pytest.raises(course.CourseError, match=letter):
        course.refuse_machine()


def test_little_room_on_the_disk_is_said_before_installing(home, monkeypatch):
    monkeypatch.setattr(course, "ROOM_MB", 10**9)
    with pytest.raises(course.CourseError, match="needs about 1000000000 MB"):
        course.refuse_machine()


def test_python_without_ensurepip_is_told_what_to_install(home, monkeypatch):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(course.CourseError, match=r"sudo apt install python3\.\d+-venv"):
        course.refuse_machine()


def test_settings_of_the_user_that_pull_in_other_packages_are_left_out(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    settings = course.environment(CRM_X="1")
    assert "PYTHONPATH" not in settings
    assert (settings["PYTHONNOUSERSITE"], settings["CRM_X"]) == ("1", "1")


def test_damaged_stamp_counts_as_none(home, asked_of_pip):
    course.ensure([course.BASE])
    for text in ("", "[]", "{", json.dumps({"format": 0})):
        (home / ".venv" / "course-stamp.json").write_text(text, encoding="utf-8")
        assert not course.is_ready([course.BASE])
