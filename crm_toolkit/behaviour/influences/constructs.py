"""The constructs of the Hawkins–Best–Coney model: what acts from outside, what from inside, and the self between them.

Seven external and seven internal influences form self-concept and lifestyle, from which needs arise that a decision
answers. The list is that of the figure in later editions (from memory, not checked against the book; earlier editions
group a few of them otherwise).
"""

from __future__ import annotations

from dataclasses import dataclass

from crm_toolkit.texts import mark


@dataclass(frozen=True)
class Construct:
    """One construct of the model.

    Parameters
    ----------
    code : str
        Stable word for files and programs.
    block : str
        A code of `BLOCKS`.
    label, question : str
        English texts, marked for the catalogue: its name, and what a person may ask of the own purchase.
    """

    code: str
    block: str
    label: str
    question: str


BLOCKS = {
    "external": mark("External influences"),
    "internal": mark("Internal influences"),
    "self_concept": mark("Self-concept"),
    "lifestyle": mark("Lifestyle"),
    "needs": mark("Needs and desires"),
}
_EVERY = (
    Construct("culture", "external", mark("culture"),
              mark("Which values or customs of your country made this purchase a matter of course, or odd?")),
    Construct("subculture", "external", mark("subculture"),
              mark("Which narrower circle with customs of its own (region, faith, generation, scene) counted here?")),
    Construct("demographics", "external", mark("demographics"),
              mark("Which facts (age, family status, education, occupation, income, place) limited or suggested it?")),
    Construct("social_status", "external", mark("social status"),
              mark("Was it fitting for a position in society, or meant to show one?")),
    Construct("reference_groups", "external", mark("reference groups"),
              mark("Whose opinion or example, present or imagined, did you have in mind?")),
    Construct("family", "external", mark("family and household"),
              mark("Who at home started it, had a say, decided, paid, used it?")),
    Construct("marketing", "external", mark("marketing activities"),
              mark("Which offer, price, message, place or person of the provider had an effect?")),
    Construct("perception", "internal", mark("perception"),
              mark("What caught your attention, and how did you read it? What did you overlook?")),
    Construct("learning", "internal", mark("learning"),
              mark("Which earlier experience, of your own or watched in others, taught you what to expect?")),
    Construct("memory", "internal", mark("memory"),
              mark("What came to mind by itself when the need arose?")),
    Construct("motives", "internal", mark("motives"),
              mark("What was it for: the stated reason, and the one not stated?")),
    Construct("personality", "internal", mark("personality"),
              mark("Which lasting trait of yours is seen in the way you chose?")),
    Construct("emotions", "internal", mark("emotions"),
              mark("What did you feel before, while choosing, and after?")),
    Construct("attitudes", "internal", mark("attitudes"),
              mark("What did you think of the provider or the kind of service beforehand, for or against?")),
    Construct("actual_private", "self_concept", mark("actual private self"),
              mark("How do you see yourself, and does this purchase suit that?")),
    Construct("ideal_private", "self_concept", mark("ideal private self"),
              mark("Who would you like to be in your own eyes, and does it bring you nearer?")),
    Construct("actual_social", "self_concept", mark("actual social self"),
              mark("How do others see you, and does this purchase confirm that?")),
    Construct("ideal_social", "self_concept", mark("ideal social self"),
              mark("How would you like to be seen, and does it help?")),
    Construct("lifestyle", "lifestyle", mark("lifestyle"),
              mark("How do you spend time and money, and where does this purchase stand in that?")),
    Construct("needs", "needs", mark("needs and desires"),
              mark("Which need did it answer, and which desire gave the need its form?")),
)  # fmt: skip
CONSTRUCTS = {one.code: one for one in _EVERY}


def constructs_of(block: str) -> tuple[Construct, ...]:
    """The constructs of one block, in the order of the model.

    >>> [one.code for one in constructs_of("self_concept")]
    ['actual_private', 'ideal_private', 'actual_social', 'ideal_social']
    """
    return tuple(one for one in _EVERY if one.block == block)
