"""Small tables of numbers in Markdown, as worked solutions show them."""

from __future__ import annotations

from crm_toolkit.texts import format_number


def small_table(key: str, column: str, values: dict[str, float], decimals: int = 2) -> str:
    """A table with one column of numbers.

    >>> print(small_table("day", "balance", {"2026-03-01": 40.0}, 0))
    | day | balance |
    |---|---|
    | 2026-03-01 | 40 |
    """
    listed = [f"| {name} | {format_number(value, decimals)} |" for name, value in values.items()]
    return "\n".join([f"| {key} | {column} |", "|---|---|", *listed])
