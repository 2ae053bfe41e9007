"""Customer bases are what their names say: groups or none, a gain by segments or none."""

import pytest

from crm_toolkit.analysis import fit_clusters, segment_policy, structure_test
from crm_toolkit.datasets import load_event_log, make_segment_customers
from crm_toolkit.datasets.segment_customers import FEATURES, KINDS
from crm_toolkit.errors import InputError


@pytest.mark.parametrize(
    "kind", [KINDS[0], KINDS[3], *(pytest.param(one, marks=pytest.mark.slow) for one in KINDS[1:3])]
)
def test_segments_pay_where_they_are_made_to(kind):
    made = make_segment_customers(kind)
    found = fit_clusters(made.customers, FEATURES, k=3, starts=3)
    policy = segment_policy(made.customers.assign(segment=found.labels["cluster"]), fixed_cost=300)
    assert policy.decision == ("segment" if kind.endswith(("pay", "pays")) else "one_treatment")
    best = made.truth[["call", "points"]].max(axis=1).mean() - made.truth[["call", "points"]].mean().max()
    assert (best > 2) == kind.endswith(("pay", "pays"))


@pytest.mark.parametrize("kind", ["groups_alike", "cloud_alike"])
def test_there_is_structure_in_groups_only(kind):
    table = make_segment_customers(kind, customers=300).customers
    test = structure_test(table, FEATURES, most_k=3, references=19, sample=250)
    assert test.structure == kind.startswith("groups")


def test_the_first_customers_are_the_same_whatever_the_number_and_treatments_are_by_lot():
    few, many = (make_segment_customers(customers=count) for count in (60, 900))
    assert few.customers.equals(many.customers.head(60))
    assert (
        many.customers.groupby(many.truth["group"])["treatment"].value_counts(normalize=True).between(0.24, 0.43).all()
    )
    alike = make_segment_customers("groups_alike")
    assert alike.customers[list(FEATURES)].equals(many.customers[list(FEATURES)])
    with pytest.raises(InputError, match="no kind of customers `groops`"):
        make_segment_customers("groops")


def test_the_event_log_holds_every_order_and_complaint_in_the_order_of_time():
    log = load_event_log("barbershop", locale="en_US")
    assert log.events["at"].is_monotonic_increasing
    assert log.events.loc[log.events["kind"] == "complaint", "amount"].eq(0).all()
    assert set(log.events["customer_id"]) <= set(log.customers["customer_id"])
