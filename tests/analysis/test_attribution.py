"""Attribution: the fixtures of the books, published data, laws, and what each rule must do."""

import itertools
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.attribution.markov import markov_attribution
from crm_toolkit.analysis.attribution.paths import paths_from_table, touch_paths
from crm_toolkit.analysis.attribution.rules import RULES, rule_attribution
from crm_toolkit.analysis.attribution.shapley import shapley_attribution, shapley_positions, shapley_values
from crm_toolkit.analysis.attribution.table import METHODS, attribution_intervals, attribution_table
from crm_toolkit.errors import InputError
from tests.analysis.test_funnel import quick
from tests.analysis.test_paths import bought, touched

FOUR = pd.DataFrame({"path": ["G", "M", "G > M", "G"], "conversions": [2, 1, 1, 0], "unconverted": [0, 0, 0, 1]})


def ready(*rows):
    return paths_from_table(quick(pd.DataFrame(rows, columns=["path", "conversions", "unconverted"])))


def credit(found):
    return found.table.set_index("channel")["conversions"]


def test_the_four_paths_of_the_course_give_its_numbers():
    """Two by G bought, one by M, one by G then M, one by G did not: P = 0.8, removal .75 and .50, 2.4 and 1.6."""
    paths = paths_from_table(FOUR)
    markov = markov_attribution(paths)
    assert markov.table["removal_effect"].round(12).tolist() == [0.75, 0.5]
    assert credit(markov).round(12).tolist() == [2.4, 1.6]
    assert credit(shapley_attribution(paths)).tolist() == [2.5, 1.5]
    rate = shapley_attribution(paths, worth="rate")
    assert credit(rate).round(10).tolist() == [round(5 * 7 / 30, 10), round(5 * 17 / 30, 10)]
    assert [credit(rule_attribution(paths, rule)).tolist() for rule in ("first", "last", "linear")] == [
        [3, 1], [2, 2], [2.5, 1.5],
    ]  # fmt: skip


def test_published_path_data_give_the_peers_numbers():
    """10,000 paths of ChannelAttribution's PathData: its heuristic models, and the exact removal effects."""
    folder = os.environ.get("CRM_REFERENCE_DATA")
    file = Path(folder or ".") / "Data.csv"
    if not folder or not file.exists():
        pytest.skip("Data.csv of ChannelAttribution is not in the folder named by CRM_REFERENCE_DATA")
    paths = paths_from_table(pd.read_csv(file, sep=";"), conversions="total_conversions", unconverted="total_null",
                             value="total_conversion_value")  # fmt: skip
    assert paths.total == 19_785
    alpha = [credit(rule_attribution(paths, rule))["alpha"] for rule in ("first", "last", "linear")]
    assert np.round(alpha, 3).tolist() == [6308, 8447, 7574.719]
    printed = {"alpha": 5344.95, "iota": 3884.61, "eta": 3340.85, "beta": 2527.35, "theta": 1971.91}
    printed |= {"lambda": 1282.85, "epsilon": 599.57, "zeta": 381.06, "kappa": 274.36, "gamma": 171.15}
    printed |= {"delta": 4.61, "mi": 1.72}
    found = credit(markov_attribution(paths))
    assert found.to_dict() == pytest.approx(printed, abs=0.0051)


@pytest.mark.parametrize(
    ("rule", "options", "expected"),
    [
        ("first", {}, [1, 0, 0, 0]),
        ("last", {}, [0, 0, 0, 1]),
        ("last_non_direct", {"direct": ["d"]}, [0, 0, 1, 0]),
        ("linear", {}, [0.25, 0.25, 0.25, 0.25]),
        ("position", {}, [0.4, 0.1, 0.1, 0.4]),
        ("position", {"ends": (0.3, 0.5)}, [0.3, 0.1, 0.1, 0.5]),
    ],
)
def test_a_rule_shares_a_path_of_four_touches_as_it_says(rule, options, expected):
    found = rule_attribution(ready(("a > b > c > d", 1, 0)), rule, **options)
    assert credit(found).round(12).tolist() == expected


