"""``crm-toolkit report``: a page, a notebook, one letter for everything that is wrong."""

import pytest

from crm_toolkit import cli
from crm_toolkit.datasets.generated import make_purchases
from crm_toolkit.widgets.health import SECTIONS
from crm_toolkit.widgets.health import report as report_module


@pytest.fixture
def sales(tmp_path, monkeypatch):
    """A file of purchases; only quick sections."""
    kept = {name: SECTIONS[name] for name in ("figures", "value", "surveys")}
    monkeypatch.setattr(report_module, "SECTIONS", kept)
    path = tmp_path / "sales.csv"
    make_purchases(80, weeks=40, seed=4).to_csv(path, index=False)
    return path


def run(capsys, *words):
    code = cli.main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_file_becomes_a_page_and_a_notebook(sales, tmp_path, capsys):
    out, book = tmp_path / "page.html", tmp_path / "page.ipynb"
    code, said, wrong = run(capsys, "report", sales, "--out", out, "--notebook", book, "--name", "Shop", "--currency",
                            "EUR", "--margin", "0.4", "--language", "en")  # fmt: skip
    assert (code, wrong) == (0, "")
    page = out.read_text(encoding="utf-8")
    assert "<h1>CRM health: Shop</h1>" in page
    assert "€" in page
    assert "margin of their purchases" in page
    assert "“Satisfaction” is missing" in said
    assert "less than a year" in said
    assert book.exists()


def test_it_speaks_russian(sales, tmp_path, capsys):
    code, said, _ = run(capsys, "report", sales, "--out", tmp_path / "page.html", "--language", "ru")
    assert code == 0
    assert "Отчёт:" in said
    assert "Состояние CRM: sales.csv" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_all_that_is_wrong_with_the_command_is_said_at_once(sales, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CRM_CHROMIUM", str(tmp_path / "none"))
    code, said, wrong = run(capsys, "report", sales, "--demo", "--out", tmp_path / "no" / "x.pdf", "--notebook",
                            tmp_path / "x.txt", "--as-of", "soon", "--margin", "40", "--language", "en")  # fmt: skip
    assert (code, said) == (1, "")
    for part in ("Name one source", "does not exist", "ends in none of these", "not a date", "fraction of the money",
                 "none was found"):  # fmt: skip
        assert part in wrong
    assert "Traceback" not in wrong


def test_a_missing_file_gets_a_letter_and_no_page(tmp_path, capsys):
    code, _, wrong = run(capsys, "report", tmp_path / "nothing.csv", "--out", tmp_path / "x.html", "--language", "en")
    assert code == 1
    assert "nothing.csv" in wrong
    assert not (tmp_path / "x.html").exists()
    sales = tmp_path / "sales.html"
    sales.write_text("a,b", encoding="utf-8")
    code, _, wrong = run(capsys, "report", sales, "--out", sales, "--language", "en")
    assert "overwrite" in wrong
