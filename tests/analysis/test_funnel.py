"""Funnels: counts against a plain retelling of the rules, intervals against published numbers, refusals."""

from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.funnel.comparison import funnel_comparison, share_difference
from crm_toolkit.analysis.funnel.conversion import funnel_table
from crm_toolkit.errors import InputError

STAGES = ["new", "offer", "agreed", "won"]
START = pd.Timestamp("2024-03-01")


def told(*journeys):
    """A journey is "new offer@3 lost@5": a stage and the day it was reached; without a day, the next one."""
    rows = []
    for deal, journey in enumerate(journeys):
        day = -1
        for word in journey.split():
            name, _, given_day = word.partition("@")
            day = float(given_day) if given_day else day + 1
            rows.append((deal, name, START + pd.Timedelta(days=day)))
    return pd.DataFrame(rows, columns=["deal_id", "to_stage", "moved_at"])


def quick(frame):
    """The same table for polars, where it is installed: many small questions are faster there."""
    return import_module("polars").from_pandas(frame) if find_spec("polars") else frame


FIVE = told("new offer agreed won", "new offer lost", "new agreed", "new offer agreed offer", "lost")


def by_hand(journeys, skipped, backward):
    """The rules once more, deal by deal, in plain Python."""
    table = {name: dict.fromkeys(("reached", "moved_on", "lost", "open"), 0) for name in STAGES}
    for journey in journeys:
        names = journey.split()
        places = [STAGES.index(name) for name in names if name != "lost"]
        if not places:
            position = 0 if skipped == "passed" else -1
        else:
            position = max(places) if backward == "furthest" else places[-1]
        for place, name in enumerate(STAGES):
            if position < place or (skipped == "recorded" and place not in places):
                continue
            row = table[name]
            row["reached"] += 1
            if place == len(STAGES) - 1:
                continue
            row["moved_on" if position > place else "lost" if names[-1] == "lost" else "open"] += 1
    return pd.DataFrame(table).T.reset_index(drop=True)


@pytest.mark.parametrize(
    ("skipped", "backward", "reached", "moved_on", "lost", "open_"),
    [
        ("passed", "furthest", [5, 4, 3, 1], [4, 3, 1, 0], [1, 1, 0, 0], [0, 0, 2, 0]),
        ("recorded", "furthest", [4, 3, 3, 1], [4, 2, 1, 0], [0, 1, 0, 0], [0, 0, 2, 0]),
        ("passed", "latest", [5, 4, 2, 1], [4, 2, 1, 0], [1, 1, 0, 0], [0, 1, 1, 0]),
        ("recorded", "latest", [4, 3, 2, 1], [4, 1, 1, 0], [0, 1, 0, 0], [0, 1, 1, 0]),
    ],
)
def test_five_deals_are_counted_as_on_paper_by_every_rule(skipped, backward, reached, moved_on, lost, open_):
    funnel = funnel_table(FIVE, STAGES, as_of="2024-03-31", skipped=skipped, backward=backward)
    assert funnel.table["reached"].tolist() == reached
    assert funnel.table["moved_on"].tolist() == moved_on
    assert funnel.table["lost"].tolist() == lost
    assert funnel.table["open"].tolist() == open_
    assert funnel.table["came_back"].tolist() == [0, 1, 0, 0]
    assert (funnel.entities, funnel.lost_unrecorded) == (5, 1)
    if (skipped, backward) == ("passed", "furthest"):
        assert funnel.table["skipped"].tolist() == [1, 1, 0, 0]


words = st.lists(st.sampled_from([*STAGES, "lost"]), min_size=1, max_size=6).map(" ".join)


@settings(max_examples=25, deadline=None)
@given(st.lists(words, min_size=1, max_size=8), st.sampled_from(["passed", "recorded"]),
       st.sampled_from(["furthest", "latest"]), st.integers(0, 99))  # fmt: skip
