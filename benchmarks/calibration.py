"""Every scenario beside published figures: writes docs/calibration.md and docs/calibration.ru.md with their pictures.

    python course.py bench calibration                        all scenarios, some minutes
    python -m benchmarks.calibration hotel --customers 2000   one scenario, to look at, nothing is written

The worlds are those of seed 1 over 104 weeks in dollars. The figures of Complete Journey are computed again from
the installed package, where it is, and set beside the constants that the report uses.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crm_toolkit import datasets
from crm_toolkit.errors import MissingExtraError
from crm_toolkit.plots import alt_text, calibration_chart
from crm_toolkit.texts import LANGUAGES, format_number, join_names, language, say
from crm_toolkit.world.calibrating.line import STATUSES, Line, note
from crm_toolkit.world.calibration import CalibrationReport, calibration_report
from crm_toolkit.world.setting import scenario, scenario_names
from crm_toolkit.world.simulation import simulate

DOCS = Path(__file__).resolve().parent.parent / "docs"
CUSTOMERS, WEEKS, SEED = 20_000, 104, 1
SMALLER = {"grocery": 6_000}  # a household leaves ten times as many orders
DOTS_PER_INCH, COLOURS = 105, 128
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "# Calibration: the worlds beside published figures",
        "made": "*Written by `benchmarks/calibration.py`; again with `python course.py bench calibration`.*",
        "about": (
            "Every scenario was simulated over {weeks} weeks with seed {seed}. A figure is outside only if the whole "
            "95 % interval of the simulated value (Monte Carlo, customers as clusters) lies outside the published "
            "range with its tolerance; the tolerance is our own convention. A published figure is used only for the "
            "scenarios for which it makes sense; where there is none, the table says “assumption”. Figures seen only "
            "in the truth can't be computed by the organisation itself."
        ),
        "origins": "{customers} customers. Numbers and lists of the scenario by origin: {origins}.",
        "head": ["figure", "simulated (95 % interval)", "published", "accepted", "status", "source or note"],
        "journey": "## Complete Journey computed again",
        "journey_about": "The constants of the report beside the same figures computed now from the installed package:",
        "journey_head": ["figure", "constant", "computed"],
        "summary": ["scenario", "within", "outside", "assumption", "not measured", "outside are"],
    },
    "ru": {
        "title": "# Калибровка: миры рядом с опубликованными цифрами",
        "made": "*Страницу написал `benchmarks/calibration.py`; ещё раз: `python course.py bench calibration`.*",
        "about": (
            "Каждый сценарий прожил {weeks} недели с номером случайности {seed}. Цифра лежит вне диапазона, только "
            "если вне опубликованного диапазона с допуском лежит весь 95-процентный интервал значения в модели "
            "(Монте-Карло, клиенты как кластеры); допуск — наше соглашение. Опубликованная цифра применяется только к "
            "тем сценариям, для которых она имеет смысл; где её нет, в таблице стоит «допущение». Цифры, видные только "
            "в таблицах истины, сама организация вычислить не может."
        ),
        "origins": "Клиентов: {customers}. Числа и списки сценария по происхождению: {origins}.",
        "head": ["цифра", "в модели (интервал 95 %)", "опубликовано", "допускается", "статус", "источник, примечание"],
        "journey": "## Complete Journey, вычислено заново",
        "journey_about": "Постоянные отчёта рядом с теми же цифрами, вычисленными сейчас из установленного пакета:",
        "journey_head": ["цифра", "постоянная", "вычислено"],
        "summary": ["сценарий", "в диапазоне", "вне его", "допущение", "не измерено", "вне диапазона"],
    },
}
ORIGINS = {
    "ru": {"source": "источник", "calibrated": "калибровка", "assumption": "допущение", "convention": "соглашение"},
    "en": {},
}


def computed_journey() -> dict[str, float]:
    """The figures of Complete Journey that the report holds as constants, computed from the installed package.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    import numpy as np

    journey = datasets.fetch_complete_journey()
    baskets = journey.purchases.groupby("order_id").agg(
        customer=("customer_id", "first"), at=("ordered_at", "first"), amount=("amount", "sum"), lines=("item", "size")
    )
    spend = np.sort(baskets.groupby("customer")["amount"].sum().to_numpy())[::-1]
    n = len(spend)
    month = baskets.groupby(baskets["at"].dt.month)["amount"].sum()
    weekday = (baskets["at"].dt.strftime("%w").value_counts() / len(baskets)).to_dict()
    sent = journey.campaigns.merge(journey.campaign_descriptions, on="campaign_id")
    used = journey.coupon_redemptions[["household_id", "campaign_id"]].drop_duplicates().assign(used=1)
    kind_a = sent[sent["campaign_type"] == "Type A"].merge(used, how="left", on=["household_id", "campaign_id"])
    return {
        "top_20_share": float(spend[: round(0.2 * n)].sum() / spend.sum()),
        "gini": float(((n + 1 - 2 * np.arange(1, n + 1)) * spend).sum() / (n * spend.sum())),
        "orders_per_year": len(baskets) / n,
        "ticket_mean": float(baskets["amount"].mean()),
        "ticket_median": float(baskets["amount"].median()),
        "lines_per_order": float(baskets["lines"].mean()),
        "month_lowest": float(month.min() / month.mean()),
        "month_highest": float(month.max() / month.mean()),
        "midweek_share": weekday["3"],
        "saturday_share": weekday["6"],
        "sunday_share": weekday["0"],
        "offer_used": float(kind_a["used"].notna().mean()),
    }


