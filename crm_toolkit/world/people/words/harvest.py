"""Write the kept name lists anew from the installed Faker: ``python -m crm_toolkit.world.people.words.harvest``.

A build-time tool for developers: nothing else imports it, and a new harvest makes new people (the golden
digests of the tests say so).
"""

from __future__ import annotations

import json
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from crm_toolkit.world.people.words import LOCALES, digest_of

_SEXES = ("female", "male")


def harvested(locale: str) -> dict[str, Any]:
    """What the installed Faker gives for one locale, as it stands in the file.

    Male patronymics aren't taken: Faker's list of them has gaps (no Ivanovich, no Sergeevich), and every female
    one tells its male twin.
    """
    faker = import_module(f"faker.providers.person.{locale}").Provider
    sources = {f"{part}_{sex}": _either(faker, part, sex) for part in ("last_names", "first_names") for sex in _SEXES}
    sources["middle_names_female"] = getattr(faker, "middle_names_female", ())
    lists = {name: _weighted(words) for name, words in sources.items()}
    return {
        "faker_version": metadata.version("faker"),
        "licence": _licence(),
        "digest": digest_of(lists),
        "lists": lists,
    }


def _either(faker: Any, part: str, sex: str) -> Any:
    """The list of one sex, or the list of both where a locale has only that."""
    return getattr(faker, f"{part}_{sex}", None) or getattr(faker, part)


def _weighted(words: Any) -> dict[str, float]:
    """Names with weights; a list without weights is even, and a name that stands there twice counts once."""
    return (
        {word: float(weight) for word, weight in words.items()}
        if hasattr(words, "items")
        else dict.fromkeys(words, 1.0)
    )


def _licence() -> str:
    """The MIT licence with its copyright line, which asks to travel with a copy."""
    found = [path for path in metadata.files("faker") or [] if path.name.upper().startswith("LICENSE")]
    return found[0].read_text(encoding="utf-8").strip()


if __name__ == "__main__":
    for locale in LOCALES:
        target = Path(__file__).with_name(f"{locale}.json")
        target.write_text(json.dumps(harvested(locale), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(target)
