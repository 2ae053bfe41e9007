"""The laboratory of claims: the queue beside hand-made days, claims where they hold and where they fail, coverage."""

import time
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crm_toolkit.errors import InputError
from crm_toolkit.firm.service import mean_wait
from crm_toolkit.texts import language
from crm_toolkit.world.claims import (
    CLAIMS,
    access_frontier,
    access_levels,
    claims_setting,
    experiment,
    question_types,
    run_claim,
)
from crm_toolkit.world.claims.catalogue import OUTCOMES
from crm_toolkit.world.claims.demand import ATTEMPTS, LUCK, Demand, make_demand
from crm_toolkit.world.claims.experiment import measured, paired_interval
from crm_toolkit.world.claims.organisation import serve
from crm_toolkit.world.claims.parameters import KNOBS, SWITCHES
from crm_toolkit.world.claims.questions import ROLES, SCOPES, SUBJECTS, WIDTHS, view

PLAIN = {
    "repeat_share": 0.0, "browse_wrong": 0.0, "browse_seconds": 0.0, "reask_minutes": 0.0, "duplicate_share": 0.0,
    "row_scope": "all", "field_width": "wide",
}  # fmt: skip


def by_hand(contacts, **luck):
    """A demand of a few contacts: (time, case, department, cause, relation); all luck is 0.5 unless it is told."""
    number = len(contacts)
    told = {name: [[1.0 if name in ("solve", "search", "return", "short") else 0.5] * number
                   for _ in range(ATTEMPTS)] for name in LUCK}  # fmt: skip
    for name, values in luck.items():
        if name in told:
            told[name][0] = list(values)
    ones = {name: list(luck.get(name, [0.5] * number)) for name in ("tag", "contradiction", "duplicate")}
    at, case, department, cause, relation = (list(column) for column in zip(*contacts, strict=True))
    # name and phone: sales and service see them, finance does not
    subject = [list(SUBJECTS).index("visit_reminder")] * number
    return Demand(at, case, department, cause, subject, relation, [(one + 1) % 3 for one in department], **ones,
                  luck=told)  # fmt: skip


# ---------------------------------------------------------------------------------------------- the queue


@pytest.mark.parametrize("staff", [1, 2, 3])
def test_the_queue_is_that_of_the_textbook_recursion(staff):
    """Kiefer and Wolfowitz: each arrival takes the server that is free first; one department after the other."""
    setting = claims_setting(staff=staff, cases_per_day=25.0, solve_minutes=30.0, **PLAIN)
    demand = make_demand(setting, 1, seed=3)[0]
    waited = 0.0
    for department in range(3):
        free = [0.0] * staff
        for number, at in enumerate(demand.at):
            if demand.department[number] == department:
                server = int(np.argmin(free))
                free[server] = max(free[server], at) + 30.0 * demand.luck["solve"][0][number]
                waited += free[server] - at
    count = serve(demand, setting)
    assert count["answer_minutes"] == pytest.approx(waited, rel=1e-9)
    assert count["handling_minutes"] == pytest.approx(30.0 * sum(demand.luck["solve"][0]), rel=1e-9)


def test_waiting_is_that_of_erlang_where_his_assumptions_hold():
    setting = claims_setting(days=60, cases_per_day=30.0, contacts_per_case=1.0, solve_minutes=67.0, **PLAIN)
    demands = make_demand(setting, 20, seed=5)
    load = 30.0 / 3 * 67.0 / (2 * 480)
    waits = [serve(one, setting) for one in demands]
    wait = np.mean([(one["answer_minutes"] - one["handling_minutes"]) / len(demand.at)
                    for one, demand in zip(waits, demands, strict=True)])  # fmt: skip
    assert wait == pytest.approx(float(mean_wait(2, load, 67.0)), rel=0.09)  # 20 runs: standard error 3 %


