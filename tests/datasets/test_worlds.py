"""One small world for each scenario: kept as the code makes it, small, explained, readable by people's programs."""

import csv
import hashlib
import io
import json
import re
from functools import cache

import pandas as pd
import pytest

from crm_toolkit.behaviour.response import RESPONSE_TYPES
from crm_toolkit.behaviour.switching import REACTIONS
from crm_toolkit.datasets import load_world, read_purchases, shipped, worlds
from crm_toolkit.datasets.code_words import code_word, has_word, scenario_title
from crm_toolkit.datasets.headers import header
from crm_toolkit.datasets.observed_tables import MATCHES, SILO_TABLES, SLIPS
from crm_toolkit.datasets.table_files import csv_bytes, in_words
from crm_toolkit.errors import InputError
from crm_toolkit.firm.campaigns import DESIGNS
from crm_toolkit.schema import PURCHASES, TRUTH_TABLES, WORLD_TABLES, Column, Table
from crm_toolkit.schema.world import REFERENCES
from crm_toolkit.texts import language
from crm_toolkit.world.clock import STRATA
from crm_toolkit.world.events import LEFT_BECAUSE
from crm_toolkit.world.people.family import MARITAL, SEXES
from crm_toolkit.world.people.livelihood import EDUCATIONS, PROFESSION_CODES
from crm_toolkit.world.people.places import RESIDENCES
from crm_toolkit.world.record import contacts, loyalty, marketing, organisation, surveys
from crm_toolkit.world.setting import LOCALES, scenario, scenario_names

MEGABYTE = 1_000_000
NAMES = list(worlds.SIZES)
# words of the field that Russian writes in Latin letters
LATIN = {"NPS", "CSAT", "CES"}


@pytest.fixture(scope="session", autouse=True)
def lived():
    """Every world is simulated once for all these tests."""
    with pytest.MonkeyPatch.context() as patch:
        once = cache(worlds.shipped_world)
        patch.setattr(
            worlds, "shipped_world", lambda name, locale=None: once(name, locale=locale or LOCALES[str(language())])
        )
        yield


@pytest.fixture(scope="session")
def made(lived):
    """The files of all worlds."""
    with language("en"):
        return {name: worlds.world_files(name) for name in NAMES}


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def tables_in(files, folder=""):
    """The CSV files of a folder by table; the dictionaries are none."""
    pattern = re.compile(rf"{folder}([a-z_]+)\.csv")
    return {match[1]: content for path, content in files.items() if (match := pattern.fullmatch(path))}


def grid(content, encoding, delimiter):
    return list(csv.reader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


@cache
def read_back(content, table, russian):
    """A table as pandas reads it from either form."""
    times = [column.name for column in table.columns if column.kind in ("date", "datetime")]
    flags = [column.name for column in table.columns if column.kind == "flag"]
    russian_form = {"sep": ";", "decimal": ",", "encoding": "cp1251", "true_values": ["да"], "false_values": ["нет"]}
    frame = pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""], **(russian_form if russian else {}))
    if russian:
        with language("ru"):
            headers = [header(table.name, column) for column in table.column_names]
        assert frame.columns.tolist() == headers
        frame.columns = table.column_names
    for column in times:
        kind = table.column(column).kind
        day, clock = ("%d.%m.%Y" if russian else "%Y-%m-%d"), (" %H:%M" if kind == "datetime" else "")
        frame[column] = pd.to_datetime(frame[column], format=day + clock)
    assert all(frame[column].dtype == bool for column in flags)
    return frame


def assert_same(read, made, table):
    assert read.columns.tolist() == list(table.column_names)
    for column in table.columns:
        ours, theirs = made[column.name], read[column.name]
        assert ours.isna().tolist() == theirs.isna().tolist(), column.name
        assert (ours.dropna().to_numpy() == theirs.dropna().to_numpy()).all(), column.name


def test_every_scenario_has_a_world():
    assert sorted(worlds.SIZES) == scenario_names()
    assert list(shipped.MAKERS) == list(worlds.SIZES)


def test_kept_files_are_what_the_code_makes(made, name):
    folder = shipped.FOLDER / name
    kept = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert sorted(kept) == sorted(made[name]), "run crm-toolkit data, and remove what is no longer made"
    differing = [file for file, content in made[name].items() if kept[file].read_bytes() != content]
    assert not differing, "run crm-toolkit data"


def test_a_world_is_small(made, name):
    assert sum(map(len, made[name].values())) <= 3 * MEGABYTE


def test_all_worlds_together_are_no_burden(made):
    assert sum(len(content) for files in made.values() for content in files.values()) <= 15 * MEGABYTE


