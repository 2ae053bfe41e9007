"""The chart of staff and clients is readable in both languages and says both sides."""

import pytest

from crm_toolkit import plots
from crm_toolkit.analysis.orientation import orientation_profile
from crm_toolkit.datasets import make_orientation_survey
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable


@pytest.mark.parametrize("code", ["en", "ru"])
def test_staff_and_clients_are_readable(code):
    made = make_orientation_survey()
    with language(code):
        chart = plots.orientation_chart(orientation_profile(made.staff, made.clients))
        assert_readable("orientation", chart)
    if code == "en":
        assert "client: staff 5.9, clients 4.6; competitor: staff 5.0, clients –" in plots.alt_text(chart)
