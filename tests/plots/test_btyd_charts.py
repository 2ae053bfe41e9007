"""Charts of the models show the numbers of the tables, in the reader's language, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis, plots
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

MODEL = analysis.BGNBD(0.243, 4.414, 0.793, 2.426, unit="week")


def tracking(periods=60, split=40, size=70.0):
    rate = size / np.sqrt(np.arange(1, periods + 1))
    found = np.round(rate * (1 + 0.3 * np.sin(np.arange(periods)))).astype(int)
    return pd.DataFrame(
        {
            "period": np.arange(1, periods + 1),
            "purchases": found,
            "purchases_expected": rate,
            "cumulative": found.cumsum(),
            "cumulative_expected": rate.cumsum(),
            "in_holdout": np.arange(periods) >= split,
        }
    )


BY_PAST = pd.DataFrame(
    {
        "frequency": np.arange(8),
        "customers": 10,
        "purchases": np.linspace(0.2, 6.4, 8),
        "purchases_expected": np.linspace(0.2, 6.1, 8),
    }
)
COUNTS = pd.DataFrame(
    {
        "frequency": np.arange(8),
        "customers": [1411, 439, 214, 100, 62, 38, 29, 64],
        "customers_expected": [1407.7, 460.3, 192.5, 101.2, 59.8, 38.1, 25.5, 71.9],
    }
)


def every_chart():
    yield plots.tracking_chart(tracking())
    yield plots.tracking_chart(tracking(), cumulative=False, period="month")
    yield plots.tracking_chart(tracking(split=99), period="day")
    yield plots.conditional_expectation_chart(BY_PAST)
    yield plots.frequency_histogram_chart(COUNTS)
    yield plots.history_matrix_chart(analysis.history_matrix(MODEL, T=39), unit="week")
    buys = analysis.history_matrix(MODEL, T=39, value="expected_purchases", horizon=52, most_frequency=10)
    yield plots.history_matrix_chart(buys, value="expected_purchases")


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_or_is_cut_off_and_every_word_is_in_the_language(code):
    with language(code):
        for ax in every_chart():
            assert_readable(plots.alt_text(ax)[:40], ax)


def test_charts_draw_the_numbers_of_their_tables():
    table = tracking()
    found, expected = plots.tracking_chart(table).lines[:2]
    assert found.get_ydata().tolist() == table["cumulative"].tolist()
    assert expected.get_ydata().tolist() == table["cumulative_expected"].tolist()
    single = plots.tracking_chart(table, cumulative=False).lines
    assert single[0].get_ydata().tolist() == table["purchases"].tolist()
    assert single[2].get_xdata() == [40.5, 40.5]
    heights = [bar.get_height() for bar in plots.frequency_histogram_chart(COUNTS).patches]
    assert heights == [*COUNTS["customers"], *COUNTS["customers_expected"]]
    lines = plots.conditional_expectation_chart(BY_PAST).lines
    assert lines[1].get_ydata().tolist() == BY_PAST["purchases_expected"].tolist()


def test_a_heat_map_leaves_impossible_histories_white():
    table = analysis.history_matrix(MODEL, T=39)
    cells = plots.history_matrix_chart(table).collections[0].get_array()
    assert (np.ma.getmaskarray(cells).reshape(table.shape) == table.isna().to_numpy()).all()


def test_alternative_texts_hold_the_numbers():
    table = tracking()
    text = plots.alt_text(plots.tracking_chart(table))
    assert f"at the end {table['cumulative'].iloc[-1]} happened" in text.replace(",", "")
    text = plots.alt_text(plots.frequency_histogram_chart(COUNTS))
    assert "2,357 customers" in text
    assert "0: 1,411 and 1,408" in text


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.tracking_chart(tracking().iloc[:0]),
        lambda: plots.tracking_chart(tracking(), period="year"),
        lambda: plots.tracking_chart(COUNTS),
        lambda: plots.frequency_histogram_chart(BY_PAST.drop(columns="frequency")),
        lambda: plots.conditional_expectation_chart(COUNTS),
        lambda: plots.history_matrix_chart(analysis.history_matrix(MODEL, T=39), value="luck"),
        lambda: plots.history_matrix_chart(analysis.history_matrix(MODEL, T=39), unit="year"),
        lambda: plots.history_matrix_chart(pd.DataFrame()),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw):
    with pytest.raises(InputError):
        draw()
