"""A notebook as hostile bytes: limits first, then JSON, then the sources of cells and nothing else.

Outputs, attachments and the metadata of cells are never looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LARGEST_NOTEBOOK = 5_000_000
LARGEST_SOURCE = 100_000
_MOST_CELLS = 5_000
_DEEPEST = 200
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error of the program
    """Why bytes are not taken; ``code`` is a stable word."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Notebook:
    """What is taken from a notebook.

    Parameters
    ----------
    sources : dict of str to tuple of str
        The sources of code cells by cell id; two where an id stands twice.
    others : frozenset of str
        Ids of cells that are no code.
    lesson, language, edition : str
        What its metadata say; may be empty.
    exam : mapping
        What an exam's paper says of itself; empty without one.
    """

    sources: dict[str, tuple[str, ...]]
    others: frozenset[str]
    lesson: str = ""
    language: str = ""
    edition: str = ""
    exam: Mapping[str, Any] = field(default_factory=dict)


def parse_json(data: bytes, *, most_bytes: int) -> Any:
    """JSON within limits of size and depth.

    Raises
    ------
    Refusal
        ``TOO_LARGE``, ``TOO_DEEP`` or ``NO_JSON``.

    Examples
    --------
    >>> parse_json(b'{"a": [1]}', most_bytes=100)
    {'a': [1]}
    """
    if len(data) > most_bytes:
        raise Refusal("TOO_LARGE")
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > _DEEPEST:
            raise Refusal("TOO_DEEP")
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refusal("NO_JSON") from None


def read_notebook(data: bytes) -> Notebook:
    """The sources of a notebook's code cells.

    Raises
    ------
    Refusal
        Also ``NO_NOTEBOOK`` where the JSON is none, ``TOO_MANY_CELLS``.
    """
    raw = parse_json(data, most_bytes=LARGEST_NOTEBOOK)
    cells = raw.get("cells") if isinstance(raw, dict) else None
    if not isinstance(cells, list):
        raise Refusal("NO_NOTEBOOK")
    if len(cells) > _MOST_CELLS:
        raise Refusal("TOO_MANY_CELLS")
    sources: dict[str, tuple[str, ...]] = {}
    others = set()
    for cell in cells:
        name = cell.get("id") if isinstance(cell, dict) else None
        if not isinstance(name, str) or len(name) > 64:
            continue
        text = _source(cell.get("source"))
        if cell.get("cell_type") != "code" or text is None:
            others.add(name)
        else:
            sources[name] = (*sources.get(name, ()), text)
    facts = raw.get("metadata")
    facts = facts.get("crm_toolkit") if isinstance(facts, dict) else None
    facts = facts if isinstance(facts, dict) else {}
    named = {word: facts.get(word) for word in ("lesson", "language", "edition")}
    words = {name: word if isinstance(word, str) else "" for name, word in named.items()}
    exam = facts.get("exam")
    return Notebook(sources, frozenset(others), **words, exam=exam if isinstance(exam, dict) else {})


def _source(source: object) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or len(source) > LARGEST_SOURCE:
        return None
    return source.encode("utf-8", "replace").decode()
