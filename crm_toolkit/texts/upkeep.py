"""Upkeep of the catalogues: what the code says, what Russian lacks, what nobody says any more.

``python -m crm_toolkit.texts.upkeep`` prints the missing entries of every room, ready to be filled in.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

from crm_toolkit.texts.catalogues import catalogue_files

PACKAGE = Path(__file__).parent.parent
_KEYS_IN = {"say": 1, "say_count": 2, "mark": 1}

Key = str | tuple[str, ...]


@dataclass(frozen=True)
class Upkeep:
    """What must be mended in one language: missing and stale keys by room, contradictions between rooms."""

    missing: dict[str, list[Key]]
    stale: dict[str, list[Key]]
    contradictions: list[Key]


def said_in_code() -> dict[str, list[Key]]:
    """Every English key by the room whose code says it (the first room in alphabetical order)."""
    rooms: dict[str, list[Key]] = {}
    seen: set[Key] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        room = parts[0].removesuffix(".py")
        for name in _keys(ast.parse(path.read_text(encoding="utf-8"))):
            if name not in seen:
                seen.add(name)
                rooms.setdefault(room, []).append(name)
    return rooms


def _keys(tree: ast.AST) -> Iterator[Key]:
    """The literal keys of all calls, in the order of the text; in f-strings too."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        texts = [word.value for word in call.args[: _KEYS_IN.get(name, 0)] if isinstance(word, ast.Constant)]
        keys = [text for text in texts if isinstance(text, str) and text]
        if keys and len(keys) == _KEYS_IN[name]:
            yield keys[0] if len(keys) == 1 else tuple(keys)


def upkeep(code: str) -> Upkeep:
    """Compare the catalogues of a language with the code."""
    spoken = said_in_code()
    every = {key for keys in spoken.values() for key in keys}
    known: dict[Key, object] = {}
    stale: dict[str, list[Key]] = {}
    contradictions: list[Key] = []
    for path in catalogue_files(code):
        with path.open("rb") as source:
            for message in read_po(source, locale=code):
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else tuple(message.id)
                texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
                if key in known and known[key] != message.string:
                    contradictions.append(key)
                if all(texts) and not message.fuzzy:
                    known[key] = message.string
                if key not in every:
                    stale.setdefault(path.stem, []).append(key)
    missing = {room: [key for key in keys if key not in known] for room, keys in spoken.items()}
    return Upkeep({room: keys for room, keys in missing.items() if keys}, stale, contradictions)


def main() -> int:
    """Print what Russian lacks; exit code 1 if it lacks anything."""
    found = upkeep("ru")
    for room, keys in found.missing.items():
        print(f"# missing in ru/{room}.po")
        for key in keys:
            one, *more = [key] if isinstance(key, str) else key
            print(f"\nmsgid {_quoted(one)}")
            for other in more:
                print(f"msgid_plural {_quoted(other)}")
            print("\n".join(f'msgstr[{form}] ""' for form in range(3)) if more else 'msgstr ""')
        print()
    for room, keys in found.stale.items():
        print(f"# nobody says these any more: ru/{room}.po", *map(repr, keys), sep="\n#   ")
    for key in found.contradictions:
        print(f"# two translations: {key!r}")
    return int(bool(found.missing or found.stale or found.contradictions))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


if __name__ == "__main__":
    sys.exit(main())
