"""A decision table: alternatives in rows, evaluative criteria in columns, scores in which more is always better.

Every rule of choice reads the same table. Where less is better (a price, a weight, a wait) the column is turned over
when the table is made, so that no rule has to remember it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.behaviour.decision_rules.kinds import kind_problem
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses, require_columns
from crm_toolkit.texts import join_names, say

Floats = NDArray[np.float64]
Range = tuple[float, float]
MISSING = ("refuse", "drop", "worst")


@dataclass(frozen=True)
class DecisionTable:
    """Alternatives, attributes and scores coded higher = better.

    Parameters
    ----------
    alternatives, attributes : tuple of str
        Names, each once, in the order of rows and columns.
    scores : tuple of tuple of float
        One row per alternative, one number per attribute; more is better.
    ranges : tuple of (float, float), optional
        Lowest and highest possible score of each attribute; by default those that occur.
    notes : tuple of str
        What was done to the table when it was made, such as alternatives left out.

    Raises
    ------
    InputError
        If names repeat or are empty, the shape does not fit, a score is missing or no finite number, or lies outside
        its range; all problems at once.

    Examples
    --------
    >>> table = DecisionTable(("A", "B"), ("price", "comfort"), ((5, 2), (3, 4)), ((1, 5), (1, 5)))
    >>> table.score("B", "comfort")
    4.0
    """

    alternatives: tuple[str, ...]
    attributes: tuple[str, ...]
    scores: tuple[tuple[float, ...], ...]
    ranges: tuple[Range, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = [*_bad_names(self.alternatives, "alternatives"), *_bad_names(self.attributes, "attributes")]
        wrong = kind_problem("ranges", self.ranges, "list")
        if problems or wrong:
            raise InputError(say("This is no decision table."), [*problems, *filter(None, [wrong])])
        rows = _numbers(self.scores)
        shape = (len(self.alternatives), len(self.attributes))
        if rows is None or rows.shape != shape:
            found = "×".join(map(str, rows.shape)) if rows is not None else say("no table of numbers")
            what = say("The scores must have {rows} rows of {columns} numbers.", rows=shape[0], columns=shape[1])
            problems.append(Problem("shape", what, say("Found: {value}.", value=found)))
        if problems:
            raise InputError(say("This is no decision table."), problems)
        assert rows is not None
        for place, column in zip(*np.nonzero(~np.isfinite(rows)), strict=True):
            what = say("{alternative} has no number for {attribute}.", alternative=self.alternatives[place],
                       attribute=self.attributes[column])  # fmt: skip
            advice = say('Fill it in, or say what to do with it: `DecisionTable.from_frame(…, missing="drop")`.')
            problems.append(Problem("missing_score", what, advice=advice, column=self.attributes[column]))
        if problems:
            raise InputError(say("This is no decision table."), problems)
        ranges = tuple(self.ranges) or tuple(zip(rows.min(axis=0).tolist(), rows.max(axis=0).tolist(), strict=True))
        problems = _bad_ranges(ranges, self.attributes, rows)
        if problems:
            raise InputError(say("This is no decision table."), problems)
        settled = {
            "alternatives": tuple(self.alternatives),
            "attributes": tuple(self.attributes),
            "scores": tuple(map(tuple, rows.tolist())),
            "ranges": tuple((float(low), float(high)) for low, high in ranges),
        }
        for name, value in settled.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        alternative: str = "alternative",
        attributes: Sequence[str] | None = None,
        lower_is_better: Iterable[str] = (),
        ranges: Mapping[str, Range] | Range | None = None,
        missing: str = "refuse",
    ) -> DecisionTable:
        """Make a table from a frame with one row per alternative.

        Parameters
        ----------
        frame : pandas.DataFrame
            Names and scores, as they stand in it.
        alternative : str
            Column with the names.
        attributes : sequence of str, optional
            Columns with scores; by default all others.
        lower_is_better : iterable of str
            Columns to turn over: ``low + high - x`` within the range of the column.
        ranges : mapping or (low, high), optional
            Lowest and highest possible score, by attribute or for all; by default those that occur.
        missing : {"refuse", "drop", "worst"}
            What becomes of an empty cell: the table is refused, the alternative is left out, or the cell counts as the
            worst score of its attribute ("what I can't learn I expect to be bad": a convention).

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"alternative": ["A", "B"], "price": [900, 1200], "comfort": [2, 4]})
        >>> DecisionTable.from_frame(frame, lower_is_better=["price"]).scores
        ((1200.0, 2.0), (900.0, 4.0))
        """
        kinds = (("frame", frame, "frame"), ("alternative", alternative, "text"), ("attributes", attributes, "names"),
                 ("lower_is_better", lower_is_better, "names"), ("missing", missing, "text"))  # fmt: skip
        wrong = [kind_problem(*one) for one in kinds if not (one[1] is None and one[0] == "attributes")]
        if any(wrong):
            raise InputError(say("This is no decision table."), filter(None, wrong))
        require_option("missing", missing, MISSING)
        there = [str(name) for name in frame.columns]
        require_columns([alternative, *(attributes or ())], there, asked_by="DecisionTable.from_frame")
        names = list(attributes) if attributes is not None else [one for one in frame.columns if one != alternative]
        turned = list(lower_is_better)
        unknown = unknown_names(turned, names, what=say("`lower_is_better` names an attribute that is not there."))
        given = ranges if isinstance(ranges, Mapping) else {} if ranges is None else dict.fromkeys(names, ranges)
        unknown += unknown_names(given, names, what=say("`ranges` names an attribute that is not there."))
        unknown += [problem for name, pair in given.items() for problem in _bad_range(str(name), pair)]
        rows = _numbers(frame[names].to_numpy(dtype=object))
        if rows is None:
            unknown.append(Problem("no_numbers", say("The scores must be numbers."),
                                   say("Columns taken as scores: {names}.", names=join_names(names)),
                                   say("Name the columns: `attributes=[…]`.")))  # fmt: skip
        if unknown or rows is None:
            raise InputError(say("This is no decision table."), unknown)
        people = [str(one) for one in frame[alternative]]
        notes: tuple[str, ...] = ()
        empty = np.isnan(rows)
        if missing == "drop" and empty.any():
            kept = np.asarray(~empty.any(axis=1))
            left = join_names(name for name, stays in zip(people, kept, strict=True) if not stays)
            notes = (say("Left out, because a score is missing: {names}.", names=left),)
            people, rows = [name for name, stays in zip(people, kept, strict=True) if stays], rows[kept]
            empty = empty[kept]
        bounds = _bounds(names, rows, ranges)
        for column, name in enumerate(names):
            low, high = bounds[column]
            if name in turned:
                rows[:, column] = low + high - rows[:, column]
            if missing == "worst" and empty[:, column].any():
                rows[empty[:, column], column] = low
                notes = (*notes, say("Missing scores of {attribute} count as the worst.", attribute=name))
        return cls(tuple(people), tuple(names), tuple(map(tuple, rows.tolist())), bounds, notes)

    @property
    def matrix(self) -> Floats:
        """The scores as an array, alternatives in rows."""
        return np.asarray(self.scores, dtype=np.float64).reshape(len(self.alternatives), len(self.attributes))

    def score(self, alternative: str, attribute: str) -> float:
        """One score."""
        return self.scores[self.alternatives.index(alternative)][self.attributes.index(attribute)]

    def column(self, attribute: str) -> dict[str, float]:
        """The scores of one attribute by alternative."""
        place = self.attributes.index(attribute)
        return {name: row[place] for name, row in zip(self.alternatives, self.scores, strict=True)}

    def range_of(self, attribute: str) -> Range:
        """Lowest and highest possible score of an attribute."""
        return self.ranges[self.attributes.index(attribute)]

    def only(self, alternatives: Iterable[str]) -> DecisionTable:
        """The table with some of its alternatives, in its own order and with its own ranges."""
        wrong = kind_problem("alternatives", alternatives, "names")
        if wrong:
            raise InputError(say("The table can't be narrowed."), [wrong])
        wanted = set(alternatives)
        bad = unknown_names(wanted, self.alternatives, what=say("There is no such alternative."))
        if bad:
            raise InputError(say("The table can't be narrowed."), bad)
        kept = [place for place, name in enumerate(self.alternatives) if name in wanted]
        return replace(self, alternatives=tuple(self.alternatives[place] for place in kept),
                       scores=tuple(self.scores[place] for place in kept))  # fmt: skip

    def scaled(self) -> DecisionTable:
        """The same table with every attribute from 0 (worst possible) to 1 (best possible).

        Weighted sums mean something only on comparable scales: a price in roubles would drown a mark out of five.
        An attribute without a spread becomes 0.

        Examples
        --------
        >>> DecisionTable(("A", "B"), ("price",), ((900,), (1200,)), ((0, 1500),)).scaled().scores
        ((0.6,), (0.8,))
        """
        low, high = np.asarray(self.ranges, dtype=np.float64).T
        rows = (self.matrix - low) / np.where(high > low, high - low, 1.0)
        return replace(self, scores=tuple(map(tuple, rows.tolist())), ranges=((0.0, 1.0),) * len(self.attributes))

    def renamed(self, attributes: Mapping[str, str]) -> DecisionTable:
        """The table with other names of its attributes, such as those of the reader's language."""
        return replace(self, attributes=tuple(attributes.get(name, name) for name in self.attributes))


