"""Functions of the firm that take frames: odd ones are refused with a letter, whatever is odd about them."""

from datetime import time

import pandas as pd
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.firm import BusinessHours, LoyaltyProgramme, ServiceLevel, load_programme, replay, run_rules, sla_table
from crm_toolkit.firm.loyalty import Burning, Earning, bonus_events, earn_events, referral_events, tier_history

DAY = pd.to_datetime(["2026-03-02"])
RULES = LoyaltyProgramme(name="n", earning=Earning(per_unit=1), burning=Burning())
LEVEL = {"high": ServiceLevel("high", 60, 480, BusinessHours({0: ((time(9), time(17)),)}))}
REQUESTS = pd.DataFrame({"request_id": [1], "priority": ["high"], "opened_at": DAY})
STEPS = pd.DataFrame({"request_id": [1], "at": DAY, "kind": ["resolved"]})
ORDERS = pd.DataFrame({"order_id": [1], "member_id": ["a"], "amount_minor": [100], "ordered_at": DAY})
LOG = pd.DataFrame({"event_id": [1], "member_id": ["a"], "at": DAY, "kind": ["earn"], "points": [5]})
BROUGHT = pd.DataFrame({"referrer_id": [1], "friend_id": [2], "at": DAY})
HAPPENED = pd.DataFrame({"member_id": [1], "at": DAY, "event": ["birthday"]})
EVENTS = pd.DataFrame({"customer_id": [1], "at": DAY, "kind": ["order"], "amount": [1.0]})
PEOPLE = pd.DataFrame({"customer_id": [1], "consent": [True]})
WEEK = {"since": "2026-03-01", "until": "2026-03-08", "by": "me"}
ASKED = {
    "earn_events": (lambda table: earn_events(RULES, table), ORDERS),
    "tier_history": (lambda table: tier_history(load_programme("hotel_n"), table), ORDERS),
    "bonus_events": (lambda table: bonus_events(RULES, table), HAPPENED),
    "referral_events": (lambda table: referral_events(load_programme("barbershop_b"), table), BROUGHT),
    "replay": (lambda table: replay(table, RULES), LOG),
    "sla_table, requests": (lambda table: sla_table(LEVEL, table, STEPS, now="2026-03-04"), REQUESTS),
    "sla_table, events": (lambda table: sla_table(LEVEL, REQUESTS, table, now="2026-03-04"), STEPS),
    "run_rules, events": (lambda table: run_rules([], table, PEOPLE, **WEEK), EVENTS),
    "run_rules, customers": (lambda table: run_rules([], EVENTS, table, **WEEK), PEOPLE),
}


@pytest.mark.parametrize(("ask", "table"), ASKED.values(), ids=ASKED)
def test_odd_frames_and_what_is_none_get_a_letter(ask, table):
    odd = {
        "missing_column": table.set_axis(range(table.shape[1]), axis=1),  # as a frame is that was made of rows alone
        "repeated_column": pd.concat([table, table], axis=1),
        "unknown_kind": table.to_numpy().tolist(),
    }
    for code, given in odd.items():
        with pytest.raises(InputError) as letter:
            ask(given)
        assert {problem.code for problem in letter.value.problems} == {code}
        assert ("Give the columns their names" in str(letter.value)) == (code == "missing_column")
    with pytest.raises(InputError, match=r"The table has no columns\."):
        ask(table[[]])


def test_days_that_are_none_are_told_together():
    with pytest.raises(InputError) as letter:
        run_rules([], EVENTS, PEOPLE, since="soon", until=None, by="me")
    assert [(problem.code, problem.column) for problem in letter.value.problems] == [
        ("no_date", "since"),
        ("no_date", "until"),
    ]
