"""On what a page was measured: without the processor, seconds say little."""

from __future__ import annotations

import platform
from pathlib import Path


def processor() -> str:
    """Of what kind the processor is, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return f" of {platform.processor()}" if platform.processor() else ""
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    said = {name.strip(): value.strip() for name, value in told.items()}
    family = f" (family {said['cpu family']}, model {said['model']})" if {"cpu family", "model"} <= set(said) else ""
    return f" of {said['model name']}{family}" if "model name" in said else ""
