"""axe-core over pages that are there already: the built book, or any folder of pages, each finding counted once.

    python course.py bench accessibility docs/_build/html        every page of both editions of the book
    python course.py bench accessibility FOLDER --rules serious  only what hinders, worst first

Runs in the Chromium of this computer without a network. Findings are grouped by rule and by the shape of the element,
since one template makes hundreds of pages; for each group an example and the pages are told. The exit code says
whether anything serious or critical was found.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from tests.browser.lab import axe_script
from tests.browser.places import FLAGS, find_chromium

WORST = ("critical", "serious", "moderate", "minor")


def shape(html: str) -> str:
    """An element without what differs from page to page.

    >>> shape('<a class="x" href="a.html#b">Next</a>')
    '<a class="x" href>'
    """
    opening = re.match(r"<[^>]*>", html)
    return re.sub(
        r'\b(href|id|src|alt|title|style|aria-\w+|data-[\w-]+)="[^"]*"', r"\1", opening[0] if opening else html
    )


def findings(folder: Path, ignored: frozenset[str] = frozenset()) -> tuple[int, dict[tuple[str, str, str], list]]:
    """How many pages there are, and what axe finds on them: (impact, rule, shape) → [page, element, summary]."""
    from playwright.sync_api import sync_playwright

    pages = sorted(path for path in folder.rglob("*.html") if "_static" not in path.relative_to(folder).parts)
    pages.sort(key=lambda path: path.stat().st_size)  # axe is slow on the longest pages: they come last
    found: dict[tuple[str, str, str], list] = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        page = context.new_page()
        for number, path in enumerate(pages, start=1):
            print(f"\r{number} of {len(pages)}: {path.relative_to(folder)}\033[K", end="", file=sys.stderr, flush=True)
            page.goto(path.as_uri(), wait_until="commit")
            page.wait_for_load_state("domcontentloaded")
            page.evaluate(axe_script())
            result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
            for rule in result["violations"]:
                for node in rule["nodes"]:
                    if rule["id"] not in ignored:
                        key = (rule["impact"], rule["id"], shape(node["html"]))
                        found[key].append((str(path.relative_to(folder)), node["html"][:300], node["failureSummary"]))
        print(file=sys.stderr)
        browser.close()
    return len(pages), found


def main(words: list[str]) -> int:
    """Print the groups, worst first; 1 if one of them hinders."""
    words = list(words)
    least = words.pop(words.index("--rules") + 1) if "--rules" in words else "minor"
    folders = [Path(word).resolve() for word in words if not word.startswith("-")]
    if not folders or least not in WORST:
        print(__doc__)
        return 2
    count, found = findings(folders[0])
    for (impact, rule, _), cases in sorted(found.items(), key=lambda pair: (WORST.index(pair[0][0]), -len(pair[1]))):
        if WORST.index(impact) > WORST.index(least):
            continue
        pages = sorted({page for page, _, _ in cases})
        print(f"{impact}: {rule}, {len(cases)} elements on {len(pages)} pages, such as {', '.join(pages[:3])}")
        print(f"    {cases[0][1]}\n    {json.dumps(cases[0][2], ensure_ascii=False)[:400]}")
    hinder = sum(len(cases) for (impact, _, _), cases in found.items() if impact in WORST[:2])
    print(f"{count} pages, {hinder} serious or critical findings, {sum(map(len, found.values()))} in all")
    return int(hinder > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
