"""How the charts look: colours, sizes, fonts, numbers on axes.

The colours are those of Okabe and Ito (Color Universal Design, 2008), told apart by readers with any usual
colour vision; where two of them stand side by side one is dark and one is light, so that a grey print keeps the
difference. Heat maps run from light to dark. The font is DejaVu Sans, which comes with matplotlib and has
Cyrillic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crm_toolkit.errors import MissingExtraError
from crm_toolkit.texts import format_money, format_number, format_percent, language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, VERMILLION, GREY = "#0072B2", "#E69F00", "#D55E00", "#595959"
LIGHT_TO_DARK = "YlGnBu"
TWO_SIDED = "PuOr"

_STYLE: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 10.5,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.labelsize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.facecolor": "white",
    "axes.grid": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "grid.color": "#D9D9D9",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "text.color": "#1A1A1A",
    "axes.labelcolor": "#1A1A1A",
    "xtick.color": "#1A1A1A",
    "ytick.color": "#1A1A1A",
    "text.usetex": False,
}


@contextmanager
def styled() -> Iterator[None]:
    """The course's style inside the ``with`` block, the user's own after it.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.
    """
    try:
        import matplotlib
        import seaborn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            say("Pictures need matplotlib and seaborn: {command}", command='pip install "crm-toolkit[plots]"')
        ) from error
    with matplotlib.rc_context(_STYLE):
        yield


def axes_of_own(width: float, height: float) -> Axes:
    """Axes on a new figure of this size in inches, unknown to pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots()


def compact(value: float) -> str:
    """A number short enough for a cell or an axis: 950, 12.3K, 1.5M.

    >>> compact(950), compact(12_345), compact(-1_500_000)
    ('950', '12.3K', '-1.5M')
    """
    from babel.numbers import format_compact_decimal

    if abs(value) < 9_999.5:
        return format_number(round(value) if abs(value) >= 100 else round(value, 2))
    return format_compact_decimal(round(value), locale=str(language()), fraction_digits=1)


def readable_on(colour: Sequence[float]) -> str:
    """Black or white, whichever has the higher contrast on a colour (WCAG 2 relative luminance).

    >>> readable_on((1.0, 1.0, 0.8)), readable_on((0.0, 0.1, 0.4))
    ('#1A1A1A', 'white')
    """
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#1A1A1A" if (luminance + 0.05) / 0.06 > 1.05 / (luminance + 0.05) else "white"


def in_round_units(largest: float, *, most: float = 9_999.5) -> tuple[float, str]:
    """A divisor that makes numbers short enough for cells, and its word: thousands, millions, billions.

    >>> in_round_units(950), in_round_units(12_345), in_round_units(5e9)
    ((1.0, ''), (1000.0, 'thousands'), (1000000.0, 'millions'))
    """
    scale = 1.0
    for word in ("", say("thousands"), say("millions"), say("billions")):
        if abs(largest) / scale < most:
            return scale, word
        scale *= 1000
    return scale / 1000, word


def money_unit(currency: str) -> str:
    """The unit of money for a label: the currency's code, or words where the file names none."""
    return currency or say("in the currency of the data")


def short_money(value: float, currency: str = "") -> str:
    """Money for a label: exact where it is small, compact where it is large.

    >>> short_money(12.5, "USD"), short_money(2536, "USD"), short_money(1_234_567), short_money(24_890, "USD")
    ('$12.50', '$2,536', '1.2M', '$24.9K')
    """
    if abs(value) < 9_999.5:
        return format_money(value, currency, 2 if abs(value) < 999.5 else 0)
    if not currency:
        return compact(value)
    from babel.numbers import format_compact_currency

    return format_compact_currency(round(value), currency, locale=str(language()), fraction_digits=1)


def show_numbers(axis: Any, form: Callable[[float], str]) -> None:
    """Let an axis write its numbers by ``form`` in the language spoken now, whenever it is drawn."""
    from matplotlib.ticker import FuncFormatter

    code = str(language())

    def written(value: float, _: object = None) -> str:
        spoken: Any = language(code)
        with spoken:
            return form(value)

    axis.set_major_formatter(FuncFormatter(written))


def percent_ticks(value: float) -> str:
    """A share on an axis.

    >>> percent_ticks(0.4), percent_ticks(0.0025)
    ('40%', '0.25%')
    """
    shown = value * 100
    return format_percent(value, next((digits for digits in (0, 1) if abs(shown - round(shown, digits)) < 1e-6), 2))
