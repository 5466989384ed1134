"""The cast stands in its regions."""

from __future__ import annotations

from backcast.core.actor import Kind
from tests.cast import PEOPLE, Cast


def test_each_person_acts_for_the_organisation_of_their_key(cast: Cast) -> None:
    for key, place in PEOPLE.items():
        actor = cast.actor(key)
        if place is None:
            assert actor.kind is Kind.NOBODY
        else:
            assert actor.organisation_id == cast.organisations[place[0]].pk
            assert actor.role == place[1]
