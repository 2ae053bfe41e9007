"""Claims of an article: of which type they are, and which test belongs to which claim.

The claims to be typed are those planted in the practice texts (`crm_toolkit.exercises.article`), some of them dressed
as another type. Types are handed in as numbers: 1 definition, 2 empirical, 3 normative.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from crm_toolkit.exercises.article.practice import TEXTS, PlantedClaim, practice_text
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values
from crm_toolkit.texts import language, mark, say

NUMBERS = {"definition": 1.0, "empirical": 2.0, "normative": 3.0}
_LETTERS = "ABCDEFGHI"


@cache
def _planted() -> dict[str, PlantedClaim]:
    return {one.id: one for text in TEXTS for one in practice_text(text).claims}


def _draw_types(luck: random.Random) -> Data:
    every = list(_planted().values())
    by_type = {name: [one.id for one in every if one.type == name and not one.flaw] for name in NUMBERS}
    dressed = ["b6", *luck.sample(["a7", "b9"], luck.choice((1, 2)))]
    flawed = [one.id for one in every if one.type == "empirical" and one.flaw]
    chosen = [*dressed, luck.choice(by_type["normative"]), luck.choice(by_type["empirical"])]
    chosen += luck.sample(by_type["definition"], luck.choice((1, 2)))
    chosen += luck.sample(flawed, len(_LETTERS) - len(chosen))
    luck.shuffle(chosen)
    return {"claims": list(_LETTERS), "_ids": dict(zip(_LETTERS, chosen, strict=True))}


def _typed(data: Data, **as_if: Any) -> Values:
    """Types by letter; ``as_if`` changes some of them: from a planted claim to another number, or to nothing."""
    planted = _planted()
    found = {}
    for letter, name in data["_ids"].items():
        claim = planted[name]
        changed = as_if["by"](claim) if as_if else None
        found[letter] = NUMBERS[claim.type] if changed is None else changed
    return {"type": found}


def _turned(claim: PlantedClaim) -> float | None:
    return {"empirical": 3.0, "normative": 2.0}.get(claim.type)


def _type_words(data: Data) -> dict[str, Any]:
    planted, code = _planted(), str(language())
    told = {letter: planted[name].words[code] for letter, name in data["_ids"].items()}
    claims = "\n".join(f"- **{letter}** {words[0].upper()}{words[1:]}" for letter, words in told.items())
    why = "\n".join(f"- **{letter}** {NUMBERS[planted[name].type]:.0f}. {planted[name].why[code]}"
                    for letter, name in data["_ids"].items())  # fmt: skip
    rows = [f"| {letter} | {number:.0f} |" for letter, number in _typed(data)["type"].items()]
    return {"claims": claims, "why": why, "table": "\n".join(["| claim | type |", "|---|---|", *rows])}


CLAIM_TYPES = Task(
    id="claim_types",
    lesson="10",
    topic="article",
    key="claim",
    title=mark("Definition, empirical claim or demand?"),
    statement=mark(
        "Nine sentences from articles. Of which type is each: 1 a definition (it fixes a word), 2 an empirical claim "
        "(it says how things are, rightly or wrongly), 3 a normative claim (it says how things should be)?\n\n{claims}"
        "\n\nHand in a table with `claim` (A to I) and `type` (1, 2 or 3)."
    ),
    generate=_draw_types,
    answer=_typed,
    misconceptions=(
        Misconception("DEMAND_AS_FINDING",
                      lambda data: _typed(data, by=lambda one: 2.0 if one.flaw == "normative_as_empirical" else None),
                      mark("All right but for a demand that calls itself a fact. Take “proved” or “established” away: "
                           "what is left, a state of things or a wish?"), credit=0.5),
        Misconception("DEFINITION_AS_FINDING",
                      lambda data: _typed(data, by=lambda one: 2.0 if one.flaw == "definition_as_finding" else None),
                      mark("All right but for a sentence that reports as a finding what its own words make true. Could "
                           "any observation have turned out otherwise?"), credit=0.5),
        Misconception("WORDING", lambda data: _typed(data, by=lambda one: 2.0 if one.flaw.endswith(("_as_empirical",
                                                                                                    "_as_finding"))
                                                     else None),
                      mark("It looks as if the clothes decided: “it turned out” and “the figures prove” were taken at "
                           "their word. Ask what is left without them."), credit=0.25),
        Misconception("FALSE_AS_NORM",
                      lambda data: _typed(data, by=lambda one: 3.0 if one.type == "empirical" and one.flaw else None),
                      mark("It looks as if doubtful claims were taken for demands. A wrong or badly supported "
                           "empirical claim is still an empirical claim."), credit=0.25),
        Misconception("CODES_TURNED", lambda data: _typed(data, by=_turned),
                      mark("2 and 3 have changed places: 2 says how things are, 3 how they should be."), credit=0.5),
        Misconception("ALL_EMPIRICAL", lambda data: _typed(data, by=lambda _: 2.0),
                      mark("Everything was taken for a claim about facts. Some of the sentences only fix a word, some "
                           "demand something.")),
    ),
    words=_type_words,
    hints=(
        mark("What could show that the sentence is wrong? An observation, another use of the word, or another goal?"),
        mark("Cross out “it turned out”, “it is established”, “the figures prove” and read what is left."),
        mark('`answer = pd.DataFrame({{"claim": list("ABCDEFGHI"), "type": [...]}})`'),
    ),
    solution=mark("Type and reason:\n\n{why}\n\n{table}"),
    tolerance=0.11,
    tolerance_reason=mark("types are whole numbers"),
)  # fmt: skip

CLAIMS = {
    "share": (mark("Every third guest of our hotel comes for work."),
              mark("Every fifth patient of the clinic cancels an appointment at least once a year.")),
    "cause": (mark("The reminder makes patients come to their appointments."),
              mark("Free coffee brings guests back.")),
    "term": (mark("A regular guest is one who has come three times in a year."),
             mark("A complaint is every message that asks for something to be put right.")),
    "norm": (mark("The clinic should call back everybody who has cancelled."),
             mark("A hotel must not charge for a late check-out.")),
    "general": (mark("In every service punctuality counts for more than the price."),
                mark("What guests of our hotel value, guests of all hotels value.")),
    "deed": (mark("Seven pupils of ten say that they will book again, so seven of ten will."),
             mark("Those who promise to recommend us do recommend us.")),
    "size": (mark("The difference is significant, so it is large."),
             mark("With p below 0.01 the new booking form is a success.")),
}  # fmt: skip
TESTS = {
    "share": mark("Fix who counts and over which time; count all of them, or a sample drawn by lot."),
    "cause": mark("Let the lot decide who gets it, and compare the two groups."),
    "term": mark("Look whether the word is used in this sense throughout, and whether others apply it alike."),
    "norm": mark("Name the goal, and compare what the alternatives bring and cost, and whom."),
    "general": mark("Repeat the study in other organisations, and count where it fails."),
    "deed": mark("Note people's words now, and look up later what the same people did."),
    "size": mark("Say beforehand which difference would matter, and lay the interval of the difference beside it."),
}
_ALWAYS = ("share", "cause", "term", "norm")


def _draw_tests(luck: random.Random) -> Data:
    kinds = [*_ALWAYS, luck.choice([one for one in CLAIMS if one not in _ALWAYS])]
    luck.shuffle(kinds)
    tests = luck.sample(list(TESTS), len(TESTS))
    asked = {letter: (kind, luck.randrange(2)) for letter, kind in zip("ABCDE", kinds, strict=True)}
    return {"claims": list("ABCDE"), "tests": list(range(1, len(TESTS) + 1)), "_asked": asked, "_tests": tests}


def _matched(data: Data, **instead: str) -> Values:
    """The number of the test by the claim's letter; ``instead`` gives a kind of claim the test of another."""
    place = {kind: float(number) for number, kind in enumerate(data["_tests"], start=1)}
    return {"test": {letter: place[instead.get(kind, kind)] for letter, (kind, _) in data["_asked"].items()}}


