"""Scores of surveys: fixtures, coverage over many seeds, laws, refusals; who answers and who does not."""

from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.surveys.counts import group_scores
from crm_toolkit.analysis.surveys.groups import compare_survey_groups
from crm_toolkit.analysis.surveys.intervals import difference_interval, mean_interval, score_interval, variance_interval
from crm_toolkit.analysis.surveys.scores import customer_effort_score, customer_satisfaction_score, net_promoter_score
from crm_toolkit.analysis.surveys.weights import response_rate
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

DATASETS = Path(__file__).parents[2] / "datasets"


def answers(promoters, passives, detractors, silent=0):
    return pd.DataFrame({"nps": [9.0] * promoters + [8.0] * passives + [0.0] * detractors + [np.nan] * silent})


@pytest.mark.parametrize(("n", "margin"), [(200, 10.8), (1000, 4.8)])
def test_the_margin_of_nps_is_that_of_its_variance_formula(n, margin):
    row = net_promoter_score(answers(n // 2, n * 3 // 10, n // 5)).table.iloc[0]
    assert row["score"] == pytest.approx(30)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(margin, abs=0.05)
    assert row["interval"] == "variance"


def test_newcombe_s_published_interval_of_a_difference_comes_out():
    """Newcombe (1998), method 10, the trial of 56/70 against 48/80: 0.0524 to 0.3339."""
    table = customer_satisfaction_score(
        pd.DataFrame({"csat": [5] * 56 + [1] * 14 + [5] * 48 + [1] * 32, "arm": ["a"] * 70 + ["b"] * 80}), by="arm"
    )
    found = compare_survey_groups(table).iloc[0]
    assert (found["difference"], found["low"], found["high"]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def restricted(b, c, n, difference):
    """Maximum likelihood of the lost share under a supposed difference, found by trying."""
    lost = np.linspace(max(0, -difference), (1 - difference) / 2, 200_001)
    gained, rest = lost + difference, 1 - 2 * lost - difference
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(k > 0, k * np.log(p), 0.0) for k, p in ((b, gained), (c, lost), (n - b - c, rest))]
    return lost[np.nanargmax(np.where(gained >= 0, sum(parts), -np.inf))]


@pytest.mark.parametrize(("b", "c", "n"), [(12, 2, 50), (3, 9, 20), (7, 0, 12)])
def test_the_score_interval_ends_where_the_score_test_just_rejects(b, c, n):
    """An independent way: the restricted likelihood is maximised by trying 200,001 values."""
    for end in (float(one[0]) for one in score_interval(b, c, n, 0.95)):
        if abs(end) < 1 - 1e-9:
            lost = restricted(b, c, n, end)
            z = (b - c - n * end) / np.sqrt(n * (2 * lost + end - end**2))
            assert abs(z) == pytest.approx(1.95996, abs=2e-3)


@pytest.mark.parametrize(("n", "shares"), [(15, (0.6, 0.1)), (30, (0.3, 0.3)), (200, (0.5, 0.2)), (60, (0.9, 0.02))])
def test_intervals_of_nps_hold_the_truth_as_often_as_they_say(n, shares):
    """20,000 surveys: the score interval keeps 95 %, the variance formula too where there are many answers."""
    p, d = shares
    drawn = np.random.default_rng(n).multinomial(n, [p, d, 1 - p - d], size=20_000)
    kinds, place = np.unique(drawn, axis=0, return_inverse=True)
    low, high = score_interval(kinds[:, 0], kinds[:, 1], n, 0.95)
    inside = ((low <= p - d) & (p - d <= high))[place.ravel()].mean()
    assert 0.935 < inside < 0.985  # of discrete data the share jumps by about 1 %
    low, high = variance_interval(kinds[:, 0], kinds[:, 1], n, 0.95)
    plain = ((low <= p - d) & (p - d <= high))[place.ravel()].mean()
    assert plain > 0.935 if n == 200 else plain < inside


def test_few_answers_say_so_and_never_make_a_point_of_themselves():
    score = net_promoter_score(answers(3, 0, 0))
    row = score.table.iloc[0]
    assert (row["score"], row["high"]) == (100, 100)
    assert row["low"] < 20
    assert not row["enough"]
    assert "Too few answers to tell: 30 are needed." in str(score)
    with language("ru"):
        assert "Ответов слишком мало для вывода: нужно 30." in str(score)


def test_effort_of_equal_answers_has_an_honest_interval():
    row = customer_effort_score(pd.DataFrame({"ces": [7, 7, 7, 7]})).table.iloc[0]
    assert row["score"] == row["high"] == 7
    assert row["low"] == pytest.approx(7 - 6 * (1 - 0.025**0.25))
    low, high = mean_interval(5.2, 1.1, 40, 0.95, lowest=1, highest=7)
    assert float(high - low) / 2 == pytest.approx(2.02269 * 1.1 / 40**0.5, abs=1e-4)  # t(39) from a printed table


def test_a_group_where_nobody_answered_is_shown_as_such():
    surveys = pd.DataFrame({"csat": [5.0, 4.0, np.nan], "branch": ["a", "a", "b"]})
    score = customer_satisfaction_score(surveys, by="branch")
    assert score.table["interval"].tolist() == ["wilson", "none"]
    assert score.in_words(1) == "b: nobody answered."


def test_known_shares_repair_uneven_answering_and_the_interval_covers():
    """Half the customers are regulars who answer four times as often: 400 worlds of 1,500 invitations."""
    luck, worlds, people = np.random.default_rng(5), 400, 1500
    truth = 100 * (0.5 * (0.7 - 0.1) + 0.5 * (0.2 - 0.5))
    regular = luck.random((worlds, people)) < 0.5
    answers_ = luck.random((worlds, people)) < np.where(regular, 0.4, 0.1)
    kind = luck.random((worlds, people))
    one, two = (np.select([kind < up, kind < up + down], [10, 3], 8) for up, down in ((0.7, 0.1), (0.2, 0.5)))
    value = np.where(answers_, np.where(regular, one, two), 11)
    counts = np.zeros((worlds, 2, 12), dtype="int64")
    np.add.at(counts, (np.arange(worlds)[:, None], regular.astype(int), value), 1)
    known = counts.sum(axis=2) / people
    _, low, high, _ = group_scores(counts, known, "nps", (0, 10), 0.95, "auto")
    assert 0.915 < ((low <= truth) & (truth <= high)).mean() < 0.985
    _, low, high, _ = group_scores(counts, None, "nps", (0, 10), 0.95, "auto")
    assert ((low <= truth) & (truth <= high)).mean() < 0.1


def test_strata_are_weighted_by_the_invitations_or_by_given_shares():
    surveys = pd.DataFrame(
        {"nps": [10, 10, 10, 10, 1, 1] + [np.nan] * 6, "kind": ["old"] * 4 + ["new"] * 2 + ["old"] * 2 + ["new"] * 4}
    )
    assert net_promoter_score(surveys, strata="kind").table["score"][0] == pytest.approx(0)
    given_ = net_promoter_score(surveys, strata="kind", shares={"old": 3, "new": 1})
    assert given_.table["score"][0] == pytest.approx(50)
    assert net_promoter_score(surveys).table["score"][0] == pytest.approx(100 / 3)


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ({"old": 1}, "missing_share"),
        ({"old": 1, "new": -1}, "outside_range"),
        ({"old": 1, "new": 1, "lost": 2}, "absent_stratum"),
        ({"old": 0, "new": 0}, "outside_range"),
        ([1, 2], "no_shares"),
    ],
)
def test_shares_that_do_not_fit_are_refused(shares, code):
    surveys = pd.DataFrame({"nps": [10, 9, 1, 2], "kind": ["old", "old", "new", "new"]})
    with pytest.raises(InputError) as refusal:
        net_promoter_score(surveys, strata="kind", shares=shares)
    assert code in {problem.code for problem in refusal.value.problems}


