"""The page: one file with its pictures inside, printable on A4, for a screen of any width; all text escaped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from crm_toolkit.texts import NO_FORMULAS, format_date, language, say
from crm_toolkit.widgets.health.section import Section
from crm_toolkit.widgets.html import Html, joined, tag

STYLE = """
:root { --ink: #1a1a1a; --quiet: #4d5663; --line: #c9ced6; --soft: #f4f6f9; --blue: #0b5f97; --warn: #fff6e0; }
* { box-sizing: border-box; }
body, .crm-health { color: var(--ink); background: #fff; font: 16px/1.5 "DejaVu Sans", "Segoe UI", Arial, sans-serif; }
body { margin: 0; }
.crm-health { max-width: 62rem; margin: 0 auto; padding: 1.2rem 1.2rem 3rem; overflow-wrap: anywhere;
  --ink: #1a1a1a; --quiet: #4d5663; --line: #c9ced6; --soft: #f4f6f9; --blue: #0b5f97; --warn: #fff6e0; }
.crm-health h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 0.2rem; }
.crm-health h2 { font-size: 1.25rem; margin: 2.2rem 0 0.5rem; padding-top: 0.6rem; border-top: 2px solid var(--blue); }
.crm-health p { margin: 0.5rem 0; max-width: 48rem; }
.crm-health .about { color: var(--quiet); margin: 0 0 1rem; }
.crm-health .brief { border: 1px solid var(--line); border-left: 5px solid var(--blue); padding: 0.4rem 1rem;
  border-radius: 4px; }
.crm-health .cautions { background: var(--warn); border: 1px solid #b98a1d; border-left-width: 5px;
  padding: 0.4rem 1rem; border-radius: 4px; margin-top: 1rem; }
.crm-health .brief h2, .crm-health .cautions h2 { border: 0; margin: 0.4rem 0 0.2rem; padding: 0; font-size: 1.1rem; }
.crm-health ul { margin: 0.3rem 0 0.6rem; padding-left: 1.3rem; }
.crm-health li { margin: 0.3rem 0; }
.crm-health nav { margin: 1rem 0; font-size: 0.92rem; }
.crm-health nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.3rem 1.1rem; }
.crm-health nav li { margin: 0; }
.crm-health a { color: var(--blue); }
.crm-health a:focus-visible, .crm-health .crm-scroll:focus-visible { outline: 2px solid var(--blue);
  outline-offset: 2px; }
.crm-health .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(13.5rem, 1fr)); gap: 0.8rem;
  margin: 0.8rem 0; }
.crm-health .tile { border: 1px solid var(--line); border-radius: 6px; padding: 0.7rem 0.9rem;
  background: var(--soft); }
.crm-health dt { font-weight: 600; }
.crm-health dd { margin: 0; }
.crm-health .value { font-size: 1.6rem; font-weight: 700; line-height: 1.3; }
.crm-health .beside { font-size: 0.9rem; font-weight: 600; }
.crm-health .definition { font-size: 0.88rem; color: var(--quiet); margin-top: 0.2rem; }
.crm-health figure { margin: 0.8rem 0; }
.crm-health figure img { display: block; max-width: 100%; height: auto; }
.crm-health .method { font-size: 0.88rem; color: var(--quiet); border-left: 3px solid var(--line);
  padding-left: 0.7rem; }
.crm-health .missing { background: var(--soft); border: 1px dashed #7a8594; border-radius: 4px;
  padding: 0.5rem 0.9rem; }
