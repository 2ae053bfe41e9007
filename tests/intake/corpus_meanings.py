"""What values and headers mean: signs, statuses, totals, twin columns, stand-ins for nobody."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal


def cases(c) -> list:
    """All of them; ``c`` is the module `corpus`."""
    return [*signs(c)]


def sold(c, *lines) -> tuple:
    """Truth out of (order, customer, day of January 2024, amount), one piece each unless a quantity follows."""
    return tuple(
        c.Line(
            order,
            customer,
            dt.datetime(2024, 1, day),
            "",
            Decimal(more[0] if more else 1),
            Decimal(amount) / abs(Decimal(more[0] if more else 1)),
        )
        for order, customer, day, amount, *more in lines
    )


def simple(c, name, text, outcome, truth=(), *says, kind="purchases", cells=None, **hints):
    """A case out of a text with ``|`` between lines."""
    content = ("\n".join(text.split("|")) + "\n").encode()
    return c.Case(name, content, outcome, truth, says, kind, hints=hints, cells=cells or {})


def signs(c) -> list:
    def money(name, value, amount):
        text = f"customer;date;amount|C1;2024-01-13;10|C2;2024-01-14;{value}"
        if amount is None:
            return simple(c, name, text, "reject", (), r"\b3\b", r"(?i)not a number|не числ")
        truth = sold(c, ("1", "C1", 13, 10), ("2", "C2", 14, abs(amount)))
        return simple(c, name, text, "accept", truth, r"(?i)return|возврат", cells={(1, "amount"): amount})

    return [
        money("minus_in_brackets.csv", "(-5)", None),
        money("two_minuses.csv", "--5", None),
        money("minus_on_both_sides.csv", "-5-", None),
        money("underscore.csv", "1_000", None),
        money("price_with_dash.csv", "5.-", None),
        money("minus_and_blank.csv", "- 25.50", -25.5),
        money("minus_before_sign.csv", "-$5", -5),
        simple(
            c,
            "sixty_thousand_blanks.csv",
            "customer,date,amount|C1,2024-01-13,1|C" + " " * 60_000 + "x,2024-01-14,2",
            "accept",
            sold(c, ("1", "C1", 13, 1), ("2", "C" + " " * 60_000 + "x", 14, 2)),
        ),
    ]
