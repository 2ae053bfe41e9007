"""``crm-toolkit dataset``: students get what an organisation wrote down, the instructor gets what is true."""

import hashlib
import io
import json
import re

import pandas as pd
import pytest

from crm_toolkit import cli
from crm_toolkit.datasets import seminar
from crm_toolkit.datasets.headers import header
from crm_toolkit.texts import language
from crm_toolkit.world.observed.silos import SILOS

SMALL = ("--customers", "60", "--weeks", "60")
QUESTIONS = re.compile(r"^\d+\. .+\?", re.MULTILINE)


def run(capsys, *words):
    """Exit code, standard output and standard error of one command line."""
    code = cli.main(["dataset", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture(scope="module")
def english(tmp_path_factory):
    """A dirty clinic in English."""
    folder = tmp_path_factory.mktemp("english") / "seminar"
    with language("en"):
        words = (
            "--scenario",
            "clinic",
            "--seed",
            "7",
            "--difficulty",
            "hard",
            "--locale",
            "en_US",
            "--out",
            str(folder),
        )
        assert cli.main(["dataset", *words, *SMALL]) == 0
    return folder


@pytest.fixture(scope="module")
def russian(tmp_path_factory):
    """The same in Russian, in a folder that is there already."""
    folder = tmp_path_factory.mktemp("русский")
    with language("ru"):
        words = (
            "--scenario",
            "clinic",
            "--seed",
            "7",
            "--difficulty",
            "hard",
            "--out",
            str(folder),
            "--language",
            "ru",
        )
        assert cli.main(["dataset", *words, *SMALL]) == 0
    return folder


def plain(path):
    return pd.read_csv(path, keep_default_na=False, dtype=str)


def excel(path):
    return pd.read_csv(path, sep=";", decimal=",", encoding="cp1251", keep_default_na=False, dtype=str)


def test_students_see_lists_of_departments_and_no_truth(english):
    files = {path.name for path in (english / "students").rglob("*") if path.is_file()}
    assert {f"{silo}.csv" for silo in SILOS} <= files
    assert {"orders.csv", "contacts.csv", "dictionary.en.csv", "README.txt"} <= files
    assert not {"customers.csv", "purchases.csv", "matches.csv", "slips.csv", "manifest.json"} & files
    for path in (english / "students").glob("*.csv"):
        if path.name != "dictionary.en.csv":
            assert "customer_id" not in plain(path).columns, path.name
    page = (english / "students" / "README.txt").read_text(encoding="utf-8-sig")
    assert len(QUESTIONS.findall(page)) >= 8
    assert "seed" not in page, "who knows the seed has the answers"


def test_the_instructor_can_undo_every_slip(english):
    slips = plain(english / "instructor" / "slips.csv")
    assert len(slips) > 200
    cells = 0
    for table in sorted(set(slips["table"])):
        seen, right = (
            plain(english / "students" / f"{table}.csv"),
            plain(english / "instructor" / "twins" / f"{table}.csv"),
        )
        assert seen.shape == right.shape
        cells += int((seen != right).to_numpy().sum())
    assert cells == len(slips.drop_duplicates(["table", "key", "column"]))


def test_the_instructor_knows_who_each_record_is(english):
    matches = plain(english / "instructor" / "matches.csv")
    people = set(plain(english / "instructor" / "clean" / "customers.csv")["customer_id"])
    assert set(matches["customer_id"]) <= people
    for silo in SILOS:
        records = plain(english / "students" / f"{silo}.csv")["record_id"]
        assert set(matches.loc[matches["silo"] == silo, "record_id"]) == set(records)
    truth = plain(english / "instructor" / "truth" / "customers.csv")
    assert set(truth["customer_id"]) <= people
    assert plain(english / "instructor" / "clean" / "purchases.csv")["order_id"].nunique() == len(
        plain(english / "students" / "orders.csv")
    )


@pytest.mark.parametrize("code", ["en", "ru"])
def test_every_column_is_explained(english, russian, code):
    folder, read = (russian, excel) if code == "ru" else (english, plain)
    for part in seminar.PARTS:
        content = (folder / part / f"dictionary.{code}.csv").read_text(encoding="utf-8-sig")
        told = pd.read_csv(io.StringIO(content), sep=";" if code == "ru" else ",", keep_default_na=False)
        told.columns = [
            "table",
            "column",
            *(["header"] if code == "ru" else []),
            "kind",
            "unit",
            "gaps",
            "meaning",
            "codes",
        ]
        assert (told["meaning"] != "").all()
        by_table = told.groupby("table", sort=False)["header" if code == "ru" else "column"].agg(list).to_dict()
        for path in (folder / part).rglob("*.csv"):
            table = path.relative_to(folder / part).with_suffix("").as_posix().removeprefix("clean/")
            if not table.startswith(("twins/", "dictionary")):
                assert by_table[table] == read(path).columns.tolist(), path


def test_the_russian_seminar_is_russian_to_the_last_word(russian):
    page = (russian / "students" / "README.txt").read_text(encoding="utf-8-sig")
    assert page.startswith("Клиника")
    assert len(QUESTIONS.findall(page)) >= 8
    mail = ("Электронная почта", "Почта", "Как должно быть", "Как записано")
    keys = ("Код записи", "Запись отдела продаж", "Запись отдела обслуживания", "Запись отдела маркетинга")
    keys = (*keys, "Ключ строки", "Таблица", "Список")
    typed = ("Клиент", "Имя", "Фамилия", "Отчество", "Город", "Населённый пункт")
    for path in russian.rglob("*.csv"):
        if path.name.startswith("dictionary"):
            continue
        for column, values in excel(path).items():
            words = set(re.findall("[A-Za-z]+", column))
            if column not in (*mail, *keys, *typed):
                words |= {word for text in values for word in re.findall("[A-Za-z_]{2,}", text)}
            assert words <= {"NPS", "CSAT", "CES"}, (path.name, column, sorted(words)[:5])
    kinds = set(excel(russian / "students" / "contacts.csv")["Вид контакта"])
    assert kinds <= {"покупка", "посещение", "запрос на обслуживание", "запрос информации", "жалоба"}


def test_slips_in_russian_name_the_columns_as_the_files_do(russian):
    slips = excel(russian / "instructor" / "slips.csv")
    for table, columns in slips.groupby("Таблица")["Столбец"]:
        assert set(columns) <= set(excel(russian / "students" / f"{table}.csv").columns)
    with language("ru"):
        assert header("slips", "kind") in slips.columns


def test_the_manifest_has_the_command_and_the_digest_of_every_file(english, russian):
    for folder, currency in ((english, "USD"), (russian, "RUB")):
        manifest = json.loads((folder / "instructor" / "manifest.json").read_text(encoding="utf-8"))
        assert (manifest["scenario"], manifest["seed"], manifest["difficulty"]) == ("clinic", 7, "hard")
        assert manifest["currency"] == currency
        assert "--scenario clinic --seed 7 --difficulty hard --customers 60 --weeks 60" in manifest["made_by"]
        there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        assert set(there) == {*manifest["files"], "instructor/manifest.json"}
        for name, record in manifest["files"].items():
            assert hashlib.sha256(there[name].read_bytes()).hexdigest() == record["sha256"], name


def test_the_same_command_makes_the_same_files(english, tmp_path):
    made = seminar.write_seminar(
        tmp_path, scenario="clinic", seed=7, difficulty="hard", customers=60, weeks=60, locale="en_US"
    )
    assert made.records > made.customers
    for path in english.rglob("*.*"):
        assert (tmp_path / path.relative_to(english)).read_bytes() == path.read_bytes(), path.name


def test_difficulty_is_the_number_of_slips(tmp_path):
    slips = [
        seminar.write_seminar(tmp_path / level, scenario="hotel", difficulty=level, customers=50, weeks=40).slips
        for level in ("none", "easy", "normal", "hard")
    ]
    assert slips[0] == 0
    assert slips == sorted(set(slips))
    page = (tmp_path / "none" / "instructor" / "README.txt").read_text(encoding="utf-8-sig")
    assert "0 slips" in page


def test_everything_that_is_wrong_comes_in_one_letter(tmp_path, capsys):
    (tmp_path / "students").mkdir()
    words = ("--scenario", "clinics", "--difficulty", "harsh", "--weeks", "0", "--locale", "de_DE", "--out", tmp_path)
    code, said, wrong = run(capsys, *words, "--language", "en")
    assert (code, said) == (1, "")
    assert "Did you mean `clinic`" in wrong
    assert "Available: none, easy, normal, hard" in wrong
    for part in ("“harsh”", "`weeks`", "de_DE", "holds “students” already"):
        assert part in wrong
    assert list(tmp_path.iterdir()) == [tmp_path / "students"]
    assert not list((tmp_path / "students").iterdir())


def test_the_letter_exists_in_russian(tmp_path, capsys):
    code, _, wrong = run(capsys, "--scenario", "qqq", "--out", tmp_path / "x", "--language", "ru")
    assert code == 1
    assert "Данные для семинара не записаны." in wrong
    assert "barbershop" in wrong
    assert not (tmp_path / "x").exists()


def test_a_file_in_the_way_gets_a_letter(tmp_path, capsys):
    (tmp_path / "a").write_text("in the way", encoding="utf-8")
    code, _, wrong = run(capsys, "--scenario", "hotel", "--out", tmp_path / "a" / "b", *SMALL, "--language", "en")
    assert code == 1
    assert "is a file; a folder is needed" in wrong


@pytest.mark.parametrize("mishap", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_half_written_is_left(tmp_path, capsys, monkeypatch, mishap):
    def fail(self, target):
        if self.name == "instructor":
            raise mishap
        return rename(self, target)

    rename = seminar.Path.rename
    monkeypatch.setattr(seminar.Path, "rename", fail)
    folder = tmp_path / "new" / "seminar"
    code, _, wrong = run(capsys, "--scenario", "hotel", "--out", folder, "--customers", 20, "--weeks", 20)
    assert code == (1 if isinstance(mishap, OSError) else 130)
    assert list(tmp_path.iterdir()) == []
    if isinstance(mishap, OSError):
        assert "No space left on device" in wrong


def test_without_a_folder_it_is_named_after_the_world(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "--scenario", "bgnbd", "--customers", 20, "--weeks", 20)[0] == 0
    assert sorted(path.name for path in (tmp_path / "bgnbd-7-normal").iterdir()) == ["instructor", "students"]
