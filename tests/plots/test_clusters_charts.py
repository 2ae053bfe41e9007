"""Charts of clusters and segments say what the results say, in both languages, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.analysis.clusters.choice import choose_clusters
from crm_toolkit.analysis.clusters.null import structure_test
from crm_toolkit.analysis.clusters.profiles import segment_profiles
from crm_toolkit.analysis.clusters.profit import segment_policy
from crm_toolkit.errors import InputError
from crm_toolkit.plots.clusters import (
    cluster_choice_chart,
    segment_policy_chart,
    segment_profile_chart,
    structure_chart,
)
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

WORDS = {
    "en": {"recency": "Recency", "monetary": "Money", "city": "City", "a": "Omsk", "b": "Tver", "call": "call",
           "none": "nothing"},
    "ru": {"recency": "Давность", "monetary": "Деньги", "city": "Город", "a": "Омск", "b": "Тверь", "call": "звонок",
           "none": "ничего"},
}  # fmt: skip


def customers(n: int = 90) -> pd.DataFrame:
    luck = np.random.default_rng(5)
    kind = np.arange(n) % 3
    return pd.DataFrame(
        {
            "customer_id": range(n),
            "cluster": kind + 1,
            "recency": luck.normal(20, 2, n) + 30 * kind,
            "monetary": luck.normal(400, 20, n) - 150 * kind,
            "city": luck.choice(["a", "b"], n),
        }
    )


def policy() -> object:
    luck = np.random.default_rng(6)
    segment, way = luck.integers(1, 4, 400), luck.choice(["call", "none"], 400)
    outcome = luck.normal(10, 4, 400) + 5 * ((segment == 1) & (way == "call"))
    return segment_policy(pd.DataFrame({"segment": segment, "treatment": way, "outcome": outcome}))


@pytest.fixture(scope="module")
def choice():
    return choose_clusters(customers(), ["recency", "monetary"], most_k=5, references=19, draws=5, starts=2)


@pytest.fixture(scope="module")
def profiles():
    return segment_profiles(customers(), ["recency", "monetary", "city"])


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code, choice, profiles):
    one_cloud = customers().assign(recency=np.random.default_rng(1).normal(size=90))
    with language(code):
        test = choice.test if code == "en" else structure_test(one_cloud, ["recency"], most_k=3, references=19)
        charts = {
            "choice": cluster_choice_chart(choice),
            "structure": structure_chart(test),
            "profiles": segment_profile_chart(profiles, labels=WORDS[code]),
            "policy": segment_policy_chart(policy(), labels=WORDS[code]),
        }
        for name, ax in charts.items():
            assert_readable(name, ax)


def test_curves_are_the_result_s_and_the_suggested_number_is_marked(choice):
    ax = cluster_choice_chart(choice)
    stability, silhouette, mark = ax.lines
    assert list(stability.get_ydata()) == choice.table["stability"][1:].tolist()
    assert list(silhouette.get_ydata()) == choice.table["silhouette"][1:].tolist()
    assert list(mark.get_xdata()) == [choice.suggested] * 2 == [3, 3]
    cloud, own = structure_chart(choice.test).lines
    assert list(own.get_ydata()) == choice.test.table["within_share"].tolist()
    assert list(cloud.get_ydata()) == choice.test.table["reference_share"].tolist()
    assert choice.verdict in plots.alt_text(ax)


def test_cells_hold_the_indices_and_only_what_stands_out_is_coloured(profiles):
    ax = segment_profile_chart(profiles)
    features = profiles.features
    assert [text.get_text() for text in ax.texts] == [f"{round(index):,}" for index in features["index"]]
    colours = ax.collections[0].get_array().reshape(3, -1)
    plain = ~features["stands_out"].isin(["over", "under"]).to_numpy().reshape(3, -1)
    assert (np.ma.getmaskarray(colours) == plain).all()
    assert 0 < plain.sum() < plain.size
    assert "1: 33.3% of customers" in plots.alt_text(ax)


def test_the_best_treatment_of_each_segment_is_filled():
    found = policy()
    ax = segment_policy_chart(found, currency="EUR")
    points = [collection for collection in ax.collections if hasattr(collection, "get_sizes") and
              len(collection.get_offsets()) == 3 and len(collection.get_facecolors()) == 3]  # fmt: skip
    filled = [(collection.get_facecolors()[:, :3] < 0.99).any(axis=1).tolist() for collection in points]
    ways = ["call", "none"]
    assert filled == [[best == way for best in found.policy["treatment"]] for way in ways]
    assert "€" in ax.get_xlabel()
    assert ax.yaxis_inverted()


def test_what_can_not_be_drawn_is_refused_with_a_reason(profiles):
    equal = pd.DataFrame({"customer_id": range(12), "visits": 1})
    with pytest.raises(InputError, match="there is one cluster"):
        cluster_choice_chart(choose_clusters(equal, ["visits"], references=19, draws=5))
    wide = segment_profiles(customers().assign(city=[f"c{n % 12}" for n in range(90)], age=1, sex="f"),
                            ["city", "age", "sex", "monetary"])  # fmt: skip
    with pytest.raises(InputError, match="15 features can't be drawn"):
        segment_profile_chart(wide)
