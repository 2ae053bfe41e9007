"""Login and password at the door, where the store keeps accounts.

Nobody chooses a role where there are accounts: the account says who it is. Too many tries have to wait, and the answer
is the same whether there is such a login or not (`store.accounts`).
"""

from __future__ import annotations

import sqlalchemy as sa

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.store import Store, database
from crm_toolkit.store.accounts import Gate
from crm_toolkit.store.layout import ACCOUNTS
from crm_toolkit.texts import say


def wanted(store: Store) -> bool:
    """Whether people sign in here: the store has accounts, also where all of them are disabled."""
    with database.reading(store.engine) as connection:
        return connection.execute(sa.select(ACCOUNTS.c.account_id).limit(1)).first() is not None


def signed_in(store: Store, login: str, password: str, *, door: str) -> tuple[Store, str]:
    """The store for whoever has this login and password, and the token of the session.

    Parameters
    ----------
    store : Store
        The store behind the door.
    login, password : str
        What was typed.
    door : {"employee", "customer"}
        At which door it is.

    Raises
    ------
    InputError
        If they don't belong together, too many tries were made, or the account belongs to the other door.
    """
    gate = Gate(store)
    session = gate.sign_in(login, password)
    opened = gate.enter(session.token)
    if opened.actor.kind != door:
        gate.sign_out(session.token)
        what = say("This is the door for customers; employees have the desk.") if door == "customer" else say(
            "This is the door for employees; customers have their account.")  # fmt: skip
        raise InputError(say("You are not signed in."), [Problem("wrong_door", what, column="login")])
    return opened, session.token


def holds(store: Store, token: str) -> bool:
    """Whether a session still holds: it was not ended, its account not disabled."""
    return Gate(store).is_open(token)


def sign_out(store: Store, token: str) -> None:
    """End a session."""
    Gate(store).sign_out(token)
