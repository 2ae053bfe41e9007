"""Charts of policies say what the comparison says, in the reader's language, and nothing in them overlaps."""

import itertools
import warnings

import numpy as np
import pytest
from matplotlib import rcParams
from matplotlib.colors import to_hex

import crm_toolkit as crm
from crm_toolkit import plots
from crm_toolkit.errors import InputError
from crm_toolkit.firm import Campaign, Policy, Pricing, WeeklyPoints
from crm_toolkit.plots.style import BLUE, GREY, ORANGE, axes_of_own
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

SETTINGS_AT_IMPORT = dict(rcParams)
NAMES = {
    "en": ("as now", "points, ten off, and many more words than there is room for", "message"),
    "ru": ("как сейчас", "баллы, скидка десять, и слов больше, чем есть места на графике", "письмо"),
}
POLICIES = (
    Policy(),
    Policy(pricing=Pricing(discount=0.1), loyalty=WeeklyPoints()),
    Policy(campaigns=(Campaign("spring", start_week=4, holdout_share=0.5),)),
)


@pytest.fixture(scope="module")
def compared():
    """Three policies in both languages, two replications, in roubles; and the first one beside its like."""
    both = {
        code: crm.compare(
            crm.scenario("barbershop", locale="ru_RU"), dict(zip(names, POLICIES, strict=True)), customers=300,
            weeks=30, replications=2,
        )
        for code, names in NAMES.items()
    }  # fmt: skip
    return both | {"same": crm.compare("hotel", {"1": Policy(), "2": Policy()}, customers=50, weeks=8)}


def every_chart(result, *, thorough):
    """Each chart of the file with each measure, of a comparison of two policies or more.

    A course and a gain stand on each page, too; one effect has the texts of the others.
    """
    for measure in ("amount", "orders", "staying"):
        if thorough or measure == "amount":
            yield f"course {measure}", plots.policy_course_chart(result, measure=measure)
            yield f"gain {measure}", plots.policy_gain_chart(result, measure=measure)
        yield f"page {measure}", plots.policy_page(result, measure=measure)
        yield f"narrow page {measure}", plots.policy_page(result, measure=measure, width=5.8)
    for measure, policy in itertools.product(
        ("margin", "amount", "orders"), result.names if thorough else result.names[1:2]
    ):
        yield f"effect {measure} {policy}", plots.policy_effect_chart(result, policy, measure=measure)
    yield "narrow effect", plots.policy_effect_chart(result, result.names[-1], ax=axes_of_own(5.8, 4.4))
    for measure in ("margin", "amount", "profit", "orders", "complaints", "staying", "satisfaction"):
        yield f"summary {measure}", plots.policy_summary_chart(result, measure=measure)


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
@pytest.mark.parametrize("which", ["three", pytest.param("same", marks=pytest.mark.slow)])
def test_no_text_overlaps_is_cut_off_or_in_another_language(compared, code, which):
    with language(code):
        for name, chart in every_chart(
            compared[code if which == "three" else which], thorough=(code, which) != ("ru", "three")
        ):
            assert_readable(name, chart, known={"RUB", "USD"})


def test_lines_are_the_weeks_of_the_result(compared):
    result = compared["en"]
    for draw, column in ((plots.policy_course_chart, "amount"), (plots.policy_gain_chart, "amount_gained")):
        lines = {line.get_label(): line.get_ydata() for line in draw(result).lines if len(line.get_ydata()) == 30}
        weeks = result.weekly.pivot(index="week", columns="policy", values=column)
        last = list(lines.values())[-1]
        assert list(last) == list(weeks["message"])


def test_what_was_gained_ends_at_the_effect_of_the_first_replication(compared):
    result = compared["en"]
    first = result.replications[result.replications["replication"] == 0].set_index("policy")
    last = result.weekly.groupby("policy").last()
    for name in result.names:
        for measure in ("amount", "orders", "staying"):
            effect = first.loc[name, measure] - first.loc[result.names[0], measure]
            assert last.loc[name, f"{measure}_gained"] == pytest.approx(effect, abs=0.01)


