"""The world: where people (`behaviour`) and a firm (`firm`) meet, week after week.

scenario      a service organisation and its customers in numbers, each with its origin
population    who the people are; traits what they are like inside
clock         time: needs, encounters, satisfaction, leaving
record        what the organisation writes down; the truth behind it
simulate      one world, with tables and truth
compare       several policies on the same luck
observe       what a real CRM makes of it: silos, slips, gaps
writing       worlds too large for memory, block by block, to files
checks        keys, sums and accounts of a world hold
calibration   the world beside published figures
"""

from importlib import import_module
from typing import Any

# name → the module that holds it; a function never bears its module's name, but for those two of the face
_NAMES = {
    "Scenario": "scenario",
    "scenario_names": "scenario",
    "World": "simulate",
    "PolicyComparison": "compare",
    "Dirt": "observe",
    "Observed": "observe",
    "observe_world": "observe",
    "write_world": "writing",
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
