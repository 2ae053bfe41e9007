"""Accounts: who signs in to the store, with which password, as whom.

A password is kept as an argon2id hash, a session's token as a digest, a login that was tried as a keyed token: nothing
that is stored lets anybody in. Whoever guesses is slowed down by login, whether there is such a login or not, and
learns nothing from the answer or the time it takes.

add, add_class, disable, set_password    done by whoever has the right "accounts"
Gate                                     sign_in, enter, change_password, sign_out
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_toolkit.errors import InputError, MissingExtraError, Problem
from crm_toolkit.store import audit, database
from crm_toolkit.store.door import Store
from crm_toolkit.store.layout import ACCOUNTS, SESSIONS, SIGN_INS
from crm_toolkit.texts import say, say_count

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# conventions of this store; usual orders of magnitude of sign-in pages
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
FREE_TRIES = 5  # wrong passwords within the window before each further try has to wait twice as long
WINDOW_SECONDS = 15 * 60
IDLE_SECONDS, SESSION_SECONDS = 2 * 3600, 12 * 3600
_KEPT_SECONDS = 24 * 3600  # tries are forgotten after a day
_SEEN_EVERY = 60  # seconds: how exactly the last sign of life is kept
_MEMORY_KIB, _PASSES = 19 * 1024, 2  # argon2id as OWASP's password storage cheat sheet has it
_LOGIN = re.compile(r"[\w.@+-]{2,60}")
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0, 1: to be copied from paper


@dataclass(frozen=True)
class Issued:
    """A new account with its password, shown once.

    Parameters
    ----------
    account_id : int
        Its number.
    login, password : str
        What to sign in with; the password is kept nowhere.
    role : str
        As what.
    """

    account_id: int
    login: str
    password: str
    role: str


@dataclass(frozen=True)
class SignedIn:
    """A session that has begun.

    Parameters
    ----------
    token : str
        What shows from now on who it is; kept by the person's program only.
    login, role : str
        Who signed in, as what.
    """

    token: str
    login: str
    role: str


def add(
    store: Store, login: str, password: str, *, role: str, employee: int | None = None, customer: int | None = None
) -> int:
    """Give a person access; the number of the account.

    Parameters
    ----------
    store : Store
        Opened by somebody with the right "accounts".
    login : str
        Two to sixty letters, digits and ``. _ - + @``; capitals make no difference.
    password : str
        Ten characters or more, not the login.
    role : str
        Name of a role.
    employee, customer : int, optional
        Number of the person; as in `Store.open`.

    Raises
    ------
    InputError
        With everything that is wrong; nothing was saved.
    """
    person = {"login": login, "password": password, "role": role, "employee": employee, "customer": customer}
    return _added(store, [person])[0].account_id


def add_class(store: Store, people: Iterable[Mapping[str, Any]]) -> list[Issued]:
    """Accounts for a whole class: all of them or none, with passwords made here.

    Parameters
    ----------
    store : Store
        Opened by somebody with the right "accounts".
    people : iterable of mapping
        ``login``, ``role``, and ``employee`` or ``customer`` where the role needs a person.

    Returns
    -------
    list of Issued
        In the order of the people; the passwords are shown here and never again.

    Examples
    --------
    >>> import tempfile, crm_toolkit as crm
    >>> world = crm.simulate("barbershop", customers=50, weeks=20, seed=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = crm.Store.create(f"{folder}/crm.db", world.tables)
    ...     issued = add_class(store, [{"login": "anna", "role": "sales"}, {"login": "oleg", "role": "service"}])
    ...     gate = Gate.open(store.url)
    ...     anna = gate.enter(gate.sign_in("Anna", issued[0].password).token)
    ...     print(len(issued), anna.role.name, len(issued[0].password))
    ...     gate.close()
    2 sales 14
    """
    return _added(store, [{**person, "password": made_password()} for person in people])


def made_password() -> str:
    """A password to be copied from paper: three groups of four letters and figures that look like no others."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def _added(store: Store, people: list[Mapping[str, Any]]) -> list[Issued]:
    store.rights.require("accounts")
    heading = say("No account was made.")
    problems, logins = [], [_normal(str(person.get("login", ""))) for person in people]
    for person, login in zip(people, logins, strict=True):
        if not _LOGIN.fullmatch(login):
            what = say("“{login}” can't be a login.", login=login[:60])
            advice = say("Take two to sixty letters, digits and . _ - + @.")
            problems.append(Problem("bad_login", what, advice=advice, column="login"))
        problems += _bad_password(login, person["password"])
        try:
            store.as_role(person.get("role", ""), employee=person.get("employee"), customer=person.get("customer"))
        except InputError as letter:
            problems += letter.problems
    for login in sorted({login for login in logins if logins.count(login) > 1}):
        problems.append(_taken(login))
    if problems:
        raise InputError(heading, problems)
    rows = [
        {"login": login, "password_hash": _hasher().hash(_normal_password(person["password"])), "role": person["role"],
         "employee_id": person.get("employee"), "customer_id": person.get("customer"), "created_at": store.now_iso()}
        for person, login in zip(people, logins, strict=True)
    ]  # fmt: skip

    def work(connection: sa.Connection) -> list[int]:
        there = connection.execute(sa.select(ACCOUNTS.c.login).where(ACCOUNTS.c.login.in_(logins))).scalars().all()
        if there:
            raise InputError(heading, [_taken(login) for login in sorted(there)])
        keys = []
        for row in rows:
            made = connection.execute(sa.insert(ACCOUNTS).values(**row)).inserted_primary_key
            keys.append(_key(made))
            audit.record(connection, store.actor, store.now_iso(), "create", "accounts", keys[-1],
                         customer_id=row["customer_id"])  # fmt: skip
        return keys

    keys = database.written(store.engine, work)
    return [Issued(key, login, person["password"], person["role"])
            for key, login, person in zip(keys, logins, people, strict=True)]  # fmt: skip


def _taken(login: str) -> Problem:
    what = say("There is an account “{login}” already.", login=login)
    return Problem("login_taken", what, advice=say("Choose another login."), column="login")


def disable(store: Store, login: str) -> None:
    """Take a person's access away; whoever is signed in with it is out at once."""
    _changed(store, login, "disable", disabled_at=store.now_iso())


def set_password(store: Store, login: str, password: str) -> None:
    """A new password for somebody who lost theirs; whoever is signed in with the old one is out."""
    store.rights.require("accounts")
    _require_good(_normal(login), password)
    _changed(store, login, "password", password_hash=_hasher().hash(_normal_password(password)), disabled_at=None)


def _changed(store: Store, login: str, action: str, **values: Any) -> None:
    store.rights.require("accounts")

    def work(connection: sa.Connection) -> None:
        key = connection.execute(sa.select(ACCOUNTS.c.account_id).where(ACCOUNTS.c.login == _normal(login))).scalar()
        if key is None:
            what = say("There is no account “{login}”.", login=login[:60])
            raise InputError(say("This can't be done."), [Problem("no_account", what, column="login")])
        connection.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.account_id == key).values(**values))
        _end_sessions(connection, int(key))
        audit.record(connection, store.actor, store.now_iso(), action, "accounts", int(key))

    database.written(store.engine, work)