def test_a_stratum_of_one_answer_is_refused_by_name():
    surveys = pd.DataFrame({"nps": [10, 9, 1, np.nan], "kind": ["old", "old", "new", "new"]})
    with pytest.raises(InputError, match="The stratum “new” has 1 answer; two are needed at least"):
        net_promoter_score(surveys, strata="kind")


@pytest.mark.parametrize("wrong", [11, -1, 7.5, 99])
def test_an_answer_outside_the_scale_is_refused(wrong):
    with pytest.raises(InputError, match="1 answer is no whole number from 0 to 10") as refusal:
        net_promoter_score(pd.DataFrame({"nps": [9, 9, wrong]}))
    assert refusal.value.problems[0].column == "nps"


def test_nobody_answered_is_said_with_the_count():
    with pytest.raises(InputError, match="4 rows, and no answer in `nps`"):
        net_promoter_score(pd.DataFrame({"nps": [np.nan] * 4}))


def test_a_difference_counts_only_beyond_the_joint_interval():
    luck = np.random.default_rng(1)
    alike = pd.DataFrame({"nps": luck.choice([2, 8, 10], 4000), "branch": luck.integers(0, 10, 4000)})
    found = compare_survey_groups(net_promoter_score(alike, by="branch"))
    assert len(found) == 45
    assert set(found["verdict"]) == {"not_shown"}
    assert (found["joint_low"] < found["low"]).all()
    assert (found["joint_high"] > found["high"]).all()
    halves = alike.assign(branch=alike["branch"] // 9)
    few = compare_survey_groups(net_promoter_score(halves, by="branch", smallest=900))
    assert few["verdict"].tolist() == ["too_few"]


def test_two_equal_groups_are_called_different_no_more_often_than_stated():
    up, down = np.random.default_rng(8).multinomial(120, [0.45, 0.25, 0.3], size=(2000, 2))[:, :, :2].T
    low, high = score_interval(up, down, 120, 0.95)
    value = (up - down) / 120
    ends = difference_interval(value[0], low[0], high[0], value[1], low[1], high[1])
    assert 0.03 < ((ends[0] > 0) | (ends[1] < 0)).mean() < 0.07


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=11, max_size=11).filter(any), st.floats(0.6, 0.99))
def test_scores_stay_on_their_scale_and_inside_their_intervals(counts, level):
    given_ = np.array([[[*counts, 3]]])
    score, low, high, _ = (one[0] for one in group_scores(given_, None, "nps", (0, 10), level, "auto"))
    assert -100 <= low <= score + 1e-9 <= high + 2e-9 <= 100 + 3e-9
    turned = np.zeros_like(given_)
    turned[0, 0, [0, 7, 9]] = sum(counts[9:]), sum(counts[7:9]), sum(counts[:7])
    other, bottom, top, _ = (one[0] for one in group_scores(turned, None, "nps", (0, 10), level, "auto"))
    assert (other, bottom, top) == pytest.approx((-score, -high, -low), abs=1e-6)


