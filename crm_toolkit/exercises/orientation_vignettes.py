"""Fourteen invented organisations in two sentences each: what do they turn around?

production   making much and cheaply; whoever comes takes what there is
product      making it ever better by one's own measure; clients will see it
sales        getting rid of what is made; the client has to be persuaded
market       finding out what clients need, and changing oneself

Every organisation is invented. A wrong answer names the confusion: what was taken for what.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from crm_toolkit.exercises.variants import variant_luck
from crm_toolkit.texts import mark

KINDS = {
    "production": mark("production orientation"),
    "product": mark("product orientation"),
    "sales": mark("sales orientation"),
    "market": mark("market orientation"),
}
NUMBERS = {"production": 1.0, "product": 2.0, "sales": 3.0, "market": 4.0}


@dataclass(frozen=True)
class Vignette:
    """An invented organisation (marked English) and what it turns around."""

    code: str
    text: str
    kind: str


VIGNETTES = (
    Vignette("laundry", mark("An invented laundry has halved its price by a second shift. Collars are not ironed any "
                             "more: nobody else is as cheap, and the queue proves it right."), "production"),
    Vignette("canteen", mark("An invented canteen serves one dish a day to 900 people. Wishes are not asked for, since "
                             "any second dish would slow the line."), "production"),
    Vignette("registry", mark("An invented clinic gives out appointments of eight minutes each, whatever the "
                              "complaint. Its pride is the number of patients a doctor sees in a day."), "production"),
    Vignette("watch", mark("An invented workshop restores clocks so finely that experts come to look. A repair takes "
                           "seven months; who only wants the clock to run is sent away."), "product"),
    Vignette("app", mark("An invented bank adds new functions to its app every month. Its engineers win prizes; that "
                         "pensioners cannot find the transfer any more is put down to the pensioners."), "product"),
    Vignette("school", mark("An invented language school teaches by a method of its own that is the best there is. "
                            "Pupils who want to talk before the third year have not understood the method."),
             "product"),
    Vignette("spa", mark("An invented hotel has built the largest sauna of the region, since a good house has one. Its "
                         "guests come for two nights of congress and leave before breakfast."), "product"),
    Vignette("gym", mark("An invented gym calls everybody who has once asked for a price eleven times in a month. "
                         "Contracts run for two years; what happens after signing is nobody's bonus."), "sales"),
    Vignette("cars", mark("An invented car service finds something more to replace in every second car. Workers are "
                          "paid by the sum of the order."), "sales"),
    Vignette("courses", mark("An invented institute has 200 unsold places. A discount that ends tonight is sent every "
                             "night, and the manager with most contracts gets a trip."), "sales"),
    Vignette("loyal", mark("An invented salon calls itself client-oriented: cards, gifts, birthday letters. All of "
                           "them push the cream of which too much was bought."), "sales"),
    Vignette("dentist", mark("An invented dentist asked why patients break off. They feared not pain but the bill; now "
                             "everybody gets a price before each step, and two dear treatments were given up."),
             "market"),
    Vignette("hostel", mark("An invented hostel found that half of its guests leave at five in the morning. It moved "
                            "breakfast into a paper bag and the cleaning out of the night."), "market"),
    Vignette("refusal", mark("An invented workshop refuses orders that the client would regret, and says who does them "
                             "better. What is asked for often and refused is decided anew each quarter."), "market"),
)  # fmt: skip
CONFUSIONS = {
    ("production", "product"): mark("You took care for one's own quality for care for quantity. Ask what is improved: "
                                    "the flow, or the thing?"),
    ("production", "sales"): mark("You took pressure to sell for pressure to make. Who has to move here: the machine "
                                  "or the client?"),
    ("production", "market"): mark("You took a change made for clients for a saving. What was known about clients "
                                   "before the change?"),
    ("product", "production"): mark("You took much and cheap for good. Whose measure of good is meant, if nobody is "
                                    "asked?"),
    ("product", "sales"): mark("You took persuasion for quality. Is the thing improved here, or the number of "
                               "contracts?"),
    ("product", "market"): mark("You took what clients had said for what the makers like. Where did the reason for the "
                                "change come from?"),
    ("sales", "production"): mark("You took a queue for a sale. Nobody is being persuaded here: they take what there "
                                  "is."),
    ("sales", "product"): mark("You took pride for pressure. The makers do not push; they wait to be admired."),
    ("sales", "market"): mark("You took service for selling. What does the organisation lose when it does this?"),
    ("market", "production"): mark("You took many clients for attention to clients. Whose convenience decides?"),
    ("market", "product"): mark("You took an excellent thing for what clients need. Has anybody asked them?"),
    ("market", "sales"): mark("You took friendly words for orientation. Cards and calls that push what has to go serve "
                              "the seller."),
}  # fmt: skip
"""(your kind, right kind) → the confusion."""


def vignettes_of(student: object, *, count: int = 12, salt: str = "") -> tuple[Vignette, ...]:
    """The vignettes of one student, every kind among them, in an order of their own.

    >>> len(vignettes_of("A-1")), {one.kind for one in vignettes_of("A-1")} == set(KINDS)
    (12, True)
    """
    return drawn(variant_luck("orientation_vignettes", student, salt), count)


def drawn(luck: random.Random, count: int) -> tuple[Vignette, ...]:
    """So many vignettes, two at least of every kind."""
    must = [one for kind in KINDS for one in luck.sample([v for v in VIGNETTES if v.kind == kind], 2)]
    rest = [one for one in VIGNETTES if one not in must]
    chosen = [*must, *luck.sample(rest, max(count - len(must), 0))][:count]
    luck.shuffle(chosen)
    return tuple(chosen)
