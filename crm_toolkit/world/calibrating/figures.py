"""The figures of a calibration report: what is measured, in which scenarios, and what is published about it.

A published number is used for the scenarios for which it makes sense. What has none is an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crm_toolkit.texts import mark
from crm_toolkit.world.calibrating import buying as buying
from crm_toolkit.world.calibrating import service as service
from crm_toolkit.world.calibrating import truth as truth
from crm_toolkit.world.calibrating.evidence import Estimate, Evidence
from crm_toolkit.world.calibrating.published import (
    ATRADIUS,
    ATRADIUS_LOST,
    BREAKAGE,
    BREAKAGE_GOODS,
    BREAKAGE_TRAVEL,
    CDNOW,
    CONCENTRATION,
    CONVEX,
    DOUBLE,
    HILLSTROM,
    JOURNEY,
    MONITOR,
    OLD_SAMPLE,
    ONE_FEE,
    OPENS,
    PARADOX,
    RAGE_2013,
    RAGE_2023,
    REPEAT_SHOPS,
    RETENTION,
    SQM,
    SUBSCRIPTION,
    TELCO,
    TENURE,
    XM,
    Published,
)

GROCERY = ("grocery",)
PRESETS = ("bgnbd", "pareto_nbd")
SERVICES = ("barbershop", "car_service", "clinic", "hotel")
CLUBS = ("fitness_club", "language_school")
ON_BILL = ("car_service", "clinic", "hotel")
ALIVE = (*SERVICES, *CLUBS, *GROCERY)
EVERYWHERE = (*ALIVE, *PRESETS)


@dataclass(frozen=True)
class Figure:
    """One figure of the report.

    Parameters
    ----------
    code : str
    label : str
        Marked for translation.
    unit : {"share", "points", "percentage_points", "dollars", "number", "minutes", "sd"}
    measure : callable
    where : tuple of str
        Scenarios in which it is reported.
    published : mapping of str to Published
        Scenario → what is published; none is an assumption.
    of_truth : bool
        Whether it needs what the organisation never sees.
    """

    code: str
    label: str
    unit: str
    measure: Callable[[Evidence], Estimate | None]
    where: tuple[str, ...]
    published: Mapping[str, Published] = field(default_factory=dict)
    of_truth: bool = False


def _each(names: tuple[str, ...], published: Published) -> dict[str, Published]:
    return dict.fromkeys(names, published)


def _one(value: float, source: str, tolerance: float, excuse: str = "") -> Published:
    return Published(value, value, source, tolerance, excuse)


def _figures() -> tuple[Figure, ...]:
    above, below = Published(0.0, None, CONVEX), Published(None, 0.0, DOUBLE)
    return (
        Figure(
            "top_20_share",
            mark("Share of the money from the top 20% of customers"),
            "share",
            buying.top_20_share,
            EVERYWHERE,
            {
                **_each(GROCERY, _one(0.546, JOURNEY, 0.03)),
                **_each(PRESETS, _one(0.678, CDNOW, 0.03, OLD_SAMPLE)),
                **_each(SERVICES, Published(0.60, 0.73, CONCENTRATION, 0.02)),
                **_each(CLUBS, Published(0.59, 0.60, SUBSCRIPTION, 0.02, ONE_FEE)),
            },
        ),
        Figure(
            "gini",
            mark("Gini index of the money of customers"),
            "number",
            buying.gini,
            EVERYWHERE,
            {
                **_each(GROCERY, _one(0.525, JOURNEY, 0.03)),
                **_each(PRESETS, _one(0.635, CDNOW, 0.03, OLD_SAMPLE)),
            },
        ),
        Figure("repeat_year", mark("Ordered again within a year"), "share", buying.repeat_year, (*SERVICES, *PRESETS)),
        Figure(
            "repeat_18_months",
            mark("Ordered again within 18 months"),
            "share",
            buying.repeat_18_months,
            (*SERVICES, *PRESETS),
            {
                **_each(PRESETS, _one(0.489, CDNOW, 0.03, OLD_SAMPLE)),
                "hotel": _one(0.489, CDNOW, 0.03),
                "barbershop": Published(0.632, 0.708, REPEAT_SHOPS),
            },
        ),
        Figure(
            "repeat_2_to_3",
            mark("Of those with two orders, made a third one"),
            "share",
            buying.repeat_2_to_3,
            (*SERVICES, *PRESETS),
            _each(PRESETS, _one(0.649, CDNOW, 0.03, OLD_SAMPLE)),
        ),
        Figure(
            "repeat_3_to_4",
            mark("Of those with three orders, made a fourth one"),
            "share",
            buying.repeat_3_to_4,
            (*SERVICES, *PRESETS),
            _each(PRESETS, _one(0.705, CDNOW, 0.03, OLD_SAMPLE)),
        ),
        Figure(
            "orders_per_year",
            mark("Orders of an active customer in a year"),
            "number",
            buying.orders_per_year,
            ALIVE,
            _each(GROCERY, _one(63.1, JOURNEY, 5.0)),
        ),
        Figure(
            "ticket_mean",
            mark("Mean money of an order"),
            "dollars",
            buying.ticket_mean,
            EVERYWHERE,
            {
                **_each(GROCERY, _one(29.49, JOURNEY, 1.5)),
                **_each(PRESETS, _one(35.89, CDNOW, 1.8)),
            },
        ),
        Figure(
            "ticket_median",
            mark("Median money of an order"),
            "dollars",
            buying.ticket_median,
            EVERYWHERE,
            {
                **_each(GROCERY, _one(17.50, JOURNEY, 0.9)),
                **_each(PRESETS, _one(25.98, CDNOW, 1.3)),
            },
        ),
        Figure(
            "lines_per_order",
            mark("Lines of an order"),
            "number",
            buying.lines_per_order,
            ALIVE,
            _each(GROCERY, _one(9.43, JOURNEY, 0.5)),
        ),
        Figure(
            "month_lowest",
            mark("Weakest month over the mean month, by money"),
            "number",
            buying.month_lowest,
            ALIVE,
            _each(GROCERY, _one(0.914, JOURNEY, 0.03)),
        ),
        Figure(
            "month_highest",
            mark("Strongest month over the mean month, by money"),
            "number",
            buying.month_highest,
            ALIVE,
            _each(GROCERY, _one(1.102, JOURNEY, 0.03)),
        ),
        Figure(
            "midweek_share",
            mark("Orders on Wednesdays"),
            "share",
            buying.midweek_share,
            GROCERY,
            _each(GROCERY, _one(0.131, JOURNEY, 0.005)),
        ),
        Figure(
            "saturday_share",
            mark("Orders on Saturdays"),
            "share",
            buying.saturday_share,
            GROCERY,
            _each(GROCERY, _one(0.159, JOURNEY, 0.005)),
        ),
        Figure(
            "sunday_share",
            mark("Orders on Sundays"),
            "share",
            buying.sunday_share,
            GROCERY,
            _each(GROCERY, _one(0.166, JOURNEY, 0.005)),
        ),
        Figure(
            "failure_share",
            mark("Orders in which the service fails"),
            "share",
            truth.failure_share,
            ALIVE,
            of_truth=True,
        ),
        Figure(
            "voiced_share",
            mark("Failures that are complained about"),
            "share",
            truth.voiced_share,
            ALIVE,
            of_truth=True,
        ),
        Figure(
            "complaints_per_1000", mark("Complaints for 1,000 visits"), "number", service.complaints_per_1000, ALIVE
        ),
        Figure(
            "got_nothing",
            mark("Complaints after which the customer got nothing"),
            "share",
            service.got_nothing,
            ALIVE,
            _each(ALIVE, _one(0.56, RAGE_2013, 0.03)),
        ),
        Figure(
            "digital_complaints",
            mark("Complaints by digital channels"),
            "share",
            service.digital_complaints,
            ALIVE,
            _each(ALIVE, _one(0.50, RAGE_2023, 0.03)),
        ),
        Figure(
            "first_contact_resolution",
            mark("Requests settled at first contact"),
            "share",
            service.first_contact_resolution,
            ALIVE,
            _each(ALIVE, Published(0.59, 0.70, SQM, 0.01)),
        ),
        Figure("wait_mean", mark("Mean wait before a service"), "minutes", service.wait_mean, ALIVE),
        Figure(
            "nps", mark("Net Promoter Score"), "points", service.nps, ALIVE, _each(ALIVE, Published(-0.06, 0.30, XM))
        ),
        Figure("answer_rate", mark("Surveys that are answered"), "share", service.answer_rate, ALIVE),
        Figure(
            "open_rate",
            mark("E-mails opened, of those delivered"),
            "share",
            service.open_rate,
            ALIVE,
            _each(ALIVE, Published(0.1792, 0.50, OPENS)),
        ),
        Figure(
            "click_rate",
            mark("E-mails clicked, of those delivered"),
            "share",
            service.click_rate,
            ALIVE,
            _each(ALIVE, _one(0.0269, MONITOR, 0.003)),
        ),
        Figure(
            "unsubscribe_rate",
            mark("E-mails that end in unsubscribing"),
            "share",
            service.unsubscribe_rate,
            ALIVE,
            _each(ALIVE, _one(0.0017, MONITOR, 0.0005)),
        ),
        Figure(
            "bounce_rate",
            mark("E-mails that do not arrive"),
            "share",
            service.bounce_rate,
            ALIVE,
            _each(ALIVE, _one(0.0106, MONITOR, 0.002)),
        ),
        Figure(
            "campaign_effect",
            mark("Effect of a campaign on ordering within two weeks"),
            "percentage_points",
            service.campaign_effect,
            (*SERVICES, *GROCERY),
            {"hotel": Published(0.0031, 0.0068, HILLSTROM)},
        ),
        Figure(
            "offer_used",
            mark("Of customers with an offer, used it"),
            "share",
            service.offer_used,
            ALIVE,
            _each(GROCERY, _one(0.166, JOURNEY, 0.02)),
        ),
        Figure(
            "breakage",
            mark("Points that expire unused (breakage)"),
            "share",
            service.breakage,
            ALIVE,
            {
                **_each(ALIVE, Published(0.25, 0.35, BREAKAGE, 0.02)),
                "grocery": Published(0.20, 0.30, BREAKAGE_GOODS, 0.02),
                "hotel": Published(0.25, 0.85, BREAKAGE_TRAVEL),
            },
        ),
        Figure(
            "points_redeemed", mark("Points redeemed, of those earned so far"), "share", service.points_redeemed, ALIVE
        ),
        Figure(
            "overdue_share",
            mark("Overdue share of receivables"),
            "share",
            service.overdue_share,
            ON_BILL,
            _each(ON_BILL, Published(0.418, 0.47, ATRADIUS, 0.02)),
        ),
        Figure(
            "written_off",
            mark("Bills that are never paid, by money"),
            "share",
            service.written_off,
            ON_BILL,
            _each(ON_BILL, Published(0.013, 0.03, ATRADIUS_LOST, 0.003)),
        ),
        Figure(
            "yearly_retention",
            mark("Contracts that are kept for a year"),
            "share",
            service.yearly_retention,
            CLUBS,
            {
                "fitness_club": Published(0.573, 0.735, TELCO),
                "language_school": Published(0.573, 0.83, RETENTION),
            },
        ),
        Figure(
            "early_to_late_churn",
            mark("Leaving rate in the first half-year over that afterwards"),
            "number",
            service.early_to_late_churn,
            CLUBS,
            _each(CLUBS, Published(1.0, 5.6, TENURE)),
        ),
        Figure(
            "yearly_leaving",
            mark("Customers who leave for good within a year, unseen"),
            "share",
            truth.yearly_leaving,
            (*SERVICES, *GROCERY, *PRESETS),
            of_truth=True,
        ),
        Figure(
            "satisfaction_mean",
            mark("Mean satisfaction; 0 is the customers' usual"),
            "sd",
            truth.satisfaction_mean,
            ALIVE,
            of_truth=True,
        ),
        Figure(
            "convexity",
            mark("How much steeper orders rise with high satisfaction than with low"),
            "number",
            truth.convexity,
            ALIVE,
            _each(ALIVE, above),
            of_truth=True,
        ),
        Figure(
            "one_failure_repaired",
            mark("Satisfaction after one repaired failure, against none"),
            "sd",
            truth.one_failure_repaired,
            ALIVE,
            _each(ALIVE, Published(0.0, None, PARADOX)),
            of_truth=True,
        ),
        Figure(
            "two_failures",
            mark("Satisfaction after a second repaired failure, against none"),
            "sd",
            truth.two_failures,
            ALIVE,
            _each(ALIVE, below),
            of_truth=True,
        ),
    )


FIGURES: tuple[Figure, ...] = _figures()
