"""Is every kit whole? Ask pip itself: resolve each kit without an index, as the other computer would.

    python course.py bench kits FOLDER           a folder of kits, each made by `python course.py kit --out FOLDER/…`

pip takes the tags of wheels for another computer by ``--platform`` and ``--python-version``, but reads markers such as
``sys_platform == "win32"`` for the computer on which it runs. So its markers are told here what the other computer is;
then it resolves the lock and everything that the wheels ask for, from the folder alone, and installs nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import course

PIP_ELSEWHERE = """
import json, sys
place = json.loads(sys.argv.pop(1))
from pip._vendor.packaging import markers
markers.default_environment = lambda: dict(place)
from pip._internal.resolution.resolvelib import factory
here = factory.Factory.__init__
version = tuple(int(part) for part in place["python_full_version"].split("."))
factory.Factory.__init__ = lambda self, *words, **named: here(self, *words, **{**named, "py_version_info": version})
from pip._internal.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def resolve(kit: Path) -> str:
    """What pip says against a kit; empty if it resolves."""
    card = json.loads(kit.joinpath("kit.json").read_text(encoding="utf-8"))
    name, version = card["platform"], card["python"]
    place = course.marker_environment(name, version + ".99")
    tags = [word for tag in course.PLATFORMS[name][0] for word in ("--platform", tag)]
    abis = [word for abi in ("cp" + version.replace(".", ""), "abi3", "none") for word in ("--abi", abi)]
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder, "lock.txt")
        lock.write_text("\n".join(course.lock_lines(name, version + ".99")), encoding="utf-8")
        words = ["install", "--dry-run", "--isolated", "--quiet", "--no-index", "--find-links", str(kit)]
        words += ["--only-binary=:all:", "--implementation", "cp", "--python-version", version, *tags, *abis]
        words += ["--ignore-installed", "--target", folder, "-r", str(lock)]
        command = [sys.executable, "-c", PIP_ELSEWHERE, json.dumps(place), *words]
        run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return "" if run.returncode == 0 else run.stderr.strip() or "pip failed and said nothing"


def longest_path(kit: Path) -> tuple[int, str]:
    """The longest path that the kit's wheels bring into site-packages; Windows counts it."""
    longest = ""
    for path in kit.glob("*.whl"):
        with zipfile.ZipFile(path) as wheel:
            longest = max([longest, *(name for name in wheel.namelist() if ".data/" not in name)], key=len)
    return len(longest), longest


def main(words: list[str]) -> int:
    """One line for each kit; 1 if one does not resolve."""
    kits = sorted(path.parent for path in Path(words[0]).glob("*/kit.json")) if words else []
    if not kits:
        print(__doc__)
        return 2
    failed = 0
    for kit in kits:
        wheels = list(kit.glob("*.whl"))
        size = sum(path.stat().st_size for path in wheels) / 2**20
        said = resolve(kit)
        failed += bool(said)
        length, name = longest_path(kit)
        print(f"{kit.name:<22}{len(wheels):>5} wheels{size:>8.0f} MB   {'whole' if not said else 'NOT WHOLE'}"
              f"   longest path {length}: {name}", flush=True)  # fmt: skip
        if said:
            print(said)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
