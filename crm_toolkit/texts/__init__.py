"""Words for people: the message catalogues, the reader's language, money, numbers and dates.

English text is the key; Russian stands in ``ru/<room>.po``, one catalogue for each room that speaks.
`say` translates a sentence and fills it in, `say_count` chooses the plural form, `language` tells or
changes whose language is spoken. Numbers and dates are formatted by Babel (CLDR rules).
"""

from crm_toolkit.texts.catalogues import LANGUAGES, language, language_of_system, mark, say, say_count
from crm_toolkit.texts.formats import format_date, format_money, format_number, format_percent, join_names

NO_FORMULAS = "mathjax_ignore tex2jax_ignore"  # HTML class: two prices in dollars are no formula between dollar signs

__all__ = [
    "LANGUAGES",
    "NO_FORMULAS",
    "format_date",
    "format_money",
    "format_number",
    "format_percent",
    "join_names",
    "language",
    "language_of_system",
    "mark",
    "say",
    "say_count",
]
