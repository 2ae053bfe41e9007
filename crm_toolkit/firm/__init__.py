"""What the firm does, as declared values and rules; it can't see into anybody's head.

policy      a firm's policy: campaigns, prices, loyalty programme, service, advertising
campaigns   a message with an offer, and who gets it: at random with a holdout, or targeted
pricing     the level of prices
service     staff, load and waiting; what happens to a complaint
automation  rules that act by themselves: trigger, condition, action, with a dry run and an audit log
loyalty     loyalty programmes: rules that run, the ledger of points, its replay; the weekly form of a world
business_hours  when the organisation is at work
working_time    working minutes between two moments, deadlines; moments: times as whole numbers
sla         the clock of a service level agreement: due, paused, met, missed; request_history: when it stands still
"""

# ruff: noqa: F401

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_toolkit._rooms import on_first_use
from crm_toolkit.schema.arguments import with_kinds_told

if TYPE_CHECKING:
    from crm_toolkit.firm.automation import Condition, Rule, RuleRun, run_rules
    from crm_toolkit.firm.business_hours import BusinessHours
    from crm_toolkit.firm.campaigns import Campaign
    from crm_toolkit.firm.loyalty import (
        Ledger,
        LoyaltyProgramme,
        WeeklyPoints,
        load_programme,
        programme_form,
        programme_names,
        replay,
    )
    from crm_toolkit.firm.policy import Policy
    from crm_toolkit.firm.pricing import Pricing
    from crm_toolkit.firm.service import Service
    from crm_toolkit.firm.sla import ServiceLevel, SLAStatus, sla_status, sla_table
    from crm_toolkit.firm.working_time import due_at, working_minutes

_TOPICS = {
    "automation": "Condition Rule RuleRun run_rules",
    "business_hours": "BusinessHours",
    "campaigns": "Campaign",
    "loyalty": "Ledger LoyaltyProgramme WeeklyPoints load_programme programme_form programme_names replay",
    "policy": "Policy",
    "pricing": "Pricing",
    "service": "Service",
    "sla": "SLAStatus ServiceLevel sla_status sla_table",
    "working_time": "due_at working_minutes",
}

__all__ = on_first_use(__name__, _TOPICS, with_kinds_told)
