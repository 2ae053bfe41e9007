"""One source, two languages, two editions: lessons and workbooks are derived from ``notebooks/source/*.py``.

Both languages have the same cells with the same ids and the same code, but for ``crm.language("en")``, which
speaks the edition's language; `sources` says how a source is written. ``python -m crm_toolkit.exercises.editions
build`` writes ``notebooks/{en,ru}/`` and ``exercises/{en,ru}/``, executed; ``check`` compares without executing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError
from crm_toolkit.exercises.sources import EDITIONS, Cell, read_source, stamp
from crm_toolkit.texts import LANGUAGES, say_count

_ROOT = Path(__file__).resolve().parent.parent.parent
_BLANK = re.compile(r"^(?P<indent>\s*)(?P<code>.*?\S)\s*#:(?P<blank>.*)$")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


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
    cells: tuple[Cell, ...] = field(repr=False)

    def make(self, *, solved: bool = False) -> Any:
        """The notebook as the source says it, not executed."""
        return edition(self.cells, code=self.code, kind=self.kind, solved=solved, name=self.source.stem)


def derived_notebooks(root: str | Path = _ROOT) -> list[Derived]:
    """All notebooks that the sources of a course promise."""
    root = Path(root)
    made = []
    for source in sorted((root / "notebooks" / "source").glob("[0-9][0-9]_*.py")):
        cells = tuple(read_source(source))
        for kind, folder in EDITIONS.items():
            if any(kind in cell.editions for cell in cells):
                made += [
                    Derived(source, code, kind, root / folder / code / f"{source.stem}.ipynb", cells)
                    for code in LANGUAGES
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
        # not nbformat.read: what it checks of every output takes long and is no matter here
        kept = nbformat.v4.reads_json(path.read_text(encoding="utf-8")) if path.exists() else None
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
