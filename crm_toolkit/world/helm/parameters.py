"""The numbers of the engine, declared once. Nearly all are assumptions; directions and sources stand beside them.

They are set so that choices matter: changing nothing is mediocre, a simple rule does better, and every lever has a
price. They measure no real organisation.
"""

from __future__ import annotations

from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark

MARKET = 2000  # people for whom budgets and staff are meant
WEEKS = 13  # of a quarter
QUARTERS = 12
WEEK, MONEY, SD = mark("in a week"), mark("units of money"), mark("standard deviations")


def _knob(name: str, default: float, low: float, high: float, label: str, unit: str = "", origin: str = "assumption",
          reference: str = "") -> Knob:  # fmt: skip
    return Knob(name, default, low, high, (high - low) / 100, label, unit, origin, reference)


_OLIVER = "Oliver 1980; Anderson, Sullivan 1993: direction; the size is an assumption"
_DECLARED = (
    _knob("clients_share", 0.4, 0.05, 0.9, mark("Share of the market who are clients at the start")),
    _knob("visit_rate", 0.2, 0.02, 1.0, mark("Visits of a client, mean"), WEEK),
    _knob("visit_spread", 2.0, 0.5, 20.0, mark("Shape of the visit rates between clients"), "", "assumption",
          "gamma, as in Pareto/NBD (Schmittlein, Morrison, Colombo 1987)"),
    _knob("ticket", 75.0, 5.0, 500.0, mark("Price of a visit, mean"), MONEY),
    _knob("ticket_spread", 0.35, 0.0, 1.5, mark("Spread of the price of a visit (log)")),
    _knob("material_share", 0.22, 0.0, 0.8, mark("Variable cost of a visit, share of the usual price")),
    _knob("season", 0.12, 0.0, 0.5, mark("Swing of the season")),
    _knob("elasticity", 0.9, 0.0, 4.0, mark("Price elasticity of visits, mean"), "", "assumption",
          "constant elasticity"),
    _knob("price_to_exit", 2.4, 0.0, 6.0, mark("Dearer than the competitor raises leaving")),
    _knob("reference_memory", 0.12, 0.0, 1.0, mark("How quickly the felt price follows what was paid"), WEEK),
    _knob("base_exit", 0.0058, 0.0, 0.05, mark("Usual hazard of leaving"), WEEK),
    _knob("satisfaction_to_exit", 0.8, 0.0, 2.0, mark("Satisfaction lowers leaving")),
    _knob("habit_to_exit", 0.7, 0.0, 2.0, mark("Habit lowers leaving")),
    _knob("satisfaction_to_visits", 0.16, 0.0, 1.0, mark("Satisfaction raises visits")),
    _knob("gain", 0.3, 0.0, 1.0, mark("Weight of a pleasant surprise"), "", "assumption", _OLIVER),
    _knob("loss_weight", 1.6, 1.0, 4.0, mark("How many times more a disappointment weighs"), "", "assumption", _OLIVER),
    _knob("learning", 0.12, 0.0, 1.0, mark("Share of the surprise that is learnt"), "", "assumption", _OLIVER),
    _knob("drift", 0.04, 0.0, 0.5, mark("Satisfaction drifts back to the usual"), WEEK),
    _knob("noise", 0.45, 0.0, 2.0, mark("Spread of performance between visits"), SD),
    _knob("visits_per_staff", 18.0, 5.0, 100.0, mark("Visits that an employee serves"), WEEK),
    _knob("base_failure", 0.045, 0.0, 0.5, mark("Share of visits that fail, in calm")),
    _knob("load_to_failure", 4.0, 0.0, 20.0, mark("Load raises failures"), "", "assumption",
          "direction: failure rises with utilisation"),
    _knob("wait_weight", 0.55, 0.0, 3.0, mark("Waiting lowers performance"), SD),
    _knob("standard_to_performance", 1.3, 0.0, 5.0, mark("Time for a visit raises performance"), SD),
    _knob("skill_to_performance", 0.9, 0.0, 5.0, mark("Skill raises performance"), SD),
    _knob("severity", 1.5, 0.0, 4.0, mark("Severity of a failure"), SD),
    _knob("voice", 0.35, 0.0, 1.0, mark("Share of failures that are told, at the least"), "", "assumption",
          "direction: Hirschman 1970; most say nothing"),
    _knob("exit_at_failure", 0.24, 0.0, 1.0, mark("Chance to leave at once after a failure nobody made good"), "",
          "assumption", "direction: Keaveney 1995, failures lead among the reasons"),
    _knob("recovery_speed", 0.04, 0.0, 0.5, mark("How quickly the budget for a complaint takes effect"), "",
          "assumption", "diminishing returns"),
    _knob("recovery_lift", 1.4, 0.0, 3.0, mark("Satisfaction that the best recovery gives back"), SD, "assumption",
          "paradox after one failure, not after two: Maxham, Netemeyer 2002"),
    _knob("blame", 1.5, 1.0, 3.0, mark("How many times more a further failure weighs")),
    _knob("reach_search", 0.0045, 0.0, 0.1, mark("Highest weekly reach of search advertising"), WEEK),
    _knob("half_search", 6000.0, 100.0, 50000.0, mark("Budget with two thirds of its reach"), MONEY, "assumption",
          "a(A) = C(1 − exp(−kA)), Blattberg, Deighton 1996"),
    _knob("reach_social", 0.0038, 0.0, 0.1, mark("Highest weekly reach of social networks"), WEEK),
    _knob("half_social", 5000.0, 100.0, 50000.0, mark("Budget with two thirds of its reach"), MONEY, "assumption",
          "a(A) = C(1 − exp(−kA)), Blattberg, Deighton 1996"),
    _knob("word_of_mouth", 0.006, 0.0, 0.1, mark("Weekly reach of recommendations"), WEEK, "assumption",
          "direction: Schmitt, Skiera, Van den Bulte 2011"),
    _knob("wage", 430.0, 50.0, 3000.0, mark("Wage of an employee"), WEEK),
    _knob("rent", 1700.0, 0.0, 50000.0, mark("Rent and other fixed costs"), WEEK),
    _knob("staff_exit", 0.0035, 0.0, 0.1, mark("Usual hazard that an employee leaves"), WEEK),
    _knob("fatigue_speed", 0.16, 0.0, 1.0, mark("How quickly load tires"), WEEK),
    _knob("fatigue_to_exit", 2.8, 0.0, 6.0, mark("Fatigue raises leaving of employees")),
    _knob("skill_loss", 0.006, 0.0, 0.1, mark("Skill that fades without training"), WEEK),
    _knob("self_service_most", 0.35, 0.0, 0.9, mark("Load that self-service takes off, at the most")),
    _knob("self_service_half", 14000.0, 100.0, 100000.0, mark("Capital of self-service with two thirds of that"),
          MONEY),
    _knob("person_taste", 0.9, 0.0, 3.0, mark("Annoyance of those who want a person"), SD),
    _knob("data_half", 3200.0, 100.0, 20000.0, mark("Budget with two thirds of the visits recorded"), MONEY),
    _knob("entry_load", 0.04, 0.0, 0.5, mark("Load of recording every visit")),
    _knob("known_to_performance", 0.4, 0.0, 2.0, mark("A client whose history is at hand is served better"), SD),
    _knob("offer_to_exit", 2.5, 0.0, 5.0, mark("Response to an offer holds, or drives away"), "", "assumption",
          "direction: Ascarza, Iyengar, Schleicher 2016"),
    _knob("access_load", 0.06, 0.0, 0.5, mark("Load of handing over, where access is narrow")),
    _knob("leak_rate", 0.004, 0.0, 0.2, mark("Hazard of a leak with usual access"), WEEK),
    _knob("leak_cost", 5.0, 0.0, 100.0, mark("Cost of a leak for a client on file"), MONEY),
    _knob("trust_to_exit", 2.0, 0.0, 6.0, mark("Lost trust raises leaving")),
    _knob("points_pressure", 0.18, 0.0, 1.0, mark("Nearness of a reward raises visits"), "", "assumption",
          "direction: Kivetz, Urminsky, Zheng 2006"),
    _knob("reward_to_exit", 0.4, 0.0, 2.0, mark("A balance holds members"), "", "assumption",
          "small: Leenheer et al. 2007"),
    _knob("offer_value", 10.0, 0.0, 100.0, mark("Value of a retention offer"), MONEY),
    _knob("offer_mean", 0.18, -1.0, 1.0, mark("Response to an offer, mean")),
    _knob("offer_spread", 0.4, 0.0, 2.0, mark("Response to an offer, spread between clients"), "", "assumption",
          "some answer by leaving: Ascarza, Iyengar, Schleicher 2016"),
    _knob("horizon_discount", 0.0025, 0.0005, 0.02, mark("Discount of future margins"), WEEK, "convention",
          "about 14 % in a year"),
)  # fmt: skip

