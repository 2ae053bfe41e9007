"""Which lines make one order: by the numbers of the file, or by customer and moment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_toolkit.intake.dates import Moments
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.texts import say, say_count


def codes_of(values: pa.ChunkedArray) -> np.ndarray:
    """A whole number for each different value; -1 for a missing one."""
    encoded = values.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    return pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def groups_of(orders: pa.ChunkedArray | None, customers: pa.ChunkedArray, moments: Moments | None) -> np.ndarray:
    """A whole number for the lines that belong together, -1 for a line that belongs to nothing known."""
    if orders is not None:
        return codes_of(orders)
    if moments is None:
        return np.full(len(customers), -1)
    who = codes_of(customers)
    moment = moments.values.astype("datetime64[us]").astype(np.int64)
    together, _ = pd.factorize(pd.MultiIndex.from_arrays([who, moment]))
    return np.where(who < 0, -1, together)


def orders_of(
    orders: pa.ChunkedArray | None,
    customers: pa.ChunkedArray,
    moments: Moments,
    findings: Findings,
    rows: np.ndarray,
) -> pa.ChunkedArray:
    """The file's order numbers; without them, one order for each customer and moment."""
    if orders is not None:
        blank = pc.is_null(orders).to_numpy(zero_copy_only=False)
        if not blank.any():
            return orders
        findings.warn(
            "missing_orders",
            say_count(
                "{count} line has no order number and counts as an order of its own ({where}).",
                "{count} lines have no order number and count as orders of their own ({where}).",
                int(blank.sum()),
                where=findings.where(rows[blank]),
            ),
            rows=rows[blank],
        )
        own = pa.chunked_array([pa.array([f"row-{row}" for row in rows], pa.large_string())])
        return pc.if_else(pc.is_null(orders), own, orders.cast(pa.large_string()))
    who = codes_of(customers)
    alone = who < 0
    moment = moments.values.astype("datetime64[us]").astype(np.int64)
    key = pd.MultiIndex.from_arrays([np.where(alone, -1 - np.arange(len(who)), who), moment])
    numbers_, _ = pd.factorize(key)
    findings.warn(
        "no_orders",
        say("There is no column with order numbers: lines of one customer at one time make one order.")
        if moments.has_times
        else say("There is no column with order numbers: lines of one customer on one day make one order."),
    )
    return pc.cast(pa.chunked_array([pa.array(numbers_ + 1)]), pa.large_string())


def note_shared_orders(
    frame: pd.DataFrame, orders: pa.ChunkedArray, customers: pa.ChunkedArray, findings: Findings
) -> None:
    order, who = codes_of(orders), codes_of(customers)
    known = who >= 0
    pairs = pd.DataFrame({"order": order[known], "who": who[known]}).drop_duplicates()
    shared = pairs["order"].duplicated()
    if shared.any():
        count = int(pairs.loc[shared, "order"].nunique())
        at = int(np.flatnonzero(order == int(pairs.loc[shared, "order"].iloc[0]))[0])
        findings.counts["orders_of_several_customers"] = count
        findings.warn(
            "orders_of_several_customers",
            say_count(
                "{count} order number belongs to several customers, such as {example}; it is kept.",
                "{count} order numbers belong to several customers, such as {example}; they are kept.",
                count,
                example=shown(frame["order_id"].iloc[at]),
            ),
        )
    days = frame["ordered_at"].to_numpy().astype("datetime64[D]").astype(np.int64)
    pairs = pd.DataFrame({"order": order, "day": days}).drop_duplicates()
    shared = pairs["order"].duplicated()
    if shared.any():
        count = int(pairs.loc[shared, "order"].nunique())
        at = int(np.flatnonzero(order == int(pairs.loc[shared, "order"].iloc[0]))[0])
        findings.counts["orders_on_several_days"] = count
        findings.warn(
            "orders_on_several_days",
            say_count(
                "{count} order number stands on several days, such as {example}; it is kept.",
                "{count} order numbers stand on several days, such as {example}; they are kept.",
                count,
                example=shown(frame["order_id"].iloc[at]),
            ),
        )