def test_position_has_a_rule_for_one_and_two_touches():
    assert credit(rule_attribution(ready(("a", 1, 0)), "position")).tolist() == [1]
    assert credit(rule_attribution(ready(("a > b", 1, 0)), "position")).tolist() == [0.5, 0.5]
    assert credit(rule_attribution(ready(("a > b", 1, 0)), "position", ends=(0.2, 0.6))).tolist() == pytest.approx(
        [0.25, 0.75]
    )


def test_only_direct_touches_keep_their_credit():
    found = rule_attribution(ready(("d > d", 1, 0), ("a > d", 1, 0)), "last_non_direct", direct=["d"])
    assert credit(found).to_dict() == {"a": 1, "d": 1}
    assert "No channel is direct" in rule_attribution(ready(("a", 1, 0)), "last_non_direct").notes[0]


def test_time_decay_halves_with_every_half_life():
    touches = touched((1, 0, "a"), (1, 7, "b"), (1, 14, "c"), (2, 0, "a"), (2, 10, "b"))
    paths = touch_paths(touches, bought((1, 14, 1.0), (2, 11, 1.0)), as_of="2024-12-31")
    one, two = [1 / 7, 2 / 7, 4 / 7], [2 ** (-11 / 7), 2 ** (-1 / 7)]
    expected = [one[0] + two[0] / sum(two), one[1] + two[1] / sum(two), one[2]]
    assert credit(rule_attribution(paths, "time_decay")).tolist() == pytest.approx(expected, abs=1e-12)
    sudden = rule_attribution(paths, "time_decay", half_life_days=0.01)  # 2 to the −1100th is no longer a number
    assert credit(sudden).to_dict() == pytest.approx({"a": 0, "b": 1, "c": 1})
    with pytest.raises(InputError, match="These paths have no moments"):
        rule_attribution(ready(("a", 1, 0)), "time_decay")


def test_nothing_converted_means_credits_of_0_said_in_words():
    paths = ready(("a > b", 0, 5), ("b", 0, 3))
    table = attribution_table(paths, [name for name in METHODS if name != "time_decay"])
    assert (table.credits.drop(columns="channel") == 0).all(axis=None)
    assert (table.shares.drop(columns="channel") == 0).all(axis=None)
    assert table.notes[0] == "0 conversions have a path: all credits are 0."
    empty = touch_paths(touched((1, 0, "a")), bought((2, 1, 1.0)), as_of="2024-12-31", value="amount")
    assert attribution_table(empty).credits.iloc[0, 1:].tolist() == [0] * 8
    waiting = touch_paths(touched((1, 0, "a")), bought((2, 1, 1.0)), as_of="2024-03-05")  # no path is over yet
    assert waiting.table.empty
    assert attribution_table(waiting, METHODS).credits.iloc[0, 1:].tolist() == [0] * 9


rows = st.lists(
    st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=5).map(" > ".join), st.integers(0, 5),
              st.integers(0, 5)), min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(rows)
def test_credits_add_up_whatever_the_method(given_rows):
    paths = ready(*given_rows)
    table = attribution_table(paths, [name for name in METHODS if name != "time_decay"])
    sums = table.credits.drop(columns="channel").sum()
    total = sum(won for _, won, _ in given_rows)
    np.testing.assert_allclose(sums, total, atol=1e-9)
    kept = table.credits.drop(columns=["channel", "shapley_rate"])
    assert (kept >= -1e-12).all(axis=None)
    np.testing.assert_allclose(table.shares.drop(columns="channel") * total, table.credits.drop(columns="channel"),
                               atol=1e-9)  # fmt: skip
    if total:
        distinct = {
            k: sum(won / len(set(p.split(" > "))) for p, won, _ in given_rows if k in p) for k in paths.channels
        }
        assert dict(zip(paths.channels, table.credits["shapley"], strict=True)) == pytest.approx(distinct)
        np.testing.assert_allclose(shapley_positions(paths).sum(axis=1), table.credits["shapley"], atol=1e-9)


# ---- Markov


