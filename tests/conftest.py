"""Every test speaks English unless it says otherwise, whatever the computer's own language."""

import contextlib
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from crm_toolkit import engines
from crm_toolkit.texts import language


@pytest.fixture(autouse=True)
def english():
    """Speak English in the test and put the former language back."""
    with language("en"):
        yield


@pytest.fixture(scope="module", autouse=True)
def one_duckdb(request):
    """One DuckDB for all questions of a module where opening one takes longer than the question.

    Tests of the engines, of files and of limits have every question open its own, as it is outside the tests.
    """
    if Path(request.path).parent.name not in ("widgets", "plots", "exercises", "health"):
        yield
        return
    with engines.own_duckdb() as connection, pytest.MonkeyPatch.context() as patch:

        @contextlib.contextmanager
        def same_place():
            yield connection

        patch.setattr(engines, "own_duckdb", same_place)
        yield


@pytest.fixture(scope="session")
def spark():
    """A small local Spark, or a skip that says what is missing."""
    if find_spec("pyspark") is None:
        pytest.skip('PySpark is missing: `pip install "crm-toolkit[spark]"`')
    if not str(Path(find_spec("pyspark").origin)).isascii():
        pytest.skip("Java finds no classes in a folder whose path has letters beyond ASCII, unless the locale is UTF-8")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Java is missing: PySpark 4 needs Java 17 or later")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "3",
        "spark.sql.session.timeZone": "Asia/Vladivostok",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("crm_toolkit tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    with contextlib.suppress(Exception):
        session.stop()
