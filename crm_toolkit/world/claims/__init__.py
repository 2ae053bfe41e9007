"""The laboratory of claims: what textbooks say of a customer base, tested on an organisation with and without it.

The same customers with the same luck come to the same staff twice. One switch differs; so the difference is what the
switch does, and not chance. Every claim has settings in which it fails.

parameters    the numbers of the laboratory, declared once, each with its origin
setting       one set of these numbers, and the organisation's switches
demand        who comes when, and with what: never depends on the organisation
organisation  departments with queues that serve the demand, event by event
questions     sixty types of routine questions, and the personal data that each takes
access        who may see what: answered alone against personal data exposed
levels        the same demand under every level of access
catalogue     the claims
experiment    a claim, tried many times
elements      everything, and without one element each time
"""

from importlib import import_module
from typing import Any

# name → the module that holds it; a function never bears its module's name
_NAMES = {
    "CLAIMS": "catalogue",
    "Claim": "catalogue",
    "Outcome": "catalogue",
    "ClaimResult": "experiment",
    "run_claim": "experiment",
    "ClaimsSetting": "setting",
    "claims_setting": "setting",
    "access_frontier": "access",
    "access_levels": "levels",
    "remove_elements": "elements",
    "question_types": "questions",
}

__all__ = list(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
