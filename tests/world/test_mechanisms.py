"""Every mechanism has a switch: off, its effect is gone; on, it points where its source says.

Comparisons of two worlds are on the same luck, so most of them are exact or need no test of chance. Where a share
or a mean is compared with its expectation, the tolerance is 4 standard errors (once in 15,790), and the seeds are
fixed. The barbershop and the hotel serve, at their own numbers where nothing else is said.
"""

import numpy as np
import pytest

from crm_toolkit.behaviour.switching import reaction_chances
from crm_toolkit.firm import Campaign, Policy, Pricing, Service, WeeklyPoints
from crm_toolkit.world import clock
from crm_toolkit.world.block import WorldSpec, block_ids, live
from crm_toolkit.world.membership import STRENGTHS
from crm_toolkit.world.parameters import MECHANISMS
from crm_toolkit.world.setting import scenario
from crm_toolkit.world.simulation import World, simulate

TESTED: set[str] = set()
# nothing but needs: every customer there from the first day, nobody leaves, nothing is felt
BARE = {**dict.fromkeys(MECHANISMS, False), "several_a_week": True}
STRONG = Campaign("strong", start_week=10, weeks=8, discount=0.0, holdout_share=0.0)


def mechanism(name):
    """Note that a mechanism has a test, so that none is forgotten."""
    TESTED.add(name)
    return lambda test: test


def lived(name="barbershop", policy=None, customers=3000, weeks=40, seed=21, **changes):
    told = scenario(name, locale="en_US", **changes)
    spec = WorldSpec(told, told.policy if policy is None else policy, customers, weeks, seed)
    return live(spec, block_ids(spec, 0))


def on_and_off(switch, name="barbershop", policy=None, **changes):
    return [lived(name, policy, **{**changes, switch: state}) for state in (True, False)]


def events(one):
    return one.happened.encounters


def counts(one, begin=0.0, end=np.inf):
    """Encounters of everybody, in the order of customer numbers."""
    log = events(one)
    inside = (log["time"] >= begin) & (log["time"] < end)
    made = np.bincount(log["person"][inside], minlength=len(one.traits.ids))
    return made[np.argsort(one.traits.ids)]


def same_life(one, other, columns=("person", "number", "time")):
    """Whether two blocks have the same encounters, bit by bit."""
    return all(events(one)[name].tobytes() == events(other)[name].tobytes() for name in columns)


def errors(values, truth):
    return (np.mean(values) - truth) / (np.std(values, ddof=1) / np.sqrt(len(values)))


def leavers(one):
    return np.isfinite(one.happened.left).sum()


# ---- needs


def scaled_gaps(one, weeks):
    """First eight times between purchases in units of the customer's own mean, of those who surely had as many."""
    log = events(one)
    order = np.lexsort((log["number"], log["person"]))
    person, number, time = (log[name][order] for name in ("person", "number", "time"))
    gaps = np.diff(time)[(np.diff(person) == 0) & (number[1:] <= 8)]
    who = person[1:][(np.diff(person) == 0) & (number[1:] <= 8)]
    often = one.traits.need_rate * weeks > 40
    return (gaps * one.traits.need_rate[who])[often[who]]


@mechanism("need_refill")
def test_need_refill_makes_purchases_as_regular_as_declared_and_without_it_they_are_chance():
    """The coefficient of variation is 1/√k with a gamma shape k, and 1 without; thresholds have mean 1 in both."""
    for switch, shape in ((True, 3.0), (False, 1.0)):
        one = lived(weeks=300, customers=1500, **{**BARE, "need_refill": switch, "regularity": 3.0})
        gaps = scaled_gaps(one, 300)
        assert len(gaps) > 4000
        assert abs(errors(gaps, 1.0)) < 4
        assert abs(errors((gaps - 1) ** 2, 1 / shape)) < 4


