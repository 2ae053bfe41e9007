"""The tables in ``datasets/`` are what the code makes, and people's programs can open them."""

import hashlib
import json

import pandas as pd
import pytest

from crm_toolkit.datasets import load_barbershop, read_purchases, shipped
from crm_toolkit.errors import InputError


def test_kept_files_are_what_the_code_makes():
    for name, content in shipped.barbershop_files().items():
        kept = (shipped.FOLDER / "barbershop" / name).read_bytes()
        assert kept == content, f"{name}: run crm-toolkit data"


def test_manifest_names_every_file_with_its_digest():
    files = shipped.barbershop_files()
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["sha256"] == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


@pytest.mark.parametrize("name", ["purchases.csv", "purchases_excel_ru.csv"])
def test_both_files_read_back_as_the_table_they_came_from(name):
    purchases, _ = read_purchases(shipped.FOLDER / "barbershop" / name)
    made = load_barbershop()
    for column in ("order_id", "customer_id", "quantity", "unit_price", "amount"):
        assert purchases[column].tolist() == made[column].tolist()
    assert (pd.to_datetime(purchases.ordered_at) == made.ordered_at).all()


def test_a_data_set_is_written_once_and_mended_when_it_differs(tmp_path):
    assert len(shipped.write_shipped("barbershop", tmp_path)) == 5
    assert shipped.write_shipped("barbershop", tmp_path) == []
    (tmp_path / "barbershop" / "purchases.csv").write_text("spoiled", encoding="utf-8")
    assert [path.name for path in shipped.write_shipped("barbershop", tmp_path)] == ["purchases.csv"]


def test_unknown_data_set_is_refused_with_the_list():
    with pytest.raises(InputError, match="Available: barbershop"):
        shipped.write_shipped("barbershoppe")


def test_a_folder_that_is_a_file_gets_a_letter(tmp_path):
    (tmp_path / "barbershop").write_text("in the way", encoding="utf-8")
    with pytest.raises(InputError, match="can't be written to"):
        shipped.write_shipped("barbershop", tmp_path)
