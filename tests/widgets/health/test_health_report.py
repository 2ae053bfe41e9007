"""One page on the CRM health: right numbers, both languages, no names, no script; what is missing says why."""

import datetime as dt
import html as html_module
import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from crm_toolkit import analysis, datasets
from crm_toolkit.datasets.generated import make_purchases
from crm_toolkit.errors import InputError
from crm_toolkit.store import Store
from crm_toolkit.texts import language
from crm_toolkit.widgets.health import SECTIONS, health_report, service, value
from crm_toolkit.widgets.health import report as report_module
from crm_toolkit.widgets.health.data import prepared
from crm_toolkit.widgets.health.notebook import write_notebook
from crm_toolkit.widgets.health.overview import key_figures
from crm_toolkit.widgets.health.printing import print_page
from crm_toolkit.widgets.health.sources import open_source
from crm_toolkit.widgets.health.staying import churn_body

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TODAY = dt.date(2026, 1, 15)


@pytest.fixture(scope="module")
def purchases():
    """A small shop, 40 weeks."""
    return make_purchases(90, weeks=40, seed=4)


@pytest.fixture(scope="module")
def world():
    """The tables of a barbershop."""
    with language("en"):
        return datasets.load_world("barbershop", locale="en_US")


@pytest.fixture
def light(monkeypatch):
    """Only the sections without pictures: fast."""
    kept = {name: SECTIONS[name] for name in ("figures", "churn", "service", "surveys")}
    monkeypatch.setattr(report_module, "SECTIONS", kept)


@pytest.fixture
def undrawn(monkeypatch):
    """Pictures with their texts, but without the slow step to pixels."""
    monkeypatch.setattr("crm_toolkit.plots.picture._small_png", lambda figure, alt: b"\x89PNG")


class Elements(HTMLParser):
    """Tags with their attributes, headings and balance."""

    VOID = ("meta", "img", "br", "hr", "link", "input")

    def __init__(self):
        super().__init__()
        self.found, self.open = [], []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def elements(page):
    parser = Elements()
    parser.feed(page)
    assert not parser.open
    return parser.found


def words(page):
    return html_module.unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL))


def test_the_figures_are_those_of_a_count_by_hand(purchases):
    data = prepared("shop", purchases, as_of="2025-08-31")
    known = purchases[purchases["ordered_at"] < "2025-09-01"]
    figures = {figure.label: figure.value for figure in key_figures(data)}
    people = known.dropna(subset="customer_id")
    bought = people[people["amount"] >= 0]
    orders = bought.groupby("customer_id")["order_id"].nunique()
    assert figures["Customers"] == str(len(orders))
    assert figures["Came back"] == f"{round(100 * (orders >= 2).mean())}%"
    months = known[known["ordered_at"] >= data.series("revenue").finished["starts_on"].iloc[0]]
    counted = months[months["amount"] >= 0]["order_id"].nunique()
    assert figures["Orders"] == f"{counted:,}"
    assert figures["Average order"] == f"{months['amount'].sum() / counted:,.2f}"
    first = bought.groupby("customer_id")["ordered_at"].min()
    last = data.series("revenue").finished.iloc[-1]
    new = first.dt.to_period("M").astype(str).eq(last["period"]).sum()
    assert figures["New customers"] == str(new)


