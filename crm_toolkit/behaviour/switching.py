"""What a customer does about a failure: says so, leaves, tells others, or nothing (Hirschman 1970; Singh 1990).

Each way out has a utility; the chances are those of a multinomial logit. Complaining is likelier for a customer
who is ready to complain and for a severe failure; habit holds from leaving and feeds complaining. Complaints
that are made are not the failures that happen: most of the unhappy say nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
REACTIONS = ("none", "voice", "exit", "word_of_mouth")


def reaction_chances(
    severity: Floats,
    complaint_propensity: Floats,
    habit: Floats,
    *,
    voice: float,
    leave: float,
    word_of_mouth: float,
    by_propensity: float = 0.8,
    by_severity: float = 0.5,
    by_habit: float = 0.6,
) -> tuple[Floats, Floats, Floats]:
    """Chances of voice, exit and word of mouth after a failure; the rest do nothing.

    Parameters
    ----------
    severity : array
        From 1 to 3; 1.5 is usual.
    complaint_propensity, habit : arrays
        The customer's readiness to complain (standard deviations) and habit (0 to 1).
    voice, leave, word_of_mouth : float
        Shares of these reactions among usual customers and failures; together below 1.
    by_propensity, by_severity, by_habit : float
        Weights in the utilities (assumptions).

    Examples
    --------
    >>> one = np.ones(1)
    >>> [
    ...     float(chance[0].round(3))
    ...     for chance in reaction_chances(1.5 * one, 0 * one, 0 * one, voice=0.3, leave=0.1, word_of_mouth=0.2)
    ... ]
    [0.3, 0.1, 0.2]
    """
    nothing = max(1.0 - voice - leave - word_of_mouth, 1e-9)
    strain = by_severity * (severity - 1.5)
    said = (voice / nothing) * np.exp(by_propensity * complaint_propensity + strain + by_habit * habit)
    gone = (leave / nothing) * np.exp(strain - 2 * by_habit * habit)
    told = (word_of_mouth / nothing) * np.exp(strain)
    total = 1.0 + said + gone + told
    return said / total, gone / total, told / total
