"""A bridge to pymc-marketing: the same customers under its column names, the same model under its letters.

Its classes read ``customer_id, frequency, recency, T`` and call mean money ``monetary_value``; its Gamma-Gamma says v
where the paper says γ. Mind that its default priors do not reproduce published maximum-likelihood tables; flat ones do.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from crm_toolkit.analysis.btyd.bgbb import BGBB
from crm_toolkit.analysis.btyd.bgnbd import BGNBD
from crm_toolkit.analysis.btyd.gamma_gamma import GammaGamma
from crm_toolkit.analysis.btyd.nbd import NBD
from crm_toolkit.analysis.btyd.pareto_nbd import ParetoNBD
from crm_toolkit.analysis.btyd.reading import table_of
from crm_toolkit.analysis.purchases import PurchaseSummary
from crm_toolkit.analysis.ready_summary import require_summary
from crm_toolkit.engines import laid_out, with_named_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import PURCHASE_SUMMARY, require_columns
from crm_toolkit.texts import say

_COLUMNS = ("customer_id", "frequency", "recency", "T", "monetary_value")


def to_pymc_marketing(summary: Any) -> pd.DataFrame:
    """Write a purchase summary under the column names of pymc-marketing.

    Parameters
    ----------
    summary : PurchaseSummary or frame
        ``customer_id, frequency, recency, T, monetary``.

    Returns
    -------
    pandas.DataFrame
        ``customer_id, frequency, recency, T, monetary_value``, in the order of the summary. Its Gamma-Gamma takes
        only rows with ``frequency`` above 0.

    Raises
    ------
    InputError
        If a column is missing or the table can't be a purchase summary.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": [1], "frequency": [2], "recency": [3.0], "T": [5.0], "monetary": [9.5]})
    >>> list(to_pymc_marketing(table))
    ['customer_id', 'frequency', 'recency', 'T', 'monetary_value']
    """
    table = with_named_columns(table_of(summary)[0])
    names = PURCHASE_SUMMARY.column_names
    with laid_out(table, names, asked_by="to_pymc_marketing") as desk:
        require_columns(names, desk.columns, asked_by="to_pymc_marketing")
        require_summary(desk)
        if isinstance(table, pd.DataFrame):
            frame = table[list(names)].reset_index(drop=True)
        else:
            frame = desk.lines.select(*names).collect("pyarrow").to_native().to_pandas()
    return frame.rename(columns={"monetary": "monetary_value"})


def from_pymc_marketing(table: pd.DataFrame, *, unit: str) -> PurchaseSummary:
    """Take a table that pymc-marketing (or lifetimes) has summarised.

    Parameters
    ----------
    table : frame, relation or path
        ``customer_id, frequency, recency, T, monetary_value``. Its time is counted in borders of calendar periods,
        ours in days: the numbers differ a little (see `purchases`).
    unit : {"day", "week", "month"}
        Unit of ``recency`` and ``T``.

    Raises
    ------
    InputError
        If a column is missing or the table can't be a purchase summary.

    Examples
    --------
    >>> table = {"customer_id": [1], "frequency": [2], "recency": [3.0], "T": [5.0], "monetary_value": [9.5]}
    >>> list(from_pymc_marketing(pd.DataFrame(table), unit="week").table)
    ['customer_id', 'frequency', 'recency', 'T', 'monetary']
    """
    table = with_named_columns(table)
    with laid_out(table, _COLUMNS, asked_by="from_pymc_marketing") as desk:
        require_columns(_COLUMNS, desk.columns, asked_by="from_pymc_marketing")
        if isinstance(table, pd.DataFrame):
            frame = table[list(_COLUMNS)].reset_index(drop=True)
        else:
            frame = desk.lines.select(*_COLUMNS).collect("pyarrow").to_native().to_pandas()
    return PurchaseSummary.from_frame(frame.rename(columns={"monetary_value": "monetary"}), unit=unit)


def pymc_marketing_parameters(model: BGNBD | ParetoNBD | GammaGamma | BGBB) -> dict[str, float]:
    """Name the parameters of a model as pymc-marketing does.

    Parameters
    ----------
    model : BGNBD, ParetoNBD, GammaGamma or BGBB
        BG/NBD and MBG/NBD: ``a, b, alpha, r``; Pareto/NBD: ``r, alpha, s, beta``; BG/BB: ``alpha, beta, gamma,
        delta``; Gamma-Gamma: ``p, q, v``.

    Raises
    ------
    InputError
        If there is no such model there.

    Examples
    --------
    >>> pymc_marketing_parameters(GammaGamma(6.25, 3.74, 15.44))
    {'p': 6.25, 'q': 3.74, 'v': 15.44}
    """
    if isinstance(model, NBD) or (isinstance(model, BGNBD) and model.regularity > 1):
        what = say("pymc-marketing has no counterpart of this model.")
        heading = say("`{function}` can't answer this.", function="pymc_marketing_parameters")
        raise InputError(heading, [Problem("no_counterpart", what)])
    values = dict(model.parameters)
    if isinstance(model, GammaGamma):
        values["v"] = values.pop("gamma")
    return values
