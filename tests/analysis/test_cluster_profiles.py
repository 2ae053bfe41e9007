"""Profile cards: shares and indices by hand, intervals that hold, words for what is not defined."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis.clusters.profiles import segment_profiles
from crm_toolkit.errors import InputError


def base(seed: int = 0, n: int = 400) -> pd.DataFrame:
    luck = np.random.default_rng([61, seed])
    segment = luck.choice(["new", "loyal", "asleep"], n, p=[0.5, 0.2, 0.3])
    money = luck.gamma(2.0, np.where(segment == "loyal", 60.0, 20.0))
    city = luck.choice(["Omsk", "Tver"], n, p=[0.7, 0.3])
    return pd.DataFrame({"segment": segment, "monetary": money, "age": luck.normal(40, 9, n), "city": city})


def test_shares_medians_and_indices_are_those_of_plain_pandas():
    table = base()
    cards = segment_profiles(table, ["monetary", "age", "city"], segment="segment")
    assert cards.segments["segment"].tolist() == ["asleep", "loyal", "new"]
    loyal = table[table["segment"] == "loyal"]
    row = cards.segments.set_index("segment").loc["loyal"]
    assert row["customers"] == len(loyal)
    assert row["money_share"] == pytest.approx(loyal["monetary"].sum() / table["monetary"].sum())
    assert row["money_per_customer"] == pytest.approx(loyal["monetary"].mean())
    own = cards.features[cards.features["segment"] == "loyal"].set_index(["feature", "value"], drop=False)
    number = own[own["feature"] == "monetary"].iloc[0]
    assert number["index"] == pytest.approx(100 * loyal["monetary"].mean() / table["monetary"].mean())
    assert number["median"] == pytest.approx(loyal["monetary"].median())
    assert number["stands_out"] == "over"
    text = own[own["value"] == "Tver"].iloc[0]
    assert text["mean"] == pytest.approx((loyal["city"] == "Tver").mean())
    assert text["index"] == pytest.approx(100 * text["mean"] / (table["city"] == "Tver").mean())
    assert (cards.segments["money_share"].sum(), cards.segments["customer_share"].sum()) == pytest.approx((1, 1))


def test_nineteen_of_twenty_intervals_hold_the_truth():
    truth = 60 / (0.2 * 60 + 0.8 * 20)  # loyal customers spend so many times the mean
    share = 0.2 * truth
    held = shares = 0
    for seed in range(60):
        cards = segment_profiles(base(seed), ["monetary"], segment="segment")
        row = cards.features[cards.features["segment"] == "loyal"].iloc[0]
        held += row["low"] <= 100 * truth <= row["high"]
        size = cards.segments.set_index("segment").loc["loyal"]
        shares += size["money_share_low"] <= share <= size["money_share_high"]
    assert held >= 52  # 57 expected, 52 is three standard errors below
    assert shares >= 52


def test_a_segment_without_difference_seldom_stands_out():
    cards = [segment_profiles(base(seed), ["age", "city"], segment="segment").features for seed in range(15)]
    verdicts = pd.concat(cards)["stands_out"]
    assert set(verdicts) <= {"over", "under", "alike"}
    assert (verdicts != "alike").mean() < 0.12


def test_what_is_not_defined_is_said_in_a_word():
    table = base().assign(balance=-1.0)
    features = segment_profiles(table, ["balance"], segment="segment").features
    assert (features["stands_out"] == "not_defined").all()
    assert features["index"].isna().all()
    few = segment_profiles(table.groupby("segment").head(4), ["monetary"], segment="segment")
    assert (few.features["stands_out"] == "too_few").all()
    assert few.features[["low", "high"]].isna().all(axis=None)
    free = segment_profiles(table.assign(monetary=0.0), ["age"], segment="segment").segments
    assert free["money_share"].isna().all()


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        ({"segment": None}, "400 rows have no segment"),
        ({"monetary": np.inf}, "400 values of `monetary` are missing or infinite"),
        ({"monetary": "much"}, "`monetary` must hold numbers"),
        ({"age": [1.0, "two"] * 200}, "`age` must hold numbers or text, not both"),
    ],
)
def test_what_can_not_be_described_is_refused(change, letter):
    with pytest.raises(InputError, match=letter):
        segment_profiles(base().assign(**change), ["age"], segment="segment")


def test_every_kind_of_table_gives_the_same_cards():
    import polars
    import pyarrow as pa

    table = base()
    expected = segment_profiles(table, ["age", "city"], segment="segment")
    for other in (pa.Table.from_pandas(table), polars.from_pandas(table), polars.from_pandas(table).lazy()):
        found = segment_profiles(other, ["age", "city"], segment="segment")
        pd.testing.assert_frame_equal(found.segments, expected.segments, check_dtype=False)
        pd.testing.assert_frame_equal(found.features, expected.features, check_dtype=False)
