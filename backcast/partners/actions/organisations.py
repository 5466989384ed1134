"""Regions, organisations and their sites."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.partners import access
from backcast.partners.actions.invitations import send_invitation
from backcast.partners.models import Invitation, Membership, Organisation, Region, Site
from backcast.partners.places import area_of, county_name


def open_region(
    *, actor: Actor, name: str, administrator: str, kind: str = Region.Kind.REAL
) -> tuple[Region, Invitation]:
    """Open a region with its first intermediary, and invite that one's administrator by e-mail.

    The intermediary bears the region's name until its administrator edits it. A region that a
    loader made, and that nobody runs yet, is opened as it is.
    """
    with acting(actor, "partners.open_region"):
        name = " ".join(name.split())
        region = Region.objects.filter(name__iexact=name).exclude(
            organisations__kind=Organisation.Kind.INTERMEDIARY
        ).first() or Region(name=name, kind=kind)
        if region.pk is None:
            region.full_clean()
            region.save()
        organisation = Organisation(
            region=region, kind=Organisation.Kind.INTERMEDIARY, name=region.name
        )
        organisation.save()
        invitation = send_invitation(
            organisation, administrator, Membership.Role.ADMINISTRATOR, invited_by=None
        )
        return region, invitation


def add_organisation(*, actor: Actor, kind: str, name: str, website: str = "") -> Organisation:
    """Add an organisation to the actor's region; staff only."""
    access.require_staff(actor, Role.MEMBER)
    if kind == Organisation.Kind.INTERMEDIARY:
        access.require_staff(actor, Role.ADMINISTRATOR)
    with acting(actor, "partners.add_organisation"):
        organisation = Organisation(
            region=access.region_of(actor),
            kind=kind,
            name=" ".join(name.split()),
            website=website,
        )
        organisation.full_clean(exclude=["name_folded"])
        organisation.save()
        return organisation


def edit_organisation(
    organisation: Organisation, *, actor: Actor, name: str, website: str
) -> Organisation:
    """Change what is known of an organisation; its kind never changes."""
    access.require_over(actor, organisation)
    with acting(actor, "partners.edit_organisation"):
        organisation.name = " ".join(name.split())
        organisation.website = website
        organisation.full_clean(exclude=["name_folded"])
        organisation.save()
        return organisation


def archive_organisation(organisation: Organisation, *, actor: Actor) -> None:
    """Take an organisation out of use: nobody can act for it and its open invitations end."""
    access.require_staff(actor, Role.MEMBER)
    access.require_over(actor, organisation)
    if organisation.kind == Organisation.Kind.INTERMEDIARY:
        raise ValidationError(
            _("An intermediary cannot be archived: its region would have no staff.")
        )
    with acting(actor, "partners.archive_organisation"):
        now = timezone.now()
        organisation.archived_at = now
        organisation.save(update_fields=["archived_at", "updated_at"])
        Invitation.objects.filter(
            organisation=organisation, accepted_at=None, ended_at=None
        ).update(ended_at=now, updated_at=now)


def restore_organisation(organisation: Organisation, *, actor: Actor) -> None:
    """Bring an archived organisation back; its people can act for it again."""
    access.require_staff(actor, Role.MEMBER)
    access.require_over(actor, organisation)
    with acting(actor, "partners.restore_organisation"):
        organisation.archived_at = None
        organisation.validate_constraints()
        organisation.save(update_fields=["archived_at", "updated_at"])


def save_site(
    site: Site | None,
    *,
    actor: Actor,
    organisation: Organisation,
    name: str,
    county: str,
    state: str,
    street: str = "",
    city: str = "",
    zip: str = "",
) -> Site:
    """Add a site (``site`` is None) or change one. Its county decides its labour area."""
    access.require_over(actor, organisation)
    with acting(actor, "partners.edit_site" if site else "partners.add_site"):
        site = site or Site(organisation=organisation)
        site.name = " ".join(name.split())
        site.street, site.city, site.zip = street.strip(), city.strip(), zip.strip()
        site.state, site.county = state.strip().upper(), county_name(county)
        site.area = area_of(organisation.region_id, site.state, site.county)
        site.full_clean()
        site.save()
        return site


def archive_site(site: Site, *, actor: Actor) -> None:
    """Take a site out of use."""
    access.require_over(actor, site.organisation)
    with acting(actor, "partners.archive_site"):
        site.archived_at = timezone.now()
        site.save(update_fields=["archived_at", "updated_at"])


def restore_site(site: Site, *, actor: Actor) -> None:
    """Bring an archived site back."""
    access.require_over(actor, site.organisation)
    with acting(actor, "partners.restore_site"):
        site.archived_at = None
        site.validate_constraints()
        site.save(update_fields=["archived_at", "updated_at"])
