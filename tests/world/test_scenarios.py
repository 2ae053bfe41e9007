"""Scenarios: every number has an origin, every slip is named at once in both languages, and every scenario lives."""

import copy
import datetime as dt
import pickle
import tomllib
from dataclasses import replace
from importlib import resources

import numpy as np
import pandas as pd
import pytest

import crm_toolkit as crm
from crm_toolkit.errors import InputError
from crm_toolkit.firm import Campaign, Policy
from crm_toolkit.knobs import ORIGINS
from crm_toolkit.schema import PURCHASES, TRUTH_TABLES, WORLD_TABLES
from crm_toolkit.texts import language, say
from crm_toolkit.world.checks import check_tables
from crm_toolkit.world.parameters import KNOBS, MECHANISMS
from crm_toolkit.world.setting import LOCALES, Origin, scenario, scenario_names
from crm_toolkit.world.simulation import MOST_IN_MEMORY, simulate

FILES = resources.files("crm_toolkit.world") / "scenarios"
NAMES = scenario_names()
NOT_NUMBERS = {"version", "start", "time_zone", "contractual", "ticket", "title", "title_ru"}


def file_of(name):
    return tomllib.loads((FILES / f"{name}.toml").read_text(encoding="utf-8"))


def entries(table, path=()):
    """Every leaf of a file that is or should be a number with an origin, with its place."""
    for key, value in table.items():
        here = (*path, key)
        if here[0] == "mechanisms" or (len(here) == 1 and key in NOT_NUMBERS) or key == "currency":
            continue
        if isinstance(value, dict) and "value" not in value:
            yield from entries(value, here)
        else:
            yield here, value


# ---- files


@pytest.mark.parametrize("name", ["_common", *NAMES])
def test_every_number_of_a_file_says_where_it_comes_from(name):
    seen = 0
    for place, entry in entries(file_of(name)):
        if place[0] in ("campaigns", "loyalty"):
            for one in entry if isinstance(entry, list) else []:
                assert one["origin"] in ORIGINS, place
            continue
        assert set(entry) == {"value", "origin", "reference"}, place
        assert entry["origin"] in ORIGINS, place
        # a source and a calibration name what they lean on
        assert entry["reference"] or entry["origin"] in ("assumption", "convention"), place
        seen += 1
    assert seen > 3
    own = file_of(name)
    if "loyalty" in own:
        assert own["loyalty"]["origin"] in ORIGINS


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("locale", LOCALES.values())
def test_everything_that_a_scenario_holds_has_an_origin(name, locale):
    told = scenario(name, locale=locale)
    for number in (*KNOBS, *told.lists):
        assert told.origin(number).kind in ORIGINS, number
    assert set(told.numbers) == set(KNOBS)
    assert set(told.mechanisms) == set(MECHANISMS)
    for campaign in told.policy.campaigns:
        assert told.origin(f"campaign {campaign.name}").kind in ORIGINS
    if told.policy.loyalty:
        assert told.origin("loyalty").kind in ORIGINS


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_of_a_file_arrive_unchanged_and_in_their_ranges(name):
    told = scenario(name, locale="en_US")
    for key, entry in file_of(name)["numbers"].items():
        assert told[key] == pytest.approx(entry["value"]), key
        assert told.origin(key) == Origin(entry["origin"], entry["reference"])
        assert KNOBS[key].check(entry["value"]) == entry["value"]


@pytest.mark.parametrize("name", NAMES)
def test_lists_of_shares_are_shares_and_lists_agree_with_each_other(name):
    lists = scenario(name, locale="en_US").lists
    assert len(lists["months"]) == 12
    assert len(lists["weekdays"]) == 7
    assert len(lists["hours"]) == 24
    assert min(lists["lines"]) > 0  # weights of one, two, three lines: a cut distribution need not sum to 1
    for shares in ("severities", "nps_shares", "csat_shares", "ces_shares"):
        assert sum(lists[shares]) == pytest.approx(1, abs=1e-9), shares
    for shares in ("order_channels", "contact_channels", "complaint_channels", "ad_channels", "methods", "failures"):
        assert sum(lists[shares].values()) == pytest.approx(1, abs=1e-9), shares
    assert {len(lists["nps_shares"]), len(lists["csat_shares"]), len(lists["ces_shares"])} == {11, 5, 7}
    for item, category, kind, price, cost_share, weight in lists["products"]:
        assert item
        assert category
        assert kind in ("service", "goods")
        assert price > 0
        assert weight > 0
        assert 0 <= cost_share < 1
    assert {"service", "support", "sales", "marketing"} <= set(lists["staff"])
    assert "card" in lists["methods"]


