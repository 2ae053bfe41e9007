"""Heights and areas of uplift curves, and their bootstrap: the arithmetic behind `uplift_metrics`.

The bootstrap cuts each arm by chance into up to 1,000 groups, adds the groups up by place on the curve, and draws
groups: one pass over the customers, whatever the number of draws. With fewer customers a group is a customer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

MOST_GROUPS = 1_000


def curve_height(kind: str, y1: Any, y0: Any, w1: Any, w0: Any, targeted: Any) -> np.ndarray:
    """The height of a curve from cumulated sums; a group of which nobody is there counts as 0."""
    if kind == "qini":
        return y1 - np.divide(y0 * w1, w0, out=np.zeros_like(y0), where=w0 > 0)
    one = np.divide(y1, w1, out=np.zeros_like(y1), where=w1 > 0)
    return (one - np.divide(y0, w0, out=np.zeros_like(y0), where=w0 > 0)) * targeted


def area_over_line(x: np.ndarray, value: np.ndarray) -> Any:
    """Area over the straight line to the curve's end; along the last axis."""
    inner = (np.diff(x, axis=-1) * (value[..., 1:] + value[..., :-1])).sum(axis=-1) / 2
    return inner - x[..., -1] * value[..., -1] / 2


def is_binary(y: np.ndarray) -> bool:
    return bool(((y == 0) | (y == 1)).all())


def outcome_cells(y: np.ndarray, t: np.ndarray) -> tuple[Any, Any, Any, Any]:
    """Treated and control, those with 1 and with 0."""
    n1, y1, total = t.sum(), (t * y).sum(), y.sum()
    return y1, n1 - y1, total - y1, len(y) - n1 - (total - y1)


def perfect_area(kind: str, cells: tuple[Any, Any, Any, Any]) -> Any:
    """Area of the perfect ranking.

    Treated who answered come first. Qini: then all who did not answer, then control who answered. Uplift curve: then
    control who did not answer, then of the two others the larger group (as scikit-uplift orders them).
    """
    a1, a0, c1, c0 = (np.asarray(cell, dtype="float64") for cell in cells)
    nothing = np.zeros_like(a1)
    if kind == "qini":
        steps = [(a1, nothing, a1, nothing), (nothing, nothing, a0, c0), (nothing, c1, nothing, c1)]
    else:
        last = [(nothing, c1, nothing, c1), (nothing, nothing, a0, nothing)]
        swapped = [[np.where(c1 > a0, one, other) for one, other in zip(*pair, strict=True)]
                   for pair in (last, last[::-1])]  # fmt: skip
        steps = [(a1, nothing, a1, nothing), (nothing, nothing, nothing, c0), *map(tuple, swapped)]
    y1, y0, n1, n0 = (np.cumsum([step[part] for step in steps], axis=0) for part in range(4))
    value = np.moveaxis(curve_height(kind, y1, y0, n1, n0, n1 + n0), 0, -1)
    x = np.moveaxis(n1 + n0, 0, -1)
    start = np.zeros((*x.shape[:-1], 1))
    return area_over_line(np.concatenate([start, x], axis=-1), np.concatenate([start, value], axis=-1))


def grouped_sums(
    y: np.ndarray, t: np.ndarray, w: np.ndarray, bins: np.ndarray, size: int, seed: int
) -> dict[str, np.ndarray]:
    """Sums by random group and bin, for each arm: weights, weighted outcomes, customers.

    Customers are brought into an order of their own first, so that the groups do not depend on the order of rows.
    """
    luck = np.random.default_rng([seed, 1])
    sums = {}
    for arm in (1, 0):
        mine = t == arm
        values, weights, places = y[mine], w[mine], bins[mine]
        if np.ptp(weights) == 0 and is_binary(values):
            order = np.argsort((2 * places + values).astype("int16"), kind="stable")
        else:
            order = np.lexsort((weights, values, places))
        people = len(order)
        groups = min(people, MOST_GROUPS)
        cell = np.empty(people, dtype="int64")
        cell[order] = luck.permutation(people) % groups * size
        cell += places
        for name, part in (("w", weights), ("y", weights * values), ("n", None)):
            counted = np.bincount(cell, weights=part, minlength=groups * size)
            sums[f"{name}{arm}"] = counted.reshape(groups, size).astype("float64")
    return sums


def drawn_sums(sums: dict[str, np.ndarray], times: int, seed: int) -> dict[str, np.ndarray]:
    """The sums of every bootstrap draw: draws by bins.

    The products are sparse ones on purpose: threaded BLAS on small matrices costs many times more on a busy machine.
    """
    from scipy.sparse import csr_array

    luck = np.random.default_rng([seed, 2])
    answer = {}
    for arm in (1, 0):
        groups = len(sums[f"w{arm}"])
        counts = luck.multinomial(groups, np.full(groups, 1 / groups), size=times).astype("float64").T
        for name in ("w", "y", "n"):
            answer[f"{name}{arm}"] = (csr_array(sums[f"{name}{arm}"].T) @ counts).T
    return answer
