"""Cohort charts say what the tables say, in both languages, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis, plots
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable


def purchases(months=9, customers=300, gap=4, seed=2):
    luck = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        first = int(luck.integers(0, months))
        if first == gap:
            continue
        for month in range(first, months):
            if month == first or luck.random() < 0.3:
                day = pd.Timestamp("2023-06-01") + pd.DateOffset(months=month) + pd.Timedelta(days=customer % 27)
                rows.append((customer, day, round(float(luck.gamma(2, 700)), 2)))
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])


LINES = purchases()


def table(by="age", unit="month", lines=LINES):
    return analysis.retention_table(lines, as_of="2024-02-29", by=by, unit=unit)


def every_chart():
    for by, value in (
        ("age", "retention"),
        ("age", "revenue_per_customer"),
        ("calendar", "customers"),
        ("calendar", "revenue"),
    ):
        yield f"{by} {value}", plots.retention_chart(table(by), value=value, currency="RUB")
    yield "weeks", plots.retention_chart(table(unit="week", lines=LINES[LINES["ordered_at"] >= "2023-11-01"]))
    yield "quarters", plots.retention_chart(table("calendar", "quarter"))
    curves = {name: analysis.retention_curve(table(), cohort=name) for name in ("2023-06", "2023-08")}
    yield "curves", plots.retention_curve_chart(curves)
    yield "curve", plots.retention_curve_chart(analysis.retention_curve(table()))


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart():
            assert_readable(name, ax, known={"RUB"})


def test_cells_show_the_table_and_what_is_not_yet_over_stays_white():
    cohorts = table()
    ax = plots.retention_chart(cohorts, value="customers")
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written[(0.5, 0.5)] == str(cohorts.customers.iloc[0, 0])
    assert written[(1.5, 4.5)] == "0"  # the empty cohort is a zero
    assert (1.5, 8.5) not in written  # the youngest has no second month
    drawn = ax.collections[0].get_array()
    assert np.ma.getmaskarray(drawn).sum() == cohorts.customers.isna().sum().sum()
    assert ax.yaxis_inverted()


def test_the_scale_of_colours_is_not_taken_by_age_zero():
    cohorts = table()
    ax = plots.retention_chart(cohorts)
    assert ax.collections[0].get_clim()[1] == pytest.approx(cohorts.retention.iloc[:, 1:].max().max())


def test_curves_begin_at_age_one_and_say_their_last_interval():
    curve = analysis.retention_curve(table())
    ax = plots.retention_curve_chart(curve)
    assert list(ax.lines[0].get_xdata()) == list(curve["age"][1:])
    assert list(ax.lines[0].get_ydata()) == list(curve["retention"][1:])
    last = curve.iloc[-1]
    assert f"age {int(last.age)}: {last.retention:.1%} (from {last.low:.1%} to {last.high:.1%})" in plots.alt_text(ax)


def test_charts_leave_the_table_as_it_was():
    cohorts = table()
    kept = cohorts.customers.copy()
    plots.retention_chart(cohorts)
    pd.testing.assert_frame_equal(cohorts.customers, kept)


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: plots.retention_chart(table(), value="money"), "can't be 'money'"),
        (lambda: plots.retention_curve_chart(pd.DataFrame({"age": [1]})), "retention_curve_chart"),
        (lambda: plots.retention_curve_chart(analysis.retention_curve(table()).head(1)), "age 1"),
        (lambda: plots.retention_curve_chart(analysis.retention_curve(table()), unit="hour"), "Allowed"),
        (
            lambda: plots.retention_curve_chart({str(n): analysis.retention_curve(table()) for n in range(6)}),
            "told apart",
        ),
    ],
)
def test_what_can_not_be_drawn_is_refused_with_a_reason(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()