def test_a_department_that_does_not_know_of_the_other_asks_again():
    demand = by_hand([(0.0, 0, 0, 0, 0), (100.0, 0, 2, 0, 0)], contradiction=[0.1, 0.1], duplicate=[0.1, 0.1])
    numbers = {**PLAIN, "reask_minutes": 7.0, "solve_minutes": 20.0, "duplicate_share": 0.5, "short_minutes": 9.0}
    silos = serve(demand, claims_setting(**numbers))
    assert silos["repeated_questions"] == silos["contradictory_answers"] == silos["duplicate_contacts"] == 1
    assert silos["handling_minutes"] == 20 + 20 + 7 + 9
    assert silos["answer_minutes"] == 20 + 27
    one = serve(demand, claims_setting(**numbers, base="one", entry_minutes=2.0))
    assert one["repeated_questions"] == one["duplicate_contacts"] == 0
    assert one["handling_minutes"] == 2 * (20 + 2)
    quick = serve(demand, claims_setting(**numbers, sync_lag_days=0.0))
    assert quick["repeated_questions"] == 0
    day_after = by_hand([(0.0, 0, 0, 0, 0), (500.0 + 20, 0, 2, 0, 0)])  # the first ends at 20, a day has 480 minutes
    assert serve(day_after, claims_setting(**numbers, sync_lag_days=1.0))["repeated_questions"] == 0
    assert serve(day_after, claims_setting(**numbers, sync_lag_days=1.5))["repeated_questions"] == 1


def test_an_article_is_written_once_and_helps_the_next():
    demand = by_hand([(0.0, 0, 0, 4, 0), (100.0, 1, 1, 4, 0), (200.0, 2, 2, 5, 0)], write=[0.1, 0.1, 0.9],
                     fail=[0.9, 0.2, 0.9])  # fmt: skip
    numbers = {**PLAIN, "solve_minutes": 20.0, "repeat_share": 0.3, "article_cure": 0.5, "article_saving": 0.4,
               "lookup_minutes": 2.0, "write_minutes": 11.0, "write_share": 0.5, "return_days": 1.0}  # fmt: skip
    without = serve(demand, claims_setting(**numbers))
    assert (without["repeat_failures"], without["handling_minutes"]) == (1, 80)  # the second comes back once
    with_it = serve(demand, claims_setting(**numbers, knowledge_base=True))
    assert (with_it["repeat_failures"], with_it["articles"], with_it["article_uses"]) == (0, 1, 1)
    assert with_it["handling_minutes"] == pytest.approx((20 + 2 + 11) + (20 * 0.6 + 2) + (20 + 2))
    unread = serve(demand, claims_setting(**numbers, knowledge_base=True, use_share=0.0))
    assert (unread["repeat_failures"], unread["article_uses"], unread["articles"]) == (1, 0, 1)


def test_a_badly_tagged_record_is_found_wrong_and_quickly():
    demand = by_hand([(0.0, 0, 0, 0, 0), (0.0, 1, 1, 0, 0), (0.0, 2, 2, 0, 0)], tag=[0.1, 0.9, 0.9],
                     notice=[0.9, 0.9, 0.1], wrong=[0.5, 0.5, 0.5])  # fmt: skip
    numbers = {**PLAIN, "solve_minutes": 20.0, "browse_seconds": 300.0, "index_seconds": 60.0, "tagging": 0.5,
               "tag_seconds": 60.0, "short_minutes": 9.0}  # fmt: skip
    count = serve(demand, claims_setting(**numbers, index=True))
    assert count["wrong_answers"] == 1
    assert count["search_seconds"] == 60 + 60 + (60 + 300)
    assert count["handling_minutes"] == pytest.approx(3 * (20 + 0.5) + (60 + 60 + 360) / 60 + 9)
    assert serve(demand, claims_setting(**numbers))["search_seconds"] == 900


@pytest.mark.parametrize(
    ("scope", "width", "handovers"), [("own", "wide", 2), ("team", "wide", 1), ("all", "wide", 0), ("all", "narrow", 1)]
)
def test_a_question_without_access_is_handed_over(scope, width, handovers):
    demand = by_hand([(0.0, 0, 0, 0, 0), (0.0, 1, 1, 0, 1), (0.0, 2, 2, 0, 2)])  # own; the team's; another team's
    numbers = {**PLAIN, "solve_minutes": 20.0, "handover_minutes": 5.0, "row_scope": scope, "field_width": width}
    count = serve(demand, claims_setting(**numbers))
    assert count["handovers"] == handovers
    assert count["handling_minutes"] == 60 + 5 * handovers
    assert count["answer_minutes"] == 60 + 5 * handovers


