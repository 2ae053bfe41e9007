"""An nbgrader source tree: solutions between its marks, and a test cell for each task, worth one point in fractions.

nbgrader takes the number that a test cell ends with as the points, and shows what the cell prints: our message, in the
language of the notebook. While it grades, the numbers are those of the student's folder.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises.exports.lesson_parts import Part, Piece, workbook_parts
from crm_toolkit.texts import say

_CONFIG = '''"""Configuration of nbgrader: what stands in place of a solution, and how a class is named."""

c = get_config()
c.CourseDirectory.course_id = "crm"
c.ClearSolutions.code_stub = {"python": "..."}
c.ExecutePreprocessor.timeout = 120
'''
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"


def export_nbgrader(
    lesson: str, *, out: str | Path, code: str | None = None, root: str | Path | None = None
) -> list[Path]:
    """Write a workbook as an assignment of nbgrader.

    Parameters
    ----------
    lesson : str
        The file name of the lesson, such as ``"04_ranking"``.
    out : str or Path
        The folder of the nbgrader course; a configuration that is there already is left alone.
    code : {"en", "ru"}, optional
        The language; the one spoken now without it.
    root : str or Path, optional
        The folder of our course; found by itself.

    Returns
    -------
    list of Path
        What was written: the source notebook and, if there was none, ``nbgrader_config.py``.

    Raises
    ------
    InputError
        If the lesson has no source or the folder can't be written.
    """
    import nbformat

    parts = workbook_parts(lesson, code=code, root=root)
    out = Path(out)
    path, config = out / "source" / lesson / f"{lesson}.ipynb", out / "nbgrader_config.py"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbgrader_notebook(parts), path)
        fresh = [path]
        if not config.exists():
            config.write_text(_CONFIG, encoding="utf-8")
            fresh.append(config)
    except OSError as reason:
        raise cannot_write(out, reason) from reason
    return fresh


def cannot_write(out: Path, reason: OSError) -> InputError:
    """The letter where a folder can't be written."""
    what = say("Nothing can be written into “{folder}”.", folder=out)
    return InputError(say("Nothing was exported."), [Problem("no_access", what, str(reason.strerror or reason))])


def nbgrader_notebook(parts: tuple[Part, ...]) -> Any:
    """The source notebook, not executed."""
    import nbformat

    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for part in parts:
        if part.kind == "markdown":
            notebook.cells.append(nbformat.v4.new_markdown_cell(part.source, id=part.id))
            continue
        source = "\n".join(map(_marked, part.pieces)) if part.pieces else part.source
        if source:
            cell = nbformat.v4.new_code_cell(source, id=part.id)
            if not part.names_student:
                cell.metadata["nbgrader"] = _facts(part.id, solution=bool(part.pieces))
            notebook.cells.append(cell)
        if part.names_student:
            notebook.cells.append(_locked(whose_cell(), "whose"))
        if part.task:
            call = f'points("{part.task}", {part.answer}, student=student)'
            cell = nbformat.v4.new_code_cell(call, id=f"{part.id}-points")
            cell.metadata["nbgrader"] = _facts(part.task, points=1)
            notebook.cells.append(cell)
    return notebook


KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def whose_cell() -> str:
    """The cell that settles whose numbers are used."""
    return "from crm_toolkit.exercises.exports.checks import points, whose\n\nstudent = whose(student)"


def _locked(source: str, name: str) -> Any:
    import nbformat

    cell = nbformat.v4.new_code_cell(source, id=name)
    cell.metadata["nbgrader"] = _facts(name)
    return cell


def _facts(name: str, *, solution: bool = False, points: int | None = None) -> dict[str, Any]:
    facts = {
        "grade": points is not None,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return facts if points is None else facts | {"points": points}


def _marked(piece: Piece) -> str:
    """A gap: the student's blanks, then the solution between marks; nbgrader leaves the first and clears the second."""
    if not piece.gap:
        return "\n".join(piece.blank)
    indent = re.match(r"\s*", piece.solution[0])[0]  # type: ignore[index]
    blanks = [line if _harmless(line, piece.solution) else _as_remark(line) for line in piece.blank]
    return "\n".join([*blanks, indent + _BEGIN, *piece.solution, indent + _END])


def _as_remark(line: str) -> str:
    return re.sub(r"^(\s*)", r"\1# ", line)


def _harmless(blank: str, solution: tuple[str, ...]) -> bool:
    """Whether a blank may run before the solution: the solution does not read first what the blank binds."""
    bound = {node.id for node in _names(ast.parse(blank.strip())) if isinstance(node.ctx, ast.Store)}
    depth = len(solution[0]) - len(solution[0].lstrip())
    for statement in ast.parse("\n".join(line[depth:] for line in solution)).body:
        names = [node for node in _names(statement) if node.id in bound]
        if any(isinstance(node.ctx, ast.Load) for node in names):
            return False
        bound -= {node.id for node in names}
    return True


def _names(tree: ast.AST) -> list[ast.Name]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
