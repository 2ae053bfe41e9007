"""Names of a room that are loaded with their first use, so that nobody pays for what is not asked for.

A room writes its names twice: for readers of types in an import that never runs (``if TYPE_CHECKING``), and in a table
``{module: "its names"}`` for `on_first_use`. A test holds the two together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def on_first_use(
    package: str, topics: Mapping[str, str], door: Callable[[Any], Any] = lambda thing: thing
) -> list[str]:
    """Let a package load what it offers when it is asked for; the names for its ``__all__``.

    Parameters
    ----------
    package : str
        Its ``__name__``; it gets a ``__getattr__`` and a ``__dir__`` (PEP 562). Modules of the package are found by
        their own name as well, loaded or not.
    topics : mapping of str to str
        Modules of the package, each with the names that the package offers of it, with spaces between; a module that
        stands elsewhere with its whole name. No name may be that of a module of the package.
    door : callable, optional
        Takes what is offered and returns what is handed out.

    Examples
    --------
    >>> import crm_toolkit.datasets
    >>> crm_toolkit.datasets.__all__[:2]
    ['CompleteJourney', 'complete_journey_file']
    >>> crm_toolkit.datasets.make_purchases.__module__
    'crm_toolkit.datasets.generated'
    """
    home = {name: module for module, names in topics.items() for name in names.split()}
    names = sorted(home)
    room = sys.modules[package]

    def find(name: str) -> Any:
        if name in home:
            module = home[name] if home[name].startswith(f"{__package__}.") else f"{package}.{home[name]}"
            value = door(getattr(import_module(module), name))
            setattr(room, name, value)  # Python does not ask again
            return value
        if not name.startswith("_") and find_spec(f"{package}.{name}"):
            return import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=room)

    vars(room).update(__getattr__=find, __dir__=lambda: names)
    return names
