"""The decision as stages that are left at a rate: Engel, Kollat and Blackwell's process as hazards.

need → search → evaluation → purchase → consumption → post-evaluation → divestment

A person at stage s goes on at the rate λ_s exp(β_s'x) per unit of time and gives up at the rate γ_s, whichever comes
first; x are covariates (involvement, a reminder). The stay is then exponential with the mean 1/(λ + γ), the chance of
going on is λ/(λ + γ), and the shares of people at each stage after a time are a matrix exponential. Rates are estimated
from a log by `analysis.fit_stage_rates`.

The stages are those of Engel, Blackwell and Miniard's editions (from memory, not checked against the source); hazards
are our reading, not theirs. Limits: stages overlap and are gone back to in life; a constant rate has no memory of how
long one has been searching; sizes are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crm_toolkit.behaviour.checks import Floats, Given
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import join_names, mark, say

LIMITS = mark(
    "Stages overlap and are gone back to in life; the model lets people pass each of them once, in one order."
)
STAGES = ("need", "search", "evaluation", "purchase", "consumption", "post_evaluation", "divestment")
STAGE_LABELS = {
    "need": mark("need recognition"),
    "search": mark("search for information"),
    "evaluation": mark("evaluation of alternatives"),
    "purchase": mark("purchase"),
    "consumption": mark("consumption"),
    "post_evaluation": mark("post-consumption evaluation"),
    "divestment": mark("divestment"),
    "given_up": mark("given up"),
}
GIVEN_UP = "given_up"


@dataclass(frozen=True)
class StagedDecision:
    """Rates of leaving each stage.

    Parameters
    ----------
    onward : mapping of str to float
        Stage → rate of going on to the next, per unit of time, above 0; of every stage but the last. The order of the
        stages is that of ``stages``.
    given_up : mapping of str to float
        Stage → rate of giving up, from 0; by default 0.
    effects : mapping of str to mapping of str to float
        Stage → covariate → logarithm of the factor on the rate of going on, for one unit of the covariate.
    stages : tuple of str
        In order.

    Raises
    ------
    InputError
        If a stage has no rate, a name is unknown, or a number lies outside its range; all at once.

    Examples
    --------
    >>> model = StagedDecision(
    ...     {"search": 0.5, "evaluation": 0.25}, {"search": 0.5}, stages=("search", "evaluation", "buy")
    ... )
    >>> print(model.table().to_string(index=False))
         stage  rate  given_up_rate  chance_onward  mean_time  reached
        search  0.50            0.5            0.5        1.0      1.0
    evaluation  0.25            0.0            1.0        4.0      0.5
           buy  0.00            0.0            0.0        0.0      0.5
    """

    onward: Mapping[str, float]
    given_up: Mapping[str, float] = field(default_factory=dict)
    effects: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    stages: tuple[str, ...] = STAGES

    def __post_init__(self) -> None:
        given = Given("StagedDecision")
        left = self.stages[:-1]
        if len(self.stages) < 2 or len({*self.stages, GIVEN_UP}) <= len(self.stages):
            given.add("wrong_stages", say("A decision needs two stages or more, each named once."), column="stages")
        given.names("onward", self.onward, left)
        given.names("given_up", self.given_up, left)
        given.names("effects", self.effects, left)
        absent = [stage for stage in left if stage not in self.onward]
        if absent:
            given.add("no_rate", say("These stages have no rate: {names}.", names=join_names(absent)), column="onward")
        for stage, rate in self.onward.items():
            given.number(str(stage), rate, above=0.0)
        for stage, rate in self.given_up.items():
            given.number(str(stage), rate, low=0.0)
        for stage, effects in self.effects.items():
            for name, size in effects.items():
                given.number(f"{stage}: {name}", size, low=-50, high=50)
        given.refuse_if_wrong()

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of all covariates, in the order in which they are first named."""
        return tuple(dict.fromkeys(name for effects in self.effects.values() for name in effects))

    def rates(self, people: pd.DataFrame) -> Floats:
        """Rates of going on: a row for each person, a column for each stage but the last."""
        rates = np.empty((len(people), len(self.stages) - 1))
        for place, stage in enumerate(self.stages[:-1]):
            pull = sum((size * people[name].to_numpy(dtype="float64") for name, size in
                        self.effects.get(stage, {}).items()), start=np.zeros(len(people)))  # fmt: skip
            rates[:, place] = self.onward[stage] * np.exp(pull)
        return rates

    def table(self, **covariates: float) -> pd.DataFrame:
        """Stage by stage for a person with these covariates (those not named are 0).

        Returns
        -------
        pandas.DataFrame
            ``stage``, ``rate`` and ``given_up_rate`` (per unit of time), ``chance_onward``, ``mean_time`` (of the
            stay), ``reached`` (share of all that ever comes to the stage). The last stage is never left.

        Raises
        ------
        InputError
            If a covariate is unknown or no finite number.
        """
        rate = self.rates(self._one(covariates, "table"))[0]
        quits = np.array([float(self.given_up.get(stage, 0.0)) for stage in self.stages[:-1]])
        chance = rate / (rate + quits)
        return pd.DataFrame(
            {
                "stage": self.stages,
                "rate": np.r_[rate, 0.0],
                "given_up_rate": np.r_[quits, 0.0],
                "chance_onward": np.r_[chance, 0.0],
                "mean_time": np.r_[1 / (rate + quits), 0.0],
                "reached": np.r_[1.0, np.cumprod(chance)],
            }
        )

    def shares(self, times: ArrayLike, **covariates: float) -> pd.DataFrame:
        """Shares of people like this at each stage after a time, all of whom begin at the first stage at time 0.

        Returns
        -------
        pandas.DataFrame
            ``time``, a column for each stage, and ``given_up``; rows add up to 1.

        Raises
        ------
        InputError
            If a time is negative, or a covariate is unknown or no finite number.
        """
        from scipy.linalg import expm

        given = Given("shares")
        moments = given.array("times", times, dimensions=1, low=0.0)
        given.refuse_if_wrong()
        rate = self.rates(self._one(covariates, "shares"))[0]
        count = len(self.stages)
        generator = np.zeros((count + 1, count + 1))
        for place, stage in enumerate(self.stages[:-1]):
            quits = float(self.given_up.get(stage, 0.0))
            generator[place, place + 1], generator[place, count] = rate[place], quits
            generator[place, place] = -rate[place] - quits
        moved = expm(generator[None] * moments[:, None, None])[:, 0, :]
        found = pd.DataFrame(np.clip(moved, 0.0, 1.0), columns=[*self.stages, GIVEN_UP])
        found.insert(0, "time", np.asarray(times))
        return found

    def _one(self, covariates: Mapping[str, float], asked_by: str) -> pd.DataFrame:
        given = Given(asked_by)
        given.names("covariates", covariates, self.covariates)
        values = {name: [given.number(name, covariates.get(name, 0.0), low=-1e6, high=1e6)] for name in self.covariates}
        given.refuse_if_wrong()
        return pd.DataFrame(values, index=[0])


