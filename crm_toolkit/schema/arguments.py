"""Arguments of the wrong kind, told in a letter: a frame where a result is asked for, a text where a number is.

Nothing is looked at as long as a function does its work. Only when it breaks down are its arguments compared with the
kinds that it names in its signature; where one can't be right, that is the letter, and where all may be, the error
stays what it was.
"""

from __future__ import annotations

import ast
import inspect
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from importlib import import_module
from itertools import islice
from types import UnionType
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary, WeakSet

from crm_toolkit.errors import CRMError, InputError, Problem
from crm_toolkit.schema.contract import near_misses, require_columns
from crm_toolkit.texts import join_names, say, say_count

_HELD: WeakKeyDictionary[Any, Callable[..., Any]] = WeakKeyDictionary()
_ASKED: WeakSet[Callable[..., Any]] = WeakSet()
_UNKNOWN = object()
Thing = TypeVar("Thing")
_EITHER = inspect.Parameter.POSITIONAL_OR_KEYWORD
_LOOKED_AT = 3
_ROWS = {"Sequence", "Iterable", "Collection", "list", "tuple", "set", "frozenset"}
_NUMBERS = {"ArrayLike", "Floats", "Integers", "NDArray", "ndarray"}


def with_kinds_told(thing: Thing) -> Thing:
    """A public function that tells of arguments of the wrong kind; anything else as it is.

    It takes the function's place in its module too: one name means one thing, which can be sent to another process.

    Parameters
    ----------
    thing : object
        What a room offers.

    Examples
    --------
    >>> def forecast(horizon: int) -> int:
    ...     return horizon + 1
    >>> with_kinds_told(forecast)("week")
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: `forecast` can't use what it was given.
    <BLANKLINE>
    1. `horizon` takes a value of the kind `int`.
       Given was one of the kind `str`.
    """
    if not inspect.isfunction(thing) or thing in _ASKED:
        return thing
    if thing not in _HELD:

        @wraps(thing)
        def asked(*args: Any, **options: Any) -> Any:
            try:
                return thing(*args, **options)
            except CRMError:
                raise
            except Exception as trouble:
                if letter := _letter(thing, args, options, trouble):
                    raise letter from letter.__cause__
                raise

        name, home = str(thing.__name__), vars(sys.modules[str(thing.__module__)])
        if home.get(name) is thing:
            home[name] = asked
        _HELD[thing] = asked
        _ASKED.add(asked)
    return cast(Thing, _HELD[thing])


def methods_with_kinds_told(cls: type[Thing]) -> type[Thing]:
    """A class whose public methods tell of arguments of the wrong kind."""
    for name, method in list(vars(cls).items()):
        if name.startswith("_"):
            continue
        if inspect.isfunction(method):
            setattr(cls, name, with_kinds_told(method))
        elif isinstance(method, classmethod):
            setattr(cls, name, classmethod(with_kinds_told(method.__func__)))
    return cls


def warn_asker(what: str) -> None:
    """Warn whoever asked the toolkit, at their own line."""
    frame: Any = sys._getframe(1)
    level = 2
    while frame.f_back and str(frame.f_globals.get("__name__", "")).partition(".")[0] == "crm_toolkit":
        frame, level = frame.f_back, level + 1
    warnings.warn(what, UserWarning, stacklevel=level)


def _letter(
    function: Callable[..., Any], args: tuple[Any, ...], options: Mapping[str, Any], trouble: Exception
) -> InputError | None:
    signature = inspect.signature(function)
    heading = say("`{function}` can't use what it was given.", function=_called(function))
    try:
        given = signature.bind(*args, **options).arguments
    except TypeError:
        problems = _of_call(signature, args, options)
        return InputError(heading, problems) if problems else None
    problems = []
    for name, value in given.items():
        parameter = signature.parameters[name]
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if not isinstance(parameter.annotation, str) or value is parameter.default:
            continue
        kinds = _told(ast.parse(parameter.annotation, mode="eval").body)
        if not any(_may_be(value, kind, function) for kind in kinds):
            what = say("`{name}` takes a value of the kind {kinds}.", name=name,
                       kinds=join_names(f"`{ast.unparse(kind)}`" for kind in kinds))  # fmt: skip
            found = say("Given was one of the kind `{kind}`.", kind=type(value).__name__)
            problems.append(Problem("wrong_kind", what, found, column=name))
    if problems:
        return InputError(heading, problems)
    letter = None
    if isinstance(trouble, KeyError) and trouble.args and isinstance(trouble.args[0], str):
        letter = _missing(trouble.args[0], given.values(), _called(function))
    if letter:
        letter.__cause__ = trouble
    return letter


