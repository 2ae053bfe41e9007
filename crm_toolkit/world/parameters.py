"""The numbers of a scenario, declared once: name, range, unit, label, and which mechanism they belong to.

A scenario's file gives every one of them a value with its origin; a person may change any by its name:
``crm.scenario("hotel", failure_share=0.1)``. The defaults here hold where a file is silent, and are assumptions.
"""

from __future__ import annotations

from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark

WEEK, FRACTION, SD = mark("weeks"), mark("fraction"), mark("standard deviations")

MECHANISMS: dict[str, str] = {
    "need_refill": mark("purchases are more regular than chance: a need fills up"),
    "several_a_week": mark("a customer may come more than once in a week; off, the need rests until the week is over"),
    "satisfaction": mark("experience against expectation moves satisfaction, and satisfaction moves behaviour"),
    "loyalty_habit": mark("purchases form a habit that holds"),
    "fatigue": mark("many messages tire"),
    "season": mark("months, weekdays, hours and a trend"),
    "staggered_acquisition": mark("customers come over time, not all on the first day"),
    "word_of_mouth": mark("customers bring customers"),
    "capacity": mark("load makes people wait and services fail"),
    "crowding": mark("the load is that of the branch itself, felt by everybody who is served there"),
    "complaints": mark("failures are answered by exit, voice or word of mouth"),
    "recovery": mark("a complaint may be settled well; one failure can be repaired, two can't"),
    "churn": mark("customers leave for good"),
    "campaign_response": mark("messages move some and annoy others"),
    "price_response": mark("prices move the purchase rate"),
    "payment_behaviour": mark("some pay late or never"),
    "points_pressure": mark("the nearer a reward, the sooner the next purchase"),
    "profile_matters": mark("hidden traits depend on age, income and the like"),
}


def _knob(name: str, default: float, low: float, high: float, step: float, label: str, unit: str = "") -> Knob:
    return Knob(name, default, low, high, step, label, unit=unit, origin="assumption")


