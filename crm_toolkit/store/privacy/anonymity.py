"""How anonymous a table is: k-anonymity, l-diversity, and how many people a second table names.

Quasi-identifiers are columns that name nobody alone and somebody together, such as age, sex and town. People with the
same values form a class. *k-anonymity* (Sweeney 2002) is the size of the smallest class. It says nothing about what
is learnt when a whole class shares a secret: *l-diversity* (Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam 2007)
counts the different secrets in a class, or exp of their entropy. What an attacker does with a table of names and the
same quasi-identifiers is measured directly by `linkage`.

A missing value is a value like any other here: people without a town are a class of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.contract import require_frame
from crm_toolkit.texts import format_number, mark, say, say_count

SMALLEST_CLASS = Knob(
    "k", 5, 2, 100, 1, mark("Smallest class that counts as safe"), unit=mark("people"), origin="convention",
    reference="cells below 5 are usually held back in published statistics; the number is a choice",
)  # fmt: skip
_CHUNK_CELLS = 4_000_000


@dataclass(frozen=True)
class Anonymity:
    """The classes of a table.

    Parameters
    ----------
    k : int
        Size of the smallest class; 0 in an empty table.
    people : int
        Rows of the table.
    classes : DataFrame
        One row is one class: the quasi-identifiers, ``people``; smallest first.
    asked : int
        The size below which a class counts as small.
    """

    k: int
    people: int
    classes: pd.DataFrame = field(repr=False, compare=False)
    asked: int = 5

    @property
    def sizes(self) -> pd.DataFrame:
        """``class_size, classes, people, share``: how many classes and people there are of each size."""
        counted = self.classes["people"].value_counts().sort_index()
        table = pd.DataFrame({"class_size": counted.index.to_numpy(), "classes": counted.to_numpy()})
        table["people"] = table["class_size"] * table["classes"]
        table["share"] = table["people"] / max(self.people, 1)
        return table

    @property
    def share_below(self) -> float:
        """People in classes smaller than asked, as a share of all; a fraction."""
        small = self.classes.loc[self.classes["people"] < self.asked, "people"].sum()
        return float(small) / self.people if self.people else 0.0

    @property
    def unique(self) -> int:
        """People who are alone in their class."""
        return int((self.classes["people"] == 1).sum())

    def __str__(self) -> str:
        if not self.people:
            return say("The table is empty: there is nobody to be found in it.")
        return say_count(
            "k = {k}: the smallest class has {count} person; {share} of people stand in classes below {asked}.",
            "k = {k}: the smallest class has {count} people; {share} of people stand in classes below {asked}.",
            self.k,
            k=self.k,
            share=format_number(self.share_below, 2),
            asked=self.asked,
        )


def k_anonymity(frame: pd.DataFrame, quasi_identifiers: Sequence[str], *, k: int = 5) -> Anonymity:
    """How small the classes of people with equal quasi-identifiers are.

    Parameters
    ----------
    frame : DataFrame
        One row is one person.
    quasi_identifiers : sequence of str
        Columns that an attacker may know.
    k : int
        Classes smaller than this count as small.

    Returns
    -------
    Anonymity

    Raises
    ------
    InputError
        If a column is missing, none is named, or k is outside its range.

    Examples
    --------
    >>> people = pd.DataFrame({"age": [30, 30, 30, 41], "town": ["A", "A", "A", "B"]})
    >>> meter = k_anonymity(people, ["age", "town"], k=3)
    >>> meter.k, meter.unique, meter.share_below
    (1, 1, 0.25)
    """
    asked = int(SMALLEST_CLASS.check(k))
    names = _columns(quasi_identifiers, frame, "k_anonymity")
    codes, firsts = class_codes(frame, names)
    people = np.bincount(codes, minlength=len(firsts)) if len(frame) else np.zeros(0, dtype=np.int64)
    classes = frame.iloc[firsts][names].reset_index(drop=True)
    classes["people"] = people.astype(np.int64)
    classes = classes.sort_values("people", kind="stable", ignore_index=True)
    return Anonymity(int(people.min()) if len(people) else 0, len(frame), classes, asked)


@dataclass(frozen=True)
class Diversity:
    """How many secrets the classes hold.

    Parameters
    ----------
    distinct : int
        Fewest different values of the sensitive column in a class.
    entropy : float
        Smallest exp(entropy) of a class: the number of equally frequent values with the same uncertainty.
    classes : DataFrame
        One row is one class: the quasi-identifiers, ``people, distinct, entropy``; least diverse first.
    """

    distinct: int
    entropy: float
    classes: pd.DataFrame = field(repr=False, compare=False)


def l_diversity(frame: pd.DataFrame, quasi_identifiers: Sequence[str], sensitive: str) -> Diversity:
    """How much is learnt about somebody whose class is known.

    Parameters
    ----------
    frame : DataFrame
        One row is one person.
    quasi_identifiers : sequence of str
        Columns that an attacker may know.
    sensitive : str
        The column that must not be learnt.

    Returns
    -------
    Diversity

    Raises
    ------
    InputError
        If a column is missing or none is named.

    Examples
    --------
    >>> people = pd.DataFrame({"town": ["A"] * 4 + ["B"] * 2, "illness": ["x", "y", "x", "y", "z", "z"]})
    >>> found = l_diversity(people, ["town"], "illness")
    >>> found.distinct, found.entropy, found.classes["entropy"].tolist()
    (1, 1.0, [1.0, 2.0])
    """
    names = _columns(quasi_identifiers, frame, "l_diversity")
    require_frame(frame, [sensitive], asked_by="l_diversity")
    codes, firsts = class_codes(frame, names)
    classes = frame.iloc[firsts][names].reset_index(drop=True)
    secrets, _ = pd.factorize(frame[sensitive], use_na_sentinel=False)
    counted = pd.DataFrame({"code": codes, "secret": secrets}).groupby(["code", "secret"]).size()
    total = counted.groupby(level="code").sum()
    shares = counted / total.reindex(counted.index.get_level_values("code")).to_numpy()
    uncertainty: pd.Series = (-shares * np.log(shares)).groupby(level="code").sum()
    classes["people"] = total.to_numpy()
    classes["distinct"] = counted.groupby(level="code").size().to_numpy()
    classes["entropy"] = np.round(np.exp(uncertainty.to_numpy()), 9)
    classes = classes.sort_values(["entropy", "people"], kind="stable", ignore_index=True)
    if not len(classes):
        return Diversity(0, 0.0, classes)
    return Diversity(int(classes["distinct"].min()), float(classes["entropy"].iloc[0]), classes)


@dataclass(frozen=True)
class Linkage:
    """What an attacker's table finds in a released one.

    Parameters
    ----------
    rate : float
        Expected share of the attacker's people who are named rightly, a fraction: with m equally near rows the
        attacker draws one of them.
    certain : float
        Share named rightly with one nearest row only, so that the attacker is sure; a fraction.
    wrong : float
        Share named wrongly with one nearest row only: the attacker is sure and mistaken; a fraction.
    people : int
        People in the attacker's table.
    """

    rate: float
    certain: float
    wrong: float
    people: int


def linkage(
    released: pd.DataFrame, attacker: pd.DataFrame, on: Sequence[str], *, person: str, numeric: Sequence[str] = ()
) -> Linkage:
    """Attack a released table with another one that has names and the same quasi-identifiers.

    The attacker takes for everybody the nearest row: unequal values count 1 each, those of ``numeric`` columns the
    difference as a share of the range in both tables. A missing value is unequal to every other one.

    Parameters
    ----------
    released, attacker : DataFrame
        One row is one person; the values of ``on`` are written in the same way in both.
    on : sequence of str
        Quasi-identifiers that both tables have.
    person : str
        A column that says who the row is. In the released table it is the truth kept aside, which the attacker does
        not see: it only marks the attack.
    numeric : sequence of str
        Columns of ``on`` whose values are compared as numbers.

    Returns
    -------
    Linkage

    Raises
    ------
    InputError
        If a column is missing or none is named.

    Examples
    --------
    >>> released = pd.DataFrame({"who": [1, 2, 3], "age": [30, 30, 41]})
    >>> attacker = pd.DataFrame({"who": [1, 3], "age": [30, 41]})
    >>> linkage(released, attacker, ["age"], person="who")
    Linkage(rate=0.75, certain=0.5, wrong=0.0, people=2)
    """
    names = _columns(on, released, "linkage")
    require_frame(attacker, [*names, person], asked_by="linkage")
    require_frame(released, [person], asked_by="linkage")
    if not len(attacker) or not len(released):
        return Linkage(0.0, 0.0, 0.0, len(attacker))
    near = {name for name in numeric if name in names}
    exact = [name for name in names if name not in near]
    together = pd.concat([released[names], attacker[names]], ignore_index=True)
    codes = np.column_stack(
        [pd.factorize(together[name], use_na_sentinel=False)[0] for name in exact] or [np.zeros(len(together), int)]
    )
    values = np.column_stack([_scaled(together[name]) for name in sorted(near)] or [np.zeros(len(together))])
    blank = np.isnan(values)
    truth = pd.factorize(pd.concat([released[person], attacker[person]], ignore_index=True))[0]
    split = len(released)
    nearest = np.zeros(len(attacker))
    right = np.zeros(len(attacker), bool)
    step = max(1, _CHUNK_CELLS // max(1, split))
    for begin in range(0, len(attacker), step):
        here = slice(split + begin, min(split + begin + step, len(together)))
        distance = (codes[here, None, :] != codes[None, :split, :]).sum(axis=2, dtype=np.float64)
        for place in range(values.shape[1]):
            gap = np.abs(values[here, place, None] - values[None, :split, place])
            unknown = blank[here, place, None] | blank[None, :split, place]
            distance += np.where(unknown, 1.0, gap)
        best = distance <= distance.min(axis=1, keepdims=True) + 1e-12
        at = slice(begin, begin + distance.shape[0])
        nearest[at] = best.sum(axis=1)
        right[at] = (best & (truth[here, None] == truth[None, :split])).any(axis=1)
    sure = nearest == 1
    return Linkage(
        rate=float(np.mean(right / nearest)),
        certain=float(np.mean(sure & right)),
        wrong=float(np.mean(sure & ~right)),
        people=len(attacker),
    )


def class_codes(frame: pd.DataFrame, names: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A number for the class of every row, and the first row of every class."""
    if not len(frame):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    columns = [pd.factorize(frame[name], use_na_sentinel=False)[0] for name in names]
    _, firsts, codes = np.unique(np.column_stack(columns), axis=0, return_index=True, return_inverse=True)
    return np.asarray(codes).reshape(-1).astype(np.int64), firsts.astype(np.int64)


