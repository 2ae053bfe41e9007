"""Two texts for practice, written for this course: invented studies with planted claims, and a key for afterwards.

Each text holds definitions, empirical and normative claims, some sound and some with a flaw that is common in articles:
a demand dressed as a finding, a percentage that its own table does not bear out, words of effect for a mere difference.
All numbers can be computed again from the text's own table. The key is for those who have typed the claims themselves;
the package is open, so this is a custom and not a lock.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, language, mark, say

TEXTS = ("waiting", "risk")
FLAWS = {
    "": mark("no flaw"),
    "normative_as_empirical": mark("a demand dressed as a finding"),
    "definition_as_finding": mark("a definition dressed as a finding"),
    "number_mismatch": mark("a number that its table does not bear out"),
    "contradicts_table": mark("a sentence that its table contradicts"),
    "causal_words": mark("words of effect for a mere difference"),
    "survivors": mark("only those who stayed were asked"),
    "overgeneral": mark("from a few to all"),
    "significance": mark("significant taken for important"),
    "fitted_afterwards": mark("a fit afterwards taken for a forecast"),
    "intention": mark("words taken for deeds"),
}
_CLAIM = re.compile(r"\[(?P<id>\w+)\](?P<words>.+?)\[/\]", re.S)


@dataclass(frozen=True)
class PlantedClaim:
    """A claim that was planted.

    Parameters
    ----------
    id : str
    words : dict of str to str
        As it stands in the text, by language code.
    page : int
    type : str
        One of `TYPES` of the work.
    flaw : str
        One of `FLAWS`; empty where there is none.
    why : dict of str to str
        What can be said of it, by language code.
    """

    id: str
    words: dict[str, str]
    page: int
    type: str = field(repr=False)
    flaw: str = field(repr=False)
    why: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class Part:
    """A part of a text: its page, name, paragraphs with the marks of claims taken out, and perhaps a table."""

    page: int
    name: dict[str, str]
    paragraphs: dict[str, tuple[str, ...]]
    caption: dict[str, str]
    table: dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class PracticeText:
    """A text for practice, in both languages.

    Parameters
    ----------
    id : str
    title : dict of str to str
    parts : tuple of Part
    claims : tuple of PlantedClaim
        With their key, in the order of the text.
    """

    id: str
    title: dict[str, str]
    parts: tuple[Part, ...]
    claims: tuple[PlantedClaim, ...]

    def __repr__(self) -> str:
        return f"PracticeText({self.id!r}, {len(self.claims)} claims)"

    def numbered(self, paragraph: str, code: str) -> str:
        """A paragraph with the numbers of its claims in square brackets before their words."""
        for number, one in enumerate(self.claims, start=1):
            paragraph = paragraph.replace(one.words[code], f"[{number}] {one.words[code]}")
        return paragraph

    def to_markdown(self, *, numbers: bool = True) -> str:
        """The text in the reader's language, its claims numbered, without the key.

        >>> practice_text("waiting").to_markdown().splitlines()[0]
        '### Ten minutes: waiting and coming back in three barbershops'
        """
        code = str(language())
        lines = [f"### {self.title[code]}", "", f"*{invented()}*"]
        for part in self.parts:
            lines += ["", f"**{part.name[code]}** ({say('p. {page}', page=part.page)})"]
            for paragraph in part.paragraphs[code]:
                lines += ["", self.numbered(paragraph, code) if numbers else paragraph]
            if part.table:
                head, *rows = part.table[code]
                lines += ["", f"*{part.caption[code]}*", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
                lines += ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def invented() -> str:
    """What is said above every practice text."""
    return say("Written for practice: the study is invented, nobody ran it. Its numbers can be computed again.")


@cache
def practice_text(text_id: str) -> PracticeText:
    """A text for practice.

    Parameters
    ----------
    text_id : {"waiting", "risk"}
        Its stable name.

    Returns
    -------
    PracticeText

    Raises
    ------
    InputError
        If there is no such text.

    Examples
    --------
    >>> text = practice_text("risk")
    >>> len(text.claims), text.claims[0].type
    (10, 'definition')
    """
    if text_id not in TEXTS:
        close = near_misses(str(text_id), TEXTS)
        what = say("There is no practice text “{id}”.", id=text_id)
        advice = say("Did you mean “{close}”?", close=close[0]) if close else ""
        problem = Problem("unknown_text", what, say("Available: {names}.", names=join_names(TEXTS)), advice)
        raise InputError(say("The practice text can't be opened."), [problem])
    told = tomllib.loads(Path(__file__).with_name(f"{text_id}.toml").read_text(encoding="utf-8"))
    codes = ("en", "ru")
    places = {code: _places(told["parts"], code) for code in codes}
    claims = tuple(
        PlantedClaim(
            name,
            {code: places[code][name][1] for code in codes},
            page,
            told["key"][name]["type"],
            told["key"][name].get("flaw", ""),
            told["key"][name]["why"],
        )
        for name, (page, _) in places["en"].items()
    )
    parts = tuple(
        Part(
            one["page"],
            one["name"],
            {code: tuple(_CLAIM.sub(r"\g<words>", text) for text in one[code]) for code in codes},
            one.get("caption", {}),
            {code: tuple(tuple(row[code]) for row in one["table"]) for code in codes} if "table" in one else {},
        )
        for one in told["parts"]
    )
    return PracticeText(text_id, told["title"], parts, claims)


def _places(parts: list[dict], code: str) -> dict[str, tuple[int, str]]:
    """Claim → its page and words, in the order of the text."""
    return {found["id"]: (one["page"], found["words"]) for one in parts for paragraph in one[code]
            for found in _CLAIM.finditer(paragraph)}  # fmt: skip
