"""Clusters: published partitions, numbers that luck and the order of rows do not decide, degenerate customers."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score

from crm_toolkit.analysis.clusters import fitting as module
from crm_toolkit.analysis.clusters.fitting import METHODS, fit_clusters
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

RAW = {"transform": "none", "scale": "none"}


@pytest.fixture(scope="module")
def iris() -> pd.DataFrame:
    frame = load_iris(as_frame=True).data
    frame.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    return frame.assign(customer_id=range(150))


def crowds(seed: int, n: int = 90) -> tuple[pd.DataFrame, np.ndarray]:
    """Three kinds of customers, and which is which."""
    luck = np.random.default_rng([41, seed])
    kind = luck.integers(0, 3, n)
    middle = np.array([[200, 1.5, 30], [50, 5, 300], [8, 20, 2500]])[kind]
    noise = np.exp(luck.normal(0, 0.22, (n, 3)))
    table = pd.DataFrame(
        {
            "customer_id": [f"c{number:03d}" for number in range(n)],
            "recency_days": np.round(middle[:, 0] * noise[:, 0]),
            "frequency": np.ceil(middle[:, 1] * noise[:, 1]),
            "monetary": np.round(middle[:, 2] * noise[:, 2], 2),
        }
    )
    return table, kind


def test_kmeans_finds_the_partition_of_iris_that_r_finds(iris):
    found = fit_clusters(iris, iris.columns[:4], k=3, starts=20, **RAW)
    assert found.within == pytest.approx(78.85144, abs=5e-6)
    assert sorted(found.centres["customers"]) == [38, 50, 62]
    assert found.explained == pytest.approx(0.8842753, abs=5e-7)  # between_SS / total_SS = 88.4 %


def test_ward_finds_the_partition_of_iris_that_r_finds(iris):
    """R: cutree(hclust(dist(iris[1:4]), "ward.D2"), 3) has 50, 64 and 36."""
    found = fit_clusters(iris, iris.columns[:4], k=3, method="ward", **RAW)
    assert sorted(found.centres["customers"]) == [36, 50, 64]


def test_a_mixture_of_full_covariances_fits_iris_as_mclust_does(iris):
    """mclust, model VVV with 3 clouds: BIC 580.84 in the convention where less is better; 45, 50 and 55 flowers."""
    found = fit_clusters(iris, iris.columns[:4], k=3, method="gaussian_mixture", starts=3, **RAW)
    assert found.bic == pytest.approx(580.84, abs=0.05)
    assert sorted(found.centres["customers"]) == [45, 50, 55]
    assert found.labels["probability"].between(0.5, 1).all()


@pytest.mark.parametrize("method", METHODS)
def test_three_kinds_of_customers_are_found_and_numbered_by_money(method):
    for seed in range(5):
        table, kind = crowds(seed)
        found = fit_clusters(table, k=3, method=method, starts=4, seed=seed)
        assert adjusted_rand_score(kind, found.labels["cluster"]) > 0.95
        money = table["monetary"].groupby(found.labels["cluster"]).mean()
        assert money.is_monotonic_decreasing
        assert found.order_by == "monetary"
        assert found.labels["customer_id"].tolist() == table["customer_id"].tolist()


@pytest.mark.parametrize("method", METHODS)
def test_neither_the_order_of_rows_nor_repetition_changes_anything(method):
    table, _ = crowds(7)
    table = pd.concat([table, table.assign(customer_id=table["customer_id"] + "twin")], ignore_index=True)
    first = fit_clusters(table, k=4, method=method, starts=3, seed=5)
    shuffled = table.sample(frac=1, random_state=3)
    other = fit_clusters(shuffled, k=4, method=method, starts=3, seed=5)
    pd.testing.assert_frame_equal(first.centres, other.centres)
    again = other.labels.set_index("customer_id").loc[table["customer_id"]].reset_index()
    pd.testing.assert_frame_equal(first.labels, again)
    half = len(table) // 2
    assert first.labels["cluster"][:half].tolist() == first.labels["cluster"][half:].tolist()  # twins together


def test_customers_are_put_where_they_were():
    table, _ = crowds(2)
    for method in METHODS:
        found = fit_clusters(table, k=3, method=method, starts=2)
        assert found.assign(table)["cluster"].tolist() == found.labels["cluster"].tolist()
    with pytest.raises(InputError, match="1 value of `monetary` has no logarithm"):
        found.assign(table.assign(monetary=[-5.0, *table["monetary"][1:]]))


def test_skewed_features_are_logarithms_and_centres_come_back_in_their_units():
    table, kind = crowds(3)
    found = fit_clusters(table, k=3)
    assert found.scaling.table["transform"].tolist() == ["log", "log", "log"]
    best = table[kind == 2]
    assert found.centres.loc[0, "monetary"] == pytest.approx(np.exp(np.log(best["monetary"]).mean()))
    assert found.centres["monetary"].is_monotonic_decreasing
    plain = fit_clusters(table, k=3, transform={"monetary": "none"}, scale="robust")
    assert plain.scaling.table["transform"].tolist() == ["log", "log", "none"]
    assert plain.scaling.table["reason"].tolist() == ["skewed", "skewed", "asked"]
    zeros = fit_clusters(table.assign(monetary=table["monetary"] * (kind > 0)), k=3)
    assert zeros.scaling.table["transform"].tolist()[2] in ("log1p", "none")
    even = fit_clusters(table.assign(monetary=np.linspace(-50, 50, 90)), k=3).scaling.table
    assert even.loc[2, ["transform", "reason"]].tolist() == ["none", "not_skewed"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 900)), min_size=1, max_size=25),
    st.integers(1, 5),
    st.sampled_from(METHODS),
)
def test_any_small_table_gets_sound_clusters(rows, k, method):
    table = pd.DataFrame(rows, columns=["frequency", "monetary"]).assign(customer_id=range(len(rows)))
    if k > len(rows):
        with pytest.raises(InputError, match="largest `k`"):
            fit_clusters(table, ["frequency", "monetary"], k=k, method=method, starts=1)
        return
    found = fit_clusters(table, ["frequency", "monetary"], k=k, method=method, starts=1)
    different = len(set(rows))
    assert found.k <= min(k, different)
    if method != "gaussian_mixture":
        assert found.k == min(k, different)
    assert found.centres["customers"].sum() == len(rows)
    assert set(found.labels["cluster"]) == set(range(1, found.k + 1))
    assert np.isfinite(found.centres.to_numpy()).all()
    assert 0 <= found.explained <= 1
    together = found.labels["cluster"].groupby([table["frequency"], table["monetary"]]).nunique()
    assert (together == 1).all()


def test_equal_customers_are_one_cluster_whatever_was_asked():
    table = pd.DataFrame({"customer_id": range(20), "frequency": 3, "monetary": 50.0})
    for method in METHODS:
        found = fit_clusters(table, ["frequency", "monetary"], k=4, method=method)
        assert (found.k, found.k_asked, found.explained) == (1, 4, 0.0)
        assert found.scaling.left_out == ["frequency", "monetary"]
        assert found.centres[["frequency", "monetary"]].iloc[0].tolist() == [3, 50]


def test_a_feature_without_differences_is_left_out_and_said():
    table, _ = crowds(4)
    table["branch"] = 1
    found = fit_clusters(table, ["recency_days", "branch", "monetary"], k=3)
    assert found.scaling.left_out == ["branch"]
    assert found.centres["branch"].tolist() == pytest.approx([1, 1, 1])


def test_more_clusters_than_customers_are_refused_with_the_largest_number():
    table, _ = crowds(1, n=3)
    with language("ru"), pytest.raises(InputError) as refusal:
        fit_clusters(table, k=5)
    assert "Кластеров запрошено 5, а клиента всего 3." in str(refusal.value)
    assert "Наибольшее `k` — 3." in str(refusal.value)


def test_ward_refuses_what_it_can_not_hold(monkeypatch):
    monkeypatch.setattr(module, "MOST_FOR_WARD", 50)
    with pytest.raises(InputError, match="takes up to 50 customers; there are 90"):
        fit_clusters(crowds(1)[0], method="ward")


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        ({"monetary": np.nan}, "90 values of `monetary` are missing or infinite"),
        ({"monetary": 1e200}, "too large to be squared"),
        ({"customer_id": "one"}, "89 rows repeat a customer"),
        ({"customer_id": None}, "90 rows have no customer"),
        ({"frequency": "often"}, "`frequency` must hold numbers"),
    ],
)
def test_customers_that_can_not_be_compared_are_refused(change, letter):
    with pytest.raises(InputError, match=letter):
        fit_clusters(crowds(1)[0].assign(**change))


@pytest.mark.parametrize(
    ("options", "letter"),
    [
        ({"k": 0}, "`k` can't be 0"),
        ({"method": "dbscan"}, "`method` can't be 'dbscan'"),
        ({"scale": "max"}, "`scale` can't be 'max'"),
        ({"transform": "sqrt"}, "`transform` can't be 'sqrt'"),
        ({"transform": {"monney": "log"}}, "`monney` is none of the features"),
        ({"order_by": "age"}, "`order_by` can't be 'age'"),
        ({"columns": []}, "At least one feature"),
        ({"seed": -1}, "`seed` can't be -1"),
    ],
)
def test_options_that_do_not_exist_are_refused(options, letter):
    with pytest.raises(InputError, match=letter):
        fit_clusters(crowds(1)[0], **options)


def test_heavy_packages_are_not_imported_before_they_are_needed():
    room = Path(module.__file__).parent.parent
    for file in (*room.glob("clusters/*.py"), *room.glob("baskets/*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            names = [node.module] if isinstance(node, ast.ImportFrom) else [
                name.name for name in getattr(node, "names", []) if isinstance(node, ast.Import)]  # fmt: skip
            assert not any(str(name).startswith(("sklearn", "scipy")) for name in names), file.name
