"""Choice tasks in order: offers of one task side by side, categories as columns of 0 and 1, what can't be learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import sorting_key
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, say, say_count

MOST_LEVELS = 60
_FLAT = 1e-9  # spread within tasks, as a share of a column's size, below which it is the same everywhere


@dataclass(frozen=True, eq=False)
class Keys:
    """The names of the columns of a table of choices."""

    attributes: tuple[str, ...]
    categories: tuple[str, ...]
    references: Mapping[str, Any]
    levels: Mapping[str, tuple[Any, ...]]
    task: str
    chosen: str
    person: str | None


@dataclass(frozen=True, eq=False)
class Tasks:
    """Choice tasks, sorted; rows of one task stand together.

    Parameters
    ----------
    X : numpy.ndarray
        A row for each offer, a column for each coefficient.
    names : list of str
    plan : tuple
        For each coefficient its column and level (``None`` for a number).
    starts, sizes : numpy.ndarray
        Where each task begins and how many offers it has.
    taken : numpy.ndarray
        Row of the chosen offer of each task.
    person : numpy.ndarray
        Number of each task's person.
    people, left_out, even : int
        ``even`` is how many offers every task has; 0 where they differ.
    references, levels : mapping
    """

    X: np.ndarray
    names: list[str]
    plan: tuple[tuple[str, Any], ...]
    starts: np.ndarray
    sizes: np.ndarray
    taken: np.ndarray
    person: np.ndarray
    people: int
    left_out: int
    even: int
    references: Mapping[str, Any]
    levels: Mapping[str, tuple[Any, ...]]

    @property
    def count(self) -> int:
        """How many tasks there are."""
        return len(self.starts)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Sums over each task's offers."""
        return self._folded(np.add, values)

    def highest(self, values: np.ndarray) -> np.ndarray:
        """The highest value in each task."""
        return self._folded(np.maximum, values)

    def _folded(self, fold: np.ufunc, values: np.ndarray) -> np.ndarray:
        if not self.even:
            return fold.reduceat(values, self.starts, axis=0)
        found = values[:: self.even].copy()
        for place in range(1, self.even):  # several times faster than a reduction over a short axis
            fold(found, values[place :: self.even], out=found)
        return found

    def spread_out(self, values: np.ndarray) -> np.ndarray:
        """A value of each task, given to all its offers."""
        return np.repeat(values, self.sizes, axis=0)

    def within(self) -> np.ndarray:
        """The columns less their task's plain mean: all that choices can be learned from."""
        return self.X - self.spread_out(self.sums(self.X) / self.sizes[:, None])


def read_columns(
    choices: Any, attributes: Sequence[str], categories: Sequence[str], reference: Mapping[str, Any] | None, task: str,
    chosen: str, person: str | None, asked_by: str,
) -> tuple[pd.DataFrame, Keys]:  # fmt: skip
    """The columns of a table of choices, each of its kind, and the levels of its categories."""
    numbers = (attributes,) if isinstance(attributes, str) else tuple(attributes)
    labels = (categories,) if isinstance(categories, str) else tuple(categories)
    heading = say("`{function}` can't fit these choices.", function=asked_by)
    problems = []
    named = [*numbers, *labels, task, chosen, *([person] if person is not None else [])]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        what = say("These columns are named twice: {names}.", names=join_names(twice))
        problems.append(Problem("named_twice", what, column=twice[0]))
    if not numbers and not labels:
        problems.append(Problem("too_few", say("Name one attribute or more."), column="attributes"))
    strangers = [name for name in reference or {} if name not in labels]
    if strangers:
        what = say("`{name}` is not among the categories: {names}.", name=strangers[0], names=join_names(labels))
        problems.append(Problem("unknown_option", what, column="reference"))
    if problems:
        raise InputError(heading, problems)
    wanted = {task: "label", **dict.fromkeys(numbers, "number"), **dict.fromkeys(labels, "label"), chosen: "flag"}
    if person is not None:
        wanted[person] = "label"
    found = brought_home(choices, wanted, asked_by=asked_by)
    levels = {name: tuple(sorted(found[name].dropna().unique().tolist(), key=sorting_key)) for name in labels}
    references = {name: (reference or {}).get(name, every[0] if every else None) for name, every in levels.items()}
    for name, every in levels.items():
        if len(every) > MOST_LEVELS:
            what = say_count("`{name}` has {count} value; as a category {most} can be used.",
                             "`{name}` has {count} values; as a category {most} can be used.", len(every), name=name,
                             most=MOST_LEVELS)  # fmt: skip
            problems.append(Problem("too_many_groups", what, column=name))
        elif every and references[name] not in every:
            what = say("The reference {value} is no level of `{name}`.", value=repr(references[name]), name=name)
            close = near_misses(str(references[name]), map(str, every))
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            seen = say("Levels: {names}.", names=join_names(every))
            problems.append(Problem("unknown_level", what, seen, advice, column=name))
    if problems:
        raise InputError(heading, problems)
    return found, Keys(numbers, labels, references, levels, task, chosen, person)


