"""Which one-byte alphabet the words of a file are written in, and how sure that is.

The words decide: letters of one script, in usual case, of usual frequency, in combinations that exist. Where
there are few of them, usage decides: Windows-1251 first for Russian, Mac Cyrillic last; the report then names
the word that decided and the other reading, and where two readings are equally good, the reader of the file
is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

ONE_BYTE = {
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
    "cp866": "DOS-866",
    "koi8-r": "KOI8-R",
    "iso8859-5": "ISO 8859-5",
    "mac-cyrillic": "Mac Cyrillic",
}
_USAGE = {"cp1251": 0.9, "cp1252": 0.5, "cp866": 0.3, "koi8-r": 0.1, "iso8859-5": -0.6, "mac-cyrillic": -0.8}
"""How usual an alphabet is in files of today (an assumption); it counts only where letters are few."""

FEW = 16
"""With fewer letters outside ASCII than this, in different words, the reading is said to be uncertain."""

_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_RUSSIAN = {
    letter: weight
    for letters, weight in (("оеаин", 3.0), ("тсрвлкмдпуя", 2.5), ("ыьгзбчйхжшю", 1.5), ("цщэфъё", 1.0))
    for letter in letters
}
_WESTERN = set("éèêëàâäáãåçíìîïñóòôöõøúùûüýÿßæœÉÈÊÀÂÄÁÃÅÇÍÎÏÑÓÖÕØÚÜÆŒšžŠŽ")
_SIGNS = set("£€©®°±«»“”‘’„–—…№§·×½¼¾²³µ\u00a0•™¥")
_MONEY = set("£€¥")
_IMPOSSIBLE = re.compile(
    r"^[ьъы]|[аеёиоуыэюяьъ][ьъ]|ъ[^еёюя]|[бвгджзклмнпрстфхцчшщьъ]й|[жшщчцгкх]э|[жшщ][ыюя]|[чщ][ыяю]|й[аиуыэюьъй]|"
    r"[бвгджзклмнпрстфхцчшщ]{5}"
)
_VOWELS = set("аеёиоуыэюя")


@dataclass(frozen=True)
class Reading:
    """One alphabet with its score, and the score that usage adds where letters are few."""

    codec: str
    score: float
    usage: float

    @property
    def total(self) -> float:
        """The score by which readings are compared."""
        return self.score + self.usage


@dataclass(frozen=True)
class Verdict:
    """The readings, best first; the words they were judged by; how many letters outside ASCII these have."""

    readings: tuple[Reading, ...]
    words: tuple[bytes, ...]
    letters: int

    @property
    def rival(self) -> Reading | None:
        """The best other reading that would give another text and makes some sense."""
        best = self.readings[0].codec
        for other in self.readings[1:]:
            if other.score > 0 and self.word(best, other.codec):
                return other
        return None

    def word(self, one: str, other: str) -> bytes:
        """The first word that the two alphabets read differently."""
        return next((word for word in self.words if word.decode(one) != word.decode(other)), b"")


def judge(data: bytes) -> Verdict:
    """All one-byte readings of a text, the most likely first."""
    words = _words(data)
    letters = sum(byte > 127 for word in words[:200] for byte in word)
    weight = min(1.0, 5 / max(letters, 1))
    readings = []
    for codec in ONE_BYTE:
        try:
            data.decode(codec)
            score = sum(_likely(word.decode(codec)) for word in words) / len(words)
        except UnicodeDecodeError:
            continue
        readings.append(Reading(codec, score, _USAGE[codec] * weight))
    readings.sort(key=lambda reading: (reading.score <= 0, -reading.total))
    return Verdict(tuple(readings), tuple(words), letters)


def _words(data: bytes, most: int = 3000) -> list[bytes]:
    """Different words with a high byte, taken evenly from the whole file."""
    found: dict[bytes, None] = {}
    step = max(1, len(data) // (1 << 24))
    for match in _WORD.finditer(data) if step == 1 else _WORD.finditer(b"\n".join(data.split(b"\n")[::step])):
        found[match.group()[:40]] = None
        if len(found) >= 200_000:
            break
    every = list(found)
    return every[:: max(1, len(every) // most)] or [b""]


def _likely(word: str) -> float:
    """How likely a word is in Russian or a western language, for each of its signs; negative for nonsense."""
    if any("\u2500" <= sign <= "\u259f" or "\x80" <= sign <= "\x9f" for sign in word):
        return -3.0
    if all(sign in _MONEY for sign in word):
        return 3.0
    cyrillic = [sign for sign in word if "\u0400" <= sign <= "\u04ff"]
    latin = [sign for sign in word if sign.isascii() and sign.isalpha()]
    high_latin = [sign for sign in word if not sign.isascii() and sign.isalpha() and sign not in cyrillic]
    signs = [sign for sign in word if not sign.isalpha()]
    score = sum(1.0 if sign in _SIGNS else -1.5 for sign in signs)
    score -= 3.0 * len(_GLUED.findall(word))
    if cyrillic:
        score += _russian(word, cyrillic) - 9.0 * min(len(latin) + len(high_latin), len(cyrillic))
    else:
        score += sum(1.5 if sign in _WESTERN else -2.0 for sign in high_latin)
        if len(high_latin) > len(latin) + 1:
            score -= 3.0 * len(high_latin)
    return score / len(word)


_GLUED = re.compile(
    r"[^\W\d_][£€¥©®°±№§×½¼¾²³µ•…∙·≈≤≥√÷‡†¬¦¤]|[£€¥§±½¼¾²³µ†‡‰—–…”™•‹∙·≈≤≥√÷¬¦¤][^\W\d_]|^[‘“„][^\W\d_]*$|^’[^\W\d_]"
)
"""Signs that hardly ever touch a letter on that side."""


def _russian(word: str, cyrillic: list[str]) -> float:
    small = word.lower()
    if len(cyrillic) == 1 and len(word) == 1:
        return 1.5 if small in "аявиксоу" else 0.2
    score = sum(_RUSSIAN.get(sign.lower(), -2.0) for sign in cyrillic) - 4.0 * len(_IMPOSSIBLE.findall(small))
    if len(cyrillic) > 2 and not any(sign in _VOWELS for sign in small):
        score -= 1.5 * len(cyrillic)
    if word.isupper():
        return score - 0.3 * len(cyrillic)
    turned = sum(1 for a, b in pairwise(word) if a.islower() and b.isupper())
    return score - 4.0 * turned - 0.8 * max(0, sum(sign.isupper() for sign in cyrillic) - 1)
