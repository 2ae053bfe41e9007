"""Segments treated differently: from which size on it pays, what it brings, whom an automatic rule reaches.

The truth is that of the package: `analysis.segment_plan`, `firm.run_rules`.
"""

from __future__ import annotations

import math
import random
from typing import Any

import pandas as pd

from crm_toolkit.exercises.bank.small_tables import small_table
from crm_toolkit.exercises.tasks import Data, Misconception, Task, Values, one_number
from crm_toolkit.firm.automation import Condition, Rule, run_rules
from crm_toolkit.texts import format_money, format_number, format_percent, mark

_CENT = mark("half a cent")


def _draw_segment(luck: random.Random) -> Data:
    return {
        "content_cost": float(luck.randrange(8, 60) * 50),
        "messages": luck.randrange(4, 13),
        "message_cost": luck.randrange(3, 16) / 100,
        "response": luck.randrange(3, 11) / 100,
        "order_value": float(luck.randrange(25, 80)),
        "margin_rate": luck.randrange(30, 61) / 100,
    }


def _customers_needed(data: Data, **other: Any) -> float:
    told = {**data, **other}
    each = told["messages"] * (told["response"] * told["order_value"] * told["margin_rate"] - told["message_cost"])
    return float(told["content_cost"] / each)


def _segment_words(data: Data) -> dict[str, Any]:
    one = data["response"] * data["order_value"] * data["margin_rate"]
    return {
        "content": format_money(data["content_cost"]), "messages": format_number(data["messages"]),
        "cost": format_money(data["message_cost"]), "response": format_percent(data["response"], 0),
        "order": format_money(data["order_value"]), "margin": format_percent(data["margin_rate"], 0),
        "one": format_number(one, 4), "net": format_number(one - data["message_cost"], 4),
        "year": format_number(data["messages"] * (one - data["message_cost"]), 4),
        "exact": format_number(_customers_needed(data), 2), "answer": f"{math.ceil(_customers_needed(data))}",
    }  # fmt: skip


SEGMENT_BREAK_EVEN = Task(
    id="segment_break_even",
    lesson="05",
    topic="segments",
    title=mark("From how many customers on does a segment of its own pay?"),
    statement=mark(
        "Texts and rules of a segment cost {content} a year (`content_cost`). Its customers get {messages} messages a "
        "year (`messages`), each for {cost} (`message_cost`). {response} of the messages bring an order that would not "
        "have been made otherwise (`response`), of {order} on average (`order_value`); {margin} of it is contribution "
        "margin (`margin_rate`).\n\n"
        "How many customers must the segment have at least, so that it pays? Give a whole number."
    ),
    generate=_draw_segment,
    answer=lambda data: one_number(math.ceil(_customers_needed(data))),
    misconceptions=(
        Misconception("REVENUE_FOR_MARGIN", lambda data: one_number(
                          math.ceil(_customers_needed(data, margin_rate=1.0))),
                      mark("The content was to be paid from revenue. What is left of an order for that?"), credit=0.25),
        Misconception("NO_MESSAGE_COST", lambda data: one_number(math.ceil(_customers_needed(data, message_cost=0.0))),
                      mark("The messages cost nothing in this count. They are paid for every customer, whether an "
                           "order comes or not."), credit=0.5),
        Misconception("ONE_MESSAGE", lambda data: one_number(math.ceil(_customers_needed(data, messages=1))),
                      mark("One message was set against the content of a whole year."), credit=0.5),
        Misconception("ROUNDED_DOWN", lambda data: one_number(math.floor(_customers_needed(data))),
                      mark("Almost: with the number rounded down a little of the content is still unpaid."),
                      credit=0.75),
    ),
    words=_segment_words,
    hints=(
        mark("The content is paid once, whatever the number of customers. What does one customer bring in a year?"),
        mark("A year of one customer: messages · (response · order value · margin rate − message cost). Divide the "
             "content by it, round up."),
        mark("`one_message = response * order_value * margin_rate - message_cost`"),
    ),
    solution=mark("A message brings {one} and keeps {net} after its cost, a customer {year} a year. {content} / {year} "
                  "= {exact}, so at least **{answer}** customers."),
    tolerance=0.01,
    tolerance_reason=mark("customers are whole"),
)  # fmt: skip

