"""Gaps of quality, judging before and after use, failures and recoveries, exit and voice: fixtures, laws, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.behaviour.evaluation import evaluation_accuracy, simulate_evaluation
from crm_toolkit.behaviour.exit_voice import KNOBS, complaint_policy_table, exit_voice_chances
from crm_toolkit.behaviour.service_quality import five_gaps, quality_gaps
from crm_toolkit.behaviour.service_recovery import paradox_threshold, recovery_path
from crm_toolkit.errors import InputError

FEW = settings(max_examples=25, deadline=None)
EXPECTED, PERCEIVED = np.full(5, 6.0), 6.0 + np.array([-0.65, -1.10, -0.83, -0.70, -1.01])
SCALE = st.lists(st.floats(1, 7), min_size=2, max_size=6)


def test_the_mean_gap_is_the_confirmed_one():
    found = quality_gaps(EXPECTED, PERCEIVED)
    assert found.mean_gap == pytest.approx(-0.858)
    assert found.servperf == pytest.approx(5.142)


def test_the_weighted_gap_is_recomputed_with_weights_from_memory():
    assert quality_gaps(EXPECTED, PERCEIVED, [11, 32, 22, 19, 16]).weighted_gap == pytest.approx(-0.9007)


@FEW
@given(expected=SCALE, shift=st.floats(-3, 3))
def test_a_shift_of_all_perceptions_is_the_gap_whatever_the_weights(expected, shift):
    weights = np.arange(1, len(expected) + 1)
    found = quality_gaps(expected, np.array(expected) + shift, weights)
    assert found.mean_gap == pytest.approx(shift, abs=1e-12)
    assert found.weighted_gap == pytest.approx(shift, abs=1e-12)
    assert found.weights.sum() == pytest.approx(1)


@FEW
@given(levels=st.lists(st.floats(1, 7), min_size=6, max_size=6))
def test_the_first_three_gaps_and_the_impression_add_up_to_the_fifth(levels):
    names = ("expected", "believed", "standard", "delivered", "promised", "perceived")
    gaps = five_gaps(**dict(zip(names, levels, strict=True)))
    assert gaps.knowledge + gaps.standards + gaps.delivery + gaps.impression == pytest.approx(gaps.service, abs=1e-9)
    worst = min(gaps.knowledge, gaps.standards, gaps.delivery, gaps.communication)
    assert bool(gaps.deepest) == (worst < -1e-12)


def test_equally_deep_gaps_are_all_named():
    gaps = five_gaps(expected=6, believed=5, standard=4, delivered=4, promised=4, perceived=4)
    assert gaps.deepest == ("knowledge", "standards")


@pytest.mark.parametrize("counts", [(6, 2, 2), (2, 4, 4), (0, 5, 5)])
def test_simulated_judging_agrees_with_the_closed_form(counts):
    shares = np.array(counts) / sum(counts)
    exact = evaluation_accuracy(*shares)
    found = simulate_evaluation(counts, people=40_000, rng=np.random.default_rng(7))
    # four standard errors of a share of 40,000 pairs: 0.01
    assert (found.before, found.after) == pytest.approx((exact.before, exact.after), abs=0.01)


@FEW
@given(search=st.floats(0.05, 0.95), split=st.floats(0, 1), more=st.floats(0.01, 0.05))
def test_fewer_search_qualities_make_the_order_before_the_purchase_worse_and_use_only_helps(search, split, more):
    rest = 1 - search
    one = evaluation_accuracy(search, rest * split, rest * (1 - split))
    less = 1 - (search - more)
    two = evaluation_accuracy(search - more, less * split, less * (1 - split))
    assert two.before < one.before
    assert 0.5 <= one.before <= one.after + 1e-12 <= 1 + 1e-12


def test_credence_qualities_stay_dark_after_use():
    found = evaluation_accuracy(0, 0, 1)
    assert found.before == found.after < 0.62


def test_the_recovery_paradox_appears_after_one_failure_and_is_gone_after_two():
    path = recovery_path([1.5, 1.5])
    assert path["paradox"].tolist() == [False, True, False]
    assert path["satisfaction"].iloc[1] > 0 > path["satisfaction"].iloc[2]
    assert paradox_threshold(failures=2) > 1.5 > paradox_threshold() > 0


def test_the_paradox_in_satisfaction_is_none_in_coming_back():
    path = recovery_path([1.5])
    assert path["return_chance"].iloc[1] < path["return_chance"].iloc[0]


def test_a_failure_with_a_bad_recovery_is_a_double_deviation():
    path = recovery_path([-2.0])
    assert path["double_deviation"].tolist() == [False, True]
    assert not recovery_path([0.0])["double_deviation"].any()


@FEW
@given(recovery=st.floats(-4, 3.5), better=st.floats(0.01, 0.5), severity=st.floats(0.1, 2.5))
def test_a_better_recovery_and_a_milder_failure_never_hurt(recovery, better, severity):
    path = recovery_path([recovery], severity=severity)
    assert recovery_path([recovery + better], severity=severity)["satisfaction"].iloc[1] > path["satisfaction"].iloc[1]
    milder = recovery_path([recovery], severity=severity / 2)
    assert milder["return_chance"].iloc[1] > path["return_chance"].iloc[1]


def test_the_threshold_is_where_satisfaction_is_level_again():
    for count in (1, 2):
        level = paradox_threshold(failures=count)
        assert recovery_path([level] * count)["satisfaction"].iloc[-1] == pytest.approx(0, abs=1e-9)
    assert paradox_threshold(failures=6, blame=4.0) == np.inf


@FEW
@given(values=st.fixed_dictionaries({name: st.floats(max(knob.low, -4), min(knob.high, 4))
                                     for name, knob in KNOBS.items()}))  # fmt: skip
def test_the_four_reactions_share_the_whole_and_move_as_hirschman_says(values):
    chances = exit_voice_chances(**values)
    total = chances.voice + chances.exit + chances.word_of_mouth + chances.stay
    assert total == pytest.approx(np.ones(1))
    loyal = exit_voice_chances(**(values | {"loyalty": values["loyalty"] + 0.5}))
    assert loyal.voice > chances.voice
    assert loyal.exit < chances.exit
    harder = exit_voice_chances(**(values | {"effort": values["effort"] + 0.5}))
    assert harder.voice < chances.voice
    assert harder.exit > chances.exit
    assert harder.heard_share is harder.voice


def test_fewer_complaints_by_hidden_forms_mean_more_exits_and_more_silence():
    table = complaint_policy_table({"open": {"effort": 0.5}, "hidden": {"effort": 4}}, failures=500).set_index("policy")
    assert table.loc["hidden", "complaints"] < table.loc["open", "complaints"]
    assert table.loc["hidden", "exits"] > table.loc["open", "exits"]
    assert table.loc["hidden", "silent"] > table.loc["open", "silent"]
    assert table.sum(axis=1).tolist() == pytest.approx([500, 500])


@pytest.mark.parametrize(
    ("call", "letter"),
    [
        (lambda: quality_gaps([1, 2], [1]), "2 numbers in a row"),
        (lambda: quality_gaps([1], [2], [0]), "All weights are 0"),
        (lambda: quality_gaps([], []), "has the shape"),
        (
            lambda: five_gaps(expected=1, believed=None, standard=1, delivered=1, promised=1, perceived="x"),
            "`believed`",
        ),
        (lambda: evaluation_accuracy(0.5, 0.5, 0.5), "add up to 1.5"),
        (lambda: evaluation_accuracy(2, 0, -1), "A value from 0 to 1"),
        (lambda: simulate_evaluation((0, 0, 0), rng=np.random.default_rng(1)), "All numbers of qualities are 0"),
        (lambda: simulate_evaluation((1, 1), offers=1, rng=np.random.default_rng(1)), "`offers`"),
        (lambda: recovery_path([9.0]), "out of range"),
        (lambda: recovery_path([1.0], severty=1.0), "Did you mean `severity`"),
        (lambda: recovery_path([0.0] * 11), "`recoveries`"),
        (lambda: paradox_threshold(failures=0), "`failures`"),
        (lambda: exit_voice_chances(success_chance=2), "out of range"),
        (lambda: exit_voice_chances(effort=[1, 2], benefit=[1, 2, 3]), "different lengths: 2, 3"),
        (lambda: complaint_policy_table({"easy": {"efort": 1}}), "Did you mean `effort`"),
        (lambda: complaint_policy_table({"easy": {"effort": -1}}), "out of range"),
        (lambda: complaint_policy_table({}, failures=0), "`failures`"),
    ],
)
def test_bad_numbers_are_refused_with_a_letter(call, letter):
    with pytest.raises(InputError) as refusal:
        call()
    assert letter in str(refusal.value)
