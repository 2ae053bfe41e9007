"""The argument map as a drawing (SVG): claims in boxes, what they lean on below them; the same in words beside it.

Types and relations are shown by words, signs and line styles, never by colour alone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from crm_toolkit.exercises.article import RELATIONS, SIGNS, STATES, TYPES, ArticleWork, ClaimLamp, light
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.html import Html, joined, tag
from crm_toolkit.widgets.models.model_diagram import Diagram

WIDE, HIGH, GAP_X, GAP_Y, LEFT, TOP = 256, 84, 26, 66, 16, 34
MOST_IN_ROW = 3
_INK, _BLUE, _PAPER, _LINE = "#1A1A1A", "#0072B2", "#FFFFFF", "#595959"
_LOOK = {  # line style, colour, sign beside the line
    "supports": (None, "#0072B2", "+"),
    "attacks": ("9 4", "#B23A00", "−"),
    "assumes": ("2 4", "#595959", "?"),
}
_SHORT = {"definition": mark("≡ definition"), "empirical": mark("◆ empirical"), "normative": mark("! normative")}
_LETTERS, _LINES = 30, 3

Place = tuple[float, float]


def argument_map(work: ArticleWork) -> Diagram:
    """Draw what is claimed and how it hangs together.

    Parameters
    ----------
    work : ArticleWork
        Stated claims become boxes; whole links become lines from what supports, attacks or is assumed.

    Returns
    -------
    Diagram
        A drawing with its words.

    Examples
    --------
    >>> from crm_toolkit.exercises.article import Claim, Link
    >>> claims = (Claim("Risk is a loss.", type="definition"), Claim("Services are riskier.", type="empirical"))
    >>> print(argument_map(ArticleWork(claims=claims, links=(Link(1, "supports", 2),))).lines[1])
    2. Services are riskier. (empirical claim; supported inside the article only). Supported by: 1.
    """
    lamps = {one.number: one for one in light(work).claims}
    places, height = _places(work)
    width = max([LEFT + x + WIDE for x, _ in places.values()], default=0) + LEFT
    width = max(width, 2 * LEFT + 3 * WIDE + 2 * GAP_X)
    lines = tuple(_lines(work, lamps))
    title = say("Argument map: {title}", title=work.reference.title.strip() or say("an article"))
    parts = [
        tag("title", title), tag("desc", " ".join(lines)), _heads(),
        tag("rect", x=0, y=0, width=width, height=height, fill=_PAPER),
        *(_link(places[one.one], places[one.other], one.relation) for one in work.whole_links
          if one.one is not None and one.other is not None and one.one != one.other),
        *(_box(work, lamps[number], place) for number, place in places.items()),
        *_legend(height),
    ]  # fmt: skip
    font = "font-family:system-ui,'DejaVu Sans',sans-serif;max-width:100%;height:auto"
    svg = tag("svg", joined(parts), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:g} {height:g}",
              width=f"{width:g}", role="img", aria_label=title, style=font)  # fmt: skip
    return Diagram(svg, lines)


def _levels(work: ArticleWork) -> dict[int, int]:
    """The row of each claim from above: what supports, attacks or is assumed stands below; circles are cut."""
    level = dict.fromkeys(work.stated, 0)
    pairs = [_downwards(one.one, one.relation, one.other) for one in work.whole_links if one.one != one.other]
    for _ in range(len(level)):
        moved = False
        for upper, lower in pairs:
            if level[lower] <= level[upper] < len(level) - 1 and level[upper] + 1 <= 6:
                level[lower], moved = level[upper] + 1, True
        if not moved:
            break
    return level


def _downwards(one: int | None, relation: str, other: int | None) -> tuple[int, int]:
    """The upper and the lower claim of a link: A supports B puts A below B, A assumes B puts B below A."""
    first, second = int(one or 0), int(other or 0)
    return (first, second) if relation == "assumes" else (second, first)


def _places(work: ArticleWork) -> tuple[dict[int, Place], float]:
    """The left upper corner of every box, and the height of the drawing; claims without links stand last."""
    linked = {number for one in work.whole_links for number in (one.one, one.other)}
    levels = _levels(work)
    rows: dict[int, list[int]] = {}
    for number in work.stated:
        if number in linked:
            rows.setdefault(levels[number], []).append(number)
    lists = [_beside(rows[key], work) for key in sorted(rows)]
    lone = [number for number in work.stated if number not in linked]
    split = [part[i : i + MOST_IN_ROW] for part in [*lists, lone] for i in range(0, len(part), MOST_IN_ROW)]
    places: dict[int, Place] = {}
    for row, numbers in enumerate(split):
        for column, number in enumerate(numbers):
            shift = (WIDE + GAP_X) / 2 * (row % 2) if len(numbers) < MOST_IN_ROW else 0.0
            places[number] = (LEFT + column * (WIDE + GAP_X) + shift, TOP + row * (HIGH + GAP_Y))
    return places, TOP + max(len(split), 1) * (HIGH + GAP_Y) + 8


def _beside(numbers: list[int], work: ArticleWork) -> list[int]:
    """Claims of one row in the order of the claims above that they lean on or serve."""

    def above(number: int) -> float:
        uppers = [upper for upper, lower in (_downwards(one.one, one.relation, one.other) for one in work.whole_links)
                  if lower == number]  # fmt: skip
        return sum(uppers) / len(uppers) if uppers else float(number)

    return sorted(numbers, key=lambda number: (above(number), number))


def _box(work: ArticleWork, lamp: ClaimLamp, place: Place) -> Html:
    x, y = place
    claim = work.stated[lamp.number]
    lines = textwrap.wrap(claim.words.strip(), _LETTERS, break_long_words=True)
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], lines[_LINES - 1][: _LETTERS - 1] + "…"]
    head = f"{lamp.number}. {say(_SHORT[claim.type]) if claim.type else '…'}"
    if claim.tacit:
        head += f" · {say('tacit')}"
    lit = lamp.lit
    frame = tag("rect", x=x, y=y, width=WIDE, height=HIGH, rx=6, fill=_PAPER, stroke="#8A4B00" if lit else _LINE,
                stroke_width=2.4 if lit else 1.2, stroke_dasharray="6 4" if lit else None)  # fmt: skip
    words = [_words(line, x + 10, y + 38 + 16 * row, font_size=12.5) for row, line in enumerate(lines)]
    sign = _words(SIGNS[lamp.state], x + WIDE - 10, y + 19, font_size=15, font_weight=700, text_anchor="end")
    return joined([frame, _words(head, x + 10, y + 19, font_size=12.5, font_weight=700), sign, *words])


def _link(one: Place, other: Place, relation: str) -> Html:
    dash, colour, sign = _LOOK[relation]
    (x1, y1), (x2, y2) = (one[0] + WIDE / 2, one[1]), (other[0] + WIDE / 2, other[1])
    down = y2 > y1
    if abs(y1 - y2) < 1:  # beside each other: an arc above
        middle = (x1 + x2) / 2
        path = f"M {x1:g} {y1:g} Q {middle:g} {y1 - 34:g} {x2:g} {y2 - 4:g}"
        at = (middle, y1 - 20)
    else:
        start, end = (y1 + HIGH, y2 - 4) if down else (y1, y2 + HIGH + 4)
        path = f"M {x1:g} {start:g} L {x2:g} {end:g}"
        share = (
            0.3 if abs(y1 - y2) > HIGH + GAP_Y + 1 else 0.5
        )  # where a line passes boxes, the sign stays near its start
        at = (x1 + (x2 - x1) * share, start + (end - start) * share)
    line = tag("path", d=path, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=dash,
               marker_end=f"url(#crm-{relation})")  # fmt: skip
    dot = tag("circle", cx=f"{at[0]:g}", cy=f"{at[1]:g}", r=9, fill=_PAPER, stroke=colour, stroke_width=1.4)
    return joined([line, dot, _words(sign, at[0], at[1] + 5, text_anchor="middle", font_weight=700, font_size=14)])


def _legend(height: float) -> Iterator[Html]:
    told = [f"{sign} {say(RELATIONS[code])}" for code, (_, _, sign) in _LOOK.items()]
    told.append(say("dashed box: nothing from outside the article stands beside it"))
    yield _words("; ".join(told), LEFT, height - 12, font_size=12.5)


def _words(text: str, x: float, y: float, **look: object) -> Html:
    style = {"font_size": 13, "fill": _INK, **look}
    return tag("text", text, x=f"{x:g}", y=f"{y:g}", **style)


def _heads() -> Html:
    made = []
    for code, (_, colour, _) in _LOOK.items():
        head = tag("path", d="M 0 0 L 10 5 L 0 10 z", fill=colour)
        made.append(tag("marker", head, id=f"crm-{code}", viewBox="0 0 10 10", refX=8, refY=5, markerWidth=10,
                        markerHeight=10, markerUnits="userSpaceOnUse", orient="auto-start-reverse"))  # fmt: skip
    return tag("defs", *made)


def _lines(work: ArticleWork, lamps: dict[int, ClaimLamp]) -> Iterator[str]:
    if not work.stated:
        yield say("No claim is entered yet.")
    links = work.whole_links
    for number, claim in work.stated.items():
        kind = say(TYPES[claim.type]) if claim.type else say("no type yet")
        kind = f"{kind}, {say('tacit')}" if claim.tacit else kind
        told = f"{number}. {claim.words.strip()} ({kind}; {say(STATES[lamps[number].state])})."
        supported = [str(one.one) for one in links if one.relation == "supports" and one.other == number]
        attacked = [str(one.one) for one in links if one.relation == "attacks" and one.other == number]
        assumes = [str(one.other) for one in links if one.relation == "assumes" and one.one == number]
        if supported:
            told += " " + say("Supported by: {claims}.", claims=", ".join(supported))
        if attacked:
            told += " " + say("Attacked by: {claims}.", claims=", ".join(attacked))
        if assumes:
            told += " " + say("Assumes: {claims}.", claims=", ".join(assumes))
        yield told
