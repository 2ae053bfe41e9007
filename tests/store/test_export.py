"""Export: only with the right, only what is seen, logged, and no formula in the file."""

import pandas as pd
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.store import departments
from crm_toolkit.store.roles import READY


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "parquet"])
def test_a_file_holds_what_the_person_sees(store, tmp_path, ending):
    path = tmp_path / f"customers.{ending}"
    desk = store.as_role("marketing")
    done = desk.export("customers", path, order="customer_id")
    read = {"csv": pd.read_csv, "tsv": lambda file: pd.read_csv(file, sep="\t"), "parquet": pd.read_parquet,
            "xlsx": lambda file: pd.read_excel(file, engine="calamine")}[ending](path)  # fmt: skip
    seen = desk.list("customers", order="customer_id", limit=None)
    assert list(read.columns) == list(seen.columns) == list(done.columns)
    assert read["customer_id"].tolist() == seen["customer_id"].tolist()
    assert read["phone"].tolist() == seen["phone"].tolist()
    assert all(value.startswith("•••") for value in read["phone"])


@pytest.mark.parametrize("role", list(READY))
def test_only_a_role_with_the_right_exports(store, people, tmp_path, role):
    desk = store.as_role(role, customer=people.customer if role == "customer" else None)
    if "export" in READY[role].rights:
        assert desk.export("orders", tmp_path / "o.csv", limit=3).rows == 3
    else:
        with pytest.raises(InputError):
            desk.export("orders", tmp_path / "o.csv")
        assert not (tmp_path / "o.csv").exists()
        assert store.count("exports") == 0


def test_who_took_what_is_in_the_list_of_exports_and_in_the_log(store, tmp_path):
    done = store.as_role("finance").export("payments", tmp_path / "p.csv", limit=5)
    row = store.row("exports", done.export_id)
    assert (row["actor"], row["entity"], row["rows"]) == ("finance", "payments", 5)
    assert row["columns"].split(", ") == list(done.columns)
    assert store.list("audit", where={"action": "export"})["entity"].tolist() == ["payments"]


@pytest.mark.parametrize("name", ["=1+1", "+7 000", "-x", "@SUM(A1)", "\t=1", "'=1", '=cmd|"/c calc"!A1'])
def test_no_cell_becomes_a_formula_and_the_text_comes_back(store, people, tmp_path, name):
    version = store.row("customers", people.customer)["version"]
    store.submit("profile", {"profession": name}, row=people.customer, expected_version=version)
    kept = store.row("customers", people.customer)["profession"]
    store.export("customers", tmp_path / "c.csv", where={"customer_id": people.customer})
    cell = pd.read_csv(tmp_path / "c.csv", dtype=str)["profession"][0]
    assert cell[0] not in "=+-@\t\r"
    assert cell in (kept, "'" + kept)


def test_a_panel_of_a_view_is_exported_as_it_is_shown(store, tmp_path):
    panel = departments.READY_VIEWS["marketing"].panels[0]
    done = store.as_role("marketing").export(panel, tmp_path / "invite.csv")
    assert done.columns == panel.columns


def test_nothing_is_logged_and_nothing_written_where_the_place_or_table_is_wrong(store, tmp_path):
    (tmp_path / "there.csv").write_text("mine")
    for what, name in (("orders", "there.csv"), ("orders", "no/where.csv"), ("orders", "o.docx"), ("odrers", "o.csv")):
        with pytest.raises(InputError):
            store.export(what, tmp_path / name)
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("crm.db")) == ["there.csv"]
    assert store.count("exports") == 0
    assert store.export("orders", tmp_path / "there.csv", limit=1, replace=True).rows == 1
