"""Every odd file of the corpus is read right and said, or refused in a clear letter, in both languages."""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.datasets import read_customers, read_purchases
from crm_toolkit.errors import InputError
from crm_toolkit.schema import CUSTOMERS, PURCHASES
from crm_toolkit.texts import language


def _beside(name):
    spec = importlib.util.spec_from_file_location(f"_intake_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


corpus = _beside("corpus")
CASES = [
    *corpus.encodings(),
    *corpus.few_letters(),
    *corpus.habits(),
    *corpus.dialects(),
    *corpus.headers(),
    *corpus.containers(),
    *_beside("corpus_values").cases(corpus),
    *_beside("corpus_meanings").cases(corpus),
    *_beside("corpus_workbooks").cases(corpus),
    *_beside("corpus_customers").cases(corpus),
]


def test_the_corpus_is_large_and_its_names_are_unique():
    assert len(CASES) >= 110
    names = [(case.kind, case.name) for case in CASES]
    assert len(set(names)) == len(names)


# in turn a case speaks English or Russian; the other language of each is behind `slow`
SPOKEN = [
    pytest.param(
        case, code, id=f"{case.kind[0]}-{case.name}-{code}", marks=() if other == place % 2 else pytest.mark.slow
    )
    for place, case in enumerate(CASES)
    for other, code in enumerate(("en", "ru"))
]


@pytest.mark.parametrize(("case", "spoken"), SPOKEN)
def test_an_odd_file_is_read_right_or_refused_clearly(case, spoken, tmp_path):
    path = tmp_path / case.name
    path.write_bytes(case.written())
    read = read_purchases if case.kind == "purchases" else read_customers
    with language(spoken):
        began = time.perf_counter()
        if case.outcome == "accept":
            frame, report = read(path, **case.hints)
            letter = str(report)
            (_check_purchases if case.kind == "purchases" else _check_customers)(frame, case)
            assert report.rows_kept == len(frame)
            assert report._repr_html_().count("<script") == 0
        else:
            with pytest.raises(InputError) as refusal:
                read(path, **case.hints)
            letter = str(refusal.value)
            assert refusal.value.problems
            assert all(problem.code and problem.what for problem in refusal.value.problems)
        assert time.perf_counter() - began < 10
    for pattern in case.says:
        assert re.search(pattern, letter), letter
    _check_letter(letter, spoken)


def _check_letter(letter, spoken):
    assert "Traceback" not in letter
    assert not re.search(r"\{\w*\}", letter), "a place was not filled in"
    if spoken == "ru":
        assert re.search(r"[а-яё]", letter)
        for english in (" line ", " lines ", "can't be", "was read", " and is ", "The file"):
            assert english not in letter


def _check_purchases(frame, case):
    assert list(frame.columns) == list(PURCHASES.column_names)
    truth = case.truth
    assert len(frame) == len(truth)
    customers = [line.customer or None for line in truth]
    assert [None if pd.isna(value) else value for value in frame["customer_id"]] == customers
    assert frame["order_id"].tolist() == [line.order for line in truth]
    assert frame["ordered_at"].tolist() == [pd.Timestamp(line.at) for line in truth] or _same_days(frame, truth)
    items = ["" if pd.isna(value) else value for value in frame["item"]]
    assert items == [line.item.replace("\x80", "\x80") for line in truth]
    np.testing.assert_allclose(frame["quantity"], [float(line.quantity) for line in truth], rtol=0, atol=1e-9)
    np.testing.assert_allclose(frame["unit_price"], [float(line.price) for line in truth], rtol=0, atol=1e-9)
    amounts = [float(line.amount) for line in truth]
    for (row, _), value in case.cells.items():
        amounts[row] = value
    np.testing.assert_allclose(frame["amount"], amounts, rtol=0, atol=0.00501)
    if not case.cells and all(line.amount * 100 == int(line.amount * 100) for line in truth):
        assert round(float(frame["amount"].sum()), 2) == float(sum(line.amount for line in truth))
    for wanted in case.ids:
        assert wanted in set(frame["customer_id"].dropna())


def _same_days(frame, truth):
    """A form without times of day keeps the days."""
    moments = frame["ordered_at"]
    return (moments == moments.dt.normalize()).all() and [day.date() for day in moments] == [x.at.date() for x in truth]


def _check_customers(frame, case):
    assert list(frame.columns) == list(CUSTOMERS.column_names)
    for (row, name), value in case.cells.items():
        found = frame[name].iloc[row]
        if value is None:
            assert pd.isna(found)
        elif name == "birth_date":
            assert found.date() == value
        else:
            assert found == value
