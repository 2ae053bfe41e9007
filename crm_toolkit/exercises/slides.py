"""Slides of a lesson for a projector: one HTML file that needs no network, made by nbconvert from the executed lesson.

A heading opens a slide, and so does whatever would not fit any more. What a student does alone (own numbers, the
workbook) is left out; every question of the quiz becomes a slide with its choices and one with what each of them means.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from crm_toolkit.exercises import bank
from crm_toolkit.exercises.quiz import QuizItem
from crm_toolkit.texts import language, say

LARGE_PICTURES = "from crm_toolkit.plots import picture\nshown_large = picture.projector()\nshown_large.__enter__()"
"""Code that makes the pictures of a kernel large, until it ends."""

_LINES = 14.5
_SIGNS = 80
_PICTURE = 10.5
_ALONE = re.compile(r"widgets\.(answer|practice)\(|crm\.exercise\(")
_CONTROLS = re.compile(r"widgets\.(?!rubric)\w+\([^\n]*\)\s*$")
_QUIZ = re.compile(r'widgets\.quiz\("(\w+)"\)')
_QUIET = "nbval-ignore-output"


def slide_notebook(lesson: Any, *, code: str) -> Any:
    """The executed lesson as a notebook of slides.

    Parameters
    ----------
    lesson : nbformat.NotebookNode
        An executed lesson; it is left as it is.
    code : {"en", "ru"}
        Its language.

    Returns
    -------
    nbformat.NotebookNode
        Its cells carry the usual metadata ``slideshow``.
    """
    import nbformat

    made = nbformat.v4.new_notebook(metadata=dict(lesson.metadata))
    with language(code):
        cells = _seminar_cells(lesson)
        made.metadata["words"] = {"slides": say("Slides"), "back": say("Back"), "on": say("Next slide")}
    room = 0.0
    for place, cell in enumerate(cells):
        needed = _height(cell)
        together = needed  # prose that leads to code stays with it
        if cell.cell_type == "markdown" and place + 1 < len(cells) and cells[place + 1].cell_type == "code":
            together += _height(cells[place + 1])
        begins = bool(_level(cell)) or (together if together <= _LINES else needed) > room or not made.cells
        cell.metadata["slideshow"] = nbformat.from_dict({"slide_type": "slide" if begins else "-"})
        room = (_LINES if begins else room) - needed
        made.cells.append(cell)
    title = re.search(r"^# +(.+)$", lesson.cells[0].source, re.M)
    made.metadata["title"] = title[1] if title else ""
    return made


def _seminar_cells(lesson: Any) -> list[Any]:
    """What is shown in a seminar, prose cut at its headings, inputs of pictures and controls left out."""
    import nbformat

    sections: list[list[Any]] = [[]]
    for cell in lesson.cells:
        if cell.cell_type == "code":
            sections[-1].append(cell)
            continue
        for part in re.split(r"^(?=#)", cell.source, flags=re.M):
            if part.startswith("#"):
                sections.append([])
            if part.strip():
                sections[-1].append(nbformat.v4.new_markdown_cell(_for_the_wall(part)))
    cells: list[Any] = []
    for section in sections[:-1]:  # the last one looks back at the promises and names sources
        if not any(_ALONE.search(cell.source) for cell in section if cell.cell_type == "code"):
            for cell in section:
                cells += _shown(cell)
    return [
        cell
        for cell, after in zip(cells, [*cells[1:], None], strict=True)
        if not (_level(cell) and "\n" not in cell.source.strip() and (after is None or _level(after)))
    ]


def _shown(cell: Any) -> list[Any]:
    """What stands on slides in place of a cell of the lesson."""
    import nbformat

    if cell.cell_type == "markdown":
        return [] if "`demo-01`" in cell.source else [cell]
    quiz = _QUIZ.search(cell.source)
    if quiz:
        asked = [text for item in bank.every_quiz()[quiz[1]].items for text in _asked(item)]
        return [nbformat.v4.new_markdown_cell(text) for text in asked]
    if _only_prepares(cell):
        return []
    if _CONTROLS.match(cell.source) and _height(cell) > 1.5 * _LINES:
        live = say("Live, from the lesson: {call}", call=f"`{cell.source.strip()}`")
        return [nbformat.v4.new_markdown_cell(live)]
    tags = ["remove_input"] if _QUIET in cell.metadata.get("tags", ()) else []
    return [nbformat.from_dict({**cell, "metadata": {"tags": tags}})]


def _for_the_wall(text: str) -> str:
    """Without the ties of promises to checks, which only matter where somebody works alone."""
    return re.sub(r" \*\([^)]*`[^`]+`\)\*", "", text).strip()


def _only_prepares(cell: Any) -> bool:
    return not cell.outputs and all(
        re.match(r"import |from |language = |student = |$", line) for line in cell.source.splitlines()
    )


def _level(cell: Any) -> int:
    found = re.match(r"#+", cell.source) if cell.cell_type == "markdown" else None
    return len(found[0]) if found else 0


def _asked(item: QuizItem) -> tuple[str, str]:
    letters = "ABCDEFGH" if str(language()) == "en" else "АБВГДЕЖЗ"
    question = f"### {say(item.question)}"
    choices = [f"{letter}. {say(choice.text)}" for letter, choice in zip(letters, item.choices, strict=False)]
    told = [
        f"**{letter}{' ✓' if choice.right else ''}** {say(choice.diagnosis)}"
        for letter, choice in zip(letters, item.choices, strict=False)
    ]
    return "\n\n".join([question, *choices]), "\n\n".join([f"### {say(item.question)}", *told])


def _height(cell: Any) -> float:
    """About how many lines of a slide a cell takes."""
    if cell.cell_type == "markdown":
        return sum(_prose_lines(line) for line in _paragraphs(cell.source))
    shown = 0.0 if "remove_input" in cell.metadata.get("tags", ()) else 1 + 0.7 * len(cell.source.splitlines())
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data or "<img" in data.get("text/html", "") or "<svg" in data.get("text/html", ""):
            shown += _PICTURE
        elif "text/html" in data:
            shown += 1 + max(0.9 * data["text/html"].count("<tr"), len(re.sub("<[^>]+>", "", data["text/html"])) / 250)
        else:
            text = output.get("text", "") or data.get("text/plain", "")
            shown += 0.7 * sum(1 + len(line) // 110 for line in text.splitlines())
    return shown


def _paragraphs(text: str) -> list[str]:
    """Lines of tables and lists as they are, wrapped prose joined."""
    return re.sub(r"(?<=[^\n|])\n(?![\n|>#*\-]|\d\.)", " ", text).splitlines()


def _prose_lines(line: str) -> float:
    if line.startswith("#"):
        return 1.8
    if line.startswith("|"):
        return 1.1 + 0.8 * (len(line) // 100)
    return 0.4 if not line.strip() else 1 + len(line) // _SIGNS


def write_slides(notebook: Any, path: Path, *, code: str) -> Path:
    """Write a notebook of slides as one HTML file.

    Arrow keys turn the pages, ``f`` fills the screen, the browser prints them one a sheet.
    """
    from nbconvert import SlidesExporter
    from traitlets.config import Config

    settings = Config({"TagRemovePreprocessor": {"enabled": True, "remove_input_tags": {"remove_input"}}})
    exporter = SlidesExporter(
        config=settings,
        template_name="slide_template",
        extra_template_basedirs=[str(Path(__file__).parent)],
        language_code=code,
    )
    page, _ = exporter.from_notebook_node(notebook)
    path.write_text(page, encoding="utf-8")
    return path
