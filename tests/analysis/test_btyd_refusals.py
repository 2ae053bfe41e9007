"""What can't be estimated is refused with the reason and the counts; no parameter comes back absurd and unsaid."""

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis
from crm_toolkit.analysis import BGNBD, GammaGamma, LogPrior, ParetoNBD, PurchaseSummary
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language

HISTORY_FITS = {
    "fit_bgnbd": analysis.fit_bgnbd,
    "fit_mbgnbd": analysis.fit_mbgnbd,
    "fit_pareto_nbd": analysis.fit_pareto_nbd,
    "fit_nbd": analysis.fit_nbd,
    "fit_bgcnbd": lambda table, **more: analysis.fit_bgcnbd(table, regularity=2, **more),
    "fit_bgbb": analysis.fit_bgbb,
}
ALL_FITS = HISTORY_FITS | {"fit_gamma_gamma": analysis.fit_gamma_gamma}
every_history_fit = pytest.mark.parametrize("name", HISTORY_FITS)


def summary(size=50, **columns):
    """A summary of 50 who came back once or twice, with columns changed."""
    table = {"customer_id": np.arange(size), "frequency": 1 + np.arange(size) % 2, "recency": 4.0, "T": 9.0}
    return pd.DataFrame(table | {"monetary": 10.0 + np.arange(size)} | columns)


def refusal(ask, *args, **more):
    with pytest.raises(InputError) as letter:
        ask(*args, **more)
    return letter.value


@every_history_fit
def test_one_time_buyers_only_are_refused_with_the_count(name):
    letter = refusal(HISTORY_FITS[name], summary(frequency=0, recency=0.0))
    assert letter.problems[0].code == "too_few_repeats"
    assert "0 of 50 customers came back." in str(letter)
    assert name in letter.heading


@every_history_fit
@pytest.mark.parametrize("back", [1, 29])
def test_fewer_than_30_who_came_back_are_refused(name, back):
    table = summary()
    table.loc[back:, ["frequency", "recency"]] = 0
    assert f"{back} of 50 customers came back." in str(refusal(HISTORY_FITS[name], table))


@every_history_fit
def test_a_prior_only_answer_is_given_on_request_and_labelled(name):
    model = HISTORY_FITS[name](summary(frequency=0, recency=0.0), priors="weak")
    assert model.estimation.prior_driven
    assert model.estimation.customers_repeat == 0
    assert dict(model.estimation.priors).keys() == model.parameters.keys()
    assert all(1e-3 < value < 1e4 for value in model.parameters.values())


@pytest.mark.parametrize("name", ALL_FITS)
def test_a_table_without_rows_is_refused(name):
    letter = refusal(ALL_FITS[name], summary().iloc[:0])
    assert letter.problems[0].code == "no_customers"
    assert "0 customers" in str(letter)


@pytest.mark.parametrize("name", ALL_FITS)
def test_a_missing_column_is_named_with_the_likely_slip(name):
    columns = ("frequency", "monetary") if name == "fit_gamma_gamma" else ("frequency", "recency")
    for column in columns:
        letter = refusal(ALL_FITS[name], summary().rename(columns={column: column + "x"}))
        assert f"The column `{column}` is missing." in str(letter)
        assert f"Did you mean `{column}x`?" in str(letter)
        assert name in letter.heading


@pytest.mark.parametrize("name", ALL_FITS)
def test_what_is_no_table_is_refused(name):
    assert refusal(ALL_FITS[name], [1, 2, 3]).problems[0].code == "unknown_kind"


@pytest.mark.parametrize("name", ALL_FITS)
def test_words_in_a_column_of_numbers_are_refused(name):
    letter = refusal(ALL_FITS[name], summary(frequency="many"))
    assert letter.problems[0].code == "wrong_kind"


@every_history_fit
def test_nobody_observed_for_any_time_is_refused(name):
    letter = refusal(HISTORY_FITS[name], summary(frequency=0, recency=0.0, T=0.0))
    assert letter.problems[0].code == "no_time"
    assert "50 customers" in str(letter)


