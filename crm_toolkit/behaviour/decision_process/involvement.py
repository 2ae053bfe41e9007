"""Three kinds of decision by involvement with the purchase: nominal (habitual), limited, extended.

Purchase involvement is a passing concern for the purchase, once a need has been felt: it belongs to the situation, not
to the product. The table of what each kind looks like is from memory of the Hawkins–Best–Coney textbook, not checked
against it; the two cut points on a scale from 0 to 1 are a convention of the course.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crm_toolkit.behaviour.decision_process.numbers import checked_numbers
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say

LIMITED_FROM = Knob("limited_from", 0.33, 0.0, 1.0, 0.01, mark("Involvement from which a decision is limited"),
                    origin="convention", reference=mark("a third of the scale"))  # fmt: skip
EXTENDED_FROM = Knob("extended_from", 0.67, 0.0, 1.0, 0.01, mark("Involvement from which a decision is extended"),
                     origin="convention", reference=mark("two thirds of the scale"))  # fmt: skip
DECISION_TYPES = {
    "nominal": mark("nominal (habitual) decision"),
    "limited": mark("limited decision"),
    "extended": mark("extended decision"),
}
STAGES = {
    "problem_recognition": mark("problem recognition"),
    "information_search": mark("information search"),
    "alternative_evaluation": mark("evaluation of alternatives"),
    "outlet_and_purchase": mark("choice of outlet and purchase"),
    "postpurchase": mark("post-purchase processes"),
}
FEATURES: dict[str, dict[str, str]] = {
    "nominal": {
        "problem_recognition": mark("selective"),
        "information_search": mark("limited, from memory"),
        "alternative_evaluation": mark("none"),
        "outlet_and_purchase": mark("the usual place"),
        "postpurchase": mark("no dissonance, very limited evaluation"),
    },
    "limited": {
        "problem_recognition": mark("generic"),
        "information_search": mark("from memory, and a little outside"),
        "alternative_evaluation": mark("few attributes, a simple rule, few alternatives"),
        "outlet_and_purchase": mark("a place that is near and known"),
        "postpurchase": mark("no dissonance, limited evaluation"),
    },
    "extended": {
        "problem_recognition": mark("generic"),
        "information_search": mark("from memory and outside"),
        "alternative_evaluation": mark("many attributes, a complex rule, many alternatives"),
        "outlet_and_purchase": mark("the place is weighed as well"),
        "postpurchase": mark("dissonance, thorough evaluation"),
    },
}


def decision_type(
    involvement: Any,
    *,
    limited_from: float = LIMITED_FROM.default,
    extended_from: float = EXTENDED_FROM.default,
) -> Any:
    """The kind of decision that goes with an involvement.

    Parameters
    ----------
    involvement : float or array
        From 0 to 1, such as `influences.involvement_score` gives.
    limited_from, extended_from : float
        Cut points; a value on one belongs to the higher kind.

    Returns
    -------
    str or array of str
        A code of `DECISION_TYPES`.

    Raises
    ------
    InputError
        If a number lies outside 0 to 1 or the cut points are in the wrong order.

    Examples
    --------
    >>> decision_type(0.2), decision_type([0.33, 0.9]).tolist()
    ('nominal', ['limited', 'extended'])
    """
    given = {"involvement": involvement, "limited_from": limited_from, "extended_from": extended_from}
    heading = say("The kind of decision can't be told.")
    numbers = checked_numbers(given, dict.fromkeys(given, (0.0, 1.0)), heading, together=("involvement",))
    if numbers["limited_from"] > numbers["extended_from"]:
        what = say("`limited_from` must not be above `extended_from`.")
        raise InputError(heading, [Problem("wrong_order", what)])
    cuts = [float(numbers["limited_from"]), float(numbers["extended_from"])]
    codes = np.array(list(DECISION_TYPES))[np.digitize(numbers["involvement"], cuts)]
    return str(codes) if codes.ndim == 0 else codes


def nominal_kind(attached: bool) -> str:
    """Of a nominal decision: brand-loyal where the person is attached to the provider, else merely repeated.

    >>> nominal_kind(True)
    'brand_loyal'
    """
    return "brand_loyal" if attached else "repeat"