@mechanism("several_a_week")
def test_only_several_a_week_lets_a_customer_come_twice_in_a_week():
    several, rests = on_and_off("several_a_week", **{**BARE, "r": 5.0, "alpha": 5.0})
    busiest = [np.unique(np.stack([events(one)["person"], np.floor(events(one)["time"])]), axis=1,
                         return_counts=True)[1].max() for one in (several, rests)]  # fmt: skip
    assert busiest[0] > 1
    assert busiest[1] == 1
    assert counts(several).sum() > counts(rests).sum()


# ---- inner states


@mechanism("satisfaction")
def test_satisfaction_brings_people_back_and_keeps_them_and_off_nothing_is_felt():
    better = Policy(service=Service(training=1.0))
    usual, trained = (lived(policy=policy, satisfaction=True) for policy in (Policy(), better))
    assert counts(trained).sum() > 1.02 * counts(usual).sum()
    assert leavers(trained) < leavers(usual)
    usual, trained = (lived(policy=policy, satisfaction=False) for policy in (Policy(), better))
    assert same_life(usual, trained)
    for name in ("performance", "disconfirmation", "satisfaction", "wait", "failed", "severity", "reaction"):
        assert not events(usual)[name].any()


def test_satisfaction_follows_disconfirmation_and_its_effects_have_the_declared_weights():
    one = lived()
    log = events(one)
    pleased, annoyed = (log["satisfaction"][mine].mean() for mine in (log["disconfirmation"] > 0.5,
                                                                      log["disconfirmation"] < -0.5))  # fmt: skip
    assert annoyed < 0 < pleased
    without = lived(satisfaction_to_rate=0.0, satisfaction_to_churn=0.0, leave_after_failure=0.0)
    off = lived(satisfaction=False)
    assert same_life(without, off)  # felt, but of no consequence


@mechanism("loyalty_habit")
def test_habit_grows_with_purchases_stays_below_one_and_holds():
    on, off = on_and_off("loyalty_habit")
    assert counts(on).sum() > counts(off).sum()
    assert leavers(on) < leavers(off)
    spec = WorldSpec(scenario("barbershop", locale="en_US"), Policy(), 500, 40, 3)
    kept = live(spec, block_ids(spec, 0), keep_states=True).happened
    assert kept.states["loyalty"].max() < 1
    often = np.bincount(kept.encounters["person"], minlength=500) >= 8
    assert kept.states["loyalty"][-1][often].mean() > 2 * kept.states["loyalty"][-1][~often].mean()
    spec = WorldSpec(scenario("barbershop", locale="en_US", loyalty_habit=False), Policy(), 500, 40, 3)
    assert not live(spec, block_ids(spec, 0), keep_states=True).happened.states["loyalty"].any()


MANY = Policy(campaigns=tuple(Campaign(f"m{week}", start_week=week, weeks=1, discount=0.0, holdout_share=0.0)
                              for week in range(10, 30)))  # fmt: skip


@mechanism("fatigue")
def test_many_messages_tire_and_drive_away_and_off_they_do_not():
    loud = {"response": 0.6, "response_sd": 0.0, "open_share": 1.0, "unsubscribe_share": 0.0, "acquisition_weeks": 4.0}
    on, off = on_and_off("fatigue", policy=MANY, **loud)
    assert counts(on, 12, 30).sum() < counts(off, 12, 30).sum()
    assert leavers(on) > leavers(off)
    mute = {**loud, "response": 0.0}
    assert same_life(lived(policy=MANY, fatigue=False, **mute), lived(policy=Policy(), fatigue=False, **mute))
    assert leavers(lived(policy=MANY, **mute)) > leavers(lived(policy=Policy(), **mute))


# ---- time


