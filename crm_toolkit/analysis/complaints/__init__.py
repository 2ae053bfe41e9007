"""Complaints: how often, of what, and how many of the dissatisfied complain at all.

rates            complaints for an order, a contact or a month of a customer
tags             texts tagged by a list of words that can be read
tag_dictionary   the ready list and lists of one's own
tag_matching     how words are found: stems, negation
voice            the share of the dissatisfied who complain
"""

from crm_toolkit.analysis.complaints.rates import ComplaintRates, compare_complaint_rates, complaint_rates
from crm_toolkit.analysis.complaints.tag_dictionary import ComplaintTag, read_complaint_tags, ready_complaint_tags
from crm_toolkit.analysis.complaints.tags import TaggedComplaints, tag_agreement, tag_complaints
from crm_toolkit.analysis.complaints.voice import voiced_share

__all__ = [
    "ComplaintRates",
    "ComplaintTag",
    "TaggedComplaints",
    "compare_complaint_rates",
    "complaint_rates",
    "read_complaint_tags",
    "ready_complaint_tags",
    "tag_agreement",
    "tag_complaints",
    "voiced_share",
]
