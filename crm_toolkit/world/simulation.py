"""A world: people and a firm meet for some weeks; what is recorded, and the truth behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm import Policy
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import PURCHASES, TRUTH_TABLES, WORLD_TABLES, Table, near_misses
from crm_toolkit.schema.arguments import with_kinds_told
from crm_toolkit.texts import join_names, mark, say
from crm_toolkit.world.block import Lived, WorldSpec, block_ids, blocks_of, live, shared_tables
from crm_toolkit.world.setting import Scenario, scenario

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CUSTOMERS = Knob("customers", 1000, 1, 100_000_000, 1, mark("Customers"), origin="convention")
WEEKS = Knob("weeks", 104, 1, 520, 1, mark("Weeks"), unit=mark("weeks"), origin="convention")
SEED = Knob("seed", 1, 0, 2**62, 1, mark("Seed"), origin="convention")
MOST_IN_MEMORY = 500_000


class NoTableError(InputError, KeyError):
    """A world has no table of that name; a `KeyError` too, as of any mapping."""

    def __init__(self, names: tuple[str, ...], name: object):
        close = near_misses(str(name), names)
        advice = say("Did you mean `{close}`?", close=close[0]) if close else ""
        found = say("Possible: {names}.", names=join_names(names, most=40))
        what = say("There is no table `{name}`.", name=name)
        super().__init__(
            say("A table can't be read."), [Problem("unknown_table", what, found, advice, column=str(name))]
        )
        self._asked = names, name

    def __reduce__(self) -> Any:
        return (type(self), self._asked)


class Tables(Mapping[str, "pd.DataFrame"]):
    """Tables by name, each made when it is first asked for; reads like a dict."""

    def __init__(self, names: tuple[str, ...], make: Callable[[str], pd.DataFrame]):
        self._names, self._make = names, make
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise NoTableError(self._names, name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"Tables({', '.join(self._names)})"


@dataclass(frozen=True, eq=False)
class World:
    """A simulated world; made by `simulate`.

    Parameters
    ----------
    spec : WorldSpec
        Scenario, policy, size, weeks and seed: the same spec is the same world.
    lived : tuple of Lived
        The blocks after their life, for other rooms of `world`.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        What the organisation recorded (`schema.WORLD_TABLES`), and ``purchases``, one row a line of an order, as
        the functions of `analysis` take it. Made when first asked for.
    truth : mapping of str to DataFrame
        What it never sees (`schema.TRUTH_TABLES`). ``states`` and ``potential_outcomes`` are simulated again when
        first asked for, on the same luck.
    """

    spec: WorldSpec
    lived: tuple[Lived, ...] = field(repr=False)

    @cached_property
    def tables(self) -> Tables:
        """What the organisation recorded."""
        return Tables(("purchases", *WORLD_TABLES), self._table)

    @cached_property
    def truth(self) -> Tables:
        """What the organisation never sees."""
        return Tables(tuple(TRUTH_TABLES), self._truth)

    def counterfactual(self, policy: Policy) -> World:
        """The same people with the same luck under another policy.

        Parameters
        ----------
        policy : Policy
            What the organisation does instead.

        Returns
        -------
        World

        Examples
        --------
        >>> world = simulate("barbershop", customers=100, weeks=20)
        >>> world.counterfactual(world.spec.policy).tables["orders"].equals(world.tables["orders"])
        True
        """
        spec = self.spec
        return simulate(spec.scenario, policy, customers=spec.customers, weeks=spec.weeks, seed=spec.seed)

    @cached_property
    def _arrow(self) -> dict[str, pa.Table]:
        from crm_toolkit.world.record import recorded

        blocks = [recorded(self.spec, one) for one in self.lived]
        return shared_tables(self.spec) | {name: _stacked([one[name] for one in blocks]) for name in blocks[0]}

    def _table(self, name: str) -> pd.DataFrame:
        if name == "purchases":
            return _purchases(self.tables)
        return to_frame(self._arrow[name], WORLD_TABLES[name])

    def _truth(self, name: str) -> pd.DataFrame:
        from crm_toolkit.world.outcomes import potential_outcomes
        from crm_toolkit.world.record import truth_tables

        blocks = self.lived
        if name == "states":
            blocks = tuple(live(self.spec, one.people.ids, keep_states=True) for one in blocks)
        if name == "potential_outcomes":
            pieces = [potential_outcomes(self.spec, one) for one in blocks]
        else:
            pieces = [truth_tables(self.spec, one, with_states=name == "states")[name] for one in blocks]
        return to_frame(_stacked(pieces), TRUTH_TABLES[name])


@with_kinds_told
def simulate(
    scenario: Scenario | str = "fitness_club",
    policy: Policy | None = None,
    *,
    customers: int = 1000,
    weeks: int = 104,
    seed: int = 1,
) -> World:
    """Let customers and an organisation live together for some weeks.

    Parameters
    ----------
    scenario : Scenario or str
        As `scenario` makes it, or its name.
    policy : Policy, optional
        What the organisation does; by default what the scenario says.
    customers : int
        Size of the population. Customer 17 is the same person, with the same life, whatever this number is.
    weeks : int
        How long. A longer world goes on where a shorter one ends.
    seed : int
        The luck.

    Returns
    -------
    World
        With ``tables`` and ``truth``.

    Raises
    ------
    InputError
        All problems at once.

    Examples
    --------
    >>> world = simulate("barbershop", customers=300, weeks=26, seed=7)
    >>> list(world.tables["purchases"].columns)
    ['order_id', 'customer_id', 'ordered_at', 'item', 'quantity', 'unit_price', 'amount']
    """
    spec = checked_spec(scenario, policy, customers=customers, weeks=weeks, seed=seed, most=MOST_IN_MEMORY)
    return World(spec, tuple(live(spec, block_ids(spec, block)) for block in blocks_of(spec.customers)))


def checked_spec(
    scenario: Scenario | str, policy: Policy | None, *, customers: int, weeks: int, seed: int, most: int | None = None
) -> WorldSpec:
    """A world's spec, with all problems of its numbers in one letter."""
    chosen = _scenario(scenario)
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for knob, value in ((CUSTOMERS, customers), (WEEKS, weeks), (SEED, seed)):
        try:
            values[knob.name] = int(knob.check(value))
        except InputError as letter:
            problems += [Problem(one.code, f"{letter.heading} {one.what}", column=knob.name) for one in letter.problems]
    if policy is not None and not isinstance(policy, Policy):
        what = say("`policy` must be a `Policy`, not {value}.", value=repr(policy))
        problems.append(Problem("wrong_kind", what, column="policy"))
    if most and values.get("customers", 0) > most:
        what = say("{customers} customers are too many for memory; at most {most}.", customers=customers, most=most)
        advice = say("Write them to files instead: crm-toolkit generate {name} --customers {customers} --out FOLDER",
                     name=chosen.name, customers=customers)  # fmt: skip
        problems.append(Problem("too_many", what, advice=advice, column="customers"))
    if problems:
        raise InputError(say("The world can't be simulated."), problems)
    return WorldSpec(chosen, chosen.policy if policy is None else policy, **values)


