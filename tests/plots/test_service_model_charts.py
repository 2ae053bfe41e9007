"""Charts of choices, Kano, gaps, recoveries and reactions say what the results say, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.analysis.choice import fit_mnl
from crm_toolkit.analysis.conjoint import fit_ratings_conjoint
from crm_toolkit.analysis.incidents import REASONS, incident_reasons
from crm_toolkit.analysis.kano import kano_table
from crm_toolkit.analysis.surveys.nps_change import nps_noise
from crm_toolkit.behaviour.choice import copied_offer_shares
from crm_toolkit.behaviour.evaluation import evaluation_accuracy
from crm_toolkit.behaviour.exit_voice import exit_voice_chances
from crm_toolkit.behaviour.service_quality import five_gaps, quality_gaps
from crm_toolkit.behaviour.service_recovery import recovery_path
from crm_toolkit.errors import InputError
from crm_toolkit.plots.choice import copied_offer_chart, mnl_chart, offer_shares_chart, part_worths_chart
from crm_toolkit.plots.kano import kano_chart, kano_curves_chart
from crm_toolkit.plots.nps import nps_noise_chart
from crm_toolkit.plots.service_models import (
    evaluation_chart,
    five_gaps_chart,
    quality_gaps_chart,
    recovery_path_chart,
)
from crm_toolkit.plots.switching import exit_voice_chart, incident_reasons_chart
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

WORDS = {"p": "цена", "t": "личный тренер", "hall": "зал", "small": "маленький", "large": "большой"}
GAPS = quality_gaps([6] * 3, [5.35, 4.9, 5.17], [11, 32, 57])
FIVE = five_gaps(expected=6.5, believed=6, standard=5.5, delivered=4.6, promised=6.2, perceived=4.8)


def logit():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"task_id": np.repeat(range(80), 2), "p": rng.uniform(1, 5, 160), "t": rng.integers(0, 2, 160)}
    )
    worth = frame["t"] - frame["p"] + rng.gumbel(size=160)
    return fit_mnl(frame.assign(chosen=worth == worth.groupby(frame["task_id"]).transform("max")), ["p", "t"])


def ratings():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"hall": ["small", "large"] * 30})
    return fit_ratings_conjoint(frame.assign(rating=5 + 2 * (frame["hall"] == "large") + rng.normal(size=60)), ["hall"])


def survey():
    pairs = {"душ": [(1, 3)] * 30 + [(1, 5)] * 25 + [(3, 5)] * 35 + [(3, 3)] * 10,
             "сауна": [(1, 3)] * 33 + [(1, 5)] * 25 + [(3, 5)] * 32 + [(3, 3)] * 10,
             "гостевой визит": [(1, 3)] * 60 + [(3, 3)] * 20}  # fmt: skip
    rows = [(name, *pair) for name, answers in pairs.items() for pair in answers]
    return kano_table(pd.DataFrame(rows, columns=["feature", "functional", "dysfunctional"]), replications=100)


def reactions():
    value = np.linspace(-2, 4, 13)
    chances = exit_voice_chances(loyalty=value)
    return pd.DataFrame({"value": value, "voice": chances.voice, "exit": chances.exit,
                         "word_of_mouth": chances.word_of_mouth, "stay": chances.stay})  # fmt: skip


def judged():
    found = [evaluation_accuracy(one, (1 - one) / 2, (1 - one) / 2) for one in (0, 0.5, 1)]
    return pd.DataFrame({"search": [0, 0.5, 1], "before": [one.before for one in found],
                         "after": [one.after for one in found]})  # fmt: skip


def crowded_charts():
    yield kano_chart(survey())
    yield five_gaps_chart(FIVE)


def other_charts():
    yield part_worths_chart(ratings(), labels=WORDS)
    yield quality_gaps_chart(GAPS, ["материальные элементы", "надёжность", "отзывчивость"])
    yield mnl_chart(logit(), labels=WORDS)
    yield offer_shares_chart(pd.DataFrame({"offer": ["А", "Б"], "preference": [0.6, 0.4], "first_choice": [0.9, 0.1]}))
    yield copied_offer_chart(copied_offer_shares({"А": 0.5, "Б": 0.0}, "А", copy="копия"))
    yield kano_curves_chart()
    yield recovery_path_chart(recovery_path([1.5, 1.5]))
    yield evaluation_chart(judged())
    yield exit_voice_chart(reactions(), name="Лояльность", now=0.5)
    yield nps_noise_chart(nps_noise(promoters=0.5, detractors=0.2, answers=200, surveys=12, seed=1))
    told = pd.DataFrame({"incident_id": range(16), "reason": list(REASONS) * 2})
    yield incident_reasons_chart(incident_reasons(told))


@pytest.mark.parametrize("charts", [crowded_charts, pytest.param(other_charts, marks=pytest.mark.slow)])
def test_no_text_overlaps_is_cut_off_or_is_english_in_a_russian_picture(charts):
    with language("ru"):
        for number, ax in enumerate(charts()):
            assert_readable(number, ax, known={"NPS"})


def test_coefficients_that_may_be_nought_are_hollow():
    fit = logit()
    ax = mnl_chart(fit)
    firm = [line for line in ax.lines if line.get_marker() == "o" and line.get_markerfacecolor() != "white"]
    table = fit.coefficients
    sure = table[(table["low"] > 0) | (table["high"] < 0)]
    assert sorted(np.concatenate([line.get_xdata() for line in firm])) == sorted(sure["estimate"])
    assert "read shares and prices as comparisons" in plots.alt_text(ax)


def test_kano_s_dots_are_better_and_worse_and_hollow_ones_are_split():
    found = survey()
    ax = kano_chart(found)
    dots = {line.get_markerfacecolor(): line for line in ax.lines if line.get_marker() == "o"}
    split = found.table[found.table["split"]]
    assert list(dots["white"].get_ydata()) == split["better"].tolist()
    assert list(dots["white"].get_xdata()) == (-split["worse"]).tolist()
    assert "душ: must-be, better 0.55, worse -0.60." in plots.alt_text(ax)


def test_bars_are_the_gaps_and_the_deepest_inside_the_firm_is_marked():
    ax = quality_gaps_chart(GAPS, ["a", "b", "c"])
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(GAPS.gaps.tolist())
    five = five_gaps_chart(FIVE)
    colours = [bar.get_facecolor() for bar in five.patches]
    assert colours[3] not in (colours[0], colours[4])
    assert "the deepest" in [text.get_text() for text in five.texts]


def test_the_path_of_recovery_says_who_returns():
    path = recovery_path([1.5, -2.0])
    said = plots.alt_text(recovery_path_chart(path))
    assert f"returns: {100 * path['return_chance'].iloc[2]:.0f}%" in said
    assert "No reason to fail on purpose" in said


@pytest.mark.parametrize(
    ("draw", "letter"),
    [
        (lambda: offer_shares_chart(pd.DataFrame({"offer": [], "preferences": []})), "Did you mean `preferences`"),
        (lambda: quality_gaps_chart(GAPS, ["a"]), "1 names for 3 dimensions"),
        (lambda: nps_noise_chart(pd.DataFrame({"nps": [1.0]})), "The column `survey` is missing"),
        (lambda: exit_voice_chart(reactions().drop(columns="stay"), name="x"), "The column `stay` is missing"),
        (lambda: recovery_path_chart(pd.DataFrame()), "The column `failures` is missing"),
    ],
)
def test_tables_of_another_kind_are_refused_with_a_letter(draw, letter):
    with pytest.raises(InputError) as refusal:
        draw()
    assert letter in str(refusal.value)


def test_nothing_to_draw_is_said():
    pairs = pd.DataFrame({"feature": "a", "functional": [5.0] * 3, "dysfunctional": [1.0] * 3})
    with pytest.raises(InputError, match="There are 0 features"):
        kano_chart(kano_table(pairs, replications=100))


def test_charts_draw_into_given_axes():
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    assert kano_curves_chart(ax=ax) is ax
    assert five_gaps_chart(FIVE, ax=ax) is ax
