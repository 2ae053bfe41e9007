"""Paths of touches: every touch accounted for, the same as a plain retelling of the rules, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.attribution.paths import paths_from_table, touch_paths
from crm_toolkit.errors import InputError
from tests.analysis.test_funnel import quick

START = pd.Timestamp("2024-03-01")


def touched(*rows):
    """Customer, day, channel."""
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "channel"])
    return frame.assign(touched_at=START + pd.to_timedelta(frame["day"], unit="D"))


def bought(*rows):
    """Customer, day, money."""
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    return frame.assign(ordered_at=START + pd.to_timedelta(frame["day"], unit="D"))


def counted(paths):
    return {row["path"]: (row["conversions"], row["unconverted"]) for row in paths.table.to_dict("records")}


def by_hand(touches, orders, lookback, end, unfinished):
    """The rules once more, customer by customer, in plain Python; days as numbers."""
    found = {}
    for customer in sorted({one for one, _, _ in touches}):
        mine = sorted((day, name) for one, day, name in touches if one == customer and day < end)
        goals = sorted({day for one, day in orders if one == customer and day < end})
        parts, part = [], []
        for number, (day, name) in enumerate(mine):
            part.append((day, name))
            after = mine[number + 1][0] if number + 1 < len(mine) else None
            goal = min((one for one in goals if one >= day), default=None)
            if goal is not None and (after is None or after > goal):
                parts.append((part, goal if goal - day <= lookback else None))
                part = []
            elif after is None or after - day > lookback:
                waits = goal is None and after is None and day + lookback >= end
                if not waits or unfinished == "keep":
                    parts.append((part, None))
                part = []
        for part, goal in parts:
            names = " > ".join(name for day, name in part if goal is None or goal - day <= lookback)
            won, missed = found.get(names, (0, 0))
            found[names] = (won + (goal is not None), missed + (goal is None))
    return found


day_numbers = st.integers(0, 30)
touch_rows = st.lists(st.tuples(st.integers(1, 3), day_numbers, st.sampled_from("abc")), min_size=1, max_size=14)
order_rows = st.lists(st.tuples(st.integers(1, 4), day_numbers), max_size=6)


@settings(max_examples=20, deadline=None)
@given(touch_rows, order_rows, st.integers(0, 12), st.sampled_from(["drop", "keep"]), st.integers(0, 99))
def test_any_touches_become_the_paths_that_the_rules_say(touches, orders, lookback, unfinished, luck):
    assume(any(day < 28 for _, day, _ in touches))  # with none a letter is written: another test
    shown = touched(*touches).sample(frac=1.0, random_state=luck)
    sold = bought(*((one, day, 5.0) for one, day in orders)).sample(frac=1.0, random_state=luck)
    sold = sold.astype({"customer_id": "int64", "ordered_at": "datetime64[us]"})
    paths = touch_paths(quick(shown), quick(sold), as_of=START + pd.Timedelta(days=27), lookback_days=lookback,
                        unfinished=unfinished, value=None)  # fmt: skip
    assert counted(paths) == by_hand(touches, orders, lookback, 28, unfinished)
    left = paths.coverage
    assert left.touches == (
        left.touches_without_customer + left.touches_without_channel + left.touches_after + left.touches_outside
        + left.touches_unfinished + left.touches_converted + left.touches_unconverted
    )  # fmt: skip
    assert left.conversion_rows == (left.conversions_without_customer + left.conversions_after + left.returns
                                    + left.conversions_merged + left.conversions)  # fmt: skip
    assert paths.total == left.conversions - left.conversions_without_touch


def test_a_conversion_begins_a_new_path():
    paths = touch_paths(touched((1, 0, "a"), (1, 1, "b"), (1, 3, "c")), bought((1, 2, 5.0), (1, 4, 7.0)),
                        as_of="2024-03-31", value="amount")  # fmt: skip
    assert counted(paths) == {"a > b": (1, 0), "c": (1, 0)}
    assert paths.table.set_index("path")["value"].to_dict() == {"a > b": 5.0, "c": 7.0}


def test_the_look_back_counts_to_the_day_and_older_touches_are_told():
    touches = touched((1, 0, "old"), (1, 4, "a"), (1, 8, "b"), (2, 0, "late"))
    paths = touch_paths(touches, bought((1, 9, 1.0), (2, 6, 1.0)), as_of="2024-03-31", lookback_days=5)
    assert counted(paths) == {"a > b": (1, 0), "late": (0, 1)}
    assert paths.coverage.touches_outside == 1
    assert paths.coverage.conversions_without_touch == 1


def test_a_path_that_may_yet_convert_is_neither():
    touches = touched((1, 25, "a"), (2, 5, "a"))
    orders = bought((9, 1, 1.0))
    dropped, kept = (touch_paths(touches, orders, as_of="2024-03-31", lookback_days=10, unfinished=choice)
                     for choice in ("drop", "keep"))  # fmt: skip
    assert counted(dropped) == {"a": (0, 1)}
    assert (dropped.coverage.paths_unfinished, dropped.coverage.touches_unfinished) == (1, 1)
    assert counted(kept) == {"a": (0, 2)}


def test_touches_come_before_a_conversion_of_the_same_second_and_ties_go_by_name():
    paths = touch_paths(touched((1, 2, "b"), (1, 2, "a")), bought((1, 2, 3.0), (1, 2, 4.0)), as_of="2024-03-31",
                        value="amount")  # fmt: skip
    assert paths.table[["path", "conversions", "value"]].to_numpy().tolist() == [["a > b", 1.0, 7.0]]
    assert (paths.coverage.tied_touches, paths.coverage.conversions_merged) == (2, 1)


def test_returns_are_no_conversions_and_nobody_s_rows_are_counted():
    touches = pd.concat([touched((1, 0, "a"), (1, 40, "a")), touched((None, 1, "a"), (1, 1, None))])
    paths = touch_paths(touches, bought((1, 3, -5.0), (None, 3, 5.0), (1, 60, 5.0)), as_of="2024-03-31",
                        value="amount")  # fmt: skip
    left = paths.coverage
    assert (left.touches_without_customer, left.touches_without_channel, left.touches_after) == (1, 1, 1)
    assert (left.returns, left.conversions_without_customer, left.conversions_after, left.conversions) == (1, 1, 1, 0)
    assert paths.total == 0


def test_long_paths_and_many_channels_are_told_apart():
    """Longer than fits into one number: 200 touches of 30 channels, pairs that differ in one place only."""
    luck = np.random.default_rng(1)
    names = np.array([f"c{k:02d}" for k in range(30)])
    base = luck.integers(0, 30, 200)
    rows, expected = [], set()
    for customer, place in enumerate([0, 0, 57, 199, 199]):
        mine = base.copy()
        mine[place] = (mine[place] + 1) % 30
        expected.add(tuple(mine))
        rows += [(customer, step / 10, names[code]) for step, code in enumerate(mine)]
    rows += [(9, step / 10, names[code]) for step, code in enumerate(base[:100])]  # the beginning of another
    paths = touch_paths(touched(*rows), bought((99, 1, 1.0)), as_of="2025-03-31")
    assert len(paths.starts) == len(expected) + 1
    assert sorted(paths.unconverted.tolist()) == [1, 1, 2, 2]
    ready = paths_from_table(paths.table)
    pd.testing.assert_frame_equal(ready.table, paths.table)


def test_customers_may_be_numbers_text_or_numbers_with_gaps():
    touches, orders = touched((1, 0, "a"), (2, 0, "b")), bought((1, 1, 1.0))
    expected = counted(touch_paths(touches, orders, as_of="2024-12-31"))
    for kind in ("float64", "Int64", "str", "object", "category"):
        found = touch_paths(touches.astype({"customer_id": kind}),
                            orders.astype({"customer_id": kind}), as_of="2024-12-31")  # fmt: skip
        assert counted(found) == expected, kind
    with pytest.raises(InputError, match="can't join these tables"):
        touch_paths(touches.astype({"customer_id": "str"}), orders, as_of="2024-12-31")


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        ({"lookback_days": -1}, "`lookback_days` can't be -1"),
        ({"unfinished": "guess"}, "Allowed: 'drop', 'keep'"),
        ({"as_of": "2020-01-01"}, "1 row, 0 without a customer, 0 without a channel, 1 after"),
        ({"value": "money"}, "The column `money` is missing"),
        ({"channel": "chanel"}, "Did you mean `channel`"),
        ({"touched_at": "channel"}, "The column `channel` is of kind String"),
    ],
)
def test_what_can_not_become_paths_is_refused(change, letter):
    options = {"as_of": "2024-03-31"} | change
    with pytest.raises(InputError, match=letter):
        touch_paths(quick(touched((1, 0, "a"))), quick(bought((1, 1, 5.0))), **options)


def test_ready_paths_are_added_trimmed_and_checked():
    table = pd.DataFrame({"path": ["a>b", " a > b ", "b", None, ""], "conversions": [1, 2, 0, 5, 7], "unconverted": 1})
    paths = paths_from_table(table)
    assert counted(paths) == {"a > b": (3, 2), "b": (0, 1)}
    for change, letter in (
        ({"conversions": -1}, "5 values of `conversions` are missing, infinite or below 0"),
        ({"conversions": "many"}, "`conversions` must hold numbers"),
        ({"path": 3}, "`path` must hold text"),
        ({"path": " > "}, "0 paths are left"),
    ):
        with pytest.raises(InputError, match=letter):
            paths_from_table(table.assign(**change))
    with pytest.raises(InputError, match="`separator` must be a sign"):
        paths_from_table(table, separator=" ")
