"""What the user said about values, beside the names of columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hints:
    """What the user said about values, beside the names of columns."""

    decimal: str = ""
    day_first: bool | None = None
    timezone: str = ""
    currency: str = ""
    keep_cancelled: bool = False
