"""Rules know only what was known then, hold back where they must, and leave nothing out of the log."""

import pandas as pd
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.firm import Condition, Rule, run_rules
from crm_toolkit.texts import language

PEOPLE = pd.DataFrame({"customer_id": [1, 2, 3], "consent": [True, True, False]})
TWICE = Rule("twice", on="purchase", action="card", conditions=(Condition("orders", ">=", 2),))
SILENT = Rule("silent", on="silence", after_days=30, action="letter")


def log(*rows):
    table = pd.DataFrame(rows, columns=["customer_id", "at", "kind", "amount"])
    return table.assign(at=pd.to_datetime(table["at"]))


def run(rules, events, **other):
    options = {"since": "2026-01-01", "until": "2026-03-31", "by": "ann", "rest_days": 0} | other
    return run_rules(rules, events, PEOPLE, **options)


def test_a_rule_knows_only_what_was_known_then():
    events = log((1, "2026-01-05", "purchase", 10), (1, "2026-02-20", "purchase", 90))
    acted = run([TWICE, SILENT], events).actions
    assert acted["at"].dt.strftime("%m-%d").tolist() == ["02-04", "02-20", "03-22"]
    rich = Rule("rich", on="purchase", action="gift", conditions=(Condition("spent", ">=", 100),))
    assert run([rich], events).actions["at"].dt.day.tolist() == [20]


def test_later_events_never_change_earlier_actions():
    events = log(*((1 + day % 2, f"2026-01-{day:02}", "purchase" if day % 3 else "complaint", 5.0 * day)
                   for day in range(1, 29, 3)))  # fmt: skip
    whole = run([TWICE, SILENT], events, rest_days=10).actions
    for cut in (8, 15, 22):
        until = pd.Timestamp(f"2026-01-{cut}")
        early = run([TWICE, SILENT], events[events["at"] <= until], rest_days=10, until=until).actions
        pd.testing.assert_frame_equal(early, whole[whole["at"] < until + pd.Timedelta(days=1)])


def test_silence_wakes_on_its_day_once_and_not_if_somebody_comes():
    quiet = run([SILENT], log((1, "2026-01-05", "purchase", 10)))
    assert quiet.actions[["at", "trigger"]].values.tolist() == [[pd.Timestamp("2026-02-04"), "silence 30"]]
    back = log((1, "2026-01-05", "purchase", 10), (1, "2026-02-03", "complaint", 0))
    assert run([SILENT], back).actions["at"].tolist() == [pd.Timestamp("2026-03-05")]


def test_consent_and_rest_hold_back_and_the_first_rule_in_the_list_acts():
    events = log((1, "2026-01-05", "purchase", 10), (1, "2026-01-06", "purchase", 10), (3, "2026-01-05", "purchase", 9))
    twin = Rule("twin", on="purchase", action="gift")
    first = run([TWICE, twin], events, rest_days=30)
    assert first.actions["rule"].tolist() == ["twin"]
    assert sorted(first.held_back["reason"]) == ["no_consent", "resting", "resting"]
    same_day = run([TWICE, twin], events, rest_days=1)
    assert same_day.actions["rule"].tolist() == ["twin", "twice"]
    service = Rule("service", on="purchase", action="call", needs_consent=False)
    assert 3 in run([service], events).actions["customer_id"].tolist()


def test_everything_stands_in_the_audit_log_and_a_dry_run_says_so():
    events = log((1, "2026-01-05", "purchase", 10), (3, "2026-01-05", "purchase", 9))
    dry = run([SILENT, TWICE], events)
    assert dry.audit["entry"].value_counts().to_dict() == {"run": 2, "action": 1, "held_back": 1}
    assert dry.audit["number"].tolist() == [1, 2, 3, 4]
    assert set(dry.audit["by"]) == {"ann"}
    assert dry.audit["detail"].str.startswith("dry_run").sum() == 2
    done = run([SILENT, TWICE], events, dry=False)
    assert done.audit["detail"].str.startswith("executed").sum() == 2
    assert done.reading().startswith("Executed. 1 customer is affected: 1 action, cost 1.00, expected after cost 1.00")
    with language("ru"):
        assert dry.reading().startswith("Пробный прогон, ничего не отправлено. Затронут 1 клиент: 1 действие")


def test_money_is_counted_by_rule():
    rule = Rule("c", on="purchase", action="call", cost=3, success=0.5, gain=10)
    table = run([rule], log((1, "2026-01-05", "purchase", 1), (2, "2026-01-06", "purchase", 1))).table
    assert table.to_dict("records") == [
        {"rule": "c", "customers": 2, "actions": 2, "cost": 6.0, "expected_value": 4.0, "held_back": 0}
    ]


def test_all_problems_come_in_one_letter():
    odd = Rule("a", on="purchase", action="x", conditions=(Condition("salary", ">", 1),))
    with pytest.raises(InputError) as caught:
        run([odd, odd], log((1, "2026-01-05", "purchase", 1)), until="2025-01-01")
    assert [one.code for one in caught.value.problems] == ["twice", "unknown_fact", "unknown_fact", "wrong_order"]
    with pytest.raises(InputError, match="compare with `=>`"):
        Rule("a", on="purchase", action="x", conditions=(Condition("orders", "=>", 1),))
    with pytest.raises(InputError, match="`success` can't be 2"):
        Rule("a", on="purchase", action="x", success=2)
    with pytest.raises(InputError, match="lacks 1 column"):
        run_rules([TWICE], pd.DataFrame({"customer_id": [1]}).assign(at=1, kind="x"), PEOPLE, since="2026-01-01",
                  until="2026-01-02", by="a")  # fmt: skip
