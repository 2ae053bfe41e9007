"""The world: where people (`behaviour`) and a firm (`firm`) meet, week after week.

setting       a service organisation and its customers in numbers, each with its origin
people        who the people are; traits what they are like inside
clock         time: needs, encounters, satisfaction, leaving
takings       what purchases came to, once the clock has stood still
record        what the organisation writes down; the truth behind it
simulation    one world, with tables and truth
comparison    several policies on the same luck
observation   what a real CRM makes of it: silos, slips, gaps
writing       worlds too large for memory, block by block, to files
checks        keys, sums and accounts of a world hold
calibration   the world beside published figures
claims        the laboratory of claims: an organisation with and without a base, knowledge, an index, access
"""

from importlib import import_module
from typing import Any

# name → the module that holds it; a function never bears its module's name
_NAMES = {
    "Scenario": "setting",
    "scenario_names": "setting",
    "World": "simulation",
    "PolicyComparison": "comparison",
    "Dirt": "observation",
    "Observed": "observation",
    "observe_world": "observation",
    "write_world": "writing",
    "calibration_report": "calibration",
    "calibration_of_folder": "calibration",
    "check_folder": "checks",
    "check_tables": "checks",
}

__all__ = list(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
