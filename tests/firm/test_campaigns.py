"""Who gets a message: one chance for all in a randomised campaign, a rising and bounded one in a targeted one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.firm import Campaign

HOLDOUT = st.floats(0.0, 1.0)


@given(holdout=HOLDOUT, recent=st.lists(st.floats(0, 20), min_size=1, max_size=20))
def test_a_randomised_campaign_treats_everybody_with_the_same_chance(holdout, recent):
    chance = Campaign("a", holdout_share=holdout).propensity(np.array(recent))
    assert (chance == 1 - holdout).all()


@given(holdout=HOLDOUT, aim=st.floats(0, 5), recent=st.floats(0, 20), more=st.floats(0, 20))
def test_a_targeted_campaign_prefers_recent_buyers_and_leaves_everybody_a_chance_of_either_arm(
    holdout, aim, recent, more
):
    less, greater = Campaign("a", design="targeted", holdout_share=holdout, aim=aim).propensity(
        np.array([recent, recent + more])
    )
    assert 0.02 <= less <= greater <= 0.98


@pytest.mark.parametrize("holdout", [0.2, 0.5, 0.7])
def test_a_targeted_campaign_treats_one_recent_order_by_the_share_and_steepens_with_the_aim(holdout):
    """At a weight of 1 the odds are those of the share; a weight of 2 multiplies them by e^aim."""
    mild, strong = (
        Campaign("a", design="targeted", holdout_share=holdout, aim=aim).propensity(np.array([1.0, 2.0]))
        for aim in (0.4, 1.2)
    )
    assert mild[0] == pytest.approx(1 - holdout)
    assert strong[0] == pytest.approx(1 - holdout)
    odds = strong / (1 - strong)
    assert odds[1] / odds[0] == pytest.approx(np.exp(1.2))
    assert strong[1] > mild[1]


def test_a_targeted_campaign_without_aim_is_random():
    chance = Campaign("a", design="targeted", aim=0.0, holdout_share=0.3).propensity(np.linspace(0, 9, 10))
    assert np.allclose(chance, 0.7)