@mechanism("season")
def test_demand_follows_the_months_and_the_trend_and_off_every_month_is_alike():
    """With needs only and 9,000 customers, purchases of a month are Poisson: 4 of its standard errors are 5 %."""
    one = lived(customers=9000, weeks=104, **{**BARE, "season": True, "trend_per_year": 0.2})
    flat = lived(customers=9000, weeks=104, **BARE)
    week = np.arange(1, 104)
    made, plain = (np.bincount(np.floor(events(world)["time"]).astype(int), minlength=104)[1:] for world in (one, flat))
    months = np.array(scenario("barbershop").lists["months"])
    middle = np.datetime64("2024-01-01") + (7 * week + 3)
    month = middle.astype("datetime64[M]").astype(int) % 12
    expected = (months / months.mean())[month] * 1.2 ** (week * 7 / 365.25)
    rate = one.traits.need_rate.sum()
    for number in range(12):
        mine = month == number
        assert abs(made[mine].sum() / rate / expected[mine].sum() - 1) < 4 / np.sqrt(rate * expected[mine].sum())
        assert abs(plain[mine].sum() / rate / mine.sum() - 1) < 4 / np.sqrt(rate * mine.sum())


@pytest.mark.parametrize("switch", [True, False])
def test_weekdays_follow_their_index_with_season_and_are_alike_without(switch):
    world = simulate(scenario("barbershop", locale="en_US", season=switch), customers=3000, weeks=40, seed=2)
    day = world.tables["orders"]["ordered_at"].dt.day_of_week
    index = np.array(world.spec.scenario.lists["weekdays"]) if switch else np.ones(7)
    share = index / index.sum()
    seen = np.bincount(day, minlength=7) / len(day)
    # orders of a customer lie weeks apart, so they count as independent
    assert (np.abs(seen - share) < 4 * np.sqrt(share * (1 - share) / len(day))).all()


@mechanism("staggered_acquisition")
def test_customers_come_over_the_declared_weeks_or_all_on_the_first_day():
    on, off = on_and_off("staggered_acquisition", acquisition_weeks=20.0)
    assert (off.traits.acquired == 0).all()
    assert 0 < on.traits.acquired.min() < 0.5
    assert 19.5 < on.traits.acquired.max() <= 20.0
    more = lived(policy=Policy(advertising=2.0), acquisition_weeks=20.0)
    sooner = [world.traits.acquired[np.argsort(world.traits.ids)] for world in (more, on)]
    assert (sooner[0] < sooner[1]).all()  # advertising brings everybody sooner


def tables(**changes):
    return simulate(scenario("barbershop", locale="en_US", **changes), customers=3000, weeks=60, seed=5).tables


@mechanism("word_of_mouth")
def test_customers_bring_customers_of_their_branch_who_come_after_them_and_off_nobody_does():
    people = tables()["customers"].set_index("customer_id")
    told = people.dropna(subset="referrer_id")
    assert (told["acquisition_channel"] == "referral").all()
    assert (people.loc[people["referrer_id"].isna(), "acquisition_channel"] != "referral").all()
    source = people.loc[told["referrer_id"].astype(int)]  # everybody who recommends stands in the table
    assert (source["acquired_at"].to_numpy() < told["acquired_at"].to_numpy()).all()
    assert (source["branch_id"].to_numpy() == told["branch_id"].to_numpy()).all()
    late = people["acquired_at"].rank() > len(people) / 2
    assert people["referrer_id"].notna()[late].mean() > 1.5 * people["referrer_id"].notna()[~late].mean()
    assert tables(word_of_mouth=False)["customers"]["referrer_id"].isna().all()


# ---- service


@mechanism("capacity")
def test_load_makes_people_wait_and_services_fail_and_off_it_does_not():
    few = Policy(service=Service(staff=0.82))
    usual, short = (lived(policy=policy, leave_after_failure=0.0) for policy in (Policy(), few))
    for name in ("wait", "failed"):
        assert events(short)[name].mean() > 1.2 * events(usual)[name].mean()
    usual, short = (lived(policy=policy, capacity=False) for policy in (Policy(), few))
    assert same_life(usual, short, ("person", "number", "time", "wait", "failed", "satisfaction"))


