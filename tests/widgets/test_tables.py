"""Tables can be read by people, by programs that read aloud, and can't carry anybody's code."""

from xml.etree import ElementTree

from crm_toolkit.widgets.tables import Table

HOSTILE = Table(
    "A <b>caption", ("Who", "How many"), (("<script>alert(1)</script>", "1|2"), ("ann & bob", "3")), "A *note*"
)


def test_the_html_is_well_formed_and_every_heading_says_what_it_heads():
    tree = ElementTree.fromstring(f"<main>{HOSTILE.html}</main>")
    assert tree.find(".//caption").text == "A <b>caption"
    assert [cell.get("scope") for cell in tree.findall(".//thead/tr/th")] == ["col", "col"]
    assert [cell.get("scope") for cell in tree.findall(".//tbody/tr/th")] == ["row", "row"]
    assert tree.find(".//tbody/tr/th").text == "<script>alert(1)</script>"
    assert tree.find(".//script") is None


def test_a_wide_table_scrolls_by_keyboard_and_has_a_name():
    box = ElementTree.fromstring(f"<main>{HOSTILE.html}</main>").find("div")
    assert box.get("tabindex") == "0"
    assert box.get("aria-label") == "A <b>caption"


def test_markdown_keeps_cells_apart_and_nothing_works_as_markup():
    lines = HOSTILE.markdown.split("\n")
    assert lines[0] == r"**A \<b\>caption**"
    assert lines[4].count("|") - lines[4].count(r"\|") == 3
    assert lines[-1] == r"A \*note\*"


def test_plain_text_is_aligned():
    assert Table("T", ("a", "number"), (("long", "1"),)).text == "T\na     number\nlong       1"
