"""Technologies of attraction, service and retention as cards: what is set, by what it is measured, what is often wrong.

A card is a reminder and no verdict: whether a technology works in an organisation, only a comparison there can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.texts import mark

OWN = "own"


@dataclass(frozen=True)
class Group:
    """What the technologies of a group share.

    Parameters
    ----------
    stage : {"attraction", "service", "retention"}
    name, lever, mistake : str
        Marked: the group, what the organisation can set, what is typically believed of it.
    """

    stage: str
    name: str
    lever: str
    mistake: str


@dataclass(frozen=True)
class Card:
    """One technology.

    Parameters
    ----------
    code, group : str
    name, metric : str
        Marked: what it is called, by which number it is looked at.
    """

    code: str
    group: str
    name: str
    metric: str


STAGES = {"attraction": mark("Attraction"), "service": mark("Client service"), "retention": mark("Retention")}
GROUPS = {
    "attraction": Group("attraction", mark("attraction"), mark("spend by channel, time to the first answer"),
                        mark("the average cost of a client is taken for that of one more; a channel's share for its "
                             "effect")),
    "deal": Group("attraction", mark("deal"), mark("length of a stage, the offer, the way of booking"),
                  mark("the chance that a salesman writes down is taken for a fact")),
    "service": Group("service", mark("service"), mark("staff, training, waiting time, budget for repair"),
                     mark("the mean of satisfaction is thought to say everything")),
    "retention": Group("retention", mark("retention"), mark("who gets what, and when"),
                       mark("who is most at risk is thought to be the one who can be persuaded")),
    "development": Group("retention", mark("development"), mark("the next best offer"),
                         mark("more products are thought to make more loyal")),
    "win_back": Group("retention", mark("win-back"), mark("offer and moment"),
                      mark("everybody who left is thought worth winning back")),
    "farewell": Group("retention", mark("farewell"), mark("rules of parting and of erasing data"),
                      mark("every client is thought to be worth the cost of serving")),
}  # fmt: skip
CARDS = (
    Card("lead_capture", "attraction", mark("taking down enquiries"), mark("share of enquiries that were recorded")),
    Card("speed_to_lead", "attraction", mark("a fast first answer"), mark("first response time; conversion by it")),
    Card("referral", "attraction", mark("bring a friend"), mark("new clients by referral who would not have come")),
    Card("reviews", "attraction", mark("work with reviews"), mark("number and mean of reviews, with interval")),
    Card("trial", "attraction", mark("a trial visit"), mark("share that buys after the trial, with interval")),
    Card("landing_test", "attraction", mark("a page or an advertisement tested by lottery"),
         mark("difference of conversions, with interval")),
    Card("qualification", "deal", mark("sorting of enquiries"), mark("conversion of the sorted and of the rest")),
    Card("needs_interview", "deal", mark("a talk about needs"), mark("share of talks that end in a booking")),
    Card("proposal", "deal", mark("a written proposal"), mark("conversion and days from proposal to answer")),
    Card("choice", "deal", mark("choice architecture"), mark("share by option, before and after, by lottery")),
    Card("booking", "deal", mark("booking, online or by telephone"), mark("share of bookings broken off; no-shows")),
    Card("queue", "service", mark("appointments and queue"), mark("waiting time: median and 90th percentile")),
    Card("scripts", "service", mark("scripts and standards"), mark("share of visits that keep the standard")),
    Card("sla", "service", mark("a service level agreement"), mark("share of requests answered in time")),
    Card("complaints", "service", mark("a complaint desk"), mark("complaints for each 100 visits; share settled")),
    Card("recovery", "service", mark("service recovery"), mark("share that comes back after a failure")),
    Card("guarantee", "service", mark("a guarantee"), mark("claims for each 100 visits, and their cost")),
    Card("knowledge", "service", mark("a knowledge base"), mark("first contact resolution")),
    Card("self_service", "service", mark("self-service"), mark("share settled without an employee; effort score")),
    Card("onboarding", "retention", mark("the first weeks of a client"), mark("share with a second visit in time")),
    Card("reminder", "retention", mark("reminders"), mark("uplift of visits over a group without reminders")),
    Card("personal_offer", "retention", mark("personal offers"), mark("incremental margin, by lottery")),
    Card("loyalty", "retention", mark("a loyalty programme"), mark("incremental margin of members, by lottery")),
    Card("membership", "retention", mark("subscription or membership"), mark("renewals; use in the last month")),
    Card("churn_alarm", "retention", mark("early warning of churn"), mark("uplift among the warned, by lottery")),
    Card("cross_sell", "development", mark("cross-selling"), mark("incremental margin for an offer made")),
    Card("bundle", "development", mark("bundles"), mark("margin of a basket, before and after, by lottery")),
    Card("tiers", "development", mark("levels and privileges"), mark("behaviour after promotion and demotion")),
    Card("exit_talk", "win_back", mark("a talk with who leaves"), mark("share of reasons that can be mended")),
    Card("win_back", "win_back", mark("a win-back offer"), mark("second lifetime value less the cost of the offer")),
    Card("part_ways", "farewell", mark("parting with clients who cost more than they bring"), mark("cost to serve")),
    Card("erase", "farewell", mark("erasing data of who left"), mark("days from the request to the erasure")),
)  # fmt: skip
BY_CODE = {one.code: one for one in CARDS}


def cards_of(stage: str) -> tuple[Card, ...]:
    """The cards of a stage.

    >>> [card.code for card in cards_of("service")][:2]
    ['queue', 'scripts']
    """
    return tuple(card for card in CARDS if GROUPS[card.group].stage == stage)