_WAYS = ("none", "call", "points")


def _draw_policy(luck: random.Random) -> Data:
    rows = []
    for segment in ("new", "regular", "silent"):
        rows.append((segment, luck.randrange(10, 60) * 10, round(luck.uniform(1, 3), 1), round(luck.uniform(0, 8), 1),
                     round(luck.uniform(0, 8), 1)))  # fmt: skip
    table = pd.DataFrame(rows, columns=["segment", "customers", *_WAYS])
    return {"segments": table, "fixed_cost": float(luck.randrange(4, 20) * 25)}


def _profits(data: Data, *, sizes: bool = True) -> tuple[pd.Series, float]:
    """Profit of all customers by the one treatment for all, and by the best of every segment."""
    table = data["segments"]
    people = table["customers"] if sizes else pd.Series(1.0, table.index)
    return table[list(_WAYS)].mul(people, axis=0).sum(), float((table[list(_WAYS)].max(axis=1) * people).sum())


def _policy_gain(data: Data, *, fixed: bool = True, sizes: bool = True, against: str = "best") -> float:
    for_all, best = _profits(data, sizes=sizes)
    base = float(for_all["none"] if against == "nothing" else for_all.max())
    return best - base - data["fixed_cost"] * fixed


def _policy_words(data: Data) -> dict[str, Any]:
    for_all, best = _profits(data)
    return {
        "fixed": format_money(data["fixed_cost"]), "best": format_number(best, 2),
        "for_all": format_number(float(for_all.max()), 2), "way": f"`{for_all.idxmax()}`",
        "answer": format_number(_policy_gain(data), 2),
    }  # fmt: skip


SEGMENT_POLICY_GAIN = Task(
    id="segment_policy_gain",
    lesson="05",
    topic="segments",
    title=mark("What a treatment for each segment brings"),
    statement=mark(
        "Three segments and three treatments (`segments`: customers, and the profit of a customer under `none`, `call` "
        "and `points`, known from a test by lot). Treating segments differently costs {fixed} once (`fixed_cost`).\n\n"
        "By how much does the best treatment for each segment raise the profit, above the best *one* treatment for "
        "all and after that cost? Two decimals; a loss is negative."
    ),
    generate=_draw_policy,
    answer=lambda data: one_number(_policy_gain(data)),
    misconceptions=(
        Misconception("AGAINST_NOTHING", lambda data: one_number(_policy_gain(data, against="nothing")),
                      mark("The comparison is with doing nothing. The choice is between segments and the best "
                           "treatment for all, which needs no segments."), credit=0.5),
        Misconception("NO_FIXED_COST", lambda data: one_number(_policy_gain(data, fixed=False)),
                      mark("What it costs to treat segments differently is missing."), credit=0.5),
        Misconception("SIZES_IGNORED", lambda data: one_number(_policy_gain(data, sizes=False)),
                      mark("Profits per customer were added as if each segment were one customer."), credit=0.25),
        Misconception("PROFIT_NOT_GAIN", lambda data: one_number(_profits(data)[1] - data["fixed_cost"]),
                      mark("This is the whole profit. How much of it would there be without segments?"), credit=0.25),
    ),
    words=_policy_words,
    hints=(
        mark("Two worlds: each segment gets what is best for it, or everybody gets what is best on the whole."),
        mark("Sum of customers · highest profit of the row, minus the highest sum of a column (customers · profit), "
             "minus the fixed cost."),
        mark('`for_all = segments[["none", "call", "points"]].mul(segments["customers"], axis=0).sum()`'),
    ),
    solution=mark("By segment: {best}. The best for all is {way}: {for_all}. {best} − {for_all} − {fixed} = "
                  "**{answer}**. The package agrees: `analysis.segment_plan`."),
    tolerance=0.0051,
    tolerance_reason=_CENT,
)  # fmt: skip


