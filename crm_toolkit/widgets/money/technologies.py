"""Cards of technologies for clients: what each does, what it costs, how it is measured, and where to switch it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.controls import choice_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

STAGES = {
    "acquisition": mark("acquisition"),
    "sale": mark("the sale"),
    "service": mark("service"),
    "retention": mark("retention"),
    "development": mark("development"),
    "return": mark("return"),
    "farewell": mark("farewell"),
}


@dataclass(frozen=True)
class Technology:
    """One technology: its stage and what stands on its card (marked English texts); ``tried_in`` is code."""

    id: str
    stage: str
    name: str
    mechanism: str
    lever: str
    cost: str
    metric: str
    mistake: str
    tried_in: str


TECHNOLOGIES = (
    Technology("lead_capture", "acquisition", mark("Requests taken in and answered fast"),
               mark("A person asks several firms; the first good answer is often the one that is taken."),
               mark("time to the first answer, spending per channel"),
               mark("advertising per request, working time of those who answer"),
               mark("share of requests that become clients, with its interval; cost of one client more"),
               mark("average for marginal: cheap clients so far, so the next ones will be cheap"),
               "widgets.explore_budget()"),
    Technology("referral", "acquisition", mark("Clients bring clients"),
               mark("People trust people; who is recommended knows what to expect."),
               mark("bonus for either side, moment of the question"),
               mark("the bonus, also for those who would have come anyhow"),
               mark("new clients because of the bonus (by lot), and their value beside that of others"),
               mark("everybody with a code counts as won by the code"),
               "analysis.compare_rates"),
    Technology("booking", "sale", mark("Booking in two steps"),
               mark("Every further step loses people; a booked time is a small commitment."),
               mark("number of steps, free times that are shown, reminder"),
               mark("the system, empty times of those who do not come"),
               mark("share from stage to stage, share that does not come"),
               mark("a probability of the stage is taken for a fact about this client"),
               "analysis.funnel_table"),
    Technology("queue", "service", mark("Appointments and queue"),
               mark("Waiting grows steeply once nearly all working time is taken."),
               mark("staff by hour, appointments, self-service"),
               mark("working time that stands idle part of the day"),
               mark("share that waits longer than promised, time to the first answer"),
               mark("the mean waiting time tells all"),
               "analysis.waiting_table"),
    Technology("complaints", "service", mark("Complaints and putting right"),
               mark("A fast and fair answer turns exit into voice; a second failure undoes it."),
               mark("budget and authority of the front line, speed"),
               mark("amends and approvals, and failures that come to light"),
               mark("share of the dissatisfied who complain, return after a failure, repeated failures"),
               mark("few complaints mean few failures"),
               "widgets.explore_recovery()"),
    Technology("onboarding", "retention", mark("The first weeks"),
               mark("A habit is formed early: the second visit decides about the third."),
               mark("welcome visit, reminder of the second visit"),
               mark("working time and the first discount"),
               mark("share with a second visit within so many days, by lot"),
               mark("those who got through the first weeks stay, so getting them through makes people stay"),
               "analysis.kaplan_meier"),
    Technology("churn_prevention", "retention", mark("Calls to those who may leave"),
               mark("A contact solves a trouble before it becomes a reason to go."),
               mark("who is called, what is offered"),
               mark("the call, the discount that the loyal take too"),
               mark("share kept by the call against a group left alone; profit"),
               mark("highest risk for best target"),
               "widgets.explore_targeting()"),
    Technology("loyalty", "retention", mark("A loyalty programme"),
               mark("A reward that comes nearer draws; a status gives reasons to stay."),
               mark("points per purchase, validity, levels"),
               mark("rewards on purchases that would have been made anyhow"),
               mark("additional margin of the invited against those not invited, by lot"),
               mark("members spend more, so the programme works"),
               "widgets.design_programme()"),
    Technology("cross_sell", "development", mark("The next offer"),
               mark("What is bought together shows needs that are not yet served here."),
               mark("which offer to whom, at which moment"),
               mark("attention of staff, and patience of clients"),
               mark("additional margin by lot, share of wallet"),
               mark("more products make more loyal"),
               "analysis.cross_sell_table"),
    Technology("win_back", "return", mark("Asking back"),
               mark("The reason for leaving has passed or can be removed."),
               mark("reason, offer, moment"),
               mark("the contact, the offer for those who would have come back by themselves"),
               mark("second lifetime value of those who came because of it, less all costs"),
               mark("win back everybody"),
               "analysis.win_back_table"),
    Technology("farewell", "farewell", mark("Letting go"),
               mark("Some cost more to serve than they bring, whatever is tried."),
               mark("price of the service, cheaper channel, end of the contract, deletion of data"),
               mark("what is said about it, and clients who were judged wrongly"),
               mark("profit less cost to serve, by client, with the share that changes next year"),
               mark("every client is valuable, or: who loses money today always will"),
               "analysis.portfolio_matrix"),
)  # fmt: skip
"""Cards in the order of a relationship."""


def technology_cards(*, technology: str = "churn_prevention") -> Explorer:
    """Choose a technology for clients and read its card: mechanism, lever, cost, metric, usual mistake.

    Parameters
    ----------
    technology : str
        An id of `TECHNOLOGIES`.

    Returns
    -------
    Explorer
        ``.result`` is a `Technology`. With ``CRM_STATIC=1`` there is only the static copy: a table of all cards.

    Raises
    ------
    MissingExtraError
        If ipywidgets is not installed.

    Examples
    --------
    >>> cards = technology_cards()
    >>> cards.controls["technology"].value = "win_back"
    >>> cards.result.tried_in
    'analysis.win_back_table'
    """
    known = {one.id: one for one in TECHNOLOGIES}
    first = technology if technology in known else TECHNOLOGIES[0].id

    def controls() -> dict[str, Any]:
        options = [(say("{stage}: {name}", stage=say(STAGES[one.stage]), name=say(one.name)), one.id)
                   for one in TECHNOLOGIES]  # fmt: skip
        return {"technology": choice_control(say("Technology"), options, value=first)}

    def look(*, technology: str) -> View:
        return _look(known[technology])

    return Explorer(look, controls=controls, start={"technology": first},
                    rows=(("technology",), ("conclusion",), ("card",), ("all",)))  # fmt: skip


def _look(card: Technology) -> View:
    rows = (
        (say("Stage"), say(STAGES[card.stage])),
        (say("Mechanism: why it may work"), say(card.mechanism)),
        (say("What you can turn"), say(card.lever)),
        (say("What it costs"), say(card.cost)),
        (say("By what it is measured"), say(card.metric)),
        (say("Usual mistake"), say(card.mistake)),
        (say("Where to try it here"), card.tried_in),
    )
    told = say("{name}: {mechanism}", name=say(card.name), mechanism=say(card.mechanism))
    heads = (say("Stage"), say("Technology"), say("By what it is measured"))
    every = tuple((say(STAGES[one.stage]), say(one.name), say(one.metric)) for one in TECHNOLOGIES)
    areas: dict[str, Any] = {
        "card": Table(say("The card"), (say("Question"), say("Answer")), rows),
        "all": Table(say("All technologies, in the order of a relationship"), heads, every),
    }
    return View(told, areas, card)