# ---------------------------------------------------------------------------------------------- the demand


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.code)
def test_both_arms_meet_the_same_demand_and_it_is_made_once(claim, monkeypatch):
    setting = claims_setting()
    one, other = (make_demand(setting.switched(switches), 3, 7) for switches in (claim.without, claim.with_it))
    assert [vars(demand) for demand in one] == [vars(demand) for demand in other]
    served = []
    usual = experiment.serve

    def watched(demand, setting):
        served.append(id(demand))
        return usual(demand, setting)

    monkeypatch.setattr(experiment, "serve", watched)
    run_claim(claim.code, replications=3)
    assert served[:3] == served[3:]


def test_a_customer_who_uses_several_departments_still_does_at_a_higher_share():
    def places(share):
        demand = make_demand(claims_setting(multi_share=share), 1, 7)[0]
        seen = {}
        for case, department in zip(demand.case, demand.department, strict=True):
            seen.setdefault(case, set()).add(department)
        return demand.at, {case for case, departments in seen.items() if len(departments) > 1}

    times, several = zip(*(places(share) for share in (0.0, 0.3, 0.6, 1.0)), strict=True)
    assert all(one == times[0] for one in times)
    assert several[0] == set()
    assert several[0] < several[1] < several[2] < several[3]


def test_demand_has_the_numbers_of_its_setting():
    setting = claims_setting(days=60, cases_per_day=20.0, contacts_per_case=2.0, causes=3)
    demands = make_demand(setting, 10, 1)
    cases = np.mean([len(set(demand.case)) for demand in demands])
    assert cases == pytest.approx(60 * 20, rel=0.02)  # 12,000 cases: standard error 0.9 %
    causes = Counter(cause for demand in demands for cause in demand.cause)
    assert causes[0] / causes[1] == pytest.approx(2, rel=0.05)
    assert causes[0] / causes[2] == pytest.approx(3, rel=0.05)
    assert all(demand.at == sorted(demand.at) and demand.at[-1] < 60 * 480 for demand in demands)


# ---------------------------------------------------------------------------------------------- the claims


@cache
def where_it_fails(code):
    """A claim in the setting that it names itself."""
    return run_claim(code, claims_setting(**CLAIMS[code].fails_at))


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.code)
def test_a_claim_holds_at_rest_and_fails_where_it_says_it_fails(claim):
    at_rest = run_claim(claim.code)
    claimed = at_rest.table[at_rest.table["outcome"].isin(claim.claimed)]
    assert at_rest.holds
    assert (claimed["high"] < 0).all()
    failing = where_it_fails(claim.code)
    assert (at_rest.verdict, failing.verdict) == ("holds", "fails")
    assert failing.against


def test_how_each_claim_fails():
    tables = {code: where_it_fails(code).table.set_index("outcome") for code in CLAIMS}
    assert tables["single_base"].loc["handling_minutes", "low"] > 0  # entering costs more than asking again
    assert (tables["kept_knowledge"].loc["repeat_failures", ["difference", "low", "high"]] == 0).all()
    assert tables["kept_knowledge"].loc["handling_minutes", "low"] > 0  # articles are written for nobody
    assert tables["search_index"].loc["search_seconds", "high"] < 0  # found quickly …
    assert tables["search_index"].loc["wrong_answers", "low"] > 0  # … and wrong
    assert tables["open_access"].loc["answer_minutes", "high"] < 0
    assert tables["open_access"].loc["cost", "low"] > 0


NOTHING = {
    "single_base": {"multi_share": 0.0, "entry_minutes": 0.0, "base_cost_per_day": 0.0},
    "kept_knowledge": {"use_share": 0.0, "write_share": 0.0},
    "search_index": {"tagging": 1.0, "tag_seconds": 0.0, "index_seconds": 100.0, "browse_seconds": 100.0,
                     "index_wrong": 0.1, "browse_wrong": 0.1},
}  # fmt: skip


@pytest.mark.parametrize("code", CLAIMS)
def test_a_switch_that_switches_nothing_makes_no_difference_at_all(code):
    claim = CLAIMS[code]
    results = [run_claim(replace(claim, with_it=claim.without), replications=4)]
    results += [run_claim(code, claims_setting(**NOTHING[code]), replications=4)] if code in NOTHING else []
    for result in results:
        assert (result.table[["difference", "low", "high"]] == 0).all().all()
        assert set(result.table["finding"]) == {"open", "aside"}


