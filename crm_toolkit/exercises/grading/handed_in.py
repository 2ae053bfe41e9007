"""What the child said, read as hostile bytes: answers become plain numbers, texts and tables again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

_MOST_COLUMNS, _MOST_ROWS, _LONGEST_TEXT = 100, 5_000, 2_000


class Foreign:
    """Something that is neither a number nor a text nor a table; it has a name and nothing else.

    >>> str(Foreign("set", "{1}"))
    '{1}'
    """

    def __init__(self, kind: str, text: str = ""):
        self.kind, self.text = kind, text

    def __str__(self) -> str:
        return self.text


def said_lines(data: bytes) -> Iterator[dict[str, Any]]:
    r"""The lines that are JSON objects; all others count for nothing.

    >>> list(said_lines(b'{"kind": "end"}\n[1]\nrubbish'))
    [{'kind': 'end'}]
    """
    for line in data.split(b"\n"):
        try:
            facts = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(facts, dict):
            yield facts


def answer_of(said: Any, depth: int = 0) -> Any:
    """An answer from its JSON, the counterpart of `child.plain`.

    >>> answer_of({"map": [["C-1", 2]]}), answer_of("0,5"), answer_of(True)
    ({'C-1': 2}, '0,5', True)
    """
    if depth > 9:
        return Foreign("deep")
    if said is None or isinstance(said, (bool, int, float)):
        return said
    if isinstance(said, str):
        return clean(said, _LONGEST_TEXT)
    if not isinstance(said, dict):
        return Foreign("list")
    try:
        return _form(said, depth)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return Foreign("broken")


def clean(text: object, longest: int) -> str:
    """A text that can be written anywhere: no lone surrogates, not too long."""
    return str(text)[:longest].encode("utf-8", "backslashreplace").decode()


def _form(said: dict[str, Any], depth: int) -> Any:
    if "na" in said:
        return pd.NA
    if "float" in said:
        return float(str(said["float"])[:30])
    if "complex" in said:
        return complex(0, 1)
    if "function" in said:
        return lambda: None
    if "list" in said:
        return [answer_of(one, depth + 1) for one in _few(said["list"], _MOST_ROWS)]
    if "map" in said:
        return {_key(name): answer_of(one, depth + 1) for name, one in _few(said["map"], _MOST_ROWS)}
    if "table" in said:
        columns = _few(said["table"], _MOST_COLUMNS)
        names = [clean(name, 200) for name, _ in columns]
        cells = [[answer_of(one, depth + 1) for one in _few(column, _MOST_ROWS)] for _, column in columns]
        index = _index(said)
        frame = pd.DataFrame({place: pd.Series(column, dtype=object) for place, column in enumerate(cells)})
        frame.columns = pd.Index(names, dtype=object)
        return frame if index is None else frame.set_axis(index, axis=0)
    if "series" in said:
        cells = [answer_of(one, depth + 1) for one in _few(said["series"], _MOST_ROWS)]
        name = said.get("name")
        made = pd.Series(cells, dtype=object, name=None if name is None else clean(name, 200))
        index = _index(said)
        return made if index is None else made.set_axis(index)
    return Foreign(clean(said.get("other"), 80), clean(said.get("text") or "", 200))


def _key(name: Any) -> int | str:
    return name if type(name) is int else clean(name, _LONGEST_TEXT)


def _few(things: Any, most: int) -> list[Any]:
    if not isinstance(things, list) or len(things) > most:
        raise ValueError
    return things


def _index(said: dict[str, Any]) -> Any:
    words = [answer_of(one) for one in _few(said["index"], _MOST_ROWS)]
    if not all(isinstance(word, (str, int)) for word in words):
        raise ValueError
    name = said.get("index_name")
    return pd.Index(words, dtype=object, name=None if name is None else clean(name, 200)) if words else None