@mechanism("crowding")
def test_with_crowding_the_treated_crowd_out_the_others_and_without_it_they_can_not():
    half = Policy(campaigns=(Campaign("half", start_week=10, weeks=8, discount=0.0, holdout_share=0.5),))
    for switch in (True, False):
        told = {"crowding": switch, "response": 1.0, "open_share": 1.0, "acquisition_weeks": 4.0, "customers": 2048}
        none, some = (lived(policy=policy, **told) for policy in (Policy(), half))
        treated = some.happened.assignments["person"][some.happened.assignments["treated"]]
        waits = []
        for one in (none, some):
            log = events(one)
            others = ~np.isin(log["person"], treated) & (log["time"] >= 11) & (log["time"] < 18)
            waits.append(log["wait"][others])
        if switch:
            assert waits[1].mean() > waits[0].mean()
        else:
            assert np.array_equal(*waits)


def test_with_crowding_customer_17_is_still_the_same_in_a_world_of_any_size():
    """A branch is simulated to its last customer whatever the size of the world, so its load is the same."""
    lives = []
    for customers in (17, 300, 5000):
        one = lived(crowding=True, customers=customers, acquisition_weeks=4.0, weeks=30)
        log = events(one)
        mine = one.traits.ids[log["person"]] == 17
        lives.append({name: values[mine].tolist() for name, values in log.items() if name != "person"})
    assert lives[0]["time"]
    assert lives[0] == lives[1] == lives[2]


@mechanism("complaints")
def test_failures_are_voiced_left_for_and_told_by_the_chances_of_each_and_off_they_are_silent():
    """Counts of 8,000 customers beside the sums of their own chances, within 4 binomial errors; habit is off."""
    shares = {"voice": 0.3, "leave_after_failure": 0.1, "word_of_mouth_after_failure": 0.2}
    one = lived(customers=8000, loyalty_habit=False, **shares)
    log = events(one)
    failed = log["failed"]
    assert not log["reaction"][~failed].any()
    ready = one.traits.score["complaint"][log["person"][failed]]
    grave = log["severity"][failed].astype(float)
    chances = reaction_chances(grave, ready, np.zeros_like(ready), voice=0.3, leave=0.1, word_of_mouth=0.2)
    for code, chance in enumerate(chances, start=1):
        seen = (log["reaction"][failed] == code).sum()
        assert abs(seen - chance.sum()) < 4 * np.sqrt((chance * (1 - chance)).sum())
        assert seen > 20
    off = lived(complaints=False)
    assert events(off)["failed"].any()
    assert not events(off)["reaction"].any()
    assert not tables(complaints=False)["complaints"].size


def test_who_is_ready_to_complain_complains_more():
    one = lived(customers=8000)
    log = events(one)
    ready = one.traits.score["complaint"][log["person"]]
    voiced = log["reaction"] == 1
    assert ready[voiced].mean() > ready[log["failed"] & ~voiced].mean() + 0.3


INERT = {"satisfaction_to_rate": 0.0, "satisfaction_to_churn": 0.0, "leave_after_failure": 0.0, "customers": 12_000,
         "recovery_share": 0.6, "recovery_gain": 0.5, "failure_share": 0.2}  # fmt: skip


@mechanism("recovery")
def test_one_failure_can_be_repaired_a_second_one_within_half_a_year_can_not():
    """On the same luck, with satisfaction of no consequence, so that encounters stay side by side.

    A first failure that is settled well leaves the customer above the satisfaction before it; after one that was
    not repaired, settling the second changes nothing.
    """
    on, off = on_and_off("recovery", **INERT)
    assert same_life(on, off)
    with_it, without = events(on), events(off)
    assert not without["repaired"].any()
    settled = with_it["repaired"].sum() / (with_it["reaction"] == 1).sum()
    assert abs(settled - 0.6) < 4 * np.sqrt(0.24 / (with_it["reaction"] == 1).sum())
    touched = np.zeros(len(with_it["person"]), dtype=bool)  # by a repair before this encounter
    before = np.zeros(len(on.traits.ids), dtype=bool)
    for number in range(int(with_it["number"].max()) + 1):
        rows = np.flatnonzero(with_it["number"] == number)
        touched[rows] = before[with_it["person"][rows]]
        before[with_it["person"][rows]] |= with_it["repaired"][rows]
    gain = with_it["satisfaction"] - without["satisfaction"]
    once = with_it["repaired"] & ~with_it["repeated"] & ~touched
    twice = with_it["repaired"] & with_it["repeated"] & ~touched
    assert once.sum() > 200
    assert twice.sum() > 50
    assert (gain[once] >= 0).all()
    assert (gain[once] > 0).mean() > 0.95  # the rest were pleased in spite of the failure
    assert (gain[twice] == 0).all()
    first = once & (with_it["number"] == 0)  # before the first encounter satisfaction was 0
    assert (with_it["satisfaction"][first] >= 0.5 - 1e-6).all()
    assert np.median(with_it["satisfaction"][first]) == pytest.approx(0.5, abs=1e-6)
    early = Policy(service=Service(recovery=2.0))
    assert events(lived(policy=early, **INERT))["repaired"].sum() > with_it["repaired"].sum()


