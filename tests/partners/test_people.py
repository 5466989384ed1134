"""Inviting, joining, roles and leaving."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from backcast.core.actor import NOBODY, NotAllowed, acting
from backcast.partners import access, actions, messages
from backcast.partners.models import Invitation, Membership, Person
from tests.cast import TESTS, Cast, make_invitation, make_membership, make_person


def link_in(text: str) -> tuple[str, str]:
    """The invitation's public id and secret in a mail."""
    found = re.search(r"/join/([0-9a-f-]{36})/([\w-]+)/", text)
    assert found, text
    return found[1], found[2]


def invite(cast: Cast, email: str = "new@example.org", role: str = "member") -> Invitation:
    return actions.invite(
        actor=cast.actor("employer"), organisation=cast.employer, email=email, role=role
    )


def accept(invitation: Invitation, name: str = "") -> Person:
    return actions.accept_invitation(invitation, actor=access.invited(invitation), name=name)


def test_an_invitation_is_mailed_with_a_link_of_which_only_a_digest_is_kept(cast: Cast) -> None:
    invitation = invite(cast)
    assert messages.send_waiting() == 1
    public_id, token = link_in(mail.outbox[0].body)
    assert public_id == str(invitation.public_id)
    assert token not in invitation.digest
    assert access.invitation_by_link(invitation.public_id, token) == (invitation, True)
    assert access.invitation_by_link(invitation.public_id, "guess")[1] is False


def test_accepting_makes_the_account_and_the_membership(cast: Cast) -> None:
    person = accept(invite(cast, role="viewer"), name="  New   Person ")
    assert person.name == "New Person"
    assert person.email == "new@example.org"
    assert not person.has_usable_password()
    assert person.memberships.get().role == "viewer"


def test_a_new_account_needs_a_name(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="called"):
        accept(invite(cast))
    assert not Person.objects.filter(email="new@example.org").exists()


def test_someone_with_an_account_joins_a_second_organisation(cast: Cast) -> None:
    person = accept(invite(cast, email="Provider@example.org"))
    assert person == cast.person("provider")
    assert {m.organisation for m in access.memberships_of(person)} == {
        cast.provider,
        cast.employer,
    }


def test_an_invitation_is_accepted_once(cast: Cast) -> None:
    invitation = invite(cast)
    accept(invitation, "New Person")
    with pytest.raises(ValidationError, match="accepted already"):
        accept(invitation, "New Person")


def test_an_expired_invitation_is_refused_until_it_is_sent_again(cast: Cast) -> None:
    invitation = invite(cast)
    before = invitation.digest
    with acting(TESTS):
        invitation.expires_at = timezone.now() - timedelta(minutes=1)
        invitation.save()
    assert invitation.state == "expired"
    with pytest.raises(ValidationError, match="expired"):
        accept(invitation, "New Person")
    actions.ask_again(invitation, actor=access.invited(invitation))
    assert invitation.digest != before
    accept(invitation, "New Person")


def test_a_link_is_not_sent_again_and_again(cast: Cast) -> None:
    invitation = invite(cast)
    with pytest.raises(ValidationError, match="a moment ago"):
        actions.ask_again(invitation, actor=access.invited(invitation))
    assert messages.send_waiting() == 1


def test_a_withdrawn_invitation_cannot_be_accepted_or_sent_again(cast: Cast) -> None:
    invitation = invite(cast)
    actions.withdraw_invitation(invitation, actor=cast.actor("employer"))
    with pytest.raises(ValidationError, match="withdrawn"):
        accept(invitation, "New Person")
    with pytest.raises(ValidationError, match="withdrawn"):
        actions.renew_invitation(invitation, actor=cast.actor("employer"))


def test_nobody_is_invited_twice_at_once(cast: Cast) -> None:
    invite(cast)
    with pytest.raises(ValidationError, match="already been invited"):
        invite(cast, email="NEW@example.org")


def test_a_member_is_not_invited(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="already belongs"):
        invite(cast, email="employer_viewer@example.org")


