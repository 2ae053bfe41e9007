"""Charts of the game: gaps are shown as gaps, and what the picture shows is said."""

import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language


def test_a_figure_that_nobody_knows_is_a_gap_and_no_zero():
    ax = plots.quarters_chart([5.0, None, 7.0], title="Clients", unit="people", expected=(6.0, 8.0))
    assert next(list(line.get_ydata()) for line in ax.lines) == [5.0, 7.0]
    assert "Not known in 1 of 3 quarters" in plots.alt_text(ax)
    with pytest.raises(InputError):
        plots.quarters_chart([], title="Clients", unit="people")


def test_bars_of_an_attribution_are_its_numbers():
    table = pd.DataFrame({"group": ["staff", "price"], "lost_without": [4.0, -1.5]})
    ax = plots.helm_attribution_chart(table, labels={})
    assert [bar.get_width() for bar in ax.patches] == [4.0, -1.5]
    with pytest.raises(InputError):
        plots.helm_attribution_chart(table.iloc[:0], labels={})


def test_luck_and_twins_are_said_in_russian():
    with language("ru"):
        told = plots.alt_text(plots.luck_chart(61.0, [55.0, 60.0, 64.0, 58.0], 0.75))
        quarterly = pd.DataFrame({"who": ["you", "nothing"], "quarter": [1, 1], "cash": [12.0, 10.0]})
        twins = plots.alt_text(plots.helm_twins_chart(quarterly, measure="cash"))
    assert "ваша 61,0" in told
    assert "ничего не менять 10" in twins
    with pytest.raises(InputError):
        plots.luck_chart(1.0, [2.0], 0.0)
