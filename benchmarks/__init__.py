"""Measurements side by side with peers; the tables they make are kept in ``docs/benchmarks.md``."""
