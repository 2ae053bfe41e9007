"""The skeleton of a student's report: own answers, what follows from them, what is left to write; HTML, DOCX, PDF."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from crm_toolkit.errors import InputError, MissingExtraError, Problem
from crm_toolkit.exercises.kept_files import write_whole
from crm_toolkit.texts import language, mark, say
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.models.model_diagram import Diagram
from crm_toolkit.widgets.svg_picture import svg_png
from crm_toolkit.widgets.tables import Table

FORMATS = {"html": mark("web page (HTML)"), "docx": mark("document (DOCX)"), "pdf": mark("print (PDF)")}
PICTURE_CM = 16.0
STYLE = """
body { font: 16px/1.5 "DejaVu Sans", "Segoe UI", Arial, sans-serif; color: #1a1a1a; background: #fff; margin: 0; }
main { max-width: 62rem; margin: 0 auto; padding: 1.2rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin: 1.8rem 0 0.4rem; border-top: 2px solid #0b5f97;
  padding-top: 0.5rem; } h3 { font-size: 1rem; margin: 0.8rem 0 0.1rem; }
p { margin: 0.4rem 0; } .own { white-space: pre-wrap; border-left: 3px solid #0b5f97; padding-left: 0.8rem; }
.write { background: #fff6e0; border: 1px dashed #8a6a14; padding: 0.4rem 0.8rem; min-height: 4rem; }
.crm-scroll { overflow-x: auto; margin: 0.6rem 0; } table { border-collapse: collapse; font-size: 0.92rem; }
caption { text-align: left; font-weight: 600; } th, td { border-bottom: 1px solid #c9ced6; padding: 0.25rem 0.7rem;
  text-align: left; vertical-align: top; overflow-wrap: break-word; }
.quiet { color: #4d5663; } svg { max-width: 100%; height: auto; }
@page { size: A4; margin: 14mm 13mm; }
@media print { main { max-width: none; padding: 0; } body { font-size: 10.5pt; } table { font-size: 8.5pt; }
  h2, h3, caption { break-after: avoid; } tr, .write, svg { break-inside: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""


@dataclass(frozen=True)
class Words:
    """The author's own words under a heading."""

    heading: str
    text: str


Block = str | Table | Words


@dataclass(frozen=True)
class Chapter:
    """One step in the report."""

    title: str
    own: list[Block]
    found: list[Block]
    to_write: str


@dataclass(frozen=True)
class Skeleton:
    """The skeleton of a report.

    Parameters
    ----------
    title : str
    chapters : tuple of Chapter
    diagram_title : str
    diagram : Diagram
        In the page as a drawing, in a document as a picture, in both also in words.
    findings : tuple of str
        Open points.
    """

    title: str
    chapters: tuple[Chapter, ...]
    diagram_title: str
    diagram: Diagram
    findings: tuple[str, ...]

    @property
    def html(self) -> str:
        """The whole page; every word of the author's is text."""
        meta = Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
                    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
                    'style-src \'unsafe-inline\'">')  # fmt: skip
        head = tag("head", meta, tag("title", self.title), tag("style", Html(STYLE)))
        parts = [tag("h1", self.title), tag("p", _about(), class_="quiet")]
        for chapter in self.chapters:
            parts += [tag("h2", chapter.title), *map(block_html, chapter.own), *map(block_html, chapter.found)]
            parts.append(tag("p", say("To write: {question}", question=chapter.to_write), class_="write"))
        parts += [tag("h2", self.diagram_title), Html(self.diagram.html)]
        if self.findings:
            parts += [tag("h2", say("Open points")), tag("ul", joined(tag("li", one) for one in self.findings))]
        body = tag("body", tag("main", joined(parts)))
        return "<!doctype html>\n" + tag("html", head, body, lang=str(language())) + "\n"

    @property
    def docx(self) -> bytes:
        """The same as a Word document; the diagram as pictures (in words alone where matplotlib is missing).

        Raises
        ------
        MissingExtraError
            If python-docx is not installed.
        """
        try:
            from docx import Document
            from docx.shared import Cm
        except ImportError as absent:
            sentence = say(
                "A DOCX needs the package python-docx: {command}", command='pip install "crm-toolkit[documents]"'
            )
            raise MissingExtraError(sentence) from absent
        document = Document()
        document.add_heading(_clean(self.title), 0)
        document.add_paragraph(_about())
        for chapter in self.chapters:
            document.add_heading(chapter.title, 1)
            for block in [*chapter.own, *chapter.found]:
                _into_document(document, block)
            document.add_paragraph(say("To write: {question}", question=chapter.to_write), style="Intense Quote")
        document.add_heading(self.diagram_title, 1)
        for png in self.diagram.pngs or _painted(self.diagram.svg):
            document.add_picture(io.BytesIO(png), width=Cm(PICTURE_CM))
        for one in self.diagram.lines:
            document.add_paragraph(_clean(one), style="List Bullet")
        if self.findings:
            document.add_heading(say("Open points"), 1)
        for one in self.findings:
            document.add_paragraph(_clean(one), style="List Bullet")
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write the report by the ending of the name; a file that is there is not overwritten, the name gets a number.

        Raises
        ------
        InputError
            If the ending is unknown, the file can't be written, or there is no browser to print a PDF.
        MissingExtraError
            If python-docx is missing for a DOCX.
        """
        wanted = Path(path)
        heading, kind = say("The report was not saved."), wanted.suffix.lower().lstrip(".")
        if kind not in FORMATS:
            what = say("The name must end with .html, .docx or .pdf.")
            raise InputError(heading, [Problem("unknown_option", what, say("Found: {value}.", value=wanted.name))])
        place, number = wanted, 2
        while place.exists():
            place, number = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}"), number + 1
        if kind == "pdf":
            from crm_toolkit.widgets.health.printing import print_page

            return print_page(self.html, place)
        write_whole(place, self.docx if kind == "docx" else self.html.encode("utf-8"), heading)
        return place


def _painted(svg: str) -> tuple[bytes, ...]:
    """A drawing as a picture; none where there is no drawing or nothing to paint it with."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        return ()
    return (svg_png(svg),) if svg.startswith("<svg") else ()


def _about() -> str:
    return say("A skeleton: numbers and own answers are here, the argument is yours. Nothing in it judges opinions.")


def block_html(block: Block) -> Html:
    """A block as HTML."""
    if isinstance(block, Table):
        return Html(block.html)
    if isinstance(block, Words):
        return tag("div", tag("h3", block.heading), tag("p", block.text, class_="own"))
    return tag("p", block)


def _into_document(document: object, block: Block) -> None:
    add = document.add_paragraph  # type: ignore[attr-defined]
    if isinstance(block, Words):
        add(f"{block.heading}: {_clean(block.text)}")
    elif isinstance(block, Table):
        add(_clean(block.caption)).runs[0].bold = True
        grid = document.add_table(rows=1, cols=len(block.heads), style="Table Grid")  # type: ignore[attr-defined]
        for cell, text in zip(grid.rows[0].cells, block.heads, strict=True):
            cell.text = _clean(text)
        for row in block.rows:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = _clean(text)
        add(_clean(block.note))
    else:
        add(_clean(block))


def _clean(text: str) -> str:
    """A text without signs that XML has no place for."""
    return "".join(sign for sign in text if sign in "\t\n" or (ord(sign) >= 32 and not 0xD800 <= ord(sign) <= 0xDFFF
                   and ord(sign) not in (0xFFFE, 0xFFFF)))  # fmt: skip
