"""The decision process: recognition, sets, search, situations, outlets, dissonance, feedback keep what they promise."""

import contextlib
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.behaviour.decision_process import (
    DECISION_TYPES,
    FEATURES,
    SITUATION_KINDS,
    STAGES,
    SearchSets,
    Situation,
    choice_difficulty,
    choose_purchase,
    decision_type,
    dissonance,
    feed_back,
    fixed_sample_size,
    gain_of_another_look,
    gap_movers,
    in_situation,
    nominal_kind,
    recognise_problem,
    reservation_value,
    reservation_value_of,
    search_path,
)
from crm_toolkit.behaviour.decision_rules import (
    LAPTOP_MINIMUMS,
    LAPTOP_WEIGHTS,
    Conjunctive,
    DecisionTable,
    EliminationByAspects,
    EqualWeights,
    IdealPoint,
    Lexicographic,
    Weighted,
    laptops,
)
from crm_toolkit.errors import InputError

few = settings(max_examples=15, deadline=None)
points, share = st.integers(0, 100), st.floats(0, 1)


# --- recognition ------------------------------------------------------------------------------------------------------


@few
@given(desired=points, actual=points, importance=share, more=st.integers(0, 30), threshold=points)
def test_a_problem_is_recognised_above_the_threshold_and_wanting_more_never_hides_it(
    desired, actual, importance, more, threshold
):
    now = recognise_problem(desired, actual, importance, threshold=threshold)
    assert now.pressure == pytest.approx((desired - actual) * importance)
    wanting = recognise_problem(min(desired + more, 100), actual, importance, threshold=threshold)
    assert wanting.recognised or not now.recognised
    assert not recognise_problem(actual, actual, 1, threshold=threshold).recognised


def test_a_gap_equal_to_the_threshold_goes_unnoticed_and_arrays_are_answered_one_by_one():
    assert not recognise_problem(65, 50, 1, threshold=15).recognised
    found = recognise_problem([90, 30], [50, 60], 0.5)
    assert found.gap.tolist() == [40, -30]
    assert found.recognised.tolist() == [True, False]


def test_what_opened_the_gap_adds_up_to_its_change():
    moved = gap_movers(before=(60, 55), after=(80, 50))
    assert moved == {"desired": 20, "actual": 5, "gap": 25}


# --- sets and search --------------------------------------------------------------------------------------------------


def test_every_alternative_stands_in_one_set_and_doubts_are_questions():
    sets = SearchSets.from_standings({"A": "evoked", "B": "inept", "C": "inert", "D": "unaware"})
    assert (sets.awareness, sets.evoked_share) == (("A", "B", "C"), 1 / 3)
    assert sets.doubts("A", ["A"]) == ()
    assert len(sets.doubts("B", ["A", "D"])) == 2
    assert "empty" in SearchSets(inept=("B",)).doubts()[0]
    assert SearchSets().evoked_share == 0
    with pytest.raises(InputError, match="exactly one set; twice: A"):
        SearchSets(("A",), ("A",))


@few
@given(mean=st.floats(-100, 100), sd=st.floats(0.01, 50), cost=st.floats(0.001, 50))
def test_another_look_gains_its_cost_at_the_reservation_value(mean, sd, cost):
    z = reservation_value(mean, sd, cost)
    assert gain_of_another_look(z, mean, sd) == pytest.approx(cost, rel=1e-6, abs=1e-9)
    assert reservation_value(mean, sd, cost * 1.5) < z < reservation_value(mean, sd * 1.5, cost) + 1e-9


def test_reservation_values_of_weitzman_s_two_boxes_from_memory_recomputed():
    """A look for 15 at 100 or 55, evenly; a look for 20 at 240 one time in five: 15 = (100 − z)/2, 20 = (240 − z)/5."""
    assert reservation_value_of([100, 55], 15) == pytest.approx(70)
    assert reservation_value_of([240, 0], 20, [0.2, 0.8]) == pytest.approx(140)


@few
@given(values=st.lists(st.integers(0, 100), min_size=1, max_size=5), cost=st.integers(1, 60))
def test_the_closed_form_for_few_values_solves_the_equation(values, cost):
    z = reservation_value_of(values, cost)
    assert np.maximum(np.array(values) - z, 0).mean() == pytest.approx(cost)


