"""Models of behaviour against what an analyst would pick instead: Bass beside scipy alone, the multinomial logit beside
statsmodels, xlogit and scipy alone.

Measured as `benchmarks.analysis` does it: equal answers first, then in turn, every run in a fresh process. The topics
are the modules ``benchmarks/_behaviour_<topic>.py``.

    python course.py bench behaviour
    python -m benchmarks.behaviour --write docs/benchmarks-behaviour.md --peer xlogit=/envs/xlogit/bin/python
"""

from __future__ import annotations

from benchmarks.analysis import main

if __name__ == "__main__":
    main("behaviour", __doc__)
