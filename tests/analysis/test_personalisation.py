"""Cost before and after by hand, break-even where it stands, and the best number of versions by the closed form."""

import math

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis import content_versions, personalisation_cost
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

CONTACTS = pd.DataFrame(
    {
        "customer_id": [1, 1, 2, 2],
        "kind": ["question", "complaint", "question", "question"],
        "channel": ["phone", "phone", "app", "branch"],
        "handle_minutes": [5.0, 20.0, 0.0, 8.0],
    }
)


def cost(table=CONTACTS, **other):
    options = {"minute_cost": 0.5, "channel_costs": {"phone": 1, "app": 0.2, "branch": 2}, "kinds": ["question"],
               "to_channel": "app", "content_cost": 10, "followed": 0.5, "returned": 0.2} | other  # fmt: skip
    return personalisation_cost(table, **options)


def test_costs_are_those_computed_by_hand():
    found = cost()
    # 1: question 3.5 → 0.5·3.5 + 0.5·(0.2 + 0.2·3.5) = 2.2; complaint 11 stays. 2: app 0.2 stays, branch 6 → 3.7
    assert found.customers["cost_before"].tolist() == pytest.approx([14.5, 6.2])
    assert found.customers["cost_after"].tolist() == pytest.approx([13.2, 3.9])
    assert found.customers["moved"].tolist() == [1, 1]
    assert found.kinds["kind"].tolist() == ["question", "complaint"]
    assert found.kinds["saving"].tolist() == pytest.approx([3.6, 0])
    assert found.net == pytest.approx(-6.4)


def test_from_the_break_even_on_it_pays():
    found = cost()
    assert found.break_even_customers == math.ceil(10 / 1.8)
    many = pd.concat([CONTACTS.assign(customer_id=CONTACTS["customer_id"] + 10 * turn) for turn in range(3)])
    assert cost(many).net > 0 > cost(many.iloc[:8]).net
    assert found.verdict.endswith("It pays from 6 customers on; here there are 2.")
    with language("ru"):
        assert found.verdict.endswith("Окупается начиная с 6 клиентов; здесь их 2.")


def test_nobody_follows_nothing_changes_and_a_dear_channel_saves_nothing():
    assert cost(followed=0).saving == 0
    assert cost(followed=0).break_even_customers is None
    assert "does not fall" in cost(to_channel="branch", channel_costs={"phone": 1, "branch": 90}).verdict


def test_what_cant_be_is_refused():
    with pytest.raises(InputError, match="can't be 'fax'"):
        cost(to_channel="fax")
    with pytest.raises(InputError, match="1 value of `handle_minutes` is negative"):
        cost(CONTACTS.assign(handle_minutes=[-1.0, 1, 1, 1]))
    with pytest.raises(InputError, match="no rows"):
        cost(CONTACTS.iloc[:0])
    with pytest.raises(InputError, match="`followed` can't be 2"):
        cost(followed=2)


def test_the_best_number_of_versions_is_that_of_the_closed_form():
    for people, saving, price, half in ((1_000, 2.0, 100.0, 3.0), (5_000, 1.0, 40.0, 2.0), (300, 8.0, 60.0, 5.0)):
        found = content_versions(people, saving=saving, content_cost=price, half=half, most=40)
        exact = math.sqrt(people * saving * half / price) - half
        assert abs(found.best - exact) < 1
        assert found.table["net"].iloc[found.best] == found.table["net"].max()
    assert found.table["break_even_customers"].iloc[1:].is_monotonic_increasing
    row = found.table.iloc[3]
    assert content_versions(math.ceil(row["break_even_customers"]), saving=8, content_cost=60,
                            half=5).table["net"].iloc[3] >= 0  # fmt: skip


def test_where_no_version_pays_it_is_said():
    found = content_versions(10, saving=1.0, content_cost=100.0)
    assert found.best == 0
    assert np.isnan(found.table["break_even_customers"].iloc[0])
    assert "No personalisation pays" in found.verdict
