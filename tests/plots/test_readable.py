"""The question put to every chart would hear an overlap, a cut and a foreign word."""

import pytest

from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import axes_of_own
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable


def chart(*texts):
    """Empty axes with texts: at the right of which point, from 0 to 1, stands what."""
    ax = axes_of_own(4, 3)
    describe(ax, "1 · 2 · 3 · 4 · 5 · 6 · 7 · 8 · 9 · 10")
    for x, y, said in texts:
        ax.text(x, y, said, in_layout=False)
    return ax


@pytest.mark.parametrize(
    ("texts", "heard"),
    [
        ([(0.2, 0.5, "sum"), (0.22, 0.51, "mean")], "overlap"),
        ([(0.98, 0.5, "many words at the edge of the picture")], "cut off"),
        ([(0.2, 0.5, "сумма")], "сумма"),
    ],
)
def test_an_unreadable_chart_is_refused(texts, heard):
    with pytest.raises(AssertionError, match=heard):
        assert_readable("bad", chart(*texts))


def test_a_readable_chart_passes_and_a_latin_name_must_be_known_in_russian():
    ax = chart((0.1, 0.2, "RUB"), (0.6, 0.8, "2"))
    assert_readable("good", ax)
    with language("ru"):
        assert_readable("good", ax, known={"RUB"})
        with pytest.raises(AssertionError, match="RUB"):
            assert_readable("good", ax)