def _steps(data: Data, *, sizes: bool = True, against: str = "best", fixed: bool = True) -> Values:
    for_all, best = _profits(data, sizes=sizes)
    base = float(for_all["none"] if against == "nothing" else for_all.max())
    people = float(data["segments"]["customers"].sum())
    net = best - base - data["fixed_cost"] * fixed
    return {"value": {"for_all": base, "by_segment": best, "gain": best - base, "net": net,
                      "per_customer": net / people}}  # fmt: skip


SEGMENT_PLAN_FADED = Task(
    id="segment_plan_faded",
    lesson="05",
    topic="segments",
    key="step",
    title=mark("Does it pay to segment: fill in the steps"),
    statement=mark(
        "The table `segments` holds customers and the profit of a customer under three treatments; treating segments "
        "differently costs {fixed} once (`fixed_cost`). Hand in a table with `step` and `value`, two decimals:\n\n"
        "- `for_all`: profit of all customers with the best one treatment;\n"
        "- `by_segment`: profit if each segment gets its best;\n"
        "- `gain`: the difference;\n"
        "- `net`: the gain after the fixed cost;\n"
        "- `per_customer`: the net gain per customer."
    ),
    generate=lambda luck: {
        "segments": pd.DataFrame({"segment": ["new", "regular", "silent"], "customers": [300, 500, 200],
                                  "none": [2.0, 3.0, 1.0], "call": [4.0, 2.5, 3.5], "points": [2.5, 5.0, 1.5]}),
        "fixed_cost": 400.0,
    },
    answer=_steps,
    misconceptions=(
        Misconception("AGAINST_NOTHING", lambda data: _steps(data, against="nothing"),
                      mark("In the first step stands the profit of doing nothing. Which *one* treatment is the best "
                           "for all?"), credit=0.5),
        Misconception("SIZES_IGNORED", lambda data: _steps(data, sizes=False),
                      mark("From the first step on each segment counts as one customer."), credit=0.25),
        Misconception("NO_FIXED_COST", lambda data: _steps(data, fixed=False),
                      mark("In the fourth step the fixed cost is missing."), credit=0.5),
    ),
    words=lambda data: {**_policy_words(data), "table": small_table("step", "value", _steps(data)["value"])},
    hints=(
        mark("First what can be had without any segments, then what segments add."),
        mark("`for_all` is the highest sum of a column, `by_segment` the sum of the highest of each row, both times "
             "customers."),
        mark('`for_all = segments[["none", "call", "points"]].mul(segments["customers"], axis=0).sum().max()`'),
    ),
    solution=mark("The gain is what segmenting may cost at most.\n\n{table}"),
    tolerance=0.0051,
    tolerance_reason=_CENT,
    own_numbers=False,
)  # fmt: skip

_LETTERS = tuple(f"C-{number}" for number in range(1, 8))
_SINCE, _UNTIL, _SILENCE, _REST = pd.Timestamp("2026-03-01"), pd.Timestamp("2026-06-30"), 30, 45
_LIVES: dict[str, tuple[tuple[tuple[str, int], ...], bool]] = {
    # what happened on which day, and whether the customer agreed to messages
    "complained": ((("purchase", 40), ("complaint", 64), ("purchase", 90), ("purchase", 112)), True),
    "silent": ((("purchase", 5), ("purchase", 30), ("purchase", 55)), True),
    "silent_no_consent": ((("purchase", 3), ("purchase", 33), ("purchase", 58)), False),
    "returned": ((("purchase", 40), ("purchase", 95), ("purchase", 118)), True),
    "soon_after": ((("purchase", 10), ("purchase", 38), ("complaint", 60)), True),
    "both": ((("purchase", 8), ("complaint", 16), ("purchase", 28), ("purchase", 33)), True),
    "regular": ((("purchase", 12), ("purchase", 36), ("purchase", 61), ("purchase", 88), ("purchase", 113)), True),
}


