"""One customer under several keys: found by a rule that explains itself, merged by rules that lose nothing silently.

records     names, telephones and dates made comparable
blocking    which pairs are worth a look
comparison  how two records compare, field by field
rule        what each agreement is worth: log-odds weights, declared or estimated
scoring     pairs above a threshold, with evidence in words
clusters    records of one customer out of pairs, with a guard against chains; how right the result is
merging     one record out of several, with the origin of every field
joining     the same in the database; moving: what hangs on a record; parting: a merge undone
"""

from crm_toolkit.store.duplicates.clusters import MatchQuality, match_quality
from crm_toolkit.store.duplicates.merging import Merged, Survivorship, merge_records
from crm_toolkit.store.duplicates.rule import DECLARED_RULE, LinkageRule, estimate_rule
from crm_toolkit.store.duplicates.scoring import Matches, find_duplicates

__all__ = [
    "DECLARED_RULE",
    "LinkageRule",
    "MatchQuality",
    "Matches",
    "Merged",
    "Survivorship",
    "estimate_rule",
    "find_duplicates",
    "match_quality",
    "merge_records",
]
