"""A picture that can be read aloud: every chart carries a sentence with its main numbers.

JupyterLab gives an ``image/png`` output no alternative text, whatever its metadata say, so `Picture` shows an HTML
image with one; the PNG stands beside it for programs that take no HTML (pandoc, code hosts).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH = 144
_SCREEN_DOTS_PER_INCH = 96
_enlarged = 1.0


@contextmanager
def projector(times: float = 1.5) -> Iterator[None]:
    """Inside the ``with`` block `show` makes pictures for the back row: larger on the screen, with more dots.

    The composition of a chart stays as it is, so nothing overlaps that did not before.

    Parameters
    ----------
    times : float
        How many times as wide as on a page.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> with projector(2):
    ...     large = show(Figure(figsize=(1, 1)))
    >>> large.width, show(Figure(figsize=(1, 1))).width
    (192, 96)
    """
    global _enlarged
    before, _enlarged = _enlarged, times
    try:
        yield
    finally:
        _enlarged = before


@dataclass(frozen=True)
class Picture:
    """A drawn chart: a PNG with its alternative text.

    Parameters
    ----------
    png : bytes
    alt : str
        What a person who does not see the picture must know of it.
    width, height : int
        Size on the screen, in pixels.
    """

    png: bytes = field(repr=False)
    alt: str
    width: int
    height: int

    @property
    def html(self) -> str:
        """An HTML image element with the alternative text, nothing outside it."""
        data = base64.b64encode(self.png).decode("ascii")
        return (
            f'<img src="data:image/png;base64,{data}" alt="{escape(self.alt)}" width="{self.width}" '
            'style="max-width:100%;height:auto">'
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        png = base64.b64encode(self.png).decode("ascii")
        size = {"width": self.width, "height": self.height, "alt": self.alt}
        return {"text/html": self.html, "image/png": png, "text/plain": self.alt}, {"image/png": size}


def alt_text(chart: Axes | Figure) -> str:
    """Say in a sentence or two what a chart of this package shows.

    Parameters
    ----------
    chart : matplotlib Axes or Figure
        As the functions of `plots` return them; of a figure, the texts of all its axes.

    Returns
    -------
    str
        In the language of the drawing; empty for a chart of another origin.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> concentration = analysis.spend_concentration(pd.DataFrame({"monetary": [0, 0, 10, 10, 80]}))
    >>> alt_text(plots.lorenz_chart(concentration))
    'Lorenz curve of 5 customers: the top 20% bring 80.0% of the money. Gini index 0.68.'
    """
    figure_axes = getattr(chart, "axes", None)
    if isinstance(figure_axes, list):
        return " ".join(text for text in map(alt_text, figure_axes) if text)
    label = chart.get_label()
    return label if isinstance(label, str) and not label.startswith("<") else ""


def describe(ax: Axes, alt: str) -> None:
    """Give a chart its alternative text; it stands in the label of the Axes."""
    ax.set_label(alt)


def show(chart: Axes | Figure) -> Picture:
    """Show a chart in a notebook, as a picture with an alternative text.

    Parameters
    ----------
    chart : matplotlib Axes or Figure
        As the functions of `plots` return them.

    Returns
    -------
    Picture
        The last line of a cell displays it. ``.png`` has the bytes, ``.alt`` the text.

    Raises
    ------
    InputError
        If it is no chart.

    Examples
    --------
    >>> import pandas as pd
    >>> from crm_toolkit import analysis, plots
    >>> table = pd.DataFrame({"monetary": [0, 0, 10, 10, 80]})
    >>> picture = plots.show(plots.lorenz_chart(analysis.spend_concentration(table)))
    >>> picture.png[1:4]
    b'PNG'
    """
    figure: Any = chart if hasattr(chart, "savefig") else getattr(chart, "figure", None)
    if figure is None:
        raise InputError(
            say("This is no chart."),
            [
                Problem(
                    "no_chart",
                    say("A value of kind `{kind}` was given.", kind=type(chart).__name__),
                    advice=say("Pass what a function of `plots` returns: `plots.show(plots.lorenz_chart(…))`."),
                )
            ],
        )
    alt = alt_text(figure)
    width, height = (round(inches * _SCREEN_DOTS_PER_INCH * _enlarged) for inches in figure.get_size_inches())
    return Picture(_small_png(figure, alt), alt, width, height)


def _small_png(figure: Any, alt: str) -> bytes:
    """The figure as a PNG with a palette, a third of the size; the same bytes for the same figure."""
    from PIL import Image, PngImagePlugin

    drawn, dots = io.BytesIO(), DOTS_PER_INCH * _enlarged
    figure.savefig(drawn, format="png", dpi=dots, pil_kwargs={"compress_level": 0})
    with Image.open(drawn) as image:
        reduced = image.convert("RGB").quantize(255, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    facts = PngImagePlugin.PngInfo()
    facts.add_itxt("Description", alt)
    packed = io.BytesIO()
    reduced.save(packed, format="png", pnginfo=facts, dpi=(dots, dots))
    return packed.getvalue()