def _draw_log(luck: random.Random) -> Data:
    names = list(_LETTERS)
    luck.shuffle(names)
    rows = []
    for name, (life, _) in zip(names, _LIVES.values(), strict=True):
        shift = luck.randrange(-2, 3)
        rows += [
            (name, _SINCE + pd.Timedelta(days=day + shift), kind, 25.0 * (kind == "purchase")) for kind, day in life
        ]
    events = pd.DataFrame(rows, columns=["customer_id", "at", "kind", "amount"]).sort_values(["at", "customer_id"])
    people = pd.DataFrame({"customer_id": names, "consent": [int(agreed) for _, agreed in _LIVES.values()]})
    return {"events": events.reset_index(drop=True),
            "customers": people.sort_values("customer_id", ignore_index=True)}  # fmt: skip


def _reached(data: Data, *, consent: bool = True, future: bool = False, rest: int = _REST) -> Values:
    events, people = data["events"], data["customers"]
    fact = "orders"
    if future:
        bought = events[events["kind"] == "purchase"].groupby("customer_id").size()
        people, fact = people.assign(in_all=people["customer_id"].map(bought).fillna(0)), "in_all"
    rules = (
        Rule("1", on="complaint", action="call", needs_consent=False),
        Rule("2", on="silence", after_days=_SILENCE, action="letter", conditions=(Condition(fact, ">=", 2),),
             needs_consent=consent),
    )  # fmt: skip
    run = run_rules(rules, events, people, since=_SINCE, until=_UNTIL, by="student", rest_days=rest)
    found = dict.fromkeys(_LETTERS, 0.0)
    for name, mine in run.actions.groupby("customer_id"):
        found[str(name)] = float(sum(int(rule) for rule in mine["rule"].unique()))
    return {"rule": found}


RULE_REACH = Task(
    id="rule_reach",
    lesson="05",
    topic="segments",
    key="customer_id",
    title=mark("Which rule reaches whom?"),
    statement=mark(
        "Two rules run from 1 March to 30 June 2026 on a log (`events`, and `customers` with their consent to "
        "messages).\n\n"
        "- Rule 1: after a complaint somebody calls; no consent is needed for that.\n"
        "- Rule 2: after {silence} days without any event a letter is sent to those who have ordered twice or more "
        "*by then* and agreed to messages.\n"
        "- After an action the customer is left alone by both rules for {rest} days; what falls into these days is "
        "dropped.\n\n"
        "Which rule acts on whom? Hand in a table with `customer_id` and `rule`: 0 none, 1, 2, or 3 for both."
    ),
    generate=_draw_log,
    answer=_reached,
    misconceptions=(
        Misconception("CONSENT_IGNORED", lambda data: _reached(data, consent=False),
                      mark("All right but for a customer who has not agreed to messages: the second rule must not "
                           "write."), credit=0.5),
        Misconception("FUTURE_KNOWN", lambda data: _reached(data, future=True),
                      mark("All right but for a customer whose second order came after the silence. On that day the "
                           "rule knew of one only."), credit=0.5),
        Misconception("NO_REST", lambda data: _reached(data, rest=0),
                      mark("All right but for a customer who had been called a short while before: the days of rest "
                           "hold for both rules."), credit=0.5),
    ),
    words=lambda data: {"silence": _SILENCE, "rest": _REST,
                        "table": small_table("customer_id", "rule", _reached(data)["rule"], 0)},
    hints=(
        mark("Go through the log of one customer day by day, and forget what comes later."),
        mark("Silence wakes rule 2 on the day of the last event + {silence}, if nothing happened meanwhile. Then ask: "
             "orders so far, consent, days since the last action."),
        mark('`log = events[events["customer_id"] == "C-1"]`'),
    ),
    solution=mark("`firm.run_rules` does the same, customer by customer.\n\n{table}"),
    tolerance=0.11,
    tolerance_reason=mark("numbers of rules are whole"),
)  # fmt: skip

TASKS = (SEGMENT_PLAN_FADED, SEGMENT_BREAK_EVEN, SEGMENT_POLICY_GAIN, RULE_REACH)
