"""Rules that act by themselves: trigger, condition, action, run on the log of events.

trigger     the event at which a rule wakes up: a purchase, a complaint … or ``"silence"``, which nobody writes down:
            so many days after the last event of a customer
condition   what has to hold of the customer at that moment. A rule knows only what was known *then*: orders and money
            so far, never what came later
action      what is done, what it costs, with which chance it works and what it brings then

A rule is switched on after a dry run: whom would it have reached, what would it have cost, what may it bring? Two
things hold a rule back: a customer who has not agreed to be written to, and a customer who heard from any rule a short
while ago. Of two rules that wake at the same moment the one that stands first in the list acts.

Whatever happens is written to the audit log: who ran the rules and when, every action, everything that was held back.
The expected value is a promise of whoever wrote the rule. What a rule really does is measured by a holdout.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.declared import refuse_outside
from crm_toolkit.knobs import Knob
from crm_toolkit.schema import require_frame
from crm_toolkit.texts import format_money, format_number, join_names, mark, say, say_count

if TYPE_CHECKING:
    import pandas as pd

SILENCE = "silence"
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
FACTS = ("events", "orders", "spent", "complaints", "last_amount", "days_known")
"""What the engine counts for every customer up to the moment of the trigger, the triggering event included."""
HELD_BACK = {"no_consent": mark("has not agreed to messages"), "resting": mark("heard from a rule a short while ago")}
KNOBS = (
    Knob("after_days", 60, 1, 1_000, 1, mark("Days of silence"), unit=mark("days"), origin="convention"),
    Knob("cost", 1.0, 0.0, 1e6, 0.1, mark("Cost of one action"), unit=mark("currency units"), origin="assumption"),
    Knob("success", 0.1, 0.0, 1.0, 0.01, mark("Chance that an action works"), unit=mark("fraction"),
         origin="assumption"),
    Knob("gain", 20.0, 0.0, 1e6, 1.0, mark("Margin that an action brings when it works"),
         unit=mark("currency units"), origin="assumption"),
)  # fmt: skip
REST_DAYS = Knob("rest_days", 30, 0, 1_000, 5, mark("Days of rest between two messages"), unit=mark("days"),
                 origin="convention", reference="a message a month at most")  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """A fact of the customer compared with a value.

    >>> Condition("orders", ">=", 3).holds({"orders": 5})
    True
    """

    fact: str
    comparison: str
    value: Any

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether it holds of these facts; a fact that is not known holds of nothing."""
        import pandas as pd

        known = facts.get(self.fact)
        return not pd.isna(known) and bool(COMPARISONS[self.comparison](known, self.value))

    def __str__(self) -> str:
        return f"{self.fact} {self.comparison} {self.value}"


@dataclass(frozen=True)
class Rule:
    """One rule.

    Parameters
    ----------
    name : str
    on : str
        Kind of the event that wakes it, or ``"silence"``.
    action : str
        What is done, a word such as ``"call"``.
    conditions : tuple of Condition
        All of them must hold.
    after_days : int
        For ``"silence"``: days without an event.
    cost : float
        Of one action, currency units.
    success, gain : float
        Chance that an action works, and the margin that it brings then, currency units: what the author expects.
    needs_consent : bool
        Whether only those are reached who agreed (column ``consent``).

    Raises
    ------
    InputError
        All problems of the declaration at once.

    Examples
    --------
    >>> rule = Rule("win back", on="silence", after_days=60, action="call", cost=3, success=0.1, gain=40)
    >>> rule.expected_value
    1.0
    """

    name: str
    on: str
    action: str
    conditions: tuple[Condition, ...] = ()
    after_days: int = 60
    cost: float = 1.0
    success: float = 0.1
    gain: float = 20.0
    needs_consent: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", tuple(self.conditions))
        refuse_outside(self, KNOBS)
        unknown = [one.comparison for one in self.conditions if one.comparison not in COMPARISONS]
        if unknown:
            what = say("A condition can't compare with `{sign}`.", sign=unknown[0])
            advice = say("Possible: {names}.", names=join_names(COMPARISONS))
            raise InputError(say("`{kind}` can't be made.", kind="Rule"),
                             [Problem("unknown_comparison", what, advice=advice, column="conditions")])  # fmt: skip

    @property
    def expected_value(self) -> float:
        """Of one action, after its cost, currency units: success · gain − cost."""
        return self.success * self.gain - self.cost

    def __str__(self) -> str:
        when = f"{self.on} {self.after_days}" if self.on == SILENCE else self.on
        conditions = " & ".join(map(str, self.conditions)) or "–"
        return f"{self.name}: {when} → {conditions} → {self.action}"