def _fifth(data: Data) -> str:
    return next(kind for kind, _ in data["_asked"].values() if kind not in _ALWAYS)


def _test_words(data: Data) -> dict[str, Any]:
    claims = "\n".join(f"- **{letter}** {say(CLAIMS[kind][one])}" for letter, (kind, one) in data["_asked"].items())
    tests = "\n".join(f"- **{number}** {say(TESTS[kind])}" for number, kind in enumerate(data["_tests"], start=1))
    right = _matched(data)["test"]
    rows = [f"| {letter} | {number:.0f} |" for letter, number in right.items()]
    return {"claims": claims, "tests": tests, "table": "\n".join(["| claim | test |", "|---|---|", *rows])}


CLAIM_TESTS = Task(
    id="claim_tests",
    lesson="10",
    topic="article",
    key="claim",
    title=mark("Which test belongs to which claim"),
    statement=mark(
        "Five claims and seven tests. Which test would tell most about each claim? Two tests are left over.\n\n"
        "{claims}\n\n{tests}\n\nHand in a table with `claim` (A to E) and `test` (its number)."
    ),
    generate=_draw_tests,
    answer=_matched,
    misconceptions=(
        Misconception("COUNT_FOR_EFFECT", lambda data: _matched(data, cause="share"),
                      mark("All right but for the claim of an effect: counting shows how many, and not what would have "
                           "been without it."), credit=0.5),
        Misconception("EFFECT_FOR_NORM", lambda data: _matched(data, norm="cause"),
                      mark("All right but for the demand: even a proven effect does not say that one should. What is "
                           "it good for, for whom, and what does it cost?"), credit=0.5),
        Misconception("COUNTED_WORD", lambda data: _matched(data, term="share"),
                      mark("All right but for the definition: how many there are depends on it, and says nothing about "
                           "it."), credit=0.5),
        Misconception("TRIAL_FOR_ALL", lambda data: _matched(data, **{_fifth(data): "cause"}),
                      mark("All right but for one claim to which you give the lot. A trial answers what a measure "
                           "brings; this claim says something else."), credit=0.5),
        Misconception("ALWAYS_COUNT", lambda data: _matched(data, cause="share", term="share", norm="share",
                                                            **{_fifth(data): "share"}),
                      mark("One test for everything: counting. What is the claim, and what would have to be otherwise "
                           "if it were wrong?")),
    ),
    words=_test_words,
    hints=(
        mark("Type the claims first: definition, demand, or a claim about facts. Then ask: how many, why, where else, "
             "how much, or what will be done?"),
        mark("“Makes”, “brings” need a comparison by lot; “is one who” needs agreement on a word; “should” needs a "
             "goal."),
        mark('`answer = pd.DataFrame({{"claim": list("ABCDE"), "test": [...]}})`'),
    ),
    solution=mark("An effect needs the same people without it, and the lot is the nearest to that; a definition is "
                  "judged by its use; a demand by its goal.\n\n{table}"),
    tolerance=0.11,
    tolerance_reason=mark("numbers of tests are whole"),
)  # fmt: skip

TASKS = (CLAIM_TYPES, CLAIM_TESTS)
