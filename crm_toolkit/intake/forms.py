"""The tables that can be read, declared: their fields, names, and what they can't do without."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from crm_toolkit.intake import aliases
from crm_toolkit.texts import mark


@dataclass(frozen=True)
class Form:
    """What a file must hold to be read as one of our tables.

    Parameters
    ----------
    name : str
    names : dict
        Known column names of each field, in ranks (`aliases`).
    required : tuple
        Groups of alternatives; one alternative of each group, a tuple of fields, must be there.
    words : dict
        What a field holds, for letters.
    """

    name: str
    names: dict[str, tuple[tuple[str, ...], ...]]
    required: tuple[tuple[tuple[str, ...], ...], ...]
    words: dict[str, str]

    @cached_property
    def ranks(self) -> dict[str, list[tuple[str, int]]]:
        """Squeezed name → fields with rank."""
        return aliases.ranks(self.names)


PURCHASES = Form(
    "purchases",
    aliases.PURCHASE_FIELDS,
    required=((("customer_id",),), (("ordered_at",),), (("amount",), ("unit_price",))),
    words={
        "order_id": mark("the order number"),
        "customer_id": mark("the customer"),
        "ordered_at": mark("the date of purchase"),
        "time": mark("the time of purchase"),
        "item": mark("the item"),
        "quantity": mark("the quantity"),
        "unit_price": mark("the price"),
        "amount": mark("the amount"),
        "status": mark("the status of the order"),
        "currency": mark("the currency"),
    },
)

CUSTOMERS = Form(
    "customers",
    aliases.CUSTOMER_FIELDS,
    required=((("customer_id",),),),
    words={
        "customer_id": mark("the customer"),
        "full_name": mark("the name"),
        "phone": mark("the telephone"),
        "email": mark("the e-mail address"),
        "birth_date": mark("the date of birth"),
        "consent": mark("the consent"),
    },
)

CONTACTS = Form(
    "contacts",
    aliases.CONTACT_FIELDS,
    required=((("customer_id",),), (("opened_at",),), (("kind",),)),
    words={
        "contact_id": mark("the number of the contact"),
        "customer_id": mark("the customer"),
        "opened_at": mark("the date of the contact"),
        "kind": mark("the kind of contact"),
        "channel": mark("the channel"),
        "department": mark("the department"),
        "employee": mark("the employee"),
        "subject": mark("the subject"),
        "body": mark("the text"),
        "order_id": mark("the order number"),
    },
)
