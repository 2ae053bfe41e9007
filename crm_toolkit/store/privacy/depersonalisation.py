"""Depersonalisation: five methods on one table, what each leaves to find and what each costs in use.

replacement by identifiers   names and telephones become pseudonyms; the key that leads back is kept apart
change of composition        columns are left out or made coarser
distortion                   noise on numbers, rounding
shuffling                    the values of a column change places between people
deletion                     rare people are cut out, cell by cell or row by row

The five names are those of a draft of the Russian supervisor (Roskomnadzor) as reported in March 2025; a draft may
have changed since. Whether a table counts as depersonalised is for the law to say: check the version in force.

Risk is the share of people whom `linkage` names; loss is the root mean square error of segment means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema.contract import require_frame
from crm_toolkit.store.privacy.anonymity import SMALLEST_CLASS, class_codes, k_anonymity, linkage
from crm_toolkit.store.privacy.pseudonyms import check_key, pseudonym
from crm_toolkit.streams import Stream
from crm_toolkit.texts import format_date, format_number, mark, say

Coarser = Callable[[pd.Series], pd.Series]

METHODS: dict[str, str] = {
    "nothing": mark("nothing done"),
    "identifiers": mark("replacement by identifiers"),
    "composition": mark("change of composition"),
    "distortion": mark("distortion"),
    "shuffling": mark("shuffling"),
    "deletion": mark("deletion"),
}
"""Code of a method → its name for the reader, marked."""


def legal_note() -> str:
    """What the law says about depersonalisation, with the date of the statement, in the reader's language.

    >>> "check the version in force" in legal_note()
    True
    """
    import datetime as dt

    return say(
        "State of knowledge: {date}, from secondary sources. Since 1 September 2025 Russian law (152-FZ, article 13.1) "
        "has a frame of its own for depersonalised data; the methods and the duties are set by orders that change. "
        "This is no legal advice: check the version in force.",
        date=format_date(dt.date(2025, 9, 1), "long"),
    )


def replace_identifiers(
    frame: pd.DataFrame, columns: Mapping[str, str], *, key: bytes
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Replacement by identifiers: pseudonyms in place of what names a person, and the way back apart from them.

    Parameters
    ----------
    frame : DataFrame
        The table; it stays untouched.
    columns : mapping of str to str
        Column → kind of its values, as in `pseudonyms.pseudonym`.
    key : bytes
        At least 32 bytes, secret.

    Returns
    -------
    released : DataFrame
        A copy with pseudonyms; missing values stay missing.
    reference : DataFrame
        ``column, pseudonym, value``: to be kept apart, or destroyed.

    Raises
    ------
    InputError
        If a column is missing, a kind is unknown, or the key is weak.

    Examples
    --------
    >>> frame = pd.DataFrame({"phone": ["8 900 111-22-33", None], "age": [30, 41]})
    >>> released, reference = replace_identifiers(frame, {"phone": "phone"}, key=bytes(range(32)))
    >>> released["age"].tolist(), len(released["phone"][0]), reference["value"].tolist()
    ([30, 41], 64, ['8 900 111-22-33'])
    """
    require_frame(frame, columns, asked_by="replace_identifiers")
    check_key(key)
    released = frame.copy()
    parts = []
    for name, kind in columns.items():
        made = {value: pseudonym(value, key=key, kind=kind) or None for value in frame[name].dropna().unique()}
        released[name] = pd.Series([made.get(value) for value in frame[name]], index=frame.index, dtype=object)
        known = [(name, token, value) for value, token in made.items() if token]
        parts.append(pd.DataFrame(known, columns=["column", "pseudonym", "value"]))
    return released, pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def change_composition(
    frame: pd.DataFrame,
    *,
    drop: Sequence[str] = (),
    coarser: Mapping[str, Coarser] | None = None,
) -> pd.DataFrame:
    """Change of composition: columns left out, values made coarser.

    Parameters
    ----------
    frame : DataFrame
        The table; it stays untouched.
    drop : sequence of str
        Columns to leave out.
    coarser : mapping of str to function, optional
        Column → what makes it coarser, such as `anonymity.age_bands`.

    Returns
    -------
    DataFrame

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["a"], "age": [34]})
    >>> change_composition(frame, drop=["name"], coarser={"age": lambda age: age // 10 * 10}).to_dict("records")
    [{'age': 30}]
    """
    made = dict(coarser or {})
    require_frame(frame, [*drop, *made], asked_by="change_composition")
    released = frame.drop(columns=list(drop))
    for name, change in made.items():
        if name in released.columns:
            released[name] = change(frame[name])
    return released


