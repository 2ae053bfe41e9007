"""Power: R's numbers, the published plans, and that a plan keeps its promise in simulated experiments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.experiments.power import plan_means, plan_rates, power_table
from crm_toolkit.errors import InputError
from crm_toolkit.texts import language


def test_plans_match_r():
    """R: power.prop.test(p1=.10, p2=.12, power=.8) n 3840.847; power.t.test(delta=.5, sd=2, power=.8) n 252.1281."""
    assert plan_rates(0.10, treated_rate=0.12, power=0.8).per_arm == pytest.approx(3840.847, abs=5e-4)
    assert plan_means(2, difference=0.5, power=0.8).per_arm == pytest.approx(252.1281, abs=5e-5)


def test_plans_of_a_programme_s_retention_match_the_course():
    """DOMAIN.md 3.4: customers in each arm for retention of 80 % to become 82 % and 85 %."""
    assert plan_rates(0.80, treated_rate=0.82, power=0.8).treated_n == 6039
    assert plan_rates(0.80, treated_rate=0.85, power=0.8).control_n == 906


@settings(max_examples=25, deadline=None)
@given(st.floats(0.02, 0.9), st.floats(0.01, 0.08), st.floats(0.2, 0.95), st.floats(0.05, 0.95), st.floats(0, 0.9))
def test_any_two_of_the_three_give_the_third_back(rate, effect, power, share, rho):
    more = {"control_share": share, "correlation": rho}
    plan = plan_rates(rate, treated_rate=rate + effect, power=power, **more)
    if plan.customers > 4:
        assert plan_rates(rate, treated_rate=rate + effect, customers=plan.customers, **more).power == pytest.approx(
            power
        )
        back = plan_rates(rate, customers=plan.customers, power=power, **more)
        assert back.treated_value == pytest.approx(rate + effect, abs=1e-8)
    mean = plan_means(3.0, difference=-effect, power=power, **more)
    if mean.customers > 4:
        assert plan_means(3.0, difference=effect, customers=mean.customers, **more).power == pytest.approx(
            power, abs=1e-6
        )
        assert plan_means(3.0, customers=mean.customers, power=power, **more).effect == pytest.approx(effect, rel=1e-4)


def test_a_covariate_saves_its_squared_correlation_and_a_small_holdout_costs():
    plain = plan_means(10, difference=0.5, power=0.8)
    assert plan_means(10, difference=0.5, power=0.8, correlation=0.6).customers == pytest.approx(
        0.64 * plain.customers, rel=1e-3
    )
    tenth = plan_means(10, difference=0.5, power=0.8, control_share=0.1)
    assert tenth.customers == pytest.approx(plain.customers / (4 * 0.1 * 0.9), rel=1e-3)
    assert tenth.control_n == pytest.approx(tenth.customers * 0.1, abs=1)


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_experiments_of_the_planned_size_find_the_effect_as_often_as_planned(share):
    """4,000 experiments on counts by the planned test: 0.8 within 4 standard errors (0.025) of both arms' binomials."""
    plan = plan_rates(0.10, treated_rate=0.13, power=0.8, control_share=share)
    luck = np.random.default_rng(1)
    x1, x0 = luck.binomial(plan.treated_n, 0.13, 4000), luck.binomial(plan.control_n, 0.10, 4000)
    p = (x1 + x0) / (plan.treated_n + plan.control_n)
    z = (x1 / plan.treated_n - x0 / plan.control_n) / np.sqrt(p * (1 - p) * (1 / plan.treated_n + 1 / plan.control_n))
    assert (np.abs(z) > 1.959964).mean() == pytest.approx(0.8, abs=0.03)


def test_power_grows_with_customers_and_effect_in_the_table_of_curves():
    table = power_table([500, 2000, 8000], [0.01, 0.02], control_rate=0.1)
    curves = table.pivot_table(index="customers", columns="effect", values="power")
    assert (curves.diff().dropna() > 0).all(axis=None)
    assert (curves[0.02] > curves[0.01]).all()
    assert len(power_table([500], [1.0], sd=10)) == 1
    assert power_table([4], [500.0], sd=1)["power"].iloc[0] == 1.0


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: plan_rates(0.1), "exactly two"),
        (lambda: plan_rates(0.1, treated_rate=0.2, customers=100, power=0.8), "exactly two"),
        (lambda: plan_rates(0.1, treated_rate=0.1, power=0.8), "no effect to be found"),
        (lambda: plan_rates(1.2, treated_rate=0.1, power=80), "(?s)can't be 1.2.*can't be 80"),
        (lambda: plan_rates(0.5, customers=4, power=0.95), "whatever the effect"),
        (lambda: plan_rates(0.5, treated_rate=0.5 + 1e-9, power=0.8), "customers do not reach"),
        (lambda: plan_means(0, difference=1, power=0.8), "`sd` can't be 0"),
        (lambda: plan_means(float("nan"), difference=0, power=0.8), "`difference` can't be 0"),
        (lambda: plan_means(1, difference=1, customers=2), "A number from 4"),
        (lambda: power_table([100], [0.1]), "either `control_rate` or `sd`"),
        (lambda: power_table([], [0.1], sd=1), "One or more numbers"),
    ],
)  # fmt: skip
def test_plans_that_can_not_be_are_refused(ask, letter):
    with pytest.raises(InputError, match=letter):
        ask()


def test_plans_speak_the_reader_s_language():
    plans = [plan_rates(0.1, treated_rate=0.12, power=0.8, correlation=0.5), plan_rates(0.1, customers=900, power=0.8),
             plan_means(3, difference=1, customers=500)]  # fmt: skip
    assert "7,682" not in plans[0].reading()
    assert "from 10.00% to 12.00%" in plans[0].reading()
    with language("ru"):
        assert "с 10,00\N{NO-BREAK SPACE}% до 12,00\N{NO-BREAK SPACE}%" in plans[0].reading()
        assert all("мощностью" in plan.reading() for plan in plans)
