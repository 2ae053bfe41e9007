"""The logit of choices: equal to other ways to the same maximum, planted parameters found, refusals that help."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.choice import fit_mnl
from crm_toolkit.analysis.willingness_to_pay import willingness_to_pay_table
from crm_toolkit.behaviour.choice import logit_shares
from crm_toolkit.errors import InputError

FEW = settings(max_examples=12, deadline=None)
BETA = {"price": -0.25, "trainer": 0.8, "sauna": 0.3}


def choices(seed, *, tasks=300, offers=3, beta=BETA, people=0):
    """Choices among random offers by people with exactly these weights."""
    rng = np.random.default_rng(seed)
    size = tasks * offers
    frame = pd.DataFrame(
        {
            "task_id": np.repeat(np.arange(tasks), offers),
            "price": rng.uniform(5, 15, size).round(1),
            "trainer": rng.integers(0, 2, size),
            "sauna": rng.integers(0, 3, size),
        }
    )
    utility = frame[list(beta)].to_numpy() @ np.array(list(beta.values())) + rng.gumbel(size=size)
    best = utility.reshape(tasks, offers).argmax(axis=1) + np.arange(tasks) * offers
    frame["chosen"] = np.isin(np.arange(size), best)
    if people:
        frame["person_id"] = frame["task_id"] % people
    return frame


def uneven(seed):
    """Tasks of two to four offers, with a brand."""
    frame = choices(seed, offers=4)
    rng = np.random.default_rng(seed + 1)
    frame["brand"] = rng.choice(["none", "blue", "red"], len(frame))
    keep = frame["chosen"] | (frame.groupby("task_id").cumcount() < 2) | (rng.random(len(frame)) < 0.5)
    return frame[keep]


def test_the_maximum_is_that_of_a_general_optimiser_with_tasks_of_any_size():
    from scipy.optimize import minimize

    frame = uneven(3)
    X = np.column_stack([frame["price"], frame["trainer"], frame["brand"] == "none", frame["brand"] == "red"])
    X = X.astype("float64")
    starts = np.flatnonzero(np.diff(frame["task_id"], prepend=-1))

    def loss(beta):
        utility = X @ beta
        return np.log(np.add.reduceat(np.exp(utility), starts)).sum() - utility[frame["chosen"]].sum()

    other = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-7})
    fit = fit_mnl(frame, ["price", "trainer"], categories=["brand"])
    assert fit.log_likelihood == pytest.approx(-other.fun, abs=1e-6)
    assert fit.coefficients["estimate"].to_numpy() == pytest.approx(other.x, abs=1e-4)
    steps = 1e-3 * np.eye(4)
    best = fit.coefficients["estimate"].to_numpy()
    curvature = [
        [sum(a * b * loss(best + a * one + b * two) for a in (1, -1) for b in (1, -1)) / 4e-6 for one in steps]
        for two in steps
    ]
    errors = np.sqrt(np.diagonal(np.linalg.inv(curvature)))
    assert fit.coefficients["standard_error"].to_numpy() == pytest.approx(errors, rel=2e-3)
    assert fit.coefficients["name"].tolist() == ["price", "trainer", "brand: none", "brand: red"]


@pytest.mark.slow
def test_two_offers_are_a_logistic_regression_of_differences():
    from sklearn.linear_model import LogisticRegression

    frame = choices(5, tasks=400, offers=2)
    first, second = frame.iloc[::2], frame.iloc[1::2]
    away = first[list(BETA)].to_numpy() - second[list(BETA)].to_numpy()
    other = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10, max_iter=500)
    other.fit(away, first["chosen"])
    fit = fit_mnl(frame, list(BETA))
    assert fit.coefficients["estimate"].to_numpy() == pytest.approx(other.coef_[0], abs=1e-5)
    chance = other.predict_proba(away)[:, 1]
    information = (away * (chance * (1 - chance))[:, None]).T @ away
    errors = np.sqrt(np.diagonal(np.linalg.inv(information)))
    assert fit.coefficients["standard_error"].to_numpy() == pytest.approx(errors, rel=1e-4)
    assert fit.null_log_likelihood == pytest.approx(-400 * np.log(2))


def test_only_constants_fit_the_shares_exactly():
    rng = np.random.default_rng(2)
    taken = rng.choice(3, 500, p=[0.5, 0.3, 0.2])
    frame = pd.DataFrame({"task_id": np.repeat(range(500), 3), "brand": list("abc") * 500})
    frame["chosen"] = np.tile([0, 1, 2], 500) == np.repeat(taken, 3)
    fit = fit_mnl(frame, [], categories=["brand"], reference={"brand": "c"})
    shares = logit_shares([*fit.coefficients["estimate"], 0.0])
    assert shares == pytest.approx(np.bincount(taken) / 500)
    assert fit.predict(pd.DataFrame({"brand": list("abc")}))["share"].to_numpy() == pytest.approx(shares)


def coverage(seeds, **options):
    inside, errors = [], []
    for seed in seeds:
        table = fit_mnl(choices(seed, **options), list(BETA), level=0.9).coefficients.set_index("name")
        for name, true in BETA.items():
            inside.append(table.loc[name, "low"] <= true <= table.loc[name, "high"])
            errors.append((table.loc[name, "estimate"] - true) / table.loc[name, "standard_error"])
    return np.mean(inside), np.array(errors)


def test_planted_weights_are_found_with_honest_errors():
    held, errors = coverage(range(25), tasks=250)
    # 75 intervals of level 0.9: standard error 0.035
    assert 0.8 <= held <= 1.0
    assert abs(errors.mean()) < 0.45
    assert 0.7 < errors.std() < 1.3


@pytest.mark.slow
def test_intervals_cover_the_planted_weights_at_their_level_over_300_seeds():
    held, errors = coverage(range(300), tasks=300)
    assert held == pytest.approx(0.9, abs=0.03)  # 900 intervals, three standard errors
    assert errors.mean() == pytest.approx(0, abs=0.15)
    assert errors.std() == pytest.approx(1, abs=0.08)


def test_answers_copied_to_a_second_task_don_t_make_the_clustered_errors_smaller():
    frame = choices(4, people=60)
    twice = pd.concat([frame, frame.assign(task_id=frame["task_id"] + 10_000)])
    one = fit_mnl(frame, list(BETA), person="person_id").coefficients
    two = fit_mnl(twice, list(BETA), person="person_id").coefficients
    assert two["estimate"].to_numpy() == pytest.approx(one["estimate"].to_numpy())
    assert two["standard_error"].to_numpy() == pytest.approx(one["standard_error"].to_numpy(), rel=1e-6)
    believed = fit_mnl(twice, list(BETA)).coefficients["standard_error"].to_numpy()
    honest = fit_mnl(frame, list(BETA)).coefficients["standard_error"].to_numpy()
    assert believed == pytest.approx(honest / np.sqrt(2), rel=1e-6)


@pytest.fixture(scope="module")
def some():
    """A fit of 300 tasks and its table."""
    frame = choices(1)
    return frame, fit_mnl(frame, list(BETA))


@FEW
@given(factor=st.floats(0.001, 1000), level=st.floats(-1e5, 1e5))
def test_the_unit_of_a_column_changes_its_coefficient_alone_and_a_shift_nothing(some, factor, level):
    frame, fit = some
    changed = fit_mnl(frame.assign(price=frame["price"] * factor, trainer=frame["trainer"] + level), list(BETA))
    expected = fit.coefficients["estimate"].to_numpy() / [factor, 1, 1]
    assert changed.coefficients["estimate"].to_numpy() == pytest.approx(expected, rel=1e-5, abs=1e-9)
    assert changed.log_likelihood == pytest.approx(fit.log_likelihood)


def test_the_reference_level_moves_the_constants_and_not_the_fit():
    frame = uneven(8)
    one = fit_mnl(frame, ["price"], categories=["brand"])
    two = fit_mnl(frame, ["price"], categories=["brand"], reference={"brand": "red"})
    assert two.log_likelihood == pytest.approx(one.log_likelihood)
    offers = frame[["brand", "price", "task_id"]]
    assert two.predict(offers, task="task_id")["share"].to_numpy() == pytest.approx(
        one.predict(offers, task="task_id")["share"].to_numpy()
    )
    assert one.predict(offers, task="task_id").groupby("task_id")["share"].sum().to_numpy() == pytest.approx(1)


def test_willingness_to_pay_by_both_methods_agrees_and_covers_the_truth():
    fit = fit_mnl(choices(11, tasks=1500), list(BETA))
    delta = willingness_to_pay_table(fit, price="price").set_index("name")
    drawn = willingness_to_pay_table(fit, price="price", method="krinsky_robb", seed=3).set_index("name")
    assert delta["estimate"].tolist() == drawn["estimate"].tolist()
    assert drawn[["low", "high"]].to_numpy() == pytest.approx(delta[["low", "high"]].to_numpy(), abs=0.12)
    for name in ("trainer", "sauna"):
        true = -BETA[name] / BETA["price"]
        assert delta.loc[name, "low"] < true < delta.loc[name, "high"]
    assert delta["sure"].all()


def test_a_price_that_nobody_minds_is_told_and_one_that_attracts_refused():
    weak = fit_mnl(choices(2, tasks=60, beta=BETA | {"price": -0.02}), list(BETA))
    estimate = weak.coefficients["estimate"].iloc[0]
    if estimate < 0:
        assert not willingness_to_pay_table(weak, price="price")["sure"].any()
    liked = fit_mnl(choices(2, beta=BETA | {"price": 0.3}), list(BETA))
    with pytest.raises(InputError, match="a higher price would repel nobody"):
        willingness_to_pay_table(liked, price="price")
    with pytest.raises(InputError, match=r"(?s)can't be 'cost'.*can't be 'bayes'.*`draws`"):
        willingness_to_pay_table(liked, price="cost", method="bayes", draws=1)


def test_a_level_that_is_never_taken_is_told_as_separated():
    frame = choices(6).assign(brand=lambda t: np.where(t["chosen"], "blue", "red"))
    frame.loc[frame["chosen"] & (frame["task_id"] % 2 == 0), "brand"] = "green"
    with pytest.raises(InputError, match=r"Every choice goes along with: .*brand") as refusal:
        fit_mnl(frame, ["price"], categories=["brand"])
    assert refusal.value.problems[0].code == "separated"


def test_what_choices_can_t_tell_is_named():
    frame = choices(7).assign(age=lambda t: t["task_id"] % 50, double=lambda t: 2 * t["price"] - t["trainer"])
    with pytest.raises(InputError, match=r"(?s)same for all offers of every task: age.*add up to another: price, t"):
        fit_mnl(frame, ["price", "trainer", "age", "double"])


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        (lambda t: t.assign(chosen=0), "In 300 tasks nothing is marked as chosen"),
        (lambda t: t.assign(chosen=1), "In 300 tasks several offers are marked"),
        (lambda t: t.assign(chosen=t["chosen"].astype(int) * 2), "neither 0 nor 1"),
        (lambda t: t[t["chosen"]], "300 tasks have a single offer"),
        (lambda t: t.assign(price=t["price"].where(t.index != 5)), "1 value of `price` is missing"),
        (lambda t: t.iloc[:6], "2 choices for 3 coefficients"),
        (lambda t: t.rename(columns={"sauna": "saunaa"}), "Did you mean `saunaa`"),
        (lambda t: t.iloc[:0], "0 rows, and no whole task"),
        (lambda t: t.assign(person_id=range(len(t))), "another person than the rest"),
    ],
)
def test_tables_that_are_no_choices_are_refused_with_a_letter(change, letter):
    frame = change(choices(9))
    with pytest.raises(InputError) as refusal:
        fit_mnl(frame, list(BETA), person="person_id" if "person_id" in frame else None)
    assert letter in str(refusal.value)


@pytest.mark.parametrize(
    ("options", "letter"),
    [
        ({"missing": "drop"}, "Allowed: 'refuse', 'leave_out'"),
        ({"attributes": []}, "Name one attribute"),
        ({"attributes": ["price", "price"]}, "named twice: price"),
        ({"categories": ["brand"], "reference": {"brand": "bleu"}}, "Did you mean `blue`"),
        ({"reference": {"price": 1}}, "`price` is not among the categories"),
    ],
)
def test_options_that_can_t_be_are_refused_with_a_letter(options, letter):
    asked = {"attributes": ["price"], **options}
    with pytest.raises(InputError) as refusal:
        fit_mnl(uneven(1), **asked)
    assert letter in str(refusal.value)


def test_a_task_with_a_hole_is_left_out_on_request():
    frame = choices(10)
    spoiled = frame.assign(price=frame["price"].where(frame["task_id"] != 3))
    fit = fit_mnl(spoiled, list(BETA), missing="leave_out")
    whole = fit_mnl(frame[frame["task_id"] != 3], list(BETA))
    assert (fit.left_out, fit.tasks) == (1, 299)
    assert fit.coefficients["estimate"].to_numpy() == pytest.approx(whole.coefficients["estimate"].to_numpy())


def test_few_choices_and_few_people_are_announced():
    fit = fit_mnl(choices(3, tasks=25, people=10), list(BETA), person="person_id")
    assert "25 choices, 3 to be estimated: fewer than ten for each." in str(fit)
    assert "Clustered errors of 10 people are too small" in str(fit)


def test_predicting_refuses_what_it_does_not_know():
    fit = fit_mnl(uneven(4), ["price"], categories=["brand"])
    with pytest.raises(InputError, match="levels without a part-worth: pink"):
        fit.predict(pd.DataFrame({"price": [1.0], "brand": ["pink"]}))
    with pytest.raises(InputError, match="A table with a row for each offer"):
        fit.predict(None)
