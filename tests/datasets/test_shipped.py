"""The tables in ``datasets/`` are written once, mended when they differ, and never half."""

import pytest

from crm_toolkit.datasets import shipped
from crm_toolkit.errors import InputError

FILES = {"purchases.csv": b"a,b\n1,2\n", "ru/purchases.csv": b"x;y\r\n1;2\r\n", "manifest.json": b"{}\n"}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A data set that costs nothing to make."""
    monkeypatch.setitem(shipped.MAKERS, "barbershop", lambda: FILES)


def test_a_data_set_is_written_once_and_mended_when_it_differs(tmp_path):
    assert len(shipped.write_shipped("barbershop", tmp_path)) == len(FILES)
    assert shipped.write_shipped("barbershop", tmp_path) == []
    (tmp_path / "barbershop" / "ru" / "purchases.csv").write_text("spoiled", encoding="utf-8")
    written = shipped.write_shipped("barbershop", tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == ["barbershop/ru/purchases.csv"]
    assert written[0].read_bytes() == FILES["ru/purchases.csv"]


def test_unknown_data_set_is_refused_with_the_list():
    with pytest.raises(InputError, match=r"Available: barbershop.*pareto_nbd"):
        shipped.write_shipped("barbershoppe")


def test_a_folder_that_is_a_file_gets_a_letter(tmp_path):
    (tmp_path / "barbershop").write_text("in the way", encoding="utf-8")
    with pytest.raises(InputError, match="can't be written to"):
        shipped.write_shipped("barbershop", tmp_path)