@dataclass(frozen=True, eq=False)
class RuleRun:
    """What rules did, or would have done.

    Parameters
    ----------
    actions : pandas.DataFrame
        ``at``, ``rule``, ``customer_id``, ``trigger``, ``action``, ``cost``, ``expected_value`` (currency units), in
        the order of time.
    held_back : pandas.DataFrame
        ``at``, ``rule``, ``customer_id``, ``reason``: a key of `HELD_BACK`.
    audit : pandas.DataFrame
        ``number``, ``at``, ``by``, ``entry`` ("run", "action", "held_back"), ``rule``, ``customer_id`` (missing for a
        run), ``detail``.
    dry : bool
        Whether nothing was done.
    rules : tuple of Rule
    """

    actions: pd.DataFrame
    held_back: pd.DataFrame
    audit: pd.DataFrame
    dry: bool
    rules: tuple[Rule, ...]

    @property
    def table(self) -> pd.DataFrame:
        """By rule: ``rule``, ``customers`` reached, ``actions``, ``cost``, ``expected_value``, ``held_back``."""
        import pandas as pd

        rows = []
        for rule in self.rules:
            mine = self.actions[self.actions["rule"] == rule.name]
            rows.append((rule.name, mine["customer_id"].nunique(), len(mine), float(mine["cost"].sum()),
                         float(mine["expected_value"].sum()),
                         int((self.held_back["rule"] == rule.name).sum())))  # fmt: skip
        return pd.DataFrame(rows, columns=["rule", "customers", "actions", "cost", "expected_value", "held_back"])

    def reading(self) -> str:
        """The result in a sentence or two, in the reader's language."""
        actions, people = len(self.actions), self.actions["customer_id"].nunique()
        told = say_count("{count} customer is affected", "{count} customers are affected", people)
        done = say_count("{count} action", "{count} actions", actions)
        money = say("cost {cost}, expected after cost {value}", cost=format_money(float(self.actions["cost"].sum())),
                    value=format_money(float(self.actions["expected_value"].sum())))  # fmt: skip
        held = say("held back: {count}", count=format_number(len(self.held_back)))
        mode = say("Dry run, nothing was sent.") if self.dry else say("Executed.")
        return f"{mode} {told}: {done}, {money}; {held}."


def run_rules(
    rules: Iterable[Rule],
    events: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    since: Any,
    until: Any,
    by: str,
    dry: bool = True,
    rest_days: int = int(REST_DAYS.default),
) -> RuleRun:
    """Run rules on a log of events: whom do they reach, at which cost, with what expectation?

    Parameters
    ----------
    rules : iterable of Rule
        In the order of their precedence; names must differ.
    events : pandas.DataFrame
        One row per event: ``customer_id``, ``at`` (datetime), ``kind`` (text; ``"purchase"`` counts as an order,
        ``"complaint"`` as a complaint), ``amount`` (currency units, 0 where there is no money).
    customers : pandas.DataFrame
        One row per customer: ``customer_id``, ``consent`` (flag) and any further facts for conditions, as known before
        the log begins.
    since, until : date or str
        Rules act from the first of these days to the end of the last one; the log before is only remembered.
    by : str
        Who runs them: goes into the audit log.
    dry : bool
        A dry run says what would be done. Only a run with ``dry=False`` is an order to do it.
    rest_days : int
        After an action a customer is left alone by all rules for so many days.

    Returns
    -------
    RuleRun

    Raises
    ------
    InputError
        If a column is missing, two rules have one name, a condition asks for a fact that nobody knows, or the days are
        in the wrong order.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame(
    ...     {
    ...         "customer_id": [1, 1, 2],
    ...         "at": pd.to_datetime(["2026-01-05", "2026-01-20", "2026-01-07"]),
    ...         "kind": "purchase",
    ...         "amount": [20.0, 30.0, 15.0],
    ...     }
    ... )
    >>> people = pd.DataFrame({"customer_id": [1, 2], "consent": True})
    >>> thanks = Rule("thanks", on="purchase", action="card", conditions=(Condition("orders", ">=", 2),), cost=1)
    >>> back = Rule("win back", on="silence", after_days=30, action="call", cost=3, success=0.1, gain=40)
    >>> run = run_rules([thanks, back], events, people, since="2026-01-01", until="2026-02-15", by="marketing")
    >>> print(run.actions[["at", "rule", "customer_id"]].to_string(index=False))
            at     rule  customer_id
    2026-01-20   thanks            1
    2026-02-06 win back            2
    """
    import pandas as pd

    wanted, begin, end = tuple(rules), *_days(since=since, until=until)
    end += pd.Timedelta(days=1)
    rest = pd.Timedelta(days=int(REST_DAYS.check(rest_days)))
    require_frame(events, ("customer_id", "at", "kind", "amount"), asked_by="run_rules")
    require_frame(customers, ("customer_id", "consent"), asked_by="run_rules")
    _require_rules(wanted, list(customers.columns), begin, end)
    known: dict[Any, Any] = {row["customer_id"]: row for row in customers.to_dict("records")}
    acted: list[tuple] = []
    held: list[tuple] = []
    heard: dict[Any, pd.Timestamp] = {}
    for at, customer, trigger, facts in _moments(wanted, events, known, begin, end):
        for rule in wanted:
            wakes = trigger == (f"{SILENCE} {rule.after_days}" if rule.on == SILENCE else rule.on)
            if not wakes or not all(one.holds(facts) for one in rule.conditions):
                continue
            if rule.needs_consent and not bool(facts.get("consent", False)):
                held.append((at, rule.name, customer, "no_consent"))
            elif customer in heard and at - heard[customer] < rest:
                held.append((at, rule.name, customer, "resting"))
            else:
                heard[customer] = at
                acted.append((at, rule.name, customer, trigger, rule.action, rule.cost, rule.expected_value))
    actions = pd.DataFrame(acted, columns=["at", "rule", "customer_id", "trigger", "action", "cost", "expected_value"])
    back = pd.DataFrame(held, columns=["at", "rule", "customer_id", "reason"])
    return RuleRun(actions, back, _audit(wanted, actions, back, by, dry, begin), dry, wanted)


