"""Hidden traits: what a customer is like, before anything happens.

A trait is a standard normal score: a weighted sum of what is known about the person and of chance, so that
segmentation has something to find and no profile tells everything. `WEIGHTS` is the whole matrix; every number
in it is an assumption. The score becomes a rate, a probability or an elasticity through the quantile function of
its distribution (a Gaussian copula), so with ``profile_matters`` off the published models hold exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.behaviour.diffusion import bass_share, bass_time
from crm_toolkit.behaviour.distributions import beta_quantile, gamma_quantile
from crm_toolkit.streams import Stream

if TYPE_CHECKING:
    from crm_toolkit.world.people.population import People
    from crm_toolkit.world.setting import Scenario

Floats = NDArray[np.float64]

TRAITS = (
    "need", "leaving", "dropout", "spend", "elasticity", "complaint", "channel", "discipline", "response", "bias",
    "acquisition", "enrolment", "method",
)  # fmt: skip

# trait → weight of a profile score (standardised); the rest of the variance is chance. Assumptions.
WEIGHTS: dict[str, dict[str, float]] = {
    "need": {"income": 0.15, "age": -0.05},
    "leaving": {"age": -0.2},
    "spend": {"income": 0.4},
    "elasticity": {"income": -0.35, "children": 0.15},
    "complaint": {"age": 0.1, "income": 0.15},
    "discipline": {"income": 0.25, "age": 0.2},
    "response": {"age": -0.2, "children": 0.1},
    "method": {"age": -0.3},
}


@dataclass(frozen=True)
class Traits:
    """Traits of a block of customers, one value each."""

    ids: NDArray[np.int64]
    score: dict[str, Floats]
    need_rate: Floats
    hazard: Floats
    dropout: Floats
    elasticity: Floats
    response: Floats
    acquired: Floats
    """Weeks from the start to the first order; infinite for those who never come."""

    def in_order_of_coming(self) -> Traits:
        """The same customers, those who come first standing first; ties by number."""
        order = np.lexsort((self.ids, self.acquired))
        score = {name: values[order] for name, values in self.score.items()}
        plain = {field.name: getattr(self, field.name)[order] for field in fields(self) if field.name != "score"}
        return Traits(score=score, **plain)


def traits(
    ids: NDArray[np.int64], people: People | None, scenario: Scenario, *, seed: int, advertising: float
) -> Traits:
    """Draw the traits of customers.

    Parameters
    ----------
    ids : array of int
        Customer numbers.
    people : People, optional
        Their profiles; not needed where ``profile_matters`` is off.
    scenario : Scenario
        Distributions of the traits.
    seed : int
        The world's luck.
    advertising : float
        The policy's factor on the advertising budget: the same person is reached sooner with more of it.
    """
    from scipy.special import ndtri

    drawn = ndtri(Stream(seed, "traits").uniform(ids[:, None], 0, np.arange(len(TRAITS))))
    score = {name: drawn[:, place] for place, name in enumerate(TRAITS)}
    if people is not None and scenario.on("profile_matters"):
        known = {
            "income": people.income_score,
            "age": people.age_score,
            "children": (people.children - 0.8) / 1.05,
        }
        for name, weights in WEIGHTS.items():
            rest = np.sqrt(1.0 - sum(weight**2 for weight in weights.values()))
            mixed = rest * score[name]
            for profile, weight in weights.items():
                mixed = mixed + weight * known[profile]
            score[name] = mixed
    n = len(ids)
    churn = scenario.on("churn")
    spread = scenario["elasticity_sd"]
    return Traits(
        ids=ids,
        score=score,
        need_rate=gamma_quantile(score["need"], scenario["r"], scenario["alpha"]),
        hazard=gamma_quantile(score["leaving"], scenario["s"], scenario["beta"])
        if churn and scenario["s"] > 0
        else np.zeros(n),
        dropout=beta_quantile(score["dropout"], scenario["a"], scenario["b"])
        if churn and scenario["a"] > 0
        else np.zeros(n),
        elasticity=scenario["elasticity"] * np.exp(spread * score["elasticity"] - spread**2 / 2)
        if scenario.on("price_response")
        else np.zeros(n),
        response=scenario["response"] + scenario["response_sd"] * score["response"]
        if scenario.on("campaign_response")
        else np.zeros(n),
        acquired=_acquired(score["acquisition"], scenario, advertising),
    )


def _acquired(score: Floats, scenario: Scenario, advertising: float) -> Floats:
    """When a customer comes: their place in the queue of all, carried through the curve of acquisition."""
    from scipy.special import ndtr

    if not scenario.on("staggered_acquisition") or scenario["acquisition_weeks"] == 0:
        return np.zeros(len(score))
    p, q = scenario["innovation"], scenario["imitation"] if scenario.on("word_of_mouth") else 0.0
    place = ndtr(score) * bass_share(scenario["acquisition_weeks"], p=p, q=q)
    reached = place < 1 - 1e-12
    return np.where(reached, bass_time(np.where(reached, place, 0.5), p=max(p * advertising, 1e-9), q=q), np.inf)
