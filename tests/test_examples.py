"""How many examples of a law are drawn: three fifths in the normal run, all of them where depth is asked for."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture
def drawn(request):
    """Examples that would be drawn of a law of twenty, on its first setting up and on its second."""
    conftest = request.config.pluginmanager.get_plugin(str(Path(__file__).with_name("conftest.py")))

    def counted(*marks):
        law = settings(max_examples=20)(given(st.booleans())(lambda _: None))
        item = SimpleNamespace(obj=law, get_closest_marker=lambda name: name in marks)
        found = []
        for _ in range(2):
            conftest.pytest_runtest_setup(item)
            found.append(law._hypothesis_internal_use_settings.max_examples)
        return found

    return counted


def test_the_normal_run_draws_three_of_five_and_no_fewer_for_the_next_parameters(drawn, monkeypatch):
    monkeypatch.delenv("CRM_EVERY_EXAMPLE", raising=False)
    assert drawn() == [12, 12]


def test_slow_tests_and_whoever_asks_draw_all(drawn, monkeypatch):
    monkeypatch.delenv("CRM_EVERY_EXAMPLE", raising=False)
    assert drawn("slow") == [20, 20]
    monkeypatch.setenv("CRM_EVERY_EXAMPLE", "1")
    assert drawn() == [20, 20]
