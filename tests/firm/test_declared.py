"""A firm's declarations: every number has its range, and all that is wrong comes in one letter, in both languages."""

import numpy as np
import pytest

from crm_toolkit.errors import InputError
from crm_toolkit.firm import Campaign, Policy, Pricing, Service, WeeklyPoints, campaigns, loyalty, pricing, service
from crm_toolkit.texts import language

DECLARED = [(Campaign, campaigns.KNOBS, {"name": "spring"}), (WeeklyPoints, loyalty.KNOBS, {}),
            (Pricing, pricing.KNOBS, {}), (Service, service.KNOBS, {})]  # fmt: skip
EVERY = [pytest.param(kind, knob, needed, id=f"{kind.__name__}.{knob.name}") for kind, knobs, needed in DECLARED
         for knob in knobs]  # fmt: skip


def refused(make):
    with pytest.raises(InputError) as letter:
        make()
    return letter.value


@pytest.mark.parametrize(("kind", "knob", "needed"), EVERY)
def test_both_ends_of_a_range_are_allowed_and_nothing_beyond(kind, knob, needed):
    for value in (knob.low, knob.high, knob.default):
        assert getattr(kind(**needed, **{knob.name: value}), knob.name) == value
    wrong = [knob.low - 1, knob.high + 1, float("nan"), None, "7", True]
    for value in [*wrong, *([knob.default + 0.5] if knob.whole else [])]:
        problems = refused(lambda value=value: kind(**needed, **{knob.name: value})).problems
        assert [problem.column for problem in problems] == [knob.name]


@pytest.mark.parametrize(("kind", "knobs", "needed"), DECLARED)
def test_fields_and_knobs_have_the_same_names_and_defaults(kind, knobs, needed):
    """A default is declared twice, in the knob for the reader and in the signature for the writer: they agree."""
    made = kind(**needed)
    assert {knob.name: getattr(made, knob.name) for knob in knobs} == {knob.name: knob.default for knob in knobs}


def test_a_campaign_names_all_its_problems_at_once_in_english():
    letter = refused(lambda: Campaign("x", start_week=-3, discount=2, design="random", channel="pigeon"))
    assert [problem.column for problem in letter.problems] == ["start_week", "discount", "design", "channel"]
    assert str(letter) == "\n".join([
        "`Campaign` can't be made.",
        "",
        "1. `start_week` can't be -3. A value from 0 to 520 is allowed.",
        "2. `discount` can't be 2. A value from 0 to 0.9 is allowed.",
        "3. `design` can't be 'random'.",
        "   Possible: randomised, targeted.",
        "4. `channel` can't be 'pigeon'.",
        "   Possible: email, sms.",
    ])  # fmt: skip


def test_a_campaign_names_all_its_problems_at_once_in_russian():
    with language("ru"):
        letter = refused(lambda: Campaign("x", start_week=-3, discount=2, design="random", channel="pigeon"))
    assert str(letter).count("\n") == 7
    assert len(letter.problems) == 4
    russian = str(letter)
    assert not any(word in russian for word in ("can't", "allowed", "Possible", "value"))
    assert "`start_week`" in russian
    assert "randomised" in russian


POLICY_SLIPS = {
    "campaigns": ("spring", Campaign("a"), Campaign("a")), "pricing": 1.1, "loyalty": 3, "service": None,
    "advertising": 9,
}  # fmt: skip


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_a_policy_names_all_its_problems_at_once(spoken):
    with language(spoken):
        letter = refused(lambda: Policy(**POLICY_SLIPS))
    columns = [problem.column for problem in letter.problems]
    assert sorted(columns) == ["advertising", "campaigns", "campaigns[0]", "loyalty", "pricing", "service"]
    assert ("must be" in str(letter)) == (spoken == "en")


def test_a_policy_of_nothing_does_nothing_special():
    plain = Policy()
    assert plain.campaigns == ()
    assert plain.loyalty is None
    assert plain.pricing.relative == 1.0
    assert plain.service == Service()
    assert Policy(campaigns=[Campaign("a")]).campaigns == (Campaign("a"),)
    assert plain == Policy(pricing=Pricing(level=1.0))


def test_equal_policies_are_equal_values_and_nothing_can_be_changed():
    assert hash(Policy(campaigns=(Campaign("a"),))) == hash(Policy(campaigns=(Campaign("a"),)))
    with pytest.raises(AttributeError):
        Policy().advertising = 2.0


def test_what_a_customer_pays_is_the_level_less_the_discount():
    assert Pricing(level=1.2, discount=0.25).relative == pytest.approx(0.9, abs=1e-12)


def test_a_number_of_numpy_is_as_good_as_a_plain_one():
    plain = Campaign("a", start_week=3, discount=0.25)
    assert Campaign("a", start_week=np.int64(3), discount=np.float32(0.25)) == plain


@pytest.mark.parametrize("odd", [np.ones(3), ["email"], {}])
def test_what_can_t_even_be_compared_with_the_choices_is_refused(odd):
    assert [problem.column for problem in refused(lambda: Campaign("spring", channel=odd)).problems] == ["channel"]