def best_by_trying_everything(boxes, costs, left, best):
    """Expected worth less cost of the best of all ways to search on, by going through them."""
    options = [best]
    for one in left:
        rest = tuple(other for other in left if other != one)
        options.append(
            -costs[one] + np.mean([best_by_trying_everything(boxes, costs, rest, max(best, v)) for v in boxes[one]])
        )
    return max(options)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_no_way_to_search_beats_the_rule_of_reservation_values(data):
    """Weitzman's theorem, checked against all policies over three boxes of two values each."""
    boxes = {name: data.draw(st.lists(st.integers(0, 50), min_size=2, max_size=2)) for name in "abc"}
    costs = {name: data.draw(st.integers(1, 15)) for name in "abc"}
    z = {name: reservation_value_of(values, costs[name]) for name, values in boxes.items()}
    net = []
    for picks in np.ndindex(2, 2, 2):
        found = {name: boxes[name][pick] for name, pick in zip("abc", picks, strict=True)}
        path = search_path(z, found, costs, have=0)
        net.append(path.best - path.spent)
    assert np.mean(net) == pytest.approx(best_by_trying_everything(boxes, costs, ("a", "b", "c"), 0))


def test_a_search_stops_when_the_best_is_at_least_what_the_next_promises():
    z, costs = {"near": 70.0, "far": 140.0}, {"near": 15, "far": 20}
    lucky = search_path(z, {"near": 100, "far": 240}, costs)
    assert (lucky.inspected, lucky.chosen, lucky.spent) == (("far",), ("far",), 20)
    assert "near is not" in lucky.text
    none = search_path(z, {"near": 100, "far": 240}, costs, have=140)
    assert (none.inspected, none.best) == ((), 140)
    tie = search_path(z, {"near": 10, "far": 10}, costs)
    assert set(tie.chosen) == {"near", "far"}


def test_a_sample_fixed_beforehand_uses_the_expected_largest_of_n():
    """Expected largest of 1, 2, 3 standard normals: 0, 1/√π, 3/(2√π)."""
    count, net = fixed_sample_size(10, 1.5)
    assert count == 4
    assert net[:3] + 1.5 * np.arange(1, 4) == pytest.approx([0, 10 / np.sqrt(np.pi), 15 / np.sqrt(np.pi)], abs=1e-4)
    assert fixed_sample_size(10, 100)[0] == 1
    assert fixed_sample_size(0, 1)[0] == 1


# --- involvement, situations, outlets ---------------------------------------------------------------------------------


def test_involvement_orders_the_kinds_of_decision_and_every_cell_is_filled_from_memory():
    assert decision_type([0, 0.33, 0.66, 0.67, 1]).tolist() == ["nominal", "limited", "limited", "extended", "extended"]
    assert nominal_kind(False) == "repeat"
    assert {kind: set(cells) for kind, cells in FEATURES.items()} == {kind: set(STAGES) for kind in DECISION_TYPES}


def test_a_situation_moves_weights_cutoffs_and_attention_and_leaves_the_rule_as_it_was():
    table, rule = laptops(), Weighted(LAPTOP_WEIGHTS)
    travelling = Situation("task", "for travelling", weights={"weight": 3})
    assert in_situation(rule, travelling).choose(table).chosen == ("Compaq",)
    assert rule.weights == LAPTOP_WEIGHTS
    hurry = Situation("temporal", "no time", considered=1)
    assert in_situation(rule, hurry).choose(table).chosen == ("Gateway/Acer",)
    assert in_situation(Lexicographic(("weight", "price")), hurry).order == ("weight",)
    strict = Situation("social", "with an expert", cutoffs={"processor": 2, "price": -1})
    moved = in_situation(Conjunctive(LAPTOP_MINIMUMS), strict)
    assert (moved.cutoffs["processor"], moved.cutoffs["price"]) == (5, 2)
    narrow = in_situation(Conjunctive(LAPTOP_MINIMUMS), hurry, importance=LAPTOP_WEIGHTS)
    assert narrow.cutoffs == {"price": 3}
    eba = EliminationByAspects(("price", "weight"), {"price": 3, "weight": 4})
    assert in_situation(eba, travelling, importance=LAPTOP_WEIGHTS).order == ("weight", "price")
    assert in_situation(EqualWeights(), hurry) == EqualWeights()
    ideal = in_situation(IdealPoint(LAPTOP_WEIGHTS, dict.fromkeys(LAPTOP_WEIGHTS, 5)), travelling)
    assert ideal.weights["weight"] == 75
    assert list(SITUATION_KINDS) == ["physical", "social", "temporal", "task", "antecedent"]


