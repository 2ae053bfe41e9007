"""Customer lifetime value: what the coming purchases are worth today, and by which convention.

    CLV = E[M] · margin · Σ over purchases to come of (1 + d)^-(time to it in years)

with the expected purchases of a model of this room and the average spend of Gamma-Gamma. When a purchase is
discounted is a convention that moves the result by some per cent, so it has a name, `TIMING`:

moment          every purchase at its own moment (an integral; the default)
month_start     purchases of a month as if made at its beginning
month_middle    … in its middle
month_end       … at its end: what the packages lifetimes and pymc-marketing do

A month is 30.4375 days. The first purchase lies in the past and is not counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.btyd.bgbb import BGBB
from crm_toolkit.analysis.btyd.bgnbd import BGNBD
from crm_toolkit.analysis.btyd.gamma_gamma import GammaGamma
from crm_toolkit.analysis.btyd.nbd import NBD
from crm_toolkit.analysis.btyd.pareto_nbd import ParetoNBD
from crm_toolkit.analysis.btyd.reading import Floats, is_numeric, require_numbers, table_of
from crm_toolkit.analysis.btyd.special import unit_nodes
from crm_toolkit.analysis.btyd.times import checked_history, checked_times
from crm_toolkit.analysis.purchases import UNIT_DAYS
from crm_toolkit.engines import laid_out, with_named_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import require_columns
from crm_toolkit.texts import join_names, say

PurchaseModel = BGNBD | ParetoNBD | NBD

TIMING = ("moment", "month_start", "month_middle", "month_end")
_YEAR_DAYS = 365.25


def customer_forecast(model: Any, summary: Any, *, horizon: float) -> pd.DataFrame:
    """Say of every customer whether he or she is still there and how much will be bought.

    Parameters
    ----------
    model : BGNBD, ParetoNBD, NBD or BGBB
        With parameters in the unit of the summary.
    summary : PurchaseSummary or frame
        ``customer_id``, ``frequency``, ``recency``, ``T``.
    horizon : float
        Time after the end of observation, in the model's units.

    Returns
    -------
    pandas.DataFrame
        One row per customer in the order of the summary: ``customer_id``, ``probability_alive`` (0 to 1),
        ``expected_purchases`` (in ``horizon``).

    Raises
    ------
    InputError
        If a column is missing, a history can't be, units differ, or ``horizon`` is negative.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": ["a", "b"], "frequency": [2, 0], "recency": [30.43, 0], "T": 38.86})
    >>> print(customer_forecast(BGNBD(0.243, 4.414, 0.793, 2.426), table, horizon=39).round(3).to_string(index=False))
    customer_id  probability_alive  expected_purchases
              a              0.727               1.226
              b              1.000               0.195
    """
    asked_by = "customer_forecast"
    ids, (x, tx, T) = _customers(model, summary, ("frequency", "recency", "T"), asked_by)
    (unique, back) = _unique(x, tx, T)
    alive = np.asarray(model.probability_alive(*unique))[back]
    expected = np.asarray(model.conditional_expected_purchases(horizon, *unique))[back]
    return pd.DataFrame({"customer_id": ids, "probability_alive": alive, "expected_purchases": expected})


def customer_lifetime_value(
    model: PurchaseModel,
    spend: GammaGamma,
    summary: Any,
    *,
    margin: float,
    horizon_months: float | None = 12.0,
    annual_discount_rate: float = 0.15,
    timing: str = "moment",
) -> pd.DataFrame:
    """Say of every customer what the purchases to come are worth today.

    Parameters
    ----------
    model : BGNBD, ParetoNBD or NBD
        Purchases, with a known unit of time.
    spend : GammaGamma
        Money of a purchase.
    summary : PurchaseSummary or frame
        ``customer_id``, ``frequency``, ``recency``, ``T``, ``monetary``.
    margin : float
        Contribution margin as a fraction of the money, above 0, at most 1. It has no default: nobody but the firm
        knows it.
    horizon_months : float or None
        How far to look, in months of 30.4375 days; ``None`` for ever (``timing="moment"`` only).
    annual_discount_rate : float
        Fraction per year: money a year away is worth 1 / (1 + rate) today. Convention by default: 0.15.
    timing : {"moment", "month_start", "month_middle", "month_end"}
        When a purchase is discounted; for the last three ``horizon_months`` must be whole.

    Returns
    -------
    pandas.DataFrame
        One row per customer in the order of the summary: ``customer_id``, ``probability_alive``,
        ``expected_purchases`` (in the horizon, not discounted; left out for ever), ``expected_average_spend``
        (currency units), ``discounted_purchases``, ``clv`` (currency units of today). ``.attrs`` names the convention.

    Raises
    ------
    InputError
        If a column is missing, a history can't be, the unit is unknown, an option is out of range, or a rate of 0
        meets an endless horizon.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). RFM and CLV: Using Iso-Value Curves for Customer Base
    Analysis. Journal of Marketing Research 42 (4), 415–430.

    Examples
    --------
    >>> from crm_toolkit.analysis import PurchaseSummary
    >>> table = pd.DataFrame(
    ...     {"customer_id": ["a"], "frequency": [2], "recency": [30.43], "T": [38.86], "monetary": [22.35]}
    ... )
    >>> model, spend = BGNBD(0.243, 4.414, 0.793, 2.426, unit="week"), GammaGamma(6.25, 3.74, 15.44)
    >>> value = customer_lifetime_value(model, spend, PurchaseSummary.from_frame(table), margin=0.3)
    >>> print(value[["expected_purchases", "expected_average_spend", "clv"]].round(2).to_string(index=False))
     expected_purchases  expected_average_spend   clv
                   1.56                   24.66 10.85
    """
    asked_by = "customer_lifetime_value"
    _check_options(model, margin, horizon_months, annual_discount_rate, timing, asked_by)
    columns = ("frequency", "recency", "T", "monetary")
    ids, (x, tx, T, money) = _customers(model, summary, columns, asked_by)
    unique, back = _unique(x, tx, T)
    month = UNIT_DAYS["month"] / UNIT_DAYS[str(model.unit)]  # in the model's units
    force = np.log1p(annual_discount_rate) * UNIT_DAYS[str(model.unit)] / _YEAR_DAYS  # per unit
    alive = np.asarray(model.probability_alive(*unique))
    table = {"customer_id": ids, "probability_alive": alive[back]}
    if horizon_months is None:
        discounted = discounted_expected_residual_transactions(model, *unique, discount_rate=float(force))
    else:
        horizon = horizon_months * month
        table["expected_purchases"] = np.asarray(model.conditional_expected_purchases(horizon, *unique))[back]
        discounted = _discounted(model, unique, horizon_months, month, float(force), timing)
    average = np.asarray(spend.expected_average_spend(x, money))
    table |= {"expected_average_spend": average, "discounted_purchases": discounted[back]}
    table["clv"] = margin * average * discounted[back]
    frame = pd.DataFrame(table)
    frame.attrs["convention"] = {
        "margin": margin,
        "horizon_months": horizon_months,
        "annual_discount_rate": annual_discount_rate,
        "timing": timing,
    }
    return frame


def discounted_expected_residual_transactions(
    model: PurchaseModel, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike, *, discount_rate: float
) -> Floats:
    """DERT: all purchases still to come, each discounted from its moment to the end of observation.

    Parameters
    ----------
    model : BGNBD, ParetoNBD or NBD
        Purchases.
    frequency, recency, T : floats or arrays
        As in a `PurchaseSummary`, in its unit.
    discount_rate : float
        Continuously compounded, per unit of time, above 0: 15 % a year are ln 1.15 / 52.18 = 0.0027 a week.

    Returns
    -------
    array
        In purchases: times the average spend and the margin it is residual lifetime value.

    Raises
    ------
    InputError
        If a history can't be or the rate is not above 0.

    References
    ----------
    Fader, Hardie and Lee (2005), Journal of Marketing Research 42, 415–430, eq. 2 for Pareto/NBD. For the other
    models the integral of the same definition.

    Examples
    --------
    >>> model = ParetoNBD(r=0.5534, alpha=10.5802, s=0.60606, beta=11.65622, unit="week")
    >>> print(discounted_expected_residual_transactions(model, 26, 30.86, 31, discount_rate=0.0027).round(2))
    86.04
    """
    if not (np.isfinite(discount_rate) and discount_rate > 0):
        what = say("`{name}` must be above 0, not {value}.", name="discount_rate", value=discount_rate)
        problem = Problem("outside_range", what, column="discount_rate")
        raise InputError(say("The model can't answer this."), [problem])
    x, tx, age = checked_history(frequency, recency, T)
    if isinstance(model, NBD):
        return np.asarray(model.conditional_expected_purchases(1.0, x, tx, age)) / discount_rate
    # ∫ e^-δu dE(u) = ∫_0^1 E(-ln(w) / δ) dw; with w = v^3 the end at infinity is smooth enough
    nodes, weights = unit_nodes(96)
    alive = np.asarray(model.probability_alive(x, tx, age))
    total = np.zeros(x.shape)
    for node, weight in zip(nodes, weights, strict=True):
        ahead = -3.0 * np.log(node) / discount_rate
        total = total + weight * 3 * node**2 * _if_alive(model, ahead, x, tx, age)
    return alive * total


def _discounted(
    model: PurchaseModel, history: list[Floats], months: float, month: float, force: float, timing: str
) -> Floats:
    """Discounted purchases within a horizon by the convention asked for."""
    alive = np.asarray(model.probability_alive(*history))
    if timing == "moment":  # by parts: e^-δH E(H) + δ ∫ e^-δu E(u) du
        horizon = months * month
        nodes, weights = unit_nodes(16)
        total = np.exp(-force * horizon) * _if_alive(model, horizon, *history)
        for node, weight in zip(nodes, weights, strict=True):
            u = horizon * node**2  # purchases come thick at first
            total = total + force * weight * 2 * node * horizon * np.exp(-force * u) * _if_alive(model, u, *history)
        return alive * total
    shift = {"month_start": 0.0, "month_middle": 0.5, "month_end": 1.0}[timing]
    before, total = np.zeros(len(alive)), np.zeros(len(alive))
    for number in range(round(months)):
        bought = _if_alive(model, (number + 1) * month, *history)
        total = total + (bought - before) * np.exp(-force * (number + shift) * month)
        before = bought
    return alive * total


def _if_alive(model: PurchaseModel, ahead: float, x: Floats, tx: Floats, age: Floats) -> Floats:
    if isinstance(model, NBD):
        return np.asarray(model.conditional_expected_purchases(ahead, x, tx, age))
    if isinstance(model, ParetoNBD):
        return np.asarray(model.purchases_if_alive(ahead, x, age))
    return np.asarray(model.purchases_if_alive(ahead, x, tx, age))


def _unique(*columns: Floats) -> tuple[list[Floats], NDArray[np.intp]]:
    """Different histories, sorted, and which of them every customer has."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:  # places among the column's own values, put together to one number
        place, found = pd.factorize(column, sort=True)
        if len(key) and int(key.max()) * len(found) >= 2**62:
            key = pd.factorize(key, sort=True)[0]
        key = key * len(found) + place
    which, fresh = pd.factorize(key, sort=True)
    first = np.empty(len(fresh), dtype=np.intp)
    first[which[::-1]] = np.arange(len(which))[::-1]
    return [column[first] for column in columns], which