def read_tasks(found: pd.DataFrame, keys: Keys, missing: str, asked_by: str) -> Tasks:
    """Put the offers of each task together, and refuse tasks that are none."""
    heading = say("`{function}` can't fit these choices.", function=asked_by)
    if missing not in ("refuse", "leave_out"):
        what = say("`{name}` can't be {value}.", name="missing", value=repr(missing))
        allowed = say("Allowed: {names}.", names="'refuse', 'leave_out'")
        raise InputError(heading, [Problem("unknown_option", what, allowed, column="missing")])
    holes = found.isna()
    problems = []
    for name in found.columns:
        count = int(holes[name].sum())
        if count and (missing == "refuse" or name == keys.task):
            what = say_count("{count} value of `{name}` is missing.", "{count} values of `{name}` are missing.", count,
                             name=name)  # fmt: skip
            advice = "" if name == keys.task else say('Fill it in, or leave these tasks out: `missing="leave_out"`.')
            problems.append(Problem("missing_value", what, advice=advice, column=name))
    if problems:
        raise InputError(heading, problems)
    codes = pd.factorize(found[keys.task])[0]
    rows_with_hole = holes.any(axis=1).to_numpy()
    spoiled = np.zeros(codes.max() + 1 if len(codes) else 0, dtype=bool)
    spoiled[codes[rows_with_hole]] = True
    table = found[~spoiled[codes]] if rows_with_hole.any() else found
    if table.empty:
        what = say_count("{count} row, and no whole task.", "{count} rows, and no whole task.", len(found))
        raise InputError(heading, [Problem("empty", what)])
    if len(table) < len(found):
        codes = pd.factorize(table[keys.task])[0]
    picked = table[keys.chosen].to_numpy() == 1
    sizes = np.bincount(codes)
    _require_tasks(sizes, np.bincount(codes[picked], minlength=len(sizes)), keys, heading)
    columns, names, plan = _columns(table, keys)
    order = slice(None) if (np.diff(codes) >= 0).all() else np.argsort(codes, kind="stable")
    starts, taken = np.concatenate([[0], np.cumsum(sizes)[:-1]]), np.flatnonzero(picked[order])
    person, people = np.zeros(len(sizes), dtype="int64"), 0
    if keys.person is not None:
        who = pd.factorize(table[keys.person])[0][order]
        person = who[starts]
        people = int(who.max()) + 1
        mixed = int((who != np.repeat(person, sizes)).sum())
        if mixed:
            what = say_count("{count} offer belongs to another person than the rest of its task.",
                             "{count} offers belong to another person than the rest of their task.", mixed)  # fmt: skip
            raise InputError(heading, [Problem("mixed_person", what, column=keys.person)])
    even = int(sizes[0]) if (sizes == sizes[0]).all() else 0
    return Tasks(columns[order], names, plan, starts, sizes, taken, person, people, int(spoiled.sum()), even,
                 keys.references, keys.levels)  # fmt: skip