@every_history_fit
@pytest.mark.parametrize("more", [{}, pytest.param({"priors": "weak"}, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("recency", 10.0, "recency_above_T"),
        ("recency", np.nan, "bad_number"),
        ("T", np.inf, "bad_number"),
        ("frequency", -1, "bad_number"),
        ("frequency", 1.5, "not_whole"),
    ],
)
def test_histories_that_cannot_be_are_refused_with_the_customers(name, more, column, value, code):
    table = summary().astype({"frequency": float})
    table.loc[[7, 12], column] = value
    letter = refusal(HISTORY_FITS[name], table, **more)
    assert code in [problem.code for problem in letter.problems]
    assert "7" in str(letter)
    assert "12" in str(letter)
    if code == "recency_above_T":  # without names they are counted; one reason is as good as five
        lean = refusal(HISTORY_FITS[name], table.drop(columns="customer_id"), **more)
        assert "2 customers have" in str(lean)


@every_history_fit
def test_a_repeat_in_no_time_is_refused(name):
    table = summary()
    table.loc[3, "recency"] = 0.0
    letter = refusal(HISTORY_FITS[name], table)
    assert letter.problems[0].code == "repeat_in_no_time"
    assert "1 customer came back, yet recency is 0." in str(letter)


@every_history_fit
def test_likelihoods_without_a_maximum_are_refused_by_the_parameter(name):
    """All alike: the distributions over customers shrink to a point, their shapes run away."""
    letter = refusal(HISTORY_FITS[name], summary(size=400, frequency=4, recency=8.0, T=9.0))
    assert letter.problems[0].code == "no_maximum"
    assert "priors=" in str(letter)


@every_history_fit
def test_unknown_priors_are_refused(name):
    table = summary(size=400)
    assert "Allowed" in str(refusal(HISTORY_FITS[name], table, priors="strong"))
    letter = refusal(HISTORY_FITS[name], table, priors={"omega": LogPrior(1.0), "alpha": 3.0})
    assert [problem.code for problem in letter.problems] == ["unknown_option", "wrong_kind"]


def test_gamma_gamma_needs_repeat_purchases():
    letter = refusal(analysis.fit_gamma_gamma, summary(frequency=0, recency=0.0, monetary=0.0))
    assert "An average spend needs repeat purchases: 0 of 50 customers came back." in str(letter)


@pytest.mark.parametrize("money", [0.0, -5.0])
def test_gamma_gamma_names_returns_as_the_cause_of_money_that_is_not_positive(money):
    table = summary()
    table.loc[:1, "monetary"] = money
    letter = refusal(analysis.fit_gamma_gamma, table)
    assert letter.problems[0].code == "no_spend"
    assert "2 customers came back, yet have a mean spend of 0 or below." in str(letter)
    assert "Returns" in str(letter)


def test_gamma_gamma_of_equal_spends_is_refused():
    assert refusal(analysis.fit_gamma_gamma, summary(monetary=10.0)).problems[0].code == "all_alike"


def test_a_gamma_gamma_without_a_mean_says_so():
    model = GammaGamma(p=6.0, q=0.9, gamma=15.0)
    assert refusal(lambda: model.mean_spend).problems[0].code == "no_mean"
    assert model.expected_average_spend(3, 20.0) > 0
    assert refusal(model.expected_average_spend, 0, 0.0).problems[0].code == "no_mean"


@pytest.mark.parametrize(
    ("survivors", "code"),
    [
        ([100], "too_few_renewals"),
        ([], "too_few_renewals"),
        ("many", "wrong_kind"),
        ([[1, 2], [3, 4]], "wrong_kind"),
        ([100, 100, 100], "nobody_left"),
        ([100, 0, 0], "everybody_left"),
        ([100, 80, 90], "growing"),
        ([100, np.nan, 50], "bad_number"),
        ([0, 0, 0], "bad_number"),
        ([1000, 800, 640, 512], "no_maximum"),
    ],
)
def test_cohorts_that_say_nothing_are_refused(survivors, code):
    assert refusal(analysis.fit_shifted_beta_geometric, survivors).problems[0].code == code


def test_bgbb_wants_occasions():
    assert refusal(analysis.fit_bgbb, summary(recency=4.5)).problems[0].code == "not_whole"
    assert refusal(analysis.fit_bgbb, summary(frequency=6)).problems[0].code == "too_many_purchases"


@pytest.mark.parametrize("regularity", [0, 1.5, True, "2", 21])
def test_a_regularity_that_is_no_whole_number_is_refused(regularity):
    letter = refusal(analysis.fit_bgcnbd, summary(), regularity=regularity)
    assert letter.problems[0].code == "outside_range"


@pytest.mark.parametrize("kind", [BGNBD, ParetoNBD])
@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_parameters_that_no_model_can_have_are_refused(kind, value):
    letter = refusal(kind, value, 4.0, 1.0, value)
    assert len(letter.problems) == 2


@pytest.mark.parametrize("model", [BGNBD(0.2, 4.4, 0.8, 2.4), ParetoNBD(0.5, 10.6, 0.6, 11.7)])
def test_questions_about_histories_that_cannot_be_are_refused(model):
    for history in [(2, 9.0, 8.0), (0, 3.0, 8.0), (-1, 0.0, 8.0), (2, np.nan, 8.0), ("x", 1.0, 2.0)]:
        refusal(model.probability_alive, *history)
        refusal(model.conditional_expected_purchases, 3, *history)
    refusal(model.expected_purchases, -1)


def test_given_parameters_have_no_standard_errors():
    model = BGNBD(0.2, 4.4, 0.8, 2.4)
    for ask in (lambda: model.log_likelihood, lambda: model.standard_errors, model.interval, lambda: model.customers):
        assert refusal(ask).problems[0].code == "not_estimated"


@pytest.mark.parametrize("level", [0, 1, 95, np.nan])
def test_a_level_outside_0_to_1_is_refused(level):
    model = analysis.fit_shifted_beta_geometric([1000, 869, 743, 653])
    assert refusal(model.interval, level).problems[0].code == "outside_range"


def test_letters_are_russian_for_a_russian_reader():
    with language("ru"):
        letter = str(refusal(analysis.fit_bgnbd, summary(frequency=0, recency=0.0)))
    assert "Из 50 клиентов" in letter
    assert not any(word in letter for word in ("came back", "prior", "Observe")) or "priors=" in letter


def test_a_summary_made_by_hand_is_checked_all_the_same():
    table = summary(recency=10.0)
    assert "recency_above_T" in [p.code for p in refusal(analysis.fit_bgnbd, PurchaseSummary(table, "week")).problems]
