"""The page for a file of one's own answers every file, good or bad, and is built from its source."""

from pathlib import Path

from crm_toolkit import widgets
from crm_toolkit.texts import language

APPS = Path(__file__).resolve().parents[2] / "notebooks" / "apps"
GOOD = "Customer;Date;Amount\n" + "".join(f"C{n % 9};2024-0{1 + n % 6}-1{n % 7};{10 + n}\n" for n in range(60))


def test_a_good_file_gets_its_report_and_the_explorer():
    page = widgets.rfm_app()
    page.read(GOOD.encode(), "shop.csv")
    assert "shop.csv" in page._said.value
    assert len(page.explorer.result.scores) == 9
    assert page._place.children == (page.explorer.box,)


def test_a_bad_file_gets_a_letter_and_the_former_explorer_leaves():
    page = widgets.rfm_app()
    page.read(GOOD.encode(), "shop.csv")
    page.read(b"\x00\x01 no table <b>", "bad<b>.csv")
    assert 'role="alert"' in page._said.value
    assert "<b>" not in page._said.value
    assert page.explorer is None
    assert page._place.children == ()


def test_a_failure_of_ours_is_a_sentence(monkeypatch):
    def failing(*_, **__):
        raise RuntimeError("broken")

    monkeypatch.setattr("crm_toolkit.datasets.read_purchases", failing)
    page = widgets.rfm_app()
    page.read(GOOD.encode(), "shop.csv")
    assert "This can't be shown: RuntimeError: broken" in page._said.value


def test_the_generated_table_is_one_click_away():
    page = widgets.rfm_app()
    button = next(child for child in page.box.children[1].children if "Barbershop" in child.description)
    button.click()
    assert len(page.explorer.result.scores) > 500


def test_the_page_keeps_its_language():
    with language("ru"):
        page = widgets.rfm_app()
    page.read(GOOD.encode(), "shop.csv")
    assert "прочитан" in page._said.value
    assert "клиентов" in page._place.children[0].children[2].children[0].value


def test_the_notebook_is_built_from_its_source():
    import jupytext
    import nbformat  # seconds: not while tests are collected

    for source in APPS.glob("*.py"):
        wanted = [(cell.cell_type, cell.source) for cell in jupytext.read(source).cells]
        built = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
        assert [(cell.cell_type, cell.source) for cell in built.cells] == wanted
        assert not any(cell.outputs for cell in built.cells)