def test_policies_are_told_apart_without_colour(compared):
    looks = [line.get_linestyle() for line in plots.policy_course_chart(compared["en"]).lines]
    assert len(set(looks)) == 3
    assert to_hex(plots.policy_course_chart(compared["en"]).lines[0].get_color()).upper() == GREY.upper()


def test_shares_of_losers_and_winners_are_those_of_the_result(compared):
    result = compared["en"]
    name = result.names[1]
    effects = result.effect(name)
    spread = result.spread(name)
    assert (spread.less, spread.more) == (int((effects < 0).sum()), int((effects > 0).sum()))
    assert spread.mean == pytest.approx(effects.mean())
    assert spread.unchanged_share == pytest.approx((effects == 0).mean())
    ax = plots.policy_effect_chart(result, name)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == [
        f"less: {spread.less / 300:.1%}", f"no effect: {spread.unchanged_share:.1%}", f"more: {spread.more / 300:.1%}"
    ]  # fmt: skip
    assert f"less: {spread.less} ({spread.less / 300:.1%})" in plots.alt_text(ax).lower()
    assert ax.lines[0].get_xdata()[0] == pytest.approx(spread.mean)


@pytest.mark.parametrize("measure", ["margin", "orders"])
def test_every_effect_stands_in_a_bar_of_its_side(compared, measure):
    result = compared["en"]
    for name in result.names[1:]:
        spread = result.spread(name, measure)
        counted = {ORANGE.lower(): 0.0, BLUE.lower(): 0.0}
        for patch in plots.policy_effect_chart(result, name, measure=measure).patches:
            corners = patch.get_xy()
            left, height = np.diff(corners[:, 0]), corners[:-1, 1]
            edges = np.unique(corners[:, 0])
            width = np.diff(edges)[-1]
            area = float((left * height)[left > 0].sum()) / width
            counted[to_hex(patch.get_facecolor())] += area
        assert counted[ORANGE.lower()] == pytest.approx(spread.less, abs=1)
        assert counted[BLUE.lower()] == pytest.approx(spread.more, abs=1)


def test_a_policy_without_effect_says_so(compared):
    ax = plots.policy_effect_chart(compared["same"], "2")
    assert "exactly zero for every customer" in ax.texts[0].get_text()
    assert "no effect: 50 (100.0%)" in plots.alt_text(ax)
    assert compared["same"].alike("2") == 50


def test_intervals_are_drawn_only_where_there_are_several_replications(compared):
    many, one = plots.policy_summary_chart(compared["en"]), plots.policy_summary_chart(compared["same"])
    assert "mean and 95% interval of 2 replications" in many.get_xlabel()
    assert "1 replication, no interval" in one.get_xlabel()
    row = compared["en"].summary.query("measure == 'margin' and policy == 'message'").iloc[0]
    drawn = many.containers[1].lines[2][0].get_segments()[0][:, 0]
    assert list(drawn) == pytest.approx([row["low"], row["high"]])
    assert len(one.containers[0].lines[2]) == 0


def test_drawing_leaves_no_trace_and_changes_no_result(compared):
    from matplotlib import pyplot

    kept = compared["en"].weekly.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.show(plots.policy_page(compared["en"]))
        plots.show(plots.policy_effect_chart(compared["en"], "message"))
    assert pyplot.get_fignums() == []
    assert dict(rcParams) == SETTINGS_AT_IMPORT
    assert compared["en"].weekly.equals(kept)


@pytest.mark.parametrize(
    ("call", "letter"),
    [
        (lambda result: plots.policy_course_chart(result, measure="margin"), "`measure` can't be 'margin'"),
        (lambda result: plots.policy_gain_chart(result, measure="money"), "`measure` can't be 'money'"),
        (lambda result: plots.policy_effect_chart(result, "free"), "`policy` can't be 'free'"),
        (lambda result: plots.policy_effect_chart(result, "2", measure="staying"), "`measure` can't be 'staying'"),
        (lambda result: plots.policy_summary_chart(result, measure="revenue"), "`measure` can't be 'revenue'"),
        (lambda result: plots.policy_page(result, measure="revenue"), "`measure` can't be 'revenue'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_letter(compared, call, letter):
    with pytest.raises(InputError, match=letter):
        call(compared["same"])
