"""Segments: a grid is checked before it is used, names follow scores, tables add up."""

import warnings
from itertools import product

import pandas as pd
import pytest

from crm_toolkit.analysis import (
    DEFAULT_GRID,
    Segment,
    SegmentGrid,
    rfm_heatmap_table,
    rfm_scores,
    rfm_segments,
    score_ranges,
    segment_label,
    segment_table,
)
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

BY_HAND = """
hibernating    hibernating    at_risk            at_risk  cant_lose
hibernating    hibernating    at_risk            at_risk  cant_lose
about_to_sleep about_to_sleep need_attention     loyal    loyal
promising      potential_loyalist potential_loyalist loyal loyal
new            potential_loyalist potential_loyalist champions champions
"""


def all_cells(bins: int = 5) -> pd.DataFrame:
    cells = pd.DataFrame(list(product(range(1, bins + 1), repeat=3)), columns=["r_score", "f_score", "m_score"])
    return cells.assign(customer_id=range(len(cells)))


def test_every_cell_has_the_name_that_the_square_on_paper_says():
    square = [line.split() for line in BY_HAND.strip().splitlines()]
    segmented = rfm_segments(all_cells())
    for row in segmented.itertuples():
        assert row.segment == square[row.r_score - 1][row.f_score - 1]


def test_every_segment_has_a_label_a_meaning_and_an_action_in_both_languages():
    for segment in DEFAULT_GRID.segments:
        english = segment_label(segment.code)
        with language("ru"):
            assert segment_label(segment.code) != english
        assert segment.meaning
        assert segment.action
    with pytest.raises(InputError, match="can't be 'vip'"):
        segment_label("vip")


@pytest.mark.parametrize(("bins", "scaled"), [(2, "15"), (3, "135"), (4, "1245"), (7, "1223445"), (10, "1122334455")])
def test_another_number_of_bins_is_stretched_end_to_end(bins, scaled):
    every = tuple(Segment(f"s{n}", f"s{n}", (n, n), (1, 5)) for n in range(1, 6))
    cells = all_cells(bins).query("f_score == 1 and m_score == 1")
    segments = rfm_segments(cells, grid=SegmentGrid(every), bins=bins)["segment"]
    assert "".join(code[1] for code in segments) == scaled


def test_gaps_and_overlaps_of_a_grid_are_all_listed():
    low, high = Segment("low", "Low", (1, 1), (1, 2)), Segment("high", "High", (1, 2), (2, 2))
    with pytest.raises(InputError) as refusal:
        SegmentGrid((low, high), bins=2)
    assert [problem.code for problem in refusal.value.problems] == ["gap", "overlap"]
    assert "2–1." in refusal.value.problems[0].found
    assert "1–2 (low, high)." in refusal.value.problems[1].found


def test_limits_outside_the_scores_and_repeated_codes_are_refused():
    with pytest.raises(InputError) as refusal:
        SegmentGrid((Segment("a", "A", (0, 5), (1, 5)), Segment("a", "A", (3, 2), (1, 5))))
    assert [problem.code for problem in refusal.value.problems] == ["bad_limits", "bad_limits", "repeated_code"]


def test_a_grid_may_ask_for_money():
    grid = SegmentGrid(
        (Segment("big", "Big", (1, 2), (1, 2), (2, 2)), Segment("small", "Small", (1, 2), (1, 2), (1, 1))), bins=2
    )
    assert rfm_segments(all_cells(2), grid=grid)["segment"].tolist() == ["small", "big"] * 4
    with pytest.raises(InputError, match="Recency–frequency–money: 1–1–1"):
        SegmentGrid((Segment("big", "Big", (1, 2), (1, 2), (2, 2)),), bins=2)


def test_scores_beyond_the_bins_are_refused():
    with pytest.raises(InputError) as refusal:
        rfm_segments(all_cells(7))
    assert len(refusal.value.problems) == 3
    assert "write `bins=…`" in str(refusal.value)
    with pytest.raises(InputError, match="1 value of `r_score`"):
        rfm_segments(pd.DataFrame({"r_score": [None], "f_score": [1], "m_score": [1]}))


def test_scores_of_fewer_classes_are_not_taken_for_five_in_silence():
    with pytest.warns(UserWarning, match="No score is above 3, the grid has 5 classes"):
        rfm_segments(all_cells(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rfm_segments(all_cells(3), bins=3)
        rfm_segments(all_cells(5))
        rfm_segments(all_cells(5).head(0))


def test_the_table_keeps_its_index_and_columns():
    cells = all_cells().set_index("customer_id").rename_axis("who")
    segmented = rfm_segments(cells)
    assert segmented.index.name == "who"
    pd.testing.assert_frame_equal(segmented.drop(columns="segment"), cells)


def test_segment_table_adds_up_to_the_cent(make_purchases):
    scores = rfm_scores(make_purchases(2, lines=8_000), as_of="2024-01-31")
    segmented = rfm_segments(scores)
    table = segment_table(segmented)
    assert table["customers"].sum() == len(scores)
    assert table["customer_share"].sum() == pytest.approx(1, abs=1e-12)  # a sum of ten rounded fractions
    assert table["money_share"].sum() == pytest.approx(1, abs=1e-12)
    assert (table["monetary"] * 100).round().sum() == (scores["monetary"] * 100).round().sum()
    places = [DEFAULT_GRID.codes.index(code) for code in table["segment"]]
    assert places == sorted(places)
    for row in table.itertuples():
        group = segmented[segmented["segment"] == row.segment]
        assert row.recency_median == group["recency_days"].median()
        assert row.frequency_median == group["frequency"].median()
        assert row.monetary_mean == pytest.approx(group["monetary"].mean(), rel=1e-12)  # pandas adds floats


def test_heatmap_counts_every_customer_once_and_leaves_no_cell_out(make_purchases):
    scores = rfm_scores(make_purchases(2, lines=900), as_of="2024-01-31")
    counts = rfm_heatmap_table(scores)
    assert counts.shape == (5, 5)
    assert counts.to_numpy().sum() == len(scores)
    money, mean = rfm_heatmap_table(scores, "monetary"), rfm_heatmap_table(scores, "monetary_mean")
    for r, f in product(range(1, 6), repeat=2):
        group = scores[(scores["r_score"] == r) & (scores["f_score"] == f)]["monetary"]
        assert counts.loc[r, f] == len(group)
        assert money.loc[r, f] == pytest.approx(group.sum(), abs=1e-9)  # pandas adds floats
        assert pd.isna(mean.loc[r, f]) if group.empty else mean.loc[r, f] == pytest.approx(group.mean())
    assert rfm_heatmap_table(scores, bins=7).shape == (7, 7)
    with pytest.raises(InputError):
        rfm_heatmap_table(scores, bins=3)
    with pytest.raises(InputError):
        rfm_heatmap_table(scores, "median")


def test_ranges_of_scores_do_not_overlap(make_purchases):
    scores = rfm_scores(make_purchases(2), as_of="2024-01-31")
    ranges = score_ranges(scores)
    assert ranges.groupby("measure")["customers"].sum().tolist() == [len(scores)] * 3
    for measure, part in ranges.groupby("measure"):
        part = part.sort_values("score", ascending=measure != "recency_days")
        assert (part["lowest"].iloc[1:].to_numpy() > part["highest"].iloc[:-1].to_numpy()).all()
