"""One source, two languages, two editions: lessons and workbooks are derived from ``notebooks/source/*.py``.

A source is a py:percent script (jupytext). Its cells carry their facts on the ``# %%`` line:

``lang="en"`` / ``lang="ru"``
    prose of one language; the Russian cell stands right after its English one and carries ``of="…"``, the first
    eight hex digits of the English cell's sha256, so that a translation that fell behind is noticed.
``edition="lesson"`` / ``"workbook"`` / ``"both"``
    where the cell goes; without it, into the lesson only.
``tags=["solution"]``
    code that a student fills in. A line that ends in ``#: blank`` becomes ``blank`` in the student's edition, a
    line that ends in a bare ``#:`` is left out there; the solved edition keeps the code.

Both languages have the same cells with the same ids and the same code, but for ``crm.language("en")``, which
speaks the edition's language. ``python -m crm_toolkit.exercises.editions build`` writes
``notebooks/{en,ru}/`` and ``exercises/{en,ru}/``, executed; ``check`` compares without executing.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import sys
import tempfile
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import LANGUAGES, say, say_count

EDITIONS = {"lesson": "notebooks", "workbook": "exercises"}
_ROOT = Path(__file__).resolve().parent.parent.parent
_BLANK = re.compile(r"^(?P<indent>\s*)(?P<code>.*?\S)\s*#:(?P<blank>.*)$")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class Cell:
    """One cell of a source: prose in two languages, or code that both share."""

    kind: str
    texts: dict[str, str]
    editions: tuple[str, ...]
    tags: tuple[str, ...]
    line: int
    translation_of: str = ""

    @property
    def digest(self) -> str:
        """First 8 hex digits of the English text's (or the code's) sha256."""
        return digest(self.texts["en"])


def digest(text: str) -> str:
    """First 8 hex digits of a cell's sha256.

    >>> digest("# What is CRM?")
    '4f35416b'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_source(path: str | Path) -> list[Cell]:
    """Read a lesson's source into cells with both languages paired.

    Parameters
    ----------
    path : str or Path
        A py:percent script.

    Returns
    -------
    list of Cell

    Raises
    ------
    InputError
        Naming every cell that lacks its other language, is outdated, or carries words in shared code.
    """
    import jupytext

    path = Path(path)
    raw = jupytext.read(path, fmt="py:percent").cells
    cells: list[Cell] = []
    problems: list[Problem] = []
    waiting: Cell | None = None
    for number, cell in enumerate(raw, start=1):
        facts = cell.metadata
        editions = facts.get("edition", "lesson")
        common: dict[str, Any] = {
            "kind": cell.cell_type,
            "editions": tuple(EDITIONS) if editions == "both" else (editions,),
            "tags": tuple(facts.get("tags", ())),
            "line": number,
        }
        spoken = facts.get("lang")
        if waiting is not None and spoken != "ru":
            problems.append(_no_translation(waiting))
            waiting = None
        if cell.cell_type == "code":
            problems += _words_in_code(cell.source, number)
            cells.append(Cell(texts=dict.fromkeys(LANGUAGES, cell.source), **common))
        elif spoken == "en":
            waiting = Cell(texts={"en": cell.source}, **common)
        elif spoken == "ru" and waiting is not None:
            pair = Cell(
                texts=waiting.texts | {"ru": cell.source},
                kind="markdown",
                editions=waiting.editions,
                tags=waiting.tags,
                line=waiting.line,
                translation_of=facts.get("of", ""),
            )
            if pair.translation_of != pair.digest:
                problems.append(_outdated(pair))
            cells.append(pair)
            waiting = None
        else:
            problems.append(
                Problem("lone_prose", say("Cell {number} is prose without its pair of languages.", number=number))
            )
    if waiting is not None:
        problems.append(_no_translation(waiting))
    if problems:
        raise InputError(say("The source “{name}” needs a hand.", name=path.name), problems)
    return cells


def _no_translation(cell: Cell) -> Problem:
    what = say("Cell {number} has no Russian cell after it.", number=cell.line)
    return Problem("no_translation", what, advice=say("It would carry {stamp}.", stamp=f'lang="ru" of="{cell.digest}"'))


