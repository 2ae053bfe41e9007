"""Attribution by a Markov chain: what would be lost if a channel were taken out of the paths.

Paths are walks from a start through the touches to a conversion or to nothing. Of order 1, the next touch depends on
the present one; of order k on the last k touches. The transition probabilities are the shares in the paths, so the
chain's probability of a conversion P is exactly that of the paths.

removal effect of c = 1 − P₋c / P,   P₋c the probability of a conversion that is reached without passing through c

which is the convention of Anderl, Becker, von Wangenheim and Schumann (2016): who would have come to the removed
channel is lost, and nobody finds another way. The credits are the conversions shared out in proportion to the removal
effects. P and P₋c are solved exactly, as linear equations (I − Q) x = r without the states of c; nothing is simulated.
An order as long as the longest path is no chain any more: the effect is the share of conversions with c on the path.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_toolkit.analysis.attribution.paths import TouchPaths, ranked
from crm_toolkit.analysis.attribution.rules import Attribution, credited, nothing_converted, require_paths
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.texts import mark, say, say_count

ORDER = Knob("order", 1, 1, 100, 1, mark("Number of touches that the next one depends on"), origin="convention",
             reference="the shortest memory")  # fmt: skip
MOST_STATES = 200_000
_DENSE = 300


def markov_attribution(paths: TouchPaths, *, order: int = int(ORDER.default)) -> Attribution:
    """Share conversions out in proportion to the removal effects in a Markov chain.

    Parameters
    ----------
    paths : TouchPaths
        As `touch_paths` or `paths_from_table` returns them; the unconverted ones count too.
    order : int
        How many touches the next one depends on, 1 to 100. A high order learns single paths by heart.

    Returns
    -------
    Attribution
        The table also has ``removal_effect`` (fraction). The value is shared out in the same proportion.

    Raises
    ------
    InputError
        If ``order`` lies outside its range, or the chain would have more than 200,000 states.

    References
    ----------
    Anderl, E., Becker, I., von Wangenheim, F., Schumann, J. H. (2016). Mapping the Customer Journey: Lessons Learned
    from Graph-Based Online Attribution Modeling. International Journal of Research in Marketing 33 (3), 457–474.

    Examples
    --------
    Of five customers, two came by G and bought, one by M, one by G and then M, and one by G did not:

    >>> import pandas as pd
    >>> from crm_toolkit.analysis.attribution.paths import paths_from_table
    >>> table = pd.DataFrame(
    ...     {"path": ["G", "M", "G > M", "G"], "conversions": [2, 1, 1, 0], "unconverted": [0, 0, 0, 1]}
    ... )
    >>> print(markov_attribution(paths_from_table(table)).table.to_string(index=False))
    channel  conversions  share  removal_effect
          G          2.4    0.6            0.75
          M          1.6    0.4            0.50
    """
    require_paths(paths, "markov_attribution")
    memory = int(ORDER.check(order))
    notes = nothing_converted(paths)
    effects = np.zeros(len(paths.channels))
    if not notes:
        effects = _removal_effects(paths, memory)
    total = effects.sum()
    share = effects / total if total > 0 else effects
    worth = None if paths.total_value is None else share * paths.total_value
    convention = say_count("In proportion to the removal effects in a chain that remembers {count} touch.",
                           "In proportion to the removal effects in a chain that remembers {count} touches.",
                           memory)  # fmt: skip
    return credited(paths, share * paths.total, worth, "markov", convention, notes, removal_effect=effects)


def _removal_effects(paths: TouchPaths, memory: int) -> np.ndarray:
    """1 − P₋c / P for every channel."""
    state, last = _states(paths, memory)
    size, owner = len(last), paths.owner
    everybody = paths.conversions + paths.unconverted
    final = paths.starts + paths.lengths - 1
    begin = np.bincount(state[paths.starts], weights=everybody, minlength=size)
    inner = np.ones(len(state), dtype=bool)
    inner[final] = False
    here = np.flatnonzero(inner)
    moves, weight = _added(state[here] * size + state[here + 1], everybody[owner[here]], size * size)
    come, go = moves // size, moves % size
    converted = np.bincount(state[final], weights=paths.conversions, minlength=size)
    visits = np.bincount(state, weights=everybody[owner], minlength=size)
    visits = np.maximum(visits, 1e-300)
    chance, end = weight / visits[come], converted / visits
    start = begin / everybody.sum()
    whole = _conversion(start, come, go, chance, end, np.ones(size, dtype=bool))
    without = np.array(
        [_conversion(start, come, go, chance, end, last != channel) for channel in range(len(paths.channels))]
    )
    return np.clip(1.0 - without / whole, 0.0, 1.0)


def _states(paths: TouchPaths, memory: int) -> tuple[np.ndarray, np.ndarray]:
    """The state at every touch, and the last channel of each state: the touches that the chain remembers."""
    state = paths.codes.astype("int64")
    first = np.zeros(len(state), dtype=bool)
    first[paths.starts] = True
    for _ in range(1, min(memory, int(paths.lengths.max(initial=1)))):
        before = np.where(first, -1, np.r_[-1, state[:-1]])  # each round looks one touch further back
        state = ranked((before + 1) * len(paths.channels) + paths.codes)
    count = int(state.max()) + 1
    if count > MOST_STATES:
        what = say("A chain of this order has {count} states; {most} can be solved.", count=count, most=MOST_STATES)
        problem = Problem("too_many", what, advice=say("Choose a lower `order`."), column="order")
        raise InputError(say("`{function}` can't solve this chain.", function="markov_attribution"), [problem])
    last = np.zeros(count, dtype="int64")
    last[state] = paths.codes
    return state, last


def _added(key: np.ndarray, weight: np.ndarray, upto: int) -> tuple[np.ndarray, np.ndarray]:
    """The different keys, and the sums of their weights."""
    if upto <= 4_000_000:
        total = np.bincount(key, weights=weight, minlength=upto)
        different = np.flatnonzero(total)
        return different, total[different]
    place, different = pd.factorize(key)
    return different, np.bincount(place, weights=weight, minlength=len(different))


def _conversion(
    start: np.ndarray, come: np.ndarray, go: np.ndarray, chance: np.ndarray, end: np.ndarray, kept: np.ndarray
) -> float:
    """Probability of a conversion that is reached through the kept states only."""
    place = np.cumsum(kept) - 1
    size = int(kept.sum())
    if not size:
        return 0.0
    both = kept[come] & kept[go]
    row, column, value = place[come[both]], place[go[both]], chance[both]
    if size <= _DENSE:
        matrix = np.eye(size)
        np.subtract.at(matrix, (row, column), value)
        return float(start[kept] @ np.linalg.solve(matrix, end[kept]))
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    inner = sparse.csc_matrix((value, (row, column)), shape=(size, size))
    return float(start[kept] @ spsolve(sparse.eye(size, format="csc") - inner, end[kept]))
