"""Which sign separates the fields of a text, and which one quotes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from crm_toolkit.intake import limits
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.forms import Form
from crm_toolkit.intake.headers import find_header
from crm_toolkit.intake.split import BrokenQuoteError, cut_records
from crm_toolkit.texts import mark, say

DELIMITERS = {
    ",": mark("comma"),
    ";": mark("semicolon"),
    "\t": mark("tab"),
    "|": mark("vertical bar"),
    "\x1f": mark("unit separator"),
    "^": mark("caret"),
    "~": mark("tilde"),
    ":": mark("colon"),
}
_SAMPLE = 256 * 1024
_SEP_LINE = re.compile(rb"\A\s*\"?sep=(?P<sign>.)\"?\s*\r?\n", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a text is cut: the delimiter, the quote ("" where quotes are plain signs), bytes to skip first."""

    delimiter: str
    quote: str = '"'
    skip: int = 0


def recognise(data: bytes, form: Form, hints: Mapping[str, object], findings: Findings, hint: str = "") -> Dialect:
    """Choose the delimiter under which the header is recognised best and lines agree best."""
    skip, said = 0, ""
    declared = _SEP_LINE.match(data)
    if declared:
        skip, said = declared.end(), declared["sign"].decode("ascii", errors="replace")
    if hint:
        if len(hint) != 1 or not hint.isascii() or hint in '"\r\n':
            raise findings.stop(
                "bad_delimiter",
                say("“{sign}” can't be a delimiter; one ASCII sign is needed.", sign=shown(hint)),
                advice=say("Usual ones: delimiter=',' or ';' or '\\t'."),
            )
        said = hint
    sample = _sample(data[skip:])
    options = [said] if said else list(DELIMITERS)
    quote = _quote(sample)
    best = max(options, key=lambda sign: _score(sample, sign, quote, form, hints))
    if declared and not hint and _score(sample, best, quote, form, hints)[0] < 2:
        other = max(DELIMITERS, key=lambda sign: _score(sample, sign, quote, form, hints))
        if _score(sample, other, quote, form, hints)[0] >= 2:
            findings.warn(
                "wrong_sep",
                say("The first line says sep=“{sign}”, but the lines below are divided otherwise.", sign=shown(best)),
            )
            best = other
    findings.fact(say("Delimiter"), say(DELIMITERS[best]) if best in DELIMITERS else shown(best))
    return Dialect(best, quote, skip)


def _sample(data: bytes) -> bytes:
    if len(data) <= _SAMPLE:
        return data
    end = data.rfind(b"\n", 0, _SAMPLE)
    return data[: end + 1] if end > 0 else data[: data.find(b"\n") + 1] or data


_SINGLE = re.compile(rb"\s*'(?:[^']|'')*'(?:[,;\t|]'(?:[^']|'')*')+\s*")


def _quote(sample: bytes) -> str:
    """The single quote where all fields of the header, or of all lines below it, stand in single quotes."""
    first, *rest = [line for line in sample.split(b"\n", 51) if line.strip()][:51] or [b""]
    if b"'" not in sample:
        return '"'
    if _SINGLE.fullmatch(first) and (b'"' not in sample or all(map(_SINGLE.fullmatch, rest[:-1]))):
        return "'"
    return "'" if rest and b'"' not in sample and all(map(_SINGLE.fullmatch, rest[:-1] or rest)) else '"'


def top_of(data: bytes, delimiter: str, quote: str) -> list[list[str]]:
    """The first lines, cut; with quotes taken as plain signs where they fit no rule."""
    try:
        records = next(iter(cut_records(data, delimiter, quote)), None)
    except BrokenQuoteError:
        records = next(iter(cut_records(data, delimiter, "")), None)
    return [records.row(index) for index in range(min(len(records), limits.HEADER_SEARCH))] if records else []


def _score(
    sample: bytes, delimiter: str, quote: str, form: Form, hints: Mapping[str, object]
) -> tuple[int, float, int, int]:
    top = top_of(sample, delimiter, quote)
    widths = Counter(len(row) for row in top if any(cell.strip() for cell in row))
    width, agreeing = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    header = find_header(top, form, hints) if width > 1 or len(widths) > 1 else None
    agreement = agreeing / max(sum(widths.values()), 1)
    order = list(DELIMITERS)
    usual = -order.index(delimiter) if delimiter in order else -len(order)
    return (header.match.count if header else 0, agreement if width > 1 else -1.0, width, usual)
