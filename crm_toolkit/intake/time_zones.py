"""Times with offsets from UTC turned into the organisation's local time, or kept and said."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from crm_toolkit.intake.clock import Clock
from crm_toolkit.intake.counted_dates import Counted
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.intake.grid import Cells
from crm_toolkit.texts import join_names, say


def zone_of(name: str, findings: Findings) -> ZoneInfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.problem(
            "unknown_timezone",
            say("The time zone “{name}” is not known.", name=shown(name)),
            advice=say("Zones are named like Europe/Moscow or America/New_York."),
        )
        return None


def to_local(
    values: np.ndarray,
    clock: list[Clock | None],
    time_codes: np.ndarray,
    blank: np.ndarray,
    zone: ZoneInfo | None,
    cells: Cells,
    findings: Findings,
    rows: np.ndarray,
    number_form: Counted | bool,
) -> np.ndarray | None:
    """Local time of the organisation from whatever offsets stand in the file."""
    if isinstance(number_form, Counted) and number_form.form.startswith("epoch"):
        if zone:
            return shifted(values, zone)
        findings.warn(
            "utc",
            say("Seconds since 1970 are counted in UTC, so the times are UTC; timezone=… turns them into local time."),
            column=cells.header,
        )
        return values
    used = np.unique(time_codes[~blank]).tolist()
    names = sorted({moment.named for code in used if (moment := clock[code]) and moment.named})
    if names:
        _note_names(names, any(not clock[code] or not clock[code].named for code in used), cells, findings)  # type: ignore[union-attr]
    offsets = {moment.zone for code in used if (moment := clock[code])}
    if offsets <= {None}:
        return values
    minutes = np.array([moment.zone if moment and moment.zone is not None else 0 for moment in clock])
    if zone:
        aware = np.array([moment is not None and moment.zone is not None for moment in clock])[time_codes]
        utc = values - minutes[time_codes].astype("timedelta64[m]")
        return np.where(aware, shifted(utc, zone), values)
    if len(offsets) > 1:
        findings.problem(
            "mixed_offsets",
            say(
                "“{column}” holds times of several time zones: {zones}.",
                column=shown(cells.header),
                zones=join_names(offset_name(offset) for offset in sorted(offsets, key=lambda o: (o is None, o or 0))),
            ),
            advice=say("Say where the organisation lives, and all times become local: timezone='Europe/Moscow'."),
            column=cells.header,
        )
        return None
    offset = next(iter(offsets))
    findings.warn(
        "offset_kept",
        say(
            "Times carry the offset {offset} and are kept as that local time; timezone=… turns them into another.",
            offset=offset_name(offset),
        ),
        column=cells.header,
    )
    return values


def _note_names(names: list[str], some_without: bool, cells: Cells, findings: Findings) -> None:
    """Names such as EST don't say the offset: several of them are refused, one is named and the times stay."""
    if len(names) > 1 or some_without:
        findings.problem(
            "mixed_offsets",
            say(
                "“{column}” holds times of several time zones: {zones}.",
                column=shown(cells.header),
                zones=join_names([*names, offset_name(None)] if some_without else names),
            ),
            advice=say("Such names are not read; write offsets instead, such as -05:00, and say timezone=…"),
            column=cells.header,
        )
        return
    findings.warn(
        "zone_name",
        say("The name of the time zone, {name}, is not read; the times are kept as they stand.", name=names[0]),
        column=cells.header,
    )


def offset_name(minutes: int | None) -> str:
    """An offset from UTC as people write it.

    >>> offset_name(180), offset_name(-330), offset_name(0)
    ('UTC+03:00', 'UTC-05:30', 'UTC')
    """
    if minutes is None:
        return say("no time zone")
    if minutes == 0:
        return "UTC"
    return f"UTC{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def shifted(utc: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    import pandas as pd

    local = pd.DatetimeIndex(utc.astype("datetime64[us]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return local.to_numpy().astype("datetime64[us]")