def _scenario(given: Scenario | str) -> Scenario:
    return given if isinstance(given, Scenario) else scenario(given)


def _stacked(tables: list[pa.Table]) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables(tables, promote_options="permissive").unify_dictionaries() if len(tables) > 1 else tables[0]


def to_frame(table: pa.Table, contract: Table | None = None) -> pd.DataFrame:
    """An Arrow table as a pandas frame: plain text, dates as datetimes, whole numbers whole even with gaps.

    A whole number that may be missing is pandas' ``Int64``: by the contract, whether or not this table has gaps;
    without one, where it has.

    Examples
    --------
    >>> import pyarrow as pa
    >>> to_frame(pa.table({"referrer_id": pa.array([3, None])}))["referrer_id"].tolist()
    [3, <NA>]
    """
    import pandas as pd
    import pyarrow as pa

    for place, kind in enumerate(table.schema.types):
        if pa.types.is_dictionary(kind):
            table = table.set_column(place, table.column_names[place], table.column(place).cast(pa.string()))
    gaps = {column.name for column in contract.columns if column.nullable} if contract else set()
    holes = {
        name: table.column(name) for name, kind in zip(table.column_names, table.schema.types, strict=True)
        if pa.types.is_integer(kind) and (name in gaps or table.column(name).null_count)
    }  # fmt: skip
    frame = table.to_pandas(date_as_object=False)
    for name, column in holes.items():
        missing = column.is_null().to_numpy()
        frame[name] = pd.arrays.IntegerArray(column.fill_null(0).to_numpy().copy(), missing.copy())
    for name in frame.select_dtypes("datetime"):
        frame[name] = frame[name].astype("datetime64[s]")
    return frame


def _purchases(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The lines of orders as `schema.PURCHASES`, by time."""
    orders, products = tables["orders"], tables["products"]
    lines = tables["order_lines"]
    when = orders["ordered_at"].to_numpy()[np.searchsorted(orders["order_id"].to_numpy(), lines["order_id"].to_numpy())]
    item = products["item"].to_numpy()[lines["product_id"].to_numpy() - 1]
    frame = lines.assign(ordered_at=when, item=item)
    frame = frame.sort_values(["ordered_at", "order_id", "line_no"], kind="stable", ignore_index=True)
    return frame[list(PURCHASES.column_names)]
