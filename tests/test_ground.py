"""The ground rooms: letters, tables and knobs."""

import pickle

import numpy as np
import pytest

from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import CUSTOMERS, PURCHASE_SUMMARY, PURCHASES, RFM_SCORES, require_columns
from crm_toolkit.texts import language


def test_a_letter_numbers_its_problems_and_indents_what_to_try():
    letter = InputError("No.", [Problem("a", "One.", "Found this.", "Try that."), Problem("b", "Two.")])
    assert str(letter) == "No.\n\n1. One.\n   Found this.\n   Try that.\n2. Two."
    assert isinstance(letter, ValueError)
    assert isinstance(letter, CRMError)


def test_a_letter_survives_the_way_between_processes():
    letter = InputError("No.", [Problem("a", "One.", rows=(3, 4), column="amount")])
    again = pickle.loads(pickle.dumps(letter))
    assert (again.heading, again.problems) == (letter.heading, letter.problems)


def test_missing_columns_come_in_one_letter_with_the_likely_slip():
    with pytest.raises(InputError) as caught:
        require_columns(["customer_id", "amount"], ["customer", "amuont", "x"], asked_by="rfm_scores")
    assert [problem.column for problem in caught.value.problems] == ["customer_id", "amount"]
    assert "Did you mean `amuont`?" in str(caught.value)
    with language("ru"), pytest.raises(InputError, match=r"(?s)не хватает 2 столбцов.*Может быть, это `amuont`\?"):
        require_columns(["customer_id", "amount"], ["amuont"], asked_by="rfm_scores")


def test_a_column_that_is_needed_itself_is_never_proposed_as_a_slip():
    with pytest.raises(InputError) as caught:
        require_columns(["unit_price", "unit_prices"], ["unit_price"], asked_by="f")
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize("table", [PURCHASES, CUSTOMERS, PURCHASE_SUMMARY, RFM_SCORES], ids=lambda table: table.name)
def test_tables_say_what_every_column_means_and_in_which_unit(table):
    assert len(set(table.column_names)) == len(table.columns)
    assert set(table.key) <= set(table.column_names)
    for column in table.columns:
        assert column.meaning
        assert column.unit or column.kind != "money"


@pytest.mark.parametrize("value", [5, 5.0, np.int64(5), np.float64(5)])
def test_a_whole_knob_takes_whole_numbers_of_any_kind(value):
    checked = Knob("bins", 5, 2, 10, 1, "Bins").check(value)
    assert checked == 5
    assert type(checked) is int


@pytest.mark.parametrize("value", [1, 11, 4.5, np.nan, np.inf, "5", True, None, [5]])
def test_a_knob_refuses_what_is_not_allowed(value):
    with pytest.raises(InputError, match=r"`bins` can't be"):
        Knob("bins", 5, 2, 10, 1, "Bins").check(value)


def test_a_knob_without_a_proper_declaration_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="origin"):
        Knob("x", 1, 0, 2, 1, "X", origin="somewhere")
    with pytest.raises(ValueError, match="outside"):
        Knob("x", 5, 0, 2, 1, "X")