DRIVERS = [
    # claim, number, grid, outcome, +1 if the difference rises with the number, -1 if it falls
    ("single_base", "multi_share", (0.0, 0.25, 0.5, 0.75, 1.0), "repeated_questions", -1),
    ("single_base", "multi_share", (0.0, 0.25, 0.5, 0.75, 1.0), "handling_minutes", -1),
    ("single_base", "sync_lag_days", (0.0, 1.0, 3.0, 7.0), "repeated_questions", -1),
    ("single_base", "sync_lag_days", (0.0, 1.0, 3.0, 7.0), "contradictory_answers", -1),
    ("single_base", "entry_minutes", (0.0, 1.0, 3.0, 6.0), "handling_minutes", 1),
    ("kept_knowledge", "use_share", (0.0, 0.25, 0.5, 0.75, 1.0), "repeat_failures", -1),
    ("kept_knowledge", "findability", (0.0, 0.25, 0.5, 0.75, 1.0), "repeat_failures", -1),
    ("kept_knowledge", "write_minutes", (0.0, 15.0, 60.0), "handling_minutes", 1),
    ("search_index", "tagging", (0.2, 0.4, 0.6, 0.8, 1.0), "wrong_answers", -1),
    ("search_index", "notice_share", (0.0, 0.5, 1.0), "wrong_answers", -1),
    ("search_index", "index_seconds", (10.0, 60.0, 240.0), "search_seconds", 1),
    ("open_access", "handover_minutes", (1.0, 4.0, 8.0, 16.0), "answer_minutes", -1),
    ("open_access", "incident_rate", (0.0, 0.02, 0.1, 0.5), "cost", 1),
    ("open_access", "field_cost", (0.0, 1.0, 5.0), "cost", 1),
]  # fmt: skip


@pytest.mark.parametrize(("code", "number", "grid", "outcome", "sign"), DRIVERS, ids=lambda value: str(value))
def test_an_effect_grows_with_what_drives_it(code, number, grid, outcome, sign):
    effects = [
        run_claim(code, claims_setting(days=8, **{number: value}), replications=8)
        .table.set_index("outcome").loc[outcome, "difference"]
        for value in grid
    ]  # fmt: skip
    assert (sign * np.diff(effects) > 0).all(), effects


def test_drivers_and_failures_are_numbers_of_the_laboratory():
    for claim in CLAIMS.values():
        assert set(claim.drivers) <= set(KNOBS)
        assert set(claim.fails_at) <= set(KNOBS)
        assert set(claim.without) == set(claim.with_it) <= set(SWITCHES)
        assert {one[1] for one in DRIVERS if one[0] == claim.code} == set(claim.drivers)


# ---------------------------------------------------------------------------------------------- intervals


def test_the_interval_is_that_of_a_paired_t_test():
    result = run_claim("search_index", replications=12, seed=11)
    wide = result.replicated.pivot(index="replication", columns="arm", values="wrong_answers")
    reference = stats.ttest_rel(wide["with"], wide["without"]).confidence_interval(0.95)
    row = result.table.set_index("outcome").loc["wrong_answers"]
    assert (row["low"], row["high"]) == pytest.approx((reference.low, reference.high), rel=1e-9)
    assert row["difference"] == pytest.approx((wide["with"] - wide["without"]).mean(), rel=1e-12)
    assert list(result.replicated) == ["replication", "arm", *(one.code for one in result.claim.outcomes)]
    assert len(result.replicated) == 24


def test_nothing_found_is_not_a_claim_refuted():
    """With three short replications the index is neither confirmed nor refuted; with an answer against it, it is."""
    few = run_claim("search_index", claims_setting(days=2, browse_wrong=0.05), replications=3)
    assert few.unproven == ("wrong_answers",)
    assert few.verdict == "open"
    assert not few.holds


