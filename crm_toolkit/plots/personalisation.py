"""What versions of content bring and cost: between one text for all and a segment of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_toolkit.plots import style
from crm_toolkit.plots.picture import describe
from crm_toolkit.plots.style import BLUE, GREY, VERMILLION, axes_of_own, show_numbers, styled
from crm_toolkit.texts import say, say_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from crm_toolkit.analysis import ContentVersions


def content_versions_chart(found: ContentVersions, *, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw saving, cost and net over the number of versions.

    Parameters
    ----------
    found : analysis.ContentVersions
        As `analysis.content_versions` returns it.
    currency : str
        ISO 4217 code for labels.
    ax : matplotlib Axes, optional
        Where to draw; by default on a figure of its own.

    Returns
    -------
    matplotlib Axes
        Three curves; the best number of versions is marked.

    Raises
    ------
    MissingExtraError
        If matplotlib or seaborn is not installed.

    Examples
    --------
    >>> from crm_toolkit import analysis, plots
    >>> ax = content_versions_chart(analysis.content_versions(1000, saving=2.0, content_cost=100.0))
    >>> plots.alt_text(ax)[:53]
    'Saving, cost and net by number of versions, for 1,000'
    """
    table = found.table
    with styled():
        from matplotlib.ticker import MaxNLocator

        ax = axes_of_own(7.4, 4.4) if ax is None else ax
        ax.axhline(0, color=GREY, linewidth=0.9)
        ax.plot(table["versions"], table["saving"], color=GREY, linestyle="--", marker="s", markersize=4,
                linewidth=1.6, label=say("saving"))  # fmt: skip
        ax.plot(table["versions"], table["content_cost"], color=VERMILLION, linestyle=":", marker="^", markersize=5,
                linewidth=1.8, label=say("cost of the content"))  # fmt: skip
        ax.plot(table["versions"], table["net"], color=BLUE, marker="o", markersize=5, linewidth=2.4,
                label=say("net"))  # fmt: skip
        if found.best:
            ax.axvline(found.best, color=GREY, linestyle=":", linewidth=1.4)
        title = (
            say_count("{count} version brings most", "{count} versions bring most", found.best)
            if found.best
            else say("No version pays for itself")
        )
        ax.set(title=title, xlabel=say("Versions of the content"), ylabel=style.money_unit(currency))
        ax.set_xlim(-0.3, float(table["versions"].max()) + 0.3)
        show_numbers(ax.xaxis, lambda value: style.compact(value))
        show_numbers(ax.yaxis, lambda value: style.compact(value))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(True, axis="y")
        ax.legend(loc="upper left", bbox_to_anchor=(0, -0.16), ncols=3, borderaxespad=0.2, borderpad=0)
    described = say("Saving, cost and net by number of versions, for {customers} customers. {verdict}",
                    customers=style.format_number(found.customers), verdict=found.verdict)  # fmt: skip
    describe(ax, described)
    return ax
