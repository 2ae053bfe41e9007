"""What a reader sees of a chart: its words and where they stand, found by the layout alone, without painting."""

import re

import numpy as np
from matplotlib.axis import Axis
from matplotlib.text import Text

from crm_toolkit.plots import alt_text
from crm_toolkit.texts import language

FOREIGN = {"en": re.compile(r"[а-яё]+", re.IGNORECASE), "ru": re.compile(r"[A-Za-z]{2,}")}


def drawn_texts(chart):
    """Every visible text with its box on the canvas; no labels of ticks that matplotlib keeps but does not draw."""
    figure = chart if hasattr(chart, "savefig") else chart.figure
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    hidden = set()
    for axis in figure.findobj(Axis):
        for tick in {*axis.get_major_ticks(), *axis.get_minor_ticks()} - set(axis._update_ticks()):
            hidden |= {tick.label1, tick.label2}
    return [
        (text, text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


def assert_readable(name, chart, *, known=()):
    """Nothing is cut off, no two texts meet, every word is of the language spoken or one of the `known` names.

    Boxes of slanted words may meet where the words do not: they are only kept from being cut off.
    """
    drawn = drawn_texts(chart)
    words = [text.get_text() for text, _ in drawn]
    boxes = np.array([box.extents for _, box in drawn])
    width, height = drawn[0][0].figure.canvas.get_width_height()
    outside = (boxes[:, :2] < -1).any(axis=1) | (boxes[:, 2:] > (width + 1, height + 1)).any(axis=1)
    assert not outside.any(), (name, "cut off", [words[place] for place in np.flatnonzero(outside)])
    level = [place for place, (text, _) in enumerate(drawn) if text.get_rotation() % 90 == 0]
    pairs = [(words[level[one]], words[level[other]]) for one, other in meeting(boxes[level])]
    assert not pairs, (name, "overlap", pairs)
    alt = alt_text(chart)
    assert len(alt) > 30, (name, alt)
    foreign = set(FOREIGN[str(language())].findall(" ".join([alt, *words]))) - set(known)
    assert not foreign, (name, foreign)


def meeting(boxes):
    """Pairs of boxes (rows of x0, y0, x1, y1) that share more than a pixel at an edge."""
    low, high = boxes[:, :2] + 1, boxes[:, 2:] - 1
    low, high = np.minimum(low, high), np.maximum(low, high)
    meet = ((low[:, None] <= high[None]) & (low[None] <= high[:, None])).all(axis=2)
    return np.argwhere(np.triu(meet, 1)).tolist()
