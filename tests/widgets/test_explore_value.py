"""explore_value: costs decide who is profitable, levers what all are worth; both stand as analysis computes them."""

import re

import pandas as pd
import pytest

from crm_toolkit import analysis, widgets
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

pytestmark = pytest.mark.usefixtures("unpainted")

DAY = pd.Timestamp("2025-03-01")
LONG_AGO = pd.Timestamp("2024-01-10")
BOUGHT = pd.DataFrame(
    {
        "customer_id": [1, 1, 2, 3, 4],
        "ordered_at": [DAY, LONG_AGO, DAY, DAY, LONG_AGO],
        "amount": [100.0, 50.0, 90.0, 20.0, 70.0],
    }
)
SERVED = pd.DataFrame(
    {
        "customer_id": [2, 3, 3],
        "opened_at": [DAY, DAY, LONG_AGO],
        "kind": ["complaint", "visit", "visit"],
        "handle_minutes": [10.0, 15.0, 600.0],
    }
)


@pytest.fixture(scope="module")
def explorer():
    return widgets.explore_value(BOUGHT, SERVED, as_of="2025-06-30")


def test_only_the_last_twelve_months_take_part_and_who_came_before_is_not_new(explorer):
    result = explorer.first.result
    assert result.whale.customers == 3
    assert result.equity.new_customers == 2  # customer 1 bought before
    assert result.profit.set_index("customer_id")["minutes"].to_dict() == {1: 0.0, 2: 10.0, 3: 15.0}


def test_the_margin_of_a_customer_goes_into_equity_after_service(explorer):
    result = explorer.first.result
    expected = 0.6 * 210 - 1.2 * 25 - 30
    assert result.whale.total == pytest.approx(expected)
    assert result.equity.margin == pytest.approx(expected / 3)
    again = analysis.customer_equity(customers=3, new_customers=2, margin=expected / 3, retention=0.7, discount=0.15,
                                     acquisition_cost=15.0)  # fmt: skip
    assert result.equity.total == pytest.approx(again.total)


def test_costs_turn_the_whale_and_levers_do_not(explorer):
    peak = explorer.result.whale.peak
    explorer.controls["retention"].value = 0.9
    assert explorer.result.whale.peak == peak
    weak = explorer.result.elasticities.set_index("lever")["elasticity"]
    assert weak["retention"] > weak["margin"]
    explorer.controls["minute_cost"].value = 0.0
    assert explorer.result.whale.unprofitable == 0
    for name, value in (("retention", 0.7), ("minute_cost", 1.2)):
        explorer.controls[name].value = value


def test_costs_that_eat_all_profit_are_a_letter_and_no_traceback(explorer):
    explorer.controls["complaint_cost"].value = 300.0
    assert explorer.view is None
    assert "no share of a profit" in explorer._areas["conclusion"].value
    explorer.controls["complaint_cost"].value = 30.0
    assert explorer.view is not None


def test_a_year_without_purchases_is_refused():
    with pytest.raises(InputError, match="Nobody bought"):
        widgets.explore_value(BOUGHT, SERVED, as_of="2030-01-01")


def test_the_russian_box_is_russian():
    with language("ru"):
        view = widgets.explore_value(BOUGHT, SERVED, as_of="2025-06-30").first
    assert "рычаг" in view.conclusion
    assert not re.search("[A-Za-z]{3,}", view.conclusion + " ".join(view.notes))
