"""The commands: what they start, with which words, and how the suite closes."""

import json
import re
import sys
from pathlib import Path

import pytest

import course


@pytest.fixture
def started(home, monkeypatch):
    """What would be run; nothing is."""
    words = []
    monkeypatch.setattr(course, "ensure", lambda locks, kit=None: words.append(["ensure", *locks]))
    monkeypatch.setattr(course, "run", lambda command, settings=None, **_: words.append(command) or 0)
    return words


@pytest.mark.parametrize(
    ("words", "value", "left"),
    [
        (["a", "--port", "8", "b"], "8", ["a", "b"]),
        (["--port=8", "b"], "8", ["b"]),
        (["b"], None, ["b"]),
        (["--portable=1"], None, ["--portable=1"]),
    ],
)
def test_option_is_taken_out_of_the_words(words, value, left):
    assert course.take(words, "--port") == value
    assert words == left


def test_option_without_a_value_is_refused():
    with pytest.raises(course.CourseError, match="--port"):
        course.take(["--port"], "--port")


@pytest.mark.parametrize("code", ["en", "ru"])
def test_lab_opens_the_start_page_of_the_language_on_this_computer_only(home, monkeypatch, code):
    monkeypatch.setattr(course, "SPOKEN", code)
    start = home / "notebooks" / code / "00_start.ipynb"
    start.parent.mkdir(parents=True)
    start.touch()
    command, page = course.lab_command(["--no-browser", "--port", "8899", "--debug"])
    assert page == f"/lab/tree/notebooks/{code}/00_start.ipynb"
    assert command[:3] == [course.program("python"), "-m", "jupyterlab"]
    assert {f"--LabApp.default_url={page}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=8899"} <= set(command)
    assert command[-2:] == ["--no-browser", "--debug"]
    assert not [word for word in command if "token" in word or "password" in word]


def test_lab_without_a_start_page_opens_the_folder_and_says_so(home, capsys):
    command, page = course.lab_command([])
    assert page == "/lab"
    assert "--LabApp.default_url=/lab" in command
    assert "00_start.ipynb is missing" in capsys.readouterr().out


def test_lab_keeps_the_users_own_jupyter_out(home):
    assert all(Path(folder).is_relative_to(home / ".venv") for folder in course.own_jupyter().values())


@pytest.mark.parametrize(("code", "name"), [("en", "en"), ("ru", "ru_RU")])
def test_interface_speaks_the_language_of_the_course_and_shows_no_news(home, monkeypatch, code, name):
    import json

    monkeypatch.setattr(course, "SPOKEN", code)
    course.write_overrides()
    (path,) = (home / ".venv").rglob("overrides.json")
    settings = json.loads(path.read_text(encoding="utf-8"))
    assert settings["@jupyterlab/translation-extension:plugin"]["locale"] == name
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_keys_of_command_mode_are_given_back_to_what_has_the_focus_unless_the_reader_has_own_ones(started, home):
    schema = home / ".venv/share/jupyter/lab/schemas/@jupyterlab/notebook-extension/tracker.json"
    schema.parent.mkdir(parents=True)
    given = [
        {"command": "down", "keys": ["ArrowDown"], "selector": course.COMMAND_MODE},
        {"command": "delete", "keys": ["D", "D"], "selector": course.COMMAND_MODE},
        {"command": "run", "keys": ["Shift Enter"], "selector": course.COMMAND_MODE},
        {"command": "save", "keys": ["Accel S"], "selector": "body"},
    ]
    schema.write_text(json.dumps({"jupyter.lab.shortcuts": given}), encoding="utf-8")
    course.write_shortcuts()
    (path,) = (home / ".venv" / "course").rglob("shortcuts.jupyterlab-settings")
    freed = json.loads(path.read_text(encoding="utf-8"))["shortcuts"]
    assert [(one["command"], one.get("disabled", False)) for one in freed] == [
        ("down", True),
        ("down", False),
        ("delete", True),
        ("delete", False),
    ]
    assert freed[1]["selector"] == course.COMMAND_MODE + ":not(input):not(select):not(button)"
    path.write_text("{}", encoding="utf-8")
    course.write_shortcuts()
    assert path.read_text(encoding="utf-8") == "{}"


def test_the_installed_jupyterlab_still_has_the_keys_that_are_given_back():
    schemas = Path(sys.prefix, "share", "jupyter", "lab", "schemas")
    if not schemas.exists():
        pytest.skip("needs JupyterLab (extra course)")
    freed = {key for one in course.freed_shortcuts(schemas) for key in one["keys"]}
    assert {"ArrowUp", "ArrowDown", "M", "Y"} <= freed