def _moments(
    rules: Sequence[Rule], events: pd.DataFrame, known: Mapping[Any, Mapping[str, Any]], begin: pd.Timestamp,
    end: pd.Timestamp,
) -> list[tuple[pd.Timestamp, Any, str, dict[str, Any]]]:  # fmt: skip
    """Every moment at which a rule may wake, in the order of time, with what was known of the customer then."""
    import pandas as pd

    waits = sorted({rule.after_days for rule in rules if rule.on == SILENCE})
    found = []
    ordered = events.sort_values("at", kind="stable")
    for customer, log in ordered.groupby("customer_id", sort=True):
        facts: dict[str, Any] = {**known.get(customer, {}), **dict.fromkeys(FACTS, 0)}
        times = log["at"].tolist()
        kinds, amounts = log["kind"].tolist(), log["amount"].tolist()
        for place, (at, kind, amount) in enumerate(zip(times, kinds, amounts, strict=True)):
            bought = kind == "purchase"
            facts = {
                **facts, "events": facts["events"] + 1, "orders": facts["orders"] + bought,
                "spent": facts["spent"] + amount, "complaints": facts["complaints"] + (kind == "complaint"),
                "last_amount": amount if bought else facts["last_amount"], "days_known": (at - times[0]).days,
            }  # fmt: skip
            if begin <= at < end:
                found.append((at, customer, kind, facts))
            following = times[place + 1] if place + 1 < len(times) else end
            for days in waits:
                due = at + pd.Timedelta(days=days)
                if begin <= due < end and due < following:
                    found.append((due, customer, f"{SILENCE} {days}", {**facts, "days_known": (due - times[0]).days}))
    return sorted(found, key=lambda moment: moment[0])


def _audit(
    rules: Sequence[Rule], actions: pd.DataFrame, held: pd.DataFrame, by: str, dry: bool, begin: pd.Timestamp
) -> pd.DataFrame:
    import pandas as pd

    mode = "dry_run" if dry else "executed"
    rows: list[tuple[Any, ...]] = [(begin, "run", rule.name, None, f"{mode}: {rule}") for rule in rules]
    rows += [(row.at, "action", row.rule, row.customer_id, row.action) for row in actions.itertuples(index=False)]
    rows += [(row.at, "held_back", row.rule, row.customer_id, row.reason) for row in held.itertuples(index=False)]
    audit = pd.DataFrame(rows, columns=["at", "entry", "rule", "customer_id", "detail"])
    audit = audit.sort_values("at", kind="stable", ignore_index=True)
    audit.insert(0, "number", range(1, len(audit) + 1))
    audit.insert(2, "by", by)
    return audit


def _days(**given: Any) -> list[Any]:
    """Days as pandas knows them, or a letter with those that are none."""
    import pandas as pd

    days: list[Any] = []
    problems: list[Problem] = []
    for name, value in given.items():
        try:
            days.append(pd.Timestamp(value))
        except (TypeError, ValueError):
            days.append(pd.NaT)
        if pd.isna(days[-1]):
            what = say("`{name}`: {value} is no date.", name=name, value=repr(value))
            problems.append(Problem("no_date", what, advice=say("Write `date(2026, 3, 9)`."), column=name))
    if problems:
        raise InputError(say("These rules can't be run."), problems)
    return days


def _require_rules(rules: Sequence[Rule], columns: list[str], begin: pd.Timestamp, end: pd.Timestamp) -> None:
    problems = []
    names = [rule.name for rule in rules]
    if not rules:
        problems.append(Problem("empty", say("There is no rule."), column="rules"))
    for name in dict.fromkeys(one for one in names if names.count(one) > 1):
        problems.append(Problem("twice", say("Two rules are called “{name}”.", name=name), column="rules"))
    facts = sorted({*FACTS, *columns} - {"customer_id"})
    for rule in rules:
        for one in rule.conditions:
            if one.fact not in facts:
                what = say("The rule “{name}” asks for `{fact}`, which nobody knows.", name=rule.name, fact=one.fact)
                advice = say("Known: {names}.", names=join_names(f"`{fact}`" for fact in facts))
                problems.append(Problem("unknown_fact", what, advice=advice, column="rules"))
    if not begin < end:
        problems.append(Problem("wrong_order", say("`until` lies before `since`."), column="until"))
    if problems:
        raise InputError(say("These rules can't be run."), problems)
