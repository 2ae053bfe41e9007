"""The loyalty designer: a programme from its rules to the debrief, against a truth that is shown last.

plan     the design as a value, and its file
lab      what it does: known before, plan, run, estimates, truth, books
ethics   rules that deserve a second look
forms    the fields: widgets in, a design out
told     choices and results in words and tables; debrief: the last step, and pictures
report   what goes into the skeleton of the report
book     the page: steps, commits, file
"""

from crm_toolkit.widgets.programme_designer.book import DesignBook, design_programme
from crm_toolkit.widgets.programme_designer.ethics import ethics_flags
from crm_toolkit.widgets.programme_designer.plan import ProgrammeDesign, load_design, new_design, save_design
from crm_toolkit.widgets.programme_designer.report import programme_report

__all__ = ["DesignBook", "ProgrammeDesign", "design_programme", "ethics_flags", "load_design", "new_design",
           "programme_report", "save_design"]  # fmt: skip
