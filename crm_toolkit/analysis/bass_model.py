"""A fitted Bass model: what it estimates, what it warns of, what it expects of the periods to come.

`analysis.fit_bass` makes it; how, and how sure the numbers are, stands there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_toolkit.analysis.bass_climb import adopters_of, slopes_of
from crm_toolkit.analysis.least_squares import student
from crm_toolkit.analysis.value_formulas import require_numbers
from crm_toolkit.behaviour.diffusion import LIMITS, BassPeak, bass_share
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import format_number, format_percent, say


@dataclass(frozen=True, eq=False)
class BassFit:
    """A Bass model, fitted.

    Parameters
    ----------
    p, q, potential : float
        Innovation and imitation, shares per period, and m, all who will ever come.
    parameters : pandas.DataFrame
        ``parameter``, ``estimate``, ``standard_error``, ``low``, ``high``, ``given`` (flag: not estimated). At the edge
        q = 0 the interval begins at 0.
    covariance : pandas.DataFrame
        Of p, q and potential; 0 for what was given.
    peak : behaviour.BassPeak
        Time (in periods from the start of the first) and height of the fitted curve.
    peak_time_low, peak_time_high, peak_low, peak_high : float or None
        Intervals of the peak's time and height, by the delta method; ``None`` where the curve has no peak.
    stage : {"before_peak", "after_peak", "no_peak"}
        Where the data end: before or after the fitted peak, or on a curve that falls from the start.
    history : pandas.DataFrame
        ``period`` (number from 1), ``label`` (as in the series), ``adopters``, ``expected``, ``residual``,
        ``cumulative``.
    log_likelihood : float
        Poisson's for ``"mle"``, the normal one for the others.
    dispersion : float
        φ of counts: 1 if people come independently, more if they come in waves; or s² of the residuals.
    r_squared : float
        Share of the variance of the periods that the curve explains; high for almost any smooth curve.
    method : {"mle", "nls", "ols"}
    level : float
    periods : int
    """

    p: float
    q: float
    potential: float
    parameters: pd.DataFrame
    covariance: pd.DataFrame
    peak: BassPeak
    peak_time_low: float | None
    peak_time_high: float | None
    peak_low: float | None
    peak_high: float | None
    stage: str
    history: pd.DataFrame
    log_likelihood: float
    dispersion: float
    r_squared: float
    method: str
    level: float
    periods: int

    @property
    def limits(self) -> str:
        """What the model cannot tell, a sentence for beside the numbers."""
        return say(LIMITS)

    @property
    def share_come(self) -> float:
        """F of the last period seen: the share of the potential that has come."""
        return float(bass_share(self.periods, p=self.p, q=self.q))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before believing the numbers, in words."""
        told = []
        if self.stage == "before_peak":
            told.append(say("The data end before the peak: the potential and the time of the peak are carried on from "
                            "the bend of the curve, and such fits are unstable."))  # fmt: skip
        if self.stage == "no_peak":
            falls = say("The fitted curve falls from the first period on: word of mouth does not outweigh innovation, "
                        "so there is no peak to forecast, and the intervals are a little too short.")  # fmt: skip
            told.append(falls)
        low, high = (float(self.parameters[name].iloc[2]) for name in ("low", "high"))
        if self._estimated == 3 and high > 2 * low:
            told.append(say("The potential may be anything from {low} to {high}: the data do not tell it.",
                            low=format_number(low, 0), high=format_number(high, 0)))  # fmt: skip
        if self.method == "mle" and self.dispersion > 3:
            told.append(say("Periods differ from the curve {times} times as much as independent people would: the "
                            "intervals are widened by that, but something moves sales that the model does not know.",
                            times=format_number(float(np.sqrt(self.dispersion)), 1)))  # fmt: skip
        return tuple(told)

    @property
    def conclusion(self) -> str:
        """The main thing in a sentence or two."""
        come = format_percent(self.share_come, 0)
        if self.stage == "no_peak":
            return say("No peak: sales fall from the start; {come} of {potential} have come.", come=come,
                       potential=format_number(self.potential, 0))  # fmt: skip
        when = say("The peak is at period {time} (from {low} to {high}), {height} per period; {come} of {potential} "
                   "have come.", time=format_number(self.peak.time, 1), low=format_number(self.peak_time_low or 0.0, 1),
                   high=format_number(self.peak_time_high or 0.0, 1), height=format_number(self.peak.adopters, 0),
                   come=come, potential=format_number(self.potential, 0))  # fmt: skip
        return when

    def forecast(self, ahead: int) -> pd.DataFrame:
        """Adopters of the periods to come.

        Parameters
        ----------
        ahead : int
            Number of periods, 1 to 1,000.

        Returns
        -------
        pandas.DataFrame
            ``period`` (number), ``adopters`` (expected), ``low``, ``high`` (hold the adopters that will come: error of
            the estimates and chance together), ``cumulative`` (all who will have come), ``cumulative_low``,
            ``cumulative_high``.

        Raises
        ------
        InputError
            If ``ahead`` is no whole number in its range.

        Examples
        --------
        >>> from crm_toolkit.analysis.diffusion import fit_bass
        >>> from crm_toolkit.behaviour.diffusion import bass_adopters
        >>> fit = fit_bass(bass_adopters(12, p=0.02, q=0.4, potential=1000).round())
        >>> print(fit.forecast(2).round(0).to_string(index=False))
         period  adopters  low  high  cumulative  cumulative_low  cumulative_high
             13      38.0 37.0  38.0       916.0           915.0            916.0
             14      26.0 26.0  27.0       942.0           941.0            943.0
        """
        (steps,) = require_numbers("forecast", ahead=(ahead, 1, 1000))
        if steps != int(steps):
            what = say("`{name}` can't be {value}.", name="ahead", value=repr(ahead))
            problem = Problem("not_whole", what, advice=say("A whole number is needed."), column="ahead")
            raise InputError(say("`{function}` can't use these numbers.", function="forecast"), [problem])
        last, count = self.periods, self.periods + int(steps)
        theta = np.array([self.p, self.q, self.potential])
        form = "discrete" if self.method == "ols" else "continuous"
        expected, slope = adopters_of(theta, count, form), slopes_of(theta, count, form)
        ahead_of, slope = expected[last:], slope[last:]
        noise = self.dispersion * (ahead_of if self.method == "mle" else np.ones(len(ahead_of)))
        known = self.covariance.to_numpy().copy()
        if (
            self.method == "mle" and self._estimated == 3
        ):  # who has come does not come again: adds up to Poisson's error
            known[2, 2] += self.dispersion * self.potential
        reach = student(self.level, self.periods - self._estimated)
        wide = reach * np.sqrt(np.einsum("ij,jk,ik->i", slope, known, slope) + noise)
        summed = np.cumsum(slope, axis=0)
        broad = reach * np.sqrt(np.einsum("ij,jk,ik->i", summed, known, summed) + np.cumsum(noise))
        came = float(self.history["adopters"].sum())
        total = came + np.cumsum(ahead_of)
        return pd.DataFrame(
            {
                "period": np.arange(last + 1, count + 1),
                "adopters": ahead_of,
                "low": np.maximum(ahead_of - wide, 0.0),
                "high": ahead_of + wide,
                "cumulative": total,
                "cumulative_low": np.maximum(total - broad, came),
                "cumulative_high": total + broad,
            }
        )

    @property
    def _estimated(self) -> int:
        return int((~self.parameters["given"]).sum())
