"""The questions of `world.checks`: rules on columns and keys, facts, sums, months, and the report."""
