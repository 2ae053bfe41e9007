"""Pages of the book that are made of the package itself, so that they can't be out of date.

The glossary comes from ``crm_toolkit/texts/glossary.csv``, the data dictionary from the schema, the gallery of charts
from the executed lessons. ``conf.py`` calls `write_pages` before each build; the pages stand in ``docs/made``.
"""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import nbformat

from crm_toolkit import plots, schema
from crm_toolkit.datasets.table_files import kind_words
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.texts import language
from crm_toolkit.texts import say as translated
from crm_toolkit.texts.glossary import glossary

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MADE = HERE / "made"

WORDS = {
    "glossary": ("Glossary", "Словарь терминов"),
    "glossary_about": (
        "Terms of the course in English and Russian. An asterisk stands where Russian authors use several "
        "translations; the course keeps to the first.",
        "Термины курса на русском и английском. Звёздочка стоит там, где у русских авторов несколько переводов; "
        "курс держится первого.",
    ),
    "dictionary": ("Data dictionary", "Словарь данных"),
    "dictionary_about": (
        "Every table and column that rooms hand to each other. Names are English in every language. Money is in "
        "currency units in frames and files, and in whole minor units (`…_minor`) in the store; rates are fractions; "
        "times are local to the organisation.",
        "Все таблицы и столбцы, которыми обмениваются части пакета. Имена английские в обоих языках. Деньги в таблицах "
        "и файлах — в единицах валюты, в базе — целыми копейками или центами (`…_minor`); ставки — доли единицы; "
        "время — местное время организации.",
    ),
    "files": ("What analysis takes and gives", "Что анализ берёт и что отдаёт"),
    "world": ("A simulated organisation", "Смоделированная организация"),
    "truth": ("The truth behind it, which no analyst sees", "Истина, которой аналитик не видит"),
    "store": ("What the single database adds", "Что добавляет единая база"),
    "row": ("One row", "В строке"),
    "key": ("key", "ключ"),
    "columns": (
        ("column", "kind", "unit", "may be missing", "meaning"),
        ("столбец", "вид", "единица", "может отсутствовать", "смысл"),
    ),
    "yes": ("yes", "да"),
    "charts": ("Gallery of charts", "Галерея диаграмм"),
    "charts_about": (
        "Charts as the lessons draw them; under each the text that is read aloud instead of it, and the lesson. All "
        "charts of the package are listed below; their reference is on the page `plots`.",
        "Диаграммы такими, какими их рисуют занятия; под каждой — текст, который читают вслух вместо неё, и занятие. "
        "Ниже перечислены все диаграммы пакета; их справочник — на странице `plots`.",
    ),
    "all_charts": ("All charts", "Все диаграммы (описания на английском)"),
    "chart": ("chart", "диаграмма"),
    "question": ("what it shows", "что показывает"),
}


def write_pages(code: str, folder: Path = MADE) -> list[Path]:
    """Write all made pages of one language; those of an earlier build go."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pages = {"glossary": glossary_page, "dictionary": dictionary_page, "charts": charts_page}
    written = []
    for name, make in pages.items():
        written.append(folder / f"{name}.md")
        text = make(code, folder) if make is charts_page else make(code)
        written[-1].write_text(text, encoding="utf-8")
    return written


def _say(name: str, code: str) -> str:
    return WORDS[name][code == "ru"]  # type: ignore[return-value]


def glossary_page(code: str) -> str:
    """English and Russian terms beside each other, sorted by the reader's language."""
    rows = [(term.en, term.ru + (" \\*" if term.variants_compete else "")) for term in glossary()]
    if code == "ru":
        rows = [(russian, english) for english, russian in rows]
    rows.sort(key=lambda row: row[0].lower().lstrip("«"))
    heads = ("English", "Русский") if code == "en" else ("Русский", "English")
    return f"# {_say('glossary', code)}\n\n{_say('glossary_about', code)}\n\n" + _table(heads, rows)


def dictionary_page(code: str) -> str:
    """Every table with its columns."""
    files = {table.name: table for table in (schema.PURCHASES, schema.CONTACTS, schema.PURCHASE_SUMMARY,
                                             schema.RFM_SCORES)}  # fmt: skip
    own = {name: table for name, entity in STORE_TABLES.items() if (table := _beyond_the_world(entity.table)).columns}
    groups = {"files": files, "world": schema.WORLD_TABLES, "truth": schema.TRUTH_TABLES, "store": own}
    lines = [f"# {_say('dictionary', code)}", "", _say("dictionary_about", code), ""]
    with language(code):
        for group, tables in groups.items():
            lines += [f"## {_say(group, code)}", ""]
            for table in tables.values():
                title = f"{group}.{table.name}" if group in ("truth", "store") else table.name
                about = f"{_say('row', code)}: {translated(table.one_row_is)}"
                about += f"; {_say('key', code)}: {', '.join(f'`{name}`' for name in table.key)}." if table.key else "."
                rows = [
                    (
                        f"`{column.name}`",
                        kind_words(column.kind),
                        translated(column.unit) if column.unit else "",
                        _say("yes", code) if column.nullable else "",
                        translated(column.meaning),
                    )
                    for column in table.columns
                ]
                lines += [f"### {title}", "", about, "", _table(_say("columns", code), rows), ""]
    return "\n".join(lines)


def _beyond_the_world(table: schema.Table) -> schema.Table:
    """A table of the store with the columns that a world does not record; its own tables have all of them."""
    known = schema.WORLD_TABLES[table.name].column_names if table.name in schema.WORLD_TABLES else ()
    return replace(table, columns=tuple(column for column in table.columns if column.name not in known))


def charts_page(code: str, folder: Path) -> str:
    """The charts of the executed lessons, the first time that each is drawn."""
    lines = [f"# {_say('charts', code)}", "", _say("charts_about", code), ""]
    seen: set[str] = set()
    for path in sorted(ROOT.glob(f"notebooks/{code}/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            drawn = re.search(r"plots\.show\(\s*plots\.(\w+)\(", cell.source) if cell.cell_type == "code" else None
            pictures = [output.data for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})]
            if drawn and pictures and drawn[1] not in seen:
                seen.add(drawn[1])
                folder.joinpath(f"{drawn[1]}.png").write_bytes(base64.b64decode(pictures[0]["image/png"]))
                alt = " ".join(pictures[0].get("text/plain", "").split())
                lines += [f"## {drawn[1]}", "", f"![{drawn[1]}]({drawn[1]}.png)", ""]
                lines += [f"{alt} [{path.stem}](../lessons/{path.name})", ""]
    rows = [(f"`{name}`", _first_sentence(getattr(plots, name))) for name in _chart_names()]
    lines += [f"## {_say('all_charts', code)}", "", _table((_say("chart", code), _say("question", code)), rows)]
    return "\n".join(lines)


def _chart_names() -> list[str]:
    return sorted(name for name in plots.__all__ if name.endswith(("_chart", "_page")))


def _first_sentence(thing: object) -> str:
    return (thing.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ").replace("|", "\\|")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
