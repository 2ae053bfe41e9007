"""A loyalty programme as one frozen value: rules that can be written down, checked, read aloud and run.

Kinds combine, each is a part that may be there or not: points or cashback (`Earning` with `Burning`), tiers, a discount
ladder, a punch card, a coalition, a paid membership, a family account, privileges, referral. All that is wrong with a
definition is told at once. The same value runs the ledger (`replay`), the member's view and the accounting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.firm.loyalty.extras import (
    Coalition,
    DiscountLadder,
    FamilyAccount,
    PaidMembership,
    Privilege,
    PunchCard,
    Referral,
    Tiers,
)
from crm_toolkit.firm.loyalty.parts import Account, Burning, Earning, Life, Returns
from crm_toolkit.knobs import ORIGINS
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import join_names, mark, say

KINDS = {
    "points": mark("points for purchases"), "cashback": mark("cashback"), "tiers": mark("tiers"),
    "discount_ladder": mark("discount ladder"), "punch_card": mark("punch card"), "coalition": mark("coalition"),
    "paid_membership": mark("paid membership"), "family_account": mark("family account"),
    "privileges": mark("privileges"), "referral": mark("bring a friend"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LoyaltyProgramme:
    """The rules of a loyalty programme.

    Parameters
    ----------
    name : str
    earning, burning : Earning, Burning, optional
        What gives points, what points give.
    life : Life
        When points are active and when they expire.
    returns : Returns
    account : Account
    tiers, ladder, punch_card, coalition, membership, family, referral : optional
        Parts of `crm_toolkit.firm.loyalty.extras`.
    privileges : tuple of Privilege
    currency : str
        ISO code for readers; empty where it does not matter.
    origin : {"source", "calibrated", "assumption", "convention"}
        Where the numbers come from.
    reference : str
        The source or the reason, for the reader.

    Raises
    ------
    InputError
        All problems of the definition at once.

    Examples
    --------
    >>> simple = LoyaltyProgramme(name="five back", earning=Earning(per_unit=0.05), burning=Burning())
    >>> simple.kinds, simple.face_rate
    (('cashback',), 0.05)
    >>> LoyaltyProgramme.from_toml(simple.to_toml()) == simple
    True
    >>> LoyaltyProgramme(name="half", earning=Earning(), privileges=(Privilege("lounge", tier="gold"),))
    Traceback (most recent call last):
        ...
    crm_toolkit.errors.InputError: The programme “half” can't be run.
    <BLANKLINE>
    1. The earning rule gives no points for anything.
       Set `per_unit`, `per_visit` or `events`.
    2. Points are earned, but they give nothing.
       Add the part `burning`, or `tiers` measured in points.
    3. The privilege “lounge” belongs to the tier “gold”, which does not exist.
    """

    name: str
    earning: Earning | None = None
    burning: Burning | None = None
    life: Life = field(default_factory=Life)
    returns: Returns = field(default_factory=Returns)
    account: Account = field(default_factory=Account)
    tiers: Tiers | None = None
    ladder: DiscountLadder | None = None
    punch_card: PunchCard | None = None
    coalition: Coalition | None = None
    membership: PaidMembership | None = None
    family: FamilyAccount | None = None
    privileges: tuple[Privilege, ...] = ()
    referral: Referral | None = None
    currency: str = ""
    origin: str = "assumption"
    reference: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "privileges", tuple(self.privileges))
        problems = _problems(self)
        if problems:
            raise InputError(say("The programme “{name}” can't be run.", name=self.name), problems)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Codes of the kinds that are combined here."""
        found = []
        if self.burning is not None:
            plain = self.burning.mode == "continuous" and self.burning.point_value == 1
            found.append("cashback" if plain else "points")
        parts = {"tiers": self.tiers, "discount_ladder": self.ladder, "punch_card": self.punch_card,
                 "coalition": self.coalition, "paid_membership": self.membership, "family_account": self.family,
                 "privileges": self.privileges, "referral": self.referral}  # fmt: skip
        return (*found, *(kind for kind, part in parts.items() if part))

    @property
    def face_rate(self) -> float:
        """Value given back for one currency unit of the base, if every point is used; without multipliers."""
        return self.earning.per_unit * self.burning.point_value if self.earning and self.burning else 0.0

    def points_minor(self, points: Any) -> NDArray[np.int64]:
        """What points are worth off an order, in minor units, halves up.

        >>> programme = LoyaltyProgramme(name="n", earning=Earning(per_visit=1), burning=Burning(point_value=0.125))
        >>> programme.points_minor([1, 4, -1]).tolist()
        [13, 50, -13]
        """
        millionths = round((self.burning.point_value if self.burning else 0.0) * 1_000_000)
        number = np.asarray(points, dtype=np.int64)
        return np.sign(number) * ((np.abs(number) * millionths + 5_000) // 10_000)

    def describe(self) -> str:
        """The rules as sentences, in the reader's language.

        >>> simple = LoyaltyProgramme(name="five back", earning=Earning(per_unit=0.05), burning=Burning())
        >>> print(simple.describe().splitlines()[1])
        One currency unit paid gives 0.05 points; what counts is the price after discounts, with tax, without delivery,
        without the part paid with points. Parts of a point are cut off.
        """
        from crm_toolkit.firm.loyalty.describing import described

        return described(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; what is left at its default is written too, what is not there is left out."""
        from crm_toolkit.firm.loyalty.reading import plain

        return plain(self)

    def to_toml(self) -> str:
        """The definition as TOML."""
        from crm_toolkit.firm.loyalty.reading import toml_of

        return toml_of(self.to_dict())

    def to_json(self) -> str:
        """The definition as JSON, readable."""
        from crm_toolkit.firm.loyalty.reading import json_of

        return json_of(self.to_dict())

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> LoyaltyProgramme:
        """Make a programme of plain values; all problems at once."""
        from crm_toolkit.firm.loyalty.reading import programme_of

        return programme_of(given)

    @classmethod
    def from_toml(cls, text: str) -> LoyaltyProgramme:
        r"""Read a definition.

        Raises
        ------
        InputError
            If it is no TOML, a name is unknown, a value does not fit, or the parts contradict each other.

        Examples
        --------
        >>> LoyaltyProgramme.from_toml('name = "n"\n[earnings]\nper_unit = 1\n')
        Traceback (most recent call last):
            ...
        crm_toolkit.errors.InputError: The programme can't be read.
        <BLANKLINE>
        1. There is no key `earnings` in the programme.
           Did you mean `earning`?
        """
        from crm_toolkit.firm.loyalty.reading import programme_of, toml_read

        return programme_of(toml_read(text))

    @classmethod
    def from_json(cls, text: str) -> LoyaltyProgramme:
        """Read a definition, as `from_toml` does."""
        from crm_toolkit.firm.loyalty.reading import json_read, programme_of

        return programme_of(json_read(text))


# names in the shipped programmes, for their Russian
SHIPPED_WORDS = (
    mark("Barbershop B"), mark("Car service A"), mark("Clinic K"), mark("Fitness club F"), mark("Hotel N"),
    mark("Language school L"), mark("Stylised: no real firm."), mark("guest"), mark("silver"), mark("gold"),
    mark("late check-out"), mark("room upgrade when free"), mark("guest visit"), mark("courtesy car"),
    mark("birthday"), mark("intensive"), mark("school"), mark("bookshop"), mark("café"),
)  # fmt: skip
PRESETS = Path(__file__).with_name("presets")


def programme_names() -> tuple[str, ...]:
    """Names of the stylised programmes that are shipped.

    >>> programme_names()[:3]
    ('barbershop_b', 'car_service_a', 'clinic_k')
    """
    return tuple(sorted(path.stem for path in PRESETS.glob("*.toml")))


def load_programme(name: str) -> LoyaltyProgramme:
    """A shipped programme: stylised, its numbers are assumptions and belong to no real firm.

    Raises
    ------
    InputError
        If there is none of that name.

    Examples
    --------
    >>> load_programme("clinic_k").kinds
    ('cashback', 'family_account')
    """
    names = programme_names()
    if name not in names:
        close = near_misses(str(name), names)
        problem = Problem("unknown_programme", say("There is no programme “{name}”.", name=name),
                          say("Available: {names}.", names=join_names(names)),
                          say("Did you mean “{close}”?", close=close[0]) if close else "")  # fmt: skip
        raise InputError(say("The programme can't be opened."), [problem])
    return LoyaltyProgramme.from_toml((PRESETS / f"{name}.toml").read_text(encoding="utf-8"))


def _problems(one: LoyaltyProgramme) -> list[Problem]:
    """Everything that is wrong between the parts."""
    problems: list[Problem] = []

    def wrong(code: str, what: str, column: str, advice: str = "") -> None:
        problems.append(Problem(code, what, advice=advice, column=column))

    wanted = {"earning": Earning, "burning": Burning, "life": Life, "returns": Returns, "account": Account,
              "tiers": Tiers, "ladder": DiscountLadder, "punch_card": PunchCard, "coalition": Coalition,
              "membership": PaidMembership, "family": FamilyAccount, "referral": Referral}  # fmt: skip
    needed = ("life", "returns", "account")
    for name, kind in wanted.items():
        value = getattr(one, name)
        if not (isinstance(value, kind) or (value is None and name not in needed)):
            wrong("wrong_kind", say("`{name}` must be a `{kind}`, not {value}.", name=name, kind=kind.__name__,
                                    value=repr(value)), name)  # fmt: skip
    for place, value in enumerate(one.privileges):
        if not isinstance(value, Privilege):
            wrong("wrong_kind", say("`{name}` must be a `{kind}`, not {value}.", name=f"privileges[{place}]",
                                    kind="Privilege", value=repr(value)), "privileges")  # fmt: skip
    if not (isinstance(one.name, str) and one.name.strip()):
        wrong("no_name", say("A programme needs a name."), "name")
    if one.origin not in ORIGINS:
        wrong("unknown_choice", say("`{name}` can't be {value}.", name="origin", value=repr(one.origin)), "origin",
              say("Possible: {names}.", names=join_names(ORIGINS)))  # fmt: skip
    if problems:
        return problems
    earning, burning, life = one.earning, one.burning, one.life
    gives = earning is not None or one.coalition is not None or one.referral is not None
    if not (gives or burning or one.ladder or one.punch_card or one.membership or one.privileges or one.tiers):
        wrong("empty", say("The programme has no part at all."), "name",
              say("Add `earning` with `burning`, `ladder`, `punch_card` or another part."))  # fmt: skip
    if earning and not (earning.per_unit or earning.per_visit or earning.events):
        wrong("earns_nothing", say("The earning rule gives no points for anything."), "earning",
              say("Set `per_unit`, `per_visit` or `events`."))  # fmt: skip
    by_points = one.tiers is not None and one.tiers.measure == "points"
    if gives and burning is None and not by_points:
        wrong("no_burning", say("Points are earned, but they give nothing."), "burning",
              say("Add the part `burning`, or `tiers` measured in points."))  # fmt: skip
    if burning and not gives:
        wrong("no_earning", say("Points give rewards, but nothing gives points."), "earning",
              say("Add the part `earning`, `coalition` or `referral`."))  # fmt: skip
    if by_points and earning is None:
        wrong("no_earning", say("Tiers are measured in points, but no part `earning` gives points."), "tiers")
    if burning and burning.mode == "continuous" and burning.threshold != 1:
        wrong("threshold_unused", say("`threshold` is {value}, but points are burnt continuously.",
                                      value=burning.threshold), "burning",
              say("Write `mode = \"threshold\"`, or leave the threshold out."))  # fmt: skip
    if life.pending == "days" and not life.pending_days:
        wrong("no_days", say("Points wait for days, but `pending_days` is 0."), "life")
    if life.pending != "days" and life.pending_days:
        wrong("days_unused", say("`pending_days` is {value}, but points do not wait for days.",
                                 value=life.pending_days), "life", say("Write `pending = \"days\"`."))  # fmt: skip
    for bonus in earning.multipliers if earning else ():
        if bonus.start and bonus.end and bonus.start > bonus.end:
            wrong("ends_before", say("A multiplier ends on {end}, before it begins on {start}.", end=bonus.end,
                                     start=bonus.start), "earning")  # fmt: skip
    names = one.tiers.names if one.tiers else ()
    for privilege in one.privileges:
        if privilege.tier and privilege.tier not in names:
            close = near_misses(privilege.tier, names)
            wrong("unknown_tier", say("The privilege “{name}” belongs to the tier “{tier}”, which does not exist.",
                                      name=privilege.name, tier=privilege.tier), "privileges",
                  say("Did you mean “{close}”?", close=close[0]) if close else "")  # fmt: skip
    return problems