def test_lessons_never_download_the_tools_of_the_tests(started, home, monkeypatch):
    (home / "notebooks" / "apps").mkdir(parents=True)
    (home / "notebooks" / "apps" / "rfm.ipynb").touch()
    assert course.main(["setup", "--language", "en"]) == 0
    assert course.main(["app", "rfm", "--language", "en"]) == 0
    assert [words for words in started if words[0] == "ensure"] == [["ensure", course.BASE]] * 2


def test_app_prefers_the_edition_of_the_language_and_lists_what_there_is(started, home, capsys):
    for folder in ("apps", "apps/ru"):
        (home / "notebooks" / folder).mkdir(parents=True, exist_ok=True)
        (home / "notebooks" / folder / "rfm.ipynb").touch()
    assert course.main(["app", "rfm", "--port", "8866", "--no-browser", "--language", "ru"]) == 0
    command = started[-1]
    assert command[3] == str(home / "notebooks" / "apps" / "ru" / "rfm.ipynb")
    assert {"--Voila.ip=127.0.0.1", "--port=8866", "--no-browser"} <= set(command)
    assert "--VoilaExporter.language_code=ru" in command
    assert course.main(["app", "--language", "en"]) == 0
    assert "Applications: rfm" in capsys.readouterr().out
    assert course.main(["app", "cohorts", "--language", "en"]) == 1
    assert "no application “cohorts”. Possible: rfm" in capsys.readouterr().err


def test_app_works_over_the_store_that_is_named_and_asks_for_a_token(started, home, monkeypatch, tmp_path, capsys):
    settings = []
    monkeypatch.setattr(course, "run", lambda command, given=None, **_: settings.append((command, given)) or 0)
    (home / "notebooks" / "apps").mkdir(parents=True)
    (home / "notebooks" / "apps" / "desk.ipynb").touch()
    store = tmp_path / "crm.db"
    assert course.main(["app", "desk", "--store", str(store), "--language", "en"]) == 1
    assert f"There is no file {store.resolve()}" in capsys.readouterr().err
    store.touch()
    assert course.main(["app", "desk", "--store", str(store), "--language", "en"]) == 0
    command, given = settings[-1]
    assert given["CRM_STORE"] == str(store.resolve())
    assert "--store" not in command
    assert {"--Voila.ip=127.0.0.1", "--Voila.auto_token=True"} <= set(command)
    assert course.main(["app", "desk", "--language", "en"]) == 0
    assert "CRM_STORE" not in settings[-1][1]


def test_a_room_has_limits_unless_the_variables_say_others(started, home, monkeypatch, capsys):
    settings = []
    monkeypatch.setattr(course, "run", lambda command, given=None, **_: settings.append((command, given)) or 0)
    (home / "notebooks" / "apps").mkdir(parents=True)
    (home / "notebooks" / "apps" / "desk.ipynb").touch()
    monkeypatch.setenv("CRM_KERNEL_MB", "900")
    words = ["app", "desk", "--database", "postgresql://crm@host/base", "--people", "30", "--share", "--language", "en"]
    assert course.main(words) == 0
    command, given = settings[-1]
    assert (given["CRM_STORE"], given["CRM_MOST_PAGES"]) == ("postgresql://crm@host/base", "30")
    assert (given["CRM_KERNEL_MB"], given["CRM_IDLE_MINUTES"]) == ("900", "30")
    assert {"--Voila.ip=0.0.0.0", "--Voila.auto_token=True"} <= set(command)
    assert f"--VoilaConfiguration.multi_kernel_manager_class={course.ROOM_KERNELS}" in command
    assert "not encrypted" in capsys.readouterr().out
    assert course.main(["app", "desk", "--language", "en"]) == 0
    command, given = settings[-1]
    assert "--Voila.ip=127.0.0.1" in command
    assert not [word for word in command if "RoomKernels" in word]
    assert not {"CRM_MOST_PAGES", "CRM_IDLE_MINUTES"} & set(given)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--people", "many"], "number of pages"),
        (["--people", "0"], "number of pages"),
        (["--people", "²"], "number of pages"),
        (["--database", "crm.db"], "postgresql://user@host/base"),
        (["--database", "mysql://host/base"], "postgresql://user@host/base"),
    ],
)
def test_a_room_is_refused_what_it_can_t_be(started, home, capsys, words, said):
    (home / "notebooks" / "apps").mkdir(parents=True)
    (home / "notebooks" / "apps" / "desk.ipynb").touch()
    assert course.main(["app", "desk", *words, "--language", "en"]) == 1
    assert said in capsys.readouterr().err


