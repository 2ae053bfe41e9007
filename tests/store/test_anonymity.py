"""k, l and linkage are what their papers say, and coarser values never make them worse."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.store.privacy import age_bands, k_anonymity, l_diversity, linkage, months
from crm_toolkit.streams import Stream

TOWNS = st.lists(st.tuples(st.integers(18, 90), st.sampled_from(["A", "B", None])), min_size=1, max_size=40)


def people(count=600, seed=1):
    luck, who = Stream(seed, "people"), np.arange(count)
    return pd.DataFrame(
        {
            "who": who,
            "age": 18 + (luck.uniform(who) * 60).astype(int),
            "town": np.array(["A", "B", "C"])[luck.choose([6, 3, 1], who, k=1)],
            "illness": np.array(["x", "y", "z"])[luck.choose([5, 4, 1], who, k=2)],
        }
    )


def test_a_small_table_has_the_classes_counted_by_hand():
    # in the manner of the textbook examples of k-anonymity; the values are not checked against any print
    rows = [("Black", 1965, "m", "0214*")] * 2 + [("Black", 1965, "f", "0213*")] * 2
    rows += (
        [("Black", 1964, "f", "0213*")] * 2 + [("White", 1964, "m", "0213*")] * 3 + [("White", 1967, "m", "0213*")] * 2
    )
    table = pd.DataFrame(rows, columns=["race", "birth", "gender", "zip"])
    meter = k_anonymity(table, ["race", "birth", "gender", "zip"], k=3)
    assert (meter.k, meter.people, len(meter.classes)) == (2, 11, 5)
    assert meter.sizes.values.tolist() == [[2, 4, 8, 8 / 11], [3, 1, 3, 3 / 11]]
    assert meter.share_below == pytest.approx(8 / 11)


@settings(deadline=None, max_examples=15)
@given(TOWNS)
def test_class_sizes_agree_with_counting_by_hand(rows):
    table = pd.DataFrame(rows, columns=["age", "town"])
    counts = {}
    for row in rows:
        counts[row] = counts.get(row, 0) + 1
    meter = k_anonymity(table, ["age", "town"])
    assert meter.k == min(counts.values())
    assert sorted(meter.classes["people"]) == sorted(counts.values())
    assert meter.unique == sum(count == 1 for count in counts.values())


@settings(deadline=None, max_examples=15)
@given(TOWNS, st.integers(1, 30))
def test_wider_bands_never_make_classes_smaller(rows, width):
    table = pd.DataFrame(rows, columns=["age", "town"])
    wide = table.assign(age=table["age"] // width * width)
    assert k_anonymity(wide, ["age", "town"]).k >= k_anonymity(table, ["age", "town"]).k


def test_diversity_is_the_least_over_classes():
    table = pd.DataFrame({"town": ["A"] * 4 + ["B"] * 4, "illness": ["x", "x", "y", "z", "x", "x", "x", "y"]})
    found = l_diversity(table, ["town"], "illness")
    assert found.distinct == 2
    assert found.entropy == pytest.approx(math.exp(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25))), abs=1e-9)


@settings(deadline=None, max_examples=15)
@given(TOWNS)
def test_entropy_diversity_never_exceeds_the_distinct_one(rows):
    table = pd.DataFrame(rows, columns=["secret", "town"])
    classes = l_diversity(table, ["town"], "secret").classes
    assert (classes["entropy"] <= classes["distinct"] + 1e-9).all()
    assert (classes["entropy"] >= 1 - 1e-9).all()


@settings(deadline=None, max_examples=15)
@given(TOWNS)
def test_linkage_of_a_table_with_itself_is_classes_per_person(rows):
    table = pd.DataFrame(rows, columns=["age", "town"]).assign(who=range(len(rows)))
    classes = len(set(rows))
    found = linkage(table, table, ["age", "town"], person="who")
    assert found.rate == pytest.approx(classes / len(rows))
    assert found.wrong == 0


def test_coarser_ages_name_fewer_people():
    table = people()
    coarse = table.assign(age=table["age"] // 20 * 20)
    exact = linkage(table, table, ["age", "town"], person="who").rate
    assert linkage(coarse, coarse, ["age", "town"], person="who").rate < exact / 5


def test_the_nearest_value_finds_people_behind_noise():
    table = people().drop_duplicates(["age", "town"])
    noisy = table.assign(age=table["age"] + 0.3)
    assert linkage(noisy, table, ["age", "town"], person="who").rate < 0.2
    assert linkage(noisy, table, ["age", "town"], person="who", numeric=["age"]).certain > 0.95


def test_who_is_not_in_the_table_is_not_found():
    table = people(50)
    assert linkage(table[:25], table[25:], ["age"], person="who").rate == 0


def test_bands_and_months():
    born = pd.Series(pd.to_datetime(["1994-05-12", "1994-05-13", None]))
    assert age_bands(born, as_of=dt.date(2024, 5, 12)).tolist()[:2] == ["30–39", "20–29"]
    assert months(born)[0] == pd.Timestamp("1994-05-01")


def test_an_empty_table_has_nobody_and_says_so():
    meter = k_anonymity(people(0), ["age"])
    assert (meter.k, meter.share_below) == (0, 0.0)
    assert "empty" in str(meter)
    assert l_diversity(people(0), ["age"], "illness").distinct == 0


def test_missing_columns_and_none_at_all_are_refused():
    with pytest.raises(InputError, match="agee"):
        k_anonymity(people(5), ["agee"])
    with pytest.raises(InputError, match="quasi-identifier"):
        k_anonymity(people(5), [])
    with pytest.raises(InputError, match="width_years"):
        age_bands(pd.Series(pd.to_datetime(["1990-01-01"])), as_of=dt.date(2024, 1, 1), width_years=0)
