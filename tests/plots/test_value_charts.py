"""Charts of the optimum say what the optimum says, in both languages, and nothing in them overlaps."""

import itertools
import re

import numpy as np
import pytest
from matplotlib.text import Text

from crm_toolkit import analysis, plots
from crm_toolkit.texts import language

CURVE = analysis.ResponseCurve
WORLDS = {
    "fixture": ((0.5, 0.35), (0.7, 0.15), 50, 0.2),
    "large money": ((0.4, 0.0002), (0.8, 0.0001), 90_000, 0.12),
    "retention only just": ((0.3, 0.05), (0.9, 0.5), 80, 0.3),
    "nobody": ((0.5, 0.35), (0.7, 0.15), 1, 0.2),
}


def optimum(name):
    acquire, retain, margin, discount = WORLDS[name]
    return analysis.optimal_budgets(acquisition=CURVE(*acquire), retention=CURVE(*retain), margin=margin,
                                    discount=discount)  # fmt: skip


def drawn_texts(figure):
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    ticks = {
        label
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in set(axis.get_major_ticks()) - set(axis._update_ticks())
        for label in (tick.label1, tick.label2)
    }
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and text not in ticks:
            yield text.get_text(), text.get_window_extent(renderer)


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
@pytest.mark.parametrize("name", WORLDS)
def test_no_text_overlaps_is_cut_off_or_in_another_language(code, name):
    best = optimum(name)
    with language(code):
        for ax in (plots.response_chart(best, currency="RUB"), plots.equity_contour_chart(best, currency="RUB")):
            texts = list(drawn_texts(ax.figure))
            width, height = ax.figure.canvas.get_width_height()
            for said, box in texts:
                assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= -1, said
            for (one, box), (other, another) in itertools.combinations(texts, 2):
                assert not box.padded(-1).overlaps(another.padded(-1)), (one, other)
            said = " ".join([plots.alt_text(ax), *(text for text, _ in texts)])
            foreign = re.findall(r"[A-Za-z]{2,}", said) if code == "ru" else re.findall(r"[а-яё]+", said, re.IGNORECASE)
            assert set(foreign) <= {"RUB"}


def test_the_marks_stand_at_the_optimum():
    best = optimum("fixture")
    ax = plots.response_chart(best)
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [(mark.get_xdata()[0], mark.get_ydata()[0]) for mark in marks] == [
        (best.acquisition_spend, best.acquisition_rate),
        (best.retention_spend, best.retention_rate),
    ]
    cross = plots.equity_contour_chart(best).lines[0]
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (best.acquisition_spend, best.retention_spend)


def test_the_darkest_place_of_the_contours_is_the_optimum():
    surface = optimum("fixture").surface()
    top = surface.loc[surface["equity"].idxmax()]
    best = optimum("fixture")
    assert np.allclose(top[["acquisition_spend", "retention_spend"]], [best.acquisition_spend, best.retention_spend])


def test_both_panels_of_the_page_are_described():
    said = plots.alt_text(plots.budget_page(optimum("fixture"), currency="USD"))
    assert "$7.49 per prospect acquire 46.4%" in said
    assert "highest, $28.92 per prospect" in said
