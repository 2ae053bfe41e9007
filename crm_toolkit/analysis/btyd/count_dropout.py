"""The likelihood behind BG/NBD, MBG/NBD and their regular kin (M)BG/CNBD-k: leave after a purchase.

While a customer stays, times between purchases are Erlang-k with a rate λ of their own, λ ~ gamma(r, α); k = 1 is
the Poisson process. After each repeat purchase (in the modified models after the first one, too) he or she
leaves with a probability p of their own, p ~ beta(a, b). With z = 1 for the modified models, else 0:

    L = Γ(r+kx) α^r / Γ(r) · [ stay + leave ]
    leave = B(a+1, b+x-1+z) / B(a, b) · (α+t_x)^-(r+kx)                              (x > 0 or z = 1)
    stay  = B(a, b+x+z) / B(a, b) · Σ_{j<k} Γ(r+kx+j) / (Γ(r+kx) j!) (T-t_x)^j (α+T)^-(r+kx+j)

Fader, Hardie and Lee (2005), Marketing Science 24, 275–284, eq. 6 (k = 1, z = 0); Batislam, Denizel and Filiztekin
(2007), IJRM 24, 201–209 (k = 1, z = 1); Platzer and Reutterer (2016), Marketing Science 35, 779–799 (k > 1). Left out
for k > 1 is what does not depend on the parameters: times between single purchases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_toolkit.analysis.btyd.gamma_function import log_gammas
from crm_toolkit.analysis.btyd.hypergeometric import gauss_function
from crm_toolkit.analysis.btyd.reading import Histories

Floats = NDArray[np.float64]
_CHUNK = 8_192  # rows whose columns fit into a processor's cache


@dataclass(frozen=True)
class Family:
    """Which of the models: ``k`` stages between purchases, ``z`` = 1 if one may leave after the first purchase."""

    k: int = 1
    z: int = 0


def log_likelihood_rows(
    histories: Histories, r: float, alpha: Any, a: Any, b: Any, family: Family
) -> tuple[Floats, dict[str, Floats]]:
    """Log likelihood of every history and its derivatives; ``alpha``, ``a``, ``b`` may differ by history."""
    from scipy.special import gammaln, psi

    k, z = family.k, family.z
    tx, T, which, counts = histories.tx, histories.T, histories.which, histories.counts
    shape = r + k * counts
    alone = np.ndim(a) == 0 and np.ndim(b) == 0  # functions of x alone are made once for every x
    x = counts if alone else histories.x
    spread = (lambda values: values[which]) if alone else (lambda values: values)
    left = (x > 0) | (z == 1)
    after = np.maximum(b + x - 1 + z, 1e-300)
    # ln B(a, b+x+z) - ln B(a, b), and leave / stay of the beta parts: a / (b+x-1+z)
    beta_part = gammaln(a + b) + gammaln(b + x + z) - gammaln(b) - gammaln(a + b + x + z)
    odds = np.where(left, np.log(a) - np.log(after), -np.inf)
    gamma_part = gammaln(shape) - gammaln(r) + r * _log_if_one(alpha)
    power = shape[which]
    longer, shorter = alpha + T, alpha + tx
    log_longer, log_shorter = np.log(longer), np.log(shorter)
    stay, stay_r, stay_alpha = _stay(power, T - tx, longer, log_longer, k)
    leave = spread(odds) - power * log_shorter
    top = np.maximum(stay, leave)
    total = top + np.log(np.exp(stay - top) + np.exp(leave - top))
    share = np.exp(leave - total)  # of having left; the rest has stayed
    value = gamma_part[which] if np.ndim(alpha) == 0 else (gammaln(shape) - gammaln(r))[which] + r * np.log(alpha)
    value = value + spread(beta_part) + total
    common_a = psi(a + b) - psi(a + b + x + z)
    gradient = {
        "r": (psi(shape) - psi(r))[which] + np.log(alpha) + (1 - share) * stay_r - share * log_shorter,
        "alpha": r / alpha + (1 - share) * stay_alpha - share * power / shorter,
        "a": spread(common_a) + share / a,
        "b": spread(common_a + psi(b + x + z) - psi(b)) - share * spread(np.where(left, 1 / after, 0.0)),
    }
    return value, gradient


def log_likelihood_sums(
    histories: Histories, r: float, alpha: float, a: float, b: float, family: Family
) -> tuple[float, Floats, Floats]:
    """Log likelihood of all customers, its gradient and its Hessian by r, α, a, b, the same for everybody.

    What depends on x alone is made once for every x. For the rest, ln(e^stay + e^leave), with the share w of leave and
    d the difference of both gradients, the Hessian is (1-w) H_stay + w H_leave + w (1-w) d dᵀ.
    """
    k, z = family.k, family.z
    counts, people = histories.counts, histories.people
    shape, stays, both = r + k * counts, b + counts + z, a + b + counts + z
    left = (counts > 0) | (z == 1)
    after = np.maximum(b + counts - 1 + z, 1e-300)
    odds = np.where(left, np.log(a) - np.log(after), -np.inf)
    of_b = np.where(left, -1 / after, 0.0)
    size = float(people.sum())
    of_r, of_shape, of_alone, of_all, of_stays, of_both = log_gammas(r, shape, b, a + b, stays, both)
    value = float((people * (of_shape[0] + of_stays[0] - of_both[0])).sum())
    value += size * float(of_all[0] - of_alone[0] - of_r[0] + r * np.log(alpha))
    by_both = size * of_all[1] - (people * of_both[1]).sum()
    by_r = (people * of_shape[1]).sum() - size * (of_r[1] - np.log(alpha))
    gradient = np.array(
        [by_r, size * r / alpha, by_both, by_both + (people * of_stays[1]).sum() - size * of_alone[1]], dtype=np.float64
    )
    bend_both = size * of_all[2] - (people * of_both[2]).sum()
    hessian = np.zeros((4, 4))
    hessian[0, 0] = (people * of_shape[2]).sum() - size * of_r[2]
    hessian[0, 1] = size / alpha
    hessian[1, 1] = -size * r / alpha**2
    hessian[2, 2] = hessian[2, 3] = bend_both
    hessian[3, 3] = bend_both + (people * of_stays[2]).sum() - size * of_alone[2]
    for at in range(0, len(histories.x), _CHUNK):
        part = slice(at, at + _CHUNK)
        which, weight = histories.which[part], histories.weight[part]
        power, of_b_here = shape[which], of_b[which]
        longer, shorter = alpha + histories.T[part], alpha + histories.tx[part]
        log_longer, log_shorter = np.log(longer), np.log(shorter)
        stay = _stay_curved(power, histories.T[part] - histories.tx[part], longer, log_longer, k)
        ahead = odds[which] - power * log_shorter - stay[0]
        small = np.exp(-np.abs(ahead))
        share = np.where(ahead > 0, 1.0, small) / (1 + small)
        value += float((weight * (stay[0] + np.maximum(ahead, 0.0) + np.log1p(small))).sum())
        gone, kept = weight * share, weight * (1 - share)
        mixed, inverse = gone * (1 - share), 1 / shorter
        off = (-log_shorter - stay[1], -power * inverse - stay[2], np.full(len(which), 1 / a), of_b_here)
        gradient += [
            float((kept * stay[1] - gone * log_shorter).sum()),
            float((kept * stay[2] - gone * power * inverse).sum()),
            float(gone.sum()) / a,
            float((gone * of_b_here).sum()),
        ]
        hessian[0, 0] += float((kept * stay[3]).sum())
        hessian[0, 1] += float((kept * stay[4] - gone * inverse).sum())
        hessian[1, 1] += float((kept * stay[5] + gone * power * inverse**2).sum())
        hessian[2, 2] -= float(gone.sum()) / a**2
        hessian[3, 3] += float((gone * of_b_here**2).sum())
        for i in range(4):
            weighed = mixed * off[i]
            for j in range(i, 4):
                hessian[i, j] += float((weighed * off[j]).sum())
    return value, gradient, np.triu(hessian) + np.triu(hessian, 1).T


def _stay_curved(power: Floats, gap: Floats, longer: Floats, log_longer: Floats, k: int) -> tuple[Any, ...]:
    """As `_stay`, with the second derivatives by rr, rα and αα."""
    if k == 1:
        return -power * log_longer, -log_longer, -power / longer, 0.0, -1 / longer, power / longer**2
    logs = stage_logs(power, gap, longer, log_longer, k)
    top = logs.max(axis=0)
    weights = np.exp(logs - top)
    total = weights.sum(axis=0)
    weights /= total
    steps = np.arange(k)[:, None]
    inverse = 1 / (power + steps[:-1])
    nothing = np.zeros((1, len(power)))
    by_r = np.concatenate([nothing, np.cumsum(inverse, axis=0)]) - log_longer
    bend_r = -np.concatenate([nothing, np.cumsum(inverse**2, axis=0)])
    by_alpha = -(power + steps) / longer
    mean_r, mean_alpha = (weights * by_r).sum(axis=0), (weights * by_alpha).sum(axis=0)
    return (
        top + np.log(total),
        mean_r,
        mean_alpha,
        (weights * (bend_r + by_r**2)).sum(axis=0) - mean_r**2,
        (weights * by_r * by_alpha).sum(axis=0) - mean_r * mean_alpha - 1 / longer,
        (weights * by_alpha**2).sum(axis=0) - mean_alpha**2 - mean_alpha / longer,
    )


def _log_if_one(alpha: Any) -> Any:
    return np.log(alpha) if np.ndim(alpha) == 0 else 0.0


def _stay(power: Floats, gap: Floats, longer: Floats, log_longer: Floats, k: int) -> tuple[Floats, Floats, Floats]:
    """Logarithm of the chance of no purchase in ``gap``, with derivatives by r and α; without the beta part."""
    if k == 1:
        return -power * log_longer, -log_longer, -power / longer
    logs = stage_logs(power, gap, longer, log_longer, k)
    top = logs.max(axis=0)
    weights = np.exp(logs - top)
    total = weights.sum(axis=0)
    weights /= total
    steps = np.arange(k).reshape((k,) + (1,) * np.ndim(power))
    risen = np.concatenate([np.zeros((1, *np.shape(power))), np.cumsum(1 / (power + steps[:-1]), axis=0)])
    by_r = (weights * risen).sum(axis=0) - log_longer
    by_alpha = -(weights * (power + steps)).sum(axis=0) / longer
    return top + np.log(total), by_r, by_alpha


def stage_logs(power: Floats, gap: Floats, longer: Floats, log_longer: Floats, k: int) -> Floats:
    """Logarithm of the weight of having passed j = 0 … k-1 stages since the last purchase, one row for each j."""
    with np.errstate(divide="ignore"):
        log_ratio = np.log(gap) - log_longer
    rows = [-power * log_longer]
    for j in range(1, k):
        rows.append(rows[-1] + np.log(power + j - 1) - np.log(j) + log_ratio)
    return np.array(rows)


def alive(x: Floats, tx: Floats, T: Floats, r: Any, alpha: Any, a: Any, b: Any, family: Family) -> Floats:
    """Chance that a customer of that history has not left."""
    k, z = family.k, family.z
    power, longer = r + k * x, alpha + T
    stay = _stay(power, T - tx, longer, np.log(longer), k)[0]
    with np.errstate(divide="ignore"):
        odds = np.log(a) - np.log(np.maximum(b + x - 1 + z, 1e-300)) - power * np.log(alpha + tx) - stay
    if z:
        return 1 / (1 + np.exp(np.minimum(odds, 700.0)))
    return np.where(x > 0, 1 / (1 + np.exp(np.minimum(odds, 700.0))), 1.0)


def purchases_if_alive(
    horizon: Floats, x: Floats, tx: Floats, T: Floats, r: Any, alpha: Any, a: Any, b: Any, family: Family
) -> Floats:
    """Expected purchases in the time after T of a customer who has not left by T.

    For k = 1 in the form that Euler's transformation of the published one gives, c = a+b+x-1+z, q = t/(α+T+t):
    c/(a-1) · [1 - (1-q)^(a-1) ₂F₁(a-1, a+b-1+z-r; c; q)]. Nothing in it grows with x, so it does not overflow.
    """
    if family.k > 1:
        return _purchases_by_stages(horizon, x, tx, T, r, alpha, a, b, family)
    q = horizon / (alpha + T + horizon)
    c = a + b + x - 1 + family.z

    def formula(a: Any, c: Any) -> Floats:
        inner = np.exp((a - 1) * np.log1p(-q)) * gauss_function(a - 1, a + b - 1 + family.z - r, c, q)
        return c / (a - 1) * (1 - inner)

    near_one, near_pole = np.abs(np.asarray(a) - 1) < 1e-5, np.abs(c) < 1e-5
    if np.any(near_one) or np.any(near_pole):  # 0 / 0: the mean of both sides is the limit to 1e-9
        return (formula(a - 1e-4, c - 1e-4) + formula(a + 1e-4, c + 1e-4)) / 2
    return formula(a, c)


def _purchases_by_stages(
    horizon: Floats, x: Floats, tx: Floats, T: Floats, r: Any, alpha: Any, a: Any, b: Any, family: Family
) -> Floats:
    """Sum over the n-th further purchase of the chance that one stays so long and has so many stages by then."""
    from scipy.special import betainc

    k, z = family.k, family.z
    x, tx, T, horizon = np.broadcast_arrays(x, tx, T, horizon)
    power, longer = r + k * x, alpha + T
    logs = stage_logs(power, T - tx, longer, np.log(longer), k)
    weights = np.exp(logs - logs.max(axis=0))
    weights /= weights.sum(axis=0)
    passed = horizon / (longer + horizon)
    result, staying = np.zeros(x.shape), np.ones(x.shape)
    for n in range(1, 100_000):
        reached = sum(weights[j] * betainc(n * k - j, power + j, passed) for j in range(k))  # P(stages >= nk - j)
        term = staying * reached
        result = result + term
        if np.all(term <= 1e-13 * np.maximum(result, 1e-300)):
            break
        staying = staying * (b + x + z + n - 1) / (a + b + x + z + n - 1)
    return result


def count_probability(n: ArrayLike, t: Floats, r: float, alpha: float, a: float, b: float, family: Family) -> Floats:
    """Chance of exactly n repeat purchases of a new customer in a time (k = 1, z = 0: Fader et al., eq. 8)."""
    from scipy.special import betainc, betaln

    k, z = family.k, family.z
    count, t = np.broadcast_arrays(np.asarray(n, dtype=np.float64), np.asarray(t, dtype=np.float64))
    passed = t / (alpha + t)

    def at_least(stages: Floats) -> Floats:
        return np.where(stages > 0, betainc(np.maximum(stages, 1.0), r, passed), 1.0)

    exactly = at_least(count * k) - at_least((count + 1) * k)
    stays = np.exp(betaln(a, b + count + z) - betaln(a, b)) * exactly
    leaves = np.exp(betaln(a + 1, np.maximum(b + count - 1 + z, 1e-12)) - betaln(a, b)) * at_least(count * k)
    return stays + np.where((count > 0) | (z == 1), leaves, 0.0)
