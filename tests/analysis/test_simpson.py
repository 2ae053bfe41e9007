"""A difference that turns round in every group is found, and its weights explain it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit import analysis
from crm_toolkit.errors import InputError

STONES = [("small", "a", 81, 87), ("large", "a", 192, 263), ("small", "b", 234, 270), ("large", "b", 55, 80)]


def cases(cells):
    return pd.DataFrame(
        [(g, t, int(k < won)) for g, t, won, n in cells for k in range(n)], columns=["group", "way", "cured"]
    )


def test_the_kidney_stones_of_charig_1986_are_a_full_reversal():
    found = analysis.simpson_reversal(cases(STONES), "cured", "way", "group", treated="a")
    assert found.reversal == "full"
    assert found.aggregate == pytest.approx(273 / 350 - 289 / 350)
    assert (found.groups["difference"] > 0).all()
    assert found.adjusted > 0
    table = analysis.simpson_table(cases(STONES), "cured", "way", "group")
    assert table["rows"].tolist() == [263, 80, 87, 270, 350, 350]
    assert table["mean"].iloc[-2:].tolist() == pytest.approx([273 / 350, 289 / 350])


cells_ = st.lists(
    st.tuples(st.sampled_from("pqr"), st.sampled_from([0, 1]), st.integers(-5, 5)), min_size=4, max_size=80
)


@settings(max_examples=15, deadline=None)
@given(cells_, st.randoms(use_true_random=False))
def test_the_parts_add_up_and_the_order_of_rows_is_free(rows, luck):
    frame = pd.DataFrame([*rows, ("p", 0, 1), ("p", 1, 2)], columns=["g", "t", "y"])
    found = analysis.simpson_reversal(frame, "y", "t", "g")
    assert found.within_part + found.mix_part == pytest.approx(found.aggregate, abs=1e-9)
    order = list(range(len(frame)))
    luck.shuffle(order)
    again = analysis.simpson_reversal(frame.iloc[order], "y", "t", "g")
    pd.testing.assert_frame_equal(found.groups, again.groups)
    turned = analysis.simpson_reversal(frame, "y", "t", "g", treated=0)
    assert turned.aggregate == pytest.approx(-found.aggregate)
    assert turned.reversal == found.reversal


def test_equal_weights_never_reverse():
    luck = np.random.default_rng(1)
    for _ in range(30):
        cells = [(g, t, int(luck.integers(0, 40)), 40) for g in "xyz" for t in "ab"]
        found = analysis.simpson_reversal(cases(cells), "cured", "way", "group")
        assert found.reversal == "none"
        assert found.mix_part == pytest.approx(0)
        assert found.aggregate == pytest.approx(found.adjusted)


def test_rows_that_can_not_be_compared_are_counted():
    frame = cases([*STONES, ("only a", "a", 5, 10)])
    frame.loc[0, "cured"] = np.nan
    assert analysis.simpson_reversal(frame, "cured", "way", "group").left_out == 11


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        (lambda f: f.assign(way="a"), "has 1 value"),
        (lambda f: f.assign(cured="yes"), "must hold numbers"),
        (lambda f: f[f["group"] != f["way"].map({"a": "small", "b": "large"})], "No group has both"),
        (lambda f: f.assign(group=None), "all three values"),
    ],
)
def test_what_can_not_be_compared_is_refused_with_a_reason(change, letter):
    with pytest.raises(InputError, match=letter):
        analysis.simpson_reversal(change(cases(STONES)), "cured", "way", "group")