def distort(
    frame: pd.DataFrame,
    *,
    noise: Mapping[str, float] | None = None,
    rounding: Mapping[str, float] | None = None,
    seed: int | str,
) -> pd.DataFrame:
    """Distortion: normal noise on numbers, then rounding.

    Parameters
    ----------
    frame : DataFrame
        The table; it stays untouched.
    noise : mapping of str to float, optional
        Column → standard deviation of the noise as a share of the column's own.
    rounding : mapping of str to float, optional
        Column → what its values become multiples of, in the column's unit.
    seed : int or str
        The same seed makes the same noise.

    Returns
    -------
    DataFrame
        A copy; missing values stay missing.

    Raises
    ------
    InputError
        If a column is missing or no number, or a share or a step is not positive; all at once.

    Examples
    --------
    >>> distort(pd.DataFrame({"age": [34, 36, 58]}), rounding={"age": 5}, seed=7)["age"].tolist()
    [35.0, 35.0, 60.0]
    """
    noise, rounding = dict(noise or {}), dict(rounding or {})
    require_frame(frame, dict.fromkeys([*noise, *rounding]), asked_by="distort")
    problems = [
        Problem(
            "bad_strength", say("`{column}`: a positive number is needed; found: {value}.", column=name, value=size)
        )
        for name, size in [*noise.items(), *rounding.items()]
        if isinstance(size, bool) or not isinstance(size, (int, float)) or not 0 < size < float("inf")
    ]
    problems += [
        Problem("no_numbers", say("The column `{column}` holds no numbers.", column=name), column=name)
        for name in dict.fromkeys([*noise, *rounding])
        if not pd.api.types.is_numeric_dtype(frame[name].dtype) or pd.api.types.is_bool_dtype(frame[name].dtype)
    ]
    if problems:
        raise InputError(say("The table can't be distorted."), problems)
    released = frame.copy()
    for name in dict.fromkeys([*noise, *rounding]):
        values = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        if name in noise and len(values):
            spread = float(np.nanstd(values)) if not np.isnan(values).all() else 0.0
            luck = Stream(seed, f"distort {name}").normal(0.0, 1.0, np.arange(len(values)))
            values = values + noise[name] * spread * luck
        if name in rounding:
            values = np.rint(values / rounding[name]) * rounding[name]
        released[name] = np.round(values, 2)
    return released


def shuffle_values(
    frame: pd.DataFrame, columns: Sequence[str], *, within: Sequence[str] = (), seed: int | str
) -> pd.DataFrame:
    """Shuffling: the values of each column change places between rows, each column by a luck of its own.

    Parameters
    ----------
    frame : DataFrame
        The table; it stays untouched.
    columns : sequence of str
        Columns to shuffle; every column keeps its values and their number.
    within : sequence of str
        Only rows with equal values of these columns change places.
    seed : int or str
        The same seed makes the same order.

    Returns
    -------
    DataFrame

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"town": ["A", "A", "B", "B"], "income": [1, 2, 3, 4]})
    >>> shuffled = shuffle_values(frame, ["income"], within=["town"], seed=3)
    >>> sorted(shuffled["income"][:2].tolist()), sorted(shuffled["income"])
    ([1, 2], [1, 2, 3, 4])
    """
    require_frame(frame, dict.fromkeys([*columns, *within]), asked_by="shuffle_values")
    released = frame.copy()
    group = class_codes(frame, list(within))[0] if within else np.zeros(len(frame), dtype=np.int64)
    home = np.lexsort((np.arange(len(frame)), group))
    for name in columns:
        luck = Stream(seed, f"shuffle {name}").uniform(np.arange(len(frame)))
        away = np.lexsort((luck, group))
        mixed = frame[name].take(away).set_axis(frame.index.take(home))
        released[name] = mixed.reindex(frame.index) if frame.index.is_unique else _by_place(frame[name], away, home)
    return released


def _by_place(column: pd.Series, away: np.ndarray, home: np.ndarray) -> pd.Series:
    source = np.empty(len(column), dtype=np.int64)
    source[home] = away
    return column.take(source).set_axis(column.index)