def test_every_kind_of_table_gives_the_same_scores(tmp_path):
    luck = np.random.default_rng(6)
    frame = pd.DataFrame({"nps": luck.integers(0, 11, 500), "branch": luck.choice(["а", "б"], 500)})
    frame["nps"] = frame["nps"].where(frame["nps"] != 5).astype("Int64")
    expected = net_promoter_score(frame, by="branch", strata="branch").table
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    kinds = [arrow, duckdb.connect().from_arrow(arrow), tmp_path / "t.parquet"]
    if find_spec("polars"):
        import polars

        kinds += [polars.from_arrow(arrow)]
    for table in kinds:
        pd.testing.assert_frame_equal(net_promoter_score(table, by="branch", strata="branch").table, expected)
    rates = response_rate(arrow, answered="nps", by="branch")
    pd.testing.assert_frame_equal(rates, response_rate(frame, answered="nps", by="branch"))


def test_the_surveys_of_a_shipped_world_can_be_read():
    surveys = pd.read_csv(DATASETS / "barbershop" / "surveys.csv")
    rate = response_rate(surveys).iloc[0]
    assert rate["invited"] == len(surveys)
    for ask in (net_promoter_score, customer_satisfaction_score, customer_effort_score):
        assert ask(surveys).table["answers"][0] == rate["answered"]
