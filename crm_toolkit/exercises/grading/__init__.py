"""A class hands in workbooks, and they are graded where a hostile notebook can hurt nobody.

submit  a student's notebook becomes ``<id>_<lesson>.zip``
grade   a folder of such files becomes grades, feedback pages and a board

The answers stay in the grader's own process. A notebook runs in a child behind the strongest walls that the computer
has; it gets inputs, and says answers as plain JSON; only the parent judges. What an instructor can rely on, and what
not, stands in ``docs/grading.md``.
"""

from crm_toolkit.exercises.grading.batch import Grades, grade
from crm_toolkit.exercises.grading.submission import submit

__all__ = ["Grades", "grade", "submit"]
