"""Charts say what the results say, in the reader's language, and nothing in them overlaps or is cut off."""

import re
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib import rcParams

from crm_toolkit import analysis, plots
from crm_toolkit.errors import InputError, MissingExtraError
from crm_toolkit.plots.style import axes_of_own
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

SETTINGS_AT_IMPORT = dict(rcParams)


def scores(customers=600, bins=5, seed=3, shift=0.0):
    """A table like that of `analysis.rfm_scores`, at random."""
    luck = np.random.default_rng(seed)
    score = luck.integers(1, bins + 1, (customers, 3))
    return pd.DataFrame(
        {
            "customer_id": np.arange(customers),
            "recency_days": luck.integers(0, 365, customers),
            "frequency": luck.integers(1, 40, customers),
            "monetary": np.round(np.exp(luck.normal(6, 1.5, customers)) - shift, 2),
            "r_score": score[:, 0],
            "f_score": score[:, 1],
            "m_score": score[:, 2],
        }
    )


def every_chart(table, bins=5):
    """Each chart of the room over one table of scores."""
    segments = analysis.segment_table(analysis.rfm_segments(table, bins=bins))
    yield "counts", plots.rfm_heatmap_chart(analysis.rfm_heatmap_table(table, bins=bins))
    for value in ("monetary", "monetary_mean"):
        heat = analysis.rfm_heatmap_table(table, value, bins=bins)
        yield value, plots.rfm_heatmap_chart(heat, value=value, currency="RUB")
    yield "segments", plots.segment_chart(segments)
    yield "money", plots.monetary_chart(table, currency="RUB")
    yield "lorenz", plots.lorenz_chart(analysis.spend_concentration(table))


@pytest.mark.parametrize(("code", "bins"), [pytest.param("en", 3, marks=pytest.mark.slow), ("ru", 10)])
def test_no_text_overlaps_is_cut_off_or_in_another_language(code, bins):
    with language(code):
        for name, ax in every_chart(scores(bins=bins), bins):
            assert_readable(name, ax, known={"RUB"})


@pytest.mark.parametrize(("customers", "shift"), [(1, 0), pytest.param(50, 900, marks=pytest.mark.slow)])
def test_no_text_overlaps_for_one_customer_and_returned_money(customers, shift):
    for name, ax in every_chart(scores(customers, shift=shift)):
        assert_readable(name, ax, known={"RUB"})


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_on_the_page(code):
    table = scores()
    with language(code):
        segments = analysis.segment_table(analysis.rfm_segments(table))
        assert_readable("page", plots.rfm_page(analysis.rfm_heatmap_table(table), segments))


def test_numbers_on_axes_stay_in_the_language_of_the_drawing():
    with language("ru"):
        ax = plots.lorenz_chart(analysis.spend_concentration(scores()))
    ax.figure.canvas.draw()
    assert ax.get_xticklabels()[1].get_text() == "20\N{NO-BREAK SPACE}%"


def test_alternative_text_holds_the_main_numbers():
    table = analysis.segment_table(analysis.rfm_segments(scores()))
    said = plots.alt_text(plots.segment_chart(table))
    first = table.iloc[0]
    assert f"Champions: {first.customer_share:.1%} of customers, {first.money_share:.1%} of money" in said
    heat = analysis.rfm_heatmap_table(scores())
    said = plots.alt_text(plots.rfm_heatmap_chart(heat))
    assert "recency 5: " + ", ".join(map(str, heat.loc[5])) in said


def test_the_best_customers_stand_in_the_upper_right_corner():
    heat = pd.DataFrame([[1, 2], [3, 9]], index=[1, 2], columns=[1, 2])
    ax = plots.rfm_heatmap_chart(heat)
    best = next(text for text in ax.texts if text.get_text() == "9")
    assert best.get_position() == (1.5, 1.5)
    assert not ax.yaxis_inverted()
    assert not ax.xaxis_inverted()


def test_bars_are_as_long_as_the_shares():
    table = analysis.segment_table(analysis.rfm_segments(scores()))
    people, money = plots.segment_chart(table).containers[:2]
    assert [bar.get_width() for bar in people] == pytest.approx(list(table["customer_share"]))
    assert [bar.get_width() for bar in money] == pytest.approx(list(table["money_share"]))


