"""Spark's executors make the same rows and the same files as one process does."""

import errno
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pytest

from crm_toolkit.errors import InputError, MissingExtraError
from crm_toolkit.schema import TRUTH_TABLES, WORLD_TABLES
from crm_toolkit.world.digest import kinds_of, table_digest
from crm_toolkit.world.files.spark import spark_table
from crm_toolkit.world.writing import write_world

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.append(str(HERE))

import tiny_world  # noqa: E402

SPEC = tiny_world.Spec(customers=9_000)
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")  # PySpark's own word about pandas 3


def make(spec, block, *, block_size, truth):
    """The stand-in's tables with every column of the schema."""
    tables = tiny_world.make(spec, block, block_size=block_size, truth=truth)
    return {name: _complete(name, table) for name, table in tables.items()}


def _complete(name, table):
    known = TRUTH_TABLES[name[6:]] if name.startswith("truth.") else WORLD_TABLES[name]
    kinds = {"date": pa.date32(), "datetime": pa.timestamp("s"), "flag": pa.bool_(), "text": pa.string()}
    for column in known.columns:
        if column.name not in table.column_names:
            kind = kinds.get(column.kind, pa.float64() if column.kind in ("money", "number") else pa.int64())
            table = table.append_column(column.name, pa.nulls(table.num_rows, kind))
    return table


def fail(spec, block, **_options):
    """A block that meets a full disk."""
    if block is None:
        return make(spec, block, block_size=0, truth=False)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/full/disk")


@pytest.fixture(scope="module", autouse=True)
def sent_along():
    """The stand-in's code goes to the executors by value: no package of theirs holds it."""
    if find_spec("pyspark") is not None:
        from pyspark import cloudpickle

        cloudpickle.register_pickle_by_value(tiny_world)
        cloudpickle.register_pickle_by_value(sys.modules[__name__])


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


@pytest.mark.spark
@pytest.mark.parametrize(
    "name",
    [
        "orders",
        "products",
        "truth.orders",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("customers", "surveys")),
    ],
)
def test_a_spark_table_has_the_rows_of_the_blocks(name, spark):
    frame = spark_table(spark, SPEC, name, block_size=4_096, make=make)
    known = TRUTH_TABLES[name[6:]] if name.startswith("truth.") else WORLD_TABLES[name]
    assert tuple(frame.columns) == known.column_names
    places = [None] if name == "products" else range(3)
    truth = name.startswith("truth.")
    straight = pa.concat_tables([make(SPEC, place, block_size=4_096, truth=truth)[name] for place in places])
    assert table_digest(frame.toArrow(), kinds_of(name)) == table_digest(straight, kinds_of(name))


@pytest.mark.spark
def test_spark_writes_the_files_that_one_process_writes(spark, tmp_path):
    options = {"block_size": 4_096, "truth": True, "make": make}
    told = []
    write_world(SPEC, tmp_path / "spark", engine=spark, progress=lambda state: told.append(state.done), **options)
    write_world(SPEC, tmp_path / "one", **options)
    assert files(tmp_path / "spark") == files(tmp_path / "one")
    assert told == [0, 1, 2, 3]
    (tmp_path / "spark" / "orders" / "part-000001.parquet").unlink()
    write_world(SPEC, tmp_path / "spark", engine=spark, **options)
    assert files(tmp_path / "spark") == files(tmp_path / "one")


@pytest.mark.spark
def test_the_engine_itself_runs_on_spark(spark):
    from crm_toolkit.world.block import WorldSpec, block_tables, shared_tables
    from crm_toolkit.world.setting import scenario

    shop = scenario("barbershop", locale="ru_RU")
    spec = WorldSpec(shop, shop.policy, customers=2_300, weeks=8, seed=7)
    blocks = [block_tables(spec, block, block_size=2_048, truth=True) for block in (0, 1)]
    for name in ("order_lines", "contacts", "truth.customers", "prices"):
        parts = [shared_tables(spec)] if name == "prices" else blocks
        frame = spark_table(spark, spec, name, block_size=2_048)
        assert table_digest(frame.toArrow(), kinds_of(name)) == table_digest(
            pa.concat_tables([part[name] for part in parts], promote_options="default"), kinds_of(name)
        )


@pytest.mark.spark
def test_a_full_disk_on_an_executor_is_the_same_letter(spark, tmp_path):
    with pytest.raises(InputError, match="Free space") as refusal:
        write_world(SPEC, tmp_path, block_size=2_048, engine=spark, make=fail)
    assert "/full/disk" in str(refusal.value)
    assert "0 of 5 blocks are done" in str(refusal.value)


def test_a_table_that_does_not_exist_is_refused_with_the_likely_slip():
    pytest.importorskip("pyspark")
    with pytest.raises(InputError, match="Did you mean `orders`"):
        spark_table(None, SPEC, "order")


def test_without_pyspark_the_command_that_adds_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingExtraError, match=r"crm-toolkit\[spark\]"):
        spark_table(None, SPEC, "orders")
