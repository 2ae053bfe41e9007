"""What the guide shows runs as it stands there, and is the same code in both languages."""

import re
from pathlib import Path

import crm_toolkit as crm

DOCS = Path(crm.__file__).resolve().parents[1] / "docs"


def code(name):
    return re.findall(r"```python\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), re.S)


def test_every_example_runs():
    names = {}
    for block in code("loyalty.md"):
        exec(block, names)
    assert names["again"] == names["hotel"]
    assert names["then"]["balance"].tolist() == [9]
    assert names["done"].balances["balance"].tolist() == [0]
    assert names["done"].lots["expired"].sum() == 65


def test_both_languages_show_the_same_code():
    bare = [[re.sub(r" *#.*", "", block) for block in code(name)] for name in ("loyalty.md", "loyalty.ru.md")]
    assert bare[0] == bare[1]