def test_the_curve_is_the_result_s_and_the_mark_is_its_top_share():
    result = analysis.spend_concentration(scores())
    _, curve, _, bracket = plots.lorenz_chart(result).lines[:4]
    assert list(curve.get_ydata()) == list(result.points["money_share"])
    low, high = bracket.get_ydata()
    assert high - low == pytest.approx(result.top_20_share)


def test_skewed_money_is_drawn_on_a_logarithmic_scale_and_says_who_is_left_out():
    table = pd.DataFrame({"monetary": [*range(1, 40), 100_000.0, -5.0, 0.0]})
    ax = plots.monetary_chart(table)
    assert ax.get_xscale() == "log"
    assert "2 customers with money of 0 or below are not drawn" in ax.get_xlabel()
    assert plots.monetary_chart(pd.DataFrame({"monetary": [4.0, 5, 6]})).get_xscale() == "linear"


def test_the_median_is_marked_where_it_is():
    ax = plots.monetary_chart(pd.DataFrame({"monetary": [1.0, 2, 30]}))
    assert ax.lines[0].get_xdata() == [2, 2]


def test_frames_of_other_libraries_are_drawn_alike():
    polars = pytest.importorskip("polars")
    table = scores(40)
    assert plots.alt_text(plots.monetary_chart(polars.from_pandas(table))) == plots.alt_text(
        plots.monetary_chart(table)
    )


def test_drawing_leaves_no_trace_in_pyplot_or_its_settings():
    from matplotlib import pyplot

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _, ax in every_chart(scores()):
            plots.show(ax)
    assert pyplot.get_fignums() == []
    assert dict(rcParams) == SETTINGS_AT_IMPORT


def test_charts_draw_into_axes_of_the_user():
    left = axes_of_own(9, 4)
    assert plots.segment_chart(analysis.segment_table(analysis.rfm_segments(scores())), ax=left) is left


def test_results_are_not_changed():
    table = analysis.rfm_heatmap_table(scores())
    kept = table.copy()
    plots.rfm_heatmap_chart(table)
    pd.testing.assert_frame_equal(table, kept)


def test_texts_in_cells_can_be_read_on_their_colours():
    from matplotlib.colors import to_rgb

    def luminance(colour):
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    heat = pd.DataFrame(np.arange(100).reshape(10, 10), index=range(1, 11), columns=range(1, 11))
    ax = plots.rfm_heatmap_chart(heat)
    ax.figure.canvas.draw()
    for text, colour in zip(ax.texts, ax.collections[0].get_facecolor(), strict=True):
        light, dark = sorted([luminance(text.get_color()), luminance(colour[:3])], reverse=True)
        assert (light + 0.05) / (
            dark + 0.05
        ) >= 4.0  # WCAG asks 3 for large, 4.5 for small text; 4.08 is the worst here


@pytest.mark.parametrize(
    ("call", "letter"),
    [
        (lambda: plots.rfm_heatmap_chart(pd.DataFrame([[1]]), value="money"), "can't be 'money'"),
        (lambda: plots.rfm_heatmap_chart(pd.DataFrame()), "nothing to draw"),
        (lambda: plots.monetary_chart(pd.DataFrame({"monetary": []})), "nothing to draw"),
        (lambda: plots.monetary_chart(pd.DataFrame({"money": [1]})), "`monetary_chart` lacks 1 column"),
        (lambda: plots.segment_chart(pd.DataFrame({"segment": []})), "`segment_chart` lacks 3 columns"),
        (lambda: plots.show("picture"), "This is no chart"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_letter(call, letter):
    with pytest.raises(InputError, match=letter):
        call()


def test_without_matplotlib_the_way_to_get_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=re.escape('pip install "crm-toolkit[plots]"')):
        plots.lorenz_chart(analysis.spend_concentration(scores()))


def test_both_panels_of_the_page_are_described():
    page = plots.rfm_page(analysis.rfm_heatmap_table(scores()), analysis.segment_table(analysis.rfm_segments(scores())))
    said = plots.alt_text(page)
    assert "a heat map of 5 by 5 cells" in said
    assert "Bar chart of segments" in said