def shops():
    offers = DecisionTable(("basic", "deluxe"), ("quality",), ((2,), (5,)), ((1, 5),))
    outlets = DecisionTable(("near", "far"), ("closeness",), ((5,), (1,)), ((1, 5),))
    rules = {"offer_rule": Weighted({"quality": 1}), "outlet_rule": Weighted({"closeness": 1})}
    return offers, outlets, rules


def test_what_is_decided_first_changes_what_is_bought():
    offers, outlets, rules = shops()
    has = {"near": ["basic"], "far": ["basic", "deluxe"]}
    first = choose_purchase(offers, outlets, has, sequence="offer_first", **rules)
    assert (first.pairs, first.decided) == ((("deluxe", "far"),), True)
    assert choose_purchase(offers, outlets, has, sequence="outlet_first", **rules).pairs == (("basic", "near"),)
    near = choose_purchase(offers, outlets, has, sequence="together", outlet_weight=0.8, **rules)
    far = choose_purchase(offers, outlets, has, sequence="together", outlet_weight=0.2, **rules)
    assert (near.pairs, far.pairs) == ((("basic", "near"),), (("deluxe", "far"),))


@few
@given(data=st.data())
def test_where_everything_is_to_be_had_everywhere_the_sequence_does_not_matter(data):
    offers, outlets, rules = shops()
    has = dict.fromkeys(data.draw(st.permutations(["near", "far"])), ("deluxe", "basic"))
    found = {choose_purchase(offers, outlets, has, sequence=one, **rules).pairs
             for one in ("offer_first", "outlet_first", "together")}  # fmt: skip
    assert found == {(("deluxe", "near"),)}


# --- after the purchase -----------------------------------------------------------------------------------------------


@few
@given(values=st.permutations([0.2, 0.5, 0.7, 0.9]), more=st.floats(0, 0.1))
def test_dissonance_needs_all_of_its_conditions_and_grows_with_each(values, more):
    whole = dissonance(*values)
    assert 0 < whole < min(values)
    for place in range(4):
        without = [0 if number == place else value for number, value in enumerate(values)]
        raised = [value + more if number == place else value for number, value in enumerate(values)]
        assert dissonance(*without) == 0
        assert dissonance(*raised) >= whole


def test_difficulty_is_the_lead_over_the_best_rival_recomputed():
    choice = Weighted(LAPTOP_WEIGHTS).choose(laptops())
    assert choice_difficulty(choice, "Dell") == pytest.approx(1 - 15 / 90)
    assert choice_difficulty(choice, "HP") == 1
    alike = DecisionTable(("A", "B"), ("x",), ((3,), (3,)))
    assert choice_difficulty(EqualWeights().choose(alike), "A") == 1
    assert choice_difficulty(EqualWeights().choose(alike.only(["A"])), "A") == 0


@few
@given(belief=st.floats(-10, 10), seen=st.floats(-10, 10), learning=share, times=st.integers(0, 6))
def test_beliefs_move_towards_experience_and_never_past_it(belief, seen, learning, times):
    moved = feed_back({"x": belief, "y": 1.0}, {"x": seen}, learning=learning, times=times)
    expected = seen + (1 - learning) ** times * (belief - seen)
    assert moved.after["x"] == pytest.approx(expected, abs=1e-9)
    assert min(belief, seen) - 1e-9 <= moved.after["x"] <= max(belief, seen) + 1e-9
    assert moved.after["y"] == 1.0
    stepwise = belief
    for _ in range(times):
        stepwise = feed_back({"x": stepwise}, {"x": seen}, learning=learning).after["x"]
    assert stepwise == pytest.approx(moved.after["x"], abs=1e-9)