@pytest.mark.usefixtures("undrawn")
def test_the_page_is_one_whole_file_in_both_languages(world):
    tables = {name: world[name] for name in ("contacts", "complaints", "surveys")}
    pages = {}
    for code in ("en", "ru"):
        with language(code):
            report = health_report(world["purchases"], name="1", currency="USD", tables=tables, today=TODAY)
            assert report.missing == {}
        pages[code] = report.html  # the report keeps its language
    for code, page in pages.items():
        found = elements(page)
        assert dict(found)["html"] == {"lang": code}
        assert not [tag for tag, _ in found if tag in ("script", "iframe", "object", "link", "form")]
        pictures = [attributes for tag, attributes in found if tag == "img"]
        assert len(pictures) >= 5
        assert all(picture["src"].startswith("data:image/png;base64,") and picture["alt"] for picture in pictures)
        assert not re.search(r'(src|href)="(?!data:|#)', page)
        assert not re.search(r"url\(", page)
        anchors = {attributes["id"] for _, attributes in found if "id" in attributes}
        assert {attributes["href"][1:] for tag, attributes in found if tag == "a"} <= anchors
        assert [tag for tag, _ in found if tag in ("h1", "main")] == ["main", "h1"]
        foreign = "[а-яё]+" if code == "en" else "(?<![A-Za-z])[A-Za-z]{3,}"
        allowed = {"CRM", "RFM", "ABC", "NPS", "CSAT", "CES", "NBD", "Gamma", "USD", "Fader", "Hardie", "Lee", "alpha",
                   "gamma", "crm", "toolkit"}  # fmt: skip
        alts = " ".join(picture["alt"] for picture in pictures)
        assert set(re.findall(foreign, words(page) + alts, re.IGNORECASE)) <= allowed, code
    with language("en"):
        assert "font" in report._repr_html_()
    assert "<!doctype" not in report._repr_html_()


@pytest.mark.usefixtures("light")
def test_whatever_a_file_says_stays_text(purchases, tmp_path):
    evil = purchases.assign(customer_id=EVIL + purchases["customer_id"].astype(str), item=EVIL)
    report = health_report(evil, name=EVIL, currency=EVIL, noticed=[EVIL], today=TODAY)
    page = report.html
    assert EVIL not in page
    assert html_module.escape("<script>alert(1)") in page
    assert {tag for tag, _ in elements(page)} & {"script", "iframe"} == set()
    assert not [a for _, a in elements(page) if any(name.startswith("on") for name in a)]


@pytest.mark.usefixtures("light")
def test_no_customer_is_named_and_numbers_do_not_depend_on_names(purchases):
    named = purchases.assign(customer_id="Иванов Пётр " + purchases["customer_id"].astype(str))
    one = health_report(purchases, name="x", today=TODAY)
    two = health_report(named, name="x", today=TODAY)
    assert one.html == two.html
    assert "Иванов" not in two.html
    assert str(purchases["customer_id"].iloc[0]) not in words(two.html)


@pytest.mark.usefixtures("light")
def test_the_order_of_lines_and_the_kind_of_frame_are_free(purchases):
    import pyarrow as pa

    shuffled = purchases.sample(frac=1, random_state=3)
    page = health_report(purchases, today=TODAY).html
    assert health_report(shuffled, today=TODAY).html == page
    assert health_report(pa.Table.from_pandas(purchases), today=TODAY).html == page


def broken(purchases):
    late = purchases.copy()
    late.loc[0, "ordered_at"] = pd.Timestamp("2031-01-01")
    one = purchases.assign(customer_id="ann")
    yield "nobody known", purchases.assign(customer_id=None), "have no customer"
    yield "one line", purchases.iloc[:1], "less than a year"
    yield "one customer", one, "everybody gets the middle score"
    yield "all returns but one", purchases.assign(amount=np.where(purchases.index == 5, 10.0, -5.0)), "are returns"
    yield "free of charge", purchases.assign(amount=0.0), "amount of 0"
    yield "a date in the future", late, "date in the future"
    yield "everybody once", purchases.drop_duplicates("customer_id"), ""


@pytest.mark.usefixtures("undrawn")
@pytest.mark.slow
def test_degenerate_data_get_a_page_that_says_what_is_missing(purchases, monkeypatch):
    for name, table, caution in broken(purchases):
        every = name in ("one line", "one customer", "everybody once")  # the others change no picture
        kept = [code for code in SECTIONS if every or code in ("figures", "churn", "value", "forecast")]
        monkeypatch.setattr(report_module, "SECTIONS", {code: SECTIONS[code] for code in kept})
        report = health_report(table, name=name, today=TODAY)
        page = report.html
        elements(page)
        assert all(report.missing.values()), name
        assert caution in " ".join(report.cautions), name
        assert not re.search(r"\bnan\b|\binf\b|∞", words(page), re.IGNORECASE), name
    assert "value" in report.missing  # nobody came back
    assert "0 of" in report.missing["value"]


