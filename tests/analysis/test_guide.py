"""What the guide of analysis shows runs as it stands there, and is the same code in both languages."""

import re
import warnings
from pathlib import Path

import crm_toolkit as crm
from crm_toolkit import analysis, plots

DOCS = Path(crm.__file__).resolve().parents[1] / "docs"


def _page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def _code(page):
    return re.findall(r"```python\n(.*?)```", page, re.S)


def test_every_example_runs():
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # small tables are announced
        for block in _code(_page("analysis.md")):
            exec(block, names)
    assert names["value"]["customer_id"].is_unique
    assert len(names["truth"].table) > 0


def test_both_languages_show_the_same_code():
    bare = [[re.sub(r" *#.*", "", block) for block in _code(_page(name))] for name in ("analysis.md", "analysis.ru.md")]
    assert bare[0] == bare[1]


def test_every_name_of_the_guide_is_there():
    for name in ("analysis.md", "analysis.ru.md"):
        text = re.sub(r"```.*?```", "", _page(name), flags=re.S)
        for said in re.findall(r"`([a-z_]+)`", text):
            assert hasattr(analysis, said), said
        for said in re.findall(r"`plots\.([a-z_]+)", text):
            assert hasattr(plots, said), said
