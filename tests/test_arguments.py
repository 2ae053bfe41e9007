"""Arguments of the wrong kind are a letter; what may be right is left to the function, and its errors are its own."""

import pickle
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import crm_toolkit as crm
from crm_toolkit import analysis, firm, plots, widgets
from crm_toolkit.behaviour.kano import better_worse
from crm_toolkit.errors import InputError
from crm_toolkit.schema.arguments import warn_asker, with_kinds_told
from crm_toolkit.texts import language

if TYPE_CHECKING:
    from fractions import Fraction as Share

    from matplotlib.axes import Axes

CALLED = []


def breaks(
    table: "pd.DataFrame", number: "float" = 1.0, words: "Sequence[str]" = (), share: "Share | str | None" = None,
    axes: "Axes | None" = None, places: "int" = 2, anything: "Any" = 5, **more: "int",
):  # fmt: skip
    """A function that always breaks down, with an error of its own."""
    CALLED.append(more)
    raise TypeError("its own")


asked = with_kinds_told(breaks)
FRAME = pd.DataFrame({"a": [1]})


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"table": [1]}, ["table"]),
        ({"table": FRAME, "number": "much"}, ["number"]),
        ({"table": FRAME, "number": None}, ["number"]),
        ({"table": None, "number": FRAME, "words": 3}, ["table", "number", "words"]),
        ({"table": FRAME, "share": 0.5}, ["share"]),
        ({"table": FRAME, "axes": "left"}, ["axes"]),
        ({"table": FRAME, "places": 2.5}, ["places"]),
        ({"table": FRAME, "places": float("nan")}, ["places"]),
    ],
)
def test_what_can_t_be_right_is_told_all_at_once(options, wrong):
    with pytest.raises(InputError) as letter:
        asked(**options)
    assert [problem.column for problem in letter.value.problems] == wrong
    assert {problem.code for problem in letter.value.problems} == {"wrong_kind"}
    assert letter.value.__cause__ is None
    with language("ru"), pytest.raises(InputError, match="принимает значение вида"):
        asked(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"table": FRAME},
        {"table": FRAME, "number": np.float32(2), "words": ["a"], "share": None},
        {"table": FRAME, "number": np.ones(3), "words": FRAME["a"], "anything": object(), "odd": "x"},
        {"table": FRAME, "number": 3, "share": "half"},
    ],
)
def test_an_error_of_its_own_stays_what_it_was(options):
    with pytest.raises(TypeError, match="its own"):
        asked(**options)


def test_places_of_a_pair_have_kinds_of_their_own_and_a_row_has_one():
    def pair(one: "tuple[str, float]" = ("a", 1.0), row: "tuple[float, ...]" = (1.0,)) -> None:
        raise ValueError("its own")

    for options in ({}, {"one": ("b", 2.0)}, {"row": (2.0, 3.0)}):
        with pytest.raises(ValueError, match="its own"):
            with_kinds_told(pair)(**options)
    with pytest.raises(InputError, match="`row` takes"):
        with_kinds_told(pair)(row=("a", "b"))


@pytest.mark.parametrize(
    ("args", "options", "told"),
    [
        ((), {}, [("missing_argument", "table")]),
        ((), {"nmber": 3}, [("missing_argument", "number"), ("unknown_argument", "nmber")]),
        ((1, 2, 3), {}, [("too_many_arguments", "")]),
        ((1,), {"number": 3, "table": 2}, [("repeated_argument", "table")]),
    ],
)
def test_a_call_that_does_not_fit_is_told_with_the_likely_slip(args, options, told):
    def takes(table: "int", *, number: "int" = 2) -> None:
        """Never gets so far."""

    def needs(*, number: "int") -> None:
        """Never gets so far."""

    function = needs if "nmber" in options else takes
    with pytest.raises(InputError) as letter:
        with_kinds_told(function)(*args, **options)
    assert [(problem.code, problem.column) for problem in letter.value.problems] == told
    if "nmber" in options:
        assert "Did you mean `number`?" in str(letter.value)
    with language("ru"), pytest.raises(InputError) as russian:
        with_kinds_told(function)(*args, **options)
    assert not set(str(russian.value)) & set("aeiou") - set(" ".join([function.__name__, "table number nmber"]))


