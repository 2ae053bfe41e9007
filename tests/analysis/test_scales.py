"""Scales of several items: published numbers, what every item does, reversed items, gaps."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.surveys.reliability import alpha_interval, cronbach_alpha
from crm_toolkit.analysis.surveys.scales import servqual_table
from crm_toolkit.errors import InputError
from tests.analysis.reference_surveys import ATTITUDE

ITEMS = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]
GAPS = {"tangibles": -0.65, "reliability": -1.10, "responsiveness": -0.83, "assurance": -0.70, "empathy": -1.01}
WEIGHTS = {"tangibles": 11, "reliability": 32, "responsiveness": 22, "assurance": 19, "empathy": 16}


@pytest.fixture(scope="module")
def attitude():
    """Chatterjee and Price's survey of 30 departments, as R ships it."""
    return pd.read_csv(io.StringIO(ATTITUDE))


def test_alpha_of_the_attitude_data_is_that_of_r_and_pingouin(attitude):
    found = cronbach_alpha(attitude, ITEMS)
    assert found.alpha == pytest.approx(0.8431428, abs=5e-8)
    assert (found.low, found.high) == pytest.approx((0.739, 0.916), abs=5e-4)
    assert found.respondents == 30


def test_alpha_if_dropped_is_alpha_of_the_others(attitude):
    found = cronbach_alpha(attitude, ITEMS).items.set_index("item")
    for item in ITEMS:
        others = [name for name in ITEMS if name != item]
        assert found.loc[item, "alpha_if_dropped"] == pytest.approx(cronbach_alpha(attitude, others).alpha)
        rest = np.corrcoef(attitude[item], attitude[others].sum(axis=1))[0, 1]
        assert found.loc[item, "item_rest_correlation"] == pytest.approx(rest)


def test_standardised_alpha_is_that_of_standardised_items(attitude):
    scaled = (attitude[ITEMS] - attitude[ITEMS].mean()) / attitude[ITEMS].std()
    assert cronbach_alpha(attitude, ITEMS).standardised_alpha == pytest.approx(cronbach_alpha(scaled, ITEMS).alpha)


def test_feldt_s_interval_covers_the_planted_alpha():
    """2,000 samples of 5 parallel items with reliability 5·.5/(1+4·.5) = .8333; 95 % within three standard errors."""
    luck = np.random.default_rng(2)
    values = luck.normal(size=(2000, 60, 1)) + luck.normal(size=(2000, 60, 5))
    variances, total = values.var(axis=1, ddof=1).sum(axis=1), values.sum(axis=2).var(axis=1, ddof=1)
    low, high = alpha_interval(5 / 4 * (1 - variances / total), 60, 5)
    assert 0.935 < ((low <= 5 / 6) & (high >= 5 / 6)).mean() < 0.965
    first = cronbach_alpha(pd.DataFrame(values[0], columns=list("abcde")), list("abcde"))
    assert (first.low, first.high) == pytest.approx((low[0], high[0]))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 6))
def test_a_reversed_item_turned_round_changes_nothing(seed, size):
    luck = np.random.default_rng(seed)
    names = [f"q{k}" for k in range(size)]
    frame = pd.DataFrame(luck.integers(1, 8, (20, size)), columns=names).astype(float)
    frame.iloc[0] = 1.0  # so that sums differ
    frame.iloc[1] = 7.0
    turned = frame.assign(q1=8 - frame["q1"])
    k, sums = size, frame.sum(axis=1).var()
    alpha = k / (k - 1) * (1 - frame.var().sum() / sums)
    two = cronbach_alpha(turned, names, reversed_items=["q1"], scale=(1, 7))
    assert two.alpha == pytest.approx(alpha)
    assert two.low <= two.alpha <= two.high <= 1


def test_an_item_that_runs_against_the_others_is_marked():
    luck = np.random.default_rng(4)
    common = luck.normal(size=(80, 1))
    frame = pd.DataFrame(common + 0.6 * luck.normal(size=(80, 4)), columns=list("abcd")).assign(c=lambda t: -t["c"])
    found = cronbach_alpha(frame, list("abcd")).items
    assert found.loc[found["against"], "item"].tolist() == ["c"]


