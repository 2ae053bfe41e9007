"""A kit for a classroom without internet: what the other computer needs, whole, and refused when it isn't."""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import pytest

import course

LOCK = Path(course.__file__).with_name(course.BASE).read_text(encoding="utf-8")
everywhere = pytest.mark.parametrize(
    ("platform", "version"), [(name, version) for name in course.PLATFORMS for version in course.VERSIONS]
)


def names(lines):
    return [line.partition("==")[0] for line in lines]


@pytest.fixture
def locked(home):
    (home / course.BASE).write_text(LOCK, encoding="utf-8")


@everywhere
def test_every_package_of_the_lock_comes_once_with_one_version(locked, platform, version):
    lines = course.lock_lines(platform, version + ".99")
    assert len(set(names(lines))) == len(lines) > 100
    assert all("==" in line and ";" not in line for line in lines)


@pytest.mark.parametrize("version", course.VERSIONS)
def test_markers_are_read_for_the_other_computer_not_for_this_one(locked, version):
    windows = names(course.lock_lines("win_amd64", version + ".99"))
    linux = names(course.lock_lines("linux_x86_64", version + ".99"))
    mac = names(course.lock_lines("macos_arm64", version + ".99"))
    assert {"pywinpty", "colorama"} <= set(windows)
    assert not {"pexpect", "ptyprocess", "appnope"} & set(windows)
    assert "pexpect" in linux
    assert "appnope" not in linux
    assert "appnope" in mac


def test_version_of_python_decides_between_two_versions_of_a_package(locked):
    numpy = {
        version: next(line for line in course.lock_lines("win_amd64", version + ".99") if line.startswith("numpy=="))
        for version in course.VERSIONS
    }
    assert numpy["3.11"] != numpy["3.12"] == numpy["3.13"]


def wheel(folder, name, *requires):
    card = "".join(["Metadata-Version: 2.1\n", *(f"Requires-Dist: {line}\n" for line in requires)])
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}-1.0.dist-info/METADATA", card)


def test_incomplete_kit_names_what_is_missing_on_the_other_computer(tmp_path):
    wheel(tmp_path, "a", "b>=1", 'c; sys_platform == "win32"', 'd; extra == "more"')
    wheel(tmp_path, "b", "a>=2")
    linux = course.marker_environment("linux_x86_64", "3.12.99")
    windows = course.marker_environment("win_amd64", "3.12.99")
    assert course.unmet_requirements(tmp_path, linux) == ["a>=2 (b)"]
    assert course.unmet_requirements(tmp_path, windows) == ["a>=2 (b)", "c (a)"]


@pytest.fixture
def kit(home, tmp_path):
    """A whole kit of one wheel for this very computer."""
    folder = tmp_path / "набор"
    folder.mkdir()
    wheel(folder, "six")
    (path,) = folder.glob("*.whl")
    card = {
        "format": 1,
        "platform": course.this_platform(),
        "python": "{}.{}".format(*sys.version_info),
        "lock": course.digest(course.BASE),
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest()},
    }
    (folder / "kit.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


def change(kit, **changes):
    card = json.loads((kit / "kit.json").read_text(encoding="utf-8"))
    (kit / "kit.json").write_text(json.dumps({**card, **changes}), encoding="utf-8")


def test_whole_kit_is_used_instead_of_the_network(kit, asked_of_pip):
    assert course.main(["setup", "--kit", str(kit), "--language", "en"]) == 0
    assert asked_of_pip[0][2:5] == ("--no-index", "--find-links", str(kit))


def test_folder_that_is_no_kit_is_refused(home, tmp_path, asked_of_pip):
    with pytest.raises(course.CourseError, match="not a kit"):
        course.check_kit(tmp_path)
    assert course.main(["setup", "--kit", str(tmp_path)]) == 1
    assert asked_of_pip == []


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_kit_that_was_not_copied_in_full_is_refused(kit, damage):
    (path,) = kit.glob("*.whl")
    path.write_bytes(path.read_bytes()[:-10]) if damage == "cut" else path.unlink()
    with pytest.raises(course.CourseError, match=r"not copied in full: six-1\.0"):
        course.check_kit(kit)


def test_kit_for_another_computer_or_course_is_refused_with_the_command_that_makes_the_right_one(kit):
    right = f"course.py kit --platform {course.this_platform()} --python"
    change(kit, platform="amiga")
    with pytest.raises(course.CourseError, match=f"made for amiga.*{right}"):
        course.check_kit(kit)
    change(kit, platform=course.this_platform(), lock="other")
    with pytest.raises(course.CourseError, match=f"another version of the course.*{right}"):
        course.check_kit(kit)


@pytest.mark.parametrize(
    ("words", "letter"),
    [
        (["--platform", "amiga"], "no platform “amiga”. Possible: win_amd64, macos_arm64"),
        (["--python", "3.9"], "“3.9” is not a version of Python for the course. Possible: 3.11, 3.12, 3.13"),
        (["--out"], "--out needs a value"),
        (["extra"], "Not understood: extra"),
    ],
)
def test_wrong_kit_is_refused_before_downloading(home, asked_of_pip, capsys, words, letter):
    assert course.main(["kit", "--language", "en", *words]) == 1
    assert letter in capsys.readouterr().err
    assert asked_of_pip == []


def test_folder_with_something_else_in_it_is_not_overwritten(home, tmp_path, monkeypatch, capsys):
    (tmp_path / "thesis.docx").touch()
    monkeypatch.setattr(course, "ensure", lambda locks: None)
    monkeypatch.setattr(sys, "prefix", str(home / ".venv"))
    words = ["kit", "--platform", "win_amd64", "--python", "3.12", "--out", str(tmp_path), "--language", "en"]
    assert course.main(words) == 1
    assert "is not a kit, so it is left as it is" in capsys.readouterr().err


def test_failed_download_leaves_nothing_behind(home, tmp_path, monkeypatch):
    def fail(*words):
        raise course.CourseError("the wire is cut")

    monkeypatch.setattr(course, "ensure", lambda locks: None)
    monkeypatch.setattr(course, "pip", fail)
    monkeypatch.setattr(sys, "prefix", str(home / ".venv"))
    out = tmp_path / "out" / "kit"
    assert course.main(["kit", "--platform", "win_amd64", "--python", "3.12", "--out", str(out)]) == 1
    assert [*out.parent.iterdir()] == []


def test_package_without_a_wheel_is_named_with_what_to_do(home, tmp_path, monkeypatch, capsys):
    def pip(*words):
        course.refuse_install(
            "ERROR: Could not find a version\nERROR: No matching distribution found for six==1.17.0\n"
        )

    monkeypatch.setattr(course, "ensure", lambda locks: None)
    monkeypatch.setattr(course, "pip", pip)
    monkeypatch.setattr(sys, "prefix", str(home / ".venv"))
    words = ["kit", "--platform", "win_amd64", "--python", "3.12", "--out", str(tmp_path / "kit"), "--language", "en"]
    assert course.main(words) == 1
    said = capsys.readouterr().err
    assert "no ready-made package (wheel) of six==1.17.0 for win_amd64 with Python 3.12" in said
    assert "another Python (3.11, 3.13)" in said
