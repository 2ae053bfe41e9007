"""``crm-toolkit generate``: a world in one command, letters on bad words, both languages."""

import json

import pandas as pd
import pytest

from crm_toolkit import cli
from crm_toolkit.cli.world import _Pace, _whole
from crm_toolkit.world import writing
from crm_toolkit.world.writing import Progress

SMALL = ["barbershop", "--customers", "2_100", "--weeks", "12", "--seed", "5", "--block-size", "2048", "--workers", "1"]


def run(capsys, *words):
    """Exit code, standard output and standard error of one command line."""
    code = cli.main(["generate", *(str(word) for word in words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_world_is_written_told_and_checked(tmp_path, capsys):
    code, said, wrong = run(capsys, *SMALL, "--locale", "en_US", "--out", tmp_path, "--check", "--language", "en")
    assert (code, wrong) == (0, "")
    orders = pd.read_parquet(tmp_path / "orders")
    assert f"{len(orders):,}" in said
    assert "checks, and all hold" in said
    assert not (tmp_path / "truth").exists()
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["customers"], manifest["weeks"], manifest["seed"], manifest["currency"]) == (2100, 12, 5, "USD")


def test_truth_and_changes_of_the_scenario(tmp_path, capsys):
    words = [*SMALL, "--out", tmp_path, "--truth", "--set", "failure-share=0.3", "season=off", "--language", "ru"]
    code, said, _ = run(capsys, *words)
    assert code == 0
    assert "Записано" in said
    assert (tmp_path / "truth" / "customers" / "part-000001.parquet").exists()
    spec = json.loads((tmp_path / "_spec.json").read_text(encoding="utf-8"))
    assert (spec["numbers"]["failure_share"], spec["mechanisms"]["season"]) == (0.3, False)
    assert spec["locale"] == "ru_RU"


def test_the_same_command_goes_on_and_another_world_is_refused(tmp_path, capsys):
    words = [*SMALL, "--out", tmp_path, "--language", "en"]
    run(capsys, *words)
    (tmp_path / "orders" / "part-000001.parquet").unlink()
    code, said, _ = run(capsys, *words)
    assert code == 0
    assert "1 block was there already." in said
    code, _, wrong = run(capsys, *words, "--seed", "6")
    assert code == 1
    assert "`seed` differs" in wrong
    assert "It is 5 there, and 6 was asked for." in wrong


def test_a_check_that_fails_is_exit_code_1(tmp_path, capsys):
    run(capsys, *SMALL, "--out", tmp_path)
    part = tmp_path / "orders" / "part-000000.parquet"
    part.write_bytes(part.read_bytes() + b"x")
    code, said, _ = run(capsys, "--check", "--out", tmp_path, "--language", "en")
    assert code == 1
    assert "not passed: 1" in said
    code, said, _ = run(capsys, "--check", "--out", tmp_path, "--language", "ru")
    assert code == 1
    assert "не пройдено: 1" in said


@pytest.mark.parametrize("code", ["en", "ru"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--out", "w"], "barbershop"),
        (["barber", "--out", "w"], "barbershop"),
        (["barbershop", "--out", "w", "--set", "failure_shar=1"], "`failure_share`"),
        (["barbershop", "--out", "w", "--set", "a=b", "season"], "season=off"),
        (["barbershop", "--out", "w", "--customers", "0", "--weeks", "0", "--block-size", "1000"], "`weeks`"),
        (["--check", "--out", "nowhere"], "nowhere"),
    ],
)
def test_bad_words_get_a_letter(words, expected, code, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exit_code, said, wrong = run(capsys, *words, "--language", code)
    assert exit_code == 1
    assert expected in wrong
    assert "Traceback" not in said + wrong
    assert not (tmp_path / "w").exists()


def test_a_number_that_is_none_is_refused_at_once(tmp_path, capsys):
    for code, expected in (("en", "is not a whole number"), ("ru", "не целое число")):
        with pytest.raises(SystemExit) as stopped:
            run(capsys, "barbershop", "--out", tmp_path, "--customers", "many", "--language", code)
        assert stopped.value.code == 2
        assert expected in capsys.readouterr().err


@pytest.mark.parametrize(("text", "number"), [("1_000_000", 10**6), ("1e6", 10**6), ("20000", 20_000), ("-3", -3)])
def test_whole_numbers_are_read_as_people_write_them(text, number):
    assert _whole(text) == number


def test_help_is_russian_in_russian(capsys):
    with pytest.raises(SystemExit):
        run(capsys, "--language", "ru", "--help")
    said = capsys.readouterr().out
    assert "таблицы истины" in said
    assert not any(word in said for word in ("usage", "number of", "such as", "without it"))


def test_progress_tells_blocks_pace_and_the_time_left(monkeypatch):
    told = []
    moments = iter([0.0, 5.0, 10.0])
    monkeypatch.setattr("crm_toolkit.cli.world.time.perf_counter", lambda: next(moments))
    pace = _Pace(lambda *words: told.append(words))
    pace(Progress(2, 10, found=2))
    pace(Progress(4, 10, found=2, rows=1_000_000))
    assert told[0] == (0.2, "2 of 10 blocks", "")
    assert told[1] == (0.4, "4 of 10 blocks", "100,000 rows/s, 0:30 left")


def test_progress_is_a_plain_line_in_a_log_and_a_bar_on_a_terminal(capsys, monkeypatch):
    from crm_toolkit.cli import progress

    monkeypatch.setattr(progress, "_LOG_SECONDS", 0.0)
    with progress.progress("Generating", log=True) as tell:
        tell(0.4, "4 of 10 blocks", "100 rows/s")
    assert capsys.readouterr().err == "4 of 10 blocks 40% 100 rows/s\n"
    with progress.progress("Scoring") as tell:
        tell(0.4)
    assert capsys.readouterr().err == ""


def test_ctrl_c_is_exit_code_130(tmp_path, capsys, monkeypatch):
    def interrupted(*_words):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "write_block", interrupted)
    code, _, wrong = run(capsys, *SMALL, "--out", tmp_path, "--language", "ru")
    assert code == 130
    assert wrong.strip() == "Остановлено до конца работы."
    assert not list(tmp_path.rglob("*.partial"))
