"""Two prices in dollars on one page are words: JupyterLab makes a formula of what stands between dollar signs."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

pytest.importorskip("ipywidgets")

from crm_toolkit import datasets, widgets
from crm_toolkit.exercises.verdict import make_verdict
from crm_toolkit.widgets import pieces
from crm_toolkit.widgets.explorer import Sentence, _together
from crm_toolkit.widgets.tables import Table

PRICES = "from $48 to $113"
IGNORED = "mathjax_ignore"  # the class that the typesetting of JupyterLab 4 leaves alone


class Bare(HTMLParser):
    """Texts with a dollar that stand outside every element which typesetting leaves alone."""

    def __init__(self):
        super().__init__()
        self.open, self.found = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in ("img", "br", "input", "meta", "hr"):
            self.open.append(IGNORED in (dict(attributes).get("class") or "").split() or tag in ("style", "script"))

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        if "$" in data and not any(self.open):
            self.found.append(data)


def read_report(tmp_path):
    file = tmp_path / "sales.csv"
    pd.DataFrame({"customer": ["a", "b"], "date": ["2025-01-01"] * 2, "amount": ["$48", "$113"]}).to_csv(
        file, index=False
    )
    return datasets.read_purchases(file)[1]


def prediction():
    guess = widgets.predict("Up?", kind="choice", choices=("$48", "$113"))
    guess.commit("$48")
    return guess.reveal("$113")


@pytest.mark.parametrize(
    "make",
    {
        "verdict": lambda _: make_verdict("right", 1, "RIGHT", PRICES)._repr_html_(),
        "letter of the reader": lambda place: read_report(place)._repr_html_(),
        "guess and truth": lambda _: prediction()._repr_html_(),
        "sentence": lambda _: Sentence(PRICES)._repr_mimebundle_()["text/html"],
        "table": lambda _: Table(PRICES, ("a",), ((PRICES,),))._repr_mimebundle_()["text/html"],
        "static copy of a box": lambda _: pieces.bundle(None, PRICES)["text/html"],
        "static copy of an explorer": lambda _: _together([Sentence(PRICES)])["text/html"],
    }.values(),
)
def test_money_in_an_output_is_never_set_as_a_formula(make, tmp_path):
    html = make(tmp_path)
    assert re.search(r"\$", html)
    bare = Bare()
    bare.feed(html)
    assert bare.found == []


def test_the_card_of_a_customer_is_left_alone(store, customer):
    html = widgets.show_card(store, customer)._repr_mimebundle_()["text/html"]
    bare = Bare()
    bare.feed(html)
    assert "$" in html
    assert bare.found == []
