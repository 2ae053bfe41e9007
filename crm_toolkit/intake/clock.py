"""One time of day as people write it, with the offset from UTC behind it, if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TIME = re.compile(
    r"^(?P<h>\d{1,2})(?:[:.h](?P<m>\d{2}))?(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?\s*(?P<ap>[ap]\.?m\.?)?"
    r"\s*(?P<zone>z|utc|gmt|msk|мск|[+\-−]\d{2}:?\d{2}|(?:utc|gmt)\s?[+\-−]\d{1,2}(?::?\d{2})?|[+\-−]\d{2})?"
    r"(?:\s*\(?(?P<named>[a-z]{2,5})\)?)?$",
    re.IGNORECASE,
)
_LONGEST = 60
_COMPACT_TIME = re.compile(r"^T?(\d{2})(\d{2})(\d{2})(Z?)$")


@dataclass
class Clock:
    microseconds: int
    zone: int | None = None
    named: str = ""
    """A name such as EST that stands alone: it means different offsets in different countries."""


def look_at_time(text: str | None) -> Clock | None:
    """The time of day and the offset from UTC in minutes, or None where it can't be read."""
    if not text:
        return Clock(0)
    compact = _COMPACT_TIME.match(text)
    if compact:
        hour, minute, second = int(compact[1]), int(compact[2]), int(compact[3])
        return _clock(hour, minute, second, 0, 0 if compact[4] else None)
    found = _TIME.match(text.strip()) if len(text) <= _LONGEST else None
    if not found or (found["m"] is None and not found["ap"]):
        return None
    hour, minute, second = int(found["h"]), int(found["m"] or 0), int(found["s"] or 0)
    if found["ap"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["ap"].lower().startswith("p") else 0)
    micro = int((found["f"] or "0").ljust(6, "0")[:6])
    named = "" if found["zone"] else (found["named"] or "").upper()
    return _clock(hour, minute, second, micro, _offset(found["zone"]), named)


def _clock(hour: int, minute: int, second: int, micro: int, zone: int | None, named: str = "") -> Clock | None:
    if hour > 23 or minute > 59 or second > 59:
        return None
    return Clock(((hour * 60 + minute) * 60 + second) * 1_000_000 + micro, zone, named)


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    zone = zone.lower().replace("−", "-").replace(" ", "")
    if zone in ("z", "utc", "gmt"):
        return 0
    if zone in ("msk", "мск"):
        return 180
    zone = zone.replace("utc", "").replace("gmt", "")
    digits = zone[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return (-1 if zone[0] == "-" else 1) * (hours * 60 + minutes)
