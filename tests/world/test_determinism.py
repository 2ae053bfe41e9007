"""A world is a function of scenario, policy, seed and customer, and of nothing else.

Not of the number of customers, of blocks and their size and order, of what was made before in the same process, and
not of how long one looks: a longer world goes on where a shorter one ends. `golden.json` holds digests that must not
move from version to version; after a change that is meant to change worlds, write it again with

    python -m tests.world.test_determinism --record
"""

import json
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.schema import TRUTH_TABLES, WORLD_TABLES
from crm_toolkit.world.block import WorldSpec, block_tables, blocks_of, shared_tables
from crm_toolkit.world.digest import combine, kinds_of, table_digest
from crm_toolkit.world.setting import scenario
from crm_toolkit.world.simulation import to_frame

GOLDEN = Path(__file__).with_name("golden.json")
ROOT = Path(__file__).parents[2]
# scenario, locale → customers, weeks: shops without and with contracts, and bills; in both alphabets
RECORDED = {("barbershop", "ru_RU"): (3000, 40), ("fitness_club", "en_US"): (2500, 16), ("hotel", "ru_RU"): (5000, 70)}


def spec_of(name, customers, weeks, *, locale="en_US", seed=7, **changes):
    told = scenario(name, locale=locale, **changes)
    return WorldSpec(told, told.policy, customers, weeks, seed)


def digests(spec, *, block_size=4096, order=None):
    """Every table of a world by its digest, block by block in any order."""
    blocks = list(order if order is not None else blocks_of(spec.customers, block_size))
    pieces = [block_tables(spec, block, block_size=block_size, truth=True) for block in blocks]
    whole = {name: combine(table_digest(one[name], kinds_of(name)) for one in pieces) for name in pieces[0]}
    return whole | {name: table_digest(table, kinds_of(name)) for name, table in shared_tables(spec).items()}


