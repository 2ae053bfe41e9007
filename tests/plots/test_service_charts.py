"""Charts of service say what the results say, in both languages, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.analysis.complaints.rates import complaint_rates
from crm_toolkit.analysis.service.queues import waiting_table
from crm_toolkit.analysis.service.recovery import recovery_effect
from crm_toolkit.analysis.service.times import service_times
from crm_toolkit.errors import InputError
from crm_toolkit.plots.service import complaint_rate_chart, recovery_chart, service_times_chart, waiting_chart
from crm_toolkit.texts import language
from tests.analysis.contracts.service import complaints, orders, requests
from tests.plots.readable import assert_readable

WORDS = {
    "en": {"app": "App", "phone": "Phone", "web": "Website", "north": "North", "south": "South"},
    "ru": {"app": "Приложение", "phone": "Телефон", "web": "Сайт", "north": "Север", "south": "Юг"},
}


def year():
    """The requests again every month, for a year."""
    one = requests()
    times = ["opened_at", "first_response_at", "resolved_at"]
    return pd.concat([one.assign(**{name: one[name] + pd.Timedelta(days=30 * k) for name in times}) for k in range(12)])


def cases():
    luck = np.random.default_rng(1)
    state = luck.choice(["not_failed", "recovered", "unrecovered"], 300)
    return pd.DataFrame({"customer_id": range(300), "prior_orders": luck.integers(0, 5, 300), "state": state,
                         "returned": luck.integers(0, 2, 300)})  # fmt: skip


def every_chart(code):
    labels, ask = WORDS[code], {"per": "order", "as_of": "2024-01-31"}
    yield "waiting", waiting_chart(waiting_table(200, 3, range(9, 20)))
    yield "channels", service_times_chart(service_times(year(), as_of="2025-01-31", by="channel"), labels=labels)
    if code == "en":  # the same drawing with shorter words
        return
    times = service_times(year(), as_of="2025-01-31", unit="month")
    yield "months", service_times_chart(times, measure="resolution")
    yield "rates", complaint_rate_chart(complaint_rates(complaints(), orders(), unit="month", **ask))
    yield "branches", complaint_rate_chart(complaint_rates(complaints(), orders(), by="branch", **ask), labels=labels)
    yield "recovery", recovery_chart(recovery_effect(cases(), smallest=100))


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart(code):
            assert_readable(name, ax)


def test_waiting_is_the_table_s_and_an_overrun_service_has_a_cross():
    table = waiting_table(200, 3, [10, 12, 11])
    ax = waiting_chart(table)
    curve, cross = ax.lines
    assert list(curve.get_ydata()) == table.sort_values("agents")["mean_wait_minutes"].dropna().tolist()
    assert (list(cross.get_xdata()), cross.get_marker()) == ([0], "x")
    with pytest.raises(InputError, match="The table has no row"):
        waiting_chart(table.head(0))


def test_percentiles_are_the_result_s_in_hours_and_the_band_its_interval():
    times = service_times(year(), as_of="2025-01-31", unit="month", quantiles=[0.5])
    mine = times.table[times.table["measure"] == "resolution"]
    ax = service_times_chart(times, measure="resolution")
    assert ax.get_ylabel() == "Hours"
    assert list(ax.lines[0].get_ydata()) == pytest.approx((mine["minutes"] / 60).tolist())
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert band.max() == pytest.approx(mine["high"].max() / 60)
    assert "2024-01, half within: " in plots.alt_text(ax)


def test_rates_choose_a_denominator_that_can_be_read():
    sold = pd.DataFrame({"ordered_at": [pd.Timestamp("2024-01-10")] * 5000})
    told = pd.DataFrame({"opened_at": [pd.Timestamp("2024-01-11")] * 25})
    ax = complaint_rate_chart(complaint_rates(told, sold, per="order", as_of="2024-01-31"))
    assert ax.get_xlabel() == "Complaints per 1,000 orders"
    assert ax.lines[0].get_xdata()[0] == pytest.approx(5)


def test_what_can_t_be_shown_on_one_page_is_refused():
    rates = complaint_rates(complaints(), orders(), per="order", as_of="2024-01-31", by="branch", unit="month")
    with pytest.raises(InputError, match="There are both groups and periods"):
        complaint_rate_chart(rates)
    times = service_times(requests(), as_of="2024-01-31", by="channel", unit="week")
    with pytest.raises(InputError, match="There are both groups and periods"):
        service_times_chart(times)
    with pytest.raises(InputError, match="Allowed: 'first_response', 'resolution'"):
        service_times_chart(service_times(requests(), as_of="2024-01-31"), measure="wait")
    five = service_times(requests(), as_of="2024-01-31", quantiles=[0.1, 0.2, 0.3, 0.4, 0.5])
    with pytest.raises(InputError, match="5 curves can't be told apart"):
        service_times_chart(five)


def test_crude_and_adjusted_differences_stand_side_by_side():
    found = recovery_effect(cases())
    ax = recovery_chart(found)
    diamonds = next(line for line in ax.lines if line.get_marker() == "D")
    assert list(diamonds.get_xdata()) == found.contrasts["crude"].tolist()
    assert found.reading in plots.alt_text(ax)