def test_the_manifest_tells_how_the_world_was_made_and_names_every_file(made, name):
    files = dict(made[name])
    manifest = json.loads(files.pop("manifest.json"))
    size = worlds.SIZES[name]
    told = {key: manifest[key] for key in ("scenario", "seed", "customers", "weeks", "start", "generator_version")}
    assert told == {"scenario": name, "seed": worlds.SEED, "customers": size.customers, "weeks": size.weeks,
                    "start": "2024-01-01", "generator_version": scenario(name).version}  # fmt: skip
    assert {key: edition["currency"] for key, edition in manifest["editions"].items()} == {
        "en_US": "USD",
        "ru_RU": "RUB",
    }
    assert "invented" in manifest["origin"]
    digests = {file: record["sha256"] for file, record in manifest["files"].items()}
    assert digests == {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
    for file, record in manifest["files"].items():
        encoding, delimiter = ("cp1251", ";") if file.startswith("ru/") else ("utf-8-sig", ",")
        assert len(grid(files[file], encoding, delimiter)) == record["rows"] + 1, file


@pytest.mark.parametrize("locale", ["en_US", "ru_RU"])
def test_files_read_back_as_the_world_that_is_loaded(made, name, locale):
    russian = locale == "ru_RU"
    world = load_world(name, locale=locale)
    contents = tables_in(made[name], "ru/" if russian else "")
    assert sorted(contents) == sorted(table for table, frame in world.items() if len(frame))
    for table, content in contents.items():
        spec, frame = worlds.TABLES[table], world[table]
        if russian:
            with language("ru"):
                frame = in_words(frame, spec)
        assert_same(read_back(content, spec, russian), frame, spec)


@pytest.mark.parametrize("folder", ["", "ru/"])
def test_our_own_reader_takes_the_purchases_of_both_forms(made, name, folder):
    content = made[name][f"{folder}purchases.csv"]
    read, _ = read_purchases(content, name="purchases.csv")
    frame = read_back(content, PURCHASES, bool(folder))
    for column in ("order_id", "customer_id"):
        assert read[column].astype(str).tolist() == frame[column].astype(str).tolist()
    for column in ("item", "quantity", "unit_price", "amount"):
        assert read[column].tolist() == frame[column].tolist()
    assert pd.to_datetime(read["ordered_at"]).tolist() == frame["ordered_at"].tolist()


def test_russian_files_speak_russian(made, name):
    """No Latin word but in e-mail addresses; every header and code is a word."""
    for table, content in tables_in(made[name], "ru/").items():
        headers, *rows = grid(content, "cp1251", ";")
        assert len(set(headers)) == len(headers), table
        email = headers.index("Электронная почта") if table == "customers" else None
        for place, column in enumerate(zip(headers, *rows, strict=True)):
            texts = set(column[1:]) if place != email else set()
            words = {word for text in {column[0], *texts} for word in re.findall(r"[A-Za-z_]{2,}|[A-Za-z]", text)}
            assert words <= LATIN, (table, column[0], sorted(words)[:5])


def test_no_cell_is_taken_for_a_formula(made, name):
    """A cell begins with + or - only where a number or a telephone follows."""
    for folder, encoding, delimiter in (("", "utf-8", ","), ("ru/", "cp1251", ";")):
        risky = re.compile(rf"""(?:^|{delimiter})"?(?:[=@\t]|[+-]\D).*""", re.MULTILINE)
        for table, content in tables_in(made[name], folder).items():
            assert not risky.search(content.decode(encoding)), table


@pytest.mark.parametrize("code", ["en", "ru"])
def test_the_dictionary_explains_every_column_of_every_table(made, name, code):
    rows = grid(made[name][f"dictionary.{code}.csv"], "utf-8-sig", ";" if code == "ru" else ",")
    heads, *rows = rows
    assert len(heads) == (8 if code == "ru" else 7)
    assert all(row[0] and row[1] and row[-2] for row in rows)
    told = [(row[0], row[1]) for row in rows]
    found = [(table, column) for table, content in tables_in(made[name]).items()
             for column in grid(content, "utf-8", ",")[0]]  # fmt: skip
    assert sorted(told) == sorted(found)
    if code == "ru":
        headers = {table: grid(content, "cp1251", ";")[0] for table, content in tables_in(made[name], "ru/").items()}
        assert all(row[2] in headers[row[0]] for row in rows)
        assert not any(re.search("[А-Яа-яё]", row[1]) for row in rows)
    else:
        assert not re.search("[А-Яа-яё]", made[name]["dictionary.en.csv"].decode("utf-8-sig"))


@pytest.mark.parametrize("locale", ["en_US", "ru_RU"])
def test_keys_are_unique_and_point_to_rows(made, name, locale):
    russian = locale == "ru_RU"
    frames = {table: read_back(content, worlds.TABLES[table], russian)
              for table, content in tables_in(made[name], "ru/" if russian else "").items()}  # fmt: skip
    for table, frame in frames.items():
        if table == "purchases":
            continue
        assert not frame.duplicated(list(WORLD_TABLES[table].key)).any(), table
        for reference in REFERENCES[table]:
            found = set(frame[reference.column].dropna())
            known = set(frames[reference.table][reference.key]) if reference.table in frames else set()
            assert found <= known, reference


def test_truth_is_for_those_who_ask():
    plain = load_world("hotel", locale="en_US")
    assert sorted(plain) == sorted(worlds.TABLES)
    told = load_world("hotel", locale="en_US", truth=True)
    truth = {table.removeprefix("truth.") for table in told if table.startswith("truth.")}
    assert truth == set(TRUTH_TABLES)
    assert set(told["truth.orders"]["order_id"]) == set(plain["orders"]["order_id"])


def test_the_locale_is_the_readers():
    with language("ru"):
        cities = load_world("barbershop")["customers"]["city"]
    assert cities.str.contains("[а-яё]").all()


def test_a_world_that_is_not_there_is_refused_with_the_list():
    with pytest.raises(InputError, match=r"(?s)no data set “hotels”.*barbershop.*pareto_nbd.*Did you mean “hotel”"):
        load_world("hotels")


def words_of_scenarios():
    """Every code that the scenarios' files and the rooms of record can write, with its column."""
    for one in map(scenario, scenario_names()):
        for item, category, kind, *_ in one.lists["products"]:
            yield from (("item", item), ("category", category), ("kind", kind))
        lists = {"order_channels": "channel", "contact_channels": "channel", "complaint_channels": "channel",
                 "ad_channels": "channel", "methods": "method", "failures": "failure", "staff": "department",
                 "handle_minutes": "kind"}  # fmt: skip
        for key, column in lists.items():
            yield from ((column, code) for code in one.lists[key])
        for campaign in one.policy.campaigns:
            yield from (("campaign", campaign.name), ("channel", campaign.channel), ("design", campaign.design))
    rooms = {
        "sex": SEXES, "marital_status": MARITAL, "education": EDUCATIONS, "profession": PROFESSION_CODES,
        "residence_type": RESIDENCES, "stratum": STRATA, "purpose": marketing.PURPOSES, "design": DESIGNS,
        "arm": ("treated", "holdout"), "kind": (*contacts.KINDS, *loyalty.KINDS, "payment", "refund"),
        "remedy": contacts.REMEDIES, "stage": organisation.STAGES.values(), "line": organisation.LINES,
        "dimension": surveys.DIMENSIONS, "response_type": RESPONSE_TYPES, "reaction": REACTIONS,
        "left_because": LEFT_BECAUSE[1:], "item": ("membership",), "acquisition_channel": ("referral",),
    }  # fmt: skip
    yield from ((column, code) for column, codes in rooms.items() for code in codes)


def test_every_code_has_a_word_in_both_languages():
    missing = [pair for pair in words_of_scenarios() if not has_word(*pair)]
    assert not missing
    with language("ru"):
        latin = [pair for pair in words_of_scenarios() if re.search("[A-Za-z]", code_word(*pair))]
    assert not latin


def test_words_of_one_list_differ():
    """Two codes of a column are two words, or a pivot table would add them up."""
    for code in ("en", "ru"):
        with language(code):
            by_column = {}
            for column, one in set(words_of_scenarios()):
                by_column.setdefault(column, []).append(code_word(column, one))
        for column, words in by_column.items():
            assert len(set(words)) == len(words), (code, column, sorted(words))


def test_every_scenario_has_a_title():
    with language("ru"):
        assert all(re.search("[а-яё]", scenario_title(name)) for name in scenario_names())


@pytest.mark.parametrize(
    "table", [PURCHASES, *WORLD_TABLES.values(), *TRUTH_TABLES.values(), *SILO_TABLES.values(), MATCHES, SLIPS],
    ids=lambda table: table.name,
)  # fmt: skip
@pytest.mark.parametrize("code", ["en", "ru"])
def test_headers_are_short_and_differ_within_a_table(table, code):
    with language(code):
        headers = [header(table.name, column) for column in table.column_names]
    assert len(set(headers)) == len(headers)
    assert not set(headers) & set(table.column_names), "a column has no header"
    assert max(map(len, headers)) <= 36


def test_both_forms_keep_what_is_hard():
    kinds = {"at": "datetime", "share": "number", "text": "text", "yes": "flag", "whole": "integer"}
    table = Table("t", "one", tuple(Column(name, kind, name) for name, kind in kinds.items()))
    frame = pd.DataFrame(
        {
            "at": pd.to_datetime(["2024-02-29 23:59", None]),
            "share": [1e-05, None],
            "text": ['Кафе «Ёж»; "угол", №1', ""],
            "yes": [True, False],
            "whole": pd.array([None, -3], dtype="Int64"),
        }
    )
    plain = csv_bytes(frame, table, locale="en_US").decode().splitlines()
    assert plain[1:] == ['2024-02-29 23:59,0.00001,"Кафе «Ёж»; ""угол"", №1",True,', ",,,False,-3"]
    russian = csv_bytes(frame, table, locale="ru_RU").decode("cp1251").splitlines()
    assert russian[1:] == ['29.02.2024 23:59;0,00001;"Кафе «Ёж»; ""угол"", №1";да;', ";;;нет;-3"]
