"""Failure and recovery: cases by hand, planted effects found, a confounder taken out, the paradox unmasked."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit.analysis.service.recovery import recovery_cases, recovery_effect
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language


def test_cases_are_followed_as_by_hand():
    orders = pd.DataFrame(
        [
            (1, "ann", "2024-01-01"), (2, "ann", "2024-01-20"), (3, "ann", "2024-03-15"), (4, "bob", "2024-01-05"),
            (5, "cid", "2024-01-08"), (6, "cid", "2024-01-30"), (7, None, "2024-01-09"), (8, "eve", "2024-06-01"),
        ],
        columns=["order_id", "customer_id", "ordered_at"],
    )  # fmt: skip
    complaints = pd.DataFrame(
        [
            (2, "2024-01-21", "2024-01-25", "refund"), (4, "2024-01-06", None, "none"),
            (5, "2024-01-09", "2024-02-20", "voucher"),
            (5, "2024-01-10", "2024-01-11", "none"), (99, "2024-01-10", None, "none"),
        ],
        columns=["order_id", "opened_at", "resolved_at", "remedy"],
    )  # fmt: skip
    orders["ordered_at"] = pd.to_datetime(orders["ordered_at"])
    complaints[["opened_at", "resolved_at"]] = complaints[["opened_at", "resolved_at"]].apply(pd.to_datetime)
    cases = recovery_cases(orders, complaints, as_of="2024-06-30", window_days=30).set_index("order_id")
    assert cases.index.tolist() == [1, 2, 3, 4, 5, 6]  # the window of order 8 is not over, order 7 is nobody's
    assert cases["state"].to_dict() == {
        1: "not_failed", 2: "recovered", 3: "not_failed", 4: "unrecovered", 5: "unrecovered", 6: "not_failed"
    }  # fmt: skip
    assert cases["returned"].to_dict() == {1: 1, 2: 0, 3: 0, 4: 0, 5: 1, 6: 0}
    assert cases["prior_orders"].to_dict() == {1: 0, 2: 1, 3: 2, 4: 0, 5: 0, 6: 1}
    soon = recovery_cases(orders, complaints, as_of="2024-06-30", window_days=30, settled_within_days=2)
    assert "recovered" not in set(soon["state"])


def planted(luck, customers=900, each=3):
    """Regulars complain more and come back more anyway; a failure takes .15, setting it right gives .10 back."""
    person = np.repeat(np.arange(customers), each)
    regular = (luck.random(customers) < 0.4)[person]
    prior = np.where(regular, 4 + luck.integers(0, 5, len(person)), 0)
    complained = luck.random(len(person)) < np.where(regular, 0.5, 0.1)
    right = complained & (luck.random(len(person)) < np.where(regular, 0.8, 0.3))
    own = (luck.normal(0, 0.08, customers))[person]
    chance = np.where(regular, 0.75, 0.35) - 0.15 * complained + 0.10 * right + own
    state = np.select([right, complained], ["recovered", "unrecovered"], "not_failed")
    returned = (luck.random(len(person)) < chance).astype(int)
    return pd.DataFrame({"customer_id": person, "prior_orders": prior, "state": state, "returned": returned})


@pytest.mark.parametrize("samples", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_adjusted_differences_hold_the_planted_ones_and_crude_ones_do_not(samples):
    truth = {"recovered": -0.05, "unrecovered": -0.15}
    luck, held, crude = np.random.default_rng(4), 0, []
    for _ in range(samples):
        table = recovery_effect(planted(luck)).contrasts
        for row in table.itertuples():
            want = truth[row.first] - truth.get(row.second, 0.0)
            held += row.low <= want <= row.high
        crude.append(table["crude"][0])
    assert held / (3 * samples) > 0.95 - 4 * (0.95 * 0.05 / samples) ** 0.5
    assert np.mean(crude) > 0.05  # a "paradox": who complained and was set right comes back more, for he is a regular


def test_contrasts_fit_together_and_classes_add_up():
    cases = planted(np.random.default_rng(5))
    found = recovery_effect(cases)
    one, two, three = found.contrasts["adjusted"]
    assert one - two == pytest.approx(three)
    assert found.classes["cases"].sum() == found.states["cases"].sum() == len(cases)
    standard = found.states.set_index("state")["standardised"]
    assert standard["recovered"] - standard["not_failed"] == pytest.approx(one)


def test_orders_of_one_customer_do_not_count_as_independent():
    """Every customer five times over: as an interval of independent cases it would be √5 too narrow."""
    cases = planted(np.random.default_rng(6), customers=600, each=1)
    once = recovery_effect(cases).contrasts
    often = recovery_effect(pd.concat([cases] * 5, ignore_index=True)).contrasts
    assert often["adjusted"].tolist() == pytest.approx(once["adjusted"].tolist())
    assert (often["high"] - often["low"]).tolist() == pytest.approx((once["high"] - once["low"]).tolist(), rel=0.02)


def test_all_alike_is_no_certainty():
    states = ["not_failed"] * 40 + ["recovered"] * 40 + ["unrecovered"] * 40
    cases = pd.DataFrame({"customer_id": range(120), "prior_orders": 0, "state": states, "returned": 1})
    row = recovery_effect(cases).contrasts.iloc[0]
    assert row["adjusted"] == 0
    assert row["high"] - row["low"] > 0.05
    assert row["verdict"] == "not_shown"


def test_without_a_common_class_nothing_is_compared():
    cases = pd.DataFrame(
        {"customer_id": range(80), "prior_orders": [0] * 40 + [9] * 40, "returned": [0, 1] * 40,
         "state": ["not_failed"] * 40 + ["unrecovered"] * 40}
    )  # fmt: skip
    row = recovery_effect(cases).contrasts.iloc[1]
    assert (row["overlap"], row["verdict"]) == (0, "too_few")
    assert np.isnan(row["adjusted"])
    assert recovery_effect(cases, classes=()).contrasts["adjusted"][1] == pytest.approx(0)


def test_it_is_called_an_effect_only_where_it_was_drawn_by_lot():
    cases = planted(np.random.default_rng(7))
    assert "not effects of the remedy" in recovery_effect(cases).reading
    assert "drawn by lot" in recovery_effect(cases, randomised=True).reading
    with language("ru"):
        assert "а не эффект исправления" in recovery_effect(cases).reading


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.replace({"state": {"recovered": "fixed"}}), "unknown_state"),
        (lambda t: t.assign(state="not_failed"), "no_failures"),
        (lambda t: t.assign(prior_orders=-1), "negative"),
    ],
)
def test_cases_that_can_t_be_compared_are_refused(change, code):
    with pytest.raises(InputError) as refusal:
        recovery_effect(change(planted(np.random.default_rng(8), customers=50)))
    assert refusal.value.problems[0].code == code
