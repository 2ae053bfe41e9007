"""What the customers are worth: a model of purchases and of money, with intervals and with the convention named."""

from __future__ import annotations

from typing import Any

from crm_toolkit import analysis
from crm_toolkit.errors import InputError
from crm_toolkit.texts import format_money, format_number, format_percent, say
from crm_toolkit.widgets.health.data import ReportData
from crm_toolkit.widgets.health.overview import money
from crm_toolkit.widgets.health.section import method, says, table, together
from crm_toolkit.widgets.html import Html

HORIZON_MONTHS, DISCOUNT_RATE = 12, 0.15
_APART = 0.15  # convention: rule and model differ by so much of the customers that the reader will ask why
_LOOSE = 10.0  # convention: an interval whose upper end is more than ten times its lower end tells little
_FITS = ((analysis.fit_bgnbd, "BG/NBD"), (analysis.fit_mbgnbd, "MBG/NBD"), (analysis.fit_pareto_nbd, "Pareto/NBD"))


def value_body(data: ReportData) -> tuple[Html, str]:
    """Estimates of the purchase model, expected purchases and value of the next twelve months."""
    summary = analysis.purchase_summary(data.purchases, as_of=data.as_of, unit="week")
    model, name = _fitted(summary)
    spend = analysis.fit_gamma_gamma(summary)
    margin = data.margin if data.margin is not None else 1.0
    worth = analysis.customer_lifetime_value(model, spend, summary, margin=margin, horizon_months=HORIZON_MONTHS,
                                             annual_discount_rate=DISCOUNT_RATE)  # fmt: skip
    total, mean = float(worth["clv"].sum()), float(worth["clv"].mean())
    alive = float(worth["probability_alive"].sum())
    deciles = analysis.decile_table(worth, "clv")
    numbers = {
        "alive": format_number(round(alive)),
        "customers": format_number(len(worth)),
        "total": money(total, data.currency),
        "mean": format_money(mean, data.currency),
    }
    if data.margin is None:
        text = say("About {alive} of {customers} customers are still there. Their purchases of the next 12 months are "
                   "worth {total} today, {mean} a customer: revenue, since the margin is not known.",
                   **numbers)  # fmt: skip
    else:
        text = say("About {alive} of {customers} customers are still there. The margin of their purchases of the next "
                   "12 months is worth {total} today, {mean} a customer.", **numbers)  # fmt: skip
    top = deciles.iloc[0]
    more = say(
        "The most valuable tenth of them stands for {share} of that.", share=format_percent(top["money_share"], 0)
    )
    rows = [_parameter_row(name, parameter, row) for parameter, row in model.interval(0.95).iterrows()]
    rows += [_parameter_row("Gamma-Gamma", parameter, row) for parameter, row in spend.interval(0.95).iterrows()]
    heads = (say("Parameter"), say("Estimate"), say("Standard error"), say("From"), say("To"))
    how = say("Purchases: {name}, money of a purchase: Gamma-Gamma (Fader, Hardie and Lee), estimated by maximum "
              "likelihood from the frequency, recency and age of every customer, time in weeks. Value: purchases to "
              "come in 12 months times their expected money times the margin ({margin}), discounted by {rate} a year "
              "at the moment of each purchase; another convention gives another number. The model gives those who buy "
              "rarely more time than the rule of the pause does.",
              name=name, margin=format_percent(margin, 0), rate=format_percent(DISCOUNT_RATE, 0))  # fmt: skip
    told = " ".join(filter(None, [text, more, _beside_the_rule(data, alive / len(worth)), _loose(model, name)]))
    body = together(says(told), table(say("Parameters with intervals of 95%"), heads, rows), method(how))
    return body, text


def _beside_the_rule(data: ReportData, alive: float) -> str:
    """Why the rule of the pause and the model differ, where they do."""
    lapsed = data.churn.lapsed / data.churn.customers
    if abs(lapsed - (1 - alive)) < _APART:
        return ""
    return say(
        "The rule of the pause calls {lapsed} of the customers lapsed, the model thinks {gone} gone. The rule measures "
        "all by one pause of {days} days; the model compares everybody with their own pace, and whoever buys rarely "
        "may be silent for long. Which is right, only waiting or a trial letter tells.",
        lapsed=format_percent(lapsed, 0),
        gone=format_percent(1 - alive, 0),
        days=format_number(data.churn.threshold_days),
    )  # fmt: skip


def _loose(model: Any, name: str) -> str:
    """Which parameters these data hardly tell."""
    bounds = model.interval(0.95)
    wide = [str(parameter) for parameter, row in bounds.iterrows() if not row["high"] <= _LOOSE * row["low"]]
    if not wide:
        return ""
    return say(
        "Of {name} these data hardly tell {parameters}: the interval is wider than tenfold. Expected purchases "
        "usually suffer less from that than a statement on who has left for good.",
        name=name,
        parameters=", ".join(wide),
    )


def _fitted(summary: Any) -> tuple[Any, str]:
    """The first model whose likelihood has a maximum; if none has, the letter of the first."""
    first: InputError | None = None
    for fit, name in _FITS:
        try:
            return fit(summary), name
        except InputError as letter:
            first = first or letter
    assert first is not None
    raise first


def _parameter_row(model: str, name: Any, row: Any) -> tuple[str, ...]:
    numbers = (row["estimate"], row["standard_error"], row["low"], row["high"])
    return (f"{model}: {name}", *(format_number(float(f"{number:.3g}")) for number in numbers))
