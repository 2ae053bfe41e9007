"""What the firm does, as declared values and rules; it can't see into anybody's head.

policy      a firm's policy: campaigns, prices, loyalty programme, service, advertising
campaigns   a message with an offer, and who gets it: at random with a holdout, or targeted
pricing     the level of prices
service     staff, load and waiting; what happens to a complaint
loyalty     points: earned, redeemed, expired
"""

from crm_toolkit.firm.campaigns import Campaign
from crm_toolkit.firm.loyalty import LoyaltyProgramme
from crm_toolkit.firm.policy import Policy
from crm_toolkit.firm.pricing import Pricing
from crm_toolkit.firm.service import Service

__all__ = ["Campaign", "LoyaltyProgramme", "Policy", "Pricing", "Service"]
