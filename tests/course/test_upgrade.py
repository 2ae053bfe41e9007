"""A new edition in the place of an old one: whatever a student has written is there afterwards, come what may."""

import io
import json
import os
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import course

LESSON, WORKBOOK, LATER = (
    "notebooks/ru/04_ranking.ipynb",
    "exercises/ru/04_ranking.ipynb",
    "exercises/ru/05_segments.ipynb",
)


def notebook(*cells, output=""):
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    book = [
        {"cell_type": "code", "id": str(place), "source": text, "outputs": outputs} for place, text in enumerate(cells)
    ]
    return json.dumps({"cells": book, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def edition(version, **changed):
    """The files of a small edition of the course."""
    files = {
        "course.py": f"# {version}",
        "pyproject.toml": f"# {version}",
        "README.md": f"about {version}",
        "crm_toolkit/__init__.py": f'__version__ = "{version}"\n',
        "crm_toolkit/rfm.py": f"# {version}",
        "datasets/a.csv": "a,b\n1,2\n",
        LESSON: notebook("look", f"new in {version}"),
        WORKBOOK: notebook("answer = ...", f"task of {version}"),
        LATER: notebook("answer = ...", "the same task"),
    }
    return {**files, **changed}


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def zipped(path, files, head="crm_toolkit-main/"):
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in files.items():
            packed.writestr(head + name, text)
    return path


def contents(folder):
    """Every file outside of the environment, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).as_posix().startswith((".venv", course.RECORD))
    }


STUDENTS = {
    WORKBOOK: notebook("answer = 0.42  # мой ответ", "task of 0.1.0", output="right"),
    LATER: notebook("answer = 7", "the same task"),
    "exercises/ru/my_work/crm.db": b"a store of an older shape",
    "my_work/progress.jsonl": '{"lesson": "04"}\n',
    "exercises/ru/мой случай.json": '{"case": "парикмахерская"}',
    "sales.csv": "Клиент;Сумма\n",
}


@pytest.fixture
def old(tmp_path, monkeypatch):
    """The course as a student leaves it: version 0.1.0, noted when it came, then worked in."""
    folder = write(tmp_path / "Мои уроки" / "курс", edition("0.1.0", **{"crm_toolkit/gone.py": "# left out later"}))
    monkeypatch.setattr(course, "ROOT", folder)
    monkeypatch.setattr(course, "SPOKEN", "en")
    course.note_files()
    write(folder, STUDENTS)
    write(folder, {LESSON: notebook("look", "new in 0.1.0", output="it was run")})
    return folder


@pytest.fixture
def new(tmp_path):
    return zipped(tmp_path / "new edition.zip", edition("0.2.0", **{"crm_toolkit/fresh.py": "# new"}))


def everything_written(folder):
    """Whether every byte of the student's is somewhere in the course."""
    there = set(contents(folder).values())
    return all((text if isinstance(text, bytes) else text.encode()) in there for text in STUDENTS.values())


def test_new_edition_takes_its_place_and_the_students_work_stays_under_its_names(old, new, capsys):
    assert course.main(["upgrade", str(new), "--language", "en"]) == 0
    now = contents(old)
    for name, text in STUDENTS.items():
        assert now[name] == (text if isinstance(text, bytes) else text.encode()), name
    assert now["crm_toolkit/__init__.py"] == b'__version__ = "0.2.0"\n'
    assert "crm_toolkit/fresh.py" in now
    assert "crm_toolkit/gone.py" not in now
    said = capsys.readouterr().out
    assert "upgraded from 0.1.0 to 0.2.0" in said
    assert str(next(old.glob("backup-0.1.0-*"))) in said
    assert not (old / course.WAITING).exists()


def test_new_edition_of_a_notebook_with_answers_lies_beside_it_if_it_is_another(old, new, capsys):
    course.main(["upgrade", str(new), "--language", "en"])
    beside = WORKBOOK.replace(".ipynb", "_0.2.0.ipynb")
    assert (old / beside).read_text() == notebook("answer = ...", "task of 0.2.0")
    said = capsys.readouterr().out
    assert f"{WORKBOOK}  →  {beside}" in said
    assert f"  {LATER}\n" in said  # answered, but the same in the new edition: nothing to lay beside it
    assert not list(old.glob("exercises/ru/05_segments_*"))


def test_lesson_that_was_only_run_is_replaced_and_the_run_one_kept_in_the_backup(old, new):
    run = (old / LESSON).read_bytes()
    course.main(["upgrade", str(new)])
    assert (old / LESSON).read_text() == notebook("look", "new in 0.2.0")
    (backup,) = old.glob("backup-*")
    assert (backup / LESSON).read_bytes() == run
    assert (backup / "exercises/ru/my_work/crm.db").read_bytes() == STUDENTS["exercises/ru/my_work/crm.db"]
    assert not (backup / "crm_toolkit" / "rfm.py").exists()  # as it came: not worth keeping


def test_changed_program_file_goes_to_the_backup(old, new):
    write(old, {"crm_toolkit/rfm.py": "# мои опыты"})
    course.main(["upgrade", str(new)])
    (backup,) = old.glob("backup-*")
    assert (backup / "crm_toolkit/rfm.py").read_text(encoding="utf-8") == "# мои опыты"


def test_next_upgrade_replaces_the_copy_beside_unless_it_was_written_into(old, new, tmp_path):
    course.main(["upgrade", str(new)])
    second, third = (WORKBOOK.replace(".ipynb", f"_0.{number}.0.ipynb") for number in (2, 3))
    course.main(["upgrade", str(zipped(tmp_path / "third.zip", edition("0.3.0")))])
    assert not (old / second).exists()
    assert (old / third).exists()
    write(old, {third: notebook("answer = 5", "task of 0.3.0")})
    course.main(["upgrade", str(zipped(tmp_path / "fourth.zip", edition("0.4.0")))])
    assert (old / third).read_text() == notebook("answer = 5", "task of 0.3.0")
    assert (old / WORKBOOK.replace(".ipynb", "_0.4.0.ipynb")).exists()
    assert everything_written(old)


def test_second_upgrade_to_the_same_edition_changes_nothing(old, new):
    course.main(["upgrade", str(new)])
    before = contents(old)
    course.main(["upgrade", str(new)])
    assert {name: text for name, text in contents(old).items() if not name.startswith("backup-")} == {
        name: text for name, text in before.items() if not name.startswith("backup-")
    }


def test_edition_that_kept_no_record_loses_nothing_either(old, new):
    (old / course.RECORD).unlink()
    run = (old / LESSON).read_bytes()
    course.main(["upgrade", str(new)])
    assert everything_written(old)
    assert (
        old / LESSON
    ).read_bytes() == run  # nobody knows whether it was written into: it stays, the new one beside it
    assert (old / LESSON.replace(".ipynb", "_0.2.0.ipynb")).exists()
    assert not (old / "crm_toolkit/gone.py").exists()
    assert list(old.glob("backup-*/crm_toolkit/gone.py"))


def test_old_edition_without_this_command_is_upgraded_from_the_new_folder(old, tmp_path, monkeypatch):
    fresh = write(tmp_path / "fresh", edition("0.2.0"))
    write(fresh, {".venv/big": "", "my_work/other.db": "somebody else's"})
    monkeypatch.setattr(course, "ROOT", fresh)
    assert course.main(["upgrade", "--into", str(old)]) == 0
    assert everything_written(old)
    assert course.version_of(old) == "0.2.0"
    assert not (old / "my_work" / "other.db").exists()
    assert not (old / ".venv").exists()


def test_record_is_made_before_work_and_never_afterwards(tmp_path, monkeypatch):
    folder = write(tmp_path / "course", edition("0.1.0"))
    monkeypatch.setattr(course, "ROOT", folder)
    (folder / "exercises" / "ru" / ".ipynb_checkpoints").mkdir()
    course.note_files()
    assert not (folder / course.RECORD).exists()
    (folder / "exercises" / "ru" / ".ipynb_checkpoints").rmdir()
    course.note_files()
    assert course.read_json(folder / course.RECORD)["version"] == "0.1.0"


@pytest.mark.parametrize(
    ("make", "letter"),
    [
        (lambda folder: folder / "missing.zip", "no such archive"),
        (lambda folder: write(folder, {"cut.zip": "PK\3\4 and no more"}) / "cut.zip", "damaged or no zip"),
        (lambda folder: zipped(folder / "other.zip", {"README.md": "films"}), "course was not found"),
        (lambda folder: write(folder / "other", {"README.md": "films"}), "course was not found"),
        (lambda folder: zipped(folder / "older.zip", edition("0.0.9")), "(0.0.9) is older than the one here (0.1.0)"),
    ],
    ids=["missing", "cut", "other archive", "other folder", "older"],
)
def test_what_is_no_newer_edition_is_refused_and_nothing_changes(old, tmp_path, capsys, make, letter):
    before = contents(old)
    assert course.main(["upgrade", str(make(tmp_path)), "--language", "en"]) == 1
    assert letter in capsys.readouterr().err
    assert contents(old) == before


def test_archive_that_was_cut_or_changed_on_its_way_is_refused(old, new, tmp_path, capsys):
    before = contents(old)
    whole = new.read_bytes()
    for bad in (whole.replace(b"task of 0.2.0", b"tusk of 0.2.0"), whole[: len(whole) // 2]):
        (tmp_path / "bad.zip").write_bytes(bad)
        assert course.main(["upgrade", str(tmp_path / "bad.zip"), "--language", "en"]) == 1
        assert "damaged" in capsys.readouterr().err
    with tarfile.open(tmp_path / "good.tar.gz", "w:gz") as packed:
        for name, text in edition("0.2.0").items():
            member = tarfile.TarInfo(f"crm/{name}")
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    squeezed = (tmp_path / "good.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(squeezed[: len(squeezed) // 2])
    assert course.main(["upgrade", str(tmp_path / "cut.tar.gz"), "--language", "en"]) == 1
    assert "damaged" in capsys.readouterr().err
    assert contents(old) == before
    assert course.main(["upgrade", str(tmp_path / "good.tar.gz")]) == 0
    assert course.version_of(old) == "0.2.0"


def test_archive_never_writes_outside_of_the_course_or_into_its_environment(old, tmp_path):
    files = {
        **edition("0.2.0"),
        "../../evil.txt": "x",
        ".venv/bin/python": "x",
        "my_work/progress.jsonl": "x",
        "C:evil": "x",
    }
    course.main(["upgrade", str(zipped(tmp_path / "evil.zip", files))])
    assert everything_written(old)
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name and path.name != "evil.zip"]
    assert not (old / ".venv").exists()


def test_folder_where_a_file_has_to_be_makes_way_into_the_backup(old, tmp_path):
    write(old, {"docs": "мои заметки", "crm_toolkit/new.py/diary.txt": "дневник"})
    files = edition("0.2.0", **{"docs/index.md": "book", "crm_toolkit/new.py": "# new"})
    assert course.main(["upgrade", str(zipped(tmp_path / "n.zip", files))]) == 0
    (backup,) = old.glob("backup-*")
    assert (backup / "docs").read_text(encoding="utf-8") == "мои заметки"
    assert (backup / "crm_toolkit/new.py/diary.txt").read_text(encoding="utf-8") == "дневник"
    assert (old / "crm_toolkit/new.py").read_text() == "# new"


def test_half_upgraded_course_says_how_to_finish_and_is_not_worked_with(old, new, monkeypatch, capsys):
    real, count = os.replace, []

    def replace(source, target):
        count.append(target)
        if len(count) == 12:
            raise PermissionError(13, "another program has it open", str(target))
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(course.os, "replace", replace)
        assert course.main(["upgrade", str(new), "--language", "en"]) == 1
    said = capsys.readouterr().err
    assert "another program has it open" in said
    assert "go on with: python course.py upgrade" in said
    assert course.main(["setup", "--language", "en"]) == 1
    assert course.main(["remove", "--language", "en"]) == 1
    assert "Finish it first: python course.py upgrade" in capsys.readouterr().err
    assert course.main(["upgrade", "--language", "en"]) == 0
    assert course.version_of(old) == "0.2.0"
    assert everything_written(old)


def test_a_store_of_an_older_shape_is_brought_up_whole_by_the_new_edition_and_kept_as_it_was(old, new, monkeypatch):
    import sqlalchemy as sa

    import crm_toolkit as crm
    from crm_toolkit.store import database, versions

    place = old / "exercises" / "ru" / "my_work" / "моя база.db"
    crm.Store.create(place, currency="RUB").close()

    def rows(path):
        engine = sa.create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            names = sa.inspect(connection).get_table_names()
            return {name: connection.exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in names}

    before = rows(place)
    assert course.main(["upgrade", str(new)]) == 0
    step = {versions.SCHEMA_VERSION: lambda one: one.exec_driver_sql("CREATE TABLE later (later_id INTEGER)")}
    monkeypatch.setattr(versions, "STEPS", {**versions.STEPS, **step})
    monkeypatch.setattr(versions, "SCHEMA_VERSION", versions.SCHEMA_VERSION + 1)
    store = crm.Store.open(place)
    with database.reading(store.engine) as connection:
        assert versions.info(connection)["schema_version"] == str(versions.SCHEMA_VERSION)
    store.close()
    after = rows(place)
    assert {name: after[name] for name in before if name != "store_info"} == {
        name: those for name, those in before.items() if name != "store_info"
    }
    (kept,) = old.glob("backup-*/exercises/ru/my_work/моя база.db")
    assert rows(kept) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("torn", [False, True], ids=["killed before a step", "killed in the middle of writing"])
@pytest.mark.parametrize("stride", [23, pytest.param(1, marks=pytest.mark.slow)])
def test_upgrade_that_is_killed_at_any_step_is_simply_done_again(old, new, tmp_path, monkeypatch, torn, stride):
    """The process ends without a last word at its first, second, … change of the disk, until it gets to its end."""
    monkeypatch.setattr(course.time, "strftime", lambda form: "now")
    whole = tmp_path / "whole"
    shutil.copytree(old, whole)
    monkeypatch.setattr(course, "ROOT", whole)
    assert course.main(["upgrade", str(new)]) == 0
    wanted = contents(whole)
    for step in range(1, 1000, stride):
        place = tmp_path / str(step)
        shutil.copytree(old, place)
        monkeypatch.setattr(course, "ROOT", place)
        if run_and_kill(["upgrade", str(new)], step, torn) == 0:
            break
        assert everything_written(place), step
        if course.main(["upgrade"]) and course.version_of(place) == "0.1.0":  # it had not begun to take the place
            assert course.main(["upgrade", str(new)]) == 0, step
        assert {name: text for name, text in contents(place).items() if not name.startswith(".upgrade")} == wanted, step
        assert not course.read_json(place / course.WAITING / "note.json"), step
        shutil.rmtree(place)
    assert step > (30 if torn else 80)  # it was really killed at each of them


def run_and_kill(words, step, torn):
    """Run a command in a process that ends at its n-th change of the disk; its exit code, 9 if it was ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen = [0]

    def watch(event, facts):
        opened = (
            event == "open" and isinstance(facts[1], str) and facts[1][:1] in "wxa" and isinstance(facts[0], str | Path)
        )
        if opened or (not torn and event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir")):
            seen[0] += 1
            if seen[0] == step:
                if torn:
                    seen[0] = 1_000_000
                    Path(facts[0]).write_bytes(b"half of i")
                os._exit(9)

    try:
        sys.stdout = sys.stderr = io.StringIO()
        sys.addaudithook(watch)
        os._exit(course.main(words))
    except BaseException:
        os._exit(8)


# --- taking leave -----------------------------------------------------------------------------------------------------


def test_remove_takes_what_can_be_made_again_and_tells_where_the_work_is(old, asked_of_nobody, capsys):
    write(
        old, {".venv/course-made": "", ".venv/bin/python": "", ".mypy_cache/x": "", "crm_toolkit/__pycache__/a.pyc": ""}
    )
    write(old, {"docs/_build/html/index.html": "", "docs/index.md": "page"})
    course.main(["remove", "--language", "en"])
    said = capsys.readouterr().out
    assert everything_written(old)
    assert not [
        path for name in (".venv", ".mypy_cache", "crm_toolkit/__pycache__", "docs/_build") for path in old.glob(name)
    ]
    assert (old / "docs" / "index.md").exists()
    for name in (WORKBOOK, LATER, "my_work", "exercises/ru/my_work", "sales.csv", "exercises/ru/мой случай.json"):
        assert f"  {old / name}\n" in said, name
    assert f"  {old / LESSON}\n" not in said  # it was only run
    assert "delete the folder" in said


def test_remove_leaves_an_environment_that_it_has_not_made(old, asked_of_nobody, capsys):
    write(old, {".venv/pyvenv.cfg": "", ".venv/lib/own.py": ""})
    assert course.main(["remove", "--language", "en"]) == 0
    assert (old / ".venv" / "lib" / "own.py").exists()
    assert "made by another program" in capsys.readouterr().out


@pytest.fixture
def asked_of_nobody(tmp_path, monkeypatch):
    """A home of one's own, without demonstration stores."""
    monkeypatch.setattr(course, "demonstration_folder", lambda: tmp_path / "no such folder")


def test_remove_names_the_demonstration_stores_which_lie_elsewhere(old, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(course, "demonstration_folder", lambda: write(tmp_path / "data", {"barbershop-ru.db": ""}))
    assert course.main(["remove", "--language", "en"]) == 0
    assert f"  {tmp_path / 'data'}\n" in capsys.readouterr().out


def test_the_demonstration_lies_where_course_py_says(tmp_path, monkeypatch):
    from crm_toolkit.widgets import demonstration

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert demonstration.data_folder() == course.demonstration_folder()