@cache
def frames(name, customers, weeks, **changes):
    """All tables of a world of one block as frames."""
    spec = spec_of(name, customers, weeks, **dict(changes))
    block_size = -(-customers // 2048) * 2048
    tables = block_tables(spec, 0, block_size=block_size, truth=True) | shared_tables(spec)
    return {table: to_frame(arrow) for table, arrow in tables.items()}


def rows_of_customers(tables, most):
    """The rows of every table that belong to one of the first customers."""
    return {
        name: table[table["customer_id"] <= most].reset_index(drop=True)
        for name, table in tables.items() if "customer_id" in table
    }  # fmt: skip


# ---- size


@pytest.mark.parametrize(("name", "weeks", "sizes"), [
    ("barbershop", 40, (17, 100, 5000, 9000)), ("hotel", 70, (100, 5000)), ("fitness_club", 28, (100, 2500)),
])  # fmt: skip
def test_the_first_customers_are_the_same_in_worlds_of_every_size(name, weeks, sizes):
    """Every row with a customer's number, truth and referrers included, to the last digit."""
    known = {most: frames(name, most, weeks) for most in sizes}
    for small, large in pairwise(sizes):
        before, after = rows_of_customers(known[small], small), rows_of_customers(known[large], small)
        assert set(before) >= {"customers", "orders", "order_lines", "payments", "contacts", "surveys", "touches"}
        for table in before:
            # pandas writes whole numbers with holes in another type, and a small world may have none
            pd.testing.assert_frame_equal(before[table], after[table], obj=f"{table} of {small}", check_dtype=False)
    told = rows_of_customers(known[sizes[-1]], sizes[-2])
    filled = {table for table, rows in told.items() if len(rows)}
    never = {"hotel": {"contracts"}, "barbershop": {"contracts", "receivables"}, "fitness_club": {"receivables"}}[name]
    assert set(told) - filled <= never  # nothing above was equal because it was empty


def test_customer_17_has_a_life_worth_comparing():
    tables = rows_of_customers(frames("barbershop", 9000, 40), 17)
    mine = {name: (table["customer_id"] == 17).sum() for name, table in tables.items()}
    assert mine["customers"] == 1
    assert mine["orders"] > 1


def test_whole_branches_are_the_same_in_worlds_of_every_size():
    """Capacity, budgets, key figures and staff of the first branch, whose 2,048 customers are in both worlds."""
    small, large = frames("barbershop", 5000, 40), frames("barbershop", 9000, 40)
    for name in ("branches", "employees", "capacity", "budgets", "kpi_months"):
        before, after = (one[name][one[name]["branch_id"] <= 2].reset_index(drop=True) for one in (small, large))
        assert len(before)
        pd.testing.assert_frame_equal(before, after, obj=name)


# ---- blocks


def test_blocks_of_any_size_and_order_make_the_same_world():
    spec = spec_of("barbershop", 9000, 26, locale="ru_RU")
    whole = digests(spec, block_size=6144)
    assert digests(spec, block_size=2048, order=[3, 0, 4, 2, 1]) == whole


def test_crowding_does_not_change_that():
    spec = spec_of("barbershop", 9000, 20, crowding=True)
    assert digests(spec, block_size=4096) == digests(spec, block_size=16_384)


def test_a_block_of_half_a_branch_is_refused():
    with pytest.raises(ValueError, match="whole branches"):
        block_tables(spec_of("barbershop", 3000, 5), 0, block_size=3000)


def in_a_fresh_process(before, **variables):
    """Digests of a hotel as another process sees them, after some words of Python."""
    code = (
        f"{before}; from tests.world.test_determinism import digests, spec_of; import json; "
        "print(json.dumps(digests(spec_of('hotel', 2500, 30, locale='ru_RU'))))"
    )
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=ROOT, env={"PATH": "", **variables}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_fresh_process_with_another_hash_seed_makes_the_same_world():
    odd = {"PYTHONHASHSEED": "12345", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"}
    assert in_a_fresh_process("pass", **odd) == digests(spec_of("hotel", 2500, 30, locale="ru_RU"))


def test_a_last_bit_that_machines_round_differently_does_not_show():
    """There every exponential, logarithm, normal score and quantile is off by one last bit, up or down."""
    moved = in_a_fresh_process("from benchmarks.determinism import nudge; nudge()")
    assert moved == digests(spec_of("hotel", 2500, 30, locale="ru_RU"))


def test_another_seed_scenario_or_policy_is_another_world():
    plain = digests(spec_of("barbershop", 2048, 12))
    for other in (spec_of("barbershop", 2048, 12, seed=8), spec_of("barbershop", 2048, 12, price_level=1.01)):
        assert digests(other)["orders"] != plain["orders"]


# ---- length

START = pd.Timestamp("2024-01-01")
# Of the last days a shorter world can't know: a question before an order that lies beyond its end (up to 2 days
# earlier), and complaints whose settlement falls beyond it (up to 11 days later), with the refunds among payments.
MARGIN = pd.Timedelta(weeks=2)


def seen_at(tables, end, came):
    """What a world shows of itself at an earlier end: later facts are gone, and what is settled later is open."""
    kept = {name: table.copy() for name, table in tables.items()}
    moment = {"orders": "ordered_at", "contacts": "opened_at", "complaints": "opened_at", "touches": "touched_at",
              "surveys": "sent_at", "loyalty_ledger": "booked_at", "loyalty_members": "enrolled_at",
              "customers": "acquired_at", "assignments": "assigned_on"}  # fmt: skip
    for name, column in moment.items():
        kept[name] = kept[name][kept[name][column] < end]
    # advertisements for people who come after the end are nobody's yet
    kept["touches"] = kept["touches"][kept["touches"]["customer_id"].isin(came)]
    orders = set(kept["orders"]["order_id"])
    for name in ("order_lines", "payments", "truth.orders"):
        kept[name] = kept[name][kept[name]["order_id"].isin(orders)]
    late = ~(kept["surveys"]["answered_at"] < end)
    for column in ("answered_at", "nps", "csat", "ces"):
        kept["surveys"].loc[late, column] = pd.NaT if column == "answered_at" else pd.NA
    answered, items = set(kept["surveys"]["survey_id"][~late]), kept["survey_items"]
    kept["survey_items"] = items[items["survey_id"].isin(answered)]
    late = ~(kept["payments"]["paid_at"] < end)
    kept["payments"].loc[late, "paid_at"] = pd.NaT
    kept["payments"].loc[late, "paid_amount"] = 0.0
    kept["contracts"] = kept["contracts"][kept["contracts"]["started_on"] < end]
    kept["contracts"].loc[~(kept["contracts"]["ended_on"] < end), "ended_on"] = pd.NaT
    weeks = (end - START).days // 7
    hidden = kept["truth.customers"][kept["truth.customers"]["acquired_week"] < weeks].copy()
    stays = ~(hidden["left_week"] < weeks)
    hidden.loc[stays, "left_week"], hidden.loc[stays, "left_because"] = np.nan, None
    kept["truth.customers"] = hidden
    kept["truth.states"] = kept["truth.states"].merge(hidden[["customer_id"]])
    kept["truth.states"] = kept["truth.states"][kept["truth.states"]["week"] < weeks]
    return kept


def before(tables, name, end):
    """Rows up to the margin, where a shorter world does not know all."""
    table = tables[name]
    if name in ("contacts", "complaints"):
        return table[table["opened_at"] < end - MARGIN]
    if name == "payments":
        early = tables["orders"]["order_id"][tables["orders"]["ordered_at"] < end - MARGIN]
        return table[table["order_id"].isin(early)]
    return table


@pytest.mark.parametrize(
    ("name", "short", "long"), [("barbershop", 44, 70), ("hotel", 70, 104), ("fitness_club", 16, 24)]
)
def test_a_longer_world_goes_on_where_a_shorter_one_ends(name, short, long):
    """Row by row, to the last digit, for every table of single facts."""
    ended = frames(name, 2048, short)
    end = START + pd.Timedelta(weeks=short)
    longer = seen_at(frames(name, 2048, long), end, set(ended["customers"]["customer_id"]))
    exact = ["customers", "contracts", "orders", "order_lines", "payments", "contacts", "complaints", "loyalty_members",
             "loyalty_ledger", "surveys", "survey_items", "assignments", "touches", "branches", "employees",
             "products", "departments", "campaigns", "truth.customers", "truth.states", "truth.orders",
             "truth.employees"]  # fmt: skip
    for table in exact:
        pd.testing.assert_frame_equal(
            before(ended, table, end).reset_index(drop=True), before(longer, table, end).reset_index(drop=True),
            obj=table, check_dtype=False,
        )  # fmt: skip
    # months that were over: debts to the cent, and the sums of the months before the margin
    over = end.to_period("M").to_timestamp()
    settled = (over - MARGIN).to_period("M").to_timestamp()
    debts = [one["receivables"][one["receivables"]["month"] < over].reset_index(drop=True) for one in (ended, longer)]
    pd.testing.assert_frame_equal(*debts)
    # the plan of a budget, and capacity, are averages over the whole world; advertisements reach people who come later
    figures = [one["kpi_months"].drop(columns="acquisition_cost") for one in (ended, longer)]
    pd.testing.assert_frame_equal(*(one[one["month"] < settled].reset_index(drop=True) for one in figures))
    budgets = [one["budgets"].query("line != 'advertising'").drop(columns="planned") for one in (ended, longer)]
    pd.testing.assert_frame_equal(*(one[one["month"] < settled].reset_index(drop=True) for one in budgets))
    loads = [one["capacity"][["week_start", "branch_id", "department_id", "contacts"]] for one in (ended, longer)]
    pd.testing.assert_frame_equal(
        *(one[one["week_start"] < end - MARGIN].sort_values(["week_start", "department_id"], ignore_index=True)
          for one in loads)
    )  # fmt: skip
    plans = ended["campaigns"]["campaign_id"][ended["campaigns"]["ends_on"] < end]
    truths = [one["truth.potential_outcomes"] for one in (ended, longer)]
    pd.testing.assert_frame_equal(*(one[one["campaign_id"].isin(plans)].reset_index(drop=True) for one in truths))


# ---- golden


def golden_world(name, locale):
    customers, weeks = RECORDED[name, locale]
    return digests(spec_of(name, customers, weeks, locale=locale, seed=2026))


@pytest.mark.parametrize(("name", "locale"), RECORDED)
def test_golden_worlds_do_not_move(name, locale):
    """A digest that moves is a new version of the generator: see how to record at the top of this file."""
    known = json.loads(GOLDEN.read_text(encoding="utf-8"))[f"{name} {locale}"]
    made = golden_world(name, locale)
    moved = sorted(table for table in known | made if known.get(table) != made.get(table))
    assert not moved


def test_golden_worlds_hold_every_table_and_nearly_all_have_rows():
    known = json.loads(GOLDEN.read_text(encoding="utf-8"))
    expected = {*WORLD_TABLES, *(f"truth.{name}" for name in TRUTH_TABLES)}
    for tables in known.values():
        assert set(tables) == expected
    rows = {table: max(int(one[table].split("-")[1]) for one in known.values()) for table in expected}
    assert min(rows.values()) > 0


def record():
    """Write the golden file."""
    worlds = {f"{name} {locale}": golden_world(name, locale) for name, locale in RECORDED}
    GOLDEN.write_text(json.dumps(worlds, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{GOLDEN.name}: {len(worlds)} worlds, {sum(len(one) for one in worlds.values())} digests")


if __name__ == "__main__":
    if sys.argv[1:] != ["--record"]:
        sys.exit(__doc__)
    record()
