"""Workbooks for other graders: nbgrader and otter run the same cells and ask the same checks; Moodle gets points.

export_nbgrader  a source tree: ``nbgrader_config.py`` and ``source/<lesson>/<lesson>.ipynb``
export_otter     a master notebook for ``otter assign``
export_moodle    a graded class as a table for Moodle's gradebook

What each of them can keep of partial credit, messages and own numbers, and what not, stands in ``docs/grading.md``.
"""

from crm_toolkit.exercises.exports.moodle import export_moodle
from crm_toolkit.exercises.exports.nbgrader import export_nbgrader
from crm_toolkit.exercises.exports.otter import export_otter

__all__ = ["export_moodle", "export_nbgrader", "export_otter"]
