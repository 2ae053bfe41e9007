"""The command line: the main job in one command, letters on bad input, both languages."""

import csv
import subprocess
import sys

import pandas as pd
import pytest

from crm_toolkit import cli
from crm_toolkit.datasets.generated import make_purchases
from crm_toolkit.texts import language


@pytest.fixture
def sales(tmp_path):
    """A file of purchases with one line that nobody owns and one return."""
    table = make_purchases(120, weeks=30, seed=4)
    table.loc[5, "customer_id"] = None
    path = tmp_path / "продажи за год.csv"
    table.to_csv(path, index=False)
    return path


def run(capsys, *words):
    """Exit code, standard output and standard error of one command line."""
    code = cli.main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_rfm_writes_scores_of_every_customer_and_a_picture(sales, tmp_path, capsys):
    out, plot = tmp_path / "segments.csv", tmp_path / "rfm.png"
    code, said, wrong = run(
        capsys, "rfm", sales, "--as-of", "2025-08-03", "--out", out, "--plot", plot, "--language", "en"
    )
    assert (code, wrong) == (0, "")
    table = pd.read_csv(sales)
    written = pd.read_csv(out, dtype={"customer_id": str, "rfm": str})
    assert len(written) == table.customer_id.nunique()
    known = table.dropna(subset="customer_id")
    assert round(written.monetary.sum(), 2) == round(known.amount.sum(), 2)
    assert written.rfm.str.fullmatch("[1-5]{3}").all()
    assert written.segment.notna().all()
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "1 line without a customer" in said
    assert f"{len(table):,} lines read" in said
    assert "Champions" in said


def test_rfm_speaks_russian(sales, capsys):
    code, said, _ = run(capsys, "rfm", sales, "--language", "ru", "--currency", "RUB")
    assert code == 0
    assert "RFM-анализ «продажи за год.csv»" in said
    assert "₽" in said
    assert "Лучшие клиенты" in said
    assert language() == "en"


