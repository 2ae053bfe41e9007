"""Words for charts: what the columns and codes of the lessons are called in the reader's language."""

from __future__ import annotations

from crm_toolkit.errors import InputError, Problem
from crm_toolkit.schema import near_misses
from crm_toolkit.texts import mark, say

WORDS = {
    "after": mark("spend after the start of the programme"),
    "call": mark("a call"),
    "e-mail": mark("e-mail"),
    "expected_purchases": mark("expected purchases"),
    "monetary": mark("money a year"),
    "no": mark("not called"),
    "none": mark("nothing"),
    "points": mark("loyalty points"),
    "profit": mark("profit"),
    "questions": mark("questions a year"),
    "rare": mark("rare guests"),
    "receipt": mark("mean receipt"),
    "regular": mark("regular guests"),
    "revenue": mark("revenue"),
    "visits": mark("visits a year"),
    "weeks": mark("weeks"),
    "yes": mark("called"),
}


def words(*codes: str) -> dict[str, str]:
    """Words for columns and codes, for the ``labels`` of a chart.

    Parameters
    ----------
    *codes : str
        Names of columns or codes that the lessons use.

    Returns
    -------
    dict of str to str
        Each code and its word.

    Raises
    ------
    InputError
        If there is no word for a code; all of them at once.

    Examples
    --------
    >>> words("visits", "receipt")
    {'visits': 'visits a year', 'receipt': 'mean receipt'}
    """
    problems = []
    for code in codes:
        if code not in WORDS:
            close = near_misses(code, WORDS)
            advice = say("Did you mean `{close}`?", close=close[0]) if close else say("Write the label yourself.")
            problems.append(Problem("unknown_name", say("There is no word for `{code}`.", code=code), advice=advice))
    if problems:
        raise InputError(say("The labels can't be given."), problems)
    return {code: say(WORDS[code]) for code in codes}
