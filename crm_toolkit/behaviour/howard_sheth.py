"""Howard and Sheth's theory of buyer behaviour as a playground of paths: a recursive linear system.

Inputs (significative: the thing itself; symbolic: what is said of it; social: what others say) act on constructs that
nobody sees, and these on outputs: attention → comprehension → attitude → intention → purchase. Written as a recursive
system, every construct is a weighted sum of earlier ones and of luck,

y_i = Σ_j w_ij y_j + Σ_k v_ik x_k + u_i,       j before i,

so total effects are (I − W)⁻¹ V, and each equation can be estimated by least squares on its own
(`analysis.fit_recursive_paths`). Farley and Ring (1970) tested a version with eleven equations (from memory).

Three levels of the decision change the weights: extensive problem solving (EPS) hears much and knows little, limited
problem solving (LPS) compares, routinised response behaviour (RRB) acts by attitude and hardly listens (Howard and
Sheth 1969). The sizes of all weights here are assumptions.

Limits: the constructs are hypothetical and were not measured at the time; arrows are put there by the theorist, and
data that fit them do not prove their direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_toolkit.behaviour.checks import Floats, Given
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import mark, say

LIMITS = mark(
    "The arrows of a path model are put there by the theorist; data that fit them do not prove their direction, and "
    "the constructs are hypothetical."
)
INPUTS = ("significative", "symbolic", "social")
OUTPUTS = ("attention", "comprehension", "attitude", "intention", "purchase")
LEVELS = ("extensive", "limited", "routinised")
LABELS = {
    "significative": mark("the thing itself"),
    "symbolic": mark("what is said of it"),
    "social": mark("what others say"),
    "attention": mark("attention"),
    "comprehension": mark("comprehension"),
    "attitude": mark("attitude"),
    "intention": mark("intention"),
    "purchase": mark("purchase"),
}
_EXTENSIVE: Mapping[str, Mapping[str, float]] = {
    "attention": {"significative": 0.3, "symbolic": 0.3, "social": 0.3},
    "comprehension": {"attention": 0.6, "symbolic": 0.2},
    "attitude": {"comprehension": 0.5, "significative": 0.3, "social": 0.2},
    "intention": {"attitude": 0.6, "social": 0.2},
    "purchase": {"intention": 0.5, "attitude": 0.1},
}
_LISTENING = {"extensive": 1.0, "limited": 0.6, "routinised": 0.2}
_ACTING = {"extensive": 1.0, "limited": 1.2, "routinised": 1.4}


@dataclass(frozen=True)
class PathSystem:
    """A recursive system of linear equations.

    Parameters
    ----------
    inputs, outputs : tuple of str
        Names; outputs in causal order.
    weights : mapping of str to mapping of str to float
        Output → cause → weight; a cause is an input or an earlier output.
    noise : float
        Standard deviation of the luck in each equation, from 0.

    Raises
    ------
    InputError
        If a name is unknown or repeated, a cause does not come before its effect, or a weight is no finite number.

    Examples
    --------
    >>> system = PathSystem(("price",), ("attitude", "purchase"), {"attitude": {"price": -0.5}, "purchase": {}})
    >>> system.total_effects()["total"].tolist()
    [-0.5, 0.0, 0.0]
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    weights: Mapping[str, Mapping[str, float]]
    noise: float = 1.0

    def __post_init__(self) -> None:
        given = Given("PathSystem")
        names = [*self.inputs, *self.outputs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            given.add("repeated_name", say("The name `{name}` is there twice.", name=name), column=name)
        given.names("weights", self.weights, self.outputs)
        given.number("noise", self.noise, low=0.0)
        for effect, causes in self.weights.items():
            if effect not in self.outputs:
                continue
            earlier = [*self.inputs, *self.outputs[: self.outputs.index(effect)]]
            for cause, weight in causes.items():
                given.number(f"{cause} → {effect}", weight)
                if cause in names and cause not in earlier:
                    what = say("`{cause}` does not come before `{effect}`.", cause=cause, effect=effect)
                    given.add("not_recursive", what, advice=say("A recursive system has no loops."), column=effect)
            given.names(effect, [cause for cause in causes if cause not in names], earlier)
        given.refuse_if_wrong()

    @property
    def matrix(self) -> Floats:
        """Direct weights: rows are outputs, columns inputs and then outputs."""
        names = [*self.inputs, *self.outputs]
        return np.array([[float(self.weights.get(effect, {}).get(cause, 0.0)) for cause in names]
                         for effect in self.outputs])  # fmt: skip

    def total_effects(self) -> pd.DataFrame:
        """What a unit of a cause changes in an effect: directly, through others, and together.

        Returns
        -------
        pandas.DataFrame
            A row for each cause and each later output: ``cause``, ``effect``, ``direct``, ``indirect``, ``total``.
        """
        direct, count = self.matrix, len(self.inputs)
        reached = np.linalg.inv(np.eye(len(self.outputs)) - direct[:, count:])
        total = np.hstack([reached @ direct[:, :count], reached - np.eye(len(self.outputs))])
        names = [*self.inputs, *self.outputs]
        rows = [
            (cause, effect, direct[row, column], total[row, column] - direct[row, column], total[row, column])
            for column, cause in enumerate(names)
            for row, effect in enumerate(self.outputs)
            if column < count + row
        ]
        return pd.DataFrame(rows, columns=["cause", "effect", "direct", "indirect", "total"])


@with_kinds_told
def howard_sheth_system(level: str = "extensive", *, noise: float = 1.0) -> PathSystem:
    """The system of this module at one of the three levels of the decision; all weights are assumptions.

    Parameters
    ----------
    level : {"extensive", "limited", "routinised"}
        The less is new, the less the inputs weigh, and the more surely an attitude becomes a purchase.
    noise : float
        Standard deviation of the luck in each equation.

    Returns
    -------
    PathSystem

    Raises
    ------
    InputError
        If the level is unknown or the noise negative.

    Examples
    --------
    >>> effects = howard_sheth_system("extensive").total_effects().set_index(["cause", "effect"])["total"]
    >>> float(effects["symbolic", "purchase"].round(4))
    0.076
    """
    given = Given("howard_sheth_system")
    chosen = given.choice("level", level, LEVELS)
    given.refuse_if_wrong()
    weights = {
        effect: {
            cause: weight
            * (_LISTENING[chosen] if cause in INPUTS else _ACTING[chosen] if effect != "comprehension" else 1)
            for cause, weight in causes.items()
        }
        for effect, causes in _EXTENSIVE.items()
    }
    return PathSystem(INPUTS, OUTPUTS, weights, noise)


@with_kinds_told
def draw_paths(system: PathSystem, people: int, *, rng: np.random.Generator) -> pd.DataFrame:
    """Draw people from a system: inputs standard normal and independent, luck normal.

    Parameters
    ----------
    system : PathSystem
        Whose equations hold.
    people : int
        How many, 1 to 10 million.
    rng : numpy.random.Generator
        The luck.

    Returns
    -------
    pandas.DataFrame
        One row per person, a column for each input and output.

    Raises
    ------
    InputError
        If the number of people is not allowed.

    Examples
    --------
    >>> draw_paths(howard_sheth_system(), 3, rng=np.random.default_rng(1)).shape
    (3, 8)
    """
    given = Given("draw_paths")
    count = given.whole("people", people, low=1, high=10_000_000)
    given.refuse_if_wrong()
    values = np.empty((count, len(system.inputs) + len(system.outputs)))
    start = len(system.inputs)
    values[:, :start] = rng.normal(size=(count, start))
    for row, weights in enumerate(system.matrix):
        values[:, start + row] = values[:, : start + row] @ weights[: start + row] + system.noise * rng.normal(
            size=count
        )
    return pd.DataFrame(values, columns=[*system.inputs, *system.outputs])