KNOBS: dict[str, Knob] = {knob.name: knob for knob in _DECLARED}

_CIRCUMSTANCES = (
    Knob("rival_price", 1.0, 0.5, 1.5, 0.01, mark("Price level of the competitor")),
    Knob("rival_programme", 0.0, 0.0, 1.0, 0.05, mark("Strength of the competitor's programme")),
    Knob("demand", 1.0, 0.2, 3.0, 0.05, mark("Inflow of new people into the market's reach")),
    Knob("wages", 1.0, 0.5, 2.0, 0.05, mark("Wages on the labour market")),
    Knob("poaching", 1.0, 0.2, 5.0, 0.1, mark("Pull of other employers")),
    Knob("aggregator", 0.0, 0.0, 0.9, 0.05, mark("Share of new clients who come through an aggregator")),
    Knob("commission", 0.25, 0.0, 0.6, 0.01, mark("Commission of the aggregator")),
    Knob("leak", 0.0, 0.0, 1.0, 0.1, mark("A leak at a supplier in this quarter")),
    Knob("law", 0.0, 0.0, 1.0, 1.0, mark("A stricter law on personal data is in force")),
)
CIRCUMSTANCES: dict[str, Knob] = {knob.name: knob for knob in _CIRCUMSTANCES}
FOR_ONE_QUARTER = ("leak",)
