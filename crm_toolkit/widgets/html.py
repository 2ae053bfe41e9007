"""HTML that is safe by construction: whatever is not HTML of our own making is text, and stays text.

Names, notes, articles and search words are written by others. `tag` escapes every one of them; only what `tag` and
`joined` made passes as it is. So a stored ``<script>`` is read on the page and never run.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is HTML already; made by `tag` and `joined` only."""

    __slots__ = ()


def tag(name: str, *children: object, **attributes: object) -> Html:
    """An element with its children; a child that is not `Html` is escaped, ``None`` is left out.

    Parameters
    ----------
    name : str
        Name of the element.
    *children : object
        `Html`, or anything else as text.
    **attributes : object
        A trailing underscore is dropped and others become hyphens: ``class_=…``, ``aria_label=…``; ``None`` and
        ``False`` leave an attribute out, ``True`` gives it without a value.

    Examples
    --------
    >>> tag("p", "a < b ", tag("b", "<script>"), class_="x")
    '<p class="x">a &lt; b <b>&lt;script&gt;</b></p>'
    """
    given = "".join(_attribute(word, value) for word, value in attributes.items())
    return Html(f"<{name}{given}>{joined(children)}</{name}>")


def joined(children: Iterable[object], between: str = "") -> Html:
    """Several children one after the other, each of them escaped unless it is `Html`.

    >>> joined(["a & b", tag("i", "c")], " ")
    'a &amp; b <i>c</i>'
    """
    texts = (child if isinstance(child, Html) else escape(str(child)) for child in children if child is not None)
    return Html(escape(between).join(texts))


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    word = name.rstrip("_").replace("_", "-")
    return f" {word}" if value is True else f' {word}="{escape(str(value))}"'