def test_any_journeys_are_counted_as_the_rules_say(journeys, skipped, backward, luck):
    moves = told(*journeys).sample(frac=1.0, random_state=luck)
    funnel = funnel_table(quick(moves), STAGES, as_of="2024-03-31", skipped=skipped, backward=backward)
    expected = by_hand(journeys, skipped, backward)
    pd.testing.assert_frame_equal(funnel.table[list(expected)], expected, check_dtype=False)
    parts = funnel.table[["moved_on", "lost", "open"]].sum(axis=1)
    assert (parts[:-1] == funnel.table["reached"][:-1]).all()
    if skipped == "passed":
        assert funnel.table["reached"].is_monotonic_decreasing
    rates = funnel.table[["low", "conversion", "high"]].dropna()
    assert (rates["low"] <= rates["conversion"]).all()
    assert (rates["conversion"] <= rates["high"]).all()


def test_intervals_are_wilson_s():
    """15 of 148: 0.0624 to 0.1605 (Newcombe 1998, Statistics in Medicine 17, 857–872, table I, method 3)."""
    moves = told(*["new won"] * 15, *["new"] * 133)
    row = funnel_table(moves, ["new", "won"], as_of="2024-03-31").table.iloc[0]
    assert (round(row["low"], 4), round(row["high"], 4)) == (0.0624, 0.1605)


def test_open_deals_are_kept_out_of_the_decided_ones():
    row = funnel_table(told("new won", "new lost", "new", "new"), ["new", "won"], as_of="2024-03-31").table.iloc[0]
    assert (row["conversion"], row["decided_conversion"]) == (0.25, 0.5)
    nothing = funnel_table(told("new", "new"), ["new", "won"], as_of="2024-03-31").table.iloc[0]
    assert nothing["conversion"] == 0
    assert np.isnan(nothing["decided_conversion"])


def test_everybody_gets_the_same_time():
    moves = told("new@0 won@9", "new@0 won@2", "new@25")
    funnel = funnel_table(moves, ["new", "won"], as_of="2024-03-31", within_days=7)
    assert (funnel.entities, funnel.too_recent) == (2, 1)
    assert funnel.table["reached"].tolist() == [2, 1]  # the ninth day is too late for one, the third has had no time


def test_what_is_left_out_is_counted():
    moves = told("new offer@40", "new")
    moves.loc[len(moves)] = [None, "new", START]
    funnel = funnel_table(moves, STAGES, as_of="2024-03-31")
    assert (funnel.rows, funnel.rows_without_entity, funnel.rows_after, funnel.entities) == (4, 1, 1, 2)
    assert funnel.table["reached"].tolist() == [2, 0, 0, 0]


def test_a_list_of_present_stages_is_a_funnel_too():
    leads = pd.DataFrame({"lead_id": [1, 2, 3], "status": ["working", "won", "lost"], "created_at": START})
    table = funnel_table(leads, ["new", "working", "won"], as_of="2024-03-31", entity="lead_id", stage="status",
                         moment="created_at").table  # fmt: skip
    assert table["reached"].tolist() == [3, 2, 1]
    assert table["lost"].tolist() == [1, 0, 0]


def test_moves_at_the_same_second_are_taken_in_the_order_of_the_stages():
    moves = told("won@1 new@1 offer@1", "lost@1 new@1")
    funnel = funnel_table(moves, STAGES, as_of="2024-03-31", backward="latest")
    assert funnel.table["reached"].tolist() == [2, 1, 1, 1]
    assert funnel.table["lost"].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        ({"stages": ["new", "won"]}, "1. 3 rows have the stage “agreed”.*2. 4 rows have the stage “offer”"),
        ({"stages": ["new", "ofer", "agreed", "won"]}, "Did you mean “ofer”"),
        ({"stages": "new"}, "must be a list of names"),
        ({"stages": ["new"]}, "`stages` has 1 name; from 2 to 40"),
        ({"stages": [*STAGES, "won"]}, "'won' stand in `stages` several times"),
        ({"lost": ["lost", "won"]}, "'won' stand both in `stages` and in `lost`"),
        ({"skipped": "jumped"}, "Allowed: 'passed', 'recorded'"),
        ({"within_days": 300}, "All 5 entities came less than 300"),
        ({"within_days": float("nan")}, "`within_days` can't be nan"),
        ({"as_of": "2020-01-01"}, "14 rows, 0 without an entity, 14 after"),
        ({"as_of": "yesterday"}, "not a date"),
    ],
)
def test_what_can_not_be_counted_is_refused_with_all_reasons(change, letter):
    options = {"stages": STAGES, "as_of": "2024-03-31"} | change
    with pytest.raises(InputError, match="(?s)" + letter):
        funnel_table(quick(FIVE), options.pop("stages"), **options)


