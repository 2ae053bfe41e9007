"""Charts of lesson 11 draw what they are given and say it in words, in the reader's language."""

import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.analysis.recovery_budget import recovery_budget
from crm_toolkit.errors import InputError
from crm_toolkit.plots.inbox import time_split_chart
from crm_toolkit.plots.recovery_budget import _paradox
from crm_toolkit.texts import language


@pytest.fixture(scope="module")
def found():
    return recovery_budget(60)


def test_the_recovery_page_draws_both_curves_the_optimum_and_what_no_failure_brings(found):
    figure = plots.recovery_budget_page(found)
    left, right = figure.axes
    one, two = (line for line in left.lines if line.get_label() in ("after one failure", "after two failures"))
    assert one.get_ydata() == pytest.approx(found.table["satisfaction_one"])
    assert two.get_ydata() == pytest.approx(found.table["satisfaction_two"])
    best = next(line for line in right.lines if line.get_label() == "best budget: 38")
    assert (best.get_xdata()[0], best.get_ydata()[0]) == pytest.approx((38, found.table["profit"].max()))
    assert left.get_ylim()[1] > found.table["satisfaction_one"].max()
    assert right.get_ylim()[1] > found.without_failure


def test_the_recovery_page_tells_when_the_paradox_comes_and_whether_it_goes(found):
    said = plots.alt_text(plots.recovery_budget_page(found))
    assert "from a budget of 57 on; after two failures never" in said
    assert "Best budget: 38" in said
    assert "after two from 73 on" in _paradox(recovery_budget(blame=1.0))
    assert "never above" in _paradox(recovery_budget(hours=240, empowerment=0))
    with language("ru"):
        assert "после двух — никогда" in _paradox(found)


def test_confusion_shows_every_count_and_frames_the_diagonal():
    names = ["pricing", "competition", "involuntary"]
    met = pd.DataFrame([[5, 1, 0], [2, 4, 0], [0, 0, 3]], index=names, columns=names)
    ax = plots.coder_confusion_chart(met, rows="You", columns="Key")
    assert sorted(text.get_text() for text in ax.texts) == ["1", "2", "3", "4", "5"]
    assert len(ax.patches) == 3
    said = plots.alt_text(ax)
    assert said == (
        "Codes of You against those of Key: 12 of 15 alike. Mixed up: attraction by competitors and pricing 2, "
        "pricing and attraction by competitors 1."
    )
    many = pd.DataFrame(0, index=range(50), columns=range(50))
    with pytest.raises(InputError, match="50 rows can't be drawn"):
        plots.coder_confusion_chart(many, rows="a", columns="b")


def test_the_split_of_time_tells_both_people():
    told = pd.DataFrame({"you": [120, 30], "the rule": [80, 60]}, index=["complaints", "analytics"])
    ax = time_split_chart(told)
    assert [bar.get_width() for bar in ax.patches] == [120, 30, 80, 60]
    assert "complaints 120 and 80, analytics 30 and 60" in plots.alt_text(ax)