def test_a_call_that_fits_keeps_an_error_about_another_call():
    def outer(table: "int") -> None:
        def inner(left: int) -> None:
            """Is called wrongly."""

        inner()  # type: ignore[call-arg]

    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        with_kinds_told(outer)(1)


def test_what_works_is_never_looked_at():
    def takes(value: "int") -> object:
        return value

    assert with_kinds_told(takes)("a word") == "a word"


def test_a_column_that_is_missing_is_told_whatever_the_function_asked_itself():
    def reads(table: "pd.DataFrame") -> object:
        return table["amount"]

    with pytest.raises(InputError, match="Did you mean `amuont`") as letter:
        with_kinds_told(reads)(pd.DataFrame({"amuont": [1]}))
    assert isinstance(letter.value.__cause__, KeyError)
    with pytest.raises(KeyError):
        with_kinds_told(lambda table: {}["amount"])(pd.DataFrame({"amount": [1]}))


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda: plots.retention_chart(FRAME), "table"),
        (lambda: plots.whale_chart([1, 2]), "whale"),
        (lambda: plots.fishbein_chart(None), "found"),
        (lambda: analysis.retention_curve("a file"), "table"),
        (lambda: firm.sla_status("usual", "2026-03-02", [], "2026-03-03"), "level"),
        (lambda: widgets.answer("retention_rate"), "exercise"),
        (lambda: crm.scenario(FRAME), "name"),
        (lambda: crm.Store.open(5), "url"),
        (lambda: better_worse("good"), "counts"),
        (lambda: crm.exercise("retention_rate", student="A-1").hint(FRAME), "level"),
    ],
)
def test_results_that_are_none_are_told_at_the_door_of_a_room(ask, name):
    with pytest.raises(InputError) as letter:
        ask()
    assert [(problem.code, problem.column) for problem in letter.value.problems] == [("wrong_kind", name)]


def test_one_name_means_one_function_that_can_be_sent_to_another_process():
    asked_first = analysis.rfm_scores
    assert analysis.rfm.rfm_scores is asked_first
    assert pickle.loads(pickle.dumps(analysis.rfm_scores)) is analysis.rfm_scores
    assert pickle.loads(pickle.dumps(analysis.btyd.fit_bgnbd)) is analysis.fit_bgnbd


def test_a_warning_points_at_the_line_of_the_one_who_asked():
    even = pd.DataFrame({"customer_id": [1, 2], "ordered_at": "2024-01-01", "amount": 5.0, "order_id": [1, 2]})
    even["ordered_at"] = pd.to_datetime(even["ordered_at"])
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        analysis.rfm_scores(even, as_of="2024-01-31")
        warn_asker("here")
    assert [(warning.filename, str(warning.message)[:3]) for warning in heard] == [(__file__, "All"), (__file__, "her")]


def test_a_table_that_a_world_has_not_is_a_letter_and_no_table_as_of_any_mapping():
    tables = crm.simulate("barbershop", customers=20, weeks=4).tables
    with pytest.raises(InputError, match="Did you mean `orders`") as letter:
        tables["order"]
    assert "order" not in tables
    assert tables.get("order") is None
    assert str(pickle.loads(pickle.dumps(letter.value))) == str(letter.value)


@pytest.mark.parametrize("odd", [None, 5, "spring"])
def test_a_policy_tells_what_is_no_list_of_campaigns(odd):
    with pytest.raises(InputError, match="campaigns"):
        crm.Policy(campaigns=odd)


@pytest.mark.parametrize("odd", [5, ["en"], FRAME])
def test_what_is_no_language_is_told(odd):
    with pytest.raises(InputError, match="is not available"):
        crm.language(odd)
