"""Each method does what its name says, and the comparison of methods orders risk and loss as it must."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.store.privacy import (
    change_composition,
    compare_methods,
    delete_rare,
    distort,
    k_anonymity,
    replace_identifiers,
    shuffle_values,
)
from crm_toolkit.store.privacy.depersonalisation import METHODS, legal_note, segment_loss
from crm_toolkit.streams import Stream
from crm_toolkit.texts import language

KEY = bytes(range(32))
ROWS = st.lists(st.tuples(st.integers(18, 40), st.sampled_from(["A", "B"])), max_size=40)


def table(count=800, seed=3):
    luck, who = Stream(seed, "table"), np.arange(count)
    town = luck.choose([5, 3, 2], who)
    return pd.DataFrame(
        {
            "who": who,
            "phone": [f"+7 900 {number:03d}-{number:02d}-11" for number in who % 100],
            "age": 18 + (luck.uniform(who, k=1) * 60).astype(int),
            "town": np.array(["A", "B", "C"])[town],
            "spent": np.round(100.0 * (1 + town) + luck.normal(0, 20, who, k=2), 2),
        }
    )


def test_identifiers_are_replaced_and_the_way_back_is_apart():
    frame = table(50)
    released, reference = replace_identifiers(frame, {"phone": "phone"}, key=KEY)
    assert not set(released["phone"]) & set(frame["phone"])
    back = dict(zip(reference["pseudonym"], reference["value"], strict=True))
    assert released["phone"].map(back).tolist() == frame["phone"].tolist()
    pdt.assert_frame_equal(released.drop(columns="phone"), frame.drop(columns="phone"))


@settings(deadline=None, max_examples=12)
@given(ROWS, st.integers(2, 6), st.booleans())
def test_deletion_leaves_no_class_smaller_than_k(rows, k, by_cells):
    frame = pd.DataFrame(rows, columns=["age", "town"])
    left = delete_rare(frame, ["age", "town"], k=k, cells=["age"] if by_cells else [])
    assert not len(left) or k_anonymity(left, ["age", "town"]).k >= k
    assert len(left) >= len(delete_rare(frame, ["age", "town"], k=k)) or not by_cells


@settings(deadline=None, max_examples=12)
@given(ROWS, st.integers(0, 5))
def test_shuffling_keeps_every_value_and_its_place_in_the_group(rows, seed):
    frame = pd.DataFrame(rows, columns=["age", "town"])
    mixed = shuffle_values(frame, ["age"], within=["town"], seed=seed)
    for town in ("A", "B"):
        assert sorted(mixed.loc[mixed["town"] == town, "age"]) == sorted(frame.loc[frame["town"] == town, "age"])
    pdt.assert_frame_equal(mixed, shuffle_values(frame, ["age"], within=["town"], seed=seed))


def test_shuffling_breaks_the_tie_between_columns():
    frame = table()
    mixed = shuffle_values(frame, ["town"], seed=1)
    means = mixed.groupby("town")["spent"].mean()
    assert means.max() - means.min() < 30 < 150 < np.ptp(frame.groupby("town")["spent"].mean())


def test_shuffling_works_on_an_index_with_repeats():
    frame = table(6).set_axis([0, 0, 1, 1, 2, 2])
    assert sorted(shuffle_values(frame, ["age"], seed=1)["age"]) == sorted(frame["age"])


def test_noise_has_the_declared_strength_and_is_the_same_again():
    frame = table(4000)
    noisy = distort(frame, noise={"spent": 0.5}, seed=9)
    assert (noisy["spent"] - frame["spent"]).std() == pytest.approx(0.5 * frame["spent"].std(ddof=0), rel=0.05)
    pdt.assert_frame_equal(noisy, distort(frame, noise={"spent": 0.5}, seed=9))
    assert not noisy["spent"].equals(distort(frame, noise={"spent": 0.5}, seed=10)["spent"])


def test_no_method_changes_its_input():
    frame = table(40)
    before = frame.copy()
    replace_identifiers(frame, {"phone": "phone"}, key=KEY)
    change_composition(frame, drop=["who"], coarser={"age": lambda age: age // 10})
    distort(frame, noise={"age": 1.0}, rounding={"spent": 5}, seed=1)
    shuffle_values(frame, ["age", "town"], seed=1)
    delete_rare(frame, ["age"], cells=["age"])
    pdt.assert_frame_equal(frame, before)


def compared(**more):
    options = {"coarser": {"age": lambda age: age // 20 * 20}, "k": 5} | more
    return compare_methods(
        table(),
        person="who",
        quasi_identifiers=["age", "town"],
        segment="town",
        value="spent",
        key=KEY,
        seed=7,
        **options,
    )


def test_risk_and_loss_of_the_methods_are_ordered_as_they_must():
    found = compared().table.set_index("method")
    assert list(found.index) == list(METHODS)
    risk, loss = found["reidentified"], found["utility_loss"]
    assert risk["nothing"] == 1
    assert risk["identifiers"] > 4 * risk["composition"] > 0
    assert risk["shuffling"] < 0.02
    assert loss["nothing"] == loss["identifiers"] == loss["composition"] == 0
    assert loss["shuffling"] > 10 * loss["distortion"] > 0
    assert found.loc["deletion", "k"] >= 5
    assert found.loc["deletion", "rows"] < len(table())


def test_more_noise_costs_more_and_hides_more():
    weak, strong = (compared(noise_share=share).table.set_index("method").loc["distortion"] for share in (0.05, 2.0))
    assert weak["utility_loss"] < strong["utility_loss"]
    assert weak["reidentified"] > strong["reidentified"]


@settings(deadline=None, max_examples=12)
@given(ROWS.filter(bool))
def test_a_table_as_it_is_has_no_loss(rows):
    frame = pd.DataFrame(rows, columns=["spent", "town"])
    assert segment_loss(frame, frame, segment="town", value="spent") == 0


def test_a_merged_segment_gets_the_mean_of_the_merged_ones():
    frame = pd.DataFrame({"town": ["A", "B"], "spent": [1.0, 3.0]})
    assert segment_loss(frame, frame.assign(town="AB"), segment="town", value="spent") == 1


def test_the_law_is_named_with_a_date_and_a_warning():
    for spoken, words in (
        ("en", ("2025", "check the version in force")),
        ("ru", ("2025", "проверьте действующую редакцию")),
    ):
        with language(spoken):
            assert all(word in legal_note() for word in words)


def test_what_cant_be_distorted_is_refused_at_once():
    with pytest.raises(InputError) as letter:
        distort(table(5), noise={"town": 0.5, "age": -1}, seed=1)
    assert sorted(problem.code for problem in letter.value.problems) == ["bad_strength", "no_numbers"]
