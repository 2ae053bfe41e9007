"""What every public function of the room promises of tables; `contract` and `contracts/` say whom and how to ask."""

import inspect
import re
import sys
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:  # where the package is installed and not the checkout
    sys.path.insert(0, str(ROOT))

from crm_toolkit import analysis  # noqa: E402
from crm_toolkit.errors import InputError, MissingExtraError  # noqa: E402
from tests.analysis.contract import Contract, every_contract, same, unflagged  # noqa: E402

ENTRIES = {entry.name: entry for entry in every_contract()}
NONSENSE = {"missing": np.nan, "infinite": np.inf, "negative": -3.0, "text": "many"}
LIKE_INFINITE = {"minus infinite": -np.inf}  # taken like infinite everywhere: behind `slow`
NO_TABLE = {  # public functions with a frame among their parameters, and why the walk does not take them
    "absorbing_chain": "takes a square matrix of probabilities, whose index names the states",
    "brand_switching_value": "takes a square matrix of probabilities",
}


@cache
def _made(name: str) -> pd.DataFrame:
    return ENTRIES[name].table()


def table_of(entry: Contract) -> pd.DataFrame:
    """A copy of the entry's table that nobody else holds."""
    return _made(entry.name).copy(deep=True)


def asked(entry: Contract, table: object):
    """The answer; a warning that is not announced is an error, whoever wrote it."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            answer = entry.ask(table)
        except MissingExtraError as missing:
            pytest.skip(str(missing))
    for warning in heard:
        announced = entry.warns and warning.category is UserWarning
        assert announced, f"{warning.category.__name__}: {warning.message} ({warning.filename}:{warning.lineno})"
    return answer


def answered_or_refused(entry: Contract, table: pd.DataFrame) -> InputError | None:
    """A documented answer without holes, or a letter; nothing else may come."""
    refused = None
    try:
        answer = asked(entry, table)
    except InputError as refusal:
        refused = refusal
    if refused is None:
        assert list(unflagged(answer, entry.missing)) == []
        return None
    assert refused.problems, "a letter without a reason"
    assert all(problem.what.strip() for problem in refused.problems)
    return refused


@cache
def usual_answer(entry: Contract):
    """The answer to the entry's own table."""
    return asked(entry, table_of(entry))


each = pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES.keys())


@each
def test_the_input_stays_and_the_answer_repeats_whatever_the_index_and_the_order_of_rows(entry):
    table = table_of(entry)
    if entry.order_free:
        table = table.sample(frac=1.0, random_state=5)
    table.index = [3] * len(table)
    before = table.copy(deep=True)
    answer = asked(entry, table)
    pd.testing.assert_frame_equal(table, before)
    assert same(answer, usual_answer(entry))
    assert list(unflagged(answer, entry.missing)) == []


@each
def test_what_is_no_table_or_lacks_a_column_is_refused_with_the_likely_slip(entry):
    for column in entry.columns:
        with pytest.raises(InputError) as refusal:
            asked(entry, table_of(entry).rename(columns={column: column + "x"}))
        assert f"The column `{column}` is missing." in str(refusal.value)
        if len(column) > 1:
            assert f"Did you mean `{column}x`?" in str(refusal.value)
        assert entry.function in refusal.value.heading
    for wrong in (None, [1, 2, 3]):
        with pytest.raises(InputError) as refusal:
            asked(entry, wrong)
        assert refusal.value.problems[0].code == "unknown_kind"


@each
def test_columns_without_names_several_over_each_other_or_twice_there_are_never_a_breakdown(entry):
    table = table_of(entry)
    counted = table.set_axis(range(table.shape[1]), axis=1)  # as a frame is that was made of rows alone
    grouped = table.set_axis(pd.MultiIndex.from_tuples([(name, "sum") for name in table.columns]), axis=1)
    for odd in (counted, grouped, table[[]]):
        refusal = answered_or_refused(entry, odd)
        assert refusal is not None or not entry.columns
    answered_or_refused(entry, pd.concat([table, table[[table.columns[0]]]], axis=1))
    answered_or_refused(entry, table.assign(more=1).rename(columns={"more": 7}))


@each
def test_no_rows_and_one_row_get_an_answer_or_a_letter(entry):
    table = table_of(entry)
    answered_or_refused(entry, table.iloc[:0])
    answered_or_refused(entry, table.iloc[[len(table) // 2]])


@pytest.mark.parametrize(
    "kinds", [pytest.param(NONSENSE, id="nonsense"), pytest.param(LIKE_INFINITE, id="minus", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    ("entry", "column"),
    [pytest.param(entry, column, id=f"{name}-{column}") for name, entry in ENTRIES.items() for column in entry.numbers],
)
def test_nonsense_among_numbers_is_refused_or_does_no_harm(entry, column, kinds):
    for kind, value in kinds.items():
        table = table_of(entry)
        table[column] = table[column].astype(object if kind == "text" else float)
        table.iloc[len(table) // 2, table.columns.get_loc(column)] = value
        refusal = answered_or_refused(entry, table)
        if kind in ("infinite", "minus infinite", "text") and not entry.allowed(kind.split()[-1], column):
            assert refusal is not None, f"{kind} in `{column}` was taken in silence"
            named = column in str(refusal) or column in {problem.column for problem in refusal.problems}
            assert named, f"the letter does not name `{column}`:\n{refusal}"


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        pytest.param(entry, column, id=f"{name}-{column}")
        for name, entry in ENTRIES.items()
        for column in entry.columns
        if column not in entry.numbers
    ],
)
def test_a_missing_name_or_date_is_refused_or_does_no_harm(entry, column):
    table = table_of(entry)
    if table[column].dtype.kind not in "MO":
        table[column] = table[column].astype(object)
    table.iloc[len(table) // 2, table.columns.get_loc(column)] = None
    answered_or_refused(entry, table)


def test_every_public_function_of_tables_has_a_contract():
    taken = {entry.function for entry in ENTRIES.values()} | NO_TABLE.keys()
    functions = {name: getattr(analysis, name) for name in analysis.__all__}
    of_tables = {name for name, thing in functions.items() if inspect.isfunction(thing) and _takes_a_table(thing)}
    assert sorted(of_tables - taken) == []
    assert sorted(NO_TABLE.keys() - functions.keys()) == []


def _takes_a_table(function: object) -> bool:
    """Whether a parameter is documented as a frame, a relation or a summary."""
    doc = inspect.getdoc(function) or ""
    part = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[^\n]*\n-{3,}|\Z)", doc, re.S | re.M)
    kinds = re.findall(r"^\w[\w, ]* : (.*)$", part.group(1), re.M) if part else []
    return any(re.search(r"\b(frame|relation|PurchaseSummary|DataFrame)\b", kind) for kind in kinds)