@mechanism("churn")
def test_only_with_churn_does_anybody_leave_and_nobody_comes_after_leaving():
    on, off = on_and_off("churn")
    assert set(np.unique(on.happened.left_because)) == {0, 1, 2, 3}
    assert leavers(off) == 0
    assert not off.happened.left_because.any()
    log = events(on)
    assert (log["time"] <= on.happened.left[log["person"]]).all()
    assert (on.happened.left >= on.traits.acquired).all()


# ---- what the firm does


@mechanism("campaign_response")
def test_messages_move_people_only_with_campaign_response():
    told = {"response": 0.5, "response_sd": 0.0, "open_share": 1.0, "unsubscribe_share": 0.0, "fatigue": False,
            "acquisition_weeks": 4.0}  # fmt: skip
    on, off = on_and_off("campaign_response", policy=Policy(campaigns=(STRONG,)), **told)
    nobody = lived(policy=Policy(), **told)
    assert counts(on, 10, 18).sum() > 1.2 * counts(nobody, 10, 18).sum()
    assert same_life(off, nobody)
    assert counts(on, 0, 10).tolist() == counts(nobody, 0, 10).tolist()


def test_a_message_that_stays_closed_leaves_an_earlier_one_at_work():
    """Two campaigns overlap; who opened the first and not the second lives as if there were no second."""
    told = {"response": 1.0, "response_sd": 0.0, "open_share": 0.5, "unsubscribe_share": 0.0, "fatigue": False,
            "acquisition_weeks": 4.0}  # fmt: skip
    later = Campaign("later", start_week=13, weeks=8, discount=0.0, holdout_share=0.0)
    alone, both = (lived(policy=Policy(campaigns=plans), **told) for plans in ((STRONG,), (STRONG, later)))
    sent = both.happened.assignments
    opened = [set(sent["person"][sent["opened"] & (sent["campaign"] == place)]) for place in (0, 1)]
    only = np.array(sorted(opened[0] - opened[1]))
    assert len(only) > 100
    first, second = (np.bincount(events(one)["person"], minlength=3000)[only] for one in (alone, both))
    assert np.array_equal(first, second)


@mechanism("price_response")
def test_dearer_means_rarer_with_the_declared_elasticity_and_off_nobody_minds():
    """With needs only, purchases are proportional to p^−ε: E[λ p^−ε] / E[λ], on common luck within 2 %."""
    dear = Policy(pricing=Pricing(level=1.2))
    told = {**BARE, "customers": 8000, "weeks": 60}
    with_it, usual = (lived(policy=policy, **{**told, "price_response": True}) for policy in (dear, Policy()))
    people = usual.traits
    expected = (people.need_rate * 1.2**-people.elasticity).sum() / people.need_rate.sum()
    seen = (counts(with_it) - 1).sum() / (counts(usual) - 1).sum()
    assert abs(seen / expected - 1) < 0.02
    assert expected < 0.85
    assert same_life(lived(policy=dear, **told), lived(policy=Policy(), **told))
    assert events(lived(policy=dear, **told))["amount"].sum() > events(lived(policy=Policy(), **told))["amount"].sum()