def test_board_opens_over_the_folder_that_is_named(started, home, monkeypatch, tmp_path, capsys):
    settings = []
    monkeypatch.setattr(course, "run", lambda command, given=None, **_: settings.append((command, given)) or 0)
    (home / "notebooks" / "apps").mkdir(parents=True)
    (home / "notebooks" / "apps" / "board.ipynb").touch()
    assert course.main(["app", "board", "--folder", str(tmp_path / "nowhere"), "--language", "en"]) == 1
    assert "There is no folder" in capsys.readouterr().err
    assert course.main(["app", "board", "--folder", str(tmp_path), "--language", "en"]) == 0
    command, given = settings[-1]
    assert given["CRM_BOARD"] == str(tmp_path.resolve())
    assert "--folder" not in command
    assert not {"CRM_BOARD_SALT", "CRM_BOARD_KEY"} & set(given)


def test_board_is_told_the_word_and_the_key_with_which_it_grades(started, home, monkeypatch, tmp_path, capsys):
    settings = []
    monkeypatch.setattr(course, "run", lambda command, given=None, **_: settings.append((command, given)) or 0)
    (home / "notebooks" / "apps").mkdir(parents=True)
    (home / "notebooks" / "apps" / "board.ipynb").touch()
    words = ["app", "board", "--folder", str(tmp_path), "--salt", "autumn", "--key", str(tmp_path / "exam.key")]
    assert course.main([*words, "--language", "en"]) == 1
    assert "There is no file" in capsys.readouterr().err
    (tmp_path / "exam.key").touch()
    assert course.main([*words, "--language", "en"]) == 0
    command, given = settings[-1]
    assert (given["CRM_BOARD_SALT"], given["CRM_BOARD_KEY"]) == ("autumn", str((tmp_path / "exam.key").resolve()))
    assert not {"--salt", "autumn", "--key"} & set(command)


def test_bench_runs_by_name_and_lists_what_there_is(started, home, capsys):
    (home / "benchmarks").mkdir()
    for name in ("__init__", "_peers", "rfm"):
        (home / "benchmarks" / f"{name}.py").touch()
    assert course.main(["bench", "--language", "en"]) == 0
    assert "Benchmarks: rfm\n" in capsys.readouterr().out
    assert course.main(["bench", "rfm", "--rows", "10"]) == 0
    assert started[-1] == [course.program("python"), "-m", "benchmarks.rfm", "--rows", "10"]
    assert course.main(["bench", "rmf", "--language", "en"]) == 1
    assert "no benchmark “rmf”. Possible: rfm" in capsys.readouterr().err


def test_build_passes_the_lessons_on(started):
    assert course.main(["build", "04_ranking"]) == 0
    assert started[-1][1:] == ["-m", "crm_toolkit.exercises.editions", "build", "04_ranking"]


def test_exit_code_of_what_was_started_is_ours(home, monkeypatch):
    monkeypatch.setattr(course, "ensure", lambda locks, kit=None: None)
    monkeypatch.setattr(course, "program", lambda name: sys.executable)
    assert course.run([sys.executable, "-c", "raise SystemExit(7)"]) == 7


def steps(home, words=(), **changes):
    (home / "tests" / "deep").mkdir(parents=True, exist_ok=True)
    for mark, name in (("browser", "conftest"), ("spark", "test_spark")):
        (home / "tests" / "deep" / f"{name}.py").write_text(f"pytestmark = pytest.mark.{mark}", encoding="utf-8")
    return course.suite_steps(list(words), **{"fast": False, "spark": True, "chromium": "/usr/bin/chromium", **changes})


def test_suite_has_every_tool_as_a_step(home):
    for folder in ("notebooks/en", "exercises/ru"):
        (home / folder).mkdir(parents=True)
        (home / folder / "04_ranking.ipynb").touch()
    found = steps(home)
    assert [*found] == ["style", "rooms", "types", "tests", "notebooks", "browser", "spark"]
    (notebooks,) = found["notebooks"]
    assert str(Path("exercises", "ru", "04_ranking.ipynb")) in notebooks
    assert notebooks[notebooks.index("--dist") :][:2] == ["--dist", "loadfile"]


