"""Who comes back and who has left: cohorts, the rule of the pause, contracts."""

from __future__ import annotations

import numpy as np

from crm_toolkit import analysis, plots
from crm_toolkit.texts import format_date, format_number, format_percent, mark, say, say_count
from crm_toolkit.widgets.health.data import ReportData
from crm_toolkit.widgets.health.section import method, picture, says, table, together
from crm_toolkit.widgets.html import Html

NEXT = {
    "week": mark("in the week after the first purchase"),
    "month": mark("in the month after the first purchase"),
    "quarter": mark("in the quarter after the first purchase"),
    "year": mark("in the year after the first purchase"),
}
_MOST_PERIODS = 12


def cohorts_body(data: ReportData) -> tuple[Html, str]:
    """The heat map of cohorts and what it says of the first step."""
    cohorts = analysis.retention_table(data.purchases, as_of=data.as_of, unit=data.cohort_unit)
    curve = analysis.retention_curve(cohorts)
    text = ""
    if len(curve) > 1:
        step = curve.iloc[1]
        text = say(
            "{share} of the customers bought {when} (from {low} to {high}, interval of 95%).",
            share=format_percent(step["retention"], 0),
            when=say(NEXT[data.cohort_unit]),
            low=format_percent(step["low"], 0),
            high=format_percent(step["high"], 0),
        )
    early = _early_against_late(cohorts)
    how = say("A cohort is the customers whose first purchase in the data fell into the same period. A cell is the "
              "share of them who bought in a later one; white is not yet over. Who bought before the data begin looks "
              "new.")  # fmt: skip
    body = together(says(" ".join(filter(None, [text, early]))) if text else None,
                    picture(plots.retention_chart(cohorts)), method(how))  # fmt: skip
    return body, text


def _early_against_late(cohorts: analysis.CohortTable) -> str:
    """Whether younger cohorts come back more or less, one period later, if that is beyond chance."""
    from crm_toolkit.analysis.cohorts import wilson_interval

    cells = cohorts.customers.to_numpy(dtype="float64", na_value=np.nan)
    if cells.shape[1] < 3:
        return ""
    sizes, back = cells[1:-1, 0], cells[1:-1, 1]  # the first cohort holds those from before the data begin
    if len(sizes) < 4:
        return ""
    half = len(sizes) // 2
    shares = []
    for part in (slice(None, half), slice(half, None)):
        size, came = float(np.nansum(sizes[part])), float(np.nansum(back[part]))
        if size < 30:
            return ""
        low, high = wilson_interval(np.array([came]), np.array([size]), 0.95)
        shares.append((came / size, float(low[0]), float(high[0])))
    (old, old_low, old_high), (new, new_low, new_high) = shares
    shown = {"new": format_percent(new, 0), "old": format_percent(old, 0)}
    if new_low > old_high:
        return say("Younger cohorts come back more often than older ones: {new} against {old} one period later; the "
                   "first cohort, which may hold older customers, is not counted.", **shown)  # fmt: skip
    if new_high < old_low:
        return say("Younger cohorts come back less often than older ones: {new} against {old} one period later; the "
                   "first cohort, which may hold older customers, is not counted.", **shown)  # fmt: skip
    return ""


def churn_body(data: ReportData) -> tuple[Html, str]:
    """The rule of the pause with its test; contracts where there are any."""
    churn = data.churn
    share = churn.lapsed / churn.customers
    text = say(
        "{lapsed} of {customers} customers ({share}) have not bought for more than {days} days.",
        lapsed=format_number(churn.lapsed),
        customers=format_number(churn.customers),
        share=format_percent(share, 0),
        days=format_number(churn.threshold_days),
    )
    told = [text]
    if churn.test is not None and churn.test.flagged and churn.test.false_alarm_rate is not None:
        told.append(
            say(
                "Put back to {day}, the rule called {flagged} customers lapsed; {returned} of them ({share}) bought "
                "again by {until}: for these it was a false alarm.",
                day=format_date(churn.test.tested_on),
                flagged=format_number(churn.test.flagged),
                returned=format_number(churn.test.returned),
                share=format_percent(churn.test.false_alarm_rate, 0),
                until=format_date(churn.test.seen_until),
            )
        )
    how = say("Without a contract nobody gives notice. A customer counts as lapsed when the pause since the last "
              "purchase is longer than nine of ten pauses of all customers: a rule, not a fact.")  # fmt: skip
    parts = [says(" ".join(told)), method(how)]
    brief = text
    contracts = data.tables.get("contracts")
    if contracts is not None and len(contracts):
        made, brief = _contracts(data, contracts)
        parts = [made, *parts]
    return together(*parts), brief


def _contracts(data: ReportData, contracts: object) -> tuple[Html, str]:
    found = analysis.contract_churn(contracts, as_of=data.as_of)
    shown = found.tail(_MOST_PERIODS)
    ended, at_start = int(shown["ended"].sum()), int(shown["at_start"].sum())
    rows = [
        (
            str(row["period"]),
            format_number(row["at_start"]),
            format_number(row["started"]),
            format_number(row["ended"]),
            format_percent(row["churn_rate"]) if row["at_start"] else "—",
        )
        for row in shown.to_dict("records")
    ]
    heads = (say("Month"), say("Contracts on its first day"), say("New"), say("Ended"), say("Churn rate"))
    text = ""
    if at_start:
        text = say_count(
            "In the last {count} month {rate} of the contracts ended, on average a month.",
            "In the last {count} months {rate} of the contracts ended, on average a month.",
            len(shown),
            rate=format_percent(ended / at_start),
        )
    how = say("Churn rate of a month: contracts that ran on its first day and ended within it, divided by those that "
              "ran on its first day.")  # fmt: skip
    return together(says(text) if text else None, table(say("Contracts by month"), heads, rows), method(how)), text
