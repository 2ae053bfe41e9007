"""Service: how long answers take, what is kept and solved at once, how many people it needs.

times       first response and resolution, open requests censored
shares      kept in time, solved at first contact, reopened
queues      waiting by Erlang: how many agents
recovery    failure, recovery and who comes back
quantiles   percentiles of times, with intervals
"""

from crm_toolkit.analysis.service.queues import Waiting, agents_required, erlang_a, erlang_c, waiting_table
from crm_toolkit.analysis.service.recovery import RecoveryEffect, recovery_cases, recovery_effect
from crm_toolkit.analysis.service.shares import first_contact_resolution, reopen_rate, sla_kept, sla_kept_judged
from crm_toolkit.analysis.service.times import ServiceTimes, requests_from_events, service_times

__all__ = [
    "RecoveryEffect",
    "ServiceTimes",
    "Waiting",
    "agents_required",
    "erlang_a",
    "erlang_c",
    "first_contact_resolution",
    "recovery_cases",
    "recovery_effect",
    "reopen_rate",
    "requests_from_events",
    "service_times",
    "sla_kept",
    "sla_kept_judged",
    "waiting_table",
]
