"""Loyalty programmes: rules that can be run, and the ledger of points behind them.

programme   `LoyaltyProgramme`, the rules as one value; parts, extras: what it is put together from
reading     TOML and JSON; describing: the rules in words; presets: stylised programmes
form        a concrete real programme with a dated source for every field
earning     points for orders: base, multipliers, caps; tiering: who has which tier when
ledger      the ledger to be read, event by event; events: what may stand in a log
replaying   the same for millions of events; lanes and waves: how; tables: in DuckDB, polars, Spark
weekly      the form that the clock of a simulated world runs

Everything is loaded with its first use: a worker that simulates needs the weekly form alone, and no pandas.
"""

# ruff: noqa: F401

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_toolkit._rooms import on_first_use
from crm_toolkit.schema.arguments import with_kinds_told

if TYPE_CHECKING:
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
    from crm_toolkit.firm.loyalty.tables import LedgerTables, ledger_tables
    from crm_toolkit.firm.loyalty.tiering import tier_history
    from crm_toolkit.firm.loyalty.weekly import KNOBS, WeeklyPoints

_TOPICS = {
    "earning": "bonus_events earn_events referral_events",
    "extras": (
        "Coalition DiscountLadder FamilyAccount LadderStep PaidMembership Partner Privilege PunchCard Referral Tier "
        "Tiers"
    ),
    "form": "ProgrammeForm Stated form_fields programme_form",
    "ledger": "Event Ledger Lot Movement",
    "parts": "Account Burning Earning EventBonus Life Multiplier Returns",
    "programme": "LoyaltyProgramme load_programme programme_names",
    "replaying": "Replay replay",
    "tables": "LedgerTables ledger_tables",
    "tiering": "tier_history",
    "weekly": "KNOBS WeeklyPoints",
}

__all__ = on_first_use(__name__, _TOPICS, with_kinds_told)