def test_without_a_date_the_last_purchase_is_the_date_of_analysis(sales, capsys):
    _, said, _ = run(capsys, "rfm", sales, "--language", "en")
    last = pd.to_datetime(pd.read_csv(sales).ordered_at).max()
    assert f"as of {last:%B} {last.day}, {last.year}" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["rfm"], "Name one file, or take --demo."),
        (["rfm", "--demo", "x.csv"], "Name one file, or take --demo."),
        (["rfm", "nowhere.csv"], "nowhere.csv"),
        (["rfm", "--demo", "--out", "no/such/folder/a.csv"], "does not exist"),
        (["rfm", "--demo", "--plot", "picture.doc"], "no ending of a picture"),
    ],
)
def test_bad_words_get_a_letter_and_an_exit_code(words, expected, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, said, wrong = run(capsys, *words, "--language", "en")
    assert code == 1
    assert expected in wrong
    assert "Traceback" not in said + wrong


def test_all_that_is_wrong_with_a_command_comes_in_one_letter(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, _, wrong = run(capsys, "rfm", "--out", "no/a.csv", "--plot", "p.doc", "--language", "en")
    assert all(f"{number}. " in wrong for number in (1, 2, 3))


@pytest.mark.parametrize(("option", "value"), [("--bins", "99"), ("--as-of", "31.02.2025"), ("--as-of", "yesterday")])
def test_values_that_make_no_sense_get_a_letter(sales, capsys, option, value):
    for code in ("en", "ru"):
        exit_code, _, wrong = run(capsys, "rfm", sales, option, value, "--language", code)
        assert exit_code == 1
        assert value in wrong


def test_a_bad_file_leaves_nothing_behind(tmp_path, capsys):
    bad, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    bad.write_text("customer_id,date,amount\nA,yesterday,5\n", encoding="utf-8")
    code, _, wrong = run(capsys, "rfm", bad, "--out", out)
    assert code == 1
    assert "yesterday" in wrong
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv"]


def test_the_file_that_is_read_is_never_overwritten(sales, capsys):
    before = sales.read_bytes()
    code, _, wrong = run(capsys, "rfm", sales, "--out", sales, "--language", "en")
    assert code == 1
    assert "overwrite" in wrong
    assert sales.read_bytes() == before


def test_a_hint_settles_what_the_file_leaves_open(tmp_path, capsys):
    path = tmp_path / "sales.csv"
    path.write_text("customer_id,date,amount\nA,03/04/2024,5\nB,05/06/2024,7\nA,01/02/2024,1\n", encoding="utf-8")
    code, _, wrong = run(capsys, "rfm", path, "--language", "en")
    assert code == 1
    assert "03/04/2024" in wrong
    out = tmp_path / "o.csv"
    code, _, _ = run(capsys, "rfm", path, "--day-first", "yes", "--as-of", "2024-06-30", "--out", out)
    assert code == 0
    with out.open(encoding="utf-8-sig") as source:
        recency = {row["customer_id"]: int(row["recency_days"]) for row in csv.DictReader(source)}
    assert recency == {"A": 88, "B": 25}


@pytest.mark.data
def test_demo_reads_every_line_of_complete_journey_and_reconciles_to_the_cent(tmp_path, capsys):
    out = tmp_path / "households.csv"
    code, said, _ = run(capsys, "rfm", "--demo", "--out", out, "--language", "en")
    assert code == 0
    assert "1,469,307 lines read, 4,596,039.58 in all" in said
    assert "2,469 customers scored, 4,596,039.58 in all" in said
    written = pd.read_csv(out)
    assert len(written) == 2469
    assert round(written.monetary.sum(), 2) == 4596039.58


def test_a_wrong_option_is_refused_in_russian_too(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["rfm", "--language", "ru", "--nonsense"])
    assert stopped.value.code == 2
    assert "ошибка: неизвестные аргументы: --nonsense" in capsys.readouterr().err


def test_help_of_every_command_is_russian_in_russian(capsys):
    with pytest.raises(SystemExit):
        cli.main(["rfm", "--language", "ru", "--help"])
    said = capsys.readouterr().out
    assert "использование:" in said
    assert not any(word in said for word in ("usage", "show this", "such as", "the column"))


def test_it_runs_as_a_program_with_a_console_that_knows_no_cyrillic(sales):
    run = subprocess.run(
        [sys.executable, "-m", "crm_toolkit.cli", "rfm", str(sales), "--language", "ru"],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()
    assert b"Traceback" not in run.stderr


def test_what_the_words_alone_show_to_be_wrong_is_said_before_a_long_file_is_read(tmp_path, capsys):
    words = ["rfm", tmp_path / "no.csv", "--as-of", "32.13.2024", "--bins", "0", "--out", tmp_path / "o.txt"]
    code, _, wrong = run(capsys, *words, "--language", "en")
    assert code == 1
    assert all(part in wrong for part in ("32.13.2024", "`bins` can't be 0", "no ending of a table"))


@pytest.mark.parametrize("code", ["en", "ru"])
def test_equal_customers_and_free_gifts_are_notes_and_no_failure(tmp_path, capsys, code):
    gifts = tmp_path / "gifts.csv"
    gifts.write_text("customer_id,date,amount\nA,2024-04-15,0\nB,2024-04-15,0\n", encoding="utf-8")
    exit_code, said, notes = run(capsys, "rfm", gifts, "--language", code)
    assert exit_code == 0
    assert "UserWarning" not in said + notes
    assert ".py" not in said + notes


@pytest.mark.parametrize("bins", [3, 10])
def test_other_numbers_of_classes_make_scores_and_a_picture_too(sales, tmp_path, capsys, bins):
    out, plot = tmp_path / "segments.csv", tmp_path / "rfm.svg"
    code, _, wrong = run(capsys, "rfm", sales, "--bins", bins, "--out", out, "--plot", plot, "--language", "en")
    assert (code, wrong) == (0, "")
    assert pd.read_csv(out)["r_score"].max() == bins
    assert "<svg" in plot.read_text(encoding="utf-8")[:2000]