@dataclass(frozen=True)
class Gate:
    """Where people sign in: a store's entrance for a classroom's server.

    Parameters
    ----------
    store : Store
        The store behind it; made by `Gate.open`.
    """

    store: Store

    @classmethod
    def open(cls, url: str | os.PathLike[str]) -> Gate:
        """The entrance of a store."""
        return cls(Store.open(url, role="manager"))

    def close(self) -> None:
        """Let the database go."""
        self.store.close()

    def sign_in(self, login: str, password: str) -> SignedIn:
        """Begin a session.

        Raises
        ------
        InputError
            If login and password do not belong together, or after too many tries; the words and the time are the same
            whether there is such a login or not.
        """
        name, heading = _normal(login), say("You are not signed in.")
        tried = audit.token(self.store.key, name) or ""
        attempt = database.written(self.store.engine, lambda connection: _attempt(connection, tried))
        with database.reading(self.store.engine) as connection:
            account = connection.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.login == name)).mappings().first()
        fits = _fits(account["password_hash"] if account else _nobody(), password)
        if account is None or not fits or account["disabled_at"] is not None:
            what = say("Login and password do not belong together.")
            advice = say("Look at the keyboard's language and at capitals.")
            raise InputError(heading, [Problem("not_known", what, advice=advice, column="password")])
        token, now = secrets.token_urlsafe(32), _now()
        better = (
            _hasher().hash(_normal_password(password))
            if _hasher().check_needs_rehash(account["password_hash"])
            else None
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.update(SIGN_INS).where(SIGN_INS.c.attempt_id == attempt).values(succeeded=1))
            connection.execute(sa.insert(SESSIONS).values(
                token_digest=_digest(token), account_id=account["account_id"], created_at=now, seen_at=now
            ))  # fmt: skip
            if better:
                connection.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.account_id == account["account_id"])
                                   .values(password_hash=better))  # fmt: skip

        database.written(self.store.engine, work)
        return SignedIn(token, name, account["role"])

    def enter(self, token: str) -> Store:
        """The store, opened for the person of a session; two hours without a sign of life end it, twelve in any case.

        Raises
        ------
        InputError
            If the session is over, or never was.
        """
        account = self._account(token)
        return self.store.as_role(account["role"], employee=account["employee_id"], customer=account["customer_id"])

    def change_password(self, token: str, old: str, new: str) -> None:
        """A person's own new password; their other sessions end."""
        account = self._account(token)
        tried = audit.token(self.store.key, account["login"]) or ""
        attempt = database.written(self.store.engine, lambda connection: _attempt(connection, tried))
        if not _fits(account["password_hash"], old):
            what = say("The password that you had is another one.")
            raise InputError(say("The password stays as it was."), [Problem("not_known", what, column="old")])
        _require_good(account["login"], new)
        made = _hasher().hash(_normal_password(new))

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.update(SIGN_INS).where(SIGN_INS.c.attempt_id == attempt).values(succeeded=1))
            connection.execute(
                sa.update(ACCOUNTS).where(ACCOUNTS.c.account_id == account["account_id"]).values(password_hash=made)
            )
            _end_sessions(connection, account["account_id"], but=_digest(token))
            actor = self.store.as_role(account["role"], employee=account["employee_id"],
                                       customer=account["customer_id"]).actor  # fmt: skip
            audit.record(connection, actor, self.store.now_iso(), "password", "accounts", account["account_id"])

        database.written(self.store.engine, work)

    def sign_out(self, token: str) -> None:
        """End a session; one that is over already stays so."""

        def work(connection: sa.Connection) -> None:
            mine = sa.and_(SESSIONS.c.token_digest == _digest(token), SESSIONS.c.ended_at.is_(None))
            connection.execute(sa.update(SESSIONS).where(mine).values(ended_at=_now()))

        database.written(self.store.engine, work)

    def is_open(self, token: str) -> bool:
        """Whether a session still holds; to ask is no sign of life.

        It ends by signing out, by another password, when the account is disabled, and after the times that `enter`
        names: a page that is open asks now and then, and lets nobody go on whose access was taken away.
        """
        return self._found(token, _now()) is not None

    def _found(self, token: str, now: int) -> Mapping[str, Any] | None:
        with database.reading(self.store.engine) as connection:
            row = (
                connection.execute(
                    sa.select(ACCOUNTS, SESSIONS.c.seen_at)
                    .join_from(SESSIONS, ACCOUNTS, SESSIONS.c.account_id == ACCOUNTS.c.account_id)
                    .where(
                        SESSIONS.c.token_digest == _digest(token),
                        SESSIONS.c.ended_at.is_(None),
                        SESSIONS.c.seen_at >= now - IDLE_SECONDS,
                        SESSIONS.c.created_at >= now - SESSION_SECONDS,
                        ACCOUNTS.c.disabled_at.is_(None),
                    )
                )
                .mappings()
                .first()
            )
        return None if row is None else dict(row)  # fmt: skip

    def _account(self, token: str) -> Mapping[str, Any]:
        now = _now()
        found = self._found(token, now)
        if found is None:
            what = say("The session is over.")
            raise InputError(say("You are not signed in."), [Problem("no_session", what, advice=say("Sign in again."))])
        if now - found["seen_at"] >= _SEEN_EVERY:
            mine = sa.update(SESSIONS).where(SESSIONS.c.token_digest == _digest(token)).values(seen_at=now)
            database.written(self.store.engine, lambda connection: connection.execute(mine))
        return dict(found)


