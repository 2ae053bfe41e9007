"""What follows a failure: chances that are chances, and in the direction that the sources say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crm_toolkit.behaviour.switching import reaction_chances

SHARE = st.just(0.0) | st.floats(1e-6, 0.9)
SHARES = {"voice": 0.3, "leave": 0.05, "word_of_mouth": 0.2}


def chances(severity=1.5, propensity=0.0, habit=0.0, **shares):
    said = reaction_chances(*(np.array([float(one)]) for one in (severity, propensity, habit)), **{**SHARES, **shares})
    return [float(one[0]) for one in said]


@given(
    severity=st.sampled_from([1.0, 2.0, 3.0]), propensity=st.floats(-5, 5), habit=st.floats(0, 1),
    voice=SHARE, leave=SHARE, told=SHARE,
)  # fmt: skip
def test_three_reactions_and_doing_nothing_share_the_whole_even_where_the_shares_were_too_large(
    severity, propensity, habit, voice, leave, told
):
    said = chances(severity, propensity, habit, voice=voice, leave=leave, word_of_mouth=told)
    assert min(said) >= 0
    assert sum(said) <= 1 + 1e-12
    for chance, share in zip(said, (voice, leave, told), strict=True):
        assert (chance == 0) == (share == 0)


@given(voice=st.floats(0, 0.3), leave=st.floats(0, 0.3), told=st.floats(0, 0.3))
def test_the_usual_customer_and_failure_react_by_the_declared_shares(voice, leave, told):
    assert np.allclose(chances(voice=voice, leave=leave, word_of_mouth=told), [voice, leave, told], atol=1e-12)


def test_severity_makes_every_reaction_likelier_and_silence_rarer():
    mild, grave = chances(1), chances(3)
    assert all(more > less for more, less in zip(grave, mild, strict=True))


def test_habit_holds_from_leaving_and_feeds_complaining():
    new, loyal = chances(habit=0), chances(habit=1)
    assert loyal[0] > new[0]
    assert loyal[1] < new[1]


def test_who_is_ready_to_complain_complains_and_so_leaves_less():
    quiet, loud = chances(propensity=-1), chances(propensity=1)
    assert loud[0] > quiet[0]
    assert loud[1] < quiet[1]
