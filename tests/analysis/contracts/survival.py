"""Contracts of survival: lives, curves, tests, regressions, periods."""

import pandas as pd

from crm_toolkit.analysis.survival.concordance import concordance_index
from crm_toolkit.analysis.survival.cox import fit_cox
from crm_toolkit.analysis.survival.discrete_hazards import fit_discrete_hazard
from crm_toolkit.analysis.survival.kaplan_meier import kaplan_meier
from crm_toolkit.analysis.survival.lives import durations, lapse_durations
from crm_toolkit.analysis.survival.log_rank import log_rank
from crm_toolkit.analysis.survival.person_periods import person_period_table
from crm_toolkit.analysis.survival.proportional_hazards import proportional_hazards_table
from tests.analysis.contract import AS_OF, LINES, Contract, purchases

_LIFE = ("duration", "event")
_NUMBERS = ("duration", "event", "age")


def _contracts() -> pd.DataFrame:
    opened = purchases()["ordered_at"]
    ended = opened + pd.to_timedelta(20 + 7 * (pd.RangeIndex(len(opened)) % 40), unit="D")
    return pd.DataFrame({"customer_id": range(len(opened)), "started_on": opened, "ended_on": ended})


def _lives() -> pd.DataFrame:
    place = pd.RangeIndex(120)
    table = pd.DataFrame({"customer_id": place, "duration": (place * 7 % 13 + 1) / 2, "event": place % 3 % 2})
    channel = (place % 2).map({0: "app", 1: "shop"})
    return table.assign(age=20.0 + place * 11 % 30, channel=channel, entry=place % 5 / 10)


def _periods() -> pd.DataFrame:
    return person_period_table(_lives().assign(app=lambda t: (t["channel"] == "app").astype(float)), ["app"])


MODEL = fit_cox(_lives(), ["age"])

CONTRACTS = [
    Contract(
        "durations", _contracts, lambda t: durations(t, as_of=AS_OF), ("customer_id", "started_on", "ended_on"),
    ),
    Contract("lapse_durations", purchases, lambda t: lapse_durations(t, as_of=AS_OF), LINES, numbers=("amount",)),
    Contract(
        "kaplan_meier", _lives, kaplan_meier, _LIFE, numbers=_LIFE, missing=("median", "median_low", "median_high"),
        note="a median that is not reached is missing, and `median_reached` says so",
    ),
    Contract(
        "kaplan_meier: groups", _lives, lambda t: kaplan_meier(t, group="channel", entry="entry"),
        (*_LIFE, "channel", "entry"), numbers=(*_LIFE, "entry"), missing=("median", "median_low", "median_high"),
    ),
    Contract("log_rank", _lives, lambda t: log_rank(t, "channel"), (*_LIFE, "channel"), numbers=_LIFE),
    Contract("fit_cox", _lives, lambda t: fit_cox(t, ["age"]), (*_LIFE, "age"), numbers=_NUMBERS),
    Contract(
        "proportional_hazards_table", _lives, lambda t: proportional_hazards_table(MODEL, t), (*_LIFE, "age"),
        numbers=_NUMBERS,
    ),
    Contract(
        "concordance_index", _lives, lambda t: concordance_index(t, risk="age"), (*_LIFE, "age"), numbers=_NUMBERS,
    ),
    Contract("person_period_table", _lives, person_period_table, _LIFE, numbers=_LIFE),
    Contract(
        "fit_discrete_hazard", _periods, lambda t: fit_discrete_hazard(t, ["app"], baseline="log"),
        ("period", "at_risk", "events", "app"), numbers=("period", "at_risk", "events", "app"),
    ),
]  # fmt: skip
