"""Charts of surveys and drivers say what the results say, in both languages, and nothing in them overlaps."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import plots
from crm_toolkit.analysis.surveys.drivers import driver_importance, importance_performance_table
from crm_toolkit.analysis.surveys.scales import servqual_table
from crm_toolkit.analysis.surveys.scores import customer_effort_score, customer_satisfaction_score, net_promoter_score
from crm_toolkit.errors import InputError
from crm_toolkit.plots.surveys import driver_chart, driver_matrix_chart, servqual_chart, survey_score_chart
from crm_toolkit.texts import language
from tests.plots.readable import assert_readable

WORDS = {
    "en": {"a": "North", "b": "South", "c": "New branch", "y": "satisfaction"},
    "ru": {"a": "Север", "b": "Юг", "c": "Новый филиал", "y": "удовлетворённость"},
}


def surveys():
    luck = np.random.default_rng(1)
    frame = pd.DataFrame({"nps": luck.integers(0, 11, 400), "branch": ["a"] * 250 + ["b"] * 140 + ["c"] * 10})
    return frame.assign(csat=frame["nps"] // 3 + 1, ces=frame["nps"] // 2 + 1)


def drivers(size=6):
    luck = np.random.default_rng(2)
    common = luck.normal(size=(250, 1))
    names = list("abcdefghijkl")[:size]
    frame = pd.DataFrame(4 + 0.5 * common + luck.normal(size=(250, size)), columns=names)
    frame = frame + np.linspace(0, 1, size)
    return driver_importance(
        frame.assign(y=frame["a"] + 0.5 * frame["b"] + luck.normal(size=250)), names, outcome="y", replications=100
    )


def items():
    luck = np.random.default_rng(3)
    rows = pd.DataFrame([(p, d) for p in range(50) for d in "abc"], columns=["survey_id", "dimension"])
    return rows.assign(expectation=luck.integers(5, 8, 150), perception=luck.integers(3, 8, 150))


def every_chart(code):
    labels, frame = WORDS[code], surveys()
    yield "nps", survey_score_chart(net_promoter_score(frame, by="branch"), labels=labels)
    yield "servqual", servqual_chart(servqual_table(items()), labels=labels)
    if code == "en":  # the same drawing with shorter words
        return
    found = drivers()
    yield "ces", survey_score_chart(customer_effort_score(frame, by="branch"), labels=labels)
    yield "drivers", driver_chart(found, labels=labels)
    yield "matrix", driver_matrix_chart(importance_performance_table(found), labels=labels)


@pytest.mark.parametrize("code", [pytest.param("en", marks=pytest.mark.slow), "ru"])  # Russian words are longer
def test_no_text_overlaps_is_cut_off_or_in_another_language(code):
    with language(code):
        for name, ax in every_chart(code):
            assert_readable(name, ax, known={"NPS", "CSAT", "CES"})


def test_dots_are_the_scores_and_hollow_ones_have_too_few_answers():
    score = net_promoter_score(surveys(), by="branch")
    ax = survey_score_chart(score)
    firm, hollow = [line for line in ax.lines if line.get_marker() == "o"]
    assert list(firm.get_xdata()) == score.table.loc[score.table["enough"], "score"].tolist()
    assert (list(hollow.get_ydata()), hollow.get_markerfacecolor()) == ([2], "white")
    bars = ax.collections[0].get_segments()
    assert [segment[0][0] for segment in bars] == score.table["low"].tolist()
    assert "c: " in plots.alt_text(ax)
    assert "Too few answers to tell" in plots.alt_text(ax)


def test_gaps_join_expectation_and_perception():
    quality = servqual_table(items())
    ax = servqual_chart(quality)
    perceived, expected = (line.get_xdata() for line in ax.lines[:2])
    assert list(perceived) == quality.dimensions["perception"].tolist()
    assert list(expected) == quality.dimensions["expectation"].tolist()
    assert f"gap −{-quality.dimensions['gap'][0]:.2f}." in plots.alt_text(ax)


def test_the_matrix_refuses_what_it_can_t_show():
    table = importance_performance_table(drivers())
    with pytest.raises(InputError, match="There are 0 drivers"):
        driver_matrix_chart(table.head(0))
    with pytest.raises(InputError, match="Did you mean `quadrants`"):
        driver_matrix_chart(table.rename(columns={"quadrant": "quadrants"}))
    crowd = pd.DataFrame({"nps": [9, 3] * 50, "branch": [f"b{k:03}" for k in range(50)] * 2})
    with pytest.raises(InputError, match="50 rows can't be drawn; 40 can"):
        survey_score_chart(net_promoter_score(crowd, by="branch"))


def test_a_chart_draws_into_given_axes_and_a_constant_table_is_no_trouble():
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    assert survey_score_chart(net_promoter_score(pd.DataFrame({"nps": [10] * 40})), ax=ax) is ax
    missing = pd.DataFrame({"csat": [5.0, np.nan], "g": ["a", "b"]})
    assert "b: nobody answered." in plots.alt_text(survey_score_chart(customer_satisfaction_score(missing, by="g")))
