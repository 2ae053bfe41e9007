"""The program in which a student's cells run: it gets inputs, and says answers as plain JSON; it knows no answer.

It is started as a file of its own, inside the isolation, and imports nothing of the grader. Inputs come as one pickle
on the standard input (the parent is trusted, this process is not). Answers leave, a line of JSON each, through the
pipe that was the standard output; what the cells print goes nowhere.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.abc
import importlib.machinery
import json
import math
import os
import pickle
import re
import sys
import types
from collections.abc import Callable
from typing import Any

Say = Callable[[dict[str, Any]], None]

_MOST_CELLS = 20_000
_LONGEST_TEXT = 2_000


class TimeIsOver(BaseException):
    """A cell ran too long."""


def plain(answer: Any, room: list[int] | None = None, depth: int = 0) -> Any:
    """Anything at all as JSON that keeps what a check looks at: numbers, texts, tables as columns.

    >>> plain(...), plain(True), plain(0.5), plain({"a": 1})
    (None, True, 0.5, {'map': [['a', 1]]})
    >>> plain(float("nan")), plain(10**5000), plain(len)
    ({'float': 'nan'}, {'other': 'int', 'text': ''}, {'function': 'builtin_function_or_method'})
    """
    room = [_MOST_CELLS] if room is None else room
    room[0] -= 1
    name = type(answer).__name__[:80]
    if room[0] < 0 or depth > 8:
        return {"other": name, "text": ""}
    home = (type(answer).__module__ or "").split(".")[0]
    if answer is None or answer is Ellipsis or answer is NotImplemented:
        return None
    if name in ("NAType", "NaTType"):
        return {"na": name}
    if isinstance(answer, bool) or (home == "numpy" and name in ("bool_", "bool")):
        return bool(answer)
    if isinstance(answer, str):
        return str.__str__(answer)[:_LONGEST_TEXT]
    if isinstance(answer, int):
        return int(answer) if abs(answer) < 10**300 else {"other": "int", "text": ""}
    if isinstance(answer, float):
        return _float(float(answer))
    if isinstance(answer, complex):
        return {"complex": name}
    if home == "pandas" and name == "DataFrame":
        columns = [[str(word), [plain(cell, room, depth + 1) for cell in answer.iloc[:, place].tolist()]]
                   for place, word in enumerate(answer.columns)]  # fmt: skip
        return {"table": columns, **_index(answer, room, depth)}
    if home == "pandas" and name == "Series":
        cells = [plain(cell, room, depth + 1) for cell in answer.tolist()]
        return {
            "series": cells,
            "name": None if answer.name is None else str(answer.name),
            **_index(answer, room, depth),
        }
    if home == "polars" and name == "DataFrame":
        columns = [[word, [plain(cell, room, depth + 1) for cell in cells]]
                   for word, cells in answer.to_dict(as_series=False).items()]  # fmt: skip
        return {"table": columns, "index": [], "index_name": None}
    if home in ("numpy", "pandas") and hasattr(answer, "tolist") and getattr(answer, "ndim", False):
        return {"list": [plain(cell, room, depth + 1) for cell in answer.tolist()]}
    if isinstance(answer, (list, tuple)):
        return {"list": [plain(cell, room, depth + 1) for cell in answer]}
    if isinstance(answer, dict) or (hasattr(answer, "items") and hasattr(answer, "keys")):
        return {"map": [[_key(word), plain(cell, room, depth + 1)] for word, cell in answer.items()]}
    if isinstance(answer, (set, frozenset)) and not answer:
        return None
    if isinstance(answer, (bytes, bytearray)) or name in ("datetime64", "timedelta64", "Timestamp"):
        return {"other": name, "text": str(answer)[:200]}
    if callable(answer):
        return {"function": name}
    try:
        return _float(float(answer))
    except Exception:
        return {"other": name, "text": str(answer)[:200]}


def _key(word: Any) -> int | str:
    """A name of a dictionary's entry: whole numbers stay numbers."""
    return int(word) if hasattr(word, "__index__") and abs(word) < 10**9 else str(word)[:_LONGEST_TEXT]


def _float(value: float) -> Any:
    return value if math.isfinite(value) else {"float": repr(value)}


def _index(frame: Any, room: list[int], depth: int) -> dict[str, Any]:
    words = frame.index.tolist()
    plainly = [word if isinstance(word, (int, str)) else str(word) for word in words]
    name = frame.index.name
    cells = [plain(word, room, depth + 1) for word in plainly]
    return {"index": cells, "index_name": None if name is None else str(name)}


class Recorded:
    """What `check` says while grading: nothing but that the answer is written down."""

    status, code, message, heading, codes = "recorded", "RECORDED", "", "", ("RECORDED",)
    right, score, sign = False, 0.0, "·"

    def __str__(self) -> str:
        return "recorded"

    __repr__ = __str__


class HandedTask:
    """A task with the numbers that the grader handed over; the answer is nowhere in this process."""

    def __init__(self, facts: dict[str, Any], say: Say):
        self.id, self.title, self.statement = facts["id"], facts["title"], facts["statement"]
        self.variant_code, self.columns, self.customers = facts["variant"], facts["columns"], facts["rows"]
        self._data, self._say, self._module = facts["data"], say, facts["module"]

    def __repr__(self) -> str:
        return f"Exercise({self.id!r}, variant {self.variant_code})"

    @property
    def data(self) -> dict[str, Any]:
        """Fresh copies of the numbers and tables."""
        return pickle.loads(self._data)

    def hint(self, level: int = 1) -> str:
        """Hints are not needed here."""
        return ""

    def check(self, answer: object = None) -> Recorded:
        """Write the answer down."""
        try:
            said = plain(answer)
        except BaseException as trouble:
            said = {"other": type(trouble).__name__, "text": ""}
        self._say({"kind": "answer", "task": self.id, "answer": said})
        return Recorded()