def require_option(name: str, value: object, allowed: Sequence[str]) -> None:
    """Refuse a word that is no option."""
    if not isinstance(value, str) or value not in allowed:
        raise unknown_option(name, value, allowed)


def unknown_option(name: str, value: object, allowed: Sequence[str]) -> InputError:
    """The letter about a word that is no option."""
    close = near_misses(str(value), allowed)
    advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
    return InputError(
        say("`{name}` can't be {value}.", name=name, value=repr(value)),
        [Problem("unknown_option", say("Possible: {names}.", names=", ".join(allowed)), advice=advice, column=name)],
    )


def unknown_names(names: Iterable[str], known: Sequence[str], *, what: str) -> list[Problem]:
    """One problem for each name that is not known, with the likely slip."""
    problems = []
    for name in names:
        if name not in known:
            close = near_misses(str(name), map(str, known))
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            found = say("`{name}`; the table has: {known}.", name=name, known=join_names(known))
            problems.append(Problem("unknown_name", what, found, advice, column=str(name)))
    return problems


def _bad_names(names: Sequence[str], kind: str) -> list[Problem]:
    if kind_problem(kind, names, "names") or not all(name.strip() for name in names):
        return [Problem("bad_name", say("`{kind}` must be texts, none of them empty.", kind=kind))]
    if not names:
        return [Problem("empty", say("`{kind}` is empty.", kind=kind))]
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if not twice:
        return []
    return [Problem("name_twice", say("`{kind}` has a name twice: {names}.", kind=kind, names=join_names(twice)))]


