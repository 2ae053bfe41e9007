"""Explore SERVQUAL: expectation, perception and weight by dimension, and where the shortfall arises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_toolkit import plots
from crm_toolkit.behaviour.service_quality import LIMITS, FiveGaps, QualityGaps, five_gaps, quality_gaps
from crm_toolkit.knobs import Knob
from crm_toolkit.plots.service_models import five_gaps_chart, quality_gaps_chart
from crm_toolkit.texts import format_number, format_percent, join_names, mark, say
from crm_toolkit.widgets.controls import number_control
from crm_toolkit.widgets.explorer import Explorer, View
from crm_toolkit.widgets.tables import Table

DIMENSIONS = {
    "tangibles": mark("tangibles"),
    "reliability": mark("reliability"),
    "responsiveness": mark("responsiveness"),
    "assurance": mark("assurance"),
    "empathy": mark("empathy"),
}
_SCALE, _POINTS = mark("1 to 7"), mark("of 100")
_GAPS = "gaps of a printed example, with an expectation of 6 supposed"
_WEIGHTS = "weights from memory, not checked against the source"
_LABELS = {
    "tangibles": (mark("Tangibles: expected"), mark("Tangibles: perceived"), mark("Tangibles: weight")),
    "reliability": (mark("Reliability: expected"), mark("Reliability: perceived"), mark("Reliability: weight")),
    "responsiveness": (mark("Responsiveness: expected"), mark("Responsiveness: perceived"),
                       mark("Responsiveness: weight")),
    "assurance": (mark("Assurance: expected"), mark("Assurance: perceived"), mark("Assurance: weight")),
    "empathy": (mark("Empathy: expected"), mark("Empathy: perceived"), mark("Empathy: weight")),
}  # fmt: skip
_START = {"tangibles": (5.35, 11), "reliability": (4.90, 32), "responsiveness": (5.17, 22), "assurance": (5.30, 19),
          "empathy": (4.99, 16)}  # fmt: skip
KNOBS = {
    knob.name: knob
    for code, (expected, perceived, weight) in _LABELS.items()
    for knob in (
        Knob(f"{code}_expected", 6.0, 1.0, 7.0, 0.05, expected, unit=_SCALE, origin="assumption", reference=_GAPS),
        Knob(f"{code}_perceived", _START[code][0], 1.0, 7.0, 0.05, perceived, unit=_SCALE, origin="source",
             reference=_GAPS),
        Knob(f"{code}_weight", _START[code][1], 0, 100, 1, weight, unit=_POINTS, origin="assumption",
             reference=_WEIGHTS),
    )
} | {
    knob.name: knob
    for knob in (
        Knob("believed", 5.8, 1.0, 7.0, 0.1, mark("What managers believe customers expect"), unit=_SCALE),
        Knob("standard", 5.5, 1.0, 7.0, 0.1, mark("What the standards demand"), unit=_SCALE),
        Knob("delivered", 5.2, 1.0, 7.0, 0.1, mark("What is delivered"), unit=_SCALE),
        Knob("promised", 6.2, 1.0, 7.0, 0.1, mark("What is promised"), unit=_SCALE),
    )
}  # fmt: skip
_ROWS = (
    *((f"{code}_expected", f"{code}_perceived", f"{code}_weight") for code in DIMENSIONS),
    ("believed", "standard", "delivered", "promised"),
    ("conclusion",),
    ("picture", "origin"),
    ("dimensions",),
)


@dataclass(frozen=True)
class ServqualView:
    """What `explore_servqual_gaps` shows.

    Parameters
    ----------
    gaps : behaviour.QualityGaps
        By dimension.
    five : behaviour.FiveGaps
        Where the shortfall arises; expectation and perception are the means over the dimensions.
    """

    gaps: QualityGaps
    five: FiveGaps


def explore_servqual_gaps() -> Explorer:
    """Turn expectations, perceptions and weights, and see the gaps and where they arise.

    Returns
    -------
    Explorer
        A notebook shows controls, gaps by dimension beside the five gaps, and a table. ``.result`` is a `ServqualView`.
        With ``CRM_STATIC=1`` there is only the static copy.

    Raises
    ------
    MissingExtraError
        If ipywidgets, matplotlib or seaborn is not installed.

    Examples
    --------
    >>> explorer = explore_servqual_gaps()
    >>> round(explorer.result.gaps.mean_gap, 3), round(explorer.result.gaps.weighted_gap, 4)
    (-0.858, -0.9007)
    """
    start = {name: knob.default for name, knob in KNOBS.items()}

    def controls() -> dict[str, Any]:
        return {name: number_control(knob) for name, knob in KNOBS.items()}

    return Explorer(_look, controls=controls, start=start, rows=_ROWS, beside="picture")


def _look(**at: float) -> View:
    expected, perceived, weights = ([at[f"{code}_{what}"] for code in DIMENSIONS]
                                    for what in ("expected", "perceived", "weight"))  # fmt: skip
    gaps = quality_gaps(expected, perceived, weights)
    five = five_gaps(
        expected=sum(expected) / len(expected), perceived=sum(perceived) / len(perceived), believed=at["believed"],
        standard=at["standard"], delivered=at["delivered"], promised=at["promised"],
    )  # fmt: skip
    names = [say(text) for text in DIMENSIONS.values()]
    areas: dict[str, Any] = {
        "picture": plots.show(quality_gaps_chart(gaps, names)),
        "origin": plots.show(five_gaps_chart(five)),
        "dimensions": _dimensions(gaps, expected, perceived, names),
    }
    notes = (say(LIMITS), say("The four levels inside the firm are assumptions; a real firm measures them."))
    return View(_conclusion(gaps, five, names), areas, ServqualView(gaps, five), notes)


def _conclusion(gaps: QualityGaps, five: FiveGaps, names: list[str]) -> str:
    least = float(gaps.gaps.min())
    if least >= -1e-9:
        return say("No dimension falls short of what is expected; the weighted gap is {value}.",
                   value=_signed(gaps.weighted_gap))  # fmt: skip
    worst = [name for name, gap in zip(names, gaps.gaps, strict=True) if gap <= least + 1e-9]
    told = say("The largest shortfall: {names} ({gap}). All in all {value}, with the weights.",
               names=join_names(worst), gap=_signed(least), value=_signed(gaps.weighted_gap))  # fmt: skip
    if not five.deepest:
        return told
    words = {"knowledge": say("managers know too little of what customers expect"),
             "standards": say("the standards ask for less than managers know to be right"),
             "delivery": say("less is delivered than the standards demand"),
             "communication": say("more is promised than is delivered")}  # fmt: skip
    return told + " " + say("Inside the firm most is lost because {reason}.",
                            reason="; ".join(words[name] for name in five.deepest))  # fmt: skip


def _dimensions(gaps: QualityGaps, expected: list[float], perceived: list[float], names: list[str]) -> Table:
    heads = (say("Dimension"), say("Expectation"), say("Perception"), say("Gap"), say("Weight"), say("Part of the gap"))
    rows = [
        (name, format_number(e, 2), format_number(p, 2), _signed(gap), format_percent(w, 0), _signed(gap * w))
        for name, e, p, gap, w in zip(names, expected, perceived, gaps.gaps, gaps.weights, strict=True)
    ]
    note = say("Mean gap {mean}, weighted {weighted}. Perception alone (SERVPERF) {servperf}, weighted "
               "{servperf_weighted}.", mean=format_number(gaps.mean_gap, 3),
               weighted=format_number(gaps.weighted_gap, 4), servperf=format_number(gaps.servperf, 2),
               servperf_weighted=format_number(gaps.weighted_servperf, 2))  # fmt: skip
    return Table(say("Gaps by dimension"), heads, tuple(rows), note)


def _signed(value: float) -> str:
    plain = format_number(abs(value), 2)
    return plain if round(value, 2) == 0 else f"{'−' if value < 0 else '+'}{plain}"
