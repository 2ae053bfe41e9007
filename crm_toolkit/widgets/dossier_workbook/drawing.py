"""The funnel as a drawing (SVG): a bar for each step, its interval, the share of those before; and in words."""

from __future__ import annotations

from crm_toolkit.exercises.organisation_dossier import WorkedDossier
from crm_toolkit.texts import format_number, format_percent, say
from crm_toolkit.widgets.dossier_workbook.told import interval
from crm_toolkit.widgets.html import joined, tag
from crm_toolkit.widgets.models.model_diagram import Diagram
from crm_toolkit.widgets.numbered import brief

WIDTH, ROW, LEFT, RIGHT, TOP = 960, 58, 270, 170, 12
INK, BLUE, PALE, GREY = "#1A1A1A", "#0072B2", "#A6CBE3", "#4D5663"


def funnel_drawing(worked: WorkedDossier) -> Diagram:
    """Draw the steps of a funnel under each other.

    Parameters
    ----------
    worked : WorkedDossier
        With the passages of the funnel.

    Returns
    -------
    Diagram
        Bars are shares of the first step, with intervals; where more came than at first, the bar is full.
    """
    if not worked.passages:
        return Diagram("", (say("No step has a name and a count yet."),))
    first = worked.passages[0].step.count or 0
    inner, height = WIDTH - LEFT - RIGHT, TOP + ROW * len(worked.passages) + 8
    parts, lines = [], []
    for place, one in enumerate(worked.passages):
        y = TOP + place * ROW
        count = one.step.count or 0
        share = 1.0 if place == 0 else one.of_first.value if one.of_first else min(count / first, 1.0) if first else 0.0
        name = f"{one.number}. {brief(one.step.name, 30)}"
        parts += [
            tag("text", name, x=LEFT - 12, y=y + 24, text_anchor="end", font_size=15, font_weight=700, fill=INK),
            tag("rect", x=LEFT, y=y + 6, width=round(inner * share, 1), height=26, fill=PALE, stroke=BLUE),
            tag("text", format_number(count), x=LEFT + inner + 14, y=y + 24, font_size=15, font_weight=700, fill=INK),
        ]
        if one.of_first is not None:
            low, high = (round(LEFT + inner * end, 1) for end in (one.of_first.low, one.of_first.high))
            ends = "".join(f"M{x} {y + 13}V{y + 25}" for x in (low, high))
            parts.append(tag("path", d=f"M{low} {y + 19}H{high}{ends}", stroke=INK, stroke_width=1.6, fill="none"))
            parts.append(tag("text", format_percent(one.of_first.value), x=LEFT + inner + 84, y=y + 24, font_size=14,
                             fill=GREY))  # fmt: skip
        moved = ""
        if one.of_previous is not None:
            widest = worked.widest is not None and worked.widest.number == one.number
            moved = say("of the step before: {share}", share=interval(one.of_previous))
            moved = f"▼ {moved}" if widest else moved
            parts.append(tag("text", moved, x=LEFT, y=y + 48, font_size=13, fill=INK if widest else GREY,
                             font_weight=700 if widest else 400))  # fmt: skip
        lines.append(f"{one.number}. {one.step.name.strip()}: {format_number(count)}" + (f"; {moved}" if moved else ""))
    title = tag("title", say("Funnel to retention"))
    drawn = tag("svg", title, joined(parts), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}",
                role="img", font_family="DejaVu Sans, Segoe UI, Arial, sans-serif")  # fmt: skip
    return Diagram(drawn, tuple(lines))
