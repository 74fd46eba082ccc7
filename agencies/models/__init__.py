"""Provinces, agencies and people, with the roles and interests that people have."""

from agencies.models.memberships import (
    Clearance,
    Interest,
    Membership,
    people_visible_to,
    with_roles,
)
from agencies.models.people import User, cleared_for, in_reach
from agencies.models.register import Agency, AgencyQuerySet, Level, Named, Province, Sector

__all__ = [
    "Agency",
    "AgencyQuerySet",
    "Clearance",
    "Interest",
    "Level",
    "Membership",
    "Named",
    "Province",
    "Sector",
    "User",
    "cleared_for",
    "in_reach",
    "people_visible_to",
    "with_roles",
]
