"""Upkeep of the catalogues: what the code says, what Russian lacks, what nobody says any more.

``python -m crm_toolkit.texts.upkeep`` prints the missing entries of every room, ready to be filled in.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from crm_toolkit.texts.catalogues import catalogue_files

PACKAGE = Path(__file__).parent.parent
_KEYWORDS = {"say": (1,), "say_count": (1, 2), "mark": (1,)}
_OPTIONS = {"encoding": "utf-8"}

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
        for _, key, _, _ in extract_from_file("python", path, keywords=_KEYWORDS, options=_OPTIONS):
            name = key if isinstance(key, str) else tuple(key)
            if name and name not in seen:
                seen.add(name)
                rooms.setdefault(room, []).append(name)
    return rooms


def upkeep(code: str) -> Upkeep:
    """Compare the catalogues of a language with the code.

    >>> upkeep("ru").contradictions
    []
    """
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