@mechanism("payment_behaviour")
def test_bills_are_late_or_never_paid_by_the_declared_shares_and_off_all_are_paid_when_due():
    on, off = on_and_off("payment_behaviour", name="hotel", customers=12_000, weeks=104)
    for one in (on, off):
        log = events(one)
        billed = log["delay"] != -2
        assert 0.1 < billed.mean() < 0.4
        assert set(np.unique(log["method"][billed])) == {3}  # the invoice
        if one is off:
            assert (log["delay"][billed] == 0).all()
            continue
        # the declared shares hold for the usual customer; discipline spreads the odds log-normally by 0.6
        spread = np.exp(0.6**2 / 2)
        late, never = (log["delay"][billed] > 0).mean(), (log["delay"][billed] == -1).mean()
        told = scenario("hotel")
        assert 0.8 < late / told["late_share"] < 1.1 * spread
        assert 0.6 < never / told["default_share"] < 1.5 * spread
        orderly = one.traits.score["discipline"][log["person"][billed]]
        assert np.corrcoef(orderly, log["delay"][billed] == 0)[0, 1] > 0.2


def test_debts_drive_away_and_off_there_are_none():
    indifferent, ashamed = (lived("hotel", customers=12_000, weeks=104, debt_to_churn=weight) for weight in (0.0, 3.0))
    assert leavers(ashamed) > leavers(indifferent)
    world = simulate(scenario("hotel", locale="en_US", payment_behaviour=False), customers=2000, weeks=104, seed=4)
    assert not world.tables["receivables"].filter(like="overdue").to_numpy().any()
    assert not world.tables["receivables"]["written_off"].any()


@mechanism("points_pressure")
def test_the_nearness_of_a_reward_brings_members_sooner_and_nobody_else():
    points = Policy(loyalty=WeeklyPoints(points_per_unit=1.0, threshold=200, reward=10.0))
    on, off = on_and_off("points_pressure", policy=points, points_to_rate=0.4)
    member = np.isfinite(off.happened.enrolled)[np.argsort(off.traits.ids)]
    never = ~np.isfinite(on.happened.enrolled)[np.argsort(on.traits.ids)]
    assert counts(on)[member].sum() > 1.05 * counts(off)[member].sum()
    assert (counts(on)[never] == counts(off)[never]).all()
    assert same_life(off, lived(policy=Policy(), points_pressure=False))


# ---- a programme and its members

POINTS = Policy(loyalty=WeeklyPoints(points_per_unit=1.0, threshold=100, reward=5.0))
SHORT = Policy(loyalty=WeeklyPoints(points_per_unit=1.0, threshold=150, reward=5.0, valid_weeks=12))
STATUS = Policy(loyalty=WeeklyPoints(points_per_unit=1.0, threshold=500, status_points=120, status_weeks=26))


def members_of(one):
    """Who has joined, in the order of customer numbers."""
    return np.isfinite(one.happened.enrolled)[np.argsort(one.traits.ids)]


def only_members_moved(one, other):
    """Whether nobody who is no member lives another life; and some member does."""
    outside = ~members_of(one) & ~members_of(other)
    changed = counts(one) != counts(other)
    return not changed[outside].any() and changed.any()


@pytest.mark.parametrize("policy", [SHORT, Policy(loyalty=SHORT.loyalty, campaigns=(STRONG,))])
def test_the_nearness_that_is_kept_is_that_of_the_points_in_every_week(monkeypatch, policy):
    """It is worked out again only where points change: by earning, by a reward, by expiry."""
    drives, weeks = clock._drives, []

    def watched(state, week, here):
        told = state.scenario["points_to_rate"] * policy.loyalty.progress(state.earned[:here] - state.used[:here])
        assert np.array_equal(state.near[:here], told), week
        weeks.append(week)
        return drives(state, week, here)

    monkeypatch.setattr(clock, "_drives", watched)
    one = lived(policy=policy, weeks=60, customers=1500)
    assert weeks == list(range(60))
    assert len(one.happened.expiries["person"]) > 50
    assert (events(one)["redeemed"] > 0).any()


