"""How long ``import crm_toolkit`` takes beside ``import pandas``: fresh processes in turn, medians of wall seconds.

Run with ``python course.py bench imports``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 9
CONTESTANTS = {
    "python alone": "pass",
    "import pandas": "import pandas",
    "import crm_toolkit": "import crm_toolkit",
    "import crm_toolkit; first use of analysis": "import crm_toolkit; crm_toolkit.analysis.rfm_scores",
    "import crm_toolkit; first use of datasets": "import crm_toolkit; crm_toolkit.datasets.read_purchases",
}


def main() -> None:
    """Time every contestant in turn and print a table."""
    taken: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    for _ in range(ROUNDS):
        for name, code in CONTESTANTS.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            taken[name].append(time.perf_counter() - began)
    print("| fresh process | median s | to pandas |\n|---|---|---|")
    pandas = statistics.median(taken["import pandas"])
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        print(f"| {name} | {median:.2f} | {median - pandas:+.2f} |")


if __name__ == "__main__":
    main()
