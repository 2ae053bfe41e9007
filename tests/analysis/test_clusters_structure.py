"""Whether there are clusters and how many: false alarms, planted crowds, stability, silhouettes."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from crm_toolkit.analysis.clusters.choice import adjusted_rand, choose_clusters
from crm_toolkit.analysis.clusters.fitting import fit_clusters
from crm_toolkit.analysis.clusters.null import structure_test
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

COLUMNS = ["recency_days", "frequency", "monetary"]
SLANT = np.array([[1, 0, 0], [0.8, 0.6, 0], [-0.5, 0.3, 0.8]])


def clouds(seed: int, n: int):
    """Customers of one kind, by four makers; the last are those of a shop: counts, days, skewed money."""
    luck = np.random.default_rng([51, seed])
    normal = luck.normal(size=(n, 3))
    orders = 1 + luck.poisson(2, n)
    shop = np.column_stack(
        [np.round(luck.exponential(60, n)), orders, np.round(orders * np.exp(luck.normal(3, 1, n)), 2)]
    )
    for values in (normal, luck.random((n, 3)), normal @ SLANT.T, shop):
        yield pd.DataFrame(values, columns=COLUMNS).assign(customer_id=range(n))


def crowds(seed: int, n: int, kinds: int = 3, apart: float = 1.0) -> pd.DataFrame:
    luck = np.random.default_rng([52, seed])
    middle = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 1], [4, 4, 4]])[luck.integers(0, kinds, n)]
    return pd.DataFrame(luck.normal(size=(n, 3)) + apart * middle, columns=COLUMNS).assign(customer_id=range(n))


def alarms(seeds, n: int, references: int) -> np.ndarray:
    found = [
        [structure_test(table, COLUMNS, most_k=4, references=references, seed=seed).structure
         for table in clouds(seed, n)]
        for seed in seeds
    ]  # fmt: skip
    return np.array(found).sum(axis=0)


def test_one_cloud_is_hardly_ever_called_structured():
    assert alarms(range(6), 60, 19).sum() <= 4  # of 24; not more than 1.2 are expected


@pytest.mark.slow
def test_one_cloud_of_any_kind_is_called_structured_in_one_of_twenty_at_most():
    times = 200
    assert (alarms(range(times), 200, 39) <= times * 0.05 + 3 * np.sqrt(times * 0.05 * 0.95)).all()


def test_planted_crowds_are_found_and_counted():
    for seed in range(2):
        choice = choose_clusters(
            crowds(seed, 90, apart=1.6), COLUMNS, most_k=4, references=19, draws=5, starts=3, seed=seed
        )
        assert choice.test.structure
        assert (choice.suggested, choice.stable) == (3, True)


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [3, 4])
def test_planted_crowds_are_found_over_many_seeds(kinds):
    found = [
        choose_clusters(crowds(seed, 200, kinds), COLUMNS, most_k=6, references=39, draws=5, starts=3, seed=seed)
        for seed in range(40)
    ]
    assert np.mean([choice.suggested == kinds for choice in found]) >= 0.9
    assert np.mean([choice.test.structure for choice in found]) >= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(
    ("customers", "apart", "least", "most"),
    [(200, (4, 4, 0), 0.95, 1), (200, (3, 3, 3), 0.95, 1), (1000, (4, 0, 0), 0.95, 1), (200, (4, 0, 0), 0, 0.2)],
)
def test_the_power_for_two_crowds_is_what_the_docstring_says(customers, apart, least, most):
    found = []
    for seed in range(20):
        luck = np.random.default_rng([53, seed])
        values = luck.normal(size=(customers, 3)) + luck.integers(0, 2, customers)[:, None] * np.array(apart)
        table = pd.DataFrame(values, columns=COLUMNS).assign(customer_id=range(customers))
        found.append(structure_test(table, COLUMNS, most_k=4, references=39, seed=seed).structure)
    assert least <= np.mean(found) <= most


def test_one_cloud_gets_one_cluster_and_a_plain_word():
    table = next(clouds(3, 60))
    choice = choose_clusters(table, COLUMNS, most_k=4, references=19, draws=5, starts=2)
    assert (choice.suggested, choice.test.structure) == (1, False)
    with language("ru"):
        assert choice.verdict.startswith("Структуры не видно")


def test_the_test_looks_at_a_part_of_a_large_table_and_not_at_the_order_of_rows():
    table = crowds(5, 400)
    ask = {"most_k": 3, "references": 19, "sample": 100, "seed": 2}
    first = structure_test(table, COLUMNS, **ask)
    other = structure_test(table.sample(frac=1, random_state=1), COLUMNS, **ask)
    assert (first.customers, first.used) == (400, 100)
    pd.testing.assert_frame_equal(first.table, other.table)
    assert first.p_value == other.p_value
    assert first.p_value != structure_test(table, COLUMNS, **ask | {"sample": 400}).p_value or first.structure


def test_the_same_choice_whatever_the_order_of_rows():
    table = crowds(6, 50)
    ask = {"most_k": 2, "references": 19, "draws": 5, "starts": 1}
    for method in ("kmeans", "ward", "gaussian_mixture"):
        first = choose_clusters(table, COLUMNS, method=method, **ask)
        other = choose_clusters(table.sample(frac=1, random_state=1), COLUMNS, method=method, **ask)
        pd.testing.assert_frame_equal(first.table, other.table)
        assert first.suggested == other.suggested


def test_indices_are_those_of_scikit_learn():
    table = crowds(7, 60)
    choice = choose_clusters(table, COLUMNS, most_k=4, references=19, draws=5, starts=5)
    points = (table[COLUMNS] - table[COLUMNS].mean()) / table[COLUMNS].std(ddof=0)
    for k in (2, 3, 4):
        labels = fit_clusters(table, COLUMNS, k=k, starts=5).labels["cluster"]
        assert choice.table["silhouette"][k - 1] == pytest.approx(silhouette_score(points, labels))
    luck = np.random.default_rng(1)
    for _ in range(20):
        one, two = luck.integers(0, 4, 50), luck.integers(0, 3, 50)
        assert adjusted_rand(one, two) == pytest.approx(adjusted_rand_score(one, two))


def test_where_a_silhouette_is_not_defined_it_is_missing_and_nothing_breaks():
    three = pd.DataFrame({"customer_id": range(3), "visits": [1, 5, 50]})
    choice = choose_clusters(three, ["visits"], references=19, draws=5)
    assert choice.table["k"].tolist() == [1, 2, 3]
    assert choice.table["silhouette"].isna().tolist() == [True, False, True]
    assert (choice.test.p_value, choice.suggested) == (1.0, 1)
    equal = choose_clusters(three.assign(visits=4), ["visits"], references=19, draws=5)
    assert equal.table["k"].tolist() == [1]
    assert (equal.suggested, equal.best_silhouette, equal.most_stable) == (1, None, None)


def test_a_level_that_so_few_references_can_not_reach_is_refused():
    with pytest.raises(InputError, match="With 19 references no p-value is below"):
        structure_test(crowds(1, 20), COLUMNS, references=19, alpha=0.01)
    with pytest.raises(InputError, match="`most_k` can't be 1"):
        choose_clusters(crowds(1, 20), COLUMNS, most_k=1)
