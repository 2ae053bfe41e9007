"""Finding at the desk: the store's search over everything, as lines to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_toolkit.store import Store
from crm_toolkit.texts import mark, say
from crm_toolkit.widgets.card_reading import customer_names

MOST = 60
_KINDS = {
    "customers": mark("customer"),
    "contacts": mark("contact"),
    "requests": mark("request"),
    "articles": mark("article"),
}


@dataclass(frozen=True)
class Found:
    """One thing that was found: the line, the customer whom it belongs to, the request or the article if it is one."""

    text: str
    customer: int | None
    request: int | None = None
    article: int | None = None


def find(store: Store, text: str) -> list[Found]:
    """What the person at the door may find for these words; a whole number finds the customer of that number first."""
    found: list[Found] = []
    if text.isdigit() and len(text) < 10 and store.role.scope("customers") != "none":
        for one in store.list("customers", where={"customer_id": int(text)}).to_dict("records"):
            found.append(Found(customer_line(one), int(one["customer_id"])))
    hits = store.search(text, limit=MOST).hits
    names = customer_names(store, [hit.customer_id for hit in hits if hit.customer_id is not None])
    for hit in hits:
        if hit.entity == "customers" and found and found[0].customer == hit.key:
            continue
        piece = "".join(piece.text for piece in hit.pieces).strip()
        whose = names.get(hit.customer_id or 0, "") if hit.entity != "customers" else ""
        head = " · ".join(filter(None, (say(_KINDS[hit.entity]) if hit.entity in _KINDS else hit.entity, whose)))
        lines = [head, hit.title, piece if piece and piece != hit.title else ""]
        found.append(
            Found(
                "\n".join(dict.fromkeys(filter(None, lines))), hit.customer_id,
                hit.key if hit.entity == "requests" else None, hit.key if hit.entity == "articles" else None,
            )
        )  # fmt: skip
    return found


def customer_line(one: Mapping[Any, Any]) -> str:
    """A customer as two lines of a list: the name or the number, and what helps to know them."""
    name = one.get("full_name")
    head = name if isinstance(name, str) else say("Customer {number}", number=one["customer_id"])
    more = [str(one[part]) for part in ("phone", "city") if isinstance(one.get(part), str)]
    return "\n".join(filter(None, (head, " · ".join(more))))