@with_kinds_told
def draw_journeys(model: StagedDecision, people: Any, *, until: float, rng: np.random.Generator) -> pd.DataFrame:
    """Draw journeys through the stages, seen for a time.

    Parameters
    ----------
    model : StagedDecision
        Whose rates hold.
    people : int or pandas.DataFrame
        How many people, or one row for each with the covariates.
    until : float
        When observation ends, above 0; everybody begins at the first stage at time 0.
    rng : numpy.random.Generator
        The luck.

    Returns
    -------
    pandas.DataFrame
        One row for each stay: ``person_id`` (from 0), ``stage``, ``entered`` (time), ``duration``, ``next`` (the next
        stage, ``"given_up"``, or missing if observation ended first), and the covariates. The last stage is not left,
        so it is no stay.

    Raises
    ------
    InputError
        If a covariate is missing or has gaps, or a number lies outside its range.

    Examples
    --------
    >>> model = StagedDecision({"search": 0.5, "evaluation": 0.25}, stages=("search", "evaluation", "buy"))
    >>> stays = draw_journeys(model, 2, until=3.0, rng=np.random.default_rng(1))
    >>> print(stays.round(2).to_string(index=False))
     person_id      stage  entered  duration       next
             0     search     0.00      2.15 evaluation
             0 evaluation     2.15      0.46        buy
             1     search     0.00      0.62 evaluation
             1 evaluation     0.62      2.38       <NA>
    """
    given = Given("draw_journeys")
    end = given.number("until", until, above=0.0)
    if isinstance(people, pd.DataFrame):
        given.names("people", [name for name in model.covariates if name not in people.columns], list(people.columns))
        traits = people.reset_index(drop=True)
        for name in model.covariates:
            if name in people.columns:
                given.array(name, people[name], dimensions=1)
    else:
        traits = pd.DataFrame(index=range(given.whole("people", people, low=1, high=10_000_000)))
        if model.covariates:
            what = say("The people need the covariates: {names}.", names=join_names(model.covariates))
            given.add("no_covariates", what, column="people")
    given.refuse_if_wrong()
    rates = model.rates(traits)
    here, now = np.arange(len(traits)), np.zeros(len(traits))
    parts = []
    for place, stage in enumerate(model.stages[:-1]):
        rate, quits = rates[here, place], float(model.given_up.get(stage, 0.0))
        lasts = rng.exponential(1.0, len(here)) / (rate + quits)
        goes = rng.random(len(here)) < rate / (rate + quits)
        seen = now + lasts <= end
        after = np.where(goes, model.stages[place + 1], GIVEN_UP).astype(object)
        after[~seen] = None
        parts.append(pd.DataFrame({"person_id": here, "stage": stage, "entered": now,
                                   "duration": np.where(seen, lasts, end - now), "next": after}))  # fmt: skip
        going = seen & goes
        here, now = here[going], (now + lasts)[going]
    found = pd.concat(parts, ignore_index=True).sort_values(["person_id", "entered"], ignore_index=True, kind="stable")
    found["next"] = found["next"].astype("string")
    for name in model.covariates:
        found[name] = traits[name].to_numpy()[found["person_id"].to_numpy()]
    return found
