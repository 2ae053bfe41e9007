"""Every attack on a grade, on a secret, on the computer: what comes of it, shown by doing it.

An attacker never solves the first task. After the class is graded the attacker has no point for it, nobody else has
another result, no planted secret stands in any result, and no planted file has changed. An attack that needs stronger
walls than this computer has is not run, because it would succeed; the instructor's guide says so.
"""

import json
import os
import socket
import stat
import sys
import threading
import time
import tomllib
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

from crm_toolkit.exercises.grading import grade
from crm_toolkit.exercises.grading.isolation import BANK, CHILD, PACKAGE, strongest_isolation
from crm_toolkit.texts import LANGUAGES

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="walls are there under Linux only")
WALLS = ("limits", "namespaces", "bubblewrap")
SECRET = "canary-7f3a"
GUIDES = {"en": "grading.md", "ru": "grading.ru.md"}


@dataclass(frozen=True)
class Attack:
    """An attack, as ``attacks.toml`` declares it."""

    kind: str
    name: str
    russian: str
    code: str
    walls: str = "limits"
    detected: bool = False
    heavy: bool = False


DECLARED = tomllib.loads(Path(__file__).with_name("attacks.toml").read_text(encoding="utf-8"))
ATTACKS = tuple(Attack(**facts) for facts in DECLARED["attack"])
LIGHT = [attack for attack in ATTACKS if not attack.heavy]
HEAVY = [attack for attack in ATTACKS if attack.heavy]
FILES = tuple((facts["name"], facts["russian"], facts["word"]) for facts in DECLARED["file"])


class Class:
    """A class under attack: victims planted, the attackers' files written, graded once."""

    def __init__(self, root, hand, course, walls):
        self.root, self.hand, self.course, self.walls = root, hand, course, walls
        self.folder, self.out = root / "in", root / "out"
        self.out.mkdir()
        self.secret, self.victim = root / "secret.txt", root / "victim.txt"
        self.secret.write_text(SECRET)
        self.victim.write_text("whole")
        self.token = f"t{os.getpid()}x{id(self)}"
        self.attackers = {}
        self.heard = []
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                self.heard.append(self.server.accept()[1])
            except OSError:
                return

    def attack(self, attack):
        """Hand in an attack; the second task is solved honestly."""
        student = f"X-{len(self.attackers)}"
        named = {
            "secret": str(self.secret),
            "victim": str(self.victim),
            "other": str(self.folder / "H-1_00_start.zip"),
            "port": self.server.getsockname()[1],
            "secret_word": SECRET,
            "package": str(PACKAGE.parent),
            "out": str(self.out),
            "token": self.token,
            "places": [str(PACKAGE), str(BANK), str(CHILD.parent), *sys.path[1:]],
            "others": 0.987,
        }
        book = self.hand.notebook(_filled(attack.code, named))
        if attack.name == "code of the check replaced in the notebook":
            book = self.hand.notebook("answer = 0", **{"check-1": "t.check(0.9)", "setup": "raise ValueError"})
        if attack.name.startswith("points, deleted"):
            first = book["cells"][2]
            first["metadata"] |= {"nbgrader": {"points": 1000, "locked": False, "grade": True, "solution": True}}
            book["cells"][2:3] = [first | {"id": "gap-1-renamed"}, first | {"cell_type": "markdown"}, first, first]
            book["metadata"]["points"] = 1000
        self.attackers[attack.name] = student
        self.hand.put(self.folder, student, book)

    def grade(self, **named):
        """Grade the class, with a secret in the grader's own environment and command."""
        os.environ["CRM_TEST_SECRET"] = SECRET
        try:
            named = {
                "out": self.out,
                "course": self.course,
                "isolation": self.walls,
                "salt": SECRET,
                "workers": 2,
            } | named
            self.grades = grade(self.folder, **named)
        finally:
            del os.environ["CRM_TEST_SECRET"]
            self.server.close()
        self.by_student = {one.student: one for one in self.grades.results}
        return self

    def of(self, attack):
        """The result of an attack."""
        return self.by_student[self.attackers[attack.name]]

    def written(self):
        """Everything that was written for people."""
        pages = [path for path in self.out.rglob("*") if path.is_file() and "graded" not in path.parts]
        return {path.name: path.read_text(encoding="utf-8") for path in pages}


