"""The lessons: fresh, the same in both languages, complete as lessons, and solvable."""

import re
from pathlib import Path

import nbformat
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.exercises import bank, editions, sources, task_table
from crm_toolkit.texts.glossary import glossary

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "notebooks" / "source").glob("*.py"))
DERIVED = editions.derived_notebooks(ROOT)
# everyday English words that are terms only in other lessons
EVERYDAY = {"lead", "deal", "points", "tier", "expiry", "consent", "involvement", "hazard"}
EVERYDAY |= {"search / experience / credence qualities"}

every_source = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
every_notebook = pytest.mark.parametrize(
    "derived", DERIVED, ids=lambda made: f"{made.kind}-{made.code}-{made.path.stem}"
)


def test_derived_notebooks_are_fresh():
    assert editions.stale(ROOT) == [], "run: python course.py build"


@every_source
def test_source_speaks_both_languages(source):
    for cell in sources.read_source(source):
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
    for cell in sources.read_source(source):
        if cell.kind == "markdown":
            for shape, pattern in shapes.items():
                counts = {code: len(re.findall(pattern, cell.texts[code], re.M)) for code in ("en", "ru")}
                if shape == "quote":
                    counts = {code: bool(count) for code, count in counts.items()}
                assert counts["en"] == counts["ru"], (shape, cell.texts["en"])


@every_source
def test_glossary_terms_are_kept(source):
    for cell in sources.read_source(source):
        if cell.kind == "markdown":
            for term in glossary():
                if term.en not in EVERYDAY and term.used_in(cell.texts["en"]):
                    assert term.rendered_in(cell.texts["ru"]), (term.en, term.ru, cell.texts["ru"])


@every_source
def test_every_promise_is_tied_to_a_check_that_the_lesson_holds(source):
    cells = sources.read_source(source)
    prose = "\n".join(cell.texts["en"] for cell in cells if cell.kind == "markdown")
    code = "\n".join(cell.texts["en"] for cell in cells if cell.kind == "code")
    promises = re.findall(r"^- (I can .+?|I know .+?)\. \*\(check: `([^`]+)`\)\*$", prose, re.M)
    assert 3 <= len(promises) <= 5
    known = set(task_table()["id"])
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
    code = "\n".join(cell.texts["en"] for cell in sources.read_source(source) if cell.kind == "code")
    for call in ("widgets.predict(", ".reveal(", "widgets.answer(", "widgets.quiz(", "crm.exercise("):
        assert call in code, call
    quiz = bank.every_quiz()[re.search(r'widgets.quiz\("(\w+)"\)', code)[1]]
    assert 4 <= len(quiz.items) <= 8


@every_notebook
def test_kept_outputs_speak_the_notebooks_language(derived):
    """Prose of one language does not turn up in outputs of the other; data, codes and names are English in both."""
    notebook = nbformat.read(derived.path, as_version=4)
    assert all(cell.get("execution_count") for cell in notebook.cells if cell.cell_type == "code"), "not executed"
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
            shown = output.get("text", "") + "".join(
                "".join(content) for kind, content in output.get("data", {}).items() if kind.startswith("text/")
            )
            text = re.sub(r"<(style|script|svg).*?</\1>|<[^>]+>|`[^`]*`", " ", shown, flags=re.S)
            if derived.code == "en":
                assert not re.search("[А-Яа-яЁё]{2,}", text), text
            else:
                words = r"\b(the|of|and|with|from|your|not|is|are|has|have|which|than)\b"
                assert len(re.findall(words, text)) < 2, text


@every_notebook
def test_shared_code_holds_no_words_of_one_language(derived):
    for cell in nbformat.read(derived.path, as_version=4).cells:
        if cell.cell_type == "code":
            assert not re.search("[А-Яа-яЁё]", cell.source)


def verdicts(notebook):
    """What every check of an executed workbook answered."""
    shown = [
        output["data"].get("text/plain", "")
        for cell in notebook.cells
        if cell.cell_type == "code" and re.search(r"\.check\(", cell.source)
        for output in cell.outputs
        if "data" in output
    ]
    assert shown
    return shown


WORKBOOKS = sorted((made for made in DERIVED if made.kind == "workbook"), key=lambda made: (made.path.stem, made.code))
# both languages run the same code: in turn one of them is always solved
IN_TURN = [made for place, made in enumerate(WORKBOOKS) if (place // 2 + place) % 2 == 0]


def test_solved_workbooks_pass_one_after_another(tmp_path):
    """In one kernel, which takes long to begin; its names are cleared and its folder is left between two of them."""
    together = nbformat.v4.new_notebook()
    for place, made in enumerate(IN_TURN):
        (tmp_path / str(place)).mkdir()
        clean = f"%reset -f\nimport os\nos.chdir(os.path.join({str(tmp_path)!r}, {str(place)!r}))\ndel os"
        together.cells += [nbformat.v4.new_code_cell(clean), *made.make(solved=True).cells]
    solved = editions.execute(together, folder=tmp_path)
    found = verdicts(solved)
    assert len(found) >= len(IN_TURN)
    assert all(shown.startswith("✓") for shown in found)


@pytest.mark.slow
@pytest.mark.parametrize("derived", WORKBOOKS, ids=lambda made: f"{made.code}-{made.path.stem}")
def test_a_solved_workbook_passes(derived, tmp_path):
    solved = editions.execute(derived.make(solved=True), folder=tmp_path)
    assert all(shown.startswith("✓") for shown in verdicts(solved))


@pytest.mark.parametrize("derived", WORKBOOKS, ids=lambda made: f"{made.code}-{made.path.stem}")
def test_in_the_students_workbook_nothing_is_attempted_yet(derived):
    kept = nbformat.read(derived.path, as_version=4)
    assert all(shown.startswith("…") for shown in verdicts(kept))


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
