"""The chart of versions is readable in both languages and says its numbers."""

import pytest

from crm_toolkit import analysis, plots
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable


@pytest.mark.parametrize("code", ["en", "ru"])
@pytest.mark.parametrize("people", [10, 2_000])
def test_versions_are_readable(code, people):
    with language(code):
        chart = plots.content_versions_chart(analysis.content_versions(people, saving=6.2, content_cost=500),
                                             currency="USD")  # fmt: skip
        assert_readable("versions", chart, known={"USD"})