@mechanism("enrolment_selection")
def test_members_buy_more_before_they_join_and_without_selection_they_do_not():
    for switch, more in ((True, 1.3), (False, 1.0)):
        one = lived(policy=POINTS, customers=8000, enrolment_selection=switch, points_pressure=False, enrol_by_need=1.0)
        joins, rate = np.isfinite(one.happened.enrolled), one.traits.need_rate
        came = one.happened.encounters["person"]
        joins, rate = joins[np.unique(came)], rate[np.unique(came)]
        ratio = rate[joins].mean() / rate[~joins].mean()
        assert ratio > more if switch else abs(np.log(ratio)) < 0.1


@mechanism("post_reward_reset")
def test_after_a_reward_members_come_later_and_more_of_them_leave():
    on, off = on_and_off("post_reward_reset", policy=POINTS, weeks=80, reset_to_rate=1.5)
    assert counts(on).sum() < counts(off).sum()
    assert only_members_moved(on, off)
    bound, loose = (lived(policy=POINTS, weeks=80, reset_to_churn=strength) for strength in (0.0, 3.0))
    assert leavers(loose) > leavers(bound)


@mechanism("redemption_momentum")
def test_a_reward_at_hand_brings_members_sooner():
    on, off = on_and_off("redemption_momentum", policy=POINTS, momentum_to_rate=0.5)
    assert counts(on)[members_of(off)].sum() > 1.02 * counts(off)[members_of(off)].sum()
    assert only_members_moved(on, off)


@mechanism("rewarded_behaviour")
def test_a_reward_pleases_and_pleased_members_come_back():
    on, off = on_and_off("rewarded_behaviour", policy=POINTS, weeks=80, reward_to_satisfaction=1.0)
    assert on.happened.satisfaction.mean() > off.happened.satisfaction.mean()
    assert counts(on).sum() > counts(off).sum()
    assert only_members_moved(on, off)


@mechanism("expiry_churn")
def test_points_that_expire_drive_members_away():
    on, off = on_and_off("expiry_churn", policy=SHORT, weeks=100, expiry_to_churn=3.0)
    assert len(off.happened.expiries["person"]) > 200
    assert leavers(on) > leavers(off)
    assert only_members_moved(on, off)


@mechanism("tier_pull")
def test_members_stop_just_above_the_points_for_the_status():
    """More of them end the window within a tenth above it, on the same luck; without a status nothing is drawn."""
    on, off = on_and_off("tier_pull", policy=STATUS, weeks=26, tier_to_rate=1.5)
    earned = [
        np.bincount(events(one)["person"], weights=events(one)["earned"], minlength=len(one.traits.ids))
        for one in (on, off)
    ]
    above, usual = (int(((points >= 120) & (points < 160)).sum()) for points in earned)
    assert above > 1.05 * usual
    assert same_life(*(lived(policy=POINTS, tier_to_rate=strength) for strength in (0.0, 1.5)))


@mechanism("tier_demotion")
def test_a_lost_status_drives_members_away():
    on, off = on_and_off("tier_demotion", policy=STATUS, weeks=100, demotion_to_churn=3.0)
    assert leavers(on) > leavers(off)
    assert only_members_moved(on, off)


@mechanism("light_buyers_respond")
def test_light_buyers_gain_more_from_the_same_programme_than_heavy_ones():
    gains = {}
    for switch in (True, False):
        on, off = (lived(policy=POINTS, light_buyers_respond=switch, light_response=0.9, points_to_rate=strength,
                         weeks=60, customers=8000) for strength in (0.6, 0.0))  # fmt: skip
        rate = on.traits.need_rate[np.argsort(on.traits.ids)]
        joined = members_of(on) & members_of(off)
        low, high = np.quantile(rate[joined], [0.5, 0.9])
        for name, group in (("light", joined & (rate < low)), ("heavy", joined & (rate > high))):
            gains[name, switch] = counts(on)[group].sum() / counts(off)[group].sum() - 1
    assert gains["heavy", True] < 0.5 * gains["heavy", False]
    assert gains["light", True] > gains["light", False]


