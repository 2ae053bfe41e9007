"""How a novelty spreads: when the most adopt it at once, by the model of Bass."""

from __future__ import annotations

import random
from math import log
from typing import Any

from crm_toolkit.exercises.tasks import Data, Misconception, Task, one_number
from crm_toolkit.texts import format_number, mark, say

NOVELTIES = (
    mark("a booking page among the hairdressers of a region"),
    mark("a CRM program among the dental clinics of a region"),
    mark("a loyalty card among the cafés of a city"),
    mark("payment by telephone among the workshops of a district"),
)


def _draw(luck: random.Random) -> Data:
    return {
        "novelty": luck.choice(NOVELTIES),
        "p": luck.randrange(8, 31) / 1000,
        "q": luck.randrange(28, 56) / 100,
        "m": luck.randrange(8, 41) * 50,
    }


def _peak(data: Data) -> float:
    return log(data["q"] / data["p"]) / (data["p"] + data["q"])


def _words(data: Data) -> dict[str, Any]:
    return {"novelty": say(data["novelty"]), "m": format_number(data["m"]), "p": format_number(data["p"]),
            "q": format_number(data["q"]), "answer": format_number(_peak(data), 2)}  # fmt: skip


BASS_PEAK = Task(
    id="bass_peak",
    lesson="06",
    topic="diffusion",
    title=mark("When does it spread fastest?"),
    statement=mark(
        "The spread of {novelty} follows Bass's model (invented case): in a year, innovation is p = {p}, imitation "
        "q = {q}, the potential m = {m} organisations.\n\nHow many years after the start does the number of new "
        "adopters stand at its highest? Hand in one number; the time is continuous."
    ),
    generate=_draw,
    answer=lambda data: one_number(_peak(data)),
    misconceptions=(
        Misconception("HALF_ADOPTED",
                      lambda data: one_number(log(2 + data["q"] / data["p"]) / (data["p"] + data["q"])),
                      mark("It looks like the time at which half of all have adopted. The most new ones come earlier."),
                      credit=0.5),
        Misconception("IMITATION_ONLY", lambda data: one_number(log(data["q"] / data["p"]) / data["q"]),
                      mark("It looks as if only imitation stood under the fraction. Innovation goes on while others "
                           "imitate."), credit=0.5),
        Misconception("PLAIN_RATIO", lambda data: one_number(data["q"] / data["p"] / (data["p"] + data["q"])),
                      mark("It looks as if the logarithm were forgotten. Then a market would need decades to its "
                           "peak.")),
        Misconception("PEOPLE_NOT_TIME",
                      lambda data: one_number(data["m"] * (data["p"] + data["q"]) ** 2 / (4 * data["q"])),
                      mark("It looks like how many adopt in the best year. The question is when, in years.")),
    ),
    words=_words,
    hints=(
        mark("Early on imitation grows, late on there is nobody left to be won. The peak lies where they balance."),
        mark("The peak of Bass's curve lies at `ln(q / p) / (p + q)`."),
        mark("`from math import log`"),
    ),
    solution=mark("`ln(q / p) / (p + q) = ln({q} / {p}) / ({p} + {q})` = **{answer}** years. The potential does not "
                  "move the peak, it only makes it higher."),
    tolerance=0.0051,
    tolerance_reason=mark("half a unit of the second decimal"),
)  # fmt: skip

TASKS = (BASS_PEAK,)