def test_lessons_run_in_both_languages_and_each_workbook_in_one_of_them_unless_all_are_asked_for(home, monkeypatch):
    for kind in ("notebooks", "exercises"):
        for code in ("en", "ru"):
            (home / kind / code).mkdir(parents=True)
            for name in ("00_a.ipynb", "01_b.ipynb", "02_c.ipynb"):
                (home / kind / code / name).touch()
    monkeypatch.delenv("CRM_EVERY_NOTEBOOK", raising=False)
    found = course.notebooks_to_run()
    assert [path.startswith("exercises") for path in found] == [False] * 6 + [True] * 3
    assert len([path for path in found if path.startswith("notebooks")]) == 6
    workbooks = [Path(path) for path in found if path.startswith("exercises")]
    assert [(path.parent.name, path.name[:2]) for path in workbooks] == [("en", "00"), ("en", "02"), ("ru", "01")]
    monkeypatch.setenv("CRM_EVERY_NOTEBOOK", "1")
    assert len(course.notebooks_to_run()) == 12


def test_fast_suite_leaves_out_notebooks_browser_and_spark(home):
    (home / "notebooks/en").mkdir(parents=True)
    (home / "notebooks/en/04_ranking.ipynb").touch()
    assert [*steps(home, fast=True, spark=False, chromium=None)] == ["style", "rooms", "types", "tests"]


def test_words_of_the_user_go_to_pytest_alone(home):
    assert [*steps(home, ["-k", "rfm"])] == ["tests", "browser", "spark"]
    (home / "tests" / "test_x.py").touch()
    assert steps(home, ["tests/test_x.py::test_y"])["tests"][0][-1] == "tests/test_x.py::test_y"
    assert [*steps(home, ["tests/test_x.py::test_y"])] == ["tests"]


def test_all_steps_run_even_if_the_first_fails_and_the_failure_is_counted(home, monkeypatch, capsys):
    ran = []

    def run(command, settings=None, **_):
        ran.append(command)
        record = [word.partition("=")[2] for word in command if word.startswith("--junitxml=")]
        if record:
            suite = '<testsuites><testsuite tests="10" failures="1" errors="0" skipped="2"/></testsuites>'
            Path(record[0]).write_text(suite, encoding="utf-8")
        return int("mypy" in command or "tests/x" in command)

    monkeypatch.setattr(course, "ensure", lambda locks, kit=None: None)
    monkeypatch.setattr(course, "run", run)
    monkeypatch.setenv("CRM_SKIP_SPARK", "1")
    assert course.main(["test", "--fast", "--language", "en"]) == 1
    assert len(ran) == 5
    said = capsys.readouterr().out
    assert "types (mypy)                            FAILED" in said
    assert re.search(r"= 2 failed, 10 passed, 2 skipped in \d+\.\d", said.splitlines()[-1])


def test_pytest_that_breaks_down_without_a_record_is_an_error(home, monkeypatch):
    counts = dict.fromkeys(("failed", "passed", "skipped", "errors"), 0)
    monkeypatch.setattr(course, "run", lambda *_: 3)
    assert not course.run_step(["python", "-m", "pytest"], counts, {}, chosen=False)
    assert counts["errors"] == 1


def test_no_tests_of_a_kind_is_no_failure_but_no_tests_at_all_is(home, monkeypatch):
    counts = dict.fromkeys(("failed", "passed", "skipped", "errors"), 0)
    monkeypatch.setattr(course, "run", lambda *_: 5)
    assert course.run_step(["python", "-m", "pytest", "-m", "browser and not slow", "tests"], counts, {}, chosen=False)
    assert not course.run_step(["python", "-m", "pytest", "a.ipynb"], counts, {}, chosen=False)


def closing(**counts):
    return course.closing_line({"failed": 0, "passed": 0, "skipped": 0, "errors": 0, **counts}, 75.5).strip("= ")


def test_suite_closes_in_the_form_of_pytest():
    assert closing(passed=812, skipped=3) == "812 passed, 3 skipped in 75.50s (0:01:15)"
    assert closing(failed=1, passed=2, errors=1) == "1 failed, 2 passed, 1 error in 75.50s (0:01:15)"
    assert closing() == "no tests ran in 75.50s (0:01:15)"


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_401"', 8),
        ('openjdk version "21" 2023-09-19', 21),
        ("No Java runtime present", 0),
    ],
)
def test_version_of_java_is_read(monkeypatch, said, version):
    monkeypatch.setenv("JAVA_HOME", "")
    monkeypatch.setattr(course.shutil, "which", lambda name, **_: name)
    answer = course.subprocess.CompletedProcess([], 0, b"", said.encode())
    monkeypatch.setattr(course.subprocess, "run", lambda *_, **__: answer)
    assert course.java_version() == version
