"""A laboratory of campaigns: one reminder, drawn by lot or aimed by the marketing department, and what it really did.

`campaign_trial` lets a barbershop work for most of a year and then send one reminder without a discount to a half of
its customers. What the organisation knows (who was reminded, with what chance, what each did before and after) stands
apart from what only the laboratory knows (`truth`: what each would have done either way, and what kind of customer it
is). Some are moved by a reminder, some come anyhow, some never come, and some are annoyed and stay away: those four
were named by Radcliffe and Simpson (2008). How many there are of each is an assumption of the course.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_toolkit.firm import Campaign, Policy
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark
from crm_toolkit.world.setting import scenario
from crm_toolkit.world.simulation import World, simulate

if TYPE_CHECKING:
    import pandas as pd

WEEK, WINDOW = 36, 8
"""Week of the reminder, and how many weeks after it count."""
CUSTOMERS = Knob("customers", 3000, 200, 20_000, 100, mark("Customers of the laboratory"), origin="convention")
_RESPONSE, _SPREAD, _OPENED, _AIM = 0.35, 0.4, 0.9, 1.5  # assumptions: all four kinds are there in numbers


@dataclass(frozen=True, eq=False)
class CampaignTrial:
    """A campaign as its organisation sees it, and the truth beside it.

    Parameters
    ----------
    customers : pandas.DataFrame
        One row per customer who could have been reminded: ``customer_id``, ``treated`` (0 or 1), ``arm``,
        ``propensity`` (chance of being reminded), ``orders_before``, ``spend_before`` (currency units),
        ``weeks_since`` (the last order; since the first week for those without one), ``orders``, ``amount``
        (currency units) in the weeks after the reminder.
    truth : pandas.DataFrame
        ``customer_id``, ``orders_effect``, ``effect`` (currency units: with the reminder less without), ``kind``
        (lost_cause, sure_thing, persuadable, sleeping_dog).
    world : World
        Everything else that was recorded.
    day, until : str
        Day of the reminder and the last day that counts, as dates.
    currency : str
    """

    customers: pd.DataFrame
    truth: pd.DataFrame
    world: World = field(repr=False)
    day: str
    until: str
    currency: str


def campaign_trial(
    customers: int = int(CUSTOMERS.default), *, design: str = "randomised", seed: int = 8, locale: str | None = None
) -> CampaignTrial:
    """Send one reminder in a simulated barbershop, and learn what it did to whom.

    Parameters
    ----------
    customers : int
        200 to 20,000; some of them can't be reminded.
    design : {"randomised", "targeted"}
        By lot, or rather to those who bought of late.
    seed : int
        Of the luck.
    locale : str, optional
        Of names and money; by default that of the scenario.

    Returns
    -------
    CampaignTrial

    Raises
    ------
    InputError
        If a number is out of range or the design is unknown.

    Examples
    --------
    >>> trial = campaign_trial(400)
    >>> sorted(trial.truth["kind"].unique())
    ['lost_cause', 'persuadable', 'sleeping_dog', 'sure_thing']
    """
    import numpy as np
    import pandas as pd

    size = int(CUSTOMERS.check(customers))
    shop = scenario("barbershop", **({"locale": locale} if locale else {}), profile_matters=False, acquisition_weeks=8,
                    response=_RESPONSE, response_sd=_SPREAD, open_share=_OPENED, complaints=False)  # fmt: skip
    plan = Campaign("reminder", start_week=WEEK, weeks=WINDOW, discount=0.0, design=design, aim=_AIM)
    world = simulate(shop, Policy(campaigns=(plan,)), customers=size, weeks=WEEK + WINDOW, seed=seed)
    kept = world.tables["campaigns"].iloc[0]
    first, last = pd.Timestamp(kept["starts_on"]), pd.Timestamp(kept["ends_on"])
    orders = world.tables["orders"]
    moment = pd.to_datetime(orders["ordered_at"])
    before, after = orders[moment < first], orders[(moment >= first) & (moment < last + pd.Timedelta(days=1))]
    table = world.tables["assignments"].set_index("customer_id")[["arm", "propensity"]]
    table["treated"] = (table["arm"] == "treated").astype(int)
    for name, part in (("before", before), ("", after)):
        told = part.groupby("customer_id")["amount"].agg(["size", "sum"]).reindex(table.index, fill_value=0)
        table["orders_before" if name else "orders"] = told["size"]
        table["spend_before" if name else "amount"] = told["sum"].astype(float)
    latest = pd.to_datetime(before.groupby("customer_id")["ordered_at"].max()).reindex(table.index)
    weeks = (first - latest).dt.days / 7
    table["weeks_since"] = np.round(weeks.fillna(float(WEEK)), 2)
    hidden = world.truth["potential_outcomes"].set_index("customer_id")
    truth = pd.DataFrame({"orders_effect": hidden["orders_treated"] - hidden["orders_untreated"],
                          "effect": hidden["effect"].astype(float)})  # fmt: skip
    truth["kind"] = world.truth["customers"].set_index("customer_id")["response_type"]
    ordered = ["treated", "arm", "propensity", "orders_before", "spend_before", "weeks_since", "orders", "amount"]
    return CampaignTrial(
        table[ordered].reset_index(), truth.loc[table.index].reset_index(), world, str(first.date()),
        str(last.date()), str(world.spec.scenario.currency),
    )  # fmt: skip
