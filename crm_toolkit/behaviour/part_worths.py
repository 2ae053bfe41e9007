"""What an offer's parts are worth: utilities of profiles, importance of attributes, willingness to pay.

part-worth            the utility of one level of an attribute
importance            the range of an attribute's part-worths as a share of all ranges; it depends on the levels
willingness to pay    −β_k / β_price: how much dearer an offer may become for one unit more of attribute k

Limits: `choice.LIMITS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crm_toolkit.behaviour.inputs import Floats, given_array, given_number, settle
from crm_toolkit.errors import Problem
from crm_toolkit.schema import near_misses, require_frame
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import join_names, say


@with_kinds_told
def attribute_importance(part_worths: Mapping[str, Any]) -> pd.DataFrame:
    """How much of the whole difference between offers each attribute can make.

    Parameters
    ----------
    part_worths : mapping
        Attribute → its part-worths: a mapping of levels, a sequence, or one number that is the range itself.

    Returns
    -------
    pandas.DataFrame
        ``attribute``, ``range``, ``importance`` (fraction, 1 in all), in the order given.

    Raises
    ------
    InputError
        If a number can't be used, or no attribute makes any difference.

    Notes
    -----
    Importance is a fact of the levels compared, not of the attribute: a wider span of prices makes price more
    important. Ranges of noisy estimates are too large, so an attribute without any effect never shows 0.

    Examples
    --------
    >>> attribute_importance({"brand": 0.78, "price": 0.46, "colour": 0.14})["importance"].round(2).tolist()
    [0.57, 0.33, 0.1]
    """
    problems: list[Problem] = []
    if not isinstance(part_worths, Mapping) or not part_worths:
        problems.append(Problem("too_few", say("`part_worths` must name one attribute or more."), column="part_worths"))
        settle(problems, "attribute_importance")
    ranges = []
    for name, worths in part_worths.items():
        listed = list(worths.values()) if isinstance(worths, Mapping) else worths
        found = given_array(problems, str(name), np.atleast_1d(np.asarray(listed)), low=-1e300, high=1e300)
        if len(found) == 1:
            ranges.append(abs(float(found[0])))
        else:
            ranges.append(float(np.ptp(found)) if len(found) else 0.0)
    if not problems and not sum(ranges):
        what = say("No attribute makes a difference: all ranges are 0.")
        problems.append(Problem("no_spread", what, column="part_worths"))
    settle(problems, "attribute_importance")
    size = np.array(ranges)
    return pd.DataFrame({"attribute": list(part_worths), "range": size, "importance": size / size.sum()})


@with_kinds_told
def willingness_to_pay(coefficients: ArrayLike, price_coefficient: float) -> Floats:
    """What one unit more of an attribute is worth in money: −β_k / β_price.

    Parameters
    ----------
    coefficients : array
        β of the attributes, utility per unit.
    price_coefficient : float
        β of the price, utility per unit of money; below 0.

    Returns
    -------
    numpy.ndarray
        Units of money per unit of the attribute; negative where the attribute repels.

    Raises
    ------
    InputError
        If a number can't be used or the price coefficient is not below 0: then dearer is liked better, or as well, and
        no amount of money makes up for an attribute.

    Examples
    --------
    >>> willingness_to_pay([0.8, -0.2], -0.004)
    array([200., -50.])
    """
    problems: list[Problem] = []
    found = np.atleast_1d(given_array(problems, "coefficients", coefficients, dimensions=(0, 1)))
    price = given_number(problems, "price_coefficient", price_coefficient)
    if price >= 0:
        what = say("`{name}` can't be {value}.", name="price_coefficient", value=repr(price_coefficient))
        why = say("It is not below 0: a higher price would repel nobody, so nothing can be weighed in money.")
        problems.append(Problem("outside_range", what, why, column="price_coefficient"))
    settle(problems, "willingness_to_pay")
    return -found / price


@with_kinds_told
def profile_utilities(profiles: pd.DataFrame, part_worths: Mapping[str, Any]) -> Floats:
    """The utility of offers that are described by levels and numbers.

    Parameters
    ----------
    profiles : pandas.DataFrame
        One row for each offer, a column for each attribute.
    part_worths : mapping
        Attribute → {level: part-worth}, or → one number: utility per unit of a numeric attribute such as the price.

    Returns
    -------
    numpy.ndarray
        One utility for each row.

    Raises
    ------
    InputError
        If a column is missing, a level has no part-worth, or a number is missing.

    Examples
    --------
    >>> offers = pd.DataFrame({"hall": ["small", "large"], "price": [20.0, 30.0]})
    >>> profile_utilities(offers, {"hall": {"small": -0.5, "large": 0.5}, "price": -0.05})
    array([-1.5, -1. ])
    """
    require_frame(profiles, list(part_worths), asked_by="profile_utilities")
    problems: list[Problem] = []
    total = np.zeros(len(profiles))
    for name, worths in part_worths.items():
        if not isinstance(worths, Mapping):
            per_unit = given_number(problems, str(name), worths)
            numbers = given_array(problems, str(name), profiles[name].to_numpy())
            total = total + per_unit * numbers if len(numbers) == len(total) else total
            continue
        known = {level: given_number(problems, f"{name}: {level}", worth) for level, worth in worths.items()}
        strangers = sorted({str(level) for level in profiles[name] if level not in known})
        if strangers:
            what = say("`{name}` has levels without a part-worth: {names}.", name=name, names=join_names(strangers))
            close = near_misses(strangers[0], map(str, known))
            advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
            found = say("Known: {names}.", names=join_names(map(str, known)))
            problems.append(Problem("unknown_level", what, found, advice, column=str(name)))
            continue
        total = total + profiles[name].map(known).to_numpy(dtype=np.float64)
    settle(problems, "profile_utilities")
    return total