def test_missing_stages_and_moments_are_refused_together():
    stage, moment = FIVE["to_stage"].where(FIVE.index != 2), FIVE["moved_at"].where(FIVE.index != 3)
    moves = FIVE.assign(to_stage=stage, moved_at=moment)
    with pytest.raises(InputError) as refusal:
        funnel_table(moves, STAGES, as_of="2024-03-31")
    assert [problem.code for problem in refusal.value.problems] == ["no_date", "no_value"]


# ---- two funnels


@pytest.mark.parametrize(
    ("a", "of_a", "b", "of_b", "low", "high"),
    [(48, 80, 56, 70, 0.0524, 0.3339), (3, 10, 9, 10, 0.1705, 0.8090), (0, 10, 10, 10, 0.6075, 1.0),
     (0, 20, 0, 10, -0.1611, 0.2775)],
)  # fmt: skip
def test_differences_have_newcombe_s_interval(a, of_a, b, of_b, low, high):
    """Newcombe 1998, Statistics in Medicine 17, 873–890, table II, method 10."""
    _, found_low, found_high, _ = share_difference(*(np.array([n]) for n in (a, of_a, b, of_b)), 0.95)
    assert (round(float(found_low[0]), 4), round(float(found_high[0]), 4)) == pytest.approx((low, high), abs=1e-4)


def test_the_test_is_the_pooled_one_and_holm_corrects_it():
    """R: prop.test(c(15, 25), c(50, 50), correct = FALSE) gives X-squared 4.1667, p 0.04123."""
    journeys = [*["new offer won"] * 15, *["new"] * 35, *["new offer won"] * 25, *["new"] * 25]
    moves = told(*journeys)
    moves["half"] = np.where(moves["deal_id"] < 50, "a", "b")
    found = funnel_comparison(moves, ["new", "offer", "won"], as_of="2024-03-31", group="half").table
    assert found["p_value"].round(5).tolist() == [0.04123, 1.0]
    assert found["p_holm"].round(5).tolist() == [0.08245, 1.0]
    assert found["difference"].round(6).tolist() == [0.2, 0.0]


def test_periods_are_told_apart_by_the_first_move_and_get_the_same_time():
    moves = told("new@0 won@3", "new@0 won@12", "new@10 won@11", "new@12", "new@27")
    found = funnel_comparison(moves, ["new", "won"], as_of="2024-03-31", split="2024-03-11", within_days=7)
    assert (found.entities_a, found.entities_b, found.left_out) == (2, 2, 1)
    assert found.table[["moved_on_a", "moved_on_b"]].to_numpy().tolist() == [[1, 1]]
    assert (found.a, found.b) == ("before Mar 11, 2024", "from Mar 11, 2024")


def test_a_stage_that_nobody_of_a_group_reached_has_no_difference():
    moves = told("new offer won", "new")
    moves["half"] = moves["deal_id"].map({0: "a", 1: "b"})
    table = funnel_comparison(moves, ["new", "offer", "won"], as_of="2024-03-31", group="half").table
    assert table.loc[1, ["conversion_b", "difference", "low", "high", "p_value", "p_holm"]].isna().all()
    assert table.loc[0, ["difference", "low", "high", "p_holm"]].notna().all()


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        ({}, "Either `group` or `split`"),
        ({"group": "half", "split": "2024-03-05"}, "Either `group` or `split`"),
        ({"split": "2024-03-05"}, "Periods need `within_days`"),
        ({"split": "2025-03-05", "within_days": 3}, "`split` is Mar 5, 2025"),
        ({"split": "2024-02-01", "within_days": 3}, "The group “before Feb 1, 2024” is empty"),
        ({"group": "half", "groups": ["a", "c"]}, "The group “c” is empty"),
        ({"group": "third"}, "`third` has 3 values; two are compared"),
        ({"group": "to_stage"}, "4 entities have several values of `to_stage`"),
    ],
)
def test_groups_that_can_not_be_compared_are_refused(ask, letter):
    moves = FIVE.assign(half=np.where(FIVE["deal_id"] < 2, "a", "b"), third=(FIVE["deal_id"] % 3).astype(str))
    with pytest.raises(InputError, match=letter):
        funnel_comparison(quick(moves), STAGES, as_of="2024-03-31", **ask)
