"""What acts on a purchase in the Hawkins–Best–Coney model, as a canvas that a person fills in about a real one.

constructs  seven external, seven internal influences, self-concept, lifestyle, needs: what to ask about each
canvas      evidence, direction −3…+3, confidence, date, or a reason why a construct did not manifest itself
files       the canvas as one JSON text, readable and stable, with a version
review      completeness and consistency; opinions are never judged
items       involvement items and a small typology of our own (not VALS)

Limits: a canvas orders what a person remembers; it is no measurement, and it can't foresee a purchase.
"""

from crm_toolkit.behaviour.influences.canvas import HIGHEST, LOWEST, PRIVACY, Canvas, Influence
from crm_toolkit.behaviour.influences.constructs import BLOCKS, CONSTRUCTS, Construct, constructs_of
from crm_toolkit.behaviour.influences.files import VERSION, canvas_from_json, canvas_to_json
from crm_toolkit.behaviour.influences.items import (
    AXES,
    INVOLVEMENT_ITEMS,
    INVOLVEMENT_SCALE,
    NOT_VALS,
    TYPES,
    TYPOLOGY_ITEMS,
    TYPOLOGY_SCALE,
    Item,
    ItemScore,
    involvement_score,
    person_type,
    typology_scores,
)
from crm_toolkit.behaviour.influences.review import Finding, Review, review_canvas

__all__ = [
    "AXES",
    "BLOCKS",
    "CONSTRUCTS",
    "HIGHEST",
    "INVOLVEMENT_ITEMS",
    "INVOLVEMENT_SCALE",
    "LOWEST",
    "NOT_VALS",
    "PRIVACY",
    "TYPES",
    "TYPOLOGY_ITEMS",
    "TYPOLOGY_SCALE",
    "VERSION",
    "Canvas",
    "Construct",
    "Finding",
    "Influence",
    "Item",
    "ItemScore",
    "Review",
    "canvas_from_json",
    "canvas_to_json",
    "constructs_of",
    "involvement_score",
    "person_type",
    "review_canvas",
    "typology_scores",
]
