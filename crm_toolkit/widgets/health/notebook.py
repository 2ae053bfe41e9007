"""The report as a notebook: the same data, the same calls, each in a cell of its own to be changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import language, say
from crm_toolkit.widgets.health.sources import OTHERS, Source


def write_notebook(
    source: Source, path: Path, *, name: str = "", as_of: Any = None, margin: float | None = None, currency: str = ""
) -> Path:
    """Write a notebook that makes the report and its parts.

    Parameters
    ----------
    source : Source
        As `sources.open_source` returns it; the notebook opens the same data by itself.
    path : Path
        Where to write it.
    name, as_of, margin, currency
        As of `health_report`.

    Raises
    ------
    InputError
        If the file can't be written.
    """
    cells = [_cell(*pair) for pair in _pairs(source, name, as_of, margin, currency or source.currency)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}, "nbformat": 4,
            "nbformat_minor": 5}  # fmt: skip
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"report-{number:02d}"
    try:
        path.write_text(json.dumps(book, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        what = say("“{path}” can't be written: {reason}.", path=path, reason=error.strerror or error)
        raise InputError(say("The notebook was not saved."), [Problem("not_writable", what)]) from error
    return path


def _pairs(source: Source, name: str, as_of: Any, margin: float | None, currency: str) -> list[tuple[str, str]]:
    """Kind and text of every cell."""
    day = repr(str(as_of)) if as_of else 'purchases["ordered_at"].max()'
    given = f"name={name!r}, as_of=as_of, currency={currency!r}" + (f", margin={margin}" if margin is not None else "")
    opened = [
        "import crm_toolkit as crm",
        "from crm_toolkit import analysis, datasets, plots",
        "",
        f"crm.language({str(language())!r})",
        *source.call.splitlines(),
        f"as_of = {day}",
    ]
    title = say("CRM health: {name}", name=name) if name else say("CRM health")
    return [
        (
            "markdown",
            f"# {title}\n\n" + say("The report and its parts, call by call: change a number and run the cell."),
        ),
        ("code", "\n".join(opened)),
        ("markdown", "## " + say("The whole report")),
        ("code", _whole(source, given)),
        ("markdown", "## " + say("Revenue and active customers")),
        ("code", _REVENUE.format(currency=currency)),
        ("markdown", "## " + say("Segments")),
        ("code", _SEGMENTS),
        ("markdown", "## " + say("How much comes from how few")),
        ("code", "plots.show(plots.lorenz_chart(analysis.spend_concentration(scores)))"),
        ("markdown", "## " + say("Who comes back")),
        ("code", _COHORTS),
        ("markdown", "## " + say("Who has left")),
        ("code", _CHURN),
        ("markdown", "## " + say("What the customers are worth")),
        ("code", _VALUE.format(margin=1.0 if margin is None else margin)),
        ("markdown", "## " + say("What is to come")),
        ("code", _FORECAST.format(currency=currency)),
    ]


def _whole(source: Source, given: str) -> str:
    found = [name for name in OTHERS if name in source.tables]
    lines = ["from crm_toolkit.widgets.health import health_report", ""]
    if source.call.startswith("store = ") and found:
        lines += [f"tables = {{name: store.tables(name) for name in {found!r}}}",
                  f"report = health_report(purchases, {given}, tables=tables)"]  # fmt: skip
    elif found:
        lines += ["from crm_toolkit.widgets.health.sources import open_source", "",
                  f"tables = open_source({source.place!r}).tables",
                  f"report = health_report(purchases, {given}, tables=tables)"]  # fmt: skip
    else:
        lines.append(f"report = health_report(purchases, {given})")
    return "\n".join([*lines, "report"])


def _cell(kind: str, text: str) -> dict[str, Any]:
    lines = text.splitlines(keepends=True)
    if kind == "markdown":
        return {"cell_type": "markdown", "metadata": {}, "source": lines}
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": lines}


_REVENUE = """from crm_toolkit.analysis.forecast.series import demand_series
from crm_toolkit.plots.report import revenue_customers_page

asked = {{"as_of": as_of, "unit": "month", "unfinished": "mark"}}
revenue = demand_series(purchases, measure="revenue", **asked)
customers = demand_series(purchases, measure="customers", **asked)
plots.show(revenue_customers_page(revenue, customers, currency={currency!r}))"""
_SEGMENTS = """scores = analysis.rfm_scores(purchases, as_of=as_of)
segments = analysis.segment_table(analysis.rfm_segments(scores))
plots.show(plots.segment_chart(segments))"""
_COHORTS = """cohorts = analysis.retention_table(purchases, as_of=as_of, unit="quarter")
plots.show(plots.retention_chart(cohorts))"""
_CHURN = """churn = analysis.pause_churn(purchases, as_of=as_of)
churn.lapsed, churn.customers, churn.threshold_days, churn.test"""
_VALUE = """summary = analysis.purchase_summary(purchases, as_of=as_of, unit="week")
model, spend = analysis.fit_bgnbd(summary), analysis.fit_gamma_gamma(summary)
value = analysis.customer_lifetime_value(model, spend, summary, margin={margin}, horizon_months=12)
value["clv"].describe()"""
_FORECAST = """from crm_toolkit.analysis.forecast.forecasting import forecast_series
from crm_toolkit.plots.forecast import forecast_chart

ahead = forecast_series(revenue, horizon=3)
print(ahead.reading())
plots.show(forecast_chart(ahead, currency={currency!r}))"""
