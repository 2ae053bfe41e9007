"""The reference corpus of bad inputs that may lie beside the project: all of it, in both languages."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from crm_toolkit.datasets import read_customers, read_purchases, write_table
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

FOLDER = Path(os.environ.get("CRM_BAD_INPUTS", Path(__file__).parents[2].parent / "shared" / "bad_inputs"))
MANIFEST = FOLDER / "manifest.json"
ENTRIES = json.loads(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.is_file() else []


@pytest.mark.skipif(not ENTRIES, reason="the reference corpus does not lie beside the project (CRM_BAD_INPUTS)")
def test_the_reference_corpus_is_there():
    assert ENTRIES


@pytest.mark.parametrize("spoken", ["en", "ru"])
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_reference_file_is_read_right_or_refused_clearly(entry, spoken, tmp_path):
    read = read_purchases if entry["kind"] == "tx" else read_customers
    with language(spoken):
        try:
            frame, report = read(FOLDER / entry["file"])
        except InputError as letter:
            refused, patterns, said = True, entry["names"], str(letter)
        else:
            refused = False
            patterns, said = entry["warn"], str(report)
            check = _check_purchases if entry["kind"] == "tx" else _check_customers
            if entry["truth"]:
                check(frame, entry["truth"])
    assert entry["outcome"] in (("reject", "ask") if refused else ("accept", "ask")), said
    for pattern in patterns:
        assert re.search(pattern, said), said
    if entry.get("export_check"):
        again, _ = read_customers(write_table(frame, tmp_path / "again.csv"))
        assert again.equals(frame)
    if "forbid_file" in entry:
        assert not Path(entry["forbid_file"]).exists()


def _check_purchases(frame, truth):
    days = frame["ordered_at"].dt.date
    known = frame["customer_id"].notna()
    assert len(frame) == truth["rows"]
    assert frame["customer_id"].nunique() == truth["customers"]
    assert int((~known).sum()) == truth["missing_customer"]
    assert int((frame["quantity"] < 0).sum()) == truth["returns"]
    assert (frame["quantity"] * frame["unit_price"]).sum() == pytest.approx(truth["revenue"], abs=0.001)
    assert frame["amount"].sum() == pytest.approx(truth["revenue"], abs=0.005 * len(frame) * 0.3)
    assert (str(days.min()), str(days.max())) == (truth["date_min"], truth["date_max"])
    assert len(frame[known].assign(day=days)[["customer_id", "day"]].drop_duplicates()) == truth["cust_days"]
    assert frame["item"].iloc[0] == truth["item0"]
    if "ids_sample" in truth:
        assert truth["ids_sample"] in set(frame["customer_id"].dropna())


def _check_customers(frame, truth):
    assert len(frame) == truth["rows"]
    assert frame["customer_id"].nunique() == truth["ids"]
    for place, value in truth["cells"].items():
        row, column = place.split(",")
        assert frame["customer_id" if column == "client_id" else column].iloc[int(row)] == value
