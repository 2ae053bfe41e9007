"""Survival curves, their tests and restricted means: published numbers, laws, planted truths, refusals."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_toolkit.analysis.survival.kaplan_meier import kaplan_meier
from crm_toolkit.analysis.survival.lives import durations, lapse_durations
from crm_toolkit.analysis.survival.log_rank import log_rank, restricted_mean
from crm_toolkit.errors import InputError

# Remission of leukaemia in weeks (Freireich et al. 1963), the classical table of survival analysis
SIX_MP = [(6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0), (19, 0),
          (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0)]  # fmt: skip
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def remission():
    frame = pd.DataFrame([*SIX_MP, *((time, 1) for time in PLACEBO)], columns=["duration", "event"])
    return frame.assign(placebo=[0] * 21 + [1] * 21)


def reference(name):
    """A table of the package lifelines, from the folder that CRM_REFERENCE_DATA names."""
    folder = os.environ.get("CRM_REFERENCE_DATA")
    if not folder or not (Path(folder) / name).exists():
        pytest.skip(f"needs {name} of the package lifelines in the folder named by CRM_REFERENCE_DATA")
    return pd.read_csv(Path(folder) / name)


def late_entries():
    luck, n = np.random.default_rng(5), 400
    entry = np.where(luck.random(n) < 0.4, 0, luck.uniform(0, 4, n).round(1))
    duration = (entry + luck.exponential(5, n)).round(1) + 0.1
    event = (luck.random(n) < 0.7).astype(int)
    z = luck.normal(size=n)
    return pd.DataFrame(
        {"duration": duration, "event": event, "entry": entry, "z": z, "u": (luck.random(n) < 0.5) * 1.0}
    )


def test_remission_of_6_mp_is_as_in_the_textbooks():
    """Survival as in Kalbfleisch and Prentice; limits on the log-log scale as lifelines 0.30 computes them."""
    curve = kaplan_meier(remission(), group="placebo")
    table = curve.table[curve.table["group"] == 0].set_index("time")
    expected = {6: (0.857143, 0.619718, 0.951552), 7: (0.806723, 0.563147, 0.922809),
                10: (0.752941, 0.503200, 0.889362), 13: (0.690196, 0.431610, 0.849066),
                16: (0.627451, 0.367511, 0.804912),
                22: (0.537815, 0.267779, 0.746791), 23: (0.448179, 0.188052, 0.680143)}  # fmt: skip
    for time, numbers in expected.items():
        assert table.loc[time, ["survival", "low", "high"]].tolist() == pytest.approx(numbers, abs=6e-7)
    assert table["at_risk"].tolist()[:4] == [21, 17, 16, 15]
    assert table.loc[6, "standard_error"] == pytest.approx(0.0764, abs=5e-5)  # Greenwood's, in every textbook
    assert curve.summary["median"].tolist() == [23, 8]
    assert curve.summary["median_low"].tolist() == [13, 4]
    assert "interval from 13 to not reached (> 35)" in str(curve)


def test_log_rank_of_remission_is_16_79():
    test = log_rank(remission(), "placebo")
    assert (test.statistic, test.degrees_of_freedom) == (pytest.approx(16.792941, abs=5e-7), 1)
    assert test.table["expected"].tolist() == pytest.approx([19.25, 10.75], abs=0.005)


def test_lung_has_a_median_of_310_days():
    lung = reference("lung.csv")
    curve = kaplan_meier(lung, duration="time", event="status")
    assert curve.summary[["customers", "events", "median"]].iloc[0].tolist() == [228, 165, 310]
    row = curve.table.set_index("time").loc[182, ["survival", "low", "high"]].tolist()
    assert row == pytest.approx([0.70805423, 0.64399545, 0.76273835], abs=5e-9)
    several = log_rank(lung.fillna({"ph.ecog": 9}), "ph.ecog", duration="time", event="status")
    assert (several.statistic, several.degrees_of_freedom) == (pytest.approx(29.820232, abs=1e-6), 4)


def test_waltons_flies_have_a_median_of_56_and_differ_by_122():
    flies = reference("waltons_dataset.csv")
    assert kaplan_meier(flies, duration="T", event="E").summary["median"].tolist() == [56]
    test = log_rank(flies, "group", duration="T", event="E")
    assert (test.statistic, test.p_value) == (pytest.approx(122.249, abs=5e-4), pytest.approx(2.036e-28, rel=1e-3))
    others = {"wilcoxon": 139.647866, "tarone-ware": 133.881080, "peto": 143.780010}
    for name, expected in others.items():
        found = log_rank(flies, "group", duration="T", event="E", weights=name).statistic
        assert found == pytest.approx(expected, abs=1e-6), name
    late = log_rank(flies, "group", duration="T", event="E", weights="fleming-harrington", rho=1, gamma=0.5)
    assert late.statistic == pytest.approx(102.272193, abs=1e-6)
    means = restricted_mean(kaplan_meier(flies, duration="T", event="E", group="group"), horizon=50)
    assert means["restricted_mean"].iloc[0] == pytest.approx(47.977873, abs=1e-6)


def test_late_entry_is_as_lifelines_counts_it():
    table = kaplan_meier(late_entries(), entry="entry").table
    found = table[np.isin(table["time"].round(1), [4.0, 9.3, 21.3])][["survival", "low", "high"]].to_numpy()
    expected = [[0.578192, 0.518094, 0.633550], [0.286135, 0.237458, 0.336553], [0.042685, 0.019315, 0.080439]]
    np.testing.assert_allclose(found, expected, atol=5e-7)


def test_nobody_left_says_so_and_gives_no_infinity():
    curve = kaplan_meier(pd.DataFrame({"duration": [3, 5, 7], "event": 0}))
    assert str(curve) == "3 customers, no churn observed, median not reached (> 7)."
    assert not curve.summary["median_reached"].iloc[0]
    assert curve.table["survival"].eq(1).all()
    assert curve.table["low"].tolist() == pytest.approx([0.025 ** (1 / 3), 0.025 ** (1 / 2), 0.025])


def test_the_last_one_gone_leaves_no_hole():
    table = kaplan_meier(pd.DataFrame({"duration": [1, 2, 3, 4], "event": 1})).table
    assert table[["survival", "low"]].iloc[-1].tolist() == [0, 0]
    assert table["high"].iloc[-1] == table["high"].iloc[-2]
    all_at_once = kaplan_meier(pd.DataFrame({"duration": [2, 2], "event": 1}))
    assert all_at_once.table[["survival", "low", "high"]].iloc[0].tolist() == pytest.approx([0, 0, 1 - 0.025**0.5])


durations_ = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


@settings(max_examples=15, deadline=None)
@given(durations_, st.sampled_from([1.0, 0.37]), st.sampled_from(["log-log", "log", "plain"]))
def test_the_product_by_hand_whatever_the_unit(rows, unit, interval):
    frame = pd.DataFrame(rows, columns=["duration", "event"])
    table = kaplan_meier(frame.assign(duration=frame["duration"] * unit), interval=interval).table
    share = 1.0
    for time in sorted(set(frame["duration"])):
        n, d = (frame["duration"] >= time).sum(), ((frame["duration"] == time) & frame["event"]).sum()
        share *= 1 - d / n
        row = table[np.isclose(table["time"], time * unit)].iloc[0]
        assert (row["at_risk"], row["events"]) == (n, d)
        assert row["survival"] == pytest.approx(share, abs=1e-12)
    assert (np.diff(table["survival"]) <= 0).all()
    assert table["low"].between(0, table["survival"] + 1e-12).all()
    assert table["high"].between(table["survival"] - 1e-12, 1).all()
    assert not table.isna().any().any()


@settings(max_examples=15, deadline=None)
@given(durations_)
def test_without_censoring_the_curve_is_the_share_and_the_restricted_mean_a_mean(rows):
    times = [time for time, _ in rows]
    curve = kaplan_meier(pd.DataFrame({"duration": times, "event": True}))
    shares = [np.mean(np.array(times) > time) for time in curve.table["time"]]
    np.testing.assert_allclose(curve.table["survival"], shares, atol=1e-12)
    found = restricted_mean(curve, horizon=6.5).iloc[0]
    assert found["restricted_mean"] == pytest.approx(np.minimum(times, 6.5).mean(), abs=1e-12)
    assert found["standard_error"] == pytest.approx(np.minimum(times, 6.5).std() / np.sqrt(len(times)), abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(durations_, durations_)
def test_log_rank_of_two_groups_by_hand_and_blind_to_their_names(one, two):
    frame = pd.DataFrame([*one, *two], columns=["duration", "event"])
    frame["group"] = ["b"] * len(one) + ["a"] * len(two)
    events = frame[frame["event"]]
    seen = [(frame.loc[frame["group"] == name, "duration"].max() >= events["duration"].min()) if len(events) else False
            for name in "ab"]  # fmt: skip
    if not all(seen):
        with pytest.raises(InputError):
            log_rank(frame, "group")
        return
    surplus = variance = 0.0
    for time in sorted(set(events["duration"])):
        at = frame["duration"] >= time
        n, d = at.sum(), ((frame["duration"] == time) & frame["event"]).sum()
        own = (at & (frame["group"] == "a")).sum()
        hit = ((frame["duration"] == time) & frame["event"] & (frame["group"] == "a")).sum()
        surplus += hit - d * own / n
        variance += d * own * (n - own) * (n - d) / (n**2 * (n - 1)) if n > 1 else 0
    test = log_rank(frame, "group")
    assert test.statistic == pytest.approx(surplus**2 / variance if variance else 0.0, abs=1e-9)
    renamed = log_rank(frame.assign(group=frame["group"].map({"a": "z", "b": "c"})), "group")
    assert renamed.statistic == pytest.approx(test.statistic, abs=1e-9)


def censored(seed, customers, mean=8.0):
    luck = np.random.default_rng(seed)
    left, end = luck.exponential(mean, customers), luck.uniform(2, 15, customers)
    return pd.DataFrame({"duration": np.minimum(left, end), "event": left <= end})


def interval_hits(seeds, customers):
    times = np.array([1.0, 3.0, 6.0, 10.0])
    truth, hits, medians = np.exp(-times / 8), [], []
    for seed in seeds:
        curve = kaplan_meier(censored(seed, customers))
        found = curve.survival_at(times)
        hits.append((found["low"] <= truth) & (truth <= found["high"]))
        row = curve.summary.iloc[0]
        high = row["median_high"] if np.isfinite(row["median_high"]) else np.inf
        medians.append(row["median_low"] <= 8 * np.log(2) <= high)
    return np.column_stack([np.array(hits), medians])


def test_intervals_hold_the_planted_curve_in_most_of_40_samples():
    hits = interval_hits(range(40), 60).sum(axis=0)
    assert hits.min() >= 34  # 40 draws at .95: fewer than 34 in 0.3 % of cases; the seeds are fixed


@pytest.mark.slow
def test_intervals_hold_the_planted_curve_in_95_of_100_samples():
    share = interval_hits(range(1000, 1500), 80).mean(axis=0)
    assert share.min() >= 0.93  # two standard errors below .95
    assert share.max() <= 0.985


def test_late_entry_put_right_what_leaving_it_out_makes_too_good():
    """Contracts seen only if they ran on day 0 of the data: half of the life lies before it."""
    right, wrong = [], []
    for seed in range(6):
        luck = np.random.default_rng(seed)
        begun, left = luck.uniform(0, 10, 4_000), luck.exponential(5, 4_000)
        seen = begun < left  # those who had ended before are missing
        lives = pd.DataFrame({"duration": left[seen], "event": 1, "entry": begun[seen]})
        right.append(kaplan_meier(lives, entry="entry").survival_at(4)["survival"].iloc[0])
        wrong.append(kaplan_meier(lives).survival_at(4)["survival"].iloc[0])
    assert np.mean(right) == pytest.approx(np.exp(-0.8), abs=0.02)
    assert np.mean(wrong) > np.exp(-0.8) + 0.1


def test_equal_groups_are_called_different_in_one_of_twenty_cases():
    p = []
    for seed in range(50):
        frame = censored(seed, 60)
        p.append(log_rank(frame.assign(group=np.arange(60) % 2), "group").p_value)
    assert np.sum(np.array(p) < 0.05) <= 7  # 50 draws at .05: more in 0.3 % of cases; the seeds are fixed
    assert np.mean(p) == pytest.approx(0.5, abs=0.1)


GOOD = {"duration": [1.0, 2.0, 3.0], "event": [1, 0, 1], "group": ["a", "b", "a"]}


@pytest.mark.parametrize(
    ("change", "code", "letter"),
    [
        ({"duration": [1.0, -2.0, 3.0]}, "negative", "1 value of `duration` is negative."),
        ({"duration": [1.0, np.nan, np.inf]}, "unsound_number", "2 values of `duration` are missing or infinite."),
        ({"event": [1, 2, 0]}, "no_flag", "1 value of `event` is neither 0 nor 1."),
        ({"duration": ["1", "2", "3"]}, "wrong_kind", "`duration` must hold numbers"),
        ({"group": ["a", None, "b"]}, "no_group", "1 row has no group in `group`."),
    ],
)
def test_lives_that_can_not_be_are_refused(change, code, letter):
    with pytest.raises(InputError) as refusal:
        kaplan_meier(pd.DataFrame(GOOD | change), group="group")
    assert refusal.value.problems[0].code == code
    assert letter in str(refusal.value)


def test_all_that_is_wrong_comes_in_one_letter():
    with pytest.raises(InputError) as refusal:
        kaplan_meier(pd.DataFrame(GOOD | {"duration": [-1.0, np.nan, 2.0], "event": [1, 3, 0]}))
    assert [problem.code for problem in refusal.value.problems] == ["unsound_number", "negative", "no_flag"]


@pytest.mark.parametrize(
    ("ask", "letter"),
    [
        (lambda: kaplan_meier(pd.DataFrame({"duration": [], "event": []})), "0 customers"),
        (lambda: log_rank(pd.DataFrame(GOOD).assign(event=0), "group"), "no churn observed"),
        (lambda: log_rank(pd.DataFrame(GOOD).assign(group="a"), "group"), "one value only: 'a'"),
        (lambda: log_rank(pd.DataFrame({"duration": [1, 5], "event": [0, 1], "group": ["a", "b"]}), "group"),
         "under observation when somebody left: a"),
        (lambda: restricted_mean(kaplan_meier(pd.DataFrame(GOOD | {"event": [1, 1, 0]})), horizon=9), "up to 3"),
        (lambda: restricted_mean(1, horizon=9), "needs a `KaplanMeier`"),
        (lambda: kaplan_meier(pd.DataFrame(GOOD), interval="exact"), "'log-log'"),
        (lambda: kaplan_meier(pd.DataFrame({"duration": [2, 5], "event": 1, "entry": [0, 3]}), entry="entry"),
         "others enter later"),
        (lambda: kaplan_meier(pd.DataFrame({"duration": [2], "event": 1, "entry": [2]}), entry="entry"), "not below"),
        (lambda: kaplan_meier(pd.DataFrame(GOOD)).survival_at([-1]), "times"),
        (lambda: kaplan_meier(pd.DataFrame({"duration": range(60), "event": 1}).reset_index(), group="index"), "50 gr"),
    ],
)  # fmt: skip
def test_questions_without_an_answer_get_a_reason(ask, letter):
    with pytest.raises(InputError) as refusal:
        ask()
    assert letter in str(refusal.value)


def test_contracts_and_pauses_become_lives():
    contracts = pd.DataFrame({
        "contract_id": [1, 2, 3, 4], "customer_id": [7, 8, 9, 9],
        "started_on": pd.to_datetime(["2023-12-22", "2024-01-01", "2024-02-01", "2024-03-01"]),
        "ended_on": pd.to_datetime(["2024-01-12", None, "2024-02-08", "2024-12-24"]),
    })  # fmt: skip
    lives = durations(contracts, as_of="2024-03-31", unit="week", observed_from="2024-01-11")
    assert lives["duration"].tolist() == pytest.approx([3, 90 / 7, 1, 30 / 7])
    assert lives["event"].tolist() == [True, False, True, False]
    assert lives["entry"].tolist() == pytest.approx([20 / 7, 10 / 7, 0, 0])
    late = durations(contracts, as_of="2024-03-31", unit="week", observed_from="2024-01-20")
    assert late["contract_id"].tolist() == [2, 3, 4]  # the first had ended before anybody looked
    with pytest.raises(InputError, match="No contract ran"):
        durations(contracts, as_of="2023-01-01")
    with pytest.raises(InputError, match="1 contract ends before it begins"):
        durations(contracts.assign(ended_on=pd.Timestamp("2024-01-15")).head(3), as_of="2024-03-31")


def test_a_pause_ends_a_life_on_the_day_it_grows_too_long():
    day = pd.Timestamp("2024-01-01")
    visits = {"steady": [0, 20, 40, 60], "left": [0, 10], "back": [0, 50], "new": [85]}
    rows = [(name, day + pd.Timedelta(days=d), 5.0) for name, days in visits.items() for d in days]
    lines = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    lives = lapse_durations(lines, as_of=day + pd.Timedelta(days=90), threshold_days=30, unit="day")
    assert lives.set_index("customer_id")["duration"].to_dict() == {"back": 31, "left": 41, "new": 5, "steady": 90}
    assert lives.set_index("customer_id")["event"].to_dict() == {
        "back": True, "left": True, "new": False, "steady": False,
    }  # fmt: skip
