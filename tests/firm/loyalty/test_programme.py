"""A programme as a value: it goes out to TOML and JSON and comes back, names all its problems, and reads aloud."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.firm.loyalty import (
    Account,
    Burning,
    Coalition,
    DiscountLadder,
    Earning,
    EventBonus,
    FamilyAccount,
    LadderStep,
    Life,
    LoyaltyProgramme,
    Multiplier,
    PaidMembership,
    Partner,
    Privilege,
    ProgrammeForm,
    PunchCard,
    Referral,
    Returns,
    Tier,
    Tiers,
    form_fields,
    load_programme,
    programme_form,
    programme_names,
)
from crm_toolkit.texts import language

EVERYTHING = LoyaltyProgramme(
    name='All "kinds" \\ \n of them',
    earning=Earning(
        per_unit=0.05, per_visit=3, base="gross", tax=False, delivery=True, paid_with_points=True, rounding="up",
        combine="highest", cap_day=10, cap_week=20, cap_month=30, events=(EventBonus("birthday", 100),),
        multipliers=(Multiplier(2.0, "coffee", 1, dt.date(2026, 3, 1), dt.date(2026, 3, 31)), Multiplier(1.5)),
    ),
    burning=Burning(0.5, "threshold", 200, 400, 0.3),
    life=Life("days", 3, "period_end", 90, 2, "quarter", "period_end"), returns=Returns("debt", "lost"),
    account=Account(50, "keep", False),
    tiers=Tiers((Tier("base", 0), Tier("золото", 1000, 2.0)), "points", "rolling", 90,
                                                    "one_down", 10),
    ladder=DiscountLadder((LadderStep(0, 0.01), LadderStep(100, 0.02))), punch_card=PunchCard(10, 2, 500.0),
    coalition=Coalition((Partner("a", 1.0), Partner("b", 2.0, False)), 0.8),
    membership=PaidMembership(990.0, 6, 14, 1.5), family=FamilyAccount(5, 2, 1.7),
    privileges=(Privilege("lounge", 10.0, 50.0, "золото"), Privilege("tea")),
    referral=Referral(10, 5, 3, "registration"),
    currency="RUB", origin="convention", reference="of the test",
)  # fmt: skip


def refused(make):
    with pytest.raises(InputError) as letter:
        make()
    return letter.value


@pytest.mark.parametrize("way", ["toml", "json", "dict"])
def test_every_field_comes_back(way):
    back = getattr(LoyaltyProgramme, f"from_{way}")(getattr(EVERYTHING, f"to_{way}")())
    assert back == EVERYTHING
    assert hash(back) == hash(EVERYTHING)
    assert len(EVERYTHING.kinds) == 9


@settings(max_examples=15, deadline=None)
@given(name=st.text(min_size=1).filter(str.strip), rate=st.floats(0.01, 1000), value=st.floats(0, 100_000),
       threshold=st.floats(1e-3, 1e9), day=st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)))  # fmt: skip
def test_any_text_number_and_day_comes_back(name, rate, value, threshold, day):
    one = LoyaltyProgramme(name=name, earning=Earning(rate, multipliers=(Multiplier(1.0, category=name, start=day),)),
                           burning=Burning(value),
                           tiers=Tiers((Tier(name, 0), Tier(name + "!", threshold))))  # fmt: skip
    assert LoyaltyProgramme.from_toml(one.to_toml()) == one
    assert LoyaltyProgramme.from_json(one.to_json()) == one


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_the_definition_names_all_its_problems_at_once(spoken):
    text = """
        name = "n"
        orign = "assumption"
        [earning]
        per_unit = "five"
        multiplyers = []
        [burning]
        mode = "sometimes"
        max_share = 2
        [tiers]
        steps = [{name = "base", threshold = 5}, {name = "base", threshold = 1}]
        window_days = 2.5
        [punch_card]
        head_start = 10
        [membership]
        fee = true
    """
    with language(spoken):
        letter = refused(lambda: LoyaltyProgramme.from_toml(text))
    found = [(problem.code, problem.column) for problem in letter.problems]
    assert found == [
        ("unknown_key", "orign"), ("unknown_key", "earning.multiplyers"),
        ("outside_range", "burning.max_share"), ("unknown_choice", "burning.mode"),
        ("outside_range", "tiers.window_days"), ("not_rising", "tiers.steps"), ("twice", "tiers.steps"),
        ("missing_key", "punch_card.stamps"), ("outside_range", "membership.fee"),
    ]  # fmt: skip
    assert "`multipliers`" in str(letter)
    assert "`origin`" in str(letter)
    assert ("Did you mean" in str(letter)) == (spoken == "en")


CONTRADICTIONS = {
    "empty": {},
    "earns_nothing": {"earning": Earning(), "burning": Burning()},
    "no_burning": {"earning": Earning(per_unit=1)},
    "no_earning": {"burning": Burning()},
    "threshold_unused": {"earning": Earning(per_unit=1), "burning": Burning(threshold=5)},
    "no_days": {"punch_card": PunchCard(5), "life": Life(pending="days")},
    "days_unused": {"punch_card": PunchCard(5), "life": Life(pending_days=5)},
    "unknown_tier": {"privileges": (Privilege("lounge", tier="gold"),)},
    "ends_before": {"burning": Burning(), "earning": Earning(per_unit=1, multipliers=(
        Multiplier(2, start=dt.date(2026, 2, 1), end=dt.date(2026, 1, 1)),))},
    "unknown_choice": {"punch_card": PunchCard(5), "origin": "rumour"},
    "wrong_kind": {"earning": 5},
}  # fmt: skip


@pytest.mark.parametrize("code", CONTRADICTIONS)
def test_parts_that_contradict_each_other_are_refused(code):
    assert [one.code for one in refused(lambda: LoyaltyProgramme(name="n", **CONTRADICTIONS[code])).problems] == [code]


@pytest.mark.parametrize("text", ["name = ", "[1]", "\x00", "name = 1", "a" * 1_000_001])
def test_a_text_that_is_no_definition_is_refused_with_a_letter(text):
    assert refused(lambda: LoyaltyProgramme.from_toml(text)).problems
    assert refused(lambda: LoyaltyProgramme.from_json(text)).problems


@pytest.mark.parametrize("name", programme_names())
def test_shipped_programmes_are_stylised_and_read_aloud_in_both_languages(name):
    one = load_programme(name)
    assert one.origin == "assumption"
    assert "Stylised" in one.reference
    assert LoyaltyProgramme.from_toml(one.to_toml()) == one
    english = one.describe()
    with language("ru"):
        russian = one.describe()
    assert len(russian.splitlines()) == len(english.splitlines())
    plain = russian.replace(one.currency, "")
    assert not [letter for letter in plain if "a" <= letter.lower() <= "z"], russian
    assert "{" not in english + russian


def test_an_unknown_programme_is_told_with_the_likely_name():
    letter = refused(lambda: load_programme("clinik_k"))
    assert letter.problems[0].advice == "Did you mean “clinic_k”?"


def test_a_settlement_between_partners_pays_for_what_each_takes():
    coalition = load_programme("language_school_l").coalition
    flows = coalition.settle({"school": 1000, "bookshop": 500}, {"school": 300, "bookshop": 700})
    assert flows == {"school": -56_000, "bookshop": 16_000, "café": 0}
    assert sum(flows.values()) == -80 * (1500 - 1000)  # the operator's fund for what is outstanding


def test_a_form_tells_its_gaps_and_compiles_when_enough_is_stated():
    form = programme_form("an organisation").state("earning.per_unit", 0.05, "page 1", "2026-03-01")
    assert {problem.code for problem in form.gaps()} == {"open"}
    assert "no_burning" in {problem.code for problem in refused(form.programme).problems}
    form = form.state("burning.point_value", 1.0, "", dt.date(2024, 3, 2)).not_stated("life.validity", "page 2")
    codes = {problem.column: problem.code for problem in form.gaps("2026-04-01")}
    assert codes["burning.point_value"] in ("no_source", "old")
    assert {problem.code for problem in form.gaps("2026-04-01") if problem.column == "burning.point_value"} == {
        "no_source", "old"}  # fmt: skip
    assert codes["life.validity"] == "not_stated"
    assert "earning.per_unit" not in codes
    made = form.programme()
    assert (made.origin, made.face_rate, made.name) == ("source", 0.05, "an organisation")
    assert "Mar 2, 2024" in made.reference
    assert ProgrammeForm.from_toml(form.to_toml()) == form
    assert ProgrammeForm.from_json(form.to_json()) == form


def test_a_form_takes_lists_of_parts():
    steps = (LadderStep(0.0, 0.02), LadderStep(55_000.0, 0.05))
    form = programme_form("an organisation").state("ladder.steps", steps, "page 1", "2026-03-01")
    assert form.programme().ladder == DiscountLadder(steps)
    assert ProgrammeForm.from_toml(form.to_toml()).programme().ladder == DiscountLadder(steps)


def test_a_form_names_all_its_problems_at_once():
    text = 'organisation = ""\n[fields."earning.per_unt"]\nvalue = 1\n[fields.currency]\nvalue = 1\nstated = false\n'
    letter = refused(lambda: ProgrammeForm.from_toml(text))
    assert sorted(problem.code for problem in letter.problems) == ["no_name", "unknown_key", "wrong_entry"]
    assert "`earning.per_unit`" in str(letter)
    letter = refused(lambda: programme_form("o").state("currency", "RUB", "page", "yesterday"))
    assert "such as 2026-03-01" in letter.problems[0].what


def test_the_form_covers_every_part():
    assert {path.split(".")[0] for path in form_fields()} == {
        "earning", "burning", "life", "returns", "account", "tiers", "ladder", "punch_card", "coalition", "membership",
        "family", "privileges", "referral", "currency"}  # fmt: skip
