"""crm_toolkit: customer relationship management, to learn it and to do it.

The story as a glossary. People (`behaviour`) and a firm (`firm`) meet in a `world`; the world leaves
tables; the tables are kept in a `store` and read by `analysis`; results become `plots`, `exercises` and
`widgets`; notebooks tell the story.

scenario    a service organisation and its customers, every number with its origin
simulate    let them live: ``world.tables`` is what a CRM records, ``world.truth`` what it never sees
compare     several policies on the same luck: what each does to whom
Store       the single customer database, opened for one person in one role
datasets    named data: ``make_`` generates, ``load_`` ships, ``fetch_`` installed real data, ``read_`` yours
analysis    questions of a CRM analyst: tables in, tables out
plots       results as pictures
exercises   tasks with own numbers for every student, checked at once
widgets     controls over the same functions
texts       the reader's language: ``crm.language("ru")``

Rooms are loaded on first use, so importing the package costs next to nothing.

>>> import crm_toolkit as crm
>>> sorted(name for name in dir(crm) if not name.startswith("_"))[:3]
['Campaign', 'InputError', 'LoyaltyProgramme']
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ROOMS = ("analysis", "behaviour", "datasets", "exercises", "firm", "plots", "store", "texts", "widgets", "world")
_NAMES = {
    "Campaign": "firm",
    "InputError": "errors",
    "LoyaltyProgramme": "firm",
    "Policy": "firm",
    "Pricing": "firm",
    "Service": "firm",
    "Store": "store",
    "WeeklyPoints": "firm",
    "compare": "world.comparison",
    "exercise": "exercises",
    "language": "texts",
    "scenario": "world.setting",
    "simulate": "world.simulation",
}

__all__ = [*_ROOMS, *_NAMES]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