def report_of(name: str, customers: int) -> CalibrationReport:
    """The report of a scenario as the page shows it."""
    return calibration_report(simulate(scenario(name, locale="en_US"), customers=customers, weeks=WEEKS, seed=SEED))


def section(report: CalibrationReport, code: str) -> str:
    """A scenario's part of the page, in a language."""
    words, name = WORDS[code], report.scenario.name
    origins = join_names(
        [f"{ORIGINS[code].get(kind, kind)} {format_number(count)}" for kind, count in report.origins.items()]
    )
    picture = draw(report, code)
    said = words["origins"].format(customers=format_number(report.customers), origins=origins)
    return "\n\n".join([f"## {name}", said, picture, table(words["head"], map(cells, report.lines), numbers=(1, 2, 3))])


def cells(line: Line) -> list[str]:
    """A line of the report as cells of the table."""
    source = "; ".join(text for text in (say(line.published.source) if line.published else "", note(line)) if text)
    status = say(STATUSES[line.status])
    if line.status == "outside":
        status = f"**{status}**"
    return [line.label, line.said_value, line.said_published, line.said_accepted, status, source]


def table(head: list[str], rows: Iterable[list[str]], numbers: tuple[int, ...]) -> str:
    """A table in Markdown; columns of numbers stand to the right."""
    sides = ["---:" if place in numbers else "---" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, sides, *rows))


def draw(report: CalibrationReport, code: str) -> str:
    """Write a scenario's picture, and the words that show it."""
    from PIL import Image

    ax = calibration_chart(report)
    name = f"calibration_{report.scenario.name}{'_ru' if code == 'ru' else ''}.png"
    drawn = io.BytesIO()
    figure: Any = ax.figure
    figure.savefig(drawn, format="png", dpi=DOTS_PER_INCH)
    with Image.open(drawn) as image:
        small = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(DOCS / "images" / name, optimize=True)
    return f"![{alt_text(ax)}](images/{name})"


def page(reports: list[CalibrationReport], code: str) -> str:
    """The whole page in a language."""
    words = WORDS[code]
    parts = [words["title"], words["made"], words["about"].format(weeks=WEEKS, seed=SEED)]
    rows = []
    for report in reports:
        counts = [format_number(len(report.of_status(status))) for status in STATUSES]
        outside = join_names([say(line.figure.label) for line in report.of_status("outside")])
        rows.append([report.scenario.name, *counts, outside])
    parts.append(table(words["summary"], rows, numbers=(1, 2, 3, 4)))
    parts += [section(report, code) for report in reports]
    try:
        found = computed_journey()
    except MissingExtraError:
        found = {}
    if found:
        (grocery,) = (report for report in reports if report.scenario.name == "grocery")
        constants = {line.figure.code: line for line in grocery.lines}
        rows = []
        for name, value in found.items():
            known = constants[name].published
            assert known is not None
            rows.append([constants[name].label, format_number(known.low or 0.0, 3), format_number(value, 4)])
        journey = table(words["journey_head"], rows, numbers=(1, 2))
        parts += [words["journey"], words["journey_about"], journey]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write both pages, or show one scenario."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("scenario", nargs="?", choices=scenario_names())
    ask.add_argument("--customers", type=int, default=CUSTOMERS)
    asked = ask.parse_args()
    if asked.scenario:
        print(report_of(asked.scenario, asked.customers))
        return 0
    reports = []
    for name in scenario_names():
        report = report_of(name, SMALLER.get(name, asked.customers))
        outside = [line.figure.code for line in report.of_status("outside")]
        print(f"{name}: {len(report.of_status('within'))} within, outside: {outside}")
        reports.append(report)
    for code in LANGUAGES:
        with language(code):
            text = page(reports, code)
        path = DOCS / ("calibration.md" if code == "en" else f"calibration.{code}.md")
        path.write_text(text, encoding="utf-8")
    return 1 if any(report.unexplained for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