def delete_rare(
    frame: pd.DataFrame, quasi_identifiers: Sequence[str], *, k: int = 5, cells: Sequence[str] = ()
) -> pd.DataFrame:
    """Deletion: people in classes smaller than k lose cells first, and their row if that is not enough.

    Parameters
    ----------
    frame : DataFrame
        The table; it stays untouched.
    quasi_identifiers : sequence of str
        Columns that an attacker may know.
    k : int
        Smallest class that may stay.
    cells : sequence of str
        Columns whose cells are emptied, in this order, before a row is cut out; none: rows at once.

    Returns
    -------
    DataFrame
        A copy with `k_anonymity` of at least k, or empty.

    Raises
    ------
    InputError
        If a column is missing or k is outside its range.

    Examples
    --------
    >>> frame = pd.DataFrame({"age": [30, 30, 41, 42], "town": ["A"] * 4})
    >>> len(delete_rare(frame, ["age", "town"], k=2))
    2
    >>> delete_rare(frame, ["age", "town"], k=2, cells=["age"])["age"].tolist()
    [30.0, 30.0, nan, nan]
    """
    asked = int(SMALLEST_CLASS.check(k))
    names = list(quasi_identifiers)
    require_frame(frame, dict.fromkeys([*names, *cells]), asked_by="delete_rare")
    released = frame.copy()
    for name in cells:
        released[name] = released[name].mask(_rare(released, names, asked))
    while len(released) and (rare := _rare(released, names, asked)).any():
        released = released[~rare]
    return released


def _rare(frame: pd.DataFrame, names: list[str], k: int) -> np.ndarray:
    codes, _ = class_codes(frame, names)
    return np.bincount(codes)[codes] < k if len(codes) else np.zeros(0, bool)


@dataclass(frozen=True)
class MethodComparison:
    """Five methods on one table.

    Parameters
    ----------
    table : DataFrame
        One row is one method: ``method`` (a code of `METHODS`), ``rows`` that are left, ``k`` (smallest class on the
        quasi-identifiers that are left), ``share_below_k``, ``reidentified`` (expected share of all people named by
        linkage), ``utility_loss`` (RMSE of the segment means, in the unit of the value), ``relative_loss`` (the same
        as a share of the value's mean).
    segment, value : str
        The column of segments and the value whose means are wanted.
    """

    table: pd.DataFrame
    segment: str
    value: str

    def __str__(self) -> str:
        lines = []
        for row in self.table.itertuples():
            lines.append(
                say(
                    "{method}: named {risk}, loss {loss}, k = {k}, rows {rows}",
                    method=say(METHODS[row.method]),  # type: ignore[index]
                    risk=format_number(float(row.reidentified), 3),  # type: ignore[arg-type]
                    loss=format_number(float(row.utility_loss), 2),  # type: ignore[arg-type]
                    k=row.k,
                    rows=row.rows,
                )
            )
        return "\n".join(lines)


