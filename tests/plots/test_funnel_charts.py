"""Charts of funnels and of attribution say what the results say, in both languages, and nothing in them overlaps."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.analysis.attribution.experiment import holdout_increments
from crm_toolkit.analysis.attribution.paths import paths_from_table, touch_paths
from crm_toolkit.analysis.attribution.table import METHODS, attribution_table
from crm_toolkit.analysis.funnel.comparison import funnel_comparison
from crm_toolkit.analysis.funnel.conversion import funnel_table
from crm_toolkit.analysis.funnel.times import stage_times
from crm_toolkit.errors import InputError
from crm_toolkit.plots.attribution import attribution_chart
from crm_toolkit.plots.funnel import funnel_chart, funnel_comparison_chart, stage_times_chart
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

STAGES = ["new", "offer", "agreed", "won"]
LABELS = {
    "en": {},
    "ru": {"new": "Новая", "offer": "Предложение отправлено", "agreed": "Согласовано", "won": "Выиграна",
           "north": "Север", "south": "Юг", "search": "Поиск", "email": "Электронная почта", "sms": "Сообщения"},
}  # fmt: skip


def moves(deals=200, seed=2, stages=STAGES):
    luck = np.random.default_rng(seed)
    furthest = np.minimum(luck.geometric(0.35, deals), len(stages))
    rows = []
    for deal, far in enumerate(furthest):
        day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=float(luck.uniform(0, 40)))
        for name in [*stages[:far], *(["lost"] if far < len(stages) and luck.random() < 0.6 else [])]:
            rows.append((deal, "north" if deal % 2 else "south", name, day))
            day += pd.Timedelta(days=float(luck.exponential(9)))
    frame = pd.DataFrame(rows, columns=["deal_id", "branch", "to_stage", "moved_at"])
    return import_module("polars").from_pandas(frame) if find_spec("polars") else frame


@cache
def experiment():
    luck = np.random.default_rng(4)
    assigned = pd.DataFrame({"channel": "email", "customer_id": range(400), "assigned_on": pd.Timestamp("2024-03-04"),
                             "arm": np.where(luck.random(400) < 0.5, "treated", "holdout")})  # fmt: skip
    day = pd.Timestamp("2024-03-05") + pd.to_timedelta(luck.integers(0, 20, 300), unit="D")
    orders = pd.DataFrame({"customer_id": luck.integers(0, 400, 300), "ordered_at": day})
    mails = assigned[assigned["arm"] == "treated"].rename(columns={"assigned_on": "touched_at"})
    seen = pd.DataFrame({"channel": luck.choice(["search", "sms"], 300), "customer_id": luck.integers(0, 400, 300),
                         "touched_at": pd.Timestamp("2024-03-01")})  # fmt: skip
    paths = touch_paths(pd.concat([mails, seen]), orders, as_of="2024-04-30")
    measured = holdout_increments(assigned, orders, days=28, as_of="2024-04-30", by="channel")
    return attribution_table(paths, METHODS), measured


def every_chart(code):
    labels, table = LABELS[code], moves()
    yield "funnel", funnel_chart(funnel_table(table, STAGES, as_of="2024-03-31"), labels=labels)
    groups = funnel_comparison(table, STAGES, as_of="2024-03-31", group="branch")
    yield "groups", funnel_comparison_chart(groups, labels=labels)
    split = funnel_comparison(table, STAGES, as_of="2024-03-31", split="2024-01-20", within_days=30)
    yield "periods", funnel_comparison_chart(split, labels=labels)
    yield "times", stage_times_chart(stage_times(table, STAGES, as_of="2024-02-20"), labels=labels)
    yield "early", stage_times_chart(stage_times(table, STAGES, as_of="2024-01-20"), labels=labels)
    credits, truth = experiment()
    yield "truth", attribution_chart(credits, truth=truth, labels=labels)


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart(code):
            assert_readable(name, ax)


def test_bars_are_the_shares_and_whiskers_their_intervals():
    funnel = funnel_table(moves(), STAGES, as_of="2024-03-31")
    ax = funnel_chart(funnel)
    assert [bar.get_width() for bar in ax.patches] == funnel.table["share_of_all"].tolist()
    ends = np.array([segment[:, 0] for segment in ax.collections[0].get_segments()])
    np.testing.assert_allclose(ends, funnel.table[["share_low", "share_high"]])
    assert f"{funnel.table['reached'][1]} (" in ax.texts[2].get_text()


def test_a_difference_is_filled_where_its_interval_leaves_out_nothing():
    frame = pd.DataFrame(
        {"deal_id": range(200), "half": ["a", "b"] * 100, "to_stage": "new", "moved_at": pd.Timestamp("2024-03-01")}
    )
    won = frame[(frame["half"] == "b") & (frame["deal_id"] < 160)].assign(to_stage="won")
    found = funnel_comparison(pd.concat([frame, won]), ["new", "won"], as_of="2024-03-31", group="half")
    dot = funnel_comparison_chart(found).lines[2]
    assert dot.get_markerfacecolor() != "white"
    assert dot.get_xdata()[0] == found.table["difference"][0] == 0.8


def test_curves_fall_from_one_and_the_legend_tells_the_median():
    times = stage_times(moves(), STAGES, as_of="2024-02-20")
    ax = stage_times_chart(times)
    curve = times.curves[times.curves["stage"] == "new"]
    assert ax.lines[1].get_ydata()[:-1].tolist() == curve["share"].tolist()
    assert ax.lines[1].get_xdata()[-1] == times.table["longest_days"][0]
    assert f"median {round(times.table['median_days'][0], 1):g} days" in ax.lines[1].get_label()
    early = stage_times(moves(), STAGES, as_of="2024-01-06")
    assert not early.table["reached"].all()
    assert "median above" in plots.alt_text(stage_times_chart(early))


def test_signs_stand_at_the_credits_and_the_bar_at_the_interval():
    credits, truth = experiment()
    ax = attribution_chart(credits, truth=truth)
    markers = [line for line in ax.lines if line.get_linestyle() == "None" and line.get_marker() != "D"]
    drawn = sorted(float(line.get_xdata()[0]) for line in markers)
    np.testing.assert_allclose(drawn, np.sort(credits.credits.drop(columns="channel").to_numpy().ravel()))
    row = truth.table.iloc[0]
    assert [row["low"], row["high"]] in [list(line.get_xdata()) for line in ax.lines]
    assert "bookkeeping, not cause" in ax.get_xlabel()
    assert f"caused {row['incremental']:.1f}"[:-2] in plots.alt_text(ax)


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: funnel_chart(funnel_table(moves(stages=[f"s{k}" for k in range(14)]), [f"s{k}" for k in range(14)],
                                           as_of="2024-12-31")), "14 stages are too many"),
        (lambda: stage_times_chart(stage_times(moves(40, stages=list("abcdefgh")), list("abcdefgh"),
                                               as_of="2024-12-31")), "curves can't be told apart"),
        (lambda: stage_times_chart(stage_times(moves(2).head(1), STAGES, as_of="2024-12-31")), "No stay has ended"),
    ],
)  # fmt: skip
def test_what_can_not_be_drawn_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()


def test_nothing_converted_is_drawn_at_nothing():
    paths = paths_from_table(pd.DataFrame({"path": ["a", "b"], "conversions": 0, "unconverted": 3}))
    assert "Credits of 0 conversions" in plots.alt_text(attribution_chart(attribution_table(paths)))