def coverage(code, outcome, days, size, batches):
    """Share of intervals that hold the long-run mean; batches are cut from long runs, each with luck of its own."""
    claim, setting = CLAIMS[code], claims_setting(days=days)
    needed = size * batches + 800
    differences = []
    for seed in range(-(-needed // 1000)):
        demands = make_demand(setting, 1000, seed)
        arms = [measured(demands, setting.switched(one))[outcome] for one in (claim.with_it, claim.without)]
        differences.append((arms[0] - arms[1]).to_numpy())
    luck = np.concatenate(differences)
    truth = luck.mean()
    ends = [paired_interval(luck[size * batch : size * (batch + 1)])[1:] for batch in range(batches)]
    return np.mean([low <= truth <= high for low, high in ends])


def test_intervals_hold_the_long_run_mean_as_often_as_they_say():
    """150 intervals of 8 short replications: 95 % ± 1.8 %; three of these deviations are allowed."""
    assert 0.896 <= coverage("single_base", "handling_minutes", days=2, size=8, batches=150) <= 0.995


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "outcome"),
    [("single_base", "handling_minutes"), ("kept_knowledge", "repeat_failures"), ("search_index", "wrong_answers"),
     ("open_access", "answer_minutes")],
)  # fmt: skip
def test_intervals_of_thirty_replications_hold_the_long_run_mean(code, outcome):
    """200 intervals: 95 % ± 1.5 %; three of these deviations are allowed."""
    assert 0.905 <= coverage(code, outcome, days=5, size=30, batches=200) <= 0.995


def test_luck_depends_on_seed_and_replication_and_nothing_else():
    few, again, many = (run_claim("kept_knowledge", replications=number) for number in (3, 3, 8))
    first = many.replicated[many.replicated["replication"] < 3].reset_index(drop=True)
    pd.testing.assert_frame_equal(few.replicated, first)
    assert few.table.equals(again.table)
    assert not few.table.equals(run_claim("kept_knowledge", replications=3, seed=8).table)


def test_thirty_replications_of_both_arms_take_less_than_a_second():
    taken = []
    for seed in range(3):
        begin = time.process_time()
        run_claim("kept_knowledge", seed=seed)
        taken.append(time.process_time() - begin)
    assert min(taken) < 1.0  # 0.25 s of one processor here


# ---------------------------------------------------------------------------------------------- access


def test_the_cheapest_access_lies_between_the_ends_and_moves_with_the_danger():
    levels = access_levels(replications=10)
    cheapest = levels.index[levels["cheapest"]][0]
    assert 0 < cheapest < len(levels) - 1
    narrow, best, wide = (levels.loc[place] for place in (0, cheapest, len(levels) - 1))
    assert best["cost"] < min(narrow["cost"], wide["cost"])
    assert narrow["answer_minutes"] > wide["answer_minutes"]
    safe = access_levels(claims_setting(incident_rate=0.0), replications=5)
    assert safe["cheapest"].iloc[-1]
    dangerous = access_levels(claims_setting(incident_rate=1.0), replications=5)
    assert dangerous["cheapest"].iloc[0]


def test_the_frontier_counts_the_sixty_questions_one_by_one():
    frontier = access_frontier().set_index(["role", "row_scope", "field_width"])
    questions = question_types()
    assert len(questions) == questions["question"].nunique() == 60
    reach = {"own": {"own"}, "team": {"own", "team"}, "all": {"own", "team", "other"}}
    for role in ROLES:
        for scope in SCOPES:
            for width in WIDTHS:
                seen = view(role, width)
                alone = [row.relation in reach[scope] and set(row.fields.split()) <= seen
                         for row in questions.itertuples()]  # fmt: skip
                shown = [len(seen) * (relation in reach[scope]) for relation in questions["relation"]]
                row = frontier.loc[(role, scope, width)]
                assert row["answered_alone"] == pytest.approx(np.mean(alone))
                assert row["fields_exposed"] == pytest.approx(np.mean(shown))
                assert row["fields_unneeded"] <= row["fields_exposed"]


def test_more_access_never_answers_less_nor_exposes_less():
    frontier = access_frontier()
    for _, levels in frontier.groupby("role"):
        table = levels.set_index(["row_scope", "field_width"])
        for measure in ("answered_alone", "answered_alone_weighted", "fields_exposed", "incident_cost"):
            for width in WIDTHS:
                assert table[measure][[(scope, width) for scope in SCOPES]].is_monotonic_increasing
            for scope in SCOPES:
                assert table.loc[(scope, "wide"), measure] >= table.loc[(scope, "narrow"), measure]
        dominated = [
            any((other["answered_alone"] >= row["answered_alone"]) and (other["incident_cost"] <= row["incident_cost"])
                and not other.equals(row) for _, other in levels.iterrows())
            for _, row in levels.iterrows()
        ]  # fmt: skip
        assert list(~levels["efficient"]) == dominated


