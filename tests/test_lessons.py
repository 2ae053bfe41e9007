"""The lessons: fresh, the same in both languages, complete as lessons, and solvable."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.exercises import bank, editions, sources
from crm_toolkit.texts import LANGUAGES
from crm_toolkit.texts.glossary import glossary

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "notebooks" / "source").glob("*.py"))
FOLDERS = [ROOT / folder / code for folder in sources.EDITIONS.values() for code in LANGUAGES]
NOTEBOOKS = sorted(path for folder in FOLDERS for path in folder.glob("*.ipynb"))
# everyday English words that are terms only in other lessons
EVERYDAY = {"lead", "deal", "points", "tier", "expiry", "consent", "involvement", "hazard"}
EVERYDAY |= {"search / experience / credence qualities"}

every_source = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
every_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=lambda path: "-".join((*path.parent.relative_to(ROOT).parts, path.stem))
)


@cache
def derived():
    """The notebooks that the sources promise, by their files; made when the first test asks, not while it is found."""
    return {made.path: made for made in editions.derived_notebooks(ROOT)}


@cache
def cells_of(source):
    """The cells of a source."""
    return next(list(made.cells) for made in derived().values() if made.source == source)


@cache
def kept(path):
    """The cells of a notebook as it is kept."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def text_of(lines):
    """A text of a notebook, which may stand there line by line."""
    return lines if isinstance(lines, str) else "".join(lines)


def test_derived_notebooks_are_fresh():
    assert editions.stale(ROOT) == [], "run: python course.py build"


@every_source
def test_source_speaks_both_languages(source):
    for cell in cells_of(source):
        if cell.kind == "markdown":
            assert not re.search("[А-Яа-яЁё]{3,}", re.sub(r"`[^`]*`", "", cell.texts["en"])), cell.texts["en"]
            assert re.search("[А-Яа-яЁё]", cell.texts["ru"]), cell.texts["ru"]


@every_source
def test_russian_keeps_the_structure_of_english(source):
    """Headings, tables, quotations, links and code stand in the same number on both sides."""
    shapes = {
        "heading": r"^#+ ",
        "row": r"^\|",
        "quote": r"^> ?",
        "item": r"^(- |\d\. )",
        "link": r"\]\(",
        "code": r"`[^`]+`",
    }
    for cell in cells_of(source):
        if cell.kind == "markdown":
            for shape, pattern in shapes.items():
                counts = {code: len(re.findall(pattern, cell.texts[code], re.M)) for code in ("en", "ru")}
                if shape == "quote":
                    counts = {code: bool(count) for code, count in counts.items()}
                assert counts["en"] == counts["ru"], (shape, cell.texts["en"])


@every_source
def test_glossary_terms_are_kept(source):
    for cell in cells_of(source):
        if cell.kind == "markdown":
            for term in glossary():
                if term.en not in EVERYDAY and term.used_in(cell.texts["en"]):
                    assert term.rendered_in(cell.texts["ru"]), (term.en, term.ru, cell.texts["ru"])


@every_source
def test_every_promise_is_tied_to_a_check_that_the_lesson_holds(source):
    cells = cells_of(source)
    prose = "\n".join(cell.texts["en"] for cell in cells if cell.kind == "markdown")
    code = "\n".join(cell.texts["en"] for cell in cells if cell.kind == "code")
    promises = re.findall(r"^- (I can .+?|I know .+?)\. \*\(check: `([^`]+)`\)\*$", prose, re.M)
    assert 3 <= len(promises) <= 5
    known = {*bank.every_task(), *bank.every_practice()}
    for promise, check in promises:
        kind, _, name = check.rpartition(":")
        call = {
            "": f'exercise("{name}"',
            "quiz": f'quiz("{name}")',
            "predict": f'predict("{name}")',
            "rubric": f'rubric("{name}")',
        }
        assert call[kind] in code, check
        assert kind or name in known
        assert f"- {promise}.\n" in prose, f"the lesson does not close with the promise: {promise}"


@every_source
def test_lesson_has_all_its_blocks(source):
    code = "\n".join(cell.texts["en"] for cell in cells_of(source) if cell.kind == "code")
    for call in ("widgets.predict(", ".reveal(", "widgets.answer(", "widgets.quiz(", "crm.exercise("):
        assert call in code, call
    quiz = bank.every_quiz()[re.search(r'widgets.quiz\("(\w+)"\)', code)[1]]
    assert 4 <= len(quiz.items) <= 8


