"""One record out of several: by declared rules, the same in any order, with nothing lost silently."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.errors import InputError
from crm_toolkit.store.duplicates import Survivorship, merge_records
from crm_toolkit.store.duplicates.merging import RULES
from crm_toolkit.texts import language

RECORDS = pd.DataFrame(
    {
        "customer_id": ["S-1", "V-2", "M-3"],
        "full_name": ["Ким Анна", "Ким Анна Львовна", "Аня"],
        "phone": ["111-11-11", "222-22-22", None],
        "email": [None, None, "anna@example.org"],
        "city": ["Тверь", None, "Москва"],
        "source": ["sales", "service", "marketing"],
        "updated_at": pd.to_datetime(["2024-01-01", "2024-03-01", "2024-02-01"]),
    }
)
TEXTS = st.one_of(st.none(), st.sampled_from(["", "а", "аб", "x y", "н"]))
LISTS = st.lists(
    st.tuples(TEXTS, TEXTS, st.sampled_from(["sales", "service", None]), st.one_of(st.none(), st.datetimes(
        min_value=pd.Timestamp("2020-01-01").to_pydatetime(), max_value=pd.Timestamp("2025-01-01").to_pydatetime()))),
    min_size=1, max_size=6,
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "phone", "city", "name"),
    [
        ("most_recent", "222-22-22", "Москва", "Ким Анна Львовна"),
        ("most_complete", "111-11-11", "Москва", "Аня"),  # two are as complete; the order settles it
        ("most_trusted", "222-22-22", "Москва", "Ким Анна Львовна"),
        ("longest", "222-22-22", "Москва", "Ким Анна Львовна"),
        ("declared", "222-22-22", "Москва", "Аня"),
    ],
)
def test_each_rule_chooses_as_it_says(rule, phone, city, name):
    rules = Survivorship(default=rule, trust=["service", "marketing"], order=["M-3", "V-2"])
    merged = merge_records(RECORDS, rules)
    assert (merged.record["phone"], merged.record["city"], merged.record["full_name"]) == (phone, city, name)
    assert merged.record["email"] == "anna@example.org"


def test_fields_may_have_rules_of_their_own():
    rules = Survivorship(default="longest", fields={"phone": "most_recent", "city": "declared"}, order=["S-1"])
    merged = merge_records(RECORDS, rules)
    assert merged.record["city"] == "Тверь"
    assert dict(zip(merged.provenance["field"], merged.provenance["rule"], strict=True))["phone"] == "most_recent"
    assert merged.record["customer_id"] == "S-1"
    assert merged.merged_keys == ("S-1", "M-3", "V-2")


@settings(deadline=None, max_examples=10)
@given(LISTS, st.sampled_from(list(RULES)), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(rows, rule, random):
    frame = pd.DataFrame(rows, columns=["name", "phone", "source", "updated_at"])
    frame.insert(0, "customer_id", [f"K{n}" for n in range(len(rows))])
    rules = Survivorship(default=rule, trust=["service", "sales"], order=["K1"])
    order = list(range(len(rows)))
    random.shuffle(order)
    one, other = merge_records(frame, rules), merge_records(frame.iloc[order], rules)
    assert str(one.record) == str(other.record)
    assert one.provenance.astype(str).values.tolist() == other.provenance.astype(str).values.tolist()
    assert one.lost.astype(str).values.tolist() == other.lost.astype(str).values.tolist()


@settings(deadline=None, max_examples=10)
@given(LISTS, st.sampled_from(list(RULES)))
def test_every_value_survives_or_is_listed_as_lost(rows, rule):
    frame = pd.DataFrame(rows, columns=["name", "phone", "source", "updated_at"])
    frame.insert(0, "customer_id", [f"K{n}" for n in range(len(rows))])
    merged = merge_records(frame, Survivorship(default=rule, trust=["service"]))
    for name in ("name", "phone"):
        values = {value for value in frame[name] if isinstance(value, str) and value.strip()}
        lost = set(merged.lost.loc[merged.lost["field"] == name, "value"])
        kept = {merged.record[name]} if merged.record[name] else set()
        assert lost | kept == values
        assert not lost & kept


def test_a_gap_never_survives_a_value():
    frame = pd.DataFrame({"customer_id": ["a", "b"], "phone": [None, "1"], "email": ["", "x@y.z"]})
    merged = merge_records(frame, Survivorship(default="declared", order=["a"]))
    assert merged.record == {"customer_id": "a", "phone": "1", "email": "x@y.z"}
    assert merged.provenance["record"].tolist() == ["b", "b"]


@pytest.mark.parametrize("spoken", ["en", "ru"])
def test_the_merger_says_where_values_came_from(spoken):
    with language(spoken):
        words = str(merge_records(RECORDS, Survivorship(default="longest")))
    assert "V-2" in words
    assert RULES["longest"] in words or spoken == "ru"


def test_problems_are_refused_at_once():
    twice = pd.DataFrame({"customer_id": ["a", "a"], "source": ["x", "y"]})
    with pytest.raises(InputError) as letter:
        merge_records(twice, Survivorship(default="most_trusted", fields={"phone": "longest"}))
    assert [problem.code for problem in letter.value.problems] == ["key_twice", "no_trust", "unknown_field"]
    with pytest.raises(InputError, match="updated_at"):
        merge_records(twice, Survivorship(default="most_recent"))
    with pytest.raises(InputError, match="no records"):
        merge_records(twice.head(0))
