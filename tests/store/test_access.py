"""The price of access: sixty questions, what a role answers alone, and what it sees of people on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.schema.store import STORE_TABLES
from crm_toolkit.store import READY, Role, checked_role
from crm_toolkit.store.access import (
    PERSONAL,
    access_answers,
    access_meter,
    common_coverage,
    routine_questions,
)
from crm_toolkit.texts import language

_TABLES = sorted({table for one in routine_questions() for table in one.tables})


def test_there_are_sixty_questions_of_different_codes_and_five_common_ones():
    questions = routine_questions()
    assert len({one.code for one in questions}) == len({one.text for one in questions}) == 60
    assert sum(one.common for one in questions) == 5


def test_what_the_questions_need_is_there():
    for one in routine_questions():
        for need in one.needs:
            table, _, column = need.partition(".")
            assert table in STORE_TABLES
            assert not column or column in STORE_TABLES[table].table.column_names, need


def test_nobody_answers_nothing_and_sees_nobody():
    nobody = Role("nobody", "Nobody", {}, {})
    meter = access_meter([nobody, "manager"])
    assert meter.loc["nobody"].tolist() == [0] * len(meter.columns)
    assert meter.loc["manager", "alone"] == 1


def test_a_masked_column_answers_no_question_and_exposes_nobody():
    masked = checked_role("desk", rows={"customers": "all"}, fields={"name": "masked", "contact": "masked"})
    answers = access_answers(masked).set_index("code")
    assert not answers.loc["call_back", "alone"]
    assert answers.loc["call_back", "lacks"] == "customers.full_name, customers.phone"
    assert answers.loc["call_back", "exposed"] == 0


def test_a_question_about_the_whole_needs_all_rows():
    for scope, alone in (("team", False), ("all", True)):
        role = checked_role("desk", rows={"customers": scope}, fields={"residence": "read"})
        assert access_answers(role).set_index("code").loc["where_live", "alone"] == alone


def test_surplus_is_what_was_seen_without_need():
    role = checked_role("desk", rows={"customers": "all"}, fields={"name": "read", "contact": "read"})
    row = access_answers(role).set_index("code").loc["call_back"]
    assert (row["needed"], row["exposed"], row["surplus"]) == (2, 6, 4)  # four columns of names, two of contact


@settings(max_examples=25, deadline=None)
@given(
    rows=st.dictionaries(st.sampled_from(_TABLES), st.sampled_from(["none", "own", "team", "all"])),
    fields=st.dictionaries(st.sampled_from(PERSONAL), st.sampled_from(["read", "masked", "none"])),
    table=st.sampled_from(_TABLES), kind=st.sampled_from(PERSONAL),
)  # fmt: skip
def test_a_wider_role_never_answers_less_and_never_exposes_less(rows, fields, table, kind):
    narrow = Role("role", "Role", rows, fields)
    wide = Role("role", "Role", {**rows, table: "all"}, {**fields, kind: "read"})
    less, more = access_meter(narrow).loc["role"], access_meter(wide).loc["role"]
    assert (more >= less - 1e-12).all()


def test_the_classes_of_a_line_add_up_to_its_exposure():
    meter = access_meter(list(READY))
    assert meter[list(PERSONAL)].sum(axis=1).tolist() == pytest.approx(meter["exposed"].tolist())
    assert (meter["surplus"] <= meter["exposed"]).all()


def test_coverage_is_the_share_of_staff_who_answer_the_five_common_questions():
    assert common_coverage({"service": 3, "finance": 1}) == 0.75
    assert common_coverage([(READY["manager"], 1)]) == 1
    for staff in ({}, {"sales": 0}, {"sales": -1, "service": 3}):
        with pytest.raises(InputError):
            common_coverage(staff)


def test_an_unknown_role_is_named_and_the_known_ones_listed():
    with pytest.raises(InputError, match="`manger`") as letter:
        access_meter("manger")
    assert "`manager`" in str(letter.value)


def test_every_question_is_asked_in_russian_too():
    english = access_answers("manager")["question"]
    with language("ru"):
        russian = access_answers("manager")["question"]
    assert not (english == russian).any()
