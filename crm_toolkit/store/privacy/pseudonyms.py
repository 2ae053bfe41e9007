"""A pseudonym: the same word for the same person, which only the holder of a key can make.

A plain hash of a telephone protects nobody: there are few enough telephones to hash them all and look the answer up
(a dictionary attack). A keyed hash, HMAC-SHA256 (Krawczyk, Bellare, Canetti 1997, RFC 2104), can't be computed
without the key: pseudonym = HMAC(key, kind ‖ normal form). RFC 2104, section 3, discourages keys shorter than the
hash's output, 32 bytes here; they are refused.

Whoever holds the key can undo it by the same attack, so a pseudonym is still about a person: keep the key apart.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.intake.normal_forms import normal
from crm_toolkit.texts import say, say_count

KEY_BYTES = 32
"""Least length of a key in bytes: the output of SHA-256 (RFC 2104, section 3)."""


def new_key() -> bytes:
    """A new secret key of 32 bytes from the operating system's random source.

    >>> len(new_key()), new_key() == new_key()
    (32, False)
    """
    return secrets.token_bytes(KEY_BYTES)


def pseudonym(value: Any, *, key: bytes, kind: str = "text") -> str:
    """The pseudonym of a value: 64 hexadecimal digits, empty where the value is missing.

    Parameters
    ----------
    value : object
        A telephone, an e-mail address, a name or another text.
    key : bytes
        At least 32 bytes, secret; see `new_key`.
    kind : {"text", "phone", "email", "name"}
        How the value is brought to one form; equal texts of different kinds get different pseudonyms.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the key is no bytes, too short or one repeated byte, or there is no such kind.

    Examples
    --------
    >>> key = bytes(range(32))
    >>> one = pseudonym("8 (900) 111-22-33", key=key, kind="phone")
    >>> one == pseudonym("+7 900 111 22 33", key=key, kind="phone"), len(one)
    (True, 64)
    >>> pseudonym("", key=key, kind="phone")
    ''
    """
    check_key(key)
    text = normal(value, kind)
    return hmac.new(key, f"{kind}\x1f{text}".encode(), hashlib.sha256).hexdigest() if text else ""


def check_key(key: Any) -> None:
    """Refuse a key that protects nothing.

    >>> check_key(b"secret")
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: This key can't protect pseudonyms.
    <BLANKLINE>
    1. The key has 6 bytes; at least 32 are needed.
       Make one with new_key() and keep it apart from the data.
    """
    advice = say("Make one with new_key() and keep it apart from the data.")
    if not isinstance(key, (bytes, bytearray)):
        problem = Problem(
            "key_type",
            say("The key must be bytes; this is an object of the type {kind}.", kind=type(key).__name__),
            advice=advice,
        )
    elif len(key) < KEY_BYTES:
        problem = Problem(
            "short_key",
            say_count(
                "The key has {count} byte; at least {least} are needed.",
                "The key has {count} bytes; at least {least} are needed.",
                len(key),
                least=KEY_BYTES,
            ),
            advice=advice,
        )
    elif len(set(key)) < 2:
        problem = Problem("weak_key", say("The key is one byte repeated: anybody can guess it."), advice=advice)
    else:
        return
    raise InputError(say("This key can't protect pseudonyms."), [problem])


def plain_hash(value: Any, *, kind: str = "text") -> str:
    """SHA-256 of the normal form without a key: what not to do, shown beside `pseudonym`.

    >>> plain_hash("8 900 111-22-33", kind="phone") == plain_hash("+79001112233", kind="phone")
    True
    """
    text = normal(value, kind)
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


@dataclass(frozen=True)
class Attack:
    """What a dictionary attack found.

    Parameters
    ----------
    recovered : dict of str to str
        Token → the value behind it.
    tokens : int
        How many different tokens were attacked.
    tried : int
        How many candidates were hashed.
    seconds : float
        How long it took on this machine.
    """

    recovered: dict[str, str]
    tokens: int
    tried: int
    seconds: float = field(default=0.0, compare=False)

    @property
    def share(self) -> float:
        """Recovered tokens as a share of all, a fraction."""
        return len(self.recovered) / self.tokens if self.tokens else 0.0

    def __str__(self) -> str:
        return say_count(
            "{count} token recovered of {tokens}.",
            "{count} tokens recovered of {tokens}.",
            len(self.recovered),
            tokens=self.tokens,
        )


def dictionary_attack(tokens: Iterable[str], candidates: Iterable[str], hash: Callable[[str], str]) -> Attack:
    """Hash every candidate and look the tokens up: how a plain hash of a short value is undone.

    Parameters
    ----------
    tokens : iterable of str
        What stands in the table in place of the values; empty ones are left out.
    candidates : iterable of str
        Values that may be behind them, such as every number of an exchange.
    hash : callable
        What the attacker believes the tokens were made with.

    Returns
    -------
    Attack

    Examples
    --------
    >>> numbers = [f"7900111{n:04d}" for n in range(10_000)]
    >>> seen = [plain_hash("8 900 111-22-33", kind="phone")]
    >>> print(dictionary_attack(seen, numbers, lambda n: plain_hash(n, kind="phone")).recovered[seen[0]])
    79001112233
    >>> kept = [pseudonym("8 900 111-22-33", key=bytes(range(32)), kind="phone")]
    >>> dictionary_attack(kept, numbers, lambda n: plain_hash(n, kind="phone")).share
    0.0
    """
    wanted = {token for token in tokens if token}
    recovered: dict[str, str] = {}
    tried, began = 0, time.perf_counter()
    for candidate in candidates:
        tried += 1
        token = hash(candidate)
        if token in wanted and token not in recovered:
            recovered[token] = candidate
            if len(recovered) == len(wanted):
                break
    return Attack(recovered, len(wanted), tried, time.perf_counter() - began)
