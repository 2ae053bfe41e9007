"""The instructor's edition: solved workbooks, slides and seminar plans, in a folder that students do not get.

``python course.py build --instructor [FOLDER] [LESSON …]`` writes for every lesson and language

* ``NN_topic_solution.ipynb``: the workbook, solved for the student ``demo-01`` and executed, with all verdicts,
* ``NN_topic_slides.html``: slides with pictures for a projector, one file, no network,
* ``NN_topic_seminar.html``: the plan of 90 minutes, answers and usual slips, to be printed,

and an ``index.html``. Nothing in it is secret against somebody who reads the package's source; a salt is (see
``docs/instructors.md``).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.exercises import editions, seminars, slides
from crm_toolkit.exercises.editions import Derived
from crm_toolkit.texts import LANGUAGES, language, say, say_count

_ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = "instructor"
_STYLE = """
body { font: 16px/1.5 "DejaVu Sans", "Segoe UI", Arial, sans-serif; color: #1a1a1a; background: #fff; margin: 0; }
main { max-width: 54rem; margin: 0 auto; padding: 1.2rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2rem; padding-top: 0.5rem;
  border-top: 2px solid #0b5f97; } h3 { font-size: 1.05rem; margin-bottom: 0.3rem; } a { color: #0b5f97; }
a.anchor-link { display: none; } code { font-size: 0.9em; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid #c9ced6; padding: 0.3rem 0.6rem;
  text-align: left; vertical-align: top; } th { border-bottom: 2px solid #7a8594; white-space: nowrap; }
li { margin: 0.25rem 0; }
@page { size: A4; margin: 14mm 13mm; }
@media print { main { max-width: none; padding: 0; } body { font-size: 10pt; } h2, h3 { break-after: avoid; }
  tr, li { break-inside: avoid; } }
"""


def build_instructor(
    folder: str | Path = FOLDER,
    *,
    only: Sequence[str] = (),
    root: str | Path = _ROOT,
    told: Callable[[str], None] = print,
) -> dict[str, str]:
    """Write the instructor's edition.

    Parameters
    ----------
    folder : str or Path
        Where it goes; made if it is missing. Other files in it are left alone.
    only : sequence of str
        Lesson names such as ``"04_ranking"``; all without it.
    root : path
        The course's folder.
    told : callable
        Takes every path that was written.

    Returns
    -------
    dict
        What could not be made → why; empty if all went well.

    Raises
    ------
    InputError
        If the folder is one that students get, or a lesson is unknown.
    """
    root, folder = Path(root).resolve(), Path(folder).expanduser().resolve()
    made = editions.derived_notebooks(root)
    lessons = sorted({derived.source.stem for derived in made})
    _check(folder, only, root, lessons)
    failed: dict[str, str] = {}
    for derived in made:
        lesson, place = derived.source.stem, folder / derived.code
        if only and lesson not in only:
            continue
        place.mkdir(parents=True, exist_ok=True)
        kinds = (_solution,) if derived.kind == "workbook" else (_slides, _seminar)
        for write in kinds:
            try:
                told(str(write(derived, place, root)))
            except Exception as error:  # a lesson that fails costs no other one
                failed[f"{derived.code} {lesson} {write.__name__[1:]}"] = str(error)
    for code in LANGUAGES:
        if (folder / code).exists():
            told(str(_index(folder / code, code)))
    return failed


def _check(folder: Path, only: Sequence[str], root: Path, lessons: list[str]) -> None:
    problems = []
    for given in ("notebooks", "exercises"):
        if folder.is_relative_to(root / given):
            problems.append(
                Problem(
                    "students_folder",
                    say("Students get the folder {folder}, so solutions do not go there.", folder=f"{given}/"),
                    advice=say("Take a folder of your own, such as {folder}.", folder=FOLDER),
                )
            )
    unknown = [name for name in only if name not in lessons]
    if unknown:
        what = say("There is no lesson “{name}”.", name=unknown[0])
        problems.append(Problem("unknown_lesson", what, say("Found: {value}.", value=", ".join(lessons))))
    if problems:
        raise InputError(say("The instructor's edition can't be made."), problems)


def _solution(derived: Derived, folder: Path, root: Path) -> Path:
    import nbformat

    with tempfile.TemporaryDirectory() as place:
        notebook = editions.execute(derived.make(solved=True), folder=Path(place))
    notebook.metadata["crm_toolkit"]["edition"] = "solution"
    path = folder / f"{derived.source.stem}_solution.ipynb"
    nbformat.write(notebook, path)
    return path


def _slides(derived: Derived, folder: Path, root: Path) -> Path:
    import nbformat

    notebook = derived.make()
    notebook.cells.insert(0, nbformat.v4.new_code_cell(slides.LARGE_PICTURES))
    with tempfile.TemporaryDirectory() as place:
        notebook = editions.execute(notebook, folder=Path(place))
    del notebook.cells[0]
    shown = slides.slide_notebook(notebook, code=derived.code)
    return slides.write_slides(shown, folder / f"{derived.source.stem}_slides.html", code=derived.code)


def _seminar(derived: Derived, folder: Path, root: Path) -> Path:
    from nbconvert.filters import markdown2html

    plan = seminars.read_seminar(derived.source.stem, root)
    text = seminars.seminar_page(plan, code=derived.code, root=root)
    path = folder / f"{derived.source.stem}_seminar.html"
    path.write_text(_page(text.splitlines()[0].lstrip("# "), markdown2html(text), derived.code), encoding="utf-8")
    return path


def _index(folder: Path, code: str) -> Path:
    """A page with links to what lies in the folder."""
    with language(code):
        title = say("Instructor's edition")
        names = {
            "seminar.html": say("seminar plan"),
            "slides.html": say("slides"),
            "solution.ipynb": say("solved workbook"),
        }
        rows = []
        for lesson in sorted({path.name[: path.name.rindex("_")] for path in folder.glob("[0-9][0-9]_*_*.*")}):
            links = [
                f'<a href="{lesson}_{ending}">{escape(name)}</a>'
                for ending, name in names.items()
                if (folder / f"{lesson}_{ending}").exists()
            ]
            rows.append(f"<li><strong>{escape(lesson)}</strong>: {', '.join(links)}</li>")
        keys = say("Slides: arrow keys turn the pages, f fills the screen, the browser prints them.")
        body = f"<h1>{escape(title)}</h1><ul>{''.join(rows)}</ul><p>{escape(keys)}</p>"
    path = folder / "index.html"
    path.write_text(_page(title, body, code), encoding="utf-8")
    return path


def _page(title: str, body: str, code: str) -> str:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    return (
        f'<!DOCTYPE html>\n<html lang="{code}"><head>{head}<title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><main>{body}</main></body></html>\n"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """``[FOLDER] [LESSON …]``: a word that names a lesson is one, any other is the folder."""
    parser = argparse.ArgumentParser(prog="python -m crm_toolkit.exercises.instructor")
    parser.add_argument("words", nargs="*", metavar="FOLDER | LESSON")
    words = parser.parse_args(argv).words
    known = {derived.source.stem for derived in editions.derived_notebooks()}
    only = [word for word in words if word in known]
    folders = [word for word in words if word not in known]
    try:
        if len(folders) > 1:
            what = say("Which is the folder: {names}?", names=", ".join(folders))
            raise InputError(say("The instructor's edition can't be made."), [Problem("two_folders", what)])
        failed = build_instructor(
            folders[0] if folders else FOLDER, only=only, told=lambda line: print(line, flush=True)
        )
    except InputError as letter:
        print(letter, file=sys.stderr)
        return 1
    if failed:
        print(
            say_count("{count} page could not be made:", "{count} pages could not be made:", len(failed)),
            file=sys.stderr,
        )
        for name, why in failed.items():
            print(f"- {name}: {why}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
