"""Sixty types of routine questions: twenty subjects, each asked of one's own, the team's or another team's customer.

A question is answered alone by whoever may open the customer's record (row scope) and sees every field that the answer
takes (field width). A narrow view holds the fields that a role needs for its usual work; a wide one holds all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FIELDS = ("name", "phone", "email", "birth_date", "address", "income", "family", "occupation", "purchases", "payments",
          "complaints", "points")  # fmt: skip

SUBJECTS: dict[str, tuple[str, ...]] = {
    "order_status": ("name", "purchases"),
    "price_offer": ("name", "purchases", "points"),
    "booking_change": ("name", "phone", "purchases"),
    "delivery_address": ("name", "address", "purchases"),
    "invoice_copy": ("name", "email", "payments"),
    "payment_due": ("name", "payments"),
    "refund": ("name", "payments", "purchases", "complaints"),
    "points_balance": ("name", "points"),
    "points_correction": ("name", "points", "purchases"),
    "complaint_progress": ("name", "complaints"),
    "service_history": ("name", "purchases", "complaints"),
    "new_phone": ("name", "phone", "email"),
    "birthday_offer": ("name", "birth_date", "points"),
    "family_offer": ("name", "family", "purchases"),
    "instalments": ("name", "income", "occupation", "payments"),
    "consent_withdrawal": ("name", "phone", "email"),
    "double_charge": ("name", "payments", "purchases"),
    "visit_reminder": ("name", "phone"),
    "repeat_order": ("name", "address", "purchases", "payments"),
    "apology": ("name", "phone", "complaints"),
}
RELATIONS = ("own", "team", "other")
SCOPES = ("own", "team", "all")
WIDTHS = ("narrow", "wide")
DEPARTMENTS = ("sales", "service", "finance")
_VIEWS: dict[str, tuple[str, ...]] = {
    "sales": ("name", "phone", "email", "purchases", "points"),
    "service": ("name", "phone", "address", "purchases", "complaints"),
    "finance": ("name", "email", "income", "payments", "purchases"),
    "marketing": ("name", "email", "birth_date", "family", "points"),
    "front_desk": ("name", "phone", "purchases"),
    "manager": ("name", "purchases", "payments", "complaints", "points"),
}
ROLES = tuple(_VIEWS)
_OWN_WORK, _OTHER_WORK = 3, 1  # how often a department is asked what it can see, and what it can't


def question_types() -> pd.DataFrame:
    """The sixty question types.

    Returns
    -------
    DataFrame
        ``question`` (code), ``subject``, ``relation`` (whose customer asks: the employee's own, the team's, another
        team's), ``fields`` (personal fields that the answer takes, joined by a space), ``field_count``.

    Examples
    --------
    >>> len(question_types())
    60
    """
    import pandas as pd

    rows = [
        {
            "question": f"{subject}.{relation}",
            "subject": subject,
            "relation": relation,
            "fields": " ".join(fields),
            "field_count": len(fields),
        }
        for subject, fields in SUBJECTS.items()
        for relation in RELATIONS
    ]
    return pd.DataFrame(rows)


def view(role: str, width: str) -> frozenset[str]:
    """The fields that a role sees.

    >>> len(view("sales", "narrow")), len(view("sales", "wide"))
    (5, 12)
    """
    return frozenset(FIELDS if width == "wide" else _VIEWS[role])


def opens(scope: str, relation: str) -> bool:
    """Whether a row scope opens the record of such a customer.

    >>> opens("team", "own"), opens("team", "other")
    (True, False)
    """
    return RELATIONS.index(relation) <= SCOPES.index(scope)


def covers(role: str, width: str, subject: str) -> bool:
    """Whether a role sees every field that the subject takes."""
    return view(role, width).issuperset(SUBJECTS[subject])


def subject_weights(department: str) -> list[int]:
    """How often a department is asked each subject: mostly what its own view covers."""
    return [_OWN_WORK if covers(department, "narrow", subject) else _OTHER_WORK for subject in SUBJECTS]
