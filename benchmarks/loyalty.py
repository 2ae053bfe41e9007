"""The ledger of points against what one would write instead: plain Python, pandas code, SQL for DuckDB.

Measured as `benchmarks.analysis` does it: equal answers first, then in turn, every run in a fresh process. Plain Python
takes about two minutes a go.

    python course.py bench loyalty
    python -m benchmarks.loyalty --write docs/benchmarks-loyalty.md
"""

from __future__ import annotations

from benchmarks.analysis import main

if __name__ == "__main__":
    main("loyalty", __doc__)
