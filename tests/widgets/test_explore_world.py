"""explore_world shows what `compare` returns, refuses with letters, and runs a policy only once."""

import re

import pytest

import crm_toolkit as crm
from crm_toolkit import widgets
from crm_toolkit.errors import InputError
from crm_toolkit.firm import Policy, pricing, service
from crm_toolkit.texts import language
from crm_toolkit.widgets import world as room
from crm_toolkit.world.parameters import MECHANISMS

pytestmark = pytest.mark.usefixtures("unpainted")

SMALL = {"customers": 300, "weeks": 40}


@pytest.fixture(scope="module")
def explorer():
    """The widget on a small barbershop; every test turns its controls back."""
    return widgets.explore_world(**SMALL)


@pytest.fixture
def turn(explorer):
    """Turn controls for one test."""
    rest = {name: control.value for name, control in explorer.controls.items()}

    def turned(**values):
        for name, value in values.items():
            explorer.controls[name].value = value
        return explorer

    yield turned
    turned(**rest)


def said(explorer):
    """Everything that stands in the areas, without the pictures' bytes."""
    return re.sub(r"base64,[^\"]*", "", " ".join(area.value for area in explorer._areas.values()))


def test_it_shows_what_compare_returns(turn):
    explorer = turn(level=1.1, discount=0.05, staff=1.2, recovery=1.5)
    shop = crm.scenario("barbershop")
    policy = Policy(
        campaigns=shop.policy.campaigns, loyalty=shop.policy.loyalty,
        pricing=pricing.Pricing(level=1.1, discount=0.05), service=service.Service(staff=1.2, recovery=1.5),
    )  # fmt: skip
    expected = crm.compare(shop, {"A: nothing special": Policy(), "B: as set here": policy}, **SMALL)
    result = explorer.result
    assert list(result.policies.values()) == [Policy(), policy]
    for name in ("summary", "customers", "weekly"):
        assert getattr(result.comparison, name).equals(getattr(expected, name)), name
    effect = expected.summary.query("measure == 'profit'")["effect"].iloc[1]
    assert f"profit {'+' if effect > 0 else ''}" in explorer.view.conclusion
    assert f"{abs(effect):,.0f}" in explorer.view.conclusion


def test_policies_that_are_the_same_differ_in_nothing(turn):
    explorer = turn(against="now")
    assert "the same for each of 300 customers: the difference is exactly zero" in explorer.view.conclusion
    assert explorer.result.alike == 300
    assert (explorer.result.comparison.summary["effect"] == 0).all()


def test_customers_in_whom_nothing_differs_are_counted(explorer):
    customers = explorer.result.comparison.customers
    a, b = (customers[customers["policy"] == name].reset_index() for name in explorer.result.comparison.names)
    columns = ["orders", "amount", "margin", "complaints", "stays"]
    alike = int((a[columns] == b[columns]).all(axis=1).sum())
    assert 0 < alike < 300
    assert f"For {alike} customers of 300 nothing differs" in said(explorer)


@pytest.mark.parametrize(
    ("control", "value", "check"),
    [
        ("loyalty", "none", lambda policy, now: policy.loyalty is None),
        ("loyalty", "half", lambda policy, now: policy.loyalty.reward == now.loyalty.reward / 2),
        ("loyalty", "double", lambda policy, now: policy.loyalty.reward == now.loyalty.reward * 2),
        ("campaigns", "none", lambda policy, now: policy.campaigns == ()),
        ("campaigns", "all", lambda policy, now: {one.holdout_share for one in policy.campaigns} == {0.0}),
    ],
)
def test_programme_and_campaigns_are_changed(turn, control, value, check):
    explorer = turn(**{control: value})
    assert check(explorer.result.policies["B: as set here"], crm.scenario("barbershop").policy)


