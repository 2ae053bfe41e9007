"""Profit of every customer: what stands in the books, no more and no less."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis
from crm_toolkit.errors import InputError

DAY = pd.Timestamp("2024-03-01 12:00")
BOOKS = pd.DataFrame(
    {
        "customer_id": ["ann", "ann", "bob", None, "eve"],
        "ordered_at": [DAY, DAY, DAY, DAY, DAY + pd.Timedelta(days=90)],
        "quantity": [2, -1, 3, 1, 1],
        "amount": [20.0, -10.0, 45.0, 9.0, 99.0],
        "unit_cost": [6.0, 6.0, 10.0, 1.0, 1.0],
    }
)
DESK = pd.DataFrame(
    {
        "customer_id": ["bob", "bob", "cid", None],
        "opened_at": DAY,
        "kind": ["complaint", "visit", "visit", "visit"],
        "handle_minutes": [30.0, np.nan, 8.0, 100.0],
    }
)


def test_books_by_hand():
    table = analysis.customer_profit(
        BOOKS, DESK, as_of="2024-03-31", minute_cost=0.5, rates={"complaint": 4.0}
    ).set_index("customer_id")
    assert table.loc["ann", ["revenue", "cost_of_goods", "margin", "cost_to_serve"]].tolist() == [10, 6, 4, 0]
    assert table.loc["bob", ["margin", "contacts", "minutes", "cost_to_serve", "profit"]].tolist() == [
        15,
        2,
        30,
        19,
        -4,
    ]
    assert table.loc["cid", ["revenue", "profit"]].tolist() == [0, -4]  # served, never bought
    assert list(table.index) == ["ann", "bob", "cid"]


def test_a_margin_rate_stands_in_for_unit_costs():
    table = analysis.customer_profit(BOOKS.drop(columns=["quantity", "unit_cost"]), as_of="2024-03-31",
                                     minute_cost=0, margin_rate=0.4)  # fmt: skip
    assert table["margin"].tolist() == [4.0, 18.0]
    assert table["profit"].tolist() == table["margin"].tolist()


def test_the_table_by_kind_costs_what_the_customers_cost():
    options = {"as_of": "2024-03-31", "minute_cost": 0.37, "rates": {"complaint": 4.0}}
    kinds = analysis.cost_to_serve_table(DESK, **options)
    table = analysis.customer_profit(BOOKS, DESK, **options)
    assert kinds["kind"].tolist() == ["complaint", "visit"]
    assert kinds["cost"].sum() == pytest.approx(table["cost_to_serve"].sum())
    assert kinds["cost_share"].sum() == pytest.approx(1)


def test_profit_ignores_the_order_of_lines_and_dearer_service_lowers_it(make_purchases):
    lines = make_purchases(5, lines=800)
    luck = np.random.default_rng(0)
    lines = lines.assign(quantity=np.where(lines["amount"] < 0, -1, 1), unit_cost=luck.random(len(lines)).round(2))
    contacts = pd.DataFrame(
        {
            "customer_id": pd.array(luck.integers(0, 90, 300), dtype="Int64"),
            "opened_at": pd.Timestamp("2023-05-05"),
            "kind": luck.choice(["a", "b"], 300),
            "handle_minutes": luck.gamma(2, 3, 300),
        }
    )
    one = analysis.customer_profit(lines, contacts, as_of="2024-01-31", minute_cost=1)
    mixed = analysis.customer_profit(
        lines.sample(frac=1, random_state=1), contacts.sample(frac=1, random_state=2), as_of="2024-01-31", minute_cost=1
    )
    pd.testing.assert_frame_equal(one, mixed)
    dear = analysis.customer_profit(lines, contacts, as_of="2024-01-31", minute_cost=2)
    served = one["contacts"] > 0
    assert (dear.loc[served, "profit"] < one.loc[served, "profit"]).all()
    assert dear.loc[~served, "profit"].tolist() == one.loc[~served, "profit"].tolist()


@pytest.mark.parametrize(
    ("books", "desk", "options", "letter"),
    [
        (BOOKS.drop(columns="unit_cost"), DESK, {}, "column `unit_cost` is missing"),
        (BOOKS.assign(unit_cost=np.nan), DESK, {}, "5 values of `unit_cost`"),
        (BOOKS.assign(quantity=1), DESK, {}, "1 line money and quantity have opposite"),
        (BOOKS, DESK.assign(handle_minutes=-1.0), {}, "less than 0 minutes"),
        (BOOKS, DESK.assign(opened_at=pd.NaT), {}, "no date"),
        (BOOKS, DESK.assign(customer_id=1), {}, "`customer_id` is of kind"),
        (BOOKS, DESK, {"minute_cost": -1}, "from 0"),
        (BOOKS, DESK, {"rates": {"visit": -1}}, "rates"),
        (BOOKS, DESK, {"margin_rate": 2}, "margin_rate"),
    ],
)
def test_what_can_not_be_added_up_is_refused_with_a_reason(books, desk, options, letter):
    with pytest.raises(InputError, match=letter):
        analysis.customer_profit(books, desk, **({"as_of": "2024-03-31", "minute_cost": 1} | options))


def test_contacts_of_nobody_are_no_contacts():
    with pytest.raises(InputError, match="0 contacts"):
        analysis.cost_to_serve_table(DESK.assign(customer_id=None), as_of="2024-03-31", minute_cost=1)
