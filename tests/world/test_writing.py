"""Worlds on disk: the same files whatever the order and the accidents; letters when it can't be done."""

import errno
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from crm_toolkit.world.digest import combine, kinds_of, table_digest
from crm_toolkit.world.files import folder as folder_room
from crm_toolkit.world.files.manifest import Manifest
from crm_toolkit.world.writing import write_world

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.append(str(HERE))  # so that worker processes find the stand-in by its name

import tiny_world  # noqa: E402

SPEC = tiny_world.Spec()


def write(folder, spec=SPEC, **options):
    return write_world(spec, folder, **{"block_size": 2_048, "truth": True, "make": tiny_world.make, **options})


def files(folder):
    """SHA-256 of every file by its name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The files of a world that was written in one go by one hand."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write(folder)
    return folder


def test_any_order_writes_the_same_bytes(undisturbed, tmp_path):
    order = list(range(10))
    random.Random(5).shuffle(order)
    write(tmp_path, order=order)
    assert files(tmp_path) == files(undisturbed)


def test_blocks_of_any_size_hold_the_same_world(undisturbed, tmp_path):
    digests = {
        name: {table: record.digest for table, record in write(tmp_path / name, block_size=size).tables.items()}
        for name, size in (("small", 4_096), ("large", 16_384))
    }
    known = {table: record.digest for table, record in Manifest.read(undisturbed).tables.items()}
    assert digests["small"] == digests["large"] == known


def test_another_seed_is_another_world(undisturbed, tmp_path):
    other = write(tmp_path, tiny_world.Spec(seed=8))
    assert other.tables["orders"].digest != Manifest.read(undisturbed).tables["orders"].digest


def test_what_lies_in_the_folder_is_the_world_and_the_manifest_tells_it(undisturbed):
    manifest = Manifest.read(undisturbed)
    assert (manifest.scenario, manifest.customers, manifest.start) == ("tiny", 20_000, "2024-01-01")
    assert set(manifest.tables) == {"customers", "orders", "surveys", "products", "truth.orders"}
    for name, record in manifest.tables.items():
        parts = sorted((undisturbed / name.replace(".", "/")).glob("part-*.parquet"))
        assert len(parts) == (1 if name == "products" else 10)
        assert sum(part.stat().st_size for part in parts) == record.bytes
        tables = [pq.read_table(part) for part in parts]
        assert sum(table.num_rows for table in tables) == record.rows
        assert combine(table_digest(table, kinds_of(name)) for table in tables) == record.digest
    straight = pa.concat_tables(tiny_world.make(SPEC, block, block_size=2_048, truth=False)["orders"]
                                for block in range(10))  # fmt: skip
    assert table_digest(straight, kinds_of("orders")) == manifest.tables["orders"].digest
    report = json.loads((undisturbed / "_blocks" / "000004.json").read_text(encoding="utf-8"))
    content = (undisturbed / "orders" / "part-000004.parquet").read_bytes()
    assert report["tables"]["orders"]["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_truth_is_left_out_unless_it_is_asked_for_and_single_tables_can_be_written(tmp_path):
    assert "truth.orders" not in write(tmp_path / "plain", truth=False).tables
    only = write(tmp_path / "only", truth=True, only=["orders", "truth.orders"])
    assert set(only.tables) == {"orders", "truth.orders"}
    assert not (tmp_path / "only" / "customers").exists()


def test_progress_is_told_after_every_block(undisturbed, tmp_path):
    told = []
    write(tmp_path, progress=lambda state: told.append((state.done, state.blocks, state.found, state.rows)))
    assert [done for done, *_ in told] == list(range(11))
    rows = sum(record.rows for name, record in Manifest.read(undisturbed).tables.items() if name != "products")
    assert told[-1] == (10, 10, 0, rows)


def test_a_finished_world_is_not_made_again(undisturbed, tmp_path):
    shutil.copytree(undisturbed, tmp_path, dirs_exist_ok=True)
    before = files(tmp_path)

    def refuse(*_, **__):
        raise AssertionError("nothing is left to make")

    told = []
    write(tmp_path, make=refuse, progress=told.append)
    assert files(tmp_path) == before
    assert told[-1].found == 10


@pytest.mark.parametrize("harm", ["lost", "cut", "report_lost", "report_broken", "manifest_lost", "left_over"])
def test_what_is_lost_or_cut_is_made_again(harm, undisturbed, tmp_path):
    shutil.copytree(undisturbed, tmp_path, dirs_exist_ok=True)
    part, report = tmp_path / "orders" / "part-000003.parquet", tmp_path / "_blocks" / "000003.json"
    if harm == "lost":
        part.unlink()
    elif harm == "cut":
        part.write_bytes(part.read_bytes()[:-1])
    elif harm == "report_lost":
        report.unlink()
    elif harm == "report_broken":
        report.write_text('{"block": 3', encoding="utf-8")
    elif harm == "manifest_lost":
        (tmp_path / "manifest.json").unlink()
    else:
        for place in (tmp_path, tmp_path / "orders", tmp_path / "truth" / "orders", tmp_path / "_blocks"):
            (place / ".part-000001.parquet.99999.partial").write_bytes(b"half")
    write(tmp_path)
    assert files(tmp_path) == files(undisturbed)


@pytest.mark.parametrize("code", ["en", "ru"])
@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, "disk_full"), (errno.EACCES, "not_writable"), (errno.EROFS, "not_writable")]
)
def test_a_disk_that_refuses_at_any_step_is_a_letter_in_both_languages(number, expected, code, tmp_path, monkeypatch):
    for step in (0, 2, 9):
        calls = []

        def fsync(_descriptor, calls=calls, step=step):
            calls.append(1)
            if len(calls) > step:
                raise OSError(number, os.strerror(number))

        monkeypatch.setattr(folder_room.os, "fsync", fsync)
        with language(code), pytest.raises(InputError) as refusal:
            write(tmp_path / str(step))
        (problem,) = refusal.value.problems
        assert problem.code == expected
        assert "10" in problem.found
        assert str(tmp_path) in problem.what
        assert ".partial" not in str(refusal.value)
        assert not list(tmp_path.rglob("*.partial"))


def test_files_in_the_way_are_letters(undisturbed, tmp_path):
    (tmp_path / "file").write_text("I was here", encoding="utf-8")
    with pytest.raises(InputError, match="Move away what stands there"):
        write(tmp_path / "file")
    with pytest.raises(InputError, match="Move away what stands there"):
        write(tmp_path / "file" / "below")
    shutil.copytree(undisturbed, tmp_path / "world")
    part = tmp_path / "world" / "orders" / "part-000003.parquet"
    part.unlink()
    part.mkdir()
    (part / "something").touch()
    with pytest.raises(InputError, match="part-000003"):
        write(tmp_path / "world")


def test_a_part_that_cannot_be_read_when_going_on_is_a_letter(undisturbed, tmp_path, monkeypatch):
    shutil.copytree(undisturbed, tmp_path, dirs_exist_ok=True)
    real = open

    def refuse(path, *more, **options):
        if str(path).endswith("part-000004.parquet"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *more, **options)

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match=r"part-000004\.parquet"):
        write(tmp_path)


def test_another_world_is_refused_with_what_differs(undisturbed):
    before = files(undisturbed)
    with pytest.raises(InputError) as refusal:
        write(undisturbed, tiny_world.Spec(seed=8, weeks=5), block_size=4_096, truth=False)
    assert {problem.column for problem in refusal.value.problems} == {"seed", "weeks", "block_size", "truth"}
    assert "It is 7 there, and 8 was asked for." in str(refusal.value)
    other = tiny_world.Spec(scenario=tiny_world.Scenario(currency="RUB"))
    with pytest.raises(InputError, match="`currency` differs"):
        write(undisturbed, other)
    assert files(undisturbed) == before


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(InputError, match=r"thesis\.docx"):
        write(tmp_path)
    assert files(tmp_path).keys() == {"thesis.docx"}


def test_two_runs_do_not_write_to_one_folder(tmp_path):
    def meanwhile(_state):
        with pytest.raises(InputError, match="Another run is writing"):
            write(tmp_path)

    write(tmp_path, order=list(range(10)), progress=meanwhile)


def test_everything_that_makes_no_sense_comes_in_one_letter(tmp_path):
    spec = tiny_world.Spec(customers=0, weeks=0)
    with pytest.raises(InputError) as refusal:
        write(tmp_path / "x", spec, block_size=1_000, workers=0, only=["orders", "order_line"])
    found = {problem.column or problem.code for problem in refusal.value.problems}
    assert found == {"customers", "weeks", "workers", "block_size", "unknown_table"}
    assert "Did you mean `order_lines`?" in str(refusal.value)
    with pytest.raises(InputError, match="from 0 to 9"):
        write(tmp_path / "x", order=[0, 1, 1])
    assert not (tmp_path / "x").exists()


def test_a_manifest_that_is_missing_or_broken_is_a_letter(tmp_path):
    with pytest.raises(InputError, match="no finished world"):
        Manifest.read(tmp_path)
    (tmp_path / "manifest.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="can't be understood"):
        Manifest.read(tmp_path)


def test_a_worker_loads_no_pandas():
    """It would wait for half a second, and has no use for it."""
    code = "import sys, crm_toolkit.world.files.hands; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
