"""The report as a value: computed once, shown in a notebook, saved as a page or as PDF."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import language, mark, say, say_count
from crm_toolkit.widgets.health import ahead, customers, overview, service, staying, value
from crm_toolkit.widgets.health.cautions import cautions
from crm_toolkit.widgets.health.data import ReportData, prepared
from crm_toolkit.widgets.health.page import Head, about, fragment, page
from crm_toolkit.widgets.health.section import Section, told

if TYPE_CHECKING:
    import pandas as pd

    from crm_toolkit.widgets.html import Html

    Body = Callable[[ReportData], tuple[Html, str]]

SECTIONS: dict[str, tuple[str, Body]] = {
    "figures": (mark("Key figures"), overview.key_figures_body),
    "time": (mark("Revenue and active customers"), overview.months_body),
    "segments": (mark("Segments"), customers.segments_body),
    "concentration": (mark("How much comes from how few"), customers.concentration_body),
    "cohorts": (mark("Who comes back"), staying.cohorts_body),
    "churn": (mark("Who has left"), staying.churn_body),
    "value": (mark("What the customers are worth"), value.value_body),
    "forecast": (mark("What is to come"), ahead.forecast_body),
    "service": (mark("Service"), service.service_body),
    "surveys": (mark("Satisfaction"), service.surveys_body),
}


@dataclass(frozen=True, eq=False)
class HealthReport:
    """The CRM health of an organisation.

    Parameters
    ----------
    head : Head
        Title, period, cautions.
    sections : tuple of Section
        In the order of `SECTIONS`; one that can't be computed says why.
    code : str
        Language of the report.
    """

    head: Head
    sections: tuple[Section, ...]
    code: str

    @property
    def html(self) -> str:
        """The whole page as text."""
        with language(self.code):
            return page(self.head, self.sections)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What to know about the data, sentences."""
        return tuple(self.head.cautions)

    @property
    def missing(self) -> dict[str, str]:
        """Code of a missing section → why."""
        return {section.name: section.missing for section in self.sections if section.missing}

    def _repr_html_(self) -> str:
        with language(self.code):
            return fragment(self.head, self.sections)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file; by the ending ``.pdf`` as PDF, for which a Chromium is needed.

        Raises
        ------
        InputError
            If the file can't be written or there is no Chromium for a PDF.
        """
        place = Path(path)
        if place.suffix.lower() == ".pdf":
            from crm_toolkit.widgets.health.printing import print_page

            return print_page(self.html, place)
        partial = place.with_name(f".{place.name}.partial")
        try:
            partial.write_text(self.html, encoding="utf-8")
            partial.replace(place)
        except OSError as error:
            partial.unlink(missing_ok=True)
            what = say("“{path}” can't be written: {reason}.", path=place, reason=error.strerror or error)
            raise InputError(say("The report was not saved."), [Problem("not_writable", what)]) from error
        return place


def health_report(
    purchases: Any,
    *,
    name: str = "",
    as_of: Any = None,
    currency: str = "",
    margin: float | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    noticed: Sequence[str] = (),
    today: dt.date | None = None,
    progress: Callable[[float, str], object] | None = None,
) -> HealthReport:
    """Put the CRM health of an organisation on one page, in the language spoken now.

    Parameters
    ----------
    purchases : frame
        Lines with ``order_id``, ``customer_id``, ``ordered_at`` (datetime, local time) and ``amount`` (currency units,
        negative on a return), as `datasets.read_purchases` returns them.
    name : str
        What the organisation or the file is called.
    as_of : date, datetime or str, optional
        Last day of the analysis; by default the day of the last line.
    currency : str
        ISO 4217 code for display.
    margin : float, optional
        Contribution margin as a fraction of the money, above 0 up to 1, for the value of customers; without it the
        value is told in revenue, and the page says so.
    tables : mapping of str to DataFrame, optional
        ``contacts``, ``requests``, ``complaints``, ``surveys``, ``contracts`` with the columns of `schema`; each
        optional.
    noticed : sequence of str
        What the reading of a file noticed; it stands among the cautions.
    today : date, optional
        Day after which a date lies in the future; by default the computer's.
    progress : callable, optional
        Called with a fraction from 0 to 1 and a word.

    Returns
    -------
    HealthReport
        ``.save("report.html")``, ``.html``, ``.cautions``, ``.missing``; a notebook shows it.

    Raises
    ------
    InputError
        If a column is missing or of the wrong kind, or there is no purchase. A section that can't be computed does not
        fail the page: it says why.

    Examples
    --------
    >>> from crm_toolkit import datasets
    >>> report = health_report(datasets.make_purchases(60, weeks=30, seed=4), name="Demo")
    >>> report.html.startswith("<!doctype html>"), sorted(report.missing)
    (True, ['service', 'surveys'])
    """
    _check_margin(margin)
    data = prepared(name, purchases, as_of=as_of, currency=currency, tables=tables, margin=margin, read=tuple(noticed))
    sections = []
    for place, (code, (title, make)) in enumerate(SECTIONS.items()):
        if progress:
            progress(place / len(SECTIONS), say(title))
        sections.append(told(code, say(title), lambda make=make: make(data)))  # type: ignore[misc]
    lines = say_count("{count} line", "{count} lines", data.coverage.lines_used)
    people = say_count("{count} customer", "{count} customers", data.coverage.customers)
    title = say("CRM health: {name}", name=name) if name else say("CRM health")
    head = Head(title, about(data.first, data.as_of, lines, people), cautions(data, today=today))
    return HealthReport(head, tuple(sections), str(language()))


def _check_margin(margin: float | None) -> None:
    if margin is not None and not (isinstance(margin, int | float) and 0 < margin <= 1):
        what = say("A margin is a fraction of the money, above 0 up to 1.")
        heading = say("`{name}` can't be {value}.", name="margin", value=repr(margin))
        raise InputError(heading, [Problem("outside_range", what, column="margin")])