def _of_call(signature: inspect.Signature, args: tuple[Any, ...], options: Mapping[str, Any]) -> list[Problem]:
    """What is missing in a call, and what no function of that signature takes."""
    by_place = [one for one in signature.parameters.values() if one.kind in (one.POSITIONAL_ONLY, _EITHER)]
    by_name = [one for one in signature.parameters.values() if one.kind in (one.KEYWORD_ONLY, _EITHER)]
    names = [one.name for one in by_name]
    kinds = {one.kind for one in signature.parameters.values()}
    problems = []
    for one in [*by_place[len(args) :], *(one for one in by_name if one not in by_place)]:
        if one.default is one.empty and one.name not in options:
            what = say("The argument `{name}` is missing.", name=one.name)
            problems.append(Problem("missing_argument", what, column=one.name))
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        for name in options:
            if name not in names:
                close = near_misses(name, names)
                advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
                found = say("Possible: {names}.", names=join_names(f"`{one}`" for one in names)) if names else ""
                what = say("There is no argument `{name}`.", name=name)
                problems.append(Problem("unknown_argument", what, found, advice, column=name))
    if len(args) > len(by_place) and inspect.Parameter.VAR_POSITIONAL not in kinds:
        extra = len(args) - len(by_place)
        what = say_count("{count} value too many was given without a name.",
                         "{count} values too many were given without a name.", extra)  # fmt: skip
        problems.append(Problem("too_many_arguments", what))
    for one in by_place[: len(args)]:
        if one.name in options:
            what = say("The argument `{name}` was given twice.", name=one.name)
            problems.append(Problem("repeated_argument", what, column=one.name))
    return problems


def _called(function: Callable[..., Any]) -> str:
    """What the reader calls it: a method by its class too."""
    return function.__qualname__.rpartition("<locals>.")[2]


def _missing(name: str, values: Iterable[Any], asked_by: str) -> InputError | None:
    """The letter of a column that a given frame lacks; the error stays in sight, for it may be about something else."""
    for value in values:
        columns = getattr(value, "columns", None)
        if isinstance(columns, Iterable) and name not in list(columns):
            try:
                require_columns([name], columns, asked_by=asked_by)
            except InputError as letter:
                return letter
    return None


def _told(kinds: ast.expr) -> list[ast.expr]:
    """The kinds of a union."""
    if isinstance(kinds, ast.BinOp) and isinstance(kinds.op, ast.BitOr):
        return [*_told(kinds.left), *_told(kinds.right)]
    return [kinds]


def _may_be(value: Any, kind: ast.expr, function: Callable[..., Any]) -> bool:
    """Whether a value may be of a kind; no only where that is certain."""
    if isinstance(kind, ast.Constant):
        return kind.value is not None or value is None
    if isinstance(kind, ast.Subscript):
        return _may_be(value, kind.value, function) and _may_hold(value, kind, function)
    name = _name(kind)
    if name in _NUMBERS:
        return value is not None and not isinstance(value, (str, bytes, Mapping))
    if name == "int" and isinstance(value, float) and not value.is_integer():
        return False
    if name in ("float", "int", "bool"):
        return hasattr(value, "__float__") or (hasattr(value, "__array__") and not hasattr(value, "columns"))
    if name == "str":
        return isinstance(value, str)
    if name in _ROWS:
        return isinstance(value, Iterable)
    found = _class_of(kind, function)
    if getattr(found, "_is_protocol", False):
        return all(hasattr(value, one) for one in vars(found) if not one.startswith("_"))
    try:
        return found is _UNKNOWN or isinstance(value, found)
    except TypeError:  # a union of kinds that hold others
        return True


def _may_hold(value: Any, kind: ast.Subscript, function: Callable[..., Any]) -> bool:
    """Whether the first things that a value holds may be of the kind that it should hold."""
    parts = kind.slice.elts if isinstance(kind.slice, ast.Tuple) else [kind.slice]
    inner = parts[0] if ast.unparse(parts[-1]) == "..." else parts[-1]
    if inner is not parts[0] and _name(kind.value) == "tuple":
        return True  # a thing of its own kind in every place
    if _name(kind.value) == "Mapping":
        held = list(islice(value.values(), _LOOKED_AT))
    elif _name(kind.value) in _ROWS and isinstance(value, (str, Mapping, list, tuple)):
        if _name(inner) == "str" and isinstance(value, str):
            return True
        held = list(islice(value, _LOOKED_AT))
    else:
        return True
    return all(any(_may_be(one, part, function) for part in _told(inner)) for one in held)


def _name(kind: ast.expr) -> str:
    return kind.attr if isinstance(kind, ast.Attribute) else getattr(kind, "id", "")


def _class_of(kind: ast.expr, function: Callable[..., Any]) -> Any:
    """The class or union of that name where the function stands, what only readers of types import included."""
    module = sys.modules[function.__module__]
    text = ast.unparse(kind)
    first = text.partition(".")[0]
    names = {first: vars(module)[first]} if first in vars(module) else _imported_for_types(module, first)
    try:
        found = eval(text, {"__builtins__": vars(sys.modules["builtins"])}, names)
    except Exception:
        return _UNKNOWN
    usable = isinstance(found, UnionType) or (inspect.isclass(found) and found is not Any)
    return found if usable else _UNKNOWN


def _imported_for_types(module: Any, name: str) -> dict[str, Any]:
    """A name that a module imports under ``if TYPE_CHECKING``."""
    try:
        lines = ast.walk(ast.parse(inspect.getsource(module)))
    except (OSError, TypeError):
        return {}
    for line in lines:
        if isinstance(line, ast.ImportFrom) and line.module and not line.level:
            for alias in line.names:
                if (alias.asname or alias.name) == name:
                    return {name: getattr(import_module(line.module), alias.name)}
        elif isinstance(line, ast.Import):
            for alias in line.names:
                if (alias.asname or alias.name) == name:
                    return {name: import_module(alias.name)}
    return {}
