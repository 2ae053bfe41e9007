"""Loyalty programmes: rules that can be run, and the ledger of points behind them.

programme   `LoyaltyProgramme`, the rules as one value; parts, extras: what it is put together from
reading     TOML and JSON; describing: the rules in words; presets: stylised programmes
form        a concrete real programme with a dated source for every field
earning     points for orders: base, multipliers, caps; tiering: who has which tier when
ledger      the ledger to be read, event by event; events: what may stand in a log
replaying   the same for millions of events; lanes and waves: how; tables: in DuckDB, polars, Spark
weekly      the form that the clock of a simulated world runs

The tables of other engines are loaded with their first use: a worker that simulates has no use for pandas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_toolkit.firm.loyalty.earning import bonus_events, earn_events, referral_events
from crm_toolkit.firm.loyalty.extras import (
    Coalition,
    DiscountLadder,
    FamilyAccount,
    LadderStep,
    PaidMembership,
    Partner,
    Privilege,
    PunchCard,
    Referral,
    Tier,
    Tiers,
)
from crm_toolkit.firm.loyalty.form import ProgrammeForm, Stated, form_fields, programme_form
from crm_toolkit.firm.loyalty.ledger import Event, Ledger, Lot, Movement
from crm_toolkit.firm.loyalty.parts import Account, Burning, Earning, EventBonus, Life, Multiplier, Returns
from crm_toolkit.firm.loyalty.programme import LoyaltyProgramme, load_programme, programme_names
from crm_toolkit.firm.loyalty.replaying import Replay, replay
from crm_toolkit.firm.loyalty.tiering import tier_history
from crm_toolkit.firm.loyalty.weekly import KNOBS, WeeklyPoints

if TYPE_CHECKING:
    from crm_toolkit.firm.loyalty.tables import LedgerTables, ledger_tables

__all__ = [
    "KNOBS",
    "Account",
    "Burning",
    "Coalition",
    "DiscountLadder",
    "Earning",
    "Event",
    "EventBonus",
    "FamilyAccount",
    "LadderStep",
    "Ledger",
    "LedgerTables",
    "Life",
    "Lot",
    "LoyaltyProgramme",
    "Movement",
    "Multiplier",
    "PaidMembership",
    "Partner",
    "Privilege",
    "ProgrammeForm",
    "PunchCard",
    "Referral",
    "Replay",
    "Returns",
    "Stated",
    "Tier",
    "Tiers",
    "WeeklyPoints",
    "bonus_events",
    "earn_events",
    "form_fields",
    "ledger_tables",
    "load_programme",
    "programme_form",
    "programme_names",
    "referral_events",
    "replay",
    "tier_history",
]


def __getattr__(name: str) -> Any:
    if name in ("LedgerTables", "ledger_tables"):
        from crm_toolkit.firm.loyalty import tables

        return getattr(tables, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
