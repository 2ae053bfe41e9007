"""The bench of decision rules: one table, weights and cutoffs by hand, all rules at once, and what would flip them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from crm_toolkit import plots
from crm_toolkit.behaviour.decision_process import LIMITS, SITUATION_KINDS, Situation, in_situation
from crm_toolkit.behaviour.decision_rules import (
    LAPTOP_ATTRIBUTES,
    LAPTOP_MINIMUMS,
    LAPTOP_WEIGHTS,
    RULE_LIMITS,
    AdditiveDifference,
    Conjunctive,
    DecisionTable,
    Disjunctive,
    EliminationByAspects,
    EqualWeights,
    Flip,
    Lexicographic,
    Rule,
    Weighted,
    apply_rules,
    importance_order,
    laptops,
    nearest_flips,
    which_rule_predicts,
)
from crm_toolkit.behaviour.decision_rules.parameters import number_problems, refuse, weight_problems
from crm_toolkit.behaviour.decision_rules.table import unknown_names
from crm_toolkit.errors import Problem
from crm_toolkit.knobs import Knob
from crm_toolkit.plots.decision_rules import decision_rules_chart, flips_chart, rule_label
from crm_toolkit.plots.style import axes_of_own, styled
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.controls import choice_control, number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.html import tag
from crm_toolkit.widgets.models.rules_told import (
    RulesView,
    about_flip,
    about_real,
    about_ties,
    conclusion,
    scores_table,
)
from crm_toolkit.widgets.tables import Table

MOST = 12
IMPORTANT = Knob("important", 3, 1, MOST, 1, mark("Disjunctive: important attributes"), origin="source",
                 reference=mark("the textbook's example looks at three"))  # fmt: skip
NOTICE = Knob("notice", 0.0, 0.0, 5.0, 0.5, mark("Lexicographic: difference that isn't noticed"), origin="convention")
POWER = Knob("power", 0.0, 0.0, 2.0, 0.5, mark("Additive difference: power"), origin="convention",
             reference=mark("0 counts the attributes won"))  # fmt: skip
ON_EMPTY = {
    "relax": mark("the cutoff is relaxed"),
    "skip": mark("the step is skipped"),
    "empty": mark("nothing is chosen"),
}
TAKE = {"all": mark("all that pass"), "first": mark("the first that passes")}
COLUMNS = {
    "weight": mark("Weight"),
    "minimum": mark("Minimum (conjunctive)"),
    "cutoff": mark("Cutoff (elimination)"),
    "mark": mark("Mark (disjunctive)"),
}
_LAPTOP_SITUATIONS: tuple[tuple[str, str, dict[str, float], dict[str, float], int | None], ...] = (
    ("physical", mark("a dim shop where everything has to be carried"), {"weight": 2.0, "display": 0.5}, {}, None),
    ("social", mark("with a friend who knows processors"), {"processor": 4.0}, {"processor": 1.0}, None),
    ("temporal", mark("ten minutes before closing"), {}, {}, 2),
    ("task", mark("a gift that must not make trouble"), {"support": 4.0}, {"support": 1.0}, None),
    ("antecedent", mark("short of money this month"), {"price": 2.0}, {"price": 1.0}, None),
)
STYLE = """<style>
.crm-live .crm-bench { align-items: flex-start; flex-flow: row wrap; gap: 0.6em 1.6em; overflow: visible; }
.crm-live .crm-bench > .crm-bench-left { flex: 0 1 auto; width: 34em; overflow: visible; }
.crm-live .crm-bench > .crm-bench-right { flex: 1 1 40em; width: auto; overflow: visible; }
.crm-live .crm-grid { overflow: visible; gap: 0.15em 0.5em; align-items: center; }
.crm-live .crm-grid .widget-html { margin: 0; height: auto; }
.crm-live .crm-grid .widget-html-content { line-height: 1.2; }
.crm-live .crm-grid strong { font-size: 0.86em; }
</style>"""


def explore_decision_rules(
    table: DecisionTable | None = None,
    *,
    weights: Mapping[str, float] | None = None,
    minimums: Mapping[str, float] | None = None,
    cutoffs: Mapping[str, float] | None = None,
    situations: Sequence[Situation] | None = None,
    real_choice: str | None = None,
) -> Explorer:
    """Turn weights, cutoffs and conventions, and see what every rule makes of the same table.

    Parameters
    ----------
    table : DecisionTable, optional
        At most 12 alternatives and 12 attributes; by default the six laptops of the textbook.
    weights : mapping of str to float, optional
        Where the weights start; by default all alike (for the laptops the textbook's).
    minimums, cutoffs : mapping of str to float, optional
        Where the minimums of the conjunctive rule and the cutoffs of elimination by aspects start; by default the
        lowest score of each attribute's range.
    situations : sequence of Situation, optional
        To choose from; they may name attributes of the table.
    real_choice : str, optional
        What was really chosen.

    Returns
    -------
    Explorer
        Controls at the left, at the right who is chosen by which rule; below a sentence of meaning, the smallest
        changes that flip one rule, its steps, and the table. ``.result`` is a `RulesView`. With ``CRM_STATIC=1`` there
        is only the static copy.

    Raises
    ------
    InputError
        If the table is too large or a start does not fit it; all problems at once.
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> bench = explore_decision_rules(real_choice="Dell")
    >>> bench.result.choices["conjunctive"].chosen
    ('HP', 'Compaq')
    >>> bench.controls["weight_2"].value = 16  # the third attribute, the processor
    >>> bench.result.choices["weighted"].ties
    ('Gateway/Acer', 'Compaq')
    """
    if table is None:
        names = {code: say(label) for code, label in LAPTOP_ATTRIBUTES.items()}
        table = laptops().renamed(names)
        weights = _renamed(LAPTOP_WEIGHTS, names) if weights is None else weights
        minimums = _renamed(LAPTOP_MINIMUMS, names) if minimums is None else minimums
        cutoffs = _renamed({**LAPTOP_MINIMUMS, "display": 4}, names) if cutoffs is None else cutoffs
        situations = _laptop_situations(names) if situations is None else situations
    lowest = {name: table.range_of(name)[0] for name in table.attributes}
    weights = dict.fromkeys(table.attributes, 10) if weights is None else dict(weights)
    minimums, cutoffs = {**lowest, **(minimums or {})}, {**lowest, **(cutoffs or {})}
    _require(table, weights, minimums, cutoffs, situations or (), real_choice)
    knobs = _knobs(table, weights)
    start: dict[str, Any] = {}
    for row, name in enumerate(table.attributes):
        for column, numbers in (("weight", weights), ("minimum", minimums), ("cutoff", cutoffs)):
            start[f"{column}_{row}"] = knobs[column, name].check(numbers[name])
        start[f"mark_{row}"] = knobs["mark", name].check(table.range_of(name)[1])
    start |= {"important": min(3, len(table.attributes)), "take": "all", "on_empty": "relax", "notice": NOTICE.default,
              "power": POWER.default, "situation": "", "real": real_choice or "", "closer": "weighted"}  # fmt: skip
    look = _looker(table, tuple(situations or ()))
    shown: DecisionTable = table

    def controls() -> dict[str, Any]:
        numbers = {f"{column}_{row}": number_control(knobs[column, name], value=start[f"{column}_{row}"])
                   for row, name in enumerate(shown.attributes) for column in COLUMNS}  # fmt: skip
        none = (say("none"), "")
        takes = [(say(text), code) for code, text in TAKE.items()]
        ways = [(say(text), code) for code, text in ON_EMPTY.items()]
        kinds = [none, *((_situation_label(one), one.name) for one in situations or ())]
        names = [none, *((name, name) for name in shown.alternatives)]
        rules = [(say(kind.label), kind.code) for kind in _KINDS]
        return numbers | {
            "important": number_control(IMPORTANT, value=start["important"]),
            "take": choice_control(say("Conjunctive: taken are"), takes, value="all"),
            "on_empty": choice_control(say("If elimination would leave nobody"), ways, value="relax"),
            "notice": number_control(NOTICE),
            "power": number_control(POWER),
            "situation": choice_control(say("Situation"), kinds, value=""),
            "real": choice_control(say("Really chosen"), names, value=start["real"]),
            "closer": choice_control(say("Look closely at"), rules, value="weighted"),
        }

    explorer = Explorer(look, controls=controls, start=start, rows=(tuple(start), *_AREAS))
    if explorer.box is not None:
        _beside(explorer, table)
    return explorer


_KINDS = (Conjunctive, Disjunctive, EliminationByAspects, Lexicographic, Weighted, EqualWeights, AdditiveDifference)
_AREAS = (("picture",), ("conclusion",), ("flips",), ("steps",), ("scores",))


def _looker(table: DecisionTable, situations: tuple[Situation, ...]) -> Callable[..., View]:
    """The function behind the controls; what was drawn once is kept."""

    @lru_cache(maxsize=16)
    def seen(values: tuple[tuple[str, Any], ...]) -> View:
        given = dict(values)
        situation = next((one for one in situations if one.name == given["situation"]), None)
        rules = _rules(table, given)
        weights = rules["weighted"].weights  # type: ignore[union-attr]
        if situation is not None:
            rules = {code: in_situation(rule, situation, importance=weights) for code, rule in rules.items()}
        choices = apply_rules(table, rules)
        real = given["real"] or None
        prediction = which_rule_predicts(table, real, rules) if real else None
        closer = rules[given["closer"]]
        step = 1.0 if _whole(table) else None
        flips = () if isinstance(closer, EqualWeights) else nearest_flips(table, closer, step=step)
        return _view(RulesView(table, rules, choices, prediction, flips), given, real)

    def look(**values: Any) -> View:
        return seen(tuple(sorted(values.items())))

    return look


def _rules(table: DecisionTable, given: Mapping[str, Any]) -> dict[str, Rule]:
    columns = {
        column: {name: given[f"{column}_{row}"] for row, name in enumerate(table.attributes)} for column in COLUMNS
    }
    order, _ = importance_order(columns["weight"])
    first = [name for name in order if columns["weight"][name] > 0] or list(order)
    marks = {name: columns["mark"][name] for name in order[: given["important"]]}
    rules: tuple[Rule, ...] = (
        Conjunctive(columns["minimum"], given["take"]),
        Disjunctive(marks),
        EliminationByAspects(tuple(first), columns["cutoff"], given["on_empty"]),
        Lexicographic(tuple(first), dict.fromkeys(first, given["notice"])),
        Weighted(columns["weight"]),
        EqualWeights(),
        AdditiveDifference(columns["weight"], given["power"]),
    )
    return {rule.code: rule for rule in rules}


def _view(result: RulesView, given: Mapping[str, Any], real: str | None) -> View:
    code = given["closer"]
    choice = result.choices[code]
    label = rule_label(code, choice)
    areas: dict[str, plots.Picture | Table] = {"picture": _choices_picture(result, real)}
    steps = tuple((f"{number}. {text}",) for number, text in enumerate(choice.told, start=1))
    if result.flips:
        areas["flips"] = _flips_picture(result.flips)
    else:
        areas["flips"] = Table(say("What flips the choice"), (say("Rule"), say("Finding")),
                               ((label, say("No change of a single parameter changes this choice.")),))  # fmt: skip
    areas["steps"] = Table(say("Step by step: {rule}", rule=label), (say("What happens"),), steps)
    areas["scores"] = scores_table(result.table)
    notes = (about_real(result, real), about_flip(result), about_ties(given, result.table))
    limits = (say(RULE_LIMITS), say(LIMITS))
    return View(conclusion(result), areas, result, (*filter(None, notes), *limits))


def _choices_picture(result: RulesView, real: str | None) -> plots.Picture:
    with styled():
        ax = axes_of_own(7.2, 4.8)
    return plots.show(decision_rules_chart(result.choices, result.table, real_choice=real, ax=ax))


def _flips_picture(flips: tuple[Flip, ...]) -> plots.Picture:
    return plots.show(flips_chart(flips))


def _beside(explorer: Explorer, table: DecisionTable) -> None:
    """Put the controls at the left, the picture at the right, the meaning below."""
    tools = pieces.toolbox()
    areas, controls = explorer._areas, explorer.controls
    cells: list[Any] = [tools.HTML(""), *(tools.HTML(tag("strong", say(label))) for label in COLUMNS.values())]
    for row, name in enumerate(table.attributes):
        cells.append(tools.HTML(tag("span", name)))
        for column in COLUMNS:
            control = controls[f"{column}_{row}"]
            control.add_class("crm-hidden-label")
            control.layout.width = "5.6em"
            cells.append(control)
    layout = tools.Layout(grid_template_columns="minmax(5.5em, max-content) repeat(4, 6.4em)")
    grid = tools.GridBox(cells, layout=layout)
    grid.add_class("crm-grid")
    others = [control for name, control in controls.items() if not name.rpartition("_")[2].isdigit()]
    left, right = tools.VBox([grid, *others]), tools.VBox([areas["picture"]])
    left.add_class("crm-bench-left")
    right.add_class("crm-bench-right")
    bench = tools.HBox([left, right])
    bench.add_class("crm-bench")
    close = tools.HBox([areas["flips"], areas["steps"]])
    close.add_class("crm-bench")
    styles = explorer.box.children[0]
    explorer.box.children = [styles, tools.HTML(STYLE), bench, areas["conclusion"], close, areas["scores"]]


def _knobs(table: DecisionTable, weights: Mapping[str, float]) -> dict[tuple[str, str], Knob]:
    whole = _whole(table)
    most = max(100, *(int(value) + 1 for value in weights.values()))
    knobs = {}
    for name in table.attributes:
        low, high = table.range_of(name)
        for column, text in COLUMNS.items():
            label = say("{what}: {attribute}", what=say(text), attribute=name)
            if column == "weight":
                every = all(float(value).is_integer() for value in weights.values())
                knob = Knob(column, 0 if every else 0.0, 0, most, 1 if every else 0.01, label, origin="assumption")
            elif whole:
                knob = Knob(column, int(low), int(low), int(high) + 1, 1, label, origin="assumption")
            else:
                step = round((high - low) / 100, 6) or 0.01
                knob = Knob(column, low, low, high + step, step, label, origin="assumption")
            knobs[column, name] = knob
    return knobs


def _whole(table: DecisionTable) -> bool:
    ends = [end for pair in table.ranges for end in pair]
    return all(float(value).is_integer() for value in [*ends, *table.matrix.ravel()]) and max(map(abs, ends)) < 1000


def _require(
    table: DecisionTable,
    weights: Mapping[str, float],
    minimums: Mapping[str, float],
    cutoffs: Mapping[str, float],
    situations: Sequence[Situation],
    real_choice: str | None,
) -> None:
    problems = weight_problems(weights, table)
    problems += number_problems(minimums, table, "minimums") + number_problems(cutoffs, table, "cutoffs")
    if max(len(table.alternatives), len(table.attributes)) > MOST:
        what = say("At most {most} alternatives and {most} attributes fit on the bench.", most=MOST)
        problems.append(Problem("too_many", what))
    if real_choice is not None:
        problems += unknown_names([real_choice], table.alternatives, what=say("The real choice is not in the table."))
    for one in situations:
        what = say("The situation “{name}” names an attribute that is not there.", name=one.name)
        problems += unknown_names([*one.weights, *one.cutoffs], table.attributes, what=what)
    refuse(say("The bench can't be set up."), problems)


def _laptop_situations(names: Mapping[str, str]) -> tuple[Situation, ...]:
    return tuple(
        Situation(kind, say(told), _renamed(factors, names), _renamed(shifts, names), considered)
        for kind, told, factors, shifts, considered in _LAPTOP_SITUATIONS
    )


def _situation_label(one: Situation) -> str:
    return f"{say(SITUATION_KINDS[one.kind])}: {one.name}"


def _renamed(numbers: Mapping[str, float], names: Mapping[str, str]) -> dict[str, float]:
    return {names[code]: value for code, value in numbers.items()}
