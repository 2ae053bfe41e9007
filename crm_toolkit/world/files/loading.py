"""What a process that writes blocks must load, and need not.

Arrow imports pandas at its first array, to know a frame when it sees one; a worker shows it none, and would wait for
half a second.
"""

from __future__ import annotations

import sys
from typing import Any

import pyarrow as pa


class _NoPandas:
    """Finds no pandas, in the place of those who could."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        """Only say no; everything else is left to others."""
        if name == "pandas":
            raise ModuleNotFoundError(name, name=name)


def spare_pandas() -> None:
    """Let Arrow think for a moment that there is no pandas, so that it won't import it.

    Whoever needs pandas later can import it, and Arrow finds it when it is asked for a frame.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _NoPandas)  # type: ignore[arg-type]
        try:
            pa.array([0])
        finally:
            sys.meta_path.remove(_NoPandas)  # type: ignore[arg-type]
