"""Our own drawings (SVG) as PNG, for documents that can't hold an SVG.

Read is what `widgets` draws and nothing else: rectangles, circles, texts and paths of lines and arcs, with dashes
and arrow heads; matplotlib paints them. No drawing from elsewhere comes here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

_UNITS_PER_INCH = 96
_POINTS_PER_UNIT = 72 / _UNITS_PER_INCH
_HEAD = 9.0  # an arrow head is as long as the markers of the drawings, in their units
_ALIGN = {"start": "left", "middle": "center", "end": "right"}
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_DPI = 200


def svg_png(svg: str) -> bytes:
    """Paint one of our drawings.

    Parameters
    ----------
    svg : str
        An SVG element with a ``viewBox``, as the diagrams of `widgets` carry it.

    Returns
    -------
    bytes
        A PNG of 200 dots per inch, where 96 units of the drawing make an inch.

    Raises
    ------
    ValueError
        If there is something in the drawing that is not read here: a picture with a hole would say something else.

    Examples
    --------
    >>> svg_png('<svg viewBox="0 0 96 96"><rect x="8" y="8" width="80" height="40" fill="#0072B2"></rect></svg>')[1:4]
    b'PNG'
    """
    from matplotlib.figure import Figure

    root = ElementTree.fromstring(svg)
    left, top, width, height = (float(number) for number in root.attrib["viewBox"].split())
    figure = Figure(figsize=(width / _UNITS_PER_INCH, height / _UNITS_PER_INCH), dpi=_DPI)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(left, left + width), ylim=(top + height, top))
    axes.set_axis_off()
    for order, element in enumerate(_drawn(root)):
        _paint(axes, element, order)
    return _bytes(figure)


def _bytes(figure: Figure) -> bytes:
    written = io.BytesIO()
    figure.savefig(written, format="png", facecolor="white")
    return written.getvalue()


def _name(element: ElementTree.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _drawn(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The elements that leave ink, in their order; what describes and the markers' own shapes do not."""
    for element in root:
        if _name(element) == "g":
            yield from _drawn(element)
        elif _name(element) not in {"title", "desc", "defs", "style"}:
            yield element


def _paint(axes: Axes, element: ElementTree.Element, order: int) -> None:
    from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Rectangle
    from matplotlib.path import Path

    name, facts = _name(element), element.attrib
    number = {key: float(value) for key, value in facts.items() if re.fullmatch(r"-?[\d.]+(px)?", value)}
    if name == "text":
        axes.text(number["x"], number["y"], "".join(element.itertext()).replace("$", r"\$"), zorder=order,
                  color=facts.get("fill", "black"), fontsize=number["font-size"] * _POINTS_PER_UNIT,
                  fontweight="bold" if number.get("font-weight", 400) >= 600 else "normal",
                  ha=_ALIGN[facts.get("text-anchor", "start")], va="baseline")  # fmt: skip
        return
    look = _look(facts, number, order)
    if name == "rect":
        corner, width, height = (number["x"], number["y"]), number["width"], number["height"]
        round_by = min(number.get("rx", 0.0), width / 2, height / 2)
        if round_by:
            axes.add_patch(
                FancyBboxPatch(corner, width, height, boxstyle=f"round,pad=0,rounding_size={round_by}", **look)
            )
        else:
            axes.add_patch(Rectangle(corner, width, height, **look))
    elif name == "circle":
        axes.add_patch(Circle((number["cx"], number["cy"]), number["r"], **look))
    elif name == "path":
        points, codes = _steps(facts["d"])
        axes.add_patch(PathPatch(Path(points, codes), **look))
        if "marker-end" in facts:
            axes.add_patch(_head(points[-2], points[-1], facts.get("stroke", "black"), order))
    else:
        raise ValueError(f"an SVG element that is not read here: {name}")


def _look(facts: dict[str, str], number: dict[str, float], order: int) -> dict[str, Any]:
    stroke = facts.get("stroke", "none")
    width = number.get("stroke-width", 1.0) * _POINTS_PER_UNIT
    dashes = [float(one) for one in facts.get("stroke-dasharray", "").replace(",", " ").split()]
    # matplotlib counts dashes in widths of the line
    style = (0, tuple(one * _POINTS_PER_UNIT / width for one in dashes)) if dashes else "solid"
    return {"facecolor": facts.get("fill", "black"), "edgecolor": stroke, "linewidth": width if stroke != "none" else 0,
            "linestyle": style, "zorder": order, "capstyle": "butt"}  # fmt: skip


def _steps(line: str) -> tuple[list[tuple[float, float]], list[int]]:
    from matplotlib.path import Path

    points: list[tuple[float, float]] = []
    codes: list[int] = []
    x = y = 0.0
    for letter, rest in _STEP.findall(line):
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", rest)]
        if letter in "zZ":
            points.append(points[0])
            codes.append(int(Path.CLOSEPOLY))
            continue
        if letter == "H":
            pairs = [(one, y) for one in numbers]
        elif letter == "V":
            pairs = [(x, one) for one in numbers]
        elif letter in "MLQ":
            pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        else:
            raise ValueError(f"a step of a path that is not read here: {letter}")
        for place, pair in enumerate(pairs):
            points.append(pair)
            first = Path.MOVETO if letter == "M" and place == 0 else Path.LINETO
            codes.append(int(Path.CURVE3 if letter == "Q" else first))
        x, y = points[-1]
    return points, codes


def _head(before: tuple[float, float], end: tuple[float, float], colour: str, order: int) -> Patch:
    """The triangle at the end of a line, along its last piece."""
    from matplotlib.patches import Polygon

    along = (end[0] - before[0], end[1] - before[1])
    length = (along[0] ** 2 + along[1] ** 2) ** 0.5 or 1.0
    one = (along[0] / length, along[1] / length)
    base = (end[0] - _HEAD * one[0], end[1] - _HEAD * one[1])
    side = (-one[1] * _HEAD / 2, one[0] * _HEAD / 2)
    tip = (end[0] + one[0], end[1] + one[1])
    corners = [tip, (base[0] + side[0], base[1] + side[1]), (base[0] - side[0], base[1] - side[1])]
    return Polygon(corners, closed=True, facecolor=colour, edgecolor="none", zorder=order)