def _require_tasks(sizes: np.ndarray, chosen: np.ndarray, keys: Keys, heading: str) -> None:
    problems = []
    alone = int((sizes < 2).sum())
    if alone:
        what = say_count("{count} task has a single offer: nothing was chosen there.",
                         "{count} tasks have a single offer: nothing was chosen there.", alone)  # fmt: skip
        problems.append(Problem("single_offer", what, column=keys.task))
    none, several = int((chosen == 0).sum()), int((chosen > 1).sum())
    if none:
        what = say_count("In {count} task nothing is marked as chosen.",
                         "In {count} tasks nothing is marked as chosen.", none)  # fmt: skip
        advice = say("If people may take none, add an offer “none” to each task.")
        problems.append(Problem("no_choice", what, advice=advice, column=keys.chosen))
    if several:
        what = say_count("In {count} task several offers are marked as chosen.",
                         "In {count} tasks several offers are marked as chosen.", several)  # fmt: skip
        problems.append(Problem("several_choices", what, column=keys.chosen))
    if problems:
        raise InputError(heading, problems)


def _columns(table: pd.DataFrame, keys: Keys) -> tuple[np.ndarray, list[str], tuple[tuple[str, Any], ...]]:
    parts, names, plan = [], [], []
    for name in keys.attributes:
        parts.append(table[name].to_numpy(dtype="float64"))
        names.append(name)
        plan.append((name, None))
    for name in keys.categories:
        for one in keys.levels[name]:
            if one != keys.references[name]:
                parts.append((table[name] == one).to_numpy(dtype="float64"))
                names.append(f"{name}: {one}")
                plan.append((name, one))
    width = np.column_stack(parts) if parts else np.zeros((len(table), 0))
    return width, names, tuple(plan)


def learnable_columns(tasks: Tasks, heading: str) -> tuple[np.ndarray, np.ndarray]:
    """The columns within tasks in units of their spread, and these; refused if choices can't tell them apart."""
    within = tasks.within()
    size = np.maximum(np.abs(tasks.X).max(axis=0), 1e-300)
    flat = np.abs(within).max(axis=0) <= _FLAT * size
    problems = []
    if flat.any():
        names = [name for name, same in zip(tasks.names, flat, strict=True) if same]
        what = say("These are the same for all offers of every task: {names}.", names=join_names(names))
        advice = say("Such a thing can't explain which offer is taken; let it meet an attribute of the offers: "
                     "multiply the two.")  # fmt: skip
        problems.append(Problem("no_contrast", what, advice=advice, column=names[0]))
    moving = within[:, ~flat]
    names = [name for name, same in zip(tasks.names, flat, strict=True) if not same]
    spread = np.sqrt(np.einsum("nk,nk->k", moving, moving) / len(moving))
    moving /= spread
    if moving.shape[1]:
        values, vectors = np.linalg.eigh(moving.T @ moving / len(moving))
        loose = np.flatnonzero(values <= 1e-9)
        if len(loose):
            mixed = np.abs(vectors[:, loose]).max(axis=1) > 1e-4
            both = [name for name, one in zip(names, mixed, strict=True) if one]
            what = say("Some of these add up to another: {names}.", names=join_names(both))
            problems.append(Problem("collinear", what, advice=say("Leave one of them out."), column=both[0]))
    if not problems and tasks.count < len(tasks.names):
        what = say_count("{count} choice for {coefficients} coefficients.",
                         "{count} choices for {coefficients} coefficients.", tasks.count,
                         coefficients=len(tasks.names))  # fmt: skip
        problems.append(Problem("too_few", what))
    if problems:
        raise InputError(heading, problems)
    return moving, spread


def separated_columns(tasks: Tasks, X: np.ndarray) -> list[str]:
    """Columns of a combination in which the chosen offer never loses: without them the maximum is at infinity.

    Found by a linear programme: the largest sum of leads of the chosen offers, none of them below 0, with weights from
    −1 to 1 (Albert, Anderson 1984; Konis 2007).
    """
    from scipy.optimize import linprog

    lead = tasks.spread_out(X[tasks.taken]) - X
    lead = np.unique(np.delete(lead, tasks.taken, axis=0).round(12), axis=0)
    found = linprog(-lead.sum(axis=0), A_ub=-lead, b_ub=np.zeros(len(lead)), bounds=(-1, 1), method="highs")
    if found.status != 0 or -found.fun <= 1e-7:
        return []
    return [name for name, weight in zip(tasks.names, found.x, strict=True) if abs(weight) > 1e-7]