.crm-health .crm-scroll { overflow-x: auto; margin: 0.8rem 0; }
.crm-health table { border-collapse: collapse; font-size: 0.92rem; min-width: 28rem; background: #fff; }
.crm-health caption { text-align: left; font-weight: 600; padding: 0.2rem 0; }
.crm-health th, .crm-health td { border-bottom: 1px solid var(--line); padding: 0.3rem 0.7rem; text-align: right;
  vertical-align: top; overflow-wrap: normal; color: var(--ink); }
.crm-health thead th { border-bottom: 2px solid #7a8594; }
.crm-health th:first-child { text-align: left; font-weight: 500; }
.crm-health thead th:first-child { font-weight: 700; }
.crm-health footer { margin-top: 2.5rem; border-top: 1px solid var(--line); font-size: 0.85rem; color: var(--quiet); }
@media (max-width: 40rem) { .crm-health { padding: 0.8rem; } .crm-health h1 { font-size: 1.35rem; }
  .crm-health .tiles { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); }
  .crm-health .value { font-size: 1.35rem; } }
@page { size: A4; margin: 14mm 13mm; }
@media print { body, .crm-health { font-size: 10.5pt; } .crm-health { max-width: none; padding: 0; }
  .crm-health nav { display: none; } .crm-health h2, .crm-health .says, .crm-health caption { break-after: avoid; }
  .crm-health .definition, .crm-health .method { font-size: 8pt; line-height: 1.35; }
  .crm-health figure, .crm-health .tile,
  .crm-health tr, .crm-health .brief, .crm-health .cautions, .crm-health .method { break-inside: avoid; }
  .crm-health figure img { max-height: 95mm; width: auto; } .crm-health .crm-scroll { overflow: visible; }
  .crm-health table { font-size: 8.5pt; min-width: 0; width: 100%; }
  .crm-health .tiles { grid-template-columns: repeat(4, 1fr); gap: 2.5mm; } .crm-health .value { font-size: 14pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""


@dataclass(frozen=True)
class Head:
    """What stands above the sections."""

    title: str
    about: str
    cautions: Sequence[str]


def fragment(head: Head, sections: Sequence[Section]) -> Html:
    """The report as a part of another page, such as a notebook."""
    return tag("div", tag("style", Html(STYLE.replace("body,", "").replace("body {", ".crm-health-none {"))),
               _main(head, sections), class_=NO_FORMULAS, lang=str(language()))  # fmt: skip


def page(head: Head, sections: Sequence[Section]) -> str:
    """The report as a whole file."""
    meta = Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
                '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
                'style-src \'unsafe-inline\'">')  # fmt: skip
    top = tag("head", meta, tag("title", head.title), tag("style", Html(STYLE)))
    return "<!doctype html>\n" + tag("html", top, tag("body", _main(head, sections)), lang=str(language())) + "\n"


def _main(head: Head, sections: Sequence[Section]) -> Html:
    briefs = [section.brief for section in sections if section.brief]
    there = [section for section in sections if not section.missing]
    absent = [section for section in sections if section.missing]
    contents = [tag("li", tag("a", section.title, href=f"#{section.name}")) for section in sections]
    return tag(
        "main",
        tag("h1", head.title),
        tag("p", head.about, class_="about"),
        _box("brief", say("In brief"), briefs) if briefs else None,
        _box("cautions", say("What to know about the data"), head.cautions) if head.cautions else None,
        tag("nav", tag("ul", joined(contents)), aria_label=say("Contents")),
        joined(map(_section, [*there, *absent])),
        tag(
            "footer",
            tag(
                "p",
                say(
                    "Made by crm_toolkit. Customers take part as numbers only; no name, phone or address is "
                    "in this file."
                ),
            ),
        ),
        class_="crm-health",
    )


def _box(kind: str, title: str, texts: Sequence[str]) -> Html:
    items = joined(tag("li", text) for text in texts)
    return tag("section", tag("h2", title, id=f"{kind}-title"), tag("ul", items), class_=kind,
               aria_labelledby=f"{kind}-title")  # fmt: skip


def _section(section: Section) -> Html:
    body = section.body
    if section.missing:
        reason = say("This part is missing: {reason}", reason=section.missing)
        body = tag("p", reason, class_="missing")
    return tag("section", tag("h2", section.title, id=section.name), body, aria_labelledby=section.name)


def about(first: dt.date, as_of: dt.date, lines: str, customers: str) -> str:
    """The line under the title."""
    return say("From {first} to {as_of}: {lines}, {customers}.", first=format_date(first, "long"),
               as_of=format_date(as_of, "long"), lines=lines, customers=customers)  # fmt: skip