def test_a_scenario_begins_on_a_monday():
    assert {scenario(name).start.weekday() for name in NAMES} == {0}


def test_presets_have_the_published_numbers_and_no_inner_mechanism():
    for name, numbers in {
        "bgnbd": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "s": 0.0},
        "pareto_nbd": {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669, "a": 0.0},
    }.items():
        told = scenario(name)
        assert {key: told[key] for key in numbers} == numbers
        on = {key for key, state in told.mechanisms.items() if state}
        assert on == {"churn", "staggered_acquisition", "several_a_week"}
        assert {told.origin(key).kind for key in numbers} == {"source", "convention"}


# ---- changes


def test_a_change_is_marked_as_the_users_own_and_leaves_the_rest_alone():
    plain, changed = scenario("hotel"), scenario("hotel", failure_share=0.2, season=False)
    assert changed["failure_share"] == 0.2
    assert not changed.on("season")
    for name in ("failure_share", "season"):
        assert changed.origin(name) == Origin("assumption", "changed by the user")
    same = [name for name in KNOBS if name != "failure_share"]
    assert [changed[name] for name in same] == [plain[name] for name in same]
    assert [changed.origin(name) for name in same] == [plain.origin(name) for name in same]
    assert scenario("hotel") == plain  # nothing of it stays behind


def test_a_mapping_of_a_scenario_can_not_be_changed_for_others():
    """Scenarios are shared from a cache: a change of one must not show in the next."""
    one = scenario("hotel", r=0.8)
    with pytest.raises(AttributeError):
        one.name = "inn"
    copy.deepcopy(one)
    dict(one.numbers)["r"] = 5.0
    assert scenario("hotel", r=0.8)["r"] == 0.8


@pytest.mark.parametrize("name", [*KNOBS])
def test_the_fingerprint_feels_every_number(name):
    knob = KNOBS[name]
    plain = scenario("hotel", locale="en_US")
    other = knob.low if plain[name] != knob.low else knob.high
    assert scenario("hotel", locale="en_US", **{name: other}).fingerprint() != plain.fingerprint()


def test_the_fingerprint_feels_switches_locales_and_names_and_nothing_else():
    plain = scenario("hotel", locale="en_US")
    others = [scenario("hotel", locale="ru_RU"), scenario("clinic", locale="en_US")]
    others += [scenario("hotel", locale="en_US", **{name: not plain.on(name)}) for name in MECHANISMS]
    others += [replace(plain, lists={**plain.lists, "weekdays": [1.0] * 7}), replace(plain, policy=Policy()),
               replace(plain, demographics=replace(plain.demographics, female_share=0.1)),
               replace(plain, start=dt.date(2024, 1, 8)), replace(plain, contractual=True),
               replace(plain, locale="ru_RU"), replace(plain, version="2")]  # fmt: skip
    prints = {one.fingerprint() for one in others}
    assert len(prints) == len(others)
    assert plain.fingerprint() not in prints
    assert scenario("hotel", locale="en_US", r=plain["r"]).fingerprint() == plain.fingerprint()  # origins are words
    with language("ru"):
        assert scenario("hotel", locale="en_US").fingerprint() == plain.fingerprint()


def test_scenarios_travel_between_processes():
    for name in NAMES:
        told = scenario(name, locale="ru_RU", r=1.5)
        again = pickle.loads(pickle.dumps(told))
        assert again == told
        assert again.fingerprint() == told.fingerprint()