def test_the_largest_move_is_told():
    assert feed_back({"care": 3.0, "speed": 4.0}, {"speed": 2.0}).text == "The largest move: speed from 4.0 to 3.4."
    assert "Nothing moves" in feed_back({"care": 3.0}, {}).text


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "letter"),
    [
        (lambda: recognise_problem(120, float("nan"), 2), r"(?s)`desired` must lie.*`actual` must.*`importance`"),
        (lambda: recognise_problem([1, 2], [1, 2, 3], 1), "must have one length"),
        (lambda: recognise_problem(50, 40, 1, threshold=[5, 6]), "must be a single number"),
        (lambda: recognise_problem("50", 40, 1), "`desired` must be a finite number"),
        (lambda: gap_movers((1, 2, 3), (5, 500)), r"(?s)`before` must be a pair.*`after: actual` must lie"),
        (lambda: SearchSets.from_standings({"A": "evokd"}), "Did you mean `evoked`"),
        (lambda: reservation_value(0, -1, 0), r"(?s)`sd` must be 0 or more.*`cost` must be"),
        (lambda: reservation_value_of([], 5), "There are no values"),
        (lambda: reservation_value_of([1, 2], 5, [0.5, 0.6]), "add up to 1"),
        (lambda: search_path({"a": 1}, {"b": 1}, {"a": 1}), "`found` must name the same"),
        (lambda: search_path({}, {}, {}), "There is no alternative"),
        (lambda: fixed_sample_size(1, 1, most=0), "`most` must lie between"),
        (lambda: decision_type(1.5), "`involvement` must lie"),
        (lambda: decision_type(0.5, limited_from=0.9), "must not be above"),
        (lambda: Situation("temporary", "x"), "Did you mean `temporal`"),
        (lambda: Situation("task", "x", {"a": -1}, considered=0), r"(?s)`weights`: a can't be -1.*whole number from 1"),
        (lambda: in_situation(Weighted(LAPTOP_WEIGHTS), Situation("task", "x", {"wait": 2})), "does not know"),
        (lambda: in_situation(Conjunctive({"price": 3}), Situation("task", "x", considered=1)), "with `importance`"),
        (lambda: in_situation(Lexicographic(("price",)), Situation("task", "x"), importance={}), "for: price"),
        (lambda: choose_purchase(*shops()[:2], {"nearr": ["basik"]}, **shops()[2]), r"(?s)`near`.*`basic`"),
        (lambda: choose_purchase(*shops()[:2], {"near": []}, **shops()[2]), "No outlet has anything"),
        (lambda: choose_purchase(*shops()[:2], {"near": ["basic"]}, sequence="together", outlet_weight=2,
                                 **{**shops()[2], "offer_rule": EqualWeights()}), r"(?s)0 and 1.*Only weighted"),
        (lambda: choice_difficulty(Conjunctive(LAPTOP_MINIMUMS).choose(laptops()), "HP"), "sums of scores is needed"),
        (lambda: dissonance(1, 1, 2), "`difficulty` must lie"),
        (lambda: feed_back({}, {"x": 1}, learning=2, times=-1), r"(?s)no belief about.*no belief\..*learning.*times"),
        (lambda: feed_back({"x": None}, {}), "must have a finite number"),
    ],
)  # fmt: skip
def test_refusals_are_letters(make, letter):
    with pytest.raises(InputError, match=letter):
        make()


@pytest.mark.parametrize(
    "junk", [None, 5, "x", [None], {5: 1}, np.eye(2), object()], ids=lambda one: type(one).__name__
)
def test_arguments_of_another_kind_are_told_and_no_other_error_comes_out(junk):
    rule = Weighted(LAPTOP_WEIGHTS)
    doors = [
        lambda: recognise_problem(junk, junk, junk, threshold=junk),
        lambda: gap_movers(junk, junk),
        lambda: SearchSets(junk),
        lambda: SearchSets.from_standings(junk),
        lambda: reservation_value_of(junk, junk, junk),
        lambda: search_path(junk, junk, junk, have=junk),
        lambda: fixed_sample_size(junk, junk, most=junk),
        lambda: decision_type(junk, limited_from=junk),
        lambda: Situation(junk, junk, junk, junk, junk),
        lambda: in_situation(rule, junk, importance=junk),
        lambda: choose_purchase(*shops()[:2], junk, offer_rule=junk, outlet_rule=rule),
        lambda: choice_difficulty(junk, junk),
        lambda: dissonance(junk, junk, junk, junk),
        lambda: feed_back(junk, junk, learning=junk, times=junk),
    ]
    for door in doors:
        with contextlib.suppress(InputError):
            door()


def test_the_order_of_boxes_does_not_change_a_search():
    z, found, costs = {"a": 9.0, "b": 7.0, "c": 5.0}, {"a": 1, "b": 6, "c": 9}, {"a": 1, "b": 1, "c": 1}
    paths = {search_path({name: z[name] for name in order}, found, costs).inspected for order in permutations("abc")}
    assert paths == {("a", "b")}
