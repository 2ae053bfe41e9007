"""The web book: pages, lessons as they were executed, and the reference from docstrings; one edition per language.

``python course.py docs`` builds both editions without a network. ``CRM_LANGUAGE`` says which one.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))
import pages  # noqa: E402

RUSSIAN = os.environ.get("CRM_LANGUAGE", "en") == "ru"

project = "crm_toolkit"
author = "crm_toolkit"
project_copyright = "crm_toolkit, MIT"
language = "ru" if RUSSIAN else "en"
root_doc = "index.ru" if RUSSIAN else "index"
extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc"]
# a page that has a Russian twin belongs to the English edition, and the twin to the Russian one
twins = [page.relative_to(HERE).as_posix() for page in HERE.rglob("*.ru.md")]
exclude_patterns = ["_build", "**/.*", *(twin.replace(".ru.md", ".md") if RUSSIAN else twin for twin in twins)]

nb_execution_mode = "off"  # the kept outputs are shown; the tests hold them fresh
myst_heading_anchors = 3
myst_enable_extensions = ["dollarmath"]
default_role = "code"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
suppress_warnings = ["myst.xref_missing", "mystnb.unknown_mime_type", "toc.empty_glob", "toc.not_included"]

html_theme = "sphinx_book_theme"
html_title = "crm_toolkit"
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["book.css"]
templates_path = ["_templates"]
# the theme's own name of a book stands outside of every landmark
html_sidebars = {"**": ["book-name.html", "icon-links.html", "search-button-field.html", "sbt-sidebar-nav.html"]}
html_context = {"first_page": "На первую страницу" if RUSSIAN else "To the first page"}
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "navbar_persistent": [],
}

TITLES = {
    "cli": "crm-toolkit … : the command line",
    "errors": "errors: letters instead of tracebacks",
    "texts": "texts: two languages",
    "schema": "schema: columns and units",
    "knobs": "knobs: declared parameters",
    "streams": "streams: luck with an address",
    "engines": "engines: where a table lives",
    "intake": "intake: files as people bring them",
    "behaviour": "behaviour: what people do",
    "firm": "firm: what the firm does",
    "world": "world: where they meet",
    "datasets": "datasets: named data",
    "analysis": "analysis: tables in, tables out",
    "plots": "plots: results as pictures",
    "exercises": "exercises: own numbers, checked at once",
    "widgets": "widgets: controls over functions",
}


def bring_lessons() -> None:
    """Copy the lessons of this language to where Sphinx looks for pages."""
    lessons = HERE / "lessons"
    shutil.rmtree(lessons, ignore_errors=True)
    lessons.mkdir()
    for notebook in sorted(ROOT.glob(f"notebooks/{language}/*.ipynb")):
        text = notebook.read_text(encoding="utf-8")
        text = re.sub(r'href=(\\?["\'])(\w+)\.ipynb\1', r"href=\1\2.html\1", text)  # links in outputs
        lessons.joinpath(notebook.name).write_text(text, encoding="utf-8")


def write_reference() -> None:
    """Write one page for every room of the package, so that a new room appears by itself."""
    pages = HERE / "api" / "generated"
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    for room in sorted((ROOT / "crm_toolkit").iterdir()):
        is_room = room.suffix == ".py" or room.joinpath("__init__.py").exists()
        if not is_room or room.name.startswith("_"):
            continue
        title = TITLES.get(room.stem, room.stem)
        options = ":members:\n:imported-members:" if room.is_dir() else ":members:"
        page = f"# {title}\n\n```{{eval-rst}}\n.. automodule:: crm_toolkit.{room.stem}\n"
        page += "".join(f"   {line}\n" for line in options.splitlines()) + "```\n"
        pages.joinpath(f"{room.stem}.md").write_text(page, encoding="utf-8")


def link_to_the_book(app: Any, name: str, source: list[str]) -> None:
    """Let links to notebooks lead to the lessons of the book, and a link to a page's twin to the other edition."""
    depth = "../" * name.count("/")
    text = re.sub(rf"\]\((?:\.\./)+notebooks/{language}/(\w+\.ipynb)\)", rf"]({depth}lessons/\1)", source[0])
    page = name.removesuffix(".ru")
    here, twin = page.rpartition("/")[2], f"{page}.html" if RUSSIAN else f"ru/{page}.ru.html"
    there = re.escape(f"{here}.md" if RUSSIAN else f"{here}.ru.md")
    up = depth + ("../" if RUSSIAN else "")
    source[0] = re.sub(rf"\[([^\]]+)\]\({there}\)", rf'<a href="{up}{twin}">\1</a>', text)


def lay_out_glossary(app: Any, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Keep the lines of a module's glossary (`word   what it is`) apart, as they stand in the source."""
    if what == "module":
        laid = []
        for line in lines:
            entry = re.sub(r"^(\w+(?:, \w+)*) {2,}(?=\S)|^([a-z]+_\w+(?:, \w+)*,?) ?(?=\S|$)", r"| **\1\2** ", line)
            if laid and laid[-1].startswith("| ") and entry == line and line.strip():
                entry = "  " + line.strip()  # an entry that goes on in the next line
            laid.append(entry)
        lines[:] = laid


def leave_out_borrowed(app: Any, what: str, name: str, thing: object, skip: bool, options: object) -> bool | None:
    """Leave out what a room only borrows from another library."""
    home = getattr(thing, "__module__", None)
    return True if isinstance(home, str) and not home.startswith("crm_toolkit") else None


def open_at_index(app: Any, exception: Exception | None) -> None:
    """Let the Russian edition open at index.html as well."""
    if exception is None and root_doc != "index" and app.builder.format == "html":
        shutil.copy(Path(app.outdir, f"{root_doc}.html"), Path(app.outdir, "index.html"))


def setup(app: Any) -> None:
    """Prepare the pages and take part in the build."""
    bring_lessons()
    write_reference()
    pages.write_pages(language)
    app.connect("source-read", link_to_the_book)
    app.connect("autodoc-process-docstring", lay_out_glossary, priority=400)
    app.connect("autodoc-skip-member", leave_out_borrowed)
    app.connect("build-finished", open_at_index)
