"""What the guide of behaviour shows runs, is the same code in both languages, and names only what is there."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import numpy as np

import crm_toolkit as crm
from crm_toolkit import analysis, behaviour, widgets

DOCS = Path(crm.__file__).resolve().parents[1] / "docs"
PAGES = ("behaviour.md", "behaviour.ru.md")


def _page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def _code(page):
    return re.findall(r"```python\n(.*?)```", page, re.S)


def test_every_example_runs():
    names = {}
    for block in _code(_page("behaviour.md")):
        exec(block, names)
    assert names["choices"]["weighted"].chosen == ("Dell",)
    np.testing.assert_allclose(names["shares"], [0.5065, 0.3072, 0.1863], atol=5e-5)
    assert len(names["ahead"]) == 5


def test_both_languages_show_the_same_code():
    bare = [[re.sub(r" *#.*", "", block) for block in _code(_page(name))] for name in PAGES]
    assert bare[0] == bare[1]


def test_every_name_of_the_guide_is_there():
    rooms = [import_module(one.name) for one in walk_packages(behaviour.__path__, "crm_toolkit.behaviour.")]
    known = {name for room in (*rooms, analysis, widgets) for name in dir(room)} | {
        room.__name__.rsplit(".", 1)[1] for room in rooms
    }
    fields = {"on_empty"}
    for name in PAGES:
        text = re.sub(r"```.*?```", "", _page(name), flags=re.S)
        assert {said for said in re.findall(r"`([a-z_]+)`", text) if said not in known | fields} == set()
