"""Times at a stage and the absorbing chain: published numbers, closed forms, planted truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.funnel.chain import absorbing_chain, funnel_chain
from crm_toolkit.analysis.funnel.times import stage_times
from crm_toolkit.errors import InputError
from tests.analysis.test_funnel import START, quick, told

END = pd.Timestamp("2024-12-31")
# Freireich and others 1963: weeks of remission under 6-MP; + is censored
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+".split()  # noqa: SIM905


def stays_of(lengths):
    """Moves of deals whose first stage lasts so many days; with a + it has not ended."""
    rows = []
    for deal, word in enumerate(lengths):
        days = float(word.rstrip("+"))
        if word.endswith("+"):
            rows.append((deal, "new", END + pd.Timedelta(days=1 - days)))
        else:
            begin = START + pd.Timedelta(days=deal)
            rows += [(deal, "new", begin), (deal, "won", begin + pd.Timedelta(days=days))]
    return pd.DataFrame(rows, columns=["deal_id", "to_stage", "moved_at"])


def test_the_curve_is_kaplan_and_meier_s_of_the_remission_data():
    """S(t) as in every textbook (Cox and Oakes 1984, table 1.1); median 23, interval from 13 without an upper end."""
    times = stage_times(stays_of(REMISSION), ["new", "won"], as_of=END)
    curve = times.curves.set_index("days")["share"].round(4)
    printed = {0: 1.0, 6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert curve.to_dict() == printed
    row = times.table.iloc[0]
    assert (row["stays"], row["ended"], row["open"], row["median_days"], row["low"]) == (21, 9, 12, 23, 13)
    assert np.isnan(row["high"])
    assert row["ended_median_days"] == 10  # the usual mistake


def test_a_median_that_is_not_reached_is_said_so():
    row = stage_times(stays_of(["5", "9+", "9+", "9+"]), ["new", "won"], as_of=END).table.iloc[0]
    assert not row["reached"]
    assert np.isnan(row["median_days"])
    assert row["longest_days"] == 9


def test_who_comes_back_has_a_new_stay_and_the_same_stage_twice_is_one():
    times = stage_times(told("new@0 new@2 offer@3 new@5 won@9"), ["new", "offer", "won"], as_of="2024-03-31").table
    assert times["stays"].tolist() == [2, 1]
    assert times["ended"].tolist() == [2, 1]
    assert times["longest_days"].tolist() == [4, 2]


@pytest.mark.parametrize("seeds", [12, pytest.param(150, marks=pytest.mark.slow)])
def test_the_median_is_found_where_the_ended_stays_alone_are_too_short(seeds):
    """Stays are exponential with a median of 20 days, deals come over 60 days: many are still open."""
    covered, naive = 0, []
    for seed in range(seeds):
        luck = np.random.default_rng(seed)
        begin = START + pd.to_timedelta(luck.uniform(0, 60, 300), unit="D")
        over = begin + pd.to_timedelta(luck.exponential(20 / np.log(2), 300), unit="D")
        moves = pd.concat(
            [pd.DataFrame({"deal_id": range(300), "to_stage": name, "moved_at": moment})
             for name, moment in (("new", begin), ("won", over))]
        )  # fmt: skip
        row = stage_times(quick(moves), ["new", "won"], as_of="2024-04-29").table.iloc[0]
        covered += row["low"] <= 20 <= row["high"]
        naive.append(row["ended_median_days"])
    assert covered >= 0.95 * seeds - 2.6 * np.sqrt(0.05 * 0.95 * seeds)
    assert np.mean(naive) < 16


# ---- the chain


def test_the_drunkard_s_walk_is_that_of_the_textbook():
    """Grinstead and Snell, Introduction to Probability (1997), example 11.13 and following."""
    walk = pd.DataFrame(
        [[0, 0.5, 0, 0.5, 0], [0.5, 0, 0.5, 0, 0], [0, 0.5, 0, 0, 0.5]], index=[1, 2, 3], columns=[1, 2, 3, 0, 4]
    )
    chain = absorbing_chain(walk)
    np.testing.assert_allclose(chain.fundamental, [[1.5, 1, 0.5], [1, 2, 1], [0.5, 1, 1.5]], atol=1e-12)
    np.testing.assert_allclose(chain.absorption, [[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]], atol=1e-12)
    np.testing.assert_allclose(chain.steps["expected"], [3, 4, 3], atol=1e-12)
    np.testing.assert_allclose(chain.steps["variance"], [8, 8, 8], atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(1, 3), st.integers(0, 10_000))
def test_any_chain_agrees_with_its_walk_step_by_step(size, ends, seed):
    row = np.random.default_rng(seed).dirichlet(np.ones(size + ends), size)
    row = 0.9 * row + 0.1 / (size + ends)
    names = [f"s{k}" for k in range(size)] + [f"e{k}" for k in range(ends)]
    chain = absorbing_chain(pd.DataFrame(row, index=names[:size], columns=names))
    q, r, there = row[:, :size], row[:, size:], np.eye(size)
    visits, second, reached = np.zeros((size, size)), np.zeros(size), np.zeros((size, ends))
    for step in range(1, 600):
        visits += there
        ended = there @ r
        reached += ended
        second += step**2 * ended.sum(axis=1)
        there = there @ q
    expected = visits.sum(axis=1)
    np.testing.assert_allclose(chain.fundamental, visits, rtol=1e-6)
    np.testing.assert_allclose(chain.absorption, reached, rtol=1e-6)
    np.testing.assert_allclose(chain.absorption.sum(axis=1), 1, rtol=1e-9)
    np.testing.assert_allclose(chain.steps["variance"], second - expected**2, rtol=1e-4, atol=1e-6)


def test_a_journey_ends_at_its_first_end_and_open_stays_count_nowhere():
    moves = told("new won offer won", "new offer", "new lost new", "new offer offer lost")
    chain = funnel_chain(moves, ["new", "offer", "won"], as_of="2024-03-31")
    assert chain.counts.to_numpy().tolist() == [[0, 2, 1, 1], [0, 0, 0, 1]]
    assert (chain.moves_after_end, chain.open_stays) == (3, 1)
    assert chain.absorption.loc["new"].tolist() == [0.25, 0.75]
    assert funnel_chain(moves, ["new", "seen", "offer", "won"], as_of="2024-03-31").unvisited == ("seen",)


def walked(row, deals, luck):
    """Moves of deals that walk through a chain, one a day."""
    cumulated, names = row.to_numpy().cumsum(axis=1), np.array(row.columns)
    who, place, parts = np.arange(deals), np.zeros(deals, dtype=int), []
    for day in range(200):
        parts.append((who, place, np.full(len(who), day)))
        who, place = who[place < 2], place[place < 2]
        if not len(who):
            break
        place = (luck.random(len(who))[:, None] > cumulated[place]).sum(axis=1)
    who, place, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    moment = START + pd.to_timedelta(day, unit="D")
    return pd.DataFrame({"deal_id": who, "to_stage": names[place], "moved_at": moment})


@pytest.mark.parametrize("seeds", [24, pytest.param(300, marks=pytest.mark.slow)])
def test_intervals_of_the_chain_cover_the_planted_one(seeds):
    """Coverage within three errors of so many seeds of the nominal 95 %."""
    row = pd.DataFrame([[0, 0.6, 0.1, 0.3], [0.2, 0, 0.5, 0.3]], index=["new", "offer"],
                       columns=["new", "offer", "won", "lost"])  # fmt: skip
    truth = absorbing_chain(row)
    covered, error = [], []
    for seed in range(seeds):
        moves = walked(row, 250, np.random.default_rng(seed))
        chain = funnel_chain(quick(moves), ["new", "offer", "won"], as_of="2024-12-31")
        low, high = (chain.ends[side].to_numpy().reshape(2, 2) for side in ("low", "high"))
        covered.append((low <= truth.absorption) & (truth.absorption <= high))
        error.append((chain.steps["expected"] - truth.steps["expected"]) / chain.steps["standard_error"])
    rate = np.array(covered, dtype=float).mean(axis=0)
    assert (rate >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / seeds)).all()
    assert 0.7 < np.std(error) < 1.3


@pytest.mark.parametrize(
    ("matrix", "letter"),
    [
        ([[0.5, 0.4]], "adds up to 0.9"),
        ([[1.5, -0.5]], "missing or outside 0 to 1"),
        ([[float("nan"), 1.0]], "missing or outside 0 to 1"),
        ([[1.0, 0.0]], "From the state “s” no end can be reached"),
    ],
)
def test_what_is_no_absorbing_chain_is_refused(matrix, letter):
    with pytest.raises(InputError, match=letter):
        absorbing_chain(pd.DataFrame(matrix, index=["s"], columns=["s", "end"]))


def test_frames_without_states_ends_or_names_are_refused():
    for frame, letter in (
        (pd.DataFrame([[1.0]], index=["s"], columns=["s"]), "no absorbing state"),
        (pd.DataFrame(columns=["end"]), "no transient state"),
        (pd.DataFrame([[1.0]], index=["s"], columns=["end"]), "a row but no column: 's'"),
        (pd.DataFrame([[0, 0, 1.0]], index=["s"], columns=["s", "s", "end"]), "'s' stand in the columns several times"),
        ([[0, 1]], "kind `list`"),
    ):
        with pytest.raises(InputError, match=letter):
            absorbing_chain(frame)


def test_a_stage_that_nobody_left_has_no_chain():
    with pytest.raises(InputError, match="Nobody has left 1 stage yet: 'offer'"):
        funnel_chain(told("new won", "new offer"), ["new", "offer", "won"], as_of="2024-03-31")
    with pytest.raises(InputError, match="From the state “new” no end"):
        funnel_chain(told("new offer new offer"), ["new", "offer", "won"], as_of="2024-03-31")
