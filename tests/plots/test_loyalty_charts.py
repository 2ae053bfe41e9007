"""Charts of loyalty programmes say what the results say, in both languages, and nothing in them overlaps."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis, plots
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:  # where the package is installed and not the checkout
    sys.path.insert(0, str(ROOT))

from tests.plots.readable import assert_readable  # noqa: E402

ECONOMICS = analysis.ProgrammeEconomics(lift=0.05, retention_gain=0.01, fixed_cost=2)
WORDS = {"en": ("lottery", "reward", "momentum"), "ru": ("жребий", "награда", "инерция")}


def movements(months=27):
    """Lots of a growing programme: 30 % expire after a year, the rest is redeemed before."""
    luck = np.random.default_rng(2)
    rows, start = [], pd.Timestamp("2024-01-01")
    for lot in range(900):
        born = start + pd.Timedelta(days=int(30.4 * months * np.sqrt(luck.random())))
        points = int(luck.integers(20, 900))
        lost = luck.random() < 0.3
        age = 365 if lost else int(365 * luck.beta(1.2, 2))
        rows += [(lot, lot % 200, born, "earn", points)]
        rows += [(lot, lot % 200, born + pd.Timedelta(days=age), "expire" if lost else "redeem", -points)]
    return pd.DataFrame(rows, columns=["lot_id", "member_id", "at", "kind", "points"])


def panel():
    """Customers around the start of a programme with a lottery; joining adds 3."""
    luck = np.random.default_rng(3)
    n = 900
    usual, invited = luck.gamma(4, 5, n), luck.random(n) < 0.7
    table = pd.DataFrame({"arm": np.where(invited, "invited", "holdout")})
    table["member"] = (invited & (luck.random(n) < 1 / (1 + np.exp(-(usual - 20) / 12)))).astype(int)
    for name in ("before_2", "before_1", "after"):
        table[name] = usual + luck.normal(0, 4, n) + (3 * table["member"] if name == "after" else 0)
    return table


def evaluation():
    return analysis.evaluate_programme(panel(), arm="arm")


def every_chart(code):
    rows = evaluation().table.set_index("method").loc[["naive", "late"]]
    estimates = pd.DataFrame({"name": rows["name"].tolist(), "lift": [0.32, 0.06], "low": [0.28, 0.02],
                              "high": [0.36, 0.1]})  # fmt: skip
    yield "break-even", plots.break_even_chart(ECONOMICS, estimates, currency="RUB")
    roll = analysis.liability_rollforward(movements(), as_of="2026-03-31", per_point=9.7, redeemed_share=0.7)
    yield "liability", plots.liability_chart(roll, currency="RUB")
    yield "methods", plots.programme_methods_chart(evaluation(), truth={"member": 3.0, "invited": 1.5}, unit="RUB")


def other_charts(code):
    lottery, reward, momentum = WORDS[code]
    estimates = pd.DataFrame({"name": [lottery], "lift": [0.06], "low": [0.02], "high": [0.1]})
    draws = analysis.economics_monte_carlo(ECONOMICS, draws=100)
    yield "published effects", plots.effect_draws_chart(draws, currency="RUB")
    yield "tornado", plots.tornado_chart(analysis.tornado_table(ECONOMICS), currency="RUB")
    grid = analysis.sensitivity_grid(ECONOMICS, "face_rate", [0.02, 0.05, 0.1, 0.5], "unit_cost", [0.5, 0.9, 1.3])
    yield "grid", plots.sensitivity_chart(grid, currency="RUB")
    yield "no break-even", plots.break_even_chart(ECONOMICS.changed(face_rate=0.7), estimates, currency="RUB")
    table = analysis.tornado_table(ECONOMICS, measure="break_even_lift")
    yield "tornado of the break-even", plots.tornado_chart(table, measure="break_even_lift")
    grid = analysis.sensitivity_grid(ECONOMICS, "face_rate", [0.02, 0.05, 0.1, 0.5], "unit_cost", [0.5, 0.9, 1.3],
                                     measure="break_even_lift")  # fmt: skip
    yield "grid of the break-even", plots.sensitivity_chart(grid, measure="break_even_lift", currency="RUB")
    luck = np.random.default_rng(1)
    twins = pd.DataFrame({"reward_cost": luck.gamma(2, 900, 300), "with": luck.integers(5, 15, 300)})
    split = analysis.gift_split(twins.assign(without=luck.integers(4, 14, 300)))
    yield "gift", plots.gift_chart(split, currency="RUB")
    triangle = analysis.redemption_triangle(movements(), as_of="2026-03-31")
    yield "ladder", plots.chain_ladder_chart(analysis.chain_ladder(triangle.cumulative))
    yield "curve", plots.redemption_chart(analysis.redemption_curve(movements(), as_of="2026-03-31", draws=20))
    ratios = [("naive", 7, 0.2), ("changes", 0.75, 0.2), ("weighting", 2, 0.4), ("late", 1, 0.5), ("itt", 1, 0.5)]
    worlds = [pd.DataFrame({"method": name, "ratio": middle * np.exp(luck.normal(0, spread, 40))})
              for name, middle, spread in ratios]  # fmt: skip
    yield "worlds", plots.methods_over_worlds_chart(pd.concat(worlds))
    yield "worlds, logarithmic", plots.methods_over_worlds_chart(pd.concat(worlds), log=True)

    def worth(on):
        return 1e5 * (lottery in on) * (1 + 0.6 * (reward in on)) + 2e4 * (reward in on) - 1.5e4 * (momentum in on)

    yield "mechanisms", plots.mechanisms_chart(analysis.shapley_of_switches(worth, WORDS[code]), unit="RUB")


@pytest.mark.parametrize(
    ("code", "charts"),
    [
        ("ru", every_chart),  # Russian words are longer
        pytest.param("ru", other_charts, marks=pytest.mark.slow),
        pytest.param("en", every_chart, marks=pytest.mark.slow),
        pytest.param("en", other_charts, marks=pytest.mark.slow),
    ],
)
def test_no_text_overlaps_is_cut_off_or_in_another_language(code, charts):
    with language(code):
        for name, ax in charts(code):
            assert_readable(name, ax, known=("RUB", "LATE", "ITT", "CUPED", "after"))


def test_the_break_even_stands_where_the_line_crosses_zero():
    estimates = pd.DataFrame({"name": ["a"], "lift": [0.05], "low": [0.01], "high": [0.2]})
    ax = plots.break_even_chart(ECONOMICS, estimates)
    line = ax.lines[1]
    crossing = np.interp(0.0, line.get_ydata(), line.get_xdata())
    assert crossing == pytest.approx(ECONOMICS.break_even_lift, abs=1e-3)
    assert ax.lines[2].get_xdata()[0] == pytest.approx(ECONOMICS.break_even_lift)
    assert "not decided" in plots.alt_text(ax)


def test_a_method_whose_interval_misses_the_truth_is_hollow():
    found = analysis.evaluate_programme(panel(), arm="arm")
    ax = plots.programme_methods_chart(found, truth={"member": 3.0, "invited": 1.5})
    signs = [line for line in ax.lines if line.get_marker() == "o"]
    hollow = [line.get_markerfacecolor() == "white" or line.get_color() == "white" for line in signs]
    true = np.where(found.table["about"] == "member", 3.0, 1.5)
    assert hollow == [not row.low <= t <= row.high for row, t in zip(found.table.itertuples(), true, strict=True)]
    assert any(hollow)
    assert not all(hollow)


def test_the_bars_of_the_liability_are_its_columns_and_the_ladder_writes_both_halves():
    roll = analysis.liability_rollforward(movements(), as_of="2026-03-31", per_point=0.01, redeemed_share=0.7)
    ax = plots.liability_chart(roll, currency="USD")
    heights = np.array([bar.get_height() for bar in ax.patches])
    scale = roll["deferred_minor"].sum() / 100 / heights[: len(roll)].sum()
    assert np.allclose(heights[: len(roll)] * scale, roll["deferred_minor"] / 100)
    assert np.allclose(heights[len(roll) :] * scale, -roll["recognised_minor"] / 100)
    ladder = analysis.chain_ladder(pd.DataFrame([[100.0, 180], [110, np.nan]]))
    written = {text.get_text(): text.get_style() for text in plots.chain_ladder_chart(ladder).texts}
    assert (written["180"], written["198"], "×1.8" in written) == ("normal", "italic", True)


@pytest.mark.parametrize(
    ("draw", "code"),
    [
        (lambda: plots.tornado_chart(pd.DataFrame({"number": ["lift"]})), "missing_column"),
        (lambda: plots.methods_over_worlds_chart(pd.DataFrame({"method": [], "ratio": []})), "empty"),
        (lambda: plots.liability_chart(pd.DataFrame(columns=["month", "deferred_minor", "recognised_minor",
                                                              "closing_minor"])), "empty"),
        (lambda: plots.gift_chart(analysis.gift_split(pd.DataFrame({"reward_cost": [0], "with": [1], "without": [1]}))),
         "empty"),
    ],
)  # fmt: skip
def test_nothing_to_draw_is_a_letter(draw, code):
    with pytest.raises(InputError) as refusal:
        draw()
    assert refusal.value.problems[0].code == code
