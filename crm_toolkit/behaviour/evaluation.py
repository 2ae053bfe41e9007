"""How well a service can be judged before and after it: search, experience and credence qualities.

search       can be judged before the purchase: price, opening hours, equipment
experience   only after use: how the haircut sits
credence     hardly even then: whether the repair was needed (Darby, Karni 1973; Zeithaml 1981)

An offer's worth is the sum of many qualities of equal weight. Of each the customer sees a signal, true value plus
noise: little where it can be judged and much where it can't. The best estimate is the mean given the signals, and

    r² = mean over qualities of 1/(1 + noise²)     pairs put in the right order = 1/2 + arcsin(r)/π

so the fewer search qualities, the nearer to a coin's toss is the order *before* the purchase; use repairs experience
qualities, never credence ones. Evidence against it: consumers did not find services harder to judge (Breivik 1995), nor
always riskier (Pérez-Cabañero 2007). The sizes of the noise are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crm_toolkit.behaviour.inputs import Floats, given_array, given_number, settle
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import format_number, mark, say

LIMITS = mark(
    "The noise is assumed, not measured; studies of real services found less difficulty than this reasoning expects."
)
QUALITIES = {"search": mark("search qualities"), "experience": mark("experience qualities"),
             "credence": mark("credence qualities")}  # fmt: skip
CLEAR_NOISE = Knob(
    "clear_noise", 0.3, 0.0, 5.0, 0.1, mark("Noise of a quality that can be judged"), unit=mark("standard deviations"),
    reference="an assumption: what can be judged is judged nearly right",
)  # fmt: skip
VAGUE_NOISE = Knob(
    "vague_noise", 3.0, 0.0, 20.0, 0.1, mark("Noise of a quality that can't be judged"),
    unit=mark("standard deviations"), reference="an assumption: hearsay and looks tell a little",
)  # fmt: skip


@dataclass(frozen=True)
class EvaluationAccuracy:
    """Share of pairs of offers that are put in the right order; 0.5 is a coin's toss.

    Parameters
    ----------
    before, after : float
        Before the purchase, and after use of both.
    """

    before: float
    after: float


@with_kinds_told
def evaluation_accuracy(
    search: float,
    experience: float,
    credence: float,
    *,
    clear_noise: float = CLEAR_NOISE.default,
    vague_noise: float = VAGUE_NOISE.default,
) -> EvaluationAccuracy:
    """Share of pairs in the right order, in closed form.

    Parameters
    ----------
    search, experience, credence : float
        Shares of the three kinds among the qualities; they must add up to 1.
    clear_noise, vague_noise : float
        Standard deviation of the noise, in standard deviations of a quality among offers.

    Raises
    ------
    InputError
        If a number is out of range or the shares don't add up to 1.

    References
    ----------
    Zeithaml, V. A. (1981). How Consumer Evaluation Processes Differ between Goods and Services. In: Marketing of
    Services, 186–190. The model is this course's own.

    Examples
    --------
    >>> evaluation_accuracy(0.8, 0.15, 0.05).before > evaluation_accuracy(0.2, 0.4, 0.4).before
    True
    """
    share, clear, vague = _checked((search, experience, credence), clear_noise, vague_noise, "evaluation_accuracy")
    seen, unseen = 1 / (1 + clear**2), 1 / (1 + vague**2)
    before = share[0] * seen + (share[1] + share[2]) * unseen
    after = (share[0] + share[1]) * seen + share[2] * unseen
    return EvaluationAccuracy(*(float(0.5 + np.arcsin(np.sqrt(min(r2, 1.0))) / np.pi) for r2 in (before, after)))


@with_kinds_told
def simulate_evaluation(
    qualities: Any,
    *,
    offers: int = 2,
    people: int = 1_000,
    clear_noise: float = CLEAR_NOISE.default,
    vague_noise: float = VAGUE_NOISE.default,
    rng: np.random.Generator,
) -> EvaluationAccuracy:
    """The same by simulation: people who each judge some offers before and after use.

    Parameters
    ----------
    qualities : sequence of float
        Numbers of search, experience and credence qualities, such as (4, 4, 2).
    offers : int
        Offers that each person compares, 2 to 50.
    people : int
        1 to 1,000,000.
    clear_noise, vague_noise : float
        As of `evaluation_accuracy`.
    rng : numpy.random.Generator
        Where luck comes from.

    Raises
    ------
    InputError
        If a number is out of range or there are no qualities.

    Examples
    --------
    >>> found = simulate_evaluation((2, 4, 4), people=2_000, rng=np.random.default_rng(1))
    >>> found.before < found.after
    True
    """
    problems: list[Problem] = []
    counts = given_array(problems, "qualities", qualities, length=3, low=0, high=1_000)
    size = given_number(problems, "offers", offers, 2, 50)
    crowd = given_number(problems, "people", people, 1, 1_000_000)
    clear = given_number(problems, "clear_noise", clear_noise, CLEAR_NOISE.low, CLEAR_NOISE.high)
    vague = given_number(problems, "vague_noise", vague_noise, VAGUE_NOISE.low, VAGUE_NOISE.high)
    if len(counts) and not counts.sum():
        problems.append(Problem("outside_range", say("All numbers of qualities are 0."), column="qualities"))
    settle(problems, "simulate_evaluation")
    shape = (int(crowd), int(size))
    worth, guesses = np.zeros(shape), [np.zeros(shape), np.zeros(shape)]
    for kind, number in enumerate(counts.astype(int)):
        # the sum of k equal qualities and the sum of their k signals are all that matters
        true = rng.normal(size=shape) * np.sqrt(number)
        luck = rng.normal(size=shape) * np.sqrt(number)
        worth += true
        for moment, known in enumerate((kind == 0, kind < 2)):
            noise = clear if known else vague
            guesses[moment] += (true + noise * luck) / (1 + noise**2)
    return EvaluationAccuracy(*(_right_order(worth, guess) for guess in guesses))


def _right_order(worth: Floats, guess: Floats) -> float:
    one, two = np.triu_indices(worth.shape[1], 1)
    agree = np.sign(worth[:, one] - worth[:, two]) * np.sign(guess[:, one] - guess[:, two])
    return float((0.5 + agree / 2).mean())


def _checked(shares: Any, clear_noise: Any, vague_noise: Any, asked_by: str) -> tuple[list[float], float, float]:
    problems: list[Problem] = []
    found = [given_number(problems, name, value, 0.0, 1.0) for name, value in zip(QUALITIES, shares, strict=True)]
    clear = given_number(problems, "clear_noise", clear_noise, CLEAR_NOISE.low, CLEAR_NOISE.high)
    vague = given_number(problems, "vague_noise", vague_noise, VAGUE_NOISE.low, VAGUE_NOISE.high)
    if not problems and abs(sum(found) - 1) > 1e-9:
        what = say("The shares add up to {total}, not to 1.", total=format_number(sum(found)))
        problems.append(Problem("outside_range", what, column="search"))
    settle(problems, asked_by)
    return found, clear, vague
