"""Files into the store: looked at, tried dry, brought in whole, never twice.

doing       the order of work: read, plan, write, in one transaction
reading     the file through `intake`, with the numbers of its rows
values      every value by the rules of the forms
words       words of files for the codes of the store
matching    which customer of the store a row is about
customers, contacts, purchases    what each kind of file brings
report      what happened, or would happen
"""

from crm_toolkit.store.imports.doing import import_file, preview_import
from crm_toolkit.store.imports.report import ImportReport

__all__ = ["ImportReport", "import_file", "preview_import"]
