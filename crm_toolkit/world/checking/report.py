"""What checking a world found: every promise, whether it is kept, and where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_toolkit.texts import format_number, join_names, say, say_count
from crm_toolkit.world.checking.rules import FAMILIES


@dataclass(frozen=True)
class Check:
    """One promise and how it was kept.

    Parameters
    ----------
    family : str
        One of ``files, columns, keys, references, facts, sums, months``.
    name : str
        A stable word for programs and tests, such as ``"orders.amount"``.
    about : str
        The promise, English; `texts.say` translates it with ``values``.
    values : mapping
        What stands in the places of ``about``.
    counted, wrong : int
        Rows that were looked at, and those that break the promise.
    examples : tuple of str
        The first of these.
    """

    family: str
    name: str
    about: str
    values: Mapping[str, Any]
    counted: int
    wrong: int
    examples: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the promise is kept."""
        return self.wrong == 0

    def __str__(self) -> str:
        said = say(self.about, **self.values)
        if self.ok:
            return f"✓ {said}"
        rows = say_count("broken {count} time", "broken {count} times", self.wrong)
        return "\n".join([f"✗ {said}: {rows}", *(f"    {example}" for example in self.examples)])


@dataclass(frozen=True)
class CheckReport:
    """All checks of a world; ``str()`` of it is for people.

    Parameters
    ----------
    checks : tuple of Check
    missing : tuple of str
        Tables that were not there; what is promised about them was not asked.
    """

    checks: tuple[Check, ...]
    missing: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return all(check.ok for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.checks if not check.ok)

    def __str__(self) -> str:
        failed = len(self.failed)
        if failed:
            head = say_count(
                "{count} check, not passed: {failed}.",
                "{count} checks, not passed: {failed}.",
                len(self.checks),
                failed=format_number(failed),
            )
        else:
            head = say_count("{count} check, and it holds.", "{count} checks, and all hold.", len(self.checks))
        lines = [head]
        for family, title in FAMILIES.items():
            here = [check for check in self.checks if check.family == family]
            if here:
                good = sum(check.ok for check in here)
                lines.append(f"  {say(title)}: {format_number(good)} / {format_number(len(here))}")
        if self.missing:
            lines.append(
                "  " + say("not asked, since these tables are missing: {names}", names=join_names(self.missing))
            )
        return "\n".join([*lines, *(str(check) for check in self.failed)])
