"""Controls have names and units, keep to their knob, and their numbers read well."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import language
from crm_toolkit.widgets.controls import choice_control, date_control, number_control, on_step

SHARE = Knob("share", 0.5, 0.0, 1.0, 0.05, "Customers", unit="weeks", origin="convention")
BINS = Knob("bins", 5, 2, 10, 1, "Customers", origin="convention")


def test_a_control_is_named_in_the_reader_s_language():
    with language("ru"):
        assert number_control(BINS).description == "Клиенты"


def test_a_whole_knob_gets_a_field_of_whole_numbers_with_its_range():
    control = number_control(BINS, value=7)
    assert (control.value, control.min, control.max, control.step) == (7, 2, 10, 1)
    control.value = 99
    assert control.value == 10


def test_a_value_outside_the_range_is_refused():
    with pytest.raises(InputError, match="`bins` can't be 11"):
        number_control(BINS, value=11)


@given(st.floats(0, 1))
def test_a_number_on_its_step_is_written_with_the_digits_of_the_step(value):
    shown = on_step(value, SHARE)
    assert len(str(shown)) <= 4
    assert abs(shown - value) <= 0.0251


def test_a_typed_number_goes_to_the_nearest_step():
    control = number_control(SHARE)
    control.value = 0.8500000000000001
    assert str(control.value) == "0.85"


def test_a_step_that_does_not_meet_the_end_stays_in_range():
    assert on_step(1.0, Knob("x", 0.5, 0.0, 1.0, 0.3, "x", origin="convention")) <= 1.0


def test_choices_show_words_and_mean_codes():
    control = choice_control("Method", [("by itself", "quantile"), ("nested", "nested")], value="quantile")
    assert (control.label, control.value) == ("by itself", "quantile")


def test_a_day_is_a_day():
    control = date_control("Date", value=dt.date(2024, 6, 30))
    assert control.value == dt.date(2024, 6, 30)
    assert control.description == "Date"
    control.value = dt.date(2, 6, 30)  # on the way to 2025
    assert control.value == dt.date(2, 6, 30)
