"""An otter-grader master notebook: questions between raw cells, blanks kept as prompts, points in eighths.

A test of otter passes or fails, so partial credit is a ladder: a question has one open test, which is silent for a
right answer and says our message for any other, and hidden tests, one for each eighth of the point. Credit in between
is rounded down. While otter grades, tests run after the last cell, so each question keeps its answer under a name of
its own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from crm_toolkit.exercises.exports.checks import STEPS
from crm_toolkit.exercises.exports.lesson_parts import Part, Piece, workbook_parts
from crm_toolkit.exercises.exports.nbgrader import KERNEL, cannot_write

_CONFIG = """# ASSIGNMENT CONFIG
name: "{lesson}"
init_cell: true
export_cell: false
strip_solutions_from_all_cells: true
solutions_pdf: false
template_pdf: false
tests:
  files: false
  ok_format: true
generate:
  show_stdout: true
"""
_HOME = "crm_toolkit.exercises.exports.checks"


def export_otter(lesson: str, *, out: str | Path, code: str | None = None, root: str | Path | None = None) -> Path:
    """Write a workbook as a master notebook for ``otter assign``.

    Parameters
    ----------
    lesson : str
        The file name of the lesson, such as ``"04_ranking"``.
    out : str or Path
        The folder; the notebook is called as the lesson.
    code : {"en", "ru"}, optional
        The language; the one spoken now without it.
    root : str or Path, optional
        The folder of our course; found by itself.

    Raises
    ------
    InputError
        If the lesson has no source or the folder can't be written.
    """
    import nbformat

    parts, path = workbook_parts(lesson, code=code, root=root), Path(out) / f"{lesson}.ipynb"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(otter_notebook(parts, lesson), path)
    except OSError as reason:
        raise cannot_write(Path(out), reason) from reason
    return path


def otter_notebook(parts: tuple[Part, ...], lesson: str) -> Any:
    """The master notebook, not executed."""
    import nbformat

    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.cells.append(_raw("config", _CONFIG.format(lesson=lesson)))
    last: Part | None = None
    for place, part in enumerate(parts):
        if part.pieces:
            last = part
            task = _task_of(parts[place + 1 :])
            if task:
                words = f"# BEGIN QUESTION\nname: {task}\npoints: {[0, *[1 / STEPS] * STEPS]}"
                notebook.cells += [_raw(f"{part.id}-question", words), _raw(f"{part.id}-begin", "# BEGIN SOLUTION")]
            source = "\n".join(map(_prompted, part.pieces))
            notebook.cells.append(nbformat.v4.new_code_cell(source, id=part.id))
            if task:
                notebook.cells.append(_raw(f"{part.id}-end", "# END SOLUTION"))
            continue
        if part.source:
            make = nbformat.v4.new_markdown_cell if part.kind == "markdown" else nbformat.v4.new_code_cell
            notebook.cells.append(make(part.source, id=part.id))
        if part.task and last is not None:
            notebook.cells += _tests(part)
    return notebook


def _raw(name: str, words: str) -> Any:
    import nbformat

    return nbformat.v4.new_raw_cell(words, id=name[:64])


def _task_of(rest: tuple[Part, ...]) -> str:
    """The task that the cell before ``rest`` serves, if it is the last one to fill in before the hand-in."""
    for part in rest:
        if part.pieces:
            return ""
        if part.task:
            return part.task
    return ""


def _prompted(piece: Piece) -> str:
    """A gap: the solution between marks, then the blanks as otter's prompt."""
    if not piece.gap:
        return "\n".join(piece.blank)
    indent = re.match(r"\s*", piece.solution[0])[0]  # type: ignore[index]
    solution = [f"{indent}# BEGIN SOLUTION NO PROMPT", *piece.solution, f"{indent}# END SOLUTION"]
    prompt = [f'{indent}""" # BEGIN PROMPT', *piece.blank, f'{indent}""" # END PROMPT'] if piece.blank else []
    return "\n".join([*solution, *prompt])


def _tests(part: Part) -> list[Any]:
    import nbformat

    kept = nbformat.v4.new_code_cell(f"{part.task} = {part.answer}", id=f"{part.id}-kept")
    told = f'from {_HOME} import told\n\ntold("{part.task}", {part.task}, student=student)'
    cells = [kept, _raw(f"{part.id}-tests", "# BEGIN TESTS"), nbformat.v4.new_code_cell(told, id=f"{part.id}-told")]
    for step in range(1, STEPS + 1):
        earned = f"earned({part.task!r}, {part.task}, student=student, step={step})"
        source = f"# HIDDEN\nfrom {_HOME} import earned\n\nassert {earned}"
        cells.append(nbformat.v4.new_code_cell(source, id=f"{part.id}-step-{step}"))
    return [*cells, _raw(f"{part.id}-done", "# END TESTS"), _raw(f"{part.id}-closed", "# END QUESTION")]
