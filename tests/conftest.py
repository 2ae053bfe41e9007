"""Every test speaks English unless it says otherwise, whatever the computer's own language."""

import contextlib
import gc
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from crm_toolkit.texts import language


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Find the tests without looking for garbage: what is found stays, and would be looked through again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file():
    """Look for examples in the package only: no docstring of a test has one."""
    found = yield
    return [one for one in found if type(one).__name__ != "DoctestModule"]


def pytest_runtest_setup(item):
    """Draw three examples of a law where five are wanted; all of them in slow tests and with ``CRM_EVERY_EXAMPLE=1``.

    Each run draws others, so what a run leaves out the next ones find.
    """
    test = getattr(item, "obj", None)
    test = getattr(test, "__func__", test)
    wanted = getattr(test, "_hypothesis_internal_use_settings", None)
    if wanted is None or hasattr(test, "all_examples") or item.get_closest_marker("slow"):
        return
    if os.environ.get("CRM_EVERY_EXAMPLE") == "1":
        return
    test.all_examples = wanted.max_examples
    test._hypothesis_internal_use_settings = settings(wanted, max_examples=-(-3 * wanted.max_examples // 5))


@pytest.fixture(autouse=True)
def english():
    """Speak English in the test and put the former language back."""
    with language("en"):
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
        # small tables, many plans: what follows takes less time to begin and more to run
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto",
    }
    builder = SparkSession.builder.master("local[2]").appName("crm_toolkit tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    with contextlib.suppress(Exception):
        session.stop()
