"""One DuckDB for all questions of a test module: opening one takes longer than a small question."""

from contextlib import contextmanager

import pytest

from crm_toolkit import engines


@pytest.fixture(autouse=True, scope="module")
def one_duckdb():
    """Import this fixture into a module whose tests ask many small questions."""
    with engines.own_duckdb() as connection, pytest.MonkeyPatch.context() as patch:

        @contextmanager
        def same_place():
            yield connection

        patch.setattr(engines, "own_duckdb", same_place)
        yield