def _attempt(connection: sa.Connection, tried: str) -> int:
    """Note a try before the password is looked at, so that many at once count as many; too many are refused here."""
    now = _now()
    mine = SIGN_INS.c.login == tried
    connection.execute(sa.delete(SIGN_INS).where(SIGN_INS.c.tried_at < now - _KEPT_SECONDS))
    entered = sa.select(sa.func.max(SIGN_INS.c.attempt_id)).where(mine, SIGN_INS.c.succeeded == 1).scalar_subquery()
    wrong, last = connection.execute(
        sa.select(sa.func.count(), sa.func.max(SIGN_INS.c.tried_at)).where(
            mine, SIGN_INS.c.tried_at > now - WINDOW_SECONDS, SIGN_INS.c.attempt_id > sa.func.coalesce(entered, 0)
        )
    ).one()
    left = wait_seconds(int(wrong)) - (now - int(last or 0)) if wrong else 0
    if left > 0:
        what = say_count("There were too many tries. The next one is possible in {count} second.",
                         "There were too many tries. The next one is possible in {count} seconds.", left)  # fmt: skip
        raise InputError(say("You are not signed in."), [Problem("too_many_tries", what, column="password")])
    made = connection.execute(sa.insert(SIGN_INS).values(login=tried, tried_at=now, succeeded=0)).inserted_primary_key
    return _key(made)