# ---------------------------------------------------------------------------------------------- settings, letters


def test_every_number_is_declared_with_label_unit_and_origin():
    table = claims_setting(multi_share=0.1).table()
    assert list(table["name"]) == list(KNOBS)
    assert set(table["origin"]) == {"assumption", "convention"}
    assert table.set_index("name").loc["multi_share", "reference"] == "changed by the user"
    with language("ru"):
        labels = claims_setting().table()[["label", "unit"]].to_numpy().ravel()
    assert not [label for label in labels if any("a" <= sign <= "z" for sign in label.lower())]


def test_every_number_and_switch_changes_something():
    """A number that nothing reads would teach nothing."""
    on = {"base": "one", "knowledge_base": True, "index": True}

    def figures(**changes):
        setting = claims_setting(**{"days": 6, **changes})
        both = [setting.switched(switches) for switches in ({"base": "silos"}, on)]
        return [measured(make_demand(setting, 2, 7), one).round(9).to_numpy().tolist() for one in both]

    usual = figures()
    for name, knob in KNOBS.items():
        other = knob.low if knob.default != knob.low else knob.high
        assert figures(**{name: other}) != usual, name


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_all_problems_of_a_setting_come_in_one_letter(spoken):
    with language(spoken), pytest.raises(InputError) as letter:
        claims_setting(multi_share=1.5, taging=0.5, base="three", staff=1.5, index=1, zzz=1)
    assert [problem.column for problem in letter.value.problems] == [
        "multi_share", "taging", "base", "staff", "index", "zzz",
    ]  # fmt: skip
    assert "`tagging`" in letter.value.problems[1].advice
    assert ("Did you mean" in str(letter.value)) == (spoken == "en")


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_all_problems_of_a_run_come_in_one_letter(spoken):
    with language(spoken), pytest.raises(InputError) as letter:
        run_claim("single_bass", {"multi_share": 0.1}, replications=1, seed="luck")
    codes = [problem.code for problem in letter.value.problems]
    assert codes == ["unknown_claim", "no_setting", "outside_range", "no_seed"]
    assert "`single_base`" in str(letter.value)
    for refused in (lambda: access_frontier(3), lambda: access_levels(replications=0)):
        with pytest.raises(InputError):
            refused()


def test_a_day_without_anybody_is_served_too():
    setting = claims_setting(days=2, cases_per_day=0.5)
    empty = [demand for demand in make_demand(setting, 40, 1) if not demand.at]
    assert empty
    figures = measured(empty, setting)
    assert np.isfinite(figures.to_numpy()).all()
    assert (figures["handling_minutes"] == 0).all()


def test_outcomes_have_words_in_both_languages():
    for spoken in ("en", "ru"):
        with language(spoken):
            assert OUTCOMES["cost"].signed(-0.001) in ("0.00", "0,00")
    assert {code for claim in CLAIMS.values() for code in (*claim.claimed, *claim.aside)} == set(OUTCOMES)


def test_an_element_is_missed_as_much_as_the_same_demand_costs_more_without_it():
    from crm_toolkit.world.claims.demand import make_demand
    from crm_toolkit.world.claims.elements import ELEMENTS, WHOLE, remove_elements
    from crm_toolkit.world.claims.experiment import measured

    table = remove_elements(replications=4, seed=3).set_index("element")
    assert table["cost_loss"].is_monotonic_decreasing
    assert set(table.index) == set(ELEMENTS)
    setting = claims_setting()
    demands = make_demand(setting, 4, 3)
    cost = [
        measured(demands, setting.switched(switches))["cost"].mean() for switches in (WHOLE, {**WHOLE, "index": False})
    ]
    assert table.loc["search_index", "cost_loss"] == pytest.approx(cost[1] - cost[0])


def test_one_base_costs_more_than_it_brings_where_few_customers_cross_departments():
    from crm_toolkit.world.claims.elements import remove_elements

    few = claims_setting(multi_share=0.05, entry_minutes=3.0)
    table = remove_elements(few, replications=4).set_index("element")
    assert table.loc["single_base", "high"] < 0
