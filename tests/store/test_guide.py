"""What the guide of the store shows runs as it stands there, in both languages."""

import re
from pathlib import Path

import pytest

import crm_toolkit as crm
from crm_toolkit.store import READY

DOCS = Path(crm.__file__).resolve().parents[1] / "docs"


def _code(page):
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("page", ["store.md", "store.ru.md"])
def test_every_example_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in _code(page):
        exec(block, names)
    assert len(names["purchases"]) > 0
    assert names["store"].row("customers", 10)["city"] in ("Oryol", "Орёл")
    names["store"].close()


def test_both_languages_show_the_same_code():
    def bare(page):
        return [re.sub(r'"[^"]*"|#.*', "", block) for block in _code(page)]

    def spaced(blocks):
        return [re.sub(r"[ \t]+\n", "\n", block) for block in blocks]

    assert spaced(bare("store.md")) == spaced(bare("store.ru.md"))


@pytest.mark.parametrize("page", ["store.md", "store.ru.md"])
def test_every_ready_role_stands_in_the_table(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in READY)