def _outdated(cell: Cell) -> Problem:
    return Problem(
        "outdated_translation",
        say("The Russian text of cell {number} was made for another English text.", number=cell.line),
        advice=say("Bring it up to date, then stamp it: {stamp}.", stamp=f'of="{cell.digest}"'),
    )


def _words_in_code(source: str, number: int) -> list[Problem]:
    read = io.StringIO(source).readline
    comments = [token.string for token in tokenize.generate_tokens(read) if token.type == tokenize.COMMENT]
    if not re.search(r"[А-Яа-яЁё]", source) and all(comment.startswith("#:") for comment in comments):
        return []
    what = say("Code cell {number} is shared by both languages and carries words of one.", number=number)
    return [Problem("words_in_code", what, advice=say("Put the words into a prose cell."))]


def edition(cells: Iterable[Cell], *, code: str, kind: str, solved: bool = False, name: str = "") -> Any:
    """Make a notebook of one edition in one language, not executed.

    Parameters
    ----------
    cells : iterable of Cell
        As `read_source` gives them.
    code : {"en", "ru"}
        The edition's language.
    kind : {"lesson", "workbook"}
        Which edition.
    solved : bool
        Keep the solutions instead of the blanks.
    name : str
        The lesson's file name, kept in the notebook's metadata.

    Returns
    -------
    nbformat.NotebookNode
    """
    import nbformat

    notebook = nbformat.v4.new_notebook(metadata=json.loads(json.dumps(_METADATA)))
    notebook.metadata["crm_toolkit"] = {"language": code, "edition": kind, "lesson": name}
    seen: dict[str, int] = {}
    for cell in cells:
        if kind not in cell.editions:
            continue
        seen[cell.digest] = seen.get(cell.digest, 0) + 1
        make = nbformat.v4.new_markdown_cell if cell.kind == "markdown" else nbformat.v4.new_code_cell
        text = cell.texts[code]
        if cell.kind == "code":
            text = text.replace('crm.language("en")', f'crm.language("{code}")')
            if "solution" in cell.tags:
                text = _fill(text, solved)
        made = make(text, id=f"{cell.digest}-{seen[cell.digest]}")
        if cell.tags:
            made.metadata["tags"] = list(cell.tags)
        notebook.cells.append(made)
    return notebook


def _fill(code: str, solved: bool) -> str:
    r"""Keep a solution or leave its blanks.

    >>> print(_fill("a = 1  #: a = ...\nb = 2  #:\nc = 3", solved=False))
    a = ...
    c = 3
    >>> print(_fill("a = 1  #: a = ...", solved=True))
    a = 1
    """
    lines = []
    for line in code.splitlines():
        found = _BLANK.match(line)
        if not found:
            lines.append(line)
        elif solved:
            lines.append(found["indent"] + found["code"])
        elif found["blank"].strip():
            lines.append(found["indent"] + found["blank"].strip())
    return "\n".join(lines)


