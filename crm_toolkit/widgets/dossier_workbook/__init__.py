"""The workbook of an organisation's dossier, the practical task P1, kept in one local file.

forms    the fields of the nine steps: widgets in, the dossier out
told     answers and what follows from them, in words and tables
drawing  the funnel as a drawing and in words
report   what goes into the skeleton of the report
book     what the page of the steps is made of
"""

from crm_toolkit.widgets.dossier_workbook.book import organisation_dossier
from crm_toolkit.widgets.dossier_workbook.report import dossier_report

__all__ = ["dossier_report", "organisation_dossier"]