def _numbers(rows: Any) -> Floats | None:
    """The rows as numbers, empty cells as NaN; nothing where they are no numbers."""
    try:
        cells = [[_cell(cell) for cell in row] for row in rows]
        made = np.array(cells, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return made if made.ndim == 2 else None


def _cell(cell: Any) -> float:
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return float("nan")
    if isinstance(cell, str | bool | np.bool_):
        raise TypeError(cell)
    return float(cell)


def _bad_ranges(ranges: Sequence[Range], attributes: Sequence[str], rows: Floats) -> list[Problem]:
    if len(ranges) != len(attributes):
        return [Problem("shape", say("There must be one range for each attribute."))]
    problems = []
    for column, (name, pair) in enumerate(zip(attributes, ranges, strict=True)):
        wrong = _bad_range(name, pair)
        problems += wrong
        low, high = (0.0, 0.0) if wrong else pair
        if not wrong and (rows[:, column].min() < low or rows[:, column].max() > high):
            what = say("A score of {attribute} lies outside its range.", attribute=name)
            found = say("Range: {low} to {high}.", low=low, high=high)
            problems.append(Problem("outside_range", what, found, column=name))
    return problems


def _bad_range(name: str, pair: Any) -> list[Problem]:
    try:
        low, high = (_cell(end) for end in pair)
    except (TypeError, ValueError, OverflowError):
        low, high = float("nan"), float("nan")
    if np.isfinite([low, high]).all() and low <= high:
        return []
    what = say("The range of {attribute} must be two numbers, the lower one first.", attribute=name)
    return [Problem("bad_range", what, column=name)]


def _bounds(names: Sequence[str], rows: Floats, ranges: Mapping[str, Range] | Range | None) -> tuple[Range, ...]:
    seen = [(float(np.nanmin(one)), float(np.nanmax(one))) if np.isfinite(one).any() else (0.0, 0.0) for one in rows.T]
    if ranges is None:
        return tuple(seen)
    if isinstance(ranges, Mapping):
        return tuple(ranges.get(name, occurring) for name, occurring in zip(names, seen, strict=True))
    return (ranges,) * len(names)
