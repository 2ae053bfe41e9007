"""The single customer database: what everybody in the organisation knows, each as far as their work needs it.

Store       opened for one person in one role: list, card, search, submit, query, tables
FORMS       what may be entered at the employee's desk and in the customer's account
READY       the ready roles; `checked_role` makes one of your own
"""

from crm_toolkit.store.declared import FORMS
from crm_toolkit.store.door import Store
from crm_toolkit.store.entering.generic import ConflictError, Submitted
from crm_toolkit.store.forms import Form, FormField
from crm_toolkit.store.roles import READY, Role, checked_role
from crm_toolkit.store.search.timed import timed_search

__all__ = [
    "FORMS",
    "READY",
    "ConflictError",
    "Form",
    "FormField",
    "Role",
    "Store",
    "Submitted",
    "checked_role",
    "timed_search",
]
