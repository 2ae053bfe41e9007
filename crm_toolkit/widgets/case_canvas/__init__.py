"""The canvas of the practical task P2: a purchase of one's own in ten steps, kept in one local file.

fields  one field, a form of a part, rows of parts
forms   the fields of the ten steps: widgets in, a case out
told    answers and conclusions in words and tables
report  what goes into the skeleton of the report
book    the page: steps, completeness, diagram, file
"""

from crm_toolkit.widgets.case_canvas.book import CaseBook, my_case
from crm_toolkit.widgets.case_canvas.report import case_report

__all__ = ["CaseBook", "case_report", "my_case"]
