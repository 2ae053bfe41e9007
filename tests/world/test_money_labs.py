"""Laboratories of money: what the organisation sees stands apart from the truth, and the lottery finds it."""

import numpy as np
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.world.campaign_lab import campaign_trial
from crm_toolkit.world.retention_lab import FEATURES, retention_trial


@pytest.fixture(scope="module")
def club():
    return retention_trial(8000, seed=3)


def test_the_lottery_of_the_club_finds_what_the_calls_did(club):
    stayed = club.members.groupby("treated")["stayed"].mean()
    truth = (club.truth["stays_with"] - club.truth["stays_without"]).mean()
    assert stayed[1] - stayed[0] == pytest.approx(truth, abs=3 * np.sqrt(2 * 0.15 * 0.85 / 4000))


def test_what_was_seen_is_one_of_the_two_lives(club):
    truth, called = club.truth, club.members["treated"] == 1
    assert (club.members["stayed"][called] == truth["stays_with"][called]).all()
    assert (club.members["stayed"][~called] == truth["stays_without"][~called]).all()
    expected = (truth["leave_without"] - truth["leave_with"]) * club.members["value"]
    assert truth["gain"].to_numpy() == pytest.approx(expected.to_numpy())


def test_risk_is_not_persuadability(club):
    risk, gain = club.truth["leave_without"], club.truth["gain"]
    riskiest = risk >= risk.quantile(0.9)
    assert gain[riskiest].mean() < 0 < gain[~riskiest].mean()
    assert set(club.truth["kind"]) == {"persuadable", "sleeping_dog", "hardly_moved"}
    assert set(FEATURES) <= set(club.members)
    assert not set(club.members) & {"gain", "kind", "leave_without", "stays_with"}


def test_a_club_that_calls_the_riskiest_makes_calls_look_harmful():
    aimed = retention_trial(8000, design="targeted", seed=3)
    stayed = aimed.members.groupby("treated")["stayed"].mean()
    assert stayed[1] - stayed[0] < -0.1
    weight = np.where(aimed.members["treated"] == 1, 1, -1) / np.where(
        aimed.members["treated"] == 1, aimed.members["propensity"], 1 - aimed.members["propensity"]
    )
    truth = (aimed.truth["stays_with"] - aimed.truth["stays_without"]).mean()
    assert (weight * aimed.members["stayed"]).mean() == pytest.approx(truth, abs=0.06)


def test_members_are_the_same_in_a_small_club_and_a_large_one(club):
    small = retention_trial(400, seed=3)
    assert small.members.equals(club.members.head(400))
    with pytest.raises(InputError, match="'randomised', 'targeted'"):
        retention_trial(design="by mood")
    with pytest.raises(InputError):
        retention_trial(10)


def test_the_truth_of_a_reminder_is_that_of_its_world():
    trial = campaign_trial(600, seed=4)
    hidden = trial.world.truth["potential_outcomes"].set_index("customer_id")
    effects = trial.truth.set_index("customer_id")["orders_effect"]
    assert (effects == hidden["orders_treated"] - hidden["orders_untreated"]).all()
    treated = trial.customers.set_index("customer_id")["treated"] == 1
    seen = trial.customers.set_index("customer_id")["orders"]
    assert (seen[treated] == hidden["orders_treated"][treated]).all()
    assert (seen[~treated] == hidden["orders_untreated"][~treated]).all()
    assert not {"orders_effect", "effect", "kind"} & set(trial.customers)
