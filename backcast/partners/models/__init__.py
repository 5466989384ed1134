"""Regions, places, organisations, collaboratives, and the people who belong to them."""

from backcast.partners.models.collaboratives import (
    Collaborative,
    CollaborativeMember,
)
from backcast.partners.models.messages import (
    Message,
)
from backcast.partners.models.organisations import (
    Organisation,
    Site,
)
from backcast.partners.models.people import (
    ContactNote,
    Invitation,
    Membership,
    Person,
    PersonManager,
)
from backcast.partners.models.places import (
    County,
    LabourArea,
    Region,
)
from backcast.partners.models.tokens import (
    AccessToken,
)

__all__ = [
    "AccessToken",
    "Collaborative",
    "CollaborativeMember",
    "ContactNote",
    "County",
    "Invitation",
    "LabourArea",
    "Membership",
    "Message",
    "Organisation",
    "Person",
    "PersonManager",
    "Region",
    "Site",
]
