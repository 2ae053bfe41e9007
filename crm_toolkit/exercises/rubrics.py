"""Rubrics for open tasks: what each level of each criterion looks like, in both languages, before the work starts.

A rubric is a file ``exercises/rubrics/<id>.toml``. Levels are descriptions and not counts (Brookhart 2018):
0 absent, 1 named, 2 explained, 3 proved, with its limits. A criterion may hold sample paragraphs: pieces of text as
they may stand in a work, written for the course, so that a level is not only described but seen.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import LANGUAGES, join_names, language, say

LEVELS = (0, 1, 2, 3)
_PLACE = Path("exercises") / "rubrics"


@dataclass(frozen=True)
class Sample:
    """A paragraph as it may stand in a work of one level, by language code; written for the course, by no student."""

    level: int
    text: dict[str, str]


@dataclass(frozen=True)
class Criterion:
    """One criterion: its name and the description of every level, by language code; perhaps sample paragraphs."""

    id: str
    name: dict[str, str]
    levels: tuple[dict[str, str], ...]
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class Rubric:
    """A rubric: title and criteria, by language code."""

    id: str
    title: dict[str, str]
    criteria: tuple[Criterion, ...]

    def to_markdown(self) -> str:
        """The rubric as a table in the reader's language.

        >>> load_rubric("insight_card").to_markdown().count("| ") > 10
        True
        """
        code = str(language())
        lines = [f"### {self.title[code]}", "", "| | " + " | ".join(map(str, LEVELS)) + " |", "|---" * 5 + "|"]
        for criterion in self.criteria:
            cells = " | ".join(level[code] for level in criterion.levels)
            lines.append(f"| **{criterion.name[code]}** | {cells} |")
        return "\n".join(lines)

    def samples_to_markdown(self) -> str:
        r"""The sample paragraphs in the reader's language, by criterion and level; empty where there are none.

        >>> load_rubric("my_case").samples_to_markdown().split("\n")[2][:9]
        'Level 1: '
        """
        code = str(language())
        blocks = []
        for criterion in self.criteria:
            told = [say("Level {level}: “{text}”", level=one.level, text=one.text[code]) for one in criterion.samples]
            if told:
                blocks += [f"**{criterion.name[code]}**", *told]
        return "\n\n".join(blocks)


def samples_heading() -> str:
    """What is said above sample paragraphs, wherever they are shown."""
    return say("Sample paragraphs (written for this course; of no student)")


@with_kinds_told
def load_rubric(rubric_id: str, folder: str | Path | None = None) -> Rubric:
    """Read a rubric from ``exercises/rubrics`` of the course.

    Parameters
    ----------
    rubric_id : str
        The name of its file without ``.toml``.
    folder : path, optional
        Where to look; by default in the course's folder, found from the working folder upwards.

    Raises
    ------
    InputError
        If there is no such rubric, or it lacks a text.

    Examples
    --------
    >>> [criterion.id for criterion in load_rubric("insight_card").criteria][:2]
    ['claim', 'evidence']
    """
    folders = [Path(folder)] if folder is not None else _folders()
    known = {path.stem: path for place in reversed(folders) for path in place.glob("*.toml")}
    if rubric_id not in known:
        close = near_misses(str(rubric_id), known)
        problem = Problem(
            "unknown_rubric",
            say("There is no rubric “{id}”.", id=rubric_id),
            found=say("Available: {names}.", names=join_names(sorted(known))) if known else "",
            advice=say("Did you mean “{close}”?", close=close[0]) if close else "",
        )
        raise InputError(say("The rubric can't be opened."), [problem])
    return _rubric(rubric_id, tomllib.loads(known[rubric_id].read_text(encoding="utf-8")))


def _folders() -> list[Path]:
    here = Path.cwd()
    course = Path(__file__).parent.parent.parent
    return [place / _PLACE for place in (here, *here.parents, course) if (place / _PLACE).is_dir()]


def _rubric(rubric_id: str, told: dict) -> Rubric:
    problems: list[Problem] = []

    def both(texts: object, where: str) -> dict[str, str]:
        given = texts if isinstance(texts, dict) else {}
        for code in LANGUAGES:
            if not str(given.get(code, "")).strip():
                what = say("{where}: the text in the language “{code}” is missing.", where=where, code=code)
                problems.append(Problem("missing_text", what))
        return {code: str(given.get(code, "")) for code in LANGUAGES}

    def sample(told_one: dict, where: str) -> Sample:
        level = told_one.get("level")
        if isinstance(level, bool) or level not in LEVELS:
            what = say("{where}: a sample needs a level from {low} to {high}.", where=where, low=LEVELS[0],
                       high=LEVELS[-1])  # fmt: skip
            problems.append(Problem("wrong_sample", what, found=say("Found: {value}.", value=repr(level))))
            level = LEVELS[0]
        return Sample(level, both(told_one, say("{where}, a sample of level {level}", where=where, level=level)))

    criteria = []
    for told_one in told.get("criteria", []):
        name = str(told_one.get("id", "?"))
        levels = told_one.get("levels", [])
        if len(levels) != len(LEVELS):
            what = say(
                "{where}: {wanted} levels are needed, there are {found}.", where=name, wanted=4, found=len(levels)
            )
            problems.append(Problem("wrong_levels", what))
        described = tuple(both(level, f"{name}, {number}") for number, level in enumerate(levels))
        samples = tuple(sample(one, name) for one in told_one.get("samples", []))
        criteria.append(Criterion(name, both(told_one.get("name"), name), described, samples))
    rubric = Rubric(rubric_id, both(told.get("title"), "title"), tuple(criteria))
    if problems:
        raise InputError(say("The rubric “{id}” is incomplete.", id=rubric_id), problems)
    return rubric
