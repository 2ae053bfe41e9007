"""What is typed becomes a value to store, or a problem with the field's name: never anything else."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import FORMS, Form, FormField
from crm_toolkit.store.forms import checked
from crm_toolkit.texts import language

KINDS = ("line", "text", "whole", "number", "money", "date", "moment", "flag", "choice", "phone", "email", "key")


def _form(kind, **more):
    choices = ("single", "married") if kind == "choice" else ()
    return Form("a", "Form", "customers", "create", (FormField("it", "It", kind, choices=choices, **more),))


def _read(kind, value, **more):
    return checked(_form(kind, **more), {"it": value})["it"]


def _refused(kind, value, **more):
    with pytest.raises(InputError) as refusal:
        _read(kind, value, **more)
    assert [problem.column for problem in refusal.value.problems] == ["it"]
    return refusal.value.problems[0].code


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("line", "  Ада \t Кинг\n", "Ада Кинг"),
        ("line", "Анна\u00a0Петрова", "Анна Петрова"),
        ("line", "Jose\u0301", "José"),
        ("line", "a\x00b\u200bc\ud800", "abc"),
        ("line", 17, "17"),
        ("text", " one\r\ntwo\n", "one\ntwo"),
        ("text", "good ••• bad", "good ••• bad"),
        ("whole", "1 234", 1234),
        ("whole", "1\u00a0234", 1234),
        ("whole", 3.0, 3),
        ("whole", np.int64(3), 3),
        ("whole", "−3", -3),
        ("number", "0,25", 0.25),
        ("number", "2.5", 2.5),
        ("money", "1 500,50", 150_050),
        ("money", 19.99, 1999),
        ("money", 0.1 + 0.2, 30),
        ("money", Decimal("0.01"), 1),
        ("money", "-5", -500),
        ("date", "2026-03-31", "2026-03-31"),
        ("date", "31.03.2026", "2026-03-31"),
        ("date", dt.date(2026, 3, 31), "2026-03-31"),
        ("date", pd.Timestamp("2026-03-31 23:59"), "2026-03-31"),
        ("date", np.datetime64("2026-03-31"), "2026-03-31"),
        ("moment", "2026-03-31 09:05", "2026-03-31 09:05:00"),
        ("moment", "2026-03-31T09:05:59", "2026-03-31 09:05:59"),
        ("moment", "31.03.2026", "2026-03-31 00:00:00"),
        ("flag", True, 1),
        ("flag", 0, 0),
        ("flag", np.True_, 1),
        ("choice", " single ", "single"),
        ("phone", "8 (000) 123-45-67", "+7 000 123-45-67"),
        ("phone", "+70001234567", "+7 000 123-45-67"),
        ("phone", "+84 90 123 45 67", "+84 90 123 45 67"),
        ("phone", "+1 202 555 0100", "+1 202 555 0100"),
        ("email", " Ada@Example.com ", "Ada@Example.com"),
        ("email", "имя@пример.рф", "имя@пример.рф"),
        ("key", "12", 12),
    ],
)
def test_what_is_typed_is_read(kind, typed, stored):
    found = _read(kind, typed)
    assert found == stored
    assert type(found) is type(stored)


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("line", "x" * 201, "too_long"),
        ("text", "x" * 10_001, "too_long"),
        ("line", ["a"], "not_text"),
        ("line", {"a": 1}, "not_text"),
        ("line", b"a", "not_text"),
        ("line", "И•••", "masked"),
        ("phone", "•••67", "masked"),
        ("email", "a•••@•••.ru", "masked"),
        ("whole", "3.5", "not_whole"),
        ("whole", "three", "not_a_number"),
        ("whole", True, "not_a_number"),
        ("whole", "1_000", "not_a_number"),
        ("whole", "9" * 41, "not_a_number"),
        ("whole", 10**14, "outside_range"),
        ("number", "1,234.5", "not_a_number"),
        ("number", "inf", "not_a_number"),
        ("number", float("inf"), "not_a_number"),
        ("money", "0.001", "too_fine"),
        ("money", "1000000000001", "outside_range"),
        ("date", "03/04/2026", "not_a_date"),
        ("date", "2026-02-30", "not_a_date"),
        ("date", "0001-01-01", "not_a_date"),
        ("date", dt.date(1, 1, 1), "not_a_date"),
        ("date", 20260331, "not_a_date"),
        ("flag", "perhaps", "not_a_flag"),
        ("flag", 2, "not_a_flag"),
        ("flag", [1], "not_a_flag"),
        ("choice", "singel", "unknown_choice"),
        ("phone", "12", "not_a_phone"),
        ("phone", "call me on 1234567", "not_a_phone"),
        ("email", "a@b", "not_an_email"),
        ("email", "a@b..com", "not_an_email"),
        ("email", "a b@example.com", "not_an_email"),
    ],
)
def test_what_can_t_be_read_is_refused(kind, typed, code):
    assert _refused(kind, typed) == code


def test_a_comma_before_three_digits_is_asked_about_where_it_has_two_meanings():
    for typed in ("1,234", "-12,500"):
        assert _refused("number", typed) == "ambiguous"
        assert _refused("money", typed) == "ambiguous"
    with language("ru"):
        assert _read("number", "1,234") == 1.234
    assert _read("number", "0,125") == 0.125


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nothing", [None, "", "  ", "\u00a0", float("nan"), pd.NA, pd.NaT, np.nan])
def test_nothing_is_nothing_in_every_kind(kind, nothing):
    assert _read(kind, nothing) is None
    assert _refused(kind, nothing, required=True) == "empty"


def test_letters_that_can_t_be_seen_do_not_fill_a_field():
    assert _refused("line", "\u200b\u200b", required=True) == "empty"


@pytest.mark.parametrize(("typed", "is_in"), [(0, False), (1, True), (5, True), (6, False)])
def test_a_range_holds_at_both_ends(typed, is_in):
    if is_in:
        assert _read("whole", typed, low=1, high=5) == typed
    else:
        assert _refused("whole", typed, low=1, high=5) == "outside_range"


def test_what_is_past_can_t_be_still_to_come():
    form = _form("moment", past=True)
    now = "2026-03-31 12:00:00"
    assert checked(form, {"it": "2026-03-31 12:00"}, now=now) == {"it": now}
    for later in ("2026-03-31 12:01", "2027-01-01"):
        with pytest.raises(InputError) as refusal:
            checked(form, {"it": later}, now=now)
        assert refusal.value.problems[0].code == "in_future"
    assert checked(_form("date", past=True), {"it": "2026-03-31"}, now=now) == {"it": "2026-03-31"}


def test_all_problems_stand_in_one_letter_and_each_names_its_field():
    with pytest.raises(InputError) as refusal:
        checked(FORMS["customer"], {
            "phone": "12", "email": "x", "birth_date": "long ago", "sex": "f", "children": -1, "income_month": "much",
            "kind": "friend", "nonsense": 1,
        })  # fmt: skip
    assert sorted(problem.column for problem in refusal.value.problems) == [
        "birth_date", "children", "email", "full_name", "income_month", "kind", "nonsense", "phone", "sex",
    ]  # fmt: skip
    assert all(problem.what for problem in refusal.value.problems)


def test_a_form_that_changes_a_row_leaves_alone_what_was_not_given():
    assert checked(FORMS["profile"], {"city": "Tula"}) == {"city": "Tula"}
    assert checked(FORMS["profile"], {"city": ""}) == {"city": None}
    with pytest.raises(InputError):
        checked(FORMS["request_step"], {"text": "the step itself is missing"})


def test_a_field_of_the_desk_is_unknown_in_the_account():
    assert checked(FORMS["profile"], {"note": "kind"}, door="employee") == {"note": "kind"}
    for name, value in (("note", "mine"), ("customer_id", 5), ("version", 3), ("kind", "client")):
        with pytest.raises(InputError) as refusal:
            checked(FORMS["profile"], {name: value}, door="customer")
        assert refusal.value.problems[0].code == "unknown_field"


@pytest.mark.parametrize("values", [None, [], "text", 5])
def test_values_that_are_no_dictionary_are_refused(values):
    with pytest.raises(InputError):
        checked(FORMS["customer"], values)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_speaks_of_its_table_and_of_known_kinds(form):
    assert form.entity in STORE_TABLES
    assert form.action in ("create", "edit")
    columns = STORE_TABLES[form.entity].table.column_names
    for field in form.fields:
        assert field.kind in KINDS
        assert (field.kind == "choice") == bool(field.choices)
        codes = STORE_TABLES[form.entity].codes.get(field.name)
        if codes and field.name in columns:
            assert set(field.choices) <= set(codes), field.name


def test_a_form_takes_the_codes_that_a_world_writes(tables):
    """A profile that was filled from a world can be saved again."""
    fields = {field.name: field for field in FORMS["profile"].fields}
    for name in ("sex", "marital_status", "education"):
        assert set(tables["customers"][name].dropna()) <= set(fields[name].choices)
    method = next(field for field in FORMS["purchase"].fields if field.name == "method")
    assert set(tables["payments"]["method"]) <= set(method.choices)


_ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=300), st.binary(max_size=5), st.decimals(),
    st.dates(), st.datetimes(), st.lists(st.integers(), max_size=2), st.complex_numbers(), st.just(pd.NA),
    st.just(pd.NaT), st.just(object()), st.integers(-(10**400), 10**400),
    st.from_regex(r"\A[-+0-9., eE]{1,12}\Z"), st.from_regex(r"\A[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}\Z"),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.data())
def test_whatever_is_handed_in_a_form_gives_values_or_a_letter(name, data):
    form = FORMS[name]
    names = st.sampled_from([field.name for field in form.fields] + ["nonsense"])
    values = data.draw(st.dictionaries(names, _ANYTHING, max_size=6))
    try:
        read = checked(
            form, values, door=data.draw(st.sampled_from(["employee", "customer"])), now="2026-01-01 00:00:00"
        )
    except InputError as refusal:
        str(refusal)
    else:
        assert all(type(value) in (int, float, str, type(None)) for value in read.values())
        assert all(abs(value) < 2**63 for value in read.values() if type(value) is int)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["line", "text", "money", "date", "moment", "phone", "email", "number"]), st.text(max_size=60))
def test_what_was_stored_can_be_typed_again(kind, typed):
    try:
        stored = _read(kind, typed)
    except InputError:
        return
    again = stored / 100 if kind == "money" and stored is not None else stored
    assert _read(kind, again) == stored
