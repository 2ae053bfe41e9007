"""The web book: made pages complete in both languages, the Russian edition built, links that lead somewhere.

Behind `slow` the whole book.
"""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crm_toolkit import schema
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.texts.glossary import glossary

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def load(name):
    spec = importlib.util.spec_from_file_location(f"book_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pages, links = load("pages"), load("links")


@pytest.mark.parametrize("code", ["en", "ru"])
def test_the_glossary_page_holds_every_term(code):
    page = pages.glossary_page(code)
    rows = page.count("\n| ") - 1
    assert rows == len(glossary())
    assert all(term.en in page and term.ru in page for term in glossary())


@pytest.mark.parametrize("code", ["en", "ru"])
def test_the_data_dictionary_holds_every_column_in_the_readers_language(code):
    page = pages.dictionary_page(code)
    tables = [*schema.WORLD_TABLES.values(), *schema.TRUTH_TABLES.values(), schema.PURCHASES]
    tables += [entity.table for entity in STORE_TABLES.values()]
    for table in tables:
        assert re.search(rf"^### (truth\.|store\.)?{table.name}$", page, re.M), table.name
        assert all(f"| `{column.name}` |" in page for column in table.columns)
    prose = re.sub(r"`[^`]*`|^#.*$", "", page, flags=re.M)
    wrong = "[А-Яа-яЁё]{3}" if code == "en" else r"\b(the|of|and|which)\b"
    assert not re.search(wrong, prose)


def test_every_chart_of_the_package_is_listed_with_what_it_shows(tmp_path):
    page = pages.charts_page("ru", tmp_path)
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.M)
    assert len(rows) > 80
    assert all(said.strip() for _, said in rows)
    pictures = re.findall(r"!\[\w+\]\((\w+\.png)\)", page)
    assert len(pictures) >= 7
    assert all((tmp_path / name).stat().st_size > 1000 for name in pictures)


def test_a_link_that_leads_nowhere_is_named(tmp_path):
    (tmp_path / "a.html").write_text(
        '<h1 id="top"></h1><a href="b.html#there">1</a><a href="b.html#gone">2</a><a href="c.html">3</a>'
        '<img src="p.png"><a href="https://example.org/x">4</a><a href="#top">5</a><a href="#%D0%B0">6</a>',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<p id="there"></p><p id="а"></p>', encoding="utf-8")
    assert links.broken_links(tmp_path) == [
        "a.html: b.html#gone",
        "a.html: c.html",
        "a.html: p.png",
        "a.html: #%D0%B0",
    ]


def build(code, folder, kept, *options):
    """One edition of the book; what Sphinx warns of is a failure."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-d", str(kept), "-D", f"language={code}", *options]
    settings = {**os.environ, "CRM_LANGUAGE": code}
    done = subprocess.run(
        [*command, str(DOCS), str(folder)], env=settings, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr


def test_the_russian_edition_builds_without_a_warning_and_every_link_leads_somewhere(tmp_path):
    # without the names of functions in the menus, which take a third of the time; it runs last, beside nothing else
    build("ru", tmp_path / "html", tmp_path / "kept", "-D", "toc_object_entries=0", "-j", "2")
    other_edition = re.compile(r"(\.\./)+(?P<page>[\w/-]+)\.html(#.*)?")
    for broken in links.broken_links(tmp_path / "html"):
        leads_to = other_edition.fullmatch(broken.split(": ", 1)[1])
        assert leads_to, broken
        assert (DOCS / f"{leads_to['page']}.md").exists(), broken
    glossary_page = (tmp_path / "html" / "made" / "glossary.html").read_text(encoding="utf-8")
    assert "удержание" in glossary_page


@pytest.mark.slow
def test_the_whole_book_builds_without_a_warning_and_every_link_leads_somewhere(tmp_path):
    book = tmp_path / "html"
    for code, folder in (("en", book), ("ru", book / "ru")):
        build(code, folder, tmp_path / code)
    assert links.broken_links(book) == []
    glossary_page = (book / "ru" / "made" / "glossary.html").read_text(encoding="utf-8")
    assert "удержание" in glossary_page
