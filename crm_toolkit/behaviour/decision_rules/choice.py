"""What a rule of choice returns: what it chose, how it came to it step by step, and what it left undecided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crm_toolkit.texts import format_number, join_names, mark, say

_TOLD = {
    "screened": mark("{attribute} ≥ {threshold}. Pass: {kept}. Fail: {dropped}."),
    "accepted": mark("{attribute} ≥ {threshold} is enough. Reach it: {kept}. Below: {dropped}."),
    "eliminated": mark("{attribute} ≥ {threshold}. Stay: {kept}. Eliminated: {dropped}."),
    "skipped": mark("{attribute} ≥ {threshold} would eliminate all that are left; the step is skipped. Stay: {kept}."),
    "relaxed": mark("{attribute}: nothing that is left reaches the cutoff; it is relaxed to {threshold}. Stay: {kept}. "
                    "Eliminated: {dropped}."),
    "emptied": mark("{attribute} ≥ {threshold}. All that were left are eliminated: {dropped}."),
    "best": mark("{attribute}: the best is {threshold}. Stay: {kept}. Drop out: {dropped}."),
    "within": mark("{attribute}: from {threshold} up no difference is noticed. Stay: {kept}. Drop out: {dropped}."),
    "first": mark("The first that passes, in the order of the table, is taken: {kept}."),
    "exceeds": mark("The one that exceeds a cutoff by the most is taken: {kept}."),
    "summed": mark("Sums: {threshold}."),
    "distances": mark("Distances from the ideal: {threshold}."),
    "pairs": mark("Pairs won, a draw counting one half: {threshold}."),
    "circle": mark("No alternative beats all others in pairs: the comparisons go in a circle or are equal."),
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step of a rule.

    Parameters
    ----------
    kind : str
        What was done: a stable word.
    attribute : str
        By which attribute; empty where by all.
    threshold : str or float
        The number that decided, or a list of numbers as text.
    kept, dropped : tuple of str
        Alternatives after the step, and those that dropped out in it.
    """

    kind: str
    attribute: str = ""
    threshold: float | str = ""
    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The step as a sentence in the reader's language."""
        number = self.threshold if isinstance(self.threshold, str) else format_number(self.threshold)
        return say(_TOLD[self.kind], attribute=self.attribute, threshold=number, kept=_named(self.kept),
                   dropped=_named(self.dropped))  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What a rule chose from a table.

    Parameters
    ----------
    rule : str
        Code of the rule.
    chosen : tuple of str
        One alternative, several, or none, in the order of the table.
    ties : tuple of str
        The alternatives between which the rule can't decide; empty where it decides, and for a screening rule, which
        is meant to return a set.
    steps : tuple of Step
    scores : mapping of str to float or None
        By alternative, for rules that score; for the ideal point they are distances, where less is better.

    Examples
    --------
    >>> Choice("weighted", ("A", "B"), ("A", "B")).decided
    False
    """

    rule: str
    chosen: tuple[str, ...]
    ties: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    scores: Mapping[str, float] | None = None

    @property
    def decided(self) -> bool:
        """Whether exactly one alternative is chosen."""
        return len(self.chosen) == 1

    @property
    def text(self) -> str:
        """The result as a sentence in the reader's language."""
        if not self.chosen:
            return say("Nothing is chosen.")
        if self.ties:
            return say("Undecided between {names}.", names=_named(self.ties))
        if self.decided:
            return say("Chosen: {name}.", name=self.chosen[0])
        return say("Several pass: {names}.", names=_named(self.chosen))

    @property
    def told(self) -> tuple[str, ...]:
        """All steps and the result as sentences."""
        return (*(step.text for step in self.steps), self.text)


def leaders(names: Sequence[str], values: Iterable[float]) -> tuple[str, ...]:
    """The alternatives with the highest value; values that differ by rounding only are equal.

    >>> leaders(("A", "B", "C"), (0.1 + 0.2, 0.3, 0.1))
    ('A', 'B')
    """
    found = np.array([*values], dtype=np.float64)
    top = float(found.max())
    dust = 1e-9 * max(float(np.abs(found).max()), 1e-300)
    return tuple(name for name, value in zip(names, found, strict=True) if value >= top - dust)


def listed(values: Mapping[str, float]) -> str:
    """Numbers by alternative for a sentence, the largest first."""
    ranked = sorted(values.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{name} {format_number(value)}" for name, value in ranked)


def _named(names: Sequence[str]) -> str:
    return join_names(names) if names else say("none")
