"""Rooms whose names are loaded with their first use: one table, the same names for readers of types."""

import ast
import importlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import crm_toolkit

ROOT = Path(crm_toolkit.__file__).parent
FACES = [path for path in sorted(ROOT.rglob("__init__.py")) if "on_first_use(" in path.read_text(encoding="utf-8")]
each = pytest.mark.parametrize(
    "room",
    [".".join(["crm_toolkit", *path.parent.relative_to(ROOT).parts]) for path in FACES],
)


def names_of_types(room):
    """What the import says that never runs: module to names."""
    tree = ast.parse(Path(importlib.import_module(room).__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    assert all(isinstance(line, ast.ImportFrom) for line in block.body)
    assert all(alias.asname is None for line in block.body for alias in line.names)
    return {line.module.removeprefix(f"{room}."): {alias.name for alias in line.names} for line in block.body}


def test_the_rooms_that_cost_most_are_loaded_by_the_name():
    assert {"analysis", "plots", "datasets"} <= {path.parent.name for path in FACES}


@each
def test_the_table_of_a_room_and_its_types_name_the_same(room):
    table = importlib.import_module(room)._TOPICS
    told = [name for names in table.values() for name in names.split()]
    assert len(told) == len(set(told))
    assert {module: set(names.split()) for module, names in table.items()} == names_of_types(room)


@each
def test_every_name_of_a_room_is_offered_and_found(room):
    module = importlib.import_module(room)
    assert list(module.__all__) == sorted(name for names in module._TOPICS.values() for name in names.split())
    assert dir(module) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
        assert not find_spec(f"{room}.{name}"), f"{name} would be a function now and a module then"


@each
def test_modules_of_a_room_are_found_by_their_own_name_and_other_words_are_not(room):
    module = importlib.import_module(room)
    for topic in module._TOPICS:
        if not topic.startswith("crm_toolkit."):
            assert getattr(module, topic).__name__ == f"{room}.{topic}"
    with pytest.raises(AttributeError, match="no attribute 'nothing_like_it'"):
        module.nothing_like_it  # noqa: B018


def test_opening_a_room_loads_no_library_and_a_fit_neither_scipy_nor_sklearn():
    program = (
        "import sys, crm_toolkit as crm\n"
        "crm.analysis, crm.plots, crm.datasets\n"
        "print({'numpy', 'pandas', 'narwhals'} & set(sys.modules))\n"
        "import numpy as np, pandas as pd\n"
        "luck = np.random.default_rng(5)\n"
        "T = np.full(400, 30.0)\n"
        "alive = np.minimum(luck.exponential(luck.gamma(2, 10, 400)), T)\n"
        "x = luck.poisson(luck.gamma(1, 0.2, 400) * alive)\n"
        "recency = np.where(x > 0, alive * luck.random(400) ** (1 / np.maximum(x, 1)), 0)\n"
        "monetary = np.where(x > 0, luck.gamma(6, 1, 400) * luck.gamma(4, 1, 400), 0)\n"
        "table = pd.DataFrame({'frequency': x, 'recency': recency, 'T': T, 'monetary': monetary})\n"
        "a = crm.analysis\n"
        "[fit(table) for fit in (a.fit_bgnbd, a.fit_mbgnbd, a.fit_pareto_nbd, a.fit_nbd, a.fit_gamma_gamma)]\n"
        "print({'scipy', 'sklearn', 'duckdb', 'matplotlib'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.stdout.split("\n")[:2], run.stderr) == (["set()", "set()"], "")
