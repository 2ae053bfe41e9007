"""Charts of rules, influences, search and feedback say what the values say, and nothing in them overlaps."""

import re

import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.behaviour.decision_process import feed_back
from crm_toolkit.behaviour.decision_rules import (
    LAPTOP_ATTRIBUTES,
    LAPTOP_MINIMUMS,
    LAPTOP_WEIGHTS,
    Conjunctive,
    EqualWeights,
    Lexicographic,
    Weighted,
    apply_rules,
    compare_weights,
    elimination_chances,
    infer_weights,
    laptops,
    luce_chances,
    nearest_flips,
)
from crm_toolkit.behaviour.influences import CONSTRUCTS, Canvas, Influence
from crm_toolkit.errors import InputError
from crm_toolkit.plots.decision_process import feedback_chart, influences_chart, search_chart
from crm_toolkit.plots.decision_rules import decision_rules_chart, flips_chart
from crm_toolkit.plots.decision_weights import chances_chart, weights_chart
from crm_toolkit.texts import language, say
from tests.plots.readable import assert_readable

BRANDS = set(re.findall("[A-Za-z]{2,}", " ".join(laptops().alternatives)))


def bench():
    """The laptops and their numbers with names in the reader's language."""
    names = {code: say(label) for code, label in LAPTOP_ATTRIBUTES.items()}
    return (laptops().renamed(names), *({names[one]: value for one, value in numbers.items()}
                                        for numbers in (LAPTOP_WEIGHTS, LAPTOP_MINIMUMS)))  # fmt: skip


def every_chart():
    table, weights, minimums = bench()
    nothing = Conjunctive(dict.fromkeys(weights, 5))
    rules = {
        "conjunctive": Conjunctive(minimums),
        "sum": EqualWeights(),
        "weighted": Weighted(weights),
        "high": nothing,
    }
    yield "rules", decision_rules_chart(apply_rules(table, rules), table, real_choice="Dell")
    yield "weights", flips_chart(nearest_flips(table, Weighted(weights)))
    every = (Influence(code, "x" * 20, place % 7 - 3, place % 5 / 4) for place, code in enumerate([*CONSTRUCTS][::4]))
    yield "influences", influences_chart(Canvas("x", tuple(every)))


def other_charts():
    table, weights, _ = bench()
    yield "stated", weights_chart(compare_weights(weights, infer_weights(table, [("Dell", "HP"), ("HP", "IBM")])))
    twins = {say("price"): ["a"], say("battery"): ["b"], say("support"): ["b"]}
    ways = {say("Elimination by aspects"): elimination_chances(twins, {"a": 1, "b": 1}).chances}
    yield "chances", chances_chart(ways | {say("none"): luce_chances(dict.fromkeys(twins, 1))})
    yield "search", search_chart(50, 10, 1.5, best=48)
    yield "feedback", feedback_chart(feed_back(weights, {table.attributes[0]: 10}))


@pytest.mark.parametrize(
    ("code", "charts"),
    [
        ("ru", every_chart),  # Russian words are longer
        pytest.param("ru", other_charts, marks=pytest.mark.slow),
        pytest.param("en", every_chart, marks=pytest.mark.slow),
        pytest.param("en", other_charts, marks=pytest.mark.slow),
    ],
)
def test_no_text_overlaps_is_cut_off_or_in_another_language(code, charts):
    with language(code):
        for name, ax in charts():
            assert_readable(name, ax, known=BRANDS)


def test_marks_tell_one_several_and_ties_apart():
    table, weights, minimums = bench()
    rules = [Conjunctive(minimums), Weighted(weights), EqualWeights()]
    ax = decision_rules_chart(apply_rules(table, rules), table)
    drawn = {line.get_label(): list(zip(line.get_xdata(), line.get_ydata(), strict=True)) for line in ax.lines}
    assert drawn["one of several that pass"] == [(1, 0), (2, 0)]
    assert drawn["chosen"] == [(3, 1)]
    assert drawn["tied: the rule can't decide"] == [(1, 2), (2, 2), (3, 2), (5, 2)]
    assert "Compensatory (equal weights): tied: HP, Compaq, Dell, Toshiba" in plots.alt_text(ax)


def test_thresholds_and_directions_are_the_values():
    flips = nearest_flips(laptops(), Weighted(LAPTOP_WEIGHTS))
    ax = flips_chart(flips)
    marks = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "|"]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert {(names[row], at) for at, row in marks} == {(flip.attribute, flip.threshold) for flip in flips}
    bars = influences_chart(Canvas("x", (Influence("culture", "a", -2, 1), Influence("memory", "b", 3, 0.5)))).patches
    assert [bar.get_width() for bar in bars] == [-2, 3]
    assert bars[0].get_height() > bars[1].get_height()
    assert "no longer pays" in plots.alt_text(search_chart(50, 10, 1.5, best=60))


def test_nothing_to_draw_is_a_letter():
    for draw, letter in [
        (lambda: decision_rules_chart({}, laptops()), "nothing to draw, or too much"),
        (lambda: flips_chart([]), "Flips of one kind"),
        (lambda: flips_chart([*nearest_flips(laptops(), Weighted(LAPTOP_WEIGHTS)),
                              *nearest_flips(laptops(), Lexicographic(("price", "weight")))]), "Flips of one kind"),
        (lambda: weights_chart(pd.DataFrame({"stated": []})), "lacks"),
        (lambda: chances_chart({"a": {"x": 1}, "b": {"y": 1}}), "all with the same alternatives"),
        (lambda: influences_chart(Canvas("x")), "has evidence yet"),
        (lambda: search_chart(50, 0, 1), "must vary"),
    ]:  # fmt: skip
        with pytest.raises(InputError, match=letter):
            draw()
