"""What people do with organisations, people and places: one function for each thing.

Every function takes a keyword-only ``actor``, checks that it may, and is one transaction. What is
refused raises ``django.core.exceptions.ValidationError`` with a message for people (by field where
one field is to blame), ``NotAllowed`` where the actor has too little right.
"""

from backcast.partners.actions.areas import add_area, archive_area, edit_area, restore_area
from backcast.partners.actions.collaboratives import (
    add_member,
    archive_collaborative,
    edit_member,
    end_member,
    restore_collaborative,
    save_collaborative,
)
from backcast.partners.actions.invitations import (
    accept_invitation,
    ask_again,
    invite,
    masked,
    renew_invitation,
    withdraw_invitation,
)
from backcast.partners.actions.notes import archive_note, restore_note, save_note
from backcast.partners.actions.organisations import (
    add_organisation,
    archive_organisation,
    archive_site,
    edit_organisation,
    open_region,
    restore_organisation,
    restore_site,
    save_site,
)
from backcast.partners.actions.people import change_role, edit_own_account, end_membership
from backcast.partners.actions.tokens import make_token, revoke_token

__all__ = [
    "accept_invitation",
    "add_area",
    "add_member",
    "add_organisation",
    "archive_area",
    "archive_collaborative",
    "archive_note",
    "archive_organisation",
    "archive_site",
    "ask_again",
    "change_role",
    "edit_area",
    "edit_member",
    "edit_organisation",
    "edit_own_account",
    "end_member",
    "end_membership",
    "invite",
    "make_token",
    "masked",
    "open_region",
    "renew_invitation",
    "restore_area",
    "restore_collaborative",
    "restore_note",
    "restore_organisation",
    "restore_site",
    "revoke_token",
    "save_collaborative",
    "save_note",
    "save_site",
    "withdraw_invitation",
]
