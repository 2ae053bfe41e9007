"""Tags of complaints and the phrases that make them, declared as data: `complaint_tags.toml`, or an own file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import LANGUAGES, language, say

_READY = Path(__file__).with_name("complaint_tags.toml")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class ComplaintTag:
    """A tag and the phrases that make it.

    Parameters
    ----------
    name : str
        Code, such as ``"rude_staff"``.
    phrases : tuple of str
        See the head of ``complaint_tags.toml``.
    titles : mapping of str to str
        Language → what people call it; where there is none, the code.
    group : str
        A wider class, may be empty.

    Examples
    --------
    >>> ComplaintTag("parking", ("no parking", "нет парковки")).title
    'parking'
    """

    name: str
    phrases: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=dict)
    group: str = ""

    @property
    def title(self) -> str:
        """What people call it, in the reader's language."""
        return self.titles.get(str(language()), self.name)


@lru_cache(maxsize=1)
def ready_complaint_tags() -> tuple[ComplaintTag, ...]:
    """The dictionary for service businesses that comes with the package, in both languages.

    >>> [tag.name for tag in ready_complaint_tags()][:3]
    ['late_start', 'late_ready', 'long_queue']
    """
    return read_complaint_tags(_READY)


def read_complaint_tags(path: str | os.PathLike[str]) -> tuple[ComplaintTag, ...]:
    """Read a dictionary of tags from a TOML file.

    Parameters
    ----------
    path : path
        For each tag a table with lists of phrases by language, and, if wanted, ``title`` and ``group``::

            [parking]
            title = { en = "parking", ru = "парковка" }
            en = ["no parking", "parking full"]
            ru = ["нет парковки", "негде припарк*"]

    Returns
    -------
    tuple of ComplaintTag

    Raises
    ------
    InputError
        If there is no such file, it is no TOML, or a tag has no phrases.
    """
    heading = say("“{path}” can't be read as a dictionary of tags.", path=path)
    try:
        declared = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as reason:
        raise InputError(heading, [Problem("no_file", say("There is no such file, or it can't be opened."),
                                           found=str(reason))]) from reason  # fmt: skip
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise InputError(heading, [Problem("bad_file", say("It is no TOML."), found=str(reason))]) from reason
    problems, found = [], []
    for name, told in declared.items():
        phrases = [one for code in LANGUAGES for one in (told.get(code, []) if isinstance(told, dict) else [])]
        if not phrases or not all(isinstance(one, str) and _WORD.search(one) for one in phrases):
            what = say("The tag `{name}` has no phrases, or one of them is no text.", name=name)
            advice = say('Write lists of phrases by language: `en = ["too late"]`.')
            problems.append(Problem("no_phrases", what, advice=advice, column=name))
        else:
            found.append(ComplaintTag(name, tuple(phrases), dict(told.get("title", {})), str(told.get("group", ""))))
    if problems or not found:
        empty = Problem("empty", say("The file names no tag."))
        raise InputError(heading, problems or [empty])
    return tuple(found)