def _customers(model: Any, summary: Any, columns: tuple[str, ...], asked_by: str) -> tuple[Any, list[Floats]]:
    """Identifiers and numbers of the customers, in the order of the table where it has one."""
    if not isinstance(model, (BGNBD, ParetoNBD, NBD, BGBB)):
        what = say("A model of kind `{kind}` was given.", kind=type(model).__name__)
        raise InputError(say("`{function}` can't answer this.", function=asked_by), [Problem("unknown_kind", what)])
    table, unit = table_of(summary)
    needed = ("customer_id", *columns)
    table = with_named_columns(table)
    if isinstance(table, pd.DataFrame):
        require_columns(needed, tuple(table.columns), asked_by=asked_by)
        frame = table[list(needed)]
    else:
        with laid_out(table, needed, asked_by=asked_by) as desk:
            require_columns(needed, desk.columns, asked_by=asked_by)
            frame = desk.lines.select(*needed).collect("pyarrow").to_native().to_pandas()
    if unit is not None and model.unit is not None and unit != model.unit:
        what = say("The model counts time in `{model}`, the summary in `{summary}`.", model=model.unit, summary=unit)
        raise InputError(say("`{function}` can't answer this.", function=asked_by), [Problem("other_unit", what)])
    require_numbers([name for name in columns if not is_numeric(frame[name])], asked_by)
    numbers = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in columns]
    checked_times(**dict(zip(columns, numbers, strict=True)))
    checked_history(*numbers[:3])
    return frame["customer_id"].to_numpy(), numbers


