"""A shown chart carries its alternative text wherever it goes."""

import io
from html.parser import HTMLParser

import pandas as pd
import pytest

from crm_toolkit import analysis, plots


@pytest.fixture
def picture():
    """A drawn Lorenz curve."""
    return plots.show(plots.lorenz_chart(analysis.spend_concentration(pd.DataFrame({"monetary": [0, 1, 10, 10, 80]}))))


def test_a_notebook_gets_an_image_element_with_the_text(picture):
    found = {}
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.update({tag: dict(attributes)})
    data, metadata = picture._repr_mimebundle_()
    parser.feed(data["text/html"])
    assert found["img"]["alt"] == picture.alt
    assert picture.alt.startswith("Lorenz curve of 5 customers")
    assert metadata["image/png"]["alt"] == picture.alt
    assert data["text/plain"] == picture.alt


def test_quotes_and_angles_in_the_text_do_not_leave_the_attribute():
    html = plots.Picture(b"", 'a "b" <script>', 1, 1).html
    assert "<script>" not in html
    assert 'alt="a &quot;b&quot; &lt;script&gt;"' in html


def test_the_png_is_small_sharp_white_and_described(picture):
    from PIL import Image

    image = Image.open(io.BytesIO(picture.png))
    assert image.text["Description"] == picture.alt
    assert image.width == pytest.approx(1.5 * picture.width, abs=2)
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert len(picture.png) < 60_000


def test_the_same_chart_gives_the_same_bytes():
    def draw():
        return plots.show(plots.monetary_chart(pd.DataFrame({"monetary": [1.0, 2, 30]}))).png

    assert draw() == draw()


def test_exports_of_a_notebook_keep_the_text(picture):
    import nbformat
    from nbconvert import HTMLExporter

    data, metadata = picture._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data, metadata=metadata, execution_count=1)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output], execution_count=1)])
    html, _ = HTMLExporter().from_notebook_node(book)
    assert f'alt="{picture.alt}"' in html
    assert "No description has been provided" not in html


def test_charts_of_other_makers_are_shown_without_a_text():
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([1, 2])
    assert plots.show(figure).alt == ""