@pytest.mark.parametrize(
    ("frame", "items", "more", "code"),
    [
        ({"a": [1, 2, 3]}, ["a"], {}, "too_few_items"),
        ({"a": [1, 2, 3], "b": [3, 2, 1]}, ["a", "b"], {}, "no_spread"),
        ({"a": [1, 2, np.nan], "b": [3, 2, 1]}, ["a", "b"], {}, "too_few"),
        ({"a": [1, 2, 3], "b": [3, 2, 9]}, ["a", "b"], {"reversed_items": ["b"], "scale": (1, 7)}, "outside_scale"),
        ({"a": [1, 2, 3], "b": [3, 2, 1]}, ["a", "b"], {"reversed_items": ["b"]}, "no_scale"),
        ({"a": [1, 2, 3], "b": [3, 2, 1]}, ["a", "b"], {"reversed_items": ["z"], "scale": (1, 7)}, "unknown_item"),
    ],
)
def test_what_is_no_scale_is_refused(frame, items, more, code):
    with pytest.raises(InputError) as refusal:
        cronbach_alpha(pd.DataFrame(frame), items, **more)
    assert refusal.value.problems[0].code == code


def test_a_constant_item_is_flagged_and_not_divided_by():
    found = cronbach_alpha(pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 2, 4, 4], "c": 5}), ["a", "b", "c"]).items
    assert found["constant"].tolist() == [False, False, True]
    assert found["item_rest_correlation"].isna().tolist() == [False, False, True]


def quality_items(spread=0.5, people=20):
    """People whose gaps are the given ones on average, exactly."""
    rows = [
        (person, name, 6.0, 6.0 + gap + (spread if person % 2 else -spread))
        for person in range(people)
        for name, gap in GAPS.items()
    ]
    return pd.DataFrame(rows, columns=["survey_id", "dimension", "expectation", "perception"])


def test_servqual_weighted_and_unweighted_are_the_fixture():
    """Gaps −.65, −1.10, −.83, −.70, −1.01: −.858 unweighted, −.9007 with 11/32/22/19/16 points."""
    found = servqual_table(quality_items(), weights=WEIGHTS)
    overall = found.overall.set_index("measure")["value"]
    assert overall["gap"] == pytest.approx(-0.858)
    assert overall["weighted_gap"] == pytest.approx(-0.9007)
    assert overall["servperf"] == pytest.approx(6 - 0.858)
    assert found.dimensions["dimension"].tolist() == [
        "reliability",
        "empathy",
        "responsiveness",
        "assurance",
        "tangibles",
    ]


def test_intervals_of_gaps_are_student_s_over_people():
    found = servqual_table(quality_items(people=20)).dimensions.iloc[0]
    half = 2.093024 * 0.5 * (20 / 19) ** 0.5 / 20**0.5  # t(19) from a printed table
    assert found["gap_high"] - found["gap"] == pytest.approx(half, rel=1e-5)


def test_overall_gap_takes_dimensions_of_one_person_as_dependent():
    """All five gaps of a person move together here, so the mean is no surer than one of them."""
    found = servqual_table(quality_items())
    one, all_ = found.dimensions.iloc[0], found.overall.iloc[0]
    assert all_["high"] - all_["low"] == pytest.approx(one["gap_high"] - one["gap_low"])


def test_the_overall_interval_covers_with_missing_dimensions():
    """If dimensions were taken as independent, about 22 of 30 intervals would hold the truth."""
    luck, held = np.random.default_rng(7), 0
    for _ in range(30):
        rows = pd.DataFrame([(p, d) for p in range(40) for d in "abc"], columns=["survey_id", "dimension"])
        own = luck.normal(0, 0.8, 40)[rows["survey_id"]] + luck.normal(0, 0.3, 120)
        rows = rows.assign(expectation=6.0, perception=5.0 + own)[luck.random(120) < 0.8]
        row = servqual_table(rows).overall.iloc[0]
        held += row["low"] <= -1.0 <= row["high"]
    assert held >= 26


def test_dimensions_and_weights_that_do_not_fit_are_refused():
    items = quality_items()
    with pytest.raises(InputError, match="`weights` must name every dimension once"):
        servqual_table(items, weights={"tangibles": 100})
    with pytest.raises(InputError, match="Fewer than two people answered: empathy"):
        servqual_table(items[(items["dimension"] != "empathy") | (items["survey_id"] == 0)])
    with pytest.raises(InputError, match="All weights are 0"):
        servqual_table(items, weights=dict.fromkeys(GAPS, 0))
