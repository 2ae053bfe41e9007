"""Funnels, paths and experiments give the same answer from every kind of table."""

import pandas as pd
import pytest

from crm_toolkit.analysis.attribution.experiment import holdout_increments
from crm_toolkit.analysis.attribution.paths import paths_from_table, touch_paths
from crm_toolkit.analysis.funnel.chain import funnel_chain
from crm_toolkit.analysis.funnel.conversion import funnel_table
from crm_toolkit.analysis.funnel.times import stage_times
from tests.analysis.contract import AS_OF, same
from tests.analysis.contracts.attribution import assignments, orders, ready, touches
from tests.analysis.contracts.funnel import STAGES, moves
from tests.analysis.test_ranking_any_engine import other_kinds

QUESTIONS = {
    "funnel": (moves, lambda t: funnel_table(t, STAGES, as_of=AS_OF, within_days=60)),
    "times": (moves, lambda t: stage_times(t, STAGES, as_of=AS_OF)),
    "chain": (moves, lambda t: funnel_chain(t, STAGES, as_of=AS_OF)),
    "paths": (touches, lambda t: touch_paths(t, orders(), as_of=AS_OF)),
    "conversions": (orders, lambda t: touch_paths(touches(), t, as_of=AS_OF, value="amount")),
    "ready": (ready, lambda t: paths_from_table(t, value="value")),
    "experiment": (assignments, lambda t: holdout_increments(t, orders(), days=30, as_of=AS_OF)),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_kind_of_table_gives_the_same_answer(name, tmp_path):
    make, ask = QUESTIONS[name]
    table = make()
    expected = ask(table)
    for kind, other in other_kinds(table, tmp_path).items():
        assert same(expected, ask(other)), kind


def test_days_without_hours_are_their_midnight(tmp_path):
    table = moves().assign(moved_at=lambda t: t["moved_at"].dt.normalize())
    dates = table.assign(moved_at=table["moved_at"].dt.date)
    expected = stage_times(table, STAGES, as_of=AS_OF)
    for kind, other in {"pandas": dates, **other_kinds(dates, tmp_path)}.items():
        assert same(expected, stage_times(other, STAGES, as_of=AS_OF)), kind


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", ["times", "paths", "ready"])
def test_pyspark_gives_the_same_answer(name, spark, tmp_path):
    make, ask = QUESTIONS[name]
    table = pd.DataFrame(make())
    table.to_parquet(tmp_path / "table.parquet", index=False)
    assert same(ask(table), ask(spark.read.parquet(str(tmp_path / "table.parquet"))))