def _check_options(model: Any, margin: float, months: float | None, rate: float, timing: str, asked_by: str) -> None:
    problems = []
    if isinstance(model, BGBB):
        what = say("A model of kind `{kind}` counts occasions, not time.", kind="BGBB")
        problems.append(Problem("unknown_kind", what))
    elif getattr(model, "unit", None) not in UNIT_DAYS and isinstance(model, PurchaseModel):
        what = say("The model's unit of time is unknown.")
        advice = say('Estimate it from `PurchaseSummary.from_frame(table, unit="week")`, or name the `unit`.')
        problems.append(Problem("unknown_unit", what, advice=advice))
    if not 0 < margin <= 1:
        what = say("`margin` is a fraction of the money, above 0 and at most 1, not {value}.", value=margin)
        problems.append(Problem("outside_range", what, column="margin"))
    if not (np.isfinite(rate) and rate >= 0):
        what = say("`annual_discount_rate` is a fraction, 0 or more, not {value}.", value=rate)
        problems.append(Problem("outside_range", what, column="annual_discount_rate"))
    if timing not in TIMING:
        what = say("`timing` can be: {names}.", names=join_names(map(repr, TIMING)))
        problems.append(Problem("unknown_option", what, column="timing"))
    if months is None:
        if rate == 0:
            what = say("For ever, purchases must be discounted: `annual_discount_rate` above 0.")
            problems.append(Problem("outside_range", what, column="annual_discount_rate"))
        if timing in TIMING[1:]:
            what = say('An endless horizon has no months: take `timing="moment"`.')
            problems.append(Problem("unknown_option", what, column="timing"))
    elif not (np.isfinite(months) and months > 0):
        what = say("`horizon_months` must be above 0, not {value}.", value=months)
        problems.append(Problem("outside_range", what, column="horizon_months"))
    elif timing in TIMING[1:] and months != round(months):
        what = say('`horizon_months` must be whole unless `timing="moment"`, not {value}.', value=months)
        problems.append(Problem("outside_range", what, column="horizon_months"))
    if problems:
        raise InputError(say("`{function}` can't answer this.", function=asked_by), problems)
