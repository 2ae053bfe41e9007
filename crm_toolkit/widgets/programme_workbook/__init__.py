"""The workbook on the programme of a real organisation, the practical task P3, kept in one local file.

forms   the fields of the seven steps: widgets in, the work out
told    answers and what follows from them, in words and tables
report  what goes into the skeleton of the report, and the card of the programme
book    what the page of the steps is made of
"""

from crm_toolkit.widgets.programme_workbook.book import real_programme
from crm_toolkit.widgets.programme_workbook.report import programme_card, real_programme_report

__all__ = ["programme_card", "real_programme", "real_programme_report"]
