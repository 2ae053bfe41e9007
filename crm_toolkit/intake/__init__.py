"""Files as people bring them: container, encoding, dialect, header, numbers, dates, identifiers.

`read` shows the order of work; every other module is one of its steps. Public names stand in
`crm_toolkit.datasets`; this room serves them, and the store's imports.
"""

from crm_toolkit.intake.hints import Hints
from crm_toolkit.intake.money import to_minor_unit
from crm_toolkit.intake.preview import Preview, preview
from crm_toolkit.intake.read import contacts_from, customers_from, purchases_from
from crm_toolkit.intake.report import Report

__all__ = [
    "Hints",
    "Preview",
    "Report",
    "contacts_from",
    "customers_from",
    "preview",
    "purchases_from",
    "to_minor_unit",
]
