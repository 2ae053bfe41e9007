"""Words for codes: in the reader's language, and a letter that names every code without one."""

import pandas as pd
import pytest

from crm_toolkit import analysis, plots
from crm_toolkit.errors import InputError
from crm_toolkit.plots.code_words import WORDS
from crm_toolkit.texts import language


def test_every_code_has_a_word_in_both_languages():
    english = plots.words(*WORDS)
    with language("ru"):
        russian = plots.words(*WORDS)
    assert list(english) == list(russian) == list(WORDS)
    assert not any("_" in word for word in [*english.values(), *russian.values()])
    assert [code for code in WORDS if russian[code] == english[code]] == ["e-mail"]


def test_codes_without_a_word_are_named_all_at_once():
    with pytest.raises(InputError) as letter:
        plots.words("visit", "receipt", "rubbish")
    assert [one.code for one in letter.value.problems] == ["unknown_name", "unknown_name"]
    assert "visits" in str(letter.value)


def test_a_chart_shows_the_words_it_is_given():
    cells = [("rare", "yes", 3, 5), ("rare", "no", 2, 5), ("regular", "yes", 5, 5), ("regular", "no", 4, 5)]
    rows = [(group, called, number < stayed) for group, called, stayed, of in cells for number in range(of)]
    guests = pd.DataFrame(rows, columns=["guests", "called", "stayed"])
    turned = analysis.simpson_reversal(guests, "stayed", "called", "guests", treated="yes")
    with language("ru"):
        ax = plots.simpson_chart(turned, labels=plots.words("yes", "no", "rare", "regular"))
        ticks = [tick.get_text() for tick in ax.get_yticklabels()]
    assert {"редкие гости", "постоянные гости"} <= set(ticks)
    assert ax.get_title(loc="left") == "Разность «позвонили» и «не позвонили»"
