"""Who is at the door: an employee in a role, or a customer in their own account."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A person at work in the store.

    Parameters
    ----------
    role : str
        Name of the role.
    employee_id, customer_id : int, optional
        Who it is: an employee or a customer; neither for a role without a person.
    branch_id : int, optional
        The branch whose rows are the employee's team's.

    Examples
    --------
    >>> Actor("service", employee_id=103, branch_id=1).label
    'service 103'
    >>> Actor("customer", customer_id=17).kind
    'customer'
    """

    role: str
    employee_id: int | None = None
    customer_id: int | None = None
    branch_id: int | None = None

    @property
    def kind(self) -> str:
        """``"customer"`` or ``"employee"``: who entered it."""
        return "customer" if self.customer_id is not None else "employee"

    @property
    def label(self) -> str:
        """How the log names the person: role and number, never a name."""
        number = self.customer_id if self.customer_id is not None else self.employee_id
        return self.role if number is None else f"{self.role} {number}"
