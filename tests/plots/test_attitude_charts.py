"""Charts of diffusion, attitudes and disconfirmation say what the results say, in both languages, nothing overlaps."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from crm_toolkit import plots
from crm_toolkit.analysis.diffusion import fit_bass
from crm_toolkit.analysis.disconfirmation import fit_disconfirmation
from crm_toolkit.analysis.planned_behaviour import TERMS, fit_planned_behaviour
from crm_toolkit.analysis.recursive_paths import fit_recursive_paths
from crm_toolkit.behaviour.attitudes import fishbein_attitudes
from crm_toolkit.behaviour.diffusion import bass_peak, bass_table, draw_bass_adopters
from crm_toolkit.behaviour.expectations import expectation_path
from crm_toolkit.behaviour.howard_sheth import draw_paths, howard_sheth_system
from crm_toolkit.behaviour.nicosia import Nicosia, nicosia_path
from crm_toolkit.behaviour.prospect import prospect_value
from crm_toolkit.behaviour.staged_decision import STAGES, StagedDecision
from crm_toolkit.errors import InputError
from crm_toolkit.plots.attitudes import fishbein_chart, nicosia_chart, planned_behaviour_chart, prospect_chart
from crm_toolkit.plots.diffusion import bass_chart, bass_fit_chart
from crm_toolkit.plots.disconfirmation import expectation_chart, response_surface_chart, surprise_chart
from crm_toolkit.plots.journeys import path_effects_chart, stage_shares_chart
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

WORDS = {
    "en": ["comfort", "price", "safety", "prestige", "upkeep", "first", "second", "third", "points"],
    "ru": ["комфорт", "цена", "безопасность", "престиж", "обслуживание", "первая", "вторая", "третья", "баллов"],
}
P, Q = 0.017206, 0.35688


def fishbein(code="en"):
    words = WORDS[code]
    beliefs = [[3, 2, 3, 1, -1], [3, 3, 3, 3, -2], [2, 2, 2, 2, 2]]
    return fishbein_attitudes(beliefs, [3, 3, -1, 3, 1], objects=words[5:8], attributes=words[:5])


def surface():
    luck = np.random.default_rng(5)
    e, p = luck.uniform(1, 7, (2, 200))
    s = 5 - 0.3 * (e - 3) ** 2 - 0.2 * (p - 5) ** 2 + luck.normal(0, 0.4, 200)
    return fit_disconfirmation(pd.DataFrame({"expectation": e, "performance": p, "satisfaction": s}), scale=(1, 7))


def planned():
    luck = np.random.default_rng(1)
    answers = pd.DataFrame(luck.normal(size=(200, 3)), columns=list(TERMS))
    return fit_planned_behaviour(answers.assign(intention=answers @ [0.6, 0.1, 0.3] + luck.normal(size=200)))


def history():
    return draw_bass_adopters(11, p=0.01, q=0.45, potential=5000, rng=np.random.default_rng(1))


def decision():
    rates = dict(zip(STAGES, (1.0, 0.5, 0.8, 2.0, 0.3, 0.6), strict=False))
    return StagedDecision(rates, {"search": 0.25, "evaluation": 0.1})


def paths():
    system = howard_sheth_system()
    people = draw_paths(system, 300, rng=np.random.default_rng(1))
    return fit_recursive_paths(people, {effect: list(causes) for effect, causes in system.weights.items()})


def every_chart(code):
    model, changes = Nicosia(), np.linspace(-500, 500, 11)
    yield fishbein_chart(fishbein(code))
    yield bass_fit_chart(fit_bass(history()))
    yield bass_chart(bass_table(20, p=P, q=Q, potential=15092), peak=bass_peak(p=P, q=Q))
    yield planned_behaviour_chart(planned())
    yield nicosia_chart(nicosia_path(model, range(40), message_until=20))
    yield nicosia_chart(nicosia_path(model, range(40)), rest=model.steady_state)
    yield prospect_chart(changes, prospect_value(changes), unit=WORDS[code][-1])
    yield response_surface_chart(surface())
    yield surprise_chart(surface())
    yield stage_shares_chart(decision().shares(np.linspace(0, 30, 40)))
    yield path_effects_chart(paths(), "purchase")
    yield expectation_chart(expectation_path(np.sin(np.arange(20)), expectation=1))


@pytest.mark.parametrize(
    ("code", "most"),
    [pytest.param("en", 99, marks=pytest.mark.slow), pytest.param("ru", 99, marks=pytest.mark.slow), ("ru", 2)],
)
def test_no_text_overlaps_is_cut_off_or_in_another_language(code, most):
    with language(code):
        for number, ax in enumerate(itertools.islice(every_chart(code), most)):
            assert_readable(number, ax)


def test_bars_are_those_who_came_by_themselves_and_those_who_were_told():
    table = bass_table(12, p=P, q=Q, potential=100)
    ax = bass_chart(table)
    alone, told = ([bar.get_height() for bar in bars] for bars in ax.containers)
    assert alone == pytest.approx(table["innovators"].tolist())
    assert np.add(alone, told) == pytest.approx(table["adopters"].tolist())
    assert "most come in period 9" in plots.alt_text(ax)


def test_the_fit_is_drawn_with_its_forecast_and_says_its_limits():
    fit = fit_bass(history())
    ax = bass_fit_chart(fit, ahead=4)
    lines = {line.get_label(): line for line in ax.lines}
    assert list(lines["what happened"].get_ydata()) == list(history())
    assert list(lines["forecast"].get_ydata())[1:] == pytest.approx(fit.forecast(4)["adopters"].tolist())
    assert "no rival and no shortage" in plots.alt_text(ax)
    early = fit_bass(draw_bass_adopters(8, p=0.003, q=0.5, potential=50_000, rng=np.random.default_rng(1)))
    assert "end before the peak" in plots.alt_text(bass_fit_chart(early))


def test_cells_are_the_products_and_the_best_attitude_is_bold():
    ax = fishbein_chart(fishbein())
    said = [text.get_text() for text in ax.texts]
    assert said[:5] == ["9", "6", "−3", "3", "−1"]
    bold = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert bold == ["22  (rank 1)", "Attitude"]


def test_the_peak_of_the_surface_is_marked_and_surprises_are_told():
    ax = response_surface_chart(surface())
    (mark,) = [line for line in ax.lines if line.get_marker() == "X"]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == pytest.approx((3, 5), abs=0.3)
    assert "Surprises please less than disappointments hurt." in plots.alt_text(ax)
    assert "does not foresee" in plots.alt_text(ax)


def test_bands_of_the_stages_fill_the_whole_and_effects_are_sorted_by_size():
    shares = decision().shares(np.linspace(0, 30, 10))
    ax = stage_shares_chart(shares)
    bands = [band.get_paths()[0].vertices[:, 1] for band in ax.collections]
    assert len(bands) == 8
    assert max(bands[-1]) == pytest.approx(1)
    assert f"divestment {100 * shares['divestment'].iloc[-1]:.0f}%" in plots.alt_text(ax)
    found = paths()
    ax = path_effects_chart(found, "purchase")
    (dots,) = [line for line in ax.lines if line.get_marker() == "o"]
    mine = found.effects[found.effects["effect"] == "purchase"]
    assert list(dots.get_xdata()) == sorted(mine["total"], key=abs, reverse=True)
    with pytest.raises(InputError, match="`purchases` is no effect"):
        path_effects_chart(found, "purchases")
    with pytest.raises(InputError, match="Two moments or more"):
        stage_shares_chart(shares.head(1))


def test_charts_draw_into_given_axes_and_refuse_nothing_to_draw():
    ax = Figure().subplots()
    assert expectation_chart(expectation_path([1.0]), ax=ax) is ax
    with pytest.raises(InputError, match="nothing to draw"):
        bass_chart(bass_table(3, p=P, q=Q).head(0))
    with pytest.raises(InputError, match="Did you mean `adopter`"):
        bass_chart(bass_table(3, p=P, q=Q).rename(columns={"adopters": "adopter"}))
    with pytest.raises(InputError, match="nothing to draw"):
        nicosia_chart(nicosia_path(Nicosia(), [0.0]).head(0))
    with pytest.raises(InputError, match="rise from losses to gains"):
        prospect_chart([1, 2], [1, 2])
    with pytest.raises(InputError, match="15 objects and 1 attributes"):
        fishbein_chart(fishbein_attitudes(np.ones((15, 1)), [1]))
