"""Service and opinion: how fast, how often wrong, how satisfied; where such tables are there."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from crm_toolkit.analysis.complaints.rates import complaint_rates
from crm_toolkit.analysis.service.shares import first_contact_resolution
from crm_toolkit.analysis.service.times import service_times
from crm_toolkit.analysis.surveys.scores import (
    SurveyScore,
    customer_effort_score,
    customer_satisfaction_score,
    net_promoter_score,
)
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, format_percent, mark, say, say_count
from crm_toolkit.widgets.health.data import ReportData
from crm_toolkit.widgets.health.section import method, says, table, together
from crm_toolkit.widgets.html import Html

QUESTIONS: tuple[tuple[str, str, Callable[..., SurveyScore]], ...] = (
    ("nps", mark("Net promoter score (NPS): promoters (9, 10) less detractors (0 to 6), points"), net_promoter_score),
    ("csat", mark("Satisfaction (CSAT): share of the two highest answers"), customer_satisfaction_score),
    ("ces", mark("Effort (CES): mean from 1 to 7, the highest is the easiest"), customer_effort_score),
)
SERVICE_TABLES = ("contacts", "requests", "complaints")
Row = tuple[str, ...]


def service_body(data: ReportData) -> tuple[Html, str]:
    """Times, first contact resolution and complaints."""
    rows: list[Row] = []
    reasons: list[str] = []
    for make in (_times, _first_contact, _complaints):
        try:
            rows += make(data)
        except InputError as letter:
            reasons += [problem.what for problem in letter.problems]
    if not rows:
        what = say("No table of contacts, requests or complaints came with the purchases.")
        raise InputError(say("There is nothing to report."), [Problem("no_service", " ".join(reasons) or what)])
    heads = (say("Figure"), say("Value"), say("From"), say("To"), say("Out of"))
    how = say("Intervals of 95%. Requests that are still open take part in the times, as long as they have been seen; "
              "minutes run day and night.")  # fmt: skip
    return together(table(say("Service"), heads, rows), method(how)), ""


def _present(data: ReportData, name: str) -> pd.DataFrame | None:
    found = data.tables.get(name)
    return found if found is not None and len(found) else None


def _up_to(moments: pd.Series, data: ReportData) -> pd.Series:
    """Which moments lie up to the date of analysis; what is no moment does not."""
    return pd.to_datetime(moments, errors="coerce") < pd.Timestamp(data.as_of) + pd.Timedelta(days=1)


def _times(data: ReportData) -> list[Row]:
    requests = _present(data, "requests")
    if requests is None or "first_response_at" not in requests:
        return []
    times = service_times(requests, as_of=data.as_of)
    labels = {
        ("first_response", 0.5): say("First response: half within, hours"),
        ("first_response", 0.9): say("First response: nine of ten within, hours"),
        ("resolution", 0.5): say("Resolution: half within, hours"),
        ("resolution", 0.9): say("Resolution: nine of ten within, hours"),
    }
    rows = []
    for row in times.table.to_dict("records"):
        label = labels.get((row["measure"], row["quantile"]))
        if label and row["reached"]:
            rows.append((label, *(_hours(row[name]) for name in ("minutes", "low", "high")),
                         format_number(row["requests"])))  # fmt: skip
    return rows


def _first_contact(data: ReportData) -> list[Row]:
    contacts = _present(data, "contacts")
    if contacts is None or not {"kind", "resolved_first_contact", "opened_at"} <= set(contacts.columns):
        return []
    known = contacts[_up_to(contacts["opened_at"], data)]
    row = first_contact_resolution(known).iloc[0]
    shares = [format_percent(row[name]) for name in ("share", "low", "high")]
    return [(say("Requests settled at the first contact"), *shares, format_number(row["requests"]))]


def _complaints(data: ReportData) -> list[Row]:
    complaints = _present(data, "complaints")
    if complaints is None:  # a store keeps them among the requests
        requests = _present(data, "requests")
        complaints = requests[requests["kind"] == "complaint"] if requests is not None and "kind" in requests else None
    if complaints is None or "opened_at" not in complaints:
        return []
    lines = data.purchases.to_pandas()
    orders = lines[lines["amount"] >= 0].drop_duplicates("order_id").rename(columns={"ordered_at": "opened_at"})
    rates = complaint_rates(complaints, orders, per="order", as_of=data.as_of, base_time="opened_at")
    row = rates.table.iloc[0]
    scale = 1000.0
    written = [format_number(round(scale * float(row[name]), 1)) for name in ("rate", "low", "high")]
    return [(say("Complaints for every thousand orders"), *written, format_number(round(float(row["exposure"]))))]


def _hours(minutes: float) -> str:
    return "—" if minutes != minutes else format_number(round(minutes / 60, 1))


def surveys_body(data: ReportData) -> tuple[Html, str]:
    """NPS, CSAT and CES with intervals."""
    surveys = _present(data, "surveys")
    if surveys is None:
        what = say("No table of surveys came with the purchases.")
        raise InputError(say("There is nothing to report."), [Problem("no_surveys", what)])
    if "answered_at" in surveys:
        surveys = surveys[_up_to(surveys["answered_at"], data) | surveys["answered_at"].isna()]
    rows: list[Row] = []
    told = []
    for name, label, ask in QUESTIONS:
        if name not in surveys or not surveys[name].notna().any():
            continue
        score = ask(surveys)
        row = score.table.iloc[0]
        rows.append((say(label), *(score.written(float(row[end])) for end in ("score", "low", "high")),
                     format_number(row["answers"])))  # fmt: skip
        if not row["enough"]:
            told.append(say("Too few answers to “{name}” to tell.", name=name.upper()))
    if not rows:
        what = say("Nobody has answered a question on recommendation, satisfaction or effort.")
        raise InputError(say("There is nothing to report."), [Problem("no_answers", what)])
    invited = len(surveys)
    answered = int(surveys[[name for name, *_ in QUESTIONS if name in surveys]].notna().any(axis=1).sum())
    told.insert(
        0,
        say_count(
            "{answered} of {count} invitation was answered ({share}); those who do not answer may think otherwise.",
            "{answered} of {count} invitations were answered ({share}); those who do not answer may think otherwise.",
            invited,
            answered=format_number(answered),
            share=format_percent(answered / invited, 0),
        ),
    )
    heads = (say("Question"), say("Score"), say("From"), say("To"), say("Answers"))
    how = say("Intervals of 95% for those who answered; they know nothing of who keeps silent.")
    return together(says(" ".join(told)), table(say("Surveys"), heads, rows), method(how)), ""