def age_bands(born: pd.Series, *, as_of: dt.date, width_years: int = 10) -> pd.Series:
    """Ages in bands of some years in place of dates of birth; missing stays missing.

    >>> age_bands(pd.Series(pd.to_datetime(["1987-05-13", "1993-12-31", None])), as_of=dt.date(2024, 5, 12)).tolist()
    ['30–39', '30–39', nan]
    """
    if isinstance(width_years, bool) or not isinstance(width_years, (int, np.integer)) or width_years < 1:
        what = say("`width_years` must be a whole number of at least 1; found: {value}.", value=width_years)
        raise InputError(say("Ages can't be put into bands."), [Problem("bad_width", what, column="width_years")])
    dates = pd.to_datetime(born)
    before = dates.dt.month * 100 + dates.dt.day > as_of.month * 100 + as_of.day
    low = (as_of.year - dates.dt.year - before) // width_years * width_years
    texts = [np.nan if pd.isna(age) else f"{int(age)}–{int(age) + width_years - 1}" for age in low]
    return pd.Series(texts, index=born.index, name=born.name, dtype=object)


def months(moments: pd.Series) -> pd.Series:
    """The first day of the month in place of a day or a moment.

    >>> months(pd.Series(pd.to_datetime(["2024-05-13 10:15"]))).dt.strftime("%Y-%m-%d").tolist()
    ['2024-05-01']
    """
    return pd.Series(pd.to_datetime(moments).dt.to_period("M").dt.to_timestamp())


