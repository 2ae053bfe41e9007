"""What complaints are about: tags from words, in Russian and English, in a way that everybody can check.

A tag has phrases; a phrase found in a text makes the tag, and the answer shows which words did. No training, no score:
if a tag is wrong, the phrase that made it stands beside it and can be changed. The ready dictionary for service
businesses is `complaint_tags.toml`; its head explains how phrases are written.

Words are compared by Snowball's stems (Porter 2001): «опозданием» meets «опоздание». A phrase after a negation («не
опоздали», "was not rude") is found but does not count. A keyword model knows no irony and no paraphrase: what it leaves
untagged is counted and its most frequent words are listed, to be read by a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crm_toolkit.analysis.complaints.tag_dictionary import ComplaintTag, ready_complaint_tags
from crm_toolkit.analysis.complaints.tag_matching import matches_in, phrase_index, words_of
from crm_toolkit.analysis.fields import brought_home
from crm_toolkit.analysis.shares import LEVEL, SMALLEST, share_columns
from crm_toolkit.errors import InputError, Problem
from crm_toolkit.texts import say, say_count

MOST_LETTERS = 20_000  # of one text that are read
_IDLE = frozenset(
    word
    for word in words_of(
        "и в во на с со к ко у о об от до по за из что как это то так же бы ли а или мы я вы он она они мне нас меня "
        "нам вас был была было были быть есть уже ещё очень там тут мой моя моё мои ваш ваша ваши который которая для "
        "при где все the a an of to in on at for and or i we you he she they it my our your was were is are be been "
        "had have has this that with so as me us very there then from by did do does"
    )
)


@dataclass(frozen=True, eq=False)
class TaggedComplaints:
    """Complaints with their tags, and the words that made them.

    Parameters
    ----------
    complaints : pandas.DataFrame
        One row per text that is not empty, in the order given: the key (``row``, from 0, without one), ``tags`` (codes
        with a comma between, empty if none).
    matches : pandas.DataFrame
        One row per phrase found: the key, ``tag``, ``phrase``, ``words`` (as they stand in the text), ``negated``
        (flag: found, but does not count).
    tags : pandas.DataFrame
        The most frequent first: ``tag``, ``title``, ``group``, ``complaints``, ``share`` (of all texts; they add up to
        more than 1 where a complaint has several), ``low``, ``high`` (Wilson's interval), ``enough`` (flag).
    untagged_words : pandas.DataFrame
        ``word``, ``complaints``: what stands most often in texts without a tag.
    texts, tagged, empty : int
        Texts that are not empty; of them those with a tag; rows without a text.
    """

    complaints: pd.DataFrame
    matches: pd.DataFrame
    tags: pd.DataFrame
    untagged_words: pd.DataFrame
    texts: int
    tagged: int
    empty: int

    @property
    def coverage(self) -> float:
        """Share of the texts that have a tag."""
        return self.tagged / self.texts

    def __str__(self) -> str:
        return say_count(
            "{tagged} of {count} text has a tag ({share} without one).",
            "{tagged} of {count} texts have a tag ({share} without one).",
            self.texts,
            tagged=self.tagged,
            share=f"{1 - self.coverage:.0%}",
        )


def tag_complaints(
    complaints: Any,
    *,
    text: str = "text",
    key: str | None = None,
    tags: Sequence[ComplaintTag] | None = None,
    level: float = LEVEL.default,
    smallest: int = int(SMALLEST.default),
) -> TaggedComplaints:
    """Tag the texts of complaints by the words in them.

    Parameters
    ----------
    complaints : frame, relation or path
        One row per complaint: the column ``text``, in Russian, English or both; a row without a text is counted only.
    text, key : str
        The column of the text, and that of the complaint's key, if it has one.
    tags : sequence of ComplaintTag, optional
        By default `ready_complaint_tags`.
    level : float
        Level of the intervals, a fraction.
    smallest : int
        Texts from which a share is read by itself.

    Returns
    -------
    TaggedComplaints

    Raises
    ------
    InputError
        If a column is missing or holds no text, no text is there, or a tag can't be read.

    Examples
    --------
    >>> import pandas as pd
    >>> complaints = pd.DataFrame(
    ...     {"text": ["Мастер опоздал на час и нагрубил!", "The bill was wrong, not rude staff."]}
    ... )
    >>> found = tag_complaints(complaints)
    >>> found.complaints["tags"].tolist()
    ['late_start, rude_staff', 'wrong_bill']
    >>> print(found.matches.drop(columns="phrase").to_string(index=False))
     row        tag          words  negated
       0 late_start        опоздал    False
       0 rude_staff       нагрубил    False
       1 wrong_bill bill was wrong    False
       1 rude_staff           rude     True
    """
    share, least = LEVEL.check(level), int(SMALLEST.check(smallest))
    known = ready_complaint_tags() if tags is None else tuple(tags)
    index = phrase_index(known)
    wanted = {text: "text"} | ({key: "label"} if key is not None and key != text else {})
    found = brought_home(complaints, wanted, asked_by="tag_complaints")
    said = ["" if value is None or value != value else str(value)[:MOST_LETTERS] for value in found[text].tolist()]
    there = [place for place, one in enumerate(said) if one.strip()]
    if not there:
        what = say_count("{count} row, and no text in `{name}`.", "{count} rows, and no text in `{name}`.", len(said),
                         name=text)  # fmt: skip
        heading = say("`{function}` found no text.", function="tag_complaints")
        raise InputError(heading, [Problem("empty", what, column=text)])
    name = "row" if key is None else key
    keys = list(range(len(said))) if key is None else found[key].tolist()
    rows, matches, counts, left = [], [], Counter[str](), Counter[str]()
    read: dict[str, list[tuple[str, str, str, bool]]] = {}
    for place in there:
        if said[place] not in read:
            read[said[place]] = list(matches_in(said[place], index))
        here = read[said[place]]
        mine = list(dict.fromkeys(tag for tag, _, _, negated in here if not negated))
        rows.append((keys[place], ", ".join(mine)))
        matches += [(keys[place], *one) for one in here]
        counts.update(mine)
        if not mine:
            left.update({word for word in words_of(said[place]) if word not in _IDLE and len(word) > 2})
    ordered = sorted(known, key=lambda tag: (-counts[tag.name], tag.name))
    number = np.array([counts[tag.name] for tag in ordered])
    table = pd.DataFrame(
        {
            "tag": [tag.name for tag in ordered],
            "title": [tag.title for tag in ordered],
            "group": [tag.group for tag in ordered],
            "complaints": number,
        }
        | share_columns(number, np.full(len(ordered), len(there)), level=share, smallest=least)
    ).assign(enough=len(there) >= least)
    words = sorted(left.items(), key=lambda pair: (-pair[1], pair[0]))[:30]
    return TaggedComplaints(
        pd.DataFrame(rows, columns=[name, "tags"]),
        pd.DataFrame(matches, columns=[name, "tag", "phrase", "words", "negated"]),
        table,
        pd.DataFrame(words, columns=["word", "complaints"]),
        len(there),
        sum(1 for _, mine in rows if mine),
        len(said) - len(there),
    )


def tag_agreement(found: TaggedComplaints, causes: Any, *, key: str = "row", cause: str = "cause") -> pd.DataFrame:
    """Compare the tags with what a person, or the record of causes, says that the complaints are about.

    Parameters
    ----------
    found : TaggedComplaints
        Made with the same ``key``.
    causes : pandas.DataFrame
        The columns ``key`` and ``cause``: a code of a tag for each complaint; several rows for several causes.
    key, cause : str
        Their names.

    Returns
    -------
    pandas.DataFrame
        ``tag``, ``tagged``, ``caused``, ``both`` (complaints), ``precision`` (of the tagged, those with the cause),
        ``recall`` (of those with the cause, the tagged), ``kappa`` (Cohen's agreement beyond chance, 1 at most), in the
        order of ``caused``; tags without both are left out. Where nothing was tagged, precision is missing; where no
        complaint has the cause, recall is.

    Raises
    ------
    InputError
        If a column is missing or no complaint is in both tables.

    References
    ----------
    Cohen, J. (1960). A Coefficient of Agreement for Nominal Scales. Educational and Psychological Measurement
    20, 37–46.

    Examples
    --------
    >>> import pandas as pd
    >>> texts = pd.DataFrame({"text": ["Rude!", "Very rude barber", "Late again", "Dirty floor"]})
    >>> causes = pd.DataFrame({"row": [0, 1, 2, 3], "cause": ["rude_staff", "rude_staff", "late_start", "noise"]})
    >>> agreement = tag_agreement(tag_complaints(texts), causes)
    >>> print(agreement[["tag", "tagged", "caused", "recall", "kappa"]].head(2).to_string(index=False))
           tag  tagged  caused  recall  kappa
    rude_staff       2       2     1.0    1.0
    late_start       1       1     1.0    1.0
    """
    table = brought_home(causes, {key: "label", cause: "text"}, asked_by="tag_agreement")
    mine = found.complaints
    if key not in mine.columns:
        what = say("The complaints were tagged with the key `{name}`.", name=mine.columns[0])
        heading = say("`{function}` can't compare these tables.", function="tag_agreement")
        raise InputError(heading, [Problem("other_key", what, column=key)])
    said = table.dropna(subset=[key])
    shared = set(mine[key]) & set(said[key])
    if not shared:
        heading = say("`{function}` can't compare these tables.", function="tag_agreement")
        raise InputError(heading, [Problem("no_overlap", say("No complaint is in both tables."), column=key)])
    tagged: dict[str, set[Any]] = {}
    for one, codes in zip(mine[key].tolist(), mine["tags"].tolist(), strict=True):
        for code in codes.split(", ") if codes and one in shared else ():
            tagged.setdefault(code, set()).add(one)
    caused: dict[str, set[Any]] = {}
    for one, code in zip(said[key].tolist(), said[cause].tolist(), strict=True):
        if one in shared and isinstance(code, str):
            caused.setdefault(code, set()).add(one)
    n, rows = len(shared), []
    for code in sorted({*tagged, *caused}, key=lambda name: (-len(caused.get(name, ())), name)):
        one, two = tagged.get(code, set()), caused.get(code, set())
        both = len(one & two)
        same = (both + n - len(one | two)) / n
        chance = (len(one) * len(two) + (n - len(one)) * (n - len(two))) / n**2
        kappa = 1.0 if chance >= 1 else (same - chance) / (1 - chance)
        rows.append((code, len(one), len(two), both, both / len(one) if one else np.nan,
                     both / len(two) if two else np.nan, kappa))  # fmt: skip
    return pd.DataFrame(rows, columns=["tag", "tagged", "caused", "both", "precision", "recall", "kappa"])