class HandedPractice(HandedTask):
    """A practical task whose work lives here (a store, a role): it is looked at, for the teacher's judgement."""

    def check(self, work: object = None) -> Recorded:
        """Look at the work and report what was seen."""
        from importlib import import_module

        from crm_toolkit.exercises.practice import PracticeExercise

        module = import_module(self._module)
        task = next(one for one in module.PRACTICES if one.id == self.id)
        verdict = PracticeExercise(task, "", "", None, self.data)._checked(work)
        self._say({"kind": "seen", "task": self.id, "status": verdict.status, "code": verdict.code,
                   "message": verdict.message[:2000]})  # fmt: skip
        return Recorded()


class Silent(types.ModuleType):
    """Stands in for `crm_toolkit.widgets`: nobody looks at the screen."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Silent(name)

    def __call__(self, *words: object, **named: object) -> Any:
        return Silent("nothing")


class _Patching(importlib.abc.MetaPathFinder):
    """Puts `exercise` in its place when, and only when, somebody imports the room of exercises."""

    def __init__(self, exercise: Callable[..., Any]):
        self.exercise = exercise

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "crm_toolkit.exercises":
            return None
        spec: Any = importlib.machinery.PathFinder.find_spec(name, path)
        run, exercise = spec.loader.exec_module, self.exercise

        def exec_module(module: types.ModuleType) -> None:
            run(module)
            module.exercise = exercise  # type: ignore[attr-defined]

        spec.loader.exec_module = exec_module
        return spec


def _empty_bank(folder: str) -> types.ModuleType:
    """The bank without a task: whoever looks for answers here finds none."""
    bank = types.ModuleType("crm_toolkit.exercises.bank")
    bank.__path__ = [folder]
    for word in ("every_task", "every_practice", "every_quiz", "every_prediction"):
        setattr(bank, word, dict)
    return bank


def _limit(limits: dict[str, int]) -> None:
    try:
        import resource
    except ImportError:
        return
    for name, most in limits.items():
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, "RLIMIT_" + name), (most, most))


def _readable(source: str) -> str:
    """Lines for the notebook's own machinery (``%time``, ``!ls``, ``name?``) have no meaning here."""
    source = re.sub(r"(?m)^(\s*)%%.*$", r"\1pass", source)
    return re.sub(r"(?m)^(\s*)(?:[%!].*|[\w.]+\?{1,2}\s*)$", r"\1pass", source)


def _run(cell: dict[str, Any], names: dict[str, Any], alarm: Callable[[bool], Any]) -> str:
    for word in cell["forget"]:
        names.pop(word, None)
    if cell["source"] is None:
        return "missing"
    try:
        try:
            code = compile(cell["source"], f"<cell {cell['id']}>", "exec")
        except SyntaxError:
            code = compile(_readable(cell["source"]), f"<cell {cell['id']}>", "exec")
        alarm(cell["gap"])
        exec(code, names)
    except BaseException as trouble:
        alarm(False)
        try:
            return f"{type(trouble).__name__}: {trouble}"[:300]
        except BaseException:
            return "error"
    finally:
        alarm(False)
    return ""


def _alarm_clock(seconds: float) -> Callable[[bool], Any]:
    try:
        import signal

        def ring(*_: object) -> None:
            raise TimeIsOver(f"{seconds} s")

        signal.signal(signal.SIGALRM, ring)
    except (ImportError, AttributeError, ValueError):
        return lambda on: None
    return lambda on: signal.setitimer(signal.ITIMER_REAL, seconds if on else 0, 0.5 if on else 0)


def main() -> None:
    """Run the cells that came, to the end whatever happens, and leave without ceremony."""
    given = pickle.loads(sys.stdin.buffer.read())
    pipe = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for place in (0, 1):
        os.dup2(nowhere, place)

    def say(facts: dict[str, Any]) -> None:
        line = json.dumps(facts).encode() + b"\n"
        while line:
            line = line[os.write(pipe, line) :]

    sys.path[:] = [given["root"], *sys.path, *(place for place in given["packages"] if place not in sys.path)]
    sys.dont_write_bytecode = True
    os.chdir(given["folder"])
    tasks: dict[str, HandedTask] = {}
    for facts in given["tasks"]:
        tasks[facts["id"]] = HandedPractice(facts, say) if facts["module"] else HandedTask(facts, say)

    def exercise(task_id: str, *, student: object = None, language: object = None, salt: object = "") -> HandedTask:
        if task_id not in tasks:
            raise LookupError(f"the lesson has no task {task_id!r}")
        return tasks[task_id]

    import crm_toolkit

    toolkit: Any = crm_toolkit
    toolkit.exercise = exercise
    toolkit.widgets = sys.modules["crm_toolkit.widgets"] = Silent("crm_toolkit.widgets")
    sys.modules["crm_toolkit.exercises.bank"] = _empty_bank(given["bank"])
    sys.meta_path.insert(0, _Patching(exercise))
    notebook = types.ModuleType("__main__")
    notebook.__dict__.update(display=lambda *words, **named: None, __builtins__=builtins)
    sys.modules["__main__"] = notebook
    say({"kind": "began"})
    os.dup2(nowhere, 2)
    _limit(given["limits"])
    alarm = _alarm_clock(given["cell_seconds"])
    for cell in given["cells"]:
        trouble = _run(cell, notebook.__dict__, alarm)
        if trouble:
            say({"kind": "stopped", "cell": cell["id"], "error": trouble})
    say({"kind": "end"})
    os._exit(0)


if __name__ == "__main__":
    main()
