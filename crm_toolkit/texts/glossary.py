"""The course's glossary: terms in English and in Russian as textbooks and practice use them.

The Russian forms are usual ones from the field's literature; where several compete, the term says so and the
course keeps to the first.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "glossary.csv"
_ENDING = 3


@dataclass(frozen=True)
class Term:
    """A term in both languages.

    Parameters
    ----------
    en, ru : str
        The term; forms that mean the same stand side by side.
    variants_compete : bool
        Whether Russian authors use several translations.
    """

    en: str
    ru: str
    variants_compete: bool

    def used_in(self, english: str) -> bool:
        """Whether an English text uses the term."""
        forms = [form.strip() for form in self.en.split("/")]
        return any(re.search(rf"\b{re.escape(form)}s?\b", english, flags=re.IGNORECASE) for form in forms)

    def rendered_in(self, russian: str) -> bool:
        """Whether a Russian text uses one of the term's words, in any grammatical form, or its abbreviation.

        >>> Term("churn", "отток клиентов", False).rendered_in("Причины оттока")
        True
        """
        stems = (word[: max(4, len(word) - _ENDING)] for word in re.findall(r"[а-яё-]{4,}", self.ru.lower()))
        short = re.findall(r"\b[A-Z]{3,}\b", self.ru)
        return any(stem in russian.lower() for stem in stems) or any(name in russian for name in short)


@cache
def glossary() -> tuple[Term, ...]:
    """All terms of the course, in English alphabetical order.

    >>> next(term.ru for term in glossary() if term.en == "retention")
    'удержание'
    """
    with _FILE.open(encoding="utf-8", newline="") as source:
        return tuple(Term(row["en"], row["ru"], row["variants_compete"] == "yes") for row in csv.DictReader(source))