_DECLARED = (
    _knob("acquisition_weeks", 80.0, 0.0, 520.0, 1.0, mark("Weeks over which all customers come"), WEEK),
    _knob("innovation", 0.012, 0.0001, 1.0, 0.001, mark("Bass p: share that comes by itself in a week")),
    _knob("imitation", 0.03, 0.0, 2.0, 0.01, mark("Bass q: share that comes by word of mouth in a week")),
    _knob("r", 1.0, 0.05, 20.0, 0.05, mark("Evenness of the customers' purchase rates: shape r")),
    _knob("alpha", 6.0, 0.01, 1000.0, 0.1, mark("Rate alpha of the purchase rates; the mean rate is r / alpha"), WEEK),
    _knob("regularity", 1.0, 0.2, 20.0, 0.1, mark("Regularity of purchases, 1 is chance: shape k")),
    _knob("s", 0.6, 0.0, 20.0, 0.05, mark("Evenness of the customers' leaving rates: shape s; 0 is nobody leaves")),
    _knob("beta", 60.0, 0.01, 10_000.0, 0.1, mark("Rate beta of the leaving rates; the mean rate is s / beta"), WEEK),
    _knob("a", 0.0, 0.0, 20.0, 0.05, mark("Shape a of leaving after a purchase; 0 is nobody does")),
    _knob("b", 2.4, 0.05, 100.0, 0.05, mark("Shape b of leaving after a purchase")),
    _knob("basket_spread", 0.5, 0.0, 0.99, 0.05, mark("Weight of the customer's own standing in the size of a basket")),
    _knob("ticket_p", 6.25, 0.5, 100.0, 0.05, mark("Gamma-Gamma p")),
    _knob("ticket_q", 3.74, 1.05, 100.0, 0.05, mark("Gamma-Gamma q")),
    _knob("ticket_gamma", 15.44, 0.01, 1e7, 0.1, mark("Gamma-Gamma gamma"), mark("currency units")),
    _knob("satisfaction_gain", 0.35, 0.0, 2.0, 0.05, mark("Effect of a pleasant surprise on satisfaction")),
    _knob("loss_weight", 2.0, 1.0, 5.0, 0.1, mark("How many times more a disappointment weighs")),
    _knob("expectation_learning", 0.15, 0.0, 1.0, 0.05, mark("How fast expectation follows experience"), FRACTION),
    _knob("satisfaction_memory", 0.97, 0.0, 1.0, 0.01, mark("What is left of satisfaction after a week"), FRACTION),
    _knob("satisfaction_to_rate", 0.15, 0.0, 2.0, 0.05, mark("Satisfaction: effect on the log purchase rate")),
    _knob("satisfaction_to_churn", 0.5, 0.0, 3.0, 0.05, mark("Satisfaction: effect on the log leaving rate")),
    _knob("habit_gain", 0.08, 0.0, 1.0, 0.01, mark("Part of the way to a full habit that a purchase makes"), FRACTION),
    _knob("habit_decay", 0.01, 0.0, 1.0, 0.01, mark("Part of the habit that a week takes"), FRACTION),
    _knob("habit_to_rate", 0.2, 0.0, 2.0, 0.05, mark("Habit: effect on the log purchase rate")),
    _knob("habit_to_churn", 0.8, 0.0, 5.0, 0.05, mark("Habit: effect on the log leaving rate")),
    _knob("fatigue_decay", 0.12, 0.0, 1.0, 0.01, mark("Part of the fatigue that a week takes"), FRACTION),
    _knob("fatigue_to_response", 0.3, 0.0, 3.0, 0.05, mark("Fatigue: weakens the next message")),
    _knob("fatigue_to_churn", 0.1, 0.0, 3.0, 0.05, mark("Fatigue: effect on the log leaving rate")),
    _knob("debt_to_churn", 0.5, 0.0, 3.0, 0.05, mark("Open debt: effect on the log leaving rate")),
    _knob("trend_per_year", 0.0, -0.9, 5.0, 0.01, mark("Growth of demand in a year"), FRACTION),
    _knob("price_growth_per_year", 0.0, -0.5, 2.0, 0.01, mark("Growth of the price list in a year"), FRACTION),
    _knob("price_level", 1.0, 0.2, 5.0, 0.01, mark("Level of the price list, 1 is the scenario's own")),
    _knob("elasticity", 1.2, 0.0, 6.0, 0.1, mark("Price elasticity of the purchase rate, as a positive number")),
    _knob("elasticity_sd", 0.5, 0.0, 2.0, 0.05, mark("Spread of the log elasticity between customers")),
    _knob("utilisation", 0.75, 0.05, 0.97, 0.01, mark("Load of the staff in a usual week"), FRACTION),
    _knob("servers", 3, 1, 200, 1, mark("Employees who serve at the same time in a branch")),
    _knob("service_minutes", 40.0, 1.0, 2000.0, 1.0, mark("Time of a service"), mark("minutes")),
    _knob("wait_tolerance", 15.0, 0.5, 10_000.0, 1.0, mark("Waiting that nobody minds"), mark("minutes")),
    _knob("wait_weight", 0.25, 0.0, 3.0, 0.05, mark("What waiting twice the tolerated time costs in performance"), SD),
    _knob("failure_share", 0.05, 0.0, 0.9, 0.01, mark("Share of services that fail at the usual load"), FRACTION),
    _knob("failure_by_load", 3.0, 0.0, 20.0, 0.5, mark("Load: effect on the log failure share")),
    _knob("failure_weight", 0.9, 0.0, 4.0, 0.1, mark("What a failure of severity 1 costs in performance"), SD),
    _knob("skill_sd", 0.35, 0.0, 2.0, 0.05, mark("Spread of skill between employees"), SD),
    _knob("performance_sd", 0.7, 0.0, 3.0, 0.05, mark("Spread of performance between services"), SD),
    _knob("voice", 0.3, 0.0, 0.9, 0.01, mark("Share of failures that usual customers complain about"), FRACTION),
    _knob("leave_after_failure", 0.04, 0.0, 0.9, 0.01, mark("Share of failures after which the customer leaves"),
          FRACTION),
    _knob("word_of_mouth_after_failure", 0.2, 0.0, 0.9, 0.01, mark("Share of failures that are told to others"),
          FRACTION),
    _knob("recovery_share", 0.45, 0.0, 1.0, 0.01, mark("Share of complaints that are settled well"), FRACTION),
    _knob("recovery_gain", 0.3, 0.0, 3.0, 0.05,
          mark("Rise of satisfaction by a settled complaint, above before the failure"), SD),
    _knob("double_weeks", 26, 0, 260, 1, mark("Weeks within which a second failure can't be repaired"), WEEK),
    _knob("response", 0.25, -2.0, 3.0, 0.05, mark("Mean effect of an opened message on the log purchase rate")),
    _knob("response_sd", 0.3, 0.0, 2.0, 0.05, mark("Spread of the effect of a message between customers")),
    _knob("open_share", 0.35, 0.0, 1.0, 0.01, mark("Share of messages that are opened"), FRACTION),
    _knob("click_share", 0.12, 0.0, 1.0, 0.01, mark("Share of opened messages that are clicked"), FRACTION),
    _knob("unsubscribe_share", 0.005, 0.0, 1.0, 0.001, mark("Share of opened messages that end in unsubscribing"),
          FRACTION),
    _knob("offer_use", 0.6, 0.0, 1.0, 0.05, mark("Share of orders in the offer's time that use it"), FRACTION),
    _knob("late_share", 0.3, 0.0, 1.0, 0.01, mark("Share of bills that are paid late"), FRACTION),
    _knob("default_share", 0.02, 0.0, 1.0, 0.01, mark("Share of bills that are never paid"), FRACTION),
    _knob("due_days", 14, 0, 120, 1, mark("Days until a bill is due"), mark("days")),
    _knob("late_days", 25.0, 1.0, 365.0, 1.0, mark("Mean delay of late payers"), mark("days")),
    _knob("info_share", 0.2, 0.0, 1.0, 0.01, mark("Information requests for one order"), FRACTION),
    _knob("service_share", 0.12, 0.0, 1.0, 0.01, mark("Service requests for one order"), FRACTION),
    _knob("first_contact_share", 0.7, 0.0, 1.0, 0.01, mark("Share of requests that need no second contact"), FRACTION),
    _knob("survey_share", 0.3, 0.0, 1.0, 0.01, mark("Share of orders after which a survey is sent"), FRACTION),
    _knob("answer_share", 0.3, 0.01, 0.99, 0.01, mark("Share of surveys that are answered"), FRACTION),
    _knob("servqual_share", 0.1, 0.0, 1.0, 0.01, mark("Share of answered surveys with items on quality"), FRACTION),
    _knob("enrol_share", 0.5, 0.0, 1.0, 0.01, mark("Share of customers who join the programme"), FRACTION),
    _knob("enrol_by_need", 0.8, 0.0, 3.0, 0.1, mark("How much more readily frequent customers join")),
    _knob("redeem_share", 0.5, 0.0, 1.0, 0.05, mark("Share of orders that use a reward when there is one"), FRACTION),
    _knob("points_to_rate", 0.12, 0.0, 2.0, 0.01, mark("Nearness of a reward: effect on the log purchase rate")),
    _knob("extras_share", 1.0, 0.0, 1.0, 0.05, mark("Share of visits in which something is bought"), FRACTION),
    _knob("fee", 0.0, 0.0, 1e6, 1.0, mark("Fee of four weeks of membership"), mark("currency units")),
    _knob("advertising_cost", 12.0, 0.0, 1e6, 1.0, mark("Cost of one acquisition touch"), mark("currency units")),
    _knob("wage", 2200.0, 0.0, 1e7, 10.0, mark("Salary of a month"), mark("currency units")),
    _knob("rent", 4000.0, 0.0, 1e9, 100.0, mark("Rent of a branch in a month"), mark("currency units")),
)  # fmt: skip

KNOBS: dict[str, Knob] = {knob.name: knob for knob in _DECLARED}