def compare_methods(
    frame: pd.DataFrame,
    *,
    person: str,
    quasi_identifiers: Sequence[str],
    segment: str,
    value: str,
    key: bytes,
    seed: int | str,
    k: int = 5,
    coarser: Mapping[str, Coarser] | None = None,
    noise_share: float = 0.5,
) -> MethodComparison:
    """Do all five methods to one table and measure risk and loss of each.

    Where nothing is done, the table itself names everybody. Otherwise the attacker knows the true quasi-identifiers and
    names of everybody in it, and how values were made coarser; numbers and dates are attacked by the nearest value.
    Distortion puts noise on the value, too; shuffling moves all quasi-identifiers, the segment among them if it is one.

    Parameters
    ----------
    frame : DataFrame
        The table; it stays untouched.
        One row is one person.
    person : str
        The column with the person's own key; it never stands in the released table.
    quasi_identifiers : sequence of str
        Columns that an attacker may know.
    segment : str
        The column whose segments are compared; may be a quasi-identifier.
    value : str
        A column of numbers: its mean in every segment is what the table is used for.
    key : bytes
        Secret key of the pseudonyms.
    seed : int or str
        Seed of noise and shuffling.
    k : int
        For the deletion, and for ``share_below_k``.
    coarser : mapping of str to function, optional
        For the change of composition; quasi-identifiers without a function are left out, except the segment.
    noise_share : float
        Noise as a share of a column's standard deviation, for the distortion.

    Returns
    -------
    MethodComparison

    Raises
    ------
    InputError
        If a column is missing, the value holds no numbers, or the key is weak.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": range(8), "age": [30, 30, 31, 31, 60, 61, 62, 63], "town": ["A", "B"] * 4})
    >>> frame["spent"] = [10.0, 12.0, 9.0, 11.0, 30.0, 31.0, 29.0, 33.0]
    >>> found = compare_methods(
    ...     frame,
    ...     person="who",
    ...     quasi_identifiers=["age", "town"],
    ...     segment="town",
    ...     value="spent",
    ...     key=bytes(range(32)),
    ...     seed=7,
    ...     k=2,
    ...     coarser={"age": lambda age: age // 10 * 10},
    ... )
    >>> found.table.loc[:1, ["method", "reidentified", "utility_loss"]].values.tolist()
    [['nothing', 1.0, 0.0], ['identifiers', 1.0, 0.0]]
    """
    names = list(dict.fromkeys(quasi_identifiers))
    require_frame(frame, dict.fromkeys([person, *names, segment, value]), asked_by="compare_methods")
    if not pd.api.types.is_numeric_dtype(frame[value].dtype):
        what = say("The column `{column}` holds no numbers.", column=value)
        raise InputError(say("The methods can't be compared."), [Problem("no_numbers", what, column=value)])
    frame = frame.reset_index(drop=True)
    numbers = [name for name in names if _is_number(frame[name])]
    made = dict(coarser or {})
    dropped = [name for name in names if name not in made and name != segment]
    pseudonyms, _ = replace_identifiers(frame, {person: "text"}, key=key)
    composed = change_composition(frame, drop=dropped, coarser=made)
    attacker = change_composition(frame, drop=dropped, coarser=made)
    noisy = {name: noise_share for name in [*numbers, value] if pd.api.types.is_numeric_dtype(frame[name].dtype)}
    releases: list[tuple[str, pd.DataFrame, pd.DataFrame]] = [
        ("nothing", frame, frame),
        ("identifiers", pseudonyms.assign(**{person: frame[person]}), frame),
        ("composition", composed, attacker),
        ("distortion", distort(frame, noise=noisy, seed=seed), frame),
        ("shuffling", shuffle_values(frame, names, seed=seed), frame),
        ("deletion", delete_rare(frame, names, k=k), frame),
    ]
    rows: list[dict[str, Any]] = []
    for method, released, known in releases:
        left = [name for name in names if name in released.columns]
        near = [name for name in numbers if name in left and _is_number(released[name])]
        found = linkage(released, known, left, person=person, numeric=near) if left else None
        meter = k_anonymity(released, left, k=k) if left else None
        loss = segment_loss(frame, released, segment=segment, value=value)
        rows.append(
            {
                "method": method,
                "rows": len(released),
                "k": meter.k if meter else len(released),
                "share_below_k": meter.share_below if meter else 0.0,
                "reidentified": 1.0 if method == "nothing" else found.rate if found else 1 / max(len(released), 1),
                "utility_loss": loss,
                "relative_loss": loss / abs(frame[value].mean()) if frame[value].mean() else float("nan"),
            }
        )
    return MethodComparison(pd.DataFrame(rows), segment, value)


def segment_loss(original: pd.DataFrame, released: pd.DataFrame, *, segment: str, value: str) -> float:
    """Root mean square error of the segment means that the released table gives, in the unit of the value.

    A segment that the released table no longer knows gets the mean of the coarser segments into which its people
    went (rows are the same people by their index), or the mean of all where they are gone.

    >>> original = pd.DataFrame({"town": ["A", "A", "B"], "spent": [1.0, 3.0, 5.0]})
    >>> segment_loss(original, original.assign(spent=[1.0, 3.0, 9.0]), segment="town", value="spent")
    2.8284271247461903
    """
    wanted = original.groupby(segment, observed=True)[value].mean()
    if not len(wanted):
        return 0.0
    overall = float(released[value].mean()) if len(released) else 0.0
    if segment not in released.columns:
        return float(np.sqrt(np.mean((wanted - overall) ** 2)))
    means = released.groupby(segment, observed=True)[value].mean()
    came = original[segment].reindex(released.index).to_numpy()
    went = pd.Series(means.reindex(released[segment]).to_numpy(), dtype="float64").groupby(came, observed=True).mean()
    guess = [means.get(name, went.get(name, overall)) for name in wanted.index]
    errors = wanted.to_numpy() - np.nan_to_num(np.array(guess, dtype=np.float64), nan=overall)
    return float(np.sqrt(np.mean(errors**2)))


def _is_number(column: pd.Series) -> bool:
    numeric = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    return bool(numeric or pd.api.types.is_datetime64_any_dtype(column.dtype))
