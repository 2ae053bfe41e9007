"""Twelve quarters at the helm: the page of the game.

forms   the fields: levers by group, forecasts, the log
told    what the organisation sees, in words and tables
debrief what only the game knows, after the last quarter
report  the skeleton of a board report
page    the page: start, quarter, report, log, debrief; the file
"""

from crm_toolkit.widgets.helm_game.page import HelmPage, helm
from crm_toolkit.widgets.helm_game.report import helm_report

__all__ = ["HelmPage", "helm", "helm_report"]
