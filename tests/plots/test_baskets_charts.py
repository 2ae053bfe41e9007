"""Charts of baskets say what the results say, in both languages, and nothing in them overlaps."""

import re

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.analysis.baskets.cross_sell import item_pairs, lift_table
from crm_toolkit.analysis.baskets.itemsets import frequent_itemsets
from crm_toolkit.analysis.baskets.rules import association_rules
from crm_toolkit.errors import InputError
from crm_toolkit.plots.baskets import association_rules_chart, cross_sell_chart
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

ITEMS = {
    "en": ["pool", "towel", "bar", "sauna", "yoga", "massage", "a very long name of a rare service"],
    "ru": ["бассейн", "полотенце", "бар", "сауна", "йога", "массаж", "очень длинное название редкой услуги"],
}


def lines(code: str = "en") -> pd.DataFrame:
    luck = np.random.default_rng(9)
    bought = luck.random((600, 7)) < [0.5, 0.3, 0.25, 0.2, 0.2, 0.15, 0.1]
    bought[:, 4] |= bought[:, 5] & (luck.random(600) < 0.5)
    order, item = np.nonzero(bought)
    return pd.DataFrame({"order_id": order, "item": np.array(ITEMS[code], dtype=object)[item]})


def lifts(code: str = "en") -> pd.DataFrame:
    return lift_table(item_pairs(lines(code), correction="none", returns=None))


def rules(code: str = "en") -> pd.DataFrame:
    return association_rules(frequent_itemsets(lines(code), returns=None), min_confidence=0.2)


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        most = rules(code) if code == "ru" else rules(code).head(1)
        for name, ax in (
            ("pairs", cross_sell_chart(lifts(code))),
            ("rules", association_rules_chart(most, named=9)),
        ):
            assert_readable(name, ax)


def test_cells_hold_the_lifts_and_the_diagonal_none():
    table = lifts()
    ax = cross_sell_chart(table)
    assert len(ax.texts) == 42
    assert ax.texts[0].get_text() == f"{table.iloc[0, 1]:.2f}".rstrip("0")
    assert "Most often together: yoga and massage" in plots.alt_text(ax)


def test_points_are_the_rules_and_numbers_lead_to_those_with_the_highest_lift():
    table = rules()
    ax = association_rules_chart(table, named=3)
    points = ax.collections[0].get_offsets()
    assert sorted(map(tuple, np.asarray(points).tolist())) == sorted(
        zip(table["support"], table["confidence"], strict=True)
    )
    written = [text.get_text() for text in ax.get_legend().get_texts()]
    assert [text[0] for text in written] == ["1", "2", "3"] == [text.get_text() for text in ax.texts]
    first = table.iloc[0]
    assert written[0].endswith(f"{', '.join(first['antecedent'])} → {', '.join(first['consequent'])}")


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: cross_sell_chart(lifts().iloc[:3]), "A square table"),
        (lambda: association_rules_chart(rules().head(0)), "There are no rules"),
        (lambda: association_rules_chart(rules().rename(columns={"lift": "lft"})), "Did you mean `lft`?"),
        (lambda: association_rules_chart(rules(), named=12), "from 0 to 9"),
    ],
)
def test_what_can_not_be_drawn_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=re.escape(letter)):
        ask()