def merged_regions(places: pd.Series, regions: Mapping[str, str], *, other: str = "other") -> pd.Series:
    """Regions in place of towns; towns that the mapping does not know become ``other``, missing stays missing.

    >>> merged_regions(pd.Series(["Salem", "Bend", None]), {"Salem": "Oregon"}).tolist()
    ['Oregon', 'other', nan]
    """
    texts = [np.nan if pd.isna(place) else regions.get(place, other) for place in places]
    return pd.Series(texts, index=places.index, name=places.name, dtype=object)


def _scaled(column: pd.Series) -> NDArray[np.float64]:
    """Numbers (or moments) on the scale of their range; missing is NaN."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        values = np.where(column.isna(), np.nan, column.to_numpy().astype("datetime64[s]").astype(np.float64))
    else:
        values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    known = values[~np.isnan(values)]
    width = float(known.max() - known.min()) if len(known) else 0.0
    return values / width if width > 0 else values * 0.0


def _columns(names: Sequence[str], frame: pd.DataFrame, asked_by: str) -> list[str]:
    wanted = [names] if isinstance(names, str) else list(dict.fromkeys(names))
    if not wanted:
        what = say("No quasi-identifier is named.")
        advice = say("Name the columns that an attacker may know, such as age and town.")
        raise InputError(
            say("`{function}` can't measure this table.", function=asked_by),
            [Problem("no_columns", what, advice=advice)],
        )
    require_frame(frame, wanted, asked_by=asked_by)
    return wanted