@settings(max_examples=25, deadline=None)
@given(rows)
def test_removal_effects_are_those_of_the_walk_itself(given_rows):
    """Order 1: the walk without the channel, step by step. A long order: the share of conversions with the channel."""
    paths = ready(*given_rows)
    if not paths.total:
        return
    moves, total = {}, 0.0
    for path, won, lost in given_rows:
        names = ["start", *path.split(" > ")]
        for one, other in itertools.pairwise(names):
            moves[one, other] = moves.get((one, other), 0) + won + lost
        moves[names[-1], "won"] = moves.get((names[-1], "won"), 0) + won
        moves[names[-1], "lost"] = moves.get((names[-1], "lost"), 0) + lost
        total += won + lost
    leave = {}
    for (one, _), count in moves.items():
        leave[one] = leave.get(one, 0) + count

    def reached(removed):
        there, won = {"start": 1.0}, 0.0
        for _ in range(4000):
            new = {}
            for (one, other), count in moves.items():
                if one in there and count:
                    new[other] = new.get(other, 0) + there[one] * count / leave[one]
            won += new.pop("won", 0.0)
            new.pop("lost", None)
            new.pop(removed, None)
            there = new
            if sum(there.values()) < 1e-13:
                break
        return won

    whole = reached(None)
    assert whole == pytest.approx(paths.total / total, abs=1e-9)
    found = markov_attribution(paths).table.set_index("channel")["removal_effect"]
    for channel in paths.channels:
        assert found[channel] == pytest.approx(1 - reached(channel) / whole, abs=1e-9)
    longest = markov_attribution(paths, order=5).table.set_index("channel")["removal_effect"]
    for channel in paths.channels:
        share = sum(won for path, won, _ in given_rows if channel in path) / paths.total
        assert longest[channel] == pytest.approx(share, abs=1e-9)


def test_large_chains_are_solved_sparsely_with_the_same_result(monkeypatch):
    from crm_toolkit.analysis.attribution import markov as module

    luck = np.random.default_rng(2)
    words = {" > ".join(luck.choice(list("abcdef"), luck.integers(1, 8))) for _ in range(300)}
    paths = ready(*((word, luck.integers(0, 4), luck.integers(0, 9)) for word in sorted(words)))
    for order in (1, 2, 3):
        dense = credit(markov_attribution(paths, order=order))
        monkeypatch.setattr(module, "_DENSE", 0)
        np.testing.assert_allclose(credit(markov_attribution(paths, order=order)), dense, rtol=1e-9)
        monkeypatch.undo()
    monkeypatch.setattr(module, "MOST_STATES", 5)
    with pytest.raises(InputError, match="Choose a lower `order`"):
        markov_attribution(paths)


def test_repeated_touches_do_not_change_a_chain_of_order_1():
    once, often = ready(("a > b", 3, 1), ("b", 1, 4)), ready(("a > a > b > b > b", 3, 1), ("b", 1, 4))
    one, other = (markov_attribution(paths).table["removal_effect"] for paths in (once, often))
    assert one.tolist() == pytest.approx(other.tolist())


# ---- Shapley


def permuted(worth, players):
    """The definition itself: the mean contribution over all orders."""
    value = np.zeros(players)
    for order in itertools.permutations(range(players)):
        before = 0
        for player in order:
            value[player] += worth[before | 1 << player] - worth[before]
            before |= 1 << player
    return value / math.factorial(players)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(0, 10_000))
def test_values_are_the_mean_over_all_orders(players, seed):
    worth = np.random.default_rng(seed).normal(size=1 << players)
    worth[0] = 0
    np.testing.assert_allclose(shapley_values(worth), permuted(worth, players), atol=1e-12)


