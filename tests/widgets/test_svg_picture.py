"""Drawings as pictures for documents: what is drawn is what is painted, and nothing is left out unseen."""

import io

import numpy as np
import pytest
from matplotlib.image import imread

from crm_toolkit.behaviour.influences.canvas import Canvas
from crm_toolkit.exercises.article import ArticleWork, Claim, Link
from crm_toolkit.exercises.organisation_dossier import Dossier, FunnelStep, work_out_dossier
from crm_toolkit.widgets.article.map import argument_map
from crm_toolkit.widgets.dossier_workbook.drawing import funnel_drawing
from crm_toolkit.widgets.models.model_diagram import model_diagram
from crm_toolkit.widgets.svg_picture import svg_png

UNITS = 200 / 96  # dots of the picture in a unit of the drawing


def painted(svg):
    return (imread(io.BytesIO(svg_png(svg)), format="png")[..., :3] * 255).round().astype(int)


def at(picture, x, y):
    return tuple(picture[round(y * UNITS), round(x * UNITS)])


def drawn(inside):
    return painted(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">{inside}</svg>')


def test_a_shape_stands_where_the_drawing_puts_it():
    picture = drawn(
        '<rect x="20" y="10" width="40" height="30" fill="#0072B2"/><circle cx="70" cy="70" r="8" fill="#FF0000"/>'
    )
    assert picture.shape == (200, 200, 3)
    assert at(picture, 40, 25) == (0, 0x72, 0xB2)
    assert at(picture, 70, 70) == (255, 0, 0)
    assert at(picture, 40, 45) == at(picture, 10, 25) == (255, 255, 255)


def test_lines_arcs_and_heads_follow_their_path():
    picture = drawn('<path d="M 10 50 H 60 V 80" stroke="#FF0000" stroke-width="4" fill="none" marker-end="url(#h)"/>'
                    '<path d="M 10 30 Q 45 -10 80 30" stroke="#0000FF" stroke-width="4" fill="none"/>')  # fmt: skip
    assert at(picture, 30, 50) == at(picture, 60, 65) == (255, 0, 0)
    assert at(picture, 57.5, 73) == (255, 0, 0), "the head is wider than the line"
    assert at(picture, 45, 10) == (0, 0, 255)
    assert at(picture, 45, 30) == (255, 255, 255), "the arc is not its chord"


def test_words_leave_ink_and_a_money_sign_is_a_sign():
    empty = drawn("")
    for words in ("Клиенты", "$5 и $7", "x^2_y"):
        assert (drawn(f'<text x="4" y="50" font-size="18">{words}</text>') != empty).any()


def test_what_is_not_read_is_refused_and_not_left_out():
    with pytest.raises(ValueError, match="ellipse"):
        drawn('<ellipse cx="5" cy="5" rx="2" ry="3"/>')
    with pytest.raises(ValueError, match="of a path"):
        drawn('<path d="M 0 0 C 1 1 2 2 3 3"/>')


def test_every_kind_of_drawing_can_be_painted():
    claims = (Claim("Risk is a loss.", type="definition"), Claim("Services are riskier.", type="empirical"))
    links = (Link(1, "supports", 2), Link(2, "attacks", 1))
    steps = (FunnelStep("calls", count=400), FunnelStep("visits", count=120), FunnelStep("again", count=20))
    for diagram in (
        model_diagram(Canvas("a haircut"), stages=["problem_recognition"]),
        argument_map(ArticleWork(claims=claims, links=links)),
        funnel_drawing(work_out_dossier(Dossier(funnel=steps))),
    ):
        picture = painted(diagram.svg)
        assert np.ptp(picture) > 100
