"""Charts of claims say what the results say, in the reader's language, and nothing in them overlaps."""

import warnings

import numpy as np
import pytest
from matplotlib import rcParams
from matplotlib.colors import to_hex
from matplotlib.text import Text

from crm_toolkit import plots
from crm_toolkit.errors import InputError
from crm_toolkit.plots.style import BLUE, GREY, VERMILLION
from crm_toolkit.texts import language
from crm_toolkit.world.claims import CLAIMS, access_frontier, claims_setting, run_claim
from tests.plots.readable import assert_readable

SETTINGS_AT_IMPORT = dict(rcParams)
COLOURS = {"as_claimed": BLUE, "opposite": VERMILLION, "open": GREY, "aside": GREY}


@pytest.fixture(scope="module")
def results():
    """Every claim where it holds and where it fails."""
    return {
        (code, place): run_claim(code, claims_setting(days=10, **numbers), replications=6)
        for code, claim in CLAIMS.items()
        for place, numbers in (("rest", {}), ("fails", claim.fails_at))
    }


@pytest.mark.parametrize("place", ["rest", "fails"])
@pytest.mark.parametrize("code", CLAIMS)
def test_every_outcome_is_drawn_with_its_interval_and_its_finding(results, code, place):
    result = results[code, place]
    ax = plots.claim_chart(result)
    rows = result.table.to_dict("records")
    assert len(ax.child_axes) == len(rows)
    for panel, row in zip(ax.child_axes, rows, strict=True):
        point, _, (bar,) = panel.containers[0].lines
        assert point.get_xdata()[0] == pytest.approx(row["difference"])
        assert list(bar.get_segments()[0][:, 0]) == pytest.approx([row["low"], row["high"]])
        assert to_hex(point.get_color()) == COLOURS[row["finding"]].lower()
        assert panel.get_xlim()[0] < min(row["low"], 0) <= max(row["high"], 0) < panel.get_xlim()[1]
    assert ("The claim holds." in plots.alt_text(ax)) == result.holds
    assert ("The claim fails." in plots.alt_text(ax)) == bool(result.against)
    said = " ".join(text.get_text() for text in ax.figure.findobj(Text))
    assert said.count("falls, as claimed") == (result.table["finding"] == "as_claimed").sum()
    assert said.count("rises, against the claim") == (result.table["finding"] == "opposite").sum()


@pytest.mark.parametrize("spoken", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(results, spoken):
    with language(spoken):
        charts = [plots.claim_chart(result) for (_, place), result in results.items() if place == "fails"]
        charts.append(plots.access_frontier_chart(access_frontier()))
        for ax in charts:
            assert_readable(plots.alt_text(ax)[:40], ax)


def test_the_frontier_has_every_level_and_joins_the_efficient_ones():
    frame = access_frontier(claims_setting(clients_on_file=900, incident_rate=0.1))
    ax = plots.access_frontier_chart(frame)
    points = [line.get_xydata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    assert np.array(points) == pytest.approx(frame[["incident_cost", "answered_alone"]].to_numpy())
    joined = next(line.get_xydata() for line in ax.lines if len(line.get_xdata()) > 1)
    best = frame[(frame["role"] == "everyone") & frame["efficient"]].sort_values("incident_cost")
    assert joined == pytest.approx(best[["incident_cost", "answered_alone"]].to_numpy())
    assert "all customers, all fields: 100%" in plots.alt_text(ax)


def test_drawing_leaves_no_trace_and_changes_no_result(results):
    from matplotlib import pyplot

    result, frame = results["search_index", "rest"], access_frontier()
    kept = result.table.copy(), frame.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.show(plots.claim_chart(result))
        plots.show(plots.access_frontier_chart(frame))
    assert pyplot.get_fignums() == []
    assert dict(rcParams) == SETTINGS_AT_IMPORT
    assert result.table.equals(kept[0])
    assert frame.equals(kept[1])


def test_what_is_no_frontier_is_refused_with_a_letter():
    frame = access_frontier()
    with pytest.raises(InputError, match="`access_frontier_chart` lacks 1 column"):
        plots.access_frontier_chart(frame.drop(columns="efficient"))
    for other in (frame[frame["role"] != "everyone"], frame.assign(row_scope="some")):
        with pytest.raises(InputError, match="no frontier of access"):
            plots.access_frontier_chart(other)