def test_money_is_in_the_currency_of_the_locale():
    dollars, roubles = (scenario("hotel", locale=locale) for locale in ("en_US", "ru_RU"))
    unit = file_of("_common")["locales"]["ru_RU"]["price_unit"]["value"]
    assert (dollars.currency, roubles.currency) == ("USD", "RUB")
    for name in ("fee", "wage", "rent", "advertising_cost", "ticket_gamma"):
        assert roubles[name] == pytest.approx(unit * dollars[name])
    for own, other in zip(dollars.lists["products"], roubles.lists["products"], strict=True):
        assert other[3] == pytest.approx(unit * own[3], abs=0.005)
        assert (other[:3], other[4:]) == (own[:3], own[4:])
    ours, theirs = dollars.policy.loyalty, roubles.policy.loyalty
    assert theirs.face_rate == pytest.approx(ours.face_rate)  # a reward is worth as much of a bill
    assert theirs.reward == pytest.approx(unit * ours.reward)


def test_the_locale_is_that_of_the_readers_language_unless_it_is_named():
    assert scenario("hotel").locale == "en_US"
    with language("ru"):
        assert scenario("hotel").locale == "ru_RU"
        assert scenario("hotel", locale="en_US").locale == "en_US"


# ---- letters

SLIPS = {"failure_shair": 0.1, "price_level": 9.0, "season": "off", "servers": 2.5, "r": None}


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_all_slips_come_in_one_letter_with_what_is_allowed(spoken):
    with language(spoken), pytest.raises(InputError) as refusal:
        scenario("hotle", locale="de_DE", **SLIPS)
    letter = refusal.value
    assert [problem.code for problem in letter.problems] == [
        "unknown_name", "unknown_locale", "unknown_name", "outside_range", "not_a_switch", "outside_range",
        "outside_range",
    ]  # fmt: skip
    assert [problem.column for problem in letter.problems][3:] == ["price_level", "season", "servers", "r"]
    text = str(letter)
    for help_word in ("`hotel`", "`failure_share`", "en_US", "ru_RU", "0.2" if spoken == "en" else "0,2", "True"):
        assert help_word in text, help_word
    english = any(word in text for word in ("There is no", "Did you mean", "allowed", "can't be", "Possible"))
    assert english == (spoken == "en")


def test_a_name_that_is_like_nothing_is_answered_with_the_whole_list():
    with pytest.raises(InputError) as refusal:
        scenario("zzz")
    for name in NAMES:
        assert name in str(refusal.value)


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_a_world_names_all_slips_of_its_own_at_once(spoken):
    with language(spoken), pytest.raises(InputError) as refusal:
        simulate("hotel", "no policy", customers=0, weeks=1.5, seed=-1)
    assert [problem.column for problem in refusal.value.problems] == ["customers", "weeks", "seed", "policy"]
    with language(spoken), pytest.raises(InputError) as refusal:
        simulate("hotel", customers=MOST_IN_MEMORY + 1)
    assert "crm-toolkit generate hotel" in str(refusal.value)


# ---- for the reader


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_the_table_of_a_scenario_tells_every_number_in_the_readers_language(spoken):
    with language(spoken):
        table = scenario("clinic", r=1.25).table()
        labels = [say(knob.label) for knob in KNOBS.values()]
    assert table.columns.tolist() == ["name", "label", "value", "unit", "origin", "reference"]
    assert table["name"].tolist() == list(KNOBS)
    assert table["label"].tolist() == labels
    assert set(table["origin"]) <= set(ORIGINS)
    changed = table.set_index("name").loc["r"]
    assert (changed["value"], changed["reference"]) == (1.25, "changed by the user")
    cyrillic = table["label"].str.contains("[а-яё]").mean()
    assert cyrillic == (1.0 if spoken == "ru" else 0.0)


# ---- every scenario lives

KINDS = {
    "id": "iu", "integer": "iu", "number": "f", "money": "f", "datetime": "M", "date": "M", "flag": "b", "text": "OUST",
}  # fmt: skip


