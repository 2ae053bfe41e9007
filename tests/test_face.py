"""The face of the package: light to import, silent, and changing nothing in the process."""

import subprocess
import sys

import pytest

HEAVY = ("matplotlib", "seaborn", "ipywidgets", "IPython", "sklearn", "pyspark", "polars", "jupytext")


def modules_after(code):
    """Names of the modules that a fresh interpreter has loaded after the code."""
    program = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not run.stderr
    return {name.split(".")[0] for name in run.stdout.splitlines()}


def test_importing_the_package_loads_no_heavy_library():
    loaded = modules_after("import crm_toolkit")
    assert not loaded & {*HEAVY, "pandas", "numpy", "duckdb", "babel"}


def test_rooms_of_analysis_load_no_plotting_or_widget_library():
    """All in one interpreter, since one takes a second to begin; what any of them loads is there at the end."""
    rooms = "(crm.analysis, crm.datasets, crm.exercises, crm.texts)"
    code = f"import crm_toolkit as crm\n[getattr(room, name) for room in {rooms} for name in room.__all__]"
    assert not modules_after(code) & {*HEAVY}


def test_duckdb_is_loaded_with_the_first_question_and_not_for_a_fit():
    assert "duckdb" not in modules_after("import crm_toolkit.analysis as a; a.fit_bgnbd")


def test_importing_changes_nothing_in_the_process():
    program = (
        "import locale, os, sys, warnings, random\n"
        "import pandas\n"
        "def state():\n"
        "    here = dict(os.environ), locale.setlocale(locale.LC_ALL), list(warnings.filters)\n"
        "    return here, random.getstate(), sys.stdout.encoding, os.getcwd()\n"
        "before = state()\n"
        "import crm_toolkit as crm; crm.texts; crm.exercises\n"
        "assert state() == before\n"
    )
    run = subprocess.run([sys.executable, "-W", "default", "-c", program], capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_wrong_name_is_an_ordinary_attribute_error():
    import crm_toolkit

    with pytest.raises(AttributeError, match="no attribute 'analisys'"):
        crm_toolkit.analisys  # noqa: B018


def test_every_name_of_the_face_is_there():
    import crm_toolkit

    for name in crm_toolkit.__all__:
        assert getattr(crm_toolkit, name) is not None
