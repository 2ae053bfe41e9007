"""A game that is kept: replayed bit for bit, judged, asked about; a tournament that no broken file stops."""

import json

import pytest

from crm_toolkit.cli import main
from crm_toolkit.errors import InputError
from crm_toolkit.exercises.helm_game import (
    TOTAL_WEIGHTS,
    Forecast,
    LogEntry,
    defence_questions,
    forecast_quality,
    load_game,
    log_quality,
    new_played_game,
    save_game,
    total_score,
    tournament,
)
from crm_toolkit.exercises.helm_game.judged import brier_score
from crm_toolkit.texts import language
from crm_toolkit.world.helm import GROUPS, attribution

SMALL = 200
GOOD = LogEntry("load", "The staff was at its limit last quarter.", "The load stays above nine tenths all the same.")


def played(quarters=3, **changes):
    one = new_played_game("growth", student="A-1", people=SMALL)
    for number in range(quarters):
        now = one.game.standing.with_(**(changes if number == 0 else {}))
        one = one.play(now, Forecast(0.8, 0.3, -1e5, 1e6, 0, 10), GOOD)
    return one


@pytest.fixture(scope="module")
def whole():
    """A whole game."""
    return played(12, staff=12)


def test_a_kept_game_is_replayed_bit_for_bit(tmp_path, whole):
    place = save_game(whole, tmp_path / "helm.json")
    again = load_game(place)
    assert again == whole
    assert again.game.truth.equals(whole.game.truth)
    assert [one.books for one in again.game.passages] == [one.books for one in whole.game.passages]
    content = json.loads(place.read_text(encoding="utf-8"))
    assert list(content) == ["layout", "version", "setup", "quarters", "closing"]
    assert content["setup"]["engine"] == "1"


def test_a_student_has_their_own_luck_unless_a_seed_is_given():
    assert new_played_game(student="A-1").setup.seed != new_played_game(student="A-2").setup.seed
    assert new_played_game(student="A-1", seed=5).setup.seed == 5


def test_intervals_that_are_half_or_turned_round_are_refused_together():
    with pytest.raises(InputError) as refusal:
        played(0).play(played(0).game.standing, Forecast(cash_low=5, cash_high=1, visits_low=3))
    assert [one.code for one in refusal.value.problems] == ["turned_interval", "half_interval"]


def test_brier_score_by_hand():
    assert brier_score([0.5, 0.5], [True, False]) == 0.25
    assert brier_score([1.0, 0.0], [True, False]) == 0.0
    with pytest.raises(InputError):
        brier_score([], [])
    with pytest.raises(InputError):
        brier_score([1.5], [True])


def test_forecasts_are_held_against_what_the_organisation_saw(whole):
    found = forecast_quality(whole)
    outcomes = []
    for quarter in whole.game.quarters:
        outcomes += [quarter.figure("profit").value > 0, quarter.figure("load").value > 0.9]
    assert found.brier == pytest.approx(brier_score([0.8, 0.3] * 12, outcomes))
    held = [-1e5 <= one.figure("cash").value <= 1e6 for one in whole.game.quarters]
    held += [0 <= one.figure("till_visits").value <= 10 for one in whole.game.quarters]
    assert found.coverage == pytest.approx(sum(held) / 24)
    assert 0 <= found.skill <= 1


def test_a_log_is_judged_by_what_could_be_seen():
    one = new_played_game("growth", people=SMALL)
    now = one.game.standing
    one = one.play(now, None, GOOD).play(now, None, LogEntry("survey", GOOD.why, GOOD.wrong_if))
    one = one.play(now, None, LogEntry("guess", "so", ""))
    assert log_quality(one).quarters == ((), ("unseen",), ("guess", "short", "no_test"))
    assert log_quality(played()).skill == 1


def test_the_whole_score_is_weighted_as_it_says(whole):
    found = total_score(whole)
    assert sum(TOTAL_WEIGHTS.values()) == pytest.approx(1)
    assert found["total"] == pytest.approx(sum(TOTAL_WEIGHTS[name] * found[name] for name in TOTAL_WEIGHTS))
    with pytest.raises(InputError):
        total_score(new_played_game(people=SMALL))


def test_questions_come_from_the_decisions_of_this_player():
    whole = played(2, staff=12)
    shares = attribution(whole.game)
    asked = defence_questions(whole, shares)
    assert GROUPS["staff"] in asked[0]
    assert any("12" in one or "quarter 1 " in one for one in asked)
    with language("ru"):
        russian = defence_questions(whole, shares)
    assert len(russian) == len(asked)
    assert not any(letter in "".join(russian) for letter in "qwz")
    assert "changed nothing" in defence_questions(played(1))[0]


def test_a_broken_file_never_stops_the_rest_and_is_told(tmp_path, whole, capsys):
    save_game(whole, tmp_path / "anna.json")
    save_game(played(2), tmp_path / "half.json")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "stranger.json").write_text('{"layout": "else"}', encoding="utf-8")
    (tmp_path / "picture.json").write_bytes(b"\x89PNG\xff\x00")
    content = json.loads((tmp_path / "anna.json").read_text(encoding="utf-8"))
    content["quarters"][0]["decision"]["staff"] = 999
    (tmp_path / "cheat.json").write_text(json.dumps(content), encoding="utf-8")
    content["quarters"][0]["decision"]["staff"] = 12
    content["setup"]["engine"] = "0"
    (tmp_path / "old.json").write_text(json.dumps(content), encoding="utf-8")
    found = tournament(tmp_path)
    assert list(found.table["file"]) == ["anna.json", "old.json", "half.json"]
    assert [str(rank) for rank in found.table["rank"]] == ["1", "1", "<NA>"]
    assert "another version" in found.table["note"].iloc[1]
    assert "unfinished" in found.table["note"].iloc[2]
    assert [name for name, _ in found.broken] == ["broken.json", "cheat.json", "picture.json", "stranger.json"]
    assert all(what for _, what in found.broken)
    assert main(["--language", "en", "tournament", str(tmp_path), "--out", str(tmp_path / "table.csv")]) == 0
    told = capsys.readouterr().out
    assert "4 files can't be read" in told
    assert (tmp_path / "table.csv").read_text(encoding="utf-8-sig").startswith("rank,player")


def test_no_folder_and_no_games_are_said(tmp_path):
    with pytest.raises(InputError, match="no folder"):
        tournament(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no file"):
        tournament(tmp_path)