def test_values_of_the_airport_are_those_of_littlechild_and_owen():
    """Runway costs 1, 2, 3, 4: each pays its share of every stretch (Littlechild and Owen 1973)."""
    worth = [max([0, *(k + 1 for k in range(4) if one >> k & 1)]) for one in range(16)]
    expected = [1 / 4, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3 + 1 / 2, 1 / 4 + 1 / 3 + 1 / 2 + 1]
    np.testing.assert_allclose(shapley_values(worth), expected, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(rows)
def test_both_worths_agree_with_the_definition(given_rows):
    paths = ready(*given_rows)
    names = paths.channels
    won, tried = np.zeros(1 << len(names)), np.zeros(1 << len(names))
    for one in range(1 << len(names)):
        inside = {name for k, name in enumerate(names) if one >> k & 1}
        for path, converted, missed in given_rows:
            if set(path.split(" > ")) <= inside:
                won[one] += converted
                tried[one] += converted + missed
    np.testing.assert_allclose(credit(shapley_attribution(paths)), permuted(won, len(names)), atol=1e-9)
    if paths.total:
        rate = np.divide(won, tried, out=np.zeros_like(won), where=tried > 0)
        found = credit(shapley_attribution(paths, worth="rate"))
        np.testing.assert_allclose(found, permuted(rate, len(names)) * tried[-1], atol=1e-9)


def test_sampled_values_are_as_near_as_their_standard_errors_say():
    luck = np.random.default_rng(4)
    words = sorted({" > ".join(luck.choice(list("abcdefgh"), luck.integers(1, 6))) for _ in range(150)})
    paths = ready(*((word, luck.integers(0, 4), luck.integers(0, 9)) for word in words))
    exact = credit(shapley_attribution(paths, worth="rate"))
    apart = []
    for seed in range(12):
        table = shapley_attribution(paths, worth="rate", exact_up_to=2, orders=200, seed=seed).table
        apart.append((table["conversions"].to_numpy() - exact.to_numpy()) / table["standard_error"].to_numpy())
        assert table["conversions"].sum() == pytest.approx(paths.total)
    assert 0.75 < np.std(apart) < 1.3
    assert np.abs(np.mean(apart, axis=0)).max() < 1.1


def test_games_that_are_none_are_refused():
    for worths, letter in (
        ([0, 1, 2], "There are 3 worths"),
        ([0], "There are 1 worths"),
        ([1, 1], "empty set"),
        ([0, math.inf], "infinite"),
        (["a"], "must be numbers"),
    ):
        with pytest.raises(InputError, match=letter):
            shapley_values(worths)


# ---- side by side


def test_intervals_are_as_wide_as_the_luck_of_the_counts():
    """A linear credit is a sum of Poisson counts times shares, so its variance is the sum of counts times shares²."""
    luck = np.random.default_rng(9)
    rate = {"a": 60, "a > b": 40, "b": 30, "b > c": 20, "c": 5}

    def draw():
        return ready(*((path, luck.poisson(mean), luck.poisson(5 * mean)) for path, mean in rate.items()))

    table = attribution_intervals(draw(), ["linear", "markov"], replications=120)
    for method in ("linear", "markov"):
        mine = table[table["method"] == method]
        assert ((mine["low"] < mine["conversions"]) & (mine["conversions"] < mine["high"])).all()
    linear = table[table["method"] == "linear"].set_index("channel")
    width = (linear["high"] - linear["low"]) / (2 * 1.645)
    expected = [np.sqrt(60 + 40 / 4), np.sqrt(40 / 4 + 30 + 20 / 4), np.sqrt(20 / 4 + 5)]
    np.testing.assert_allclose(width, expected, rtol=0.3)


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda paths: attribution_table(paths, ["first", "best"]), "There is no method 'best'"),
        (lambda paths: attribution_table(paths, []), "No method is named"),
        (lambda paths: attribution_table(FOUR), "Make paths first"),
        (lambda paths: rule_attribution(paths, "best"), "Allowed: 'first'"),
        (lambda paths: rule_attribution(paths, "position", ends=(0.9, 0.9)), "sum is above 0 and at most 1"),
        (lambda paths: rule_attribution(paths, "position", ends=3), "two fractions"),
        (lambda paths: markov_attribution(paths, order=0), "`order` can't be 0"),
        (lambda paths: markov_attribution(FOUR), "needs paths"),
        (lambda paths: shapley_attribution(paths, worth="fame"), "Allowed: 'conversions', 'rate'"),
        (lambda paths: shapley_attribution(paths, orders=3), "`orders` can't be 3"),
        (lambda paths: attribution_intervals(paths, replications=1), "`replications` can't be 1"),
    ],
)
def test_what_can_not_be_credited_is_refused(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask(ready(*FOUR.to_numpy().tolist()))


def test_every_rule_is_told_in_words():
    paths = touch_paths(touched((1, 0, "a")), bought((1, 1, 1.0)), as_of="2024-12-31")
    table = attribution_table(paths, METHODS)
    assert set(table.conventions) == set(METHODS)
    assert len(set(table.conventions.values())) == len(METHODS)
    assert table.methods[: len(RULES)] == RULES
