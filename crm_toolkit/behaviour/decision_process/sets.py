"""The sets of information search: what a person knows of, considers, rejects, or does not care about.

awareness set   all alternatives that the person knows: evoked + inept + inert
evoked set      those considered (a part of it may be inspected closely)
inept set       known and found unworthy
inert set       known, neither good nor bad enough to think about
unawareness     all that exist and are not known

The names are the Hawkins–Best–Coney textbook's, after Narayana and Markin 1975 (from memory, not checked).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crm_toolkit.behaviour.decision_rules.kinds import kind_problem
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say, say_count

STANDINGS = {
    "evoked": mark("evoked set"),
    "inept": mark("inept set"),
    "inert": mark("inert set"),
    "unaware": mark("not known"),
}


@dataclass(frozen=True)
class SearchSets:
    """Alternatives by what the person thinks of them; each stands in exactly one set.

    Parameters
    ----------
    evoked, inept, inert, unaware : tuple of str
        Names.

    Raises
    ------
    InputError
        If a name stands in two sets, or is empty.

    Examples
    --------
    >>> sets = SearchSets.from_standings({"North": "evoked", "South": "inept", "West": "evoked", "East": "unaware"})
    >>> sets.awareness, sets.evoked_share
    (('North', 'West', 'South'), 0.6666666666666666)
    """

    evoked: tuple[str, ...] = ()
    inept: tuple[str, ...] = ()
    inert: tuple[str, ...] = ()
    unaware: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        wrong = [kind_problem(name, getattr(self, name), "list") for name in STANDINGS]
        if any(wrong):
            raise InputError(say("These are no search sets."), filter(None, wrong))
        for name in STANDINGS:
            object.__setattr__(self, name, tuple(getattr(self, name)))
        every = [*self.awareness, *self.unaware]
        if not all(isinstance(name, str) and name.strip() for name in every):
            problem = Problem("bad_name", say("Every alternative needs a name."))
            raise InputError(say("These are no search sets."), [problem])
        problems = []
        twice = sorted({str(name) for name in every if every.count(name) > 1})
        if twice:
            what = say("An alternative stands in exactly one set; twice: {names}.", names=join_names(twice))
            problems.append(Problem("name_twice", what))
        if problems:
            raise InputError(say("These are no search sets."), problems)

    @classmethod
    def from_standings(cls, standings: Mapping[str, str]) -> SearchSets:
        """Make the sets from a standing by alternative: one of `STANDINGS`."""
        wrong = kind_problem("standings", standings, "numbers")
        if wrong:
            raise InputError(say("These are no search sets."), [wrong])
        problems = []
        for name, standing in standings.items():
            if not isinstance(standing, str) or standing not in STANDINGS:
                close = near_misses(str(standing), STANDINGS)
                what = say("{name}: there is no set `{standing}`.", name=name, standing=standing)
                found = say("Possible: {names}.", names=", ".join(STANDINGS))
                advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
                problems.append(Problem("unknown_option", what, found, advice, column=str(name)))
        if problems:
            raise InputError(say("These are no search sets."), problems)
        sorted_in = {one: tuple(name for name, standing in standings.items() if standing == one) for one in STANDINGS}
        return cls(**sorted_in)

    @property
    def awareness(self) -> tuple[str, ...]:
        """All that is known."""
        return (*self.evoked, *self.inept, *self.inert)

    @property
    def evoked_share(self) -> float:
        """Share of the known alternatives that are considered; 0 where nothing is known."""
        return len(self.evoked) / len(self.awareness) if self.awareness else 0.0

    def doubts(self, chosen: str | None = None, inspected: Iterable[str] = ()) -> tuple[str, ...]:
        """What does not fit together, as sentences: a choice from outside the evoked set, an empty set."""
        told = []
        if not self.evoked:
            told.append(say("The evoked set is empty: nothing was considered."))
        if chosen is not None and chosen not in self.evoked:
            told.append(say("{name} was chosen without standing in the evoked set: how did it come to be considered?",
                            name=chosen))  # fmt: skip
        strange = [name for name in inspected if name not in self.awareness]
        if strange:
            told.append(say("Inspected but not known: {names}.", names=join_names(strange)))
        return tuple(told)

    @property
    def text(self) -> str:
        """The sizes of the sets as a sentence."""
        known = say_count("{count} alternative is known", "{count} alternatives are known", len(self.awareness))
        return say("{known}: evoked {evoked}, inept {inept}, inert {inert}.", known=known, evoked=len(self.evoked),
                   inept=len(self.inept), inert=len(self.inert))  # fmt: skip