def _key(made: Any) -> int:
    return int(made[0])


def wait_seconds(wrong: int) -> int:
    """How long the next try has to wait after so many wrong ones within a quarter of an hour.

    >>> [wait_seconds(wrong) for wrong in (0, 4, 5, 6, 7, 12, 99)]
    [0, 0, 1, 2, 4, 128, 900]
    """
    return 0 if wrong < FREE_TRIES else min(2 ** min(wrong - FREE_TRIES, 20), WINDOW_SECONDS)


def _end_sessions(connection: sa.Connection, account: int, *, but: str = "") -> None:
    open_ones = sa.and_(SESSIONS.c.account_id == account, SESSIONS.c.ended_at.is_(None), SESSIONS.c.token_digest != but)
    connection.execute(sa.update(SESSIONS).where(open_ones).values(ended_at=_now()))


def _require_good(login: str, password: str) -> None:
    problems = _bad_password(login, password)
    if problems:
        raise InputError(say("The password stays as it was."), problems)


def _bad_password(login: str, password: str) -> list[Problem]:
    word = _normal_password(password)
    if len(word) < SHORTEST_PASSWORD:
        what = say_count("The password is shorter than {count} character.", "The password is shorter than {count} "
                         "characters.", SHORTEST_PASSWORD)  # fmt: skip
        return [Problem("short_password", what, advice=say("Take several words."), column="password")]
    if len(word) > LONGEST_PASSWORD:
        what = say_count("The password is longer than {count} character.", "The password is longer than {count} "
                         "characters.", LONGEST_PASSWORD)  # fmt: skip
        return [Problem("long_password", what, column="password")]
    if word.casefold() == login or len(set(word)) < 3:
        what = say("The password is too easy to guess: it is the login, or one or two characters again and again.")
        return [Problem("easy_password", what, advice=say("Take several words."), column="password")]
    return []


def _normal(login: str) -> str:
    return unicodedata.normalize("NFKC", login).strip().casefold()


def _normal_password(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError:
        raise MissingExtraError(
            say("Signing in needs an optional package. Install it: pip install crm-toolkit[accounts]")
        ) from None
    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)


@cache
def _nobody() -> str:
    """A hash that no password has: what a login that is not there is compared with."""
    return _hasher().hash(secrets.token_hex(32))


def _fits(hashed: str, password: str) -> bool:
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return _hasher().verify(hashed, _normal_password(password)[: LONGEST_PASSWORD + 1])
    except (Argon2Error, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _now() -> int:
    return int(time.time())