@mechanism("competitor_programme")
def test_a_competitor_s_card_takes_purchases_and_only_from_its_holders_and_its_week_on():
    strong = {"rival_to_rate": 0.7, "rival_to_churn": 1.0, "rival_share": 0.4, "rival_from_week": 20}
    on, off = on_and_off("competitor_programme", policy=Policy(), weeks=60, **strong)
    assert (counts(on, end=20.0) == counts(off, end=20.0)).all()
    moved = counts(on, begin=20.0) != counts(off, begin=20.0)
    assert 0.05 < moved.mean() < 0.4
    assert counts(on).sum() < counts(off).sum()
    assert leavers(on) > leavers(off)


@mechanism("gaming")
def test_gamers_get_more_points_for_the_same_purchases():
    still = {"points_pressure": False, "gaming_share": 0.25, "gaming_factor": 3}
    on, off = on_and_off("gaming", policy=POINTS, **still)
    assert same_life(on, off)
    assert events(on)["gross"].sum() == events(off)["gross"].sum()
    first = events(off)["redeemed"].cumsum() == 0  # nobody has redeemed yet, so that sums are the same
    assert events(off)["earned"][first].sum() > 0
    paid = events(on)["amount"] == events(off)["amount"]
    rewarded = (events(off)["earned"] > 0) & paid
    ratio = events(on)["earned"][rewarded] / events(off)["earned"][rewarded]
    assert set(ratio) == {1.0, 3.0}
    assert 0.15 < (ratio == 3.0).mean() < 0.35
    assert events(on)["points_value"].sum() > events(off)["points_value"].sum()


def test_whom_an_experiment_does_not_ask_lives_as_without_a_programme():
    asked = Policy(loyalty=WeeklyPoints(points_per_unit=1.0, threshold=100, reward=5.0, invited_share=0.5))
    half, everybody, nobody = (lived(policy=policy, points_to_rate=0.4) for policy in (asked, POINTS, Policy()))
    joined = members_of(half)
    assert (members_of(everybody) >= joined).all()
    assert 0.4 < joined.sum() / members_of(everybody).sum() < 0.6
    assert (counts(half)[~joined] == counts(nobody)[~joined]).all()
    assert (counts(half)[joined] == counts(everybody)[joined]).all()


def test_strengths_of_nought_leave_the_world_as_it_was_bit_for_bit():
    switched = dict.fromkeys(STRENGTHS, False)
    assert same_life(lived(), lived(**switched))


# ---- people


@mechanism("profile_matters")
def test_traits_depend_on_the_profile_by_the_published_weights_and_off_they_do_not():
    """A score is w·profile + rest, both standardised, so the correlation is w; 1/√20,000 is its standard error."""
    on, off = on_and_off("profile_matters", customers=16_000, weeks=1)
    for trait, profile, weight in (("spend", "income_score", 0.4), ("elasticity", "income_score", -0.35),
                                   ("discipline", "age_score", 0.2), ("leaving", "age_score", -0.2)):  # fmt: skip
        for one, expected in ((on, weight), (off, 0.0)):
            known = getattr(one.people, profile)[np.argsort(np.argsort(one.people.ids))]
            score = one.traits.score[trait][np.argsort(one.traits.ids)]
            seen = np.corrcoef(known, score)[0, 1]
            # age goes along with income, so a weight on one shows a little through the other
            room = 0.12 if expected else 4 / np.sqrt(16_000)
            assert abs(seen - expected) < room, trait


def test_every_mechanism_has_a_test():
    assert set(MECHANISMS) == TESTED


def test_worlds_of_this_file_are_those_of_simulate():
    one = lived(policy=scenario("barbershop", locale="en_US").policy, customers=400, weeks=20)
    world = simulate(scenario("barbershop", locale="en_US"), customers=400, weeks=20, seed=21)
    assert isinstance(world, World)
    assert same_life(one, world.lived[0])
