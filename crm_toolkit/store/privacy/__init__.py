"""Personal data that is needed less than it is kept: masks, pseudonyms, depersonalisation, and what still gives away.

pseudonyms        a keyed hash in place of a telephone, and why a plain hash protects nobody
masking           what a screen shows to those who may not see the whole
anonymity         k-anonymity, l-diversity, re-identification by linkage; coarser values
depersonalisation five methods on one table: what each costs in use and leaves in risk
consents          who has agreed to what, and whom a purpose allows to reach on a day (`Store.consent_coverage` …)
person_data       everything about one person, to look at and to take along (`Store.person_data`)
erasure           identity goes, statistics stay, no byte is left (`Store.erase`)
"""

from crm_toolkit.store.privacy.anonymity import (
    Anonymity,
    Diversity,
    Linkage,
    age_bands,
    k_anonymity,
    l_diversity,
    linkage,
    merged_regions,
    months,
)
from crm_toolkit.store.privacy.depersonalisation import (
    MethodComparison,
    change_composition,
    compare_methods,
    delete_rare,
    distort,
    replace_identifiers,
    shuffle_values,
)
from crm_toolkit.store.privacy.masking import mask_birth_date, mask_email, mask_name, mask_phone, mask_text
from crm_toolkit.store.privacy.pseudonyms import Attack, dictionary_attack, new_key, plain_hash, pseudonym

__all__ = [
    "Anonymity",
    "Attack",
    "Diversity",
    "Linkage",
    "MethodComparison",
    "age_bands",
    "change_composition",
    "compare_methods",
    "delete_rare",
    "dictionary_attack",
    "distort",
    "k_anonymity",
    "l_diversity",
    "linkage",
    "mask_birth_date",
    "mask_email",
    "mask_name",
    "mask_phone",
    "mask_text",
    "merged_regions",
    "months",
    "new_key",
    "plain_hash",
    "pseudonym",
    "replace_identifiers",
    "shuffle_values",
]
