"""Whatever is handed in, a verdict comes back; and it says what the answer deserves."""

import math
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.exercises import Verdict, exercise
from crm_toolkit.exercises.answers import read_number, read_table
from crm_toolkit.exercises.verdict import STATUSES, make_verdict
from crm_toolkit.texts import language

NUMBER = exercise("retention_rate", student="A-1")
TABLE = exercise("rfm_by_hand", student="A-1")
SHARE = (NUMBER.data["end"] - NUMBER.data["new"]) / NUMBER.data["start"]
NBSP = "\N{NO-BREAK SPACE}"


class Hostile:
    """Raises at everything."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __float__(self):
        raise RuntimeError("float")

    def __len__(self):
        raise RuntimeError("len")

    def __bool__(self):
        raise RuntimeError("bool")


class EqualToAll(float):
    """Says that it equals whatever it is compared with."""

    def __eq__(self, other):
        return True

    __hash__ = None

    def __sub__(self, other):
        return 0.0

    def __abs__(self):
        return 0.0


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.decimals(),
    st.fractions(),
    st.text(),
    st.binary(),
    st.dates(),
    st.timedeltas(),
    st.functions(),
    st.from_type(type).flatmap(st.from_type).filter(lambda thing: True),
    st.lists(st.one_of(st.floats(), st.text(), st.none())),
    st.dictionaries(st.one_of(st.text(), st.integers(), st.none()), st.one_of(st.floats(), st.text(), st.none())),
    st.dictionaries(
        st.sampled_from(["recency_days", "frequency", "monetary", "customer_id", "x"]),
        st.one_of(
            st.dictionaries(st.sampled_from([*TABLE.customers, "C-0"]), st.one_of(st.floats(), st.text())),
            st.lists(st.one_of(st.text(), st.integers()), max_size=3),
        ),
    ),
    st.sets(st.integers()),
)


@settings(max_examples=60, deadline=None)
@given(anything)
def test_any_object_gets_a_verdict(answer):
    for own in (NUMBER, TABLE):
        verdict = own.check(answer)
        assert isinstance(verdict, Verdict)
        assert verdict.status in STATUSES
        assert 0 <= verdict.score <= 1
        assert verdict.heading
        assert str(verdict)


@pytest.mark.parametrize(
    "answer",
    [
        Hostile,
        lambda: 0.5,
        len,
        10**5000,
        "9" * 10000,
        -(10**400),
        "1e999",
        float("nan"),
        math.inf,
        "nan",
        "inf",
        True,
        np.bool_(True),
        1 + 0j,
        np.complex128(1),
        pd.NA,
        pd.NaT,
        np.datetime64("2025-01-01"),
        pd.Timestamp("2025-01-01"),
        pd.Timedelta(days=1),
        b"0.5",
        [0.1, 0.2],
        pd.Series([0.1, 0.2]),
        pd.DataFrame({"a": [1, 2]}),
        {"a": 1},
        object(),
        "about a half",
        "1_000",
        "5,5,5",
        "1.2.3",
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_what_is_no_number_is_unreadable_and_not_wrong(answer):
    verdict = NUMBER.check(answer)
    assert (verdict.status, verdict.score, verdict.code) == ("unreadable", 0, "UNREADABLE")
    assert verdict.message


@pytest.mark.parametrize(
    "answer",
    [
        SHARE,
        np.float32(SHARE),
        np.float64(SHARE),
        Decimal(str(SHARE)),
        Fraction(SHARE),
        np.array(SHARE),
        np.array([[SHARE]]),
        pd.Series([SHARE], index=["x"]),
        pd.DataFrame({"share": [SHARE]}),
        [SHARE],
        f"{NUMBER.data['end'] - NUMBER.data['new']}/{NUMBER.data['start']}",
        f"{SHARE:.3f}",
        f"{SHARE * 100:.2f}%",
        f" {SHARE * 100:.1f}{NBSP}% ".replace(".", ","),
    ],
    ids=repr,
)
def test_a_right_number_is_right_in_any_clothes(answer):
    assert NUMBER.check(answer).right


def test_an_object_that_raises_at_everything_gets_a_verdict():
    assert NUMBER.check(Hostile()).status == "unreadable"
    assert TABLE.check(Hostile()).status == "unreadable"
    assert TABLE.check({"C-1": Hostile()}).status == "unreadable"


def test_an_object_equal_to_everything_earns_nothing():
    assert NUMBER.check(EqualToAll(0.123)).status == "wrong"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0,786", (0.786,)),
        (".5", (0.5,)),
        ("5.", (5.0,)),
        ("1 234,5", (1234.5,)),
        (f"1{NBSP}234{NBSP}567", (1234567.0,)),
        ("1\u202f234,5", (1234.5,)),
        ("1'234.5", (1234.5,)),
        ("1,234.5", (1234.5,)),
        ("1.234,5", (1234.5,)),
        ("1,234,567", (1234567.0,)),
        ("1,234", (1.234, 1234.0)),
        ("0,234", (0.234,)),
        ("−3", (-3.0,)),
        ("+3", (3.0,)),
        ("$5", (5.0,)),
        ("5 ₽", (5.0,)),
        ("5 руб.", (5.0,)),
        ("1 234,50 р.", (1234.5,)),
        ("78.6 %", (0.786,)),
        ("78,6 процента", (0.786,)),
        ("= 0.5", (0.5,)),
        ("1/4", (0.25,)),
        ("½", (0.5,)),
        ("5e-1", (0.5,)),
        ("٣", (3.0,)),
        ("1/0", ()),
        ("12 34", ()),
        ("", ()),
        ("half", ()),
    ],
)
def test_numbers_in_texts(text, values):
    assert read_number(text).values == pytest.approx(values)


def test_rounded_too_early_is_close_but_not_right():
    verdict = NUMBER.check(round(SHARE, 2))
    assert (verdict.code, verdict.score) == ("ROUNDING", 0.5)
    assert NUMBER.check(round(SHARE, 2) * 100).code == "ROUNDING"


def test_a_slip_in_per_cent_is_still_this_slip():
    verdict = NUMBER.check(f"{100 * NUMBER.data['end'] / NUMBER.data['start']:.4f}")
    assert verdict.code == "NEW_NOT_SUBTRACTED"
    assert "per cent" in verdict.message


def test_an_answer_exactly_at_the_tolerance_passes():
    tolerance = NUMBER.task.tolerance
    assert NUMBER.check(SHARE + tolerance).right
    assert not NUMBER.check(SHARE + 1.01 * tolerance).right


def right_table():
    return pd.DataFrame(TABLE.case.right).rename_axis("customer_id")


def test_table_forms_of_other_libraries():
    polars = pytest.importorskip("polars")
    assert TABLE.check(polars.from_pandas(right_table().reset_index())).right
    records = right_table().reset_index().to_dict("records")
    assert TABLE.check(records).right
    assert TABLE.check(right_table().rename(columns=str.upper)).right


def test_one_column_may_come_as_series_or_dict():
    cells = TABLE.case.right["frequency"]
    assert read_table(pd.Series(cells), ("frequency",)).columns["frequency"].keys() == cells.keys()
    assert read_table(cells, ("frequency",)).columns["frequency"].keys() == cells.keys()
    named = TABLE.check(pd.Series(cells, name="frequency"))
    assert (named.status, named.code) == ("not_attempted", "INCOMPLETE")
    assert "`frequency`: right." in named.message


@pytest.mark.parametrize(
    ("spoil", "status", "text"),
    [
        (lambda table: table.drop(columns="frequency"), "not_attempted", "`frequency`: not filled in yet."),
        (lambda table: table.iloc[:-2], "not_attempted", "so far right; not filled in: "),
        (lambda table: pd.concat([table, table.iloc[:1] + 1]), "unreadable", "stands in the table twice"),
        (lambda table: pd.concat([table, table.iloc[:1]]), "right", ""),
        (lambda table: pd.concat([table, table["frequency"]], axis=1), "unreadable", "`frequency` stands in the table"),
        (lambda table: table.rename(index={table.index[0]: "C-0"}), "wrong", "unknown customers: C-0"),
        (lambda table: table.reset_index(drop=True), "wrong", "unknown customers: 0, 1, 2 and 5 more"),
        (lambda table: table.assign(frequency="often"), "unreadable", "A number is wanted"),
        (lambda table: table.assign(frequency=math.inf), "unreadable", "infinite"),
        (lambda table: table.assign(frequency=math.nan), "not_attempted", "`frequency`: not filled in yet."),
        (lambda table: table.rename(columns=lambda name: name + "_"), "unreadable", "The table has: `recency_days_`"),
        (lambda table: table.to_numpy(), "unreadable", "A table is wanted"),
        (lambda table: 5, "unreadable", "A table is wanted"),
        (lambda table: table.assign(frequency=99), "wrong", "8 customers of 8 are off"),
    ],
)
def test_tables_that_are_not_quite_right(spoil, status, text):
    verdict = TABLE.check(spoil(right_table()))
    assert verdict.status == status
    assert text in verdict.message


def test_blanks_among_columns_are_not_attempted():
    cells = TABLE.case.right
    one = TABLE.check({"recency_days": ..., "frequency": None, "monetary": pd.Series(cells["monetary"])})
    assert one.codes == ("NOT_ATTEMPTED", "NOT_ATTEMPTED", "RIGHT")
    assert (one.code, one.heading) == ("INCOMPLETE", "Not complete yet.")
    none = TABLE.check({"recency_days": ..., "frequency": ..., "monetary": ""})
    assert (none.status, none.code, none.score) == ("not_attempted", "NOT_ATTEMPTED", 0)
    assert TABLE.check({"recency_days": 5, "monetary": cells["monetary"]}).status == "unreadable"


def test_the_answer_is_not_changed_by_the_check():
    table = right_table().astype(str)
    copy = table.copy()
    TABLE.check(table)
    pd.testing.assert_frame_equal(table, copy)


def test_every_column_is_diagnosed_on_its_own():
    slips = dict(zip((slip.code for slip in TABLE.task.misconceptions), TABLE.case.slips, strict=True))
    mixed = right_table()
    mixed["frequency"] = pd.Series(slips["FREQUENCY_COUNTS_LINES"]["frequency"])
    mixed["monetary"] = pd.Series(slips["RETURNS_IGNORED"]["monetary"])
    verdict = TABLE.check(mixed)
    assert verdict.codes == ("RIGHT", "FREQUENCY_COUNTS_LINES", "RETURNS_IGNORED")
    assert verdict.code == "FREQUENCY_COUNTS_LINES"
    assert verdict.score == pytest.approx((1 + 0.25 + 0.25) / 3, abs=1e-4)


def test_messages_never_hold_the_answer():
    for answer in (0.1, 5, SHARE * 100, round(SHARE, 2), 1 - SHARE):
        assert f"{SHARE:.3f}" not in str(NUMBER.check(answer))


def test_a_verdict_says_its_status_in_words_sign_and_colour():
    signs, headings = set(), set()
    for code in ("en", "ru"):
        with language(code):
            for status in STATUSES:
                verdict = make_verdict(status, 0, "CODE", "a < b\nc")
                html = verdict._repr_html_()
                assert verdict.sign in html
                assert verdict.heading in html
                assert "a &lt; b<br>c" in html
                assert verdict.heading in verdict._repr_markdown_()
                assert verdict.heading in str(verdict)
                assert repr(verdict) == str(verdict)
                signs.add(verdict.sign)
                headings.add(verdict.heading)
    assert len(signs) == len(STATUSES)
    assert len(headings) == 2 * len(STATUSES)


def test_a_verdict_cannot_be_edited():
    with pytest.raises(FrozenInstanceError):
        NUMBER.check(0.1).score = 1.0