@pytest.mark.parametrize("who", ["employer_member", "employer_viewer", "other_employer", "viewer"])
def test_people_with_too_little_right_cannot_invite(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        actions.invite(
            actor=cast.actor(who), organisation=cast.employer, email="x@example.org", role="member"
        )


def test_staff_invite_to_partners_but_only_administrators_to_the_intermediary(cast: Cast) -> None:
    member = cast.actor("member")
    actions.invite(actor=member, organisation=cast.funder, email="x@example.org", role="member")
    with pytest.raises(NotAllowed):
        actions.invite(
            actor=member, organisation=cast.intermediary, email="x@example.org", role="member"
        )


def test_leaving_ends_the_rights_and_the_invitations_that_the_leaver_sent(cast: Cast) -> None:
    leaver = cast.person("employer")
    make_membership(make_person("second@example.org"), cast.employer, "administrator")
    mine = invite(cast)
    theirs = make_invitation(cast.employer, "other@example.org")
    actions.end_membership(cast.membership("employer"), actor=cast.actor("employer"))
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.state == "ended"
    assert theirs.state == "open"
    assert access.memberships_of(leaver) == []
    assert access.actor_of(leaver, None).role is None


def test_the_last_administrator_cannot_leave_or_step_down(cast: Cast) -> None:
    membership, actor = cast.membership("employer"), cast.actor("employer")
    with pytest.raises(ValidationError, match="last administrator"):
        actions.end_membership(membership, actor=actor)
    with pytest.raises(ValidationError, match="last administrator"):
        actions.change_role(membership, actor=actor, role="member")
    with pytest.raises(ValidationError, match="last administrator"):
        actions.end_membership(membership, actor=cast.actor("administrator"))


def test_an_administrator_whose_account_is_closed_does_not_count(cast: Cast) -> None:
    closed = make_person("closed@example.org")
    make_membership(closed, cast.employer, "administrator")
    with acting(TESTS):
        closed.is_active = False
        closed.save()
    with pytest.raises(ValidationError, match="last administrator"):
        actions.end_membership(cast.membership("employer"), actor=cast.actor("employer"))


def test_a_member_may_leave_but_not_remove_others(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.end_membership(
            cast.membership("employer_viewer"), actor=cast.actor("employer_member")
        )
    actions.end_membership(cast.membership("employer_viewer"), actor=cast.actor("employer_viewer"))


def test_a_change_without_an_actor_fails(cast: Cast) -> None:
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="Nobody is acting"), transaction.atomic():
        Membership.objects.filter(person=cast.person("employer")).update(role="viewer")
    with pytest.raises(DatabaseError, match="Nobody is acting"), acting(NOBODY):
        Membership.objects.filter(person=cast.person("employer")).update(role="viewer")


def test_a_message_leaves_once_and_its_text_is_emptied(cast: Cast) -> None:
    from backcast.partners.models import Message

    messages.queue(recipient="a@example.org", subject="Hello\nthere", text="Secret 123456")
    with acting(TESTS):
        message = Message.objects.get()
    assert messages.send(message.pk) is True
    assert messages.send(message.pk) is False
    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "Hello there"
    assert str(message.pk) in mail.outbox[0].extra_headers["Message-ID"]
    with acting(TESTS):
        assert Message.objects.get().text == ""


def test_only_the_system_reads_waiting_messages(cast: Cast) -> None:
    messages.queue(recipient="a@example.org", subject="Hello", text="Secret 123456")
    for who in ("administrator", "employer"):
        with acting(cast.actor(who)), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM partners_message")
            assert cursor.fetchone() == (0,)


def test_nothing_leaves_when_the_change_is_rolled_back(cast: Cast) -> None:
    from django.db import transaction

    with transaction.atomic():
        invite(cast)
        transaction.set_rollback(True)
    assert messages.send_waiting() == 0


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    """Two administrators leave at the same moment: one of them stays."""

    def test_one_of_two_administrators_remains(self) -> None:
        from tests.cast import make_cast

        cast = make_cast()
        second = make_person("second@example.org")
        make_membership(second, cast.employer, "administrator")
        people = [cast.person("employer"), second]
        gate = threading.Barrier(2)
        refused: list[str] = []

        def leave(person: Person) -> None:
            try:
                membership = Membership.objects.select_related("organisation").get(
                    person=person, left_at=None
                )
                actor = access.actor_of(person, membership)
                gate.wait(timeout=20)
                actions.end_membership(membership, actor=actor)
            except ValidationError as error:
                refused.extend(error.messages)
            finally:
                connection.close()

        threads = [threading.Thread(target=leave, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        left = Membership.objects.filter(
            organisation=cast.employer, role="administrator", left_at=None
        )
        assert left.count() == 1
        assert len(refused) == 1