@pytest.mark.usefixtures("light")
def test_cautions_count_what_they_name(purchases):
    table = purchases.copy()
    table.loc[:9, "customer_id"] = None
    table.loc[10:14, "amount"] = -7.0
    report = health_report(table, as_of="2025-06-30", today=TODAY)
    told = " ".join(report.cautions)
    assert "10 lines have no customer" in told
    back = table[(table["amount"] < 0) & (table["ordered_at"] < "2025-07-01")]
    assert f"{len(back.dropna(subset='customer_id'))} lines are returns" in told
    after = int((table["ordered_at"] >= "2025-07-01").sum())
    assert f"{after:,} lines lie after the date of analysis" in told
    common = purchases.assign(customer_id=np.where(purchases.index % 3 == 0, "0", purchases["customer_id"]))
    assert "collective number" in " ".join(health_report(common, today=TODAY).cautions)
    gap = purchases[(purchases["ordered_at"] < "2025-03-01") | (purchases["ordered_at"] >= "2025-04-01")]
    assert "1 period has no order at all" in " ".join(health_report(gap, today=TODAY).cautions)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.drop(columns="amount"), "missing_column"),
        (lambda t: t.assign(ordered_at="soon"), "wrong_kind"),
        (lambda t: t.assign(amount=np.nan), "no_purchases"),
        (lambda t: t.iloc[:0], "no_purchases"),
    ],
)
def test_what_is_no_table_of_purchases_is_refused(purchases, change, code):
    for spoken in ("en", "ru"):
        with language(spoken), pytest.raises(InputError) as letter:
            health_report(change(purchases))
        assert letter.value.problems[0].code == code
    with pytest.raises(InputError, match="margin"):
        health_report(purchases, margin=40)
    with pytest.raises(InputError, match="before the first purchase"):
        health_report(purchases, as_of="2001-01-01")


def test_contracts_have_a_rate_of_churn_of_their_own(purchases):
    contracts = pd.DataFrame(
        {
            "started_on": pd.to_datetime(["2024-11-01"] * 10),
            "ended_on": pd.to_datetime(["2025-02-10", "2025-03-10"] + [None] * 8),
        }
    )
    data = prepared("x", purchases, as_of="2025-05-31", tables={"contracts": contracts})
    body, brief = churn_body(data)
    assert "Contracts by month" in body
    assert brief.startswith("In the last 7 months 3.6%")  # 2 of 10 + 10 + 10 + 10 + 9 + 8 + 8 (December to May)


@pytest.mark.usefixtures("light")
def test_a_file_a_folder_and_a_store_are_opened(purchases, world, tmp_path):
    file = tmp_path / "sales.csv"
    purchases.to_csv(file, index=False)
    source = open_source(str(file))
    assert len(source.purchases) == len(purchases)
    assert "sales.csv" in source.letter
    with language("ru"):
        assert open_source("datasets/fitness_club").name == "Фитнес-клуб"
    folder = open_source("datasets/fitness_club")
    assert (folder.name, folder.currency, set(folder.tables)) == (
        "Fitness club", "USD", {"contacts", "complaints", "surveys", "contracts"},
    )  # fmt: skip
    with language("ru"):
        assert open_source("datasets/fitness_club").currency == "RUB"
    report = health_report(folder.purchases, tables=folder.tables, today=TODAY)
    assert report.missing == {}
    parts = tmp_path / "generated"
    for name in ("orders", "order_lines", "contacts"):
        (parts / name).mkdir(parents=True)
        world[name].to_parquet(parts / name / "part-000000.parquet")
    generated = open_source(str(parts))
    assert sorted(generated.purchases["amount"]) == sorted(world["purchases"]["amount"])
    assert "contacts" in generated.tables
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="no table of purchases"):
        open_source(str(empty))


