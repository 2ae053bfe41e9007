"""The CRM health of an organisation on one page, for a manager: `health_report`.

sources    where the data come from: a file, a folder of tables, a store through the eyes of a role
data       what the sections share, computed once
section    a part of the page, or the reason why it is missing
cautions   what is wrong or thin in the data
overview   key figures with their definitions, money and customers over time
customers  segments, concentration
staying    cohorts, churn by rule and by contract
value      models of purchases and money to come
ahead      forecasts with their trial
service    requests, complaints, surveys, where such tables are there
page       the page itself: self-contained, printable, escaped
printing   the page as PDF through a Chromium of this computer
notebook   the same as a notebook with the calls

Nothing here names a customer: numbers of customers are replaced before anything is counted.
"""

from crm_toolkit.widgets.health.report import SECTIONS, HealthReport, health_report

__all__ = ["SECTIONS", "HealthReport", "health_report"]
