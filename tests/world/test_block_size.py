"""Blocks of the usual size: large, but their rows fit into memory, and a folder keeps its own."""

import dataclasses

import pytest

from crm_toolkit.world.block import WorldSpec, block_tables, usual_block_size
from crm_toolkit.world.setting import scenario, scenario_names
from crm_toolkit.world.writing import write_world


def spec_of(name, customers, weeks):
    chosen = scenario(name, locale="en_US")
    return WorldSpec(chosen, chosen.policy, customers=customers, weeks=weeks, seed=3)


@pytest.mark.parametrize("name", scenario_names())
def test_a_block_of_a_large_world_holds_no_more_than_five_million_rows(name):
    size = usual_block_size(spec_of(name, 1_000_000, 104))
    tables = block_tables(spec_of(name, 256, 104), 0, block_size=2_048)
    each = sum(table.num_rows for table in tables.values()) / 256
    assert size & (size - 1) == 0
    assert 2_048 <= size <= 65_536
    assert each * size < 5_000_000
    assert size == 65_536 or each * size > 700_000, "a larger one would be quicker"


def test_small_worlds_have_blocks_for_several_workers_and_short_ones_large_blocks():
    sizes = {
        customers: usual_block_size(spec_of("hotel", customers, 104)) for customers in (100, 10**5, 3 * 10**5, 10**7)
    }
    assert sizes == {100: 16_384, 10**5: 16_384, 3 * 10**5: 32_768, 10**7: 65_536}
    assert [usual_block_size(spec_of("grocery", 10**6, weeks)) for weeks in (104, 8)] == [2_048, 32_768]


def test_a_folder_that_was_begun_with_another_size_is_gone_on_with(tmp_path):
    spec = spec_of("hotel", 4_100, 6)
    begun = write_world(spec, tmp_path, block_size=2_048)
    (tmp_path / "manifest.json").unlink()
    (tmp_path / "_blocks" / "000001.json").unlink()
    assert write_world(spec, tmp_path) == begun
    assert write_world(spec, tmp_path / "new").block_size == 16_384
    damaged = tmp_path / "damaged"
    write_world(dataclasses.replace(spec, customers=50), damaged)
    (damaged / "_spec.json").write_text("[]")
    with pytest.raises(Exception, match="can't be written"):
        write_world(spec, damaged)