@every_notebook
def test_kept_outputs_speak_the_notebooks_language(path):
    """Prose of one language does not turn up in outputs of the other; data, codes and names are English in both."""
    cells = kept(path)
    assert all(cell.get("execution_count") for cell in cells if cell["cell_type"] == "code"), "not executed"
    for cell in cells:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error"
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
            shown = text_of(output.get("text", "")) + "".join(
                text_of(content) for kind, content in output.get("data", {}).items() if kind.startswith("text/")
            )
            text = re.sub(r"<(style|script|svg).*?</\1>|<[^>]+>|`[^`]*`", " ", shown, flags=re.S)
            if path.parent.name == "en":
                assert not re.search("[А-Яа-яЁё]{2,}", text), text
            else:
                words = r"\b(the|of|and|with|from|your|not|is|are|has|have|which|than)\b"
                assert len(re.findall(words, text)) < 2, text


@every_notebook
def test_shared_code_holds_no_words_of_one_language(path):
    for cell in kept(path):
        if cell["cell_type"] == "code":
            assert not re.search("[А-Яа-яЁё]", text_of(cell["source"]))


def verdicts(cells):
    """What every check of an executed workbook answered."""
    shown = [
        text_of(output["data"].get("text/plain", ""))
        for cell in cells
        if cell["cell_type"] == "code" and re.search(r"\.check\(", text_of(cell["source"]))
        for output in cell["outputs"]
        if "data" in output
    ]
    assert shown
    return shown


WORKBOOKS = sorted((path for path in NOTEBOOKS if path.parent.parent.name == "exercises"),
                   key=lambda path: (path.stem, path.parent.name))  # fmt: skip
# both languages run the same code: in turn one of them is always solved
IN_TURN = [path for place, path in enumerate(WORKBOOKS) if (place // 2 + place) % 2 == 0]


def test_solved_workbooks_pass_one_after_another(tmp_path):
    """In one kernel, which takes long to begin; its names are cleared and its folder is left between two of them."""
    import nbformat  # seconds: not while tests are collected

    together = nbformat.v4.new_notebook()
    for place, path in enumerate(IN_TURN):
        (tmp_path / str(place)).mkdir()
        clean = f"%reset -f\nimport os\nos.chdir(os.path.join({str(tmp_path)!r}, {str(place)!r}))\ndel os"
        together.cells += [nbformat.v4.new_code_cell(clean), *derived()[path].make(solved=True).cells]
    solved = editions.execute(together, folder=tmp_path)
    found = verdicts(solved.cells)
    assert len(found) >= len(IN_TURN)
    assert all(shown.startswith("✓") for shown in found)


@pytest.mark.slow
@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_solved_workbook_passes(path, tmp_path):
    solved = editions.execute(derived()[path].make(solved=True), folder=tmp_path)
    assert all(shown.startswith("✓") for shown in verdicts(solved.cells))


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_in_the_students_workbook_nothing_is_attempted_yet(path):
    assert all(shown.startswith("…") for shown in verdicts(kept(path)))


def test_builder_names_every_fault_of_a_source(tmp_path):
    source = tmp_path / "09_x.py"
    source.write_text(
        '# %% [markdown] lang="en"\n# One.\n\n# %% [markdown] lang="ru" of="00000000"\n# Раз.\n\n'
        '# %% [markdown] lang="en"\n# Two.\n\n# %%\nx = 1  # a word\n\n# %% [markdown]\n# Lone.\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        sources.read_source(source)
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["outdated_translation", "no_translation", "words_in_code", "lone_prose"]


def test_stale_notebook_is_noticed(tmp_path):
    import nbformat

    folder = tmp_path / "notebooks" / "source"
    folder.mkdir(parents=True)
    source = folder / "09_x.py"
    source.write_text(
        '# %% [markdown] lang="en"\n# One.\n\n# %% [markdown] lang="ru"\n# Раз.\n\n# %%\nx = 1\n', encoding="utf-8"
    )
    sources.stamp(source)
    assert len(editions.stale(tmp_path)) == 2
    for derived in editions.derived_notebooks(tmp_path):
        derived.path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(derived.make(), derived.path)
    assert editions.stale(tmp_path) == []
    source.write_text(source.read_text(encoding="utf-8").replace("x = 1", "x = 2"), encoding="utf-8")
    assert editions.stale(tmp_path) == ["notebooks/en/09_x.ipynb", "notebooks/ru/09_x.ipynb"]
