"""Whether every local link, anchor and picture of the built book leads somewhere: ``python docs/links.py FOLDER``.

Addresses of other hosts are left alone, so no network is needed. Standard library only.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "source": "src", "iframe": "src"}


class _Page(HTMLParser):
    """The links of a page, and what can be linked to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what an element says."""
        told = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := told.get(name))}
        target = told.get(_LINKS.get(tag, ""))
        if target:
            self.links.append(target)


def broken_links(folder: str | Path) -> list[str]:
    """Every link that leads nowhere, as ``page: link``, in the order of pages.

    Parameters
    ----------
    folder : path
        Where the book was built.
    """
    folder = Path(folder).resolve()
    pages = {
        path: _Page(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.html"))
        if "_static" not in path.relative_to(folder).parts
    }
    broken = []
    for path, page in pages.items():
        for link in dict.fromkeys(page.links):
            place = urlsplit(link)
            if place.scheme or place.netloc:
                continue
            target = (path.parent / unquote(place.path)).resolve() if place.path else path
            if target.is_dir():
                target /= "index.html"
            wanted = unquote(place.fragment)
            lost = not target.exists() or (wanted and target in pages and wanted not in pages[target].anchors)
            if lost:
                broken.append(f"{path.relative_to(folder).as_posix()}: {link}")
    return broken


def main() -> int:
    """Print what leads nowhere; exit code 1 if something does."""
    found = broken_links(sys.argv[1])
    if found:
        print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