def misfits(table, columns):
    """Columns that are not what the schema says: names and order, kinds, holes."""
    wrong = [] if tuple(table.columns) == tuple(column.name for column in columns) else [tuple(table.columns)]
    for column in columns:
        values = table[column.name]
        kind = values.dtype.kind if hasattr(values.dtype, "kind") else "O"
        if len(values) and not values.isna().all() and kind not in KINDS[column.kind]:
            wrong.append((column.name, str(values.dtype)))
        if not column.nullable and values.isna().any():
            wrong.append((column.name, "holes"))
        if column.kind == "date" and len(values) and (values.dropna() != values.dropna().dt.normalize()).any():
            wrong.append((column.name, "hours"))
        if column.kind == "money" and len(values) and not np.allclose(values * 100, np.rint(values * 100), atol=1e-4):
            wrong.append((column.name, "parts of a minor unit"))
    return wrong


@pytest.mark.parametrize(("name", "locale"), [  # in turn in one locale; the other of each is behind `slow`
    pytest.param(name, locale, marks=() if (place + other) % 2 else pytest.mark.slow)
    for place, name in enumerate(NAMES)
    for other, locale in enumerate(LOCALES.values())
])  # fmt: skip
def test_a_world_of_every_scenario_conforms_to_the_schema_and_holds_together(name, locale):
    world = simulate(scenario(name, locale=locale), customers=250, weeks=54, seed=13)
    tables = {table: world.tables[table] for table in WORLD_TABLES}
    truth = {f"truth.{table}": world.truth[table] for table in TRUTH_TABLES}
    for table, frame in tables.items():
        assert not misfits(frame, WORLD_TABLES[table].columns), table
    for table, frame in truth.items():
        assert not misfits(frame, TRUTH_TABLES[table.removeprefix("truth.")].columns), table
    purchases = world.tables["purchases"].astype({"quantity": float})  # any number in the contract, whole ones here
    assert not misfits(purchases, PURCHASES.columns)
    report = check_tables(tables | truth)
    assert report.ok, str(report)
    assert world.tables["purchases"]["ordered_at"].is_monotonic_increasing
    assert len(world.tables["orders"]) > 100
    start, end = pd.Timestamp(world.spec.scenario.start), pd.Timestamp(world.spec.calendar.end)
    assert world.tables["orders"]["ordered_at"].between(start, end, inclusive="left").all()
    alphabet = world.tables["customers"]["full_name"].str.contains("[А-Яа-яЁё]")
    assert alphabet.all() if locale == "ru_RU" else not alphabet.any()


@pytest.mark.parametrize("name", ["barbershop", "fitness_club"])
def test_the_smallest_worlds_conform_too(name):
    """One customer and one week, mostly without a row."""
    for customers, weeks in ((1, 1), (3, 2)):
        world = simulate(name, Policy(campaigns=(Campaign("a", start_week=0),)), customers=customers, weeks=weeks)
        tables = {table: world.tables[table] for table in WORLD_TABLES}
        truth = {f"truth.{table}": world.truth[table] for table in TRUTH_TABLES}
        for table, frame in tables.items():
            assert not misfits(frame, WORLD_TABLES[table].columns), table
        for table, frame in truth.items():
            assert tuple(frame.columns) == TRUTH_TABLES[table.removeprefix("truth.")].column_names, table
        assert check_tables(tables | truth).ok
        assert world.tables["purchases"].columns.tolist() == list(PURCHASES.column_names)


def test_a_start_is_a_date_and_a_version_is_kept():
    told = scenario("hotel")
    assert isinstance(told.start, dt.date)
    assert told.version == "1"


def test_a_contact_never_carries_the_order_of_another_customer():
    """Visits without a purchase, and failures at them, by customers who have not bought anything yet."""
    world = crm.simulate(crm.scenario("hotel", extras_share=0.3, failure_share=0.4), customers=1500, weeks=80, seed=1)
    owner = world.tables["orders"].set_index("order_id")["customer_id"]
    for name in ("contacts", "complaints"):
        about = world.tables[name].dropna(subset=["order_id"])
        assert len(about) > 30
        assert (owner[about["order_id"]].to_numpy() == about["customer_id"].to_numpy()).all(), name
    assert world.tables["complaints"]["order_id"].isna().any()