@pytest.mark.usefixtures("light")
def test_a_store_is_read_through_the_eyes_of_a_role(world, tmp_path):
    path = tmp_path / "crm.db"
    Store.create(path, world, currency="USD").close()
    analyst = open_source(str(path))
    assert analyst.currency == "USD"
    assert "Read as the role “analyst”" in analyst.noticed[0]
    seen = analyst.purchases
    assert len(seen) == len(world["purchases"])
    report = health_report(seen, name=analyst.name, tables=analyst.tables, today=TODAY)
    assert report.missing == {}
    assert "First response" in report.html
    names = set(world["customers"]["first_name"]) | set(world["customers"]["last_name"])
    assert not names & set(re.findall(r"\w+", words(report.html)))
    blind = open_source(str(path), role="service")
    if blind.purchases["amount"].isna().all():
        assert "does not see amounts" in " ".join(blind.noticed)
        with pytest.raises(InputError, match="another `role`"):
            health_report(blind.purchases)
    with pytest.raises(InputError):
        open_source(str(path), role="nobody")
    with pytest.raises(InputError):
        open_source(str(tmp_path / "missing.db"))


@pytest.mark.usefixtures("light")
def test_the_notebook_makes_the_same_report(tmp_path, monkeypatch):
    source = open_source("datasets/barbershop")
    path = write_notebook(source, tmp_path / "report.ipynb", name='a "quoted" name', margin=0.4)
    book = json.loads(path.read_text(encoding="utf-8"))
    code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    room = {}
    for number, text in enumerate(code):
        if number in (0, 1, 5, 6):  # opening, the whole report, churn, value: without pictures
            exec(compile(text, f"cell {number}", "exec"), room)
        else:
            compile(text, f"cell {number}", "exec")
    expected = health_report(source.purchases, name='a "quoted" name', currency=source.currency, margin=0.4,
                             tables=source.tables)  # fmt: skip
    assert room["report"].html == expected.html


def test_a_pdf_without_a_browser_gets_one_clear_letter(monkeypatch, tmp_path):
    monkeypatch.setenv("CRM_CHROMIUM", str(tmp_path / "no-such-browser"))
    with pytest.raises(InputError, match="Chromium, Chrome or Edge") as letter:
        print_page("<p>x</p>", tmp_path / "x.pdf")
    assert "CRM_CHROMIUM" in str(letter.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("light")
def test_a_place_that_can_not_be_written_keeps_no_half_file(purchases, tmp_path):
    report = health_report(purchases, today=TODAY)
    with pytest.raises(InputError, match="can't be written"):
        report.save(tmp_path / "nowhere" / "report.html")
    report.save(tmp_path / "report.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_the_model_says_where_it_differs_from_the_rule_and_what_it_hardly_knows(purchases, monkeypatch):
    data = prepared("shop", purchases)
    fitted = value._fitted(analysis.purchase_summary(data.purchases, as_of=data.as_of, unit="week"))
    loose = fitted[0].interval(0.95)
    for share, ratio in ((0.5, 20.0), (0.0, 2.0)):
        alive = 1 - data.churn.lapsed / data.churn.customers + share
        assert bool(value._beside_the_rule(data, alive)) == bool(share)
        bounds = loose.assign(low=1.0, high=[ratio, *[2.0] * (len(loose) - 1)])
        model = SimpleNamespace(interval=lambda level, bounds=bounds: bounds)
        said = value._loose(model, "BG/NBD")
        assert said == "" if ratio < 10 else f"hardly tell {loose.index[0]}:" in said
    body, _ = value_body_text(data)
    assert ("The rule of the pause calls" in body) == bool(
        value._beside_the_rule(data, float(re.search(r"About (\d+) of", body)[1]) / data.churn.customers)
    )


def value_body_text(data):
    body, brief = value.value_body(data)
    return html_module.unescape(str(body)), brief


def test_complaints_of_a_store_are_requests_of_that_kind(world):
    requests = (
        world["complaints"].assign(kind="complaint") if "kind" not in world["complaints"] else world["complaints"]
    )
    data = prepared("shop", world["purchases"], tables={"complaints": world["complaints"]})
    as_requests = prepared("shop", world["purchases"], tables={"requests": requests.assign(kind="complaint")})
    label = "Complaints for every thousand orders"
    rows = [next(row for row in service._complaints(one) if row[0] == label) for one in (data, as_requests)]
    assert rows[0] == rows[1]
    none = prepared("shop", world["purchases"], tables={"requests": requests.assign(kind="question")})
    assert service._complaints(none) == [] or service._complaints(none)[0][1] == "0"
