"""Organisations, sites, people, notes and areas: URL × person."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from backcast.core.actor import acting
from backcast.partners.models import ContactNote
from tests.cast import Cast, make_invitation
from tests.permissions import Row, everyone, nobody, public, staff, staff_pages


def employer(cast: Cast) -> dict[str, Any]:
    return {"organisation": cast.employer.public_id}


def intermediary(cast: Cast) -> dict[str, Any]:
    return {"organisation": cast.intermediary.public_id}


def employer_site(cast: Cast) -> dict[str, Any]:
    return {"site": cast.sites["employer"].public_id}


def employer_membership(cast: Cast) -> dict[str, Any]:
    return {"membership": cast.membership("employer").public_id}


def employer_viewer(cast: Cast) -> dict[str, Any]:
    return {"membership": cast.membership("employer_viewer").public_id}


def invitation(cast: Cast) -> dict[str, Any]:
    return {"invitation": make_invitation(cast.employer).public_id}


def link(cast: Cast) -> dict[str, Any]:
    return {**invitation(cast), "token": "guess"}


def note(cast: Cast) -> dict[str, Any]:
    with acting(cast.actor("member")):
        made = ContactNote.objects.create(
            region=cast.region,
            organisation=cast.employer,
            author=cast.person("member"),
            on=timezone.localdate(),
            channel="phone",
            text="Demo note",
        )
    return {"note": made.public_id}


def area(cast: Cast) -> dict[str, Any]:
    return {"area": cast.area.public_id}


NAME = {"name": "New name", "website": "", "kind": "employer"}
SITE = {"name": "New site", "county": "Bergen", "state": "NJ"}
NOTE = {"on": "2026-01-05", "channel": "phone", "text": "Demo note"}
AREA = {"name": "New area", "counties": "Essex, NJ"}
INVITE = {"email": "new@example.org", "role": "member"}
ORGANISATION = "people:organisation"

ROWS = [
    Row("people:organisations", staff_pages()),
    Row("people:organisations", staff_pages(), query="?export=csv"),
    Row("people:own", everyone(302)),
    Row("people:organisation_add", staff(viewer=403, foreign=200)),
    Row(
        "people:organisation_add",
        staff(302, viewer=403, foreign=302),
        method="post",
        data=lambda cast: NAME,
    ),
    Row(ORGANISATION, staff(employer=200), employer),
    Row(ORGANISATION, staff(), intermediary),
    Row(ORGANISATION, nobody(anonymous=302), lambda cast: {"organisation": uuid4()}),
    Row("people:organisation_edit", staff(viewer=403, employer=200), employer),
    Row("people:organisation_edit", staff(viewer=403), intermediary),
    Row(
        "people:organisation_edit",
        staff(302, viewer=403, employer=302),
        employer,
        "post",
        lambda cast: NAME,
    ),
    Row("people:organisation_archive", staff(302, viewer=403), employer, "post"),
    Row("people:organisation_archive", everyone(405), employer),
    Row("people:organisation_restore", staff(302, viewer=403), employer, "post"),
    Row("people:choose_organisation", everyone(404), method="post"),
    Row(
        "people:choose_organisation",
        nobody(anonymous=302, employer=302),
        method="post",
        data=lambda cast: {"organisation": cast.employer.public_id},
    ),
    Row("people:site_add", staff(viewer=403, employer=200), employer),
    Row(
        "people:site_add",
        staff(302, viewer=403, employer=302),
        employer,
        "post",
        lambda cast: SITE,
    ),
    Row("people:sites", staff_pages()),
    Row("people:site_edit", staff(viewer=403, employer=200), employer_site),
    Row(
        "people:site_edit",
        staff(302, viewer=403, employer=302),
        employer_site,
        "post",
        lambda cast: SITE,
    ),
    Row("people:site_archive", staff(302, viewer=403, employer=302), employer_site, "post"),
    Row("people:site_restore", staff(302, viewer=403, employer=302), employer_site, "post"),
    Row("people:people", staff_pages()),
    Row("people:member_role", staff(viewer=403, employer=200), employer_viewer),
    Row(
        "people:member_role",
        staff(302, viewer=403, employer=302),
        employer_viewer,
        "post",
        lambda cast: {"role": "member"},
    ),
    Row("people:member_end", staff(viewer=403, employer=200), employer_viewer),
    Row("people:member_end", staff(302, viewer=403, employer=302), employer_viewer, "post"),
    # The last administrator stays: the page says why.
    Row("people:member_end", staff(200, viewer=403, employer=200), employer_membership, "post"),
    Row("people:invite", staff(viewer=403, employer=200), employer),
    Row("people:invite", staff(viewer=403), intermediary),
    Row(
        "people:invite",
        staff(302, viewer=403, employer=302),
        employer,
        "post",
        lambda cast: INVITE,
    ),
    Row("people:invitation_renew", staff(302, viewer=403, employer=302), invitation, "post"),
    Row("people:invitation_withdraw", staff(302, viewer=403, employer=302), invitation, "post"),
    # The link is for people without an account; a wrong secret shows no more than that.
    Row("people:invited", public(), invitation),
    Row("people:invited", public(302), invitation, "post"),
    Row("people:invited", nobody(), lambda cast: {"invitation": uuid4()}),
    Row("people:join", public(), link),
    Row("people:join", public(), link, "post", lambda cast: {"name": "New Person"}),
    Row("people:join", nobody(), lambda cast: {"invitation": uuid4(), "token": "guess"}),
    Row("people:join_again", public(302), link, "post"),
    Row("people:notes", staff_pages()),
    Row("people:note_add", staff(viewer=403), employer),
    Row("people:note_add", staff(302, viewer=403), employer, "post", lambda cast: NOTE),
    Row("people:note_edit", staff(viewer=403), note),
    Row("people:note_edit", staff(302, viewer=403), note, "post", lambda cast: NOTE),
    Row("people:note_archive", staff(302, viewer=403), note, "post"),
    Row("people:note_restore", staff(302, viewer=403), note, "post"),
    Row("people:areas", staff_pages()),
    Row("people:area_add", staff(viewer=403, foreign=200)),
    Row(
        "people:area_add",
        staff(302, viewer=403, foreign=302),
        method="post",
        data=lambda cast: AREA,
    ),
    Row("people:area_edit", staff(viewer=403), area),
    Row("people:area_edit", staff(302, viewer=403), area, "post", lambda cast: AREA),
    Row("people:area_archive", staff(302, viewer=403), area, "post"),
    Row("people:area_restore", staff(302, viewer=403), area, "post"),
    Row("people:account", everyone()),
    Row("people:account", everyone(302), method="post", data=lambda cast: {"name": "New Name"}),
]
