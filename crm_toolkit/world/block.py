"""A block of customers: who they are, how they lived, what the organisation recorded of it.

A block is some whole branches of neighbouring customer numbers; it needs nothing from any other block, so blocks
can be made anywhere and in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.firm import Policy
from crm_toolkit.world import clock
from crm_toolkit.world.calendar import Calendar, calendar
from crm_toolkit.world.events import Happened
from crm_toolkit.world.people.population import BRANCH_BITS, People, people
from crm_toolkit.world.setting import Scenario
from crm_toolkit.world.traits import Traits, traits

if TYPE_CHECKING:
    import pyarrow as pa

Integers = NDArray[np.int64]
BRANCH = 1 << BRANCH_BITS
BLOCK = 16_384
LARGEST_BLOCK = 65_536
_ROWS = 3_000_000  # of a block, more or less: about 0.7 GB while it is written


@dataclass(frozen=True)
class WorldSpec:
    """All that defines a world: the same values give the same world, on any machine and in any order.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    customers : int
        Size of the population; those who come within the weeks stand in the tables.
    weeks : int
    seed : int
    """

    scenario: Scenario
    policy: Policy
    customers: int
    weeks: int
    seed: int

    @property
    def calendar(self) -> Calendar:
        """The world's calendar."""
        return calendar(self.scenario, self.weeks)


@dataclass(frozen=True)
class Lived:
    """A block after its life, customers in the order of their numbers in ``people``, of their coming in ``traits``."""

    people: People
    traits: Traits
    happened: Happened
    wanted: NDArray[np.bool_]
    """Which of ``traits.ids`` belong to the world: a branch may be simulated past its last customer."""


def blocks_of(customers: int, block_size: int = BLOCK) -> range:
    """The numbers of all blocks.

    >>> blocks_of(40_000)
    range(0, 3)
    """
    return range(-(-customers // block_size))


def usual_block_size(spec: WorldSpec) -> int:
    """Customers of a block that is quick to make and fits into memory: a power of two from 2,048 to 65,536.

    A week costs much the same for few encounters as for many, so blocks are as large as the rows that their customers
    leave allow. Those are guessed from needs, weeks and lines of an order; more than half of the needs come to an
    encounter, for people come late and leave. A world of a million customers still has sixteen blocks or more.
    """
    from crm_toolkit.world.baskets import catalogue

    scenario = spec.scenario
    needs = 0.6 * spec.weeks * scenario["r"] / scenario["alpha"]
    orders = needs * scenario["extras_share"]
    lines = float(catalogue(scenario).lines.mean())
    fees = 0.6 * spec.weeks / 4 if scenario.contractual else 0.0
    rows = 15 + needs + (2.2 + lines) * orders + 2.2 * fees
    most = min(_ROWS / rows, LARGEST_BLOCK, max(BLOCK, spec.customers / 8))
    return max(1 << int(np.log2(most)), BRANCH)


def block_ids(spec: WorldSpec, block: int, block_size: int = BLOCK) -> Integers:
    """The customer numbers of a block; with crowding on, up to the end of the last branch.

    Raises
    ------
    ValueError
        If the block size is no multiple of a branch.
    """
    if block_size % BRANCH or block_size <= 0:
        raise ValueError(f"a block is made of whole branches: a multiple of {BRANCH}, not {block_size}")
    last = spec.customers
    if spec.scenario.on("crowding"):
        last = -(-last // BRANCH) * BRANCH
    return np.arange(block * block_size + 1, min((block + 1) * block_size, last) + 1)


def live(spec: WorldSpec, ids: Integers, **options: Any) -> Lived:
    """Let customers live; ``options`` go to the clock (`clock.run`)."""
    scenario = spec.scenario
    persons = people(ids, seed=spec.seed, demographics=scenario.demographics, on=np.datetime64(scenario.start))
    ordered = traits(ids, persons, scenario, seed=spec.seed, advertising=spec.policy.advertising).in_order_of_coming()
    allowed = consents(spec, ordered.ids)
    happened = clock.run(scenario, spec.policy, ordered, weeks=spec.weeks, seed=spec.seed, consents=allowed, **options)
    return Lived(persons, ordered, happened, ordered.ids <= spec.customers)


def consents(spec: WorldSpec, ids: Integers) -> dict[str, NDArray[np.bool_]]:
    """Channel → who may be written to, exactly as the customers' profiles say."""
    from crm_toolkit.world.people.population import consents_of

    _, email, sms = consents_of(ids, seed=spec.seed, demographics=spec.scenario.demographics)
    return {"email": email, "sms": sms}


def block_tables(spec: WorldSpec, block: int, *, block_size: int = BLOCK, truth: bool = False) -> dict[str, pa.Table]:
    """Everything that is recorded of one block of customers.

    Parameters
    ----------
    spec : WorldSpec
        What the world is.
    block : int
        Number of the block, from 0.
    block_size : int
        Customers of a block, a multiple of 2,048.
    truth : bool
        Whether to add the tables of truth, under names such as ``"truth.customers"``.

    Returns
    -------
    dict of pyarrow.Table
        By the names of `schema.WORLD_TABLES`, without those of `shared_tables`.
    """
    from crm_toolkit.world.outcomes import potential_outcomes
    from crm_toolkit.world.record import recorded, truth_tables

    lived = live(spec, block_ids(spec, block, block_size), keep_states=truth)
    tables = recorded(spec, lived)
    if truth:
        hidden = truth_tables(spec, lived, with_states=True) | {"potential_outcomes": potential_outcomes(spec, lived)}
        tables |= {f"truth.{name}": table for name, table in hidden.items()}
    return tables


def shared_tables(spec: WorldSpec) -> dict[str, pa.Table]:
    """The tables that are the same for every block: products, prices, departments, campaigns."""
    from crm_toolkit.world.record.organisation import shared

    return shared(spec)
