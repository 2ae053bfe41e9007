"""The walls around a student's cells: the strongest that this computer has, tried before it is trusted.

bubblewrap   own file system (read-only Python, throw-away folder of 64 MB in memory), no network, own processes, own
             user, empty environment, and the bank of tasks is not there
namespaces   ``unshare``: no network, own processes; files are those of the instructor's user
limits       own process group and limits of memory, time, files; nothing is hidden
trusted      the instructor says that the submissions are harmless; the only way on Windows and macOS
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.grading.lesson_plan import COURSE
from crm_toolkit.texts import mark, say

PACKAGE = Path(__file__).resolve().parents[2]
BANK = PACKAGE / "exercises" / "bank"
CHILD = Path(__file__).with_name("child.py")
DISK_BYTES = 64_000_000
_OWN_USER = 58731
_INSIDE = "/submission"
LEVELS = {
    "bubblewrap": mark("bubblewrap: own files, no network, own processes, own user"),
    "namespaces": mark("namespaces: no network, own processes; files are not protected"),
    "limits": mark("limits only: memory, time and size of files; neither files nor the network are protected"),
    "trusted": mark("none: the instructor trusts the submissions"),
}


@dataclass(frozen=True)
class Isolation:
    """A way to start the child.

    Parameters
    ----------
    level : {"bubblewrap", "namespaces", "limits", "trusted"}
    own_user : bool
        Whether the child runs as a user of its own.
    command : callable
        From the throw-away folder and the modules of practical tasks to the words of the command.
    folder : str
        The throw-away folder as the child sees it; empty if it is the real one.
    """

    level: str
    own_user: bool
    command: Callable[[str, tuple[str, ...]], list[str]]
    folder: str = ""

    def __str__(self) -> str:
        return say(LEVELS[self.level])


def strongest_isolation(*, trusted: bool = False, at_most: str = "bubblewrap") -> Isolation:
    """The strongest isolation that works here.

    Parameters
    ----------
    trusted : bool
        Whether the instructor says that the submissions are harmless.
    at_most : str
        Leave stronger levels out (for tests).

    Raises
    ------
    InputError
        On systems without isolation, unless the submissions are trusted.
    """
    if not sys.platform.startswith("linux"):
        if trusted:
            return Isolation("trusted", False, lambda folder, modules: _python())
        what = say("This system has no isolation for submissions: their code would run as you.")
        advice = say("Grade under Linux or in WSL, or say that you trust the submissions: `trusted=True` (--trusted).")
        raise InputError(say("Nothing was graded."), [Problem("no_isolation", what, advice=advice)])
    levels = list(LEVELS)[list(LEVELS).index(at_most) : -1]
    for one in _candidates():
        if one.level in levels and _works(one):
            return one
    raise InputError(say("Nothing was graded."), [Problem("no_child", say("Python can't be started here."))])


@cache
def _candidates() -> tuple[Isolation, ...]:
    found = []
    walls, ways, user = (shutil.which(name) for name in ("bwrap", "unshare", "setpriv"))
    for sized in (True, False) if walls else ():  # bubblewrap before 0.7 can't limit the size of a folder
        if os.getuid() == 0 and user:
            found.append(Isolation("bubblewrap", True, _behind_walls(str(walls), sized, setpriv=user), _INSIDE))
        found.append(Isolation("bubblewrap", False, _behind_walls(str(walls), sized), _INSIDE))
    if ways:
        spaces = [ways, "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"]
        for more in (["--user", "--map-current-user"], ["--user", "--map-root-user"], []):
            words = (*spaces, *more)
            found.append(Isolation("namespaces", False, lambda folder, modules, words=words: [*words, *_python()]))  # type: ignore[misc]
    found.append(Isolation("limits", False, lambda folder, modules: _python()))
    return tuple(found)


def _works(one: Isolation) -> bool:
    words = one.command("/tmp", ())
    place = words.index("-I")
    try:
        tried = subprocess.run(
            [*words[: place + 1], "-c", "import json, ctypes; print('well')"],
            capture_output=True, env={}, timeout=20, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.stdout.strip() == b"well"


def _python() -> list[str]:
    return [sys.executable, "-I", "-B", "-X", "utf8", str(CHILD)]


def _behind_walls(walls: str, sized: bool, *, setpriv: str = "") -> Callable[[str, tuple[str, ...]], list[str]]:
    def command(folder: str, modules: tuple[str, ...]) -> list[str]:
        words = [walls, "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
        words += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
        if setpriv:
            words += [word for name in ("SETUID", "SETGID", "SETPCAP") for word in ("--cap-add", f"CAP_{name}")]
        else:
            words += ["--unshare-user", "--uid", str(_OWN_USER), "--gid", str(_OWN_USER)]
        words += ["--hostname", "submission"]
        binds = _what_python_needs()
        for place in ("/usr", "/bin", "/lib", "/lib32", "/lib64"):
            words += _as_it_is(place)
        for place in ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/etc/fonts"):
            words += ["--ro-bind-try", place, place]
        words += ["--proc", "/proc", "--dev", "/dev"]
        for place in ("/tmp", _INSIDE, "/dev/shm"):
            words += ["--perms", "1777", *(["--size", str(DISK_BYTES)] if sized else []), "--tmpfs", place]
        for parent in sorted({parent for bind in binds for parent in Path(bind).parents} - {Path("/"), Path("/tmp")}):
            if not parent.is_relative_to("/usr"):
                words += ["--perms", "0755", "--dir", str(parent)]
        for bind in binds:
            words += ["--ro-bind", bind, bind]
        words += ["--tmpfs", str(BANK)]
        for module in modules:
            place = str(BANK / f"{module.rpartition('.')[2]}.py")
            words += ["--ro-bind", place, place]
        words += ["--remount-ro", str(BANK), "--chdir", _INSIDE]
        for name, value in environment(_INSIDE).items():
            words += ["--setenv", name, value]
        if setpriv:
            words += [setpriv, "--reuid", str(_OWN_USER), "--regid", str(_OWN_USER), "--clear-groups"]
            words += ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
        return [*words, *_python()]

    return command


def _as_it_is(place: str) -> list[str]:
    if os.path.islink(place):
        return ["--symlink", os.readlink(place), place]
    return ["--ro-bind-try", place, place]


@cache
def _what_python_needs() -> tuple[str, ...]:
    """Folders of the interpreter, the environment and this package, outer ones first, none twice."""
    wanted = [sys.prefix, sys.base_prefix, sys.exec_prefix, str(PACKAGE), str(COURSE / "datasets"), sys.executable]
    wanted += [os.path.realpath(place) for place in (sys.prefix, sys.base_prefix, sys.executable)]
    wanted += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    wanted += packages()
    places = sorted({os.path.normpath(place) for place in wanted if os.path.exists(place)})
    kept: list[str] = []
    for place in places:
        inside = any(Path(place).is_relative_to(one) for one in [*kept, "/usr"])
        if place != "/" and not inside:
            kept.append(place)
    return tuple(kept)


def packages() -> list[str]:
    """Folders of packages in which this process looks, wherever they are."""
    return [place for place in sys.path if os.path.basename(place) in ("site-packages", "dist-packages")]


def environment(folder: str) -> dict[str, str]:
    """The only variables that the child gets."""
    return {
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "CRM_STATIC": "1",
        **({"SYSTEMROOT": os.environ.get("SYSTEMROOT", "")} if sys.platform == "win32" else {}),
    }
