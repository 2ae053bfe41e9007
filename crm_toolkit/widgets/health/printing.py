"""The page as PDF, printed by a Chromium, Chrome or Edge of this computer; nothing is sent anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge")
_SECONDS = 120


def find_browser() -> str | None:
    """A Chromium, Chrome or Edge: the one that ``CRM_CHROMIUM`` names, on the path, or in its usual place."""
    named = os.environ.get("CRM_CHROMIUM")
    if named:
        return named if Path(named).exists() or shutil.which(named) else None
    on_path = next(filter(None, map(shutil.which, _NAMES)), None)
    if on_path:
        return on_path
    places = [
        Path("/Applications", f"{name}.app", "Contents", "MacOS", name)
        for name in ("Google Chrome", "Chromium", "Microsoft Edge")
    ]
    for folder in filter(None, map(os.environ.get, ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))):
        places.append(Path(folder, "Google", "Chrome", "Application", "chrome.exe"))
        places.append(Path(folder, "Microsoft", "Edge", "Application", "msedge.exe"))
    return next((str(place) for place in places if place.exists()), None)


def require_browser() -> str:
    """The browser, or one clear letter."""
    browser = find_browser()
    if browser is None:
        what = say("A PDF is printed by Chromium, Chrome or Edge, and none was found on this computer.")
        advice = say("Save the page as .html and print it from your browser, or name a browser in the variable "
                     "`CRM_CHROMIUM`.")  # fmt: skip
        raise InputError(say("The PDF was not made."), [Problem("no_browser", what, advice=advice)])
    return browser


def print_page(html: str, path: Path) -> Path:
    """Print a page to a PDF file.

    Raises
    ------
    InputError
        If there is no such browser, it did not print, or the file can't be written.
    """
    heading = say("The PDF was not made.")
    browser = require_browser()
    with tempfile.TemporaryDirectory() as folder:
        page, made = Path(folder, "report.html"), Path(folder, "report.pdf")
        page.write_text(html, encoding="utf-8")
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--no-pdf-header-footer", f"--user-data-dir={Path(folder, 'profile')}", f"--print-to-pdf={made}",
            *(["--no-sandbox"] if sys.platform.startswith("linux") and os.geteuid() == 0 else []), page.as_uri(),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            what = say("The browser did not print the page.")
            raise InputError(heading, [Problem("not_printed", what, found=str(error).splitlines()[0][:200])]) from error
        if not made.exists() or not made.read_bytes().startswith(b"%PDF"):
            raise InputError(heading, [Problem("not_printed", say("The browser did not print the page."))])
        partial = path.with_name(f".{path.name}.partial")
        try:
            shutil.copyfile(made, partial)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            what = say("“{path}” can't be written: {reason}.", path=path, reason=error.strerror or error)
            raise InputError(heading, [Problem("not_writable", what)]) from error
    return path
