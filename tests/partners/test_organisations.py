"""Regions, organisations, sites, notes and their history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import NotAllowed, acting
from backcast.partners import access, actions
from backcast.partners.models import ContactNote, Invitation, Organisation, Region
from tests.cast import Cast, make_invitation


def note(cast: Cast, who: str = "member") -> ContactNote:
    return actions.save_note(
        None,
        actor=cast.actor(who),
        organisation=cast.employer,
        on=timezone.localdate(),
        channel="phone",
        with_whom="Front desk",
        text="They need people in spring.",
    )


def rows_in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        count: int = cursor.fetchone()[0]
        return count


def test_opening_a_region_invites_its_first_administrator(db: None) -> None:
    call_command("open_region", "  North   Valley ", "--admin", "Ana@example.org", verbosity=0)
    region = Region.objects.get(name="North Valley")
    assert region.kind == Region.Kind.REAL
    invitation = Invitation.objects.get(organisation__region=region)
    assert invitation.organisation.kind == Organisation.Kind.INTERMEDIARY
    assert (invitation.email, invitation.role) == ("ana@example.org", "administrator")


def test_a_region_is_opened_once(cast: Cast) -> None:
    with pytest.raises(CommandError, match="already a region with this name"):
        call_command("open_region", "test REGION", "--admin", "ana@example.org", verbosity=0)


def test_an_address_that_is_none_opens_nothing(db: None) -> None:
    with pytest.raises(CommandError, match="valid email"):
        call_command("open_region", "North Valley", "--admin", "ana", verbosity=0)
    assert not Region.objects.filter(name="North Valley").exists()


def test_staff_add_an_organisation_to_their_own_region(cast: Cast) -> None:
    made = actions.add_organisation(actor=cast.actor("member"), kind="employer", name="São  Clinic")
    assert made.region == cast.region
    assert made.name == "São Clinic"
    assert made.name_folded == "sao clinic"


@pytest.mark.parametrize("who", ["employer", "provider", "support", "funder"])
def test_partners_cannot_add_organisations(cast: Cast, who: str) -> None:
    with pytest.raises(Http404):
        actions.add_organisation(actor=cast.actor(who), kind="employer", name="New")


def test_only_administrators_add_an_intermediary(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.add_organisation(actor=cast.actor("member"), kind="intermediary", name="New")


def test_two_organisations_of_a_kind_do_not_share_a_name(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="already an organization of this kind"):
        actions.add_organisation(actor=cast.actor("member"), kind="employer", name="TEST hospital")


def test_staff_of_another_region_change_nothing_here(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.edit_organisation(cast.employer, actor=cast.actor("foreign"), name="X", website="")
    with pytest.raises(Http404):
        access.organisation(cast.actor("foreign"), cast.employer.public_id)


def test_archiving_takes_the_right_to_act_and_ends_invitations(cast: Cast) -> None:
    invitation = make_invitation(cast.employer)
    actions.archive_organisation(cast.employer, actor=cast.actor("member"))
    invitation.refresh_from_db()
    assert invitation.state == "ended"
    assert access.memberships_of(cast.person("employer")) == []
    actions.restore_organisation(cast.employer, actor=cast.actor("member"))
    assert len(access.memberships_of(cast.person("employer"))) == 1


def test_an_intermediary_is_not_archived(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="no staff"):
        actions.archive_organisation(cast.intermediary, actor=cast.actor("administrator"))


def test_a_name_that_was_taken_meanwhile_is_not_brought_back(cast: Cast) -> None:
    actions.archive_organisation(cast.employer, actor=cast.actor("member"))
    actions.add_organisation(actor=cast.actor("member"), kind="employer", name="Test Hospital")
    with pytest.raises(ValidationError, match="already an organization"):
        actions.restore_organisation(cast.employer, actor=cast.actor("member"))


def test_a_note_is_not_dated_in_the_future(cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.save_note(
            None,
            actor=cast.actor("member"),
            organisation=cast.employer,
            on=timezone.localdate() + timedelta(days=1),
            channel="phone",
            with_whom="",
            text="Tomorrow",
        )
    assert "on" in refused.value.message_dict


@pytest.mark.parametrize(
    ("who", "seen"), [("administrator", 1), ("viewer", 1), ("employer", 0), ("foreign", 0)]
)
def test_a_forgotten_filter_leaks_no_contact_note(cast: Cast, who: str, seen: int) -> None:
    note(cast)
    with acting(cast.actor(who)):
        assert rows_in("partners_contactnote") == seen
        assert ContactNote.objects.count() == seen


def test_nobody_sees_contact_notes_without_an_actor(cast: Cast) -> None:
    note(cast)
    assert rows_in("partners_contactnote") == 0


def test_partners_cannot_write_contact_notes_even_by_hand(cast: Cast) -> None:
    actor = cast.actor("employer")
    with pytest.raises(DatabaseError, match="row-level security"), acting(actor):
        ContactNote.objects.create(
            region=cast.region,
            organisation=cast.employer,
            author=cast.person("employer"),
            on=timezone.localdate(),
            channel="phone",
            text="About ourselves",
        )


def test_partners_reach_no_contact_notes(cast: Cast) -> None:
    made = note(cast)
    for who in ("employer", "provider", "funder", "support"):
        with pytest.raises(Http404):
            access.contact_notes(cast.actor(who))
    with acting(cast.actor("foreign")), pytest.raises(Http404):
        access.contact_note(cast.actor("foreign"), made.public_id)


def test_history_tells_what_ones_own_organisation_did(cast: Cast) -> None:
    staff, employer = cast.actor("member"), cast.actor("employer")
    actions.edit_organisation(cast.employer, actor=staff, name="New name", website="")
    actions.save_site(
        None,
        actor=employer,
        organisation=cast.employer,
        name="Own site",
        county="Bergen",
        state="NJ",
    )
    with acting(staff):
        told = list(access.history(staff, cast.employer))
    assert [entry.action for entry in told] == ["partners.edit_organisation"]
    assert told[0].before is not None
    assert told[0].before["name"] == "Test Hospital"
    with pytest.raises(Http404):
        access.history(employer, cast.employer)


def test_nobody_edits_the_history(cast: Cast) -> None:
    actor = cast.actor("administrator")
    for statement in ("UPDATE core_auditentry SET actor = 'x'", "DELETE FROM core_auditentry"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            acting(actor),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
