"""What kind of thing an argument must be, checked at the door: a slip is told as a letter and not as a traceback.

A function that is decorated with ``takes(weights="numbers", …)`` looks at these arguments before it starts; whether the
names and numbers in them fit is its own business.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import mark, say

P = ParamSpec("P")
R = TypeVar("R")


def _names(value: Any) -> bool:
    listed = isinstance(value, Collection) and not isinstance(value, str | bytes | pd.DataFrame)
    return listed and all(isinstance(one, str) for one in value)


def _mapping(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(one, str) for one in value)


def _list(value: Any) -> bool:
    return isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping | pd.DataFrame)


def _class(name: str) -> Callable[[Any], bool]:
    return lambda value: type(value).__name__ == name


_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda value: isinstance(value, str), mark("a text")),
    "names": (_names, mark("a list of texts")),
    "list": (_list, mark("a list")),
    "numbers": (_mapping, mark("a mapping with texts as keys, such as dict(price=3)")),
    "lists": (
        lambda value: _mapping(value) and all(map(_names, value.values())),
        mark("a mapping of texts to lists of texts"),
    ),
    "frame": (lambda value: isinstance(value, pd.DataFrame), mark("a pandas.DataFrame")),
    "table": (_class("DecisionTable"), mark("a DecisionTable")),
    "choice": (_class("Choice"), mark("a Choice")),
    "situation": (_class("Situation"), mark("a Situation")),
    "inferred": (_class("InferredWeights"), mark("a value of infer_weights")),
    "rule": (lambda value: hasattr(value, "choose") and hasattr(value, "code"), mark("a rule of choice")),
    "rules": (lambda value: _mapping(value) or _list(value), mark("a list or a mapping of rules")),
}


def kind_problem(name: str, value: Any, kind: str) -> Problem | None:
    """The problem of an argument that is of the wrong kind; nothing where it fits.

    >>> print(kind_problem("weights", [3], "numbers"))
    `weights` must be a mapping with texts as keys, such as dict(price=3).
       Found: list.
    """
    fits, told = _KINDS[kind]
    if fits(value):
        return None
    what = say("`{name}` must be {kind}.", name=name, kind=say(told))
    return Problem("wrong_kind", what, say("Found: {value}.", value=type(value).__name__), column=name)


def takes(**kinds: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function look at the kinds of its arguments; ``None`` passes where it is the default."""

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checked(*args: P.args, **options: P.kwargs) -> R:
            given = signature.bind(*args, **options).arguments
            problems = [
                kind_problem(name, given[name], kind)
                for name, kind in kinds.items()
                if name in given and not (given[name] is None and signature.parameters[name].default is None)
            ]
            found = [problem for problem in problems if problem]
            if found:
                raise InputError(say("`{function}` can't work with this.", function=function.__name__), found)
            return function(*args, **options)

        return checked

    return decorated
