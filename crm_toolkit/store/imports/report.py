"""What an import did, or would do: counts, changes, and every problem by row, column, value and rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count

_PROBLEMS = ("row", "column", "value", "rule", "what")
_SHOWN = 20


@dataclass(frozen=True, repr=False)
class ImportReport:
    """What an import did, or would do.

    Parameters
    ----------
    source : str
        Name of the file.
    entity : {"customers", "contacts", "purchases"}
    dry_run : bool
        Whether nothing was written.
    rows_read : int
        Rows of the file.
    added, changed, unchanged, skipped : int
        Customers, contacts, or orders that are new, changed, there already, or left out.
    problems : DataFrame
        ``row`` (as the user's program counts), ``column`` (field), ``value`` (as it stands), ``rule`` (code), ``what``
        (a sentence).
    changes : DataFrame
        ``row, customer_id, field, before, after``; ``before`` as far as the person may read it.
    notes : tuple of str
        What the reader has to know, of the file and of the import.
    letter : str
        How the file was read (`intake.Report`).
    also : dict of str to int
        Other rows that came with it: lines, payments, products, customers, consents.
    batch_id : int or None
        Key in `import_batches`; None if nothing was written.
    """

    source: str
    entity: str
    dry_run: bool
    rows_read: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    problems: pd.DataFrame = field(default_factory=lambda: problems_frame(()))
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()
    letter: str = ""
    also: dict[str, int] = field(default_factory=dict)
    batch_id: int | None = None

    def __str__(self) -> str:
        head = (say("“{name}” would bring:", name=self.source) if self.dry_run
                else say("“{name}” brought:", name=self.source))  # fmt: skip
        lines = [head, *(f"  {word}: {count}" for word, count in self._counts())]
        lines += [f"  {name}: +{count}" for name, count in self.also.items() if count]
        lines += [f"• {note}" for note in self.notes]
        if len(self.problems):
            lines.append(say_count("{count} problem:", "{count} problems:", len(self.problems)))
            lines += [f"  {said(row)}" for row in self.problems.head(_SHOWN).to_dict("records")]
            if len(self.problems) > _SHOWN:
                lines.append("  …")
        return "\n".join(lines)

    __repr__ = __str__

    def _counts(self) -> list[tuple[str, int]]:
        return [
            (say("rows read"), self.rows_read), (say("would be new") if self.dry_run else say("added"), self.added),
            (say("would be changed") if self.dry_run else say("changed in the store"), self.changed),
            (say("there already"), self.unchanged), (say("left out"), self.skipped),
        ]  # fmt: skip


def problems_frame(problems: Sequence[tuple[int, str, Any, str, str]]) -> pd.DataFrame:
    """Problems as a table, in the order of the file."""
    return pd.DataFrame(sorted(problems, key=lambda one: (one[0], one[1])), columns=list(_PROBLEMS))


def said(row: dict[Any, Any]) -> str:
    """A problem in a line."""
    return say("Row {row}, `{column}`: {what}", row=row["row"], column=row["column"], what=row["what"])


def refusal(name: str, problems: pd.DataFrame) -> InputError:
    """The letter about a file whose rows can't all be imported: alike ones in one paragraph."""
    made = []
    for _, group in problems.groupby(["column", "rule"], sort=False):
        first = group.iloc[0].to_dict()
        more = say_count("And {count} more row like it.", "And {count} more rows like it.", len(group) - 1)
        made.append(Problem(
            str(first["rule"]), said(first), found=more if len(group) > 1 else "", column=str(first["column"]),
            rows=tuple(int(row) for row in group["row"]),
        ))  # fmt: skip
    made[-1] = Problem(**{**made[-1].__dict__, "advice": say("Correct the file, or leave these rows out: {code}.",
                                                             code="skip_problems=True")})  # fmt: skip
    return InputError(say("“{name}” can't be imported yet; nothing was saved.", name=name), made)
