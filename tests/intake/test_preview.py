"""A preview shows a file as it would be read, and never raises for a bad one."""

from __future__ import annotations

import io
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.datasets import write_table
from crm_toolkit.errors import InputError
from crm_toolkit.intake import Hints, preview
from crm_toolkit.texts import language

LIST = "Код;ФИО;Почта;Любимый цвет\nK1;Анна;a@b.org;синий\nK2;Олег;;\n"
KINDS = ("customers", "contacts", "purchases")


def test_a_good_file_shows_headers_mapping_and_rows():
    found = preview(LIST.encode("cp1251"), "customers", name="list.csv")
    assert found.ready
    assert found.headers == ("Код", "ФИО", "Почта", "Любимый цвет")
    assert found.mapping == {"customer_id": "Код", "full_name": "ФИО", "email": "Почта"}
    assert found.first_rows == (("K1", "Анна", "a@b.org", "синий"), ("K2", "Олег", "", ""))
    assert found.required == ("customer_id",)
    assert found.fields[0] == "customer_id"
    assert not found.problems
    assert "list.csv" in str(found)


def test_a_correction_of_the_mapping_is_taken():
    found = preview(LIST.encode(), "customers", columns={"full_name": "Любимый цвет"})
    assert found.mapping["full_name"] == "Любимый цвет"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_every_kind_of_file_has_a_preview(ending, tmp_path):
    frame = pd.DataFrame({"client_id": ["1", "2"], "date": ["2024-03-15", "2024-03-16"], "kind": ["call", "visit"]})
    found = preview(write_table(frame, tmp_path / f"c.{ending}"), "contacts")
    assert found.ready, found.letter
    assert found.mapping == {"customer_id": "client_id", "opened_at": "date", "kind": "kind"}
    if ending != "parquet":
        assert found.first_rows[0][-1] == "call"


def test_a_frame_has_a_preview_with_at_most_five_rows():
    frame = pd.DataFrame({"client_id": range(50), "name": ["x"] * 50})
    found = preview(frame, "customers", name="frame")
    assert found.ready
    assert len(found.first_rows) == 5


@pytest.mark.parametrize("spoken", ["en", "ru"])
@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"name,phone\nAnna,1\n", "customers", "missing_column"),
        (b"client_id,date,kind\nK1,2024-03-15,stroll\n", "contacts", "unknown_kinds"),
        (b"customer,date,amount\nK1,03/04/2024,5\n", "purchases", ""),
        (b"", "customers", ""),
        (b"\x00\x01\x02", "customers", ""),
        (b"just some words\nand more\n", "customers", "no_header"),
        (b"%PDF-1.4 x", "contacts", ""),
    ],
)
def test_a_bad_file_shows_its_letter(content, kind, code, spoken):
    with language(spoken):
        found = preview(content, kind, name="odd.csv")
    assert not found.ready
    assert found.problems
    assert found.letter == str(found)
    assert not code or found.problems[0].code == code


def test_headers_are_shown_even_where_a_field_is_missing():
    found = preview(b"name,phone\nAnna,1\nBob,2\n", "customers")
    assert found.headers == ("name", "phone")
    assert found.first_rows == (("Anna", "1"), ("Bob", "2"))
    assert found.mapping == {"full_name": "name", "phone": "phone"}


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)), st.sampled_from(KINDS))
def test_no_content_makes_it_raise(content, kind):
    found = preview(content, kind)
    assert found.ready != bool(found.problems)


def test_other_sources_do_not_make_it_raise(tmp_path):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("a.txt", "x")
        archive.writestr("b.txt", "y")
    for source in (tmp_path / "none.csv", tmp_path, bomb.getvalue(), 5, None, pd.DataFrame()):
        assert not preview(source, "customers").ready
    assert not preview(b"a,b\n1,2\n", "customers", hints=Hints(day_first="yes")).ready


def test_a_slip_of_the_program_is_refused():
    with pytest.raises(InputError, match="customers, contacts, purchases"):
        preview(b"", "shoes")
    with pytest.raises(InputError, match="shoe_size"):
        preview(b"", "customers", columns={"shoe_size": 1})
