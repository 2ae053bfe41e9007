"""The evidence bank on consumers of services: findings with their source, how far it was seen, and what speaks against.

An entry says what a study reports and not what is true. ``seen`` keeps how it came into the bank:

abstract   the abstract or the opening of the publication was read
secondary  another text tells it
memory     from memory of the literature, not checked: check it before quoting

Nothing in the bank is about the article that a learner brings.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm_toolkit.texts import language, mark

TOPICS = {
    "qualities": mark("search, experience and credence qualities"),
    "risk": mark("perceived risk"),
    "stages": mark("stages of service consumption"),
    "quality": mark("service quality"),
    "satisfaction": mark("expectation, satisfaction, loyalty"),
    "switching": mark("why customers switch"),
    "recovery": mark("service recovery"),
    "voice": mark("exit, voice, word of mouth"),
    "intention": mark("attitude, intention, behaviour"),
    "terms": mark("terms and standards"),
}
SEEN = {
    "abstract": mark("abstract or opening was read"),
    "secondary": mark("by another text"),
    "memory": mark("from memory, not checked"),
}


@dataclass(frozen=True)
class Evidence:
    """An entry of the bank.

    Parameters
    ----------
    code : str
        Its stable name.
    topic : str
        One of `TOPICS`.
    finding : dict of str to str
        What the source reports, by language code.
    origin : dict of str to str
        Author, year, where, by language code.
    year : int or None
        Of the publication; missing where it is not known.
    seen : str
        One of `SEEN`.
    against : tuple of str
        Entries that speak against this one or limit it.
    """

    code: str
    topic: str
    finding: dict[str, str]
    origin: dict[str, str]
    year: int | None
    seen: str
    against: tuple[str, ...]

    @property
    def text(self) -> str:
        """What the source reports, in the reader's language."""
        return self.finding[str(language())]

    @property
    def source(self) -> str:
        """Author, year, where, as the reader's language writes it."""
        return self.origin[str(language())]


@cache
def evidence_bank() -> tuple[Evidence, ...]:
    """All entries, in the order of topics.

    Returns
    -------
    tuple of Evidence

    Examples
    --------
    >>> [one.code for one in evidence_bank()][:3]
    ['zeithaml_1981', 'breivik_1995', 'zeithaml_1981_risk']
    """
    told = tomllib.loads(Path(__file__).with_name("evidence.toml").read_text(encoding="utf-8"))["entries"]
    made = [
        Evidence(one["code"], one["topic"], {code: one[code] for code in ("en", "ru")},
                 {"en": one["source"], "ru": one.get("source_ru", one["source"])}, one.get("year"), one["seen"],
                 tuple(one.get("against", ())))
        for one in told
    ]  # fmt: skip
    places = list(TOPICS)
    return tuple(sorted(made, key=lambda one: places.index(one.topic)))


def entry(code: str) -> Evidence:
    """The entry of that code.

    >>> entry("breivik_1995").year
    1995
    """
    return next(one for one in evidence_bank() if one.code == code)