def execute(notebook: Any, *, folder: Path, timeout_seconds: int = 300) -> Any:
    """Run a notebook in a fresh kernel, with static copies in place of widgets, and keep its outputs.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    from nbclient import NotebookClient

    environment = dict(
        os.environ, CRM_STATIC="1", PYTHONWARNINGS="default", MPLBACKEND="module://matplotlib_inline.backend_inline"
    )
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
    client = NotebookClient(
        notebook,
        timeout=timeout_seconds,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
    )
    client.execute(env=environment)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata.update(json.loads(json.dumps(_METADATA)))
    return notebook


@dataclass(frozen=True)
class Derived:
    """One derived notebook: where it goes and which source, language and edition it is made of."""

    source: Path
    code: str
    kind: str
    path: Path

    def make(self, *, solved: bool = False) -> Any:
        """The notebook as the source says it, not executed."""
        return edition(read_source(self.source), code=self.code, kind=self.kind, solved=solved, name=self.source.stem)


def derived_notebooks(root: str | Path = _ROOT) -> list[Derived]:
    """All notebooks that the sources of a course promise."""
    root = Path(root)
    made = []
    for source in sorted((root / "notebooks" / "source").glob("[0-9][0-9]_*.py")):
        cells = read_source(source)
        for kind, folder in EDITIONS.items():
            if any(kind in cell.editions for cell in cells):
                made += [
                    Derived(source, code, kind, root / folder / code / f"{source.stem}.ipynb") for code in LANGUAGES
                ]
    return made


def differences(made: Any, kept: Any) -> list[str]:
    """What differs between a fresh notebook and the kept one, outputs left aside."""
    found = []
    if made.metadata != kept.metadata:
        found.append("metadata")
    if [cell.id for cell in made.cells] != [cell.id for cell in kept.cells]:
        found.append("cells")
    for one, other in zip(made.cells, kept.cells, strict=False):
        if (one.source, one.cell_type, one.metadata) != (other.source, other.cell_type, other.metadata):
            found.append(one.id)
    return found


def stale(root: str | Path = _ROOT) -> list[str]:
    """Derived notebooks that differ from what their source gives, missing ones and ones without a source."""
    import nbformat

    root = Path(root)
    wanted = {derived.path: derived for derived in derived_notebooks(root)}
    there = {
        path for folder in EDITIONS.values() for code in LANGUAGES for path in (root / folder / code).glob("*.ipynb")
    }
    wrong = [path.relative_to(root).as_posix() for path in sorted(there - set(wanted))]
    for path, derived in wanted.items():
        kept = nbformat.read(path, as_version=4) if path.exists() else None
        if kept is None or differences(derived.make(), kept):
            wrong.append(path.relative_to(root).as_posix())
    return wrong


def build(root: str | Path = _ROOT, *, only: Sequence[str] = ()) -> list[Path]:
    """Write and execute the derived notebooks; each file is replaced only when it ran to its end.

    Parameters
    ----------
    root : str or Path
        The project's folder.
    only : sequence of str
        Lesson names such as ``"04_ranking"``; all without it.
    """
    import nbformat

    root = Path(root)
    written = []
    for derived in derived_notebooks(root):
        if only and derived.source.stem not in only:
            continue
        derived.path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            notebook = execute(derived.make(), folder=Path(folder))
        partial = derived.path.with_suffix(".partial")
        nbformat.write(notebook, partial)
        partial.replace(derived.path)
        written.append(derived.path)
        print(derived.path.relative_to(root), flush=True)
    return written


def stamp(path: str | Path) -> int:
    """Stamp the Russian cells of a source as made for the English text that stands before them now.

    To be run after a translation was read again, not instead of reading it. Returns how many stamps changed.
    """
    path = Path(path)
    import jupytext

    texts = [cell.source for cell in jupytext.read(path, fmt="py:percent").cells if cell.metadata.get("lang") == "en"]
    digests = iter(digest(text) for text in texts)
    changed = 0
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("# %% [markdown]") and 'lang="ru"' in line:
            fresh = re.sub(r'\s+of="[^"]*"', "", line).replace('lang="ru"', f'lang="ru" of="{next(digests)}"')
            changed += fresh != line
            lines[number] = fresh
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed


def main(argv: Sequence[str] | None = None) -> int:
    """``build [LESSON …]``, ``check`` or ``stamp FILE``; the exit code tells whether all is well."""
    parser = argparse.ArgumentParser(prog="python -m crm_toolkit.exercises.editions")
    words = parser.add_subparsers(dest="word", required=True)
    words.add_parser("build").add_argument("lessons", nargs="*")
    words.add_parser("check")
    words.add_parser("stamp").add_argument("source")
    asked = parser.parse_args(argv)
    try:
        if asked.word == "build":
            build(only=[Path(name).stem for name in asked.lessons])
            return 0
        if asked.word == "stamp":
            changed = stamp(asked.source)
            print(say_count("{count} stamp renewed", "{count} stamps renewed", changed))
            return 0
        wrong = stale()
    except InputError as letter:
        print(letter, file=sys.stderr)
        return 1
    for name in wrong:
        print(name)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