def _filled(code, named):
    for name, value in named.items():
        code = code.replace(f"{{{name}!r}}", repr(value)).replace(f"{{{name}}}", str(value))
    return code


def holds(attack, walls):
    return WALLS.index(walls.level) >= WALLS.index(attack.walls)


@pytest.fixture(scope="module")
def walls():
    return strongest_isolation()


def graded_class(root, hand, course, walls, attacks):
    made = Class(root, hand, course, walls)
    hand.put(made.folder, "H-1", hand.notebook())
    for attack in attacks:
        if holds(attack, walls):
            made.attack(attack)
    return made


@pytest.fixture(scope="module")
def attacked(tmp_path_factory, hand, small_course, walls):
    """All light attacks in one class, graded once."""
    made = graded_class(
        tmp_path_factory.mktemp("class"), hand, small_course, walls, [one for one in ATTACKS if not one.heavy]
    )
    for name, data in hostile_files(made.folder, hand, made.secret).items():
        if data is not None:
            (made.folder / name).write_bytes(data)
    return made.grade()


def hostile_files(folder, hand, secret):
    """A file for each row of ``FILES``; links and pipes are made at once."""
    whole, number = hand.packed(hand.notebook()), iter(range(100))

    def name():
        return f"F-{next(number)}_00_start.zip"

    def archive(*members):
        import io

        room = io.BytesIO()
        with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as made:
            for member, data in members:
                made.writestr(member, data)
        return room.getvalue()

    book = ("notebook.ipynb", json.dumps(hand.notebook()))
    link = zipfile.ZipInfo("submission.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    odd = hand.notebook()
    odd["cells"][2]["id"] = ["gap-1"]
    locked = bytearray(whole)
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    huge = hand.notebook()
    huge["cells"][0]["outputs"] = [{"text": "x" * 6_000_000}]
    made = {
        name(): archive(book, ("../../victim.txt", "mine")),
        name(): archive(book, ("/tmp/victim.txt", "mine")),
        name(): archive(book, (link, str(secret))),
    }
    os.symlink(secret, folder / name())
    os.mkfifo(folder / name())
    made[name()] = archive(("notebook.ipynb", b"\0" * 100_000_000))
    made[name()] = archive(book, *((f"file-{one}", "") for one in range(3000)))
    made[name()] = bytes(locked)
    made[name()] = hand.packed(b'{"cells": [')
    made[name()] = hand.packed(b'{"cells": ' + b"[" * 500_000 + b"]" * 500_000 + b"}")
    made[name()] = hand.packed(odd)
    made[name()] = hand.packed(huge)
    made[name()] = archive(("submission.json", "{}"))
    made[name()] = b""
    made["F-14_00_start.tar.gz"] = whole
    return made


def check(made, attack):
    """What must hold of every attack."""
    if not holds(attack, made.walls):
        pytest.skip(f"documented: without {attack.walls} it would succeed")
    result = made.of(attack)
    assert not result.refused
    assert result.tasks[0].score == 0, result.tasks[0]
    assert result.tasks[0].status in ("not_attempted", "unreadable", "wrong")
    assert (result.end != "done") == attack.detected


@pytest.mark.parametrize("attack", LIGHT, ids=lambda attack: attack.name)
def test_an_attack_gets_no_point(attacked, attack):
    check(attacked, attack)


def test_the_honest_student_keeps_full_marks(attacked):
    assert attacked.by_student["H-1"].total == 2


def test_an_attacker_keeps_the_point_of_the_task_that_is_solved(attacked):
    names = [attack.name for attack in LIGHT if attack.kind == "score" and holds(attack, attacked.walls)]
    points = [attacked.by_student[attacked.attackers[name]].tasks[1].score for name in names]
    assert sum(points) >= len(points) - 8  # who leaves early or breaks the runner leaves the second task behind


def test_no_secret_stands_in_any_result(attacked):
    for name, text in attacked.written().items():
        assert SECRET not in text, name


def test_no_planted_file_has_changed_and_none_was_added(attacked):
    assert attacked.secret.read_text() == SECRET
    assert attacked.victim.read_text() == "whole"
    assert sorted(path.name for path in attacked.root.iterdir()) == ["in", "out", "secret.txt", "victim.txt"]
    assert "1000" not in attacked.written()["grades.csv"]
    assert not list(PACKAGE.rglob("zz_persistent*"))
    assert not any(Path(place, "zz_persistent.pth").exists() for place in sys.path if place)
    assert not Path.home().joinpath(".ipython/profile_default/startup/evil.py").exists()


def test_nothing_went_over_the_network(attacked):
    assert attacked.heard == []


def test_nothing_is_left_running(attacked):
    lines = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(place.read_bytes())
        except OSError:
            continue
    assert lines
    assert not any(f"daemon-{attacked.token}".encode() in line for line in lines)


def test_no_page_runs_what_a_student_wrote(attacked):
    class Tags(HTMLParser):
        found: ClassVar[list] = []

        def handle_starttag(self, tag, attributes):
            self.found.append((tag, dict(attributes)))

    pages = {name: text for name, text in attacked.written().items() if name.endswith(".html")}
    assert any("&lt;script&gt;" in text for text in pages.values())
    for text in pages.values():
        Tags(convert_charrefs=True).feed(text)
    assert not {tag for tag, _ in Tags.found} & {"script", "img", "iframe", "object", "embed", "svg", "a"}
    assert not any(name.startswith("on") for _, attributes in Tags.found for name in attributes)


@pytest.mark.parametrize("place", range(len(FILES)), ids=[name for name, _, _ in FILES])
def test_a_hostile_file_is_refused_with_a_word(attacked, place):
    _, _, word = FILES[place]
    if word == "not a submission":
        assert attacked.grades.unread == ("F-14_00_start.tar.gz",)
        return
    result = attacked.by_student[f"F-{place}"]
    assert result.refused == word
    if not word:
        assert result.tasks[0].code == "NOT_ATTEMPTED"


@pytest.mark.slow
@pytest.mark.parametrize("level", WALLS)
def test_heavy_attacks_end_with_the_clock_and_take_nothing_with_them(tmp_path, hand, small_course, level):
    walls = strongest_isolation(at_most=level)
    if walls.level != level:
        pytest.skip(f"there is no {level} on this computer")
    made = graded_class(tmp_path, hand, small_course, walls, HEAVY)
    began = time.monotonic()
    made.grade(wall_seconds=20)
    assert time.monotonic() - began < 200
    assert made.by_student["H-1"].total == 2
    for attack in HEAVY:
        if holds(attack, walls):
            result = made.of(attack)
            assert result.tasks[0].score == 0
            assert result.end in ("time", "died") or not attack.detected, (attack.name, result.end)


@pytest.mark.slow
@pytest.mark.parametrize("level", WALLS[:-1])
def test_weaker_walls_hold_what_the_guide_says_they_hold(tmp_path, hand, small_course, level):
    walls = strongest_isolation(at_most=level)
    if walls.level != level:
        pytest.skip(f"there is no {level} on this computer")
    made = graded_class(tmp_path, hand, small_course, walls, LIGHT).grade()
    for attack in LIGHT:
        if holds(attack, walls):
            check(made, attack)
    test_no_secret_stands_in_any_result(made)
    test_no_planted_file_has_changed_and_none_was_added(made)
    test_no_page_runs_what_a_student_wrote(made)


WORDS = {
    "en": SimpleNamespace(
        prevented="prevented",
        detected="stopped and reported",
        open="**not prevented**",
        refused="refused: `{word}`",
        read="read without harm",
        name="not a submission",
    ),
    "ru": SimpleNamespace(
        prevented="предотвращено",
        detected="остановлено, указано в отчёте",
        open="**не предотвращается**",
        refused="отклонено: `{word}`",
        read="прочитано без вреда",
        name="не считается работой",
    ),
}


def table(code):
    """The rows of the guide's two tables."""
    words, rows = WORDS[code], []
    for attack in ATTACKS:
        done = words.detected if attack.detected else words.prevented
        held = [done if WALLS.index(level) >= WALLS.index(attack.walls) else words.open for level in reversed(WALLS)]
        rows.append(f"| {attack.name if code == 'en' else attack.russian} | {' | '.join(held)} |")
    for name, russian, word in FILES:
        told = words.refused.format(word=word) if word.isupper() else words.name if word else words.read
        rows.append(f"| {name if code == 'en' else russian} | {told} |")
    return rows


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_guide_says_what_this_suite_shows(code):
    guide = (Path(__file__).parents[3] / "docs" / GUIDES[code]).read_text(encoding="utf-8")
    assert [row for row in table(code) if row not in guide] == []