def test_a_mechanism_is_switched_off_in_both_worlds(turn):
    explorer = turn(without="complaints")
    assert not explorer.result.scenario.on("complaints")
    assert (explorer.result.comparison.customers["complaints"] == 0).all()
    assert f"Switched off in both worlds: {MECHANISMS['complaints']}" in said(explorer)
    assert "it was off already" in said(turn(without="crowding"))


def test_ranges_and_labels_are_those_of_the_declared_knobs(explorer):
    knobs = {knob.name: knob for knob in (*pricing.KNOBS, *service.KNOBS)}
    for name in ("level", "discount", "staff", "recovery"):
        control, knob = explorer.controls[name], knobs[name]
        assert (control.min, control.max, control.step) == (knob.low, knob.high, knob.step)
        assert control.description.startswith(knob.label)


def test_a_policy_runs_once(monkeypatch):
    runs = []
    usual = room.policy_run
    monkeypatch.setattr(room, "policy_run", lambda spec: runs.append(spec.policy) or usual(spec))
    explorer = widgets.explore_world(customers=50, weeks=10)
    assert len(runs) == 2
    for level in (1.2, 1.3, 1.2):
        explorer.controls["level"].value = level
    assert len(runs) == 4


def test_what_an_organisation_has_not_cannot_be_changed_and_is_refused_with_a_letter(turn):
    explorer = turn(scenario="bgnbd")
    assert explorer.result is not None
    assert "This organisation has never had a loyalty programme" in said(turn(loyalty="double"))
    assert explorer.result is None
    turn(loyalty="now")
    assert "This organisation has never had any campaign" in said(turn(campaigns="all"))
    turn(campaigns="now")
    assert explorer.result is not None


@pytest.mark.parametrize(
    ("options", "letter"),
    [
        ({"scenario": "barber"}, "There is no scenario “barber”"),
        ({"customers": 0}, "`customers` can't be 0"),
        ({"customers": 10_000_000}, "too many for memory"),
        ({"weeks": 1000}, "`weeks` can't be 1,?000"),
        ({"locale": "de_DE"}, "There is no locale “de_DE”"),
    ],
)
def test_bad_beginnings_are_refused_with_a_letter(options, letter):
    with pytest.raises(InputError, match=letter):
        widgets.explore_world(**{**SMALL, **options})


@pytest.mark.slow
def test_every_scenario_can_be_explored():
    explorer = widgets.explore_world(customers=60, weeks=12)
    for name in explorer.controls["scenario"].options:
        explorer.controls["scenario"].value = name[1]
        assert explorer.result is not None, (name, said(explorer))
        assert explorer.result.scenario.name == name[1]


def test_where_the_numbers_come_from_is_said(explorer):
    table = crm.scenario("barbershop").table()
    assert f"assumptions: {int((table['origin'] == 'assumption').sum())}" in said(explorer)
    assert 'crm.scenario("barbershop").table()' in explorer.view.notes[-1]


def test_the_russian_box_is_russian():
    with language("ru"):
        explorer = widgets.explore_world(**SMALL)
    explorer.controls["without"].value = "satisfaction"
    words = " ".join(control.description for control in explorer.controls.values())
    words += " ".join(text for name in ("against", "loyalty", "without") for text, _ in explorer.controls[name].options)
    text = re.sub(r"<[^>]*>|`[^`]*`", " ", said(explorer)) + words
    assert re.findall("[A-Za-z]{2,}", text) == []
    assert "₽" in text


def test_the_money_is_that_of_the_locale():
    assert "RUB" in widgets.explore_world(**SMALL, locale="ru_RU").view.conclusion


def test_the_copy_for_exports_holds_table_and_pictures(monkeypatch, painted):
    monkeypatch.setenv("CRM_STATIC", "1")
    parts = widgets.explore_world(**SMALL).static_parts()
    assert [type(part).__name__ for part in parts] == ["Sentence"] * 3 + ["Table", "Picture", "Picture"]
    assert all(len(part.png) > 5_000 for part in parts if type(part).__name__ == "Picture")
