"""The ledger's tables where the log lives give the numbers of the replay; the ledger of a world is ours, too."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.firm.loyalty import Burning, Earning, Life, LoyaltyProgramme, ledger_tables, replay

AS_OF = "2026-12-01"


def rules(life):
    return LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning(), life=life)


def plain_log(count=400, members=25, days=30):
    """A log that only earns, uses and adjusts, without what the rules refuse."""
    luck = np.random.default_rng(4)
    log = pd.DataFrame({
        "event_id": np.arange(count), "member_id": luck.integers(0, members, count),
        "at": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.sort(luck.integers(0, 300 * 24, count)), unit="h"),
        "kind": luck.choice(["earn", "earn", "redeem", "adjust", "tier"], count), "points": luck.integers(1, 40, count),
    })  # fmt: skip
    log.loc[log["kind"] == "tier", "points"] = 0
    log.loc[(log["kind"] == "adjust") & (log["event_id"] % 2 == 0), "points"] *= -1
    for _ in range(2):
        refused = replay(log, rules(Life(validity="days", validity_days=days)), as_of=AS_OF).refused
        log = log[~log["event_id"].isin(refused["event_id"])].reset_index(drop=True)
    return log


def check(tables, done, as_pandas):
    balances = as_pandas(tables.balances).sort_values("member_id", ignore_index=True)
    ours = done.balances.set_index("member_id")["balance"]
    assert (
        balances.set_index("member_id")["balance"].to_dict() == ours[ours.index.isin(balances["member_id"])].to_dict()
    )
    lots = as_pandas(tables.lots).sort_values("lot_id", ignore_index=True)
    for name in ("lot_id", "member_id", "issued", "expired", "remaining"):
        assert lots[name].tolist() == done.lots[name].tolist(), name
    assert lots["used"].tolist() == (done.lots["redeemed"] + done.lots["reversed"]).tolist()
    months = as_pandas(tables.months).sort_values("month", ignore_index=True)
    told = done.months().set_index("month")
    assert months["closing"].tolist() == told.loc[months["month"], "closing"].tolist()
    assert months["expired"].tolist() == told.loc[months["month"], "expired"].tolist()


@pytest.mark.parametrize("engine", ["pandas", "polars", "lazy", "duckdb"])
def test_every_engine_gives_the_numbers_of_the_replay(engine):
    log, life = plain_log(), Life(validity="days", validity_days=30)
    brought = {"pandas": lambda: log, "polars": lambda: pl.from_pandas(log), "lazy": lambda: pl.from_pandas(log).lazy(),
               "duckdb": lambda: duckdb.connect().from_df(log)}[engine]()  # fmt: skip
    back = {"pandas": lambda table: table, "polars": lambda table: table.to_pandas(),
            "lazy": lambda table: table.collect().to_pandas(), "duckdb": lambda table: table.df()}[engine]  # fmt: skip
    check(ledger_tables(brought, rules(life), as_of=AS_OF), replay(log, rules(life), as_of=AS_OF), back)


@pytest.mark.spark
def test_spark_gives_the_numbers_of_the_replay(spark):
    log, life = plain_log(), Life(validity="days", validity_days=30)
    brought = spark.createDataFrame(log)
    check(ledger_tables(brought, rules(life), as_of=AS_OF), replay(log, rules(life), as_of=AS_OF),
          lambda table: table.toPandas())  # fmt: skip


def test_unlimited_points_never_expire():
    log = plain_log(days=30_000)
    check(ledger_tables(log, rules(Life()), as_of=AS_OF), replay(log, rules(Life()), as_of=AS_OF), lambda table: table)


def test_logs_and_rules_that_need_more_are_refused_with_what_is_in_the_way():
    log = plain_log()
    days = Life(validity="days", validity_days=30)
    for other, life, code in (
        (log.assign(kind="refund"), days, "kinds"), (log, Life(pending="days", pending_days=2), "rules"),
        (log.assign(points=log["points"].where(log["kind"] != "redeem", 500)), days, "balance_too_small"),
    ):  # fmt: skip
        with pytest.raises(InputError, match="where the log lives") as letter:
            ledger_tables(other, rules(life), as_of=AS_OF)
        assert [problem.code for problem in letter.value.problems] == [code]
        assert "`replay`" in str(letter.value)


def test_the_ledger_of_a_world_is_ours_replayed():
    """A world expires points week by week; its log without expiries, replayed, expires the same points."""
    policy = crm.Policy(loyalty=crm.firm.WeeklyPoints(points_per_unit=1.0, threshold=60, valid_weeks=8))
    world = crm.simulate(crm.scenario("barbershop"), policy, customers=150, weeks=40, seed=5)
    theirs = world.tables["loyalty_ledger"]
    theirs = theirs if isinstance(theirs, pd.DataFrame) else theirs.to_pandas()
    expired = theirs[theirs["kind"] == "expire"]
    assert len(expired) > 20
    log = theirs[theirs["kind"] != "expire"].sort_values("entry_id", kind="stable")
    log = pd.DataFrame({
        "event_id": log["entry_id"], "member_id": log["customer_id"], "at": log["booked_at"],
        "kind": log["kind"].astype(str),
        "points": log["points"].abs(), "expires_at": pd.to_datetime(log["expires_on"]) + pd.Timedelta(days=1),
    })  # fmt: skip
    done = replay(log, rules(Life()), as_of=theirs["booked_at"].max().normalize() + pd.Timedelta(days=1))
    assert done.refused.empty
    ours = done.movements[done.movements["kind"] == "expire"]
    ours = ours.assign(day=ours["at"].dt.date).groupby(["member_id", "day"])["points"].sum()
    after = expired["booked_at"].dt.normalize() + pd.Timedelta(days=1)
    wanted = expired.groupby(["customer_id", after.dt.date])["points"].sum()
    assert ours.to_dict() == wanted.to_dict()
    last = theirs.sort_values(["booked_at", "entry_id"]).groupby("customer_id")["balance"].last()
    assert done.balances.set_index("member_id")["balance"].to_dict() == last.to_dict()
