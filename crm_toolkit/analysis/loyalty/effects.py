"""What is known of the effects of loyalty programmes: published findings with their standing.

Few numbers are published, they come from a handful of programmes, and they disagree. So every row says how far it can
be trusted (`STANDINGS`): none of the papers was read in full for this table, the numbers come from abstracts and from
secondary sources, and where these contradict each other the row says so and only the direction should be used.

Rows with numbers that a budget can use (``lift``, ``value_gain``) can be turned into the two behavioural numbers of
`ProgrammeEconomics`: the lift δ and the gain of retention. Of a gain of lifetime value g with the share q that comes
from retention, δ = (1 − q)·g unless the finding names it, and r₁ follows from r₁/(1 + i − r₁) = k·r₀/(1 + i − r₀) with
k = (1 + g)/(1 + δ).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crm_toolkit.analysis.loyalty.economics import ProgrammeEconomics
from crm_toolkit.analysis.value_formulas import margin_multiple
from crm_toolkit.texts import mark, say

STANDINGS = {
    "abstract": mark("abstract or summary read, not the paper"),
    "secondary": mark("number from a secondary source"),
    "disagrees": mark("sources disagree: use the direction, not the number"),
    "direction": mark("direction only, no number was read"),
}


@dataclass(frozen=True)
class Effect:
    """One published finding.

    Parameters
    ----------
    code : str
        A stable name.
    finding : str
        What was found; English, marked for translation.
    value : float or None
        The number in ``unit``, where there is one.
    unit : str
        English, marked.
    source : str
    standing : str
        One of `STANDINGS`.
    note : str
        English, marked; may be empty.
    lift, value_gain, retention_part : float or None
        Incremental spend as a share of the spend without the programme; gain of lifetime value as a share; share of it
        that comes from retention. ``None`` where the finding says nothing of it.
    """

    code: str
    finding: str
    value: float | None
    unit: str
    source: str
    standing: str
    note: str = ""
    lift: float | None = None
    value_gain: float | None = None
    retention_part: float | None = None

    @property
    def usable(self) -> bool:
        """Whether a budget can use it: it names a lift or a gain of value."""
        return self.lift is not None or self.value_gain is not None

    def applied(self, economics: ProgrammeEconomics, strength: float = 1.0) -> tuple[float, float]:
        """The lift and the gain of retention that the finding means for a programme.

        Parameters
        ----------
        economics : ProgrammeEconomics
            Whose retention and discount rate hold.
        strength : float
            Multiplies the effect.

        Returns
        -------
        tuple of float
            Lift, and r₁ − r₀; (0, 0) for a finding without a usable number.

        Examples
        --------
        >>> late = next(effect for effect in EFFECTS if effect.code == "salon_value")
        >>> lift, gain = late.applied(ProgrammeEconomics(retention=0.8, discount=0.1))
        >>> round(lift, 3), round(gain, 3)
        (0.058, 0.041)
        """
        gain = strength * (self.value_gain or 0.0)
        if self.lift is not None:
            lift = strength * self.lift
        else:
            lift = gain * (1 - (self.retention_part or 0.0))
        if self.value_gain is None:
            return lift, 0.0
        multiple = (1 + gain) / (1 + lift) * margin_multiple(economics.retention, economics.discount)
        return lift, multiple * (1 + economics.discount) / (1 + multiple) - economics.retention


_SHARE, _TIMES = mark("fraction"), mark("times")
EFFECTS = (
    Effect("self_selection", mark("a naive comparison overstates the effect; corrected, it is small and positive"), 7.0,
           _TIMES, "Leenheer et al. 2007", "abstract", mark("7 Dutch grocery programmes, 20 chains")),
    Effect("coalition_sales", mark("share of sales that a coalition's cash rewards caused"), 0.0174, _SHARE,
           "“Separating customer heterogeneity…”; neilbendle.com", "secondary",
           mark("rewarded behaviour, not points pressure; most of the spike is heterogeneity"),
           lift=0.0174 / (1 - 0.0174)),
    Effect("salon_value", mark("gain of lifetime value over five years in a chain of hair salons"), 0.29, _SHARE,
           "Gopalakrishnan et al. (university summary 2020)", "disagrees",
           mark("more than 80 % of it by retention; an earlier version of the same study reported 3 %"),
           value_gain=0.29, retention_part=0.8),
    Effect("salon_value_early", mark("the same chain in an earlier version of the study"), 0.03, _SHARE,
           "Gopalakrishnan et al. (working paper)", "disagrees", mark("frequency +1.9 %; other model, same data"),
           lift=0.019, value_gain=0.03),
    Effect("meta_analysis", mark("positive; stronger for behavioural than for attitudinal loyalty"), None, "",
           "Belli et al. 2022, 429 effect sizes", "direction", mark("numbers by design were not read")),
    Effect("who_responds",
           mark("heavy buyers claim rewards and do not change; light and moderate ones gradually buy more"), None, "",
           "Liu 2007", "direction", mark("baseline baskets: moderate 4.18 dollars, heavy exp(1.81), light exp(0.95)")),
    Effect("points_pressure", mark("both points pressure and rewarded behaviour were present"), None, "",
           "Taylor, Neslin 2005", "abstract", mark("a promotion of eight weeks with a turkey as the reward")),
    Effect("goal_gradient", mark("the closer the reward, the faster the visits; a head start speeds them up"), None, "",
           "Kivetz et al. 2006", "disagrees",
           mark("durations differ by source: about 10 against 15 days, or 12.7 against 15.6 from memory")),
    Effect("endowed_progress", mark("cards with a head start were completed more often: 34 % against 19 %"),
           51 / 29 - 1, _SHARE, "Nunes, Drèze 2006", "secondary",
           mark("51 and 29 of 150 cards are +76 %; sources print +79 % and +82 %")),
    Effect("redemption_momentum", mark("deciding to redeem lifts purchases before and after"), None, "",
           "Dorotic et al. 2014, 3,094 members", "abstract"),
    Effect("demotion", mark("the demoted intend less loyalty than those who were never promoted"), None, "",
           "Wagner et al. 2009", "abstract", mark("experiment and field data")),
    Effect("paid_membership", mark("a paid subscription lifts purchases much and lastingly; two thirds of it are not "
                                   "economic"), 2 / 3, _SHARE, "Iyengar, Park, Yu 2022", "abstract",
           mark("the share of the uplift that benefits do not explain")),
    Effect("short_lived", mark("an immediate spike, generally short-lived"), None, "", "Lin 2020", "abstract"),
    Effect("lifetime", mark("members stay longer with a larger share of wallet; several cards nearby shorten it"), None,
           "", "Meyer-Waarden 2007", "secondary", mark("survival on a scanner panel")),
    Effect("design", mark("saving and several vendors help, high discounts do not, several cards weaken"), None, "",
           "Leenheer et al. 2002", "abstract"),
    Effect("dynamic", mark("a programme raises the annual purchases of a substantial share of customers"), None, "",
           "Lewis 2004", "abstract", mark("a structural model")),
)  # fmt: skip


def effect_library() -> pd.DataFrame:
    """List the published effects with their sources and standing, in the reader's language.

    Returns
    -------
    pandas.DataFrame
        ``code``, ``finding``, ``value`` (number, missing where none was read), ``unit``, ``source``, ``standing`` (one
        of `STANDINGS`), ``standing_words``, ``note``, ``usable`` (whether `economics_monte_carlo` can draw it).

    Examples
    --------
    >>> library = effect_library().set_index("code")
    >>> library.loc["salon_value", "value"].item(), library.loc["salon_value", "standing"]
    (0.29, 'disagrees')
    """
    rows = [
        (one.code, say(one.finding), one.value, say(one.unit) if one.unit else "", one.source, one.standing,
         say(STANDINGS[one.standing]), say(one.note) if one.note else "", one.usable)
        for one in EFFECTS
    ]  # fmt: skip
    names = ["code", "finding", "value", "unit", "source", "standing", "standing_words", "note", "usable"]
    return pd.DataFrame(rows, columns=names).astype({"value": "float64"})
