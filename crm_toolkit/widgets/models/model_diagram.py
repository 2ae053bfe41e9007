"""The whole Hawkins–Best–Coney model as a drawing (SVG) in which what a person has filled in lights up.

Outside and inside influences form self-concept and lifestyle; needs arise; a decision goes through its stages within a
situation; experiences and acquisitions return to both kinds of influences. State is shown by fill, by a sign and by a
number, never by colour alone, and the whole drawing stands beside itself in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from crm_toolkit.behaviour.decision_process import LIMITS, STAGES
from crm_toolkit.behaviour.decision_process.after import Feedback
from crm_toolkit.behaviour.decision_rules.parameters import finite
from crm_toolkit.behaviour.influences.canvas import Canvas
from crm_toolkit.behaviour.influences.constructs import BLOCKS, CONSTRUCTS, constructs_of
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import format_number, say
from crm_toolkit.widgets.html import Html, joined, tag

WIDTH, HEIGHT = 1000, 684
_INK, _BLUE, _PAPER, _LINE = "#1A1A1A", "#0072B2", "#FFFFFF", "#595959"
_CHIP = 26


@dataclass(frozen=True)
class Diagram:
    """A drawing with its words.

    Parameters
    ----------
    svg : str
        The drawing, an SVG element with a title and a description.
    lines : tuple of str
        The same in words, a line for each part of the model.
    pngs : tuple of bytes
        The drawing as pictures, for documents that can't hold an SVG; empty where there are none.
    """

    svg: str
    lines: tuple[str, ...]
    pngs: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def html(self) -> str:
        """The drawing and below it, folded, the words."""
        words = tag("ul", *(tag("li", line) for line in self.lines))
        folded = tag("details", tag("summary", say("The diagram in words")), words)
        return f'<div class="crm-diagram">{self.svg}{folded}</div>'

    @property
    def text(self) -> str:
        """The words."""
        return "\n".join(self.lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        markdown = "\n".join(f"- {line}" for line in self.lines)
        return {"text/html": self.html, "text/markdown": markdown, "text/plain": self.text}


def model_diagram(
    canvas: Canvas,
    *,
    stages: Collection[str] = (),
    situation: str = "",
    feedback: Feedback | None = None,
    feedback_scale: float = 1.0,
) -> Diagram:
    """Draw the model with what is filled in.

    Parameters
    ----------
    canvas : Canvas
        Constructs with evidence light up and show their direction; those that did not manifest themselves are dashed.
    stages : collection of str
        Codes of `STAGES` that are worked through; they light up.
    situation : str
        The situation in the person's words; empty where none is described.
    feedback : Feedback, optional
        What experience moved. Names that are codes of constructs count for their block; the return arrows are drawn the
        thicker the larger the largest move there is.
    feedback_scale : float
        The move that draws the thickest arrow, in units of the feedback, above 0.

    Returns
    -------
    Diagram

    Raises
    ------
    InputError
        If a stage is unknown or the scale can't be used.

    Examples
    --------
    >>> from crm_toolkit.behaviour.influences import Influence
    >>> canvas = Canvas("a haircut", (Influence("memory", "The name came first.", 1, 0.7),))
    >>> diagram = model_diagram(canvas, stages=["problem_recognition"])
    >>> print(diagram.lines[1].split(";")[2])
     memory +1
    """
    _require(stages, feedback_scale)
    moves = _moves(feedback)
    lines = tuple(_lines(canvas, stages, situation, moves))
    title = say("Hawkins–Best–Coney model: {purchase}", purchase=canvas.purchase or say("a purchase"))
    parts = [
        tag("title", title),
        tag("desc", " ".join(lines)),
        _arrow_head(),
        tag("rect", x=0, y=0, width=WIDTH, height=HEIGHT, fill=_PAPER),
        _column(canvas, "external", 20, 60),
        _column(canvas, "internal", 20, 350),
        _self(canvas, 304, 170),
        *_process(stages, situation, 620, 60),
        _path("M 270 175 L 300 226"), _path("M 270 465 L 300 414"),
        _path("M 580 330 L 614 330"),
        _words(say("Blue: evidence, with its direction. Dashed: did not manifest itself. White: nothing is said yet."),
               20, 668, font_size=12.5),
        *_returns(moves, feedback_scale),
    ]  # fmt: skip
    font = "font-family:system-ui,'DejaVu Sans',sans-serif;max-width:100%;height:auto"
    svg = tag("svg", joined(parts), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH,
              role="img", aria_label=title, style=font)  # fmt: skip
    return Diagram(svg, lines)


def _require(stages: Collection[str], scale: float) -> None:
    problems = []
    for stage in stages:
        if stage not in STAGES:
            close = near_misses(str(stage), STAGES)
            problems.append(Problem("unknown_option", say("There is no stage `{stage}`.", stage=stage),
                                    say("Possible: {names}.", names=", ".join(STAGES)),
                                    say("Did you mean `{close}`?", close=close[0]) if close else ""))  # fmt: skip
    if not finite(scale) or scale <= 0:
        problems.append(Problem("outside_range", say("`feedback_scale` must be a number above 0.")))
    if problems:
        raise InputError(say("The model can't be drawn."), problems)


def _moves(feedback: Feedback | None) -> dict[str, float]:
    """The largest move by block, of external and internal influences."""
    if feedback is None:
        return {}
    found: dict[str, float] = {}
    for name, change in feedback.changes.items():
        block = CONSTRUCTS[name].block if name in CONSTRUCTS else "internal"
        side = "external" if block == "external" else "internal"
        found[side] = max(found.get(side, 0.0), abs(change))
    return found


def _state(canvas: Canvas, code: str) -> tuple[str, str]:
    """The state of a construct and its sign: lit with a direction, dashed, or empty."""
    one = canvas.of(code)
    if one is not None and one.filled:
        sign = f"{one.direction:+d}".replace("-", "−") if one.direction else "0"
        return "lit", sign
    return ("dashed", "–") if one is not None and one.answered else ("empty", "")


def _lines(canvas: Canvas, stages: Collection[str], situation: str, moves: dict[str, float]) -> Iterator[str]:
    for block, label in BLOCKS.items():
        said = []
        for one in constructs_of(block):
            state, sign = _state(canvas, one.code)
            told = {"lit": sign, "dashed": say("did not manifest itself"), "empty": say("nothing is said yet")}[state]
            whole = f"{say(one.label)} {told}" if state == "lit" else f"{say(one.label)} ({told})"
            said.append(whole if len(constructs_of(block)) > 1 else told)
        yield say("{block}: {list}.", block=say(label), list="; ".join(said))
    yield say("Situation: {situation}.", situation=situation or say("nothing is said yet"))
    done = {True: say("worked through"), False: say("not yet")}
    through = [f"{say(label)} ({done[code in stages]})" for code, label in STAGES.items()]
    yield say("Decision process: {list}.", list="; ".join(through))
    if moves:
        sides = [say("{side}: largest move {move}", side=say(BLOCKS[side]), move=format_number(round(move, 2)))
                 for side, move in moves.items()]  # fmt: skip
        yield say("Experiences and acquisitions return: {list}.", list="; ".join(sides))
    yield say(LIMITS)


def _words(text: str, x: float, y: float, **look: Any) -> Html:
    style = {"font_size": 13, "fill": _INK, **look}
    return tag("text", text, x=x, y=y, **style)


def _chip(label: str, state: str, sign: str, x: float, y: float, width: float) -> Html:
    lit = state == "lit"
    box = tag("rect", x=x, y=y, width=width, height=_CHIP - 4, rx=4, fill=_BLUE if lit else _PAPER, stroke=_LINE,
              stroke_width=1.2, stroke_dasharray="5 3" if state == "dashed" else None)  # fmt: skip
    ink = _PAPER if lit else _INK
    name = _words(label, x + 8, y + 15.5, fill=ink, font_size=12.5)
    return joined([box, name, _words(sign, x + width - 8, y + 15.5, fill=ink, text_anchor="end", font_weight=700)])


def _frame(title: str, x: float, y: float, width: float, height: float) -> Html:
    box = tag("rect", x=x, y=y, width=width, height=height, rx=8, fill="#F4F6F8", stroke=_LINE, stroke_width=1)
    return joined([box, _words(title, x + 10, y + 19, font_size=14, font_weight=700)])


def _column(canvas: Canvas, block: str, x: float, y: float) -> Html:
    parts = [_frame(say(BLOCKS[block]), x, y, 250, 32 + 7 * _CHIP)]
    for row, one in enumerate(constructs_of(block)):
        parts.append(_chip(say(one.label), *_state(canvas, one.code), x + 10, y + 28 + row * _CHIP, 230))
    return joined(parts)


def _self(canvas: Canvas, x: float, y: float) -> Html:
    parts = [_frame(say("Self-concept and lifestyle"), x, y, 276, 304)]
    for row, one in enumerate(constructs_of("self_concept")):
        parts.append(_chip(say(one.label), *_state(canvas, one.code), x + 10, y + 30 + row * _CHIP, 256))
    for block, top in (("lifestyle", 164), ("needs", 240)):
        parts.append(_words(say(BLOCKS[block]), x + 10, y + top, font_size=13, font_weight=700))
        one = constructs_of(block)[0]
        parts.append(_chip(say(one.label), *_state(canvas, one.code), x + 10, y + top + 8, 256))
    return joined(parts)


def _process(stages: Collection[str], situation: str, x: float, y: float) -> Iterator[Html]:
    shown = situation if len(situation) <= 40 else situation[:39] + "…"
    yield _frame(say("Situation"), x, y, 350, 52)
    yield _words(shown or "…", x + 12, y + 40)
    top = y + 86
    yield _path(f"M {x + 175} {y + 52} L {x + 175} {top - 4}")
    yield _frame(say("Decision process"), x, top, 350, 406)
    for row, (code, label) in enumerate(STAGES.items()):
        place, lit = top + 32 + row * 74, code in stages
        yield tag("rect", x=x + 15, y=place, width=320, height=50, rx=6, fill=_BLUE if lit else _PAPER, stroke=_LINE,
                  stroke_width=1.2)  # fmt: skip
        yield _words(say(label), x + 30, place + 30, fill=_PAPER if lit else _INK, font_size=14)
        if lit:
            yield _words("✓", x + 318, place + 31, fill=_PAPER, font_size=16, text_anchor="end", font_weight=700)
        if row < len(STAGES) - 1:
            yield _path(f"M {x + 175} {place + 50} L {x + 175} {place + 70}")


def _returns(moves: dict[str, float], scale: float) -> Iterator[Html]:
    """The arrows of experiences and acquisitions, above to the outer and below to the inner influences."""
    label = say("Experiences and acquisitions")
    for side, path, at in (
        ("external", "M 795 58 L 795 26 L 145 26 L 145 54", (465, 18)),
        ("internal", "M 795 554 L 795 620 L 145 620 L 145 574", (465, 640)),
    ):
        move = moves.get(side)
        width = 1.6 if move is None else 1.6 + 6 * min(move / scale, 1.0)
        told = label if move is None else f"{label}: {format_number(round(move, 2))}"
        yield _path(path, width=width, dashed=move is None, label=told, at=at)


def _path(
    line: str, *, width: float = 1.6, dashed: bool = False, label: str = "", at: tuple[float, float] = (0, 0)
) -> Html:
    drawn = tag("path", d=line, fill="none", stroke=_LINE, stroke_width=round(width, 2), marker_end="url(#crm-head)",
                stroke_dasharray="6 4" if dashed else None)  # fmt: skip
    return joined([drawn, _words(label, *at, text_anchor="middle", font_size=12.5)]) if label else drawn


def _arrow_head() -> Html:
    head = tag("path", d="M 0 0 L 10 5 L 0 10 z", fill=_LINE)
    marker = tag("marker", head, id="crm-head", viewBox="0 0 10 10", refX=8, refY=5, markerWidth=10, markerHeight=10,
                 markerUnits="userSpaceOnUse", orient="auto-start-reverse")  # fmt: skip
    return tag("defs", marker)
